/*
 * test_verify.c - damage to the log: verify names the place, nothing else crashes or makes it worse.
 */
#include <string.h>

#include "conf/error.h"
#include "tests/unit/log_fixture.h"

static void
put_row(LsmStoreTxn *txn, LsmTable table, guint64 position, const void *data, gsize length)
{
	guint8 key[LSM_LOG_KEY_SIZE];

	lsm_log_key(position, key);
	g_assert_true(lsm_store_put(txn, table, key, sizeof key, data, length, NULL));
}

static void
drop_row(LsmStoreTxn *txn, LsmTable table, guint64 position)
{
	guint8 key[LSM_LOG_KEY_SIZE];

	lsm_log_key(position, key);
	g_assert_true(lsm_store_delete(txn, table, key, sizeof key, NULL));
}

static void
note(guint64 position, const char *what, gpointer data)
{
	g_string_append_printf(data, "[%" G_GUINT64_FORMAT "] %s\n", position, what);
}

/* All that verify says, one problem a line; caller frees. */
static char *
verify(LsmStoreTxn *txn)
{
	GString *text = g_string_new(NULL);
	g_autoptr(GError) error = NULL;
	guint64 problems = 0, lines = 0;
	LsmLogHead head;

	g_assert_true(lsm_log_verify(txn, note, text, &problems, &head, &error));
	g_assert_no_error(error);
	for (const char *at = text->str; *at; at++)
		lines += *at == '\n';
	g_assert_cmpuint(problems, ==, lines);
	return g_string_free(text, FALSE);
}

/* --- damage --- */

typedef void (*Damage)(LsmStoreTxn *txn, guint64 position);

/* Changes one byte of a row, counted from its end. */
static void
flip(LsmStoreTxn *txn, LsmTable table, guint64 position, gsize at, gboolean from_end)
{
	g_autoptr(GBytes) row = get_row(txn, table, position);
	gsize length;
	g_autofree guint8 *data = g_bytes_unref_to_data(g_bytes_ref(row), &length);

	data[from_end ? length - 1 - at : at] ^= 0x40;
	put_row(txn, table, position, data, length);
}

static void
flip_event_byte(LsmStoreTxn *txn, guint64 position)
{
	flip(txn, LSM_TABLE_LOG, position, 20, TRUE);
}

static void
flip_leaf_hash(LsmStoreTxn *txn, guint64 position)
{
	flip(txn, LSM_TABLE_LOG, position, 1, FALSE);
}

static void
flip_node_hash(LsmStoreTxn *txn, guint64 position)
{
	flip(txn, LSM_TABLE_LOG, position, 1 + 32, FALSE);
}

static void
flip_count(LsmStoreTxn *txn, guint64 position)
{
	flip(txn, LSM_TABLE_LOG, position, 0, FALSE);
}

static void
flip_private(LsmStoreTxn *txn, guint64 position)
{
	flip(txn, LSM_TABLE_PRIVATE, position, 3, TRUE);
}

static void
flip_salt(LsmStoreTxn *txn, guint64 position)
{
	flip(txn, LSM_TABLE_PRIVATE, position, 0, FALSE);
}

static void
cut_private(LsmStoreTxn *txn, guint64 position)
{
	put_row(txn, LSM_TABLE_PRIVATE, position, "short", 5);
}

static void
add_private(LsmStoreTxn *txn, guint64 position)
{
	put_row(txn, LSM_TABLE_PRIVATE, position, "0123456789abcdef0123456789abcdef{}", 34);
}

/* With the one after the next: both complete no subtree. */
static void
swap_next(LsmStoreTxn *txn, guint64 position)
{
	g_autoptr(GBytes) a = get_row(txn, LSM_TABLE_LOG, position);
	g_autoptr(GBytes) b = get_row(txn, LSM_TABLE_LOG, position + 2);

	put_row(txn, LSM_TABLE_LOG, position, g_bytes_get_data(b, NULL), g_bytes_get_size(b));
	put_row(txn, LSM_TABLE_LOG, position + 2, g_bytes_get_data(a, NULL), g_bytes_get_size(a));
}

static void
drop_event(LsmStoreTxn *txn, guint64 position)
{
	drop_row(txn, LSM_TABLE_LOG, position);
}

