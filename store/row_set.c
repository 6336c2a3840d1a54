/*
 * row_set.c - see row_set.h.
 *
 * Owns the hashes, 8 octets each, in many small heaps that are sorted when they are first asked: so that no single call
 * sorts all of them. Threads: one at a time.
 */
#include "store/row_set.h"

#define HEAPS 1024
#define HEAP_OF(hash) ((hash) >> 54)

struct LsmRowSet {
	GArray *heaps[HEAPS]; /* of guint64 */
	gboolean sorted[HEAPS];
	GArray *noted; /* of guint64: not yet kept */
};

LsmRowSet *
lsm_row_set_new(void)
{
	LsmRowSet *set = g_new0(LsmRowSet, 1);

	for (guint i = 0; i < HEAPS; i++)
		set->heaps[i] = g_array_new(FALSE, FALSE, sizeof(guint64));
	set->noted = g_array_new(FALSE, FALSE, sizeof(guint64));
	return set;
}

void
lsm_row_set_free(LsmRowSet *set)
{
	if (!set)
		return;
	for (guint i = 0; i < HEAPS; i++)
		g_array_unref(set->heaps[i]);
	g_array_unref(set->noted);
	g_free(set);
}

/* FNV-1a with a last round that spreads it over the upper bits, which choose the heap. Who made two rows alike on
 * purpose would keep a row that leads to no statement. */
static guint64
add_text(guint64 hash, const char *text)
{
	for (; *text; text++)
		hash = (hash ^ (guint8)g_ascii_tolower(*text)) * G_GUINT64_CONSTANT(0x100000001b3);
	return hash * G_GUINT64_CONSTANT(0x100000001b3);
}

static guint64
hash_of(LsmIndexKind kind, const char *term, const char *id)
{
	guint64 hash = G_GUINT64_CONSTANT(0xcbf29ce484222325) ^ (guint64)kind;

	hash = add_text(add_text(hash, term), id);
	hash = (hash ^ hash >> 32) * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
	return hash ^ hash >> 29;
}

void
lsm_row_set_note(LsmRowSet *set, LsmIndexKind kind, const char *term, const char *id)
{
	guint64 hash = hash_of(kind, term, id);

	g_array_append_val(set->noted, hash);
}

void
lsm_row_set_forget(LsmRowSet *set)
{
	g_array_set_size(set->noted, 0);
}

void
lsm_row_set_keep(LsmRowSet *set)
{
	for (guint i = 0; i < set->noted->len; i++) {
		guint64 hash = g_array_index(set->noted, guint64, i);
		guint heap = (guint)HEAP_OF(hash);
		g_array_append_val(set->heaps[heap], hash);
		set->sorted[heap] = FALSE;
	}
	lsm_row_set_forget(set);
}

static gint
compare(gconstpointer a, gconstpointer b)
{
	guint64 left = *(const guint64 *)a, right = *(const guint64 *)b;

	return left < right ? -1 : left > right;
}

gboolean
lsm_row_set_has(LsmRowSet *set, LsmIndexKind kind, const char *term, const char *id)
{
	guint64 hash = hash_of(kind, term, id);
	guint heap = (guint)HEAP_OF(hash);

	if (!set->sorted[heap])
		g_array_sort(set->heaps[heap], compare);
	set->sorted[heap] = TRUE;
	return g_array_binary_search(set->heaps[heap], &hash, compare, NULL);
}
