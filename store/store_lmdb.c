/*
 * store_lmdb.c - the embedded backend: one LMDB environment in a folder of its own.
 *
 * Owns data.mdb and lock.mdb there. Uses LMDB, of which nothing leaves this file, and folder.h.
 *
 * Threads: any. LMDB may not move its map while a transaction of this process is open (it does so
 * without a word, and the next access kills the process), so that every transaction is counted, and
 * the map grows only when the count is 0. A plain lock would not do: a reading transaction may end
 * on another thread than it began on.
 *
 * Fails by GError. A full map is TEMPORARY and grows before the next write; a commit that fails for
 * another reason than lack of room is UNCERTAIN.
 */
#include <errno.h>
#include <lmdb.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/error.h"
#include "store/backend.h"
#include "store/folder.h"
#include "store/hold.h"
#include "store/store_lmdb_error.h"

#define MAP_FALLBACK ((gsize)64 << 20)
/* Sparse: costs address space only. */
#define MAP_DEFAULT (sizeof(gsize) > 4 ? (gsize)((guint64)64 << 30) : (gsize)512 << 20)
#define READERS_MAX 1024
#define RESIZE_PATIENCE (10 * G_TIME_SPAN_SECOND)

typedef struct {
	LsmStore base;
	MDB_env *env;
	MDB_dbi tables[LSM_TABLE_COUNT];
	LsmStoreAccess access;
	LsmFolder *folder;
	pid_t pid;
	LsmHold hold; /* of the map, by the open transactions */
	gsize wanted; /* atomic: size of map to reach before the next write, 0 for none */
} LmdbStore;

typedef struct {
	LsmStoreTxn base;
	MDB_txn *txn;
} LmdbTxn;

static void destroy(LmdbStore *store);

/* --- the map and who uses it --- */

static void
leave(LmdbStore *store)
{
	if (lsm_hold_drop(&store->hold))
		destroy(store);
}

static void
read_sizes(LmdbStore *store, gsize *used_out, gsize *mapped_out)
{
	MDB_envinfo info;
	MDB_stat stat;

	mdb_env_info(store->env, &info);
	mdb_env_stat(store->env, &stat);
	*used_out = (info.me_last_pgno + 1) * (gsize)stat.ms_psize;
	*mapped_out = info.me_mapsize;
}

/* LMDB unmaps the old map before it tries the new one and is lost when that fails: so try first. */
static gboolean
has_address_space(gsize size)
{
	void *probe = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return probe != MAP_FAILED && munmap(probe, size) == 0;
}

/* Only within a change: no transaction is open. */
static gboolean
set_map(LmdbStore *store, gsize size, GError **error)
{
	if (!has_address_space(size))
		return lsm_lmdb_fail(error, ENOMEM, "cannot enlarge the map");
	int code = mdb_env_set_mapsize(store->env, size);
	return code == 0 || lsm_lmdb_fail(error, code, "cannot enlarge the map");
}

/* A size for what another process has written since. LMDB would take that one's map, which may not fit here.
 */
static gsize
size_to_follow(LmdbStore *store)
{
	gsize used, mapped;

	read_sizes(store, &used, &mapped);
	return MAX(used, mapped) * 2;
}

static gboolean
resize(LmdbStore *store, gsize size, GError **error)
{
	if (!lsm_hold_begin_change(&store->hold, RESIZE_PATIENCE)) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY,
			    "the map cannot grow: a reader does not end");
		return FALSE;
	}
	gboolean fine = set_map(store, size, error);
	if (fine)
		g_atomic_pointer_set(&store->wanted, 0);
	lsm_hold_end_change(&store->hold);
	return fine;
}

/* Doubles the map once three quarters are used; if that does not work now, it will at another time. */
static void
grow_when_idle(LmdbStore *store)
{
	gsize used, mapped;

	if (!lsm_hold_begin_change(&store->hold, 0))
		return;
	read_sizes(store, &used, &mapped);
	if (used > mapped / 4 * 3 && mapped <= G_MAXSIZE / 2)
		(void)set_map(store, mapped * 2, NULL);
	lsm_hold_end_change(&store->hold);
}

