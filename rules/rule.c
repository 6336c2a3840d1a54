/*
 * rule.c - the table of rules, and what the settings say about it.
 *
 * Owns the constant table made of rules.def. Uses conf/ for settings and errors. No state, any thread.
 * Only the look at the settings can fail: with a CONFIG error that names the nearest rule.
 */
#include "rules/rule.h"

#include <string.h>

#include "conf/error.h"
#include "conf/nearest.h"
#include "rules/check.h"

static const LsmRule rules[] = {
/* clang-format off */
#define LSM_RULE(name, id, requirements, ways, sets, effect, mode, absence, status, section, heading, fix, help) \
	{id, requirements, ways, sets, effect, mode, absence, status, section, heading, fix, help, lsm_check_##name},
/* clang-format on */
#include "rules/rules.def"
#undef LSM_RULE
};

static const struct {
	const char *name;
	guint bit;
} rule_sets[] = {
	{"rfc4053", LSM_SET_RFC4053},
	{"bis-02", LSM_SET_BIS_02},
	{"bis-05", LSM_SET_BIS_05},
};

const char *
lsm_effect_name(LsmEffect effect)
{
	static const char *const names[] = {
		[LSM_EFFECT_RECORD] = "record", [LSM_EFFECT_NOTE] = "note",
		[LSM_EFFECT_COPY] = "copy",     [LSM_EFFECT_REDIRECT] = "redirect",
		[LSM_EFFECT_REJECT] = "reject",
	};

	return (guint)effect < G_N_ELEMENTS(names) ? names[effect] : "unknown";
}

const LsmRule *
lsm_rule_table(guint *count_out)
{
	*count_out = G_N_ELEMENTS(rules);
	return rules;
}

const LsmRule *
lsm_rule_find(const char *id)
{
	for (guint i = 0; id != NULL && i < G_N_ELEMENTS(rules); i++) {
		if (strcmp(rules[i].id, id) == 0)
			return &rules[i];
	}
	return NULL;
}

guint
lsm_rule_set_bit(const char *name)
{
	for (guint i = 0; name != NULL && i < G_N_ELEMENTS(rule_sets); i++) {
		if (strcmp(rule_sets[i].name, name) == 0)
			return rule_sets[i].bit;
	}
	return 0;
}

/* "; did you mean ...?", or "" where nothing is near. */
static char *
suggest(const char *word, GPtrArray *known)
{
	const char *nearest;

	g_ptr_array_add(known, NULL);
	nearest = lsm_nearest_word(word, (const char *const *)known->pdata);
	return nearest != NULL ? g_strdup_printf("; did you mean \"%s\"?", nearest) : g_strdup("");
}

static gboolean
check_rule_set(const char *file, const char *name, GError **error)
{
	g_autoptr(GPtrArray) known = g_ptr_array_new();
	g_autofree char *suggestion = NULL;

	if (lsm_rule_set_bit(name) != 0)
		return TRUE;
	for (guint i = 0; i < G_N_ELEMENTS(rule_sets); i++)
		g_ptr_array_add(known, (gpointer)rule_sets[i].name);
	suggestion = suggest(name, known);
	g_set_error(error, LSM_ERROR, LSM_ERROR_CONFIG,
		    "%s: rule-set \"%s\" is unknown; expected bis-05, bis-02 or rfc4053%s", file, name,
		    suggestion);
	return FALSE;
}

static gboolean
check_rule_name(const char *file, const LsmRuleMode *rule_mode, GError **error)
{
	g_autoptr(GPtrArray) known = g_ptr_array_new();
	g_autofree char *suggestion = NULL;

	if (lsm_rule_find(rule_mode->rule) != NULL)
		return TRUE;
	for (guint i = 0; i < G_N_ELEMENTS(rules); i++)
		g_ptr_array_add(known, (gpointer)rules[i].id);
	suggestion = suggest(rule_mode->rule, known);
	g_set_error(error, LSM_ERROR, LSM_ERROR_CONFIG, "%s:%u: rule \"%s\" is unknown%s", file, rule_mode->line,
		    rule_mode->rule, suggestion);
	return FALSE;
}

gboolean
lsm_rule_check_settings(const LsmSettings *settings, GError **error)
{
	const char *file = settings->path != NULL ? settings->path : "built-in settings";

	if (!check_rule_set(file, settings->rule_set, error))
		return FALSE;
	for (guint i = 0; settings->rule_modes != NULL && i < settings->rule_modes->len; i++) {
		if (!check_rule_name(file, &g_array_index(settings->rule_modes, LsmRuleMode, i), error))
			return FALSE;
	}
	return TRUE;
}
