/*
 * cmd_list.c - liaisonctl list: who must act next, on what, until when.
 */
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl/command.h"
#include "ctl/printer.h"
#include "desk/json.h"
#include "store/case.h"

#define TABLE_WIDTH 100

typedef struct {
	gboolean all;
	GPtrArray *items; /* of LsmCase * */
	guint total;
} Listing;

static gboolean
is_listed(const LsmCase *item, gboolean all)
{
	/* A wrong catch stays out of every list. */
	if (item->state == LSM_STATE_NOT_STATEMENT)
		return FALSE;
	return all || lsm_state_row(item->state)->open;
}

static gboolean
take_case(const LsmCase *item, gpointer data)
{
	Listing *listing = data;

	listing->total += item->state != LSM_STATE_NOT_STATEMENT;
	if (is_listed(item, listing->all))
		g_ptr_array_add(listing->items, lsm_case_copy(item));
	return TRUE;
}

static int
compare_cases(gconstpointer a, gconstpointer b)
{
	const LsmCase *left = *(LsmCase *const *)a, *right = *(LsmCase *const *)b;
	int rank = lsm_state_row(left->state)->rank - lsm_state_row(right->state)->rank;
	int due = g_strcmp0(left->deadline == NULL ? "9999" : left->deadline,
			    right->deadline == NULL ? "9999" : right->deadline);

	if (rank != 0)
		return rank;
	if (due != 0)
		return due;
	return left->since < right->since ? -1 : left->since > right->since;
}

static const char *
short_way(const LsmCase *item)
{
	return g_strcmp0(item->way, "around") == 0 ? "via" : item->way == NULL ? "" : item->way;
}

static char *
purpose_text(const LsmCase *item)
{
	static const struct {
		const char *word, *brief;
	} brief[] = {{"information", "info"}, {"action", "act"}, {"response", "resp"}, {"comment", "comm"}};
	const char *word = item->purposes == NULL || item->purposes[0] == NULL ? NULL : item->purposes[0];

	for (guint i = 0; word != NULL && i < G_N_ELEMENTS(brief); i++) {
		if (strcmp(word, brief[i].word) == 0)
			word = brief[i].brief;
	}
	/* The question mark: read by the program, no person has confirmed it. */
	return word == NULL ? g_strdup("?") : g_strdup_printf("%s%s", word, item->confirmed ? "" : "?");
}

static char *
next_text(const LsmCase *item, const LsmSettings *settings, gint64 now)
{
	const LsmStateRow *row = lsm_state_row(item->state);
	int patience = settings == NULL ? 1800 : settings->acceptance_patience;

	if (!item->taken && row->open && now - item->since / G_USEC_PER_SEC > patience)
		return g_strdup("not accepted by the mail server");
	if (*row->step == '\0')
		return g_strdup(row->word);
	if (strcmp(row->whose, "approver") == 0 && item->approvers != NULL && item->approvers[0] != NULL)
		return g_strdup_printf("%s: %s", row->step, item->approvers[0]);
	return g_strdup_printf("%s: %s", row->step, row->whose);
}

static char *
parties_text(const LsmCase *item)
{
	g_autofree char *from = item->from == NULL ? g_strdup("?") : g_strjoinv(", ", item->from);
	g_autofree char *to = item->to == NULL ? g_strdup("?") : g_strjoinv(", ", item->to);

	return g_strdup_printf("%s > %s", *from == '\0' ? "?" : from, *to == '\0' ? "?" : to);
}

static void
print_cells(const char *const *cells, const int *widths, guint count)
{
	GString *line = g_string_new(NULL);

	for (guint i = 0; i < count; i++) {
		g_autofree char *cell = lsm_printer_fit(cells[i], widths[i]);
		g_string_append(line, cell);
		if (i + 1 < count)
			g_string_append_c(line, ' ');
	}
	puts(g_strchomp(line->str));
	g_string_free(line, TRUE);
}

#define COLUMNS 8

/* Fixed columns take 68; parties, next step and subject share what the terminal has beyond that. */
static void
column_widths(int *widths)
{
	int rest = MAX(lsm_printer_width(TABLE_WIDTH), 80) - 7 - (6 + 5 + 5 + 5 + 11);

	widths[0] = 6;
	widths[1] = 5;
	widths[2] = 5;
	widths[3] = rest * 32 / 100;
	widths[4] = 5;
	widths[5] = 11;
	widths[6] = rest * 36 / 100;
	widths[7] = rest - widths[3] - widths[6];
}

