/*
 * query.c - see query.h.
 *
 * Owns the way from conditions to rows: conditions.h says what fits, streams say where to look. Cases that are behind
 * in the indexes (case_index.h) are loaded, sorted and merged into what the indexes give. Threads: as
 * the transaction. Fails by GError.
 */
#include "store/query.h"

#include <string.h>

#include "conf/error.h"
#include "store/case_index.h"
#include "store/conditions.h"
#include "store/cursor.h"
#include "store/stream.h"

/* In another order than that of time, so many statements are sorted here rather than looked for in that order. */
#define SORTED_MAX 500
/* And so many rows of that order are tried before. */
#define STALL 500
/* Copies of one Message-ID, or statements of the same letters, beyond which no more are looked at. */
#define SAME_MAX 1000

typedef struct {
	LsmCase *item;
	LsmPlace place;
} Loaded;

typedef struct {
	LsmStoreTxn *txn;
	LsmQueryOrder order;
	LsmScanOrder direction;
	LsmConditions *conditions;
	LsmPlace after;     /* at NULL: the page begins with the first */
	GPtrArray *streams; /* of LsmStream *, in order of time: a fitting case is in each */
	GPtrArray *loaded;  /* of Loaded *: to be merged in */
	guint next;         /* of them */
	guint64 given;
	GHashTable *behind; /* ids whose rows are not to be believed */
	LsmQueryVisitor visit;
	gpointer data;
	gboolean with_cursors;
	gboolean ended; /* by the visitor */
} Run;

/* --- order --- */

LsmQueryOrder
lsm_query_order(const LsmQuery *query)
{
	return query->due_after || query->due_before || query->today ? LSM_QUERY_DEADLINE : query->order;
}

/* --- pages --- */

/* The time of the first record never changes, so that the id alone tells it. */
static gboolean
parse_cursor(Run *run, const char *cursor, GError **error)
{
	g_auto(GStrv) parts = g_strsplit(cursor, "/", 4);
	g_autofree char *head = *parts ? lsm_cursor_parse_head(run->order, parts) : NULL;
	g_autoptr(LsmCase) item = NULL;
	char time[LSM_CASE_TIME_SIZE];

	if (!head) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE, "\"%.100s\" is no cursor of this order", cursor);
		return FALSE;
	}
	LsmFound found = lsm_case_get_typed(run->txn, parts[g_strv_length(parts) - 1], &item, error);
	if (found == LSM_ABSENT)
		g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE,
			    "the cursor \"%.100s\" names no statement on record", cursor);
	if (found != LSM_FOUND)
		return FALSE;
	lsm_case_time_render(item->since, time);
	g_autofree char *at = g_strconcat(head, time, NULL);
	lsm_place_set(&run->after, at, item->id);
	return TRUE;
}

/* --- what is loaded --- */

static void
loaded_free(gpointer data)
{
	Loaded *loaded = data;

	lsm_case_free(loaded->item);
	lsm_place_clear(&loaded->place);
	g_free(loaded);
}

/* Keeps the case if it fits and stands on this page or a later one. */
static gboolean
load(Run *run, const char *id, GError **error)
{
	g_autoptr(LsmCase) item = NULL;
	LsmFound found = lsm_case_get(run->txn, id, &item, error);

	if (found != LSM_FOUND || !lsm_conditions_fit(run->conditions, item))
		return found != LSM_FAILED;
	Loaded *loaded = g_new0(Loaded, 1);
	g_autofree char *at = lsm_cursor_place(run->order, item);
	lsm_place_set(&loaded->place, at, id);
	loaded->item = g_steal_pointer(&item);
	if (run->after.at && lsm_place_compare(&loaded->place, &run->after, run->direction) <= 0)
		loaded_free(loaded);
	else
		g_ptr_array_add(run->loaded, loaded);
	return TRUE;
}

