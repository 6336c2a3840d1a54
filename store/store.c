/*
 * store.c - opens stores by their URI, and checks every call before a backend sees it.
 *
 * Owns the list of backends. Uses libsodium only to have it ready for the
 * modules above. Threads: as store.h says; nothing is shared here. Fails by GError; a failed call in
 * a write transaction marks the transaction as over, whatever the backend would have allowed.
 */
#include "store/store.h"

#include <sodium.h>
#include <string.h>

#include "conf/error.h"
#include "store/backend.h"
#include "store/upgrade.h"

#define FORMAT_KEY "format"

/* To add a backend: a row here. */
static const LsmBackend *const backends[] = {&lsm_backend_lmdb, &lsm_backend_memory};

/* In the order of LsmTable; the names are those that a backend stores them under. */
static const char *const table_names[LSM_TABLE_COUNT] = {"meta",  "log",     "private", "case",
							 "index", "content", "outbox", "token"};

const char *
lsm_store_table_name(LsmTable table)
{
	return table_names[table];
}

gboolean
lsm_store_backends(guint row, const char **form_out, const char **help_out)
{
	if (row >= G_N_ELEMENTS(backends))
		return FALSE;
	*form_out = backends[row]->form;
	*help_out = backends[row]->help;
	return TRUE;
}

/* The backend and, behind the colon, the place in its own notation. */
static const LsmBackend *
find_backend(const char *uri, const char **place_out, GError **error)
{
	const char *colon = strchr(uri, ':');

	for (guint i = 0; colon && i < G_N_ELEMENTS(backends); i++) {
		const char *scheme = backends[i]->scheme;
		if (strlen(scheme) == (gsize)(colon - uri) &&
		    strncmp(uri, scheme, (gsize)(colon - uri)) == 0) {
			*place_out = colon + 1;
			return backends[i];
		}
	}
	g_set_error(error, LSM_ERROR, LSM_ERROR_UNSUPPORTED, "store \"%s\": no such kind of store", uri);
	return NULL;
}

gboolean
lsm_store_uri_check(const char *uri, GError **error)
{
	const char *place;
	const LsmBackend *backend = find_backend(uri, &place, error);

	return backend && backend->check(place, error);
}

LsmStore *
lsm_store_open(const char *uri, LsmStoreAccess access, GError **error)
{
	const char *place;
	const LsmBackend *backend = find_backend(uri, &place, error);

	return backend ? lsm_store_open_with(backend, place, access, error) : NULL;
}

/* The version that is written in the store; 0 where there is none. */
static gboolean
read_format(LsmStore *store, guint64 *format_out, GError **error)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(store, error);
	g_autoptr(GBytes) value = NULL;

	*format_out = 0;
	if (!txn)
		return FALSE;
	LsmFound found = lsm_store_get(txn, LSM_TABLE_META, FORMAT_KEY, strlen(FORMAT_KEY), &value, error);
	if (found != LSM_FOUND)
		return found == LSM_ABSENT;

	gsize length;
	const char *data = g_bytes_get_data(value, &length);
	g_autofree char *text = g_strndup(data ? data : "", length);
	if (!g_ascii_string_to_unsigned(text, 10, 1, G_MAXUINT32, format_out, NULL)) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_CORRUPT,
			    "the store's format version is not a number");
		return FALSE;
	}
	return TRUE;
}

/* A new store gets the present format. */
static gboolean
write_format(LsmStore *store, GError **error)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_write(store, error);
	g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT, lsm_upgrade_format());

	return txn &&
	       lsm_store_put(txn, LSM_TABLE_META, FORMAT_KEY, strlen(FORMAT_KEY), text, strlen(text),
			     error) &&
	       lsm_store_commit(txn, error);
}

static gboolean
refuse_format(guint64 format, const char *advice, GError **error)
{
	g_set_error(error, LSM_ERROR, LSM_ERROR_UNSUPPORTED,
		    "the store has format %" G_GUINT64_FORMAT ", this program %" G_GUINT64_FORMAT "; %s", format,
		    lsm_upgrade_format(), advice);
	return FALSE;
}

