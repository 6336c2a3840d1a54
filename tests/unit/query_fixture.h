/*
 * query_fixture.h - 2,000 statements, and the long way round to an answer: looking at all of them.
 */
#ifndef LSM_TESTS_QUERY_FIXTURE_H
#define LSM_TESTS_QUERY_FIXTURE_H

#include "store/query.h"

#define CASES 2000
#define DAY ((gint64)86400 * G_USEC_PER_SEC)
#define T0 (G_GINT64_CONSTANT(1795255200) * G_USEC_PER_SEC) /* 2026-11-21 10:00 UTC */
#define TODAY "2026-12-01"

/* Puts all, and some of them again as something else; items: of LsmCase *, as they are in the end. */
LsmStore *query_make_record(GPtrArray *items);
LsmState query_random_state(GRand *random);
char *query_random_subject(GRand *random);
/* The deadline if it is a date. */
const char *query_date_of(const LsmCase *item);
/* Ids in order, a blank behind each; caller frees. */
char *query_long_way(const LsmQuery *query, const GPtrArray *items);

/* A list of up to two, and a list put in another's place. */
char **query_list_of(const char *first, const char *second);
void query_set_list(char ***member, char **list);

#endif
