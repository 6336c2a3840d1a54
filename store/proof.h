/*
 * proof.h - what outsiders can check of the log: inclusion and consistency (RFC 9162 sections 2.1.3, 2.1.4).
 *
 * Making a proof reads O(log n) rows of the stored log; checking one needs no store. A check answers yes
 * or no and trusts nothing: neither the sizes nor the number of hashes.
 */
#ifndef LSM_STORE_PROOF_H
#define LSM_STORE_PROOF_H

#include "store/log.h"

/* No proof within a log of fewer than 2^64 events is longer. */
#define LSM_PROOF_MAX 65

typedef struct {
	guint count;
	guint8 hashes[LSM_PROOF_MAX][LSM_HASH_SIZE]; /* as the RFC lists them: nearest to the leaf first */
} LsmProof;

/* The root that the log had with its first size events, from the stored hashes of subtrees. USAGE beyond the
 * end, CORRUPT where a row is missing or damaged; so for the functions below. */
gboolean lsm_proof_root(LsmStoreTxn *txn, guint64 size, guint8 root_out[LSM_HASH_SIZE], GError **error);

/* That the event at index is one of the first size events. USAGE unless index < size. */
gboolean lsm_proof_inclusion(LsmStoreTxn *txn, guint64 index, guint64 size, LsmProof *proof_out,
			     GError **error);

/* That the first old_size of size events are what they were. Without hashes for sizes that are equal, and for
 * old_size 0. USAGE unless old_size <= size. */
gboolean lsm_proof_consistency(LsmStoreTxn *txn, guint64 old_size, guint64 size, LsmProof *proof_out,
			       GError **error);

/* Section 2.1.3.2. leaf: lsm_log_leaf_hash of the event's bytes. */
gboolean lsm_proof_check_inclusion(const LsmProof *proof, guint64 index, const guint8 leaf[LSM_HASH_SIZE],
				   const LsmLogHead *head);

/* Section 2.1.4.2, and what goes without saying: equal sizes have equal roots, an empty log its one root. */
gboolean lsm_proof_check_consistency(const LsmProof *proof, const LsmLogHead *old, const LsmLogHead *head);

/* Hashes as the lines of C2SP formats have them: base64 with padding, 44 characters. Parsing is strict. */
#define LSM_HASH_TEXT_SIZE 45 /* with the NUL */
void lsm_proof_hash_render(const guint8 hash[LSM_HASH_SIZE], char text_out[LSM_HASH_TEXT_SIZE]);
gboolean lsm_proof_hash_parse(const char *text, gsize length, guint8 hash_out[LSM_HASH_SIZE]);

#endif
