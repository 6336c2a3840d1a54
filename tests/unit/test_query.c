/*
 * test_query.c - questions to 2,000 statements, each answered once more by looking at all of them.
 *
 * Asked with cases that are behind, with none behind, and with rows that were made anew.
 */
#include <string.h>

#include "conf/error.h"
#include "store/case_index.h"
#include "store/query.h"
#include "store/tally.h"
#include "tests/unit/query_fixture.h"

/* --- questions --- */

typedef struct {
	GString *ids;
	guint left;
	char *cursor;
} Page;

static gboolean
take(const LsmCase *item, const char *cursor, gpointer data)
{
	Page *page = data;

	g_string_append_printf(page->ids, "%s ", item->id);
	g_free(page->cursor);
	page->cursor = g_strdup(cursor);
	return --page->left > 0;
}

static guint
ask_page(LsmStoreTxn *txn, LsmQuery *query, Page *page, guint size)
{
	g_autoptr(GError) error = NULL;

	page->left = size;
	g_assert_true(lsm_query_run(txn, query, take, page, &error));
	g_assert_no_error(error);
	return size - page->left;
}

/* All of it, in pages of so many. */
static char *
ask(LsmStoreTxn *txn, const LsmQuery *query, guint size)
{
	Page page = {g_string_new(NULL), 0, NULL};
	LsmQuery next = *query;
	g_autofree char *after = NULL;

	while (ask_page(txn, &next, &page, size) == size) {
		g_free(after);
		next.after = after = g_steal_pointer(&page.cursor);
	}
	g_free(page.cursor);
	return g_string_free(page.ids, FALSE);
}

#define LIST(...) ((char *[]){__VA_ARGS__, NULL})
#define STATE(id) ((guint32)1 << LSM_STATE_##id)

/* At least one statement fits each. */
static const struct {
	const char *name;
	LsmQuery query;
} questions[] = {
	{"all", {0}},
	{"all open", {.order = LSM_QUERY_AGENDA}},
	{"party", {.parties = LIST("broadband FORUM")}},
	{"party of several words", {.parties = LIST("itu-t sg15", "ITU-T")}},
	{"party, one word of them", {.parties = LIST("SG15")}},
	{"two parties", {.parties = LIST("IPPM", "3GPP")}},
	{"party of noise alone", {.parties = LIST("working group forum")}},
	{"from", {.from = LIST("IPPM")}},
	{"to, and from", {.to = LIST("IPPM"), .from = LIST("ITU-T")}},
	{"way", {.ways = LIST("in")}},
	{"ways", {.ways = LIST("Around", "draft")}},
	{"state", {.states = STATE(PENDING)}},
	{"states", {.states = STATE(PENDING) | STATE(PASSED)}},
	{"not-a-statement", {.states = STATE(NOT_STATEMENT)}},
	{"purpose", {.purposes = LIST("action")}},
	{"purpose of two words", {.purposes = LIST("in action", "response")}},
	{"verdict", {.verdicts = LIST("reject")}},
	{"rule", {.rules = LIST("approval.missing")}},
	{"rules", {.rules = LIST("approval.missing", "deadline.missing")}},
	{"since", {.since = T0 + 40 * DAY}},
	{"until", {.until = T0 + 3 * DAY}},
	{"between", {.since = T0 + 40 * DAY, .until = T0 + 50 * DAY, .ways = LIST("in")}},
	{"due before", {.due_before = "2026-11-20"}},
	{"due after", {.due_after = "2026-12-05"}},
	{"due between, open", {.due_after = "2026-12-01", .due_before = "2026-12-03", .states = STATE(PENDING)}},
	{"due, closed", {.due_before = "2026-12-03", .states = STATE(CLOSED)}},
	{"due, any, of one party", {.due_before = "2026-12-20", .parties = LIST("IPPM")}},
	{"overdue", {.today = TODAY}},
	{"overdue, incoming", {.today = TODAY, .ways = LIST("in")}},
	{"number", {.numbers = LIST("com16-ls124")}},
	{"numbers", {.numbers = LIST("s2-2401234", "SG15 LS7")}},
	{"full id", {.id = "LS-20261101-A00000"}},
	{"letters", {.id = "a00000"}},
	{"letters of several", {.id = "A00021", .order = LSM_QUERY_NEWEST}},
	{"first letters", {.id = "a0002", .order = LSM_QUERY_NEWEST}},
	{"first letters of a full id", {.id = "ls-20261101-a00"}},
	{"subject", {.subject = "yang stamp"}},
	{"subject of many words", {.subject = "filler9 metrics"}},
	{"subject, noise", {.subject = "the LS"}},
	{"agenda of a party", {.parties = LIST("LSR"), .order = LSM_QUERY_AGENDA}},
	{"agenda of the many", {.ways = LIST("in", "out", "around", "draft"), .order = LSM_QUERY_AGENDA}},
	{"agenda of a state", {.states = STATE(PENDING), .order = LSM_QUERY_AGENDA}},
	{"agenda since", {.since = T0 + 100 * DAY, .rules = LIST("purpose.missing"), .order = LSM_QUERY_AGENDA}},
	{"all together",
	 {.parties = LIST("IPPM"), .states = LSM_QUERY_STATES_ALL, .purposes = LIST("action", "response"),
	  .since = T0, .until = T0 + 200 * DAY, .subject = "review"}},
};

