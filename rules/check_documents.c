/*
 * check_documents.c - what a statement says about the documents that it names (A9, A85-A90, A101).
 *
 * Each document that the text names is looked up in the settings' table; document_standing.c tells what has
 * to be said of it, and one finding gathers all such sentences. Without a table all rules here are silent,
 * and so they are about what the table cannot tell. Pure; any thread; cannot fail.
 */
#include "rules/check.h"

#include <string.h>

#include "rules/document.h"
#include "rules/document_standing.h"
#include "rules/phrase.h"

#define MOST_SENTENCES 4
#define MOST_NAMES 8 /* in one sentence */

/* ---- looking one up ---- */

typedef struct {
	const LsmMentions *mentions;
	LsmMentions *own; /* where nobody has read them before */
	const LsmDocuments *table;
} Reading;

/* A name that ends like a revision may be one: "draft-smith-plan-64" is looked for both ways. */
static LsmDocumentAnswer
look_up(const Reading *reading, const LsmMention *mention, LsmDocument *document)
{
	LsmDocumentAnswer answer = lsm_documents_find(reading->table, mention->name, document);
	g_autofree char *whole = NULL;

	if (answer != LSM_DOCUMENT_ABSENT || mention->revision == LSM_NO_REVISION)
		return answer;
	whole = g_strdup_printf("%s-%02d", mention->name, mention->revision);
	return lsm_documents_find(reading->table, whole, document);
}

/* What took a document's place is named in the text, too. */
static gboolean
names_successor(const Reading *reading, const LsmDocument *document)
{
	g_auto(GStrv) names = g_strsplit(document->successors, " ", -1);

	for (guint i = 0; names[i] != NULL; i++) {
		if (lsm_mentions_find(reading->mentions, names[i]) != NULL)
			return TRUE;
	}
	return FALSE;
}

static gboolean
is_noted(const Reading *reading, const LsmMention *mention, const LsmDocument *document,
	 const LsmStanding *standing)
{
	return (standing->asks == LSM_ASKS_GONE && names_successor(reading, document)) ||
	       lsm_mention_is_near(reading->mentions, mention, standing->near) ||
	       lsm_phrase_find(reading->mentions->fold, standing->anywhere) != NULL;
}

/* ---- sentences ---- */

/* Documents of which the same is to be said. */
typedef struct {
	const LsmStanding *standing;
	char *key; /* the sentence with {names} in it */
	GString *names;
	guint count;
	LsmDocument document; /* the first */
} Sentence;

static void
sentence_free(gpointer data)
{
	Sentence *sentence = data;

	g_free(sentence->key);
	g_string_free(sentence->names, TRUE);
	g_free(sentence);
}

static Sentence *
find_sentence(const GPtrArray *sentences, const char *key)
{
	for (guint i = 0; i < sentences->len; i++) {
		Sentence *sentence = g_ptr_array_index(sentences, i);

		if (strcmp(sentence->key, key) == 0)
			return sentence;
	}
	return NULL;
}

static void
add_to_sentence(GPtrArray *sentences, const LsmDocument *document, const LsmStanding *standing)
{
	g_autofree char *label = lsm_document_label(document->name);
	g_autofree char *key =
		lsm_standing_sentence(standing, document, standing->many != NULL ? NULL : label);
	Sentence *sentence = find_sentence(sentences, key);

	if (sentence == NULL) {
		sentence = g_new0(Sentence, 1);
		sentence->standing = standing;
		sentence->key = g_steal_pointer(&key);
		sentence->names = g_string_new(label);
		sentence->count = 1;
		sentence->document = *document;
		g_ptr_array_add(sentences, sentence);
	} else if (++sentence->count <= MOST_NAMES) {
		g_string_append_printf(sentence->names, ", %s", label);
	}
}

/* "RFC 1, RFC 2" -> "RFC 1 and RFC 2" */
static void
join_last(GString *names)
{
	char *comma = strrchr(names->str, ',');
	gssize at = comma != NULL ? comma - names->str : -1;

	if (at < 0)
		return;
	g_string_erase(names, at, 1);
	g_string_insert(names, at, " and");
}

