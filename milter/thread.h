/*
 * thread.h - in a gate: which ordinary mail stands in the thread of a statement that waits for an answer
 * (A95).
 *
 * A set of Message-IDs in memory, fetched from the desk by a thread of its own; so that other mail costs a
 * look at In-Reply-To and References, and nothing while no statement waits. What is found is told to the desk
 * after the mail passed, by a bounded queue that nobody waits for. A desk that is away costs mail nothing:
 * what does not fit into the queue then is left out, with a log line.
 */
#ifndef LSM_MILTER_THREAD_H
#define LSM_MILTER_THREAD_H

#include "desk/desk.h"
#include "rules/collect.h"

typedef struct LsmThreads LsmThreads;

/* Borrows the desk, which must outlive it. Starts the thread. */
LsmThreads *lsm_threads_new(LsmDesk *desk);
/* Ends the thread; what is queued and cannot be told at once is left out. Nobody may call anything any more.
 */
void lsm_threads_free(LsmThreads *threads);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmThreads, lsm_threads_free)

/* The ids without <> that the mail answers and that somebody waits for: NULL when there are none (the rule),
 * else a new list. threads may be NULL. The collector's header is complete. Safe from many threads. */
char **lsm_threads_find(LsmThreads *threads, const LsmCollector *collector);

/* Takes the note (its shape: desk/thread.h); never waits. Safe from many threads. */
void lsm_threads_push(LsmThreads *threads, JsonObject *note);

/* Something was put on record: the set is fetched again soon. threads may be NULL. */
void lsm_threads_stale(LsmThreads *threads);

#endif
