/*
 * store_memory.c - the twin of the embedded backend that lives in memory: for tests, pre-flight and scan.
 *
 * Owns its tables: sorted trees of rows, each row a list of versions, newest first. A transaction
 * sees of each row the newest version that is not newer than itself, so that readers keep their state
 * while one writer goes on. Uses GLib only.
 *
 * Threads: any; one lock around each step, none during a visit. Old versions go when their row is
 * written again and no reader needs them any more. Commits cannot fail.
 */
#include <string.h>

#include "conf/error.h"
#include "store/backend.h"

typedef struct Version {
	guint64 stamp;
	GBytes *value; /* NULL: deleted */
	struct Version *older;
} Version;

typedef struct {
	Version *newest;
} Row;

typedef struct {
	LsmStore base;
	GMutex mutex; /* guards all of this, and the rows */
	GCond writer_gone;
	GTree *tables[LSM_TABLE_COUNT]; /* GBytes -> Row */
	guint64 committed;              /* stamp of the last commit */
	guint64 bytes;                  /* of keys and values in all versions */
	gboolean writing;
	gboolean closed;
	GPtrArray *active; /* of MemoryTxn */
} MemoryStore;

typedef struct {
	LsmStoreTxn base;
	guint64 stamp;
	GArray *touched; /* of Touched; writers only */
} MemoryTxn;

typedef struct {
	LsmTable table;
	GBytes *key;
	Row *row;
} Touched;

/* --- rows and versions --- */

static void
version_free(MemoryStore *store, Version *version)
{
	if (version->value) {
		store->bytes -= g_bytes_get_size(version->value);
		g_bytes_unref(version->value);
	}
	g_free(version);
}

/* Frees the list from there on. */
static void
versions_free(MemoryStore *store, Version *version)
{
	while (version) {
		Version *older = version->older;
		version_free(store, version);
		version = older;
	}
}

static void
row_set(MemoryStore *store, Row *row, guint64 stamp, GBytes *value)
{
	Version *version = g_new0(Version, 1);

	version->stamp = stamp;
	version->value = value;
	version->older = row->newest;
	row->newest = version;
	if (value)
		store->bytes += g_bytes_get_size(value);
}

static void
row_drop_newest(MemoryStore *store, Row *row)
{
	Version *version = row->newest;

	row->newest = version->older;
	version_free(store, version);
}

static GBytes *
row_value(const Row *row, guint64 stamp)
{
	const Version *version = row->newest;

	while (version && version->stamp > stamp)
		version = version->older;
	return version ? version->value : NULL;
}

static gint
compare_keys(gconstpointer a, gconstpointer b, gpointer data G_GNUC_UNUSED)
{
	return g_bytes_compare(a, b);
}

static Row *
find_row(MemoryStore *store, LsmTable table, const void *key, gsize key_length)
{
	g_autoptr(GBytes) wanted = g_bytes_new_static(key, key_length);

	return g_tree_lookup(store->tables[table], wanted);
}

static void
remove_row(MemoryStore *store, LsmTable table, GBytes *key)
{
	store->bytes -= g_bytes_get_size(key);
	g_tree_remove(store->tables[table], key);
}

/* --- transactions --- */

static void
destroy(MemoryStore *store)
{
	for (guint i = 0; i < LSM_TABLE_COUNT; i++) {
		for (GTreeNode *node = g_tree_node_first(store->tables[i]); node;
		     node = g_tree_node_next(node))
			versions_free(store, ((Row *)g_tree_node_value(node))->newest);
		g_tree_unref(store->tables[i]);
	}
	g_ptr_array_unref(store->active);
	g_mutex_clear(&store->mutex);
	g_cond_clear(&store->writer_gone);
	g_free(store);
}

static void
touched_clear(gpointer item)
{
	g_bytes_unref(((Touched *)item)->key);
}

