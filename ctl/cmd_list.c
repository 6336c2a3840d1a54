/*
 * cmd_list.c - liaisonctl list: who must act next, on what, until when.
 *
 * Open statements stand in the order of the work; with --all those that are done follow, newest first.
 */
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ctl/cases.h"
#include "ctl/command.h"
#include "ctl/printer.h"
#include "ctl/query.h"
#include "ctl/when.h"
#include "store/tally.h"

/* So many waiting statements are looked at to count those that wait for one approver. */
#define LOOK_MAX 10000

static guint32
open_states(gboolean open)
{
	guint32 states = 0;

	for (guint i = 0; i < LSM_STATE_COUNT; i++) {
		if (lsm_state_row((LsmState)i)->open == open)
			states |= (guint32)1 << i;
	}
	return states;
}

/* First those that are open, then the others; a cursor of the others begins with them. */
static gboolean
run(LsmStoreTxn *txn, const LsmQuery *asked, LsmCases *cases, GError **error)
{
	LsmQuery query = *asked;
	guint32 closed = asked->states & open_states(FALSE), open = asked->states & open_states(TRUE);
	gboolean is_behind_open = asked->after != NULL && strchr(asked->after, '/') == NULL;

	query.order = LSM_QUERY_AGENDA;
	if (lsm_query_order(&query) == LSM_QUERY_DEADLINE)
		return lsm_query_run(txn, &query, lsm_cases_show, cases, error);
	query.states = open;
	if (open != 0 && !(is_behind_open && closed != 0) &&
	    !lsm_query_run(txn, &query, lsm_cases_show, cases, error))
		return FALSE;
	query.order = LSM_QUERY_NEWEST;
	query.states = closed;
	if (!is_behind_open)
		query.after = NULL;
	return closed == 0 || lsm_cases_is_over(cases) ||
	       lsm_query_run(txn, &query, lsm_cases_show, cases, error);
}

/* --- the last line --- */

/* The address that the settings map the login at the terminal to; NULL where there is none. */
static const char *
my_address(const LsmSettings *settings)
{
	const struct passwd *me = getpwuid(getuid());

	for (guint i = 0; settings != NULL && me != NULL && settings->operators[i] != NULL; i++) {
		const char *sign = strchr(settings->operators[i], '=');
		gsize length = sign == NULL ? 0 : (gsize)(sign - settings->operators[i]);
		if (sign != NULL && strlen(me->pw_name) == length &&
		    strncmp(settings->operators[i], me->pw_name, length) == 0)
			return sign + 1;
	}
	return NULL;
}

typedef struct {
	const char *address;
	guint64 waiting;
	guint looked;
} Waiting;

static gboolean
count_waiting(const LsmCase *item, const char *cursor G_GNUC_UNUSED, gpointer data)
{
	Waiting *waiting = data;

	waiting->waiting += lsm_address_in_list(waiting->address, item->approvers);
	return ++waiting->looked < LOOK_MAX;
}

/* Coordinators' work is everybody's who sits here; approvals only theirs to whom the settings map the login. */
static gboolean
count_mine(LsmStoreTxn *txn, const LsmTally *tally, const char *address, guint64 *mine_out, GError **error)
{
	LsmQuery query = {.order = LSM_QUERY_NEWEST};
	Waiting waiting = {address, 0, 0};

	for (guint i = 0; i < LSM_STATE_COUNT; i++) {
		const LsmStateRow *row = lsm_state_row((LsmState)i);
		if (row->open && strcmp(row->whose, "coordinators") == 0)
			*mine_out += tally->by_state[i];
		else if (row->open && strcmp(row->whose, "approver") == 0)
			query.states |= (guint32)1 << i;
	}
	if (address != NULL && !lsm_query_run(txn, &query, count_waiting, &waiting, error))
		return FALSE;
	*mine_out += waiting.waiting;
	return TRUE;
}

static gboolean
print_summary(LsmStoreTxn *txn, const LsmCases *cases, const LsmSettings *settings, gint64 now, GError **error)
{
	g_autofree char *today = lsm_when_day(now);
	LsmTally tally;
	guint64 mine = 0;

	if (!lsm_tally_count(txn, today, &tally, error) ||
	    !count_mine(txn, &tally, my_address(settings), &mine, error))
		return FALSE;
	printf("%" G_GUINT64_FORMAT " open of %" G_GUINT64_FORMAT ", %u shown: %" G_GUINT64_FORMAT
	       " overdue, %" G_GUINT64_FORMAT " wait for you\n",
	       tally.open, tally.total, lsm_cases_shown(cases), tally.overdue, mine);
	return TRUE;
}

/* --- the command --- */

int
lsm_cmd_list(const LsmCtlOptions *options, int argc, char **argv, GError **error)
{
	gboolean all = FALSE;
	const GOptionEntry own[] = {
		{"all", 0, 0, G_OPTION_ARG_NONE, &all, NULL, NULL},
		G_OPTION_ENTRY_NULL,
	};
	gint64 now = g_get_real_time() / G_USEC_PER_SEC;
	g_auto(LsmCtlQuery) ask = {0};
	g_autoptr(LsmStore) store = NULL;
	g_autoptr(LsmStoreTxn) txn = NULL;
	g_autoptr(LsmSettings) settings = NULL;

	if (!lsm_ctl_query_parse(&ask, own, &argc, &argv, now, error) ||
	    !lsm_ctl_expect(argc, 0, "options only", error))
		return 2;
	if (ask.query.states == 0)
		ask.query.states = open_states(TRUE) |
				   (all ? open_states(FALSE) & ~((guint32)1 << LSM_STATE_NOT_STATEMENT) : 0);
	LsmCasesForm form = lsm_cases_form(options->json, ask.csv);
	settings = lsm_ctl_settings(options, NULL);
	if (settings != NULL)
		lsm_ctl_query_resolve(&ask, settings->directory);
	g_autoptr(LsmCases) cases = lsm_cases_new(form, (guint)ask.limit, settings, now);
	store = lsm_ctl_open_store(options, error);
	txn = store == NULL ? NULL : lsm_store_begin_read(store, error);
	if (txn == NULL || !run(txn, &ask.query, cases, error))
		return 2;
	lsm_cases_end(cases, "list");
	if (form != LSM_CASES_TABLE || !lsm_printer_is_read())
		return 0;
	if (lsm_ctl_query_is_filtered(&ask)) {
		lsm_cases_print_count(cases);
		return 0;
	}
	return print_summary(txn, cases, settings, now, error) ? 0 : 2;
}
