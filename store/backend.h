/*
 * backend.h - what a store backend implements. Only store.c and the backends include this.
 *
 * To add a backend: a file store_<name>.c that fills an LsmBackend, and a row in store.c's list.
 * Every struct of a backend begins with the matching base struct below. Keys, values and the state
 * of the transaction were checked by store.c before a backend is called; begin fills the base struct.
 */
#ifndef LSM_STORE_BACKEND_H
#define LSM_STORE_BACKEND_H

#include "store/store.h"

/*
 * A scan as the backends see it: the keys that begin with prefix, forward from the first one that is
 * not below edge, or backward from the last one that is below edge. edge_length 0: from the end of the
 * table. store.c works edge out (at most 501 octets), so that a backend only positions and steps.
 */
typedef struct {
	LsmTable table;
	LsmScanOrder order;
	const guint8 *prefix;
	gsize prefix_length;
	const guint8 *edge;
	gsize edge_length;
} LsmScanRange;

typedef struct LsmBackend {
	const char *scheme; /* "lmdb" */
	const char *form;   /* for help: "lmdb:/FOLDER" */
	const char *help;
	/* Is what follows the scheme well formed? CONFIG if not. */
	gboolean (*check)(const char *place, GError **error);
	LsmStore *(*open)(const char *place, LsmStoreAccess access, GError **error);
	void (*close)(LsmStore *store);
	LsmStoreTxn *(*begin)(LsmStore *store, gboolean write, GError **error);
	gboolean (*commit)(LsmStoreTxn *txn, GError **error);
	void (*free)(LsmStoreTxn *txn);
	LsmFound (*get)(LsmStoreTxn *txn, LsmTable table, const void *key, gsize key_length,
			GBytes **value_out, GError **error);
	gboolean (*put)(LsmStoreTxn *txn, LsmTable table, const void *key, gsize key_length,
			const void *value, gsize value_length, GError **error);
	/* room_out: writable until the next call. */
	gboolean (*reserve)(LsmStoreTxn *txn, LsmTable table, const void *key, gsize key_length,
			    gsize value_length, guint8 **room_out, GError **error);
	gboolean (*delete)(LsmStoreTxn *txn, LsmTable table, const void *key, gsize key_length,
			   GError **error);
	gboolean (*scan)(LsmStoreTxn *txn, const LsmScanRange *range, LsmStoreVisitor visit, gpointer data,
			 GError **error);
	gboolean (*usage)(LsmStore *store, LsmStoreUsage *usage_out, GError **error);
	gboolean (*tend)(LsmStore *store, GError **error);
	gboolean (*copy)(LsmStore *store, const char *folder, GError **error);
	const char *(*path)(LsmStore *store); /* its folder, or NULL: it has none */
} LsmBackend;

struct LsmStore {
	const LsmBackend *backend;
};

struct LsmStoreTxn {
	LsmStore *store;
	gboolean writable;
	gboolean over; /* committed or failed: only free is left; kept by store.c */
};

/* Opens a store of a backend that need not stand in the list, with the same checks; for tests. */
LsmStore *lsm_store_open_with(const LsmBackend *backend, const char *place, LsmStoreAccess access,
			      GError **error);

/* The name under which a backend stores a table. */
const char *lsm_store_table_name(LsmTable table);

extern const LsmBackend lsm_backend_lmdb;
extern const LsmBackend lsm_backend_memory;

#endif
