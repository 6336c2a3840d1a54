/*
 * requirement.c - the table of requirements.
 *
 * Owns the constant table made of requirements.def. Any thread; cannot fail.
 */
#include "rules/requirement.h"

#include <string.h>

static const LsmRequirement requirements[] = {
#define LSM_REQUIREMENT(id, title, commands, record, remark) {id, title, commands, record, remark},
#include "rules/requirements.def"
#undef LSM_REQUIREMENT
};

const LsmRequirement *
lsm_requirement_table(guint *count_out)
{
	*count_out = G_N_ELEMENTS(requirements);
	return requirements;
}

gboolean
lsm_requirement_is_of(const char *id, const LsmRule *rule)
{
	gsize length = strlen(id);

	for (const char *at = strstr(rule->requirements, id); at != NULL; at = strstr(at + length, id)) {
		gboolean begins = at == rule->requirements || at[-1] == ' ';

		if (begins && (at[length] == ' ' || at[length] == '\0'))
			return TRUE;
	}
	return FALSE;
}