/*
 * Before a write: grows by need after MDB_MAP_FULL, and beforehand when idle, so that with maps of the
 * usual size no write ever fails for this.
 */
static gboolean
make_room(LmdbStore *store, GError **error)
{
	gsize wanted = (gsize)g_atomic_pointer_get(&store->wanted);

	if (wanted > 0)
		return resize(store, wanted, error);
	grow_when_idle(store);
	return TRUE;
}

/* Twice the map, and room for what did not fit and as much again. */
static void
want_room(LmdbStore *store, gsize value_length)
{
	gsize used, mapped;

	read_sizes(store, &used, &mapped);
	g_atomic_pointer_set(&store->wanted, (mapped + value_length) * 2);
}

/* --- transactions --- */

static int
begin_counted(LmdbStore *store, gboolean write, MDB_txn **txn_out)
{
	lsm_hold_take(&store->hold);
	int code = mdb_txn_begin(store->env, NULL, write ? 0 : MDB_RDONLY, txn_out);
	if (code != 0)
		leave(store);
	return code;
}

static gboolean
is_same_process(const LmdbStore *store, GError **error)
{
	/* A reader's slot in a child would stand under its parent's number and could never be cleared. */
	if (store->pid == getpid())
		return TRUE;
	g_set_error(error, LSM_ERROR, LSM_ERROR_UNSUPPORTED, "the store was opened before a fork");
	return FALSE;
}

/* A file that was removed or moved away takes writes as before, and everything is lost when it is closed. */
static gboolean
is_in_place(const LmdbStore *store, GError **error)
{
	g_autofree char *path = g_build_filename(lsm_folder_path(store->folder), "data.mdb", NULL);
	struct stat held, named;
	mdb_filehandle_t fd;

	if (mdb_env_get_fd(store->env, &fd) == 0 && fstat(fd, &held) == 0 && stat(path, &named) == 0 &&
	    held.st_dev == named.st_dev && held.st_ino == named.st_ino)
		return TRUE;
	g_set_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY, "data.mdb was removed or replaced; restart the daemon");
	return FALSE;
}

static LsmStoreTxn *
lmdb_begin(LsmStore *base, gboolean write, GError **error)
{
	LmdbStore *store = (LmdbStore *)base;
	MDB_txn *inner = NULL;

	if (!is_same_process(store, error))
		return NULL;
	if (write && store->access == LSM_STORE_READ_ONLY) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_UNSUPPORTED, "the store is open for reading only");
		return NULL;
	}
	if (write && (!is_in_place(store, error) || !make_room(store, error)))
		return NULL;

	int code = begin_counted(store, write, &inner);
	if (code == MDB_MAP_RESIZED) {
		if (!resize(store, size_to_follow(store), error))
			return NULL;
		code = begin_counted(store, write, &inner);
	}
	if (code != 0) {
		lsm_lmdb_fail(error, code, "cannot begin a transaction");
		return NULL;
	}

	LmdbTxn *txn = g_new0(LmdbTxn, 1);
	txn->base.store = base;
	txn->base.writable = write;
	txn->txn = inner;
	return &txn->base;
}

static gboolean
lmdb_commit(LsmStoreTxn *base, GError **error)
{
	LmdbTxn *txn = (LmdbTxn *)base;
	LmdbStore *store = (LmdbStore *)base->store;
	int code = mdb_txn_commit(g_steal_pointer(&txn->txn));

	if (code == MDB_MAP_FULL)
		want_room(store, 0);
	return code == 0 || lsm_lmdb_fail_commit(error, code);
}

static void
lmdb_free(LsmStoreTxn *base)
{
	LmdbTxn *txn = (LmdbTxn *)base;

	if (txn->txn)
		mdb_txn_abort(txn->txn);
	leave((LmdbStore *)base->store);
	g_free(txn);
}

/* --- rows --- */

static MDB_dbi
handle(const LsmStoreTxn *txn, LsmTable table)
{
	return ((const LmdbStore *)txn->store)->tables[table];
}

