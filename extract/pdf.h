/*
 * pdf.h - what poppler needs before the sandbox closes.
 */
#ifndef LSM_EXTRACT_PDF_H
#define LSM_EXTRACT_PDF_H

#include "extract/format.h"

/* Called once, by lsm_format_prepare; keeps a document open for as long as the process lives. */
void lsm_pdf_prepare(void);

#endif
