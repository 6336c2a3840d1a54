/*
 * manual_commands.c - of the manual pages what people do: commands, steps, states, answers by mail.
 *
 * Uses the table of commands, the desk's steps and the record's states; changes nothing, cannot fail.
 */
#include "ctl/manual.h"

#include <string.h>

#include "ctl/command.h"
#include "ctl/help.h"
#include "ctl/mdoc.h"
#include "desk/role.h"

#define EXAMPLE_WIDTH 66 /* what fits into 80 columns, indented */

static void
print_macro_line(GString *out, const char *macro, const char *arguments)
{
	g_string_append_printf(out, ".%s ", macro);
	lsm_mdoc_arguments(out, arguments);
	g_string_append_c(out, '\n');
}

/* --- the parts of a command's help --- */

typedef enum { DEPTH_NONE, DEPTH_TERMS, DEPTH_VALUES } Depth;

typedef struct {
	GString *out;
	const LsmCommand *command;
	Depth depth; /* lists that are begun */
} HelpPrinter;

static void
set_depth(HelpPrinter *printer, Depth depth)
{
	for (; printer->depth > depth; printer->depth--)
		g_string_append(printer->out, ".El\n");
	for (; printer->depth < depth; printer->depth++)
		g_string_append(printer->out, printer->depth == DEPTH_NONE ? ".Bl -tag -width Ds\n"
									  : ".Bl -tag -width datatracker -compact\n");
}

/* Octets of a command line that fit into one line of the page: up to a blank outside of quotes, before an option
 * if one stands in the second half. */
static gsize
fitting_length(const char *line)
{
	gsize blank = 0, option = 0;
	gboolean is_quoted = FALSE;

	if (strlen(line) <= EXAMPLE_WIDTH)
		return strlen(line);
	for (gsize i = 0; line[i] != '\0' && (i < EXAMPLE_WIDTH || blank == 0); i++) {
		is_quoted ^= line[i] == '"';
		if (line[i] != ' ' || is_quoted)
			continue;
		blank = i;
		if (line[i + 1] == '-')
			option = i;
	}
	return option > EXAMPLE_WIDTH / 2 ? option : blank > 0 ? blank : strlen(line);
}

static void
print_example(GString *out, const char *line)
{
	const char *prompt = "$ ";

	g_string_append(out, ".Bd -literal -offset indent\n");
	while (*line != '\0') {
		gsize length = fitting_length(line);
		g_autofree char *piece = g_strndup(line, length);
		g_autofree char *escaped = lsm_mdoc_escape(piece);

		line += length + strspn(line + length, " ");
		g_string_append_printf(out, "%s%s%s\n", prompt, escaped, *line == '\0' ? "" : " \\e");
		prompt = "    ";
	}
	g_string_append(out, ".Ed\n");
}

/* A list of words is that, all else a sentence. */
static void
print_meaning(HelpPrinter *printer, const char *text)
{
	g_auto(GStrv) words = lsm_help_words(text);

	if (words != NULL)
		lsm_mdoc_text(printer->out, text, NULL);
	else if (*text != '\0')
		lsm_mdoc_sentence(printer->out, text, printer->command->usage);
}

static void
print_part(HelpPrinter *printer, const LsmHelpPart *part)
{
	static const Depth depths[] = {[LSM_HELP_TERM] = DEPTH_TERMS, [LSM_HELP_VALUE] = DEPTH_VALUES,
				       [LSM_HELP_TEXT] = DEPTH_NONE, [LSM_HELP_EXAMPLE] = DEPTH_NONE};

	set_depth(printer, depths[part->kind]);
	switch (part->kind) {
	case LSM_HELP_TERM:
	case LSM_HELP_VALUE:
		print_macro_line(printer->out, "It", part->term);
		print_meaning(printer, part->text);
		break;
	case LSM_HELP_TEXT:
		g_string_append(printer->out, ".Pp\n");
		lsm_mdoc_text(printer->out, part->text, printer->command->usage);
		break;
	case LSM_HELP_EXAMPLE:
		print_example(printer->out, part->text);
		break;
	}
}

/* --- steps --- */

static guint32
all_states(void)
{
	return (((guint32)1 << LSM_STATE_COUNT) - 1) & ~((guint32)1 << LSM_STATE_NOT_STATEMENT);
}

/* "pending or in-review" */
static char *
states_text(guint32 states)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < LSM_STATE_COUNT; i++) {
		guint32 left = states >> i;

		if ((left & 1) != 0)
			g_string_append_printf(text, "%s%s", text->len == 0 ? "" : left == 1 ? " or " : ", ",
					       lsm_state_row((LsmState)i)->word);
	}
	return g_string_free(text, FALSE);
}

