/*
 * facts.c - what the record knows about a mail: one look into the store, one plain struct.
 *
 * Uses the store's indexes. The same function answers the gate's question and, inside the write
 * transaction, tells whether the answer still holds.
 */
#include <string.h>

#include "conf/error.h"
#include "desk/internal.h"
#include "desk/link.h"
#include "desk/role.h"

char *
lsm_time_term(gint64 microseconds)
{
	g_autofree char *rendered = lsm_event_time_render(microseconds); /* 2026-11-21T10:00:00.000Z */
	char *term = g_strdup("0000-00-00t00:00:00.000000z");
	gint64 rest = MAX(microseconds, 0) % G_USEC_PER_SEC;

	for (guint i = 0; i < 19; i++)
		term[i] = g_ascii_tolower(rendered[i]);
	for (guint i = 25; i > 19; i--, rest /= 10)
		term[i] = (char)('0' + rest % 10);
	return term;
}

char *
lsm_time_text(gint64 microseconds)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(microseconds / G_USEC_PER_SEC);

	return g_date_time_format(time, "%Y-%m-%d %H:%M UTC");
}

typedef struct {
	LsmIndexKind kind;
	const char *term;
} Key;

/* The strongest key first: the same mail, the same text between the same parties, the same document. */
static LsmFound
find_case_id(LsmStoreTxn *txn, const LsmCaseKeys *keys, char **id_out, gboolean *exact_out, GError **error)
{
	const Key tries[] = {
		{LSM_INDEX_IDENTITY, keys->identity},
		{LSM_INDEX_TEXT, keys->text},
		{LSM_INDEX_DOCUMENT, keys->document},
		{LSM_INDEX_MESSAGE_ID, keys->by_message_id ? keys->message_id : NULL},
	};

	for (guint i = 0; i < G_N_ELEMENTS(tries); i++) {
		LsmFound found;

		if (tries[i].term == NULL || *tries[i].term == '\0')
			continue;
		found = lsm_index_find(txn, tries[i].kind, tries[i].term, id_out, error);
		*exact_out = tries[i].kind == LSM_INDEX_IDENTITY;
		if (found != LSM_ABSENT)
			return found;
	}
	return LSM_ABSENT;
}

/* A case that was held or refused stays so however many others there were: the limit is there
 * to stop a runaway, not to let out what was already stopped. */
static gboolean
was_stopped(const LsmCase *item)
{
	return item->state == LSM_STATE_PENDING || item->state == LSM_STATE_REJECTED ||
	       (item->withheld != NULL && item->withheld[0] != NULL);
}

static gboolean
take_released(const char *term, const char *id, gpointer data)
{
	const char *recipient = strchr(term, ' ');

	(void)id;
	if (recipient != NULL)
		g_strv_builder_add(data, recipient + 1);
	return TRUE;
}

/* Bound to these very bytes: that a case was let out says nothing of another text that joined it. */
static gboolean
find_released(LsmStoreTxn *txn, const char *identity, char ***released_out, GError **error)
{
	g_autoptr(GStrvBuilder) list = g_strv_builder_new();
	g_autofree char *prefix = g_strdup_printf("%s ", identity == NULL ? "-" : identity);

	if (!lsm_index_scan(txn, LSM_INDEX_RELEASED, prefix, LSM_SCAN_FORWARD, take_released, list, error))
		return FALSE;
	g_strfreev(*released_out);
	*released_out = g_strv_builder_end(list);
	return TRUE;
}

static void
take_list(char ***list, char *const *value)
{
	g_strfreev(*list);
	*list = value != NULL ? g_strdupv((char **)value) : g_new0(char *, 1);
}

/* Only a draft: what has been sent since was approved for those to whom it was sent. */
static gboolean
is_approved_in_advance(LsmService *service, const LsmCase *item)
{
	g_autoptr(LsmSettings) settings = lsm_service_settings(service);
	g_auto(GStrv) missing = NULL;

	if (item->state != LSM_STATE_DRAFT || item->approved_for[0] == NULL)
		return FALSE;
	missing = lsm_roles_missing(item, settings, item->approved_for);
	return missing[0] == NULL && (item->reviewed || strcmp(settings->review, "off") == 0);
}

static void
take_case(LsmService *service, LsmFacts *facts, const LsmCase *item, gboolean exact)
{
	/* "Not a statement" was said of one mail: another one of the same number or the like is judged for
	 * itself. */
	if (item->state == LSM_STATE_NOT_STATEMENT && !exact)
		return;
	facts->case_id = g_strdup(item->id);
	facts->case_state = g_strdup(lsm_state_row(item->state)->word);
	facts->opted_out = item->state == LSM_STATE_NOT_STATEMENT;
	facts->is_enforced = !item->observed && item->state != LSM_STATE_DRAFT;
	/* An approval is of one content; a draft is the same text, whatever was put in front of it. */
	if (exact) {
		take_list(&facts->approved_for, item->approved_for);
		facts->approved_in_advance = is_approved_in_advance(service, item);
	}
	if (item->state == LSM_STATE_DRAFT)
		take_list(&facts->drafted_to, item->doors);
	if (was_stopped(item))
		facts->may_intervene = TRUE;
}

/* The statement that this one answers, and where it wants the answer. */
static gboolean
take_original(LsmStoreTxn *txn, const char *answers, LsmFacts *facts, GError **error)
{
	g_autoptr(LsmCase) original = NULL;
	LsmFound found = lsm_link_find(txn, answers, &facts->original_id, error);

	if (found == LSM_FOUND)
		found = lsm_case_get(txn, facts->original_id, &original, error);
	if (original != NULL)
		facts->original_reply_to = g_strdup(original->reply_to);
	return found != LSM_FAILED;
}

gboolean
lsm_facts_collect(LsmService *service, LsmStoreTxn *txn, const LsmCaseKeys *keys, LsmFacts **facts_out,
		  GError **error)
{
	g_autoptr(LsmFacts) facts = lsm_facts_new();
	g_autoptr(LsmCase) item = NULL;
	g_autofree char *id = NULL;
	gboolean exact = FALSE;
	LsmFound found;

	facts->known = TRUE;
	if (!find_released(txn, keys->identity, &facts->released, error))
		return FALSE;
	if (!lsm_interventions_allow(service, txn, &facts->may_intervene, error))
		return FALSE;
	found = find_case_id(txn, keys, &id, &exact, error);
	if (found == LSM_FAILED)
		return FALSE;
	if (found == LSM_FOUND && lsm_case_get(txn, id, &item, error) == LSM_FAILED)
		return FALSE;
	if (item != NULL)
		take_case(service, facts, item, exact);
	if (!take_original(txn, keys->answers, facts, error))
		return FALSE;
	*facts_out = g_steal_pointer(&facts);
	return TRUE;
}

static const char *
or_nothing(const char *text)
{
	return text == NULL ? "" : text;
}

static const char *
yes_or_no(gboolean flag)
{
	return flag ? "1" : "0";
}

static char *
joined(char *const *list)
{
	return list == NULL ? g_strdup("") : g_strjoinv(",", (char **)list);
}

char *
lsm_facts_fingerprint(const LsmFacts *facts)
{
	g_autofree char *released = joined(facts->released);
	g_autofree char *approved_for = joined(facts->approved_for);

	return g_strjoin("|", or_nothing(facts->case_id), or_nothing(facts->case_state), released, approved_for,
			 or_nothing(facts->original_id), or_nothing(facts->original_reply_to),
			 yes_or_no(facts->may_intervene), yes_or_no(facts->opted_out),
			 yes_or_no(facts->approved_in_advance), yes_or_no(facts->is_enforced), NULL);
}
