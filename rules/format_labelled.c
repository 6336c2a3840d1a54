/*
 * format_labelled.c - our own block, in the first lines of the text or as Liaison- header fields.
 *
 *   Liaison-Statement: 1
 *   From: IETF IPPM Working Group
 *   Purpose: For action
 *
 * The opening line tells the block from a quoted mail header; without it three of our labels are a
 * weaker sign. Owns nothing; thread-safe; never fails.
 */
#include <string.h>

#include "rules/format.h"
#include "rules/text.h"

#define TOP_LINES 15 /* not blank: where a block without its opening line, or a bare line, may begin */
#define MAX_LINES 300
#define MIN_LABELS 3
#define MAX_VALUE 8000
#define MAX_VERSION 40
#define HEADER_PREFIX "Liaison-"
#define OPENING_LABEL "liaison-statement"

typedef struct {
	LsmFieldId field;
	GString *text;
	char *where;
} BlockField;

typedef struct {
	gboolean has_opening_line;
	char *version;       /* one that is not known */
	GPtrArray *fields;   /* of BlockField * */
	guint first, behind; /* lines of the block: [first, behind) */
} Block;

static void
block_field_free(gpointer data)
{
	BlockField *field = data;

	g_string_free(field->text, TRUE);
	g_free(field->where);
	g_free(field);
}

/* "1.0" is one, and a line that was left empty means the only version that there is. */
static gboolean
is_version_one(const char *text)
{
	static const char *const spellings[] = {"1", "1.", "1.0", "v1", "version 1", "", NULL};
	g_autofree char *version = lsm_text_fold(text, -1);

	return g_strv_contains(spellings, version);
}

/* "Liaison statement: on STAMP" is a sentence; only with the number it is our line without its hyphen. */
static gboolean
is_opening(const LsmLabelLine *line)
{
	g_autofree char *label = NULL;

	if (strcmp(line->label, OPENING_LABEL) == 0)
		return TRUE;
	label = g_strdelimit(g_strdup(line->label), " _", '-');
	return strcmp(label, OPENING_LABEL) == 0 && g_ascii_isdigit(*line->value) &&
	       line->value[strspn(line->value, "0123456789.")] == '\0';
}

static gboolean
parse_line(const GArray *lines, guint i, LsmLabelLine *parsed)
{
	const LsmLine *line = &g_array_index(lines, LsmLine, i);

	return lsm_label_line_parse(line->start, line->length, parsed);
}

static gboolean
is_known_line(const GArray *lines, guint i)
{
	LsmLabelLine parsed;
	LsmFieldId field;
	gboolean known;

	if (i >= lines->len)
		return FALSE;
	known = parse_line(lines, i, &parsed) &&
		(is_opening(&parsed) || lsm_field_parse_label(parsed.label, &field));
	lsm_label_line_clear(&parsed);
	return known;
}

/* What stands behind the opening line's colon, new; NULL when the line is none. */
static char *
version_at(const GArray *lines, guint i)
{
	LsmLabelLine parsed;
	char *version = parse_line(lines, i, &parsed) && is_opening(&parsed) ? g_strdup(parsed.value) : NULL;

	lsm_label_line_clear(&parsed);
	return version;
}

static gboolean
is_blank_at(const GArray *lines, guint i)
{
	return lsm_line_is_blank(&g_array_index(lines, LsmLine, i));
}

/* The first `count` lines. */
static gboolean
is_all_blank(const GArray *lines, guint count)
{
	for (guint i = 0; i < count; i++)
		if (!is_blank_at(lines, i))
			return FALSE;
	return TRUE;
}

/* Far below, where the block is a part of some text, it must look like one: flush left, a field above or
 * below. */
static gboolean
may_stand_below(const GArray *lines, guint i)
{
	const LsmLine *line = &g_array_index(lines, LsmLine, i);

	return *line->start != ' ' && *line->start != '\t' &&
	       (is_known_line(lines, i + 1) || (i > 0 && is_known_line(lines, i - 1)));
}