static gboolean
count_id(const LsmCase *item, const char *cursor, gpointer ids)
{
	g_assert_null(cursor);
	return g_hash_table_add(ids, g_strdup(item->id));
}

/* In no order: each one that fits, once. */
static void
check_any_order(LsmStoreTxn *txn, const LsmQuery *asked, const char *want)
{
	g_autoptr(GHashTable) ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_auto(GStrv) wanted = g_strsplit(want, " ", -1);
	LsmQuery query = *asked;
	guint count = 0;

	query.order = LSM_QUERY_ANY;
	g_assert_true(lsm_query_run(txn, &query, count_id, ids, NULL));
	for (; *wanted[count] != '\0'; count++)
		g_assert_true(g_hash_table_contains(ids, wanted[count]));
	g_assert_cmpuint(count, ==, g_hash_table_size(ids));
}

static void
check_questions(LsmStoreTxn *txn, const GPtrArray *items)
{
	for (guint i = 0; i < G_N_ELEMENTS(questions); i++) {
		g_autofree char *want = query_long_way(&questions[i].query, items);
		g_autofree char *once = ask(txn, &questions[i].query, G_MAXUINT);
		g_autofree char *pages = ask(txn, &questions[i].query, 61);
		g_test_message("%s", questions[i].name);
		g_assert_cmpstr(want, !=, "");
		g_assert_cmpstr(once, ==, want);
		g_assert_cmpstr(pages, ==, want);
		if (questions[i].query.order == LSM_QUERY_NEWEST)
			check_any_order(txn, &questions[i].query, want);
	}
}

/* Conditions at random, three at a time or so. */
static void
check_mixtures(LsmStoreTxn *txn, const GPtrArray *items)
{
	g_autoptr(GRand) random = g_rand_new_with_seed(11);
	guint fitting = 0;

	for (guint round = 0; round < 150; round++) {
		LsmQuery query = {.order = g_rand_int_range(random, 0, 2)};
		for (guint k = 0; k < 3; k++) {
			const LsmQuery *other =
				&questions[g_rand_int_range(random, 0, G_N_ELEMENTS(questions))].query;
			query.parties = other->parties ? other->parties : query.parties;
			query.states |= other->states;
			query.ways = other->ways ? other->ways : query.ways;
			query.purposes = other->purposes ? other->purposes : query.purposes;
			query.verdicts = other->verdicts ? other->verdicts : query.verdicts;
			query.rules = other->rules ? other->rules : query.rules;
			query.since = other->since ? other->since : query.since;
			query.due_before = other->due_before ? other->due_before : query.due_before;
			query.today = other->today ? other->today : query.today;
			query.subject = other->subject ? other->subject : query.subject;
		}
		g_autofree char *want = query_long_way(&query, items);
		g_autofree char *got = ask(txn, &query, round % 3 ? G_MAXUINT : 41);
		g_test_message("mixture %u", round);
		g_assert_cmpstr(got, ==, want);
		fitting += *want != '\0';
	}
	g_assert_cmpuint(fitting, >, 75);
}

