/*
 * settings.c - loads, shares and prints the effective settings.
 *
 * Owns the rows made of settings.def and the objects' life. Uses libConfuse through confuse.c, the
 * samples embedded as GResources, and directory.c for the second file. An object never changes
 * once loaded: any thread may read it. A file with a mistake gives a CONFIG error and no object.
 */
#include "conf/settings.h"

#include <gio/gio.h>
#include <string.h>

#include "conf/confuse.h"
#include "conf/error.h"

#define RESOURCE_PREFIX "/org/liaison-milter/"
#define SETTINGS_SAMPLE "liaison-milter.conf"
#define DIRECTORY_SAMPLE "directory.conf"
#define HELP_WIDTH 90

typedef enum { ROW_INT, ROW_TEXT, ROW_LIST, ROW_MODE, ROW_BOOL } RowType;

typedef struct {
	const char *name;
	RowType type;
	gsize offset;     /* in LsmSettings */
	int number;       /* default of INT, MODE, BOOL */
	int low, high;    /* INT */
	const char *unit; /* INT */
	const char *text; /* default of TEXT, LIST */
	const LsmValueKind *kind;
	const char *help;
} Row;

#define OFFSET(field) G_STRUCT_OFFSET(LsmSettings, field)

/* clang-format off */
static const Row rows[] = {
#define LSM_SETTING_INT(field, name, standard, low, high, unit, help) \
	{name, ROW_INT, OFFSET(field), standard, low, high, unit, NULL, NULL, help},
#define LSM_SETTING_TEXT(field, name, standard, kind, help) \
	{name, ROW_TEXT, OFFSET(field), 0, 0, 0, NULL, standard, &lsm_value_##kind, help},
#define LSM_SETTING_LIST(field, name, standard, kind, help) \
	{name, ROW_LIST, OFFSET(field), 0, 0, 0, NULL, standard, &lsm_value_##kind, help},
#define LSM_SETTING_MODE(field, name, standard, help) \
	{name, ROW_MODE, OFFSET(field), standard, 0, 0, NULL, NULL, NULL, help},
#define LSM_SETTING_BOOL(field, name, standard, help) \
	{name, ROW_BOOL, OFFSET(field), standard, 0, 0, NULL, NULL, NULL, help},
#include "conf/settings.def"
};
/* clang-format on */

static int *
number_field(const LsmSettings *settings, const Row *row)
{
	return (int *)((char *)settings + row->offset);
}

static char **
text_field(const LsmSettings *settings, const Row *row)
{
	return (char **)((char *)settings + row->offset);
}

static LsmStringList *
list_field(const LsmSettings *settings, const Row *row)
{
	return (LsmStringList *)((char *)settings + row->offset);
}

/* ---- modes ---- */

static const char *const mode_names[] = {
	[LSM_MODE_OFF] = "off",
	[LSM_MODE_OBSERVE] = "observe",
	[LSM_MODE_ENFORCE] = "enforce",
};

const char *
lsm_mode_name(LsmMode mode)
{
	return (gsize)mode < G_N_ELEMENTS(mode_names) ? mode_names[mode] : "unknown";
}

gboolean
lsm_mode_parse(const char *text, LsmMode *mode_out)
{
	for (gsize i = 0; text != NULL && i < G_N_ELEMENTS(mode_names); i++) {
		if (strcmp(text, mode_names[i]) != 0)
			continue;
		*mode_out = (LsmMode)i;
		return TRUE;
	}
	return FALSE;
}

/* ---- values, as libConfuse hands them over ---- */

static const Row *
find_row(const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	return NULL;
}

static int
take_int(cfg_t *cfg, cfg_opt_t *option, const char *value, void *result)
{
	const Row *row = find_row(option->name);
	g_autofree char *expected = NULL;
	gint64 number;

	if (g_ascii_string_to_signed(value, 10, row->low, row->high, &number, NULL)) {
		*(long *)result = (long)number;
		return 0;
	}
	expected = g_strdup_printf("a whole number from %d to %d (%s)", row->low, row->high, row->unit);
	return lsm_confuse_refuse(cfg, option, value, expected);
}

static int
take_text(cfg_t *cfg, cfg_opt_t *option, const char *value, void *result)
{
	return lsm_confuse_value(cfg, option, value, result, find_row(option->name)->kind);
}

static int
take_mode(cfg_t *cfg, cfg_opt_t *option, const char *value, void *result)
{
	LsmMode mode;

	if (!lsm_mode_parse(value, &mode))
		return lsm_confuse_refuse(cfg, option, value, "off, observe or enforce");
	*(long *)result = mode;
	return 0;
}

/* clang-format off */
static cfg_opt_t rule_options[] = {
	CFG_INT_CB("mode", 0, CFGF_NODEFAULT, take_mode),
	CFG_END()
};

/* Without defaults: those are the rows', and set only where the file is silent. */
static cfg_opt_t options[] = {
#define LSM_SETTING_INT(field, name, standard, low, high, unit, help) \
	CFG_INT_CB(name, 0, CFGF_NODEFAULT, take_int),
#define LSM_SETTING_TEXT(field, name, standard, kind, help) \
	CFG_STR_CB(name, 0, CFGF_NODEFAULT, take_text),
#define LSM_SETTING_LIST(field, name, standard, kind, help) \
	CFG_STR_LIST_CB(name, 0, CFGF_NODEFAULT, take_text),
#define LSM_SETTING_MODE(field, name, standard, help) \
	CFG_INT_CB(name, 0, CFGF_NODEFAULT, take_mode),
#define LSM_SETTING_BOOL(field, name, standard, help) \
	CFG_BOOL_CB(name, cfg_false, CFGF_NODEFAULT, lsm_confuse_bool),
#include "conf/settings.def"
	CFG_SEC("rule", rule_options, CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
	CFG_END()
};
/* clang-format on */

/* ---- one row's value ---- */

static void
set_default(LsmSettings *settings, const Row *row)
{
	switch (row->type) {
	case ROW_INT:
	case ROW_MODE:
	case ROW_BOOL:
		*number_field(settings, row) = row->number;
		break;
	case ROW_TEXT:
		*text_field(settings, row) = g_strdup(row->text);
		break;
	case ROW_LIST:
		*list_field(settings, row) = g_strsplit(row->text, " ", -1);
		break;
	}
}

static void
set_value(LsmSettings *settings, const Row *row, cfg_t *cfg)
{
	switch (row->type) {
	case ROW_INT:
	case ROW_MODE:
		*number_field(settings, row) = (int)cfg_getint(cfg, row->name);
		break;
	case ROW_BOOL:
		*number_field(settings, row) = cfg_getbool(cfg, row->name) ? TRUE : FALSE;
		break;
	case ROW_TEXT:
		*text_field(settings, row) = g_strdup(cfg_getstr(cfg, row->name));
		break;
	case ROW_LIST:
		*list_field(settings, row) = lsm_confuse_list(cfg, row->name);
		break;
	}
}

static void
clear_value(LsmSettings *settings, const Row *row)
{
	if (row->type == ROW_TEXT)
		g_free(*text_field(settings, row));
	if (row->type == ROW_LIST)
		g_strfreev(*list_field(settings, row));
}

/* ---- the file ---- */

static void
clear_rule_mode(gpointer data)
{
	g_free(((LsmRuleMode *)data)->rule);
}

static gboolean
read_rule(LsmSettings *settings, const LsmConfuseText *text, cfg_t *section, GError **error)
{
	const char *title = cfg_title(section);
	LsmRuleMode rule_mode = {.mode = (LsmMode)cfg_getint(section, "mode")};
	guint line = lsm_confuse_line(text, "rule", title, NULL);
	g_autofree char *shown = lsm_confuse_quote(title);

	if (!lsm_value_rule_id.accepts(title)) {
		lsm_confuse_set_error(error, lsm_confuse_text_name(text), line, "rule %s; expected %s", shown,
				      lsm_value_rule_id.expected);
		return FALSE;
	}
	if (lsm_confuse_line(text, "rule", title, "mode", NULL) == 0) {
		lsm_confuse_set_error(error, lsm_confuse_text_name(text), line,
				      "rule %s has no mode; expected mode = off, observe or enforce", shown);
		return FALSE;
	}
	rule_mode.rule = g_strdup(title);
	rule_mode.line = line;
	g_array_append_val(settings->rule_modes, rule_mode);
	return TRUE;
}

static gboolean
read_file(LsmSettings *settings, const LsmConfuseText *text, cfg_t *cfg, GError **error)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (lsm_confuse_line(text, rows[i].name, NULL) > 0)
			set_value(settings, &rows[i], cfg);
		else
			set_default(settings, &rows[i]);
	}
	for (guint i = 0; i < cfg_size(cfg, "rule"); i++)
		if (!read_rule(settings, text, cfg_getnsec(cfg, "rule", i), error))
			return FALSE;
	return TRUE;
}

/* name: for messages. The directory is not loaded yet. */
static LsmSettings *
parse(const char *octets, gsize length, const char *name, GError **error)
{
	g_autoptr(LsmConfuseText) text = NULL;
	g_autoptr(LsmSettings) settings = NULL;
	cfg_t *cfg = lsm_confuse_parse(octets, length, name, options, &text, error);
	gboolean is_read;

	if (cfg == NULL)
		return NULL;
	settings = g_new0(LsmSettings, 1);
	settings->references = 1;
	settings->rule_modes = g_array_new(FALSE, FALSE, sizeof(LsmRuleMode));
	g_array_set_clear_func(settings->rule_modes, clear_rule_mode);
	is_read = read_file(settings, text, cfg, error);
	lsm_confuse_free(cfg);
	return is_read ? g_steal_pointer(&settings) : NULL;
}

static GBytes *
read_sample(const char *name, GError **error)
{
	g_autofree char *path = g_strconcat(RESOURCE_PREFIX, name, NULL);
	GBytes *bytes = g_resources_lookup_data(path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

	if (bytes == NULL)
		g_set_error(error, LSM_ERROR, LSM_ERROR_CONFIG, "%s: not built into this program", name);
	return bytes;
}

static GBytes *
read_path(const char *path, GError **error)
{
	gsize length;
	char *text = lsm_confuse_read(path, &length, error);

	return text != NULL ? g_bytes_new_take(text, length) : NULL;
}

char *
lsm_settings_directory_path(const LsmSettings *settings)
{
	g_autofree char *folder = NULL;

	if (settings->path == NULL || g_path_is_absolute(settings->directory_file))
		return g_strdup(settings->directory_file);
	folder = g_path_get_dirname(settings->path);
	return g_build_filename(folder, settings->directory_file, NULL);
}

static gboolean
load_directory(LsmSettings *settings, GBytes *settings_bytes, GError **error)
{
	g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
	g_autofree char *path = lsm_settings_directory_path(settings);
	g_autoptr(GBytes) bytes =
		settings->path != NULL ? read_path(path, error) : read_sample(DIRECTORY_SAMPLE, error);

	if (bytes == NULL)
		return FALSE;
	settings->directory =
		lsm_directory_parse(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), path, error);
	g_checksum_update(checksum, g_bytes_get_data(settings_bytes, NULL),
			  (gssize)g_bytes_get_size(settings_bytes));
	g_checksum_update(checksum, g_bytes_get_data(bytes, NULL), (gssize)g_bytes_get_size(bytes));
	settings->digest = g_strdup(g_checksum_get_string(checksum));
	return settings->directory != NULL;
}

char *
lsm_settings_documents_path(const char *path, GError **error)
{
	g_autoptr(GBytes) bytes = read_path(path, error);
	g_autoptr(LsmSettings) settings = NULL;

	if (bytes == NULL)
		return NULL;
	settings = parse(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), path, error);
	return settings != NULL ? g_steal_pointer(&settings->documents_file) : NULL;
}

