/*
 * conditions.c - see conditions.h.
 *
 * Folds what was asked once, the way the index folds what it holds. Uses words.h. Threads: one. Cannot fail.
 */
#include "store/conditions.h"

#include <string.h>

#include "store/case_index.h"
#include "store/stream.h"
#include "store/words.h"

/* How a list of the query becomes what is compared. */
typedef char *(*Fold)(const char *text);

struct LsmConditions {
	const LsmQuery *query;
	guint32 states;
	gboolean states_asked; /* else all but not-a-statement: no narrowing */
	GPtrArray *parties, *from, *to; /* of char **: the words of one name */
	char **subject;                 /* words */
	char **ways, **purposes, **verdicts, **rules, **numbers;
	char first_time[LSM_CASE_TIME_SIZE], end_time[LSM_CASE_TIME_SIZE];
	char *id; /* upper case */
};

static char **
fold_list(char *const *list, Fold fold)
{
	GPtrArray *folded = g_ptr_array_new();

	for (; list && *list; list++)
		g_ptr_array_add(folded, fold(*list));
	g_ptr_array_add(folded, NULL);
	return (char **)g_ptr_array_free(folded, FALSE);
}

static void
words_free(gpointer words)
{
	g_strfreev(words);
}

static GPtrArray *
words_of(char *const *names)
{
	GPtrArray *all = g_ptr_array_new_with_free_func(words_free);

	for (; names && *names; names++)
		g_ptr_array_add(all, lsm_words(*names));
	return all;
}

static guint32
open_states(void)
{
	guint32 states = 0;

	for (guint i = 0; i < LSM_STATE_COUNT; i++)
		if (lsm_state_row((LsmState)i)->open)
			states |= (guint32)1 << i;
	return states;
}

static void
fold_states(LsmConditions *conditions)
{
	const LsmQuery *query = conditions->query;

	conditions->states_asked = query->states != 0;
	conditions->states = query->states != 0
				     ? query->states & LSM_QUERY_STATES_ALL
				     : LSM_QUERY_STATES_ALL & ~((guint32)1 << LSM_STATE_NOT_STATEMENT);
	if (query->today || (lsm_query_order(query) == LSM_QUERY_AGENDA))
		conditions->states &= open_states();
}

LsmConditions *
lsm_conditions_new(const LsmQuery *query)
{
	LsmConditions *conditions = g_new0(LsmConditions, 1);

	conditions->query = query;
	fold_states(conditions);
	conditions->parties = words_of(query->parties);
	conditions->from = words_of(query->from);
	conditions->to = words_of(query->to);
	conditions->subject = lsm_words(query->subject);
	conditions->ways = fold_list(query->ways, lsm_words_token);
	conditions->purposes = fold_list(query->purposes, lsm_words_token);
	conditions->verdicts = fold_list(query->verdicts, lsm_words_token);
	conditions->rules = fold_list(query->rules, lsm_words_token);
	conditions->numbers = fold_list(query->numbers, lsm_words_number);
	conditions->id = query->id ? g_strstrip(g_ascii_strup(query->id, -1)) : NULL;
	if (query->since > 0)
		lsm_case_time_render(query->since, conditions->first_time);
	if (query->until > 0)
		lsm_case_time_render(query->until, conditions->end_time);
	return conditions;
}

void
lsm_conditions_free(LsmConditions *conditions)
{
	if (!conditions)
		return;
	g_ptr_array_unref(conditions->parties);
	g_ptr_array_unref(conditions->from);
	g_ptr_array_unref(conditions->to);
	g_strfreev(conditions->subject);
	g_strfreev(conditions->ways);
	g_strfreev(conditions->purposes);
	g_strfreev(conditions->verdicts);
	g_strfreev(conditions->rules);
	g_strfreev(conditions->numbers);
	g_free(conditions->id);
	g_free(conditions);
}

/* --- does it fit? --- */

static gboolean
any_has_words(char *const *names, char *const *words)
{
	for (; *names; names++)
		if (lsm_words_has_all(*names, words))
			return TRUE;
	return FALSE;
}

/* Each name that was asked for is among these, or those. */
static gboolean
has_names(const GPtrArray *asked, char *const *these, char *const *those)
{
	for (guint i = 0; i < asked->len; i++) {
		char *const *words = g_ptr_array_index(asked, i);
		if (!any_has_words(these, words) && !(those && any_has_words(those, words)))
			return FALSE;
	}
	return TRUE;
}

static gboolean
is_any(char *const *asked, const char *text, Fold fold)
{
	g_autofree char *folded = text ? fold(text) : NULL;

	return folded && g_strv_contains((const char *const *)asked, folded);
}

static gboolean
has_any(char *const *asked, char *const *list)
{
	if (!*asked)
		return TRUE;
	for (; *list; list++)
		if (is_any(asked, *list, lsm_words_token))
			return TRUE;
	return FALSE;
}

static gboolean
has_numbers(char *const *asked, char *const *written)
{
	g_auto(GStrv) known = *asked ? fold_list(written, lsm_words_number) : NULL;

	for (; *asked; asked++)
		if (!g_strv_contains((const char *const *)known, *asked))
			return FALSE;
	return TRUE;
}

static gboolean
fits_times(const LsmConditions *conditions, const LsmCase *item)
{
	char time[LSM_CASE_TIME_SIZE];

	lsm_case_time_render(item->since, time);
	return strcmp(time, conditions->first_time) >= 0 &&
	       (conditions->end_time[0] == '\0' || strcmp(time, conditions->end_time) < 0);
}

