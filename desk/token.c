/*
 * token.c - answer tokens and marks in LSM_TABLE_TOKEN: JSON under a SHA-256.
 *
 * Owns nothing; runs in the caller's transaction. No letter of a token is ever in an error, a log line or
 * an event. Fails as the store fails; a row that cannot be read is CORRUPT.
 */
#include "desk/token.h"

#include <sodium.h>
#include <string.h>

#include "conf/address.h"
#include "conf/error.h"
#include "conf/sha256.h"
#include "desk/json.h"

#define RANDOM_OCTETS 20
#define HASH_OCTETS LSM_SHA256_SIZE

G_STATIC_ASSERT(RANDOM_OCTETS * 8 / 5 == LSM_TOKEN_LETTERS);

static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";

gboolean
lsm_token_is_spelled(const char *text, gsize length)
{
	for (gsize i = 0; i < length; i++) {
		char letter = g_ascii_tolower(text[i]);

		if (letter == '\0' || strchr(alphabet, letter) == NULL)
			return FALSE;
	}
	return TRUE;
}

gboolean
lsm_token_is_one(const char *text, gsize length)
{
	return length == LSM_TOKEN_LETTERS && lsm_token_is_spelled(text, length);
}

void
lsm_token_spell(const guint8 *octets, gsize count, guint letters, char *text)
{
	for (guint i = 0; i < letters; i++) {
		guint bit = i * 5;
		guint pair = (guint)octets[bit / 8] << 8;

		if (bit / 8 + 1 < count)
			pair |= octets[bit / 8 + 1];
		text[i] = alphabet[(pair >> (11 - bit % 8)) & 31];
	}
	text[letters] = '\0';
}

static char *
new_letters(void)
{
	guint8 octets[RANDOM_OCTETS];
	char *text = g_malloc(LSM_TOKEN_LETTERS + 1);

	randombytes_buf(octets, sizeof octets);
	lsm_token_spell(octets, sizeof octets, LSM_TOKEN_LETTERS, text);
	sodium_memzero(octets, sizeof octets);
	return text;
}

static void
hash_letters(const char *text, guint8 hash[HASH_OCTETS])
{
	g_autofree char *lower = g_ascii_strdown(text, LSM_TOKEN_LETTERS);

	lsm_sha256(lower, strlen(lower), hash);
	sodium_memzero(lower, strlen(lower));
}

LsmToken *
lsm_token_new(const char *case_id, const char *kind, const char *asked, gint64 expires, char **text_out)
{
	LsmToken *token = g_new0(LsmToken, 1);
	guint8 hash[HASH_OCTETS];

	*text_out = new_letters();
	hash_letters(*text_out, hash);
	sodium_bin2hex(token->hash, sizeof token->hash, hash, sizeof hash);
	token->case_id = g_strdup(case_id);
	token->kind = g_strdup(kind);
	token->asked = g_strdup(asked);
	token->content = g_strdup("");
	token->bodies = g_new0(char *, 1);
	token->organizations = g_new0(char *, 1);
	token->withheld = g_new0(char *, 1);
	token->expires = expires;
	return token;
}

void
lsm_token_free(LsmToken *token)
{
	if (token == NULL)
		return;
	g_free(token->case_id);
	g_free(token->kind);
	g_free(token->asked);
	g_free(token->content);
	g_strfreev(token->bodies);
	g_strfreev(token->organizations);
	g_strfreev(token->withheld);
	g_free(token->spent_by);
	g_free(token);
}

void
lsm_token_wipe(char *text)
{
	if (text != NULL)
		sodium_memzero(text, strlen(text));
	g_free(text);
}

/* --- rows --- */

static gboolean
put_row(LsmStoreTxn *txn, const guint8 hash[HASH_OCTETS], JsonObject *row, GError **error)
{
	g_autoptr(GBytes) value = lsm_json_render(row);

	return lsm_store_put(txn, LSM_TABLE_TOKEN, hash, HASH_OCTETS, g_bytes_get_data(value, NULL),
			     g_bytes_get_size(value), error);
}

