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

/* What root's own process has made in the folder (LMDB's two files, daemon.lock) becomes its owner's, as a new
 * folder becomes that of the owner of the one around it: his daemon opens it next. Nothing for other users. */
gboolean lsm_folder_give_files(const LsmFolder *folder, GError **error);

/* The name of a network or user-space file system by its statfs(2) magic, or NULL: neither maps nor locks can be
 * relied on there. */
const char *lsm_folder_network_name(guint32 magic);

/*
 * A new store's folder, made aside under the name part: make_new (what an earlier attempt left there goes;
 * TEMPORARY where path exists), then name_new when its files are written, which makes them durable and gives it
 * its name, or drop_new.
 */
gboolean lsm_folder_make_new(const char *path, const char *part, GError **error);
gboolean lsm_folder_name_new(const char *part, const char *path, GError **error);
void lsm_folder_drop_new(const char *part);

/* Makes the entries of the folder durable: what syncs a new file does not sync its name. */
gboolean lsm_folder_sync(const LsmFolder *folder, GError **error);

#endif
