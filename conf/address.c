/*
 * address.c - mail addresses as strings.
 *
 * Owns nothing, uses GLib's Unicode tables; any thread. A string that is no address is not an
 * error here: predicates say no.
 */
#include "conf/address.h"

#include <string.h>

/* RFC 5321 4.5.3.1: local part, domain, and a path of 256 with its angle brackets. */
#define LOCAL_MAX_OCTETS 64
#define DOMAIN_MAX_OCTETS 255
#define ADDRESS_MAX_OCTETS 254
#define LABEL_MAX_OCTETS 63

/* No other sign becomes an ASCII letter by it (full folding makes "k" of U+212A, the Kelvin sign, and "ss" of one
 * letter): addresses decide who may act. */
char *
lsm_address_fold(const char *text)
{
	GString *folded;

	/* Most are ASCII, and asked for in every mail. */
	if (g_str_is_ascii(text) || !g_utf8_validate(text, -1, NULL))
		return g_ascii_strdown(text, -1);
	folded = g_string_sized_new(strlen(text) + 1);
	for (; *text != '\0'; text = g_utf8_next_char(text)) {
		gunichar sign = g_utf8_get_char(text);
		gunichar lower = g_unichar_tolower(sign);

		g_string_append_unichar(folded, sign >= 0x80 && lower < 0x80 ? sign : lower);
	}
	return g_string_free(folded, FALSE);
}

gboolean
lsm_address_equal(const char *a, const char *b)
{
	g_autofree char *folded_a = NULL;
	g_autofree char *folded_b = NULL;

	if (a == NULL || b == NULL || *a == '\0' || *b == '\0')
		return FALSE;
	/* No sign folds into ASCII or out of it: most pairs differ in their first letter. */
	if (((guchar)*a < 0x80 || (guchar)*b < 0x80) && g_ascii_tolower(*a) != g_ascii_tolower(*b))
		return FALSE;
	if (g_str_is_ascii(a) && g_str_is_ascii(b))
		return g_ascii_strcasecmp(a, b) == 0;
	folded_a = lsm_address_fold(a);
	folded_b = lsm_address_fold(b);
	return strcmp(folded_a, folded_b) == 0;
}

const char *
lsm_address_domain(const char *address)
{
	const char *at = address != NULL ? strrchr(address, '@') : NULL;

	return at != NULL ? at + 1 : "";
}

gboolean
lsm_address_in_list(const char *address, char *const *list)
{
	for (gsize i = 0; list != NULL && list[i] != NULL; i++)
		if (lsm_address_equal(address, list[i]))
			return TRUE;
	return FALSE;
}

static gboolean
is_local_character(gunichar character)
{
	if (character < 0x80)
		return g_ascii_isgraph((char)character) && strchr("<>()[],;:\\\"@", (int)character) == NULL;
	return g_unichar_isgraph(character) && g_unichar_type(character) != G_UNICODE_FORMAT;
}

static gboolean
is_local_part(const char *local, gsize length)
{
	if (length == 0 || length > LOCAL_MAX_OCTETS)
		return FALSE;
	for (const char *at = local; at < local + length; at = g_utf8_next_char(at))
		if (!is_local_character(g_utf8_get_char(at)))
			return FALSE;
	return TRUE;
}

static gboolean
is_label(const char *label, gsize length)
{
	if (length == 0 || length > LABEL_MAX_OCTETS || label[0] == '-' || label[length - 1] == '-')
		return FALSE;
	for (const char *at = label; at < label + length; at = g_utf8_next_char(at)) {
		gunichar character = g_utf8_get_char(at);
		if (character != '-' && !g_unichar_isalnum(character) && !g_unichar_ismark(character))
			return FALSE;
	}
	return TRUE;
}

gboolean
lsm_address_is_domain(const char *domain)
{
	const char *label = domain;

	if (domain == NULL || strnlen(domain, DOMAIN_MAX_OCTETS + 1) > DOMAIN_MAX_OCTETS)
		return FALSE;
	if (!g_utf8_validate(domain, -1, NULL))
		return FALSE;
	for (;;) {
		gsize length = strcspn(label, ".");

		if (!is_label(label, length))
			return FALSE;
		if (label[length] == '\0')
			return TRUE;
		label += length + 1;
	}
}

gboolean
lsm_address_is_valid(const char *address)
{
	const char *domain;

	if (address == NULL || strnlen(address, ADDRESS_MAX_OCTETS + 1) > ADDRESS_MAX_OCTETS)
		return FALSE;
	domain = lsm_address_domain(address);
	if (*domain == '\0' || !g_utf8_validate(address, -1, NULL))
		return FALSE;
	return is_local_part(address, (gsize)(domain - address) - 1) && lsm_address_is_domain(domain);
}

char *
lsm_address_from_octets(const char *octets)
{
	GString *address;
	const char *end;

	/* All but a few. */
	if (g_str_is_ascii(octets) && strchr(octets, '\\') == NULL)
		return g_strdup(octets);
	address = g_string_sized_new(strlen(octets) + 1);
	for (;; octets = end + 1) {
		g_utf8_validate(octets, -1, &end);
		for (; octets < end; octets++) {
			if (octets[0] == '\\' && octets[1] == 'x')
				g_string_append(address, "\\x5C");
			else
				g_string_append_c(address, *octets);
		}
		if (*end == '\0')
			return g_string_free(address, FALSE);
		g_string_append_printf(address, "\\x%02X", (guchar)*end);
	}
}

static gboolean
is_escape(const char *at)
{
	return at[0] == '\\' && at[1] == 'x' && g_ascii_isxdigit(at[2]) && g_ascii_isxdigit(at[3]) &&
	       !(at[2] == '0' && at[3] == '0');
}

char *
lsm_address_to_octets(const char *address)
{
	GString *octets = g_string_sized_new(strlen(address) + 1);

	while (*address != '\0') {
		if (is_escape(address)) {
			g_string_append_c(octets, (char)(g_ascii_xdigit_value(address[2]) << 4 |
							 g_ascii_xdigit_value(address[3])));
			address += 4;
		} else {
			g_string_append_c(octets, *address++);
		}
	}
	return g_string_free(octets, FALSE);
}
