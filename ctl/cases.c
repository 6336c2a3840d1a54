/*
 * cases.c - see cases.h.
 *
 * Owns what a statement's columns are: `columns` for the table, `fields` for CSV. Uses printer.h. Writes to standard
 * output only.
 */
#include "ctl/cases.h"

#include <stdio.h>
#include <string.h>

#include "ctl/printer.h"

#define STANDARD_WIDTH 100
#define SOON 3 /* days: a deadline that stands out */

struct LsmCases {
	LsmCasesForm form;
	const LsmSettings *settings;
	gint64 now;
	guint limit, shown;
	char *last; /* cursor of the last one that was shown */
	gboolean more;
	int widths[16]; /* of the columns; 0: not shown */
};

/* --- what the cells say --- */

static const char *
tail_of(const LsmCase *item)
{
	const char *dash = strrchr(item->id, '-');

	return dash == NULL ? item->id : dash + 1;
}

static char *
id_text(const LsmCases *cases G_GNUC_UNUSED, const LsmCase *item)
{
	return g_strdup(tail_of(item));
}

/* Where there is room for the day alone, years apart must not look alike. */
static char *
since_text(const LsmCases *cases, const LsmCase *item)
{
	gint64 since = item->since / G_USEC_PER_SEC;
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(since);
	const char *form = cases->widths[1] >= 10			? "%Y-%m-%d"
			   : ABS(cases->now - since) < 330 * 86400 ? "%m-%d"
								   : "%Y";

	return time == NULL ? g_strdup("") : g_date_time_format(time, form);
}

static char *
way_text(const LsmCases *cases G_GNUC_UNUSED, const LsmCase *item)
{
	return g_strdup(g_strcmp0(item->way, "around") == 0 ? "via" : item->way);
}

static char *
names_text(char *const *names)
{
	return *names == NULL ? g_strdup("?") : g_strjoinv(", ", (char **)names);
}

static char *
parties_text(const LsmCases *cases G_GNUC_UNUSED, const LsmCase *item)
{
	g_autofree char *from = names_text(item->from);
	g_autofree char *to = names_text(item->to);

	return g_strdup_printf("%s > %s", from, to);
}

static char *
purpose_text(const LsmCases *cases G_GNUC_UNUSED, const LsmCase *item)
{
	static const struct {
		const char *word, *brief;
	} brief[] = {{"information", "info"}, {"action", "act"}, {"response", "resp"}, {"comment", "comm"}};
	const char *word = item->purposes[0];

	for (guint i = 0; word != NULL && i < G_N_ELEMENTS(brief); i++) {
		if (strcmp(word, brief[i].word) == 0)
			word = brief[i].brief;
	}
	/* The question mark: read by the program, no person has confirmed it. */
	return word == NULL ? g_strdup("?") : g_strdup_printf("%s%s", word, item->confirmed ? "" : "?");
}

/* What is done is late for nobody. */
static char *
due_text(const LsmCases *cases, const LsmCase *item)
{
	return lsm_state_row(item->state)->open ? lsm_printer_due(item->deadline, cases->now, NULL)
						: g_strdup(item->deadline);
}

static char *
next_text(const LsmCases *cases, const LsmCase *item)
{
	const LsmStateRow *row = lsm_state_row(item->state);
	int patience = cases->settings == NULL ? 1800 : cases->settings->acceptance_patience;

	if (!item->taken && row->open && cases->now - item->since / G_USEC_PER_SEC > patience)
		return g_strdup("not accepted by the mail server");
	if (!row->open)
		return g_strdup(row->word);
	if (strcmp(row->whose, "approver") == 0 && item->approvers[0] != NULL)
		return g_strdup_printf("%s: %s", row->step, item->approvers[0]);
	if (strcmp(row->whose, "assignee") == 0 && item->assignee != NULL)
		return g_strdup_printf("%s: %s", row->step, item->assignee);
	return g_strdup_printf("%s: %s", row->step, row->whose);
}

static char *
subject_text(const LsmCases *cases G_GNUC_UNUSED, const LsmCase *item)
{
	return g_strdup(item->subject);
}

