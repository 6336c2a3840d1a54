/*
 * query.h - the options by which list, search and figures ask for statements.
 */
#ifndef LSM_CTL_QUERY_H
#define LSM_CTL_QUERY_H

#include "conf/directory.h"
#include "store/query.h"

/* Set to zero, then lsm_ctl_query_parse; clear it in either case. */
typedef struct {
	LsmQuery query; /* points into the rest */
	char **parties, **from, **to, **ways, **states, **purposes, **verdicts, **rules, **numbers;
	char *since, *until, *due_after, *due_before, *message_id, *id, *subject, *after;
	char *due_after_date, *due_before_date, *today;
	gboolean overdue, csv;
	gint limit; /* 0: none */
} LsmCtlQuery;

void lsm_ctl_query_clear(LsmCtlQuery *ask);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LsmCtlQuery, lsm_ctl_query_clear)

/* Takes the options out of argv; own: the command's further ones, may be NULL. now: UNIX time, for "7d" and overdue.
 * USAGE for what cannot be meant, with what could be. */
gboolean lsm_ctl_query_parse(LsmCtlQuery *ask, const GOptionEntry *own, int *argc, char ***argv, gint64 now,
			     GError **error);

/* Parties that are named as only the directory knows them ("BBF") are then asked for as the record names them. */
void lsm_ctl_query_resolve(LsmCtlQuery *ask, const LsmDirectory *directory);

/* Is anything asked for but a page of all? */
gboolean lsm_ctl_query_is_filtered(const LsmCtlQuery *ask);

/* The help of these options, for --help. */
#define LSM_CTL_QUERY_HELP                                                                                   \
	"  --party NAME       from it or to it; by any name that the directory has for it\n"                 \
	"  --from, --to NAME  only from it, only to it\n"                                                    \
	"  --direction WAY    in, out, around, draft, tool, list or other\n"                                 \
	"  --state STATE      a state such as pending; open or done for all such\n"                          \
	"  --purpose WORD     information, action, response, comment\n"                                      \
	"  --verdict WORD     record, note, copy, redirect, reject\n"                                        \
	"  --rule RULE        has a finding of it\n"                                                         \
	"  --since, --until WHEN            first recorded: 2026-11-21, 2026-11, today, or 30d ago, by UTC\n" \
	"  --due-after, --due-before DATE   deadline on that day or later; earlier (7d: from today on)\n"    \
	"  --overdue          open, and the deadline is over\n"                                              \
	"  --message-id MESSAGE-ID          of any copy\n"                                                   \
	"  --number NUMBER    document number of either body\n"                                              \
	"  --id ID            id or its letters, or how they begin: A7J\n"                                   \
	"  --subject TEXT     its words are in the subject\n"                                                \
	"  --limit N, --after CURSOR        a page, and the one behind it\n"                                 \
	"  --csv, --json      one line each\n"                                                               \
	"All must hold. An option given twice: either, but all parties and numbers.\n"

#endif
