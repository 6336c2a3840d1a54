/*
 * hold.h - many hold a thing for a while, or one alone changes it.
 *
 * Unlike a lock, a hold may be dropped by another thread than the one that took it, the change gives
 * up after a time, and the last holder of a thing that was given up learns that it must clean up.
 */
#ifndef LSM_STORE_HOLD_H
#define LSM_STORE_HOLD_H

#include <glib.h>

typedef struct {
	GMutex mutex;
	GCond moved;
	guint holders;
	guint waiting;     /* threads, for a change or for its end */
	gboolean changing; /* new holders wait */
	gboolean given_up;
} LsmHold;

void lsm_hold_init(LsmHold *hold);
void lsm_hold_clear(LsmHold *hold);

/* Waits while a change goes on. */
void lsm_hold_take(LsmHold *hold);

/* TRUE if the thing was given up and nobody holds it any more: the caller cleans up. */
gboolean lsm_hold_drop(LsmHold *hold);

/* No more use of the thing; TRUE as with drop. */
gboolean lsm_hold_give_up(LsmHold *hold);

/* Waits until nobody holds the thing, at most patience microseconds (0: not at all): FALSE, and no change,
 * after that. */
gboolean lsm_hold_begin_change(LsmHold *hold, gint64 patience);
void lsm_hold_end_change(LsmHold *hold);

#endif
