/*
 * directory_match.c - finds the names of bodies and organizations in what people wrote.
 *
 * Owns the tables of names: a name is its words without case and punctuation. A text is reduced
 * in the same way and looked up word by word, the longest name first, so that the work grows with
 * the text and not with the directory. Uses GLib's Unicode tables. Any thread once filled. Texts
 * come from mail: any octets, any length.
 */
#include "conf/directory_private.h"

#include <string.h>

#define NAME_MAX_WORDS 16
#define MARKS_IN_A_ROW_MAX 30 /* as in Unicode's stream-safe text (UAX #15) */
#define BESIDE_MAX_STEPS 16   /* how far an enumeration is followed to its "WGs" */

typedef struct {
	GString *text; /* the words, one blank between them */
	GArray *spans; /* of Span, one a word */
} Words;

typedef struct {
	gsize start, end; /* octets in text */
} Span;

typedef enum {
	PHRASE_STRONG,  /* counts wherever it stands */
	PHRASE_ACRONYM, /* an area's, or an English word: beside a marker or a top body */
	PHRASE_NAME     /* a name of one word: before a marker */
} PhraseStrength;

typedef struct {
	gconstpointer owner;
	const LsmBody *body; /* NULL: an organization */
	PhraseStrength strength;
} Phrase;

typedef struct {
	const Phrase *phrase;
	guint first, end; /* words: first <= i < end */
} Mention;

/*
 * English words that are, or may well become, acronyms of groups. To add one: a row here, in
 * lower case; its order does not matter.
 */
static const char *const english_words[] = {
	"ace",    "acme",    "act",     "add",     "after",  "all",     "alto",   "anima",   "any",
	"art",    "as",      "asap",    "at",      "be",     "beer",    "bier",   "by",      "cache",
	"can",    "capable", "captive", "case",    "cats",   "cellar",  "chat",   "clear",   "cloud",
	"clue",   "code",    "core",    "cross",   "dance",  "dart",    "date",   "decade",  "deep",
	"deleg",  "dial",    "dime",    "dip",     "do",     "dots",    "drip",   "drum",    "echo",
	"email",  "emu",     "enroll",  "enum",    "fast",   "fax",     "fit",    "for",     "format",
	"fun",    "gaia",    "gen",     "general", "geo",    "go",      "grip",   "grow",    "happy",
	"hip",    "home",    "homing",  "hub",     "hybrid", "ice",     "id",     "idea",    "impact",
	"in",     "info",    "int",     "is",      "it",     "key",     "kitten", "lake",    "lamps",
	"ledge",  "ledger",  "link",    "lisp",    "list",   "live",    "lump",   "mac",     "madman",
	"mail",   "map",     "mask",    "may",     "mean",   "media",   "mesh",   "mile",    "mink",
	"mops",   "moq",     "more",    "name",    "nest",   "network", "new",    "next",    "no",
	"not",    "note",    "now",     "of",      "off",    "on",      "one",    "open",    "ops",
	"opus",   "out",     "pals",    "panic",   "pass",   "path",    "paws",   "pay",     "perc",
	"pilot",  "pint",    "place",   "plants",  "plus",   "pop",     "port",   "ports",   "post",
	"precis", "price",   "prim",    "pub",     "push",   "put",     "quick",  "rats",    "raw",
	"ready",  "repute",  "ria",     "rift",    "ring",   "roll",    "room",   "rules",   "rum",
	"run",    "safe",    "save",    "scale",   "schema", "scheme",  "scim",   "scone",   "scope",
	"search", "sec",     "secret",  "secure",  "sedate", "see",     "seed",   "send",    "set",
	"share",  "shim",    "show",    "side",    "sieve",  "signal",  "simple", "sip",     "slim",
	"smart",  "snap",    "so",      "sort",    "speech", "speed",   "spice",  "spirits", "spring",
	"stamp",  "star",    "stat",    "state",   "step",   "stir",    "stop",   "storm",   "strict",
	"suit",   "support", "swift",   "sync",    "tag",    "tags",    "talk",   "tape",    "target",
	"task",   "team",    "teas",    "teep",    "term",   "test",    "text",   "this",    "tied",
	"tiger",  "time",    "tiptop",  "tool",    "tools",  "top",     "track",  "trade",   "tram",
	"trans",  "tree",    "trigger", "trill",   "trip",   "trust",   "tunnel", "up",      "use",
	"user",   "view",    "vision",  "voice",   "vote",   "wait",    "wave",   "web",     "weird",
	"what",   "white",   "wish",    "wit",     "wits",   "work",    "wrap",   "yes",     "you",
};

