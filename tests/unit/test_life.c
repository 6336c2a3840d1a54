/*
 * test_life.c - a statement's way out: approved, reviewed, released, undelivered; and what must not happen:
 * released twice, to others, with another content, or by somebody whose term is over.
 */
#include "tests/unit/life_fixture.h"

#include <string.h>

#include "conf/error.h"
#include "desk/act.h"
#include "desk/json.h"
#include "desk/sender.h"

static const TestMail outgoing = {CAROL, .recipients = BBF, .mail = STATEMENT("1")};

/* --- approval --- */

static void
test_approve(void)
{
	DeskFixture *fixture = life_new(NULL);
	g_autofree char *id = life_pass(fixture, &outgoing);
	g_autoptr(LsmCase) item = NULL;
	g_autoptr(LsmStoreTxn) txn = NULL;
	g_autoptr(GPtrArray) entries = NULL;
	g_autofree char *sender = g_strdup_printf(BOUNCES "%s-", id);

	assert_text(life_act(fixture, "approve", id, AD1), "approved");
	assert_text(life_releases(fixture), "due > " BBF);
	assert_text(life_act(fixture, "approve", id, AD2), "already approved");
	assert_text(life_act(fixture, "refuse", id, AD2), "error 0");
	assert_text(life_act(fixture, "cancel", id, "carol@example.org"), "error 0");
	assert_text(life_releases(fixture), "due > " BBF);
	item = desk_fixture_case(fixture, id);
	g_assert_cmpstr(item->approved_for[0], ==, "IPPM");
	txn = lsm_store_begin_read(fixture->store, NULL);
	entries = lsm_outbox_list(txn, id, NULL);
	for (guint i = 0; i < entries->len; i++) {
		const LsmOutboxEntry *entry = g_ptr_array_index(entries, i);
		if (strcmp(entry->kind, "release") != 0)
			continue;
		g_assert_true(g_str_has_prefix(entry->sender, sender));
		g_assert_cmpuint(strlen(entry->sender), ==, strlen(sender) + strlen("abcdefghijkl@iab.org"));
		g_assert_cmpstr(entry->content, ==, item->content);
		g_assert_cmpstr(entry->digest, ==, item->digest);
	}
	desk_fixture_free(fixture);
}

static const struct {
	const char *name;
	const char *address;
	const char *want;
} approvers[] = {
	{"a director", AD1, "approved"},
	{"another of the two", AD2, "approved"},
	{"whose term is over", "old@example.org", "error 7"},
	{"another area's", AD3, "error 7"},
	{"a chair", "carol@example.org", "error 7"},
	{"a coordinator", COORD, "error 7"},
	{"nobody", "mallory@example.org", "error 7"},
	{"an address in capitals", "AD1@Example.ORG", "approved"},
};

static void
test_who(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(approvers); i++) {
		DeskFixture *fixture = life_new(NULL);
		g_autofree char *id = life_pass(fixture, &outgoing);

		g_test_message("%s", approvers[i].name);
		assert_text(life_act(fixture, "approve", id, approvers[i].address), approvers[i].want);
		desk_fixture_free(fixture);
	}
}

/* Each body has its own approver; who is that of both approves for both at once (A70). */
static void
test_bodies(void)
{
	const TestMail mail = {CAROL, .recipients = BBF, .mail = TWO_BODIES};
	DeskFixture *fixture = life_new(NULL);
	DeskFixture *other = life_new(NULL);
	g_autofree char *id = life_pass(fixture, &mail);
	g_autofree char *same = life_pass(other, &mail);

	assert_text(life_act(fixture, "approve", id, AD1), "pending");
	assert_text(life_releases(fixture), "");
	assert_text(life_act(fixture, "approve", id, AD1), "already pending");
	assert_text(life_act(fixture, "approve", id, AD3), "approved");
	assert_text(life_releases(fixture), "due > " BBF);
	g_assert_cmpuint(life_count_events(fixture, "approved"), ==, 2);
	assert_text(life_act(other, "approve", same, AD2), "approved");
	g_assert_cmpuint(life_count_events(other, "approved"), ==, 1);
	desk_fixture_free(fixture);
	desk_fixture_free(other);
}

