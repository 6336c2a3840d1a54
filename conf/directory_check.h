/*
 * directory_check.h - is the directory complete and in itself right? What reading it cannot refuse.
 *
 * A directory with findings loads, and the daemon runs on it; each finding says what will go wrong, and what
 * to do. Used by liaisonctl directory --check.
 */
#ifndef LSM_CONF_DIRECTORY_CHECK_H
#define LSM_CONF_DIRECTORY_CHECK_H

#include "conf/directory.h"

typedef enum {
	LSM_SEVERITY_NOTE,    /* good to know */
	LSM_SEVERITY_WARNING, /* something will go another way than one thinks */
	LSM_SEVERITY_ERROR,   /* somebody's statement cannot be decided or delivered */
} LsmSeverity;

/* "note", "warning", "error". */
const char *lsm_severity_name(LsmSeverity severity);

/* To add a check: a row in directory_check.c's table and its function. */
typedef struct {
	const char *id; /* "area.director-missing": stable, for scripts */
	LsmSeverity severity;
	const char *fix; /* what to do; whole sentences */
} LsmDirectoryCheckRow;

typedef struct {
	const LsmDirectoryCheckRow *row;
	LsmPlace place; /* belongs to the directory */
	char *what;     /* "area \"ops\" has no directors" */
} LsmDirectoryFinding;

/*
 * All findings: errors first, those of one check together, then by file and line. now: UNIX time, for terms. New
 * array of LsmDirectoryFinding *; free with g_ptr_array_unref(), before the directory.
 */
GPtrArray *lsm_directory_check(const LsmDirectory *directory, gint64 now);

/* The rows themselves, for manuals and tests. */
const LsmDirectoryCheckRow *lsm_directory_check_row(guint i); /* NULL behind the last */

/*
 * The groups and areas in work that have a mailing list, in the file's order: the desk writes to these lists
 * (notices, copies) and is subscribed to none. New array of const LsmBody *.
 */
GPtrArray *lsm_directory_lists(const LsmDirectory *directory);

#endif
