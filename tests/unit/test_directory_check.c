/*
 * test_directory_check.c - each check finds what it is for, and nothing in a directory that is right.
 */
#include <string.h>

#include "conf/directory_check.h"

#define NOW 1800000000 /* 2027-01-15 */

/* What each case begins with: right in itself, but for what stands behind it. */
#define HOME "home \"IETF\" { domains = ietf.org liaison-contact = \"l@ietf.org\"\n"
#define OPS "area ops { directors = {\"ops-ads@ietf.org\", \"ad@example.org\"} }\n"
#define AD "person \"A\" { addresses = \"ad@example.org\" logins = ad role ops { } }\n"
#define GROUP "group x { area = ops chairs = \"x-chairs@ietf.org\" list = \"x@ietf.org\" }\n"
#define OTHER                                                                                                \
	"organization \"Example\" { domains = example.com send-to = \"ls@example.com\" liaison-manager = "   \
	"\"lm@ietf.org\" }\n"

typedef struct {
	const char *id;
	const char *text;
	const char *want; /* of the finding that is looked for */
	guint line;
} CheckCase;

/* To add a check: a row here that finds it. */
static const CheckCase check_cases[] = {
	{"approver.missing", HOME "area ops { }\n}", "area \"ops\" has no directors", 2},
	{"approver.missing", HOME "body IAB { level = organization }\n}", "body \"IAB\" has no approvers", 2},
	{"approver.unknown", HOME "area ops { directors = \"ops-ads@ietf.org\" }\n}",
	 "area \"ops\": nobody is known who may approve by ops-ads@ietf.org", 2},
	{"approver.unknown",
	 HOME OPS "person \"A\" { addresses = \"ad@example.org\" role ops { until = 2026-01-01 } }\n}",
	 "area \"ops\": nobody is known who may approve by ops-ads@ietf.org, ad@example.org", 2},
	{"approver.no-person",
	 HOME "area ops { directors = {\"ad@example.org\", \"bd@example.org\"} }\n" AD "}",
	 "area \"ops\": bd@example.org is no person's address", 2},
	{"approver.login", HOME OPS "person \"A\" { addresses = \"ad@example.org\" }\n}",
	 "person \"A\" approves, and has no logins", 3},
	{"term.ends-last",
	 HOME OPS "person \"A\" { addresses = \"ad@example.org\"\nrole ops { until = 2027-02-01 } }\n}",
	 "person \"A\": the term as \"ops\" ends on 2027-01-31, and nobody else may approve then", 4},
	{"term.ends-soon",
	 HOME OPS AD "person \"B\" { addresses = \"b@example.org\"\nrole ops { until = 2027-02-01 } }\n}",
	 "person \"B\": the term as \"ops\" ends on 2027-01-31", 5},
	{"term.ended",
	 HOME OPS AD "person \"B\" { addresses = \"b@example.org\"\nrole ops { until = 2027-01-15 } }\n}",
	 "person \"B\": the term as \"ops\" ended on 2027-01-14", 5},
	{"person.no-role", HOME OPS AD "person \"B\" { addresses = \"b@example.org\" }\n}",
	 "person \"B\" has no role, and stands in no list", 4},
	{"person.elsewhere",
	 HOME OPS AD "person \"B\" { addresses = \"b@example.com\" role coordinator { } }\n}\n" OTHER,
	 "person \"B\": b@example.com is an address of Example", 4},
	{"group.area-concluded", HOME "area old { concluded = yes }\ngroup y { area = old }\n}",
	 "group \"y\" is in work, and its area \"old\" is concluded", 3},
	{"group.chairs-missing", HOME OPS AD "group y { area = ops list = \"y@ietf.org\" }\n}",
	 "group \"y\" has no chairs", 4},
	{"group.list-missing", HOME OPS AD "group y { area = ops chairs = \"y-chairs@ietf.org\" }\n}",
	 "group \"y\" has no list", 4},
	{"group.no-successor", HOME OPS AD "group y { area = ops concluded = yes }\n}",
	 "group \"y\" is concluded, and has no successor", 4},
	{"group.successor-concluded",
	 HOME OPS AD "group y { area = ops concluded = yes }\ngroup z { area = ops successor = y }\n}",
	 "group \"z\": its successor \"y\" is concluded itself", 5},
	{"address.domain", HOME OPS AD "group y { area = ops list = \"y@ietf.orgg\" }\n}",
	 "group \"y\": list y@ietf.orgg is neither of our domains nor of a person", 4},
	{"address.domain", "home \"IETF\" { domains = ietf.org liaison-contact = \"l@iab.org\" }",
	 "home \"IETF\": liaison-contact l@iab.org is neither of our domains nor of a person", 1},
	{"organization.send-to", HOME "}\norganization \"E\" { }", "organization \"E\" has no send-to", 3},
	{"organization.send-home", HOME "}\norganization \"E\" { send-to = \"x@ietf.org\" }",
	 "organization \"E\": send-to x@ietf.org is an address of ours", 3},
	{"organization.domains", HOME "}\norganization \"E\" { }", "organization \"E\" has no domains", 3},
	{"organization.manager", HOME "}\norganization \"E\" { }",
	 "organization \"E\" has no liaison-manager", 3},
	{"organization.manager-domain", HOME "}\norganization \"E\" { liaison-manager = \"lm@example.net\" }",
	 "organization \"E\": liaison-manager lm@example.net is neither of our domains nor of a person", 3},
	{"organization.name", HOME OPS AD GROUP "}\norganization \"E\" { names = \"X Working Group\" }",
	 "organization \"E\": the name \"X Working Group\" names our group \"x\", too", 6},
	{"person.name", HOME OPS AD "person \"a\" { addresses = \"b@example.org\" role coordinator { } }\n}",
	 "person \"a\" has the name of the person \"A\" of line 3", 4},
};

