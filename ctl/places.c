/*
 * places.c - see places.h. Uses store/swap.h for what a place is. Fails by GError.
 */
#include "ctl/places.h"

#include <glib/gstdio.h>
#include <stdio.h>

#include "conf/error.h"
#include "ctl/guard.h"
#include "ctl/printer.h"
#include "desk/json.h"
#include "store/swap.h"

char *
lsm_places_store(const LsmCtlOptions *options, GError **error)
{
	g_autoptr(LsmSettings) settings = NULL;

	if (options->store != NULL)
		return lsm_swap_path(options->store, error);
	settings = lsm_ctl_settings(options, error);
	return settings == NULL ? NULL : lsm_swap_path(settings->store, error);
}

gboolean
lsm_places_exists(const char *folder, GError **error)
{
	g_autofree char *data = g_build_filename(folder, "data.mdb", NULL);

	if (g_file_test(data, G_FILE_TEST_EXISTS))
		return TRUE;
	g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE, "%s: there is no record", folder);
	return FALSE;
}

static LsmStore *
open_folder(const char *folder, GError **error)
{
	g_autofree char *full = g_canonicalize_filename(folder, NULL);
	g_autofree char *uri = g_strconcat("lmdb:", full, NULL);

	lsm_guard_reading();
	return lsm_store_open(uri, LSM_STORE_READ_ONLY, error);
}

gboolean
lsm_places_is_empty(const char *folder, gboolean *empty_out, GError **error)
{
	g_autofree char *data = g_build_filename(folder, "data.mdb", NULL);
	LsmLogHead head;

	*empty_out = TRUE;
	if (!g_file_test(data, G_FILE_TEST_EXISTS))
		return TRUE;
	g_autoptr(LsmStore) store = open_folder(folder, error);
	g_autoptr(LsmStoreTxn) txn = store == NULL ? NULL : lsm_store_begin_read(store, error);
	if (txn == NULL || !lsm_log_head(txn, &head, error))
		return FALSE;
	*empty_out = head.size == 0;
	return TRUE;
}

void
lsm_places_remove(const char *folder)
{
	static const char *const names[] = {"data.mdb", "lock.mdb", "daemon.lock"};

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(folder, names[i], NULL);
		(void)g_unlink(path);
	}
	(void)g_rmdir(folder);
}

static void
keep_first(guint64 position G_GNUC_UNUSED, const char *what, gpointer data)
{
	char **first = data;

	if (*first == NULL)
		*first = g_strdup(what);
}

gboolean
lsm_places_verify(const char *folder, LsmLogHead *head_out, GError **error)
{
	g_autoptr(LsmStore) store = open_folder(folder, error);
	g_autoptr(LsmStoreTxn) txn = store == NULL ? NULL : lsm_store_begin_read(store, error);
	g_autofree char *first = NULL;
	guint64 problems = 0;

	if (txn == NULL || !lsm_log_verify(txn, keep_first, &first, &problems, head_out, error))
		return FALSE;
	if (problems == 0)
		return TRUE;
	g_set_error(error, LSM_ERROR, LSM_ERROR_CORRUPT,
		    "%s: %" G_GUINT64_FORMAT
		    " faults, the first: %s; liaisonctl verify --store lmdb:%s names all",
		    folder, problems, first, folder);
	return FALSE;
}

void
lsm_places_print(const char *done, const char *folder, const LsmLogHead *head, gboolean json)
{
	char root[2 * LSM_HASH_SIZE + 1];

	for (guint i = 0; i < LSM_HASH_SIZE; i++)
		g_snprintf(root + 2 * i, 3, "%02x", head->root[i]);
	if (json) {
		g_autoptr(JsonObject) object = json_object_new();
		lsm_json_set(object, "done", done);
		lsm_json_set(object, "folder", folder);
		json_object_set_int_member(object, "events", (gint64)head->size);
		lsm_json_set(object, "root", root);
		lsm_printer_json(object, FALSE);
		return;
	}
	printf("%s: %s, %" G_GUINT64_FORMAT " event%s, verified\nroot %s\n", done, folder, head->size,
	       LSM_PRINTER_S(head->size), root);
}