static const struct {
	const char *name;
	const char *settings;
	const char *steps; /* verb:address=result, separated by one blank */
	const char *releases;
} reviews[] = {
	{"off", NULL, "review:" COORD "=error_0 approve:" AD1 "=approved", "due > " BBF},
	{"parallel, the review first", "review = parallel",
	 "review:" COORD "=pending review:" COORD "=already_pending approve:" AD1 "=approved", "due > " BBF},
	{"parallel, the approval first", "review = parallel",
	 "approve:" AD1 "=in-review approve:" AD2 "=already_in-review review:" COORD "=approved", "due > " BBF},
	{"after", "review = after",
	 "review:" COORD "=error_0 approve:" AD1 "=in-review review:" AD1 "=error_7 review:" COORD "=approved",
	 "due > " BBF},
	{"after, and refused", "review = after", "approve:" AD1 "=in-review refuse:" COORD "=refused", ""},
	{"no way around it", "review = after", "approve:" AD1 "=in-review release:" COORD "=error_0", ""},
};

static void
test_review(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(reviews); i++) {
		DeskFixture *fixture = life_new(reviews[i].settings);
		g_autofree char *id = life_pass(fixture, &outgoing);
		g_auto(GStrv) steps = g_strsplit(reviews[i].steps, " ", -1);

		g_test_message("%s", reviews[i].name);
		for (guint k = 0; steps[k] != NULL; k++) {
			g_auto(GStrv) parts = g_strsplit_set(steps[k], ":=", 3);
			assert_text(life_act(fixture, parts[0], id, parts[1]), g_strdelimit(parts[2], "_", ' '));
		}
		assert_text(life_releases(fixture), reviews[i].releases);
		desk_fixture_free(fixture);
	}
}

/* What waits goes out when it turns out to be no statement; what somebody has ended does not. */
static void
test_withdrawal(void)
{
	static const struct {
		const char *first, *address, *releases;
	} rows[] = {
		{NULL, NULL, "due > " BBF},
		{"refuse", AD1, ""},
		{"cancel", "carol@example.org", ""},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		DeskFixture *fixture = life_new(NULL);
		g_autofree char *id = life_pass(fixture, &outgoing);
		g_autoptr(LsmCase) item = NULL;

		if (rows[i].first != NULL)
			g_free(life_act(fixture, rows[i].first, id, rows[i].address));
		assert_text(life_act(fixture, "not-a-statement", id, "carol@example.org"), "not-a-statement");
		assert_text(life_releases(fixture), rows[i].releases);
		item = desk_fixture_case(fixture, id);
		g_assert_cmpint(item->content != NULL, ==, *rows[i].releases != '\0');
		desk_fixture_free(fixture);
	}
}

/* "Send it again" is for those who were to have it: however a case came to be undelivered, nobody else gets it. */
static void
test_undelivered_unapproved(void)
{
	DeskFixture *fixture = life_new(NULL);
	g_autofree char *id = life_pass(fixture, &outgoing);

	desk_fixture_event(fixture, id, LSM_EVENT_UNDELIVERED, "{\"state\":\"undelivered\"}", "{}");
	assert_text(life_act(fixture, "release", id, COORD), "error 0");
	assert_text(life_releases(fixture), "");
	desk_fixture_free(fixture);
}

