/*
 * notify.h - tells the desk, a moment later, that the mail server has the final reply of a passage.
 *
 * libmilter writes the reply after the callback returned, and tells nobody. So the callback leaves the
 * ticket here, and a thread of its own calls lsm_desk_taken_all() when the reply is long out: a gate that
 * is killed between record and reply lets nobody be written to (DESIGN section 2, step 8).
 */
#ifndef LSM_MILTER_NOTIFY_H
#define LSM_MILTER_NOTIFY_H

#include "desk/desk.h"

typedef struct LsmNotify LsmNotify;

/* Borrows the desk, which must outlive it. Starts the thread. */
LsmNotify *lsm_notify_new(LsmDesk *desk);

/* Never waits. queue_id: for the log, or NULL. Safe from many threads. */
void lsm_notify_push(LsmNotify *notify, const char *ticket, const char *queue_id);

/*
 * Tells what is still waiting, each after its moment, and ends the thread. A desk that does not answer
 * ends it, too: the cases then wait for the retry that never comes, and are shown as not accepted.
 * Nothing may be pushed any more.
 */
void lsm_notify_stop(LsmNotify *notify);
/* Stops first when that was not done. */
void lsm_notify_free(LsmNotify *notify);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmNotify, lsm_notify_free)

#endif
