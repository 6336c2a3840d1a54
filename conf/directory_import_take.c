/*
 * directory_import_take.c - bodies, persons and organizations of what the Datatracker exported.
 *
 * Owns the tables of the Datatracker's types and roles; what is made belongs to the import. Cannot fail: what
 * cannot be taken is counted with its reason.
 */
#include "conf/directory_import_private.h"

#include <string.h>

#include "conf/value.h"

/* ---- bodies, areas, groups ---- */

/* To add a type of group: a row. parents: the level of what it belongs to; is_top: it belongs to nothing. */
typedef struct {
	const char *type;
	LsmLevel level;
	gboolean is_top;
	LsmLevel parent;
} TypeRow;

static const TypeRow type_rows[] = {
	{"ietf", LSM_LEVEL_ORGANIZATION, TRUE, 0},
	{"iesg", LSM_LEVEL_ORGANIZATION, TRUE, 0},
	{"iab", LSM_LEVEL_ORGANIZATION, TRUE, 0},
	{"irtf", LSM_LEVEL_RESEARCH, TRUE, 0},
	{"area", LSM_LEVEL_AREA, TRUE, 0},
	{"wg", LSM_LEVEL_GROUP, FALSE, LSM_LEVEL_AREA},
	{"ag", LSM_LEVEL_GROUP, FALSE, LSM_LEVEL_AREA},
	{"rg", LSM_LEVEL_RESEARCH, FALSE, LSM_LEVEL_RESEARCH},
	{"rag", LSM_LEVEL_RESEARCH, FALSE, LSM_LEVEL_RESEARCH},
};

static const TypeRow *
find_type(const LsmImportedGroup *group)
{
	for (gsize i = 0; i < G_N_ELEMENTS(type_rows); i++)
		if (strcmp(type_rows[i].type, group->type) == 0)
			return &type_rows[i];
	return NULL;
}

static gboolean
is_concluded(const LsmImportedGroup *group)
{
	return strcmp(group->state, "conclude") == 0 || strcmp(group->state, "replaced") == 0;
}

static const char *
home_domain(const LsmDirectoryImport *import)
{
	const LsmImportPlan *plan = import->plan;

	if (plan->domains != NULL && plan->domains[0] != NULL)
		return plan->domains[0];
	return plan->present != NULL ? lsm_directory_home_domains(plan->present)[0] : "";
}

/* "ippm-chairs@ietf.org", "cfrg-chairs@irtf.org": aliases stand in the domain of the group's list. */
static void
add_alias(const LsmDirectoryImport *import, char ***list, const LsmBody *body, const char *part)
{
	gboolean has_list = *body->list != '\0' && import->plan->present != NULL &&
			    lsm_directory_is_home_address(import->plan->present, body->list);
	g_autofree char *alias =
		g_strdup_printf("%s-%s@%s", body->acronym, part,
				has_list ? lsm_address_domain(body->list) : home_domain(import));

	if (!import->plan->with_aliases || body->is_concluded || !lsm_address_is_valid(alias))
		return;
	g_strfreev(*list);
	*list = g_new0(char *, 2);
	(*list)[0] = g_steal_pointer(&alias);
}

static void
append_once(char ***list, const char *value)
{
	guint length = g_strv_length(*list);

	if (lsm_address_in_list(value, *list))
		return;
	*list = g_renew(char *, *list, length + 2);
	(*list)[length] = g_strdup(value);
	(*list)[length + 1] = NULL;
}

static void
take_text(LsmDirectoryImport *import, const LsmImportedGroup *group, char **field, const char *text,
	  gboolean is_taken, const char *what)
{
	if (is_taken) {
		g_free(*field);
		*field = g_strdup(text);
	} else if (*text != '\0') {
		lsm_import_leave_out(import, group->acronym,
				     "their %s, which another one has or which is none", what);
	}
}

/* Once all acronyms are taken: a name must not keep another group from its acronym. */
static void
complete_body(LsmDirectoryImport *import, const LsmImportedGroup *group)
{
	LsmBody *body = group->body;

	take_text(import, group, &body->name, group->name,
		  lsm_import_take_name(&import->body_names, group->name, body, body), "name");
	take_text(import, group, &body->list, group->list,
		  lsm_address_is_valid(group->list) && lsm_import_take(import->lists, group->list, body),
		  "list");
	if (body->level == LSM_LEVEL_AREA)
		add_alias(import, &body->approvers, body, "ads");
	else if (body->parent != NULL)
		add_alias(import, &body->chairs, body, "chairs");
}

