/*
 * format.h - which formats are read: one row each in format.c, told by what the octets are and not by a name.
 */
#ifndef LSM_EXTRACT_FORMAT_H
#define LSM_EXTRACT_FORMAT_H

#include "extract/result.h"

typedef struct {
	const guint8 *data; /* never NULL */
	gsize size;
	const char *path; /* in archives, "" outside */
	guint depth;      /* archives around it */
} LsmExtractInput;

/*
 * A reader adds the text it finds and says how that went; it may leave a text unfinished (UNREADABLE, what
 * was added stays), and met bounds are the result's business. It opens no file and starts nothing.
 */
typedef LsmExtractStatus (*LsmExtractReader)(const LsmExtractInput *input, LsmExtractResult *result);

LsmExtractStatus lsm_read_pdf(const LsmExtractInput *input, LsmExtractResult *result);
LsmExtractStatus lsm_read_docx(const LsmExtractInput *input, LsmExtractResult *result);
LsmExtractStatus lsm_read_odt(const LsmExtractInput *input, LsmExtractResult *result);
LsmExtractStatus lsm_read_zip(const LsmExtractInput *input, LsmExtractResult *result);
LsmExtractStatus lsm_read_doc(const LsmExtractInput *input, LsmExtractResult *result);
LsmExtractStatus lsm_read_rtf(const LsmExtractInput *input, LsmExtractResult *result);
LsmExtractStatus lsm_read_html(const LsmExtractInput *input, LsmExtractResult *result);
LsmExtractStatus lsm_read_text(const LsmExtractInput *input, LsmExtractResult *result);

/* Reads one document, and by its reader the members of an archive. */
void lsm_format_read(const LsmExtractInput *input, LsmExtractResult *result);

/* Lets the libraries open now what they open once, before the sandbox closes. Called once. */
void lsm_format_prepare(void);

#endif
