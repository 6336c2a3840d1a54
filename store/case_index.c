/*
 * case_index.c - see case_index.h.
 *
 * Owns the index kinds from TIME to NUMBER (`reading` below) and BEHIND. Uses index.h and words.h. Threads: as
 * the transaction. Fails by GError.
 */
#include "store/case_index.h"

#include <string.h>

#include "store/words.h"

/* No statement has more rows of one kind; of words and numbers there is one more that says so. */
#define WORDS_MAX 12
#define TOKENS_MAX 64

/* --- terms --- */

/* In one piece: each statement has about twenty. time: behind the word, with a blank between; or NULL. */
static void
add_term(GPtrArray *terms, LsmIndexKind kind, const char *word, const char *time)
{
	gsize length = strlen(word), more = time ? 1 + strlen(time) : 0;
	LsmCaseTerm *term = g_malloc(sizeof *term + length + more + 1);

	term->kind = kind;
	memcpy(term->term, word, length);
	if (time) {
		term->term[length] = ' ';
		memcpy(term->term + length + 1, time, more - 1);
	}
	term->term[length + more] = '\0';
	g_ptr_array_add(terms, term);
}

static void
add_token(GPtrArray *terms, LsmIndexKind kind, const char *text, const char *time)
{
	g_autofree char *token = text ? lsm_words_token(text) : NULL;

	if (token && *token != '\0')
		add_term(terms, kind, token, time);
}

static void
add_tokens(GPtrArray *terms, LsmIndexKind kind, char *const *list, const char *time)
{
	for (guint i = 0; list[i] && i < TOKENS_MAX; i++)
		add_token(terms, kind, list[i], time);
}

/* Up to WORDS_MAX terms of a kind, each once, and then the one that says that there are more. */
typedef struct {
	GPtrArray *terms;
	LsmIndexKind kind;
	const char *time;
	guint first; /* of them among the terms */
} WordRows;

static gboolean
is_full(const WordRows *rows)
{
	return rows->terms->len - rows->first > WORDS_MAX;
}

/* They are few: a term is a word, a blank and the time. */
static gboolean
has_word(const WordRows *rows, const char *word)
{
	gsize length = strlen(word);

	for (guint i = rows->first; i < rows->terms->len; i++) {
		const char *term = ((const LsmCaseTerm *)g_ptr_array_index(rows->terms, i))->term;
		if (strncmp(term, word, length) == 0 && term[length] == ' ')
			return TRUE;
	}
	return FALSE;
}

static void
add_word(WordRows *rows, const char *word)
{
	if (is_full(rows) || *word == '\0' || lsm_words_is_noise(word) || has_word(rows, word))
		return;
	if (rows->terms->len - rows->first == WORDS_MAX)
		word = LSM_CASE_TERM_MORE;
	add_term(rows->terms, rows->kind, word, rows->time);
}

static void
add_words(WordRows *rows, const char *text)
{
	g_auto(GStrv) words = lsm_words(text);

	for (char **word = words; *word; word++)
		add_word(rows, *word);
}

static void
add_texts(GPtrArray *terms, const LsmCase *item, const char *time)
{
	WordRows parties = {terms, LSM_INDEX_PARTY, time, terms->len};

	for (char **name = item->from; *name && !is_full(&parties); name++)
		add_words(&parties, *name);
	for (char **name = item->to; *name && !is_full(&parties); name++)
		add_words(&parties, *name);
	WordRows subject = {terms, LSM_INDEX_WORD, time, terms->len};
	add_words(&subject, item->subject);
	WordRows documents = {terms, LSM_INDEX_NUMBER, time, terms->len};
	for (char **written = item->numbers; *written && !is_full(&documents); written++) {
		g_autofree char *number = lsm_words_number(*written);
		add_word(&documents, number);
	}
}

void
lsm_case_time_render(gint64 time, char text_out[LSM_CASE_TIME_SIZE])
{
	guint64 milliseconds = (guint64)MAX(time, 0) / 1000;

	g_snprintf(text_out, LSM_CASE_TIME_SIZE, "%012" G_GINT64_MODIFIER "x",
		   MIN(milliseconds, G_GUINT64_CONSTANT(0xffffffffffff)));
}

