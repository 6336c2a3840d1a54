/*
 * verbs.c - what people may ask the desk to do: one row a verb, with who may use it.
 *
 * Each runs on the caller's connection thread and writes through the writer. Idempotent: asked
 * twice, the second answer says what was so already.
 */
#include <string.h>

#include "conf/error.h"
#include "desk/internal.h"
#include "desk/json.h"
#include "desk/outbox.h"

typedef struct {
	LsmService *service;
	const char *typed;
	const char *actor;
	const char *reason;
	gint64 now;
	char *id;        /* found */
	gboolean was_so; /* it was withdrawn before */
	guint delivered; /* recipients that now get what was withheld */
} WithdrawJob;

static gboolean
find_case(LsmStoreTxn *txn, const char *typed, LsmCase **item_out, GError **error)
{
	g_autofree char *id = NULL;
	LsmFound found = lsm_case_find(txn, typed, &id, error);

	if (found == LSM_FOUND)
		found = lsm_case_get(txn, id, item_out, error);
	if (found == LSM_ABSENT)
		g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE,
			    "no statement \"%s\" is on record; see liaisonctl list --all", typed);
	return found == LSM_FOUND;
}

/* What was withheld goes out as it came: the kept bytes, the sender's envelope, only those who lack it. */
static gboolean
release_withheld(LsmStoreTxn *txn, WithdrawJob *job, const LsmCase *item, GError **error)
{
	g_autoptr(LsmOutboxEntry) entry = NULL;

	if (item->withheld == NULL || item->withheld[0] == NULL || item->state == LSM_STATE_REJECTED ||
	    item->content == NULL)
		return TRUE;
	entry = lsm_outbox_entry_new(item->id, "release", item->sender == NULL ? "" : item->sender,
				     item->withheld);
	entry->content = g_strdup(item->content);
	entry->digest = g_strdup(item->digest == NULL ? item->content : item->digest);
	g_free(entry->state);
	entry->state = g_strdup("due");
	entry->due = job->now;
	job->delivered = g_strv_length(item->withheld);
	return lsm_outbox_put(txn, entry, error);
}

/* Mails that were composed for the case and have not gone are pointless now. */
static gboolean
drop_waiting(LsmStoreTxn *txn, const LsmCase *item, GError **error)
{
	g_autoptr(GPtrArray) entries = lsm_outbox_list(txn, item->id, error);

	for (guint i = 0; entries != NULL && i < entries->len; i++) {
		const LsmOutboxEntry *entry = g_ptr_array_index(entries, i);
		if (!lsm_outbox_remove(txn, entry, g_strcmp0(entry->content, item->content) == 0, error))
			return FALSE;
	}
	return entries != NULL;
}

static gboolean
erase_content(LsmStoreTxn *txn, const WithdrawJob *job, LsmCase *item, GError **error)
{
	g_autoptr(LsmEvent) event = NULL;

	if (job->delivered > 0 || item->content == NULL)
		return TRUE;
	if (!lsm_content_erase(txn, item->content, error))
		return FALSE;
	event = lsm_event_new(LSM_EVENT_ERASED, item->id, job->now, job->service->node);
	json_object_set_string_member(event->public, "kind", "content");
	return lsm_record_event(txn, item, event, error);
}

static gboolean
write_withdrawal(LsmStoreTxn *txn, gpointer data, GError **error)
{
	WithdrawJob *job = data;
	g_autoptr(LsmCase) item = NULL;
	g_autoptr(LsmEvent) event = NULL;

	if (!find_case(txn, job->typed, &item, error))
		return FALSE;
	g_free(job->id);
	job->id = g_strdup(item->id);
	job->delivered = 0;
	job->was_so = item->state == LSM_STATE_NOT_STATEMENT;
	if (job->was_so)
		return TRUE;
	if (!drop_waiting(txn, item, error) || !release_withheld(txn, job, item, error))
		return FALSE;
	event = lsm_event_new(LSM_EVENT_NOT_STATEMENT, item->id, job->now, job->service->node);
	json_object_set_string_member(event->public, "state", "not-a-statement");
	event->private = json_object_new();
	lsm_json_set(event->private, "actor", job->actor);
	lsm_json_set(event->private, "reason", job->reason);
	return lsm_record_event(txn, item, event, error) && erase_content(txn, job, item, error);
}

static JsonObject *
verb_not_a_statement(LsmService *service, const LsmPeer *peer, JsonObject *args, GError **error)
{
	WithdrawJob job = {.service = service,
			   .typed = lsm_json_get(args, "id", ""),
			   .actor = peer->user,
			   .reason = lsm_json_get(args, "reason", NULL),
			   .now = lsm_service_now(service)};
	JsonObject *answer;

	if (!lsm_writer_run(service->writer, write_withdrawal, &job, error)) {
		g_free(job.id);
		return NULL;
	}
	answer = json_object_new();
	lsm_json_set(answer, "id", job.id);
	json_object_set_boolean_member(answer, "already", job.was_so);
	json_object_set_int_member(answer, "delivered", job.delivered);
	g_free(job.id);
	return answer;
}

static JsonObject *
verb_status(LsmService *service, const LsmPeer *peer, JsonObject *args, GError **error)
{
	g_autoptr(LsmSettings) settings = lsm_service_settings(service);
	JsonObject *answer = json_object_new();

	(void)peer;
	(void)args;
	(void)error;
	lsm_json_set(answer, "version", LSM_VERSION);
	lsm_json_set(answer, "mode", lsm_mode_name(settings->mode));
	lsm_json_set(answer, "settings", settings->digest);
	json_object_set_int_member(answer, "uptime", (g_get_real_time() - service->started) / G_USEC_PER_SEC);
	return answer;
}

typedef struct {
	const char *name;
	LsmVerb run;
	gboolean anybody; /* else: root, the daemon's own user, operators */
} VerbRow;

/* To add a verb: a row here, its command in ctl/, a test in tests/unit/test_verbs.c. */
static const VerbRow verbs[] = {
	{"not-a-statement", verb_not_a_statement, FALSE},
	{"status", verb_status, TRUE},
};

static gboolean
is_operator(LsmService *service, const LsmPeer *peer)
{
	g_autoptr(LsmSettings) settings = lsm_service_settings(service);

	for (guint i = 0; peer->user != NULL && settings->operators[i] != NULL; i++) {
		gsize length = strlen(peer->user);
		if (strncmp(settings->operators[i], peer->user, length) == 0 &&
		    settings->operators[i][length] == '=')
			return TRUE;
	}
	return peer->uid == 0 || peer->is_gate;
}

static JsonObject *
denied(LsmService *service, const LsmPeer *peer, JsonObject *args, GError **error)
{
	(void)service;
	(void)args;
	g_set_error(error, LSM_ERROR, LSM_ERROR_DENIED,
		    "%s may not do this; root may, and who stands in the setting \"operators\"",
		    peer->user == NULL ? "an unknown user" : peer->user);
	return NULL;
}

LsmVerb
lsm_verb_find(LsmService *service, const LsmPeer *peer, const char *name)
{
	for (guint i = 0; i < G_N_ELEMENTS(verbs); i++) {
		if (strcmp(verbs[i].name, name) == 0)
			return verbs[i].anybody || is_operator(service, peer) ? verbs[i].run : denied;
	}
	return NULL;
}
