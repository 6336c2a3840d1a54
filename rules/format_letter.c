/*
 * format_letter.c - the letter without any field: prose in the name of a group, to another body.
 *
 *   Dear colleagues,
 *   The IPPM WG would like to inform the Broadband Forum that ...
 *   We look forward to fruitful collaboration.
 *   IPPM Chairs
 *   [1] https://datatracker.ietf.org/group/ippm/about/
 *
 * No single phrase makes a letter: who speaks, to whom, how it closes and who signs are weighed. What comes
 * out is weak (it needs known parties at both ends, see recognise.c), and all its values are inferred.
 * Owns nothing; thread-safe; never fails.
 */
#include <string.h>

#include "rules/form_fields.h"
#include "rules/text.h"

#define MAX_LINES 400
#define MAX_PROSE 20000
#define MAX_SIGNATURE 70
#define ENOUGH 80

#define GROUP                                                                                                \
	"(?:WG|[Ww]orking [Gg]roup|[Ss]tudy [Gg]roup \\d+|SG ?\\d+|RG|[Rr]esearch [Gg]roup|[Cc]ommittee|"    \
	"[Tt]ask "                                                                                           \
	"[Ff]orce|[Ff]orum|[Aa]lliance|[Pp]lenary|Association|Consortium|Council|Partnership|Institute|"     \
	"[A-Z]\\w+ Group|TSG[ -]\\w+|ISG \\w+|TC \\w+)(?: \\([A-Z][\\w -]{1,12}\\))?"
#define SPEAKER "(?:" GROUP "|IETF|IAB|IESG|IRTF)"
/* "Network Management Operations Working Group (NMOP WG)": words that begin with a capital or a digit */
#define NAME "[A-Z0-9][\\w./&-]*(?: (?:\\(?[A-Z0-9&][\\w./&-]*\\)?|and (?=[A-Z]))){0,9}"
/* "ITU-T", "TM Forum", "ETSI ISG ZSM", "3GPP": an abbreviation stands in it, or "Forum" and the like */
#define BODY                                                                                                 \
	"(?=[\\w./ -]{0,40}?(?:\\d?[A-Z][\\w./-]*[A-Z]|Forum|Alliance|Committee|Group))"                     \
	"[A-Z0-9][\\w./-]*(?: [A-Z0-9][\\w./-]*){0,5}(?: working group)?"
#define NOTE "(?: ?\\[\\d+\\])?"

typedef enum {
	SIGN_VOICE,
	SIGN_ADDRESSED,
	SIGN_OCCASION,
	SIGN_CLOSING,
	SIGN_SIGNATURE,
	SIGN_SALUTATION,
	SIGN_SELF,
	SIGN_LINK,
	SIGN_MEETINGS,
	SIGN_TALK,
	SIGN_KINDS
} SignKind;

/*
 * To add a sign: a row here, and one in tests/unit/test_letter.c. Of each kind the first that matches
 * counts. The prose is one line.
 */
