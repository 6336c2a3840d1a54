/*
 * sha256.h - SHA-256 (FIPS 180-4): of mails, events, nodes of the log, settings.
 *
 * The one place that hashes: libcrypto uses what the processor has for it, which with mails of some size is
 * what the time of a record is made of. Any thread. Cannot fail; out of memory ends the process, as in GLib.
 */
#ifndef LSM_CONF_SHA256_H
#define LSM_CONF_SHA256_H

#include <glib.h>

#define LSM_SHA256_SIZE 32
#define LSM_SHA256_HEX_SIZE 65 /* lower-case hex digits with the NUL */

/* All at once. data may be NULL where length is 0. */
void lsm_sha256(const void *data, gsize length, guint8 digest_out[LSM_SHA256_SIZE]);

typedef struct {
	const void *data;
	gsize length;
} LsmSha256Part;

/* The parts one behind the other, without a copy. */
void lsm_sha256_of(const LsmSha256Part *parts, guint count, guint8 digest_out[LSM_SHA256_SIZE]);

void lsm_sha256_hex(const void *data, gsize length, char hex_out[LSM_SHA256_HEX_SIZE]);

/* Piece by piece. Belongs to one thread at a time. */
typedef struct LsmSha256 LsmSha256;

LsmSha256 *lsm_sha256_new(void);
void lsm_sha256_add(LsmSha256 *hash, const void *data, gsize length);
void lsm_sha256_add_text(LsmSha256 *hash, const char *text); /* without its NUL */
/* The end: nothing can be added afterwards. */
void lsm_sha256_finish(LsmSha256 *hash, char hex_out[LSM_SHA256_HEX_SIZE]);
void lsm_sha256_free(LsmSha256 *hash);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmSha256, lsm_sha256_free)

#endif
