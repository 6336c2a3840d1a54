/*
 * passages.h - statements to put on record by the thousand, and the rows that each of them becomes.
 */
#ifndef LSM_TESTS_BENCH_PASSAGES_H
#define LSM_TESTS_BENCH_PASSAGES_H

#include "desk/desk.h"
#include "store/store.h"

typedef struct {
	LsmTable table;
	GBytes *key, *value; /* value NULL: it is taken away */
} Row;

typedef struct {
	GBytes *content;
	char *identity, *message_id;
	JsonObject *members;
	GPtrArray *rows; /* of Row *, in the order in which the desk wrote them */
} Record;

/* So many new ones of about that size, always the same: array of Record *, which it owns. Without rows. */
GPtrArray *passages_make(guint count, gsize size);
/* As a gate does it: what is known, then the record. What fails ends the program. */
void passages_record(LsmDesk *desk, const Record *record);
/* Puts them on a record in memory, and notes what that writes: fills rows. */
void passages_note_rows(GPtrArray *records);
/* Of keys and values, on average; and how many rows. */
double passages_octets(GPtrArray *records, double *rows_out);

#endif
