/*
 * test_hold.c - many hold a thing, or one alone changes it: who waits for whom, and who is woken.
 */
#include "store/hold.h"

#define LONG (30 * G_TIME_SPAN_SECOND)
#define ROUNDS 2000
#define THREADS 4

static void
test_no_patience(void)
{
	LsmHold hold = {0};

	lsm_hold_init(&hold);
	lsm_hold_take(&hold);
	g_assert_false(lsm_hold_begin_change(&hold, 0));
	lsm_hold_take(&hold); /* would wait for ever if the attempt had left a mark */
	g_assert_false(lsm_hold_drop(&hold));
	g_assert_false(lsm_hold_drop(&hold));
	g_assert_true(lsm_hold_begin_change(&hold, 0));
	g_assert_false(lsm_hold_begin_change(&hold, 0));
	lsm_hold_end_change(&hold);
	lsm_hold_clear(&hold);
}

static void
test_patience_ends(void)
{
	LsmHold hold = {0};

	lsm_hold_init(&hold);
	lsm_hold_take(&hold);
	g_assert_false(lsm_hold_begin_change(&hold, G_TIME_SPAN_MILLISECOND));
	lsm_hold_take(&hold);
	lsm_hold_drop(&hold);
	lsm_hold_drop(&hold);
	lsm_hold_clear(&hold);
}

static void
test_given_up(void)
{
	LsmHold hold = {0};

	lsm_hold_init(&hold);
	lsm_hold_take(&hold);
	lsm_hold_take(&hold);
	g_assert_false(lsm_hold_give_up(&hold));
	g_assert_false(lsm_hold_drop(&hold));
	g_assert_true(lsm_hold_drop(&hold));
	lsm_hold_clear(&hold);
}

typedef struct {
	LsmHold hold;
	gint holders; /* atomic */
	gint changes; /* only within a change */
	gint wrong;   /* atomic: a holder beside a change */
} Shared;

static gpointer
hold_often(gpointer data)
{
	Shared *shared = data;

	for (guint i = 0; i < ROUNDS; i++) {
		lsm_hold_take(&shared->hold);
		g_atomic_int_inc(&shared->holders);
		g_atomic_int_add(&shared->holders, -1);
		lsm_hold_drop(&shared->hold);
	}
	return NULL;
}

static gpointer
change_often(gpointer data)
{
	Shared *shared = data;

	for (guint i = 0; i < ROUNDS; i++) {
		if (!lsm_hold_begin_change(&shared->hold, LONG))
			g_atomic_int_inc(&shared->wrong);
		if (g_atomic_int_get(&shared->holders) != 0)
			g_atomic_int_inc(&shared->wrong);
		shared->changes++;
		lsm_hold_end_change(&shared->hold);
	}
	return NULL;
}

/* One wake-up that lacks, and this never ends. */
static void
test_at_once(void)
{
	Shared shared = {0};
	GThread *threads[2 * THREADS];

	lsm_hold_init(&shared.hold);
	for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
		threads[i] = g_thread_new("hold", i % 2 == 0 ? hold_often : change_often, &shared);
	for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
		g_thread_join(threads[i]);
	g_assert_cmpint(shared.wrong, ==, 0);
	g_assert_cmpint(shared.changes, ==, THREADS * ROUNDS);
	lsm_hold_clear(&shared.hold);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/hold/no-patience", test_no_patience);
	g_test_add_func("/hold/patience-ends", test_patience_ends);
	g_test_add_func("/hold/given-up", test_given_up);
	g_test_add_func("/hold/at-once", test_at_once);
	return g_test_run();
}
