/* test_labelled.c - our own block: good, damaged, quoted, forwarded. */
#include "reading_fixture.h"
#include "rules/format.h"
#include "rules/recognise.h"

static LsmSettings *settings;

static void
evidence_free(gpointer data)
{
	g_free(((LsmEvidence *)data)->what);
	g_free(data);
}

static LsmStatement *
read_text(const char *header, const char *text)
{
	g_autoptr(LsmMessage) message = reading_parse_text(settings, header, text);
	g_autoptr(GPtrArray) evidence = g_ptr_array_new_with_free_func(evidence_free);

	return lsm_format_read_labelled(message, evidence);
}

#define BLOCK                                                                                                \
	"Liaison-Statement: 1\nFrom: IETF IPPM Working Group\nTo: Broadband Forum\nPurpose: For "            \
	"action\nDeadline: 2026-12-31\n"
#define REST "\nDear colleagues,\nplease review.\n"
#define TEXT "Dear colleagues,\r\nplease review."

#define FIFTEEN "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n"

typedef enum { NOTHING, WEAK, OPENED } Found;

static const struct {
	const char *name;
	const char *text;
	Found want;
	const char *want_purpose, *want_deadline, *want_text;
} bodies[] = {
	{"as printed", BLOCK REST, OPENED, "action", "2026-12-31", TEXT},
	{"greeting before", "Hello all,\n\n" BLOCK REST, OPENED, "action", "2026-12-31",
	 "Hello all,\r\n\r\n\r\n" TEXT},
	{"any order", "Purpose: For action\nLiaison-Statement: 1\nFrom: IETF\n" REST, OPENED, "action", NULL,
	 TEXT},
	{"any case", "LIAISON-STATEMENT: 1\npurpose: FOR ACTION\n" REST, OPENED, "action", NULL, TEXT},
	{"blanks for hyphens", "Liaison Statement: 1\nSend Reply To: a@ietf.org\nPurpose: for action\n" REST,
	 OPENED, "action", NULL, TEXT},
	{"a wide hyphen", "Liaison\xe2\x80\x91Statement: 1\nPurpose: for action\n" REST, OPENED, "action", NULL, TEXT},
	{"a byte order mark", "\xef\xbb\xbfLiaison-Statement: 1\nPurpose: for action\n" REST, OPENED, "action", NULL,
	 TEXT},
	{"no hyphen, no number", "Liaison statement: on STAMP\nPurpose: for action\n" REST, NOTHING, NULL, NULL, NULL},
	{"folded", "Liaison-Statement: 1\nPurpose:\n For\n  action\n" REST, OPENED, "action", NULL, TEXT},
	{"wrapped by a client",
	 "Liaison-Statement: 1\nFrom-Contact: a@ietf.org,\nb@ietf.org\nPurpose: For action\n" REST, OPENED,
	 "action", NULL, TEXT},
	{"flowed",
	 "Liaison-Statement: 1\nConsensus: WG consensus (list, \n2026-11-02)\nPurpose: For action\n" REST,
	 OPENED, "action", NULL, TEXT},
	{"double spaced",
	 "Liaison-Statement: 1\n\nPurpose: For action\n\nDeadline: 2026-12-31\n\nDear colleagues,\nplease "
	 "review.\n",
	 OPENED, "action", "2026-12-31", TEXT},
	{"no-break blanks",
	 "Liaison-Statement:\xc2\xa0"
	 "1\nPurpose:\xc2\xa0"
	 "For\xc2\xa0"
	 "action\n" REST,
	 OPENED, "action", NULL, TEXT},
	{"fullwidth colon",
	 "Liaison-Statement\xef\xbc\x9a 1\nPurpose\xef\xbc\x9a\xe3\x80\x80"
	 "For action\n" REST,
	 OPENED, "action", NULL, TEXT},
	{"bold", "*Liaison-Statement:* 1\n*Purpose:* For action\n" REST, OPENED, "action", NULL, TEXT},
	{"indented", "  Liaison-Statement: 1\n  Purpose: For action\n" REST, OPENED, "action", NULL, TEXT},
	{"unknown label", "Liaison-Statement: 1\nColour: blue\nPurpose: For action\n" REST, OPENED, "action",
	 NULL, TEXT},
	{"purpose lacks", "Liaison-Statement: 1\nFrom: IETF\n" REST, OPENED, NULL, NULL, TEXT},
	{"purpose is none of them", "Liaison-Statement: 1\nPurpose: For fun\n" REST, OPENED, "For fun", NULL,
	 TEXT},
	{"ends at the first other line", "Liaison-Statement: 1\nHello\nPurpose: For action\n", OPENED, NULL,
	 NULL, "Hello\r\nPurpose: For action"},
	{"nothing else", "Liaison-Statement: 1\n", OPENED, NULL, NULL, ""},
	{"other version", "Liaison-Statement: 2\nPurpose: For action\n" REST, WEAK, "action", NULL, TEXT},
	{"labels only", "From: IETF\nTo: BBF\nPurpose: For action\n" REST, WEAK, "action", NULL, TEXT},
	{"labels only, below a greeting", "Hello,\n\nFrom: IETF\nTo: BBF\nPurpose: For action\n" REST, WEAK,
	 "action", NULL, "Hello,\r\n\r\n\r\n" TEXT},
	{"two labels", "From: IETF\nPurpose: For action\n" REST, NOTHING, NULL, NULL, NULL},
	{"a mail header", "From: a@b\nTo: c@d\nSubject: x\nReply-To: e@f\n" REST, NOTHING, NULL, NULL, NULL},
	{"prose about it", "The line Liaison-Statement: 1 opens the block.\n", NOTHING, NULL, NULL, NULL},
	{"line 16", FIFTEEN BLOCK, OPENED, "action", "2026-12-31", NULL},
	{"line 46", FIFTEEN FIFTEEN FIFTEEN BLOCK, OPENED, "action", "2026-12-31", NULL},
	{"line 16, indented", FIFTEEN "  Liaison-Statement: 1\n  From: IETF\n  Purpose: For action\n", NOTHING, NULL,
	 NULL, NULL},
	{"line 16, alone", FIFTEEN "Liaison-Statement: 1\n", NOTHING, NULL, NULL, NULL},
	{"line 16, labels only", FIFTEEN "From: IETF\nTo: BBF\nPurpose: For action\n", NOTHING, NULL, NULL, NULL},
	{"one and nothing", "Liaison-Statement: 1.0\nPurpose: For action\n" REST, OPENED, "action", NULL, TEXT},
	{"no number", "Liaison-Statement:\nPurpose: For action\n" REST, OPENED, "action", NULL, TEXT},
	{"no hyphen, another number", "Liaison Statement: 2\nFrom: IETF\nPurpose: For action\n" REST, WEAK, "action",
	 NULL, TEXT},
	{"no hyphen, a title that begins with a digit", "Liaison statement: 5G slicing\nPurpose: For action\n" REST,
	 NOTHING, NULL, NULL, NULL},
	{"a date below From",
	 "Liaison-Statement: 1\nFrom: IETF IPPM\nDate: 2026-11-21\nPurpose: For action\n" REST, OPENED, "action",
	 NULL, TEXT},
	{"a date below From, the opening line below both",
	 "From: IETF IPPM\nDate: 2026-11-21\nLiaison-Statement: 1\nPurpose: For action\n" REST, OPENED, "action",
	 NULL, NULL},
	{"a date below From, double spaced",
	 "Liaison-Statement: 1\n\nFrom: IETF IPPM\n\nDeadline: 2026-12-31\n\nPurpose: For action\n\nDear x\n", OPENED,
	 "action", "2026-12-31", NULL},
	{"an answered mail's header right above a block", "OK\n\nFrom: C\nSent: Monday\nTo: x\n" BLOCK, NOTHING, NULL,
	 NULL, NULL},
	{"the same with a date", "OK\n\nFrom: <c@x.example>\nDate: Monday\nTo: x\n" BLOCK, NOTHING, NULL, NULL, NULL},
	{"an answered mail below a block",
	 "Liaison-Statement: 1\nPurpose: For action\n\nOK\n\nFrom: C. Chair\nDate: Monday\n\nDeadline: "
	 "2026-12-31\n",
	 OPENED, "action", NULL, NULL},
	{"line 15", "1\n2\n3\n4\n\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n" BLOCK, OPENED, "action", "2026-12-31",
	 NULL},
	{"quoted", "> Liaison-Statement: 1\n> Purpose: For action\n", NOTHING, NULL, NULL, NULL},
	{"forwarded, Thunderbird", "FYI\n\n-------- Forwarded Message --------\nSubject: x\n\n" BLOCK,
	 NOTHING, NULL, NULL, NULL},
	{"forwarded, Apple", "Begin forwarded message:\n\n" BLOCK, NOTHING, NULL, NULL, NULL},
	{"forwarded, Gmail", "---------- Forwarded message ---------\n" BLOCK, NOTHING, NULL, NULL, NULL},
	{"answered, Outlook", "OK\n\n-----Original Message-----\n" BLOCK, NOTHING, NULL, NULL, NULL},
	{"answered, German", "OK\n\n-----Urspr\xc3\xbcngliche Nachricht-----\n" BLOCK, NOTHING, NULL, NULL,
	 NULL},
	{"answered, header only", "OK\n\nFrom: C. Chair\nSent: Monday\nTo: x\nSubject: y\n\n" BLOCK, NOTHING,
	 NULL, NULL, NULL},
	{"answered, wrote", "OK\n\nOn Monday, C. Chair wrote:\n" BLOCK, NOTHING, NULL, NULL, NULL},
	{"colons only", "::::\n:\n: :\n", NOTHING, NULL, NULL, NULL},
	{"empty", "", NOTHING, NULL, NULL, NULL},
};

