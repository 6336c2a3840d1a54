/*
 * cmd_act.c - liaisonctl approve, refuse, confirm, close ...: one command for every step of desk/act.def.
 *
 * The step's row says which options there are; the desk decides, and says in one sentence what is so now.
 */
#include <stdio.h>
#include <string.h>

#include "conf/error.h"
#include "ctl/command.h"
#include "ctl/printer.h"
#include "ctl/proofs.h"
#include "desk/act.h"
#include "desk/json.h"

#define DESK_SECONDS 30
#define MOST_OPTIONS 16
#define MOST_OCTETS (64u << 20) /* of a mail, like at the gate */

/* Who takes the step, and instead of an id a mail: beside the step's own arguments. */
static const char *const other_options[] = {"as", "for", "evidence", "file"};

typedef struct {
	GOptionEntry entries[MOST_OPTIONS + 1];
	char **values[MOST_OPTIONS]; /* given once or more; NULL: not given */
	char *names[MOST_OPTIONS];
	guint count;
} ActOptions;

static void
add_option(ActOptions *options, const char *name)
{
	guint i = options->count++;

	g_assert(i < MOST_OPTIONS);
	options->names[i] = g_strdup(name);
	g_strdelimit(options->names[i], "?", '\0');
	options->entries[i] = (GOptionEntry){options->names[i],        0,    0, G_OPTION_ARG_STRING_ARRAY,
					     &options->values[i], NULL, NULL};
}

static void
make_options(ActOptions *options, const LsmActRow *row)
{
	g_auto(GStrv) names = g_strsplit(row->arguments, " ", -1);

	for (guint i = 0; names[i] != NULL && *names[i] != '\0'; i++)
		add_option(options, names[i]);
	for (guint i = 0; i < G_N_ELEMENTS(other_options); i++)
		add_option(options, other_options[i]);
}

static void
act_options_clear(ActOptions *options)
{
	for (guint i = 0; i < options->count; i++) {
		g_strfreev(options->values[i]);
		g_free(options->names[i]);
	}
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ActOptions, act_options_clear)

static void
set_argument(JsonObject *args, const char *name, char *const *values)
{
	g_autofree char *last = values == NULL ? NULL : g_strjoinv(",", (char **)values);

	lsm_json_set(args, name, last);
}

static gboolean
set_mail(JsonObject *args, const char *path, GError **error)
{
	gsize length = 0;
	g_autofree char *mail = lsm_proofs_read(path, MOST_OCTETS, &length, error);
	g_autofree char *text = NULL;

	if (mail == NULL)
		return FALSE;
	text = g_base64_encode((const guchar *)mail, length);
	json_object_remove_member(args, "file");
	lsm_json_set(args, "mail", text);
	return TRUE;
}

/* ID, and behind it the step's first argument, if it was not given as an option. */
static gboolean
take_positional(JsonObject *args, const LsmActRow *row, int argc, char **argv, GError **error)
{
	g_autofree char *first = g_strndup(row->arguments, strcspn(row->arguments, "? "));
	int rest = argc - 1;

	if (json_object_has_member(args, "file") && rest == 0)
		return set_mail(args, lsm_json_get(args, "file", ""), error);
	if (json_object_has_member(args, "file")) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE, "an id or --file, not both");
		return FALSE;
	}
	if (rest == 2 && *first != '\0' && !json_object_has_member(args, first))
		lsm_json_set(args, first, argv[2]);
	else if (!lsm_ctl_expect(argc, 1, "one statement's id", error))
		return FALSE;
	lsm_json_set(args, "id", argv[1]);
	return TRUE;
}

/* The desk would refuse it as well, but knows no options. */
static gboolean
check_needed(JsonObject *args, const LsmActRow *row, GError **error)
{
	g_auto(GStrv) names = g_strsplit(row->arguments, " ", -1);

	for (guint i = 0; names[i] != NULL && *names[i] != '\0'; i++) {
		if (g_str_has_suffix(names[i], "?") || json_object_has_member(args, names[i]))
			continue;
		g_autofree char *place = g_ascii_strup(names[i], -1);
		g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE, "%s needs --%s %s%s%s; see liaisonctl %s --help",
			    row->verb, names[i], place, i == 0 ? ", or behind the id " : "",
			    i == 0 ? place : "", row->verb);
		return FALSE;
	}
	return TRUE;
}

/* The desk's error names the step and the case; what to type is in the command's own help. */
static JsonObject *
ask_desk(const LsmCtlOptions *shared, const char *verb, JsonObject *args, GError **error)
{
	g_autoptr(LsmSettings) settings = lsm_ctl_settings(shared, error);
	g_autoptr(LsmDesk) desk = settings == NULL ? NULL : lsm_desk_connect(settings->desk_socket, DESK_SECONDS);

	return desk == NULL ? NULL : lsm_desk_verb(desk, verb, args, error);
}

int
lsm_cmd_act(const LsmCtlOptions *shared, int argc, char **argv, GError **error)
{
	const LsmActRow *row = lsm_act_find(argv[0]);
	g_auto(ActOptions) options = {.count = 0};
	g_autoptr(JsonObject) args = json_object_new();
	g_autoptr(JsonObject) answer = NULL;

	g_assert(row != NULL);
	make_options(&options, row);
	if (!lsm_ctl_parse(&argc, &argv, options.entries, error))
		return 2;
	for (guint i = 0; i < options.count; i++)
		set_argument(args, options.names[i], options.values[i]);
	if (!take_positional(args, row, argc, argv, error) || !check_needed(args, row, error))
		return 2;
	answer = ask_desk(shared, row->verb, args, error);
	if (answer == NULL)
		return 2;
	if (shared->json)
		lsm_printer_json(answer, FALSE);
	else {
		g_autofree char *text = lsm_printer_safe(lsm_json_get(answer, "text", ""));
		puts(text);
	}
	return 0;
}