/* LMDB takes keys and values without const but writes to neither. */
static MDB_val
as_val(const void *data, gsize length)
{
	return (MDB_val){.mv_size = length, .mv_data = (void *)data};
}

static LsmFound
lmdb_get(LsmStoreTxn *base, LsmTable table, const void *key, gsize key_length, GBytes **value_out,
	 GError **error)
{
	MDB_val row = as_val(key, key_length), value;
	int code = mdb_get(((LmdbTxn *)base)->txn, handle(base, table), &row, &value);

	if (code == MDB_NOTFOUND)
		return LSM_ABSENT;
	if (code != 0) {
		lsm_lmdb_fail(error, code, "cannot read");
		return LSM_FAILED;
	}
	*value_out = g_bytes_new(value.mv_data, value.mv_size);
	return LSM_FOUND;
}

static gboolean
put_value(LsmStoreTxn *base, LsmTable table, const void *key, gsize key_length, MDB_val *value, unsigned flags,
	  GError **error)
{
	MDB_val row = as_val(key, key_length);
	gsize length = value->mv_size;
	int code = mdb_put(((LmdbTxn *)base)->txn, handle(base, table), &row, value, flags);

	if (code == MDB_MAP_FULL)
		want_room((LmdbStore *)base->store, length);
	return code == 0 || lsm_lmdb_fail(error, code, "cannot write");
}

static gboolean
lmdb_put(LsmStoreTxn *base, LsmTable table, const void *key, gsize key_length, const void *value,
	 gsize value_length, GError **error)
{
	MDB_val content = as_val(value, value_length);

	return put_value(base, table, key, key_length, &content, 0, error);
}

static gboolean
lmdb_reserve(LsmStoreTxn *base, LsmTable table, const void *key, gsize key_length, gsize value_length,
	     guint8 **room_out, GError **error)
{
	MDB_val content = as_val(NULL, value_length);

	if (!put_value(base, table, key, key_length, &content, MDB_RESERVE, error))
		return FALSE;
	*room_out = content.mv_data;
	return TRUE;
}

static gboolean
lmdb_delete(LsmStoreTxn *base, LsmTable table, const void *key, gsize key_length, GError **error)
{
	MDB_val row = as_val(key, key_length);
	int code = mdb_del(((LmdbTxn *)base)->txn, handle(base, table), &row, NULL);

	if (code == MDB_MAP_FULL)
		want_room((LmdbStore *)base->store, 0);
	return code == 0 || code == MDB_NOTFOUND || lsm_lmdb_fail(error, code, "cannot delete");
}

static int
position_cursor(MDB_cursor *cursor, const LsmScanRange *range, MDB_val *key, MDB_val *value)
{
	gboolean forward = range->order == LSM_SCAN_FORWARD;

	if (range->edge_length == 0)
		return mdb_cursor_get(cursor, key, value, forward ? MDB_FIRST : MDB_LAST);
	*key = as_val(range->edge, range->edge_length);
	int code = mdb_cursor_get(cursor, key, value, MDB_SET_RANGE);
	if (forward || (code != 0 && code != MDB_NOTFOUND))
		return code;
	return mdb_cursor_get(cursor, key, value, code == MDB_NOTFOUND ? MDB_LAST : MDB_PREV);
}

static gboolean
lmdb_scan(LsmStoreTxn *base, const LsmScanRange *range, LsmStoreVisitor visit, gpointer data, GError **error)
{
	MDB_cursor *cursor;
	MDB_val key, value;
	MDB_cursor_op step = range->order == LSM_SCAN_FORWARD ? MDB_NEXT : MDB_PREV;

	int code = mdb_cursor_open(((LmdbTxn *)base)->txn, handle(base, range->table), &cursor);
	if (code != 0)
		return lsm_lmdb_fail(error, code, "cannot scan");
	for (code = position_cursor(cursor, range, &key, &value); code == 0;
	     code = mdb_cursor_get(cursor, &key, &value, step)) {
		if (key.mv_size < range->prefix_length ||
		    (range->prefix_length > 0 &&
		     memcmp(key.mv_data, range->prefix, range->prefix_length) != 0))
			break;
		if (!visit(key.mv_data, key.mv_size, value.mv_data, value.mv_size, data))
			break;
	}
	mdb_cursor_close(cursor);
	return code == 0 || code == MDB_NOTFOUND || lsm_lmdb_fail(error, code, "cannot scan");
}

