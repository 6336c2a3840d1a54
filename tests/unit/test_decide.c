/*
 * test_decide.c - what deciding does beside the steps of test_scenes.c: lists, the reply, the clock, hostile
 * mail.
 */
#include "tests/unit/desk_fixture.h"

#include <string.h>

#define COPIES 800

static TestPassage
pass(DeskFixture *fixture, const TestMail *mail, const char *want)
{
	TestPassage passage = desk_fixture_pass_and_take(fixture, mail);

	assert_text(test_plan_text(passage.decision->plan), want);
	return passage;
}

/* What a session does with a copy: counted by its Message-ID where that is known, else read. */
static void
pass_copy(DeskFixture *fixture, const TestMail *mail, guint *read)
{
	g_autoptr(LsmCollector) collector = lsm_collector_new(fixture->settings);
	g_autoptr(LsmEnvelope) envelope = lsm_envelope_new(mail->sender);
	TestPassage passage;

	lsm_envelope_add_recipient(envelope, mail->recipients);
	envelope->client_address = g_strdup(mail->client);
	lsm_collector_add_mail(collector, mail->mail, strlen(mail->mail));
	g_assert_true(lsm_is_list_copy(collector, envelope, fixture->settings));
	if (lsm_decide_list_copy(collector, envelope, fixture->desk))
		return;
	++*read;
	passage = pass(fixture, mail, "accept");
	test_passage_clear(&passage);
}

static void
pass_copies(DeskFixture *fixture, guint want_read)
{
	guint read = 0;

	for (guint i = 0; i < COPIES; i++) {
		g_autofree char *to = i % 100 == 0 ? g_strdup_printf("subscriber%u@bbf.example", i)
						   : g_strdup_printf("reader%u@other.example", i);
		g_autofree char *text = g_strdup_printf(
			"Received: from lists by mx; Sat, 21 Nov 2026 12:00:00 +0000\n" LIST_FIELDS
			"%s\n_______________________________________________\nippm mailing list\n"
			"To unsubscribe: https://lists.example/%s\n",
			STATEMENT("1"), to);
		TestMail mail = {.client = "192.0.2.10",
				 .sender = "ippm-bounces+x@ietf.org",
				 .recipients = to,
				 .mail = text};

		pass_copy(fixture, &mail, &read);
	}
	lsm_service_write_list_copies(fixture->service);
	g_assert_cmpuint(read, ==, want_read);
}

/* 800 personalised copies of one post, some to subscribers at the other body: one case, one reading. */
static void
test_list_of_unknown(void)
{
	DeskFixture *fixture = desk_fixture_new(NULL, NULL);

	pass_copies(fixture, 1);
	assert_text(desk_fixture_cases(fixture), "list:recorded");
	assert_text(desk_fixture_events(fixture), "seen taken door");
	assert_text(desk_fixture_outbox(fixture), "");
	desk_fixture_free(fixture);
}

static void
test_list_of_pending(void)
{
	DeskFixture *fixture = desk_fixture_new(NULL, NULL);
	TestMail mail = {CAROL, .recipients = BBF, .mail = STATEMENT("1")};
	TestPassage passage = pass(fixture, &mail, "discard");
	g_autoptr(LsmCase) item = NULL;

	pass_copies(fixture, 0);
	item = desk_fixture_case(fixture, passage.decision->case_id);
	g_assert_cmpuint(item->passages, ==, COPIES + 1);
	assert_text(desk_fixture_cases(fixture), "out:pending");
	assert_text(desk_fixture_events(fixture), "redirected taken door");
	test_passage_clear(&passage);
	desk_fixture_free(fixture);
}

static const struct {
	const char *name;
	const char *fields;
	gboolean want;
} message_ids[] = {
	{"known", "Message-ID: <1@example.org>\n", TRUE},
	{"unknown", "Message-ID: <2@example.org>\n", FALSE},
	{"none", "Subject: x\n", FALSE},
	{"empty", "Message-ID:\n", FALSE},
	{"brackets only", "Message-ID: <>\n", FALSE},
	{"one bracket", "Message-ID: <\n", FALSE},
	{"no brackets", "Message-ID: 1@example.org\n", FALSE},
	{"8-bit", "Message-ID: <\xff\xfe@example.org>\n", FALSE},
	{"long", NULL, FALSE},
};

