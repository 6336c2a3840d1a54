/*
 * outbox_index.c - rows of the outbox's entries in the index kinds QUEUED and DUE.
 *
 * Owns those two kinds; uses json_read.h for the few members that it needs. Runs in the caller's transaction.
 * Fails by GError as the store does.
 */
#include "store/outbox_index.h"

#include <string.h>

#include "store/index.h"
#include "store/json_read.h"

#define HEX_SIZE 17 /* with the NUL */

/* Sorts as the number does. */
static void
render_number(guint64 number, char text_out[HEX_SIZE])
{
	g_snprintf(text_out, HEX_SIZE, "%016" G_GINT64_MODIFIER "x", number);
}

/* --- what a row says --- */

typedef struct {
	char *case_id; /* NULL: the row cannot be read */
	gboolean is_due;
	guint64 due;
} Terms;

static void
terms_clear(Terms *terms)
{
	g_clear_pointer(&terms->case_id, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Terms, terms_clear)

static void
read_member(LsmJsonRead *read, const char *name, Terms *terms)
{
	if (strcmp(name, "case") == 0) {
		g_free(terms->case_id);
		terms->case_id = lsm_json_read_text(read);
	} else if (strcmp(name, "state") == 0) {
		g_autofree char *state = lsm_json_read_text(read);
		terms->is_due = g_strcmp0(state, "due") == 0;
	} else if (strcmp(name, "due") == 0) {
		if (!lsm_json_read_number(read, &terms->due))
			terms->due = 0;
	} else {
		lsm_json_read_skip(read);
	}
}

static void
read_terms(GBytes *row, Terms *terms)
{
	LsmJsonRead read;
	char name[LSM_JSON_NAME_SIZE];

	if (!row)
		return;
	lsm_json_read_begin(&read, g_bytes_get_data(row, NULL), g_bytes_get_size(row));
	while (lsm_json_read_name(&read, name))
		read_member(&read, name, terms);
	if (!lsm_json_read_end(&read) || (terms->case_id && *terms->case_id == '\0'))
		terms_clear(terms);
}

/* --- keeping --- */

typedef gboolean (*RowAct)(LsmStoreTxn *txn, LsmIndexKind kind, const char *term, const char *id, GError **error);

static gboolean
act_on_case(LsmStoreTxn *txn, RowAct act, const Terms *terms, const char *id, GError **error)
{
	return !terms->case_id || act(txn, LSM_INDEX_QUEUED, terms->case_id, id, error);
}

static gboolean
act_on_due(LsmStoreTxn *txn, RowAct act, const Terms *terms, const char *id, GError **error)
{
	char due[HEX_SIZE];

	if (!terms->case_id || !terms->is_due)
		return TRUE;
	render_number(terms->due, due);
	return act(txn, LSM_INDEX_DUE, due, id, error);
}

static gboolean
is_same_due(const Terms *a, const Terms *b)
{
	return a->case_id && b->case_id && a->is_due == b->is_due && (!a->is_due || a->due == b->due);
}

gboolean
lsm_outbox_index_move(LsmStoreTxn *txn, guint64 id, GBytes *old, GBytes *new, GError **error)
{
	g_auto(Terms) from = {0}, to = {0};
	char key[HEX_SIZE];

	render_number(id, key);
	read_terms(old, &from);
	read_terms(new, &to);
	if (g_strcmp0(from.case_id, to.case_id) != 0 &&
	    !(act_on_case(txn, lsm_index_delete, &from, key, error) &&
	      act_on_case(txn, lsm_index_put, &to, key, error)))
		return FALSE;
	return is_same_due(&from, &to) || (act_on_due(txn, lsm_index_delete, &from, key, error) &&
					   act_on_due(txn, lsm_index_put, &to, key, error));
}

/* --- finding --- */

typedef struct {
	const char *case_id;
	GArray *ids;
} OfCase;

/* Longer terms that begin so stand behind. */
static gboolean
take_of_case(const char *term, const char *id, gpointer data)
{
	OfCase *found = data;
	guint64 number = g_ascii_strtoull(id, NULL, 16);

	if (g_ascii_strcasecmp(term, found->case_id) != 0)
		return FALSE;
	g_array_append_val(found->ids, number);
	return TRUE;
}

GArray *
lsm_outbox_index_of_case(LsmStoreTxn *txn, const char *case_id, GError **error)
{
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(guint64));
	OfCase found = {case_id, ids};

	if (!lsm_index_scan(txn, LSM_INDEX_QUEUED, case_id, LSM_SCAN_FORWARD, take_of_case, &found, error))
		return NULL;
	return g_steal_pointer(&ids);
}

