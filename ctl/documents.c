/*
 * documents.c - see documents.h. Uses rules/document.h for the names, the settings' table for the rest.
 */
#include "ctl/documents.h"

#include <stdio.h>

#include "ctl/printer.h"
#include "rules/document.h"

/* "IPPM, Proposed Standard, IETF stream, obsoleted or replaced by rfc7679" */
static char *
describe(const LsmDocument *document)
{
	g_autoptr(GString) text = g_string_new(lsm_document_status_name(document->status));

	if (document->stream != LSM_STREAM_UNKNOWN)
		g_string_append_printf(text, ", %s stream", lsm_stream_name(document->stream));
	if (document->group[0] != '\0')
		g_string_append_printf(text, ", group %s", document->group);
	if (document->intended != LSM_STATUS_UNKNOWN)
		g_string_append_printf(text, ", intended: %s", lsm_document_status_name(document->intended));
	if (document->successors[0] != '\0')
		g_string_append_printf(
			text, ", %s %s",
			lsm_document_kind(document->name) == LSM_DOCUMENT_SERIES ? "consists of" : "now",
			document->successors);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static char *
look_up(const LsmDocuments *documents, const char *name)
{
	LsmDocument document;

	switch (lsm_documents_find(documents, name, &document)) {
	case LSM_DOCUMENT_FOUND:
		return describe(&document);
	case LSM_DOCUMENT_ABSENT:
		return g_strdup("not in the table");
	case LSM_DOCUMENT_DAMAGED:
		break;
	}
	return g_strdup("the table is damaged here; make it anew with liaisonctl import-documents");
}

void
lsm_documents_print(const char *text, const LsmDocuments *documents)
{
	g_autoptr(LsmMentions) mentions = lsm_mentions_read(text);

	if (mentions->mentions->len == 0)
		return;
	if (documents == NULL) {
		printf("Documents:   %u named, not looked up: the setting documents names no table\n",
		       mentions->mentions->len);
		return;
	}
	puts("Documents:");
	for (guint i = 0; i < mentions->mentions->len; i++) {
		const LsmMention *mention = g_ptr_array_index(mentions->mentions, i);
		g_autofree char *label = lsm_document_label(mention->name);
		g_autofree char *known = look_up(documents, mention->name);
		g_autofree char *safe = lsm_printer_safe(known);

		printf("  %s: %s\n", label, safe);
	}
}
