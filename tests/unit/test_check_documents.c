/*
 * test_check_documents.c - what the rules about documents have in common.
 * Their cases are in rule_cases_documents.c.
 */
#include "rules/document.h"
#include "tests/lib/rules_fixture.h"
#include "tests/unit/rule_cases.h"

#define GONE "document.gone"
#define CONTEXT "document.context"
#define PROGRESS "document.work-in-progress"
#define STATUS "document.status"
#define URL "document.url"

static LsmCheckResult
run(Fixture *fixture, const char *rule, char **detail_out)
{
	return lsm_rule_find(rule)->check(&fixture->input, detail_out);
}

static Fixture *
fixture_with_text(const char *text)
{
	Fixture *fixture = fixture_new();

	fixture_edit(fixture, "documents=");
	fixture_set_text(fixture, text);
	return fixture;
}

/* Where a rule asks for words, a text with these words asks for nothing any more. */
static void
test_sentences_satisfy(void)
{
	static const char *const rules[] = {CONTEXT, PROGRESS, STATUS};

	for (guint i = 0; i < rule_cases_documents_count; i++) {
		g_autofree char *text = rule_cases_documents[i].want_detail != NULL &&
							g_str_has_prefix(rule_cases_documents[i].want_detail,
									 "the text does not say ")
						? g_strdup(rule_cases_documents[i].want_detail)
						: NULL;
		Fixture *fixture;

		if (text == NULL)
			continue;
		g_test_message("%s", rule_cases_documents[i].name);
		fixture = fixture_with_text(text);
		for (guint k = 0; k < G_N_ELEMENTS(rules); k++) {
			g_autofree char *detail = NULL;

			g_assert_cmpint(run(fixture, rules[k], &detail), ==, LSM_CHECK_FINE);
			g_assert_cmpstr(detail, ==, NULL);
		}
		fixture_free(fixture);
	}
}

/* One document is one rule's only, whatever its standing. */
static void
test_one_rule_each(void)
{
	static const char *const rules[] = {GONE, CONTEXT, PROGRESS, STATUS};

	for (guint i = 0; i < G_N_ELEMENTS(fixture_documents); i++) {
		g_autofree char *label = lsm_document_label(fixture_documents[i].name);
		Fixture *fixture = fixture_with_text(label);
		guint found = 0;

		for (guint k = 0; k < G_N_ELEMENTS(rules); k++) {
			g_autofree char *detail = NULL;

			found += run(fixture, rules[k], &detail) == LSM_CHECK_FOUND;
		}
		g_test_message("%s", label);
		g_assert_cmpuint(found, ==,
				 lsm_document_kind(fixture_documents[i].name) == LSM_DOCUMENT_SERIES ? 0 : 1);
		fixture_free(fixture);
	}
}

/* Without a table nothing is known, and nothing said. */
static void
test_without_table(void)
{
	static const char *const rules[] = {GONE, CONTEXT, PROGRESS, STATUS, URL};
	Fixture *fixture = fixture_new();

	fixture_set_text(fixture,
			 "See RFC 14, RFC 8321, RFC 8762, draft-ietf-ippm-stamp-yang, draft-ietf-x-y-00.");
	for (guint k = 0; k < G_N_ELEMENTS(rules); k++) {
		g_autofree char *detail = NULL;

		g_assert_cmpint(run(fixture, rules[k], &detail), ==, LSM_CHECK_FINE);
		g_assert_null(detail);
	}
	fixture_free(fixture);
}

/* However many documents: the finding has an end. */
static void
test_many(void)
{
	g_autoptr(GString) text = g_string_new("RFCs 8762, 8972, 6374, 3986, 2119, 7799, 1594 and");
	Fixture *fixture;
	g_autofree char *detail = NULL;

	for (guint i = 9001; i < 9200; i++)
		g_string_append_printf(text, " RFC %u,", i);
	fixture = fixture_with_text(text->str);
	g_assert_cmpint(run(fixture, STATUS, &detail), ==, LSM_CHECK_FOUND);
	g_assert_cmpstr(detail, ==,
			"the text does not say \"RFC 8762, RFC 8972 and RFC 6374 are Proposed Standards. RFC "
			"3986 is an "
			"Internet Standard. RFC "
			"2119 is a Best Current Practice. RFC 7799 is an Informational RFC of the IPPM "
			"Working Group.\", and "
			"the like for 1 more");
	g_clear_pointer(&detail, g_free);
	g_assert_cmpint(run(fixture, GONE, &detail), ==, LSM_CHECK_FOUND);
	g_assert_cmpuint(strlen(detail), <, 200);
	fixture_free(fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/check-documents/sentences-satisfy", test_sentences_satisfy);
	g_test_add_func("/check-documents/one-rule-each", test_one_rule_each);
	g_test_add_func("/check-documents/without-table", test_without_table);
	g_test_add_func("/check-documents/many", test_many);
	return g_test_run();
}
