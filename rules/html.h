/*
 * html.h - HTML made plain, so that the same readers serve both kinds of mail.
 */
#ifndef LSM_RULES_HTML_H
#define LSM_RULES_HTML_H

#include <glib.h>

/*
 * Plain text of an HTML mail (UTF-8 in, UTF-8 out): tags, comments, scripts and styles dropped, blocks on
 * lines of their own, entities decoded, what stands in <blockquote> marked with "> ". Linear; never longer
 * than eight times the input. Caller frees.
 */
char *lsm_html_to_text(const char *html, gsize length);

#endif
