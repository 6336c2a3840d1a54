/*
 * subject.c - what a Subject says about being a statement; one row a sign.
 *
 * The patterns are compiled once; thread-safe. Owns nothing; never fails. "LS" is also link state,
 * land survey and a command: signs need more than the two letters.
 */
#include "rules/subject.h"

#include <string.h>

#include "rules/format.h"
#include "rules/text.h"
#include "rules/weight.h"

#define MAX_SUBJECT 1000

typedef enum {
	SIGN_STATEMENT, /* stands for a statement by itself */
	SIGN_NUMBER,    /* a document's number and the like: supports others */
	SIGN_AGAINST
} SignKind;

typedef struct {
	SignKind kind;
	LsmWeightId weight;
	const char *pattern; /* on the subject without tags and "Re:"; case does not matter */
} Sign;

#define DRAFT "(?:\\[?(?:draft|proposed|proposal for|revised|updated)\\]?:? +)?(?:(?:an?|the|our) +)?"

/* To add a sign: a row here, one in weights.def, and one in tests/unit/test_recognise.c. Of each kind the
 * first that matches counts. */
static const Sign signs[] = {
	{SIGN_STATEMENT, LSM_WEIGHT_SUBJECT_DATATRACKER, "^new liaison statement, \""},
	{SIGN_STATEMENT, LSM_WEIGHT_SUBJECT_WORDS,
	 "\\bliaison (?:statement|reply|response|letter|communication|request)s?\\b"},
	{SIGN_STATEMENT, LSM_WEIGHT_SUBJECT_LS_ON,
	 "^" DRAFT "(?:reply |response |incoming |outgoing |new )?(?:ls|liaison) "
	 "(?:on|to|from|for|of|about|regarding|concerning|related to|announcing|requesting|inviting|"
	 "informing|in reply|in response|reply|response)\\b"},
	{SIGN_STATEMENT, LSM_WEIGHT_SUBJECT_REPLY_LS,
	 "^" DRAFT "(?:response to )?(?:reply|response)[ -]ls\\b"},
	{SIGN_STATEMENT, LSM_WEIGHT_SUBJECT_REPLY_TO_NUMBER,
	 "^" DRAFT "(?:reply|response) to (?:[a-z][1-6p]-\\d{6}|[a-z0-9]{2,10}_ls)"},
	{SIGN_STATEMENT, LSM_WEIGHT_SUBJECT_ITU_MARK, "(?:^|[ \\[(])ls/[ior](?:/[ior])?(?![a-z0-9/])"},
	{SIGN_STATEMENT, LSM_WEIGHT_SUBJECT_ITU_NUMBER,
	 "\\b(?:sg ?\\d{1,2}|tsag|wp\\d|jca-[a-z0-9]+) ?(?:-|\xe2\x80\x93)? ?ls ?\\d+\\b"},
	{SIGN_STATEMENT, LSM_WEIGHT_SUBJECT_ITU_NUMBER, "\\bcom ?\\d{1,2} ?(?:-|\xe2\x80\x93) ?ls ?\\d+\\b"},
	{SIGN_STATEMENT, LSM_WEIGHT_SUBJECT_LS_INSIDE,
	 "^[a-z0-9/ -]{2,40} ls (?:on|to|from|in reply|in response)\\b"},
	{SIGN_NUMBER, LSM_WEIGHT_SUBJECT_3GPP_NUMBER, "(?<![a-z0-9-])[a-z][1-6p]-\\d{6,7}(?![0-9])"},
	{SIGN_NUMBER, LSM_WEIGHT_SUBJECT_LIAISON_TO, "^[a-z0-9/ .-]{2,40} liaison (?:to|from)\\b"},
	{SIGN_AGAINST, LSM_WEIGHT_SUBJECT_DRAFT,
	 "^(?:(?:draft|proposed|proposal|comments?|discussion|review) |.{0,20}\\bfor review\\b)"},
	{SIGN_AGAINST, LSM_WEIGHT_SUBJECT_LINK_STATE,
	 "\\blink[- ]state\\b|\\bbgp-?ls\\b|\\b(?:ospf|is-is|isis)\\b.*\\bls\\b"
	 "|\\bls[- ]?(?:ids?|updates?|acks?|types?|age|requests?|refresh|database|sequence|headers?)\\b"},
	{SIGN_AGAINST, LSM_WEIGHT_SUBJECT_LIAISON_PERSON,
	 "\\bliaison (?:manager|coordinat|officer|committee|team|report|meeting|rapporteur|role|call)"},
};

static GRegex *compiled[G_N_ELEMENTS(signs)];

static gpointer
compile_signs(gpointer unused)
{
	(void)unused;
	for (gsize i = 0; i < G_N_ELEMENTS(signs); i++) {
		compiled[i] = g_regex_new(signs[i].pattern, G_REGEX_CASELESS | G_REGEX_OPTIMIZE, 0, NULL);
		g_assert(compiled[i] != NULL);
	}
	return NULL;
}

