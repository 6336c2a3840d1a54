/*
 * theirs.h - statements as the Datatracker lists them: what its API wrote into a file.
 */
#ifndef LSM_CTL_THEIRS_H
#define LSM_CTL_THEIRS_H

#include <glib.h>

typedef struct {
	char *id;          /* a number there; text here */
	char *title;       /* never NULL, as the two below */
	char *identifiers; /* numbers of other bodies, separated by commas or lines */
	char *parties;     /* "from > to" */
	char *purpose;     /* our word, or NULL */
	char *deadline;    /* YYYY-MM-DD or NULL */
	gint64 time;       /* submitted, microseconds; 0: it does not say */
	gboolean is_posted;
	char *ours; /* id of the statement on record that it is, or NULL */
} LsmTheirs;

/*
 * Either {"objects": [...]} as one page of the API, or an object a line. INPUT: not readable, or not such a
 * list; names the line where it is one a line. New array of LsmTheirs *.
 */
GPtrArray *lsm_theirs_read(const char *path, GError **error);

/* Letters and digits in lower case, without "Re:", "LS on" or "Liaison statement" in front: equal for what
 * people take for the same title or number. Caller frees. */
char *lsm_theirs_fold(const char *text);

#endif
