/*
 * test_late.c - the record is out of order: what is asked to come again, what passes, what is read in
 * afterwards.
 */
#include "tests/unit/desk_fixture.h"

#include <string.h>

#include "conf/error.h"
#include "desk/late.h"

#define HOUR (G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC)

/* A desk that nobody answers for. */
static gboolean
no_call(LsmDesk *desk, const char *operation, JsonObject *args, GBytes *content, JsonObject **answer_out,
	GError **error)
{
	(void)desk;
	(void)operation;
	(void)args;
	(void)content;
	(void)answer_out;
	g_set_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY, "nobody is there");
	return FALSE;
}

static void
no_free(LsmDesk *desk)
{
	(void)desk;
}

static const LsmDeskClass no_class = {no_call, no_free};
static LsmDesk no_desk = {.class = &no_class};

static DeskFixture *
fixture_without_desk(const char *settings)
{
	DeskFixture *fixture = desk_fixture_new(settings, NULL);

	lsm_desk_free(fixture->desk);
	fixture->desk = &no_desk;
	return fixture;
}

static void
bring_desk_back(DeskFixture *fixture)
{
	fixture->desk = lsm_desk_new_local(fixture->service);
}

static guint
count_files(const DeskFixture *fixture, const char *suffix)
{
	g_autoptr(GDir) folder = g_dir_open(fixture->settings->late_journal, 0, NULL);
	const char *name;
	guint count = 0;

	while (folder != NULL && (name = g_dir_read_name(folder)) != NULL)
		count += g_str_has_suffix(name, suffix);
	return count;
}

static void
assert_pass(DeskFixture *fixture, const TestMail *mail, const char *want)
{
	TestPassage passage = desk_fixture_pass(fixture, mail);

	assert_text(test_plan_text(passage.decision->plan), want);
	g_assert_null(passage.decision->ticket);
	test_passage_clear(&passage);
}

static const TestMail incoming = {FROM_ITU, .recipients = "<ippm@ietf.org>", .mail = INCOMING("1")};
static const TestMail outgoing = {CAROL, .recipients = "liaisons@bbf.example", .mail = STATEMENT("1")};

static const struct {
	const char *name;
	const char *settings;
	TestMail mail;
	const char *want;      /* at once */
	const char *want_late; /* an hour later */
	guint want_kept;
} rows[] = {
	{"ordinary mail",
	 NULL,
	 {.sender = "a@other.example",
	  .recipients = "ippm@ietf.org",
	  .mail = "From: a@other.example\nSubject: x\n\ny\n"},
	 "accept",
	 "accept",
	 0},
	{"submitted here",
	 NULL,
	 {CAROL, .recipients = "liaisons@bbf.example", .mail = STATEMENT("1")},
	 "tempfail",
	 "tempfail",
	 0},
	{"incoming",
	 NULL,
	 {FROM_ITU, .recipients = "<ippm@ietf.org>", .mail = INCOMING("1")},
	 "tempfail",
	 "accept",
	 1},
	{"incoming, no patience",
	 "incoming-patience = 0",
	 {FROM_ITU, .recipients = "<ippm@ietf.org>", .mail = INCOMING("1")},
	 "accept",
	 "accept",
	 2},
	{"incoming, with fields of ours",
	 "incoming-patience = 0",
	 {FROM_ITU, .recipients = "<ippm@ietf.org>", .mail = "Liaison-Record: x\n" INCOMING("1")},
	 "accept ~Liaison-Record/1",
	 "accept ~Liaison-Record/1",
	 2},
	{"sent around",
	 NULL,
	 {.sender = "carol@example.org", .recipients = "ippm@ietf.org", .mail = STATEMENT("1")},
	 "tempfail",
	 "accept",
	 1},
	{"a draft",
	 NULL,
	 {CAROL, .recipients = "ippm@ietf.org", .mail = STATEMENT("1")},
	 "accept",
	 "accept",
	 0},
	{"a list's copy",
	 NULL,
	 {.client = "192.0.2.10",
	  .sender = "ippm-bounces@ietf.org",
	  .recipients = "liaisons@bbf.example",
	  .mail = "List-Id: <ippm.ietf.org>\n" STATEMENT("1")},
	 "accept",
	 "accept",
	 0},
	{"observed",
	 "mode = observe",
	 {CAROL, .recipients = "liaisons@bbf.example", .mail = STATEMENT("1")},
	 "accept",
	 "accept",
	 0},
	/* What another envelope made enforced does not pass while nobody can tell; all else that is watched does. */
	{"observed, perhaps a copy of what is enforced",
	 "mode = observe\nenforce-organizations = {\"ITU-T\"}",
	 {CAROL, .recipients = "liaisons@bbf.example", .mail = STATEMENT("1")},
	 "tempfail",
	 "tempfail",
	 0},
	{"observed, and enforced it would go out",
	 "mode = observe\nenforce-organizations = {\"ITU-T\"}",
	 {.login = "ad1",
	  .daemon = "submission",
	  .sender = "ad1@example.org",
	  .recipients = "liaisons@bbf.example",
	  .mail = STATEMENT("1")},
	 "accept",
	 "accept",
	 0},
	{"observed beside what is enforced, incoming",
	 "mode = observe\nenforce-organizations = {\"Broadband Forum\"}",
	 {FROM_ITU, .recipients = "<ippm@ietf.org>", .mail = INCOMING("1")},
	 "accept",
	 "accept",
	 0},
	{"observed beside what is enforced, a draft",
	 "mode = observe\nenforce-organizations = {\"ITU-T\"}",
	 {CAROL, .recipients = "ippm@ietf.org", .mail = STATEMENT("1")},
	 "accept",
	 "accept",
	 0},
	/* Lists are never gated: what one of them brings may be a copy of what is held, and passes none the less. */
	{"observed beside what is enforced, a list's copy",
	 "mode = observe\nenforce-organizations = {\"ITU-T\", \"Broadband Forum\"}",
	 {.client = "192.0.2.10",
	  .sender = "ippm-bounces@ietf.org",
	  .recipients = "liaisons@bbf.example",
	  .mail = "List-Id: <ippm.ietf.org>\n" STATEMENT("1")},
	 "accept",
	 "accept",
	 0},
	{"observed, incoming",
	 "mode = observe",
	 {FROM_ITU, .recipients = "<ippm@ietf.org>", .mail = INCOMING("1")},
	 "accept",
	 "accept",
	 0},
};

