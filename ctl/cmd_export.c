/*
 * cmd_export.c - liaisonctl export: the record in the forms in which others can use it; read beside the
 * daemon.
 */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "conf/error.h"
#include "ctl/command.h"
#include "ctl/export.h"
#include "ctl/output.h"
#include "ctl/printer.h"
#include "ctl/query.h"
#include "store/public.h"

/* To add a format: a row, its function in an export_*.c, its line in the help, and a part of
 * tests/scenario/takeaway.t. */
static const struct {
	const char *name;
	LsmExportRun run;
	gboolean makes_folder;
	gboolean is_whole; /* the log: conditions would leave holes in it */
} formats[] = {
	{"jsonl", lsm_export_jsonl, FALSE, TRUE},
	{"csv", lsm_export_csv, FALSE, FALSE},
	{"mbox", lsm_export_mbox, FALSE, FALSE},
	{"maildir", lsm_export_maildir, TRUE, FALSE},
	{"atom", lsm_export_atom, FALSE, FALSE},
	{"ical", lsm_export_ical, FALSE, FALSE},
	{"datatracker", lsm_export_datatracker, FALSE, FALSE},
};

#define NONE G_N_ELEMENTS(formats)

static guint
find_format(const char *name)
{
	guint i = 0;

	while (name != NULL && i < NONE && strcmp(formats[i].name, name) != 0)
		i++;
	return name == NULL ? NONE : i;
}

static gboolean
fail_usage(GError **error, const char *text)
{
	g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE, "%s", text);
	return FALSE;
}

/* --- each statement --- */

typedef struct {
	const LsmExportJob *job;
	LsmExportVisitor visit;
	gpointer data;
	guint shown;
	GError *error;
} Each;

static gboolean
visit_one(const LsmCase *item, const char *cursor, gpointer data)
{
	Each *each = data;
	g_autoptr(LsmCase) view = NULL;

	if (each->job->is_public) {
		LsmFound found = lsm_public_view(each->job->txn, item, &view, &each->error);
		if (found != LSM_FOUND)
			return found == LSM_ABSENT;
	}
	return each->visit(view != NULL ? view : item, cursor, each->data) &&
	       (++each->shown < each->job->limit || each->job->limit == 0) && lsm_printer_is_read();
}

gboolean
lsm_export_each(const LsmExportJob *job, LsmExportVisitor visit, gpointer data, GError **error)
{
	Each each = {job, visit, data, 0, NULL};

	if (!lsm_query_run(job->txn, job->query, visit_one, &each, error))
		return FALSE;
	if (each.error != NULL)
		g_propagate_error(error, each.error);
	return each.error == NULL;
}

/* --- where it goes --- */

/* From here on standard output is that file. */
static gboolean
open_output(const char *path, int flags, int mode, GError **error)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | flags, mode);

	if (fd >= 0 && dup2(fd, STDOUT_FILENO) >= 0) {
		close(fd);
		return TRUE;
	}
	g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT, "%s: %s", path, g_strerror(errno));
	if (fd >= 0)
		close(fd);
	return FALSE;
}

/* All or nothing: what was there stays until the new file is whole and on the disk. */
static gboolean
name_output(const char *part, const char *path, GError **error)
{
	if (fflush(stdout) == 0 && !ferror(stdout) && fsync(STDOUT_FILENO) == 0 && g_rename(part, path) == 0)
		return TRUE;
	g_set_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY, "%s: %s", path, g_strerror(errno));
	return FALSE;
}

static gboolean
run_to_file(guint format, const LsmExportJob *job, const char *path, GError **error)
{
	g_autofree char *part = g_strconcat(path, ".part", NULL);
	gboolean done;

	if (!lsm_output_is_file(path))
		return open_output(path, 0, 0, error) && formats[format].run(job, error);
	(void)g_unlink(part);
	if (!open_output(part, O_CREAT | O_EXCL | O_NOFOLLOW, job->is_public ? 0644 : 0600, error))
		return FALSE;
	done = formats[format].run(job, error) && name_output(part, path, error);
	if (!done)
		(void)g_unlink(part);
	return done;
}

static gboolean
run(guint format, const LsmExportJob *job, const char *output, GError **error)
{
	if (output == NULL || strcmp(output, "-") == 0 || formats[format].makes_folder)
		return formats[format].run(job, error);
	return run_to_file(format, job, output, error);
}

/* --- the command --- */

static gboolean
check(guint format, const LsmExportJob *job, GError **error)
{
	if (format == NONE)
		return fail_usage(error,
				  "--format is one of jsonl, csv, mbox, maildir, atom, ical, datatracker");
	if (formats[format].makes_folder && (job->folder == NULL || strcmp(job->folder, "-") == 0))
		return fail_usage(error, "this format makes a folder: --output names it");
	if (formats[format].is_whole && !job->is_public && (job->has_query || job->limit > 0))
		return fail_usage(
			error,
			"the log is exported whole, so that it can be verified; conditions are for the "
			"other formats, and for --public");
	if (job->with_contents && (!formats[format].is_whole || job->is_public))
		return fail_usage(error,
				  "--with-contents is for the whole log; mbox and maildir are the contents");
	return TRUE;
}

static gboolean
has_condition(const LsmQuery *query)
{
	static const LsmQuery none = {0};

	return memcmp(query, &none, sizeof none) != 0;
}

int
lsm_cmd_export(const LsmCtlOptions *options, int argc, char **argv, GError **error)
{
	g_autofree char *name = NULL;
	g_autofree char *output = NULL;
	g_autoptr(LsmSettings) settings = NULL;
	g_autoptr(LsmStore) store = NULL;
	g_autoptr(LsmStoreTxn) txn = NULL;
	g_auto(LsmCtlQuery) ask = {0};
	LsmExportJob job = {.domain = "localhost.invalid", .now = g_get_real_time() / G_USEC_PER_SEC};
	const GOptionEntry own[] = {
		{"format", 'f', 0, G_OPTION_ARG_STRING, &name, NULL, NULL},
		{"output", 'o', 0, G_OPTION_ARG_FILENAME, &output, NULL, NULL},
		{"public", 0, 0, G_OPTION_ARG_NONE, &job.is_public, NULL, NULL},
		{"with-contents", 0, 0, G_OPTION_ARG_NONE, &job.with_contents, NULL, NULL},
		G_OPTION_ENTRY_NULL,
	};

	if (!lsm_ctl_query_parse(&ask, own, &argc, &argv, job.now, error) ||
	    !lsm_ctl_expect(argc, 0, "options only", error))
		return 2;
	guint format = find_format(name);
	job.query = &ask.query;
	job.has_query = has_condition(&ask.query);
	job.limit = (guint)ask.limit;
	job.folder = output;
	if (!check(format, &job, error))
		return 2;
	settings = lsm_ctl_settings(options, NULL);
	if (settings != NULL && lsm_directory_home_domains(settings->directory)[0] != NULL)
		job.domain = lsm_directory_home_domains(settings->directory)[0];
	job.settings = settings;
	if (settings != NULL)
		lsm_ctl_query_resolve(&ask, settings->directory);
	store = lsm_ctl_open_store(options, error);
	job.txn = txn = store == NULL ? NULL : lsm_store_begin_read(store, error);
	return txn != NULL && run(format, &job, output, error) ? 0 : 2;
}
