/*
 * thread.c - see thread.h.
 *
 * Owns the set, the queue and one thread that empties the one and fetches the other. The lock is held for a
 * look-up, never while the desk is asked. Errors end here: the desk's absence is logged once, not at each
 * try.
 */
#include "milter/thread.h"

#include <string.h>

#include "conf/error.h"
#include "conf/log.h"

#define FETCH_EVERY (30 * G_TIME_SPAN_SECOND)
#define FETCH_SOON (250 * G_TIME_SPAN_MILLISECOND)
#define FETCH_PAUSE (2 * G_TIME_SPAN_SECOND) /* at least, while much is put on record */
#define MOST_NOTES 256
#define TRIES 10
#define MOST_IDS 32 /* looked at in one field: the nearest ones, which stand last */
#define MAX_ID 300  /* octets; what is longer is no Message-ID that anybody waits for */

typedef struct {
	JsonObject *note;
	int tries;
} Entry;

struct LsmThreads {
	LsmDesk *desk;
	gint waiting; /* size of the set; atomic, so that mostly no lock is taken */
	GMutex lock;  /* for what follows */
	GCond changed;
	GHashTable *ids; /* char *, set */
	GQueue notes;    /* of Entry * */
	guint left_out;
	gint64 fetched; /* when; monotonic, microseconds */
	gint64 due;     /* the next time */
	gboolean stopping;
	gint64 state;     /* of the record; the thread's own */
	gboolean is_away; /* the desk; the thread's own */
	GThread *thread;
};

static void
entry_free(gpointer data)
{
	Entry *entry = data;

	json_object_unref(entry->note);
	g_free(entry);
}

/* --- the set --- */

static void
take_ids(LsmThreads *threads, char **ids)
{
	GHashTable *fresh = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	GHashTable *old;

	for (guint i = 0; ids[i] != NULL; i++)
		g_hash_table_add(fresh, ids[i]);
	g_free(ids);
	g_mutex_lock(&threads->lock);
	old = threads->ids;
	threads->ids = fresh;
	g_atomic_int_set(&threads->waiting, (gint)g_hash_table_size(fresh));
	g_mutex_unlock(&threads->lock);
	g_hash_table_unref(old);
}

/* Called without the lock. */
static void
fetch(LsmThreads *threads)
{
	g_autoptr(GError) error = NULL;
	char **ids = NULL;

	if (lsm_desk_threads(threads->desk, threads->state, &threads->state, &ids, &error)) {
		if (ids != NULL)
			take_ids(threads, ids);
		threads->is_away = FALSE;
		return;
	}
	if (!threads->is_away)
		lsm_log_error(error, NULL, "threads-unknown", NULL);
	threads->is_away = TRUE;
}

static void
find_in_field(LsmThreads *threads, const char *value, GStrvBuilder *found)
{
	const char *end = value != NULL ? strrchr(value, '>') : NULL;
	char id[MAX_ID + 1];

	for (guint n = 0; end != NULL && n < MOST_IDS; n++) {
		const char *start = g_strrstr_len(value, end - value, "<");
		gsize length = start != NULL ? (gsize)(end - start - 1) : 0;

		if (start == NULL)
			return;
		if (length > 0 && length <= MAX_ID) {
			memcpy(id, start + 1, length);
			id[length] = '\0';
			if (g_hash_table_contains(threads->ids, id))
				g_strv_builder_add(found, id);
		}
		end = g_strrstr_len(value, start - value, ">");
	}
}

char **
lsm_threads_find(LsmThreads *threads, const LsmCollector *collector)
{
	g_autoptr(GStrvBuilder) builder = NULL;
	const char *in_reply_to, *references;
	g_auto(GStrv) found = NULL;

	if (threads == NULL || g_atomic_int_get(&threads->waiting) == 0)
		return NULL;
	in_reply_to = lsm_collector_field(collector, "In-Reply-To");
	references = lsm_collector_field(collector, "References");
	if (in_reply_to == NULL && references == NULL)
		return NULL;
	builder = g_strv_builder_new();
	g_mutex_lock(&threads->lock);
	find_in_field(threads, in_reply_to, builder);
	find_in_field(threads, references, builder);
	g_mutex_unlock(&threads->lock);
	found = g_strv_builder_end(builder);
	return found[0] != NULL ? g_steal_pointer(&found) : NULL;
}

