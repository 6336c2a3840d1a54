/*
 * check_routing.c - does the mail go where it should (A10, A18, A21, A23, A24, A51, A52, P1, P2).
 *
 * Pure predicates over statement, envelope and directory. Any thread; cannot fail.
 */
#include "rules/check.h"

#include <string.h>

#include "rules/contact.h"
#include "rules/phrase.h"

/* "If this address is present, the liaison statement is only sent to this address and not to the addresses in
 * the To-Contact." (A23) Copies at home are no matter of the other body. */
LsmCheckResult
lsm_check_routing_send_to(const LsmCheckInput *input, char **detail_out)
{
	g_autoptr(GHashTable) wanted = lsm_contact_named(input->statement, LSM_FIELD_SEND_TO);

	if (g_hash_table_size(wanted) == 0)
		return LSM_CHECK_FINE;
	for (guint i = 0; i < input->envelope->recipients->len; i++) {
		const char *address = lsm_envelope_recipient(input->envelope, i)->address;

		if (!lsm_contact_has(wanted, address) && lsm_recipient_is_outside(input->settings, address)) {
			*detail_out = g_strdup_printf("it also goes to %s", address);
			return LSM_CHECK_FOUND;
		}
	}
	return LSM_CHECK_FINE;
}

/* If an address for the answer was given, "the reply is sent" there (A18), so it is the answer's Send-To
 * (A24). */
LsmCheckResult
lsm_check_routing_reply(const LsmCheckInput *input, char **detail_out)
{
	const char *wanted = input->facts->original_reply_to;
	g_autoptr(GHashTable) reached = NULL;

	if (!lsm_statement_has(input->statement, LSM_FIELD_IN_RESPONSE_TO))
		return LSM_CHECK_FINE;
	if (!input->facts->known)
		return LSM_CHECK_UNKNOWN;
	reached = lsm_contact_reached(input);
	if (wanted == NULL || lsm_contact_has(reached, wanted))
		return LSM_CHECK_FINE;
	*detail_out = g_strdup_printf("that one asked for answers to %s", wanted);
	return LSM_CHECK_FOUND;
}

/* "It is recommended to send separate statements to different bodies" (A21, since bis-05). */
LsmCheckResult
lsm_check_routing_several(const LsmCheckInput *input, char **detail_out)
{
	const LsmDirectory *directory = input->settings->directory;
	const GPtrArray *named = input->recognition->to_organizations;
	const LsmOrganization *first = named->len > 0 ? g_ptr_array_index(named, 0) : NULL;
	const LsmOrganization *second = named->len > 1 ? g_ptr_array_index(named, 1) : NULL;

	for (guint i = 0; second == NULL && i < input->envelope->recipients->len; i++) {
		const char *address = lsm_envelope_recipient(input->envelope, i)->address;
		const LsmOrganization *organization = lsm_directory_organization_of(directory, address);

		/* A copy to one's employer, which is an organization of the directory, is no second
		 * addressee. */
		if (organization == NULL ||
		    !lsm_directory_is_organization_liaison_address(directory, address))
			continue;
		if (first == NULL)
			first = organization;
		else if (organization != first)
			second = organization;
	}
	if (second == NULL)
		return LSM_CHECK_FINE;
	*detail_out = g_strdup_printf("%s and %s", first->name, second->name);
	return LSM_CHECK_FOUND;
}

/* --- what comes in --- */

/* Parts of the home to which nobody can address a statement (A10); research bodies are known by their level.
 */
static const char *const not_addressable[] = {"ietf trust", "trust",      "ietf llc",    "administration llc",
					      "llc board",  "rfc editor", "directorate", NULL};

static const LsmBody *
research_addressee(const LsmCheckInput *input)
{
	const GPtrArray *bodies = input->recognition->to_bodies;

	for (guint i = 0; i < bodies->len; i++) {
		const LsmBody *body = g_ptr_array_index(bodies, i);

		if (body->level == LSM_LEVEL_RESEARCH)
			return body;
	}
	return NULL;
}