/* Of what only begins so, all are there or none: 1,000 are looked for, and there are more. */
static void
check_vague_id(LsmStoreTxn *txn)
{
	const LsmQuery query = {.id = "", .order = LSM_QUERY_ANY};
	g_autoptr(GHashTable) ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GError) error = NULL;

	g_assert_false(lsm_query_run(txn, &query, count_id, ids, &error));
	g_assert_error(error, LSM_ERROR, LSM_ERROR_USAGE);
	g_assert_cmpuint(g_hash_table_size(ids), ==, 0);
}

static void
check_tally(LsmStoreTxn *txn, const GPtrArray *items)
{
	LsmTally tally, want = {0};

	for (guint i = 0; i < items->len; i++) {
		const LsmCase *item = g_ptr_array_index(items, i);
		gboolean open = lsm_state_row(item->state)->open;
		want.by_state[item->state]++;
		want.total += item->state != LSM_STATE_NOT_STATEMENT;
		want.open += open;
		want.overdue += open && query_date_of(item) && strcmp(query_date_of(item), TODAY) < 0;
	}
	g_assert_true(lsm_tally_count(txn, TODAY, &tally, NULL));
	g_assert_cmpmem(&tally, sizeof tally, &want, sizeof want);
	g_assert_cmpuint(want.overdue, >, 0);
}

/* --- rows --- */

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

static guint
count_behind(LsmStoreTxn *txn)
{
	g_autofree char *rows = all_rows(txn);
	guint count = 0;

	for (const char *p = rows; (p = strstr(p, "f=LS-")); p++)
		count += p == rows || p[-1] == '\n';
	return count;
}

static void
test_questions(void)
{
	g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func((GDestroyNotify)lsm_case_free);
	g_autoptr(LsmStore) store = query_make_record(items);
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_write(store, NULL);
	g_autoptr(LsmRowSet) rows = lsm_row_set_new();
	g_autofree char *place = NULL;
	guint slices = 0;

	g_assert_cmpuint(count_behind(txn), >, 0);
	g_assert_cmpuint(count_behind(txn), <=, LSM_CASE_BEHIND_MAX);
	check_questions(txn, items);
	check_mixtures(txn, items);
	check_vague_id(txn);
	check_tally(txn, items);

	g_assert_true(lsm_case_index_settle(txn, NULL));
	g_assert_cmpuint(count_behind(txn), ==, 0);
	g_autofree char *settled = all_rows(txn);
	check_questions(txn, items);
	check_tally(txn, items);

	/* A row too many, which no case accounts for, goes. */
	g_assert_true(lsm_index_put(txn, LSM_INDEX_WORD, "leftover 0197", "LS-20261101-A00000", NULL));
	do {
		g_assert_true(lsm_case_reindex(txn, 970, rows, &place, NULL));
		lsm_row_set_keep(rows);
		slices++;
	} while (place);
	g_assert_cmpuint(slices, >, CASES / 970);
	g_autofree char *anew = all_rows(txn);
	g_assert_cmpstr(anew, ==, settled);
}

/* Changes between the slices of a rebuild end as if there had been none, and every question is answered between
 * them as at any time. */
static void
test_rebuild_among_changes(void)
{
	g_autoptr(GRand) random = g_rand_new_with_seed(3);
	g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func((GDestroyNotify)lsm_case_free);
	g_autoptr(LsmStore) store = query_make_record(items);
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_write(store, NULL);
	g_autoptr(LsmRowSet) rows = lsm_row_set_new();
	g_autofree char *place = NULL;
	guint slices = 0;

	do {
		g_assert_true(lsm_case_reindex(txn, 400, rows, &place, NULL));
		lsm_row_set_keep(rows);
		if (++slices == 12)
			check_questions(txn, items);
		for (guint i = 0; i < 5; i++) {
			LsmCase *item = g_ptr_array_index(items, g_rand_int_range(random, 0, CASES));
			item->state = query_random_state(random);
			g_free(item->subject);
			item->subject = query_random_subject(random);
			g_assert_true(lsm_case_put(txn, item, NULL));
		}
	} while (place);
	g_assert_true(lsm_case_index_settle(txn, NULL));
	check_questions(txn, items);
	g_autofree char *changed = all_rows(txn);
	do
		g_assert_true(lsm_case_reindex(txn, 100000, NULL, &place, NULL));
	while (place);
	g_autofree char *anew = all_rows(txn);
	g_assert_cmpstr(changed, ==, anew);
}

