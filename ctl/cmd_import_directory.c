/*
 * cmd_import_directory.c - liaisonctl import-directory: directory.conf, or a part to include, from the
 * Datatracker's exported JSON.
 *
 * Trusts nothing of the files: a member of another type than it should have counts as absent. Reads files
 * only, nothing from the network. What was there stays until the new file is whole and known to load.
 */
#include <stdio.h>
#include <string.h>

#include "conf/directory_import.h"
#include "conf/error.h"
#include "ctl/command.h"
#include "ctl/output.h"
#include "ctl/printer.h"
#include "desk/json.h"

#define NAMES_SHOWN 6

typedef struct {
	char *part;
	char *output;
	char *home;
	char **domains;
	char *contact;
	gboolean with_concluded;
	gboolean without_aliases;
} Options;

static void
options_clear(Options *options)
{
	g_free(options->part);
	g_free(options->output);
	g_free(options->home);
	g_strfreev(options->domains);
	g_free(options->contact);
}

/* --- objects --- */

/* The last word of "/api/v1/group/group/2161/", decoded; "" for what is none. Caller frees. */
static char *
last_word(const char *uri)
{
	g_autofree char *trimmed = g_strdup(uri != NULL ? uri : "");
	gsize length = strlen(trimmed);
	const char *slash;
	char *word;

	while (length > 0 && trimmed[length - 1] == '/')
		trimmed[--length] = '\0';
	slash = strrchr(trimmed, '/');
	word = g_uri_unescape_string(slash != NULL ? slash + 1 : trimmed, NULL);
	return word != NULL ? word : g_strdup("");
}

static char *
word_of(JsonObject *object, const char *name)
{
	return last_word(lsm_json_string(object, name));
}

static void
add_group(LsmDirectoryImport *import, JsonObject *object, const char *id)
{
	g_autofree char *state = word_of(object, "state");
	g_autofree char *type = word_of(object, "type");
	g_autofree char *parent = word_of(object, "parent");
	LsmImportGroup group = {
		.id = id,
		.acronym = lsm_json_string(object, "acronym"),
		.name = lsm_json_string(object, "name"),
		.state = state,
		.type = type,
		.parent = parent,
		.list = lsm_json_string(object, "list_email"),
	};

	lsm_directory_import_add_group(import, &group);
}

static void
add_role(LsmDirectoryImport *import, JsonObject *object, const char *id)
{
	g_autofree char *group = word_of(object, "group");
	g_autofree char *role = word_of(object, "name");
	g_autofree char *address = word_of(object, "email");
	g_autofree char *person = word_of(object, "person");

	(void)id;
	lsm_directory_import_add_role(import, group, role, address, person);
}

static void
add_person(LsmDirectoryImport *import, JsonObject *object, const char *id)
{
	lsm_directory_import_add_person(import, id, lsm_json_string(object, "name"));
}

static void
add_address(LsmDirectoryImport *import, JsonObject *object, const char *id)
{
	g_autofree char *person = word_of(object, "person");
	const char *address = lsm_json_string(object, "address");

	/* What a person no longer uses may be somebody else's today. */
	if (lsm_json_flag(object, "active") && *person != '\0')
		lsm_directory_import_add_address(import, address != NULL ? address : id, person);
}

/* To read a kind of object: a row and its function. */
static const struct {
	const char *path; /* of its resource_uri, before the id */
	void (*add)(LsmDirectoryImport *import, JsonObject *object, const char *id);
} kinds[] = {
	{"/group/group/", add_group},
	{"/group/role/", add_role},
	{"/person/person/", add_person},
	{"/person/email/", add_address},
};

/* TRUE when it is of a kind that is read. */
static gboolean
add_object(LsmDirectoryImport *import, JsonObject *object)
{
	const char *uri = lsm_json_string(object, "resource_uri");
	g_autofree char *id = last_word(uri);

	for (gsize i = 0; uri != NULL && i < G_N_ELEMENTS(kinds); i++) {
		if (strstr(uri, kinds[i].path) == NULL)
			continue;
		kinds[i].add(import, object, id);
		return TRUE;
	}
	return FALSE;
}

/* --- files --- */