static void
test_list_message_ids(void)
{
	DeskFixture *fixture = desk_fixture_new(NULL, NULL);
	TestMail mail = {CAROL, .recipients = BBF, .mail = STATEMENT("1")};
	TestPassage passage = pass(fixture, &mail, "discard");
	g_autofree char *long_id = g_strnfill(5000, 'a');
	g_autofree char *long_fields = g_strdup_printf("Message-ID: <%s>\n", long_id);

	for (guint i = 0; i < G_N_ELEMENTS(message_ids); i++) {
		const char *fields = message_ids[i].fields == NULL ? long_fields : message_ids[i].fields;
		g_autofree char *text = g_strdup_printf("%s\nx\n", fields);
		g_autoptr(LsmCollector) collector = lsm_collector_new(fixture->settings);

		g_test_message("%s", message_ids[i].name);
		lsm_collector_add_mail(collector, text, strlen(text));
		g_assert_cmpint(lsm_decide_list_copy(collector, passage.envelope, fixture->desk), ==,
				message_ids[i].want);
	}
	test_passage_clear(&passage);
	desk_fixture_free(fixture);
}

/* "The reply is short": it names all gaps, says first what was not done and last the way out. */
static void
test_reply(void)
{
	DeskFixture *fixture = desk_fixture_new(NULL, NULL);
	TestMail mail = {CAROL, .recipients = BBF,
			 .mail = "From: carol@example.org\nTo: " BBF
				 "\n\nLiaison-Statement: 1\nFrom: IRTF\n"};
	TestPassage passage = pass(fixture, &mail, "reject");
	g_autofree char *reply = g_strjoinv("\n", passage.decision->plan->reply_lines);
	guint lines = g_strv_length(passage.decision->plan->reply_lines);

	g_assert_cmpstr(passage.decision->plan->reply_code, ==, "550");
	g_assert_cmpuint(lines, >=, 2);
	g_assert_cmpuint(lines, <=, 8);
	g_assert_cmpuint(strlen(reply), <=, 1000);
	g_assert_nonnull(strstr(passage.decision->plan->reply_lines[0], "ot "));
	g_assert_nonnull(strstr(reply, "PURPOSE"));
	g_assert_nonnull(strstr(passage.decision->plan->reply_lines[lines - 1], "Liaison: no"));
	test_passage_clear(&passage);
	desk_fixture_free(fixture);
}

/* Nobody is written to before the mail server has the reply. */
static void
test_held_until_taken(void)
{
	static const char fields[] = CHAIR_FIELDS "\n" BLOCK_START STATEMENT_TEXT;
	DeskFixture *fixture = desk_fixture_new(NULL, NULL);
	TestMail mail = {CAROL, .recipients = BBF, .mail = fields};
	TestPassage passage = desk_fixture_pass(fixture, &mail);
	TestPassage again;
	g_autoptr(GError) error = NULL;

	assert_text(desk_fixture_outbox(fixture), "reject:held:carol@example.org");
	g_assert_true(lsm_desk_not_applied(fixture->desk, passage.decision->ticket, "gone", &error));
	g_assert_no_error(error);
	assert_text(desk_fixture_outbox(fixture), "reject:held:carol@example.org");
	assert_text(desk_fixture_events(fixture), "rejected not-applied");
	again = pass(fixture, &mail, "reject");
	g_assert_true(lsm_desk_taken(fixture->desk, again.decision->ticket, &error));
	assert_text(desk_fixture_outbox(fixture), "reject:due:carol@example.org");
	assert_text(desk_fixture_events(fixture), "rejected not-applied taken");
	test_passage_clear(&passage);
	test_passage_clear(&again);
	desk_fixture_free(fixture);
}

/* The limit is an hour's: after it, new statements are judged as before. */
static void
test_interventions_age(void)
{
	DeskFixture *fixture = desk_fixture_new("max-interventions = 1", NULL);
	TestMail mails[] = {{CAROL, .recipients = BBF, .mail = NEW_STATEMENT("1")},
			    {CAROL, .recipients = BBF, .mail = NEW_STATEMENT("2")},
			    {CAROL, .recipients = BBF, .mail = NEW_STATEMENT("3")}};
	const char *const wants[] = {"discard", ("accept" NOTED), "discard"};
	const gint64 pauses[] = {0, 3599, 2};

	for (guint i = 0; i < G_N_ELEMENTS(mails); i++) {
		TestPassage passage;

		fixture->now += pauses[i] * G_USEC_PER_SEC;
		passage = pass(fixture, &mails[i], wants[i]);
		test_passage_clear(&passage);
	}
	desk_fixture_free(fixture);
}

/* What was seen while observing is taken up whole when the mode is enforce. */
static void
test_observed_then_enforced(void)
{
	DeskFixture *fixture = desk_fixture_new("mode = observe", NULL);
	TestMail mail = {FROM_ITU, .recipients = "ippm@ietf.org", .mail = INCOMING("1")};
	TestPassage passage = pass(fixture, &mail, "accept");

	test_passage_clear(&passage);
	assert_text(desk_fixture_cases(fixture), "observed-in:unconfirmed");
	fixture->settings->mode = LSM_MODE_ENFORCE;
	passage = pass(fixture, &mail, "accept");
	test_passage_clear(&passage);
	assert_text(desk_fixture_cases(fixture), "in:unconfirmed");
	assert_text(desk_fixture_outbox(fixture), COVER);
	fixture->settings->mode = LSM_MODE_OBSERVE;
	passage = pass(fixture, &mail, "accept");
	test_passage_clear(&passage);
	assert_text(desk_fixture_cases(fixture), "in:unconfirmed");
	assert_text(desk_fixture_events(fixture), "seen taken seen");
	desk_fixture_free(fixture);
}

