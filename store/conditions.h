/*
 * conditions.h - what a question asks of a statement: does a case fit, and which index rows must it have?
 */
#ifndef LSM_STORE_CONDITIONS_H
#define LSM_STORE_CONDITIONS_H

#include "store/query.h"

typedef struct LsmConditions LsmConditions;

/* Borrows the query. Never NULL. */
LsmConditions *lsm_conditions_new(const LsmQuery *query);
void lsm_conditions_free(LsmConditions *conditions);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmConditions, lsm_conditions_free)

/* All of them but the Message-ID, which an index knows better: a case keeps only the first. */
gboolean lsm_conditions_fit(const LsmConditions *conditions, const LsmCase *item);

/* Streams in order of time (backward), in each of which a case that fits has its row. Of LsmStream *. */
void lsm_conditions_add_streams(const LsmConditions *conditions, GPtrArray *streams);

/* Bits of the states that fit. */
guint32 lsm_conditions_states(const LsmConditions *conditions);
gboolean lsm_conditions_only_open(const LsmConditions *conditions);

/* Bounds as index.h's terms have them: first that fits, first that no longer does. "" or NULL: no bound. */
const char *lsm_conditions_first_time(const LsmConditions *conditions);
const char *lsm_conditions_end_time(const LsmConditions *conditions);
const char *lsm_conditions_first_date(const LsmConditions *conditions);
const char *lsm_conditions_end_date(const LsmConditions *conditions);

#endif
