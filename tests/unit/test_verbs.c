/*
 * test_verbs.c - what people ask the desk for: who may, what follows, and what a second time says.
 */
#include "tests/unit/desk_fixture.h"

#include <string.h>

#include "conf/error.h"
#include "desk/json.h"

/* Who is told of it is test_notice.c's. */
#define QUIET "notices = {}"
#define TWO_WITHHELD BBF " x@other.example ippm-chairs@ietf.org"

static const TestMail outgoing = {CAROL, .recipients = TWO_WITHHELD, .mail = STATEMENT("1")};
static const TestMail refused = {CAROL, .recipients = BBF,
				 .mail = CHAIR_FIELDS "\n" BLOCK_START STATEMENT_TEXT};
static const TestMail incoming = {FROM_ITU, .recipients = "ippm@ietf.org", .mail = INCOMING("1")};

/* The answer as "id already delivered", or the error's class and text. */
static char *
withdraw(DeskFixture *fixture, const char *id)
{
	g_autoptr(JsonObject) args = json_object_new();
	g_autoptr(JsonObject) answer = NULL;
	g_autoptr(GError) error = NULL;

	lsm_json_set(args, "id", id);
	lsm_json_set(args, "reason", "a mistake");
	answer = lsm_desk_verb(fixture->desk, "not-a-statement", args, &error);
	if (answer == NULL)
		return g_strdup_printf("error %d", error->code);
	return g_strdup_printf("%s%d", json_object_get_boolean_member(answer, "already") ? "already " : "",
			       (int)json_object_get_int_member(answer, "delivered"));
}

static char *
pass(DeskFixture *fixture, const TestMail *mail, const char *want)
{
	TestPassage passage = desk_fixture_pass_and_take(fixture, mail);
	char *id = g_strdup(passage.decision->case_id);

	assert_text(test_plan_text(passage.decision->plan), want);
	test_passage_clear(&passage);
	return id;
}

static LsmOutboxEntry *
find_release(DeskFixture *fixture)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(fixture->store, NULL);
	g_autoptr(GPtrArray) entries = lsm_outbox_list(txn, NULL, NULL);
	LsmOutboxEntry *release = NULL;

	g_assert_cmpuint(entries->len, ==, 1);
	lsm_outbox_get(txn, ((LsmOutboxEntry *)g_ptr_array_index(entries, 0))->id, &release, NULL);
	return release;
}

/* What was withheld goes to exactly those who lack it, as it came; later copies pass; said once. */
static void
test_pending(void)
{
	DeskFixture *fixture = desk_fixture_new(QUIET, NULL);
	g_autofree char *id = pass(fixture, &outgoing, "accept -" BBF " -x@other.example" NOTED);
	g_autofree char *again = NULL;
	g_autoptr(LsmOutboxEntry) release = NULL;
	g_autofree char *owed = NULL;

	assert_text(withdraw(fixture, id), "2");
	assert_text(desk_fixture_outbox(fixture), "release:due:" BBF);
	release = find_release(fixture);
	owed = g_strjoinv(" ", release->recipients);
	g_assert_cmpstr(owed, ==, BBF " x@other.example");
	g_assert_cmpstr(release->sender, ==, "carol@example.org");
	assert_text(withdraw(fixture, id), "already 0");
	again = pass(fixture, &outgoing, "accept");
	g_assert_null(again);
	assert_text(desk_fixture_cases(fixture), "out:not-a-statement");
	assert_text(desk_fixture_events(fixture), "redirected taken not-a-statement");
	desk_fixture_free(fixture);
}

/* Copies with another Message-ID came in between: what goes out, and what the outbox's listener knows, is the
 * kept one. */
