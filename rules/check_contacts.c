/*
 * check_contacts.c - the addresses that a statement names, and who hears of it (A5, A14-A17, A22, A96, P9).
 *
 * Pure predicates over what was read and the directory. Whether an address is a person's is a guess where
 * the directory does not know it: the rule only notes. Any thread; cannot fail.
 */
#include "rules/check.h"

#include "rules/contact.h"
#include "rules/phrase.h"

/* So many addresses are named in a finding, and looked at for being misspelled. */
#define MOST_NAMED 3
#define MOST_LOOKED_AT 64

static LsmCheckResult
lacks(const LsmCheckInput *input, LsmFieldId field)
{
	return lsm_statement_has(input->statement, field) ? LSM_CHECK_FINE : LSM_CHECK_FOUND;
}

LsmCheckResult
lsm_check_from_contact_missing(const LsmCheckInput *input, char **detail_out)
{
	(void)detail_out;
	return lacks(input, LSM_FIELD_FROM_CONTACT);
}

LsmCheckResult
lsm_check_to_contact_missing(const LsmCheckInput *input, char **detail_out)
{
	(void)detail_out;
	/* Send-To takes the place of the contacts (A23). */
	if (lsm_statement_has(input->statement, LSM_FIELD_SEND_TO))
		return LSM_CHECK_FINE;
	return lacks(input, LSM_FIELD_TO_CONTACT);
}

LsmCheckResult
lsm_check_send_reply_to_missing(const LsmCheckInput *input, char **detail_out)
{
	(void)detail_out;
	return lacks(input, LSM_FIELD_SEND_REPLY_TO);
}

/* "This address is usually not a personal address but rather a generic address associated with a role or
 * process." (A16) One such address among several is enough. */
LsmCheckResult
lsm_check_send_reply_to_personal(const LsmCheckInput *input, char **detail_out)
{
	const GPtrArray *values = input->statement->values[LSM_FIELD_SEND_REPLY_TO];
	const char *personal = NULL;

	for (guint i = 0; i < values->len; i++) {
		const LsmValue *value = g_ptr_array_index(values, i);

		if (value->value == NULL)
			continue;
		if (!lsm_contact_is_personal(input->settings->directory, value->value))
			return LSM_CHECK_FINE;
		personal = personal != NULL ? personal : value->value;
	}
	if (personal == NULL)
		return LSM_CHECK_FINE;
	*detail_out = g_strdup_printf("%s looks like a person's", personal);
	return LSM_CHECK_FOUND;
}

/* A list for people: "a, b and 4 more". */
typedef struct {
	GString *text;
	guint count;
} Names;

static void
names_add(Names *names, const char *name)
{
	if (names->text == NULL)
		names->text = g_string_new(NULL);
	if (++names->count <= MOST_NAMED)
		g_string_append_printf(names->text, "%s%s", names->count > 1 ? ", " : "", name);
}

/* Clears it; NULL when nothing was added. */
static char *
names_end(Names *names)
{
	if (names->text == NULL)
		return NULL;
	if (names->count > MOST_NAMED)
		g_string_append_printf(names->text, " and %u more", names->count - MOST_NAMED);
	return g_string_free(names->text, FALSE);
}

static gboolean
acceptable_reply_to(const LsmCheckInput *input, const char *address)
{
	const GPtrArray *organizations = input->recognition->to_organizations;

	if (lsm_address_equal(address, lsm_contact_of_manager(input->settings, NULL)))
		return TRUE;
	for (guint i = 0; i < organizations->len; i++) {
		if (lsm_address_equal(address, lsm_contact_of_manager(input->settings,
								      g_ptr_array_index(organizations, i))))
			return TRUE;
	}
	return FALSE;
}

/* "For liaison statements sent by the IETF, this address should be the alias of the liaison manager, if
 * applicable, or an address maintained by the IAB for liaison management" (A17). A person's address is the
 * other rule's. */
LsmCheckResult
lsm_check_send_reply_to_other(const LsmCheckInput *input, char **detail_out)
{
	const GPtrArray *values = input->statement->values[LSM_FIELD_SEND_REPLY_TO];
	const GPtrArray *organizations = input->recognition->to_organizations;
	const LsmOrganization *first = organizations->len > 0 ? g_ptr_array_index(organizations, 0) : NULL;
	const char *other = NULL;

	for (guint i = 0; i < values->len; i++) {
		const LsmValue *value = g_ptr_array_index(values, i);

		if (value->value == NULL || acceptable_reply_to(input, value->value) ||
		    lsm_contact_is_personal(input->settings->directory, value->value))
			return LSM_CHECK_FINE;
		other = other != NULL ? other : value->value;
	}
	if (other == NULL)
		return LSM_CHECK_FINE;
	*detail_out = g_strdup_printf("%s, and not %s", other,
				      lsm_contact_of_manager(input->settings, first));
	return LSM_CHECK_FOUND;
}

