/*
 * confuse_scan.c - the tokens of a configuration text, and how messages show them.
 *
 * Owns nothing: the text and the word belong to the scanner's owner. No libConfuse here. Any
 * thread. The first mistake ends the reading, with its line.
 */
#include "conf/confuse_scan.h"

#include <string.h>

#include "conf/error.h"

#define WORD_MAX_OCTETS 1024
#define SHOWN_MAX_OCTETS 60

void
lsm_confuse_set_error(GError **error, const char *name, guint line, const char *format, ...)
{
	g_autofree char *message = NULL;
	va_list arguments;

	va_start(arguments, format);
	message = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	g_set_error(error, LSM_ERROR, LSM_ERROR_CONFIG, "%s:%u: %s", name, line, message);
}

char *
lsm_confuse_quote(const char *value)
{
	gsize length = strlen(value);
	const char *end;

	if (length <= SHOWN_MAX_OCTETS)
		return g_strdup_printf("\"%s\"", value);
	end = g_utf8_find_prev_char(value, value + SHOWN_MAX_OCTETS + 1);
	return g_strdup_printf("\"%.*s...\"", (int)(end != NULL ? end - value : 0), value);
}

char *
lsm_confuse_scanner_show(const LsmConfuseScanner *scanner)
{
	switch (scanner->type) {
	case LSM_CONFUSE_END:
		return g_strdup("the end of the file");
	case LSM_CONFUSE_SIGN:
		return g_strdup_printf("'%c'", scanner->sign);
	case LSM_CONFUSE_WORD:
	case LSM_CONFUSE_STRING:
		break;
	}
	return lsm_confuse_quote(scanner->word->str);
}

gboolean
lsm_confuse_scanner_fail_expecting(const LsmConfuseScanner *scanner, const char *expected, GError **error)
{
	g_autofree char *shown = lsm_confuse_scanner_show(scanner);

	lsm_confuse_set_error(error, scanner->name, scanner->token_line, "read %s; expected %s", shown,
			      expected);
	return FALSE;
}

static gboolean
fail_here(const LsmConfuseScanner *scanner, const char *message, GError **error)
{
	lsm_confuse_set_error(error, scanner->name, scanner->line, "%s", message);
	return FALSE;
}

static void
blank_until(LsmConfuseScanner *scanner, const char *end)
{
	for (; scanner->at < end; scanner->at++) {
		if (*scanner->at == '\n')
			scanner->line++;
		else
			*scanner->at = ' ';
	}
}

static gboolean
skip_comment(LsmConfuseScanner *scanner, GError **error)
{
	const char *close;

	if (scanner->at[0] == '#' || scanner->at[1] == '/') {
		blank_until(scanner, scanner->at + strcspn(scanner->at, "\n"));
		return TRUE;
	}
	close = strstr(scanner->at + 2, "*/");
	if (close == NULL)
		return fail_here(scanner,
				 "read /* and no end of this comment; expected */ before the end of the file",
				 error);
	blank_until(scanner, close + 2);
	return TRUE;
}

void
lsm_confuse_scanner_blank_from(LsmConfuseScanner *scanner, char *start)
{
	for (char *at = start; at < scanner->at; at++)
		if (*at != '\n')
			*at = ' ';
}

static gboolean
is_comment(const char *at)
{
	return at[0] == '#' || (at[0] == '/' && (at[1] == '/' || at[1] == '*'));
}

static gboolean
skip_blanks(LsmConfuseScanner *scanner, GError **error)
{
	for (;;) {
		if (is_comment(scanner->at)) {
			if (!skip_comment(scanner, error))
				return FALSE;
		} else if (*scanner->at == '\n') {
			scanner->line++;
			scanner->at++;
		} else if (*scanner->at == '\r' || *scanner->at == ' ' || *scanner->at == '\t') {
			*scanner->at++ = ' ';
		} else {
			return TRUE;
		}
	}
}

static gboolean
append_octet(LsmConfuseScanner *scanner, char octet, GError **error)
{
	if (scanner->word->len >= WORD_MAX_OCTETS)
		return fail_here(scanner, "read a text of more than 1024 octets; expected less", error);
	g_string_append_c(scanner->word, octet);
	return TRUE;
}

