/*
 * health.c - see health.h. Owns nothing. What lies beside the record and cannot be read (another user's folder)
 * counts as not there; the record itself must be readable.
 */
#include "desk/health.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "desk/internal.h"
#include "desk/outbox.h"
#include "store/checkpoint.h"
#include "store/query.h"
#include "store/swap.h"

#define HOUR (G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC)
#define MOST_CHECKPOINTS (64u << 20) /* octets of the file; more than a century of nights */

/* --- in the record --- */

static gboolean
note_waiting(const LsmCase *item, const char *cursor G_GNUC_UNUSED, gpointer data)
{
	LsmHealth *health = data;

	health->waiting++;
	if (health->oldest_waiting == 0 || item->since < health->oldest_waiting)
		health->oldest_waiting = item->since;
	return TRUE;
}

static gboolean
read_waiting(LsmStoreTxn *txn, LsmHealth *health, GError **error)
{
	const LsmQuery query = {.states = 1u << LSM_STATE_PENDING | 1u << LSM_STATE_IN_REVIEW};

	return lsm_query_run(txn, &query, note_waiting, health, error);
}

static gboolean
read_outbox(LsmStoreTxn *txn, LsmHealth *health, GError **error)
{
	g_autoptr(GPtrArray) entries = lsm_outbox_list(txn, NULL, error);

	for (guint i = 0; entries != NULL && i < entries->len; i++) {
		const LsmOutboxEntry *entry = g_ptr_array_index(entries, i);

		health->held += strcmp(entry->state, "held") == 0;
		health->failed += strcmp(entry->state, "failed") == 0;
		if (strcmp(entry->state, "due") != 0)
			continue;
		health->due++;
		if (health->oldest_due == 0 || entry->since < health->oldest_due)
			health->oldest_due = entry->since;
	}
	return entries != NULL;
}

typedef struct {
	const char *after; /* time term */
	guint count;
} Interventions;

static gboolean
count_intervention(const char *term, const char *id G_GNUC_UNUSED, gpointer data)
{
	Interventions *found = data;

	if (strcmp(term, found->after) <= 0)
		return FALSE;
	found->count++;
	return TRUE;
}

static gboolean
read_interventions(LsmStoreTxn *txn, gint64 now, LsmHealth *health, GError **error)
{
	g_autofree char *after = lsm_time_term(now - HOUR);
	Interventions found = {after, 0};

	if (!lsm_index_scan(txn, LSM_INDEX_INTERVENTION, "", LSM_SCAN_BACKWARD, count_intervention, &found, error))
		return FALSE;
	health->interventions = found.count;
	return TRUE;
}

static gboolean
read_record(LsmStore *store, gint64 now, LsmHealth *health, GError **error)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(store, error);
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(now / G_USEC_PER_SEC);
	g_autofree char *today = g_date_time_format(time, "%Y-%m-%d");

	return txn != NULL && lsm_tally_count(txn, today, &health->tally, error) &&
	       read_waiting(txn, health, error) && read_outbox(txn, health, error) &&
	       read_interventions(txn, now, health, error) && lsm_log_head(txn, &health->head, error) &&
	       lsm_store_usage(store, &health->usage, error);
}

/* --- beside it --- */

static guint
count_late(const LsmSettings *settings)
{
	g_autoptr(GDir) folder = g_dir_open(settings->late_journal, 0, NULL);
	const char *name;
	guint count = 0;

	while (folder != NULL && (name = g_dir_read_name(folder)) != NULL)
		count += name[0] != '.' && g_str_has_suffix(name, ".mail");
	return count;
}

/* Each checkpoint is an origin, a size, a root, an empty line and signatures; the last one counts. */
static gboolean
last_size(char *const *lines, guint64 *size_out)
{
	gboolean found = FALSE;

	for (guint i = 0, count = g_strv_length((char **)lines); i + 3 < count; i++) {
		guint64 size;

		if (*lines[i] == '\0' || *lines[i + 2] == '\0' || *lines[i + 3] != '\0' ||
		    !lsm_checkpoint_number_parse(lines[i + 1], strlen(lines[i + 1]), &size))
			continue;
		*size_out = size;
		found = TRUE;
	}
	return found;
}

static void
read_checkpoint(const LsmSettings *settings, LsmHealth *health)
{
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;
	struct stat status;

	if (stat(settings->checkpoints, &status) != 0 || !S_ISREG(status.st_mode) ||
	    status.st_size > MOST_CHECKPOINTS || !g_file_get_contents(settings->checkpoints, &text, NULL, NULL))
		return;
	lines = g_strsplit(text, "\n", -1);
	if (last_size(lines, &health->checkpoint_size))
		health->checkpoint_time = status.st_mtime;
}

static void
read_disk(const char *uri, LsmHealth *health)
{
	g_autofree char *folder = lsm_swap_path(uri, NULL);
	struct statvfs status;

	health->has_disk = folder != NULL && statvfs(folder, &status) == 0;
	if (health->has_disk)
		health->disk_free = (guint64)status.f_bavail * status.f_frsize;
}

gboolean
lsm_health_read(LsmStore *store, const char *uri, const LsmSettings *settings, gint64 now, LsmHealth *health_out,
		GError **error)
{
	*health_out = (LsmHealth){0};
	if (!read_record(store, now, health_out, error))
		return FALSE;
	read_disk(uri, health_out);
	if (settings != NULL) {
		health_out->late = count_late(settings);
		read_checkpoint(settings, health_out);
	}
	return TRUE;
}
