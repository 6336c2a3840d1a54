/*
 * parties.c - which of our bodies and which organizations stand at the two ends of a mail.
 *
 * What the statement says comes first; where it is silent: who submitted, the From address, the
 * recipients. Owns nothing; thread-safe; never fails.
 */
#include <string.h>

#include "rules/candidate.h"

static void
add_once(GPtrArray *array, gconstpointer item)
{
	if (item != NULL && !g_ptr_array_find(array, item, NULL))
		g_ptr_array_add(array, (gpointer)item);
}

static void
add_all(GPtrArray *array, const GPtrArray *items)
{
	for (guint i = 0; i < items->len; i++)
		add_once(array, g_ptr_array_index(items, i));
}

/* What the statement's own field names. */
static void
add_named(const LsmCandidate *candidate, LsmFieldId field, GPtrArray *bodies, GPtrArray *organizations)
{
	const LsmDirectory *directory = candidate->settings->directory;
	const GPtrArray *values;

	if (candidate->result->statement == NULL)
		return;
	values = candidate->result->statement->values[field];
	for (guint i = 0; i < values->len; i++) {
		const LsmValue *value = g_ptr_array_index(values, i);
		g_autoptr(GPtrArray) ours = lsm_directory_match_bodies(directory, value->value);
		g_autoptr(GPtrArray) theirs = lsm_directory_match_organizations(directory, value->value);

		add_all(bodies, ours);
		add_all(organizations, theirs);
	}
}

/* The Datatracker names people; behind the names stand addresses that tell their bodies. */
static void
add_contacts(const LsmCandidate *candidate)
{
	const LsmDirectory *directory = candidate->settings->directory;
	LsmRecognition *result = candidate->result;
	const GPtrArray *values;

	if (result->statement == NULL || strcmp(result->statement->form, "datatracker") != 0)
		return;
	values = result->statement->values[LSM_FIELD_FROM_CONTACT];
	for (guint i = 0; i < values->len; i++) {
		const char *address = ((const LsmValue *)g_ptr_array_index(values, i))->value;

		add_once(result->from_bodies, lsm_directory_body_of(directory, address));
		add_once(result->from_organizations, lsm_directory_organization_of(directory, address));
	}
}

/* --- who sent it --- */

static gboolean
person_has_role(const LsmCandidate *candidate, const LsmPerson *person)
{
	for (char **address = person->addresses; address != NULL && *address != NULL; address++)
		if (lsm_directory_has_role(candidate->settings->directory, *address, candidate->now))
			return TRUE;
	return FALSE;
}

static gboolean
is_role_holder(const LsmCandidate *candidate)
{
	const char *login = candidate->envelope->login;
	const LsmPerson *submitter = candidate->result->submitter;

	if (login == NULL || *login == '\0')
		return FALSE;
	return lsm_directory_has_role(candidate->settings->directory, login, candidate->now) ||
	       (submitter != NULL && person_has_role(candidate, submitter));
}

static gboolean
chairs(const LsmPerson *person, const LsmBody *body)
{
	for (char **address = person->addresses; address != NULL && *address != NULL; address++)
		if (lsm_address_in_list(*address, body->chairs))
			return TRUE;
	return FALSE;
}

static void
add_bodies_of_roles(GPtrArray *bodies, const LsmPerson *person, gint64 now)
{
	for (guint i = 0; i < person->roles->len; i++) {
		const LsmRole *role = &g_array_index(person->roles, LsmRole, i);

		if (role->from <= now && (role->until == 0 || now < role->until))
			add_once(bodies, role->body);
	}
}

/* The one body that the person speaks for: the only group they chair, else their only role. NULL when open.
 */
static const LsmBody *
sole_body(const LsmCandidate *candidate, const LsmPerson *person)
{
	const LsmDirectory *directory = candidate->settings->directory;
	g_autoptr(GPtrArray) bodies = g_ptr_array_new();

	for (guint i = 0; i < lsm_directory_body_count(directory); i++) {
		const LsmBody *body = lsm_directory_body(directory, i);

		if (chairs(person, body))
			add_once(bodies, body);
	}
	if (bodies->len == 0)
		add_bodies_of_roles(bodies, person, candidate->now);
	return bodies->len == 1 ? g_ptr_array_index(bodies, 0) : NULL;
}

static void
infer_from(LsmCandidate *candidate)
{
	const LsmDirectory *directory = candidate->settings->directory;
	LsmRecognition *result = candidate->result;
	const char *address = lsm_message_from_address(candidate->message);
	const LsmPerson *person = lsm_directory_find_person(directory, address);

	add_once(result->from_bodies, lsm_directory_body_of(directory, address));
	if (result->from_bodies->len == 0 && result->submitter != NULL)
		add_once(result->from_bodies, sole_body(candidate, result->submitter));
	/* A person of ours who writes from an organization's address without a login may write for either. */
	if (result->from_bodies->len == 0 && !candidate->is_role_holder)
		add_once(result->from_organizations, lsm_directory_organization_of(directory, address));
	if (result->from_bodies->len == 0 && result->from_organizations->len == 0 && person != NULL)
		add_once(result->from_bodies, sole_body(candidate, person));
}

