/*
 * passage.c - builds the record's JSON of one judged mail. Pure; owns nothing; any thread.
 */
#include "desk/passage.h"

#include <string.h>

#include "desk/json.h"
#include "desk/passage_mails.h"
#include "desk/trace.h"

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

/* Whom notices about it may go to: who has logged in, or the From field where that is proved for it alone. */
static const char *
author_address(const LsmCheckInput *input)
{
	const LsmRecognition *recognition = input->recognition;
	const char *from = lsm_message_from_address(input->message);

	if (input->envelope->login != NULL || recognition->way == LSM_WAY_OUTGOING)
		return lsm_passage_submitter(input);
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
		set_list(private, "approvers", lsm_passage_approvers(input));
	} else if (input->recognition->way == LSM_WAY_AROUND) {
		set_list(private, "approvers", lsm_passage_approvers(input));
	}
	/* Absent, not empty: a passage that lets nobody through must not settle what it withholds. */
	if (passed->len > 0)
		set_recipients(private, "released", passed);
	return private;
}

/* Whose cover mails are counted together: the organization, or the domain that the mail says it is from. */
static void
set_source(JsonObject *members, const LsmCheckInput *input)
{
	const GPtrArray *organizations = input->recognition->from_organizations;
	g_autofree char *domain = NULL;

	if (organizations->len > 0) {
		lsm_json_set(members, "source", ((const LsmOrganization *)organizations->pdata[0])->name);
		return;
	}
	domain = g_ascii_strdown(lsm_address_domain(lsm_message_from_address(input->message)), -1);
	lsm_json_set(members, "source", domain);
}

JsonObject *
lsm_passage_members(const LsmVerdict *verdict, const LsmCheckInput *input)
{
	JsonObject *members = json_object_new();
	Outcome outcome = outcome_of(verdict, input->recognition);
	JsonObject *public = public_members(verdict, input, outcome);
	JsonObject *private = private_members(verdict, input);

	lsm_trace_add(public, private, verdict, input);
	lsm_json_set(members, "type", outcome.type);
	json_object_set_object_member(members, "public", public);
	json_object_set_object_member(members, "private", private);
	json_object_set_array_member(members, "mails", lsm_passage_mails(verdict, input));
	lsm_json_set(members, "replaces", lsm_statement_first(input->statement, LSM_FIELD_REPLACES));
	if (!verdict->silent && !input->recognition->opted_out && input->recognition->way == LSM_WAY_INCOMING)
		set_source(members, input);
	json_object_set_boolean_member(members, "intervention", verdict->effect >= LSM_EFFECT_REDIRECT);
	return members;
}