static LsmFound
get_row(LsmStoreTxn *txn, const guint8 hash[HASH_OCTETS], JsonObject **row_out, GError **error)
{
	g_autoptr(GBytes) value = NULL;
	LsmFound found = lsm_store_get(txn, LSM_TABLE_TOKEN, hash, HASH_OCTETS, &value, error);

	if (found != LSM_FOUND)
		return found;
	*row_out = lsm_json_parse(g_bytes_get_data(value, NULL), g_bytes_get_size(value), error);
	if (*row_out == NULL)
		g_prefix_error(error, "answer token: ");
	return *row_out == NULL ? LSM_FAILED : LSM_FOUND;
}

gboolean
lsm_token_put(LsmStoreTxn *txn, const LsmToken *token, GError **error)
{
	g_autoptr(JsonObject) row = json_object_new();
	guint8 hash[HASH_OCTETS];

	sodium_hex2bin(hash, sizeof hash, token->hash, strlen(token->hash), NULL, NULL, NULL);
	lsm_json_set(row, "hash", token->hash);
	lsm_json_set(row, "case", token->case_id);
	lsm_json_set(row, "kind", token->kind);
	lsm_json_set(row, "asked", token->asked);
	lsm_json_set(row, "content", token->content);
	lsm_json_set_strings(row, "bodies", (const char *const *)token->bodies);
	lsm_json_set_strings(row, "organizations", (const char *const *)token->organizations);
	lsm_json_set_strings(row, "withheld", (const char *const *)token->withheld);
	json_object_set_int_member(row, "expires", token->expires);
	json_object_set_int_member(row, "spent", token->spent);
	lsm_json_set(row, "spent_by", token->spent_by);
	return put_row(txn, hash, row, error);
}

static LsmToken *
token_from_row(JsonObject *row)
{
	LsmToken *token = g_new0(LsmToken, 1);

	g_strlcpy(token->hash, lsm_json_get(row, "hash", ""), sizeof token->hash);
	token->case_id = g_strdup(lsm_json_get(row, "case", ""));
	token->kind = g_strdup(lsm_json_get(row, "kind", ""));
	token->asked = g_strdup(lsm_json_get(row, "asked", ""));
	token->content = g_strdup(lsm_json_get(row, "content", ""));
	token->bodies = lsm_json_get_list(row, "bodies");
	token->organizations = lsm_json_get_list(row, "organizations");
	token->withheld = lsm_json_get_list(row, "withheld");
	token->expires = lsm_json_get_int(row, "expires", 0);
	token->spent = lsm_json_get_int(row, "spent", 0);
	token->spent_by = g_strdup(lsm_json_get(row, "spent_by", NULL));
	return token;
}

static LsmFound
get_token(LsmStoreTxn *txn, const guint8 hash[HASH_OCTETS], LsmToken **token_out, GError **error)
{
	g_autoptr(JsonObject) row = NULL;
	g_autoptr(LsmToken) token = NULL;
	guint8 stored[HASH_OCTETS] = {0};
	LsmFound found = get_row(txn, hash, &row, error);

	if (found != LSM_FOUND)
		return found;
	token = token_from_row(row);
	/* A mark's row has no hash; and what was looked up by order is compared once more in constant time.
	 */
	if (sodium_hex2bin(stored, sizeof stored, token->hash, strlen(token->hash), NULL, NULL, NULL) != 0 ||
	    sodium_memcmp(stored, hash, sizeof stored) != 0)
		return LSM_ABSENT;
	*token_out = g_steal_pointer(&token);
	return LSM_FOUND;
}

LsmFound
lsm_token_find(LsmStoreTxn *txn, const char *text, LsmToken **token_out, GError **error)
{
	guint8 hash[HASH_OCTETS];

	if (!lsm_token_is_one(text, strlen(text)))
		return LSM_ABSENT;
	hash_letters(text, hash);
	return get_token(txn, hash, token_out, error);
}