static void
test_bodies(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(bodies); i++) {
		g_autoptr(LsmStatement) statement =
			read_text("Content-Type: text/plain; charset=utf-8\n", bodies[i].text);

		g_test_message("%s", bodies[i].name);
		g_assert_cmpint(statement != NULL, ==, bodies[i].want != NOTHING);
		if (statement == NULL)
			continue;
		g_assert_cmpint(statement->has_opening_line, ==, bodies[i].want == OPENED);
		if (bodies[i].want == OPENED)
			g_assert_null(statement->version);
		g_assert_cmpstr(lsm_statement_first(statement, LSM_FIELD_PURPOSE), ==,
				bodies[i].want_purpose);
		g_assert_cmpstr(lsm_statement_first(statement, LSM_FIELD_DEADLINE), ==,
				bodies[i].want_deadline);
		if (bodies[i].want_text != NULL)
			g_assert_cmpstr(statement->text, ==, bodies[i].want_text);
	}
}

/* Every field of the block that DESIGN section 4 shows. */
static void
test_all_fields(void)
{
	static const struct {
		LsmFieldId field;
		const char *want;
	} wants[] = {
		{LSM_FIELD_FROM, "IETF IPPM Working Group"},
		{LSM_FIELD_FROM_CONTACT, "ippm-chairs@ietf.org|ippm@ietf.org"},
		{LSM_FIELD_SEND_REPLY_TO, "liaison-coordination@iab.org"},
		{LSM_FIELD_TO, "Broadband Forum"},
		{LSM_FIELD_TO_CONTACT, "liaisons@bbf.example"},
		{LSM_FIELD_SEND_TO, "liaisons@bbf.example"},
		{LSM_FIELD_PURPOSE, "action"},
		{LSM_FIELD_DEADLINE, "2026-12-31"},
		{LSM_FIELD_IN_RESPONSE_TO, "LS-20261121-K7Q3M"},
		{LSM_FIELD_CONSENSUS, "WG consensus (list, 2026-11-02)"},
	};
	g_autoptr(LsmStatement) statement =
		read_text("", "Liaison-Statement: 1\nFrom: IETF IPPM Working Group\nFrom-Contact: "
			      "ippm-chairs@ietf.org, ippm@ietf.org\n"
			      "Send-Reply-To: liaison-coordination@iab.org\nTo: Broadband Forum\nTo-Contact: "
			      "liaisons@bbf.example\n"
			      "Send-To: liaisons@bbf.example\nPurpose: For action\nDeadline: "
			      "2026-12-31\nIn-Response-To: LS-20261121-K7Q3M\n"
			      "Consensus: WG consensus (list, 2026-11-02)\n\ntext\n");

	g_assert_nonnull(statement);
	for (gsize i = 0; statement != NULL && i < G_N_ELEMENTS(wants); i++) {
		g_auto(GStrv) values = lsm_statement_list(statement, wants[i].field);
		g_autofree char *joined = g_strjoinv("|", values);

		g_assert_cmpstr(joined, ==, wants[i].want);
	}
	if (statement != NULL) {
		const LsmValue *value = g_ptr_array_index(statement->values[LSM_FIELD_PURPOSE], 0);

		g_assert_cmpstr(value->verbatim, ==, "For action");
		g_assert_cmpstr(value->where, ==, "body line 8");
		g_assert_cmpint(value->confidence, ==, LSM_CONFIDENCE_EXPLICIT);
	}
}

