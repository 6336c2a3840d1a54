/*
 * submission.c - a statement that was mailed to the desk becomes one that was submitted here. Pure; runs in
 * the gate, any thread.
 */
#include "desk/submission.h"

#include "desk/hand_in.h"
#include "rules/recognise.h"
#include "rules/scope.h"

#define FRESH_DAYS 7

/* A signature proves who wrote it, not that it was written to us: who has a signed draft could hand it in. */
static gboolean
is_meant_for_us(const LsmMessage *message, const LsmSettings *settings, gint64 now)
{
	return lsm_hand_in_is_addressed(message, settings) && ABS(now - message->date) <= FRESH_DAYS * 86400;
}

/* Who submits, when that is proved; NULL. */
static const LsmPerson *
proved_person(const LsmMessage *message, const LsmEnvelope *envelope, const LsmSettings *settings, gint64 now)
{
	if (envelope->login != NULL)
		return lsm_directory_find_login(settings->directory, envelope->login);
	if (lsm_hand_in_proof(message, envelope, settings) == NULL || !is_meant_for_us(message, settings, now))
		return NULL;
	return lsm_directory_find_person(settings->directory, lsm_message_from_address(message));
}

static gboolean
has_role(const LsmPerson *person, const LsmSettings *settings, gint64 now)
{
	return person->logins[0] != NULL && person->addresses[0] != NULL &&
	       lsm_directory_has_role(settings->directory, person->addresses[0], now);
}

char **
lsm_submission_addressees(const LsmRecognition *recognition)
{
	g_auto(GStrv) send_to = lsm_statement_list(recognition->statement, LSM_FIELD_SEND_TO);
	g_autoptr(GStrvBuilder) list = g_strv_builder_new();

	if (send_to[0] != NULL)
		return g_steal_pointer(&send_to);
	for (guint i = 0; i < recognition->to_organizations->len; i++) {
		const LsmOrganization *organization = g_ptr_array_index(recognition->to_organizations, i);

		g_strv_builder_addv(list, (const char **)organization->send_to);
	}
	return g_strv_builder_end(list);
}

static void
add_addressees(LsmEnvelope *envelope, const LsmRecognition *recognition)
{
	g_auto(GStrv) addressees = lsm_submission_addressees(recognition);

	for (guint i = 0; addressees[i] != NULL; i++) {
		g_autofree char *argument = g_strdup_printf("<%s>", addressees[i]);

		if (lsm_address_is_valid(addressees[i]))
			lsm_envelope_add_recipient(envelope, argument);
	}
}

/* Would the gate judge it, so addressed? What only shows or passes on a statement, speaks for others or says
 * that it is none goes to the people at the desk, and to nobody whom its text names; so does what the gate would
 * merely watch: the desk is no road around it. */
static gboolean
is_to_be_judged(const LsmMessage *message, const LsmEnvelope *envelope, const LsmSettings *settings, gint64 now)
{
	g_autoptr(LsmRecognition) recognition = lsm_recognise(message, envelope, settings, now);

	return recognition->outcome == LSM_OUTCOME_STATEMENT && recognition->way == LSM_WAY_OUTGOING &&
	       !recognition->opted_out && lsm_scope_is_whole(recognition, message, envelope, settings, now);
}

gboolean
lsm_submission_prepare(const LsmMessage *message, LsmEnvelope *envelope, const LsmSettings *settings,
		       gint64 now)
{
	const LsmPerson *person = proved_person(message, envelope, settings, now);
	g_autoptr(LsmRecognition) recognition = NULL;
	g_autofree char *login = g_strdup(envelope->login);

	if (envelope->recipients->len > 0 || person == NULL || !has_role(person, settings, now))
		return FALSE;
	recognition = lsm_recognise(message, envelope, settings, now);
	if (recognition->statement == NULL || !recognition->statement->has_opening_line)
		return FALSE;
	add_addressees(envelope, recognition);
	if (envelope->login == NULL)
		envelope->login = g_strdup(person->logins[0]);
	if (envelope->recipients->len > 0 && is_to_be_judged(message, envelope, settings, now))
		return TRUE;
	g_ptr_array_set_size(envelope->recipients, 0);
	g_free(envelope->login);
	envelope->login = g_steal_pointer(&login);
	return FALSE;
}

static gboolean
is_removed(const LsmPlan *plan, const char *argument)
{
	return g_ptr_array_find_with_equal_func(plan->remove_recipients, argument, g_str_equal, NULL);
}

void
lsm_submission_readdress(LsmPlan *plan, const LsmEnvelope *envelope, const LsmEnvelope *to_desk)
{
	for (guint i = 0; i < envelope->recipients->len; i++) {
		const char *argument = lsm_envelope_recipient(envelope, i)->argument;

		if (!is_removed(plan, argument))
			g_ptr_array_add(plan->add_recipients, g_strdup(argument));
	}
	g_ptr_array_set_size(plan->remove_recipients, 0);
	for (guint i = 0; i < to_desk->recipients->len; i++)
		g_ptr_array_add(plan->remove_recipients,
				g_strdup(lsm_envelope_recipient(to_desk, i)->argument));
}