/* Who may take the step, and when: not in --help, where it would hide the options. */
static void
print_step(GString *out, const LsmActRow *step)
{
	g_autofree char *who = lsm_roles_text(step->roles);
	g_autofree char *states = states_text(step->from_states);
	gboolean any = (step->from_states & all_states()) == all_states();
	g_autofree char *text = g_strdup_printf("For %s, %s%s.", who, any ? "in any state" : "while the statement is ",
						any ? "" : states);

	g_string_append(out, ".Pp\n");
	lsm_mdoc_text(out, text, NULL);
}

/* --- commands --- */

static const LsmActRow *
step_of(const LsmCommand *command)
{
	const LsmActRow *step = lsm_act_find(command->name);

	return step != NULL && strcmp(step->verb, command->name) == 0 && step->roles != 0 &&
			       strcmp(command->name, "status") != 0
		       ? step
		       : NULL;
}

static void
print_command(GString *out, const LsmCommand *command)
{
	g_autoptr(GPtrArray) parts = lsm_help_parse(command->help);
	HelpPrinter printer = {out, command, DEPTH_NONE};
	const LsmActRow *step = step_of(command);

	/* Behind the width comes a gap of two columns. */
	g_string_append_printf(out, ".Ss %s\n.Bl -hang -width %un\n", command->name,
			       (guint)strlen("liaisonctl ") + (guint)strlen(command->name) - 1);
	g_string_append_printf(out, ".It Nm liaisonctl Cm %s\n", command->name);
	if (*command->usage != '\0') {
		g_string_append_c(out, '.');
		lsm_mdoc_arguments(out, command->usage);
		g_string_append_c(out, '\n');
	}
	g_string_append(out, ".El\n.Pp\n");
	lsm_mdoc_sentence(out, command->summary, NULL);
	for (guint i = 0; i < parts->len; i++) {
		const LsmHelpPart *part = parts->pdata[i];

		if (part->kind == LSM_HELP_EXAMPLE && step != NULL) {
			set_depth(&printer, DEPTH_NONE);
			print_step(out, step);
			step = NULL;
		}
		print_part(&printer, part);
	}
	set_depth(&printer, DEPTH_NONE);
}

/* "Every day:" -> "EVERY DAY" */
static char *
section_name(const char *title)
{
	g_autofree char *name = g_strndup(title, strcspn(title, ":"));

	return g_ascii_strup(name, -1);
}

static void
print_group(GString *out, guint group)
{
	const LsmCommand *command;

	for (guint i = 0; (command = lsm_ctl_command(i)) != NULL; i++) {
		if (lsm_ctl_group_of(command->name) == group)
			print_command(out, command);
	}
}

void
lsm_manual_commands(GString *out)
{
	const char *title;

	for (guint i = 0; (title = lsm_ctl_group_title(i)) != NULL; i++) {
		g_autofree char *name = section_name(title);

		lsm_mdoc_macro(out, "Sh", name);
		print_group(out, i);
	}
}

void
lsm_manual_overview(GString *out)
{
	const char *title;

	g_string_append(out, ".Bl -tag -width Ds -compact\n");
	for (guint i = 0; (title = lsm_ctl_group_title(i)) != NULL; i++) {
		const char *comma = "";
		const LsmCommand *command;

		lsm_mdoc_macro(out, "It", title);
		for (guint j = 0; (command = lsm_ctl_command(j)) != NULL; j++) {
			if (lsm_ctl_group_of(command->name) != i)
				continue;
			g_string_append_printf(out, "%s.Cm %s", comma, command->name);
			comma = " ,\n";
		}
		g_string_append_c(out, '\n');
	}
	g_string_append(out, ".El\n");
}

/* --- states and answers --- */

void
lsm_manual_states(GString *out)
{
	g_string_append(out, ".Bl -tag -width not-a-statement -compact\n");
	for (guint i = 0; i < LSM_STATE_COUNT; i++) {
		const LsmStateRow *row = lsm_state_row((LsmState)i);
		g_autofree char *text = *row->step == '\0' ? g_strdup(row->meaning)
							  : g_strdup_printf("%s; next: %s (%s)", row->meaning,
									    row->step, row->whose);

		lsm_mdoc_macro(out, "It", row->word);
		lsm_mdoc_sentence(out, text, NULL);
	}
	g_string_append(out, ".El\n");
}

void
lsm_manual_answers(GString *out)
{
	const LsmActRow *row;

	g_string_append(out, ".Bl -tag -width Ds\n");
	for (guint i = 0; (row = lsm_act_row(i)) != NULL; i++) {
		g_auto(GStrv) words = g_strsplit(row->words, " ", -1);
		g_autofree char *list = g_strjoinv(", ", words);
		g_autofree char *who = lsm_roles_text(row->roles & ~(guint)LSM_ROLE_DESK);
		g_autofree char *text = g_strdup_printf("%s: for %s", row->help, who);

		if (*row->words == '\0')
			continue;
		print_macro_line(out, "It", list);
		lsm_mdoc_sentence(out, text, NULL);
	}
	g_string_append(out, ".El\n");
}
