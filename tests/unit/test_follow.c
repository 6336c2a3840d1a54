/*
 * test_follow.c - what is linked to a statement, and how it ends: approved in advance, replaced, answered,
 * followed up; and what of it stands in the log for ever.
 */
#include "tests/unit/life_fixture.h"

#include <string.h>

#include "conf/error.h"
#include "desk/act.h"
#include "desk/json.h"
#include "desk/sender.h"

static const TestMail outgoing = {CAROL, .recipients = BBF, .mail = STATEMENT("1")};

/* --- in advance --- */

static char *
approve_file(DeskFixture *fixture, const char *mail, const char *operator, const char *approver)
{
	const LsmPeer peer = {1000, operator, FALSE, FALSE};
	g_autofree char *text = g_base64_encode((const guchar *)mail, strlen(mail));
	g_autoptr(JsonObject) args = json_object_new();
	g_autoptr(JsonObject) answer = NULL;
	g_autoptr(GError) error = NULL;

	lsm_json_set(args, "mail", text);
	lsm_json_set(args, "for", approver);
	lsm_json_set(args, "evidence", approver == NULL ? NULL : "by phone");
	if (!lsm_service_handle(fixture->service, &peer, "approve", args, NULL, &answer, &error))
		return g_strdup_printf("error %d", error->code);
	return g_strdup(lsm_json_get(answer, "state", "?"));
}

static const struct {
	const char *name;
	const char *settings;
	const char *draft;
	const char *operator;
	const char *approver;
	const char *want;   /* of the approval */
	const char *mail;   /* submitted then */
	const char *events; /* after that */
} advances[] = {
	{"by the approver", "operators = {\"one=" AD1 "\"}", STATEMENT("d"), "one", NULL, "draft", STATEMENT("1"),
	 "drafted approved passed taken"},
	{"by an operator for the approver", "operators = {\"op=" COORD "\"}", STATEMENT("d"), "op", AD1, "draft",
	 STATEMENT("1"), "drafted approved passed taken"},
	{"one more word", "operators = {\"one=" AD1 "\"}", STATEMENT("d"), "one", NULL, "draft",
	 STATEMENT("1") "And more.\n", "drafted approved redirected taken"},
	{"another subject", "operators = {\"one=" AD1 "\"}", STATEMENT("d"), "one", NULL, "draft",
	 "From: Carol Chair <carol@example.org>\nTo: " BBF "\nSubject: Else\n" MESSAGE_ID("1") "\n" BLOCK
	 STATEMENT_TEXT, "drafted approved redirected taken"},
	{"by a chair", "operators = {\"carol=carol@example.org\"}", STATEMENT("d"), "carol", NULL, "error 7",
	 STATEMENT("1"), "drafted redirected taken"},
	{"by one of two", "operators = {\"one=" AD1 "\"}", TWO_BODIES, "one", NULL, "draft", TWO_BODIES,
	 "drafted approved redirected taken"},
	{"no statement", "operators = {\"one=" AD1 "\"}", "From: a@b.example\n\nHello\n", "one", NULL, "error 2",
	 STATEMENT("1"), "redirected taken"},
	{"nothing", "operators = {\"one=" AD1 "\"}", "", "one", NULL, "error 2", STATEMENT("1"),
	 "redirected taken"},
	{"without its review", "operators = {\"one=" AD1 "\"}\nreview = after", STATEMENT("d"), "one", NULL,
	 "draft", STATEMENT("1"), "drafted approved redirected taken"},
};

static void
test_advance(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(advances); i++) {
		DeskFixture *fixture = life_new(advances[i].settings);
		const TestMail mail = {CAROL, .recipients = BBF, .mail = advances[i].mail};
		TestPassage passage;

		g_test_message("%s", advances[i].name);
		assert_text(approve_file(fixture, advances[i].draft, advances[i].operator, advances[i].approver),
			    advances[i].want);
		passage = desk_fixture_pass_and_take(fixture, &mail);
		assert_text(desk_fixture_events(fixture), advances[i].events);
		assert_text(life_releases(fixture), "");
		test_passage_clear(&passage);
		desk_fixture_free(fixture);
	}
}

