/*
 * digest.h - one mail a day to each role holder: what waits for them, most urgent first.
 */
#ifndef LSM_DESK_DIGEST_H
#define LSM_DESK_DIGEST_H

#include "desk/internal.h"

/* Who gets one, with the cases in it: new hash table of address -> GPtrArray of const LsmCase *, borrowed
 * from agenda (lsm_agenda_load). now: UNIX time, for terms of roles. */
GHashTable *lsm_digest_sort(const LsmSettings *settings, const GPtrArray *agenda, gint64 now);

/* Puts today's digests that were not put yet. digests: gets {"to","count"} for each. dry_run: only that. */
gboolean lsm_digest_run(LsmService *service, const GPtrArray *agenda, gboolean dry_run, JsonArray *digests,
			GError **error);

#endif
