/*
 * cmd_reconcile.c - liaisonctl reconcile: the record beside the Datatracker's own list, both ways.
 *
 * A statement is the same one when the list names its id or a number of it, or when titles are equal and the
 * days lie near each other. Reads the record beside the daemon, and a file; changes nothing.
 */
#include <stdio.h>
#include <string.h>

#include "conf/error.h"
#include "ctl/command.h"
#include "ctl/help.h"
#include "ctl/printer.h"
#include "ctl/theirs.h"
#include "ctl/when.h"
#include "desk/json.h"
#include "store/query.h"

#define DAY (G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC)
#define NEAR_DAYS 45 /* between a statement's mail and its entry in the list */
#define OLD_DAYS 7   /* a list of so many days is old */
#define INDENT 15    /* of what does not fit into a row */

typedef struct {
	GPtrArray *theirs;   /* of LsmTheirs * */
	gboolean is_whole;   /* all pages of the list are there */
	GHashTable *by_name; /* folded id, number or title -> GPtrArray of LsmTheirs * */
	gint64 here_before;  /* on their list since: what is younger may still be on its way to us */
	gint64 there_before; /* on record since: younger, and the list is too old to have it */
	gboolean json;
	int width; /* of the terminal; 0: none, and each row is one line */
	guint rows, matched, waiting;
} Comparison;

/* --- what is found --- */

static void
print_json(const char *what, const char *ours, const char *theirs, const char *title, const char *more)
{
	g_autoptr(JsonObject) object = json_object_new();

	lsm_json_set(object, "found", what);
	lsm_json_set(object, "id", ours);
	lsm_json_set(object, "theirs", theirs);
	lsm_json_set(object, "title", title);
	lsm_json_set(object, "detail", more);
	lsm_printer_json(object, FALSE);
}

/* On a terminal the title gets what the line leaves, and what is to be said of it stands below, whole. */
static void
print_row(const Comparison *comparison, const char *what, const char *ids, const char *title, const char *more)
{
	g_autofree char *safe = lsm_printer_safe(title);
	g_autofree char *detail = lsm_printer_safe(more);
	g_autofree char *row =
		g_strdup_printf("%-14s %s  %s%s%s", what, ids, safe, more != NULL ? ": " : "", detail);
	g_autofree char *head = g_strdup_printf("%-14s %s  %s", what, ids, safe);

	if (comparison->width == 0 || lsm_printer_columns(row) <= comparison->width) {
		puts(row);
		return;
	}
	g_autofree char *fitted = lsm_printer_fit(head, MIN(comparison->width, lsm_printer_columns(head)));
	puts(fitted);
	if (more != NULL) {
		g_autofree char *below = lsm_help_layout(detail, (guint)comparison->width - INDENT);
		g_auto(GStrv) lines = g_strsplit(g_strchomp(below), "\n", -1);
		for (char **line = lines; *line != NULL; line++)
			printf("%*s%s\n", INDENT, "", *line);
	}
}

static void
report(Comparison *comparison, const char *what, const char *ours, const char *theirs, const char *title,
       const char *more)
{
	g_autofree char *ids = g_strconcat(ours != NULL ? ours : "", ours != NULL && theirs != NULL ? " = " : "",
					   theirs != NULL ? theirs : "", NULL);
	g_autofree char *safe = lsm_printer_safe(ids);

	comparison->rows++;
	if (comparison->json)
		print_json(what, ours, theirs, title, more);
	else
		print_row(comparison, what, safe, title, more);
}

/* --- which belong together --- */

static void
add_name(Comparison *comparison, const char *text, LsmTheirs *entry)
{
	g_autofree char *name = lsm_theirs_fold(text);
	GPtrArray *list = g_hash_table_lookup(comparison->by_name, name);

	if (*name == '\0')
		return;
	if (list == NULL) {
		list = g_ptr_array_new();
		g_hash_table_insert(comparison->by_name, g_strdup(name), list);
	}
	g_ptr_array_add(list, entry);
}

