/*
 * cmd_status.c - liaisonctl status: the desk, the outbox, the record, in one glance and one exit status.
 */
#include <stdio.h>
#include <string.h>

#include "ctl/command.h"
#include "ctl/printer.h"
#include "desk/desk.h"
#include "desk/json.h"
#include "desk/outbox.h"
#include "store/case.h"
#include "store/log.h"

typedef struct {
	guint open, total, held, due, failed;
	LsmLogHead head;
	LsmStoreUsage usage;
} RecordStatus;

static gboolean
count_case(const LsmCase *item, gpointer data)
{
	RecordStatus *status = data;

	if (item->state == LSM_STATE_NOT_STATEMENT)
		return TRUE;
	status->total++;
	status->open += lsm_state_row(item->state)->open;
	return TRUE;
}

static gboolean
read_record(const LsmCtlOptions *options, RecordStatus *status, GError **error)
{
	g_autoptr(LsmStore) store = lsm_ctl_open_store(options, error);
	g_autoptr(LsmStoreTxn) txn = store == NULL ? NULL : lsm_store_begin_read(store, error);
	g_autoptr(GPtrArray) entries = txn == NULL ? NULL : lsm_outbox_list(txn, NULL, error);

	if (entries == NULL || !lsm_case_scan(txn, count_case, status, error) ||
	    !lsm_log_head(txn, &status->head, error) || !lsm_store_usage(store, &status->usage, error))
		return FALSE;
	for (guint i = 0; i < entries->len; i++) {
		const LsmOutboxEntry *entry = g_ptr_array_index(entries, i);
		status->held += strcmp(entry->state, "held") == 0;
		status->due += strcmp(entry->state, "due") == 0;
		status->failed += strcmp(entry->state, "failed") == 0;
	}
	return TRUE;
}

static JsonObject *
ask_desk(const LsmCtlOptions *options, GError **error)
{
	g_autoptr(LsmSettings) settings = lsm_ctl_settings(options, error);
	g_autoptr(LsmDesk) desk = settings == NULL ? NULL : lsm_desk_connect(settings->desk_socket, 5);
	g_autoptr(JsonObject) args = json_object_new();

	return desk == NULL ? NULL : lsm_desk_verb(desk, "status", args, error);
}

static void
add_record(JsonObject *object, const RecordStatus *status)
{
	json_object_set_int_member(object, "open", status->open);
	json_object_set_int_member(object, "statements", status->total);
	json_object_set_int_member(object, "events", (gint64)status->head.size);
	json_object_set_int_member(object, "outbox_held", status->held);
	json_object_set_int_member(object, "outbox_due", status->due);
	json_object_set_int_member(object, "outbox_failed", status->failed);
	json_object_set_int_member(object, "store_bytes", (gint64)status->usage.bytes_used);
	json_object_set_int_member(object, "store_limit", (gint64)status->usage.bytes_mapped);
	json_object_set_int_member(object, "readers", status->usage.readers);
}

static void
print_text(JsonObject *desk, const GError *desk_problem, const RecordStatus *status)
{
	if (desk == NULL)
		printf("desk      NOT THERE: %s\n", desk_problem->message);
	else
		printf("desk      version %s, mode %s, up %" G_GINT64_FORMAT " s\n",
		       lsm_json_get(desk, "version", "?"), lsm_json_get(desk, "mode", "?"),
		       lsm_json_get_int(desk, "uptime", 0));
	printf("record    %u statements, %u open, %" G_GUINT64_FORMAT " events, %.1f MiB\n", status->total,
	       status->open, status->head.size, (double)status->usage.bytes_used / 1048576.0);
	printf("outbox    %u wait for the mail server's reply, %u to be sent, %u refused\n", status->held,
	       status->due, status->failed);
}

int
lsm_cmd_status(const LsmCtlOptions *options, int argc, char **argv, GError **error)
{
	RecordStatus status = {0};
	g_autoptr(GError) desk_problem = NULL;
	g_autoptr(JsonObject) desk = NULL;

	(void)argv;
	if (!lsm_ctl_expect(argc, 0, "no argument", error) || !read_record(options, &status, error))
		return 2;
	desk = ask_desk(options, &desk_problem);
	if (options->json) {
		g_autoptr(JsonObject) object = desk == NULL ? json_object_new() : json_object_ref(desk);
		json_object_set_boolean_member(object, "desk", desk != NULL);
		add_record(object, &status);
		lsm_printer_json(object, FALSE);
	} else {
		print_text(desk, desk_problem, &status);
	}
	if (desk == NULL)
		return 3;
	return status.failed > 0 ? 1 : 0;
}
