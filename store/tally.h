/*
 * tally.h - how many statements are where, counted in the indexes without reading a case.
 */
#ifndef LSM_STORE_TALLY_H
#define LSM_STORE_TALLY_H

#include "store/case.h"

typedef struct {
	guint64 by_state[LSM_STATE_COUNT];
	guint64 total; /* without not-a-statement */
	guint64 open;
	guint64 overdue; /* open, and the deadline is before today */
} LsmTally;

/* today: YYYY-MM-DD. About 0.1 s for a million statements. */
gboolean lsm_tally_count(LsmStoreTxn *txn, const char *today, LsmTally *tally_out, GError **error);

#endif
