/*
 * cp1252.h - octets of text that nobody labelled. A table of our own: the C library would load a module.
 */
#ifndef LSM_EXTRACT_CP1252_H
#define LSM_EXTRACT_CP1252_H

#include <glib.h>

/* windows-1252 -> Unicode; U+FFFD for the five octets that mean nothing. */
gunichar lsm_cp1252_character(guint8 octet);

/*
 * The text in UTF-8, NUL-terminated: by its byte order mark (UTF-8, UTF-16), else as it stands when it is
 * valid UTF-8, else from windows-1252. Caller frees.
 */
char *lsm_cp1252_guess_text(const guint8 *data, gsize size, gsize *length_out);

#endif
