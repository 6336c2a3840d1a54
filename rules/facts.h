/*
 * facts.h - what the record knows that a judgement needs. Plain data, filled by desk/, read by rules.
 */
#ifndef LSM_RULES_FACTS_H
#define LSM_RULES_FACTS_H

#include <glib.h>

typedef struct {
	gboolean known;          /* FALSE: no record at hand (pre-flight): findings that need it say "unknown" */
	char *case_id;           /* the case this mail belongs to, or NULL */
	char *case_state;        /* its state word, or NULL */
	char **released;         /* recipients outside that may get this content; never NULL when known */
	char *original_id;       /* the statement that this one answers, when it is on record; or NULL */
	char *original_reply_to; /* where that one wants its answer (A18, A24), or NULL */
	char **approved_for;     /* acronyms of the bodies for which an approval of this very content is on
				    record; never NULL */
	char **drafted_to;       /* who got this text before, when it was discussed at home (A74); never NULL */
	gboolean approved_in_advance; /* all that must approve this very content did so before it was sent */
	gboolean may_intervene;  /* fewer than max-interventions in the last hour */
	gboolean is_enforced;    /* the case is on record, and not merely observed or a draft */
	gboolean opted_out;      /* somebody entitled said that this is not a statement */
} LsmFacts;

LsmFacts *lsm_facts_new(void); /* nothing known, may_intervene TRUE */
void lsm_facts_free(LsmFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmFacts, lsm_facts_free)

#endif
