/*
 * test_attachment.c - a statement in an attachment: is it the mail's own, what of it counts beside the mail's text,
 * and which attachments are opened at all.
 */
#include "reading_fixture.h"
#include "rules/recognise.h"

static LsmSettings *settings;

#define FORM(purpose)                                                                                        \
	"Title:\tLS on STAMP\nResponse to:\t-\nSource:\tBroadband Forum\nTo:\tIETF IPPM\nCc:\t-\nPurpose:\t" purpose \
	"\nDeadline:\t2027-01-31\nContact Person:\tB. Forum\n1. Overall description:\nText.\n"
#define OUR_FORM                                                                                             \
	"Title:\tLS on STAMP\nResponse to:\t-\nSource:\tIETF IPPM Working Group\nTo:\tBroadband Forum\nCc:\t-\n"     \
	"Purpose:\tFor action\nDeadline:\t2027-01-31\nContact Person:\tC. Chair\n"
#define BBF "From: Bob <bob@bbf.example>\nTo: ippm@ietf.org\n"
#define ITU "From: Tina <tina@itu.example>\nTo: ippm@ietf.org\n"
#define CHAIR "From: Carol Chair <carol@employer.example>\nTo: liaisons@bbf.example\n"
#define COVER "\nDear all,\nplease see attached.\n"
#define BLOCK "\nLiaison-Statement: 1\nFrom: Broadband Forum\nTo: IETF IPPM\nPurpose: For information\n\ntext\n"
#define TO_LIST "<ippm@ietf.org>"
#define TO_US "<liaison-coordination@iab.org>"
#define TO_THEM "<liaisons@bbf.example>"

typedef struct {
	const char *name;
	const char *login, *sender, *recipients;
	const char *mail;
	const char *document; /* text of the one attachment; "MAIL:...": it is a mail */
	LsmOutcome want;
	gboolean want_certain;
	LsmMetadataPlace want_metadata;
	const char *want_purpose, *want_deadline; /* NULL: not compared; "": lacks */
	gboolean want_attached;                   /* the attachment's own reading is kept beside */
} Row;

