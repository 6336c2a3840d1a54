/*
 * text.c - small views of text that people wrote: lines, quoting, and forms to compare by.
 *
 * Owns nothing. Uses GLib's Unicode tables. Thread-safe; never fails.
 */
#include "rules/text.h"

#include <string.h>

#define MAX_FOLDED 2000
#define MAX_TURN_LINE 300
#define MAX_OPENING 60 /* octets in which a label and its colon stand */
#define MAX_FOREIGN 10 /* lines of an answered mail's header that are looked at */

static gsize
cut_between_characters(const char *text, gsize length, gsize max)
{
	if (length <= max)
		return length;
	while (max > 0 && ((guchar)text[max] & 0xc0) == 0x80)
		max--;
	return max;
}

static gsize
length_of(const char *text, gssize length)
{
	return length < 0 ? strlen(text) : (gsize)length;
}

/* Ends a line of so many octets; when it was cut, without a last character of which not all octets are there.
 */
static char *
cut_line(char *line, gsize length, gboolean cut)
{
	gsize start = length;

	while (cut && start > 0 && length - start < 3 && ((guchar)line[start - 1] & 0xc0) == 0x80)
		start--;
	if (cut && start > 0 && !g_utf8_validate(line + start - 1, (gssize)(length - start + 1), NULL))
		length = start - 1;
	if (cut && length > 0 && line[length - 1] == ' ')
		length--;
	line[length] = '\0';
	return line;
}

/* Blanks beyond ASCII that mail programs write: no-break, ideographic, zero-width, narrow; a byte order mark.
 */
static const char *const wide_blanks[] = {"\xc2\xa0", "\xe3\x80\x80", "\xe2\x80\x8b", "\xe2\x80\xaf",
					  "\xef\xbb\xbf"};

/* Octets of one blank of whatever kind; 0 when there is none. */
static gsize
blank_octets(const char *text, gsize length)
{
	if (length == 0)
		return 0;
	if ((guchar)*text <= ' ' || *text == 0x7f)
		return 1;
	for (gsize i = 0; (guchar)*text >= 0xc2 && i < G_N_ELEMENTS(wide_blanks); i++) {
		gsize size = strlen(wide_blanks[i]);

		if (length >= size && memcmp(text, wide_blanks[i], size) == 0)
			return size;
	}
	return 0;
}

/* Octets of what stands at text: a blank of whatever kind, else one octet of a word. */
static gsize
step(const char *text, gsize length, gboolean *blank_out)
{
	guchar octet = (guchar)*text;
	gsize wide;

	*blank_out = octet <= ' ' || octet == 0x7f;
	if (octet < 0xc2)
		return 1;
	wide = blank_octets(text, length);
	*blank_out = wide > 0;
	return MAX(wide, 1);
}

static gboolean
is_graphic(char octet)
{
	return octet > ' ' && octet < 0x7f;
}

#define STRIDE 16

/* Are so many octets graphic, or a blank with a graphic one behind it? Compilers make vector instructions of
 * a loop of this form. */
static gboolean
is_plain_stride(const char *text)
{
	const gint8 *at = (const gint8 *)text; /* what is not ASCII is negative, also where a char has no sign */
	guchar odd = 0;

	for (gsize i = 0; i < STRIDE; i++)
		odd |= (guchar)((at[i] < ' ') | (at[i] == 0x7f) |
				((at[i] == ' ') & ((at[i + 1] <= ' ') | (at[i + 1] == 0x7f))));
	return odd == 0;
}

/* Copies ASCII words with one blank between them, as most text is, as far as they go; their octets. */
static gsize
copy_plain(char *to, const char *from, gsize room)
{
	gsize i = 0;

	for (; i + STRIDE < room && is_plain_stride(from + i); i += STRIDE)
		memcpy(to + i, from + i, STRIDE);
	while (i < room &&
	       (is_graphic(from[i]) || (from[i] == ' ' && i + 1 < room && is_graphic(from[i + 1])))) {
		to[i] = from[i];
		i++;
	}
	return i;
}

char *
lsm_text_one_line(const char *text, gssize length, gsize max)
{
	gsize size = length_of(text, length), most = MIN(size, max), used = 0, i = 0;
	char *line = g_malloc(most + 1);
	gboolean behind_blank = FALSE;

	while (i < size) {
		gboolean is_blank;
		gsize octets = step(text + i, size - i, &is_blank);

		if (!is_blank) {
			gboolean parts = behind_blank && used > 0;

			if (used + parts >= most)
				break;
			if (parts)
				line[used++] = ' ';
			line[used] = text[i];
			octets = MAX(copy_plain(line + used, text + i, MIN(size - i, most - used)), 1);
			used += octets;
		}
		behind_blank = is_blank;
		i += octets;
	}
	return cut_line(line, used, i < size);
}

