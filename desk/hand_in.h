/*
 * hand_in.h - the gate's half of mail to the desk: what stands in it goes to the desk as plain members.
 *
 * Strangers' mail is parsed in the gate, whose crash costs only its own connections; the desk, which
 * owns the record, gets words, not mails.
 */
#ifndef LSM_DESK_HAND_IN_H
#define LSM_DESK_HAND_IN_H

#include "desk/desk.h"

/* What proves who sent it: "login", "dmarc", "dkim", or NULL. What a local user wrote by the mail server's own
 * command has passed no border that would have taken a forged field away: it proves nothing. */
const char *lsm_hand_in_proof(const LsmMessage *message, const LsmEnvelope *envelope, const LsmSettings *settings);

/* Does its To or Cc name an address of the desk? A signature covers the header, not the envelope: what was
 * signed for somebody else can be sent on to us by whoever has it. */
gboolean lsm_hand_in_is_addressed(const LsmMessage *message, const LsmSettings *settings);

typedef enum {
	LSM_HANDED_TAKEN,    /* on record: the desk's recipients get no mail */
	LSM_HANDED_NOT_OURS, /* no answer: the mail goes to the mailbox behind the address */
	LSM_HANDED_FAILED    /* error is set: 451 */
} LsmHanded;

/* recipients: of LsmRecipient *, those that lsm_door_of knows; they stand in the envelope no more. */
LsmHanded lsm_hand_in(const LsmMessage *message, const LsmEnvelope *envelope, const GPtrArray *recipients,
		      const LsmSettings *settings, LsmDesk *desk, GError **error);

#endif
