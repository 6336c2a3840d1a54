/*
 * settings_print.c - the effective settings as a settings file, with help or with where each value comes
 * from.
 *
 * Owns nothing: text is made of the rows and an object. Any thread; cannot fail. Whatever is printed can be
 * read back, and gives equal settings.
 */
#include <string.h>

#include "conf/settings_private.h"

#define HELP_WIDTH 90
/* Origins stand in one column; behind a longer line they do not push out all others. */
#define ORIGIN_COLUMN 64

/* ---- values ---- */

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
print_value(GString *out, const LsmSettings *settings, const LsmSettingRow *row)
{
	g_string_append_printf(out, "%s = ", row->name);
	switch (row->type) {
	case LSM_ROW_INT:
		g_string_append_printf(out, "%d", *lsm_setting_number(settings, row));
		break;
	case LSM_ROW_MODE:
		g_string_append(out, lsm_mode_name((LsmMode)*lsm_setting_number(settings, row)));
		break;
	case LSM_ROW_BOOL:
		g_string_append(out, *lsm_setting_number(settings, row) ? "yes" : "no");
		break;
	case LSM_ROW_TEXT:
		print_text(out, *lsm_setting_text(settings, row));
		break;
	case LSM_ROW_LIST:
		print_list(out, *lsm_setting_list(settings, row));
		break;
	}
}

static void
print_rule(GString *out, const LsmRuleMode *rule_mode)
{
	g_string_append_printf(out, "rule \"%s\" { mode = %s }", rule_mode->rule,
			       lsm_mode_name(rule_mode->mode));
}

/* ---- with help ---- */

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
print_help(GString *out, const LsmSettingRow *row)
{
	g_autofree char *range = NULL;

	g_string_append_c(out, '\n');
	print_comment(out, row->help);
	if (row->type == LSM_ROW_INT)
		range = g_strdup_printf("%d to %d %s.", row->low, row->high, row->unit);
	else if (row->kind != NULL && row->kind != &lsm_value_any)
		range = g_strdup_printf("%s %s.",
					row->type == LSM_ROW_LIST ? "Each:" : "Value:", row->kind->expected);
	if (range != NULL)
		print_comment(out, range);
}

char *
lsm_settings_print(const LsmSettings *settings, gboolean with_help)
{
	GString *out = g_string_new(NULL);

	for (gsize i = 0; i < lsm_setting_row_count; i++) {
		if (with_help)
			print_help(out, &lsm_setting_rows[i]);
		print_value(out, settings, &lsm_setting_rows[i]);
		g_string_append_c(out, '\n');
	}
	for (guint i = 0; i < settings->rule_modes->len; i++) {
		print_rule(out, &g_array_index(settings->rule_modes, LsmRuleMode, i));
		g_string_append_c(out, '\n');
	}
	return g_string_free(out, FALSE);
}

/* ---- with origins ---- */

static gboolean
is_default(const LsmSettings *settings, const LsmSettingRow *row)
{
	g_auto(GStrv) standard = NULL;

	switch (row->type) {
	case LSM_ROW_INT:
	case LSM_ROW_MODE:
	case LSM_ROW_BOOL:
		return *lsm_setting_number(settings, row) == row->number;
	case LSM_ROW_TEXT:
		return strcmp(*lsm_setting_text(settings, row), row->text) == 0;
	case LSM_ROW_LIST:
		break;
	}
	standard = g_strsplit(row->text, " ", -1);
	return g_strv_equal((const char *const *)*lsm_setting_list(settings, row),
			    (const char *const *)standard);
}

/* Fills up the line that begins at start, and says behind it where it comes from. line 0: from no file. */
static void
print_origin(GString *out, gsize start, const char *file, guint line)
{
	gsize width = (gsize)g_utf8_strlen(out->str + start, (gssize)(out->len - start));

	g_string_append_printf(out, "%*s# ", width < ORIGIN_COLUMN ? (int)(ORIGIN_COLUMN - width) : 1, "");
	if (line > 0)
		g_string_append_printf(out, "%s:%u\n", file, line);
	else
		g_string_append(out, "default\n");
}

char *
lsm_settings_print_origins(const LsmSettings *settings, gboolean changed_only)
{
	GString *out = g_string_new(NULL);
	g_autofree char *file =
		settings->path != NULL ? g_path_get_basename(settings->path) : g_strdup("built-in");

	for (gsize i = 0; i < lsm_setting_row_count; i++) {
		gsize start = out->len;

		if (changed_only && is_default(settings, &lsm_setting_rows[i]))
			continue;
		print_value(out, settings, &lsm_setting_rows[i]);
		print_origin(out, start, file, settings->lines[i]);
	}
	for (guint i = 0; i < settings->rule_modes->len; i++) {
		const LsmRuleMode *rule_mode = &g_array_index(settings->rule_modes, LsmRuleMode, i);
		gsize start = out->len;

		print_rule(out, rule_mode);
		print_origin(out, start, file, rule_mode->line);
	}
	return g_string_free(out, FALSE);
}
