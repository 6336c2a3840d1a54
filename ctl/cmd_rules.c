/*
 * cmd_rules.c - liaisonctl rules: the table of rules, one rule, or the page that answers every requirement.
 */
#include <stdio.h>
#include <string.h>

#include "conf/error.h"
#include "conf/nearest.h"
#include "ctl/command.h"
#include "ctl/printer.h"
#include "desk/json.h"
#include "rules/guidance.h"
#include "rules/requirement.h"

/* The settings that judge: those that are named, or the ones that ship. */
static LsmSettings *
load_settings(const LsmCtlOptions *options, GError **error)
{
	g_autoptr(LsmSettings) settings = lsm_settings_load(options->config, error);

	if (settings == NULL || !lsm_rule_check_settings(settings, error))
		return NULL;
	return g_steal_pointer(&settings);
}

/* --- columns --- */

/* "out", "in", "out in": around is judged as out, by what a copy shows. */
static const char *
ways_text(const LsmRule *rule)
{
	gboolean out = (rule->ways & LSM_FOR(LSM_WAY_OUTGOING)) != 0;
	gboolean in = (rule->ways & LSM_FOR_IN) != 0;

	return out && in ? "out in" : in ? "in" : "out";
}

static const char *
mode_text(const LsmRule *rule, const LsmSettings *settings)
{
	return lsm_mode_name(lsm_settings_rule_mode(settings, rule->id, rule->mode));
}

/* --- for a terminal --- */

static void
print_cell(const char *text, int width)
{
	g_autofree char *cell = lsm_printer_fit(text, width);

	printf("%s ", cell);
}

static void
print_row(const LsmRule *rule, const LsmSettings *settings)
{
	g_autofree char *sets = lsm_rule_sets_text(rule);
	g_autofree char *purposes = lsm_rule_purpose_text(rule);

	print_cell(rule->id, 26);
	print_cell(ways_text(rule), 6);
	print_cell(purposes, 11);
	print_cell(lsm_effect_name(rule->effect_out), 8);
	print_cell(mode_text(rule, settings), 8);
	print_cell(sets, 13);
	puts(rule->requirements);
}

static void
print_table(const LsmSettings *settings)
{
	guint count;
	const LsmRule *rules = lsm_rule_table(&count);

	print_cell("RULE", 26);
	print_cell("WAY", 6);
	print_cell("PURPOSE", 11);
	print_cell("EFFECT", 8);
	print_cell("MODE", 8);
	print_cell("SETS", 13);
	puts("REQUIREMENT");
	for (guint i = 0; i < count; i++)
		print_row(&rules[i], settings);
	printf("\n%u rules; rule-set %s judges. Effects are those on outgoing mail; incoming mail is never "
	       "rejected.\nliaisonctl rules RULE tells more of one.\n",
	       count, settings->rule_set);
}

static void
print_label(const char *label, const char *text)
{
	printf("%-12s %s\n", label, text);
}

static void
print_requirements(const LsmRule *rule)
{
	guint count;
	const LsmRequirement *table = lsm_requirement_table(&count);

	for (guint i = 0; i < count; i++) {
		if (lsm_requirement_is_of(table[i].id, rule))
			printf("  %-5s %s\n", table[i].id, table[i].title);
	}
}

static void
print_rule(const LsmRule *rule, const LsmSettings *settings)
{
	g_autofree char *sets = lsm_rule_sets_text(rule);
	g_autofree char *purposes = lsm_rule_purpose_text(rule);
	g_autofree char *fix = lsm_guidance_fix(rule, g_get_real_time() / G_USEC_PER_SEC);

	printf("%s\n\n%s\n\n%s\n\n", rule->id, rule->help, fix);
	print_label("Way:", ways_text(rule));
	print_label("Purpose:", purposes);
	print_label("Effect:", lsm_effect_name(rule->effect_out));
	print_label("Mode:", mode_text(rule, settings));
	print_label("Rule sets:", sets);
	print_label("Section:", rule->section);
	puts("Requirements:");
	print_requirements(rule);
	printf("\nTo change its mode, in the settings:  rule \"%s\" { mode = off | observe | enforce }\n",
	       rule->id);
}

