/*
 * confuse_check.h - reads a configuration text before libConfuse does.
 *
 * libConfuse 3.3 accepts a missing closing brace at the end of a file and a key given twice,
 * expands ${VAR}, counts lines wrongly behind a comment of several lines, and says of a mistake
 * only that there is one. Here the same syntax is read strictly: what passes is read by libConfuse
 * in one way only, and every mistake is named with its line, with what was read and expected.
 *
 *   file      = { key "=" value | section [title] "{" ... "}" }
 *   value     = text | "{" [text {"," text} [","]] "}"         (a list may also be one text)
 *   text      = word | "..." with \" \\ \$ | '...' with \' \\    (ends on its line)
 *   word      = letters, digits, - _ . : @ % and single slashes
 *   comments  = # ..., // ..., between slash-star and star-slash
 */
#ifndef LSM_CONF_CONFUSE_CHECK_H
#define LSM_CONF_CONFUSE_CHECK_H

#include <glib.h>

#include "conf/confuse_scan.h"

struct cfg_opt_t;
typedef struct LsmConfuseText LsmConfuseText;

/*
 * Checks a text (length octets, NULs allowed: they are a mistake) against the options that
 * libConfuse will be given. name: for messages. NULL and a CONFIG error "NAME:LINE: what was
 * read; what was expected". Values are not looked at: that is for the options' callbacks.
 */
LsmConfuseText *lsm_confuse_check(const char *text, gsize length, const char *name,
				  const struct cfg_opt_t *options, GError **error);
void lsm_confuse_text_free(LsmConfuseText *text);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmConfuseText, lsm_confuse_text_free)

/* The text for libConfuse: comments blanked, lines where they were. Belongs to text. */
const char *lsm_confuse_text_plain(const LsmConfuseText *text);
const char *lsm_confuse_text_name(const LsmConfuseText *text);

/*
 * The line on which a key or a section begins; 0 when it was not given. The path is the names
 * from the outside in, each section's title behind it, closed by NULL:
 * lsm_confuse_line(text, "home", "IETF", "group", "ippm", "area", NULL).
 */
guint lsm_confuse_line(const LsmConfuseText *text, const char *first, ...) G_GNUC_NULL_TERMINATED;

#endif