static void
complete_bodies(LsmDirectoryImport *import, gboolean concluded)
{
	for (guint i = 0; i < import->sorted->len; i++) {
		const LsmImportedGroup *group = import->sorted->pdata[i];

		if (group->body != NULL && group->body->is_concluded == concluded)
			complete_body(import, group);
	}
}

static void
make_body(LsmDirectoryImport *import, LsmImportedGroup *group, const TypeRow *type, const LsmBody *parent)
{
	LsmBody *body = g_new0(LsmBody, 1);

	body->level = type->level;
	body->acronym = g_strdup(group->acronym);
	body->name = g_strdup("");
	body->list = g_strdup("");
	body->parent = parent;
	body->initiates = type->level != LSM_LEVEL_RESEARCH;
	body->is_concluded = is_concluded(group);
	body->successor = g_strdup("");
	body->approvers = g_new0(char *, 1);
	body->chairs = g_new0(char *, 1);
	if (!lsm_value_acronym.accepts(body->acronym) ||
	    lsm_import_find(import->acronyms, body->acronym) != NULL ||
	    !lsm_import_take_name(&import->body_names, body->acronym, body, body)) {
		lsm_import_leave_out(import, group->acronym,
				     "there is one of this acronym already, or it is none");
		lsm_directory_free_body(body);
		return;
	}
	lsm_import_take(import->acronyms, body->acronym, body);
	group->body = body;
	g_ptr_array_add(import->bodies, body);
}

static gboolean
is_state_taken(LsmDirectoryImport *import, const LsmImportedGroup *group)
{
	if (strcmp(group->state, "active") == 0)
		return TRUE;
	if (!is_concluded(group))
		lsm_import_leave_out(import, group->acronym, "state %s",
				     *group->state != '\0' ? group->state : "unknown");
	else if (!import->plan->with_concluded)
		lsm_import_leave_out(import, group->acronym, "concluded (--concluded brings them)");
	else
		return TRUE;
	return FALSE;
}

/* Bodies hardly change: where some are written, these are they, and only their chairs come from the files. */
static void
make_top(LsmDirectoryImport *import, LsmImportedGroup *group, const TypeRow *type)
{
	const LsmBody *written = lsm_import_find(import->acronyms, group->acronym);

	if (type->level == LSM_LEVEL_AREA && strcmp(group->acronym, "irtf") == 0)
		return;
	if (type->level == LSM_LEVEL_AREA || import->plan->present == NULL)
		make_body(import, group, type, NULL);
	else if (written != NULL && written->parent == NULL)
		group->kept = written;
	else
		lsm_import_leave_out(import, group->acronym,
				     "bodies that the present directory does not have");
}

static void
make_group(LsmDirectoryImport *import, LsmImportedGroup *group, const TypeRow *type)
{
	const LsmImportedGroup *above = g_hash_table_lookup(import->groups, group->parent);
	const LsmBody *parent = above != NULL ? lsm_import_find(import->acronyms, above->acronym) : NULL;

	if (parent != NULL && parent->level == type->parent && parent->parent == NULL)
		make_body(import, group, type, parent);
	else
		lsm_import_leave_out(import, group->acronym, "their area, or research body, is not there");
}

/* One pass for the tops and one for groups; those in work first. */
static void
make_bodies(LsmDirectoryImport *import, gboolean is_top, gboolean concluded)
{
	for (guint i = 0; i < import->sorted->len; i++) {
		LsmImportedGroup *group = import->sorted->pdata[i];
		const TypeRow *type = find_type(group);

		if (type == NULL || type->is_top != is_top || is_concluded(group) != concluded ||
		    !is_state_taken(import, group))
			continue;
		if (is_top)
			make_top(import, group, type);
		else
			make_group(import, group, type);
	}
}

/* ---- organizations ---- */

static LsmImportedGroup *
sdo_above(const LsmDirectoryImport *import, const LsmImportedGroup *group)
{
	LsmImportedGroup *above = g_hash_table_lookup(import->groups, group->parent);

	return above != NULL && above != group && strcmp(above->type, "sdo") == 0 ? above : NULL;
}

