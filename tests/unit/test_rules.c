/*
 * test_rules.c - per rule a mail that it catches and near ones that it must not; and the table itself.
 *
 * With --without RULE that rule is off: tests/mutate shows by it that each rule has a test that misses it.
 */
#include "conf/error.h"
#include "tests/lib/rules_fixture.h"
#include "tests/unit/rule_cases.h"

#include "rules/guidance.h"

/* To add a family: its table in rule_cases_<family>.c, and a row here and in rule_cases.h. */
static const struct {
	const RuleCase *cases;
	const guint *count;
} families[] = {
	{rule_cases_attachments, &rule_cases_attachments_count},
	{rule_cases_approval, &rule_cases_approval_count},   {rule_cases_consensus, &rule_cases_consensus_count},
	{rule_cases_contacts, &rule_cases_contacts_count},   {rule_cases_formats, &rule_cases_formats_count},
	{rule_cases_metadata, &rule_cases_metadata_count},   {rule_cases_purpose, &rule_cases_purpose_count},
	{rule_cases_routing, &rule_cases_routing_count},     {rule_cases_documents, &rule_cases_documents_count},
};

/* tests/mutate names a rule that is to be left out: some test must then fail. */
static const char *left_out;

static const LsmFinding *
find_finding(const LsmVerdict *verdict, const char *rule)
{
	for (guint i = 0; i < verdict->findings->len; i++) {
		const LsmFinding *finding = g_ptr_array_index(verdict->findings, i);

		if (strcmp(finding->rule->id, rule) == 0)
			return finding;
	}
	return NULL;
}

static LsmCheckResult
result_of(const LsmFinding *finding)
{
	if (finding == NULL)
		return LSM_CHECK_FINE;
	return finding->unknown ? LSM_CHECK_UNKNOWN : LSM_CHECK_FOUND;
}

/* Through the verdict, so that ways, rule sets and purposes of the row count. */
static void
run_case(const RuleCase *wanted)
{
	Fixture *fixture = fixture_new();
	g_autoptr(LsmVerdict) verdict = NULL;
	const LsmFinding *finding;

	g_test_message("%s: %s", wanted->rule, wanted->name);
	g_assert_nonnull(lsm_rule_find(wanted->rule));
	fixture_edit(fixture, wanted->edits);
	if (left_out != NULL) {
		g_autofree char *edit = g_strdup_printf("%s:off", left_out);

		fixture_set_rule_mode(fixture, edit);
	}
	verdict = lsm_verdict_judge(&fixture->input);
	finding = find_finding(verdict, wanted->rule);
	g_assert_cmpint(result_of(finding), ==, wanted->want);
	g_assert_cmpstr(finding != NULL ? finding->detail : NULL, ==, wanted->want_detail);
	fixture_free(fixture);
}

static void
test_cases(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(families); i++) {
		for (guint j = 0; j < *families[i].count; j++)
			run_case(&families[i].cases[j]);
	}
}

static void
count_cases(const char *rule, guint *caught, guint *spared)
{
	for (guint i = 0; i < G_N_ELEMENTS(families); i++) {
		for (guint j = 0; j < *families[i].count; j++) {
			const RuleCase *one = &families[i].cases[j];

			*caught += strcmp(one->rule, rule) == 0 && one->want == LSM_CHECK_FOUND;
			*spared += strcmp(one->rule, rule) == 0 && one->want == LSM_CHECK_FINE;
		}
	}
}

/* Each rule has a mail that it catches and one that it leaves alone. */
static void
test_all_rules_have_cases(void)
{
	guint count;
	const LsmRule *rules = lsm_rule_table(&count);

	for (guint i = 0; i < count; i++) {
		guint caught = 0, spared = 0;

		count_cases(rules[i].id, &caught, &spared);
		g_test_message("%s", rules[i].id);
		g_assert_cmpuint(caught, >, 0);
		g_assert_cmpuint(spared, >, 0);
	}
}

static gboolean
is_plain_ascii(const char *text)
{
	for (; *text != '\0'; text++) {
		if (!g_ascii_isprint(*text) || *text == '%')
			return FALSE;
	}
	return TRUE;
}

static void
test_rows_keep_their_contract(void)
{
	guint count;
	const LsmRule *rules = lsm_rule_table(&count);

	for (guint i = 0; i < count; i++) {
		g_test_message("%s", rules[i].id);
		g_assert_true(lsm_rule_find(rules[i].id) == &rules[i]);
		g_assert_true(is_plain_ascii(rules[i].fix));
		g_assert_cmpuint(strlen(rules[i].fix), <=, 200);
		g_assert_true(g_str_has_suffix(rules[i].fix, "."));
		g_assert_cmpuint(strlen(rules[i].heading), <=, 14);
		g_assert_true(g_regex_match_simple("^[AKPW][1-9][0-9]*( [AKPW][1-9][0-9]*)*$",
						   rules[i].requirements, 0, 0));
		g_assert_true(g_regex_match_simple("^5\\.(3\\.4|6\\.0|7\\.1)$", rules[i].status, 0, 0));
		g_assert_cmpuint(strlen(rules[i].help), >, 20);
		g_assert_cmpuint(rules[i].ways, !=, 0);
		g_assert_cmpuint(rules[i].rule_sets & ~LSM_SET_ALL, ==, 0);
	}
	g_assert_null(lsm_rule_find("no.such-rule"));
	g_assert_null(lsm_rule_find(NULL));
}

