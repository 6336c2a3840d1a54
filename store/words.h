/*
 * words.h - what a text is found by: its words, folded alike for the index and for the question.
 */
#ifndef LSM_STORE_WORDS_H
#define LSM_STORE_WORDS_H

#include <glib.h>

/* Beyond so many octets a text is not looked at, and a word not kept. */
#define LSM_WORDS_TEXT_MAX 2000
#define LSM_WORDS_WORD_MAX 40

/*
 * The words of a text, each once, in order: runs of letters and digits without case and accents ("Übersicht"
 * -> "ubersicht", "ITU-T" -> "itu", "t"); a letter of a script without blanks is a word of its own.
 * NULL gives none. Never NULL; free with g_strfreev.
 */
char **lsm_words(const char *text);

/* Is every one of these in the words of the text? TRUE for none. */
gboolean lsm_words_has_all(const char *text, char *const *words);

/* Words that half of all statements have: "of", "liaison", "group". They narrow nothing down. */
gboolean lsm_words_is_noise(const char *word);

/* A word of a fixed list (state, rule id, purpose) as a term: lower case, of printable ASCII without blanks. Caller
 * frees. */
char *lsm_words_token(const char *text);

/* Letters and digits alone, lower case: "COM 16 - LS 124" and "com16-ls124" are one number. Caller frees. */
char *lsm_words_number(const char *text);

#endif