/* --- the table --- */

/* To add a column: a row. fixed: columns; share: of what the others leave over; from: not on terminals that are
 * narrower. wide: the fixed width from 110 columns on. */
static const struct {
	const char *head;
	int fixed, wide, share, from;
	char *(*text)(const LsmCases *cases, const LsmCase *item);
} columns[] = {
	{"ID", 6, 6, 0, 0, id_text},
	{"SINCE", 5, 10, 0, 48, since_text},
	{"WAY", 5, 5, 0, 90, way_text},
	{"FROM > TO", 0, 0, 34, 0, parties_text},
	{"WHAT", 5, 5, 0, 72, purpose_text},
	{"DUE", 12, 12, 0, 0, due_text},
	{"NEXT: WHOSE", 0, 0, 36, 56, next_text},
	{"SUBJECT", 0, 0, 30, 80, subject_text},
};

static void
set_widths(LsmCases *cases, int width)
{
	int rest = width + 1, shares = 0, left;

	for (guint i = 0; i < G_N_ELEMENTS(columns); i++) {
		if (width < columns[i].from)
			continue;
		cases->widths[i] = width >= 110 ? columns[i].wide : columns[i].fixed;
		rest -= cases->widths[i] + 1;
		shares += columns[i].share;
	}
	left = rest;
	for (guint i = 0; i < G_N_ELEMENTS(columns); i++) {
		if (columns[i].share == 0 || width < columns[i].from)
			continue;
		cases->widths[i] = rest * columns[i].share / shares;
		left -= cases->widths[i];
	}
	for (guint i = G_N_ELEMENTS(columns); i-- > 0 && left > 0;) {
		if (columns[i].share > 0 && cases->widths[i] > 0) {
			cases->widths[i] += left;
			break;
		}
	}
}

/* The last one that is shown is not padded. */
static void
print_cell(const LsmCases *cases, guint i, const char *text, LsmPrinterStyle style)
{
	g_autofree char *cell = lsm_printer_fit(text, cases->widths[i]);
	gboolean is_last = TRUE;

	for (guint k = i + 1; k < G_N_ELEMENTS(columns); k++)
		is_last = is_last && cases->widths[k] == 0;
	lsm_printer_put(is_last ? g_strchomp(cell) : cell, style);
	putchar(is_last ? '\n' : ' ');
}

static LsmPrinterStyle
style_of(const LsmCases *cases, const LsmCase *item, guint i)
{
	int days = G_MAXINT;
	g_autofree char *due = NULL;

	if (columns[i].text != due_text || !lsm_state_row(item->state)->open)
		return LSM_STYLE_PLAIN;
	due = lsm_printer_due(item->deadline, cases->now, &days);
	return days < 0 ? LSM_STYLE_LATE : days <= SOON ? LSM_STYLE_SOON : LSM_STYLE_PLAIN;
}

static void
print_table_row(LsmCases *cases, const LsmCase *item)
{
	for (guint i = 0; cases->shown == 0 && i < G_N_ELEMENTS(columns); i++) {
		if (cases->widths[i] > 0)
			print_cell(cases, i, columns[i].head, LSM_STYLE_HEAD);
	}
	for (guint i = 0; i < G_N_ELEMENTS(columns); i++) {
		g_autofree char *text = cases->widths[i] > 0 ? columns[i].text(cases, item) : NULL;
		if (cases->widths[i] > 0)
			print_cell(cases, i, text, style_of(cases, item, i));
	}
}

/* --- CSV --- */

static char *
time_field(gint64 time)
{
	g_autofree char *text = lsm_event_time_render(time);

	/* As spreadsheets take it: no T, no fractions. */
	return g_strdup_printf("%.10s %.8s", text, text + 11);
}

static char *
list_field(char *const *list)
{
	return g_strjoinv("; ", (char **)list);
}

