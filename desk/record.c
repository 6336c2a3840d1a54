/*
 * record.c - one passage becomes events, a case, contents and owed mails, in one transaction.
 *
 * A mail that belongs to a case joins it: nothing that is on record already is written or said again.
 * Runs on the caller's thread up to the transaction, which is the writer's. Fails as the store
 * fails; a passage whose facts changed meanwhile is handed back to be judged again.
 */
#include <string.h>

#include "conf/error.h"
#include "conf/log.h"
#include "desk/internal.h"
#include "desk/json.h"
#include "desk/outbox.h"

gboolean
lsm_record_event(LsmStoreTxn *txn, LsmCase *item, LsmEvent *event, GError **error)
{
	if (!lsm_log_append(txn, event, error))
		return FALSE;
	lsm_case_fold(item, event);
	return lsm_case_put(txn, item, error);
}

/* What one job of the writer needs, and what it found. */
typedef struct {
	LsmService *service;
	const LsmPassage *passage;
	GPtrArray *mails;   /* of LsmOutboxEntry *, composed for this id */
	char *id;           /* of the case that is joined or opened */
	gboolean is_new;
	gboolean changed;   /* the facts are not those that were judged on */
	GBytes *compressed; /* of the mail, NULL when it is not kept */
	char *content_digest;
	gint64 now;
} RecordJob;

static gboolean
facts_still_hold(RecordJob *job, LsmStoreTxn *txn, gboolean *hold_out, GError **error)
{
	g_autoptr(LsmFacts) facts = NULL;
	g_autofree char *fingerprint = NULL;

	if (!lsm_facts_collect(job->service, txn, &job->passage->keys, &facts, error))
		return FALSE;
	fingerprint = lsm_facts_fingerprint(facts);
	*hold_out = strcmp(fingerprint, job->passage->judged_on) == 0;
	if (*hold_out && job->id == NULL) {
		job->is_new = facts->case_id == NULL;
		job->id = g_strdup(facts->case_id);
	}
	return TRUE;
}

static gboolean
list_adds_to(char *const *known, char *const *more)
{
	for (guint i = 0; more != NULL && more[i] != NULL; i++) {
		if (known == NULL || !lsm_address_in_list(more[i], known))
			return TRUE;
	}
	return FALSE;
}

/* What a passage brings that its case does not know yet. */
typedef enum { BRINGS_NOTHING, BRINGS_DOORS, BRINGS_EVENT } Novelty;

static Novelty
novelty_of(const LsmCase *item, JsonObject *public, JsonObject *private)
{
	g_auto(GStrv) doors = lsm_json_get_list(private, "doors");
	g_auto(GStrv) withheld = lsm_json_get_list(private, "withheld");
	const char *state = lsm_json_get(public, "state", "");

	if (strcmp(lsm_state_row(item->state)->word, state) != 0)
		return BRINGS_EVENT;
	if (list_adds_to(item->doors, doors) || list_adds_to(item->withheld, withheld))
		return BRINGS_DOORS;
	return BRINGS_NOTHING;
}

static LsmEvent *
make_event(const RecordJob *job, LsmEventType type)
{
	JsonObject *members = job->passage->members;
	JsonObject *public = lsm_json_get_object(members, "public");
	JsonObject *private = lsm_json_get_object(members, "private");
	LsmEvent *event = lsm_event_new(type, job->id, job->now, job->service->node);

	json_object_unref(event->public);
	event->public = json_object_ref(public);
	event->private = json_object_ref(private);
	return event;
}

