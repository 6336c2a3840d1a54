/*
 * cmd_metrics.c - liaisonctl metrics: the daemon's figures for Prometheus, or as a file for its node_exporter.
 *
 * What the desk counts comes from the desk, what the record says is read beside it: with the daemon down the record's
 * figures and liaison_up 0 are left.
 */
#include <stdio.h>

#include "conf/error.h"
#include "ctl/command.h"
#include "ctl/exposition.h"
#include "ctl/house.h"
#include "ctl/output.h"
#include "desk/counters.h"
#include "desk/json.h"

#define MICRO 1e-6

/* --- what the desk says --- */

static void
add_build(GString *out, JsonObject *desk)
{
	lsm_exposition_family(out, "build_info", "gauge", "Version of the running daemon, its rule set and its mode.");
	lsm_exposition_sample(out, "build_info", 1, "version", lsm_json_get(desk, "version", ""), "rule_set",
			      lsm_json_get(desk, "rule_set", ""), "mode", lsm_json_get(desk, "mode", ""), NULL);
	lsm_exposition_single(out, "uptime_seconds", "gauge", "Since the desk was started.",
			      (double)lsm_json_get_int(desk, "uptime", 0));
}

static void
add_enforced(GString *out, JsonObject *desk)
{
	JsonObject *lists = lsm_json_get_object(desk, "enforced");
	GList *names = lists == NULL ? NULL : json_object_get_members(lists);

	lsm_exposition_family(out, "enforced_entries", "gauge",
			      "What is enforced although mode is observe: entries of the enforce-... settings.");
	for (GList *at = names; at != NULL; at = at->next) {
		g_auto(GStrv) list = lsm_json_get_list(lists, at->data);

		lsm_exposition_sample(out, "enforced_entries", g_strv_length(list), "list", (const char *)at->data,
				      NULL);
	}
	g_list_free(names);
}

static void
add_processes(GString *out, const LsmHouseState *house)
{
	guint desks, gates, wanted;

	lsm_house_processes(house, &desks, &gates, &wanted);
	lsm_exposition_family(out, "processes", "gauge", "Processes that run.");
	lsm_exposition_sample(out, "processes", desks, "process", "desk", NULL);
	lsm_exposition_sample(out, "processes", gates, "process", "gate", NULL);
	lsm_exposition_single(out, "gates_wanted", "gauge", "Gates that should run.", wanted);
}

static void
add_counters(GString *out, JsonObject *figures)
{
	for (guint i = 0; i < LSM_COUNT_ROWS; i++) {
		const LsmCounterRow *row = lsm_counters_row((LsmCounter)i);
		const LsmCounterFamilyRow *family = lsm_counters_family(row->family);
		g_autofree char *name = g_strconcat(family->name, "_total", NULL);
		gint64 value = lsm_counters_read(figures, (LsmCounter)i);

		if (i == 0 || lsm_counters_row((LsmCounter)(i - 1))->family != row->family)
			lsm_exposition_family(out, name, "counter", family->help);
		if (*family->label == '\0')
			lsm_exposition_sample(out, name, (double)value, NULL);
		else
			lsm_exposition_sample(out, name, (double)value, family->label, row->value, NULL);
	}
}

static double
member_of(JsonObject *object, const char *name)
{
	return object == NULL ? 0 : (double)lsm_json_get_int(object, name, 0);
}

static void
add_statements(GString *out, JsonObject *figures)
{
	JsonObject *statements = lsm_json_get_object(figures, "statements");

	lsm_exposition_family(out, "statements_total", "counter",
			      "Passages of statements that were judged, by direction and what was done.");
	for (guint way = 0; way <= LSM_WAY_OTHER; way++) {
		const char *direction = lsm_way_name((LsmWay)way);
		JsonObject *effects = statements == NULL ? NULL : lsm_json_get_object(statements, direction);

		for (guint effect = 0; effect <= LSM_EFFECT_REJECT; effect++) {
			const char *verdict = lsm_effect_name((LsmEffect)effect);
			lsm_exposition_sample(out, "statements_total", member_of(effects, verdict), "direction",
					      direction, "verdict", verdict, NULL);
		}
	}
}

