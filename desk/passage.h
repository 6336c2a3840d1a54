/*
 * passage.h - what goes on record of one judged mail, and which mails of ours follow from it.
 */
#ifndef LSM_DESK_PASSAGE_H
#define LSM_DESK_PASSAGE_H

#include "desk/desk.h"

/* Case keys of this mail. Strings inside live as long as the returned holder; free with
 * lsm_passage_keys_free. */
typedef struct {
	LsmCaseKeys keys;
	char *text;
	char *document;
	char *answers;
} LsmPassageKeys;

LsmPassageKeys *lsm_passage_keys_new(const LsmMessage *message, const LsmRecognition *recognition);
void lsm_passage_keys_free(LsmPassageKeys *keys);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmPassageKeys, lsm_passage_keys_free)

/* The event's members and the mails: {"type", "public", "private", "mails", "intervention"}. */
JsonObject *lsm_passage_members(const LsmVerdict *verdict, const LsmCheckInput *input);

/* Names of the parties for people: "IPPM", "Broadband Forum"; the text as written where the directory
 * does not know it. New strv. */
char **lsm_passage_from_names(const LsmRecognition *recognition);
char **lsm_passage_to_names(const LsmRecognition *recognition);

#endif
