/*
 * store_lmdb_error.c - LMDB's and the system's error codes as errors of ours.
 *
 * Owns two tables. Threads: any.
 */
#include "store/store_lmdb_error.h"

#include <errno.h>
#include <lmdb.h>

#include "conf/error.h"

/* To tell apart more of LMDB's or the system's errors: a row here. All others may pass. */
static const struct {
	int code;
	LsmErrorClass error_class;
} error_classes[] = {
	{MDB_CORRUPTED, LSM_ERROR_CORRUPT},
	{MDB_PAGE_NOTFOUND, LSM_ERROR_CORRUPT},
	{MDB_INVALID, LSM_ERROR_CORRUPT},
	{MDB_INCOMPATIBLE, LSM_ERROR_CORRUPT},
	{MDB_VERSION_MISMATCH, LSM_ERROR_UNSUPPORTED},
	{MDB_BAD_VALSIZE, LSM_ERROR_UNSUPPORTED},
	{EACCES, LSM_ERROR_DENIED},
	{EPERM, LSM_ERROR_DENIED},
	{EROFS, LSM_ERROR_DENIED},
};

/* After these a commit has certainly not happened: LMDB meets them before it writes the page that counts. */
static const int commit_refusals[] = {MDB_MAP_FULL, MDB_TXN_FULL, MDB_BAD_TXN, ENOMEM, ENOSPC, EDQUOT, EFBIG};

static const char *
error_text(int code)
{
	/* mdb_strerror hands system errors to strerror, which is not for threads. */
	return code > 0 ? g_strerror(code) : mdb_strerror(code);
}

static gboolean
fail_as(GError **error, LsmErrorClass error_class, int code, const char *doing)
{
	g_set_error(error, LSM_ERROR, (gint)error_class, "%s: %s%s", doing, error_text(code),
		    error_class == LSM_ERROR_CORRUPT ? "; data.mdb is damaged or no record: restore a backup" : "");
	return FALSE;
}

gboolean
lsm_lmdb_fail(GError **error, int code, const char *doing)
{
	LsmErrorClass error_class = LSM_ERROR_TEMPORARY;

	for (guint i = 0; i < G_N_ELEMENTS(error_classes); i++)
		if (error_classes[i].code == code)
			error_class = error_classes[i].error_class;
	return fail_as(error, error_class, code, doing);
}

gboolean
lsm_lmdb_fail_commit(GError **error, int code)
{
	for (guint i = 0; i < G_N_ELEMENTS(commit_refusals); i++)
		if (commit_refusals[i] == code)
			return fail_as(error, LSM_ERROR_TEMPORARY, code, "cannot commit");
	return fail_as(error, LSM_ERROR_UNCERTAIN, code, "the commit may or may not have happened");
}
