/*
 * test_interventions.c - max-interventions: exactly so many within an hour are stopped, whatever happens
 * meanwhile.
 */
#include "tests/unit/desk_fixture.h"

#define THREADS 16
#define MINUTE (G_GINT64_CONSTANT(60) * G_USEC_PER_SEC)

static gint64
clock_of(gpointer data)
{
	return ((DeskFixture *)data)->now;
}

static void
restart(DeskFixture *fixture)
{
	lsm_desk_free(fixture->desk);
	lsm_service_free(fixture->service);
	fixture->service = lsm_service_new(fixture->store, fixture->settings);
	lsm_service_set_clock(fixture->service, clock_of, fixture);
	fixture->desk = lsm_desk_new_local(fixture->service);
}

/* A new statement each: minutes since the last one, and the limit by then; 0: as it was. */
typedef struct {
	int minutes;
	int limit;
	gboolean after_restart;
	enum { LAST, STOPPED, PASSED } want;
} LimitStep;

static const struct {
	const char *name;
	LimitStep steps[8];
} limit_rows[] = {
	{"each grows old by itself",
	 {{0, 2, FALSE, STOPPED}, {30, 0, FALSE, STOPPED}, {1, 0, FALSE, PASSED}, {30, 0, FALSE, STOPPED},
	  {1, 0, FALSE, PASSED}, {29, 0, FALSE, STOPPED}}},
	{"over a restart",
	 {{0, 2, FALSE, STOPPED}, {0, 0, TRUE, STOPPED}, {0, 0, TRUE, PASSED}, {0, 0, FALSE, PASSED}}},
	{"over a restart below the limit",
	 {{0, 3, FALSE, STOPPED}, {0, 0, TRUE, STOPPED}, {0, 0, FALSE, STOPPED}, {0, 0, FALSE, PASSED}}},
	{"a higher limit",
	 {{0, 1, FALSE, STOPPED}, {0, 0, FALSE, PASSED}, {0, 2, FALSE, STOPPED}, {0, 0, FALSE, PASSED}}},
	{"a higher limit, after one that was far lower",
	 {{0, 4, FALSE, STOPPED}, {0, 0, FALSE, STOPPED}, {0, 0, FALSE, STOPPED}, {0, 1, FALSE, PASSED},
	  {0, 3, FALSE, PASSED}, {0, 4, FALSE, STOPPED}, {0, 0, FALSE, PASSED}}},
	{"a lower limit", {{0, 5, FALSE, STOPPED}, {0, 0, FALSE, STOPPED}, {0, 2, FALSE, PASSED}}},
	{"a clock that is set back",
	 {{0, 3, FALSE, STOPPED}, {0, 0, FALSE, STOPPED}, {120, 0, FALSE, STOPPED}, {0, 0, FALSE, STOPPED},
	  {-90, 0, FALSE, PASSED}}},
};

static void
run_limit_row(guint row)
{
	DeskFixture *fixture = desk_fixture_new(NULL, NULL);

	for (guint i = 0; i < G_N_ELEMENTS(limit_rows[row].steps) && limit_rows[row].steps[i].want != LAST; i++) {
		const LimitStep *step = &limit_rows[row].steps[i];
		g_autofree char *text = g_strdup_printf(NEW_FIELDS("%u") "\n" BLOCK "\nText %u.\n", i, i);
		TestMail mail = {CAROL, .recipients = BBF, .mail = text};
		TestPassage passage;

		g_test_message("%s, %u", limit_rows[row].name, i);
		fixture->now += step->minutes * MINUTE;
		if (step->limit > 0)
			fixture->settings->max_interventions = step->limit;
		if (step->after_restart)
			restart(fixture);
		passage = desk_fixture_pass(fixture, &mail);
		g_assert_cmpint(passage.decision->plan->reply, ==,
				step->want == STOPPED ? LSM_REPLY_DISCARD : LSM_REPLY_ACCEPT);
		test_passage_clear(&passage);
	}
	desk_fixture_free(fixture);
}

static void
test_limit(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(limit_rows); i++)
		run_limit_row(i);
}

/* However many come at once: not one more than the limit, and not one less. */

typedef struct {
	DeskFixture *fixture;
	guint number;
	gboolean is_stopped;
} Worker;

static gpointer
pass_one(gpointer data)
{
	Worker *worker = data;
	g_autofree char *text =
		g_strdup_printf(NEW_FIELDS("%u") "\n" BLOCK "\nText %u.\n", worker->number, worker->number);
	const TestMail mail = {CAROL, .recipients = BBF, .mail = text};
	TestPassage passage = desk_fixture_pass(worker->fixture, &mail);

	worker->is_stopped = passage.decision->plan->reply == LSM_REPLY_DISCARD;
	test_passage_clear(&passage);
	return NULL;
}

static void
test_at_once(void)
{
	DeskFixture *fixture = desk_fixture_new("max-interventions = 3", NULL);
	Worker workers[THREADS];
	GThread *threads[THREADS];
	guint stopped = 0;

	for (guint i = 0; i < THREADS; i++) {
		workers[i] = (Worker){fixture, i, FALSE};
		threads[i] = g_thread_new("worker", pass_one, &workers[i]);
	}
	for (guint i = 0; i < THREADS; i++) {
		g_thread_join(threads[i]);
		stopped += workers[i].is_stopped;
	}
	g_assert_cmpuint(stopped, ==, 3);
	desk_fixture_free(fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/interventions/limit", test_limit);
	g_test_add_func("/interventions/at-once", test_at_once);
	return g_test_run();
}
