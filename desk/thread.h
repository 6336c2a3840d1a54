/*
 * thread.h - informal mail in the thread of a statement that waits for an answer (A95): what the gates look
 * out for, and what they saw.
 *
 * "The originating organization should always be informed of what, if anything, the IETF has decided", be it
 * by a simple mail. Such a mail is no statement, needs no approval and passes as any other; it is noted
 * afterwards.
 */
#ifndef LSM_DESK_THREAD_H
#define LSM_DESK_THREAD_H

#include "desk/service.h"
#include "store/case.h"

/* So many Message-IDs at most, of the newest statements. */
#define LSM_THREAD_MOST 5000
/* So many mails a day are noted of one statement. */
#define LSM_THREAD_NOTES 20

/*
 * args: known (state that the gate has, a number, or absent). answer: state, and ids (array of Message-IDs
 * without <>) unless the record is still in the state that the gate knows.
 */
gboolean lsm_thread_list(LsmService *service, JsonObject *args, JsonObject *answer, GError **error);

/*
 * args: ids (Message-IDs that the mail answers), message_id (its own, or absent), by (who sent it),
 * recipients. Each statement that one of the ids names gets an event "informed", if it came in, still waits,
 * and a recipient is at the body that it came from. The same mail counts once.
 */
gboolean lsm_thread_note(LsmService *service, JsonObject *args, GError **error);

/* Has an informal answer been seen? */
gboolean lsm_thread_is_informed(const LsmCase *item);

#endif
