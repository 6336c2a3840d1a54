/*
 * error.c - what each class of error means to those who stop it.
 *
 * Owns one table. Uses nothing but GLib; no state, any thread. Cannot fail: an error of
 * another domain (GIO's, say) counts as a mistake of ours.
 */
#include "conf/error.h"

#include <syslog.h>
#include <sysexits.h>

#define EXIT_WRONG_CALL 2 /* what getopt users and shells expect; sysexits' 64 is not used */

typedef struct {
	const char *name;
	int priority;
	int exit_code;
	gboolean retryable;
	const char *help;
} ErrorRow;

/* To add a row: the class in error.h, then what it means here; tests/unit/test_error.c checks the rest. */
/* clang-format off */
static const ErrorRow error_table[] = {
	[LSM_ERROR_USAGE]       = {"usage",       LOG_NOTICE,  EXIT_WRONG_CALL, FALSE,
	                           "wrong command line, or no such statement; nothing was done"},
	[LSM_ERROR_CONFIG]      = {"config",      LOG_ERR,     EXIT_WRONG_CALL, FALSE,
	                           "a configuration file is wrong; nothing was touched"},
	[LSM_ERROR_INPUT]       = {"input",       LOG_WARNING, EX_NOINPUT,      FALSE,
	                           "a file, or what a peer said, is not what it should be"},
	[LSM_ERROR_TEMPORARY]   = {"temporary",   LOG_WARNING, EX_TEMPFAIL,     TRUE,
	                           "may work later: disk full, time-out, the desk not there"},
	[LSM_ERROR_UNCERTAIN]   = {"uncertain",   LOG_ERR,     EX_IOERR,        TRUE,
	                           "a change may or may not have been written: look before you repeat it"},
	[LSM_ERROR_CORRUPT]     = {"corrupt",     LOG_CRIT,    EX_DATAERR,      FALSE,
	                           "what is stored does not say what it must"},
	[LSM_ERROR_UNSUPPORTED] = {"unsupported", LOG_ERR,     EX_UNAVAILABLE,  FALSE,
	                           "not possible here: unknown backend, newer format, network file system"},
	[LSM_ERROR_DENIED]      = {"denied",      LOG_NOTICE,  EX_NOPERM,       FALSE,
	                           "you may not do this, or the statement's state does not allow it"},
};
/* clang-format on */

G_DEFINE_QUARK(lsm - error - quark, lsm_error)

static const ErrorRow *
find_row(const GError *error)
{
	if (error == NULL || error->domain != LSM_ERROR)
		return NULL;
	if (error->code < 0 || (gsize)error->code >= G_N_ELEMENTS(error_table))
		return NULL;
	return &error_table[error->code];
}

int
lsm_error_exit_code(const GError *error)
{
	const ErrorRow *row = find_row(error);

	if (error == NULL)
		return 0;
	return row != NULL ? row->exit_code : EX_SOFTWARE;
}

int
lsm_error_priority(const GError *error)
{
	const ErrorRow *row = find_row(error);

	return row != NULL ? row->priority : LOG_ERR;
}

gboolean
lsm_error_is_retryable(const GError *error)
{
	const ErrorRow *row = find_row(error);

	return row != NULL && row->retryable;
}

const char *
lsm_error_class_name(LsmErrorClass error_class)
{
	if ((gsize)error_class >= G_N_ELEMENTS(error_table))
		return "unknown";
	return error_table[error_class].name;
}

const char *
lsm_error_class_help(LsmErrorClass error_class)
{
	return (gsize)error_class < G_N_ELEMENTS(error_table) ? error_table[error_class].help : NULL;
}
