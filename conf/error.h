/*
 * error.h - the one error domain of liaison-milter, its classes, and what each class means.
 *
 * Every function that can fail for a reason outside of the program sets a GError of this
 * domain. The class says what to do about it, the message says what happened. Layers add
 * what they were doing with g_prefix_error(). An error is logged once, where it stops.
 */
#ifndef LSM_CONF_ERROR_H
#define LSM_CONF_ERROR_H

#include <glib.h>

#define LSM_ERROR (lsm_error_quark())

/* To add a class: a row here and one in error.c's table. The exit codes are stable: scripts use them. */
typedef enum {
	LSM_ERROR_USAGE,       /* wrong command line or call by a person: exit 2 */
	LSM_ERROR_CONFIG,      /* a configuration file is wrong: exit 2, nothing was touched */
	LSM_ERROR_INPUT,       /* a file or a peer's message is not what it should be: exit 66 */
	LSM_ERROR_TEMPORARY,   /* may work later: full disk, time-out, desk not there: exit 75 */
	LSM_ERROR_UNCERTAIN,   /* a commit may or may not have happened: treat as temporary, never repeat
				  blindly: exit 74 */
	LSM_ERROR_CORRUPT,     /* stored data does not say what it must say: exit 65 */
	LSM_ERROR_UNSUPPORTED, /* not possible here: unknown backend, newer format, network file system: exit
				  69 */
	LSM_ERROR_DENIED, /* the asker may not do this, or the state of the case does not allow it: exit 77 */
} LsmErrorClass;

GQuark lsm_error_quark(void);

/* Exit status of a program that ends with this error (see above; 70 for an error of another
 * domain); 0 for NULL. 1 is never used: it means "findings" in liaisonctl. */
int lsm_error_exit_code(const GError *error);

/* syslog priority (LOG_ERR ...) at which the error is logged where it stops; LOG_ERR for other domains and
 * NULL. */
int lsm_error_priority(const GError *error);

/* TRUE if the same call may work later (TEMPORARY, UNCERTAIN). */
gboolean lsm_error_is_retryable(const GError *error);

/* The class's word as used in logs and JSON ("config", "temporary", ...); "unknown" for a number that is no
 * class. */
const char *lsm_error_class_name(LsmErrorClass error_class);
/* What it means to who reads the exit status, for the manual; NULL for a number that is no class. */
const char *lsm_error_class_help(LsmErrorClass error_class);

#endif