/* The IAB consults the chair of the research body, who may pass it on (A10). */
LsmCheckResult
lsm_check_to_not_addressable(const LsmCheckInput *input, char **detail_out)
{
	const GPtrArray *values = input->statement->values[LSM_FIELD_TO];
	const LsmBody *research = research_addressee(input);

	if (research != NULL) {
		*detail_out = g_ascii_strup(research->acronym, -1);
		return LSM_CHECK_FOUND;
	}
	for (guint i = 0; i < values->len; i++) {
		const LsmValue *value = g_ptr_array_index(values, i);
		g_autofree char *fold = lsm_phrase_fold(value->value);

		if (lsm_phrase_find(fold, not_addressable) != NULL) {
			*detail_out = g_strdup_printf("\"%s\"", value->value);
			return LSM_CHECK_FOUND;
		}
	}
	return LSM_CHECK_FINE;
}

/* Doors by which a statement came in, of the kinds that matter here. */
typedef struct {
	const char *liaison; /* an address where statements are expected */
	const char *group;   /* a list or a role of ours */
	const char *person;  /* anybody else at home */
	const char *list;    /* the first list among the groups */
} Doors;

static void
note_door(Doors *doors, const LsmDirectory *directory, const char *address)
{
	const char **door = NULL;

	if (lsm_directory_is_home_liaison_address(directory, address))
		door = &doors->liaison;
	else if (lsm_directory_is_home_list(directory, address))
		door = &doors->list;
	else if (lsm_directory_body_of(directory, address) != NULL &&
		 lsm_directory_find_person(directory, address) == NULL)
		door = &doors->group;
	else if (lsm_directory_find_person(directory, address) != NULL ||
		 lsm_directory_is_home_address(directory, address))
		door = &doors->person;
	if (door != NULL && *door == NULL)
		*door = address;
	if (door == &doors->list && doors->group == NULL)
		doors->group = address;
}

static Doors
find_doors(const LsmCheckInput *input)
{
	Doors doors = {NULL, NULL, NULL, NULL};

	for (guint i = 0; i < input->envelope->recipients->len; i++)
		note_door(&doors, input->settings->directory,
			  lsm_envelope_recipient(input->envelope, i)->address);
	return doors;
}

/* "Liaison statements are sometimes sent directly to WG mailing lists or individuals" (A51); they are
 * expected at the coordinators' address or a liaison manager's alias (P1, P2). */
LsmCheckResult
lsm_check_routing_misdirected(const LsmCheckInput *input, char **detail_out)
{
	Doors doors = find_doors(input);

	if (doors.liaison != NULL || doors.group == NULL)
		return LSM_CHECK_FINE;
	*detail_out = g_strdup_printf("it came to %s only", doors.group);
	return LSM_CHECK_FOUND;
}

/* What came to one person is that person's to pass on (P1). */
LsmCheckResult
lsm_check_routing_personal(const LsmCheckInput *input, char **detail_out)
{
	Doors doors = find_doors(input);

	if (doors.liaison != NULL || doors.group != NULL || doors.person == NULL)
		return LSM_CHECK_FINE;
	*detail_out = g_strdup_printf("it came to %s", doors.person);
	return LSM_CHECK_FOUND;
}

/* Misdirected: the group whose list got it is not the one that is named in it (A52). */
LsmCheckResult
lsm_check_routing_other_group(const LsmCheckInput *input, char **detail_out)
{
	const GPtrArray *named = input->recognition->to_bodies;
	Doors doors = find_doors(input);
	const LsmBody *got;

	if (doors.list == NULL || named->len == 0)
		return LSM_CHECK_FINE;
	got = lsm_directory_body_of(input->settings->directory, doors.list);
	for (guint i = 0; i < named->len; i++) {
		const LsmBody *body = g_ptr_array_index(named, i);

		/* For the area or the whole, every group of it will do. */
		if (body == got || body->level != LSM_LEVEL_GROUP || got == NULL)
			return LSM_CHECK_FINE;
	}
	*detail_out = g_strdup_printf("it is for %s and came to %s",
				      ((const LsmBody *)g_ptr_array_index(named, 0))->acronym, doors.list);
	return LSM_CHECK_FOUND;
}
