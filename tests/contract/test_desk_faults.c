/*
 * test_desk_faults.c - the desk over a store that fails: the n-th operation, n = 1, 2, 3 ... until none does.
 *
 * Whatever fails, what was there before is there whole or what should come is there whole; the mail server
 * was told 451 or the truth; and when the same is asked once more, the end is as if nothing had failed.
 */
#include "tests/contract/store_fault.h"
#include "tests/unit/desk_fixture.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "conf/log.h"
#include "desk/act.h"
#include "desk/json.h"
#include "desk/sender.h"
#include "tests/unit/fake_smtp.h"

#define MOST_OPERATIONS 2000

/* In place of settings: a mail server that takes everything, and no mails but the release. */
#define SENDING "sending"
static char *sending;

typedef struct {
	const char *name;
	const char *settings;
	TestMail before; /* passed and taken without a fault; or none */
	TestMail mail;   /* passed under faults; or none: the act below */
	const char *want;
	gboolean (*act)(DeskFixture *fixture); /* FALSE: it failed */
	const char *prepared; /* "approve ad1@example.org": a step that was taken before */
	gboolean once;        /* the act adds up: not to be done again where it came through */
	const char *step;     /* the step that is taken under faults, with its argument: "close ADDRESS reason=done" */
} Row;

/* The only case's id; caller frees. */
static gboolean
take_id(const LsmCase *item, gpointer id)
{
	*(char **)id = g_strdup(item->id);
	return FALSE;
}

static char *
only_case(DeskFixture *fixture)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(fixture->store, NULL);
	char *id = NULL;

	if (txn != NULL)
		lsm_case_scan(txn, take_id, &id, NULL);
	return id;
}

static gboolean
act_taken(DeskFixture *fixture)
{
	g_autofree char *id = only_case(fixture);

	return id != NULL && lsm_desk_taken(fixture->desk, id, NULL);
}

static gboolean
act_withdraw(DeskFixture *fixture)
{
	g_autofree char *id = only_case(fixture);
	g_autoptr(JsonObject) args = json_object_new();
	g_autoptr(JsonObject) answer = NULL;

	lsm_json_set(args, "id", id);
	answer = id == NULL ? NULL : lsm_desk_verb(fixture->desk, "not-a-statement", args, NULL);
	return answer != NULL;
}

static gboolean
act_list_copies(DeskFixture *fixture)
{
	gboolean known;

	return lsm_desk_list_copy(fixture->desk, "1@example.org", &known, NULL) && known;
}

/* "verb address name=value" */
static gboolean
take_step(DeskFixture *fixture, const char *text)
{
	g_autofree char *id = only_case(fixture);
	g_auto(GStrv) words = g_strsplit(text, " ", 3);
	const LsmActor actor = {.name = words[1], .address = words[1], .door = "mail"};
	g_autoptr(JsonObject) args = json_object_new();
	LsmAct step = {.verb = words[0], .typed = id, .actor = &actor, .args = args};
	g_autoptr(JsonObject) answer = NULL;

	if (words[2] != NULL) {
		g_auto(GStrv) pair = g_strsplit(words[2], "=", 2);
		lsm_json_set(args, pair[0], pair[1]);
	}
	return id != NULL && lsm_act(fixture->service, &step, &answer, NULL);
}

/* What is owed is sent; what could not be read or written down comes again a day later. */
static gboolean
act_send(DeskFixture *fixture)
{
	static const char *const problems[] = {"mail-result-not-recorded", "mail-not-read", "outbox-failed"};
	g_autofree char *log = NULL;

	fixture->now += G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC;
	g_free(lsm_log_captured());
	lsm_sender_run_due(fixture->service);
	log = lsm_log_captured();
	for (guint i = 0; i < G_N_ELEMENTS(problems); i++) {
		if (log != NULL && strstr(log, problems[i]) != NULL)
			return FALSE;
	}
	return TRUE;
}

/* What only the log tells: the desk did it by itself. */
static gboolean
is_logged(const char *problem)
{
	g_autofree char *log = lsm_log_captured();

	return log != NULL && strstr(log, problem) != NULL;
}