static LsmStoreTxn *
memory_begin(LsmStore *base, gboolean write, GError **error G_GNUC_UNUSED)
{
	MemoryStore *store = (MemoryStore *)base;
	MemoryTxn *txn = g_new0(MemoryTxn, 1);

	txn->base.store = base;
	txn->base.writable = write;
	g_mutex_lock(&store->mutex);
	while (write && store->writing)
		g_cond_wait(&store->writer_gone, &store->mutex);
	txn->stamp = store->committed;
	if (write) {
		store->writing = TRUE;
		txn->stamp++;
		txn->touched = g_array_new(FALSE, FALSE, sizeof(Touched));
		g_array_set_clear_func(txn->touched, touched_clear);
	}
	g_ptr_array_add(store->active, txn);
	g_mutex_unlock(&store->mutex);
	return &txn->base;
}

static guint64
oldest_needed(const MemoryStore *store)
{
	guint64 oldest = store->committed;

	for (guint i = 0; i < store->active->len; i++)
		oldest = MIN(oldest, ((const MemoryTxn *)g_ptr_array_index(store->active, i))->stamp);
	return oldest;
}

/* Frees the versions that no transaction can see any more. */
static void
prune(MemoryStore *store, const Touched *touched, guint64 oldest)
{
	Version *seen = touched->row->newest;

	while (seen && seen->stamp > oldest)
		seen = seen->older;
	if (!seen)
		return;
	versions_free(store, g_steal_pointer(&seen->older));
	if (touched->row->newest == seen && !seen->value) {
		version_free(store, g_steal_pointer(&touched->row->newest));
		remove_row(store, touched->table, touched->key);
	}
}

static void
end_writing(MemoryStore *store)
{
	store->writing = FALSE;
	g_cond_signal(&store->writer_gone);
}

static gboolean
memory_commit(LsmStoreTxn *base, GError **error G_GNUC_UNUSED)
{
	MemoryStore *store = (MemoryStore *)base->store;
	MemoryTxn *txn = (MemoryTxn *)base;

	if (!base->writable)
		return TRUE;
	g_mutex_lock(&store->mutex);
	store->committed = txn->stamp;
	guint64 oldest = oldest_needed(store);
	for (guint i = 0; i < txn->touched->len; i++)
		prune(store, &g_array_index(txn->touched, Touched, i), oldest);
	g_clear_pointer(&txn->touched, g_array_unref);
	end_writing(store);
	g_mutex_unlock(&store->mutex);
	return TRUE;
}

static void
abort_writing(MemoryStore *store, MemoryTxn *txn)
{
	for (guint i = 0; i < txn->touched->len; i++) {
		Touched *touched = &g_array_index(txn->touched, Touched, i);
		row_drop_newest(store, touched->row);
		if (!touched->row->newest)
			remove_row(store, touched->table, touched->key);
	}
	g_clear_pointer(&txn->touched, g_array_unref);
	end_writing(store);
}

static void
memory_free(LsmStoreTxn *base)
{
	MemoryStore *store = (MemoryStore *)base->store;
	MemoryTxn *txn = (MemoryTxn *)base;

	g_mutex_lock(&store->mutex);
	if (txn->touched)
		abort_writing(store, txn);
	g_ptr_array_remove_fast(store->active, txn);
	gboolean last = store->closed && store->active->len == 0;
	g_mutex_unlock(&store->mutex);
	g_free(txn);
	if (last)
		destroy(store);
}

/* --- look-up and change --- */

static LsmFound
memory_get(LsmStoreTxn *base, LsmTable table, const void *key, gsize key_length, GBytes **value_out,
	   GError **error G_GNUC_UNUSED)
{
	MemoryStore *store = (MemoryStore *)base->store;

	g_mutex_lock(&store->mutex);
	const Row *row = find_row(store, table, key, key_length);
	GBytes *value = row ? row_value(row, ((MemoryTxn *)base)->stamp) : NULL;
	if (value)
		*value_out = g_bytes_ref(value);
	g_mutex_unlock(&store->mutex);
	return value ? LSM_FOUND : LSM_ABSENT;
}

