/*
 * documents_id_index.c - reads all_id2.txt or all_id.txt, the IETF's lists of all Internet-Drafts.
 *
 * A line a draft, fields separated by tabs; which of the two formats it is, is told by each line's number of
 * fields. Owns nothing. One thread. Lines that make no sense are reported as odd; a list without the end that
 * it announces, or without drafts, is an error.
 */
#include "conf/documents_import.h"

#include <string.h>

#include "conf/error.h"

#define FIELDS_LONG 14 /* at least: fields may be added at the end */
#define FIELDS_SHORT 4
#define END_MARK "# end"

/* Who speaks in a draft is told by how its name begins (for the IETF's groups by convention since 1993). A
 * group in the list alone may also be one that only considers to adopt it. */
static const struct {
	const char *prefix;
	LsmStream stream;
} families[] = {
	{"draft-ietf-", LSM_STREAM_IETF},
	{"draft-irtf-", LSM_STREAM_IRTF},
	{"draft-iab-", LSM_STREAM_IAB},
	{"draft-rswg-", LSM_STREAM_EDITORIAL},
};

/* "draft-ietf-ippm-stamp-04" -> the name without "-04", and 4. */
static char *
split_revision(const char *text, int *revision_out)
{
	const char *dash = strrchr(text, '-');
	gsize digits = dash != NULL ? strspn(dash + 1, "0123456789") : 0;

	if (digits < 2 || digits > 3 || dash[1 + digits] != '\0' || !g_str_has_prefix(text, "draft-"))
		return NULL;
	*revision_out = (int)g_ascii_strtoll(dash + 1, NULL, 10);
	return g_ascii_strdown(text, dash - text);
}

/* "2026-03-01" -> 20260301; 0 for anything else. */
static guint
parse_date(const char *text)
{
	if (strlen(text) != strlen("YYYY-MM-DD") || text[4] != '-' || text[7] != '-')
		return 0;
	return (guint)((g_ascii_strtoull(text, NULL, 10) * 100 + g_ascii_strtoull(text + 5, NULL, 10)) * 100 +
		       g_ascii_strtoull(text + 8, NULL, 10));
}

static LsmStream
stream_of(const char *name)
{
	for (guint i = 0; i < G_N_ELEMENTS(families); i++) {
		if (g_str_has_prefix(name, families[i].prefix))
			return families[i].stream;
	}
	return LSM_STREAM_UNKNOWN;
}

/* The list's, or the third word of the name where that is a group's by convention. */
static char *
group_of(const char *name, LsmStream stream, const char *listed)
{
	g_auto(GStrv) words = g_strsplit(name, "-", 4);

	if (listed[0] != '\0')
		return g_ascii_strdown(listed, -1);
	if ((stream == LSM_STREAM_IETF || stream == LSM_STREAM_IRTF) && g_strv_length(words) >= 3)
		return g_strdup(words[2]);
	return g_strdup("");
}

static gboolean
parse_state(const char *text, LsmDocumentStatus *status_out)
{
	static const struct {
		const char *prefix;
		LsmDocumentStatus status;
	} states[] = {
		{"Active", LSM_STATUS_ACTIVE},       {"Expired", LSM_STATUS_EXPIRED},
		{"RFC", LSM_STATUS_PUBLISHED},       {"Replaced", LSM_STATUS_REPLACED},
		{"Withdrawn", LSM_STATUS_WITHDRAWN}, {"In IESG processing", LSM_STATUS_ACTIVE},
	};

	for (guint i = 0; i < G_N_ELEMENTS(states); i++) {
		if (!g_str_has_prefix(text, states[i].prefix))
			continue;
		*status_out = states[i].status;
		return TRUE;
	}
	return FALSE;
}

/* The RFC that a draft became, or the draft that took its place. */
static char *
successor_of(LsmDocumentStatus status, const char *rfc, const char *replacement)
{
	guint64 number;

	if (status == LSM_STATUS_PUBLISHED && g_ascii_string_to_unsigned(rfc, 10, 1, 999999, &number, NULL))
		return g_strdup_printf("rfc%u", (guint)number);
	if (status == LSM_STATUS_REPLACED && g_str_has_prefix(replacement, "draft-"))
		return g_ascii_strdown(replacement, -1);
	return g_strdup("");
}

