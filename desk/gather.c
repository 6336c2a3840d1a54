/*
 * gather.c - see gather.h.
 *
 * Owns the index kinds COVER and GATHERED. The decision reads on the caller's thread, so that a few
 * statements that come at the same moment may each still have their mail; nothing is lost by that.
 * lsm_gather_run is called by the desk's sending thread and writes through the writer; it logs its errors.
 */
#include "desk/gather.h"

#include <string.h>

#include "conf/log.h"
#include "desk/audience.h"
#include "desk/json.h"
#include "desk/values.h"
#include "rules/text.h"

#define HOUR (G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC)
#define SOURCE_OCTETS 100 /* a longer term would be kept as a digest, without its time */
#define CASES_AT_ONCE 200 /* of one mail; what is more waits for the next round */
#define MARK "gathered"

/* "itu-t 2026-11-21t10:00:00..." */
static char *
make_term(const char *source, gint64 now)
{
	g_autofree char *time = lsm_time_term(now);

	return g_strdup_printf("%.*s %s", SOURCE_OCTETS, source, time);
}

static const char *
time_in(const char *term)
{
	const char *blank = strrchr(term, ' ');

	return blank == NULL ? "" : blank + 1;
}

/* A name may be the beginning of another one. */
static gboolean
is_of(const char *term, const char *source)
{
	gsize length = MIN(strlen(source), (gsize)SOURCE_OCTETS);

	return time_in(term) == term + length + 1;
}

/* --- a passage --- */

typedef struct {
	const char *source;
	const char *after; /* time term */
	guint count;
} Counting;

static gboolean
count_recent(const char *term, const char *id G_GNUC_UNUSED, gpointer data)
{
	Counting *counting = data;

	counting->count += is_of(term, counting->source) && strcmp(time_in(term), counting->after) > 0;
	return TRUE;
}

static gboolean
count_covers(LsmStoreTxn *txn, const char *source, gint64 now, guint *count_out, GError **error)
{
	g_autofree char *after = lsm_time_term(now - HOUR);
	g_autofree char *prefix = g_strdup_printf("%.*s ", SOURCE_OCTETS, source);
	Counting counting = {source, after, 0};

	if (!lsm_index_scan(txn, LSM_INDEX_COVER, prefix, LSM_SCAN_FORWARD, count_recent, &counting, error))
		return FALSE;
	*count_out = counting.count;
	return TRUE;
}

static void
take_covers_out(JsonObject *members)
{
	JsonArray *mails = lsm_json_get_array(members, "mails");
	g_autoptr(JsonArray) rest = json_array_new();

	for (guint i = 0; mails != NULL && i < json_array_get_length(mails); i++) {
		JsonNode *node = json_array_get_element(mails, i);

		if (!JSON_NODE_HOLDS_OBJECT(node) ||
		    strcmp(lsm_json_get(json_node_get_object(node), "kind", ""), "cover") != 0)
			json_array_add_element(rest, json_node_copy(node));
	}
	json_object_set_array_member(members, "mails", g_steal_pointer(&rest));
	json_object_set_boolean_member(members, MARK, TRUE);
}

gboolean
lsm_gather_decide(LsmService *service, LsmStoreTxn *txn, JsonObject *members, gint64 now, GError **error)
{
	const char *source = lsm_json_get(members, "source", NULL);
	g_autoptr(LsmSettings) settings = lsm_service_settings(service);
	guint count = 0;

	if (source == NULL || settings->cover_limit == 0 || lsm_json_flag(members, MARK))
		return TRUE;
	if (!count_covers(txn, source, now, &count, error))
		return FALSE;
	if (count >= (guint)settings->cover_limit)
		take_covers_out(members);
	return TRUE;
}

gboolean
lsm_gather_note(LsmStoreTxn *txn, JsonObject *members, const char *case_id, gint64 now, GError **error)
{
	const char *source = lsm_json_get(members, "source", NULL);
	g_autofree char *term = source == NULL ? NULL : make_term(source, now);

	return term == NULL ||
	       lsm_index_put(txn, lsm_json_flag(members, MARK) ? LSM_INDEX_GATHERED : LSM_INDEX_COVER, term,
			     case_id, error);
}

/* --- the mail --- */

/* The rows that go together, in the writer's transaction: all of one source, or (source NULL) those of cover
 * mails that are older than an hour. */
typedef struct {
	LsmService *service;
	LsmIndexKind kind;
	const char *source;
	const char *before; /* time term: an hour ago */
	GPtrArray *terms, *ids;
} GatherJob;

static gboolean
collect_row(const char *term, const char *id, gpointer data)
{
	GatherJob *job = data;

	if (job->source != NULL ? !is_of(term, job->source) : strcmp(time_in(term), job->before) > 0)
		return TRUE;
	g_ptr_array_add(job->terms, g_strdup(term));
	g_ptr_array_add(job->ids, g_strdup(id));
	return job->ids->len < CASES_AT_ONCE;
}

static gboolean
collect_rows(LsmStoreTxn *txn, GatherJob *job, GError **error)
{
	g_autofree char *prefix = job->source == NULL ? g_strdup("") : g_strconcat(job->source, " ", NULL);

	g_ptr_array_set_size(job->terms, 0); /* the job may run twice */
	g_ptr_array_set_size(job->ids, 0);
	return lsm_index_scan(txn, job->kind, prefix, LSM_SCAN_FORWARD, collect_row, job, error);
}

static gboolean
delete_rows(LsmStoreTxn *txn, const GatherJob *job, GError **error)
{
	for (guint i = 0; i < job->ids->len; i++) {
		if (!lsm_index_delete(txn, job->kind, job->terms->pdata[i], job->ids->pdata[i], error))
			return FALSE;
	}
	return TRUE;
}