/* What stands left of the gap says nothing about the subtrees right of it. */
static void
drop_two(LsmStoreTxn *txn, guint64 position)
{
	drop_row(txn, LSM_TABLE_LOG, position);
	drop_row(txn, LSM_TABLE_LOG, position + 1);
}

static void
empty_row(LsmStoreTxn *txn, guint64 position)
{
	put_row(txn, LSM_TABLE_LOG, position, "", 0);
}

/* Everything from there on moves up by one, and the row stands twice. */
static void
insert_row(LsmStoreTxn *txn, guint64 position)
{
	for (guint64 i = 19; i >= position; i--) {
		g_autoptr(GBytes) row = get_row(txn, LSM_TABLE_LOG, i);
		put_row(txn, LSM_TABLE_LOG, i + 1, g_bytes_get_data(row, NULL), g_bytes_get_size(row));
	}
}

static void
append_row(LsmStoreTxn *txn, guint64 position)
{
	g_autoptr(GBytes) row = get_row(txn, LSM_TABLE_LOG, 0);

	put_row(txn, LSM_TABLE_LOG, position, g_bytes_get_data(row, NULL), g_bytes_get_size(row));
}

/* An event that nobody appended, under a leaf hash that fits it. */
static void
replace_event(LsmStoreTxn *txn, guint64 position)
{
	static const char bytes[] = "{\"v\":1,\"type\":\"seen\",\"case\":\"LS-1\",\"time\":\"2026-11-21T10:"
				    "00:00.000Z\",\"node\":\"mx1\"}";
	g_autoptr(GBytes) row = get_row(txn, LSM_TABLE_LOG, position);
	gsize hashes = 1 + 32 * (gsize)((const guint8 *)g_bytes_get_data(row, NULL))[0];
	g_autofree guint8 *data = g_malloc(hashes + strlen(bytes));

	memcpy(data, g_bytes_get_data(row, NULL), hashes);
	lsm_log_leaf_hash(bytes, strlen(bytes), data + 1);
	memcpy(data + hashes, bytes, strlen(bytes));
	put_row(txn, LSM_TABLE_LOG, position, data, hashes + strlen(bytes));
}

static void
change_head(LsmStoreTxn *txn, gsize at, gsize cut)
{
	g_autoptr(GBytes) head = NULL;

	lsm_store_get(txn, LSM_TABLE_META, LSM_LOG_HEAD_KEY, 4, &head, NULL);
	gsize length;
	g_autofree guint8 *data = g_bytes_unref_to_data(g_bytes_ref(head), &length);
	data[at] ^= 1;
	g_assert_true(lsm_store_put(txn, LSM_TABLE_META, LSM_LOG_HEAD_KEY, 4, data, length - cut, NULL));
}

static void
flip_head_hash(LsmStoreTxn *txn, guint64 position)
{
	change_head(txn, 8 + 32 * (position / 16), 0);
}

/* 20 becomes 18: as many peaks, fewer events. */
static void
shorten_head(LsmStoreTxn *txn, guint64 position G_GNUC_UNUSED)
{
	change_head(txn, 7, 0);
	change_head(txn, 7, 0);
	LsmLogEdge edge;
	lsm_log_edge_get(txn, &edge, NULL);
	edge.size = 18;
	g_autoptr(GBytes) head = lsm_log_edge_render(&edge);
	lsm_store_put(txn, LSM_TABLE_META, LSM_LOG_HEAD_KEY, 4, g_bytes_get_data(head, NULL),
		      g_bytes_get_size(head), NULL);
}

static void
cut_head(LsmStoreTxn *txn, guint64 position G_GNUC_UNUSED)
{
	change_head(txn, 8, 1);
}

static void
drop_head(LsmStoreTxn *txn, guint64 position G_GNUC_UNUSED)
{
	lsm_store_delete(txn, LSM_TABLE_META, LSM_LOG_HEAD_KEY, 4, NULL);
}

static void
strange_keys(LsmStoreTxn *txn, guint64 position G_GNUC_UNUSED)
{
	lsm_store_put(txn, LSM_TABLE_LOG, "x", 1, "", 0, NULL);
	lsm_store_put(txn, LSM_TABLE_PRIVATE, "a key that is longer", 20, "", 0, NULL);
	put_row(txn, LSM_TABLE_LOG, G_MAXUINT64, "", 0);
	put_row(txn, LSM_TABLE_LOG, G_MAXUINT64 - 1, "", 0);
}

