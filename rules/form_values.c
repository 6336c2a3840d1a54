/*
 * form_values.c - what stands in a letter's fields and sentences: bodies, days, references.
 *
 * The patterns are compiled once and run over bounded texts; thread-safe; owns nothing; never fails.
 */
#include <string.h>

#include "rules/form_fields.h"
#include "rules/text.h"

#define MAX_NAMES 100
#define MAX_PROSE 20000
#define MAX_REFERENCES 10
#define MAX_LINK 40 /* octets of a link to the Datatracker that stand before the word "liaison" */

/* --- bodies --- */

static gboolean
is_balanced(const char *text)
{
	int depth = 0;

	for (; *text != '\0' && depth >= 0; text++)
		depth += (*text == '(') - (*text == ')');
	return depth == 0;
}

static gboolean
has_letter(const char *text)
{
	for (; *text != '\0'; text++)
		if (g_ascii_isalpha(*text) || (guchar)*text >= 0xc3)
			return TRUE;
	return FALSE;
}

/* "SG 16 Q8, 9, 10/16": what has no letter goes on with what stands before it. */
static void
add_name(GPtrArray *names, const char *start, gsize length)
{
	g_autofree char *name = lsm_text_one_line(start, (gssize)length, 500);
	gsize end = strlen(name);

	while (end > 0 && (name[end - 1] == '.' || name[end - 1] == ' '))
		name[--end] = '\0';
	if (end == 0 || strchr(name, '@') != NULL || names->len >= MAX_NAMES)
		return;
	if (!has_letter(name) && names->len > 0 && g_ascii_isdigit(*name)) {
		char **last = (char **)&g_ptr_array_index(names, names->len - 1);
		char *joined = g_strconcat(*last, ", ", name, NULL);

		g_free(*last);
		*last = joined;
	} else if (has_letter(name) && g_ascii_strcasecmp(name, "n/a") != 0 &&
		   g_ascii_strcasecmp(name, "none") != 0) {
		g_ptr_array_add(names, g_steal_pointer(&name));
	}
}

char **
lsm_form_party_names(const char *text)
{
	GPtrArray *names = g_ptr_array_new();
	gboolean heed_parentheses = is_balanced(text);
	const char *start = text;
	int depth = 0;

	for (const char *p = text;; p++) {
		depth += (*p == '(') - (*p == ')');
		if (*p != '\0' && (strchr(",;", *p) == NULL || (heed_parentheses && depth > 0)))
			continue;
		add_name(names, start, (gsize)(p - start));
		if (*p == '\0')
			break;
		start = p + 1;
	}
	g_ptr_array_add(names, NULL);
	return (char **)g_ptr_array_free(names, FALSE);
}

static gboolean
has_name(const LsmStatement *statement, LsmFieldId field, const char *name)
{
	const GPtrArray *values = statement->values[field];

	for (guint i = 0; i < values->len; i++)
		if (g_ascii_strcasecmp(((const LsmValue *)g_ptr_array_index(values, i))->value, name) == 0)
			return TRUE;
	return FALSE;
}

void
lsm_form_add_parties(LsmStatement *statement, LsmFieldId field, const char *text, const char *where,
		     LsmConfidence confidence)
{
	g_auto(GStrv) names = lsm_form_party_names(text);
	LsmFieldId contact = field == LSM_FIELD_FROM ? LSM_FIELD_FROM_CONTACT
			     : field == LSM_FIELD_TO ? LSM_FIELD_TO_CONTACT
						     : field;

	for (char **name = names; *name != NULL; name++)
		if (!has_name(statement, field, *name))
			lsm_statement_add(statement, field, *name, *name, where, confidence);
	if (strchr(text, '@') != NULL)
		lsm_statement_add_addresses(statement, contact, text, where, confidence);
}

void
lsm_form_add_purpose(LsmStatement *statement, const char *word, const char *names, const char *verbatim,
		     const char *where, LsmConfidence confidence)
{
	g_auto(GStrv) to = names != NULL ? lsm_form_party_names(names) : NULL;
	LsmValue *value;

	if (to != NULL && *to == NULL)
		return;
	value = lsm_statement_add(statement, LSM_FIELD_PURPOSE, word, verbatim, where, confidence);
	if (value != NULL)
		value->to = g_steal_pointer(&to);
}

