/*
 * query.c - see query.h.
 *
 * Owns the options' names and what their values may be. Uses store/query.h. Fails by GError, USAGE only.
 */
#include "ctl/query.h"

#include <string.h>

#include "conf/error.h"
#include "conf/nearest.h"
#include "ctl/command.h"
#include "ctl/when.h"
#include "rules/rule.h"

/* As people say it, and as the record does. */
static const struct {
	const char *said, *word;
} ways[] = {
	{"in", "in"},   {"incoming", "in"}, {"out", "out"},	  {"outgoing", "out"}, {"around", "around"},
	{"via", "around"}, {"draft", "draft"}, {"tool", "tool"}, {"list", "list"},      {"other", "other"},
};

void
lsm_ctl_query_clear(LsmCtlQuery *ask)
{
	char ***const lists[] = {&ask->parties,	 &ask->from,	 &ask->to,    &ask->ways,   &ask->states,
				 &ask->purposes, &ask->verdicts, &ask->rules, &ask->numbers};
	char **const texts[] = {&ask->since,	  &ask->until, &ask->due_after, &ask->due_before,
				&ask->message_id, &ask->id,    &ask->subject,   &ask->after,
				&ask->due_after_date, &ask->due_before_date, &ask->today};

	for (guint i = 0; i < G_N_ELEMENTS(lists); i++)
		g_clear_pointer(lists[i], g_strfreev);
	for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
		g_clear_pointer(texts[i], g_free);
}

gboolean
lsm_ctl_query_is_filtered(const LsmCtlQuery *ask)
{
	const gconstpointer asked[] = {ask->parties,  ask->from,     ask->to,	       ask->ways,	ask->states,
				       ask->purposes, ask->verdicts, ask->rules,     ask->numbers,	ask->since,
				       ask->until,    ask->due_after, ask->due_before, ask->message_id, ask->id,
				       ask->subject};

	for (guint i = 0; i < G_N_ELEMENTS(asked); i++) {
		if (asked[i] != NULL)
			return TRUE;
	}
	return ask->overdue;
}

/* --- times --- */

static gboolean
parse_times(LsmCtlQuery *ask, gint64 now, GError **error)
{
	LsmQuery *query = &ask->query;

	if ((ask->since != NULL && !lsm_when_since(ask->since, now, &query->since, error)) ||
	    (ask->until != NULL && !lsm_when_until(ask->until, now, &query->until, error)) ||
	    (ask->due_after != NULL && !(ask->due_after_date = lsm_when_due(ask->due_after, now, error))) ||
	    (ask->due_before != NULL && !(ask->due_before_date = lsm_when_due(ask->due_before, now, error))))
		return FALSE;
	if (ask->overdue)
		ask->today = lsm_when_day(now);
	query->due_after = ask->due_after_date;
	query->due_before = ask->due_before_date;
	query->today = ask->today;
	return TRUE;
}

/* --- words --- */

static gboolean
fail_word(GError **error, const char *what, const char *word, const char *const *known)
{
	const char *nearest = lsm_nearest_word(word, known);
	g_autofree char *all = g_strjoinv(", ", (char **)known);

	if (nearest != NULL)
		g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE, "no %s \"%.40s\", did you mean \"%s\"?", what, word,
			    nearest);
	else
		g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE, "no %s \"%.40s\"; there are %s", what, word, all);
	return FALSE;
}

static guint32
states_that_are(gboolean open)
{
	guint32 states = 0;

	for (guint i = 0; i < LSM_STATE_COUNT; i++) {
		if (lsm_state_row((LsmState)i)->open == open && i != LSM_STATE_NOT_STATEMENT)
			states |= (guint32)1 << i;
	}
	return states;
}

static gboolean
parse_state(const char *word, guint32 *states, GError **error)
{
	const char *known[LSM_STATE_COUNT + 3] = {"open", "done"};
	LsmState state;

	if (strcmp(word, "open") == 0)
		*states |= states_that_are(TRUE);
	else if (strcmp(word, "done") == 0)
		*states |= states_that_are(FALSE);
	else if (lsm_state_parse(word, &state))
		*states |= (guint32)1 << state;
	else {
		for (guint i = 0; i < LSM_STATE_COUNT; i++)
			known[i + 2] = lsm_state_row((LsmState)i)->word;
		return fail_word(error, "state", word, known);
	}
	return TRUE;
}