static void
index_theirs(Comparison *comparison)
{
	for (guint i = 0; i < comparison->theirs->len; i++) {
		LsmTheirs *entry = comparison->theirs->pdata[i];
		g_auto(GStrv) numbers = g_strsplit_set(entry->identifiers, ",;\r\n", -1);

		add_name(comparison, entry->title, entry);
		for (char **number = numbers; *number != NULL; number++)
			add_name(comparison, *number, entry);
	}
}

static LsmTheirs *
look_up(const Comparison *comparison, const char *text, const LsmCase *near)
{
	g_autofree char *name = lsm_theirs_fold(text);
	const GPtrArray *list = *name == '\0' ? NULL : g_hash_table_lookup(comparison->by_name, name);

	for (guint i = 0; list != NULL && i < list->len; i++) {
		LsmTheirs *entry = list->pdata[i];
		gboolean is_near =
			near == NULL || entry->time == 0 || ABS(entry->time - near->since) < NEAR_DAYS * DAY;
		if (entry->ours == NULL && is_near)
			return entry;
	}
	return NULL;
}

static LsmTheirs *
find_theirs(const Comparison *comparison, const LsmCase *item)
{
	LsmTheirs *entry = look_up(comparison, item->id, NULL);

	for (guint i = 0; entry == NULL && item->numbers[i] != NULL; i++)
		entry = look_up(comparison, item->numbers[i], NULL);
	return entry != NULL || item->subject == NULL ? entry : look_up(comparison, item->subject, item);
}

/* --- what differs --- */

static void
note_difference(GString *all, const char *name, const char *ours, const char *theirs)
{
	if (g_strcmp0(ours == NULL ? "" : ours, theirs == NULL ? "" : theirs) == 0)
		return;
	g_string_append_printf(all, "%s%s here %s, there %s", all->len == 0 ? "" : "; ", name,
			       ours == NULL || *ours == '\0' ? "none" : ours,
			       theirs == NULL || *theirs == '\0' ? "none" : theirs);
}

static void
compare(Comparison *comparison, const LsmCase *item, LsmTheirs *entry)
{
	g_autoptr(GString) all = g_string_new(NULL);
	g_autofree char *here = lsm_theirs_fold(item->subject == NULL ? "" : item->subject);
	g_autofree char *there = lsm_theirs_fold(entry->title);

	entry->ours = g_strdup(item->id);
	comparison->matched++;
	if (strcmp(here, there) != 0)
		note_difference(all, "title", item->subject, entry->title);
	note_difference(all, "deadline", item->deadline, entry->deadline);
	if (entry->purpose != NULL && !g_strv_contains((const char *const *)item->purposes, entry->purpose))
		note_difference(all, "purpose", item->purposes[0], entry->purpose);
	if (all->len > 0)
		report(comparison, "differs", item->id, entry->id, item->subject, all->str);
}

/* --- ours --- */

/* Gone out or come in for sure; what is withheld, refused or a draft has no place in their list. */
static gboolean
is_expected(const LsmCase *item)
{
	switch (item->state) {
	case LSM_STATE_PASSED:
	case LSM_STATE_RELEASED:
	case LSM_STATE_DELIVERED:
	case LSM_STATE_AGREED:
	case LSM_STATE_CONFIRMED:
	case LSM_STATE_ASSIGNED:
	case LSM_STATE_DISTRIBUTED:
	case LSM_STATE_ANSWERED:
	case LSM_STATE_ACTION_TAKEN:
	case LSM_STATE_CLOSED:
		return !item->observed;
	default:
		return FALSE;
	}
}

static gboolean
look_at_ours(const LsmCase *item, const char *cursor G_GNUC_UNUSED, gpointer data)
{
	Comparison *comparison = data;
	LsmTheirs *entry = item->observed ? NULL : find_theirs(comparison, item);

	if (entry != NULL)
		compare(comparison, item, entry);
	else if (g_strcmp0(item->way, "around") == 0 && !item->observed)
		report(comparison, "sent around", item->id, NULL, item->subject,
		       lsm_state_row(item->state)->word);
	else if (is_expected(item) && item->since < comparison->there_before && comparison->is_whole)
		report(comparison, "not there", item->id, NULL, item->subject,
		       lsm_state_row(item->state)->word);
	else if (is_expected(item))
		comparison->waiting++;
	return TRUE;
}