/* What the two formats have in common; absent fields are "". */
typedef struct {
	const char *name, *state, *rfc, *replacement, *date, *group, *intended, *title;
} Fields;

static gboolean
read_fields(char *const *fields, Fields *read)
{
	guint count = g_strv_length((char **)fields);
	const char *replaced;

	if (count >= FIELDS_LONG) {
		*read = (Fields){fields[0], fields[2], fields[4],  fields[5],
				 fields[6], fields[7], fields[10], fields[13]};
		return TRUE;
	}
	if (count != FIELDS_SHORT)
		return FALSE;
	replaced = strstr(fields[2], "replaced by ");
	*read = (Fields){fields[0], fields[2], fields[3], replaced != NULL ? replaced + 12 : "",
			 fields[1], "",        "",        ""};
	return TRUE;
}

/* What is odd about it, or NULL when it was taken. */
static const char *
add_draft(LsmDocumentsBuilder *builder, const Fields *fields)
{
	LsmDocument document = {.revision = 0};
	g_autofree char *name = split_revision(fields->name, &document.revision);
	g_autofree char *group = NULL, *successor = NULL;

	if (name == NULL)
		return "no draft's name with its revision";
	if (!parse_state(fields->state, &document.status))
		return "a state that is not known";
	document.stream = stream_of(name);
	group = group_of(name, document.stream, fields->group);
	successor = successor_of(document.status, fields->rfc, fields->replacement);
	document.name = name;
	document.title = fields->title;
	document.group = group;
	document.successors = successor;
	document.date = parse_date(fields->date);
	if (!lsm_document_status_parse(fields->intended, &document.intended))
		document.intended = LSM_STATUS_UNKNOWN;
	return lsm_documents_builder_add(builder, &document, NULL) ? NULL : "a field is too long";
}

static void
take_line(LsmDocumentsBuilder *builder, const char *start, gsize length, guint line, const char *name,
	  LsmImportReport *report)
{
	g_autofree char *text = g_utf8_make_valid(start, (gssize)length);
	g_auto(GStrv) fields = NULL;
	const char *odd;
	Fields read;

	/* Comments, headings and blank lines have no tabs. */
	if (text[0] == '#' || strchr(text, '\t') == NULL)
		return;
	fields = g_strsplit(text, "\t", -1);
	odd = read_fields(fields, &read) ? add_draft(builder, &read) : "not 14 or more fields, nor 4";
	if (odd == NULL)
		report->taken++;
	else
		lsm_import_report_odd(report, name, line, odd);
}

/* all_id2.txt begins with a comment and ends with one: a download that broke off shows. */
static gboolean
is_cut_off(const char *text, gsize length)
{
	while (length > 0 && g_ascii_isspace(text[length - 1]))
		length--;
	return length > 0 && text[0] == '#' &&
	       (length < strlen(END_MARK) ||
		memcmp(text + length - strlen(END_MARK), END_MARK, strlen(END_MARK)) != 0);
}

gboolean
lsm_import_id_index(LsmDocumentsBuilder *builder, const char *text, gsize length, const char *name,
		    LsmImportReport *report, GError **error)
{
	const char *end = text + length;
	guint line = 0;

	for (const char *at = text; at < end;) {
		const char *newline = memchr(at, '\n', (gsize)(end - at));
		gsize octets = (gsize)((newline != NULL ? newline : end) - at);
		gsize kept = octets > 0 && at[octets - 1] == '\r' ? octets - 1 : octets;

		take_line(builder, at, kept, ++line, name, report);
		at += octets + 1;
	}
	if (!is_cut_off(text, length))
		return lsm_import_report_check(report, name, "draft of all_id2.txt or all_id.txt", error);
	g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT,
		    "%s:%u: the list ends without its last line \"" END_MARK "\"", name, line);
	return FALSE;
}
