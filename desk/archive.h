/*
 * archive.h - the verb "archive": a mail that passed while the filter was down is put on record afterwards.
 *
 * Arguments: "mail" (base64), "sender" and "recipients" of its envelope as far as they can be known, "dry_run". It is
 * judged as it would have been when it came (its Date field), by the same code; but how it came is not known, so that
 * it counts as seen, never as submitted, and nobody is written to. What is on record already is left as it is.
 *
 * Answer: "result" "recorded", "known", "would" (dry_run: would be recorded) or "none" (it does not concern us); "id"
 * and "state" where there is one.
 */
#ifndef LSM_DESK_ARCHIVE_H
#define LSM_DESK_ARCHIVE_H

#include "desk/internal.h"

gboolean lsm_archive_verb(LsmService *service, const LsmPeer *peer, const char *name, JsonObject *args,
			  JsonObject **answer_out, GError **error);

#endif
