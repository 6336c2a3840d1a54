/*
 * reminder_due.h - which reminders of one case are due on a day: the tables and their arithmetic. Pure.
 */
#ifndef LSM_DESK_REMINDER_DUE_H
#define LSM_DESK_REMINDER_DUE_H

#include "conf/settings.h"
#include "store/case.h"

typedef struct {
	const char *text; /* of conf/guidance/: "remind-deadline" */
	char *key;        /* what the case is told by: "deadline-7 2026-12-04", "unconfirmed-1 2026-11-21" */
	guint audience;   /* of LSM_AUDIENCE_* */
	int days;         /* until the deadline (negative: behind it), or since it began to wait */
} LsmReminder;

/*
 * entered: the day on which the case came into its state; today: the day of the run. What the case was told
 * already is left out. New array of LsmReminder *.
 */
GPtrArray *lsm_reminder_due(const LsmSettings *settings, const LsmCase *item, int entered, int today);

#endif
