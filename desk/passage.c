/*
 * passage.c - builds the record's JSON of one judged mail. Pure; owns nothing; any thread.
 */
#include "desk/passage.h"

#include <string.h>

#include "desk/audience.h"
#include "desk/json.h"
#include "desk/request.h"
#include "rules/approval.h"
#include "rules/guidance.h"

#define MOST_REFERENCES 10 /* the last ones: the nearest mails of the thread */

static void
add_candidate(GString *lines, const char *text)
{
	if (text != NULL && *text != '\0' && strpbrk(text, "\r\n") == NULL)
		g_string_append_printf(lines, "%s%s", lines->len == 0 ? "" : "\n", text);
}

/* Their numbers are on record behind their name: "ITU-T SG15-LS123". */
static void
add_reference(GString *lines, const char *text, char *const *to)
{
	add_candidate(lines, text);
	for (guint i = 0; to[i] != NULL && i < 4; i++) {
		g_autofree char *number = g_strdup_printf("%s %s", to[i], text);
		add_candidate(lines, number);
	}
}

/* What this statement may be the answer to, the surest first; NULL: nothing. */
static char *
answer_candidates(const LsmMessage *message, const LsmStatement *statement, char *const *to)
{
	GString *lines = g_string_new(NULL);
	g_auto(GStrv) named = lsm_statement_list(statement, LSM_FIELD_IN_RESPONSE_TO);
	guint count = message->references == NULL ? 0 : g_strv_length(message->references);

	for (guint i = 0; named[i] != NULL && i < 4; i++)
		add_reference(lines, named[i], to);
	add_candidate(lines, message->in_reply_to);
	for (guint i = count; i > 0 && count - i < MOST_REFERENCES; i--)
		add_candidate(lines, message->references[i - 1]);
	return g_string_free(lines, lines->len == 0);
}

LsmPassageKeys *
lsm_passage_keys_new(const LsmMessage *message, const LsmRecognition *recognition)
{
	LsmPassageKeys *keys = g_new0(LsmPassageKeys, 1);
	const LsmStatement *statement = recognition->statement;
	g_auto(GStrv) from = lsm_passage_from_names(recognition);
	g_auto(GStrv) to = lsm_passage_to_names(recognition);
	const char *document = lsm_statement_first(statement, LSM_FIELD_DOCUMENT);

	keys->text = lsm_message_text_digest(message, from, to);
	/* Theirs only: a number that our own sender writes must not join other content to what was approved.
	 */
	if (document != NULL && from[0] != NULL && recognition->from_bodies->len == 0)
		keys->document = g_strdup_printf("%s %s", from[0], document);
	keys->keys.identity = message->identity;
	keys->keys.text = keys->text;
	keys->keys.message_id = message->message_id;
	keys->keys.document = keys->document;
	keys->answers = answer_candidates(message, statement, to);
	keys->keys.answers = keys->answers;
	keys->keys.by_message_id = recognition->way == LSM_WAY_LIST;
	return keys;
}

void
lsm_passage_keys_free(LsmPassageKeys *keys)
{
	if (keys == NULL)
		return;
	g_free(keys->text);
	g_free(keys->document);
	g_free(keys->answers);
	g_free(keys);
}

static char **
party_names(const GPtrArray *bodies, const GPtrArray *organizations, const LsmStatement *statement,
	    LsmFieldId field)
{
	g_autoptr(GStrvBuilder) names = g_strv_builder_new();
	guint known = 0;

	for (guint i = 0; bodies != NULL && i < bodies->len; i++, known++) {
		const LsmBody *body = g_ptr_array_index(bodies, i);
		g_autofree char *name = g_ascii_strup(body->acronym, -1);
		g_strv_builder_add(names, name);
	}
	for (guint i = 0; organizations != NULL && i < organizations->len; i++, known++) {
		const LsmOrganization *organization = g_ptr_array_index(organizations, i);
		g_strv_builder_add(names, organization->name);
	}
	return known > 0 ? g_strv_builder_end(names) : lsm_statement_list(statement, field);
}