static void
test_effect_names(void)
{
	g_assert_cmpstr(lsm_effect_name(LSM_EFFECT_RECORD), ==, "record");
	g_assert_cmpstr(lsm_effect_name(LSM_EFFECT_NOTE), ==, "note");
	g_assert_cmpstr(lsm_effect_name(LSM_EFFECT_COPY), ==, "copy");
	g_assert_cmpstr(lsm_effect_name(LSM_EFFECT_REDIRECT), ==, "redirect");
	g_assert_cmpstr(lsm_effect_name(LSM_EFFECT_REJECT), ==, "reject");
}

static const struct {
	const char *name;
	const char *edits;
	const char *want; /* in the error, or NULL: no error */
} settings_cases[] = {
	{"sound", "rule=purpose.missing:off", NULL},
	{"misspelled rule", "rule=purpose.mising:off",
	 "rule \"purpose.mising\" is unknown; did you mean \"purpose.missing\"?"},
	{"misspelled set", "rule-set=bis-5",
	 "rule-set \"bis-5\" is unknown; expected bis-05, bis-02 or rfc4053; did you mean \"bis-05\"?"},
	{"empty set", "rule-set=", "rule-set \"\" is unknown"},
	{"a rule of a thousand letters", NULL, "is unknown"},
};

static void
test_check_settings(void)
{
	g_autofree char *letters = g_strnfill(1000, 'x');
	g_autofree char *long_rule = g_strdup_printf("rule=%s:off", letters);

	for (guint i = 0; i < G_N_ELEMENTS(settings_cases); i++) {
		Fixture *fixture = fixture_new();
		g_autoptr(GError) error = NULL;
		gboolean sound;

		g_test_message("%s", settings_cases[i].name);
		fixture_edit(fixture, settings_cases[i].edits != NULL ? settings_cases[i].edits : long_rule);
		sound = lsm_rule_check_settings(fixture->settings, &error);
		g_assert_cmpint(sound, ==, settings_cases[i].want == NULL);
		if (settings_cases[i].want != NULL) {
			g_assert_error(error, LSM_ERROR, LSM_ERROR_CONFIG);
			g_assert_nonnull(error != NULL ? strstr(error->message, settings_cases[i].want)
						       : NULL);
		}
		fixture_free(fixture);
	}
}

/* --- ways, sets, purposes --- */

static const struct {
	const char *name;
	const char *edits;
	const char *want; /* all findings, in the table's order */
} whole_cases[] = {
	{"a good statement", "login=ad1@example.org", ""},
	{"a good statement, by the set of March", "login=ad1@example.org;rule-set=bis-02", ""},
	{"the same by RFC 4053 lacks a copy", "login=ad1@example.org;rule-set=rfc4053", "copy.secretariat"},
	{"every gap at once",
	 "login=somebody@example.org;From-Contact=;Send-Reply-To=jane.doe@bbf.example;To-Contact=;Purpose=;"
	 "subject=;text=;no-rcpt=;rcpt=<x@bbf.example>",
	 "purpose.missing deadline.missing content.empty approval.missing from-contact.missing to-contact.missing "
	 "send-reply-to.personal subject.missing from-contact.incomplete manager.unasked sender.role "
	 "consensus.unstated group.uninformed"},
	{"the same, incoming",
	 "way=incoming;Send-Reply-To=jane.doe@bbf.example;To-Contact=;Purpose=;subject=;text=;no-rcpt=;"
	 "rcpt=<ippm@ietf.org>",
	 "purpose.missing deadline.missing content.empty send-reply-to.personal routing.misdirected"},
	{"for comment, by the newest", "login=ad1@example.org;Purpose=For comment;Deadline=2026-12-31",
	 "purpose.unknown"},
	{"for comment, by RFC 4053",
	 "login=ad1@example.org;rule-set=rfc4053;Purpose=For comment;Deadline=2026-12-31", "copy.secretariat"},
	{"two bodies, by the newest", "login=ad1@example.org;rcpt=<statements@cables.example>", "routing.several"},
	{"two bodies, by the one before",
	 "login=ad1@example.org;rule-set=bis-02;rcpt=<statements@cables.example>", ""},
	{"an answer", "login=ad1@example.org;Purpose=In response;text=We have no comments on the list.",
	 "response.unlinked consensus.collected"},
	{"an unreadable part", "login=ad1@example.org;flip=unreadable;Purpose=", "purpose.missing deadline.missing"},
	{"the tool", "way=tool;login=;Purpose=;text=;no-rcpt=", ""},
	{"a list", "way=list;login=;Purpose=;text=;no-rcpt=", ""},
	{"a draft", "way=draft;Purpose=;text=;no-rcpt=", ""},
};

