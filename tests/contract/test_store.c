/*
 * test_store.c - what store.h promises, tried on every backend and on one that fails on order.
 *
 * To add a backend: a row in rows.
 */
#include <string.h>

#include "conf/error.h"
#include "store/case.h"
#include "store/content.h"
#include "store/log.h"
#include "tests/contract/store_fault.h"
#include "tests/contract/store_fixture.h"

static const StoreRow rows[] = {
	{"memory", &lsm_backend_memory, "", FALSE},
	{"lmdb", &lsm_backend_lmdb, "%s", TRUE},
	{"lmdb-small-map", &lsm_backend_lmdb, "%s?map=1M", TRUE},
	{"fault-memory", &lsm_backend_fault, "memory:", FALSE},
	{"fault-lmdb", &lsm_backend_fault, "lmdb:%s", TRUE},
};

/* --- every backend --- */

static void
test_rows(StoreFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	LsmStoreTxn *txn = store_begin(fixture->store, TRUE);

	assert_value(txn, "a", "(absent)");
	store_put(txn, "a", "1");
	store_put(txn, "b", "");
	store_put(txn, "c", "3");
	assert_value(txn, "a", "1");
	store_put(txn, "a", "one");
	store_drop(txn, "c");
	store_drop(txn, "never there");
	assert_value(txn, "c", "(absent)");
	store_commit(txn);

	txn = store_begin(fixture->store, FALSE);
	assert_value(txn, "a", "one");
	assert_value(txn, "b", "");
	assert_value(txn, "c", "(absent)");
	assert_list(txn, "", LSM_SCAN_FORWARD, "a=one b=");
	lsm_store_txn_free(txn);
}

/* Tables do not see each other. */
static void
test_tables(StoreFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(LsmStoreTxn) txn = store_begin(fixture->store, TRUE);

	for (guint table = 0; table < LSM_TABLE_COUNT; table++) {
		guint8 value = (guint8)table;
		g_assert_true(lsm_store_put(txn, table, "key", 3, &value, 1, NULL));
	}
	for (guint table = 0; table < LSM_TABLE_COUNT; table++) {
		g_autoptr(GBytes) value = NULL;
		g_assert_cmpint(lsm_store_get(txn, table, "key", 3, &value, NULL), ==, LSM_FOUND);
		g_assert_cmpuint(((const guint8 *)g_bytes_get_data(value, NULL))[0], ==, table);
	}
}

static void
test_limits(StoreFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	static const struct {
		const char *name;
		gsize key;
		gsize value;
		gboolean want;
	} cases[] = {
		{"least key", 1, 1, TRUE},
		{"longest key", LSM_STORE_KEY_MAX, 1, TRUE},
		{"no key", 0, 1, FALSE},
		{"key too long", LSM_STORE_KEY_MAX + 1, 1, FALSE},
		/* Refused by its length alone: there is one octet behind the pointer. */
		{"value too long", 1, (gsize)LSM_STORE_VALUE_MAX + 1, FALSE},
	};
	g_autofree char *key = g_strnfill(LSM_STORE_KEY_MAX + 1, '\xff');

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_test_message("%s", cases[i].name);
		g_autoptr(LsmStoreTxn) txn = store_begin(fixture->store, TRUE);
		g_autoptr(GError) error = NULL;
		g_autoptr(GBytes) value = NULL;
		g_assert_cmpint(
			lsm_store_put(txn, LSM_TABLE_INDEX, key, cases[i].key, "v", cases[i].value, &error),
			==, cases[i].want);
		if (cases[i].want) {
			g_assert_cmpint(lsm_store_get(txn, LSM_TABLE_INDEX, key, cases[i].key, &value, NULL),
					==, LSM_FOUND);
		} else {
			g_assert_error(error, LSM_ERROR, LSM_ERROR_UNSUPPORTED);
			g_assert_false(lsm_store_commit(txn, NULL));
		}
	}
}

