/*
 * test_counters.c - what the daemon counts: by row, by statement, by time; and added up over processes.
 */
#include <sys/wait.h>
#include <unistd.h>

#include "desk/counters.h"
#include "desk/json.h"

static JsonObject *
described(void)
{
	JsonObject *object = json_object_new();

	lsm_counters_describe(object);
	return object;
}

static void
test_rows(void)
{
	g_autoptr(JsonObject) before = described();
	g_autoptr(JsonObject) after = NULL;

	for (guint i = 0; i < LSM_COUNT_ROWS; i++)
		lsm_counters_add((LsmCounter)i, i + 1);
	after = described();
	for (guint i = 0; i < LSM_COUNT_ROWS; i++) {
		const LsmCounterRow *row = lsm_counters_row((LsmCounter)i);
		const LsmCounterFamilyRow *family = lsm_counters_family(row->family);

		g_assert_cmpint(lsm_counters_read(after, (LsmCounter)i) - lsm_counters_read(before, (LsmCounter)i), ==,
				i + 1);
		g_assert_cmpstr(family->name, !=, "");
		g_assert_cmpstr(family->help, !=, "");
		/* Without a label a family has one counter; with one, each has its own value. */
		g_assert_cmpint(*family->label == '\0', ==, *row->value == '\0');
		if (i > 0 && *family->label == '\0')
			g_assert_cmpint(lsm_counters_row((LsmCounter)(i - 1))->family, !=, row->family);
	}
}

static LsmVerdict *
make_verdict(LsmEffect effect, const char *limited, const char *const *rules)
{
	LsmVerdict *verdict = g_new0(LsmVerdict, 1);

	verdict->findings = g_ptr_array_new_with_free_func(g_free);
	verdict->effect = effect;
	verdict->limited = limited;
	for (; *rules != NULL; rules++) {
		LsmFinding *finding = g_new0(LsmFinding, 1);

		finding->rule = lsm_rule_find(*rules);
		g_ptr_array_add(verdict->findings, finding);
	}
	return verdict;
}

static void
free_verdict(LsmVerdict *verdict)
{
	g_ptr_array_unref(verdict->findings);
	g_free(verdict);
}

static gint64
member(JsonObject *object, const char *outer, const char *inner, const char *name)
{
	JsonObject *part = lsm_json_get_object(object, outer);

	if (part != NULL && inner != NULL)
		part = lsm_json_get_object(part, inner);
	return part == NULL ? 0 : lsm_json_get_int(part, name, 0);
}

static void
test_statements(void)
{
	static const struct {
		LsmWay way;
		LsmEffect effect;
		const char *limited;
		const char *const rules[3];
		LsmCounter limit; /* that rises with it */
	} rows[] = {
		{LSM_WAY_OUTGOING, LSM_EFFECT_REDIRECT, NULL, {"approval.missing", "purpose.missing"}, LSM_COUNT_ROWS},
		{LSM_WAY_OUTGOING, LSM_EFFECT_NOTE, "uncertain", {"purpose.missing"}, LSM_COUNT_LIMIT_UNCERTAIN},
		{LSM_WAY_INCOMING, LSM_EFFECT_COPY, NULL, {NULL}, LSM_COUNT_ROWS},
		{LSM_WAY_AROUND, LSM_EFFECT_RECORD, "unverified", {NULL}, LSM_COUNT_LIMIT_UNVERIFIED},
		{LSM_WAY_OTHER, LSM_EFFECT_RECORD, "a word of another day", {NULL}, LSM_COUNT_ROWS},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		const char *way = lsm_way_name(rows[i].way), *effect = lsm_effect_name(rows[i].effect);
		LsmVerdict *verdict = make_verdict(rows[i].effect, rows[i].limited, rows[i].rules);
		g_autoptr(JsonObject) before = described();
		g_autoptr(JsonObject) after = NULL;

		g_test_message("row %u", i);
		lsm_counters_add_verdict(rows[i].way, verdict, 3000);
		after = described();
		g_assert_cmpint(member(after, "statements", way, effect), ==,
				member(before, "statements", way, effect) + 1);
		for (guint k = 0; rows[i].rules[k] != NULL; k++)
			g_assert_cmpint(member(after, "findings", NULL, rows[i].rules[k]), ==,
					member(before, "findings", NULL, rows[i].rules[k]) + 1);
		for (guint k = LSM_COUNT_LIMIT_OBSERVE; k <= LSM_COUNT_LIMIT_UNVERIFIED; k++)
			g_assert_cmpint(lsm_counters_read(after, (LsmCounter)k) -
						lsm_counters_read(before, (LsmCounter)k),
					==, k == rows[i].limit);
		free_verdict(verdict);
	}
}

