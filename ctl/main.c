/*
 * main.c - liaisonctl: finds the command, parses what all commands share, prints the error where it stops.
 */
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/error.h"
#include "conf/log.h"
#include "conf/nearest.h"
#include "ctl/command.h"
#include "ctl/guard.h"
#include "ctl/help.h"
#include "ctl/printer.h"
#include "ctl/query.h"

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
	{"rules", lsm_cmd_rules, "[--markdown] [RULE]", "the rules, and what of the procedure each answers",
	 "  --markdown  the page doc/procedure.md: every requirement and what answers it\n"
	 "With RULE: why it exists, what to do about it, where it holds, and how to turn it off.\n"
	 "Modes are those of the settings; without --config, of the sample that ships.\n"
	 "Example: liaisonctl rules deadline.missing\n"},
	{"guidance", lsm_cmd_guidance, "[RULE|TEXT]", "what people are told: by rule, and the texts of mails",
	 "With RULE: what a sender reads of it: what to do, why, an example, the section of the procedure.\n"
	 "With TEXT: the mail as the site has it; what stands in <> is filled in. Without: a list of all.\n"
	 "Own texts stand in the folder of the setting guidance-dir; without --config the built-in ones are shown.\n"
	 "Example: liaisonctl guidance deadline.missing\n"},
	{"template", lsm_cmd_template, "--from GROUP --to ORGANIZATION --purpose PURPOSE ...",
	 "a statement to begin with, filled from the directory",
	 "  --from GROUP         acronym or name of the group, area or body that speaks\n"
	 "  --to ORGANIZATION    whom it is for, by any name that the directory knows\n"
	 "  --purpose PURPOSE    information, action or response\n"
	 "  --deadline DATE      2026-12-31 (standard for action: in two months)\n"
	 "  --in-response-to ID  what it answers; found on record, its address for answers is used\n"
	 "  --body               only the block of lines that stands on top of the text\n"
	 "Prints a whole mail that passes every rule but approval, with places for subject and text. It claims no\n"
	 "consensus: the line Consensus is for you to correct. Without --config the installed settings are used.\n"
	 "Example: liaisonctl template --from ippm --to \"Broadband Forum\" --purpose action > draft.eml\n"},
	{"rejudge", lsm_cmd_rejudge, "[--rule-set SET] [--since WHEN] [--findings]",
	 "what other rules or settings would have said to what is on record",
	 "  --rule-set SET  judge by rfc4053, bis-02 or bis-05\n"
	 "  --since WHEN    only what was first recorded since: 2026-11-21, today, or 30d ago\n"
	 "  --findings      list also those of which only the findings would change\n"
	 "With --config, judges by those settings; --store then names the record. Writes nothing.\n"
	 "Exit status: 0 no verdict would change, 1 some would, 2 wrong use or unreadable record.\n"
	 "Example: liaisonctl rejudge --rule-set rfc4053 --since 365d\n"},
	{"scan", lsm_cmd_scan, "[--record [--dry-run]] [--since WHEN] [--until WHEN] MBOX|MAILDIR",
	 "judge an archive, with a summary and what to look at",
	 "  --record     put on record what is not there yet: what passed while the filter was down\n"
	 "  --dry-run    with --record: only say what would be recorded, and what is on record already\n"
	 "  --since, --until WHEN  only mails of that time, by their Date: 2026-11-21, 2026-11, or 30d ago\n"
	 "Judges each mail of an mbox file or a maildir with the daemon's own code; without --record it records\n"
	 "nothing. With it, how a mail came is not known: ours count as sent around the filter, and nothing is held,\n"
	 "released or written to anybody; lists and the daily digest show them. A second run records nothing twice.\n"
	 "It goes through the desk; where no daemon has the record, directly.\n"
	 "Exit status: 0 done, 1 some could not be recorded, else as the error.\n"
	 "Example: liaisonctl scan --record --since 2026-11-20 ~/archive/ippm.mbox\n"},
	{"report", lsm_cmd_report, "[--since WHEN] [--until WHEN] [--by TABLE] [--limit N] [--csv]",
	 "while watching: what enforcing would have done",
	 "  --by TABLE         effect, rule, sender, organization or group; one table, whole\n"
	 "  --limit N          ids to look at in a row (standard: 3, as far as there is room)\n"
	 "  --since, --until WHEN  first recorded: 2026-11-21, 2026-11, today, or 30d ago, by UTC\n"
	 "  --csv, --json      one line a row\n"
	 "By effect, rule, sender, organization and group: what would have been rejected or held of the statements\n"
	 "that were only watched, what was of those that were enforced, and how many were no statements at all. Of a\n"
	 "rule counts what it asks for itself, as far as it would have happened. What list takes to choose statements\n"
	 "(--party, --rule, --direction ...) works here, too.\n"
	 "Example: liaisonctl report --since 7d\n"},
	{"explain", lsm_cmd_explain, "[--verbose] ID",
	 "why a statement was treated so, and how it would be today",
	 "  --verbose  name also the rules that find nothing today\n"
	 "For each time that it was judged: effect, mode, certainty, rules, evidence by weight, what the record knew,\n"
	 "and the settings; then the kept mail is judged by today's settings, and what differs is told. Writes\n"
	 "nothing.\n"
	 "Example: liaisonctl explain K7Q3M\n"},
	{"list", lsm_cmd_list, "[--all] [--party NAME] [--overdue] ...", "open statements, whoever must act next first",
	 "  --all              those that are done, too: behind the others, newest first\n" LSM_CTL_QUERY_HELP
	 "With a deadline asked for, the nearest comes first.\n"
	 "Example: liaisonctl list --party \"Broadband Forum\" --due-before 14d\n"},
	{"search", lsm_cmd_search, "[--party NAME] [--since WHEN] ... [TEXT ...]",
	 "all statements, newest first, by what is known of them",
	 "  TEXT               as --subject; alone, the letters of an id as well\n" LSM_CTL_QUERY_HELP
	 "Wrong catches are found with --state not-a-statement only.\n"
	 "Example: liaisonctl search --from ITU-T --since 2026-01-01 --state open,answered timing\n"},
	{"show", lsm_cmd_show, "ID", "one statement with its history",
	 "ID is LS-20261121-K7Q3M or the letters alone: K7Q3M.\nExample: liaisonctl show K7Q3M\n"},
	{"timeline", lsm_cmd_timeline, "ID", "what happened to a statement, by whom, through which door",
	 "ID is LS-20261121-K7Q3M or the letters alone: K7Q3M. Times are UTC.\n"
	 "Example: liaisonctl timeline K7Q3M\n"},
	{"figures", lsm_cmd_figures, "[--since WHEN] [--by organization|rule] ...",
	 "how many statements, with whom, how soon answered, which rules",
	 "  --by WHAT          organization or rule; with --csv: organization unless asked\n" LSM_CTL_QUERY_HELP
	 "Of those that fit: received, sent (what went out), answered, overdue, median days to the answer; and of\n"
	 "each rule: findings, how many of them rejected and redirected, and how many of these went out all the\n"
	 "same.\n"
	 "Example: liaisonctl figures --since 2026-01-01 --csv\n"},
	{"log", lsm_cmd_log, "[--limit N] [--from POSITION] [ID]", "the events, oldest first",
	 "  --limit N        the last N events (default 50; 0: all)\n"
	 "  --from POSITION  begin at this position instead\n"
	 "Example: liaisonctl log --limit 20\n"},
	{"verify", lsm_cmd_verify, "[--checkpoint FILE --key VKEY] [ID]",
	 "recompute the log, the cases and the contents, or one statement's",
	 "  ID                 only this statement: its events, that they are in the log, its content\n"
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
	{"remind", lsm_cmd_remind, "[--dry-run]", "deadlines and what waits too long: write to whom it concerns",
	 "  --dry-run  say what would go out, and write to nobody\n"
	 "The desk puts into its outbox what is due by now: single reminders and the daily digests. Run it once a\n"
	 "day from a timer (liaison-remind.timer, or cron: 0 6 * * * liaisonctl remind); a second run on the same\n"
	 "day says nothing twice. Days are those of UTC; a deadline is over when its day is.\n"
	 "Schedule: deadline-reminders = {7, 1, 0, overdue-weekly} as shipped; {14, 7, 4, 3, 2, 1, 0} is the\n"
	 "Datatracker's. Further settings: approval-reminder, escalation, follow-up, daily-digest.\n"
	 "Example: liaisonctl remind --dry-run\n"},
	{"calendar", lsm_cmd_calendar, "[--output FILE]", "the open deadlines as an iCalendar feed",
	 "  --output FILE  write there instead of to standard output, at once and whole\n"
	 "All-day events without alarms. Whoever can read the file reads the subjects: for those who follow\n"
	 "statements up, not for the public.\n"
	 "Example: liaisonctl calendar --output /var/lib/liaison-milter/deadlines.ics\n"},
	{"status", lsm_cmd_status, "[--monitor] [--socket PATH]",
	 "is the desk there, what waits, how large is the record",
	 "  --monitor  one line with figures, and the exit status of a monitoring plugin:\n"
	 "             0 well, 1 warning, 2 critical (also: the desk does not answer), 3 unknown\n"
	 "  --socket PATH  the desk's socket (standard: the setting desk-socket; where the settings on disk cannot be\n"
	 "                 read, its default)\n"
	 "Lines that begin with ! say what a person should look at.\n"
	 "Exit status: 0 well, 1 something waits for a person, 3 the desk does not answer.\n"
	 "Example: liaisonctl status --json\n"},
	{"metrics", lsm_cmd_metrics, "[--textfile FILE]", "the daemon's figures for Prometheus",
	 "  --textfile FILE  write there, at once and whole, for the textfile collector of node_exporter\n"
	 "Counters begin at 0 when the daemon is started; the record's figures are those of the record. With the desk\n"
	 "away, liaison_up is 0 and what the record says is left.\n"
	 "Exit status: 0 all is there, 75 the desk does not answer, or as the error of the record.\n"
	 "Example: liaisonctl metrics --textfile /var/lib/prometheus/node-exporter/liaison.prom\n"},
	{"import-documents", lsm_cmd_import_documents, "[--rfc-index FILE] [--id-index FILE] [--output FILE]",
	 "make the table of RFCs and Internet-Drafts",
	 "  --rfc-index FILE  rfc-index.xml, from https://www.rfc-editor.org/rfc-index.xml\n"
	 "  --id-index FILE   all_id2.txt, from https://www.ietf.org/id/all_id2.txt (or all_id.txt)\n"
	 "  --output FILE     the table, instead of the setting documents\n"
	 "The new table takes the old one's place at once and whole; on any error the old one stays.\n"
	 "Reads the files only, nothing from the network.\n"
	 "Example: liaisonctl import-documents --rfc-index rfc-index.xml --id-index all_id2.txt\n"},
	{"export", lsm_cmd_export, "--format FORMAT [--output PATH] [--public] [--party NAME] ...",
	 "the record, or some statements, in a form for others",
	 "  --format FORMAT   jsonl        the log itself, with private parts: import makes the same record of it\n"
	 "                    csv          a row a statement, as list --csv\n"
	 "                    mbox         the kept mails (mboxrd)\n"
	 "                    maildir      the same as a folder; a later export adds what is new\n"
	 "                    atom         a feed (RFC 4287)\n"
	 "                    ical         the deadlines, of what is open, and of what went out and is not answered;\n"
	 "                                 with --state of those\n"
	 "                    datatracker  the shape of the Datatracker's /api/v1/liaisons/liaisonstatement/\n"
	 "  --output PATH     write there, at once and whole, instead of to standard output\n"
	 "  --public          only released outgoing and confirmed incoming statements, and of them nothing that is\n"
	 "                    only for the house; with jsonl one statement a line\n"
	 "  --with-contents   jsonl: the kept mails, too, in base64\n" LSM_CTL_QUERY_HELP
	 "The log is exported whole; the conditions are for the other formats, and for --public.\n"
	 "Example: liaisonctl export --format atom --public --output /var/www/liaison.atom\n"},
	{"import", lsm_cmd_import, "FILE", "an exported log into an empty place",
	 "FILE is what export --format jsonl wrote, - for standard input. All or nothing: the new record takes its\n"
	 "place when its root is the one that the file names. Mails that were still to be sent, and the tokens of\n"
	 "requests, do not travel: settle what is pending first, or move the record by backup and restore.\n"
	 "Example: liaisonctl import --store lmdb:/var/lib/liaison-milter/record record.jsonl\n"},
	{"import-datatracker", lsm_cmd_import_datatracker, "FILE...", "keep the Datatracker's list, for reconcile",
	 "FILE is the Datatracker's own JSON: {\"objects\": [...]} of /api/v1/liaisons/liaisonstatement/?limit=0, or\n"
	 "all its pages, or an object a line; - for standard input. The list that was kept before is replaced. The\n"
	 "record stays as it is. Reads the files only, nothing from the network.\n"
	 "Example: liaisonctl import-datatracker liaisonstatement.json\n"},
	{"reconcile", lsm_cmd_reconcile, "[--days N] [FILE...]", "compare with the Datatracker's list, both ways",
	 "  --days N  what is younger may still be on its way (standard: 14); what is on record here must be so\n"
	 "            much older than the list's file\n"
	 "FILE is as for import-datatracker; without one, the list that it kept. Tells what is there and not on\n"
	 "record here, on record here and not there, sent around the filter, and what both have with other words.\n"
	 "Exit status: 0 nothing to do, 1 differences.\n"
	 "Example: liaisonctl reconcile --days 30 liaisonstatement.json\n"},
	{"backup", lsm_cmd_backup, "FOLDER", "a whole copy of the record, while the daemon runs",
	 "FOLDER must not be there yet. The copy is the record of one moment, compacted, on the disk, and verified.\n"
	 "It holds all that the record holds, private parts and what still waits to be sent: keep it as safe.\n"
	 "Settings, directory and the signing key are plain files: copy them as such.\n"
	 "Example: liaisonctl backup /var/backups/liaison-$(date +%F)\n"},
	{"restore", lsm_cmd_restore, "FOLDER", "a backup in the place of the record; the daemon must be down",
	 "The backup is verified first and stays as it is. The record that was there stays beside the new one as\n"
	 "data.mdb.before-restore (behind a second one -2, and so on): remove it when all is well.\n"
	 "Example: liaisonctl restore /var/backups/liaison-2026-11-21\n"},
	{"rebuild", lsm_cmd_rebuild, "", "make what follows from the log anew: cases and indexes",
	 "When verify says that a case is not what its events say, or a search misses what show finds. While a daemon\n"
	 "runs, the desk does it between the mails; lists may be incomplete meanwhile.\n"
	 "Example: liaisonctl rebuild\n"},
	{"compact", lsm_cmd_compact, "", "give unused space back; the daemon must be down",
	 "What was erased stays in unused parts of the file until they are written again: after an erasure that must\n"
	 "be complete, compact, and remove backups, data.mdb.before-restore and record.format-N.\n"
	 "Example: liaisonctl compact\n"},
	{"erase", lsm_cmd_erase, "--reason TEXT [--force] ID",
	 "remove a statement's content and personal data for good",
	 "  --reason TEXT   kept with the event: name no person in it\n"
	 "  --as ADDRESS    which operator acts (standard: yours in the setting operators)\n"
	 "  --force         of one that is withheld, too: it is then cancelled and never goes out\n"
	 "Gone are the mail, subject, parties, addresses, notes, what still waits to be sent about it, and its answer\n"
	 "tokens. The events, their digests and the digests by which the same mail would be known stay, and the log\n"
	 "verifies as before. Unused parts of the file hold the old octets until they are written again or\n"
	 "liaisonctl compact gives them back; backups and exports made before hold them as well.\n"
	 "Example: liaisonctl erase K7Q3M --reason \"request of 4 December\"\n"},
	{"pending", lsm_cmd_pending, "", "what is withheld, and for whom it waits",
	 "Oldest first; with whose approval is missing, and from whom it is withheld.\n"
	 "Example: liaisonctl pending --json\n"},
	{"directory", lsm_cmd_directory, "[--check | --lists]", "who is who: an overview, and what is missing",
	 "  --check  look for what will go wrong: groups and areas without people, terms that ended, addresses of\n"
	 "           unknown domains, organizations without an address; each with its line and what to do\n"
	 "  --lists  the mailing lists that must accept mail from the desk's address, one a line\n"
	 "Without an option: everything in one table. A file with a mistake is named as at the daemon's start.\n"
	 "Exit status of --check: 0 nothing, or notes only; 1 warnings; 2 errors, or a file that does not load.\n"
	 "Example: liaisonctl directory --check\n"},
	{"who", lsm_cmd_who, "ADDRESS|GROUP|ORGANIZATION|NAME", "what the directory knows of somebody or something",
	 "An address, an acronym, any name of an organization, or a part of a person's name; from a To: or From: line\n"
	 "as it stands, too. Tells roles with their terms, who approves, lists, the liaison manager, and how a\n"
	 "mail from the address would be taken.\n"
	 "Exit status: 0 found, 1 an address of which nothing is known, 2 a name that nobody has.\n"
	 "Example: liaisonctl who ippm-chairs@ietf.org\n"},
	{"import-directory", lsm_cmd_import_directory, "[--part PART] [--output FILE] ... FILE...",
	 "directory.conf from the Datatracker's groups and roles",
	 "  --part PART        whole          a directory.conf (standard)\n"
	 "                     home           areas, groups and people: for include(\"FILE\") in the home section\n"
	 "                     organizations  the others: for include(\"FILE\") outside of it\n"
	 "  --output FILE      write there, at once and whole, instead of to standard output\n"
	 "  --concluded        concluded groups and areas as well\n"
	 "  --no-aliases       people's addresses only, not ACRONYM-chairs@ and ACRONYM-ads@\n"
	 "  --home NAME        the home's name, as in the present directory unless given\n"
	 "  --domain DOMAIN    one of its domains; likewise, may be given again\n"
	 "  --contact ADDRESS  its liaison contact; likewise\n"
	 "FILE is the API's JSON of /api/v1/group/group/, /group/role/, /person/person/ or /person/email/: all pages,\n"
	 "in any order, {\"objects\": [...]} or an object a line; - for standard input. What people have written in\n"
	 "the present directory, in other files than the output, stays in force: an imported entry of the same name\n"
	 "or address is left out. What is left out is told with its reason. Reads the files only, nothing from the\n"
	 "network.\n"
	 "Example: liaisonctl import-directory --part home --output /etc/liaison-milter/groups.conf *.json\n"},
	{"completion", lsm_cmd_completion, "", "the script by which bash completes this command's words",
	 "Installed with the program. For one shell only: eval \"$(liaisonctl completion)\"\n"
	 "Example: liaisonctl completion > ~/.local/share/bash-completion/completions/liaisonctl\n"},
	{"manual", lsm_cmd_manual, "[PAGE]", "a manual page, its lists filled in from the program's tables",
	 "PAGE is a file in mdoc(7), or doc/log.md.in. A line @NAME@ in it stands for the list of that name; without\n"
	 "PAGE the names are listed. For building the program; man liaisonctl shows what came of it.\n"
	 "Example: liaisonctl manual doc/man/liaisonctl.1.in > liaisonctl.1\n"},
#include "ctl/acts.def"
};

