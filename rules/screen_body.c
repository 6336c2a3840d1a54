/*
 * screen_body.c - does our block stand in this body? Asked of mail that says nothing in its header, while the
 * body comes in.
 *
 * The octets are looked at as they were sent, line by line. Only where one of the two words that the block
 * begins with is there are HTML and quoted-printable made plain: ordinary mail costs one look. Owns nothing;
 * thread-safe; never fails.
 */
#include <string.h>

#include "rules/format.h"
#include "rules/html.h"
#include "rules/recognise.h"

#define FIRST_WORD "Liaison"
#define SECOND_WORD "Statement"
#define MAX_BETWEEN 12  /* octets: a hyphen, a blank, "=E2=80=91" */
#define MAX_PEEK 524288 /* octets of a body from which on nothing is waited for */
#define CASE_BIT 0x20
#define STRIDE 256      /* octets that are looked at together */
#define MAX_FIELD 2000  /* octets of a part's Content-Type with its folded lines */

static gboolean
begins(const char *line, gsize length, const char *word)
{
	return length >= strlen(word) && g_ascii_strncasecmp(line, word, strlen(word)) == 0;
}

/* May the word begin at one of the STRIDE places from text on? Its first, middle and last octet are sought at their
 * distances; two signs whose codes differ in the bit of the case are one. Compilers make vector instructions of a
 * loop of this form: it costs a tenth of what any way to skip octets does. */
static inline __attribute__((always_inline)) gboolean
compare_stride(const guint8 *text, const guint8 *word, gsize size)
{
	const guint8 first = word[0], middle = word[size / 2], last = word[size - 1];
	const guint8 *text_middle = text + size / 2, *text_last = text + size - 1;
	guint8 least = 0xFF;

	for (gsize i = 0; i < STRIDE; i++) {
		guint8 difference = (guint8)((text[i] ^ first) | (text_middle[i] ^ middle) | (text_last[i] ^ last));

		difference &= (guint8)~CASE_BIT;
		least = MIN(least, difference);
	}
	return least == 0;
}

#ifdef __x86_64__
/* Packages are built for the oldest processors; those of today take twice as many octets at once. */
__attribute__((target("avx2"))) static gboolean
compare_wide(const guint8 *text, const guint8 *word, gsize size)
{
	return compare_stride(text, word, size);
}
#endif

static gboolean
may_begin(const guint8 *text, const guint8 *word, gsize size)
{
#ifdef __x86_64__
	if (__builtin_cpu_supports("avx2"))
		return compare_wide(text, word, size);
#endif
	return compare_stride(text, word, size);
}

/* Where the word begins, in any case; NULL. */
static const char *
find_word(const char *text, gsize length, const char *word)
{
	gsize size = strlen(word);

	for (gsize at = 0; at + size <= length;) {
		gsize places = MIN(length - size - at + 1, STRIDE);

		if (places < STRIDE || may_begin((const guint8 *)text + at, (const guint8 *)word, size))
			for (gsize i = at; i < at + places; i++)
				if ((text[i] | CASE_BIT) == (word[0] | CASE_BIT) &&
				    g_ascii_strncasecmp(text + i, word, size) == 0)
					return text + i;
		at += places;
	}
	return NULL;
}

/* --- the opening line as it was sent --- */

/* What may stand before the opening line and be no letter of it, as it was sent. To add one: a row here. */
static const char *const fillers[] = {" ", "\t", "*", "&nbsp;", "&#160;", "=20", "=C2=A0", "=EF=BB=BF"};

static gsize
filler_octets(const char *line, gsize length)
{
	if (length > 0 && (guchar)*line >= 0x80)
		return 1;
	for (gsize i = 0; i < G_N_ELEMENTS(fillers); i++)
		if (begins(line, length, fillers[i]))
			return strlen(fillers[i]);
	return 0;
}

