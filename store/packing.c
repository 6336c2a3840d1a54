/*
 * packing.c - a mail's content made ready for the store, all at once or while it comes.
 *
 * Owns, for what is still to come, memory straight from the kernel: as much is set aside as the longest form
 * needs, which takes none before it is written to, and goes back piece by piece. Uses content.h, zstd and
 * sha256.h. Threads: one at a time. Fails by GError.
 */
#include "store/packing.h"

#include <string.h>
#include <sys/mman.h>
#include <zstd.h>

#include "conf/error.h"
#include "conf/sha256.h"
#include "store/content.h"

#define PIECE ((gsize)1 << 20) /* octets that are given back at once; whole pages */

struct LsmPacking {
	char digest[LSM_SHA256_HEX_SIZE]; /* empty before the end */
	GBytes *whole; /* the frame of what was all there; else the rest is in use */
	LsmSha256 *hash;
	ZSTD_CCtx *compressor;
	gsize left; /* octets that are still to come */
	guint8 *frame; /* NULL once it was put */
	gsize room, size;
};

static gboolean
fail_packing(GError **error, const char *why)
{
	g_set_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY, "the mail could not be compressed: %s", why);
	return FALSE;
}

LsmPacking *
lsm_packing_of(GBytes *content, GError **error)
{
	g_autoptr(LsmPacking) packing = g_new0(LsmPacking, 1);
	gsize length;
	const void *data = g_bytes_get_data(content, &length);

	lsm_sha256_hex(data, length, packing->digest);
	packing->whole = lsm_content_compress(content);
	if (packing->whole)
		return g_steal_pointer(&packing);
	fail_packing(error, "no memory");
	return NULL;
}

static gboolean
set_up(LsmPacking *packing, gsize length)
{
	packing->compressor = ZSTD_createCCtx();
	return packing->frame != MAP_FAILED && packing->compressor &&
	       !ZSTD_isError(ZSTD_CCtx_setParameter(packing->compressor, ZSTD_c_compressionLevel,
						    LSM_CONTENT_LEVEL)) &&
	       !ZSTD_isError(ZSTD_CCtx_setPledgedSrcSize(packing->compressor, length));
}

LsmPacking *
lsm_packing_new(gsize length, GError **error)
{
	g_autoptr(LsmPacking) packing = g_new0(LsmPacking, 1);

	packing->hash = lsm_sha256_new();
	packing->left = length;
	packing->room = ZSTD_compressBound(length);
	packing->frame = mmap(NULL, packing->room, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (set_up(packing, length))
		return g_steal_pointer(&packing);
	fail_packing(error, "no memory");
	return NULL;
}

static void
drop_frame(LsmPacking *packing)
{
	if (packing->frame && packing->frame != MAP_FAILED)
		munmap(packing->frame, packing->room);
	packing->frame = NULL;
}

void
lsm_packing_free(LsmPacking *packing)
{
	if (!packing)
		return;
	drop_frame(packing);
	ZSTD_freeCCtx(packing->compressor);
	g_clear_pointer(&packing->whole, g_bytes_unref);
	g_clear_pointer(&packing->hash, lsm_sha256_free);
	g_free(packing);
}

/* The compressor's tables and window are not needed while the frame waits to be put. */
static void
finish(LsmPacking *packing)
{
	lsm_sha256_finish(packing->hash, packing->digest);
	ZSTD_freeCCtx(g_steal_pointer(&packing->compressor));
}

gboolean
lsm_packing_add(LsmPacking *packing, const void *data, gsize length, GError **error)
{
	ZSTD_inBuffer in = {data, length, 0};
	ZSTD_outBuffer out = {packing->frame, packing->room, packing->size};
	gboolean is_last = length == packing->left;
	gsize more;

	g_assert(length <= packing->left && packing->compressor);
	lsm_sha256_add(packing->hash, data, length);
	do {
		more = ZSTD_compressStream2(packing->compressor, &out, &in, is_last ? ZSTD_e_end : ZSTD_e_continue);
		if (ZSTD_isError(more))
			return fail_packing(error, ZSTD_getErrorName(more));
	} while (in.pos < in.size || (is_last && more > 0));
	packing->left -= length;
	packing->size = out.pos;
	if (is_last)
		finish(packing);
	return TRUE;
}

const char *
lsm_packing_digest(LsmPacking *packing)
{
	g_assert(packing->digest[0] != '\0');
	return packing->digest;
}

/* Copied and given back by turns: never does more of it than a piece stand in memory twice. */
static void
move_frame(LsmPacking *packing, guint8 *room)
{
	for (gsize at = 0; at < packing->size; at += PIECE) {
		gsize length = MIN(packing->size - at, PIECE);

		memcpy(room + at, packing->frame + at, length);
		madvise(packing->frame + at, length, MADV_DONTNEED);
	}
	drop_frame(packing);
}

gboolean
lsm_packing_put(LsmPacking *packing, LsmStoreTxn *txn, GError **error)
{
	guint8 *room;

	if (packing->whole)
		return lsm_content_put(txn, packing->digest, packing->whole, error);
	if (!packing->frame) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY,
			    "the mail is held no longer: it has to be sent again");
		return FALSE;
	}
	if (!lsm_content_reserve(txn, lsm_packing_digest(packing), packing->size, &room, error))
		return FALSE;
	move_frame(packing, room);
	return TRUE;
}
