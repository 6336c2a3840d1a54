/*
 * tally.c - see tally.h.
 *
 * Counts rows of STATE and AGENDA. What a case that is behind (case_index.h) has there is taken off, and the case
 * looked at itself. Threads: as the transaction. Fails by GError.
 */
#include "store/tally.h"

#include <string.h>

#include "store/case_index.h"

static void
count_case(LsmTally *tally, LsmState state, const char *deadline, const char *today, int by)
{
	tally->by_state[state] += (guint64)by;
	if (lsm_state_row(state)->open && deadline && strcmp(deadline, today) < 0)
		tally->overdue += (guint64)by;
}

/* The rows that a case that is behind has: a line each, octet of the kind and term. */
static void
take_off(LsmTally *tally, const char *line, const char *today)
{
	g_auto(GStrv) parts = g_strsplit(line, " ", 3);
	LsmIndexKind kind;
	LsmState state;

	if (!*parts || !lsm_index_kind_parse(parts[0][0], &kind) || !lsm_state_parse(parts[0] + 1, &state))
		return;
	if (kind == LSM_INDEX_STATE)
		tally->by_state[state]--;
	else if (kind == LSM_INDEX_AGENDA && parts[1] && strcmp(parts[1], today) < 0)
		tally->overdue--;
}

static gboolean
count_behind(LsmStoreTxn *txn, const char *id, const char *today, LsmTally *tally, GError **error)
{
	g_autoptr(LsmCase) item = NULL;
	g_autoptr(GBytes) note = NULL;

	if (lsm_case_get(txn, id, &item, error) == LSM_FAILED ||
	    lsm_index_get_note(txn, LSM_INDEX_BEHIND, "", id, &note, error) == LSM_FAILED)
		return FALSE;
	if (item)
		count_case(tally, item->state, lsm_case_deadline(item), today, 1);
	gsize length = note ? g_bytes_get_size(note) : 0;
	g_autofree char *text = g_strndup(length > 0 ? g_bytes_get_data(note, NULL) : "", length);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line; line++)
		if (**line != '\0')
			take_off(tally, *line, today);
	return TRUE;
}

static gboolean
collect_id(const char *term G_GNUC_UNUSED, const char *id, gpointer data)
{
	g_ptr_array_add(data, g_strdup(id));
	return TRUE;
}

static gboolean
count_all_behind(LsmStoreTxn *txn, const char *today, LsmTally *tally, GError **error)
{
	g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);

	if (!lsm_index_scan(txn, LSM_INDEX_BEHIND, "", LSM_SCAN_FORWARD, collect_id, ids, error))
		return FALSE;
	for (guint i = 0; i < ids->len; i++)
		if (!count_behind(txn, g_ptr_array_index(ids, i), today, tally, error))
			return FALSE;
	return TRUE;
}

static gboolean
count_state(LsmStoreTxn *txn, const LsmStateRow *row, const char *today, LsmTally *tally, GError **error)
{
	g_autofree char *head = g_strdup_printf("%s ", row->word);
	guint64 all = 0, late = 0;

	if (!lsm_index_count(txn, LSM_INDEX_STATE, head, NULL, &all, error) ||
	    (row->open && !lsm_index_count(txn, LSM_INDEX_AGENDA, head, today, &late, error)))
		return FALSE;
	tally->by_state[row->state] += all;
	tally->overdue += late;
	return TRUE;
}

gboolean
lsm_tally_count(LsmStoreTxn *txn, const char *today, LsmTally *tally_out, GError **error)
{
	memset(tally_out, 0, sizeof *tally_out);
	if (!count_all_behind(txn, today, tally_out, error))
		return FALSE;
	for (guint i = 0; i < LSM_STATE_COUNT; i++) {
		const LsmStateRow *row = lsm_state_row((LsmState)i);
		if (!count_state(txn, row, today, tally_out, error))
			return FALSE;
		tally_out->total += i == LSM_STATE_NOT_STATEMENT ? 0 : tally_out->by_state[i];
		tally_out->open += row->open ? tally_out->by_state[i] : 0;
	}
	return TRUE;
}