/* By its acronym, too, it may be the one that people have written. */
static void
make_organization(LsmDirectoryImport *import, LsmImportedGroup *group)
{
	LsmOrganization *organization = g_new0(LsmOrganization, 1);

	organization->name = g_strdup(group->name);
	organization->names = g_new0(char *, 1);
	organization->domains = g_new0(char *, 1);
	organization->liaison_manager = g_strdup("");
	organization->send_to = g_new0(char *, 1);
	group->organization = organization;
	g_ptr_array_add(import->organizations, organization);
	if (lsm_import_take_name(&import->organization_names, group->acronym, organization, NULL) &&
	    lsm_import_take_name(&import->organization_names, group->name, organization, NULL)) {
		append_once(&organization->names, group->name);
		append_once(&organization->names, group->acronym);
		return;
	}
	lsm_import_leave_out(import, group->acronym,
			     "there is an organization of this name already, or it is none");
	group->organization = NULL;
	g_ptr_array_remove_index(import->organizations, import->organizations->len - 1);
}

/* "ITU-T SG 15" is a name by which people call ITU-T. */
static void
join_organization(LsmDirectoryImport *import, LsmImportedGroup *group, LsmImportedGroup *above)
{
	LsmOrganization *organization = above->organization;

	if (organization == NULL)
		lsm_import_leave_out(import, group->acronym, "groups of an organization that is not taken");
	else if (lsm_import_take_name(&import->organization_names, group->name, organization, NULL))
		append_once(&organization->names, group->name);
	else
		lsm_import_leave_out(import, group->acronym,
				     "there is an organization of this name already, or it is none");
}

static void
make_organizations(LsmDirectoryImport *import, gboolean is_top)
{
	for (guint i = 0; i < import->sorted->len; i++) {
		LsmImportedGroup *group = import->sorted->pdata[i];
		LsmImportedGroup *above = sdo_above(import, group);

		if (strcmp(group->type, "sdo") != 0 || (above == NULL) != is_top)
			continue;
		if (strcmp(group->state, "active") != 0)
			lsm_import_leave_out(import, group->acronym, "organizations in state %s",
					     group->state);
		else if (is_top)
			make_organization(import, group);
		else
			join_organization(import, group, above);
	}
}

/* ---- roles ---- */

static void
add_address(LsmDirectoryImport *import, LsmPerson *person, const char *address)
{
	if (!lsm_address_is_valid(address) || lsm_address_in_list(address, person->addresses))
		return;
	if (lsm_import_take(import->addresses, address, person))
		append_once(&person->addresses, address);
}

static char *
free_name(const LsmDirectoryImport *import, const LsmImportedPerson *person, const char *address)
{
	const char *name = lsm_value_name.accepts(person->name) ? person->name : address;

	if (lsm_import_find(import->person_names, name) == NULL)
		return g_strdup(name);
	return g_strdup_printf("%s (%s)", name, address);
}

/* The person behind a role; NULL when people have written that person down, or the address is another's. */
static LsmPerson *
make_person(LsmDirectoryImport *import, const LsmImportedRole *role)
{
	LsmImportedPerson *person = lsm_import_need_person(import, role->person);
	LsmPerson *made;

	if (person->made != NULL)
		return person->made;
	if (lsm_import_find(import->addresses, role->address) != NULL) {
		lsm_import_leave_out(import, role->address, "there is a person of this address already");
		return NULL;
	}
	made = g_new0(LsmPerson, 1);
	made->name = free_name(import, person, role->address);
	made->addresses = g_new0(char *, 1);
	made->logins = g_new0(char *, 1);
	made->roles = lsm_directory_new_roles();
	lsm_import_take(import->person_names, made->name, made);
	add_address(import, made, role->address);
	for (guint i = 0; i < person->addresses->len; i++)
		add_address(import, made, person->addresses->pdata[i]);
	person->made = made;
	g_ptr_array_add(import->made, made);
	return made;
}

static void
give_role(LsmDirectoryImport *import, const LsmImportedRole *role, const char *title)
{
	LsmPerson *person = make_person(import, role);
	LsmRole given = {.title = NULL};

	if (person == NULL)
		return;
	for (guint i = 0; i < person->roles->len; i++)
		if (strcmp(g_array_index(person->roles, LsmRole, i).title, title) == 0)
			return;
	add_address(import, person, role->address);
	given.title = g_strdup(title);
	g_array_append_val(person->roles, given);
}

