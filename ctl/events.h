/*
 * events.h - one event as a line, for show and log.
 */
#ifndef LSM_CTL_EVENTS_H
#define LSM_CTL_EVENTS_H

#include "store/log.h"

/* "  17  2026-11-21 10:00:00  redirected  LS-20261121-K7Q3M  pending  approval.missing" and who, from the
 * private part. */
void lsm_events_print(const LsmEvent *event, gboolean with_case);
/* The public members and, where they are not erased, the private ones. New object. */
JsonObject *lsm_events_json(const LsmEvent *event);

#endif