/* Used once: the same content to somebody else waits. */
static void
test_advance_is_used(void)
{
	const TestMail elsewhere = {CAROL, .recipients = "tsb@itu.example", .mail = STATEMENT("1")};
	DeskFixture *fixture = life_new("operators = {\"one=" AD1 "\"}");
	g_autofree char *id = NULL, *again = NULL;

	assert_text(approve_file(fixture, STATEMENT("d"), "one", NULL), "draft");
	id = life_pass(fixture, &outgoing);
	life_assert_state(fixture, id, "passed");
	again = life_pass(fixture, &elsewhere);
	g_assert_cmpstr(again, ==, id);
	life_assert_state(fixture, id, "pending");
	desk_fixture_free(fixture);
}

/* --- replaced, answered --- */

#define CORRECTED(replaces)                                                                                  \
	"From: Carol Chair <carol@example.org>\nTo: " BBF "\nSubject: Corrected\n" MESSAGE_ID("c")           \
	"\n" BLOCK "Replaces: " replaces "\n\nNow it is right.\n"

static const struct {
	const char *name;
	const char *login;
	const char *sender;
	const char *step;    /* by ad1, on the older one, before; or NULL */
	const char *want;
} replacements[] = {
	{"pending", "carol", "carol@example.org", NULL, "replaced"},
	{"refused", "carol", "carol@example.org", "refuse", "replaced"},
	{"on its way", "carol", "carol@example.org", "approve", "approved"},
	{"somebody else's", "dan", "dan@example.org", NULL, "pending"},
};

static void
test_replaced(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(replacements); i++) {
		DeskFixture *fixture = life_new(NULL);
		g_autofree char *id = life_pass(fixture, &outgoing);
		g_autofree char *text = NULL;
		g_auto(GStrv) parts = g_strsplit(CORRECTED("@"), "@\n\nNow", 2);
		g_autofree char *newer = NULL;
		g_autoptr(LsmCase) item = NULL;
		TestMail mail = {.login = replacements[i].login,
				 .daemon = "submission",
				 .sender = replacements[i].sender,
				 .recipients = BBF};

		g_test_message("%s", replacements[i].name);
		text = g_strdup_printf("%s%s\n\nNow%s", parts[0], id, parts[1]);
		mail.mail = text;
		if (replacements[i].step != NULL)
			g_free(life_act(fixture, replacements[i].step, id, AD1));
		newer = life_pass(fixture, &mail);
		g_assert_cmpstr(newer, !=, id);
		life_assert_state(fixture, id, replacements[i].want);
		life_assert_state(fixture, newer, "pending");
		item = desk_fixture_case(fixture, id);
		if (strcmp(replacements[i].want, "replaced") == 0)
			g_assert_cmpstr(item->replaced_by, ==, newer);
		desk_fixture_free(fixture);
	}
}

#define QUESTION                                                                                             \
	"From: TSB <tsb@itu.example>\nTo: ippm@ietf.org\nSubject: LS on performance metrics\n"               \
	"Date: Sat, 21 Nov 2026 11:00:00 +0000\n" MESSAGE_ID("question")                                     \
	"\nStudy Group 12 kindly asks the IPPM working group to look at its draft.\n"
#define ANSWER(to, name, header)                                                                             \
	"From: Carol Chair <carol@example.org>\nTo: " to "\nSubject: Our answer\n" MESSAGE_ID("answer")      \
	header "\nLiaison-Statement: 1\nFrom: IETF IPPM Working Group\nFrom-Contact: ippm-chairs@ietf.org\n" \
	"Send-Reply-To: liaison-coordination@iab.org\nTo: " name "\nTo-Contact: " to                         \
	"\nPurpose: In response\n" STATEMENT_TEXT
#define TSB "tsb@itu.example"

