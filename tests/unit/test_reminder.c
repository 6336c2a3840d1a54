/*
 * test_reminder.c - reminders with the clock in hand: which day, to whom, exactly once, and none after the
 * action.
 */
#include "tests/unit/desk_fixture.h"

#include <string.h>

#include "desk/agenda.h"
#include "desk/json.h"
#include "desk/reminder.h"
#include "desk/reminder_due.h"

#define DAY (G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC)
#define CASE "LS-20261121-K7Q3M"
#define QUIET "daily-digest = no\n"
#define CONTACT "liaison-coordination@iab.org"

static void
remind(DeskFixture *fixture, gboolean dry_run, JsonObject **answer_out)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(lsm_reminder_run(fixture->service, dry_run, answer_out, &error));
	g_assert_no_error(error);
}

/* " 3:deadline-7" for each reminder of that day, and "x" for each mail that was put twice. */
static void
append_said(GString *out, JsonObject *answer, int day)
{
	JsonArray *rows = lsm_json_get_array(answer, "reminders");

	for (guint i = 0; i < json_array_get_length(rows); i++) {
		const char *what = lsm_json_get(json_array_get_object_element(rows, i), "what", "?");
		g_string_append_printf(out, "%s%d:%.*s", out->len > 0 ? " " : "", day,
				       (int)strcspn(what, " "), what);
	}
}

typedef struct {
	int day; /* of the simulation; 0: none */
	LsmEventType event;
	const char *public;
	const char *private;
} Deed;

typedef struct {
	const char *name;
	const char *settings;
	const char *public;
	const char *private;
	int days;  /* simulated, with a run on each (two: once a day is enough) */
	int pause; /* between two runs, 1: daily */
	Deed deed;
	const char *want;
} Weeks;

#define IN_STATE(state) "{\"way\":\"in\",\"state\":\"" state "\"}"
#define OUT_STATE(state) "{\"way\":\"out\",\"state\":\"" state "\"}"
/* Day 0 is 2026-11-21; 2026-12-05 is day 14. */
#define ASKS                                                                                                 \
	"{\"from\":[\"ITU-T\"],\"to\":[\"IPPM\"],\"purposes\":[\"action\"],\"deadline\":\"2026-12-05\","     \
	"\"subject\":\"LS on "                                                                               \
	"metrics\",\"assignee\":\"dora@example.org\",\"distributed\":[\"ippm@ietf.org\"]}"
#define ANSWERED_ON(day)                                                                                     \
	{                                                                                                    \
		day, LSM_EVENT_ANSWERED, "{\"state\":\"answered\"}", "{}"                                    \
	}
#define FROM_IPPM "{\"from\":[\"IPPM\"],\"to\":[\"Broadband Forum\"],\"login\":\"carol\"}"

