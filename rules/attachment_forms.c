/*
 * attachment_forms.c - the statement in an attachment: "mostly the metadata is in the attachment and the
 * covering mail says 'please find enclosed'" (DESIGN section 4).
 *
 * What the mail's own text says comes first; the attachment fills the gaps, and where both say something the
 * attachment's reading is kept for the rule metadata.conflict. Owns nothing; thread-safe; never fails.
 */
#include <string.h>

#include "rules/candidate.h"
#include "rules/format.h"
#include "rules/text.h"

#define COVER_LINES 30
#define COVER_TEXT 4000
#define HEADING_LINES 8 /* not blank */
#define MAX_HEADING 100

typedef struct {
	LsmStatement *statement; /* NULL: nothing found */
	const LsmAttachmentText *text;
	const LsmFormat *form;
	int weight;
	guint number; /* of the document, from 1 */
} Found;

/* Who sent an attached mail speaks in it, where its form does not say who does. */
static void
infer_from_mail(const LsmCandidate *candidate, LsmStatement *statement, const LsmMessage *mail)
{
	const LsmOrganization *organization =
		lsm_directory_organization_of(candidate->settings->directory, lsm_message_from_address(mail));

	if (organization != NULL && !lsm_statement_has(statement, LSM_FIELD_FROM))
		lsm_statement_add(statement, LSM_FIELD_FROM, organization->name,
				  lsm_message_header(mail, "From", 0), "header From",
				  LSM_CONFIDENCE_INFERRED);
	if (!lsm_statement_has(statement, LSM_FIELD_SUBJECT))
		lsm_statement_add(statement, LSM_FIELD_SUBJECT, mail->subject, mail->subject,
				  "header Subject", LSM_CONFIDENCE_INFERRED);
}

static LsmStatement *
read_one(const LsmCandidate *candidate, const LsmFormat *format, const LsmAttachmentText *text,
	 const char *where)
{
	LsmStatement *statement = NULL;

	if (text->mail == NULL)
		return format->read_text != NULL
			       ? format->read_text(text->text, where, candidate->result->evidence)
			       : NULL;
	statement = format->read(text->mail, candidate->result->evidence);
	if (statement == NULL)
		return NULL;
	infer_from_mail(candidate, statement, text->mail);
	lsm_statement_relocate(statement, where);
	return statement;
}

/* The surest form of all documents; of those that are equally sure the first. */
static void
search(const LsmCandidate *candidate, const LsmAttachmentText *text, guint number, Found *found)
{
	guint count;
	const LsmFormat *formats = lsm_format_table(&count);
	g_autofree char *where = g_strdup_printf("attachment %u", number);

	for (guint k = 0; k < count && *text->text != '\0'; k++) {
		LsmStatement *statement;

		/* One that is sure is not replaced: what stands behind it may be what it answers. */
		if (found->weight >= lsm_format_weight(&formats[k]) || found->weight >= LSM_FORM_SUFFICES)
			continue;
		statement = read_one(candidate, &formats[k], text, where);
		if (statement == NULL)
			continue;
		lsm_statement_free(found->statement);
		*found = (Found){statement, text, &formats[k], lsm_format_weight(&formats[k]), number};
	}
}

static void
fill_gaps(LsmStatement *statement, const LsmStatement *attached)
{
	for (guint i = 0; i < LSM_FIELD_COUNT; i++)
		if (!lsm_statement_has(statement, (LsmFieldId)i))
			lsm_statement_take_field(statement, attached, (LsmFieldId)i);
}

/* "Here is the draft of our answer": the covering text of something that is not sent yet, or came from
 * others. */
static gboolean
is_talk(const LsmMessage *message)
{
	static GRegex *regex;
	g_autoptr(GArray) lines = lsm_text_top_lines(message->text, COVER_LINES);
	g_autofree char *prose = NULL;
	const LsmLine *last;

	if (g_once_init_enter(&regex))
		g_once_init_leave(
			&regex,
			g_regex_new(
				"\\b(?:draft|proposed|proposal for an?|first version of the|revised version "
				"of the) "
				"(?:of )?(?:an? |the |our |this )?(?:reply |response |outgoing )?"
				"(?:ls|liaison|answer|reply|response|statement)\\b"
				"|\\bdraft(?:ed)? (?:below|attached|text)\\b|\\battached draft\\b"
				"|\\bwe(?: have|'ve)? (?:just |also )?received (?:an?|the|this|these)\\b"
				"|\\b(?:any )?(?:comments|objections) (?:are )?(?:welcome|on the draft)\\b"
				"|\\bcomments (?:by|before|until)\\b",
				G_REGEX_OPTIMIZE, 0, NULL));
	if (lines->len == 0)
		return FALSE;
	last = &g_array_index(lines, LsmLine, lines->len - 1);
	prose = lsm_text_fold(message->text,
			      (gssize)MIN((gsize)(last->start + last->length - message->text), COVER_TEXT));
	return g_regex_match(regex, prose, 0, NULL);
}

