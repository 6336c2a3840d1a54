/*
 * stream.h - index rows of several terms as one ordered stream that can be entered anywhere.
 *
 * A place is what the rows are ordered by: `at` (the term's end: a time, or a deadline and a time), then the
 * case's id. A backward stream goes from the greatest place to the least.
 */
#ifndef LSM_STORE_STREAM_H
#define LSM_STORE_STREAM_H

#include "store/index.h"

typedef struct {
	char *at;
	char *id;
} LsmPlace;

/* Takes copies, frees what was there. */
void lsm_place_set(LsmPlace *place, const char *at, const char *id);
void lsm_place_clear(LsmPlace *place);
/* < 0: a comes first in that order. */
int lsm_place_compare(const LsmPlace *a, const LsmPlace *b, LsmScanOrder order);

typedef struct LsmStream LsmStream;

LsmStream *lsm_stream_new(LsmScanOrder order);
void lsm_stream_free(LsmStream *stream);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmStream, lsm_stream_free)

/* Adds the rows whose term begins with head; what follows is their `at`, with label before it. */
void lsm_stream_add(LsmStream *stream, LsmIndexKind kind, const char *head, const char *label);

/* The first place that is not before from; strict: that is behind it. from must not go back from one call to the
 * next. The place belongs to the stream until the next call. */
LsmFound lsm_stream_seek(LsmStream *stream, LsmStoreTxn *txn, const LsmPlace *from, gboolean strict,
			 const LsmPlace **place_out, GError **error);

/* Is that place in it? For streams without labels; any order of calls. */
LsmFound lsm_stream_has(const LsmStream *stream, LsmStoreTxn *txn, const char *at, const char *id,
			GError **error);

#endif
