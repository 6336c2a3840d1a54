/*
 * test_row_set.c - a set of rows knows what was noted and kept, nothing else, in whatever order it is asked.
 */
#include "store/row_set.h"

#define ROWS 50000

static void
note_row(LsmRowSet *set, guint number)
{
	g_autofree char *id = g_strdup_printf("LS-20261121-%u", number);

	lsm_row_set_note(set, LSM_INDEX_WORD, number % 2 == 0 ? "Timing 0197" : "metro 0197", id);
}

static gboolean
has_row(LsmRowSet *set, guint number)
{
	g_autofree char *id = g_strdup_printf("LS-20261121-%u", number);

	return lsm_row_set_has(set, LSM_INDEX_WORD, number % 2 == 0 ? "timing 0197" : "METRO 0197", id);
}

static void
test_kept(void)
{
	g_autoptr(LsmRowSet) set = lsm_row_set_new();
	guint known = 0;

	g_assert_false(has_row(set, 0));
	for (guint i = 0; i < ROWS; i++) {
		note_row(set, i);
		if (i % 1000 == 999)
			lsm_row_set_keep(set);
	}
	for (guint i = 0; i < 2 * ROWS; i++)
		known += has_row(set, i) == (i < ROWS);
	g_assert_cmpuint(known, ==, 2 * ROWS);
	/* Also after it was asked. */
	note_row(set, ROWS);
	g_assert_false(has_row(set, ROWS));
	lsm_row_set_keep(set);
	g_assert_true(has_row(set, ROWS));
	g_assert_true(has_row(set, 0));
}

static void
test_forgotten(void)
{
	g_autoptr(LsmRowSet) set = lsm_row_set_new();

	note_row(set, 1);
	lsm_row_set_forget(set);
	note_row(set, 2);
	lsm_row_set_keep(set);
	g_assert_false(has_row(set, 1));
	g_assert_true(has_row(set, 2));
}

/* Kind, term and id each count, and where one ends and the next begins. */
static void
test_parts(void)
{
	g_autoptr(LsmRowSet) set = lsm_row_set_new();

	lsm_row_set_note(set, LSM_INDEX_WORD, "ab", "c");
	lsm_row_set_keep(set);
	g_assert_true(lsm_row_set_has(set, LSM_INDEX_WORD, "ab", "c"));
	g_assert_false(lsm_row_set_has(set, LSM_INDEX_PARTY, "ab", "c"));
	g_assert_false(lsm_row_set_has(set, LSM_INDEX_WORD, "a", "bc"));
	g_assert_false(lsm_row_set_has(set, LSM_INDEX_WORD, "abc", ""));
	g_assert_false(lsm_row_set_has(set, LSM_INDEX_WORD, "", "abc"));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/row-set/kept", test_kept);
	g_test_add_func("/row-set/forgotten", test_forgotten);
	g_test_add_func("/row-set/parts", test_parts);
	return g_test_run();
}
