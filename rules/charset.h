/*
 * charset.h - what may be believed of a declared charset, and octets made text.
 */
#ifndef LSM_RULES_CHARSET_H
#define LSM_RULES_CHARSET_H

#include <glib.h>

/* charset: as declared; NULL when it was not. */
gboolean lsm_charset_is_utf8(const char *charset);

/* Charsets whose octets may be taken as they are; what then is no UTF-8 is most likely windows-1252. */
gboolean lsm_charset_is_ascii_superset(const char *charset);

/* Octets that should be UTF-8 as text: a NUL is dropped (from octets, too), what is no UTF-8 becomes U+FFFD.
 * Never NULL; caller frees. */
char *lsm_charset_text(GByteArray *octets);

#endif
