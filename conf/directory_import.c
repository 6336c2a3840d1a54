/*
 * directory_import.c - directory.conf from the Datatracker's groups, roles, persons and addresses.
 *
 * Owns what was added, and the entries made of it (the directory's own structs). Uses directory_import_take.c
 * to make them, directory_render.c to write them, and the directory's parser to try the result. One thread.
 * Work grows with the number of entries.
 */
#include "conf/directory_import.h"

#include <string.h>

#include "conf/confuse_file.h"
#include "conf/directory_import_private.h"
#include "conf/directory_render.h"
#include "conf/error.h"
#include "conf/value.h"

#define REASONS_MAX 200 /* words of the files stand in them: the last one is for all others */

/* ---- life ---- */

static void
free_group(gpointer data)
{
	LsmImportedGroup *group = data;

	g_free(group->id);
	g_free(group->acronym);
	g_free(group->name);
	g_free(group->state);
	g_free(group->type);
	g_free(group->parent);
	g_free(group->list);
	g_free(group);
}

static void
free_role(gpointer data)
{
	LsmImportedRole *role = data;

	g_free(role->group);
	g_free(role->role);
	g_free(role->address);
	g_free(role->person);
	g_free(role);
}

static void
free_person(gpointer data)
{
	LsmImportedPerson *person = data;

	g_free(person->name);
	g_ptr_array_unref(person->addresses);
	g_free(person);
}

static void
free_left_out(gpointer data)
{
	LsmImportLeftOut *left_out = data;

	g_free((char *)left_out->reason);
	g_ptr_array_unref(left_out->names);
	g_free(left_out);
}

static GHashTable *
new_set(void)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

LsmDirectoryImport *
lsm_directory_import_new(void)
{
	LsmDirectoryImport *import = g_new0(LsmDirectoryImport, 1);

	import->groups = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_group);
	import->persons = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_person);
	import->roles = g_ptr_array_new_with_free_func(free_role);
	import->sorted = g_ptr_array_new();
	import->bodies = g_ptr_array_new_with_free_func((GDestroyNotify)lsm_directory_free_body);
	import->made = g_ptr_array_new_with_free_func((GDestroyNotify)lsm_directory_free_person);
	import->organizations =
		g_ptr_array_new_with_free_func((GDestroyNotify)lsm_directory_free_organization);
	import->kept_bodies = g_ptr_array_new();
	import->kept_persons = g_ptr_array_new();
	import->kept_organizations = g_ptr_array_new();
	import->acronyms = new_set();
	import->lists = new_set();
	import->addresses = new_set();
	import->person_names = new_set();
	lsm_name_table_init(&import->body_names);
	lsm_name_table_init(&import->organization_names);
	import->left_out = g_ptr_array_new_with_free_func(free_left_out);
	return import;
}

void
lsm_directory_import_free(LsmDirectoryImport *import)
{
	GPtrArray *arrays[] = {
		import->roles,         import->sorted,      import->bodies,       import->made,
		import->organizations, import->kept_bodies, import->kept_persons, import->kept_organizations,
		import->left_out};
	GHashTable *tables[] = {import->groups, import->persons,   import->acronyms,
				import->lists,  import->addresses, import->person_names};

	for (gsize i = 0; i < G_N_ELEMENTS(arrays); i++)
		g_ptr_array_unref(arrays[i]);
	for (gsize i = 0; i < G_N_ELEMENTS(tables); i++)
		g_hash_table_unref(tables[i]);
	lsm_name_table_clear(&import->body_names);
	lsm_name_table_clear(&import->organization_names);
	g_free(import);
}

/* ---- adding ---- */

static char *
copy(const char *text)
{
	char *copied = text != NULL ? g_utf8_make_valid(text, -1) : g_strdup("");

	return g_strstrip(copied);
}

void
lsm_directory_import_add_group(LsmDirectoryImport *import, const LsmImportGroup *group)
{
	LsmImportedGroup *added = g_new0(LsmImportedGroup, 1);

	added->id = copy(group->id);
	added->acronym = copy(group->acronym);
	added->name = copy(group->name);
	added->state = copy(group->state);
	added->type = copy(group->type);
	added->parent = copy(group->parent);
	added->list = copy(group->list);
	g_hash_table_replace(import->groups, added->id, added);
}

void
lsm_directory_import_add_role(LsmDirectoryImport *import, const char *group, const char *role,
			      const char *address, const char *person)
{
	LsmImportedRole *added = g_new0(LsmImportedRole, 1);

	added->group = copy(group);
	added->role = copy(role);
	added->address = copy(address);
	added->person = copy(person);
	g_ptr_array_add(import->roles, added);
}

