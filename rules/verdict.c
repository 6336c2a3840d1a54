/*
 * verdict.c - runs the table of rules over one mail and makes one verdict of what they find.
 *
 * Owns findings and verdict. Uses the rules' table, settings and directory; no record, no clock: the same
 * input gives the same verdict in daemon, tool and tests. Any thread; cannot fail.
 */
#include "rules/verdict.h"

#include "conf/address.h"
#include "rules/approval.h"

/* What a set of findings comes to: the effect, and why it is weaker than they ask for. */
typedef struct {
	LsmEffect effect;
	const char *limited;
} Outcome;

static void
finding_free(gpointer data)
{
	LsmFinding *finding = data;

	g_free(finding->detail);
	g_free(finding);
}

void
lsm_verdict_free(LsmVerdict *verdict)
{
	if (verdict == NULL)
		return;
	g_ptr_array_unref(verdict->findings);
	g_ptr_array_unref(verdict->withheld);
	g_free(verdict);
}

/* Effects in force on one way: what comes in is never rejected for content, origin or format (A4, A45, A104),
 * and what went around us is gone already. */
static LsmEffect
effect_on_way(LsmEffect effect, const LsmRecognition *recognition)
{
	if (recognition->outcome != LSM_OUTCOME_STATEMENT)
		return LSM_EFFECT_RECORD;
	switch (recognition->way) {
	case LSM_WAY_OUTGOING:
		return effect;
	case LSM_WAY_INCOMING:
	case LSM_WAY_AROUND:
		return MIN(effect, LSM_EFFECT_COPY);
	case LSM_WAY_DRAFT:
	case LSM_WAY_TOOL:
	case LSM_WAY_LIST:
	case LSM_WAY_OTHER:
		break;
	}
	return LSM_EFFECT_RECORD;
}

/* What a statement without findings gets: people are told of what came in or went around. */
static LsmEffect
effect_at_least(const LsmRecognition *recognition)
{
	gboolean told = recognition->way == LSM_WAY_INCOMING || recognition->way == LSM_WAY_AROUND;

	return effect_on_way(told ? LSM_EFFECT_COPY : LSM_EFFECT_RECORD, recognition);
}

/* FALSE: switched off. */
static gboolean
run_rule(const LsmRule *rule, const LsmCheckInput *input, GPtrArray *findings)
{
	LsmMode mode = lsm_settings_rule_mode(input->settings, rule->id, rule->mode);
	g_autofree char *detail = NULL;
	LsmCheckResult result;
	LsmFinding *finding;

	if (mode == LSM_MODE_OFF)
		return FALSE;
	result = rule->check(input, &detail);
	if (result == LSM_CHECK_FINE)
		return TRUE;
	finding = g_new0(LsmFinding, 1);
	finding->rule = rule;
	finding->detail = g_steal_pointer(&detail);
	finding->unknown = result == LSM_CHECK_UNKNOWN;
	finding->mode = mode;
	finding->effect = effect_on_way(rule->effect_out, input->recognition);
	g_ptr_array_add(findings, finding);
	return TRUE;
}

static GPtrArray *
run_rules(const LsmCheckInput *input, guint *ran_out)
{
	GPtrArray *findings = g_ptr_array_new_with_free_func(finding_free);
	guint set = lsm_rule_set_bit(input->settings->rule_set);
	guint purposes = lsm_rule_purposes(input->statement);
	g_autoptr(LsmMentions) mentions =
		input->settings->documents != NULL ? lsm_mentions_read(input->statement->text) : NULL;
	LsmCheckInput shared = *input;
	guint count;
	const LsmRule *rules = lsm_rule_table(&count);

	/* Settings that name no known set do not pass lsm_rule_check_settings(). */
	if (set == 0)
		set = LSM_SET_BIS_05;
	shared.mentions = mentions;
	for (guint i = 0; i < count; i++) {
		if (lsm_rule_applies(&rules[i], input->recognition->way, set, purposes))
			*ran_out += run_rule(&rules[i], &shared, findings);
	}
	return findings;
}

/* A mail may have as many recipients as the mail server allows, and the record as many that are released. */
static GHashTable *
released_addresses(const LsmFacts *facts)
{
	GHashTable *released = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (guint i = 0; facts->released != NULL && facts->released[i] != NULL; i++)
		g_hash_table_add(released, lsm_address_fold(facts->released[i]));
	return released;
}

/* Recipients that a hold takes away, without those that may have the mail. held_out: how many before that. */
static GPtrArray *
find_withheld(const LsmCheckInput *input, guint *held_out)
{
	GPtrArray *withheld = g_ptr_array_new();
	g_autoptr(GHashTable) released = released_addresses(input->facts);

	*held_out = 0;
	for (guint i = 0; i < input->envelope->recipients->len; i++) {
		const LsmRecipient *recipient = lsm_envelope_recipient(input->envelope, i);
		g_autofree char *key = lsm_address_fold(recipient->address);

		if (!lsm_recipient_is_withheld(input->settings, recipient->address))
			continue;
		++*held_out;
		if (!g_hash_table_contains(released, key))
			g_ptr_array_add(withheld, (gpointer)recipient);
	}
	return withheld;
}

gboolean
lsm_verdict_is_released(const LsmCheckInput *input)
{
	guint held;
	g_autoptr(GPtrArray) withheld = find_withheld(input, &held);

	return held > 0 && (withheld->len == 0 || input->facts->approved_in_advance);
}

/* Attachments of these types hold no metadata of a statement. */
static const char *const no_documents[] = {
	"image/",
	"audio/",
	"video/",
	"application/pgp-signature",
	"application/pkcs7-signature",
	"application/x-pkcs7-signature",
};

