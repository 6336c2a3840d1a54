/*
 * test_plan.c - verdicts to edits and replies, and the removal of fields under our names.
 */
#include "tests/lib/rules_fixture.h"

static char *
describe(const LsmPlan *plan)
{
	static const char *const replies[] = {"accept", "reject", "tempfail", "discard"};
	GString *text = g_string_new(replies[plan->reply]);

	for (guint i = 0; i < plan->remove_recipients->len; i++)
		g_string_append_printf(text, " -%s",
				       (const char *)g_ptr_array_index(plan->remove_recipients, i));
	for (guint i = 0; i < plan->add_recipients->len; i++)
		g_string_append_printf(text, " +%s",
				       (const char *)g_ptr_array_index(plan->add_recipients, i));
	for (guint i = 0; i < plan->remove_headers->len; i++) {
		const LsmHeaderEdit *edit = g_ptr_array_index(plan->remove_headers, i);

		g_string_append_printf(text, " -%s[%d]", edit->name, edit->index);
		g_assert_null(edit->value);
	}
	for (guint i = 0; i < plan->add_headers->len; i++) {
		const LsmHeaderEdit *edit = g_ptr_array_index(plan->add_headers, i);

		g_string_append_printf(text, " %s=%s", edit->name, edit->value);
	}
	return g_string_free(text, FALSE);
}

static const struct {
	const char *name;
	const char *edits;
	const char *id;
	const char *want;
} cases[] = {
	{"record", "login=ad1@example.org", "LS-1", "accept"},
	{"copy leaves the mail alone", "way=incoming;Purpose=", "LS-1", "accept"},
	{"note", "login=ad1@example.org;From-Contact=;To-Contact=", "LS-1",
	 "accept Liaison-Record=LS-1 Liaison-Verdict=note Liaison-Findings=from-contact.missing, "
	 "to-contact.missing"},
	{"note, folded", "login=ad1@example.org;From-Contact=;To-Contact=;Send-Reply-To=;subject=", "LS-1",
	 "accept Liaison-Record=LS-1 Liaison-Verdict=note "
	 "Liaison-Findings=from-contact.missing, to-contact.missing,\n\tsend-reply-to.missing, "
	 "subject.missing"},
	{"note in pre-flight", "login=ad1@example.org;From-Contact=", NULL,
	 "accept Liaison-Verdict=note Liaison-Findings=from-contact.missing"},
	{"a rule that observes leaves no trace",
	 "login=ad1@example.org;From-Contact=;To-Contact=;rule=to-contact.missing:observe", "LS-1",
	 "accept Liaison-Record=LS-1 Liaison-Verdict=note Liaison-Findings=from-contact.missing"},
	{"uncertain without findings has none", "flip=certain;login=ad1@example.org", "LS-1", "accept"},
	{"redirect keeps roles at home", "", "LS-1",
	 "accept -<liaisons@bbf.example> -<ippm@ietf.org> Liaison-Record=LS-1 Liaison-Verdict=redirect "
	 "Liaison-Findings=approval.missing"},
	{"redirect by the exact argument",
	 "rcpt=<Odd.Case@OTHER.example>;released=liaisons@bbf.example,ippm@ietf.org", "LS-1",
	 "accept -<Odd.Case@OTHER.example> Liaison-Record=LS-1 Liaison-Verdict=redirect "
	 "Liaison-Findings=approval.missing"},
	{"reject", "Purpose=", "LS-1", "reject"},
	{"observe changes nothing", "Purpose=;mode=observe", "LS-1", "accept"},
};

static void
test_cases(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		Fixture *fixture = fixture_new();
		g_autoptr(LsmVerdict) verdict = NULL;
		g_autoptr(LsmPlan) plan = NULL;
		g_autofree char *text = NULL;

		g_test_message("%s", cases[i].name);
		fixture_edit(fixture, cases[i].edits);
		verdict = lsm_verdict_judge(&fixture->input);
		plan = lsm_plan_make(verdict, &fixture->input, cases[i].id);
		text = describe(plan);
		g_assert_cmpstr(text, ==, cases[i].want);
		g_assert_cmpint(plan->reply_lines != NULL, ==, plan->reply == LSM_REPLY_REJECT);
		fixture_free(fixture);
	}
}

/* A list of recipients is never left empty: what nobody may get is taken off. */
static void
test_nobody_left(void)
{
	Fixture *fixture = fixture_new();
	g_autoptr(LsmVerdict) verdict = NULL;
	g_autoptr(LsmPlan) plan = NULL;
	g_autofree char *text = NULL;

	g_ptr_array_set_size(fixture->envelope->recipients, 2);
	verdict = lsm_verdict_judge(&fixture->input);
	plan = lsm_plan_make(verdict, &fixture->input, "LS-1");
	text = describe(plan);
	g_assert_cmpstr(text, ==, "discard");
	fixture_free(fixture);
}

