/*
 * checkpoint.h - the log's size and root under a signature (C2SP tlog-checkpoint in a C2SP signed note).
 *
 *   liaison.ietf.org            origin: the log's name, which is also the key's
 *   20852163                    size, decimal
 *   CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=    root, base64
 *                               empty line
 *   — liaison.ietf.org Az3grl...                    name, base64 of the key's id and the signature
 *
 * The signature is over all before the empty line, line ends included. Further signatures, of witnesses,
 * are passed over. Threads: any.
 */
#ifndef LSM_STORE_CHECKPOINT_H
#define LSM_STORE_CHECKPOINT_H

#include "store/key.h"
#include "store/log.h"

/* More octets, and more signatures, are refused. */
#define LSM_CHECKPOINT_MAX 65536
#define LSM_CHECKPOINT_SIGNATURES_MAX 100

/* The signed checkpoint; its origin is the key's name. Caller frees. */
char *lsm_checkpoint_sign(const LsmLogHead *head, const LsmKey *key);

/*
 * INPUT unless text is a checkpoint with a right signature of this key, whose name is the origin. The first
 * signature that names the key decides. head_out is set on success only.
 */
gboolean lsm_checkpoint_verify(const char *text, gsize length, const LsmKey *key, LsmLogHead *head_out,
			       GError **error);

/* "0" or digits without a leading 0, below 2^64 - 1. */
gboolean lsm_checkpoint_number_parse(const char *text, gsize length, guint64 *number_out);

#endif
