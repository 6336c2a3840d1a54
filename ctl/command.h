/*
 * command.h - the table of commands, and what they share.
 *
 * To add a command: a file cmd_<name>.c with its handler, a row in main.c, a test in tests/scenario/ctl.t.
 */
#ifndef LSM_CTL_COMMAND_H
#define LSM_CTL_COMMAND_H

#include "conf/settings.h"
#include "store/store.h"

#define LSM_CTL_DEFAULT_CONFIG "/etc/liaison-milter/liaison-milter.conf"

/* Options that every command takes; set before the handler runs. */
typedef struct {
	const char *config; /* --config FILE; NULL when not given */
	const char *store;  /* --store URI; NULL when not given */
	gboolean json;
} LsmCtlOptions;

/*
 * Runs a command on its own arguments (argv[0] is the command's name). Returns the exit status; on failure
 * sets error instead, whose class then gives the status.
 */
typedef int (*LsmCommandHandler)(const LsmCtlOptions *options, int argc, char **argv, GError **error);

typedef struct {
	const char *name;
	LsmCommandHandler run;
	const char *usage;   /* behind the name */
	const char *summary; /* one line */
	const char *help;    /* options and an example, printed by --help */
} LsmCommand;

/* Row i of the table; NULL behind the last. */
const LsmCommand *lsm_ctl_command(guint i);
/* Heading of group i, "Every day:"; NULL behind the last. */
const char *lsm_ctl_group_title(guint i);
/* The group in which --help and the manual list a command. */
guint lsm_ctl_group_of(const char *name);

int lsm_cmd_check(const LsmCtlOptions *options, int argc, char **argv, GError **error);
int lsm_cmd_guidance(const LsmCtlOptions *options, int argc, char **argv, GError **error);
int lsm_cmd_template(const LsmCtlOptions *options, int argc, char **argv, GError **error);
int lsm_cmd_rejudge(const LsmCtlOptions *options, int argc, char **argv, GError **error);
int lsm_cmd_rules(const LsmCtlOptions *options, int argc, char **argv, GError **error);
int lsm_cmd_scan(const LsmCtlOptions *options, int argc, char **argv, GError **error);
int lsm_cmd_list(const LsmCtlOptions *options, int argc, char **argv, GError **error);
int lsm_cmd_search(const LsmCtlOptions *options, int argc, char **argv, GError **error);
int lsm_cmd_timeline(const LsmCtlOptions *options, int argc, char **argv, GError **error);
int lsm_cmd_figures(const LsmCtlOptions *options, int argc, char **argv, GError **error);
int lsm_cmd_report(const LsmCtlOptions *options, int argc, char **argv, GError **error);
int lsm_cmd_explain(const LsmCtlOptions *options, int argc, char **argv, GError **error);
int lsm_cmd_show(const LsmCtlOptions *options, int argc, char **argv, GError **error);
int lsm_cmd_log(const LsmCtlOptions *options, int argc, char **argv, GError **error);
int lsm_cmd_verify(const LsmCtlOptions *options, int argc, char **argv, GError **error);
int lsm_cmd_key(const LsmCtlOptions *options, int argc, char **argv, GError **error);
int lsm_cmd_checkpoint(const LsmCtlOptions *options, int argc, char **argv, GError **error);
int lsm_cmd_prove(const LsmCtlOptions *options, int argc, char **argv, GError **error);
int lsm_cmd_receipt(const LsmCtlOptions *options, int argc, char **argv, GError **error);
int lsm_cmd_verify_receipt(const LsmCtlOptions *options, int argc, char **argv, GError **error);
int lsm_cmd_remind(const LsmCtlOptions *options, int argc, char **argv, GError **error);
int lsm_cmd_calendar(const LsmCtlOptions *options, int argc, char **argv, GError **error);
int lsm_cmd_status(const LsmCtlOptions *options, int argc, char **argv, GError **error);
int lsm_cmd_metrics(const LsmCtlOptions *options, int argc, char **argv, GError **error);
int lsm_cmd_import_documents(const LsmCtlOptions *options, int argc, char **argv, GError **error);
int lsm_cmd_export(const LsmCtlOptions *options, int argc, char **argv, GError **error);
int lsm_cmd_import(const LsmCtlOptions *options, int argc, char **argv, GError **error);
int lsm_cmd_import_datatracker(const LsmCtlOptions *options, int argc, char **argv, GError **error);
int lsm_cmd_reconcile(const LsmCtlOptions *options, int argc, char **argv, GError **error);
int lsm_cmd_backup(const LsmCtlOptions *options, int argc, char **argv, GError **error);
int lsm_cmd_restore(const LsmCtlOptions *options, int argc, char **argv, GError **error);
int lsm_cmd_rebuild(const LsmCtlOptions *options, int argc, char **argv, GError **error);
int lsm_cmd_compact(const LsmCtlOptions *options, int argc, char **argv, GError **error);
int lsm_cmd_erase(const LsmCtlOptions *options, int argc, char **argv, GError **error);
int lsm_cmd_completion(const LsmCtlOptions *options, int argc, char **argv, GError **error);
int lsm_cmd_manual(const LsmCtlOptions *options, int argc, char **argv, GError **error);
int lsm_cmd_directory(const LsmCtlOptions *options, int argc, char **argv, GError **error);
int lsm_cmd_who(const LsmCtlOptions *options, int argc, char **argv, GError **error);
int lsm_cmd_import_directory(const LsmCtlOptions *options, int argc, char **argv, GError **error);
int lsm_cmd_pending(const LsmCtlOptions *options, int argc, char **argv, GError **error);
/* Every step of desk/act.def, by argv[0]. */
int lsm_cmd_act(const LsmCtlOptions *options, int argc, char **argv, GError **error);

/* The installed settings (or --config). For reading the record and for talking to the desk. */
LsmSettings *lsm_ctl_settings(const LsmCtlOptions *options, GError **error);
/* The record, for reading beside the daemon. */
LsmStore *lsm_ctl_open_store(const LsmCtlOptions *options, GError **error);

/* Parses a command's own options with GOption; leftover arguments stay in argv. Unknown ones: USAGE error. */
gboolean lsm_ctl_parse(int *argc, char ***argv, const GOptionEntry *entries, GError **error);
/* USAGE error unless exactly count arguments are left behind the name. */
gboolean lsm_ctl_expect(int argc, int count, const char *what, GError **error);

#endif
