/*
 * stream.c - see stream.h.
 *
 * Each term ("leg") remembers the row that it stands at, so that a seek of the whole touches the store only for the
 * legs that have fallen behind. Uses index.h. Threads: one. Fails as the store fails.
 */
#include "store/stream.h"

#include <string.h>

typedef struct {
	LsmIndexKind kind;
	char *head;
	char *label;
	LsmPlace place;
	gboolean loaded; /* place is where it stands */
	gboolean over;
} Leg;

struct LsmStream {
	LsmScanOrder order;
	GPtrArray *legs; /* of Leg * */
};

/* --- places --- */

void
lsm_place_set(LsmPlace *place, const char *at, const char *id)
{
	char *new_at = g_strdup(at), *new_id = g_strdup(id);

	lsm_place_clear(place);
	place->at = new_at;
	place->id = new_id;
}

void
lsm_place_clear(LsmPlace *place)
{
	g_clear_pointer(&place->at, g_free);
	g_clear_pointer(&place->id, g_free);
}

int
lsm_place_compare(const LsmPlace *a, const LsmPlace *b, LsmScanOrder order)
{
	int at = strcmp(a->at, b->at);
	int difference = at != 0 ? at : strcmp(a->id, b->id);

	return order == LSM_SCAN_FORWARD ? difference : -difference;
}

/* --- legs --- */

static void
leg_free(gpointer data)
{
	Leg *leg = data;

	g_free(leg->head);
	g_free(leg->label);
	lsm_place_clear(&leg->place);
	g_free(leg);
}

LsmStream *
lsm_stream_new(LsmScanOrder order)
{
	LsmStream *stream = g_new0(LsmStream, 1);

	stream->order = order;
	stream->legs = g_ptr_array_new_with_free_func(leg_free);
	return stream;
}

void
lsm_stream_free(LsmStream *stream)
{
	if (!stream)
		return;
	g_ptr_array_unref(stream->legs);
	g_free(stream);
}

void
lsm_stream_add(LsmStream *stream, LsmIndexKind kind, const char *head, const char *label)
{
	Leg *leg = g_new0(Leg, 1);

	leg->kind = kind;
	leg->head = g_strdup(head);
	leg->label = g_strdup(label);
	g_ptr_array_add(stream->legs, leg);
}

typedef struct {
	Leg *leg;
	const LsmPlace *beyond; /* rows at this place are passed over; NULL: none is */
} Seek;

static gboolean
take_row(const char *term, const char *id, gpointer data)
{
	const Seek *seek = data;
	Leg *leg = seek->leg;
	g_autofree char *at = g_strconcat(leg->label, term + strlen(leg->head), NULL);

	if (seek->beyond && strcmp(at, seek->beyond->at) == 0 && strcmp(id, seek->beyond->id) == 0)
		return TRUE;
	lsm_place_set(&leg->place, at, id);
	leg->loaded = TRUE;
	return FALSE;
}

/*
 * Where a leg must be entered so that nothing from `from` on is missed: NULL for its first row. FALSE when all of it
 * lies before.
 */
static gboolean
entry_of(const Leg *leg, LsmScanOrder order, const LsmPlace *from, const char **rest_out)
{
	gsize length = strlen(leg->label);
	int side = from ? strncmp(from->at, leg->label, length) : 0;

	*rest_out = from && side == 0 ? from->at + length : NULL;
	return side == 0 || (side < 0) == (order == LSM_SCAN_FORWARD);
}

static gboolean
seek_leg(const LsmStream *stream, LsmStoreTxn *txn, Leg *leg, const LsmPlace *from, gboolean strict,
	 GError **error)
{
	Seek seek = {leg, strict ? from : NULL};
	const char *rest;

	leg->loaded = FALSE;
	if (entry_of(leg, stream->order, from, &rest) &&
	    !lsm_index_scan_from(txn, leg->kind, leg->head, rest, from ? from->id : NULL, stream->order,
				 take_row, &seek, error))
		return FALSE;
	leg->over = !leg->loaded;
	return TRUE;
}

/* --- the whole --- */

static gboolean
has_fallen_behind(const LsmStream *stream, const Leg *leg, const LsmPlace *from, gboolean strict)
{
	if (leg->over)
		return FALSE;
	if (!leg->loaded)
		return TRUE;
	return from && lsm_place_compare(&leg->place, from, stream->order) < (strict ? 1 : 0);
}

LsmFound
lsm_stream_seek(LsmStream *stream, LsmStoreTxn *txn, const LsmPlace *from, gboolean strict,
		const LsmPlace **place_out, GError **error)
{
	const LsmPlace *first = NULL;

	for (guint i = 0; i < stream->legs->len; i++) {
		Leg *leg = g_ptr_array_index(stream->legs, i);
		if (has_fallen_behind(stream, leg, from, strict) &&
		    !seek_leg(stream, txn, leg, from, strict, error))
			return LSM_FAILED;
		if (!leg->over && (!first || lsm_place_compare(&leg->place, first, stream->order) < 0))
			first = &leg->place;
	}
	*place_out = first;
	return first ? LSM_FOUND : LSM_ABSENT;
}

LsmFound
lsm_stream_has(const LsmStream *stream, LsmStoreTxn *txn, const char *at, const char *id, GError **error)
{
	LsmFound found = LSM_ABSENT;

	for (guint i = 0; i < stream->legs->len && found == LSM_ABSENT; i++) {
		const Leg *leg = g_ptr_array_index(stream->legs, i);
		g_autofree char *term = g_strconcat(leg->head, at, NULL);
		found = lsm_index_has(txn, leg->kind, term, id, error);
	}
	return found;
}
