/*
 * test_guidance.c - replies, findings, blocks and mails: what people read, and that nothing from a mail gets
 * out of line.
 */
#include "tests/lib/rules_fixture.h"

#include <gio/gio.h>
#include <glib/gstdio.h>

#include "conf/error.h"
#include "rules/guidance.h"

/* The joined reply, as a relaying mail server shows it. */
static char *
reply_of(Fixture *fixture, const char *id, gsize *octets_out)
{
	g_autoptr(LsmVerdict) verdict = lsm_verdict_judge(&fixture->input);
	g_auto(GStrv) lines = lsm_guidance_reply(verdict, &fixture->input, id);

	g_assert_cmpuint(g_strv_length(lines), <=, 8);
	*octets_out = 0;
	for (guint i = 0; lines[i] != NULL; i++) {
		*octets_out += strlen("550-5.6.0 ") + strlen(lines[i]) + 2;
		g_assert_cmpuint(strlen(lines[i]), <, 480);
		for (const char *p = lines[i]; *p != '\0'; p++)
			g_assert_true(g_ascii_isprint(*p) && *p != '%');
	}
	return g_strjoinv("\n", lines);
}

static const struct {
	const char *name;
	const char *edits;
	const char *id;
	const char *want;
} reply_cases[] = {
	{"the example of the design", "Purpose=", "LS-20261121-K7Q3M",
	 "Not sent to Broadband Forum: this liaison statement lacks 2 things.\n"
	 "(1) PURPOSE. Put one of these lines on top of the text: \"Purpose: For information\" (no answer "
	 "needed), "
	 "\"Purpose: For action\" (answer wanted), \"Purpose: In response\".\n"
	 "(2) DEADLINE. If it is for action, add for example \"Deadline: 2026-12-31\".\n"
	 "Nobody has received it. Add this and send it again; an Area Director of IPPM is then asked to "
	 "approve, and you "
	 "hear at once.\n"
	 "A ready block to paste was mailed to you. Ref LS-20261121-K7Q3M.\n"
	 "Questions: liaison-coordination@iab.org. Rules: rfc4053bis section 2.2.\n"
	 "NOT a liaison statement? Put \"Liaison: no\" on top of the text and send it again."},
	{"one thing that stands there, approved, nobody to mail to",
	 "Purpose=For action;Deadline=2026-11-01;login=ad1@example.org", "LS-1",
	 "Not sent to Broadband Forum: this liaison statement needs 1 change.\n"
	 "(1) DEADLINE: 2026-11-01 is over. Give a day in the future, for example \"Deadline: 2026-12-31\".\n"
	 "Nobody has received it. Mend this and send it again.\n"
	 "A ready block to paste was mailed to you. Ref LS-1.\n"
	 "Questions: liaison-coordination@iab.org. Rules: rfc4053bis section 2.2.\n"
	 "NOT a liaison statement? Put \"Liaison: no\" on top of the text and send it again."},
	{"a login without an address", "text=;login=chair1", "LS-1",
	 "Not sent to Broadband Forum: this liaison statement lacks 1 thing.\n"
	 "(1) CONTENT. Add the text of the statement, or attach it.\n"
	 "Nobody has received it. Add this and send it again; an Area Director of IPPM is then asked to "
	 "approve, and you "
	 "hear at once.\n"
	 "Ref LS-1.\n"
	 "Questions: liaison-coordination@iab.org. Rules: rfc4053bis section 2.3.\n"
	 "NOT a liaison statement? Put \"Liaison: no\" on top of the text and send it again."},
	{"nobody logged in, pre-flight, RFC 4053", "text=;login=;rule-set=rfc4053", NULL,
	 "Not sent to Broadband Forum: this liaison statement lacks 1 thing.\n"
	 "(1) CONTENT. Add the text of the statement, or attach it.\n"
	 "Nobody has received it. Add this and send it again; an Area Director of IPPM is then asked to "
	 "approve, and you "
	 "hear at once.\n"
	 "This is a trial: nothing was sent, and nothing was recorded.\n"
	 "Questions: liaison-coordination@iab.org. Rules: RFC 4053.\n"
	 "NOT a liaison statement? Tell liaison-coordination@iab.org, with the reference."},
	{"more than there is room for", "bodies=IRTF;Purpose=;text=", "LS-1",
	 "Not sent to Broadband Forum: this liaison statement needs 4 changes.\n"
	 "(1) ORIGINATOR: IRTF. Research groups do not start an exchange; ask the liaison contact. If this "
	 "is an answer, "
	 "add \"Purpose: In response\".\n"
	 "(2) PURPOSE. Put one of these lines on top of the text: \"Purpose: For information\" (no answer "
	 "needed), "
	 "\"Purpose: For action\" (answer wanted), \"Purpose: In response\".\n"
	 "(3) DEADLINE. If it is for action, add for example \"Deadline: 2026-12-31\". And 1 more, in the "
	 "mail to you: "
	 "CONTENT.\n"
	 "Nobody has received it. Mend this and send it again; the IRTF Chair and the IAB Chair are then asked "
	 "to approve, and you hear at once.\n"
	 "A ready block to paste was mailed to you, with 2 further remarks. Ref LS-1.\n"
	 "Questions: liaison-coordination@iab.org. Rules: rfc4053bis sections 1, 2.2, 2.3.\n"
	 "NOT a liaison statement? Put \"Liaison: no\" on top of the text and send it again."},
	{"who gets no mail is given the check address",
	 "text=;login=;check-address=check@ietf.org;From-Contact=;To-Contact=", "LS-1",
	 "Not sent to Broadband Forum: this liaison statement lacks 1 thing.\n"
	 "(1) CONTENT. Add the text of the statement, or attach it.\n"
	 "Nobody has received it. Add this and send it again; an Area Director of IPPM is then asked to "
	 "approve, and you hear at once.\n"
	 "Send it to check@ietf.org, and all that lacks comes back by mail, with 4 further remarks. Ref LS-1.\n"
	 "Questions: liaison-coordination@iab.org. Rules: rfc4053bis section 2.3.\n"
	 "NOT a liaison statement? Tell liaison-coordination@iab.org, with the reference."},
	{"a hostile purpose and addressee",
	 "To=B\xc3\xb6se\r\n250 ok%s;orgs=;Purpose=\"For\r\n250 100%\x01 f\xc3\xbcn;login=ad1@example.org",
	 "LS-1", NULL},
};

