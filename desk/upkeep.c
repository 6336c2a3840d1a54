/*
 * upkeep.c - what the desk does on its own: writes counted list copies, erases what was only observed or rejected
 * long ago, forgets answer tokens.
 *
 * Runs on the desk's sending thread; writes through the writer.
 */
#include <string.h>

#include "conf/error.h"
#include "conf/log.h"
#include "desk/internal.h"
#include "desk/token.h"
#include "store/query.h"

#define DAY (G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC)
#define PURGE_AT_ONCE 500 /* token rows a round */
#define ERASE_AT_ONCE 100 /* cases a round: keeps a commit short */

typedef struct {
	LsmService *service;
	const char *id;
	guint copies;
	gint64 now;
} CopiesJob;

static gboolean
write_copies(LsmStoreTxn *txn, gpointer data, GError **error)
{
	const CopiesJob *job = data;
	g_autoptr(LsmCase) item = NULL;
	g_autoptr(LsmEvent) event = NULL;
	LsmFound found = lsm_case_get(txn, job->id, &item, error);

	if (found != LSM_FOUND)
		return found == LSM_ABSENT;
	event = lsm_event_new(LSM_EVENT_DOOR, job->id, job->now, job->service->node);
	json_object_set_int_member(event->public, "copies", job->copies);
	return lsm_record_event(txn, item, event, error);
}

void
lsm_service_write_list_copies(LsmService *service)
{
	g_autoptr(GHashTable) copies = NULL;
	GHashTableIter iter;
	gpointer id, count;

	g_mutex_lock(&service->lock);
	if (g_hash_table_size(service->list_copies) > 0) {
		copies = service->list_copies;
		service->list_copies = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	}
	g_mutex_unlock(&service->lock);
	if (copies == NULL)
		return;
	g_hash_table_iter_init(&iter, copies);
	while (g_hash_table_iter_next(&iter, &id, &count)) {
		g_autoptr(GError) error = NULL;
		CopiesJob job = {service, id, GPOINTER_TO_UINT(count), lsm_service_now(service)};

		if (!lsm_writer_run(service->writer, write_copies, &job, &error))
			lsm_log_error(error, NULL, "list-copies-not-counted", "case", id, NULL);
	}
}

/* --- observed contents --- */

typedef struct {
	LsmService *service;
	const char *before; /* time term */
	gint64 now;
	GPtrArray *terms, *ids; /* found in this round */
} EraseJob;

static gboolean
collect_old(const char *term, const char *id, gpointer data)
{
	EraseJob *job = data;

	if (strcmp(term, job->before) >= 0)
		return FALSE;
	g_ptr_array_add(job->terms, g_strdup(term));
	g_ptr_array_add(job->ids, g_strdup(id));
	return job->ids->len < ERASE_AT_ONCE;
}

static gboolean
erase_content(LsmStoreTxn *txn, const LsmService *service, LsmCase *item, gint64 now, GError **error)
{
	g_autoptr(LsmEvent) event = NULL;

	if (!lsm_content_erase(txn, item->content, error))
		return FALSE;
	event = lsm_event_new(LSM_EVENT_ERASED, item->id, now, service->node);
	json_object_set_string_member(event->public, "kind", "content");
	return lsm_record_event(txn, item, event, error);
}

static gboolean
erase_case(LsmStoreTxn *txn, const EraseJob *job, const char *id, GError **error)
{
	g_autoptr(LsmCase) item = NULL;
	LsmFound found = lsm_case_get(txn, id, &item, error);

	/* Taken up by a later passage under enforcement: no longer merely observed. */
	if (found != LSM_FOUND || !item->observed || item->content == NULL)
		return found != LSM_FAILED;
	return erase_content(txn, job->service, item, job->now, error);
}

static gboolean
write_erasures(LsmStoreTxn *txn, gpointer data, GError **error)
{
	EraseJob *job = data;

	g_ptr_array_set_size(job->terms, 0);
	g_ptr_array_set_size(job->ids, 0);
	if (!lsm_index_scan(txn, LSM_INDEX_OBSERVED, "", LSM_SCAN_FORWARD, collect_old, job, error))
		return FALSE;
	for (guint i = 0; i < job->ids->len; i++) {
		const char *id = g_ptr_array_index(job->ids, i);
		if (!erase_case(txn, job, id, error) ||
		    !lsm_index_delete(txn, LSM_INDEX_OBSERVED, g_ptr_array_index(job->terms, i), id, error))
			return FALSE;
	}
	return TRUE;
}

