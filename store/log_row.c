/*
 * log_row.c - the bytes of the log's rows, and the arithmetic of RFC 9162 section 2.1 on them.
 *
 * Owns nothing; uses sha256.h. Threads: any. Never trusts a length.
 */
#include "store/log_row.h"

#include <string.h>

#include "conf/error.h"
#include "conf/sha256.h"

void
lsm_log_leaf_hash(const void *data, gsize length, guint8 out[LSM_HASH_SIZE])
{
	static const guint8 prefix = 0x00;
	const LsmSha256Part parts[] = {{&prefix, 1}, {data, length}};

	lsm_sha256_of(parts, G_N_ELEMENTS(parts), out);
}

void
lsm_log_node_hash(const guint8 left[LSM_HASH_SIZE], const guint8 right[LSM_HASH_SIZE],
		  guint8 out[LSM_HASH_SIZE])
{
	static const guint8 prefix = 0x01;
	const LsmSha256Part parts[] = {{&prefix, 1}, {left, LSM_HASH_SIZE}, {right, LSM_HASH_SIZE}};

	lsm_sha256_of(parts, G_N_ELEMENTS(parts), out);
}

void
lsm_log_key(guint64 position, guint8 key_out[LSM_LOG_KEY_SIZE])
{
	guint64 key = GUINT64_TO_BE(position);

	memcpy(key_out, &key, LSM_LOG_KEY_SIZE);
}

gboolean
lsm_log_key_parse(const void *key, gsize length, guint64 *position_out)
{
	guint64 position;

	if (length != LSM_LOG_KEY_SIZE)
		return FALSE;
	memcpy(&position, key, LSM_LOG_KEY_SIZE);
	*position_out = GUINT64_FROM_BE(position);
	return *position_out != G_MAXUINT64;
}

gboolean
lsm_log_row_parse(const void *data, gsize length, LsmLogRow *row_out)
{
	const guint8 *bytes = data;

	if (length < 1 || bytes[0] < 1 || bytes[0] > LSM_LOG_LEVELS)
		return FALSE;
	gsize hashes_length = (gsize)bytes[0] * LSM_HASH_SIZE;
	if (length - 1 < hashes_length)
		return FALSE;
	row_out->count = bytes[0];
	row_out->hashes = (const LsmHash *)(bytes + 1);
	row_out->event = bytes + 1 + hashes_length;
	row_out->event_length = length - 1 - hashes_length;
	return TRUE;
}

guint
lsm_log_row_count(guint64 position)
{
	guint count = 1;

	/* As in counting: each one-bit at the end carries. */
	for (; position & 1; position >>= 1)
		count++;
	return count;
}

static guint
count_peaks(guint64 size)
{
	guint count = 0;

	for (; size; size &= size - 1)
		count++;
	return count;
}

gboolean
lsm_log_edge_parse(const void *data, gsize length, LsmLogEdge *edge_out)
{
	const guint8 *at = data;
	guint64 size;

	if (length < sizeof size)
		return FALSE;
	memcpy(&size, at, sizeof size);
	edge_out->size = GUINT64_FROM_BE(size);
	at += sizeof size;
	if (edge_out->size == G_MAXUINT64 ||
	    length - sizeof size != (gsize)count_peaks(edge_out->size) * LSM_HASH_SIZE)
		return FALSE;
	for (guint level = LSM_LOG_LEVELS; level-- > 0;)
		if (edge_out->size >> level & 1) {
			memcpy(edge_out->peaks[level], at, LSM_HASH_SIZE);
			at += LSM_HASH_SIZE;
		}
	return TRUE;
}

GBytes *
lsm_log_edge_render(const LsmLogEdge *edge)
{
	guint64 size = GUINT64_TO_BE(edge->size);
	gsize length = sizeof size + (gsize)count_peaks(edge->size) * LSM_HASH_SIZE;
	guint8 *bytes = g_malloc(length), *at = bytes + sizeof size;

	memcpy(bytes, &size, sizeof size);
	for (guint level = LSM_LOG_LEVELS; level-- > 0;)
		if (edge->size >> level & 1) {
			memcpy(at, edge->peaks[level], LSM_HASH_SIZE);
			at += LSM_HASH_SIZE;
		}
	return g_bytes_new_take(bytes, length);
}

guint
lsm_log_edge_add(LsmLogEdge *edge, const LsmHash leaf, LsmHash *hashes_out)
{
	guint level = 0;

	memcpy(hashes_out[0], leaf, LSM_HASH_SIZE);
	for (; edge->size >> level & 1; level++)
		lsm_log_node_hash(edge->peaks[level], hashes_out[level], hashes_out[level + 1]);
	memcpy(edge->peaks[level], hashes_out[level], LSM_HASH_SIZE);
	edge->size++;
	return level + 1;
}

/*
 * "For n > 1, let k be the largest power of two smaller than n. MTH(D_n) = SHA-256(0x01 || MTH(D[0:k])
 * || MTH(D[k:n]))": so the peaks are joined from the smallest up.
 */
void
lsm_log_edge_root(const LsmLogEdge *edge, LsmHash root_out)
{
	gboolean begun = FALSE;

	if (edge->size == 0)
		lsm_sha256(NULL, 0, root_out);
	for (guint level = 0; level < LSM_LOG_LEVELS; level++) {
		if (!(edge->size >> level & 1))
			continue;
		if (begun)
			lsm_log_node_hash(edge->peaks[level], root_out, root_out);
		else
			memcpy(root_out, edge->peaks[level], LSM_HASH_SIZE);
		begun = TRUE;
	}
}

LsmFound
lsm_log_edge_get(LsmStoreTxn *txn, LsmLogEdge *edge_out, GError **error)
{
	g_autoptr(GBytes) value = NULL;
	LsmFound found =
		lsm_store_get(txn, LSM_TABLE_META, LSM_LOG_HEAD_KEY, strlen(LSM_LOG_HEAD_KEY), &value, error);

	edge_out->size = 0;
	if (found != LSM_FOUND)
		return found;
	if (lsm_log_edge_parse(g_bytes_get_data(value, NULL), g_bytes_get_size(value), edge_out))
		return LSM_FOUND;
	edge_out->size = 0;
	g_set_error(error, LSM_ERROR, LSM_ERROR_CORRUPT, "the head of the log does not say what it must say");
	return LSM_FAILED;
}

gboolean
lsm_log_private_digest(const void *data, gsize length, char digest_out[2 * LSM_HASH_SIZE + 1])
{
	if (length < LSM_HASH_SIZE)
		return FALSE;
	lsm_sha256_hex(data, length, digest_out);
	return TRUE;
}
