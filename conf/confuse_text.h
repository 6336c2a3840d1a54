/*
 * confuse_text.h - a configuration text that was checked: what libConfuse is given, and where all of it stands.
 *
 * A text may be of several files (include). Then it is one for libConfuse, with lines of its own; each of
 * these is one of a file. For a text of one file both numbers are the same. Never changes once checked.
 */
#ifndef LSM_CONF_CONFUSE_TEXT_H
#define LSM_CONF_CONFUSE_TEXT_H

#include <glib.h>

typedef struct LsmConfuseText LsmConfuseText;

void lsm_confuse_text_free(LsmConfuseText *text);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmConfuseText, lsm_confuse_text_free)

/* The text for libConfuse: comments blanked, included files in their places. Belongs to text. */
const char *lsm_confuse_text_plain(const LsmConfuseText *text);

/* The name of the file with which it begins. Belongs to text. */
const char *lsm_confuse_text_name(const LsmConfuseText *text);

/* All files in the order in which they begin, the first is the text's own name; NULL-terminated. Belong to
 * text. */
const char *const *lsm_confuse_text_files(const LsmConfuseText *text);

/* SHA-256 (hex) over the octets of the included files, in that order; "" when there are none. */
const char *lsm_confuse_text_included_digest(const LsmConfuseText *text);

/*
 * The line (of the whole text) on which a key or a section begins; 0 when it was not given. The path is the
 * names from the outside in, each section's title behind it, closed by NULL:
 * lsm_confuse_line(text, "home", "IETF", "group", "ippm", "area", NULL).
 */
guint lsm_confuse_line(const LsmConfuseText *text, const char *first, ...) G_GNUC_NULL_TERMINATED;

/* The file of a line of the whole text; *line_out: its line there. Line 0 is taken for 1. Belongs to text. */
const char *lsm_confuse_text_place(const LsmConfuseText *text, guint line, guint *line_out);

/* Sets a CONFIG error "FILE:LINE: " and the message, for a line of the whole text. */
void lsm_confuse_text_set_error(const LsmConfuseText *text, guint line, GError **error, const char *format, ...)
	G_GNUC_PRINTF(4, 5);

/* The titles of the sections of this name in a section, in order, where libConfuse is not given them
 * (confuse_check.h); path as those of lines, joined by LSM_CONFUSE_SEPARATOR. NULL when there are none. */
const GPtrArray *lsm_confuse_text_titles(const LsmConfuseText *text, const char *path);

/* ---- for confuse_check.c, which makes it ---- */

#define LSM_CONFUSE_SEPARATOR "\n" /* no key or title has one: control characters are refused */

LsmConfuseText *lsm_confuse_text_new(void);

/* A file begins: from here on pieces may be of it. Its name as kept. octets: NULL for the first file. */
const char *lsm_confuse_text_add_file(LsmConfuseText *text, const char *name, const char *octets, gsize length);
guint lsm_confuse_text_file_count(const LsmConfuseText *text);

/* A piece of a file begins, at that line of it. Returns its line in the whole text. file: as kept. */
guint lsm_confuse_text_begin_piece(LsmConfuseText *text, const char *file, guint line);
void lsm_confuse_text_append(LsmConfuseText *text, const char *start, const char *end);

/* Notes where path begins; 0, or the line on which it stands already. */
guint lsm_confuse_text_note_line(LsmConfuseText *text, const char *path, guint line);
void lsm_confuse_text_note_title(LsmConfuseText *text, const char *path, const char *title);

/* All is there. */
void lsm_confuse_text_close(LsmConfuseText *text);

#endif
