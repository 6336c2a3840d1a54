/*
 * upgrade.h - from an older format of the store to the present one, step by step.
 */
#ifndef LSM_STORE_UPGRADE_H
#define LSM_STORE_UPGRADE_H

#include "store/store.h"

/* The format that this program writes. */
guint64 lsm_upgrade_format(void);

/*
 * Brings an open store from format `from` (1 or more, older than the present one) to the present one. First
 * a copy of the store is made beside it (path: the store's folder; NULL: it has none), named for the old
 * format: ".format-1" behind its name. Each step writes the format that it has reached with its last
 * transaction, so that one that was cut short is done again. Logs what it did.
 */
gboolean lsm_upgrade_run(LsmStore *store, const char *path, guint64 from, GError **error);

#endif