typedef struct {
	guint64 until;
	guint most;
	LsmOutboxPlace *place;
	GArray *ids;
} Due;

static gboolean
is_behind(const LsmOutboxPlace *at, const LsmOutboxPlace *place)
{
	return at->due > place->due || (at->due == place->due && at->id > place->id);
}

static gboolean
take_due(const char *term, const char *id, gpointer data)
{
	Due *found = data;
	const LsmOutboxPlace at = {g_ascii_strtoull(term, NULL, 16), g_ascii_strtoull(id, NULL, 16)};

	if (at.due > found->until)
		return FALSE;
	if (is_behind(&at, found->place)) {
		g_array_append_val(found->ids, at.id);
		*found->place = at;
	}
	return found->ids->len < found->most;
}

GArray *
lsm_outbox_index_due(LsmStoreTxn *txn, gint64 until, guint most, LsmOutboxPlace *place, GError **error)
{
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(guint64));
	Due found = {(guint64)MAX(until, 0), most, place, ids};
	char due[HEX_SIZE], id[HEX_SIZE];

	render_number(place->due, due);
	render_number(place->id, id);
	if (!lsm_index_scan_from(txn, LSM_INDEX_DUE, "", due, id, LSM_SCAN_FORWARD, take_due, &found, error))
		return NULL;
	return g_steal_pointer(&ids);
}

/* --- all anew --- */

typedef struct {
	guint64 id;
	GBytes *row;
} Entry;

typedef struct {
	guint count;
	GArray *entries; /* of Entry */
	guint64 next;    /* behind the slice; 0: there is no more */
} Slice;

static void
entry_clear(gpointer data)
{
	g_bytes_unref(((Entry *)data)->row);
}

static gboolean
take_entry(const void *key, gsize key_length, const void *value, gsize value_length, gpointer data)
{
	Slice *slice = data;
	guint64 id;

	if (key_length != sizeof id)
		return TRUE;
	memcpy(&id, key, sizeof id);
	id = GUINT64_FROM_BE(id);
	if (slice->entries->len == slice->count) {
		slice->next = id;
		return FALSE;
	}
	Entry entry = {id, g_bytes_new(value, value_length)};
	g_array_append_val(slice->entries, entry);
	return TRUE;
}

gboolean
lsm_outbox_reindex(LsmStoreTxn *txn, guint count, guint64 *place, GError **error)
{
	g_autoptr(GArray) entries = g_array_new(FALSE, FALSE, sizeof(Entry));
	Slice slice = {count, entries, 0};
	guint64 start = GUINT64_TO_BE(*place);

	g_array_set_clear_func(entries, entry_clear);
	if (!lsm_store_scan_from(txn, LSM_TABLE_OUTBOX, &start, sizeof start, LSM_SCAN_FORWARD, take_entry, &slice,
				 error))
		return FALSE;
	for (guint i = 0; i < entries->len; i++) {
		const Entry *entry = &g_array_index(entries, Entry, i);
		if (!lsm_outbox_index_move(txn, entry->id, NULL, entry->row, error))
			return FALSE;
	}
	*place = slice.next;
	return TRUE;
}
