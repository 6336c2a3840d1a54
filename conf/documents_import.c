/*
 * documents_import.c - what importers of documents have to report.
 *
 * Owns nothing but the report. One thread. Fails when a file turns out not to be what it should be.
 */
#include "conf/documents_import.h"

#include "conf/error.h"

#define MOST_NOTES 5
#define ODD_PERCENT 1

LsmImportReport *
lsm_import_report_new(void)
{
	LsmImportReport *report = g_new0(LsmImportReport, 1);

	report->notes = g_ptr_array_new_with_free_func(g_free);
	return report;
}

void
lsm_import_report_free(LsmImportReport *report)
{
	if (report == NULL)
		return;
	g_ptr_array_unref(report->notes);
	g_free(report);
}

void
lsm_import_report_odd(LsmImportReport *report, const char *name, guint line, const char *what)
{
	report->odd++;
	if (report->notes->len < MOST_NOTES)
		g_ptr_array_add(report->notes, g_strdup_printf("%s:%u: %s", name, line, what));
}

gboolean
lsm_import_report_check(const LsmImportReport *report, const char *name, const char *what, GError **error)
{
	const char *first = report->notes->len > 0 ? g_ptr_array_index(report->notes, 0) : NULL;

	if (report->taken > 0 && report->odd <= 2 + report->taken / 100 * ODD_PERCENT)
		return TRUE;
	if (report->taken == 0)
		g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT, "%s: no %s found%s%s", name, what,
			    first != NULL ? "; " : "", first != NULL ? first : "");
	else
		g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT,
			    "%s: %u of %u entries are odd; the first is %s", name, report->odd,
			    report->odd + report->taken, first);
	return FALSE;
}
