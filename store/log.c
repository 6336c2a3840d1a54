/*
 * log.c - the append-only log: append, read, erase private parts.
 *
 * Owns LSM_TABLE_LOG, LSM_TABLE_PRIVATE and the row "head" of LSM_TABLE_META. Uses event.h, and
 * libsodium for salts. Threads: as the transaction. Fails by GError: CORRUPT names the event.
 */
#include "store/log.h"

#include <sodium.h>
#include <string.h>

#include "conf/error.h"
#include "store/json.h"
#include "store/log_row.h"

#define SALT_SIZE LSM_HASH_SIZE

/* --- append --- */

static gboolean
fail_log(GError **error, guint64 position, const char *what)
{
	g_set_error(error, LSM_ERROR, LSM_ERROR_CORRUPT, "event %" G_GUINT64_FORMAT ": %s", position, what);
	return FALSE;
}

static gboolean
note_row(const void *key G_GNUC_UNUSED, gsize key_length G_GNUC_UNUSED, const void *value G_GNUC_UNUSED,
	 gsize value_length G_GNUC_UNUSED, gpointer seen)
{
	*(gboolean *)seen = TRUE;
	return FALSE;
}

/* Where the head does not stand at the end of the rows, an append would overwrite history. */
static gboolean
read_end(LsmStoreTxn *txn, LsmLogEdge *edge, GError **error)
{
	guint8 key[LSM_LOG_KEY_SIZE];
	gboolean taken = FALSE;

	if (lsm_log_edge_get(txn, edge, error) == LSM_FAILED)
		return FALSE;
	lsm_log_key(edge->size, key);
	if (!lsm_store_scan_from(txn, LSM_TABLE_LOG, key, sizeof key, LSM_SCAN_FORWARD, note_row, &taken,
				 error))
		return FALSE;
	return !taken || fail_log(error, edge->size, "stands beyond the end that the log's head names");
}

/* Salt and private JSON, as they are stored and hashed. */
static GBytes *
render_private(JsonObject *private)
{
	g_autoptr(GBytes) json = lsm_json_render(private);
	gsize length;
	const void *text = g_bytes_get_data(json, &length);
	guint8 *bytes = g_malloc(SALT_SIZE + length);

	randombytes_buf(bytes, SALT_SIZE);
	memcpy(bytes + SALT_SIZE, text, length);
	return g_bytes_new_take(bytes, SALT_SIZE + length);
}

static gboolean
put_bytes(LsmStoreTxn *txn, LsmTable table, const void *key, gsize key_length, GBytes *bytes, GError **error)
{
	gsize length;
	const void *data = g_bytes_get_data(bytes, &length);

	return lsm_store_put(txn, table, key, key_length, data, length, error);
}

struct LsmLogEntry {
	GBytes *event;
	LsmHash leaf;
	GBytes *private; /* salt and JSON, or NULL */
	char digest[2 * LSM_HASH_SIZE + 1];
};

LsmLogEntry *
lsm_log_prepare(const LsmEvent *event)
{
	LsmLogEntry *entry = g_new0(LsmLogEntry, 1);
	gsize length;

	if (event->private && json_object_get_size(event->private) > 0) {
		entry->private = render_private(event->private);
		const void *data = g_bytes_get_data(entry->private, &length);
		lsm_log_private_digest(data, length, entry->digest);
	}
	entry->event = lsm_event_render(event, entry->private ? entry->digest : NULL);
	const void *data = g_bytes_get_data(entry->event, &length);
	lsm_log_leaf_hash(data, length, entry->leaf);
	return entry;
}

LsmLogEntry *
lsm_log_entry_from_bytes(GBytes *event, GBytes *private, const char *digest, GError **error)
{
	g_autoptr(LsmLogEntry) entry = g_new0(LsmLogEntry, 1);
	gsize length;
	const void *data = g_bytes_get_data(event, &length);

	entry->event = g_bytes_ref(event);
	lsm_log_leaf_hash(data, length, entry->leaf);
	if (!private)
		return g_steal_pointer(&entry);
	entry->private = g_bytes_ref(private);
	data = g_bytes_get_data(private, &length);
	if (lsm_log_private_digest(data, length, entry->digest) && g_strcmp0(entry->digest, digest) == 0)
		return g_steal_pointer(&entry);
	g_set_error(error, LSM_ERROR, LSM_ERROR_CORRUPT, "the private part does not match the event's digest of it");
	return NULL;
}

void
lsm_log_entry_free(LsmLogEntry *entry)
{
	if (!entry)
		return;
	g_bytes_unref(entry->event);
	g_clear_pointer(&entry->private, g_bytes_unref);
	g_free(entry);
}