static void
test_release_is_owed(void)
{
	const TestMail copy = {CAROL, .recipients = "y@other.example", .mail = STATEMENT("2")};
	DeskFixture *fixture = desk_fixture_new(QUIET, NULL);
	TestPassage first = desk_fixture_pass_and_take(fixture, &outgoing);
	g_autofree char *id = pass(fixture, &copy, "discard");
	g_autoptr(LsmOutboxEntry) release = NULL;
	g_autoptr(LsmStoreTxn) txn = NULL;
	g_autoptr(GBytes) kept = NULL;

	g_assert_cmpstr(id, ==, first.decision->case_id);
	assert_text(withdraw(fixture, id), "3");
	release = find_release(fixture);
	txn = lsm_store_begin_read(fixture->store, NULL);
	g_assert_cmpint(lsm_content_get(txn, release->content, &kept, NULL), ==, LSM_FOUND);
	g_assert_true(kept != NULL && g_bytes_equal(kept, first.message->bytes));
	g_assert_cmpstr(release->digest, ==, first.message->content);
	test_passage_clear(&first);
	desk_fixture_free(fixture);
}

/* The director sent the same text in a mail of his own: hers waits for the same recipient, and is not lost.
 */
static void
test_other_mail_passed(void)
{
	const TestMail his = {.login = "ad1",
			      .daemon = "submission",
			      .sender = "ad1@example.org",
			      .recipients = BBF,
			      .mail = "From: ad1@example.org\nTo: " BBF
				      "\nSubject: STAMP YANG review\n\n" BLOCK STATEMENT_TEXT};
	const TestMail hers = {CAROL, .recipients = BBF, .mail = STATEMENT("1")};
	DeskFixture *fixture = desk_fixture_new(QUIET, NULL);
	g_autofree char *first = pass(fixture, &his, "accept");
	g_autofree char *id = pass(fixture, &hers, "discard");

	g_assert_cmpstr(first, ==, id);
	assert_text(withdraw(fixture, id), "1");
	assert_text(desk_fixture_outbox(fixture), "release:due:" BBF);
	desk_fixture_free(fixture);
}

static const struct {
	const char *name;
	const char *sender;
	const char *recipients;
	const char *mail;
	gboolean want;
} owed_rows[] = {
	{"to both", "carol@example.org", BBF " x@other.example", STATEMENT("1"), TRUE},
	{"to one", "carol@example.org", "x@other.example", STATEMENT("1"), TRUE},
	{"through a host", "carol@example.org", BBF, "Received: from a by b; x\n" STATEMENT("1"), TRUE},
	{"to somebody else", "carol@example.org", BBF " y@other.example", STATEMENT("1"), FALSE},
	{"from somebody else", "mallory@example.org", BBF, STATEMENT("1"), FALSE},
	{"other content", "carol@example.org", BBF, STATEMENT("1") "And more.\n", FALSE},
	{"another header field", "carol@example.org", BBF, "X-More: yes\n" STATEMENT("1"), FALSE},
	{"to nobody", "carol@example.org", "", STATEMENT("1"), FALSE},
};

static gboolean
is_ours(DeskFixture *fixture, const char *sender, const char *recipients, const char *mail)
{
	g_autoptr(LsmEnvelope) envelope = lsm_envelope_new(sender);
	g_autoptr(LsmCollector) collector = lsm_collector_new(fixture->settings);
	g_autoptr(LsmMessage) message = NULL;
	g_auto(GStrv) list = g_strsplit(recipients, " ", -1);
	g_autoptr(GError) error = NULL;
	gboolean ours;

	for (guint i = 0; list[i] != NULL; i++)
		lsm_envelope_add_recipient(envelope, list[i]);
	lsm_collector_add_mail(collector, mail, strlen(mail));
	message = lsm_message_parse(collector, fixture->settings);
	ours = lsm_decide_is_ours(message, envelope, fixture->desk, &error);
	g_assert_no_error(error);
	return ours;
}

static void
test_is_ours(void)
{
	DeskFixture *fixture = desk_fixture_new(QUIET, NULL);
	g_autofree char *id = pass(fixture, &outgoing, "accept -" BBF " -x@other.example" NOTED);

	g_assert_false(is_ours(fixture, "carol@example.org", BBF, STATEMENT("1")));
	assert_text(withdraw(fixture, id), "2");
	for (guint i = 0; i < G_N_ELEMENTS(owed_rows); i++) {
		g_test_message("%s", owed_rows[i].name);
		g_assert_cmpint(
			is_ours(fixture, owed_rows[i].sender, owed_rows[i].recipients, owed_rows[i].mail), ==,
			owed_rows[i].want);
	}
	desk_fixture_free(fixture);
}