static Row *
add_row(MemoryStore *store, LsmTable table, GBytes *key)
{
	Row *row = g_new0(Row, 1);

	g_tree_insert(store->tables[table], g_bytes_ref(key), row);
	store->bytes += g_bytes_get_size(key);
	return row;
}

/* Takes the value; NULL deletes. */
static void
change(MemoryTxn *txn, LsmTable table, const void *key, gsize key_length, GBytes *value)
{
	MemoryStore *store = (MemoryStore *)txn->base.store;

	g_mutex_lock(&store->mutex);
	Row *row = find_row(store, table, key, key_length);
	if (row && row->newest->stamp == txn->stamp) {
		/* Written before in this transaction: noted already. */
		row_drop_newest(store, row);
		row_set(store, row, txn->stamp, value);
	} else if (row || value) {
		Touched touched = {table, g_bytes_new(key, key_length), row};
		if (!row)
			touched.row = add_row(store, table, touched.key);
		row_set(store, touched.row, txn->stamp, value);
		g_array_append_val(txn->touched, touched);
	}
	g_mutex_unlock(&store->mutex);
}

static gboolean
memory_put(LsmStoreTxn *base, LsmTable table, const void *key, gsize key_length, const void *value,
	   gsize value_length, GError **error G_GNUC_UNUSED)
{
	change((MemoryTxn *)base, table, key, key_length, g_bytes_new(value, value_length));
	return TRUE;
}

static gboolean
memory_reserve(LsmStoreTxn *base, LsmTable table, const void *key, gsize key_length, gsize value_length,
	       guint8 **room_out, GError **error G_GNUC_UNUSED)
{
	*room_out = g_malloc0(value_length);
	change((MemoryTxn *)base, table, key, key_length, g_bytes_new_take(*room_out, value_length));
	return TRUE;
}

static gboolean
memory_delete(LsmStoreTxn *base, LsmTable table, const void *key, gsize key_length,
	      GError **error G_GNUC_UNUSED)
{
	change((MemoryTxn *)base, table, key, key_length, NULL);
	return TRUE;
}

/* --- scan --- */

static GTreeNode *
node_below(GTree *tree, GTreeNode *node)
{
	return node ? g_tree_node_previous(node) : g_tree_node_last(tree);
}

/* The first node of a scan, or with last the one behind it. */
static GTreeNode *
next_node(GTree *tree, const LsmScanRange *range, GBytes *last)
{
	gboolean forward = range->order == LSM_SCAN_FORWARD;

	if (last)
		return forward ? g_tree_upper_bound(tree, last)
			       : node_below(tree, g_tree_lower_bound(tree, last));
	if (range->edge_length == 0)
		return forward ? g_tree_node_first(tree) : g_tree_node_last(tree);
	g_autoptr(GBytes) edge = g_bytes_new_static(range->edge, range->edge_length);
	GTreeNode *node = g_tree_lower_bound(tree, edge);
	return forward ? node : node_below(tree, node);
}

static gboolean
is_within(GBytes *key, const LsmScanRange *range)
{
	gsize length;
	const void *data = g_bytes_get_data(key, &length);

	return range->prefix_length == 0 ||
	       (length >= range->prefix_length && memcmp(data, range->prefix, range->prefix_length) == 0);
}

/*
 * The next row that the transaction sees; FALSE at the end. The tree may have changed since the last
 * step, so that each step seeks anew from the last key.
 */
static gboolean
step(MemoryTxn *txn, const LsmScanRange *range, GBytes **key, GBytes **value_out)
{
	MemoryStore *store = (MemoryStore *)txn->base.store;
	GTree *tree = store->tables[range->table];
	GBytes *found = NULL;

	g_mutex_lock(&store->mutex);
	GTreeNode *node = next_node(tree, range, *key);
	while (node && is_within(g_tree_node_key(node), range)) {
		found = row_value(g_tree_node_value(node), txn->stamp);
		if (found)
			break;
		node = range->order == LSM_SCAN_FORWARD ? g_tree_node_next(node) : g_tree_node_previous(node);
	}
	if (found) {
		g_clear_pointer(key, g_bytes_unref);
		*key = g_bytes_ref(g_tree_node_key(node));
		*value_out = g_bytes_ref(found);
	}
	g_mutex_unlock(&store->mutex);
	return found != NULL;
}

