/*
 * test_calendar.c - the feed of deadlines, read back by the rules of RFC 5545 rather than by our own.
 */
#include "tests/unit/desk_fixture.h"

#include <string.h>

#include "desk/agenda.h"
#include "desk/calendar.h"

static LsmCase *
make_case(const char *id, LsmState state, const char *deadline, const char *subject)
{
	LsmCase *item = lsm_case_new(id);

	item->state = state;
	item->deadline = g_strdup(deadline);
	item->subject = g_strdup(subject);
	item->since = item->changed = G_GINT64_CONSTANT(1795262400) * G_USEC_PER_SEC;
	g_strfreev(item->from);
	item->from = g_strsplit("ITU-T", " ", -1);
	g_strfreev(item->to);
	item->to = g_strsplit("IPPM QUIC", " ", -1);
	return item;
}

static char *
render_one(DeskFixture *fixture, const char *deadline, const char *subject)
{
	g_autoptr(GPtrArray) agenda = g_ptr_array_new_with_free_func((GDestroyNotify)lsm_case_free);

	g_ptr_array_add(agenda, make_case("LS-20261121-K7Q3M", LSM_STATE_DISTRIBUTED, deadline, subject));
	return lsm_calendar_render(agenda, fixture->settings);
}

/* Content lines as a reader sees them: each physical line ends in CRLF and has at most 75 octets of whole
 * characters (3.1). Caller frees. */
static char **
unfold(const char *feed)
{
	g_autoptr(GString) logical = g_string_new(NULL);
	g_auto(GStrv) lines = g_strsplit(feed, "\r\n", -1);
	guint count = g_strv_length(lines);

	g_assert_cmpstr(lines[count - 1], ==, "");
	for (guint i = 0; i + 1 < count; i++) {
		g_assert_cmpuint(strlen(lines[i]), <=, 75);
		g_assert_true(g_utf8_validate(lines[i], -1, NULL));
		g_assert_null(strpbrk(lines[i], "\r\n\t"));
		g_assert_cmpstr(lines[i], !=, "");
		if (*lines[i] == ' ')
			g_string_append(logical, lines[i] + 1);
		else
			g_string_append_printf(logical, "%s%s", i == 0 ? "" : "\n", lines[i]);
	}
	return g_strsplit(logical->str, "\n", -1);
}

static const char *
value_of(char **lines, const char *name)
{
	for (guint i = 0; lines[i] != NULL; i++) {
		gsize length = strlen(name);

		if (strncmp(lines[i], name, length) == 0 &&
		    (lines[i][length] == ':' || lines[i][length] == ';'))
			return lines[i] + length;
	}
	return NULL;
}

static void
test_event(void)
{
	static const struct {
		const char *name;
		const char *want;
	} rows[] = {
		{"VERSION", ":2.0"},
		{"PRODID", ":-//liaison-milter//liaisonctl calendar//EN"},
		{"UID", ":LS-20261121-K7Q3M@ietf.org"},
		{"DTSTAMP", ":20261121T120000Z"},
		{"SEQUENCE", ":0"},
		{"DTSTART", ";VALUE=DATE:20261231"},
		{"DTEND", ";VALUE=DATE:20270101"},
		{"SUMMARY", ":Deadline: ITU-T > IPPM\\, QUIC: LS on metrics [K7Q3M]"},
		{"TRANSP", ":TRANSPARENT"},
	};
	DeskFixture *fixture = desk_fixture_new("", NULL);
	g_autofree char *feed = render_one(fixture, "2026-12-31", "LS on metrics");
	g_auto(GStrv) lines = unfold(feed);
	guint last = g_strv_length(lines) - 1;

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpstr(value_of(lines, rows[i].name), ==, rows[i].want);
	g_assert_cmpstr(lines[0], ==, "BEGIN:VCALENDAR");
	g_assert_cmpstr(lines[last - 1], ==, "END:VEVENT");
	g_assert_cmpstr(lines[last], ==, "END:VCALENDAR");
	g_assert_null(strstr(feed, "VALARM"));
	desk_fixture_free(fixture);
}

