/*
 * case_verify.h - are the cases what their events say, and has each event its case?
 *
 * A case names the positions of its events, so that one is folded anew at a time: memory goes with the largest case,
 * not with the record. No event is left over when as many belong to cases as the log has, and none twice.
 */
#ifndef LSM_STORE_CASE_VERIFY_H
#define LSM_STORE_CASE_VERIFY_H

#include "store/case.h"

/* What is wrong with the case; NULL: nothing. An event that cannot be read is none. Adds to events the number of those
 * that are the case's. */
const char *lsm_case_verify_one(LsmStoreTxn *txn, const LsmCase *item, guint64 *events);

/* id: the case's; what: static text. */
typedef void (*LsmCaseFault)(const char *id, const char *what, gpointer data);
/* Each case, behind its faults; events: how many of the log's have been accounted for. */
typedef void (*LsmCaseSeen)(const LsmCase *item, guint64 events, gpointer data);

/* All of them, against the size events of the log. FALSE: a table cannot be read to its end. */
gboolean lsm_case_verify(LsmStoreTxn *txn, guint64 size, LsmCaseFault fault, LsmCaseSeen seen, gpointer data,
			 GError **error);

#endif
