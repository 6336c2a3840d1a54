/*
 * cmd_figures.c - liaisonctl figures: how many statements, with whom, how soon answered; which rules they met.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/error.h"
#include "ctl/command.h"
#include "ctl/printer.h"
#include "ctl/progress.h"
#include "ctl/query.h"
#include "ctl/when.h"
#include "desk/json.h"
#include "store/log.h"
#include "store/tally.h"

#define STANDARD_WIDTH 100
#define DAY ((gint64)86400 * G_USEC_PER_SEC)
/* Names come out of mails: beyond so many, the rest is one row. */
#define NAMES_MAX 5000
#define NAME_OTHERS "(others)"
#define NAME_UNKNOWN "(unknown)"

typedef enum { RECEIVED, SENT, ANSWERED, OVERDUE, ORGANIZATION_FIGURES } OrganizationFigure;
typedef enum { FINDINGS, REJECTED, REDIRECTED, OVERRULED, RULE_FIGURES } RuleFigure;

/* One row of either table. */
typedef struct {
	char *name;
	guint64 counts[4];
	GArray *days; /* of guint32: from the statement to its answer */
} Row;

typedef struct {
	LsmStoreTxn *txn;
	const char *today;
	GHashTable *organizations; /* name -> Row */
	GHashTable *rules;	   /* id -> Row */
	LsmProgress *progress;
	guint64 seen;
	GError *error;
} Figures;

static void
row_free(gpointer data)
{
	Row *row = data;

	g_free(row->name);
	g_array_unref(row->days);
	g_free(row);
}

static Row *
row_of(GHashTable *table, const char *name)
{
	Row *row = g_hash_table_lookup(table, name);

	if (row == NULL && g_hash_table_size(table) >= NAMES_MAX && strcmp(name, NAME_OTHERS) != 0)
		return row_of(table, NAME_OTHERS);
	if (row == NULL) {
		row = g_new0(Row, 1);
		row->name = g_strdup(name);
		row->days = g_array_new(FALSE, FALSE, sizeof(guint32));
		g_hash_table_insert(table, row->name, row);
	}
	return row;
}

/* --- counting --- */

/* The recorded answer says when it went; else the event of who said that there is one. 0: not known. */
static gboolean
find_answer_time(LsmStoreTxn *txn, const LsmCase *item, gint64 *time_out, GError **error)
{
	*time_out = 0;
	if (item->answers[0] != NULL) {
		g_autoptr(LsmCase) answer = NULL;
		if (lsm_case_get(txn, item->answers[0], &answer, error) == LSM_FAILED)
			return FALSE;
		if (answer != NULL)
			*time_out = answer->since;
	}
	for (guint i = item->positions->len; *time_out == 0 && i-- > 0;) {
		g_autoptr(LsmEvent) event = NULL;
		if (lsm_log_get_public(txn, g_array_index(item->positions, guint64, i), &event, error) ==
		    LSM_FAILED)
			return FALSE;
		if (event != NULL && event->type == LSM_EVENT_ANSWERED)
			*time_out = event->time;
	}
	return TRUE;
}

static gboolean
is_overdue(const Figures *figures, const LsmCase *item)
{
	return lsm_state_row(item->state)->open && item->deadline != NULL &&
	       strcmp(item->deadline, figures->today) < 0;
}

/* Nobody outside has got it, and perhaps nobody ever will. */
static gboolean
is_withheld(const LsmCase *item)
{
	static const LsmState states[] = {LSM_STATE_PENDING,   LSM_STATE_IN_REVIEW, LSM_STATE_APPROVED,
					  LSM_STATE_REJECTED,  LSM_STATE_REFUSED,   LSM_STATE_CANCELLED,
					  LSM_STATE_REPLACED,  LSM_STATE_DRAFT};

	for (guint i = 0; i < G_N_ELEMENTS(states); i++) {
		if (item->state == states[i])
			return TRUE;
	}
	return FALSE;
}

