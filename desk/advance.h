/*
 * advance.h - approval in advance: a mail that is on record before it is sent.
 */
#ifndef LSM_DESK_ADVANCE_H
#define LSM_DESK_ADVANCE_H

#include "desk/internal.h"

/*
 * Puts a mail that nobody has sent yet on record as a draft, or finds the case that it is: bound to its identity
 * digest, so that what is then submitted with one changed byte is another mail. mail: base64. id_out: the
 * case's; caller frees. INPUT: no mail, or no statement of ours.
 */
gboolean lsm_advance_record(LsmService *service, const char *mail, char **id_out, GError **error);

#endif
