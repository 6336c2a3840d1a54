/*
 * test_scope.c - what is enforced while the rest is watched: groups, senders, organizations, rules, copies.
 */
#include "tests/lib/rules_fixture.h"

#include "conf/settings_scope.h"
#include "rules/scope.h"

/* A chair's statement of IPPM to the Broadband Forum; it lacks approval. */
static const struct {
	const char *name;
	const char *edits;
	const char *want_scope;
	const char *want_entry;
	LsmEffect want;
	LsmEffect want_would;
} cases[] = {
	{"enforce is for all", "", "mode", NULL, LSM_EFFECT_REDIRECT, LSM_EFFECT_REDIRECT},
	{"enforce, whatever the lists say", "enforce=group:opsawg;enforce=rule:purpose.missing", "mode", NULL,
	 LSM_EFFECT_REDIRECT, LSM_EFFECT_REDIRECT},
	{"off, whatever the lists say", "mode=off;enforce=group:ippm", "nothing", NULL, LSM_EFFECT_RECORD,
	 LSM_EFFECT_REDIRECT},
	{"empty lists", "mode=observe", "nothing", NULL, LSM_EFFECT_RECORD, LSM_EFFECT_REDIRECT},

	/* groups */
	{"its group, any case", "mode=observe;enforce=group:IPPM", "group", "IPPM", LSM_EFFECT_REDIRECT,
	 LSM_EFFECT_REDIRECT},
	{"its area", "mode=observe;enforce=group:ops", "group", "ops", LSM_EFFECT_REDIRECT, LSM_EFFECT_REDIRECT},
	{"another group", "mode=observe;enforce=group:opsawg", "unlisted", NULL, LSM_EFFECT_RECORD,
	 LSM_EFFECT_REDIRECT},
	{"a body is not its groups", "mode=observe;enforce=group:IETF", "unlisted", NULL, LSM_EFFECT_RECORD,
	 LSM_EFFECT_REDIRECT},
	{"one of two groups", "mode=observe;enforce=group:opsawg;bodies=IPPM WG and OPSAWG WG", "group", "opsawg",
	 LSM_EFFECT_REDIRECT, LSM_EFFECT_REDIRECT},
	{"no body at home is known, but who writes", "mode=observe;enforce=group:ippm;bodies=Nobody", "group", "ippm",
	 LSM_EFFECT_REDIRECT, LSM_EFFECT_REDIRECT},
	{"the text names another group than the writer's", "mode=observe;enforce=group:ippm;bodies=OPSAWG WG", "group",
	 "ippm", LSM_EFFECT_REDIRECT, LSM_EFFECT_REDIRECT},
	{"who writes has a role there no more",
	 "mode=observe;enforce=group:opsawg;login=former@example.org;mail=From: former@example.org||x",
	 "unlisted", NULL, LSM_EFFECT_RECORD, LSM_EFFECT_REDIRECT},
	{"whose login is in the list of its chairs",
	 "mode=observe;enforce=group:opsawg;login=second@example.org;mail=From: x@example.org||x", "group", "opsawg",
	 LSM_EFFECT_REDIRECT, LSM_EFFECT_REDIRECT},
	{"From alone is a chair's", "mode=observe;enforce=group:ippm;bodies=OPSAWG WG;login=", "group", "ippm",
	 LSM_EFFECT_REDIRECT, LSM_EFFECT_REDIRECT},
	{"From is the group's own address",
	 "mode=observe;enforce=group:opsawg;login=;mail=From: opsawg-chairs@ietf.org||x", "group", "opsawg",
	 LSM_EFFECT_REDIRECT, LSM_EFFECT_REDIRECT},
	{"the group's list gets it", "mode=observe;enforce=group:opsawg;rcpt=<opsawg@ietf.org>", "group", "opsawg",
	 LSM_EFFECT_REDIRECT, LSM_EFFECT_REDIRECT},
	{"its directors' alias gets it, its area is listed",
	 "mode=observe;enforce=group:ops;bodies=IAB;login=;mail=From: x@example.org||x;rcpt=<ops-ads@ietf.org>",
	 "group", "ops", LSM_EFFECT_REDIRECT, LSM_EFFECT_REDIRECT},
	{"who writes directs the area, one group of it is listed",
	 "mode=observe;enforce=group:opsawg;login=ad1@example.org;mail=From: ad1@example.org||x", "unlisted", NULL,
	 LSM_EFFECT_RECORD, LSM_EFFECT_RECORD},

	/* senders */
	{"by login", "mode=observe;enforce=sender:Chair1@Example.org", "sender", "Chair1@Example.org",
	 LSM_EFFECT_REDIRECT, LSM_EFFECT_REDIRECT},
	{"by domain", "mode=observe;enforce=sender:@EXAMPLE.org", "sender", "@EXAMPLE.org", LSM_EFFECT_REDIRECT,
	 LSM_EFFECT_REDIRECT},
	{"a domain is not those below it", "mode=observe;enforce=sender:@org", "unlisted", NULL,
	 LSM_EFFECT_RECORD, LSM_EFFECT_REDIRECT},
	{"nor one that ends like it", "mode=observe;enforce=sender:@ample.org", "unlisted", NULL,
	 LSM_EFFECT_RECORD, LSM_EFFECT_REDIRECT},
	{"somebody else", "mode=observe;enforce=sender:ad1@example.org", "unlisted", NULL, LSM_EFFECT_RECORD,
	 LSM_EFFECT_REDIRECT},

	/* organizations */
	{"by alias", "mode=observe;enforce=organization:bbf", "organization", "bbf", LSM_EFFECT_REDIRECT,
	 LSM_EFFECT_REDIRECT},
	{"one of two: as a whole", "mode=observe;enforce=organization:BBF;orgs=Society of Cables, Broadband Forum",
	 "organization", "BBF", LSM_EFFECT_REDIRECT, LSM_EFFECT_REDIRECT},
	{"by recipient, whatever its text names", "mode=observe;enforce=organization:BBF;orgs=Society of Cables",
	 "organization", "BBF", LSM_EFFECT_REDIRECT, LSM_EFFECT_REDIRECT},
	{"another one", "mode=observe;enforce=organization:Society of Cables", "unlisted", NULL,
	 LSM_EFFECT_RECORD, LSM_EFFECT_REDIRECT},
	{"any list will do", "mode=observe;enforce=group:opsawg;enforce=organization:BBF", "organization", "BBF",
	 LSM_EFFECT_REDIRECT, LSM_EFFECT_REDIRECT},

	/* rules */
	{"a rule that finds something", "mode=observe;enforce=rule:purpose.missing;Purpose=", "rule",
	 "purpose.missing", LSM_EFFECT_REJECT, LSM_EFFECT_REJECT},
	{"a rule that finds nothing", "mode=observe;enforce=rule:purpose.missing", "no-rule", NULL,
	 LSM_EFFECT_RECORD, LSM_EFFECT_REDIRECT},
	{"only that rule acts", "mode=observe;enforce=rule:approval.missing;Purpose=", "rule", "approval.missing",
	 LSM_EFFECT_REDIRECT, LSM_EFFECT_REJECT},
	{"a rule within a group", "mode=observe;enforce=group:ippm;enforce=rule:purpose.missing;Purpose=", "group",
	 "ippm", LSM_EFFECT_REJECT, LSM_EFFECT_REJECT},
	{"a rule within another group",
	 "mode=observe;enforce=group:opsawg;enforce=rule:purpose.missing;Purpose=", "unlisted", NULL,
	 LSM_EFFECT_RECORD, LSM_EFFECT_REJECT},
	{"within the group, nothing found", "mode=observe;enforce=group:ippm;enforce=rule:purpose.missing",
	 "no-rule", NULL, LSM_EFFECT_RECORD, LSM_EFFECT_REDIRECT},
	{"a rule that observes cannot act",
	 "mode=observe;enforce=rule:purpose.missing;rule=purpose.missing:observe;Purpose=", "no-rule", NULL,
	 LSM_EFFECT_RECORD, LSM_EFFECT_REJECT},
	{"a deadline alone does not stop what says no purpose",
	 "mode=observe;enforce=rule:deadline.missing;Purpose=", "no-rule", NULL, LSM_EFFECT_RECORD,
	 LSM_EFFECT_REJECT},

	/* copies */
	{"a copy of what was enforced", "mode=observe;enforce=group:opsawg;flip=enforced", "case", NULL,
	 LSM_EFFECT_REDIRECT, LSM_EFFECT_REDIRECT},
	{"but all is watched again", "mode=observe;flip=enforced", "nothing", NULL, LSM_EFFECT_RECORD,
	 LSM_EFFECT_REDIRECT},

	/* ways */
	{"incoming, of another organization", "mode=observe;way=incoming;enforce=organization:Society of Cables",
	 "unlisted", NULL, LSM_EFFECT_RECORD, LSM_EFFECT_COPY},
	{"incoming, of that organization", "mode=observe;way=incoming;enforce=organization:BBF", "organization",
	 "BBF", LSM_EFFECT_COPY, LSM_EFFECT_COPY},
};

