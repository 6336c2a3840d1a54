/*
 * requirement.h - the sentences of the procedure, and what answers each: rules, commands, the record, or a
 * reason.
 */
#ifndef LSM_RULES_REQUIREMENT_H
#define LSM_RULES_REQUIREMENT_H

#include "rules/rule.h"

typedef struct {
	const char *id;       /* "A26", "W1", "K3", "P9" */
	const char *title;    /* what it asks for, in our words */
	const char *commands; /* of liaisonctl, or answer words to the desk; separated by blanks; or "" */
	const char *record;   /* types of events, states or members of a case; separated by blanks; or "" */
	const char *remark;   /* what else, or why a program cannot; or "" */
} LsmRequirement;

/* All of them, in the order A, W, K, P. */
const LsmRequirement *lsm_requirement_table(guint *count_out);
/* Does the rule name this requirement ("A2" is not in "A26")? */
gboolean lsm_requirement_is_of(const char *id, const LsmRule *rule);

#endif
