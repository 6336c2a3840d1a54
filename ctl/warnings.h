/*
 * warnings.h - what of the house's state a person should look at, and how soon.
 */
#ifndef LSM_CTL_WARNINGS_H
#define LSM_CTL_WARNINGS_H

#include "ctl/house.h"

typedef enum { LSM_ALARM_OK, LSM_ALARM_WARNING, LSM_ALARM_CRITICAL } LsmAlarm;

typedef struct {
	const char *name; /* stable word, for JSON */
	LsmAlarm level;
	char *text; /* one line, without a full stop */
} LsmWarning;

/* All that hold, in the order of their table; new array of LsmWarning *. The record may be missing. */
GPtrArray *lsm_warnings_find(const LsmHouseState *house);
/* The worst of them. */
LsmAlarm lsm_warnings_worst(const GPtrArray *warnings);

/* "40 s", "12 min", "5 h", "3 days"; caller frees. */
char *lsm_warnings_span(gint64 seconds);

#endif
