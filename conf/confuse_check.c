/*
 * confuse_check.c - reads a configuration text before libConfuse does.
 *
 * Owns the grammar, the lines of keys and sections, and the copy without comments. Uses
 * libConfuse's table of options, nothing else of it. Any thread. The first mistake ends the
 * reading. Work grows with the text's length only: the
 * options bound the depth, and words and the text itself are capped.
 */
#include "conf/confuse_check.h"

#include <confuse.h>
#include <string.h>

#include "conf/confuse_scan.h"
#include "conf/nearest.h"

#define TEXT_MAX_OCTETS (16 * 1024 * 1024)
#define PATH_SEPARATOR "\n" /* no key or title has one: control characters are refused */

struct LsmConfuseText {
	char *name;
	char *plain;
	GHashTable *lines; /* path -> line */
};

typedef struct {
	const cfg_opt_t *options;
	char *path;
	char *shown; /* group "ippm" */
	guint line;  /* where it was opened */
} Section;

typedef struct {
	LsmConfuseScanner token;
	GArray *sections;  /* of Section; [0] is the file itself */
	GHashTable *lines; /* the text's */
} Reader;

/* ---- expectations ---- */

static gboolean
is_sign(const Reader *reader, char sign)
{
	return reader->token.type == LSM_CONFUSE_SIGN && reader->token.sign == sign;
}

static gboolean
is_text(const Reader *reader)
{
	return reader->token.type == LSM_CONFUSE_WORD || reader->token.type == LSM_CONFUSE_STRING;
}

static gboolean
expect_sign(Reader *reader, char sign, const char *expected, GError **error)
{
	return lsm_confuse_scanner_next(&reader->token, error) &&
	       (is_sign(reader, sign) || lsm_confuse_scanner_fail_expecting(&reader->token, expected, error));
}

static gboolean
expect_text(Reader *reader, const char *expected, GError **error)
{
	return lsm_confuse_scanner_next(&reader->token, error) &&
	       (is_text(reader) || lsm_confuse_scanner_fail_expecting(&reader->token, expected, error));
}

/* ---- keys ---- */

static const cfg_opt_t *
find_option(const cfg_opt_t *options, const char *name)
{
	for (const cfg_opt_t *option = options; option->name != NULL; option++)
		if (strcmp(option->name, name) == 0)
			return option;
	return NULL;
}

static const char *
find_nearest(const cfg_opt_t *options, const char *name)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	for (const cfg_opt_t *option = options; option->name != NULL; option++)
		g_ptr_array_add(names, (gpointer)option->name);
	g_ptr_array_add(names, NULL);
	return lsm_nearest_word(name, (const char *const *)names->pdata);
}

static char *
list_options(const cfg_opt_t *options)
{
	GString *list = g_string_new(NULL);

	for (const cfg_opt_t *option = options; option->name != NULL; option++)
		g_string_append_printf(list, "%s%s", list->len > 0 ? ", " : "", option->name);
	return g_string_free(list, FALSE);
}

static const Section *
innermost(const Reader *reader)
{
	return &g_array_index(reader->sections, Section, reader->sections->len - 1);
}

static gboolean
fail_unknown(const Reader *reader, GError **error)
{
	const Section *section = innermost(reader);
	const char *nearest = find_nearest(section->options, reader->token.word->str);
	g_autofree char *shown = lsm_confuse_scanner_show(&reader->token);
	g_autofree char *list = list_options(section->options);
	GString *message = g_string_new(NULL);

	g_string_append_printf(message, "read the unknown key %s", shown);
	if (section->line > 0)
		g_string_append_printf(message, " in %s", section->shown);
	if (nearest != NULL)
		g_string_append_printf(message, "; expected a known one, the nearest is \"%s\"", nearest);
	else
		g_string_append_printf(message, "; expected one of %s", list);
	/* A key of the level outside: rather the closing brace is missing. */
	for (guint i = 0; i + 1 < reader->sections->len; i++) {
		if (find_option(g_array_index(reader->sections, Section, i).options,
				reader->token.word->str) == NULL)
			continue;
		g_string_append_printf(message, ", or the closing brace of %s of line %u before it",
				       section->shown, section->line);
		break;
	}
	lsm_confuse_set_error(error, reader->token.name, reader->token.token_line, "%s", message->str);
	g_string_free(message, TRUE);
	return FALSE;
}

