/*
 * statement_address.c - the addresses in a field, also those that hide from harvesters.
 *
 * The patterns are compiled once and run over bounded texts. Owns nothing else; thread-safe; never fails.
 */
#include <string.h>

#include "conf/address.h"
#include "rules/statement.h"
#include "rules/text.h"

#define MAX_TEXT 20000

/* To add a disguise: a row. Applied in order; the last two only where words alone stand for the signs. */
static const struct {
	const char *pattern;
	const char *meant;
} disguises[] = {
	{"\\s*[\\[({<]\\s*at\\s*[\\])}>]\\s*", "@"},
	{"\\s*[\\[({<]\\s*dot\\s*[\\])}>]\\s*", "."},
	{"(?<=[a-z0-9]) dot (?=[a-z0-9])", "."},
	{"(?<=[a-z0-9]) at (?=[a-z0-9-]+\\.[a-z0-9.-]+)", "@"},
};

/* Letters beyond ASCII too (RFC 6531); what ends a sentence is no part of it. */
#define ADDRESS                                                                                              \
	"(?:\"[^\"@\\s]{1,62}\"|[^\\s<>()\\[\\],;:\"@]{1,64})@"                                              \
	"[^\\s<>()\\[\\],;:\"'@.]{1,63}(?:\\.[^\\s<>()\\[\\],;:\"'@.]{1,63}){1,8}"

static GRegex *disguise_patterns[G_N_ELEMENTS(disguises)];
static GRegex *address_pattern;

static gpointer
compile_patterns(gpointer unused)
{
	(void)unused;
	for (gsize i = 0; i < G_N_ELEMENTS(disguises); i++)
		disguise_patterns[i] =
			g_regex_new(disguises[i].pattern, G_REGEX_CASELESS | G_REGEX_OPTIMIZE, 0, NULL);
	address_pattern = g_regex_new(ADDRESS, G_REGEX_OPTIMIZE, 0, NULL);
	return NULL;
}

static char *
undisguise(const char *text)
{
	char *plain = lsm_text_one_line(text, -1, MAX_TEXT);

	for (gsize i = 0; i < G_N_ELEMENTS(disguises); i++) {
		char *next = g_regex_replace_literal(disguise_patterns[i], plain, -1, 0, disguises[i].meant,
						     0, NULL);

		if (next == NULL)
			break;
		g_free(plain);
		plain = next;
	}
	return plain;
}

static gboolean
has_address(const LsmStatement *statement, LsmFieldId field, const char *address)
{
	for (guint i = 0; i < statement->values[field]->len; i++) {
		const LsmValue *known = g_ptr_array_index(statement->values[field], i);

		if (g_ascii_strcasecmp(known->value, address) == 0)
			return TRUE;
	}
	return FALSE;
}

void
lsm_statement_add_addresses(LsmStatement *statement, LsmFieldId field, const char *text, const char *where,
			    LsmConfidence confidence)
{
	static GOnce once = G_ONCE_INIT;
	g_autofree char *plain = NULL;
	g_autoptr(GMatchInfo) match = NULL;

	g_once(&once, compile_patterns, NULL);
	plain = undisguise(text);
	for (g_regex_match(address_pattern, plain, 0, &match); g_match_info_matches(match);
	     g_match_info_next(match, NULL)) {
		g_autofree char *address = g_match_info_fetch(match, 0);

		if (lsm_address_is_valid(address) && !has_address(statement, field, address))
			lsm_statement_add(statement, field, address, text, where, confidence);
	}
}
