/*
 * file_kind.h - what kind of file an attachment is: readable by everybody, proprietary, an archive.
 */
#ifndef LSM_RULES_FILE_KIND_H
#define LSM_RULES_FILE_KIND_H

#include "rules/message.h"

typedef enum {
	LSM_FILE_UNKNOWN,
	LSM_FILE_READABLE,    /* PDF, HTML, text (A36) */
	LSM_FILE_OPEN,        /* a published format that needs a program: OpenDocument, LaTeX, RTF */
	LSM_FILE_PROPRIETARY, /* of one vendor's program: .doc, .docx, .pptx ... (A37) */
	LSM_FILE_ARCHIVE,     /* .zip: what is inside is not seen at once */
	LSM_FILE_NO_DOCUMENT  /* picture, sound, signature, calendar, a mail */
} LsmFileKind;

/* By its first octets where they tell, else by the end of its name, else by the declared type. */
LsmFileKind lsm_file_kind(const LsmAttachment *attachment);

/* Do name or declared type say one thing and the octets (or the other of the two) another? Both are named as
 * people call them: "a PDF", "a Word document"; static strings. */
gboolean lsm_file_differs(const LsmAttachment *attachment, const char **declared_out, const char **real_out);

/* A document of a type that exists to carry macros. */
gboolean lsm_file_has_macros(const LsmAttachment *attachment);

#endif
