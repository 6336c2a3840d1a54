/*
 * phrase.c - looks up phrases in what an author wrote.
 *
 * Pure; linear in the text (of which 16 KiB are looked at) for each phrase. Any thread; cannot fail.
 */
#include "rules/phrase.h"

#include <string.h>

#include "rules/text.h"

/* Who says how it came about says it on top or at the end. */
#define MOST_HEAD (12 * 1024)
#define MOST_TAIL (4 * 1024)
#define MOST_ROUNDS 8

static void
append_folded(GString *fold, const LsmLine *line)
{
	for (gsize i = 0; i < line->length; i++) {
		gboolean after_blank = fold->len == 0 || fold->str[fold->len - 1] == ' ';

		if (!g_ascii_isspace(line->start[i]))
			g_string_append_c(fold, g_ascii_tolower(line->start[i]));
		else if (!after_blank)
			g_string_append_c(fold, ' ');
	}
	if (fold->len > 0 && fold->str[fold->len - 1] != ' ')
		g_string_append_c(fold, ' ');
}

/* The lines that begin in the first so many octets of a text. */
static void
append_lines(GString *fold, const char *text, gsize most)
{
	const char *cursor = text;
	LsmLine line = {NULL, 0, 0};

	while ((gsize)(cursor - text) < most && lsm_text_next_line(&cursor, &line)) {
		if (line.length > 0 && line.start[0] == '>')
			continue;
		line.length = MIN(line.length, most);
		append_folded(fold, &line);
	}
}

char *
lsm_phrase_fold(const char *text)
{
	gsize length = text != NULL ? strlen(text) : 0;
	GString *fold = g_string_sized_new(MIN(length, MOST_HEAD + MOST_TAIL) + 2);

	if (length == 0)
		return g_string_free(fold, FALSE);
	append_lines(fold, text, MOST_HEAD);
	/* What is behind the head begins in the middle of a line: its first word may be half a one. */
	if (length > MOST_HEAD + MOST_TAIL)
		append_lines(fold, text + length - MOST_TAIL, MOST_TAIL);
	else if (length > MOST_HEAD)
		append_lines(fold, text + MOST_HEAD, MOST_TAIL);
	return g_string_free(fold, FALSE);
}

static gboolean
is_word_end(const char *end, gboolean is_prefix)
{
	return is_prefix || !g_ascii_isalnum(*end);
}

static const char *
find_phrase(const char *fold, const char *phrase)
{
	gsize length = strlen(phrase);
	gboolean is_prefix = length > 0 && phrase[length - 1] == '*';
	g_autofree char *beginning = is_prefix ? g_strndup(phrase, length - 1) : NULL;
	const char *words = is_prefix ? beginning : phrase;
	gsize step = strlen(words);

	for (const char *at = strstr(fold, words); at != NULL; at = strstr(at + step, words)) {
		if ((at == fold || !g_ascii_isalnum(at[-1])) && is_word_end(at + step, is_prefix))
			return at;
	}
	return NULL;
}

const char *
lsm_phrase_find(const char *fold, const char *const *phrases)
{
	for (gsize i = 0; phrases[i] != NULL; i++) {
		const char *at = find_phrase(fold, phrases[i]);

		if (at != NULL)
			return at;
	}
	return NULL;
}

gboolean
lsm_phrase_near(const char *fold, const char *const *phrases, const char *const *others, gsize apart)
{
	const char *end = fold + strlen(fold);
	const char *at = lsm_phrase_find(fold, phrases);

	/* Who says it says it early; a text that repeats it without end is not read to its end. */
	for (guint round = 0; at != NULL && round < MOST_ROUNDS; round++) {
		gsize before = MIN((gsize)(at - fold), apart);
		gsize after = MIN((gsize)(end - at), apart);
		g_autofree char *window = g_strndup(at - before, before + after);

		if (lsm_phrase_find(window, others) != NULL)
			return TRUE;
		at = after == apart ? lsm_phrase_find(at + after, phrases) : NULL;
	}
	return FALSE;
}
