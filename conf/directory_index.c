/*
 * directory_index.c - the directory's tables: by acronym, address, domain, login, name.
 *
 * Owns the tables, not what they point to. Uses directory_match.c for the names. Filled once while the
 * directory is loaded, by one thread. What may stand once only and stands twice is a CONFIG error.
 */
#include "conf/directory_private.h"

#include <string.h>

/* One entry that claims a key: who, and the key of its section, for messages. */
typedef struct {
	const LsmDirectory *directory;
	const LsmConfuseText *text;
	const char *section; /* "body", "area", "group", "person", "organization" */
	const char *title;
	const char *key; /* "domains", or NULL: the section itself */
	gpointer owner;
} Claim;

const char *
lsm_directory_section_of(const LsmBody *body)
{
	switch (body->level) {
	case LSM_LEVEL_AREA:
		return "area";
	case LSM_LEVEL_GROUP:
		return "group";
	case LSM_LEVEL_ORGANIZATION:
	case LSM_LEVEL_RESEARCH:
		break;
	}
	return body->parent != NULL ? "group" : "body";
}

static guint
line_of(const Claim *claim)
{
	guint line;

	if (strcmp(claim->section, "organization") == 0)
		line = lsm_confuse_line(claim->text, claim->section, claim->title, claim->key, NULL);
	else
		line = lsm_confuse_line(claim->text, "home", claim->directory->home_name, claim->section,
					claim->title, claim->key, NULL);
	/* A key that was left out: logins taken from the addresses, the title as a name. */
	if (line == 0 && claim->key != NULL) {
		Claim whole = *claim;

		whole.key = NULL;
		return line_of(&whole);
	}
	return line;
}

static gboolean
fail_twice(const Claim *claim, const char *value, GError **error)
{
	g_autofree char *shown = lsm_confuse_quote(value);
	g_autofree char *title = lsm_confuse_quote(claim->title);

	lsm_confuse_text_set_error(claim->text, line_of(claim), error,
				   "%s %s: %s%s%s belongs to another section already; expected it in one",
				   claim->section, title, claim->key != NULL ? claim->key : "",
				   claim->key != NULL ? " " : "", shown);
	return FALSE;
}

/* Enters folded value -> owner; another owner's entry is an error. */
static gboolean
claim_value(GHashTable *table, const Claim *claim, const char *value, GError **error)
{
	g_autofree char *key = lsm_address_fold(value);
	gpointer earlier = g_hash_table_lookup(table, key);

	if (earlier != NULL && earlier != claim->owner)
		return fail_twice(claim, value, error);
	g_hash_table_insert(table, g_steal_pointer(&key), claim->owner);
	return TRUE;
}

static gboolean
claim_list(GHashTable *table, const Claim *claim, char *const *values, GError **error)
{
	for (gsize i = 0; values[i] != NULL; i++)
		if (!claim_value(table, claim, values[i], error))
			return FALSE;
	return TRUE;
}

static gboolean
claim_name(LsmNameTable *table, const Claim *claim, const char *name, const LsmBody *body, GError **error)
{
	gboolean is_name;
	g_autofree char *shown = lsm_confuse_quote(name);

	if (lsm_name_table_add(table, name, claim->owner, body, &is_name) != NULL)
		return fail_twice(claim, name, error);
	if (is_name)
		return TRUE;
	lsm_confuse_text_set_error(claim->text, line_of(claim), error, "%s = %s; expected a name of 1 to 16 words",
				   claim->key != NULL ? claim->key : claim->section, shown);
	return FALSE;
}

static void
note_address(GHashTable *set, const char *address)
{
	if (*address != '\0')
		g_hash_table_add(set, lsm_address_fold(address));
}

static void
note_list(GHashTable *set, char *const *addresses)
{
	for (gsize i = 0; addresses[i] != NULL; i++)
		note_address(set, addresses[i]);
}

/* ---- bodies ---- */

static guint
narrowness(const LsmBody *body)
{
	static const guint by_level[] = {
		[LSM_LEVEL_ORGANIZATION] = 0,
		[LSM_LEVEL_AREA] = 1,
		[LSM_LEVEL_GROUP] = 2,
		[LSM_LEVEL_RESEARCH] = 0,
	};

	return body->level == LSM_LEVEL_RESEARCH && body->parent != NULL ? 2 : by_level[body->level];
}

/* The narrowest body that an address belongs to wins, the first of equals. */
static void
note_body_address(LsmDirectory *directory, const char *address, LsmBody *body)
{
	g_autofree char *key = lsm_address_fold(address);
	const LsmBody *earlier = g_hash_table_lookup(directory->body_by_address, key);

	if (*key == '\0' || (earlier != NULL && narrowness(earlier) >= narrowness(body)))
		return;
	g_hash_table_insert(directory->body_by_address, g_steal_pointer(&key), body);
}

static void
note_body_addresses(LsmDirectory *directory, LsmBody *body)
{
	note_body_address(directory, body->list, body);
	for (gsize i = 0; body->chairs[i] != NULL; i++)
		note_body_address(directory, body->chairs[i], body);
	for (gsize i = 0; body->approvers[i] != NULL; i++)
		note_body_address(directory, body->approvers[i], body);
	note_list(directory->role_addresses, body->chairs);
	note_list(directory->role_addresses, body->approvers);
}

