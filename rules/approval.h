/*
 * approval.h - the approval matrix: who must agree to a statement, who has, and what lacks (A63-A66, A70).
 */
#ifndef LSM_RULES_APPROVAL_H
#define LSM_RULES_APPROVAL_H

#include "rules/facts.h"
#include "rules/recognise.h"

/* One agreement that a statement needs. What verdict, guidance and the requests of the desk say comes from
 * it. */
typedef struct {
	const LsmBody *body;     /* for which From body; NULL when none is known */
	char *who;               /* "an Area Director of IPPM", "the IETF Chair" */
	char **addresses;        /* one suffices; empty: no approval path is known */
	gboolean given;          /* by the authenticated submitter, so it holds for this passage */
	const char *requirement; /* "A63" */
	char *approved_by; /* name of the submitter, or "the record" (see lsm_approval_take_facts); NULL:
			      lacks */
} LsmApprovalStep;

/*
 * The steps of a statement: one a From body, in the order of the bodies; for a research body a second one,
 * the IAB's. Empty when no From body of ours is named. New array of LsmApprovalStep *.
 */
GPtrArray *lsm_approval_steps(const LsmRecognition *recognition, const LsmSettings *settings, gint64 now);
/* Marks the steps for which an approval of this content is on record. That alone lets nothing out: what goes
 * out is bound to recipients, and released by the desk. */
void lsm_approval_take_facts(GPtrArray *steps, const LsmFacts *facts);
/* TRUE when every step is given. An empty list is not approved. */
gboolean lsm_approval_is_complete(const GPtrArray *steps);
/* All addresses of steps without an approval, each once; new strv. */
char **lsm_approval_missing_addresses(const GPtrArray *steps);
/* "an Area Director of IPPM and the IETF Chair" for the steps without an approval, "the liaison contact"
 * where no body or no approver is known, "" when none lacks; caller frees. */
char *lsm_approval_missing_text(const GPtrArray *steps);
/* The same for those that are there, "" when none is; caller frees. */
char *lsm_approval_given_text(const GPtrArray *steps);

#endif