static gboolean
load_documents(LsmSettings *settings, GError **error)
{
	if (settings->documents_file[0] == '\0')
		return TRUE;
	settings->documents = lsm_documents_open(settings->documents_file, error);
	if (settings->documents == NULL)
		g_prefix_error(error, "%s: documents: ", settings->path);
	return settings->documents != NULL;
}

LsmSettings *
lsm_settings_load(const char *path, GError **error)
{
	g_autoptr(GBytes) bytes = path != NULL ? read_path(path, error) : read_sample(SETTINGS_SAMPLE, error);
	g_autoptr(LsmSettings) settings = NULL;

	if (bytes == NULL)
		return NULL;
	settings = parse(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes),
			 path != NULL ? path : SETTINGS_SAMPLE, error);
	if (settings == NULL)
		return NULL;
	settings->path = g_strdup(path);
	return load_directory(settings, bytes, error) && load_documents(settings, error) ? g_steal_pointer(&settings)
											 : NULL;
}

LsmSettings *
lsm_settings_ref(const LsmSettings *settings)
{
	LsmSettings *shared = (LsmSettings *)settings;

	g_atomic_int_inc(&shared->references);
	return shared;
}

void
lsm_settings_unref(LsmSettings *settings)
{
	if (settings == NULL || !g_atomic_int_dec_and_test(&settings->references))
		return;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		clear_value(settings, &rows[i]);
	g_array_unref(settings->rule_modes);
	lsm_directory_free(settings->directory);
	lsm_documents_free(settings->documents);
	g_free(settings->path);
	g_free(settings->digest);
	g_free(settings);
}

