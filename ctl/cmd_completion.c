/*
 * cmd_completion.c - liaisonctl completion: the script by which bash completes the words of a command line.
 *
 * The script is conf/completion.bash; what it knows of commands and options is filled in here, from the table
 * of commands and the texts of their --help. Fails only when nobody reads the output.
 */
#include <errno.h>
#include <gio/gio.h>
#include <stdio.h>
#include <string.h>

#include "conf/error.h"
#include "ctl/command.h"
#include "ctl/help.h"
#include "rules/rule.h"
#include "store/case.h"

#define SCRIPT "/org/liaison-milter/completion.bash"

/* --- kinds: what may stand in a place; see the script's head --- */

static char *
states_kind(void)
{
	GString *kind = g_string_new("open,done");

	for (guint i = 0; i < LSM_STATE_COUNT; i++)
		g_string_append_printf(kind, ",%s", lsm_state_row((LsmState)i)->word);
	return g_string_free(kind, FALSE);
}

static char *
rules_kind(void)
{
	guint count;
	const LsmRule *rules = lsm_rule_table(&count);
	GString *kind = g_string_new(NULL);

	for (guint i = 0; i < count; i++)
		g_string_append_printf(kind, "%s%s", i > 0 ? "," : "", rules[i].id);
	return g_string_free(kind, FALSE);
}

static char *
rule_sets_kind(void)
{
	guint count;
	const LsmRuleSet *sets = lsm_rule_sets(&count);
	GString *kind = g_string_new(NULL);

	for (guint i = 0; i < count; i++)
		g_string_append_printf(kind, "%s%s", i > 0 ? "," : "", sets[i].name);
	return g_string_free(kind, FALSE);
}

/* To add a place: the word in capitals that the help texts use for it, and what may stand there. */
static const struct {
	const char *place;
	const char *kind;
	char *(*words)(void);
} places[] = {
	{"FILE", "@file", NULL},	{"MAIL", "@file", NULL},   {"MBOX", "@file", NULL},
	{"MAILDIR", "@file", NULL},	{"PATH", "@file", NULL},   {"PAGE", "@file", NULL},
	{"FOLDER", "@folder", NULL},	{"ID", "@id", NULL},	   {"STATE", NULL, states_kind},
	{"RULE", NULL, rules_kind},	{"SET", NULL, rule_sets_kind},
};

static char *
kind_of_place(const char *place)
{
	for (guint i = 0; i < G_N_ELEMENTS(places); i++) {
		if (strcmp(places[i].place, place) == 0)
			return places[i].kind != NULL ? g_strdup(places[i].kind) : places[i].words();
	}
	return g_strdup("@");
}

/* "information, action or response; ..." -> "information,action,response"; NULL: the text is no list of words. */
static char *
kind_of_text(const char *text)
{
	g_auto(GStrv) words = lsm_help_words(text);

	return words == NULL ? NULL : g_strjoinv(",", words);
}

/* The values that the help lists behind the term at i, with commas; NULL: none. */
static char *
kind_of_values(const GPtrArray *parts, guint i)
{
	g_autoptr(GString) kind = g_string_new(NULL);

	for (i++; i < parts->len; i++) {
		const LsmHelpPart *part = parts->pdata[i];

		if (part->kind != LSM_HELP_VALUE)
			break;
		g_string_append_printf(kind, "%s%s", kind->len > 0 ? "," : "", part->term);
	}
	return kind->len == 0 ? NULL : g_strdup(kind->str);
}

/* --- one command --- */

/* The term at i: " --state=pending,passed --csv" */
static void
append_options(GString *out, const GPtrArray *parts, guint i)
{
	const LsmHelpPart *part = parts->pdata[i];
	g_autoptr(GPtrArray) options = lsm_help_options(part->term);

	for (guint j = 0; j < options->len; j++) {
		const LsmHelpOption *option = options->pdata[j];
		g_autofree char *kind = NULL;

		if (strcmp(option->name, "--json") == 0)
			continue;
		if (option->place != NULL)
			kind = kind_of_values(parts, i);
		if (option->place != NULL && kind == NULL)
			kind = kind_of_text(part->text);
		if (option->place != NULL && kind == NULL)
			kind = kind_of_place(option->place);
		g_string_append_printf(out, "%s%s%s%s", out->len > 0 ? " " : "", option->name, kind != NULL ? "=" : "",
				       kind != NULL ? kind : "");
	}
}

