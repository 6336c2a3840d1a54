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

#define LSM_INDEX_TERM_MAX 400

/* ROW(id, octet, many, meaning). Not many: key -> case id. Many: key with id -> "". */
#define LSM_INDEX_KINDS(ROW)                                                         \
	ROW(IDENTITY, 'i', FALSE, "identity digest (hex) of a mail -> its case")         \
	ROW(TEXT, 't', FALSE, "digest (hex) of parties, normalised text, attachments")   \
	ROW(MESSAGE_ID, 'm', TRUE, "Message-ID without <>")                              \
	ROW(DOCUMENT, 'd', FALSE, "sending body, blank, document number")                \
	ROW(TAIL, 'k', TRUE, "letters of the case id: K7Q3M")                            \
	ROW(TIME, 'z', TRUE, "time of the first record")                                 \
	ROW(INTERVENTION, 'v', TRUE, "time of a reject or redirect, RFC 3339")           \
	ROW(STATE, 's', TRUE, "state word, blank, time")                                 \
	ROW(AGENDA, 'a', TRUE, "open state's word, deadline or 9999-99-99, time")        \
	ROW(DEADLINE, 'e', TRUE, "YYYY-MM-DD, time")                                     \
	ROW(PARTY, 'p', TRUE, "word of a body's or organization's name, time")           \
	ROW(WAY, 'y', TRUE, "way: in, out ..., time")                                    \
	ROW(PURPOSE, 'u', TRUE, "purpose, time")                                         \
	ROW(VERDICT, 'j', TRUE, "effect of the verdict, time")                           \
	ROW(RULE, 'l', TRUE, "rule id of a finding, time")                               \
	ROW(WORD, 'b', TRUE, "word of the subject, time")                                \
	ROW(NUMBER, 'n', TRUE, "letters and digits of a document number, time")          \
	ROW(BEHIND, 'f', TRUE, "nothing; a case whose rows for reading must follow")     \
	ROW(OBSERVED, 'o', TRUE, "first record of merely observed cases, RFC 3339")      \
	ROW(RELEASED, 'r', FALSE, "identity digest, blank, recipient that may get it") \
	ROW(COVER, 'c', TRUE, "source of a cover mail, blank, its time, RFC 3339")       \
	ROW(GATHERED, 'g', TRUE, "the same of a statement that waits for a gathered mail") \
	ROW(OWED, 'w', TRUE, "content digest of an outbox mail; id: outbox entry (16 hex digits)") \
	ROW(QUEUED, 'q', TRUE, "case of an outbox mail; id: outbox entry, so")           \
	ROW(DUE, 'h', TRUE, "when an outbox mail is due, 16 hex digits; id: outbox entry, so")

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

/* For many kinds: is there this very row? */
LsmFound lsm_index_has(LsmStoreTxn *txn, LsmIndexKind kind, const char *term, const char *id, GError **error);

/* For many kinds: a note of any bytes beside the key (lsm_index_put leaves it empty), and the note again. */
gboolean lsm_index_put_note(LsmStoreTxn *txn, LsmIndexKind kind, const char *term, const char *id,
			    const char *note, gsize length, GError **error);
LsmFound lsm_index_get_note(LsmStoreTxn *txn, LsmIndexKind kind, const char *term, const char *id,
			    GBytes **note_out, GError **error);

/* Return FALSE to end early. */
typedef gboolean (*LsmIndexVisitor)(const char *term, const char *id, gpointer data);

/* How many rows have a term that begins with head and goes on below end; end NULL: all that begin so. */
gboolean lsm_index_count(LsmStoreTxn *txn, LsmIndexKind kind, const char *head, const char *end,
			 guint64 *count_out, GError **error);

/* The word of a kind, for error texts and help. */
const char *lsm_index_kind_name(LsmIndexKind kind);
/* Its octet, which stays what it is, and back: FALSE where no kind has it. */
char lsm_index_kind_octet(LsmIndexKind kind);
gboolean lsm_index_kind_parse(char octet, LsmIndexKind *kind_out);

/* All entries of a kind whose term begins with term_prefix ("" : all), in order of term, id. CORRUPT on a
 * row that is none. The visitor sees terms as stored: lower-cased, long ones as "sha256-" and the digest. */
gboolean lsm_index_scan(LsmStoreTxn *txn, LsmIndexKind kind, const char *term_prefix, LsmScanOrder order,
                        LsmIndexVisitor visit, gpointer data, GError **error);

/* The same within the terms that begin with head, from (head and rest, id) on: forward what is not below, backward
 * not above. For many kinds and terms that are not long. rest NULL: from the first (forward) or the last. */
gboolean lsm_index_scan_from(LsmStoreTxn *txn, LsmIndexKind kind, const char *head, const char *rest,
			     const char *id, LsmScanOrder order, LsmIndexVisitor visit, gpointer data,
			     GError **error);

#endif
