/*
 * reply.h - one mail to the desk as desk_mail.c judges it, and what its writer is told. Nobody else includes
 * it.
 */
#ifndef LSM_DESK_REPLY_H
#define LSM_DESK_REPLY_H

#include "desk/act.h"
#include "desk/internal.h"
#include "desk/token.h"

typedef struct {
	LsmService *service;
	LsmSettings *settings;
	gint64 now; /* microseconds */

	/* as the gate handed it in (hand_in.c); borrowed */
	JsonObject *args;
	const char *door;       /* "plain" "token" "case" */
	const char *line;       /* the first line, for people */
	const char *verb;       /* or NULL */
	const char *message_id; /* or NULL */

	/* what the record knows */
	LsmToken *token; /* or NULL */
	LsmCase *item;   /* or NULL */
	gboolean seen;   /* this very mail was answered before */
	gboolean tagged; /* it came by the bounce address of the case, which has its tag */

	/* who writes */
	const LsmPerson *person;
	char *address;   /* proved, or taken as it stands where answer-authentication is none; or NULL */
	gboolean proved; /* by a login or an authentication result */
} LsmReply;

/* Who gets the mail of an outcome. */
typedef enum { LSM_TELL_NOBODY, LSM_TELL_REPLIER, LSM_TELL_ASKED } LsmTell;

/* How a mail to the desk ends. */
typedef struct {
	const char *word;  /* for the log and the record: "unproved", "answered" */
	gboolean is_taken; /* the mailbox behind the address need not get it */
	gboolean is_noted; /* an event "answer-ignored" is due, when the case is known */
	LsmTell tell;
	const char *text; /* of conf/guidance/, or NULL */
	const char *why;  /* one sentence for it; NULL: the caller's */
	gboolean renews;  /* who was asked gets a fresh request, if one is still open */
} LsmReplyOutcome;

/*
 * Writes what an outcome means, in one transaction: the event, the mark that this mail was answered, a token
 * that others have seen made void, the mail to the replier (a few a day and address), a fresh request. why:
 * the sentence, or NULL for the outcome's own.
 */
gboolean lsm_reply_finish(LsmReply *reply, const LsmReplyOutcome *outcome, const char *why, GError **error);

/* The actor that the replier is. Borrows. */
LsmActor lsm_reply_actor(const LsmReply *reply);

/* An answer without a token that is older, or dated ahead, is a replay. */
#define LSM_REPLY_FRESH_DAYS 7

#define LSM_REPLY_SEEN "seen" /* mark of Message-IDs that were answered */

#endif
