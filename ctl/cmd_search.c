/*
 * cmd_search.c - liaisonctl search: all that is on record, newest first, by whatever is known of it.
 */
#include "ctl/cases.h"
#include "ctl/command.h"
#include "ctl/query.h"

/* What stands behind the options are words of the subject. */
static char *
subject_of(const char *option, int argc, char **argv)
{
	g_autofree char *words = argc > 1 ? g_strjoinv(" ", argv + 1) : g_strdup("");

	return option == NULL ? g_steal_pointer(&words) : g_strconcat(option, " ", words, NULL);
}

/* Who types the letters of a statement means that one, and no word of a subject. */
static void
take_id(LsmStoreTxn *txn, LsmQuery *query, int argc, char **argv)
{
	g_autofree char *id = NULL;

	if (argc != 2 || query->id != NULL || lsm_case_find(txn, argv[1], &id, NULL) != LSM_FOUND)
		return;
	query->id = argv[1];
	query->subject = NULL;
}

int
lsm_cmd_search(const LsmCtlOptions *options, int argc, char **argv, GError **error)
{
	gint64 now = g_get_real_time() / G_USEC_PER_SEC;
	g_auto(LsmCtlQuery) ask = {0};
	g_autoptr(LsmStore) store = NULL;
	g_autoptr(LsmStoreTxn) txn = NULL;
	g_autoptr(LsmSettings) settings = NULL;

	if (!lsm_ctl_query_parse(&ask, NULL, &argc, &argv, now, error))
		return 2;
	g_autofree char *subject = subject_of(ask.subject, argc, argv);
	ask.query.subject = subject;
	LsmCasesForm form = lsm_cases_form(options->json, ask.csv);
	settings = lsm_ctl_settings(options, NULL);
	if (settings != NULL)
		lsm_ctl_query_resolve(&ask, settings->directory);
	g_autoptr(LsmCases) cases = lsm_cases_new(form, (guint)ask.limit, settings, now);
	store = lsm_ctl_open_store(options, error);
	txn = store == NULL ? NULL : lsm_store_begin_read(store, error);
	if (txn != NULL)
		take_id(txn, &ask.query, argc, argv);
	if (txn == NULL || !lsm_query_run(txn, &ask.query, lsm_cases_show, cases, error))
		return 2;
	lsm_cases_end(cases, "search");
	if (form == LSM_CASES_TABLE)
		lsm_cases_print_count(cases);
	return 0;
}
