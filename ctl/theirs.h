/*
 * theirs.h - statements as the Datatracker lists them: what its API wrote into a file.
 */
#ifndef LSM_CTL_THEIRS_H
#define LSM_CTL_THEIRS_H

#include "ctl/command.h"

typedef struct {
	char *id;          /* a number there; text here */
	char *title;       /* never NULL, as the two below */
	char *identifiers; /* numbers of other bodies, separated by commas or lines */
	char *parties;     /* "from > to" */
	char *purpose;     /* our word, or NULL */
	char *deadline;    /* YYYY-MM-DD or NULL */
	gint64 time;       /* submitted, microseconds; 0: it does not say */
	gboolean is_posted;
	char *line; /* JSON: what was read of it, to be read again */
	char *ours; /* id of the statement on record that it is, or NULL */
} LsmTheirs;

typedef struct {
	GPtrArray *entries; /* of LsmTheirs *; no id twice */
	GHashTable *by_id;  /* the same; borrows */
	gint64 total;       /* how many the list says that there are, all pages together; 0: it does not say */
	gint64 time;        /* of the oldest file, UNIX; what a pipe brings is of now */
} LsmTheirList;

LsmTheirList *lsm_theirs_new(void);
void lsm_theirs_free(LsmTheirList *list);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmTheirList, lsm_theirs_free)

/*
 * Adds a file's: {"objects": [...]} as one page of the API, that array alone, or an object a line; "-" is standard
 * input. At most 64 MB. What stands there twice counts once: pages overlap when something was added between them.
 * Octets and escapes that are no characters become U+FFFD. INPUT: not readable, or not such a list; names the line or
 * the entry.
 */
gboolean lsm_theirs_read(LsmTheirList *list, const char *path, GError **error);

/* The files of argv, up to its NULL. */
gboolean lsm_theirs_read_all(LsmTheirList *list, char **paths, GError **error);

/* FALSE: the list says that there are more than these. */
gboolean lsm_theirs_is_whole(const LsmTheirList *list);

/* Where import-datatracker keeps the list, and reconcile finds it: beside the record. Caller frees. */
char *lsm_theirs_place(const LsmCtlOptions *options, GError **error);

/* Letters and digits in lower case, without "Re:", "LS on" or "Liaison statement" in front: equal for what
 * people take for the same title or number. Caller frees. */
char *lsm_theirs_fold(const char *text);

#endif
