/*
 * readiness.h - tells the service manager how we are: sd_notify(3)'s plain socket protocol.
 *
 * Without NOTIFY_SOCKET in the environment every call does nothing. One thread; only the parent speaks.
 */
#ifndef LSM_MILTER_READINESS_H
#define LSM_MILTER_READINESS_H

#include <glib.h>

/* Takes NOTIFY_SOCKET and WATCHDOG_USEC out of the environment, so that no child speaks for the parent.
 * Call once, before any fork. */
void lsm_readiness_open(void);

/* "READY=1", "STOPPING=1", "WATCHDOG=1", "STATUS=..."; several separated by line feeds. What cannot be told is
 * let go: the house serves all the same. */
void lsm_readiness_tell(const char *state);

/* "RELOADING=1" with the monotonic time that Type=notify-reload wants; "READY=1" ends it. */
void lsm_readiness_tell_reloading(void);

/* How often the service manager wants to hear from us at the latest, halved; microseconds, G_MAXINT64: never. */
gint64 lsm_readiness_interval(void);

#endif
