/*
 * test_mdoc.c - what goes into a manual page, and a command's help taken apart for it.
 */
#include "ctl/help.h"
#include "ctl/mdoc.h"

typedef struct {
	const char *input, *want;
} TextRow;

static void
test_escape(void)
{
	static const TextRow rows[] = {
		{"", ""},
		{"plain words", "plain words"},
		{".Sh NAME", "\\&.Sh NAME"},
		{"...", "\\&..."},
		{"'br", "\\(aqbr"},
		{"a.b", "a.b"},
		{"back\\slash \\fB \\n(.x", "back\\eslash \\efB \\en(.x"},
		{"\"quoted\"", "\\(dqquoted\\(dq"},
		{"--max-parts", "\\-\\-max\\-parts"},
		{"~/a `b` ^c", "\\(ti/a \\(gab\\(ga \\(hac"},
		{"one\n.two\ttabs\r", "one .two tabs "},
		{"\001\033[31m\177", "  [31m "},
		{"K\xc3\xb6ln \xe2\x80\x93 \xf0\x9f\x93\xac", "K\\[u00F6]ln \\[u2013] \\[u1F4EC]"},
		{"\xc2\x9b" "1m", " 1m"},
		{"broken \xff\xc3", "broken ??"},
		{"\xe2\x80", "??"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *escaped = lsm_mdoc_escape(rows[i].input);

		g_assert_cmpstr(escaped, ==, rows[i].want);
	}
}

static void
test_macro(void)
{
	static const TextRow rows[] = {
		{"mode", ".Ic mode\n"},
		{"max-parts", ".Ic max\\-parts\n"},
		{"two words", ".Ic \"two words\"\n"},
		{"", ".Ic \"\"\n"},
		{"Nm", ".Ic \\&Nm\n"},
		{"%A", ".Ic \\&%A\n"},
		{"Nmx5", ".Ic Nmx5\n"},
		{"|", ".Ic \\&|\n"},
		{".", ".Ic \\&\\&.\n"},
		{"a \"b\"", ".Ic \"a \\(dqb\\(dq\"\n"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GString) out = g_string_new(NULL);

		lsm_mdoc_macro(out, "Ic", rows[i].input);
		g_assert_cmpstr(out->str, ==, rows[i].want);
	}
}

static void
test_arguments(void)
{
	static const TextRow rows[] = {
		{"", ""},
		{"ID", "Ar \\&ID"},
		{"--out FILE", "Fl \\-out Ar FILE"},
		{"[--sender ADDR] MAIL", "Oo Fl \\-sender Ar ADDR Oc Ar MAIL"},
		{"[--to ADDR ...]\n      [TEXT]", "Oo Fl \\-to Ar ADDR No ... Oc Oo Ar TEXT Oc"},
		{"[ID [ADDR]] ...", "Oo Ar \\&ID Oo Ar ADDR Oc Oc No ..."},
		{"ID|MESSAGE-ID", "Ar \\&ID | Ar MESSAGE\\-ID"},
		{"--by organization|rule", "Fl \\-by Cm organization | Cm rule"},
		{"--since, --until WHEN", "Fl \\-since , Fl \\-until Ar WHEN"},
		{"Nm .Sh", "Cm \\&Nm Cm \\&.Sh"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GString) out = g_string_new(NULL);

		lsm_mdoc_arguments(out, rows[i].input);
		g_assert_cmpstr(out->str, ==, rows[i].want);
	}
}

static void
test_text(void)
{
	static const struct {
		const char *input, *places, *want;
	} rows[] = {
		{"", NULL, ""},
		{"One. Two (three.) \"Four?\" five.", NULL, "One.\nTwo (three.)\n\\(dqFour?\\(dq\\& five.\n"},
		{"as 5. of e.g. these", NULL, "as 5.\\& of e.g.\\& these\n"},
		{"Of\nseveral   lines ", NULL, "Of several lines\n"},
		{"with --json, or --csv", NULL, "with\n.Fl \\-json ,\nor\n.Fl \\-csv\n"},
		{"see --format=x and -- and --", NULL, "see\n.Fl \\-format=x\nand \\-\\- and \\-\\-\n"},
		{"MAIL is a file, RFC none", "[--to ADDR] MAIL", ".Ar MAIL\nis a file, RFC none\n"},
		{"the ID.", "ID", "the\n.Ar \\&ID .\n"},
		{"Modes. observe: judge. off: nothing, as in: x.", NULL,
		 "Modes.\n.Cm observe :\njudge.\n.Cm off :\nnothing, as in: x.\n"},
		{".so /etc/passwd", NULL, "\\&.so /etc/passwd\n"},
		{"0123456789012345678901234567890123456789 012345678901234567890123456789012345678 x", NULL,
		 "0123456789012345678901234567890123456789\n012345678901234567890123456789012345678 x\n"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GString) out = g_string_new(NULL);

		lsm_mdoc_text(out, rows[i].input, rows[i].places);
		g_assert_cmpstr(out->str, ==, rows[i].want);
	}
}

static void
test_sentence(void)
{
	static const TextRow rows[] = {
		{"a note", "A note.\n"},
		{"is it there, and what waits?", "Is it there, and what waits?\n"},
		{"{x} stays", "{x} stays.\n"},
		{"--csv too", ".Fl \\-csv\ntoo.\n"},
		{"word", "Word.\n"},
		{"rfc-index.xml, from afar", "rfc\\-index.xml, from afar.\n"},
		{"jsonl: the log", ".Cm jsonl :\nthe log.\n"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GString) out = g_string_new(NULL);

		lsm_mdoc_sentence(out, rows[i].input, NULL);
		g_assert_cmpstr(out->str, ==, rows[i].want);
	}
}

/* --- help texts --- */

static const char help[] = "  --one, --two WHEN  first of two\n"
			   "  --format FORMAT    jsonl  the log\n"
			   "                     csv    a row a statement\n"
			   "                            in a line\n"
			   "  --flag\n"
			   "  ID                 which one,\n"
			   "                     and why\n"
			   "Text of\n"
			   "two lines.\n"
			   "Example: liaisonctl show  K7Q3M\n"
			   "More.\n"
			   "Exit status: 0 all is well.\n";

static void
test_help(void)
{
	static const LsmHelpPart rows[] = {
		{LSM_HELP_TERM, "--one, --two WHEN", "first of two"},
		{LSM_HELP_TERM, "--format FORMAT", ""},
		{LSM_HELP_VALUE, "jsonl", "the log"},
		{LSM_HELP_VALUE, "csv", "a row a statement in a line"},
		{LSM_HELP_TERM, "--flag", ""},
		{LSM_HELP_TERM, "ID", "which one, and why"},
		{LSM_HELP_TEXT, NULL, "Text of two lines."},
		{LSM_HELP_EXAMPLE, NULL, "liaisonctl show  K7Q3M"},
		{LSM_HELP_TEXT, NULL, "More."},
		{LSM_HELP_TEXT, NULL, "Exit status: 0 all is well."},
	};
	g_autoptr(GPtrArray) parts = lsm_help_parse(help);

	g_assert_cmpuint(parts->len, ==, G_N_ELEMENTS(rows));
	for (guint i = 0; i < MIN(parts->len, G_N_ELEMENTS(rows)); i++) {
		const LsmHelpPart *part = parts->pdata[i];

		g_assert_cmpint(part->kind, ==, rows[i].kind);
		g_assert_cmpstr(part->term, ==, rows[i].term);
		g_assert_cmpstr(part->text, ==, rows[i].text);
	}
}

static void
test_help_strange(void)
{
	static const char *const rows[] = {"", "\n\n", "    far in\n", "Example: \n", "  \n", "  x  \n", "Text\n    in\n"};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GPtrArray) parts = lsm_help_parse(rows[i]);

		g_assert_cmpuint(parts->len, <=, 1);
	}
}

