/*
 * check.h - the check functions of all rules, one a row of rules.def: lsm_check_<name>().
 *
 * Each is a small pure predicate (rule.h, LsmCheck): fine, found, or unknown without the record.
 * check_<family>.c holds the bodies. None keeps state, all may run in any thread.
 */
#ifndef LSM_RULES_CHECK_H
#define LSM_RULES_CHECK_H

#include "rules/rule.h"

#define LSM_RULE(name, id, requirements, ways, sets, effect, mode, absence, status, section, heading, fix,   \
		 help)                                                                                       \
	LsmCheckResult lsm_check_##name(const LsmCheckInput *input, char **detail_out);
#include "rules/rules.def"
#undef LSM_RULE

#endif