static gboolean
count_organizations(Figures *figures, const LsmCase *item, GError **error)
{
	gboolean is_in = g_strcmp0(item->way, "in") == 0;
	gboolean is_answered = item->state == LSM_STATE_ANSWERED || item->answers[0] != NULL;
	char *const *names = is_in ? item->from : item->to;
	char *unknown[] = {(char *)NAME_UNKNOWN, NULL};
	gint64 answered = 0;

	if (is_answered && !find_answer_time(figures->txn, item, &answered, error))
		return FALSE;
	for (names = names[0] == NULL ? unknown : names; *names != NULL; names++) {
		Row *row = row_of(figures->organizations, *names);
		guint32 days = (guint32)CLAMP((answered - item->since) / DAY, 0, 1000000);
		row->counts[is_in ? RECEIVED : SENT] += is_in || !is_withheld(item);
		row->counts[ANSWERED] += is_answered;
		row->counts[OVERDUE] += is_overdue(figures, item);
		if (answered > 0)
			g_array_append_val(row->days, days);
	}
	return TRUE;
}

/* Stopped by a rule, and let through by somebody entitled all the same. */
static gboolean
is_overruled(const LsmCase *item)
{
	static const LsmState states[] = {LSM_STATE_APPROVED, LSM_STATE_RELEASED, LSM_STATE_DELIVERED,
					  LSM_STATE_AGREED};

	for (guint i = 0; i < G_N_ELEMENTS(states); i++) {
		if (item->state == states[i])
			return g_strcmp0(item->verdict, "reject") == 0 ||
			       g_strcmp0(item->verdict, "redirect") == 0;
	}
	return FALSE;
}

static void
count_rules(Figures *figures, const LsmCase *item)
{
	for (char *const *rule = item->rules; *rule != NULL; rule++) {
		Row *row = row_of(figures->rules, *rule);
		row->counts[FINDINGS]++;
		row->counts[REJECTED] += g_strcmp0(item->verdict, "reject") == 0;
		row->counts[REDIRECTED] += g_strcmp0(item->verdict, "redirect") == 0;
		row->counts[OVERRULED] += is_overruled(item);
	}
}

static gboolean
count_case(const LsmCase *item, const char *cursor G_GNUC_UNUSED, gpointer data)
{
	Figures *figures = data;

	lsm_progress_step(figures->progress, ++figures->seen);
	count_rules(figures, item);
	return count_organizations(figures, item, &figures->error);
}

/* --- printing --- */

/* Most first, then by name. */
static int
compare_rows(gconstpointer a, gconstpointer b)
{
	const Row *left = *(Row *const *)a, *right = *(Row *const *)b;
	guint64 sums[2] = {left->counts[0], right->counts[0]};

	return sums[0] != sums[1] ? (sums[0] > sums[1] ? -1 : 1) : strcmp(left->name, right->name);
}

static GPtrArray *
sorted_rows(GHashTable *table)
{
	GPtrArray *rows = g_ptr_array_new();
	GHashTableIter iter;
	gpointer row;

	g_hash_table_iter_init(&iter, table);
	while (g_hash_table_iter_next(&iter, NULL, &row))
		g_ptr_array_add(rows, row);
	g_ptr_array_sort(rows, compare_rows);
	return rows;
}

static int
compare_days(gconstpointer a, gconstpointer b)
{
	guint32 left = *(const guint32 *)a, right = *(const guint32 *)b;

	return left < right ? -1 : left > right;
}

/* "" where there is none; caller frees. */
static char *
median_text(const Row *row)
{
	guint count = row->days->len;
	guint32 low, high;

	if (count == 0)
		return g_strdup("");
	g_array_sort(row->days, compare_days);
	low = g_array_index(row->days, guint32, (count - 1) / 2);
	high = g_array_index(row->days, guint32, count / 2);
	return (low + high) % 2 == 0 ? g_strdup_printf("%u", (low + high) / 2)
				     : g_strdup_printf("%u.5", (low + high) / 2);
}

/* The two tables. name: as members and CSV columns are called. */
typedef struct {
	const char *name, *head;
	const char *counts[4], *heads[4], *briefs[4];
	gboolean has_days;
} Shape;