/* Nothing is withheld of a refused or an incoming mail: its content goes at once, and no mail of ours goes.
 */
static void
test_nothing_withheld(void)
{
	const TestMail *const mails[] = {&refused, &incoming};
	const char *const plans[] = {"reject", "accept"};

	for (guint i = 0; i < G_N_ELEMENTS(mails); i++) {
		DeskFixture *fixture = desk_fixture_new(QUIET, NULL);
		g_autofree char *id = pass(fixture, mails[i], plans[i]);
		g_autoptr(LsmCase) item = NULL;
		g_autofree char *again = NULL;

		assert_text(withdraw(fixture, id), "0");
		item = desk_fixture_case(fixture, id);
		g_assert_null(item->content);
		g_assert_cmpint(item->state, ==, LSM_STATE_NOT_STATEMENT);
		assert_text(desk_fixture_outbox(fixture), "");
		again = pass(fixture, mails[i], "accept");
		g_assert_null(again);
		desk_fixture_free(fixture);
	}
}

static void
test_ids(void)
{
	DeskFixture *fixture = desk_fixture_new(QUIET, NULL);
	g_autofree char *id = pass(fixture, &refused, "reject");
	g_autofree char *lower = g_ascii_strdown(id, -1);

	assert_text(withdraw(fixture, ""), "error 0");
	assert_text(withdraw(fixture, "LS-20261121-AAAAA"), "error 0");
	assert_text(withdraw(fixture, "%s%n\xff"), "error 0");
	assert_text(withdraw(fixture, strrchr(lower, '-') + 1), "0");
	assert_text(withdraw(fixture, lower), "already 0");
	desk_fixture_free(fixture);
}

static const struct {
	const char *name;
	const char *operation;
	LsmPeer peer;
	int want; /* -1: answered */
} peers[] = {
	{"root", "not-a-statement", {0, "root", FALSE, FALSE}, -1},
	{"the daemon's user", "not-a-statement", {990, "liaison-milter", TRUE, FALSE}, -1},
	{"an operator", "not-a-statement", {1000, "ops", FALSE, FALSE}, -1},
	{"a user whose name begins as an operator's",
	 "not-a-statement",
	 {1001, "op", FALSE, FALSE},
	 LSM_ERROR_DENIED},
	{"an operator's address", "not-a-statement", {1001, "ops=coord@ietf.org", FALSE, FALSE}, LSM_ERROR_DENIED},
	{"anybody", "not-a-statement", {1002, "mallory", FALSE, FALSE}, LSM_ERROR_DENIED},
	{"nobody known", "not-a-statement", {1003, NULL, FALSE, FALSE}, LSM_ERROR_DENIED},
	{"an empty name", "not-a-statement", {1003, "", FALSE, FALSE}, LSM_ERROR_DENIED},
	{"status for anybody", "status", {1002, "mallory", FALSE, FALSE}, -1},
	{"a gate's question from anybody", "facts", {1002, "mallory", FALSE, FALSE}, LSM_ERROR_DENIED},
	{"a gate's question from root", "record", {0, "root", FALSE, FALSE}, LSM_ERROR_DENIED},
	{"a step by an answer word", "yes", {0, "root", TRUE, FALSE}, LSM_ERROR_UNSUPPORTED},
	{"a step for anybody", "note", {1002, "mallory", FALSE, FALSE}, LSM_ERROR_DENIED},
	{"an unknown verb", "approve-all", {0, "root", TRUE, FALSE}, LSM_ERROR_UNSUPPORTED},
	{"no verb", "", {0, "root", TRUE, FALSE}, LSM_ERROR_UNSUPPORTED},
};