static void
add_findings(GString *out, JsonObject *figures)
{
	JsonObject *rows = lsm_json_get_object(figures, "findings");
	guint count;
	const LsmRule *rules = lsm_rule_table(&count);

	lsm_exposition_family(out, "findings_total", "counter", "Findings of each rule, enforced or observed.");
	for (guint i = 0; i < count; i++)
		lsm_exposition_sample(out, "findings_total", member_of(rows, rules[i].id), "rule", rules[i].id,
				      NULL);
}

static void
add_decisions(GString *out, JsonObject *figures)
{
	JsonObject *decisions = lsm_json_get_object(figures, "decisions");
	JsonArray *classes = decisions == NULL ? NULL : lsm_json_get_array(decisions, "classes");
	double below = 0;

	lsm_exposition_family(out, "decision_seconds", "histogram",
			      "From the end of a statement to its verdict, durably recorded.");
	for (guint i = 0; classes != NULL && i < lsm_counters_bound_count; i++) {
		char bound[G_ASCII_DTOSTR_BUF_SIZE];

		below += i < json_array_get_length(classes) ? (double)json_array_get_int_element(classes, i) : 0;
		g_ascii_formatd(bound, sizeof bound, "%g", (double)lsm_counters_bounds[i] * MICRO);
		lsm_exposition_sample(out, "decision_seconds_bucket", below, "le", bound, NULL);
	}
	lsm_exposition_sample(out, "decision_seconds_bucket", member_of(decisions, "count"), "le", "+Inf", NULL);
	lsm_exposition_sample(out, "decision_seconds_sum", member_of(decisions, "sum") * MICRO, NULL);
	lsm_exposition_sample(out, "decision_seconds_count", member_of(decisions, "count"), NULL);
}

static void
add_reload(GString *out, JsonObject *figures)
{
	JsonObject *reload = lsm_json_get_object(figures, "reload");

	if (reload == NULL)
		return;
	lsm_exposition_single(out, "config_last_reload_successful", "gauge",
			      "1: the settings on disk were taken; 0: the old ones stayed.",
			      lsm_json_flag(reload, "done"));
	lsm_exposition_single(out, "config_last_reload_timestamp_seconds", "gauge", "When a reload was last asked for.",
			      member_of(reload, "time"));
}

static void
add_desk(GString *out, const LsmHouseState *house)
{
	add_build(out, house->desk);
	add_enforced(out, house->desk);
	add_processes(out, house);
	add_counters(out, house->figures);
	add_statements(out, house->figures);
	add_findings(out, house->figures);
	add_decisions(out, house->figures);
	add_reload(out, house->figures);
}

/* --- what the record says --- */

static void
add_states(GString *out, const LsmHealth *record)
{
	lsm_exposition_family(out, "record_statements", "gauge", "Statements on record, by their state.");
	for (guint i = 0; i < LSM_STATE_COUNT; i++)
		lsm_exposition_sample(out, "record_statements", (double)record->tally.by_state[i], "state",
				      lsm_state_row((LsmState)i)->word, NULL);
}

static void
add_outbox(GString *out, const LsmHealth *record)
{
	lsm_exposition_family(out, "outbox_mails", "gauge",
			      "Mails of ours: held until the mail server took the statement, due, refused for good.");
	lsm_exposition_sample(out, "outbox_mails", record->held, "state", "held", NULL);
	lsm_exposition_sample(out, "outbox_mails", record->due, "state", "due", NULL);
	lsm_exposition_sample(out, "outbox_mails", record->failed, "state", "failed", NULL);
}

/* 0 where nothing waits. */
static double
age(gint64 since, gint64 now)
{
	return since == 0 ? 0 : (double)(MAX(now - since, 0) / G_USEC_PER_SEC);
}

