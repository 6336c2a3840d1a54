/*
 * documents_rfc_index.c - reads rfc-index.xml, the RFC Editor's list of all RFCs.
 *
 * Owns the entry that is being read. Uses GLib's markup parser: the file has neither DTD nor entities of its
 * own. Elements are told by their parent, too: an author has a title, and an RFC has one. One thread. Fails
 * on broken XML with file and line; unknown words of status or stream are reported as odd and read as
 * unknown.
 */
#include "conf/documents_import.h"

#include <string.h>

#include "conf/error.h"

#define ROOT "rfc-index"
#define MAX_TEXT 1000 /* octets of one element that are kept */
#define NO_GROUP "NON WORKING GROUP"

typedef struct {
	LsmDocumentsBuilder *builder;
	LsmImportReport *report;
	const char *file;
	GMarkupParseContext *context;
	GString *text; /* of the element that is open */
	/* The entry that is open. */
	char *name;
	char *title;
	char *group;
	GString *successors;
	GString *parts;
	guint year, month, day;
	LsmStream stream;
	LsmDocumentStatus status;
} Reader;

static guint
line_of(const Reader *reader)
{
	int line;

	g_markup_parse_context_get_position(reader->context, &line, NULL);
	return (guint)line;
}

static void
note_odd(Reader *reader, const char *what, const char *text)
{
	g_autofree char *note = g_strdup_printf("%s \"%.60s\"", what, text);
	g_autofree char *valid = g_utf8_make_valid(note, -1);

	lsm_import_report_odd(reader->report, reader->file, line_of(reader), valid);
}

/* ---- single elements ---- */

/* "RFC0791" -> "rfc791"; NULL when it is no document's id. */
static char *
parse_id(const char *text)
{
	gsize letters = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	gsize digits = strspn(text + letters, "0123456789");
	g_autofree char *series = g_ascii_strdown(text, (gssize)letters);

	if (letters != 3 || digits < 1 || digits > 6 || text[letters + digits] != '\0')
		return NULL;
	return g_strdup_printf("%s%u", series, (guint)g_ascii_strtoull(text + letters, NULL, 10));
}

static void
take_id(Reader *reader, const char *text)
{
	g_free(reader->name);
	reader->name = parse_id(text);
	if (reader->name == NULL)
		note_odd(reader, "no document's id:", text);
}

static void
append_id(Reader *reader, GString *list, const char *text)
{
	g_autofree char *id = parse_id(text);

	if (id != NULL && list->len < MAX_TEXT)
		g_string_append_printf(list, "%s%s", list->len > 0 ? " " : "", id);
	else if (id == NULL)
		note_odd(reader, "no document's id:", text);
}

static void
take_successor(Reader *reader, const char *text)
{
	append_id(reader, reader->successors, text);
}

static void
take_part(Reader *reader, const char *text)
{
	append_id(reader, reader->parts, text);
}

static void
take_title(Reader *reader, const char *text)
{
	g_free(reader->title);
	reader->title = g_strdup(text);
}

static void
take_group(Reader *reader, const char *text)
{
	g_free(reader->group);
	reader->group = strcmp(text, NO_GROUP) == 0 ? NULL : g_ascii_strdown(text, -1);
}

static void
take_status(Reader *reader, const char *text)
{
	if (!lsm_document_status_parse(text, &reader->status))
		note_odd(reader, "unknown status", text);
}

static void
take_stream(Reader *reader, const char *text)
{
	if (!lsm_stream_parse(text, &reader->stream))
		note_odd(reader, "unknown stream", text);
}

static void
take_year(Reader *reader, const char *text)
{
	reader->year = (guint)MIN(g_ascii_strtoull(text, NULL, 10), 9999);
}

static void
take_day(Reader *reader, const char *text)
{
	reader->day = (guint)MIN(g_ascii_strtoull(text, NULL, 10), 31);
}

static void
take_month(Reader *reader, const char *text)
{
	static const char *const months[] = {"January",   "February", "March",    "April",
					     "May",       "June",     "July",     "August",
					     "September", "October",  "November", "December"};

	for (guint i = 0; i < G_N_ELEMENTS(months); i++) {
		if (strcmp(months[i], text) == 0)
			reader->month = i + 1;
	}
}

/* ---- entries ---- */

static void
begin_entry(Reader *reader)
{
	g_clear_pointer(&reader->name, g_free);
	g_clear_pointer(&reader->title, g_free);
	g_clear_pointer(&reader->group, g_free);
	g_string_truncate(reader->successors, 0);
	g_string_truncate(reader->parts, 0);
	reader->year = reader->month = reader->day = 0;
	reader->stream = LSM_STREAM_UNKNOWN;
	reader->status = LSM_STATUS_UNKNOWN;
}

static void
end_entry(Reader *reader, LsmDocumentStatus status, const char *successors)
{
	const LsmDocument document = {.name = reader->name,
				      .title = reader->title != NULL ? reader->title : "",
				      .group = reader->group != NULL ? reader->group : "",
				      .successors = successors,
				      .stream = reader->stream,
				      .status = status,
				      .revision = LSM_NO_REVISION,
				      .date = (reader->year * 100 + reader->month) * 100 + reader->day};
	g_autoptr(GError) problem = NULL;

	if (reader->name == NULL)
		return;
	if (lsm_documents_builder_add(reader->builder, &document, &problem))
		reader->report->taken++;
	else
		note_odd(reader, problem->message, reader->name);
}

static void
end_rfc(Reader *reader, const char *text)
{
	(void)text;
	end_entry(reader, reader->status, reader->successors->str);
}