static const Weeks weeks[] = {
	{"a deadline, as shipped",
	 QUIET,
	 IN_STATE("distributed"),
	 ASKS,
	 36,
	 1,
	 {0},
	 "7:deadline-7 13:deadline-1 14:deadline-0 15:overdue-0 22:overdue-1 29:overdue-2 36:overdue-3"},
	{"as the Datatracker does it",
	 QUIET "deadline-reminders = {14, 7, 4, 3, 2, 1, 0}",
	 IN_STATE("distributed"),
	 ASKS,
	 20,
	 1,
	 {0},
	 "7:deadline-7 10:deadline-4 11:deadline-3 12:deadline-2 13:deadline-1 14:deadline-0"},
	{"overdue daily",
	 QUIET "deadline-reminders = {overdue-daily}",
	 IN_STATE("distributed"),
	 ASKS,
	 17,
	 1,
	 {0},
	 "15:overdue-0 16:overdue-1 17:overdue-2"},
	{"it stops on the action", QUIET, IN_STATE("distributed"), ASKS, 36, 1, ANSWERED_ON(10),
	 "7:deadline-7"},
	{"informed by a simple mail (A95): not overdue any more",
	 QUIET,
	 IN_STATE("distributed"),
	 ASKS,
	 36,
	 1,
	 {10, LSM_EVENT_INFORMED, "{\"state\":\"distributed\",\"told\":[\"informed\"]}", "{}"},
	 "7:deadline-7 13:deadline-1 14:deadline-0"},
	{"a run in a while catches up, once",
	 QUIET,
	 IN_STATE("distributed"),
	 ASKS,
	 36,
	 9,
	 {0},
	 "9:deadline-7 18:overdue-0 27:overdue-1 36:overdue-3"},
	{"a new deadline is told anew",
	 QUIET,
	 IN_STATE("distributed"),
	 ASKS,
	 20,
	 1,
	 {9, LSM_EVENT_CONFIRMED, "{\"state\":\"distributed\"}", "{\"deadline\":\"2026-12-10\"}"},
	 "7:deadline-7 12:deadline-7 18:deadline-1 19:deadline-0 20:overdue-0"},
	{"a deadline that was near when it came",
	 QUIET,
	 IN_STATE("distributed"),
	 "{\"from\":[\"ITU-T\"],\"to\":[\"IPPM\"],\"purposes\":[\"action\"],\"deadline\":\"2026-11-24\","
	 "\"distributed\":[\"ippm@ietf.org\"]}",
	 4,
	 1,
	 {0},
	 "2:deadline-1 3:deadline-0 4:overdue-0"},
	{"a deadline that was over when it came",
	 QUIET,
	 IN_STATE("distributed"),
	 "{\"from\":[\"ITU-T\"],\"to\":[\"IPPM\"],\"deadline\":\"2026-11-20\",\"distributed\":[\"ippm@ietf."
	 "org\"]}",
	 20,
	 1,
	 {0},
	 ""},
	{"a deadline that is none",
	 QUIET,
	 IN_STATE("distributed"),
	 "{\"from\":[\"ITU-T\"],\"to\":[\"IPPM\"],\"deadline\":\"2026-13-77\",\"distributed\":[\"ippm@ietf."
	 "org\"]}",
	 20,
	 1,
	 {0},
	 ""},
	{"an approval",
	 QUIET,
	 OUT_STATE("pending"),
	 FROM_IPPM,
	 10,
	 1,
	 {0},
	 "3:pending-1 6:pending-2 9:pending-3"},
	{"an approval that was given",
	 QUIET,
	 OUT_STATE("pending"),
	 FROM_IPPM,
	 10,
	 1,
	 {4, LSM_EVENT_APPROVED, "{\"state\":\"approved\"}", "{\"approved_for\":[\"IPPM\"]}"},
	 "3:pending-1 7:approved-1 10:approved-2"},
	{"it went out",
	 QUIET,
	 OUT_STATE("pending"),
	 FROM_IPPM,
	 10,
	 1,
	 {4, LSM_EVENT_RELEASED, "{\"state\":\"released\"}", "{}"},
	 "3:pending-1"},
	{"nobody confirms",
	 QUIET,
	 IN_STATE("unconfirmed"),
	 "{\"from\":[\"ITU-T\"],\"to\":[\"IPPM\"]}",
	 15,
	 1,
	 {0},
	 "7:unconfirmed-1 14:unconfirmed-2"},
	{"... and then somebody does",
	 QUIET,
	 IN_STATE("unconfirmed"),
	 "{\"from\":[\"ITU-T\"],\"to\":[\"IPPM\"]}",
	 20,
	 1,
	 {8, LSM_EVENT_CONFIRMED, "{\"state\":\"confirmed\"}", "{}"},
	 "7:unconfirmed-1 15:unassigned-1"},
	{"never",
	 QUIET "follow-up = 0",
	 IN_STATE("unconfirmed"),
	 "{\"from\":[\"ITU-T\"],\"to\":[\"IPPM\"]}",
	 30,
	 1,
	 {0},
	 ""},
	{"assigned, and nobody sends it on",
	 QUIET,
	 IN_STATE("assigned"),
	 "{\"from\":[\"ITU-T\"],\"to\":[\"IPPM\"],\"assignee\":\"dora@example.org\"}",
	 8,
	 1,
	 {0},
	 "7:undistributed-1"},
	{"several groups, none leads",
	 QUIET,
	 IN_STATE("distributed"),
	 "{\"from\":[\"ITU-T\"],\"to\":[\"IPPM\",\"IAB\"],\"distributed\":[\"ippm@ietf.org\"]}",
	 8,
	 1,
	 {0},
	 "7:no-lead-1"},
	{"one leads",
	 QUIET,
	 IN_STATE("distributed"),
	 "{\"from\":[\"ITU-T\"],\"to\":[\"IPPM\",\"IAB\"],\"lead\":\"IPPM\",\"distributed\":[\"ippm@ietf."
	 "org\"]}",
	 8,
	 1,
	 {0},
	 ""},
	{"undelivered", QUIET, OUT_STATE("undelivered"), FROM_IPPM, 3, 1, {0}, "3:undelivered-1"},
	{"a review", QUIET, OUT_STATE("in-review"), FROM_IPPM, 3, 1, {0}, "3:in-review-1"},
	{"sent around",
	 QUIET,
	 "{\"way\":\"around\",\"state\":\"around\"}",
	 FROM_IPPM,
	 3,
	 1,
	 {0},
	 "3:around-1"},
	{"to be revised",
	 QUIET,
	 "{\"way\":\"around\",\"state\":\"disagreed\"}",
	 FROM_IPPM,
	 7,
	 1,
	 {0},
	 "7:disagreed-1"},
	{"unsure", QUIET, OUT_STATE("unsure"), FROM_IPPM, 7, 1, {0}, "7:unsure-1"},
	{"merely observed",
	 QUIET,
	 "{\"way\":\"out\",\"state\":\"pending\",\"observed\":true}",
	 FROM_IPPM,
	 9,
	 1,
	 {0},
	 ""},
	{"unverified",
	 QUIET,
	 "{\"way\":\"around\",\"state\":\"around\",\"unverified\":true}",
	 FROM_IPPM,
	 9,
	 1,
	 {0},
	 ""},
	{"the mode is observe", "mode = observe\n" QUIET, OUT_STATE("pending"), FROM_IPPM, 9, 1, {0}, ""},
};