/* Copies that were counted when the write failed are not counted again. */
static gboolean
act_write_copies(DeskFixture *fixture)
{
	g_free(lsm_log_captured());
	if (!act_list_copies(fixture))
		return FALSE;
	lsm_service_write_list_copies(fixture->service);
	return !is_logged("list-copies-not-counted");
}

/* A month later, what was merely observed loses its mail. */
static gboolean
act_erase(DeskFixture *fixture)
{
	g_free(lsm_log_captured());
	fixture->now += G_GINT64_CONSTANT(31 * 86400) * G_USEC_PER_SEC;
	lsm_service_erase_old(fixture->service);
	return !is_logged("observed-not-erased");
}

/* Later still, what was refused long ago. */
static gboolean
act_erase_refused(DeskFixture *fixture)
{
	g_free(lsm_log_captured());
	fixture->now += G_GINT64_CONSTANT(366 * 86400) * G_USEC_PER_SEC;
	lsm_service_erase_old(fixture->service);
	return !is_logged("rejected-not-erased");
}

/* A mail that is packed while it comes; it is sent anew each time, as a gate does. */
static gboolean
act_come(DeskFixture *fixture)
{
	static const char text[] =
		"{\"type\":\"seen\",\"public\":{\"state\":\"unconfirmed\"},\"private\":{\"subject\":\"LS\"}}";
	static const char mail[] = INCOMING("1");
	g_autoptr(JsonObject) members = lsm_json_parse(text, strlen(text), NULL);
	LsmIncoming incoming = {.unread = sizeof mail};
	LsmPassage passage = {
		.keys = {.identity = "0123456789abcdef"}, .members = members, .incoming = &incoming};
	g_autoptr(LsmFacts) facts = NULL;
	g_autofree char *judged_on = NULL;
	g_autofree char *id = NULL;
	LsmRecordResult result = LSM_NOT_RECORDED;
	int pair[2];

	g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), ==, 0);
	g_assert_cmpint(send(pair[0], mail, sizeof mail, 0), ==, sizeof mail);
	close(pair[0]);
	incoming.fd = pair[1];
	if (lsm_desk_facts(fixture->desk, &passage.keys, &facts, &judged_on, NULL)) {
		passage.judged_on = judged_on;
		result = lsm_record_passage(fixture->service, &passage, &id, NULL);
	}
	close(pair[1]);
	lsm_incoming_clear(&incoming);
	return result == LSM_RECORDED;
}