static gboolean
begins_with_opening(const char *line, gsize length)
{
	gsize filler;

	while ((filler = filler_octets(line, length)) > 0) {
		line += filler;
		length -= filler;
	}
	return begins(line, length, FIRST_WORD) &&
	       find_word(line, MIN(length, strlen(FIRST_WORD SECOND_WORD) + MAX_BETWEEN), SECOND_WORD) !=
		       NULL;
}

/* The opening line, also as HTML's first words in a line: "<p>Liaison-Statement: 1". */
static gboolean
has_opening(const char *line, gsize length)
{
	const char *tag;

	if (begins_with_opening(line, length))
		return TRUE;
	while ((tag = memchr(line, '>', length)) != NULL) {
		length -= (gsize)(tag + 1 - line);
		line = tag + 1;
		/* "> " quotes. */
		if (!begins(line, length, " ") && begins_with_opening(line, length))
			return TRUE;
	}
	return FALSE;
}

/* --- parts that hide their text --- */

typedef struct {
	const char *body, *end;
	gboolean is_html; /* text/html, or it looks like it */
	gboolean is_quoted_printable;
	gboolean is_base64;
	gboolean is_text;
} Part;

/* Octets of the field that begins here with its folded lines. */
static gsize
field_length(const char *field, const char *end)
{
	const char *p = field;

	while (p < end) {
		const char *newline = memchr(p, '\n', (gsize)(end - p));

		if (newline == NULL)
			return (gsize)(end - field);
		p = newline + 1;
		if (p >= end || (*p != ' ' && *p != '\t'))
			break;
	}
	return (gsize)(p - field);
}

static void
note_type(Part *part, const char *value, gsize length)
{
	part->is_html = find_word(value, length, "text/html") != NULL;
	part->is_text = find_word(value, length, "text/") != NULL;
}

static void
note_encoding(Part *part, const char *value, gsize length)
{
	part->is_base64 = find_word(value, length, "base64") != NULL;
	part->is_quoted_printable = find_word(value, length, "quoted-printable") != NULL;
}

static void
note_field(Part *part, const char *field, gsize length)
{
	if (begins(field, length, "Content-Type:"))
		note_type(part, field, MIN(length, MAX_FIELD));
	else if (begins(field, length, "Content-Transfer-Encoding:"))
		note_encoding(part, field, MIN(length, MAX_FIELD));
}

/* The line behind this one; the end where there is none. */
static const char *
next_line(const char *line, const char *end)
{
	const char *newline = memchr(line, '\n', (gsize)(end - line));

	return newline != NULL ? newline + 1 : end;
}

#define BOUNDARY "\n--"

/* The line that begins with "--", from this line on; the end where there is none. */
static const char *
find_boundary(const char *line, const char *end)
{
	const char *newline;

	if (begins(line, (gsize)(end - line), &BOUNDARY[1]))
		return line;
	newline = find_word(line, (gsize)(end - line), BOUNDARY);
	return newline != NULL ? newline + 1 : end;
}

/* The next part behind a boundary line, with its header read and its body up to the next such line. FALSE at
 * the end. A body that has no parts is one. */
static gboolean
next_part(const char **cursor, const char *end, Part *part)
{
	const char *line = *cursor;

	*part = (Part){.is_text = TRUE};
	if (line >= end)
		return FALSE;
	while (line < end && *line != '\r' && *line != '\n') {
		gsize length = field_length(line, end);

		note_field(part, line, length);
		line += length;
	}
	part->body = line;
	part->end = find_boundary(line, end);
	line = next_line(part->end, end);
	*cursor = line;
	return TRUE;
}

/* RFC 2045 section 6.7; what is no code stays as it is. */
static char *
decode_quoted_printable(const char *text, gsize length)
{
	GString *plain = g_string_sized_new(length + 1);

	for (gsize i = 0; i < length; i++) {
		if (text[i] != '=') {
			g_string_append_c(plain, text[i]);
		} else if (i + 2 < length && g_ascii_isxdigit(text[i + 1]) && g_ascii_isxdigit(text[i + 2])) {
			g_string_append_c(plain, (char)(g_ascii_xdigit_value(text[i + 1]) * 16 +
							g_ascii_xdigit_value(text[i + 2])));
			i += 2;
		} else if (i + 1 < length && text[i + 1] == '\n') {
			i += 1;
		} else if (i + 2 < length && text[i + 1] == '\r' && text[i + 2] == '\n') {
			i += 2;
		} else {
			g_string_append_c(plain, '=');
		}
	}
	return g_string_free(plain, FALSE);
}

