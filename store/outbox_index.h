/*
 * outbox_index.h - how entries of the outbox are found without reading all of them: by case, and by when they are due.
 *
 * The rows of an entry are a function of its row in LSM_TABLE_OUTBOX alone, of the members "case", "state" and "due".
 * What is held or has failed stands under its case only. A row that cannot be read has none: it is shown by who
 * reads all entries, and stops no other one.
 */
#ifndef LSM_STORE_OUTBOX_INDEX_H
#define LSM_STORE_OUTBOX_INDEX_H

#include "store/store.h"

/* Entry id goes from row old to row new; NULL: it was not there, it goes. */
gboolean lsm_outbox_index_move(LsmStoreTxn *txn, guint64 id, GBytes *old, GBytes *new, GError **error);

/* Ids (guint64) of the entries of a case, oldest first. New. */
GArray *lsm_outbox_index_of_case(LsmStoreTxn *txn, const char *case_id, GError **error);

/* Where a walk through what is due stands: behind this entry. {0}: at the beginning. */
typedef struct {
	guint64 due;
	guint64 id;
} LsmOutboxPlace;

/* Ids of up to `most` entries behind place that are due by until (microseconds), in order of due, id; moves place.
 * New; empty when there are no more. */
GArray *lsm_outbox_index_due(LsmStoreTxn *txn, gint64 until, guint most, LsmOutboxPlace *place, GError **error);

/* Makes the rows of all entries anew, in slices: each call deals with up to count entries from *place (0 at first)
 * on, and leaves there where the next one begins; 0 again when all is done. */
gboolean lsm_outbox_reindex(LsmStoreTxn *txn, guint count, guint64 *place, GError **error);

#endif
