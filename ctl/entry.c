/*
 * entry.c - see entry.h.
 */
#include "ctl/entry.h"

#include "ctl/printer.h"
#include "desk/json.h"

void
lsm_entry_print(JsonObject *object, const LsmPlace *place)
{
	lsm_json_set(object, "file", place->file);
	json_object_set_int_member(object, "line", place->line);
	lsm_printer_json(object, FALSE);
}

void
lsm_entry_print_organization(const LsmOrganization *organization)
{
	g_autoptr(JsonObject) object = json_object_new();

	lsm_json_set(object, "kind", "organization");
	lsm_json_set(object, "name", organization->name);
	lsm_json_set_strings(object, "names", (const char *const *)organization->names);
	lsm_json_set_strings(object, "domains", (const char *const *)organization->domains);
	lsm_json_set(object, "liaison_manager", organization->liaison_manager);
	lsm_json_set_strings(object, "send_to", (const char *const *)organization->send_to);
	lsm_entry_print(object, &organization->place);
}
