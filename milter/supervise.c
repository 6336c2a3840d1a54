/*
 * supervise.c - the parent: keeps the desk and the gates running, and never sees a mail.
 *
 * Owns the table of children. One thread: all signals are blocked and taken by sigtimedwait(), so
 * that nothing runs in a signal handler. A child that cannot be started is tried again like one that
 * died. Errors are logged here.
 */
#include "milter/supervise.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conf/error.h"
#include "conf/log.h"
#include "desk/counters.h"
#include "desk/service.h"
#include "milter/gate.h"
#include "milter/process.h"
#include "milter/readiness.h"
#include "milter/sandbox.h"
#include "milter/socket.h"
#include "rules/rule.h"

#define DEATHS_WITHIN (60 * G_TIME_SPAN_SECOND)
#define FIRST_PAUSE G_TIME_SPAN_SECOND
#define LONGEST_PAUSE (30 * G_TIME_SPAN_SECOND)
/* Longer than a gate waits for its callbacks, and the desk for its writer. */
#define STOP_PATIENCE (35 * G_TIME_SPAN_SECOND)
#define NUDGE_INTERVAL (20 * G_TIME_SPAN_MILLISECOND)
#define IDLE_INTERVAL (60 * G_TIME_SPAN_SECOND)

typedef enum { KIND_DESK, KIND_GATE } Kind;

typedef struct {
	Kind kind;
	pid_t pid;    /* 0: not running */
	gint64 start; /* when not running: not before this moment (monotonic) */
	int *call;    /* the system call that it died of; shared with it, see sandbox.h */
	LsmRestart restart;
} Child;

typedef struct {
	const LsmHouse *house;
	LsmSettings *settings;
	Child *children; /* the desk first */
	guint child_count;
	sigset_t signals;  /* all that the parent takes */
	sigset_t original; /* the mask that it was started with */
	gboolean is_child; /* this process was forked off: child_status is what it returned */
	int child_status;
} Parent;

/* --- restarts --- */

gint64
lsm_restart_pause(LsmRestart *restart, gint64 now)
{
	gint64 *oldest = &restart->deaths[restart->count % LSM_DEATHS_ALLOWED];
	gboolean too_often = restart->count >= LSM_DEATHS_ALLOWED && now - *oldest < DEATHS_WITHIN;

	if (restart->count > 0 &&
	    now - restart->deaths[(restart->count - 1) % LSM_DEATHS_ALLOWED] >= DEATHS_WITHIN)
		restart->pause = 0;
	*oldest = now;
	restart->count++;
	/* Pauses spread the deaths over more than the window: one that has begun goes on. */
	if (too_often || restart->pause > 0)
		restart->pause = restart->pause == 0 ? FIRST_PAUSE : MIN(restart->pause * 2, LONGEST_PAUSE);
	return restart->pause;
}

/* --- children --- */

static int
run_desk(const Parent *parent)
{
	close(parent->house->listen_fd);
	return lsm_service_run(parent->house->desk_fd, parent->house->settings_path, parent->settings);
}

static int
run_gate(const Parent *parent)
{
	close(parent->house->desk_fd);
	return lsm_gate_run(parent->house->listen_fd, parent->house->settings_path, parent->settings);
}

/* To add a kind of child: a row. */
static const struct {
	const char *name;
	const char *ident;
	LsmSandboxRole role;
	int (*run)(const Parent *parent);
} kinds[] = {
	[KIND_DESK] = {"desk", "liaison-milter/desk", LSM_SANDBOX_DESK, run_desk},
	[KIND_GATE] = {"gate", "liaison-milter/gate", LSM_SANDBOX_GATE, run_gate},
};

/* What a fork must change before the child does anything else. FALSE: the parent is gone already. */
static gboolean
become_child(const Parent *parent, pid_t parent_pid)
{
	sigset_t mask = parent->original;

	/* Nothing survives a killed parent: it could not be reloaded, restarted or stopped. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	/* A reload has a thread that waits for it; a signal that comes before that thread must not kill. */
	sigaddset(&mask, SIGUSR1);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	return getppid() == parent_pid;
}

