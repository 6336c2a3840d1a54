/*
 * guidance_text.c - whole mails from text files: keys replaced by values, lines filled again where they need
 * it.
 *
 * The one place where what came from a mail is made harmless for mails. Texts are files of the site or
 * resources of the program (conf/guidance/). Any thread; only a text that is not there is an error.
 */
#include "rules/guidance.h"

#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/error.h"
#include "rules/text.h"

#define RESOURCE_FOLDER "/org/liaison-milter/guidance/"
#define COLUMNS 76
#define LABEL_INDENT 2

/* --- values --- */

/* Marks that make text run backwards, so that it reads as something else than it is. */
static gboolean
turns_text(gunichar c)
{
	return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

/* Adds what stands first and needs no look; its octets. Character by character this is half of a text's cost.
 */
static gsize
append_plain(GString *out, const char *text)
{
	gsize length = 0;

	while (text[length] >= ' ' && text[length] <= '~')
		length++;
	g_string_append_len(out, text, (gssize)length);
	return length;
}

static void
append_value(GString *out, const char *value, gboolean one_line)
{
	g_autofree char *valid = g_utf8_make_valid(value, -1);

	for (const char *p = valid + append_plain(out, valid); *p != '\0'; p += append_plain(out, p)) {
		gunichar c = g_utf8_get_char(p);

		p = g_utf8_next_char(p);
		if (c == '\n' && !one_line)
			g_string_append_c(out, '\n');
		else if (c == '\n' || c == '\t' || c == 0x2028 || c == 0x2029)
			g_string_append_c(out, ' ');
		else if (!g_unichar_iscntrl(c) && !turns_text(c))
			g_string_append_unichar(out, c);
	}
}

static const char *
find_value(const char *const *vars, const char *key, gsize length)
{
	for (guint i = 0; vars != NULL && vars[i] != NULL && vars[i + 1] != NULL; i += 2) {
		if (strlen(vars[i]) == length && strncmp(vars[i], key, length) == 0)
			return vars[i + 1];
	}
	return "";
}

/* Adds the line with its keys replaced; TRUE if there were any. */
static gboolean
expand_line(GString *out, const char *line, const char *const *vars, gboolean one_line)
{
	gboolean had_keys = FALSE;

	for (const char *p = line;;) {
		const char *open = strstr(p, "{{");
		const char *close = open != NULL ? strstr(open, "}}") : NULL;

		if (close == NULL) {
			g_string_append(out, p);
			return had_keys;
		}
		g_string_append_len(out, p, open - p);
		append_value(out, find_value(vars, open + 2, (gsize)(close - open - 2)), one_line);
		had_keys = TRUE;
		p = close + 2;
	}
}

/* --- lines --- */

static void
append_filled(GString *out, const char *text, guint indent)
{
	gsize lead = strspn(text, " ");

	g_string_append_len(out, text, (gssize)lead);
	lsm_text_fill(out, text + lead, lead, indent, COLUMNS);
}

/* Where the further lines of "  To:      {{to}}" begin: below the value; of "Asked: {{asked}}": a little in.
 */
static guint
hanging_indent(const char *line)
{
	const char *key = strstr(line, "{{");
	gsize lead = strspn(line, " ");

	if (lead == 0)
		return g_str_has_prefix(line, "- ") ? 2 : LABEL_INDENT;
	return (guint)(key != NULL && key - line < COLUMNS / 2 ? key - line : (glong)lead);
}

/* A line that is not running text: empty, indented, an item, or a label with its value. */
static gboolean
stands_alone(const char *line)
{
	const char *label = strstr(line, ": {{");

	return *line == '\0' || *line == ' ' || g_str_has_prefix(line, "- ") ||
	       (label != NULL && strstr(line, "{{") == label + 2 && g_str_has_suffix(line, "}}"));
}

static void
end_line(GString *out)
{
	/* Never two empty lines: a value may bring the end of its last line, or be empty. */
	if (out->len < 2 || strcmp(out->str + out->len - 2, "\n\n") != 0)
		g_string_append_c(out, '\n');
}

/* The running text that is being collected: its lines, and whether a value made one of them too long. */
typedef struct {
	GString *out;
	GPtrArray *lines;
	gboolean too_long;
} Filling;

static void
flush_paragraph(Filling *filling)
{
	g_autofree char *whole = NULL;

	if (filling->lines->len == 0)
		return;
	g_ptr_array_add(filling->lines, NULL);
	whole = g_strjoinv(filling->too_long ? " " : "\n", (char **)filling->lines->pdata);
	if (filling->too_long)
		append_filled(filling->out, whole, 0);
	else
		g_string_append(filling->out, whole);
	end_line(filling->out);
	g_ptr_array_set_size(filling->lines, 0);
	filling->too_long = FALSE;
}

static void
add_line(Filling *filling, const char *line, const char *const *vars)
{
	g_autoptr(GString) expanded = g_string_new(NULL);
	gboolean had_keys = expand_line(expanded, line, vars, FALSE);
	gboolean is_many = strchr(expanded->str, '\n') != NULL;
	gboolean is_long = had_keys && !is_many && g_utf8_strlen(expanded->str, -1) > COLUMNS;

	/* A line that is nothing but a value without content leaves no hole. */
	if (had_keys && expanded->len == 0)
		return;
	if (!is_many && !stands_alone(line)) {
		g_ptr_array_add(filling->lines, g_strdup(expanded->str));
		filling->too_long |= is_long;
		return;
	}
	flush_paragraph(filling);
	if (is_long)
		append_filled(filling->out, expanded->str, hanging_indent(line));
	else
		g_string_append(filling->out, expanded->str);
	end_line(filling->out);
}

static char *
expand(const char *text, const char *const *vars)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_autoptr(GPtrArray) paragraph = g_ptr_array_new_with_free_func(g_free);
	Filling filling = {g_string_new(NULL), paragraph, FALSE};

	for (guint i = 0; lines[i] != NULL; i++) {
		gsize length = strlen(lines[i]);

		if (length > 0 && lines[i][length - 1] == '\r')
			lines[i][length - 1] = '\0';
		if (i == 0) {
			expand_line(filling.out, lines[i], vars, TRUE);
			g_string_append_c(filling.out, '\n');
		} else if (lines[i + 1] != NULL || *lines[i] != '\0') {
			add_line(&filling, lines[i], vars);
		}
	}
	flush_paragraph(&filling);
	return g_string_free(filling.out, FALSE);
}

