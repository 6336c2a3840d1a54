/*
 * rule_cases_documents.c - cases of the rules about the documents that a statement names: every standing,
 * noted and not. The documents are those of tests/lib/documents_fixture.h.
 */
#include "tests/unit/rule_cases.h"

#define NAMES "documents=;text="
#define GONE "document.gone"
#define CONTEXT "document.context"
#define PROGRESS "document.work-in-progress"
#define STATUS "document.status"
#define URL "document.url"

const RuleCase rule_cases_documents[] = {
	{STATUS, "no document", NAMES "We read your letter.", LSM_CHECK_FINE, NULL},

	/* A90 */
	{GONE, "never issued", NAMES "See RFC 14.", LSM_CHECK_FOUND, "RFC 14 was never issued"},
	{GONE, "withdrawn", NAMES "See draft-ietf-ippm-taken-back-04.", LSM_CHECK_FOUND,
	 "draft-ietf-ippm-taken-back was withdrawn"},
	{GONE, "expired", NAMES "See draft-ietf-ippm-old-04.", LSM_CHECK_FOUND,
	 "draft-ietf-ippm-old has expired"},
	{GONE, "expired, and said", NAMES "There is an expired draft, draft-ietf-ippm-old-04.",
	 LSM_CHECK_FINE, NULL},
	{GONE, "replaced", NAMES "See draft-smith-ippm-plan.", LSM_CHECK_FOUND,
	 "draft-smith-ippm-plan was replaced by draft-ietf-ippm-stamp-yang"},
	{GONE, "replaced, and by what",
	 NAMES "draft-smith-ippm-plan is now draft-ietf-ippm-stamp-yang, a Work in Progress.", LSM_CHECK_FINE,
	 NULL},
	{GONE, "published", NAMES "See draft-ietf-ippm-stamp.", LSM_CHECK_FOUND,
	 "draft-ietf-ippm-stamp was published as RFC 8762"},
	{GONE, "published, and as what", NAMES "draft-ietf-ippm-stamp, now RFC 8762, a Proposed Standard.",
	 LSM_CHECK_FINE, NULL},
	{GONE, "obsoleted", NAMES "See RFC 2679, a Proposed Standard.", LSM_CHECK_FOUND,
	 "RFC 2679 was obsoleted by RFC 7679"},
	{GONE, "obsoleted, and said", NAMES "See RFC 2679 (obsoleted since).", LSM_CHECK_FINE, NULL},
	{GONE, "two kinds", NAMES "See RFC 14 and RFC 2679.", LSM_CHECK_FOUND,
	 "RFC 14 was never issued; RFC 2679 was obsoleted by RFC 7679"},
	{GONE, "unknown RFC", NAMES "See RFC 9999.", LSM_CHECK_FOUND,
	 "not in the lists of 2026-11-20: RFC 9999"},
	{GONE, "unknown BCP", NAMES "See BCP 999.", LSM_CHECK_FOUND,
	 "not in the lists of 2026-11-20: BCP 999"},
	{GONE, "standards of others", NAMES "See STD 99.", LSM_CHECK_FINE, NULL},
	{GONE, "unknown drafts", NAMES "See draft-ietf-ippm-stamp-yagn and draft-smith-x-00.",
	 LSM_CHECK_FOUND, "not in the lists of 2026-11-20: draft-ietf-ippm-stamp-yagn, draft-smith-x"},
	{GONE, "no draft of ours", NAMES "Our draft-new-recommendation is ready.", LSM_CHECK_FINE, NULL},
	{GONE, "gone and unknown", NAMES "See RFC 14 and RFC 9999.", LSM_CHECK_FOUND,
	 "RFC 14 was never issued; not in the lists of 2026-11-20: RFC 9999"},

	/* A86, A9 */
	{CONTEXT, "individual draft", NAMES "See draft-smith-ippm-idea.", LSM_CHECK_FOUND,
	 "the text does not say \"draft-smith-ippm-idea is an individual draft and a Work in Progress; no "
	 "working group has "
	 "adopted it, "
	 "and it does not represent IETF consensus.\""},
	{CONTEXT, "individual draft, work in progress is not enough",
	 NAMES "See draft-smith-ippm-idea, a work in progress.", LSM_CHECK_FOUND,
	 "the text does not say \"draft-smith-ippm-idea is an individual draft and a Work in Progress; no "
	 "working group has "
	 "adopted it, "
	 "and it does not represent IETF consensus.\""},
	{CONTEXT, "individual draft, and said", NAMES "The individual draft draft-smith-ippm-idea may help.",
	 LSM_CHECK_FINE, NULL},
	{CONTEXT, "individual draft, no consensus",
	 NAMES "See draft-smith-ippm-idea. The drafts named here do not represent IETF consensus.",
	 LSM_CHECK_FINE, NULL},
	{CONTEXT, "a name that ends like a revision", NAMES "See draft-smith-transition-64.", LSM_CHECK_FOUND,
	 "the text does not say \"draft-smith-transition-64 is an individual draft and a Work in Progress; "
	 "no working group "
	 "has adopted "
	 "it, and it does not represent IETF consensus.\""},
	{CONTEXT, "experimental", NAMES "See RFC 8321.", LSM_CHECK_FOUND,
	 "the text does not say \"RFC 8321 is an Experimental RFC, not a standard, and does not represent "
	 "IETF consensus.\""},
	{CONTEXT, "historic", NAMES "See RFC 9000.", LSM_CHECK_FOUND,
	 "the text does not say \"RFC 9000 is Historic; the IETF no longer recommends it.\""},
	{CONTEXT, "historic, and said", NAMES "RFC 9000 was moved to Historic.", LSM_CHECK_FINE, NULL},
	{CONTEXT, "informational without a group", NAMES "See RFC 8322.", LSM_CHECK_FOUND,
	 "the text does not say \"RFC 8322 is an Informational RFC that no working group produced; it does "
	 "not represent IETF "
	 "consensus.\""},
	{CONTEXT, "research", NAMES "See RFC 9315 and draft-irtf-nmrg-intent.", LSM_CHECK_FOUND,
	 "the text does not say \"RFC 9315 and draft-irtf-nmrg-intent are documents of the IRTF and do not "
	 "represent IETF "
	 "consensus.\""},
	{CONTEXT, "research, and said", NAMES "RFC 9315 came from a research group.", LSM_CHECK_FINE, NULL},
	{CONTEXT, "informational is not enough for research", NAMES "See RFC 9315 (Informational).",
	 LSM_CHECK_FOUND,
	 "the text does not say \"RFC 9315 is a document of the IRTF and does not represent IETF "
	 "consensus.\""},
	{CONTEXT, "other streams", NAMES "See RFC 6921 and RFC 7624.", LSM_CHECK_FOUND,
	 "the text does not say \"RFC 6921 is a document of the Independent stream and does not represent "
	 "IETF consensus. RFC "
	 "7624 is a "
	 "document of the IAB stream and does not represent IETF consensus.\""},
	{CONTEXT, "other streams, and said", NAMES "RFC 6921, of the Independent Submission stream",
	 LSM_CHECK_FINE, NULL},

	/* A88 */
	{PROGRESS, "group's draft", NAMES "See draft-ietf-ippm-stamp-yang-04.", LSM_CHECK_FOUND,
	 "the text does not say \"draft-ietf-ippm-stamp-yang is a working group document of IPPM and a Work "
	 "in Progress.\""},
	{PROGRESS, "group's draft, and said",
	 NAMES "draft-ietf-ippm-stamp-yang was adopted by IPPM in March.", LSM_CHECK_FINE, NULL},
	{PROGRESS, "group's draft, said elsewhere",
	 NAMES "See draft-ietf-ippm-stamp-yang.\n\n\nAll Internet-Drafts are Work in Progress.",
	 LSM_CHECK_FINE, NULL},
	{PROGRESS, "group's draft, said over a line's end",
	 NAMES "draft-ietf-ippm-stamp-yang is work in\nprogress.", LSM_CHECK_FINE, NULL},
	{PROGRESS, "intended to be experimental", NAMES "See draft-ietf-ippm-trial.", LSM_CHECK_FOUND,
	 "the text does not say \"draft-ietf-ippm-trial is a working group document of IPPM, intended to "
	 "become an "
	 "Experimental RFC, and a "
	 "Work in Progress.\""},

	/* A87, A85 */
	{STATUS, "a standard", NAMES "See RFC 8762.", LSM_CHECK_FOUND,
	 "the text does not say \"RFC 8762 is a Proposed Standard.\""},
	{STATUS, "a standard, and said", NAMES "RFC 8762 is on the standards track.", LSM_CHECK_FINE, NULL},
	{STATUS, "three of one kind", NAMES "See RFCs 8762, 8972 and 6374.", LSM_CHECK_FOUND,
	 "the text does not say \"RFC 8762, RFC 8972 and RFC 6374 are Proposed Standards.\""},
	{STATUS, "two kinds of standards", NAMES "See RFC 8762, RFC 3986, RFC 2119.", LSM_CHECK_FOUND,
	 "the text does not say \"RFC 8762 is a Proposed Standard. RFC 3986 is an Internet Standard. RFC "
	 "2119 is a Best "
	 "Current "
	 "Practice.\""},
	{STATUS, "a series says it itself", NAMES "See BCP 14.", LSM_CHECK_FINE, NULL},
	{STATUS, "informational, of a group", NAMES "See RFC 7799.", LSM_CHECK_FOUND,
	 "the text does not say \"RFC 7799 is an Informational RFC of the IPPM Working Group.\""},
	{STATUS, "informational, old", NAMES "See RFC 1594.", LSM_CHECK_FOUND,
	 "the text does not say \"RFC 1594 is an Informational RFC.\""},
	{STATUS, "informational, and said", NAMES "RFC 7799 (Informational) defines", LSM_CHECK_FINE, NULL},

	/* A89 */
	{URL, "names only", NAMES "See RFC 8762 and draft-ietf-ippm-stamp-yang.", LSM_CHECK_FOUND,
	 "named without <https://www.rfc-editor.org/info/rfc8762>, "
	 "<https://datatracker.ietf.org/doc/draft-ietf-ippm-stamp-yang>"},
	{URL, "one with its address", NAMES "See https://www.rfc-editor.org/rfc/rfc8762, and RFC 8972.",
	 LSM_CHECK_FOUND, "named without <https://www.rfc-editor.org/info/rfc8972>"},
	{URL, "unknown ones", NAMES "See RFC 9999.", LSM_CHECK_FINE, NULL},
};

const guint rule_cases_documents_count = G_N_ELEMENTS(rule_cases_documents);
