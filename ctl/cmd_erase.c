/*
 * cmd_erase.c - liaisonctl erase: content and personal data of one statement, for good. The desk does it.
 */
#include <stdio.h>

#include "conf/error.h"
#include "ctl/command.h"
#include "ctl/printer.h"
#include "desk/desk.h"
#include "desk/json.h"

#define DESK_SECONDS 60

int
lsm_cmd_erase(const LsmCtlOptions *options, int argc, char **argv, GError **error)
{
	g_autofree char *reason = NULL;
	g_autofree char *as = NULL;
	gboolean force = FALSE;
	const GOptionEntry entries[] = {
		{"reason", 0, 0, G_OPTION_ARG_STRING, &reason, NULL, NULL},
		{"as", 0, 0, G_OPTION_ARG_STRING, &as, NULL, NULL},
		{"force", 0, 0, G_OPTION_ARG_NONE, &force, NULL, NULL},
		G_OPTION_ENTRY_NULL,
	};
	g_autoptr(JsonObject) args = json_object_new();

	if (!lsm_ctl_parse(&argc, &argv, entries, error) ||
	    !lsm_ctl_expect(argc, 1, "one statement's id", error))
		return 2;
	if (reason == NULL || *reason == '\0') {
		g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE,
			    "--reason TEXT is needed: it stays on record, so name no person in it");
		return 2;
	}
	lsm_json_set(args, "id", argv[1]);
	lsm_json_set(args, "reason", reason);
	lsm_json_set(args, "as", as);
	lsm_json_set(args, "force", force ? "yes" : NULL);
	g_autoptr(LsmSettings) settings = lsm_ctl_settings(options, error);
	g_autoptr(LsmDesk) desk =
		settings == NULL ? NULL : lsm_desk_connect(settings->desk_socket, DESK_SECONDS);
	g_autoptr(JsonObject) answer = desk == NULL ? NULL : lsm_desk_verb(desk, "erase", args, error);
	if (answer == NULL)
		return 2;
	if (options->json) {
		lsm_printer_json(answer, FALSE);
		return 0;
	}
	g_autofree char *text = lsm_printer_safe(lsm_json_get(answer, "text", ""));
	puts(text);
	return 0;
}