static void
take_chair(LsmDirectoryImport *import, const LsmImportedRole *role, LsmImportedGroup *group)
{
	LsmBody *body = group->body;

	if (body != NULL && body->parent == NULL)
		append_once(&body->approvers, role->address);
	else if (body != NULL && !import->plan->with_aliases)
		append_once(&body->chairs, role->address);
	give_role(import, role, body != NULL ? body->acronym : group->kept->acronym);
}

static void
take_director(LsmDirectoryImport *import, const LsmImportedRole *role, LsmImportedGroup *group)
{
	append_once(&group->body->approvers, role->address);
	give_role(import, role, group->body->acronym);
}

static void
take_manager(LsmDirectoryImport *import, const LsmImportedRole *role, LsmImportedGroup *group)
{
	LsmOrganization *organization = group->organization;

	if (*organization->liaison_manager != '\0') {
		lsm_import_leave_out(import, group->acronym, "a second liaison manager");
		return;
	}
	g_free(organization->liaison_manager);
	organization->liaison_manager = g_strdup(role->address);
	make_person(import, role);
}

static void
take_contact(LsmDirectoryImport *import, const LsmImportedRole *role, LsmImportedGroup *group)
{
	if (lsm_import_take(import->lists, role->address, group->organization))
		append_once(&group->organization->send_to, role->address);
	else if (!lsm_address_in_list(role->address, group->organization->send_to))
		lsm_import_leave_out(import, role->address, "a contact that another one has already");
}

static gboolean
is_chaired(const LsmImportedGroup *group)
{
	if (group->kept != NULL)
		return TRUE;
	return group->body != NULL && group->body->level != LSM_LEVEL_AREA && !group->body->is_concluded;
}

static gboolean
is_directed(const LsmImportedGroup *group)
{
	return group->body != NULL && group->body->level == LSM_LEVEL_AREA;
}

static gboolean
is_organization(const LsmImportedGroup *group)
{
	return group->organization != NULL;
}

static gboolean
is_any(const LsmImportedGroup *group)
{
	(void)group;
	return TRUE;
}

static void
take_coordinator(LsmDirectoryImport *import, const LsmImportedRole *role, LsmImportedGroup *group)
{
	(void)group;
	give_role(import, role, "coordinator");
}

/* To take a role: a row and its function. */
static const struct {
	const char *role;
	gboolean (*fits)(const LsmImportedGroup *group);
	void (*take)(LsmDirectoryImport *import, const LsmImportedRole *role, LsmImportedGroup *group);
} role_rows[] = {
	{"chair", is_chaired, take_chair},
	{"ad", is_directed, take_director},
	{"liaison_coordinator", is_any, take_coordinator},
	{"liaiman", is_organization, take_manager},
	{"liaison_contact", is_organization, take_contact},
};

static void
take_role(LsmDirectoryImport *import, const LsmImportedRole *role)
{
	LsmImportedGroup *group = g_hash_table_lookup(import->groups, role->group);

	if (group == NULL) {
		lsm_import_leave_out(import, role->address, "roles in a group that is not in the files");
		return;
	}
	for (gsize i = 0; i < G_N_ELEMENTS(role_rows); i++) {
		if (strcmp(role_rows[i].role, role->role) != 0 || !role_rows[i].fits(group))
			continue;
		if (lsm_address_is_valid(role->address))
			role_rows[i].take(import, role, group);
		else
			lsm_import_leave_out(import, group->acronym, "roles without a mail address");
		return;
	}
	if (group->body != NULL || group->organization != NULL)
		lsm_import_leave_out(import, group->acronym, "role %s", role->role);
}

static void
leave_out_types(LsmDirectoryImport *import)
{
	for (guint i = 0; i < import->sorted->len; i++) {
		const LsmImportedGroup *group = import->sorted->pdata[i];

		if (find_type(group) == NULL && strcmp(group->type, "sdo") != 0)
			lsm_import_leave_out(import, group->acronym, "type %s",
					     *group->type != '\0' ? group->type : "unknown");
	}
}

void
lsm_import_make_all(LsmDirectoryImport *import)
{
	make_bodies(import, TRUE, FALSE);
	make_bodies(import, TRUE, TRUE);
	make_bodies(import, FALSE, FALSE);
	make_bodies(import, FALSE, TRUE);
	complete_bodies(import, FALSE);
	complete_bodies(import, TRUE);
	make_organizations(import, TRUE);
	make_organizations(import, FALSE);
	leave_out_types(import);
	for (guint i = 0; i < import->roles->len; i++)
		take_role(import, import->roles->pdata[i]);
}
