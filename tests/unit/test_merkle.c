/*
 * test_merkle.c - the log against RFC 9162 section 2.1.1 taken literally, and reading it.
 *
 * The tree hash here is the RFC's own recursion over the list of leaves, with GLib's SHA-256: it shares
 * nothing with the log's code.
 */
#include <string.h>

#include "conf/error.h"
#include "tests/unit/log_fixture.h"

/* --- the RFC's definition --- */

static void
sha256(guint8 prefix, const void *a, gsize a_length, const void *b, gsize b_length, guint8 out[32])
{
	g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
	gsize length = 32;

	g_checksum_update(checksum, &prefix, 1);
	g_checksum_update(checksum, a, (gssize)a_length);
	g_checksum_update(checksum, b, (gssize)b_length);
	g_checksum_get_digest(checksum, out, &length);
}

static void
mth(GBytes *const *leaves, guint64 n, guint8 out[32])
{
	guint8 left[32], right[32];

	if (n == 1) {
		sha256(0, g_bytes_get_data(leaves[0], NULL), g_bytes_get_size(leaves[0]), "", 0, out);
		return;
	}
	guint64 k = 1;
	while (k * 2 < n)
		k *= 2;
	mth(leaves, k, left);
	mth(leaves + k, n - k, right);
	sha256(1, left, 32, right, 32, out);
}

/* --- hashes --- */

/* Sizes 0 to 8 with the events of an own log, and then every size up to 300: roots, and the peaks in the
 * rows. */
static void
test_roots(void)
{
	g_autoptr(LsmStore) store = lsm_store_open("memory:", LSM_STORE_READ_WRITE, NULL);
	g_autoptr(LsmStoreTxn) txn = begin(store, TRUE);
	g_autoptr(GPtrArray) leaves = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	static const char empty[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
	LsmLogHead head;

	g_assert_true(lsm_log_head(txn, &head, NULL));
	g_autofree char *hex = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)"", 0);
	g_assert_cmpstr(hex, ==, empty);
	g_assert_cmpuint(head.size, ==, 0);
	for (guint i = 0; i < 32; i++)
		g_assert_cmphex(head.root[i], ==,
				(guint)(g_ascii_xdigit_value(empty[2 * i]) << 4 |
					g_ascii_xdigit_value(empty[2 * i + 1])));

	for (guint size = 1; size <= 300; size++) {
		guint8 want[32];
		LsmLogRow row;
		append(txn, size - 1);
		g_autoptr(GBytes) bytes = get_row(txn, LSM_TABLE_LOG, size - 1);
		g_assert_true(
			lsm_log_row_parse(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), &row));
		g_ptr_array_add(leaves, g_bytes_new(row.event, row.event_length));
		GBytes *const *all = (GBytes *const *)leaves->pdata;

		g_assert_true(lsm_log_head(txn, &head, NULL));
		mth(all, size, want);
		g_assert_cmpuint(head.size, ==, size);
		g_assert_cmpmem(head.root, 32, want, 32);
		/* Row hashes: of the last 1, 2, 4 ... events, as far as a complete subtree ends here. */
		guint count = 0;
		for (guint width = 1; size % width == 0; width *= 2, count++) {
			mth(all + size - width, width, want);
			g_assert_cmpmem(row.hashes[count], 32, want, 32);
		}
		g_assert_cmpuint(row.count, ==, count);
	}
}

/* The vectors that certificate transparency logs are tested with: 8 inputs, roots of the trees of 1 to 8. */
static void
test_known_vectors(void)
{
	static const struct {
		const char *data;
		gsize length;
	} inputs[] = {{"", 0},
		      {"\x00", 1},
		      {"\x10", 1},
		      {"\x20\x21", 2},
		      {"\x30\x31", 2},
		      {"\x40\x41\x42\x43", 4},
		      {"\x50\x51\x52\x53\x54\x55\x56\x57", 8},
		      {"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16}};
	static const char *const roots[] = {
		"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
		"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
		"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
		"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
	};
	LsmLogEdge edge = {.size = 0};

	for (guint i = 0; i < G_N_ELEMENTS(inputs); i++) {
		LsmHash leaf, root, hashes[LSM_LOG_LEVELS + 1];
		char hex[65];
		lsm_log_leaf_hash(inputs[i].data, inputs[i].length, leaf);
		lsm_log_edge_add(&edge, leaf, hashes);
		lsm_log_edge_root(&edge, root);
		for (guint k = 0; k < 32; k++)
			g_snprintf(hex + 2 * k, 3, "%02x", root[k]);
		g_assert_cmpstr(hex, ==, roots[i]);
	}
}

static void
test_rows(void)
{
	static const struct {
		const char *name;
		guint8 count;
		gsize length;
		gboolean want;
	} cases[] = {
		{"no count", 1, 0, FALSE},     {"count alone", 1, 1, FALSE},
		{"cut hash", 1, 32, FALSE},    {"one hash", 1, 33, TRUE},
		{"count 0", 0, 33, FALSE},     {"count too high", 65, 65 * 32 + 1, FALSE},
		{"64 hashes", 64, 2049, TRUE}, {"64, cut", 64, 2048, FALSE},
		{"255", 255, 8161, FALSE},
	};
	LsmLogRow row;

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree guint8 *data = g_malloc0(MAX(cases[i].length, 1));
		data[0] = cases[i].count;
		g_test_message("%s", cases[i].name);
		g_assert_cmpint(lsm_log_row_parse(data, cases[i].length, &row), ==, cases[i].want);
	}
}

static void
test_edges(void)
{
	LsmLogEdge edge;
	guint8 all[8 + 64 * 32];

	memset(all, 0xff, sizeof all);
	g_assert_false(lsm_log_edge_parse(all, sizeof all, &edge));
	g_assert_false(lsm_log_edge_parse(all, 7, &edge));
	all[7] = 0xfe;
	g_assert_true(lsm_log_edge_parse(all, sizeof all - 32, &edge));
	g_assert_false(lsm_log_edge_parse(all, sizeof all, &edge));
	g_autoptr(GBytes) bytes = lsm_log_edge_render(&edge);
	g_assert_cmpmem(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), all, sizeof all - 32);
}

