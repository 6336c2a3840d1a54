/*
 * rebuild.h - the tables that follow from the log, made anew from it: cases and all rows for reading.
 *
 * In three parts, each in pieces that its caller may space out beside a running desk: read the log (which
 * events are whose), set the cases right (only rows that are not what their events say are written), make the
 * rows for reading anew. Rows that the log does not say (how a mail is known again, outbox, tokens, contents)
 * stay.
 */
#ifndef LSM_STORE_REBUILD_H
#define LSM_STORE_REBUILD_H

#include "store/store.h"

typedef struct LsmRebuild LsmRebuild;

LsmRebuild *lsm_rebuild_new(void);
void lsm_rebuild_free(LsmRebuild *rebuild);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmRebuild, lsm_rebuild_free)

/* Reads on for about so many microseconds in a reading transaction; done_out: to the end. 16 octets an event
 * are kept, and later 8 a row for reading. */
gboolean lsm_rebuild_read(LsmRebuild *rebuild, LsmStoreTxn *txn, gint64 budget, gboolean *done_out,
			  GError **error);

gboolean lsm_rebuild_is_read(const LsmRebuild *rebuild);

/*
 * After that: one piece of the work in a writing transaction of about so many microseconds. What it did
 * counts once lsm_rebuild_committed was called; until then the same piece may be done again, in another
 * transaction.
 */
gboolean lsm_rebuild_write(LsmRebuild *rebuild, LsmStoreTxn *txn, gint64 budget, GError **error);
void lsm_rebuild_committed(LsmRebuild *rebuild);

gboolean lsm_rebuild_is_done(const LsmRebuild *rebuild);

typedef struct {
	guint64 events;  /* read */
	guint64 cases;   /* looked at */
	guint64 of;      /* cases in all */
	guint64 mended;  /* were not what their events say */
	guint64 removed; /* had no event */
} LsmRebuildTally;

LsmRebuildTally lsm_rebuild_tally(const LsmRebuild *rebuild);

/* All of it at once, on a store that nobody else writes to. */
gboolean lsm_rebuild_run(LsmStore *store, LsmRebuildTally *tally_out, GError **error);

#endif
