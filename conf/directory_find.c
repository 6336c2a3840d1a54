/*
 * directory_find.c - answers from the directory: who is at this address, who may approve.
 *
 * Owns nothing; reads the tables of directory_index.c. Any thread. Addresses come from mail: any
 * string may be asked for, what is not known is NULL or FALSE.
 */
#include "conf/directory_private.h"

#include <string.h>

#define ASKED_MAX_OCTETS 1000 /* nothing in the tables is longer */

const char *
lsm_directory_home_name(const LsmDirectory *directory)
{
	return directory->home_name;
}

const char *
lsm_directory_liaison_contact(const LsmDirectory *directory)
{
	return directory->liaison_contact;
}

char **
lsm_directory_home_domains(const LsmDirectory *directory)
{
	return directory->home_domains;
}

const LsmPlace *
lsm_directory_home_place(const LsmDirectory *directory)
{
	return &directory->home_place;
}

const char *const *
lsm_directory_files(const LsmDirectory *directory)
{
	return (const char *const *)directory->files;
}

const char *
lsm_directory_included_digest(const LsmDirectory *directory)
{
	return directory->included_digest;
}

guint
lsm_directory_body_count(const LsmDirectory *directory)
{
	return directory->bodies->len;
}

const LsmBody *
lsm_directory_body(const LsmDirectory *directory, guint i)
{
	return i < directory->bodies->len ? directory->bodies->pdata[i] : NULL;
}

guint
lsm_directory_organization_count(const LsmDirectory *directory)
{
	return directory->organizations->len;
}

const LsmOrganization *
lsm_directory_organization(const LsmDirectory *directory, guint i)
{
	return i < directory->organizations->len ? directory->organizations->pdata[i] : NULL;
}

guint
lsm_directory_person_count(const LsmDirectory *directory)
{
	return directory->persons->len;
}

const LsmPerson *
lsm_directory_person(const LsmDirectory *directory, guint i)
{
	return i < directory->persons->len ? directory->persons->pdata[i] : NULL;
}

/* A text as the tables have it. Each mail asks a dozen times, and nearly all are ASCII: those need no memory. */
typedef struct {
	char on_stack[ASKED_MAX_OCTETS + 1];
	char *apart;
	const char *key; /* NULL: nothing, or too long to be anybody's */
} Asked;

static void
asked_clear(Asked *asked)
{
	g_free(asked->apart);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Asked, asked_clear)

static void
ask(Asked *asked, const char *text)
{
	gsize i = 0;

	asked->apart = NULL;
	asked->key = NULL;
	if (text == NULL || *text == '\0' || strnlen(text, ASKED_MAX_OCTETS + 1) > ASKED_MAX_OCTETS)
		return;
	for (; text[i] != '\0' && (guchar)text[i] < 0x80; i++)
		asked->on_stack[i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] - 'A' + 'a' : text[i]);
	asked->on_stack[i] = '\0';
	if (text[i] != '\0')
		asked->apart = lsm_address_fold(text);
	asked->key = asked->apart != NULL ? asked->apart : asked->on_stack;
}

/* What is entered under text; NULL for NULL and for what is too long to be anybody's. */
static gpointer
find(GHashTable *table, const char *text)
{
	g_auto(Asked) asked;

	ask(&asked, text);
	return asked.key != NULL ? g_hash_table_lookup(table, asked.key) : NULL;
}

/* What is entered under domain or, label by label, a domain above it. */
static gpointer
find_domain(GHashTable *table, const char *domain)
{
	g_auto(Asked) asked;

	ask(&asked, domain);
	for (const char *at = asked.key; at != NULL; at = strchr(at, '.')) {
		gpointer found;

		at += *at == '.';
		found = *at != '\0' ? g_hash_table_lookup(table, at) : NULL;
		if (found != NULL)
			return found;
	}
	return NULL;
}

const LsmBody *
lsm_directory_find_body(const LsmDirectory *directory, const char *acronym)
{
	return find(directory->body_by_acronym, acronym);
}

const LsmOrganization *
lsm_directory_organization_of(const LsmDirectory *directory, const char *address)
{
	const LsmOrganization *organization = find(directory->organization_by_send_to, address);

	if (organization != NULL || strlen(lsm_address_domain(address)) > ASKED_MAX_OCTETS)
		return organization;
	return find_domain(directory->organization_by_domain, lsm_address_domain(address));
}

const LsmBody *
lsm_directory_body_of(const LsmDirectory *directory, const char *address)
{
	return find(directory->body_by_address, address);
}

const LsmPerson *
lsm_directory_find_person(const LsmDirectory *directory, const char *address)
{
	return find(directory->person_by_address, address);
}