static const char *const markers[] = {"wg", "wgs", "rg", "rgs", "area", "areas", NULL};
static const char *const joiners[] = {"and", "or", "the", NULL};

/* ---- words ---- */

/* Addresses, links and draft names are not names, though acronyms stand in them. */
static gboolean
is_passed_over(const char *word, gsize length)
{
	return memchr(word, '@', length) != NULL || g_strstr_len(word, (gssize)length, "://") != NULL ||
	       (length > 6 && memcmp(word, "draft-", 6) == 0);
}

static void
append_octets(Words *words, const char *octets, gsize length, gboolean begins)
{
	Span span;

	if (begins) {
		if (words->text->len > 0)
			g_string_append_c(words->text, ' ');
		span.start = words->text->len;
		g_array_append_val(words->spans, span);
	}
	g_string_append_len(words->text, octets, (gssize)length);
	g_array_index(words->spans, Span, words->spans->len - 1).end = words->text->len;
}

/* Letters and digits make words, "&" is "and", all else separates. */
static void
split_words(Words *words, const char *start, const char *end)
{
	gboolean begins = TRUE;

	for (const char *at = start; at < end; at = g_utf8_next_char(at)) {
		gunichar character = g_utf8_get_char(at);

		if (g_unichar_isalnum(character) || g_unichar_ismark(character)) {
			append_octets(words, at, (gsize)(g_utf8_next_char(at) - at), begins);
			begins = FALSE;
			continue;
		}
		begins = TRUE;
		if (character == '&')
			append_octets(words, "and", 3, TRUE);
	}
}

/*
 * Normalisation sorts the marks above and below one letter in a time that grows with the square of
 * their number; a header field of nothing but marks would take seconds. No language writes so many.
 */
static char *
limit_marks(const char *valid)
{
	GString *limited = g_string_sized_new(strlen(valid));
	guint marks = 0;

	for (const char *at = valid; *at != '\0'; at = g_utf8_next_char(at)) {
		gunichar character = g_utf8_get_char(at);

		marks = g_unichar_ismark(character) ? marks + 1 : 0;
		if (marks <= MARKS_IN_A_ROW_MAX)
			g_string_append_unichar(limited, character);
	}
	return g_string_free(limited, FALSE);
}

/* Most names are ASCII: all the rest does to those is to make them small. */
static char *
fold(const char *text)
{
	g_autofree char *valid = NULL, *limited = NULL, *composed = NULL;

	if (g_str_is_ascii(text))
		return g_ascii_strdown(text, -1);
	valid = g_utf8_make_valid(text, -1);
	limited = limit_marks(valid);
	composed = g_utf8_normalize(limited, -1, G_NORMALIZE_NFKC);
	return g_utf8_casefold(composed, -1);
}

static Words
read_words(const char *text)
{
	Words words = {g_string_new(NULL), g_array_new(FALSE, FALSE, sizeof(Span))};
	g_autofree char *folded = fold(text);
	const char *at = folded;

	while (*at != '\0') {
		gsize blanks = strspn(at, " \t\r\n");
		gsize length = strcspn(at + blanks, " \t\r\n");

		if (!is_passed_over(at + blanks, length))
			split_words(&words, at + blanks, at + blanks + length);
		at += blanks + length;
	}
	return words;
}

static void
clear_words(Words *words)
{
	g_string_free(words->text, TRUE);
	g_array_unref(words->spans);
}

static const Span *
span_at(const Words *words, guint i)
{
	return &g_array_index(words->spans, Span, i);
}

static gboolean
is_word(const Words *words, guint i, const char *word)
{
	const Span *span;

	if (i >= words->spans->len)
		return FALSE;
	span = span_at(words, i);
	return span->end - span->start == strlen(word) &&
	       memcmp(words->text->str + span->start, word, strlen(word)) == 0;
}

static gboolean
is_one_of(const Words *words, guint i, const char *const *list)
{
	for (; *list != NULL; list++)
		if (is_word(words, i, *list))
			return TRUE;
	return FALSE;
}

/* ---- the tables ---- */

void
lsm_name_table_init(LsmNameTable *table)
{
	*table = (LsmNameTable){.phrases = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free)};
}

void
lsm_name_table_clear(LsmNameTable *table)
{
	g_clear_pointer(&table->phrases, g_hash_table_unref);
}

static gboolean
is_english(const char *word)
{
	for (gsize i = 0; i < G_N_ELEMENTS(english_words); i++)
		if (strcmp(english_words[i], word) == 0)
			return TRUE;
	return FALSE;
}

