/*
 * cmd_import.c - liaisonctl import: an exported log into an empty place, all or nothing.
 *
 * The new store is made beside the wanted place and takes it when its root is the one that the file names.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/error.h"
#include "ctl/command.h"
#include "ctl/places.h"
#include "ctl/progress.h"
#include "store/export.h"
#include "store/swap.h"

static gboolean
fail_input(GError **error, const char *path)
{
	g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT, "%s: %s", path, g_strerror(errno));
	return FALSE;
}

static gboolean
read_lines(FILE *file, const char *path, LsmImport *import, GError **error)
{
	char *line = NULL; /* getline's */
	size_t room = 0;
	ssize_t length;
	guint64 of = 0;
	g_autoptr(LsmProgress) progress = NULL;
	gboolean fine = TRUE;

	while (fine && (length = getline(&line, &room, file)) >= 0) {
		if (length > 0 && line[length - 1] == '\n')
			length--;
		fine = lsm_import_line(import, line, (gsize)length, error);
		guint64 done = lsm_import_events(import, &of);
		if (progress == NULL)
			progress = lsm_progress_new("events", of);
		lsm_progress_step(progress, done);
	}
	if (fine && ferror(file))
		fine = fail_input(error, path);
	free(line);
	return fine;
}

static gboolean
read_file(const char *path, LsmStore *store, LsmLogHead *head_out, GError **error)
{
	g_autoptr(LsmImport) import = lsm_import_new(store);
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	gboolean fine;

	if (file == NULL)
		return fail_input(error, path);
	fine = read_lines(file, path, import, error) && lsm_import_end(import, head_out, error);
	if (file != stdin)
		fclose(file);
	if (!fine)
		g_prefix_error(error, "%s: ", path);
	return fine;
}

/* Into a store of its own; it is closed again before it takes its place. */
static gboolean
make_store(const char *path, const char *part, LsmLogHead *head_out, GError **error)
{
	g_autofree char *uri = g_strconcat("lmdb:", part, NULL);
	g_autoptr(LsmStore) store = lsm_store_open(uri, LSM_STORE_READ_WRITE, error);

	return store != NULL && read_file(path, store, head_out, error);
}

/* Fails as well where a daemon has begun to record there meanwhile. */
static gboolean
check_place(const char *place, GError **error)
{
	gboolean is_empty = FALSE;

	if (!lsm_places_is_empty(place, &is_empty, error))
		return FALSE;
	if (!is_empty)
		g_set_error(
			error, LSM_ERROR, LSM_ERROR_USAGE,
			"%s holds statements already; import into an empty place with --store lmdb:/FOLDER",
			place);
	return is_empty;
}

static gboolean
take_place(const char *part, const char *place, GError **error)
{
	return check_place(place, error) && lsm_swap_in(part, place, NULL, error);
}

int
lsm_cmd_import(const LsmCtlOptions *options, int argc, char **argv, GError **error)
{
	const GOptionEntry entries[] = {G_OPTION_ENTRY_NULL};
	LsmLogHead head;

	if (!lsm_ctl_parse(&argc, &argv, entries, error) ||
	    !lsm_ctl_expect(argc, 1, "one file, or - for standard input", error))
		return 2;
	g_autofree char *place = lsm_places_store(options, error);
	if (place == NULL || !check_place(place, error))
		return 2;
	g_autofree char *part = g_strconcat(place, ".import", NULL);
	lsm_places_remove(part);
	if (!make_store(argv[1], part, &head, error) || !take_place(part, place, error)) {
		lsm_places_remove(part);
		return 2;
	}
	lsm_places_print("imported", place, &head, options->json);
	return 0;
}