/* --- one statement --- */

#define ID "LS-20261121-K7Q3M"

static void
test_message_ids(void)
{
	static const struct {
		const char *typed, *want;
	} cases[] = {
		{"1@example.org", "LS-2 LS-1 "}, {" <1@EXAMPLE.org> ", "LS-2 LS-1 "}, {"2@example.org", "LS-3 "},
		{"1@example.or", ""},            {"", ""},                            {"<>", ""},
		{"9@example.org", ""}, /* of a case that is not there */
	};
	static const char *const rows[][2] = {{"1@example.org", "LS-1"}, {"1@example.org", "LS-2"},
					      {"2@example.org", "LS-3"}, {"9@example.org", "LS-9"}};
	g_autoptr(LsmStore) store = lsm_store_open("memory:", LSM_STORE_READ_WRITE, NULL);
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_write(store, NULL);
	g_autofree char *long_one = g_strnfill(900, 'x');

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(LsmCase) item = lsm_case_new(rows[i][1]);
		item->since = T0 + i;
		g_assert_true(lsm_index_put(txn, LSM_INDEX_MESSAGE_ID, rows[i][0], rows[i][1], NULL));
		g_assert_true(i == 3 || lsm_case_put(txn, item, NULL));
	}
	g_assert_true(lsm_index_put(txn, LSM_INDEX_MESSAGE_ID, long_one, "LS-3", NULL));
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		LsmQuery query = {.message_id = cases[i].typed};
		g_autofree char *got = ask(txn, &query, G_MAXUINT);
		g_assert_cmpstr(got, ==, cases[i].want);
	}
	LsmQuery query = {.message_id = long_one};
	g_autofree char *got = ask(txn, &query, G_MAXUINT);
	g_assert_cmpstr(got, ==, "LS-3 ");
}

static void
test_cursors(void)
{
	static const struct {
		LsmQueryOrder order;
		const char *cursor;
		gboolean good;
	} cases[] = {
		{LSM_QUERY_NEWEST, ID, TRUE},
		{LSM_QUERY_NEWEST, "k7q3m", TRUE},
		{LSM_QUERY_NEWEST, "", FALSE},
		{LSM_QUERY_NEWEST, "ZZZZZ", FALSE},
		{LSM_QUERY_NEWEST, "-/" ID, FALSE},
		{LSM_QUERY_AGENDA, "pending/-/" ID, TRUE},
		{LSM_QUERY_AGENDA, "passed/2026-12-31/K7Q3M", TRUE},
		{LSM_QUERY_AGENDA, "nonsense/-/" ID, FALSE},
		{LSM_QUERY_AGENDA, "pending/20261231/" ID, FALSE},
		{LSM_QUERY_AGENDA, "pending/-/", FALSE},
		{LSM_QUERY_AGENDA, ID, FALSE},
		{LSM_QUERY_DEADLINE, "2026-12-31/" ID, TRUE},
		{LSM_QUERY_DEADLINE, "pending/2026-12-31/" ID, FALSE},
		{LSM_QUERY_DEADLINE, "////////", FALSE},
	};
	g_autoptr(LsmStore) store = lsm_store_open("memory:", LSM_STORE_READ_WRITE, NULL);
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_write(store, NULL);
	g_autoptr(LsmCase) item = lsm_case_new(ID);

	g_assert_true(lsm_case_put(txn, item, NULL));
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		LsmQuery query = {.order = cases[i].order, .after = cases[i].cursor};
		Page page = {g_string_new(NULL), 9, NULL};
		g_autoptr(GError) error = NULL;
		if (cases[i].order == LSM_QUERY_DEADLINE)
			query.due_before = "2027-01-01";
		g_test_message("%s", cases[i].cursor);
		g_assert_cmpint(lsm_query_run(txn, &query, take, &page, &error), ==, cases[i].good);
		g_assert_cmpstr(page.ids->str, ==, "");
		if (!cases[i].good)
			g_assert_error(error, LSM_ERROR, LSM_ERROR_USAGE);
		g_string_free(page.ids, TRUE);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/query/questions", test_questions);
	g_test_add_func("/query/rebuild-among-changes", test_rebuild_among_changes);
	g_test_add_func("/query/message-ids", test_message_ids);
	g_test_add_func("/query/cursors", test_cursors);
	return g_test_run();
}
