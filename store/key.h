/*
 * key.h - Ed25519 keys of C2SP signed notes: who signs a log's checkpoints, and how outsiders name it.
 *
 * A verifier key is public text: name+HASH+BASE64, HASH being the first 4 octets of SHA-256(name || 0x0A ||
 * 0x01 || public key) in hex, BASE64 that of 0x01 || public key. A secret key is a file of one line,
 * PRIVATE+KEY+name+HASH+BASE64 with BASE64 of 0x01 || seed, as the Go tools for signed notes write it.
 */
#ifndef LSM_STORE_KEY_H
#define LSM_STORE_KEY_H

#include <glib.h>

#define LSM_KEY_ID_SIZE 4
#define LSM_KEY_SIZE 32
#define LSM_SIGNATURE_SIZE 64
/* The longest name, in octets. */
#define LSM_KEY_NAME_MAX 200

typedef struct LsmKey LsmKey;

/* A new pair. USAGE for a name that is empty, too long, no UTF-8, or has a blank, "+" or a control character.
 */
LsmKey *lsm_key_new(const char *name, GError **error);
/* Overwrites what is secret. NULL is allowed. */
void lsm_key_free(LsmKey *key);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmKey, lsm_key_free)

/* A verifier key, without its secret half. INPUT on what is none or whose hash does not fit, UNSUPPORTED on
 * another algorithm. */
LsmKey *lsm_key_parse(const char *text, GError **error);
/* The verifier key as text; caller frees. */
char *lsm_key_render(const LsmKey *key);

/* Writes the secret key to a new file of mode 0600, on disk when TRUE. USAGE where the file exists. */
gboolean lsm_key_save(const LsmKey *key, const char *path, GError **error);
/* DENIED for a file that others than its owner may read or write (of root's, our group may read), INPUT for one
 * that holds no secret key. */
LsmKey *lsm_key_load(const char *path, GError **error);

const char *lsm_key_name(const LsmKey *key);

/* Do name and id, as a signature line has them, name this key? */
gboolean lsm_key_is(const LsmKey *key, const char *name, gsize name_length, const guint8 id[LSM_KEY_ID_SIZE]);

/* The id and then the signature of data. The key must have its secret half: one of new or load. */
void lsm_key_sign(const LsmKey *key, const void *data, gsize length,
		  guint8 signature_out[LSM_KEY_ID_SIZE + LSM_SIGNATURE_SIZE]);
gboolean lsm_key_check(const LsmKey *key, const void *data, gsize length,
		       const guint8 signature[LSM_SIGNATURE_SIZE]);

#endif
