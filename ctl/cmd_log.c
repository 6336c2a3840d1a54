/*
 * cmd_log.c - liaisonctl log: the events as they were written.
 */
#include "conf/error.h"
#include "ctl/command.h"
#include "ctl/events.h"
#include "ctl/printer.h"
#include "store/case.h"

typedef struct {
	const char *case_id; /* NULL: all */
	gboolean json;
} LogPrint;

static gboolean
print_event(const LsmEvent *event, gpointer data)
{
	const LogPrint *print = data;

	if (print->case_id != NULL && g_strcmp0(print->case_id, event->case_id) != 0)
		return TRUE;
	if (print->json) {
		g_autoptr(JsonObject) object = lsm_events_json(event);
		lsm_printer_json(object, FALSE);
	} else {
		lsm_events_print(event, TRUE);
	}
	return TRUE;
}

static gboolean
find_id(LsmStoreTxn *txn, const char *typed, char **id_out, GError **error)
{
	LsmFound found = lsm_case_find(txn, typed, id_out, error);

	if (found == LSM_ABSENT)
		g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE,
			    "no statement \"%s\" on record; liaisonctl list --all shows all", typed);
	return found == LSM_FOUND;
}

static guint64
start_position(guint64 size, gint64 from, int limit, gboolean one_case)
{
	if (from >= 0)
		return (guint64)from;
	if (limit <= 0 || one_case || size <= (guint64)limit)
		return 0;
	return size - (guint64)limit;
}

int
lsm_cmd_log(const LsmCtlOptions *options, int argc, char **argv, GError **error)
{
	int limit = 50;
	gint64 from = -1;
	const GOptionEntry entries[] = {
		{"limit", 0, 0, G_OPTION_ARG_INT, &limit, NULL, NULL},
		{"from", 0, 0, G_OPTION_ARG_INT64, &from, NULL, NULL},
		G_OPTION_ENTRY_NULL,
	};
	g_autoptr(LsmStore) store = NULL;
	g_autoptr(LsmStoreTxn) txn = NULL;
	g_autofree char *id = NULL;
	LogPrint print = {NULL, options->json};
	LsmLogHead head;

	if (!lsm_ctl_parse(&argc, &argv, entries, error) ||
	    (argc > 1 && !lsm_ctl_expect(argc, 1, "at most one statement's id", error)))
		return 2;
	store = lsm_ctl_open_store(options, error);
	txn = store == NULL ? NULL : lsm_store_begin_read(store, error);
	if (txn == NULL || (argc > 1 && !find_id(txn, argv[1], &id, error)) ||
	    !lsm_log_head(txn, &head, error))
		return 2;
	print.case_id = id;
	return lsm_log_scan(txn, start_position(head.size, from, limit, id != NULL), LSM_SCAN_FORWARD,
			    print_event, &print, error)
		       ? 0
		       : 2;
}
