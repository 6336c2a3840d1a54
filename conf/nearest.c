/*
 * nearest.c - see nearest.h. Pure, any thread; bounded by the length of words.
 */
#include "conf/nearest.h"

#include <string.h>

#define MAX_WORD 64

static guint
distance(const char *a, const char *b)
{
	guint row[MAX_WORD + 1];
	guint columns = (guint)strlen(b);

	for (guint j = 0; j <= columns; j++)
		row[j] = j;
	for (guint i = 1; a[i - 1] != '\0'; i++) {
		guint diagonal = row[0];
		row[0] = i;
		for (guint j = 1; j <= columns; j++) {
			guint above = row[j];
			guint cost = g_ascii_tolower(a[i - 1]) == g_ascii_tolower(b[j - 1]) ? 0 : 1;
			row[j] = MIN(MIN(above, row[j - 1]) + 1, diagonal + cost);
			diagonal = above;
		}
	}
	return row[columns];
}

guint
lsm_nearest_distance(const char *a, const char *b)
{
	return strlen(a) > MAX_WORD || strlen(b) > MAX_WORD ? G_MAXUINT : distance(a, b);
}

const char *
lsm_nearest_word(const char *word, const char *const *known)
{
	const char *nearest = NULL;
	guint least = G_MAXUINT;

	if (strlen(word) > MAX_WORD)
		return NULL;
	for (guint i = 0; known[i] != NULL; i++) {
		guint longer = (guint)MAX(strlen(word), strlen(known[i]));
		guint found = longer > MAX_WORD ? G_MAXUINT : distance(word, known[i]);

		if (found < least && found <= MAX(2, longer / 3)) {
			least = found;
			nearest = known[i];
		}
	}
	return nearest;
}
