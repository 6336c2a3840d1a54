/*
 * confuse_check.h - reads a configuration text before libConfuse does.
 *
 * libConfuse 3.3 accepts a missing closing brace at the end of a file and a key given twice,
 * expands ${VAR}, counts lines wrongly behind a comment of several lines, and says of a mistake
 * only that there is one. Here the same syntax is read strictly: what passes is read by libConfuse
 * in one way only, and every mistake is named with its line, with what was read and expected.
 *
 *   file      = { key "=" value | section [title] "{" ... "}" | "include" "(" text ")" }
 *   value     = text | "{" [text {"," text} [","]] "}"         (a list may also be one text)
 *   text      = word | "..." with \" \\ \$ | '...' with \' \\    (ends on its line)
 *   word      = letters, digits, - _ . : @ % and single slashes
 *   comments  = # ..., // ..., between slash-star and star-slash
 *
 * include stands where the options have a row CFG_FUNC("include", ...): the file's statements are taken in
 * its place, as if they stood there. Its name counts from the folder of the file that includes it; what it
 * opens it must close. At most 8 files deep and 1000 in all; none includes itself. libConfuse sees no include.
 *
 * A section option without CFGF_TITLE has a title here all the same: it is kept from libConfuse, which compares
 * each with all earlier ones, and set by lsm_confuse_parse().
 */
#ifndef LSM_CONF_CONFUSE_CHECK_H
#define LSM_CONF_CONFUSE_CHECK_H

#include <glib.h>

#include "conf/confuse_scan.h"
#include "conf/confuse_text.h"

struct cfg_opt_t;

/*
 * Checks a text (length octets, NULs allowed: they are a mistake) against the options that
 * libConfuse will be given. name: for messages, and where included files are looked for. NULL and a CONFIG
 * error "NAME:LINE: what was read; what was expected". Values are not looked at: that is for the options'
 * callbacks.
 */
LsmConfuseText *lsm_confuse_check(const char *text, gsize length, const char *name,
				  const struct cfg_opt_t *options, GError **error);

#endif