static void
take_found(LsmCandidate *candidate, Found *found)
{
	LsmRecognition *result = candidate->result;

	lsm_statement_free(result->statement);
	result->statement = found->statement;
	candidate->form_weight = found->weight;
	candidate->form = found->form;
	candidate->is_attached = TRUE;
	candidate->is_enclosed = found->text->mail != NULL ||
				 (found->text->is_inside && strstr(found->text->name, ".eml/") != NULL);
	candidate->is_talk = is_talk(candidate->message);
	result->metadata = LSM_METADATA_ATTACHMENT;
	lsm_evidence_add(result->evidence, 0, "that form stands in attachment %u%s%s, not in the text",
			 found->number, *found->text->name != '\0' ? ", " : "", found->text->name);
}

/* A body's own block keeps its say. */
static void
keep_beside(LsmRecognition *result, Found *found)
{
	if (found->weight < LSM_FORM_SUFFICES) {
		lsm_statement_free(found->statement);
		return;
	}
	fill_gaps(result->statement, found->statement);
	result->attached = found->statement;
	result->metadata = LSM_METADATA_BOTH;
	lsm_evidence_add(result->evidence, 0,
			 "a form stands in attachment %u, too: the text's own comes first", found->number);
}

void
lsm_candidate_read_attachments(LsmCandidate *candidate, const GPtrArray *texts)
{
	Found found = {NULL, NULL, NULL, 0, 0};

	for (guint i = 0; texts != NULL && i < texts->len; i++)
		search(candidate, g_ptr_array_index(texts, i), i + 1, &found);
	if (found.statement == NULL)
		return;
	if (candidate->form_weight >= LSM_FORM_SUFFICES)
		keep_beside(candidate->result, &found);
	else if (found.weight >= candidate->form_weight)
		take_found(candidate, &found);
	else
		lsm_statement_free(found.statement);
}

void
lsm_candidate_prefer_lines(LsmCandidate *candidate, const LsmStatement *lines)
{
	LsmRecognition *result = candidate->result;

	result->attached = lsm_statement_copy_values(result->statement);
	result->metadata = LSM_METADATA_BOTH;
	for (guint i = 0; i < LSM_FIELD_COUNT; i++)
		if (lsm_statement_has(lines, (LsmFieldId)i))
			lsm_statement_take_field(result->statement, lines, (LsmFieldId)i);
}

static gboolean
is_heading(const char *folded)
{
	static GRegex *regex;

	if (g_once_init_enter(&regex))
		g_once_init_leave(
			&regex,
			g_regex_new("^[*#= ]*(?:[\\w./()-]+ ){0,4}liaison (?:statement|letter|reply|response)"
				    "(?: (?:to|from|on|for) [^.:?!]{2,70})?[*= ]*$",
				    G_REGEX_OPTIMIZE, 0, NULL));
	return g_regex_match(regex, folded, 0, NULL) && strstr(folded, "draft") == NULL;
}

static gboolean
has_heading(const LsmAttachmentText *text)
{
	const char *cursor = text->text;
	LsmLine line = {NULL, 0, 0};

	for (guint seen = 0; seen < HEADING_LINES && lsm_text_next_line(&cursor, &line);) {
		g_autofree char *folded = NULL;

		if (lsm_line_is_blank(&line))
			continue;
		seen++;
		folded = lsm_text_fold(line.start, (gssize)MIN(line.length, MAX_HEADING + 1));
		if (line.length <= MAX_HEADING && is_heading(folded))
			return TRUE;
	}
	return FALSE;
}

gboolean
lsm_candidate_has_attached_heading(const LsmCandidate *candidate)
{
	const GPtrArray *readings = candidate->result->readings;

	if (candidate->is_attached || is_talk(candidate->message))
		return FALSE;
	for (guint i = 0; readings != NULL && i < readings->len; i++)
		if (has_heading(g_ptr_array_index(readings, i)))
			return TRUE;
	return FALSE;
}

static gboolean
goes_to_addressee(const LsmCandidate *candidate)
{
	const LsmDirectory *directory = candidate->settings->directory;

	for (guint i = 0; i < candidate->envelope->recipients->len; i++) {
		const char *address = lsm_envelope_recipient(candidate->envelope, i)->address;
		const LsmOrganization *organization = lsm_directory_organization_of(directory, address);

		if (organization != NULL &&
		    g_ptr_array_find(candidate->result->to_organizations, organization, NULL))
			return TRUE;
	}
	return FALSE;
}

gboolean
lsm_candidate_is_sender_own(const LsmCandidate *candidate)
{
	const LsmRecognition *result = candidate->result;
	const LsmOrganization *organization = lsm_directory_organization_of(
		candidate->settings->directory, lsm_message_from_address(candidate->message));

	if (organization != NULL)
		return g_ptr_array_find(result->from_organizations, organization, NULL);
	return candidate->is_from_home && result->from_bodies->len > 0 && goes_to_addressee(candidate);
}