/* Index of the opening line, or lines->len. */
static guint
find_opening(const GArray *lines, char **version_out)
{
	guint seen = 0;

	for (guint i = 0; i < lines->len; i++) {
		g_autofree char *version = version_at(lines, i);

		if (version != NULL && (seen < TOP_LINES || may_stand_below(lines, i))) {
			*version_out = g_steal_pointer(&version);
			return i;
		}
		seen += is_blank_at(lines, i) ? 0 : 1;
	}
	return lines->len;
}

/* Labels that no mail header has. A quoted one has From, To, Subject and Reply-To. */
static gboolean
is_telling(LsmFieldId field)
{
	return field == LSM_FIELD_PURPOSE || field == LSM_FIELD_DEADLINE || field == LSM_FIELD_FROM_CONTACT ||
	       field == LSM_FIELD_TO_CONTACT || field == LSM_FIELD_SEND_TO;
}

/* A line with a label of ours that other forms do not share: most letters have a "Cc:". */
static gboolean
is_own_line(const GArray *lines, guint i)
{
	LsmLabelLine parsed = {NULL, NULL};
	LsmFieldId field = LSM_FIELD_COUNT;
	gboolean is_copy = FALSE;

	if (i < lines->len && parse_line(lines, i, &parsed))
		is_copy = lsm_field_parse_label(parsed.label, &field) && field == LSM_FIELD_CC;
	lsm_label_line_clear(&parsed);
	return !is_copy && is_known_line(lines, i);
}

/* Start of a run of at least three of our labels, one of them telling, or lines->len. */
static guint
find_unopened(const GArray *lines)
{
	guint seen = 0;

	for (guint i = 0; i < lines->len && seen < TOP_LINES; i++) {
		guint count = 0, end = i;
		gboolean telling = FALSE;

		while (is_own_line(lines, end)) {
			LsmLabelLine parsed;
			LsmFieldId field;

			if (parse_line(lines, end, &parsed) && lsm_field_parse_label(parsed.label, &field))
				telling |= is_telling(field);
			lsm_label_line_clear(&parsed);
			end++;
			count++;
		}
		if (count >= MIN_LABELS && telling)
			return i;
		seen += is_blank_at(lines, i) ? 0 : 1;
		i = MAX(i, end > i ? end - 1 : i);
	}
	return lines->len;
}

static BlockField *
begin_field(Block *block, LsmFieldId id, const LsmLine *line)
{
	BlockField *field = g_new0(BlockField, 1);

	field->field = id;
	field->text = g_string_new(NULL);
	field->where = g_strdup_printf("body line %u", line->number);
	g_ptr_array_add(block->fields, field);
	return field;
}

static void
extend_field(BlockField *field, const char *text, gsize length)
{
	if (field == NULL || field->text->len + length > MAX_VALUE)
		return;
	g_string_append_c(field->text, ' ');
	g_string_append_len(field->text, text, (gssize)length);
}

/*
 * A line that goes on with the field above: it begins with a blank, or a mail client wrapped it
 * there (the line above ends with a blank or a comma, as format=flowed and long address lists do).
 */
static gboolean
is_continuation(const GArray *lines, guint i)
{
	const LsmLine *line = &g_array_index(lines, LsmLine, i);
	const LsmLine *above = &g_array_index(lines, LsmLine, i - 1);

	if (*line->start == ' ' || *line->start == '\t')
		return TRUE;
	return above->length > 0 && strchr(" ,;", above->start[above->length - 1]) != NULL &&
	       *line->start != '>';
}

/* Some clients put an empty line between any two: then it does not end the block. */
static gboolean
is_double_spaced(const GArray *lines, guint first)
{
	return first + 2 < lines->len && is_blank_at(lines, first + 1) && is_known_line(lines, first + 2);
}