static void
test_header_fields(void)
{
	g_autoptr(LsmStatement) opened =
		read_text("Liaison-Statement: 1\nLiaison-Purpose: For action\n", "text\n");
	g_autoptr(LsmStatement) bare = read_text("Liaison-Purpose: For action\n", "text\n");
	g_autoptr(LsmStatement) forged =
		read_text("Liaison-Record: LS-1\nLiaison-Verdict: record\n", "text\n");
	g_autoptr(LsmStatement) both =
		read_text("Liaison-Purpose: For information\nLiaison-Deadline: 2026-12-31\n",
			  "Liaison-Statement: 1\nPurpose: For action\n\ntext\n");

	g_assert_true(opened->has_opening_line);
	g_assert_cmpstr(lsm_statement_first(opened, LSM_FIELD_PURPOSE), ==, "action");
	g_assert_false(bare->has_opening_line);
	g_assert_null(forged);
	g_assert_cmpuint(both->values[LSM_FIELD_PURPOSE]->len, ==, 1);
	g_assert_cmpstr(lsm_statement_first(both, LSM_FIELD_PURPOSE), ==, "action");
	g_assert_cmpstr(lsm_statement_first(both, LSM_FIELD_DEADLINE), ==, "2026-12-31");
}

static void
test_carried(void)
{
	static const struct {
		const char *text;
		gboolean want;
	} texts[] = {
		{"OK\n\n> Liaison-Statement: 1\n> Purpose: For action\n", TRUE},
		{"> > Liaison-Statement: 1\n", TRUE},
		{"FYI\n-----Original Message-----\n\nLiaison-Statement: 1\n", TRUE},
		{"The Liaison-Statement: 1 line\n", FALSE},
		{"> Liaison statement: yes\n", FALSE},
		{"Let us discuss.\n", FALSE},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(LsmMessage) message = reading_parse_text(settings, "", texts[i].text);

		g_test_message("%s", texts[i].text);
		g_assert_cmpint(lsm_format_carries_labelled(message), ==, texts[i].want);
	}
}

