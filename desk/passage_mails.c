/*
 * passage_mails.c - which mails of ours follow from a judged mail, to whom, and with which words. Pure; owns
 * nothing; any thread.
 */
#include "desk/passage_mails.h"

#include "desk/audience.h"
#include "desk/json.h"
#include "desk/passage.h"
#include "desk/request.h"
#include "rules/approval.h"
#include "rules/guidance.h"

char **
lsm_passage_approvers(const LsmCheckInput *input)
{
	g_autoptr(GPtrArray) steps = lsm_approval_steps(input->recognition, input->settings, input->now);

	return lsm_approval_missing_addresses(steps);
}

const char *
lsm_passage_submitter(const LsmCheckInput *input)
{
	const LsmPerson *person = input->recognition->submitter;

	if (person != NULL && person->addresses[0] != NULL)
		return person->addresses[0];
	if (input->envelope->login != NULL && lsm_address_is_valid(input->envelope->login))
		return input->envelope->login;
	return NULL;
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

/* Where no approver is known, the liaison contact has to find one. */
static char *
approvers_text(const LsmVerdict *verdict G_GNUC_UNUSED, const LsmCheckInput *input)
{
	g_autoptr(GPtrArray) steps = lsm_approval_steps(input->recognition, input->settings, input->now);
	g_autofree char *text = lsm_approval_missing_text(steps);

	if (text == NULL || *text == '\0')
		return g_strdup(lsm_directory_liaison_contact(input->settings->directory));
	return g_steal_pointer(&text);
}

/* Takes list. */
static char *
joined(char **list)
{
	char *text = g_strjoinv(", ", list);

	g_strfreev(list);
	return text;
}

static char *
from_text(const LsmVerdict *verdict G_GNUC_UNUSED, const LsmCheckInput *input)
{
	return joined(lsm_passage_from_names(input->recognition));
}

static char *
to_text(const LsmVerdict *verdict G_GNUC_UNUSED, const LsmCheckInput *input)
{
	return joined(lsm_passage_to_names(input->recognition));
}

static char *
purpose_text(const LsmVerdict *verdict G_GNUC_UNUSED, const LsmCheckInput *input)
{
	char **purposes = lsm_statement_list(input->statement, LSM_FIELD_PURPOSE);

	if (purposes[0] == NULL) {
		g_strfreev(purposes);
		return g_strdup("none found");
	}
	return joined(purposes);
}

static char *
deadline_text(const LsmVerdict *verdict G_GNUC_UNUSED, const LsmCheckInput *input)
{
	const char *deadline = lsm_statement_first(input->statement, LSM_FIELD_DEADLINE);

	return g_strdup(deadline == NULL ? "none found" : deadline);
}

static char *
subject_text(const LsmVerdict *verdict G_GNUC_UNUSED, const LsmCheckInput *input)
{
	const char *subject = lsm_statement_first(input->statement, LSM_FIELD_SUBJECT);

	return g_strdup(subject == NULL ? "(no subject)" : subject);
}

static char *
sender_text(const LsmVerdict *verdict G_GNUC_UNUSED, const LsmCheckInput *input)
{
	return g_strdup(lsm_message_from_address(input->message));
}

static char *
withheld_text(const LsmVerdict *verdict, const LsmCheckInput *input)
{
	return joined(shown_addresses(verdict->withheld, input->message));
}

static char *
recipients_text(const LsmVerdict *verdict G_GNUC_UNUSED, const LsmCheckInput *input)
{
	return joined(shown_addresses(input->envelope->recipients, input->message));
}

static char *
contact_text(const LsmVerdict *verdict G_GNUC_UNUSED, const LsmCheckInput *input)
{
	return g_strdup(lsm_directory_liaison_contact(input->settings->directory));
}

static char *
home_text(const LsmVerdict *verdict G_GNUC_UNUSED, const LsmCheckInput *input)
{
	return g_strdup(lsm_directory_home_name(input->settings->directory));
}

static char *
where_text(const LsmVerdict *verdict G_GNUC_UNUSED, const LsmCheckInput *input)
{
	return lsm_guidance_where(input);
}

static char *
trial_text(const LsmVerdict *verdict G_GNUC_UNUSED, const LsmCheckInput *input)
{
	return lsm_guidance_trial(input->settings);
}

static char *
date_text(const LsmVerdict *verdict G_GNUC_UNUSED, const LsmCheckInput *input)
{
	g_autoptr(GDateTime) now = g_date_time_new_from_unix_utc(input->now);

	return g_date_time_format(now, "%Y-%m-%d %H:%M UTC");
}

static char *
block_text(const LsmVerdict *verdict G_GNUC_UNUSED, const LsmCheckInput *input)
{
	return lsm_guidance_block(input);
}

/* What the texts of conf/guidance/ may use. Some are whole texts, and no mail uses all: each is made when one
 * does. To add a value: a row. */
static const struct {
	const char *name;
	char *(*make)(const LsmVerdict *verdict, const LsmCheckInput *input); /* may return NULL: there is none */
} values[] = {
	{"from", from_text},
	{"to", to_text},
	{"purpose", purpose_text},
	{"deadline", deadline_text},
	{"subject", subject_text},
	{"sender", sender_text},
	{"withheld", withheld_text},
	{"recipients", recipients_text},
	{"doors", recipients_text},
	{"contact", contact_text},
	{"home", home_text},
	{"where", where_text},
	{"trial", trial_text},
	{"date", date_text},
	{"approvers", approvers_text},
	{"findings", lsm_guidance_findings},
	{"gaps", lsm_guidance_gaps},
	{"remarks", lsm_guidance_remarks},
	{"block", block_text},
	{"advice", lsm_request_advice},
	{"consensus", lsm_request_consensus},
	{"consulted", lsm_request_consulted},
	{"evidence", lsm_request_evidence},
	{"informed", lsm_request_informed},
};

static gboolean
is_used(JsonArray *mails, const LsmSettings *settings, const char *value)
{
	for (guint i = 0; i < json_array_get_length(mails); i++) {
		const char *kind = lsm_json_get(json_array_get_object_element(mails, i), "kind", "");

		if (lsm_guidance_may_use(settings, kind, value))
			return TRUE;
	}
	return FALSE;
}

static void
add_values(JsonObject *vars, JsonArray *mails, const LsmVerdict *verdict, const LsmCheckInput *input)
{
	for (guint i = 0; i < G_N_ELEMENTS(values); i++) {
		g_autofree char *text = NULL;

		if (!is_used(mails, input->settings, values[i].name))
			continue;
		text = values[i].make(verdict, input);
		lsm_json_set(vars, values[i].name, text);
	}
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
	g_auto(GStrv) approvers = lsm_passage_approvers(input);
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
	g_auto(GStrv) approvers = lsm_passage_approvers(input);

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
		lsm_audience_add_address(list,
					 ((const LsmOrganization *)organizations->pdata[i])->liaison_manager);
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
		if (!is_recipient(input->envelope, addresses[i]) &&
		    !lsm_address_in_list(addresses[i], others))
			lsm_audience_add_address(list, addresses[i]);
	}
	g_strfreev(addresses);
	return take_addresses(list);
}

