/*
 * index.c - typed keys of LSM_TABLE_INDEX.
 *
 * Owns that table's form, not its contents: cases put their own kinds, the desk the others. Uses
 * sha256.h for terms that are too long. Threads: as the transaction. Fails by GError.
 */
#include "store/index.h"

#include <string.h>

#include "conf/error.h"
#include "conf/sha256.h"

#define ID_MAX 64
#define LONG_TERM "sha256-"
#define KEY_ROOM (1 + LSM_INDEX_TERM_MAX + 1 + ID_MAX + 1) /* kind, term, NUL, id */

static const struct {
	const char *name;
	char octet;
	gboolean many;
} kinds[LSM_INDEX_COUNT] = {
#define KIND_ROW(id, octet, many, meaning) [LSM_INDEX_##id] = {#id, octet, many},
	LSM_INDEX_KINDS(KIND_ROW)
#undef KIND_ROW
};

const char *
lsm_index_kind_name(LsmIndexKind kind)
{
	return kinds[kind].name;
}

char
lsm_index_kind_octet(LsmIndexKind kind)
{
	return kinds[kind].octet;
}

gboolean
lsm_index_kind_parse(char octet, LsmIndexKind *kind_out)
{
	for (guint i = 0; i < LSM_INDEX_COUNT; i++)
		if (kinds[i].octet == octet) {
			*kind_out = (LsmIndexKind)i;
			return TRUE;
		}
	return FALSE;
}

static gboolean
fail_row(GError **error, LsmIndexKind kind)
{
	g_set_error(error, LSM_ERROR, LSM_ERROR_CORRUPT, "index %s: a row that is none", kinds[kind].name);
	return FALSE;
}

/* A key while it is made: many are, for each statement. */
typedef struct {
	char octets[KEY_ROOM];
	gsize length;
} Key;

G_STATIC_ASSERT(KEY_ROOM <= LSM_STORE_KEY_MAX);

static void
add_digest(Key *key, const char *term)
{
	g_autofree char *lower = g_ascii_strdown(term, -1);

	memcpy(key->octets + key->length, LONG_TERM, strlen(LONG_TERM));
	key->length += strlen(LONG_TERM);
	lsm_sha256_hex(lower, strlen(lower), key->octets + key->length);
	key->length += LSM_SHA256_HEX_SIZE - 1;
}

/* As g_ascii_tolower, in place of a call for each octet of each key. */
static inline char
to_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* Kind and term; for many kinds with the NUL behind it. */
static void
make_key(Key *key, LsmIndexKind kind, const char *term)
{
	gsize length = strlen(term);

	key->octets[0] = kinds[kind].octet;
	key->length = 1;
	if (length > LSM_INDEX_TERM_MAX)
		add_digest(key, term);
	else
		for (gsize i = 0; i < length; i++)
			key->octets[key->length++] = to_lower(term[i]);
	if (kinds[kind].many)
		key->octets[key->length++] = '\0';
}

static gboolean
make_row_key(Key *key, LsmIndexKind kind, const char *term, const char *id, GError **error)
{
	gsize length = id ? strlen(id) : 0;

	if (length == 0 || length > ID_MAX) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_CORRUPT, "\"%.70s\" is not an id", id ? id : "");
		return FALSE;
	}
	make_key(key, kind, term);
	if (kinds[kind].many) {
		memcpy(key->octets + key->length, id, length);
		key->length += length;
	}
	return TRUE;
}

gboolean
lsm_index_put(LsmStoreTxn *txn, LsmIndexKind kind, const char *term, const char *id, GError **error)
{
	Key key;

	return make_row_key(&key, kind, term, id, error) &&
	       lsm_store_put(txn, LSM_TABLE_INDEX, key.octets, key.length, id,
			     kinds[kind].many ? 0 : strlen(id), error);
}

gboolean
lsm_index_delete(LsmStoreTxn *txn, LsmIndexKind kind, const char *term, const char *id, GError **error)
{
	Key key;

	return make_row_key(&key, kind, term, id, error) &&
	       lsm_store_delete(txn, LSM_TABLE_INDEX, key.octets, key.length, error);
}

gboolean
lsm_index_put_note(LsmStoreTxn *txn, LsmIndexKind kind, const char *term, const char *id, const char *note,
		   gsize length, GError **error)
{
	Key key;

	return make_row_key(&key, kind, term, id, error) &&
	       lsm_store_put(txn, LSM_TABLE_INDEX, key.octets, key.length, note, length, error);
}

LsmFound
lsm_index_get_note(LsmStoreTxn *txn, LsmIndexKind kind, const char *term, const char *id, GBytes **note_out,
		   GError **error)
{
	Key key;

	*note_out = NULL;
	return make_row_key(&key, kind, term, id, error)
		       ? lsm_store_get(txn, LSM_TABLE_INDEX, key.octets, key.length, note_out, error)
		       : LSM_FAILED;
}

LsmFound
lsm_index_has(LsmStoreTxn *txn, LsmIndexKind kind, const char *term, const char *id, GError **error)
{
	g_autoptr(GBytes) note = NULL;

	return lsm_index_get_note(txn, kind, term, id, &note, error);
}

/* 1 to ID_MAX octets without NUL, as a string; NULL for anything else. */
static char *
copy_id(const void *data, gsize length)
{
	return length >= 1 && length <= ID_MAX && !memchr(data, '\0', length) ? g_strndup(data, length)
									      : NULL;
}

typedef struct {
	LsmIndexKind kind;
	LsmIndexVisitor visit;
	gpointer data;
	gboolean damaged;
	const Key *within; /* keys that begin otherwise end the scan; NULL: the store's scan sees to that */
} IndexScan;

