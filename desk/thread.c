/*
 * thread.c - see thread.h. Reads run in a transaction of their own, the note through the writer. Any thread;
 * fails as the store fails.
 */
#include "desk/thread.h"

#include <string.h>

#include "conf/error.h"
#include "desk/internal.h"
#include "desk/json.h"
#include "desk/token.h"
#include "store/query.h"

#define DAY (G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC)
#define MOST_IDS 32 /* of what one mail says that it answers */
#define TOLD "informed"
#define MAIL_MARK "informed-by"
#define COUNT_MARK "informed-count"
#define IN(name) (1u << LSM_STATE_##name)

static const guint32 waiting_states = IN(UNCONFIRMED) | IN(CONFIRMED) | IN(ASSIGNED) | IN(DISTRIBUTED);

gboolean
lsm_thread_is_informed(const LsmCase *item)
{
	return lsm_address_in_list(TOLD, item->told);
}

/* --- what the gates look out for --- */

static gboolean
take_message_id(const LsmCase *item, const char *cursor G_GNUC_UNUSED, gpointer data)
{
	JsonArray *ids = data;

	if (item->message_id != NULL && !item->observed)
		json_array_add_string_element(ids, item->message_id);
	return json_array_get_length(ids) < LSM_THREAD_MOST;
}

gboolean
lsm_thread_list(LsmService *service, JsonObject *args, JsonObject *answer, GError **error)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(service->store, error);
	char *incoming[] = {(char *)"in", NULL};
	LsmQuery query = {.states = waiting_states, .ways = incoming};
	g_autoptr(JsonArray) ids = json_array_new();
	LsmLogHead head;

	if (txn == NULL || !lsm_log_head(txn, &head, error))
		return FALSE;
	/* Whatever happens to a statement is an event: the size of the log tells whether anything did. */
	json_object_set_int_member(answer, "state", (gint64)head.size);
	if (lsm_json_get_int(args, "known", -1) == (gint64)head.size)
		return TRUE;
	if (!lsm_query_run(txn, &query, take_message_id, ids, error))
		return FALSE;
	json_object_set_array_member(answer, "ids", g_steal_pointer(&ids));
	return TRUE;
}

/* --- what they saw --- */

typedef struct {
	LsmService *service;
	const LsmSettings *settings;
	JsonObject *args;
	char **recipients;
	gint64 now;
} Job;

static gboolean
names_share(char *const *names, char *const *others)
{
	for (guint i = 0; names[i] != NULL; i++) {
		for (guint k = 0; others[k] != NULL; k++) {
			if (g_ascii_strcasecmp(names[i], others[k]) == 0)
				return TRUE;
		}
	}
	return FALSE;
}

/* To the body by one of its addresses, or to the very person who wrote. */
static gboolean
reaches_origin(const LsmCase *item, const char *address, const LsmDirectory *directory)
{
	const LsmOrganization *organization = lsm_directory_organization_of(directory, address);
	const char *const persons[] = {item->sender, item->author, item->reply_to};

	if (organization != NULL && names_share(organization->names, item->from))
		return TRUE;
	for (guint i = 0; i < G_N_ELEMENTS(persons); i++) {
		if (persons[i] != NULL && g_ascii_strcasecmp(persons[i], address) == 0)
			return TRUE;
	}
	return FALSE;
}

static gboolean
informs(const Job *job, const LsmCase *item)
{
	if ((waiting_states & (1u << item->state)) == 0 || g_strcmp0(item->way, "in") != 0 || item->observed)
		return FALSE;
	for (guint i = 0; job->recipients[i] != NULL; i++) {
		if (reaches_origin(item, job->recipients[i], job->settings->directory))
			return TRUE;
	}
	return FALSE;
}

/* Mail servers send again what they are not sure of, and one mail may come by several doors. */
static gboolean
is_new(LsmStoreTxn *txn, const Job *job, const LsmCase *item, gboolean *new_out, GError **error)
{
	const char *message_id = lsm_json_get(job->args, "message_id", NULL);
	g_autofree char *mark = g_strdup_printf("%s %s", item->id, message_id != NULL ? message_id : "");
	guint uses = 0, count = 0;

	*new_out = FALSE;
	if (!lsm_token_mark(txn, MAIL_MARK, mark, job->now, DAY, &uses, error))
		return FALSE;
	if (uses > 1)
		return TRUE;
	if (!lsm_token_mark(txn, COUNT_MARK, item->id, job->now, DAY, &count, error))
		return FALSE;
	*new_out = count <= LSM_THREAD_NOTES;
	return TRUE;
}

static gboolean
put_event(LsmStoreTxn *txn, const Job *job, LsmCase *item, GError **error)
{
	g_autoptr(LsmEvent) event = lsm_event_new(LSM_EVENT_INFORMED, item->id, job->now, job->service->node);
	const char *const told[] = {TOLD, NULL};

	lsm_json_set(event->public, "state", lsm_state_row(item->state)->word);
	lsm_json_set_strings(event->public, "told", told);
	event->private = json_object_new();
	lsm_json_set(event->private, "actor", lsm_json_get(job->args, "by", NULL));
	lsm_json_set(event->private, "mail", lsm_json_get(job->args, "message_id", NULL));
	return lsm_record_event(txn, item, event, error);
}

static gboolean
note_one(LsmStoreTxn *txn, const Job *job, const char *answered, GError **error)
{
	g_autofree char *id = NULL;
	g_autoptr(LsmCase) item = NULL;
	LsmFound found = lsm_index_find(txn, LSM_INDEX_MESSAGE_ID, answered, &id, error);
	gboolean wanted = FALSE;

	if (found == LSM_FOUND)
		found = lsm_case_get(txn, id, &item, error);
	if (found != LSM_FOUND)
		return found == LSM_ABSENT;
	if (!informs(job, item))
		return TRUE;
	if (!is_new(txn, job, item, &wanted, error))
		return FALSE;
	return !wanted || put_event(txn, job, item, error);
}

static gboolean
write_note(LsmStoreTxn *txn, gpointer data, GError **error)
{
	const Job *job = data;
	g_auto(GStrv) ids = lsm_json_get_list(job->args, "ids");

	for (guint i = 0; ids[i] != NULL && i < MOST_IDS; i++) {
		if (*ids[i] != '\0' && !note_one(txn, job, ids[i], error))
			return FALSE;
	}
	return TRUE;
}

gboolean
lsm_thread_note(LsmService *service, JsonObject *args, GError **error)
{
	g_autoptr(LsmSettings) settings = lsm_service_settings(service);
	g_auto(GStrv) recipients = lsm_json_get_list(args, "recipients");
	Job job = {service, settings, args, recipients, lsm_service_now(service)};

	return lsm_writer_run(service->writer, write_note, &job, error);
}
