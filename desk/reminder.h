/*
 * reminder.h - deadlines, and whatever waits for somebody too long: who hears of it, on which day.
 *
 * One run a day is enough; a second one on that day says nothing twice, and one that comes late catches up.
 * What was said is a member of the case ("told") and an event in its history; what is done is not asked for
 * again.
 */
#ifndef LSM_DESK_REMINDER_H
#define LSM_DESK_REMINDER_H

#include "desk/internal.h"

/*
 * Puts what is due now into the outbox: single reminders (settings deadline-reminders, approval-reminder,
 * escalation, follow-up) and the daily digest of each role holder. dry_run: only says what it would be. Under
 * any mode but enforce nothing is due. answer_out:
 * {"day","dry_run","reminders":[{"id","what","to":[]}],"digests":[{"to","count"}],"text"}. Errors: the
 * store's; those of a text. What was put before the error stays, and is not said again.
 */
gboolean lsm_reminder_run(LsmService *service, gboolean dry_run, JsonObject **answer_out, GError **error);

/* The desk's verb "remind": args {"dry_run": bool}. */
gboolean lsm_reminder_verb(LsmService *service, const LsmPeer *peer, const char *name, JsonObject *args,
			   JsonObject **answer_out, GError **error);

#endif