/* --- those in whose name it goes out --- */

static void
lack_of_body(const LsmBody *body, GHashTable *named, const LsmDirectory *directory, Names *lacking)
{
	char **approvers = lsm_directory_approvers(directory, body);

	if (body->chairs != NULL && body->chairs[0] != NULL && !lsm_contact_has_any(named, body->chairs))
		names_add(lacking, body->chairs[0]);
	if (body->list != NULL && body->list[0] != '\0' && !lsm_contact_has(named, body->list))
		names_add(lacking, body->list);
	if (approvers != NULL && approvers[0] != NULL && !lsm_contact_has_any(named, approvers))
		names_add(lacking, approvers[0]);
}

static void
lack_of_manager(const LsmCheckInput *input, GHashTable *named, Names *lacking)
{
	const GPtrArray *organizations = input->recognition->to_organizations;
	const LsmOrganization *first = organizations->len > 0 ? g_ptr_array_index(organizations, 0) : NULL;

	if (lsm_contact_has(named, lsm_contact_of_manager(input->settings, NULL)))
		return;
	for (guint i = 0; i < organizations->len; i++) {
		const LsmOrganization *organization = g_ptr_array_index(organizations, i);

		if (lsm_contact_has(named, lsm_contact_of_manager(input->settings, organization)))
			return;
	}
	/* To whom it goes may be unknown here, and then nobody in particular lacks. */
	if (first != NULL)
		names_add(lacking, lsm_contact_of_manager(input->settings, first));
}

/* "The From-Contact ... the email addresses of the chairs of the group, its list, the Area Director(s), and
 * of the liaison manager or the IAB's contact" (A14): among the From-Contacts, or at least among those who
 * get it. */
LsmCheckResult
lsm_check_from_contact_incomplete(const LsmCheckInput *input, char **detail_out)
{
	const GPtrArray *bodies = input->recognition->from_bodies;
	g_autoptr(GHashTable) named = lsm_contact_named(input->statement, LSM_FIELD_FROM_CONTACT);
	g_autoptr(GHashTable) reached = lsm_contact_reached(input);
	g_autofree char *list = NULL;
	Names lacking = {NULL, 0};

	lsm_contact_join(named, reached);
	lsm_contact_add_sender(named, input);
	for (guint i = 0; i < bodies->len; i++)
		lack_of_body(g_ptr_array_index(bodies, i), named, input->settings->directory, &lacking);
	if (bodies->len > 0)
		lack_of_manager(input, named, &lacking);
	list = names_end(&lacking);
	if (list == NULL)
		return LSM_CHECK_FINE;
	*detail_out = g_strdup_printf("not there: %s", list);
	return LSM_CHECK_FOUND;
}

static gboolean
is_reached(const LsmCheckInput *input, GHashTable *reached, const char *address)
{
	const LsmPerson *person = lsm_directory_find_person(input->settings->directory, address);

	return lsm_contact_has(reached, address) ||
	       (person != NULL && lsm_contact_has_any(reached, person->addresses));
}

/* "All groups, areas, leadership groups, or individuals" in From-Contact "need to be informed about the
 * sending" (A15; A75). */
LsmCheckResult
lsm_check_from_contact_uninformed(const LsmCheckInput *input, char **detail_out)
{
	const GPtrArray *values = input->statement->values[LSM_FIELD_FROM_CONTACT];
	g_autoptr(GHashTable) reached = lsm_contact_reached(input);
	g_autofree char *list = NULL;
	Names lacking = {NULL, 0};

	lsm_contact_add_sender(reached, input);
	for (guint i = 0; i < values->len; i++) {
		const LsmValue *value = g_ptr_array_index(values, i);

		if (value->value != NULL && value->confidence == LSM_CONFIDENCE_EXPLICIT &&
		    !is_reached(input, reached, value->value))
			names_add(&lacking, value->value);
	}
	list = names_end(&lacking);
	if (list == NULL)
		return LSM_CHECK_FINE;
	*detail_out = g_strdup_printf("it does not go to %s", list);
	return LSM_CHECK_FOUND;
}

/* --- the liaison manager --- */

static const char *const managers[] = {"liaison manager*", "liaison coordinator*", "iab coordinator*",
				       "liaison coordination", NULL};
static const char *const consulted[] = {"consulted", "agree*",  "informed",    "reviewed", "discussed",
					"copied",    "in copy", "coordinated", "approved", NULL};

/* "has been discussed with the liaison manager" */
static gboolean
says_consulted(const LsmCheckInput *input)
{
	g_autofree char *fold = lsm_phrase_fold(input->statement->text);

	return lsm_phrase_near(fold, managers, consulted, 100);
}

static gboolean
is_in_touch(const LsmCheckInput *input, GHashTable *reached, const LsmOrganization *organization)
{
	const char *manager = lsm_contact_of_manager(input->settings, organization);

	return *manager == '\0' || is_reached(input, reached, manager) ||
	       is_reached(input, reached, lsm_contact_of_manager(input->settings, NULL));
}