static void
test_whole(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(whole_cases); i++) {
		Fixture *fixture = fixture_new();
		g_autoptr(LsmVerdict) verdict = NULL;
		g_autofree char *ids = NULL;

		g_test_message("%s", whole_cases[i].name);
		fixture_edit(fixture, whole_cases[i].edits);
		verdict = lsm_verdict_judge(&fixture->input);
		ids = fixture_findings(verdict);
		g_assert_cmpstr(ids, ==, whole_cases[i].want);
		fixture_free(fixture);
	}
}

/* A45, A104: no rule stops what comes in, whatever its row says; and none is for what is never gated. */
static void
test_ways(void)
{
	static const LsmWay never[] = {LSM_WAY_DRAFT, LSM_WAY_TOOL, LSM_WAY_LIST, LSM_WAY_OTHER};
	guint count;
	const LsmRule *rules = lsm_rule_table(&count);

	for (guint i = 0; i < count; i++) {
		gboolean out = lsm_rule_applies(&rules[i], LSM_WAY_OUTGOING, LSM_SET_ALL, LSM_IF_ANY);
		gboolean in = lsm_rule_applies(&rules[i], LSM_WAY_INCOMING, LSM_SET_ALL, LSM_IF_ANY);

		g_test_message("%s", rules[i].id);
		g_assert_true(out || in);
		for (guint j = 0; j < G_N_ELEMENTS(never); j++)
			g_assert_false(lsm_rule_applies(&rules[i], never[j], LSM_SET_ALL, LSM_IF_ANY));
		g_assert_false(lsm_rule_applies(&rules[i], LSM_WAY_OUTGOING, 0, LSM_IF_ANY));
		if (!out)
			g_assert_cmpint(rules[i].effect_out, <=, LSM_EFFECT_COPY);
	}
}

static void
test_sets(void)
{
	guint count, bits = 0;
	const LsmRuleSet *sets = lsm_rule_sets(&count);

	for (guint i = 0; i < count; i++) {
		g_test_message("%s", sets[i].name);
		g_assert_true(lsm_rule_set_find(sets[i].name) == &sets[i]);
		g_assert_cmpuint(lsm_rule_set_bit(sets[i].name), ==, sets[i].bit);
		g_assert_cmpuint(bits & sets[i].bit, ==, 0);
		if (i > 0)
			g_assert_cmpstr(sets[i - 1].date, <, sets[i].date);
		g_assert_cmpuint(strlen(sets[i].document), >, 0);
		g_assert_cmpuint(strlen(sets[i].differs), >, 20);
		bits |= sets[i].bit;
	}
	g_assert_cmpuint(bits, ==, LSM_SET_ALL);
	g_assert_null(lsm_rule_set_find("bis-99"));
	g_assert_null(lsm_rule_set_find(NULL));
}

static const struct {
	const char *purpose;
	guint want;
} purpose_cases[] = {
	{"", LSM_IF_NONE},
	{"For fun", LSM_IF_NONE},
	{"For information", LSM_IF_INFORMATION},
	{"For action", LSM_IF_ACTION},
	{"In response", LSM_IF_RESPONSE},
	{"For comment", LSM_IF_COMMENT},
	{"For action to SG15~ for information to SG13", LSM_IF_ACTION | LSM_IF_INFORMATION},
};

static void
test_purposes(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(purpose_cases); i++) {
		Fixture *fixture = fixture_new();
		g_autofree char *edit = g_strdup_printf("Purpose=%s", purpose_cases[i].purpose);

		g_test_message("%s", purpose_cases[i].purpose);
		fixture_edit(fixture, edit);
		g_assert_cmpuint(lsm_rule_purposes(fixture->input.statement), ==, purpose_cases[i].want);
		fixture_free(fixture);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	left_out = argc > 2 && strcmp(argv[1], "--without") == 0 ? argv[2] : NULL;
	g_test_set_nonfatal_assertions();
	g_test_add_func("/rules/cases", test_cases);
	g_test_add_func("/rules/all-have-cases", test_all_rules_have_cases);
	g_test_add_func("/rules/whole", test_whole);
	g_test_add_func("/rules/ways", test_ways);
	g_test_add_func("/rules/sets", test_sets);
	g_test_add_func("/rules/purposes", test_purposes);
	g_test_add_func("/rules/rows", test_rows_keep_their_contract);
	g_test_add_func("/rules/effect-names", test_effect_names);
	g_test_add_func("/rules/check-settings", test_check_settings);
	return g_test_run();
}