static gboolean
load_all(Run *run, GPtrArray *ids, GError **error)
{
	for (guint i = 0; i < ids->len; i++)
		if (!load(run, g_ptr_array_index(ids, i), error))
			return FALSE;
	return TRUE;
}

static gint
compare_loaded(gconstpointer a, gconstpointer b, gpointer run)
{
	return lsm_place_compare(&(*(Loaded *const *)a)->place, &(*(Loaded *const *)b)->place,
				 ((const Run *)run)->direction);
}

static gboolean
collect_behind(const char *term G_GNUC_UNUSED, const char *id, gpointer data)
{
	g_hash_table_add(data, g_strdup(id));
	return TRUE;
}

static gboolean
load_behind(Run *run, GError **error)
{
	GHashTableIter iter;
	gpointer id;

	if (!lsm_index_scan(run->txn, LSM_INDEX_BEHIND, "", LSM_SCAN_FORWARD, collect_behind, run->behind,
			    error))
		return FALSE;
	g_hash_table_iter_init(&iter, run->behind);
	while (g_hash_table_iter_next(&iter, &id, NULL))
		if (!load(run, id, error))
			return FALSE;
	return TRUE;
}

/* --- giving out --- */

static void
give(Run *run, const LsmCase *item)
{
	g_autofree char *cursor = run->with_cursors ? lsm_cursor_render(run->order, item) : NULL;

	run->given++;
	run->ended = !run->visit(item, cursor, run->data);
}

/* Loaded ones that come before place; NULL: all that are left. */
static void
give_loaded(Run *run, const LsmPlace *place)
{
	for (; run->next < run->loaded->len && !run->ended; run->next++) {
		const Loaded *loaded = g_ptr_array_index(run->loaded, run->next);
		if (place && lsm_place_compare(&loaded->place, place, run->direction) > 0)
			return;
		give(run, loaded->item);
	}
}

/* A row that an index gave. A case that is not there, or not as the row says, is none. */
static gboolean
give_row(Run *run, const LsmPlace *place, GError **error)
{
	g_autoptr(LsmCase) item = NULL;

	if (g_hash_table_contains(run->behind, place->id))
		return TRUE;
	if (lsm_case_get(run->txn, place->id, &item, error) == LSM_FAILED)
		return FALSE;
	if (!item || !lsm_conditions_fit(run->conditions, item))
		return TRUE;
	give_loaded(run, place);
	if (!run->ended)
		give(run, item);
	return TRUE;
}

/* --- in order of time: all streams at once --- */

/* The next place at `from` or behind it that all streams have. */
static LsmFound
seek_common(Run *run, LsmPlace *from, gboolean strict, GError **error)
{
	guint agreed = 0;

	for (guint i = 0; agreed < run->streams->len; i = (i + 1) % run->streams->len) {
		const LsmPlace *place;
		LsmFound found = lsm_stream_seek(g_ptr_array_index(run->streams, i), run->txn,
						 from->at ? from : NULL, strict, &place, error);
		if (found != LSM_FOUND)
			return found;
		if (strict || !from->at || lsm_place_compare(place, from, LSM_SCAN_BACKWARD) != 0) {
			agreed = 0;
			lsm_place_set(from, place->at, place->id);
		}
		strict = FALSE;
		agreed++;
	}
	return LSM_FOUND;
}

/* Called with each common place. FALSE with error, or with *go_on FALSE to end. */
typedef gboolean (*PlaceVisitor)(Run *run, const LsmPlace *place, gpointer data, gboolean *go_on, GError **error);

static gboolean
walk_times(Run *run, const LsmPlace *start, PlaceVisitor visit, gpointer data, GError **error)
{
	LsmPlace place = {NULL, NULL};
	gboolean go_on = TRUE, good = TRUE;
	const char *least = lsm_conditions_first_time(run->conditions);

	if (start->at)
		lsm_place_set(&place, start->at, start->id);
	while (good && go_on) {
		LsmFound found = seek_common(run, &place, place.at != NULL, error);
		good = found != LSM_FAILED;
		if (found != LSM_FOUND || strcmp(place.at, least) < 0)
			break;
		good = visit(run, &place, data, &go_on, error);
	}
	lsm_place_clear(&place);
	return good;
}

