/*
 * case_index.h - by what a statement is found: its rows in the indexes for reading.
 *
 * The rows are a function of the case alone (lsm_case_terms). All that people ask for together stands
 * in order of time, as each term ends with the time of the first record. Twenty rows in as many places of the
 * store are too many for the transaction that a mail waits for: lsm_case_put only notes that the case
 * is behind, with the rows that it has, and every LSM_CASE_BEHIND_MAX cases brings all in step. Who
 * reads (query.h) looks at those few cases themselves.
 */
#ifndef LSM_STORE_CASE_INDEX_H
#define LSM_STORE_CASE_INDEX_H

#include "store/case.h"
#include "store/index.h"
#include "store/row_set.h"

/* So many cases may be behind; a reader loads them all. */
#define LSM_CASE_BEHIND_MAX 64

/* In a term: there are more words (or numbers) than have rows, so that the case itself must be asked. */
#define LSM_CASE_TERM_MORE "*"
/* In AGENDA: no deadline; behind all dates. */
#define LSM_CASE_NO_DEADLINE "9999-99-99"

typedef struct {
	LsmIndexKind kind;
	char term[]; /* NUL-terminated */
} LsmCaseTerm;

/* All rows of a case; new array of LsmCaseTerm *, which it owns. */
GPtrArray *lsm_case_terms(const LsmCase *item);

/* A time as the terms have it: 12 hex digits of milliseconds, which sort as the time does. */
#define LSM_CASE_TIME_SIZE 13 /* with the NUL */
void lsm_case_time_render(gint64 time, char text_out[LSM_CASE_TIME_SIZE]);

/* The deadline if it is a date as it should be, else NULL. */
const char *lsm_case_deadline(const LsmCase *item);

/* For lsm_case_put: item is about to replace old (NULL: none). Rows of what was erased go at once. */
gboolean lsm_case_index_note(LsmStoreTxn *txn, const LsmCase *item, const LsmCase *old, GError **error);

/* Brings all rows in step now, in this transaction. Reads cases as they are stored. */
gboolean lsm_case_index_settle(LsmStoreTxn *txn, GError **error);

/*
 * Makes the rows of all cases anew, in slices: each call deals with up to count rows or cases in its
 * transaction. place: NULL at first, then as the call before left it; NULL again when all is done. Statements
 * may come and change between two slices. Who reads meanwhile finds whatever was found before: rows that lack are
 * put first, and then those go that are no case's.
 * rows: is told of those that the cases have, and spares looking at their cases again; the caller keeps what was
 * noted when the transaction was committed. NULL: none.
 */
gboolean lsm_case_reindex(LsmStoreTxn *txn, guint count, LsmRowSet *rows, char **place, GError **error);

#endif