const char *
lsm_case_deadline(const LsmCase *item)
{
	const char *date = item->deadline;

	for (guint i = 0; i < 10; i++)
		if (!date || !(i == 4 || i == 7 ? date[i] == '-' : g_ascii_isdigit(date[i])))
			return NULL;
	return date[10] == '\0' ? date : NULL;
}

/* All but those of texts. */
static void
add_plain(GPtrArray *terms, const LsmCase *item, const char *time)
{
	const LsmStateRow *state = lsm_state_row(item->state);
	const char *deadline = lsm_case_deadline(item);

	add_term(terms, LSM_INDEX_TIME, time, NULL);
	add_token(terms, LSM_INDEX_STATE, state->word, time);
	if (state->open) {
		g_autofree char *agenda =
			g_strconcat(state->word, " ", deadline ? deadline : LSM_CASE_NO_DEADLINE, NULL);
		add_term(terms, LSM_INDEX_AGENDA, agenda, time);
	}
	add_token(terms, LSM_INDEX_DEADLINE, deadline, time);
	add_token(terms, LSM_INDEX_WAY, item->way, time);
	add_token(terms, LSM_INDEX_VERDICT, item->verdict, time);
	add_tokens(terms, LSM_INDEX_PURPOSE, item->purposes, time);
	add_tokens(terms, LSM_INDEX_RULE, item->rules, time);
}

GPtrArray *
lsm_case_terms(const LsmCase *item)
{
	GPtrArray *terms = g_ptr_array_new_with_free_func(g_free);
	char time[LSM_CASE_TIME_SIZE];

	lsm_case_time_render(item->since, time);
	add_plain(terms, item, time);
	add_texts(terms, item, time);
	return terms;
}

/* --- notes: the rows that a case has, a line each: octet of the kind, term --- */

static GString *
render_note(const LsmCase *item)
{
	g_autoptr(GPtrArray) terms = lsm_case_terms(item);
	GString *note = g_string_new(NULL);

	for (guint i = 0; i < terms->len; i++) {
		const LsmCaseTerm *term = g_ptr_array_index(terms, i);
		g_string_append_printf(note, "%c%s\n", lsm_index_kind_octet(term->kind), term->term);
	}
	return note;
}

static void
add_lines(GHashTable *set, const char *note, gsize length)
{
	g_autofree char *text = g_strndup(length > 0 ? note : "", length);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (char **line = lines; *line; line++)
		if (**line != '\0')
			g_hash_table_add(set, g_strdup(*line));
}

/* A line of another version of the program may name a kind that there is no more. */
static gboolean
apply_line(LsmStoreTxn *txn, const char *line, const char *id, gboolean put, GError **error)
{
	LsmIndexKind kind;

	if (!lsm_index_kind_parse(line[0], &kind))
		return TRUE;
	return put ? lsm_index_put(txn, kind, line + 1, id, error)
		   : lsm_index_delete(txn, kind, line + 1, id, error);
}

/* Applies what is in set and not in others. */
static gboolean
apply_lines(LsmStoreTxn *txn, GHashTable *set, GHashTable *others, const char *id, gboolean put,
	    GError **error)
{
	GHashTableIter iter;
	gpointer line;

	g_hash_table_iter_init(&iter, set);
	while (g_hash_table_iter_next(&iter, &line, NULL))
		if (!g_hash_table_contains(others, line) && !apply_line(txn, line, id, put, error))
			return FALSE;
	return TRUE;
}

/* Of a case that had none: what nearly all are. */
static gboolean
put_terms(LsmStoreTxn *txn, const LsmCase *item, GError **error)
{
	g_autoptr(GPtrArray) terms = lsm_case_terms(item);

	for (guint i = 0; i < terms->len; i++) {
		const LsmCaseTerm *term = g_ptr_array_index(terms, i);
		if (!lsm_index_put(txn, term->kind, term->term, item->id, error))
			return FALSE;
	}
	return TRUE;
}

