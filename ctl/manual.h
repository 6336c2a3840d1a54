/*
 * manual.h - the lists of the manual pages, printed from the program's own tables as mdoc(7); and those of doc/log.md.
 *
 * Each appends whole lines to a page. To add one: its function here, and its name in cmd_manual.c.
 */
#ifndef LSM_CTL_MANUAL_H
#define LSM_CTL_MANUAL_H

#include <glib.h>

/* liaisonctl(1): a section a group of commands, a subsection a command. */
void lsm_manual_commands(GString *out);
/* The groups with the names of their commands. */
void lsm_manual_overview(GString *out);
/* The states of a statement, and what comes next in each. */
void lsm_manual_states(GString *out);
/* The first lines by which people answer the desk's mails. */
void lsm_manual_answers(GString *out);

/* liaison-milter.conf(5) */
void lsm_manual_settings(GString *out);
void lsm_manual_rules(GString *out);
void lsm_manual_rule_sets(GString *out);
/* Exit codes by class of error, as rows of a list that the page has begun. */
void lsm_manual_errors(GString *out);

/* liaison-milter(8): a subsection a group of the log's lines. */
void lsm_manual_log_lines(GString *out);
/* doc/log.md, in Markdown: the same, and what each class of error is. */
void lsm_manual_log_tables(GString *out);
void lsm_manual_class_table(GString *out);

#endif
