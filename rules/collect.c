/*
 * collect.c - gathers one mail's header and body under caps, before anything parses it.
 *
 * Owns the octets until lsm_message_parse takes them. Uses the settings for the caps. One
 * collector belongs to one mail and is used by one thread at a time. Never fails: what is
 * too much is left out and `truncated` is set.
 */
#include "rules/collect.h"

#include <string.h>

#define FLUSH_SIZE 65535
#define MAX_PART_HEADER_LINES 10000
#define MAX_PART_HEADER_SIZE (1024 * 1024)
#define USUAL_FIELDS 32
#define PIECE_SIZE 8000 /* octets: a usual header */

/* A mail has some twenty fields, which come and go together. */
typedef struct LsmPiece {
	struct LsmPiece *next;
	gsize used, size; /* octets of memory */
	char memory[];
} LsmPiece;

LsmCollector *
lsm_collector_new(const LsmSettings *settings)
{
	LsmCollector *collector = g_new0(LsmCollector, 1);

	collector->settings = settings;
	collector->fields = g_ptr_array_sized_new(USUAL_FIELDS);
	collector->bytes = g_byte_array_new();
	return collector;
}

void
lsm_collector_free(LsmCollector *collector)
{
	if (collector == NULL)
		return;
	for (LsmPiece *piece = collector->pieces, *next; piece != NULL; piece = next) {
		next = piece->next;
		g_free(piece);
	}
	g_ptr_array_unref(collector->fields);
	g_byte_array_unref(collector->bytes);
	g_free(collector);
}

/* Memory that lasts as long as the collector. */
static gpointer
allocate(LsmCollector *collector, gsize size)
{
	LsmPiece *piece = collector->pieces;
	gsize whole = (size + sizeof(gpointer) - 1) & ~(sizeof(gpointer) - 1);
	gpointer memory;

	if (piece == NULL || piece->size - piece->used < whole) {
		gsize room = MAX(whole, PIECE_SIZE);

		piece = g_malloc(sizeof *piece + room);
		piece->used = 0;
		piece->size = room;
		piece->next = collector->pieces;
		collector->pieces = piece;
	}
	memory = piece->memory + piece->used;
	piece->used += whole;
	return memory;
}

static void
append(LsmCollector *collector, const void *data, gsize length)
{
	g_byte_array_append(collector->bytes, data, (guint)length);
}

static char *
copy_without_cr(char *to, const char *from, gsize length)
{
	const char *end = from + length;
	const char *cr;

	while ((cr = memchr(from, '\r', (gsize)(end - from))) != NULL) {
		to = mempcpy(to, from, (gsize)(cr - from));
		from = cr + 1;
	}
	return mempcpy(to, from, (gsize)(end - from));
}

/* One form of line ends ("\n"), none at the end, and no line that could be read as the header's end. Room: the
 * value's octets, one more for each line end in it, and a NUL. */
static void
normalise_value(char *normal, const char *value, gsize length)
{
	const char *stop = value + length;
	char *end = normal;

	while (value < stop) {
		const char *newline = memchr(value, '\n', (gsize)(stop - value));
		const char *next = newline != NULL ? newline + 1 : stop;

		end = copy_without_cr(end, value, (gsize)(next - value));
		if (newline != NULL && *next != ' ' && *next != '\t' && *next != '\0')
			*end++ = ' ';
		value = next;
	}
	while (end > normal && end[-1] == '\n')
		end--;
	*end = '\0';
}

static gsize
count_line_ends(const char *value)
{
	gsize count = 0;

	while ((value = strchr(value, '\n')) != NULL) {
		count++;
		value++;
	}
	return count;
}

static LsmRawField *
raw_field_new(LsmCollector *collector, const char *name, gsize name_length, const char *value, gsize value_length)
{
	gsize line_ends = count_line_ends(value);
	LsmRawField *field =
		allocate(collector, sizeof *field + name_length + 1 + value_length + line_ends + 1);

	field->name = (char *)(field + 1);
	field->value = field->name + name_length + 1;
	memcpy(field->name, name, name_length + 1);
	if (line_ends == 0 && memchr(value, '\r', value_length) == NULL)
		memcpy(field->value, value, value_length + 1);
	else
		normalise_value(field->value, value, value_length);
	return field;
}

static void
append_value(LsmCollector *collector, const char *value)
{
	const char *end;

	while ((end = strchr(value, '\n')) != NULL) {
		append(collector, value, (gsize)(end - value));
		append(collector, "\r\n", 2);
		value = end + 1;
	}
	append(collector, value, strlen(value));
	append(collector, "\r\n", 2);
}