/* --- what it is worth --- */

static gboolean
names_all(char *const *named, char *const *wanted)
{
	for (guint i = 0; wanted != NULL && wanted[i] != NULL; i++) {
		if (!lsm_address_in_list(wanted[i], named))
			return FALSE;
	}
	return TRUE;
}

LsmTokenWorth
lsm_token_worth(const LsmToken *token, const LsmCase *item, gint64 now)
{
	if (strcmp(token->case_id, item->id) != 0)
		return LSM_TOKEN_OTHER_CASE;
	if (token->spent != 0)
		return LSM_TOKEN_SPENT;
	if (now >= token->expires)
		return LSM_TOKEN_EXPIRED;
	if (*token->content == '\0')
		return LSM_TOKEN_GOOD;
	if (g_strcmp0(item->digest, token->content) != 0)
		return LSM_TOKEN_OTHER_CONTENT;
	return names_all(token->withheld, item->withheld) ? LSM_TOKEN_GOOD : LSM_TOKEN_MORE_RECIPIENTS;
}

const char *
lsm_token_worth_text(LsmTokenWorth worth)
{
	static const char *const texts[] = {
		[LSM_TOKEN_GOOD] = "",
		[LSM_TOKEN_SPENT] = "This request has been answered before.",
		[LSM_TOKEN_EXPIRED] = "The time for an answer to this request is over.",
		[LSM_TOKEN_OTHER_CONTENT] = "The statement is not the one any more that this request showed.",
		[LSM_TOKEN_MORE_RECIPIENTS] =
			"The statement would by now go to somebody whom this request did not name.",
		[LSM_TOKEN_OTHER_CASE] = "This request was about another statement.",
	};

	return texts[worth];
}

gboolean
lsm_token_spend(LsmStoreTxn *txn, const char *hash, const LsmCase *item, const char *by, gint64 now,
		GError **error)
{
	g_autoptr(LsmToken) token = NULL;
	guint8 key[HASH_OCTETS];
	LsmTokenWorth worth;
	LsmFound found;

	if (sodium_hex2bin(key, sizeof key, hash, strlen(hash), NULL, NULL, NULL) != 0)
		return FALSE;
	found = get_token(txn, key, &token, error);
	if (found == LSM_FAILED)
		return FALSE;
	worth = found == LSM_FOUND ? lsm_token_worth(token, item, now) : LSM_TOKEN_EXPIRED;
	if (worth != LSM_TOKEN_GOOD) {
		g_set_error_literal(error, LSM_ERROR, LSM_ERROR_DENIED, lsm_token_worth_text(worth));
		return FALSE;
	}
	token->spent = now;
	token->spent_by = g_strdup(by);
	return lsm_token_put(txn, token, error);
}

/* --- marks --- */

static void
hash_mark(const char *what, const char *text, guint8 hash[HASH_OCTETS])
{
	g_autofree char *folded = lsm_address_fold(text);
	g_autofree char *term = g_strdup_printf("%s %s", what, folded);

	lsm_sha256(term, strlen(term), hash);
}

static gboolean
count_marks(LsmStoreTxn *txn, const guint8 hash[HASH_OCTETS], gint64 now, guint *count_out,
	    gint64 *expires_out, GError **error)
{
	g_autoptr(JsonObject) row = NULL;

	*count_out = 0;
	if (get_row(txn, hash, &row, error) == LSM_FAILED)
		return FALSE;
	if (row == NULL || lsm_json_get_int(row, "expires", 0) <= now)
		return TRUE;
	*expires_out = lsm_json_get_int(row, "expires", 0);
	*count_out = (guint)CLAMP(lsm_json_get_int(row, "count", 0), 0, G_MAXINT);
	return TRUE;
}