/* How many of the page's objects were of a kind that is read. */
static guint
add_page(LsmDirectoryImport *import, JsonArray *objects)
{
	guint count = 0;

	for (guint i = 0; i < json_array_get_length(objects); i++) {
		JsonNode *node = json_array_get_element(objects, i);

		count += JSON_NODE_HOLDS_OBJECT(node) && add_object(import, json_node_get_object(node));
	}
	return count;
}

static gboolean
fail_file(const char *path, const char *problem, GError **error)
{
	g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT,
		    "%s: %s; expected groups, roles, persons or emails of the Datatracker's API: "
		    "{\"objects\": [...]}, "
		    "or an object a line",
		    path, problem);
	return FALSE;
}

static gboolean
add_lines(LsmDirectoryImport *import, const char *path, const char *text, guint *count, GError **error)
{
	const char *line = text;

	for (guint number = 1; *line != '\0'; number++) {
		gsize length = strcspn(line, "\n");
		g_autoptr(JsonObject) object = NULL;

		if (strspn(line, " \t\r") < length) {
			g_autofree char *problem = g_strdup_printf("line %u is no JSON object", number);

			object = lsm_json_parse(line, length, NULL);
			if (object == NULL)
				return fail_file(path, problem, error);
			*count += add_object(import, object);
		}
		line += length + (line[length] == '\n');
	}
	return TRUE;
}

static gboolean
add_file(LsmDirectoryImport *import, const char *path, GError **error)
{
	g_autofree char *text = NULL;
	g_autoptr(GError) problem = NULL;
	g_autoptr(JsonObject) page = NULL;
	JsonArray *objects;
	gsize length;
	guint count = 0;

	if (!g_file_get_contents(strcmp(path, "-") == 0 ? "/dev/stdin" : path, &text, &length, &problem)) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT, "%s", problem->message);
		return FALSE;
	}
	page = lsm_json_parse(text, length, NULL);
	objects = page != NULL ? lsm_json_get_array(page, "objects") : NULL;
	if (objects != NULL)
		count = add_page(import, objects);
	else if (!add_lines(import, path, text, &count, error))
		return FALSE;
	return count > 0 || fail_file(path, "nothing in it can be used", error);
}

/* --- the result --- */

static void
print_left_out(const LsmDirectoryImport *import)
{
	const GPtrArray *all = lsm_directory_import_left_out(import);

	for (guint i = 0; i < all->len; i++) {
		const LsmImportLeftOut *left_out = all->pdata[i];
		g_autoptr(GString) line = g_string_new(NULL);
		g_autofree char *safe = NULL;

		for (guint j = 0; j < MIN(left_out->names->len, NAMES_SHOWN); j++)
			g_string_append_printf(line, "%s%s", j > 0 ? ", " : "",
					       (char *)left_out->names->pdata[j]);
		safe = lsm_printer_safe(line->str);
		fprintf(stderr, "liaisonctl: left out, %5u: %s: %s%s\n", left_out->names->len,
			left_out->reason, safe, left_out->names->len > NAMES_SHOWN ? ", ..." : "");
	}
}

static JsonArray *
left_out_json(const LsmDirectoryImport *import)
{
	const GPtrArray *all = lsm_directory_import_left_out(import);
	JsonArray *list = json_array_new();

	for (guint i = 0; i < all->len; i++) {
		const LsmImportLeftOut *left_out = all->pdata[i];
		JsonObject *object = json_object_new();

		lsm_json_set(object, "reason", left_out->reason);
		json_object_set_int_member(object, "count", left_out->names->len);
		json_array_add_object_element(list, object);
	}
	return list;
}

/* On standard output when the text went into a file; else the text stands there. */
static void
print_counts(const LsmCtlOptions *shared, const Options *options, const LsmDirectoryImport *import,
	     double seconds)
{
	const LsmImportCounts *counts = lsm_directory_import_counts(import);
	g_autoptr(JsonObject) object = NULL;

	if (!shared->json || options->output == NULL) {
		print_left_out(import);
		fprintf(options->output != NULL ? stdout : stderr,
			"%s%s%u area%s, %u group%s, %u person%s, %u organization%s, in %.1f s.\n",
			options->output != NULL ? options->output : "liaisonctl", ": ", counts->areas,
			LSM_PRINTER_S(counts->areas), counts->groups, LSM_PRINTER_S(counts->groups), counts->persons,
			LSM_PRINTER_S(counts->persons), counts->organizations,
			LSM_PRINTER_S(counts->organizations), seconds);
		return;
	}
	object = json_object_new();
	lsm_json_set(object, "file", options->output);
	json_object_set_int_member(object, "areas", counts->areas);
	json_object_set_int_member(object, "groups", counts->groups);
	json_object_set_int_member(object, "persons", counts->persons);
	json_object_set_int_member(object, "organizations", counts->organizations);
	json_object_set_array_member(object, "left_out", left_out_json(import));
	lsm_printer_json(object, FALSE);
}

