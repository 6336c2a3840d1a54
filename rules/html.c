/*
 * html.c - HTML made plain, so that the same readers serve both kinds of mail.
 *
 * One pass, no tree: mail HTML is too broken for one, and only words and lines are wanted.
 * Owns nothing; thread-safe; never fails.
 */
#include "rules/html.h"

#include <string.h>

#define MAX_QUOTE_DEPTH 3
#define MAX_ENTITY 12
#define MAX_LABEL_CELL 60 /* octets */

typedef struct {
	const char *at;
	const char *end;
	GString *text;
	int quote_depth;
	int pre_depth; /* line ends count */
	gboolean line_empty;
	gboolean blank_due;
	gsize row_start; /* where the text of the table's row begins that is being read */
	guint cells;     /* of it so far */
	gboolean joins;  /* the value's first words go on with the label's line */
} Reader;

/* To add an entity: a row here. */
static const struct {
	const char *name;
	const char *text;
} entities[] = {
	{"amp", "&"},           {"lt", "<"},          {"gt", ">"},
	{"quot", "\""},         {"apos", "'"},        {"nbsp", " "},
	{"ndash", "-"},         {"mdash", "-"},       {"lsquo", "'"},
	{"rsquo", "'"},         {"ldquo", "\""},      {"rdquo", "\""},
	{"colon", ":"},         {"commat", "@"},      {"period", "."},
	{"auml", "\xc3\xa4"},   {"ouml", "\xc3\xb6"}, {"uuml", "\xc3\xbc"},
	{"eacute", "\xc3\xa9"}, {"egrave", "\xc3\xa8"}, {"agrave", "\xc3\xa0"},
	{"ccedil", "\xc3\xa7"}, {"szlig", "\xc3\x9f"},  {"ensp", " "},
	{"emsp", " "},          {"thinsp", " "},      {"shy", ""},
	{"zwnj", ""},           {"bull", "*"},        {"hellip", "..."},
	{"ntilde", "\xc3\xb1"}, {"aring", "\xc3\xa5"},  {"oslash", "\xc3\xb8"},
};

static const char *const block_tags[] = {"p",  "br", "div", "tr", "li", "ul", "ol", "table",      "pre",
					 "hr", "h1", "h2",  "h3", "h4", "h5", "h6", "blockquote"};
static const char *const hidden_tags[] = {"script", "style", "title"};

static void
end_line(Reader *reader)
{
	if (!reader->line_empty)
		g_string_append_c(reader->text, '\n');
	reader->line_empty = TRUE;
	reader->blank_due = FALSE;
}

/* A line end that was written as such: two of them leave an empty line. */
static void
break_line(Reader *reader)
{
	reader->line_empty &= reader->text->len == 0;
	end_line(reader);
}

/*
 * A table of two columns holds labels and values: what a client wraps into paragraphs of their own comes out as
 * "label value" in one line. Whole mails stand in tables, too: only a short first cell is a label.
 */
static void
begin_cell(Reader *reader)
{
	GString *text = reader->text;
	gsize end = text->len;

	if (++reader->cells != 2 || reader->row_start > end)
		return;
	while (end > reader->row_start && text->str[end - 1] == '\n')
		end--;
	if (end == reader->row_start || end - reader->row_start > MAX_LABEL_CELL ||
	    memchr(text->str + reader->row_start, '\n', end - reader->row_start) != NULL)
		return;
	if (end < text->len) {
		g_string_truncate(text, end);
		reader->line_empty = FALSE;
	}
	reader->blank_due = TRUE;
	reader->joins = TRUE;
}

/* The paragraphs of a label's value leave no empty line between the rows. */
static void
close_row(Reader *reader)
{
	GString *text = reader->text;
	gsize end = text->len;

	while (end > reader->row_start + 1 && text->str[end - 1] == '\n' && text->str[end - 2] == '\n')
		end--;
	if (end < text->len && memchr(text->str + reader->row_start, '\n', end - reader->row_start - 1) == NULL)
		g_string_truncate(text, end);
}

static void
read_table_tag(Reader *reader, const char *name)
{
	if (strcmp(name, "tr") == 0) {
		reader->row_start = reader->text->len;
		reader->cells = 0;
		reader->joins = FALSE;
	} else if (strcmp(name, "td") == 0 || strcmp(name, "th") == 0) {
		begin_cell(reader);
	} else if (strcmp(name, "/tr") == 0) {
		reader->joins = FALSE;
		if (reader->cells == 2)
			close_row(reader);
	}
}

static void
put(Reader *reader, const char *text, gsize length)
{
	if (reader->line_empty)
		for (int i = 0; i < MIN(reader->quote_depth, MAX_QUOTE_DEPTH); i++)
			g_string_append(reader->text, "> ");
	else if (reader->blank_due)
		g_string_append_c(reader->text, ' ');
	reader->line_empty = FALSE;
	reader->blank_due = FALSE;
	reader->joins = FALSE;
	g_string_append_len(reader->text, text, (gssize)length);
}