/* Backslash sequences: only those without which a text could not be written. */
static gboolean
read_escape(LsmConfuseScanner *scanner, char quote, GError **error)
{
	char escaped = scanner->at[1];

	if (escaped == '\\' || escaped == quote || (escaped == '$' && quote == '"')) {
		scanner->at += 2;
		return append_octet(scanner, escaped, error);
	}
	lsm_confuse_set_error(error, scanner->name, scanner->line,
			      "read a backslash before something else; expected \\\\%s%c",
			      quote == '"' ? ", \\$ or \\" : " or \\", quote);
	return FALSE;
}

static gboolean
fail_variable(const LsmConfuseScanner *scanner, GError **error)
{
	g_autofree char *start = g_strndup(scanner->at, strcspn(scanner->at, "}\"'\r\n"));
	g_autofree char *shown = lsm_confuse_quote(start);

	lsm_confuse_set_error(
		error, scanner->name, scanner->line,
		"read %s, which would take a value from the environment; expected the value itself "
		"(or \"\\${\" for these characters)",
		shown);
	return FALSE;
}

static gboolean
read_string(LsmConfuseScanner *scanner, GError **error)
{
	char quote = *scanner->at++;

	while (*scanner->at != quote) {
		gboolean is_variable = quote == '"' && scanner->at[0] == '$' && scanner->at[1] == '{';

		if (is_variable)
			return fail_variable(scanner, error);
		if (*scanner->at == '\0' || *scanner->at == '\n' || *scanner->at == '\r')
			return fail_here(
				scanner,
				"read a text that is not closed; expected its closing quote on the same line",
				error);
		if (*scanner->at == '\\') {
			if (!read_escape(scanner, quote, error))
				return FALSE;
		} else if (!append_octet(scanner, *scanner->at++, error)) {
			return FALSE;
		}
	}
	scanner->at++;
	scanner->type = LSM_CONFUSE_STRING;
	return TRUE;
}

/* Narrower than libConfuse's own, whose rules for slashes and signs differ between its versions. */
static gboolean
is_word_character(const char *at)
{
	return g_ascii_isalnum(*at) || (*at != '\0' && strchr("-_.:@%/", *at) != NULL);
}

static gboolean
read_word(LsmConfuseScanner *scanner, GError **error)
{
	for (; is_word_character(scanner->at); scanner->at++) {
		if (is_comment(scanner->at))
			return fail_here(scanner,
					 "read a word with // or /* in it; expected quotes around it, or a "
					 "blank before a comment",
					 error);
		if (!append_octet(scanner, *scanner->at, error))
			return FALSE;
	}
	scanner->type = LSM_CONFUSE_WORD;
	return TRUE;
}

static gboolean
fail_character(const LsmConfuseScanner *scanner, GError **error)
{
	const char *next = g_utf8_next_char(scanner->at);
	int length = (int)(next - scanner->at);

	if (scanner->at[0] == '$' && scanner->at[1] == '{')
		return fail_variable(scanner, error);
	lsm_confuse_set_error(
		error, scanner->name, scanner->line,
		"read '%.*s'; expected a key, a word or a sign of { } = , (other characters stand in quotes)",
		length, scanner->at);
	return FALSE;
}

gboolean
lsm_confuse_scanner_next(LsmConfuseScanner *scanner, GError **error)
{
	if (!skip_blanks(scanner, error))
		return FALSE;
	scanner->token_line = scanner->line;
	scanner->token_at = scanner->at;
	g_string_truncate(scanner->word, 0);
	if (*scanner->at == '\0') {
		scanner->type = LSM_CONFUSE_END;
		return TRUE;
	}
	if (strchr("{}=,()", *scanner->at) != NULL) {
		scanner->type = LSM_CONFUSE_SIGN;
		scanner->sign = *scanner->at++;
		return TRUE;
	}
	if (*scanner->at == '"' || *scanner->at == '\'')
		return read_string(scanner, error);
	if (is_word_character(scanner->at))
		return read_word(scanner, error);
	return fail_character(scanner, error);
}