/* item NULL: the case is not there. */
static gboolean
move_rows(LsmStoreTxn *txn, const char *id, const LsmCase *item, const char *note, gsize length,
	  GError **error)
{
	g_autoptr(GHashTable) had = NULL, has = NULL;
	g_autoptr(GString) present = NULL;

	if (item && length == 0)
		return put_terms(txn, item, error);
	had = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	has = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	present = item ? render_note(item) : g_string_new(NULL);
	add_lines(had, note, length);
	add_lines(has, present->str, present->len);
	return apply_lines(txn, had, has, id, FALSE, error) && apply_lines(txn, has, had, id, TRUE, error);
}

/* Where the case is behind: in step with item, and behind no more. */
static gboolean
settle_case(LsmStoreTxn *txn, const char *id, const LsmCase *item, GError **error)
{
	g_autoptr(GBytes) note = NULL;
	LsmFound found = lsm_index_get_note(txn, LSM_INDEX_BEHIND, "", id, &note, error);

	if (found != LSM_FOUND)
		return found == LSM_ABSENT;
	return move_rows(txn, id, item, g_bytes_get_data(note, NULL), g_bytes_get_size(note), error) &&
	       lsm_index_delete(txn, LSM_INDEX_BEHIND, "", id, error);
}

/* --- in step --- */

static gboolean
collect_id(const char *term G_GNUC_UNUSED, const char *id, gpointer data)
{
	g_ptr_array_add(data, g_strdup(id));
	return TRUE;
}