static void
test_reply(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(reply_cases); i++) {
		Fixture *fixture = fixture_new();
		g_autofree char *text = NULL;
		gsize octets;

		g_test_message("%s", reply_cases[i].name);
		fixture_edit(fixture, reply_cases[i].edits);
		text = reply_of(fixture, reply_cases[i].id, &octets);
		g_assert_cmpuint(octets, <=, 1000);
		if (reply_cases[i].want != NULL)
			g_assert_cmpstr(text, ==, reply_cases[i].want);
		fixture_free(fixture);
	}
}

/* The longest of everything still fits. */
static void
test_reply_is_short(void)
{
	static const char *const logins[] = {"someone@example.org", "someone", ""};
	g_autofree char *long_text = g_strnfill(5000, 'W');
	g_autofree char *edits =
		g_strdup_printf("bodies=IRTF;Purpose=%s;To=%s;text=;orgs=", long_text, long_text);

	for (guint i = 0; i < G_N_ELEMENTS(logins); i++) {
		Fixture *fixture = fixture_new();
		g_autofree char *text = NULL;
		gsize octets;

		fixture_edit(fixture, edits);
		fixture_set_submitter(fixture, logins[i]);
		text = reply_of(fixture, long_text, &octets);
		g_test_message("%s", text);
		g_assert_cmpuint(octets, <=, 1000);
		g_assert_nonnull(strstr(text, "needs 4 changes"));
		g_assert_nonnull(strstr(text, " more"));
		fixture_free(fixture);
	}
}

static const struct {
	const char *text;
	gsize max;
	const char *want;
} line_cases[] = {
	{"plain", 80, "plain"},
	{NULL, 80, ""},
	{" a\r\n b\tc\x01"
	 "d\x7f ",
	 80, "a b c d"},
	{"100%s", 80, "100 percents"},
	{"% of", 80, "percent of"},
	{"M\xc3\xbcller \xff", 80, "Muller ?"},
	{"abcdefghij", 8, "abcde..."},
	{"abcdefghij", 10, "abcdefghij"},
	{"abcdefghij", 2, "ab"},
};

static void
test_one_line(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(line_cases); i++) {
		g_autofree char *line = lsm_guidance_one_line(line_cases[i].text, line_cases[i].max);

		g_assert_cmpstr(line, ==, line_cases[i].want);
	}
}

