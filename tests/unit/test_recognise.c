/*
 * test_recognise.c - is it a statement, by which way, how certain; and every mail of the corpora gets an
 * answer.
 *
 * The corpora stand beside the source tree: LSM_SHARED, or ../shared. Without them those tests are skipped.
 */
#include <time.h>

#include "reading_fixture.h"
#include "rules/format.h"
#include "rules/recognise.h"
#include "rules/subject.h"

static LsmSettings *settings;

/* --- subjects --- */

static const struct {
	const char *subject;
	gboolean want;
} subjects[] = {
	{"LS on STAMP YANG model", TRUE},
	{"Reply LS on STAMP", TRUE},
	{"Response LS to SG15", TRUE},
	{"[DRAFT] LS on STAMP", TRUE},
	{"[ippm] LS on STAMP", TRUE},
	{"Re: LS on STAMP", TRUE},
	{"LS/i on the work of Q14", TRUE},
	{"LS/o/r on STAMP", TRUE},
	{"[S2-2401234] LS to IETF", TRUE},
	{"SG15-LS123 on OTN", TRUE},
	{"COM 16 - LS 124 - E", TRUE},
	{"COM 16 \xe2\x80\x93 LS 124", TRUE},
	{"Liaison statement from IETF to 3GPP", TRUE},
	{"New Liaison Statement, \"STAMP\"", TRUE},
	{"Liaison reply on codecs", TRUE},
	{"JCA-IMT2020 LS on IMT2020 roadmap", TRUE},
	{"Draft LS to ITU", TRUE},
	{"LS related to S2-2409444 on STAMP", TRUE},
	{"Response to reply LS on STAMP", TRUE},
	{"Reply to S2-2201578 on STAMP", TRUE},
	{"SG13 \xe2\x80\x93 LS 42", TRUE},
	{"JCA-IMT2020 - LS 1", TRUE},
	{"Liaison communication on TSN", TRUE},
	{"Reply to your question", FALSE},
	{"S2-2401234", FALSE},
	{"Link state LS on OSPF", FALSE},
	{"OSPF: LS on the wire", FALSE},
	{"LS update flooding", FALSE},
	{"LS-ID of type 5", FALSE},
	{"BGP-LS on segment routing", FALSE},
	{"ls -l", FALSE},
	{"Skills on sale", FALSE},
	{"Liaison manager for ITU-T wanted", FALSE},
	{"Liaison coordination call", FALSE},
	{"Details to follow", FALSE},
	{"", FALSE},
};

static void
test_subjects(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(subjects); i++) {
		g_test_message("%s", subjects[i].subject);
		g_assert_cmpint(lsm_subject_is_statement_like(subjects[i].subject), ==, subjects[i].want);
	}
}

static void
test_documents(void)
{
	static const char *const rows[][2] = {
		{"[S2-2401234] LS to IETF", "S2-2401234"},
		{"LS on x (SG15-LS123)", "SG15-LS123"},
		{"COM 16 - LS 124 - E", "COM 16 - LS 124"},
		{"LS on STAMP", NULL},
		{"AS2-2401234", NULL},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *document = lsm_subject_document(rows[i][0]);

		g_assert_cmpstr(document, ==, rows[i][1]);
	}
}

/* --- whole mails --- */

#define CHAIR "From: Carol Chair <carol@employer.example>\n"
#define ROLE "From: IPPM chairs <ippm-chairs@ietf.org>\n"
#define BBF "From: Bob <bob@bbf.example>\n"
#define TO_BBF "To: liaisons@bbf.example\n"
#define TO_IPPM "To: ippm@ietf.org\n"
#define BLOCK                                                                                                \
	"Liaison-Statement: 1\nFrom: IETF IPPM Working Group\nTo: Broadband Forum\nPurpose: For "            \
	"information\n\ntext\n"
#define BLOCK_IN                                                                                             \
	"Liaison-Statement: 1\nFrom: Broadband Forum\nTo: IETF IPPM Working Group\nPurpose: For "            \
	"information\n\ntext\n"
