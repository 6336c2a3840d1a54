/*
 * content.c - the mails themselves, by their SHA-256.
 *
 * Owns LSM_TABLE_CONTENT. Uses sha256.h, libsodium (hex) and zstd. Threads: digest and compress from any; the others
 * as the transaction. Fails by GError; what comes out has been checked against its name.
 */
#include "store/content.h"

#include <sodium.h>
#include <string.h>
#include <zstd.h>

#include "conf/error.h"
#include "conf/sha256.h"

#define DIGEST_SIZE LSM_SHA256_SIZE
#define COMPRESSORS_MAX 16
#define COMPRESSOR_SIZE_KEPT (4 << 20)
#define CONTENT_MAX ((unsigned long long)1 << 30)

typedef guint8 Digest[DIGEST_SIZE];

char *
lsm_content_digest(GBytes *content)
{
	gsize length;
	const void *data = g_bytes_get_data(content, &length);
	char *hex = g_malloc(LSM_SHA256_HEX_SIZE);

	lsm_sha256_hex(data, length, hex);
	return hex;
}

/*
 * A compressor's tables take a megabyte and more, and cost more to set up than a mail to compress: they are kept
 * for whoever comes next. Beyond so many as there are processors, more at work at once would be no faster and only
 * push each other's tables out of the caches: who comes then waits.
 */
static GMutex compressors_mutex;
static GCond compressor_idle;
static ZSTD_CCtx *compressors[COMPRESSORS_MAX];
static guint compressors_idle, compressors_busy, compressors_wanted;

/* Asked once: the C library reads a file of the kernel's each time. */
static guint
compressors_at_work(void)
{
	static gsize most;

	if (g_once_init_enter(&most))
		g_once_init_leave(&most, (gsize)CLAMP(g_get_num_processors(), 1, COMPRESSORS_MAX));
	return (guint)most;
}

static ZSTD_CCtx *
take_compressor(void)
{
	ZSTD_CCtx *compressor = NULL;

	g_mutex_lock(&compressors_mutex);
	compressors_wanted++;
	while (compressors_busy >= compressors_at_work())
		g_cond_wait(&compressor_idle, &compressors_mutex);
	compressors_wanted--;
	compressors_busy++;
	if (compressors_idle > 0)
		compressor = compressors[--compressors_idle];
	g_mutex_unlock(&compressors_mutex);
	return compressor ? compressor : ZSTD_createCCtx();
}

/* One that has grown with a large mail is not kept. compressor may be NULL: there was no memory for it. */
static void
give_back(ZSTD_CCtx *compressor)
{
	gboolean keep = compressor && ZSTD_sizeof_CCtx(compressor) <= COMPRESSOR_SIZE_KEPT;

	g_mutex_lock(&compressors_mutex);
	compressors_busy--;
	if (keep)
		compressors[compressors_idle++] = compressor;
	if (compressors_wanted > 0)
		g_cond_signal(&compressor_idle);
	g_mutex_unlock(&compressors_mutex);
	if (!keep)
		ZSTD_freeCCtx(compressor);
}

GBytes *
lsm_content_compress(GBytes *content)
{
	gsize length;
	const void *data = g_bytes_get_data(content, &length);
	gsize room = ZSTD_compressBound(length);
	ZSTD_CCtx *compressor = take_compressor();

	if (!compressor) {
		give_back(NULL);
		return NULL;
	}
	guint8 *frame = g_malloc(room);
	gsize size = ZSTD_compressCCtx(compressor, frame, room, data, length, LSM_CONTENT_LEVEL);
	give_back(compressor);
	if (ZSTD_isError(size)) {
		g_free(frame);
		return NULL;
	}
	return g_bytes_new_take(g_realloc(frame, size), size);
}

static gboolean
parse_digest(const char *hex, Digest digest_out, GError **error)
{
	gsize length;

	if (hex && strlen(hex) == 2 * DIGEST_SIZE &&
	    sodium_hex2bin(digest_out, DIGEST_SIZE, hex, 2 * DIGEST_SIZE, NULL, &length, NULL) == 0 &&
	    length == DIGEST_SIZE)
		return TRUE;
	g_set_error(error, LSM_ERROR, LSM_ERROR_CORRUPT, "\"%.70s\" is not the digest of a content",
		    hex ? hex : "");
	return FALSE;
}

gboolean
lsm_content_put(LsmStoreTxn *txn, const char *digest, GBytes *compressed, GError **error)
{
	Digest key;

	if (!parse_digest(digest, key, error))
		return FALSE;
	if (!compressed) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY, "the content could not be compressed");
		return FALSE;
	}
	return lsm_store_put(txn, LSM_TABLE_CONTENT, key, sizeof key, g_bytes_get_data(compressed, NULL),
			     g_bytes_get_size(compressed), error);
}

gboolean
lsm_content_reserve(LsmStoreTxn *txn, const char *digest, gsize length, guint8 **room_out, GError **error)
{
	Digest key;

	return parse_digest(digest, key, error) &&
	       lsm_store_reserve(txn, LSM_TABLE_CONTENT, key, sizeof key, length, room_out, error);
}

/* What is unpacked is bounded by what the frame says, and that by CONTENT_MAX. */
static GBytes *
decompress(GBytes *frame)
{
	gsize frame_size;
	const void *data = g_bytes_get_data(frame, &frame_size);
	/* Both answers that are no size, unknown and error, are above the bound as well. */
	unsigned long long size = ZSTD_getFrameContentSize(data, frame_size);
	guint8 *content = size <= CONTENT_MAX ? g_try_malloc(MAX((gsize)size, 1)) : NULL;

	if (content && ZSTD_decompress(content, (gsize)size, data, frame_size) == size)
		return g_bytes_new_take(content, (gsize)size);
	g_free(content);
	return NULL;
}

LsmFound
lsm_content_get(LsmStoreTxn *txn, const char *digest, GBytes **content_out, GError **error)
{
	Digest key, found_digest;
	g_autoptr(GBytes) frame = NULL;

	*content_out = NULL;
	if (!parse_digest(digest, key, error))
		return LSM_FAILED;
	LsmFound found = lsm_store_get(txn, LSM_TABLE_CONTENT, key, sizeof key, &frame, error);
	if (found != LSM_FOUND)
		return found;

	g_autoptr(GBytes) content = decompress(frame);
	if (content)
		lsm_sha256(g_bytes_get_data(content, NULL), g_bytes_get_size(content), found_digest);
	if (!content || memcmp(found_digest, key, sizeof key) != 0) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_CORRUPT, "content %s: %s", digest,
			    content ? "it does not match its digest" : "it cannot be unpacked");
		return LSM_FAILED;
	}
	*content_out = g_steal_pointer(&content);
	return LSM_FOUND;
}

gboolean
lsm_content_erase(LsmStoreTxn *txn, const char *digest, GError **error)
{
	Digest key;

	return parse_digest(digest, key, error) &&
	       lsm_store_delete(txn, LSM_TABLE_CONTENT, key, sizeof key, error);
}
