/*
 * reminder.c - see reminder.h.
 *
 * Reads the agenda, asks reminder_due.c for each case, and writes what is due in small transactions, each of
 * which looks at its cases again: somebody may just have done what it would ask for. Runs on the caller's
 * thread, writes through the writer.
 */
#include "desk/reminder.h"

#include <string.h>

#include "conf/error.h"
#include "desk/agenda.h"
#include "desk/audience.h"
#include "desk/digest.h"
#include "desk/json.h"
#include "desk/reminder_due.h"
#include "desk/values.h"
#include "rules/guidance.h"
#include "rules/scope.h"

#define CASES_AT_ONCE 20 /* keeps a commit short */
#define DRAFT_DAYS 7     /* so long before a deadline a preliminary answer is worth a thought (A31, A93) */

typedef struct {
	LsmService *service;
	const LsmSettings *settings;
	gint64 now; /* microseconds */
	int today;
} Run;

/* --- what is due --- */

static GPtrArray *
due_for(const Run *run, LsmStoreTxn *txn, const LsmCase *item, GError **error)
{
	gint64 entered;

	if (!lsm_agenda_entered(txn, item, &entered, error))
		return NULL;
	return lsm_reminder_due(run->settings, item, lsm_agenda_day(entered), run->today);
}

/* Nobody in that role: then it is the coordinators' to find somebody. */
static GPtrArray *
addressees(const Run *run, const LsmCase *item, const LsmReminder *reminder)
{
	GPtrArray *list = lsm_audience_new();
	gint64 now = run->now / G_USEC_PER_SEC;

	lsm_audience_add(list, run->settings, item, reminder->audience, now);
	if (list->len == 0)
		lsm_audience_add(list, run->settings, item, LSM_AUDIENCE_COORDINATORS, now);
	return list;
}

/* --- one mail --- */

static char *
days_text(int days)
{
	if (days == 0)
		return g_strdup("today");
	if (days == 1 || days == -1)
		return g_strdup(days > 0 ? "tomorrow" : "yesterday");
	return days > 0 ? g_strdup_printf("in %d days", days) : g_strdup_printf("%d days ago", -days);
}

/* A31: "a preliminary response could be sent"; only for what asks for action. */
static char *
preliminary_draft(const Run *run, const LsmCase *item, const LsmReminder *reminder)
{
	g_autoptr(LsmValues) values = NULL;
	g_autofree char *text = NULL;

	if (!g_str_has_prefix(reminder->key, "deadline-") || reminder->days > DRAFT_DAYS ||
	    !lsm_address_in_list("action", item->purposes))
		return NULL;
	values = lsm_values_new(run->settings, item);
	text = lsm_guidance_text(run->settings, "preliminary", lsm_values_list(values), NULL);
	return text == NULL ? NULL : lsm_values_quote(text);
}

static LsmValues *
make_values(const Run *run, const LsmCase *item, const LsmReminder *reminder)
{
	LsmValues *values = lsm_values_new(run->settings, item);
	const LsmStateRow *state = lsm_state_row(item->state);

	lsm_values_take(values, "when", days_text(reminder->days));
	lsm_values_take(values, "days",
			g_strdup_printf("%d day%s", reminder->days, reminder->days == 1 ? "" : "s"));
	lsm_values_take(values, "next", g_strdup_printf("%s (%s)", state->step, state->whose));
	lsm_values_take(values, "draft", preliminary_draft(run, item, reminder));
	return values;
}

static gboolean
record_reminder(const Run *run, LsmStoreTxn *txn, LsmCase *item, const LsmReminder *reminder, GPtrArray *to,
		GError **error)
{
	g_autoptr(LsmEvent) event = lsm_event_new(LSM_EVENT_REMINDED, item->id, run->now, run->service->node);
	const char *const told[] = {reminder->key, NULL};

	json_object_set_string_member(event->public, "kind", reminder->text);
	lsm_json_set_strings(event->public, "told", told);
	event->private = json_object_new();
	lsm_json_set_strings(event->private, "reminded", (const char *const *)to->pdata);
	return lsm_record_event(txn, item, event, error);
}

/* to: closed by a NULL. */
static gboolean
put_reminder(const Run *run, LsmStoreTxn *txn, LsmCase *item, const LsmReminder *reminder, GPtrArray *to,
	     GError **error)
{
	g_autoptr(LsmValues) values = make_values(run, item, reminder);
	LsmMail mail = {.text = reminder->text,
			.case_id = item->id,
			.to = (char *const *)to->pdata,
			.values = lsm_values_list(values)};

	return lsm_mails_put(run->service, txn, &mail, error) &&
	       record_reminder(run, txn, item, reminder, to, error);
}

static void
report(JsonArray *rows, const LsmCase *item, const LsmReminder *reminder, const GPtrArray *to)
{
	JsonObject *row = json_object_new();

	lsm_json_set(row, "id", item->id);
	lsm_json_set(row, "what", reminder->key);
	lsm_json_set_strings(row, "to", (const char *const *)to->pdata);
	json_array_add_object_element(rows, row);
}

/* rows gets what is due, and (unless dry_run, for which reading is enough) it is put. */
static gboolean
remind_of_case(const Run *run, LsmStoreTxn *txn, LsmCase *item, gboolean dry_run, JsonArray *rows,
	       GError **error)
{
	g_autoptr(GPtrArray) due = due_for(run, txn, item, error);

	for (guint i = 0; due != NULL && i < due->len; i++) {
		const LsmReminder *reminder = due->pdata[i];
		g_autoptr(GPtrArray) to = addressees(run, item, reminder);

		g_ptr_array_add(to, NULL);
		if (!dry_run && !put_reminder(run, txn, item, reminder, to, error))
			return FALSE;
		report(rows, item, reminder, to);
	}
	return due != NULL;
}

