/*
 * gate.c - a worker process: libmilter on an inherited listening socket.
 *
 * Owns the settings pointer, the desk's handle and the queue of taken passages. Threads: libmilter's
 * pool, which calls callbacks.c; one that waits for SIGUSR1 (SIGHUP, SIGTERM and SIGINT are
 * libmilter's); one of notify.c; one of thread.c. Its errors are logged here.
 */
#include "milter/gate.h"

#include <libmilter/mfapi.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>

#include "conf/error.h"
#include "conf/log.h"
#include "milter/callbacks.h"
#include "milter/notify.h"
#include "rules/rule.h"

#define STOP_PATIENCE (30 * G_TIME_SPAN_SECOND)
/* libmilter writes an answer after its callback has returned, and tells nobody when that is done. */
#define ANSWER_TIME (250 * G_TIME_SPAN_MILLISECOND)
/* One header field comes in one packet. libmilter hangs up on packets above its limit, by itself 64 KiB,
 * where Postfix lets fields of 100 KiB through and sites raise that: ordinary mail, which would be put off
 * for ever. */
#define MAX_PACKET (1u << 20)

struct LsmGate {
	char *settings_path;
	LsmDesk *desk;
	LsmNotify *notify;
	LsmThreads *threads;
	GMutex lock; /* for all below */
	GCond left;
	LsmSettings *settings;
	guint inside;
	gboolean stopping;
};

LsmGate *
lsm_gate_new(const char *settings_path, const LsmSettings *settings, LsmDesk *desk)
{
	LsmGate *gate = g_new0(LsmGate, 1);

	gate->settings_path = g_strdup(settings_path);
	gate->settings = lsm_settings_ref(settings);
	gate->desk = desk;
	gate->notify = lsm_notify_new(desk);
	g_mutex_init(&gate->lock);
	g_cond_init(&gate->left);
	return gate;
}

void
lsm_gate_free(LsmGate *gate)
{
	if (gate == NULL)
		return;
	lsm_notify_free(gate->notify);
	lsm_threads_free(gate->threads);
	lsm_desk_free(gate->desk);
	lsm_settings_unref(gate->settings);
	g_free(gate->settings_path);
	g_cond_clear(&gate->left);
	g_mutex_clear(&gate->lock);
	g_free(gate);
}

LsmSettings *
lsm_gate_settings(LsmGate *gate)
{
	LsmSettings *settings;

	g_mutex_lock(&gate->lock);
	settings = lsm_settings_ref(gate->settings);
	g_mutex_unlock(&gate->lock);
	return settings;
}

LsmDesk *
lsm_gate_desk(LsmGate *gate)
{
	return gate->desk;
}

LsmThreads *
lsm_gate_threads(LsmGate *gate)
{
	return gate->threads;
}

gboolean
lsm_gate_reload(LsmGate *gate, GError **error)
{
	g_autoptr(LsmSettings) fresh = lsm_settings_load(gate->settings_path, error);
	LsmSettings *old;

	if (fresh == NULL || !lsm_rule_check_settings(fresh, error))
		return FALSE;
	g_mutex_lock(&gate->lock);
	old = gate->settings;
	gate->settings = g_steal_pointer(&fresh);
	g_mutex_unlock(&gate->lock);
	lsm_settings_unref(old);
	return TRUE;
}

gboolean
lsm_gate_enter(LsmGate *gate)
{
	gboolean may_enter;

	g_mutex_lock(&gate->lock);
	may_enter = !gate->stopping;
	if (may_enter)
		gate->inside++;
	g_mutex_unlock(&gate->lock);
	return may_enter;
}

void
lsm_gate_leave(LsmGate *gate)
{
	g_mutex_lock(&gate->lock);
	gate->inside--;
	/* Nobody waits before; a signal is a system call even then, and this is every mail. */
	if (gate->inside == 0 && gate->stopping)
		g_cond_signal(&gate->left);
	g_mutex_unlock(&gate->lock);
}