static GPtrArray *
check(const char *text, LsmDirectory **directory_out)
{
	g_autoptr(GError) error = NULL;

	*directory_out = lsm_directory_parse(text, strlen(text), "d", &error);
	g_assert_no_error(error);
	return lsm_directory_check(*directory_out, NOW);
}

static const LsmDirectoryFinding *
find(const GPtrArray *findings, const char *id)
{
	for (guint i = 0; i < findings->len; i++) {
		const LsmDirectoryFinding *finding = findings->pdata[i];

		if (strcmp(finding->row->id, id) == 0)
			return finding;
	}
	return NULL;
}

static void
test_checks(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(check_cases); i++) {
		const CheckCase *row = &check_cases[i];
		g_autoptr(LsmDirectory) directory = NULL;
		g_autoptr(GPtrArray) findings = check(row->text, &directory);
		const LsmDirectoryFinding *finding = find(findings, row->id);

		if (finding == NULL || strcmp(finding->what, row->want) != 0 ||
		    finding->place.line != row->line)
			g_test_message("in row %u, \"%s\"", (guint)i, row->id);
		g_assert_cmpstr(finding != NULL ? finding->what : NULL, ==, row->want);
		g_assert_cmpuint(finding != NULL ? finding->place.line : 0, ==, row->line);
	}
}

static void
test_right(void)
{
	g_autoptr(LsmDirectory) directory = NULL;
	g_autoptr(GPtrArray) findings = check(HOME OPS GROUP AD "}\n" OTHER, &directory);

	for (guint i = 0; i < findings->len; i++)
		g_test_message("%s", ((LsmDirectoryFinding *)findings->pdata[i])->what);
	g_assert_cmpuint(findings->len, ==, 0);
}

/* Errors first, and of each check in the order of lines. */
static void
test_order(void)
{
	g_autoptr(LsmDirectory) directory = NULL;
	g_autoptr(GPtrArray) findings = check(
		HOME "area b { }\narea a { }\n}\norganization \"E\" { }\norganization \"D\" { }", &directory);

	for (guint i = 1; i < findings->len; i++) {
		const LsmDirectoryFinding *before = findings->pdata[i - 1], *finding = findings->pdata[i];

		g_assert_cmpint(before->row->severity, >=, finding->row->severity);
		if (before->row == finding->row)
			g_assert_cmpuint(before->place.line, <, finding->place.line);
	}
	g_assert_cmpint(((LsmDirectoryFinding *)findings->pdata[0])->row->severity, ==, LSM_SEVERITY_ERROR);
}

static void
test_every_row_is_tested(void)
{
	for (guint i = 0; lsm_directory_check_row(i) != NULL; i++) {
		const LsmDirectoryCheckRow *row = lsm_directory_check_row(i);
		gboolean is_tested = FALSE;

		for (gsize j = 0; j < G_N_ELEMENTS(check_cases); j++)
			is_tested |= strcmp(check_cases[j].id, row->id) == 0;
		if (!is_tested)
			g_test_message("no case for %s", row->id);
		g_assert_true(is_tested);
		g_assert_true(g_str_has_suffix(row->fix, "."));
	}
}

static void
test_lists(void)
{
	g_autoptr(LsmDirectory) directory = NULL;
	g_autoptr(GPtrArray) findings =
		check(HOME OPS GROUP AD "group y { area = ops concluded = yes list = \"y@ietf.org\" }\n}",
		      &directory);
	g_autoptr(GPtrArray) lists = lsm_directory_lists(directory);

	g_assert_cmpuint(lists->len, ==, 1);
	g_assert_cmpstr(((const LsmBody *)lists->pdata[0])->list, ==, "x@ietf.org");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/directory-check/checks", test_checks);
	g_test_add_func("/directory-check/right", test_right);
	g_test_add_func("/directory-check/order", test_order);
	g_test_add_func("/directory-check/every-row-is-tested", test_every_row_is_tested);
	g_test_add_func("/directory-check/lists", test_lists);
	return g_test_run();
}
