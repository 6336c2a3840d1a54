/*
 * notify.c - tells the desk, a moment later, that the mail server has the final reply of a passage.
 *
 * Owns a queue sorted by time, and one thread that empties it: what has come due while the desk was told of
 * others goes with the next call. A desk that cannot be reached is asked again, with growing pauses, for some
 * minutes; then the ticket is given up with a log line.
 */
#include "milter/notify.h"

#include "conf/error.h"
#include "conf/log.h"

#define REPLY_MOMENT (100 * G_TIME_SPAN_MILLISECOND)
#define FIRST_PAUSE G_TIME_SPAN_SECOND
#define LONGEST_PAUSE (30 * G_TIME_SPAN_SECOND)
#define TRIES 20
#define MAX_BATCH 64 /* the desk writes them in one commit */

typedef struct {
	char *ticket;
	char *queue_id;
	gint64 due; /* monotonic, microseconds */
	gint64 pause;
	int tries;
} Entry;

struct LsmNotify {
	LsmDesk *desk;
	GMutex lock;
	GCond changed;
	GQueue entries;    /* of Entry *, the next due first; under lock */
	gboolean stopping; /* under lock */
	GThread *thread;
};

static void
entry_free(gpointer data)
{
	Entry *entry = data;

	g_free(entry->ticket);
	g_free(entry->queue_id);
	g_free(entry);
}

/* Called under the lock. New ones are nearly always the latest. */
static void
insert(LsmNotify *notify, Entry *entry)
{
	GList *before = notify->entries.tail;

	while (before != NULL && ((const Entry *)before->data)->due > entry->due)
		before = before->prev;
	g_queue_insert_after(&notify->entries, before, entry);
}

/* Called under the lock. At stop there is no time for the pauses, but the reply's moment is kept. */
static gboolean
is_due(const LsmNotify *notify, const Entry *entry, gint64 now)
{
	return entry->due <= now || (notify->stopping && entry->tries > 0);
}

/* The entries whose moment has come, none when all is told and we stop. Called under the lock. */
static guint
wait_for_batch(LsmNotify *notify, Entry **batch)
{
	const Entry *next;
	guint count = 0;

	for (;;) {
		gint64 now = g_get_monotonic_time();

		while ((next = g_queue_peek_head(&notify->entries)) != NULL && count < MAX_BATCH &&
		       is_due(notify, next, now))
			batch[count++] = g_queue_pop_head(&notify->entries);
		if (count > 0 || (next == NULL && notify->stopping))
			return count;
		if (next == NULL)
			g_cond_wait(&notify->changed, &notify->lock);
		else
			g_cond_wait_until(&notify->changed, &notify->lock, next->due);
	}
}

static void
give_up(Entry *entry, const GError *error)
{
	lsm_log_error(error, entry->queue_id, "taken-untold", "ticket", entry->ticket, NULL);
	entry_free(entry);
}

/* The desk did not take it. Called under the lock; takes the entry. */
static void
postpone(LsmNotify *notify, Entry *entry, const GError *error)
{
	entry->tries++;
	if (notify->stopping) {
		/* What one ticket met the others would meet, each for as long as the desk's time-out. */
		give_up(entry, error);
		while ((entry = g_queue_pop_head(&notify->entries)) != NULL)
			give_up(entry, error);
		return;
	}
	if (!lsm_error_is_retryable(error) || entry->tries >= TRIES) {
		give_up(entry, error);
		return;
	}
	entry->due = g_get_monotonic_time() + entry->pause;
	entry->pause = MIN(entry->pause * 2, LONGEST_PAUSE);
	insert(notify, entry);
}

static gboolean
call_desk(LsmNotify *notify, Entry *const *batch, guint count, GError **error)
{
	const char *tickets[MAX_BATCH + 1] = {NULL};

	for (guint i = 0; i < count; i++)
		tickets[i] = batch[i]->ticket;
	return lsm_desk_taken_all(notify->desk, tickets, error);
}

/* Called under the lock, which is let go meanwhile. Takes the entries. */
static void
tell_batch(LsmNotify *notify, Entry **batch, guint count)
{
	g_autoptr(GError) error = NULL;
	gboolean told;

	g_mutex_unlock(&notify->lock);
	told = call_desk(notify, batch, count, &error);
	g_mutex_lock(&notify->lock);
	/* One that the desk will never take must not take the others with it. */
	if (!told && count > 1 && !lsm_error_is_retryable(error)) {
		for (guint i = 0; i < count; i++)
			tell_batch(notify, &batch[i], 1);
		return;
	}
	for (guint i = 0; i < count; i++) {
		if (told)
			entry_free(batch[i]);
		else
			postpone(notify, batch[i], error);
	}
}

static gpointer
tell_desk(gpointer data)
{
	LsmNotify *notify = data;
	Entry *batch[MAX_BATCH];
	guint count;

	g_mutex_lock(&notify->lock);
	while ((count = wait_for_batch(notify, batch)) > 0)
		tell_batch(notify, batch, count);
	g_mutex_unlock(&notify->lock);
	return NULL;
}

LsmNotify *
lsm_notify_new(LsmDesk *desk)
{
	LsmNotify *notify = g_new0(LsmNotify, 1);

	notify->desk = desk;
	g_mutex_init(&notify->lock);
	g_cond_init(&notify->changed);
	g_queue_init(&notify->entries);
	notify->thread = g_thread_new("notify", tell_desk, notify);
	return notify;
}

void
lsm_notify_push(LsmNotify *notify, const char *ticket, const char *queue_id)
{
	Entry *entry = g_new0(Entry, 1);

	entry->ticket = g_strdup(ticket);
	entry->queue_id = g_strdup(queue_id);
	entry->due = g_get_monotonic_time() + REPLY_MOMENT;
	entry->pause = FIRST_PAUSE;
	g_mutex_lock(&notify->lock);
	insert(notify, entry);
	g_cond_signal(&notify->changed);
	g_mutex_unlock(&notify->lock);
}

void
lsm_notify_stop(LsmNotify *notify)
{
	g_mutex_lock(&notify->lock);
	notify->stopping = TRUE;
	g_cond_signal(&notify->changed);
	g_mutex_unlock(&notify->lock);
	g_clear_pointer(&notify->thread, g_thread_join);
}

void
lsm_notify_free(LsmNotify *notify)
{
	if (notify == NULL)
		return;
	if (notify->thread != NULL)
		lsm_notify_stop(notify);
	g_queue_clear_full(&notify->entries, entry_free);
	g_cond_clear(&notify->changed);
	g_mutex_clear(&notify->lock);
	g_free(notify);
}