#define PROVED "Authentication-Results: mx.ietf.org; dmarc=pass header.from=employer.example\n"
#define TO_THEM "<liaisons@bbf.example>"
#define TO_LIST "<ippm@ietf.org>"
#define TOOL_MAIL                                                                                            \
	"From: Liaison Statement Management Tool <statements@ietf.org>\nSubject: New Liaison Statement, "    \
	"\"STAMP\"\n"                                                                                        \
	"\nTitle: STAMP\nSubmission Date: 2026-11-02\nURL of the IETF Web page: https://x/1/\nFrom: IETF "   \
	"IPPM\n"                                                                                             \
	"To: Broadband Forum\nPurpose: For information\nBody: text\n"

static const struct {
	const char *name;
	const char *login, *client; /* NULL: nobody, some address outside */
	const char *sender, *recipients;
	const char *mail;
	LsmOutcome want;
	LsmWay want_way;
	gboolean want_certain, want_verified;
} mails[] = {
	/* outgoing */
	{"block by the chair", "carol", NULL, "carol@employer.example", TO_THEM,
	 CHAIR TO_BBF "Subject: STAMP\n\n" BLOCK, LSM_OUTCOME_STATEMENT, LSM_WAY_OUTGOING, TRUE, TRUE},
	{"block as header fields", "carol", NULL, "carol@employer.example", TO_THEM,
	 CHAIR TO_BBF "Liaison-Statement: 1\nLiaison-To: Broadband Forum\n\ntext\n", LSM_OUTCOME_STATEMENT,
	 LSM_WAY_OUTGOING, TRUE, TRUE},
	{"chair without block", "carol", NULL, "carol@employer.example", TO_THEM,
	 CHAIR TO_BBF "Subject: STAMP review\n\nplease review\n", LSM_OUTCOME_STATEMENT, LSM_WAY_OUTGOING,
	 TRUE, TRUE},
	{"chair with a bare line", "carol", NULL, "carol@employer.example", TO_THEM,
	 CHAIR TO_BBF "Subject: STAMP review\n\nPurpose: For information\n\nplease review\n",
	 LSM_OUTCOME_STATEMENT, LSM_WAY_OUTGOING, TRUE, TRUE},
	{"chair to an unknown body, block", "carol", NULL, "carol@employer.example", "<ls@newsdo.example>",
	 CHAIR "To: ls@newsdo.example\n\nLiaison-Statement: 1\nTo: New SDO\nPurpose: For information\n\nx\n",
	 LSM_OUTCOME_STATEMENT, LSM_WAY_OUTGOING, TRUE, TRUE},
	{"chair, block names nobody known", "carol", NULL, "carol@employer.example", TO_THEM,
	 CHAIR TO_BBF "\nLiaison-Statement: 1\nFrom: The friends of STAMP\n\nx\n", LSM_OUTCOME_STATEMENT,
	 LSM_WAY_OUTGOING, TRUE, TRUE},
	{"chair answers in a thread", "carol", NULL, "carol@employer.example", TO_THEM,
	 CHAIR TO_BBF "Subject: Re: dinner\nIn-Reply-To: <1@x>\n\nat eight\n", LSM_OUTCOME_NONE,
	 LSM_WAY_OUTGOING, FALSE, TRUE},
	{"chair answers a statement", "carol", NULL, "carol@employer.example", TO_THEM,
	 CHAIR TO_BBF "Subject: Re: LS on STAMP\nIn-Reply-To: <1@x>\n\nour answer\n", LSM_OUTCOME_STATEMENT,
	 LSM_WAY_OUTGOING, FALSE, TRUE},
	{"chair's vacation notice", "carol", NULL, "carol@employer.example", TO_THEM,
	 CHAIR TO_BBF "Subject: Automatic reply: x\nAuto-Submitted: auto-replied\n\naway\n", LSM_OUTCOME_NONE,
	 LSM_WAY_OUTGOING, FALSE, TRUE},
	{"chair's receipt", "carol", NULL, "carol@employer.example", TO_THEM,
	 CHAIR TO_BBF "Subject: Read: x\nContent-Type: multipart/report; boundary=b\n\n--b\n\nread\n--b--\n",
	 LSM_OUTCOME_NONE, LSM_WAY_OUTGOING, FALSE, TRUE},
	{"chair accepts an invitation", "carol", NULL, "carol@employer.example", TO_THEM,
	 CHAIR TO_BBF "Subject: Accepted: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nyes\n--b\n"
		      "Content-Type: text/calendar\n\nx\n--b--\n",
	 LSM_OUTCOME_NONE, LSM_WAY_OUTGOING, FALSE, TRUE},
	{"chair answers in Chinese", "carol", NULL, "carol@employer.example", TO_THEM,
	 CHAIR TO_BBF "Subject: =?utf-8?B?562U5aSN77ya?= x\nIn-Reply-To: <1@x>\n\nat eight\n", LSM_OUTCOME_NONE,
	 LSM_WAY_OUTGOING, FALSE, TRUE},
	{"Re: alone is no thread", "carol", NULL, "carol@employer.example", TO_THEM,
	 CHAIR TO_BBF "Subject: Re: STAMP\n\nx\n", LSM_OUTCOME_STATEMENT, LSM_WAY_OUTGOING, TRUE, TRUE},
	{"chair to a person there", "carol", NULL, "carol@employer.example", "<bob@bbf.example>",
	 CHAIR "To: bob@bbf.example\nSubject: dinner\n\nat eight\n", LSM_OUTCOME_NONE, LSM_WAY_OUTGOING,
	 FALSE, TRUE},
	{"member without role", "dave", NULL, "dave@ietf.org", TO_THEM,
	 "From: dave@ietf.org\n" TO_BBF "Subject: LS on STAMP\n\nx\n", LSM_OUTCOME_STATEMENT,
	 LSM_WAY_OUTGOING, FALSE, TRUE},
	{"labels without opening line", "carol", NULL, "carol@employer.example", "<x@y.example>",
	 CHAIR "To: x@y.example\n\nFrom: IETF\nTo: Someone\nPurpose: For action\n\nx\n",
	 LSM_OUTCOME_STATEMENT, LSM_WAY_OUTGOING, FALSE, TRUE},
	{"chair replies below a quoted block", "carol", NULL, "carol@employer.example", TO_THEM,
	 CHAIR TO_BBF
	 "Subject: Re: STAMP\nIn-Reply-To: <1@x>\n\nOK\n\n> Liaison-Statement: 1\n> Purpose: For action\n",
	 LSM_OUTCOME_CARRIES, LSM_WAY_OUTGOING, FALSE, TRUE},
	{"forward: a note, then the block", "carol", NULL, "carol@employer.example", TO_THEM,
	 CHAIR TO_BBF "Subject: Fwd: STAMP\n\nFYI\n\n" BLOCK, LSM_OUTCOME_STATEMENT, LSM_WAY_OUTGOING, FALSE,
	 TRUE},
	{"\"Fwd:\" before a new block", "carol", NULL, "carol@employer.example", TO_THEM,
	 CHAIR TO_BBF "Subject: Fwd: STAMP\n\n" BLOCK, LSM_OUTCOME_STATEMENT, LSM_WAY_OUTGOING, TRUE, TRUE},
	/* drafts */
	{"block to the list", "carol", NULL, "carol@employer.example", TO_LIST,
	 CHAIR TO_IPPM "Subject: STAMP\n\n" BLOCK, LSM_OUTCOME_STATEMENT, LSM_WAY_DRAFT, TRUE, TRUE},
	{"block to an AD's private address", "carol", NULL, "carol@employer.example", "<ad1@example.org>",
	 CHAIR "To: ad1@example.org\n\n" BLOCK, LSM_OUTCOME_STATEMENT, LSM_WAY_DRAFT, TRUE, TRUE},
	{"thread at home", NULL, NULL, "dave@ietf.org", TO_LIST,
	 "From: dave@ietf.org\n" TO_IPPM
	 "Subject: Re: [ippm] draft LS to BBF\nIn-Reply-To: <1@x>\n\nlooks good\n",
	 LSM_OUTCOME_CARRIES, LSM_WAY_OTHER, FALSE, FALSE},
	/* sent around */
	{"around, unproved", NULL, NULL, "carol@employer.example", TO_LIST,
	 CHAIR TO_BBF "Cc: ippm@ietf.org\n\n" BLOCK, LSM_OUTCOME_STATEMENT, LSM_WAY_AROUND, TRUE, FALSE},
	{"around, proved", NULL, NULL, "carol@employer.example", TO_LIST,
	 PROVED CHAIR TO_BBF "Cc: ippm@ietf.org\n\n" BLOCK, LSM_OUTCOME_STATEMENT, LSM_WAY_AROUND, TRUE,
	 TRUE},
	{"around, proved but a stranger", NULL, NULL, "m@evil.example", TO_LIST,
	 "Authentication-Results: mx.ietf.org; dmarc=pass header.from=evil.example\nFrom: "
	 "m@evil.example\n" TO_BBF "Cc: ippm@ietf.org\n\n" BLOCK,
	 LSM_OUTCOME_STATEMENT, LSM_WAY_AROUND, TRUE, FALSE},
	{"forged From of ours", NULL, NULL, "m@evil.example", TO_LIST,
	 ROLE TO_BBF "Cc: ippm@ietf.org\nSubject: LS on STAMP\n\nx\n", LSM_OUTCOME_STATEMENT, LSM_WAY_AROUND,
	 FALSE, FALSE},
	/* incoming */
	{"block to a group's list", NULL, NULL, "bob@bbf.example", TO_LIST,
	 BBF TO_IPPM "Subject: x\n\n" BLOCK_IN, LSM_OUTCOME_STATEMENT, LSM_WAY_INCOMING, TRUE, FALSE},
	{"LS on ... to a group's list", NULL, NULL, "bob@bbf.example", TO_LIST,
	 BBF TO_IPPM "Subject: LS on STAMP\n\nfind enclosed\n", LSM_OUTCOME_STATEMENT, LSM_WAY_INCOMING,
	 FALSE, FALSE},
	{"discussion by their people", NULL, NULL, "bob@bbf.example", TO_LIST,
	 BBF TO_IPPM "Subject: Re: [ippm] LS on STAMP\nIn-Reply-To: <1@x>\n\nI agree\n", LSM_OUTCOME_CARRIES,
	 LSM_WAY_INCOMING, FALSE, FALSE},
	{"draft for discussion", NULL, NULL, "bob@bbf.example", TO_LIST,
	 BBF TO_IPPM "Subject: Draft LS to IETF\n\nsee below\n", LSM_OUTCOME_CARRIES, LSM_WAY_INCOMING, FALSE,
	 FALSE},
	{"ordinary post by their people", NULL, NULL, "bob@bbf.example", TO_LIST,
	 BBF TO_IPPM "Subject: draft-ietf-ippm-stamp-yang\n\nhello\n", LSM_OUTCOME_NONE, LSM_WAY_INCOMING,
	 FALSE, FALSE},
	{"unknown body to the liaison contact", NULL, NULL, "x@newsdo.example",
	 "<liaison-coordination@iab.org>",
	 "From: x@newsdo.example\nSubject: LS on quantum things\n\nDear IETF\n", LSM_OUTCOME_STATEMENT,
	 LSM_WAY_INCOMING, FALSE, FALSE},
	{"spam to the liaison contact", NULL, NULL, "x@spam.example", "<liaison-coordination@iab.org>",
	 "From: x@spam.example\nSubject: Great deals\n\nbuy\n", LSM_OUTCOME_NONE, LSM_WAY_INCOMING, FALSE,
	 FALSE},
	{"forwarded to the list", NULL, NULL, "dave@ietf.org", TO_LIST,
	 "From: dave@ietf.org\n" TO_IPPM
	 "Subject: Fwd: LS on STAMP\n\n---------- Forwarded message ---------\nFrom: Bob\n\n" BLOCK_IN,
	 LSM_OUTCOME_CARRIES, LSM_WAY_OTHER, FALSE, FALSE},
	/* tool, list, others */
	{"the trusted tool", NULL, "192.0.2.80", "statements@ietf.org", TO_THEM, TOOL_MAIL,
	 LSM_OUTCOME_STATEMENT, LSM_WAY_TOOL, TRUE, TRUE},
	{"the tool's sender from elsewhere", NULL, NULL, "statements@ietf.org", TO_THEM, TOOL_MAIL,
	 LSM_OUTCOME_STATEMENT, LSM_WAY_AROUND, TRUE, FALSE},
	{"the tool's client, other sender", NULL, "192.0.2.80", "x@ietf.org", TO_THEM, TOOL_MAIL,
	 LSM_OUTCOME_STATEMENT, LSM_WAY_AROUND, TRUE, FALSE},
	{"copy by our list manager", NULL, "192.0.2.25", "ippm-bounces+bob=bbf.example@ietf.org",
	 "<bob@bbf.example>", BBF TO_IPPM "List-Id: <ippm.ietf.org>\n\n" BLOCK_IN, LSM_OUTCOME_STATEMENT,
	 LSM_WAY_LIST, TRUE, TRUE},
	{"forged list copy", NULL, NULL, "ippm-bounces@ietf.org", TO_LIST,
	 BBF TO_IPPM "List-Id: <ippm.ietf.org>\n\n" BLOCK_IN, LSM_OUTCOME_STATEMENT, LSM_WAY_INCOMING, TRUE,
	 FALSE},
	{"neither end home", NULL, NULL, "bob@bbf.example", TO_LIST,
	 BBF TO_IPPM "\nLiaison-Statement: 1\nFrom: BBF\nTo: ITU-T\n\nx\n", LSM_OUTCOME_CARRIES,
	 LSM_WAY_OTHER, FALSE, FALSE},
	{"neither end home, to our liaison address", NULL, NULL, "bob@bbf.example",
	 "<liaison-coordination@iab.org>", BBF "\nLiaison-Statement: 1\nFrom: BBF\nTo: ITU-T\n\nx\n",
	 LSM_OUTCOME_STATEMENT, LSM_WAY_OTHER, TRUE, FALSE},
	{"home to home", "carol", NULL, "carol@employer.example", "<opsawg@ietf.org>",
	 CHAIR "To: opsawg@ietf.org\n\nLiaison-Statement: 1\nFrom: IETF IPPM WG\nTo: IETF OPSAWG WG\n\nx\n",
	 LSM_OUTCOME_CARRIES, LSM_WAY_OTHER, FALSE, TRUE},
	{"routing", NULL, NULL, "bob@bbf.example", TO_LIST,
	 BBF TO_IPPM "Subject: LS update on the link state database\n\nx\n", LSM_OUTCOME_NONE,
	 LSM_WAY_INCOMING, FALSE, FALSE},
	{"nobody at all", NULL, NULL, "", "<x@y.example>", "\n", LSM_OUTCOME_NONE, LSM_WAY_OTHER, FALSE,
	 FALSE},
};

