/*
 * confuse_check.c - reads a configuration text before libConfuse does.
 *
 * Owns the grammar and the files that are being read; fills the LsmConfuseText. Uses libConfuse's table
 * of options, nothing else of it. Any thread. The first mistake ends the reading. Work grows with the
 * text's length only: the options bound the depth of sections; files, words and the text are capped.
 */
#include "conf/confuse_check.h"

#include <confuse.h>
#include <string.h>

#include "conf/confuse_file.h"
#include "conf/confuse_scan.h"
#include "conf/nearest.h"

#define TEXT_MAX_OCTETS LSM_CONFUSE_FILE_MAX_OCTETS /* over all files */
#define DEPTH_MAX 8
#define FILES_MAX 1000

typedef struct {
	const cfg_opt_t *options;
	char *path;  /* "" for the file itself, else with a separator at its end */
	char *shown; /* group "ippm" */
	guint line;  /* where it was opened, in its file */
} Section;

/* What is read now. An included file has its own, the sections and the text are everybody's. */
typedef struct {
	LsmConfuseScanner token;
	char *copied;      /* of the scanner's text: what is before it stands in the whole text */
	guint piece_line;  /* the piece that begins with copied: its line in this file */
	guint piece_first; /* and in the whole text */
	guint floor;       /* sections of the files outside: not ours to close */
	GArray *sections;  /* of Section; [0] is the file itself */
	GPtrArray *inside; /* identities of the files that are open, this one the last */
	gsize *octets;     /* of all files so far */
	LsmConfuseText *text;
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
	if (section->shown != NULL)
		g_string_append_printf(message, " in %s", section->shown);
	if (nearest != NULL)
		g_string_append_printf(message, "; expected a known one, the nearest is \"%s\"", nearest);
	else
		g_string_append_printf(message, "; expected one of %s", list);
	/* A key of the level outside: rather the closing brace is missing. */
	for (guint i = reader->floor - 1; i + 1 < reader->sections->len; i++) {
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

/* A line of this file in the whole text. */
static guint
whole_line(const Reader *reader, guint line)
{
	return reader->piece_first + (line - reader->piece_line);
}

/* Notes where path begins; it must be the first time. */
static gboolean
note_line(Reader *reader, const char *path, const char *shown, guint line, GError **error)
{
	guint earlier = lsm_confuse_text_note_line(reader->text, path, whole_line(reader, line));
	guint there;
	const char *file;

	if (earlier == 0)
		return TRUE;
	file = lsm_confuse_text_place(reader->text, earlier, &there);
	if (strcmp(file, reader->token.name) == 0)
		lsm_confuse_set_error(error, reader->token.name, line,
				      "read %s again; expected it once, it stands on line %u already", shown,
				      there);
	else
		lsm_confuse_set_error(error, reader->token.name, line,
				      "read %s again; expected it once, it stands in %s:%u already", shown,
				      file, there);
	return FALSE;
}

static char *
path_below(const Reader *reader, const char *name)
{
	return g_strconcat(innermost(reader)->path, name, NULL);
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
	g_autofree char *path = path_below(reader, option->name);

	if (!note_line(reader, path, option->name, reader->token.token_line, error))
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

/* The title, for the section's path and messages; and for libConfuse later, where it is not to see it. */
static void
take_title(Reader *reader, const cfg_opt_t *option, Section *section)
{
	g_autofree char *quoted = lsm_confuse_quote(reader->token.word->str);
	g_autofree char *kind =
		g_strconcat(innermost(reader)->path, option->name, LSM_CONFUSE_SEPARATOR, NULL);

	section->path = g_strconcat(kind, reader->token.word->str, LSM_CONFUSE_SEPARATOR, NULL);
	section->shown = g_strdup_printf("%s %s", option->name, quoted);
	if ((option->flags & CFGF_TITLE) != 0)
		return;
	lsm_confuse_text_note_title(reader->text, kind, reader->token.word->str);
	lsm_confuse_scanner_blank_from(&reader->token, reader->token.token_at);
}

static gboolean
open_section(Reader *reader, const cfg_opt_t *option, GError **error)
{
	Section section = {.options = option->subopts, .line = reader->token.token_line};
	g_autofree char *noted = NULL;
	gboolean is_opened;

	if (!expect_text(reader, "a section's title", error))
		return FALSE;
	take_title(reader, option, &section);
	noted = g_strndup(section.path, strlen(section.path) - strlen(LSM_CONFUSE_SEPARATOR));
	is_opened = note_line(reader, noted, section.shown, section.line, error) &&
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
	if (reader->sections->len == reader->floor)
		return lsm_confuse_scanner_fail_expecting(
			&reader->token,
			reader->floor == 1 ? "a key: no section is open here"
					   : "a key: no section of this file is open here",
			error);
	g_array_set_size(reader->sections, reader->sections->len - 1);
	return TRUE;
}

static gboolean
read_end(const Reader *reader, GError **error)
{
	const Section *section = innermost(reader);

	if (reader->sections->len == reader->floor)
		return TRUE;
	lsm_confuse_set_error(error, reader->token.name, section->line,
			      "read %s, which is not closed; expected its '}' before the end of the file",
			      section->shown);
	return FALSE;
}

/* ---- files ---- */

static gboolean read_file(Reader *reader, const char *name, const char *octets, gsize length,
			  gboolean is_included, GError **error);

static gboolean
has_identity(const Reader *reader, const char *identity)
{
	return g_ptr_array_find_with_equal_func(reader->inside, identity, g_str_equal, NULL);
}

/* May one more file be read? name: as the file that includes it has it. */
static gboolean
check_include(const Reader *reader, const char *name, const char *path, GError **error)
{
	g_autofree char *identity = lsm_confuse_file_identity(path);
	g_autofree char *shown = lsm_confuse_quote(name);
	guint line = reader->token.token_line;

	if (has_identity(reader, identity))
		lsm_confuse_set_error(error, reader->token.name, line,
				      "read include(%s), which includes itself; expected another file",
				      shown);
	else if (reader->inside->len > DEPTH_MAX)
		lsm_confuse_set_error(error, reader->token.name, line,
				      "read include(%s), %d files deep; expected less", shown, DEPTH_MAX + 1);
	else if (lsm_confuse_text_file_count(reader->text) > FILES_MAX)
		lsm_confuse_set_error(error, reader->token.name, line,
				      "read include(%s) behind %d others; expected less", shown, FILES_MAX);
	else
		return TRUE;
	return FALSE;
}

static gboolean
include_file(const Reader *reader, const char *name, GError **error)
{
	g_autofree char *path = lsm_confuse_file_beside(reader->token.name, name);
	g_autofree char *octets = NULL;
	g_autoptr(GError) problem = NULL;
	Reader inner = *reader;
	gsize length;

	if (!check_include(reader, name, path, error))
		return FALSE;
	octets = lsm_confuse_read(path, &length, &problem);
	if (octets == NULL) {
		lsm_confuse_set_error(error, reader->token.name, reader->token.token_line,
				      "read include(\"%s\"); expected a file that can be read (%s)", name,
				      problem->message);
		return FALSE;
	}
	inner.floor = reader->sections->len;
	return read_file(&inner, path, octets, length, TRUE, error);
}

/* From here on the file goes into the whole text as a new piece. */
static void
begin_piece(Reader *reader)
{
	reader->copied = reader->token.at;
	reader->piece_line = reader->token.line;
	reader->piece_first =
		lsm_confuse_text_begin_piece(reader->text, reader->token.name, reader->token.line);
}

static gboolean
read_include(Reader *reader, GError **error)
{
	char *start = reader->token.token_at;
	g_autofree char *name = NULL;

	if (!expect_sign(reader, '(', "'(' behind \"include\"", error) ||
	    !expect_text(reader, "a file's name in quotes", error))
		return FALSE;
	name = g_strdup(reader->token.word->str);
	if (*name == '\0')
		return lsm_confuse_scanner_fail_expecting(&reader->token, "a file's name in quotes", error);
	if (!expect_sign(reader, ')', "')' behind the file's name", error))
		return FALSE;
	lsm_confuse_text_append(reader->text, reader->copied, start);
	if (!include_file(reader, name, error))
		return FALSE;
	begin_piece(reader);
	return TRUE;
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
		else if (option->type == CFGT_FUNC)
			is_read = read_include(reader, error);
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
check_length(Reader *reader, const char *name, gsize length, GError **error)
{
	if (length <= TEXT_MAX_OCTETS - *reader->octets) {
		*reader->octets += length;
		return TRUE;
	}
	lsm_confuse_set_error(error, name, 1, "read more than %d octets%s; expected less", TEXT_MAX_OCTETS,
			      *reader->octets > 0 ? " in all files" : "");
	return FALSE;
}

/* One file from its beginning to its end; reader is its own. */
static gboolean
read_file(Reader *reader, const char *name, const char *octets, gsize length, gboolean is_included,
	  GError **error)
{
	g_autofree char *plain = NULL;
	gboolean is_read;

	if (!check_length(reader, name, length, error) || !check_characters(octets, length, name, error))
		return FALSE;
	plain = g_strndup(octets, length);
	name = lsm_confuse_text_add_file(reader->text, name, is_included ? octets : NULL, length);
	reader->token = (LsmConfuseScanner){.name = name, .at = plain, .line = 1, .word = g_string_new(NULL)};
	g_ptr_array_add(reader->inside, lsm_confuse_file_identity(name));
	begin_piece(reader);
	is_read = read_statements(reader, error);
	lsm_confuse_text_append(reader->text, reader->copied, reader->token.at);
	g_ptr_array_set_size(reader->inside, (int)reader->inside->len - 1);
	g_string_free(reader->token.word, TRUE);
	return is_read;
}

LsmConfuseText *
lsm_confuse_check(const char *text, gsize length, const char *name, const struct cfg_opt_t *options,
		  GError **error)
{
	g_autoptr(LsmConfuseText) checked = lsm_confuse_text_new();
	g_autoptr(GArray) sections = g_array_new(FALSE, FALSE, sizeof(Section));
	g_autoptr(GPtrArray) inside = g_ptr_array_new_with_free_func(g_free);
	Section file = {.options = options, .path = g_strdup("")};
	gsize octets = 0;
	Reader reader = {
		.floor = 1, .sections = sections, .inside = inside, .octets = &octets, .text = checked};

	g_array_set_clear_func(sections, clear_section);
	g_array_append_val(sections, file);
	if (!read_file(&reader, name, text, length, FALSE, error))
		return NULL;
	lsm_confuse_text_close(checked);
	return g_steal_pointer(&checked);
}
