/*
 * proof.c - makes and checks inclusion and consistency proofs.
 *
 * Owns nothing; reads LSM_TABLE_LOG, whose row at the last event of a complete subtree holds that
 * subtree's hash. Threads: as the transaction; checks: any. Fails by GError: USAGE for sizes that the log
 * does not have, CORRUPT for rows that are not there.
 */
#include "store/proof.h"

#include <sodium.h>
#include <string.h>

#include "conf/error.h"
#include "conf/sha256.h"
#include "store/log_row.h"

/* A stretch of the log, as the RFC's D[start:end]. */
typedef struct {
	guint64 start, end;
} Span;

/* "let k be the largest power of two smaller than n", for n > 1. */
static guint64
split_of(guint64 n)
{
	guint64 k = 1;

	while (k < n - k)
		k *= 2;
	return k;
}

/* --- reading --- */

/* The hash of the subtree of 2^level events whose last one is at position. */
static gboolean
read_node(LsmStoreTxn *txn, guint64 position, guint level, LsmHash hash_out, GError **error)
{
	guint8 key[LSM_LOG_KEY_SIZE];
	g_autoptr(GBytes) bytes = NULL;
	LsmLogRow row;

	lsm_log_key(position, key);
	LsmFound found = lsm_store_get(txn, LSM_TABLE_LOG, key, sizeof key, &bytes, error);
	if (found == LSM_FAILED)
		return FALSE;
	if (found == LSM_ABSENT ||
	    !lsm_log_row_parse(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), &row) ||
	    row.count != lsm_log_row_count(position)) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_CORRUPT,
			    "event %" G_GUINT64_FORMAT ": its row is missing or damaged", position);
		return FALSE;
	}
	memcpy(hash_out, row.hashes[level], LSM_HASH_SIZE);
	return TRUE;
}

/*
 * MTH(D[start:end]) of a stretch that is not empty and whose start is a multiple of its largest subtree:
 * the complete subtrees in it, joined from the smallest, which is the last one, up.
 */
static gboolean
hash_span(LsmStoreTxn *txn, Span span, LsmHash hash_out, GError **error)
{
	guint64 length = span.end - span.start;
	gboolean begun = FALSE;
	LsmHash node;

	for (guint level = 0; level < LSM_LOG_LEVELS && length >> level != 0; level++) {
		if (!(length >> level & 1))
			continue;
		if (!read_node(txn, span.end - 1, level, node, error))
			return FALSE;
		if (begun)
			lsm_log_node_hash(node, hash_out, hash_out);
		else
			memcpy(hash_out, node, sizeof node);
		begun = TRUE;
		span.end -= (guint64)1 << level;
	}
	return TRUE;
}

static gboolean
expect_size(LsmStoreTxn *txn, guint64 size, GError **error)
{
	LsmLogEdge edge;

	if (lsm_log_edge_get(txn, &edge, error) == LSM_FAILED)
		return FALSE;
	if (size <= edge.size)
		return TRUE;
	g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE,
		    "the log has %" G_GUINT64_FORMAT " events, not %" G_GUINT64_FORMAT, edge.size, size);
	return FALSE;
}

gboolean
lsm_proof_root(LsmStoreTxn *txn, guint64 size, guint8 root_out[LSM_HASH_SIZE], GError **error)
{
	if (!expect_size(txn, size, error))
		return FALSE;
	if (size == 0) {
		lsm_sha256(NULL, 0, root_out);
		return TRUE;
	}
	return hash_span(txn, (Span){0, size}, root_out, error);
}

/* --- making --- */

static gboolean
add_span(LsmStoreTxn *txn, Span span, LsmProof *proof, GError **error)
{
	return hash_span(txn, span, proof->hashes[proof->count++], error);
}

/* The way leads down from the root; the RFC lists the hashes upwards. */
static void
turn_round(LsmProof *proof)
{
	LsmHash kept;

	for (guint i = 0, j = proof->count; i + 1 < j; i++) {
		j--;
		memcpy(kept, proof->hashes[i], sizeof kept);
		memcpy(proof->hashes[i], proof->hashes[j], sizeof kept);
		memcpy(proof->hashes[j], kept, sizeof kept);
	}
}

/*
 * "PATH(m, D_n) = PATH(m, D[0:k]) : MTH(D[k:n]) for m < k; and
 *  PATH(m, D_n) = PATH(m - k, D[k:n]) : MTH(D[0:k]) for m >= k"
 */
gboolean
lsm_proof_inclusion(LsmStoreTxn *txn, guint64 index, guint64 size, LsmProof *proof_out, GError **error)
{
	Span span = {0, size};

	proof_out->count = 0;
	if (!expect_size(txn, size, error))
		return FALSE;
	if (index >= size) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE,
			    "event %" G_GUINT64_FORMAT " is not among the first %" G_GUINT64_FORMAT, index,
			    size);
		return FALSE;
	}
	while (span.end - span.start > 1) {
		guint64 middle = span.start + split_of(span.end - span.start);
		gboolean left = index < middle;

		if (!add_span(txn, left ? (Span){middle, span.end} : (Span){span.start, middle}, proof_out,
			      error))
			return FALSE;
		span = left ? (Span){span.start, middle} : (Span){middle, span.end};
	}
	turn_round(proof_out);
	return TRUE;
}

/*
 * "SUBPROOF(m, D_m, true) = {}", "SUBPROOF(m, D_m, false) = {MTH(D_m)}", and for m < n, with m and n counted
 * from the start of the stretch:
 * "SUBPROOF(m, D_n, b) = SUBPROOF(m, D[0:k], b) : MTH(D[k:n]) for m <= k; and
 *  SUBPROOF(m, D_n, b) = SUBPROOF(m - k, D[k:n], false) : MTH(D[0:k]) for m > k"
 */
