/*
 * values.c - see values.h. Owns what it was given; no state, any thread; cannot fail.
 */
#include "desk/values.h"

#include <string.h>

struct LsmValues {
	GPtrArray *list;    /* key, value, ..., NULL */
	GPtrArray *strings; /* the values, to be freed */
};

void
lsm_values_take(LsmValues *values, const char *key, char *value)
{
	if (value == NULL)
		value = g_strdup(""); /* a NULL would end the list */
	g_ptr_array_set_size(values->list, (int)values->list->len - 1);
	g_ptr_array_add(values->list, (gpointer)key);
	g_ptr_array_add(values->list, value);
	g_ptr_array_add(values->list, NULL);
	g_ptr_array_add(values->strings, value);
}

static char *
joined(char *const *list, const char *standard)
{
	return list == NULL || list[0] == NULL ? g_strdup(standard) : g_strjoinv(", ", (char **)list);
}

static void
take_or(LsmValues *values, const char *key, const char *text, const char *standard)
{
	lsm_values_take(values, key, g_strdup(text == NULL || *text == '\0' ? standard : text));
}

static void
add_case(LsmValues *values, const LsmCase *item)
{
	const char *dash = strrchr(item->id, '-');
	const LsmStateRow *state = lsm_state_row(item->state);

	lsm_values_take(values, "from", joined(item->from, "(unknown)"));
	lsm_values_take(values, "to", joined(item->to, "(unknown)"));
	lsm_values_take(values, "purpose", joined(item->purposes, "none stated"));
	take_or(values, "deadline", item->deadline, "none");
	take_or(values, "subject", item->subject, "(no subject)");
	take_or(values, "sender", item->author, "(not proved)");
	take_or(values, "assignee", item->assignee, "nobody yet");
	take_or(values, "state", state->word, "");
	take_or(values, "meaning", state->meaning, "");
	take_or(values, "id", item->id, "");
	take_or(values, "short", dash == NULL ? item->id : dash + 1, "");
}

LsmValues *
lsm_values_new(const LsmSettings *settings, const LsmCase *item)
{
	LsmValues *values = g_new0(LsmValues, 1);

	values->list = g_ptr_array_new();
	values->strings = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(values->list, NULL);
	take_or(values, "contact", lsm_directory_liaison_contact(settings->directory), "");
	take_or(values, "home", lsm_directory_home_name(settings->directory), "");
	if (item != NULL)
		add_case(values, item);
	return values;
}

void
lsm_values_free(LsmValues *values)
{
	if (values == NULL)
		return;
	g_ptr_array_unref(values->list);
	g_ptr_array_unref(values->strings);
	g_free(values);
}

const char *const *
lsm_values_list(const LsmValues *values)
{
	return (const char *const *)values->list->pdata;
}

#define CUT_HERE "------------------------------------------------------------\n"

char *
lsm_values_quote(const char *text)
{
	return g_strdup_printf(CUT_HERE "%s%s" CUT_HERE, text, g_str_has_suffix(text, "\n") ? "" : "\n");
}
