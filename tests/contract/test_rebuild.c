/*
 * test_rebuild.c - what follows from the log, damaged in every way and made anew, is octet for octet what it
 * was; also while somebody writes, and over transactions that are not committed. The log of one store in
 * another.
 */
#include <string.h>

#include "store/case_index.h"
#include "store/export.h"
#include "store/json.h"
#include "store/rebuild.h"

#define CASES 120

static LsmStoreTxn *
begin(LsmStore *store)
{
	LsmStoreTxn *txn = lsm_store_begin_write(store, NULL);

	g_assert_nonnull(txn);
	return txn;
}

static void
commit(LsmStoreTxn *txn)
{
	g_assert_true(lsm_store_commit(txn, NULL));
	lsm_store_txn_free(txn);
}

/* --- a record --- */

static void
add_event(LsmStoreTxn *txn, guint number, LsmEventType type, const char *state)
{
	g_autofree char *id = g_strdup_printf("LS-20261121-N%u", number);
	g_autofree char *subject = g_strdup_printf("LS on metrics %u", number);
	g_autoptr(LsmEvent) event = lsm_event_new(type, id, 1795255200000000 + number * 1000000, "mx1");
	g_autoptr(LsmCase) item = NULL;

	json_object_set_string_member(event->public, "state", state);
	json_object_set_string_member(event->public, "way", "in");
	event->private = json_object_new();
	json_object_set_string_member(event->private, "subject", subject);
	if (number % 7 == 0)
		json_object_set_string_member(event->private, "deadline", "2026-12-31");
	if (lsm_case_get(txn, id, &item, NULL) == LSM_ABSENT)
		item = lsm_case_new(id);
	g_assert_true(lsm_log_append(txn, event, NULL));
	lsm_case_fold(item, event);
	g_assert_true(lsm_case_put(txn, item, NULL));
	g_assert_true(lsm_index_put(txn, LSM_INDEX_IDENTITY, subject, id, NULL));
}

static LsmStore *
make_record(void)
{
	LsmStore *store = lsm_store_open("memory:", LSM_STORE_READ_WRITE, NULL);
	LsmStoreTxn *txn = begin(store);

	/* Events of many cases lie between each other. */
	for (guint i = 0; i < CASES; i++)
		add_event(txn, i, LSM_EVENT_SEEN, "unconfirmed");
	for (guint i = 0; i < CASES; i += 2)
		add_event(txn, i, LSM_EVENT_CONFIRMED, "confirmed");
	g_assert_true(lsm_log_erase_private(txn, 3, NULL));
	for (guint i = 0; i < CASES; i += 3)
		add_event(txn, i, LSM_EVENT_CLOSED, "closed");
	g_assert_true(lsm_case_index_settle(txn, NULL));
	commit(txn);
	return store;
}

static gboolean
join_row(const void *key, gsize key_length, const void *value, gsize value_length, gpointer data)
{
	g_string_append_len(data, key, (gssize)key_length);
	g_string_append_c(data, '=');
	g_string_append_len(data, value, (gssize)value_length);
	g_string_append_c(data, '\n');
	return TRUE;
}

static GBytes *
dump(LsmStore *store, LsmTable table)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(store, NULL);
	GString *all = g_string_new(NULL);

	g_assert_true(lsm_store_scan(txn, table, "", 0, LSM_SCAN_FORWARD, join_row, all, NULL));
	return g_string_free_to_bytes(all);
}

/* --- damage --- */

static void
drop_case(LsmStoreTxn *txn)
{
	lsm_store_delete(txn, LSM_TABLE_CASE, "LS-20261121-N4", 14, NULL);
}

static void
garble_case(LsmStoreTxn *txn)
{
	lsm_store_put(txn, LSM_TABLE_CASE, "LS-20261121-N8", 14, "{]", 2, NULL);
}

static void
change_case(LsmStoreTxn *txn)
{
	g_autoptr(LsmCase) item = NULL;

	g_assert_cmpint(lsm_case_get(txn, "LS-20261121-N9", &item, NULL), ==, LSM_FOUND);
	item->state = LSM_STATE_REJECTED;
	g_assert_true(lsm_case_put(txn, item, NULL));
	g_assert_true(lsm_case_index_settle(txn, NULL));
}

