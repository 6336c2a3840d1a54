/*
 * gather.h - when one organization floods us: the coordinators get one mail for many statements (A103).
 *
 * "the IETF can manage its internal pipelines": what came in is on record and has passed as ever; only the
 * mails about it are fewer. Beyond the setting cover-limit within an hour the cover mails of one source are
 * left out, and their cases are noted in the same transaction; an hour after the first of them one mail names
 * them all.
 */
#ifndef LSM_DESK_GATHER_H
#define LSM_DESK_GATHER_H

#include "desk/internal.h"

/* Before a passage's mails are composed: takes its cover mail out of members and marks them, when its
 * "source" has had its share of this hour. Marked members stay as they are. */
gboolean lsm_gather_decide(LsmService *service, LsmStoreTxn *txn, JsonObject *members, gint64 now,
			   GError **error);

/* In the passage's transaction: counts its cover mail, or notes its case for the gathered one. */
gboolean lsm_gather_note(LsmStoreTxn *txn, JsonObject *members, const char *case_id, gint64 now,
			 GError **error);

/* House-keeping, about once a minute: puts the gathered mails that are due, forgets what is older than an
 * hour. */
void lsm_gather_run(LsmService *service);

#endif