static void
test_options(void)
{
	static const TextRow rows[] = {
		{"--flag", "--flag"},
		{"--file MAIL", "--file=MAIL"},
		{"--since, --until WHEN", "--since=WHEN --until=WHEN"},
		{"--limit N, --after CURSOR", "--limit=N --after=CURSOR"},
		{"--csv, --json", "--csv --json"},
		{"ID", ""},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GPtrArray) options = lsm_help_options(rows[i].input);
		g_autoptr(GString) got = g_string_new(NULL);

		for (guint j = 0; j < options->len; j++) {
			const LsmHelpOption *option = options->pdata[j];

			g_string_append_printf(got, "%s%s%s%s", j > 0 ? " " : "", option->name,
					       option->place != NULL ? "=" : "",
					       option->place != NULL ? option->place : "");
		}
		g_assert_cmpstr(got->str, ==, rows[i].want);
	}
}

static void
test_words(void)
{
	static const TextRow rows[] = {
		{"in, out or other", "in|out|other"},
		{"organization or rule; with --csv: organization", "organization|rule"},
		{"in, out, not-a-statement", "in|out|not-a-statement"},
		{"alone", NULL},
		{"an acronym or a name", NULL},
		{"judge by rfc4053, bis-02 or bis-05", NULL},
		{"pending, passed ...", NULL},
		{"", NULL},
		{"a or ", NULL},
		{" or b", NULL},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_auto(GStrv) words = lsm_help_words(rows[i].input);
		g_autofree char *got = words == NULL ? NULL : g_strjoinv("|", words);

		g_assert_cmpstr(got, ==, rows[i].want);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/mdoc/escape", test_escape);
	g_test_add_func("/mdoc/macro", test_macro);
	g_test_add_func("/mdoc/arguments", test_arguments);
	g_test_add_func("/mdoc/text", test_text);
	g_test_add_func("/mdoc/sentence", test_sentence);
	g_test_add_func("/help/parts", test_help);
	g_test_add_func("/help/strange", test_help_strange);
	g_test_add_func("/help/options", test_options);
	g_test_add_func("/help/words", test_words);
	return g_test_run();
}
