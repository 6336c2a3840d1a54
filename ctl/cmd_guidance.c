/*
 * cmd_guidance.c - liaisonctl guidance: what people are told, by rule and by text.
 */
#include <stdio.h>
#include <string.h>

#include "conf/error.h"
#include "conf/nearest.h"
#include "ctl/command.h"
#include "ctl/printer.h"
#include "desk/json.h"
#include "rules/guidance.h"

/* "{{from}}" as a reader understands it: "<from>". */
static char *
show_keys(const char *source)
{
	GString *text = g_string_new(source);

	g_string_replace(text, "{{", "<", 0);
	g_string_replace(text, "}}", ">", 0);
	return g_string_free(text, FALSE);
}

static gboolean
load_text(const LsmSettings *settings, const char *name, char **text_out, gboolean *is_site_out,
	  GError **error)
{
	g_autofree char *source = lsm_guidance_source(settings, name, is_site_out, error);

	*text_out = source != NULL ? show_keys(source) : NULL;
	return source != NULL;
}

/* --- all of them --- */

/* The first line without "Subject: ": what the text is about. */
static char *
subject_of(const char *text)
{
	const char *end = strchr(text, '\n');
	g_autofree char *line = end != NULL ? g_strndup(text, (gsize)(end - text)) : g_strdup(text);

	return g_strdup(g_str_has_prefix(line, "Subject: ") ? line + strlen("Subject: ") : line);
}

static gboolean
list_texts(const LsmSettings *settings, gboolean json, GError **error)
{
	g_auto(GStrv) names = lsm_guidance_names();

	for (guint i = 0; names[i] != NULL; i++) {
		g_autofree char *text = NULL;
		g_autofree char *subject = NULL;
		gboolean is_site = FALSE;

		if (!load_text(settings, names[i], &text, &is_site, error))
			return FALSE;
		subject = subject_of(text);
		if (json) {
			g_autoptr(JsonObject) object = json_object_new();

			lsm_json_set(object, "text", names[i]);
			lsm_json_set(object, "subject", subject);
			json_object_set_boolean_member(object, "site", is_site);
			lsm_printer_json(object, FALSE);
		} else {
			g_autofree char *safe = lsm_printer_safe(subject);

			printf("  %-24s %s%s\n", names[i], safe, is_site ? "  (the site's own)" : "");
		}
	}
	return TRUE;
}

static JsonObject *
rule_json(const LsmRule *rule, const LsmSettings *settings, gint64 now)
{
	JsonObject *object = json_object_new();
	g_autofree char *fix = lsm_guidance_fix(rule, now);
	g_autofree char *text = lsm_guidance_rule(rule, settings, now);

	lsm_json_set(object, "rule", rule->id);
	lsm_json_set(object, "heading", rule->heading);
	lsm_json_set(object, "fix", fix);
	lsm_json_set(object, "why", rule->help);
	lsm_json_set(object, "section", rule->section);
	lsm_json_set(object, "body", text);
	return object;
}

static void
list_rules(const LsmSettings *settings, gboolean json, gint64 now)
{
	guint count;
	const LsmRule *rules = lsm_rule_table(&count);

	for (guint i = 0; i < count; i++) {
		if (json) {
			g_autoptr(JsonObject) object = rule_json(&rules[i], settings, now);

			lsm_printer_json(object, FALSE);
		} else {
			g_autofree char *fix = lsm_guidance_fix(&rules[i], now);
			g_autofree char *line = g_strdup_printf("%s. %s", rules[i].heading, fix);
			g_autofree char *cell = lsm_printer_fit(line, 82);

			printf("  %-24s %s\n", rules[i].id, g_strchomp(cell));
		}
	}
}

static int
list_all(const LsmSettings *settings, gboolean json, gint64 now, GError **error)
{
	if (!json)
		puts("What a sender is told, by rule:");
	list_rules(settings, json, now);
	if (!json)
		puts("\nTexts of mails, by subject; what stands in <> is filled in:");
	if (!list_texts(settings, json, error))
		return 2;
	if (!json)
		puts("\nliaisonctl guidance NAME prints one whole. Own texts: NAME.txt in the folder of the "
		     "setting "
		     "guidance-dir.");
	return 0;
}

/* --- one of them --- */

static int
print_rule(const LsmRule *rule, const LsmSettings *settings, gboolean json, gint64 now)
{
	g_autofree char *text = lsm_guidance_rule(rule, settings, now);

	if (json) {
		g_autoptr(JsonObject) object = rule_json(rule, settings, now);

		lsm_printer_json(object, FALSE);
		return 0;
	}
	fputs(text, stdout);
	return 0;
}

/* Texts are the site's, and lines with their ends; only what steers a terminal goes. */
static void
print_lines(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (guint i = 0; lines[i] != NULL && (lines[i + 1] != NULL || *lines[i] != '\0'); i++) {
		g_autofree char *safe = lsm_printer_safe(lines[i]);

		puts(safe);
	}
}

static int
print_text(const char *name, const LsmSettings *settings, gboolean json, GError **error)
{
	g_autofree char *text = NULL;
	gboolean is_site = FALSE;

	if (!load_text(settings, name, &text, &is_site, error))
		return 2;
	if (json) {
		g_autoptr(JsonObject) object = json_object_new();

		lsm_json_set(object, "text", name);
		lsm_json_set(object, "body", text);
		json_object_set_boolean_member(object, "site", is_site);
		lsm_printer_json(object, FALSE);
		return 0;
	}
	print_lines(text);
	return 0;
}

static void
set_unknown(GError **error, const char *name, char *const *texts)
{
	guint count;
	const LsmRule *rules = lsm_rule_table(&count);
	g_autoptr(GPtrArray) known = g_ptr_array_new();
	const char *nearest;

	for (guint i = 0; i < count; i++)
		g_ptr_array_add(known, (gpointer)rules[i].id);
	for (guint i = 0; texts[i] != NULL; i++)
		g_ptr_array_add(known, texts[i]);
	g_ptr_array_add(known, NULL);
	nearest = lsm_nearest_word(name, (const char *const *)known->pdata);
	g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE,
		    "there is no rule or text \"%s\"%s%s%s; liaisonctl guidance lists them", name,
		    nearest != NULL ? ", did you mean \"" : "", nearest != NULL ? nearest : "",
		    nearest != NULL ? "\"?" : "");
}

static int
print_one(const char *name, const LsmSettings *settings, gboolean json, gint64 now, GError **error)
{
	const LsmRule *rule = lsm_rule_find(name);
	g_auto(GStrv) texts = lsm_guidance_names();

	if (rule != NULL)
		return print_rule(rule, settings, json, now);
	if (g_strv_contains((const char *const *)texts, name))
		return print_text(name, settings, json, error);
	set_unknown(error, name, texts);
	return 2;
}

int
lsm_cmd_guidance(const LsmCtlOptions *options, int argc, char **argv, GError **error)
{
	const GOptionEntry entries[] = {G_OPTION_ENTRY_NULL};
	g_autoptr(LsmSettings) settings = NULL;
	gint64 now = g_get_real_time() / G_USEC_PER_SEC;

	if (!lsm_ctl_parse(&argc, &argv, entries, error))
		return 2;
	if (argc > 2 && !lsm_ctl_expect(argc, 1, "at most one rule or text", error))
		return 2;
	settings = lsm_settings_load(options->config, error);
	if (settings == NULL || !lsm_rule_check_settings(settings, error))
		return 2;
	return argc > 1 ? print_one(argv[1], settings, options->json, now, error)
			: list_all(settings, options->json, now, error);
}
