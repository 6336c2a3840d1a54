/*
 * folder.h - the folder of an embedded store: there, on a local disk, and in whose hands.
 */
#ifndef LSM_STORE_FOLDER_H
#define LSM_STORE_FOLDER_H

#include <glib.h>

typedef struct LsmFolder LsmFolder;

#define LSM_FOLDER_MAP_LEAST ((gsize)1 << 20)

/* The place in a store's URI: "/folder" or "/folder?map=512M" (K, M, G), else CONFIG. map_out: 0 where
 * none is named. */
gboolean lsm_folder_parse(const char *place, char **path_out, gsize *map_out, GError **error);

/*
 * Opens a folder for one store of this process. own: makes it (0700) if only its last part lacks, and
 * takes the lock of the one writing process, the flock on daemon.lock. TEMPORARY: locked by another
 * process (its number is named), or open in this one already; UNSUPPORTED: not on a local disk.
 */
LsmFolder *lsm_folder_open(const char *path, gboolean own, GError **error);
/* Gives the lock back. NULL is allowed. */
void lsm_folder_close(LsmFolder *folder);

const char *lsm_folder_path(const LsmFolder *folder);

/* Makes the entries of the folder durable: what syncs a new file does not sync its name. */
gboolean lsm_folder_sync(const LsmFolder *folder, GError **error);

#endif
