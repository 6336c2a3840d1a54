/*
 * confuse_scan.h - the tokens of a configuration text, and how messages show them.
 *
 * The grammar stands in confuse_check.h. The scanner writes into its text: comments and carriage
 * returns become blanks, so that the same text can be given to libConfuse afterwards.
 */
#ifndef LSM_CONF_CONFUSE_SCAN_H
#define LSM_CONF_CONFUSE_SCAN_H

#include <glib.h>

typedef enum {
	LSM_CONFUSE_END,
	LSM_CONFUSE_WORD,   /* without quotes */
	LSM_CONFUSE_STRING, /* in quotes */
	LSM_CONFUSE_SIGN    /* { } = , ( ) */
} LsmConfuseTokenType;

typedef struct {
	const char *name; /* of the text, for messages */
	char *at;         /* what is to be read: UTF-8 without control characters, NUL-terminated */
	guint line;       /* of at; begins with 1 */
	/* the token read last */
	LsmConfuseTokenType type;
	char sign;
	char *token_at; /* its first octet in the text */
	guint token_line;
	GString *word; /* a word's or string's text, escapes resolved; the owner's */
} LsmConfuseScanner;

/* Reads one token. FALSE and a CONFIG error "NAME:LINE: ..." for what is none. */
gboolean lsm_confuse_scanner_next(LsmConfuseScanner *scanner, GError **error);

/* Sets the error "read TOKEN; expected EXPECTED" at the last token's line; always FALSE. */
gboolean lsm_confuse_scanner_fail_expecting(const LsmConfuseScanner *scanner, const char *expected,
					    GError **error);

/* Makes blanks of all from start to what is to be read next; the lines stay. */
void lsm_confuse_scanner_blank_from(LsmConfuseScanner *scanner, char *start);

/* The last token as messages show it. Caller frees. */
char *lsm_confuse_scanner_show(const LsmConfuseScanner *scanner);

/* Sets a CONFIG error "NAME:LINE: " and the message. */
void lsm_confuse_set_error(GError **error, const char *name, guint line, const char *format, ...)
	G_GNUC_PRINTF(4, 5);

/* A value as messages show it: in double quotes, cut after 60 octets. Caller frees. */
char *lsm_confuse_quote(const char *value);

#endif