/* A copy that passes as uncertain, by somebody without a role, settles nothing for those who wait. */
static void
test_uncertain_copy(void)
{
	static const char form[] = CHAIR_FIELDS MESSAGE_ID("u") "\nFrom: IETF IPPM Working Group\nTo: Broadband "
				   "Forum\nPurpose: For information\n" STATEMENT_TEXT;
	const TestMail first = {CAROL, .recipients = BBF, .mail = form};
	const TestMail copy = {.login = "dave", .daemon = "submission", .sender = "dave@example.org",
			       .recipients = "other@bbf.example", .mail = form};
	DeskFixture *fixture = life_new(NULL);
	g_autofree char *id = life_pass(fixture, &first);
	g_autofree char *same = life_pass(fixture, &copy);
	g_autoptr(LsmCase) item = desk_fixture_case(fixture, id);

	g_assert_cmpstr(same, ==, id);
	g_assert_cmpstr(lsm_state_row(item->state)->word, ==, "pending");
	g_assert_true(lsm_address_in_list("other@bbf.example", item->released));
	g_assert_true(lsm_address_in_list(BBF, item->withheld));
	assert_text(life_act(fixture, "approve", id, AD1), "approved");
	desk_fixture_free(fixture);
}

/* Two at once: whoever comes second is told; there is one event and one release. */
typedef struct {
	DeskFixture *fixture;
	const char *id;
	const char *verb;
	const char *address;
	guint done, already;
} Decider;

static gpointer
decide(gpointer data)
{
	Decider *decider = data;
	g_autofree char *result = life_act(decider->fixture, decider->verb, decider->id, decider->address);

	decider->already = g_str_has_prefix(result, "already") || g_str_has_prefix(result, "error 0");
	decider->done = !decider->already && !g_str_has_prefix(result, "error");
	return NULL;
}

static void
test_two_at_once(void)
{
	for (guint round = 0; round < 60; round++) {
		DeskFixture *fixture = life_new(NULL);
		g_autofree char *id = life_pass(fixture, &outgoing);
		Decider deciders[] = {{fixture, id, "approve", AD1, 0, 0},
				      {fixture, id, "approve", AD2, 0, 0},
				      {fixture, id, round % 2 ? "refuse" : "approve", AD1, 0, 0},
				      {fixture, id, "cancel", "carol@example.org", 0, 0}};
		GThread *threads[G_N_ELEMENTS(deciders)];
		guint done = 0, already = 0;

		for (guint i = 0; i < G_N_ELEMENTS(deciders); i++)
			threads[i] = g_thread_new("decider", decide, &deciders[i]);
		for (guint i = 0; i < G_N_ELEMENTS(deciders); i++) {
			g_thread_join(threads[i]);
			done += deciders[i].done;
			already += deciders[i].already;
		}
		g_assert_cmpuint(done, ==, 1);
		g_assert_cmpuint(already, ==, G_N_ELEMENTS(deciders) - 1);
		g_assert_cmpuint(life_count_events(fixture, "approved") + life_count_events(fixture, "refused") +
					 life_count_events(fixture, "cancelled"),
				 ==, 1);
		assert_text(life_releases(fixture), life_count_events(fixture, "approved") == 1 ? "due > " BBF : "");
		desk_fixture_free(fixture);
	}
}

/* The guard has the last word, and what it refuses leaves no trace. */
static gboolean
refuse(LsmStoreTxn *txn, const LsmCase *item, gpointer data, GError **error)
{
	(void)txn;
	(void)item;
	++*(guint *)data;
	g_set_error(error, LSM_ERROR, LSM_ERROR_DENIED, "spent");
	return FALSE;
}

static void
test_guard(void)
{
	DeskFixture *fixture = life_new(NULL);
	g_autofree char *id = life_pass(fixture, &outgoing);
	const LsmActor actor = {.name = AD1, .address = AD1, .door = "mail"};
	guint asked = 0;
	LsmAct step = {.verb = "approve", .typed = id, .actor = &actor, .guard = refuse, .guard_data = &asked};
	g_autoptr(JsonObject) answer = NULL;
	g_autoptr(GError) error = NULL;
	guint64 before = desk_fixture_event_count(fixture);

	g_assert_false(lsm_act(fixture->service, &step, &answer, &error));
	g_assert_error(error, LSM_ERROR, LSM_ERROR_DENIED);
	g_assert_cmpuint(asked, ==, 1);
	g_assert_cmpuint(desk_fixture_event_count(fixture), ==, before);
	assert_text(life_releases(fixture), "");
	life_assert_state(fixture, id, "pending");
	desk_fixture_free(fixture);
}

