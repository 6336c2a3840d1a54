/*
 * test_directory.c - the directory loads, refuses mistakes with their line, and knows who is who.
 */
#include <gio/gio.h>
#include <string.h>

#include "conf/directory.h"
#include "conf/error.h"

#define HOME "home \"IETF\" {\n domains = ietf.org\n liaison-contact = \"l@iab.org\"\n"

static LsmDirectory *
parse(const char *text, GError **error)
{
	return lsm_directory_parse(text, strlen(text), "directory.conf", error);
}

static LsmDirectory *
load_sample(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) file = g_resources_lookup_data("/org/liaison-milter/directory.conf",
							 G_RESOURCE_LOOKUP_FLAGS_NONE, &error);
	LsmDirectory *directory;

	g_assert_no_error(error);
	directory = lsm_directory_parse(g_bytes_get_data(file, NULL), g_bytes_get_size(file),
					"directory.conf", &error);
	g_assert_no_error(error);
	return directory;
}

static gint64
at(int year, int month, int day)
{
	g_autoptr(GDateTime) date = g_date_time_new_utc(year, month, day, 0, 0, 0);

	return g_date_time_to_unix(date);
}

static const char *
acronym_of(const LsmBody *body)
{
	return body != NULL ? body->acronym : NULL;
}

static const char *
name_of(const LsmOrganization *organization)
{
	return organization != NULL ? organization->name : NULL;
}

/* ---- mistakes ---- */

typedef struct {
	const char *name;
	const char *text;
	const char *want;
} MistakeCase;

#define ROLE_WANT "is not defined; expected coordinator, or the acronym of a body, an area or a group"