/* Where times begin, going backward: at the cursor or the end of the time asked for, which comes later. */
static void
start_of_times(const Run *run, const LsmPlace *cursor, LsmPlace *start_out)
{
	const char *until = lsm_conditions_end_time(run->conditions);
	LsmPlace bound = {(char *)until, (char *)""};

	if (until && (!cursor || !cursor->at || lsm_place_compare(cursor, &bound, LSM_SCAN_BACKWARD) < 0))
		cursor = &bound;
	if (cursor && cursor->at)
		lsm_place_set(start_out, cursor->at, cursor->id);
}

static gboolean
give_time(Run *run, const LsmPlace *place, gpointer data G_GNUC_UNUSED, gboolean *go_on, GError **error)
{
	gboolean good = give_row(run, place, error);

	*go_on = !run->ended;
	return good;
}

static gboolean
run_by_time(Run *run, GError **error)
{
	LsmPlace start = {NULL, NULL};

	if (run->streams->len == 0) {
		LsmStream *all = lsm_stream_new(LSM_SCAN_BACKWARD);
		lsm_stream_add(all, LSM_INDEX_TIME, "", "");
		g_ptr_array_add(run->streams, all);
	}
	start_of_times(run, &run->after, &start);
	gboolean good = walk_times(run, &start, give_time, NULL, error);
	lsm_place_clear(&start);
	return good;
}

/* --- in another order --- */

typedef struct {
	GPtrArray *ids;
	gboolean too_many;
} Few;

static gboolean
take_few(Run *run, const LsmPlace *place, gpointer data, gboolean *go_on, GError **error G_GNUC_UNUSED)
{
	Few *few = data;

	few->too_many = few->ids->len == SORTED_MAX;
	*go_on = !few->too_many;
	if (!few->too_many && !g_hash_table_contains(run->behind, place->id))
		g_ptr_array_add(few->ids, g_strdup(place->id));
	return TRUE;
}

/* Loads what the streams have in common if that is little; else says so, and nothing is loaded. */
static gboolean
load_few(Run *run, gboolean *too_many_out, GError **error)
{
	g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
	Few few = {ids, FALSE};
	LsmPlace start = {NULL, NULL};

	start_of_times(run, NULL, &start);
	gboolean good = walk_times(run, &start, take_few, &few, error);
	lsm_place_clear(&start);
	*too_many_out = few.too_many;
	return good && (few.too_many || load_all(run, ids, error));
}

static void
add_agenda_legs(const Run *run, LsmStream *stream)
{
	for (guint i = 0; i < LSM_STATE_COUNT; i++) {
		const LsmStateRow *row = lsm_state_row((LsmState)i);
		g_autofree char *head = g_strdup_printf("%s ", row->word);
		g_autofree char *label =
			run->order == LSM_QUERY_AGENDA ? lsm_cursor_label(row->state) : g_strdup("");
		if (row->open && lsm_conditions_states(run->conditions) & ((guint32)1 << i))
			lsm_stream_add(stream, LSM_INDEX_AGENDA, head, label);
	}
}

/* Each row of the order's own index, if the other streams have it, too. */
static LsmFound
is_in_all(const Run *run, const LsmPlace *place, GError **error)
{
	const char *time = place->at + strlen(place->at) - MIN(strlen(place->at), LSM_CASE_TIME_SIZE - 1);
	LsmFound found = LSM_FOUND;

	for (guint i = 0; i < run->streams->len && found == LSM_FOUND; i++)
		found = lsm_stream_has(g_ptr_array_index(run->streams, i), run->txn, time, place->id, error);
	return found;
}

/*
 * Along the order's own index. With a budget: so many rows at most until the first that is given; *stalled_out when it
 * was used up for nothing.
 */
