/*
 * agenda.h - the statements that wait for somebody, without a look at all the others.
 */
#ifndef LSM_DESK_AGENDA_H
#define LSM_DESK_AGENDA_H

#include "store/case.h"

#define LSM_AGENDA_NO_DAY G_MAXINT

/*
 * All cases in an open state, but for those that are merely observed or unverified: of them nobody is told.
 * By urgency: deadline first (the earliest on top), then the state's rank, then the time of the first record.
 * Reads the indexes and those cases alone. New array of LsmCase *.
 */
GPtrArray *lsm_agenda_load(LsmStoreTxn *txn, GError **error);

/* Days are those of UTC, counted from 1970; a deadline is over when its day is. time: microseconds. */
int lsm_agenda_day(gint64 time);
/* The case's deadline as such a day; LSM_AGENDA_NO_DAY without one. */
int lsm_agenda_deadline(const LsmCase *item);
/* "2026-12-04" of a day. Caller frees. */
char *lsm_agenda_day_text(int day);

/* When the case came into the state that it is in, from its events; microseconds. */
gboolean lsm_agenda_entered(LsmStoreTxn *txn, const LsmCase *item, gint64 *time_out, GError **error);

#endif