char **
lsm_passage_from_names(const LsmRecognition *recognition)
{
	return party_names(recognition->from_bodies, recognition->from_organizations, recognition->statement,
			   LSM_FIELD_FROM);
}

char **
lsm_passage_to_names(const LsmRecognition *recognition)
{
	return party_names(recognition->to_bodies, recognition->to_organizations, recognition->statement,
			   LSM_FIELD_TO);
}

/* --- which event and state a judged mail leads to --- */

typedef struct {
	const char *type;
	const char *state;
} Outcome;

/* What happens to outgoing mail by its effect; the other ways are only recorded. */
static Outcome
outgoing_outcome(const LsmVerdict *verdict)
{
	if (verdict->effect == LSM_EFFECT_REJECT)
		return (Outcome){"rejected", "rejected"};
	if (verdict->effect == LSM_EFFECT_REDIRECT)
		return (Outcome){"redirected", "pending"};
	if (!verdict->certain && !verdict->silent)
		return (Outcome){"passed", "unsure"};
	return (Outcome){"passed", "passed"};
}

static Outcome
outcome_of(const LsmVerdict *verdict, const LsmRecognition *recognition)
{
	if (recognition->opted_out)
		return (Outcome){"not-a-statement", "not-a-statement"};
	switch (recognition->way) {
	case LSM_WAY_OUTGOING:
		return outgoing_outcome(verdict);
	case LSM_WAY_INCOMING:
		return (Outcome){"seen", "unconfirmed"};
	case LSM_WAY_AROUND:
		return (Outcome){"seen", recognition->verified ? "around" : "recorded"};
	case LSM_WAY_DRAFT:
		return (Outcome){"drafted", "draft"};
	case LSM_WAY_LIST:
		/* A post from elsewhere that we meet only as a list copy still waits for a person. */
		return (Outcome){"seen", recognition->from_bodies->len > 0 ? "recorded" : "unconfirmed"};
	case LSM_WAY_TOOL:
	case LSM_WAY_OTHER:
		break;
	}
	return (Outcome){"seen", "recorded"};
}

static const char *
short_way(LsmWay way)
{
	switch (way) {
	case LSM_WAY_OUTGOING:
		return "out";
	case LSM_WAY_INCOMING:
		return "in";
	default:
		return lsm_way_name(way);
	}
}

static void
set_recipients(JsonObject *object, const char *name, const GPtrArray *recipients)
{
	JsonArray *array = json_array_new();

	for (guint i = 0; recipients != NULL && i < recipients->len; i++)
		json_array_add_string_element(array,
					      ((LsmRecipient *)g_ptr_array_index(recipients, i))->address);
	json_object_set_array_member(object, name, array);
}

static void
set_list(JsonObject *object, const char *name, char **list)
{
	lsm_json_set_strings(object, name, (const char *const *)list);
	g_strfreev(list);
}

static JsonObject *
public_members(const LsmVerdict *verdict, const LsmCheckInput *input, Outcome outcome)
{
	JsonObject *public = json_object_new();
	JsonArray *rules = json_array_new();

	for (guint i = 0; i < verdict->findings->len; i++) {
		const LsmFinding *finding = g_ptr_array_index(verdict->findings, i);
		json_array_add_string_element(rules, finding->rule->id);
	}
	json_object_set_array_member(public, "rules", rules);
	lsm_json_set(public, "state", outcome.state);
	lsm_json_set(public, "way", short_way(input->recognition->way));
	lsm_json_set(public, "verdict", lsm_effect_name(verdict->effect));
	lsm_json_set(public, "would", lsm_effect_name(verdict->would));
	lsm_json_set(public, "limited", verdict->limited);
	lsm_json_set(public, "rule_set", input->settings->rule_set);
	lsm_json_set(public, "form", input->statement->form);
	lsm_json_set(public, "metadata", lsm_metadata_place_name(input->recognition->metadata));
	if (verdict->silent)
		json_object_set_boolean_member(public, "observed", TRUE);
	if (input->recognition->way == LSM_WAY_AROUND && !input->recognition->verified)
		json_object_set_boolean_member(public, "unverified", TRUE);
	return public;
}

