/*
 * mask.h - takes an answer token out of a mail that goes on to others than the desk.
 */
#ifndef LSM_DESK_MASK_H
#define LSM_DESK_MASK_H

#include "rules/verdict.h"

/*
 * Adds to the plan what removes the token's letters: header fields that hold it are replaced, and the body,
 * where the letters stand in it as they are or broken by quoted-printable or quoting, with signs of the same
 * length. What is encoded otherwise stays: the desk makes such a token void as well. letters: 32, lower case.
 */
void lsm_mask_token(LsmPlan *plan, const LsmMessage *message, const char *letters);

#endif