/* --- what an approval is for --- */

/* One more recipient: the approvals are void, and all are asked anew. */
static void
test_more_recipients(void)
{
	const TestMail two = {CAROL, .recipients = BBF, .mail = TWO_BODIES};
	const TestMail more = {CAROL, .recipients = BBF " y@other.example", .mail = TWO_BODIES};
	DeskFixture *fixture = life_new(NULL);
	g_autofree char *id = life_pass(fixture, &two);
	g_autofree char *again = NULL;
	g_autoptr(LsmCase) item = NULL;

	assert_text(life_act(fixture, "approve", id, AD1), "pending");
	again = life_pass(fixture, &more);
	g_assert_cmpstr(again, ==, id);
	item = desk_fixture_case(fixture, id);
	g_assert_cmpuint(g_strv_length(item->approved_for), ==, 0);
	g_assert_cmpuint(g_strv_length(item->withheld), ==, 2);
	assert_text(life_act(fixture, "approve", id, AD3), "pending");
	assert_text(life_releases(fixture), "");
	assert_text(life_act(fixture, "approve", id, AD1), "approved");
	assert_text(life_releases(fixture), "due > " BBF " y@other.example");
	desk_fixture_free(fixture);
}

/* On its way to one, sent to another: the first gets it once, the other waits. */
static void
test_more_after_approval(void)
{
	const TestMail more = {CAROL, .recipients = BBF " y@other.example", .mail = STATEMENT("1")};
	DeskFixture *fixture = life_new(NULL);
	g_autofree char *id = life_pass(fixture, &outgoing);
	g_autofree char *again = NULL;

	assert_text(life_act(fixture, "approve", id, AD1), "approved");
	again = life_pass(fixture, &outgoing);
	life_assert_state(fixture, id, "approved");
	g_free(again);
	again = life_pass(fixture, &more);
	life_assert_state(fixture, id, "pending");
	assert_text(life_releases(fixture), "due > " BBF);
	assert_text(life_act(fixture, "approve", id, AD2), "approved");
	assert_text(life_releases(fixture), "due > " BBF "; due > y@other.example");
	desk_fixture_free(fixture);
}

/* --- taken, sent, undelivered --- */

/* The mail server was never heard to accept the original: it goes when that has, or when a person says so. */
static void
test_not_taken(void)
{
	for (guint by_hand = 0; by_hand < 2; by_hand++) {
		DeskFixture *fixture = life_new(NULL);
		TestPassage passage = desk_fixture_pass(fixture, &outgoing);
		const char *id = passage.decision->case_id;

		assert_text(life_act(fixture, "release", id, COORD), "error 0");
		assert_text(life_act(fixture, "approve", id, AD1), "approved");
		assert_text(life_releases(fixture), "");
		if (by_hand)
			assert_text(life_act(fixture, "release", id, COORD), "approved");
		else
			g_assert_true(lsm_desk_taken(fixture->desk, passage.decision->ticket, NULL));
		assert_text(life_releases(fixture), "due > " BBF);
		g_assert_true(lsm_desk_taken(fixture->desk, passage.decision->ticket, NULL));
		assert_text(life_releases(fixture), "due > " BBF);
		test_passage_clear(&passage);
		desk_fixture_free(fixture);
	}
}

