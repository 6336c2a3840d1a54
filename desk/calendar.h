/*
 * calendar.h - the open deadlines as an iCalendar feed (RFC 5545), for whoever plans by a calendar.
 */
#ifndef LSM_DESK_CALENDAR_H
#define LSM_DESK_CALENDAR_H

#include "conf/settings.h"
#include "store/case.h"

/*
 * agenda: of LsmCase * (lsm_agenda_load); those without a deadline are passed over. All-day events on the day
 * of the deadline, without alarms and without blocking anybody's time. UIDs are those of the cases and stay;
 * an entry changes its octets only when its case has changed, so that a reader sees what is new. CRLF line
 * ends, folded at 75 octets. Caller frees.
 */
char *lsm_calendar_render(const GPtrArray *agenda, const LsmSettings *settings);

#endif
