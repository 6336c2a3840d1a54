/*
 * documents.h - what RFCs and Internet-Drafts there are, and where each stands: an offline table in one file.
 *
 * `liaisonctl import-documents` makes the file from the public indexes; programs map it and only read it. A
 * table never changes once open: any thread may look things up. Sources: A9, A85-A88, A90.
 *
 * The file is replaced by rename only, never written in place: whoever has it mapped keeps the old one
 * until the settings are loaded again.
 */
#ifndef LSM_CONF_DOCUMENTS_H
#define LSM_CONF_DOCUMENTS_H

#include <glib.h>

/* ROW(id, word). The numbers stand in files: add rows at the end. */
#define LSM_STREAMS(ROW)                                                                                     \
	ROW(UNKNOWN, "unknown")                                                                              \
	ROW(IETF, "IETF")                                                                                    \
	ROW(IAB, "IAB")                                                                                      \
	ROW(IRTF, "IRTF")                                                                                    \
	ROW(INDEPENDENT, "Independent")                                                                      \
	ROW(EDITORIAL, "Editorial")                                                                          \
	ROW(LEGACY, "Legacy")

typedef enum {
#define LSM_STREAM_ENUM(id, word) LSM_STREAM_##id,
	LSM_STREAMS(LSM_STREAM_ENUM)
#undef LSM_STREAM_ENUM
		LSM_STREAM_COUNT
} LsmStream;

/* ROW(id, word): the words of rfc-index.xml for RFCs (in any case), those of all_id2.txt for drafts. The
 * numbers stand in files: add rows at the end. */
#define LSM_STATUSES(ROW)                                                                                    \
	ROW(UNKNOWN, "Unknown")                                                                              \
	ROW(INTERNET_STANDARD, "Internet Standard")                                                          \
	ROW(DRAFT_STANDARD, "Draft Standard")                                                                \
	ROW(PROPOSED_STANDARD, "Proposed Standard")                                                          \
	ROW(BEST_CURRENT_PRACTICE, "Best Current Practice")                                                  \
	ROW(INFORMATIONAL, "Informational")                                                                  \
	ROW(EXPERIMENTAL, "Experimental")                                                                    \
	ROW(HISTORIC, "Historic")                                                                            \
	ROW(ACTIVE, "Active")                                                                                \
	ROW(EXPIRED, "Expired")                                                                              \
	ROW(REPLACED, "Replaced")                                                                            \
	ROW(PUBLISHED, "RFC")                                                                                \
	ROW(WITHDRAWN, "Withdrawn")                                                                          \
	ROW(NOT_ISSUED, "Not issued")

typedef enum {
#define LSM_STATUS_ENUM(id, word) LSM_STATUS_##id,
	LSM_STATUSES(LSM_STATUS_ENUM)
#undef LSM_STATUS_ENUM
		LSM_STATUS_COUNT
} LsmDocumentStatus;

const char *lsm_stream_name(LsmStream stream);
const char *lsm_document_status_name(LsmDocumentStatus status);
/* By the word, in any case; FALSE when it is none. */
gboolean lsm_stream_parse(const char *word, LsmStream *stream_out);
gboolean lsm_document_status_parse(const char *word, LsmDocumentStatus *status_out);

/* RFCs and their sub-series are told from drafts by how their names begin. */
typedef enum {
	LSM_DOCUMENT_RFC,
	LSM_DOCUMENT_SERIES,
	LSM_DOCUMENT_DRAFT,
	LSM_DOCUMENT_KINDS
} LsmDocumentKind;

#define LSM_NO_REVISION (-1)

typedef struct {
	const char *name;       /* "rfc8762", "bcp14", "std66", "draft-ietf-ippm-stamp-yang": lower case */
	const char *title;      /* one line, or "" */
	const char *group;      /* acronym of the working or research group, or "" */
	const char *successors; /* names joined by blanks: obsoleted by, replaced by, published as; for a
				 * series: the RFCs that it consists of; or "" */
	LsmStream stream;
	LsmDocumentStatus status;
	LsmDocumentStatus intended; /* of a draft; UNKNOWN: not said */
	int revision;               /* of a draft, or LSM_NO_REVISION */
	guint date;                 /* yyyymmdd; dd (and mm) may be 00; 0: not known */
} LsmDocument;

LsmDocumentKind lsm_document_kind(const char *name);

typedef struct LsmDocuments LsmDocuments;

/*
 * Maps a table. CONFIG error "PATH: what is wrong" when the file cannot be read or is no table of this format
 * and exactly of the size that it says.
 */
LsmDocuments *lsm_documents_open(const char *path, GError **error);
void lsm_documents_free(LsmDocuments *documents);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmDocuments, lsm_documents_free)

typedef enum {
	LSM_DOCUMENT_FOUND,
	LSM_DOCUMENT_ABSENT,
	LSM_DOCUMENT_DAMAGED /* the file is not as it was written there: nothing can be said */
} LsmDocumentAnswer;

/*
 * name: in lower case, without leading zeros and without revision. Every entry carries a check of its own
 * octets, so that what is found is as it was written, and what is absent was not written either.
 * The strings of document_out point into the table.
 */
LsmDocumentAnswer lsm_documents_find(const LsmDocuments *documents, const char *name,
				     LsmDocument *document_out);

/* How many entries of a kind the table has: with none, "absent" says nothing. */
guint lsm_documents_count(const LsmDocuments *documents, LsmDocumentKind kind);
/* UNIX time at which the table was made. */
gint64 lsm_documents_built(const LsmDocuments *documents);
/* Looks at every entry; CORRUPT error with the place of the first that is damaged or out of order. */
gboolean lsm_documents_verify(const LsmDocuments *documents, GError **error);

/* ---- making a table ---- */

typedef struct LsmDocumentsBuilder LsmDocumentsBuilder;

LsmDocumentsBuilder *lsm_documents_builder_new(void);
void lsm_documents_builder_free(LsmDocumentsBuilder *builder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmDocumentsBuilder, lsm_documents_builder_free)

/* Copies. Of two with one name the later counts. INPUT error when a text is too long or not UTF-8. */
gboolean lsm_documents_builder_add(LsmDocumentsBuilder *builder, const LsmDocument *document, GError **error);
/* The table as the file's octets; built: UNIX time. Caller frees with g_bytes_unref(). */
GBytes *lsm_documents_builder_finish(LsmDocumentsBuilder *builder, gint64 built);
/* Under another name first, synced, then renamed; readable for all. TEMPORARY error. */
gboolean lsm_documents_write(GBytes *table, const char *path, GError **error);

#endif
