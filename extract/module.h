/*
 * module.h - the readers whose libraries take longer to load than most attachments take to be read. Each is a
 * shared object of its own beside the program, liaison-extract-NAME.so, made of read_NAME.c.
 */
#ifndef LSM_EXTRACT_MODULE_H
#define LSM_EXTRACT_MODULE_H

#include "extract/format.h"

typedef enum { LSM_MODULE_PDF, LSM_MODULE_DOC, LSM_MODULES } LsmModuleId;

/* What a shared object gives, under the name lsm_extract_module. */
typedef struct {
	void (*prepare)(void); /* lets the library open now what it opens once; called once */
	/* Whether the file, a container of many kinds of document, holds something of that name; may be NULL.
	 */
	gboolean (*has)(const LsmExtractInput *input, const char *name);
	LsmExtractReader read;
} LsmExtractModule;

extern const LsmExtractModule lsm_extract_module;

#define LSM_MODULE_ALL "all"
#define LSM_MODULE_NONE "none"

/* Whether there is a module of that name, or all or none is meant. */
gboolean lsm_module_is_name(const char *name);

/* Loads the module of that name, or all, or none, before the sandbox closes. FALSE: one cannot be loaded, and
 * *why_out says why; the caller frees it. */
gboolean lsm_module_load(const char *name, char **why_out);

/* NULL when it was not loaded; that it was missed is remembered. */
const LsmExtractModule *lsm_module_get(LsmModuleId id);
gboolean lsm_module_is_missed(void);

#endif
