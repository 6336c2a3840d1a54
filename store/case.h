/*
 * case.h - the current state of each statement, folded from its events; can be rebuilt from the log.
 *
 * A case is what lsm_case_fold makes of the events of one id, in order. The table keeps the result
 * as JSON so that a list needs no log. Nothing is stored in a case that its events do not say.
 */
#ifndef LSM_STORE_CASE_H
#define LSM_STORE_CASE_H

#include "store/event.h"
#include "store/store.h"

/*
 * ROW(id, word, open, rank, next step, whose step, meaning). Lower rank stands higher in `list`.
 * To add a state: a row here, the event that leads to it in case.c, and a test.
 */
#define LSM_STATES(ROW) \
	ROW(UNDELIVERED, "undelivered", TRUE, 1, "look into it", "coordinators", "a mail of ours was refused") \
	ROW(PENDING, "pending", TRUE, 2, "approve", "approver", "withheld until somebody entitled approves") \
	ROW(IN_REVIEW, "in-review", TRUE, 3, "review", "coordinators", "approved; a coordinator's review lacks") \
	ROW(AROUND, "around", TRUE, 4, "agree or disagree", "approver", "sent around us without approval on record") \
	ROW(DISAGREED, "disagreed", TRUE, 5, "send a revised statement", "sender", "the authority disagreed with it") \
	ROW(UNCONFIRMED, "unconfirmed", TRUE, 6, "confirm", "coordinators", "read by the program, no person yet") \
	ROW(CONFIRMED, "confirmed", TRUE, 7, "assign", "coordinators", "a person confirmed what was read") \
	ROW(ASSIGNED, "assigned", TRUE, 8, "distribute", "coordinators", "somebody follows it up") \
	ROW(DISTRIBUTED, "distributed", TRUE, 9, "answer, act or close", "assignee", "sent on to whom it is for") \
	ROW(UNSURE, "unsure", TRUE, 10, "confirm", "sender", "passed; the sender was asked what it is") \
	ROW(APPROVED, "approved", TRUE, 11, "send", "desk", "on its way to the mail server") \
	ROW(REJECTED, "rejected", FALSE, 12, "mend and resend", "sender", "refused with guidance") \
	ROW(REFUSED, "refused", FALSE, 13, "mend and resend", "sender", "somebody entitled refused") \
	ROW(CANCELLED, "cancelled", FALSE, 14, "", "", "taken back before it went out") \
	ROW(REPLACED, "replaced", FALSE, 15, "", "", "a corrected statement took its place") \
	ROW(PASSED, "passed", FALSE, 16, "", "", "went out, on record") \
	ROW(RELEASED, "released", FALSE, 17, "", "", "approved and handed to the mail server") \
	ROW(DELIVERED, "delivered", FALSE, 18, "", "", "approved, and taken by the other body's mail server") \
	ROW(AGREED, "agreed", FALSE, 19, "", "", "sent around us; the authority agreed") \
	ROW(ANSWERED, "answered", FALSE, 20, "", "", "an answer is on record") \
	ROW(ACTION_TAKEN, "action-taken", FALSE, 21, "", "", "acted upon, with a comment or a link") \
	ROW(CLOSED, "closed", FALSE, 22, "", "", "closed with a reason") \
	ROW(RECORDED, "recorded", FALSE, 23, "", "", "on record, nothing to do") \
	ROW(DRAFT, "draft", FALSE, 24, "", "", "discussed at home before sending") \
	ROW(NOT_STATEMENT, "not-a-statement", FALSE, 25, "", "", "a person said that this is none")

typedef enum {
#define LSM_STATE_ENUM(id, word, open, rank, step, whose, meaning) LSM_STATE_##id,
	LSM_STATES(LSM_STATE_ENUM)
#undef LSM_STATE_ENUM
	LSM_STATE_COUNT
} LsmState;

typedef struct {
	LsmState state;
	const char *word;
	gboolean open;
	int rank;
	const char *step;
	const char *whose;
	const char *meaning;
} LsmStateRow;

const LsmStateRow *lsm_state_row(LsmState state);
gboolean lsm_state_parse(const char *word, LsmState *state_out);

