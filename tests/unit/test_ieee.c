/* test_ieee.c - the letter with a head of fields, what is none, and damage. */
#include "form_fixture.h"

#define IETF_OF_OLD                                                                                          \
	"Liaison Statement\n\nTo: Broadband Forum, A. Delegate\n\nFor Information\n\n"                       \
	"Source: IETF IPPM Working Group\n\nIETF Contact person: B. Chair <chair@ietf.example>\n\n"          \
	"Date: May 5, 2027\n\nMeasuring access networks\n\n"                                                 \
	"Thank you for your liaison statement dated August 24, 2026 on measurements, which the group has "   \
	"read.\n"
#define IEEE                                                                                                 \
	"IEEE P802.11\nWireless LANs\nLiaison Request to IETF EMU\n\nDate: 2027-03-13\n\n"                   \
	"From: A. Chair (a.chair@ieee802.example), Chair, IEEE 802.11 Working Group\n\n"                     \
	"To: B. Chair (b.chair@ietf.example), C. Chair (c.chair@ietf.example)\ncc: D (d@ietf.example)\n\n"   \
	"Title: Request for extensions\n\nPurpose: For action\n\nDear colleagues,\n\nText.\n"

static const FormCase cases[] = {
	{.name = "a heading and a bare purpose",
	 .text = IETF_OF_OLD,
	 .want_found = TRUE,
	 .want_new = TRUE,
	 .want_from = "IETF IPPM Working Group",
	 .want_to = "Broadband Forum | A. Delegate",
	 .want_purpose = "information",
	 .want_deadline = "",
	 .want_subject = "Measuring access networks",
	 .want_contact = "chair@ietf.example",
	 .want_response_to = "liaison statement dated August 24, 2026"},
	{.name = "people in the fields, the body in the heading",
	 .text = IEEE,
	 .want_found = TRUE,
	 .want_new = TRUE,
	 .want_from = "Chair | IEEE 802.11 Working Group",
	 .want_to = "IETF EMU",
	 .want_purpose = "action",
	 .want_subject = "Request for extensions",
	 .want_contact = "a.chair@ieee802.example"},
	{.name = "no heading, but a purpose",
	 .text = "From: W3C WebRTC Working Group\nTo: IETF AVTCORE\nRe: Simulcast\nPurpose: For comment\n"
		 "Deadline: COB Friday 4 December 2026\n\nText.\n",
	 .want_found = TRUE,
	 .want_new = TRUE,
	 .want_purpose = "comment",
	 .want_deadline = "2026-12-04",
	 .want_subject = "Simulcast"},
	{.name = "a day in the prose",
	 .text = "Liaison letter to IETF DETNET\n\nTo: IETF DETNET\nFrom: IEEE 802.1\nDate: 5 May 2027\nRe: "
		 "TSN\n\n"
		 "The work item was approved in March 2027 and goes to working group last call by 1 June "
		 "2027. We would "
		 "appreciate your feedback by the end of August 2027.\n",
	 .want_found = TRUE,
	 .want_new = TRUE,
	 .want_deadline = "2027-08-31"},
	{.name = "last call only",
	 .text = "Liaison letter\n\nTo: IETF DETNET\nFrom: IEEE 802.1\nDate: 5 May 2027\nRe: TSN\n\n"
		 "Comments in working group last call by 1 June 2027 are possible, as always with us.\n",
	 .want_found = TRUE,
	 .want_new = TRUE,
	 .want_deadline = ""},
	{.name = "a memo", .text = "From: Alice\nTo: Bob\nDate: 5 May 2027\nSubject: lunch\n\nText.\n"},
	{.name = "a mail's header",
	 .text = "From: Alice <a@b.example>\nTo: c@d.example\nDate: Mon, 2 Nov 2026 10:00:00 +0000\n"
		 "Subject: Liaison Statement\n\nText.\n"},
	{.name = "a heading alone", .text = "Liaison Statement\n\nTo: whom?\n\nText.\n"},
	{.name = "a sentence is no heading",
	 .text = "We discussed the liaison statement: see below.\n\nTo: Bob\nDate: 5 May 2027\n\nText.\n"},
	{.name = "talked about",
	 .text = "Here is the draft, please review.\n\n" IETF_OF_OLD,
	 .want_found = TRUE,
	 .want_new = FALSE},
	{.name = "nothing", .text = ""},
};

static void
test_cases(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		form_check(lsm_format_text_ieee, &cases[i]);
}

static void
test_damage(void)
{
	form_damage(lsm_format_text_ieee, IETF_OF_OLD);
	form_damage(lsm_format_text_ieee, IEEE);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/ieee/cases", test_cases);
	g_test_add_func("/ieee/damage", test_damage);
	return g_test_run();
}