LsmSettings *
lsm_ctl_settings(const LsmCtlOptions *options, GError **error)
{
	LsmSettings *settings =
		lsm_settings_load(options->config == NULL ? LSM_CTL_DEFAULT_CONFIG : options->config, error);

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

	lsm_guard_reading();
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

/* By what somebody wants to do; names between blanks. A command that stands nowhere here comes last. */
static const struct {
	const char *title, *names;
} groups[] = {
	{"Before a statement is sent:", " check template guidance rules scan "},
	{"Every day:", " list pending search show explain timeline report status metrics calendar remind "},
	{"Decide and follow up:",
	 " approve refuse cancel review release replace confirm assign distribute answer action-taken close reopen "
	 "note agree disagree not-a-statement "},
	{"The record and its proofs:",
	 " figures log rejudge verify key checkpoint prove receipt verify-receipt erase "},
	{"Who is who:", " directory who import-directory "},
	{"Taking it away and bringing it back:",
	 " export import import-documents import-datatracker reconcile backup restore rebuild compact "},
	{"Further:", NULL},
};

guint
lsm_ctl_group_of(const char *name)
{
	g_autofree char *between = g_strdup_printf(" %s ", name);
	guint group = 0;

	while (groups[group].names != NULL && strstr(groups[group].names, between) == NULL)
		group++;
	return group;
}

const char *
lsm_ctl_group_title(guint i)
{
	return i < G_N_ELEMENTS(groups) ? groups[i].title : NULL;
}

const LsmCommand *
lsm_ctl_command(guint i)
{
	return i < G_N_ELEMENTS(commands) ? &commands[i] : NULL;
}

static void
print_summary(FILE *stream, const LsmCommand *command)
{
	g_autofree char *line = g_strdup_printf("  %-18s %s", command->name, command->summary);
	g_autofree char *text = lsm_help_layout(line, LSM_HELP_WIDTH);

	fputs(text, stream);
}

static void
print_group(FILE *stream, guint group)
{
	gboolean is_first = TRUE;

	for (guint i = 0; i < G_N_ELEMENTS(commands); i++) {
		if (lsm_ctl_group_of(commands[i].name) != group)
			continue;
		if (is_first)
			fprintf(stream, "%s\n", groups[group].title);
		is_first = FALSE;
		print_summary(stream, &commands[i]);
	}
	if (!is_first)
		fputc('\n', stream);
}

static void
print_usage(FILE *stream)
{
	fputs("usage: liaisonctl COMMAND [--config FILE] [--store URI] [--json] ...\n\n", stream);
	for (guint i = 0; i < G_N_ELEMENTS(groups); i++)
		print_group(stream, i);
	fputs("liaisonctl COMMAND --help tells more.\n", stream);
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
	g_auto(GStrv) lines = g_strsplit(error->message, "\n", -1);
	g_autofree char *text = NULL;

	/* Names of files and words of mails stand in it: a terminal is to show them, and not to obey them. */
	for (guint i = 0; lines[i] != NULL; i++) {
		char *line = lines[i];

		lines[i] = lsm_printer_safe(line);
		g_free(line);
	}
	text = g_strjoinv("\n", lines);
	fprintf(stderr, "liaisonctl: %s\n", text);
	return lsm_error_exit_code(error);
}

static int
unknown_command(const char *name)
{
	const char *names[G_N_ELEMENTS(commands) + 1] = {NULL};
	const char *nearest;

	if (*name == '-') {
		fprintf(stderr,
			"liaisonctl: a command stands first, and options like %s behind it; "
			"liaisonctl --help lists them\n",
			name);
		return 2;
	}
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

/* What did not reach a full disk must not pass for whole. A reader that went away has had enough: no error. */
static gboolean
is_printed(GError **error)
{
	errno = 0;
	if ((fflush(stdout) == 0 && !ferror(stdout)) || errno == EPIPE)
		return TRUE;
	g_set_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY, "what was printed is not whole: %s",
		    errno != 0 ? g_strerror(errno) : "a part of it could not be written");
	return FALSE;
}

static void
print_help(const LsmCommand *command)
{
	g_autofree char *line = g_strdup_printf("usage: liaisonctl %s [--config FILE] [--store URI] [--json] %s",
						command->name, command->usage);
	g_autofree char *usage = lsm_help_usage(line, LSM_HELP_WIDTH);
	g_autofree char *text = lsm_help_layout(command->help, LSM_HELP_WIDTH);

	printf("%s\n%s\n\n%s", usage, command->summary, text);
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
		print_help(command);
		return 0;
	}
	status = command->run(&options, argc, argv, &error);
	return error == NULL && is_printed(&error) ? status : fail(error);
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
	if (strcmp(argv[1], "help") == 0 && argc > 2) { /* as "show --help" */
		argv[1] = argv[2];
		argv[2] = (char *)"--help";
		argc = 3;
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
