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
#include "desk/gather.h"
#include "desk/json.h"
#include "desk/link.h"
#include "desk/outbox.h"
#include "desk/request.h"
#include "store/packing.h"

#define PIECE ((gsize)1 << 16)

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
	LsmPassage *passage;
	GPtrArray *mails; /* of LsmOutboxEntry *, composed for this id */
	char *id;         /* of the case that is joined or opened */
	gboolean is_new;
	char *original;    /* id of the statement that it answers, or NULL */
	gboolean changed;   /* the facts are not those that were judged on */
	LsmIncoming *incoming; /* the mail, until it is packed */
	LsmPacking *packing;   /* then; NULL: it is not kept */
	gboolean is_streamed;  /* it was packed while it came, and can be put once only */
	LsmEvent *event; /* with its entry: of a new case, made ready before the transaction */
	LsmLogEntry *entry;
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
		job->original = g_strdup(facts->original_id);
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

/* How much a state says about a case. A judgement at the gate stands above a copy that came by another road:
 * a list's copy, a draft or a copy from outside must not end what is pending. */
static int
weight_of(LsmState state)
{
	switch (state) {
	case LSM_STATE_DRAFT:
		return 0;
	case LSM_STATE_RECORDED:
		return 1;
	case LSM_STATE_UNCONFIRMED:
	case LSM_STATE_AROUND:
		return 2;
	default:
		return 3;
	}
}

static gboolean
says_enough(const LsmCase *item, JsonObject *public)
{
	LsmState state;

	return lsm_state_parse(lsm_json_get(public, "state", ""), &state) &&
	       weight_of(state) >= weight_of(item->state);
}

static gboolean
is_held(LsmState state)
{
	return state == LSM_STATE_PENDING || state == LSM_STATE_IN_REVIEW || state == LSM_STATE_APPROVED;
}

static gboolean
has_gone(LsmState state)
{
	return state == LSM_STATE_APPROVED || state == LSM_STATE_RELEASED || state == LSM_STATE_DELIVERED ||
	       state == LSM_STATE_PASSED;
}

/* A copy that is refused ends nothing of what others are asked, or have. */
static gboolean
has_begun(LsmState state)
{
	return is_held(state) || has_gone(state);
}

/* Where the case stands after this passage. What one recipient may get settles nothing for the others that
 * wait. */
static LsmState
state_after(const LsmCase *item, JsonObject *public, JsonObject *private)
{
	g_auto(GStrv) withheld = lsm_json_get_list(private, "withheld");
	g_auto(GStrv) released = lsm_json_get_list(private, "released");
	LsmState state = item->state;
	gboolean passes;

	if (!says_enough(item, public))
		return item->state;
	lsm_state_parse(lsm_json_get(public, "state", ""), &state);
	passes = state == LSM_STATE_PASSED || state == LSM_STATE_UNSURE;
	if (state == LSM_STATE_REJECTED && has_begun(item->state))
		return item->state;
	if (state == LSM_STATE_PENDING && is_held(item->state) && !list_adds_to(item->withheld, withheld))
		return item->state;
	if (passes && is_held(item->state) && list_adds_to(released, item->withheld))
		return item->state;
	if (passes && has_gone(item->state))
		return item->state;
	return state;
}

/* What a passage brings that its case does not know yet. */
typedef enum { BRINGS_NOTHING, BRINGS_DOORS, BRINGS_EVENT } Novelty;

static Novelty
novelty_of(const LsmCase *item, JsonObject *public, JsonObject *private)
{
	g_auto(GStrv) doors = lsm_json_get_list(private, "doors");
	g_auto(GStrv) withheld = lsm_json_get_list(private, "withheld");
	g_auto(GStrv) released = lsm_json_get_list(private, "released");
	gboolean is_enforced = !json_object_get_boolean_member_with_default(public, "observed", FALSE);

	if (state_after(item, public, private) != item->state ||
	    (item->observed && is_enforced && says_enough(item, public)))
		return BRINGS_EVENT;
	if (list_adds_to(item->doors, doors) || list_adds_to(item->withheld, withheld) ||
	    list_adds_to(item->released, released))
		return BRINGS_DOORS;
	return BRINGS_NOTHING;
}

/* The values are shared: nobody changes one, only which of them an object has. */
static JsonObject *
copy_members(JsonObject *from)
{
	g_autoptr(GList) names = json_object_get_members(from);
	JsonObject *to = json_object_new();

	for (GList *l = names; l != NULL; l = l->next)
		json_object_set_member(to, l->data, json_node_ref(json_object_get_member(from, l->data)));
	return to;
}