static const Row rows[] = {
	{.name = "packed while it comes", .act = act_come},
	{.name = "held", .mail = {CAROL, .recipients = BBF, .mail = STATEMENT("1")}, .want = "discard"},
	{.name = "held for some",
	 .mail = {CAROL, .recipients = BBF " ippm-chairs@ietf.org", .mail = STATEMENT("1")},
	 .want = "accept -" BBF NOTED},
	{.name = "refused",
	 .mail = {CAROL, .recipients = BBF, .mail = CHAIR_FIELDS "\n" BLOCK_START STATEMENT_TEXT},
	 .want = "reject"},
	{.name = "passed",
	 .mail = {.login = "ad1", .daemon = "submission", .sender = "ad1@example.org", .recipients = BBF, .mail = STATEMENT("1")},
	 .want = "accept"},
	{.name = "incoming",
	 .mail = {FROM_ITU, .recipients = "ippm@ietf.org", .mail = INCOMING("1")},
	 .want = "accept"},
	{.name = "a second door",
	 .before = {CAROL, .recipients = BBF, .mail = STATEMENT("1")},
	 .mail = {CAROL, .recipients = "x@other.example", .mail = STATEMENT("1")},
	 .want = "discard"},
	{.name = "discussed, then held",
	 .before = {CAROL, .recipients = "ippm@ietf.org", .mail = STATEMENT("1")},
	 .mail = {CAROL, .recipients = BBF, .mail = STATEMENT("1")},
	 .want = "discard"},
	{.name = "approved later",
	 .before = {CAROL, .recipients = BBF, .mail = STATEMENT("1")},
	 .mail = {.login = "ad1", .daemon = "submission", .sender = "ad1@example.org", .recipients = BBF, .mail = STATEMENT("1")},
	 .want = "accept"},
	{.name = "said to be none by its first line",
	 .mail = {CAROL, .recipients = BBF, .mail = CHAIR_FIELDS "\nLiaison: no\n" BLOCK STATEMENT_TEXT},
	 .want = "accept"},
	{.name = "taken", .before = {CAROL, .recipients = BBF, .mail = STATEMENT("1")}, .act = act_taken},
	{.name = "withdrawn",
	 .before = {CAROL, .recipients = BBF, .mail = STATEMENT("1")},
	 .act = act_withdraw},
	{.name = "withdrawn, nothing withheld",
	 .before = {FROM_ITU, .recipients = "ippm@ietf.org", .mail = INCOMING("1")},
	 .act = act_withdraw},
#define QUIET "notices = {}"
#define HELD_MAIL {CAROL, .recipients = BBF, .mail = STATEMENT("1")}
#define CAME_IN {FROM_ITU, .recipients = "ippm@ietf.org", .mail = INCOMING("1")}
#define CONTACT "liaison-coordination@iab.org"
	{.name = "list copies written", .before = HELD_MAIL, .act = act_write_copies, .once = TRUE},
	{.name = "observed contents erased", .settings = "mode = observe", .before = CAME_IN, .act = act_erase},
	{.name = "approved", .before = HELD_MAIL, .step = "approve ad1@example.org"},
	{.name = "approved, a review lacks",
	 .settings = "review = after\n" QUIET,
	 .before = HELD_MAIL,
	 .step = "approve ad1@example.org"},
	{.name = "reviewed",
	 .settings = "review = after\n" QUIET,
	 .before = HELD_MAIL,
	 .prepared = "approve ad1@example.org",
	 .step = "review " CONTACT},
	{.name = "refused by a person", .settings = QUIET, .before = HELD_MAIL, .step = "refuse ad1@example.org reason=no"},
	{.name = "cancelled", .settings = QUIET, .before = HELD_MAIL, .step = "cancel carol@example.org"},
	{.name = "released",
	 .settings = SENDING,
	 .before = HELD_MAIL,
	 .prepared = "approve ad1@example.org",
	 .act = act_send},
	{.name = "more recipients after an approval",
	 .settings = QUIET,
	 .before = HELD_MAIL,
	 .mail = {CAROL, .recipients = "x@other.example", .mail = STATEMENT("1")},
	 .want = "discard",
	 .prepared = "approve ad1@example.org"},
	{.name = "confirmed", .settings = QUIET, .before = CAME_IN, .step = "confirm " CONTACT " purpose=action"},
	{.name = "assigned", .settings = QUIET, .before = CAME_IN, .step = "assign " CONTACT " to=ad1@example.org"},
	{.name = "distributed", .before = CAME_IN, .step = "distribute " CONTACT " to=carol@example.org"},
	{.name = "answered", .settings = QUIET, .before = CAME_IN, .step = "answer " CONTACT " by=<a@example.org>"},
	{.name = "closed", .settings = QUIET, .before = CAME_IN, .step = "close " CONTACT " reason=done"},
	{.name = "reopened",
	 .settings = QUIET,
	 .before = CAME_IN,
	 .prepared = "close " CONTACT " reason=done",
	 .step = "reopen " CONTACT},
	{.name = "erased", .settings = QUIET, .before = CAME_IN, .step = "erase " CONTACT " reason=asked"},
	{.name = "refused contents erased",
	 .before = {CAROL, .recipients = BBF, .mail = CHAIR_FIELDS "\n" BLOCK_START STATEMENT_TEXT},
	 .act = act_erase_refused},
	{.name = "a list's copy",
	 .before = {CAROL, .recipients = BBF, .mail = STATEMENT("1")},
	 .act = act_list_copies},
};

static DeskFixture *
start(const Row *row)
{
	g_autoptr(GError) error = NULL;
	LsmStore *store = lsm_store_open_with(&lsm_backend_fault, "memory:", LSM_STORE_READ_WRITE, &error);
	DeskFixture *fixture;

	g_assert_no_error(error);
	fixture = desk_fixture_new(g_strcmp0(row->settings, SENDING) == 0 ? sending : row->settings, store);
	if (row->before.mail != NULL) {
		TestPassage passage = row->act == act_taken
					      ? desk_fixture_pass(fixture, &row->before)
					      : desk_fixture_pass_and_take(fixture, &row->before);
		test_passage_clear(&passage);
	}
	if (g_strcmp0(row->settings, SENDING) == 0)
		lsm_sender_run_due(fixture->service);
	if (row->prepared != NULL)
		g_assert_true(take_step(fixture, row->prepared));
	return fixture;
}