static void
test_mails(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(mails); i++) {
		g_autoptr(LsmMessage) message = reading_parse(settings, mails[i].mail);
		g_autoptr(LsmEnvelope) envelope = reading_envelope(mails[i].sender, mails[i].recipients,
								   mails[i].login, mails[i].client);
		g_autoptr(LsmRecognition) found = lsm_recognise(message, envelope, settings, NOW);

		g_test_message("%s", mails[i].name);
		g_assert_cmpstr(lsm_outcome_name(found->outcome), ==, lsm_outcome_name(mails[i].want));
		g_assert_cmpstr(lsm_way_name(found->way), ==, lsm_way_name(mails[i].want_way));
		g_assert_cmpint(found->certain, ==, mails[i].want_certain);
		g_assert_cmpint(found->verified, ==, mails[i].want_verified);
		g_assert_cmpint(found->statement != NULL, ==, mails[i].want != LSM_OUTCOME_NONE);
	}
}

static void
test_submission_paths(void)
{
	static const struct {
		const char *daemon;
		gboolean by_command;
		LsmWay want;
	} paths[] = {
		{"submission", FALSE, LSM_WAY_OUTGOING},
		{"mx-in", FALSE, LSM_WAY_AROUND},
		{NULL, FALSE, LSM_WAY_AROUND},
		{NULL, TRUE, LSM_WAY_OUTGOING},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(paths); i++) {
		g_autoptr(LsmMessage) message = reading_parse(settings, ROLE TO_BBF "\n" BLOCK);
		g_autoptr(LsmEnvelope) envelope = reading_envelope("x@ietf.org", TO_THEM, NULL, NULL);
		g_autoptr(LsmRecognition) found = NULL;

		envelope->daemon_name = g_strdup(paths[i].daemon);
		envelope->by_command = paths[i].by_command;
		found = lsm_recognise(message, envelope, settings, NOW);
		g_assert_cmpstr(lsm_way_name(found->way), ==, lsm_way_name(paths[i].want));
		g_assert_false(found->verified);
	}
}