LsmImportedPerson *
lsm_import_need_person(LsmDirectoryImport *import, const char *id)
{
	LsmImportedPerson *person = g_hash_table_lookup(import->persons, id);

	if (person != NULL)
		return person;
	person = g_new0(LsmImportedPerson, 1);
	person->name = g_strdup("");
	person->addresses = g_ptr_array_new_with_free_func(g_free);
	g_hash_table_insert(import->persons, copy(id), person);
	return person;
}

void
lsm_directory_import_add_person(LsmDirectoryImport *import, const char *id, const char *name)
{
	LsmImportedPerson *person = lsm_import_need_person(import, id);

	g_free(person->name);
	person->name = copy(name);
}

void
lsm_directory_import_add_address(LsmDirectoryImport *import, const char *address, const char *person)
{
	g_ptr_array_add(lsm_import_need_person(import, person)->addresses, copy(address));
}

/* ---- what is left out ---- */

void
lsm_import_leave_out(LsmDirectoryImport *import, const char *name, const char *format, ...)
{
	g_autofree char *reason = NULL;
	LsmImportLeftOut *left_out = NULL;
	va_list arguments;

	va_start(arguments, format);
	reason = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	for (guint i = 0; left_out == NULL && i < import->left_out->len; i++)
		if (strcmp(((LsmImportLeftOut *)import->left_out->pdata[i])->reason, reason) == 0)
			left_out = import->left_out->pdata[i];
	if (left_out == NULL && import->left_out->len >= REASONS_MAX)
		left_out = import->left_out->pdata[REASONS_MAX - 1];
	if (left_out == NULL) {
		left_out = g_new0(LsmImportLeftOut, 1);
		left_out->reason = g_steal_pointer(&reason);
		left_out->names = g_ptr_array_new_with_free_func(g_free);
		g_ptr_array_add(import->left_out, left_out);
	}
	g_ptr_array_add(left_out->names, g_strdup(name));
}

/* ---- what is taken ---- */

gboolean
lsm_import_take(GHashTable *table, const char *value, gpointer owner)
{
	char *key = lsm_address_fold(value);

	if (!g_hash_table_contains(table, key)) {
		g_hash_table_insert(table, key, owner);
		return TRUE;
	}
	g_free(key);
	return FALSE;
}

gpointer
lsm_import_find(GHashTable *table, const char *value)
{
	g_autofree char *key = lsm_address_fold(value);

	return g_hash_table_lookup(table, key);
}

gboolean
lsm_import_take_name(LsmNameTable *table, const char *name, gpointer owner, const LsmBody *body)
{
	gboolean is_name;

	return lsm_value_name.accepts(name) &&
	       lsm_name_table_add(table, name, owner, body, &is_name) == NULL && is_name;
}

/* ---- what people have written ---- */

static gboolean
is_output(const LsmImportPlan *plan, const LsmPlace *place)
{
	g_autofree char *output = NULL;
	g_autofree char *file = NULL;

	if (plan->output == NULL)
		return FALSE;
	output = lsm_confuse_file_identity(plan->output);
	file = lsm_confuse_file_identity(place->file);
	return strcmp(output, file) == 0;
}

static gboolean
is_body_kept(const LsmImportPlan *plan, const LsmBody *body)
{
	if (plan->part != LSM_IMPORT_WHOLE)
		return !is_output(plan, &body->place);
	return body->parent == NULL && body->level != LSM_LEVEL_AREA;
}

static gboolean
is_person_kept(const LsmImportPlan *plan, const LsmPerson *person)
{
	if (plan->part != LSM_IMPORT_WHOLE)
		return !is_output(plan, &person->place);
	for (guint i = 0; i < person->roles->len; i++) {
		const LsmBody *body = g_array_index(person->roles, LsmRole, i).body;

		if (body == NULL || (body->parent == NULL && body->level != LSM_LEVEL_AREA))
			return TRUE;
	}
	return FALSE;
}

static void
keep_body(LsmDirectoryImport *import, const LsmBody *body)
{
	g_ptr_array_add(import->kept_bodies, (gpointer)body);
	lsm_import_take(import->acronyms, body->acronym, (gpointer)body);
	lsm_import_take_name(&import->body_names, body->acronym, (gpointer)body, body);
	if (*body->name != '\0')
		lsm_import_take_name(&import->body_names, body->name, (gpointer)body, body);
	if (*body->list != '\0')
		lsm_import_take(import->lists, body->list, (gpointer)body);
}

