/*
 * one_case.h - the statement that a command is about.
 */
#ifndef LSM_CTL_ONE_CASE_H
#define LSM_CTL_ONE_CASE_H

#include "store/case.h"

/* As somebody typed it: the id, or its letters alone. USAGE where there is none. Caller frees. */
gboolean lsm_one_case(LsmStoreTxn *txn, const char *typed, LsmCase **item_out, GError **error);

#endif
