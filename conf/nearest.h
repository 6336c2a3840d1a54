/*
 * nearest.h - "did you mean": the known word that is nearest to a mistyped one.
 */
#ifndef LSM_CONF_NEAREST_H
#define LSM_CONF_NEAREST_H

#include <glib.h>

/* By Levenshtein distance, case ignored; NULL when none is near enough to be meant (more than a third of the
 * longer word differs, at least 2), or when the word is longer than 64 octets. known: NULL-terminated; the
 * result is one of it. */
const char *lsm_nearest_word(const char *word, const char *const *known);

/* Letters to change, add or take away to make one of the other, case ignored; G_MAXUINT when either is longer
 * than 64 octets. */
guint lsm_nearest_distance(const char *a, const char *b);

#endif