static gboolean
put_entry(LsmStoreTxn *txn, const guint8 key[LSM_LOG_KEY_SIZE], LsmLogEdge *edge, const LsmLogEntry *entry,
	  GError **error)
{
	LsmHash hashes[LSM_LOG_LEVELS + 1];
	gsize length;
	const void *data = g_bytes_get_data(entry->event, &length);

	guint count = lsm_log_edge_add(edge, entry->leaf, hashes);
	gsize hashes_length = (gsize)count * LSM_HASH_SIZE;
	g_autofree guint8 *row = g_malloc(1 + hashes_length + length);
	row[0] = (guint8)count;
	memcpy(row + 1, hashes, hashes_length);
	memcpy(row + 1 + hashes_length, data, length);
	return lsm_store_put(txn, LSM_TABLE_LOG, key, LSM_LOG_KEY_SIZE, row, 1 + hashes_length + length,
			     error);
}

gboolean
lsm_log_append_prepared(LsmStoreTxn *txn, const LsmLogEntry *entry, LsmEvent *event, GError **error)
{
	LsmLogEdge edge;
	guint8 key[LSM_LOG_KEY_SIZE];

	if (!read_end(txn, &edge, error))
		return FALSE;
	guint64 position = edge.size;
	lsm_log_key(position, key);
	if (entry->private && !put_bytes(txn, LSM_TABLE_PRIVATE, key, sizeof key, entry->private, error))
		return FALSE;
	if (!put_entry(txn, key, &edge, entry, error))
		return FALSE;
	g_autoptr(GBytes) head = lsm_log_edge_render(&edge);
	if (!put_bytes(txn, LSM_TABLE_META, LSM_LOG_HEAD_KEY, strlen(LSM_LOG_HEAD_KEY), head, error))
		return FALSE;

	event->position = position;
	g_free(event->salted_digest);
	event->salted_digest = entry->private ? g_strdup(entry->digest) : NULL;
	return TRUE;
}

gboolean
lsm_log_append(LsmStoreTxn *txn, LsmEvent *event, GError **error)
{
	g_autoptr(LsmLogEntry) entry = lsm_log_prepare(event);

	return lsm_log_append_prepared(txn, entry, event, error);
}

gboolean
lsm_log_head(LsmStoreTxn *txn, LsmLogHead *head_out, GError **error)
{
	LsmLogEdge edge;

	if (lsm_log_edge_get(txn, &edge, error) == LSM_FAILED)
		return FALSE;
	head_out->size = edge.size;
	lsm_log_edge_root(&edge, head_out->root);
	return TRUE;
}

/* --- read --- */

typedef enum { PUBLIC, WHOLE } Extent;

static gboolean
read_private(LsmStoreTxn *txn, LsmEvent *event, GError **error)
{
	guint8 key[LSM_LOG_KEY_SIZE];
	char digest[2 * LSM_HASH_SIZE + 1];
	g_autoptr(GBytes) row = NULL;

	if (!event->salted_digest)
		return TRUE;
	lsm_log_key(event->position, key);
	LsmFound found = lsm_store_get(txn, LSM_TABLE_PRIVATE, key, sizeof key, &row, error);
	if (found != LSM_FOUND) {
		event->erased = found == LSM_ABSENT;
		return event->erased;
	}
	gsize length;
	const guint8 *data = g_bytes_get_data(row, &length);
	if (!lsm_log_private_digest(data, length, digest) ||
	    sodium_memcmp(digest, event->salted_digest, 2 * LSM_HASH_SIZE) != 0)
		return fail_log(error, event->position, "its private part does not match its digest");
	event->private = lsm_json_parse(data + SALT_SIZE, length - SALT_SIZE, error);
	if (!event->private)
		g_prefix_error(error, "event %" G_GUINT64_FORMAT ": private part: ", event->position);
	return event->private != NULL;
}

/* Bytes that match their own leaf hash; whether that one stands in the tree is for verify. */
static LsmEvent *
read_entry(LsmStoreTxn *txn, guint64 position, Extent extent, const void *data, gsize length, GError **error)
{
	LsmLogRow row;
	LsmHash leaf;

	if (!lsm_log_row_parse(data, length, &row)) {
		fail_log(error, position, "its row is cut short or has a wrong count of hashes");
		return NULL;
	}
	lsm_log_leaf_hash(row.event, row.event_length, leaf);
	if (memcmp(leaf, row.hashes[0], sizeof leaf) != 0) {
		fail_log(error, position, "its bytes do not match the leaf hash");
		return NULL;
	}
	g_autoptr(LsmEvent) event = lsm_event_parse(row.event, row.event_length, error);
	if (!event) {
		g_prefix_error(error, "event %" G_GUINT64_FORMAT ": ", position);
		return NULL;
	}
	event->position = position;
	return extent == PUBLIC || read_private(txn, event, error) ? g_steal_pointer(&event) : NULL;
}