typedef struct {
	char *id;              /* LS-20261121-K7Q3M */
	LsmState state;
	char *way;             /* "in", "out", "around", "draft", "other" */
	gboolean observed;     /* recorded in observe mode: silent, erased after a time */
	gboolean taken;        /* the mail server took the reply of at least one passage */
	gboolean unverified;   /* sent around without proof of who sent it */
	gint64 since;          /* first event, microseconds */
	gint64 changed;        /* last event */
	char *verdict;         /* effect of the last judged passage */
	char **rules;          /* rule ids of its findings */
	char *would;           /* effect that enforcing everything would have had; NULL in old records */
	char **watched;        /* those of rules that only observed */
	char **from;           /* bodies' or organizations' names */
	char **to;
	char **purposes;       /* "information", "action", "response" ... */
	gboolean confirmed;    /* a person confirmed the metadata */
	char *deadline;        /* YYYY-MM-DD or NULL */
	char *subject;         /* NULL when erased */
	char *message_id;      /* first one, without <>; may be NULL */
	char *sender;          /* envelope sender of the first passage */
	char *login;           /* who submitted, or NULL */
	char *author;          /* where its sender reads mail, as far as that is proved; else NULL */
	char **approvers;      /* addresses of which one suffices, for pending */
	char **doors;          /* recipients (addresses) by which copies came, each once */
	char **withheld;       /* recipients outside that have not got it */
	char **released;       /* recipients outside that may get it / got it */
	char **approved_for;   /* acronyms of the From bodies for which an approval is on record */
	gboolean reviewed;     /* a coordinator reviewed it */
	char *reply_to;        /* Send-Reply-To as read or confirmed, or NULL */
	char **to_contacts;    /* To-Contacts as read or confirmed: who gets an incoming statement */
	char **distributed;    /* addresses that it was sent on to */
	char *assignee;        /* address of who follows it up, or NULL */
	char *lead;            /* acronym of the group that leads the answer, or NULL */
	char *original;        /* id of the recorded statement that this one answers, or NULL */
	char **answers;        /* ids of recorded statements that answer this one */
	char *replaced_by;     /* id, or NULL */
	char **numbers;        /* document numbers of either body, as written */
	char *link;            /* URL of the last action taken, or NULL */
	char **told;           /* what was said once: "acknowledged", "deadline-7 2026-12-04" */
	char *content;         /* SHA-256 (hex) of the kept mail, or NULL */
	char *digest;          /* SHA-256 (hex) below its Received fields: how a release is known */
	guint passages;        /* copies seen */
	char *erase_reason;    /* set once erased */
	GArray *positions;     /* of guint64: its events in the log, in order */
} LsmCase;

LsmCase *lsm_case_new(const char *id);
LsmCase *lsm_case_copy(const LsmCase *item);
void lsm_case_free(LsmCase *item);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmCase, lsm_case_free)

/* Applies one more event. Members that an event may carry are listed in case.c's table. Unknown
 * members and missing (erased) private parts are fine. */
void lsm_case_fold(LsmCase *item, const LsmEvent *event);

/* JSON round trip. */
GBytes *lsm_case_render(const LsmCase *item);
LsmCase *lsm_case_parse(const void *data, gsize length, GError **error);

gboolean lsm_case_put(LsmStoreTxn *txn, const LsmCase *item, GError **error);
/* The row and its letters alone; the rows for reading are for lsm_case_reindex to make. */
gboolean lsm_case_put_row(LsmStoreTxn *txn, const LsmCase *item, GError **error);
/* Is it found by its letters? */
LsmFound lsm_case_has_letters(LsmStoreTxn *txn, const char *id, GError **error);
/* Takes a row away that no event speaks for, readable or not, and its letters. */
gboolean lsm_case_drop_row(LsmStoreTxn *txn, const char *id, GError **error);
LsmFound lsm_case_get(LsmStoreTxn *txn, const char *id, LsmCase **case_out, GError **error);

/*
 * What a person types -> the full id: "LS-20261121-K7Q3M", "ls-20261121-k7q3m" or the letters alone
 * where they are unique. LSM_FAILED with USAGE when several match (all are named).
 */
LsmFound lsm_case_find(LsmStoreTxn *txn, const char *typed, char **id_out, GError **error);
/* The case itself. */
LsmFound lsm_case_get_typed(LsmStoreTxn *txn, const char *typed, LsmCase **case_out, GError **error);

typedef gboolean (*LsmCaseVisitor)(const LsmCase *item, gpointer data);
gboolean lsm_case_scan(LsmStoreTxn *txn, LsmCaseVisitor visit, gpointer data, GError **error);

/*
 * A new id for a statement first recorded at that time: the UTC day and the first five base32 letters
 * (RFC 4648 alphabet) of the identity digest (hex), lengthened until unused in this store. Caller frees.
 */
char *lsm_case_new_id(LsmStoreTxn *txn, gint64 time, const char *identity_digest, GError **error);

#endif