static gboolean
parse_states(LsmCtlQuery *ask, GError **error)
{
	for (guint i = 0; ask->states != NULL && ask->states[i] != NULL; i++) {
		g_auto(GStrv) words = g_strsplit(ask->states[i], ",", -1);
		for (char **word = words; *word != NULL; word++) {
			if (!parse_state(g_strstrip(*word), &ask->query.states, error))
				return FALSE;
		}
	}
	return TRUE;
}

static gboolean
parse_ways(LsmCtlQuery *ask, GError **error)
{
	const char *known[G_N_ELEMENTS(ways) + 1] = {NULL};

	for (guint k = 0; k < G_N_ELEMENTS(ways); k++)
		known[k] = ways[k].said;
	for (guint i = 0; ask->ways != NULL && ask->ways[i] != NULL; i++) {
		const char *word = NULL;
		for (guint k = 0; k < G_N_ELEMENTS(ways); k++) {
			if (g_ascii_strcasecmp(ask->ways[i], ways[k].said) == 0)
				word = ways[k].word;
		}
		if (word == NULL)
			return fail_word(error, "direction", ask->ways[i], known);
		g_free(ask->ways[i]);
		ask->ways[i] = g_strdup(word);
	}
	return TRUE;
}

static gboolean
check_words(char *const *words, const char *what, const char *const *known, GError **error)
{
	for (guint i = 0; words != NULL && words[i] != NULL; i++) {
		if (!g_strv_contains(known, words[i]))
			return fail_word(error, what, words[i], known);
	}
	return TRUE;
}

/* There are too many of them for an error. */
static gboolean
fail_rule(GError **error, const char *word)
{
	guint count;
	const LsmRule *table = lsm_rule_table(&count);
	g_autofree const char **known = g_new0(const char *, count + 1);

	for (guint i = 0; i < count; i++)
		known[i] = table[i].id;
	if (lsm_nearest_word(word, known) != NULL)
		return fail_word(error, "rule", word, known);
	g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE, "no rule \"%.60s\"; liaisonctl rules lists them", word);
	return FALSE;
}

static gboolean
check_rules(char *const *rules, GError **error)
{
	for (guint i = 0; rules != NULL && rules[i] != NULL; i++) {
		if (lsm_rule_find(rules[i]) == NULL)
			return fail_rule(error, rules[i]);
	}
	return TRUE;
}

static gboolean
check_all_words(LsmCtlQuery *ask, GError **error)
{
	static const char *const verdicts[] = {"record", "note", "copy", "redirect", "reject", NULL};
	static const char *const purposes[] = {"information", "action", "response", "comment", NULL};

	return parse_states(ask, error) && parse_ways(ask, error) &&
	       check_words(ask->verdicts, "verdict", verdicts, error) &&
	       check_words(ask->purposes, "purpose", purposes, error) && check_rules(ask->rules, error);
}

/* --- names --- */

/* The name under which a party stands on record; NULL: this is none of its other names. */
static const char *
known_name(const LsmDirectory *directory, const char *said)
{
	for (guint i = 0; i < lsm_directory_organization_count(directory); i++) {
		const LsmOrganization *organization = lsm_directory_organization(directory, i);
		for (guint k = 0; organization->names[k] != NULL; k++) {
			if (g_ascii_strcasecmp(organization->names[k], said) == 0)
				return organization->name;
		}
	}
	for (guint i = 0; i < lsm_directory_body_count(directory); i++) {
		const LsmBody *body = lsm_directory_body(directory, i);
		if (*body->name != '\0' && g_ascii_strcasecmp(body->name, said) == 0)
			return body->acronym;
	}
	return NULL;
}

