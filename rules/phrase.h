/*
 * phrase.h - does a text say something, in one of the ways in which people say it?
 *
 * A fold of a text is made once; phrases are looked up in it as whole words. Only the author's own words
 * count: quoted lines are left out.
 */
#ifndef LSM_RULES_PHRASE_H
#define LSM_RULES_PHRASE_H

#include <glib.h>

/* The first 12 and the last 4 KiB of a text, for looking up phrases: ASCII letters in lower case, line ends
 * and runs of blanks one blank, lines that quote (">") left out. Caller frees. */
char *lsm_phrase_fold(const char *text);

/* Where the first of the phrases (lower case, NULL-terminated) stands in a fold, as whole words; NULL when
 * none does. A phrase that ends in '*' matches the beginning of a word. */
const char *lsm_phrase_find(const char *fold, const char *const *phrases);

/* Do the phrases of both lists stand in the fold, at most so many octets apart? */
gboolean lsm_phrase_near(const char *fold, const char *const *phrases, const char *const *others,
			 gsize apart);

#endif
