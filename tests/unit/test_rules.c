/*
 * test_rules.c - per rule a mail that it catches and near ones that it must not; and the table itself.
 */
#include "conf/error.h"
#include "tests/lib/rules_fixture.h"

#include "rules/guidance.h"

static const struct {
	const char *rule;
	const char *name;
	const char *edits;
	LsmCheckResult want;
	const char *want_detail; /* NULL: none */
} cases[] = {
	{"research.initiates", "research group asks", "bodies=IRTF", LSM_CHECK_FOUND, "IRTF"},
	{"research.initiates", "research group answers", "bodies=IRTF;Purpose=In response", LSM_CHECK_FINE,
	 NULL},
	{"research.initiates", "research group names what it answers",
	 "bodies=IRTF;In-Response-To=LS-20261121-K7Q3M", LSM_CHECK_FINE, NULL},
	{"research.initiates", "working group asks", "", LSM_CHECK_FINE, NULL},

	{"purpose.missing", "no purpose", "Purpose=", LSM_CHECK_FOUND, NULL},
	{"purpose.missing", "unknown purpose is not a missing one", "Purpose=For fun", LSM_CHECK_FINE, NULL},
	{"purpose.missing", "for information", "", LSM_CHECK_FINE, NULL},

	{"purpose.unknown", "not one of three", "Purpose=For fun", LSM_CHECK_FOUND,
	 "\"For fun\" is none of the three"},
	{"purpose.unknown", "comment", "Purpose=For comment", LSM_CHECK_FOUND,
	 "\"For comment\" is gone: use action with a deadline, or information"},
	{"purpose.unknown", "comment under RFC 4053", "rule-set=rfc4053;Purpose=For comment", LSM_CHECK_FINE,
	 NULL},
	{"purpose.unknown", "in response", "Purpose=In response", LSM_CHECK_FINE, NULL},
	{"purpose.unknown", "no purpose at all", "Purpose=", LSM_CHECK_FINE, NULL},

	{"deadline.missing", "action", "Purpose=For action", LSM_CHECK_FOUND, NULL},
	{"deadline.missing", "no purpose: it may be for action", "Purpose=", LSM_CHECK_FOUND, NULL},
	{"deadline.missing", "no purpose, and that stops nothing", "Purpose=;rule=purpose.missing:observe",
	 LSM_CHECK_FINE, NULL},
	{"deadline.missing", "action with deadline", "Purpose=For action;Deadline=2026-12-31", LSM_CHECK_FINE,
	 NULL},
	{"deadline.missing", "unreadable is not missing", "Purpose=For action;Deadline=soon", LSM_CHECK_FINE,
	 NULL},
	{"deadline.missing", "information", "", LSM_CHECK_FINE, NULL},
	{"deadline.missing", "response", "Purpose=In response", LSM_CHECK_FINE, NULL},
	{"deadline.missing", "comment without one is for information", "Purpose=For comment", LSM_CHECK_FINE,
	 NULL},
	{"deadline.missing", "comment under RFC 4053", "rule-set=rfc4053;Purpose=For comment",
	 LSM_CHECK_FOUND, NULL},

	{"deadline.unreadable", "no date", "Purpose=For action;Deadline=soon", LSM_CHECK_FOUND,
	 "\"soon\" is not a date"},
	{"deadline.unreadable", "a date", "Purpose=For action;Deadline=2026-12-31", LSM_CHECK_FINE, NULL},
	{"deadline.unreadable", "nothing is wanted", "Deadline=soon", LSM_CHECK_FINE, NULL},

	{"deadline.ambiguous", "day or month", "Purpose=For action;Deadline=03/04/2027", LSM_CHECK_FOUND,
	 "\"03/04/2027\" can be read in two ways"},
	{"deadline.ambiguous", "one way only", "Purpose=For action;Deadline=4 March 2027", LSM_CHECK_FINE,
	 NULL},

	{"deadline.past", "last year", "Purpose=For action;Deadline=2025-12-31", LSM_CHECK_FOUND,
	 "2025-12-31 is over"},
	{"deadline.past", "the day before yesterday", "Purpose=For action;Deadline=2026-11-19",
	 LSM_CHECK_FOUND, "2026-11-19 is over"},
	{"deadline.past", "yesterday has not ended everywhere", "Purpose=For action;Deadline=2026-11-20",
	 LSM_CHECK_FINE, NULL},
	{"deadline.past", "today", "Purpose=For action;Deadline=2026-11-21", LSM_CHECK_FINE, NULL},
	{"deadline.past", "an answer that repeats the deadline", "Purpose=In response;Deadline=2025-12-31",
	 LSM_CHECK_FINE, NULL},

	{"content.truncated", "too large to be kept", "flip=truncated", LSM_CHECK_FOUND, NULL},
	{"content.truncated", "large, and approved", "flip=truncated;login=ad1@example.org", LSM_CHECK_FINE, NULL},
	{"content.truncated", "whole", "", LSM_CHECK_FINE, NULL},

	{"content.empty", "no text, no attachment", "text=", LSM_CHECK_FOUND, NULL},
	{"content.empty", "blanks of all kinds", "text= \t\n\xc2\xa0\xe2\x80\x8b", LSM_CHECK_FOUND, NULL},
	{"content.empty", "attachment alone", "text=;attach=application/pdf", LSM_CHECK_FINE, NULL},
	{"content.empty", "one word", "text=ok", LSM_CHECK_FINE, NULL},

	{"approval.missing", "chair", "", LSM_CHECK_FOUND,
	 "wanted is the approval of an Area Director of IPPM"},
	{"approval.missing", "nobody known to speak", "bodies=", LSM_CHECK_FOUND,
	 "wanted is the approval of the liaison contact"},
	{"approval.missing", "area director submits", "login=ad1@example.org", LSM_CHECK_FINE, NULL},
	{"approval.missing", "area director for the IAB", "login=ad1@example.org;bodies=IAB", LSM_CHECK_FOUND,
	 "wanted is the approval of the IAB Chair"},
	{"approval.missing", "on file", "released=LIAISONS@bbf.example,ippm@ietf.org", LSM_CHECK_FINE, NULL},
	{"approval.missing", "on file for one of two", "released=liaisons@bbf.example", LSM_CHECK_FOUND,
	 "wanted is the approval of an Area Director of IPPM"},
	{"approval.missing", "no record at hand", "flip=known", LSM_CHECK_UNKNOWN,
	 "wanted is the approval of an Area Director of IPPM"},

	{"from.missing", "nobody speaks", "From=;bodies=", LSM_CHECK_FOUND, NULL},
	{"from.missing", "body known by its address", "From=", LSM_CHECK_FINE, NULL},

	{"to.missing", "nobody addressed", "To=;orgs=", LSM_CHECK_FOUND, NULL},
	{"to.missing", "organization known by its address", "To=", LSM_CHECK_FINE, NULL},
	{"to.missing", "unknown organization", "To=Society of Knots;orgs=", LSM_CHECK_FINE, NULL},

	{"from-contact.missing", "none", "From-Contact=", LSM_CHECK_FOUND, NULL},
	{"from-contact.missing", "one", "", LSM_CHECK_FINE, NULL},

	{"to-contact.missing", "none", "To-Contact=", LSM_CHECK_FOUND, NULL},
	{"to-contact.missing", "Send-To instead", "To-Contact=;Send-To=liaisons@bbf.example", LSM_CHECK_FINE,
	 NULL},

	{"send-reply-to.missing", "none", "Send-Reply-To=", LSM_CHECK_FOUND, NULL},
	{"send-reply-to.missing", "one", "", LSM_CHECK_FINE, NULL},

	{"send-reply-to.personal", "a person of the directory", "Send-Reply-To=chair1@example.org",
	 LSM_CHECK_FOUND, "chair1@example.org looks like a person's"},
	{"send-reply-to.personal", "a name", "Send-Reply-To=jane.doe@bbf.example", LSM_CHECK_FOUND,
	 "jane.doe@bbf.example looks like a person's"},
	{"send-reply-to.personal", "a role with a dot", "Send-Reply-To=liaison.office@bbf.example",
	 LSM_CHECK_FINE, NULL},
	{"send-reply-to.personal", "a group's list", "Send-Reply-To=ippm@ietf.org", LSM_CHECK_FINE, NULL},
	{"send-reply-to.personal", "one role among two",
	 "Send-Reply-To=jane.doe@bbf.example, tsb@itu.example", LSM_CHECK_FINE, NULL},

	{"subject.missing", "none", "subject=", LSM_CHECK_FOUND, NULL},
	{"subject.missing", "in the header only", "subject=STAMP", LSM_CHECK_FINE, NULL},

	{"routing.send-to", "somebody else outside", "Send-To=liaisons@bbf.example;rcpt=<x@other.example>",
	 LSM_CHECK_FOUND, "it also goes to x@other.example"},
	{"routing.send-to", "copies at home", "Send-To=Liaisons@BBF.example", LSM_CHECK_FINE, NULL},
	{"routing.send-to", "no Send-To", "rcpt=<x@other.example>", LSM_CHECK_FINE, NULL},
};

static void
test_cases(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		Fixture *fixture = fixture_new();
		const LsmRule *rule = lsm_rule_find(cases[i].rule);
		g_autofree char *detail = NULL;

		g_test_message("%s: %s", cases[i].rule, cases[i].name);
		fixture_edit(fixture, cases[i].edits);
		g_assert_nonnull(rule);
		g_assert_cmpint(rule->check(&fixture->input, &detail), ==, cases[i].want);
		g_assert_cmpstr(detail, ==, cases[i].want_detail);
		fixture_free(fixture);
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

		for (guint j = 0; j < G_N_ELEMENTS(cases); j++) {
			if (strcmp(cases[j].rule, rules[i].id) == 0) {
				caught += cases[j].want == LSM_CHECK_FOUND;
				spared += cases[j].want == LSM_CHECK_FINE;
			}
		}
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
		g_assert_true(g_str_has_prefix(rules[i].requirements, "A"));
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

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/rules/cases", test_cases);
	g_test_add_func("/rules/all-have-cases", test_all_rules_have_cases);
	g_test_add_func("/rules/rows", test_rows_keep_their_contract);
	g_test_add_func("/rules/effect-names", test_effect_names);
	g_test_add_func("/rules/check-settings", test_check_settings);
	return g_test_run();
}
