/*
 * approval.h - who must agree to a statement, who has, and what lacks (A63-A66, A70, DESIGN section 5).
 */
#ifndef LSM_RULES_APPROVAL_H
#define LSM_RULES_APPROVAL_H

#include "rules/recognise.h"

typedef struct {
	const LsmBody *body;  /* for which From body */
	char *who;            /* "an Area Director of IPPM", "the IETF Chair" */
	char **addresses;     /* one suffices; empty: no approval path is known */
	gboolean given;       /* by the authenticated submitter */
} LsmApprovalStep;

/* One step a From body; empty when no From body of ours is named. New array of LsmApprovalStep *. */
GPtrArray *lsm_approval_steps(const LsmRecognition *recognition, const LsmSettings *settings, gint64 now);
/* TRUE when every step is given. An empty list is not approved. */
gboolean lsm_approval_is_complete(const GPtrArray *steps);
/* All addresses of steps that are not given, each once; new strv. */
char **lsm_approval_missing_addresses(const GPtrArray *steps);
/* "an Area Director of IPPM and the IETF Chair" for the steps not given, "the liaison contact" where no body or
 * no approver is known, "" when all are given; caller frees. */
char *lsm_approval_missing_text(const GPtrArray *steps);

#endif
