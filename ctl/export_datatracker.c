/*
 * export_datatracker.c - the statements in the shape of the Datatracker's own list of them.
 *
 * One object a statement with the names of its API, /api/v1/liaisons/liaisonstatement/. What is a number of
 * its data base there (ids, groups) is here what the record knows: the statement's id, the bodies' names.
 */
#include <stdio.h>
#include <string.h>

#include "ctl/export.h"
#include "ctl/printer.h"
#include "desk/json.h"
#include "rules/collect.h"
#include "rules/message.h"

#define API "/api/v1/"

/* Our words and the slugs of its name tables. */
static const struct {
	const char *ours, *theirs;
} purposes[] = {
	{"information", "info"}, {"action", "action"}, {"comment", "comment"}, {"response", "response"}};

static const char *
purpose_of(const LsmCase *item)
{
	for (guint i = 0; item->purposes[0] != NULL && i < G_N_ELEMENTS(purposes); i++) {
		if (strcmp(item->purposes[0], purposes[i].ours) == 0)
			return purposes[i].theirs;
	}
	return "info";
}

/* pending, approved, posted and dead are all that it knows. */
static const char *
state_of(const LsmCase *item)
{
	switch (item->state) {
	case LSM_STATE_PENDING:
	case LSM_STATE_IN_REVIEW:
	case LSM_STATE_AROUND:
	case LSM_STATE_UNCONFIRMED:
	case LSM_STATE_UNSURE:
	case LSM_STATE_DRAFT:
		return "pending";
	case LSM_STATE_APPROVED:
	case LSM_STATE_UNDELIVERED:
		return "approved";
	case LSM_STATE_REJECTED:
	case LSM_STATE_REFUSED:
	case LSM_STATE_CANCELLED:
	case LSM_STATE_REPLACED:
	case LSM_STATE_DISAGREED:
	case LSM_STATE_NOT_STATEMENT:
		return "dead";
	default:
		return "posted";
	}
}

static void
set_reference(JsonObject *object, const char *name, const char *table, const char *slug)
{
	g_autofree char *uri = g_strdup_printf(API "name/%s/%s/", table, slug);

	lsm_json_set(object, name, uri);
}

static void
set_joined(JsonObject *object, const char *name, char *const *list)
{
	g_autofree char *text = g_strjoinv(", ", (char **)list);

	json_object_set_string_member(object, name, text);
}

static void
set_tags(JsonObject *object, const LsmCase *item)
{
	gboolean is_taken = item->state == LSM_STATE_ANSWERED || item->state == LSM_STATE_ACTION_TAKEN;
	const char *tag = is_taken                 ? API "name/liaisonstatementtagname/taken/"
			  : item->deadline != NULL ? API "name/liaisonstatementtagname/required/"
						   : NULL;
	const char *const tags[] = {tag, NULL};

	lsm_json_set_strings(object, "tags", tags);
}

/* --- the text, from the kept mail --- */

typedef struct {
	const LsmExportJob *job;
	guint64 count;
	GError *error;
} Objects;

static gboolean
set_body(Objects *objects, JsonObject *object, const LsmCase *item)
{
	g_autoptr(GBytes) mail = NULL;
	LsmFound found = lsm_export_mail(objects->job, item, &mail, &objects->error);
	gsize length;

	json_object_set_string_member(object, "body", "");
	json_object_set_string_member(object, "from_contact", "");
	if (found != LSM_FOUND || objects->job->settings == NULL)
		return found != LSM_FAILED;
	const char *data = g_bytes_get_data(mail, &length);
	g_autoptr(LsmCollector) collector = lsm_collector_new(objects->job->settings);
	lsm_collector_add_mail(collector, data, length);
	g_autoptr(LsmMessage) message = lsm_message_parse(collector, objects->job->settings);
	json_object_set_string_member(object, "body", message->text);
	json_object_set_string_member(object, "from_contact", lsm_message_from_address(message));
	return TRUE;
}

/* --- objects --- */

static JsonObject *
object_of(const LsmCase *item)
{
	static const char *const empty[] = {NULL};
	static const char *const unknown[] = {"technical_contacts", "action_holder_contacts", "cc_contacts"};
	JsonObject *object = json_object_new();
	g_autofree char *uri = g_strdup_printf(API "liaisons/liaisonstatement/%s/", item->id);
	g_autofree char *submitted = lsm_event_time_render(item->since);

	lsm_json_set(object, "id", item->id);
	lsm_json_set(object, "resource_uri", uri);
	json_object_set_string_member(object, "title", item->subject == NULL ? "" : item->subject);
	set_joined(object, "other_identifiers", item->numbers);
	set_reference(object, "purpose", "liaisonstatementpurposename", purpose_of(item));
	set_reference(object, "state", "liaisonstatementstate", state_of(item));
	if (item->deadline == NULL)
		json_object_set_null_member(object, "deadline");
	else
		lsm_json_set(object, "deadline", item->deadline);
	lsm_json_set_strings(object, "from_groups", (const char *const *)item->from);
	set_joined(object, "from_name", item->from);
	lsm_json_set_strings(object, "to_groups", (const char *const *)item->to);
	set_joined(object, "to_name", item->to);
	set_joined(object, "to_contacts", item->to_contacts);
	json_object_set_string_member(object, "response_contacts",
				      item->reply_to == NULL ? "" : item->reply_to);
	for (guint i = 0; i < G_N_ELEMENTS(unknown); i++)
		json_object_set_string_member(object, unknown[i], "");
	set_tags(object, item);
	lsm_json_set_strings(object, "attachments", empty);
	lsm_json_set(object, "submitted", submitted);
	return object;
}

static gboolean
put_object(const LsmCase *item, const char *cursor G_GNUC_UNUSED, gpointer data)
{
	Objects *objects = data;
	g_autoptr(JsonObject) object = object_of(item);

	if (!set_body(objects, object, item))
		return FALSE;
	if (objects->count++ > 0)
		putchar(',');
	lsm_printer_json(object, FALSE);
	return TRUE;
}

gboolean
lsm_export_datatracker(const LsmExportJob *job, GError **error)
{
	Objects objects = {job, 0, NULL};
	gboolean done;

	puts("{\"objects\":[");
	done = lsm_export_each(job, put_object, &objects, error);
	if (objects.error != NULL) {
		g_propagate_error(error, objects.error);
		return FALSE;
	}
	printf("],\"meta\":{\"limit\":%" G_GUINT64_FORMAT ",\"next\":null,\"offset\":0,\"previous\":null,"
	       "\"total_count\":%" G_GUINT64_FORMAT "}}\n",
	       objects.count, objects.count);
	return done;
}
