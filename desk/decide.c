/*
 * decide.c - one mail's way: recognise, ask the record, judge, write it down, and only then say it.
 *
 * Whoever reads only this file knows what the program does. Owns nothing; any thread; the desk may be
 * a process or in-process. What fails ends as a plan, never as an error: 451 for what must not
 * get lost, passing for what must not be delayed.
 */
#include "desk/decide.h"

#include <string.h>

#include "conf/error.h"
#include "conf/log.h"
#include "desk/late.h"
#include "desk/passage.h"
#include "desk/reader.h"

/* Facts can change between question and record while other copies of the same mail are on their way. */
#define MAX_TRIES 8

void
lsm_decision_free(LsmDecision *decision)
{
	if (decision == NULL)
		return;
	g_clear_pointer(&decision->verdict, lsm_verdict_free);
	g_clear_pointer(&decision->recognition, lsm_recognition_free);
	g_clear_pointer(&decision->facts, lsm_facts_free);
	g_clear_pointer(&decision->plan, lsm_plan_free);
	g_free(decision->case_id);
	g_free(decision->ticket);
	g_free(decision);
}

static gboolean
reaches_us(const LsmEnvelope *envelope, const LsmSettings *settings)
{
	for (guint i = 0; i < envelope->recipients->len; i++) {
		const LsmRecipient *recipient = lsm_envelope_recipient(envelope, i);
		if (lsm_directory_is_home_liaison_address(settings->directory, recipient->address))
			return TRUE;
	}
	return FALSE;
}

/* Ordinary mail, and mail that merely carries or discusses a statement, is none of our business. A
 * statement between others is on record only where it was sent to a liaison address of ours (A50). */
static gboolean
concerns_us(const LsmRecognition *recognition, const LsmEnvelope *envelope, const LsmSettings *settings)
{
	if (recognition->outcome != LSM_OUTCOME_STATEMENT)
		return FALSE;
	return recognition->way != LSM_WAY_OTHER || reaches_us(envelope, settings);
}

/* One round: ask, judge, record. LSM_CHANGED: somebody else was faster, once more. */
static LsmRecordResult
judge_and_record(LsmDecision *decision, LsmCheckInput *input, const LsmPassageKeys *keys, LsmDesk *desk,
		 GError **error)
{
	LsmPassage passage = {.keys = keys->keys};
	g_autoptr(JsonObject) members = NULL;
	g_autofree char *fingerprint = NULL;

	g_clear_pointer(&decision->facts, lsm_facts_free);
	g_clear_pointer(&decision->verdict, lsm_verdict_free);
	if (!lsm_desk_facts(desk, &keys->keys, &decision->facts, &fingerprint, error))
		return LSM_NOT_RECORDED;
	input->facts = decision->facts;
	decision->verdict = lsm_verdict_judge(input);
	/* Somebody entitled said that it is no statement: it passes and stays out of the record. */
	if (decision->facts->opted_out)
		return LSM_RECORDED;
	members = lsm_passage_members(decision->verdict, input);
	passage.members = members;
	passage.judged_on = fingerprint;
	passage.content = input->recognition->opted_out ? NULL : input->message->bytes;
	return lsm_desk_record(desk, &passage, &decision->case_id, &decision->ticket, error);
}

static LsmRecordResult
put_on_record(LsmDecision *decision, LsmCheckInput *input, LsmDesk *desk, GError **error)
{
	g_autoptr(LsmPassageKeys) keys = lsm_passage_keys_new(input->message, decision->recognition);
	LsmRecordResult result = LSM_CHANGED;

	for (int i = 0; i < MAX_TRIES && result == LSM_CHANGED; i++)
		result = judge_and_record(decision, input, keys, desk, error);
	if (result == LSM_CHANGED)
		g_set_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY,
			    "the record of this statement keeps changing under other copies of it");
	return result == LSM_RECORDED ? LSM_RECORDED : LSM_NOT_RECORDED;
}

/* Merely watching changes nothing, not even fields that pretend to be ours. */
static LsmPlan *
silenced(LsmPlan *plan, gboolean is_silent)
{
	if (is_silent)
		g_ptr_array_set_size(plan->remove_headers, 0);
	return plan;
}

/* Would it be kept from going out, were it a copy of what is enforced and had nobody approved it? */
static gboolean
would_be_held(const LsmCheckInput *input)
{
	g_autoptr(LsmFacts) worst = lsm_facts_new();
	g_autoptr(LsmVerdict) verdict = NULL;
	LsmCheckInput copy = *input;

	worst->known = worst->is_enforced = TRUE;
	copy.facts = worst;
	verdict = lsm_verdict_judge(&copy);
	return !verdict->silent && verdict->effect >= LSM_EFFECT_REDIRECT;
}

/* As far as can be said without the record, where that did not answer. Only the record knows of copies: where
 * anything is enforced, what would be held as one waits. */
static gboolean
is_watched(const LsmDecision *decision, const LsmCheckInput *input)
{
	g_autoptr(LsmFacts) nothing = lsm_facts_new();
	g_autoptr(LsmVerdict) verdict = NULL;
	LsmCheckInput alone = *input;

	if (decision->verdict != NULL)
		return decision->verdict->silent;
	alone.facts = nothing;
	verdict = lsm_verdict_judge(&alone);
	return verdict->silent && !(decision->recognition->way == LSM_WAY_OUTGOING && would_be_held(input));
}

/*
 * The record is out of order. What was submitted here is asked to come again: nothing is lost or leaked.
 * What comes from elsewhere is delayed for a while only, for a 451 without end would be a
 * rejection (A104); then it passes and is kept beside the record. Merely observed mail, drafts, tools' and
 * lists' mail is never delayed, but for what is submitted here and may be a copy of what was held.
 */
