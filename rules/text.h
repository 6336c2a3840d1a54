/*
 * text.h - small views of text that people wrote: lines, quoting, and forms to compare by.
 *
 * Texts are UTF-8. Everything is linear in the length given.
 */
#ifndef LSM_RULES_TEXT_H
#define LSM_RULES_TEXT_H

#include <glib.h>

/* One line for people: control characters, no-break and zero-width blanks become blanks, which are collapsed
 * and trimmed; at most max octets, cut between characters. length -1: up to NUL. Caller frees. */
char *lsm_text_one_line(const char *text, gssize length, gsize max);

/* Appends text in lines of at most so many columns, broken at blanks: the first goes on at this column, those
 * behind it begin with indent blanks. A longer word stands alone. The last line is not ended. */
void lsm_text_fill(GString *out, const char *text, gsize column, gsize indent, gsize columns);

/* For comparing: compatibility forms resolved (fullwidth letters, no-break blanks), lower case, blanks
 * collapsed and trimmed. At most 2,000 octets of the text are looked at. Caller frees. */
char *lsm_text_fold(const char *text, gssize length);

typedef struct {
	const char *start; /* points into the text */
	gsize length;      /* without line end and trailing CR */
	guint number;      /* from 1 */
} LsmLine;

/* Steps through a text: *cursor moves on; FALSE at the end. number is counted up from what it was. */
gboolean lsm_text_next_line(const char **cursor, LsmLine *line);
gboolean lsm_line_is_blank(const LsmLine *line);

/* The line without the blanks that it begins with, of whatever kind. */
LsmLine lsm_line_trimmed(const LsmLine *line);

/* The line behind its quote markers ("> > text"); depth_out (may be NULL): how many there were. */
LsmLine lsm_line_unquoted(const LsmLine *line, guint *depth_out);

/* The first lines of a text that its own author wrote: at most max, and only up to where a forwarded or
 * answered mail begins ("-----Original Message-----", "Begin forwarded message:", "... wrote:"). Of LsmLine.
 */
GArray *lsm_text_top_lines(const char *text, guint max);

#endif
