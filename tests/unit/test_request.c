/*
 * test_request.c - the mails that ask for an answer, as their receivers get them.
 */
#include <string.h>

#include "conf/log.h"
#include "desk/answer.h"
#include "desk/door.h"
#include "desk/request.h"
#include "store/content.h"
#include "store/json.h"
#include "tests/unit/desk_fixture.h"

#define DESK "desk-address = desk@ietf.org\n"
#define PDF_PART                                                                                             \
	"--b\nContent-Type: application/pdf; name=\"model.pdf\"\nContent-Disposition: attachment; "          \
	"filename=\"model.pdf\"\nContent-Transfer-Encoding: base64\n\nJVBERi0xLjQKJSBtb2RlbAo=\n"

/* The mail of the first entry of that kind to that address, parsed; NULL when there is none. */
static LsmMessage *
find_mail(DeskFixture *fixture, const char *kind, const char *to)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(fixture->store, NULL);
	g_autoptr(GPtrArray) entries = lsm_outbox_list(txn, NULL, NULL);

	for (guint i = 0; i < entries->len; i++) {
		const LsmOutboxEntry *entry = g_ptr_array_index(entries, i);
		g_autoptr(LsmCollector) collector = lsm_collector_new(fixture->settings);
		g_autoptr(GBytes) mail = NULL;

		if (strcmp(entry->kind, kind) != 0 || strcmp(entry->recipients[0], to) != 0)
			continue;
		g_assert_cmpint(lsm_content_get(txn, entry->content, &mail, NULL), ==, LSM_FOUND);
		lsm_collector_add_mail(collector, g_bytes_get_data(mail, NULL), g_bytes_get_size(mail));
		return lsm_message_parse(collector, fixture->settings);
	}
	return NULL;
}

static void
pass(DeskFixture *fixture, const TestMail *mail)
{
	TestPassage passage = desk_fixture_pass_and_take(fixture, mail);

	test_passage_clear(&passage);
}

/* The text as a mail program shows it. */
static char *
shown(const LsmMessage *mail)
{
	g_auto(GStrv) pieces = g_strsplit(mail->text, "\r", -1);

	return g_strjoinv("", pieces);
}

/* What the program wrote, above the statement itself: short lines, no two empty ones in a row, no gap. */
static void
check_form(const LsmMessage *mail)
{
	g_autofree char *text = shown(mail);
	g_auto(GStrv) halves = g_strsplit(text, "attached last:\n", 2);
	g_auto(GStrv) lines = g_strsplit(halves[0], "\n", -1);

	g_assert_nonnull(halves[1]);
	for (guint i = 0; lines[i] != NULL; i++) {
		if (g_utf8_strlen(lines[i], -1) > 76 && strstr(lines[i], "<mailto:") == NULL)
			g_assert_cmpstr(lines[i], ==, "a shorter line");
		if (*lines[i] == '\0' && lines[i + 1] != NULL && lines[i + 2] != NULL)
			g_assert_cmpstr(lines[i + 1], !=, "");
	}
	g_assert_null(strstr(halves[0], "{{"));
	g_assert_null(strstr(halves[0], "(null)"));
}

static char *
letters_of(DeskFixture *fixture, const LsmMessage *mail)
{
	const char *suffix = NULL;

	g_assert_cmpint(lsm_door_of(fixture->settings, lsm_message_from_address(mail), &suffix), ==, LSM_DOOR_TOKEN);
	return g_strndup(suffix, LSM_TOKEN_LETTERS);
}

static void
test_request(void)
{
	DeskFixture *fixture = desk_fixture_new(DESK, NULL);
	const TestMail statement = {CAROL, .recipients = BBF, .mail = STATEMENT("r1")};
	g_autoptr(LsmMessage) mail = NULL;
	g_autoptr(LsmMessage) other = NULL;
	g_autofree char *letters = NULL;
	g_autofree char *others_letters = NULL;
	g_autofree char *link = NULL;
	g_autofree char *text = NULL;

	pass(fixture, &statement);
	mail = find_mail(fixture, "request", "ad1@example.org");
	g_assert_nonnull(mail);
	text = shown(mail);
	g_test_message("%s", text);
	check_form(mail);
	letters = letters_of(fixture, mail);
	g_assert_true(g_str_has_prefix(mail->subject, "Approve? IPPM > Broadband Forum: STAMP YANG review ["));
	g_assert_true(g_str_has_suffix(mail->subject, "]"));
	g_assert_cmpint(mail->to->len, ==, 1);
	/* Links and code stand in the text, the statement as it will go stands below. */
	link = g_strdup_printf("<mailto:desk+%s@ietf.org?subject=approve&body=approve>", letters);
	g_assert_nonnull(strstr(text, link));
	g_assert_nonnull(strstr(text, "\nPlease find our view of the STAMP model below.\n"));
	g_assert_nonnull(strstr(text, "Please answer by 21 December 2026"));
	/* A reply of whatever kind carries the token. */
	{
		g_autoptr(LsmAnswer) answer = lsm_answer_parse(mail->text, mail->subject);
		g_assert_cmpstr(answer->token, ==, letters);
		g_assert_cmpstr(answer->verb, ==, NULL);
	}
	g_assert_cmpint(mail->attachments->len, ==, 1);
	g_assert_true(((LsmAttachment *)g_ptr_array_index(mail->attachments, 0))->is_message);
	/* One token an address. */
	other = find_mail(fixture, "request", "ops-ads@ietf.org");
	others_letters = letters_of(fixture, other);
	g_assert_cmpstr(letters, !=, others_letters);
	desk_fixture_free(fixture);
}

