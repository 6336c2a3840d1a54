/*
 * notify.c - tells the desk, a moment later, that the mail server has the final reply of a passage.
 *
 * Owns a queue sorted by time, and one thread that empties it. A desk that cannot be reached is asked
 * again, with growing pauses, for some minutes; then the ticket is given up with a log line.
 */
#include "milter/notify.h"

#include "conf/error.h"
#include "conf/log.h"

#define REPLY_MOMENT (100 * G_TIME_SPAN_MILLISECOND)
#define FIRST_PAUSE G_TIME_SPAN_SECOND
#define LONGEST_PAUSE (30 * G_TIME_SPAN_SECOND)
#define TRIES 20

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

static int
compare_due(gconstpointer a, gconstpointer b, gpointer data)
{
	const Entry *first = a, *second = b;

	(void)data;
	return (first->due > second->due) - (first->due < second->due);
}

/* The next entry whose moment has come, or NULL when all is told and we stop. Called under the lock. */
static Entry *
wait_for_entry(LsmNotify *notify)
{
	for (;;) {
		const Entry *next = g_queue_peek_head(&notify->entries);

		if (next == NULL && notify->stopping)
			return NULL;
		if (next == NULL)
			g_cond_wait(&notify->changed, &notify->lock);
		/* At stop there is no time for the pauses, but the reply's moment is kept. */
		else if (next->due <= g_get_monotonic_time() || (notify->stopping && next->tries > 0))
			return g_queue_pop_head(&notify->entries);
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
	g_queue_insert_sorted(&notify->entries, entry, compare_due, NULL);
}

static gpointer
tell_desk(gpointer data)
{
	LsmNotify *notify = data;
	Entry *entry;

	g_mutex_lock(&notify->lock);
	while ((entry = wait_for_entry(notify)) != NULL) {
		g_autoptr(GError) error = NULL;
		gboolean told;

		g_mutex_unlock(&notify->lock);
		told = lsm_desk_taken(notify->desk, entry->ticket, &error);
		g_mutex_lock(&notify->lock);
		if (told)
			entry_free(entry);
		else
			postpone(notify, entry, error);
	}
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
	g_queue_insert_sorted(&notify->entries, entry, compare_due, NULL);
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