static char **
missing_approvers(const LsmCheckInput *input)
{
	g_autoptr(GPtrArray) steps = lsm_approval_steps(input->recognition, input->settings, input->now);

	return lsm_approval_missing_addresses(steps);
}

/* Recipients outside that this passage lets through: they may get this content again. */
static GPtrArray *
let_through(const LsmVerdict *verdict, const LsmCheckInput *input)
{
	GPtrArray *passed = g_ptr_array_new();
	const GPtrArray *all = input->envelope->recipients;

	if (verdict->effect == LSM_EFFECT_REJECT || input->recognition->way != LSM_WAY_OUTGOING)
		return passed;
	for (guint i = 0; i < all->len; i++) {
		LsmRecipient *recipient = g_ptr_array_index(all, i);
		if (lsm_recipient_is_withheld(input->settings, recipient->address) &&
		    !(verdict->effect == LSM_EFFECT_REDIRECT &&
		      g_ptr_array_find(verdict->withheld, recipient, NULL)))
			g_ptr_array_add(passed, recipient);
	}
	return passed;
}

/* Where the authenticated submitter reads mail. Nobody else is written to: an address in a From: field proves
 * nothing. */
static const char *
submitter_address(const LsmCheckInput *input)
{
	const LsmPerson *person = input->recognition->submitter;

	if (person != NULL && person->addresses[0] != NULL)
		return person->addresses[0];
	if (input->envelope->login != NULL && lsm_address_is_valid(input->envelope->login))
		return input->envelope->login;
	return NULL;
}

/* Whom notices about it may go to: who has logged in, or the From field where that is proved for it alone. */
static const char *
author_address(const LsmCheckInput *input)
{
	const LsmRecognition *recognition = input->recognition;
	const char *from = lsm_message_from_address(input->message);

	if (input->envelope->login != NULL || recognition->way == LSM_WAY_OUTGOING)
		return submitter_address(input);
	if (!recognition->verified || recognition->way == LSM_WAY_TOOL || recognition->way == LSM_WAY_LIST)
		return NULL;
	return lsm_address_is_valid(from) ? from : NULL;
}

static JsonObject *
private_members(const LsmVerdict *verdict, const LsmCheckInput *input)
{
	JsonObject *private = json_object_new();
	const LsmStatement *statement = input->statement;
	g_autoptr(GPtrArray) passed = let_through(verdict, input);

	set_list(private, "from", lsm_passage_from_names(input->recognition));
	set_list(private, "to", lsm_passage_to_names(input->recognition));
	set_list(private, "purposes", lsm_statement_list(statement, LSM_FIELD_PURPOSE));
	lsm_json_set(private, "deadline", lsm_statement_first(statement, LSM_FIELD_DEADLINE));
	lsm_json_set(private, "subject", lsm_statement_first(statement, LSM_FIELD_SUBJECT));
	lsm_json_set(private, "reply_to", lsm_statement_first(statement, LSM_FIELD_SEND_REPLY_TO));
	set_list(private, "to_contacts", lsm_statement_list(statement, LSM_FIELD_TO_CONTACT));
	set_list(private, "numbers", lsm_statement_list(statement, LSM_FIELD_DOCUMENT));
	lsm_json_set(private, "message_id", input->message->message_id);
	lsm_json_set(private, "sender", input->envelope->sender);
	lsm_json_set(private, "from_address", lsm_message_from_address(input->message));
	lsm_json_set(private, "login", input->envelope->login);
	lsm_json_set(private, "author", author_address(input));
	lsm_json_set(private, "queue_id", input->envelope->queue_id);
	lsm_json_set(private, "digest", input->message->content);
	set_recipients(private, "doors", input->envelope->recipients);
	if (verdict->effect == LSM_EFFECT_REDIRECT) {
		set_recipients(private, "withheld", verdict->withheld);
		set_list(private, "approvers", missing_approvers(input));
	} else if (input->recognition->way == LSM_WAY_AROUND) {
		set_list(private, "approvers", missing_approvers(input));
	}
	/* Absent, not empty: a passage that lets nobody through must not settle what it withholds. */
	if (passed->len > 0)
		set_recipients(private, "released", passed);
	return private;
}