static gboolean
is_over_header_caps(const LsmCollector *collector, const char *name, gsize size)
{
	/* Fields that pretend to be ours must all be counted to be removed. */
	if (g_ascii_strncasecmp(name, "Liaison-", strlen("Liaison-")) == 0)
		return collector->header_size + size > 2 * (gsize)collector->settings->max_header_size;
	return collector->fields->len >= (guint)collector->settings->max_header_count ||
	       collector->header_size + size > (gsize)collector->settings->max_header_size;
}

gboolean
lsm_collector_add_field(LsmCollector *collector, const char *name, const char *value)
{
	gsize name_length = strlen(name), value_length = strlen(value);
	gsize size = name_length + value_length + strlen(":\r\n");

	if (is_over_header_caps(collector, name, size) || name_length == 0 ||
	    strcspn(name, "\r\n:") != name_length) {
		collector->truncated = TRUE;
		return FALSE;
	}
	g_ptr_array_add(collector->fields, raw_field_new(collector, name, name_length, value, value_length));
	collector->header_size += size;
	return TRUE;
}

void
lsm_collector_end_header(LsmCollector *collector)
{
	if (collector->body_offset != 0)
		return;
	for (guint i = 0; i < collector->fields->len; i++) {
		const LsmRawField *field = g_ptr_array_index(collector->fields, i);

		append(collector, field->name, strlen(field->name));
		append(collector, ":", 1);
		append_value(collector, field->value);
	}
	append(collector, "\r\n", 2);
	collector->body_offset = collector->bytes->len;
	collector->line_offset = collector->body_offset;
	collector->at_line_start = TRUE;
}

/* Ends the collecting before the line that is one too many. */
static void
stop_at(LsmCollector *collector, gsize offset)
{
	g_byte_array_set_size(collector->bytes, (guint)offset);
	collector->full = TRUE;
	collector->truncated = TRUE;
}

/*
 * Counts the lines that begin with "--": a parser compares each with every open boundary, and a
 * hostile mail has a million of them. A line may arrive split over chunks, hence the offsets.
 */
static void
count_boundary_lines(LsmCollector *collector, gsize from)
{
	const guint8 *data = collector->bytes->data;
	gsize length = collector->bytes->len;
	const guint8 *newline;

	for (;;) {
		if (collector->at_line_start) {
			gsize start = collector->line_offset;

			if (length - start < 2)
				return;
			collector->at_line_start = FALSE;
			from = start;
			if (data[start] == '-' && data[start + 1] == '-' &&
			    ++collector->boundary_lines > collector->settings->max_boundary_lines) {
				stop_at(collector, start);
				return;
			}
		}
		newline = memchr(data + from, '\n', length - from);
		if (newline == NULL)
			return;
		collector->line_offset = (gsize)(newline - data) + 1;
		collector->at_line_start = TRUE;
	}
}

gboolean
lsm_collector_add_body(LsmCollector *collector, const void *chunk, gsize length)
{
	gsize cap = (gsize)collector->settings->max_message_size;
	gsize had, room;

	lsm_collector_end_header(collector);
	if (collector->full)
		return FALSE;
	had = collector->bytes->len;
	room = had < cap ? cap - had : 0;
	append(collector, chunk, MIN(length, room));
	count_boundary_lines(collector, had);
	if (length > room && !collector->full)
		stop_at(collector, collector->bytes->len);
	return !collector->full;
}

const char *
lsm_collector_field_at(const LsmCollector *collector, const char *name, guint n)
{
	for (guint i = 0; i < collector->fields->len; i++) {
		const LsmRawField *field = g_ptr_array_index(collector->fields, i);

		if (lsm_raw_field_may_be(field, *name) && g_ascii_strcasecmp(field->name, name) == 0 && n-- == 0)
			return field->value + strspn(field->value, " \t\n");
	}
	return NULL;
}

const char *
lsm_collector_field(const LsmCollector *collector, const char *name)
{
	return lsm_collector_field_at(collector, name, 0);
}

/* --- how much a parser may see --- */

static gboolean
looks_like_field(const char *line, gsize length)
{
	gsize i = 0;

	if (length > 0 && (*line == ' ' || *line == '\t'))
		return TRUE;
	while (i < length && line[i] > ' ' && line[i] < 0x7f && line[i] != ':')
		i++;
	return i > 0 && i < length && line[i] == ':';
}