LsmMode
lsm_settings_rule_mode(const LsmSettings *settings, const char *rule, LsmMode standard)
{
	for (guint i = 0; i < settings->rule_modes->len; i++) {
		const LsmRuleMode *rule_mode = &g_array_index(settings->rule_modes, LsmRuleMode, i);

		if (strcmp(rule_mode->rule, rule) == 0)
			return rule_mode->mode;
	}
	return standard;
}

/* ---- printing ---- */

static void
print_text(GString *out, const char *text)
{
	g_string_append_c(out, '"');
	for (const char *at = text; *at != '\0'; at++) {
		if (strchr("\"\\$", *at) != NULL)
			g_string_append_c(out, '\\');
		g_string_append_c(out, *at);
	}
	g_string_append_c(out, '"');
}

static void
print_list(GString *out, char *const *list)
{
	g_string_append_c(out, '{');
	for (gsize i = 0; list[i] != NULL; i++) {
		g_string_append(out, i > 0 ? ", " : "");
		print_text(out, list[i]);
	}
	g_string_append_c(out, '}');
}

static void
print_value(GString *out, const LsmSettings *settings, const Row *row)
{
	g_string_append_printf(out, "%s = ", row->name);
	switch (row->type) {
	case ROW_INT:
		g_string_append_printf(out, "%d", *number_field(settings, row));
		break;
	case ROW_MODE:
		g_string_append(out, lsm_mode_name((LsmMode)*number_field(settings, row)));
		break;
	case ROW_BOOL:
		g_string_append(out, *number_field(settings, row) ? "yes" : "no");
		break;
	case ROW_TEXT:
		print_text(out, *text_field(settings, row));
		break;
	case ROW_LIST:
		print_list(out, *list_field(settings, row));
		break;
	}
	g_string_append_c(out, '\n');
}

