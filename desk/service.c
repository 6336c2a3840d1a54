/*
 * service.c - the desk's operations: one table from a word to a function, for gates and people alike.
 *
 * Owns the service's state (settings, counted list copies, clock); borrows the store. Any thread:
 * reads run in their own transactions, writes go through the writer. Errors go back to the caller.
 */
#include "desk/service.h"

#include <string.h>
#include <unistd.h>

#include "conf/error.h"
#include "conf/log.h"
#include "desk/check_answer.h"
#include "desk/desk_mail.h"
#include "desk/internal.h"
#include "desk/json.h"
#include "desk/link.h"
#include "desk/release.h"
#include "desk/thread.h"
#include "store/rebuild.h"

typedef struct {
	LsmService *service;
	const LsmPeer *peer;
	JsonObject *args;
	LsmIncoming *incoming; /* the mail; an operation may take it */
	JsonObject *answer; /* filled by the operation */
} Request;

typedef gboolean (*Operation)(Request *request, GError **error);

gint64
lsm_service_now(LsmService *service)
{
	return service->clock == NULL ? g_get_real_time() : service->clock(service->clock_data);
}

LsmSettings *
lsm_service_settings(LsmService *service)
{
	LsmSettings *settings;

	g_mutex_lock(&service->lock);
	settings = lsm_settings_ref(service->settings);
	g_mutex_unlock(&service->lock);
	return settings;
}

static void
keys_from_json(JsonObject *args, LsmCaseKeys *keys_out)
{
	*keys_out = (LsmCaseKeys){
		.identity = lsm_json_get(args, "identity", NULL),
		.text = lsm_json_get(args, "text", NULL),
		.message_id = lsm_json_get(args, "message_id", NULL),
		.document = lsm_json_get(args, "document", NULL),
		.answers = lsm_json_get(args, "answers", NULL),
		.by_message_id = json_object_get_boolean_member_with_default(args, "by_message_id", FALSE),
	};
}

static void
raise_alarm(LsmService *service, const LsmFacts *facts)
{
	gboolean is_new;

	g_mutex_lock(&service->lock);
	is_new = !facts->may_intervene && !service->alarm_raised;
	service->alarm_raised = !facts->may_intervene;
	g_mutex_unlock(&service->lock);
	if (is_new)
		lsm_log(LOG_ALERT, NULL, "interventions-exceeded", "text",
			"max-interventions reached within an hour: statements now pass and are only recorded",
			NULL);
}

static gboolean
do_facts(Request *request, GError **error)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(request->service->store, error);
	g_autoptr(LsmFacts) facts = NULL;
	g_autofree char *fingerprint = NULL;
	LsmCaseKeys keys;

	if (txn == NULL)
		return FALSE;
	keys_from_json(request->args, &keys);
	if (!lsm_facts_collect(request->service, txn, &keys, &facts, error))
		return FALSE;
	raise_alarm(request->service, facts);
	fingerprint = lsm_facts_fingerprint(facts);
	lsm_json_set(request->answer, "fingerprint", fingerprint);
	lsm_json_set(request->answer, "case", facts->case_id);
	lsm_json_set(request->answer, "state", facts->case_state);
	lsm_json_set(request->answer, "original", facts->original_id);
	lsm_json_set(request->answer, "original_reply_to", facts->original_reply_to);
	lsm_json_set_strings(request->answer, "approved_for", (const char *const *)facts->approved_for);
	lsm_json_set_strings(request->answer, "drafted_to", (const char *const *)facts->drafted_to);
	lsm_json_set_strings(request->answer, "released", (const char *const *)facts->released);
	json_object_set_boolean_member(request->answer, "may_intervene", facts->may_intervene);
	json_object_set_boolean_member(request->answer, "enforced", facts->is_enforced);
	json_object_set_boolean_member(request->answer, "opted_out", facts->opted_out);
	json_object_set_boolean_member(request->answer, "approved_in_advance", facts->approved_in_advance);
	return TRUE;
}