static LsmFound
get(LsmStoreTxn *txn, guint64 position, Extent extent, LsmEvent **event_out, GError **error)
{
	LsmLogEdge edge;
	guint8 key[LSM_LOG_KEY_SIZE];
	g_autoptr(GBytes) row = NULL;

	*event_out = NULL;
	if (lsm_log_edge_get(txn, &edge, error) == LSM_FAILED)
		return LSM_FAILED;
	if (position >= edge.size)
		return LSM_ABSENT;
	lsm_log_key(position, key);
	LsmFound found = lsm_store_get(txn, LSM_TABLE_LOG, key, sizeof key, &row, error);
	if (found == LSM_ABSENT)
		fail_log(error, position, "is missing");
	if (found != LSM_FOUND)
		return LSM_FAILED;
	*event_out = read_entry(txn, position, extent, g_bytes_get_data(row, NULL), g_bytes_get_size(row), error);
	return *event_out ? LSM_FOUND : LSM_FAILED;
}

LsmFound
lsm_log_get(LsmStoreTxn *txn, guint64 position, LsmEvent **event_out, GError **error)
{
	return get(txn, position, WHOLE, event_out, error);
}

LsmFound
lsm_log_get_public(LsmStoreTxn *txn, guint64 position, LsmEvent **event_out, GError **error)
{
	return get(txn, position, PUBLIC, event_out, error);
}

typedef struct {
	LsmStoreTxn *txn;
	Extent extent;
	guint64 size;
	guint64 next; /* the position that must come now; backward from 0: G_MAXUINT64, none */
	guint64 step; /* 1, or -1 modulo 2^64 */
	gboolean ended;
	LsmLogVisitor visit;
	gpointer data;
	GError *error;
} LogScan;

static gboolean
visit_entry(const void *key, gsize key_length, const void *value, gsize value_length, gpointer data)
{
	LogScan *scan = data;
	guint64 position;

	if (!lsm_log_key_parse(key, key_length, &position) || position != scan->next) {
		fail_log(&scan->error, scan->next, "is missing");
		return FALSE;
	}
	g_autoptr(LsmEvent) event = read_entry(scan->txn, position, scan->extent, value, value_length, &scan->error);
	if (!event)
		return FALSE;
	scan->next += scan->step;
	scan->ended = !scan->visit(event, scan->data) || scan->next >= scan->size;
	return !scan->ended;
}

static gboolean
scan_events(LsmStoreTxn *txn, guint64 position, Extent extent, LsmScanOrder order, LsmLogVisitor visit, gpointer data,
	    GError **error)
{
	gboolean forward = order == LSM_SCAN_FORWARD;
	LsmLogEdge edge;
	guint8 key[LSM_LOG_KEY_SIZE];

	if (lsm_log_edge_get(txn, &edge, error) == LSM_FAILED)
		return FALSE;
	if (edge.size == 0 || (forward && position >= edge.size))
		return TRUE;
	guint64 start = MIN(position, edge.size - 1);
	LogScan scan = {.txn = txn,
			.extent = extent,
			.size = edge.size,
			.next = start,
			.step = forward ? 1 : G_MAXUINT64,
			.visit = visit,
			.data = data};
	lsm_log_key(start, key);
	if (!lsm_store_scan_from(txn, LSM_TABLE_LOG, key, sizeof key, order, visit_entry, &scan, error))
		return FALSE;
	if (!scan.error && !scan.ended)
		fail_log(&scan.error, scan.next, "is missing");
	if (scan.error)
		g_propagate_error(error, scan.error);
	return !scan.error;
}

gboolean
lsm_log_scan(LsmStoreTxn *txn, guint64 position, LsmScanOrder order, LsmLogVisitor visit, gpointer data,
	     GError **error)
{
	return scan_events(txn, position, WHOLE, order, visit, data, error);
}

gboolean
lsm_log_scan_public(LsmStoreTxn *txn, guint64 position, LsmScanOrder order, LsmLogVisitor visit, gpointer data,
		    GError **error)
{
	return scan_events(txn, position, PUBLIC, order, visit, data, error);
}

gboolean
lsm_log_erase_private(LsmStoreTxn *txn, guint64 position, GError **error)
{
	guint8 key[LSM_LOG_KEY_SIZE];

	lsm_log_key(position, key);
	return lsm_store_delete(txn, LSM_TABLE_PRIVATE, key, sizeof key, error);
}
