/*
 * upgrade.c - the steps from each older format of the store to the next.
 *
 * Owns the row "format" of LSM_TABLE_META. Uses the modules whose rows a step makes anew. Runs while the
 * store is opened for writing, before anybody else has it. Fails by GError; the store then is as it was,
 * or stands between two slices of a step that the next opening does again.
 */
#include "store/upgrade.h"

#include <string.h>

#include "conf/error.h"
#include "conf/log.h"
#include "store/case_index.h"
#include "store/outbox_index.h"

#define FORMAT_KEY "format"
#define SLICE 500        /* rows, cases or entries a transaction */
#define COPIES_MOST 1000 /* of one format beside one store */

static gboolean remake_case_index(LsmStore *store, GError **error);
static gboolean make_outbox_index(LsmStore *store, GError **error);

/*
 * Row 0 leads from format 1 to 2, and so on. To add a step: a row at the end, its function, and a test in
 * tests/contract/test_upgrade.c that makes a store of the format before. A step may run more than once.
 */
static const struct {
	const char *what;
	gboolean (*run)(LsmStore *store, GError **error);
} steps[] = {
	{"indexes for reading made anew", remake_case_index},
	{"outbox indexed by case and by time", make_outbox_index},
};

guint64
lsm_upgrade_format(void)
{
	return 1 + G_N_ELEMENTS(steps);
}

static gboolean
remake_slice(LsmStore *store, char **place, GError **error)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_write(store, error);

	return txn && lsm_case_reindex(txn, SLICE, NULL, place, error) && lsm_store_commit(txn, error);
}

/* Format 2: terms end with the time, and there are many more of them. */
static gboolean
remake_case_index(LsmStore *store, GError **error)
{
	g_autofree char *place = NULL;

	do {
		if (!remake_slice(store, &place, error))
			return FALSE;
	} while (place);
	return TRUE;
}

static gboolean
index_outbox_slice(LsmStore *store, guint64 *place, GError **error)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_write(store, error);

	return txn && lsm_outbox_reindex(txn, SLICE, place, error) && lsm_store_commit(txn, error);
}

/* Format 3: nobody reads the whole outbox to find what is due or belongs to a case. */
static gboolean
make_outbox_index(LsmStore *store, GError **error)
{
	guint64 place = 0;

	do {
		if (!index_outbox_slice(store, &place, error))
			return FALSE;
	} while (place > 0);
	return TRUE;
}

static gboolean
write_format(LsmStore *store, guint64 format, GError **error)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_write(store, error);
	g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT, format);

	return txn &&
	       lsm_store_put(txn, LSM_TABLE_META, FORMAT_KEY, strlen(FORMAT_KEY), text, strlen(text),
			     error) &&
	       lsm_store_commit(txn, error);
}

/* A name that is not taken; an earlier copy is never written over. */
static char *
copy_path(const char *path, guint64 from, GError **error)
{
	for (guint number = 1; number <= COPIES_MOST; number++) {
		g_autofree char *copy =
			number == 1 ? g_strdup_printf("%s.format-%" G_GUINT64_FORMAT, path, from)
				    : g_strdup_printf("%s.format-%" G_GUINT64_FORMAT ".%u", path, from, number);
		if (!g_file_test(copy, G_FILE_TEST_EXISTS))
			return g_steal_pointer(&copy);
	}
	g_set_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY, "too many copies %s.format-%" G_GUINT64_FORMAT,
		    path, from);
	return NULL;
}

static gboolean
back_up(LsmStore *store, const char *path, guint64 from, char **copy_out, GError **error)
{
	*copy_out = NULL;
	if (!path)
		return TRUE;
	*copy_out = copy_path(path, from, error);
	if (*copy_out && lsm_store_copy(store, *copy_out, error))
		return TRUE;
	g_prefix_error(error, "cannot copy the store before it is upgraded: ");
	return FALSE;
}

gboolean
lsm_upgrade_run(LsmStore *store, const char *path, guint64 from, GError **error)
{
	g_autofree char *copy = NULL;

	if (!back_up(store, path, from, &copy, error))
		return FALSE;
	for (guint64 format = from; format < lsm_upgrade_format(); format++) {
		g_autofree char *number = g_strdup_printf("%" G_GUINT64_FORMAT, format + 1);

		if (!steps[format - 1].run(store, error) || !write_format(store, format + 1, error)) {
			g_prefix_error(error, "upgrade to format %s: ", number);
			return FALSE;
		}
		lsm_log(LOG_NOTICE, NULL, "store-upgraded", "format", number, "text",
			steps[format - 1].what, "copy", copy ? copy : "", NULL);
	}
	return TRUE;
}
