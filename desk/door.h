/*
 * door.h - the desk's addresses: "desk@home" itself, and what may stand behind its recipient delimiter.
 *
 *   desk@home             people write to it: answers with a reference in the subject, submissions
 *   desk+TOKEN@home       the answer to one request of ours (token.h)
 *   desk+r-ID-TAG@home    envelope sender of the releases of a case: bounces come back to it (tag.h)
 *
 * Without the setting desk-address our mail comes from the liaison contact, which is a mailbox that people
 * read: then only the two long forms are the desk's. Everything compares without case, for mail programs fold
 * local parts.
 */
#ifndef LSM_DESK_DOOR_H
#define LSM_DESK_DOOR_H

#include "conf/settings.h"

typedef enum {
	LSM_DOOR_NONE, /* not the desk's */
	LSM_DOOR_PLAIN,
	LSM_DOOR_TOKEN,
	LSM_DOOR_CASE
} LsmDoor;

/* Is it the address for trying a statement (setting check-address)? No allocation. */
gboolean lsm_door_is_check(const LsmSettings *settings, const char *address);

/* Where our mail comes from: desk-address, or the liaison contact. Belongs to the settings. */
const char *lsm_door_address(const LsmSettings *settings);

/* Which door an address is; suffix_out (may be NULL): what stands behind the delimiter ("r-" left out), a
 * pointer into address up to its '@', or NULL. No allocation: it is asked for each recipient of each mail. */
LsmDoor lsm_door_of(const LsmSettings *settings, const char *address, const char **suffix_out);

/* "desk+suffix@home"; the plain address where the delimiter is empty. Caller frees. */
char *lsm_door_with(const LsmSettings *settings, const char *suffix);
/* "desk+r-LS-20261121-K7Q3M-abcdefghijkl@home": the envelope sender of a case's releases. Caller frees. */
char *lsm_door_of_case(const LsmSettings *settings, const char *case_id, const char *tag);

#endif