/* One mail while it is made. */
typedef struct {
	const LsmSettings *settings;
	gint64 now; /* UNIX time */
	GString *table;
	GPtrArray *to;
	char *source; /* as the cases write it */
	guint count;
} Gathered;

/* A case that was handled meanwhile, or taken off the record, needs no line. */
static gboolean
add_case(Gathered *mail, LsmStoreTxn *txn, const char *id, GError **error)
{
	g_autoptr(LsmCase) item = NULL;
	g_autofree char *subject = NULL;

	if (lsm_case_get(txn, id, &item, error) == LSM_FAILED)
		return FALSE;
	if (item == NULL || item->state != LSM_STATE_UNCONFIRMED || item->observed)
		return TRUE;
	lsm_audience_add(mail->to, mail->settings, item, LSM_AUDIENCE_COORDINATORS | LSM_AUDIENCE_MANAGERS,
			 mail->now);
	subject = lsm_text_one_line(item->subject == NULL ? "(no subject)" : item->subject, -1, 54);
	g_string_append_printf(mail->table, "  %s  %s\n", item->id, subject);
	if (mail->source == NULL)
		mail->source = g_strdup(item->from[0]);
	mail->count++;
	return TRUE;
}

static gboolean
put_gathered(LsmStoreTxn *txn, const GatherJob *job, Gathered *gathered, GError **error)
{
	g_autoptr(LsmValues) values = lsm_values_new(gathered->settings, NULL);
	LsmMail mail = {.text = "gathered"};

	for (guint i = 0; i < job->ids->len; i++) {
		if (!add_case(gathered, txn, job->ids->pdata[i], error))
			return FALSE;
	}
	if (gathered->count == 0)
		return TRUE;
	g_ptr_array_add(gathered->to, NULL);
	lsm_values_take(values, "source",
			g_strdup(gathered->source == NULL ? job->source : gathered->source));
	lsm_values_take(
		values, "count",
		g_strdup_printf("%u liaison statement%s", gathered->count, gathered->count == 1 ? "" : "s"));
	lsm_values_take(values, "table", g_strdup(gathered->table->str));
	mail.to = (char *const *)gathered->to->pdata;
	mail.values = lsm_values_list(values);
	return lsm_mails_put(job->service, txn, &mail, error);
}

static gboolean
put_mail(LsmStoreTxn *txn, const GatherJob *job, GError **error)
{
	g_autoptr(LsmSettings) settings = lsm_service_settings(job->service);
	g_autoptr(GString) table = g_string_new(NULL);
	g_autoptr(GPtrArray) to = lsm_audience_new();
	Gathered gathered = {settings, lsm_service_now(job->service) / G_USEC_PER_SEC, table, to, NULL, 0};
	gboolean ok = put_gathered(txn, job, &gathered, error);

	g_free(gathered.source);
	return ok;
}

static gboolean
write_gathered(LsmStoreTxn *txn, gpointer data, GError **error)
{
	GatherJob *job = data;

	if (!collect_rows(txn, job, error))
		return FALSE;
	return put_mail(txn, job, error) && delete_rows(txn, job, error);
}

static gboolean
write_forgotten(LsmStoreTxn *txn, gpointer data, GError **error)
{
	return collect_rows(txn, data, error) && delete_rows(txn, data, error);
}

/* --- house-keeping --- */

typedef struct {
	const char *before;
	GHashTable *due;     /* sources whose first row is old enough */
	gboolean has_covers; /* some are older than an hour */
} Finding;

static gboolean
find_source(const char *term, const char *id G_GNUC_UNUSED, gpointer data)
{
	Finding *finding = data;

	if (strcmp(time_in(term), finding->before) <= 0)
		g_hash_table_add(finding->due, g_strndup(term, (gsize)(time_in(term) - term) - 1));
	return TRUE;
}

static gboolean
find_old_cover(const char *term, const char *id G_GNUC_UNUSED, gpointer data)
{
	Finding *finding = data;

	finding->has_covers = strcmp(time_in(term), finding->before) <= 0;
	return !finding->has_covers;
}

static gboolean
look(LsmService *service, Finding *finding, GError **error)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(service->store, error);

	return txn != NULL &&
	       lsm_index_scan(txn, LSM_INDEX_GATHERED, "", LSM_SCAN_FORWARD, find_source, finding, error) &&
	       lsm_index_scan(txn, LSM_INDEX_COVER, "", LSM_SCAN_FORWARD, find_old_cover, finding, error);
}

static void
run_job(LsmService *service, const char *before, const char *source)
{
	g_autoptr(GPtrArray) terms = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
	GatherJob job = {
		service, source == NULL ? LSM_INDEX_COVER : LSM_INDEX_GATHERED, source, before, terms, ids};
	g_autoptr(GError) error = NULL;

	if (!lsm_writer_run(service->writer, source == NULL ? write_forgotten : write_gathered, &job, &error))
		lsm_log_error(error, NULL, "covers-not-gathered", NULL);
}

void
lsm_gather_run(LsmService *service)
{
	g_autofree char *before = lsm_time_term(lsm_service_now(service) - HOUR);
	g_autoptr(GHashTable) due = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	Finding finding = {before, due, FALSE};
	g_autoptr(GError) error = NULL;
	GHashTableIter iter;
	gpointer source;

	if (!look(service, &finding, &error)) {
		lsm_log_error(error, NULL, "covers-not-gathered", NULL);
		return;
	}
	g_hash_table_iter_init(&iter, due);
	while (g_hash_table_iter_next(&iter, &source, NULL))
		run_job(service, before, source);
	if (finding.has_covers)
		run_job(service, before, NULL);
}
