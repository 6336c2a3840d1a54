/*
 * writer.c - group commit.
 *
 * Owns one thread and a queue of waiting jobs; uses the store. A job lives on its caller's stack:
 * the caller sleeps until the writer has marked it done. Where nothing waits and nothing is being written,
 * the caller does the thread's work itself: a lone session need not wait for two changes of thread. One
 * of them writes at a time ("busy"). Jobs that nobody is kept waiting by ("patient") go with the next commit of
 * others, or by themselves after a moment. Fails as the store fails, job by job.
 */
#include "desk/writer.h"

#include "conf/error.h"
#include "desk/counters.h"

#define PATIENCE (5 * G_TIME_SPAN_MILLISECOND) /* about what lies between two mails of one busy session */
#define MAX_BATCH 64 /* keeps one commit well under the 50 ms that a waiting mail server should notice */

typedef struct {
	LsmWriteJob run;
	gpointer data;
	gint64 until; /* a patient one's: monotonic time by which it is written, whatever else comes */
	gboolean is_sole; /* shares no commit */
	gboolean awaited; /* by its caller, who sleeps; else it is the caller that writes */
	/* Of its own, so that those whose commit is done need not queue up for the writer's lock. */
	GMutex lock;
	GCond finished;
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
	GQueue patient; /* of Job *, too */
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
	if (!lsm_store_commit(txn, error))
		return FALSE;
	lsm_counters_add(LSM_COUNT_COMMITS, 1);
	lsm_counters_add(LSM_COUNT_COMMIT_JOBS, count);
	return TRUE;
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

/* The lock is held. May the queue's first job join a batch that has so many? */
static gboolean
has_more(GQueue *queue, Job **jobs, guint count)
{
	const Job *next = g_queue_peek_head(queue);

	return next != NULL && (count == 0 || (count < MAX_BATCH && !next->is_sole && !jobs[0]->is_sole));
}

/* The lock is held. More jobs for a batch that has so many. */
static guint
collect(LsmWriter *writer, Job **jobs, guint count)
{
	while (has_more(&writer->waiting, jobs, count))
		jobs[count++] = g_queue_pop_head(&writer->waiting);
	while (has_more(&writer->patient, jobs, count))
		jobs[count++] = g_queue_pop_head(&writer->patient);
	return count;
}

/* The lock is held, and let go meanwhile. FALSE: something is to be written now, or it is the end. */
static gboolean
wait_for_jobs(LsmWriter *writer)
{
	const Job *patient = g_queue_peek_head(&writer->patient);

	if (!writer->busy && (writer->waiting.length > 0 || writer->stopping))
		return FALSE;
	if (writer->busy || patient == NULL)
		g_cond_wait(&writer->arrived, &writer->lock);
	else if (patient->until <= g_get_monotonic_time())
		return FALSE;
	else
		g_cond_wait_until(&writer->arrived, &writer->lock, patient->until);
	return TRUE;
}

/* The lock is held. What waits comes first, also before the end. */
static guint
take_batch(LsmWriter *writer, Job **jobs)
{
	while (wait_for_jobs(writer))
		;
	return collect(writer, jobs, 0);
}

static void
finish(Job *job)
{
	g_mutex_lock(&job->lock);
	job->done = TRUE;
	g_cond_signal(&job->finished);
	g_mutex_unlock(&job->lock);
}

/* The lock is held, and let go meanwhile. */
static void
write_batch(LsmWriter *writer, Job **jobs, guint count)
{
	writer->busy = TRUE;
	g_mutex_unlock(&writer->lock);
	run_batch(writer, jobs, count);
	for (guint i = 0; i < count; i++) {
		if (jobs[i]->awaited)
			finish(jobs[i]);
	}
	g_mutex_lock(&writer->lock);
	writer->busy = FALSE;
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
	g_queue_init(&writer->patient);
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

/* The lock is held, and let go. */
static void
leave_to_thread(LsmWriter *writer, GQueue *queue, Job *job)
{
	job->awaited = TRUE;
	g_queue_push_tail(queue, job);
	if (!writer->busy)
		g_cond_signal(&writer->arrived);
	g_mutex_unlock(&writer->lock);
	g_mutex_lock(&job->lock);
	while (!job->done)
		g_cond_wait(&job->finished, &job->lock);
	g_mutex_unlock(&job->lock);
}

/* The lock is held, and let go. */
static void
write_self(LsmWriter *writer, Job *job)
{
	Job *jobs[MAX_BATCH] = {job};

	write_batch(writer, jobs, collect(writer, jobs, 1));
	/* The thread is woken only for what has come meanwhile. */
	if (writer->waiting.length > 0 || writer->patient.length > 0 || writer->stopping)
		g_cond_signal(&writer->arrived);
	g_mutex_unlock(&writer->lock);
}

static gboolean
run_job(LsmWriter *writer, Job *job, GError **error)
{
	g_mutex_init(&job->lock);
	g_cond_init(&job->finished);
	g_mutex_lock(&writer->lock);
	if (job->until > 0)
		leave_to_thread(writer, &writer->patient, job);
	else if (writer->busy || writer->waiting.length > 0)
		leave_to_thread(writer, &writer->waiting, job);
	else
		write_self(writer, job);
	g_cond_clear(&job->finished);
	g_mutex_clear(&job->lock);
	if (!job->result)
		lsm_counters_add(LSM_COUNT_COMMIT_FAILURES, 1);
	if (job->error != NULL)
		g_propagate_error(error, job->error);
	return job->result;
}

gboolean
lsm_writer_run(LsmWriter *writer, LsmWriteJob run, gpointer data, GError **error)
{
	Job job = {.run = run, .data = data};

	return run_job(writer, &job, error);
}

gboolean
lsm_writer_run_sole(LsmWriter *writer, LsmWriteJob run, gpointer data, GError **error)
{
	Job job = {.run = run, .data = data, .is_sole = TRUE};

	return run_job(writer, &job, error);
}

gboolean
lsm_writer_run_along(LsmWriter *writer, LsmWriteJob run, gpointer data, GError **error)
{
	Job job = {.run = run, .data = data, .until = g_get_monotonic_time() + PATIENCE};

	return run_job(writer, &job, error);
}