static gboolean
is_document(const LsmAttachment *attachment)
{
	g_autofree char *type =
		g_ascii_strdown(attachment->declared_type != NULL ? attachment->declared_type : "", -1);

	for (guint i = 0; i < G_N_ELEMENTS(no_documents); i++) {
		if (g_str_has_prefix(type, no_documents[i]))
			return FALSE;
	}
	return TRUE;
}

static gboolean
has_document(const LsmMessage *message)
{
	for (guint i = 0; i < message->attachments->len; i++) {
		if (is_document(g_ptr_array_index(message->attachments, i)))
			return TRUE;
	}
	return FALSE;
}

/* Mostly the metadata is in the attachment and the covering mail says "please find enclosed" (DESIGN section
 * 4). Whoever wrote our block has said that it stands there. */
static gboolean
is_partly_read(const LsmCheckInput *input)
{
	if (input->message->truncated || input->message->unreadable ||
	    lsm_recognition_has_unreadable(input->recognition))
		return TRUE;
	return !input->statement->has_opening_line && has_document(input->message);
}

static LsmEffect
strongest(const GPtrArray *findings, LsmMode least_mode, gboolean spare_absences)
{
	LsmEffect effect = LSM_EFFECT_RECORD;

	for (guint i = 0; i < findings->len; i++) {
		const LsmFinding *finding = g_ptr_array_index(findings, i);
		gboolean spared =
			spare_absences && finding->rule->is_absence && finding->effect == LSM_EFFECT_REJECT;

		if (finding->mode >= least_mode)
			effect = MAX(effect, spared ? LSM_EFFECT_NOTE : finding->effect);
	}
	return effect;
}

static void
weaken(Outcome *outcome, LsmEffect most, const char *why)
{
	if (outcome->effect <= most)
		return;
	outcome->effect = most;
	if (outcome->limited == NULL)
		outcome->limited = why;
}

/* Limits on taking a mail away from somebody. What the record released was judged when it was released. */
static void
limit_intervention(Outcome *outcome, const LsmCheckInput *input, const LsmVerdict *verdict)
{
	if (outcome->effect < LSM_EFFECT_REDIRECT)
		return;
	if (lsm_verdict_is_released(input))
		weaken(outcome, LSM_EFFECT_NOTE, "released");
	if (!input->recognition->certain)
		weaken(outcome, LSM_EFFECT_NOTE, "uncertain");
	if (!input->facts->may_intervene)
		weaken(outcome, LSM_EFFECT_NOTE, "interventions");
	if (outcome->effect == LSM_EFFECT_REDIRECT && verdict->withheld->len == 0)
		outcome->effect = LSM_EFFECT_NOTE;
}

/* What the findings of rules in this mode or a stronger one come to, the global mode aside. */
static Outcome
settle(const LsmCheckInput *input, const LsmVerdict *verdict, LsmMode least_mode)
{
	const LsmRecognition *recognition = input->recognition;
	LsmEffect least = effect_at_least(recognition);
	Outcome outcome = {MAX(least, strongest(verdict->findings, least_mode, FALSE)), NULL};

	if (recognition->opted_out || input->facts->opted_out)
		weaken(&outcome, LSM_EFFECT_RECORD, "opted-out");
	if (is_partly_read(input))
		weaken(&outcome, MAX(least, strongest(verdict->findings, least_mode, TRUE)), "unreadable");
	limit_intervention(&outcome, input, verdict);
	if (recognition->way == LSM_WAY_AROUND && !recognition->verified)
		weaken(&outcome, LSM_EFFECT_RECORD, "unverified");
	return outcome;
}

static gboolean
is_approved(const LsmCheckInput *input)
{
	LsmWay way = input->recognition->way;
	g_autoptr(GPtrArray) steps = NULL;

	if (way != LSM_WAY_OUTGOING && way != LSM_WAY_AROUND)
		return TRUE;
	steps = lsm_approval_steps(input->recognition, input->settings, input->now);
	return lsm_approval_is_complete(steps) || lsm_verdict_is_released(input);
}

/* Where only some rules are enforced, the others have been heard for `would` alone. */
static void
keep_to_listed_rules(GPtrArray *findings, const LsmSettings *settings)
{
	for (guint i = 0; i < findings->len; i++) {
		LsmFinding *finding = g_ptr_array_index(findings, i);

		finding->mode = lsm_scope_rule_mode(settings, finding->rule->id, finding->rule->mode);
	}
}

LsmVerdict *
lsm_verdict_judge(const LsmCheckInput *input)
{
	LsmVerdict *verdict = g_new0(LsmVerdict, 1);
	Outcome outcome;
	guint held;

	verdict->findings = run_rules(input, &verdict->ran);
	verdict->withheld =
		input->recognition->way == LSM_WAY_OUTGOING ? find_withheld(input, &held) : g_ptr_array_new();
	verdict->certain = input->recognition->certain;
	verdict->approved = is_approved(input);
	verdict->scope = lsm_scope_decide(input, verdict->findings);
	verdict->silent = !verdict->scope.is_enforced;
	if (!verdict->silent)
		keep_to_listed_rules(verdict->findings, input->settings);
	verdict->would = settle(input, verdict, LSM_MODE_OBSERVE).effect;
	outcome = settle(input, verdict, LSM_MODE_ENFORCE);
	/* Only what enforcing would do and observing does not is the mode's doing. */
	if (outcome.effect < verdict->would && outcome.limited == NULL)
		outcome.limited = "observe";
	if (verdict->silent)
		weaken(&outcome, LSM_EFFECT_RECORD, "observe");
	verdict->effect = outcome.effect;
	verdict->limited = outcome.limited;
	return verdict;
}