static gboolean
is_listed(const char *name, const char *const *list, gsize count)
{
	for (gsize i = 0; i < count; i++)
		if (strcmp(list[i], name) == 0)
			return TRUE;
	return FALSE;
}

/* Behind the next occurrence of a closing mark, or the end of the input. */
static const char *
behind(const Reader *reader, const char *from, const char *mark)
{
	gsize length = strlen(mark);

	for (const char *p = from; (gsize)(reader->end - p) >= length; p++)
		if (g_ascii_strncasecmp(p, mark, length) == 0)
			return p + length;
	return reader->end;
}

/* "p" and "/p" from the name at the beginning of a tag; anything longer than a tag's name is cut. */
static void
tag_name(const Reader *reader, char name[12])
{
	const char *p = reader->at + 1;
	gsize length = 0;

	while (p < reader->end && length < 11 && (g_ascii_isalnum(*p) || (*p == '/' && length == 0)))
		name[length++] = g_ascii_tolower(*p++);
	name[length] = '\0';
}

static void
read_tag(Reader *reader)
{
	char name[12];
	const char *plain;
	gboolean closes;

	if (reader->end - reader->at >= 4 && memcmp(reader->at, "<!--", 4) == 0) {
		reader->at = behind(reader, reader->at + 4, "-->");
		return;
	}
	tag_name(reader, name);
	closes = name[0] == '/';
	plain = name + (closes ? 1 : 0);
	read_table_tag(reader, name);
	if (is_listed(plain, block_tags, G_N_ELEMENTS(block_tags)) && !reader->joins)
		end_line(reader);
	if (strcmp(plain, "blockquote") == 0)
		reader->quote_depth = CLAMP(reader->quote_depth + (closes ? -1 : 1), 0, 1000);
	if (strcmp(plain, "pre") == 0)
		reader->pre_depth = CLAMP(reader->pre_depth + (closes ? -1 : 1), 0, 1000);
	/* A paragraph's end leaves an empty line, as it looks. */
	if (strcmp(name, "/p") == 0 && reader->text->len > 0 && !reader->joins)
		g_string_append_c(reader->text, '\n');
	reader->at = behind(reader, reader->at + 1, ">");
	if (!closes && is_listed(plain, hidden_tags, G_N_ELEMENTS(hidden_tags))) {
		g_autofree char *end_tag = g_strconcat("</", plain, NULL);

		reader->at = behind(reader, behind(reader, reader->at, end_tag), ">");
	}
}

static gboolean
put_numeric(Reader *reader, const char *digits)
{
	gboolean hexadecimal = *digits == 'x' || *digits == 'X';
	char *stop = NULL;
	guint64 code = g_ascii_strtoull(digits + (hexadecimal ? 1 : 0), &stop, hexadecimal ? 16 : 10);
	char utf8[6];

	if (*stop != '\0' || code == 0 || code > 0x10ffff || !g_unichar_validate((gunichar)code))
		return FALSE;
	if (code == 0xa0 || code <= ' ')
		reader->blank_due = TRUE;
	else
		put(reader, utf8, (gsize)g_unichar_to_utf8((gunichar)code, utf8));
	return TRUE;
}

static gboolean
put_named(Reader *reader, const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(entities); i++) {
		if (strcmp(entities[i].name, name) != 0)
			continue;
		if (*entities[i].text == ' ')
			reader->blank_due = TRUE;
		else
			put(reader, entities[i].text, strlen(entities[i].text));
		return TRUE;
	}
	return FALSE;
}

static void
read_entity(Reader *reader)
{
	gsize room = (gsize)(reader->end - reader->at - 1);
	const char *stop = memchr(reader->at + 1, ';', MIN(room, MAX_ENTITY));
	g_autofree char *name =
		stop != NULL ? g_strndup(reader->at + 1, (gsize)(stop - reader->at - 1)) : NULL;

	if (name != NULL && (*name == '#' ? put_numeric(reader, name + 1) : put_named(reader, name))) {
		reader->at = stop + 1;
		return;
	}
	put(reader, reader->at, 1);
	reader->at++;
}

static void
read_words(Reader *reader)
{
	const char *start = reader->at;

	while (reader->at < reader->end && !g_ascii_isspace(*reader->at) && *reader->at != '<' &&
	       *reader->at != '&')
		reader->at++;
	if (reader->at > start) {
		put(reader, start, (gsize)(reader->at - start));
		return;
	}
	if (reader->pre_depth > 0 && *reader->at == '\n')
		break_line(reader);
	else
		reader->blank_due = !reader->line_empty;
	reader->at++;
}

char *
lsm_html_to_text(const char *html, gsize length)
{
	Reader reader = {.at = html,
			 .end = html + length,
			 .text = g_string_sized_new(length / 2 + 1),
			 .line_empty = TRUE};

	while (reader.at < reader.end) {
		if (*reader.at == '<')
			read_tag(&reader);
		else if (*reader.at == '&')
			read_entity(&reader);
		else
			read_words(&reader);
	}
	end_line(&reader);
	return g_string_free(reader.text, FALSE);
}
