/*
 * store_lmdb_error.h - what a code that LMDB returned means to the caller; for store_lmdb.c.
 */
#ifndef LSM_STORE_STORE_LMDB_ERROR_H
#define LSM_STORE_STORE_LMDB_ERROR_H

#include <glib.h>

/* Sets the error; always FALSE. doing: "cannot read". */
gboolean lsm_lmdb_fail(GError **error, int code, const char *doing);
/* Of a commit: TEMPORARY where it has certainly not happened, else UNCERTAIN. */
gboolean lsm_lmdb_fail_commit(GError **error, int code);

#endif
