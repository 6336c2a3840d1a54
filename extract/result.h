/*
 * result.h - what reading one attachment gave: documents with their text, bounded in every direction.
 *
 * An attachment is one document; an archive is one document without text and one more for each member.
 * Readers add text and a status; the bounds are kept here, so that no reader can forget them.
 */
#ifndef LSM_EXTRACT_RESULT_H
#define LSM_EXTRACT_RESULT_H

#include <glib.h>

#define LSM_EXTRACT_MAX_INPUT (32 * 1024 * 1024)    /* octets of the attachment */
#define LSM_EXTRACT_MAX_TEXT (4 * 1024 * 1024)      /* octets of text, of all documents together */
#define LSM_EXTRACT_MAX_UNPACKED (96 * 1024 * 1024) /* octets that come out of archives, all together */
#define LSM_EXTRACT_MAX_RATIO 100                   /* of those to the octets of the input ... */
#define LSM_EXTRACT_FREE_UNPACKED (1024 * 1024)     /* ... above this much, where a ratio says nothing */
#define LSM_EXTRACT_MAX_MEMBERS 1000                /* of archives, all together */
#define LSM_EXTRACT_MAX_DEPTH 3                     /* archives in archives */

typedef enum {
	LSM_EXTRACT_TEXT,       /* there is text */
	LSM_EXTRACT_EMPTY,      /* read as a whole, and there is none */
	LSM_EXTRACT_SCANNED,    /* pictures of pages, no text */
	LSM_EXTRACT_UNREADABLE, /* damaged, or a type that nobody here reads */
	LSM_EXTRACT_ENCRYPTED,  /* needs a password */
	LSM_EXTRACT_LIMIT,      /* over a bound; what was read up to there is kept */
} LsmExtractStatus;

typedef struct {
	char *name;       /* path in the archive, "inner.zip/LS.docx"; "" for the attachment itself */
	const char *type; /* the real one, from the table in format.c */
	LsmExtractStatus status;
	gsize length; /* octets of its text */
} LsmExtractDocument;

typedef struct {
	GArray *documents; /* of LsmExtractDocument; the first is the attachment itself */
	GString *text;     /* of all documents, in their order, one directly behind the other; UTF-8 */
	guint members;     /* of archives, counted so far */
	gsize unpacked;    /* octets that came out of archives so far */
	gsize may_unpack;
	gboolean over; /* the document being read met a bound */
} LsmExtractResult;

/* input_size: octets of the attachment, of which the allowance for unpacking is made. */
LsmExtractResult *lsm_extract_result_new(gsize input_size);
void lsm_extract_result_free(LsmExtractResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmExtractResult, lsm_extract_result_free)

/* Appends text of the document being read. UTF-8 is wanted, anything else is made valid by
 * lsm_extract_result_end. length -1: up to NUL. FALSE: there is no room for more, the reader may stop. */
gboolean lsm_extract_result_add(LsmExtractResult *result, const char *text, gssize length);
gboolean lsm_extract_result_add_char(LsmExtractResult *result, gunichar character);

/* Takes octets out of the allowance before they are unpacked or kept. FALSE: over the bound. */
gboolean lsm_extract_result_unpack(LsmExtractResult *result, gsize octets);

/* Begins a document (name is copied, type is static); returns its index. Its text is what is added up to
 * lsm_extract_result_end, which cleans it: valid UTF-8, no control characters but TAB and LF, plain blanks.
 * TEXT becomes EMPTY when there are only blanks, and LIMIT where a bound was met. */
guint lsm_extract_result_begin(LsmExtractResult *result, const char *name, const char *type);
void lsm_extract_result_end(LsmExtractResult *result, guint document, gsize from, LsmExtractStatus status);

/*
 * One line of JSON with LF behind it:
 *   {"type": T, "status": S, "octets": N, "members": [{"name": P, "type": T, "status": S, "octets": N}, ...]}
 * octets: length of that document's text; the texts follow the line in this order. Caller frees.
 */
GString *lsm_extract_result_header(const LsmExtractResult *result);

#endif