/* --- hostile mails: an answer, and nothing that the next one cannot do --- */

static char *
many(const char *start, const char *piece, guint count, const char *end)
{
	GString *text = g_string_new(start);

	for (guint i = 0; i < count; i++)
		g_string_append(text, piece);
	g_string_append(text, end);
	return g_string_free(text, FALSE);
}

static void
test_hostile(void)
{
	char *const mails[] = {
		g_strdup(""),
		g_strdup("\n"),
		g_strdup("no header at all"),
		g_strdup("From: \xff\xfe <carol@example.org>\nTo: \x80\nSubject: \xc3\x28\n\n" BLOCK
			 "\xff\n"),
		g_strdup("From: a@b.example, carol@example.org\nFrom: c@d.example\n\n" BLOCK STATEMENT_TEXT),
		g_strdup(CHAIR_FIELDS
			 "Content-Type: text/plain\nContent-Type: multipart/mixed; boundary=x\n\n" BLOCK),
		g_strdup(CHAIR_FIELDS
			 "\nLiaison-Statement: 1\nFrom: %s%n%s\nPurpose: %x%n\nTo: \r\r250 ok\n"),
		g_strdup("From: carol@example.org\nSubject: =?utf-8?b?DQpCY2M6IHhAeS5leGFtcGxl?=\nTo: " BBF
			 "\n\n" BLOCK),
		many("From: carol@example.org\n", "Liaison-Record: x\n", 3000, "\n" BLOCK STATEMENT_TEXT),
		many(CHAIR_FIELDS "\n" BLOCK, "Purpose: For action\nDeadline: 2026-13-45\n", 20000, ""),
		many(CHAIR_FIELDS "\n" BLOCK_START "Purpose: ", "action, ", 100000, "\n"),
		many(CHAIR_FIELDS "\n", "> ", 200000, BLOCK),
		many(CHAIR_FIELDS "Content-Type: multipart/mixed; boundary=x\n\n",
		     "--x\nContent-Type: multipart/mixed; boundary=x\n\n", 5000, BLOCK),
	};
	DeskFixture *fixture = desk_fixture_new("max-interventions = 1000", NULL);

	for (guint i = 0; i < G_N_ELEMENTS(mails); i++) {
		TestMail mail = {CAROL, .recipients = BBF " ippm-chairs@ietf.org", .mail = mails[i]};
		TestPassage passage = desk_fixture_pass_and_take(fixture, &mail);
		g_autofree char *plan = test_plan_text(passage.decision->plan);

		g_test_message("%u: %s", i, plan);
		g_assert_cmpint(passage.decision->plan->reply, !=, LSM_REPLY_TEMPFAIL);
		test_passage_clear(&passage);
		g_free(mails[i]);
	}
	desk_fixture_free(fixture);
}

/* Many recipients are one passage, not a quadratic one. */
static void
test_many_recipients(void)
{
	DeskFixture *fixture = desk_fixture_new(NULL, NULL);
	GString *recipients = g_string_new(BBF);
	TestMail mail = {CAROL, .mail = STATEMENT("1")};
	TestPassage passage;

	for (guint i = 0; i < 2000; i++)
		g_string_append_printf(recipients, " r%u@other.example", i);
	mail.recipients = recipients->str;
	passage = pass(fixture, &mail, "discard");
	test_passage_clear(&passage);
	passage = pass(fixture, &mail, "discard");
	test_passage_clear(&passage);
	assert_text(desk_fixture_events(fixture), "redirected taken");
	g_string_free(recipients, TRUE);
	desk_fixture_free(fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/decide/list/of-unknown", test_list_of_unknown);
	g_test_add_func("/decide/list/of-pending", test_list_of_pending);
	g_test_add_func("/decide/list/message-ids", test_list_message_ids);
	g_test_add_func("/decide/reply", test_reply);
	g_test_add_func("/decide/held-until-taken", test_held_until_taken);
	g_test_add_func("/decide/interventions-age", test_interventions_age);
	g_test_add_func("/decide/observed-then-enforced", test_observed_then_enforced);
	g_test_add_func("/decide/hostile", test_hostile);
	g_test_add_func("/decide/many-recipients", test_many_recipients);
	return g_test_run();
}
