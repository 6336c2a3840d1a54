/*
 * recognise.h - is this mail a statement, does it carry one, or neither; and between whom does it pass.
 */
#ifndef LSM_RULES_RECOGNISE_H
#define LSM_RULES_RECOGNISE_H

#include "conf/settings.h"
#include "rules/attachment.h"
#include "rules/envelope.h"
#include "rules/message.h"
#include "rules/statement.h"

/* What the header alone says. */
typedef enum {
	LSM_SCREEN_PASS, /* nothing to see: accept after the header */
	LSM_SCREEN_PEEK, /* look at the body's beginning for our block's opening line */
	LSM_SCREEN_READ  /* collect the whole mail */
} LsmScreen;

/* Cheap: header fields, envelope, directory; no allocation on the common path. */
LsmScreen lsm_screen_header(const LsmCollector *collector, const LsmEnvelope *envelope,
			    const LsmSettings *settings);

/*
 * The same for what has come of a body so far, from its beginning: READ when our block stands in it (its
 * opening line at the start of a line, also in HTML and quoted-printable) or may stand in it (text in base64);
 * PEEK when it has shown no text yet (a page's head); else PASS. body may be NULL for length 0.
 */
LsmScreen lsm_screen_body(const LsmCollector *collector, const void *body, gsize length);

/* TRUE if the mail has header fields under our verdict's names (Liaison-Record, Liaison-Verdict,
 * Liaison-Findings) that came from outside. */
/* Is it one of our verdict's own fields? Such a name makes no statement. */
gboolean lsm_screen_is_own_field(const char *name);

gboolean lsm_screen_has_own_fields(const LsmCollector *collector);

typedef enum { LSM_OUTCOME_NONE, LSM_OUTCOME_CARRIES, LSM_OUTCOME_STATEMENT } LsmOutcome;

typedef struct {
	int weight; /* positive speaks for a statement */
	char *what; /* "subject begins with \"LS on\"" */
	const char *reason; /* why it weighs so (weights.def), static; NULL for what only tells */
} LsmEvidence;

/* How a mail passes here (DESIGN section 2). */
typedef enum {
	LSM_WAY_OUTGOING, /* from home, submitted here, somebody outside addressed: enforce */
	LSM_WAY_INCOMING, /* from elsewhere to home: record, never reject */
	LSM_WAY_AROUND,   /* from home to outside, not submitted here: a copy reached us */
	LSM_WAY_DRAFT,    /* from home, nobody outside addressed: under discussion */
	LSM_WAY_TOOL,     /* from the trusted tool: approved there */
	LSM_WAY_LIST,     /* re-injected by a list manager of ours: never gated */
	LSM_WAY_OTHER     /* neither end home, or home to home */
} LsmWay;

const char *lsm_way_name(LsmWay way); /* "outgoing" "incoming" "around" "draft" "tool" "list" "other" */
const char *lsm_outcome_name(LsmOutcome outcome);

/* Where the statement's fields stand. */
typedef enum {
	LSM_METADATA_NONE,       /* nowhere: what is known was inferred */
	LSM_METADATA_TEXT,       /* in the mail's own text or header */
	LSM_METADATA_ATTACHMENT, /* in an attachment only */
	LSM_METADATA_BOTH
} LsmMetadataPlace;

const char *lsm_metadata_place_name(LsmMetadataPlace place); /* "none" "text" "attachment" "both" */

typedef struct {
	LsmOutcome outcome;
	LsmWay way;
	gboolean certain;  /* reject and redirect are allowed (DESIGN section 3) */
	gboolean verified; /* who sent it is proved: login, DMARC pass, aligned DKIM, or one of our lists */
	gboolean has_sure_form;  /* a known form says by itself what the mail is */
	gboolean opted_out;      /* first line "Liaison: no" from an authenticated submitter */
	gboolean is_candidate;   /* parties, subject, address or a file's name speak for a statement */
	LsmStatement *statement; /* NULL for LSM_OUTCOME_NONE */
	GPtrArray *readings;     /* of LsmAttachmentText *: what the attachments say; NULL: not opened */
	LsmStatement *attached;  /* what the form in an attachment says, where the text says something, too: the
				  * text comes first (rule metadata.conflict); else NULL */
	LsmMetadataPlace metadata;
	GPtrArray *from_bodies;  /* of const LsmBody *: home bodies named as originators; borrowed elements */
	GPtrArray *to_bodies;    /* of const LsmBody * */
	GPtrArray *from_organizations; /* of const LsmOrganization * */
	GPtrArray *to_organizations;
	const LsmPerson *submitter; /* behind the login, or NULL */
	GPtrArray *evidence;        /* of LsmEvidence * */
} LsmRecognition;

/* Pure: (message, envelope, settings) -> recognition. Never fails. now: UNIX time, for terms of roles. */
LsmRecognition *lsm_recognise(const LsmMessage *message, const LsmEnvelope *envelope,
			      const LsmSettings *settings, gint64 now);
/*
 * The same with what its attachments say (texts: of LsmAttachmentText *, a reference is kept): a form in one of
 * them is read where the mail's own text has none that is sure, and else fills what the text does not say. A
 * statement read in an attachment is never certain by its form.
 */
LsmRecognition *lsm_recognise_attached(const LsmMessage *message, GPtrArray *texts,
				       const LsmEnvelope *envelope, const LsmSettings *settings, gint64 now);
/* Is it worth opening the attachments? Some are there, and the mail is a statement by its own text, or it has
 * no sure form and is a candidate. */
gboolean lsm_recognition_wants_attachments(const LsmRecognition *recognition, const LsmMessage *message);
/* Did an attachment that was opened say less than stands in it? */
gboolean lsm_recognition_has_unreadable(const LsmRecognition *recognition);
void lsm_recognition_free(LsmRecognition *recognition);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmRecognition, lsm_recognition_free)

/* Submitted here: by login, by a submission path that the settings list, or by the sendmail command. */
gboolean lsm_is_submitted(const LsmEnvelope *envelope, const LsmSettings *settings);

/* TRUE when a list manager of ours re-injects this mail: trusted client, bounce-style or list envelope
 * sender, List-Id of ours. Header only. */
gboolean lsm_is_list_copy(const LsmCollector *collector, const LsmEnvelope *envelope,
			  const LsmSettings *settings);
/* Of a list copy: TRUE when the list manager has written it itself, to bring what others have posted (a digest) or what
 * waits for a moderator. Header only. */
gboolean lsm_is_list_notice(const LsmCollector *collector);

/*
 * Is this recipient outside (another organization or unknown domain), so that a hold withholds it?
 * An address that the directory gives to one of our people, roles or lists is inside wherever it is hosted,
 * unless it is an organization's liaison address.
 */
gboolean lsm_recipient_is_outside(const LsmSettings *settings, const char *address);
/* Outside, or a mailing list of ours: what a redirect withholds. */
gboolean lsm_recipient_is_withheld(const LsmSettings *settings, const char *address);

#endif
