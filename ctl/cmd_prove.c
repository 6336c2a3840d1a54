/*
 * cmd_prove.c - liaisonctl prove: that an event is in the log, or that the log only grew since a size.
 */
#include <stdio.h>

#include "conf/error.h"
#include "ctl/command.h"
#include "ctl/printer.h"
#include "ctl/proofs.h"
#include "desk/json.h"
#include "store/receipt.h"

/* One number or hash of the answer, as "name value" or a member of the object. */
static void
put_number(JsonObject *object, const char *name, guint64 number)
{
	if (object != NULL)
		json_object_set_int_member(object, name, (gint64)number);
	else
		printf("%s %" G_GUINT64_FORMAT "\n", name, number);
}

static void
put_hash(JsonObject *object, const char *name, const guint8 hash[LSM_HASH_SIZE])
{
	char text[LSM_HASH_TEXT_SIZE];

	lsm_proof_hash_render(hash, text);
	if (object != NULL)
		lsm_json_set(object, name, text);
	else
		printf("%s %s\n", name, text);
}

static void
put_proof(JsonObject *object, const LsmProof *proof)
{
	JsonArray *array = object == NULL ? NULL : json_array_new();
	char text[LSM_HASH_TEXT_SIZE];

	for (guint i = 0; i < proof->count; i++) {
		lsm_proof_hash_render(proof->hashes[i], text);
		if (array != NULL)
			json_array_add_string_element(array, text);
		else
			puts(text);
	}
	if (array != NULL)
		json_object_set_array_member(object, "proof", array);
}

static gboolean
holds(gboolean right, GError **error)
{
	if (!right)
		g_set_error(error, LSM_ERROR, LSM_ERROR_CORRUPT,
			    "the stored hashes do not fit each other; liaisonctl verify names the place");
	return right;
}

static gboolean
prove_inclusion(LsmStoreTxn *txn, guint64 position, JsonObject *object, GError **error)
{
	g_autoptr(LsmReceipt) receipt = NULL;
	guint8 leaf[LSM_HASH_SIZE];
	LsmLogHead head;

	if (!lsm_log_head(txn, &head, error) ||
	    (receipt = lsm_receipt_new(txn, position, head.size, "", error)) == NULL)
		return FALSE;
	lsm_log_leaf_hash(g_bytes_get_data(receipt->bytes, NULL), g_bytes_get_size(receipt->bytes), leaf);
	if (!holds(lsm_proof_check_inclusion(&receipt->proof, position, leaf, &head), error))
		return FALSE;
	put_number(object, "index", position);
	put_number(object, "size", head.size);
	put_hash(object, "leaf", leaf);
	put_hash(object, "root", head.root);
	put_proof(object, &receipt->proof);
	return TRUE;
}

static gboolean
prove_consistency(LsmStoreTxn *txn, guint64 from, JsonObject *object, GError **error)
{
	LsmLogHead old = {.size = from}, head;
	LsmProof proof;

	if (!lsm_log_head(txn, &head, error) || !lsm_proof_root(txn, from, old.root, error) ||
	    !lsm_proof_consistency(txn, from, head.size, &proof, error) ||
	    !holds(lsm_proof_check_consistency(&proof, &old, &head), error))
		return FALSE;
	put_number(object, "from", old.size);
	put_number(object, "size", head.size);
	put_hash(object, "from-root", old.root);
	put_hash(object, "root", head.root);
	put_proof(object, &proof);
	return TRUE;
}

int
lsm_cmd_prove(const LsmCtlOptions *options, int argc, char **argv, GError **error)
{
	g_autoptr(LsmStore) store = NULL;
	g_autoptr(LsmStoreTxn) txn = NULL;
	g_autoptr(JsonObject) object = options->json ? json_object_new() : NULL;
	gint64 from = -1, number = -1;
	guint64 position;
	const GOptionEntry entries[] = {
		{"from", 0, 0, G_OPTION_ARG_INT64, &from, NULL, NULL},
		{"event", 0, 0, G_OPTION_ARG_INT64, &number, NULL, NULL},
		G_OPTION_ENTRY_NULL,
	};

	if (!lsm_ctl_parse(&argc, &argv, entries, error) ||
	    !lsm_ctl_expect(argc, from < 0 ? 1 : 0, from < 0 ? "one statement's id" : "no argument", error))
		return 2;
	store = lsm_ctl_open_store(options, error);
	txn = store == NULL ? NULL : lsm_store_begin_read(store, error);
	if (txn == NULL)
		return 2;
	if (from >= 0 ? !prove_consistency(txn, (guint64)from, object, error)
		      : !lsm_proofs_find_event(txn, argv[1], number, &position, error) ||
				!prove_inclusion(txn, position, object, error))
		return 2;
	if (object != NULL)
		lsm_printer_json(object, FALSE);
	return 0;
}
