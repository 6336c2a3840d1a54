/*
 * module.c - see module.h. Owns what was loaded, for as long as the process lives; one thread.
 */
#include "extract/module.h"

#include <dlfcn.h>
#include <string.h>

/* To add a module: a row, a reader in read_NAME.c, and its name in the Makefile (EXTRACT_MODULES). */
static const char *const names[LSM_MODULES] = {
	[LSM_MODULE_PDF] = "pdf",
	[LSM_MODULE_DOC] = "doc",
};

static const LsmExtractModule *loaded[LSM_MODULES];
static gboolean is_missed;

gboolean
lsm_module_is_name(const char *name)
{
	for (gsize i = 0; i < LSM_MODULES; i++)
		if (strcmp(name, names[i]) == 0)
			return TRUE;
	return strcmp(name, LSM_MODULE_ALL) == 0 || strcmp(name, LSM_MODULE_NONE) == 0;
}

static gboolean
load(LsmModuleId id, char **why_out)
{
	g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
	g_autofree char *path = g_strdup_printf("%s-%s.so", program != NULL ? program : "", names[id]);
	/* What is bound late would be looked for when no file can be opened any more. */
	void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL);

	loaded[id] = object != NULL ? dlsym(object, "lsm_extract_module") : NULL;
	if (loaded[id] == NULL) {
		*why_out = g_strdup(dlerror());
		return FALSE;
	}
	loaded[id]->prepare();
	return TRUE;
}

gboolean
lsm_module_load(const char *name, char **why_out)
{
	gboolean is_all = strcmp(name, LSM_MODULE_ALL) == 0;

	for (LsmModuleId id = 0; id < LSM_MODULES; id++)
		if ((is_all || strcmp(name, names[id]) == 0) && !load(id, why_out))
			return FALSE;
	return TRUE;
}

const LsmExtractModule *
lsm_module_get(LsmModuleId id)
{
	is_missed |= loaded[id] == NULL;
	return loaded[id];
}

gboolean
lsm_module_is_missed(void)
{
	return is_missed;
}