static const struct {
	const char *name;
	const char *to;
	const char *mail;
	const char *want; /* state of the question in the end */
	gboolean linked;
} answers[] = {
	{"in reply to it", TSB, ANSWER(TSB, "ITU-T", "In-Reply-To: <question@example.org>\n"), "answered", TRUE},
	{"further down the thread", TSB,
	 ANSWER(TSB, "ITU-T", "References: <question@example.org> <other@example.org>\n"), "answered", TRUE},
	{"of no thread", TSB, ANSWER(TSB, "ITU-T", ""), "unconfirmed", FALSE},
	{"to somebody else", BBF, ANSWER(BBF, "Broadband Forum", "In-Reply-To: <question@example.org>\n"),
	 "unconfirmed", TRUE},
};

static void
test_answered(void)
{
	const TestMail question = {FROM_ITU, .recipients = "ippm@ietf.org", .mail = QUESTION};

	for (guint i = 0; i < G_N_ELEMENTS(answers); i++) {
		FakeSmtp *server = fake_smtp_new();
		DeskFixture *fixture = life_sending_new(server);
		const TestMail mail = {CAROL, .recipients = answers[i].to, .mail = answers[i].mail};
		g_autofree char *asked = life_pass(fixture, &question);
		g_autofree char *id = life_pass(fixture, &mail);
		g_autoptr(LsmCase) original = NULL, answer = NULL;

		g_test_message("%s", answers[i].name);
		life_assert_state(fixture, asked, "unconfirmed");
		assert_text(life_act(fixture, "approve", id, AD1), "approved");
		life_assert_state(fixture, asked, "unconfirmed");
		lsm_sender_run_due(fixture->service);
		life_assert_state(fixture, id, "released");
		life_assert_state(fixture, asked, answers[i].want);
		original = desk_fixture_case(fixture, asked);
		answer = desk_fixture_case(fixture, id);
		g_assert_cmpstr(answer->original, ==, answers[i].linked ? asked : NULL);
		g_assert_cmpuint(g_strv_length(original->answers), ==, strcmp(answers[i].want, "answered") == 0);
		desk_fixture_free(fixture);
		fake_smtp_free(server);
	}
}

/* By hand: both sides know of it, and it is said once. */
static void
test_answered_by_hand(void)
{
	const TestMail question = {FROM_ITU, .recipients = "ippm@ietf.org", .mail = QUESTION};
	DeskFixture *fixture = life_new(NULL);
	g_autofree char *asked = life_pass(fixture, &question);
	g_autofree char *id = life_pass(fixture, &outgoing);
	g_autoptr(JsonObject) first = life_act_with(fixture, "answer", asked, COORD, "by", id, NULL);
	g_autoptr(JsonObject) second = life_act_with(fixture, "answer", asked, COORD, "by", id, NULL);
	g_autoptr(LsmCase) original = desk_fixture_case(fixture, asked);
	g_autoptr(LsmCase) answer = desk_fixture_case(fixture, id);

	g_assert_cmpstr(lsm_json_get(first, "state", ""), ==, "answered");
	g_assert_true(json_object_get_boolean_member(second, "already"));
	g_assert_cmpstr(original->answers[0], ==, id);
	g_assert_cmpstr(answer->original, ==, asked);
	g_assert_cmpint(answer->state, ==, LSM_STATE_PENDING);
	desk_fixture_free(fixture);
}

/* --- an incoming statement's whole way --- */

static const struct {
	const char *verb;
	const char *argument, *value;
	const char *want;
} way_of_incoming[] = {
	{"confirm", "purpose", "action", "confirmed"},
	{"assign", "to", AD1, "assigned"},
	{"distribute", "to", "ippm@ietf.org,carol@example.org", "distributed"},
	{"distribute", "to", "carol@example.org", "already"},
	{"note", "text", "on the agenda of the next meeting", "distributed"},
	{"action-taken", "link", "https://example.org/minutes", "action-taken"},
	{"reopen", NULL, NULL, "distributed"},
	{"close", "reason", "they answered it themselves", "closed"},
	{"close", "reason", "they answered it themselves", "already"},
};

