/*
 * entry.h - an entry of the directory as JSON, as `directory` and `who` print it.
 */
#ifndef LSM_CTL_ENTRY_H
#define LSM_CTL_ENTRY_H

#include <json-glib/json-glib.h>

#include "conf/directory.h"

/* Prints an organization: a line of its own. */
void lsm_entry_print_organization(const LsmOrganization *organization);

/* Adds file and line to what is known of an entry, and prints it. */
void lsm_entry_print(JsonObject *object, const LsmPlace *place);

#endif