static const MistakeCase mistake_cases[] = {
	{"empty", "", "1: read no home section; expected home \"IETF\" { ... }"},
	{"two homes", HOME "}\nhome \"IAB\" { }", "5: read a second home section; expected one"},
	{"no domains", "\nhome \"IETF\" { }",
	 "2: home \"IETF\" has no domains; expected domains = {\"ietf.org\"}"},
	{"no contact", "home \"IETF\" { domains = ietf.org }",
	 "1: home \"IETF\" has no liaison-contact; expected liaison-contact = \"name@domain\""},
	{"contact", "home \"IETF\" { domains = ietf.org\nliaison-contact = iab }",
	 "2: liaison-contact = \"iab\"; expected a mail address (name@domain)"},
	{"domain", "home \"IETF\" { domains = {ietf.org,\n\"iab org\"} }",
	 "2: domains = \"iab org\"; expected a domain name (ietf.org)"},
	{"open home", HOME "body \"IETF\" { level = organization }\n",
	 "1: read home \"IETF\", which is not closed; expected its '}' before the end of the file"},
	{"open group", HOME "area ops { }\ngroup ippm { area = ops\ngroup quic { area = ops }\n}\n",
	 "6: read the unknown key \"group\" in group \"ippm\"; expected one of name, level, area, body, "
	 "chairs, initiates, list, "
	 "successor, concluded, or the closing brace of group \"ippm\" of line 5 before it"},
	{"body's level", HOME "body \"X\" { level = group }\n}",
	 "4: level = \"group\"; expected organization or research"},
	{"body without level", HOME "body \"X\" { }\n}",
	 "4: body \"X\" has no level; expected level = organization or research"},
	{"area unknown", HOME "area ops { }\narea wit { }\ngroup ippm {\n area = opss\n}\n}",
	 "7: group \"ippm\": area \"opss\" is not defined; expected one of ops, wit"},
	{"no areas", HOME "group ippm { area = ops }\n}",
	 "4: group \"ippm\": area \"ops\" is not defined; expected a section for it first"},
	{"area left out", HOME "area ops { }\ngroup ippm { }\n}",
	 "5: group \"ippm\" has no area; expected area = one of ops"},
	{"research group with area", HOME "area ops { }\ngroup x { level = research\narea = ops }\n}",
	 "6: group \"x\": read area; expected body for a group of level research"},
	{"group with body", HOME "area ops { }\ngroup x { area = ops\nbody = ops }\n}",
	 "6: group \"x\": read body; expected area for a group of level group"},
	{"research group of the IETF",
	 HOME "body \"IETF\" { level = organization }\ngroup x { level = research body = IETF }\n}",
	 "5: group \"x\": body \"IETF\" is not defined; expected a section for it first"},
	{"own body", HOME "group x { level = research body = x }\n}",
	 "4: group \"x\": body \"x\" is not defined; expected a section for it first"},
	{"group's level", HOME "group x { level = area }\n}",
	 "4: level = \"area\"; expected group or research"},
	{"initiates", HOME "area ops { }\ngroup x { area = ops initiates = never }\n}",
	 "5: initiates = \"never\"; expected yes or no"},
	{"chair", HOME "area ops { }\ngroup x { area = ops chairs = {\"a@b.example\",\n\"c\"} }\n}",
	 "6: chairs = \"c\"; expected a mail address (name@domain)"},
	{"successor", HOME "area ops { }\ngroup x { area = ops\nsuccessor = y }\n}",
	 "6: group \"x\": successor \"y\" is not defined; expected the acronym of another group"},
	{"own successor", HOME "area ops { }\ngroup x { area = ops successor = X }\n}",
	 "5: group \"x\": successor \"X\" is not defined; expected the acronym of another group"},
	{"successor of one in work", HOME "area ops { }\ngroup y { area = ops }\ngroup x { area = ops successor = y\n"
				      "concluded = no }\n}",
	 "7: group \"x\": read concluded = no beside a successor; expected one of the two"},
	{"include without a name", "include()", "1: read ')'; expected a file's name in quotes"},
	{"include of nothing", "\ninclude(\"\")", "2: read \"\"; expected a file's name in quotes"},
	{"include as a key", "include = \"x\"", "1: read '='; expected '(' behind \"include\""},
	{"include in a group", HOME "area ops {\ninclude(\"x\") }\n}",
	 "5: read the unknown key \"include\" in area \"ops\"; expected a known one, the nearest is \"concluded\", or "
	 "the closing brace of area \"ops\" of line 4 before it"},
	{"acronym twice", HOME "area ops { }\ngroup OPS { area = ops }\n}",
	 "5: group \"OPS\": \"OPS\" belongs to another section already; expected it in one"},
	{"name twice", HOME "area ops { name = \"A b\" }\narea wit { name = \"A-B\" }\n}",
	 "5: area \"wit\": name \"A-B\" belongs to another section already; expected it in one"},
	{"list twice", HOME "area ops { list = \"a@ietf.org\" }\narea wit { list = \"A@ietf.org\" }\n}",
	 "5: area \"wit\": list \"A@ietf.org\" belongs to another section already; expected it in one"},
	{"name of signs", HOME "area ops { name = \"--\" }\n}",
	 "4: name = \"--\"; expected a name of 1 to 16 words"},
	{"acronym", HOME "area \"a b\" { }\n}",
	 "4: area \"a b\"; expected an acronym of at most 40 octets without blanks or quotes"},
	{"empty title", HOME "person \"\" { }\n}", "4: person \"\"; expected a text of 1 to 200 octets"},
	{"person without address", HOME "person \"A\" { }\n}",
	 "4: person \"A\" has no addresses; expected addresses = {\"name@domain\"}"},
	{"person's address twice",
	 HOME "person \"A\" { addresses = \"a@b.example\" }\nperson \"B\" { addresses = \"A@b.example\" }\n}",
	 "5: person \"B\": addresses \"A@b.example\" belongs to another section already; expected it in one"},
	{"login twice",
	 HOME "person \"A\" { addresses = \"a@b.example\" logins = x }\n"
	      "person \"B\" { addresses = \"b@b.example\"\nlogins = x }\n}",
	 "6: person \"B\": logins \"x\" belongs to another section already; expected it in one"},
	{"role", HOME "person \"A\" { addresses = \"a@b.example\"\nrole opps { } }\n}",
	 "5: person \"A\": role \"opps\" " ROLE_WANT},
	{"date",
	 HOME "area ops { }\nperson \"A\" { addresses = \"a@b.example\"\nrole ops { from = 2026-02-30 } }\n}",
	 "6: from = \"2026-02-30\"; expected a date (YYYY-MM-DD, after 1970)"},
	{"date's form",
	 HOME "area ops { }\nperson \"A\" { addresses = \"a@b.example\"\nrole ops { until = 1.3.2026 } }\n}",
	 "6: until = \"1.3.2026\"; expected a date (YYYY-MM-DD, after 1970)"},
	{"term",
	 HOME "area ops { }\nperson \"A\" { addresses = \"a@b.example\"\nrole ops { from = 2026-03-01\n"
	      "until = 2026-03-01 } }\n}",
	 "7: person \"A\": role \"ops\" ends on 2026-03-01; expected a day after its beginning"},
	{"organization twice", HOME "}\norganization \"X\" { }\norganization \"X\" { }",
	 "6: read organization \"X\" again; expected it once, it stands on line 5 already"},
	{"organization's name twice",
	 HOME "}\norganization \"X Y\" { }\norganization \"Z\" {\nnames = \"x-y\" }",
	 "7: organization \"Z\": names \"x-y\" belongs to another section already; expected it in one"},
	{"domain twice",
	 HOME "}\norganization \"X\" { domains = x.example }\norganization \"Z\" { domains = X.example }",
	 "6: organization \"Z\": domains \"X.example\" belongs to another section already; expected it in "
	 "one"},
	{"home's domain", HOME "}\norganization \"X\" { domains = IETF.org }",
	 "5: organization \"X\": domains \"IETF.org\" belongs to another section already; expected it in "
	 "one"},
	{"manager", HOME "}\norganization \"X\" { liaison-manager = someone }",
	 "5: liaison-manager = \"someone\"; expected a mail address (name@domain), or \"\""},
	{"unknown key", HOME "}\norganization \"X\" { send_to = \"a@b.example\" }",
	 "5: read the unknown key \"send_to\" in organization \"X\"; expected a known one, the nearest is "
	 "\"send-to\""},
};