/* A large value that is written where it belongs; between other rows, again, and not at all. */
static void
test_reserve(StoreFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	static const gsize lengths[] = {1, 100, 5000, 100000, 3};
	g_autofree char *octets = g_strnfill(100000, 'r');
	guint8 *room;

	for (guint i = 0; i < G_N_ELEMENTS(lengths); i++) {
		LsmStoreTxn *txn = store_begin(fixture->store, TRUE);
		g_autoptr(GBytes) value = NULL;
		gsize length;

		store_put(txn, "a", "before");
		g_assert_true(lsm_store_reserve(txn, LSM_TABLE_CASE, "b", 1, lengths[i], &room, NULL));
		memcpy(room, octets, lengths[i]);
		store_put(txn, "c", "behind");
		store_commit(txn);
		txn = store_begin(fixture->store, FALSE);
		assert_value(txn, "a", "before");
		assert_value(txn, "c", "behind");
		g_assert_cmpint(lsm_store_get(txn, LSM_TABLE_CASE, "b", 1, &value, NULL), ==, LSM_FOUND);
		g_assert_cmpmem(g_bytes_get_data(value, &length), length, octets, lengths[i]);
		lsm_store_txn_free(txn);
	}
	LsmStoreTxn *txn = store_begin(fixture->store, TRUE);
	g_assert_true(lsm_store_reserve(txn, LSM_TABLE_CASE, "d", 1, 5000, &room, NULL));
	memset(room, 'd', 5000);
	lsm_store_txn_free(txn);
	txn = store_begin(fixture->store, FALSE);
	assert_value(txn, "d", "(absent)");
	g_assert_false(lsm_store_reserve(txn, LSM_TABLE_CASE, "d", 1, 1, &room, NULL));
	g_assert_null(room);
	lsm_store_txn_free(txn);
}

static void
test_no_write_by_readers(StoreFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(LsmStoreTxn) txn = store_begin(fixture->store, FALSE);
	g_autoptr(GError) error = NULL;

	g_assert_false(lsm_store_put(txn, LSM_TABLE_CASE, "a", 1, "1", 1, &error));
	g_assert_error(error, LSM_ERROR, LSM_ERROR_UNSUPPORTED);
	g_assert_false(lsm_store_delete(txn, LSM_TABLE_CASE, "a", 1, NULL));
	assert_value(txn, "a", "(absent)");
}

static void
test_over(StoreFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	LsmStoreTxn *txn = store_begin(fixture->store, TRUE);

	store_put(txn, "a", "1");
	g_assert_true(lsm_store_commit(txn, NULL));
	g_assert_false(lsm_store_commit(txn, NULL));
	g_assert_false(lsm_store_put(txn, LSM_TABLE_CASE, "b", 1, "2", 1, NULL));
	assert_value(txn, "a", "(failed)");
	lsm_store_txn_free(txn);

	txn = store_begin(fixture->store, FALSE);
	assert_value(txn, "a", "1");
	assert_value(txn, "b", "(absent)");
	lsm_store_txn_free(txn);
	lsm_store_txn_free(NULL);
}

static void
test_abort(StoreFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	store_value(fixture->store, "kept", "old");
	LsmStoreTxn *txn = store_begin(fixture->store, TRUE);
	store_put(txn, "kept", "new");
	store_put(txn, "added", "1");
	store_drop(txn, "kept");
	store_put(txn, "kept", "newer");
	lsm_store_txn_free(txn);

	txn = store_begin(fixture->store, TRUE);
	store_drop(txn, "kept");
	lsm_store_txn_free(txn);

	g_autoptr(LsmStoreTxn) reader = store_begin(fixture->store, FALSE);
	assert_list(reader, "", LSM_SCAN_FORWARD, "kept=old");
}

