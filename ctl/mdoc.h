/*
 * mdoc.h - text for manual pages in the language mdoc(7): escaped, one sentence a line.
 *
 * Everything appends to out, which always ends at the beginning of a line (lsm_mdoc_arguments apart). Texts
 * come from the program's own tables, but nothing in them can become a request: whatever they hold, mandoc and
 * groff print just that.
 */
#ifndef LSM_CTL_MDOC_H
#define LSM_CTL_MDOC_H

#include <glib.h>

/* The text as it may stand anywhere in a line, also as the first word or in quotes. Hyphens, quotes and accents
 * come out as the ASCII signs that they are, so that a command can be copied from the page. Control characters
 * become blanks, invalid octets "?". Caller frees. */
char *lsm_mdoc_escape(const char *text);

/* A line of a macro with the text as its one argument: .Ic max\-parts */
void lsm_mdoc_macro(GString *out, const char *macro, const char *text);

/* What stands on a command line, as macros within a line that has begun with one; no newline:
 * "--sender ADDR [MAIL ...]" -> "Fl \-sender Ar ADDR Oo Ar MAIL ... Oc". Words in capitals are places to fill in. */
void lsm_mdoc_arguments(GString *out, const char *usage);

/* Running text of one or more sentences, wrapped. Options in it, and the words in capitals that also stand in
 * places (a usage; NULL: none), get the macros that lsm_mdoc_arguments gives them. */
void lsm_mdoc_text(GString *out, const char *text, const char *places);

/* The same for what is a note in a list ("read by the program, no person yet"): capital letter, full stop. */
void lsm_mdoc_sentence(GString *out, const char *note, const char *places);

#endif
