/*
 * check_block.c - is our own block one that is known here (A12)?
 *
 * Pure predicates over what was read. Any thread; cannot fail.
 */
#include "rules/check.h"

LsmCheckResult
lsm_check_block_version(const LsmCheckInput *input, char **detail_out)
{
	if (input->statement->version == NULL)
		return LSM_CHECK_FINE;
	*detail_out = g_strdup_printf("\"Liaison-Statement: %s\" is no version that is known here",
				      input->statement->version);
	return LSM_CHECK_FOUND;
}
