/*
 * test_index.c - typed keys: both sorts of kinds, terms of every length, scans, damaged rows.
 */
#include <string.h>

#include "conf/error.h"
#include "store/index.h"

typedef struct {
	LsmStore *store;
	LsmStoreTxn *txn;
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	fixture->store = lsm_store_open("memory:", LSM_STORE_READ_WRITE, NULL);
	fixture->txn = lsm_store_begin_write(fixture->store, NULL);
	g_assert_nonnull(fixture->txn);
}

static void
tear_down(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	lsm_store_txn_free(fixture->txn);
	lsm_store_close(fixture->store);
}

static void
put(Fixture *fixture, LsmIndexKind kind, const char *term, const char *id)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(lsm_index_put(fixture->txn, kind, term, id, &error));
	g_assert_no_error(error);
}

/* The id, "(absent)" or "(failed)"; caller frees. */
static char *
find(Fixture *fixture, LsmIndexKind kind, const char *term)
{
	char *id;
	LsmFound found = lsm_index_find(fixture->txn, kind, term, &id, NULL);

	return found == LSM_FOUND ? id : g_strdup(found == LSM_ABSENT ? "(absent)" : "(failed)");
}

#define assert_found(fixture, kind, term, want)                                                              \
	G_STMT_START                                                                                         \
	{                                                                                                    \
		g_autofree char *id_ = find(fixture, kind, term);                                            \
		g_assert_cmpstr(id_, ==, want);                                                              \
	}                                                                                                    \
	G_STMT_END

static gboolean
collect(const char *term, const char *id, gpointer data)
{
	g_string_append_printf(data, "%s=%s ", term, id);
	return strcmp(id, "LS-STOP") != 0;
}

static void
test_one(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	put(fixture, LSM_INDEX_IDENTITY, "abc", "LS-1");
	put(fixture, LSM_INDEX_IDENTITY, "abcd", "LS-2");
	put(fixture, LSM_INDEX_TEXT, "abc", "LS-3");
	put(fixture, LSM_INDEX_DOCUMENT, "SG15 LS123", "LS-4");
	assert_found(fixture, LSM_INDEX_IDENTITY, "abc", "LS-1");
	assert_found(fixture, LSM_INDEX_IDENTITY, "ABC", "LS-1");
	assert_found(fixture, LSM_INDEX_IDENTITY, "ab", "(absent)");
	assert_found(fixture, LSM_INDEX_TEXT, "abc", "LS-3");
	assert_found(fixture, LSM_INDEX_DOCUMENT, "sg15 ls123", "LS-4");
	put(fixture, LSM_INDEX_IDENTITY, "abc", "LS-9");
	assert_found(fixture, LSM_INDEX_IDENTITY, "abc", "LS-9");
	g_assert_true(lsm_index_delete(fixture->txn, LSM_INDEX_IDENTITY, "abc", "LS-9", NULL));
	g_assert_true(lsm_index_delete(fixture->txn, LSM_INDEX_IDENTITY, "abc", "LS-9", NULL));
	assert_found(fixture, LSM_INDEX_IDENTITY, "abc", "(absent)");
}

static void
test_many(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	put(fixture, LSM_INDEX_MESSAGE_ID, "1@Example.org", "LS-2");
	put(fixture, LSM_INDEX_MESSAGE_ID, "1@example.org", "LS-1");
	put(fixture, LSM_INDEX_MESSAGE_ID, "1@example.org", "LS-3");
	put(fixture, LSM_INDEX_MESSAGE_ID, "1@example.orga", "LS-4");
	assert_found(fixture, LSM_INDEX_MESSAGE_ID, "1@EXAMPLE.ORG", "LS-3");
	assert_found(fixture, LSM_INDEX_MESSAGE_ID, "1@example.or", "(absent)");
	g_assert_true(lsm_index_delete(fixture->txn, LSM_INDEX_MESSAGE_ID, "1@example.org", "LS-3", NULL));
	assert_found(fixture, LSM_INDEX_MESSAGE_ID, "1@example.org", "LS-2");
	assert_found(fixture, LSM_INDEX_MESSAGE_ID, "1@example.orga", "LS-4");
}

static void
test_scan(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	static const struct {
		LsmIndexKind kind;
		const char *prefix;
		LsmScanOrder order;
		const char *want;
	} cases[] = {
		{LSM_INDEX_STATE, "", LSM_SCAN_FORWARD, "passed=LS-1 pending=LS-2 pending=LS-3 unsure=LS-4 "},
		{LSM_INDEX_STATE, "PENDING", LSM_SCAN_FORWARD, "pending=LS-2 pending=LS-3 "},
		{LSM_INDEX_STATE, "p", LSM_SCAN_BACKWARD, "pending=LS-3 pending=LS-2 passed=LS-1 "},
		{LSM_INDEX_STATE, "x", LSM_SCAN_FORWARD, ""},
		{LSM_INDEX_OWED, "", LSM_SCAN_FORWARD, "a=LS-STOP "},
		{LSM_INDEX_IDENTITY, "", LSM_SCAN_BACKWARD, "b=LS-6 a=LS-5 "},
		{LSM_INDEX_OBSERVED, "", LSM_SCAN_FORWARD, ""},
	};

	put(fixture, LSM_INDEX_STATE, "pending", "LS-3");
	put(fixture, LSM_INDEX_STATE, "pending", "LS-2");
	put(fixture, LSM_INDEX_STATE, "passed", "LS-1");
	put(fixture, LSM_INDEX_STATE, "unsure", "LS-4");
	put(fixture, LSM_INDEX_IDENTITY, "a", "LS-5");
	put(fixture, LSM_INDEX_IDENTITY, "b", "LS-6");
	put(fixture, LSM_INDEX_OWED, "a", "LS-STOP");
	put(fixture, LSM_INDEX_OWED, "b", "LS-7");
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GString) text = g_string_new(NULL);
		g_assert_true(lsm_index_scan(fixture->txn, cases[i].kind, cases[i].prefix, cases[i].order,
					     collect, text, NULL));
		g_assert_cmpstr(text->str, ==, cases[i].want);
	}
}