static void
test_isolation(StoreFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	store_value(fixture->store, "a", "1");
	store_value(fixture->store, "b", "1");
	LsmStoreTxn *before = store_begin(fixture->store, FALSE);
	LsmStoreTxn *writer = store_begin(fixture->store, TRUE);
	store_put(writer, "a", "2");
	store_drop(writer, "b");
	store_put(writer, "c", "2");
	LsmStoreTxn *during = store_begin(fixture->store, FALSE);
	assert_list(writer, "", LSM_SCAN_FORWARD, "a=2 c=2");
	assert_list(during, "", LSM_SCAN_FORWARD, "a=1 b=1");
	store_commit(writer);
	store_value(fixture->store, "a", "3");

	LsmStoreTxn *after = store_begin(fixture->store, FALSE);
	assert_list(before, "", LSM_SCAN_BACKWARD, "b=1 a=1");
	assert_list(during, "", LSM_SCAN_FORWARD, "a=1 b=1");
	assert_value(during, "c", "(absent)");
	assert_list(after, "", LSM_SCAN_FORWARD, "a=3 c=2");
	lsm_store_txn_free(before);
	lsm_store_txn_free(during);
	assert_list(after, "", LSM_SCAN_FORWARD, "a=3 c=2");
	lsm_store_txn_free(after);
}

static void
test_scans(StoreFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	static const char *const keys[] = {"a", "ab",    "abc",       "abd",  "ac",
					   "b", "z\xff", "z\xff\xff", "\xff", "\xff\xff~"};
	static const struct {
		const char *prefix;
		LsmScanOrder order;
		const char *want;
	} cases[] = {
		{"", LSM_SCAN_FORWARD, "a= ab= abc= abd= ac= b= z\xff= z\xff\xff= \xff= \xff\xff~="},
		{"", LSM_SCAN_BACKWARD, "\xff\xff~= \xff= z\xff\xff= z\xff= b= ac= abd= abc= ab= a="},
		{"ab", LSM_SCAN_FORWARD, "ab= abc= abd="},
		{"ab", LSM_SCAN_BACKWARD, "abd= abc= ab="},
		{"abd", LSM_SCAN_BACKWARD, "abd="},
		{"b", LSM_SCAN_BACKWARD, "b="},
		{"bb", LSM_SCAN_FORWARD, ""},
		{"bb", LSM_SCAN_BACKWARD, ""},
		{"A", LSM_SCAN_BACKWARD, ""},
		{"z\xff", LSM_SCAN_BACKWARD, "z\xff\xff= z\xff="},
		{"\xff", LSM_SCAN_FORWARD, "\xff= \xff\xff~="},
		{"\xff", LSM_SCAN_BACKWARD, "\xff\xff~= \xff="},
		{"\xff\xff\xff", LSM_SCAN_BACKWARD, ""},
	};
	LsmStoreTxn *txn = store_begin(fixture->store, TRUE);

	for (guint i = 0; i < G_N_ELEMENTS(keys); i++)
		store_put(txn, keys[i], "");
	/* Both within the writer and by a later reader. */
	for (guint round = 0; round < 2; round++) {
		for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
			assert_list(txn, cases[i].prefix, cases[i].order, cases[i].want);
		if (round == 0) {
			store_commit(txn);
			txn = store_begin(fixture->store, FALSE);
		}
	}
	g_autofree char *long_prefix = g_strnfill(LSM_STORE_KEY_MAX + 1, 'x');
	g_assert_false(lsm_store_scan(txn, LSM_TABLE_CASE, long_prefix, LSM_STORE_KEY_MAX + 1,
				      LSM_SCAN_BACKWARD, store_join_row, NULL, NULL));
	lsm_store_txn_free(txn);
}

static void
test_scan_from(StoreFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	static const struct {
		const char *start;
		LsmScanOrder order;
		const char *want;
	} cases[] = {
		{"b", LSM_SCAN_FORWARD, "b= d="},
		{"b", LSM_SCAN_BACKWARD, "b= a="},
		{"c", LSM_SCAN_FORWARD, "d="},
		{"c", LSM_SCAN_BACKWARD, "b= a="},
		{"e", LSM_SCAN_FORWARD, ""},
		{"e", LSM_SCAN_BACKWARD, "d= b= a="},
		{"A", LSM_SCAN_FORWARD, "a= b= d="},
		{"A", LSM_SCAN_BACKWARD, ""},
		{"", LSM_SCAN_FORWARD, "a= b= d="},
		{"", LSM_SCAN_BACKWARD, "d= b= a="},
		{"\xff", LSM_SCAN_BACKWARD, "d= b= a="},
	};
	g_autoptr(LsmStoreTxn) txn = store_begin(fixture->store, TRUE);

	store_put(txn, "a", "");
	store_put(txn, "b", "");
	store_put(txn, "d", "");
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GString) text = g_string_new(NULL);
		g_assert_true(lsm_store_scan_from(txn, LSM_TABLE_CASE, cases[i].start, strlen(cases[i].start),
						  cases[i].order, store_join_row, text, NULL));
		g_assert_cmpstr(text->str, ==, cases[i].want);
	}
}