static const struct {
	const char *name;
	const char *subject;
	const char *want; /* within SUMMARY */
} text_cases[] = {
	{"signs with a meaning", "a,b;c\\d:e\"f", "a\\,b\\;c\\\\d:e\"f"},
	{"a line of its own", "x\nEND:VEVENT\r\nBEGIN:VALARM", "x END:VEVENT BEGIN:VALARM"},
	{"other control characters",
	 "a\x01"
	 "b\x1b[0m",
	 "b [0m"},
	{"not text", "a\xff\xc3z", "a\xef\xbf\xbd\xef\xbf\xbdz"},
	{"characters of several octets",
	 "\xe6\x96\x87\xe6\x96\x87\xe6\x96\x87\xe6\x96\x87\xe6\x96\x87\xe6\x96\x87\xe6\x96\x87\xe6\x96\x87"
	 "\xe6\x96\x87"
	 "\xe6\x96\x87\xe6\x96\x87\xe6\x96\x87\xe6\x96\x87\xe6\x96\x87\xe6\x96\x87\xe6\x96\x87\xe6\x96\x87"
	 "\xe6\x96\x87",
	 "\xe6\x96\x87\xe6\x96\x87\xe6\x96\x87\xe6\x96\x87\xe6\x96\x87\xe6\x96\x87\xe6\x96\x87\xe6\x96\x87"
	 "\xe6\x96\x87"
	 "\xe6\x96\x87\xe6\x96\x87\xe6\x96\x87\xe6\x96\x87\xe6\x96\x87\xe6\x96\x87\xe6\x96\x87\xe6\x96\x87"
	 "\xe6\x96\x87"},
	{"none", NULL, "(no subject)"},
};

static void
test_texts(void)
{
	DeskFixture *fixture = desk_fixture_new("", NULL);

	for (guint i = 0; i < G_N_ELEMENTS(text_cases); i++) {
		g_autofree char *feed = render_one(fixture, "2026-12-31", text_cases[i].subject);
		g_auto(GStrv) lines = unfold(feed);
		const char *summary = value_of(lines, "SUMMARY");

		g_test_message("%s", text_cases[i].name);
		if (strstr(summary, text_cases[i].want) == NULL)
			g_test_message("read %s", summary);
		g_assert_nonnull(strstr(summary, text_cases[i].want));
		g_assert_cmpuint(g_strv_length(lines), ==, 19);
	}
	desk_fixture_free(fixture);
}

/* A subject as long as the largest header makes short lines, and is cut. */
static void
test_long_subject(void)
{
	DeskFixture *fixture = desk_fixture_new("", NULL);
	g_autofree char *subject = g_strnfill(100000, 'x');
	g_autofree char *feed = render_one(fixture, "2026-12-31", subject);
	g_auto(GStrv) lines = unfold(feed);

	g_assert_cmpuint(strlen(value_of(lines, "SUMMARY")), <, 500);
	desk_fixture_free(fixture);
}

static void
test_without_deadline(void)
{
	static const char *const none[] = {NULL, "", "soon", "2026-02-30"};
	DeskFixture *fixture = desk_fixture_new("", NULL);

	for (guint i = 0; i < G_N_ELEMENTS(none); i++) {
		g_autofree char *feed = render_one(fixture, none[i], "x");

		g_assert_null(strstr(feed, "VEVENT"));
		g_assert_true(g_str_has_suffix(feed, "\r\nEND:VCALENDAR\r\n"));
	}
	desk_fixture_free(fixture);
}

/* Written twice, it has the same octets: readers see a change only where there is one. */
static void
test_stable(void)
{
	DeskFixture *fixture = desk_fixture_new("", NULL);
	g_autofree char *first = render_one(fixture, "2026-12-31", "x");
	g_autofree char *second = NULL;

	fixture->now += G_USEC_PER_SEC;
	second = render_one(fixture, "2026-12-31", "x");
	g_assert_cmpstr(first, ==, second);
	desk_fixture_free(fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/calendar/event", test_event);
	g_test_add_func("/calendar/texts", test_texts);
	g_test_add_func("/calendar/long-subject", test_long_subject);
	g_test_add_func("/calendar/without-deadline", test_without_deadline);
	g_test_add_func("/calendar/stable", test_stable);
	return g_test_run();
}