/* Notes where path begins; it must be the first time. Takes path. */
static gboolean
note_line(Reader *reader, char *path, const char *shown, guint line, GError **error)
{
	guint earlier = GPOINTER_TO_UINT(g_hash_table_lookup(reader->lines, path));

	if (earlier == 0) {
		g_hash_table_insert(reader->lines, path, GUINT_TO_POINTER(line));
		return TRUE;
	}
	lsm_confuse_set_error(error, reader->token.name, line,
			      "read %s again; expected it once, it stands on line %u already", shown,
			      earlier);
	g_free(path);
	return FALSE;
}

static char *
path_below(const Reader *reader, const char *name)
{
	const Section *section = innermost(reader);

	return section->line == 0 ? g_strdup(name) : g_strconcat(section->path, PATH_SEPARATOR, name, NULL);
}

/* ---- values and sections ---- */

static gboolean
read_list(Reader *reader, const char *expected, GError **error)
{
	for (;;) {
		if (!lsm_confuse_scanner_next(&reader->token, error))
			return FALSE;
		if (is_sign(reader, '}'))
			return TRUE;
		if (!is_text(reader))
			return lsm_confuse_scanner_fail_expecting(&reader->token, expected, error);
		if (!lsm_confuse_scanner_next(&reader->token, error))
			return FALSE;
		if (is_sign(reader, '}'))
			return TRUE;
		if (!is_sign(reader, ','))
			return lsm_confuse_scanner_fail_expecting(&reader->token, "',' or '}' in this list",
								  error);
	}
}

static gboolean
read_value(Reader *reader, const cfg_opt_t *option, GError **error)
{
	g_autofree char *equal = g_strdup_printf("'=' behind \"%s\"", option->name);
	g_autofree char *one = g_strdup_printf("one value for \"%s\"", option->name);
	g_autofree char *list = g_strdup_printf("a value or '}' in the list \"%s\"", option->name);

	if (!note_line(reader, path_below(reader, option->name), option->name, reader->token.token_line,
		       error))
		return FALSE;
	if (!expect_sign(reader, '=', equal, error))
		return FALSE;
	if ((option->flags & CFGF_LIST) == 0)
		return expect_text(reader, one, error);
	if (!lsm_confuse_scanner_next(&reader->token, error))
		return FALSE;
	if (is_sign(reader, '{'))
		return read_list(reader, list, error);
	return is_text(reader) ||
	       lsm_confuse_scanner_fail_expecting(&reader->token, "'{' and a list, or one value", error);
}

static void
clear_section(gpointer data)
{
	Section *section = data;

	g_free(section->path);
	g_free(section->shown);
}

static gboolean
open_section(Reader *reader, const cfg_opt_t *option, GError **error)
{
	Section section = {.options = option->subopts, .line = reader->token.token_line};
	g_autofree char *quoted = NULL;
	g_autofree char *titled = NULL;
	gboolean is_opened;

	if (!expect_text(reader, "a section's title", error))
		return FALSE;
	quoted = lsm_confuse_quote(reader->token.word->str);
	titled = g_strconcat(option->name, PATH_SEPARATOR, reader->token.word->str, NULL);
	section.path = path_below(reader, titled);
	section.shown = g_strdup_printf("%s %s", option->name, quoted);
	is_opened = note_line(reader, g_strdup(section.path), section.shown, section.line, error) &&
		    expect_sign(reader, '{', "'{' behind the section's title", error);
	if (!is_opened)
		clear_section(&section);
	else
		g_array_append_val(reader->sections, section);
	return is_opened;
}

static gboolean
close_section(Reader *reader, GError **error)
{
	if (reader->sections->len == 1)
		return lsm_confuse_scanner_fail_expecting(&reader->token, "a key: no section is open here",
							  error);
	g_array_set_size(reader->sections, reader->sections->len - 1);
	return TRUE;
}

static gboolean
read_end(const Reader *reader, GError **error)
{
	const Section *section = innermost(reader);

	if (section->line == 0)
		return TRUE;
	lsm_confuse_set_error(error, reader->token.name, section->line,
			      "read %s, which is not closed; expected its '}' before the end of the file",
			      section->shown);
	return FALSE;
}