static void
read_block(Block *block, const GArray *lines)
{
	gboolean double_spaced = is_double_spaced(lines, block->first);
	BlockField *field = NULL;
	guint i = block->first;

	for (; i < lines->len; i++) {
		const LsmLine *line = &g_array_index(lines, LsmLine, i);
		LsmLabelLine parsed = {NULL, NULL};
		LsmFieldId id;

		if (is_blank_at(lines, i)) {
			if (double_spaced && is_known_line(lines, i + 1))
				continue;
			break;
		}
		if (i > block->first && (*line->start == ' ' || *line->start == '\t') &&
		    !is_known_line(lines, i)) {
			extend_field(field, line->start, line->length);
			continue;
		}
		if (lsm_label_line_parse(line->start, line->length, &parsed)) {
			field = lsm_field_parse_label(parsed.label, &id) ? begin_field(block, id, line)
									 : NULL;
			extend_field(field, parsed.value, strlen(parsed.value));
			lsm_label_line_clear(&parsed);
			continue;
		}
		if (i == block->first || !is_continuation(lines, i))
			break;
		extend_field(field, line->start, line->length);
	}
	block->behind = i;
}

static gboolean
find_block(Block *block, const GArray *lines)
{
	guint first = find_opening(lines, &block->version);

	block->has_opening_line = block->version != NULL && is_version_one(block->version);
	if (first == lines->len)
		first = find_unopened(lines);
	if (first == lines->len)
		return FALSE;
	/* The order of the fields is free, so some may stand above the opening line. */
	while (first > 0 && is_known_line(lines, first - 1))
		first--;
	block->first = first;
	read_block(block, lines);
	return TRUE;
}

/* --- header fields --- */

/* Liaison-Purpose: and the like. Our verdict's own fields are no labels and fall through. */
static guint
read_header_fields(const LsmMessage *message, LsmStatement *statement)
{
	guint count = 0;

	for (guint i = 0; i < message->headers->len; i++) {
		const LsmHeaderField *header = g_ptr_array_index(message->headers, i);
		g_autofree char *label = g_ascii_strdown(header->name, -1);
		g_autofree char *where = NULL;
		LsmFieldId field;

		if (!g_str_has_prefix(label, "liaison-"))
			continue;
		if (strcmp(label, OPENING_LABEL) == 0) {
			statement->has_opening_line |= is_version_one(header->decoded);
			if (!statement->has_opening_line && statement->version == NULL)
				statement->version = lsm_text_one_line(header->decoded, -1, MAX_VERSION);
			statement->is_on_top |= statement->has_opening_line;
			count++;
			continue;
		}
		if (!lsm_field_parse_label(label + strlen("liaison-"), &field) ||
		    lsm_statement_has(statement, field))
			continue;
		where = g_strdup_printf("header %s", header->name);
		lsm_statement_read_field(statement, field, header->decoded, where, LSM_CONFIDENCE_EXPLICIT);
		count++;
	}
	return count;
}

/* --- the whole --- */

static void
fill_from_block(LsmStatement *statement, const Block *block)
{
	for (guint i = 0; i < block->fields->len; i++) {
		const BlockField *field = g_ptr_array_index(block->fields, i);
		g_autofree char *text = lsm_text_one_line(field->text->str, -1, MAX_VALUE);

		lsm_statement_read_field(statement, field->field, text, field->where,
					 LSM_CONFIDENCE_EXPLICIT);
	}
}

/* The text without the lines [first, behind). */
static char *
text_without(const char *text, const GArray *lines, guint first, guint behind)
{
	const char *start = first < lines->len ? g_array_index(lines, LsmLine, first).start : text;
	const char *rest = text + strlen(text);
	g_autofree char *before = g_strndup(text, (gsize)(start - text));

	if (behind < lines->len)
		rest = g_array_index(lines, LsmLine, behind).start;
	else if (lines->len > 0) {
		const LsmLine *last = &g_array_index(lines, LsmLine, lines->len - 1);

		rest = last->start + last->length;
	}
	return g_strstrip(g_strconcat(before, rest, NULL));
}

