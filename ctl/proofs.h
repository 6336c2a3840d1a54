/*
 * proofs.h - what the commands about proofs share: keys, files, the event that is meant, signing.
 */
#ifndef LSM_CTL_PROOFS_H
#define LSM_CTL_PROOFS_H

#include "ctl/command.h"
#include "store/checkpoint.h"
#include "store/log.h"

/* The verifier key of --key; USAGE where text is NULL or none. */
LsmKey *lsm_proofs_verifier(const char *text, GError **error);

/* A regular file of at most max octets, "-" for standard input; caller frees. INPUT where it is unreadable or
 * larger. */
char *lsm_proofs_read(const char *path, gsize max, gsize *length_out, GError **error);

/* The position of a statement's first event; with number >= 0 of that one, which must be the statement's.
 * USAGE where there is none. */
gboolean lsm_proofs_find_event(LsmStoreTxn *txn, const char *typed, gint64 number, guint64 *position_out,
			       GError **error);

/*
 * The present size and root, signed with the secret key in key_file. origin: the log's name; NULL: that of
 * the setting log-origin. CONFIG where it is not the key's name. CORRUPT where the head is not what the
 * stored hashes give: nothing false is signed. Caller frees.
 */
char *lsm_proofs_sign(const LsmCtlOptions *options, const char *key_file, const char *origin,
		      LsmStoreTxn *txn, LsmLogHead *head_out, GError **error);

#endif