void
lsm_gate_taken(LsmGate *gate, const char *ticket, const char *queue_id)
{
	lsm_notify_push(gate->notify, ticket, queue_id);
}

gboolean
lsm_gate_stop(LsmGate *gate, gint64 patience)
{
	gint64 until = g_get_monotonic_time() + patience;
	gboolean empty;

	g_mutex_lock(&gate->lock);
	gate->stopping = TRUE;
	while (gate->inside > 0 && g_cond_wait_until(&gate->left, &gate->lock, until))
		;
	empty = gate->inside == 0;
	g_mutex_unlock(&gate->lock);
	/* Those still inside may yet push: their queue stays, and their cases count as not taken. */
	if (empty)
		lsm_notify_stop(gate->notify);
	return empty;
}

static void
reload_and_log(LsmGate *gate)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(LsmSettings) settings = NULL;

	if (lsm_gate_reload(gate, &error)) {
		settings = lsm_gate_settings(gate);
		lsm_log(LOG_INFO, NULL, "reloaded", "settings", settings->digest, NULL);
	} else {
		lsm_log_error(error, NULL, "reload-failed", "kept", "old settings", NULL);
	}
}

/* libmilter ends the process at SIGHUP, so that reload has a signal and a thread of its own. */
static void *
wait_for_reload(void *data)
{
	LsmGate *gate = data;
	sigset_t signals;
	int number;

	sigemptyset(&signals);
	sigaddset(&signals, SIGUSR1);
	while (sigwait(&signals, &number) == 0)
		reload_and_log(gate);
	return NULL;
}

static gboolean
start_reload_thread(LsmGate *gate)
{
	pthread_attr_t detached;
	pthread_t thread;
	int failed;

	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	failed = pthread_create(&thread, &detached, wait_for_reload, gate);
	pthread_attr_destroy(&detached);
	return failed == 0;
}

/*
 * libmilter waits for these in a thread of its own, and blocks them for the others only when it starts. A
 * thread that was there before would let them end the process, with mails in flight.
 */
static void
leave_signals_to_libmilter(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
}

static gboolean
register_filter(LsmGate *gate, int listen_fd)
{
	char place[32];

	g_snprintf(place, sizeof place, "fd:%d", listen_fd);
	smfi_setmaxdatasize(MAX_PACKET);
	return smfi_setconn(place) == MI_SUCCESS && lsm_callbacks_register(gate);
}

guint
lsm_gate_workers(const LsmSettings *settings)
{
	return settings->workers > 0 ? (guint)settings->workers : g_get_num_processors();
}

int
lsm_gate_run(int listen_fd, const char *settings_path, const LsmSettings *settings)
{
	LsmGate *gate;
	int served;

	/* A fixed threshold: large mails go back to the system when they are done with. */
	mallopt(M_MMAP_THRESHOLD, 256 * 1024);
	leave_signals_to_libmilter();
	gate = lsm_gate_new(settings_path, settings,
			    lsm_desk_connect(settings->desk_socket, settings->decision_timeout));
	lsm_desk_share(gate->desk, lsm_gate_workers(settings));
	if (!register_filter(gate, listen_fd) || !start_reload_thread(gate)) {
		lsm_log(LOG_ERR, NULL, "gate-failed", "text", "cannot register with libmilter", NULL);
		lsm_gate_free(gate);
		return 70;
	}
	gate->threads = lsm_threads_new(gate->desk);
	served = smfi_main();
	if (!lsm_gate_stop(gate, STOP_PATIENCE))
		lsm_log(LOG_WARNING, NULL, "stopped-at-work", "text",
			"mails under way are answered by the mail server's default", NULL);
	g_usleep(ANSWER_TIME);
	/* The gate stays as it is: libmilter's threads drain nothing and may still look at it. */
	return served == MI_SUCCESS ? 0 : 70;
}
