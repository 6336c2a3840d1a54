/*
 * test_approval.c - who must agree to a statement, by the bodies in whose name it speaks.
 */
#include "tests/lib/rules_fixture.h"

#include "rules/approval.h"

static const struct {
	const char *name;
	const char *bodies;
	const char *login;
	gint64 now;
	gboolean want_complete;
	const char *want_missing; /* addresses */
	const char *want_text;
} cases[] = {
	{"group, by its chair", "IPPM WG", "chair1@example.org", FIXTURE_NOW, FALSE,
	 "ops-ads@ietf.org ad1@example.org", "an Area Director of IPPM"},
	{"group, by its area's director", "IPPM WG", "ad1@example.org", FIXTURE_NOW, TRUE, "", ""},
	{"group, nobody logged in", "IPPM WG", "", FIXTURE_NOW, FALSE, "ops-ads@ietf.org ad1@example.org",
	 "an Area Director of IPPM"},
	{"a login that nobody has", "IPPM WG", "who@example.org", FIXTURE_NOW, FALSE,
	 "ops-ads@ietf.org ad1@example.org", "an Area Director of IPPM"},
	{"area", "Operations and Management Area", "", FIXTURE_NOW, FALSE, "ops-ads@ietf.org ad1@example.org",
	 "an Area Director of Operations and Management"},
	{"IETF", "IETF", "ad1@example.org", FIXTURE_NOW, FALSE, "chair@ietf.org", "the IETF Chair"},
	{"IAB", "IAB", "", FIXTURE_NOW, FALSE, "iab-chair@iab.org", "the IAB Chair"},
	{"IESG", "IESG", "", FIXTURE_NOW, FALSE, "chair@ietf.org", "the IETF Chair"},
	{"research answers with the IAB", "IRTF", "", FIXTURE_NOW, FALSE,
	 "irtf-chair@irtf.org iab-chair@iab.org", "the IRTF Chair and the IAB Chair"},
	{"research and IAB: the IAB once", "IRTF and IAB", "", FIXTURE_NOW, FALSE,
	 "irtf-chair@irtf.org iab-chair@iab.org", "the IRTF Chair and the IAB Chair"},
	{"group and IAB: each its own", "IPPM WG and IAB", "", FIXTURE_NOW, FALSE,
	 "ops-ads@ietf.org ad1@example.org iab-chair@iab.org", "an Area Director of IPPM and the IAB Chair"},
	{"group and IAB, one given", "IPPM WG and IAB", "ad1@example.org", FIXTURE_NOW, FALSE,
	 "iab-chair@iab.org", "the IAB Chair"},
	{"two groups of one area: addresses once", "IPPM and OPSAWG WGs", "", FIXTURE_NOW, FALSE,
	 "ops-ads@ietf.org ad1@example.org", "an Area Director of IPPM and an Area Director of OPSAWG"},
	{"a director before the term", "IPPM WG", "ad1@example.org", FIXTURE_NOW - 366 * 86400, FALSE,
	 "ops-ads@ietf.org ad1@example.org", "an Area Director of IPPM"},
	{"nobody named", "", "ad1@example.org", FIXTURE_NOW, FALSE, "", "the liaison contact"},
};

static void
test_cases(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		Fixture *fixture = fixture_new();
		g_autoptr(GPtrArray) steps = NULL;
		g_auto(GStrv) missing = NULL;
		g_autofree char *joined = NULL;
		g_autofree char *text = NULL;

		g_test_message("%s", cases[i].name);
		fixture_set_from_bodies(fixture, cases[i].bodies);
		fixture_set_submitter(fixture, cases[i].login);
		steps = lsm_approval_steps(&fixture->recognition, fixture->settings, cases[i].now);
		missing = lsm_approval_missing_addresses(steps);
		joined = g_strjoinv(" ", missing);
		text = lsm_approval_missing_text(steps);
		g_assert_cmpint(lsm_approval_is_complete(steps), ==, cases[i].want_complete);
		g_assert_cmpstr(joined, ==, cases[i].want_missing);
		g_assert_cmpstr(text, ==, cases[i].want_text);
		fixture_free(fixture);
	}
}

static const struct {
	const char *name;
	const char *bodies;
	const char *login;
	const char *on_file;
	const char *want; /* a word for each step: requirement:who approved */
	const char *want_missing;
	const char *want_given;
} file_cases[] = {
	{"nothing on file", "IPPM WG and IAB", "", "", "A63:- A66:-", "an Area Director of IPPM and the IAB Chair", ""},
	{"one of two", "IPPM WG and IAB", "", "ippm", "A63:the record A66:-", "the IAB Chair",
	 "an Area Director of IPPM"},
	{"both, one by the sender", "IPPM WG and IAB", "ad1@example.org", "IAB", "A63:A. Director A66:the record",
	 "", "an Area Director of IPPM and the IAB Chair"},
	{"of another body", "IPPM WG", "", "opsawg", "A63:-", "an Area Director of IPPM", ""},
	{"area, IETF", "Operations and Management Area and IETF", "", "", "A64:- A65:-",
	 "an Area Director of Operations and Management and the IETF Chair", ""},
};

/* What is required, what is on file, what lacks. */
static void
test_matrix(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(file_cases); i++) {
		Fixture *fixture = fixture_new();
		g_autoptr(GPtrArray) steps = NULL;
		g_autoptr(GString) text = g_string_new(NULL);
		g_autofree char *missing = NULL;
		g_autofree char *given = NULL;

		g_test_message("%s", file_cases[i].name);
		fixture_set_from_bodies(fixture, file_cases[i].bodies);
		fixture_set_submitter(fixture, file_cases[i].login);
		fixture_approve(fixture, file_cases[i].on_file);
		steps = lsm_approval_steps(&fixture->recognition, fixture->settings, FIXTURE_NOW);
		lsm_approval_take_facts(steps, fixture->facts);
		for (guint j = 0; j < steps->len; j++) {
			const LsmApprovalStep *step = g_ptr_array_index(steps, j);

			g_string_append_printf(text, "%s%s:%s", j == 0 ? "" : " ", step->requirement,
					       step->approved_by != NULL ? step->approved_by : "-");
		}
		missing = lsm_approval_missing_text(steps);
		given = lsm_approval_given_text(steps);
		g_assert_cmpstr(text->str, ==, file_cases[i].want);
		g_assert_cmpstr(missing, ==, file_cases[i].want_missing);
		g_assert_cmpstr(given, ==, file_cases[i].want_given);
		/* What is on file was for certain recipients; it does not let this passage out. */
		g_assert_false(lsm_approval_is_complete(steps));
		fixture_free(fixture);
	}
}

/* Without a known path somebody must still be told. */
static void
test_no_path(void)
{
	LsmApprovalStep step = {.who = (char *)"an approver of X", .addresses = (char *[]){NULL}};
	g_autoptr(GPtrArray) steps = g_ptr_array_new();
	g_autofree char *text = NULL;

	g_ptr_array_add(steps, &step);
	text = lsm_approval_missing_text(steps);
	g_assert_cmpstr(text, ==, "the liaison contact");
	g_assert_false(lsm_approval_is_complete(steps));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/approval/cases", test_cases);
	g_test_add_func("/approval/matrix", test_matrix);
	g_test_add_func("/approval/no-path", test_no_path);
	return g_test_run();
}