static const Shape organization_shape = {
	"organization", "ORGANIZATION", {"received", "sent", "answered", "overdue"},
	{"RECEIVED", "SENT", "ANSWERED", "OVERDUE"}, {"CAME", "SENT", "ANSW", "LATE"}, TRUE};
static const Shape rule_shape = {"rule", "RULE", {"findings", "rejected", "redirected", "overruled"},
				 {"FINDINGS", "REJECTED", "REDIRECTED", "OVERRULED"},
				 {"FOUND", "REJ", "REDIR", "OVER"}, FALSE};

#define COUNT_WIDTH 10
#define NARROW_WIDTH 5 /* with brief heads, where the terminal has no room */

/* How the columns share the terminal: the name gets what it needs of what the counts leave. */
static void
table_widths(const Shape *shape, const GPtrArray *rows, int *name_out, int *count_out)
{
	int width = lsm_printer_width(STANDARD_WIDTH), columns = shape->has_days ? 5 : 4, widest = 12;

	for (guint i = 0; i < rows->len; i++)
		widest = MAX(widest, lsm_printer_columns(((Row *)g_ptr_array_index(rows, i))->name));
	*count_out = width - (COUNT_WIDTH + 1) * columns >= 20 ? COUNT_WIDTH : NARROW_WIDTH;
	*name_out = MIN(widest, width - (*count_out + 1) * columns);
}

static void
print_head(const Shape *shape, int name_width, int count_width)
{
	g_autofree char *name = lsm_printer_fit(shape->head, name_width);
	GString *line = g_string_new(name);
	gboolean is_narrow = count_width == NARROW_WIDTH;

	for (guint k = 0; k < 4; k++)
		g_string_append_printf(line, " %*s", count_width, is_narrow ? shape->briefs[k] : shape->heads[k]);
	if (shape->has_days)
		g_string_append_printf(line, " %*s", count_width, is_narrow ? "DAYS" : "DAYS (MED)");
	lsm_printer_put(line->str, LSM_STYLE_HEAD);
	putchar('\n');
	g_string_free(line, TRUE);
}

static void
print_table(const Shape *shape, const GPtrArray *rows)
{
	int name_width, count_width;

	table_widths(shape, rows, &name_width, &count_width);
	print_head(shape, name_width, count_width);
	for (guint i = 0; i < rows->len; i++) {
		const Row *row = g_ptr_array_index(rows, i);
		g_autofree char *name = lsm_printer_fit(row->name, name_width);
		g_autofree char *days = median_text(row);
		fputs(name, stdout);
		for (guint k = 0; k < 4; k++)
			printf(" %*" G_GUINT64_FORMAT, count_width, row->counts[k]);
		if (*days != '\0')
			printf(" %*s", count_width, days);
		putchar('\n');
	}
}

static void
print_json(const Shape *shape, const GPtrArray *rows)
{
	for (guint i = 0; i < rows->len; i++) {
		const Row *row = g_ptr_array_index(rows, i);
		g_autoptr(JsonObject) object = json_object_new();
		g_autofree char *days = median_text(row);
		lsm_json_set(object, shape->name, row->name);
		for (guint k = 0; k < 4; k++)
			json_object_set_int_member(object, shape->counts[k], (gint64)row->counts[k]);
		if (*days != '\0')
			json_object_set_double_member(object, "median_days", g_ascii_strtod(days, NULL));
		lsm_printer_json(object, FALSE);
	}
}

static void
print_csv(const Shape *shape, const GPtrArray *rows)
{
	const char *heads[6] = {shape->name, shape->counts[0], shape->counts[1], shape->counts[2],
				shape->counts[3], "median_days"};
	guint count = shape->has_days ? 6 : 5;

	lsm_printer_csv(heads, count);
	for (guint i = 0; i < rows->len; i++) {
		const Row *row = g_ptr_array_index(rows, i);
		g_autofree char *days = median_text(row);
		char numbers[4][24];
		for (guint k = 0; k < 4; k++)
			g_snprintf(numbers[k], sizeof numbers[k], "%" G_GUINT64_FORMAT, row->counts[k]);
		const char *cells[6] = {row->name, numbers[0], numbers[1], numbers[2], numbers[3], days};
		lsm_printer_csv(cells, count);
	}
}

