/*
 * one_case.c - see one_case.h.
 */
#include "ctl/one_case.h"

#include "conf/error.h"

gboolean
lsm_one_case(LsmStoreTxn *txn, const char *typed, LsmCase **item_out, GError **error)
{
	LsmFound found = lsm_case_get_typed(txn, typed, item_out, error);

	if (found == LSM_ABSENT)
		g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE,
			    "no statement \"%s\" on record; liaisonctl search finds it by other words", typed);
	return found == LSM_FOUND;
}
