/*
 * directory_import_private.h - what the files of the import share; nobody else includes it.
 *
 * directory_import.c takes what is added, knows what people have written and renders; directory_import_take.c
 * makes bodies, persons and organizations of what was added.
 */
#ifndef LSM_CONF_DIRECTORY_IMPORT_PRIVATE_H
#define LSM_CONF_DIRECTORY_IMPORT_PRIVATE_H

#include "conf/directory_import.h"
#include "conf/directory_private.h"

typedef struct {
	char *id, *acronym, *name, *state, *type, *parent, *list;
	LsmBody *body;                 /* made of it, or NULL */
	const LsmBody *kept;           /* the top body that people have written for it, or NULL */
	LsmOrganization *organization; /* so, of another body; the parent's for a group in it */
} LsmImportedGroup;

typedef struct {
	char *group, *role, *address, *person;
} LsmImportedRole;

typedef struct {
	char *name;
	GPtrArray *addresses; /* of char *, the primary one first */
	LsmPerson *made;
} LsmImportedPerson;

struct LsmDirectoryImport {
	GHashTable *groups;  /* id -> LsmImportedGroup */
	GHashTable *persons; /* id -> LsmImportedPerson */
	GPtrArray *roles;    /* of LsmImportedRole */
	const LsmImportPlan *plan;
	GPtrArray *sorted; /* of LsmImportedGroup, by acronym */
	/* Made here. */
	GPtrArray *bodies;        /* of LsmBody */
	GPtrArray *made;          /* of LsmPerson */
	GPtrArray *organizations; /* of LsmOrganization */
	/* Written by people, and kept. */
	GPtrArray *kept_bodies, *kept_persons, *kept_organizations;
	/* What is taken, by both; keys folded. */
	GHashTable *acronyms; /* -> LsmBody */
	GHashTable *lists, *addresses, *person_names;
	LsmNameTable body_names, organization_names;
	GPtrArray *left_out; /* of LsmImportLeftOut */
	LsmImportCounts counts;
};

/* Counts name under its reason. */
void lsm_import_leave_out(LsmDirectoryImport *import, const char *name, const char *format, ...)
	G_GNUC_PRINTF(3, 4);

/* The person of an id, made when there is none yet. */
LsmImportedPerson *lsm_import_need_person(LsmDirectoryImport *import, const char *id);

/* Enters folded value -> owner: TRUE when nobody had it. Who has it, or NULL. */
gboolean lsm_import_take(GHashTable *table, const char *value, gpointer owner);
gpointer lsm_import_find(GHashTable *table, const char *value);

/* TRUE for a name that nobody else has and that can be one. */
gboolean lsm_import_take_name(LsmNameTable *table, const char *name, gpointer owner, const LsmBody *body);

/* directory_import_take.c: fills bodies, made and organizations from sorted and roles. */
void lsm_import_make_all(LsmDirectoryImport *import);

#endif
