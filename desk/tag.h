/*
 * tag.h - the keyed tag in the address that bounces of a release come back to: nobody makes one for a statement
 * whose mail they have not had.
 *
 * Twelve lower-case base32 letters: the first 60 bits of BLAKE2b over the case's id, under 32 random octets that
 * the store makes with its first release and that nothing prints. Behind "r-" and an id the part of the address
 * that stands behind the delimiter is then as long as a token (32 letters), so that what holds a token holds it,
 * too: a local part ends at 64 octets. Letters count in either case, for relays fold them.
 *
 * A tag is bound to the case and says nothing of a recipient: which recipients a report may speak of is what the
 * record says that was released (desk_mail.c).
 */
#ifndef LSM_DESK_TAG_H
#define LSM_DESK_TAG_H

#include "store/store.h"

#define LSM_TAG_LETTERS 12

/* The tag of a case. In the writer's transaction: the first call makes the key. Caller frees. NULL: as the store
 * fails, and CORRUPT where the key is none. */
char *lsm_tag_new(LsmStoreTxn *txn, const char *case_id, GError **error);

/* Is it the tag of this case? In constant time; FALSE for NULL, and where the store has no key. FAILED as above. */
gboolean lsm_tag_is_of(LsmStoreTxn *txn, const char *case_id, const char *tag, gboolean *right_out, GError **error);

/* "LS-20261121-K7Q3M-abcdefghijkl" -> the id, and the tag in *tag_out; without a tag, the whole and NULL there.
 * Caller frees both. */
char *lsm_tag_split(const char *suffix, char **tag_out);

#endif
