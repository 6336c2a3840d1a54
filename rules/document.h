/*
 * document.h - which RFCs, BCPs, STDs and Internet-Drafts a text names, and what it says beside them.
 *
 * Only names and places are read here; what the documents are is in conf/documents.h.
 */
#ifndef LSM_RULES_DOCUMENT_H
#define LSM_RULES_DOCUMENT_H

#include <glib.h>

#include "conf/documents.h"

#define LSM_MENTION_PLACES 8

/* One document, however often it is named. */
typedef struct {
	char *name;      /* as in the table: "rfc8762", "bcp14", "draft-ietf-ippm-stamp-yang" */
	int revision;    /* of a draft, the highest that is named; or LSM_NO_REVISION */
	gboolean by_url; /* at least once as (part of) an address at ietf.org, rfc-editor.org or doi.org */
	guint places[LSM_MENTION_PLACES]; /* where in the fold: its first ones */
	guint place_count;
} LsmMention;

typedef struct {
	char *fold;          /* lsm_phrase_fold() of the text: its first 64 KiB, without quoted lines */
	GPtrArray *mentions; /* of LsmMention *, in the order of the text, at most 200 */
} LsmMentions;

/*
 * Reads "RFC 8762", "RFCs 8762 and 8972", "[RFC8762]", "BCP 14", "STD 66", "draft-ietf-ippm-stamp-04" (also
 * with a file's suffix, or broken behind a dash at the line's end), and these within addresses. No document:
 * "RFC 4053bis", "IEEE Std 802", "draft-standard". text may be NULL. Linear; never fails.
 */
LsmMentions *lsm_mentions_read(const char *text);
void lsm_mentions_free(LsmMentions *mentions);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmMentions, lsm_mentions_free)

/* NULL when the text does not name it. */
const LsmMention *lsm_mentions_find(const LsmMentions *mentions, const char *name);

/* Does one of the phrases (phrase.h) stand near one of the places: within a few lines? */
gboolean lsm_mention_is_near(const LsmMentions *mentions, const LsmMention *mention,
			     const char *const *phrases);

/* As people write it: "RFC 8762", "BCP 14", "draft-ietf-ippm-stamp-yang". Caller frees. */
char *lsm_document_label(const char *name);
/* Where it is found for good: at rfc-editor.org or datatracker.ietf.org. Caller frees. */
char *lsm_document_url(const char *name);

#endif
