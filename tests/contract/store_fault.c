/*
 * store_fault.c - a store backend that fails on order.
 *
 * Owns the store inside; calls it through store.h, so that it may be any. Threads: as the store inside.
 */
#include "tests/contract/store_fault.h"

#include "conf/error.h"

typedef struct {
	LsmStore base;
	LsmStore *inside;
} FaultStore;

typedef struct {
	LsmStoreTxn base;
	LsmStoreTxn *inside;
} FaultTxn;

static int countdown; /* atomic: operations until the fault; 0 and below: none to come */
static int armed;     /* atomic */
static int work;      /* atomic: operations, and rows that scans showed */
static LsmFaultKind fault_kind;

void
lsm_fault_arm(int n, LsmFaultKind kind)
{
	fault_kind = kind;
	g_atomic_int_set(&armed, n > 0);
	g_atomic_int_set(&countdown, n);
}

gboolean
lsm_fault_struck(void)
{
	return g_atomic_int_get(&armed) && g_atomic_int_get(&countdown) <= 0;
}

guint
lsm_fault_work(void)
{
	return (guint)g_atomic_int_get(&work);
}

static gboolean
strikes(void)
{
	g_atomic_int_inc(&work);
	return g_atomic_int_get(&armed) && g_atomic_int_add(&countdown, -1) == 1;
}

static gboolean
fail(GError **error, LsmErrorClass error_class)
{
	g_set_error(error, LSM_ERROR, (gint)error_class, "fault on order");
	return FALSE;
}

static gboolean
fail_before(GError **error)
{
	static const LsmErrorClass classes[LSM_FAULT_COUNT] = {
		[LSM_FAULT_BEFORE] = LSM_ERROR_TEMPORARY, [LSM_FAULT_AFTER] = LSM_ERROR_TEMPORARY,
		[LSM_FAULT_CORRUPT] = LSM_ERROR_CORRUPT,  [LSM_FAULT_DENIED] = LSM_ERROR_DENIED,
		[LSM_FAULT_UNSUPPORTED] = LSM_ERROR_UNSUPPORTED,
	};

	return fail(error, classes[fault_kind]);
}

static gboolean
works(GError **error)
{
	return !strikes() || fail_before(error);
}

static LsmStoreTxn *
inside(LsmStoreTxn *txn)
{
	return ((FaultTxn *)txn)->inside;
}

static gboolean
fault_check(const char *place, GError **error)
{
	return lsm_store_uri_check(place, error);
}

static LsmStore *
fault_open(const char *place, LsmStoreAccess access, GError **error)
{
	LsmStore *inner = lsm_store_open(place, access, error);

	if (!inner)
		return NULL;
	FaultStore *store = g_new0(FaultStore, 1);
	store->base.backend = &lsm_backend_fault;
	store->inside = inner;
	return &store->base;
}

static void
fault_close(LsmStore *store)
{
	lsm_store_close(((FaultStore *)store)->inside);
	g_free(store);
}

static LsmStoreTxn *
fault_begin(LsmStore *base, gboolean write, GError **error)
{
	LsmStore *inner = ((FaultStore *)base)->inside;

	if (!works(error))
		return NULL;
	LsmStoreTxn *inner_txn =
		write ? lsm_store_begin_write(inner, error) : lsm_store_begin_read(inner, error);
	if (!inner_txn)
		return NULL;
	FaultTxn *txn = g_new0(FaultTxn, 1);
	txn->base.store = base;
	txn->base.writable = write;
	txn->inside = inner_txn;
	return &txn->base;
}

static gboolean
fault_commit(LsmStoreTxn *txn, GError **error)
{
	if (!strikes())
		return lsm_store_commit(inside(txn), error);
	if (fault_kind != LSM_FAULT_AFTER)
		return fail_before(error);
	return lsm_store_commit(inside(txn), error) && fail(error, LSM_ERROR_UNCERTAIN);
}

static void
fault_free(LsmStoreTxn *txn)
{
	lsm_store_txn_free(inside(txn));
	g_free(txn);
}

static LsmFound
fault_get(LsmStoreTxn *txn, LsmTable table, const void *key, gsize key_length, GBytes **value_out,
	  GError **error)
{
	return works(error) ? lsm_store_get(inside(txn), table, key, key_length, value_out, error)
			    : LSM_FAILED;
}

static gboolean
fault_put(LsmStoreTxn *txn, LsmTable table, const void *key, gsize key_length, const void *value,
	  gsize value_length, GError **error)
{
	return works(error) && lsm_store_put(inside(txn), table, key, key_length, value, value_length, error);
}

static gboolean
fault_reserve(LsmStoreTxn *txn, LsmTable table, const void *key, gsize key_length, gsize value_length,
	      guint8 **room_out, GError **error)
{
	return works(error) &&
	       lsm_store_reserve(inside(txn), table, key, key_length, value_length, room_out, error);
}

static gboolean
fault_delete(LsmStoreTxn *txn, LsmTable table, const void *key, gsize key_length, GError **error)
{
	return works(error) && lsm_store_delete(inside(txn), table, key, key_length, error);
}

typedef struct {
	LsmStoreVisitor visit;
	gpointer data;
} Visit;

static gboolean
count_row(const void *key, gsize key_length, const void *value, gsize value_length, gpointer data)
{
	const Visit *visit = data;

	g_atomic_int_inc(&work);
	return visit->visit(key, key_length, value, value_length, visit->data);
}

/* The range is ready made: only the backend inside can take it as it is. */
static gboolean
fault_scan(LsmStoreTxn *txn, const LsmScanRange *range, LsmStoreVisitor visit, gpointer data, GError **error)
{
	LsmStoreTxn *inner = inside(txn);
	Visit counted = {visit, data};

	return works(error) && inner->store->backend->scan(inner, range, count_row, &counted, error);
}

static gboolean
fault_usage(LsmStore *store, LsmStoreUsage *usage_out, GError **error)
{
	return lsm_store_usage(((FaultStore *)store)->inside, usage_out, error);
}

static gboolean
fault_tend(LsmStore *store, GError **error)
{
	return lsm_store_tend(((FaultStore *)store)->inside, error);
}

static gboolean
fault_copy(LsmStore *store, const char *folder, GError **error)
{
	return lsm_store_copy(((FaultStore *)store)->inside, folder, error);
}

static const char *
fault_path(LsmStore *store)
{
	LsmStore *inner = ((FaultStore *)store)->inside;

	return inner->backend->path(inner);
}

const LsmBackend lsm_backend_fault = {
	.scheme = "fault",
	.form = "fault:URI",
	.help = "fails on order; for tests",
	.check = fault_check,
	.open = fault_open,
	.close = fault_close,
	.begin = fault_begin,
	.commit = fault_commit,
	.free = fault_free,
	.get = fault_get,
	.put = fault_put,
	.reserve = fault_reserve,
	.delete = fault_delete,
	.scan = fault_scan,
	.usage = fault_usage,
	.tend = fault_tend,
	.copy = fault_copy,
	.path = fault_path,
};