static gboolean
fits_deadline(const LsmQuery *query, const LsmCase *item)
{
	const char *deadline = lsm_case_deadline(item);

	if (!query->due_after && !query->due_before && !query->today)
		return TRUE;
	return deadline && (!query->due_after || strcmp(deadline, query->due_after) >= 0) &&
	       (!query->due_before || strcmp(deadline, query->due_before) < 0) &&
	       (!query->today || strcmp(deadline, query->today) < 0);
}

static gboolean
fits_id(const LsmConditions *conditions, const LsmCase *item)
{
	const char *dash = strrchr(item->id, '-');

	return !conditions->id || g_str_has_prefix(item->id, conditions->id) ||
	       (dash && g_str_has_prefix(dash + 1, conditions->id));
}

gboolean
lsm_conditions_fit(const LsmConditions *conditions, const LsmCase *item)
{
	return conditions->states & ((guint32)1 << item->state) && fits_times(conditions, item) &&
	       fits_deadline(conditions->query, item) && fits_id(conditions, item) &&
	       (!*conditions->ways || is_any(conditions->ways, item->way, lsm_words_token)) &&
	       (!*conditions->verdicts || is_any(conditions->verdicts, item->verdict, lsm_words_token)) &&
	       has_any(conditions->purposes, item->purposes) && has_any(conditions->rules, item->rules) &&
	       has_numbers(conditions->numbers, item->numbers) &&
	       has_names(conditions->parties, item->from, item->to) &&
	       has_names(conditions->from, item->from, NULL) && has_names(conditions->to, item->to, NULL) &&
	       lsm_words_has_all(item->subject, conditions->subject);
}

/* --- where to look --- */

static void
add_leg(LsmStream *stream, LsmIndexKind kind, const char *term)
{
	g_autofree char *head = g_strdup_printf("%s ", term);

	lsm_stream_add(stream, kind, head, "");
}

/* One stream: a row of any of the terms. */
static void
add_any(GPtrArray *streams, LsmIndexKind kind, char *const *terms)
{
	if (!*terms)
		return;
	LsmStream *stream = lsm_stream_new(LSM_SCAN_BACKWARD);
	for (; *terms; terms++)
		if (**terms != '\0')
			add_leg(stream, kind, *terms);
	g_ptr_array_add(streams, stream);
}

/* One stream a word. What has more words than rows is in each. */
static void
add_all(GPtrArray *streams, LsmIndexKind kind, char *const *words)
{
	for (; *words; words++) {
		if (**words == '\0' || lsm_words_is_noise(*words))
			continue;
		LsmStream *stream = lsm_stream_new(LSM_SCAN_BACKWARD);
		add_leg(stream, kind, *words);
		add_leg(stream, kind, LSM_CASE_TERM_MORE);
		g_ptr_array_add(streams, stream);
	}
}

static void
add_names(GPtrArray *streams, const GPtrArray *names)
{
	for (guint i = 0; i < names->len; i++)
		add_all(streams, LSM_INDEX_PARTY, g_ptr_array_index(names, i));
}

static void
add_states(GPtrArray *streams, guint32 states)
{
	LsmStream *stream = lsm_stream_new(LSM_SCAN_BACKWARD);

	for (guint i = 0; i < LSM_STATE_COUNT; i++)
		if (states & ((guint32)1 << i))
			add_leg(stream, LSM_INDEX_STATE, lsm_state_row((LsmState)i)->word);
	g_ptr_array_add(streams, stream);
}

static gboolean
has_only(guint32 states, guint32 allowed)
{
	return (states & ~allowed) == 0;
}

/* Open states alone narrow nothing down where the order's own index holds no others. */
static gboolean
states_narrow(const LsmConditions *conditions, gboolean are_others)
{
	LsmQueryOrder order = lsm_query_order(conditions->query);
	gboolean only_open = has_only(conditions->states, open_states());

	if (!conditions->states_asked && !only_open)
		return FALSE;
	return order == LSM_QUERY_NEWEST || are_others || !only_open;
}

void
lsm_conditions_add_streams(const LsmConditions *conditions, GPtrArray *streams)
{
	add_names(streams, conditions->parties);
	add_names(streams, conditions->from);
	add_names(streams, conditions->to);
	add_all(streams, LSM_INDEX_WORD, conditions->subject);
	add_all(streams, LSM_INDEX_NUMBER, conditions->numbers);
	add_any(streams, LSM_INDEX_WAY, conditions->ways);
	add_any(streams, LSM_INDEX_PURPOSE, conditions->purposes);
	add_any(streams, LSM_INDEX_VERDICT, conditions->verdicts);
	add_any(streams, LSM_INDEX_RULE, conditions->rules);
	if (states_narrow(conditions, streams->len > 0))
		add_states(streams, conditions->states);
}

gboolean
lsm_conditions_only_open(const LsmConditions *conditions)
{
	return has_only(conditions->states, open_states());
}

guint32
lsm_conditions_states(const LsmConditions *conditions)
{
	return conditions->states;
}

const char *
lsm_conditions_first_time(const LsmConditions *conditions)
{
	return conditions->first_time;
}

const char *
lsm_conditions_end_time(const LsmConditions *conditions)
{
	return conditions->end_time[0] == '\0' ? NULL : conditions->end_time;
}

const char *
lsm_conditions_first_date(const LsmConditions *conditions)
{
	return conditions->query->due_after;
}

const char *
lsm_conditions_end_date(const LsmConditions *conditions)
{
	const LsmQuery *query = conditions->query;
	const char *end = query->due_before ? query->due_before : LSM_CASE_NO_DEADLINE;

	return query->today && strcmp(query->today, end) < 0 ? query->today : end;
}