gboolean
lsm_token_marks(LsmStoreTxn *txn, const char *what, const char *text, gint64 now, guint *count_out,
		GError **error)
{
	guint8 hash[HASH_OCTETS];
	gint64 expires;

	hash_mark(what, text, hash);
	return count_marks(txn, hash, now, count_out, &expires, error);
}

gboolean
lsm_token_mark(LsmStoreTxn *txn, const char *what, const char *text, gint64 now, gint64 lifetime,
	       guint *count_out, GError **error)
{
	g_autoptr(JsonObject) row = json_object_new();
	gint64 expires = now + lifetime;
	guint8 hash[HASH_OCTETS];

	hash_mark(what, text, hash);
	if (!count_marks(txn, hash, now, count_out, &expires, error))
		return FALSE;
	json_object_set_int_member(row, "count", ++*count_out);
	json_object_set_int_member(row, "expires", expires);
	return put_row(txn, hash, row, error);
}

/* --- forget --- */

typedef struct {
	const char *case_id;
	GPtrArray *keys; /* of GBytes * */
} Forget;

static gboolean
collect_of_case(const void *key, gsize key_length, const void *value, gsize value_length, gpointer data)
{
	Forget *forget = data;
	g_autoptr(JsonObject) row = lsm_json_parse(value, value_length, NULL);

	if (row != NULL && strcmp(lsm_json_get(row, "case", ""), forget->case_id) == 0)
		g_ptr_array_add(forget->keys, g_bytes_new(key, key_length));
	return TRUE;
}

static gboolean
delete_rows(LsmStoreTxn *txn, const GPtrArray *keys, GError **error)
{
	for (guint i = 0; i < keys->len; i++) {
		GBytes *key = g_ptr_array_index(keys, i);

		if (!lsm_store_delete(txn, LSM_TABLE_TOKEN, g_bytes_get_data(key, NULL), g_bytes_get_size(key), error))
			return FALSE;
	}
	return TRUE;
}

gboolean
lsm_token_forget(LsmStoreTxn *txn, const char *case_id, GError **error)
{
	g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	Forget forget = {case_id, keys};

	return lsm_store_scan(txn, LSM_TABLE_TOKEN, "", 0, LSM_SCAN_FORWARD, collect_of_case, &forget, error) &&
	       delete_rows(txn, keys, error);
}

/* --- purge --- */

typedef struct {
	gint64 now;
	guint left;         /* rows that may yet be looked at */
	GPtrArray *expired; /* of GBytes *: keys */
	guint8 last[HASH_OCTETS];
} Purge;

static gboolean
look_at_row(const void *key, gsize key_length, const void *value, gsize value_length, gpointer data)
{
	Purge *purge = data;
	g_autoptr(JsonObject) row = lsm_json_parse(value, value_length, NULL);

	if (key_length != HASH_OCTETS)
		return TRUE;
	memcpy(purge->last, key, HASH_OCTETS);
	if (row == NULL || lsm_json_get_int(row, "expires", 0) <= purge->now)
		g_ptr_array_add(purge->expired, g_bytes_new(key, key_length));
	return --purge->left > 0;
}

gboolean
lsm_token_purge(LsmStoreTxn *txn, gint64 now, guint most, guint8 cursor[HASH_OCTETS], guint *removed_out,
		GError **error)
{
	g_autoptr(GPtrArray) expired = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	Purge purge = {.now = now, .left = MAX(most, 1), .expired = expired};

	if (!lsm_store_scan_from(txn, LSM_TABLE_TOKEN, cursor, HASH_OCTETS, LSM_SCAN_FORWARD, look_at_row,
				 &purge, error))
		return FALSE;
	if (!delete_rows(txn, expired, error))
		return FALSE;
	/* At the end of the table the next round begins at its start. */
	if (purge.left > 0)
		memset(cursor, 0, HASH_OCTETS);
	else
		memcpy(cursor, purge.last, HASH_OCTETS);
	*removed_out = expired->len;
	return TRUE;
}
