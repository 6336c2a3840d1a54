/*
 * form_fields.c - the labelled fields that forms of letters are made of.
 *
 * Owns what it returns; the lines of a block point into the caller's text. Uses text.c and the
 * statement's own readers. Thread-safe; never fails: what is no field is text.
 */
#include "rules/form_fields.h"

#include <string.h>

#include "rules/recognise.h"
#include "rules/subject.h"
#include "rules/text.h"

#define TOP_LINES 30 /* not blank: where a block may begin (letterheads are long) */
#define MAX_LINES 400
#define MAX_VALUE 8000
#define MAX_FIELDS 100
#define MAX_BEHIND_LABEL 12 /* blanks and stars between a label and its colon */
#define PARAGRAPH 60        /* octets from which a line behind the block is a paragraph's */
#define ENOUGH_FIELDS 3
#define MAX_LETTERHEAD 300
#define MAX_OTHER_FIELD 80 /* octets in which a label and its colon stand */
#define MAX_NUMBER_CELL 30

static void
field_free(gpointer data)
{
	LsmFormField *field = data;

	g_free(field->text);
	g_free(field);
}

void
lsm_form_fields_free(LsmFormFields *fields)
{
	if (fields == NULL)
		return;
	g_array_unref(fields->lines);
	g_ptr_array_unref(fields->fields);
	g_free(fields);
}

static gsize
decoration(const char *text, gsize length)
{
	gsize width = 0;

	for (; width < length; width++) {
		if (strchr(" \t*|", text[width]) != NULL && text[width] != '\0')
			continue;
		if (length - width >= 2 && memcmp(text + width, "\xc2\xa0", 2) == 0) {
			width++;
			continue;
		}
		break;
	}
	return width;
}

/* Octets of a label in any case, with any run of blanks for a blank; 0 when the text does not begin with it.
 */
static gsize
label_width(const char *label, const char *text, gsize length)
{
	gsize at = 0;

	for (const char *p = label; *p != '\0'; p++) {
		if (*p == ' ') {
			gsize blanks = decoration(text + at, length - at);

			if (blanks == 0)
				return 0;
			at += blanks;
		} else if (at < length && g_ascii_tolower(text[at]) == *p) {
			at++;
		} else {
			return 0;
		}
	}
	return at;
}

/* Octets up to and with the colon behind a label, or the end of a table's cell; 0 when there is none. */
static gsize
colon_width(const char *text, gsize length)
{
	gsize width = decoration(text, MIN(length, MAX_BEHIND_LABEL));
	const char *cell = memchr(text, '\t', width);

	if (width < length && text[width] == ':')
		return width + 1;
	if (length - width >= 3 && memcmp(text + width, "\xef\xbc\x9a", 3) == 0)
		return width + 3;
	return cell != NULL ? (gsize)(cell - text) + 1 : 0;
}

static gboolean
find_label(const LsmLine *line, const LsmFormLabel *labels, gsize count, guint *place_out, LsmLine *value_out)
{
	gsize skipped = decoration(line->start, line->length);
	const char *text = line->start + skipped;
	gsize length = line->length - skipped;

	for (gsize i = 0; i < count; i++) {
		gsize width = label_width(labels[i].label, text, length);
		gsize colon = width > 0 ? colon_width(text + width, length - width) : 0;
		gsize blanks;

		if (colon == 0)
			continue;
		blanks = decoration(text + width + colon, length - width - colon);
		*place_out = labels[i].place;
		*value_out = *line;
		value_out->start = text + width + colon + blanks;
		value_out->length = length - width - colon - blanks;
		return TRUE;
	}
	return FALSE;
}

/* "Overall description" as a line of its own. To add a heading: a word here, as lsm_text_fold makes it. */
static gboolean
is_bare_heading(const LsmLine *line)
{
	static const char *const headings[] = {
		"overall description", "general description", "background",        "introduction",
		"description",         "discussion",          "actions",           "action requested",
		"actions requested",   "requested action",    "requested actions", NULL};
	g_autofree char *folded = NULL;
	gsize end;

	if (line->length > 40)
		return FALSE;
	folded = lsm_text_fold(line->start, (gssize)line->length);
	end = strlen(folded);
	while (end > 0 && strchr("*#: ", folded[end - 1]) != NULL)
		folded[--end] = '\0';
	return g_strv_contains(headings, folded + strspn(folded, "*# "));
}

