/*
 * recognise.c - is this mail a statement, does it carry one, or neither; read from top to bottom here.
 *
 * Uses the forms (format.h), the parties and the way (parties.c, way.c), the clues (clue.c) and what can be
 * inferred (infer.c). The result owns its arrays and its statement. Thread-safe; never fails.
 */
#include "rules/recognise.h"

#include <string.h>

#include "rules/candidate.h"
#include "rules/format.h"
#include "rules/subject.h"
#include "rules/text.h"

#define OPT_OUT "liaison:no"

static const char *const outcome_names[] = {"none", "carries", "statement"};

const char *
lsm_outcome_name(LsmOutcome outcome)
{
	return outcome_names[outcome];
}

static void
evidence_free(gpointer data)
{
	LsmEvidence *evidence = data;

	g_free(evidence->what);
	g_free(evidence);
}

static LsmRecognition *
recognition_new(void)
{
	LsmRecognition *recognition = g_new0(LsmRecognition, 1);

	recognition->from_bodies = g_ptr_array_new();
	recognition->to_bodies = g_ptr_array_new();
	recognition->from_organizations = g_ptr_array_new();
	recognition->to_organizations = g_ptr_array_new();
	recognition->evidence = g_ptr_array_new_with_free_func(evidence_free);
	return recognition;
}

void
lsm_recognition_free(LsmRecognition *recognition)
{
	if (recognition == NULL)
		return;
	lsm_statement_free(recognition->statement);
	g_ptr_array_unref(recognition->from_bodies);
	g_ptr_array_unref(recognition->to_bodies);
	g_ptr_array_unref(recognition->from_organizations);
	g_ptr_array_unref(recognition->to_organizations);
	g_ptr_array_unref(recognition->evidence);
	g_free(recognition);
}

/* A form that says by itself what the mail is. */
static gboolean
has_sure_form(const LsmCandidate *candidate)
{
	return candidate->form_weight >= LSM_FORM_SUFFICES;
}

/* Forms may look alike to us: that another fits as well is said, not weighed. */
static void
note_ties(LsmCandidate *candidate, const LsmFormat *formats, guint first, guint count)
{
	g_autoptr(GPtrArray) unused = g_ptr_array_new_with_free_func(evidence_free);

	for (guint i = first; i < count; i++) {
		g_autoptr(LsmStatement) other = formats[i].weight >= LSM_FORM_SUFFICES
							? formats[i].read(candidate->message, unused)
							: NULL;

		if (other != NULL)
			lsm_evidence_add(candidate->result->evidence, 0, "the form \"%s\" fits, too",
					 formats[i].name);
	}
}

/* The first form that matches at top level wins; a form that is only quoted is noted. */
static void
read_forms(LsmCandidate *candidate)
{
	guint count;
	const LsmFormat *formats = lsm_format_table(&count);
	LsmRecognition *result = candidate->result;
	guint next = 0;

	while (next < count && result->statement == NULL) {
		result->statement = formats[next].read(candidate->message, result->evidence);
		candidate->form_weight = result->statement != NULL ? formats[next].weight : 0;
		next++;
	}
	if (result->statement != NULL)
		note_ties(candidate, formats, next, count);
	for (guint i = 0; i < count && !has_sure_form(candidate) && !candidate->is_carried; i++)
		candidate->is_carried = formats[i].is_carried(candidate->message);
}

/* The first sure form in the first attachment that has one. */
static LsmStatement *
read_attachment_forms(LsmCandidate *candidate, const GPtrArray *texts, int *weight_out)
{
	guint count;
	const LsmFormat *formats = lsm_format_table(&count);

	for (guint i = 0; i < texts->len; i++) {
		const LsmAttachmentText *attached = g_ptr_array_index(texts, i);
		g_autofree char *where = g_strdup_printf("attachment %u", i + 1);

		for (guint k = 0; k < count && *attached->text != '\0'; k++) {
			LsmStatement *statement = formats[k].read_text == NULL
							  ? NULL
							  : formats[k].read_text(attached->text, where,
										 candidate->result->evidence);

			*weight_out = formats[k].weight;
			if (statement != NULL)
				return statement;
		}
	}
	return NULL;
}