typedef struct {
	LsmStoreTxn *txn;
	guint visits;
} Nested;

static gboolean
look_around(const void *key, gsize key_length, const void *value, gsize value_length, gpointer data)
{
	Nested *nested = data;
	g_autoptr(GBytes) again = NULL;

	g_assert_cmpint(lsm_store_get(nested->txn, LSM_TABLE_CASE, key, key_length, &again, NULL), ==,
			LSM_FOUND);
	g_assert_cmpmem(value, value_length, g_bytes_get_data(again, NULL), g_bytes_get_size(again));
	assert_list(nested->txn, "b", LSM_SCAN_FORWARD, "b=2");
	return ++nested->visits < 2;
}

/* A visitor may read, and may end the scan. */
static void
test_nested(StoreFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	store_value(fixture->store, "a", "1");
	store_value(fixture->store, "b", "2");
	store_value(fixture->store, "c", "3");
	g_autoptr(LsmStoreTxn) txn = store_begin(fixture->store, FALSE);
	Nested nested = {txn, 0};
	g_assert_true(
		lsm_store_scan(txn, LSM_TABLE_CASE, "", 0, LSM_SCAN_FORWARD, look_around, &nested, NULL));
	g_assert_cmpuint(nested.visits, ==, 2);
}

/* Against a plain hash table: 200 transactions of random changes, a third of them aborted. */
static void
test_random(StoreFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GHashTable) model = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	LsmStoreTxn *readers[4] = {NULL};
	char *wants[4] = {NULL};

	for (guint round = 0; round < 200; round++) {
		guint slot = round % G_N_ELEMENTS(readers);
		g_autoptr(LsmStoreTxn) txn = store_begin(fixture->store, TRUE);
		gboolean keep = g_test_rand_int_range(0, 3) != 0;
		for (gint i = g_test_rand_int_range(0, 12); i > 0; i--) {
			g_autofree char *key = g_strdup_printf("%02d", g_test_rand_int_range(0, 40));
			g_autofree char *value = g_strdup_printf("%d", g_test_rand_int());
			gboolean remove = g_test_rand_bit();
			if (remove)
				store_drop(txn, key);
			else
				store_put(txn, key, value);
			if (keep && remove)
				g_hash_table_remove(model, key);
			else if (keep)
				g_hash_table_replace(model, g_strdup(key), g_strdup(value));
		}
		if (keep)
			g_assert_true(lsm_store_commit(txn, NULL));

		/* Every reader still sees what the model held at its begin. */
		if (readers[slot]) {
			assert_list(readers[slot], "", LSM_SCAN_FORWARD, wants[slot]);
			lsm_store_txn_free(readers[slot]);
			g_free(wants[slot]);
		}
		readers[slot] = store_begin(fixture->store, FALSE);
		GString *want = g_string_new(NULL);
		g_autoptr(GList) keys = g_list_sort(g_hash_table_get_keys(model), (GCompareFunc)strcmp);
		for (const GList *key = keys; key; key = key->next) {
			const char *value = g_hash_table_lookup(model, key->data);
			store_join_row(key->data, strlen(key->data), value, strlen(value), want);
		}
		wants[slot] = g_string_free(want, FALSE);
		assert_list(readers[slot], "", LSM_SCAN_FORWARD, wants[slot]);
	}
	for (guint i = 0; i < G_N_ELEMENTS(readers); i++) {
		lsm_store_txn_free(readers[i]);
		g_free(wants[i]);
	}
}

