/*
 * screen.c - is a mail's body wanted at all? Asked of every mail, once its header is in.
 *
 * Most mail is accepted here, so the common path allocates nothing: addresses are copied to the stack,
 * subjects are looked at only when they contain the letters that every sign needs. Owns nothing;
 * thread-safe; never fails.
 */
#include <string.h>

#include "rules/message.h"
#include "rules/recognise.h"
#include "rules/subject.h"

#define MAX_ADDRESS 320
#define MAX_ADDRESSEES 200
#define OWN_PREFIX "Liaison-"

/* Our verdict's own fields (DESIGN section 3). */
static const char *const own_fields[] = {"Liaison-Record", "Liaison-Verdict", "Liaison-Findings"};

gboolean
lsm_screen_is_own_field(const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(own_fields); i++)
		if (g_ascii_strcasecmp(name, own_fields[i]) == 0)
			return TRUE;
	return FALSE;
}

gboolean
lsm_screen_has_own_fields(const LsmCollector *collector)
{
	for (guint i = 0; i < collector->fields->len; i++) {
		const LsmRawField *field = g_ptr_array_index(collector->fields, i);

		if (lsm_raw_field_may_be(field, OWN_PREFIX[0]) && lsm_screen_is_own_field(field->name))
			return TRUE;
	}
	return FALSE;
}

/* "Liaison-Purpose:" and the like: a statement in header fields. */
static gboolean
has_label_field(const LsmCollector *collector)
{
	for (guint i = 0; i < collector->fields->len; i++) {
		const LsmRawField *field = g_ptr_array_index(collector->fields, i);

		if (lsm_raw_field_may_be(field, OWN_PREFIX[0]) &&
		    g_ascii_strncasecmp(field->name, OWN_PREFIX, strlen(OWN_PREFIX)) == 0 &&
		    !lsm_screen_is_own_field(field->name))
			return TRUE;
	}
	return FALSE;
}

static gboolean
has_statement_subject(const LsmCollector *collector)
{
	const char *subject = lsm_collector_field(collector, "Subject");
	g_autofree char *decoded = NULL;

	if (subject == NULL)
		return FALSE;
	/* Encoded words hide the letters, folding and 8-bit octets may: only then is there something to
	 * decode. */
	if (strstr(subject, "=?") == NULL && strchr(subject, '\n') == NULL && g_str_is_ascii(subject))
		return lsm_subject_is_statement_like(subject);
	decoded = lsm_message_decode_field(subject);
	return lsm_subject_is_statement_like(decoded);
}

/* --- addresses in raw header fields --- */

static gboolean
is_address_octet(char octet)
{
	return (guchar)octet > ' ' && strchr("<>,;:\"()[]", octet) == NULL;
}

/* The next thing with an "@" in a raw field, copied to address; *cursor moves behind it. FALSE at the end. */
static gboolean
next_address(const char **cursor, const char *field, char address[MAX_ADDRESS])
{
	const char *at = strchr(*cursor, '@');
	const char *start = at, *end = at;

	if (at == NULL)
		return FALSE;
	while (start > field && is_address_octet(start[-1]) && at - start < MAX_ADDRESS / 2)
		start--;
	while (*end != '\0' && is_address_octet(*end) && end - at < MAX_ADDRESS / 2 - 1)
		end++;
	memcpy(address, start, (gsize)(end - start));
	address[end - start] = '\0';
	*cursor = at + 1;
	return TRUE;
}

typedef gboolean (*AddressQuestion)(const LsmSettings *settings, const char *address);

static gboolean
any_in_field(const LsmCollector *collector, const char *name, const LsmSettings *settings,
	     AddressQuestion asks)
{
	const char *field = lsm_collector_field(collector, name);
	const char *cursor = field;
	char address[MAX_ADDRESS];

	for (guint n = 0; field != NULL && n < MAX_ADDRESSEES && next_address(&cursor, field, address); n++)
		if (asks(settings, address))
			return TRUE;
	return FALSE;
}

static gboolean
any_recipient(const LsmEnvelope *envelope, const LsmSettings *settings, AddressQuestion asks)
{
	for (guint i = 0; i < envelope->recipients->len; i++)
		if (asks(settings, lsm_envelope_recipient(envelope, i)->address))
			return TRUE;
	return FALSE;
}

/* --- questions --- */

static gboolean
is_at_organization(const LsmSettings *settings, const char *address)
{
	return lsm_directory_organization_of(settings->directory, address) != NULL;
}

static gboolean
is_our_liaison(const LsmSettings *settings, const char *address)
{
	return lsm_directory_is_home_liaison_address(settings->directory, address);
}

static gboolean
is_home_door(const LsmSettings *settings, const char *address)
{
	return lsm_directory_is_home_list(settings->directory, address) ||
	       lsm_directory_body_of(settings->directory, address) != NULL;
}

static gboolean
touches_organization(const LsmCollector *collector, const LsmEnvelope *envelope, const LsmSettings *settings)
{
	return is_at_organization(settings, envelope->sender) ||
	       any_recipient(envelope, settings, is_at_organization) ||
	       any_in_field(collector, "From", settings, is_at_organization) ||
	       any_in_field(collector, "To", settings, is_at_organization) ||
	       any_in_field(collector, "Cc", settings, is_at_organization);
}

/* Mail in which our block may stand though nothing in the header says so. */
static gboolean
may_hide_block(const LsmEnvelope *envelope, const LsmSettings *settings)
{
	if (any_recipient(envelope, settings, is_home_door))
		return TRUE;
	return lsm_is_submitted(envelope, settings) &&
	       any_recipient(envelope, settings, lsm_recipient_is_outside);
}

LsmScreen
lsm_screen_header(const LsmCollector *collector, const LsmEnvelope *envelope, const LsmSettings *settings)
{
	if (settings->mode == LSM_MODE_OFF)
		return LSM_SCREEN_PASS;
	if (has_label_field(collector) || has_statement_subject(collector) ||
	    any_recipient(envelope, settings, is_our_liaison) ||
	    touches_organization(collector, envelope, settings))
		return LSM_SCREEN_READ;
	return may_hide_block(envelope, settings) ? LSM_SCREEN_PEEK : LSM_SCREEN_PASS;
}
