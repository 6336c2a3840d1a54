/*
 * test_supervise.c - how long a child that died stays away.
 */
#include "milter/supervise.h"

static void
test_restart_pause(void)
{
	static const struct {
		gint64 after; /* seconds since the death before */
		gint64 want;  /* seconds */
	} rows[] = {
		{0, 0},   {1, 0},   {1, 0},   {1, 0},  {1, 0}, /* five are allowed */
		{1, 1},   {1, 2},   {2, 4},   {4, 8},  {8, 16},
		{16, 30}, {30, 30}, {31, 30}, {60, 0}, /* a quiet minute */
		{1, 0},   {58, 0},
	};
	LsmRestart restart = {.count = 0};
	gint64 now = 1000;

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_message("death %u", i + 1);
		now += rows[i].after;
		g_assert_cmpint(lsm_restart_pause(&restart, now * G_TIME_SPAN_SECOND), ==,
				rows[i].want * G_TIME_SPAN_SECOND);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/supervise/restart-pause", test_restart_pause);
	return g_test_run();
}
