/*
 * test_verdict.c - findings to effects: ways, modes, certainty, limits, releases.
 */
#include "tests/lib/rules_fixture.h"

static const struct {
	const char *name;
	const char *edits;
	const char *want_findings;
	LsmEffect want;
	LsmEffect want_would;
	const char *want_limited;
} cases[] = {
	/* effects of outgoing mail */
	{"a chair's statement waits", "", "approval.missing", LSM_EFFECT_REDIRECT, LSM_EFFECT_REDIRECT, NULL},
	{"a director's statement goes", "login=ad1@example.org", "", LSM_EFFECT_RECORD, LSM_EFFECT_RECORD,
	 NULL},
	{"gaps that are noted", "login=ad1@example.org;To-Contact=", "to-contact.missing",
	 LSM_EFFECT_NOTE, LSM_EFFECT_NOTE, NULL},
	{"gaps that stop it, all at once", "Purpose=;text=;To-Contact=",
	 "purpose.missing deadline.missing content.empty approval.missing to-contact.missing "
	 "consensus.unstated group.uninformed",
	 LSM_EFFECT_REJECT, LSM_EFFECT_REJECT, NULL},
	{"research group", "bodies=IRTF;rcpt=<irtf-chair@irtf.org>;login=", "research.initiates approval.missing", LSM_EFFECT_REJECT,
	 LSM_EFFECT_REJECT, NULL},

	/* modes */
	{"global observe", "mode=observe", "approval.missing", LSM_EFFECT_RECORD, LSM_EFFECT_REDIRECT,
	 "observe"},
	{"global off", "mode=off;Purpose=", "purpose.missing deadline.missing approval.missing",
	 LSM_EFFECT_RECORD, LSM_EFFECT_REJECT, "observe"},
	{"global observe, nothing to do", "mode=observe;login=ad1@example.org", "", LSM_EFFECT_RECORD,
	 LSM_EFFECT_RECORD, NULL},
	{"a rule that observes", "Purpose=;rule=purpose.missing:observe", "purpose.missing approval.missing",
	 LSM_EFFECT_REDIRECT, LSM_EFFECT_REJECT, "observe"},
	{"a rule that is off", "Purpose=;rule=purpose.missing:off", "approval.missing", LSM_EFFECT_REDIRECT,
	 LSM_EFFECT_REDIRECT, NULL},

	/* ways */
	{"incoming", "way=incoming", "", LSM_EFFECT_COPY, LSM_EFFECT_COPY, NULL},
	{"incoming with gaps is never rejected", "way=incoming;Purpose=;text=",
	 "purpose.missing deadline.missing content.empty", LSM_EFFECT_COPY, LSM_EFFECT_COPY, NULL},
	{"incoming in observe mode", "way=incoming;mode=observe", "", LSM_EFFECT_RECORD, LSM_EFFECT_COPY,
	 "observe"},
	{"around", "way=around;login=", "approval.missing", LSM_EFFECT_COPY, LSM_EFFECT_COPY, NULL},
	{"around, research", "way=around;login=;bodies=IRTF;rcpt=<irtf-chair@irtf.org>", "research.initiates approval.missing",
	 LSM_EFFECT_COPY, LSM_EFFECT_COPY, NULL},
	{"around, not verified", "way=around;login=;flip=verified", "approval.missing", LSM_EFFECT_RECORD,
	 LSM_EFFECT_RECORD, "unverified"},
	{"draft", "way=draft;Purpose=", "", LSM_EFFECT_RECORD, LSM_EFFECT_RECORD, NULL},
	{"tool", "way=tool;Purpose=", "", LSM_EFFECT_RECORD, LSM_EFFECT_RECORD, NULL},
	{"list", "way=list;Purpose=", "", LSM_EFFECT_RECORD, LSM_EFFECT_RECORD, NULL},
	{"other", "way=other;Purpose=", "", LSM_EFFECT_RECORD, LSM_EFFECT_RECORD, NULL},
	{"carries one, incoming", "carries=;way=incoming", "", LSM_EFFECT_RECORD, LSM_EFFECT_RECORD, NULL},
	{"carries one, outgoing", "carries=;Purpose=;flip=certain",
	 "purpose.missing deadline.missing approval.missing", LSM_EFFECT_RECORD, LSM_EFFECT_RECORD, NULL},

	/* limits */
	{"uncertain", "flip=certain;Purpose=", "purpose.missing deadline.missing approval.missing",
	 LSM_EFFECT_NOTE, LSM_EFFECT_NOTE, "uncertain"},
	{"uncertain, nothing found", "flip=certain;login=ad1@example.org", "", LSM_EFFECT_RECORD,
	 LSM_EFFECT_RECORD, NULL},
	{"runaway", "flip=may-intervene", "approval.missing", LSM_EFFECT_NOTE, LSM_EFFECT_NOTE,
	 "interventions"},
	{"runaway does not stop cover mails", "flip=may-intervene;way=incoming", "", LSM_EFFECT_COPY,
	 LSM_EFFECT_COPY, NULL},
	{"Liaison: no", "flip=opted-out;Purpose=", "purpose.missing deadline.missing approval.missing",
	 LSM_EFFECT_RECORD, LSM_EFFECT_RECORD, "opted-out"},
	{"somebody said no", "flip=said-not", "approval.missing", LSM_EFFECT_RECORD, LSM_EFFECT_RECORD,
	 "opted-out"},
	{"an absence in a truncated mail, approved", "flip=truncated;Purpose=;login=ad1@example.org",
	 "purpose.missing deadline.missing", LSM_EFFECT_NOTE, LSM_EFFECT_NOTE, "unreadable"},
	{"what cannot be kept whole is not kept back", "flip=truncated",
	 "content.truncated approval.missing", LSM_EFFECT_REJECT, LSM_EFFECT_REJECT, NULL},
	{"an absence in an unreadable mail, approved", "flip=unreadable;Purpose=;login=ad1@example.org",
	 "purpose.missing deadline.missing", LSM_EFFECT_NOTE, LSM_EFFECT_NOTE, "unreadable"},
	{"what stands in a truncated mail is there", "flip=truncated;Purpose=For fun",
	 "purpose.unknown deadline.missing content.truncated approval.missing", LSM_EFFECT_REJECT,
	 LSM_EFFECT_REJECT, NULL},
	{"please find enclosed", "flip=opening-line;attach=application/pdf;Purpose=",
	 "purpose.missing deadline.missing approval.missing", LSM_EFFECT_REDIRECT, LSM_EFFECT_REDIRECT,
	 "unreadable"},
	{"a logo is no document", "flip=opening-line;attach=image/png;Purpose=",
	 "purpose.missing deadline.missing approval.missing", LSM_EFFECT_REJECT, LSM_EFFECT_REJECT, NULL},
	{"our block says that it is all", "attach=application/pdf;Purpose=",
	 "purpose.missing deadline.missing approval.missing", LSM_EFFECT_REJECT, LSM_EFFECT_REJECT, NULL},

	/* releases */
	{"released", "released=liaisons@bbf.example,ippm@ietf.org", "", LSM_EFFECT_RECORD, LSM_EFFECT_RECORD,
	 NULL},
	{"released for one of two", "released=liaisons@bbf.example", "approval.missing", LSM_EFFECT_REDIRECT,
	 LSM_EFFECT_REDIRECT, NULL},
	{"released, and the deadline went by",
	 "released=liaisons@bbf.example,ippm@ietf.org;Purpose=For action;Deadline=2026-11-01",
	 "deadline.past", LSM_EFFECT_NOTE, LSM_EFFECT_NOTE, "released"},
	{"released, and a new recipient",
	 "released=liaisons@bbf.example,ippm@ietf.org;rcpt=<new@other.example>", "approval.missing",
	 LSM_EFFECT_REDIRECT, LSM_EFFECT_REDIRECT, NULL},
};

