/*
 * test_case_verify.c - cases that are not what their events say, events without their case: each is found and named.
 */
#include <string.h>

#include "store/case_verify.h"
#include "store/log.h"

static const char *const ids[] = {"LS-20261121-AAAAA", "LS-20261121-BBBBB", "LS-20261121-CCCCC"};

/* Three events each, among each other. */
static LsmStoreTxn *
make_record(LsmStore *store)
{
	static const LsmEventType types[] = {LSM_EVENT_PASSED, LSM_EVENT_TAKEN, LSM_EVENT_ANSWERED};
	LsmStoreTxn *txn = lsm_store_begin_write(store, NULL);

	for (guint i = 0; i < 9; i++) {
		const char *id = ids[i % 3];
		g_autoptr(LsmEvent) event = lsm_event_new(types[i / 3], id, 1795255200000000 + i, "mx1");
		g_autoptr(LsmCase) item = NULL;
		g_assert_true(lsm_log_append(txn, event, NULL));
		if (lsm_case_get(txn, id, &item, NULL) != LSM_FOUND)
			item = lsm_case_new(id);
		lsm_case_fold(item, event);
		g_assert_true(lsm_case_put(txn, item, NULL));
	}
	return txn;
}

/* --- what is done to the case BBBBB, of the events 1, 4 and 7 --- */

static void
leave(LsmCase *item G_GNUC_UNUSED)
{
}

static void
change_state(LsmCase *item)
{
	item->state = LSM_STATE_CLOSED;
}

static void
forget_last(LsmCase *item)
{
	g_array_set_size(item->positions, 2);
}

static void
take_twice(LsmCase *item)
{
	g_array_index(item->positions, guint64, 2) = 4;
}

static void
take_anothers(LsmCase *item)
{
	g_array_index(item->positions, guint64, 2) = 8;
}

static void
take_none(LsmCase *item)
{
	g_array_set_size(item->positions, 0);
}

static void
take_beyond(LsmCase *item)
{
	g_array_index(item->positions, guint64, 2) = 900;
}

static void
note_fault(const char *id, const char *what, gpointer data)
{
	g_string_append_printf(data, "%s %s; ", strrchr(id, '-') + 1, what);
}

static void
note_case(const LsmCase *item G_GNUC_UNUSED, guint64 events G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
}

#define DIFFERS "BBBBB the case is not what its events say; "
#define NONE "BBBBB the log has no event of this case; "
#define LEFT "BBBBB the log has events of this case that the case has not; "

static void
test_cases(void)
{
	static const struct {
		const char *name;
		void (*damage)(LsmCase *item);
		const char *want;
	} rows[] = {
		{"sound", leave, ""},
		{"another state", change_state, DIFFERS},
		{"an event forgotten", forget_last, LEFT},
		{"an event twice", take_twice, DIFFERS LEFT},
		{"another's event", take_anothers, DIFFERS LEFT},
		{"no event", take_none, NONE LEFT},
		{"an event beyond the end", take_beyond, DIFFERS LEFT},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(LsmStore) store = lsm_store_open("memory:", LSM_STORE_READ_WRITE, NULL);
		g_autoptr(LsmStoreTxn) txn = make_record(store);
		g_autoptr(LsmCase) item = NULL;
		g_autoptr(GString) faults = g_string_new(NULL);
		g_assert_cmpint(lsm_case_get(txn, ids[1], &item, NULL), ==, LSM_FOUND);
		rows[i].damage(item);
		g_assert_true(lsm_case_put(txn, item, NULL));
		g_test_message("%s", rows[i].name);
		g_assert_true(lsm_case_verify(txn, 9, note_fault, note_case, faults, NULL));
		g_assert_cmpstr(faults->str, ==, rows[i].want);
	}
}

/* A case as it stood before its last event is sound in itself: only the sum tells. */
static void
test_older(void)
{
	g_autoptr(LsmStore) store = lsm_store_open("memory:", LSM_STORE_READ_WRITE, NULL);
	g_autoptr(LsmStoreTxn) txn = make_record(store);
	g_autoptr(LsmCase) older = lsm_case_new(ids[1]);
	g_autoptr(GString) faults = g_string_new(NULL);

	for (guint64 position = 1; position < 7; position += 3) {
		g_autoptr(LsmEvent) event = NULL;
		g_assert_cmpint(lsm_log_get(txn, position, &event, NULL), ==, LSM_FOUND);
		lsm_case_fold(older, event);
	}
	g_assert_true(lsm_case_put(txn, older, NULL));
	g_assert_true(lsm_case_verify(txn, 9, note_fault, note_case, faults, NULL));
	g_assert_cmpstr(faults->str, ==, LEFT);
}

static void
test_missing(void)
{
	g_autoptr(LsmStore) store = lsm_store_open("memory:", LSM_STORE_READ_WRITE, NULL);
	g_autoptr(LsmStoreTxn) txn = make_record(store);
	g_autoptr(GString) faults = g_string_new(NULL);

	g_assert_true(lsm_store_delete(txn, LSM_TABLE_CASE, ids[1], strlen(ids[1]), NULL));
	g_assert_true(lsm_case_verify(txn, 9, note_fault, note_case, faults, NULL));
	g_assert_cmpstr(faults->str, ==, "BBBBB the log has events of this case, the table of cases has not; ");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/case-verify/cases", test_cases);
	g_test_add_func("/case-verify/older", test_older);
	g_test_add_func("/case-verify/missing", test_missing);
	return g_test_run();
}
