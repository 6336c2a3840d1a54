/* test_statement.c - fields, their labels, and how their text becomes values. */
#include "rules/statement.h"

#include <string.h>

#include "rules/text.h"

static const struct {
	const char *text;
	const char *want;
} purposes[] = {
	{"For information", "information"},
	{"for  INFORMATION.", "information"},
	{"Information", "information"},
	{"FYI", "information"},
	{"For-Action", "action"},
	{"For action (answer wanted)", "action"},
	{"\"For action\"", "action"},
	{"In response", "response"},
	{"in_response", "response"},
	{"For comments", "comment"},
	{"For information only", "information"},
	{"\xef\xbc\xa6or\xc2\xa0"
	 "action",
	 "action"},
	{"For information, for action", NULL},
	{"For action and information", NULL},
	{"For discussion", NULL},
	{"actionable", NULL},
	{"(", NULL},
	{"", NULL},
};

static void
test_purpose_words(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(purposes); i++) {
		g_test_message("%s", purposes[i].text);
		g_assert_cmpstr(lsm_purpose_word(purposes[i].text), ==, purposes[i].want);
	}
}

/* want: values joined with "|" */
static const struct {
	LsmFieldId field;
	const char *text;
	const char *want;
} fields[] = {
	{LSM_FIELD_FROM, "IETF IPPM Working Group; IETF QUIC WG", "IETF IPPM Working Group|IETF QUIC WG"},
	{LSM_FIELD_FROM, " - ", ""},
	{LSM_FIELD_TO, "n/a", ""},
	{LSM_FIELD_FROM_CONTACT, "ippm-chairs@ietf.org, IPPM list <ippm@ietf.org>",
	 "ippm-chairs@ietf.org|ippm@ietf.org"},
	{LSM_FIELD_FROM_CONTACT, "<mailto:a@example.org>, a@example.org", "a@example.org"},
	{LSM_FIELD_SEND_TO, "tsb [at] itu [dot] example", "tsb@itu.example"},
	{LSM_FIELD_SEND_TO, "tsb at itu dot example; x(at)bbf.example", "tsb@itu.example|x@bbf.example"},
	{LSM_FIELD_SEND_TO, "the secretariat", ""},
	{LSM_FIELD_SEND_TO, "<<>>,,;@", ""},
	{LSM_FIELD_PURPOSE, "For action", "action"},
	{LSM_FIELD_PURPOSE, "For discussion", "For discussion"},
	{LSM_FIELD_PURPOSE, "For action to SG15, SG13; for information to 3GPP", "action|information"},
	{LSM_FIELD_PURPOSE, "None", ""},
	{LSM_FIELD_DEADLINE, "31 December 2026", "2026-12-31"},
	{LSM_FIELD_DEADLINE, "soon", "soon"},
	{LSM_FIELD_SUBJECT, "STAMP\n\tYANG \x01 review", "STAMP YANG review"},
};

static void
test_read_field(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(fields); i++) {
		g_autoptr(LsmStatement) statement = lsm_statement_new("test");
		g_auto(GStrv) values = NULL;
		g_autofree char *joined = NULL;

		g_test_message("%s: %s", lsm_field_label(fields[i].field), fields[i].text);
		lsm_statement_read_field(statement, fields[i].field, fields[i].text, "body line 1",
					 LSM_CONFIDENCE_EXPLICIT);
		values = lsm_statement_list(statement, fields[i].field);
		joined = g_strjoinv("|", values);
		g_assert_cmpstr(joined, ==, fields[i].want);
		g_assert_cmpint(lsm_statement_has(statement, fields[i].field), ==, *fields[i].want != '\0');
	}
}

static void
test_purpose_addressees(void)
{
	g_autoptr(LsmStatement) statement = lsm_statement_new("test");
	const LsmValue *value;

	lsm_statement_read_field(statement, LSM_FIELD_PURPOSE, "For action to SG15, SG13; For information",
				 "x", LSM_CONFIDENCE_EXPLICIT);
	value = g_ptr_array_index(statement->values[LSM_FIELD_PURPOSE], 0);
	g_assert_nonnull(value->to);
	g_assert_cmpuint(g_strv_length(value->to), ==, 2);
	g_assert_cmpstr(value->to[1], ==, "SG13");
	g_assert_cmpstr(value->verbatim, ==, "For action to SG15, SG13");
	value = g_ptr_array_index(statement->values[LSM_FIELD_PURPOSE], 1);
	g_assert_null(value->to);
}

static void
test_deadline_state(void)
{
	g_autoptr(LsmStatement) statement = lsm_statement_new("test");

	g_assert_cmpint(statement->deadline_state, ==, LSM_DEADLINE_NONE);
	lsm_statement_read_field(statement, LSM_FIELD_DEADLINE, "none", "x", LSM_CONFIDENCE_EXPLICIT);
	g_assert_cmpint(statement->deadline_state, ==, LSM_DEADLINE_NONE);
	lsm_statement_read_field(statement, LSM_FIELD_DEADLINE, "2026-12-31", "x", LSM_CONFIDENCE_EXPLICIT);
	g_assert_cmpint(statement->deadline_state, ==, LSM_DEADLINE_READ);
	lsm_statement_read_field(statement, LSM_FIELD_DEADLINE, "2027-01-31", "x", LSM_CONFIDENCE_EXPLICIT);
	g_assert_cmpint(statement->deadline_state, ==, LSM_DEADLINE_AMBIGUOUS);
}