/* Mostly the metadata is in the attachment and the covering mail says "please find enclosed" (DESIGN section
 * 4). */
static void
read_attachments(LsmCandidate *candidate, const GPtrArray *texts)
{
	LsmRecognition *result = candidate->result;
	LsmStatement *statement;
	int weight = 0;

	if (texts == NULL || has_sure_form(candidate))
		return;
	statement = read_attachment_forms(candidate, texts, &weight);
	if (statement == NULL || weight < candidate->form_weight) {
		lsm_statement_free(statement);
		return;
	}
	lsm_statement_free(result->statement);
	result->statement = statement;
	candidate->form_weight = weight;
	candidate->is_attached = TRUE;
}

/* "Put one of these lines on top of the text", says our reply: then it must be read there. */
static void
read_bare_lines(LsmCandidate *candidate)
{
	LsmRecognition *result = candidate->result;
	LsmStatement *statement = result->statement;
	gboolean by_subject = lsm_subject_is_statement_like(candidate->message->subject);
	gboolean is_candidate = by_subject || (candidate->is_role_holder && candidate->reaches_their_liaison);

	if (statement == NULL) {
		statement = lsm_statement_new(by_subject ? "subject" : "address");
		g_free(statement->text);
		statement->text = g_strstrip(g_strdup(candidate->message->text));
		result->statement = statement;
	}
	if (is_candidate && !has_sure_form(candidate))
		candidate->bare_lines = lsm_format_read_bare_lines(candidate->message, statement);
}

static LsmOutcome
judge_form(const LsmCandidate *candidate)
{
	/* Who answers in a thread, or passes on, shows the attached statement; he does not send it. */
	if (candidate->is_attached &&
	    (lsm_candidate_is_reply(candidate) || lsm_subject_is_forward(candidate->message->subject)))
		return LSM_OUTCOME_CARRIES;
	return candidate->result->statement->is_new ? LSM_OUTCOME_STATEMENT : LSM_OUTCOME_CARRIES;
}

static LsmOutcome
judge_clues(LsmCandidate *candidate)
{
	int weight = lsm_candidate_weigh(candidate);

	if (weight >= LSM_ENOUGH_WEIGHT)
		return LSM_OUTCOME_STATEMENT;
	return candidate->is_carried || lsm_subject_is_statement_like(candidate->message->subject)
		       ? LSM_OUTCOME_CARRIES
		       : LSM_OUTCOME_NONE;
}

/*
 * "Home to home: not a liaison statement" (DESIGN section 2). One between others that is shown to somebody
 * of ours is carried to them; at a liaison address of ours, or when none of ours is among the recipients, it
 * is what it is.
 */
static gboolean
is_carried_only(const LsmCandidate *candidate)
{
	if (candidate->result->way != LSM_WAY_OTHER)
		return FALSE;
	return candidate->is_from_home || (candidate->has_home_recipient && !candidate->reaches_our_liaison);
}

static LsmOutcome
judge(LsmCandidate *candidate)
{
	LsmOutcome outcome = has_sure_form(candidate) ? judge_form(candidate) : judge_clues(candidate);

	if (outcome == LSM_OUTCOME_STATEMENT && is_carried_only(candidate))
		return LSM_OUTCOME_CARRIES;
	return outcome;
}

static gboolean
has_known_party(const LsmRecognition *result)
{
	return result->from_bodies->len + result->to_bodies->len + result->from_organizations->len +
		       result->to_organizations->len >
	       0;
}

/*
 * "Reject and redirect need a certain statement: our own block with its opening line, or a known form with
 * a known party, or an authenticated role holder writing to an organization's liaison address of the
 * directory; and an addressee outside in the envelope; at top level" (DESIGN section 3). Mail without an
 * addressee outside is a draft by its way, so that is asked of outgoing mail only by then.
 */
