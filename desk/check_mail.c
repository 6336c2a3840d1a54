/*
 * check_mail.c - tries a statement: who asks, as what it is judged, what the answer says.
 *
 * Owns nothing; runs in the gate, any thread. The judgement is decide.c's, behind a desk that answers from
 * the record and puts nothing on it. The desk's own part is check_answer.c:
 *
 *   {"to":"chair@example.org","message_id":"...","values":{"verdict":"...","findings":"...","block":"...",
 * ...}}
 */
#include "desk/check_mail.h"

#include <string.h>

#include "desk/door.h"
#include "desk/json.h"
#include "desk/report.h"
#include "desk/submission.h"
#include "rules/approval.h"
#include "rules/authres.h"
#include "rules/guidance.h"

#define MOST_RECIPIENTS 100

const char *
lsm_checked_name(LsmChecked checked)
{
	static const char *const names[] = {
		[LSM_CHECKED_ANSWERED] = "answered", [LSM_CHECKED_SILENT] = "silent",
		[LSM_CHECKED_UNPROVED] = "unproved", [LSM_CHECKED_TOO_MANY] = "too-many",
		[LSM_CHECKED_FAILED] = "failed",
	};

	return names[checked];
}

/* --- a desk that only knows --- */

typedef struct {
	LsmDesk base;
	LsmDesk *desk;
} AskingDesk;

static gboolean
ask_only(LsmDesk *desk, const char *operation, JsonObject *args, GBytes *content, JsonObject **answer_out,
	 GError **error)
{
	LsmDesk *real = ((AskingDesk *)desk)->desk;

	if (strcmp(operation, "record") != 0)
		return real->class->call(real, operation, args, content, answer_out, error);
	*answer_out = json_object_new();
	lsm_json_set(*answer_out, "id", "none");
	return TRUE;
}

static void
forget(LsmDesk *desk)
{
	(void)desk;
}

/* --- who asks --- */

/* Where the answer goes; NULL when nothing proves it. login_out: under which login it is judged. */
static const char *
find_author(const LsmMessage *message, const LsmEnvelope *envelope, const LsmSettings *settings,
	    const char **login_out)
{
	const LsmDirectory *directory = settings->directory;
	const char *from = lsm_message_from_address(message);
	const LsmPerson *person;

	if (envelope->login != NULL) {
		person = lsm_directory_find_login(directory, envelope->login);
		*login_out = envelope->login;
		if (person != NULL && !lsm_address_in_list(from, person->addresses))
			from = person->addresses[0];
		return person != NULL ? from : lsm_address_is_valid(envelope->login) ? envelope->login : NULL;
	}
	if (!lsm_address_is_valid(from) || !lsm_authres_proves_from(message, settings, NULL))
		return NULL;
	person = lsm_directory_find_person(directory, from);
	*login_out = person != NULL && person->logins[0] != NULL ? person->logins[0] : from;
	return from;
}

/* --- as what it is judged --- */

static void
add_recipients(LsmEnvelope *trial, const GPtrArray *addresses, const LsmSettings *settings)
{
	for (guint i = 0; addresses != NULL && i < addresses->len && trial->recipients->len < MOST_RECIPIENTS;
	     i++) {
		const char *address = ((const LsmAddress *)g_ptr_array_index(addresses, i))->address;

		if (address != NULL && lsm_address_is_valid(address) && !lsm_door_is_check(settings, address))
			lsm_envelope_add_recipient(trial, address);
	}
}

static gboolean
leaves_home(const LsmEnvelope *trial, const LsmSettings *settings)
{
	for (guint i = 0; i < trial->recipients->len; i++) {
		if (lsm_recipient_is_outside(settings, lsm_envelope_recipient(trial, i)->address))
			return TRUE;
	}
	return FALSE;
}

/* Nobody outside is named yet: what the statement says itself counts, as for one that is handed in at the
 * desk. */
static void
add_own_addressees(LsmEnvelope *trial, const LsmMessage *message, const LsmSettings *settings, gint64 now)
{
	g_autoptr(LsmRecognition) recognition = lsm_recognise(message, trial, settings, now / G_USEC_PER_SEC);
	g_auto(GStrv) addressees = NULL;

	if (recognition->statement == NULL)
		return;
	addressees = lsm_submission_addressees(recognition);
	for (guint i = 0; addressees[i] != NULL && i < MOST_RECIPIENTS; i++)
		lsm_envelope_add_recipient(trial, addressees[i]);
}

