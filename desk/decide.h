/*
 * decide.h - mail + facts -> verdict -> record -> plan: the program's story, on one page.
 *
 * No libmilter here: the daemon, liaisonctl and the tests run this same code.
 */
#ifndef LSM_DESK_DECIDE_H
#define LSM_DESK_DECIDE_H

#include "desk/desk.h"

typedef struct {
	LsmRecognition *recognition;
	LsmVerdict *verdict; /* NULL when nothing was recognised */
	LsmFacts *facts;     /* what was judged on; NULL when nothing was recognised */
	LsmPlan *plan;       /* never NULL: what to tell the mail server */
	guint attachments_read;
	gboolean unrecorded; /* it concerns us and the record was out of order */
	char *case_id; /* NULL: nothing was recorded */
	char *ticket;  /* NULL: nothing waits for lsm_desk_taken */
} LsmDecision;

/*
 * Judges one mail and puts it on record. Never fails: what cannot be recorded gets a plan of 451
 * (or, for incoming mail when the store is out of order for long, a plan to pass after it was
 * written to the late journal). message and envelope stay the caller's and must outlive the decision.
 * now: microseconds since 1970.
 */
LsmDecision *lsm_decide(const LsmMessage *message, const LsmEnvelope *envelope, const LsmSettings *settings,
			LsmDesk *desk, gint64 now);
/* The same for a mail that was delivered long ago: NULL with error when it concerns us and cannot be
 * recorded. */
LsmDecision *lsm_decide_recorded(const LsmMessage *message, const LsmEnvelope *envelope,
				 const LsmSettings *settings, LsmDesk *desk, gint64 now, GError **error);
void lsm_decision_free(LsmDecision *decision);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmDecision, lsm_decision_free)

/* A list manager's copy, known by its Message-ID: counted on its case, not read. TRUE when that was enough.
 */
gboolean lsm_decide_list_copy(const LsmCollector *collector, const LsmEnvelope *envelope, LsmDesk *desk);

/* Mail on the outbox's own listener. TRUE: it is owed, pass it untouched. On doubt (desk not there) error is
 * set. */
gboolean lsm_decide_is_ours(const LsmMessage *message, const LsmEnvelope *envelope, LsmDesk *desk,
			    GError **error);

#endif