static gboolean
do_record(Request *request, GError **error)
{
	LsmPassage passage = {.members = lsm_json_get_object(request->args, "members"),
			      .judged_on = lsm_json_get(request->args, "judged_on", "")};
	JsonObject *keys = lsm_json_get_object(request->args, "keys");
	g_autofree char *id = NULL;

	if (keys == NULL || passage.members == NULL || lsm_json_get(keys, "identity", NULL) == NULL ||
	    lsm_json_get_object(passage.members, "public") == NULL ||
	    lsm_json_get_object(passage.members, "private") == NULL) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT, "record: keys or members are missing");
		return FALSE;
	}
	keys_from_json(keys, &passage.keys);
	passage.incoming = request->incoming;
	switch (lsm_record_passage(request->service, &passage, &id, error)) {
	case LSM_RECORDED:
		lsm_json_set(request->answer, "id", id);
		return TRUE;
	case LSM_CHANGED:
		json_object_set_boolean_member(request->answer, "changed", TRUE);
		return TRUE;
	case LSM_NOT_RECORDED:
		break;
	}
	return FALSE;
}

typedef struct {
	LsmService *service;
	const char *id;
	const char *why; /* not-applied: the reason; else NULL */
	gint64 now;
} CaseJob;

static gboolean
append_simple(LsmStoreTxn *txn, const CaseJob *job, LsmEventType type, LsmCase *item, GError **error)
{
	g_autoptr(LsmEvent) event = lsm_event_new(type, job->id, job->now, job->service->node);

	if (job->why != NULL) {
		event->private = json_object_new();
		json_object_set_string_member(event->private, "reason", job->why);
	}
	return lsm_record_event(txn, item, event, error);
}

/* It has gone out, or come in: nobody will take it back. */
static gboolean
is_settled(const LsmCase *item)
{
	return item->state == LSM_STATE_PASSED || item->state == LSM_STATE_RELEASED ||
	       item->state == LSM_STATE_UNCONFIRMED || item->state == LSM_STATE_AROUND ||
	       item->state == LSM_STATE_RECORDED;
}

/* What had to wait for the mail server: the release of what was approved meanwhile, and the link to what it
 * answers. Done again, nothing is added. */
static gboolean
follow_taken(LsmStoreTxn *txn, const CaseJob *job, LsmCase *item, GError **error)
{
	guint released;

	if (item->state == LSM_STATE_APPROVED &&
	    !lsm_release_put(job->service, txn, item, NULL, &released, error))
		return FALSE;
	return !is_settled(item) || lsm_link_settled(job->service, txn, item, job->now, error);
}

static gboolean
write_taken(LsmStoreTxn *txn, const CaseJob *job, GError **error)
{
	g_autoptr(LsmCase) item = NULL;
	gboolean changed;
	LsmFound found;

	if (!lsm_outbox_release_held(txn, job->id, job->now, &changed, error))
		return FALSE;
	found = lsm_case_get(txn, job->id, &item, error);
	/* Of a case that was rebuilt under another id there is nothing to add. */
	if (found != LSM_FOUND)
		return found == LSM_ABSENT;
	if (!item->taken && !append_simple(txn, job, LSM_EVENT_TAKEN, item, error))
		return FALSE;
	return follow_taken(txn, job, item, error);
}

typedef struct {
	LsmService *service;
	char *const *ids;
	gint64 now;
} TakenJob;