static gboolean
run_along(Run *run, LsmStream *own, LsmPlace *place, guint budget, gboolean *stalled_out, GError **error)
{
	const char *end = lsm_conditions_end_date(run->conditions);
	const LsmPlace *next;
	LsmFound found;

	for (guint rows = 0; !run->ended; rows++) {
		*stalled_out = budget > 0 && rows == budget && run->given == 0;
		if (*stalled_out)
			return TRUE;
		found = lsm_stream_seek(own, run->txn, place->at ? place : NULL, TRUE, &next, error);
		if (found != LSM_FOUND)
			return found == LSM_ABSENT;
		lsm_place_set(place, next->at, next->id);
		if (run->order == LSM_QUERY_DEADLINE && strcmp(place->at, end) >= 0)
			return TRUE;
		found = is_in_all(run, place, error);
		if (found == LSM_FAILED || (found == LSM_FOUND && !give_row(run, place, error)))
			return FALSE;
	}
	return TRUE;
}

static LsmStream *
own_stream(const Run *run)
{
	LsmStream *own = lsm_stream_new(LSM_SCAN_FORWARD);

	if (run->order == LSM_QUERY_AGENDA || lsm_conditions_only_open(run->conditions))
		add_agenda_legs(run, own);
	else
		lsm_stream_add(own, LSM_INDEX_DEADLINE, "", "");
	return own;
}

/* Where what is asked for is rare in the order's own index, it is looked for in the others, and sorted. */
static gboolean
run_both_ways(Run *run, LsmStream *own, LsmPlace *place, GError **error)
{
	gboolean stalled, too_many;

	if (!run_along(run, own, place, run->streams->len > 0 ? STALL : 0, &stalled, error))
		return FALSE;
	if (!stalled)
		return TRUE;
	if (!load_few(run, &too_many, error))
		return FALSE;
	g_ptr_array_sort_with_data(run->loaded, compare_loaded, run);
	return !too_many || run_along(run, own, place, 0, &stalled, error);
}

static gboolean
run_by_order(Run *run, GError **error)
{
	g_autoptr(LsmStream) own = own_stream(run);
	const char *first = lsm_conditions_first_date(run->conditions);
	LsmPlace place = {NULL, NULL};

	if (run->after.at)
		lsm_place_set(&place, run->after.at, run->after.id);
	else if (run->order == LSM_QUERY_DEADLINE && first)
		lsm_place_set(&place, first, "");
	gboolean good = run_both_ways(run, own, &place, error);
	lsm_place_clear(&place);
	return good;
}

/* --- what a unique word leads to --- */

typedef struct {
	const char *term; /* NULL: whatever begins as the scan does */
	GPtrArray *ids;
	gboolean too_many;
} SameTerm;

static gboolean
take_same(const char *term, const char *id, gpointer data)
{
	SameTerm *same = data;

	same->too_many = same->ids->len == SAME_MAX;
	if ((same->term && g_ascii_strcasecmp(term, same->term) != 0) || same->too_many)
		return FALSE;
	g_ptr_array_add(same->ids, g_strdup(id));
	return TRUE;
}

static gboolean
load_same(Run *run, LsmIndexKind kind, const char *term, GError **error)
{
	g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
	SameTerm same = {term, ids, FALSE};
	g_autofree char *id = NULL;

	/* A long one stands there as its digest. */
	if (strlen(term) > LSM_INDEX_TERM_MAX)
		return lsm_index_find(run->txn, kind, term, &id, error) != LSM_FAILED &&
		       (!id || load(run, id, error));
	return lsm_index_scan(run->txn, kind, term, LSM_SCAN_FORWARD, take_same, &same, error) &&
	       load_all(run, ids, error);
}