static void
test_peers(void)
{
	DeskFixture *fixture = desk_fixture_new(QUIET "\noperators = {\"ops=coord@ietf.org\"}", NULL);
	g_autofree char *id = pass(fixture, &refused, "reject");
	g_autoptr(JsonObject) args = json_object_new();

	lsm_json_set(args, "id", id);
	for (guint i = 0; i < G_N_ELEMENTS(peers); i++) {
		g_autoptr(JsonObject) answer = NULL;
		g_autoptr(GError) error = NULL;
		gboolean done = lsm_service_handle(fixture->service, &peers[i].peer, peers[i].operation, args,
						   NULL, &answer, &error);

		g_test_message("%s", peers[i].name);
		g_assert_cmpint(done, ==, peers[i].want < 0);
		g_assert_cmpint(error == NULL ? -1 : error->code, ==, peers[i].want);
	}
	desk_fixture_free(fixture);
}

/* Who acts for whom, on a pending statement: the record names both, and nobody is what the settings do not say. */
static const struct {
	const char *name;
	LsmPeer peer;
	const char *verb, *as, *for_whom, *evidence;
	int want;             /* -1: done */
	const char *want_actor;
	const char *want_role;
} proxies[] = {
	{"root decides nothing", {0, "root", FALSE, FALSE}, "approve", NULL, NULL, NULL, LSM_ERROR_DENIED, NULL, NULL},
	{"nor does the daemon", {990, "lm", TRUE, FALSE}, "approve", NULL, NULL, NULL, LSM_ERROR_DENIED, NULL, NULL},
	{"an approver at the terminal", {1000, "ad", FALSE, FALSE}, "approve", NULL, NULL, NULL, -1, "ad1@example.org",
	 "approver"},
	{"an operator for an approver", {1000, "ops", FALSE, FALSE}, "approve", NULL, "ad1@example.org", "by phone", -1,
	 "coord@ietf.org", "approver"},
	{"named", {1000, "ops", FALSE, FALSE}, "approve", "coord@ietf.org", "ad1@example.org", "by phone", -1,
	 "coord@ietf.org", "approver"},
	{"root as an operator", {0, "root", FALSE, FALSE}, "approve", "coord@ietf.org", "ad1@example.org", "by phone", -1,
	 "coord@ietf.org", "approver"},
	{"root as nobody", {0, "root", FALSE, FALSE}, "approve", NULL, "ad1@example.org", "by phone", LSM_ERROR_USAGE,
	 NULL, NULL},
	{"without evidence", {1000, "ops", FALSE, FALSE}, "approve", NULL, "ad1@example.org", NULL, LSM_ERROR_USAGE, NULL,
	 NULL},
	{"with blank evidence", {1000, "ops", FALSE, FALSE}, "approve", NULL, "ad1@example.org", " ", LSM_ERROR_USAGE, NULL,
	 NULL},
	{"for nobody", {1000, "ops", FALSE, FALSE}, "cancel", NULL, "", NULL, LSM_ERROR_USAGE, NULL, NULL},
	{"for somebody who may not", {1000, "ops", FALSE, FALSE}, "approve", NULL, "carol@example.org", "by phone",
	 LSM_ERROR_DENIED, NULL, NULL},
	{"as somebody else", {1000, "ops", FALSE, FALSE}, "approve", "ad1@example.org", NULL, NULL, LSM_ERROR_DENIED, NULL,
	 NULL},
	{"a step of the operator's own", {1000, "ops", FALSE, FALSE}, "cancel", NULL, NULL, NULL, -1, "coord@ietf.org",
	 "operator"},
	{"with nobody's rights", {1000, "ops", FALSE, FALSE}, "cancel", NULL, "mallory@example.org", "by phone",
	 LSM_ERROR_DENIED, NULL, NULL},
	{"the sender at the terminal", {1000, "carol", FALSE, FALSE}, "cancel", NULL, NULL, NULL, -1, "carol@example.org",
	 "sender"},
};

static void
assert_last_event(DeskFixture *fixture, const char *actor, const char *role, const char *proxy_of)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(fixture->store, NULL);
	g_autoptr(LsmEvent) event = NULL;

	g_assert_cmpint(lsm_log_get(txn, desk_fixture_event_count(fixture) - 1, &event, NULL), ==, LSM_FOUND);
	g_assert_cmpstr(lsm_json_get(event->private, "actor", NULL), ==, actor);
	g_assert_cmpstr(lsm_json_get(event->private, "proxy_of", NULL), ==, proxy_of);
	g_assert_cmpstr(lsm_json_get(event->public, "role", NULL), ==, role);
	g_assert_cmpstr(lsm_json_get(event->public, "door", NULL), ==, "command");
}

