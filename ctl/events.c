/*
 * events.c - see events.h.
 */
#include "ctl/events.h"

#include <stdio.h>
#include <string.h>

#include "ctl/printer.h"
#include "desk/json.h"

static char *
time_text(gint64 microseconds)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(microseconds / G_USEC_PER_SEC);

	return time == NULL ? g_strdup("?") : g_date_time_format(time, "%Y-%m-%d %H:%M:%S");
}

static void
append_word(GString *line, const char *label, const char *text)
{
	g_autofree char *safe = lsm_printer_safe(text);

	if (*safe != '\0')
		g_string_append_printf(line, "  %s%s", label, safe);
}

static void
append_list(GString *line, const char *label, JsonObject *object, const char *name)
{
	g_auto(GStrv) list = lsm_json_get_list(object, name);
	g_autofree char *text = g_strjoinv(" ", list);

	append_word(line, label, text);
}

/* "by coord@ietf.org for ad1@example.org as approver (command)" */
static void
append_actor(GString *line, const LsmEvent *event)
{
	JsonObject *private = event->private;
	const char *actor = private == NULL
				    ? NULL
				    : lsm_json_get(private, "actor", lsm_json_get(private, "login", NULL));
	const char *role = lsm_json_get(event->public, "role", NULL);
	g_autofree char *safe = lsm_printer_safe(lsm_json_get(event->public, "door", NULL));

	append_word(line, "by ", actor);
	if (private != NULL)
		append_word(line, "for ", lsm_json_get(private, "proxy_of", NULL));
	append_word(line, "as ", role);
	if (*safe != '\0' && strcmp(safe, "desk") != 0)
		g_string_append_printf(line, " (%s)", safe);
}

/* What an event says beside who did it. To add a member: a row. */
static const struct {
	const char *name;
	const char *label;
	gboolean is_public, is_list;
} members[] = {
	{"approved_for", "for ", FALSE, TRUE},
	{"passed", "passed ", FALSE, FALSE},
	{"withheld", "withheld ", FALSE, TRUE},
	{"recipient", "to ", FALSE, TRUE},
	{"released", "to ", FALSE, TRUE},
	{"distributed", "to ", FALSE, TRUE},
	{"assignee", "to ", FALSE, FALSE},
	{"lead", "lead ", FALSE, FALSE},
	{"original", "answers ", TRUE, FALSE},
	{"answers", "answered by ", TRUE, TRUE},
	{"answer", "answered by ", FALSE, FALSE},
	{"replaced_by", "by ", TRUE, FALSE},
	{"evidence", "evidence: ", FALSE, FALSE},
	{"reason", "because: ", FALSE, FALSE},
	{"comment", "comment: ", FALSE, FALSE},
	{"link", "see ", FALSE, FALSE},
	{"note", "note: ", FALSE, FALSE},
};

/* A passage's lists stand above, in the case itself. */
static gboolean
is_passage(LsmEventType type)
{
	return type == LSM_EVENT_PASSED || type == LSM_EVENT_SEEN || type == LSM_EVENT_DRAFTED;
}

static void
append_members(GString *line, const LsmEvent *event)
{
	for (guint i = 0; i < G_N_ELEMENTS(members); i++) {
		JsonObject *part = members[i].is_public ? event->public : event->private;

		if (part == NULL || (strcmp(members[i].name, "released") == 0 && is_passage(event->type)))
			continue;
		if (members[i].is_list)
			append_list(line, members[i].label, part, members[i].name);
		else
			append_word(line, members[i].label, lsm_json_get(part, members[i].name, NULL));
	}
}

void
lsm_events_print(const LsmEvent *event, gboolean with_case)
{
	g_autofree char *time = time_text(event->time);
	GString *line = g_string_new(NULL);

	g_string_append_printf(line, "%6" G_GUINT64_FORMAT "  %s  %-15s", event->position, time,
			       lsm_event_type_name(event->type));
	if (with_case)
		append_word(line, "", event->case_id);
	append_word(line, "", lsm_json_get(event->public, "kind", NULL));
	append_word(line, "-> ", lsm_json_get(event->public, "state", NULL));
	append_list(line, "", event->public, "rules");
	append_actor(line, event);
	append_members(line, event);
	if (event->erased)
		g_string_append(line, "  (private part erased)");
	puts(g_strchomp(line->str));
	g_string_free(line, TRUE);
}

JsonObject *
lsm_events_json(const LsmEvent *event)
{
	JsonObject *object = json_object_new();
	g_autofree char *time = time_text(event->time);

	json_object_set_int_member(object, "position", (gint64)event->position);
	lsm_json_set(object, "type", lsm_event_type_name(event->type));
	lsm_json_set(object, "case", event->case_id);
	lsm_json_set(object, "time", time);
	lsm_json_set(object, "node", event->node);
	json_object_set_object_member(object, "public", json_object_ref(event->public));
	if (event->private != NULL)
		json_object_set_object_member(object, "private", json_object_ref(event->private));
	if (event->erased)
		json_object_set_boolean_member(object, "erased", TRUE);
	return object;
}
