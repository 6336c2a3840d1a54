/*
 * receipt.c - makes, reads and verifies receipts.
 *
 * Owns the receipt. Uses proof.h, checkpoint.h and event.h. Threads: as the transaction; without one: any.
 * Fails by GError: see receipt.h.
 */
#include "store/receipt.h"

#include <string.h>

#include "conf/error.h"
#include "store/log_row.h"

#define EVENT_PREFIX "\nevent "
#define PROOF_HEAD "\n\nc2sp.org/tlog-proof@v1\nindex "

void
lsm_receipt_free(LsmReceipt *receipt)
{
	if (receipt == NULL)
		return;
	g_clear_pointer(&receipt->bytes, g_bytes_unref);
	lsm_event_free(receipt->event);
	g_free(receipt->checkpoint);
	g_free(receipt);
}

/* --- making --- */

static gboolean
read_event(LsmStoreTxn *txn, guint64 index, LsmReceipt *receipt, GError **error)
{
	guint8 key[LSM_LOG_KEY_SIZE];
	g_autoptr(GBytes) bytes = NULL;
	LsmLogRow row;

	lsm_log_key(index, key);
	LsmFound found = lsm_store_get(txn, LSM_TABLE_LOG, key, sizeof key, &bytes, error);
	if (found == LSM_FAILED)
		return FALSE;
	if (found == LSM_ABSENT ||
	    !lsm_log_row_parse(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), &row) ||
	    memchr(row.event, '\n', row.event_length) != NULL) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_CORRUPT,
			    "event %" G_GUINT64_FORMAT ": its row is missing or damaged", index);
		return FALSE;
	}
	receipt->bytes = g_bytes_new(row.event, row.event_length);
	receipt->event = lsm_event_parse(row.event, row.event_length, error);
	if (receipt->event == NULL)
		return FALSE;
	receipt->event->position = index;
	return TRUE;
}

LsmReceipt *
lsm_receipt_new(LsmStoreTxn *txn, guint64 index, guint64 size, const char *checkpoint, GError **error)
{
	g_autoptr(LsmReceipt) receipt = g_new0(LsmReceipt, 1);

	if (!lsm_proof_inclusion(txn, index, size, &receipt->proof, error) ||
	    !read_event(txn, index, receipt, error))
		return NULL;
	receipt->checkpoint = g_strdup(checkpoint);
	return g_steal_pointer(&receipt);
}

char *
lsm_receipt_render(const LsmReceipt *receipt)
{
	const LsmEvent *event = receipt->event;
	g_autofree char *time = lsm_event_time_render(event->time);
	GString *text = g_string_new("Receipt of a liaison statement's event\n\n");
	gsize length;
	const char *bytes = g_bytes_get_data(receipt->bytes, &length);
	char line[LSM_HASH_TEXT_SIZE];

	g_string_append_printf(text,
			       "Statement: %s\nWhat happened: %s (%s)\nWhen: %s\n\n"
			       "The log whose signed checkpoint stands at the end held this event as number "
			       "%" G_GUINT64_FORMAT ",\ncounted from 0. To check that:\n"
			       "liaisonctl verify-receipt FILE --key VERIFIER-KEY-OF-THE-LOG\n",
			       event->case_id, lsm_event_type_name(event->type),
			       lsm_event_type_help(event->type), time, event->position);
	g_string_append(text, EVENT_PREFIX);
	g_string_append_len(text, bytes, (gssize)length);
	g_string_append_printf(text, PROOF_HEAD "%" G_GUINT64_FORMAT "\n", event->position);
	for (guint i = 0; i < receipt->proof.count; i++) {
		lsm_proof_hash_render(receipt->proof.hashes[i], line);
		g_string_append_printf(text, "%s\n", line);
	}
	g_string_append_printf(text, "\n%s", receipt->checkpoint);
	return g_string_free(text, FALSE);
}

/* --- reading --- */

static gboolean
fail_receipt(GError **error, const char *what)
{
	g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT, "receipt: %s", what);
	return FALSE;
}

static gboolean
parse_event(const char *line, LsmReceipt *receipt, GError **error)
{
	gsize length = strcspn(line, "\n");
	g_autoptr(GError) why = NULL;

	receipt->bytes = g_bytes_new(line, length);
	receipt->event = lsm_event_parse(line, length, &why);
	return receipt->event != NULL || fail_receipt(error, why->message);
}

/* at: behind "index ". */
static gboolean
parse_proof(const char *at, LsmReceipt *receipt, GError **error)
{
	gsize length = strcspn(at, "\n");

	if (at[length] == '\0' || !lsm_checkpoint_number_parse(at, length, &receipt->event->position))
		return fail_receipt(error, "the index is no number");
	for (at += length + 1; *at != '\n'; at += length + 1) {
		length = strcspn(at, "\n");
		if (at[length] == '\0' || receipt->proof.count == LSM_PROOF_MAX ||
		    !lsm_proof_hash_parse(at, length, receipt->proof.hashes[receipt->proof.count++]))
			return fail_receipt(error,
					    "a line of the proof is no hash in base64, or one too many");
	}
	receipt->checkpoint = g_strdup(at + 1);
	return TRUE;
}

/* A mail or another system may have ended the lines in its own way: no line of a receipt ends in a CR of its own. */
static void
take_line_ends(char *text)
{
	char *to = text;

	for (const char *at = text; *at != '\0'; at++) {
		if (at[0] != '\r' || at[1] != '\n')
			*to++ = *at;
	}
	*to = '\0';
}

LsmReceipt *
lsm_receipt_parse(const char *text, gsize length, GError **error)
{
	g_autofree char *copy = length > LSM_RECEIPT_MAX ? NULL : g_strndup(text, length);
	g_autoptr(LsmReceipt) receipt = g_new0(LsmReceipt, 1);
	gboolean is_text = copy != NULL && strlen(copy) == length;

	if (is_text)
		take_line_ends(copy);
	const char *event = !is_text ? NULL : strstr(copy, EVENT_PREFIX);
	const char *proof = event == NULL ? NULL : strstr(event, PROOF_HEAD);

	if (proof == NULL) {
		fail_receipt(error, "this is not a receipt, or not all of it");
		return NULL;
	}
	if (!parse_event(event + strlen(EVENT_PREFIX), receipt, error) ||
	    !parse_proof(proof + strlen(PROOF_HEAD), receipt, error))
		return NULL;
	/* So nothing can be said above the event that the event does not say. */
	g_autofree char *again = lsm_receipt_render(receipt);
	if (strcmp(again, copy) != 0) {
		fail_receipt(error, "its text is not what its event and its proof say");
		return NULL;
	}
	return g_steal_pointer(&receipt);
}

gboolean
lsm_receipt_verify(const LsmReceipt *receipt, const LsmKey *key, LsmLogHead *head_out, GError **error)
{
	gsize length;
	const void *bytes = g_bytes_get_data(receipt->bytes, &length);
	LsmHash leaf;

	if (!lsm_checkpoint_verify(receipt->checkpoint, strlen(receipt->checkpoint), key, head_out, error))
		return FALSE;
	lsm_log_leaf_hash(bytes, length, leaf);
	return lsm_proof_check_inclusion(&receipt->proof, receipt->event->position, leaf, head_out) ||
	       fail_receipt(error, "the event is not in the log at that place, by this proof");
}
