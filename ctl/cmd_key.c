/*
 * cmd_key.c - liaisonctl key: a key pair with which checkpoints and receipts are signed.
 */
#include <stdio.h>

#include "conf/error.h"
#include "ctl/command.h"
#include "ctl/printer.h"
#include "desk/json.h"
#include "store/key.h"

int
lsm_cmd_key(const LsmCtlOptions *options, int argc, char **argv, GError **error)
{
	g_autofree char *name = NULL;
	g_autofree char *path = NULL;
	g_autofree char *verifier = NULL;
	g_autoptr(LsmKey) key = NULL;
	const GOptionEntry entries[] = {
		{"name", 0, 0, G_OPTION_ARG_STRING, &name, NULL, NULL},
		{"out", 0, 0, G_OPTION_ARG_FILENAME, &path, NULL, NULL},
		G_OPTION_ENTRY_NULL,
	};

	if (!lsm_ctl_parse(&argc, &argv, entries, error) || !lsm_ctl_expect(argc, 0, "options only", error))
		return 2;
	if (name == NULL || path == NULL) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE, "--name NAME and --out FILE are needed");
		return 2;
	}
	key = lsm_key_new(name, error);
	if (key == NULL || !lsm_key_save(key, path, error))
		return 2;
	verifier = lsm_key_render(key);
	if (options->json) {
		g_autoptr(JsonObject) object = json_object_new();
		lsm_json_set(object, "verifier-key", verifier);
		lsm_printer_json(object, FALSE);
	} else {
		puts(verifier);
	}
	return 0;
}
