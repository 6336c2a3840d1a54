/*
 * test_writer.c - group commit: what waits together is committed together, and one bad job costs only itself.
 */
#include <glib.h>
#include <string.h>
#include <unistd.h>

#include "conf/error.h"
#include "desk/writer.h"
#include "tests/contract/store_fault.h"

#define THREADS 8
#define JOBS 50

static LsmStore *
open_store(void)
{
	g_autoptr(GError) error = NULL;
	LsmStore *store = lsm_store_open_with(&lsm_backend_fault, "memory:", LSM_STORE_READ_WRITE, &error);

	g_assert_no_error(error);
	return store;
}

typedef struct {
	const char *key;
	gboolean fails;
	gint runs;    /* atomic */
	GMutex *gate; /* held by the test while the writer shall wait inside; or NULL */
	GCond *moved;
	gboolean *inside, *may_leave;
} KeyJob;

static gboolean
put_key(LsmStoreTxn *txn, gpointer data, GError **error)
{
	KeyJob *job = data;

	g_atomic_int_inc(&job->runs);
	if (job->gate != NULL) {
		g_mutex_lock(job->gate);
		*job->inside = TRUE;
		g_cond_broadcast(job->moved);
		while (!*job->may_leave)
			g_cond_wait(job->moved, job->gate);
		g_mutex_unlock(job->gate);
	}
	if (!lsm_store_put(txn, LSM_TABLE_CASE, job->key, strlen(job->key), "x", 1, error))
		return FALSE;
	if (job->fails)
		g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT, "%s fails", job->key);
	return !job->fails;
}

static gboolean
has_key(LsmStore *store, const char *key)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(store, NULL);
	g_autoptr(GBytes) value = NULL;

	return lsm_store_get(txn, LSM_TABLE_CASE, key, strlen(key), &value, NULL) == LSM_FOUND;
}

static void
test_one(void)
{
	g_autoptr(LsmStore) store = open_store();
	g_autoptr(LsmWriter) writer = lsm_writer_new(store);
	g_autoptr(GError) error = NULL;
	KeyJob good = {.key = "good"}, bad = {.key = "bad", .fails = TRUE};

	g_assert_true(lsm_writer_run(writer, put_key, &good, &error));
	g_assert_no_error(error);
	g_assert_true(has_key(store, "good"));
	g_assert_false(lsm_writer_run(writer, put_key, &bad, &error));
	g_assert_error(error, LSM_ERROR, LSM_ERROR_INPUT);
	g_assert_false(has_key(store, "bad"));
	g_assert_cmpint(good.runs, ==, 1);
	g_assert_cmpint(bad.runs, ==, 1);
}

/* Nothing else comes: it goes by itself after a moment. */
static void
test_patient(void)
{
	g_autoptr(LsmStore) store = open_store();
	g_autoptr(LsmWriter) writer = lsm_writer_new(store);
	g_autoptr(GError) error = NULL;
	KeyJob good = {.key = "good"}, bad = {.key = "bad", .fails = TRUE};

	g_assert_true(lsm_writer_run_along(writer, put_key, &good, &error));
	g_assert_no_error(error);
	g_assert_true(has_key(store, "good"));
	g_assert_false(lsm_writer_run_along(writer, put_key, &bad, &error));
	g_assert_error(error, LSM_ERROR, LSM_ERROR_INPUT);
	g_assert_false(has_key(store, "bad"));
	g_assert_cmpint(good.runs, ==, 1);
	g_assert_cmpint(bad.runs, ==, 1);
}

static void
test_idle(void)
{
	g_autoptr(LsmStore) store = open_store();

	lsm_writer_free(lsm_writer_new(store));
	lsm_writer_free(NULL);
}

/* --- jobs that wait together --- */

typedef struct {
	LsmWriter *writer;
	KeyJob job;
	gboolean is_patient;
	gboolean is_sole;
	gboolean result;
	GError *error;
	gint thread_id; /* atomic; 0 until it calls */
} Caller;

static gpointer
call_writer(gpointer data)
{
	Caller *caller = data;

	g_atomic_int_set(&caller->thread_id, gettid());
	caller->result = (caller->is_patient ? lsm_writer_run_along
			  : caller->is_sole  ? lsm_writer_run_sole
					     : lsm_writer_run)(caller->writer, put_key, &caller->job, &caller->error);
	return NULL;
}

