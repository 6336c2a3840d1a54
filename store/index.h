/*
 * index.h - typed keys of LSM_TABLE_INDEX: how a case is found again.
 *
 * A key is one kind octet, then the term (ASCII letters lower-cased; one of more than 400 octets is
 * replaced by its SHA-256), for the "many" kinds followed by NUL and the case id (1 to 64 octets).
 * To add a kind: a row here, and what puts it.
 */
#ifndef LSM_STORE_INDEX_H
#define LSM_STORE_INDEX_H

#include "store/store.h"

/* ROW(id, octet, many, meaning). Not many: key -> case id. Many: key with id -> "". */
#define LSM_INDEX_KINDS(ROW)                                                         \
	ROW(IDENTITY, 'i', FALSE, "identity digest (hex) of a mail -> its case")         \
	ROW(TEXT, 't', FALSE, "digest (hex) of parties, normalised text, attachments")   \
	ROW(MESSAGE_ID, 'm', TRUE, "Message-ID without <>")                              \
	ROW(DOCUMENT, 'd', FALSE, "sending body, blank, document number")                \
	ROW(TAIL, 'k', TRUE, "letters of the case id: K7Q3M")                            \
	ROW(TIME, 'z', TRUE, "first record, RFC 3339")                                   \
	ROW(INTERVENTION, 'v', TRUE, "time of a reject or redirect, RFC 3339")           \
	ROW(STATE, 's', TRUE, "state word")                                              \
	ROW(OBSERVED, 'o', TRUE, "first record of merely observed cases, RFC 3339")      \
	ROW(RELEASED, 'r', FALSE, "identity digest, blank, recipient that may get it") \
	ROW(OWED, 'w', TRUE, "content digest of an outbox mail; id: outbox entry (16 hex digits)")

typedef enum {
#define LSM_INDEX_ENUM(id, octet, many, meaning) LSM_INDEX_##id,
	LSM_INDEX_KINDS(LSM_INDEX_ENUM)
#undef LSM_INDEX_ENUM
	LSM_INDEX_COUNT
} LsmIndexKind;

gboolean lsm_index_put(LsmStoreTxn *txn, LsmIndexKind kind, const char *term, const char *id, GError **error);
gboolean lsm_index_delete(LsmStoreTxn *txn, LsmIndexKind kind, const char *term, const char *id,
                          GError **error);

/* For not-many kinds: the id; for many kinds: the last id in order. Caller frees. */
LsmFound lsm_index_find(LsmStoreTxn *txn, LsmIndexKind kind, const char *term, char **id_out, GError **error);

/* Return FALSE to end early. */
typedef gboolean (*LsmIndexVisitor)(const char *term, const char *id, gpointer data);

/* The word of a kind, for error texts and help. */
const char *lsm_index_kind_name(LsmIndexKind kind);

/* All entries of a kind whose term begins with term_prefix ("" : all), in order of term, id. CORRUPT on a
 * row that is none. The visitor sees terms as stored: lower-cased, long ones as "sha256-" and the digest. */
gboolean lsm_index_scan(LsmStoreTxn *txn, LsmIndexKind kind, const char *term_prefix, LsmScanOrder order,
                        LsmIndexVisitor visit, gpointer data, GError **error);

#endif
