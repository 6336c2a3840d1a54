/*
 * notice.h - who is told what has happened to a statement: one table, event -> text and addressees.
 */
#ifndef LSM_DESK_NOTICE_H
#define LSM_DESK_NOTICE_H

#include "desk/internal.h"
#include "desk/outbox.h"

/*
 * Composes the mails that this event causes and puts them into the outbox, due at once, in the same
 * transaction. item: the case as it is after the event; an acknowledgement is an event of its own, which is
 * folded into it. original: the kept mail, or NULL when it is
 * not at hand. Nobody is told of a case that is merely observed. Errors: the store's, and CONFIG of a text.
 */
gboolean lsm_notice_put(LsmService *service, LsmStoreTxn *txn, LsmCase *item, const LsmEvent *event,
			GBytes *original, GError **error);

#endif