static void
break_line(GString *out, gsize indent)
{
	g_string_append_c(out, '\n');
	for (gsize i = 0; i < indent; i++)
		g_string_append_c(out, ' ');
}

void
lsm_text_fill(GString *out, const char *text, gsize column, gsize indent, gsize columns)
{
	for (const char *word = text;; word++) {
		gsize octets = strcspn(word, " ");
		gsize width = (gsize)g_utf8_strlen(word, (gssize)octets);

		if (word > text && column + 1 + width > columns) {
			break_line(out, indent);
			column = indent;
		} else if (word > text) {
			g_string_append_c(out, ' ');
			column++;
		}
		g_string_append_len(out, word, (gssize)octets);
		column += width;
		word += octets;
		if (*word == '\0')
			return;
	}
}

/* What all else in this file makes of ASCII, in one pass; NULL for other text. Every line of a mail is
 * folded, by some more than once. */
static char *
fold_ascii(const char *text, gsize size)
{
	char *folded = g_malloc(size + 1), *end = folded;
	gboolean blank = FALSE;

	for (gsize i = 0; i < size && text[i] != '\0'; i++) {
		guchar octet = (guchar)text[i];

		if (octet >= 0x80) {
			g_free(folded);
			return NULL;
		}
		if (octet <= ' ' || octet == 0x7f) {
			blank = end > folded;
			continue;
		}
		if (blank)
			*end++ = ' ';
		blank = FALSE;
		*end++ = g_ascii_tolower((char)octet);
	}
	*end = '\0';
	return folded;
}

char *
lsm_text_fold(const char *text, gssize length)
{
	gsize size = cut_between_characters(text, length_of(text, length), MAX_FOLDED);
	char *ascii = fold_ascii(text, size);
	g_autofree char *normal = NULL;
	g_autofree char *folded = NULL;

	if (ascii != NULL)
		return ascii;
	normal = g_utf8_normalize(text, (gssize)size, G_NORMALIZE_NFKC);
	if (normal == NULL)
		return g_strdup("");
	folded = g_utf8_strdown(normal, -1);
	return lsm_text_one_line(folded, -1, G_MAXSIZE / 2);
}

gboolean
lsm_text_next_line(const char **cursor, LsmLine *line)
{
	const char *newline;

	if (**cursor == '\0')
		return FALSE;
	line->start = *cursor;
	line->number++;
	newline = strchr(*cursor, '\n');
	line->length = newline != NULL ? (gsize)(newline - *cursor) : strlen(*cursor);
	*cursor += line->length + (newline != NULL ? 1 : 0);
	if (line->length > 0 && line->start[line->length - 1] == '\r')
		line->length--;
	return TRUE;
}

LsmLine
lsm_line_trimmed(const LsmLine *whole)
{
	LsmLine line = *whole;
	gsize blank;

	/* Most lines begin with a letter. */
	if (line.length > 0 && (guchar)*line.start > ' ' && (guchar)*line.start < 0x7f)
		return line;
	while ((blank = blank_octets(line.start, line.length)) > 0) {
		line.start += blank;
		line.length -= blank;
	}
	return line;
}

gboolean
lsm_line_is_blank(const LsmLine *line)
{
	return lsm_line_trimmed(line).length == 0;
}

LsmLine
lsm_line_unquoted(const LsmLine *line, guint *depth_out)
{
	LsmLine rest = lsm_line_trimmed(line);
	guint depth = 0;

	while (rest.length > 0 && (*rest.start == '>' || *rest.start == '|')) {
		rest.start++;
		rest.length--;
		rest = lsm_line_trimmed(&rest);
		depth++;
	}
	if (depth_out != NULL)
		*depth_out = depth;
	return depth > 0 ? rest : *line;
}

/* --- where another mail's text begins --- */

typedef struct {
	const char *text;                        /* as lsm_text_fold makes it */
	enum { BEGINS, BEGINS_RULED, ENDS } how; /* RULED: behind a run of dashes or underscores */
} TurnMark;

/* To add a mark: a row here, what it begins or ends with in may_be_turn, and one in
 * tests/unit/test_labelled.c. */
static const TurnMark turn_marks[] = {
	{"original message", BEGINS_RULED},
	{"forwarded message", BEGINS_RULED},
	{"forwarded by", BEGINS_RULED},
	{"original appointment", BEGINS_RULED},
	{"urspr\xc3\xbcngliche nachricht", BEGINS_RULED},
	{"weitergeleitete nachricht", BEGINS_RULED},
	{"message d'origine", BEGINS_RULED},
	{"message transf\xc3\xa9r\xc3\xa9", BEGINS_RULED},
	{"begin forwarded message:", BEGINS},
	{" wrote:", ENDS},
	{" writes:", ENDS},
	{" schrieb:", ENDS},
	{" a \xc3\xa9"
	 "crit :",
	 ENDS},
};