/* The passage's own, where a case is opened. What joins a case is adapted to it, each time that the job runs. */
static JsonObject *
part_of_passage(const RecordJob *job, const char *name)
{
	JsonObject *part = lsm_json_get_object(job->passage->members, name);

	return job->is_new ? json_object_ref(part) : copy_members(part);
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

/* Which recipients outside may get these very bytes again. */
static gboolean
put_released(const RecordJob *job, LsmStoreTxn *txn, GError **error)
{
	g_auto(GStrv) released =
		lsm_json_get_list(lsm_json_get_object(job->passage->members, "private"), "released");

	for (guint i = 0; released[i] != NULL; i++) {
		g_autofree char *term = g_strdup_printf("%s %s", job->passage->keys.identity, released[i]);
		g_autofree char *id = NULL;
		LsmFound found = lsm_index_find(txn, LSM_INDEX_RELEASED, term, &id, error);

		if (found == LSM_FAILED ||
		    (found == LSM_ABSENT && !lsm_index_put(txn, LSM_INDEX_RELEASED, term, job->id, error)))
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
	    !lsm_interventions_note(job->service, txn, term, job->id, error))
		return FALSE;
	return !job->is_new || !json_object_get_boolean_member_with_default(public, "observed", FALSE) ||
	       lsm_index_put(txn, LSM_INDEX_OBSERVED, term, job->id, error);
}

static gboolean
is_request(const LsmOutboxEntry *entry)
{
	return strcmp(entry->kind, "request") == 0;
}

static gboolean
put_mails(const RecordJob *job, LsmStoreTxn *txn, GError **error)
{
	for (guint i = 0; i < job->mails->len; i++) {
		LsmOutboxEntry *entry = g_ptr_array_index(job->mails, i);

		/* Of a case that is joined the request names all from whom it is withheld, see ask_anew. */
		if (!job->is_new && is_request(entry))
			continue;
		entry->id = 0; /* the job may run twice: a batch, then alone */
		if (!lsm_outbox_put(txn, entry, error))
			return FALSE;
	}
	return TRUE;
}

/* Requests that have not gone yet ask for less than what is wanted now. */
static gboolean
drop_requests(const LsmCase *item, LsmStoreTxn *txn, GError **error)
{
	g_autoptr(GPtrArray) entries = lsm_outbox_list(txn, item->id, error);

	for (guint i = 0; entries != NULL && i < entries->len; i++) {
		const LsmOutboxEntry *entry = g_ptr_array_index(entries, i);
		if (is_request(entry) && !lsm_outbox_remove(txn, entry, FALSE, error))
			return FALSE;
	}
	return entries != NULL;
}

/* An answer is bound to the recipients that its request named: with more of them there is a new one to all who
 * are asked. */
static gboolean
ask_anew(const RecordJob *job, LsmStoreTxn *txn, const LsmCase *item, GError **error)
{
	if (item->state != LSM_STATE_PENDING)
		return TRUE;
	if (!drop_requests(item, txn, error))
		return FALSE;
	for (guint i = 0; i < job->mails->len; i++) {
		const LsmOutboxEntry *composed = g_ptr_array_index(job->mails, i);
		g_autoptr(LsmOutboxEntry) entry = NULL;
		g_autoptr(GError) problem = NULL;

		if (!is_request(composed))
			continue;
		entry = lsm_request_renew(job->service, txn, item, composed->recipients[0], &problem);
		if (problem != NULL) {
			g_propagate_error(error, g_steal_pointer(&problem));
			return FALSE;
		}
		if (entry == NULL)
			continue;
		/* Like all mails of a passage: not before the mail server has taken it. */
		g_free(entry->state);
		entry->state = g_strdup("held");
		if (!lsm_outbox_put(txn, entry, error))
			return FALSE;
	}
	return TRUE;
}

/* What was approved may go to those for whom it was approved: with others withheld, or sent again after its
 * end, it is asked for anew. */
static void
void_approvals(LsmEvent *event, const LsmCase *item, LsmState state)
{
	g_auto(GStrv) withheld = lsm_json_get_list(event->private, "withheld");

	if (state != LSM_STATE_PENDING ||
	    (item->state == LSM_STATE_PENDING && !list_adds_to(item->withheld, withheld)))
		return;
	lsm_json_set_strings(event->private, "approved_for", NULL);
	json_object_set_boolean_member(event->public, "reviewed", FALSE);
}

/* Enforced once, a case is no longer merely observed; an observer's look at an enforced one does not make it
 * so. */
static void
adapt_to_case(LsmEvent *event, const LsmCase *item)
{
	LsmState state = state_after(item, event->public, event->private);
	gboolean observed = item->observed && json_object_has_member(event->public, "observed");

	lsm_json_set(event->public, "state", lsm_state_row(state)->word);
	json_object_set_boolean_member(event->public, "observed", observed);
	void_approvals(event, item, state);
}

/* The event of this passage, as it would open a case. */
static LsmEvent *
passage_event(const RecordJob *job, GError **error)
{
	LsmEvent *event;
	LsmEventType type;

	if (!lsm_event_type_parse(lsm_json_get(job->passage->members, "type", ""), &type)) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT, "passage without a known event type");
		return NULL;
	}
	event = lsm_event_new(type, job->id, job->now, job->service->node);
	json_object_unref(event->public);
	event->public = part_of_passage(job, "public");
	event->private = part_of_passage(job, "private");
	lsm_json_set(event->public, "original", job->original);
	if (job->packing != NULL)
		json_object_set_string_member(event->private, "content", lsm_packing_digest(job->packing));
	return event;
}