static gboolean
settle_format(LsmStore *store, LsmStoreAccess access, GError **error)
{
	guint64 format;

	if (!read_format(store, &format, error))
		return FALSE;
	if (format > lsm_upgrade_format())
		return refuse_format(format, "a newer liaison-milter has written it", error);
	if (format == lsm_upgrade_format())
		return TRUE;
	if (access == LSM_STORE_READ_ONLY && format > 0)
		return refuse_format(format, "the daemon upgrades it when it starts", error);
	if (access == LSM_STORE_READ_WRITE)
		return format > 0 ? lsm_upgrade_run(store, store->backend->path(store), format, error)
				  : write_format(store, error);
	g_set_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY, "the store is not set up yet");
	return FALSE;
}

LsmStore *
lsm_store_open_with(const LsmBackend *backend, const char *place, LsmStoreAccess access, GError **error)
{
	if (sodium_init() < 0) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_UNSUPPORTED,
			    "libsodium finds no source of random numbers");
		return NULL;
	}
	if (!backend->check(place, error))
		return NULL;

	g_autoptr(LsmStore) store = backend->open(place, access, error);
	if (!store || !settle_format(store, access, error)) {
		g_prefix_error(error, "%s:%s: ", backend->scheme, place);
		return NULL;
	}
	return g_steal_pointer(&store);
}

void
lsm_store_close(LsmStore *store)
{
	if (store)
		store->backend->close(store);
}

LsmStoreTxn *
lsm_store_begin_read(LsmStore *store, GError **error)
{
	return store->backend->begin(store, FALSE, error);
}

LsmStoreTxn *
lsm_store_begin_write(LsmStore *store, GError **error)
{
	return store->backend->begin(store, TRUE, error);
}

void
lsm_store_txn_free(LsmStoreTxn *txn)
{
	if (txn)
		txn->store->backend->free(txn);
}

static gboolean
is_usable(const LsmStoreTxn *txn, gboolean to_write, GError **error)
{
	if (txn->over) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY,
			    "the transaction is over after an earlier error or a commit");
		return FALSE;
	}
	if (to_write && !txn->writable) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_UNSUPPORTED, "a reading transaction cannot write");
		return FALSE;
	}
	return TRUE;
}

static gboolean
is_key(gsize length, GError **error)
{
	if (length >= 1 && length <= LSM_STORE_KEY_MAX)
		return TRUE;
	g_set_error(error, LSM_ERROR, LSM_ERROR_UNSUPPORTED,
		    "a key of %" G_GSIZE_FORMAT " octets: allowed are 1 to %d", length, LSM_STORE_KEY_MAX);
	return FALSE;
}

static gboolean
is_value(gsize length, GError **error)
{
	if (length <= LSM_STORE_VALUE_MAX)
		return TRUE;
	g_set_error(error, LSM_ERROR, LSM_ERROR_UNSUPPORTED,
		    "a value of %" G_GSIZE_FORMAT " octets: allowed are %" G_GUINT64_FORMAT, length,
		    LSM_STORE_VALUE_MAX);
	return FALSE;
}

/* After an error the writer may have done half of something: nothing but abort is left. */
static gboolean
settle(LsmStoreTxn *txn, gboolean fine)
{
	if (!fine && txn->writable)
		txn->over = TRUE;
	return fine;
}

gboolean
lsm_store_commit(LsmStoreTxn *txn, GError **error)
{
	if (!is_usable(txn, FALSE, error))
		return FALSE;
	txn->over = TRUE;
	return txn->store->backend->commit(txn, error);
}

LsmFound
lsm_store_get(LsmStoreTxn *txn, LsmTable table, const void *key, gsize key_length, GBytes **value_out,
	      GError **error)
{
	LsmFound found = LSM_FAILED;

	*value_out = NULL;
	if (is_usable(txn, FALSE, error) && is_key(key_length, error))
		found = txn->store->backend->get(txn, table, key, key_length, value_out, error);
	settle(txn, found != LSM_FAILED);
	return found;
}

