/*
 * cmd_timeline.c - liaisonctl timeline: what happened to a statement, when, by whom, through which door.
 */
#include <stdio.h>
#include <string.h>

#include "conf/error.h"
#include "ctl/command.h"
#include "ctl/events.h"
#include "ctl/one_case.h"
#include "ctl/printer.h"
#include "desk/json.h"
#include "store/case.h"

#define STANDARD_WIDTH 100
#define TIME_WIDTH 16
#define TYPE_WIDTH 15
#define DOOR_WIDTH 8

/* What a mail brings comes in by mail; what has no actor is the desk's own doing, or the mail server's. */
static const struct {
	LsmEventType type;
	const char *who, *door;
} standards[] = {
	{LSM_EVENT_SEEN, NULL, "mail"},	      {LSM_EVENT_PASSED, NULL, "mail"},
	{LSM_EVENT_REDIRECTED, NULL, "mail"}, {LSM_EVENT_REJECTED, NULL, "mail"},
	{LSM_EVENT_DRAFTED, NULL, "mail"},    {LSM_EVENT_DOOR, NULL, "mail"},
	{LSM_EVENT_INFORMED, NULL, "mail"},   {LSM_EVENT_ANSWER_IGNORED, NULL, "mail"},
	{LSM_EVENT_TAKEN, "mail server", ""}, {LSM_EVENT_NOT_APPLIED, "mail server", ""},
};

static const char *
private_text(const LsmEvent *event, const char *name)
{
	return event->private == NULL ? NULL : lsm_json_get(event->private, name, NULL);
}

static char *
who_text(const LsmEvent *event)
{
	const char *actor = private_text(event, "actor"), *proxy = private_text(event, "proxy_of");

	if (actor == NULL)
		actor = private_text(event, "login");
	if (actor == NULL)
		actor = private_text(event, "sender");
	if (actor != NULL)
		return proxy == NULL ? g_strdup(actor) : g_strdup_printf("%s for %s", actor, proxy);
	for (guint i = 0; i < G_N_ELEMENTS(standards); i++) {
		if (standards[i].type == event->type)
			return g_strdup(standards[i].who != NULL ? standards[i].who : "?");
	}
	return g_strdup(event->erased ? "(erased)" : "desk");
}

static const char *
door_text(const LsmEvent *event)
{
	const char *door = lsm_json_get(event->public, "door", NULL);

	for (guint i = 0; door == NULL && i < G_N_ELEMENTS(standards); i++) {
		if (standards[i].type == event->type)
			door = standards[i].door;
	}
	return door == NULL ? "" : door;
}

static void
append_detail(GString *text, const char *label, const char *detail)
{
	if (detail != NULL && *detail != '\0')
		g_string_append_printf(text, "%s%s%s", text->len > 0 ? "; " : "", label, detail);
}

static void
append_details(GString *text, JsonObject *object, const char *name, const char *label)
{
	g_auto(GStrv) list = lsm_json_get_list(object, name);
	g_autofree char *joined = g_strjoinv(", ", list);

	append_detail(text, label, joined);
}

/* In the order in which somebody wants to know it. */
static char *
what_text(const LsmEvent *event)
{
	static const struct {
		const char *name, *label;
	} texts[] = {{"reason", ""}, {"comment", ""},	   {"text", ""},
		     {"link", ""},   {"assignee", "to "}, {"lead", "led by "}},
	  lists[] = {{"withheld", "withheld from "},
		     {"released", "let through to "},
		     {"recipient", "to "},
		     {"distributed", "to "}};
	GString *text = g_string_new(NULL);

	append_detail(text, "now ", lsm_json_get(event->public, "state", NULL));
	append_detail(text, "", lsm_json_get(event->public, "kind", NULL));
	append_details(text, event->public, "rules", "");
	for (guint i = 0; event->private != NULL && i < G_N_ELEMENTS(lists); i++)
		append_details(text, event->private, lists[i].name, lists[i].label);
	for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
		append_detail(text, texts[i].label, private_text(event, texts[i].name));
	if (event->erased)
		append_detail(text, "", "what was private is erased");
	if (text->len == 0)
		g_string_append(text, lsm_event_type_help(event->type));
	return g_string_free(text, FALSE);
}

/* --- lines --- */

/* The next piece of at most width columns, cut at a blank where there is one; moves text behind it. */
static char *
take_line(const char **text, int width)
{
	const char *end = *text, *blank = NULL;
	int columns = 0;

	for (; *end != '\0'; end = g_utf8_next_char(end)) {
		g_autofree char *letter = g_strndup(end, (gsize)(g_utf8_next_char(end) - end));
		columns += lsm_printer_columns(letter);
		if (columns > width)
			break;
		if (*end == ' ')
			blank = end;
	}
	if (*end != '\0' && blank != NULL)
		end = blank;
	if (end == *text && *end != '\0')
		end = g_utf8_next_char(end);
	char *line = g_strndup(*text, (gsize)(end - *text));
	*text = end + strspn(end, " ");
	return line;
}