static gboolean
read_statements(Reader *reader, GError **error)
{
	while (lsm_confuse_scanner_next(&reader->token, error)) {
		const cfg_opt_t *option = NULL;
		gboolean is_read;

		if (reader->token.type == LSM_CONFUSE_END)
			return read_end(reader, error);
		if (reader->token.type == LSM_CONFUSE_WORD)
			option = find_option(innermost(reader)->options, reader->token.word->str);
		if (is_sign(reader, '}'))
			is_read = close_section(reader, error);
		else if (reader->token.type != LSM_CONFUSE_WORD)
			is_read = lsm_confuse_scanner_fail_expecting(&reader->token, "a key (without quotes)",
								     error);
		else if (option == NULL)
			is_read = fail_unknown(reader, error);
		else if (option->type == CFGT_SEC)
			is_read = open_section(reader, option, error);
		else
			is_read = read_value(reader, option, error);
		if (!is_read)
			return FALSE;
	}
	return FALSE;
}

/* ---- the whole text ---- */

static guint
line_at(const char *text, const char *place)
{
	guint line = 1;

	for (const char *at = text; at < place; at++)
		line += *at == '\n';
	return line;
}

static gboolean
check_characters(const char *text, gsize length, const char *name, GError **error)
{
	const char *end = text + length;
	const char *bad;

	if (length > TEXT_MAX_OCTETS) {
		lsm_confuse_set_error(error, name, 1, "read more than %d octets; expected less",
				      TEXT_MAX_OCTETS);
		return FALSE;
	}
	if (!g_utf8_validate_len(text, length, &bad)) {
		lsm_confuse_set_error(error, name, line_at(text, bad),
				      "read the octet 0x%02x; expected text in UTF-8", (unsigned char)*bad);
		return FALSE;
	}
	for (const char *at = text; at < end; at = g_utf8_next_char(at)) {
		gunichar character = g_utf8_get_char(at);

		if (!g_unichar_iscntrl(character) || character == '\t' || character == '\n' ||
		    character == '\r')
			continue;
		lsm_confuse_set_error(error, name, line_at(text, at),
				      "read the control character 0x%02x; expected text", character);
		return FALSE;
	}
	return TRUE;
}

static gboolean
scan(LsmConfuseText *text, const cfg_opt_t *options, GError **error)
{
	Section file = {.options = options};
	Reader reader = {
		.token = {.name = text->name, .at = text->plain, .line = 1, .word = g_string_new(NULL)},
		.sections = g_array_new(FALSE, FALSE, sizeof(Section)),
		.lines = text->lines,
	};
	gboolean is_read;

	g_array_set_clear_func(reader.sections, clear_section);
	g_array_append_val(reader.sections, file);
	is_read = read_statements(&reader, error);
	g_array_unref(reader.sections);
	g_string_free(reader.token.word, TRUE);
	return is_read;
}

LsmConfuseText *
lsm_confuse_check(const char *text, gsize length, const char *name, const struct cfg_opt_t *options,
		  GError **error)
{
	g_autoptr(LsmConfuseText) checked = NULL;

	if (!check_characters(text, length, name, error))
		return NULL;
	checked = g_new0(LsmConfuseText, 1);
	checked->name = g_strdup(name);
	checked->plain = g_strndup(text, length);
	checked->lines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return scan(checked, options, error) ? g_steal_pointer(&checked) : NULL;
}

void
lsm_confuse_text_free(LsmConfuseText *text)
{
	if (text == NULL)
		return;
	g_hash_table_unref(text->lines);
	g_free(text->plain);
	g_free(text->name);
	g_free(text);
}

const char *
lsm_confuse_text_plain(const LsmConfuseText *text)
{
	return text->plain;
}

const char *
lsm_confuse_text_name(const LsmConfuseText *text)
{
	return text->name;
}

guint
lsm_confuse_line(const LsmConfuseText *text, const char *first, ...)
{
	g_autoptr(GString) path = g_string_new(first);
	const char *name;
	va_list names;

	va_start(names, first);
	while ((name = va_arg(names, const char *)) != NULL)
		g_string_append_printf(path, PATH_SEPARATOR "%s", name);
	va_end(names);
	return GPOINTER_TO_UINT(g_hash_table_lookup(text->lines, path->str));
}
