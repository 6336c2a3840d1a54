/*
 * token.h - the answer tokens: who holds one may answer one request about one content, once.
 *
 * A token is 32 lower-case base32 letters (160 random bits; RFC 4648 alphabet, so that a local part stays
 * below 64 octets and survives folding of case). It stands in the mail that asks and nowhere else: the store
 * keeps its SHA-256 with what it is bound to. One token an asked address and request.
 *
 * Beside the tokens the same table keeps marks: short-lived counts under a hash (a Message-ID that was
 * answered, an address that was helped), which expire as tokens do.
 */
#ifndef LSM_DESK_TOKEN_H
#define LSM_DESK_TOKEN_H

#include "store/case.h"
#include "store/store.h"

#define LSM_TOKEN_LETTERS 32

typedef struct LsmToken {
	char hash[65]; /* SHA-256 of the token, hex: its key */
	char *case_id;
	char *kind;           /* of the mail that carries it: "request", "authority", "cover" */
	char *asked;          /* address that it was sent to */
	char *content;        /* digest of the statement (LsmCase.digest), or "": bound to the case alone */
	char **bodies;        /* acronyms of the From bodies that were named */
	char **organizations; /* to which it was to go */
	char **withheld;      /* recipients that were named */
	gint64 expires;       /* microseconds */
	gint64 spent;         /* 0: not yet */
	char *spent_by;       /* or NULL */
} LsmToken;

/* 32 letters of the alphabet in either case? */
gboolean lsm_token_is_one(const char *text, gsize length);
/* Are the first so many octets of text letters of the alphabet, in either case? */
gboolean lsm_token_is_spelled(const char *text, gsize length);
/* The first 5 * letters bits of count octets as letters; text has room for one more, the NUL. */
void lsm_token_spell(const guint8 *octets, gsize count, guint letters, char *text);

/* A new token; text_out is the only copy of its letters: caller frees with lsm_token_wipe. */
LsmToken *lsm_token_new(const char *case_id, const char *kind, const char *asked, gint64 expires,
			char **text_out);
void lsm_token_free(LsmToken *token);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmToken, lsm_token_free)
void lsm_token_wipe(char *text);

gboolean lsm_token_put(LsmStoreTxn *txn, const LsmToken *token, GError **error);
/* text: letters as typed, in any case. */
LsmFound lsm_token_find(LsmStoreTxn *txn, const char *text, LsmToken **token_out, GError **error);

/* What a token is worth, now, for this case. */
typedef enum {
	LSM_TOKEN_GOOD,
	LSM_TOKEN_SPENT,
	LSM_TOKEN_EXPIRED,
	LSM_TOKEN_OTHER_CONTENT,   /* the statement is not the one that was shown */
	LSM_TOKEN_MORE_RECIPIENTS, /* it would go to somebody whom the request did not name */
	LSM_TOKEN_OTHER_CASE
} LsmTokenWorth;

LsmTokenWorth lsm_token_worth(const LsmToken *token, const LsmCase *item, gint64 now);
/* One sentence for people; "" when it is good. */
const char *lsm_token_worth_text(LsmTokenWorth worth);

/* Spends it in this transaction. DENIED, with the sentence above, when it is not good for this case any more.
 */
gboolean lsm_token_spend(LsmStoreTxn *txn, const char *hash, const LsmCase *item, const char *by, gint64 now,
			 GError **error);

/* Counts one more use under "what text" and returns the count so far; a mark that has expired starts anew. */
gboolean lsm_token_mark(LsmStoreTxn *txn, const char *what, const char *text, gint64 now, gint64 lifetime,
			guint *count_out, GError **error);
gboolean lsm_token_marks(LsmStoreTxn *txn, const char *what, const char *text, gint64 now, guint *count_out,
			 GError **error);

/* Removes all tokens of a case; looks at every row. */
gboolean lsm_token_forget(LsmStoreTxn *txn, const char *case_id, GError **error);

/*
 * Removes what has expired among the next `most` rows from *cursor (32 octets, all 0 at first) on, and moves
 * the cursor: a round is bounded however many there are.
 */
gboolean lsm_token_purge(LsmStoreTxn *txn, gint64 now, guint most, guint8 cursor[32], guint *removed_out,
			 GError **error);

#endif
