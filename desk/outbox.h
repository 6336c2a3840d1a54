/*
 * outbox.h - the mails we owe: committed with the event that caused them, sent exactly as recorded.
 *
 * One entry a mail; each recipient is sent to in a transaction of its own, so that what is
 * owed to whom is always exact. States: held (the mail server has not taken the milter's reply
 * yet), due, failed (refused for good; shown by status).
 */
#ifndef LSM_DESK_OUTBOX_H
#define LSM_DESK_OUTBOX_H

#include "store/outbox_index.h"
#include "store/store.h"

typedef struct LsmOutboxEntry {
	guint64 id; /* 0: not yet put */
	char *case_id;
	char *kind;        /* "held", "request", "cover", "release" ... */
	char *state;       /* "held", "due", "failed" */
	char *sender;      /* envelope; "" is the null sender */
	char **recipients; /* still owed */
	char *content;     /* SHA-256 (hex) of the bytes in the content table */
	char *digest;      /* as the milter computes it: LsmMessage.content */
	gint64 since;      /* when it was written, microseconds */
	gint64 due;        /* not sent before */
	guint attempts;
	char *last_error; /* or NULL */
	GBytes *mail;     /* only while composed and not yet put */
	struct LsmToken *token; /* that stands in this mail: put with it; or NULL */
	GBytes *packed;   /* the mail as it is stored, see lsm_outbox_entry_pack; or NULL */
} LsmOutboxEntry;

LsmOutboxEntry *lsm_outbox_entry_new(const char *case_id, const char *kind, const char *sender,
				     char *const *recipients);
void lsm_outbox_entry_free(LsmOutboxEntry *entry);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmOutboxEntry, lsm_outbox_entry_free)

/* Compresses the mail, so that it need not be done within the transaction. */
void lsm_outbox_entry_pack(LsmOutboxEntry *entry);

/* Gives an id if it has none; puts the mail's bytes when present, and the index by digest. */
gboolean lsm_outbox_put(LsmStoreTxn *txn, LsmOutboxEntry *entry, GError **error);
/* Removes the entry, its index and, unless the case keeps that content, the bytes. */
gboolean lsm_outbox_remove(LsmStoreTxn *txn, const LsmOutboxEntry *entry, gboolean keep_content,
			   GError **error);
LsmFound lsm_outbox_get(LsmStoreTxn *txn, guint64 id, LsmOutboxEntry **entry_out, GError **error);
/* All entries of a case (case_id NULL: all), oldest first. New array of LsmOutboxEntry *. */
GPtrArray *lsm_outbox_list(LsmStoreTxn *txn, const char *case_id, GError **error);
/* Up to `most` entries behind place that are due at now, in order; moves place. One that cannot be read is logged
 * and left out. New array of LsmOutboxEntry *; *more_out: whether there may be others behind. */
GPtrArray *lsm_outbox_list_due(LsmStoreTxn *txn, gint64 now, guint most, LsmOutboxPlace *place,
			       gboolean *more_out, GError **error);
/* Makes the held entries of a case due; changed_out: whether there were any. */
gboolean lsm_outbox_release_held(LsmStoreTxn *txn, const char *case_id, gint64 now, gboolean *changed_out,
				 GError **error);
/* Is a mail of this digest owed to all of these recipients from this sender? */
gboolean lsm_outbox_is_owed(LsmStoreTxn *txn, const char *digest, const char *sender, char *const *recipients,
			    gboolean *owed_out, GError **error);

#endif
