/*
 * request.h - the mails that ask somebody to decide: to approve ("request"), to say whether they agree with
 * what went around us ("authority"), to take up what came in ("cover").
 *
 * Made for a phone (DESIGN section 6): what is asked and until when first, links that fill in the answer,
 * what the statement claims, advice, then its text exactly as it will go, its attachments as themselves, the
 * original mail last. Each goes to one address with a token of its own: From is "desk+TOKEN@home", so that a
 * plain reply is the answer.
 */
#ifndef LSM_DESK_REQUEST_H
#define LSM_DESK_REQUEST_H

#include "desk/internal.h"
#include "desk/outbox.h"
#include "desk/token.h"
#include "rules/verdict.h"

/* Is this kind of mail one that asks? */
gboolean lsm_request_is_kind(const char *kind);

/* What the mails of one passage share: the original, taken apart once. NULL original: nothing of it is shown.
 */
typedef struct LsmRequestParts LsmRequestParts;
LsmRequestParts *lsm_request_parts_new(const LsmSettings *settings, GBytes *original);
void lsm_request_parts_free(LsmRequestParts *parts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmRequestParts, lsm_request_parts_free)

/* Writes into a passage's members what the tokens of its mails are bound to; before lsm_mails_compose. */
void lsm_request_bind(JsonObject *members);

/* What these mails tell beside a passage's other values, each by its name; new strings. */
char *lsm_request_advice(const LsmVerdict *verdict, const LsmCheckInput *input);
char *lsm_request_consensus(const LsmVerdict *verdict, const LsmCheckInput *input);
char *lsm_request_consulted(const LsmVerdict *verdict, const LsmCheckInput *input);
char *lsm_request_evidence(const LsmVerdict *verdict, const LsmCheckInput *input);
char *lsm_request_informed(const LsmVerdict *verdict, const LsmCheckInput *input);

/*
 * One such mail to one address, with its token (entry->token). mail: as in a passage's "mails". Errors:
 * CONFIG of the text.
 */
LsmOutboxEntry *lsm_request_compose(LsmService *service, const LsmSettings *settings, JsonObject *mail,
				    const char *to, const char *case_id, const LsmRequestParts *parts,
				    GError **error);

/* The same again for a case that still waits, bound to what it is now: after a token expired or went void.
 * NULL without error when the case waits for no such answer or its mail is not kept. */
LsmOutboxEntry *lsm_request_renew(LsmService *service, LsmStoreTxn *txn, const LsmCase *item, const char *to,
				  GError **error);

#endif