static void
test_opt_out(void)
{
	static const struct {
		const char *login;
		const char *text;
		gboolean want;
	} texts[] = {
		{"carol", "Liaison: no\n\nhello\n", TRUE}, {"carol", "\n\n  LIAISON:  No \nhello\n", TRUE},
		{"carol", "hello\nLiaison: no\n", FALSE},  {"carol", "Liaison: nothing\n", FALSE},
		{"carol", "> Liaison: no\n", FALSE},       {NULL, "Liaison: no\n\nhello\n", FALSE},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(LsmMessage) message = reading_parse_text(settings, CHAIR TO_BBF, texts[i].text);
		g_autoptr(LsmEnvelope) envelope =
			reading_envelope("carol@employer.example", TO_THEM, texts[i].login, NULL);
		g_autoptr(LsmRecognition) found = lsm_recognise(message, envelope, settings, NOW);

		g_test_message("%s", texts[i].text);
		g_assert_cmpint(found->opted_out, ==, texts[i].want);
	}
}

/* What the statement does not say comes from elsewhere, and is marked so. */
static void
test_inferred(void)
{
	static const struct {
		LsmFieldId field;
		const char *want, *want_where;
	} wants[] = {
		{LSM_FIELD_FROM, "IETF IPPM Working Group", "header From"},
		{LSM_FIELD_TO, "Broadband Forum", "envelope"},
		{LSM_FIELD_FROM_CONTACT, "carol@employer.example", "header From"},
		{LSM_FIELD_SEND_REPLY_TO, "liaison-coordination@iab.org", "header Reply-To"},
		{LSM_FIELD_TO_CONTACT, "liaisons@bbf.example", "envelope"},
		{LSM_FIELD_SUBJECT, "STAMP", "header Subject"},
		{LSM_FIELD_PURPOSE, "response", "body line 1"},
		{LSM_FIELD_IN_RESPONSE_TO, "1@x", "header In-Reply-To"},
	};
	g_autoptr(LsmMessage) message = reading_parse(
		settings, CHAIR TO_BBF "Cc: ippm@ietf.org\nReply-To: liaison-coordination@iab.org\nSubject: "
				       "STAMP\nIn-Reply-To: <1@x>\n\n"
				       "Purpose: In response\n\nour answer\n");
	g_autoptr(LsmEnvelope) envelope =
		reading_envelope("carol@employer.example", TO_THEM " " TO_LIST, "carol", NULL);
	g_autoptr(LsmRecognition) found = lsm_recognise(message, envelope, settings, NOW);

	g_assert_nonnull(found->statement);
	for (gsize i = 0; found->statement != NULL && i < G_N_ELEMENTS(wants); i++) {
		const GPtrArray *values = found->statement->values[wants[i].field];

		g_test_message("%s", lsm_field_label(wants[i].field));
		g_assert_cmpuint(values->len, ==, 1);
		if (values->len == 1) {
			g_assert_cmpstr(((LsmValue *)g_ptr_array_index(values, 0))->value, ==, wants[i].want);
			g_assert_cmpstr(((LsmValue *)g_ptr_array_index(values, 0))->where, ==,
					wants[i].want_where);
		}
	}
	g_assert_cmpuint(found->from_bodies->len, ==, 1);
	g_assert_cmpstr(((const LsmBody *)g_ptr_array_index(found->from_bodies, 0))->acronym, ==, "ippm");
	g_assert_cmpuint(found->to_organizations->len, ==, 1);
	g_assert_cmpuint(found->to_bodies->len, ==, 0);
	g_assert_nonnull(found->submitter);
}

