/*
 * log_row.h - the bytes of the log's rows: keys, entries, head; for log.c, log_verify.c and their tests.
 */
#ifndef LSM_STORE_LOG_ROW_H
#define LSM_STORE_LOG_ROW_H

#include "store/log.h"

#define LSM_LOG_LEVELS 64
#define LSM_LOG_HEAD_KEY "head"
#define LSM_LOG_KEY_SIZE 8

typedef guint8 LsmHash[LSM_HASH_SIZE];

/* Position as 8 octets, big-endian; G_MAXUINT64 is none. */
void lsm_log_key(guint64 position, guint8 key_out[LSM_LOG_KEY_SIZE]);
gboolean lsm_log_key_parse(const void *key, gsize length, guint64 *position_out);

/* A view into a row; nothing is owned. */
typedef struct {
	guint count; /* of hashes: leaf, then the subtrees that the event completes, lowest first */
	const LsmHash *hashes;
	const guint8 *event;
	gsize event_length;
} LsmLogRow;

/* FALSE where the row is too short for its own count. */
gboolean lsm_log_row_parse(const void *data, gsize length, LsmLogRow *row_out);

/* How many hashes the row at a position has: one, and one for each subtree that ends there. */
guint lsm_log_row_count(guint64 position);

/*
 * The right edge of the tree: for each bit of the size, lowest first, the root of the complete
 * subtree of that many events. What is at other levels has no meaning.
 */
typedef struct {
	guint64 size;
	LsmHash peaks[LSM_LOG_LEVELS];
} LsmLogEdge;

gboolean lsm_log_edge_parse(const void *data, gsize length, LsmLogEdge *edge_out);
GBytes *lsm_log_edge_render(const LsmLogEdge *edge);

/* Adds one leaf. hashes_out (LSM_LOG_LEVELS + 1 rows) gets it and what it completes; returns their number. */
guint lsm_log_edge_add(LsmLogEdge *edge, const LsmHash leaf, LsmHash *hashes_out);

void lsm_log_edge_root(const LsmLogEdge *edge, LsmHash root_out);

/* Absent: a log without events, and LSM_ABSENT. */
LsmFound lsm_log_edge_get(LsmStoreTxn *txn, LsmLogEdge *edge_out, GError **error);

/* SHA-256(salt || private JSON) of a row of LSM_TABLE_PRIVATE in hex; FALSE where the row is too short. */
gboolean lsm_log_private_digest(const void *data, gsize length, char digest_out[2 * LSM_HASH_SIZE + 1]);

#endif
