/*
 * health.h - what the record itself tells about how the house is doing; read beside a daemon, or without one.
 */
#ifndef LSM_DESK_HEALTH_H
#define LSM_DESK_HEALTH_H

#include "conf/settings.h"
#include "store/log.h"
#include "store/tally.h"

typedef struct {
	LsmTally tally;
	guint waiting;         /* withheld until somebody approves or reviews */
	gint64 oldest_waiting; /* first record of the oldest of them, microseconds; 0: none */
	guint held, due, failed; /* outbox entries */
	gint64 oldest_due;       /* when the oldest of those to be sent was written, microseconds; 0: none */
	guint interventions;     /* rejected and redirected within the last hour */
	guint late;              /* mails in the late journal */
	guint64 checkpoint_size; /* events under the last signed checkpoint; with its time */
	gint64 checkpoint_time;  /* UNIX time; 0: there is none */
	LsmLogHead head;
	LsmStoreUsage usage;
	gboolean has_disk;
	guint64 disk_free; /* octets that the store's file system still has for us */
} LsmHealth;

/* store: opened in any way. settings: where they are known, for what lies beside the record; or NULL. uri: the
 * store's. now: microseconds. */
gboolean lsm_health_read(LsmStore *store, const char *uri, const LsmSettings *settings, gint64 now,
			 LsmHealth *health_out, GError **error);

#endif
