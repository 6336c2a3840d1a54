/*
 * rebuild.c - cases and rows for reading from the log.
 *
 * Owns LSM_TABLE_CASE and the index kinds of cases while it runs; another writer may add events between two
 * pieces, whose cases are then read to their new end. Threads: one at a time. Fails by GError: CORRUPT where
 * the log itself cannot be read, which no rebuilding mends.
 */
#include "store/rebuild.h"

#include <string.h>

#include "conf/error.h"
#include "store/case.h"
#include "store/case_index.h"
#include "store/log.h"

#define CLOCK_EVERY 64      /* events between two looks at the clock */
#define SWEEP_AT_ONCE 2000  /* rows of cases */
#define REINDEX_AT_ONCE 200 /* rows or cases */
#define PIECE (50 * 1000)   /* microseconds of a transaction when nobody else waits */

/* Which statement an event is of: the id's hash stands for it, so that millions fit; equal ones are told
 * apart by the events themselves. */
typedef struct {
	guint64 id_hash;
	guint64 position;
} Place;

typedef enum { PART_CASES, PART_SWEEP, PART_INDEX, PART_DONE } Part;

/* How far it came. Taken back when a transaction was not committed: events that it saw may then be no more.
 */
typedef struct {
	Part part;
	guint64 read; /* events */
	guint late;   /* of those, that came since places was sorted */
	guint next;   /* of places: the first of the next case */
	char *after;  /* id behind which the sweep goes on, or NULL */
	char *index;  /* place of lsm_case_reindex, or NULL */
	LsmRebuildTally tally;
} Progress;

struct LsmRebuild {
	GArray *places; /* of Place: by hash and position once all are read */
	GArray *late;   /* of Place: what came since, by position; few */
	gboolean sorted;
	LsmRowSet *rows; /* of the cases, for the sweep of the others */
	Progress done, ahead;
};

LsmRebuild *
lsm_rebuild_new(void)
{
	LsmRebuild *rebuild = g_new0(LsmRebuild, 1);

	rebuild->places = g_array_new(FALSE, FALSE, sizeof(Place));
	rebuild->late = g_array_new(FALSE, FALSE, sizeof(Place));
	rebuild->rows = lsm_row_set_new();
	return rebuild;
}

static void
progress_set(Progress *progress, const Progress *from)
{
	char *after = g_strdup(from->after), *index = g_strdup(from->index);

	g_free(progress->after);
	g_free(progress->index);
	*progress = *from;
	progress->after = after;
	progress->index = index;
}

void
lsm_rebuild_free(LsmRebuild *rebuild)
{
	if (!rebuild)
		return;
	g_array_unref(rebuild->places);
	g_array_unref(rebuild->late);
	lsm_row_set_free(rebuild->rows);
	g_free(rebuild->done.after);
	g_free(rebuild->done.index);
	g_free(rebuild->ahead.after);
	g_free(rebuild->ahead.index);
	g_free(rebuild);
}

gboolean
lsm_rebuild_is_read(const LsmRebuild *rebuild)
{
	return rebuild->sorted;
}

gboolean
lsm_rebuild_is_done(const LsmRebuild *rebuild)
{
	return rebuild->done.part == PART_DONE;
}

LsmRebuildTally
lsm_rebuild_tally(const LsmRebuild *rebuild)
{
	LsmRebuildTally tally = rebuild->done.tally;

	tally.events = rebuild->done.read;
	return tally;
}

void
lsm_rebuild_committed(LsmRebuild *rebuild)
{
	progress_set(&rebuild->done, &rebuild->ahead);
	lsm_row_set_keep(rebuild->rows);
}

/* --- whose events --- */

/* FNV-1a, 64 bits: ids are made from digests, nobody gains by equal ones, and equal ones do no harm. */
static guint64
hash_of(const char *id)
{
	guint64 hash = G_GUINT64_CONSTANT(0xcbf29ce484222325);

	for (; *id; id++)
		hash = (hash ^ (guint8)*id) * G_GUINT64_CONSTANT(0x100000001b3);
	return hash;
}

typedef struct {
	GArray *places;
	guint64 read;
	gint64 until;    /* monotonic; 0: to the end */
	gboolean is_cut; /* the time was over first */
} Reading;

static gboolean
note_event(const LsmEvent *event, gpointer data)
{
	Reading *reading = data;
	Place place = {hash_of(event->case_id), event->position};

	g_array_append_val(reading->places, place);
	reading->read++;
	reading->is_cut = reading->until > 0 && reading->read % CLOCK_EVERY == 0 &&
			  g_get_monotonic_time() > reading->until;
	return !reading->is_cut;
}

static gint
by_hash_and_position(gconstpointer a, gconstpointer b)
{
	const Place *left = a, *right = b;

	if (left->id_hash != right->id_hash)
		return left->id_hash < right->id_hash ? -1 : 1;
	return left->position < right->position ? -1 : left->position > right->position;
}

