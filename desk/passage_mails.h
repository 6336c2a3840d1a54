/*
 * passage_mails.h - which mails of ours follow from a judged mail, to whom, and with which words.
 */
#ifndef LSM_DESK_PASSAGE_MAILS_H
#define LSM_DESK_PASSAGE_MAILS_H

#include <json-glib/json-glib.h>

#include "rules/verdict.h"

/* One object a mail, for lsm_mails_compose: {"kind", "to", "attach", "vars"}. New array, empty when nobody is written
 * to. */
JsonArray *lsm_passage_mails(const LsmVerdict *verdict, const LsmCheckInput *input);

/* Addresses of those whose approval is not given yet. New strv. */
char **lsm_passage_approvers(const LsmCheckInput *input);

/* Where the authenticated submitter reads mail, or NULL. Nobody else is written to: an address in a From: field
 * proves nothing. Borrowed from the input. */
const char *lsm_passage_submitter(const LsmCheckInput *input);

#endif
