/*
 * cmd_not_a_statement.c - liaisonctl not-a-statement: the way out after a wrong catch.
 */
#include <stdio.h>

#include "ctl/command.h"
#include "ctl/printer.h"
#include "desk/desk.h"
#include "desk/json.h"

static void
print_text(JsonObject *answer)
{
	const char *id = lsm_json_get(answer, "id", "?");
	gint64 delivered = lsm_json_get_int(answer, "delivered", 0);

	if (json_object_get_boolean_member_with_default(answer, "already", FALSE))
		printf("%s was marked as no liaison statement before; nothing changed\n", id);
	else if (delivered > 0)
		printf("%s is no liaison statement: now on its way to %" G_GINT64_FORMAT
		       " recipient%s from whom it was withheld\n",
		       id, delivered, delivered == 1 ? "" : "s");
	else
		printf("%s is no liaison statement: its content is erased\n", id);
}

int
lsm_cmd_not_a_statement(const LsmCtlOptions *options, int argc, char **argv, GError **error)
{
	char *reason = NULL;
	const GOptionEntry entries[] = {
		{"reason", 0, 0, G_OPTION_ARG_STRING, &reason, NULL, NULL},
		G_OPTION_ENTRY_NULL,
	};
	gboolean understood = lsm_ctl_parse(&argc, &argv, entries, error) &&
			      lsm_ctl_expect(argc, 1, "one statement's id", error);
	g_autofree char *kept_reason = reason;
	g_autoptr(LsmSettings) settings = understood ? lsm_ctl_settings(options, error) : NULL;
	g_autoptr(LsmDesk) desk = settings == NULL ? NULL : lsm_desk_connect(settings->desk_socket, 30);
	g_autoptr(JsonObject) args = json_object_new();
	g_autoptr(JsonObject) answer = NULL;

	if (desk == NULL)
		return 2;
	lsm_json_set(args, "id", argv[1]);
	lsm_json_set(args, "reason", kept_reason);
	answer = lsm_desk_verb(desk, "not-a-statement", args, error);
	if (answer == NULL)
		return 2;
	if (options->json)
		lsm_printer_json(answer, FALSE);
	else
		print_text(answer);
	return 0;
}
