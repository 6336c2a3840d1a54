/*
 * export_lines.c - the formats of one line each: the log itself, or the public statements, as JSON Lines;
 * CSV.
 */
#include <stdio.h>
#include <string.h>

#include "ctl/cases.h"
#include "ctl/export.h"
#include "ctl/printer.h"
#include "ctl/progress.h"
#include "desk/json.h"
#include "store/export.h"

/* --- the log --- */

static gboolean
put_line(const char *line, gsize length, gpointer data G_GNUC_UNUSED)
{
	fwrite(line, 1, length, stdout);
	putchar('\n');
	return lsm_printer_is_read();
}

static void
show_progress(guint64 events, gpointer data)
{
	lsm_progress_step(data, events);
}

static gboolean
export_log(const LsmExportJob *job, GError **error)
{
	LsmLogHead head;

	if (!lsm_log_head(job->txn, &head, error))
		return FALSE;
	g_autoptr(LsmProgress) progress = lsm_progress_new("events", head.size);
	const LsmExport export = {.with_contents = job->with_contents,
				  .progress = show_progress,
				  .progress_data = progress,
				  .line = put_line};
	/* Who stops reading ends it; that is no error. */
	return lsm_export_log(job->txn, &export, NULL, error) || error == NULL || *error == NULL;
}

/* --- public statements --- */

static void
set_time(JsonObject *object, const char *name, gint64 time)
{
	g_autofree char *text = lsm_event_time_render(time);

	lsm_json_set(object, name, text);
}

static gboolean
put_statement(const LsmCase *item, const char *cursor G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
	g_autoptr(JsonObject) object = json_object_new();

	lsm_json_set(object, "id", item->id);
	lsm_json_set(object, "direction", item->way);
	lsm_json_set(object, "state", lsm_state_row(item->state)->word);
	set_time(object, "recorded", item->since);
	set_time(object, "changed", item->changed);
	lsm_json_set_strings(object, "from", (const char *const *)item->from);
	lsm_json_set_strings(object, "to", (const char *const *)item->to);
	lsm_json_set_strings(object, "purposes", (const char *const *)item->purposes);
	lsm_json_set(object, "deadline", item->deadline);
	lsm_json_set(object, "subject", item->subject);
	lsm_json_set_strings(object, "numbers", (const char *const *)item->numbers);
	lsm_json_set(object, "reply_to", item->reply_to);
	lsm_json_set_strings(object, "to_contacts", (const char *const *)item->to_contacts);
	lsm_json_set(object, "message_id", item->message_id);
	lsm_json_set(object, "original", item->original);
	lsm_json_set_strings(object, "answers", (const char *const *)item->answers);
	lsm_printer_json(object, FALSE);
	return TRUE;
}

gboolean
lsm_export_jsonl(const LsmExportJob *job, GError **error)
{
	return job->is_public ? lsm_export_each(job, put_statement, NULL, error) : export_log(job, error);
}

/* --- CSV --- */

gboolean
lsm_export_csv(const LsmExportJob *job, GError **error)
{
	g_autoptr(LsmCases) cases = lsm_cases_new(LSM_CASES_CSV, 0, job->settings, job->now);

	if (!lsm_export_each(job, lsm_cases_show, cases, error))
		return FALSE;
	lsm_cases_end(cases, "export");
	return TRUE;
}