/* A column without width is not shown. */
static void
print_line(const char *const *cells, const int *widths, guint count, LsmPrinterStyle style)
{
	for (guint i = 0; i < count; i++) {
		if (widths[i] == 0)
			continue;
		g_autofree char *cell = lsm_printer_fit(cells[i], widths[i]);
		lsm_printer_put(i + 1 == count ? g_strchomp(cell) : cell, style);
		putchar(i + 1 == count ? '\n' : ' ');
	}
}

#define COLUMNS 5

/* The door goes first, then who it was: when and what stay. */
static void
set_widths(int *widths)
{
	int width = lsm_printer_width(STANDARD_WIDTH), rest = width - TIME_WIDTH - 1;

	widths[0] = TIME_WIDTH;
	widths[3] = width >= 80 ? DOOR_WIDTH : 0;
	rest -= width >= 60 ? TYPE_WIDTH + 1 : 0;
	rest -= width >= 80 ? DOOR_WIDTH + 1 : 0;
	widths[1] = width >= 60 ? TYPE_WIDTH : 0;
	widths[2] = width >= 60 ? (rest - 1) * 36 / 100 : 0;
	widths[4] = width >= 60 ? rest - 1 - widths[2] : rest;
}

static void
print_event(const LsmEvent *event, const int *widths)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(event->time / G_USEC_PER_SEC);
	g_autofree char *when = time == NULL ? g_strdup("?") : g_date_time_format(time, "%Y-%m-%d %H:%M");
	g_autofree char *who = who_text(event);
	g_autofree char *details = what_text(event);
	g_autofree char *raw = widths[1] > 0 ? g_strdup(details)
					     : g_strdup_printf("%s: %s", lsm_event_type_name(event->type), details);
	g_autofree char *what = lsm_printer_safe(raw);
	const char *left = what;
	const char *cells[COLUMNS] = {when, lsm_event_type_name(event->type), who, door_text(event)};

	do {
		g_autofree char *line = take_line(&left, widths[4]);
		cells[4] = line;
		print_line(cells, widths, COLUMNS, LSM_STYLE_PLAIN);
		cells[0] = cells[1] = cells[2] = cells[3] = "";
	} while (*left != '\0');
}

static void
print_json(const LsmEvent *event)
{
	g_autoptr(JsonObject) object = lsm_events_json(event);
	g_autofree char *who = who_text(event);

	lsm_json_set(object, "who", who);
	lsm_json_set(object, "door", door_text(event));
	lsm_json_set(object, "what", lsm_event_type_help(event->type));
	lsm_printer_json(object, FALSE);
}

/* --- the command --- */

static void
print_head(const LsmCase *item, const int *widths)
{
	static const char *const heads[COLUMNS] = {"TIME (UTC)", "EVENT", "WHO", "DOOR", "WHAT"};
	g_autofree char *from = g_strjoinv(", ", item->from);
	g_autofree char *to = g_strjoinv(", ", item->to);
	g_autofree char *raw = g_strdup_printf("%s  %s > %s  %s", item->id, *from == '\0' ? "?" : from,
					       *to == '\0' ? "?" : to, item->subject == NULL ? "" : item->subject);
	g_autofree char *line = lsm_printer_fit(raw, lsm_printer_width(STANDARD_WIDTH));

	puts(g_strchomp(line));
	print_line(heads, widths, COLUMNS, LSM_STYLE_HEAD);
}

static gboolean
print_events(LsmStoreTxn *txn, const LsmCase *item, gboolean json, GError **error)
{
	int widths[COLUMNS];

	set_widths(widths);
	if (!json)
		print_head(item, widths);
	for (guint i = 0; i < item->positions->len && lsm_printer_is_read(); i++) {
		guint64 position = g_array_index(item->positions, guint64, i);
		g_autoptr(LsmEvent) event = NULL;
		LsmFound found = lsm_log_get(txn, position, &event, error);

		if (found == LSM_ABSENT)
			g_set_error(error, LSM_ERROR, LSM_ERROR_CORRUPT,
				    "event %" G_GUINT64_FORMAT " is missing; liaisonctl verify tells more",
				    position);
		if (found != LSM_FOUND)
			return FALSE;
		if (json)
			print_json(event);
		else
			print_event(event, widths);
	}
	return TRUE;
}

int
lsm_cmd_timeline(const LsmCtlOptions *options, int argc, char **argv, GError **error)
{
	g_autoptr(LsmStore) store = NULL;
	g_autoptr(LsmStoreTxn) txn = NULL;
	g_autoptr(LsmCase) item = NULL;

	if (!lsm_ctl_parse(&argc, &argv, (const GOptionEntry[]){G_OPTION_ENTRY_NULL}, error) ||
	    !lsm_ctl_expect(argc, 1, "one statement's id", error))
		return 2;
	store = lsm_ctl_open_store(options, error);
	txn = store == NULL ? NULL : lsm_store_begin_read(store, error);
	if (txn == NULL)
		return 2;
	return lsm_one_case(txn, argv[1], &item, error) && print_events(txn, item, options->json, error) ? 0 : 2;
}
