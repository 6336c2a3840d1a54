/*
 * supervise.h - the parent: keeps the desk and the gates running, and never sees a mail.
 */
#ifndef LSM_MILTER_SUPERVISE_H
#define LSM_MILTER_SUPERVISE_H

#include "conf/settings.h"

/*
 * How often a child died of late. More than 5 deaths within 60 s, and it is started again only
 * after a pause, doubled at each further one up to 30 s; a quiet minute forgives.
 */
#define LSM_DEATHS_ALLOWED 5

typedef struct {
	gint64 deaths[LSM_DEATHS_ALLOWED]; /* microseconds; a ring */
	guint count;                       /* all deaths so far */
	gint64 pause;                      /* the last one; 0: none */
} LsmRestart;

/* Notes a death; returns how long to wait before the next start, in microseconds. now: any clock that only
 * grows. */
gint64 lsm_restart_pause(LsmRestart *restart, gint64 now);

/* What the children inherit. */
typedef struct {
	int listen_fd;             /* the milter's listening socket */
	gboolean listen_given;     /* it is the service manager's: its file stays */
	int desk_fd;               /* the desk's */
	const char *settings_path; /* absolute */
	/* Opens the log of a process under its name (a static string). */
	void (*open_log)(const LsmSettings *settings, const char *ident);
} LsmHouse;

/*
 * Starts the children and serves until SIGTERM or SIGINT; SIGUSR1 reloads. Returns the exit status
 * - in the parent when all children are gone, sockets and PID file removed
 * - and once in every child, when its work is done: the caller returns it from main in all cases.
 * Takes the settings.
 */
int lsm_supervise_run(const LsmHouse *house, LsmSettings *settings);

#endif
