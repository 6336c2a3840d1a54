/*
 * documents.h - shows which documents a text names, and what the table knows of them.
 */
#ifndef LSM_CTL_DOCUMENTS_H
#define LSM_CTL_DOCUMENTS_H

#include "conf/documents.h"

/* For people, on standard output: a line a document. documents NULL: says that nothing is looked up. A text
 * that names none prints nothing. */
void lsm_documents_print(const char *text, const LsmDocuments *documents);

#endif
