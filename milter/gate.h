/*
 * gate.h - a worker process: libmilter on an inherited listening socket.
 *
 * Holds what all its connections share: the settings of the moment, the desk's handle, the queue of
 * taken passages, and how many callbacks are at work. All functions are safe from many threads.
 */
#ifndef LSM_MILTER_GATE_H
#define LSM_MILTER_GATE_H

#include "desk/desk.h"
#include "milter/thread.h"

typedef struct LsmGate LsmGate;

/* settings_path: for reload, or NULL. Takes the desk; own reference to the settings. */
LsmGate *lsm_gate_new(const char *settings_path, const LsmSettings *settings, LsmDesk *desk);
/* Only when no callback can run any more (tests): libmilter's threads outlive smfi_main(). */
void lsm_gate_free(LsmGate *gate);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmGate, lsm_gate_free)

/* The settings of the moment: a reference of the caller's own. */
LsmSettings *lsm_gate_settings(LsmGate *gate);
LsmDesk *lsm_gate_desk(LsmGate *gate);
/* NULL until lsm_gate_run(). */
LsmThreads *lsm_gate_threads(LsmGate *gate);

/* Loads the settings anew and swaps them in; mails under way keep theirs. On error nothing changes. */
gboolean lsm_gate_reload(LsmGate *gate, GError **error);

/*
 * Brackets a callback that answers the mail server. FALSE: the gate is stopping; answer 451, do not
 * begin, do not leave.
 */
gboolean lsm_gate_enter(LsmGate *gate);
void lsm_gate_leave(LsmGate *gate);

/* The mail server gets the final reply of this passage now. */
void lsm_gate_taken(LsmGate *gate, const char *ticket, const char *queue_id);

/*
 * Lets nobody enter any more, waits for those inside (at most that long), then tells the desk what is
 * still untold. FALSE when the time was over with callbacks at work.
 */
gboolean lsm_gate_stop(LsmGate *gate, gint64 patience);

/* How many workers there are by these settings. */
guint lsm_gate_workers(const LsmSettings *settings);

/*
 * The whole worker process: serves until SIGTERM or SIGINT; reloads on SIGUSR1, which the caller has
 * blocked in this process. Returns its exit status.
 */
int lsm_gate_run(int listen_fd, const char *settings_path, const LsmSettings *settings);

#endif
