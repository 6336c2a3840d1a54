/*
 * catch_up.h - what an archive holds put on record: through the desk, or here when no daemon has the record.
 */
#ifndef LSM_CTL_CATCH_UP_H
#define LSM_CTL_CATCH_UP_H

#include <json-glib/json-glib.h>

#include "ctl/command.h"
#include "rules/envelope.h"

typedef struct LsmCatchUp LsmCatchUp;

/* dry_run: reads the record only. Else TEMPORARY, DENIED and so on where it cannot be written. */
LsmCatchUp *lsm_catch_up_new(const LsmCtlOptions *options, gboolean dry_run, GError **error);
void lsm_catch_up_free(LsmCatchUp *catch_up);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmCatchUp, lsm_catch_up_free)

/* One mail; the answer is that of desk/archive.h. */
JsonObject *lsm_catch_up_mail(LsmCatchUp *catch_up, const LsmEnvelope *envelope, const char *mail, gsize length,
			      GError **error);

#endif
