/*
 * scope.h - is this statement enforced, or only watched? The one place that decides it.
 */
#ifndef LSM_RULES_SCOPE_H
#define LSM_RULES_SCOPE_H

#include "rules/rule.h"

/*
 * ROW(id, word, enforced, sentence). The word stands in events and is stable for ever. In a sentence %s is the
 * entry of the list that decided; exactly those that have one need it.
 */
#define LSM_SCOPES(ROW) \
	ROW(ALL, "mode", TRUE, "mode is enforce") \
	ROW(GROUP, "group", TRUE, "\"%s\" is among enforce-groups") \
	ROW(SENDER, "sender", TRUE, "\"%s\" is among enforce-senders") \
	ROW(ORGANIZATION, "organization", TRUE, "\"%s\" is among enforce-organizations") \
	ROW(RULE, "rule", TRUE, "\"%s\" is among enforce-rules") \
	ROW(CASE, "case", TRUE, "the statement that it is a copy of was enforced") \
	ROW(NOTHING, "nothing", FALSE, "mode is observe, and no enforce-... list names anything") \
	ROW(UNLISTED, "unlisted", FALSE, \
	    "its groups, senders and organizations are not among enforce-groups, enforce-senders and " \
	    "enforce-organizations") \
	ROW(NO_RULE, "no-rule", FALSE, "none of enforce-rules finds anything in it")

typedef enum {
#define LSM_SCOPE_ENUM(id, word, enforced, sentence) LSM_SCOPE_##id,
	LSM_SCOPES(LSM_SCOPE_ENUM)
#undef LSM_SCOPE_ENUM
	LSM_SCOPE_COUNT
} LsmScopeReason;

typedef struct {
	LsmScopeReason reason;
	gboolean is_enforced;
	const char *entry; /* of the list that decided, as the settings write it; borrowed; or NULL */
} LsmScope;

const char *lsm_scope_word(LsmScopeReason reason);
gboolean lsm_scope_parse(const char *word, LsmScopeReason *reason_out);
gboolean lsm_scope_is_enforced(LsmScopeReason reason);
/* "enforced, because "ippm" is among enforce-groups"; entry may be NULL, as after an erasure. Caller frees. */
char *lsm_scope_sentence(LsmScopeReason reason, const char *entry);

/* Can any statement be enforced under these settings? FALSE: all is silent. */
gboolean lsm_scope_is_any(const LsmSettings *settings);

/* The i-th of the enforce-... lists, as the settings write it; what it is of ("groups"); NULL behind the last. */
const char *lsm_scope_list(const LsmSettings *settings, guint i, const char *const **entries_out);

/* Is the body, its area or its research body among enforce-groups? */
gboolean lsm_scope_lists_body(const LsmSettings *settings, const LsmBody *body);

/* The rule's mode where the statement is enforced: one that enforce-rules leaves out at most observes. */
LsmMode lsm_scope_rule_mode(const LsmSettings *settings, const char *rule, LsmMode standard);

/*
 * A statement is enforced or watched as a whole:
 *  - mode = enforce: enforced; mode = off: not;
 *  - mode = observe: a home body around it, or its area, is among enforce-groups: one that its text has as
 *    sender or addressee, one in which who writes it (by login, From field or envelope) has a role or is among the
 *    chairs, or one of whose addresses the envelope has as a recipient. Any of them will do, so that naming another
 *    body leads past nothing;
 *    or who writes it among enforce-senders, or an organization at either end, or one that the envelope
 *    has a recipient at, among enforce-organizations
 *    (with these three lists empty and enforce-rules not: every statement); and, where enforce-rules is not
 *    empty, a finding is of one of those rules;
 *  - or facts->is_enforced: what was held or refused under one envelope does not pass under another.
 * findings: of LsmFinding *, as lsm_verdict_judge has them.
 */
LsmScope lsm_scope_decide(const LsmCheckInput *input, const GPtrArray *findings);

/* Would it be enforced whatever the rules find, and by all of them? What is handed in at the desk must be: that
 * is no road past an approval. now: UNIX time. */
gboolean lsm_scope_is_whole(const LsmRecognition *recognition, const LsmMessage *message,
			    const LsmEnvelope *envelope, const LsmSettings *settings, gint64 now);

#endif