/* --- mails --- */

static void
take_text(JsonObject *vars, const char *name, char *text)
{
	lsm_json_set(vars, name, text);
	g_free(text);
}

static void
take_joined(JsonObject *vars, const char *name, char **list)
{
	take_text(vars, name, g_strjoinv(", ", list));
	g_strfreev(list);
}

static gboolean
is_in_header(const LsmMessage *message, const char *address)
{
	const GPtrArray *const fields[] = {message->to, message->cc};

	for (guint i = 0; i < G_N_ELEMENTS(fields); i++) {
		for (guint k = 0; fields[i] != NULL && k < fields[i]->len; k++) {
			const LsmAddress *named = g_ptr_array_index(fields[i], k);
			if (lsm_address_equal(named->address, address))
				return TRUE;
		}
	}
	return FALSE;
}

/* Those whom the header names, and how many others: a blind copy is shown to nobody. */
static char **
shown_addresses(const GPtrArray *recipients, const LsmMessage *message)
{
	g_autoptr(GStrvBuilder) list = g_strv_builder_new();
	guint hidden = 0;

	for (guint i = 0; recipients != NULL && i < recipients->len; i++) {
		const LsmRecipient *recipient = g_ptr_array_index(recipients, i);
		if (is_in_header(message, recipient->address))
			g_strv_builder_add(list, recipient->address);
		else
			hidden++;
	}
	if (hidden > 0) {
		g_autofree char *more = g_strdup_printf("%u not named in To or Cc", hidden);
		g_strv_builder_add(list, more);
	}
	return g_strv_builder_end(list);
}

static char *
evidence_text(const LsmRecognition *recognition)
{
	GString *text = g_string_new(NULL);

	if (recognition->evidence->len == 0)
		g_string_append(text, "  none\n");
	for (guint i = 0; i < recognition->evidence->len; i++) {
		const LsmEvidence *evidence = g_ptr_array_index(recognition->evidence, i);
		g_string_append_printf(text, "  %+3d  %s\n", evidence->weight, evidence->what);
	}
	return g_string_free(text, FALSE);
}

/* Where no approver is known, the liaison contact has to find one. */
static char *
approvers_text(const LsmCheckInput *input)
{
	g_autoptr(GPtrArray) steps = lsm_approval_steps(input->recognition, input->settings, input->now);
	g_autofree char *text = lsm_approval_missing_text(steps);

	if (text == NULL || *text == '\0')
		return g_strdup(lsm_directory_liaison_contact(input->settings->directory));
	return g_steal_pointer(&text);
}

/* The values every text may use; see conf/guidance/. */
static JsonObject *
text_vars(const LsmVerdict *verdict, const LsmCheckInput *input)
{
	JsonObject *vars = json_object_new();
	const LsmStatement *statement = input->statement;
	const char *deadline = lsm_statement_first(statement, LSM_FIELD_DEADLINE);
	const char *subject = lsm_statement_first(statement, LSM_FIELD_SUBJECT);
	g_autoptr(GDateTime) now = g_date_time_new_from_unix_utc(input->now);

	take_joined(vars, "from", lsm_passage_from_names(input->recognition));
	take_joined(vars, "to", lsm_passage_to_names(input->recognition));
	take_joined(vars, "purpose", lsm_statement_list(statement, LSM_FIELD_PURPOSE));
	if (*lsm_json_get(vars, "purpose", "") == '\0')
		lsm_json_set(vars, "purpose", "none found");
	take_joined(vars, "withheld", shown_addresses(verdict->withheld, input->message));
	take_joined(vars, "recipients", shown_addresses(input->envelope->recipients, input->message));
	take_joined(vars, "doors", shown_addresses(input->envelope->recipients, input->message));
	lsm_json_set(vars, "deadline", deadline == NULL ? "none found" : deadline);
	lsm_json_set(vars, "subject", subject == NULL ? "(no subject)" : subject);
	lsm_json_set(vars, "sender", lsm_message_from_address(input->message));
	lsm_json_set(vars, "contact", lsm_directory_liaison_contact(input->settings->directory));
	lsm_json_set(vars, "home", lsm_directory_home_name(input->settings->directory));
	take_text(vars, "findings", lsm_guidance_findings(verdict, input));
	take_text(vars, "gaps", lsm_guidance_gaps(verdict, input));
	take_text(vars, "remarks", lsm_guidance_remarks(verdict, input));
	take_text(vars, "where", lsm_guidance_where(input));
	take_text(vars, "trial", lsm_guidance_trial(input->settings));
	take_text(vars, "block", lsm_guidance_block(input));
	take_text(vars, "approvers", approvers_text(input));
	take_text(vars, "evidence", evidence_text(input->recognition));
	take_text(vars, "date", g_date_time_format(now, "%Y-%m-%d %H:%M UTC"));
	lsm_request_add_values(vars, verdict, input);
	return vars;
}

