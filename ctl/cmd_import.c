/*
 * cmd_import.c - liaisonctl import: an exported log into an empty place, all or nothing.
 *
 * The new store is made beside the wanted place and takes it when its root is the one that the file names.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "conf/error.h"
#include "ctl/command.h"
#include "ctl/places.h"
#include "ctl/progress.h"
#include "store/export.h"
#include "store/swap.h"

/* A mail in base64 is the longest line. */
#define LINE_MAX_OCTETS (100u << 20)

static gboolean
fail_input(GError **error)
{
	g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT, "%s", g_strerror(errno));
	return FALSE;
}

/* The next line without its end; FALSE at the end of the file. What is longer than any line that is exported comes cut:
 * it is none, and the import says so. */
static gboolean
read_line(FILE *file, GString *line)
{
	int octet;

	g_string_truncate(line, 0);
	while ((octet = getc_unlocked(file)) != EOF && octet != '\n' && line->len < LINE_MAX_OCTETS)
		g_string_append_c(line, (char)octet);
	return octet != EOF || line->len > 0;
}

static gboolean
read_lines(FILE *file, LsmImport *import, GError **error)
{
	g_autoptr(GString) line = g_string_new(NULL);
	guint64 of = 0;
	g_autoptr(LsmProgress) progress = NULL;

	while (read_line(file, line)) {
		if (!lsm_import_line(import, line->str, line->len, error))
			return FALSE;
		guint64 done = lsm_import_events(import, &of);
		if (progress == NULL)
			progress = lsm_progress_new("events", of);
		lsm_progress_step(progress, done);
	}
	return !ferror(file) || fail_input(error);
}

/* A log that was exported without its mails is whole; but who verifies what came of it must know what lacks. */
static void
tell_contents(const LsmImport *import)
{
	if (lsm_import_contents(import) == 0)
		fputs("liaisonctl: the file has no mails (export --with-contents takes them along): for each statement "
		      "whose mail was kept, verify will say that its content is not there\n",
		      stderr);
}

static gboolean
read_file(const char *path, LsmStore *store, LsmLogHead *head_out, GError **error)
{
	g_autoptr(LsmImport) import = lsm_import_new(store);
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	gboolean fine = file == NULL ? fail_input(error)
				     : read_lines(file, import, error) && lsm_import_end(import, head_out, error);

	if (file != NULL && file != stdin)
		fclose(file);
	if (!fine)
		g_prefix_error(error, "%s: ", path);
	else if (head_out->size > 0)
		tell_contents(import);
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
