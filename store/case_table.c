/*
 * case_table.c - the cases in the store, how they are found, and their ids.
 *
 * Owns LSM_TABLE_CASE and the index kind TAIL. Uses index.h, and case_index.h for all other ways to find a case.
 * Threads: as the transaction. Fails by GError.
 */
#include <sodium.h>
#include <string.h>

#include "conf/error.h"
#include "store/case.h"
#include "store/case_index.h"
#include "store/index.h"

#define ID_PREFIX "LS-"
#define ID_MAX 64
#define TAIL_LEAST 5
#define DIGEST_MAX 64 /* octets; of those 5 bits a letter */

static const char *
tail_of(const char *id)
{
	const char *dash = strrchr(id, '-');

	return dash ? dash + 1 : id;
}

/* --- put and get --- */

gboolean
lsm_case_put(LsmStoreTxn *txn, const LsmCase *item, GError **error)
{
	g_autoptr(LsmCase) old = NULL;
	LsmFound found = lsm_case_get(txn, item->id, &old, error);

	if (found == LSM_FAILED || !lsm_case_index_note(txn, item, old, error) ||
	    (!old && !lsm_index_put(txn, LSM_INDEX_TAIL, tail_of(item->id), item->id, error)))
		return FALSE;
	g_autoptr(GBytes) row = lsm_case_render(item);
	return lsm_store_put(txn, LSM_TABLE_CASE, item->id, strlen(item->id), g_bytes_get_data(row, NULL),
			     g_bytes_get_size(row), error);
}

gboolean
lsm_case_put_row(LsmStoreTxn *txn, const LsmCase *item, GError **error)
{
	g_autoptr(GBytes) row = lsm_case_render(item);

	return lsm_index_put(txn, LSM_INDEX_TAIL, tail_of(item->id), item->id, error) &&
	       lsm_store_put(txn, LSM_TABLE_CASE, item->id, strlen(item->id), g_bytes_get_data(row, NULL),
			     g_bytes_get_size(row), error);
}

LsmFound
lsm_case_has_letters(LsmStoreTxn *txn, const char *id, GError **error)
{
	return lsm_index_has(txn, LSM_INDEX_TAIL, tail_of(id), id, error);
}

gboolean
lsm_case_drop_row(LsmStoreTxn *txn, const char *id, GError **error)
{
	return lsm_index_delete(txn, LSM_INDEX_TAIL, tail_of(id), id, error) &&
	       lsm_store_delete(txn, LSM_TABLE_CASE, id, strlen(id), error);
}

static LsmCase *
read_row(const char *id, gsize id_length, const void *value, gsize value_length, GError **error)
{
	g_autoptr(LsmCase) item = lsm_case_parse(value, value_length, error);

	if (item && (strlen(item->id) != id_length || memcmp(item->id, id, id_length) != 0)) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_CORRUPT, "it says that it is another");
		g_clear_pointer(&item, lsm_case_free);
	}
	if (!item)
		g_prefix_error(error, "case %.*s: ", (int)MIN(id_length, ID_MAX), id);
	return g_steal_pointer(&item);
}

LsmFound
lsm_case_get(LsmStoreTxn *txn, const char *id, LsmCase **case_out, GError **error)
{
	g_autoptr(GBytes) row = NULL;

	*case_out = NULL;
	if (*id == '\0' || strlen(id) > ID_MAX)
		return LSM_ABSENT;
	LsmFound found = lsm_store_get(txn, LSM_TABLE_CASE, id, strlen(id), &row, error);
	if (found != LSM_FOUND)
		return found;
	*case_out = read_row(id, strlen(id), g_bytes_get_data(row, NULL), g_bytes_get_size(row), error);
	return *case_out ? LSM_FOUND : LSM_FAILED;
}

typedef struct {
	LsmCaseVisitor visit;
	gpointer data;
	GError *error;
} CaseScan;

static gboolean
visit_row(const void *key, gsize key_length, const void *value, gsize value_length, gpointer data)
{
	CaseScan *scan = data;
	g_autoptr(LsmCase) item = read_row(key, key_length, value, value_length, &scan->error);

	return item && scan->visit(item, scan->data);
}

gboolean
lsm_case_scan(LsmStoreTxn *txn, LsmCaseVisitor visit, gpointer data, GError **error)
{
	CaseScan scan = {visit, data, NULL};

	if (!lsm_store_scan(txn, LSM_TABLE_CASE, "", 0, LSM_SCAN_FORWARD, visit_row, &scan, error))
		return FALSE;
	if (scan.error)
		g_propagate_error(error, scan.error);
	return !scan.error;
}