/* A term of any length has a key that fits, and two different ones have different keys. */
static void
test_long_terms(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	static const gsize lengths[] = {0, 1, 399, 400, 401, 1000, 1000000};
	g_autofree char *id = g_strnfill(64, 'A');

	for (guint i = 0; i < G_N_ELEMENTS(lengths); i++) {
		g_autofree char *term = g_strnfill(lengths[i], 'X');
		g_autofree char *lower = g_strnfill(lengths[i], 'x');
		g_autofree char *other = g_strconcat(term, "y", NULL);
		put(fixture, LSM_INDEX_MESSAGE_ID, term, id);
		put(fixture, LSM_INDEX_TEXT, term, id);
		assert_found(fixture, LSM_INDEX_MESSAGE_ID, lower, id);
		assert_found(fixture, LSM_INDEX_TEXT, lower, id);
		assert_found(fixture, LSM_INDEX_MESSAGE_ID, other, "(absent)");
	}
}

static void
test_wrong_ids(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	g_autofree char *too_long = g_strnfill(65, 'A');
	const char *const ids[] = {NULL, "", too_long};

	for (guint i = 0; i < G_N_ELEMENTS(ids); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_false(lsm_index_put(fixture->txn, LSM_INDEX_STATE, "a", ids[i], &error));
		g_assert_error(error, LSM_ERROR, LSM_ERROR_CORRUPT);
		g_assert_false(lsm_index_delete(fixture->txn, LSM_INDEX_STATE, "a", ids[i], NULL));
	}
	assert_found(fixture, LSM_INDEX_STATE, "a", "(absent)");
}

static void
test_damage(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	static const struct {
		const char *name;
		LsmIndexKind kind;
		const char *key;
		gsize key_length;
		const char *value;
		gsize value_length;
	} cases[] = {
		{"many without id", LSM_INDEX_STATE, "sa\0", 3, "", 0},
		{"many without NUL", LSM_INDEX_STATE, "sa", 2, "", 0},
		{"many with two NULs", LSM_INDEX_STATE, "sa\0b\0c", 6, "", 0},
		{"one without value", LSM_INDEX_TEXT, "ta", 2, "", 0},
		{"one with NUL in its value", LSM_INDEX_TEXT, "ta", 2, "a\0b", 3},
		{"one with NUL in its key", LSM_INDEX_TEXT, "ta\0", 3, "LS-1", 4},
		{"kind alone", LSM_INDEX_STATE, "s", 1, "", 0},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(GString) text = g_string_new(NULL);
		g_autofree char *id = NULL;
		g_test_message("%s", cases[i].name);
		g_assert_true(lsm_store_put(fixture->txn, LSM_TABLE_INDEX, cases[i].key, cases[i].key_length,
					    cases[i].value, cases[i].value_length, NULL));
		g_assert_false(lsm_index_scan(fixture->txn, cases[i].kind, "", LSM_SCAN_FORWARD, collect,
					      text, &error));
		g_assert_error(error, LSM_ERROR, LSM_ERROR_CORRUPT);
		g_assert_cmpstr(text->str, ==, "");
		g_assert_cmpint(lsm_index_find(fixture->txn, cases[i].kind, "a", &id, NULL), !=, LSM_FOUND);
		g_assert_true(lsm_store_delete(fixture->txn, LSM_TABLE_INDEX, cases[i].key,
					       cases[i].key_length, NULL));
	}
}

static void
test_kinds(void)
{
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < LSM_INDEX_COUNT; i++)
		g_assert_true(g_hash_table_add(names, (gpointer)lsm_index_kind_name(i)));
	/* A letter used twice would mix two kinds. */
	static const char octets[] = {
#define KIND_OCTET(id, octet, many, meaning) octet,
		LSM_INDEX_KINDS(KIND_OCTET)
#undef KIND_OCTET
	};
	for (guint i = 0; i < sizeof octets; i++)
		g_assert_null(memchr(octets + i + 1, octets[i], sizeof octets - i - 1));
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *path;
		void (*test)(Fixture *fixture, gconstpointer data);
	} tests[] = {
		{"/index/one", test_one},
		{"/index/many", test_many},
		{"/index/scan", test_scan},
		{"/index/long-terms", test_long_terms},
		{"/index/wrong-ids", test_wrong_ids},
		{"/index/damage", test_damage},
	};

	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	for (guint i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
	g_test_add_func("/index/kinds", test_kinds);
	return g_test_run();
}
