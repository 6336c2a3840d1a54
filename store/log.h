/*
 * log.h - the append-only Merkle log of events (RFC 9162 section 2.1: SHA-256, prefixes 0x00 and 0x01).
 *
 * One row of LSM_TABLE_LOG an event, so that an append costs two table writes:
 *
 *   octet 0      number h of hashes that follow (1 to 64)
 *   32 h octets  leaf hash, then the hash of each subtree that this event completes, lowest first
 *   rest         the event's exact bytes
 *
 * LSM_TABLE_META "head" holds the size (8 octets, big-endian) and the hashes of the complete
 * subtrees on the right edge, largest first. LSM_TABLE_PRIVATE holds, under the event's position,
 * 32 octets of salt and the private JSON; the event's "private" member is
 * SHA-256(salt || private JSON) in hex.
 */
#ifndef LSM_STORE_LOG_H
#define LSM_STORE_LOG_H

#include "store/event.h"
#include "store/store.h"

#define LSM_HASH_SIZE 32

typedef struct {
	guint64 size;
	guint8 root[LSM_HASH_SIZE]; /* of RFC 9162; the hash of the empty string for size 0 */
} LsmLogHead;

/* Appends, sets event->position and salted_digest. Both parts of the event are written; an empty private
 * part is none. CORRUPT where the head does not stand at the end of the rows: nothing is overwritten. */
gboolean lsm_log_append(LsmStoreTxn *txn, LsmEvent *event, GError **error);

/*
 * The same in two steps, so that a transaction which others wait for has only the rows to put: the bytes, the
 * salt and the hashes of an event do not depend on its position. What was prepared may be appended again
 * after an aborted transaction. The event must not change between the two.
 */
typedef struct LsmLogEntry LsmLogEntry;
LsmLogEntry *lsm_log_prepare(const LsmEvent *event);
void lsm_log_entry_free(LsmLogEntry *entry);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmLogEntry, lsm_log_entry_free)
/* An event that another log holds, byte for byte: private, its salt and JSON, or NULL (none, or erased). CORRUPT where
 * private does not match digest, the event's own. */
LsmLogEntry *lsm_log_entry_from_bytes(GBytes *event, GBytes *private, const char *digest, GError **error);
gboolean lsm_log_append_prepared(LsmStoreTxn *txn, const LsmLogEntry *entry, LsmEvent *event, GError **error);

/* The current size and root. */
gboolean lsm_log_head(LsmStoreTxn *txn, LsmLogHead *head_out, GError **error);

/* One event with its private part, leaf hash and digest checked (CORRUPT). LSM_ABSENT beyond the end. */
LsmFound lsm_log_get(LsmStoreTxn *txn, guint64 position, LsmEvent **event_out, GError **error);
/* For who wants type, case, time or the public members only: the private part is neither read nor checked. */
LsmFound lsm_log_get_public(LsmStoreTxn *txn, guint64 position, LsmEvent **event_out, GError **error);

/* Return FALSE to end early. The event belongs to the caller of the scan. */
typedef gboolean (*LsmLogVisitor)(const LsmEvent *event, gpointer data);

/* Events from position on (forward), or from position down to 0 (backward; G_MAXUINT64: from the last). */
gboolean lsm_log_scan(LsmStoreTxn *txn, guint64 position, LsmScanOrder order, LsmLogVisitor visit,
		      gpointer data, GError **error);
gboolean lsm_log_scan_public(LsmStoreTxn *txn, guint64 position, LsmScanOrder order, LsmLogVisitor visit,
			     gpointer data, GError **error);

/* Removes the private part of an event; the log still verifies. Its octets may stay in unused pages of the
 * store's file until those are written again. */
gboolean lsm_log_erase_private(LsmStoreTxn *txn, guint64 position, GError **error);

/* One thing that is wrong, in words that name the place: "event 17: its bytes do not match the leaf hash". */
typedef void (*LsmVerifyReport)(guint64 position, const char *what, gpointer data);
/* How many rows of the log have been looked at. */
typedef void (*LsmVerifyStep)(guint64 done, gpointer data);

/*
 * Recomputes everything: every leaf, every node, the head, the salted digests of the private parts,
 * positions without gaps. Reports each fault (report may be NULL); problems_out counts them. A
 * changed hash is reported where it stands, and again where a subtree above it no longer matches.
 * FALSE with error only when the store could not be read to the end. head_out: the head as stored; may be NULL.
 * May run beside a writer: one transaction sees one state. A log that was cut, or written anew from
 * some point on, with all its hashes, is sound in itself: only a root published earlier shows that.
 */
gboolean lsm_log_verify(LsmStoreTxn *txn, LsmVerifyReport report, gpointer data, guint64 *problems_out,
			LsmLogHead *head_out, GError **error);
/* The same for who wants to show how far it is: step is called for each row. */
gboolean lsm_log_verify_stepwise(LsmStoreTxn *txn, LsmVerifyReport report, LsmVerifyStep step, gpointer data,
				 guint64 *problems_out, LsmLogHead *head_out, GError **error);

/* Hash helpers of RFC 9162, also for tests. */
void lsm_log_leaf_hash(const void *data, gsize length, guint8 out[LSM_HASH_SIZE]);
void lsm_log_node_hash(const guint8 left[LSM_HASH_SIZE], const guint8 right[LSM_HASH_SIZE],
		       guint8 out[LSM_HASH_SIZE]);

#endif
