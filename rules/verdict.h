/*
 * verdict.h - run the table, collect all findings, one verdict and one plan of edits.
 */
#ifndef LSM_RULES_VERDICT_H
#define LSM_RULES_VERDICT_H

#include "rules/rule.h"
#include "rules/scope.h"

typedef struct {
	const LsmRule *rule;
	char *detail;     /* or NULL */
	gboolean unknown; /* cannot say without the record */
	LsmMode mode;     /* the rule's own, under these settings; observe where enforce-rules leaves it out */
	LsmEffect effect; /* what it asks for on this way, before modes and limits */
} LsmFinding;

typedef struct {
	GPtrArray *findings; /* of LsmFinding *, in table order; all of them, always */
	guint ran;           /* rules that were asked */
	LsmEffect effect;    /* what happens, under modes and limits */
	LsmEffect would;     /* what would happen, were the global mode and those of the rules enforce */
	LsmScope scope;      /* enforced or only watched, and why */
	gboolean silent;     /* only watched: no edit, no header, no mail */
	gboolean certain;
	const char *limited; /* why effect is weaker than the findings ask for: "opted-out" "unreadable"
			      * "released" "uncertain" "interventions" "unverified" "observe", the first that
			      * weakened it; or NULL */
	GPtrArray *
		withheld; /* of const LsmRecipient * (borrowed from the envelope): what a redirect takes away;
			   * filled for outgoing mail under any effect, acted upon only under REDIRECT */
	gboolean approved; /* approval is complete, or none is needed */
} LsmVerdict;

/*
 * Pure judgement: all findings, then the strongest effect that modes, certainty and limits allow:
 *  - only watched (scope.h): effect RECORD, silent; would is kept
 *  - incoming: COPY; around: COPY (people are told) when verified, else RECORD; draft, tool, list, other:
 * RECORD
 *  - a mail that only carries a statement: RECORD
 *  - REJECT and REDIRECT only when recognition->certain, facts->may_intervene and not opted out; else NOTE
 *  - an absence never rejects a mail that was not read as a whole: truncated, unreadable, or with documents
 *    attached and no block of ours in front (the metadata may stand in them)
 *  - approval on file (facts->released) lets those recipients through; a redirect that would
 *    withhold nobody is a NOTE, and what is released to everybody withheld is not rejected either
 * A rule whose own mode is off is not run; one that observes counts in `would` only. `would` is under the
 * same limits, with only the modes set aside: what enforcing everything would really do.
 */
LsmVerdict *lsm_verdict_judge(const LsmCheckInput *input);
/* TRUE when the mail has recipients that a hold would withhold, and each may get this content
 * (facts->released), or whoever it goes to may (facts->approved_in_advance). */
gboolean lsm_verdict_is_released(const LsmCheckInput *input);
void lsm_verdict_free(LsmVerdict *verdict);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmVerdict, lsm_verdict_free)

typedef enum { LSM_REPLY_ACCEPT, LSM_REPLY_REJECT, LSM_REPLY_TEMPFAIL, LSM_REPLY_DISCARD } LsmReplyKind;

typedef struct {
	char *name;
	int index;   /* remove: the index-th field of that name, from 1 */
	char *value; /* add: the value; remove: NULL, or what stands there instead */
} LsmHeaderEdit;

typedef struct {
	LsmReplyKind reply;
	GPtrArray *remove_recipients; /* of char *: exact RCPT arguments */
	GPtrArray *add_recipients;    /* of char *: addresses with <> */
	GPtrArray *remove_headers;    /* of LsmHeaderEdit *, from the last to the first */
	GPtrArray *add_headers;       /* of LsmHeaderEdit * */
	GBytes *body;                 /* instead of the mail's; NULL: it stays */
	char **reply_lines;           /* without code; 1 to 8; for REJECT and TEMPFAIL; or NULL */
	const char *reply_code;       /* "550", "451" */
	const char *reply_status;     /* "5.6.0" */
} LsmPlan;

LsmPlan *lsm_plan_new(LsmReplyKind reply);
void lsm_plan_free(LsmPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmPlan, lsm_plan_free)

/* verdict + the id under which it was recorded -> the edits. Own header fields found in the message are
 * always removed. REDIRECT with no recipient left: DISCARD (the content is committed by then). case_id NULL
 * only for pre-flight. */
LsmPlan *lsm_plan_make(const LsmVerdict *verdict, const LsmCheckInput *input, const char *case_id);
/* "451 4.3.0 ..." when the statement could not be recorded. */
LsmPlan *lsm_plan_tempfail(const char *why);
/* Accept, own fields removed; message may be NULL with fields counted from the collector. */
LsmPlan *lsm_plan_pass(const LsmCollector *collector, const LsmMessage *message);

#endif