static guint
outbox_size(DeskFixture *fixture)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(fixture->store, NULL);
	g_autoptr(GPtrArray) entries = lsm_outbox_list(txn, NULL, NULL);

	return entries->len;
}

/* A dry run, the run, and the run again: the same, the same, nothing. */
static void
run_three_times(DeskFixture *fixture, GString *said, int day)
{
	g_autoptr(JsonObject) dry = NULL;
	g_autoptr(JsonObject) done = NULL;
	g_autoptr(JsonObject) again = NULL;
	g_autoptr(GString) dry_said = g_string_new(NULL);
	g_autoptr(GString) done_said = g_string_new(NULL);
	g_autoptr(GString) again_said = g_string_new(NULL);
	guint64 events = desk_fixture_event_count(fixture);
	guint before = outbox_size(fixture), after;

	remind(fixture, TRUE, &dry);
	g_assert_cmpuint(outbox_size(fixture), ==, before);
	g_assert_cmpuint(desk_fixture_event_count(fixture), ==, events);
	remind(fixture, FALSE, &done);
	after = outbox_size(fixture);
	remind(fixture, FALSE, &again);
	g_assert_cmpuint(outbox_size(fixture), ==, after);
	append_said(dry_said, dry, day);
	append_said(done_said, done, day);
	append_said(again_said, again, day);
	g_assert_cmpstr(dry_said->str, ==, done_said->str);
	g_assert_cmpstr(again_said->str, ==, "");
	g_assert_cmpint(after > before, ==, done_said->len > 0);
	append_said(said, done, day);
}

static void
test_weeks(gconstpointer data)
{
	const Weeks *row = data;
	DeskFixture *fixture = desk_fixture_new(row->settings, NULL);
	g_autoptr(GString) said = g_string_new(NULL);

	desk_fixture_event(fixture, CASE, LSM_EVENT_SEEN, row->public, row->private);
	for (int day = 1; day <= row->days; day++) {
		fixture->now += DAY;
		if (row->deed.day == day)
			desk_fixture_event(fixture, CASE, row->deed.event, row->deed.public,
					   row->deed.private);
		if (day % row->pause == 0)
			run_three_times(fixture, said, day);
	}
	g_assert_cmpstr(said->str, ==, row->want);
	desk_fixture_free(fixture);
}

/* --- to whom --- */