static void
test_cases(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		Fixture *fixture = fixture_new();
		g_autoptr(LsmVerdict) verdict = NULL;
		g_autofree char *findings = NULL;

		g_test_message("%s", cases[i].name);
		fixture_edit(fixture, cases[i].edits);
		verdict = lsm_verdict_judge(&fixture->input);
		findings = fixture_findings(verdict);
		g_assert_cmpstr(findings, ==, cases[i].want_findings);
		g_assert_cmpstr(lsm_effect_name(verdict->effect), ==, lsm_effect_name(cases[i].want));
		g_assert_cmpstr(lsm_effect_name(verdict->would), ==, lsm_effect_name(cases[i].want_would));
		g_assert_cmpstr(verdict->limited, ==, cases[i].want_limited);
		g_assert_cmpint(verdict->silent, ==, fixture->settings->mode != LSM_MODE_ENFORCE);
		fixture_free(fixture);
	}
}

static const struct {
	const char *name;
	const char *edits;
	const char *want; /* withheld addresses */
	gboolean want_approved;
} withheld_cases[] = {
	{"outside and lists, not roles at home", "", "liaisons@bbf.example ippm@ietf.org", FALSE},
	{"less what is released, any case", "released=Liaisons@BBF.example", "ippm@ietf.org", FALSE},
	{"everything released", "released=liaisons@bbf.example,ippm@ietf.org", "", TRUE},
	{"approver submits", "login=ad1@example.org", "liaisons@bbf.example ippm@ietf.org", TRUE},
	{"a second body wants its own approval", "login=ad1@example.org;bodies=IPPM WG and IAB",
	 "liaisons@bbf.example ippm@ietf.org", FALSE},
	{"unknown domain", "rcpt=<x@other.example>", "liaisons@bbf.example ippm@ietf.org x@other.example",
	 FALSE},
	{"incoming withholds nothing", "way=incoming", "", TRUE},
	{"around: too late to withhold", "way=around;login=", "", FALSE},
	{"tool approved it", "way=tool", "", TRUE},
};