/* Three jobs, the last of them patient, that arrive while the writer is inside another one; what strikes their common commit is `fault`.
 */
typedef struct {
	LsmStore *store;
	guint sole; /* which of rest shares no commit; 0: none */
	Caller first;
	Caller rest[3];
} Batch;

/* A caller that sleeps after its call has begun is in the queue: there is nothing else to wait for. */
static gboolean
is_asleep(Caller *caller)
{
	gint id = g_atomic_int_get(&caller->thread_id);
	g_autofree char *path = g_strdup_printf("/proc/self/task/%d/stat", id);
	g_autofree char *stat = NULL;

	return id != 0 && g_file_get_contents(path, &stat, NULL, NULL) && strstr(stat, ") S ") != NULL;
}

static void
wait_until_queued(Batch *batch)
{
	for (guint i = 0; i < G_N_ELEMENTS(batch->rest); i++) {
		while (!is_asleep(&batch->rest[i]))
			g_thread_yield();
	}
}

static void
run_batch(Batch *batch, gboolean middle_fails, int fault, LsmFaultKind kind)
{
	static const char *const keys[] = {"a", "b", "c"};
	g_autoptr(LsmWriter) writer = lsm_writer_new(batch->store);
	GThread *threads[G_N_ELEMENTS(keys) + 1];
	gboolean inside = FALSE, may_leave = FALSE;
	GMutex gate;
	GCond moved;

	g_mutex_init(&gate);
	g_cond_init(&moved);
	batch->first = (Caller){.writer = writer,
				.job = {.key = "first",
					.gate = &gate,
					.moved = &moved,
					.inside = &inside,
					.may_leave = &may_leave}};
	threads[0] = g_thread_new("caller", call_writer, &batch->first);
	g_mutex_lock(&gate);
	while (!inside)
		g_cond_wait(&moved, &gate);
	for (guint i = 0; i < G_N_ELEMENTS(keys); i++) {
		batch->rest[i] = (Caller){.writer = writer,
					  .job = {.key = keys[i], .fails = middle_fails && i == 1},
					  .is_patient = i == 2,
					  .is_sole = i > 0 && i == batch->sole};
		threads[i + 1] = g_thread_new("caller", call_writer, &batch->rest[i]);
	}
	wait_until_queued(batch);
	lsm_fault_arm(fault, kind);
	may_leave = TRUE;
	g_cond_broadcast(&moved);
	g_mutex_unlock(&gate);
	for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
		g_thread_join(threads[i]);
	lsm_fault_arm(0, LSM_FAULT_BEFORE);
	g_mutex_clear(&gate);
	g_cond_clear(&moved);
}

static void
batch_clear(Batch *batch)
{
	g_clear_error(&batch->first.error);
	for (guint i = 0; i < G_N_ELEMENTS(batch->rest); i++)
		g_clear_error(&batch->rest[i].error);
}

/* Operations from the moment the first job goes on: its put and commit, then begin, three puts and commit. */
#define COMMIT_OF_BATCH 7
#define COMMIT_BEFORE_SOLE 6 /* one put less */

static void
test_bad_neighbour(void)
{
	g_autoptr(LsmStore) store = open_store();
	Batch batch = {.store = store};

	run_batch(&batch, TRUE, 0, LSM_FAULT_BEFORE);
	g_assert_true(batch.first.result);
	g_assert_true(batch.rest[0].result);
	g_assert_false(batch.rest[1].result);
	g_assert_error(batch.rest[1].error, LSM_ERROR, LSM_ERROR_INPUT);
	g_assert_true(batch.rest[2].result);
	g_assert_no_error(batch.rest[2].error);
	g_assert_true(has_key(store, "a"));
	g_assert_false(has_key(store, "b"));
	g_assert_true(has_key(store, "c"));
	batch_clear(&batch);
}

/* What runs once only is not repeated for others' sake: here the commit of those before it fails first. */
static void
test_sole(void)
{
	g_autoptr(LsmStore) store = open_store();
	Batch batch = {.store = store, .sole = 1};

	run_batch(&batch, FALSE, COMMIT_BEFORE_SOLE, LSM_FAULT_BEFORE);
	for (guint i = 0; i < G_N_ELEMENTS(batch.rest); i++) {
		g_assert_true(batch.rest[i].result);
		g_assert_no_error(batch.rest[i].error);
		g_assert_true(has_key(store, batch.rest[i].job.key));
	}
	g_assert_cmpint(batch.rest[0].job.runs, ==, 2);
	g_assert_cmpint(batch.rest[1].job.runs, ==, 1);
	g_assert_cmpint(batch.rest[2].job.runs, ==, 2);
	batch_clear(&batch);
}

