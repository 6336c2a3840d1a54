/*
 * cmd_directory.c - liaisonctl directory: what it holds, whether it is complete, which lists the desk writes
 * to.
 */
#include <stdio.h>
#include <string.h>

#include "conf/directory_check.h"
#include "conf/error.h"
#include "ctl/command.h"
#include "ctl/entry.h"
#include "ctl/printer.h"
#include "desk/json.h"

typedef struct {
	guint number[LSM_SEVERITY_ERROR + 1];
} Counts;

static const char *
desk_address(const LsmSettings *settings)
{
	return *settings->desk_address != '\0' ? settings->desk_address
					       : lsm_directory_liaison_contact(settings->directory);
}

/* What stands in the file may come from others' tables: harmless on a terminal. */
static void print_line(const char *format, ...) G_GNUC_PRINTF(1, 2);

static void
print_line(const char *format, ...)
{
	g_autofree char *line = NULL;
	g_autofree char *safe = NULL;
	va_list arguments;

	va_start(arguments, format);
	line = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	safe = lsm_printer_safe(line);
	puts(safe);
}

/* --- --check --- */

/* What to do stands once behind all findings of a check. next: the one behind it, or NULL. */
static void
print_finding(const LsmDirectoryFinding *finding, const LsmDirectoryFinding *next)
{
	print_line("%s:%u: %s: %s [%s]", finding->place.file, finding->place.line,
		   lsm_severity_name(finding->row->severity), finding->what, finding->row->id);
	if (next == NULL || next->row != finding->row)
		printf("    %s\n\n", finding->row->fix);
}

static void
print_finding_json(const LsmDirectoryFinding *finding)
{
	g_autoptr(JsonObject) object = json_object_new();

	lsm_json_set(object, "severity", lsm_severity_name(finding->row->severity));
	lsm_json_set(object, "check", finding->row->id);
	lsm_json_set(object, "file", finding->place.file);
	json_object_set_int_member(object, "line", finding->place.line);
	lsm_json_set(object, "what", finding->what);
	lsm_json_set(object, "fix", finding->row->fix);
	lsm_printer_json(object, FALSE);
}

static void
print_number(guint number, const char *word, const char *end)
{
	printf("%u %s%s%s", number, word, number == 1 ? "" : "s", end);
}

static void
print_summary(const LsmSettings *settings, const Counts *counts)
{
	g_autoptr(GPtrArray) lists = lsm_directory_lists(settings->directory);

	print_number(counts->number[LSM_SEVERITY_ERROR], "error", ", ");
	print_number(counts->number[LSM_SEVERITY_WARNING], "warning", ", ");
	print_number(counts->number[LSM_SEVERITY_NOTE], "note", ".\n");
	if (lists->len > 0)
		print_line("%u list%s must accept mail from %s, which is subscribed to none: liaisonctl "
			   "directory "
			   "--lists names them.",
			   lists->len, lists->len == 1 ? "" : "s", desk_address(settings));
}

/* Nothing, or only what is good to know: 0. An error is as bad as a file that cannot be read: 2. */
static int
status_of(const Counts *counts)
{
	if (counts->number[LSM_SEVERITY_ERROR] > 0)
		return 2;
	return counts->number[LSM_SEVERITY_WARNING] > 0 ? 1 : 0;
}

static int
check(const LsmSettings *settings, gboolean json)
{
	g_autoptr(GPtrArray) findings =
		lsm_directory_check(settings->directory, g_get_real_time() / G_USEC_PER_SEC);
	Counts counts = {{0}};

	for (guint i = 0; i < findings->len; i++) {
		const LsmDirectoryFinding *finding = g_ptr_array_index(findings, i);

		counts.number[finding->row->severity]++;
		if (json)
			print_finding_json(finding);
		else
			print_finding(finding, i + 1 < findings->len ? findings->pdata[i + 1] : NULL);
	}
	if (!json)
		print_summary(settings, &counts);
	return status_of(&counts);
}

/* --- --lists --- */

static void
print_lists(const LsmSettings *settings, gboolean json)
{
	g_autoptr(GPtrArray) lists = lsm_directory_lists(settings->directory);

	for (guint i = 0; i < lists->len; i++) {
		const LsmBody *body = g_ptr_array_index(lists, i);
		g_autoptr(JsonObject) object = NULL;

		if (!json) {
			print_line("%s", body->list);
			continue;
		}
		object = json_object_new();
		lsm_json_set(object, "list", body->list);
		lsm_json_set(object, "body", body->acronym);
		lsm_json_set(object, "must_accept", desk_address(settings));
		lsm_printer_json(object, FALSE);
	}
}

/* --- the overview --- */

static const char *
kind_of(const LsmBody *body)
{
	if (body->level == LSM_LEVEL_AREA)
		return "area";
	if (body->parent == NULL)
		return "body";
	return body->level == LSM_LEVEL_RESEARCH ? "research" : "group";
}

