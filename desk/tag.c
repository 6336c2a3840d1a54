/*
 * tag.c - keyed tags of bounce addresses.
 *
 * Owns the row "bounce-key" of LSM_TABLE_META. Runs in the caller's transaction; the key is wiped after each use,
 * and neither it nor a tag is ever in an error or a log line.
 */
#include "desk/tag.h"

#include <sodium.h>
#include <string.h>

#include "conf/error.h"
#include "desk/token.h"

#define KEY_OCTETS 32

static const char key_row[] = "bounce-key";

G_STATIC_ASSERT(KEY_OCTETS >= crypto_generichash_KEYBYTES_MIN && KEY_OCTETS <= crypto_generichash_KEYBYTES_MAX);
G_STATIC_ASSERT(LSM_TAG_LETTERS * 5 <= crypto_generichash_BYTES * 8);

static LsmFound
get_key(LsmStoreTxn *txn, guint8 key[KEY_OCTETS], GError **error)
{
	g_autoptr(GBytes) value = NULL;
	LsmFound found = lsm_store_get(txn, LSM_TABLE_META, key_row, strlen(key_row), &value, error);

	if (found != LSM_FOUND)
		return found;
	if (g_bytes_get_size(value) != KEY_OCTETS) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_CORRUPT, "the key of the bounce addresses is none");
		return LSM_FAILED;
	}
	memcpy(key, g_bytes_get_data(value, NULL), KEY_OCTETS);
	return LSM_FOUND;
}

static gboolean
get_or_make_key(LsmStoreTxn *txn, guint8 key[KEY_OCTETS], GError **error)
{
	LsmFound found = get_key(txn, key, error);

	if (found != LSM_ABSENT)
		return found == LSM_FOUND;
	randombytes_buf(key, KEY_OCTETS);
	return lsm_store_put(txn, LSM_TABLE_META, key_row, strlen(key_row), key, KEY_OCTETS, error);
}

/* Ids are compared as the record spells them. */
static void
make_tag(const char *case_id, const guint8 key[KEY_OCTETS], char tag[LSM_TAG_LETTERS + 1])
{
	guint8 hash[crypto_generichash_BYTES];

	crypto_generichash(hash, sizeof hash, (const guint8 *)case_id, strlen(case_id), key, KEY_OCTETS);
	lsm_token_spell(hash, sizeof hash, LSM_TAG_LETTERS, tag);
}

char *
lsm_tag_new(LsmStoreTxn *txn, const char *case_id, GError **error)
{
	guint8 key[KEY_OCTETS];
	char tag[LSM_TAG_LETTERS + 1];

	if (!get_or_make_key(txn, key, error))
		return NULL;
	make_tag(case_id, key, tag);
	sodium_memzero(key, sizeof key);
	return g_strdup(tag);
}

gboolean
lsm_tag_is_of(LsmStoreTxn *txn, const char *case_id, const char *tag, gboolean *right_out, GError **error)
{
	g_autofree char *folded = tag == NULL ? NULL : g_ascii_strdown(tag, -1);
	guint8 key[KEY_OCTETS];
	char want[LSM_TAG_LETTERS + 1];
	LsmFound found;

	*right_out = FALSE;
	if (folded == NULL || strlen(folded) != LSM_TAG_LETTERS)
		return TRUE;
	found = get_key(txn, key, error);
	if (found != LSM_FOUND)
		return found == LSM_ABSENT;
	make_tag(case_id, key, want);
	*right_out = sodium_memcmp(folded, want, LSM_TAG_LETTERS) == 0;
	sodium_memzero(key, sizeof key);
	sodium_memzero(want, sizeof want);
	return TRUE;
}

/* Two parts stand before a tag, "LS-20261121-K7Q3M": where it lacks, the last one is shorter or no such letters. */
char *
lsm_tag_split(const char *suffix, char **tag_out)
{
	const char *dash = strrchr(suffix, '-');

	*tag_out = NULL;
	if (dash == NULL || !lsm_token_is_spelled(dash + 1, LSM_TAG_LETTERS) || dash[1 + LSM_TAG_LETTERS] != '\0')
		return g_strdup(suffix);
	*tag_out = g_strdup(dash + 1);
	return g_strndup(suffix, (gsize)(dash - suffix));
}
