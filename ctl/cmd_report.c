/*
 * cmd_report.c - liaisonctl report: what enforcing would have done to what was only watched, and what it did.
 */
#include <stdio.h>
#include <string.h>

#include "conf/error.h"
#include "conf/value.h"
#include "ctl/command.h"
#include "ctl/printer.h"
#include "ctl/progress.h"
#include "ctl/query.h"
#include "ctl/report_rows.h"
#include "ctl/when.h"
#include "desk/json.h"
#include "rules/scope.h"

#define STANDARD_WIDTH 100
#define STANDARD_SAMPLES 3
#define ROWS_SHOWN 10
#define NAME_MIN 16
#define NAME_MAX_WIDTH 40
#define LETTERS_WIDTH 6

typedef struct {
	LsmReport *rows;
	const LsmQuery *query;
	LsmSettings *settings; /* NULL: not at hand */
	LsmProgress *progress;
	guint64 seen;
	gint64 started;
	int only; /* LsmReportTable that --by names; -1: all, of each the first rows */
} Report;

static gboolean
add_case(const LsmCase *item, const char *cursor G_GNUC_UNUSED, gpointer data)
{
	Report *report = data;

	lsm_progress_step(report->progress, ++report->seen);
	lsm_report_add(report->rows, item);
	return TRUE;
}

/* --- columns --- */

static guint64
statements_of(const LsmReportRow *row)
{
	return row->statements;
}

static guint64
would_reject_of(const LsmReportRow *row)
{
	return row->would[LSM_EFFECT_REJECT];
}

static guint64
would_hold_of(const LsmReportRow *row)
{
	return row->would[LSM_EFFECT_REDIRECT];
}

static guint64
rejected_of(const LsmReportRow *row)
{
	return row->did[LSM_EFFECT_REJECT];
}

static guint64
held_of(const LsmReportRow *row)
{
	return row->did[LSM_EFFECT_REDIRECT];
}

static guint64
wrong_of(const LsmReportRow *row)
{
	return row->wrong;
}

/* To add a column: a row. Those of what was only watched, or of what was enforced, stand there where any was. */
static const struct {
	const char *head;
	guint64 (*value)(const LsmReportRow *row);
	gboolean of_watched, of_enforced;
} columns[] = {
	{"STATEMENTS", statements_of, FALSE, FALSE},   {"WOULD REJECT", would_reject_of, TRUE, FALSE},
	{"WOULD HOLD", would_hold_of, TRUE, FALSE},    {"REJECTED", rejected_of, FALSE, TRUE},
	{"HELD", held_of, FALSE, TRUE},                {"WRONG", wrong_of, FALSE, FALSE},
};

static gboolean
is_column_shown(const Report *report, guint column)
{
	if (columns[column].of_watched)
		return report->rows->watched > 0;
	return !columns[column].of_enforced || report->rows->enforced > 0;
}

/* --- text --- */

static char *
samples_text(const LsmReportRow *row, guint most)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < row->samples->len && i < most; i++) {
		const char *id = g_array_index(row->samples, LsmReportSample, i).id;
		const char *dash = strrchr(id, '-');

		g_string_append_printf(text, "%s%s", i > 0 ? " " : "", dash != NULL ? dash + 1 : id);
	}
	return g_strdup(text->str);
}

/* The name has what it needs of what the numbers leave; of the rest as many ids as there is room for. */
static void
share_width(const Report *report, const GPtrArray *rows, int *name_out, guint *ids_out)
{
	int rest = lsm_printer_width(STANDARD_WIDTH), widest = NAME_MIN;

	for (guint i = 0; i < G_N_ELEMENTS(columns); i++)
		rest -= is_column_shown(report, i) ? (int)strlen(columns[i].head) + 1 : 0;
	for (guint i = 0; i < rows->len; i++)
		widest = MAX(widest, lsm_printer_columns(((LsmReportRow *)g_ptr_array_index(rows, i))->name));
	*name_out = MAX(MIN(MIN(widest, NAME_MAX_WIDTH), rest - 2 * LETTERS_WIDTH), NAME_MIN);
	*ids_out = (guint)MAX(rest - *name_out - 1, 0) / LETTERS_WIDTH;
}