static void
test_binding(void)
{
	DeskFixture *fixture = desk_fixture_new(DESK, NULL);
	const TestMail statement = {CAROL, .recipients = BBF " other@bbf.example ippm-chairs@ietf.org",
				    .mail = STATEMENT("r2")};
	g_autoptr(LsmMessage) mail = NULL;
	g_autoptr(LsmStoreTxn) txn = NULL;
	g_autoptr(LsmToken) token = NULL;
	g_autoptr(LsmCase) item = NULL;
	g_autofree char *letters = NULL;

	pass(fixture, &statement);
	mail = find_mail(fixture, "request", "ad1@example.org");
	letters = letters_of(fixture, mail);
	txn = lsm_store_begin_read(fixture->store, NULL);
	g_assert_cmpint(lsm_token_find(txn, letters, &token, NULL), ==, LSM_FOUND);
	item = desk_fixture_case(fixture, token->case_id);
	g_assert_cmpstr(token->content, ==, item->digest);
	g_assert_cmpstr(token->asked, ==, "ad1@example.org");
	g_assert_cmpstr(token->kind, ==, "request");
	g_assert_cmpint(token->expires, ==, fixture->now + 30 * G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC);
	assert_text(g_strjoinv(",", token->withheld), "liaisons@bbf.example,other@bbf.example");
	assert_text(g_strjoinv(",", token->bodies), "IPPM");
	assert_text(g_strjoinv(",", token->organizations), "Broadband Forum");
	g_assert_cmpint(lsm_token_worth(token, item, fixture->now), ==, LSM_TOKEN_GOOD);
	desk_fixture_free(fixture);
}

/* What is on record, in logs and in events must not answer for anybody. */
static gboolean
event_is_clean(const LsmEvent *event, gpointer letters)
{
	g_autoptr(GBytes) private = event->private == NULL ? NULL : lsm_json_render(event->private);
	g_autoptr(GBytes) public = lsm_json_render(event->public);

	if (private != NULL)
		g_assert_null(g_strstr_len(g_bytes_get_data(private, NULL), (gssize)g_bytes_get_size(private), letters));
	g_assert_null(g_strstr_len(g_bytes_get_data(public, NULL), (gssize)g_bytes_get_size(public), letters));
	return TRUE;
}

static void
test_secrecy(void)
{
	DeskFixture *fixture = desk_fixture_new(DESK, NULL);
	const TestMail statement = {CAROL, .recipients = BBF, .mail = STATEMENT("r3")};
	g_autoptr(LsmMessage) mail = NULL;
	g_autoptr(LsmStoreTxn) txn = NULL;
	g_autofree char *letters = NULL;
	g_autofree char *log = NULL;

	pass(fixture, &statement);
	mail = find_mail(fixture, "request", "ad1@example.org");
	letters = letters_of(fixture, mail);
	txn = lsm_store_begin_read(fixture->store, NULL);
	g_assert_true(lsm_log_scan(txn, 0, LSM_SCAN_FORWARD, event_is_clean, letters, NULL));
	log = lsm_log_captured();
	g_assert_null(strstr(log == NULL ? "" : log, letters));
	desk_fixture_free(fixture);
}

static void
test_attachments(void)
{
	static const char with_pdf[] =
		CHAIR_FIELDS MESSAGE_ID("r4") "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
					      "--b\nContent-Type: text/plain; charset=utf-8\n\n" BLOCK STATEMENT_TEXT
					      PDF_PART "--b--\n";
	DeskFixture *fixture = desk_fixture_new(DESK, NULL);
	const TestMail statement = {CAROL, .recipients = BBF, .mail = with_pdf};
	g_autoptr(LsmMessage) mail = NULL;
	g_autoptr(GBytes) bytes = NULL;
	const LsmAttachment *pdf;

	pass(fixture, &statement);
	mail = find_mail(fixture, "request", "ad1@example.org");
	g_assert_cmpint(mail->attachments->len, ==, 2);
	pdf = g_ptr_array_index(mail->attachments, 0);
	g_assert_cmpstr(pdf->file_name, ==, "model.pdf");
	g_assert_cmpstr(pdf->declared_type, ==, "application/pdf");
	bytes = lsm_message_attachment_bytes(mail, 0);
	g_assert_cmpmem(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), "%PDF-1.4\n% model\n", 17);
	g_assert_true(((LsmAttachment *)g_ptr_array_index(mail->attachments, 1))->is_message);
	desk_fixture_free(fixture);
}

