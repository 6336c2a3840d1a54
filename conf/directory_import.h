/*
 * directory_import.h - directory.conf from the groups, roles, persons and addresses that the IETF's
 * Datatracker exports (its API's /group/group/, /group/role/, /person/person/, /person/email/).
 *
 * Pure: what is added comes parsed, what is rendered is a text. Ids are whatever tells two entries apart;
 * words (types, states, roles) are the Datatracker's: "wg", "active", "chair". Trusts nothing: what cannot
 * stand in directory.conf is left out and counted with its reason.
 */
#ifndef LSM_CONF_DIRECTORY_IMPORT_H
#define LSM_CONF_DIRECTORY_IMPORT_H

#include "conf/directory.h"

typedef enum {
	LSM_IMPORT_WHOLE,         /* a directory.conf */
	LSM_IMPORT_HOME,          /* areas, groups and persons, to be included in the home section */
	LSM_IMPORT_ORGANIZATIONS, /* organizations, to be included outside of it */
} LsmImportPart;

/*
 * Beside what is imported stands what people have written. Of a part: all entries of the present directory
 * that stand in other files than output. Of a whole file: the present directory's bodies and organizations,
 * its concluded groups with a successor, and the persons that have no role in an area or group. What is
 * written wins: an imported entry of the same name, acronym or address is left out.
 */
typedef struct {
	LsmImportPart part;
	const LsmDirectory *present; /* NULL: there is none yet */
	const char *output;          /* the file that will be replaced, or NULL */
	const char *home;            /* title, or NULL: the present one */
	char *const *domains;        /* NULL or empty: the present ones */
	const char *contact;         /* NULL: the present one */
	gboolean with_concluded;     /* concluded groups as well */
	gboolean with_aliases;       /* ACRONYM-chairs and ACRONYM-ads, as the IETF has them */
} LsmImportPlan;

typedef struct {
	const char *id, *acronym, *name, *state, *type, *parent, *list; /* NULL is "" */
} LsmImportGroup;

typedef struct {
	const char *reason; /* "concluded" */
	GPtrArray *names;   /* of char *, in order */
} LsmImportLeftOut;

typedef struct {
	guint areas, groups, persons, organizations;
} LsmImportCounts;

typedef struct LsmDirectoryImport LsmDirectoryImport;

LsmDirectoryImport *lsm_directory_import_new(void);
void lsm_directory_import_free(LsmDirectoryImport *import);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmDirectoryImport, lsm_directory_import_free)

/* In any order; an entry of an id that was there replaces it. */
void lsm_directory_import_add_group(LsmDirectoryImport *import, const LsmImportGroup *group);
void lsm_directory_import_add_role(LsmDirectoryImport *import, const char *group, const char *role,
				   const char *address, const char *person);
void lsm_directory_import_add_person(LsmDirectoryImport *import, const char *id, const char *name);
void lsm_directory_import_add_address(LsmDirectoryImport *import, const char *address, const char *person);

/*
 * Once, when all is added. The text, in an order that depends on its entries only; it loads beside what is
 * written (tried here). INPUT: nothing usable was added, or the result does not load. Caller frees.
 */
char *lsm_directory_import_render(LsmDirectoryImport *import, const LsmImportPlan *plan, GError **error);

/* After rendering. Arrays belong to the import. */
const LsmImportCounts *lsm_directory_import_counts(const LsmDirectoryImport *import);
const GPtrArray *lsm_directory_import_left_out(const LsmDirectoryImport *import); /* of LsmImportLeftOut * */

#endif