/* --- theirs --- */

static void
report_unmatched(Comparison *comparison)
{
	for (guint i = 0; i < comparison->theirs->len; i++) {
		const LsmTheirs *entry = comparison->theirs->pdata[i];

		if (entry->ours != NULL || !entry->is_posted)
			continue;
		if (entry->time < comparison->here_before)
			report(comparison, "not here", NULL, entry->id, entry->title,
			       *entry->parties == '\0' ? NULL : entry->parties);
		else
			comparison->waiting++;
	}
}

static gboolean
run(Comparison *comparison, LsmStoreTxn *txn, GError **error)
{
	const LsmQuery query = {.order = LSM_QUERY_NEWEST};

	index_theirs(comparison);
	if (!lsm_query_run(txn, &query, look_at_ours, comparison, error))
		return FALSE;
	report_unmatched(comparison);
	if (!comparison->json)
		printf("%u of their %u are on record here, %u younger ones may be on their way, %u to look at\n",
		       comparison->matched, comparison->theirs->len, comparison->waiting, comparison->rows);
	return TRUE;
}

/* The files that were named; else the list that import-datatracker kept. */
static gboolean
read_lists(LsmTheirList *list, const LsmCtlOptions *options, char **paths, GError **error)
{
	g_autofree char *kept = NULL;

	if (*paths != NULL)
		return lsm_theirs_read_all(list, paths, error);
	kept = lsm_theirs_place(options, error);
	if (kept == NULL)
		return FALSE;
	if (g_file_test(kept, G_FILE_TEST_EXISTS))
		return lsm_theirs_read(list, kept, error);
	g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE,
		    "no list to compare with: name its file, or keep one with liaisonctl import-datatracker FILE");
	return FALSE;
}

/* An old list tells nothing of what came since. */
static void
tell_age(const LsmTheirList *list, gint64 now)
{
	g_autofree char *day = lsm_when_day(list->time);
	int days = (int)((now - list->time) / 86400);

	if (days >= OLD_DAYS)
		fprintf(stderr,
			"liaisonctl: the list is of %s, %d days old: what went out since cannot be on it\n",
			day, days);
}

/* The API gives twenty at once unless asked for more: all the others would seem to be missing there. */
static gboolean
warn_of_pages(const LsmTheirList *list)
{
	if (lsm_theirs_is_whole(list))
		return TRUE;
	fprintf(stderr,
		"liaisonctl: these are %u of the %" G_GINT64_FORMAT " on the list, so that what lacks there cannot be "
		"told: name all pages, or fetch it with limit=0\n",
		list->entries->len, list->total);
	return FALSE;
}

int
lsm_cmd_reconcile(const LsmCtlOptions *options, int argc, char **argv, GError **error)
{
	gint days = 14;
	const GOptionEntry entries[] = {
		{"days", 0, 0, G_OPTION_ARG_INT, &days, NULL, NULL},
		G_OPTION_ENTRY_NULL,
	};
	g_autoptr(LsmTheirList) list = lsm_theirs_new();
	g_autoptr(GHashTable) by_name =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);

	if (!lsm_ctl_parse(&argc, &argv, entries, error))
		return 2;
	if (days < 0) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE, "--days needs 0 or more");
		return 2;
	}
	if (!read_lists(list, options, argv + 1, error))
		return 2;
	g_autoptr(LsmStore) store = lsm_ctl_open_store(options, error);
	g_autoptr(LsmStoreTxn) txn = store == NULL ? NULL : lsm_store_begin_read(store, error);
	gint64 now = g_get_real_time();
	Comparison comparison = {.theirs = list->entries,
				 .is_whole = warn_of_pages(list),
				 .by_name = by_name,
				 .here_before = now - days * DAY,
				 .there_before = (list->time + 1) * G_USEC_PER_SEC - days * DAY,
				 .width = lsm_printer_width(0),
				 .json = options->json};
	tell_age(list, now / G_USEC_PER_SEC);
	if (txn == NULL || !run(&comparison, txn, error))
		return 2;
	return comparison.rows == 0 ? 0 : 1;
}
