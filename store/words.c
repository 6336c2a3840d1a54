/*
 * words.c - see words.h.
 *
 * Owns nothing. Uses GLib's Unicode tables. Threads: any. Cannot fail: octets that are no UTF-8 divide words.
 */
#include "store/words.h"

#include <stdlib.h>
#include <string.h>

#define FEW 16 /* words that are compared one by one: a table costs more to make */

/* In order, for bsearch. To add a word: a row, and `liaisonctl rebuild` on records that exist. */
static const char *const noise[] = {
	"a",  "an", "and",  "are", "as", "at",      "be", "by", "for",       "forum", "from",
	"fw", "fwd", "group", "in",  "is", "it",      "its", "liaison", "ls", "new", "of",
	"on", "or", "re",   "reply", "response", "statement", "that", "the", "this", "to", "wg",
	"with", "working",
};

static int
compare_words(const void *a, const void *b)
{
	return strcmp(a, *(const char *const *)b);
}

gboolean
lsm_words_is_noise(const char *word)
{
	return (word[0] != '\0' && word[1] == '\0') ||
	       bsearch(word, noise, G_N_ELEMENTS(noise), sizeof noise[0], compare_words) != NULL;
}

static gboolean
is_ascii(const char *text, gsize length)
{
	for (gsize i = 0; i < length; i++)
		if ((guchar)text[i] > 0x7f)
			return FALSE;
	return TRUE;
}

/* Valid UTF-8 of a bounded length, without case and compatibility forms: of ASCII, what most texts are, only the
 * case is to go. */
static char *
fold(const char *text)
{
	gsize length = strnlen(text, LSM_WORDS_TEXT_MAX);

	if (is_ascii(text, length))
		return g_ascii_strdown(text, (gssize)length);
	g_autofree char *valid = g_utf8_make_valid(text, (gssize)length);
	g_autofree char *plain = g_utf8_normalize(valid, -1, G_NORMALIZE_NFKD);

	return g_utf8_casefold(plain ? plain : valid, -1);
}

/* The words of a text, each once. */
typedef struct {
	GPtrArray *words;
	GHashTable *seen; /* the same, of a text that has many; else NULL */
	GString *word;    /* that is being read */
} Reading;

static gboolean
is_seen(Reading *reading)
{
	if (reading->seen)
		return g_hash_table_contains(reading->seen, reading->word->str);
	for (guint i = 0; i < reading->words->len; i++)
		if (strcmp(g_ptr_array_index(reading->words, i), reading->word->str) == 0)
			return TRUE;
	return FALSE;
}

static void
note_all(Reading *reading)
{
	reading->seen = g_hash_table_new(g_str_hash, g_str_equal);
	for (guint i = 0; i < reading->words->len; i++)
		g_hash_table_add(reading->seen, g_ptr_array_index(reading->words, i));
}

static void
end_word(Reading *reading)
{
	if (reading->word->len > 0 && !is_seen(reading)) {
		char *copy = g_strndup(reading->word->str, reading->word->len);
		g_ptr_array_add(reading->words, copy);
		if (reading->seen)
			g_hash_table_add(reading->seen, copy);
		else if (reading->words->len > FEW)
			note_all(reading);
	}
	g_string_truncate(reading->word, 0);
}

static void
add_ascii(Reading *reading, char c)
{
	if (!g_ascii_isalnum(c))
		end_word(reading);
	else if (reading->word->len < LSM_WORDS_WORD_MAX)
		g_string_append_c(reading->word, c);
}

char **
lsm_words(const char *text)
{
	g_autofree char *folded = text ? fold(text) : g_strdup("");
	g_autoptr(GString) word = g_string_sized_new(LSM_WORDS_WORD_MAX);
	Reading reading = {g_ptr_array_new(), NULL, word};

	for (const char *p = folded; *p != '\0'; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);
		if (c < 0x80) {
			add_ascii(&reading, (char)c);
			continue;
		}
		if (g_unichar_ismark(c))
			continue; /* what was an accent */
		if (!g_unichar_isalnum(c) || g_unichar_iswide(c))
			end_word(&reading);
		if (g_unichar_isalnum(c) && word->len < LSM_WORDS_WORD_MAX)
			g_string_append_unichar(word, c);
		if (g_unichar_iswide(c))
			end_word(&reading);
	}
	end_word(&reading);
	g_clear_pointer(&reading.seen, g_hash_table_unref);
	g_ptr_array_add(reading.words, NULL);
	return (char **)g_ptr_array_free(reading.words, FALSE);
}

gboolean
lsm_words_has_all(const char *text, char *const *words)
{
	g_auto(GStrv) known = NULL;

	if (!*words)
		return TRUE;
	known = lsm_words(text);
	for (; *words; words++)
		if (!g_strv_contains((const char *const *)known, *words))
			return FALSE;
	return TRUE;
}

char *
lsm_words_token(const char *text)
{
	char *token = g_ascii_strdown(text, (gssize)strnlen(text, LSM_WORDS_WORD_MAX));

	for (char *p = token; *p != '\0'; p++)
		if (!g_ascii_isgraph(*p))
			*p = '_';
	return token;
}

char *
lsm_words_number(const char *text)
{
	char *number = g_ascii_strdown(text, (gssize)strnlen(text, 2 * LSM_WORDS_WORD_MAX));
	char *end = number;

	for (const char *p = number; *p != '\0'; p++)
		if (g_ascii_isalnum(*p))
			*end++ = *p;
	*end = '\0';
	return number;
}