/* "1. Overall description", "1 Introduction": from here on it is text. "1 August 2027" is a day. */
static gboolean
is_first_heading(const LsmLine *line)
{
	static const char *const words[] = {"overall",     "introduction", "background",
					    "description", "discussion",   "general"};
	gsize at = decoration(line->start, line->length);
	g_autofree char *folded = NULL;
	const char *behind;

	if (is_bare_heading(line))
		return TRUE;
	if (line->length > 100 || at >= line->length || line->start[at] != '1')
		return FALSE;
	folded = lsm_text_fold(line->start + at, (gssize)(line->length - at));
	if (g_str_has_prefix(folded, "1. "))
		return g_ascii_isalpha(folded[3]);
	behind = folded + 1 + strspn(folded + 1, " .");
	for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
		if (g_str_has_prefix(behind, words[i]))
			return TRUE;
	return FALSE;
}

static gboolean
is_meeting_stamp(const char *folded)
{
	return strstr(folded, "meeting #") != NULL || strstr(folded, "meeting#") != NULL;
}

/* What stands between a form's fields without being one: a heading, a meeting's stamp, a bare purpose, a salutation. */
static gboolean
is_between_fields(const LsmLine *line)
{
	g_autofree char *folded = NULL;

	if (line->length > 120)
		return FALSE;
	folded = lsm_text_fold(line->start, (gssize)line->length);
	return is_meeting_stamp(folded) || strcmp(folded, "liaison statement") == 0 ||
	       g_str_has_prefix(folded, "dear ") ||
	       (g_str_has_prefix(folded, "for ") && lsm_purpose_word(folded) != NULL);
}

/* --- the lines --- */

static gboolean
begins_with(const LsmLine *line, const char *word)
{
	gsize at = decoration(line->start, line->length);

	return line->length - at >= strlen(word) &&
	       g_ascii_strncasecmp(line->start + at, word, strlen(word)) == 0;
}

static gboolean
has_clock(const LsmLine *line)
{
	gsize at = decoration(line->start, line->length) + strlen("Date:");

	return at < line->length && memchr(line->start + at, ':', line->length - at) != NULL;
}

/*
 * "From:" and "Date:" below each other begin an answered mail's header, or stand in a letter's head: there
 * without an address, and the day without a clock.
 */
static gboolean
is_letterhead(const char *cursor)
{
	LsmLine line = {NULL, 0, 0};

	if (!lsm_text_next_line(&cursor, &line) || !begins_with(&line, "From:") ||
	    memchr(line.start, '@', line.length) != NULL)
		return FALSE;
	for (int i = 0; i < 2 && lsm_text_next_line(&cursor, &line); i++)
		if (begins_with(&line, "Sent:") || (begins_with(&line, "Date:") && has_clock(&line)))
			return FALSE;
	return TRUE;
}

static const char *
behind_lines(const char *text, const GArray *lines)
{
	const char *cursor = text;
	LsmLine line = {NULL, 0, 0};

	if (lines->len > 0)
		cursor = g_array_index(lines, LsmLine, lines->len - 1).start;
	if (lines->len > 0)
		lsm_text_next_line(&cursor, &line);
	return cursor;
}

/* The author's own lines, a letter's head among them. */
static GArray *
own_lines(const char *text)
{
	GArray *lines = lsm_text_top_lines(text, MAX_LINES);
	const char *rest = behind_lines(text, lines);

	while (lines->len < MAX_LINES && is_letterhead(rest)) {
		LsmLine line = {NULL, 0, lines->len};
		g_autoptr(GArray) more = NULL;

		lsm_text_next_line(&rest, &line);
		g_array_append_val(lines, line);
		more = lsm_text_top_lines(rest, MAX_LINES - lines->len);
		for (guint i = 0; i < more->len; i++) {
			LsmLine next = g_array_index(more, LsmLine, i);

			next.number = lines->len + 1;
			g_array_append_val(lines, next);
		}
		rest = behind_lines(rest, more);
	}
	return lines;
}