static void
add_mail(JsonArray *mails, const char *kind, char *const *to, gboolean attach, JsonObject *vars)
{
	JsonObject *mail;

	if (to == NULL || to[0] == NULL)
		return;
	mail = json_object_new();
	lsm_json_set(mail, "kind", kind);
	lsm_json_set_strings(mail, "to", (const char *const *)to);
	json_object_set_boolean_member(mail, "attach", attach);
	json_object_set_object_member(mail, "vars", json_object_ref(vars));
	json_array_add_object_element(mails, mail);
}

static void
add_redirect_mails(JsonArray *mails, const LsmCheckInput *input, char *const *submitter, char *const *contact,
		   JsonObject *vars)
{
	g_auto(GStrv) approvers = missing_approvers(input);
	gboolean contact_is_approver = lsm_address_in_list(contact[0], approvers);

	add_mail(mails, "held", submitter, FALSE, vars);
	add_mail(mails, "request", approvers, TRUE, vars);
	if (!contact_is_approver)
		add_mail(mails, "request", contact, TRUE, vars);
}

static void
add_around_mails(JsonArray *mails, const LsmCheckInput *input, char *const *contact, JsonObject *vars)
{
	const char *from = lsm_message_from_address(input->message);
	char *const sender[] = {(char *)from, NULL};
	g_auto(GStrv) approvers = missing_approvers(input);

	if (!input->recognition->verified)
		return;
	add_mail(mails, "around", *from == '\0' ? NULL : sender, FALSE, vars);
	add_mail(mails, "authority", approvers, TRUE, vars);
	if (!lsm_address_in_list(contact[0], approvers))
		add_mail(mails, "authority", contact, TRUE, vars);
}

static gboolean
is_told(const LsmCheckInput *input, const char *class)
{
	return g_strv_contains((const char *const *)input->settings->notices, class);
}

static char **
take_addresses(GPtrArray *list)
{
	g_autoptr(GStrvBuilder) addresses = g_strv_builder_new();

	for (guint i = 0; i < list->len; i++)
		g_strv_builder_add(addresses, list->pdata[i]);
	g_ptr_array_unref(list);
	return g_strv_builder_end(addresses);
}

/* P7: the coordinators; A49: the other organization's manager, who may know nothing of it. */
static char **
overseers(const LsmCheckInput *input, const GPtrArray *organizations)
{
	GPtrArray *list = lsm_audience_new();

	lsm_audience_add_address(list, lsm_directory_liaison_contact(input->settings->directory));
	for (guint i = 0; is_told(input, "managers") && i < organizations->len; i++)
		lsm_audience_add_address(list, ((const LsmOrganization *)organizations->pdata[i])->liaison_manager);
	return take_addresses(list);
}

static gboolean
is_recipient(const LsmEnvelope *envelope, const char *address)
{
	for (guint i = 0; i < envelope->recipients->len; i++) {
		if (lsm_address_equal(lsm_envelope_recipient(envelope, i)->address, address))
			return TRUE;
	}
	return FALSE;
}

/* Who has a copy by the mail itself, or (others, may be NULL) by another one of ours, needs none. Takes
 * addresses. */