static guint
count_cases(const GArray *places)
{
	guint count = 0;

	for (guint i = 0; i < places->len; i++)
		count += i == 0 || g_array_index(places, Place, i).id_hash !=
					   g_array_index(places, Place, i - 1).id_hash;
	return count;
}

gboolean
lsm_rebuild_read(LsmRebuild *rebuild, LsmStoreTxn *txn, gint64 budget, gboolean *done_out, GError **error)
{
	Reading reading = {rebuild->places, rebuild->done.read, g_get_monotonic_time() + budget, FALSE};

	g_assert(!rebuild->sorted);
	if (!lsm_log_scan_public(txn, reading.read, LSM_SCAN_FORWARD, note_event, &reading, error))
		return FALSE;
	rebuild->done.read = reading.read;
	*done_out = !reading.is_cut;
	if (*done_out) {
		g_array_sort(rebuild->places, by_hash_and_position);
		rebuild->sorted = TRUE;
		rebuild->done.tally.of = count_cases(rebuild->places);
	}
	return TRUE;
}

/* --- cases --- */

/* Folds an event into the case of its id; nearly always there is one only. */
static gboolean
fold_event(LsmStoreTxn *txn, GHashTable *cases, guint64 position, GError **error)
{
	g_autoptr(LsmEvent) event = NULL;
	LsmFound found = lsm_log_get(txn, position, &event, error);

	if (found != LSM_FOUND) {
		if (found == LSM_ABSENT)
			g_set_error(error, LSM_ERROR, LSM_ERROR_CORRUPT,
				    "event %" G_GUINT64_FORMAT ": is missing", position);
		return FALSE;
	}
	LsmCase *item = g_hash_table_lookup(cases, event->case_id);
	if (!item) {
		item = lsm_case_new(event->case_id);
		g_hash_table_insert(cases, g_strdup(event->case_id), item);
	}
	lsm_case_fold(item, event);
	return TRUE;
}