static LsmEnvelope *
make_trial(const LsmMessage *message, const LsmEnvelope *envelope, const char *login,
	   const LsmSettings *settings, gint64 now)
{
	LsmEnvelope *trial = lsm_envelope_new(envelope->sender);

	trial->login = g_strdup(login);
	trial->queue_id = g_strdup(envelope->queue_id);
	trial->client_address = g_strdup(envelope->client_address);
	trial->client_name = g_strdup(envelope->client_name);
	add_recipients(trial, message->to, settings);
	add_recipients(trial, message->cc, settings);
	if (!leaves_home(trial, settings))
		add_own_addressees(trial, message, settings, now);
	return trial;
}

/* --- what the answer says --- */

/* What would happen: a word for the subject, and a sentence. */
typedef struct {
	const char *word;
	char *sentence;
} Outcome;

static char *
approvers_sentence(const LsmCheckInput *input)
{
	g_autoptr(GPtrArray) steps = lsm_approval_steps(input->recognition, input->settings, input->now);
	g_autofree char *who = lsm_approval_missing_text(steps);

	return g_strdup_printf(
		"Sent as it is, it would be kept until %s approves; those who can are asked at once, and "
		"you need not do anything more.",
		*who != '\0' ? who : "somebody entitled");
}

static gboolean
has_unheard(const LsmVerdict *verdict)
{
	for (guint i = 0; i < verdict->findings->len; i++) {
		if (((const LsmFinding *)g_ptr_array_index(verdict->findings, i))->mode == LSM_MODE_ENFORCE)
			return TRUE;
	}
	return FALSE;
}

static Outcome
outcome_of_outgoing(const LsmVerdict *verdict, const LsmCheckInput *input)
{
	switch (verdict->effect) {
	case LSM_EFFECT_REJECT:
		return (Outcome){"Would be refused",
				 g_strdup("Sent as it is, it would be refused, and nobody would get it.")};
	case LSM_EFFECT_REDIRECT:
		return (Outcome){"Would wait for approval", approvers_sentence(input)};
	default:
		break;
	}
	if (!verdict->certain)
		return (Outcome){"Not sure",
				 g_strdup("It may be a liaison statement. Sent as it is, it would go out at "
					  "once, and you would be asked whether it is one.")};
	if (has_unheard(verdict))
		return (Outcome){"Would go out",
				 g_strdup("Sent as it is, it would go out at once. Better mend first "
					  "what is named below.")};
	return (Outcome){"All is well",
			 g_strdup("Sent as it is, it would go out at once. Nothing is missing.")};
}

static Outcome
outcome_of(const LsmDecision *decision, const LsmCheckInput *input)
{
	if (decision->recognition->opted_out)
		return (Outcome){"Ordinary mail",
				 g_strdup("It says itself that it is no liaison statement, and would "
					  "pass like any other mail.")};
	if (decision->verdict == NULL)
		return (Outcome){"No statement",
				 g_strdup("It does not look like a liaison statement: sent as it is, it "
					  "would pass like any other mail. If it is meant to be one, "
					  "put the block below on top of the text.")};
	if (decision->recognition->way == LSM_WAY_OUTGOING)
		return outcome_of_outgoing(decision->verdict, input);
	return (Outcome){"Would be recorded",
			 g_strdup("It is a liaison statement, but it goes to no other body: sent as "
				  "it is, it would only be put on record.")};
}

static char *
recipients_text(const LsmEnvelope *trial)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < trial->recipients->len; i++)
		g_string_append_printf(text, "%s%s", i > 0 ? ", " : "",
				       lsm_envelope_recipient(trial, i)->address);
	return g_string_free(text, FALSE);
}

static void
take(JsonObject *values, const char *name, char *text)
{
	lsm_json_set(values, name, text);
	g_free(text);
}

static JsonObject *
make_values(const LsmDecision *decision, const LsmCheckInput *input)
{
	JsonObject *values = json_object_new();
	Outcome outcome = outcome_of(decision, input);

	lsm_json_set(values, "verdict", outcome.word);
	take(values, "outcome", outcome.sentence);
	lsm_json_set(values, "subject", input->message->subject != NULL ? input->message->subject : "");
	lsm_json_set(values, "check", input->settings->check_address);
	lsm_json_set(values, "contact", lsm_directory_liaison_contact(input->settings->directory));
	take(values, "recipients",
	     input->envelope->recipients->len > 0 ? recipients_text(input->envelope)
						  : g_strdup("nobody yet"));
	if (decision->verdict != NULL) {
		take(values, "gaps", lsm_guidance_gaps(decision->verdict, input));
		take(values, "remarks", lsm_guidance_remarks(decision->verdict, input));
	}
	take(values, "where", lsm_guidance_where(input));
	take(values, "block", lsm_guidance_block(input));
	return values;
}