static void
keep_person(LsmDirectoryImport *import, const LsmPerson *person)
{
	g_ptr_array_add(import->kept_persons, (gpointer)person);
	lsm_import_take(import->person_names, person->name, (gpointer)person);
	for (gsize i = 0; person->addresses[i] != NULL; i++)
		lsm_import_take(import->addresses, person->addresses[i], (gpointer)person);
}

static void
keep_organization(LsmDirectoryImport *import, const LsmOrganization *organization)
{
	g_ptr_array_add(import->kept_organizations, (gpointer)organization);
	for (gsize i = 0; organization->names[i] != NULL; i++)
		lsm_import_take_name(&import->organization_names, organization->names[i],
				     (gpointer)organization, NULL);
	for (gsize i = 0; organization->send_to[i] != NULL; i++)
		lsm_import_take(import->lists, organization->send_to[i], (gpointer)organization);
}

static void
keep_present(LsmDirectoryImport *import)
{
	const LsmImportPlan *plan = import->plan;
	const LsmDirectory *present = plan->present;

	for (guint i = 0; present != NULL && i < lsm_directory_body_count(present); i++)
		if (is_body_kept(plan, lsm_directory_body(present, i)))
			keep_body(import, lsm_directory_body(present, i));
	for (guint i = 0; present != NULL && i < lsm_directory_person_count(present); i++)
		if (is_person_kept(plan, lsm_directory_person(present, i)))
			keep_person(import, lsm_directory_person(present, i));
	for (guint i = 0; present != NULL && i < lsm_directory_organization_count(present); i++)
		if (plan->part == LSM_IMPORT_WHOLE ||
		    !is_output(plan, &lsm_directory_organization(present, i)->place))
			keep_organization(import, lsm_directory_organization(present, i));
}

/* ---- order ---- */

static int
compare_groups(gconstpointer a, gconstpointer b)
{
	const LsmImportedGroup *left = *(LsmImportedGroup *const *)a, *right = *(LsmImportedGroup *const *)b;
	int order = strcmp(left->acronym, right->acronym);

	return order != 0 ? order : strcmp(left->id, right->id);
}

static int
compare_roles(gconstpointer a, gconstpointer b)
{
	const LsmImportedRole *left = *(LsmImportedRole *const *)a, *right = *(LsmImportedRole *const *)b;
	const char *const texts[][2] = {{left->group, right->group},
					{left->role, right->role},
					{left->address, right->address},
					{left->person, right->person}};
	int order = 0;

	for (gsize i = 0; order == 0 && i < G_N_ELEMENTS(texts); i++)
		order = strcmp(texts[i][0], texts[i][1]);
	return order;
}

