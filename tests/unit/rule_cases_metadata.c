/*
 * rule_cases_metadata.c - cases of the rules about parties, level, subject, content.
 */
#include "tests/unit/rule_cases.h"

const RuleCase rule_cases_metadata[] = {
	{"content.truncated", "too large to be kept", "flip=truncated", LSM_CHECK_FOUND, NULL},
	{"content.truncated", "large, and approved", "flip=truncated;login=ad1@example.org", LSM_CHECK_FINE, NULL},
	{"content.truncated", "whole", "", LSM_CHECK_FINE, NULL},

	{"content.empty", "no text, no attachment", "text=", LSM_CHECK_FOUND, NULL},
	{"content.empty", "blanks of all kinds", "text= \t\n\xc2\xa0\xe2\x80\x8b", LSM_CHECK_FOUND, NULL},
	{"content.empty", "attachment alone", "text=;attach=application/pdf", LSM_CHECK_FINE, NULL},
	{"content.empty", "one word", "text=ok", LSM_CHECK_FINE, NULL},

	{"from.missing", "nobody speaks", "From=;bodies=", LSM_CHECK_FOUND, NULL},
	{"from.missing", "body known by its address", "From=", LSM_CHECK_FINE, NULL},

	{"to.missing", "nobody addressed", "To=;orgs=", LSM_CHECK_FOUND, NULL},
	{"to.missing", "organization known by its address", "To=", LSM_CHECK_FINE, NULL},
	{"to.missing", "unknown organization", "To=Society of Knots;orgs=", LSM_CHECK_FINE, NULL},

	{"subject.missing", "none", "subject=", LSM_CHECK_FOUND, NULL},
	{"subject.missing", "in the header only", "subject=STAMP", LSM_CHECK_FINE, NULL},

	{"from.mixed", "two organizations", "from-orgs=Broadband Forum", LSM_CHECK_FOUND,
	 "IETF and Broadband Forum"},
	{"from.mixed", "two others",
	 "way=incoming;bodies=;from-orgs=Broadband Forum and Society of Cables",
	 LSM_CHECK_FOUND, "Society of Cables and Broadband Forum"},
	{"from.mixed", "two groups", "bodies=IPPM and OPSAWG WGs", LSM_CHECK_FINE, NULL},
	{"from.mixed", "one other", "way=incoming;bodies=;from-orgs=Broadband Forum", LSM_CHECK_FINE,
	 NULL},

	{"from.level", "a directorate", "From=Routing Directorate", LSM_CHECK_FOUND,
	 "\"Routing Directorate\""},
	{"from.level", "a team", "From=IPPM Design Team", LSM_CHECK_FOUND, "\"IPPM Design Team\""},
	{"from.level", "a group", "", LSM_CHECK_FINE, NULL},
	{"from.level", "theirs", "way=incoming;From=BBF Secretariat", LSM_CHECK_FINE, NULL},

	{"level.broad", "from the whole", "bodies=IETF", LSM_CHECK_FOUND,
	 "it is from the IETF as a whole"},
	{"level.broad", "from the IAB", "bodies=IAB", LSM_CHECK_FOUND, "it is from the IAB as a whole"},
	{"level.broad", "from the whole, and the coordinators know", "bodies=IETF;From-Contact=liaison-coordination@iab.org",
	 LSM_CHECK_FINE, NULL},
	{"level.broad", "for the whole", "way=incoming;to-bodies=IETF", LSM_CHECK_FOUND,
	 "it is for the IETF as a whole"},
	{"level.broad", "for a group", "way=incoming;to-bodies=IPPM WG", LSM_CHECK_FINE, NULL},
	{"level.broad", "group and whole", "bodies=IETF and IPPM WG", LSM_CHECK_FINE, NULL},
	{"level.broad", "from an area", "bodies=Operations and Management Area", LSM_CHECK_FINE, NULL},

	{"subject.long", "a paragraph",
	 "Subject=An overview of An overview of An overview of An overview of An overview of An "
	 "overview of An overview of An overview of An overview of An overview of An overview of ",
	 LSM_CHECK_FOUND, "it has 164 characters"},
	{"subject.long", "two lines",
	 "Subject=An overview of An overview of An overview of An overview of An overview of An "
	 "overview of An overview of An overview of ",
	 LSM_CHECK_FINE, NULL},
};
const guint rule_cases_metadata_count = G_N_ELEMENTS(rule_cases_metadata);