static void
print_figures(const Figures *figures, const LsmCtlOptions *options, gboolean csv, gboolean organizations,
	      gboolean rules)
{
	const struct {
		gboolean wanted;
		const Shape *shape;
		GHashTable *table;
	} tables[] = {{organizations, &organization_shape, figures->organizations},
		      {rules, &rule_shape, figures->rules}};

	for (guint i = 0; i < G_N_ELEMENTS(tables); i++) {
		g_autoptr(GPtrArray) rows = sorted_rows(tables[i].table);
		if (!tables[i].wanted)
			continue;
		if (options->json)
			print_json(tables[i].shape, rows);
		else if (csv)
			print_csv(tables[i].shape, rows);
		else
			print_table(tables[i].shape, rows);
		if (!options->json && !csv && i == 0 && rules)
			putchar('\n');
	}
}

/* --- the command --- */

static gboolean
parse_by(const char *by, gboolean csv, gboolean *organizations_out, gboolean *rules_out, GError **error)
{
	*organizations_out = by == NULL || strcmp(by, "organization") == 0;
	*rules_out = (by == NULL && !csv) || g_strcmp0(by, "rule") == 0;
	if (*organizations_out || *rules_out)
		return TRUE;
	g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE, "--by %s: expected organization or rule", by);
	return FALSE;
}

static gboolean
count_all(Figures *figures, const LsmQuery *query, GError **error)
{
	LsmQuery counted = *query;
	LsmTally tally;

	counted.order = LSM_QUERY_ANY;
	if (!lsm_tally_count(figures->txn, figures->today, &tally, error))
		return FALSE;
	gboolean is_all = query->since == 0 && query->until == 0 && query->parties == NULL;
	figures->progress = lsm_progress_new("statements", is_all ? tally.total : 0);
	gboolean good = lsm_query_run(figures->txn, &counted, count_case, figures, error);
	lsm_progress_free(figures->progress);
	if (good && figures->error != NULL) {
		g_propagate_error(error, figures->error);
		return FALSE;
	}
	return good;
}

int
lsm_cmd_figures(const LsmCtlOptions *options, int argc, char **argv, GError **error)
{
	g_autofree char *by = NULL;
	const GOptionEntry own[] = {
		{"by", 0, 0, G_OPTION_ARG_STRING, &by, NULL, NULL},
		G_OPTION_ENTRY_NULL,
	};
	gint64 now = g_get_real_time() / G_USEC_PER_SEC;
	g_auto(LsmCtlQuery) ask = {0};
	g_autoptr(LsmStore) store = NULL;
	g_autoptr(LsmStoreTxn) txn = NULL;
	g_autoptr(LsmSettings) settings = NULL;
	g_autofree char *today = lsm_when_day(now);
	g_autoptr(GHashTable) organizations = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, row_free);
	g_autoptr(GHashTable) rules = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, row_free);
	gboolean by_organization, by_rule;

	if (!lsm_ctl_query_parse(&ask, own, &argc, &argv, now, error) ||
	    !lsm_ctl_expect(argc, 0, "options only", error) ||
	    !parse_by(by, ask.csv, &by_organization, &by_rule, error))
		return 2;
	settings = lsm_ctl_settings(options, NULL);
	if (settings != NULL)
		lsm_ctl_query_resolve(&ask, settings->directory);
	store = lsm_ctl_open_store(options, error);
	txn = store == NULL ? NULL : lsm_store_begin_read(store, error);
	Figures figures = {.txn = txn, .today = today, .organizations = organizations, .rules = rules};
	if (txn == NULL || !count_all(&figures, &ask.query, error))
		return 2;
	print_figures(&figures, options, ask.csv, by_organization, by_rule);
	return 0;
}