static char *
finish_sentence(const Sentence *sentence)
{
	g_autoptr(GString) names = g_string_new(sentence->names->str);
	GString *text;

	if (sentence->count > MOST_NAMES)
		g_string_append_printf(names, " and %u more", sentence->count - MOST_NAMES);
	else
		join_last(names);
	if (sentence->count == 1)
		return lsm_standing_sentence(sentence->standing, &sentence->document, names->str);
	text = g_string_new(sentence->key);
	g_string_replace(text, "{names}", names->str, 0);
	return g_string_free(text, FALSE);
}

/* NULL when there are none. */
static char *
join_sentences(const GPtrArray *sentences, const char *separator)
{
	g_autoptr(GString) text = g_string_new(NULL);

	if (sentences->len == 0)
		return NULL;
	for (guint i = 0; i < sentences->len && i < MOST_SENTENCES; i++) {
		g_autofree char *sentence = finish_sentence(g_ptr_array_index(sentences, i));

		g_string_append_printf(text, "%s%s", i > 0 ? separator : "", sentence);
	}
	return g_string_free(g_steal_pointer(&text), FALSE);
}

/* "", or how many sentences there was no room for. */
static char *
tell_rest(const GPtrArray *sentences)
{
	guint rest = sentences->len - MIN(sentences->len, MOST_SENTENCES);

	return rest == 0 ? g_strdup("") : g_strdup_printf(", and the like for %u more", rest);
}

/* ---- the rules ---- */

/* FALSE without a table: then nothing can be said, and the text is not looked at. */
static gboolean
begin(Reading *reading, const LsmCheckInput *input)
{
	*reading = (Reading){input->mentions, NULL, input->settings->documents};
	if (reading->table == NULL)
		return FALSE;
	if (reading->mentions == NULL)
		reading->mentions = reading->own = lsm_mentions_read(input->statement->text);
	return TRUE;
}

static const LsmMention *
mention_at(const Reading *reading, guint i)
{
	return g_ptr_array_index(reading->mentions->mentions, i);
}

/* What this rule misses in the text. */
static GPtrArray *
find_sentences(const Reading *reading, LsmAsks asks)
{
	GPtrArray *sentences = g_ptr_array_new_with_free_func(sentence_free);

	for (guint i = 0; i < reading->mentions->mentions->len; i++) {
		const LsmMention *mention = mention_at(reading, i);
		LsmDocument document;
		const LsmStanding *standing;

		if (look_up(reading, mention, &document) != LSM_DOCUMENT_FOUND)
			continue;
		standing = lsm_standing_find(&document);
		if (standing != NULL && standing->asks == asks &&
		    !is_noted(reading, mention, &document, standing))
			add_to_sentence(sentences, &document, standing);
	}
	return sentences;
}

static LsmCheckResult
ask_for(const LsmCheckInput *input, LsmAsks asks, char **detail_out)
{
	g_autoptr(GPtrArray) sentences = NULL;
	g_autofree char *text = NULL, *rest = NULL;
	Reading reading;

	if (!begin(&reading, input))
		return LSM_CHECK_FINE;
	sentences = find_sentences(&reading, asks);
	lsm_mentions_free(reading.own);
	text = join_sentences(sentences, " ");
	if (text == NULL)
		return LSM_CHECK_FINE;
	rest = tell_rest(sentences);
	*detail_out = g_strdup_printf("the text does not say \"%s\"%s", text, rest);
	return LSM_CHECK_FOUND;
}

LsmCheckResult
lsm_check_document_status(const LsmCheckInput *input, char **detail_out)
{
	return ask_for(input, LSM_ASKS_STATUS, detail_out);
}

LsmCheckResult
lsm_check_document_context(const LsmCheckInput *input, char **detail_out)
{
	return ask_for(input, LSM_ASKS_CONTEXT, detail_out);
}

