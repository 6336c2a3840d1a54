/*
 * check_approval.c - may this body speak (A11), may this person (A57, A58), and did those agree who must
 * (A63-A66).
 *
 * Pure predicates. Who must agree is rules/approval's matrix, what is on file are facts of the record.
 * Any thread; cannot fail.
 */
#include "rules/check.h"

#include <string.h>

#include "conf/address.h"
#include "rules/approval.h"
#include "rules/contact.h"
#include "rules/verdict.h"

static gboolean
is_answer(const LsmStatement *statement)
{
	const GPtrArray *purposes = statement->values[LSM_FIELD_PURPOSE];

	if (lsm_statement_has(statement, LSM_FIELD_IN_RESPONSE_TO))
		return TRUE;
	for (guint i = 0; i < purposes->len; i++) {
		const LsmValue *value = g_ptr_array_index(purposes, i);
		const char *word = value->value != NULL ? lsm_purpose_word(value->value) : NULL;

		if (word != NULL && strcmp(word, "response") == 0)
			return TRUE;
	}
	return FALSE;
}

/* "Research groups do not initiate sending of liaison statements." (A11) */
LsmCheckResult
lsm_check_research_initiates(const LsmCheckInput *input, char **detail_out)
{
	const GPtrArray *bodies = input->recognition->from_bodies;

	if (is_answer(input->statement))
		return LSM_CHECK_FINE;
	for (guint i = 0; i < bodies->len; i++) {
		const LsmBody *body = g_ptr_array_index(bodies, i);

		if (body->level == LSM_LEVEL_RESEARCH && !body->initiates) {
			*detail_out = g_ascii_strup(body->acronym, -1);
			return LSM_CHECK_FOUND;
		}
	}
	return LSM_CHECK_FINE;
}

/* What is kept back must be there whole when it is released (A41). What goes out at once has no such need. */
LsmCheckResult
lsm_check_content_truncated(const LsmCheckInput *input, char **detail_out)
{
	g_autoptr(GPtrArray) steps = NULL;

	(void)detail_out;
	if (!input->message->truncated)
		return LSM_CHECK_FINE;
	steps = lsm_approval_steps(input->recognition, input->settings, input->now);
	if (lsm_approval_is_complete(steps) || lsm_verdict_is_released(input))
		return LSM_CHECK_FINE;
	return LSM_CHECK_FOUND;
}

/*
 * The tool's own notification of a statement that was approved there, met on another path than the tool's: it
 * is no unapproved statement of ours. Its address must be proved, for anybody can write such a block.
 */
static gboolean
is_notification(const LsmCheckInput *input)
{
	const char *from = lsm_message_from_address(input->message);

	return strcmp(input->statement->form, "datatracker") == 0 && input->recognition->verified &&
	       input->recognition->way != LSM_WAY_OUTGOING &&
	       lsm_address_in_list(from, input->settings->trusted_tool_senders);
}

/* "wanted is the approval of an Area Director of IPPM; that of the IAB Chair is on record" */
static char *
what_lacks(const GPtrArray *steps)
{
	g_autofree char *missing = lsm_approval_missing_text(steps);
	g_autofree char *given = lsm_approval_given_text(steps);

	if (missing[0] == '\0')
		return g_strdup("the approvals are on record, for other recipients");
	if (given[0] == '\0')
		return g_strdup_printf("wanted is the approval of %s", missing);
	return g_strdup_printf("wanted is the approval of %s; that of %s is there", missing, given);
}

LsmCheckResult
lsm_check_approval_missing(const LsmCheckInput *input, char **detail_out)
{
	g_autoptr(GPtrArray) steps = lsm_approval_steps(input->recognition, input->settings, input->now);

	if (lsm_approval_is_complete(steps) || lsm_verdict_is_released(input) || is_notification(input))
		return LSM_CHECK_FINE;
	lsm_approval_take_facts(steps, input->facts);
	*detail_out = what_lacks(steps);
	return input->facts->known ? LSM_CHECK_FOUND : LSM_CHECK_UNKNOWN;
}

/* --- the person who sends --- */

static gboolean
is_login_in(const LsmCheckInput *input, char *const *addresses)
{
	const LsmPerson *person = input->recognition->submitter;

	if (lsm_address_in_list(input->envelope->login, addresses))
		return TRUE;
	for (guint i = 0; person != NULL && person->addresses[i] != NULL; i++) {
		if (lsm_address_in_list(person->addresses[i], addresses))
			return TRUE;
	}
	return FALSE;
}

static gboolean
is_in_term(const LsmRole *role, gint64 now)
{
	return now >= role->from && (role->until == 0 || now < role->until);
}

/* A role in this body (NULL: that of a coordinator), whose term is not over. */
static gboolean
holds_role(const LsmPerson *person, const LsmBody *body, gint64 now)
{
	for (guint i = 0; person != NULL && i < person->roles->len; i++) {
		const LsmRole *role = &g_array_index(person->roles, LsmRole, i);

		if (role->body == body && is_in_term(role, now))
			return TRUE;
	}
	return FALSE;
}