static gboolean
write_all_taken(LsmStoreTxn *txn, gpointer data, GError **error)
{
	const TakenJob *taken = data;

	for (guint i = 0; taken->ids[i] != NULL; i++) {
		const CaseJob job = {taken->service, taken->ids[i], NULL, taken->now};

		if (*job.id != '\0' && !write_taken(txn, &job, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
write_not_applied(LsmStoreTxn *txn, gpointer data, GError **error)
{
	g_autoptr(LsmCase) item = NULL;
	const CaseJob *job = data;
	LsmFound found = lsm_case_get(txn, job->id, &item, error);

	return found == LSM_FOUND ? append_simple(txn, job, LSM_EVENT_NOT_APPLIED, item, error)
				  : found == LSM_ABSENT;
}

static gboolean
do_taken(Request *request, GError **error)
{
	g_auto(GStrv) tickets = lsm_json_get_list(request->args, "tickets");
	TakenJob job = {request->service, tickets, lsm_service_now(request->service)};
	LsmWriter *writer = request->service->writer;

	if (tickets[0] == NULL)
		return TRUE;
	/* A gate tells of it from a thread of its own, while the next mail comes. */
	return request->peer->is_remote ? lsm_writer_run_along(writer, write_all_taken, &job, error)
					: lsm_writer_run(writer, write_all_taken, &job, error);
}

static gboolean
do_not_applied(Request *request, GError **error)
{
	CaseJob job = {request->service, lsm_json_get(request->args, "ticket", ""),
		       lsm_json_get(request->args, "why", "unknown"), lsm_service_now(request->service)};

	return *job.id == '\0' || lsm_writer_run(request->service->writer, write_not_applied, &job, error);
}

static gboolean
do_owed(Request *request, GError **error)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(request->service->store, error);
	g_auto(GStrv) recipients = lsm_json_get_list(request->args, "recipients");
	gboolean owed = FALSE;

	if (txn == NULL ||
	    !lsm_outbox_is_owed(txn, lsm_json_get(request->args, "content", ""),
				lsm_json_get(request->args, "sender", ""), recipients, &owed, error))
		return FALSE;
	json_object_set_boolean_member(request->answer, "owed", owed);
	return TRUE;
}

/* Counted in memory, written by lsm_service_tick: 800 copies of a post must not be 800 commits. */
static gboolean
do_list_copy(Request *request, GError **error)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(request->service->store, error);
	LsmService *service = request->service;
	g_autofree char *id = NULL;
	LsmFound found;

	if (txn == NULL)
		return FALSE;
	found = lsm_index_find(txn, LSM_INDEX_MESSAGE_ID, lsm_json_get(request->args, "message_id", "-"), &id,
			       error);
	if (found == LSM_FAILED)
		return FALSE;
	json_object_set_boolean_member(request->answer, "known", found == LSM_FOUND);
	if (found == LSM_FOUND) {
		g_mutex_lock(&service->lock);
		guint count = GPOINTER_TO_UINT(g_hash_table_lookup(service->list_copies, id));
		g_hash_table_insert(service->list_copies, g_strdup(id), GUINT_TO_POINTER(count + 1));
		g_mutex_unlock(&service->lock);
	}
	return TRUE;
}

static gboolean
do_answer(Request *request, GError **error)
{
	gboolean taken = FALSE;

	if (!lsm_desk_mail_take(request->service, request->args, &taken, error))
		return FALSE;
	json_object_set_boolean_member(request->answer, "taken", taken);
	return TRUE;
}

static gboolean
do_check_answer(Request *request, GError **error)
{
	gboolean is_sent = FALSE;

	if (!lsm_check_answer_put(request->service, request->args, &is_sent, error))
		return FALSE;
	json_object_set_boolean_member(request->answer, "sent", is_sent);
	return TRUE;
}

static gboolean
do_threads(Request *request, GError **error)
{
	return lsm_thread_list(request->service, request->args, request->answer, error);
}

static gboolean
do_informed(Request *request, GError **error)
{
	return lsm_thread_note(request->service, request->args, error);
}

typedef struct {
	const char *name;
	Operation run;
	gboolean may_owe; /* a mail may be due when it is done */
} OperationRow;

/* What gates ask. People's verbs stand in verbs.c. To add an operation: a row here and its call in calls.c.
 */
static const OperationRow operations[] = {
	{"facts", do_facts, FALSE}, {"record", do_record, FALSE},
	{"taken", do_taken, TRUE},  {"not-applied", do_not_applied, FALSE},
	{"owed", do_owed, FALSE},   {"list-copy", do_list_copy, FALSE},
	{"reply", do_answer, TRUE}, {"check-answer", do_check_answer, TRUE},
	{"threads", do_threads, FALSE}, {"informed", do_informed, FALSE},
};

static gboolean
run_operation(const OperationRow *row, Request *request, GError **error)
{
	if (!request->peer->is_gate) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_DENIED, "\"%s\" is for the gates only", row->name);
		return FALSE;
	}
	return row->run(request, error);
}

