/*
 * settings.c - loads and shares the effective settings.
 *
 * Owns the rows made of settings.def and the objects' life (settings_print.c prints them). Uses
 * libConfuse through confuse.c, the samples embedded as GResources, and directory.c for the second
 * file. An object never changes once loaded: any thread may read it. A file with a mistake gives a
 * CONFIG error and no object.
 */
#include "conf/settings.h"

#include <gio/gio.h>
#include <string.h>

#include "conf/confuse.h"
#include "conf/error.h"
#include "conf/settings_private.h"
#include "conf/settings_scope.h"
#include "conf/sha256.h"

#define RESOURCE_PREFIX "/org/liaison-milter/"
#define SETTINGS_SAMPLE "liaison-milter.conf"
#define DIRECTORY_SAMPLE "directory.conf"
#define LOCAL_PART_MAX 64 /* octets */

#define OFFSET(field) G_STRUCT_OFFSET(LsmSettings, field)

/* clang-format off */
const LsmSettingRow lsm_setting_rows[] = {
#define LSM_SETTING_INT(field, name, standard, low, high, unit, help) \
	{name, LSM_ROW_INT, OFFSET(field), standard, low, high, unit, NULL, NULL, help},
#define LSM_SETTING_TEXT(field, name, standard, kind, help) \
	{name, LSM_ROW_TEXT, OFFSET(field), 0, 0, 0, NULL, standard, &lsm_value_##kind, help},
#define LSM_SETTING_LIST(field, name, standard, kind, help) \
	{name, LSM_ROW_LIST, OFFSET(field), 0, 0, 0, NULL, standard, &lsm_value_##kind, help},
#define LSM_SETTING_MODE(field, name, standard, help) \
	{name, LSM_ROW_MODE, OFFSET(field), standard, 0, 0, NULL, NULL, NULL, help},
#define LSM_SETTING_BOOL(field, name, standard, help) \
	{name, LSM_ROW_BOOL, OFFSET(field), standard, 0, 0, NULL, NULL, NULL, help},
#include "conf/settings.def"
};
/* clang-format on */

const gsize lsm_setting_row_count = G_N_ELEMENTS(lsm_setting_rows);

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

static const LsmSettingRow *
find_row(const char *name)
{
	for (gsize i = 0; i < lsm_setting_row_count; i++)
		if (strcmp(lsm_setting_rows[i].name, name) == 0)
			return &lsm_setting_rows[i];
	return NULL;
}

static int
take_int(cfg_t *cfg, cfg_opt_t *option, const char *value, void *result)
{
	const LsmSettingRow *row = find_row(option->name);
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
set_default(LsmSettings *settings, const LsmSettingRow *row)
{
	switch (row->type) {
	case LSM_ROW_INT:
	case LSM_ROW_MODE:
	case LSM_ROW_BOOL:
		*lsm_setting_number(settings, row) = row->number;
		break;
	case LSM_ROW_TEXT:
		*lsm_setting_text(settings, row) = g_strdup(row->text);
		break;
	case LSM_ROW_LIST:
		*lsm_setting_list(settings, row) = g_strsplit(row->text, " ", -1);
		break;
	}
}

static void
set_value(LsmSettings *settings, const LsmSettingRow *row, cfg_t *cfg)
{
	switch (row->type) {
	case LSM_ROW_INT:
	case LSM_ROW_MODE:
		*lsm_setting_number(settings, row) = (int)cfg_getint(cfg, row->name);
		break;
	case LSM_ROW_BOOL:
		*lsm_setting_number(settings, row) = cfg_getbool(cfg, row->name) ? TRUE : FALSE;
		break;
	case LSM_ROW_TEXT:
		*lsm_setting_text(settings, row) = g_strdup(cfg_getstr(cfg, row->name));
		break;
	case LSM_ROW_LIST:
		*lsm_setting_list(settings, row) = lsm_confuse_list(cfg, row->name);
		break;
	}
}

static void
clear_value(LsmSettings *settings, const LsmSettingRow *row)
{
	if (row->type == LSM_ROW_TEXT)
		g_free(*lsm_setting_text(settings, row));
	if (row->type == LSM_ROW_LIST)
		g_strfreev(*lsm_setting_list(settings, row));
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
	for (gsize i = 0; i < lsm_setting_row_count; i++) {
		settings->lines[i] = lsm_confuse_line(text, lsm_setting_rows[i].name, NULL);
		if (settings->lines[i] > 0)
			set_value(settings, &lsm_setting_rows[i], cfg);
		else
			set_default(settings, &lsm_setting_rows[i]);
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
	settings->lines = g_new0(guint, lsm_setting_row_count);
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
	g_autoptr(LsmSha256) hash = lsm_sha256_new();
	g_autofree char *path = lsm_settings_directory_path(settings);
	g_autoptr(GBytes) bytes =
		settings->path != NULL ? read_path(path, error) : read_sample(DIRECTORY_SAMPLE, error);

	if (bytes == NULL)
		return FALSE;
	settings->directory =
		lsm_directory_parse(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), path, error);
	settings->digest = g_malloc(LSM_SHA256_HEX_SIZE);
	lsm_sha256_add(hash, g_bytes_get_data(settings_bytes, NULL), g_bytes_get_size(settings_bytes));
	lsm_sha256_add(hash, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
	if (settings->directory != NULL)
		lsm_sha256_add_text(hash, lsm_directory_included_digest(settings->directory));
	lsm_sha256_finish(hash, settings->digest);
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

/* RFC 5321 section 4.5.3.1.1: what is longer, other mail servers refuse, and no answer or bounce comes back. */
static gboolean
check_desk_address(const LsmSettings *settings, GError **error)
{
	gboolean is_own = *settings->desk_address != '\0';
	const char *address = is_own ? settings->desk_address : lsm_directory_liaison_contact(settings->directory);
	const char *at = strrchr(address, '@');
	g_autofree char *shown = NULL;

	if (*settings->recipient_delimiter == '\0' || at == NULL ||
	    at - address + 1 + LSM_SETTINGS_SUFFIX_MAX <= LOCAL_PART_MAX)
		return TRUE;
	shown = lsm_confuse_quote(address);
	lsm_confuse_set_error(error, settings->path != NULL ? settings->path : SETTINGS_SAMPLE,
			      lsm_settings_line(settings, "desk-address"),
			      "%s %s; expected at most %d octets before the @: with \"%s\" and %d letters more they "
			      "are a local part, which ends at %d",
			      is_own ? "desk-address =" : "without a desk-address, liaison-contact =", shown,
			      LOCAL_PART_MAX - 1 - LSM_SETTINGS_SUFFIX_MAX, settings->recipient_delimiter,
			      LSM_SETTINGS_SUFFIX_MAX, LOCAL_PART_MAX);
	return FALSE;
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
	if (!load_directory(settings, bytes, error) || !lsm_settings_check_scope(settings, error) ||
	    !check_desk_address(settings, error) || !load_documents(settings, error))
		return NULL;
	return g_steal_pointer(&settings);
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
	for (gsize i = 0; i < lsm_setting_row_count; i++)
		clear_value(settings, &lsm_setting_rows[i]);
	g_array_unref(settings->rule_modes);
	lsm_directory_free(settings->directory);
	lsm_documents_free(settings->documents);
	g_free(settings->path);
	g_free(settings->digest);
	g_free(settings->lines);
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