/* --- all of them --- */

typedef struct {
	const Run *run;
	const GPtrArray *agenda;
	guint first, count;
	JsonArray *rows; /* of this slice */
} Slice;

static gboolean
write_slice(LsmStoreTxn *txn, gpointer data, GError **error)
{
	Slice *slice = data;

	g_clear_pointer(&slice->rows, json_array_unref); /* the job may run twice */
	slice->rows = json_array_new();
	for (guint i = slice->first; i < slice->first + slice->count; i++) {
		const LsmCase *known = slice->agenda->pdata[i];
		g_autoptr(LsmCase) item = NULL;

		if (lsm_case_get(txn, known->id, &item, error) == LSM_FAILED)
			return FALSE;
		if (item != NULL && !remind_of_case(slice->run, txn, item, FALSE, slice->rows, error))
			return FALSE;
	}
	return TRUE;
}

static void
move_rows(JsonArray *from, JsonArray *to)
{
	for (guint i = 0; i < json_array_get_length(from); i++)
		json_array_add_element(to, json_node_copy(json_array_get_element(from, i)));
}

/* Those of the agenda for which something is due, in its order. */
static GPtrArray *
find_due(const Run *run, LsmStoreTxn *txn, const GPtrArray *agenda, JsonArray *rows, GError **error)
{
	g_autoptr(GPtrArray) items = g_ptr_array_new();

	for (guint i = 0; i < agenda->len; i++) {
		guint before = json_array_get_length(rows);

		if (!remind_of_case(run, txn, agenda->pdata[i], TRUE, rows, error))
			return NULL;
		if (json_array_get_length(rows) > before)
			g_ptr_array_add(items, agenda->pdata[i]);
	}
	return g_steal_pointer(&items);
}

static gboolean
write_due(const Run *run, const GPtrArray *items, JsonArray *rows, GError **error)
{
	for (guint i = 0; i < items->len; i += CASES_AT_ONCE) {
		Slice slice = {run, items, i, MIN(CASES_AT_ONCE, items->len - i), NULL};
		gboolean ok = lsm_writer_run(run->service->writer, write_slice, &slice, error);

		if (ok)
			move_rows(slice.rows, rows);
		g_clear_pointer(&slice.rows, json_array_unref);
		if (!ok)
			return FALSE;
	}
	return TRUE;
}

/* The agenda, and what is due of it. */
static GPtrArray *
look(const Run *run, GPtrArray **due_out, JsonArray *rows, GError **error)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(run->service->store, error);
	g_autoptr(GPtrArray) agenda = txn == NULL ? NULL : lsm_agenda_load(txn, error);

	if (agenda == NULL)
		return NULL;
	*due_out = find_due(run, txn, agenda, rows, error);
	return *due_out == NULL ? NULL : g_steal_pointer(&agenda);
}

static char *
summary(const LsmSettings *settings, gboolean dry_run, guint reminders, guint digests)
{
	if (!lsm_scope_is_any(settings))
		return g_strdup_printf("Nobody is written to: mode is %s.", lsm_mode_name(settings->mode));
	if (reminders == 0 && digests == 0)
		return g_strdup("Nothing is due that was not said already.");
	return g_strdup_printf("%u reminder%s and %u daily digest%s %s.", reminders,
			       reminders == 1 ? "" : "s", digests, digests == 1 ? "" : "s",
			       dry_run ? "would go out" : "go out");
}

static gboolean
remind(const Run *run, gboolean dry_run, JsonArray *reminders, JsonArray *digests, GError **error)
{
	g_autoptr(GPtrArray) due = NULL;
	g_autoptr(GPtrArray) agenda = NULL;
	g_autoptr(JsonArray) found = json_array_new();

	if (!lsm_scope_is_any(run->settings))
		return TRUE;
	agenda = look(run, &due, dry_run ? reminders : found, error);
	if (agenda == NULL || (!dry_run && !write_due(run, due, reminders, error)))
		return FALSE;
	return lsm_digest_run(run->service, agenda, dry_run, digests, error);
}

gboolean
lsm_reminder_run(LsmService *service, gboolean dry_run, JsonObject **answer_out, GError **error)
{
	g_autoptr(LsmSettings) settings = lsm_service_settings(service);
	gint64 now = lsm_service_now(service);
	Run run = {service, settings, now, lsm_agenda_day(now)};
	g_autoptr(JsonArray) reminders = json_array_new();
	g_autoptr(JsonArray) digests = json_array_new();
	g_autofree char *day = lsm_agenda_day_text(run.today);
	g_autofree char *text = NULL;

	if (!remind(&run, dry_run, reminders, digests, error))
		return FALSE;
	text = summary(settings, dry_run, json_array_get_length(reminders), json_array_get_length(digests));
	*answer_out = json_object_new();
	lsm_json_set(*answer_out, "day", day);
	json_object_set_boolean_member(*answer_out, "dry_run", dry_run);
	json_object_set_array_member(*answer_out, "reminders", g_steal_pointer(&reminders));
	json_object_set_array_member(*answer_out, "digests", g_steal_pointer(&digests));
	lsm_json_set(*answer_out, "text", text);
	return TRUE;
}

gboolean
lsm_reminder_verb(LsmService *service, const LsmPeer *peer, const char *name, JsonObject *args,
		  JsonObject **answer_out, GError **error)
{
	(void)peer;
	(void)name;
	return lsm_reminder_run(service, json_object_get_boolean_member_with_default(args, "dry_run", FALSE),
				answer_out, error);
}
