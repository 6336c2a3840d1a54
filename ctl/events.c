/*
 * events.c - see events.h.
 */
#include "ctl/events.h"

#include <stdio.h>

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

static void
append_private(GString *line, JsonObject *private)
{
	append_word(line, "by ", lsm_json_get(private, "actor", lsm_json_get(private, "login", NULL)));
	append_list(line, "withheld ", private, "withheld");
	append_list(line, "to ", private, "recipient");
	append_word(line, "because: ", lsm_json_get(private, "reason", NULL));
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
	if (event->private != NULL)
		append_private(line, event->private);
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