/* --- sentences --- */

/*
 * Asked of one sentence: who is to answer, and by when. What stands between the two must not be another
 * event's day.
 */
static const char request_pattern[] =
	"\\b(?:repl(?:y|ies)|respon(?:d|se|ses)|feedback|comments?|answers?|input|contributions"
	"|(?:ask|request|invite)(?:s|d|ed)?|review)\\b"
	"(?P<between>[^.;:]{0,120}?)\\b(?:by|before|no later than|not later than|until)\\s+"
	"(?P<day>[^.;:]{4,60})";
static const char decoy_pattern[] = "\\b(?:meetings?|approv\\w+|adopt\\w+|last "
				    "call|publish\\w*|publication|plenary|session|dated|received)\\b";

static GRegex *request_regex, *decoy_regex, *reference_regex;

static gpointer
compile_prose(gpointer unused)
{
	(void)unused;
	request_regex = g_regex_new(request_pattern, G_REGEX_CASELESS | G_REGEX_OPTIMIZE, 0, NULL);
	decoy_regex = g_regex_new(decoy_pattern, G_REGEX_CASELESS | G_REGEX_OPTIMIZE, 0, NULL);
	reference_regex = g_regex_new(
		"https?://datatracker\\.ietf\\.org/liaison/\\d+/?"
		"|\\b(?:liaison statement|LS|liaison)s? \\(?"
		"(?:[A-Z][1-6P]-\\d{5,7}|COM \\d+ ?(?:-|\xe2\x80\x93) ?LS ?\\d+|SG ?\\d+[ -]*LS ?\\d+)"
		"|\\b[Ll]iaison statement,? (?:dated|of) (?:[A-Z][a-z]+ \\d{1,2}, \\d{4}|\\d{1,2} "
		"[A-Z][a-z]+ \\d{4})",
		G_REGEX_OPTIMIZE, 0, NULL);
	return NULL;
}

static void
prepare_prose(void)
{
	static GOnce once = G_ONCE_INIT;

	g_once(&once, compile_prose, NULL);
}

/* "by", "before", "no later than", "until": without one of them no sentence says until when. */
static gboolean
has_limit_word(const char *sentence, gsize length)
{
	static const char *const words[] = {"by", "before", "than", "until"};

	for (gsize at = 0; at < length; at++) {
		/* Behind it, the pattern takes blanks beyond ASCII, too. */
		if (sentence[at] != ' ' && (guchar)sentence[at] < 0x80)
			continue;
		for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
			gsize size = strlen(words[i]);

			if (at >= size && (sentence[at - 1] | 0x20) == words[i][size - 1] &&
			    g_ascii_strncasecmp(sentence + at - size, words[i], size) == 0)
				return TRUE;
		}
	}
	return FALSE;
}

static void
read_deadline(LsmStatement *statement, const char *sentence, gsize length, const char *where)
{
	g_autoptr(GMatchInfo) match = NULL;

	for (g_regex_match_full(request_regex, sentence, (gssize)length, 0, 0, &match, NULL);
	     g_match_info_matches(match) && !lsm_statement_has(statement, LSM_FIELD_DEADLINE);
	     g_match_info_next(match, NULL)) {
		g_autofree char *all = g_match_info_fetch(match, 0);
		g_autofree char *day = g_match_info_fetch_named(match, "day");
		char iso[11];

		if (!g_regex_match(decoy_regex, all, 0, NULL) &&
		    lsm_deadline_parse(day, iso) == LSM_DEADLINE_READ)
			lsm_statement_read_field(statement, LSM_FIELD_DEADLINE, day, where,
						 LSM_CONFIDENCE_INFERRED);
	}
}

/* The pattern keeps within a sentence, or a part of one up to its colon or semicolon. PCRE has no JIT where
 * mail is read (the sandbox allows no code that is made at run time), so that it sees only the sentences that
 * may match. */
void
lsm_form_infer_deadline(LsmStatement *statement, const char *text, const char *where)
{
	g_autofree char *prose = NULL;

	if (lsm_statement_has(statement, LSM_FIELD_DEADLINE))
		return;
	prepare_prose();
	prose = lsm_text_one_line(text, -1, MAX_PROSE);
	for (const char *at = prose; *at != '\0' && !lsm_statement_has(statement, LSM_FIELD_DEADLINE);) {
		gsize length = strcspn(at, ".;:");

		if (has_limit_word(at, length))
			read_deadline(statement, at, length, where);
		at += length + strspn(at + length, ".;:");
	}
}