static gboolean
matches_mark(const char *folded, const TurnMark *mark)
{
	const char *behind_rule = folded + strspn(folded, "-_=* ");

	switch (mark->how) {
	case BEGINS:
		return g_str_has_prefix(folded, mark->text);
	case BEGINS_RULED:
		return behind_rule - folded >= 2 && g_str_has_prefix(behind_rule, mark->text);
	case ENDS:
		return g_str_has_suffix(folded, mark->text);
	}
	return FALSE;
}

/* Folding costs more than all else that is done to a line. What is ASCII stays it, so that a mark begins or
 * ends it as itself; other text may become anything. */
static gboolean
may_be_turn(const LsmLine *line)
{
	LsmLine rest = lsm_line_trimmed(line);

	while (rest.length > 0 &&
	       ((guchar)rest.start[rest.length - 1] <= ' ' || rest.start[rest.length - 1] == 0x7f))
		rest.length--;
	if (rest.length == 0)
		return FALSE;
	if (strchr("-_=*bB", *rest.start) != NULL || rest.start[rest.length - 1] == ':')
		return TRUE;
	for (gsize i = 0; i < rest.length; i++)
		if ((guchar)rest.start[i] >= 0x80)
			return TRUE;
	return FALSE;
}

static gboolean
is_turn(const LsmLine *line)
{
	g_autofree char *folded = NULL;

	if (line->length > MAX_TURN_LINE || !may_be_turn(line))
		return FALSE;
	folded = lsm_text_fold(line->start, (gssize)line->length);
	for (gsize i = 0; i < G_N_ELEMENTS(turn_marks); i++)
		if (matches_mark(folded, &turn_marks[i]))
			return TRUE;
	return FALSE;
}

/* "From:", also "*From:*" as clients make of bold letters. */
static gboolean
has_label(const LsmLine *line, const char *label)
{
	LsmLine rest = lsm_line_trimmed(line);

	if (rest.length > 0 && *rest.start == '*') {
		rest.start++;
		rest.length--;
	}
	return rest.length >= strlen(label) && g_ascii_tolower(*rest.start) == g_ascii_tolower(*label) &&
	       g_ascii_strncasecmp(rest.start, label, strlen(label)) == 0;
}

/* "Liaison-Statement: 1", with whatever hyphen or blank: our own block, in which a "From:" begins no mail. */
static gboolean
begins_block(const LsmLine *line)
{
	g_autofree char *folded = NULL;
	LsmLine rest = lsm_line_trimmed(line);

	while (rest.length > 0 && *rest.start == '*') {
		rest.start++;
		rest.length--;
	}
	if (rest.length < strlen("Liaison-Statement:") || rest.length > MAX_TURN_LINE ||
	    g_ascii_strncasecmp(rest.start, "liaison", strlen("liaison")) != 0)
		return FALSE;
	folded = lsm_text_fold(rest.start, (gssize)MIN(rest.length, MAX_OPENING));
	return strstr(folded, "statement") != NULL && strchr(folded, ':') != NULL;
}

/* Does a line go on with a block of labelled lines? */
static gboolean
goes_on_block(const LsmLine *line)
{
	return line->length > 0 && (*line->start == ' ' || *line->start == '\t' ||
				    memchr(line->start, ':', MIN(line->length, MAX_OPENING)) != NULL);
}

/* Some clients put the answered mail's header without any mark: "From:", then "Sent:" or "Date:". */
static gboolean
is_foreign_header(const char *behind, const LsmLine *line)
{
	LsmLine next = *line;
	gboolean found = FALSE;

	if (!has_label(line, "From:"))
		return FALSE;
	for (int i = 0; i < MAX_FOREIGN && lsm_text_next_line(&behind, &next); i++) {
		if (lsm_line_is_blank(&next))
			break;
		if (i < 2 && has_label(&next, "Sent:"))
			return TRUE;
		/* Some fields of our block may stand above its opening line. A mail's header has an address
		 * there. */
		if (begins_block(&next) && memchr(line->start, '@', line->length) == NULL)
			return FALSE;
		found |= i < 2 && has_label(&next, "Date:");
	}
	return found;
}

GArray *
lsm_text_top_lines(const char *text, guint max)
{
	GArray *lines = g_array_new(FALSE, FALSE, sizeof(LsmLine));
	LsmLine line = {NULL, 0, 0};
	gboolean in_block = FALSE;
	guint blanks = 0;

	while (lines->len < max && lsm_text_next_line(&text, &line)) {
		if (is_turn(&line) || (!in_block && is_foreign_header(text, &line)))
			break;
		if (lsm_line_is_blank(&line)) {
			/* One empty line right below the opening line: all are double spaced. */
			in_block = in_block && ++blanks == 1 && lines->len > 0 &&
				   begins_block(&g_array_index(lines, LsmLine, lines->len - 1));
		} else {
			in_block = begins_block(&line) || (in_block && goes_on_block(&line));
			blanks = 0;
		}
		g_array_append_val(lines, line);
	}
	return lines;
}