/* Released is said when the last one has it; sent again, it is a new mail that waits for a new approval. */
static void
test_released(void)
{
	const TestMail three = {CAROL, .recipients = BBF " x@other.example", .mail = STATEMENT("1")};
	FakeSmtp *server = fake_smtp_new();
	DeskFixture *fixture = life_sending_new(server);
	g_autofree char *id = life_pass(fixture, &three);
	g_autofree char *again = NULL;
	g_autoptr(LsmCase) item = NULL;

	assert_text(life_act(fixture, "approve", id, AD1), "approved");
	lsm_sender_run_due(fixture->service);
	life_assert_state(fixture, id, "released");
	g_assert_cmpuint(life_count_events(fixture, "released"), ==, 2);
	item = desk_fixture_case(fixture, id);
	g_assert_cmpuint(g_strv_length(item->withheld), ==, 0);
	g_assert_nonnull(item->content);
	assert_text(life_releases(fixture), "");
	assert_text(life_act(fixture, "approve", id, AD1), "already released");
	lsm_sender_run_due(fixture->service);
	g_assert_cmpuint(life_count_events(fixture, "released"), ==, 2);
	again = life_pass(fixture, &three);
	g_assert_cmpstr(again, ==, id);
	life_assert_state(fixture, id, "pending");
	assert_text(life_releases(fixture), "");
	desk_fixture_free(fixture);
	fake_smtp_free(server);
}

/* What the recipient's mail server refuses reopens the case; released again, only that recipient gets it. */
static void
test_undelivered(void)
{
	const TestMail mail = {CAROL, .recipients = BBF " refused@other.example", .mail = STATEMENT("1")};
	FakeSmtp *server = fake_smtp_new();
	DeskFixture *fixture = life_sending_new(server);
	g_autofree char *id = life_pass(fixture, &mail);

	assert_text(life_act(fixture, "approve", id, AD1), "approved");
	lsm_sender_run_due(fixture->service);
	life_assert_state(fixture, id, "undelivered");
	assert_text(life_releases(fixture), "failed > refused@other.example");
	assert_text(life_act(fixture, "release", id, COORD), "approved");
	assert_text(life_releases(fixture), "due > refused@other.example");
	lsm_sender_run_due(fixture->service);
	life_assert_state(fixture, id, "undelivered");
	g_assert_cmpuint(life_count_events(fixture, "released"), ==, 1);
	desk_fixture_free(fixture);
	fake_smtp_free(server);
}

/* A bounce days later, by the desk itself: of somebody who got it, and of nobody else. */
static void
test_bounce(void)
{
	const LsmActor desk = {.name = "bounce", .door = "desk"};
	FakeSmtp *server = fake_smtp_new();
	DeskFixture *fixture = life_sending_new(server);
	g_autofree char *id = life_pass(fixture, &outgoing);
	const char *const recipients[] = {"somebody@else.example", BBF};

	assert_text(life_act(fixture, "approve", id, AD1), "approved");
	lsm_sender_run_due(fixture->service);
	for (guint i = 0; i < G_N_ELEMENTS(recipients); i++) {
		g_autoptr(JsonObject) args = json_object_new();
		LsmAct step = {.verb = "undelivered", .typed = id, .actor = &desk, .args = args};
		g_autoptr(JsonObject) answer = NULL;
		g_autoptr(GError) error = NULL;

		lsm_json_set(args, "recipient", recipients[i]);
		g_assert_cmpint(lsm_act(fixture->service, &step, &answer, &error), ==, i == 1);
	}
	life_assert_state(fixture, id, "undelivered");
	assert_text(life_act(fixture, "release", id, COORD), "approved");
	assert_text(life_releases(fixture), "due > " BBF);
	desk_fixture_free(fixture);
	fake_smtp_free(server);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/life/withdrawal", test_withdrawal);
	g_test_add_func("/life/uncertain-copy", test_uncertain_copy);
	g_test_add_func("/life/undelivered-unapproved", test_undelivered_unapproved);
	g_test_add_func("/life/approve", test_approve);
	g_test_add_func("/life/who", test_who);
	g_test_add_func("/life/bodies", test_bodies);
	g_test_add_func("/life/review", test_review);
	g_test_add_func("/life/two-at-once", test_two_at_once);
	g_test_add_func("/life/guard", test_guard);
	g_test_add_func("/life/more-recipients", test_more_recipients);
	g_test_add_func("/life/more-after-approval", test_more_after_approval);
	g_test_add_func("/life/not-taken", test_not_taken);
	g_test_add_func("/life/released", test_released);
	g_test_add_func("/life/undelivered", test_undelivered);
	g_test_add_func("/life/bounce", test_bounce);
	return g_test_run();
}
