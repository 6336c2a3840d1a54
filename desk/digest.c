/*
 * digest.c - see digest.h.
 *
 * Owns the table of who works on which state, and a row of LSM_TABLE_META an address: the day of the last
 * digest, written with the mail. Runs on the caller's thread; writes through the writer.
 */
#include "desk/digest.h"

#include <string.h>

#include "desk/agenda.h"
#include "desk/audience.h"
#include "desk/json.h"
#include "desk/values.h"
#include "rules/text.h"

#define KEY "digest "
#define MAX_ROWS 200       /* of one mail; the others are counted */
#define SUBJECT_OCTETS 200 /* before it is cut to the line */
#define LINE 76

#define WATCHERS (LSM_AUDIENCE_COORDINATORS | LSM_AUDIENCE_MANAGERS)

/* Who has something to do, or to look after, in a state. To add a state: a row. */
static const struct {
	LsmState state;
	guint audience;
} workers[] = {
	{LSM_STATE_UNDELIVERED, LSM_AUDIENCE_COORDINATORS},
	{LSM_STATE_PENDING, LSM_AUDIENCE_APPROVERS | LSM_AUDIENCE_COORDINATORS},
	{LSM_STATE_IN_REVIEW, LSM_AUDIENCE_COORDINATORS},
	{LSM_STATE_AROUND, LSM_AUDIENCE_APPROVERS | LSM_AUDIENCE_COORDINATORS},
	{LSM_STATE_DISAGREED, WATCHERS},
	{LSM_STATE_UNCONFIRMED, WATCHERS},
	{LSM_STATE_CONFIRMED, WATCHERS},
	{LSM_STATE_ASSIGNED, LSM_AUDIENCE_ASSIGNEE | WATCHERS},
	{LSM_STATE_DISTRIBUTED, LSM_AUDIENCE_ASSIGNEE | LSM_AUDIENCE_CHAIRS | WATCHERS},
	{LSM_STATE_UNSURE, LSM_AUDIENCE_COORDINATORS},
	{LSM_STATE_APPROVED, LSM_AUDIENCE_COORDINATORS},
};

static guint
audience_of(LsmState state)
{
	for (guint i = 0; i < G_N_ELEMENTS(workers); i++) {
		if (workers[i].state == state)
			return workers[i].audience;
	}
	return 0;
}

static void
add_to(GHashTable *digests, const char *address, const LsmCase *item)
{
	g_autofree char *key = g_utf8_strdown(address, -1);
	GPtrArray *items = g_hash_table_lookup(digests, key);

	if (items == NULL) {
		items = g_ptr_array_new();
		g_hash_table_insert(digests, g_steal_pointer(&key), items);
	}
	g_ptr_array_add(items, (gpointer)item);
}

GHashTable *
lsm_digest_sort(const LsmSettings *settings, const GPtrArray *agenda, gint64 now)
{
	GHashTable *digests =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);

	for (guint i = 0; i < agenda->len; i++) {
		const LsmCase *item = agenda->pdata[i];
		g_autoptr(GPtrArray) addresses = lsm_audience_new();

		lsm_audience_add(addresses, settings, item, audience_of(item->state), now);
		for (guint k = 0; k < addresses->len; k++)
			add_to(digests, addresses->pdata[k], item);
	}
	return digests;
}

/* --- the table --- */

static char *
joined(char *const *list)
{
	return list == NULL || list[0] == NULL ? g_strdup("?") : g_strjoinv(", ", (char **)list);
}

/* Cut between characters, so that a table stays one. Takes text. */
static char *
cut(char *text, glong columns)
{
	g_autofree char *whole = text;
	g_autofree char *head = NULL;

	if (g_utf8_strlen(whole, -1) <= columns)
		return g_steal_pointer(&whole);
	head = g_utf8_substring(whole, 0, columns - 3);
	return g_strconcat(head, "...", NULL);
}

static void
append_row(GString *table, const LsmCase *item, int today)
{
	const LsmStateRow *state = lsm_state_row(item->state);
	const char *dash = strrchr(item->id, '-');
	g_autofree char *since = lsm_agenda_day_text(lsm_agenda_day(item->since));
	g_autofree char *subject =
		lsm_text_one_line(item->subject == NULL ? "(no subject)" : item->subject, -1, SUBJECT_OCTETS);
	g_autofree char *from = joined(item->from);
	g_autofree char *to = joined(item->to);
	g_autofree char *parties = cut(g_strdup_printf("%s > %s: %s", from, to, subject), LINE - 8);
	int deadline = lsm_agenda_deadline(item);

	g_string_append_printf(table, "%-7s %-12s %-11s %-10s%s %s%s%s%s\n",
			       dash == NULL ? item->id : dash + 1, state->word, since,
			       deadline == LSM_AGENDA_NO_DAY ? "-" : item->deadline,
			       deadline < today ? "!" : " ", state->step, *state->whose == '\0' ? "" : " (",
			       state->whose, *state->whose == '\0' ? "" : ")");
	g_string_append_printf(table, "        %s\n", parties);
}