static void
test_mistakes(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(mistake_cases); i++) {
		const MistakeCase *row = &mistake_cases[i];
		g_autofree char *want = g_strconcat("directory.conf:", row->want, NULL);
		g_autoptr(GError) error = NULL;
		g_autoptr(LsmDirectory) directory = parse(row->text, &error);

		if (directory != NULL || g_strcmp0(error->message, want) != 0)
			g_test_message("in row \"%s\"", row->name);
		g_assert_null(directory);
		g_assert_error(error, LSM_ERROR, LSM_ERROR_CONFIG);
		g_assert_cmpstr(error != NULL ? error->message : NULL, ==, want);
	}
}

/* ---- the sample ---- */

static void
test_sample(void)
{
	g_autoptr(LsmDirectory) directory = load_sample();
	const LsmBody *ippm = lsm_directory_find_body(directory, "IPPM");
	const LsmBody *cfrg = lsm_directory_find_body(directory, "cfrg");

	g_assert_cmpstr(lsm_directory_home_name(directory), ==, "IETF");
	g_assert_cmpstr(lsm_directory_liaison_contact(directory), ==, "liaison-coordination@iab.org");
	g_assert_cmpuint(g_strv_length(lsm_directory_home_domains(directory)), ==, 3);
	g_assert_cmpuint(lsm_directory_organization_count(directory), >=, 13);
	g_assert_cmpstr(lsm_directory_organization(directory, 0)->name, ==, "ITU-T");
	g_assert_cmpstr(lsm_directory_body(directory, 0)->acronym, ==, "IETF");
	g_assert_null(lsm_directory_body(directory, lsm_directory_body_count(directory)));
	g_assert_cmpint(ippm->level, ==, LSM_LEVEL_GROUP);
	g_assert_true(ippm->initiates);
	g_assert_cmpstr(ippm->parent->acronym, ==, "ops");
	g_assert_cmpstr(ippm->list, ==, "ippm@ietf.org");
	g_assert_cmpint(cfrg->level, ==, LSM_LEVEL_RESEARCH);
	g_assert_false(cfrg->initiates);
	g_assert_cmpstr(cfrg->parent->acronym, ==, "IRTF");
	g_assert_false(cfrg->parent->initiates);
	g_assert_cmpstr(lsm_directory_find_body(directory, "avt")->successor, ==, "avtcore");
	g_assert_null(lsm_directory_find_body(directory, "nothing"));
	g_assert_null(lsm_directory_find_body(directory, NULL));
}

typedef struct {
	const char *address;
	const char *want_organization;
	const char *want_body;
	gboolean want_home;
} AddressCase;

