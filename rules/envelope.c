/*
 * envelope.c - what the mail server told about one mail beside its header and body.
 *
 * Owns its strings. Uses address.h. No threads of its own; never fails.
 */
#include "rules/envelope.h"

#include <string.h>

#include "conf/address.h"

/* RFC 5321 section 4.1.2: a source route "<@a,@b:user@c>" is to be ignored. */
static const char *
skip_source_route(const char *path)
{
	const char *colon;

	if (*path != '@')
		return path;
	colon = strchr(path, ':');
	return colon != NULL ? colon + 1 : path;
}

/* RFC 5321 section 4.1.2: "a\\b"@c and ab@c are one mailbox; the quotes are gone behind the mail server. */
static char *
without_quotes(const char *address)
{
	const char *at = strrchr(address, '@');
	GString *plain;

	if (*address != '"' || at == NULL || at - address < 2 || at[-1] != '"')
		return g_strdup(address);
	plain = g_string_new(NULL);
	for (const char *from = address + 1; from < at - 1; from++) {
		if (*from == '\\' && from + 1 < at - 1)
			from++;
		g_string_append_c(plain, *from);
	}
	g_string_append(plain, at);
	return g_string_free(plain, FALSE);
}

static char *
path_to_address(const char *argument)
{
	g_autofree char *path = g_strdup(argument != NULL ? argument : "");
	char *address = g_strstrip(path);
	gsize length = strlen(address);
	g_autofree char *plain = NULL;

	if (length >= 2 && address[0] == '<' && address[length - 1] == '>') {
		address[length - 1] = '\0';
		address++;
	}
	plain = without_quotes(skip_source_route(address));
	return lsm_address_from_octets(plain);
}

static void
recipient_free(gpointer data)
{
	LsmRecipient *recipient = data;

	g_free(recipient->argument);
	g_free(recipient->address);
	g_free(recipient);
}

LsmEnvelope *
lsm_envelope_new(const char *sender_argument)
{
	LsmEnvelope *envelope = g_new0(LsmEnvelope, 1);

	envelope->sender = path_to_address(sender_argument);
	envelope->recipients = g_ptr_array_new_with_free_func(recipient_free);
	return envelope;
}

void
lsm_envelope_free(LsmEnvelope *envelope)
{
	if (envelope == NULL)
		return;
	g_free(envelope->queue_id);
	g_free(envelope->sender);
	g_ptr_array_unref(envelope->recipients);
	g_free(envelope->login);
	g_free(envelope->client_address);
	g_free(envelope->client_name);
	g_free(envelope->daemon_name);
	g_free(envelope);
}

void
lsm_envelope_add_recipient(LsmEnvelope *envelope, const char *argument)
{
	LsmRecipient *recipient = g_new0(LsmRecipient, 1);

	recipient->argument = g_strdup(argument);
	recipient->address = path_to_address(argument);
	g_ptr_array_add(envelope->recipients, recipient);
}

const LsmRecipient *
lsm_envelope_recipient(const LsmEnvelope *envelope, guint i)
{
	return g_ptr_array_index(envelope->recipients, i);
}