static void
test_bare_lines(void)
{
	static const struct {
		const char *text;
		guint want;
		const char *want_purpose;
	} texts[] = {
		{"Purpose: For information\n\nDear all,\n", 1, "information"},
		{"Hello,\n\nPurpose: For action\nDeadline: 2026-12-31\n", 2, "action"},
		{"From: x\nSubject: y\n", 0, NULL},
		{"> Purpose: For action\n", 0, NULL},
		{"The purpose: to test\n", 0, NULL},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(LsmMessage) message = reading_parse_text(settings, "", texts[i].text);
		g_autoptr(LsmStatement) statement = lsm_statement_new("subject");

		g_test_message("%s", texts[i].text);
		g_assert_cmpuint(lsm_format_read_bare_lines(message, statement), ==, texts[i].want);
		g_assert_cmpstr(lsm_statement_first(statement, LSM_FIELD_PURPOSE), ==, texts[i].want_purpose);
	}
}

/* HTML mail of a client that knows no plain text; its quotation must stay one. */
static void
test_html(void)
{
	g_autoptr(LsmStatement) own = read_text("Content-Type: text/html\n",
						"<div>Liaison-Statement: 1</div><div>Purpose:&nbsp;For "
						"action</div><div>&nbsp;</div><p>Dear all</p>");
	g_autoptr(LsmStatement) quoted =
		read_text("Content-Type: text/html\n", "<p>OK</p><blockquote><div>Liaison-Statement: "
						       "1</div><div>Purpose: For action</div></blockquote>");

	g_assert_nonnull(own);
	g_assert_cmpstr(own != NULL ? lsm_statement_first(own, LSM_FIELD_PURPOSE) : NULL, ==, "action");
	g_assert_null(quoted);
}