static gboolean
settle_all(LsmStoreTxn *txn, GPtrArray *ids, GError **error)
{
	for (guint i = 0; i < ids->len; i++) {
		const char *id = g_ptr_array_index(ids, i);
		g_autoptr(LsmCase) item = NULL;
		if (lsm_case_get(txn, id, &item, error) == LSM_FAILED || !settle_case(txn, id, item, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
settle_beyond(LsmStoreTxn *txn, guint most, GError **error)
{
	g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
	guint64 count;

	if (!lsm_index_count(txn, LSM_INDEX_BEHIND, "", NULL, &count, error))
		return FALSE;
	return count <= most ||
	       (lsm_index_scan(txn, LSM_INDEX_BEHIND, "", LSM_SCAN_FORWARD, collect_id, ids, error) &&
		settle_all(txn, ids, error));
}

gboolean
lsm_case_index_settle(LsmStoreTxn *txn, GError **error)
{
	return settle_beyond(txn, 0, error);
}

gboolean
lsm_case_index_note(LsmStoreTxn *txn, const LsmCase *item, const LsmCase *old, GError **error)
{
	g_autoptr(GString) note = NULL;
	LsmFound found = lsm_index_has(txn, LSM_INDEX_BEHIND, "", item->id, error);

	if (found == LSM_FAILED)
		return FALSE;
	if (found == LSM_ABSENT) {
		note = old ? render_note(old) : g_string_new(NULL);
		if (!settle_beyond(txn, LSM_CASE_BEHIND_MAX - 1, error) ||
		    !lsm_index_put_note(txn, LSM_INDEX_BEHIND, "", item->id, note->str, note->len, error))
			return FALSE;
	}
	if (old && g_strcmp0(old->erase_reason, item->erase_reason) != 0)
		return settle_case(txn, item->id, item, error);
	return TRUE;
}

/* --- anew --- */

/* Every kind whose rows lsm_case_terms makes. */
static const LsmIndexKind reading[] = {
	LSM_INDEX_TIME,    LSM_INDEX_STATE,   LSM_INDEX_AGENDA, LSM_INDEX_DEADLINE, LSM_INDEX_PARTY, LSM_INDEX_WAY,
	LSM_INDEX_PURPOSE, LSM_INDEX_VERDICT, LSM_INDEX_RULE,   LSM_INDEX_WORD,     LSM_INDEX_NUMBER,
};

/* First every case gets the rows that it lacks, then every row goes that is none of its case: so that nothing is
 * ever lacking meanwhile that was there before. */
#define PLACE_CASES "case " /* and the id up to which cases have their rows */
#define PLACE_ROWS "rows "  /* and kind, term and id of the next row to look at, see next_place */
#define BETWEEN "\n"       /* stands in no term and no id */

typedef struct {
	const char *after;
	guint left;
	GPtrArray *ids;
} CaseSlice;

static gboolean
collect_case(const void *key, gsize key_length, const void *value G_GNUC_UNUSED,
	     gsize value_length G_GNUC_UNUSED, gpointer data)
{
	CaseSlice *slice = data;
	g_autofree char *id = g_strndup(key, key_length);

	if (slice->left == 0)
		return FALSE;
	if (strcmp(id, slice->after) != 0) {
		slice->left--;
		g_ptr_array_add(slice->ids, g_steal_pointer(&id));
	}
	return TRUE;
}

/* Nearly every row is there already: where none lacks, nothing is written. */
static gboolean
put_lacking(LsmStoreTxn *txn, const LsmCaseTerm *term, const char *id, GError **error)
{
	LsmFound found = lsm_index_has(txn, term->kind, term->term, id, error);

	return found == LSM_FOUND ||
	       (found == LSM_ABSENT && lsm_index_put(txn, term->kind, term->term, id, error));
}

/* Of a case that is behind, the rows of today may be stray tomorrow: its note does not name them. */
static gboolean
put_rows(LsmStoreTxn *txn, const char *id, LsmRowSet *known, GError **error)
{
	g_autoptr(LsmCase) item = NULL;
	LsmFound found = lsm_case_get(txn, id, &item, error);

	if (found != LSM_FOUND)
		return found == LSM_ABSENT;
	LsmFound behind = lsm_index_has(txn, LSM_INDEX_BEHIND, "", id, error);
	if (behind == LSM_FAILED)
		return FALSE;
	if (behind == LSM_FOUND)
		known = NULL;
	g_autoptr(GPtrArray) terms = lsm_case_terms(item);
	for (guint i = 0; i < terms->len; i++) {
		const LsmCaseTerm *term = g_ptr_array_index(terms, i);
		if (!put_lacking(txn, term, id, error))
			return FALSE;
		if (known)
			lsm_row_set_note(known, term->kind, term->term, id);
	}
	return TRUE;
}

static gboolean
case_slice(LsmStoreTxn *txn, guint count, LsmRowSet *known, char **place, GError **error)
{
	g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *after = g_strdup(*place + strlen(PLACE_CASES));
	CaseSlice slice = {after, count, ids};

	if (!(*after == '\0' ? lsm_store_scan(txn, LSM_TABLE_CASE, "", 0, LSM_SCAN_FORWARD, collect_case, &slice, error)
			     : lsm_store_scan_from(txn, LSM_TABLE_CASE, after, strlen(after), LSM_SCAN_FORWARD,
						   collect_case, &slice, error)))
		return FALSE;
	for (guint i = 0; i < ids->len; i++)
		if (!put_rows(txn, g_ptr_array_index(ids, i), known, error))
			return FALSE;
	g_clear_pointer(place, g_free);
	*place = slice.left > 0 ? g_strdup(PLACE_ROWS "0" BETWEEN BETWEEN)
				: g_strconcat(PLACE_CASES, (char *)g_ptr_array_index(ids, ids->len - 1), NULL);
	return TRUE;
}

/* A slice of the rows of one kind. */
typedef struct {
	guint left;
	LsmIndexKind kind;
	LsmRowSet *known; /* or NULL */
	GPtrArray *rows;  /* term, id, term, id ... of those that are not known */
	char *next;       /* the row behind the slice, as "TERM\nID"; NULL: there is none */
} RowSlice;

static gboolean
collect_row(const char *term, const char *id, gpointer data)
{
	RowSlice *slice = data;

	if (slice->left == 0) {
		slice->next = g_strconcat(term, BETWEEN, id, NULL);
		return FALSE;
	}
	slice->left--;
	if (slice->known && lsm_row_set_has(slice->known, slice->kind, term, id))
		return TRUE;
	g_ptr_array_add(slice->rows, g_strdup(term));
	g_ptr_array_add(slice->rows, g_strdup(id));
	return TRUE;
}

static gboolean
has_term(const LsmCase *item, LsmIndexKind kind, const char *term)
{
	g_autoptr(GPtrArray) terms = g_ptr_array_new_with_free_func(g_free);
	char time[LSM_CASE_TIME_SIZE];

	lsm_case_time_render(item->since, time);
	if (kind == LSM_INDEX_PARTY || kind == LSM_INDEX_WORD || kind == LSM_INDEX_NUMBER)
		add_texts(terms, item, time);
	else
		add_plain(terms, item, time);
	for (guint i = 0; i < terms->len; i++) {
		const LsmCaseTerm *own = g_ptr_array_index(terms, i);
		if (own->kind == kind && g_ascii_strcasecmp(own->term, term) == 0)
			return TRUE;
	}
	return FALSE;
}

/* Is it one that a case that is behind had? It goes when that is brought in step, and counts until then. */
static LsmFound
is_noted(LsmStoreTxn *txn, LsmIndexKind kind, const char *term, const char *id, GError **error)
{
	g_autoptr(GHashTable) had = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autofree char *line = g_strdup_printf("%c%s", lsm_index_kind_octet(kind), term);
	g_autoptr(GBytes) note = NULL;
	LsmFound found = lsm_index_get_note(txn, LSM_INDEX_BEHIND, "", id, &note, error);

	if (found != LSM_FOUND)
		return found;
	add_lines(had, g_bytes_get_data(note, NULL), g_bytes_get_size(note));
	return g_hash_table_contains(had, line) ? LSM_FOUND : LSM_ABSENT;
}

static gboolean
drop_if_stray(LsmStoreTxn *txn, LsmIndexKind kind, const char *term, const char *id, GError **error)
{
	g_autoptr(LsmCase) item = NULL;
	LsmFound found = lsm_case_get(txn, id, &item, error);

	if (found == LSM_FOUND && has_term(item, kind, term))
		return TRUE;
	if (found != LSM_FAILED)
		found = is_noted(txn, kind, term, id, error);
	return found == LSM_FOUND || (found == LSM_ABSENT && lsm_index_delete(txn, kind, term, id, error));
}

/* next: as RowSlice has it, or NULL for the first row of the next kind. NULL behind the last one. */
static char *
next_place(guint kind, const char *next)
{
	if (!next && ++kind == G_N_ELEMENTS(reading))
		return NULL;
	return g_strdup_printf(PLACE_ROWS "%u" BETWEEN "%s", kind, next ? next : BETWEEN);
}

static gboolean
row_slice(LsmStoreTxn *txn, guint count, LsmRowSet *known, char **place, GError **error)
{
	g_auto(GStrv) at = g_strsplit(*place + strlen(PLACE_ROWS), BETWEEN, 3); /* kind, term, id */
	g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *next = NULL;
	guint kind = (guint)g_ascii_strtoull(at[0], NULL, 10);
	g_assert(kind < G_N_ELEMENTS(reading) && g_strv_length(at) == 3);
	RowSlice slice = {count, reading[kind], known, rows, NULL};
	gboolean fine = lsm_index_scan_from(txn, reading[kind], "", at[1], at[2], LSM_SCAN_FORWARD, collect_row,
					    &slice, error);
	next = slice.next;
	for (guint i = 0; fine && i < rows->len; i += 2)
		fine = drop_if_stray(txn, reading[kind], g_ptr_array_index(rows, i),
				     g_ptr_array_index(rows, i + 1), error);
	if (!fine)
		return FALSE;
	g_free(*place);
	*place = next_place(kind, next);
	return TRUE;
}

gboolean
lsm_case_reindex(LsmStoreTxn *txn, guint count, LsmRowSet *rows, char **place, GError **error)
{
	if (!*place)
		*place = g_strdup(PLACE_CASES);
	return g_str_has_prefix(*place, PLACE_CASES) ? case_slice(txn, MAX(count, 1), rows, place, error)
						     : row_slice(txn, MAX(count, 1), rows, place, error);
}
