/*
 * query.h - statements that fit a question, in an order, page by page.
 *
 * All conditions must hold. Where a condition has several values, a statement fits that has any of them;
 * parties, words and numbers are the exception: of those it must have all. Conditions with an index
 * (all but from, to and overdue) are answered from it: rows that stand in order of time are
 * intersected by jumping from one to the next, so that the cost goes with the rarest of them, not with
 * the record. Nothing is kept but the page's place, and at most a few hundred cases that must be sorted.
 */
#ifndef LSM_STORE_QUERY_H
#define LSM_STORE_QUERY_H

#include "store/case.h"

typedef enum {
	LSM_QUERY_NEWEST,  /* first record, newest first */
	LSM_QUERY_AGENDA,  /* open ones: rank of the state, deadline, first record */
	LSM_QUERY_DEADLINE, /* deadline, first record; whatever else was asked for, once a deadline was */
	LSM_QUERY_ANY       /* whatever is quickest, for who counts: cursors are NULL, and after is for the others */
} LsmQueryOrder;

#define LSM_QUERY_STATES_ALL (((guint32)1 << LSM_STATE_COUNT) - 1)

/* Lists are NULL or end with NULL; NULL and 0 stand for no condition. All borrowed. */
typedef struct {
	char **parties;     /* each: its words are in a name of from or to */
	char **from, **to;  /* each: its words are in a name there */
	char **ways;        /* "in", "out" ... */
	guint32 states;     /* bits 1 << LSM_STATE_*; 0: all but not-a-statement */
	char **purposes;
	char **verdicts;
	char **rules;
	gint64 since;       /* first record at that time or later, microseconds */
	gint64 until;       /* before */
	const char *due_after;  /* YYYY-MM-DD: deadline then or later */
	const char *due_before; /* earlier than that */
	const char *today;      /* open, and the deadline is before this day: overdue */
	const char *message_id; /* of any copy, with or without <> */
	char **numbers;     /* document numbers of either body: letters and digits count */
	const char *id;     /* as typed: full, or the letters; or how either begins (USAGE: more than 1000 do) */
	const char *subject; /* its words are in the subject */
	LsmQueryOrder order;
	const char *after;  /* cursor of the statement behind which the page begins */
} LsmQuery;

/* cursor: this place in the order, for LsmQuery.after; text without blanks. Return FALSE to end. */
typedef gboolean (*LsmQueryVisitor)(const LsmCase *item, const char *cursor, gpointer data);

/* USAGE: a cursor that is none of this order, or of a statement that is not on record. */
gboolean lsm_query_run(LsmStoreTxn *txn, const LsmQuery *query, LsmQueryVisitor visit, gpointer data,
		       GError **error);

/* The order in which the answer comes. */
LsmQueryOrder lsm_query_order(const LsmQuery *query);

#endif