/* To add a way of saying what a letter is for: a row; the first that matches counts. */
static const struct {
	const char *pattern;
	const char *word;
} purposes[] = {
	{"\\bthank(?:s)? (?:you|the [^.]{2,60}?|[a-z0-9-]+(?: [a-z0-9-]+){0,4}) for (?:the |your |their |its "
	 ")?(?:recent )?"
	 "(?:liaison|ls\\b|informing)",
	 "response"},
	{"\\b(?:in (?:response|reply) to|responding to) (?:the|your) (?:recent )?(?:ls|liaison)", "response"},
	{"\\b(?:informative in nature|for (?:your )?information only)\\b", "information"},
	{"\\b(?:kindly (?:asks?|requests?|invites?)|(?:ask|request|invite)s? (?:you|the [\\w-]+) "
	 "(?:to|for)|would appreciate (?:if|a copy|your)|writing to (?:request|ask)|"
	 "be glad should you)\\b",
	 "action"},
	{"\\bwould (?:welcome|appreciate) (?:any |your )?(?:comments|feedback)\\b", "comment"},
	{"\\b(?:to inform|to let you know|for your information)\\b", "information"},
};

static GRegex *purpose_regexes[G_N_ELEMENTS(purposes)];

static gpointer
compile_purposes(gpointer unused)
{
	(void)unused;
	for (gsize i = 0; i < G_N_ELEMENTS(purposes); i++)
		purpose_regexes[i] =
			g_regex_new(purposes[i].pattern, G_REGEX_CASELESS | G_REGEX_OPTIMIZE, 0, NULL);
	return NULL;
}

void
lsm_form_infer_purpose(LsmStatement *statement, const char *text, const char *where)
{
	static GOnce once = G_ONCE_INIT;
	g_autofree char *prose = lsm_text_one_line(text, -1, MAX_PROSE);

	g_once(&once, compile_purposes, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(purposes) && !lsm_statement_has(statement, LSM_FIELD_PURPOSE);
	     i++) {
		g_autoptr(GMatchInfo) match = NULL;
		g_autofree char *verbatim = NULL;

		if (!g_regex_match(purpose_regexes[i], prose, 0, &match))
			continue;
		verbatim = g_match_info_fetch(match, 0);
		lsm_form_add_purpose(statement, purposes[i].word, NULL, verbatim, where,
				     LSM_CONFIDENCE_INFERRED);
	}
}

/* What the pattern's alternatives have in common; before the first of them there is nothing to find. */
static int
reference_start(const char *prose)
{
	const char *liaison = strstr(prose, "iaison"), *ls = strstr(prose, "LS");
	const char *first = liaison == NULL || (ls != NULL && ls < liaison) ? ls : liaison;
	gsize start;

	if (first == NULL)
		return (int)strlen(prose);
	start = first - prose < MAX_LINK ? 0 : (gsize)(first - prose) - MAX_LINK;
	while (start > 0 && ((guchar)prose[start] & 0xc0) == 0x80)
		start--;
	return (int)start;
}

void
lsm_form_infer_references(LsmStatement *statement, const char *text, const char *where)
{
	g_autofree char *prose = NULL;
	g_autoptr(GMatchInfo) match = NULL;

	if (lsm_statement_has(statement, LSM_FIELD_IN_RESPONSE_TO))
		return;
	prepare_prose();
	prose = lsm_text_one_line(text, -1, MAX_PROSE);
	for (g_regex_match_full(reference_regex, prose, -1, reference_start(prose), 0, &match, NULL);
	     g_match_info_matches(match) && statement->values[LSM_FIELD_IN_RESPONSE_TO]->len < MAX_REFERENCES;
	     g_match_info_next(match, NULL)) {
		g_autofree char *reference = g_match_info_fetch(match, 0);

		if (!has_name(statement, LSM_FIELD_IN_RESPONSE_TO, reference))
			lsm_statement_add(statement, LSM_FIELD_IN_RESPONSE_TO, reference, reference, where,
					  LSM_CONFIDENCE_INFERRED);
	}
}