/* A new case's event was made ready before the transaction; what joins a case depends on what that says by
 * now. */
static gboolean
append_event(const RecordJob *job, LsmStoreTxn *txn, LsmCase *item, GError **error)
{
	g_autoptr(LsmEvent) event = NULL;

	if (job->is_new) {
		if (!lsm_log_append_prepared(txn, job->entry, job->event, error))
			return FALSE;
		lsm_case_fold(item, job->event);
		return lsm_case_put(txn, item, error);
	}
	event = passage_event(job, error);
	if (event == NULL)
		return FALSE;
	adapt_to_case(event, item);
	return lsm_record_event(txn, item, event, error);
}

/* A corrected statement takes the place of the one that it names, unless it was refused itself. */
static gboolean
replace_older(const RecordJob *job, LsmStoreTxn *txn, const LsmCase *item, GError **error)
{
	const char *replaces = lsm_json_get(job->passage->members, "replaces", NULL);

	if (replaces == NULL || item->observed || item->state == LSM_STATE_REJECTED)
		return TRUE;
	return lsm_link_replace(job->service, txn, item, replaces, job->now, error);
}

static gboolean
write_event(const RecordJob *job, LsmStoreTxn *txn, LsmCase *item, GError **error)
{
	if (job->packing != NULL && !lsm_packing_put(job->packing, txn, error))
		return FALSE;
	return append_event(job, txn, item, error) && put_time_keys(job, txn, error) &&
	       lsm_gather_note(txn, job->passage->members, job->id, job->now, error) &&
	       put_mails(job, txn, error) && (job->is_new || ask_anew(job, txn, item, error)) &&
	       replace_older(job, txn, item, error);
}

/* Only what adds up: the case keeps the content, its digest and the judgement that belong together. */
static const char *const door_members[] = {"doors", "withheld", "released", "queue_id", "message_id"};

static gboolean
write_door(const RecordJob *job, LsmStoreTxn *txn, LsmCase *item, GError **error)
{
	g_autoptr(LsmEvent) event = lsm_event_new(LSM_EVENT_DOOR, job->id, job->now, job->service->node);
	JsonObject *private = lsm_json_get_object(job->passage->members, "private");
	g_auto(GStrv) withheld = lsm_json_get_list(private, "withheld");
	gboolean is_wider;

	event->private = json_object_new();
	for (guint i = 0; i < G_N_ELEMENTS(door_members); i++) {
		JsonNode *node = json_object_get_member(private, door_members[i]);
		if (node != NULL)
			json_object_set_member(event->private, door_members[i], json_node_copy(node));
	}
	void_approvals(event, item, item->state);
	is_wider = item->state == LSM_STATE_PENDING && list_adds_to(item->withheld, withheld);
	return lsm_record_event(txn, item, event, error) && (!is_wider || ask_anew(job, txn, item, error));
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
		g_set_error(error, LSM_ERROR, LSM_ERROR_CORRUPT, "an index names case %s, which is not there",
			    job->id);
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
	if (!put_released(job, txn, error))
		return FALSE;
	if (novelty == BRINGS_EVENT && !write_event(job, txn, item, error))
		return FALSE;
	if (novelty == BRINGS_DOORS && !write_door(job, txn, item, error))
		return FALSE;
	return novelty == BRINGS_NOTHING || put_keys(job, txn, error);
}

