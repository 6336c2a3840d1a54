/*
 * guard.c - see guard.h. Owns the process's handlers of SIGSEGV and SIGBUS. The handler does only what
 * signal-safety(7) allows.
 */
#include "ctl/guard.h"

#include <glib.h>
#include <signal.h>
#include <unistd.h>

#include "conf/error.h"

static const char words[] =
	"liaisonctl: stopped at an address that does not exist: most likely the record is damaged, and a page of its "
	"file leads outside of it. If liaisonctl verify ends like this, too, stop the daemon and restore a backup: "
	"liaisonctl restore FOLDER\n";
static int status; /* known beforehand: the handler may not look anything up */

/* A signal that somebody sent says nothing about the record: it comes again, and does what it does elsewhere. */
static void
stop(int number, siginfo_t *info, void *context G_GNUC_UNUSED)
{
	if (info->si_code <= 0) {
		signal(number, SIG_DFL);
		raise(number);
		return;
	}
	ssize_t written = write(STDERR_FILENO, words, sizeof words - 1);

	_exit(written < 0 ? 1 : status);
}

void
lsm_guard_reading(void)
{
	static const int signals[] = {SIGSEGV, SIGBUS};
	g_autoptr(GError) corrupt = g_error_new_literal(LSM_ERROR, LSM_ERROR_CORRUPT, "");

	status = lsm_error_exit_code(corrupt);
	for (guint i = 0; i < G_N_ELEMENTS(signals); i++) {
		struct sigaction action = {.sa_sigaction = stop, .sa_flags = SA_SIGINFO}, present;
		if (sigaction(signals[i], NULL, &present) == 0 && present.sa_handler == SIG_DFL)
			(void)sigaction(signals[i], &action, NULL);
	}
}