static void
test_withheld(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(withheld_cases); i++) {
		Fixture *fixture = fixture_new();
		g_autoptr(LsmVerdict) verdict = NULL;
		g_autoptr(GString) addresses = g_string_new(NULL);

		g_test_message("%s", withheld_cases[i].name);
		fixture_edit(fixture, withheld_cases[i].edits);
		verdict = lsm_verdict_judge(&fixture->input);
		for (guint j = 0; j < verdict->withheld->len; j++) {
			const LsmRecipient *recipient = g_ptr_array_index(verdict->withheld, j);

			g_string_append_printf(addresses, "%s%s", j == 0 ? "" : " ", recipient->address);
		}
		g_assert_cmpstr(addresses->str, ==, withheld_cases[i].want);
		g_assert_cmpint(verdict->approved, ==, withheld_cases[i].want_approved);
		fixture_free(fixture);
	}
}

static void
test_finding_says_its_own_effect(void)
{
	Fixture *fixture = fixture_new();
	g_autoptr(LsmVerdict) verdict = NULL;
	const LsmFinding *finding;

	fixture_edit(fixture, "way=incoming;Purpose=;rule=purpose.missing:observe;flip=known");
	verdict = lsm_verdict_judge(&fixture->input);
	finding = g_ptr_array_index(verdict->findings, 0);
	g_assert_cmpstr(finding->rule->id, ==, "purpose.missing");
	g_assert_cmpint(finding->effect, ==, LSM_EFFECT_COPY);
	g_assert_cmpint(finding->mode, ==, LSM_MODE_OBSERVE);
	g_assert_false(finding->unknown);
	fixture_free(fixture);
}

/* What depends on the record is said to be unknown, never passed. */
static void
test_unknown_is_not_passed(void)
{
	Fixture *fixture = fixture_new();
	g_autoptr(LsmVerdict) verdict = NULL;
	const LsmFinding *finding;

	fixture_edit(fixture, "flip=known");
	verdict = lsm_verdict_judge(&fixture->input);
	g_assert_cmpuint(verdict->findings->len, ==, 1);
	finding = g_ptr_array_index(verdict->findings, 0);
	g_assert_true(finding->unknown);
	g_assert_cmpint(verdict->effect, ==, LSM_EFFECT_REDIRECT);
	fixture_free(fixture);
}

/* Recipients and releases are as many as the sender likes. */
static void
test_many_recipients(void)
{
	Fixture *fixture = fixture_new();
	g_autoptr(GStrvBuilder) released = g_strv_builder_new();
	g_autoptr(LsmVerdict) verdict = NULL;
	gint64 start;

	for (guint i = 0; i < 20000; i++) {
		g_autofree char *address = g_strdup_printf("u%u@other.example", i);

		lsm_envelope_add_recipient(fixture->envelope, address);
		if (i > 0)
			g_strv_builder_add(released, address);
	}
	g_strfreev(fixture->facts->released);
	fixture->facts->released = g_strv_builder_end(released);
	start = g_get_monotonic_time();
	verdict = lsm_verdict_judge(&fixture->input);
	g_assert_cmpuint(verdict->withheld->len, ==, 3);
	g_assert_cmpint(g_get_monotonic_time() - start, <, 5 * G_USEC_PER_SEC);
	fixture_free(fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/verdict/cases", test_cases);
	g_test_add_func("/verdict/withheld", test_withheld);
	g_test_add_func("/verdict/finding", test_finding_says_its_own_effect);
	g_test_add_func("/verdict/unknown", test_unknown_is_not_passed);
	g_test_add_func("/verdict/many-recipients", test_many_recipients);
	return g_test_run();
}
