/*
 * receipt.h - proof in one small text file that an event is on record, to be kept and checked by anybody.
 *
 *   Receipt of a liaison statement's event         for people; says what the event's bytes say
 *
 *   Statement: LS-20261121-K7Q3M
 *   ...
 *   event {"v":1,"type":"passed", ...}             the event's exact bytes
 *
 *   c2sp.org/tlog-proof@v1                         from here on: a C2SP tlog-proof
 *   index 17
 *   <hashes of the inclusion proof, base64, one a line>
 *
 *   <signed checkpoint>
 *
 * Nothing stands in it that is not in the event's public part. Each octet before the checkpoint is bound: a
 * receipt is read by writing it again and comparing.
 */
#ifndef LSM_STORE_RECEIPT_H
#define LSM_STORE_RECEIPT_H

#include "store/checkpoint.h"
#include "store/event.h"
#include "store/proof.h"

/* A larger file is refused. */
#define LSM_RECEIPT_MAX (1 << 20)

typedef struct {
	GBytes *bytes;   /* of the event, as they were hashed */
	LsmEvent *event; /* its position is the receipt's index */
	LsmProof proof;
	char *checkpoint; /* signed; not yet verified */
} LsmReceipt;

void lsm_receipt_free(LsmReceipt *receipt);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmReceipt, lsm_receipt_free)

/* For the event at index, under a checkpoint that was signed for size. USAGE unless index < size; CORRUPT
 * where the row is damaged. */
LsmReceipt *lsm_receipt_new(LsmStoreTxn *txn, guint64 index, guint64 size, const char *checkpoint,
			    GError **error);

char *lsm_receipt_render(const LsmReceipt *receipt);

/* INPUT on anything that lsm_receipt_render did not write. Nothing is verified by that: see below. */
LsmReceipt *lsm_receipt_parse(const char *text, gsize length, GError **error);

/* INPUT unless the checkpoint is signed with this key and holds the event at its index. */
gboolean lsm_receipt_verify(const LsmReceipt *receipt, const LsmKey *key, LsmLogHead *head_out,
			    GError **error);

#endif