static gboolean
is_top(const LsmBody *body)
{
	return body->parent == NULL && body->level != LSM_LEVEL_AREA;
}

static PhraseStrength
strength_of(const Words *words, const char *name, const LsmBody *body)
{
	if (body == NULL || is_top(body) || words->spans->len > 1)
		return PHRASE_STRONG;
	if (!lsm_address_equal(name, body->acronym))
		return PHRASE_NAME;
	return body->level == LSM_LEVEL_AREA || is_english(words->text->str) ? PHRASE_ACRONYM : PHRASE_STRONG;
}

static void
enter(LsmNameTable *table, const Words *words, Phrase phrase)
{
	table->max_words = MAX(table->max_words, words->spans->len);
	table->max_octets = MAX(table->max_octets, words->text->len);
	g_hash_table_insert(table->phrases, g_strdup(words->text->str), g_memdup2(&phrase, sizeof phrase));
}

gconstpointer
lsm_name_table_add(LsmNameTable *table, const char *name, gconstpointer owner, const LsmBody *body,
		   gboolean *is_name_out)
{
	Words words = read_words(name);
	const Phrase *earlier = g_hash_table_lookup(table->phrases, words.text->str);
	gconstpointer other = earlier != NULL && earlier->owner != owner ? earlier->owner : NULL;

	*is_name_out = words.spans->len > 0 && words.spans->len <= NAME_MAX_WORDS;
	if (*is_name_out && earlier == NULL)
		enter(table, &words, (Phrase){owner, body, strength_of(&words, name, body)});
	clear_words(&words);
	return other;
}

/* ---- mentions ---- */

/* The longest name that begins with word i: its end, or i when there is none. */
static guint
find_longest(const LsmNameTable *table, Words *words, guint i, const Phrase **phrase_out)
{
	char *text = words->text->str;
	gsize start = span_at(words, i)->start;
	guint end = MIN(words->spans->len, i + table->max_words);

	for (; end > i; end--) {
		gsize stop = span_at(words, end - 1)->end;
		char after = text[stop];

		if (stop - start > table->max_octets)
			continue;
		text[stop] = '\0';
		*phrase_out = g_hash_table_lookup(table->phrases, text + start);
		text[stop] = after;
		if (*phrase_out != NULL)
			return end;
	}
	return i;
}

static GArray *
find_mentions(const LsmNameTable *table, Words *words)
{
	GArray *mentions = g_array_new(FALSE, FALSE, sizeof(Mention));
	guint i = 0;

	while (i < words->spans->len) {
		Mention mention = {.first = i};

		mention.end = find_longest(table, words, i, &mention.phrase);
		if (mention.end > i)
			g_array_append_val(mentions, mention);
		i = MAX(mention.end, i + 1);
	}
	return mentions;
}

static const Mention *
mention_at(const GArray *mentions, guint i)
{
	return &g_array_index(mentions, Mention, i);
}

/* "WG", "Area", "Working Group" with its first word at i. */
static gboolean
is_marker_from(const Words *words, guint i)
{
	if (is_one_of(words, i, markers))
		return TRUE;
	return (is_word(words, i, "working") || is_word(words, i, "research")) &&
	       (is_word(words, i + 1, "group") || is_word(words, i + 1, "groups"));
}

static gboolean
is_marker_up_to(const Words *words, guint end)
{
	if (end > 0 && is_one_of(words, end - 1, markers))
		return TRUE;
	return end > 1 && (is_word(words, end - 1, "group") || is_word(words, end - 1, "groups")) &&
	       is_marker_from(words, end - 2);
}

/* "SPRING, ROLL and LAKE working groups": what stands between is other names, "and", "or", "the". */
static gboolean
is_before_marker(const Words *words, const GArray *mentions, guint which, gboolean counts_top)
{
	guint i = mention_at(mentions, which)->end;

	for (guint step = 0; step < BESIDE_MAX_STEPS; step++) {
		if (is_marker_from(words, i))
			return TRUE;
		if (which + 1 < mentions->len && mention_at(mentions, which + 1)->first == i) {
			which++;
			if (is_top(mention_at(mentions, which)->phrase->body))
				return counts_top;
			i = mention_at(mentions, which)->end;
		} else if (is_one_of(words, i, joiners)) {
			i++;
		} else {
			return FALSE;
		}
	}
	return FALSE;
}