static gboolean
write_text(const char *output, const char *text, GError **error)
{
	if (output != NULL)
		return lsm_output_write(output, text, 0644, error);
	fputs(text, stdout);
	return TRUE;
}

/* --- the command --- */

static gboolean
parse_part(const char *text, LsmImportPart *part_out, GError **error)
{
	static const struct {
		const char *word;
		LsmImportPart part;
	} words[] = {{"whole", LSM_IMPORT_WHOLE},
		     {"home", LSM_IMPORT_HOME},
		     {"organizations", LSM_IMPORT_ORGANIZATIONS}};

	for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
		if (strcmp(text != NULL ? text : "whole", words[i].word) != 0)
			continue;
		*part_out = words[i].part;
		return TRUE;
	}
	g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE, "--part %s; expected whole, home or organizations",
		    text);
	return FALSE;
}

/* The installed settings may not be there yet: then the options must say what is ours. */
static gboolean
load_present(const LsmCtlOptions *shared, const Options *options, LsmSettings **settings_out, GError **error)
{
	gboolean is_complete = options->domains != NULL && options->contact != NULL;

	if (shared->config == NULL && is_complete && !g_file_test(LSM_CTL_DEFAULT_CONFIG, G_FILE_TEST_EXISTS))
		return TRUE;
	*settings_out = lsm_ctl_settings(shared, error);
	if (*settings_out == NULL && !is_complete && shared->config == NULL)
		g_prefix_error(error, "--domain and --contact are needed where there are no settings: ");
	return *settings_out != NULL;
}

static int
import_directory(const LsmCtlOptions *shared, const Options *options, int count, char **paths, GError **error)
{
	g_autoptr(LsmSettings) settings = NULL;
	g_autoptr(LsmDirectoryImport) import = lsm_directory_import_new();
	g_autofree char *text = NULL;
	gint64 begin = g_get_monotonic_time();
	LsmImportPlan plan = {
		.output = options->output,
		.home = options->home,
		.domains = options->domains,
		.contact = options->contact,
		.with_concluded = options->with_concluded,
		.with_aliases = !options->without_aliases,
	};

	if (!parse_part(options->part, &plan.part, error) || !load_present(shared, options, &settings, error))
		return 2;
	plan.present = settings != NULL ? settings->directory : NULL;
	for (int i = 0; i < count; i++)
		if (!add_file(import, paths[i], error))
			return 2;
	text = lsm_directory_import_render(import, &plan, error);
	if (text == NULL || !write_text(options->output, text, error))
		return 2;
	print_counts(shared, options, import, (double)(g_get_monotonic_time() - begin) / G_USEC_PER_SEC);
	return 0;
}

int
lsm_cmd_import_directory(const LsmCtlOptions *shared, int argc, char **argv, GError **error)
{
	Options options = {.part = NULL};
	const GOptionEntry entries[] = {
		{"part", 0, 0, G_OPTION_ARG_STRING, &options.part, NULL, NULL},
		{"output", 0, 0, G_OPTION_ARG_FILENAME, &options.output, NULL, NULL},
		{"home", 0, 0, G_OPTION_ARG_STRING, &options.home, NULL, NULL},
		{"domain", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.domains, NULL, NULL},
		{"contact", 0, 0, G_OPTION_ARG_STRING, &options.contact, NULL, NULL},
		{"concluded", 0, 0, G_OPTION_ARG_NONE, &options.with_concluded, NULL, NULL},
		{"no-aliases", 0, 0, G_OPTION_ARG_NONE, &options.without_aliases, NULL, NULL},
		G_OPTION_ENTRY_NULL,
	};
	int status = 2;

	if (lsm_ctl_parse(&argc, &argv, entries, error)) {
		if (argc < 2)
			g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE, "expected at least one FILE");
		else
			status = import_directory(shared, &options, argc - 1, argv + 1, error);
	}
	options_clear(&options);
	return status;
}
