/*
 * cmd_pending.c - liaisonctl pending: what waits for whom, and since when.
 */
#include <stdio.h>

#include "ctl/command.h"
#include "ctl/printer.h"
#include "desk/json.h"
#include "desk/role.h"
#include "store/case.h"

typedef struct {
	GPtrArray *items; /* of LsmCase * */
} Waiting;

static gboolean
take_waiting(const LsmCase *item, gpointer data)
{
	if (item->state == LSM_STATE_PENDING || item->state == LSM_STATE_IN_REVIEW ||
	    item->state == LSM_STATE_APPROVED || item->state == LSM_STATE_UNDELIVERED)
		g_ptr_array_add(((Waiting *)data)->items, lsm_case_copy(item));
	return TRUE;
}

static int
compare_age(gconstpointer a, gconstpointer b)
{
	const LsmCase *left = *(LsmCase *const *)a, *right = *(LsmCase *const *)b;

	return left->since < right->since ? -1 : left->since > right->since;
}

static char *
joined(char *const *list, const char *standard)
{
	return list == NULL || list[0] == NULL ? g_strdup(standard) : g_strjoinv(", ", (char **)list);
}

/* Who can move it, and for which bodies the approval lacks. */
static char *
whom_text(const LsmCase *item, const LsmSettings *settings)
{
	g_auto(GStrv) missing = lsm_roles_missing(item, settings, item->approved_for);
	g_autofree char *bodies = joined(missing, "");
	g_autofree char *approvers = joined(item->approvers, "the liaison contact");

	if (!item->taken)
		return g_strdup("nobody yet: the mail server has not accepted it");
	if (item->state != LSM_STATE_PENDING)
		return g_strdup_printf("%s: %s", lsm_state_row(item->state)->whose, lsm_state_row(item->state)->step);
	return g_strdup_printf("approval for %s: %s", bodies, approvers);
}

static char *
age_text(gint64 since, gint64 now)
{
	gint64 hours = MAX(0, (now - since) / G_USEC_PER_SEC / 3600);

	return hours < 48 ? g_strdup_printf("%" G_GINT64_FORMAT " h", hours)
			  : g_strdup_printf("%" G_GINT64_FORMAT " days", hours / 24);
}

static void
print_waiting(const LsmCase *item, const LsmSettings *settings, gint64 now)
{
	g_autofree char *age = age_text(item->since, now);
	g_autofree char *from = joined(item->from, "?");
	g_autofree char *to = joined(item->to, "?");
	g_autofree char *whom = whom_text(item, settings);
	g_autofree char *withheld = joined(item->withheld, "nobody");
	const struct {
		const char *label;
		const char *text;
	} lines[] = {{"waits for", whom}, {"withheld from", withheld}};
	g_autofree char *head = g_strdup_printf("%s  %s > %s: %s  (%s, %s)", item->id, from, to,
						item->subject == NULL ? "" : item->subject,
						lsm_state_row(item->state)->word, age);
	g_autofree char *safe = lsm_printer_safe(head);

	puts(safe);
	for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
		g_autofree char *text = lsm_printer_safe(lines[i].text);
		printf("  %-14s %s\n", lines[i].label, text);
	}
}

static void
print_json(const LsmCase *item, const LsmSettings *settings)
{
	g_autoptr(GBytes) bytes = lsm_case_render(item);
	g_autoptr(JsonObject) object =
		lsm_json_parse(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), NULL);
	g_auto(GStrv) missing = lsm_roles_missing(item, settings, item->approved_for);

	if (object == NULL)
		return;
	lsm_json_set_strings(object, "missing", (const char *const *)missing);
	lsm_printer_json(object, FALSE);
}

int
lsm_cmd_pending(const LsmCtlOptions *options, int argc, char **argv, GError **error)
{
	g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func((GDestroyNotify)lsm_case_free);
	Waiting waiting = {items};
	g_autoptr(LsmSettings) settings = NULL;
	g_autoptr(LsmStore) store = NULL;
	g_autoptr(LsmStoreTxn) txn = NULL;
	gint64 now = g_get_real_time();

	if (!lsm_ctl_parse(&argc, &argv, (const GOptionEntry[]){G_OPTION_ENTRY_NULL}, error) ||
	    !lsm_ctl_expect(argc, 0, "no argument", error))
		return 2;
	settings = lsm_ctl_settings(options, error);
	store = settings == NULL ? NULL : lsm_ctl_open_store(options, error);
	txn = store == NULL ? NULL : lsm_store_begin_read(store, error);
	if (txn == NULL || !lsm_case_scan(txn, take_waiting, &waiting, error))
		return 2;
	g_ptr_array_sort(items, compare_age);
	for (guint i = 0; i < items->len; i++) {
		if (options->json)
			print_json(g_ptr_array_index(items, i), settings);
		else
			print_waiting(g_ptr_array_index(items, i), settings, now);
	}
	if (!options->json && items->len == 0)
		puts("Nothing is withheld.");
	return 0;
}
