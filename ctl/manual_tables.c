/*
 * manual_tables.c - of the manual pages what the program holds on to: settings, rules, rule sets.
 *
 * Uses settings.def and rules.def; changes nothing, cannot fail.
 */
#include <string.h>

#include "conf/value.h"
#include "ctl/manual.h"
#include "ctl/mdoc.h"
#include "rules/guidance.h"
#include "rules/rule.h"

/* --- settings --- */

/* "path_or_empty" -> "path": what stands for the value in "name = path". */
static char *
place_of(const char *kind)
{
	const char *end = g_str_has_suffix(kind, "_or_empty") ? strstr(kind, "_or_empty") : kind + strlen(kind);
	char *place = g_strndup(kind, (gsize)(end - kind));

	return g_strdelimit(place, "_", '-');
}

/* The row's first line: name = PLACE, or name = {PLACE, ...}. */
static void
print_name(GString *out, const char *name, const char *place, gboolean is_list)
{
	g_autofree char *escaped = lsm_mdoc_escape(name);
	g_autofree char *value = lsm_mdoc_escape(place);

	g_string_append_printf(out, is_list ? ".It Ic %s No = Brq Ar %s , No ...\n" : ".It Ic %s No = Ar %s\n", escaped,
			       value);
}

/* Closes a row: its help, then what may stand there, and what holds without. */
static void
print_values(GString *out, const char *help, const char *values, const char *standard)
{
	g_autofree char *text = g_strdup_printf("%s Default: %s.", values, standard);

	lsm_mdoc_text(out, help, NULL);
	g_string_append(out, ".Pp\n");
	lsm_mdoc_text(out, text, NULL);
}

static void
print_number(GString *out, const char *name, int standard, int low, int high, const char *unit, const char *help)
{
	g_autofree char *values = g_strdup_printf("From %d to %d %s.", low, high, unit);
	g_autofree char *number = g_strdup_printf("%d", standard);

	print_name(out, name, "number", FALSE);
	print_values(out, help, values, number);
}

static void
print_text(GString *out, const char *name, const char *standard, const char *kind, const char *expected,
	   const char *help)
{
	g_autofree char *place = place_of(kind);
	g_autofree char *values = g_strdup_printf("Value: %s.", expected);
	g_autofree char *quoted = g_strdup_printf("\"%s\"", standard);

	print_name(out, name, place, FALSE);
	print_values(out, help, values, quoted);
}

static void
print_list(GString *out, const char *name, const char *standard, const char *kind, const char *expected,
	   const char *help)
{
	g_autofree char *place = place_of(kind);
	g_autofree char *values = g_strdup_printf("Each: %s.", expected);
	g_auto(GStrv) members = g_strsplit(standard, " ", -1);
	g_autofree char *joined = g_strjoinv("\", \"", members);
	g_autofree char *list = g_strdup_printf(*standard == '\0' ? "{}%s" : "{\"%s\"}", joined);

	print_name(out, name, place, TRUE);
	print_values(out, help, values, list);
}

static void
print_mode(GString *out, const char *name, LsmMode standard, const char *help)
{
	print_name(out, name, "mode", FALSE);
	print_values(out, help, "Value: off, observe or enforce.", lsm_mode_name(standard));
}

static void
print_yes_no(GString *out, const char *name, gboolean standard, const char *help)
{
	print_name(out, name, "yes-or-no", FALSE);
	print_values(out, help, "Value: yes or no.", standard ? "yes" : "no");
}

void
lsm_manual_settings(GString *out)
{
	g_string_append(out, ".Bl -tag -width Ds\n");
#define LSM_SETTING_MODE(field, name, standard, help) print_mode(out, name, standard, help);
#define LSM_SETTING_BOOL(field, name, standard, help) print_yes_no(out, name, standard, help);
#define LSM_SETTING_INT(field, name, standard, low, high, unit, help) \
	print_number(out, name, standard, low, high, unit, help);
#define LSM_SETTING_TEXT(field, name, standard, kind, help) \
	print_text(out, name, standard, #kind, lsm_value_##kind.expected, help);
#define LSM_SETTING_LIST(field, name, standard, kind, help) \
	print_list(out, name, standard, #kind, lsm_value_##kind.expected, help);
#include "conf/settings.def"
	g_string_append(out, ".El\n");
}

/* --- rules --- */

static const char *
ways_of(const LsmRule *rule)
{
	gboolean out = (rule->ways & LSM_FOR(LSM_WAY_OUTGOING)) != 0;
	gboolean in = (rule->ways & LSM_FOR_IN) != 0;

	return out && in ? "Outgoing and incoming" : in ? "Incoming" : "Outgoing";
}

/* "Outgoing, for action: reject. Mode: enforce. Procedure: 2.2 (A28 A32)." */
static char *
facts_of(const LsmRule *rule)
{
	g_autofree char *sets = lsm_rule_sets_text(rule);
	g_autofree char *purposes = lsm_rule_purpose_text(rule);
	gboolean any = strcmp(purposes, "any") == 0, all = strcmp(sets, "all") == 0;

	return g_strdup_printf("%s%s%s; effect: %s; mode: %s%s%s; section %s (%s).", ways_of(rule),
			       any ? "" : ", purpose ", any ? "" : purposes, lsm_effect_name(rule->effect_out),
			       lsm_mode_name(rule->mode), all ? "" : "; rule sets: ", all ? "" : sets, rule->section,
			       rule->requirements);
}

void
lsm_manual_rules(GString *out)
{
	guint count;
	const LsmRule *rules = lsm_rule_table(&count);

	g_string_append(out, ".Bl -tag -width Ds\n");
	for (guint i = 0; i < count; i++) {
		g_autofree char *facts = facts_of(&rules[i]);

		lsm_mdoc_macro(out, "It Ic", rules[i].id);
		lsm_mdoc_text(out, rules[i].help, NULL);
		lsm_mdoc_text(out, rules[i].fix, NULL);
		g_string_append(out, ".Pp\n");
		lsm_mdoc_text(out, facts, NULL);
	}
	g_string_append(out, ".El\n");
}

void
lsm_manual_rule_sets(GString *out)
{
	guint count;
	const LsmRuleSet *sets = lsm_rule_sets(&count);

	g_string_append(out, ".Bl -tag -width rfc4053x -compact\n");
	for (guint i = 0; i < count; i++) {
		g_autofree char *text = g_strdup_printf("%s, %s. %s", sets[i].document, sets[i].date, sets[i].differs);

		lsm_mdoc_macro(out, "It Cm", sets[i].name);
		lsm_mdoc_text(out, text, NULL);
	}
	g_string_append(out, ".El\n");
}