static const struct {
	const char *name;
	const char *public;
	const char *private;
	int days;
	const char *want; /* of the last run */
} address_cases[] = {
	{"the assignee and the manager", IN_STATE("distributed"), ASKS, 7,
	 "dora@example.org itu-manager@ietf.org"},
	{"without an assignee the chairs", IN_STATE("distributed"),
	 "{\"from\":[\"ITU-T\"],\"to\":[\"IPPM\"],\"deadline\":\"2026-12-05\",\"distributed\":[\"ippm@ietf."
	 "org\"]}",
	 7, "ippm-chairs@ietf.org itu-manager@ietf.org"},
	{"the day before, the coordinators, too", IN_STATE("distributed"), ASKS, 13,
	 "dora@example.org itu-manager@ietf.org " CONTACT},
	{"overdue, the chairs, too", IN_STATE("distributed"), ASKS, 15,
	 "dora@example.org ippm-chairs@ietf.org itu-manager@ietf.org " CONTACT},
	{"overdue for more than a week, the directors, too", IN_STATE("distributed"), ASKS, 22,
	 "dora@example.org ippm-chairs@ietf.org itu-manager@ietf.org " CONTACT " ops-ads@ietf.org"},
	{"an approval: the approvers", OUT_STATE("pending"), FROM_IPPM, 3, "ops-ads@ietf.org"},
	{"after escalation the coordinators, too", OUT_STATE("pending"), FROM_IPPM, 9,
	 "ops-ads@ietf.org " CONTACT},
	{"only those that lack", OUT_STATE("pending"),
	 "{\"from\":[\"IPPM\",\"IAB\"],\"to\":[\"ITU-T\"],\"approved_for\":[\"IPPM\"]}", 3,
	 "iab-chair@iab.org"},
	{"nobody in that role: the coordinators", OUT_STATE("pending"),
	 "{\"from\":[\"Some Body\"],\"to\":[\"ITU-T\"]}", 3, CONTACT},
	{"unconfirmed", IN_STATE("unconfirmed"), "{\"from\":[\"ITU-T\"],\"to\":[\"IPPM\"]}", 7,
	 "itu-manager@ietf.org " CONTACT},
	{"to be revised", "{\"way\":\"around\",\"state\":\"disagreed\"}", FROM_IPPM, 7,
	 "carol@example.org bbf-manager@ietf.org " CONTACT},
};

static char *
addresses_of(JsonObject *answer)
{
	JsonArray *rows = lsm_json_get_array(answer, "reminders");
	g_auto(GStrv) to = json_array_get_length(rows) == 0
				   ? NULL
				   : lsm_json_get_list(json_array_get_object_element(rows, 0), "to");

	return to == NULL ? g_strdup("") : g_strjoinv(" ", to);
}

static void
test_addresses(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(address_cases); i++) {
		DeskFixture *fixture = desk_fixture_new(QUIET, NULL);
		g_autoptr(JsonObject) answer = NULL;

		g_test_message("%s", address_cases[i].name);
		desk_fixture_event(fixture, CASE, LSM_EVENT_SEEN, address_cases[i].public,
				   address_cases[i].private);
		fixture->now += address_cases[i].days * DAY;
		remind(fixture, FALSE, &answer);
		assert_text(addresses_of(answer), address_cases[i].want);
		desk_fixture_free(fixture);
	}
}

/* Whoever holds the role on that day: a director whose term ended hears no more, the next one does. */
static void
test_terms(void)
{
	static const char directory[] =
		"home \"IETF\" {\n domains = {\"ietf.org\"} liaison-contact = \"" CONTACT "\"\n"
		" area \"ops\" { directors = {\"old@example.org\"} }\n"
		" group \"ippm\" { area = \"ops\" chairs = {\"carol@example.org\"} list = \"ippm@ietf.org\" "
		"}\n"
		" person \"Old\" { addresses = {\"old@example.org\"} role \"ops\" { until = 2026-11-26 } }\n"
		" person \"New\" { addresses = {\"new@example.org\"} role \"ops\" { from = 2026-11-26 } }\n"
		" person \"Carol\" { addresses = {\"carol@example.org\"} }\n}\n";
	DeskFixture *fixture = desk_fixture_new(QUIET, NULL);
	g_autoptr(LsmSettings) settings = NULL;
	g_autoptr(JsonObject) first = NULL;
	g_autoptr(JsonObject) second = NULL;
	g_autofree char *path = g_build_filename(fixture->folder, "directory.conf", NULL);
	g_autofree char *main = g_build_filename(fixture->folder, "test.conf", NULL);

	g_assert_true(g_file_set_contents(path, directory, -1, NULL));
	settings = lsm_settings_load(main, NULL);
	g_assert_nonnull(settings);
	lsm_service_set_settings(fixture->service, settings);
	desk_fixture_event(fixture, CASE, LSM_EVENT_REDIRECTED, OUT_STATE("pending"), FROM_IPPM);
	fixture->now += 3 * DAY;
	remind(fixture, FALSE, &first);
	assert_text(addresses_of(first), "old@example.org");
	fixture->now += 3 * DAY;
	remind(fixture, FALSE, &second);
	assert_text(addresses_of(second), "new@example.org");
	desk_fixture_free(fixture);
}