static const Row rows[] = {
	{"please see attached", NULL, "bob@bbf.example", TO_LIST, BBF "Subject: hello\n" COVER, FORM("For action"),
	 LSM_OUTCOME_STATEMENT, FALSE, LSM_METADATA_ATTACHMENT, "action", "2027-01-31", FALSE},
	{"no form in it", NULL, "bob@bbf.example", TO_LIST, BBF "Subject: hello\n" COVER, "Slides\n", LSM_OUTCOME_NONE,
	 FALSE, LSM_METADATA_NONE, NULL, NULL, FALSE},
	{"forwarded", NULL, "bob@bbf.example", TO_LIST, BBF "Subject: Fwd: LS\n" COVER, FORM("For action"),
	 LSM_OUTCOME_CARRIES, FALSE, LSM_METADATA_ATTACHMENT, NULL, NULL, FALSE},
	{"in a thread", NULL, "bob@bbf.example", TO_LIST, BBF "Subject: Re: LS\nIn-Reply-To: <1@x>\n" COVER,
	 FORM("For action"), LSM_OUTCOME_CARRIES, FALSE, LSM_METADATA_ATTACHMENT, NULL, NULL, FALSE},
	{"an answer of their own to our liaison address", NULL, "bob@bbf.example", TO_US,
	 BBF "Subject: Re: LS\nIn-Reply-To: <1@x>\n" COVER, FORM("In response"), LSM_OUTCOME_STATEMENT, FALSE,
	 LSM_METADATA_ATTACHMENT, "response", NULL, FALSE},
	{"others' to our liaison address", NULL, "tina@itu.example", TO_US,
	 ITU "Subject: Re: LS\nIn-Reply-To: <1@x>\n" COVER, FORM("In response"), LSM_OUTCOME_CARRIES, FALSE,
	 LSM_METADATA_ATTACHMENT, NULL, NULL, FALSE},
	{"a draft under discussion", NULL, "bob@bbf.example", TO_LIST,
	 BBF "Subject: hello\n\nHere is a draft of our reply LS, any comments welcome.\n", FORM("For action"),
	 LSM_OUTCOME_CARRIES, FALSE, LSM_METADATA_ATTACHMENT, NULL, NULL, FALSE},
	{"received from others", NULL, "bob@bbf.example", TO_LIST,
	 BBF "Subject: hello\n\nWe have received the attached document.\n", FORM("For action"), LSM_OUTCOME_CARRIES,
	 FALSE, LSM_METADATA_ATTACHMENT, NULL, NULL, FALSE},
	{"the text's lines come first", NULL, "bob@bbf.example", TO_LIST,
	 BBF "Subject: LS\n\nPurpose: For information\n\nsee attached\n", FORM("For action"), LSM_OUTCOME_STATEMENT,
	 FALSE, LSM_METADATA_BOTH, "information", "2027-01-31", TRUE},
	{"the text's block comes first, its gaps are filled", NULL, "bob@bbf.example", TO_LIST, BBF "Subject: x\n" BLOCK,
	 FORM("For action"), LSM_OUTCOME_STATEMENT, TRUE, LSM_METADATA_BOTH, "information", "2027-01-31", TRUE},
	{"a block, and a document", NULL, "bob@bbf.example", TO_LIST, BBF "Subject: x\n" BLOCK, "Slides\n",
	 LSM_OUTCOME_STATEMENT, TRUE, LSM_METADATA_TEXT, "information", "", FALSE},
	{"a chair sends it", "carol", "carol@employer.example", TO_THEM, CHAIR "Subject: LS on STAMP\n" COVER, OUR_FORM,
	 LSM_OUTCOME_STATEMENT, TRUE, LSM_METADATA_ATTACHMENT, "action", "2027-01-31", FALSE},
	{"a mail of theirs in their mail", NULL, "bob@bbf.example", TO_LIST, BBF "Subject: hello\n" COVER,
	 "MAIL:" BBF "Subject: LS\n\n" FORM("For action"), LSM_OUTCOME_STATEMENT, FALSE, LSM_METADATA_ATTACHMENT,
	 "action", "2027-01-31", FALSE},
	{"a mail of theirs in others' mail", NULL, "tina@itu.example", TO_LIST, ITU "Subject: hello\n" COVER,
	 "MAIL:" BBF "Subject: LS\n\n" FORM("For action"), LSM_OUTCOME_CARRIES, FALSE, LSM_METADATA_ATTACHMENT, NULL,
	 NULL, FALSE},
	{"a mail of theirs shown by a chair", "carol", "carol@employer.example", TO_LIST,
	 CHAIR "Subject: what they want\n" COVER, "MAIL:" BBF "Subject: LS\n\n" FORM("For action"), LSM_OUTCOME_CARRIES,
	 FALSE, LSM_METADATA_ATTACHMENT, NULL, NULL, FALSE},
	{"a chair encloses a mail of ours to them", "carol", "carol@employer.example", TO_THEM,
	 CHAIR "Subject: our statement\n" COVER, "MAIL:" CHAIR "Subject: LS\n" BLOCK, LSM_OUTCOME_CARRIES, FALSE,
	 LSM_METADATA_ATTACHMENT, NULL, NULL, FALSE},
	{"... in the group's name", "carol", "carol@employer.example", TO_THEM, CHAIR "Subject: our statement\n" COVER,
	 "MAIL:" CHAIR "Subject: LS\n\n" OUR_FORM, LSM_OUTCOME_STATEMENT, TRUE, LSM_METADATA_ATTACHMENT, "action",
	 "2027-01-31", FALSE},
	{"an attached answer within a thread", NULL, "bob@bbf.example", TO_LIST, BBF "Subject: hello\n" COVER,
	 "MAIL:" BBF "Subject: Re: LS\nIn-Reply-To: <1@x>\n\n" FORM("For action"), LSM_OUTCOME_CARRIES, FALSE,
	 LSM_METADATA_ATTACHMENT, NULL, NULL, FALSE},
};

static GPtrArray *
texts_of(const char *document)
{
	GPtrArray *texts = g_ptr_array_new_with_free_func((GDestroyNotify)lsm_attachment_text_free);
	gboolean is_mail = g_str_has_prefix(document, "MAIL:");
	LsmMessage *mail = is_mail ? reading_parse(settings, document + strlen("MAIL:")) : NULL;
	const char *text = is_mail ? mail->text : document;
	LsmAttachmentText *attached =
		lsm_attachment_text_new("x", is_mail ? "message/rfc822" : "text/plain", "text", text, strlen(text));

	attached->mail = mail;
	g_ptr_array_add(texts, attached);
	return texts;
}

static void
check_row(const Row *row)
{
	g_autoptr(LsmMessage) message = reading_parse(settings, row->mail);
	g_autoptr(LsmEnvelope) envelope = reading_envelope(row->sender, row->recipients, row->login, NULL);
	g_autoptr(GPtrArray) texts = texts_of(row->document);
	g_autoptr(LsmRecognition) result = lsm_recognise_attached(message, texts, envelope, settings, NOW);
	const LsmStatement *statement = result->statement;

	g_test_message("%s", row->name);
	g_assert_cmpint(result->outcome, ==, row->want);
	g_assert_cmpint(result->certain, ==, row->want_certain);
	g_assert_cmpint(result->metadata, ==, row->want_metadata);
	g_assert_true((result->attached != NULL) == row->want_attached);
	g_assert_true(result->readings == texts);
	if (row->want_purpose != NULL && statement != NULL)
		g_assert_cmpstr(lsm_statement_first(statement, LSM_FIELD_PURPOSE), ==, row->want_purpose);
	if (row->want_deadline != NULL && statement != NULL) {
		const char *deadline = lsm_statement_first(statement, LSM_FIELD_DEADLINE);

		g_assert_cmpstr(deadline != NULL ? deadline : "", ==, row->want_deadline);
		g_assert_true((statement->deadline_state == LSM_DEADLINE_READ) == (deadline != NULL));
	}
}