static JsonObject *
describe(const LsmDecision *decision, const LsmMessage *message, const LsmEnvelope *trial,
	 const LsmSettings *settings, const char *to, gint64 now)
{
	g_autoptr(LsmStatement) empty = lsm_statement_new("none");
	const LsmStatement *statement = decision->recognition->statement;
	const LsmCheckInput input = {.message = message,
				     .envelope = trial,
				     .recognition = decision->recognition,
				     .statement = statement != NULL ? statement : empty,
				     .facts = decision->facts,
				     .settings = settings,
				     .now = now / G_USEC_PER_SEC};
	JsonObject *args = json_object_new();

	lsm_json_set(args, "to", to);
	lsm_json_set(args, "message_id", message->message_id);
	json_object_set_object_member(args, "values", make_values(decision, &input));
	return args;
}

/* --- the whole --- */

static LsmChecked
judge_and_answer(const LsmMessage *message, LsmEnvelope *trial, const LsmSettings *settings, LsmDesk *desk,
		 const char *to, gint64 now, GError **error)
{
	static const LsmDeskClass class = {ask_only, forget};
	AskingDesk asking = {.base = {.class = &class, .without_record = desk->without_record}, .desk = desk};
	g_autoptr(LsmDecision) decision = NULL;
	g_autoptr(JsonObject) args = NULL;
	gboolean is_sent = FALSE;

	decision = lsm_decide_recorded(message, trial, settings, &asking.base, now, error);
	if (decision == NULL)
		return LSM_CHECKED_FAILED;
	args = describe(decision, message, trial, settings, to, now);
	if (!lsm_desk_check_answer(desk, args, &is_sent, error))
		return LSM_CHECKED_FAILED;
	return is_sent ? LSM_CHECKED_ANSWERED : LSM_CHECKED_TOO_MANY;
}

LsmChecked
lsm_check_mail(const LsmMessage *message, const LsmEnvelope *envelope, const LsmSettings *settings,
	       LsmDesk *desk, gint64 now, GError **error)
{
	g_autoptr(LsmEnvelope) trial = NULL;
	const char *login = NULL;
	const char *to;

	if (lsm_report_automatic(message, envelope) != NULL)
		return LSM_CHECKED_SILENT;
	to = find_author(message, envelope, settings, &login);
	if (to == NULL || lsm_door_is_check(settings, to))
		return LSM_CHECKED_UNPROVED;
	trial = make_trial(message, envelope, login, settings, now);
	return judge_and_answer(message, trial, settings, desk, to, now, error);
}

/* --- what the mail server is told --- */

/* To add an outcome that refuses: a row. */
static const struct {
	LsmChecked checked;
	const char *code, *status, *text;
} refusals[] = {
	{LSM_CHECKED_UNPROVED, "550", "5.7.1",
	 "Not checked: nothing proves who sent this, so an answer could reach somebody else. Send it with a "
	 "login "
	 "at our mail server, or from a domain whose DMARC or DKIM passes there."},
	{LSM_CHECKED_TOO_MANY, "550", "5.7.1",
	 "Not checked: this address had as many answers as it can get within an hour. Try again later."},
	{LSM_CHECKED_FAILED, "451", "4.3.0",
	 "Not checked now: the liaison desk cannot answer. Try again later, as mail servers do by "
	 "themselves."},
};

LsmPlan *
lsm_check_plan(LsmChecked checked, const LsmSettings *settings)
{
	g_autofree char *contact =
		lsm_guidance_one_line(lsm_directory_liaison_contact(settings->directory), 256);
	LsmPlan *plan = NULL;

	for (guint i = 0; plan == NULL && i < G_N_ELEMENTS(refusals); i++) {
		g_autoptr(GStrvBuilder) lines = NULL;

		if (refusals[i].checked != checked)
			continue;
		lines = g_strv_builder_new();
		g_strv_builder_add(lines, refusals[i].text);
		if (*contact != '\0') {
			g_autofree char *questions =
				g_strdup_printf("Nobody has received it. Questions: %s.", contact);

			g_strv_builder_add(lines, questions);
		}
		plan = lsm_plan_new(checked == LSM_CHECKED_FAILED ? LSM_REPLY_TEMPFAIL : LSM_REPLY_REJECT);
		plan->reply_lines = g_strv_builder_end(lines);
		plan->reply_code = refusals[i].code;
		plan->reply_status = refusals[i].status;
	}
	return plan != NULL ? plan : lsm_plan_new(LSM_REPLY_DISCARD);
}