static void
add_singles(GString *out, const LsmHouseState *house)
{
	const LsmHealth *record = &house->record;
	const LsmStoreUsage *usage = &record->usage;
	const struct {
		const char *name, *type, *help;
		double value;
	} rows[] = {
		{"open_statements", "gauge", "Statements with which something is to be done.",
		 (double)record->tally.open},
		{"overdue_statements", "gauge", "Open statements whose deadline is over.",
		 (double)record->tally.overdue},
		{"waiting_statements", "gauge", "Statements withheld until somebody approves or reviews.",
		 record->waiting},
		{"waiting_oldest_age_seconds", "gauge", "How long the oldest of them has waited.",
		 age(record->oldest_waiting, house->now)},
		{"outbox_oldest_age_seconds", "gauge", "How long the oldest mail that is due has waited.",
		 age(record->oldest_due, house->now)},
		{"interventions_last_hour", "gauge", "Mails rejected or redirected within the last hour.",
		 record->interventions},
		{"log_events_total", "counter", "Events in the log of the record.", (double)record->head.size},
		{"store_bytes", "gauge", "Octets of the store that are in use.", (double)usage->bytes_used},
		{"store_map_bytes", "gauge", "Octets that the store has mapped; it grows by itself.",
		 (double)usage->bytes_mapped},
		{"store_headroom_bytes", "gauge", "Octets until the map must grow.",
		 (double)usage->bytes_mapped - (double)usage->bytes_used},
		{"store_readers", "gauge", "Slots of readers in use, this command's own among them.", usage->readers},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
		lsm_exposition_single(out, rows[i].name, rows[i].type, rows[i].help, rows[i].value);
	if (record->has_disk)
		lsm_exposition_single(out, "store_disk_free_bytes", "gauge", "Octets free on the store's file system.",
				      (double)record->disk_free);
}

static void
add_beside(GString *out, const LsmHouseState *house)
{
	const LsmHealth *record = &house->record;

	if (house->settings == NULL)
		return;
	lsm_exposition_single(out, "interventions_limit", "gauge", "The setting max-interventions.",
			      house->settings->max_interventions);
	lsm_exposition_single(out, "late_mails", "gauge",
			      "Incoming statements that passed while the record was out of order, not yet read in.",
			      record->late);
	if (record->checkpoint_time == 0)
		return;
	lsm_exposition_single(out, "checkpoint_timestamp_seconds", "gauge", "When the log was last signed.",
			      (double)record->checkpoint_time);
	lsm_exposition_single(out, "checkpoint_events", "gauge", "Events under the last signature.",
			      (double)record->checkpoint_size);
}

static void
add_record(GString *out, const LsmHouseState *house)
{
	add_states(out, &house->record);
	add_outbox(out, &house->record);
	add_singles(out, house);
	add_beside(out, house);
}

/* --- the command --- */

static char *
render(const LsmHouseState *house)
{
	GString *out = g_string_new(NULL);

	lsm_exposition_single(out, "up", "gauge", "1: the desk answers.", house->desk != NULL);
	lsm_exposition_single(out, "record_readable", "gauge", "1: the record can be read.", house->has_record);
	if (house->desk != NULL)
		add_desk(out, house);
	if (house->has_record)
		add_record(out, house);
	return g_string_free(out, FALSE);
}

int
lsm_cmd_metrics(const LsmCtlOptions *options, int argc, char **argv, GError **error)
{
	g_autofree char *path = NULL;
	g_autofree char *text = NULL;
	g_auto(LsmHouseState) house = {0};
	const GOptionEntry entries[] = {
		{"textfile", 0, 0, G_OPTION_ARG_FILENAME, &path, NULL, NULL},
		G_OPTION_ENTRY_NULL,
	};

	if (!lsm_ctl_parse(&argc, &argv, entries, error) || !lsm_ctl_expect(argc, 0, "options only", error))
		return 2;
	if (options->json) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE, "liaisonctl status --json has the figures as JSON");
		return 2;
	}
	lsm_house_look(options, NULL, &house);
	if (house.settings == NULL && !house.has_record) {
		g_propagate_error(error, g_steal_pointer(&house.settings_problem));
		return 2;
	}
	text = render(&house);
	if (path == NULL)
		fputs(text, stdout);
	else if (!lsm_output_write(path, text, 0644, error))
		return 2;
	/* What is known was said; that something is missing is said, too. */
	if (house.desk == NULL)
		g_propagate_error(error, g_steal_pointer(&house.desk_problem));
	else if (!house.has_record)
		g_propagate_error(error, g_steal_pointer(&house.record_problem));
	return 0;
}
