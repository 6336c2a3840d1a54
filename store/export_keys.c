/*
 * export_keys.c - the table of the kinds that travel: how a mail that comes again is known.
 *
 * What waits for an hour or a day at most (gathered mails, interventions) stays behind, as the outbox does.
 */
#include "store/export_keys.h"

const LsmExportKey lsm_export_keys[] = {
	{"identity", LSM_INDEX_IDENTITY}, {"text", LSM_INDEX_TEXT},
	{"document", LSM_INDEX_DOCUMENT}, {"message-id", LSM_INDEX_MESSAGE_ID},
	{"released", LSM_INDEX_RELEASED}, {"observed", LSM_INDEX_OBSERVED},
};
const guint lsm_export_keys_count = G_N_ELEMENTS(lsm_export_keys);