static gboolean
is_certain(const LsmCandidate *candidate)
{
	const LsmRecognition *result = candidate->result;

	if (result->outcome != LSM_OUTCOME_STATEMENT)
		return FALSE;
	/* What was forwarded has something above it. "Fwd:" alone does not lead past the gate. */
	if (lsm_subject_is_forward(candidate->message->subject) && !result->statement->is_on_top)
		return FALSE;
	if (result->way == LSM_WAY_OUTGOING && !candidate->has_outside_recipient)
		return FALSE;
	if (result->statement->has_opening_line)
		return TRUE;
	/* Labels alone, without the opening line, may be anything that looks like a form. */
	if (has_sure_form(candidate) && !candidate->is_attached &&
	    strcmp(result->statement->form, "labelled") != 0)
		return has_known_party(result);
	if (!candidate->is_role_holder || !candidate->reaches_their_liaison)
		return FALSE;
	/* A block that is nearly right is not less certain than none. */
	return candidate->bare_lines > 0 || strcmp(result->statement->form, "labelled") == 0 ||
	       !lsm_candidate_is_reply(candidate);
}

/* Also "*Liaison:* no", as bold letters come out of HTML, and with other blanks or a sign at the end. */
static gboolean
is_opt_out(const char *folded)
{
	g_autoptr(GString) letters = g_string_new(NULL);

	for (; *folded != '\0' && letters->len < 20; folded++)
		if (strchr(" *\"'_.!", *folded) == NULL)
			g_string_append_c(letters, *folded);
	return strcmp(letters->str, OPT_OUT) == 0;
}

/* "A first line `Liaison: no` from an authenticated submitter passes the mail." */
static gboolean
is_opted_out(const LsmCandidate *candidate)
{
	const char *cursor = candidate->message->text;
	LsmLine line = {NULL, 0, 0};

	if (candidate->envelope->login == NULL)
		return FALSE;
	while (lsm_text_next_line(&cursor, &line)) {
		g_autofree char *folded = NULL;

		if (lsm_line_is_blank(&line))
			continue;
		folded = lsm_text_fold(line.start, (gssize)line.length);
		return is_opt_out(folded);
	}
	return FALSE;
}

LsmRecognition *
lsm_recognise_attached(const LsmMessage *message, const GPtrArray *texts, const LsmEnvelope *envelope,
		       const LsmSettings *settings, gint64 now)
{
	LsmCandidate candidate = {.message = message,
				  .envelope = envelope,
				  .settings = settings,
				  .now = now,
				  .result = recognition_new()};
	LsmRecognition *result = candidate.result;

	read_forms(&candidate);
	read_attachments(&candidate, texts);
	lsm_candidate_find_parties(&candidate);
	lsm_candidate_find_way(&candidate);
	read_bare_lines(&candidate);
	result->has_sure_form = has_sure_form(&candidate);
	result->outcome = judge(&candidate);
	result->certain = is_certain(&candidate);
	result->opted_out = is_opted_out(&candidate);
	if (result->outcome == LSM_OUTCOME_NONE)
		g_clear_pointer(&result->statement, lsm_statement_free);
	else
		lsm_candidate_infer(&candidate);
	return result;
}

LsmRecognition *
lsm_recognise(const LsmMessage *message, const LsmEnvelope *envelope, const LsmSettings *settings, gint64 now)
{
	return lsm_recognise_attached(message, NULL, envelope, settings, now);
}

gboolean
lsm_recognition_wants_attachments(const LsmRecognition *recognition, const LsmMessage *message)
{
	return message->attachments->len > 0 && !recognition->has_sure_form &&
	       recognition->way != LSM_WAY_LIST &&
	       (recognition->from_organizations->len > 0 || recognition->to_organizations->len > 0);
}
