/*
 * cmd_manual.c - liaisonctl manual: a manual page (or doc/log.md) whose lists are filled in from the program's tables.
 *
 * For the build: what a page says of commands, settings, rules, exit codes and log lines cannot differ from
 * what the program does. Fails as USAGE for a list that there is not, INPUT for a file that cannot be read.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "conf/error.h"
#include "ctl/command.h"
#include "ctl/manual.h"

/* To add a list: its function in manual_*.c, and a row here. */
static const struct {
	const char *name;
	void (*print)(GString *out);
} lists[] = {
	{"ANSWERS", lsm_manual_answers},     {"CLASS-TABLE", lsm_manual_class_table},
	{"COMMANDS", lsm_manual_commands},   {"ERRORS", lsm_manual_errors},
	{"LOG-LINES", lsm_manual_log_lines}, {"LOG-TABLES", lsm_manual_log_tables},
	{"OVERVIEW", lsm_manual_overview},   {"RULES", lsm_manual_rules},
	{"RULE-SETS", lsm_manual_rule_sets}, {"SETTINGS", lsm_manual_settings},
	{"STATES", lsm_manual_states},
};

/* "@SETTINGS@" -> its list; FALSE: there is none of that name. */
static gboolean
append_list(GString *out, const char *line)
{
	g_autofree char *name = g_strndup(line + 1, strlen(line) - 2);

	for (guint i = 0; i < G_N_ELEMENTS(lists); i++) {
		if (strcmp(lists[i].name, name) == 0) {
			lists[i].print(out);
			return TRUE;
		}
	}
	return FALSE;
}

static gboolean
is_marked(const char *line)
{
	return strlen(line) > 2 && line[0] == '@' && g_str_has_suffix(line, "@");
}

/* The page of the template; NULL and error. */
static GString *
fill_in(const char *path, const char *template, GError **error)
{
	g_auto(GStrv) lines = g_strsplit(template, "\n", -1);
	GString *page = g_string_new(NULL);

	for (guint i = 0; lines[i] != NULL; i++) {
		if (!is_marked(lines[i]))
			g_string_append_printf(page, "%s%s", lines[i], lines[i + 1] != NULL ? "\n" : "");
		else if (!append_list(page, lines[i])) {
			g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE,
				    "%s:%u: no list is called %s; liaisonctl manual names them", path, i + 1, lines[i]);
			g_string_free(page, TRUE);
			return NULL;
		}
	}
	return page;
}

static int
print_page(const char *path, GError **error)
{
	g_autofree char *template = NULL;
	g_autoptr(GError) problem = NULL;
	g_autoptr(GString) page = NULL;

	if (!g_file_get_contents(path, &template, NULL, &problem)) {
		g_set_error_literal(error, LSM_ERROR, LSM_ERROR_INPUT, problem->message);
		return 2;
	}
	page = fill_in(path, template, error);
	if (page == NULL)
		return 2;
	if (fputs(page->str, stdout) != EOF && fflush(stdout) == 0)
		return 0;
	g_set_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY, "cannot write the page: %s", g_strerror(errno));
	return 2;
}

int
lsm_cmd_manual(const LsmCtlOptions *options, int argc, char **argv, GError **error)
{
	const GOptionEntry none[] = {G_OPTION_ENTRY_NULL};

	(void)options;
	if (!lsm_ctl_parse(&argc, &argv, none, error))
		return 2;
	if (argc > 2 && !lsm_ctl_expect(argc, 1, "at most one page", error))
		return 2;
	if (argc > 1)
		return print_page(argv[1], error);
	for (guint i = 0; i < G_N_ELEMENTS(lists); i++)
		printf("@%s@\n", lists[i].name);
	return 0;
}
