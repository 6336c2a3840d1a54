/*
 * report_rows.c - see report_rows.h. Owns the tables; one thread; cannot fail. What it holds is bounded: names come
 * out of mails, and beyond so many the rest is one row.
 */
#include "ctl/report_rows.h"

#include <string.h>

#define NAMES_MAX 5000
#define NAME_OTHERS "(others)"
#define NAME_UNKNOWN "(unknown)"

const char *
lsm_report_table_name(LsmReportTable table)
{
	static const char *const names[LSM_REPORT_TABLES] = {
		[LSM_REPORT_BY_EFFECT] = "effect",
		[LSM_REPORT_BY_RULE] = "rule",
		[LSM_REPORT_BY_SENDER] = "sender",
		[LSM_REPORT_BY_ORGANIZATION] = "organization",
		[LSM_REPORT_BY_GROUP] = "group",
	};

	return names[table];
}

static void
sample_clear(gpointer data)
{
	g_free(((LsmReportSample *)data)->id);
}

static void
row_free(gpointer data)
{
	LsmReportRow *row = data;

	g_free(row->name);
	g_array_unref(row->samples);
	g_free(row);
}

LsmReport *
lsm_report_new(guint samples)
{
	LsmReport *report = g_new0(LsmReport, 1);

	report->samples = samples;
	for (guint i = 0; i < LSM_REPORT_TABLES; i++)
		report->tables[i] = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, row_free);
	return report;
}

void
lsm_report_free(LsmReport *report)
{
	if (report == NULL)
		return;
	for (guint i = 0; i < LSM_REPORT_TABLES; i++)
		g_hash_table_unref(report->tables[i]);
	g_free(report);
}

static LsmReportRow *
row_of(LsmReport *report, LsmReportTable table, const char *name)
{
	GHashTable *rows = report->tables[table];
	LsmReportRow *row = g_hash_table_lookup(rows, name);

	if (row == NULL && g_hash_table_size(rows) >= NAMES_MAX && strcmp(name, NAME_OTHERS) != 0)
		return row_of(report, table, NAME_OTHERS);
	if (row == NULL) {
		row = g_new0(LsmReportRow, 1);
		row->name = g_strdup(name);
		row->samples = g_array_new(FALSE, FALSE, sizeof(LsmReportSample));
		g_array_set_clear_func(row->samples, sample_clear);
		g_hash_table_insert(rows, row->name, row);
	}
	return row;
}

/* Behind all that are as strong or stronger. */
static void
add_sample(GArray *samples, guint most, const LsmCase *item, LsmEffect effect)
{
	LsmReportSample sample = {NULL, effect};
	guint at = samples->len;

	while (at > 0 && g_array_index(samples, LsmReportSample, at - 1).effect < effect)
		at--;
	if (at >= most)
		return;
	sample.id = g_strdup(item->id);
	g_array_insert_val(samples, at, sample);
	if (samples->len > most)
		g_array_set_size(samples, most);
}

/* --- one case --- */

static gboolean
is_wrong(const LsmCase *item)
{
	return item->state == LSM_STATE_NOT_STATEMENT;
}

/* effect: as what it counts in this row; acted: it was not only watched. */
static void
count(LsmReport *report, LsmReportTable table, const char *name, const LsmCase *item, LsmEffect effect,
      gboolean acted)
{
	LsmReportRow *row = row_of(report, table, name);

	add_sample(row->samples, report->samples, item, effect);
	if (is_wrong(item)) {
		row->wrong++;
		return;
	}
	row->statements++;
	if (acted)
		row->did[effect]++;
	else
		row->would[effect]++;
}

/* What would have been and what was are rows of their own: each has its ids to look at. */
static void
count_effect(LsmReport *report, const LsmCase *item, LsmEffect effect)
{
	const char *word = lsm_effect_name(effect);
	g_autofree char *would = g_strdup_printf("would %s", word);

	if (!is_wrong(item))
		count(report, LSM_REPORT_BY_EFFECT, item->observed ? would : word, item, effect, !item->observed);
}

static LsmEffect
effect_of_word(const char *word)
{
	for (int effect = 0; word != NULL && effect < LSM_REPORT_EFFECTS; effect++) {
		if (strcmp(lsm_effect_name((LsmEffect)effect), word) == 0)
			return (LsmEffect)effect;
	}
	return LSM_EFFECT_RECORD;
}