/* All cases of one hash; next moves behind them. */
static gboolean
fold_group(LsmRebuild *rebuild, LsmStoreTxn *txn, GHashTable *cases, guint *next, GError **error)
{
	guint64 hash = g_array_index(rebuild->places, Place, *next).id_hash;

	for (; *next < rebuild->places->len; (*next)++) {
		const Place *place = &g_array_index(rebuild->places, Place, *next);
		if (place->id_hash != hash)
			break;
		if (!fold_event(txn, cases, place->position, error))
			return FALSE;
	}
	for (guint i = 0; i < rebuild->late->len; i++) {
		const Place *place = &g_array_index(rebuild->late, Place, i);
		if (place->id_hash == hash && !fold_event(txn, cases, place->position, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
mend_case(LsmStoreTxn *txn, const LsmCase *item, guint64 *mended, GError **error)
{
	g_autoptr(GBytes) want = lsm_case_render(item);
	g_autoptr(GBytes) have = NULL;
	LsmFound found = lsm_store_get(txn, LSM_TABLE_CASE, item->id, strlen(item->id), &have, error);

	if (found == LSM_FOUND && g_bytes_equal(want, have)) {
		found = lsm_case_has_letters(txn, item->id, error);
		if (found == LSM_FOUND)
			return TRUE;
	}
	if (found == LSM_FAILED)
		return FALSE;
	(*mended)++;
	return lsm_case_put_row(txn, item, error);
}

static gboolean
mend_group(LsmRebuild *rebuild, LsmStoreTxn *txn, GError **error)
{
	g_autoptr(GHashTable) cases =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)lsm_case_free);
	Progress *ahead = &rebuild->ahead;
	GHashTableIter iter;
	gpointer item;

	if (!fold_group(rebuild, txn, cases, &ahead->next, error))
		return FALSE;
	g_hash_table_iter_init(&iter, cases);
	while (g_hash_table_iter_next(&iter, NULL, &item)) {
		ahead->tally.cases++;
		if (!mend_case(txn, item, &ahead->tally.mended, error))
			return FALSE;
	}
	return TRUE;
}

/* --- rows that no event speaks for --- */

typedef struct {
	const LsmRebuild *rebuild;
	GPtrArray *strangers; /* ids */
	char *last;
	guint left;
} Sweep;

static gboolean
is_known(const LsmRebuild *rebuild, const char *id)
{
	guint64 hash = hash_of(id);
	guint low = 0, high = rebuild->places->len;

	while (low < high) {
		guint middle = low + (high - low) / 2;
		guint64 here = g_array_index(rebuild->places, Place, middle).id_hash;
		if (here == hash)
			return TRUE;
		if (here < hash)
			low = middle + 1;
		else
			high = middle;
	}
	for (guint i = 0; i < rebuild->late->len; i++)
		if (g_array_index(rebuild->late, Place, i).id_hash == hash)
			return TRUE;
	return FALSE;
}

static gboolean
look_at_row(const void *key, gsize key_length, const void *value G_GNUC_UNUSED,
	    gsize value_length G_GNUC_UNUSED, gpointer data)
{
	Sweep *sweep = data;
	g_autofree char *id = g_strndup(key, key_length);

	if (!is_known(sweep->rebuild, id))
		g_ptr_array_add(sweep->strangers, g_strdup(id));
	g_free(sweep->last);
	sweep->last = g_steal_pointer(&id);
	return --sweep->left > 0;
}

static gboolean
sweep_slice(LsmRebuild *rebuild, LsmStoreTxn *txn, GError **error)
{
	Progress *ahead = &rebuild->ahead;
	g_autoptr(GPtrArray) strangers = g_ptr_array_new_with_free_func(g_free);
	Sweep sweep = {rebuild, strangers, NULL, SWEEP_AT_ONCE};
	gboolean fine = ahead->after
				? lsm_store_scan_from(txn, LSM_TABLE_CASE, ahead->after, strlen(ahead->after),
						      LSM_SCAN_FORWARD, look_at_row, &sweep, error)
				: lsm_store_scan(txn, LSM_TABLE_CASE, "", 0, LSM_SCAN_FORWARD, look_at_row,
						 &sweep, error);

	g_free(ahead->after);
	ahead->after = sweep.last;
	for (guint i = 0; fine && i < strangers->len; i++)
		fine = lsm_case_drop_row(txn, strangers->pdata[i], error);
	ahead->tally.removed += strangers->len;
	if (sweep.left > 0)
		ahead->part = PART_INDEX;
	return fine;
}

/* --- all parts --- */

static gboolean
index_slice(LsmRebuild *rebuild, LsmStoreTxn *txn, GError **error)
{
	Progress *ahead = &rebuild->ahead;

	if (!lsm_case_reindex(txn, REINDEX_AT_ONCE, rebuild->rows, &ahead->index, error))
		return FALSE;
	if (!ahead->index)
		ahead->part = PART_DONE;
	return TRUE;
}

static gboolean
do_some(LsmRebuild *rebuild, LsmStoreTxn *txn, GError **error)
{
	switch (rebuild->ahead.part) {
	case PART_CASES:
		if (rebuild->ahead.next < rebuild->places->len)
			return mend_group(rebuild, txn, error);
		rebuild->ahead.part = PART_SWEEP;
		return TRUE;
	case PART_SWEEP:
		return sweep_slice(rebuild, txn, error);
	case PART_INDEX:
		return index_slice(rebuild, txn, error);
	case PART_DONE:
		break;
	}
	return TRUE;
}

/* Nobody else writes while this transaction is open: what came since is read to its end first. */
static gboolean
catch_up(LsmRebuild *rebuild, LsmStoreTxn *txn, GError **error)
{
	Reading reading = {rebuild->late, rebuild->ahead.read, 0, FALSE};

	g_array_set_size(rebuild->late, rebuild->ahead.late);
	if (!lsm_log_scan_public(txn, reading.read, LSM_SCAN_FORWARD, note_event, &reading, error))
		return FALSE;
	rebuild->ahead.read = reading.read;
	rebuild->ahead.late = rebuild->late->len;
	return TRUE;
}

gboolean
lsm_rebuild_write(LsmRebuild *rebuild, LsmStoreTxn *txn, gint64 budget, GError **error)
{
	gint64 until = g_get_monotonic_time() + budget;

	g_assert(rebuild->sorted);
	progress_set(&rebuild->ahead, &rebuild->done);
	lsm_row_set_forget(rebuild->rows);
	if (!catch_up(rebuild, txn, error))
		return FALSE;
	do {
		if (!do_some(rebuild, txn, error))
			return FALSE;
	} while (rebuild->ahead.part != PART_DONE && g_get_monotonic_time() < until);
	return TRUE;
}

static gboolean
read_all(LsmRebuild *rebuild, LsmStore *store, GError **error)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(store, error);
	gboolean done;

	return txn && lsm_rebuild_read(rebuild, txn, G_MAXINT64 / 2, &done, error);
}

static gboolean
write_piece(LsmRebuild *rebuild, LsmStore *store, GError **error)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_write(store, error);

	if (!txn || !lsm_rebuild_write(rebuild, txn, PIECE, error) || !lsm_store_commit(txn, error))
		return FALSE;
	lsm_rebuild_committed(rebuild);
	return TRUE;
}

gboolean
lsm_rebuild_run(LsmStore *store, LsmRebuildTally *tally_out, GError **error)
{
	g_autoptr(LsmRebuild) rebuild = lsm_rebuild_new();

	if (!read_all(rebuild, store, error))
		return FALSE;
	while (!lsm_rebuild_is_done(rebuild))
		if (!write_piece(rebuild, store, error))
			return FALSE;
	*tally_out = lsm_rebuild_tally(rebuild);
	return TRUE;
}
