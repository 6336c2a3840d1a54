/*
 * clue.c - what speaks for and against a statement in mail that has no known form; one row a clue. What each
 * weighs stands in weights.def.
 *
 * Owns nothing; thread-safe; never fails.
 */
#include <string.h>

#include "rules/candidate.h"
#include "rules/format.h"
#include "rules/subject.h"
#include "rules/text.h"
#include "rules/weight.h"

#define TOP_LINES 40

gboolean
lsm_candidate_is_reply(const LsmCandidate *candidate)
{
	const LsmMessage *message = candidate->message;
	gboolean in_thread = message->in_reply_to != NULL || message->references[0] != NULL;

	/* A submitter who only writes "Re:" before a new statement does not get past the gate by it. */
	if (lsm_subject_is_reply(message->subject))
		return !candidate->is_submitted || in_thread;
	/* Some clients write no "Re:"; a statement may be sent by answering some other mail, under its own title. */
	return in_thread && !lsm_subject_is_statement_like(message->subject);
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

/* To add a clue: a row here, one in weights.def, and one in tests/unit/test_recognise.c. */
static const struct {
	LsmWeightId weight;
	gboolean (*holds)(const LsmCandidate *candidate);
} clues[] = {
	{LSM_WEIGHT_ROLE_HOLDER, is_role_holder_to_liaison},
	{LSM_WEIGHT_TWO_PARTIES, has_two_parties},
	{LSM_WEIGHT_TWO_ORGANIZATIONS, has_two_organizations},
	{LSM_WEIGHT_THEIR_LIAISON, has_their_liaison},
	{LSM_WEIGHT_OUR_LIAISON, has_our_liaison},
	{LSM_WEIGHT_BARE_LINES, has_bare_lines},
	{LSM_WEIGHT_NAMES_ITSELF, names_itself},
	{LSM_WEIGHT_DOCUMENT, has_document},
	{LSM_WEIGHT_ATTACHED_HEADING, lsm_candidate_has_attached_heading},
	{LSM_WEIGHT_REPLY, lsm_candidate_is_reply},
	{LSM_WEIGHT_FORWARD, is_forward},
	{LSM_WEIGHT_INVITATION, is_invitation},
	{LSM_WEIGHT_AUTOMATIC, is_automatic_answer},
	{LSM_WEIGHT_CARRIED, is_carried},
};

int
lsm_candidate_weigh(LsmCandidate *candidate)
{
	GPtrArray *evidence = candidate->result->evidence;
	int sum = lsm_subject_weigh(candidate->message->subject, evidence);

	if (candidate->form != NULL && candidate->form_weight > 0 && candidate->result->statement->is_new)
		sum += lsm_weight_add(candidate->form->evidence, evidence);
	for (gsize i = 0; i < G_N_ELEMENTS(clues); i++)
		if (clues[i].holds(candidate))
			sum += lsm_weight_add(clues[i].weight, evidence);
	return sum;
}
