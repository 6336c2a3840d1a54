/*
 * rule_cases_attachments.c - cases of the rules about what was read where: attachments, and our block's number.
 */
#include "tests/unit/rule_cases.h"

const RuleCase rule_cases_attachments[] = {
	{"attachment.unreadable", "protected", "reading=LS.docx|encrypted", LSM_CHECK_FOUND,
	 "LS.docx (protected by a password)"},
	{"attachment.unreadable", "two of three, one without a name",
	 "reading=|scanned;reading=a.txt|text;reading=b.zip|limit", LSM_CHECK_FOUND,
	 "one without a name (pictures of pages only), b.zip (too large, too many, or too slow to be read as a whole)"},
	{"attachment.unreadable", "five",
	 "reading=a|unreadable;reading=b|unreadable;reading=c|unreadable;reading=d|unreadable;reading=e|unreadable",
	 LSM_CHECK_FOUND,
	 "a (damaged, or of a kind that is not read), b (damaged, or of a kind that is not read), "
	 "c (damaged, or of a kind that is not read) and 2 more"},
	{"attachment.unreadable", "on the way in", "way=incoming;reading=LS.docx|unreadable", LSM_CHECK_FOUND,
	 "LS.docx (damaged, or of a kind that is not read)"},
	{"attachment.unreadable", "read", "reading=LS.docx|text;reading=b.zip|empty", LSM_CHECK_FINE, NULL},
	{"attachment.unreadable", "not opened", "attach=application/pdf", LSM_CHECK_FINE, NULL},

	{"metadata.conflict", "purpose", "attached=Purpose:For action", LSM_CHECK_FOUND,
	 "purpose is \"information\" in body line 1 but \"action\" in attachment 1 line 2"},
	{"metadata.conflict", "deadline", "Deadline=2026-12-31;attached=Deadline:2027-01-31", LSM_CHECK_FOUND,
	 "deadline is \"2026-12-31\" in body line 2 but \"2027-01-31\" in attachment 1 line 2"},
	{"metadata.conflict", "from", "attached=From:IAB", LSM_CHECK_FOUND,
	 "from is \"IETF IPPM Working Group\" in body line 1 but \"IAB\" in attachment 1 line 2"},
	{"metadata.conflict", "to", "attached=To:Society of Cables", LSM_CHECK_FOUND,
	 "to is \"Broadband Forum\" in body line 1 but \"Society of Cables\" in attachment 1 line 2"},
	{"metadata.conflict", "title", "attached=Subject:LS on codecs for speech", LSM_CHECK_FOUND,
	 "title is \"STAMP YANG review\" in body line 1 but \"LS on codecs for speech\" in attachment 1 line 2"},
	{"metadata.conflict", "two at once",
	 "attached=Purpose:For action;attached=Subject:Codecs", LSM_CHECK_FOUND,
	 "purpose is \"information\" in body line 1 but \"action\" in attachment 1 line 2; "
	 "title is \"STAMP YANG review\" in body line 1 but \"Codecs\" in attachment 1 line 2"},
	{"metadata.conflict", "the same", "attached=Purpose:For information;attached=To:BBF", LSM_CHECK_FINE, NULL},
	{"metadata.conflict", "a longer title", "attached=Subject:LS on the STAMP YANG module", LSM_CHECK_FINE, NULL},
	{"metadata.conflict", "a party that nobody knows", "attached=To:Friends of STAMP", LSM_CHECK_FINE, NULL},
	{"metadata.conflict", "the text says nothing of it", "Deadline=;attached=Deadline:2027-01-31", LSM_CHECK_FINE,
	 NULL},
	{"metadata.conflict", "nothing in attachments", "", LSM_CHECK_FINE, NULL},

	{"block.version", "two", "version=2", LSM_CHECK_FOUND,
	 "\"Liaison-Statement: 2\" is no version that is known here"},
	{"block.version", "one", "", LSM_CHECK_FINE, NULL},
};
const guint rule_cases_attachments_count = G_N_ELEMENTS(rule_cases_attachments);