/* --- reading --- */

static void
test_scan(void)
{
	static const struct {
		guint64 position;
		LsmScanOrder order;
		const char *want; /* the visitor ends at 5 */
	} cases[] = {
		{0, LSM_SCAN_FORWARD, "0p 1 2 3e 4 5 "},
		{6, LSM_SCAN_FORWARD, "6p 7 8 9p "},
		{9, LSM_SCAN_FORWARD, "9p "},
		{10, LSM_SCAN_FORWARD, ""},
		{G_MAXUINT64, LSM_SCAN_FORWARD, ""},
		{G_MAXUINT64, LSM_SCAN_BACKWARD, "9p 8 7 6p 5 "},
		{4, LSM_SCAN_BACKWARD, "4 3e 2 1 0p "},
		{0, LSM_SCAN_BACKWARD, "0p "},
	};
	g_autoptr(LsmStore) store = make_log(10);
	g_autoptr(LsmStoreTxn) txn = begin(store, TRUE);
	guint64 problems;
	LsmLogHead head;

	g_assert_true(lsm_log_erase_private(txn, 3, NULL));
	g_assert_true(lsm_log_erase_private(txn, 4, NULL));
	g_assert_true(lsm_log_erase_private(txn, 77, NULL));
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GString) text = g_string_new(NULL);
		g_autoptr(GError) error = NULL;
		g_assert_true(lsm_log_scan(txn, cases[i].position, cases[i].order, collect_positions, text,
					   &error));
		g_assert_no_error(error);
		g_assert_cmpstr(text->str, ==, cases[i].want);
	}
	g_assert_true(lsm_log_verify(txn, NULL, NULL, &problems, &head, NULL));
	g_assert_cmpuint(problems, ==, 0);
}

static void
test_get(void)
{
	g_autoptr(LsmStore) store = make_log(4);
	g_autoptr(LsmStoreTxn) txn = begin(store, FALSE);
	LsmEvent *event;

	g_assert_cmpint(lsm_log_get(txn, 3, &event, NULL), ==, LSM_FOUND);
	g_assert_cmpstr(event->case_id, ==, "LS-20261121-3");
	g_assert_cmpstr(lsm_json_string(event->private, "subject"), ==, "LS-20261121-3");
	g_assert_cmpint(event->time, ==, 1795255200003000);
	lsm_event_free(event);
	g_assert_cmpint(lsm_log_get(txn, 4, &event, NULL), ==, LSM_ABSENT);
	g_assert_cmpint(lsm_log_get(txn, G_MAXUINT64, &event, NULL), ==, LSM_ABSENT);
}

/* The same private part twice: nothing to compare. */
static void
test_salt(void)
{
	g_autoptr(LsmStore) store = lsm_store_open("memory:", LSM_STORE_READ_WRITE, NULL);
	g_autoptr(LsmStoreTxn) txn = begin(store, TRUE);
	g_autofree char *first = NULL;

	for (guint i = 0; i < 2; i++) {
		g_autoptr(LsmEvent) event = lsm_event_new(LSM_EVENT_SEEN, "LS-1", 0, "mx1");
		event->private = json_object_new();
		json_object_set_string_member(event->private, "subject", "guess me");
		g_assert_true(lsm_log_append(txn, event, NULL));
		g_autoptr(GBytes) row = get_row(txn, LSM_TABLE_LOG, i);
		g_assert_null(g_strstr_len((const char *)g_bytes_get_data(row, NULL),
					   (gssize)g_bytes_get_size(row), "guess"));
		g_assert_cmpstr(event->salted_digest, !=, first);
		g_free(first);
		first = g_strdup(event->salted_digest);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/merkle/roots", test_roots);
	g_test_add_func("/merkle/known-vectors", test_known_vectors);
	g_test_add_func("/merkle/rows", test_rows);
	g_test_add_func("/merkle/edges", test_edges);
	g_test_add_func("/merkle/scan", test_scan);
	g_test_add_func("/merkle/get", test_get);
	g_test_add_func("/merkle/salt", test_salt);
	return g_test_run();
}
