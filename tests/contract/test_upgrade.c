/*
 * test_upgrade.c - formats of the store: newer ones are refused, older ones upgraded; and copies.
 */
#include <glib/gstdio.h>
#include <string.h>

#include "conf/error.h"
#include "conf/log.h"
#include "store/case.h"
#include "store/index.h"
#include "store/outbox_index.h"
#include "store/upgrade.h"
#include "tests/contract/store_fixture.h"

static const StoreRow plain = {"lmdb", &lsm_backend_lmdb, "%s", TRUE};

static char *
lmdb_uri(const StoreFixture *fixture)
{
	return g_strdup_printf("lmdb:%s", fixture->folder);
}

static void
put_format(LsmStore *store, const char *format)
{
	g_autoptr(LsmStoreTxn) txn = store_begin(store, TRUE);

	g_assert_true(lsm_store_put(txn, LSM_TABLE_META, "format", 6, format, strlen(format), NULL));
	g_assert_true(lsm_store_commit(txn, NULL));
}

static void
test_formats(StoreFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	g_autofree char *next = g_strdup_printf("%" G_GUINT64_FORMAT, lsm_upgrade_format() + 1);
	const struct {
		const char *format;
		LsmErrorClass want;
	} cases[] = {
		{next, LSM_ERROR_UNSUPPORTED}, {"4294967295", LSM_ERROR_UNSUPPORTED},
		{"", LSM_ERROR_CORRUPT},       {"0", LSM_ERROR_CORRUPT},
		{"one", LSM_ERROR_CORRUPT},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *folder = g_strdup_printf("%s-%u", fixture->folder, i);
		g_autofree char *uri = g_strdup_printf("lmdb:%s", folder);
		LsmStore *store = lsm_store_open(uri, LSM_STORE_READ_WRITE, NULL);
		g_assert_nonnull(store);
		put_format(store, cases[i].format);
		lsm_store_close(store);
		for (guint access = LSM_STORE_READ_WRITE; access <= LSM_STORE_READ_ONLY; access++) {
			g_autoptr(GError) error = NULL;
			g_assert_null(lsm_store_open(uri, access, &error));
			g_assert_error(error, LSM_ERROR, (gint)cases[i].want);
		}
	}
}

/* --- an older format --- */

#define CASES 1200 /* more than one slice of an upgrade */

static char *
case_id(guint number)
{
	return g_strdup_printf("LS-20261121-%05u", number);
}

/* Cases, without the rows of the indexes that format 1 did not have; a stray one that it had. */
static void
make_old_store(LsmStore *store)
{
	LsmStoreTxn *txn = store_begin(store, TRUE);

	for (guint i = 0; i < CASES; i++) {
		g_autofree char *id = case_id(i);
		g_autoptr(LsmCase) item = lsm_case_new(id);
		item->since = item->changed = (gint64)(i + 1) * G_USEC_PER_SEC;
		g_autoptr(GBytes) row = lsm_case_render(item);
		g_assert_true(lsm_store_put(txn, LSM_TABLE_CASE, id, strlen(id), g_bytes_get_data(row, NULL),
					    g_bytes_get_size(row), NULL));
	}
	g_assert_true(lsm_index_put(txn, LSM_INDEX_STATE, "recorded", "LS-20261121-00000", NULL));
	g_assert_true(lsm_store_commit(txn, NULL));
	lsm_store_txn_free(txn);
	put_format(store, "1");
}

static gboolean
count_row(const char *term G_GNUC_UNUSED, const char *id G_GNUC_UNUSED, gpointer count)
{
	++*(guint *)count;
	return TRUE;
}

static guint
count_states(LsmStore *store)
{
	g_autoptr(LsmStoreTxn) txn = store_begin(store, FALSE);
	guint count = 0;

	g_assert_true(lsm_index_scan(txn, LSM_INDEX_STATE, "recorded", LSM_SCAN_FORWARD, count_row, &count,
				     NULL));
	return count;
}

static void
assert_format(LsmStore *store, guint64 want)
{
	g_autoptr(LsmStoreTxn) txn = store_begin(store, FALSE);
	g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT, want);
	g_autoptr(GBytes) value = NULL;

	g_assert_cmpint(lsm_store_get(txn, LSM_TABLE_META, "format", 6, &value, NULL), ==, LSM_FOUND);
	g_assert_cmpmem(g_bytes_get_data(value, NULL), g_bytes_get_size(value), text, strlen(text));
}

