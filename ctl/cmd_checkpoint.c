/*
 * cmd_checkpoint.c - liaisonctl checkpoint: the log's size and root, signed, to be published.
 */
#include <stdio.h>

#include "conf/error.h"
#include "ctl/command.h"
#include "ctl/printer.h"
#include "ctl/proofs.h"
#include "desk/json.h"

int
lsm_cmd_checkpoint(const LsmCtlOptions *options, int argc, char **argv, GError **error)
{
	g_autofree char *key_file = NULL;
	g_autofree char *origin = NULL;
	g_autofree char *checkpoint = NULL;
	g_autoptr(LsmStore) store = NULL;
	g_autoptr(LsmStoreTxn) txn = NULL;
	LsmLogHead head;
	const GOptionEntry entries[] = {
		{"key", 0, 0, G_OPTION_ARG_FILENAME, &key_file, NULL, NULL},
		{"origin", 0, 0, G_OPTION_ARG_STRING, &origin, NULL, NULL},
		G_OPTION_ENTRY_NULL,
	};

	if (!lsm_ctl_parse(&argc, &argv, entries, error) || !lsm_ctl_expect(argc, 0, "options only", error))
		return 2;
	if (key_file == NULL) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE,
			    "--key FILE is needed: the secret key; liaisonctl key makes one");
		return 2;
	}
	store = lsm_ctl_open_store(options, error);
	txn = store == NULL ? NULL : lsm_store_begin_read(store, error);
	if (txn == NULL)
		return 2;
	checkpoint = lsm_proofs_sign(options, key_file, origin, txn, &head, error);
	if (checkpoint == NULL)
		return 2;
	if (options->json) {
		g_autoptr(JsonObject) object = json_object_new();
		json_object_set_int_member(object, "size", (gint64)head.size);
		lsm_json_set(object, "checkpoint", checkpoint);
		lsm_printer_json(object, FALSE);
	} else {
		fputs(checkpoint, stdout);
	}
	return 0;
}