/* --- JSON --- */

static JsonObject *
rule_json(const LsmRule *rule, const LsmSettings *settings)
{
	JsonObject *object = json_object_new();
	g_auto(GStrv) requirements = g_strsplit(rule->requirements, " ", -1);
	g_auto(GStrv) ways = g_strsplit(ways_text(rule), " ", -1);
	g_autofree char *sets = lsm_rule_sets_text(rule);
	g_autofree char *purposes = lsm_rule_purpose_text(rule);

	lsm_json_set(object, "rule", rule->id);
	lsm_json_set_strings(object, "requirement", (const char *const *)requirements);
	lsm_json_set_strings(object, "way", (const char *const *)ways);
	lsm_json_set(object, "purpose", purposes);
	lsm_json_set(object, "rule_sets", sets);
	lsm_json_set(object, "effect", lsm_effect_name(rule->effect_out));
	lsm_json_set(object, "mode", mode_text(rule, settings));
	lsm_json_set(object, "section", rule->section);
	lsm_json_set(object, "heading", rule->heading);
	lsm_json_set(object, "fix", rule->fix);
	lsm_json_set(object, "help", rule->help);
	return object;
}

static void
print_json(const LsmRule *only, const LsmSettings *settings)
{
	guint count;
	const LsmRule *rules = lsm_rule_table(&count);

	for (guint i = 0; i < count; i++) {
		g_autoptr(JsonObject) object = NULL;

		if (only != NULL && only != &rules[i])
			continue;
		object = rule_json(&rules[i], settings);
		lsm_printer_json(object, FALSE);
	}
}

/* --- the page --- */

/* Appends the words of a list as code: "`list`, `show`". */
static void
append_words(GString *cell, const char *list, const char *before)
{
	g_auto(GStrv) words = g_strsplit(list, " ", -1);

	for (guint i = 0; list[0] != '\0' && words[i] != NULL; i++)
		g_string_append_printf(cell, "%s`%s`",
				       i > 0           ? ", "
				       : cell->len > 0 ? before
						       : before + 2,
				       words[i]);
}

static char *
rules_of(const LsmRequirement *requirement)
{
	guint count;
	const LsmRule *rules = lsm_rule_table(&count);
	GString *list = g_string_new(NULL);

	for (guint i = 0; i < count; i++) {
		if (lsm_requirement_is_of(requirement->id, &rules[i]))
			g_string_append_printf(list, "%s%s", list->len > 0 ? " " : "", rules[i].id);
	}
	return g_string_free(list, FALSE);
}

static char *
answer_of(const LsmRequirement *requirement)
{
	GString *cell = g_string_new(NULL);
	g_autofree char *rules = rules_of(requirement);

	append_words(cell, rules, "; rule ");
	append_words(cell, requirement->commands, "; command ");
	append_words(cell, requirement->record, "; record ");
	if (requirement->remark[0] != '\0')
		g_string_append_printf(cell, "%s%s", cell->len > 0 ? ". " : "", requirement->remark);
	return g_string_free(cell, FALSE);
}

static void
print_answers(void)
{
	guint count;
	const LsmRequirement *table = lsm_requirement_table(&count);

	puts("| | what is asked for | what answers it |\n|---|---|---|");
	for (guint i = 0; i < count; i++) {
		g_autofree char *answer = answer_of(&table[i]);

		printf("| %s | %s | %s |\n", table[i].id, table[i].title, answer);
	}
}

static void
print_sets(void)
{
	guint count;
	const LsmRuleSet *sets = lsm_rule_sets(&count);

	puts("| rule-set | date | document | what differs |\n|---|---|---|---|");
	for (guint i = 0; i < count; i++)
		printf("| `%s` | %s | %s | %s |\n", sets[i].name, sets[i].date, sets[i].document,
		       sets[i].differs);
}

