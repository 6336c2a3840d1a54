/*
 * row_set.h - index rows that were seen, as hashes of 64 bits: so that those of millions of statements fit.
 *
 * What was noted counts once it is kept: a transaction that fails leaves nothing behind. That two rows have the same
 * hash is left out of account: it would need as many rows as no store holds.
 */
#ifndef LSM_STORE_ROW_SET_H
#define LSM_STORE_ROW_SET_H

#include "store/index.h"

typedef struct LsmRowSet LsmRowSet;

LsmRowSet *lsm_row_set_new(void);
void lsm_row_set_free(LsmRowSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmRowSet, lsm_row_set_free)

/* The letters' case does not count, as in the index. */
void lsm_row_set_note(LsmRowSet *set, LsmIndexKind kind, const char *term, const char *id);
void lsm_row_set_keep(LsmRowSet *set);  /* what was noted since */
void lsm_row_set_forget(LsmRowSet *set); /* or this */

gboolean lsm_row_set_has(LsmRowSet *set, LsmIndexKind kind, const char *term, const char *id);

#endif