/* "2-22" as in "S2-2201578" */
static gboolean
is_in_number(const char *subject, const char *p)
{
	return *p == '-' && p > subject && g_ascii_isalnum(p[-1]) && g_ascii_isdigit(p[1]) &&
	       g_ascii_isdigit(p[2]);
}

/* Without a word or number that every sign needs there is nothing to look for, and nothing is allocated. */
static gboolean
may_have_signs(const char *subject)
{
	for (const char *p = subject; *p != '\0'; p++) {
		if ((*p == 'l' || *p == 'L') && (g_ascii_tolower(p[1]) == 's' ||
						 g_ascii_strncasecmp(p, "liaison", strlen("liaison")) == 0))
			return TRUE;
		if (is_in_number(subject, p))
			return TRUE;
	}
	return FALSE;
}

/* The author's own words: without list tags, reply and forward marks. "[DRAFT]" and numbers in brackets stay.
 */
static char *
own_words(const char *subject)
{
	g_autofree char *line = lsm_text_fold(subject, MIN((gssize)strlen(subject), MAX_SUBJECT));
	const char *plain = line;
	const char *before;

	do {
		const char *colon = strchr(plain, ':');
		const char *close = *plain == '[' ? strchr(plain, ']') : NULL;

		before = plain;
		if ((lsm_subject_is_reply(plain) || lsm_subject_is_forward(plain)) && *plain != '[' &&
		    colon != NULL)
			plain = colon + 1;
		else if (close != NULL && !g_str_has_prefix(plain, "[draft]") &&
			 !g_str_has_prefix(plain, "[ls/") && close[1] != '\0')
			plain = close + 1;
		plain += strspn(plain, " ");
	} while (plain != before);
	return g_strdup(plain);
}

static gboolean
matches(gsize i, const char *words)
{
	static GOnce once = G_ONCE_INIT;

	g_once(&once, compile_signs, NULL);
	return g_regex_match(compiled[i], words, 0, NULL);
}

int
lsm_subject_weigh(const char *subject, GPtrArray *evidence)
{
	g_autofree char *words = own_words(subject);
	gboolean seen[3] = {FALSE, FALSE, FALSE};
	int sum = 0;

	for (gsize i = 0; i < G_N_ELEMENTS(signs); i++) {
		/* A number may stand in a tag: "[S2-2401234] LS on ...". */
		const char *where = signs[i].kind == SIGN_NUMBER ? subject : words;

		if (seen[signs[i].kind] || !matches(i, where))
			continue;
		seen[signs[i].kind] = TRUE;
		sum += lsm_weight_add(signs[i].weight, evidence);
	}
	return sum;
}

gboolean
lsm_subject_is_statement_like(const char *subject)
{
	g_autofree char *words = NULL;
	gboolean statement = FALSE;

	if (!may_have_signs(subject))
		return FALSE;
	words = own_words(subject);
	for (gsize i = 0; i < G_N_ELEMENTS(signs); i++) {
		if (signs[i].kind == SIGN_NUMBER || !matches(i, words))
			continue;
		if (signs[i].kind == SIGN_AGAINST && signs[i].weight != LSM_WEIGHT_SUBJECT_DRAFT)
			return FALSE;
		statement |= signs[i].kind == SIGN_STATEMENT;
	}
	return statement;
}

/* Of several in one subject the one whose row stands first. */
static const char *const documents[] = {
	"(?<![A-Za-z0-9-])[A-Z][1-6P]-\\d{6,7}(?![0-9])",
	"\\b(?:SG ?\\d{1,2}|TSAG|JCA-[A-Z0-9]+) ?(?:-|\xe2\x80\x93)? ?LS ?\\d+\\b",
	"\\bCOM ?\\d{1,2} ?(?:-|\xe2\x80\x93) ?LS ?\\d+\\b",
};

static GRegex *document_regexes[G_N_ELEMENTS(documents)];

static gpointer
compile_documents(gpointer unused)
{
	(void)unused;
	for (gsize i = 0; i < G_N_ELEMENTS(documents); i++) {
		document_regexes[i] = g_regex_new(documents[i], G_REGEX_OPTIMIZE, 0, NULL);
		g_assert(document_regexes[i] != NULL);
	}
	return NULL;
}

char *
lsm_subject_document(const char *subject)
{
	static GOnce once = G_ONCE_INIT;
	g_autofree char *line = lsm_text_one_line(subject, -1, MAX_SUBJECT);

	g_once(&once, compile_documents, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(documents); i++) {
		g_autoptr(GMatchInfo) match = NULL;

		if (g_regex_match(document_regexes[i], line, 0, &match))
			return g_match_info_fetch(match, 0);
	}
	return NULL;
}