static gboolean
is_behind_marker(const Words *words, const GArray *mentions, guint which)
{
	guint end = mention_at(mentions, which)->first;

	for (guint step = 0; step < BESIDE_MAX_STEPS; step++) {
		if (is_marker_up_to(words, end))
			return TRUE;
		if (which > 0 && mention_at(mentions, which - 1)->end == end) {
			which--;
			if (is_top(mention_at(mentions, which)->phrase->body))
				return TRUE;
			end = mention_at(mentions, which)->first;
		} else if (end > 0 && is_one_of(words, end - 1, joiners)) {
			end--;
		} else {
			return FALSE;
		}
	}
	return FALSE;
}

static gboolean
counts(const Words *words, const GArray *mentions, guint which)
{
	switch (mention_at(mentions, which)->phrase->strength) {
	case PHRASE_STRONG:
		return TRUE;
	case PHRASE_ACRONYM:
		return is_before_marker(words, mentions, which, TRUE) ||
		       is_behind_marker(words, mentions, which);
	case PHRASE_NAME:
		return is_before_marker(words, mentions, which, FALSE);
	}
	return FALSE;
}

static GArray *
keep_those_that_count(const Words *words, const GArray *mentions)
{
	GArray *kept = g_array_new(FALSE, FALSE, sizeof(Mention));

	for (guint i = 0; i < mentions->len; i++)
		if (counts(words, mentions, i))
			g_array_append_val(kept, g_array_index(mentions, Mention, i));
	return kept;
}

/* ---- the narrowest wins ---- */

/* "IPPM WG and the IETF" */
static gboolean
is_joined_by_and(const Words *words, const Mention *left, const Mention *right)
{
	guint i = left->end;

	if (is_one_of(words, i, markers))
		i++;
	else if (is_marker_from(words, i))
		i += 2;
	if (!is_word(words, i++, "and"))
		return FALSE;
	return i == right->first || (i + 1 == right->first && is_word(words, i, "the"));
}

static gboolean
stands_for_itself(const Words *words, const GArray *mentions, guint i)
{
	const Mention *mention = mention_at(mentions, i);

	return (i > 0 && is_joined_by_and(words, mention_at(mentions, i - 1), mention)) ||
	       (i + 1 < mentions->len && is_joined_by_and(words, mention, mention_at(mentions, i + 1)));
}

/* What only tells where a narrower body belongs: its parent, and the home itself. */
static GHashTable *
find_wider(const LsmDirectory *directory, const GArray *mentions)
{
	GHashTable *wider = g_hash_table_new(NULL, NULL);
	const LsmBody *home = lsm_directory_find_body(directory, directory->home_name);

	for (guint i = 0; i < mentions->len; i++) {
		const LsmBody *body = mention_at(mentions, i)->phrase->body;

		if (body->parent != NULL)
			g_hash_table_add(wider, (gpointer)body->parent);
		if (!is_top(body) && home != NULL)
			g_hash_table_add(wider, (gpointer)home);
	}
	return wider;
}

static void
add_once(GPtrArray *found, GHashTable *seen, gconstpointer owner)
{
	if (g_hash_table_add(seen, (gpointer)owner))
		g_ptr_array_add(found, (gpointer)owner);
}

static void
add_narrowest(GPtrArray *found, const LsmDirectory *directory, const Words *words, const GArray *mentions)
{
	g_autoptr(GHashTable) wider = find_wider(directory, mentions);
	g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);

	for (guint i = 0; i < mentions->len; i++) {
		const LsmBody *body = mention_at(mentions, i)->phrase->body;

		if (!g_hash_table_contains(wider, body) || stands_for_itself(words, mentions, i))
			add_once(found, seen, body);
	}
}

GPtrArray *
lsm_directory_match_bodies(const LsmDirectory *directory, const char *text)
{
	GPtrArray *found = g_ptr_array_new();
	Words words = read_words(text != NULL ? text : "");
	g_autoptr(GArray) mentions = find_mentions(&directory->body_names, &words);
	g_autoptr(GArray) kept = keep_those_that_count(&words, mentions);

	add_narrowest(found, directory, &words, kept);
	clear_words(&words);
	return found;
}

GPtrArray *
lsm_directory_match_organizations(const LsmDirectory *directory, const char *text)
{
	GPtrArray *found = g_ptr_array_new();
	g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
	Words words = read_words(text != NULL ? text : "");
	g_autoptr(GArray) mentions = find_mentions(&directory->organization_names, &words);

	for (guint i = 0; i < mentions->len; i++)
		add_once(found, seen, mention_at(mentions, i)->phrase->owner);
	clear_words(&words);
	return found;
}
