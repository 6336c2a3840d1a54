/*
 * envelope.h - what the mail server told about one mail beside its header and body.
 *
 * Plain data, filled by milter/session.c or by liaisonctl check. Strings may be NULL where the
 * mail server said nothing, except where noted.
 */
#ifndef LSM_RULES_ENVELOPE_H
#define LSM_RULES_ENVELOPE_H

#include <glib.h>

typedef struct {
	char *argument; /* the exact octets of the RCPT argument: needed to remove it again */
	char *address;  /* without <>, never NULL; UTF-8, see lsm_address_from_octets() */
} LsmRecipient;

typedef struct {
	char *queue_id;
	char *sender;          /* without <>; "" is the null sender; never NULL */
	GPtrArray *recipients; /* of LsmRecipient *, in order */
	char *login;           /* {auth_authen}: the authenticated submitter */
	char *client_address;  /* "203.0.113.9" */
	char *client_name;
	char *daemon_name;   /* {daemon_name} */
	gboolean by_command; /* the sendmail command: submitted, but anonymous */
} LsmEnvelope;

LsmEnvelope *lsm_envelope_new(const char *sender_argument);
void lsm_envelope_free(LsmEnvelope *envelope);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmEnvelope, lsm_envelope_free)

/* argument as given to RCPT, with or without <>; parameters behind it are another argument. */
void lsm_envelope_add_recipient(LsmEnvelope *envelope, const char *argument);
const LsmRecipient *lsm_envelope_recipient(const LsmEnvelope *envelope, guint i);

#endif
