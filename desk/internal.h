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
	gint64 (*clock)(gpointer data);
	gpointer clock_data;
	gint64 started;
	char *node;
};

gint64 lsm_service_now(LsmService *service);            /* microseconds */
LsmSettings *lsm_service_settings(LsmService *service); /* a new reference */

/* RFC 3339 with microseconds, in the lower case of index terms: sorts as text. Caller frees. */
char *lsm_time_term(gint64 microseconds);

/* --- facts.c --- */

/* The facts of these keys as the transaction sees them. */
gboolean lsm_facts_collect(LsmService *service, LsmStoreTxn *txn, const LsmCaseKeys *keys,
			   LsmFacts **facts_out, GError **error);
/* What a later look at the same keys must equal; caller frees. */
char *lsm_facts_fingerprint(const LsmFacts *facts);

/* --- record.c --- */

/* LSM_RECORDED when durable; id_out is the case's. */
LsmRecordResult lsm_record_passage(LsmService *service, const LsmPassage *passage, char **id_out,
				   GError **error);
/* Appends an event and folds it into its case; item is updated. In the writer's transaction. */
gboolean lsm_record_event(LsmStoreTxn *txn, LsmCase *item, LsmEvent *event, GError **error);

/* --- upkeep.c --- */

/* Writes the list copies that were counted since the last call: one event a case. */
void lsm_service_write_list_copies(LsmService *service);
/* Erases contents of merely observed cases that are older than observe-retention. */
void lsm_service_erase_old(LsmService *service);

/* --- mails.c --- */

/* Composes the passage's mails under the case's id: array of LsmOutboxEntry *, to be put in the same
 * transaction. */
GPtrArray *lsm_mails_compose(LsmService *service, JsonArray *mails, const char *case_id, GBytes *original,
			     GError **error);

/* --- verbs.c --- */

typedef JsonObject *(*LsmVerb)(LsmService *service, const LsmPeer *peer, JsonObject *args, GError **error);

/* The verb of that name, or one that says that this peer may not use it; NULL when there is none. */
LsmVerb lsm_verb_find(LsmService *service, const LsmPeer *peer, const char *name);

#endif