static gpointer
count_up(gpointer data)
{
	LsmStore *store = data;

	for (guint i = 0; i < 50; i++) {
		LsmStoreTxn *txn = store_begin(store, TRUE);
		g_autofree char *old = store_get(txn, "counter");
		g_autofree char *new =
			g_strdup_printf("%" G_GINT64_FORMAT, g_ascii_strtoll(old, NULL, 10) + 1);
		store_put(txn, "counter", new);
		store_commit(txn);
	}
	return NULL;
}

static void
test_writers_take_turns(StoreFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	GThread *threads[4];

	for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
		threads[i] = g_thread_new("writer", count_up, fixture->store);
	for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
		g_thread_join(threads[i]);
	g_autoptr(LsmStoreTxn) txn = store_begin(fixture->store, FALSE);
	assert_value(txn, "counter", "200");
}

static void
test_big_values(StoreFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	g_assert_cmpuint(store_put_big(fixture->store, "big", BIG, 7), >, 0);
	g_assert_cmpuint(store_put_big(fixture->store, "big", BIG, 8), >, 0);
	g_autoptr(LsmStoreTxn) txn = store_begin(fixture->store, FALSE);
	g_assert_true(store_has_big(txn, "big", BIG, 8));
}

static void
test_usage(StoreFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	LsmStoreUsage before, after;
	LsmStoreTxn *reader = store_begin(fixture->store, FALSE);

	g_assert_true(lsm_store_usage(fixture->store, &before, NULL));
	g_assert_cmpuint(before.readers, ==, 1);
	g_assert_cmpuint(store_put_big(fixture->store, "big", 100000, 1), >, 0);
	g_assert_true(lsm_store_tend(fixture->store, NULL));
	g_assert_true(lsm_store_usage(fixture->store, &after, NULL));
	g_assert_cmpuint(after.bytes_used, >=, before.bytes_used + 100000);
	g_assert_cmpuint(after.bytes_mapped, >=, after.bytes_used);
	lsm_store_txn_free(reader);
}

static void
test_reopen(StoreFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	if (!fixture->row->durable) {
		g_test_skip("keeps nothing");
		return;
	}
	store_value(fixture->store, "a", "1");
	LsmStoreTxn *txn = store_begin(fixture->store, TRUE);
	store_put(txn, "b", "2");
	lsm_store_txn_free(txn);
	for (guint i = 0; i < 2; i++) {
		store_reopen(fixture);
		g_autoptr(LsmStoreTxn) reader = store_begin(fixture->store, FALSE);
		assert_list(reader, "", LSM_SCAN_FORWARD, "a=1");
	}
}

/* --- a full disk and the like: the n-th operation fails --- */

static gboolean
record_statement(LsmStore *store, GError **error)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_write(store, error);
	g_autoptr(LsmEvent) event =
		lsm_event_new(LSM_EVENT_SEEN, "LS-20261121-K7Q3M", 1795255200000000, "mx1");
	g_autoptr(LsmEvent) second =
		lsm_event_new(LSM_EVENT_TAKEN, "LS-20261121-K7Q3M", 1795255201000000, "mx1");
	g_autoptr(LsmCase) item = lsm_case_new("LS-20261121-K7Q3M");
	g_autoptr(GBytes) mail = g_bytes_new_static("Subject: x\r\n\r\nx\r\n", 17);
	g_autoptr(GBytes) frame = lsm_content_compress(mail);
	g_autofree char *digest = lsm_content_digest(mail);

	event->private = json_object_new();
	json_object_set_string_member(event->private, "subject", "Terminology");
	if (!txn || !lsm_log_append(txn, event, error) || !lsm_log_append(txn, second, error))
		return FALSE;
	lsm_case_fold(item, event);
	lsm_case_fold(item, second);
	return lsm_case_put(txn, item, error) && lsm_content_put(txn, digest, frame, error) &&
	       lsm_store_commit(txn, error);
}

