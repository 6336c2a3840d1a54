/*
 * sha256.c - see sha256.h.
 *
 * Owns a library context of libcrypto, so that no openssl.cnf of the host has a say in what a digest is, and a
 * digest context of each thread: most of what is hashed is shorter than what setting one up costs.
 */
#include "conf/sha256.h"

#include <openssl/evp.h>
#include <string.h>

#define HELD 2048 /* octets that are gathered before libcrypto sees them: it is asked for a line or a word at a time */

struct LsmSha256 {
	EVP_MD_CTX *context;
	gsize held;
	guint8 octets[HELD];
};

/* Only a lack of memory makes any of these calls fail. */
static void
must(gboolean worked)
{
	if (!worked)
		g_error("libcrypto cannot make a SHA-256 digest: out of memory");
}

static const EVP_MD *
algorithm(void)
{
	static gsize made;

	if (g_once_init_enter(&made)) {
		OSSL_LIB_CTX *library = OSSL_LIB_CTX_new();
		EVP_MD *found = library != NULL ? EVP_MD_fetch(library, "SHA256", NULL) : NULL;

		must(found != NULL);
		g_once_init_leave(&made, (gsize)found);
	}
	return (const EVP_MD *)made;
}

static EVP_MD_CTX *
new_context(void)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();

	must(context != NULL);
	return context;
}

static EVP_MD_CTX *
context_of_thread(void)
{
	static GPrivate own = G_PRIVATE_INIT((GDestroyNotify)EVP_MD_CTX_free);
	EVP_MD_CTX *context = g_private_get(&own);

	if (context == NULL) {
		context = new_context();
		g_private_set(&own, context);
	}
	return context;
}

static void
render(const guint8 digest[LSM_SHA256_SIZE], char hex_out[LSM_SHA256_HEX_SIZE])
{
	static const char digits[] = "0123456789abcdef";

	for (guint i = 0; i < LSM_SHA256_SIZE; i++) {
		hex_out[2 * i] = digits[digest[i] >> 4];
		hex_out[2 * i + 1] = digits[digest[i] & 15];
	}
	hex_out[2 * LSM_SHA256_SIZE] = '\0';
}

void
lsm_sha256_of(const LsmSha256Part *parts, guint count, guint8 digest_out[LSM_SHA256_SIZE])
{
	EVP_MD_CTX *context = context_of_thread();

	must(EVP_DigestInit_ex2(context, algorithm(), NULL));
	for (guint i = 0; i < count; i++)
		must(EVP_DigestUpdate(context, parts[i].data, parts[i].length));
	must(EVP_DigestFinal_ex(context, digest_out, NULL));
}

void
lsm_sha256(const void *data, gsize length, guint8 digest_out[LSM_SHA256_SIZE])
{
	const LsmSha256Part whole = {data, length};

	lsm_sha256_of(&whole, 1, digest_out);
}

void
lsm_sha256_hex(const void *data, gsize length, char hex_out[LSM_SHA256_HEX_SIZE])
{
	guint8 digest[LSM_SHA256_SIZE];

	lsm_sha256(data, length, digest);
	render(digest, hex_out);
}

LsmSha256 *
lsm_sha256_new(void)
{
	LsmSha256 *hash = g_new(LsmSha256, 1);

	hash->held = 0;
	hash->context = new_context();
	must(EVP_DigestInit_ex2(hash->context, algorithm(), NULL));
	return hash;
}

static void
flush(LsmSha256 *hash)
{
	must(EVP_DigestUpdate(hash->context, hash->octets, hash->held));
	hash->held = 0;
}

void
lsm_sha256_add(LsmSha256 *hash, const void *data, gsize length)
{
	if (length > HELD - hash->held)
		flush(hash);
	if (length > HELD) {
		must(EVP_DigestUpdate(hash->context, data, length));
	} else if (length > 0) {
		memcpy(hash->octets + hash->held, data, length);
		hash->held += length;
	}
}

void
lsm_sha256_add_text(LsmSha256 *hash, const char *text)
{
	lsm_sha256_add(hash, text, strlen(text));
}

void
lsm_sha256_finish(LsmSha256 *hash, char hex_out[LSM_SHA256_HEX_SIZE])
{
	guint8 digest[LSM_SHA256_SIZE];

	flush(hash);
	must(EVP_DigestFinal_ex(hash->context, digest, NULL));
	render(digest, hex_out);
}

void
lsm_sha256_free(LsmSha256 *hash)
{
	if (hash == NULL)
		return;
	EVP_MD_CTX_free(hash->context);
	g_free(hash);
}
