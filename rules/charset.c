/*
 * charset.c - what may be believed of a declared charset, and octets made text.
 *
 * Owns nothing. Uses GLib only. Thread-safe; never fails.
 */
#include "rules/charset.h"

#include <string.h>

gboolean
lsm_charset_is_utf8(const char *charset)
{
	return charset != NULL &&
	       (g_ascii_strcasecmp(charset, "utf-8") == 0 || g_ascii_strcasecmp(charset, "utf8") == 0);
}

gboolean
lsm_charset_is_ascii_superset(const char *charset)
{
	return charset == NULL || *charset == '\0' || lsm_charset_is_utf8(charset) ||
	       g_ascii_strcasecmp(charset, "us-ascii") == 0 || g_ascii_strcasecmp(charset, "ascii") == 0 ||
	       g_ascii_strcasecmp(charset, "unknown-8bit") == 0;
}

static void
drop_nul(GByteArray *octets)
{
	const guint8 *first = octets->len > 0 ? memchr(octets->data, '\0', octets->len) : NULL;
	guint to = first != NULL ? (guint)(first - octets->data) : octets->len;

	for (guint from = to; from < octets->len; from++)
		if (octets->data[from] != '\0')
			octets->data[to++] = octets->data[from];
	g_byte_array_set_size(octets, to);
}

char *
lsm_charset_text(GByteArray *octets)
{
	drop_nul(octets);
	return octets->len > 0 ? g_utf8_make_valid((const char *)octets->data, octets->len) : g_strdup("");
}