static gboolean
is_place(const char *word)
{
	return g_ascii_isupper(*word) && word[strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-")] == '\0';
}

/*
 * The kinds of a usage's arguments, those of its options left out: "[--reason TEXT] ID [ADDRESS]" -> "@id @",
 * "[--days N] [FILE...]" -> "@file ...". Of several with a bar between them the first counts.
 */
static char *
arguments_of(const char *usage)
{
	GString *out = g_string_new(NULL);
	gboolean is_taken = FALSE; /* by the option or the bar before */

	while (*usage != '\0') {
		gsize length = strcspn(usage, " \n[]|");
		g_autofree char *word = g_strndup(usage, MAX(length, 1));
		gboolean is_repeated = length > 3 && g_str_has_suffix(word, "...");

		usage += strlen(word);
		if (is_repeated)
			word[length - 3] = '\0';
		if (is_place(word) && !is_taken) {
			g_autofree char *kind = kind_of_place(word);

			g_string_append_printf(out, "%s%s%s", out->len > 0 ? " " : "", kind,
					       is_repeated ? " ..." : "");
		}
		if (strchr(" \n[", *word) == NULL)
			is_taken = *word == '-' || *word == '|';
	}
	return g_string_free(out, FALSE);
}

static void
append_command(GString *out, const LsmCommand *command)
{
	g_autoptr(GPtrArray) parts = lsm_help_parse(command->help);
	g_autoptr(GString) options = g_string_new(NULL);
	g_autofree char *arguments = arguments_of(command->usage);

	for (guint i = 0; i < parts->len; i++) {
		if (((const LsmHelpPart *)parts->pdata[i])->kind == LSM_HELP_TERM)
			append_options(options, parts, i);
	}
	g_string_append_printf(out, "\t%s) options='%s' places=(%s) ;;\n", command->name, options->str, arguments);
}

/* --- the script --- */

static char *
commands_text(void)
{
	GString *out = g_string_new(NULL);
	const LsmCommand *command;

	for (guint i = 0; (command = lsm_ctl_command(i)) != NULL; i++)
		append_command(out, command);
	return g_string_free(out, FALSE);
}

static char *
names_text(void)
{
	GString *out = g_string_new(NULL);
	const LsmCommand *command;

	for (guint i = 0; (command = lsm_ctl_command(i)) != NULL; i++)
		g_string_append_printf(out, "%s%s", i > 0 ? " " : "", command->name);
	return g_string_free(out, FALSE);
}

static char *
script_text(void)
{
	g_autoptr(GBytes) bytes = g_resources_lookup_data(SCRIPT, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
	g_autofree char *commands = commands_text();
	g_autofree char *names = names_text();
	GString *script = g_string_new(NULL);

	g_assert(bytes != NULL);
	g_string_append_len(script, g_bytes_get_data(bytes, NULL), (gssize)g_bytes_get_size(bytes));
	g_string_replace(script, "@COMMANDS@\n", commands, 1);
	g_string_replace(script, "@NAMES@", names, 1);
	return g_string_free(script, FALSE);
}

int
lsm_cmd_completion(const LsmCtlOptions *options, int argc, char **argv, GError **error)
{
	const GOptionEntry none[] = {G_OPTION_ENTRY_NULL};
	g_autofree char *script = NULL;

	(void)options;
	if (!lsm_ctl_parse(&argc, &argv, none, error) || !lsm_ctl_expect(argc, 0, "nothing more", error))
		return 2;
	script = script_text();
	if (fputs(script, stdout) != EOF && fflush(stdout) == 0)
		return 0;
	g_set_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY, "cannot write the script: %s", g_strerror(errno));
	return 2;
}