/* In a log of 20 events: what was done, and what verify must say, in order. */
static const struct {
	const char *name;
	Damage damage;
	guint64 position;
	const char *want;
} damages[] = {
	{"event byte", flip_event_byte, 16, "[16] event 16: its bytes do not match the leaf hash\n"},
	{"event byte, last", flip_event_byte, 19, "[19] event 19: its bytes do not match the leaf hash\n"},
	{"leaf hash", flip_leaf_hash, 4,
	 "[4] event 4: its bytes do not match the leaf hash\n"
	 "[5] event 5: the hash of the subtree of events 4 to 5 does not match\n"},
	{"node hash", flip_node_hash, 5,
	 "[5] event 5: the hash of the subtree of events 4 to 5 does not match\n"
	 "[7] event 7: the hash of the subtree of events 4 to 7 does not match\n"},
	{"count", flip_count, 7, "[7] event 7: its row is cut short or has no count of hashes\n"},
	{"private", flip_private, 6, "[6] event 6: its private part does not match its digest\n"},
	{"salt", flip_salt, 6, "[6] event 6: its private part does not match its digest\n"},
	{"private cut", cut_private, 6, "[6] event 6: its private part does not match its digest\n"},
	{"private added", add_private, 7, "[7] event 7: has a private part that it does not name\n"},
	{"private beyond", add_private, 20, "[20] event 20: has a private part but is not in the log\n"},
	{"swapped", swap_next, 8,
	 "[9] event 9: the hash of the subtree of events 8 to 9 does not match\n"
	 "[11] event 11: the hash of the subtree of events 10 to 11 does not match\n"},
	{"dropped", drop_event, 2, "[2] event 2: is missing\n"},
	{"dropped, two", drop_two, 1, "[1] events 1 to 2: are missing\n"},
	{"dropped, first", drop_event, 0, "[0] event 0: is missing\n"},
	{"dropped, last", drop_event, 19, "[19] event 19: is missing\n"},
	{"row empty", empty_row, 3, "[3] event 3: its row is cut short or has no count of hashes\n"},
	{"row appended", append_row, 20, "[20] event 20: stands beyond the end that the head names\n"},
	{"row far beyond", append_row, 1000000,
	 "[1000000] event 1000000: stands beyond the end that the head names\n"},
	{"event replaced", replace_event, 14,
	 "[15] event 15: the hash of the subtree of events 14 to 15 does not match\n"},
	{"head hash", flip_head_hash, 0,
	 "[15] head: its hash of the subtree of events 0 to 15 does not match\n"},
	{"head hash, second", flip_head_hash, 16,
	 "[19] head: its hash of the subtree of events 16 to 19 does not match\n"},
	{"head cut", cut_head, 0, "[0] head: the head of the log does not say what it must say\n"},
	{"head dropped", drop_head, 0, "[0] head: is missing\n"},
};

static void
test_damage(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(damages); i++) {
		g_autoptr(LsmStore) store = make_log(20);
		g_autoptr(LsmStoreTxn) txn = begin(store, TRUE);
		damages[i].damage(txn, damages[i].position);
		g_autofree char *problems = verify(txn);
		g_test_message("%s:\n%s", damages[i].name, problems);
		g_assert_cmpstr(problems, ==, damages[i].want);
	}
}