static gint64
class_count(JsonObject *object, guint index)
{
	JsonArray *classes = lsm_json_get_array(lsm_json_get_object(object, "decisions"), "classes");

	g_assert_cmpuint(json_array_get_length(classes), ==, lsm_counters_bound_count + 1);
	return json_array_get_int_element(classes, index);
}

static void
test_times(void)
{
	const struct {
		gint64 spent;
		guint class;
	} rows[] = {
		{-5, 0}, {0, 0}, {1000, 0}, {1001, 1}, {2500, 1}, {20000000, lsm_counters_bound_count - 1},
		{20000001, lsm_counters_bound_count}, {G_MAXINT64 / 4, lsm_counters_bound_count},
	};
	static const char *const none[] = {NULL};
	LsmVerdict *verdict = make_verdict(LSM_EFFECT_RECORD, NULL, none);

	for (guint i = 1; i < lsm_counters_bound_count; i++)
		g_assert_cmpint(lsm_counters_bounds[i], >, lsm_counters_bounds[i - 1]);
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(JsonObject) before = described();
		g_autoptr(JsonObject) after = NULL;

		lsm_counters_add_verdict(LSM_WAY_OTHER, verdict, rows[i].spent);
		after = described();
		g_assert_cmpint(class_count(after, rows[i].class), ==, class_count(before, rows[i].class) + 1);
		g_assert_cmpint(member(after, "decisions", NULL, "count"), ==,
				member(before, "decisions", NULL, "count") + 1);
	}
	free_verdict(verdict);
}

/* Comes last: from then on the process counts in shared memory. */
static void
test_processes(void)
{
	g_autoptr(JsonObject) after = NULL;
	JsonArray *processes;
	int status;

	g_assert_true(lsm_counters_share(3));
	lsm_counters_add(LSM_COUNT_CONNECTIONS, 1);
	for (guint part = 1; part <= 4; part++) {
		pid_t pid = fork();

		if (pid == 0) {
			lsm_counters_take_part(part); /* the last two have none of their own */
			lsm_counters_add(LSM_COUNT_CONNECTIONS, 10);
			_exit(0);
		}
		lsm_counters_note_process(part, pid, 1795262400);
		g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
		if (part == 1)
			lsm_counters_note_process(part, 0, 1795262401);
	}
	lsm_counters_note_reload(FALSE, 1795262402);
	after = described();
	g_assert_cmpint(lsm_counters_read(after, LSM_COUNT_CONNECTIONS), ==, 41);
	g_assert_cmpint(lsm_counters_read(after, LSM_COUNT_RELOAD_FAILED), ==, 1);
	g_assert_cmpint(member(after, "reload", NULL, "time"), ==, 1795262402);
	g_assert_cmpint(lsm_json_get_int(after, "parts", 0), ==, 2);
	processes = lsm_json_get_array(after, "processes");
	g_assert_cmpuint(json_array_get_length(processes), ==, 1);
	g_assert_cmpint(lsm_json_get_int(json_array_get_object_element(processes, 0), "part", 0), ==, 2);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/counters/rows", test_rows);
	g_test_add_func("/counters/statements", test_statements);
	g_test_add_func("/counters/times", test_times);
	g_test_add_func("/counters/processes", test_processes);
	return g_test_run();
}