/*
 * Fields of parts stand in runs behind a boundary or an empty line. What GMime builds for each costs
 * about 500 octets, and a mail of 5 MB can have a million.
 */
gsize
lsm_collector_parse_limit(const LsmCollector *collector)
{
	const GByteArray *bytes = collector->bytes;
	const char *data = (const char *)bytes->data;
	gsize lines = 0, size = 0;
	gboolean in_run = FALSE;

	for (gsize at = collector->body_offset; at < bytes->len;) {
		const char *newline = memchr(data + at, '\n', bytes->len - at);
		gsize length = newline != NULL ? (gsize)(newline - data) + 1 - at : bytes->len - at;

		if (length <= 2 || (length >= 2 && data[at] == '-' && data[at + 1] == '-'))
			in_run = TRUE;
		else if ((in_run = in_run && looks_like_field(data + at, length)))
			if (++lines > MAX_PART_HEADER_LINES || (size += length) > MAX_PART_HEADER_SIZE)
				return at;
		at += length;
	}
	return bytes->len;
}

/* --- a mail from a file --- */

static const char *
line_end(const char *line, const char *end)
{
	const char *newline = memchr(line, '\n', (gsize)(end - line));

	return newline != NULL ? newline + 1 : end;
}

/* Where the field that begins here ends: behind its last folded line. */
static const char *
field_end(const char *field, const char *end)
{
	const char *next = line_end(field, end);

	while (next < end && (*next == ' ' || *next == '\t'))
		next = line_end(next, end);
	return next;
}

/* A C string without the NULs that may stand in it: sendmail drops them, Postfix cuts there. */
static char *
dup_without_nul(const char *data, gsize length)
{
	GString *copy = g_string_sized_new(length + 1);

	for (gsize i = 0; i < length; i++)
		if (data[i] != '\0')
			g_string_append_c(copy, data[i]);
	return g_string_free(copy, FALSE);
}

/* The colon of a header line, or NULL when the line is none. */
static const char *
find_colon(const char *line, const char *end)
{
	const char *colon = memchr(line, ':', (gsize)(end - line));

	if (colon == NULL || colon == line || g_ascii_isspace(*line))
		return NULL;
	return memchr(line, '\n', (gsize)(colon - line)) == NULL ? colon : NULL;
}

static void
add_file_field(LsmCollector *collector, const char *field, const char *colon, const char *end)
{
	g_autofree char *name = dup_without_nul(field, (gsize)(colon - field));
	g_autofree char *value = dup_without_nul(colon + 1, (gsize)(end - colon - 1));

	lsm_collector_add_field(collector, g_strchomp(name), value);
}

static const char *
add_file_header(LsmCollector *collector, const char *mail, const char *end)
{
	const char *line = mail;

	while (line < end) {
		const char *stop = line_end(line, end);
		const char *colon = find_colon(line, stop);

		if (colon == NULL) {
			gboolean empty = *line == '\n' || (*line == '\r' && stop - line == 2);

			return empty ? stop : line;
		}
		stop = field_end(line, end);
		add_file_field(collector, line, colon, stop);
		line = stop;
	}
	return end;
}

static void
add_file_body(LsmCollector *collector, const char *body, const char *end)
{
	g_autoptr(GByteArray) chunk = g_byte_array_sized_new(FLUSH_SIZE + 1);
	gboolean wanted = TRUE;

	for (const char *line = body; line < end && wanted;) {
		const char *next = line_end(line, end);
		const char *stop = next;

		if (stop > line && stop[-1] == '\n')
			stop--;
		if (stop > line && stop[-1] == '\r')
			stop--;
		g_byte_array_append(chunk, (const guint8 *)line, (guint)(stop - line));
		g_byte_array_append(chunk, (const guint8 *)"\r\n", 2);
		if (chunk->len >= FLUSH_SIZE || next == end) {
			wanted = lsm_collector_add_body(collector, chunk->data, chunk->len);
			g_byte_array_set_size(chunk, 0);
		}
		line = next;
	}
}

void
lsm_collector_add_mail(LsmCollector *collector, const char *mail, gsize length)
{
	const char *end = mail + length;
	const char *body;

	if (length >= 5 && memcmp(mail, "From ", 5) == 0)
		mail = line_end(mail, end);
	body = add_file_header(collector, mail, end);
	lsm_collector_end_header(collector);
	add_file_body(collector, body, end);
}
