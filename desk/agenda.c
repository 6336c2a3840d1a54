/*
 * agenda.c - see agenda.h. Uses the indexes of store/; owns nothing. Any thread with a transaction of its
 * own.
 */
#include "desk/agenda.h"

#include "conf/value.h"
#include "store/case_index.h"
#include "store/json.h"
#include "store/log.h"

#define DAY_SECONDS 86400

int
lsm_agenda_day(gint64 time)
{
	return (int)(time / G_USEC_PER_SEC / DAY_SECONDS);
}

int
lsm_agenda_deadline(const LsmCase *item)
{
	const char *deadline = lsm_case_deadline(item);
	gint64 time = deadline == NULL ? 0 : lsm_value_parse_date(deadline);

	return time <= 0 ? LSM_AGENDA_NO_DAY : (int)(time / DAY_SECONDS);
}

char *
lsm_agenda_day_text(int day)
{
	g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc((gint64)day * DAY_SECONDS);

	return g_date_time_format(date, "%Y-%m-%d");
}

/* --- which --- */

static gboolean
collect_id(const char *term G_GNUC_UNUSED, const char *id, gpointer ids)
{
	g_hash_table_add(ids, g_strdup(id));
	return TRUE;
}

static gboolean
is_waiting(const LsmCase *item)
{
	return lsm_state_row(item->state)->open && !item->observed && !item->unverified;
}

static int
compare_urgency(gconstpointer a, gconstpointer b)
{
	const LsmCase *left = *(LsmCase *const *)a, *right = *(LsmCase *const *)b;
	int days = lsm_agenda_deadline(left) - lsm_agenda_deadline(right);
	int ranks = lsm_state_row(left->state)->rank - lsm_state_row(right->state)->rank;

	if (lsm_agenda_deadline(left) != lsm_agenda_deadline(right))
		return days;
	if (ranks != 0)
		return ranks;
	return left->since < right->since ? -1 : left->since > right->since;
}

/* What the indexes say may be a little behind: each case itself tells whether it still waits. */
GPtrArray *
lsm_agenda_load(LsmStoreTxn *txn, GError **error)
{
	g_autoptr(GHashTable) ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func((GDestroyNotify)lsm_case_free);
	GHashTableIter iter;
	gpointer id;

	if (!lsm_index_scan(txn, LSM_INDEX_AGENDA, "", LSM_SCAN_FORWARD, collect_id, ids, error) ||
	    !lsm_index_scan(txn, LSM_INDEX_BEHIND, "", LSM_SCAN_FORWARD, collect_id, ids, error))
		return NULL;
	g_hash_table_iter_init(&iter, ids);
	while (g_hash_table_iter_next(&iter, &id, NULL)) {
		g_autoptr(LsmCase) item = NULL;

		if (lsm_case_get(txn, id, &item, error) == LSM_FAILED)
			return NULL;
		if (item != NULL && is_waiting(item))
			g_ptr_array_add(items, g_steal_pointer(&item));
	}
	g_ptr_array_sort(items, compare_urgency);
	return g_steal_pointer(&items);
}

/* --- since when --- */

gboolean
lsm_agenda_entered(LsmStoreTxn *txn, const LsmCase *item, gint64 *time_out, GError **error)
{
	const char *word = lsm_state_row(item->state)->word;

	*time_out = item->since;
	for (guint i = item->positions->len; i > 0; i--) {
		g_autoptr(LsmEvent) event = NULL;
		const char *state;
		LsmFound found =
			lsm_log_get(txn, g_array_index(item->positions, guint64, i - 1), &event, error);

		if (found == LSM_FAILED)
			return FALSE;
		state = found == LSM_ABSENT ? NULL : lsm_json_string(event->public, "state");
		if (state == NULL)
			continue;
		/* The run of events that say this state, seen from its end. */
		if (g_strcmp0(state, word) != 0)
			return TRUE;
		*time_out = event->time;
	}
	return TRUE;
}