/* Every prefix of a good mail, and the mail with any one octet replaced, gets an answer. */
static void
test_damage(void)
{
	static const char whole[] = "Hello,\n" BLOCK REST;

	for (gsize i = 0; i < sizeof(whole); i++) {
		g_autofree char *cut = g_strndup(whole, i);
		g_autofree char *damaged = g_strdup(whole);
		g_autoptr(LsmStatement) a = read_text("", cut);
		g_autoptr(LsmStatement) b = NULL;

		damaged[MIN(i, sizeof(whole) - 2)] = (char)0xff;
		b = read_text("", damaged);
		g_assert_true(a == NULL || g_utf8_validate(a->text, -1, NULL));
		g_assert_true(b == NULL || g_utf8_validate(b->text, -1, NULL));
	}
}

/* What stands in place of the 1, for the rule that speaks of it. */
static void
test_versions(void)
{
	static const char *const rows[][2] = {
		{"Liaison-Statement: 2\nPurpose: For action\n", "2"},
		{"Liaison-Statement: on STAMP\nPurpose: For action\n", "on STAMP"},
		{"Liaison Statement: 2.1\nPurpose: For action\n", "2.1"},
		{"From: IETF\nTo: BBF\nPurpose: For action\n", NULL},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(LsmStatement) statement =
			read_text("Content-Type: text/plain; charset=utf-8\n", rows[i][0]);

		g_test_message("%s", rows[i][0]);
		g_assert_nonnull(statement);
		if (statement != NULL)
			g_assert_cmpstr(statement->version, ==, rows[i][1]);
	}
}

int
main(int argc, char **argv)
{
	int status;

	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	settings = reading_settings_new();
	g_test_add_func("/labelled/bodies", test_bodies);
	g_test_add_func("/labelled/versions", test_versions);
	g_test_add_func("/labelled/all-fields", test_all_fields);
	g_test_add_func("/labelled/header", test_header_fields);
	g_test_add_func("/labelled/carried", test_carried);
	g_test_add_func("/labelled/bare-lines", test_bare_lines);
	g_test_add_func("/labelled/html", test_html);
	g_test_add_func("/labelled/damage", test_damage);
	status = g_test_run();
	reading_settings_free(settings);
	return status;
}
