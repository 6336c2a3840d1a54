/*
 * swap.h - another copy of an embedded store put in the place of the one that is there, at once and whole.
 *
 * Only while no daemon runs: the lock of the one writing process is held meanwhile. Who reads the old files
 * goes on reading them.
 */
#ifndef LSM_STORE_SWAP_H
#define LSM_STORE_SWAP_H

#include <glib.h>

/* The folder of "lmdb:/folder"; UNSUPPORTED for a store that has none. Caller frees. */
char *lsm_swap_path(const char *uri, GError **error);

/*
 * Moves the store of the folder `from` (of the same file system) to the folder `path`, which is made if it is
 * not there; `from` is gone afterwards. keep: a name under which the old one stays beside it
 * ("data.mdb.KEEP"), or NULL. The files get the folder's owner (a new folder that of the one around it), and
 * the mode of the old ones. TEMPORARY: a daemon has the store at path. Durable when TRUE; before that the old
 * one stays in place.
 */
gboolean lsm_swap_in(const char *from, const char *path, const char *keep, GError **error);

/* The same for a caller that has the store at path open for writing, and with it the lock, since before
 * `from` was made: nothing was written that it lacks. That store is of no use afterwards but to be closed. */
gboolean lsm_swap_in_held(const char *from, const char *path, GError **error);

#endif