static void
erase_old_observed(LsmService *service, const LsmSettings *settings, gint64 now)
{
	g_autofree char *before = lsm_time_term(now - settings->observe_retention * DAY);
	g_autoptr(GPtrArray) terms = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
	EraseJob job = {service, before, now, terms, ids};
	g_autoptr(GError) error = NULL;

	if (!lsm_writer_run(service->writer, write_erasures, &job, &error))
		lsm_log_error(error, NULL, "observed-not-erased", NULL);
}

/* --- rejected attempts --- */

/* One round's look: some of those that were first recorded long enough ago, newest first. */
typedef struct {
	gint64 before; /* nothing happened to it since */
	guint left;
	GPtrArray *ids;
	char *cursor; /* of the last one that was looked at */
} RejectedLook;

static gboolean
is_old_reject(const LsmCase *item, gint64 before)
{
	return item->state == LSM_STATE_REJECTED && item->content != NULL && item->changed < before;
}

static gboolean
look_at_rejected(const LsmCase *item, const char *cursor, gpointer data)
{
	RejectedLook *look = data;

	if (is_old_reject(item, look->before))
		g_ptr_array_add(look->ids, g_strdup(item->id));
	g_free(look->cursor);
	look->cursor = g_strdup(cursor);
	return --look->left > 0;
}

static gboolean
find_rejected(LsmService *service, RejectedLook *look, GError **error)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(service->store, error);
	const LsmQuery query = {.states = 1u << LSM_STATE_REJECTED,
				.until = look->before,
				.after = service->rejected_cursor};

	return txn != NULL && lsm_query_run(txn, &query, look_at_rejected, look, error);
}

typedef struct {
	LsmService *service;
	const RejectedLook *look;
	gint64 now;
} RejectedJob;

/* It may have become something else since it was looked at. */
static gboolean
erase_rejected(LsmStoreTxn *txn, gpointer data, GError **error)
{
	const RejectedJob *job = data;

	for (guint i = 0; i < job->look->ids->len; i++) {
		g_autoptr(LsmCase) item = NULL;
		LsmFound found = lsm_case_get(txn, job->look->ids->pdata[i], &item, error);

		if (found == LSM_FAILED)
			return FALSE;
		if (found == LSM_FOUND && is_old_reject(item, job->look->before) &&
		    !erase_content(txn, job->service, item, job->now, error))
			return FALSE;
	}
	return TRUE;
}

static void
erase_old_rejects(LsmService *service, const LsmSettings *settings, gint64 now)
{
	g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
	RejectedLook look = {now - settings->rejected_retention * DAY, ERASE_AT_ONCE, ids, NULL};
	RejectedJob job = {service, &look, now};
	g_autoptr(GError) error = NULL;

	if (!find_rejected(service, &look, &error) ||
	    (ids->len > 0 && !lsm_writer_run(service->writer, erase_rejected, &job, &error))) {
		lsm_log_error(error, NULL, "rejected-not-erased", NULL);
		g_clear_pointer(&look.cursor, g_free);
	}
	/* Behind the last one the next round begins anew. */
	if (look.left > 0)
		g_clear_pointer(&look.cursor, g_free);
	g_free(service->rejected_cursor);
	service->rejected_cursor = look.cursor;
}

/* --- all of them --- */

void
lsm_service_erase_old(LsmService *service)
{
	g_autoptr(LsmSettings) settings = lsm_service_settings(service);
	gint64 now = lsm_service_now(service);

	erase_old_observed(service, settings, now);
	erase_old_rejects(service, settings, now);
}

/* --- answer tokens --- */

static gboolean
write_purge(LsmStoreTxn *txn, gpointer data, GError **error)
{
	LsmService *service = data;
	guint8 cursor[32];
	guint removed;

	/* A job may run twice: the cursor moves once it is done. */
	memcpy(cursor, service->token_cursor, sizeof cursor);
	if (!lsm_token_purge(txn, lsm_service_now(service), PURGE_AT_ONCE, cursor, &removed, error))
		return FALSE;
	memcpy(service->next_token_cursor, cursor, sizeof cursor);
	return TRUE;
}

void
lsm_service_purge_tokens(LsmService *service)
{
	g_autoptr(GError) error = NULL;

	if (lsm_writer_run(service->writer, write_purge, service, &error))
		memcpy(service->token_cursor, service->next_token_cursor, sizeof service->token_cursor);
	else
		lsm_log_error(error, NULL, "tokens-not-purged", NULL);
}