static int
compare_texts(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Areas and bodies before groups, for readers: directory.conf does not need it. */
static int
compare_bodies(gconstpointer a, gconstpointer b)
{
	const LsmBody *left = *(LsmBody *const *)a, *right = *(LsmBody *const *)b;
	int order = (left->parent != NULL) - (right->parent != NULL);

	if (order == 0)
		order = (int)left->level - (int)right->level;
	return order != 0 ? order : strcmp(left->acronym, right->acronym);
}

static int
compare_persons(gconstpointer a, gconstpointer b)
{
	return strcmp((*(LsmPerson *const *)a)->name, (*(LsmPerson *const *)b)->name);
}

static int
compare_organizations(gconstpointer a, gconstpointer b)
{
	return strcmp((*(LsmOrganization *const *)a)->name, (*(LsmOrganization *const *)b)->name);
}

static void
sort_added(LsmDirectoryImport *import)
{
	GHashTableIter iterator;
	gpointer value;

	g_hash_table_iter_init(&iterator, import->groups);
	while (g_hash_table_iter_next(&iterator, NULL, &value))
		g_ptr_array_add(import->sorted, value);
	g_ptr_array_sort(import->sorted, compare_groups);
	g_ptr_array_sort(import->roles, compare_roles);
	g_hash_table_iter_init(&iterator, import->persons);
	while (g_hash_table_iter_next(&iterator, NULL, &value))
		g_ptr_array_sort(((LsmImportedPerson *)value)->addresses, compare_texts);
}

static void
sort_made(LsmDirectoryImport *import)
{
	g_ptr_array_sort(import->bodies, compare_bodies);
	g_ptr_array_sort(import->made, compare_persons);
	g_ptr_array_sort(import->organizations, compare_organizations);
}

/* ---- the text ---- */

/* Whether the role's body is in the result. */
static gboolean
is_role_there(const LsmRole *role, gpointer data)
{
	LsmDirectoryImport *import = data;

	return role->body == NULL || lsm_import_find(import->acronyms, role->title) != NULL;
}

static void
render_bodies(GString *out, const GPtrArray *bodies)
{
	for (guint i = 0; i < bodies->len; i++)
		lsm_directory_render_body(out, bodies->pdata[i], 1);
}

static void
render_persons(LsmDirectoryImport *import, GString *out, const GPtrArray *persons)
{
	for (guint i = 0; i < persons->len; i++)
		lsm_directory_render_person(out, persons->pdata[i], 1, is_role_there, import);
}

static void
render_organizations(GString *out, const GPtrArray *organizations)
{
	for (guint i = 0; i < organizations->len; i++) {
		if (out->len > 0)
			g_string_append_c(out, '\n');
		lsm_directory_render_organization(out, organizations->pdata[i]);
	}
}

static void
render_head(const LsmImportPlan *plan, GString *out)
{
	const LsmDirectory *present = plan->present;
	gboolean has_domains = plan->domains != NULL && plan->domains[0] != NULL;

	g_string_append(out, "home ");
	lsm_directory_render_quoted(out, plan->home != NULL ? plan->home
					 : present != NULL  ? lsm_directory_home_name(present)
							    : "IETF");
	g_string_append(out, " {\n");
	lsm_directory_render_list(out, 1, "domains",
				  has_domains || present == NULL ? plan->domains
								 : lsm_directory_home_domains(present));
	lsm_directory_render_text(out, 1, "liaison-contact",
				  plan->contact != NULL || present == NULL
					  ? plan->contact
					  : lsm_directory_liaison_contact(present));
}

/* All together, as it will be read: what people have written, and what was made. */
static char *
render_whole(LsmDirectoryImport *import)
{
	GString *out = g_string_new(NULL);

	render_head(import->plan, out);
	render_bodies(out, import->kept_bodies);
	render_bodies(out, import->bodies);
	render_persons(import, out, import->kept_persons);
	render_persons(import, out, import->made);
	g_string_append(out, "}\n");
	render_organizations(out, import->kept_organizations);
	render_organizations(out, import->organizations);
	return g_string_free(out, FALSE);
}

static char *
render_part(LsmDirectoryImport *import)
{
	GString *out = g_string_new(NULL);

	if (import->plan->part == LSM_IMPORT_ORGANIZATIONS) {
		render_organizations(out, import->organizations);
	} else {
		render_bodies(out, import->bodies);
		render_persons(import, out, import->made);
	}
	return g_string_free(out, FALSE);
}

static void
count_part(LsmDirectoryImport *import)
{
	gboolean is_home = import->plan->part != LSM_IMPORT_ORGANIZATIONS;
	gboolean is_outside = import->plan->part != LSM_IMPORT_HOME;

	for (guint i = 0; is_home && i < import->bodies->len; i++) {
		const LsmBody *body = import->bodies->pdata[i];

		import->counts.areas += body->level == LSM_LEVEL_AREA;
		import->counts.groups += body->parent != NULL;
	}
	import->counts.persons = is_home ? import->made->len : 0;
	import->counts.organizations = is_outside ? import->organizations->len : 0;
}

char *
lsm_directory_import_render(LsmDirectoryImport *import, const LsmImportPlan *plan, GError **error)
{
	g_autofree char *whole = NULL;
	g_autoptr(LsmDirectory) tried = NULL;
	g_autoptr(GError) problem = NULL;

	import->plan = plan;
	sort_added(import);
	keep_present(import);
	lsm_import_make_all(import);
	sort_made(import);
	count_part(import);
	if (import->bodies->len + import->organizations->len == 0) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT,
			    "no group, area or organization in these files that could be taken");
		return NULL;
	}
	whole = render_whole(import);
	tried = lsm_directory_parse(whole, strlen(whole), "the new directory", &problem);
	if (tried == NULL) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT, "the result would not load: %s",
			    problem->message);
		return NULL;
	}
	return plan->part == LSM_IMPORT_WHOLE ? g_steal_pointer(&whole) : render_part(import);
}

const LsmImportCounts *
lsm_directory_import_counts(const LsmDirectoryImport *import)
{
	return &import->counts;
}

const GPtrArray *
lsm_directory_import_left_out(const LsmDirectoryImport *import)
{
	return import->left_out;
}
