/*
 * when.h - times as people type them. Days are those of UTC.
 *
 * A time is "2026-11-21T10:00:00Z", or a span before now: "12h", "30d", "2w", "1y", up to a thousand years. A day, a
 * month or a year ("2026-11-21", "2026-11", "2026", "today", "yesterday", "tomorrow") is all of it: what is asked for
 * since then begins with its first moment, what is asked for until then ends with its last.
 */
#ifndef LSM_CTL_WHEN_H
#define LSM_CTL_WHEN_H

#include <glib.h>

/* now: UNIX time. Microseconds: the first that counts, and the first that no longer does. USAGE: no time. */
gboolean lsm_when_since(const char *text, gint64 now, gint64 *time_out, GError **error);
gboolean lsm_when_until(const char *text, gint64 now, gint64 *time_out, GError **error);

/* A deadline lies ahead: "7d" is seven days from now; of a month or a year the first day. Caller frees; NULL with
 * USAGE. */
char *lsm_when_due(const char *text, gint64 now, GError **error);

/* UTC day, "2026-11-21"; "" for what no calendar has. Caller frees. */
char *lsm_when_day(gint64 unix_time);

#endif