static char **
still_unaware(const LsmCheckInput *input, char **addresses, char *const *others)
{
	GPtrArray *list = lsm_audience_new();

	for (guint i = 0; addresses[i] != NULL; i++) {
		if (!is_recipient(input->envelope, addresses[i]) && !lsm_address_in_list(addresses[i], others))
			lsm_audience_add_address(list, addresses[i]);
	}
	g_strfreev(addresses);
	return take_addresses(list);
}

static char **
from_contacts(const LsmCheckInput *input)
{
	GPtrArray *list = lsm_audience_new();

	lsm_audience_add_from_contacts(list, input->settings, input->recognition->from_bodies, NULL, input->now);
	return take_addresses(list);
}

/* It passes: approved by who sent it, or in need of no approval. */
static void
add_passed_mails(JsonArray *mails, const LsmCheckInput *input, JsonObject *vars)
{
	g_auto(GStrv) copies =
		still_unaware(input, overseers(input, input->recognition->to_organizations), NULL);
	g_auto(GStrv) contacts = still_unaware(input, from_contacts(input), copies);

	add_mail(mails, "copy", is_told(input, "coordinators") ? copies : NULL, TRUE, vars);
	add_mail(mails, "informed", is_told(input, "groups") ? contacts : NULL, TRUE, vars);
}

static JsonArray *
mails_of(const LsmVerdict *verdict, const LsmCheckInput *input)
{
	JsonArray *mails = json_array_new();
	g_autoptr(JsonObject) vars = text_vars(verdict, input);
	char *const submitter[] = {(char *)submitter_address(input), NULL};
	char *const contact[] = {(char *)lsm_directory_liaison_contact(input->settings->directory), NULL};
	g_auto(GStrv) covered = overseers(input, input->recognition->from_organizations);

	if (verdict->silent || input->recognition->opted_out)
		return mails;
	if (input->recognition->way == LSM_WAY_INCOMING)
		add_mail(mails, "cover", covered, TRUE, vars);
	else if (input->recognition->way == LSM_WAY_AROUND)
		add_around_mails(mails, input, contact, vars);
	else if (input->recognition->way != LSM_WAY_OUTGOING)
		return mails;
	else if (verdict->effect == LSM_EFFECT_REJECT)
		add_mail(mails, "reject", submitter, FALSE, vars);
	else if (verdict->effect == LSM_EFFECT_REDIRECT)
		add_redirect_mails(mails, input, submitter, contact, vars);
	else if (!verdict->certain)
		add_mail(mails, "ask", submitter, FALSE, vars);
	else if (g_strcmp0(verdict->limited, "interventions") != 0) /* a runaway must not run away in our mails, too */
		add_passed_mails(mails, input, vars);
	return mails;
}

/* Whose cover mails are counted together: the organization, or the domain that the mail says it is from. */
static char *
source_of(const LsmCheckInput *input)
{
	const GPtrArray *organizations = input->recognition->from_organizations;

	if (organizations->len > 0)
		return g_strdup(((const LsmOrganization *)organizations->pdata[0])->name);
	return g_ascii_strdown(lsm_address_domain(lsm_message_from_address(input->message)), -1);
}

JsonObject *
lsm_passage_members(const LsmVerdict *verdict, const LsmCheckInput *input)
{
	JsonObject *members = json_object_new();
	Outcome outcome = outcome_of(verdict, input->recognition);

	lsm_json_set(members, "type", outcome.type);
	json_object_set_object_member(members, "public", public_members(verdict, input, outcome));
	json_object_set_object_member(members, "private", private_members(verdict, input));
	json_object_set_array_member(members, "mails", mails_of(verdict, input));
	lsm_json_set(members, "replaces", lsm_statement_first(input->statement, LSM_FIELD_REPLACES));
	if (!verdict->silent && !input->recognition->opted_out && input->recognition->way == LSM_WAY_INCOMING)
		take_text(members, "source", source_of(input));
	json_object_set_boolean_member(members, "intervention", verdict->effect >= LSM_EFFECT_REDIRECT);
	return members;
}