static const AddressCase address_cases[] = {
	{"tsb@itu.example", "ITU-T", NULL, FALSE},
	{"someone@itu.int", "ITU-T", NULL, FALSE},
	{"someone@mail.ITU.int", "ITU-T", NULL, FALSE},
	{"someone@notitu.int", NULL, NULL, FALSE},
	{"someone@itu.int.example", NULL, NULL, FALSE},
	{"someone@int", NULL, NULL, FALSE},
	{"Liaisons@BBF.example", "Broadband Forum", NULL, FALSE},
	{"3GPP_TSG_SA_WG2@LIST.ETSI.ORG", "3GPP", NULL, FALSE},
	{"someone@etsi.org", "ETSI", NULL, FALSE},
	{"ippm@ietf.org", NULL, "ippm", TRUE},
	{"IPPM-chairs@ietf.org", NULL, "ippm", TRUE},
	{"ops-ads@ietf.org", NULL, "ops", TRUE},
	{"chair@ietf.org", NULL, "gen", TRUE},
	{"iab-chair@iab.org", NULL, "IAB", TRUE},
	{"cfrg@irtf.org", NULL, "cfrg", TRUE},
	{"someone@mail.ietf.org", NULL, NULL, TRUE},
	{"someone@fakeietf.org", NULL, NULL, FALSE},
	{"someone", NULL, NULL, FALSE},
	{"@", NULL, NULL, FALSE},
	{"a@..", NULL, NULL, FALSE},
	{"", NULL, NULL, FALSE},
	{NULL, NULL, NULL, FALSE},
	{"a@\xff\xfe", NULL, NULL, FALSE},
};

static void
test_addresses(void)
{
	g_autoptr(LsmDirectory) directory = load_sample();

	for (gsize i = 0; i < G_N_ELEMENTS(address_cases); i++) {
		const AddressCase *row = &address_cases[i];

		g_assert_cmpstr(name_of(lsm_directory_organization_of(directory, row->address)), ==,
				row->want_organization);
		g_assert_cmpstr(acronym_of(lsm_directory_body_of(directory, row->address)), ==,
				row->want_body);
		g_assert_cmpint(lsm_directory_is_home_address(directory, row->address), ==, row->want_home);
	}
	g_assert_true(lsm_directory_is_home_list(directory, "IPPM@ietf.org"));
	g_assert_false(lsm_directory_is_home_list(directory, "ippm-chairs@ietf.org"));
	g_assert_true(lsm_directory_is_home_liaison_address(directory, "Liaison-Coordination@iab.org"));
	g_assert_true(lsm_directory_is_home_liaison_address(directory, "lm-bbf@example.org"));
	g_assert_false(lsm_directory_is_home_liaison_address(directory, "liaisons@bbf.example"));
	g_assert_true(lsm_directory_is_organization_liaison_address(directory, "liaisons@bbf.example"));
	g_assert_false(lsm_directory_is_organization_liaison_address(directory, "other@bbf.example"));
}

static void
test_persons(void)
{
	g_autoptr(LsmDirectory) directory = load_sample();

	g_assert_cmpstr(lsm_directory_find_person(directory, "A.Director@corp.example")->name, ==,
			"A. Director");
	g_assert_cmpstr(lsm_directory_find_login(directory, "ad1")->name, ==, "A. Director");
	g_assert_cmpstr(lsm_directory_find_login(directory, "ad2@example.org")->name, ==, "B. Director");
	/* A login is an exact string, and an address is one only where logins are left out. */
	g_assert_null(lsm_directory_find_login(directory, "AD1"));
	g_assert_null(lsm_directory_find_login(directory, "a.director@corp.example"));
	g_assert_null(lsm_directory_find_login(directory, NULL));
	g_assert_null(lsm_directory_find_person(directory, "ops-ads@ietf.org"));
	g_assert_null(lsm_directory_find_person(directory, NULL));
}

/* ---- approval ---- */

typedef struct {
	const char *person; /* address */
	const char *body;
	int year, month, day;
	gboolean want;
} ApprovalCase;