static void
invent_case(LsmStoreTxn *txn)
{
	g_autoptr(LsmCase) item = lsm_case_new("LS-20261121-NOBODY");

	g_assert_true(lsm_case_put(txn, item, NULL));
	g_assert_true(lsm_case_index_settle(txn, NULL));
}

static void
drop_rows(LsmStoreTxn *txn)
{
	g_assert_true(lsm_index_delete(txn, LSM_INDEX_TAIL, "N5", "LS-20261121-N5", NULL));
	g_assert_true(lsm_index_delete(txn, LSM_INDEX_TAIL, "N4", "LS-20261121-N4", NULL));
	g_assert_true(lsm_index_put(txn, LSM_INDEX_WORD, "never 000000000000", "LS-20261121-N5", NULL));
}

static const struct {
	const char *name;
	void (*damage)(LsmStoreTxn *txn);
	guint64 mended, removed;
} damages[] = {
	{"none", NULL, 0, 0},
	{"a case gone", drop_case, 1, 0},
	{"a case that is none", garble_case, 1, 0},
	{"another state", change_case, 1, 0},
	{"a case without events", invent_case, 0, 1},
	{"rows", drop_rows, 2, 0},
};

static void
test_damage(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(damages); i++) {
		g_autoptr(LsmStore) store = make_record();
		g_autoptr(GBytes) cases = dump(store, LSM_TABLE_CASE);
		g_autoptr(GBytes) index = dump(store, LSM_TABLE_INDEX);
		g_autoptr(GError) error = NULL;
		LsmRebuildTally tally = {0};

		g_test_message("%s", damages[i].name);
		if (damages[i].damage != NULL) {
			LsmStoreTxn *txn = begin(store);
			damages[i].damage(txn);
			commit(txn);
		}
		g_assert_true(lsm_rebuild_run(store, &tally, &error));
		g_assert_no_error(error);
		g_autoptr(GBytes) cases_after = dump(store, LSM_TABLE_CASE);
		g_autoptr(GBytes) index_after = dump(store, LSM_TABLE_INDEX);
		g_assert_true(g_bytes_equal(cases, cases_after));
		g_assert_true(g_bytes_equal(index, index_after));
		g_assert_cmpuint(tally.cases, ==, CASES);
		g_assert_cmpuint(tally.mended, ==, damages[i].mended);
		g_assert_cmpuint(tally.removed, ==, damages[i].removed);
	}
}

/* --- beside a writer --- */

/* Every second piece is thrown away, as with a batch that fails; events come between all of them. */
static void
test_beside_a_writer(void)
{
	g_autoptr(LsmStore) store = make_record();
	g_autoptr(LsmRebuild) rebuild = lsm_rebuild_new();
	LsmStoreTxn *txn = begin(store);
	gboolean done = FALSE;
	guint number = 0;

	drop_case(txn);
	garble_case(txn);
	commit(txn);
	while (!done) {
		g_autoptr(LsmStoreTxn) reading = lsm_store_begin_read(store, NULL);
		g_assert_true(lsm_rebuild_read(rebuild, reading, 0, &done, NULL));
	}
	for (guint round = 0; !lsm_rebuild_is_done(rebuild) && round < 10000; round++) {
		txn = begin(store);
		/* What a thrown-away transaction appended has never been. */
		add_event(txn, number % 2 == 0 ? 5 : CASES + number, LSM_EVENT_NOTED, "assigned");
		g_assert_true(lsm_rebuild_write(rebuild, txn, 0, NULL));
		if (round % 2 == 0) {
			lsm_store_txn_free(txn);
			continue;
		}
		number++;
		commit(txn);
		lsm_rebuild_committed(rebuild);
	}
	g_assert_true(lsm_rebuild_is_done(rebuild));
	g_assert_cmpuint(lsm_rebuild_tally(rebuild).mended, ==, 2);

	txn = begin(store);
	g_assert_true(lsm_case_index_settle(txn, NULL));
	commit(txn);
	g_autoptr(GBytes) cases = dump(store, LSM_TABLE_CASE);
	g_autoptr(GBytes) index = dump(store, LSM_TABLE_INDEX);
	LsmRebuildTally tally;
	g_assert_true(lsm_rebuild_run(store, &tally, NULL));
	g_autoptr(GBytes) cases_after = dump(store, LSM_TABLE_CASE);
	g_autoptr(GBytes) index_after = dump(store, LSM_TABLE_INDEX);
	g_assert_true(g_bytes_equal(cases, cases_after));
	g_assert_true(g_bytes_equal(index, index_after));
	g_assert_cmpuint(tally.mended, ==, 0);
}