void
lsm_ctl_query_resolve(LsmCtlQuery *ask, const LsmDirectory *directory)
{
	char **const lists[] = {ask->parties, ask->from, ask->to};

	for (guint i = 0; i < G_N_ELEMENTS(lists); i++) {
		for (char **name = lists[i]; name != NULL && *name != NULL; name++) {
			const char *known = known_name(directory, *name);
			if (known == NULL)
				continue;
			g_free(*name);
			*name = g_strdup(known);
		}
	}
}

/* --- the whole --- */

static void
point_query(LsmCtlQuery *ask)
{
	LsmQuery *query = &ask->query;

	query->parties = ask->parties;
	query->from = ask->from;
	query->to = ask->to;
	query->ways = ask->ways;
	query->purposes = ask->purposes;
	query->verdicts = ask->verdicts;
	query->rules = ask->rules;
	query->numbers = ask->numbers;
	query->message_id = ask->message_id;
	query->id = ask->id;
	query->subject = ask->subject;
	query->after = ask->after;
}

gboolean
lsm_ctl_query_parse(LsmCtlQuery *ask, const GOptionEntry *own, int *argc, char ***argv, gint64 now,
		    GError **error)
{
	const GOptionEntry entries[] = {
		{"party", 0, 0, G_OPTION_ARG_STRING_ARRAY, &ask->parties, NULL, NULL},
		{"from", 0, 0, G_OPTION_ARG_STRING_ARRAY, &ask->from, NULL, NULL},
		{"to", 0, 0, G_OPTION_ARG_STRING_ARRAY, &ask->to, NULL, NULL},
		{"direction", 0, 0, G_OPTION_ARG_STRING_ARRAY, &ask->ways, NULL, NULL},
		{"state", 0, 0, G_OPTION_ARG_STRING_ARRAY, &ask->states, NULL, NULL},
		{"purpose", 0, 0, G_OPTION_ARG_STRING_ARRAY, &ask->purposes, NULL, NULL},
		{"verdict", 0, 0, G_OPTION_ARG_STRING_ARRAY, &ask->verdicts, NULL, NULL},
		{"rule", 0, 0, G_OPTION_ARG_STRING_ARRAY, &ask->rules, NULL, NULL},
		{"number", 0, 0, G_OPTION_ARG_STRING_ARRAY, &ask->numbers, NULL, NULL},
		{"since", 0, 0, G_OPTION_ARG_STRING, &ask->since, NULL, NULL},
		{"until", 0, 0, G_OPTION_ARG_STRING, &ask->until, NULL, NULL},
		{"due-after", 0, 0, G_OPTION_ARG_STRING, &ask->due_after, NULL, NULL},
		{"due-before", 0, 0, G_OPTION_ARG_STRING, &ask->due_before, NULL, NULL},
		{"overdue", 0, 0, G_OPTION_ARG_NONE, &ask->overdue, NULL, NULL},
		{"message-id", 0, 0, G_OPTION_ARG_STRING, &ask->message_id, NULL, NULL},
		{"id", 0, 0, G_OPTION_ARG_STRING, &ask->id, NULL, NULL},
		{"subject", 0, 0, G_OPTION_ARG_STRING, &ask->subject, NULL, NULL},
		{"limit", 0, 0, G_OPTION_ARG_INT, &ask->limit, NULL, NULL},
		{"after", 0, 0, G_OPTION_ARG_STRING, &ask->after, NULL, NULL},
		{"csv", 0, 0, G_OPTION_ARG_NONE, &ask->csv, NULL, NULL},
		G_OPTION_ENTRY_NULL,
	};
	g_autoptr(GArray) all = g_array_new(TRUE, TRUE, sizeof(GOptionEntry));

	for (const GOptionEntry *entry = own; entry != NULL && entry->long_name != NULL; entry++)
		g_array_append_val(all, *entry);
	g_array_append_vals(all, entries, G_N_ELEMENTS(entries) - 1);
	if (!lsm_ctl_parse(argc, argv, (const GOptionEntry *)all->data, error) || !check_all_words(ask, error) ||
	    !parse_times(ask, now, error))
		return FALSE;
	if (ask->limit < 0) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE, "--limit %d: expected 0 (all) or more", ask->limit);
		return FALSE;
	}
	point_query(ask);
	return TRUE;
}