static void
wake_sender(LsmService *service)
{
	if (service->wake != NULL)
		service->wake(service->wake_data);
}

static gboolean
run_row(const OperationRow *row, Request *request, JsonObject **answer_out, GError **error)
{
	request->answer = json_object_new();
	if (!run_operation(row, request, error)) {
		json_object_unref(request->answer);
		return FALSE;
	}
	if (row->may_owe)
		wake_sender(request->service);
	*answer_out = request->answer;
	return TRUE;
}

static gboolean
run_verb(Request *request, const char *name, JsonObject **answer_out, GError **error)
{
	LsmVerb verb = lsm_verb_find(request->service, request->peer, name);

	if (verb == NULL) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_UNSUPPORTED, "the desk knows no \"%s\"", name);
		return FALSE;
	}
	if (!verb(request->service, request->peer, name, request->args, answer_out, error))
		return FALSE;
	wake_sender(request->service);
	return TRUE;
}

static const OperationRow *
find_operation(const char *name)
{
	for (guint i = 0; i < G_N_ELEMENTS(operations); i++) {
		if (strcmp(operations[i].name, name) == 0)
			return &operations[i];
	}
	return NULL;
}

gboolean
lsm_service_serve(LsmService *service, const LsmPeer *peer, const char *operation, JsonObject *args,
		  LsmIncoming *incoming, JsonObject **answer_out, GError **error)
{
	const OperationRow *row = find_operation(operation);
	Request request = {service, peer, args, incoming, NULL};

	return row != NULL ? run_row(row, &request, answer_out, error)
			   : run_verb(&request, operation, answer_out, error);
}

gboolean
lsm_service_handle(LsmService *service, const LsmPeer *peer, const char *operation, JsonObject *args,
		   GBytes *content, JsonObject **answer_out, GError **error)
{
	g_auto(LsmIncoming) incoming = {.bytes = content};

	return lsm_service_serve(service, peer, operation, args, &incoming, answer_out, error);
}

LsmService *
lsm_service_new(LsmStore *store, const LsmSettings *settings)
{
	LsmService *service = g_new0(LsmService, 1);
	char host[256] = "";

	gethostname(host, sizeof host - 1);
	service->node = g_strdup(*host == '\0' ? "unknown" : host);
	service->store = store;
	service->settings = lsm_settings_ref(settings);
	service->list_copies = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	service->started = g_get_real_time();
	g_mutex_init(&service->lock);
	g_mutex_init(&service->rebuild_lock);
	service->writer = lsm_writer_new(store);
	return service;
}

void
lsm_service_free(LsmService *service)
{
	if (service == NULL)
		return;
	lsm_writer_free(service->writer);
	lsm_settings_unref(service->settings);
	g_hash_table_unref(service->list_copies);
	g_mutex_clear(&service->lock);
	g_mutex_clear(&service->rebuild_lock);
	lsm_rebuild_free(service->rebuild);
	g_free(service->rejected_cursor);
	g_free(service->node);
	g_free(service);
}

void
lsm_service_set_settings(LsmService *service, const LsmSettings *settings)
{
	LsmSettings *old;

	g_mutex_lock(&service->lock);
	old = service->settings;
	service->settings = lsm_settings_ref(settings);
	g_mutex_unlock(&service->lock);
	lsm_settings_unref(old);
}

void
lsm_service_set_clock(LsmService *service, gint64 (*clock)(gpointer data), gpointer data)
{
	service->clock = clock;
	service->clock_data = data;
}
