/*
 * cursor.c - see cursor.h. Threads: any. Cannot fail but by what was typed.
 */
#include "store/cursor.h"

#include <string.h>

#include "store/case_index.h"

char *
lsm_cursor_label(LsmState state)
{
	return g_strdup_printf("%02d ", lsm_state_row(state)->rank);
}

char *
lsm_cursor_place(LsmQueryOrder order, const LsmCase *item)
{
	const char *deadline = lsm_case_deadline(item);
	char time[LSM_CASE_TIME_SIZE];

	lsm_case_time_render(item->since, time);
	if (order == LSM_QUERY_NEWEST)
		return g_strdup(time);
	g_autofree char *label = order == LSM_QUERY_AGENDA ? lsm_cursor_label(item->state) : g_strdup("");
	return g_strdup_printf("%s%s %s", label, deadline ? deadline : LSM_CASE_NO_DEADLINE, time);
}

char *
lsm_cursor_render(LsmQueryOrder order, const LsmCase *item)
{
	const char *deadline = lsm_case_deadline(item);
	const char *date = deadline ? deadline : "-";

	if (order == LSM_QUERY_NEWEST)
		return g_strdup(item->id);
	if (order == LSM_QUERY_DEADLINE)
		return g_strdup_printf("%s/%s", date, item->id);
	return g_strdup_printf("%s/%s/%s", lsm_state_row(item->state)->word, date, item->id);
}

char *
lsm_cursor_parse_head(LsmQueryOrder order, char *const *parts)
{
	guint count = g_strv_length((char **)parts), date_at = order == LSM_QUERY_AGENDA ? 1 : 0;
	LsmState state;

	if (order == LSM_QUERY_NEWEST)
		return count == 1 ? g_strdup("") : NULL;
	if (count != date_at + 2 || (date_at == 1 && !lsm_state_parse(parts[0], &state)))
		return NULL;
	const char *date = strcmp(parts[date_at], "-") == 0 ? LSM_CASE_NO_DEADLINE : parts[date_at];
	g_autofree char *label = date_at == 1 ? lsm_cursor_label(state) : g_strdup("");
	return strlen(date) == strlen(LSM_CASE_NO_DEADLINE) ? g_strdup_printf("%s%s ", label, date) : NULL;
}