static void
print_head(const Report *report, LsmReportTable table, int name_width)
{
	g_autofree char *upper = g_ascii_strup(lsm_report_table_name(table), -1);
	g_autofree char *name = lsm_printer_fit(upper, name_width);
	GString *line = g_string_new(name);

	for (guint i = 0; i < G_N_ELEMENTS(columns); i++) {
		if (is_column_shown(report, i))
			g_string_append_printf(line, " %s", columns[i].head);
	}
	g_string_append(line, "  LOOK AT");
	lsm_printer_put(line->str, LSM_STYLE_HEAD);
	putchar('\n');
	g_string_free(line, TRUE);
}

static void
print_row(const Report *report, const LsmReportRow *row, int name_width, guint ids)
{
	g_autofree char *name = lsm_printer_fit(row->name, name_width);
	g_autofree char *samples = samples_text(row, ids);

	fputs(name, stdout);
	for (guint i = 0; i < G_N_ELEMENTS(columns); i++) {
		if (is_column_shown(report, i))
			printf(" %*" G_GUINT64_FORMAT, (int)strlen(columns[i].head), columns[i].value(row));
	}
	printf("%s%s\n", *samples != '\0' ? "  " : "", samples);
}

static void
print_table(const Report *report, LsmReportTable table)
{
	g_autoptr(GPtrArray) rows = lsm_report_rows(report->rows, table);
	guint shown = report->only >= 0 ? rows->len : MIN(rows->len, ROWS_SHOWN);
	int name_width;
	guint ids;

	if (rows->len == 0)
		return;
	share_width(report, rows, &name_width, &ids);
	print_head(report, table, name_width);
	for (guint i = 0; i < shown; i++)
		print_row(report, g_ptr_array_index(rows, i), name_width, ids);
	if (shown < rows->len)
		printf("and %u more: liaisonctl report --by %s\n", rows->len - shown, lsm_report_table_name(table));
	putchar('\n');
}

/* What each effect means, from the strongest on. */
static const struct {
	LsmEffect effect;
	const char *would, *did;
} meanings[] = {
	{LSM_EFFECT_REJECT, "refused (550), with guidance to the sender", "was refused (550)"},
	{LSM_EFFECT_REDIRECT, "withheld until somebody entitled approves", "was withheld"},
	{LSM_EFFECT_COPY, "passed on, and people told of it by mail", "passed, people were told by mail"},
	{LSM_EFFECT_NOTE, "passed on, with header fields that say what lacks", "passed with header fields"},
	{LSM_EFFECT_RECORD, "passed on as it is", "passed as it is"},
};

static void
print_effect(const LsmReport *rows, guint i, gboolean is_did)
{
	const char *word = lsm_effect_name(meanings[i].effect);
	g_autofree char *name = is_did ? g_strdup(word) : g_strdup_printf("would %s", word);
	const LsmReportRow *row = g_hash_table_lookup(rows->tables[LSM_REPORT_BY_EFFECT], name);
	g_autofree char *samples = row != NULL ? samples_text(row, STANDARD_SAMPLES) : NULL;

	if (row != NULL)
		printf("%7" G_GUINT64_FORMAT "  %-49s  %s\n", row->statements,
		       is_did ? meanings[i].did : meanings[i].would, samples);
}

static void
print_effects(const Report *report, gboolean is_did)
{
	guint64 number = is_did ? report->rows->enforced : report->rows->watched;

	if (number == 0)
		return;
	printf("%s (%" G_GUINT64_FORMAT "):\n",
	       is_did ? "What was done with those enforced" : "What enforcing would have done with those only watched",
	       number);
	for (guint i = 0; i < G_N_ELEMENTS(meanings); i++)
		print_effect(report->rows, i, is_did);
	putchar('\n');
}

static char *
day_of(gint64 time)
{
	return lsm_when_day(time / G_USEC_PER_SEC);
}

