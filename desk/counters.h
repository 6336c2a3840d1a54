/*
 * counters.h - what the running daemon counts: one piece of memory that all its processes share.
 *
 * Each process adds to a part of its own, with relaxed atomic additions: no lock, no message, nothing that grows, and
 * what a gate had counted when it died is still there. The desk adds the parts up when somebody asks. Before
 * lsm_counters_share (tools, tests) a process counts for itself. Safe from any thread.
 */
#ifndef LSM_DESK_COUNTERS_H
#define LSM_DESK_COUNTERS_H

#include <json-glib/json-glib.h>

#include "rules/verdict.h"

typedef enum {
#define LSM_FAMILY(id, name, label, help) LSM_FAMILY_##id,
#define LSM_COUNTER(id, family, value)
#include "desk/counters.def"
#undef LSM_COUNTER
#undef LSM_FAMILY
	LSM_FAMILY_ROWS
} LsmCounterFamily;

typedef enum {
#define LSM_FAMILY(id, name, label, help)
#define LSM_COUNTER(id, family, value) LSM_COUNT_##id,
#include "desk/counters.def"
#undef LSM_COUNTER
#undef LSM_FAMILY
	LSM_COUNT_ROWS
} LsmCounter;

typedef struct {
	const char *name;
	const char *label; /* "": none */
	const char *help;
} LsmCounterFamilyRow;

typedef struct {
	LsmCounterFamily family;
	const char *value; /* of the label */
} LsmCounterRow;

const LsmCounterFamilyRow *lsm_counters_family(LsmCounterFamily family);

const LsmCounterRow *lsm_counters_row(LsmCounter counter);

/* Upper bounds of the classes of decision times, in microseconds; the last class has none. */
extern const gint64 lsm_counters_bounds[];
extern const guint lsm_counters_bound_count;

/*
 * The parent, before its first child: memory for that many parts, 0 is the parent's own. FALSE: there is none to be
 * had; each process then counts for itself, and only the desk's figures are seen.
 */
gboolean lsm_counters_share(guint parts);
/* A child, once it is one: it adds to this part from now on. */
void lsm_counters_take_part(guint part);

void lsm_counters_add(LsmCounter counter, guint64 number);
/* A statement was judged: direction, effect, findings, what limited it, and how long it took (microseconds). */
void lsm_counters_add_verdict(LsmWay way, const LsmVerdict *verdict, gint64 spent);

/* The parent: who is behind a part now (pid 0: nobody), and whether the last reload was good. now: UNIX time. */
void lsm_counters_note_process(guint part, gint64 pid, gint64 now);
void lsm_counters_note_reload(gboolean done, gint64 now);

/*
 * All of them, added up, as members of the object:
 *   "counters"    {"commits": N, "replies": {"accept": N}}, all rows
 *   "statements"  {"outgoing": {"redirect": N}} and "findings" {"rule": N}, without zeros
 *   "decisions"   {"count", "sum" (microseconds), "classes": [N, ...]}
 *   "processes"   [{"part", "pid", "since"}] of the children that run, the desk being part 1
 *   "parts"       how many children there should be
 *   "reload"      {"done", "time"}, absent before the first
 */
void lsm_counters_describe(JsonObject *object);
/* A row's number out of such an object; 0 when it is not there. */
gint64 lsm_counters_read(JsonObject *object, LsmCounter counter);

#endif