static gboolean
put_keys(const RecordJob *job, LsmStoreTxn *txn, GError **error)
{
	const LsmCaseKeys *keys = &job->passage->keys;
	const struct {
		LsmIndexKind kind;
		const char *term;
	} rows[] = {
	        {LSM_INDEX_IDENTITY, keys->identity},
	        {LSM_INDEX_TEXT, keys->text},
	        {LSM_INDEX_DOCUMENT, keys->document},
	        {LSM_INDEX_MESSAGE_ID, keys->message_id},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (rows[i].term != NULL && *rows[i].term != '\0' &&
		    !lsm_index_put(txn, rows[i].kind, rows[i].term, job->id, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
put_time_keys(const RecordJob *job, LsmStoreTxn *txn, GError **error)
{
	g_autofree char *term = lsm_time_term(job->now);
	JsonObject *members = job->passage->members;
	JsonObject *public = lsm_json_get_object(members, "public");

	if (json_object_get_boolean_member_with_default(members, "intervention", FALSE) &&
	    !lsm_index_put(txn, LSM_INDEX_INTERVENTION, term, job->id, error))
		return FALSE;
	return !job->is_new || !json_object_get_boolean_member_with_default(public, "observed", FALSE) ||
	       lsm_index_put(txn, LSM_INDEX_OBSERVED, term, job->id, error);
}

static gboolean
put_mails(const RecordJob *job, LsmStoreTxn *txn, GError **error)
{
	for (guint i = 0; i < job->mails->len; i++) {
		LsmOutboxEntry *entry = g_ptr_array_index(job->mails, i);

		entry->id = 0; /* the job may run twice: a batch, then alone */
		if (!lsm_outbox_put(txn, entry, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
write_event(const RecordJob *job, LsmStoreTxn *txn, LsmCase *item, GError **error)
{
	g_autoptr(LsmEvent) event = NULL;
	LsmEventType type;

	if (!lsm_event_type_parse(lsm_json_get(job->passage->members, "type", ""), &type)) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT, "passage without a known event type");
		return FALSE;
	}
	event = make_event(job, type);
	if (job->compressed != NULL) {
		json_object_set_string_member(event->private, "content", job->content_digest);
		if (!lsm_content_put(txn, job->content_digest, job->compressed, error))
			return FALSE;
	}
	return lsm_record_event(txn, item, event, error) && put_time_keys(job, txn, error) &&
	       put_mails(job, txn, error);
}

static gboolean
write_door(const RecordJob *job, LsmStoreTxn *txn, LsmCase *item, GError **error)
{
	g_autoptr(LsmEvent) event = make_event(job, LSM_EVENT_DOOR);

	return lsm_record_event(txn, item, event, error);
}

static gboolean
load_case(RecordJob *job, LsmStoreTxn *txn, LsmCase **item_out, GError **error)
{
	switch (lsm_case_get(txn, job->id, item_out, error)) {
	case LSM_FOUND:
		job->changed = job->is_new; /* another statement took this id since it was chosen */
		return TRUE;
	case LSM_ABSENT:
		if (job->is_new) {
			*item_out = lsm_case_new(job->id);
			return TRUE;
		}
		g_set_error(error, LSM_ERROR, LSM_ERROR_CORRUPT, "an index names case %s, which is not there", job->id);
		return FALSE;
	case LSM_FAILED:
		break;
	}
	return FALSE;
}

static gboolean
write_passage(LsmStoreTxn *txn, gpointer data, GError **error)
{
	RecordJob *job = data;
	g_autoptr(LsmCase) item = NULL;
	JsonObject *members = job->passage->members;
	Novelty novelty = BRINGS_EVENT;
	gboolean hold = FALSE;

	if (!facts_still_hold(job, txn, &hold, error))
		return FALSE;
	job->changed = !hold;
	if (!hold)
		return TRUE;
	if (!load_case(job, txn, &item, error))
		return FALSE;
	if (job->changed)
		return TRUE;
	if (!job->is_new)
		novelty = novelty_of(item, lsm_json_get_object(members, "public"),
		                     lsm_json_get_object(members, "private"));
	if (novelty == BRINGS_EVENT && !write_event(job, txn, item, error))
		return FALSE;
	if (novelty == BRINGS_DOORS && !write_door(job, txn, item, error))
		return FALSE;
	return novelty == BRINGS_NOTHING || put_keys(job, txn, error);
}

/* Before the transaction: which case, under which id, and the mails that name it. */
static LsmRecordResult
prepare(RecordJob *job, GError **error)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(job->service->store, error);
	const LsmPassage *passage = job->passage;
	JsonArray *mails = lsm_json_get_array(passage->members, "mails");
	gboolean hold = FALSE;

	if (txn == NULL || !facts_still_hold(job, txn, &hold, error))
		return LSM_NOT_RECORDED;
	if (!hold)
		return LSM_CHANGED;
	if (job->id == NULL)
		job->id = lsm_case_new_id(txn, job->now, passage->keys.identity, error);
	if (job->id == NULL)
		return LSM_NOT_RECORDED;
	job->mails = lsm_mails_compose(job->service, mails, job->id, passage->content, error);
	if (job->mails == NULL)
		return LSM_NOT_RECORDED;
	if (passage->content != NULL) {
		job->compressed = lsm_content_compress(passage->content);
		job->content_digest = lsm_content_digest(passage->content);
	}
	return LSM_RECORDED;
}

static void
job_clear(RecordJob *job)
{
	g_clear_pointer(&job->mails, g_ptr_array_unref);
	g_clear_pointer(&job->compressed, g_bytes_unref);
	g_free(job->content_digest);
	g_free(job->id);
}

LsmRecordResult
lsm_record_passage(LsmService *service, const LsmPassage *passage, char **id_out, GError **error)
{
	RecordJob job = {.service = service, .passage = passage, .now = lsm_service_now(service)};
	LsmRecordResult result = prepare(&job, error);

	if (result == LSM_RECORDED && !lsm_writer_run(service->writer, write_passage, &job, error))
		result = LSM_NOT_RECORDED;
	else if (result == LSM_RECORDED && job.changed)
		result = LSM_CHANGED;
	if (result == LSM_RECORDED)
		*id_out = g_strdup(job.id);
	job_clear(&job);
	return result;
}
