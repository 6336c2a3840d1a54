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
