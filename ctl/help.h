/*
 * help.h - a command's help text taken apart: what it says of options, values and examples.
 *
 * The texts in the table of commands are written for a terminal, in one form:
 *
 *   "  --option PLACE  what it does\n"       a term, two blanks, its text; "--since, --until WHEN" for several
 *   "                  and more of it\n"     further lines stand in at least four columns
 *   "                  word    a value\n"    two blanks in such a line part a value from what it means;
 *                                            the first value may stand behind the term
 *   "Running text.\n"
 *   "Example: liaisonctl ...\n"
 */
#ifndef LSM_CTL_HELP_H
#define LSM_CTL_HELP_H

#include <glib.h>

typedef enum { LSM_HELP_TERM, LSM_HELP_VALUE, LSM_HELP_TEXT, LSM_HELP_EXAMPLE } LsmHelpKind;

typedef struct {
	LsmHelpKind kind;
	char *term; /* of TERM and VALUE; else NULL */
	char *text; /* of all; may be "" in a TERM whose values follow */
} LsmHelpPart;

/* In the text's order; new array of LsmHelpPart *. */
GPtrArray *lsm_help_parse(const char *help);

/* Columns of the terminal that help is for. */
#define LSM_HELP_WIDTH 79

/* The same text for a terminal of so many columns: running text is filled anew, but for what follows the end of a
 * sentence; what belongs to a term or a value stays in its column. Caller frees. */
char *lsm_help_layout(const char *help, guint width);
/* A line of usage: parts in brackets are not broken, what does not fit goes on below. Caller frees. */
char *lsm_help_usage(const char *line, guint width);

/* The words of a text that lists what may stand in a place: "in, out or other; standard: in" -> in, out, other.
 * NULL when it is no such list. New strv. */
char **lsm_help_words(const char *text);

typedef struct {
	char *name;  /* "--since" */
	char *place; /* "WHEN"; NULL: takes no value */
} LsmHelpOption;

/* The options of a term: two for "--since, --until WHEN", none for "ID"; new array of LsmHelpOption *. */
GPtrArray *lsm_help_options(const char *term);

#endif