/* --- find --- */

typedef struct {
	const char *tail;
	GPtrArray *ids;
} TailSearch;

/* The scan goes by prefix: longer tails that begin so are others. */
static gboolean
collect_tail(const char *term, const char *id, gpointer data)
{
	TailSearch *search = data;

	if (g_ascii_strcasecmp(term, search->tail) != 0)
		return FALSE;
	g_ptr_array_add(search->ids, g_strdup(id));
	return TRUE;
}

static LsmFound
find_by_tail(LsmStoreTxn *txn, const char *tail, char **id_out, GError **error)
{
	g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
	TailSearch search = {tail, ids};

	if (!lsm_index_scan(txn, LSM_INDEX_TAIL, tail, LSM_SCAN_FORWARD, collect_tail, &search, error))
		return LSM_FAILED;
	if (ids->len == 0)
		return LSM_ABSENT;
	if (ids->len == 1) {
		*id_out = g_strdup(g_ptr_array_index(ids, 0));
		return LSM_FOUND;
	}
	g_ptr_array_add(ids, NULL);
	g_autofree char *all = g_strjoinv(", ", (char **)ids->pdata);
	g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE, "\"%s\" stands for several: %s", tail, all);
	return LSM_FAILED;
}

LsmFound
lsm_case_find(LsmStoreTxn *txn, const char *typed, char **id_out, GError **error)
{
	g_autofree char *id = g_strstrip(g_ascii_strup(typed, -1));
	g_autoptr(GBytes) row = NULL;

	*id_out = NULL;
	if (*id == '\0' || strlen(id) > ID_MAX)
		return LSM_ABSENT;
	if (!g_str_has_prefix(id, ID_PREFIX))
		return find_by_tail(txn, id, id_out, error);
	LsmFound found = lsm_store_get(txn, LSM_TABLE_CASE, id, strlen(id), &row, error);
	if (found == LSM_FOUND)
		*id_out = g_steal_pointer(&id);
	return found;
}

LsmFound
lsm_case_get_typed(LsmStoreTxn *txn, const char *typed, LsmCase **case_out, GError **error)
{
	g_autofree char *id = NULL;
	LsmFound found = lsm_case_find(txn, typed, &id, error);

	*case_out = NULL;
	return found == LSM_FOUND ? lsm_case_get(txn, id, case_out, error) : found;
}

/* --- new ids --- */

/* RFC 4648 base32 without padding; the bits that do not fill a letter are left out. Caller frees. */
static char *
base32(const guint8 *data, gsize length)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	gsize count = length * 8 / 5;
	char *text = g_malloc0(count + 1);
	guint bits = 0, ready = 0; /* so many of the last ones are in no letter yet */

	for (gsize i = 0, at = 0; i < count; i++) {
		for (; ready < 5; ready += 8)
			bits = bits << 8 | data[at++];
		ready -= 5;
		text[i] = letters[bits >> ready & 31];
	}
	return text;
}

static char *
digest_letters(const char *digest, GError **error)
{
	guint8 bytes[DIGEST_MAX];
	gsize length = 0;

	if (sodium_hex2bin(bytes, sizeof bytes, digest, strlen(digest), NULL, &length, NULL) == 0 &&
	    length * 8 / 5 >= TAIL_LEAST)
		return base32(bytes, length);
	g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT, "\"%.140s\" is not an identity digest", digest);
	return NULL;
}

char *
lsm_case_new_id(LsmStoreTxn *txn, gint64 time, const char *identity_digest, GError **error)
{
	g_autofree char *letters = digest_letters(identity_digest, error);
	g_autofree char *day = lsm_event_time_render(time); /* 2026-11-21T... */

	for (gsize length = TAIL_LEAST; letters && length <= MIN(strlen(letters), ID_MAX - 12); length++) {
		g_autoptr(GBytes) row = NULL;
		g_autofree char *id = g_strdup_printf(ID_PREFIX "%.4s%.2s%.2s-%.*s", day, day + 5, day + 8,
						      (int)length, letters);
		LsmFound found = lsm_store_get(txn, LSM_TABLE_CASE, id, strlen(id), &row, error);
		if (found == LSM_FAILED)
			return NULL;
		if (found == LSM_ABSENT)
			return g_steal_pointer(&id);
	}
	if (letters)
		g_set_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY, "no id is left for this statement today");
	return NULL;
}
