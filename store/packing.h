/*
 * packing.h - a mail's content made ready for the store: its digest, and its compressed form. A large one is
 * packed while it comes, so that it is never held as a whole.
 */
#ifndef LSM_STORE_PACKING_H
#define LSM_STORE_PACKING_H

#include "store/store.h"

typedef struct LsmPacking LsmPacking;

/* Of octets that are all there. NULL: as below. */
LsmPacking *lsm_packing_of(GBytes *content, GError **error);
/* Of octets that are to come, exactly so many, at least one. NULL: no memory (TEMPORARY). */
LsmPacking *lsm_packing_new(gsize length, GError **error);
void lsm_packing_free(LsmPacking *packing);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmPacking, lsm_packing_free)

/* The octets in their order, in pieces of any size. TEMPORARY when they cannot be compressed. */
gboolean lsm_packing_add(LsmPacking *packing, const void *data, gsize length, GError **error);

/* Once all are there: SHA-256 of the octets as 64 hex digits; the packing's own. */
const char *lsm_packing_digest(LsmPacking *packing);

/* Puts what was packed under its digest. What was packed while it came gives its memory back meanwhile, and can be
 * put once only: TEMPORARY after that, whatever became of the transaction. */
gboolean lsm_packing_put(LsmPacking *packing, LsmStoreTxn *txn, GError **error);

#endif