static void
test_plans(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		DeskFixture *fixture = fixture_without_desk(rows[i].settings);

		g_test_message("%s", rows[i].name);
		assert_pass(fixture, &rows[i].mail, rows[i].want);
		fixture->now += HOUR;
		assert_pass(fixture, &rows[i].mail, rows[i].want_late);
		g_assert_cmpuint(count_files(fixture, ".mail"), ==, rows[i].want_kept);
		g_assert_cmpuint(desk_fixture_event_count(fixture), ==, 0);
		desk_fixture_free(fixture);
	}
}

/* The clock starts at the first failure and stops when something was recorded. */
static void
test_patience(void)
{
	DeskFixture *fixture = fixture_without_desk(NULL);
	TestPassage passage;

	assert_pass(fixture, &incoming, "tempfail");
	fixture->now += HOUR - G_USEC_PER_SEC;
	assert_pass(fixture, &incoming, "tempfail");
	bring_desk_back(fixture);
	passage = desk_fixture_pass_and_take(fixture, &outgoing);
	assert_text(test_plan_text(passage.decision->plan), "discard");
	test_passage_clear(&passage);
	g_assert_cmpuint(count_files(fixture, "waiting-since"), ==, 0);
	lsm_desk_free(fixture->desk);
	fixture->desk = &no_desk;
	fixture->now += G_USEC_PER_SEC;
	assert_pass(fixture, &incoming, "tempfail");
	fixture->now += HOUR;
	assert_pass(fixture, &incoming, "accept");
	desk_fixture_free(fixture);
}

static guint
read_in(DeskFixture *fixture, gboolean want_error)
{
	g_autoptr(GError) error = NULL;
	guint count = lsm_late_read_in(fixture->settings, fixture->desk, &error);

	g_assert_cmpint(error != NULL, ==, want_error);
	return count;
}

/* Read in while the record is still away: nothing is lost, nothing multiplies. */
static void
test_read_in(void)
{
	DeskFixture *fixture = fixture_without_desk("incoming-patience = 0");

	assert_pass(fixture, &incoming, "accept");
	g_assert_cmpuint(read_in(fixture, TRUE), ==, 0);
	g_assert_cmpuint(count_files(fixture, ".mail"), ==, 1);
	bring_desk_back(fixture);
	g_assert_cmpuint(read_in(fixture, FALSE), ==, 1);
	g_assert_cmpuint(count_files(fixture, ".mail"), ==, 0);
	g_assert_cmpuint(read_in(fixture, FALSE), ==, 0);
	assert_text(desk_fixture_cases(fixture), "in:unconfirmed");
	assert_text(desk_fixture_events(fixture), "seen taken");
	assert_text(desk_fixture_outbox(fixture), COVER);
	desk_fixture_free(fixture);
}