static const ApprovalCase approval_cases[] = {
	/* from = 2026-03-01 */
	{"ad1@example.org", "ippm", 2026, 2, 28, FALSE},
	{"ad1@example.org", "ippm", 2026, 3, 1, TRUE},
	{"ad1@example.org", "ippm", 2036, 1, 1, TRUE},
	{"ad1@example.org", "ops", 2026, 3, 1, TRUE},
	/* until = 2027-03-01: no longer on that day, though the address still stands in the area's list */
	{"ad2@example.org", "ippm", 2025, 2, 28, FALSE},
	{"ad2@example.org", "ippm", 2025, 3, 1, TRUE},
	{"ad2@example.org", "ippm", 2027, 2, 28, TRUE},
	{"ad2@example.org", "ippm", 2027, 3, 1, FALSE},
	/* by address, no term written */
	{"ad5@example.org", "tls", 2020, 1, 1, TRUE},
	{"ad5@example.org", "sec", 2020, 1, 1, TRUE},
	/* another area, another level, a chair */
	{"ad5@example.org", "ippm", 2026, 6, 1, FALSE},
	{"ad1@example.org", "quic", 2026, 6, 1, FALSE},
	{"ad1@example.org", "IETF", 2026, 6, 1, FALSE},
	{"ippm-chair@example.org", "ippm", 2026, 6, 1, FALSE},
	{"coordinator@example.org", "ippm", 2026, 6, 1, FALSE},
	{"ietf-chair@example.org", "IETF", 2026, 6, 1, TRUE},
	{"ietf-chair@example.org", "IESG", 2026, 6, 1, TRUE},
	{"ietf-chair@example.org", "IAB", 2026, 6, 1, FALSE},
	{"ietf-chair@example.org", "ippm", 2026, 6, 1, FALSE},
	{"iab-chair@example.org", "IAB", 2026, 6, 1, TRUE},
	{"irtf-chair@example.org", "cfrg", 2026, 6, 1, TRUE},
	{"irtf-chair@example.org", "IRTF", 2026, 6, 1, TRUE},
	{"irtf-chair@example.org", "ippm", 2026, 6, 1, FALSE},
};

static void
test_may_approve(void)
{
	g_autoptr(LsmDirectory) directory = load_sample();

	for (gsize i = 0; i < G_N_ELEMENTS(approval_cases); i++) {
		const ApprovalCase *row = &approval_cases[i];
		const LsmPerson *person = lsm_directory_find_person(directory, row->person);
		const LsmBody *body = lsm_directory_find_body(directory, row->body);
		gint64 now = at(row->year, row->month, row->day);
		gboolean may = lsm_directory_may_approve(directory, person, body, now);

		if (may != row->want)
			g_test_message("%s for %s on %d-%d-%d", row->person, row->body, row->year, row->month,
				       row->day);
		g_assert_cmpint(may, ==, row->want);
	}
}

static void
test_term_by_the_second(void)
{
	g_autoptr(LsmDirectory) directory = load_sample();
	const LsmPerson *person = lsm_directory_find_person(directory, "ad2@example.org");
	const LsmBody *body = lsm_directory_find_body(directory, "ippm");

	g_assert_false(lsm_directory_may_approve(directory, person, body, at(2025, 3, 1) - 1));
	g_assert_true(lsm_directory_may_approve(directory, person, body, at(2025, 3, 1)));
	g_assert_true(lsm_directory_may_approve(directory, person, body, at(2027, 3, 1) - 1));
	g_assert_false(lsm_directory_may_approve(directory, person, body, at(2027, 3, 1)));
}

/* Out of office for a while: neither term hides the other. */
static void
test_two_terms(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(LsmDirectory) directory = parse(
		HOME "area ops { directors = \"a@b.example\" }\n"
		     "person \"A\" { addresses = \"a@b.example\" role ops { until = 2020-01-01 } role OPS { from = 2025-01-01 } }\n}",
		&error);
	const LsmPerson *person;
	const LsmBody *ops;

	g_assert_no_error(error);
	person = lsm_directory_find_person(directory, "a@b.example");
	ops = lsm_directory_find_body(directory, "ops");
	g_assert_true(lsm_directory_may_approve(directory, person, ops, at(2019, 12, 31)));
	g_assert_false(lsm_directory_may_approve(directory, person, ops, at(2020, 1, 1)));
	g_assert_false(lsm_directory_may_approve(directory, person, ops, at(2024, 12, 31)));
	g_assert_true(lsm_directory_may_approve(directory, person, ops, at(2025, 1, 1)));
}

static void
test_approvers(void)
{
	static const char *const cases[][2] = {
		{"ippm", "ops-ads@ietf.org"},    {"ops", "ops-ads@ietf.org"},
		{"IETF", "chair@ietf.org"},      {"IESG", "chair@ietf.org"},
		{"IAB", "iab-chair@iab.org"},    {"IRTF", "irtf-chair@irtf.org"},
		{"cfrg", "irtf-chair@irtf.org"},
	};
	g_autoptr(LsmDirectory) directory = load_sample();
	g_autoptr(LsmDirectory) bare = parse(HOME "area ops { }\ngroup ippm { area = ops }\n}", NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		const LsmBody *body = lsm_directory_find_body(directory, cases[i][0]);

		g_assert_cmpstr(lsm_directory_approvers(directory, body)[0], ==, cases[i][1]);
	}
	g_assert_null(lsm_directory_approvers(bare, lsm_directory_find_body(bare, "ippm"))[0]);
}

