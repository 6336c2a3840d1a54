/*
 * clue.c - what speaks for and against a statement in mail that has no known form; one row a clue.
 *
 * Owns nothing; thread-safe; never fails.
 */
#include <string.h>

#include "rules/candidate.h"
#include "rules/format.h"
#include "rules/subject.h"
#include "rules/text.h"

#define TOP_LINES 40

gboolean
lsm_candidate_is_reply(const LsmCandidate *candidate)
{
	const LsmMessage *message = candidate->message;

	/* A submitter who only writes "Re:" before a new statement does not get past the gate by it. */
	return lsm_subject_is_reply(message->subject) &&
	       (!candidate->is_submitted || message->in_reply_to != NULL || message->references[0] != NULL);
}

static gboolean
is_forward(const LsmCandidate *candidate)
{
	return lsm_subject_is_forward(candidate->message->subject);
}

static gboolean
is_carried(const LsmCandidate *candidate)
{
	return candidate->is_carried;
}

static gboolean
is_role_holder_to_liaison(const LsmCandidate *candidate)
{
	return candidate->is_role_holder && candidate->reaches_their_liaison;
}

static gboolean
has_two_parties(const LsmCandidate *candidate)
{
	const LsmRecognition *result = candidate->result;

	if (candidate->is_from_home)
		return result->to_organizations->len > 0;
	return result->from_organizations->len > 0 &&
	       (result->to_bodies->len > 0 || candidate->has_home_recipient);
}

/* Between others: from one organization to another. */
static gboolean
has_two_organizations(const LsmCandidate *candidate)
{
	const LsmRecognition *result = candidate->result;

	if (has_two_parties(candidate) || result->from_organizations->len == 0)
		return FALSE;
	for (guint i = 0; i < result->to_organizations->len; i++)
		if (!g_ptr_array_find(result->from_organizations,
				      g_ptr_array_index(result->to_organizations, i), NULL))
			return TRUE;
	return FALSE;
}

static gboolean
has_their_liaison(const LsmCandidate *candidate)
{
	return candidate->is_from_home &&
	       (candidate->reaches_their_liaison || candidate->names_their_liaison);
}

static gboolean
has_our_liaison(const LsmCandidate *candidate)
{
	return !candidate->is_from_home && candidate->reaches_our_liaison;
}

static gboolean
has_bare_lines(const LsmCandidate *candidate)
{
	return candidate->bare_lines > 0;
}

/* RFC 3834 section 5, RFC 8098: a vacation notice, a receipt, a bounce. "auto-generated" are tools'
 * statements, too. */
static gboolean
is_automatic_answer(const LsmCandidate *candidate)
{
	const char *field = lsm_message_raw_header(candidate->message, "Auto-Submitted", 0);

	return (field != NULL && g_ascii_strncasecmp(field, "auto-replied", strlen("auto-replied")) == 0) ||
	       strcmp(candidate->message->content_type, "multipart/report") == 0;
}

static gboolean
is_invitation(const LsmCandidate *candidate)
{
	const GPtrArray *attachments = candidate->message->attachments;

	for (guint i = 0; i < attachments->len; i++) {
		const LsmAttachment *attachment = g_ptr_array_index(attachments, i);

		if (g_ascii_strcasecmp(attachment->declared_type, "text/calendar") == 0)
			return TRUE;
	}
	return FALSE;
}

static gboolean
names_itself(const LsmCandidate *candidate)
{
	g_autoptr(GArray) lines = lsm_text_top_lines(candidate->message->text, TOP_LINES);

	for (guint i = 0; i < lines->len; i++) {
		const LsmLine *line = &g_array_index(lines, LsmLine, i);
		g_autofree char *folded = lsm_text_fold(line->start, (gssize)line->length);

		if (*folded != '>' && strstr(folded, "liaison statement") != NULL)
			return TRUE;
	}
	return FALSE;
}

static gboolean
is_document(const LsmAttachment *attachment)
{
	static const char *const endings[] = {".doc", ".docx", ".pdf", ".zip", ".rtf", ".odt"};
	g_autofree char *name =
		g_ascii_strdown(attachment->file_name != NULL ? attachment->file_name : "", -1);

	for (gsize i = 0; i < G_N_ELEMENTS(endings); i++)
		if (g_str_has_suffix(name, endings[i]))
			return TRUE;
	return FALSE;
}

static gboolean
has_document(const LsmCandidate *candidate)
{
	const GPtrArray *attachments = candidate->message->attachments;

	for (guint i = 0; i < attachments->len; i++)
		if (is_document(g_ptr_array_index(attachments, i)))
			return TRUE;
	return FALSE;
}

/*
 * To add a clue: a row here, and one in tests/unit/test_recognise.c. Weights stand beside those of the
 * subject's signs (40: says what it is). "LS on ..." between known parties is enough, "Re: LS on ..." is not.
 */
static const struct {
	int weight;
	gboolean (*holds)(const LsmCandidate *candidate);
	const char *reason;
} clues[] = {
	{60, is_role_holder_to_liaison,
	 "an authenticated role holder writes to an organization's liaison address"},
	{30, has_two_parties, "one of ours is at one end, an organization of the directory at the other"},
	{30, has_two_organizations, "an organization of the directory is at each end"},
	{20, has_their_liaison, "a liaison address of an organization is addressed"},
	{25, has_our_liaison, "a liaison address of ours is addressed"},
	{60, has_bare_lines, "a field such as \"Purpose:\" stands on top of the text"},
	{10, names_itself, "the text says \"liaison statement\""},
	{5, has_document, "a document is attached"},
	{-60, lsm_candidate_is_reply, "a reply within a thread"},
	{-60, is_forward, "forwarded by somebody"},
	{-60, is_invitation, "an invitation, or an answer to one"},
	{-100, is_automatic_answer, "an automatic answer or report"},
	{-100, is_carried, "it quotes or forwards a statement"},
};

int
lsm_candidate_weigh(LsmCandidate *candidate)
{
	GPtrArray *evidence = candidate->result->evidence;
	int sum = lsm_subject_weigh(candidate->message->subject, evidence);

	if (candidate->form_weight > 0 && candidate->result->statement->is_new) {
		sum += candidate->form_weight;
		lsm_evidence_add(evidence, candidate->form_weight, "the form \"%s\"",
				 candidate->result->statement->form);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(clues); i++) {
		if (!clues[i].holds(candidate))
			continue;
		sum += clues[i].weight;
		lsm_evidence_add(evidence, clues[i].weight, "%s", clues[i].reason);
	}
	return sum;
}
