/*
 * cmd_verify_receipt.c - liaisonctl verify-receipt: does a receipt hold? Needs no record and no settings.
 */
#include <stdio.h>

#include "ctl/command.h"
#include "ctl/printer.h"
#include "ctl/proofs.h"
#include "desk/json.h"
#include "store/receipt.h"

/* A receipt that does not hold is an answer, not an error. */
static int
print_refusal(const LsmCtlOptions *options, const char *why)
{
	if (options->json) {
		g_autoptr(JsonObject) object = json_object_new();
		json_object_set_boolean_member(object, "verified", FALSE);
		lsm_json_set(object, "fault", why);
		lsm_printer_json(object, FALSE);
	} else {
		g_autofree char *safe = lsm_printer_safe(why);
		printf("NOT VERIFIED: %s\n", safe);
	}
	return 5;
}

static void
print_event(const LsmCtlOptions *options, const LsmEvent *event, const LsmKey *key, guint64 size)
{
	g_autofree char *time = lsm_event_time_render(event->time);
	g_autofree char *id = lsm_printer_safe(event->case_id);

	if (options->json) {
		g_autoptr(JsonObject) object = json_object_new();
		json_object_set_boolean_member(object, "verified", TRUE);
		lsm_json_set(object, "log", lsm_key_name(key));
		json_object_set_int_member(object, "size", (gint64)size);
		json_object_set_int_member(object, "index", (gint64)event->position);
		lsm_json_set(object, "case", event->case_id);
		lsm_json_set(object, "type", lsm_event_type_name(event->type));
		lsm_json_set(object, "time", time);
		lsm_printer_json(object, FALSE);
		return;
	}
	printf("verified: %s, %s (%s) at %s,\nevent %" G_GUINT64_FORMAT " of the first %" G_GUINT64_FORMAT
	       " in the log %s\n",
	       id, lsm_event_type_name(event->type), lsm_event_type_help(event->type), time, event->position,
	       size, lsm_key_name(key));
}

int
lsm_cmd_verify_receipt(const LsmCtlOptions *options, int argc, char **argv, GError **error)
{
	g_autofree char *key_text = NULL;
	g_autofree char *text = NULL;
	g_autoptr(LsmKey) key = NULL;
	g_autoptr(LsmReceipt) receipt = NULL;
	g_autoptr(GError) why = NULL;
	LsmLogHead head;
	gsize length;
	const GOptionEntry entries[] = {
		{"key", 0, 0, G_OPTION_ARG_STRING, &key_text, NULL, NULL},
		G_OPTION_ENTRY_NULL,
	};

	if (!lsm_ctl_parse(&argc, &argv, entries, error) || !lsm_ctl_expect(argc, 1, "one receipt", error))
		return 2;
	key = lsm_proofs_verifier(key_text, error);
	text = key == NULL ? NULL : lsm_proofs_read(argv[1], LSM_RECEIPT_MAX, &length, error);
	if (text == NULL)
		return 2;
	receipt = lsm_receipt_parse(text, length, &why);
	if (receipt == NULL || !lsm_receipt_verify(receipt, key, &head, &why))
		return print_refusal(options, why->message);
	print_event(options, receipt->event, key, head.size);
	return 0;
}