/* To add a field: its name here, its text in print_csv_row. The names are there for programs: they stay. */
static const char *const fields[] = {
	"id",	   "since", "direction", "from",     "to",    "purpose", "deadline",   "state",
	"open",	   "next",  "whose",	 "verdict",  "rules", "numbers", "message_id", "subject",
	"cursor",
};

static void
print_csv_row(const LsmCase *item, const char *cursor)
{
	const LsmStateRow *row = lsm_state_row(item->state);
	g_autofree char *since = time_field(item->since);
	g_autofree char *from = list_field(item->from);
	g_autofree char *to = list_field(item->to);
	g_autofree char *purposes = list_field(item->purposes);
	g_autofree char *rules = list_field(item->rules);
	g_autofree char *numbers = list_field(item->numbers);
	const char *const cells[G_N_ELEMENTS(fields)] = {
		item->id, since, item->way, from, to, purposes, item->deadline, row->word, row->open ? "yes" : "no",
		row->step, row->whose, item->verdict, rules, numbers, item->message_id, item->subject, cursor};

	lsm_printer_csv(cells, G_N_ELEMENTS(fields));
}

/* --- all forms --- */

/* A cursor is an id, a date and a state's word at most: nothing in it needs an escape. */
static void
print_json_row(const LsmCase *item, const char *cursor)
{
	g_autoptr(GBytes) bytes = lsm_case_render(item);
	gsize length;
	const char *text = g_bytes_get_data(bytes, &length);

	printf("%.*s,\"cursor\":\"%s\"}\n", (int)length - 1, text, cursor);
}

LsmCasesForm
lsm_cases_form(gboolean json, gboolean csv)
{
	return json ? LSM_CASES_JSON : csv ? LSM_CASES_CSV : LSM_CASES_TABLE;
}

LsmCases *
lsm_cases_new(LsmCasesForm form, guint limit, const LsmSettings *settings, gint64 now)
{
	LsmCases *cases = g_new0(LsmCases, 1);

	G_STATIC_ASSERT(G_N_ELEMENTS(columns) <= G_N_ELEMENTS(cases->widths));
	cases->form = form;
	cases->limit = limit;
	cases->settings = settings;
	cases->now = now;
	set_widths(cases, lsm_printer_width(STANDARD_WIDTH));
	return cases;
}

void
lsm_cases_free(LsmCases *cases)
{
	if (cases == NULL)
		return;
	g_free(cases->last);
	g_free(cases);
}

static void
print_row(LsmCases *cases, const LsmCase *item, const char *cursor)
{
	switch (cases->form) {
	case LSM_CASES_TABLE:
		print_table_row(cases, item);
		break;
	case LSM_CASES_CSV:
		if (cases->shown == 0)
			lsm_printer_csv(fields, G_N_ELEMENTS(fields));
		print_csv_row(item, cursor);
		break;
	case LSM_CASES_JSON:
		print_json_row(item, cursor);
		break;
	}
}

gboolean
lsm_cases_show(const LsmCase *item, const char *cursor, gpointer data)
{
	LsmCases *cases = data;

	cases->more = cases->limit > 0 && cases->shown == cases->limit;
	if (cases->more)
		return FALSE;
	print_row(cases, item, cursor);
	if (cases->shown++ == 0)
		fflush(stdout);
	g_free(cases->last);
	cases->last = g_strdup(cursor);
	return lsm_printer_is_read();
}

guint
lsm_cases_shown(const LsmCases *cases)
{
	return cases->shown;
}

void
lsm_cases_print_count(const LsmCases *cases)
{
	printf("%u statement%s%s\n", cases->shown, cases->shown == 1 ? "" : "s", cases->more ? " shown" : "");
}

gboolean
lsm_cases_is_over(const LsmCases *cases)
{
	return cases->more || !lsm_printer_is_read();
}

void
lsm_cases_end(LsmCases *cases, const char *command)
{
	if (cases->form == LSM_CASES_CSV && cases->shown == 0)
		lsm_printer_csv(fields, G_N_ELEMENTS(fields));
	if (cases->form == LSM_CASES_TABLE && cases->more)
		printf("more: liaisonctl %s ... --after %s\n", command, cases->last);
}