/* The liaison manager "should be consulted before sending"; where there is none, the IAB's coordinators (A5,
 * W1). A copy, a place in From-Contact or a word in the text show it. */
LsmCheckResult
lsm_check_manager_unasked(const LsmCheckInput *input, char **detail_out)
{
	const GPtrArray *organizations = input->recognition->to_organizations;
	g_autoptr(GHashTable) reached = lsm_contact_reached(input);
	g_autoptr(GHashTable) named = lsm_contact_named(input->statement, LSM_FIELD_FROM_CONTACT);

	lsm_contact_add_sender(reached, input);
	lsm_contact_join(reached, named);
	/* An organization that the directory does not know is the coordinators' (A4). */
	for (guint i = 0; i < MAX(organizations->len, 1); i++) {
		const LsmOrganization *organization =
			i < organizations->len ? g_ptr_array_index(organizations, i) : NULL;

		if (is_in_touch(input, reached, organization))
			continue;
		if (says_consulted(input))
			return LSM_CHECK_FINE;
		*detail_out = g_strdup_printf("%s is neither copied nor named",
					      lsm_contact_of_manager(input->settings, organization));
		return LSM_CHECK_FOUND;
	}
	return LSM_CHECK_FINE;
}

/* Without a liaison manager the IAB "should be integrated into any additional informal communication" (A96).
 */
LsmCheckResult
lsm_check_coordinators_uncopied(const LsmCheckInput *input, char **detail_out)
{
	const GPtrArray *organizations = input->recognition->to_organizations;
	const char *contact = lsm_contact_of_manager(input->settings, NULL);
	g_autoptr(GHashTable) reached = lsm_contact_reached(input);

	lsm_contact_add_sender(reached, input);
	for (guint i = 0; i < organizations->len; i++) {
		const LsmOrganization *organization = g_ptr_array_index(organizations, i);

		if (organization->liaison_manager[0] != '\0')
			return LSM_CHECK_FINE;
	}
	if (*contact == '\0' || is_reached(input, reached, contact))
		return LSM_CHECK_FINE;
	*detail_out = g_strdup_printf("there is no liaison manager, and %s gets no copy", contact);
	return LSM_CHECK_FOUND;
}

/* --- addresses that are not right --- */

/* Copies: an address that stands in two fields is looked at once. */
static GHashTable *
addresses_of(const LsmCheckInput *input)
{
	static const LsmFieldId fields[] = {LSM_FIELD_FROM_CONTACT, LSM_FIELD_SEND_REPLY_TO,
					    LSM_FIELD_TO_CONTACT, LSM_FIELD_SEND_TO};
	GHashTable *set = lsm_contact_reached(input);

	for (guint i = 0; i < G_N_ELEMENTS(fields); i++) {
		g_autoptr(GHashTable) named = lsm_contact_named(input->statement, fields[i]);

		lsm_contact_join(set, named);
	}
	return set;
}

/* Even the procedure's own pages print such an address wrongly (P9). */
LsmCheckResult
lsm_check_address_misspelled(const LsmCheckInput *input, char **detail_out)
{
	g_autoptr(GHashTable) addresses = addresses_of(input);
	guint looked_at = 0;
	GHashTableIter iter;
	gpointer address;

	g_hash_table_iter_init(&iter, addresses);
	while (g_hash_table_iter_next(&iter, &address, NULL) && looked_at++ < MOST_LOOKED_AT) {
		const char *meant = lsm_contact_meant(input, address);

		if (meant != NULL) {
			*detail_out = g_strdup_printf("%s is nearly %s", (const char *)address, meant);
			return LSM_CHECK_FOUND;
		}
	}
	return LSM_CHECK_FINE;
}

static gboolean
is_addressed(const LsmCheckInput *input, const LsmOrganization *organization)
{
	return g_ptr_array_find(input->recognition->to_organizations, organization, NULL);
}

/* The contacts are "of the receiving body" (A22): an address of another organization is a slip, or worse. */
LsmCheckResult
lsm_check_to_contact_foreign(const LsmCheckInput *input, char **detail_out)
{
	const LsmDirectory *directory = input->settings->directory;
	const GPtrArray *values = input->statement->values[LSM_FIELD_TO_CONTACT];

	if (input->recognition->to_organizations->len == 0)
		return LSM_CHECK_FINE;
	for (guint i = 0; i < values->len; i++) {
		const LsmValue *value = g_ptr_array_index(values, i);
		const LsmOrganization *organization =
			value->value != NULL ? lsm_directory_organization_of(directory, value->value) : NULL;

		if (organization == NULL || is_addressed(input, organization))
			continue;
		*detail_out = g_strdup_printf("%s is an address of %s", value->value, organization->name);
		return LSM_CHECK_FOUND;
	}
	return LSM_CHECK_FINE;
}
