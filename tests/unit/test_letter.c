/* test_letter.c - letters without any field: what makes one, who writes to whom, and what is none. */
#include "form_fixture.h"

#define CLOSING                                                                                              \
	"\nWe look forward to fruitful collaboration.\n\nIPPM Chairs & Area Director\n\nA. Chair, B. "       \
	"Chair\n\n"                                                                                          \
	"[1] https://datatracker.ietf.org/group/ippm/about/\n"

static const FormCase cases[] = {
	{.name = "it thanks for a statement",
	 .text = "We would like to thank the ITU-T for informing us about the ongoing work [2].\n\n"
		 "The IPPM WG encourages the use of its mailing list.\n" CLOSING
		 "[2] https://datatracker.ietf.org/liaison/1999/\n",
	 .want_found = TRUE,
	 .want_new = TRUE,
	 .want_from = "IPPM WG",
	 .want_to = "ITU-T",
	 .want_purpose = "response",
	 .want_response_to = "https://datatracker.ietf.org/liaison/1999/"},
	{.name = "it informs a forum",
	 .text = "The IETF IP Performance Measurement Working Group (IPPM WG) [1] was chartered to "
		 "measure.\n\n"
		 "The IPPM WG would like to inform the TM Forum that it has adopted two documents.\n" CLOSING,
	 .want_found = TRUE,
	 .want_new = TRUE,
	 .want_from = "IETF IP Performance Measurement Working Group (IPPM WG)",
	 .want_to = "TM Forum",
	 .want_purpose = "information",
	 .want_deadline = ""},
	{.name = "a follow-up, with a last call's day",
	 .text = "As a follow-up to the LS [2] sent by the IPPM Working Group to BBF, we are pleased to "
		 "inform you that "
		 "a WG Last Call will be issued by end of the week of 27/01/2027.\n" CLOSING,
	 .want_found = TRUE,
	 .want_new = TRUE,
	 .want_from = "IPPM Working Group",
	 .want_to = "BBF",
	 .want_deadline = ""},
	{.name = "a day to answer by",
	 .text = "Dear colleagues,\n\nThe IPPM WG would like to ask the BBF for its view of STAMP. We would "
		 "appreciate a "
		 "response by 4 December 2026.\n" CLOSING,
	 .want_found = TRUE,
	 .want_new = TRUE,
	 .want_purpose = "action",
	 .want_deadline = "2026-12-04"},
	{.name = "a day behind a thin space",
	 .text = "Dear colleagues,\n\nThe IPPM WG would like to ask the BBF for its view of STAMP. We would "
		 "appreciate a response no later than\xe2\x80\x89" "4 December 2026.\n" CLOSING,
	 .want_found = TRUE,
	 .want_new = TRUE,
	 .want_purpose = "action",
	 .want_deadline = "2026-12-04"},
	{.name = "a cover",
	 .text = "Ms Secretary,\n\nPlease find enclosed a liaison statement from the IETF IPPM working group "
		 "to ITU-T "
		 "SG12, concerning STAMP. This liaison is informative in nature.\n\nThank you,\nA. Chair\n"
		 "IPPM WG co-chair\n",
	 .want_found = TRUE,
	 .want_new = TRUE,
	 .want_from = "IETF IPPM working group",
	 .want_to = "ITU-T SG12",
	 .want_purpose = "information"},
	{.name = "an appointment",
	 .text = "To: IETF IPPM WG\n\nDear Sirs,\n\nI am pleased to inform you that Ms X has been appointed "
		 "as ITU-T Study "
		 "Group 12 representative to your group. It will support the coordination of work between "
		 "our "
		 "groups.\n\nBest regards,\n",
	 .want_found = TRUE,
	 .want_new = TRUE,
	 .want_from = "ITU-T Study Group 12",
	 .want_to = "IETF IPPM WG"},
	{.name = "a chair's mail to the list",
	 .text = "Dear all,\n\nthe WG would like to thank A. Author for the draft. Please review it by "
		 "Friday.\n\n"
		 "A. Chair\nIPPM co-chair\n"},
	{.name = "a draft for comments",
	 .text = "Hi, here is a draft of our answer, comments welcome by Friday.\n\nThe IPPM WG would like "
		 "to inform the TM "
		 "Forum that it has adopted two documents.\n\nA. Chair\n"},
	{.name = "a question about a statement",
	 .text = "Has anyone seen the liaison statement from ITU-T? The IPPM WG would like to ask for it.\n"},
	{.name = "an answer, quoted line by line",
	 .text = "Fine with me.\n\n> The IPPM WG would like to inform the TM Forum that it looks forward to "
		 "cooperation.\n"
		 "> IPPM Chairs\n"},
	{.name = "an invitation of a shop",
	 .text = "Dear customer,\n\nwe are pleased to inform you that our sale has begun. We look forward to "
		 "your "
		 "response.\n\nBest regards\n"},
	{.name = "nothing", .text = ""},
};

static void
test_cases(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		form_check(lsm_format_text_letter, &cases[i]);
}

static void
test_damage(void)
{
	form_damage(lsm_format_text_letter, cases[0].text);
	form_damage(lsm_format_text_letter, cases[2].text);
}

/* Long runs of what the patterns look for: an answer at once. */
static void
test_floods(void)
{
	static const char *const pieces[] = {
		"The A ",  "IETF ",      "thank the A B C ", "please find enclosed a ",
		"Group (", "A. Chair, ", "for the ",         "reply by by "};

	for (gsize i = 0; i < G_N_ELEMENTS(pieces); i++) {
		g_autoptr(GString) text = g_string_new(NULL);
		gint64 start = g_get_monotonic_time();

		for (int k = 0; k < 50000; k++)
			g_string_append(text, pieces[i]);
		lsm_statement_free(form_read(lsm_format_text_letter, text->str));
		g_test_message("%s", pieces[i]);
		g_assert_cmpint(g_get_monotonic_time() - start, <, 2 * G_USEC_PER_SEC);
	}
}

static void
test_addresses(void)
{
	static const struct {
		const char *text;
		const char *want;
	} rows[] = {
		{"Name <a.b@host.example>", "a.b@host.example"},
		{"name [at] host dot example", "name@host.example"},
		{"A (dot) B (at) Host (dot) example", "A.B@Host.example"},
		{"First dot Last at Host dot example", "First.Last@Host.example"},
		{"Tel: + 41 22 Fax: Email: a@host.example, b@host.example",
		 "a@host.example | b@host.example"},
		{"mailto:a@host.example; A@HOST.example", "a@host.example"},
		{"Secretariat at the office", ""},
		{"at dot at dot", ""},
		{"", ""},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(LsmStatement) statement = lsm_statement_new("letter");

		g_test_message("%s", rows[i].text);
		lsm_statement_add_addresses(statement, LSM_FIELD_FROM_CONTACT, rows[i].text, "body line 1",
				       LSM_CONFIDENCE_EXPLICIT);
		form_compare(statement, LSM_FIELD_FROM_CONTACT, rows[i].want);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/letter/cases", test_cases);
	g_test_add_func("/letter/damage", test_damage);
	g_test_add_func("/letter/floods", test_floods);
	g_test_add_func("/letter/addresses", test_addresses);
	return g_test_run();
}
