/*
 * test_when.c - times as people type them: what counts first, what no longer does, and what is no time.
 */
#include <glib.h>

#include "conf/error.h"
#include "ctl/when.h"

#define NOW G_GINT64_CONSTANT(1795258800) /* 2026-11-21T11:00:00Z */

static char *
text_of(gint64 time)
{
	g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(time / G_USEC_PER_SEC);

	return utc == NULL ? g_strdup("none") : g_date_time_format(utc, "%Y-%m-%d %H:%M:%S");
}

static void
test_times(void)
{
	static const struct {
		const char *text, *since, *until;
	} rows[] = {
		{"2026-11-20", "2026-11-20 00:00:00", "2026-11-21 00:00:00"},
		{"2026-11", "2026-11-01 00:00:00", "2026-12-01 00:00:00"},
		{"2026-12", "2026-12-01 00:00:00", "2027-01-01 00:00:00"},
		{"2024-02-29", "2024-02-29 00:00:00", "2024-03-01 00:00:00"},
		{"2026", "2026-01-01 00:00:00", "2027-01-01 00:00:00"},
		{"9999", "9999-01-01 00:00:00", "9999-12-31 23:59:59"},
		{"today", "2026-11-21 00:00:00", "2026-11-22 00:00:00"},
		{"Yesterday", "2026-11-20 00:00:00", "2026-11-21 00:00:00"},
		{"tomorrow", "2026-11-22 00:00:00", "2026-11-23 00:00:00"},
		{"2026-11-20T10:30:00Z", "2026-11-20 10:30:00", "2026-11-20 10:30:00"},
		{"2026-11-20T10:30:00", "2026-11-20 10:30:00", "2026-11-20 10:30:00"},
		{"2026-11-20T10:30:00+01:00", "2026-11-20 09:30:00", "2026-11-20 09:30:00"},
		{"0d", "2026-11-21 11:00:00", "2026-11-21 11:00:00"},
		{"3h", "2026-11-21 08:00:00", "2026-11-21 08:00:00"},
		{"30d", "2026-10-22 11:00:00", "2026-10-22 11:00:00"},
		{"2w", "2026-11-07 11:00:00", "2026-11-07 11:00:00"},
		{"1y", "2025-11-21 11:00:00", "2025-11-21 11:00:00"},
		{"1000y", "1027-07-22 11:00:00", "1027-07-22 11:00:00"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		gint64 since = 0, until = 0;
		g_test_message("%s", rows[i].text);
		g_assert_true(lsm_when_since(rows[i].text, NOW, &since, NULL));
		g_assert_true(lsm_when_until(rows[i].text, NOW, &until, NULL));
		g_autofree char *first = text_of(since);
		g_autofree char *last = text_of(until);
		g_assert_cmpstr(first, ==, rows[i].since);
		g_assert_cmpstr(last, ==, rows[i].until);
	}
}

static void
test_deadlines(void)
{
	static const char *const rows[][2] = {
		{"2026-12-31", "2026-12-31"}, {"2026-12", "2026-12-01"}, {"2027", "2027-01-01"}, {"today", "2026-11-21"},
		{"tomorrow", "2026-11-22"},   {"7d", "2026-11-28"},	 {"2w", "2026-12-05"},	 {"24h", "2026-11-22"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *date = lsm_when_due(rows[i][0], NOW, NULL);
		g_assert_cmpstr(date, ==, rows[i][1]);
	}
}

static void
test_none(void)
{
	static const char *const rows[] = {
		"",	      "d",	    "30",	  "-7d",       "7 d",	       "30m",	     "9999999d", "2026-13",
		"2026-02-30", "2026-1-1",   "2026-11-21x", "0000",	"last tuesday", "2026-W47-6", "T10",	 "2026-325",
		"20261121",   "2026-11-21T", "todayx",	   "99999999999999999999d",
		"1001y",      "1000000y",
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(GError) due_error = NULL;
		gint64 time;
		g_test_message("%s", rows[i]);
		g_assert_false(lsm_when_since(rows[i], NOW, &time, &error));
		g_assert_error(error, LSM_ERROR, LSM_ERROR_USAGE);
		g_assert_null(lsm_when_due(rows[i], NOW, &due_error));
		g_assert_error(due_error, LSM_ERROR, LSM_ERROR_USAGE);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/when/times", test_times);
	g_test_add_func("/when/deadlines", test_deadlines);
	g_test_add_func("/when/none", test_none);
	return g_test_run();
}
