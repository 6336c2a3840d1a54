/* test_deadline.c - dates that people write. */
#include "rules/statement.h"

static const struct {
	const char *text;
	LsmDeadlineState want;
	const char *want_iso;
} dates[] = {
	{"2026-12-31", LSM_DEADLINE_READ, "2026-12-31"},
	{"2026/12/31", LSM_DEADLINE_READ, "2026-12-31"},
	{"2026-12-31T23:59:59Z", LSM_DEADLINE_READ, "2026-12-31"},
	{"20261231", LSM_DEADLINE_READ, "2026-12-31"},
	{"31 December 2026", LSM_DEADLINE_READ, "2026-12-31"},
	{"31st of Dec. 2026", LSM_DEADLINE_READ, "2026-12-31"},
	{"31-Dec-2026", LSM_DEADLINE_READ, "2026-12-31"},
	{"December 31, 2026", LSM_DEADLINE_READ, "2026-12-31"},
	{"Dec 31st 2026 (close of business, UTC)", LSM_DEADLINE_READ, "2026-12-31"},
	{"by Thursday, 31 December 2026, 23:59 UTC", LSM_DEADLINE_READ, "2026-12-31"},
	{"2026 December 31", LSM_DEADLINE_READ, "2026-12-31"},
	{"31.12.2026", LSM_DEADLINE_READ, "2026-12-31"},
	{"1er mars 2027", LSM_DEADLINE_READ, "2027-03-01"},
	{"15 f\xc3\xa9vrier 2027", LSM_DEADLINE_READ, "2027-02-15"},
	{"30 AO\xc3\x9bT 2027", LSM_DEADLINE_READ, "2027-08-30"},
	{"15. Februar 2027", LSM_DEADLINE_READ, "2027-02-15"},
	{"3. M\xc3\xa4rz 2027", LSM_DEADLINE_READ, "2027-03-03"},
	{"1 \xc3\xa9t\xc3\xa9 2027", LSM_DEADLINE_UNREADABLE, ""},
	{"1 Sept 2027", LSM_DEADLINE_READ, "2027-09-01"},
	{"31/12/2026", LSM_DEADLINE_READ, "2026-12-31"},
	{"12/31/2026", LSM_DEADLINE_READ, "2026-12-31"},
	{"03/03/2027", LSM_DEADLINE_READ, "2027-03-03"},
	{"31 May 2026 (2026-05-31)", LSM_DEADLINE_READ, "2026-05-31"},
	{"\xef\xbc\x92\xef\xbc\x90\xef\xbc\x92\xef\xbc\x96-12-31", LSM_DEADLINE_READ, "2026-12-31"},
	{"2028-02-29", LSM_DEADLINE_READ, "2028-02-29"},
	{"03/04/2027", LSM_DEADLINE_AMBIGUOUS, ""},
	{"3-4-2027", LSM_DEADLINE_AMBIGUOUS, ""},
	{"31/12/26", LSM_DEADLINE_AMBIGUOUS, ""},
	{"10 Dec 26", LSM_DEADLINE_AMBIGUOUS, ""},
	{"2026-12-01 or 2026-12-31", LSM_DEADLINE_AMBIGUOUS, ""},
	{"2027-02-29", LSM_DEADLINE_UNREADABLE, ""},
	{"31 February 2027", LSM_DEADLINE_UNREADABLE, ""},
	{"2026-13-01", LSM_DEADLINE_UNREADABLE, ""},
	{"13/13/2026", LSM_DEADLINE_UNREADABLE, ""},
	{"by end of March 2027", LSM_DEADLINE_READ, "2027-03-31"},
	{"end of Feb. 2028", LSM_DEADLINE_READ, "2028-02-29"},
	{"by the end of the month of June 2027", LSM_DEADLINE_READ, "2027-06-30"},
	{"COB Friday 4 December 2026", LSM_DEADLINE_READ, "2026-12-04"},
	{"1 August 2027", LSM_DEADLINE_READ, "2027-08-01"},
	{"Aug 1st 2027", LSM_DEADLINE_READ, "2027-08-01"},
	{"31/07/2027", LSM_DEADLINE_READ, "2027-07-31"},
	{"COB Thursday 4 December 2026", LSM_DEADLINE_AMBIGUOUS, ""},
	{"8 - 10 March 2027", LSM_DEADLINE_AMBIGUOUS, ""},
	{"27 November-1 December 2027", LSM_DEADLINE_AMBIGUOUS, ""},
	{"20th \xe2\x80\x93 22nd December 2027", LSM_DEADLINE_AMBIGUOUS, ""},
	{"end of the week", LSM_DEADLINE_UNREADABLE, ""},
	{"end of term 2026", LSM_DEADLINE_UNREADABLE, ""},
	{"end of 2026", LSM_DEADLINE_UNREADABLE, ""},
	{"Q4 2026", LSM_DEADLINE_UNREADABLE, ""},
	{"as soon as possible", LSM_DEADLINE_UNREADABLE, ""},
	{"next meeting (SG15, Geneva)", LSM_DEADLINE_UNREADABLE, ""},
	{"999999999999999999999999999999", LSM_DEADLINE_UNREADABLE, ""},
	{"\xff\xfe", LSM_DEADLINE_NONE, ""},
	{"", LSM_DEADLINE_NONE, ""},
	{"   ", LSM_DEADLINE_NONE, ""},
};

static void
test_dates(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(dates); i++) {
		char iso[11];

		g_test_message("%s", dates[i].text);
		g_assert_cmpint(lsm_deadline_parse(dates[i].text, iso), ==, dates[i].want);
		g_assert_cmpstr(iso, ==, dates[i].want_iso);
	}
}

static void
test_long_input_ends(void)
{
	g_autofree char *digits = g_strnfill(100000, '1');
	char iso[11];

	g_assert_cmpint(lsm_deadline_parse(digits, iso), ==, LSM_DEADLINE_UNREADABLE);
}

static void
test_end_of_day(void)
{
	/* date -u -d '2027-01-01 12:00' +%s */
	g_assert_cmpint(lsm_deadline_end("2026-12-31"), ==, 1798804800);
	g_assert_cmpint(lsm_deadline_end("2024-02-28"), ==, 1709208000);
	g_assert_cmpint(lsm_deadline_end("no date"), ==, 0);
	g_assert_cmpint(lsm_deadline_end("2026-02-31"), ==, 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/deadline/dates", test_dates);
	g_test_add_func("/deadline/long", test_long_input_ends);
	g_test_add_func("/deadline/end", test_end_of_day);
	return g_test_run();
}
