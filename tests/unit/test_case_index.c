/*
 * test_case_index.c - the rows of one statement: words, hostile members, what is erased.
 */
#include <string.h>

#include "store/case_index.h"
#include "store/words.h"
#include "tests/unit/query_fixture.h"

#define ID "LS-20261121-K7Q3M"

static gboolean
render_row(const void *key, gsize key_length, const void *value G_GNUC_UNUSED, gsize value_length,
	   gpointer data)
{
	for (gsize i = 0; i < key_length; i++)
		g_string_append_c(data, ((const char *)key)[i] ? ((const char *)key)[i] : '=');
	g_string_append_printf(data, "(%" G_GSIZE_FORMAT ")\n", value_length);
	return TRUE;
}

static char *
all_rows(LsmStoreTxn *txn)
{
	GString *rows = g_string_new(NULL);

	g_assert_true(lsm_store_scan(txn, LSM_TABLE_INDEX, "", 0, LSM_SCAN_FORWARD, render_row, rows, NULL));
	return g_string_free(rows, FALSE);
}

static void
test_erasure(void)
{
	g_autoptr(LsmStore) store = lsm_store_open("memory:", LSM_STORE_READ_WRITE, NULL);
	g_autoptr(LsmCase) item = lsm_case_new(ID);
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_write(store, NULL);

	item->since = T0;
	item->subject = g_strdup("Marked words");
	query_set_list(&item->from, query_list_of("Secret Society", NULL));
	g_assert_true(lsm_case_put(txn, item, NULL));
	g_assert_true(lsm_case_index_settle(txn, NULL));
	item->state = LSM_STATE_CLOSED;
	g_assert_true(lsm_case_put(txn, item, NULL)); /* behind, with a note of what it had */
	g_clear_pointer(&item->subject, g_free);
	query_set_list(&item->from, query_list_of(NULL, NULL));
	item->erase_reason = g_strdup("asked for");
	g_assert_true(lsm_case_put(txn, item, NULL));

	g_autofree char *rows = all_rows(txn);
	g_assert_null(strstr(rows, "marked"));
	g_assert_null(strstr(rows, "secret"));
	g_assert_null(strstr(rows, "f=LS-"));
	g_assert_nonnull(strstr(rows, "closed"));
}

static void
test_hostile_members(void)
{
	g_autoptr(LsmStore) store = lsm_store_open("memory:", LSM_STORE_READ_WRITE, NULL);
	g_autoptr(LsmCase) item = lsm_case_new(ID);
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_write(store, NULL);
	g_autoptr(GString) subject = g_string_new("");
	g_autoptr(GStrvBuilder) many = g_strv_builder_new();

	for (guint i = 0; i < 100000; i++)
		g_string_append_printf(subject, "w%u\n ", i);
	for (guint i = 0; i < 1000; i++) {
		g_autofree char *text = g_strdup_printf("%u\n \x01 %c%.200s", i, (int)(i % 255) + 1, subject->str);
		g_strv_builder_add(many, text);
	}
	item->since = G_MININT64;
	item->subject = g_strdup(subject->str);
	item->way = g_strdup("\n\n");
	item->verdict = g_strdup("");
	query_set_list(&item->purposes, g_strv_builder_end(many));
	query_set_list(&item->rules, g_strdupv(item->purposes));
	query_set_list(&item->from, g_strdupv(item->purposes));
	query_set_list(&item->numbers, g_strdupv(item->purposes));
	item->deadline = g_strdup("2026-12-0\n");
	g_assert_true(lsm_case_put(txn, item, NULL));
	g_assert_true(lsm_case_index_settle(txn, NULL));
	g_autoptr(GPtrArray) terms = lsm_case_terms(item);
	g_assert_cmpuint(terms->len, <, 180);
	g_autofree char *before = all_rows(txn);
	/* What a note says of it is what it had: all goes again. */
	g_clear_pointer(&item->way, g_free);
	g_assert_true(lsm_case_put(txn, item, NULL));
	g_assert_true(lsm_case_index_settle(txn, NULL));
	item->way = g_strdup("\n\n");
	g_assert_true(lsm_case_put(txn, item, NULL));
	g_assert_true(lsm_case_index_settle(txn, NULL));
	g_autofree char *after = all_rows(txn);
	g_assert_cmpstr(after, ==, before);
}

static void
test_words(void)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{NULL, ""},
		{"", ""},
		{" - ", ""},
		{"ITU-T SG15", "itu t sg15"},
		{"LS on STAMP, on stamp", "ls on stamp"},
		{"Übersicht ÉTÉ cafe\u0301", "ubersicht ete cafe"},
		{"評価 x", "評 価 x"},
		{"a\xff\xfe"
		 "b",
		 "a b"},
		{"ﬁne", "fine"},
		{"under_score 802.1Q", "under score 802 1q"},
		/* More than are compared one by one: those from before and after the table is made are known. */
		{"a b c d e f g h i j k l m n o p p q r a s r t q", "a b c d e f g h i j k l m n o p q r s t"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_auto(GStrv) list = lsm_words(cases[i].text);
		g_autofree char *got = g_strjoinv(" ", list);
		g_assert_cmpstr(got, ==, cases[i].want);
	}
	g_assert_true(lsm_words_is_noise("with"));
	g_assert_true(lsm_words_is_noise("a"));
	g_assert_true(lsm_words_is_noise("working"));
	g_assert_false(lsm_words_is_noise("stamp"));
	g_assert_false(lsm_words_is_noise("価"));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/case-index/words", test_words);
	g_test_add_func("/case-index/erasure", test_erasure);
	g_test_add_func("/case-index/hostile-members", test_hostile_members);
	return g_test_run();
}
