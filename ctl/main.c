/*
 * main.c - liaisonctl: finds the command, parses what all commands share, prints the error where it stops.
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/error.h"
#include "conf/log.h"
#include "conf/nearest.h"
#include "ctl/command.h"

#define DEFAULT_CONFIG "/etc/liaison-milter/liaison-milter.conf"

static const LsmCommand commands[] = {
	{"check", lsm_cmd_check, "[--sender ADDR] [--recipient ADDR ...] [--login ADDR] [--enforce] MAIL",
	 "judge a mail before it is sent",
	 "  --sender ADDR     envelope sender (default: the From field)\n"
	 "  --recipient ADDR  envelope recipient, once or more (default: To and Cc)\n"
	 "  --login ADDR      the client is authenticated as this login\n"
	 "  --client ADDRESS  IP address of the client\n"
	 "  --daemon NAME     {daemon_name} of the listener\n"
	 "  --enforce         judge as if every rule were enforced\n"
	 "  --explain         print the evidence, weight by weight\n"
	 "MAIL is a file, or - for standard input. Without --config the built-in directory is used.\n"
	 "Exit status: 0 nothing to mend, 1 findings, 2 wrong use or unreadable file.\n"
	 "Example: liaisonctl check --enforce --login chair@ietf.org draft.eml\n"},
	{"scan", lsm_cmd_scan, "MBOX|MAILDIR", "judge an archive, with a summary and what to look at",
	 "Judges each mail of an mbox file or a maildir with the daemon's own code; records nothing.\n"
	 "Example: liaisonctl scan ~/archive/ippm.mbox\n"},
	{"list", lsm_cmd_list, "[--all] [--limit N]", "open statements, whoever must act next first",
	 "  --all      closed ones, too\n"
	 "  --limit N  at most N rows\n"
	 "Example: liaisonctl list --all --limit 50\n"},
	{"show", lsm_cmd_show, "ID", "one statement with its history",
	 "ID is LS-20261121-K7Q3M or the letters alone: K7Q3M.\nExample: liaisonctl show K7Q3M\n"},
	{"log", lsm_cmd_log, "[--limit N] [--from POSITION] [ID]", "the events, oldest first",
	 "  --limit N        the last N events (default 50; 0: all)\n"
	 "  --from POSITION  begin at this position instead\n"
	 "Example: liaisonctl log --limit 20\n"},
	{"verify", lsm_cmd_verify, "[--checkpoint FILE --key VKEY]",
	 "recompute the whole log, the cases and the contents",
	 "  --checkpoint FILE  and compare with a checkpoint that was published earlier\n"
	 "  --key VKEY         the verifier key that it must be signed with\n"
	 "Names the place of every fault. Exit status: 0 all is as it was written, 5 it is not.\n"
	 "Example: liaisonctl verify --store lmdb:/var/backups/record\n"},
	{"key", lsm_cmd_key, "--name NAME --out FILE", "make the key that signs checkpoints and receipts",
	 "  --name NAME  the log's name, as in the setting log-origin\n"
	 "  --out FILE   new file for the secret key; only its owner may read it\n"
	 "Prints the verifier key: publish it, so that others can check what you sign.\n"
	 "Example: liaisonctl key --name liaison.example.org --out /etc/liaison-milter/log.key\n"},
	{"checkpoint", lsm_cmd_checkpoint, "--key FILE [--origin NAME]", "size and root of the log, signed",
	 "  --key FILE     the secret key\n"
	 "  --origin NAME  the log's name, instead of the setting log-origin\n"
	 "A C2SP checkpoint (signed note, Ed25519). Whoever keeps it sees later whether the log only grew.\n"
	 "Example: liaisonctl checkpoint --key /etc/liaison-milter/log.key\n"},
	{"prove", lsm_cmd_prove, "[--event POSITION] ID | --from SIZE", "proofs of RFC 9162 for others' tools",
	 "  ID                a proof that the statement's first event is in the log\n"
	 "  --event POSITION  that this event of it is\n"
	 "  --from SIZE       a proof that the log only grew since it had SIZE events\n"
	 "Prints sizes, hashes in base64, and the proof, one hash a line.\n"
	 "Example: liaisonctl prove K7Q3M\n"},
	{"receipt", lsm_cmd_receipt, "--key FILE [--origin NAME] [--event POSITION] ID",
	 "a file that proves that a statement is on record",
	 "  --key FILE        the secret key\n"
	 "  --origin NAME     the log's name, instead of the setting log-origin\n"
	 "  --event POSITION  for this event of it (standard: its first)\n"
	 "Holds nothing but the event's public part, the proof and a signed checkpoint.\n"
	 "Example: liaisonctl receipt --key /etc/liaison-milter/log.key K7Q3M > K7Q3M.receipt\n"},
	{"verify-receipt", lsm_cmd_verify_receipt, "--key VKEY FILE", "check a receipt; needs no record",
	 "  --key VKEY  the log's verifier key, as liaisonctl key printed it\n"
	 "Exit status: 0 it holds, 5 it does not.\n"
	 "Example: liaisonctl verify-receipt --key liaison.example.org+8c9f...+AZ... K7Q3M.receipt\n"},
	{"status", lsm_cmd_status, "", "is the desk there, what waits, how large is the record",
	 "Exit status: 0 well, 1 something waits for a person, 3 the desk does not answer.\n"
	 "Example: liaisonctl status --json\n"},
	{"not-a-statement", lsm_cmd_not_a_statement, "[--reason TEXT] ID",
	 "a wrong catch: deliver what was withheld",
	 "  --reason TEXT  kept with the event\n"
	 "What was withheld goes out at once as it came; the content is erased, and the case stays out of "
	 "lists.\n"
	 "Example: liaisonctl not-a-statement K7Q3M --reason \"a question about link state\"\n"},
};

LsmSettings *
lsm_ctl_settings(const LsmCtlOptions *options, GError **error)
{
	LsmSettings *settings =
		lsm_settings_load(options->config == NULL ? DEFAULT_CONFIG : options->config, error);

	if (settings == NULL && options->config == NULL && error != NULL && *error != NULL) {
		g_autofree char *problem = g_strdup((*error)->message);
		g_free((*error)->message);
		(*error)->message = g_strdup_printf("%s; --config FILE names other settings, --store URI a record",
						    problem);
	}
	return settings;
}

LsmStore *
lsm_ctl_open_store(const LsmCtlOptions *options, GError **error)
{
	g_autoptr(LsmSettings) settings = NULL;

	if (options->store != NULL)
		return lsm_store_open(options->store, LSM_STORE_READ_ONLY, error);
	settings = lsm_ctl_settings(options, error);
	return settings == NULL ? NULL : lsm_store_open(settings->store, LSM_STORE_READ_ONLY, error);
}

gboolean
lsm_ctl_parse(int *argc, char ***argv, const GOptionEntry *entries, GError **error)
{
	g_autoptr(GOptionContext) context = g_option_context_new(NULL);
	g_autoptr(GError) problem = NULL;

	g_option_context_set_help_enabled(context, FALSE);
	g_option_context_add_main_entries(context, entries, NULL);
	if (g_option_context_parse(context, argc, argv, &problem))
		return TRUE;
	g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE, "%s; see liaisonctl %s --help", problem->message,
		    (*argv)[0]);
	return FALSE;
}

gboolean
lsm_ctl_expect(int argc, int count, const char *what, GError **error)
{
	if (argc - 1 == count)
		return TRUE;
	g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE, "expected %s, got %d argument%s", what, argc - 1,
		    argc == 2 ? "" : "s");
	return FALSE;
}

static void
print_usage(FILE *stream)
{
	fputs("usage: liaisonctl COMMAND [--config FILE] [--store URI] [--json] ...\n\n", stream);
	for (guint i = 0; i < G_N_ELEMENTS(commands); i++)
		fprintf(stream, "  %-16s %s\n", commands[i].name, commands[i].summary);
	fputs("\nliaisonctl COMMAND --help tells more.\n", stream);
}

static const LsmCommand *
find_command(const char *name)
{
	for (guint i = 0; i < G_N_ELEMENTS(commands); i++) {
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	}
	return NULL;
}

static int
fail(const GError *error)
{
	fprintf(stderr, "liaisonctl: %s\n", error->message);
	return lsm_error_exit_code(error);
}

static int
unknown_command(const char *name)
{
	const char *names[G_N_ELEMENTS(commands) + 1] = {NULL};
	const char *nearest;

	for (guint i = 0; i < G_N_ELEMENTS(commands); i++)
		names[i] = commands[i].name;
	nearest = lsm_nearest_word(name, names);
	fprintf(stderr, "liaisonctl: no command \"%s\"%s%s%s; liaisonctl --help lists them\n", name,
		nearest == NULL ? "" : ", did you mean \"", nearest == NULL ? "" : nearest,
		nearest == NULL ? "" : "\"?");
	return 2;
}

/* Takes the shared options out of argv wherever they stand. */
static gboolean
take_shared_options(int *argc, char **argv, LsmCtlOptions *options, gboolean *help, GError **error)
{
	int kept = 1;

	for (int i = 1; i < *argc; i++) {
		const char **text = strcmp(argv[i], "--config") == 0  ? &options->config
				    : strcmp(argv[i], "--store") == 0 ? &options->store
								      : NULL;
		if (strcmp(argv[i], "--json") == 0)
			options->json = TRUE;
		else if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			*help = TRUE;
		else if (text == NULL)
			argv[kept++] = argv[i];
		else if (i + 1 < *argc)
			*text = argv[++i];
		else {
			g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE, "%s needs a value", argv[i]);
			return FALSE;
		}
	}
	*argc = kept;
	argv[kept] = NULL;
	return TRUE;
}

static int
run(const LsmCommand *command, int argc, char **argv)
{
	LsmCtlOptions options = {NULL, NULL, FALSE};
	g_autoptr(GError) error = NULL;
	gboolean help = FALSE;
	int status;

	if (!take_shared_options(&argc, argv, &options, &help, &error))
		return fail(error);
	if (help) {
		printf("usage: liaisonctl %s [--config FILE] [--store URI] [--json] %s\n\n%s\n\n%s",
		       command->name, command->usage, command->summary, command->help);
		return 0;
	}
	status = command->run(&options, argc, argv, &error);
	return error == NULL ? status : fail(error);
}

int
main(int argc, char **argv)
{
	const LsmCommand *command;

	setlocale(LC_ALL, "");
	lsm_log_open(LSM_LOG_STDERR, "liaisonctl", LOG_WARNING);
	if (argc < 2) {
		print_usage(stderr);
		return 2;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
		print_usage(stdout);
		return 0;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("liaisonctl " LSM_VERSION);
		return 0;
	}
	command = find_command(argv[1]);
	if (command == NULL)
		return unknown_command(argv[1]);
	return run(command, argc - 1, argv + 1);
}
