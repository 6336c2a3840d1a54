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

#define OPT_OUT "liaison: no"

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

/* The first form that matches at top level wins; a form that is only quoted is noted. */
static void
read_forms(LsmCandidate *candidate)
{
	guint count;
	const LsmFormat *formats = lsm_format_table(&count);
	LsmRecognition *result = candidate->result;

	for (guint i = 0; i < count && result->statement == NULL; i++)
		result->statement = formats[i].read(candidate->message, result->evidence);
	candidate->has_form = result->statement != NULL;
	for (guint i = 0; i < count && !candidate->has_form && !candidate->is_carried; i++)
		candidate->is_carried = formats[i].is_carried(candidate->message);
}

/* "Put one of these lines on top of the text", says our reply: then it must be read there. */
static void
read_bare_lines(LsmCandidate *candidate)
{
	LsmRecognition *result = candidate->result;
	LsmStatement *statement = result->statement;
	gboolean is_candidate = candidate->is_role_holder && candidate->reaches_their_liaison;

	if (statement == NULL) {
		gboolean by_subject = lsm_subject_is_statement_like(candidate->message->subject);

		is_candidate |= by_subject;
		statement = lsm_statement_new(by_subject ? "subject" : "address");
		g_free(statement->text);
		statement->text = g_strstrip(g_strdup(candidate->message->text));
		result->statement = statement;
	}
	if (is_candidate && !candidate->has_form)
		candidate->bare_lines = lsm_format_read_bare_lines(candidate->message, statement);
}

static LsmOutcome
judge_form(const LsmCandidate *candidate)
{
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
 * "Neither end home: recorded when it reaches a liaison address of ours. Home to home: not a liaison
 * statement" (DESIGN section 2).
 */
static gboolean
concerns_us(const LsmCandidate *candidate)
{
	return candidate->result->way != LSM_WAY_OTHER ||
	       (!candidate->is_from_home && candidate->reaches_our_liaison);
}

static LsmOutcome
judge(LsmCandidate *candidate)
{
	LsmOutcome outcome = candidate->has_form ? judge_form(candidate) : judge_clues(candidate);

	if (outcome == LSM_OUTCOME_STATEMENT && !concerns_us(candidate))
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

	if (result->outcome != LSM_OUTCOME_STATEMENT || lsm_subject_is_forward(candidate->message->subject))
		return FALSE;
	if (result->way == LSM_WAY_OUTGOING && !candidate->has_outside_recipient)
		return FALSE;
	if (result->statement->has_opening_line)
		return TRUE;
	/* Labels alone, without the opening line, may be anything that looks like a form. */
	if (candidate->has_form)
		return strcmp(result->statement->form, "labelled") != 0 && has_known_party(result);
	if (!candidate->is_role_holder || !candidate->reaches_their_liaison)
		return FALSE;
	return candidate->bare_lines > 0 || !lsm_candidate_is_reply(candidate);
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
		return strcmp(folded, OPT_OUT) == 0 || strcmp(folded, OPT_OUT ".") == 0 ||
		       strcmp(folded, "liaison:no") == 0;
	}
	return FALSE;
}

LsmRecognition *
lsm_recognise(const LsmMessage *message, const LsmEnvelope *envelope, const LsmSettings *settings, gint64 now)
{
	LsmCandidate candidate = {.message = message,
				  .envelope = envelope,
				  .settings = settings,
				  .now = now,
				  .result = recognition_new()};
	LsmRecognition *result = candidate.result;

	read_forms(&candidate);
	lsm_candidate_find_parties(&candidate);
	lsm_candidate_find_way(&candidate);
	read_bare_lines(&candidate);
	result->outcome = judge(&candidate);
	result->certain = is_certain(&candidate);
	result->opted_out = is_opted_out(&candidate);
	if (result->outcome == LSM_OUTCOME_NONE)
		g_clear_pointer(&result->statement, lsm_statement_free);
	else
		lsm_candidate_infer(&candidate);
	return result;
}
