/* test_itu.c - the ITU-T's table, the older template, and damage. */
#include "form_fixture.h"

#define LETTERHEAD                                                                                           \
	"INTERNATIONAL TELECOMMUNICATION UNION\nTELECOMMUNICATION\nSTANDARDIZATION SECTOR\n"                 \
	"STUDY PERIOD 2025-2028\nSG13 \xe2\x80\x93 LS 42\n\nOriginal: English\nQuestion(s):\n20/13\n"        \
	"Geneva, 2-13 November 2026\n"
#define CELLS                                                                                                \
	LETTERHEAD "LS\nSource:\nITU-T Study Group 13\nTitle:\nLS on network resource sharing in\nIMT-2030 " \
		   "networks\n"                                                                              \
		   "LIAISON STATEMENT\n"                                                                     \
		   "For action to:\nIETF (DETNET, TEAS), BBF (Architecture and Migration,\n"                 \
		   "Routing and Transport), 3GPP\nFor comment to:\n-\nFor information to:\n\nApproval:\n"    \
		   "ITU-T SG13 meeting (13 November 2026)\nDeadline:\n1 March 2027\n"                        \
		   "Contact:\nA. Rapporteur\nCountry\nTel: + 41 22 555 0100\nE-mail: "                       \
		   "a.rapporteur@itu.example, a@org.example\n"                                               \
		   "Contact:\nB. Editor\nE-mail: b.editor@itu.example\n"                                     \
		   "3GPP TSG SA Meeting #110\tTD SP-261010\n\nKeywords:\nnetworks\nAbstract:\nThis LS "      \
		   "asks.\n\n"                                                                               \
		   "ITU-T Study Group 13 wishes to inform that it has started new work, which is described " \
		   "in this statement.\n"
#define LINES                                                                                                \
	"COM 16 \xe2\x80\x93 LS 124 \xe2\x80\x93 E\n\nSource: ITU-T Study Group 16\nTitle: Liaison "         \
	"statement on codecs\n"                                                                              \
	"LIAISON STATEMENT\n\nTo: IETF AVTCORE; ISO/IEC JTC 1/SC 29/WG 11\nApproval: Agreed to at SG 16 (6 " \
	"November 2026)\n"                                                                                   \
	"For: Comment\nDeadline: 1 June 2027\nContact: C. Chair\nEmail: c.chair@itu.example\n\nText of the " \
	"statement.\n"