/* --- house-keeping --- */

/* LMDB prints its table of readers line by line; those of readers begin with a number. */
static int
count_reader(const char *line, void *data)
{
	while (*line == ' ')
		line++;
	*(guint *)data += g_ascii_isdigit(*line) ? 1 : 0;
	return 0;
}

static gboolean
lmdb_usage(LsmStore *base, LsmStoreUsage *usage_out, GError **error)
{
	LmdbStore *store = (LmdbStore *)base;
	gsize used, mapped;
	guint readers = 0;

	if (!is_same_process(store, error))
		return FALSE;
	lsm_hold_take(&store->hold);
	read_sizes(store, &used, &mapped);
	mdb_reader_list(store->env, count_reader, &readers);
	leave(store);
	*usage_out = (LsmStoreUsage){.bytes_used = used, .bytes_mapped = mapped, .readers = readers};
	return TRUE;
}

static gboolean
lmdb_tend(LsmStore *base, GError **error)
{
	LmdbStore *store = (LmdbStore *)base;
	int dead;

	if (!is_same_process(store, error))
		return FALSE;
	int code = mdb_reader_check(store->env, &dead);
	return code == 0 || lsm_lmdb_fail(error, code, "cannot clear dead readers");
}

/* Written beside and named when it is whole: a folder of that name is a store that can be opened. */
static gboolean
lmdb_copy(LsmStore *base, const char *folder, GError **error)
{
	LmdbStore *store = (LmdbStore *)base;
	g_autofree char *part = g_strconcat(folder, ".part", NULL);

	if (!is_same_process(store, error) || !lsm_folder_make_new(folder, part, error))
		return FALSE;
	lsm_hold_take(&store->hold);
	int code = mdb_env_copy2(store->env, part, MDB_CP_COMPACT);
	leave(store);
	if (code == 0)
		return lsm_folder_name_new(part, folder, error);
	lsm_lmdb_fail(error, code, "cannot copy");
	lsm_folder_drop_new(part);
	return FALSE;
}

static const char *
lmdb_path(LsmStore *base)
{
	return lsm_folder_path(((LmdbStore *)base)->folder);
}

/* --- open and close --- */

static gboolean
lmdb_check(const char *text, GError **error)
{
	g_autofree char *path = NULL;
	gsize map;

	return lsm_folder_parse(text, &path, &map, error);
}

static int
open_environment(LmdbStore *store, gsize map)
{
	unsigned flags = MDB_NOTLS | (store->access == LSM_STORE_READ_ONLY ? MDB_RDONLY : 0);
	int code = mdb_env_create(&store->env);

	if (code == 0)
		code = mdb_env_set_maxdbs(store->env, LSM_TABLE_COUNT);
	if (code == 0)
		code = mdb_env_set_maxreaders(store->env, READERS_MAX);
	if (code == 0 && map > 0)
		code = mdb_env_set_mapsize(store->env, map);
	if (code == 0)
		code = mdb_env_open(store->env, lsm_folder_path(store->folder), flags, 0600);
	if (code != 0 && store->env) {
		mdb_env_close(store->env);
		store->env = NULL;
	}
	return code;
}

/* A reader first tries the size that the writer chose (0); where address space is short, less will do. */
static gboolean
open_fitting(LmdbStore *store, gsize map, GError **error)
{
	gsize size = map > 0 ? map : store->access == LSM_STORE_READ_ONLY ? 0 : MAP_DEFAULT;
	int code = open_environment(store, size);

	for (size = size > 0 ? size : MAP_DEFAULT; code == ENOMEM && size / 2 >= MAP_FALLBACK;) {
		size /= 2;
		code = open_environment(store, size);
	}
	return code == 0 ? lsm_folder_give_files(store->folder, error) : lsm_lmdb_fail(error, code, "cannot open");
}

