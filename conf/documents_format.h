/*
 * documents_format.h - the octets of a documents table; for those who write and who read it only.
 *
 * header | entries, sorted by name | pool of NUL-terminated UTF-8 texts, the first octet NUL
 *
 * All numbers are little-endian. A text is an offset into the pool; 0 is "". Nothing here is trusted when it
 * is read: sizes are compared with the file's when it is opened, each offset and check at each look-up.
 */
#ifndef LSM_CONF_DOCUMENTS_FORMAT_H
#define LSM_CONF_DOCUMENTS_FORMAT_H

#include "conf/documents.h"

#define LSM_DOCUMENTS_MAGIC "LSMDOCS\n"
#define LSM_DOCUMENTS_VERSION 1
#define LSM_DOCUMENTS_TEXTS 4
#define LSM_DOCUMENTS_TEXT_MAX 2000 /* octets of one text */

typedef struct {
	char magic[8];
	guint32 version;
	guint32 entries;
	guint32 pool; /* octets */
	guint32 counts[LSM_DOCUMENT_KINDS];
	gint64 built;
	guint32 reserved;
	guint32 check; /* of all octets before it */
} LsmDocumentsHeader;

typedef struct {
	guint32 text[LSM_DOCUMENTS_TEXTS]; /* name, title, group, successors */
	guint32 date;
	guint16 revision; /* plus one; 0: none */
	guint8 stream;
	guint8 status;
	guint8 intended;
	guint8 reserved[3];
	guint32 check; /* of all octets before it, and of the four texts with their NULs */
} LsmDocumentsEntry;

G_STATIC_ASSERT(sizeof(LsmDocumentsHeader) == 48);
G_STATIC_ASSERT(sizeof(LsmDocumentsEntry) == 32);

/* FNV-1a, carried on from check (at first LSM_DOCUMENTS_CHECK_START). Against damage, not against people. */
#define LSM_DOCUMENTS_CHECK_START 2166136261u

static inline guint32
lsm_documents_check(guint32 check, const void *octets, gsize length)
{
	const guint8 *at = octets;

	for (gsize i = 0; i < length; i++)
		check = (check ^ at[i]) * 16777619u;
	return check;
}

#endif
