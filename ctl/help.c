/*
 * help.c - see help.h.
 *
 * Owns nothing; any thread. Reads the program's own texts only: what has another form becomes running text.
 */
#include "ctl/help.h"

#include <string.h>

#define EXAMPLE "Example: "
#define EXIT_STATUS "Exit status: " /* a paragraph of its own */
#define TERM_COLUMN 2
#define CONTINUED_COLUMN 4

static void
part_free(gpointer data)
{
	LsmHelpPart *part = data;

	g_free(part->term);
	g_free(part->text);
	g_free(part);
}

/* Takes both texts. */
static void
add(GPtrArray *parts, LsmHelpKind kind, char *term, char *text)
{
	LsmHelpPart *part = g_new0(LsmHelpPart, 1);

	part->kind = kind;
	part->term = term;
	part->text = g_strstrip(text);
	g_ptr_array_add(parts, part);
}

/* "word  what it means": the word's length; 0 when the line has no such form. */
static gsize
term_length(const char *line)
{
	const char *gap = strstr(line, "  ");

	return gap == NULL || gap[strspn(gap, " ")] == '\0' ? 0 : (gsize)(gap - line);
}

static void
append_text(LsmHelpPart *part, const char *line)
{
	g_autofree char *before = part->text;

	part->text = g_strdup_printf("%s%s%s", before, *before == '\0' ? "" : " ", line);
}

/* A term's line, without the blanks in front. */
static void
add_term(GPtrArray *parts, const char *line)
{
	gsize length = term_length(line);
	const char *text = length == 0 ? "" : line + length + strspn(line + length, " ");
	gsize value = term_length(text);

	if (length == 0)
		length = strlen(line);
	add(parts, LSM_HELP_TERM, g_strndup(line, length), g_strdup(value == 0 ? text : ""));
	if (value > 0)
		add(parts, LSM_HELP_VALUE, g_strndup(text, value), g_strdup(text + value));
}

static void
add_continued(GPtrArray *parts, const char *line)
{
	gsize value = term_length(line);

	if (value > 0)
		add(parts, LSM_HELP_VALUE, g_strndup(line, value), g_strdup(line + value));
	else
		append_text(parts->pdata[parts->len - 1], line);
}

static void
add_line(GPtrArray *parts, const char *line)
{
	LsmHelpPart *last = parts->len == 0 ? NULL : parts->pdata[parts->len - 1];
	gsize column = strspn(line, " ");
	gboolean is_term = last != NULL && (last->kind == LSM_HELP_TERM || last->kind == LSM_HELP_VALUE);

	if (line[column] == '\0')
		return;
	if (g_str_has_prefix(line, EXIT_STATUS))
		last = NULL;
	if (g_str_has_prefix(line, EXAMPLE))
		add(parts, LSM_HELP_EXAMPLE, NULL, g_strdup(line + strlen(EXAMPLE)));
	else if (column == TERM_COLUMN)
		add_term(parts, line + column);
	else if (column >= CONTINUED_COLUMN && is_term)
		add_continued(parts, line + column);
	else if (last != NULL && last->kind == LSM_HELP_TEXT)
		append_text(last, line + column);
	else
		add(parts, LSM_HELP_TEXT, NULL, g_strdup(line + column));
}

GPtrArray *
lsm_help_parse(const char *help)
{
	GPtrArray *parts = g_ptr_array_new_with_free_func(part_free);
	g_auto(GStrv) lines = g_strsplit(help, "\n", -1);

	for (guint i = 0; lines[i] != NULL; i++)
		add_line(parts, lines[i]);
	return parts;
}

/* --- for a terminal --- */

#define USAGE_COLUMN 7 /* behind "usage: " */

/* What is filled together: its first line begins with prefix, the others in column hang. */
typedef struct {
	GString *out;
	GString *prefix, *text;
	gsize hang, width;
} Layout;

static void
flush(Layout *layout)
{
	g_auto(GStrv) words = g_strsplit(layout->text->str, " ", -1);
	gsize column = layout->prefix->len;
	gboolean is_first = TRUE;

	if (layout->prefix->len == 0 && layout->text->len == 0)
		return;
	g_string_append(layout->out, layout->prefix->str);
	for (guint i = 0; words[i] != NULL; i++) {
		gsize length = strlen(words[i]);

		if (length == 0)
			continue;
		if (!is_first && column + 1 + length > layout->width) {
			g_string_append_printf(layout->out, "\n%*s", (int)layout->hang, "");
			column = layout->hang;
		} else if (!is_first) {
			g_string_append_c(layout->out, ' ');
			column++;
		}
		g_string_append(layout->out, words[i]);
		column += length;
		is_first = FALSE;
	}
	g_string_append_c(layout->out, '\n');
	g_string_truncate(layout->prefix, 0);
	g_string_truncate(layout->text, 0);
}

