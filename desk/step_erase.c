/*
 * step_erase.c - what a step "erase" takes away: all of a statement that is not its events.
 *
 * The event is folded first, so that the case is empty; then everything goes that its older events' private
 * parts name: contents, keys, mails that wait, tokens, and last those parts themselves. What stays, the
 * events and digests of the whole mail, says nothing about anybody, and lets the log verify.
 */
#include "desk/json.h"
#include "desk/outbox.h"
#include "desk/step.h"
#include "desk/token.h"
#include "store/case_index.h"

#define KIND_ALL "all"
#define IN(name) (1u << LSM_STATE_##name)
/* Somebody waits for it: an erased statement can neither be approved nor sent. */
#define IN_WAITING (IN(PENDING) | IN(IN_REVIEW) | IN(APPROVED))

/* Was all erased, and has nothing come since that could be? */
static gboolean
is_erased(const LsmCase *item, LsmStoreTxn *txn, gboolean *erased_out, GError **error)
{
	*erased_out = FALSE;
	for (guint i = 0; i < item->positions->len; i++) {
		g_autoptr(LsmEvent) event = NULL;
		LsmFound found = lsm_log_get(txn, g_array_index(item->positions, guint64, i), &event, error);

		if (found == LSM_FAILED)
			return FALSE;
		if (found == LSM_ABSENT)
			continue;
		if (event->type == LSM_EVENT_ERASED)
			*erased_out = g_strcmp0(lsm_json_get(event->public, "kind", NULL), KIND_ALL) == 0;
		else if (event->private != NULL) {
			*erased_out = FALSE;
			return TRUE;
		}
	}
	return TRUE;
}

gboolean
lsm_step_fill_erase(LsmStep *step, LsmStoreTxn *txn, GError **error)
{
	gboolean is_waiting = (IN_WAITING & (1u << step->item->state)) != 0;

	if (!is_erased(step->item, txn, &step->already, error))
		return FALSE;
	if (step->already)
		return TRUE;
	if (is_waiting && lsm_step_text(step, "force") == NULL)
		return lsm_step_refuse(
			step, error,
			"it is %s and would never go out; settle it first, or add --force to cancel it",
			lsm_state_row(step->item->state)->word);
	if (is_waiting)
		step->state = LSM_STATE_CANCELLED;
	json_object_set_string_member(step->event->public, "kind", KIND_ALL);
	/* The digest of what is gone: who has the mail can show that it was this one. */
	lsm_json_set(step->event->private, "content_was", step->item->content);
	return TRUE;
}

/* --- what its events name --- */

typedef struct {
	GHashTable *contents, *message_ids; /* sets of strings */
	GArray *positions;                  /* of guint64: events whose private parts go */
} Named;

static void
note_member(JsonObject *private, const char *name, GHashTable *set)
{
	const char *text = lsm_json_get(private, name, NULL);

	if (text != NULL)
		g_hash_table_add(set, g_strdup(text));
}

/* All but erasures: who erased what for which reason stays. */
static gboolean
collect_named(const LsmCase *item, LsmStoreTxn *txn, const Named *named, GError **error)
{
	for (guint i = 0; i < item->positions->len; i++) {
		g_autoptr(LsmEvent) event = NULL;
		LsmFound found = lsm_log_get(txn, g_array_index(item->positions, guint64, i), &event, error);

		if (found == LSM_FAILED)
			return FALSE;
		if (found == LSM_ABSENT || event->private == NULL || event->type == LSM_EVENT_ERASED)
			continue;
		g_array_append_val(named->positions, event->position);
		note_member(event->private, "content", named->contents);
		note_member(event->private, "message_id", named->message_ids);
	}
	return TRUE;
}

static gboolean
erase_privates(LsmStoreTxn *txn, const Named *named, GError **error)
{
	for (guint i = 0; i < named->positions->len; i++) {
		if (!lsm_log_erase_private(txn, g_array_index(named->positions, guint64, i), error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
erase_named(const LsmCase *item, LsmStoreTxn *txn, const Named *named, GError **error)
{
	GHashTableIter iter;
	gpointer text;

	g_hash_table_iter_init(&iter, named->contents);
	while (g_hash_table_iter_next(&iter, &text, NULL)) {
		if (!lsm_content_erase(txn, text, error))
			return FALSE;
	}
	g_hash_table_iter_init(&iter, named->message_ids);
	while (g_hash_table_iter_next(&iter, &text, NULL)) {
		if (!lsm_index_delete(txn, LSM_INDEX_MESSAGE_ID, text, item->id, error))
			return FALSE;
	}
	return TRUE;
}

/* --- keys that hold addresses or numbers, and mails --- */

typedef struct {
	const char *id;
	GPtrArray *terms;
} Rows;

static gboolean
collect_own(const char *term, const char *id, gpointer data)
{
	Rows *rows = data;

	if (g_strcmp0(id, rows->id) == 0)
		g_ptr_array_add(rows->terms, g_strdup(term));
	return TRUE;
}

/* By no term of ours can they be found: one look at all of a kind, for something that is rare. */
static gboolean
erase_keys(const LsmCase *item, LsmStoreTxn *txn, GError **error)
{
	static const LsmIndexKind kinds[] = {LSM_INDEX_DOCUMENT, LSM_INDEX_RELEASED, LSM_INDEX_COVER,
					     LSM_INDEX_GATHERED};

	for (guint k = 0; k < G_N_ELEMENTS(kinds); k++) {
		g_autoptr(GPtrArray) terms = g_ptr_array_new_with_free_func(g_free);
		Rows rows = {item->id, terms};

		if (!lsm_index_scan(txn, kinds[k], "", LSM_SCAN_FORWARD, collect_own, &rows, error))
			return FALSE;
		for (guint i = 0; i < terms->len; i++) {
			if (!lsm_index_delete(txn, kinds[k], terms->pdata[i], item->id, error))
				return FALSE;
		}
	}
	return TRUE;
}

static gboolean
erase_mails(const LsmCase *item, LsmStoreTxn *txn, GError **error)
{
	g_autoptr(GPtrArray) entries = lsm_outbox_list(txn, item->id, error);

	for (guint i = 0; entries != NULL && i < entries->len; i++) {
		if (!lsm_outbox_remove(txn, entries->pdata[i], FALSE, error))
			return FALSE;
	}
	return entries != NULL;
}

gboolean
lsm_step_finish_erase(LsmStep *step, LsmStoreTxn *txn, GError **error)
{
	g_autoptr(GHashTable) contents = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GHashTable) message_ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GArray) positions = g_array_new(FALSE, FALSE, sizeof(guint64));
	const Named named = {contents, message_ids, positions};
	const LsmCase *item = step->item;

	if (!collect_named(item, txn, &named, error) || !erase_mails(item, txn, error) ||
	    !erase_named(item, txn, &named, error) || !erase_keys(item, txn, error) ||
	    !lsm_token_forget(txn, item->id, error) || !erase_privates(txn, &named, error) ||
	    !lsm_case_index_settle(txn, error))
		return FALSE;
	step->extra = g_strdup(
		"Its content and personal data are erased; unused parts of the record's file may hold them "
		"until liaisonctl compact.");
	return TRUE;
}