static gboolean
visit_row(const void *key, gsize key_length, const void *value, gsize value_length, gpointer data)
{
	IndexScan *scan = data;
	gboolean many = kinds[scan->kind].many;
	const char *term_at = (const char *)key + 1, *end = (const char *)key + key_length;
	const char *nul = memchr(term_at, '\0', (gsize)(end - term_at));
	g_autofree char *id = NULL;

	if (scan->within &&
	    (key_length < scan->within->length ||
	     memcmp(key, scan->within->octets, scan->within->length) != 0))
		return FALSE;
	if (many && nul)
		id = copy_id(nul + 1, (gsize)(end - nul) - 1);
	else if (!many && !nul)
		id = copy_id(value, value_length);
	scan->damaged = id == NULL;
	if (scan->damaged)
		return FALSE;
	g_autofree char *term = g_strndup(term_at, (gsize)((nul ? nul : end) - term_at));
	return scan->visit(term, id, scan->data);
}

static gboolean
scan_rows(LsmStoreTxn *txn, IndexScan *scan, const char *prefix, gsize prefix_length, LsmScanOrder order,
	  GError **error)
{
	if (!lsm_store_scan(txn, LSM_TABLE_INDEX, prefix, prefix_length, order, visit_row, scan, error))
		return FALSE;
	return !scan->damaged || fail_row(error, scan->kind);
}

gboolean
lsm_index_scan(LsmStoreTxn *txn, LsmIndexKind kind, const char *term_prefix, LsmScanOrder order,
	       LsmIndexVisitor visit, gpointer data, GError **error)
{
	IndexScan scan = {kind, visit, data, FALSE, NULL};
	gsize length = strlen(term_prefix);
	g_autofree char *prefix = g_malloc(1 + length);

	prefix[0] = kinds[kind].octet;
	for (gsize i = 0; i < length; i++)
		prefix[1 + i] = to_lower(term_prefix[i]);
	return scan_rows(txn, &scan, prefix, 1 + length, order, error);
}

gboolean
lsm_index_scan_from(LsmStoreTxn *txn, LsmIndexKind kind, const char *head, const char *rest, const char *id,
		    LsmScanOrder order, LsmIndexVisitor visit, gpointer data, GError **error)
{
	Key within;
	g_autoptr(GString) start = NULL;
	IndexScan scan = {kind, visit, data, FALSE, &within};

	make_key(&within, kind, head);
	within.length--;
	start = g_string_new_len(within.octets, (gssize)within.length);
	if (rest)
		g_string_append_printf(start, "%s%c%s", rest, '\0', id ? id : "");
	else if (order == LSM_SCAN_BACKWARD)
		g_string_append_c(start, '\xff'); /* above every octet of a term */
	if (!lsm_store_scan_from(txn, LSM_TABLE_INDEX, start->str, start->len, order, visit_row, &scan,
				 error))
		return FALSE;
	return !scan.damaged || fail_row(error, kind);
}

static gboolean
take_id(const char *term G_GNUC_UNUSED, const char *id, gpointer data)
{
	*(char **)data = g_strdup(id);
	return FALSE;
}

static LsmFound
find_last(LsmStoreTxn *txn, LsmIndexKind kind, const Key *key, char **id_out, GError **error)
{
	IndexScan scan = {kind, take_id, id_out, FALSE, NULL};

	if (!scan_rows(txn, &scan, key->octets, key->length, LSM_SCAN_BACKWARD, error))
		return LSM_FAILED;
	return *id_out ? LSM_FOUND : LSM_ABSENT;
}

LsmFound
lsm_index_find(LsmStoreTxn *txn, LsmIndexKind kind, const char *term, char **id_out, GError **error)
{
	g_autoptr(GBytes) value = NULL;
	Key key;

	*id_out = NULL;
	make_key(&key, kind, term);
	if (kinds[kind].many)
		return find_last(txn, kind, &key, id_out, error);
	LsmFound found = lsm_store_get(txn, LSM_TABLE_INDEX, key.octets, key.length, &value, error);
	if (found != LSM_FOUND)
		return found;
	*id_out = copy_id(g_bytes_get_data(value, NULL), g_bytes_get_size(value));
	if (!*id_out)
		fail_row(error, kind);
	return *id_out ? LSM_FOUND : LSM_FAILED;
}

typedef struct {
	gsize head; /* octets of the key before what is compared */
	const char *end;
	guint64 count;
} Count;

/* The key is no string: its term ends with NUL, or with the key. */
static gboolean
count_row(const void *key, gsize key_length, const void *value G_GNUC_UNUSED, gsize value_length G_GNUC_UNUSED,
	  gpointer data)
{
	Count *count = data;
	gsize length = count->end ? strlen(count->end) : 0;
	gsize rest = key_length - count->head;

	if (count->end) {
		int side = memcmp((const char *)key + count->head, count->end, MIN(rest, length));
		if (side > 0 || (side == 0 && rest >= length))
			return FALSE;
	}
	count->count++;
	return TRUE;
}

gboolean
lsm_index_count(LsmStoreTxn *txn, LsmIndexKind kind, const char *head, const char *end, guint64 *count_out,
		GError **error)
{
	Key key;
	Count count = {0, end, 0};

	make_key(&key, kind, head);
	count.head = kinds[kind].many ? key.length - 1 : key.length;
	if (!lsm_store_scan(txn, LSM_TABLE_INDEX, key.octets, count.head, LSM_SCAN_FORWARD, count_row, &count,
			    error))
		return FALSE;
	*count_out = count.count;
	return TRUE;
}