/* Chair of one of the From bodies, or somebody who approves for it. */
static gboolean
speaks_for(const LsmCheckInput *input, const LsmBody *body)
{
	const LsmPerson *person = input->recognition->submitter;

	return is_login_in(input, body->chairs) || is_login_in(input, body->approvers) ||
	       holds_role(person, body, input->now) ||
	       (person != NULL &&
		lsm_directory_may_approve(input->settings->directory, person, body, input->now));
}

static gboolean
speaks_for_one(const LsmCheckInput *input)
{
	const GPtrArray *bodies = input->recognition->from_bodies;

	for (guint i = 0; i < bodies->len; i++) {
		if (speaks_for(input, g_ptr_array_index(bodies, i)))
			return TRUE;
	}
	return FALSE;
}

/* The addressed organization whose liaison manager submitted the mail, or NULL. */
static const LsmOrganization *
organization_of_sender(const LsmCheckInput *input)
{
	const GPtrArray *organizations = input->recognition->to_organizations;

	for (guint i = 0; i < organizations->len; i++) {
		const LsmOrganization *organization = g_ptr_array_index(organizations, i);
		char *const manager[] = {organization->liaison_manager, NULL};

		if (organization->liaison_manager[0] != '\0' && is_login_in(input, manager))
			return organization;
	}
	return NULL;
}

static gboolean
is_coordinator(const LsmCheckInput *input)
{
	char *const contact[] = {(char *)lsm_directory_liaison_contact(input->settings->directory), NULL};

	return holds_role(input->recognition->submitter, NULL, input->now) || is_login_in(input, contact);
}

/* "Liaison statements are sent by IETF participants, usually chairs or Area Directors." (A57) Somebody whom
 * the directory does not know may well be a chair: it lists aliases. Only who is known there, and not as one
 * who speaks for this body, is found. */
LsmCheckResult
lsm_check_sender_role(const LsmCheckInput *input, char **detail_out)
{
	const LsmPerson *person = input->recognition->submitter;
	const GPtrArray *bodies = input->recognition->from_bodies;
	g_autofree char *acronym = NULL;

	if (person == NULL || bodies->len == 0 || speaks_for_one(input) || is_coordinator(input) ||
	    organization_of_sender(input) != NULL)
		return LSM_CHECK_FINE;
	acronym = g_ascii_strup(((const LsmBody *)g_ptr_array_index(bodies, 0))->acronym, -1);
	*detail_out = g_strdup_printf("%s has no role in %s", person->name, acronym);
	return LSM_CHECK_FOUND;
}

/* Liaison managers "must not send liaison statements on their own initiative" (A58). */
LsmCheckResult
lsm_check_manager_alone(const LsmCheckInput *input, char **detail_out)
{
	const LsmOrganization *organization = organization_of_sender(input);

	if (organization == NULL || speaks_for_one(input) || lsm_verdict_is_released(input))
		return LSM_CHECK_FINE;
	*detail_out = g_strdup_printf("it was submitted by the liaison manager for %s", organization->name);
	return LSM_CHECK_FOUND;
}

/* --- copies that the older procedure wants in place of an approval --- */

/* Chairs "must advise the Area Director(s) by copying them"; the agreement of the IETF or IAB Chair is
 * "confirmed by copying" (RFC 4052 section 4; A71). */
LsmCheckResult
lsm_check_copy_approvers(const LsmCheckInput *input, char **detail_out)
{
	g_autoptr(GPtrArray) steps = lsm_approval_steps(input->recognition, input->settings, input->now);
	g_autoptr(GHashTable) reached = lsm_contact_reached(input);

	for (guint i = 0; i < steps->len; i++) {
		const LsmApprovalStep *step = g_ptr_array_index(steps, i);

		if (step->given || step->addresses[0] == NULL ||
		    lsm_contact_has_any(reached, step->addresses))
			continue;
		*detail_out = g_strdup_printf("%s is not copied (%s)", step->who, step->addresses[0]);
		return LSM_CHECK_FOUND;
	}
	return LSM_CHECK_FINE;
}

/* The addresses by which the older procedure knows it, at whichever home. */
static gboolean
is_secretariat(const char *address)
{
	return g_str_has_prefix(address, "statements@") || strstr(address, "secretariat") != NULL ||
	       g_str_has_prefix(address, "secretary@");
}

/* Outgoing statements are copied to the Secretariat (RFC 4052 section 4, RFC 4053 appendix; A72). */
LsmCheckResult
lsm_check_copy_secretariat(const LsmCheckInput *input, char **detail_out)
{
	g_autoptr(GHashTable) reached = lsm_contact_reached(input);
	GHashTableIter iter;
	gpointer address;

	(void)detail_out;
	g_hash_table_iter_init(&iter, reached);
	while (g_hash_table_iter_next(&iter, &address, NULL)) {
		if (is_secretariat(address) &&
		    lsm_directory_is_home_address(input->settings->directory, address))
			return LSM_CHECK_FINE;
	}
	return LSM_CHECK_FOUND;
}
