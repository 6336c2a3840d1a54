/*
 * submission.h - the other door: a statement mailed to the desk's own address is a submission (DESIGN section
 * 2).
 *
 * That is the road in for those who cannot submit here. Who sends it holds a role at home, and a login or an
 * Authentication-Results field of ours proves that; the statement says itself what it is (our block), and
 * where it goes: by its Send-To, or else to the directory's addresses of the organization that it names.
 */
#ifndef LSM_DESK_SUBMISSION_H
#define LSM_DESK_SUBMISSION_H

#include "rules/verdict.h"

/*
 * An Authentication-Results field counts only where the desk's address stands in To or Cc and the date is of
 * these days: a signed draft that somebody has got hold of is no submission. What the gate would not judge as
 * outgoing, so addressed, is none either.
 *
 * TRUE: it is one; the envelope, which had no recipients, now has those that it goes to and the login of who
 * submits, and is judged like one that came by our own submission. FALSE: it is none, nothing was changed.
 * now: UNIX time.
 */
gboolean lsm_submission_prepare(const LsmMessage *message, LsmEnvelope *envelope, const LsmSettings *settings,
				gint64 now);

/* Where a statement goes by what it says: its Send-To, where there is one (A23), else the addresses of the
 * organizations that it names. New strv, may be empty. */
char **lsm_submission_addressees(const LsmRecognition *recognition);

/* Turns the plan's edits to the mail as the mail server has it: from the desk's recipients to those that may
 * get it. */
void lsm_submission_readdress(LsmPlan *plan, const LsmEnvelope *envelope, const LsmEnvelope *to_desk);

#endif