static void
pack_mail(gpointer entry, gpointer data G_GNUC_UNUSED)
{
	lsm_outbox_entry_pack(entry);
}

static gboolean
prepare_event(RecordJob *job, GError **error)
{
	job->event = passage_event(job, error);
	if (job->event != NULL)
		job->entry = lsm_log_prepare(job->event);
	return job->entry != NULL;
}

/* Which case, and under which id. */
static LsmRecordResult
look_up(RecordJob *job, GError **error)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(job->service->store, error);
	const LsmPassage *passage = job->passage;
	gboolean hold = FALSE;

	if (txn == NULL || !facts_still_hold(job, txn, &hold, error))
		return LSM_NOT_RECORDED;
	if (!hold)
		return LSM_CHANGED;
	if (job->id == NULL)
		job->id = lsm_case_new_id(txn, job->now, passage->keys.identity, error);
	if (job->id == NULL || !lsm_gather_decide(job->service, txn, passage->members, job->now, error))
		return LSM_NOT_RECORDED;
	return LSM_RECORDED;
}

static gboolean
pack_incoming(RecordJob *job, GError **error)
{
	g_autofree guint8 *piece = g_malloc(PIECE);
	gsize left = lsm_incoming_length(job->incoming);

	job->packing = lsm_packing_new(left, error);
	if (job->packing == NULL)
		return FALSE;
	for (; left > 0; left = lsm_incoming_length(job->incoming)) {
		gsize length = MIN(left, PIECE);

		if (!lsm_incoming_read(job->incoming, piece, length, error) ||
		    !lsm_packing_add(job->packing, piece, length, error))
			return FALSE;
	}
	return TRUE;
}

/* What the case's id goes into, and the mail. A large one is read as a whole only where a mail of ours quotes
 * it. */
static gboolean
prepare_mails(RecordJob *job, GError **error)
{
	JsonArray *mails = lsm_json_get_array(job->passage->members, "mails");
	g_autoptr(GBytes) content = NULL;

	job->is_streamed = job->incoming->unread > 0 && !lsm_mails_quote(mails);
	if (!job->is_streamed && !lsm_incoming_take(job->incoming, &content, error))
		return FALSE;
	job->mails = lsm_mails_compose(job->service, mails, job->id, content, error);
	if (job->mails == NULL)
		return FALSE;
	g_ptr_array_foreach(job->mails, pack_mail, NULL);
	/* The mail itself goes before it is written: its packed form and the store's pages are enough. */
	if (job->is_streamed)
		return pack_incoming(job, error);
	return content == NULL || (job->packing = lsm_packing_of(content, error)) != NULL;
}

/* Before the transaction: all that does not depend on what it will see. */
static LsmRecordResult
prepare(RecordJob *job, GError **error)
{
	LsmRecordResult result = look_up(job, error);

	if (result != LSM_RECORDED)
		return result;
	lsm_request_bind(job->passage->members);
	if (!prepare_mails(job, error))
		return LSM_NOT_RECORDED;
	return !job->is_new || prepare_event(job, error) ? LSM_RECORDED : LSM_NOT_RECORDED;
}

static void
job_clear(RecordJob *job)
{
	g_clear_pointer(&job->mails, g_ptr_array_unref);
	lsm_packing_free(job->packing);
	lsm_event_free(job->event);
	lsm_log_entry_free(job->entry);
	g_free(job->original);
	g_free(job->id);
}

static gboolean
write_job(RecordJob *job, GError **error)
{
	return (job->is_streamed ? lsm_writer_run_sole : lsm_writer_run)(job->service->writer, write_passage, job,
									 error);
}

LsmRecordResult
lsm_record_passage(LsmService *service, LsmPassage *passage, char **id_out, GError **error)
{
	g_auto(LsmIncoming) own = {.bytes = g_steal_pointer(&passage->content)};
	RecordJob job = {.service = service,
			 .passage = passage,
			 .incoming = passage->incoming != NULL ? passage->incoming : &own,
			 .now = lsm_service_now(service)};
	LsmRecordResult result = prepare(&job, error);

	if (result == LSM_RECORDED && !write_job(&job, error))
		result = LSM_NOT_RECORDED;
	else if (result == LSM_RECORDED && job.changed)
		result = LSM_CHANGED;
	if (result == LSM_RECORDED)
		*id_out = g_strdup(job.id);
	job_clear(&job);
	return result;
}
