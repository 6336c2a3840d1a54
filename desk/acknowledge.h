/*
 * acknowledge.h - the short answer to the sender of an incoming statement: it is on record, and what comes
 * now.
 */
#ifndef LSM_DESK_ACKNOWLEDGE_H
#define LSM_DESK_ACKNOWLEDGE_H

#include "desk/internal.h"

/*
 * By the setting acknowledge: "send" puts the mail into the outbox, to the statement's proven sender; where
 * none is proved, and for "draft", the words stand in the coordinators' notice (lsm_acknowledge_draft). Once
 * a statement: an event says that it was done. Not for what is no incoming statement. Errors: the store's,
 * CONFIG.
 */
gboolean lsm_acknowledge_put(LsmService *service, LsmStoreTxn *txn, LsmCase *item, GError **error);

/* The part of the coordinators' notice that hands words on: the acknowledgement that nobody has sent yet, and
 * for what came by a roundabout way what to tell its sender (A52). "" when there is none; caller frees. */
char *lsm_acknowledge_draft(const LsmSettings *settings, const LsmCase *item);

#endif