static void
print_period(const Report *report)
{
	const LsmReport *rows = report->rows;
	g_autofree char *first = day_of(report->query->since > 0 ? report->query->since : rows->first);
	g_autofree char *last = day_of(report->query->until > 0 ? report->query->until - 1 : rows->last);
	guint64 total = rows->watched + rows->enforced;

	printf("%s to %s: %" G_GUINT64_FORMAT " statement%s, %" G_GUINT64_FORMAT " only watched, %" G_GUINT64_FORMAT
	       " enforced.\n",
	       first, last, total, LSM_PRINTER_S(total), rows->watched, rows->enforced);
	if (rows->others > 0)
		printf("Not counted: %" G_GUINT64_FORMAT
		       " among drafts, list copies and others' mails, which are never more than recorded.\n",
		       rows->others);
	putchar('\n');
}

static void
print_wrong(const LsmReport *rows)
{
	guint64 total = rows->watched + rows->enforced + rows->wrong;

	if (rows->wrong == 0)
		puts("Nobody has said of any that it is no statement (liaisonctl not-a-statement ID).");
	else
		printf("Wrong catches: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
		       " said to be no statement (%.1f %%).\n",
		       rows->wrong, total, 100.0 * (double)rows->wrong / (double)total);
}

/* --- the next step --- */

/* As the directory writes it; NULL: it does not know the group, or that is enforced already. */
static const char *
enforceable(const Report *report, const char *name)
{
	const LsmSettings *settings = report->settings;
	const LsmBody *body;

	if (settings == NULL)
		return lsm_value_acronym.accepts(name) && *name != '(' ? name : NULL;
	body = lsm_directory_find_body(settings->directory, name);
	return body != NULL && !lsm_scope_lists_body(settings, body) ? body->acronym : NULL;
}

static guint64
would_stop(const LsmReportRow *row)
{
	return row->would[LSM_EFFECT_REJECT] + row->would[LSM_EFFECT_REDIRECT];
}

static guint64
watched_of(const LsmReportRow *row)
{
	guint64 watched = 0;

	for (int effect = 0; effect < LSM_REPORT_EFFECTS; effect++)
		watched += row->would[effect];
	return watched;
}

/* The group of which most would have been stopped; NULL: none. */
static const LsmReportRow *
find_group(const Report *report)
{
	g_autoptr(GPtrArray) rows = lsm_report_rows(report->rows, LSM_REPORT_BY_GROUP);
	const LsmReportRow *most = NULL;

	for (guint i = 0; i < rows->len; i++) {
		const LsmReportRow *row = g_ptr_array_index(rows, i);

		if (enforceable(report, row->name) != NULL && would_stop(row) > (most != NULL ? would_stop(most) : 0))
			most = row;
	}
	return most;
}

static void
print_enforcing(const Report *report)
{
	const LsmReportRow *row = find_group(report);
	gboolean is_begun = report->settings != NULL && lsm_scope_is_any(report->settings);
	g_autoptr(GString) list = g_string_new(NULL);

	if (report->settings != NULL && report->settings->mode == LSM_MODE_ENFORCE) {
		puts("Everything is enforced now (mode = enforce).");
		return;
	}
	for (guint i = 0; report->settings != NULL && report->settings->enforce_groups[i] != NULL; i++)
		g_string_append_printf(list, "\"%s\", ", report->settings->enforce_groups[i]);
	if (row == NULL) {
		puts(is_begun ? "To enforce for all: mode = enforce"
			      : "To enforce for one group first, set enforce-groups; for all: mode = enforce");
		return;
	}
	printf("To enforce for one group %s (of %" G_GUINT64_FORMAT " watched %" G_GUINT64_FORMAT
	       " would have been stopped), set and reload:\n",
	       is_begun ? "more" : "first", watched_of(row), would_stop(row));
	printf("  enforce-groups = {%s\"%s\"}\n", list->str, enforceable(report, row->name));
}

static void
print_end(const Report *report)
{
	puts("Why: liaisonctl explain ID (the letters suffice). It is none: liaisonctl not-a-statement ID.");
	print_enforcing(report);
	printf("Read %" G_GUINT64_FORMAT " statement%s in %.1f s.\n", report->seen, LSM_PRINTER_S(report->seen),
	       (double)(g_get_monotonic_time() - report->started) / G_USEC_PER_SEC);
}