static const FormCase cases[] = {
	{.name = "cells below each other",
	 .text = CELLS,
	 .want_found = TRUE,
	 .want_new = TRUE,
	 .want_from = "ITU-T Study Group 13",
	 .want_to = "IETF (DETNET, TEAS) | BBF (Architecture and Migration, Routing and Transport) | 3GPP",
	 .want_purpose = "action to IETF (DETNET, TEAS), BBF (Architecture and Migration, Routing and "
			 "Transport), 3GPP",
	 .want_deadline = "2027-03-01",
	 .want_subject = "LS on network resource sharing in IMT-2030 networks",
	 .want_contact = "a.rapporteur@itu.example | a@org.example | b.editor@itu.example",
	 .want_document = "SG13 \xe2\x80\x93 LS 42"},
	{.name = "label and value in a line, three lists",
	 .text = "Source:\tITU-T SG2\nTitle:\tLS on numbering\nLIAISON STATEMENT\nFor action to:\t3GPP, "
		 "GSMA\n"
		 "For comment to:\tIETF ENUM\nFor information to:\tITU-T SG20, SG13 & "
		 "SG3\nDeadline:\t24/11/2027\n",
	 .want_found = TRUE,
	 .want_new = TRUE,
	 .want_to = "3GPP | GSMA | IETF ENUM | ITU-T SG20 | SG13 & SG3",
	 .want_purpose =
		 "action to 3GPP, GSMA | comment to IETF ENUM | information to ITU-T SG20, SG13 & SG3",
	 .want_deadline = "2027-11-24"},
	{.name = "no deadline, nobody asked",
	 .text = "Source: ITU-T SG13\nTitle: LS on work\nFor action to: -\nFor comment to:\nFor information "
		 "to: BBF\n"
		 "Approval: SG13 meeting, 17 February 2027\nDeadline: N/A\n",
	 .want_found = TRUE,
	 .want_new = TRUE,
	 .want_to = "BBF",
	 .want_purpose = "information to BBF",
	 .want_deadline = ""},
	{.name = "older template",
	 .text = LINES,
	 .want_found = TRUE,
	 .want_new = TRUE,
	 .want_from = "ITU-T Study Group 16",
	 .want_to = "IETF AVTCORE | ISO/IEC JTC 1/SC 29/WG 11",
	 .want_purpose = "comment",
	 .want_deadline = "2027-06-01",
	 .want_contact = "c.chair@itu.example",
	 .want_document = "COM 16 \xe2\x80\x93 LS 124"},
	{.name = "an ambiguous deadline stays as written",
	 .text = "Source: ITU-T SG2\nTitle: LS\nFor action to: IETF\nDeadline: 03/04/2027\n",
	 .want_found = TRUE,
	 .want_new = TRUE,
	 .want_deadline = "03/04/2027"},
	{.name = "a reply",
	 .text = "Source: ITU-T SG15\nTitle: LS/r on OTN (reply to IETF CCAMP)\nFor action to: -\n"
		 "For information to: IETF CCAMP\nDeadline: -\n\nSG15 thanks for "
		 "https://datatracker.ietf.org/liaison/1999/\n",
	 .want_found = TRUE,
	 .want_new = TRUE,
	 .want_purpose = "information to IETF CCAMP | response",
	 .want_response_to = "https://datatracker.ietf.org/liaison/1999/"},
	{.name = "a parenthesis never closed",
	 .text = "Source: ITU-T SG2\nTitle: LS\nFor action to: IETF (DMM, SFC, 3GPP\nFor information to: "
		 "BBF\n",
	 .want_found = TRUE,
	 .want_new = TRUE,
	 .want_to = "IETF (DMM | SFC | 3GPP | BBF"},
	{.name = "a received one, talked about",
	 .text = "We have received the following statement.\n\n" LINES,
	 .want_found = TRUE,
	 .want_new = FALSE},
	{.name = "a contribution",
	 .text = "Source: ITU-T SG2\nTitle: Draft agenda\nPurpose: Discussion\nContact: x\n"},
	{.name = "quoted", .text = "> Source: ITU-T\n> Title: LS\n> For action to: IETF\n> Deadline: -\n"},
	{.name = "nothing", .text = ""},
};

static void
test_cases(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		form_check(lsm_format_text_itu, &cases[i]);
}

static void
test_damage(void)
{
	form_damage(lsm_format_text_itu, CELLS);
	form_damage(lsm_format_text_itu, LINES);
}

/* 100,000 commas, brackets and labels: as many values as the statement's cap, at once. */
static void
test_floods(void)
{
	static const char *const pieces[] = {"a,", "(", ")", ",", "For action to: x\n", "Title:\n"};

	for (gsize i = 0; i < G_N_ELEMENTS(pieces); i++) {
		g_autoptr(GString) text =
			g_string_new("Source: ITU-T SG2\nTitle: LS\nDeadline: -\nFor action to: ");
		gint64 start = g_get_monotonic_time();
		LsmStatement *statement;

		for (int k = 0; k < 100000; k++)
			g_string_append(text, pieces[i]);
		statement = form_read(lsm_format_text_itu, text->str);
		g_test_message("%s", pieces[i]);
		g_assert_cmpint(g_get_monotonic_time() - start, <, 2 * G_USEC_PER_SEC);
		lsm_statement_free(statement);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/itu/cases", test_cases);
	g_test_add_func("/itu/damage", test_damage);
	g_test_add_func("/itu/floods", test_floods);
	return g_test_run();
}