typedef struct {
	const char *address;
	int year;
	gboolean want;
} RoleCase;

static const RoleCase role_cases[] = {
	{"ippm-chairs@ietf.org", 2026, TRUE},    {"ops-ads@ietf.org", 2026, TRUE},
	{"lm-bbf@example.org", 2026, TRUE},      {"liaison-coordination@iab.org", 2026, TRUE},
	{"coordinator@example.org", 2026, TRUE}, {"coordinator@example.org", 2020, FALSE},
	{"ad2@example.org", 2026, TRUE},         {"ad2@example.org", 2030, FALSE},
	{"ad5@example.org", 2020, TRUE},         {"A.Director@corp.example", 2027, TRUE},
	{"ippm@ietf.org", 2026, FALSE},          {"someone@example.org", 2026, FALSE},
	{"liaisons@bbf.example", 2026, FALSE},   {"", 2026, FALSE},
};

static void
test_has_role(void)
{
	g_autoptr(LsmDirectory) directory = load_sample();

	for (gsize i = 0; i < G_N_ELEMENTS(role_cases); i++) {
		const RoleCase *row = &role_cases[i];
		gboolean has = lsm_directory_has_role(directory, row->address, at(row->year, 6, 1));

		if (has != row->want)
			g_test_message("%s in %d", row->address, row->year);
		g_assert_cmpint(has, ==, row->want);
	}
}

/* A chair whose other term is over is still a chair. */
static void
test_role_beside_a_term(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(LsmDirectory) directory =
		parse(HOME "area ops { directors = \"a@b.example\" }\n"
			   "group ippm { area = ops chairs = \"a@b.example\" }\n"
			   "person \"A\" { addresses = \"a@b.example\" role ops { until = 2020-01-01 } }\n}",
		      &error);
	const LsmPerson *person;

	g_assert_no_error(error);
	person = lsm_directory_find_person(directory, "a@b.example");
	g_assert_true(lsm_directory_has_role(directory, "a@b.example", at(2026, 1, 1)));
	g_assert_false(lsm_directory_may_approve(directory, person,
						 lsm_directory_find_body(directory, "ippm"), at(2026, 1, 1)));
}

/* ---- addresses ---- */

static void
test_address_helpers(void)
{
	const char *const list[] = {"a@b.example", "J\xc3\xbcrgen@b.example", NULL};

	g_assert_true(lsm_address_equal("A@B.example", "a@b.EXAMPLE"));
	g_assert_true(lsm_address_equal("J\xc3\x9crgen@b.example", "j\xc3\xbcrgen@b.example"));
	g_assert_false(lsm_address_equal("a@b.example", "a@c.example"));
	g_assert_false(lsm_address_equal(NULL, NULL));
	g_assert_false(lsm_address_equal("", ""));
	g_assert_true(lsm_address_in_list("J\xc3\x9cRGEN@b.example", (char *const *)list));
	g_assert_false(lsm_address_in_list("c@b.example", (char *const *)list));
	g_assert_false(lsm_address_in_list("c@b.example", NULL));
	g_assert_cmpstr(lsm_address_domain("a@b@c.example"), ==, "c.example");
	g_assert_cmpstr(lsm_address_domain("nothing"), ==, "");
	g_assert_cmpstr(lsm_address_domain(NULL), ==, "");
	g_assert_false(lsm_address_is_valid("a\xff@b.example"));
	g_assert_false(lsm_address_is_valid(NULL));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/directory/mistakes", test_mistakes);
	g_test_add_func("/directory/sample", test_sample);
	g_test_add_func("/directory/addresses", test_addresses);
	g_test_add_func("/directory/persons", test_persons);
	g_test_add_func("/directory/may-approve", test_may_approve);
	g_test_add_func("/directory/term-by-the-second", test_term_by_the_second);
	g_test_add_func("/directory/two-terms", test_two_terms);
	g_test_add_func("/directory/approvers", test_approvers);
	g_test_add_func("/directory/has-role", test_has_role);
	g_test_add_func("/directory/role-beside-a-term", test_role_beside_a_term);
	g_test_add_func("/directory/address-helpers", test_address_helpers);
	return g_test_run();
}