/* --- the block --- */

typedef struct {
	LsmFormFields *fields;
	const LsmFormLabel *labels;
	gsize label_count;
	gboolean spaced_cells;
	GString *value; /* of the field being read; NULL between fields */
	guint blanks;   /* since its last line */
	guint behind;   /* index behind the last line that belonged to a field */
} Reading;

static void
close_field(Reading *reading)
{
	LsmFormField *field;

	if (reading->value == NULL)
		return;
	field = g_ptr_array_index(reading->fields->fields, reading->fields->fields->len - 1);
	field->text = lsm_text_one_line(reading->value->str, -1, MAX_VALUE);
	g_string_free(reading->value, TRUE);
	reading->value = NULL;
}

static void
open_field(Reading *reading, guint place, const LsmLine *value)
{
	LsmFormField *field = g_new0(LsmFormField, 1);

	close_field(reading);
	field->place = place;
	field->line = value->number;
	g_ptr_array_add(reading->fields->fields, field);
	reading->value = g_string_new_len(value->start, (gssize)MIN(value->length, MAX_VALUE));
	reading->blanks = 0;
	reading->behind = value->number;
}

/* A contact's own line does not run into the body's name above it. */
static const char *
joint(const LsmLine *line)
{
	return memchr(line->start, '@', line->length) != NULL ? "; " : " ";
}

/* "Agenda item: 6.1": a field of some form that is not known here, and no part of the value above it. How a
 * contact is reached is one. */
static gboolean
is_other_field(const LsmLine *line)
{
	static GRegex *regex;
	gsize length = MIN(line->length, MAX_OTHER_FIELD);
	gboolean has_colon = memchr(line->start, ':', length) != NULL; /* most lines of prose have none */
	g_autofree char *text = has_colon ? lsm_text_one_line(line->start, (gssize)length, MAX_OTHER_FIELD) : NULL;

	if (g_once_init_enter(&regex))
		g_once_init_leave(
			&regex,
			g_regex_new(
				"^[*#|]*(?!(?i:e-?mail|tel|phone|mobile|fax|mailto|https?|url|name|attn)\\b)"
				"[A-Z][A-Za-z()/-]{1,20}(?: [A-Za-z()/-]{1,20}){0,2} ?:(?: |$)",
				G_REGEX_OPTIMIZE, 0, NULL));
	return has_colon && g_regex_match(regex, text, 0, NULL);
}

/* Does this line go on with the field being read? */
static gboolean
goes_on(const Reading *reading, const LsmLine *line)
{
	gboolean empty;

	if (reading->value == NULL || is_between_fields(line) ||
	    reading->value->len + line->length > MAX_VALUE)
		return FALSE;
	empty = *reading->value->str == '\0';
	return reading->blanks == 0 || (empty && reading->spaced_cells && reading->blanks == 1);
}

/* FALSE when the block ends here. */
static gboolean
read_line(Reading *reading, const LsmLine *line)
{
	gsize skipped = decoration(line->start, line->length);
	guint place;
	LsmLine value;

	if (lsm_line_is_blank(line)) {
		reading->blanks++;
		return TRUE;
	}
	if (find_label(line, reading->labels, reading->label_count, &place, &value)) {
		if (reading->fields->fields->len >= MAX_FIELDS)
			return FALSE;
		open_field(reading, place, &value);
		return TRUE;
	}
	if (is_first_heading(line))
		return FALSE;
	if (is_other_field(line)) {
		close_field(reading);
		return TRUE;
	}
	if (goes_on(reading, line)) {
		if (reading->value->len > 0)
			g_string_append(reading->value, joint(line));
		g_string_append_len(reading->value, line->start + skipped, (gssize)(line->length - skipped));
		reading->blanks = 0;
		reading->behind = line->number;
		return TRUE;
	}
	close_field(reading);
	return reading->fields->fields->len < ENOUGH_FIELDS || line->length < PARAGRAPH;
}

