/* test_3gpp.c - the 3GPP's template of a liaison statement, its variants, and damage. */
#include "form_fixture.h"
#include "reading_fixture.h"

#define BANNER                                                                                               \
	"3GPP TSG SA WG2 Meeting #175\t\t\tS2-2609999\n"                                                     \
	"Sophia Antipolis, France, 12 - 16 October 2026\n\n"
#define HEAD                                                                                                 \
	BANNER "Title:\tReply LS on STAMP\n"                                                                 \
	       "Response to:\tLS (S2-2608888) on STAMP from IETF IPPM\n"                                     \
	       "Release:\tRel-20\nWork Item:\t\n\n"                                                          \
	       "Source:\t3GPP SA2\nTo:\tIETF IPPM, ITU-T SG12\nCc:\tSA5, BBF (ATA, WWC)\n\n"                 \
	       "Contact Person:\t\nName:\tA. Delegate\nTel. Number:\t+1 555 0100\n"                          \
	       "E-mail Address:\ta.delegate (at) vendor (dot) example\n\n"                                   \
	       "Send any reply LS to:\t3GPP Liaisons Coordinator, mailto:3gppliaison@3gpp.example\n\n"       \
	       "Attachments:\tNone\n\n"
#define TEXT "1. Overall Description:\nSA2 thanks IETF IPPM for the LS on STAMP.\n\n"
#define ACTIONS                                                                                              \
	"2. Actions:\nTo IETF IPPM group.\nACTION: \tSA2 kindly asks IETF IPPM to take this into "           \
	"account.\n\n"                                                                                       \
	"3. Date of Next TSG-SA WG2 Meetings:\nTSG-SA2 Meeting #176\t16 - 20 November 2026\tDallas\n"

static const FormCase cases[] = {
	{.name = "whole",
	 .text = HEAD TEXT ACTIONS,
	 .want_found = TRUE,
	 .want_new = TRUE,
	 .want_from = "3GPP SA2",
	 .want_to = "IETF IPPM | ITU-T SG12",
	 .want_purpose = "response | action to IETF IPPM | information to SA5, BBF (ATA, WWC)",
	 .want_deadline = "",
	 .want_subject = "Reply LS on STAMP",
	 .want_contact = "a.delegate@vendor.example",
	 .want_reply_to = "3gppliaison@3gpp.example",
	 .want_response_to = "LS (S2-2608888) on STAMP from IETF IPPM",
	 .want_document = "S2-2609999"},
	{.name = "two addressees asked, a third told",
	 .text = BANNER "Title: LS on paging\nResponse to: -\nSource: SA2\nTo: CT1, CT4, RAN2\nCc:\n"
			"Contact Person:\nName: A\nE-mail: A dot Delegate at vendor dot example\n"
			"Attachments: None\n\n1. Overall Description:\nText.\n\n"
			"2. Actions:\nTo CT1 and CT4:\nACTION: SA2 asks CT1 and CT4 for feedback.\n",
	 .want_found = TRUE,
	 .want_new = TRUE,
	 .want_to = "CT1 | CT4 | RAN2",
	 .want_purpose = "action to CT1, CT4",
	 .want_contact = "A.Delegate@vendor.example",
	 .want_response_to = ""},
	{.name = "actions without addressee",
	 .text = BANNER
	 "Title: LS on media\nSource: SA4\nTo: IETF AVTCORE\nCc: CT1\nAttachments: -\n\n1. Overall\n"
	 "Text.\n\n2. Actions:\nSA4 kindly asks IETF AVTCORE:\nto inform SA4.\n",
	 .want_found = TRUE,
	 .want_new = TRUE,
	 .want_purpose = "action | information to CT1"},
	{.name = "no action",
	 .text = BANNER
	 "Title: LS on media\nSource: SA4\nTo: IETF AVTCORE\nCc:\nAttachments: -\n\n1. Overall\n"
	 "Text.\n\n2. Actions:\nNone\n\n3. Date of next meetings\nSA4#120 1 December 2026\n",
	 .want_found = TRUE,
	 .want_new = TRUE,
	 .want_purpose = ""},
	{.name = "a day to answer by, beside meetings",
	 .text = BANNER
	 "Title: LS on media\nSource: SA4\nTo: IETF AVTCORE\nCc:\nAttachments: -\n\n1. Overall\n"
	 "Work was approved by 1 March 2026.\n\n2. Actions:\nTo IETF AVTCORE group.\n"
	 "ACTION: SA4 asks for a reply by 4 December 2026.\n\n"
	 "3. Date of next meetings\nSA4#120 1 - 5 February 2027\n",
	 .want_found = TRUE,
	 .want_new = TRUE,
	 .want_purpose = "action to IETF AVTCORE",
	 .want_deadline = "2026-12-04"},
	{.name = "answers before a meeting give no deadline",
	 .text = BANNER
	 "Title: LS on media\nSource: SA4\nTo: IETF AVTCORE\nCc:\nAttachments: -\n\n1. Overall\nx\n\n"
	 "2. Actions:\nACTION: please respond before our next meeting on 4 December 2026.\n",
	 .want_found = TRUE,
	 .want_new = TRUE,
	 .want_deadline = ""},
	{.name = "addressees' people below the body",
	 .text = BANNER "Title: [DRAFT] LS on theft\nResponse to: LS (SP-260146)\nSource: 3GPP TSG SA\n"
			"To: ITU-T Study Group 11\nJoe Rapporteur (joe@itu.example);\nCc:\n"
			"Contact Person:\nName: B\n\n1. Overall Description:\nText\n",
	 .want_found = TRUE,
	 .want_new = TRUE,
	 .want_to = "ITU-T Study Group 11",
	 .want_purpose = "response"},
	{.name = "stars, as oneM2M writes them",
	 .text = "Title:*\tLS on device management\nSource:*\toneM2M TP\nTo:*\tIETF CORE; OMA\nCc:\t3GPP SA\n"
		 "Contact:*\tC. Convenor, c@onem2m.example\nAttachments:\tnone\n\n1 Overall "
		 "description\nText.\n",
	 .want_found = TRUE,
	 .want_new = TRUE,
	 .want_from = "oneM2M TP",
	 .want_to = "IETF CORE | OMA",
	 .want_subject = "LS on device management",
	 .want_contact = "c@onem2m.example"},
	{.name = "a draft for comments",
	 .text = "Hi all,\nhere is a draft of our reply, comments welcome.\n\n" HEAD TEXT ACTIONS,
	 .want_found = TRUE,
	 .want_new = FALSE},
	{.name = "an agenda's rows",
	 .text = "Title: LS on A\nSource: SA2\nTo: RAN2\nCc: -\nAttachments: x\n\n"
		 "Title: LS on B\nSource: SA3\nTo: RAN2\nCc: -\nAttachments: y\n"},
	{.name = "a mail's header",
	 .text = "From: a@b.example\nTo: c@d.example\nCc: e@f.example\nSubject: x\n\ny\n"},
	{.name = "a contribution",
	 .text = "Title: Discussion on LS\nSource: Vendor\nDocument for: Approval\n\n1. Text\n"},
	{.name = "quoted", .text = "> Title: LS\n> Response to: x\n> Source: SA2\n> To: IETF\n> Cc: -\n"},
	{.name = "nothing", .text = ""},
};

