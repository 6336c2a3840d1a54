/*
 * directory.c - reads directory.conf: who is who.
 *
 * Owns the bodies, persons and organizations. Uses libConfuse through confuse.c; directory_find.c
 * builds the look-ups and finds what stands twice. A loaded directory never changes: any
 * thread may read it. The first mistake gives a CONFIG error with its line, and no directory.
 */
#include "conf/directory.h"

#include <string.h>

#include "conf/confuse.h"
#include "conf/directory_private.h"
#include "conf/error.h"

#define LISTED_MAX 30 /* acronyms that a message lists */

typedef struct {
	LsmDirectory *directory;
	const LsmConfuseText *text;
	const char *home;   /* title */
	guint parent_count; /* bodies and areas: they are read first, groups belong to one of them */
} Reader;

/* ---- options: a value's kind stands behind its key ---- */

/* clang-format off */
#define VALUE_CALLBACK(kind) \
	static int take_##kind(cfg_t *cfg, cfg_opt_t *option, const char *value, void *result) \
	{ \
		return lsm_confuse_value(cfg, option, value, result, &lsm_value_##kind); \
	}
VALUE_CALLBACK(any)
VALUE_CALLBACK(name)
VALUE_CALLBACK(word)
VALUE_CALLBACK(word_or_empty)
VALUE_CALLBACK(address)
VALUE_CALLBACK(address_or_empty)
VALUE_CALLBACK(domain)
VALUE_CALLBACK(date)
VALUE_CALLBACK(body_level)
VALUE_CALLBACK(group_level)

#define ONE(name, kind) CFG_STR_CB(name, "", CFGF_NONE, take_##kind)
#define MANY(name, kind) CFG_STR_LIST_CB(name, 0, CFGF_NONE, take_##kind)
#define YES_NO(name) CFG_BOOL_CB(name, cfg_false, CFGF_NODEFAULT, lsm_confuse_bool)
/* Without CFGF_TITLE: confuse_check.h, which refuses titles that stand twice. */
#define SECTIONS(name, rows) CFG_SEC(name, rows, CFGF_MULTI)
#define INCLUDE CFG_FUNC("include", cfg_include)

static cfg_opt_t body_options[] = {
	ONE("level", body_level),   ONE("name", any),      MANY("approvers", address),
	MANY("chairs", address),    YES_NO("initiates"),   ONE("list", address_or_empty),
	CFG_END()
};

static cfg_opt_t area_options[] = {
	ONE("name", any),           MANY("directors", address), ONE("list", address_or_empty),
	YES_NO("concluded"),
	CFG_END()
};

static cfg_opt_t group_options[] = {
	ONE("name", any),           ONE("level", group_level),  ONE("area", word),
	ONE("body", word),          MANY("chairs", address),    YES_NO("initiates"),
	ONE("list", address_or_empty), ONE("successor", word_or_empty),
	YES_NO("concluded"),
	CFG_END()
};

static cfg_opt_t role_options[] = {
	ONE("from", date),          ONE("until", date),
	CFG_END()
};

static cfg_opt_t person_options[] = {
	MANY("addresses", address), MANY("logins", word),       SECTIONS("role", role_options),
	CFG_END()
};

static cfg_opt_t home_options[] = {
	MANY("domains", domain),         ONE("liaison-contact", address),  SECTIONS("body", body_options),
	SECTIONS("area", area_options),  SECTIONS("group", group_options), SECTIONS("person", person_options),
	INCLUDE,
	CFG_END()
};

static cfg_opt_t organization_options[] = {
	MANY("names", name),        MANY("domains", domain),    ONE("liaison-manager", address_or_empty),
	MANY("send-to", address),
	CFG_END()
};

static cfg_opt_t options[] = {
	SECTIONS("home", home_options), SECTIONS("organization", organization_options),
	INCLUDE,
	CFG_END()
};
/* clang-format on */

/* ---- messages ---- */

static gboolean fail(const Reader *reader, guint line, GError **error, const char *format, ...)
	G_GNUC_PRINTF(4, 5);

/* Sets the error at line; always FALSE. */
static gboolean
fail(const Reader *reader, guint line, GError **error, const char *format, ...)
{
	g_autofree char *message = NULL;
	va_list arguments;

	va_start(arguments, format);
	message = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	lsm_confuse_text_set_error(reader->text, line, error, "%s", message);
	return FALSE;
}

/* The line of a section of the home, or of a key in it (key may be NULL). */
static guint
home_line(const Reader *reader, const char *section, const char *title, const char *key)
{
	return lsm_confuse_line(reader->text, "home", reader->home, section, title, key, NULL);
}

static LsmPlace
place_of(const Reader *reader, guint line)
{
	LsmPlace place;

	place.file = lsm_confuse_text_place(reader->text, line, &place.line);
	for (gsize i = 0; reader->directory->files[i] != NULL; i++)
		if (strcmp(reader->directory->files[i], place.file) == 0)
			place.file = reader->directory->files[i];
	return place;
}

static char *
list_parents(const Reader *reader, LsmLevel level)
{
	GString *list = g_string_new(NULL);
	guint count = 0;

	for (guint i = 0; i < reader->parent_count && count < LISTED_MAX; i++) {
		const LsmBody *body = reader->directory->bodies->pdata[i];

		if (body->level == level)
			g_string_append_printf(list, "%s%s", count++ > 0 ? ", " : "one of ", body->acronym);
	}
	if (count == 0)
		g_string_append(list, "a section for it first");
	return g_string_free(list, FALSE);
}

/* ---- bodies, areas, groups ---- */

void
lsm_directory_free_body(LsmBody *body)
{
	g_free(body->acronym);
	g_free(body->name);
	g_strfreev(body->approvers);
	g_strfreev(body->chairs);
	g_free(body->list);
	g_free(body->successor);
	g_free(body);
}

/* What all three sections share; approvers: the key that holds them, or NULL. */
static LsmBody *
add_body(Reader *reader, cfg_t *section, LsmLevel level, const char *approvers)
{
	LsmBody *body = g_new0(LsmBody, 1);

	body->level = level;
	body->acronym = g_strdup(cfg_title(section));
	body->name = g_strdup(cfg_getstr(section, "name"));
	body->list = g_strdup(cfg_getstr(section, "list"));
	body->successor = g_strdup("");
	body->initiates = level != LSM_LEVEL_RESEARCH;
	body->approvers = approvers != NULL ? lsm_confuse_list(section, approvers) : g_new0(char *, 1);
	body->chairs = level == LSM_LEVEL_AREA ? g_new0(char *, 1) : lsm_confuse_list(section, "chairs");
	body->place = place_of(reader, home_line(reader, cfg_name(section), body->acronym, NULL));
	g_ptr_array_add(reader->directory->bodies, body);
	return body;
}

/* A yes or no that may be left out. */
static void
read_flag(const Reader *reader, cfg_t *section, const LsmBody *body, const char *key, gboolean *flag)
{
	if (home_line(reader, cfg_name(section), body->acronym, key) > 0)
		*flag = cfg_getbool(section, key) ? TRUE : FALSE;
}

static gboolean
read_body(Reader *reader, cfg_t *section, GError **error)
{
	const char *level = cfg_getstr(section, "level");
	gboolean is_research = strcmp(level, "research") == 0;
	LsmBody *body;

	if (*level == '\0')
		return fail(reader, home_line(reader, "body", cfg_title(section), NULL), error,
			    "body \"%s\" has no level; expected level = organization or research",
			    cfg_title(section));
	body = add_body(reader, section, is_research ? LSM_LEVEL_RESEARCH : LSM_LEVEL_ORGANIZATION, "approvers");
	read_flag(reader, section, body, "initiates", &body->initiates);
	return TRUE;
}

static gboolean
read_area(Reader *reader, cfg_t *section, GError **error)
{
	LsmBody *area = add_body(reader, section, LSM_LEVEL_AREA, "directors");

	(void)error;
	read_flag(reader, section, area, "concluded", &area->is_concluded);
	return TRUE;
}

static gboolean
set_parent(Reader *reader, LsmBody *group, const char *key, const char *acronym, LsmLevel level,
	   GError **error)
{
	guint line = home_line(reader, "group", group->acronym, key);
	g_autofree char *list = NULL;

	for (guint i = 0; i < reader->parent_count; i++) {
		const LsmBody *body = reader->directory->bodies->pdata[i];

		if (body->level != level || !lsm_address_equal(body->acronym, acronym))
			continue;
		group->parent = body;
		return TRUE;
	}
	list = list_parents(reader, level);
	if (line == 0)
		return fail(reader, home_line(reader, "group", group->acronym, NULL), error,
			    "group \"%s\" has no %s; expected %s = %s", group->acronym, key, key, list);
	return fail(reader, line, error, "group \"%s\": %s \"%s\" is not defined; expected %s",
		    group->acronym, key, acronym, list);
}

static gboolean
read_group(Reader *reader, cfg_t *section, GError **error)
{
	gboolean is_research = strcmp(cfg_getstr(section, "level"), "research") == 0;
	const char *key = is_research ? "body" : "area";
	const char *other = is_research ? "area" : "body";
	LsmBody *group = add_body(reader, section, is_research ? LSM_LEVEL_RESEARCH : LSM_LEVEL_GROUP, NULL);
	guint line = home_line(reader, "group", group->acronym, other);

	g_free(group->successor);
	group->successor = g_strdup(cfg_getstr(section, "successor"));
	group->is_concluded = *group->successor != '\0';
	read_flag(reader, section, group, "initiates", &group->initiates);
	read_flag(reader, section, group, "concluded", &group->is_concluded);
	if (!group->is_concluded && *group->successor != '\0')
		return fail(reader, home_line(reader, "group", group->acronym, "concluded"), error,
			    "group \"%s\": read concluded = no beside a successor; expected one of the two",
			    group->acronym);
	if (line > 0)
		return fail(reader, line, error, "group \"%s\": read %s; expected %s for a group of level %s",
			    group->acronym, other, key, is_research ? "research" : "group");
	return set_parent(reader, group, key, cfg_getstr(section, key),
			  is_research ? LSM_LEVEL_RESEARCH : LSM_LEVEL_AREA, error);
}

static gboolean
check_successors(const Reader *reader, GError **error)
{
	for (guint i = 0; i < reader->directory->bodies->len; i++) {
		const LsmBody *body = reader->directory->bodies->pdata[i];
		const LsmBody *successor = lsm_directory_find_body(reader->directory, body->successor);

		if (*body->successor == '\0' || (successor != NULL && successor != body))
			continue;
		return fail(reader, home_line(reader, "group", body->acronym, "successor"), error,
			    "group \"%s\": successor \"%s\" is not defined; expected the acronym of another "
			    "group",
			    body->acronym, body->successor);
	}
	return TRUE;
}

/* ---- persons ---- */

static void
clear_role(gpointer data)
{
	g_free(((LsmRole *)data)->title);
}

GArray *
lsm_directory_new_roles(void)
{
	GArray *roles = g_array_new(FALSE, FALSE, sizeof(LsmRole));

	g_array_set_clear_func(roles, clear_role);
	return roles;
}

void
lsm_directory_free_person(LsmPerson *person)
{
	g_free(person->name);
	g_strfreev(person->addresses);
	g_strfreev(person->logins);
	g_array_unref(person->roles);
	g_free(person);
}

static guint
role_line(const Reader *reader, const LsmPerson *person, const char *title, const char *key)
{
	return lsm_confuse_line(reader->text, "home", reader->home, "person", person->name, "role", title,
				key, NULL);
}

static gboolean
read_role(Reader *reader, LsmPerson *person, cfg_t *section, GError **error)
{
	const char *title = cfg_title(section);
	LsmRole role = {
		.body = lsm_directory_find_body(reader->directory, title),
		.from = lsm_value_parse_date(cfg_getstr(section, "from")),
		.until = lsm_value_parse_date(cfg_getstr(section, "until")),
	};

	if (role.body == NULL && strcmp(title, "coordinator") != 0)
		return fail(reader, role_line(reader, person, title, NULL), error,
			    "person \"%s\": role \"%s\" is not defined; expected coordinator, or the acronym "
			    "of a body, an "
			    "area or a group",
			    person->name, title);
	if (role.until > 0 && role.until <= role.from)
		return fail(reader, role_line(reader, person, title, "until"), error,
			    "person \"%s\": role \"%s\" ends on %s; expected a day after its beginning",
			    person->name, title, cfg_getstr(section, "until"));
	role.title = g_strdup(title);
	role.place = place_of(reader, role_line(reader, person, title, NULL));
	g_array_append_val(person->roles, role);
	return TRUE;
}

static gboolean
read_person(Reader *reader, cfg_t *section, GError **error)
{
	LsmPerson *person = g_new0(LsmPerson, 1);

	person->name = g_strdup(cfg_title(section));
	person->addresses = lsm_confuse_list(section, "addresses");
	person->logins = lsm_confuse_list(section, cfg_size(section, "logins") > 0 ? "logins" : "addresses");
	person->has_logins = cfg_size(section, "logins") > 0;
	person->place = place_of(reader, home_line(reader, "person", person->name, NULL));
	person->roles = lsm_directory_new_roles();
	g_ptr_array_add(reader->directory->persons, person);
	if (person->addresses[0] == NULL)
		return fail(reader, home_line(reader, "person", person->name, NULL), error,
			    "person \"%s\" has no addresses; expected addresses = {\"name@domain\"}",
			    person->name);
	for (guint i = 0; i < cfg_size(section, "role"); i++)
		if (!read_role(reader, person, cfg_getnsec(section, "role", i), error))
			return FALSE;
	return TRUE;
}

/* ---- organizations ---- */

void
lsm_directory_free_organization(LsmOrganization *organization)
{
	g_free(organization->name);
	g_strfreev(organization->names);
	g_strfreev(organization->domains);
	g_free(organization->liaison_manager);
	g_strfreev(organization->send_to);
	g_free(organization);
}

/* The title is one of the names, whether the list repeats it or not. */
static char **
names_with_title(cfg_t *section)
{
	g_auto(GStrv) names = lsm_confuse_list(section, "names");
	g_autoptr(GStrvBuilder) builder = g_strv_builder_new();

	if (!lsm_address_in_list(cfg_title(section), names))
		g_strv_builder_add(builder, cfg_title(section));
	g_strv_builder_addv(builder, (const char **)names);
	return g_strv_builder_end(builder);
}

static gboolean
read_organization(Reader *reader, cfg_t *section, GError **error)
{
	LsmOrganization *organization = g_new0(LsmOrganization, 1);

	(void)error;
	organization->name = g_strdup(cfg_title(section));
	organization->names = names_with_title(section);
	organization->domains = lsm_confuse_list(section, "domains");
	organization->liaison_manager = g_strdup(cfg_getstr(section, "liaison-manager"));
	organization->send_to = lsm_confuse_list(section, "send-to");
	organization->place =
		place_of(reader, lsm_confuse_line(reader->text, "organization", organization->name, NULL));
	g_ptr_array_add(reader->directory->organizations, organization);
	return TRUE;
}

/* ---- the file ---- */

typedef gboolean (*ReadSection)(Reader *reader, cfg_t *section, GError **error);

/* To add a section: its options above, its row here, its function. */
typedef struct {
	const char *name;
	const LsmValueKind *title;
	ReadSection read;
} SectionRow;

static const SectionRow body_row = {"body", &lsm_value_acronym, read_body};
static const SectionRow area_row = {"area", &lsm_value_acronym, read_area};
static const SectionRow group_row = {"group", &lsm_value_acronym, read_group};
static const SectionRow person_row = {"person", &lsm_value_name, read_person};
static const SectionRow organization_row = {"organization", &lsm_value_name, read_organization};

static gboolean
fail_title(const Reader *reader, const SectionRow *row, const char *title, GError **error)
{
	g_autofree char *shown = lsm_confuse_quote(title);
	guint line = row == &organization_row ? lsm_confuse_line(reader->text, row->name, title, NULL)
					      : home_line(reader, row->name, title, NULL);

	return fail(reader, line, error, "%s %s; expected %s", row->name, shown, row->title->expected);
}

static gboolean
read_sections(Reader *reader, cfg_t *parent, const SectionRow *row, GError **error)
{
	guint count = cfg_size(parent, row->name);

	for (guint i = 0; i < count; i++) {
		cfg_t *section = cfg_getnsec(parent, row->name, i);

		if (!row->title->accepts(cfg_title(section)))
			return fail_title(reader, row, cfg_title(section), error);
		if (!row->read(reader, section, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
read_home(Reader *reader, cfg_t *home, GError **error)
{
	LsmDirectory *directory = reader->directory;
	guint line = lsm_confuse_line(reader->text, "home", reader->home, NULL);

	directory->home_name = g_strdup(reader->home);
	directory->home_place = place_of(reader, line);
	directory->home_domains = lsm_confuse_list(home, "domains");
	directory->liaison_contact = g_strdup(cfg_getstr(home, "liaison-contact"));
	if (directory->home_domains[0] == NULL)
		return fail(reader, line, error,
			    "home \"%s\" has no domains; expected domains = {\"ietf.org\"}", reader->home);
	if (*directory->liaison_contact == '\0')
		return fail(reader, line, error,
			    "home \"%s\" has no liaison-contact; expected liaison-contact = \"name@domain\"",
			    reader->home);
	if (!read_sections(reader, home, &body_row, error) || !read_sections(reader, home, &area_row, error))
		return FALSE;
	reader->parent_count = directory->bodies->len;
	return read_sections(reader, home, &group_row, error);
}

static gboolean
read_file(Reader *reader, cfg_t *cfg, GError **error)
{
	cfg_t *home;

	if (cfg_size(cfg, "home") == 0)
		return fail(reader, 1, error, "read no home section; expected home \"IETF\" { ... }");
	home = cfg_getnsec(cfg, "home", 0);
	reader->home = cfg_title(home);
	if (cfg_size(cfg, "home") > 1) {
		const char *second = cfg_title(cfg_getnsec(cfg, "home", 1));

		return fail(reader, lsm_confuse_line(reader->text, "home", second, NULL), error,
			    "read a second home section; expected one");
	}
	if (!read_home(reader, home, error) || !read_sections(reader, cfg, &organization_row, error))
		return FALSE;
	/* Persons refer to bodies by acronym, so these are looked up from here on. */
	return lsm_directory_index_bodies(reader->directory, reader->text, error) &&
	       check_successors(reader, error) && read_sections(reader, home, &person_row, error) &&
	       lsm_directory_index_others(reader->directory, reader->text, error);
}

LsmDirectory *
lsm_directory_parse(const char *text, gsize length, const char *name, GError **error)
{
	g_autoptr(LsmConfuseText) checked = NULL;
	g_autoptr(LsmDirectory) directory = NULL;
	cfg_t *cfg = lsm_confuse_parse(text, length, name, options, &checked, error);
	Reader reader;
	gboolean is_read;

	if (cfg == NULL)
		return NULL;
	directory = g_new0(LsmDirectory, 1);
	directory->files = g_strdupv((char **)lsm_confuse_text_files(checked));
	directory->included_digest = g_strdup(lsm_confuse_text_included_digest(checked));
	directory->bodies = g_ptr_array_new_with_free_func((GDestroyNotify)lsm_directory_free_body);
	directory->persons = g_ptr_array_new_with_free_func((GDestroyNotify)lsm_directory_free_person);
	directory->organizations = g_ptr_array_new_with_free_func((GDestroyNotify)lsm_directory_free_organization);
	lsm_directory_index_new(directory);
	reader = (Reader){.directory = directory, .text = checked};
	is_read = read_file(&reader, cfg, error);
	lsm_confuse_free(cfg);
	return is_read ? g_steal_pointer(&directory) : NULL;
}

LsmDirectory *
lsm_directory_load(const char *path, GError **error)
{
	gsize length;
	g_autofree char *text = lsm_confuse_read(path, &length, error);

	return text != NULL ? lsm_directory_parse(text, length, path, error) : NULL;
}

void
lsm_directory_free(LsmDirectory *directory)
{
	if (directory == NULL)
		return;
	lsm_directory_index_free(directory);
	g_ptr_array_unref(directory->organizations);
	g_ptr_array_unref(directory->persons);
	g_ptr_array_unref(directory->bodies);
	g_strfreev(directory->home_domains);
	g_strfreev(directory->files);
	g_free(directory->included_digest);
	g_free(directory->liaison_contact);
	g_free(directory->home_name);
	g_free(directory);
}