/* Index of the first line with a label, within the first lines that are not blank; lines->len for none. */
static guint
find_first(const Reading *reading)
{
	const GArray *lines = reading->fields->lines;
	guint seen = 0;

	for (guint i = 0; i < lines->len && seen < TOP_LINES; i++) {
		const LsmLine *line = &g_array_index(lines, LsmLine, i);
		guint place;
		LsmLine value;

		if (find_label(line, reading->labels, reading->label_count, &place, &value))
			return i;
		seen += lsm_line_is_blank(line) ? 0 : 1;
	}
	return lines->len;
}

LsmFormFields *
lsm_form_fields_read(const char *text, const char *where, const LsmFormLabel *labels, gsize count,
		     gboolean spaced_cells)
{
	LsmFormFields *fields = g_new0(LsmFormFields, 1);
	Reading reading = {fields, labels, count, spaced_cells, NULL, 0, 0};

	fields->lines = own_lines(text);
	fields->fields = g_ptr_array_new_with_free_func(field_free);
	fields->where = where;
	fields->text = text;
	fields->first = find_first(&reading);
	reading.behind = fields->first;
	for (guint i = fields->first; i < fields->lines->len; i++)
		if (!read_line(&reading, &g_array_index(fields->lines, LsmLine, i)))
			break;
	close_field(&reading);
	fields->behind = reading.behind;
	return fields;
}

const LsmFormField *
lsm_form_fields_find(const LsmFormFields *fields, guint place)
{
	for (guint i = 0; i < fields->fields->len; i++) {
		const LsmFormField *field = g_ptr_array_index(fields->fields, i);

		if (field->place == place)
			return field;
	}
	return NULL;
}

guint
lsm_form_fields_count(const LsmFormFields *fields, guint place)
{
	guint count = 0;

	for (guint i = 0; i < fields->fields->len; i++)
		count += ((const LsmFormField *)g_ptr_array_index(fields->fields, i))->place == place;
	return count;
}

gboolean
lsm_form_fields_says(const LsmFormFields *fields, guint place)
{
	const LsmFormField *field = lsm_form_fields_find(fields, place);
	g_autofree char *folded = field != NULL ? lsm_text_fold(field->text, -1) : g_strdup("");
	static const char *const nothing[] = {"",    "-",    "--",    "\xe2\x80\x93", "\xe2\x80\x94",
					      "n/a", "none", "none.", "nil",          "not applicable"};

	for (gsize i = 0; i < G_N_ELEMENTS(nothing); i++)
		if (strcmp(folded, nothing[i]) == 0)
			return FALSE;
	return TRUE;
}

/* --- around the block --- */

static gboolean
is_talk(const char *folded)
{
	static GRegex *regex;

	if (g_once_init_enter(&regex))
		g_once_init_leave(
			&regex,
			g_regex_new("\\b(?:here is|here's|attached is|below is|find|see|this is) "
				    "(?:a|an|the|my|our) (?:[a-z]+ )?draft\\b"
				    "|\\b(?:proposed|revised|updated|first|latest) (?:draft|text)\\b"
				    "|\\bcomments? (?:are |is )?(?:welcome|please|by|on|appreciated)\\b"
				    "|\\bplease (?:review|comment)\\b|\\bfyi\\b"
				    "|\\bwe(?: have|'ve)? (?:just )?received\\b|\\bforward(?:ed|ing)\\b",
				    G_REGEX_OPTIMIZE, 0, NULL));
	return g_regex_match(regex, folded, 0, NULL);
}

gboolean
lsm_form_fields_are_discussed(const LsmFormFields *fields)
{
	for (guint i = 0; i < fields->first && i < fields->lines->len; i++) {
		const LsmLine *line = &g_array_index(fields->lines, LsmLine, i);
		g_autofree char *folded = lsm_text_fold(line->start, (gssize)line->length);

		if (*folded == '>' || is_talk(folded))
			return TRUE;
	}
	return FALSE;
}

char *
lsm_form_fields_rest(const LsmFormFields *fields)
{
	if (fields->behind >= fields->lines->len)
		return g_strdup("");
	return g_strstrip(g_strdup(g_array_index(fields->lines, LsmLine, fields->behind).start));
}