static char *
make_table(const GPtrArray *items, int today)
{
	GString *table = g_string_new("ID      STATE        SINCE       DEADLINE   NEXT STEP\n");

	for (guint i = 0; i < items->len && i < MAX_ROWS; i++)
		append_row(table, items->pdata[i], today);
	if (items->len > MAX_ROWS)
		g_string_append_printf(table, "... and %u more\n", items->len - MAX_ROWS);
	return g_string_free(table, FALSE);
}

static guint
count_overdue(const GPtrArray *items, int today)
{
	guint count = 0;

	for (guint i = 0; i < items->len; i++)
		count += lsm_agenda_deadline(items->pdata[i]) < today;
	return count;
}

/* --- one digest, in the writer's transaction --- */

typedef struct {
	LsmService *service;
	const LsmSettings *settings;
	const char *to;
	const GPtrArray *items;
	const char *day;
	int today;
	gboolean was_put; /* on this day, by an earlier run */
} DigestJob;

static gboolean
look_up(LsmStoreTxn *txn, DigestJob *job, const char *key, GError **error)
{
	g_autoptr(GBytes) value = NULL;
	LsmFound found = lsm_store_get(txn, LSM_TABLE_META, key, strlen(key), &value, error);

	job->was_put = found == LSM_FOUND && g_bytes_get_size(value) == strlen(job->day) &&
		       memcmp(g_bytes_get_data(value, NULL), job->day, strlen(job->day)) == 0;
	return found != LSM_FAILED;
}

static gboolean
put_mail(LsmStoreTxn *txn, const DigestJob *job, GError **error)
{
	g_autoptr(LsmValues) values = lsm_values_new(job->settings, NULL);
	char *const to[] = {(char *)job->to, NULL};
	guint overdue = count_overdue(job->items, job->today);
	LsmMail mail = {.text = "digest", .to = to};

	lsm_values_take(values, "day", g_strdup(job->day));
	lsm_values_take(
		values, "count",
		g_strdup_printf("%u liaison statement%s", job->items->len, job->items->len == 1 ? "" : "s"));
	lsm_values_take(values, "overdue", overdue == 0 ? NULL : g_strdup_printf(", %u overdue", overdue));
	lsm_values_take(values, "table", make_table(job->items, job->today));
	mail.values = lsm_values_list(values);
	return lsm_mails_put(job->service, txn, &mail, error);
}

static gboolean
write_digest(LsmStoreTxn *txn, gpointer data, GError **error)
{
	DigestJob *job = data;
	g_autofree char *key = g_strconcat(KEY, job->to, NULL);

	if (!look_up(txn, job, key, error))
		return FALSE;
	return job->was_put ||
	       (put_mail(txn, job, error) &&
		lsm_store_put(txn, LSM_TABLE_META, key, strlen(key), job->day, strlen(job->day), error));
}

/* A dry run asks the record whether it was put, too. */
static gboolean
look_only(DigestJob *job, GError **error)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(job->service->store, error);
	g_autofree char *key = g_strconcat(KEY, job->to, NULL);

	return txn != NULL && look_up(txn, job, key, error);
}

static void
report(JsonArray *digests, const DigestJob *job)
{
	JsonObject *row = json_object_new();

	lsm_json_set(row, "to", job->to);
	json_object_set_int_member(row, "count", job->items->len);
	json_array_add_object_element(digests, row);
}

gboolean
lsm_digest_run(LsmService *service, const GPtrArray *agenda, gboolean dry_run, JsonArray *digests,
	       GError **error)
{
	g_autoptr(LsmSettings) settings = lsm_service_settings(service);
	gint64 now = lsm_service_now(service);
	g_autofree char *day = lsm_agenda_day_text(lsm_agenda_day(now));
	g_autoptr(GHashTable) sorted = NULL;
	g_autoptr(GList) addresses = NULL;

	if (!settings->daily_digest)
		return TRUE;
	sorted = lsm_digest_sort(settings, agenda, now / G_USEC_PER_SEC);
	addresses = g_list_sort(g_hash_table_get_keys(sorted), (GCompareFunc)strcmp);
	for (GList *l = addresses; l != NULL; l = l->next) {
		DigestJob job = {service, settings,
				 l->data, g_hash_table_lookup(sorted, l->data),
				 day,     lsm_agenda_day(now),
				 FALSE};

		if (dry_run ? !look_only(&job, error)
			    : !lsm_writer_run(service->writer, write_digest, &job, error))
			return FALSE;
		if (!job.was_put)
			report(digests, &job);
	}
	return TRUE;
}
