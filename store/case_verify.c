/*
 * case_verify.c - see case_verify.h.
 *
 * Reads the table of cases and the log. Threads: as the transaction. Fails by GError; a fault is no error.
 */
#include "store/case_verify.h"

#include <string.h>

#include "store/log.h"

/* The case as its events make it. What is not read, belongs elsewhere or came already leaves its position out,
 * which then differs. */
static LsmCase *
fold_events(LsmStoreTxn *txn, const LsmCase *item)
{
	LsmCase *folded = lsm_case_new(item->id);
	guint64 least = 0;

	for (guint i = 0; i < item->positions->len; i++) {
		guint64 position = g_array_index(item->positions, guint64, i);
		g_autoptr(LsmEvent) event = NULL;
		if (position < least || lsm_log_get(txn, position, &event, NULL) != LSM_FOUND ||
		    strcmp(event->case_id, item->id) != 0)
			continue;
		least = position + 1;
		lsm_case_fold(folded, event);
	}
	return folded;
}

const char *
lsm_case_verify_one(LsmStoreTxn *txn, const LsmCase *item, guint64 *events)
{
	g_autoptr(LsmCase) folded = fold_events(txn, item);
	g_autoptr(GBytes) stored = lsm_case_render(item);
	g_autoptr(GBytes) expected = lsm_case_render(folded);

	*events += folded->positions->len;
	if (folded->positions->len == 0)
		return "the log has no event of this case";
	return g_bytes_equal(stored, expected) ? NULL : "the case is not what its events say";
}

/* --- all --- */

typedef struct {
	LsmStoreTxn *txn;
	guint64 events;
	GHashTable *told; /* ids of cases that lack events */
	LsmCaseFault fault;
	LsmCaseSeen seen;
	gpointer data;
	GError *error;
} Verification;

static gboolean
verify_case(const LsmCase *item, gpointer data)
{
	Verification *verification = data;
	const char *what = lsm_case_verify_one(verification->txn, item, &verification->events);

	if (what)
		verification->fault(item->id, what, verification->data);
	verification->seen(item, verification->events, verification->data);
	return TRUE;
}

static gboolean
has_position(const LsmCase *item, guint64 position)
{
	for (guint i = 0; i < item->positions->len; i++)
		if (g_array_index(item->positions, guint64, i) == position)
			return TRUE;
	return FALSE;
}

static gboolean
look_for_case(const LsmEvent *event, gpointer data)
{
	Verification *verification = data;
	g_autoptr(LsmCase) item = NULL;

	if (g_hash_table_contains(verification->told, event->case_id))
		return TRUE;
	LsmFound found = lsm_case_get(verification->txn, event->case_id, &item, &verification->error);
	if (found == LSM_FAILED || (item && has_position(item, event->position)))
		return found != LSM_FAILED;
	g_hash_table_add(verification->told, g_strdup(event->case_id));
	verification->fault(event->case_id,
			    item ? "the log has events of this case that the case has not"
				 : "the log has events of this case, the table of cases has not",
			    verification->data);
	return TRUE;
}

/* Only where the sum says that there are some. */
static gboolean
find_left_over(Verification *verification, GError **error)
{
	g_autoptr(GHashTable) told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	verification->told = told;
	if (!lsm_log_scan_public(verification->txn, 0, LSM_SCAN_FORWARD, look_for_case, verification, error))
		return FALSE;
	if (verification->error)
		g_propagate_error(error, verification->error);
	return !verification->error;
}

gboolean
lsm_case_verify(LsmStoreTxn *txn, guint64 size, LsmCaseFault fault, LsmCaseSeen seen, gpointer data,
		GError **error)
{
	Verification verification = {.txn = txn, .fault = fault, .seen = seen, .data = data};

	return lsm_case_scan(txn, verify_case, &verification, error) &&
	       (verification.events == size || find_left_over(&verification, error));
}
