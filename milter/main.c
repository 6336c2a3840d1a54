/*
 * main.c - liaison-milter: the command line, and the way from root to a supervised house.
 *
 *   liaison-milter [-c FILE] [-f]      run, as a daemon or (-f) in the foreground
 *   liaison-milter [-c FILE] -n        check settings and directory, print what is in effect
 *
 * Order: settings, log, detach, sockets, PID file, rights, children. Whatever fails before the
 * sockets are open is said on standard error, and touches nothing.
 */
#include <glib-unix.h>
#include <stdio.h>
#include <unistd.h>

#include "conf/error.h"
#include "conf/log.h"
#include "milter/process.h"
#include "milter/readiness.h"
#include "milter/socket.h"
#include "milter/supervise.h"
#include "rules/rule.h"

#define DEFAULT_SETTINGS "/etc/liaison-milter/liaison-milter.conf"
#define EXIT_USAGE 2

typedef struct {
	char *settings_path; /* absolute: the daemon leaves its folder */
	gboolean foreground;
	gboolean check_only;
} Options;

static const char help[] = "usage: liaison-milter [-c FILE] [-f | -n]\n"
			   "       liaison-milter -V | -h\n"
			   "\n"
			   "A milter that knows liaison statements.\n"
			   "\n"
			   "  -c FILE  settings (default: " DEFAULT_SETTINGS ")\n"
			   "  -f       stay in the foreground, log to standard error\n"
			   "  -n       check settings and directory, print the settings in effect, and exit\n"
			   "           (0: right, 2: a mistake, named with file and line)\n"
			   "  -V       print the version\n"
			   "  -h       print this help\n"
			   "\n"
			   "SIGUSR1 reloads settings and directory; SIGTERM stops.\n";

static int
complain(const GError *error)
{
	fprintf(stderr, "liaison-milter: %s\n", error->message);
	return lsm_error_exit_code(error);
}

/* Returns -1 to go on, or the exit status. */
static int
parse_options(int argc, char **argv, Options *options)
{
	const char *path = DEFAULT_SETTINGS;
	int option;

	while ((option = getopt(argc, argv, "c:fnVh")) != -1) {
		switch (option) {
		case 'c':
			path = optarg;
			break;
		case 'f':
			options->foreground = TRUE;
			break;
		case 'n':
			options->check_only = TRUE;
			break;
		case 'V':
			puts("liaison-milter " LSM_VERSION);
			return 0;
		case 'h':
			fputs(help, stdout);
			return 0;
		default:
			fputs(help, stderr);
			return EXIT_USAGE;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "liaison-milter: unexpected argument \"%s\"; see liaison-milter -h\n",
			argv[optind]);
		return EXIT_USAGE;
	}
	options->settings_path = g_canonicalize_filename(path, NULL);
	return -1;
}

static LsmSettings *
load_settings(const char *path, GError **error)
{
	g_autoptr(LsmSettings) settings = lsm_settings_load(path, error);

	if (settings == NULL || !lsm_rule_check_settings(settings, error))
		return NULL;
	return g_steal_pointer(&settings);
}

static int
print_settings(const LsmSettings *settings)
{
	g_autofree char *text = lsm_settings_print(settings, FALSE);

	fputs(text, stdout);
	return fflush(stdout) == 0 ? 0 : 1;
}

static void
open_stderr_log(const LsmSettings *settings, const char *ident)
{
	(void)settings;
	lsm_log_open(LSM_LOG_STDERR, ident, LOG_INFO);
}

static gboolean
logs_to_stderr(const LsmSettings *settings)
{
	return g_strcmp0(settings->log, "stderr") == 0;
}

static void
open_daemon_log(const LsmSettings *settings, const char *ident)
{
	lsm_log_open(logs_to_stderr(settings) ? LSM_LOG_STDERR : LSM_LOG_SYSLOG, ident, LOG_INFO);
}

/* --- from here on something is touched --- */

/* The service manager's, where it gave one. */
static gboolean
open_listener(LsmHouse *house, const LsmSettings *settings, const LsmIdentity *identity, GError **error)
{
	if (!lsm_socket_take_given(&house->listen_fd, error))
		return FALSE;
	house->listen_given = house->listen_fd >= 0;
	if (!house->listen_given)
		house->listen_fd = lsm_socket_listen(settings->listen, identity->uid, identity->listen_group, error);
	return house->listen_fd >= 0;
}