static void
print_text(const Report *report)
{
	if (report->seen == 0) {
		puts("No statement is on record in this time.");
		return;
	}
	if (report->only < 0) {
		print_period(report);
		print_effects(report, FALSE);
		print_effects(report, TRUE);
	}
	for (int table = LSM_REPORT_BY_EFFECT; table < LSM_REPORT_TABLES; table++) {
		if (report->only < 0 ? table != LSM_REPORT_BY_EFFECT : table == report->only)
			print_table(report, (LsmReportTable)table);
	}
	if (report->only >= 0)
		return;
	print_wrong(report->rows);
	print_end(report);
}

/* --- for programs --- */

static JsonObject *
effects_json(const guint64 *counts)
{
	JsonObject *object = json_object_new();

	for (int effect = 0; effect < LSM_REPORT_EFFECTS; effect++)
		json_object_set_int_member(object, lsm_effect_name((LsmEffect)effect), (gint64)counts[effect]);
	return object;
}

static void
print_period_json(const Report *report)
{
	const LsmReport *rows = report->rows;
	g_autoptr(JsonObject) object = json_object_new();
	g_autofree char *first = lsm_event_time_render(report->query->since > 0 ? report->query->since : rows->first);
	g_autofree char *last = lsm_event_time_render(report->query->until > 0 ? report->query->until : rows->last);

	lsm_json_set(object, "table", "period");
	lsm_json_set(object, "since", report->seen > 0 ? first : NULL);
	lsm_json_set(object, "until", report->seen > 0 ? last : NULL);
	json_object_set_int_member(object, "watched", (gint64)rows->watched);
	json_object_set_int_member(object, "enforced", (gint64)rows->enforced);
	json_object_set_int_member(object, "wrong", (gint64)rows->wrong);
	json_object_set_int_member(object, "not_counted", (gint64)rows->others);
	lsm_printer_json(object, FALSE);
}

static void
print_row_json(const LsmReportRow *row, LsmReportTable table)
{
	g_autoptr(JsonObject) object = json_object_new();
	JsonArray *ids = json_array_new();

	for (guint i = 0; i < row->samples->len; i++)
		json_array_add_string_element(ids, g_array_index(row->samples, LsmReportSample, i).id);
	lsm_json_set(object, "table", lsm_report_table_name(table));
	lsm_json_set(object, "name", row->name);
	json_object_set_int_member(object, "statements", (gint64)row->statements);
	json_object_set_object_member(object, "would", effects_json(row->would));
	json_object_set_object_member(object, "did", effects_json(row->did));
	json_object_set_int_member(object, "wrong", (gint64)row->wrong);
	json_object_set_array_member(object, "ids", ids);
	lsm_printer_json(object, FALSE);
}

#define CSV_COLUMNS (5 + 2 * LSM_REPORT_EFFECTS)

static void
print_head_csv(void)
{
	char names[CSV_COLUMNS][24];
	const char *cells[CSV_COLUMNS] = {"table", "name", "statements"};
	guint column = 3;

	for (guint kind = 0; kind < 2; kind++) {
		for (int effect = 0; effect < LSM_REPORT_EFFECTS; effect++, column++) {
			g_snprintf(names[column], sizeof names[column], "%s_%s", kind == 0 ? "would" : "did",
				   lsm_effect_name((LsmEffect)effect));
			cells[column] = names[column];
		}
	}
	cells[column++] = "wrong";
	cells[column++] = "ids";
	lsm_printer_csv(cells, column);
}