static gboolean
memory_scan(LsmStoreTxn *base, const LsmScanRange *range, LsmStoreVisitor visit, gpointer data,
	    GError **error G_GNUC_UNUSED)
{
	g_autoptr(GBytes) key = NULL;
	GBytes *value;
	gboolean more = TRUE;

	while (more && step((MemoryTxn *)base, range, &key, &value)) {
		gsize key_length, value_length;
		const void *key_data = g_bytes_get_data(key, &key_length);
		const void *value_data = g_bytes_get_data(value, &value_length);
		more = visit(key_data, key_length, value_data, value_length, data);
		g_bytes_unref(value);
	}
	return TRUE;
}

/* --- open, close, house-keeping --- */

static gboolean
memory_check(const char *place, GError **error)
{
	if (*place == '\0')
		return TRUE;
	g_set_error(error, LSM_ERROR, LSM_ERROR_CONFIG, "\"memory:%s\": expected \"memory:\" alone", place);
	return FALSE;
}

static LsmStore *
memory_open(const char *place G_GNUC_UNUSED, LsmStoreAccess access, GError **error)
{
	if (access == LSM_STORE_READ_ONLY) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_UNSUPPORTED,
			    "a store in memory is new and empty: there is nothing to read");
		return NULL;
	}
	MemoryStore *store = g_new0(MemoryStore, 1);
	store->base.backend = &lsm_backend_memory;
	g_mutex_init(&store->mutex);
	g_cond_init(&store->writer_gone);
	store->active = g_ptr_array_new();
	for (guint i = 0; i < LSM_TABLE_COUNT; i++)
		store->tables[i] = g_tree_new_full(compare_keys, NULL, (GDestroyNotify)g_bytes_unref, g_free);
	return &store->base;
}

static void
memory_close(LsmStore *base)
{
	MemoryStore *store = (MemoryStore *)base;

	g_mutex_lock(&store->mutex);
	store->closed = TRUE;
	gboolean last = store->active->len == 0;
	g_mutex_unlock(&store->mutex);
	if (last)
		destroy(store);
}

static gboolean
memory_usage(LsmStore *base, LsmStoreUsage *usage_out, GError **error G_GNUC_UNUSED)
{
	MemoryStore *store = (MemoryStore *)base;

	g_mutex_lock(&store->mutex);
	guint readers = store->active->len - (store->writing ? 1 : 0);
	*usage_out =
		(LsmStoreUsage){.bytes_used = store->bytes, .bytes_mapped = store->bytes, .readers = readers};
	g_mutex_unlock(&store->mutex);
	return TRUE;
}

static gboolean
memory_tend(LsmStore *store G_GNUC_UNUSED, GError **error G_GNUC_UNUSED)
{
	return TRUE;
}

static gboolean
memory_copy(LsmStore *store G_GNUC_UNUSED, const char *folder G_GNUC_UNUSED, GError **error)
{
	g_set_error(error, LSM_ERROR, LSM_ERROR_UNSUPPORTED, "a store in memory cannot be copied");
	return FALSE;
}

static const char *
memory_path(LsmStore *store G_GNUC_UNUSED)
{
	return NULL;
}

const LsmBackend lsm_backend_memory = {
	.scheme = "memory",
	.form = "memory:",
	.help = "nothing is kept; for trials",
	.check = memory_check,
	.open = memory_open,
	.close = memory_close,
	.begin = memory_begin,
	.commit = memory_commit,
	.free = memory_free,
	.get = memory_get,
	.put = memory_put,
	.reserve = memory_reserve,
	.delete = memory_delete,
	.scan = memory_scan,
	.usage = memory_usage,
	.tend = memory_tend,
	.copy = memory_copy,
	.path = memory_path,
};