static void
test_recipients(void)
{
	static const struct {
		const char *address;
		gboolean want_outside, want_withheld;
	} rows[] = {
		{"liaisons@bbf.example", TRUE, TRUE},
		{"someone@nowhere.example", TRUE, TRUE},
		{"ippm@ietf.org", FALSE, TRUE},
		{"ippm-chairs@ietf.org", FALSE, FALSE},
		{"x@sub.ietf.org", FALSE, FALSE},
		{"ad1@example.org", FALSE, FALSE},
		{"carol@employer.example", FALSE, FALSE},
		{"liaison-coordination@iab.org", FALSE, FALSE},
		{"x@notietf.org", TRUE, TRUE},
		{"", TRUE, TRUE},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_message("%s", rows[i].address);
		g_assert_cmpint(lsm_recipient_is_outside(settings, rows[i].address), ==,
				rows[i].want_outside);
		g_assert_cmpint(lsm_recipient_is_withheld(settings, rows[i].address), ==,
				rows[i].want_withheld);
	}
}

/* --- the corpora --- */

static char *
corpus_folder(const char *name)
{
	const char *shared = g_getenv("LSM_SHARED");

	return g_build_filename(shared != NULL ? shared : "../shared", "corpus", name, NULL);
}

static double
cpu_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static LsmOutcome
recognise_file(const char *path)
{
	g_autofree char *mail = NULL;
	gsize length = 0;
	double start;
	LsmOutcome outcome;

	if (!g_file_get_contents(path, &mail, &length, NULL))
		return LSM_OUTCOME_NONE;
	start = cpu_seconds();
	{
		g_autoptr(LsmMessage) message = reading_parse_octets(settings, mail, length);
		g_autoptr(LsmEnvelope) envelope = reading_envelope(
			"x@bbf.example", "ippm@ietf.org liaison-coordination@iab.org", NULL, NULL);
		g_autoptr(LsmRecognition) found = lsm_recognise(message, envelope, settings, NOW);
		g_autofree char *digest = lsm_message_text_digest(message, NULL, NULL);

		g_assert_cmpuint(strlen(digest), ==, 64);
		g_assert_true(g_utf8_validate(message->text, -1, NULL));
		outcome = found->outcome;
	}
	if (cpu_seconds() - start >= 1.0)
		g_test_message("%s took %.1f s", path, cpu_seconds() - start);
	g_assert_cmpfloat(cpu_seconds() - start, <, 1.0);
	return outcome;
}