static void
test_incoming(void)
{
	const TestMail question = {FROM_ITU, .recipients = "ippm@ietf.org", .mail = QUESTION};
	DeskFixture *fixture = life_new(NULL);
	g_autofree char *id = life_pass(fixture, &question);
	g_autoptr(LsmCase) item = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(way_of_incoming); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(JsonObject) answer =
			life_act_with(fixture, way_of_incoming[i].verb, id, COORD, way_of_incoming[i].argument,
				 way_of_incoming[i].value, &error);

		g_assert_no_error(error);
		g_assert_cmpstr(json_object_get_boolean_member(answer, "already")
					? "already"
					: lsm_json_get(answer, "state", ""),
				==, way_of_incoming[i].want);
	}
	item = desk_fixture_case(fixture, id);
	g_assert_true(item->confirmed);
	g_assert_cmpstr(item->purposes[0], ==, "action");
	g_assert_cmpstr(item->assignee, ==, AD1);
	g_assert_cmpuint(g_strv_length(item->distributed), ==, 2);
	g_assert_cmpstr(item->link, ==, "https://example.org/minutes");
	desk_fixture_free(fixture);
}

/* --- what stands in the log for ever --- */

static gboolean
look_at_event(const LsmEvent *event, gpointer data)
{
	static const char *const secrets[] = {"example.org", "@", "phone", "agenda", "STAMP", "Carol"};
	g_autoptr(GBytes) bytes = lsm_event_render(event, event->salted_digest);
	g_autofree char *public = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));

	for (guint i = 0; i < G_N_ELEMENTS(secrets); i++)
		g_assert_null(strstr(public, secrets[i]));
	if (event->type == LSM_EVENT_APPROVED) {
		g_assert_cmpstr(lsm_json_get(event->public, "role", ""), ==, "approver");
		g_assert_cmpstr(lsm_json_get(event->public, "door", ""), ==, "command");
		g_assert_cmpstr(lsm_json_get(event->private, "actor", ""), ==, COORD);
		g_assert_cmpstr(lsm_json_get(event->private, "proxy_of", ""), ==, AD1);
		g_assert_cmpstr(lsm_json_get(event->private, "evidence", ""), ==, "by phone");
		++*(guint *)data;
	}
	return TRUE;
}

static void
test_privacy(void)
{
	DeskFixture *fixture = life_new("operators = {\"op=" COORD "\"}");
	g_autofree char *id = life_pass(fixture, &outgoing);
	const LsmPeer peer = {1000, "op", FALSE, FALSE};
	g_autoptr(JsonObject) args = json_object_new();
	g_autoptr(JsonObject) answer = NULL, noted = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(LsmStoreTxn) txn = NULL;
	guint seen = 0;

	lsm_json_set(args, "id", id);
	lsm_json_set(args, "for", AD1);
	lsm_json_set(args, "evidence", "by phone");
	g_assert_true(lsm_service_handle(fixture->service, &peer, "approve", args, NULL, &answer, &error));
	g_assert_no_error(error);
	noted = life_act_with(fixture, "note", id, COORD, "text", "on the agenda", NULL);
	g_assert_nonnull(noted);
	txn = lsm_store_begin_read(fixture->store, NULL);
	g_assert_true(lsm_log_scan(txn, 0, LSM_SCAN_FORWARD, look_at_event, &seen, NULL));
	g_assert_cmpuint(seen, ==, 1);
	desk_fixture_free(fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/follow/advance", test_advance);
	g_test_add_func("/follow/advance-is-used", test_advance_is_used);
	g_test_add_func("/follow/replaced", test_replaced);
	g_test_add_func("/follow/answered", test_answered);
	g_test_add_func("/follow/answered-by-hand", test_answered_by_hand);
	g_test_add_func("/follow/incoming", test_incoming);
	g_test_add_func("/follow/privacy", test_privacy);
	return g_test_run();
}