static void
test_cases(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		Fixture *fixture = fixture_new();
		g_autoptr(LsmVerdict) verdict = NULL;

		g_test_message("%s", cases[i].name);
		fixture_edit(fixture, cases[i].edits);
		verdict = lsm_verdict_judge(&fixture->input);
		g_assert_cmpstr(lsm_scope_word(verdict->scope.reason), ==, cases[i].want_scope);
		g_assert_cmpstr(verdict->scope.entry, ==, cases[i].want_entry);
		g_assert_cmpint(verdict->silent, ==, !lsm_scope_is_enforced(verdict->scope.reason));
		g_assert_cmpstr(lsm_effect_name(verdict->effect), ==, lsm_effect_name(cases[i].want));
		g_assert_cmpstr(lsm_effect_name(verdict->would), ==, lsm_effect_name(cases[i].want_would));
		fixture_free(fixture);
	}
}

/* What another rule says stands in no header field and no reply while that rule is left out. */
static void
test_others_stay_silent(void)
{
	Fixture *fixture = fixture_new();
	g_autoptr(LsmVerdict) verdict = NULL;
	guint heard = 0;

	fixture_edit(fixture, "mode=observe;enforce=rule:purpose.missing;Purpose=;To-Contact=");
	verdict = lsm_verdict_judge(&fixture->input);
	for (guint i = 0; i < verdict->findings->len; i++) {
		const LsmFinding *finding = g_ptr_array_index(verdict->findings, i);

		heard += finding->mode == LSM_MODE_ENFORCE;
		g_assert_true(finding->mode != LSM_MODE_ENFORCE ||
			      strcmp(finding->rule->id, "purpose.missing") == 0);
	}
	g_assert_cmpuint(verdict->findings->len, >, 1);
	g_assert_cmpuint(heard, ==, 1);
	fixture_free(fixture);
}

