/*
 * writer.c - group commit.
 *
 * Owns one thread and a queue of waiting jobs; uses the store. A job lives on its caller's stack:
 * the caller sleeps until the writer has marked it done. Where nothing waits and nothing is being written,
 * the caller does the thread's work itself: a lone session need not wait for two changes of thread. One
 * of them writes at a time ("busy"). Fails as the store fails, job by job.
 */
#include "desk/writer.h"

#include "conf/error.h"

#define MAX_BATCH 64 /* keeps one commit well under the 50 ms that a waiting mail server should notice */

typedef struct {
	LsmWriteJob run;
	gpointer data;
	GCond finished; /* with done; each wakes its own caller alone */
	gboolean done;
	gboolean result;
	GError *error;
} Job;

struct LsmWriter {
	LsmStore *store;
	GThread *thread;
	GMutex lock;
	GCond arrived;
	GQueue waiting; /* of Job * */
	gboolean busy;  /* somebody writes: the thread, or a caller */
	gboolean stopping;
};

static gboolean
run_jobs(LsmWriter *writer, Job **jobs, guint count, GError **error)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_write(writer->store, error);

	if (txn == NULL)
		return FALSE;
	for (guint i = 0; i < count; i++) {
		if (!jobs[i]->run(txn, jobs[i]->data, error))
			return FALSE;
	}
	return lsm_store_commit(txn, error);
}

static void
run_batch(LsmWriter *writer, Job **jobs, guint count)
{
	g_autoptr(GError) error = NULL;

	if (count > 1 && run_jobs(writer, jobs, count, &error)) {
		for (guint i = 0; i < count; i++)
			jobs[i]->result = TRUE;
		return;
	}
	/* An uncertain commit must not be repeated blindly: every job of it is told so. */
	if (error != NULL && g_error_matches(error, LSM_ERROR, LSM_ERROR_UNCERTAIN)) {
		for (guint i = 0; i < count; i++)
			jobs[i]->error = g_error_copy(error);
		return;
	}
	for (guint i = 0; i < count; i++)
		jobs[i]->result = run_jobs(writer, &jobs[i], 1, &jobs[i]->error);
}

/* The lock is held. What waits comes first, also before the end. */
static guint
take_batch(LsmWriter *writer, Job **jobs)
{
	guint count = 0;

	while (writer->busy || (writer->waiting.length == 0 && !writer->stopping))
		g_cond_wait(&writer->arrived, &writer->lock);
	while (count < MAX_BATCH && writer->waiting.length > 0)
		jobs[count++] = g_queue_pop_head(&writer->waiting);
	return count;
}

/* The lock is held, and let go meanwhile. */
static void
write_batch(LsmWriter *writer, Job **jobs, guint count)
{
	writer->busy = TRUE;
	g_mutex_unlock(&writer->lock);
	run_batch(writer, jobs, count);
	g_mutex_lock(&writer->lock);
	writer->busy = FALSE;
	for (guint i = 0; i < count; i++) {
		jobs[i]->done = TRUE;
		g_cond_signal(&jobs[i]->finished);
	}
}

static gpointer
write_until_stopped(gpointer data)
{
	LsmWriter *writer = data;
	Job *jobs[MAX_BATCH];
	guint count;

	g_mutex_lock(&writer->lock);
	while ((count = take_batch(writer, jobs)) > 0)
		write_batch(writer, jobs, count);
	g_mutex_unlock(&writer->lock);
	return NULL;
}

LsmWriter *
lsm_writer_new(LsmStore *store)
{
	LsmWriter *writer = g_new0(LsmWriter, 1);

	writer->store = store;
	g_mutex_init(&writer->lock);
	g_cond_init(&writer->arrived);
	g_queue_init(&writer->waiting);
	writer->thread = g_thread_new("writer", write_until_stopped, writer);
	return writer;
}

void
lsm_writer_free(LsmWriter *writer)
{
	if (writer == NULL)
		return;
	g_mutex_lock(&writer->lock);
	writer->stopping = TRUE;
	g_cond_signal(&writer->arrived);
	g_mutex_unlock(&writer->lock);
	g_thread_join(writer->thread);
	g_mutex_clear(&writer->lock);
	g_cond_clear(&writer->arrived);
	g_free(writer);
}

/* The lock is held. */
static void
wait_for_thread(LsmWriter *writer, Job *job)
{
	g_cond_init(&job->finished);
	g_queue_push_tail(&writer->waiting, job);
	g_cond_signal(&writer->arrived);
	while (!job->done)
		g_cond_wait(&job->finished, &writer->lock);
	g_cond_clear(&job->finished);
}

gboolean
lsm_writer_run(LsmWriter *writer, LsmWriteJob run, gpointer data, GError **error)
{
	Job job = {.run = run, .data = data}, *alone = &job;

	g_mutex_lock(&writer->lock);
	if (writer->busy || writer->waiting.length > 0)
		wait_for_thread(writer, &job);
	else {
		write_batch(writer, &alone, 1);
		g_cond_signal(&writer->arrived);
	}
	g_mutex_unlock(&writer->lock);
	if (job.error != NULL)
		g_propagate_error(error, job.error);
	return job.result;
}