static void
print_comment(GString *out, const char *text)
{
	g_auto(GStrv) words = g_strsplit(text, " ", -1);
	gsize width = 0;

	for (gsize i = 0; words[i] != NULL; i++) {
		gsize length = strlen(words[i]);

		if (width == 0 || width + 1 + length > HELP_WIDTH) {
			g_string_append(out, width > 0 ? "\n#" : "#");
			width = 1;
		}
		g_string_append_printf(out, " %s", words[i]);
		width += 1 + length;
	}
	g_string_append_c(out, '\n');
}

static void
print_help(GString *out, const Row *row)
{
	g_autofree char *range = NULL;

	g_string_append_c(out, '\n');
	print_comment(out, row->help);
	if (row->type == ROW_INT)
		range = g_strdup_printf("%d to %d %s.", row->low, row->high, row->unit);
	else if (row->kind != NULL && row->kind != &lsm_value_any)
		range = g_strdup_printf("%s %s.",
					row->type == ROW_LIST ? "Each:" : "Value:", row->kind->expected);
	if (range != NULL)
		print_comment(out, range);
}

char *
lsm_settings_print(const LsmSettings *settings, gboolean with_help)
{
	GString *out = g_string_new(NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (with_help)
			print_help(out, &rows[i]);
		print_value(out, settings, &rows[i]);
	}
	for (guint i = 0; i < settings->rule_modes->len; i++) {
		const LsmRuleMode *rule_mode = &g_array_index(settings->rule_modes, LsmRuleMode, i);

		g_string_append_printf(out, "rule \"%s\" { mode = %s }\n", rule_mode->rule,
				       lsm_mode_name(rule_mode->mode));
	}
	return g_string_free(out, FALSE);
}