static void
test_rows(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		check_row(&rows[i]);
}

/* The surest form counts, wherever it stands; of two that are sure the first. */
static void
test_several(void)
{
	static const struct {
		const char *first, *second;
		const char *want;
	} cases[] = {
		{"Slides\n", FORM("For action"), "action"},
		{FORM("For information"), FORM("For action"), "information"},
		{"", FORM("For action"), "action"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(LsmMessage) message = reading_parse(settings, BBF "Subject: hello\n" COVER);
		g_autoptr(LsmEnvelope) envelope = reading_envelope("bob@bbf.example", TO_LIST, NULL, NULL);
		g_autoptr(GPtrArray) texts = texts_of(cases[i].first);
		g_autoptr(GPtrArray) more = texts_of(cases[i].second);
		g_autoptr(LsmRecognition) result = NULL;

		g_ptr_array_extend_and_steal(texts, g_steal_pointer(&more));
		result = lsm_recognise_attached(message, texts, envelope, settings, NOW);
		g_assert_cmpint(result->outcome, ==, LSM_OUTCOME_STATEMENT);
		if (result->statement != NULL)
			g_assert_cmpstr(lsm_statement_first(result->statement, LSM_FIELD_PURPOSE), ==,
					cases[i].want);
	}
}

/* --- which are opened --- */

#define WITH(name)                                                                                           \
	"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nsee attached\n--b\nContent-Type: application/pdf; name=\"" name \
	"\"\n\nx\n--b--\n"

static const struct {
	const char *name;
	const char *sender, *recipients;
	const char *mail;
	gboolean want;
} openings[] = {
	{"from an organization", "bob@bbf.example", TO_LIST, BBF "Subject: x\n" WITH("a.pdf"), TRUE},
	{"from nobody known", "x@y.example", TO_LIST, "From: x@y.example\nSubject: x\n" WITH("a.pdf"), FALSE},
	{"... to our liaison address", "x@y.example", TO_US, "From: x@y.example\nSubject: x\n" WITH("a.pdf"), TRUE},
	{"... with a statement's subject", "x@y.example", TO_LIST, "From: x@y.example\nSubject: LS on x\n" WITH("a.pdf"),
	 TRUE},
	{"... with a statement's file name", "x@y.example", TO_LIST,
	 "From: x@y.example\nSubject: x\n" WITH("LS_to_IETF-v2.docx"), TRUE},
	{"... with some other file name", "x@y.example", TO_LIST, "From: x@y.example\nSubject: x\n" WITH("ls-la.txt"),
	 FALSE},
	{"nothing attached", "bob@bbf.example", TO_LIST, BBF "Subject: x\n\nx\n", FALSE},
	{"nothing but an attachment", "bob@bbf.example", TO_LIST,
	 BBF "Subject: x\nContent-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\nJVBERi0=\n",
	 TRUE},
	{"our block above it", "bob@bbf.example", TO_LIST,
	 BBF "Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n" BLOCK
	     "--b\nContent-Type: application/pdf\n\nx\n--b--\n",
	 TRUE},
};

static void
test_openings(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(openings); i++) {
		g_autoptr(LsmMessage) message = reading_parse(settings, openings[i].mail);
		g_autoptr(LsmEnvelope) envelope =
			reading_envelope(openings[i].sender, openings[i].recipients, NULL, NULL);
		g_autoptr(LsmRecognition) result = lsm_recognise(message, envelope, settings, NOW);

		g_test_message("%s", openings[i].name);
		g_assert_cmpint(lsm_recognition_wants_attachments(result, message), ==, openings[i].want);
		g_assert_false(lsm_recognition_has_unreadable(result));
	}
}

static void
test_statuses(void)
{
	static const struct {
		const char *status;
		gboolean want_whole;
	} words[] = {{"text", TRUE},       {"empty", TRUE}, {"scanned", FALSE},    {"encrypted", FALSE},
		     {"unreadable", FALSE}, {"limit", FALSE}, {"a new word", FALSE}};

	for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
		g_autoptr(LsmAttachmentText) text = lsm_attachment_text_new("x", "a/b", words[i].status, "", 0);

		g_test_message("%s", words[i].status);
		g_assert_cmpint(lsm_attachment_text_is_whole(text), ==, words[i].want_whole);
		g_assert_cmpuint(strlen(lsm_attachment_text_reason(text)), >, 3);
	}
}

int
main(int argc, char **argv)
{
	int status;

	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	settings = reading_settings_new();
	g_test_add_func("/attachment/rows", test_rows);
	g_test_add_func("/attachment/several", test_several);
	g_test_add_func("/attachment/openings", test_openings);
	g_test_add_func("/attachment/statuses", test_statuses);
	status = g_test_run();
	reading_settings_free(settings);
	return status;
}