/* What is handed in at the desk leaves by it only where all of it is enforced. */
static void
test_whole(void)
{
	static const struct {
		const char *edits;
		gboolean want;
	} rows[] = {
		{"", TRUE},
		{"mode=off;enforce=group:ippm", FALSE},
		{"mode=observe", FALSE},
		{"mode=observe;enforce=group:ippm", TRUE},
		{"mode=observe;enforce=group:opsawg", FALSE},
		{"mode=observe;enforce=rule:purpose.missing", FALSE},
		{"mode=observe;enforce=group:ippm;enforce=rule:approval.missing", FALSE},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		Fixture *fixture = fixture_new();

		g_test_message("%s", rows[i].edits);
		fixture_edit(fixture, rows[i].edits);
		g_assert_cmpint(lsm_scope_is_whole(&fixture->recognition, fixture->message, fixture->envelope,
						   fixture->settings, FIXTURE_NOW),
				==, rows[i].want);
		fixture_free(fixture);
	}
}

static void
test_any(void)
{
	static const struct {
		const char *edits;
		gboolean want;
	} rows[] = {
		{"", TRUE},
		{"mode=observe", FALSE},
		{"mode=off;enforce=group:ippm", FALSE},
		{"mode=observe;enforce=group:ippm", TRUE},
		{"mode=observe;enforce=sender:@ietf.org", TRUE},
		{"mode=observe;enforce=organization:BBF", TRUE},
		{"mode=observe;enforce=rule:purpose.missing", TRUE},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		Fixture *fixture = fixture_new();

		g_test_message("%s", rows[i].edits);
		fixture_edit(fixture, rows[i].edits);
		g_assert_cmpint(lsm_scope_is_any(fixture->settings), ==, rows[i].want);
		fixture_free(fixture);
	}
}