static void
end_not_issued(Reader *reader, const char *text)
{
	(void)text;
	end_entry(reader, LSM_STATUS_NOT_ISSUED, "");
}

/* The numbers of series that hold no RFC any more are listed, too: nothing can be said of them. */
static void
end_bcp(Reader *reader, const char *text)
{
	(void)text;
	if (reader->parts->len > 0)
		end_entry(reader, LSM_STATUS_BEST_CURRENT_PRACTICE, reader->parts->str);
}

static void
end_std(Reader *reader, const char *text)
{
	(void)text;
	if (reader->parts->len > 0)
		end_entry(reader, LSM_STATUS_INTERNET_STANDARD, reader->parts->str);
}

/* What to do at the end of which element. To read more of an entry: a row. */
static const struct {
	const char *parent, *element;
	void (*take)(Reader *reader, const char *text);
} elements[] = {
	{"rfc-entry", "doc-id", take_id},
	{"rfc-entry", "title", take_title},
	{"date", "year", take_year},
	{"date", "month", take_month},
	{"date", "day", take_day},
	{"obsoleted-by", "doc-id", take_successor},
	{"rfc-entry", "current-status", take_status},
	{"rfc-entry", "stream", take_stream},
	{"rfc-entry", "wg_acronym", take_group},
	{ROOT, "rfc-entry", end_rfc},
	{"rfc-not-issued-entry", "doc-id", take_id},
	{ROOT, "rfc-not-issued-entry", end_not_issued},
	{"bcp-entry", "doc-id", take_id},
	{"bcp-entry", "title", take_title},
	{ROOT, "bcp-entry", end_bcp},
	{"std-entry", "doc-id", take_id},
	{"std-entry", "title", take_title},
	{ROOT, "std-entry", end_std},
	{"is-also", "doc-id", take_part},
};

/* ---- the parser's callbacks ---- */

static const char *
parent_element(GMarkupParseContext *context)
{
	const GSList *stack = g_markup_parse_context_get_element_stack(context);

	return stack != NULL && stack->next != NULL ? stack->next->data : "";
}

static void
start_element(GMarkupParseContext *context, const char *element, const char **names, const char **values,
	      gpointer data, GError **error)
{
	Reader *reader = data;
	const char *parent = parent_element(context);

	(void)names;
	(void)values;
	if (parent[0] == '\0' && strcmp(element, ROOT) != 0)
		g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT, "expected <" ROOT ">, read <%s>", element);
	if (strcmp(parent, ROOT) == 0)
		begin_entry(reader);
	g_string_truncate(reader->text, 0);
}

static void
take_text(GMarkupParseContext *context, const char *text, gsize length, gpointer data, GError **error)
{
	Reader *reader = data;

	(void)context;
	(void)error;
	if (reader->text->len < MAX_TEXT)
		g_string_append_len(reader->text, text, (gssize)MIN(length, MAX_TEXT - reader->text->len));
}

/* On one line, without blanks around it, and never half a character. */
static char *
tidy(const char *text)
{
	g_auto(GStrv) words = g_strsplit_set(text, " \t\r\n", -1);
	g_autoptr(GString) line = g_string_new(NULL);

	for (guint i = 0; words[i] != NULL; i++) {
		if (words[i][0] != '\0')
			g_string_append_printf(line, "%s%s", line->len > 0 ? " " : "", words[i]);
	}
	return g_utf8_make_valid(line->str, -1);
}

static void
end_element(GMarkupParseContext *context, const char *element, gpointer data, GError **error)
{
	Reader *reader = data;
	const char *parent = parent_element(context);

	(void)error;
	for (guint i = 0; i < G_N_ELEMENTS(elements); i++) {
		if (strcmp(elements[i].element, element) == 0 && strcmp(elements[i].parent, parent) == 0) {
			g_autofree char *text = tidy(reader->text->str);

			elements[i].take(reader, text);
		}
	}
	g_string_truncate(reader->text, 0);
}

/* "Error on line 7 char 3: ..." -> the message behind it: the line is told our way. */
static void
set_error(const Reader *reader, const GError *problem, GError **error)
{
	const char *message = problem->message;
	const char *colon = g_str_has_prefix(message, "Error on line ") ? strstr(message, ": ") : NULL;

	g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT, "%s:%u: %s", reader->file, line_of(reader),
		    colon != NULL ? colon + 2 : message);
}

gboolean
lsm_import_rfc_index(LsmDocumentsBuilder *builder, const char *text, gsize length, const char *name,
		     LsmImportReport *report, GError **error)
{
	static const GMarkupParser parser = {start_element, end_element, take_text, NULL, NULL};
	Reader reader = {.builder = builder, .report = report, .file = name};
	g_autoptr(GMarkupParseContext) context =
		g_markup_parse_context_new(&parser, G_MARKUP_TREAT_CDATA_AS_TEXT, &reader, NULL);
	g_autoptr(GError) problem = NULL;
	gboolean read;

	reader.context = context;
	reader.text = g_string_new(NULL);
	reader.successors = g_string_new(NULL);
	reader.parts = g_string_new(NULL);
	read = g_markup_parse_context_parse(context, text, (gssize)length, &problem) &&
	       g_markup_parse_context_end_parse(context, &problem);
	if (!read)
		set_error(&reader, problem, error);
	begin_entry(&reader);
	g_string_free(reader.text, TRUE);
	g_string_free(reader.successors, TRUE);
	g_string_free(reader.parts, TRUE);
	return read && lsm_import_report_check(report, name, "RFC of rfc-index.xml", error);
}