LsmCheckResult
lsm_check_document_progress(const LsmCheckInput *input, char **detail_out)
{
	return ask_for(input, LSM_ASKS_PROGRESS, detail_out);
}

/* Is it meant as a name of ours, so that not to know it means something? Others write "draft-new-X.123",
 * too, and have standards of their own. */
static gboolean
is_surely_ours(const Reading *reading, const LsmMention *mention)
{
	LsmDocumentKind kind = lsm_document_kind(mention->name);

	if (lsm_documents_count(reading->table, kind) == 0 || g_str_has_prefix(mention->name, "std"))
		return FALSE;
	return kind != LSM_DOCUMENT_DRAFT || mention->by_url || mention->revision != LSM_NO_REVISION ||
	       g_str_has_prefix(mention->name, "draft-ietf-") ||
	       g_str_has_prefix(mention->name, "draft-irtf-") ||
	       g_str_has_prefix(mention->name, "draft-iab-");
}

/* "RFC 99999, draft-ietf-x" that the table does not have; "" when it has all. */
static char *
find_unknown(const Reading *reading)
{
	g_autoptr(GString) names = g_string_new(NULL);
	guint count = 0;

	for (guint i = 0; i < reading->mentions->mentions->len && count < MOST_NAMES; i++) {
		const LsmMention *mention = mention_at(reading, i);
		g_autofree char *label = lsm_document_label(mention->name);
		LsmDocument document;

		if (is_surely_ours(reading, mention) &&
		    look_up(reading, mention, &document) == LSM_DOCUMENT_ABSENT)
			g_string_append_printf(names, "%s%s", count++ > 0 ? ", " : "", label);
	}
	return g_string_free(g_steal_pointer(&names), FALSE);
}

/* The day on which the table was made: what is newer, it cannot know. */
static char *
day_of(const LsmDocuments *table)
{
	g_autoptr(GDateTime) day = g_date_time_new_from_unix_utc(lsm_documents_built(table));

	return day != NULL ? g_date_time_format(day, "%Y-%m-%d") : g_strdup("an unknown day");
}

LsmCheckResult
lsm_check_document_gone(const LsmCheckInput *input, char **detail_out)
{
	g_autoptr(GPtrArray) sentences = NULL;
	g_autofree char *text = NULL, *unknown = NULL, *day = NULL;
	Reading reading;

	if (!begin(&reading, input))
		return LSM_CHECK_FINE;
	sentences = find_sentences(&reading, LSM_ASKS_GONE);
	unknown = find_unknown(&reading);
	day = day_of(reading.table);
	lsm_mentions_free(reading.own);
	text = join_sentences(sentences, "; ");
	if (unknown[0] != '\0')
		*detail_out = g_strdup_printf("%s%snot in the lists of %s: %s", text != NULL ? text : "",
					      text != NULL ? "; " : "", day, unknown);
	else
		*detail_out = g_steal_pointer(&text);
	return *detail_out != NULL ? LSM_CHECK_FOUND : LSM_CHECK_FINE;
}

LsmCheckResult
lsm_check_document_url(const LsmCheckInput *input, char **detail_out)
{
	g_autoptr(GString) addresses = g_string_new(NULL);
	Reading reading;
	guint count = 0;

	if (!begin(&reading, input))
		return LSM_CHECK_FINE;
	for (guint i = 0; i < reading.mentions->mentions->len && count < MOST_SENTENCES; i++) {
		const LsmMention *mention = mention_at(&reading, i);
		LsmDocument document;

		if (!mention->by_url && look_up(&reading, mention, &document) == LSM_DOCUMENT_FOUND) {
			g_autofree char *url = lsm_document_url(document.name);

			g_string_append_printf(addresses, "%s<%s>", count++ > 0 ? ", " : "", url);
		}
	}
	lsm_mentions_free(reading.own);
	if (count == 0)
		return LSM_CHECK_FINE;
	*detail_out = g_strdup_printf("named without %s", addresses->str);
	return LSM_CHECK_FOUND;
}