static void
test_findings(void)
{
	Fixture *fixture = fixture_new();
	g_autoptr(LsmVerdict) verdict = NULL;
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;

	fixture_edit(fixture,
		     "Purpose=For fun;To-Contact=;From-Contact=;rule=to-contact.missing:observe;flip=known");
	verdict = lsm_verdict_judge(&fixture->input);
	text = lsm_guidance_findings(verdict, &fixture->input);
	g_assert_true(g_str_has_prefix(text, "1. PURPOSE (A26; rfc4053bis section 2.2)\n"
					     "   Found: \"For fun\" is none of the three.\n"
					     "   Use one of"));
	g_assert_nonnull(strstr(text, "\n\n3. APPROVAL (A63 A64 A65 A66 A70; rfc4053bis section 4.1)\n"));
	g_assert_nonnull(strstr(text, "   This cannot be said without the record.\n"));
	g_assert_nonnull(strstr(text, "\n\n4. FROM CONTACT ("));
	g_assert_null(strstr(text, "TO CONTACT"));
	g_assert_true(g_str_has_suffix(text, ".\n"));
	lines = g_strsplit(text, "\n", -1);
	for (guint i = 0; lines[i] != NULL; i++)
		g_assert_cmpint(g_utf8_strlen(lines[i], -1), <=, 72);
	fixture_free(fixture);
}

static void
test_no_findings(void)
{
	Fixture *fixture = fixture_new();
	g_autoptr(LsmVerdict) verdict = NULL;
	g_autofree char *text = NULL;

	fixture_edit(fixture, "login=ad1@example.org");
	verdict = lsm_verdict_judge(&fixture->input);
	text = lsm_guidance_findings(verdict, &fixture->input);
	g_assert_cmpstr(text, ==, "   Nothing.\n");
	fixture_free(fixture);
}

static void
test_finding(void)
{
	Fixture *fixture = fixture_new();
	g_autoptr(LsmVerdict) verdict = NULL;
	g_autofree char *text = NULL;

	fixture_edit(fixture, "Purpose=For action;Deadline=2026-11-01");
	verdict = lsm_verdict_judge(&fixture->input);
	text = lsm_guidance_finding(g_ptr_array_index(verdict->findings, 0), FIXTURE_NOW);
	g_assert_cmpstr(text, ==,
			"DEADLINE: 2026-11-01 is over. Give a day in the future, for example \"Deadline: "
			"2026-12-31\".");
	fixture_free(fixture);
}

static const struct {
	const char *name;
	const char *edits;
	const char *want;
} block_cases[] = {
	{"no purpose", "Purpose=",
	 "Liaison-Statement: 1\n"
	 "From: IETF IPPM Working Group\n"
	 "From-Contact: ippm-chairs@ietf.org, ippm@ietf.org, ops-ads@ietf.org,\n"
	 "  bbf-manager@ietf.org\n"
	 "Send-Reply-To: liaison-coordination@iab.org\n"
	 "To: Broadband Forum\n"
	 "To-Contact: liaisons@bbf.example\n"
	 "Purpose: For action | For information | In response\n"
	 "Deadline: YYYY-MM-DD (only if it is for action)\n"
	 "Consensus:\n"},
	{"gaps that the directory fills",
	 "From=;From-Contact=;Send-Reply-To=;To=;To-Contact=;Purpose=In response",
	 "Liaison-Statement: 1\n"
	 "From: IETF IPPM Working Group\n"
	 "From-Contact: ippm-chairs@ietf.org, ippm@ietf.org, ops-ads@ietf.org,\n"
	 "  bbf-manager@ietf.org\n"
	 "Send-Reply-To: bbf-manager@ietf.org\n"
	 "To: Broadband Forum\n"
	 "To-Contact: liaisons@bbf.example\n"
	 "Purpose: In response\n"
	 "In-Response-To:\n"
	 "Consensus:\n"},
	{"nothing known", "From=;From-Contact=;Send-Reply-To=;To=;To-Contact=;bodies=;orgs=",
	 "Liaison-Statement: 1\n"
	 "From:\n"
	 "From-Contact:\n"
	 "Send-Reply-To: liaison-coordination@iab.org\n"
	 "To:\n"
	 "To-Contact:\n"
	 "Purpose: For information\n"
	 "Consensus:\n"},
	{"everything given",
	 "Purpose=For action;Deadline=2027-01-15;Send-To=liaisons@bbf.example;Consensus=WG consensus",
	 "Liaison-Statement: 1\n"
	 "From: IETF IPPM Working Group\n"
	 "From-Contact: ippm-chairs@ietf.org, ippm@ietf.org, ops-ads@ietf.org,\n"
	 "  bbf-manager@ietf.org\n"
	 "Send-Reply-To: liaison-coordination@iab.org\n"
	 "To: Broadband Forum\n"
	 "To-Contact: liaisons@bbf.example\n"
	 "Send-To: liaisons@bbf.example\n"
	 "Purpose: For action\n"
	 "Deadline: 2027-01-15\n"
	 "Consensus: WG consensus\n"},
	{"a deadline that is over is a gap", "Purpose=For action;Deadline=2026-01-15",
	 "Liaison-Statement: 1\n"
	 "From: IETF IPPM Working Group\n"
	 "From-Contact: ippm-chairs@ietf.org, ippm@ietf.org, ops-ads@ietf.org,\n"
	 "  bbf-manager@ietf.org\n"
	 "Send-Reply-To: liaison-coordination@iab.org\n"
	 "To: Broadband Forum\n"
	 "To-Contact: liaisons@bbf.example\n"
	 "Purpose: For action\n"
	 "Deadline: YYYY-MM-DD\n"
	 "Consensus:\n"},
};