static LsmPlan *
plan_without_record(const LsmDecision *decision, const LsmCheckInput *input)
{
	const LsmSettings *settings = input->settings;
	g_autoptr(GError) error = NULL;

	if (is_watched(decision, input))
		return silenced(lsm_plan_pass(NULL, input->message), TRUE);
	switch (decision->recognition->way) {
	case LSM_WAY_OUTGOING:
		return lsm_plan_tempfail(
			"the record of liaison statements is out of order; please try again later");
	case LSM_WAY_INCOMING:
	case LSM_WAY_AROUND:
		if (!lsm_late_is_patience_over(settings, input->now))
			return lsm_plan_tempfail(
				"the record of liaison statements is out of order; please try again later");
		if (!lsm_late_keep(settings, input->envelope, input->message, &error))
			lsm_log_error(error, input->envelope->queue_id, "late-journal-failed", "message_id",
				      input->message->message_id, NULL);
		return lsm_plan_pass(NULL, input->message);
	case LSM_WAY_DRAFT:
	case LSM_WAY_TOOL:
	case LSM_WAY_LIST:
	case LSM_WAY_OTHER:
		break;
	}
	return lsm_plan_pass(NULL, input->message);
}

/* Ordinary mail never starts the reader: only a candidate that does not say by itself what it is. */
static LsmRecognition *
recognise(LsmDecision *decision, const LsmCheckInput *input)
{
	LsmRecognition *first = lsm_recognise(input->message, input->envelope, input->settings, input->now);
	g_autoptr(GPtrArray) texts = NULL;

	if (!lsm_recognition_wants_attachments(first, input->message))
		return first;
	texts = lsm_reader_read(input->settings, input->message);
	decision->attachments_read = texts->len;
	if (texts->len == 0)
		return first;
	lsm_recognition_free(first);
	return lsm_recognise_attached(input->message, texts, input->envelope, input->settings, input->now);
}

/* FALSE with error when it concerns us and could not be put on record: then there is no plan yet. */
static gboolean
decide(LsmDecision *decision, LsmCheckInput *input, LsmDesk *desk, GError **error)
{
	const char *case_id;

	decision->recognition = recognise(decision, input);
	if (!concerns_us(decision->recognition, input->envelope, input->settings)) {
		decision->plan = silenced(lsm_plan_pass(NULL, input->message),
					  input->settings->mode != LSM_MODE_ENFORCE);
		return TRUE;
	}
	input->recognition = decision->recognition;
	input->statement = decision->recognition->statement;
	if (put_on_record(decision, input, desk, error) != LSM_RECORDED)
		return FALSE;
	lsm_late_note_success(input->settings);
	/* Pre-flight has recorded nothing that a reply could refer to. */
	case_id = desk->without_record ? NULL : decision->case_id;
	decision->plan = silenced(lsm_plan_make(decision->verdict, input, case_id), decision->verdict->silent);
	return TRUE;
}

LsmDecision *
lsm_decide(const LsmMessage *message, const LsmEnvelope *envelope, const LsmSettings *settings, LsmDesk *desk,
	   gint64 now)
{
	LsmDecision *decision = g_new0(LsmDecision, 1);
	LsmCheckInput input = {
		.message = message, .envelope = envelope, .settings = settings, .now = now / G_USEC_PER_SEC};
	g_autoptr(GError) error = NULL;

	if (decide(decision, &input, desk, &error))
		return decision;
	lsm_log_error(error, envelope->queue_id, "not-recorded", "message_id", message->message_id, "way",
		      lsm_way_name(decision->recognition->way), NULL);
	decision->unrecorded = TRUE;
	decision->plan = plan_without_record(decision, &input);
	return decision;
}

LsmDecision *
lsm_decide_recorded(const LsmMessage *message, const LsmEnvelope *envelope, const LsmSettings *settings,
		    LsmDesk *desk, gint64 now, GError **error)
{
	g_autoptr(LsmDecision) decision = g_new0(LsmDecision, 1);
	LsmCheckInput input = {
		.message = message, .envelope = envelope, .settings = settings, .now = now / G_USEC_PER_SEC};

	return decide(decision, &input, desk, error) ? g_steal_pointer(&decision) : NULL;
}

gboolean
lsm_decide_list_copy(const LsmCollector *collector, const LsmEnvelope *envelope, LsmDesk *desk)
{
	const char *field = lsm_collector_field(collector, "Message-ID");
	g_autofree char *message_id = g_strdup(field == NULL ? "" : field);
	g_autoptr(GError) error = NULL;
	gboolean known = FALSE;
	gsize length;

	g_strstrip(message_id);
	length = strlen(message_id);
	if (length < 3 || message_id[0] != '<' || message_id[length - 1] != '>')
		return FALSE;
	message_id[length - 1] = '\0';
	if (lsm_desk_list_copy(desk, message_id + 1, &known, &error))
		return known;
	/* Lists are never gated: a desk that is away must not stop a list. */
	lsm_log_error(error, envelope->queue_id, "list-copy-not-counted", "message_id",
		      message_id + 1, NULL);
	return TRUE;
}

gboolean
lsm_decide_is_ours(const LsmMessage *message, const LsmEnvelope *envelope, LsmDesk *desk, GError **error)
{
	g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
	g_auto(GStrv) recipients = NULL;
	gboolean owed = FALSE;

	for (guint i = 0; i < envelope->recipients->len; i++)
		g_strv_builder_add(builder, lsm_envelope_recipient(envelope, i)->address);
	recipients = g_strv_builder_end(builder);
	return lsm_desk_is_owed(desk, message->content, envelope->sender, recipients, &owed, error) && owed;
}
