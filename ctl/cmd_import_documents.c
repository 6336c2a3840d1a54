/*
 * cmd_import_documents.c - liaisonctl import-documents: makes the table of documents from the public indexes.
 *
 * The old table stays until the new one is whole and on disk; whoever has it open keeps it even then.
 */
#include <stdio.h>
#include <string.h>

#include "conf/documents_import.h"
#include "conf/error.h"
#include "ctl/command.h"
#include "ctl/printer.h"
#include "desk/json.h"

typedef gboolean (*Import)(LsmDocumentsBuilder *builder, const char *text, gsize length, const char *name,
			   LsmImportReport *report, GError **error);

typedef struct {
	char *rfc_index;
	char *id_index;
	char *output;
} ImportOptions;

static void
options_clear(ImportOptions *options)
{
	g_free(options->rfc_index);
	g_free(options->id_index);
	g_free(options->output);
}

/* Nothing is lost by what is odd, but somebody should look: it goes where errors go. */
static void
print_notes(const LsmImportReport *report)
{
	for (guint i = 0; i < report->notes->len; i++) {
		g_autofree char *safe = lsm_printer_safe(g_ptr_array_index(report->notes, i));

		fprintf(stderr, "liaisonctl: odd: %s\n", safe);
	}
	if (report->odd > report->notes->len)
		fprintf(stderr, "liaisonctl: and %u more\n", report->odd - report->notes->len);
}

/* path NULL: this index was not given. */
static gboolean
import_file(LsmDocumentsBuilder *builder, Import import, const char *path, GError **error)
{
	g_autoptr(LsmImportReport) report = lsm_import_report_new();
	g_autoptr(GError) problem = NULL;
	g_autofree char *text = NULL;
	gsize length = 0;
	gboolean imported;

	if (path == NULL)
		return TRUE;
	if (!g_file_get_contents(path, &text, &length, &problem)) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT, "%s", problem->message);
		return FALSE;
	}
	imported = import(builder, text, length, path, report, error);
	if (imported)
		print_notes(report);
	return imported;
}

/* What was written is read back, as the daemon will read it. */
static LsmDocuments *
write_table(LsmDocumentsBuilder *builder, const char *output, GError **error)
{
	g_autoptr(GBytes) table = lsm_documents_builder_finish(builder, g_get_real_time() / G_USEC_PER_SEC);
	g_autoptr(LsmDocuments) documents = NULL;

	if (!lsm_documents_write(table, output, error))
		return NULL;
	documents = lsm_documents_open(output, error);
	if (documents == NULL)
		return NULL;
	if (!lsm_documents_verify(documents, error)) {
		g_prefix_error(error, "%s: ", output);
		return NULL;
	}
	return g_steal_pointer(&documents);
}

static void
print_result(const LsmCtlOptions *shared, const LsmDocuments *documents, const char *output, double seconds,
	     gboolean is_in_use)
{
	guint rfcs = lsm_documents_count(documents, LSM_DOCUMENT_RFC);
	guint series = lsm_documents_count(documents, LSM_DOCUMENT_SERIES);
	guint drafts = lsm_documents_count(documents, LSM_DOCUMENT_DRAFT);

	if (shared->json) {
		g_autoptr(JsonObject) object = json_object_new();

		lsm_json_set(object, "table", output);
		json_object_set_int_member(object, "rfcs", rfcs);
		json_object_set_int_member(object, "series", series);
		json_object_set_int_member(object, "drafts", drafts);
		json_object_set_int_member(object, "milliseconds", (gint64)(seconds * 1000));
		lsm_printer_json(object, FALSE);
		return;
	}
	printf("%s: %u RFCs, %u BCP and STD series, %u drafts, in %.1f s.\n", output, rfcs, series, drafts,
	       seconds);
	if (is_in_use)
		puts("A running daemon takes it at SIGUSR1.");
	else
		printf("To have it used, set documents = \"%s\" in the settings.\n", output);
	if (rfcs == 0 || drafts == 0)
		printf("It has no %s: what statements say of them is not checked.\n",
		       rfcs == 0 ? "RFCs" : "drafts");
}

/* The setting's table. The settings are looked into for it only: they may not be installed yet, or name a
 * table that is damaged and about to be replaced. */
static char *
configured_table(const LsmCtlOptions *shared, GError **error)
{
	return lsm_settings_documents_path(shared->config != NULL ? shared->config : LSM_CTL_DEFAULT_CONFIG,
					   error);
}

static int
import_documents(const LsmCtlOptions *shared, const ImportOptions *options, GError **error)
{
	g_autoptr(LsmDocumentsBuilder) builder = lsm_documents_builder_new();
	g_autoptr(LsmDocuments) documents = NULL;
	g_autoptr(GError) problem = NULL;
	g_autofree char *configured = configured_table(shared, &problem);
	g_autofree char *given =
		options->output != NULL ? g_canonicalize_filename(options->output, NULL) : NULL;
	const char *output = given != NULL ? given : configured;
	gint64 begin = g_get_monotonic_time();

	if (options->rfc_index == NULL && options->id_index == NULL) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE,
			    "--rfc-index FILE and --id-index FILE are needed, or at least one of them");
		return 2;
	}
	if (output == NULL || output[0] == '\0') {
		g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE, "--output FILE is needed: %s",
			    problem != NULL ? problem->message : "the setting documents names no table");
		return 2;
	}
	if (!import_file(builder, lsm_import_rfc_index, options->rfc_index, error) ||
	    !import_file(builder, lsm_import_id_index, options->id_index, error))
		return 2;
	documents = write_table(builder, output, error);
	if (documents == NULL)
		return 2;
	print_result(shared, documents, output, (double)(g_get_monotonic_time() - begin) / G_USEC_PER_SEC,
		     g_strcmp0(output, configured) == 0);
	return 0;
}

int
lsm_cmd_import_documents(const LsmCtlOptions *shared, int argc, char **argv, GError **error)
{
	ImportOptions options = {NULL, NULL, NULL};
	const GOptionEntry entries[] = {
		{"rfc-index", 0, 0, G_OPTION_ARG_FILENAME, &options.rfc_index, NULL, NULL},
		{"id-index", 0, 0, G_OPTION_ARG_FILENAME, &options.id_index, NULL, NULL},
		{"output", 0, 0, G_OPTION_ARG_FILENAME, &options.output, NULL, NULL},
		G_OPTION_ENTRY_NULL,
	};
	int status = 2;

	if (lsm_ctl_parse(&argc, &argv, entries, error) && lsm_ctl_expect(argc, 0, "options only", error))
		status = import_documents(shared, &options, error);
	options_clear(&options);
	return status;
}
