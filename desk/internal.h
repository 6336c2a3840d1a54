/*
 * internal.h - what the files of the desk's own process share; nobody outside desk/ includes it.
 */
#ifndef LSM_DESK_INTERNAL_H
#define LSM_DESK_INTERNAL_H

#include "desk/service.h"
#include "desk/writer.h"
#include "store/case.h"
#include "store/content.h"
#include "store/index.h"
#include "store/log.h"

struct LsmService {
	LsmStore *store;
	LsmWriter *writer;
	GMutex lock; /* guards what follows */
	LsmSettings *settings;
	GHashTable *list_copies; /* case id -> GUINT count, not yet written */
	gboolean alarm_raised;   /* interventions: once until they fall below the limit */
	gint64 interventions_counted; /* when, microseconds; 0: never; see interventions.c */
	gint interventions_at_most;   /* as many as were counted, and one for each noted since */
	guint8 token_cursor[32], next_token_cursor[32]; /* how far the purge came; the sending thread's */
	char *rejected_cursor; /* where the next look at rejected attempts begins, or NULL; the sending thread's */
	GMutex rebuild_lock;   /* guards the next one; held for seconds */
	struct LsmRebuild *rebuild; /* at work, or NULL */
	gint64 server_away;    /* when the mail server could last not be reached; the sending thread's */
	void (*wake)(gpointer data); /* somebody may have a mail to send; or NULL */
	gpointer wake_data;
	gint stopping; /* atomic: what can wait for the next start does */
	gint64 (*clock)(gpointer data);
	gpointer clock_data;
	gint64 started;
	char *node;
};

gint64 lsm_service_now(LsmService *service);            /* microseconds */
LsmSettings *lsm_service_settings(LsmService *service); /* a new reference */

/* RFC 3339 with microseconds, in the lower case of index terms: sorts as text. Caller frees. */
char *lsm_time_term(gint64 microseconds);
/* "2026-11-21 10:00 UTC", for people. Caller frees. */
char *lsm_time_text(gint64 microseconds);

/* --- facts.c --- */

/* The facts of these keys as the transaction sees them. */
gboolean lsm_facts_collect(LsmService *service, LsmStoreTxn *txn, const LsmCaseKeys *keys,
			   LsmFacts **facts_out, GError **error);
/* What a later look at the same keys must equal; caller frees. */
char *lsm_facts_fingerprint(const LsmFacts *facts);

/* --- interventions.c --- */

/* Are there fewer than max-interventions within the last hour, as the transaction sees them? */
gboolean lsm_interventions_allow(LsmService *service, LsmStoreTxn *txn, gboolean *may_out, GError **error);
/* One more, at this time (see lsm_time_term). In the writer's transaction. */
gboolean lsm_interventions_note(LsmService *service, LsmStoreTxn *txn, const char *time, const char *id,
				GError **error);

/* --- record.c --- */

/* LSM_RECORDED when durable; id_out is the case's. Takes passage->content, and leaves NULL there, or what it needs
 * of passage->incoming. */
LsmRecordResult lsm_record_passage(LsmService *service, LsmPassage *passage, char **id_out, GError **error);
/* Appends an event and folds it into its case; item is updated. In the writer's transaction. */
gboolean lsm_record_event(LsmStoreTxn *txn, LsmCase *item, LsmEvent *event, GError **error);

/* --- upkeep.c --- */

/* Writes the list copies that were counted since the last call: one event a case. */
void lsm_service_write_list_copies(LsmService *service);
/* Forgets some of the answer tokens that have expired. */
void lsm_service_purge_tokens(LsmService *service);
/* Erases contents of merely observed cases that are older than observe-retention, and of some rejected attempts
 * that are older than rejected-retention. */
void lsm_service_erase_old(LsmService *service);

/* --- rebuild.c --- */

gboolean lsm_rebuild_verb(LsmService *service, const LsmPeer *peer, const char *name, JsonObject *args,
			  JsonObject **answer_out, GError **error);

/* --- mails.c --- */

/* One text of conf/guidance/ to somebody. Borrowed. */
typedef struct {
	const char *text;          /* the text's name, and the outbox entry's kind */
	const char *case_id;       /* NULL: about no single statement */
	char *const *to;
	gboolean is_shared;        /* one mail to all, who see each other; else each a mail of their own */
	GBytes *attached;          /* a whole mail, or NULL */
	const char *answers;       /* Message-ID of the mail that it answers, or NULL */
	const char *const *values; /* key, value, ..., NULL; beside them a text knows id and short */
} LsmMail;

/* Composes it and puts it into the outbox, due at once. An empty to: nothing to do. */
gboolean lsm_mails_put(LsmService *service, LsmStoreTxn *txn, const LsmMail *mail, GError **error);

struct LsmOutboxEntry;

/* What the mails that ask for an answer have beside their text. */
typedef struct {
	const char *from;       /* with the token; NULL: the desk's address */
	const GPtrArray *parts; /* see LsmComposition */
	const char *answers;
} LsmMailExtras;

/* One mail as an entry, not yet put. text: a guidance text with its values in; taken apart. case_id NULL: about
 * no single statement. attached, extras: or NULL. CONFIG error when text lacks its subject. */
struct LsmOutboxEntry *lsm_mails_entry(LsmService *service, const LsmSettings *settings, const char *kind,
				       char *const *to, char *text, const char *case_id, GBytes *attached,
				       const LsmMailExtras *extras, GError **error);

/* Does one of a passage's mails need the original? */
gboolean lsm_mails_quote(JsonArray *mails);
/* Composes the passage's mails under the case's id: array of LsmOutboxEntry *, to be put in the same
 * transaction. */
GPtrArray *lsm_mails_compose(LsmService *service, JsonArray *mails, const char *case_id, GBytes *original,
			     GError **error);

/* --- verbs.c --- */

/* FALSE with error; answer_out is a new object. */
typedef gboolean (*LsmVerb)(LsmService *service, const LsmPeer *peer, const char *name, JsonObject *args,
			    JsonObject **answer_out, GError **error);

/* The verb of that name, or one that says that this peer may not use it; NULL when there is none. */
LsmVerb lsm_verb_find(LsmService *service, const LsmPeer *peer, const char *name);

#endif