/* A log that cannot be read mends nothing, and says so. */
static void
test_damaged_log(void)
{
	g_autoptr(LsmStore) store = make_record();
	LsmStoreTxn *txn = begin(store);
	g_autoptr(GError) error = NULL;
	LsmRebuildTally tally;

	lsm_store_put(txn, LSM_TABLE_LOG, "\0\0\0\0\0\0\0\7", 8, "x", 1, NULL);
	commit(txn);
	g_assert_false(lsm_rebuild_run(store, &tally, &error));
	g_assert_nonnull(error);
	g_assert_nonnull(strstr(error->message, "event 7"));
}

static void
test_empty(void)
{
	g_autoptr(LsmStore) store = lsm_store_open("memory:", LSM_STORE_READ_WRITE, NULL);
	LsmRebuildTally tally;

	g_assert_true(lsm_rebuild_run(store, &tally, NULL));
	g_assert_cmpuint(tally.cases + tally.mended + tally.removed, ==, 0);
}

/* --- from one store to another --- */

static gboolean
collect_line(const char *line, gsize length, gpointer data)
{
	g_ptr_array_add(data, g_strndup(line, length));
	return TRUE;
}

static void
test_import(void)
{
	g_autoptr(LsmStore) store = make_record();
	g_autoptr(LsmStore) other = lsm_store_open("memory:", LSM_STORE_READ_WRITE, NULL);
	g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
	const LsmExport export = {.line = collect_line, .line_data = lines};
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(store, NULL);
	g_autoptr(LsmImport) import = lsm_import_new(other);
	g_autoptr(GError) error = NULL;
	LsmLogHead head, imported;

	g_assert_true(lsm_export_log(txn, &export, &head, &error));
	for (guint i = 0; i < lines->len; i++)
		g_assert_true(lsm_import_line(import, lines->pdata[i], strlen(lines->pdata[i]), &error));
	g_assert_true(lsm_import_end(import, &imported, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(head.size, ==, imported.size);
	g_assert_cmpmem(head.root, LSM_HASH_SIZE, imported.root, LSM_HASH_SIZE);
	for (LsmTable table = LSM_TABLE_LOG; table <= LSM_TABLE_INDEX; table++) {
		g_autoptr(GBytes) here = dump(store, table);
		g_autoptr(GBytes) there = dump(other, table);
		g_test_message("table %d", table);
		g_assert_true(g_bytes_equal(here, there));
	}
}

/* Each octet of a line cut off, and each replaced: an error or, in a text that says nothing, another root;
 * never more. */
static void
test_hostile_lines(void)
{
	static const char start[] = "{\"liaison-milter-log\":1,\"size\":1,\"root\":"
				    "\"0000000000000000000000000000000000000000000000000000000000000000\"}";
	static const char line[] =
		"{\"position\":0,\"event\":{\"v\":1,\"type\":\"seen\",\"case\":\"LS-20261121-A\",\"time\":"
		"\"2026-11-21T10:00:00.000Z\",\"node\":\"m{\\\"}x\",\"state\":\"unconfirmed\"}}";
	const gsize length = sizeof line - 1;

	for (gsize i = 0; i < 2 * length; i++) {
		g_autoptr(LsmStore) store = lsm_store_open("memory:", LSM_STORE_READ_WRITE, NULL);
		g_autoptr(LsmImport) import = lsm_import_new(store);
		g_autofree char *damaged = g_strdup(line);
		g_autoptr(GError) error = NULL;
		LsmLogHead head;

		g_assert_true(lsm_import_line(import, start, sizeof start - 1, NULL));
		if (i >= length)
			damaged[i - length] ^= 1;
		if (lsm_import_line(import, damaged, i < length ? i : length, &error)) {
			g_assert_cmpuint(i, >=, length);
			g_assert_false(lsm_import_end(import, &head, &error));
		}
		g_assert_nonnull(error);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/rebuild/damage", test_damage);
	g_test_add_func("/rebuild/beside-a-writer", test_beside_a_writer);
	g_test_add_func("/rebuild/damaged-log", test_damaged_log);
	g_test_add_func("/rebuild/empty", test_empty);
	g_test_add_func("/import/same", test_import);
	g_test_add_func("/import/hostile-lines", test_hostile_lines);
	return g_test_run();
}
