/*
 * cmd_remind.c - liaisonctl remind: the desk says what is due, once a day.
 */
#include <stdio.h>

#include "conf/error.h"
#include "ctl/command.h"
#include "ctl/printer.h"
#include "desk/desk.h"
#include "desk/json.h"

#define DESK_SECONDS 300 /* every mail is composed and made durable before the answer */

static JsonObject *
ask_desk(const LsmCtlOptions *options, gboolean dry_run, GError **error)
{
	g_autoptr(LsmSettings) settings = lsm_ctl_settings(options, error);
	g_autoptr(LsmDesk) desk =
		settings == NULL ? NULL : lsm_desk_connect(settings->desk_socket, DESK_SECONDS);
	g_autoptr(JsonObject) args = json_object_new();

	json_object_set_boolean_member(args, "dry_run", dry_run);
	return desk == NULL ? NULL : lsm_desk_verb(desk, "remind", args, error);
}

static void
print_reminder(JsonObject *row)
{
	g_auto(GStrv) to = lsm_json_get_list(row, "to");
	g_autofree char *joined = g_strjoinv(", ", to);
	g_autofree char *addresses = lsm_printer_safe(joined);
	g_autofree char *what = lsm_printer_fit(lsm_json_get(row, "what", ""), 28);

	printf("%s  %s  %s\n", lsm_json_get(row, "id", ""), what, addresses);
}

static void
print_digest(JsonObject *row)
{
	g_autofree char *to = lsm_printer_safe(lsm_json_get(row, "to", ""));
	gint64 count = lsm_json_get_int(row, "count", 0);
	g_autofree char *what =
		g_strdup_printf("%" G_GINT64_FORMAT " statement%s", count, count == 1 ? "" : "s");

	printf("%-18s %-28s  %s\n", "daily digest", what, to);
}

static void
print_rows(JsonObject *answer, const char *name, void (*print)(JsonObject *row))
{
	JsonArray *rows = lsm_json_get_array(answer, name);

	for (guint i = 0; rows != NULL && i < json_array_get_length(rows); i++) {
		JsonNode *node = json_array_get_element(rows, i);
		if (JSON_NODE_HOLDS_OBJECT(node))
			print(json_node_get_object(node));
	}
}

int
lsm_cmd_remind(const LsmCtlOptions *options, int argc, char **argv, GError **error)
{
	gboolean dry_run = FALSE;
	g_autoptr(JsonObject) answer = NULL;
	const GOptionEntry entries[] = {
		{"dry-run", 'n', 0, G_OPTION_ARG_NONE, &dry_run, NULL, NULL},
		G_OPTION_ENTRY_NULL,
	};

	if (!lsm_ctl_parse(&argc, &argv, entries, error) || !lsm_ctl_expect(argc, 0, "options only", error))
		return 2;
	answer = ask_desk(options, dry_run, error);
	if (answer == NULL)
		return 2;
	if (options->json) {
		lsm_printer_json(answer, FALSE);
		return 0;
	}
	print_rows(answer, "reminders", print_reminder);
	print_rows(answer, "digests", print_digest);
	puts(lsm_json_get(answer, "text", ""));
	return 0;
}