static void
test_words(void)
{
	for (guint i = 0; i < LSM_SCOPE_COUNT; i++) {
		LsmScopeReason back = LSM_SCOPE_COUNT;
		g_autofree char *sentence = lsm_scope_sentence((LsmScopeReason)i, "100 %s");
		g_autofree char *erased = lsm_scope_sentence((LsmScopeReason)i, NULL);

		g_assert_true(lsm_scope_parse(lsm_scope_word((LsmScopeReason)i), &back));
		g_assert_cmpuint(back, ==, i);
		g_assert_true(g_str_has_prefix(sentence, lsm_scope_is_enforced(back) ? "enforced, because "
										     : "observed, because "));
		g_assert_null(strstr(erased, "%s"));
	}
	g_assert_false(lsm_scope_parse("Group", &(LsmScopeReason){0}));
	g_assert_false(lsm_scope_parse(NULL, &(LsmScopeReason){0}));
}

/* A name that nobody has is a mistake, and the nearest is named. */
static void
test_names(void)
{
	static const struct {
		const char *enforce;
		const char *want; /* NULL: right */
	} rows[] = {
		{"group:Ippm", NULL},
		{"group:ops", NULL},
		{"group:IAB", NULL},
		{"group:ippn", "enforce-groups = \"ippn\"; expected a group, area or body of the directory, the nearest is "
			       "\"ippm\""},
		{"group:nothing-like-it",
		 "enforce-groups = \"nothing-like-it\"; expected a group, area or body of the directory"},
		{"organization:bbf", NULL},
		{"organization:Broadbent Forum", "enforce-organizations = \"Broadbent Forum\"; expected an organization of "
						 "the directory, the nearest is \"Broadband Forum\""},
		{"rule:purpose.missing", NULL},
		{"rule:purpose.mising",
		 "rule \"purpose.mising\" is unknown; did you mean \"purpose.missing\"?"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		Fixture *fixture = fixture_new();
		g_autoptr(GError) error = NULL;
		gboolean good;

		g_test_message("%s", rows[i].enforce);
		fixture_enforce(fixture, rows[i].enforce);
		good = lsm_settings_check_scope(fixture->settings, &error) &&
		       lsm_rule_check_settings(fixture->settings, &error);
		g_assert_cmpint(good, ==, rows[i].want == NULL);
		if (rows[i].want != NULL)
			g_assert_true(g_str_has_suffix(error->message, rows[i].want));
		fixture_free(fixture);
	}
}

static void
test_rule_that_cannot_act(void)
{
	Fixture *fixture = fixture_new();
	g_autoptr(GError) error = NULL;

	fixture_edit(fixture, "enforce=rule:purpose.missing;rule=purpose.missing:observe");
	g_assert_false(lsm_rule_check_settings(fixture->settings, &error));
	g_assert_nonnull(strstr(error->message, "whose own mode is observe"));
	fixture_free(fixture);
}

/* Each list by what it is of, in an order that stays. */
static void
test_lists(void)
{
	static const char *const want[] = {"groups ippm", "senders @ietf.org", "organizations BBF", "rules "};
	Fixture *fixture = fixture_new();
	const char *const *entries;
	const char *name;
	guint i;

	fixture_edit(fixture, "enforce=group:ippm;enforce=sender:@ietf.org;enforce=organization:BBF");
	for (i = 0; (name = lsm_scope_list(fixture->settings, i, &entries)) != NULL; i++) {
		g_autofree char *list = g_strjoinv(" ", (char **)entries);
		g_autofree char *line = g_strdup_printf("%s %s", name, list);

		g_assert_cmpstr(line, ==, want[i]);
	}
	g_assert_cmpuint(i, ==, G_N_ELEMENTS(want));
	fixture_free(fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/scope/cases", test_cases);
	g_test_add_func("/scope/others-stay-silent", test_others_stay_silent);
	g_test_add_func("/scope/whole", test_whole);
	g_test_add_func("/scope/any", test_any);
	g_test_add_func("/scope/lists", test_lists);
	g_test_add_func("/scope/words", test_words);
	g_test_add_func("/scope/names", test_names);
	g_test_add_func("/scope/rule-that-cannot-act", test_rule_that_cannot_act);
	return g_test_run();
}