static const struct {
	const char *name;
	const char *edits;
	const char *want_status;
} status_cases[] = {
	{"a gap in the content", "Purpose=", "5.6.0"},
	{"the role first", "Purpose=;bodies=IRTF", "5.7.1"},
	{"a role that only observes", "Purpose=;bodies=IRTF;rule=research.initiates:observe", "5.6.0"},
};

static void
test_reject_status(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(status_cases); i++) {
		Fixture *fixture = fixture_new();
		g_autoptr(LsmVerdict) verdict = NULL;
		g_autoptr(LsmPlan) plan = NULL;

		g_test_message("%s", status_cases[i].name);
		fixture_edit(fixture, status_cases[i].edits);
		verdict = lsm_verdict_judge(&fixture->input);
		plan = lsm_plan_make(verdict, &fixture->input, "LS-1");
		g_assert_cmpstr(plan->reply_code, ==, "550");
		g_assert_cmpstr(plan->reply_status, ==, status_cases[i].want_status);
		fixture_free(fixture);
	}
}

static const char forged_mail[] = "Liaison-Record: LS-1\r\n"
				  "From: a@other.example\r\n"
				  "LIAISON-VERDICT: approved\r\n"
				  "Liaison-Statement: 1\r\n"
				  "Liaison-Record: LS-2\r\n"
				  "Liaison-Findings: none\r\n"
				  "\r\n"
				  "Liaison-Record: in the body\r\n";

#define FORGED_WANT "accept -Liaison-Findings[1] -Liaison-Record[2] -Liaison-Verdict[1] -Liaison-Record[1]"

static void
test_own_fields_are_removed(void)
{
	Fixture *fixture = fixture_new();
	LsmCollector *collector = lsm_collector_new(fixture->settings);
	g_autoptr(LsmPlan) by_collector = NULL;
	g_autoptr(LsmPlan) by_message = NULL;
	g_autoptr(LsmPlan) by_verdict = NULL;
	g_autoptr(LsmVerdict) verdict = NULL;
	g_autofree char *first = NULL, *second = NULL, *third = NULL;

	lsm_collector_add_mail(collector, forged_mail, strlen(forged_mail));
	by_collector = lsm_plan_pass(collector, NULL);
	first = describe(by_collector);
	g_assert_cmpstr(first, ==, FORGED_WANT);
	lsm_message_free(fixture->message);
	fixture->message = lsm_message_parse(collector, fixture->settings);
	fixture->input.message = fixture->message;
	lsm_collector_free(collector);
	by_message = lsm_plan_pass(NULL, fixture->message);
	second = describe(by_message);
	g_assert_cmpstr(second, ==, FORGED_WANT);
	fixture_edit(fixture, "way=incoming");
	verdict = lsm_verdict_judge(&fixture->input);
	by_verdict = lsm_plan_make(verdict, &fixture->input, "LS-3");
	third = describe(by_verdict);
	g_assert_cmpstr(third, ==, FORGED_WANT);
	fixture_free(fixture);
}

static void
test_tempfail(void)
{
	g_autoptr(LsmPlan) plan = lsm_plan_tempfail("disk full\r\n250 ok 100%");
	g_autoptr(LsmPlan) plain = lsm_plan_tempfail(NULL);

	g_assert_cmpint(plan->reply, ==, LSM_REPLY_TEMPFAIL);
	g_assert_cmpstr(plan->reply_code, ==, "451");
	g_assert_cmpstr(plan->reply_status, ==, "4.3.0");
	g_assert_cmpstr(plan->reply_lines[0], ==,
			"Not accepted now: this liaison statement could not be recorded (disk full 250 ok "
			"100 percent). "
			"Nobody has received it; try again later, as mail servers do by themselves.");
	g_assert_null(plan->reply_lines[1]);
	g_assert_true(
		g_str_has_prefix(plain->reply_lines[0],
				 "Not accepted now: this liaison statement could not be recorded. Nobody"));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/plan/cases", test_cases);
	g_test_add_func("/plan/nobody-left", test_nobody_left);
	g_test_add_func("/plan/reject-status", test_reject_status);
	g_test_add_func("/plan/own-fields", test_own_fields_are_removed);
	g_test_add_func("/plan/tempfail", test_tempfail);
	return g_test_run();
}