LsmStatement *
lsm_format_read_labelled(const LsmMessage *message, GPtrArray *evidence)
{
	g_autoptr(LsmStatement) statement = lsm_statement_new("labelled");
	g_autoptr(GArray) lines = lsm_text_top_lines(message->text, MAX_LINES);
	g_autoptr(GPtrArray) fields = g_ptr_array_new_with_free_func(block_field_free);
	Block block = {FALSE, NULL, fields, 0, 0};
	gboolean found = find_block(&block, lines);
	guint header_fields;

	fill_from_block(statement, &block);
	statement->has_opening_line = block.has_opening_line;
	if (block.version != NULL && !block.has_opening_line)
		statement->version = lsm_text_one_line(block.version, -1, MAX_VERSION);
	g_free(block.version);
	statement->is_on_top = block.has_opening_line && is_all_blank(lines, block.first);
	header_fields = read_header_fields(message, statement);
	if (!found && header_fields == 0)
		return NULL;
	if (found)
		lsm_weight_note(block.has_opening_line ? LSM_WEIGHT_FORM_LABELLED : LSM_WEIGHT_FORM_UNOPENED,
				evidence, "a block of labelled lines begins in line %u of the text%s",
				g_array_index(lines, LsmLine, block.first).number,
				block.has_opening_line ? ", with its opening line"
						       : ", without its opening line");
	if (header_fields > 0)
		lsm_weight_note(LSM_WEIGHT_HEADER_FIELDS, evidence,
				"%u header fields begin with \"" HEADER_PREFIX "\"", header_fields);
	g_free(statement->text);
	statement->text = found ? text_without(message->text, lines, block.first, block.behind)
				: g_strstrip(g_strdup(message->text));
	return g_steal_pointer(&statement);
}

gboolean
lsm_format_has_opening(const char *text)
{
	const char *cursor = text;
	LsmLine line = {NULL, 0, 0};

	while (lsm_text_next_line(&cursor, &line)) {
		LsmLine plain = lsm_line_unquoted(&line, NULL);
		LsmLabelLine parsed;
		gboolean opening;

		/* The cheap question first: this runs over every line of a long text. */
		plain = lsm_line_trimmed(&plain);
		while (plain.length > 0 && *plain.start == '*') {
			plain.start++;
			plain.length--;
		}
		if (plain.length < strlen(OPENING_LABEL) || g_ascii_tolower(*plain.start) != 'l')
			continue;
		opening = lsm_label_line_parse(plain.start, plain.length, &parsed) && is_opening(&parsed);
		lsm_label_line_clear(&parsed);
		if (opening)
			return TRUE;
	}
	return FALSE;
}

/* At top level the reader has found it: here it is quoted, or in a forwarded mail. */
gboolean
lsm_format_carries_labelled(const LsmMessage *message)
{
	return lsm_format_has_opening(message->text);
}

static gboolean
is_bare_field(LsmFieldId field)
{
	return field == LSM_FIELD_PURPOSE || field == LSM_FIELD_DEADLINE || field == LSM_FIELD_IN_RESPONSE_TO;
}

guint
lsm_format_read_bare_lines(const LsmMessage *message, LsmStatement *statement)
{
	g_autoptr(GArray) lines = lsm_text_top_lines(message->text, MAX_LINES);
	guint seen = 0, added = 0;

	for (guint i = 0; i < lines->len && seen < TOP_LINES; i++) {
		const LsmLine *line = &g_array_index(lines, LsmLine, i);
		LsmLabelLine parsed;
		LsmFieldId field;

		if (parse_line(lines, i, &parsed) && lsm_field_parse_label(parsed.label, &field) &&
		    is_bare_field(field) && !lsm_statement_has(statement, field)) {
			g_autofree char *where = g_strdup_printf("body line %u", line->number);

			lsm_statement_read_field(statement, field, parsed.value, where,
						 LSM_CONFIDENCE_EXPLICIT);
			added++;
		}
		lsm_label_line_clear(&parsed);
		seen += is_blank_at(lines, i) ? 0 : 1;
	}
	return added;
}