void
lsm_threads_stale(LsmThreads *threads)
{
	gint64 soon;

	if (threads == NULL)
		return;
	g_mutex_lock(&threads->lock);
	soon = MAX(g_get_monotonic_time() + FETCH_SOON, threads->fetched + FETCH_PAUSE);
	threads->due = MIN(threads->due, soon);
	g_cond_signal(&threads->changed);
	g_mutex_unlock(&threads->lock);
}

/* --- the queue --- */

void
lsm_threads_push(LsmThreads *threads, JsonObject *note)
{
	Entry *entry = g_new0(Entry, 1);

	entry->note = note;
	g_mutex_lock(&threads->lock);
	if (g_queue_get_length(&threads->notes) < MOST_NOTES) {
		g_queue_push_tail(&threads->notes, g_steal_pointer(&entry));
		g_cond_signal(&threads->changed);
	} else if (threads->left_out++ == 0)
		lsm_log(LOG_WARNING, NULL, "informed-left-out", "text",
			"too many informal answers wait for the desk", NULL);
	g_mutex_unlock(&threads->lock);
	g_clear_pointer(&entry, entry_free);
}

/* Called without the lock. FALSE: try it again, later. */
static gboolean
tell(LsmThreads *threads, Entry *entry)
{
	g_autoptr(GError) error = NULL;

	if (lsm_desk_informed(threads->desk, entry->note, &error))
		return TRUE;
	entry->tries++;
	if (lsm_error_is_retryable(error) && entry->tries < TRIES)
		return FALSE;
	lsm_log_error(error, NULL, "informed-untold", NULL);
	return TRUE;
}

/* Until the desk fails once: what one note met the others would meet. Called under the lock. */
static void
tell_all(LsmThreads *threads)
{
	Entry *entry;
	gboolean told = TRUE;

	while (told && (entry = g_queue_pop_head(&threads->notes)) != NULL) {
		g_mutex_unlock(&threads->lock);
		told = tell(threads, entry);
		g_mutex_lock(&threads->lock);
		if (told)
			entry_free(entry);
		else
			g_queue_push_head(&threads->notes, entry);
		threads->is_away = !told;
	}
	threads->left_out = 0;
}

/* Called under the lock; FALSE at the end. A desk that was away is asked again at the next fetch only. */
static gboolean
wait_for_work(LsmThreads *threads)
{
	while (!threads->stopping && threads->due > g_get_monotonic_time() &&
	       (threads->is_away || g_queue_is_empty(&threads->notes)))
		g_cond_wait_until(&threads->changed, &threads->lock, threads->due);
	return !threads->stopping;
}

static gpointer
run(gpointer data)
{
	LsmThreads *threads = data;

	g_mutex_lock(&threads->lock);
	while (wait_for_work(threads)) {
		if (threads->due <= g_get_monotonic_time()) {
			threads->fetched = g_get_monotonic_time();
			threads->due = threads->fetched + FETCH_EVERY;
			g_mutex_unlock(&threads->lock);
			fetch(threads);
			g_mutex_lock(&threads->lock);
		}
		if (!threads->is_away)
			tell_all(threads);
	}
	if (!threads->is_away)
		tell_all(threads);
	g_mutex_unlock(&threads->lock);
	return NULL;
}

LsmThreads *
lsm_threads_new(LsmDesk *desk)
{
	LsmThreads *threads = g_new0(LsmThreads, 1);

	threads->desk = desk;
	threads->state = -1;
	threads->ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_mutex_init(&threads->lock);
	g_cond_init(&threads->changed);
	g_queue_init(&threads->notes);
	threads->thread = g_thread_new("threads", run, threads);
	return threads;
}

void
lsm_threads_free(LsmThreads *threads)
{
	if (threads == NULL)
		return;
	g_mutex_lock(&threads->lock);
	threads->stopping = TRUE;
	g_cond_signal(&threads->changed);
	g_mutex_unlock(&threads->lock);
	g_thread_join(threads->thread);
	g_queue_clear_full(&threads->notes, entry_free);
	g_hash_table_unref(threads->ids);
	g_cond_clear(&threads->changed);
	g_mutex_clear(&threads->lock);
	g_free(threads);
}
