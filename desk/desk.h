/*
 * desk.h - the desk's interface: facts, record, taken, verbs; the same for the daemon (over a
 * unix socket, desk/client.c) and in process (desk/service.c on any store: tests, pre-flight, scan).
 *
 * Every call blocks until the desk has answered or the time-out of the handle is over
 * (TEMPORARY). Safe from many threads.
 */
#ifndef LSM_DESK_DESK_H
#define LSM_DESK_DESK_H

#include <json-glib/json-glib.h>

#include "rules/facts.h"
#include "rules/verdict.h"

typedef struct LsmDesk LsmDesk;

/* How a mail is found again in the record. */
typedef struct {
	const char *identity;   /* digest, hex */
	const char *text;       /* digest, hex, or NULL before it was read */
	const char *message_id; /* or NULL */
	const char *document;   /* "ITU-T SG15-LS123" or NULL */
	const char *answers;    /* what it may answer, one a line, the surest first: In-Response-To as written (id,
				   number, Message-ID), In-Reply-To, References; or NULL */
	gboolean by_message_id; /* list copies: the Message-ID alone tells */
} LsmCaseKeys;

/* One passage to put on record, as JSON plus the mail's bytes. Built by decide.c, read by service.c. */
typedef struct {
	LsmCaseKeys keys;
	JsonObject *members; /* public and private members of the event, and "mails"; see record.c's table */
	GBytes *content;     /* the mail as collected; NULL: not kept again */
	struct LsmIncoming *incoming; /* at the desk: instead of content, the mail on its way; or NULL */
	const char *judged_on; /* fingerprint of the facts that were judged on */
} LsmPassage;

typedef enum {
	LSM_RECORDED,    /* durable; id_out is set */
	LSM_CHANGED,     /* the facts changed meanwhile: ask again, judge again */
	LSM_NOT_RECORDED /* error is set */
} LsmRecordResult;

/* fingerprint_out: what `judged_on` must repeat. */
gboolean lsm_desk_facts(LsmDesk *desk, const LsmCaseKeys *keys, LsmFacts **facts_out, char **fingerprint_out,
			GError **error);
/* ticket_out: names this passage for lsm_desk_taken and lsm_desk_not_applied. */
LsmRecordResult lsm_desk_record(LsmDesk *desk, const LsmPassage *passage, char **id_out, char **ticket_out,
				GError **error);
/* The mail server has the final reply: the mails of this passage may go. */
gboolean lsm_desk_taken(LsmDesk *desk, const char *ticket, GError **error);
/* The same of several passages, in one commit: all or, with an error, none. tickets ends with NULL. */
gboolean lsm_desk_taken_all(LsmDesk *desk, const char *const *tickets, GError **error);
/* The edits failed; the mail server was told 451. */
gboolean lsm_desk_not_applied(LsmDesk *desk, const char *ticket, const char *why, GError **error);
/* A mail on the outbox's own listener: is it exactly what is owed to these recipients? */
gboolean lsm_desk_is_owed(LsmDesk *desk, const char *content, const char *sender, char *const *recipients,
			  gboolean *owed_out, GError **error);
/* One more copy of a mail that a list manager of ours sent on; known_out: its case is on record and counts
 * it. */
gboolean lsm_desk_list_copy(LsmDesk *desk, const char *message_id, gboolean *known_out, GError **error);
/* A mail that reached the desk's addresses; args as in hand_in.c. taken_out: it has served, the desk's mailbox
 * need not get it. */
gboolean lsm_desk_answer(LsmDesk *desk, JsonObject *args, gboolean *taken_out, GError **error);
/* The answer to a mail that tried a statement; args as in check_mail.c. sent_out: it is in the outbox; FALSE: too
 * many of these days. */
gboolean lsm_desk_check_answer(LsmDesk *desk, JsonObject *args, gboolean *sent_out, GError **error);
/* The Message-IDs (without <>) of the statements whose threads matter. known: the state that the caller has, -1:
 * none; state_out: the one that the record is in. *ids_out stays NULL where it is the same. */
gboolean lsm_desk_threads(LsmDesk *desk, gint64 known, gint64 *state_out, char ***ids_out, GError **error);
/* An informal mail in such a thread has passed; note as in thread.h. */
gboolean lsm_desk_informed(LsmDesk *desk, JsonObject *note, GError **error);
/* A person's verb: "not-a-statement", "status" ...; args and answer are JSON objects. */
JsonObject *lsm_desk_verb(LsmDesk *desk, const char *verb, JsonObject *args, GError **error);

/* Connects lazily to the socket, keeps a few connections, reconnects. */
LsmDesk *lsm_desk_connect(const char *socket_path, int timeout_seconds);
/* So many processes like this one share what the desk lets in at once: each keeps so many connections less. Before the
 * first call. */
void lsm_desk_share(LsmDesk *desk, guint processes);
void lsm_desk_free(LsmDesk *desk);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmDesk, lsm_desk_free)

/* The functions behind the calls; client.c and service.c fill one each. */
typedef struct {
	gboolean (*call)(LsmDesk *desk, const char *operation, JsonObject *args, GBytes *content,
			 JsonObject **answer_out, GError **error);
	void (*free)(LsmDesk *desk);
} LsmDeskClass;

struct LsmDesk {
	const LsmDeskClass *class;
	gboolean without_record; /* pre-flight: what the store behind it holds is not the record; facts are
				    then not known */
};

#endif