static gboolean
hides_block(const Part *part)
{
	gsize length = (gsize)(part->end - part->body);
	g_autofree char *decoded = part->is_quoted_printable ? decode_quoted_printable(part->body, length)
							     : g_strndup(part->body, length);
	g_autofree char *valid = g_utf8_make_valid(decoded, -1);
	g_autofree char *plain = part->is_html ? lsm_html_to_text(valid, strlen(valid)) : g_strdup(valid);

	return lsm_format_has_opening(plain);
}

/* One word may be divided by a soft line break, and not both. first: where the first one is in the whole body. */
static gboolean
has_either_word(const Part *part, const char *first)
{
	gsize length = (gsize)(part->end - part->body);

	return (first != NULL && find_word(part->body, length, FIRST_WORD) != NULL) ||
	       find_word(part->body, length, SECOND_WORD) != NULL;
}

/* A page that is still in its head (style sheets are long) has shown nothing yet. */
static gboolean
is_in_head(const Part *part, const char *end)
{
	gsize length = (gsize)(part->end - part->body);

	return part->is_html && part->end == end && find_word(part->body, length, "<body") == NULL &&
	       find_word(part->body, length, "<style") != NULL;
}

static LsmScreen
look_at_part(const Part *part, const char *first, const char *end)
{
	if (!part->is_text)
		return LSM_SCREEN_PASS;
	if (part->is_base64)
		return LSM_SCREEN_READ;
	if ((part->is_html || part->is_quoted_printable) && has_either_word(part, first) && hides_block(part))
		return LSM_SCREEN_READ;
	return is_in_head(part, end) ? LSM_SCREEN_PEEK : LSM_SCREEN_PASS;
}

static LsmScreen
look_at_parts(const LsmCollector *collector, const char *body, const char *first, const char *end)
{
	const char *type = lsm_collector_field(collector, "Content-Type");
	const char *encoding = lsm_collector_field(collector, "Content-Transfer-Encoding");
	LsmScreen answer = LSM_SCREEN_PASS;
	const char *cursor = body;
	Part part = {.body = body, .end = end, .is_text = TRUE};

	if (type != NULL)
		note_type(&part, type, strlen(type));
	if (encoding != NULL)
		note_encoding(&part, encoding, strlen(encoding));
	if (type == NULL || !begins(type, strlen(type), "multipart/"))
		return look_at_part(&part, first, end);
	while (answer != LSM_SCREEN_READ && next_part(&cursor, end, &part))
		answer = MAX(answer, look_at_part(&part, first, end));
	return answer;
}

/* --- the whole --- */

static gboolean
has_open_block(const char *body, const char *end)
{
	for (const char *line = body; line < end;) {
		const char *newline = memchr(line, '\n', (gsize)(end - line));
		const char *stop = newline != NULL ? newline : end;
		gsize size = (gsize)(stop - line) - (stop > line && stop[-1] == '\r' ? 1 : 0);

		if (has_opening(line, size))
			return TRUE;
		line = newline != NULL ? newline + 1 : end;
	}
	return FALSE;
}

LsmScreen
lsm_screen_body(const LsmCollector *collector, const void *body, gsize length)
{
	const char *start = body, *end = start + length;
	const char *first = find_word(start, length, FIRST_WORD);
	LsmScreen answer;

	if (length == 0)
		return LSM_SCREEN_PASS;
	/* Most mail goes no further. */
	if (first != NULL && has_open_block(start, end))
		return LSM_SCREEN_READ;
	answer = look_at_parts(collector, start, first, end);
	return answer == LSM_SCREEN_PEEK && length > MAX_PEEK ? LSM_SCREEN_PASS : answer;
}
