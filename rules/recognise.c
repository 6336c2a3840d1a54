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
static const char *const place_names[] = {"none", "text", "attachment", "both"};

const char *
lsm_metadata_place_name(LsmMetadataPlace place)
{
	return place_names[place];
}

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
	lsm_statement_free(recognition->attached);
	g_clear_pointer(&recognition->readings, g_ptr_array_unref);
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
		g_autoptr(LsmStatement) other = lsm_format_weight(&formats[i]) >= LSM_FORM_SUFFICES
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
		candidate->form_weight = result->statement != NULL ? lsm_format_weight(&formats[next]) : 0;
		candidate->form = &formats[next];
		next++;
	}
	if (result->statement != NULL)
		note_ties(candidate, formats, next, count);
	for (guint i = 0; i < count && !has_sure_form(candidate) && !candidate->is_carried; i++)
		candidate->is_carried = formats[i].is_carried(candidate->message);
}

/* Lines on top of a covering text say more than what it covers. */
static void
read_covering_lines(LsmCandidate *candidate)
{
	g_autoptr(LsmStatement) lines = lsm_statement_new(candidate->result->statement->form);

	candidate->bare_lines = lsm_format_read_bare_lines(candidate->message, lines);
	if (candidate->bare_lines > 0)
		lsm_candidate_prefer_lines(candidate, lines);
}

/* "Put one of these lines on top of the text", says our reply: then it must be read there. */
static void
read_bare_lines(LsmCandidate *candidate)
{
	LsmRecognition *result = candidate->result;
	gboolean by_subject = lsm_subject_is_statement_like(candidate->message->subject);
	gboolean is_candidate = by_subject || (candidate->is_role_holder && candidate->reaches_their_liaison);

	if (result->statement == NULL) {
		result->statement = lsm_statement_new(by_subject ? "subject" : "address");
		g_free(result->statement->text);
		result->statement->text = g_strstrip(g_strdup(candidate->message->text));
	}
	if (candidate->is_attached) {
		read_covering_lines(candidate);
		return;
	}
	if (is_candidate && !has_sure_form(candidate))
		candidate->bare_lines = lsm_format_read_bare_lines(candidate->message, result->statement);
	if (result->metadata == LSM_METADATA_NONE && (candidate->form_weight > 0 || candidate->bare_lines > 0))
		result->metadata = LSM_METADATA_TEXT;
}

/* Who answers in a thread, passes on or discusses shows the attached statement; he does not send it, unless it
 * is his own and goes where statements go. So does who shows us what others wrote to others. */
static gboolean
only_shows(const LsmCandidate *candidate)
{
	if (lsm_subject_is_forward(candidate->message->subject) || candidate->is_talk)
		return TRUE;
	if ((candidate->is_enclosed || candidate->result->way == LSM_WAY_OTHER) &&
	    !lsm_candidate_is_sender_own(candidate))
		return TRUE;
	return lsm_candidate_is_reply(candidate) &&
	       !(candidate->reaches_our_liaison && lsm_candidate_is_sender_own(candidate));
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

	if (outcome == LSM_OUTCOME_STATEMENT && candidate->is_attached && only_shows(candidate))
		return LSM_OUTCOME_CARRIES;

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

/* "LS-R18-final.docx", "Liaison_to_IETF.pdf" */
static gboolean
names_statement(const LsmMessage *message)
{
	for (guint i = 0; i < message->attachments->len; i++) {
		const LsmAttachment *attachment = g_ptr_array_index(message->attachments, i);
		g_autofree char *words = g_strdup(attachment->file_name);

		if (words != NULL && lsm_subject_is_statement_like(g_strdelimit(words, "_-.", ' ')))
			return TRUE;
	}
	return FALSE;
}

/* What opens attachments: ordinary mail has none of these. */
static gboolean
is_candidate(const LsmCandidate *candidate)
{
	const LsmRecognition *result = candidate->result;

	return result->outcome != LSM_OUTCOME_NONE || result->from_organizations->len > 0 ||
	       result->to_organizations->len > 0 || candidate->reaches_our_liaison ||
	       names_statement(candidate->message);
}

LsmRecognition *
lsm_recognise_attached(const LsmMessage *message, GPtrArray *texts, const LsmEnvelope *envelope,
		       const LsmSettings *settings, gint64 now)
{
	LsmCandidate candidate = {.message = message,
				  .envelope = envelope,
				  .settings = settings,
				  .now = now,
				  .result = recognition_new()};
	LsmRecognition *result = candidate.result;

	read_forms(&candidate);
	result->readings = texts != NULL ? g_ptr_array_ref(texts) : NULL;
	lsm_candidate_read_attachments(&candidate, texts);
	lsm_candidate_find_parties(&candidate);
	lsm_candidate_find_way(&candidate);
	read_bare_lines(&candidate);
	result->has_sure_form = has_sure_form(&candidate);
	result->outcome = judge(&candidate);
	result->is_candidate = is_candidate(&candidate);
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
	if (message->attachments->len == 0 || recognition->way == LSM_WAY_LIST)
		return FALSE;
	return recognition->has_sure_form ? recognition->outcome == LSM_OUTCOME_STATEMENT
					  : recognition->is_candidate;
}

gboolean
lsm_recognition_has_unreadable(const LsmRecognition *recognition)
{
	for (guint i = 0; recognition->readings != NULL && i < recognition->readings->len; i++)
		if (!lsm_attachment_text_is_whole(g_ptr_array_index(recognition->readings, i)))
			return TRUE;
	return FALSE;
}