static void
test_cases(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		form_check(lsm_format_text_3gpp, &cases[i]);
}

static void
test_damage(void)
{
	form_damage(lsm_format_text_3gpp, HEAD TEXT ACTIONS);
}

/* Where a form stands in a mail decides whether the mail is the statement. */
static void
test_mails(void)
{
	static const struct {
		const char *header;
		const char *text;
		gboolean want_read, want_new, want_carried;
	} mails[] = {
		{"Subject: Reply LS on STAMP\n", HEAD TEXT ACTIONS, TRUE, TRUE, FALSE},
		{"Subject: Re: STAMP\nIn-Reply-To: <1@x.example>\n", HEAD TEXT ACTIONS, TRUE, FALSE, FALSE},
		{"Subject: Re: STAMP\n", HEAD TEXT ACTIONS, TRUE, TRUE, FALSE},
		{"Subject: Fwd: Reply LS on STAMP\n", HEAD TEXT ACTIONS, FALSE, FALSE, TRUE},
		{"Subject: x\n", "See below.\n\n-----Original Message-----\n" HEAD TEXT, FALSE, FALSE, TRUE},
		{"Subject: x\n", "> Title: A\n> Response to: b\n> Source: SA2\n> To: IETF\n> Cc: -\n", FALSE,
		 FALSE, TRUE},
		{"Subject: x\n", "Hello.\n", FALSE, FALSE, FALSE},
	};
	LsmSettings *settings = reading_settings_new();

	for (gsize i = 0; i < G_N_ELEMENTS(mails); i++) {
		g_autoptr(LsmMessage) message = reading_parse_text(settings, mails[i].header, mails[i].text);
		g_autoptr(GPtrArray) evidence = g_ptr_array_new_with_free_func(form_evidence_free);
		g_autoptr(LsmStatement) statement = lsm_format_read_3gpp(message, evidence);

		g_test_message("mail %" G_GSIZE_FORMAT, i);
		g_assert_true((statement != NULL) == mails[i].want_read);
		if (statement != NULL)
			g_assert_true(statement->is_new == mails[i].want_new);
		g_assert_true(lsm_format_carries_3gpp(message) == mails[i].want_carried);
	}
	reading_settings_free(settings);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/3gpp/cases", test_cases);
	g_test_add_func("/3gpp/damage", test_damage);
	g_test_add_func("/3gpp/mails", test_mails);
	return g_test_run();
}