/* By the letters, of which the first few may be all that somebody knows; the conditions look at the rest of it. */
static gboolean
load_typed(Run *run, const char *typed, GError **error)
{
	g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *id = g_strstrip(g_ascii_strup(typed, -1));
	const char *dash = strrchr(id, '-');
	SameTerm same = {NULL, ids, FALSE};

	if (g_str_has_prefix(id, "LS-") && dash == id + 2) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE,
			    "\"%.40s\" is at most the day of an id; write its letters, or ask for a time", typed);
		return FALSE;
	}
	if (!lsm_index_scan(run->txn, LSM_INDEX_TAIL, dash ? dash + 1 : id, LSM_SCAN_FORWARD, take_same, &same,
			    error))
		return FALSE;
	if (!same.too_many)
		return load_all(run, ids, error);
	g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE,
		    "more than %d ids begin with \"%.40s\"; write more letters of it", SAME_MAX, typed);
	return FALSE;
}

static gboolean
load_message_id(Run *run, const char *typed, GError **error)
{
	g_autofree char *term = g_strstrip(g_strdup(typed));
	gsize length = strlen(term);

	if (length >= 2 && term[0] == '<' && term[length - 1] == '>') {
		term[length - 1] = '\0';
		memmove(term, term + 1, length - 1);
	}
	return load_same(run, LSM_INDEX_MESSAGE_ID, term, error);
}

/* --- in the order of the table itself --- */

static gboolean
give_stored(const LsmCase *item, gpointer data)
{
	Run *run = data;

	if (lsm_conditions_fit(run->conditions, item))
		give(run, item);
	return !run->ended;
}

/* No index has fewer rows than there are cases, and the order is nobody's concern. */
static gboolean
is_for_table(const LsmQuery *query, const GPtrArray *streams)
{
	return lsm_query_order(query) == LSM_QUERY_ANY && streams->len == 0 && !query->message_id && !query->id &&
	       query->since == 0 && query->until == 0;
}

/* --- the whole --- */

/* What a unique word leads to is all there is; else the cases that are behind come to what the indexes give. */
static gboolean
load_first(Run *run, const LsmQuery *query, GError **error)
{
	if (query->after && !parse_cursor(run, query->after, error))
		return FALSE;
	if (query->message_id)
		return load_message_id(run, query->message_id, error);
	return query->id ? load_typed(run, query->id, error) : load_behind(run, error);
}

static gboolean
answer(Run *run, const LsmQuery *query, GError **error)
{
	gboolean is_complete = query->message_id || query->id;

	if (!load_first(run, query, error))
		return FALSE;
	g_ptr_array_sort_with_data(run->loaded, compare_loaded, run);
	if (!is_complete &&
	    !(run->order == LSM_QUERY_NEWEST ? run_by_time(run, error) : run_by_order(run, error)))
		return FALSE;
	if (!run->ended)
		give_loaded(run, NULL);
	return TRUE;
}

static void
stream_free(gpointer stream)
{
	lsm_stream_free(stream);
}

gboolean
lsm_query_run(LsmStoreTxn *txn, const LsmQuery *query, LsmQueryVisitor visit, gpointer data, GError **error)
{
	g_autoptr(LsmConditions) conditions = lsm_conditions_new(query);
	g_autoptr(GPtrArray) streams = g_ptr_array_new_with_free_func(stream_free);
	g_autoptr(GPtrArray) loaded = g_ptr_array_new_with_free_func(loaded_free);
	g_autoptr(GHashTable) behind = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	Run run = {.txn = txn, .order = lsm_query_order(query), .conditions = conditions, .streams = streams,
		   .loaded = loaded, .behind = behind, .visit = visit, .data = data};

	lsm_conditions_add_streams(conditions, streams);
	run.with_cursors = query->order != LSM_QUERY_ANY;
	if (is_for_table(query, streams))
		return lsm_case_scan(txn, give_stored, &run, error);
	if (run.order == LSM_QUERY_ANY)
		run.order = LSM_QUERY_NEWEST;
	run.direction = run.order == LSM_QUERY_NEWEST ? LSM_SCAN_BACKWARD : LSM_SCAN_FORWARD;
	gboolean good = answer(&run, query, error);
	lsm_place_clear(&run.after);
	return good;
}