static const struct {
	SignKind kind;
	int weight;
	const char *pattern;
	const char *reason;
} signs[] = {
	{SIGN_VOICE, 30,
	 "\\b" SPEAKER "\\)?" NOTE " (?:would (?:also )?(?:like|appreciate|welcome)|wishes|is "
	 "pleased|believes|encourages|kindly|appreciates|"
	 "looks forward|requests|asks|invites|thanks|informs|welcomes)\\b",
	 "a group speaks: \"the ... WG would like to\""},
	{SIGN_VOICE, 20, "\\b[Ww]e (?:would like|are pleased|wish) to (?:thank|inform|ask|invite|notify)\\b",
	 "it speaks in the plural: \"we would like to thank\""},
	{SIGN_VOICE, 30, "\\b[Oo]n behalf of (?:the )?" NAME, "it speaks on behalf of a body"},
	{SIGN_VOICE, 20, "\\b[Ww]e are writing to (?:request|inform|ask|invite|notify|thank)\\b",
	 "\"we are writing to ask\""},
	{SIGN_VOICE, 20, "\\bI am pleased to (?:inform|announce|confirm)\\b",
	 "\"I am pleased to inform you\""},
	{SIGN_ADDRESSED, 30,
	 "\\b(?:inform|thank|ask|invite|notify|advise|request)s? (?:the )?" BODY NOTE
	 " (?:for|that|about|of|to|on|on the|can)\\b",
	 "it informs, thanks or asks a body by name"},
	{SIGN_ADDRESSED, 20, "\\bpleased to (?:inform|announce|notify) you\\b", "it is pleased to inform"},
	{SIGN_OCCASION, 60,
	 "(?i)\\bplease find (?:enclosed|attached|below)[\\w ,]{0,30}? (?:an?|the|our|this) (?:formal "
	 "|official |reply )?"
	 "(?:liaison (?:statement|letter)|LS\\b)",
	 "\"please find enclosed a liaison statement\""},
	{SIGN_OCCASION, 30, "\\b[Ff]ollow-?up to (?:the|our|your) (?:LS|liaison)\\b",
	 "a follow-up to an earlier one"},
	{SIGN_OCCASION, 30,
	 "\\b[Tt]hank(?:s|ful)? (?:you|the [^.]{2,60}?|[A-Z][^.]{2,60}?) for (?:the |your |their |its )?(?:recent "
	 ")?"
	 "(?:liaison|LS\\b|informing)",
	 "it thanks for a statement"},
	{SIGN_OCCASION, 30, "\\bappointed as [^.]{2,80}? (?:representative|liaison)\\b",
	 "it appoints a representative"},
	{SIGN_CLOSING, 20,
	 "\\b[Ll]ook(?:s|ing)? forward (?:to "
	 ")?(?:(?:an?|the|your|our|further|continued|fruitful|future|close|active|"
	 "receiving|hearing) "
	 "){0,4}(?:participation|collaboration|co-?operation|feedback|response|interaction|"
	 "coordination|reply|comments)\\b",
	 "it looks forward to cooperation or an answer"},
	{SIGN_CLOSING, 20,
	 "\\bcoordinat\\w+ (?:of )?(?:work|our work|ongoing efforts|activities)\\b|\\bbetween our (?:two "
	 ")?(?:groups|organi[sz]ations)\\b",
	 "it speaks of coordinated work"},
	{SIGN_CLOSING, 20,
	 "\\b(?:mailing list|presentations?)\\b[^.]{0,120}\\b(?:exchanging|shared?|requests?)\\b|\\bwould "
	 "welcome (?:your )?comments\\b",
	 "it offers ways to work together"},
	{SIGN_CLOSING, 20,
	 "\\bwould appreciate (?:your|a|any) (?:feedback|review|response|reply|comments|answer)\\b",
	 "it would appreciate an answer"},
	{SIGN_SELF, 15, "\\b[Ll]iaison [Ss]tatement\\b|\\bthis (?:LS|liaison)\\b",
	 "it calls itself a liaison statement"},
	{SIGN_LINK, 15, "https?://datatracker\\.ietf\\.org/(?:liaison/\\d|(?:group|wg)/)",
	 "it links to a group or statement"},
	{SIGN_MEETINGS, 10,
	 "\\b(?:schedule of (?:the )?(?:upcoming|next)|[Uu]pcoming [\\w-]+ meetings|next meetings?)\\b",
	 "it lists the next meetings"},
	{SIGN_TALK, -60,
	 "(?i)\\b(?:here(?:'s| is)|attached is|below is|this is|see) (?:an?|the|my|our) (?:[a-z]+ )?draft\\b|"
	 "\\bcomments (?:are )?(?:welcome|appreciated) (?:by|before|on the (?:draft|list))\\b|\\bhas "
	 "anyone\\b|"
	 "\\bwe (?:have )?(?:just )?received (?:an?|the|this) (?:LS|liaison)",
	 "it talks about a statement"},
};

static GRegex *compiled[G_N_ELEMENTS(signs)];

static gpointer
compile_signs(gpointer unused)
{
	(void)unused;
	for (gsize i = 0; i < G_N_ELEMENTS(signs); i++)
		compiled[i] = g_regex_new(signs[i].pattern, G_REGEX_OPTIMIZE, 0, NULL);
	return NULL;
}

static gboolean
sign_matches(gsize i, const char *prose)
{
	static GOnce once = G_ONCE_INIT;

	g_once(&once, compile_signs, NULL);
	return g_regex_match(compiled[i], prose, 0, NULL);
}

/* --- lines --- */

/* A letter does not quote line by line. */
static gboolean
quotes(const GArray *lines)
{
	for (guint i = 0; i < lines->len; i++) {
		guint depth;

		lsm_line_unquoted(&g_array_index(lines, LsmLine, i), &depth);
		if (depth > 0)
			return TRUE;
	}
	return FALSE;
}