/* More than one place: the first is named, and something is said of each. */
static void
test_wide_damage(void)
{
	static const struct {
		const char *name;
		Damage damage;
		guint64 position;
		const char *first;
	} cases[] = {
		{"inserted", insert_row, 7, "[8] event 8: its row has 4 hashes instead of 1\n"},
		{"head shorter", shorten_head, 0,
		 "[18] event 18: stands beyond the end that the head names\n"},
		{"strange keys", strange_keys, 0, "[20] before event 20: a row whose key is no position\n"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(LsmStore) store = make_log(20);
		g_autoptr(LsmStoreTxn) txn = begin(store, TRUE);
		cases[i].damage(txn, cases[i].position);
		g_autofree char *problems = verify(txn);
		g_test_message("%s:\n%s", cases[i].name, problems);
		g_assert_true(g_str_has_prefix(problems, cases[i].first));
	}
}

/* Reading and appending name the place as well, and appending never overwrites. */
static void
test_damage_met(void)
{
	static const struct {
		const char *name;
		Damage damage;
		guint64 position;
		gboolean append_works;
	} cases[] = {
		{"event byte", flip_event_byte, 16, TRUE}, {"count", flip_count, 7, TRUE},
		{"private", flip_private, 6, TRUE},        {"dropped", drop_event, 2, TRUE},
		{"row empty", empty_row, 3, TRUE},         {"head cut", cut_head, 0, FALSE},
		{"row appended", append_row, 20, FALSE},   {"row far beyond", append_row, 5000, FALSE},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(LsmStore) store = make_log(20);
		g_autoptr(LsmStoreTxn) txn = begin(store, TRUE);
		g_autoptr(GString) text = g_string_new(NULL);
		g_autoptr(GError) error = NULL;
		g_test_message("%s", cases[i].name);
		cases[i].damage(txn, cases[i].position);
		if (cases[i].position < 20 &&
		    !lsm_log_scan(txn, 6, LSM_SCAN_FORWARD, collect_positions, text, &error))
			g_assert_error(error, LSM_ERROR, LSM_ERROR_CORRUPT);
		g_clear_error(&error);

		g_autoptr(LsmEvent) event = lsm_event_new(LSM_EVENT_SENT, "LS-1", 0, "mx1");
		g_assert_cmpint(lsm_log_append(txn, event, &error), ==, cases[i].append_works);
		if (!cases[i].append_works)
			g_assert_error(error, LSM_ERROR, LSM_ERROR_CORRUPT);
	}
}

/* One random change anywhere in log, head or private parts is always found, and never crashes anything. */
static void
test_random_damage(void)
{
	g_autoptr(LsmStore) store = make_log(60);

	for (guint round = 0; round < 300; round++) {
		g_autoptr(LsmStoreTxn) txn = begin(store, TRUE);
		guint64 position = (guint64)g_test_rand_int_range(0, 60);
		LsmTable table = g_test_rand_bit() ? LSM_TABLE_LOG : LSM_TABLE_PRIVATE;
		if (table == LSM_TABLE_PRIVATE)
			position -= position % 3;
		g_autoptr(GBytes) row = get_row(txn, table, position);
		gsize length;
		g_autofree guint8 *data = g_bytes_unref_to_data(g_bytes_ref(row), &length);
		gsize at = (gsize)g_test_rand_int_range(0, (gint32)length);
		if (g_test_rand_bit()) {
			data[at] ^= (guint8)g_test_rand_int_range(1, 256);
			at = length;
		}
		put_row(txn, table, position, data, at);

		g_autofree char *problems = verify(txn);
		g_assert_cmpstr(problems, !=, "");
		g_autoptr(GString) text = g_string_new(NULL);
		lsm_log_scan(txn, 0, LSM_SCAN_FORWARD, collect_positions, text, NULL);
		lsm_log_scan(txn, G_MAXUINT64, LSM_SCAN_BACKWARD, collect_positions, text, NULL);
		LsmEvent *event;
		g_assert_cmpint(lsm_log_get(txn, position, &event, NULL), !=, LSM_ABSENT);
		lsm_event_free(event);
	}
}

/* Rows of nothing but random bytes. */
static void
test_random_rows(void)
{
	g_autoptr(LsmStore) store = make_log(10);

	for (guint round = 0; round < 400; round++) {
		g_autoptr(LsmStoreTxn) txn = begin(store, TRUE);
		guint8 data[400];
		for (guint i = 0; i < sizeof data; i++)
			data[i] = (guint8)g_test_rand_int();
		data[0] = (guint8)g_test_rand_int_range(0, 10);
		gsize length = (gsize)g_test_rand_int_range(0, sizeof data);
		if (round % 4 == 0)
			lsm_store_put(txn, LSM_TABLE_META, LSM_LOG_HEAD_KEY, 4, data, length, NULL);
		else
			put_row(txn, LSM_TABLE_LOG, (guint64)g_test_rand_int_range(0, 12), data, length);
		g_autofree char *problems = verify(txn);
		g_assert_cmpstr(problems, !=, "");
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/verify/damage", test_damage);
	g_test_add_func("/verify/wide-damage", test_wide_damage);
	g_test_add_func("/verify/damage-met", test_damage_met);
	g_test_add_func("/verify/random-damage", test_random_damage);
	g_test_add_func("/verify/random-rows", test_random_rows);
	return g_test_run();
}
