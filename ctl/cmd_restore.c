/*
 * cmd_restore.c - liaisonctl restore: a backup in the place of the record, while no daemon runs.
 *
 * The backup is verified first and stays as it is; the record that was there is kept beside the new one.
 */
#include <stdio.h>

#include "conf/error.h"
#include "ctl/command.h"
#include "ctl/places.h"
#include "store/swap.h"

#define KEEP "before-restore"

/* A copy on the record's own file system, which can then take its name. */
static gboolean
copy_beside(const char *backup, const char *part, GError **error)
{
	g_autofree char *full = g_canonicalize_filename(backup, NULL);
	g_autofree char *uri = g_strconcat("lmdb:", full, NULL);
	g_autoptr(LsmStore) store = lsm_store_open(uri, LSM_STORE_READ_ONLY, error);

	return store != NULL && lsm_store_copy(store, part, error);
}

/* What an earlier restore kept may be the only good one: the first name that is free. "data.mdb." stands in front of it
 * then. Caller frees. */
static char *
free_name(const char *place)
{
	char *name = g_strdup(KEEP);

	for (guint number = 2;; number++) {
		g_autofree char *file = g_strconcat("data.mdb.", name, NULL);
		g_autofree char *path = g_build_filename(place, file, NULL);
		if (!g_file_test(path, G_FILE_TEST_EXISTS))
			return name;
		g_free(name);
		name = g_strdup_printf(KEEP "-%u", number);
	}
}

/* What is there is told, and where the record went that was there before. */
static void
print_restored(const char *place, const char *kept, const LsmLogHead *head, gboolean json)
{
	g_autofree char *file = g_strconcat("data.mdb.", kept, NULL);
	g_autofree char *path = g_build_filename(place, file, NULL);

	lsm_places_print("restored", place, head, json);
	if (!json && g_file_test(path, G_FILE_TEST_EXISTS))
		printf("what was there: %s\n", path);
}

int
lsm_cmd_restore(const LsmCtlOptions *options, int argc, char **argv, GError **error)
{
	const GOptionEntry entries[] = {G_OPTION_ENTRY_NULL};
	LsmLogHead head;

	if (!lsm_ctl_parse(&argc, &argv, entries, error) ||
	    !lsm_ctl_expect(argc, 1, "the folder of a backup", error))
		return 2;
	g_autofree char *place = lsm_places_store(options, error);
	if (place == NULL || !lsm_places_verify(argv[1], &head, error))
		return 2;
	g_autofree char *part = g_strconcat(place, ".restore", NULL);
	g_autofree char *kept = free_name(place);
	lsm_places_remove(part);
	if (!copy_beside(argv[1], part, error) || !lsm_swap_in(part, place, kept, error)) {
		lsm_places_remove(part);
		g_prefix_error(error, "%s: ", place);
		return 2;
	}
	print_restored(place, kept, &head, options->json);
	return 0;
}