static void
test_temporary_commit(void)
{
	g_autoptr(LsmStore) store = open_store();
	Batch batch = {.store = store};

	run_batch(&batch, FALSE, COMMIT_OF_BATCH, LSM_FAULT_BEFORE);
	for (guint i = 0; i < G_N_ELEMENTS(batch.rest); i++) {
		g_assert_true(batch.rest[i].result);
		g_assert_no_error(batch.rest[i].error);
		g_assert_cmpint(batch.rest[i].job.runs, ==, 2);
		g_assert_true(has_key(store, batch.rest[i].job.key));
	}
	batch_clear(&batch);
}

/* What may have happened is not done again: every caller is told, none of the jobs is repeated. */
static void
test_uncertain_commit(void)
{
	g_autoptr(LsmStore) store = open_store();
	Batch batch = {.store = store};

	run_batch(&batch, FALSE, COMMIT_OF_BATCH, LSM_FAULT_AFTER);
	for (guint i = 0; i < G_N_ELEMENTS(batch.rest); i++) {
		g_assert_false(batch.rest[i].result);
		g_assert_error(batch.rest[i].error, LSM_ERROR, LSM_ERROR_UNCERTAIN);
		g_assert_cmpint(batch.rest[i].job.runs, ==, 1);
	}
	batch_clear(&batch);
}

static void
test_uncertain_single(void)
{
	g_autoptr(LsmStore) store = open_store();
	g_autoptr(LsmWriter) writer = lsm_writer_new(store);
	g_autoptr(GError) error = NULL;
	KeyJob job = {.key = "one"};

	lsm_fault_arm(3, LSM_FAULT_AFTER);
	g_assert_false(lsm_writer_run(writer, put_key, &job, &error));
	g_assert_error(error, LSM_ERROR, LSM_ERROR_UNCERTAIN);
	g_assert_cmpint(job.runs, ==, 1);
	lsm_fault_arm(0, LSM_FAULT_BEFORE);
}

/* --- many threads --- */

typedef struct {
	LsmWriter *writer;
	guint number;
	guint done;
} Worker;

static gpointer
write_many(gpointer data)
{
	Worker *worker = data;

	for (guint i = 0; i < JOBS; i++) {
		g_autofree char *key = g_strdup_printf("%u-%u", worker->number, i);
		KeyJob job = {.key = key, .fails = i % 10 == 9};

		if (lsm_writer_run(worker->writer, put_key, &job, NULL) == !job.fails)
			worker->done++;
	}
	return NULL;
}

static void
test_many(void)
{
	g_autoptr(LsmStore) store = open_store();
	LsmWriter *writer = lsm_writer_new(store);
	Worker workers[THREADS];
	GThread *threads[THREADS];

	for (guint i = 0; i < THREADS; i++) {
		workers[i] = (Worker){writer, i, 0};
		threads[i] = g_thread_new("worker", write_many, &workers[i]);
	}
	for (guint i = 0; i < THREADS; i++) {
		g_thread_join(threads[i]);
		g_assert_cmpuint(workers[i].done, ==, JOBS);
	}
	lsm_writer_free(writer);
	for (guint i = 0; i < THREADS; i++) {
		g_autofree char *good = g_strdup_printf("%u-%u", i, JOBS - 2);
		g_autofree char *bad = g_strdup_printf("%u-%u", i, JOBS - 1);

		g_assert_true(has_key(store, good));
		g_assert_false(has_key(store, bad));
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/writer/one", test_one);
	g_test_add_func("/writer/patient", test_patient);
	g_test_add_func("/writer/idle", test_idle);
	g_test_add_func("/writer/bad-neighbour", test_bad_neighbour);
	g_test_add_func("/writer/sole", test_sole);
	g_test_add_func("/writer/temporary-commit", test_temporary_commit);
	g_test_add_func("/writer/uncertain-commit", test_uncertain_commit);
	g_test_add_func("/writer/uncertain-single", test_uncertain_single);
	g_test_add_func("/writer/many", test_many);
	return g_test_run();
}
