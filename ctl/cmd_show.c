/*
 * cmd_show.c - liaisonctl show: one statement, and what happened to it.
 */
#include <stdio.h>
#include <string.h>

#include "ctl/command.h"
#include "ctl/events.h"
#include "ctl/one_case.h"
#include "ctl/printer.h"
#include "desk/json.h"
#include "store/case.h"

static void
print_pair(const char *label, const char *text)
{
	g_autofree char *safe = lsm_printer_safe(text);

	if (*safe != '\0')
		printf("%-11s %s\n", label, safe);
}

static void
print_list(const char *label, char *const *list)
{
	g_autofree char *text = list == NULL ? NULL : g_strjoinv(", ", (char **)list);

	print_pair(label, text);
}

static void
print_case(const LsmCase *item)
{
	const LsmStateRow *row = lsm_state_row(item->state);
	g_autofree char *state = g_strdup_printf("%s (%s)%s%s", row->word, row->meaning,
						 item->observed ? ", observed only" : "",
						 item->unverified ? ", sender not verified" : "");
	g_autofree char *next = *row->step == '\0' ? NULL : g_strdup_printf("%s (%s)", row->step, row->whose);
	g_autofree char *passages = g_strdup_printf("%u", item->passages);
	g_autofree char *purposes = g_strjoinv(", ", item->purposes);
	g_autofree char *purpose = g_strdup_printf("%s%s", purposes, item->confirmed ? " (confirmed)" : "");

	print_pair("Statement", item->id);
	print_pair("Subject", item->subject);
	print_list("From", item->from);
	print_list("To", item->to);
	print_pair("Purpose", purpose);
	print_pair("Deadline", item->deadline);
	print_list("Number", item->numbers);
	print_pair("Reply to", item->reply_to);
	print_list("To contact", item->to_contacts);
	print_pair("State", state);
	print_pair("Next", next);
	print_pair("Way", item->way);
	print_pair("Verdict", item->verdict);
	print_list("Rules", item->rules);
	print_list("Approvers", item->approvers);
	print_list("Approved", item->approved_for);
	print_pair("Reviewed", item->reviewed ? "yes" : NULL);
	print_pair("Assignee", item->assignee);
	print_pair("Lead", item->lead);
	print_list("Sent on to", item->distributed);
	print_pair("Answers", item->original);
	print_list("Answered by", item->answers);
	print_pair("Replaced by", item->replaced_by);
	print_pair("Action", item->link);
	print_pair("Sender", item->sender);
	print_pair("Login", item->login);
	print_pair("Message-ID", item->message_id);
	print_list("Came to", item->doors);
	print_list("Withheld", item->withheld);
	print_list("Let through", item->released);
	print_pair("Copies", passages);
	print_pair("Content", item->content);
	print_pair("Erased", item->erase_reason);
}

static gboolean
print_history(LsmStoreTxn *txn, const LsmCase *item, GError **error)
{
	puts("History:");
	for (guint i = 0; i < item->positions->len; i++) {
		g_autoptr(LsmEvent) event = NULL;

		switch (lsm_log_get(txn, g_array_index(item->positions, guint64, i), &event, error)) {
		case LSM_FOUND:
			lsm_events_print(event, FALSE);
			break;
		case LSM_ABSENT:
			puts("  (an event is missing: run liaisonctl verify)");
			break;
		case LSM_FAILED:
			return FALSE;
		}
	}
	return TRUE;
}

int
lsm_cmd_show(const LsmCtlOptions *options, int argc, char **argv, GError **error)
{
	g_autoptr(LsmStore) store = NULL;
	g_autoptr(LsmStoreTxn) txn = NULL;
	g_autoptr(LsmCase) item = NULL;

	if (!lsm_ctl_expect(argc, 1, "one statement's id", error))
		return 2;
	store = lsm_ctl_open_store(options, error);
	txn = store == NULL ? NULL : lsm_store_begin_read(store, error);
	if (txn == NULL || !lsm_one_case(txn, argv[1], &item, error))
		return 2;
	if (options->json) {
		g_autoptr(GBytes) bytes = lsm_case_render(item);
		fwrite(g_bytes_get_data(bytes, NULL), 1, g_bytes_get_size(bytes), stdout);
		putchar('\n');
		return 0;
	}
	print_case(item);
	return print_history(txn, item, error) ? 0 : 2;
}
