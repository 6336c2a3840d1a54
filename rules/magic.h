/*
 * magic.h - what a file is by its first octets, whatever the mail calls it.
 */
#ifndef LSM_RULES_MAGIC_H
#define LSM_RULES_MAGIC_H

#include <glib.h>

/* Octets that are enough for every row. */
#define LSM_MAGIC_OCTETS 64

/* The type ("application/pdf") that the first octets of a file tell, or NULL. A static string. What is a zip
 * outside is "application/zip", but for OpenDocument files, which name themselves in front; the reader of
 * attachments knows more (desk/reader.h). */
const char *lsm_magic_type(const guint8 *data, gsize length);

#endif
