/*
 * rule_cases.h - tables of mails: what each rule must catch, and what it must not.
 */
#ifndef LSM_TESTS_RULE_CASES_H
#define LSM_TESTS_RULE_CASES_H

#include "rules/rule.h"

typedef struct {
	const char *rule;
	const char *name;
	const char *edits; /* of the good statement of tests/lib/rules_fixture.h */
	LsmCheckResult want;
	const char *want_detail; /* NULL: none */
} RuleCase;

#define RULE_CASES(family)                                                                                   \
	extern const RuleCase rule_cases_##family[];                                                         \
	extern const guint rule_cases_##family##_count

RULE_CASES(approval);
RULE_CASES(attachments);
RULE_CASES(consensus);
RULE_CASES(contacts);
RULE_CASES(documents);
RULE_CASES(formats);
RULE_CASES(metadata);
RULE_CASES(purpose);
RULE_CASES(routing);

#endif