/* --- the mails --- */

/* The mails of the outbox, joined. Caller frees. */
static char *
all_mails(DeskFixture *fixture)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(fixture->store, NULL);
	g_autoptr(GPtrArray) entries = lsm_outbox_list(txn, NULL, NULL);
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < entries->len; i++) {
		g_autoptr(GBytes) mail = NULL;

		lsm_content_get(txn, ((LsmOutboxEntry *)entries->pdata[i])->content, &mail, NULL);
		g_string_append_len(text, g_bytes_get_data(mail, NULL), (gssize)g_bytes_get_size(mail));
	}
	return g_string_free(text, FALSE);
}

/* A31, A93: what asks for action brings words for a preliminary answer; what only informs does not. */
static void
test_preliminary(void)
{
	static const struct {
		const char *purpose;
		int days;
		gboolean want;
	} rows[] = {{"action", 7, TRUE}, {"information", 7, FALSE}, {"action", 15, FALSE}};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		DeskFixture *fixture = desk_fixture_new(QUIET, NULL);
		g_autofree char *members =
			g_strdup_printf("{\"from\":[\"ITU-T\"],\"to\":[\"IPPM\"],\"purposes\":[\"%s\"],"
					"\"deadline\":\"2026-12-05\","
					"\"distributed\":[\"ippm@ietf.org\"],\"subject\":\"LS on metrics\"}",
					rows[i].purpose);
		g_autoptr(JsonObject) answer = NULL;
		g_autofree char *mails = NULL;

		desk_fixture_event(fixture, CASE, LSM_EVENT_SEEN, IN_STATE("distributed"), members);
		fixture->now += rows[i].days * DAY;
		remind(fixture, FALSE, &answer);
		mails = all_mails(fixture);
		g_assert_cmpint(strstr(mails, "---\r\nSubject: Preliminary answer: LS on metrics") != NULL,
				==, rows[i].want);
		desk_fixture_free(fixture);
	}
}

/* Every text of the table keeps to the width and fills its keys. */
static void
check_lines(const char *mails)
{
	g_auto(GStrv) lines = g_strsplit(mails, "\r\n", -1);

	g_assert_null(strstr(mails, "{{"));
	for (guint i = 0; lines[i] != NULL; i++) {
		if (g_utf8_strlen(lines[i], -1) > 78)
			g_test_message("%s", lines[i]);
		g_assert_cmpint(g_utf8_strlen(lines[i], -1), <=, 78);
	}
}

static void
test_all_texts(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(weeks); i++) {
		DeskFixture *fixture = desk_fixture_new("", NULL);
		g_autofree char *mails = NULL;

		desk_fixture_event(fixture, CASE, LSM_EVENT_SEEN, weeks[i].public, weeks[i].private);
		for (int day = 1; day <= 15; day++) {
			g_autoptr(JsonObject) answer = NULL;

			fixture->now += DAY;
			remind(fixture, FALSE, &answer);
		}
		mails = all_mails(fixture);
		check_lines(mails);
		desk_fixture_free(fixture);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	for (guint i = 0; i < G_N_ELEMENTS(weeks); i++) {
		g_autofree char *path = g_strdup_printf("/reminder/weeks/%s", weeks[i].name);
		g_test_add_data_func(path, &weeks[i], test_weeks);
	}
	g_test_add_func("/reminder/addresses", test_addresses);
	g_test_add_func("/reminder/terms", test_terms);
	g_test_add_func("/reminder/preliminary", test_preliminary);
	g_test_add_func("/reminder/all-texts", test_all_texts);
	return g_test_run();
}