/* Refused to readers; the daemon upgrades it and leaves a copy, which can be opened (and upgraded) as well. */
static void
test_upgrade(StoreFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	g_autofree char *uri = lmdb_uri(fixture);
	g_autofree char *copy = g_strdup_printf("%s.format-1", fixture->folder);
	g_autofree char *copy_uri = g_strconcat("lmdb:", copy, NULL);
	g_autofree char *second_copy = g_strconcat(copy, ".2", NULL);
	g_autoptr(GError) error = NULL;

	lsm_log_open(LSM_LOG_CAPTURE, "test", LOG_INFO);
	make_old_store(fixture->store);
	g_clear_pointer(&fixture->store, lsm_store_close);
	g_assert_null(lsm_store_open(uri, LSM_STORE_READ_ONLY, &error));
	g_assert_error(error, LSM_ERROR, LSM_ERROR_UNSUPPORTED);
	g_assert_nonnull(strstr(error->message, "the daemon upgrades it"));
	g_assert_false(g_file_test(copy, G_FILE_TEST_EXISTS));

	store_open(fixture);
	assert_format(fixture->store, lsm_upgrade_format());
	g_assert_cmpuint(count_states(fixture->store), ==, CASES);
	g_assert_true(g_file_test(copy, G_FILE_TEST_IS_DIR));
	store_reopen(fixture);
	g_assert_false(g_file_test(second_copy, G_FILE_TEST_EXISTS));

	g_clear_error(&error);
	LsmStore *other = lsm_store_open(copy_uri, LSM_STORE_READ_WRITE, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(count_states(other), ==, CASES);
	lsm_store_close(other);

	put_format(fixture->store, "1");
	store_reopen(fixture);
	assert_format(fixture->store, lsm_upgrade_format());
	g_assert_true(g_file_test(second_copy, G_FILE_TEST_IS_DIR));
}

#define ENTRIES 1100 /* more than two slices */

/* What format 2 had of the outbox: entries alone. One of them is damaged, one not the outbox's. */
static void
make_old_outbox(LsmStore *store)
{
	g_autoptr(LsmStoreTxn) txn = store_begin(store, TRUE);
	const char *const states[] = {"due", "held", "failed"};

	for (guint i = 1; i <= ENTRIES; i++) {
		guint64 key = GUINT64_TO_BE(i);
		g_autofree char *row =
			g_strdup_printf("{\"case\":\"LS-20261121-%u\",\"state\":\"%s\",\"due\":%u}", i % 10,
					states[i % G_N_ELEMENTS(states)], ENTRIES - i);
		gsize length = i == 9 ? 5 : strlen(row);
		g_assert_true(lsm_store_put(txn, LSM_TABLE_OUTBOX, &key, sizeof key, row, length, NULL));
	}
	g_assert_true(lsm_store_put(txn, LSM_TABLE_OUTBOX, "x", 1, "y", 1, NULL));
	g_assert_true(lsm_store_commit(txn, NULL));
}

/* Every entry under its case, those that are due under their time as well. */
static void
test_upgrade_outbox(StoreFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	LsmOutboxPlace place = {0};

	lsm_log_open(LSM_LOG_CAPTURE, "test", LOG_INFO);
	make_old_outbox(fixture->store);
	put_format(fixture->store, "2");
	store_reopen(fixture);
	assert_format(fixture->store, lsm_upgrade_format());
	g_autoptr(LsmStoreTxn) txn = store_begin(fixture->store, FALSE);
	g_autoptr(GArray) of_case = lsm_outbox_index_of_case(txn, "LS-20261121-9", NULL);
	g_assert_cmpuint(of_case->len, ==, ENTRIES / 10 - 1);
	g_assert_cmpuint(g_array_index(of_case, guint64, 0), ==, 19);
	/* 3, 6 ... 1098 without 9, the last first. */
	g_autoptr(GArray) due = lsm_outbox_index_due(txn, ENTRIES, ENTRIES, &place, NULL);
	g_assert_cmpuint(due->len, ==, ENTRIES / 3 - 1);
	g_assert_cmpuint(g_array_index(due, guint64, 0), ==, 1098);
	g_assert_cmpuint(g_array_index(due, guint64, due->len - 1), ==, 3);
}

/* Without room for the copy nothing is touched. */
static void
test_upgrade_without_copy(StoreFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	g_autofree char *uri = lmdb_uri(fixture);
	g_autofree char *part = g_strdup_printf("%s.format-1.part", fixture->folder);
	g_autofree char *blocker = g_build_filename(part, "stray", NULL);
	g_autoptr(GError) error = NULL;

	make_old_store(fixture->store);
	g_clear_pointer(&fixture->store, lsm_store_close);
	g_assert_cmpint(g_mkdir(part, 0700), ==, 0);
	g_assert_true(g_file_set_contents(blocker, "", 0, NULL));
	g_assert_null(lsm_store_open(uri, LSM_STORE_READ_WRITE, &error));
	g_assert_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY);
	g_assert_nonnull(strstr(error->message, "cannot copy the store"));
	g_assert_cmpint(g_remove(blocker), ==, 0);
	store_open(fixture);
	assert_format(fixture->store, lsm_upgrade_format());
}

static void
test_copy(StoreFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	g_autofree char *copy = g_strconcat(fixture->folder, "-copy", NULL);
	g_autofree char *uri = g_strconcat("lmdb:", copy, NULL);
	g_autoptr(GError) error = NULL;

	store_value(fixture->store, "a", "1");
	LsmStoreTxn *writing = store_begin(fixture->store, TRUE);
	store_put(writing, "a", "2");
	g_assert_true(lsm_store_copy(fixture->store, copy, &error));
	g_assert_no_error(error);
	lsm_store_txn_free(writing);
	g_assert_false(lsm_store_copy(fixture->store, copy, &error));
	g_assert_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY);

	g_autoptr(LsmStore) other = lsm_store_open(uri, LSM_STORE_READ_ONLY, NULL);
	g_assert_nonnull(other);
	g_autoptr(LsmStoreTxn) txn = store_begin(other, FALSE);
	assert_value(txn, "a", "1");
}

static const struct {
	const char *name;
	StoreTest test;
} tests[] = {
	{"formats", test_formats},
	{"upgrade", test_upgrade},
	{"upgrade-outbox", test_upgrade_outbox},
	{"upgrade-without-copy", test_upgrade_without_copy},
	{"copy", test_copy},
};

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	for (guint i = 0; i < G_N_ELEMENTS(tests); i++)
		store_test_add("upgrade", tests[i].name, &plain, tests[i].test);
	return g_test_run();
}