/* Of the counters; the parent's own is 0. */
static guint
part_of(const Parent *parent, const Child *child)
{
	return 1 + (guint)(child - parent->children);
}

static gint64
unix_time(void)
{
	return g_get_real_time() / G_USEC_PER_SEC;
}

static int
run_child(const Parent *parent, const Child *child)
{
	g_autoptr(GError) error = NULL;

	parent->house->open_log(parent->settings, kinds[child->kind].ident);
	lsm_counters_take_part(part_of(parent, child));
	lsm_sandbox_note_into(child->call);
	if (!parent->settings->sandbox || lsm_sandbox_enter(kinds[child->kind].role, &error))
		return kinds[child->kind].run(parent);
	lsm_log_error(error, NULL, "sandbox-failed", NULL);
	return lsm_error_exit_code(error);
}

/* Returns twice, as fork() does; in the child when its work is done. */
static void
start_child(Parent *parent, Child *child)
{
	char number[16];
	pid_t parent_pid = getpid();
	pid_t pid = fork();

	if (pid == 0) {
		parent->is_child = TRUE;
		if (become_child(parent, parent_pid))
			parent->child_status = run_child(parent, child);
		return;
	}
	if (pid < 0) {
		lsm_log(LOG_ERR, NULL, "fork-failed", "text", g_strerror(errno), NULL);
		child->start = g_get_monotonic_time() + FIRST_PAUSE;
		return;
	}
	child->pid = pid;
	lsm_counters_note_process(part_of(parent, child), pid, unix_time());
	g_snprintf(number, sizeof number, "%d", (int)pid);
	lsm_log(LOG_INFO, NULL, "started", "child", kinds[child->kind].name, "pid", number, NULL);
}

/* Starts all whose moment has come; returns how long it is until the next one's. */
static gint64
start_due(Parent *parent)
{
	gint64 wait = IDLE_INTERVAL;

	for (guint i = 0; i < parent->child_count && !parent->is_child; i++) {
		Child *child = &parent->children[i];
		gint64 now = g_get_monotonic_time();

		if (child->pid == 0 && child->start <= now)
			start_child(parent, child);
		if (child->pid == 0)
			wait = CLAMP(child->start - now, 0, wait);
	}
	return wait;
}

static void
log_death(const Child *child, int status, gint64 pause)
{
	g_autofree char *call = lsm_sandbox_take_call(child->call);
	char how[64], seconds[16];

	if (WIFSIGNALED(status))
		g_snprintf(how, sizeof how, "signal %d (%s)", WTERMSIG(status),
			   g_strsignal(WTERMSIG(status)));
	else
		g_snprintf(how, sizeof how, "exit status %d", WEXITSTATUS(status));
	g_snprintf(seconds, sizeof seconds, "%d", (int)(pause / G_TIME_SPAN_SECOND));
	lsm_log(pause > 0 ? LOG_ALERT : LOG_ERR, NULL, "died", "child", kinds[child->kind].name, "by", how,
		"restart-in", seconds, call != NULL ? "forbidden-call" : NULL, call, NULL);
}

static Child *
find_child(Parent *parent, pid_t pid)
{
	for (guint i = 0; i < parent->child_count; i++)
		if (parent->children[i].pid == pid)
			return &parent->children[i];
	return NULL;
}

static void
bury_dead(Parent *parent, gboolean is_stopping)
{
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		Child *child = find_child(parent, pid);
		gint64 now = g_get_monotonic_time();
		gint64 pause;

		if (child == NULL)
			continue;
		child->pid = 0;
		lsm_counters_note_process(part_of(parent, child), 0, unix_time());
		if (is_stopping)
			continue;
		pause = lsm_restart_pause(&child->restart, now);
		child->start = now + pause;
		lsm_counters_add(LSM_COUNT_DEATHS_DESK + child->kind, 1);
		log_death(child, status, pause);
	}
}