static char **
from_contacts(const LsmCheckInput *input)
{
	GPtrArray *list = lsm_audience_new();

	lsm_audience_add_from_contacts(list, input->settings, input->recognition->from_bodies, NULL,
				       input->now);
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

static void
add_mails(JsonArray *mails, const LsmVerdict *verdict, const LsmCheckInput *input, JsonObject *vars)
{
	char *const submitter[] = {(char *)lsm_passage_submitter(input), NULL};
	char *const contact[] = {(char *)lsm_directory_liaison_contact(input->settings->directory), NULL};
	g_auto(GStrv) covered = overseers(input, input->recognition->from_organizations);

	if (input->recognition->way == LSM_WAY_INCOMING)
		add_mail(mails, "cover", covered, TRUE, vars);
	else if (input->recognition->way == LSM_WAY_AROUND)
		add_around_mails(mails, input, contact, vars);
	else if (input->recognition->way != LSM_WAY_OUTGOING)
		return;
	else if (verdict->effect == LSM_EFFECT_REJECT)
		add_mail(mails, "reject", submitter, FALSE, vars);
	else if (verdict->effect == LSM_EFFECT_REDIRECT)
		add_redirect_mails(mails, input, submitter, contact, vars);
	else if (!verdict->certain)
		add_mail(mails, "ask", submitter, FALSE, vars);
	else if (g_strcmp0(verdict->limited, "interventions") !=
		 0) /* a runaway must not run away in our mails, too */
		add_passed_mails(mails, input, vars);
}

/* The mails share one set of values, which is made when it is known who says what. */
JsonArray *
lsm_passage_mails(const LsmVerdict *verdict, const LsmCheckInput *input)
{
	JsonArray *mails = json_array_new();
	g_autoptr(JsonObject) vars = json_object_new();

	if (verdict->silent || input->recognition->opted_out)
		return mails;
	add_mails(mails, verdict, input, vars);
	if (json_array_get_length(mails) > 0)
		add_values(vars, mails, verdict, input);
	return mails;
}