static void
test_block(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(block_cases); i++) {
		Fixture *fixture = fixture_new();
		g_autofree char *block = NULL;

		g_test_message("%s", block_cases[i].name);
		fixture_edit(fixture, block_cases[i].edits);
		block = lsm_guidance_block(&fixture->input);
		g_assert_cmpstr(block, ==, block_cases[i].want);
		fixture_free(fixture);
	}
}

static const char *const vars[] = {"id",
				   "LS-1",
				   "subject",
				   "a\r\nBcc: x@other.example",
				   "evil",
				   "{{id}}",
				   "multi",
				   "one\ntwo\tthree\x1b[0m",
				   "turned",
				   "abc\xe2\x80\xae"
				   "def",
				   "bad",
				   "\xff",
				   "ended",
				   "one\ntwo\n",
				   "people",
				   "first.person@example.org, second.person@example.org, third.person@example.org",
				   NULL};

static const struct {
	const char *name;
	const char *template;
	const char *want;
} text_cases[] = {
	{"plain", "Subject: hello\n\nbody\n", "Subject: hello\n\nbody\n"},
	{"values", "Subject: [{{id}}]\n\n{{id}}{{id}}\n", "Subject: [LS-1]\n\nLS-1LS-1\n"},
	{"a subject stays one line", "Subject: {{subject}}\n\n{{subject}}",
	 "Subject: a Bcc: x@other.example\n\na\nBcc: x@other.example\n"},
	{"values are not looked at", "Subject: x\n\n{{evil}}", "Subject: x\n\n{{id}}\n"},
	{"unknown and empty keys", "Subject: x\n\n<{{nothing}}{{}}>", "Subject: x\n\n<>\n"},
	{"no end", "Subject: x\n\n{{id", "Subject: x\n\n{{id\n"},
	{"control characters", "Subject: x\n\n{{multi}}", "Subject: x\n\none\ntwo three[0m\n"},
	{"text that runs backwards", "Subject: x\n\n{{turned}}", "Subject: x\n\nabcdef\n"},
	{"octets that are no text", "Subject: x\n\n{{bad}}", "Subject: x\n\n\xef\xbf\xbd\n"},
	{"only one line", "{{multi}}", "one two three[0m\n"},
	{"a value that ends its line", "Subject: x\n\n{{ended}}\n\nnext\n", "Subject: x\n\none\ntwo\n\nnext\n"},
	{"the same without an empty line", "Subject: x\n\n{{ended}}\nnext\n", "Subject: x\n\none\ntwo\n\nnext\n"},
	{"a value without content", "Subject: x\n\nbefore\n\n{{nothing}}\n\nafter\n",
	 "Subject: x\n\nbefore\n\nafter\n"},
	{"... beside others", "Subject: x\n\nbefore\n{{nothing}}\nafter\n", "Subject: x\n\nbefore\nafter\n"},
	{"a paragraph that a value widens", "Subject: x\n\nIt has been sent to {{people}}, and to\nnobody else so far.\n",
	 "Subject: x\n\nIt has been sent to first.person@example.org, second.person@example.org,\n"
	 "third.person@example.org, and to nobody else so far.\n"},
	{"one that it does not", "Subject: x\n\nIt is {{id}}\nand short.\n", "Subject: x\n\nIt is LS-1\nand short.\n"},
	{"a label", "Subject: x\n\nAsked: {{people}}\nReference: {{id}}\n",
	 "Subject: x\n\nAsked: first.person@example.org, second.person@example.org,\n"
	 "  third.person@example.org\nReference: LS-1\n"},
	{"an indented label", "Subject: x\n\n  To:      {{people}}\n",
	 "Subject: x\n\n  To:      first.person@example.org, second.person@example.org,\n"
	 "           third.person@example.org\n"},
	{"a long line of the text itself",
	 "Subject: x\n\nhttps://www.example.org/0123456789/0123456789/0123456789/0123456789/0123456789\nnext\n",
	 "Subject: x\n\nhttps://www.example.org/0123456789/0123456789/0123456789/0123456789/0123456789\nnext\n"},
	{"line ends of another system", "Subject: x\r\n\r\nbody {{id}}\r\n", "Subject: x\n\nbody LS-1\n"},
};

