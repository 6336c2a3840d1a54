/*
 * cursor.h - where a case stands in an order, and the cursors by which people name that place.
 *
 * A place is text that sorts as the order does, down to the time of the first record: the terms of index.h's
 * rows. A cursor is the case's id, with deadline and state in front where the order goes by them.
 */
#ifndef LSM_STORE_CURSOR_H
#define LSM_STORE_CURSOR_H

#include "store/query.h"

/* What the place of a case in this state begins with on the agenda. Caller frees. */
char *lsm_cursor_label(LsmState state);
/* The place; caller frees. */
char *lsm_cursor_place(LsmQueryOrder order, const LsmCase *item);

/* The cursor; caller frees. */
char *lsm_cursor_render(LsmQueryOrder order, const LsmCase *item);
/* parts: a cursor's, of which the last is the id. What the place has before the time; NULL where they are not of this
 * order. Caller frees. */
char *lsm_cursor_parse_head(LsmQueryOrder order, char *const *parts);

#endif
