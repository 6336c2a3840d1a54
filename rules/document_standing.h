/*
 * document_standing.h - where a document stands, and the sentence with which a statement says so.
 *
 * "In all cases, the document status must be appropriately noted." (section 4.3, A87) To those that do not
 * carry IETF consensus belongs more than a word (A86, A9), to drafts that they are work in progress (A88).
 */
#ifndef LSM_RULES_DOCUMENT_STANDING_H
#define LSM_RULES_DOCUMENT_STANDING_H

#include "conf/documents.h"

/* What a statement owes a document that it names. */
typedef enum {
	LSM_ASKS_GONE,     /* something else took its place (A90) */
	LSM_ASKS_CONTEXT,  /* it does not represent IETF consensus (A86, A9) */
	LSM_ASKS_PROGRESS, /* a group adopted it, and no more (A88) */
	LSM_ASKS_STATUS    /* its status in a word (A87) */
} LsmAsks;

typedef struct {
	LsmAsks asks;
	const char *one;          /* the sentence, with {names} and what else differs */
	const char *many;         /* the same of several documents, or NULL: each gets one of its own */
	const char *near[8];      /* noted by one of these phrases (phrase.h) near the name */
	const char *anywhere[10]; /* or by one of these in the text */
} LsmStanding;

/* NULL when nothing has to be said, as for "BCP 14", which says it itself. */
const LsmStanding *lsm_standing_find(const LsmDocument *document);
/* The sentence about this document, under these names ("RFC 8762"). names NULL: that about many, with
 * {names} left in it to be filled in. Caller frees. */
char *lsm_standing_sentence(const LsmStanding *standing, const LsmDocument *document, const char *names);

#endif