static void
signal_children(const Parent *parent, Kind kind, int number)
{
	for (guint i = 0; i < parent->child_count; i++)
		if (parent->children[i].kind == kind && parent->children[i].pid != 0)
			kill(parent->children[i].pid, number);
}

/* --- reload --- */

/* Settings that are used once, at the start, and cannot change under a running house. */
static const struct {
	const char *name;
	size_t offset;
} fixed_texts[] = {
	{"listen", offsetof(LsmSettings, listen)},
	{"listen-group", offsetof(LsmSettings, listen_group)},
	{"desk-socket", offsetof(LsmSettings, desk_socket)},
	{"store", offsetof(LsmSettings, store)},
	{"pid-file", offsetof(LsmSettings, pid_file)},
	{"user", offsetof(LsmSettings, user)},
	{"group", offsetof(LsmSettings, group)},
	{"log", offsetof(LsmSettings, log)},
};

/* The value of a text setting by its place in the struct. */
static char **
text_at(LsmSettings *settings, size_t offset)
{
	return (char **)(void *)((char *)settings + offset);
}

/* What was changed but waits for a restart keeps its old value here: a child that is started anew must fit
 * the house. */
static void
keep_fixed(Parent *parent, LsmSettings *fresh)
{
	for (guint i = 0; i < G_N_ELEMENTS(fixed_texts); i++) {
		char **was = text_at(parent->settings, fixed_texts[i].offset);
		char **is = text_at(fresh, fixed_texts[i].offset);

		if (strcmp(*was, *is) == 0)
			continue;
		lsm_log(LOG_WARNING, NULL, "restart-needed", "setting", fixed_texts[i].name, "kept", *was,
			"read", *is, NULL);
		g_free(*is);
		*is = g_strdup(*was);
	}
	if (fresh->workers != parent->settings->workers)
		lsm_log(LOG_WARNING, NULL, "restart-needed", "setting", "workers", NULL);
	if (fresh->sandbox != parent->settings->sandbox)
		lsm_log(LOG_WARNING, NULL, "restart-needed", "setting", "sandbox", NULL);
	fresh->sandbox = parent->settings->sandbox;
}

/* A file with a mistake is reported once, here, and never reaches the children. */
static void
reload(Parent *parent)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(LsmSettings) fresh = NULL;

	lsm_readiness_tell_reloading();
	fresh = lsm_settings_load(parent->house->settings_path, &error);
	if (fresh == NULL || !lsm_rule_check_settings(fresh, &error)) {
		lsm_log_error(error, NULL, "reload-failed", "kept", "old settings", NULL);
		lsm_counters_note_reload(FALSE, unix_time());
		lsm_readiness_tell("READY=1\nSTATUS=Serving with the old settings: the new ones have a mistake");
		return;
	}
	keep_fixed(parent, fresh);
	lsm_settings_unref(parent->settings);
	parent->settings = g_steal_pointer(&fresh);
	signal_children(parent, KIND_DESK, SIGUSR1);
	signal_children(parent, KIND_GATE, SIGUSR1);
	lsm_log(LOG_INFO, NULL, "reloaded", "settings", parent->settings->digest, NULL);
	lsm_counters_note_reload(TRUE, unix_time());
	lsm_readiness_tell("READY=1\nSTATUS=Serving");
}

/* --- stop --- */

static int
wait_for_signal(const Parent *parent, gint64 microseconds)
{
	struct timespec wait = {
		.tv_sec = microseconds / G_TIME_SPAN_SECOND,
		.tv_nsec = microseconds % G_TIME_SPAN_SECOND * 1000,
	};

	return sigtimedwait(&parent->signals, NULL, &wait);
}

static gboolean
is_any_running(const Parent *parent, Kind kind)
{
	for (guint i = 0; i < parent->child_count; i++)
		if (parent->children[i].kind == kind && parent->children[i].pid != 0)
			return TRUE;
	return FALSE;
}

/*
 * Ends all children of a kind. A gate's libmilter looks up from its socket every five seconds only,
 * or when somebody connects.
 */