/* Pages behind the end of a cut file would kill the process at the first access. */
static gboolean
is_whole(LmdbStore *store, GError **error)
{
	gsize used, mapped;
	int fd;
	struct stat st;

	read_sizes(store, &used, &mapped);
	if (mdb_env_get_fd(store->env, &fd) != 0 || fstat(fd, &st) != 0)
		return lsm_lmdb_fail(error, errno, "cannot examine data.mdb");
	if ((guint64)st.st_size >= used)
		return TRUE;
	g_set_error(error, LSM_ERROR, LSM_ERROR_CORRUPT, "data.mdb has %lld of %" G_GSIZE_FORMAT " octets",
		    (long long)st.st_size, used);
	return FALSE;
}

static int
open_tables(LmdbStore *store, gboolean create)
{
	MDB_txn *txn;
	int code = mdb_txn_begin(store->env, NULL, create ? 0 : MDB_RDONLY, &txn);

	if (code != 0)
		return code;
	for (guint i = 0; code == 0 && i < LSM_TABLE_COUNT; i++)
		code = mdb_dbi_open(txn, lsm_store_table_name(i), create ? MDB_CREATE : 0, &store->tables[i]);
	if (code == 0)
		return mdb_txn_commit(txn);
	mdb_txn_abort(txn);
	return code;
}

static gboolean
prepare_tables(LmdbStore *store, GError **error)
{
	int code = open_tables(store, FALSE);

	if (code == MDB_NOTFOUND && store->access == LSM_STORE_READ_ONLY) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY, "the store is not set up yet");
		return FALSE;
	}
	if (code == MDB_NOTFOUND)
		code = open_tables(store, TRUE);
	return code == 0 || lsm_lmdb_fail(error, code, "cannot open the tables");
}

static gboolean
is_there(const char *folder, GError **error)
{
	g_autofree char *data = g_build_filename(folder, "data.mdb", NULL);

	return access(data, F_OK) == 0 || lsm_lmdb_fail(error, errno, "there is no store");
}

static LsmStore *
lmdb_open(const char *text, LsmStoreAccess access, GError **error)
{
	gboolean own = access == LSM_STORE_READ_WRITE;
	g_autofree char *path = NULL;
	gsize map;

	if (!lsm_folder_parse(text, &path, &map, error) || (!own && !is_there(path, error)))
		return NULL;
	LmdbStore *store = g_new0(LmdbStore, 1);
	store->base.backend = &lsm_backend_lmdb;
	store->access = access;
	store->pid = getpid();
	lsm_hold_init(&store->hold);

	store->folder = lsm_folder_open(path, own, error);
	if (store->folder && open_fitting(store, map, error) && is_whole(store, error) &&
	    lmdb_tend(&store->base, error) && prepare_tables(store, error) &&
	    (!own || lsm_folder_sync(store->folder, error)))
		return &store->base;
	destroy(store);
	return NULL;
}

static void
destroy(LmdbStore *store)
{
	if (store->env)
		mdb_env_close(store->env);
	lsm_folder_close(store->folder);
	lsm_hold_clear(&store->hold);
	g_free(store);
}

static void
lmdb_close(LsmStore *base)
{
	LmdbStore *store = (LmdbStore *)base;

	/* In a child, closing would clear the slots of the parent's readers. */
	if (store->pid != getpid())
		return;
	if (lsm_hold_give_up(&store->hold))
		destroy(store);
}

const LsmBackend lsm_backend_lmdb = {
	.scheme = "lmdb",
	.form = "lmdb:/FOLDER",
	.help = "an embedded LMDB database in a folder of its own, on a local disk",
	.check = lmdb_check,
	.open = lmdb_open,
	.close = lmdb_close,
	.begin = lmdb_begin,
	.commit = lmdb_commit,
	.free = lmdb_free,
	.get = lmdb_get,
	.put = lmdb_put,
	.reserve = lmdb_reserve,
	.delete = lmdb_delete,
	.scan = lmdb_scan,
	.usage = lmdb_usage,
	.tend = lmdb_tend,
	.copy = lmdb_copy,
	.path = lmdb_path,
};
