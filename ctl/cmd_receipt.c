/*
 * cmd_receipt.c - liaisonctl receipt: a file that proves to anybody that an event is on record.
 */
#include <stdio.h>

#include "conf/error.h"
#include "ctl/command.h"
#include "ctl/printer.h"
#include "ctl/proofs.h"
#include "desk/json.h"
#include "store/receipt.h"

/* NULL with error where the receipt would not hold. */
static char *
make_receipt(LsmStoreTxn *txn, guint64 position, const LsmLogHead *head, const char *checkpoint,
	     GError **error)
{
	g_autoptr(LsmReceipt) receipt = lsm_receipt_new(txn, position, head->size, checkpoint, error);
	guint8 leaf[LSM_HASH_SIZE];

	if (receipt == NULL)
		return NULL;
	lsm_log_leaf_hash(g_bytes_get_data(receipt->bytes, NULL), g_bytes_get_size(receipt->bytes), leaf);
	if (lsm_proof_check_inclusion(&receipt->proof, position, leaf, head))
		return lsm_receipt_render(receipt);
	g_set_error(error, LSM_ERROR, LSM_ERROR_CORRUPT,
		    "event %" G_GUINT64_FORMAT
		    " is not what the log's hashes say; liaisonctl verify names the place",
		    position);
	return NULL;
}

static char *
read_and_make(const LsmCtlOptions *options, const char *typed, gint64 number, const char *key_file,
	      const char *origin, GError **error)
{
	g_autoptr(LsmStore) store = lsm_ctl_open_store(options, error);
	g_autoptr(LsmStoreTxn) txn = store == NULL ? NULL : lsm_store_begin_read(store, error);
	guint64 position;
	LsmLogHead head;

	if (txn == NULL || !lsm_proofs_find_event(txn, typed, number, &position, error))
		return NULL;
	g_autofree char *checkpoint = lsm_proofs_sign(options, key_file, origin, txn, &head, error);
	return checkpoint == NULL ? NULL : make_receipt(txn, position, &head, checkpoint, error);
}

int
lsm_cmd_receipt(const LsmCtlOptions *options, int argc, char **argv, GError **error)
{
	g_autofree char *key_file = NULL;
	g_autofree char *origin = NULL;
	g_autofree char *text = NULL;
	gint64 number = -1;
	const GOptionEntry entries[] = {
		{"key", 0, 0, G_OPTION_ARG_FILENAME, &key_file, NULL, NULL},
		{"origin", 0, 0, G_OPTION_ARG_STRING, &origin, NULL, NULL},
		{"event", 0, 0, G_OPTION_ARG_INT64, &number, NULL, NULL},
		G_OPTION_ENTRY_NULL,
	};

	if (!lsm_ctl_parse(&argc, &argv, entries, error) ||
	    !lsm_ctl_expect(argc, 1, "one statement's id", error))
		return 2;
	if (key_file == NULL) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE,
			    "--key FILE is needed: the secret key; liaisonctl key makes one");
		return 2;
	}
	text = read_and_make(options, argv[1], number, key_file, origin, error);
	if (text == NULL)
		return 2;
	if (options->json) {
		g_autoptr(JsonObject) object = json_object_new();
		lsm_json_set(object, "receipt", text);
		lsm_printer_json(object, FALSE);
	} else {
		fputs(text, stdout);
	}
	return 0;
}