static gboolean
index_body(LsmDirectory *directory, const LsmConfuseText *text, LsmBody *body, GError **error)
{
	Claim claim = {directory, text, lsm_directory_section_of(body), body->acronym, NULL, body};
	LsmNameTable *names = &directory->body_names;

	if (!claim_value(directory->body_by_acronym, &claim, body->acronym, error) ||
	    !claim_name(names, &claim, body->acronym, body, error))
		return FALSE;
	claim.key = "name";
	if (*body->name != '\0' && !claim_name(names, &claim, body->name, body, error))
		return FALSE;
	claim.key = "list";
	if (*body->list != '\0' && !claim_value(directory->home_lists, &claim, body->list, error))
		return FALSE;
	note_body_addresses(directory, body);
	return TRUE;
}

gboolean
lsm_directory_index_bodies(LsmDirectory *directory, const LsmConfuseText *text, GError **error)
{
	for (guint i = 0; i < directory->bodies->len; i++)
		if (!index_body(directory, text, directory->bodies->pdata[i], error))
			return FALSE;
	return TRUE;
}

/* ---- persons and organizations ---- */

static gboolean
claim_logins(LsmDirectory *directory, Claim *claim, LsmPerson *person, GError **error)
{
	for (gsize i = 0; person->logins[i] != NULL; i++) {
		LsmPerson *earlier = g_hash_table_lookup(directory->person_by_login, person->logins[i]);

		if (earlier != NULL && earlier != person)
			return fail_twice(claim, person->logins[i], error);
		g_hash_table_insert(directory->person_by_login, g_strdup(person->logins[i]), person);
	}
	return TRUE;
}

static gboolean
index_person(LsmDirectory *directory, const LsmConfuseText *text, LsmPerson *person, GError **error)
{
	Claim claim = {directory, text, "person", person->name, "addresses", person};

	if (!claim_list(directory->person_by_address, &claim, person->addresses, error))
		return FALSE;
	claim.key = "logins";
	return claim_logins(directory, &claim, person, error);
}

/* A domain of ours in another organization's list would make home mail foreign. */
static gboolean
check_foreign(const LsmDirectory *directory, const Claim *claim, char *const *domains, GError **error)
{
	for (gsize i = 0; domains[i] != NULL; i++) {
		g_autofree char *key = lsm_address_fold(domains[i]);

		if (g_hash_table_contains(directory->home_domain_set, key))
			return fail_twice(claim, domains[i], error);
	}
	return TRUE;
}

static gboolean
index_organization(LsmDirectory *directory, const LsmConfuseText *text, LsmOrganization *organization,
		   GError **error)
{
	Claim claim = {directory, text, "organization", organization->name, "names", organization};

	for (gsize i = 0; organization->names[i] != NULL; i++)
		if (!claim_name(&directory->organization_names, &claim, organization->names[i], NULL, error))
			return FALSE;
	claim.key = "domains";
	if (!check_foreign(directory, &claim, organization->domains, error) ||
	    !claim_list(directory->organization_by_domain, &claim, organization->domains, error))
		return FALSE;
	claim.key = "send-to";
	if (!claim_list(directory->organization_by_send_to, &claim, organization->send_to, error))
		return FALSE;
	note_address(directory->home_liaison_addresses, organization->liaison_manager);
	note_address(directory->role_addresses, organization->liaison_manager);
	return TRUE;
}

gboolean
lsm_directory_index_others(LsmDirectory *directory, const LsmConfuseText *text, GError **error)
{
	note_list(directory->home_domain_set, directory->home_domains);
	note_address(directory->home_liaison_addresses, directory->liaison_contact);
	note_address(directory->role_addresses, directory->liaison_contact);
	for (guint i = 0; i < directory->persons->len; i++)
		if (!index_person(directory, text, directory->persons->pdata[i], error))
			return FALSE;
	for (guint i = 0; i < directory->organizations->len; i++)
		if (!index_organization(directory, text, directory->organizations->pdata[i], error))
			return FALSE;
	return TRUE;
}

/* ---- life ---- */

/* Every table of the directory, so that none is forgotten in one of the two functions. */
static void
each_table(LsmDirectory *directory, void (*visit)(GHashTable **table))
{
	GHashTable **tables[] = {
		&directory->body_by_acronym,        &directory->body_by_address,
		&directory->person_by_address,      &directory->person_by_login,
		&directory->organization_by_domain, &directory->organization_by_send_to,
		&directory->home_domain_set,        &directory->home_lists,
		&directory->home_liaison_addresses, &directory->role_addresses,
	};

	for (gsize i = 0; i < G_N_ELEMENTS(tables); i++)
		visit(tables[i]);
}

static void
make_table(GHashTable **table)
{
	*table = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

static void
free_table(GHashTable **table)
{
	g_clear_pointer(table, g_hash_table_unref);
}

void
lsm_directory_index_new(LsmDirectory *directory)
{
	each_table(directory, make_table);
	lsm_name_table_init(&directory->body_names);
	lsm_name_table_init(&directory->organization_names);
}

void
lsm_directory_index_free(LsmDirectory *directory)
{
	each_table(directory, free_table);
	lsm_name_table_clear(&directory->body_names);
	lsm_name_table_clear(&directory->organization_names);
}
