/*
 * ole.h - OLE compound files (MS-CFB), the container of .doc, through libgsf, in memory.
 */
#ifndef LSM_EXTRACT_OLE_H
#define LSM_EXTRACT_OLE_H

#include "extract/format.h"

/* Whether the file is one and holds a stream of that name at its top. */
gboolean lsm_ole_has(const LsmExtractInput *input, const char *name);

/* Lets libgsf register its types. Called once, by lsm_format_prepare. */
void lsm_ole_prepare(void);

#endif