static void
close_listener(const LsmHouse *house, const LsmSettings *settings)
{
	close(house->listen_fd);
	if (!house->listen_given)
		lsm_socket_remove(settings->listen);
}

static gboolean
open_sockets(LsmHouse *house, const LsmSettings *settings, const LsmIdentity *identity, GError **error)
{
	g_autofree char *desk_place = g_strconcat("unix:", settings->desk_socket, NULL);

	if (!open_listener(house, settings, identity, error))
		return FALSE;
	house->desk_fd = lsm_socket_listen(desk_place, identity->uid, identity->gid, error);
	/* All gates wake up for a connection and one gets it: the others must not sleep in accept(). */
	if (house->desk_fd >= 0 && g_unix_set_fd_nonblocking(house->listen_fd, TRUE, error))
		return TRUE;
	if (house->desk_fd >= 0) {
		close(house->desk_fd);
		lsm_socket_remove(desk_place);
	}
	close_listener(house, settings);
	return FALSE;
}

static void
close_sockets(const LsmHouse *house, const LsmSettings *settings)
{
	g_autofree char *desk_place = g_strconcat("unix:", settings->desk_socket, NULL);

	close_listener(house, settings);
	close(house->desk_fd);
	lsm_socket_remove(desk_place);
}

/* Takes the house into use: nothing stays behind when it fails. */
static gboolean
prepare(LsmHouse *house, const LsmSettings *settings, GError **error)
{
	g_autoptr(LsmIdentity) identity = lsm_identity_new(settings, error);

	if (identity == NULL || !open_sockets(house, settings, identity, error))
		return FALSE;
	if (lsm_process_write_pid(settings->pid_file, error) && lsm_process_confine(identity, error))
		return TRUE;
	close_sockets(house, settings);
	lsm_process_remove_pid(settings->pid_file);
	return FALSE;
}

/* Takes the settings. ready_fd: -1 in the foreground. */
static int
run_house(const Options *options, LsmSettings *settings, int ready_fd)
{
	LsmHouse house = {
		.settings_path = options->settings_path,
		.open_log = options->foreground ? open_stderr_log : open_daemon_log,
	};
	g_autoptr(GError) error = NULL;

	if (!prepare(&house, settings, &error)) {
		lsm_settings_unref(settings);
		return complain(error);
	}
	house.open_log(settings, "liaison-milter");
	if (ready_fd >= 0)
		lsm_process_ready(ready_fd, logs_to_stderr(settings));
	lsm_log(LOG_NOTICE, NULL, "serving", "listen", house.listen_given ? "given" : settings->listen, "mode",
		lsm_mode_name(settings->mode), "version", LSM_VERSION, NULL);
	return lsm_supervise_run(&house, settings);
}

/* Takes the settings. */
static int
run_daemon(const Options *options, LsmSettings *settings)
{
	int ready_fd = -1, status = 0;

	switch (lsm_process_detach(&ready_fd, &status)) {
	case LSM_DETACH_DAEMON:
		return run_house(options, settings, ready_fd);
	case LSM_DETACH_STARTER:
		lsm_settings_unref(settings);
		return status;
	case LSM_DETACH_FAILED:
		break;
	}
	perror("liaison-milter: cannot detach (-f runs in the foreground)");
	lsm_settings_unref(settings);
	return 1;
}

static int
run(const Options *options)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(LsmSettings) settings = load_settings(options->settings_path, &error);

	if (settings == NULL)
		return complain(error);
	if (options->check_only)
		return print_settings(settings);
	if (options->foreground)
		return run_house(options, g_steal_pointer(&settings), -1);
	return run_daemon(options, g_steal_pointer(&settings));
}

int
main(int argc, char **argv)
{
	Options options = {.foreground = FALSE};
	int status;

	lsm_readiness_open();
	status = parse_options(argc, argv, &options);

	if (status < 0)
		status = run(&options);
	g_free(options.settings_path);
	return status;
}
