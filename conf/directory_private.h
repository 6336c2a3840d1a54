/*
 * directory_private.h - what the files of the directory share; nobody else includes it.
 *
 * directory.c reads the file, directory_index.c makes its tables, directory_find.c answers questions from
 * them, directory_match.c finds names in texts.
 */
#ifndef LSM_CONF_DIRECTORY_PRIVATE_H
#define LSM_CONF_DIRECTORY_PRIVATE_H

#include "conf/confuse_check.h"
#include "conf/directory.h"

/* Names by their words: what directory_match.c looks up. */
typedef struct {
	GHashTable *phrases; /* normalised words -> Phrase (directory_match.c) */
	guint max_words;
	gsize max_octets;
} LsmNameTable;

struct LsmDirectory {
	char *home_name;
	char *liaison_contact;
	char **home_domains;
	LsmPlace home_place;
	char **files;
	char *included_digest;
	GPtrArray *bodies;        /* of LsmBody */
	GPtrArray *persons;       /* of LsmPerson */
	GPtrArray *organizations; /* of LsmOrganization */

	/* All keys are folded (lsm_address_fold) but the logins'; values belong to the arrays above. */
	GHashTable *body_by_acronym;
	GHashTable *body_by_address;
	GHashTable *person_by_address;
	GHashTable *person_by_login;
	GHashTable *organization_by_domain;
	GHashTable *organization_by_send_to;
	GHashTable *home_domain_set;
	GHashTable *home_lists; /* addresses -> themselves, as the next two */
	GHashTable *home_liaison_addresses;
	GHashTable *role_addresses; /* of chairs, approvers, managers, coordinators */
	LsmNameTable body_names;
	LsmNameTable organization_names;
};

/* Of one entry; body->parent and a role's body are not theirs. */
void lsm_directory_free_body(LsmBody *body);
void lsm_directory_free_person(LsmPerson *person);
void lsm_directory_free_organization(LsmOrganization *organization);
/* An empty list of LsmRole that frees their titles. */
GArray *lsm_directory_new_roles(void);

/* Creates the empty tables; frees them. */
void lsm_directory_index_new(LsmDirectory *directory);
void lsm_directory_index_free(LsmDirectory *directory);

/*
 * Fills the tables: those of the bodies once all are there, those of persons and organizations
 * at the end. What may stand once only (an acronym, a domain, a list, a name, a person's address or
 * login) and stands twice is an error "NAME:LINE: ...".
 */
gboolean lsm_directory_index_bodies(LsmDirectory *directory, const LsmConfuseText *text, GError **error);
gboolean lsm_directory_index_others(LsmDirectory *directory, const LsmConfuseText *text, GError **error);

/* The section's word of a body: "body", "area", "group". */
const char *lsm_directory_section_of(const LsmBody *body);

void lsm_name_table_init(LsmNameTable *table);
void lsm_name_table_clear(LsmNameTable *table);

/*
 * Enters a name for owner (a body or an organization). body: owner, or NULL for organizations.
 * Returns the owner that has this name already and is another one, else NULL. A name of more than 16 words or
 * without a letter or digit is not entered: *is_name_out says so.
 */
gconstpointer lsm_name_table_add(LsmNameTable *table, const char *name, gconstpointer owner,
				 const LsmBody *body, gboolean *is_name_out);

#endif