/* How many files of the folder come out as a statement; *count_out: of how many. FALSE: no such folder. */
static gboolean
recognise_folder(const char *name, guint *count_out, guint *statements_out)
{
	g_autofree char *folder = corpus_folder(name);
	g_autoptr(GDir) directory = g_dir_open(folder, 0, NULL);
	const char *file;

	*count_out = *statements_out = 0;
	if (directory == NULL)
		return FALSE;
	while ((file = g_dir_read_name(directory)) != NULL) {
		g_autofree char *path = g_build_filename(folder, file, NULL);
		gboolean statement = recognise_file(path) == LSM_OUTCOME_STATEMENT;

		if (statement)
			g_test_message("taken for a statement: %s", file);
		*statements_out += statement ? 1 : 0;
		(*count_out)++;
	}
	return TRUE;
}

static void
test_torture(void)
{
	guint count, statements;

	if (!recognise_folder("mime-torture", &count, &statements)) {
		g_test_skip("no folder ../shared/corpus/mime-torture (LSM_SHARED)");
		return;
	}
	g_assert_cmpuint(count, >, 0);
	g_assert_cmpuint(statements, ==, 0);
}

/* The envelope leads to a list and to the liaison contact, the worst place for a false catch. */
static void
test_not_liaison(void)
{
	guint count, statements;

	if (!recognise_folder("not-liaison", &count, &statements)) {
		g_test_skip("no folder ../shared/corpus/not-liaison (LSM_SHARED)");
		return;
	}
	g_assert_cmpuint(count, >, 0);
	g_test_message("%u of %u", statements, count);
	g_assert_cmpuint(statements * 200, <=, count);
}

int
main(int argc, char **argv)
{
	int status;

	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	settings = reading_settings_new();
	g_test_add_func("/recognise/subjects", test_subjects);
	g_test_add_func("/recognise/documents", test_documents);
	g_test_add_func("/recognise/mails", test_mails);
	g_test_add_func("/recognise/submission-paths", test_submission_paths);
	g_test_add_func("/recognise/opt-out", test_opt_out);
	g_test_add_func("/recognise/inferred", test_inferred);
	g_test_add_func("/recognise/recipients", test_recipients);
	g_test_add_func("/recognise/torture", test_torture);
	g_test_add_func("/recognise/not-liaison", test_not_liaison);
	status = g_test_run();
	reading_settings_free(settings);
	return status;
}