gboolean
lsm_store_put(LsmStoreTxn *txn, LsmTable table, const void *key, gsize key_length, const void *value,
	      gsize value_length, GError **error)
{
	return settle(txn, is_usable(txn, TRUE, error) && is_key(key_length, error) &&
				   is_value(value_length, error) &&
				   txn->store->backend->put(txn, table, key, key_length,
							    value_length ? value : "", value_length, error));
}

gboolean
lsm_store_reserve(LsmStoreTxn *txn, LsmTable table, const void *key, gsize key_length, gsize value_length,
		  guint8 **room_out, GError **error)
{
	g_assert(value_length > 0);
	*room_out = NULL;
	return settle(txn, is_usable(txn, TRUE, error) && is_key(key_length, error) &&
				   is_value(value_length, error) &&
				   txn->store->backend->reserve(txn, table, key, key_length, value_length,
								room_out, error));
}

gboolean
lsm_store_delete(LsmStoreTxn *txn, LsmTable table, const void *key, gsize key_length, GError **error)
{
	return settle(txn, is_usable(txn, TRUE, error) && is_key(key_length, error) &&
				   txn->store->backend->delete (txn, table, key, key_length, error));
}

/* The least key above all keys that begin with prefix; its length, 0 when there is none. */
static gsize
end_of_prefix(const guint8 *prefix, gsize length, guint8 *end)
{
	while (length > 0 && prefix[length - 1] == 0xff)
		length--;
	if (length > 0) {
		memcpy(end, prefix, length);
		end[length - 1]++;
	}
	return length;
}

static gboolean
scan(LsmStoreTxn *txn, LsmScanRange *range, gsize longest, LsmStoreVisitor visit, gpointer data,
     GError **error)
{
	if (longest > LSM_STORE_KEY_MAX)
		return settle(txn, is_key(longest, error));
	return settle(txn, is_usable(txn, FALSE, error) &&
				   txn->store->backend->scan(txn, range, visit, data, error));
}

gboolean
lsm_store_scan(LsmStoreTxn *txn, LsmTable table, const void *prefix, gsize prefix_length, LsmScanOrder order,
	       LsmStoreVisitor visit, gpointer data, GError **error)
{
	guint8 end[LSM_STORE_KEY_MAX];
	LsmScanRange range = {table, order, prefix, prefix_length, prefix, prefix_length};

	if (order == LSM_SCAN_BACKWARD && prefix_length <= LSM_STORE_KEY_MAX) {
		range.edge = end;
		range.edge_length = end_of_prefix(prefix, prefix_length, end);
	}
	return scan(txn, &range, prefix_length, visit, data, error);
}

gboolean
lsm_store_scan_from(LsmStoreTxn *txn, LsmTable table, const void *start, gsize start_length,
		    LsmScanOrder order, LsmStoreVisitor visit, gpointer data, GError **error)
{
	/* With a NUL behind it, start is the least key above itself: so "below the edge" takes it in. */
	guint8 above[LSM_STORE_KEY_MAX + 1] = {0};
	LsmScanRange range = {table, order, NULL, 0, start, start_length};

	if (order == LSM_SCAN_BACKWARD && start_length > 0 && start_length <= LSM_STORE_KEY_MAX) {
		memcpy(above, start, start_length);
		range.edge = above;
		range.edge_length = start_length + 1;
	}
	return scan(txn, &range, start_length, visit, data, error);
}

gboolean
lsm_store_usage(LsmStore *store, LsmStoreUsage *usage_out, GError **error)
{
	return store->backend->usage(store, usage_out, error);
}

gboolean
lsm_store_copy(LsmStore *store, const char *folder, GError **error)
{
	return store->backend->copy(store, folder, error);
}

gboolean
lsm_store_tend(LsmStore *store, GError **error)
{
	return store->backend->tend(store, error);
}
