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
#include "conf/settings_scope.h"
#include "rules/check.h"

static const LsmRule rules[] = {
/* clang-format off */
#define LSM_RULE(name, id, requirements, ways, sets, effect, mode, absence, status, section, heading, fix, help) \
	{id, requirements, ways, sets, effect, mode, absence, status, section, heading, fix, help, lsm_check_##name},
/* clang-format on */
#include "rules/rules.def"
#undef LSM_RULE
};

/* To add a set: a row here, its bit in rule.h, and that bit in the rows of rules.def that hold in it. */
static const LsmRuleSet rule_sets[] = {
	{LSM_SET_RFC4053, "rfc4053", "2005-04", "RFC 4053, with section 4 of RFC 4052", "RFC 4053",
	 "Four purposes: \"For comment\" stands beside action, information and response. Text is ASCII. The Area "
	 "Directors and the Secretariat get a copy."},
	{LSM_SET_BIS_02, "bis-02", "2026-03-02", "draft-iab-rfc4053bis-02", "rfc4053bis",
	 "Three purposes. An Area Director approves beforehand. The liaison manager or the IAB's coordinators are "
	 "consulted, the group is informed before a statement goes out, and the state of each document is told."},
	{LSM_SET_BIS_05, "bis-05", "2026-07-20", "draft-iab-rfc4053bis-05", "rfc4053bis",
	 "As bis-02; besides, everybody in From-Contact is informed, one statement goes to one body, and explicit "
	 "consensus is a working group's or needs the whole IETF."},
};

static const struct {
	const char *word;
	guint bit;
} purposes[] = {
	{"information", LSM_IF_INFORMATION},
	{"action", LSM_IF_ACTION},
	{"response", LSM_IF_RESPONSE},
	{"comment", LSM_IF_COMMENT},
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

static guint
purpose_bit(const char *text)
{
	const char *word = text != NULL ? lsm_purpose_word(text) : NULL;

	for (guint i = 0; word != NULL && i < G_N_ELEMENTS(purposes); i++) {
		if (strcmp(purposes[i].word, word) == 0)
			return purposes[i].bit;
	}
	return 0;
}

guint
lsm_rule_purposes(const LsmStatement *statement)
{
	const GPtrArray *values = statement->values[LSM_FIELD_PURPOSE];
	guint bits = 0;

	for (guint i = 0; i < values->len; i++)
		bits |= purpose_bit(((const LsmValue *)g_ptr_array_index(values, i))->value);
	return bits != 0 ? bits : LSM_IF_NONE;
}

gboolean
lsm_rule_applies(const LsmRule *rule, LsmWay way, guint set, guint of_purposes)
{
	guint wanted = rule->ways & LSM_IF_ANY;

	return (rule->ways & LSM_FOR(way)) != 0 && (rule->rule_sets & set) != 0 &&
	       (wanted == 0 || (wanted & of_purposes) != 0);
}

char *
lsm_rule_purpose_text(const LsmRule *rule)
{
	GString *text = g_string_new(NULL);

	if ((LSM_IF_ANY & ~rule->ways) == LSM_IF_RESPONSE)
		return g_string_free(g_string_append(text, "no response"), FALSE);
	for (guint i = 0; i < G_N_ELEMENTS(purposes); i++) {
		if ((rule->ways & purposes[i].bit) != 0)
			g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", purposes[i].word);
	}
	if ((rule->ways & LSM_IF_NONE) != 0)
		g_string_append_printf(text, "%snone", text->len > 0 ? ", " : "");
	if (text->len == 0)
		g_string_append(text, "any");
	return g_string_free(text, FALSE);
}

char *
lsm_rule_sets_text(const LsmRule *rule)
{
	GString *text = g_string_new(NULL);

	if (rule->rule_sets == LSM_SET_ALL)
		return g_string_free(g_string_append(text, "all"), FALSE);
	for (guint i = 0; i < G_N_ELEMENTS(rule_sets); i++) {
		if ((rule->rule_sets & rule_sets[i].bit) != 0)
			g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "", rule_sets[i].name);
	}
	return g_string_free(text, FALSE);
}

const LsmRuleSet *
lsm_rule_sets(guint *count_out)
{
	*count_out = G_N_ELEMENTS(rule_sets);
	return rule_sets;
}

const LsmRuleSet *
lsm_rule_set_find(const char *name)
{
	for (guint i = 0; name != NULL && i < G_N_ELEMENTS(rule_sets); i++) {
		if (strcmp(rule_sets[i].name, name) == 0)
			return &rule_sets[i];
	}
	return NULL;
}

guint
lsm_rule_set_bit(const char *name)
{
	const LsmRuleSet *set = lsm_rule_set_find(name);

	return set != NULL ? set->bit : 0;
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

/* What is to act must be able to: a rule of the list whose own mode keeps it from acting is a mistake. */
static gboolean
check_enforced(const char *file, const LsmSettings *settings, const char *id, GError **error)
{
	LsmRuleMode named = {(char *)id, LSM_MODE_ENFORCE, lsm_settings_line(settings, "enforce-rules")};
	const LsmRule *rule = lsm_rule_find(id);
	LsmMode mode;

	if (rule == NULL)
		return check_rule_name(file, &named, error);
	mode = lsm_settings_rule_mode(settings, id, rule->mode);
	if (mode == LSM_MODE_ENFORCE)
		return TRUE;
	g_set_error(error, LSM_ERROR, LSM_ERROR_CONFIG,
		    "%s:%u: enforce-rules names \"%s\", whose own mode is %s; expected rule \"%s\" { mode = enforce }",
		    file, named.line, id, lsm_mode_name(mode), id);
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
	for (guint i = 0; settings->enforce_rules[i] != NULL; i++) {
		if (!check_enforced(file, settings, settings->enforce_rules[i], error))
			return FALSE;
	}
	return TRUE;
}
