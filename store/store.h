/*
 * store.h - the record's backend interface: ordered tables of bytes under transactions.
 *
 * A backend is one row of store.c's list (scheme -> functions). Two exist: "lmdb:/path", the
 * embedded default, and "memory:", its twin for tests, pre-flight and scan. What holds for all
 * of them is written here and tested by tests/contract/ on each.
 *
 * Transactions: any number of readers, one writer at a time. A reader sees the state of its
 * begin. A write transaction belongs to the thread that began it. One that is not committed is
 * aborted by lsm_store_txn_free (g_autoptr): nothing of it is ever seen. lsm_store_commit returns
 * TRUE only when the data is durable.
 *
 * Errors: TEMPORARY (full, locked, i/o), UNCERTAIN (a commit whose result is not known), CORRUPT,
 * UNSUPPORTED, DENIED (no right to the files). After an error in a write transaction only abort is
 * possible. A write that finds the map full fails with TEMPORARY; the map has grown by the time that the next
 * write transaction begins, so that the same work then succeeds.
 */
#ifndef LSM_STORE_STORE_H
#define LSM_STORE_STORE_H

#include <glib.h>

/* To add a table: a row here and its name in store.c; the store's format version then rises, see upgrade.c. */
typedef enum {
	LSM_TABLE_META,    /* word -> bytes: format version, head of the log */
	LSM_TABLE_LOG,     /* position (8 octets, big-endian) -> one entry of log.h */
	LSM_TABLE_PRIVATE, /* position -> salt and private JSON of the event; erasable */
	LSM_TABLE_CASE,    /* case id -> folded case as JSON; can be rebuilt */
	LSM_TABLE_INDEX,   /* typed key (index.h) -> case id or ""; can be rebuilt */
	LSM_TABLE_CONTENT, /* SHA-256 of a mail (32 octets) -> zstd frame; erasable */
	LSM_TABLE_OUTBOX,  /* entry id (8 octets, big-endian) -> entry as JSON */
	LSM_TABLE_TOKEN,   /* SHA-256 of an answer token (32 octets) -> what it is bound to, as JSON */
	LSM_TABLE_COUNT
} LsmTable;

typedef struct LsmStore LsmStore;
typedef struct LsmStoreTxn LsmStoreTxn;

typedef enum {
	LSM_STORE_READ_WRITE, /* creates the store if absent; takes the one-daemon lock */
	LSM_STORE_READ_ONLY   /* must exist; beside a running daemon */
} LsmStoreAccess;

/* A look-up has three answers; failed leaves a GError. */
typedef enum { LSM_FOUND, LSM_ABSENT, LSM_FAILED } LsmFound;

/* The longest key and value that a store takes. */
#define LSM_STORE_KEY_MAX 500
#define LSM_STORE_VALUE_MAX (G_GUINT64_CONSTANT(1) << 30)

/*
 * uri: "lmdb:/folder" (made 0700 if its parent exists) or "memory:". "lmdb:/folder?map=512M" starts
 * with a map of that size (K, M, G) where address space is short; it grows all the same. A second
 * daemon on the same store: TEMPORARY "in use by process N". A network file system: UNSUPPORTED; so
 * is a store of a newer format. One of an older format is upgraded when it is opened for writing, with
 * a copy left beside it (upgrade.h), and refused (UNSUPPORTED) when it is opened for reading. Open after
 * the last fork: a store is of no use in a child. One process may open a store once.
 */
LsmStore *lsm_store_open(const char *uri, LsmStoreAccess access, GError **error);
/* NULL is allowed. What its transactions still use is kept until the last of them is freed. */
void lsm_store_close(LsmStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmStore, lsm_store_close)

/* TRUE if uri names a known backend (else UNSUPPORTED) and is well formed (else CONFIG): a settings check. */
gboolean lsm_store_uri_check(const char *uri, GError **error);

/* The backends for help texts: form ("lmdb:/FOLDER") and meaning of row 0, 1, ...; FALSE after the last. */
gboolean lsm_store_backends(guint row, const char **form_out, const char **help_out);

LsmStoreTxn *lsm_store_begin_read(LsmStore *store, GError **error);
LsmStoreTxn *lsm_store_begin_write(LsmStore *store, GError **error);
/* Durable when TRUE. The transaction is over in either case (free it all the same). */
gboolean lsm_store_commit(LsmStoreTxn *txn, GError **error);
/* Aborts what was not committed. NULL is allowed. */
void lsm_store_txn_free(LsmStoreTxn *txn);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmStoreTxn, lsm_store_txn_free)

/* Keys: 1 to 500 octets; values: up to 1 GiB; else UNSUPPORTED. The value is a copy: unref it. */
LsmFound lsm_store_get(LsmStoreTxn *txn, LsmTable table, const void *key, gsize key_length,
		       GBytes **value_out, GError **error);
/* Inserts or replaces. */
gboolean lsm_store_put(LsmStoreTxn *txn, LsmTable table, const void *key, gsize key_length, const void *value,
		       gsize value_length, GError **error);
/* The same for a large value, which need not stand in memory twice: room_out is where its octets belong, at least
 * one, to be written there before the next call with this transaction. */
gboolean lsm_store_reserve(LsmStoreTxn *txn, LsmTable table, const void *key, gsize key_length, gsize value_length,
			   guint8 **room_out, GError **error);
/* Absent keys are fine. */
gboolean lsm_store_delete(LsmStoreTxn *txn, LsmTable table, const void *key, gsize key_length,
			  GError **error);

/* Return FALSE to end the scan early (not an error). Key and value are valid during the call only.
 * The visitor must not write to the store. */
typedef gboolean (*LsmStoreVisitor)(const void *key, gsize key_length, const void *value, gsize value_length,
				    gpointer data);

typedef enum { LSM_SCAN_FORWARD, LSM_SCAN_BACKWARD } LsmScanOrder;

/* Visits all keys that begin with prefix (length 0: all), in octet order or from the last to the
 * first. FALSE with error on failure only. */
gboolean lsm_store_scan(LsmStoreTxn *txn, LsmTable table, const void *prefix, gsize prefix_length,
			LsmScanOrder order, LsmStoreVisitor visit, gpointer data, GError **error);

/* The same from a key on, which need not be there: forward what is not below start, backward not above. */
gboolean lsm_store_scan_from(LsmStoreTxn *txn, LsmTable table, const void *start, gsize start_length,
			     LsmScanOrder order, LsmStoreVisitor visit, gpointer data, GError **error);

typedef struct {
	guint64 bytes_used;   /* of the store's file or memory */
	guint64 bytes_mapped; /* upper bound at present; grows by itself */
	guint readers;
} LsmStoreUsage;

gboolean lsm_store_usage(LsmStore *store, LsmStoreUsage *usage_out, GError **error);

/* Copies the present state, without unused space, into a new folder, beside readers and a writer. Durable when
 * TRUE. UNSUPPORTED where the backend has no files. TEMPORARY where the folder exists. */
gboolean lsm_store_copy(LsmStore *store, const char *folder, GError **error);

/* House-keeping of a running daemon, about once a minute: clears the slots of dead readers. */
gboolean lsm_store_tend(LsmStore *store, GError **error);

#endif
