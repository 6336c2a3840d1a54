/*
 * check_mail.h - the gate's side of the check address: a mail to it is judged as its content would be, and
 * its author gets the findings.
 */
#ifndef LSM_DESK_CHECK_MAIL_H
#define LSM_DESK_CHECK_MAIL_H

#include "desk/decide.h"

typedef enum {
	LSM_CHECKED_ANSWERED, /* the answer is in the outbox */
	LSM_CHECKED_SILENT,   /* a program or a list sent it: never answered (RFC 3834 section 2) */
	LSM_CHECKED_UNPROVED, /* nothing proves who sent it: an answer could go to somebody else */
	LSM_CHECKED_TOO_MANY, /* the address had its answers of this hour */
	LSM_CHECKED_FAILED    /* error is set: the record is out of order, nothing was done */
} LsmChecked;

const char *lsm_checked_name(LsmChecked checked); /* "answered" "silent" "unproved" "too-many" "failed" */

/*
 * Judges the mail by the daemon's own way (lsm_decide), with the record's facts and without a trace in it: as
 * if its author submitted it here, to those that its To and Cc name, or else to where the statement itself
 * says that it goes. The answer goes to a proved address only: that of the login, or From with a DMARC or
 * DKIM pass of a server of ours. envelope: of the mail as it came, the check address taken out. now:
 * microseconds.
 */
LsmChecked lsm_check_mail(const LsmMessage *message, const LsmEnvelope *envelope, const LsmSettings *settings,
			  LsmDesk *desk, gint64 now, GError **error);

/* What the mail server is told where the check address was the only one; case FAILED included. Never NULL. */
LsmPlan *lsm_check_plan(LsmChecked checked, const LsmSettings *settings);

#endif