static void
print_rule_row(const LsmRule *rule)
{
	g_autofree char *sets = lsm_rule_sets_text(rule);
	g_autofree char *purposes = lsm_rule_purpose_text(rule);

	printf("| `%s` | %s | %s | %s | %s | %s | %s | %s |\n", rule->id, ways_text(rule), purposes,
	       lsm_effect_name(rule->effect_out), lsm_mode_name(rule->mode), sets, rule->requirements,
	       rule->help);
}

static void
print_markdown(void)
{
	guint count;
	const LsmRule *rules = lsm_rule_table(&count);

	puts("# The procedure, and what answers it\n\n"
	     "This page is printed by `liaisonctl rules --markdown`; do not edit it.\n\n"
	     "Every sentence of the procedure for liaison statements on which software can act has a number: "
	     "A for\n"
	     "the procedure itself, W for its web page, K for its wiki, P for published practice. Rules are "
	     "checked\n"
	     "on each mail; commands are those of `liaisonctl` and the answer words to the desk; the "
	     "record's types\n"
	     "of events, states and fields are those of `liaisonctl show` and `log`.\n");
	print_answers();
	puts("\n## The rules\n\n"
	     "Effects are those on outgoing statements that are certain; incoming mail is never rejected. A "
	     "rule's\n"
	     "mode can be set: `rule \"RULE\" { mode = off | observe | enforce }`.\n");
	puts("| rule | way | purpose | effect | mode | rule sets | answers | why "
	     "|\n|---|---|---|---|---|---|---|---|");
	for (guint i = 0; i < count; i++)
		print_rule_row(&rules[i]);
	puts("\n## The rule sets\n\nThe setting `rule-set` picks one; each verdict on record names the one "
	     "that judged.\n");
	print_sets();
}

/* --- the command --- */

static const LsmRule *
find_rule(const char *id, GError **error)
{
	guint count;
	const LsmRule *rules = lsm_rule_table(&count);
	const LsmRule *rule = lsm_rule_find(id);
	g_autoptr(GPtrArray) known = g_ptr_array_new();
	const char *nearest;

	if (rule != NULL)
		return rule;
	for (guint i = 0; i < count; i++)
		g_ptr_array_add(known, (gpointer)rules[i].id);
	g_ptr_array_add(known, NULL);
	nearest = lsm_nearest_word(id, (const char *const *)known->pdata);
	g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE,
		    "there is no rule \"%s\"%s%s%s; liaisonctl rules lists them", id,
		    nearest != NULL ? ", did you mean \"" : "", nearest != NULL ? nearest : "",
		    nearest != NULL ? "\"?" : "");
	return NULL;
}

static int
print_rules(const LsmCtlOptions *options, const char *id, gboolean markdown, GError **error)
{
	g_autoptr(LsmSettings) settings = NULL;
	const LsmRule *rule = NULL;

	if (id != NULL && (rule = find_rule(id, error)) == NULL)
		return 2;
	if (markdown) {
		print_markdown();
		return 0;
	}
	settings = load_settings(options, error);
	if (settings == NULL)
		return 2;
	if (options->json)
		print_json(rule, settings);
	else if (rule != NULL)
		print_rule(rule, settings);
	else
		print_table(settings);
	return 0;
}

int
lsm_cmd_rules(const LsmCtlOptions *options, int argc, char **argv, GError **error)
{
	gboolean markdown = FALSE;
	const GOptionEntry entries[] = {
		{"markdown", 0, 0, G_OPTION_ARG_NONE, &markdown, NULL, NULL},
		G_OPTION_ENTRY_NULL,
	};

	if (!lsm_ctl_parse(&argc, &argv, entries, error))
		return 2;
	if (argc > 2 && !lsm_ctl_expect(argc, 1, "at most one rule", error))
		return 2;
	return print_rules(options, argc > 1 ? argv[1] : NULL, markdown, error);
}