static void
print_row_csv(const LsmReportRow *row, LsmReportTable table)
{
	char numbers[CSV_COLUMNS][24];
	const char *cells[CSV_COLUMNS] = {lsm_report_table_name(table), row->name};
	guint64 values[CSV_COLUMNS] = {0, 0, row->statements};
	g_autoptr(GString) ids = g_string_new(NULL);

	memcpy(&values[3], row->would, sizeof row->would);
	memcpy(&values[3 + LSM_REPORT_EFFECTS], row->did, sizeof row->did);
	values[3 + 2 * LSM_REPORT_EFFECTS] = row->wrong;
	for (guint i = 2; i < CSV_COLUMNS - 1; i++) {
		g_snprintf(numbers[i], sizeof numbers[i], "%" G_GUINT64_FORMAT, values[i]);
		cells[i] = numbers[i];
	}
	for (guint i = 0; i < row->samples->len; i++)
		g_string_append_printf(ids, "%s%s", i > 0 ? " " : "",
				       g_array_index(row->samples, LsmReportSample, i).id);
	cells[CSV_COLUMNS - 1] = ids->str;
	lsm_printer_csv(cells, CSV_COLUMNS);
}

static void
print_all(const Report *report, void (*print)(const LsmReportRow *row, LsmReportTable table))
{
	for (int table = LSM_REPORT_BY_EFFECT; table < LSM_REPORT_TABLES; table++) {
		g_autoptr(GPtrArray) rows = lsm_report_rows(report->rows, (LsmReportTable)table);

		for (guint i = 0; (report->only < 0 || report->only == table) && i < rows->len; i++)
			print(g_ptr_array_index(rows, i), (LsmReportTable)table);
	}
}

/* --- the command --- */

static gboolean
parse_by(const char *by, int *only_out, GError **error)
{
	*only_out = -1;
	for (int table = LSM_REPORT_BY_EFFECT; by != NULL && table < LSM_REPORT_TABLES; table++) {
		if (strcmp(lsm_report_table_name((LsmReportTable)table), by) == 0)
			*only_out = table;
	}
	if (by == NULL || *only_out >= 0)
		return TRUE;
	g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE, "--by %s: expected effect, rule, sender, organization or group",
		    by);
	return FALSE;
}

static gboolean
read_record(Report *report, const LsmCtlOptions *options, GError **error)
{
	g_autoptr(LsmStore) store = lsm_ctl_open_store(options, error);
	g_autoptr(LsmStoreTxn) txn = store == NULL ? NULL : lsm_store_begin_read(store, error);
	gboolean good;

	if (txn == NULL)
		return FALSE;
	report->progress = lsm_progress_new("statements", 0);
	good = lsm_query_run(txn, report->query, add_case, report, error);
	lsm_progress_free(report->progress);
	return good;
}

static void
print_report(const Report *report, gboolean json, gboolean csv)
{
	if (json) {
		print_period_json(report);
		print_all(report, print_row_json);
	} else if (csv) {
		print_head_csv();
		print_all(report, print_row_csv);
	} else {
		print_text(report);
	}
}

int
lsm_cmd_report(const LsmCtlOptions *options, int argc, char **argv, GError **error)
{
	g_autofree char *by = NULL;
	const GOptionEntry own[] = {
		{"by", 0, 0, G_OPTION_ARG_STRING, &by, NULL, NULL},
		G_OPTION_ENTRY_NULL,
	};
	g_auto(LsmCtlQuery) ask = {.limit = STANDARD_SAMPLES};
	g_autoptr(LsmReport) rows = NULL;
	/* The record can be read without them: they say only what the next step is. */
	g_autoptr(LsmSettings) settings = options->store == NULL || options->config != NULL
						  ? lsm_ctl_settings(options, NULL)
						  : NULL;
	Report report = {.query = &ask.query, .settings = settings, .started = g_get_monotonic_time()};

	if (!lsm_ctl_query_parse(&ask, own, &argc, &argv, g_get_real_time() / G_USEC_PER_SEC, error) ||
	    !lsm_ctl_expect(argc, 0, "options only", error) || !parse_by(by, &report.only, error))
		return 2;
	if (ask.query.states == 0)
		ask.query.states = LSM_QUERY_STATES_ALL;
	report.rows = rows = lsm_report_new((guint)ask.limit);
	if (!read_record(&report, options, error))
		return 2;
	print_report(&report, options->json, ask.csv);
	return 0;
}