/* The whole record or nothing of it; returns the size of the log. */
static guint64
check_record(LsmStore *store)
{
	g_autoptr(LsmStoreTxn) txn = store_begin(store, FALSE);
	g_autoptr(LsmCase) item = NULL;
	LsmLogHead head;
	guint64 problems;

	g_assert_true(lsm_log_verify(txn, NULL, NULL, &problems, &head, NULL));
	g_assert_cmpuint(problems, ==, 0);
	g_assert_cmpint(lsm_case_get(txn, "LS-20261121-K7Q3M", &item, NULL), ==,
			head.size ? LSM_FOUND : LSM_ABSENT);
	return head.size;
}

static void
test_faults(StoreFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	gboolean struck = fixture->row->backend == &lsm_backend_fault;
	guint n = 0;

	if (!struck) {
		g_test_skip("does not fail on order");
		return;
	}
	while (struck && n < 100) {
		g_autoptr(GError) error = NULL;
		lsm_fault_arm((int)++n, LSM_FAULT_BEFORE);
		gboolean recorded = record_statement(fixture->store, &error);
		struck = lsm_fault_struck();
		lsm_fault_arm(0, LSM_FAULT_BEFORE);
		g_assert_cmpint(recorded, ==, !struck);
		g_assert_cmpuint(check_record(fixture->store), ==, struck ? 0 : 2);
		if (struck)
			g_assert_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY);
	}
	g_test_message("%u operations", n - 1);
	g_assert_cmpuint(n, >, 10);
}

static void
test_uncertain(StoreFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(GError) error = NULL;

	if (fixture->row->backend != &lsm_backend_fault) {
		g_test_skip("does not fail on order");
		return;
	}
	LsmStoreTxn *txn = store_begin(fixture->store, TRUE);
	store_put(txn, "a", "1");
	lsm_fault_arm(1, LSM_FAULT_AFTER);
	g_assert_false(lsm_store_commit(txn, &error));
	g_assert_error(error, LSM_ERROR, LSM_ERROR_UNCERTAIN);
	lsm_store_txn_free(txn);
	g_autoptr(LsmStoreTxn) reader = store_begin(fixture->store, FALSE);
	assert_value(reader, "a", "1");
}

static void
test_close_first(StoreFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	if (fixture->row->backend == &lsm_backend_fault) {
		g_test_skip("a wrapper for tests");
		return;
	}
	store_value(fixture->store, "a", "1");
	LsmStoreTxn *txn = store_begin(fixture->store, FALSE);
	g_clear_pointer(&fixture->store, lsm_store_close);
	assert_value(txn, "a", "1");
	lsm_store_txn_free(txn);
	store_open(fixture);
}

static void
test_help_rows(void)
{
	const char *form, *help;
	guint row = 0;

	for (; lsm_store_backends(row, &form, &help); row++) {
		g_assert_nonnull(strchr(form, ':'));
		g_assert_cmpint(*help, !=, '\0');
	}
	g_assert_cmpuint(row, ==, 2);
}

/* --- main --- */

static const struct {
	const char *name;
	StoreTest test;
} contract[] = {
	{"rows", test_rows},
	{"reserve", test_reserve},
	{"tables", test_tables},
	{"limits", test_limits},
	{"no-write-by-readers", test_no_write_by_readers},
	{"over", test_over},
	{"abort", test_abort},
	{"isolation", test_isolation},
	{"scans", test_scans},
	{"scan-from", test_scan_from},
	{"nested", test_nested},
	{"random", test_random},
	{"writers-take-turns", test_writers_take_turns},
	{"big-values", test_big_values},
	{"usage", test_usage},
	{"reopen", test_reopen},
	{"faults", test_faults},
	{"uncertain", test_uncertain},
	{"close-first", test_close_first},
};

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	for (guint row = 0; row < G_N_ELEMENTS(rows); row++)
		for (guint i = 0; i < G_N_ELEMENTS(contract); i++)
			store_test_add(rows[row].name, contract[i].name, &rows[row], contract[i].test);
	g_test_add_func("/store/help", test_help_rows);
	return g_test_run();
}