static void
print_cell(const char *text, int width)
{
	g_autofree char *cell = lsm_printer_fit(text, width);

	printf("%s ", cell);
}

static void
print_cells(const char *kind, const char *title, const char *above, const char *address, const char *name)
{
	g_autofree char *safe = lsm_printer_safe(name);

	print_cell(kind, 12);
	print_cell(title, 18);
	print_cell(above, 8);
	print_cell(address, 32);
	puts(safe);
}

static void
print_body(const LsmBody *body)
{
	const char *address = *body->list != '\0'          ? body->list
			      : body->chairs[0] != NULL    ? body->chairs[0]
			      : body->approvers[0] != NULL ? body->approvers[0]
							   : "-";
	g_autofree char *name = g_strconcat(body->name,
					    !body->is_concluded        ? ""
					    : *body->successor == '\0' ? " (concluded)"
								       : " (concluded; successor ",
					    body->successor, *body->successor != '\0' ? ")" : "", NULL);

	print_cells(kind_of(body), body->acronym, body->parent != NULL ? body->parent->acronym : "", address,
		    name);
}

static void
print_organization(const LsmOrganization *organization)
{
	g_autofree char *manager =
		*organization->liaison_manager == '\0'
			? g_strdup("no liaison manager")
			: g_strconcat("liaison manager ", organization->liaison_manager, NULL);

	print_cells("organization", organization->name, "",
		    organization->send_to[0] != NULL ? organization->send_to[0] : "-", manager);
}

static void
print_overview(const LsmDirectory *directory)
{
	const char *const *files = lsm_directory_files(directory);
	g_auto(GStrv) domains = g_strdupv(lsm_directory_home_domains(directory));
	g_autofree char *joined = g_strjoinv(", ", domains);

	print_cells("KIND", "NAME", "AREA", "ADDRESS", "");
	print_cells("home", lsm_directory_home_name(directory), "", lsm_directory_liaison_contact(directory),
		    joined);
	for (guint i = 0; i < lsm_directory_body_count(directory); i++)
		print_body(lsm_directory_body(directory, i));
	for (guint i = 0; i < lsm_directory_organization_count(directory); i++)
		print_organization(lsm_directory_organization(directory, i));
	putchar('\n');
	printf("%u bodies, areas and groups, %u person%s, %u organization%s; read from\n",
	       lsm_directory_body_count(directory), lsm_directory_person_count(directory),
	       LSM_PRINTER_S(lsm_directory_person_count(directory)), lsm_directory_organization_count(directory),
	       LSM_PRINTER_S(lsm_directory_organization_count(directory)));
	for (; *files != NULL; files++)
		print_line("  %s", *files);
	puts("liaisonctl who NAME tells more of one; --check looks for what is missing.");
}

/* --- JSON of the overview --- */

static void
print_body_json(const LsmBody *body)
{
	g_autoptr(JsonObject) object = json_object_new();

	lsm_json_set(object, "kind", kind_of(body));
	lsm_json_set(object, "acronym", body->acronym);
	lsm_json_set(object, "name", body->name);
	lsm_json_set(object, "parent", body->parent != NULL ? body->parent->acronym : NULL);
	lsm_json_set(object, "list", body->list);
	lsm_json_set_strings(object, "chairs", (const char *const *)body->chairs);
	lsm_json_set_strings(object, "approvers", (const char *const *)body->approvers);
	json_object_set_boolean_member(object, "concluded", body->is_concluded);
	lsm_json_set(object, "successor", body->successor);
	lsm_entry_print(object, &body->place);
}

static void
print_overview_json(const LsmDirectory *directory)
{
	for (guint i = 0; i < lsm_directory_body_count(directory); i++)
		print_body_json(lsm_directory_body(directory, i));
	for (guint i = 0; i < lsm_directory_organization_count(directory); i++)
		lsm_entry_print_organization(lsm_directory_organization(directory, i));
}

/* --- the command --- */

int
lsm_cmd_directory(const LsmCtlOptions *options, int argc, char **argv, GError **error)
{
	gboolean is_check = FALSE, is_lists = FALSE;
	const GOptionEntry entries[] = {
		{"check", 0, 0, G_OPTION_ARG_NONE, &is_check, NULL, NULL},
		{"lists", 0, 0, G_OPTION_ARG_NONE, &is_lists, NULL, NULL},
		G_OPTION_ENTRY_NULL,
	};
	g_autoptr(LsmSettings) settings = NULL;

	if (!lsm_ctl_parse(&argc, &argv, entries, error) || !lsm_ctl_expect(argc, 0, "options only", error))
		return 2;
	settings = lsm_ctl_settings(options, error);
	if (settings == NULL)
		return 2;
	if (is_check)
		return check(settings, options->json);
	if (is_lists)
		print_lists(settings, options->json);
	else if (options->json)
		print_overview_json(settings->directory);
	else
		print_overview(settings->directory);
	return 0;
}