const LsmPerson *
lsm_directory_find_login(const LsmDirectory *directory, const char *login)
{
	return login != NULL ? g_hash_table_lookup(directory->person_by_login, login) : NULL;
}

/* The mail server has compared letters and knows of no mailbox: an account elsewhere's address may be anybody's. */
gboolean
lsm_directory_is_mailbox_login(const LsmDirectory *directory, const char *login)
{
	const LsmPerson *person;

	if (login == NULL || !lsm_address_is_valid(login))
		return FALSE;
	person = lsm_directory_find_person(directory, login);
	return person == NULL ? lsm_directory_is_home_address(directory, login) : !person->has_logins;
}

gboolean
lsm_directory_is_home_address(const LsmDirectory *directory, const char *address)
{
	const char *domain = lsm_address_domain(address);

	return strlen(domain) <= ASKED_MAX_OCTETS && find_domain(directory->home_domain_set, domain) != NULL;
}

gboolean
lsm_directory_is_home_list(const LsmDirectory *directory, const char *address)
{
	return find(directory->home_lists, address) != NULL;
}

gboolean
lsm_directory_is_home_liaison_address(const LsmDirectory *directory, const char *address)
{
	return find(directory->home_liaison_addresses, address) != NULL;
}

gboolean
lsm_directory_is_organization_liaison_address(const LsmDirectory *directory, const char *address)
{
	return find(directory->organization_by_send_to, address) != NULL;
}

/* ---- approval ---- */

/* "any one AD of its area" (A63); research: the IRTF chair (DESIGN section 5). */
static const LsmBody *
approving_body(const LsmBody *body)
{
	return body->parent != NULL ? body->parent : body;
}

char **
lsm_directory_approvers(const LsmDirectory *directory, const LsmBody *body)
{
	const LsmBody *approving = approving_body(body);

	(void)directory;
	/* A research group whose research body names nobody is not left without a path. */
	return approving->approvers[0] != NULL ? approving->approvers : body->approvers;
}

gboolean
lsm_role_is_in_term(const LsmRole *role, gint64 now)
{
	return now >= role->from && (role->until == 0 || now < role->until);
}

static gboolean
has_address_in(const LsmPerson *person, char *const *list)
{
	for (gsize i = 0; person->addresses[i] != NULL; i++)
		if (lsm_address_in_list(person->addresses[i], list))
			return TRUE;
	return FALSE;
}

static gboolean
has_role_in(const LsmPerson *person, const LsmBody *body)
{
	for (guint i = 0; body != NULL && i < person->roles->len; i++)
		if (g_array_index(person->roles, LsmRole, i).body == body)
			return TRUE;
	return FALSE;
}

/* A title may stand twice in different case: two terms of one person. */
static gboolean
serves_in(const LsmPerson *person, const LsmBody *body, gint64 now)
{
	for (guint i = 0; i < person->roles->len; i++) {
		const LsmRole *role = &g_array_index(person->roles, LsmRole, i);

		if (role->body == body && lsm_role_is_in_term(role, now))
			return TRUE;
	}
	return FALSE;
}

gboolean
lsm_directory_may_approve(const LsmDirectory *directory, const LsmPerson *person, const LsmBody *body,
			  gint64 now)
{
	const LsmBody *approving = approving_body(body);

	/* A term that is written down decides: an address that was left in the list does not prolong it. */
	if (has_role_in(person, approving))
		return serves_in(person, approving, now);
	return has_address_in(person, lsm_directory_approvers(directory, body));
}

/* An address in a list of chairs or approvers, or a manager's; as above, a written term decides. */
static gboolean
address_has_role(const LsmDirectory *directory, const LsmPerson *person, const char *address)
{
	if (find(directory->home_liaison_addresses, address) != NULL)
		return TRUE;
	if (find(directory->role_addresses, address) == NULL)
		return FALSE;
	return person == NULL || !has_role_in(person, lsm_directory_body_of(directory, address));
}

gboolean
lsm_directory_has_role(const LsmDirectory *directory, const char *address, gint64 now)
{
	const LsmPerson *person = lsm_directory_find_person(directory, address);

	if (person == NULL)
		return address_has_role(directory, NULL, address);
	for (guint i = 0; i < person->roles->len; i++)
		if (lsm_role_is_in_term(&g_array_index(person->roles, LsmRole, i), now))
			return TRUE;
	for (gsize i = 0; person->addresses[i] != NULL; i++)
		if (address_has_role(directory, person, person->addresses[i]))
			return TRUE;
	return FALSE;
}