static void
stop_children(Parent *parent, Kind kind)
{
	gint64 until = g_get_monotonic_time() + STOP_PATIENCE;

	signal_children(parent, kind, SIGTERM);
	while (is_any_running(parent, kind)) {
		if (kind == KIND_GATE)
			lsm_socket_nudge(parent->house->listen_fd);
		if (g_get_monotonic_time() > until) {
			lsm_log(LOG_ERR, NULL, "stop-failed", "child", kinds[kind].name, "text", "killed",
				NULL);
			signal_children(parent, kind, SIGKILL);
			until = G_MAXINT64;
		}
		wait_for_signal(parent, NUDGE_INTERVAL);
		bury_dead(parent, TRUE);
	}
}

static void
stop(Parent *parent)
{
	g_autofree char *desk_place = g_strconcat("unix:", parent->settings->desk_socket, NULL);

	lsm_log(LOG_INFO, NULL, "stopping", NULL);
	lsm_readiness_tell("STOPPING=1");
	/* The gates first: what they have in flight needs the desk. */
	stop_children(parent, KIND_GATE);
	/* Nobody answers there any more: a desk that is handing over a mail must not wait for a greeting. */
	close(parent->house->listen_fd);
	stop_children(parent, KIND_DESK);
	if (!parent->house->listen_given)
		lsm_socket_remove(parent->settings->listen);
	lsm_socket_remove(desk_place);
	lsm_process_remove_pid(parent->settings->pid_file);
	lsm_log(LOG_INFO, NULL, "stopped", NULL);
}

/* --- the loop --- */

static void
block_signals(Parent *parent)
{
	static const int taken[] = {SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGUSR1};

	sigemptyset(&parent->signals);
	for (guint i = 0; i < G_N_ELEMENTS(taken); i++)
		sigaddset(&parent->signals, taken[i]);
	sigprocmask(SIG_BLOCK, &parent->signals, &parent->original);
	signal(SIGPIPE, SIG_IGN);
}

static void
make_children(Parent *parent)
{
	guint gates = lsm_gate_workers(parent->settings);
	int *calls;

	parent->child_count = 1 + gates;
	parent->children = g_new0(Child, parent->child_count);
	calls = lsm_sandbox_cells_new(parent->child_count);
	for (guint i = 0; i < parent->child_count; i++) {
		parent->children[i].kind = i == 0 ? KIND_DESK : KIND_GATE;
		parent->children[i].call = calls != NULL ? &calls[i] : NULL;
	}
}

/* A house whose desk or gates cannot be kept running is not alive, however well the parent is: the service
 * manager then starts it anew. */
static void
tell_alive(const Parent *parent)
{
	if (lsm_readiness_interval() < G_MAXINT64 && is_any_running(parent, KIND_DESK) &&
	    is_any_running(parent, KIND_GATE))
		lsm_readiness_tell("WATCHDOG=1");
}

/* Until a signal asks to stop, or this process is a child whose work is done. */
static void
serve(Parent *parent)
{
	for (;;) {
		gint64 wait = MIN(start_due(parent), lsm_readiness_interval());

		if (parent->is_child)
			return;
		tell_alive(parent);
		switch (wait_for_signal(parent, wait)) {
		case SIGTERM:
		case SIGINT:
			return;
		case SIGHUP: /* what people's fingers know */
		case SIGUSR1:
			reload(parent);
			break;
		default:
			break;
		}
		bury_dead(parent, FALSE);
	}
}

int
lsm_supervise_run(const LsmHouse *house, LsmSettings *settings)
{
	Parent parent = {.house = house, .settings = settings};

	block_signals(&parent);
	make_children(&parent);
	if (!lsm_counters_share(1 + parent.child_count))
		lsm_log(LOG_WARNING, NULL, "counters-not-shared", "text", "metrics show the desk's figures only", NULL);
	/* The socket listens already: what connects now waits for the first gate. */
	lsm_readiness_tell("READY=1\nSTATUS=Serving");
	serve(&parent);
	if (!parent.is_child)
		stop(&parent);
	lsm_settings_unref(parent.settings);
	g_free(parent.children);
	return parent.child_status;
}
