/*
 * main.c - liaison-milter: the command line, and the way from root to a supervised house.
 *
 *   liaison-milter [-c FILE] [-f]           run, as a daemon or (-f) in the foreground
 *   liaison-milter [-c FILE] -n             check settings and directory, print what is in effect
 *   liaison-milter [-c FILE] -n --mta=NAME  print what the mail server needs for these settings
 *
 * Order: settings, log, detach, sockets, PID file, rights, children. Whatever fails before the
 * sockets are open is said on standard error, and touches nothing.
 */
#include <getopt.h>
#include <glib-unix.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "conf/error.h"
#include "conf/log.h"
#include "conf/nearest.h"
#include "milter/mta_lines.h"
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
	gboolean changed_only; /* of what is printed */
	const char *mta;       /* print this mail server's lines; NULL: the settings */
} Options;

static const char usage[] =
	"usage: liaison-milter [--config FILE] [--foreground | --check [--changed | --mta NAME]]\n"
	"       liaison-milter --version | --help\n";

static const char help[] =
	"\n"
	"A milter that knows liaison statements.\n"
	"\n"
	"  -c, --config FILE  settings (default: " DEFAULT_SETTINGS ")\n"
	"  -f, --foreground   stay in the foreground, log to standard error\n"
	"  -n, --check        check settings and directory, print the settings in effect and where each "
	"comes\n"
	"                     from, and exit (0: right, 2: a mistake, named with file and line)\n"
	"      --changed      with -n: only what is not the default\n"
	"      --mta NAME     with -n: instead, what to put into the mail server's configuration for these\n"
	"                     settings; NAME is postfix or sendmail\n"
	"  -V, --version      print the version\n"
	"  -h, --help         print this help\n"
	"\n"
	"SIGUSR1 reloads settings and directory; SIGTERM stops.\n";

enum { OPTION_CHANGED = 256, OPTION_MTA };

/* To add an option: a row, its letter in short_options, its case in take_option(), its line above. */
static const struct option long_options[] = {
	{"config", required_argument, NULL, 'c'},
	{"foreground", no_argument, NULL, 'f'},
	{"check", no_argument, NULL, 'n'},
	{"changed", no_argument, NULL, OPTION_CHANGED},
	{"mta", required_argument, NULL, OPTION_MTA},
	{"version", no_argument, NULL, 'V'},
	{"help", no_argument, NULL, 'h'},
	{NULL, 0, NULL, 0},
};

/* The colon: a missing argument is told apart from an unknown option. */
static const char short_options[] = ":c:fnVh";

static int
complain(const GError *error)
{
	fprintf(stderr, "liaison-milter: %s\n", error->message);
	return lsm_error_exit_code(error);
}

static int G_GNUC_PRINTF(1, 2) refuse_usage(const char *format, ...)
{
	va_list arguments;

	fputs("liaison-milter: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fprintf(stderr, "\n%sliaison-milter --help explains the options\n", usage);
	return EXIT_USAGE;
}

/* word: as it stands on the command line. */
static int
refuse_option(const char *word)
{
	const char *names[G_N_ELEMENTS(long_options)] = {NULL};
	g_autofree char *name =
		g_strndup(word + MIN(strlen(word), 2), strcspn(word + MIN(strlen(word), 2), "="));
	const char *nearest;

	if (optopt != 0)
		return refuse_usage("unknown option -%c", optopt);
	for (gsize i = 0; long_options[i].name != NULL; i++)
		names[i] = long_options[i].name;
	nearest = lsm_nearest_word(name, names);
	return nearest != NULL ? refuse_usage("unknown option --%s; the nearest is --%s", name, nearest)
			       : refuse_usage("unknown option --%s", name);
}

/* Returns -1 to go on, or the exit status. word: what is being read, for messages. */
static int
take_option(int option, const char *word, Options *options)
{
	switch (option) {
	case 'c':
		g_free(options->settings_path);
		options->settings_path = g_canonicalize_filename(optarg, NULL);
		return -1;
	case 'f':
		options->foreground = TRUE;
		return -1;
	case 'n':
		options->check_only = TRUE;
		return -1;
	case OPTION_CHANGED:
		options->changed_only = TRUE;
		return -1;
	case OPTION_MTA:
		options->mta = optarg;
		return lsm_mta_lines_knows(optarg)
			       ? -1
			       : refuse_usage("--mta %s: expected postfix or sendmail", optarg);
	case 'V':
		puts("liaison-milter " LSM_VERSION);
		return 0;
	case 'h':
		printf("%s%s", usage, help);
		return 0;
	case ':':
		return refuse_usage("%s lacks its value", word);
	default:
		return refuse_option(word);
	}
}

/* Returns -1 to go on, or the exit status. */
static int
parse_options(int argc, char **argv, Options *options)
{
	int option;
	int status = -1;

	opterr = 0;
	while (status < 0) {
		const char *word = argv[optind];

		option = getopt_long(argc, argv, short_options, long_options, NULL);
		if (option < 0)
			break;
		status = take_option(option, word, options);
	}
	if (status >= 0)
		return status;
	if (optind < argc)
		return refuse_usage("unexpected argument \"%s\"", argv[optind]);
	if ((options->changed_only || options->mta != NULL) && !options->check_only)
		return refuse_usage("--changed and --mta go with -n");
	if (options->changed_only && options->mta != NULL)
		return refuse_usage("--changed is of the settings, and --mta prints none");
	if (options->check_only && options->foreground)
		return refuse_usage("-n does not run anything: leave out -f");
	if (options->settings_path == NULL)
		options->settings_path = g_strdup(DEFAULT_SETTINGS);
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
print_settings(const Options *options, const LsmSettings *settings)
{
	g_autofree char *text = options->mta != NULL
					? lsm_mta_lines_render(options->mta, settings)
					: lsm_settings_print_origins(settings, options->changed_only);

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
		house->listen_fd =
			lsm_socket_listen(settings->listen, identity->uid, identity->listen_group, error);
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
	if (lsm_process_write_pid(settings->pid_file, error) &&
	    lsm_process_confine(identity, settings->sandbox, error))
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
	lsm_log(LOG_NOTICE, NULL, "serving", "listen", house.listen_given ? "given" : settings->listen,
		"mode", lsm_mode_name(settings->mode), "version", LSM_VERSION, NULL);
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
		return print_settings(options, settings);
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