static void
test_text(void)
{
	Fixture *fixture = fixture_new();
	g_autofree char *folder = g_dir_make_tmp("lsm-guidance-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "trial.txt", NULL);

	g_free(fixture->settings->guidance_dir);
	fixture->settings->guidance_dir = g_strdup(folder);
	for (guint i = 0; i < G_N_ELEMENTS(text_cases); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *text = NULL;

		g_test_message("%s", text_cases[i].name);
		g_assert_true(g_file_set_contents(path, text_cases[i].template, -1, NULL));
		text = lsm_guidance_text(fixture->settings, "trial", vars, &error);
		g_assert_no_error(error);
		g_assert_cmpstr(text, ==, text_cases[i].want);
	}
	g_unlink(path);
	g_rmdir(folder);
	fixture_free(fixture);
}

static void
test_text_errors(void)
{
	static const char *const names[] = {"no-such-text", "", "../secret", "a/b", "A"};
	Fixture *fixture = fixture_new();

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(lsm_guidance_text(fixture->settings, names[i], NULL, &error));
		g_assert_error(error, LSM_ERROR, LSM_ERROR_INPUT);
	}
	fixture_free(fixture);
}

/* A text of the site that cannot be read is told, not replaced in silence. */
static void
test_text_unreadable(void)
{
	Fixture *fixture = fixture_new();
	g_autofree char *folder = g_dir_make_tmp("lsm-guidance-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "reject.txt", NULL);
	g_autoptr(GError) error = NULL;

	g_free(fixture->settings->guidance_dir);
	fixture->settings->guidance_dir = g_strdup(folder);
	g_mkdir(path, 0700);
	g_assert_null(lsm_guidance_text(fixture->settings, "reject", NULL, &error));
	g_assert_error(error, LSM_ERROR, LSM_ERROR_INPUT);
	g_rmdir(path);
	g_rmdir(folder);
	fixture_free(fixture);
}

#define ANY(key) key, "<" key ">"

static const char *const all_vars[] = {
	ANY("id"),       ANY("short"),      ANY("from"),     ANY("to"),      ANY("subject"),
	ANY("purpose"),  ANY("deadline"),   ANY("findings"), ANY("block"),   ANY("approvers"),
	ANY("withheld"), ANY("recipients"), ANY("sender"),   ANY("contact"), ANY("home"),
	ANY("date"),     ANY("evidence"),   ANY("doors"),    ANY("gaps"),    ANY("remarks"),
	ANY("where"),    ANY("trial"),      ANY("outcome"),  NULL,
};

/* Texts that must say more than all of them. */
static const struct {
	const char *name;
	const char *want;
} shipped[] = {
	{"reject", "<block>"},
	{"reject", "<gaps>"},
	{"reject", "<remarks>"},
	{"reject", "<where>"},
	{"reject", "<trial>"},
	{"check-answer", "<outcome>"},
	{"check-answer", "<gaps>"},
	{"check-answer", "<block>"},
	{"reject", "NOT a liaison statement?"},
	{"held", "<withheld>"},
	{"held", "<findings>"},
	{"held", "NOT a liaison statement?"},
	{"request", "<approvers>"},
	{"cover", "<evidence>"},
	{"around", "<home>"},
	{"around", "<findings>"},
	{"around", "NOT a liaison statement?"},
	{"authority", "<approvers>"},
	{"ask", "<evidence>"},
	{"ask", "NOT a liaison statement?"},
	{"acknowledge-information", "no position"},
	{"acknowledge-action", "no position"},
	{"acknowledge-research", "no position"},
	{"refused", "Replaces: <id>"},
	{"disagreed", "Replaces: <id>"},
	{"held", "Replaces: <id>"},
};

/* Words that would imply an acceptance or a position of the home body (A2, A7). */
static const char *const no_words[] = {"accepted", "agreed to", "we agree",
				       "we will",  "welcome",   "approved your"};

/* As an editor shows it: a subject, an empty line, lines that fit, one empty line between paragraphs. */
static void
check_file(const char *name, const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	g_test_message("%s", name);
	g_assert_true(g_str_has_prefix(text, "Subject: "));
	g_assert_true(strstr(text, "\n\n") == strchr(text, '\n'));
	g_assert_null(strstr(text, "\n\n\n"));
	g_assert_true(g_str_has_suffix(text, "\n") && !g_str_has_suffix(text, "\n\n"));
	for (guint i = 1; lines[i] != NULL; i++) {
		if (g_utf8_strlen(lines[i], -1) > 76)
			g_test_message("too wide: %s", lines[i]);
		g_assert_cmpint(g_utf8_strlen(lines[i], -1), <=, 76);
	}
	for (guint i = 0; i < G_N_ELEMENTS(no_words); i++)
		g_assert_null(strstr(text, no_words[i]));
}

#define FOLDER "/org/liaison-milter/guidance/"

static void
test_shipped_files(void)
{
	g_auto(GStrv) names = g_resources_enumerate_children(FOLDER, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

	g_assert_cmpuint(g_strv_length(names), >=, 40);
	for (guint i = 0; names[i] != NULL; i++) {
		g_autofree char *path = g_strconcat(FOLDER, names[i], NULL);
		g_autoptr(GBytes) bytes = g_resources_lookup_data(path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
		g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));

		check_file(names[i], text);
	}
}

static void
test_shipped_texts(void)
{
	Fixture *fixture = fixture_new();

	for (guint i = 0; i < G_N_ELEMENTS(shipped); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *text = lsm_guidance_text(fixture->settings, shipped[i].name, all_vars, &error);

		g_test_message("%s", shipped[i].name);
		g_assert_no_error(error);
		if (text == NULL)
			continue;
		g_assert_nonnull(strstr(text, shipped[i].want));
		g_assert_null(strstr(text, "{{"));
	}
	fixture_free(fixture);
}

/* A site's own text may use anything. */
static void
test_may_use(void)
{
	Fixture *fixture = fixture_new();

	g_assert_true(lsm_guidance_may_use(fixture->settings, "copy", "subject"));
	g_assert_true(lsm_guidance_may_use(fixture->settings, "copy", "from"));
	g_assert_false(lsm_guidance_may_use(fixture->settings, "copy", "gaps"));
	g_assert_false(lsm_guidance_may_use(fixture->settings, "copy", ""));
	g_assert_true(lsm_guidance_may_use(fixture->settings, "no-such-text", "gaps"));
	g_free(fixture->settings->guidance_dir);
	fixture->settings->guidance_dir = g_strdup("/nowhere");
	g_assert_true(lsm_guidance_may_use(fixture->settings, "copy", "gaps"));
	fixture_free(fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/guidance/reply", test_reply);
	g_test_add_func("/guidance/reply-is-short", test_reply_is_short);
	g_test_add_func("/guidance/one-line", test_one_line);
	g_test_add_func("/guidance/findings", test_findings);
	g_test_add_func("/guidance/no-findings", test_no_findings);
	g_test_add_func("/guidance/finding", test_finding);
	g_test_add_func("/guidance/block", test_block);
	g_test_add_func("/guidance/text", test_text);
	g_test_add_func("/guidance/text-errors", test_text_errors);
	g_test_add_func("/guidance/text-unreadable", test_text_unreadable);
	g_test_add_func("/guidance/shipped-files", test_shipped_files);
	g_test_add_func("/guidance/shipped-texts", test_shipped_texts);
	g_test_add_func("/guidance/may-use", test_may_use);
	return g_test_run();
}
