/*
 * cmd_status.c - liaisonctl status: the desk, the outbox, the record, in one glance and one exit status.
 */
#include <stdio.h>
#include <string.h>

#include "conf/error.h"
#include "ctl/command.h"
#include "ctl/house.h"
#include "ctl/printer.h"
#include "ctl/warnings.h"
#include "desk/counters.h"
#include "desk/json.h"

#define MEBIBYTE 1048576.0
#define GIBIBYTE (1024 * MEBIBYTE)

/* --- JSON --- */

static void
add_record(JsonObject *object, const LsmHouseState *house)
{
	const LsmHealth *record = &house->record;
	const struct {
		const char *name;
		gint64 value;
	} rows[] = {
		{"open", (gint64)record->tally.open},
		{"overdue", (gint64)record->tally.overdue},
		{"statements", (gint64)record->tally.total},
		{"waiting", record->waiting},
		{"waiting_since", record->oldest_waiting / G_USEC_PER_SEC},
		{"events", (gint64)record->head.size},
		{"outbox_held", record->held},
		{"outbox_due", record->due},
		{"outbox_due_since", record->oldest_due / G_USEC_PER_SEC},
		{"outbox_failed", record->failed},
		{"interventions", record->interventions},
		{"late_mails", record->late},
		{"checkpoint_events", (gint64)record->checkpoint_size},
		{"checkpoint_time", record->checkpoint_time},
		{"store_bytes", (gint64)record->usage.bytes_used},
		{"store_limit", (gint64)record->usage.bytes_mapped},
		{"disk_free", (gint64)record->disk_free},
		{"readers", record->usage.readers},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
		json_object_set_int_member(object, rows[i].name, rows[i].value);
}

static void
print_json(const LsmHouseState *house, const GPtrArray *warnings)
{
	g_autoptr(JsonObject) object = house->desk == NULL ? json_object_new() : json_object_ref(house->desk);
	JsonArray *array = json_array_new();

	json_object_set_boolean_member(object, "desk", house->desk != NULL);
	if (house->settings != NULL) {
		lsm_json_set(object, "settings_on_disk", house->settings->digest);
		json_object_set_int_member(object, "interventions_limit", house->settings->max_interventions);
	}
	add_record(object, house);
	for (guint i = 0; i < warnings->len; i++) {
		const LsmWarning *warning = g_ptr_array_index(warnings, i);
		JsonObject *row = json_object_new();

		lsm_json_set(row, "name", warning->name);
		json_object_set_boolean_member(row, "critical", warning->level == LSM_ALARM_CRITICAL);
		lsm_json_set(row, "text", warning->text);
		json_array_add_object_element(array, row);
	}
	json_object_set_array_member(object, "warnings", array);
	lsm_printer_json(object, FALSE);
}

/* --- text --- */

/* "enforced  groups ippm; rules purpose.missing": what mode = observe leaves out. */
static void
print_enforced(JsonObject *desk)
{
	JsonObject *lists = lsm_json_get_object(desk, "enforced");
	GList *names = lists == NULL ? NULL : json_object_get_members(lists);
	GString *line = g_string_new(NULL);
	g_autofree char *safe = NULL;

	for (GList *at = names; at != NULL; at = at->next) {
		g_auto(GStrv) list = lsm_json_get_list(lists, at->data);
		g_autofree char *entries = g_strjoinv(", ", list);

		if (*entries != '\0')
			g_string_append_printf(line, "%s%s %s", line->len > 0 ? "; " : "", (const char *)at->data,
					       entries);
	}
	safe = lsm_printer_safe(line->str);
	if (*safe != '\0' && strcmp(lsm_json_get(desk, "mode", ""), lsm_mode_name(LSM_MODE_OBSERVE)) == 0)
		printf("enforced  %s\n", safe);
	g_list_free(names);
	g_string_free(line, TRUE);
}

static void
print_desk(const LsmHouseState *house)
{
	JsonObject *desk = house->desk;
	guint desks, gates, wanted;
	g_autofree char *up = NULL;

	if (desk == NULL) {
		puts("desk      NOT THERE");
		return;
	}
	up = lsm_warnings_span(lsm_json_get_int(desk, "uptime", 0));
	lsm_house_processes(house, &desks, &gates, &wanted);
	printf("desk      version %s, mode %s, rules %s, up %s\n", lsm_json_get(desk, "version", "?"),
	       lsm_json_get(desk, "mode", "?"), lsm_json_get(desk, "rule_set", "?"), up);
	print_enforced(desk);
	printf("settings  %.12s, %s\n", lsm_json_get(desk, "settings", "?"),
	       house->settings == NULL ? "of before: those on disk have a mistake"
	       : strcmp(lsm_json_get(desk, "settings", ""), house->settings->digest) == 0 ? "as on disk"
											  : "not those on disk");
	printf("processes the desk and %u of %u gates, %" G_GINT64_FORMAT " died and were started again\n", gates,
	       wanted,
	       lsm_counters_read(house->figures, LSM_COUNT_DEATHS_DESK) +
		       lsm_counters_read(house->figures, LSM_COUNT_DEATHS_GATE));
}

static void
print_mails(JsonObject *figures)
{
	gint64 ordinary = lsm_counters_read(figures, LSM_COUNT_ORDINARY_HEADER) +
			  lsm_counters_read(figures, LSM_COUNT_ORDINARY_BODY) +
			  lsm_counters_read(figures, LSM_COUNT_ORDINARY_MESSAGE);
	gint64 seen = lsm_counters_read(figures, LSM_COUNT_AUTHRES_SEEN);
	JsonObject *decisions = lsm_json_get_object(figures, "decisions");
	gint64 judged = decisions == NULL ? 0 : lsm_json_get_int(decisions, "count", 0);

	printf("mails     %" G_GINT64_FORMAT " statement%s judged, %" G_GINT64_FORMAT
	       " ordinary, since the start; a named server's results in %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT
	       "\n",
	       judged, LSM_PRINTER_S(judged), ordinary, seen,
	       seen + lsm_counters_read(figures, LSM_COUNT_AUTHRES_MISSED));
}

static void
print_store(const LsmHealth *record)
{
	printf("record    %" G_GUINT64_FORMAT " statement%s, %" G_GUINT64_FORMAT " open, %" G_GUINT64_FORMAT
	       " overdue, %" G_GUINT64_FORMAT " event%s\n",
	       record->tally.total, LSM_PRINTER_S(record->tally.total), record->tally.open, record->tally.overdue,
	       record->head.size, LSM_PRINTER_S(record->head.size));
	printf("store     %.1f of %.0f MiB mapped, %u reader%s", (double)record->usage.bytes_used / MEBIBYTE,
	       (double)record->usage.bytes_mapped / MEBIBYTE, record->usage.readers,
	       LSM_PRINTER_S(record->usage.readers));
	if (record->has_disk)
		printf(", %.1f GiB free on the disk", (double)record->disk_free / GIBIBYTE);
	putchar('\n');
}

static void
print_waiting(const LsmHouseState *house)
{
	const LsmHealth *record = &house->record;
	g_autofree char *age = lsm_warnings_span((house->now - record->oldest_waiting) / G_USEC_PER_SEC);
	g_autofree char *due_age = lsm_warnings_span((house->now - record->oldest_due) / G_USEC_PER_SEC);

	if (record->waiting > 0)
		printf("waiting   %u withheld, the oldest for %s\n", record->waiting, age);
	else
		puts("waiting   nothing is withheld");
	printf("outbox    %u wait for the mail server's reply, %u to be sent", record->held, record->due);
	if (record->due > 0)
		printf(" (the oldest for %s)", due_age);
	printf(", %u refused\n", record->failed);
}

static void
print_limits(const LsmHouseState *house)
{
	const LsmHealth *record = &house->record;
	g_autofree char *age =
		lsm_warnings_span(house->now / G_USEC_PER_SEC - record->checkpoint_time);

	if (house->settings == NULL)
		return;
	printf("limit     %u rejected or redirected within the hour, of %d\n", record->interventions,
	       (int)house->settings->max_interventions);
	if (record->checkpoint_time == 0)
		puts("signed    never: there is no checkpoint");
	else
		printf("signed    %" G_GUINT64_FORMAT " event%s, %s ago\n", record->checkpoint_size,
		       LSM_PRINTER_S(record->checkpoint_size), age);
}

static void
print_text(const LsmHouseState *house, const GPtrArray *warnings)
{
	print_desk(house);
	if (house->desk != NULL)
		print_mails(house->figures);
	print_store(&house->record);
	print_waiting(house);
	print_limits(house);
	for (guint i = 0; i < warnings->len; i++) {
		const LsmWarning *warning = g_ptr_array_index(warnings, i);
		g_autofree char *safe = lsm_printer_safe(warning->text);

		lsm_printer_put("! ", LSM_STYLE_LATE);
		lsm_printer_put(safe, warning->level == LSM_ALARM_CRITICAL ? LSM_STYLE_LATE : LSM_STYLE_SOON);
		putchar('\n');
	}
}

/* --- for monitors --- */

/* By LsmAlarm, with the exit status of a monitoring plugin. */
static const char *const level_words[] = {"OK", "WARNING", "CRITICAL"};
#define MONITOR_UNKNOWN 3

/* A '|' begins the figures: none may stand in the text. */
static void
print_monitor(const LsmHouseState *house, const GPtrArray *warnings)
{
	const LsmHealth *record = &house->record;
	GString *line = g_string_new(NULL);

	g_string_append_printf(line, "LIAISON %s -", level_words[lsm_warnings_worst(warnings)]);
	for (guint i = 0; i < warnings->len; i++) {
		g_autofree char *safe =
			lsm_printer_safe(((const LsmWarning *)g_ptr_array_index(warnings, i))->text);
		g_string_append_printf(line, "%s %s", i == 0 ? "" : ";", g_strdelimit(safe, "|", '/'));
	}
	if (warnings->len == 0)
		g_string_append_printf(line, " %u withheld, %u mail%s to be sent", record->waiting, record->due,
				       LSM_PRINTER_S(record->due));
	printf("%s | open=%" G_GUINT64_FORMAT ";;;0 overdue=%" G_GUINT64_FORMAT
	       ";;;0 waiting=%u;;;0 outbox=%u;;;0 refused=%u;1;;0 interventions=%u;;%d;0 store=%" G_GUINT64_FORMAT
	       "B;;;0 events=%" G_GUINT64_FORMAT "c\n",
	       line->str, record->tally.open, record->tally.overdue, record->waiting, record->due, record->failed,
	       record->interventions,
	       house->settings == NULL ? 0 : (int)house->settings->max_interventions, record->usage.bytes_used,
	       record->head.size);
	g_string_free(line, TRUE);
}

static int
monitor(const LsmHouseState *house, const GPtrArray *warnings)
{
	if (!house->has_record) {
		g_autofree char *safe = lsm_printer_safe(house->record_problem->message);
		printf("LIAISON UNKNOWN - %s\n", g_strdelimit(safe, "|", '/'));
		return MONITOR_UNKNOWN;
	}
	print_monitor(house, warnings);
	return (int)lsm_warnings_worst(warnings);
}

int
lsm_cmd_status(const LsmCtlOptions *options, int argc, char **argv, GError **error)
{
	gboolean is_monitor = FALSE;
	g_autofree char *socket = NULL;
	g_auto(LsmHouseState) house = {0};
	g_autoptr(GPtrArray) warnings = NULL;
	const GOptionEntry entries[] = {
		{"monitor", 0, 0, G_OPTION_ARG_NONE, &is_monitor, NULL, NULL},
		{"socket", 0, 0, G_OPTION_ARG_FILENAME, &socket, NULL, NULL},
		G_OPTION_ENTRY_NULL,
	};

	if (!lsm_ctl_parse(&argc, &argv, entries, error) || !lsm_ctl_expect(argc, 0, "options only", error))
		return 2;
	lsm_house_look(options, socket, &house);
	warnings = lsm_warnings_find(&house);
	if (is_monitor)
		return monitor(&house, warnings);
	if (!house.has_record) {
		g_propagate_error(error, g_steal_pointer(&house.record_problem));
		return 2;
	}
	if (options->json)
		print_json(&house, warnings);
	else
		print_text(&house, warnings);
	if (house.desk == NULL)
		return 3;
	return warnings->len > 0 ? 1 : 0;
}