static gboolean
is_salutation(const char *line)
{
	return g_ascii_strncasecmp(line, "dear ", 5) == 0 ||
	       g_ascii_strncasecmp(line, "to whom it may concern", 22) == 0;
}

/* "IPPM Chairs & Area Director", "IPPM WG co-chair", "Chair, IEEE 802.1": a short line of its own. */
static gboolean
is_signature(const char *line)
{
	static GRegex *regex;

	if (g_once_init_enter(&regex))
		g_once_init_leave(&regex,
				  g_regex_new("^(?!chairs?\\(s\\))(?:[\\w./,&-]+ "
					      "){0,6}(?:co-?)?chair(?:s|man|person|woman)?"
					      "(?:,? (?:&|and|of|for) .{2,50}|, .{2,50}|: .{2,50})?[.,]?$",
					      G_REGEX_CASELESS | G_REGEX_OPTIMIZE, 0, NULL));
	/* Asked of every line: most lack the one word. */
	return strlen(line) <= MAX_SIGNATURE && strcasestr(line, "chair") != NULL && !is_salutation(line) &&
	       g_regex_match(regex, line, 0, NULL);
}

/* First line that holds; its text (new), or NULL. */
static char *
find_line(const GArray *lines, gboolean (*holds)(const char *line))
{
	for (guint i = 0; i < lines->len; i++) {
		const LsmLine *line = &g_array_index(lines, LsmLine, i);
		g_autofree char *text = lsm_text_one_line(line->start, (gssize)line->length, 200);

		if (holds(text))
			return g_steal_pointer(&text);
	}
	return NULL;
}

/* "To: IETF Codec WG" on top, without addresses: those are a mail's header. */
static char *
find_to_line(const GArray *lines)
{
	for (guint i = 0, seen = 0; i < lines->len && seen < 5; i++) {
		const LsmLine *line = &g_array_index(lines, LsmLine, i);
		g_autofree char *text = lsm_text_one_line(line->start, (gssize)line->length, 300);

		seen += *text != '\0';
		if (g_ascii_strncasecmp(text, "to:", 3) == 0 && strchr(text, '@') == NULL)
			return g_strstrip(g_strdup(text + 3));
	}
	return NULL;
}

/* --- who writes to whom --- */

/* To add a way of naming the parties: a row; the first that matches counts. Groups from and to. */
static const char *const party_patterns[] = {
	"\\b[Ll]iaison (?:statement|letter) (?:sent )?from (?:the )?(?<from>" NAME ") to (?:the )?(?<to>" BODY
	")",
	"\\b[Ll]iaison (?:statement|letter) from (?:the )?(?<from>[A-Z][\\w-]* [\\w-]+ working group) to "
	"(?:the )?(?<to>" BODY ")",
	"\\bsent by (?:the )?(?<from>" NAME ")" NOTE " to (?:the )?(?<to>" BODY ")",
	"\\bappointed as (?<from>" NAME ") (?:representative|liaison)",
	"\\b[Oo]n behalf of (?:the )?(?<from>" NAME ")",
	"\\b[Tt]he (?<from>" NAME " " GROUP "(?: \\([\\w-]+(?: WG)?\\))?)" NOTE
	" (?:would|wishes|is|was|has|believes|encourages|kindly|appreciates|looks|requests|asks|invites|"
	"thanks)\\b",
	"\\b[Tt]he (?<from>IETF|IAB|IESG|IRTF) (?:would|wishes|is "
	"pleased|believes|encourages|kindly|thanks)\\b",
	"\\b(?:inform|thank|ask|invite|notify|advise|request)s? (?:the )?(?<to>" BODY ")" NOTE
	" (?:for|that|about|of|to|on|can)\\b",
};

static GRegex *party_regexes[G_N_ELEMENTS(party_patterns)];

static gpointer
compile_parties(gpointer unused)
{
	(void)unused;
	for (gsize i = 0; i < G_N_ELEMENTS(party_patterns); i++)
		party_regexes[i] =
			g_regex_new(party_patterns[i], G_REGEX_OPTIMIZE | G_REGEX_DUPNAMES, 0, NULL);
	return NULL;
}

static void
take_party(LsmStatement *statement, LsmFieldId field, const char *name, const char *where)
{
	if (name != NULL && *name != '\0' && !lsm_statement_has(statement, field))
		lsm_statement_add(statement, field, name, name, where, LSM_CONFIDENCE_INFERRED);
}