static void
test_proxies(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(proxies); i++) {
		DeskFixture *fixture = desk_fixture_new(
			QUIET "\noperators = {\"ops=coord@ietf.org\", \"ad=ad1@example.org\", "
			      "\"carol=carol@example.org\"}",
			NULL);
		g_autofree char *id = pass(fixture, &outgoing, "accept -" BBF " -x@other.example" NOTED);
		g_autoptr(JsonObject) args = json_object_new();
		g_autoptr(JsonObject) answer = NULL;
		g_autoptr(GError) error = NULL;

		g_test_message("%s", proxies[i].name);
		lsm_json_set(args, "id", id);
		lsm_json_set(args, "as", proxies[i].as);
		lsm_json_set(args, "for", proxies[i].for_whom);
		lsm_json_set(args, "evidence", proxies[i].evidence);
		lsm_service_handle(fixture->service, &proxies[i].peer, proxies[i].verb, args, NULL, &answer,
				   &error);
		g_assert_cmpint(error == NULL ? -1 : (int)error->code, ==, proxies[i].want);
		if (proxies[i].want < 0)
			assert_last_event(fixture, proxies[i].want_actor, proxies[i].want_role,
					  proxies[i].for_whom);
		else
			assert_text(desk_fixture_events(fixture), "redirected taken");
		desk_fixture_free(fixture);
	}
}

/* The reason and who gave it stand where they can be erased, not in the immutable part. */
static gboolean
look_at_withdrawal(const LsmEvent *event, gpointer data)
{
	guint *seen = data;
	g_autoptr(GBytes) bytes = lsm_event_render(event, event->salted_digest);
	g_autofree char *public = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));

	g_assert_null(strstr(public, "mistake"));
	g_assert_null(strstr(public, "example"));
	g_assert_null(strstr(public, "STAMP"));
	if (event->type == LSM_EVENT_NOT_STATEMENT) {
		g_assert_cmpstr(lsm_json_get(event->private, "reason", NULL), ==, "a mistake");
		g_assert_cmpstr(lsm_json_get(event->private, "actor", NULL), ==, "root");
	}
	++*seen;
	return TRUE;
}

static void
test_privacy(void)
{
	DeskFixture *fixture = desk_fixture_new(QUIET, NULL);
	g_autofree char *id = pass(fixture, &outgoing, "accept -" BBF " -x@other.example" NOTED);
	g_autoptr(LsmStoreTxn) txn = NULL;
	LsmLogHead head = {0, {0}};
	guint64 problems = 1;
	guint seen = 0;

	assert_text(withdraw(fixture, id), "2");
	txn = lsm_store_begin_read(fixture->store, NULL);
	g_assert_true(lsm_log_scan(txn, 0, LSM_SCAN_FORWARD, look_at_withdrawal, &seen, NULL));
	g_assert_cmpuint(seen, ==, 3);
	g_assert_true(lsm_log_verify(txn, NULL, NULL, &problems, &head, NULL));
	g_assert_cmpuint(problems, ==, 0);
	desk_fixture_free(fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/verbs/not-a-statement/pending", test_pending);
	g_test_add_func("/verbs/not-a-statement/release-is-owed", test_release_is_owed);
	g_test_add_func("/verbs/not-a-statement/other-mail-passed", test_other_mail_passed);
	g_test_add_func("/verbs/not-a-statement/is-ours", test_is_ours);
	g_test_add_func("/verbs/not-a-statement/nothing-withheld", test_nothing_withheld);
	g_test_add_func("/verbs/not-a-statement/ids", test_ids);
	g_test_add_func("/verbs/peers", test_peers);
	g_test_add_func("/verbs/proxies", test_proxies);
	g_test_add_func("/verbs/privacy", test_privacy);
	return g_test_run();
}