/* Observing does not lose what enforcing had kept. */
static void
test_read_in_observing(void)
{
	DeskFixture *fixture = fixture_without_desk("incoming-patience = 0");
	LsmMode mode = fixture->settings->mode;

	assert_pass(fixture, &incoming, "accept");
	fixture->settings->mode = LSM_MODE_OBSERVE;
	g_assert_cmpuint(read_in(fixture, TRUE), ==, 0);
	g_assert_cmpuint(count_files(fixture, ".mail"), ==, 1);
	fixture->settings->mode = mode;
	desk_fixture_free(fixture);
}

/* The bytes, the envelope and the case are those of the mail that passed; two copies are one case. */
static void
test_same_mail(void)
{
	static const char text[] =
		INCOMING_FIELDS "Content-Type: text/plain; charset=utf-8\n\n\xc3\xa9 and \xff\n.\n";
	const TestMail mail = {FROM_ITU, .recipients = "<ippm@ietf.org>", .mail = text};
	DeskFixture *fixture = fixture_without_desk("incoming-patience = 0");
	TestPassage passage;
	guint64 events;

	assert_pass(fixture, &mail, "accept");
	assert_pass(fixture, &mail, "accept");
	g_assert_cmpuint(count_files(fixture, ".mail"), ==, 2);
	bring_desk_back(fixture);
	g_assert_cmpuint(read_in(fixture, FALSE), ==, 2);
	g_assert_cmpuint(desk_fixture_case_count(fixture), ==, 1);
	events = desk_fixture_event_count(fixture);
	passage = desk_fixture_pass_and_take(fixture, &mail);
	g_assert_cmpuint(desk_fixture_event_count(fixture), ==, events);
	test_passage_clear(&passage);
	desk_fixture_free(fixture);
}

static const struct {
	const char *name;
	const char *content;
	guint want_count;
	gboolean want_error;
	gboolean want_gone;
} files[] = {
	{"no envelope line", "abc", 0, TRUE, FALSE},
	{"no JSON", "abc\nSubject: x\n\n", 0, TRUE, FALSE},
	{"an array", "[]\nSubject: x\n\n", 0, TRUE, FALSE},
	{"empty", "", 0, TRUE, FALSE},
	{"members of wrong types", "{\"sender\":1,\"recipients\":{},\"login\":[]}\nSubject: x\n\n", 1, FALSE,
	 TRUE},
	{"no statement any more", "{\"sender\":\"a@b.example\",\"recipients\":[\"c@d.example\"]}\n\n", 1,
	 FALSE, TRUE},
};

static void
test_bad_files(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
		DeskFixture *fixture = desk_fixture_new(NULL, NULL);
		g_autofree char *path = g_build_filename(fixture->settings->late_journal, "1.mail", NULL);

		g_test_message("%s", files[i].name);
		g_mkdir_with_parents(fixture->settings->late_journal, 0700);
		g_assert_true(g_file_set_contents(path, files[i].content, -1, NULL));
		g_assert_cmpuint(read_in(fixture, files[i].want_error), ==, files[i].want_count);
		g_assert_cmpint(g_file_test(path, G_FILE_TEST_EXISTS), !=, files[i].want_gone);
		desk_fixture_free(fixture);
	}
}

/* A file that was not finished has no final name. */
static void
test_unfinished(void)
{
	DeskFixture *fixture = desk_fixture_new(NULL, NULL);
	g_autofree char *path = g_build_filename(fixture->settings->late_journal, ".1", NULL);

	g_mkdir_with_parents(fixture->settings->late_journal, 0700);
	g_assert_true(g_file_set_contents(path, "half", -1, NULL));
	g_assert_cmpuint(read_in(fixture, FALSE), ==, 0);
	g_assert_true(g_file_test(path, G_FILE_TEST_EXISTS));
	desk_fixture_free(fixture);
}

/* The journal cannot be written either: the mail still passes, for a 451 without end would be a rejection. */
static void
test_no_journal(void)
{
	DeskFixture *fixture = fixture_without_desk("incoming-patience = 0");

	g_assert_true(g_file_set_contents(fixture->settings->late_journal, "a file, no folder", -1, NULL));
	assert_pass(fixture, &incoming, "accept");
	desk_fixture_free(fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/late/plans", test_plans);
	g_test_add_func("/late/patience", test_patience);
	g_test_add_func("/late/read-in", test_read_in);
	g_test_add_func("/late/read-in-observing", test_read_in_observing);
	g_test_add_func("/late/same-mail", test_same_mail);
	g_test_add_func("/late/bad-files", test_bad_files);
	g_test_add_func("/late/unfinished", test_unfinished);
	g_test_add_func("/late/no-journal", test_no_journal);
	return g_test_run();
}