static void
test_labels(void)
{
	static const struct {
		const char *label;
		gboolean want;
		LsmFieldId want_field;
	} labels[] = {
		{"from", TRUE, LSM_FIELD_FROM},
		{"send reply to", TRUE, LSM_FIELD_SEND_REPLY_TO},
		{"in_response-to", TRUE, LSM_FIELD_IN_RESPONSE_TO},
		{"title", TRUE, LSM_FIELD_SUBJECT},
		{"date", FALSE, LSM_FIELD_COUNT},
		{"record", FALSE, LSM_FIELD_COUNT},
		{"", FALSE, LSM_FIELD_COUNT},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(labels); i++) {
		LsmFieldId field = LSM_FIELD_COUNT;

		g_test_message("%s", labels[i].label);
		g_assert_cmpint(lsm_field_parse_label(labels[i].label, &field), ==, labels[i].want);
		g_assert_cmpint(field, ==, labels[i].want_field);
	}
	g_assert_cmpstr(lsm_field_json_name(LSM_FIELD_SEND_REPLY_TO), ==, "reply_to");
}

static void
test_long_values_are_cut_between_characters(void)
{
	g_autoptr(LsmStatement) statement = lsm_statement_new("test");
	g_autoptr(GString) text = g_string_new("a");
	const LsmValue *value;

	for (int i = 0; i < 400; i++)
		g_string_append(text, "\xc3\xa9");
	value = lsm_statement_add(statement, LSM_FIELD_SUBJECT, text->str, NULL, "x",
				  LSM_CONFIDENCE_INFERRED);
	g_assert_cmpuint(strlen(value->verbatim), ==, 499);
	g_assert_true(g_utf8_validate(value->verbatim, -1, NULL));
}

static void
test_number_of_values_is_bounded(void)
{
	g_autoptr(LsmStatement) statement = lsm_statement_new("test");

	for (int i = 0; i < 1000; i++)
		lsm_statement_read_field(statement, LSM_FIELD_FROM, "IETF", "x", LSM_CONFIDENCE_EXPLICIT);
	g_assert_cmpuint(statement->values[LSM_FIELD_FROM]->len, ==, 100);
}

static void
test_one_line(void)
{
	static const struct {
		const char *text;
		gsize max;
		const char *want;
	} lines[] = {
		{"  a \r\n\tb  ", 100, "a b"},
		{"", 100, ""},
		{"abc", 2, "ab"},
		{"\xe2\x82\xac\xe2\x82\xac", 5, "\xe2\x82\xac"},
		{"\xe2\x82\xac\xe2\x82\xac", 6, "\xe2\x82\xac\xe2\x82\xac"},
		{"\xe2\x82\xac", 1, ""},
		/* never longer, and no blank where it was cut */
		{"ab c", 3, "ab"},
		{"ab c", 4, "ab c"},
		{"ab \xe2\x82\xac", 5, "ab"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
		g_autofree char *line = lsm_text_one_line(lines[i].text, -1, lines[i].max);

		g_assert_cmpstr(line, ==, lines[i].want);
	}
}

/* Words are copied many octets at a time: what is odd is met wherever it stands. */
static void
test_one_line_anywhere(void)
{
	static const struct {
		const char *odd;
		const char *want;
	} pieces[] = {
		{" ", " "},   {"  ", " "},  {"\t", " "},	     {" \r\n", " "},     {"\x7f", " "},
		{"\x01 ", " "}, {"\xc2\xa0", " "}, {" \xe2\x80\x8b", " "}, {"\xc3\xa9", "\xc3\xa9"}, {" \xc3\xa9", " \xc3\xa9"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(pieces); i++) {
		for (int at = 1; at < 40; at++) {
			g_autofree char *before = g_strnfill((gsize)at, 'x');
			g_autofree char *behind = g_strnfill((gsize)(40 - at), 'y');
			g_autofree char *text = g_strconcat(before, pieces[i].odd, behind, " ", NULL);
			g_autofree char *want = g_strconcat(before, pieces[i].want, behind, NULL);
			g_autofree char *line = lsm_text_one_line(text, -1, 1000);
			g_autofree char *cut = lsm_text_one_line(text, -1, (gsize)at);

			g_assert_cmpstr(line, ==, want);
			g_assert_cmpstr(cut, ==, before);
		}
	}
}

static void
test_fill(void)
{
	static const struct {
		const char *text;
		gsize column, indent, columns;
		const char *want;
	} rows[] = {
		{"", 0, 2, 10, ""},
		{"one two", 0, 2, 7, "one two"},
		{"one two", 0, 2, 6, "one\n  two"},
		{"one two", 1, 0, 7, "one\ntwo"},
		{"averylongword two", 0, 3, 5, "averylongword\n   two"},
		{"one  two", 0, 0, 20, "one  two"},
		{"\xc3\xa9\xc3\xa9 \xc3\xa9", 0, 0, 4, "\xc3\xa9\xc3\xa9 \xc3\xa9"},
		{"one ", 0, 0, 20, "one "},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GString) out = g_string_new(NULL);

		lsm_text_fill(out, rows[i].text, rows[i].column, rows[i].indent, rows[i].columns);
		g_assert_cmpstr(out->str, ==, rows[i].want);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/statement/purpose", test_purpose_words);
	g_test_add_func("/statement/read-field", test_read_field);
	g_test_add_func("/statement/purpose-addressees", test_purpose_addressees);
	g_test_add_func("/statement/deadline-state", test_deadline_state);
	g_test_add_func("/statement/labels", test_labels);
	g_test_add_func("/statement/long-values", test_long_values_are_cut_between_characters);
	g_test_add_func("/statement/many-values", test_number_of_values_is_bounded);
	g_test_add_func("/statement/one-line", test_one_line);
	g_test_add_func("/statement/one-line-anywhere", test_one_line_anywhere);
	g_test_add_func("/statement/fill", test_fill);
	return g_test_run();
}
