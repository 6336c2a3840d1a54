/*
 * release.h - what was withheld goes out: the kept original, to those who lack it, each once.
 */
#ifndef LSM_DESK_RELEASE_H
#define LSM_DESK_RELEASE_H

#include "desk/internal.h"
#include "desk/outbox.h"

/*
 * Puts one outbox entry with the kept mail for every withheld recipient that no entry owes it to yet; an
 * entry that had failed is replaced. due at once. sender: the envelope's; NULL: as the setting release-sender
 * says. count_out: how many recipients. Nothing kept or nobody left: nothing is put. In the writer's
 * transaction.
 */
gboolean lsm_release_put(LsmService *service, LsmStoreTxn *txn, const LsmCase *item, const char *sender,
			 guint *count_out, GError **error);

/* Mails that were composed for the case and have not gone: pointless once it is decided otherwise. */
gboolean lsm_release_drop_waiting(LsmStoreTxn *txn, const LsmCase *item, GError **error);

#endif
