/*
 * late.h - the late journal: incoming statements that passed while the record was out of order.
 *
 * One file a mail in the folder `late-journal`: a line of JSON (the envelope), then the mail. Written
 * to a temporary name, fsynced, renamed, the folder fsynced. The file "waiting-since" beside them tells all
 * gates since when the record is away.
 */
#ifndef LSM_DESK_LATE_H
#define LSM_DESK_LATE_H

#include "desk/desk.h"

/* Has the record been away for longer than incoming-patience? The first call starts the clock. now: UNIX
 * time. */
gboolean lsm_late_is_patience_over(const LsmSettings *settings, gint64 now);
/* The record works: stops the clock. Cheap when it is not running. */
void lsm_late_note_success(const LsmSettings *settings);
/* Durable when TRUE. */
gboolean lsm_late_keep(const LsmSettings *settings, const LsmEnvelope *envelope, const LsmMessage *message,
		       GError **error);
/* Judges and records what the journal holds, removing each file once it is on record. Returns how many; stops
 * at the first that fails (error set). */
guint lsm_late_read_in(const LsmSettings *settings, LsmDesk *desk, GError **error);

#endif