gboolean
lsm_proof_consistency(LsmStoreTxn *txn, guint64 old_size, guint64 size, LsmProof *proof_out, GError **error)
{
	Span span = {0, size};

	proof_out->count = 0;
	if (!expect_size(txn, size, error))
		return FALSE;
	if (old_size > size) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE,
			    "%" G_GUINT64_FORMAT " events were not before %" G_GUINT64_FORMAT, old_size,
			    size);
		return FALSE;
	}
	if (old_size == 0)
		return TRUE;
	while (old_size < span.end) {
		guint64 middle = span.start + split_of(span.end - span.start);
		gboolean left = old_size <= middle;

		if (!add_span(txn, left ? (Span){middle, span.end} : (Span){span.start, middle}, proof_out,
			      error))
			return FALSE;
		span = left ? (Span){span.start, middle} : (Span){middle, span.end};
	}
	if (span.start > 0 && !add_span(txn, span, proof_out, error))
		return FALSE;
	turn_round(proof_out);
	return TRUE;
}

/* --- checking --- */

/* Where the way up stands: fn and sn of the RFC. */
typedef struct {
	guint64 node, last;
} Way;

/* Is the hash that comes now the left one of the two? */
static gboolean
comes_from_left(const Way *way)
{
	return way->node & 1 || way->node == way->last;
}

static void
step_up(Way *way)
{
	/* At the right edge, levels at which nothing stands on the left side are passed over. */
	if (comes_from_left(way))
		while (!(way->node & 1) && way->node != 0) {
			way->node >>= 1;
			way->last >>= 1;
		}
	way->node >>= 1;
	way->last >>= 1;
}

gboolean
lsm_proof_check_inclusion(const LsmProof *proof, guint64 index, const guint8 leaf[LSM_HASH_SIZE],
			  const LsmLogHead *head)
{
	Way way = {index, head->size - 1};
	LsmHash hash;

	if (index >= head->size || proof->count > LSM_PROOF_MAX)
		return FALSE;
	memcpy(hash, leaf, sizeof hash);
	for (guint i = 0; i < proof->count; i++) {
		if (way.last == 0)
			return FALSE;
		if (comes_from_left(&way))
			lsm_log_node_hash(proof->hashes[i], hash, hash);
		else
			lsm_log_node_hash(hash, proof->hashes[i], hash);
		step_up(&way);
	}
	return way.last == 0 && memcmp(hash, head->root, sizeof hash) == 0;
}

/* Both roots at once: the old one is made of the hashes from the left alone. */
static gboolean
climb_both(const LsmProof *proof, guint next, Way way, LsmHash old_hash, LsmHash hash)
{
	for (guint i = next; i < proof->count; i++) {
		if (way.last == 0)
			return FALSE;
		if (comes_from_left(&way)) {
			lsm_log_node_hash(proof->hashes[i], old_hash, old_hash);
			lsm_log_node_hash(proof->hashes[i], hash, hash);
		} else {
			lsm_log_node_hash(hash, proof->hashes[i], hash);
		}
		step_up(&way);
	}
	return way.last == 0;
}

static gboolean
is_empty_root(const guint8 root[LSM_HASH_SIZE])
{
	LsmHash empty;

	lsm_sha256(NULL, 0, empty);
	return memcmp(root, empty, sizeof empty) == 0;
}

gboolean
lsm_proof_check_consistency(const LsmProof *proof, const LsmLogHead *old, const LsmLogHead *head)
{
	LsmHash old_hash, hash;
	Way way = {old->size - 1, head->size - 1};
	guint next = 0;

	if (old->size > head->size || proof->count > LSM_PROOF_MAX)
		return FALSE;
	if (old->size == head->size)
		return proof->count == 0 && memcmp(old->root, head->root, sizeof old->root) == 0 &&
		       (head->size > 0 || is_empty_root(head->root));
	if (old->size == 0)
		return proof->count == 0 && is_empty_root(old->root);
	if (proof->count == 0)
		return FALSE;
	while (way.node & 1) {
		way.node >>= 1;
		way.last >>= 1;
	}
	/* "If first is an exact power of 2, then prepend first_hash to the consistency_path array." */
	memcpy(old_hash, way.node == 0 ? old->root : proof->hashes[next++], sizeof old_hash);
	memcpy(hash, old_hash, sizeof hash);
	return climb_both(proof, next, way, old_hash, hash) &&
	       memcmp(old_hash, old->root, sizeof old_hash) == 0 &&
	       memcmp(hash, head->root, sizeof hash) == 0;
}

/* --- text --- */

void
lsm_proof_hash_render(const guint8 hash[LSM_HASH_SIZE], char text_out[LSM_HASH_TEXT_SIZE])
{
	sodium_bin2base64(text_out, LSM_HASH_TEXT_SIZE, hash, LSM_HASH_SIZE, sodium_base64_VARIANT_ORIGINAL);
}

gboolean
lsm_proof_hash_parse(const char *text, gsize length, guint8 hash_out[LSM_HASH_SIZE])
{
	gsize got = 0;

	return length == LSM_HASH_TEXT_SIZE - 1 &&
	       sodium_base642bin(hash_out, LSM_HASH_SIZE, text, length, NULL, &got, NULL,
				 sodium_base64_VARIANT_ORIGINAL) == 0 &&
	       got == LSM_HASH_SIZE;
}