static void
begin(Layout *layout, const char *line, gsize prefix, gsize hang)
{
	flush(layout);
	g_string_append_len(layout->prefix, line, (gssize)prefix);
	g_string_append(layout->text, line + prefix);
	layout->hang = hang;
}

/* Behind the last gap of two blanks and more, which parts a term or a value from its text; 0 without one. */
static gsize
text_column(const char *line)
{
	gsize column = strspn(line, " "), found = 0, length;

	while ((length = term_length(line + column)) > 0) {
		column += length;
		column += strspn(line + column, " ");
		found = column;
	}
	return found;
}

static gboolean
goes_on(const Layout *layout, const char *line)
{
	gboolean is_deep = strspn(line, " ") >= CONTINUED_COLUMN;

	if (layout->text->len == 0 || is_deep != (layout->hang > 0) || text_column(line) > 0)
		return FALSE;
	return is_deep || (!g_str_has_prefix(line, EXAMPLE) && !g_str_has_prefix(line, EXIT_STATUS) &&
			   !g_str_has_suffix(layout->text->str, ".") && *line != ' ');
}

static void
lay_line(Layout *layout, const char *line)
{
	gsize column = strspn(line, " "), text = column == 0 ? 0 : text_column(line);

	if (line[column] == '\0')
		flush(layout);
	else if (goes_on(layout, line))
		g_string_append_printf(layout->text, " %s", line + column);
	else if (column == 0)
		begin(layout, line, 0, g_str_has_prefix(line, EXAMPLE) ? TERM_COLUMN : 0);
	else
		begin(layout, line, text > 0 ? text : column, text > 0 ? text : column + TERM_COLUMN);
}

char *
lsm_help_layout(const char *help, guint width)
{
	g_autoptr(GString) prefix = g_string_new(NULL), text = g_string_new(NULL);
	Layout layout = {g_string_new(NULL), prefix, text, 0, width};
	g_auto(GStrv) lines = g_strsplit(help, "\n", -1);

	for (guint i = 0; lines[i] != NULL; i++)
		lay_line(&layout, lines[i]);
	flush(&layout);
	return g_string_free(layout.out, FALSE);
}

#define KEPT_BLANK '\001' /* stands in for one within brackets */

char *
lsm_help_usage(const char *line, guint width)
{
	g_autoptr(GString) prefix = g_string_new(NULL), text = g_string_new(line);
	Layout layout = {g_string_new(NULL), prefix, text, USAGE_COLUMN, width};
	guint depth = 0;

	for (char *at = text->str; *at != '\0'; at++) {
		if (*at == '[')
			depth++;
		else if (*at == ']' && depth > 0)
			depth--;
		else if (*at == ' ' && depth > 0)
			*at = KEPT_BLANK;
	}
	flush(&layout);
	for (char *at = layout.out->str; (at = strchr(at, KEPT_BLANK)) != NULL;)
		*at = ' ';
	return g_string_free(layout.out, FALSE);
}

/* --- values --- */

static gboolean
is_word(const char *text)
{
	return *text != '\0' && text[strspn(text, "abcdefghijklmnopqrstuvwxyz-")] == '\0';
}

char **
lsm_help_words(const char *text)
{
	g_autofree char *list = g_strndup(text, strcspn(text, ";"));
	char *last = g_strrstr(list, " or ");
	g_auto(GStrv) words = NULL;

	/* "in, out or other" is "in, out, other". */
	if (last != NULL) {
		g_autofree char *behind = g_strdup(last + strlen(" or "));

		*last = '\0';
		last = g_strdup_printf("%s, %s", list, behind);
		g_free(list);
		list = last;
	}
	words = g_strsplit(list, ", ", -1);
	for (guint i = 0; words[i] != NULL; i++) {
		if (!is_word(words[i]))
			return NULL;
	}
	return g_strv_length(words) > 1 ? g_steal_pointer(&words) : NULL;
}

/* --- options --- */

static void
option_free(gpointer data)
{
	LsmHelpOption *option = data;

	g_free(option->name);
	g_free(option->place);
	g_free(option);
}

/* Options that were named without a place before this one take the same. */
static void
set_place(GPtrArray *options, const char *place)
{
	for (guint i = options->len; i > 0; i--) {
		LsmHelpOption *option = options->pdata[i - 1];

		if (option->place != NULL)
			break;
		option->place = g_strdup(place);
	}
}

GPtrArray *
lsm_help_options(const char *term)
{
	GPtrArray *options = g_ptr_array_new_with_free_func(option_free);
	g_auto(GStrv) words = g_strsplit_set(term, " ,", -1);

	for (guint i = 0; words[i] != NULL; i++) {
		if (g_str_has_prefix(words[i], "--")) {
			LsmHelpOption *option = g_new0(LsmHelpOption, 1);

			option->name = g_strdup(words[i]);
			g_ptr_array_add(options, option);
		} else if (*words[i] != '\0')
			set_place(options, words[i]);
	}
	return options;
}