/* Everything that can be seen of the record, as one text. */
static char *
look(DeskFixture *fixture)
{
	g_autofree char *cases = desk_fixture_cases(fixture);
	g_autofree char *events = desk_fixture_events(fixture);
	g_autofree char *outbox = desk_fixture_outbox(fixture);
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(fixture->store, NULL);
	LsmLogHead head = {0, {0}};
	guint64 problems = 1;

	g_assert_true(lsm_log_verify(txn, NULL, NULL, &problems, &head, NULL));
	g_assert_cmpuint(problems, ==, 0);
	return g_strdup_printf("cases %s; events %s; outbox %s", cases, events, outbox);
}

/* TRUE when it worked; a mail that was deferred did not. */
static gboolean
act(DeskFixture *fixture, const Row *row)
{
	TestPassage passage;
	gboolean done;

	if (row->act != NULL)
		return row->act(fixture);
	if (row->step != NULL)
		return take_step(fixture, row->step);
	passage = desk_fixture_pass(fixture, &row->mail);
	done = passage.decision->plan->reply != LSM_REPLY_TEMPFAIL;
	if (done)
		assert_text(test_plan_text(passage.decision->plan), row->want);
	else
		g_assert_null(passage.decision->ticket);
	test_passage_clear(&passage);
	return done;
}

static gboolean
try_fault(const Row *row, int n, LsmFaultKind kind, const char *before, const char *after)
{
	DeskFixture *fixture = start(row);
	g_autofree char *found = NULL;
	g_autofree char *at_last = NULL;
	gboolean done, struck;

	lsm_fault_arm(n, kind);
	done = act(fixture, row);
	struck = lsm_fault_struck();
	lsm_fault_arm(0, LSM_FAULT_BEFORE);
	found = look(fixture);
	if (done)
		g_assert_cmpstr(found, ==, after);
	else if (kind != LSM_FAULT_AFTER || g_strcmp0(found, after) != 0)
		g_assert_cmpstr(found, ==, before);
	if (!struck)
		g_assert_true(done);
	else if (!row->once || strcmp(found, after) != 0)
		g_assert_true(act(fixture, row));
	at_last = look(fixture);
	g_assert_cmpstr(at_last, ==, after);
	desk_fixture_free(fixture);
	return struck;
}

/* `make check-all` tries every operation. In the short form the classes take turns, and those that go the ways of
 * the first two are tried here and there. */
static int
step_of(LsmFaultKind kind)
{
	if (g_getenv("CHECK_ALL") != NULL)
		return 1;
	return kind > LSM_FAULT_AFTER ? 29 : 9;
}

static void
test_row(gconstpointer data)
{
	const Row *row = data;
	DeskFixture *fixture = start(row);
	g_autofree char *before = look(fixture);
	g_autofree char *after = NULL;

	g_assert_true(act(fixture, row));
	after = look(fixture);
	desk_fixture_free(fixture);
	for (LsmFaultKind kind = LSM_FAULT_BEFORE; kind < LSM_FAULT_COUNT; kind++) {
		int n = 1, step = step_of(kind);

		while (n < MOST_OPERATIONS && try_fault(row, n, kind, before, after))
			n += step;
		g_test_message("%d operations", n - step);
		g_assert_cmpint(n, >, 1);
		g_assert_cmpint(n, <, MOST_OPERATIONS);
	}
}

int
main(int argc, char **argv)
{
	FakeSmtp *server = fake_smtp_new();
	g_autofree char *setting = fake_smtp_setting(server);
	int status;

	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	sending = g_strconcat(setting, "\nnotices = {}", NULL);
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path = g_strdup_printf("/desk-faults/%s", rows[i].name);

		g_test_add_data_func(path, &rows[i], test_row);
	}
	status = g_test_run();
	fake_smtp_free(server);
	g_free(sending);
	return status;
}