char *
lsm_form_fields_document(const LsmFormFields *fields, gboolean skip_stamps, guint *line_out)
{
	for (guint i = 0; i < fields->behind && i < fields->lines->len; i++) {
		const LsmLine *line = &g_array_index(fields->lines, LsmLine, i);
		g_autofree char *text = lsm_text_one_line(line->start, (gssize)line->length, MAX_LETTERHEAD);
		g_autofree char *folded = lsm_text_fold(text, -1);
		char *number = NULL;

		if (strchr(text, ':') != NULL || (skip_stamps && is_meeting_stamp(folded)))
			continue;
		/* Within the block only a cell of its own: a value may name another document. */
		if (i < fields->first || strlen(text) <= MAX_NUMBER_CELL)
			number = lsm_subject_document(text);
		*line_out = line->number;
		if (number != NULL)
			return number;
	}
	return NULL;
}

static gboolean
is_address_field(LsmFieldId field)
{
	return field == LSM_FIELD_FROM_CONTACT || field == LSM_FIELD_TO_CONTACT ||
	       field == LSM_FIELD_SEND_TO || field == LSM_FIELD_SEND_REPLY_TO;
}

void
lsm_form_take(LsmStatement *statement, const LsmFormFields *fields, guint place, LsmFieldId id)
{
	for (guint i = 0; i < fields->fields->len; i++) {
		const LsmFormField *field = g_ptr_array_index(fields->fields, i);
		g_autofree char *where = NULL;

		if (field->place != place)
			continue;
		where = g_strdup_printf("%s line %u", fields->where, field->line);
		if (id == LSM_FIELD_FROM || id == LSM_FIELD_TO || id == LSM_FIELD_CC)
			lsm_form_add_parties(statement, id, field->text, where, LSM_CONFIDENCE_EXPLICIT);
		else if (is_address_field(id))
			lsm_statement_add_addresses(statement, id, field->text, where,
						    LSM_CONFIDENCE_EXPLICIT);
		else if (lsm_form_fields_says(fields, place))
			lsm_statement_read_field(statement, id, field->text, where, LSM_CONFIDENCE_EXPLICIT);
	}
}

/* --- where in a mail --- */

LsmStatement *
lsm_form_read_mail(const LsmMessage *message, LsmFormTextReader reader, GPtrArray *evidence)
{
	LsmStatement *statement;

	if (lsm_subject_is_forward(message->subject))
		return NULL;
	statement = reader(message->text, "body", evidence);
	/* "Re:" alone proves nothing: a chair answers a statement by answering its mail's subject. */
	if (statement != NULL && lsm_subject_is_reply(message->subject) &&
	    (message->in_reply_to != NULL || message->references[0] != NULL)) {
		lsm_evidence_add(evidence, 0, "but it stands in a reply within a thread");
		statement->is_new = FALSE;
	}
	return statement;
}

/* What a mail quotes, with the quote marks taken off, and what stands behind "-----Original Message-----". */
static char *
quoted_text(const LsmMessage *message)
{
	g_autoptr(GArray) own = lsm_text_top_lines(message->text, G_MAXUINT);
	gboolean is_forward = lsm_subject_is_forward(message->subject);
	GString *quoted = g_string_new(NULL);
	const char *cursor = message->text;
	LsmLine line = {NULL, 0, 0};

	while (lsm_text_next_line(&cursor, &line)) {
		guint depth;
		LsmLine plain = lsm_line_unquoted(&line, &depth);

		/* The line that announces the other mail would end it again. */
		if (line.number == own->len + 1 || (depth == 0 && line.number <= own->len && !is_forward))
			continue;
		g_string_append_len(quoted, plain.start, (gssize)plain.length);
		g_string_append_c(quoted, '\n');
	}
	return g_string_free(quoted, FALSE);
}

static void
forget(gpointer data)
{
	g_free(((LsmEvidence *)data)->what);
	g_free(data);
}

gboolean
lsm_form_is_quoted(const LsmMessage *message, LsmFormTextReader reader)
{
	g_autofree char *quoted = quoted_text(message);
	g_autoptr(GPtrArray) unused = g_ptr_array_new_with_free_func(forget);
	g_autoptr(LsmStatement) statement = *quoted != '\0' ? reader(quoted, "quoted text", unused) : NULL;

	return statement != NULL;
}