static void
print_row(const LsmCase *item, const LsmSettings *settings, gint64 now, const int *widths)
{
	const char *dash = strrchr(item->id, '-');
	g_autoptr(GDateTime) since = g_date_time_new_from_unix_utc(item->since / G_USEC_PER_SEC);
	g_autofree char *day = g_date_time_format(since, "%m-%d");
	g_autofree char *parties = parties_text(item);
	g_autofree char *purpose = purpose_text(item);
	g_autofree char *due = lsm_printer_due(item->deadline, now, NULL);
	g_autofree char *next = next_text(item, settings, now);
	const char *cells[COLUMNS] = {
		dash == NULL ? item->id : dash + 1,        day, short_way(item), parties, purpose, due, next,
		item->subject == NULL ? "" : item->subject};

	print_cells(cells, widths, COLUMNS);
}

/* Who sits at the terminal: coordinators unless the settings map the login to an address that some case waits
 * for. */
static gboolean
waits_for_me(const LsmCase *item, const LsmSettings *settings)
{
	const struct passwd *me = getpwuid(getuid());
	const char *whose = lsm_state_row(item->state)->whose;

	for (guint i = 0; settings != NULL && me != NULL && settings->operators[i] != NULL; i++) {
		const char *sign = strchr(settings->operators[i], '=');
		if (strncmp(settings->operators[i], me->pw_name, strlen(me->pw_name)) == 0 && sign != NULL &&
		    sign == settings->operators[i] + strlen(me->pw_name) && item->approvers != NULL &&
		    lsm_address_in_list(sign + 1, item->approvers))
			return TRUE;
	}
	return strcmp(whose, "coordinators") == 0;
}

static void
print_summary(const Listing *listing, const LsmSettings *settings, guint shown, gint64 now)
{
	guint overdue = 0, mine = 0, open = 0;

	for (guint i = 0; i < listing->items->len; i++) {
		const LsmCase *item = g_ptr_array_index(listing->items, i);
		gboolean is_open = lsm_state_row(item->state)->open;
		int days;
		g_autofree char *due = lsm_printer_due(item->deadline, now, &days);

		open += is_open;
		overdue += is_open && days < 0;
		mine += is_open && waits_for_me(item, settings);
	}
	printf("%u open of %u, %u shown: %u overdue, %u wait for you\n", open, listing->total, shown, overdue,
	       mine);
}

static void
print_json(const LsmCase *item)
{
	g_autoptr(GBytes) bytes = lsm_case_render(item);

	fwrite(g_bytes_get_data(bytes, NULL), 1, g_bytes_get_size(bytes), stdout);
	putchar('\n');
}

static void
print_table(const Listing *listing, const LsmSettings *settings, guint shown)
{
	static const char *const heads[COLUMNS] = {"ID",   "SINCE", "WAY",         "FROM > TO",
						   "WHAT", "DUE",   "NEXT: WHOSE", "SUBJECT"};
	gint64 now = g_get_real_time() / G_USEC_PER_SEC;
	int widths[COLUMNS];

	column_widths(widths);
	if (shown > 0)
		print_cells(heads, widths, COLUMNS);
	for (guint i = 0; i < shown; i++)
		print_row(g_ptr_array_index(listing->items, i), settings, now, widths);
	print_summary(listing, settings, shown, now);
}

int
lsm_cmd_list(const LsmCtlOptions *options, int argc, char **argv, GError **error)
{
	Listing listing = {FALSE, NULL, 0};
	int limit = 0;
	const GOptionEntry entries[] = {
		{"all", 0, 0, G_OPTION_ARG_NONE, &listing.all, NULL, NULL},
		{"limit", 0, 0, G_OPTION_ARG_INT, &limit, NULL, NULL},
		G_OPTION_ENTRY_NULL,
	};
	g_autoptr(LsmStore) store = NULL;
	g_autoptr(LsmStoreTxn) txn = NULL;
	g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func((GDestroyNotify)lsm_case_free);
	g_autoptr(LsmSettings) settings = lsm_ctl_settings(options, NULL);
	guint shown;

	if (!lsm_ctl_parse(&argc, &argv, entries, error) || !lsm_ctl_expect(argc, 0, "no argument", error))
		return 2;
	store = lsm_ctl_open_store(options, error);
	txn = store == NULL ? NULL : lsm_store_begin_read(store, error);
	listing.items = items;
	if (txn == NULL || !lsm_case_scan(txn, take_case, &listing, error))
		return 2;
	g_ptr_array_sort(items, compare_cases);
	shown = limit > 0 ? MIN((guint)limit, items->len) : items->len;
	if (!options->json)
		print_table(&listing, settings, shown);
	for (guint i = 0; options->json && i < shown; i++)
		print_json(g_ptr_array_index(items, i));
	return 0;
}