/* --- files --- */

static gboolean
is_plain_name(const char *name)
{
	return name[0] != '\0' && name[strspn(name, "abcdefghijklmnopqrstuvwxyz-")] == '\0';
}

/* The site's own text; NULL without an error where the site has none of that name. */
static char *
load_from_folder(const char *folder, const char *name, GError **error)
{
	g_autofree char *path = g_strdup_printf("%s/%s.txt", folder, name);
	g_autoptr(GError) local = NULL;
	char *text = NULL;

	if (folder[0] == '\0' || g_file_get_contents(path, &text, NULL, &local))
		return text;
	if (!g_error_matches(local, G_FILE_ERROR, G_FILE_ERROR_NOENT))
		g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT, "%s", local->message);
	return NULL;
}

typedef struct {
	char *words;
	GHashTable *keys; /* that it uses */
} Text;

/* Takes bytes. */
static Text *
text_new(GBytes *bytes)
{
	Text *text = g_new0(Text, 1);
	gsize length;
	const char *data = g_bytes_get_data(bytes, &length);
	g_auto(GStrv) pieces = NULL;

	text->words = g_strndup(data, length);
	text->keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	pieces = g_strsplit(text->words, "{{", -1);
	for (guint i = 1; pieces[0] != NULL && pieces[i] != NULL; i++)
		g_hash_table_add(text->keys, g_strndup(pieces[i], strcspn(pieces[i], "}")));
	g_bytes_unref(bytes);
	return text;
}

static gpointer
list_built_in(gpointer unused G_GNUC_UNUSED)
{
	g_auto(GStrv) files =
		g_resources_enumerate_children(RESOURCE_FOLDER, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
	GHashTable *texts = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; files != NULL && files[i] != NULL; i++) {
		g_autofree char *path = g_strconcat(RESOURCE_FOLDER, files[i], NULL);
		GBytes *bytes = g_str_has_suffix(files[i], ".txt")
					? g_resources_lookup_data(path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL)
					: NULL;

		if (bytes != NULL)
			g_hash_table_insert(texts, g_strndup(files[i], strlen(files[i]) - strlen(".txt")),
					    text_new(bytes));
	}
	return texts;
}

/* The program's texts by their names, to its end: to find one costs as much as to fill it in. */
static GHashTable *
built_in(void)
{
	static GOnce once = G_ONCE_INIT;

	return g_once(&once, list_built_in, NULL);
}

static char *
load_built_in(const char *name, GError **error)
{
	const Text *text = g_hash_table_lookup(built_in(), name);

	if (text == NULL)
		g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT, "there is no guidance text \"%s\"", name);
	return text != NULL ? g_strdup(text->words) : NULL;
}

char *
lsm_guidance_source(const LsmSettings *settings, const char *name, gboolean *is_site_out, GError **error)
{
	g_autoptr(GError) local = NULL;
	g_autofree char *text = NULL;

	if (!is_plain_name(name)) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT, "\"%s\" is no name of a guidance text", name);
		return NULL;
	}
	text = load_from_folder(settings->guidance_dir, name, &local);
	if (local != NULL) {
		g_propagate_error(error, g_steal_pointer(&local));
		return NULL;
	}
	if (is_site_out != NULL)
		*is_site_out = text != NULL;
	if (text == NULL)
		text = load_built_in(name, error);
	return text != NULL ? g_utf8_make_valid(text, -1) : NULL;
}

gboolean
lsm_guidance_may_use(const LsmSettings *settings, const char *name, const char *key)
{
	const Text *text = settings->guidance_dir[0] == '\0' ? g_hash_table_lookup(built_in(), name) : NULL;

	return text == NULL || g_hash_table_contains(text->keys, key);
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

char **
lsm_guidance_names(void)
{
	g_autofree gpointer *keys = g_hash_table_get_keys_as_array(built_in(), NULL);
	char **names = g_strdupv((char **)keys);

	qsort(names, g_strv_length(names), sizeof names[0], compare_names);
	return names;
}

char *
lsm_guidance_text(const LsmSettings *settings, const char *name, const char *const *vars, GError **error)
{
	g_autofree char *text = lsm_guidance_source(settings, name, NULL, error);

	return text != NULL ? expand(text, vars) : NULL;
}
