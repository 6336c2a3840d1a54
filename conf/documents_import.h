/*
 * documents_import.h - reads the public indexes of RFCs and Internet-Drafts into a table that is being made.
 */
#ifndef LSM_CONF_DOCUMENTS_IMPORT_H
#define LSM_CONF_DOCUMENTS_IMPORT_H

#include "conf/documents.h"

/* What could not be taken as it stands. One odd entry must not cost a site the others; many mean that the
 * file is not what it should be, and are an error. */
typedef struct {
	guint taken;
	guint odd;
	GPtrArray *notes; /* of char *: "FILE:LINE: what was odd", the first few */
} LsmImportReport;

LsmImportReport *lsm_import_report_new(void);
void lsm_import_report_free(LsmImportReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmImportReport, lsm_import_report_free)

/*
 * https://www.rfc-editor.org/rfc-index.xml: RFCs, numbers never issued, BCP and STD series. name: of the
 * file, for messages. INPUT error "FILE:LINE: ..." on what is no such file, is cut off, or holds no RFC.
 */
gboolean lsm_import_rfc_index(LsmDocumentsBuilder *builder, const char *text, gsize length, const char *name,
			      LsmImportReport *report, GError **error);

/*
 * https://www.ietf.org/id/all_id2.txt (fields separated by tabs, explained in its own head), or all_id.txt,
 * which lacks titles, groups and intended statuses. Errors as above.
 */
gboolean lsm_import_id_index(LsmDocumentsBuilder *builder, const char *text, gsize length, const char *name,
			     LsmImportReport *report, GError **error);

/* For importers. Counts an odd entry and keeps the first few notes. */
void lsm_import_report_odd(LsmImportReport *report, const char *name, guint line, const char *what);
/* INPUT error when nothing was taken, or more than one in a hundred was odd. what: what was looked for. */
gboolean lsm_import_report_check(const LsmImportReport *report, const char *name, const char *what,
				 GError **error);

#endif