static void
add_parties(LsmStatement *statement, const GArray *lines, const char *prose, const char *where)
{
	static GOnce once = G_ONCE_INIT;
	g_autofree char *to_line = find_to_line(lines);
	g_autofree char *signature = find_line(lines, is_signature);

	g_once(&once, compile_parties, NULL);
	take_party(statement, LSM_FIELD_TO, to_line, where);
	for (gsize i = 0; i < G_N_ELEMENTS(party_patterns); i++) {
		g_autoptr(GMatchInfo) match = NULL;
		g_autofree char *from = NULL;
		g_autofree char *to = NULL;

		if (!g_regex_match(party_regexes[i], prose, 0, &match))
			continue;
		from = g_match_info_fetch_named(match, "from");
		to = g_match_info_fetch_named(match, "to");
		take_party(statement, LSM_FIELD_FROM, from, where);
		take_party(statement, LSM_FIELD_TO, to, where);
	}
	take_party(statement, LSM_FIELD_FROM, signature, where);
}

/* --- the whole --- */

static char *
find_signature(const GArray *lines)
{
	return find_line(lines, is_signature);
}

static char *
find_salutation(const GArray *lines)
{
	return find_line(lines, is_salutation);
}

/* What a line of its own says. To add a sign: a row. */
static const struct {
	int weight;
	char *(*find)(const GArray *lines); /* its text, new; or NULL */
	const char *reason;
} line_signs[] = {
	{25, find_signature, "chairs sign it"},
	{15, find_salutation, "it begins with a salutation"},
	{15, find_to_line, "a line on top names the addressee"},
};

static int
weigh_lines(const GArray *lines, GPtrArray *evidence)
{
	int sum = 0;

	for (gsize i = 0; i < G_N_ELEMENTS(line_signs); i++) {
		g_autofree char *found = line_signs[i].find(lines);

		if (found == NULL)
			continue;
		sum += line_signs[i].weight;
		lsm_evidence_add(evidence, 0, "letter: %s", line_signs[i].reason);
	}
	return sum;
}

static int
weigh(const GArray *lines, const char *prose, GPtrArray *evidence)
{
	gboolean seen[SIGN_KINDS] = {FALSE};
	int sum = 0;

	for (gsize i = 0; i < G_N_ELEMENTS(signs); i++) {
		if (seen[signs[i].kind] || !sign_matches(i, prose))
			continue;
		seen[signs[i].kind] = TRUE;
		sum += signs[i].weight;
		lsm_evidence_add(evidence, 0, "letter: %s", signs[i].reason);
	}
	/* Without a group's voice or an occasion it may be anybody's letter. */
	if (!seen[SIGN_VOICE] && !seen[SIGN_OCCASION])
		return 0;
	return sum + weigh_lines(lines, evidence);
}

LsmStatement *
lsm_format_text_letter(const char *text, const char *where, GPtrArray *evidence)
{
	g_autoptr(GArray) lines = lsm_text_top_lines(text, MAX_LINES);
	g_autofree char *own = NULL;
	g_autofree char *prose = NULL;
	LsmStatement *statement;
	const LsmLine *last;
	guint before = evidence->len;

	if (lines->len == 0 || quotes(lines))
		return NULL;
	last = &g_array_index(lines, LsmLine, lines->len - 1);
	own = g_strndup(text, (gsize)(last->start + last->length - text));
	prose = lsm_text_one_line(own, -1, MAX_PROSE);
	if (weigh(lines, prose, evidence) < ENOUGH) {
		g_ptr_array_set_size(evidence, (gint)before);
		return NULL;
	}
	statement = lsm_statement_new("letter");
	add_parties(statement, lines, prose, where);
	lsm_form_infer_purpose(statement, prose, where);
	lsm_form_infer_references(statement, prose, where);
	lsm_form_infer_deadline(statement, prose, where);
	g_free(statement->text);
	statement->text = g_strstrip(g_steal_pointer(&own));
	return statement;
}

LsmStatement *
lsm_format_read_letter(const LsmMessage *message, GPtrArray *evidence)
{
	return lsm_form_read_mail(message, lsm_format_text_letter, evidence);
}

/* What is quoted or forwarded is so without any form, and is told by the subject. */
gboolean
lsm_format_carries_letter(const LsmMessage *message)
{
	(void)message;
	return FALSE;
}
