/*
 * writer.h - the one place that writes the record: commits together what waits together.
 *
 * A job's function runs inside a write transaction, on the writer's thread or, when nothing else is being
 * written, on the caller's; never two at a time. Jobs that wait at the same time share one commit; when one of
 * them fails, the batch is aborted and each is tried alone, so that one bad job costs only itself.
 */
#ifndef LSM_DESK_WRITER_H
#define LSM_DESK_WRITER_H

#include "store/store.h"

typedef struct LsmWriter LsmWriter;

/* May run more than once for one job (batch, then alone), but for those of lsm_writer_run_sole: must depend on txn
 * and data only. */
typedef gboolean (*LsmWriteJob)(LsmStoreTxn *txn, gpointer data, GError **error);

/* The store is borrowed. */
LsmWriter *lsm_writer_new(LsmStore *store);
/* Finishes the jobs that wait, then ends the thread. */
void lsm_writer_free(LsmWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmWriter, lsm_writer_free)

/* Blocks until the job's commit is durable (TRUE) or failed. Any thread. */
gboolean lsm_writer_run(LsmWriter *writer, LsmWriteJob job, gpointer data, GError **error);
/* The same for what runs once only, and for long: in a commit of its own. */
gboolean lsm_writer_run_sole(LsmWriter *writer, LsmWriteJob job, gpointer data, GError **error);
/* The same for what no mail server waits for: it goes with the next commit of somebody else, and waits some
 * milliseconds for one. A lone session then needs one commit a mail, not two. */
gboolean lsm_writer_run_along(LsmWriter *writer, LsmWriteJob job, gpointer data, GError **error);

#endif