static gboolean
is_from_home(const LsmCandidate *candidate)
{
	const LsmDirectory *directory = candidate->settings->directory;
	const char *address = lsm_message_from_address(candidate->message);

	if (candidate->result->from_bodies->len > 0)
		return TRUE;
	/* Whoever has logged in here and writes to another organization does not write in the name of one:
	 * From and To are swapped, or worse. */
	if (candidate->result->from_organizations->len > 0)
		return candidate->envelope->login != NULL && candidate->has_outside_recipient;
	/* A From field that names nobody known does not lead a mail of ours past the gate. */
	return candidate->envelope->login != NULL || lsm_directory_is_home_address(directory, address) ||
	       lsm_directory_has_role(directory, address, candidate->now);
}

/* --- to whom --- */

static void
ask_recipient(LsmCandidate *candidate, const char *address)
{
	const LsmDirectory *directory = candidate->settings->directory;
	gboolean outside = lsm_recipient_is_outside(candidate->settings, address);

	candidate->has_outside_recipient |= outside;
	candidate->has_home_recipient |= !outside;
	candidate->reaches_their_liaison |= lsm_directory_is_organization_liaison_address(directory, address);
	candidate->reaches_our_liaison |= lsm_directory_is_home_liaison_address(directory, address);
}

static void
ask_addressee(LsmCandidate *candidate, const char *address)
{
	candidate->has_outside_addressee |= lsm_recipient_is_outside(candidate->settings, address);
	candidate->names_their_liaison |=
		lsm_directory_is_organization_liaison_address(candidate->settings->directory, address);
}

typedef void (*AddressVisitor)(LsmCandidate *candidate, const char *address);

static void
each_recipient(LsmCandidate *candidate, AddressVisitor visit)
{
	for (guint i = 0; i < candidate->envelope->recipients->len; i++)
		visit(candidate, lsm_envelope_recipient(candidate->envelope, i)->address);
}

static void
each_addressee(LsmCandidate *candidate, AddressVisitor visit)
{
	const GPtrArray *lists[] = {candidate->message->to, candidate->message->cc};

	for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
		for (guint k = 0; k < lists[i]->len; k++)
			visit(candidate, ((const LsmAddress *)g_ptr_array_index(lists[i], k))->address);
}

static void
add_organization_of(LsmCandidate *candidate, const char *address)
{
	if (lsm_recipient_is_outside(candidate->settings, address))
		add_once(candidate->result->to_organizations,
			 lsm_directory_organization_of(candidate->settings->directory, address));
}

static void
add_body_of(LsmCandidate *candidate, const char *address)
{
	add_once(candidate->result->to_bodies,
		 lsm_directory_body_of(candidate->settings->directory, address));
}

/* A statement of ours goes to organizations; a group's list in Cc is informed, not addressed. */
static void
infer_to(LsmCandidate *candidate)
{
	LsmRecognition *result = candidate->result;

	if (candidate->is_from_home || !candidate->has_home_recipient) {
		each_recipient(candidate, add_organization_of);
		each_addressee(candidate, add_organization_of);
	}
	if (result->to_organizations->len == 0 && result->to_bodies->len == 0) {
		each_recipient(candidate, add_body_of);
		each_addressee(candidate, add_body_of);
	}
}

/* What a reader concluded from prose does not keep the header and the envelope from being asked. */
static gboolean
says_explicitly(const LsmStatement *statement, LsmFieldId field)
{
	return statement != NULL && lsm_statement_has(statement, field) &&
	       ((const LsmValue *)g_ptr_array_index(statement->values[field], 0))->confidence ==
		       LSM_CONFIDENCE_EXPLICIT;
}

void
lsm_candidate_find_parties(LsmCandidate *candidate)
{
	LsmRecognition *result = candidate->result;
	const char *login = candidate->envelope->login;

	if (login != NULL)
		result->submitter = lsm_directory_find_login(candidate->settings->directory, login);
	candidate->is_submitted = lsm_is_submitted(candidate->envelope, candidate->settings);
	candidate->is_role_holder = is_role_holder(candidate);
	add_named(candidate, LSM_FIELD_FROM, result->from_bodies, result->from_organizations);
	if (result->from_bodies->len == 0 && result->from_organizations->len == 0)
		add_contacts(candidate);
	if (result->from_bodies->len == 0 && result->from_organizations->len == 0 &&
	    !says_explicitly(result->statement, LSM_FIELD_FROM))
		infer_from(candidate);
	each_recipient(candidate, ask_recipient);
	each_addressee(candidate, ask_addressee);
	candidate->is_from_home = is_from_home(candidate);
	add_named(candidate, LSM_FIELD_TO, result->to_bodies, result->to_organizations);
	if (result->to_bodies->len == 0 && result->to_organizations->len == 0)
		infer_to(candidate);
}