static LsmEffect
effect_of(const LsmCase *item)
{
	return effect_of_word(item->observed && item->would != NULL ? item->would : item->verdict);
}

/* What this rule asks for, as far as it would happen or has. */
static void
count_rules(LsmReport *report, const LsmCase *item, LsmEffect effect)
{
	LsmEffect most = item->observed || item->would == NULL ? effect : MAX(effect, effect_of_word(item->would));

	for (char *const *id = item->rules; *id != NULL; id++) {
		const LsmRule *rule = lsm_rule_find(*id);
		gboolean acted = !item->observed && !g_strv_contains((const char *const *)item->watched, *id);
		LsmEffect asked = rule != NULL ? rule->effect_out : LSM_EFFECT_NOTE;

		count(report, LSM_REPORT_BY_RULE, *id, item, MIN(asked, acted ? effect : most), acted);
	}
}

static void
count_names(LsmReport *report, LsmReportTable table, char *const *names, const LsmCase *item, LsmEffect effect)
{
	if (names[0] == NULL)
		count(report, table, NAME_UNKNOWN, item, effect, !item->observed);
	for (; *names != NULL; names++)
		count(report, table, *names, item, effect, !item->observed);
}

static void
count_sender(LsmReport *report, const LsmCase *item, LsmEffect effect)
{
	const char *sender = item->login != NULL ? item->login : item->author != NULL ? item->author : item->sender;
	g_autofree char *folded = sender != NULL && *sender != '\0' ? g_ascii_strdown(sender, -1) : NULL;

	count(report, LSM_REPORT_BY_SENDER, folded != NULL ? folded : NAME_UNKNOWN, item, effect, !item->observed);
}

static gboolean
is_judged_way(const LsmCase *item)
{
	static const char *const ways[] = {"out", "in", "around", NULL};

	return item->way != NULL && g_strv_contains(ways, item->way);
}

static void
note_time(LsmReport *report, const LsmCase *item)
{
	if (report->first == 0 || item->since < report->first)
		report->first = item->since;
	report->last = MAX(report->last, item->since);
}

void
lsm_report_add(LsmReport *report, const LsmCase *item)
{
	LsmEffect effect = effect_of(item);
	gboolean is_in = g_strcmp0(item->way, "in") == 0;

	note_time(report, item);
	if (!is_judged_way(item)) {
		report->others++;
		return;
	}
	report->wrong += is_wrong(item);
	report->watched += !is_wrong(item) && item->observed;
	report->enforced += !is_wrong(item) && !item->observed;
	count_effect(report, item, effect);
	count_rules(report, item, effect);
	count_sender(report, item, effect);
	count_names(report, LSM_REPORT_BY_ORGANIZATION, is_in ? item->from : item->to, item, effect);
	count_names(report, LSM_REPORT_BY_GROUP, is_in ? item->to : item->from, item, effect);
}

/* --- the answer --- */

guint64
lsm_report_stopped(const LsmReportRow *row)
{
	guint64 stopped = 0;

	for (int effect = LSM_EFFECT_REDIRECT; effect <= LSM_EFFECT_REJECT; effect++)
		stopped += row->would[effect] + row->did[effect];
	return stopped;
}

static int
descending(guint64 a, guint64 b)
{
	return a > b ? -1 : a < b;
}

static int
compare_rows(gconstpointer a, gconstpointer b)
{
	const LsmReportRow *left = *(LsmReportRow *const *)a, *right = *(LsmReportRow *const *)b;
	int order = descending(lsm_report_stopped(left), lsm_report_stopped(right));

	if (order == 0)
		order = descending(left->statements + left->wrong, right->statements + right->wrong);
	return order != 0 ? order : strcmp(left->name, right->name);
}

GPtrArray *
lsm_report_rows(const LsmReport *report, LsmReportTable table)
{
	GPtrArray *rows = g_ptr_array_new();
	GHashTableIter iter;
	gpointer row;

	g_hash_table_iter_init(&iter, report->tables[table]);
	while (g_hash_table_iter_next(&iter, NULL, &row))
		g_ptr_array_add(rows, row);
	g_ptr_array_sort(rows, compare_rows);
	return rows;
}
