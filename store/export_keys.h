/*
 * export_keys.h - the rows of the index that travel with the log, because no event says them.
 */
#ifndef LSM_STORE_EXPORT_KEYS_H
#define LSM_STORE_EXPORT_KEYS_H

#include "store/index.h"

typedef struct {
	const char *name; /* in the lines; stable */
	LsmIndexKind kind;
} LsmExportKey;

/* To add a kind: a row in export_keys.c. */
extern const LsmExportKey lsm_export_keys[];
extern const guint lsm_export_keys_count;

#endif
