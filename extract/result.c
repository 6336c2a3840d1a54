/*
 * result.c - see result.h. Owns the texts read so far and counts what they cost; one thread; never fails,
 * but says when there is no room for more.
 */
#include "extract/result.h"

#include <string.h>

#define MAX_NAME 300 /* octets of a member's path */

static const char *const status_words[] = {
	[LSM_EXTRACT_TEXT] = "text",           [LSM_EXTRACT_EMPTY] = "empty",
	[LSM_EXTRACT_SCANNED] = "scanned",     [LSM_EXTRACT_UNREADABLE] = "unreadable",
	[LSM_EXTRACT_ENCRYPTED] = "encrypted", [LSM_EXTRACT_LIMIT] = "limit",
};

static void
clear_document(gpointer data)
{
	g_free(((LsmExtractDocument *)data)->name);
}

LsmExtractResult *
lsm_extract_result_new(gsize input_size)
{
	LsmExtractResult *result = g_new0(LsmExtractResult, 1);

	result->documents = g_array_new(FALSE, TRUE, sizeof(LsmExtractDocument));
	g_array_set_clear_func(result->documents, clear_document);
	result->text = g_string_new(NULL);
	result->may_unpack = MIN(MAX(input_size, LSM_EXTRACT_FREE_UNPACKED / LSM_EXTRACT_MAX_RATIO),
				 LSM_EXTRACT_MAX_UNPACKED / LSM_EXTRACT_MAX_RATIO) *
			     LSM_EXTRACT_MAX_RATIO;
	return result;
}

void
lsm_extract_result_free(LsmExtractResult *result)
{
	if (result == NULL)
		return;
	g_array_unref(result->documents);
	g_string_free(result->text, TRUE);
	g_free(result);
}

gboolean
lsm_extract_result_add(LsmExtractResult *result, const char *text, gssize length)
{
	gsize octets = length < 0 ? strlen(text) : (gsize)length;
	gsize room = LSM_EXTRACT_MAX_TEXT - result->text->len;

	if (octets > room)
		result->over = TRUE;
	g_string_append_len(result->text, text, (gssize)MIN(octets, room));
	return !result->over;
}

gboolean
lsm_extract_result_add_char(LsmExtractResult *result, gunichar character)
{
	char octets[6];
	int length = g_unichar_to_utf8(g_unichar_validate(character) ? character : 0xfffd, octets);

	return lsm_extract_result_add(result, octets, length);
}

gboolean
lsm_extract_result_unpack(LsmExtractResult *result, gsize octets)
{
	if (octets > result->may_unpack - result->unpacked) {
		result->unpacked = result->may_unpack;
		result->over = TRUE;
		return FALSE;
	}
	result->unpacked += octets;
	return TRUE;
}

guint
lsm_extract_result_begin(LsmExtractResult *result, const char *name, const char *type)
{
	LsmExtractDocument document = {NULL, type, LSM_EXTRACT_UNREADABLE, 0};
	gsize length = strnlen(name, MAX_NAME);

	document.name = g_utf8_make_valid(name, (gssize)length);
	result->over = FALSE;
	g_array_append_val(result->documents, document);
	return result->documents->len - 1;
}

/* What one character becomes in a text for readers of forms: 0 is nothing. */
static gunichar
clean_character(gunichar character)
{
	if (character == '\t' || character == '\n')
		return character;
	if (character == '\f' || character == 0x2028 || character == 0x2029)
		return '\n';
	if (character < 0x20 || (character >= 0x7f && character < 0xa0) || character == 0xad ||
	    character == 0xfeff)
		return 0;
	return g_unichar_type(character) == G_UNICODE_SPACE_SEPARATOR ? ' ' : character;
}

/* The text with blanks at line ends dropped, and at most one empty line in a row. */
static GString *
clean_text(const char *valid, gboolean *is_blank_out)
{
	GString *clean = g_string_sized_new(strlen(valid));
	guint line_ends = 2;

	for (const char *p = valid; *p != '\0'; p = g_utf8_next_char(p)) {
		gunichar character = clean_character(g_utf8_get_char(p));

		if (character == 0)
			continue;
		if (character != '\n') {
			g_string_append_unichar(clean, character);
			line_ends = character == ' ' || character == '\t' ? line_ends : 0;
			continue;
		}
		while (clean->len > 0 &&
		       (clean->str[clean->len - 1] == ' ' || clean->str[clean->len - 1] == '\t'))
			g_string_truncate(clean, clean->len - 1);
		if (line_ends++ < 2)
			g_string_append_c(clean, '\n');
	}
	*is_blank_out = clean->str[strspn(clean->str, " \t\n")] == '\0';
	return clean;
}

void
lsm_extract_result_end(LsmExtractResult *result, guint document, gsize from, LsmExtractStatus status)
{
	LsmExtractDocument *row = &g_array_index(result->documents, LsmExtractDocument, document);
	g_autofree char *valid =
		g_utf8_make_valid(result->text->str + from, (gssize)(result->text->len - from));
	gboolean is_blank;
	GString *clean = clean_text(valid, &is_blank);

	/* U+FFFD is longer than the octet it stands for: the bound is kept here as well. */
	if (clean->len > LSM_EXTRACT_MAX_TEXT - from) {
		const char *end = clean->str + (LSM_EXTRACT_MAX_TEXT - from);

		g_string_truncate(clean, (gsize)(g_utf8_find_prev_char(clean->str, end) - clean->str));
		result->over = TRUE;
	}
	g_string_truncate(result->text, from);
	if (!is_blank)
		g_string_append_len(result->text, clean->str, (gssize)clean->len);
	g_string_free(clean, TRUE);
	row->length = result->text->len - from;
	row->status = result->over                             ? LSM_EXTRACT_LIMIT
		      : status == LSM_EXTRACT_TEXT && is_blank ? LSM_EXTRACT_EMPTY
							       : status;
}

/* --- the header line --- */

static void
add_json_string(GString *json, const char *text)
{
	g_string_append_c(json, '"');
	for (const guchar *p = (const guchar *)text; *p != '\0'; p++) {
		if (*p == '"' || *p == '\\')
			g_string_append_printf(json, "\\%c", *p);
		else if (*p < 0x20 || *p == 0x7f)
			g_string_append_printf(json, "\\u%04x", *p);
		else
			g_string_append_c(json, (char)*p);
	}
	g_string_append_c(json, '"');
}

static void
add_json_document(GString *json, const LsmExtractDocument *document)
{
	g_string_append(json, "\"type\": ");
	add_json_string(json, document->type);
	g_string_append_printf(json, ", \"status\": \"%s\", \"octets\": %" G_GSIZE_FORMAT,
			       status_words[document->status], document->length);
}

GString *
lsm_extract_result_header(const LsmExtractResult *result)
{
	GString *json = g_string_new("{");

	add_json_document(json, &g_array_index(result->documents, LsmExtractDocument, 0));
	g_string_append(json, ", \"members\": [");
	for (guint i = 1; i < result->documents->len; i++) {
		const LsmExtractDocument *member = &g_array_index(result->documents, LsmExtractDocument, i);

		g_string_append(json, i > 1 ? ", {\"name\": " : "{\"name\": ");
		add_json_string(json, member->name);
		g_string_append(json, ", ");
		add_json_document(json, member);
		g_string_append_c(json, '}');
	}
	g_string_append(json, "]}\n");
	return json;
}