static void
test_cover(void)
{
	DeskFixture *fixture = desk_fixture_new(DESK, NULL);
	const TestMail incoming = {FROM_ITU, .recipients = "ippm@ietf.org", .mail = INCOMING("r5")};
	g_autoptr(LsmMessage) mail = NULL;
	g_autofree char *letters = NULL;
	g_autofree char *text = NULL;
	static const char *const lines[] = {
		"- confirm\n", "- confirm purpose=action deadline=2026-12-31 to=quic\n",
		"- assign somebody@example.org lead=ippm\n", "- distribute\n", "- not a statement\n"};

	pass(fixture, &incoming);
	mail = find_mail(fixture, "cover", "liaison-coordination@iab.org");
	g_assert_nonnull(mail);
	text = shown(mail);
	g_test_message("%s", text);
	check_form(mail);
	letters = letters_of(fixture, mail);
	/* Each line that is offered is an answer once its dash is gone. */
	for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
		g_autoptr(LsmAnswer) answer = lsm_answer_parse(lines[i] + 2, "");

		g_test_message("%s", lines[i]);
		g_assert_nonnull(strstr(text, lines[i]));
		g_assert_nonnull(answer->verb);
	}
	desk_fixture_free(fixture);
}

static void
test_authority(void)
{
	static const char around[] = "Authentication-Results: mx.ietf.org; dmarc=pass header.from=ietf.org\n"
				     "From: IPPM chairs <ippm-chairs@ietf.org>\nTo: liaisons@bbf.example\n"
				     "Cc: ippm@ietf.org\nSubject: STAMP YANG review\nDate: Sat, 21 Nov 2026 11:00:00 "
				     "+0000\nMessage-ID: <r6@ietf.org>\n\n" BLOCK STATEMENT_TEXT;
	DeskFixture *fixture = desk_fixture_new(DESK "authserv-ids = {mx.ietf.org}\n", NULL);
	const TestMail copy = {.sender = "ippm-chairs@ietf.org", .recipients = "ippm@ietf.org", .mail = around};
	g_autoptr(LsmMessage) mail = NULL;
	g_autofree char *text = NULL;
	g_autofree char *letters = NULL;

	pass(fixture, &copy);
	mail = find_mail(fixture, "authority", "ad1@example.org");
	g_assert_nonnull(mail);
	text = shown(mail);
	g_test_message("%s", text);
	check_form(mail);
	letters = letters_of(fixture, mail);
	g_assert_nonnull(strstr(text, "?subject=agree&body=agree>"));
	g_assert_nonnull(strstr(text, "?subject=disagree&body=disagree>"));
	desk_fixture_free(fixture);
}

/* Long names, addresses and subjects, and what would make lines of its own. */
static void
test_hostile_values(void)
{
	DeskFixture *fixture = desk_fixture_new(DESK, NULL);
	g_autofree char *subject = g_strnfill(300, 's');
	g_autofree char *text = g_strdup_printf(
		"From: \"approve\" <carol@example.org>\nTo: liaisons@bbf.example\nSubject: %s =?utf-8?q?=0Aapprove?=\n"
		"Date: Sat, 21 Nov 2026 11:00:00 +0000\nMessage-ID: <r7@example.org>\n\n" BLOCK
		"Consensus: " "a very long word about the consensus that was found on the list, and how it was found, "
		"and by whom it was called\n\n%s\n",
		subject, subject);
	const TestMail statement = {CAROL, .recipients = BBF, .mail = text};
	g_autoptr(LsmMessage) mail = NULL;
	g_autofree char *shown_text = NULL;

	pass(fixture, &statement);
	mail = find_mail(fixture, "request", "ad1@example.org");
	g_assert_nonnull(mail);
	check_form(mail);
	shown_text = shown(mail);
	g_assert_nonnull(strstr(shown_text, "Consensus:  a very long word"));
	g_assert_null(strstr(shown_text, "\napprove\n"));
	desk_fixture_free(fixture);
}

/* Without a delimiter the token stands in the text alone. */
static void
test_no_delimiter(void)
{
	DeskFixture *fixture = desk_fixture_new(DESK "recipient-delimiter = \"\"\n", NULL);
	const TestMail statement = {CAROL, .recipients = BBF, .mail = STATEMENT("r8")};
	g_autoptr(LsmMessage) mail = NULL;
	g_autoptr(LsmAnswer) answer = NULL;

	pass(fixture, &statement);
	mail = find_mail(fixture, "request", "ad1@example.org");
	g_assert_cmpstr(lsm_message_from_address(mail), ==, "desk@ietf.org");
	answer = lsm_answer_parse(mail->text, mail->subject);
	g_assert_nonnull(answer->token);
	desk_fixture_free(fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/request/request", test_request);
	g_test_add_func("/request/binding", test_binding);
	g_test_add_func("/request/secrecy", test_secrecy);
	g_test_add_func("/request/attachments", test_attachments);
	g_test_add_func("/request/cover", test_cover);
	g_test_add_func("/request/authority", test_authority);
	g_test_add_func("/request/hostile-values", test_hostile_values);
	g_test_add_func("/request/no-delimiter", test_no_delimiter);
	return g_test_run();
}
