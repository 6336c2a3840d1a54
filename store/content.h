/*
 * content.h - the mails themselves, by the SHA-256 of their bytes, zstd-compressed; erasable.
 */
#ifndef LSM_STORE_CONTENT_H
#define LSM_STORE_CONTENT_H

#include "store/store.h"

/* Of zstd. A mail server waits for it: the lowest level, which on mails costs little of what higher ones save. */
#define LSM_CONTENT_LEVEL 1

/* SHA-256 of the bytes as 64 hex digits; caller frees. */
char *lsm_content_digest(GBytes *content);

/* The compressed form, to be made outside of the write transaction; NULL (no memory) is refused by put. */
GBytes *lsm_content_compress(GBytes *content);

/* Puts an already compressed content under its digest (64 hex digits; here and below CORRUPT when it is
 * none). Again: replaced by the same. */
gboolean lsm_content_put(LsmStoreTxn *txn, const char *digest, GBytes *compressed, GError **error);

/* Room for so many octets of a compressed content, see lsm_store_reserve. */
gboolean lsm_content_reserve(LsmStoreTxn *txn, const char *digest, gsize length, guint8 **room_out, GError **error);

/* Decompressed and checked against its digest (CORRUPT when it differs; bounded at 1 GiB). */
LsmFound lsm_content_get(LsmStoreTxn *txn, const char *digest, GBytes **content_out, GError **error);

gboolean lsm_content_erase(LsmStoreTxn *txn, const char *digest, GError **error);

#endif
