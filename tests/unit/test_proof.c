/*
 * test_proof.c - proofs worked out by hand from RFC 9162 for logs of 0 to 8 events, longer logs, and changed ones.
 *
 * A hash is named by the stretch of events that it covers; the tree hash is the RFC's own recursion.
 */
#include "store/proof.h"

#include <string.h>

#include "conf/error.h"
#include "tests/unit/log_fixture.h"

static void
mth(GPtrArray *leaves, guint64 start, guint64 end, guint8 out[32])
{
	guint8 left[32], right[32];
	guint64 k = 1;

	if (end - start == 1) {
		memcpy(out, g_ptr_array_index(leaves, start), 32);
		return;
	}
	while (k * 2 < end - start)
		k *= 2;
	mth(leaves, start, start + k, left);
	mth(leaves, start + k, end, right);
	lsm_log_node_hash(left, right, out);
}

static GPtrArray *
read_leaves(LsmStoreTxn *txn, guint size)
{
	GPtrArray *leaves = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < size; i++) {
		g_autoptr(GBytes) bytes = get_row(txn, LSM_TABLE_LOG, i);
		LsmLogRow row;
		guint8 *leaf = g_malloc(32);
		g_assert_true(lsm_log_row_parse(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), &row));
		lsm_log_leaf_hash(row.event, row.event_length, leaf);
		g_ptr_array_add(leaves, leaf);
	}
	return leaves;
}

static const struct {
	guint m, n;
	const char *want;
} inclusions[] = {
	{0, 1, ""}, {0, 2, "1-2"}, {1, 2, "0-1"}, {0, 3, "1-2 2-3"}, {1, 3, "0-1 2-3"}, {2, 3, "0-2"},
	{0, 4, "1-2 2-4"}, {1, 4, "0-1 2-4"}, {2, 4, "3-4 0-2"}, {3, 4, "2-3 0-2"},
	{0, 5, "1-2 2-4 4-5"}, {1, 5, "0-1 2-4 4-5"}, {2, 5, "3-4 0-2 4-5"}, {3, 5, "2-3 0-2 4-5"}, {4, 5, "0-4"},
	{0, 6, "1-2 2-4 4-6"}, {1, 6, "0-1 2-4 4-6"}, {2, 6, "3-4 0-2 4-6"}, {3, 6, "2-3 0-2 4-6"},
	{4, 6, "5-6 0-4"}, {5, 6, "4-5 0-4"},
	{0, 7, "1-2 2-4 4-7"}, {1, 7, "0-1 2-4 4-7"}, {2, 7, "3-4 0-2 4-7"}, {3, 7, "2-3 0-2 4-7"},
	{4, 7, "5-6 6-7 0-4"}, {5, 7, "4-5 6-7 0-4"}, {6, 7, "4-6 0-4"},
	{0, 8, "1-2 2-4 4-8"}, {1, 8, "0-1 2-4 4-8"}, {2, 8, "3-4 0-2 4-8"}, {3, 8, "2-3 0-2 4-8"},
	{4, 8, "5-6 6-8 0-4"}, {5, 8, "4-5 6-8 0-4"}, {6, 8, "7-8 4-6 0-4"}, {7, 8, "6-7 4-6 0-4"},
}, consistencies[] = {
	{0, 0, ""}, {0, 1, ""}, {1, 1, ""}, {0, 8, ""}, {8, 8, ""}, {7, 7, ""},
	{1, 2, "1-2"}, {1, 3, "1-2 2-3"}, {2, 3, "2-3"}, {1, 4, "1-2 2-4"}, {2, 4, "2-4"}, {3, 4, "2-3 3-4 0-2"},
	{1, 5, "1-2 2-4 4-5"}, {2, 5, "2-4 4-5"}, {3, 5, "2-3 3-4 0-2 4-5"}, {4, 5, "4-5"},
	{1, 6, "1-2 2-4 4-6"}, {2, 6, "2-4 4-6"}, {3, 6, "2-3 3-4 0-2 4-6"}, {4, 6, "4-6"}, {5, 6, "4-5 5-6 0-4"},
	{1, 7, "1-2 2-4 4-7"}, {2, 7, "2-4 4-7"}, {3, 7, "2-3 3-4 0-2 4-7"}, {4, 7, "4-7"},
	{5, 7, "4-5 5-6 6-7 0-4"}, {6, 7, "4-6 6-7 0-4"},
	{1, 8, "1-2 2-4 4-8"}, {2, 8, "2-4 4-8"}, {3, 8, "2-3 3-4 0-2 4-8"}, {4, 8, "4-8"},
	{5, 8, "4-5 5-6 6-8 0-4"}, {6, 8, "4-6 6-8 0-4"}, {7, 8, "6-7 7-8 4-6 0-4"},
};

static void
compare(GPtrArray *leaves, const LsmProof *proof, const char *want)
{
	g_auto(GStrv) spans = g_strsplit(want, " ", -1);

	g_assert_cmpuint(proof->count, ==, g_strv_length(spans));
	for (guint i = 0; i < proof->count && spans[i] != NULL; i++) {
		guint8 hash[32];
		mth(leaves, (guint64)g_ascii_digit_value(spans[i][0]), (guint64)g_ascii_digit_value(spans[i][2]),
		    hash);
		g_assert_cmpmem(proof->hashes[i], 32, hash, 32);
	}
}

static void
test_by_hand(void)
{
	g_autoptr(LsmStore) store = make_log(8);
	g_autoptr(LsmStoreTxn) txn = begin(store, FALSE);
	g_autoptr(GPtrArray) leaves = read_leaves(txn, 8);
	LsmProof proof;

	for (guint i = 0; i < G_N_ELEMENTS(inclusions); i++) {
		g_test_message("event %u of %u", inclusions[i].m, inclusions[i].n);
		g_assert_true(lsm_proof_inclusion(txn, inclusions[i].m, inclusions[i].n, &proof, NULL));
		compare(leaves, &proof, inclusions[i].want);
	}
	for (guint i = 0; i < G_N_ELEMENTS(consistencies); i++) {
		g_test_message("from %u to %u", consistencies[i].m, consistencies[i].n);
		g_assert_true(lsm_proof_consistency(txn, consistencies[i].m, consistencies[i].n, &proof, NULL));
		compare(leaves, &proof, consistencies[i].want);
	}
}

static LsmLogHead
head_of(LsmStoreTxn *txn, guint64 size)
{
	LsmLogHead head = {.size = size};

	g_assert_true(lsm_proof_root(txn, size, head.root, NULL));
	return head;
}

/* Some events of every size, every size of the longest. */
static void
test_long_logs(void)
{
	g_autoptr(LsmStore) store = make_log(300);
	g_autoptr(LsmStoreTxn) txn = begin(store, FALSE);
	g_autoptr(GPtrArray) leaves = read_leaves(txn, 300);
	LsmProof proof;
	guint8 root[32];

	for (guint n = 1; n <= 300; n++) {
		LsmLogHead head = head_of(txn, n);
		mth(leaves, 0, n, root);
		g_assert_cmpmem(head.root, 32, root, 32);
		for (guint i = 0; i < (n == 300 ? 300 : 6); i++) {
			guint m = n == 300 ? i : (guint)g_test_rand_int_range(0, (gint32)n);
			LsmLogHead old = head_of(txn, m);
			g_assert_true(lsm_proof_inclusion(txn, m, n, &proof, NULL));
			g_assert_true(lsm_proof_check_inclusion(&proof, m, g_ptr_array_index(leaves, m), &head));
			g_assert_false(lsm_proof_check_inclusion(&proof, n, g_ptr_array_index(leaves, m), &head));
			g_assert_cmpuint(proof.count, <=, 9);
			g_assert_true(lsm_proof_consistency(txn, m, n, &proof, NULL));
			g_assert_true(lsm_proof_check_consistency(&proof, &old, &head));
			g_assert_cmpuint(proof.count, <=, 10);
		}
	}
}

/* Each octet of a stretch of memory that the check reads, changed and put back. */
static void
refuse_changes(guint8 *octets, gsize length, gboolean (*check)(gpointer), gpointer data)
{
	g_assert_true(check(data));
	for (gsize i = 0; i < length; i++) {
		octets[i] ^= 1 << (i % 8);
		if (check(data))
			g_test_fail_printf("octet %" G_GSIZE_FORMAT " may change", i);
		octets[i] ^= 1 << (i % 8);
	}
}

typedef struct {
	LsmProof proof;
	LsmLogHead old, head;
	guint8 leaf[32];
	guint64 index;
} Claim;

static gboolean
check_inclusion(gpointer data)
{
	const Claim *claim = data;

	return lsm_proof_check_inclusion(&claim->proof, claim->index, claim->leaf, &claim->head);
}

static gboolean
check_consistency(gpointer data)
{
	const Claim *claim = data;

	return lsm_proof_check_consistency(&claim->proof, &claim->old, &claim->head);
}

/* One hash less, one more. */
static void
refuse_lengths(Claim *claim, gboolean (*check)(gpointer))
{
	guint count = claim->proof.count;

	claim->proof.count = count + 1;
	g_assert_false(check(claim));
	claim->proof.count = LSM_PROOF_MAX + 1;
	g_assert_false(check(claim));
	claim->proof.count = count - 1;
	if (count > 0)
		g_assert_false(check(claim));
	claim->proof.count = count;
}

static void
test_changes(void)
{
	g_autoptr(LsmStore) store = make_log(23);
	g_autoptr(LsmStoreTxn) txn = begin(store, FALSE);
	g_autoptr(GPtrArray) leaves = read_leaves(txn, 23);

	for (guint n = 1; n <= 23; n++)
		for (guint m = 0; m < n; m++) {
			Claim claim = {.index = m, .head = head_of(txn, n)};
			memcpy(claim.leaf, g_ptr_array_index(leaves, m), 32);
			g_assert_true(lsm_proof_inclusion(txn, m, n, &claim.proof, NULL));
			guint8 *hashes = claim.proof.hashes[0];
			refuse_changes(hashes, (gsize)claim.proof.count * 32, check_inclusion, &claim);
			refuse_changes(claim.leaf, 32, check_inclusion, &claim);
			refuse_changes(claim.head.root, 32, check_inclusion, &claim);
			refuse_lengths(&claim, check_inclusion);

			claim.old = head_of(txn, m);
			g_assert_true(lsm_proof_consistency(txn, m, n, &claim.proof, NULL));
			refuse_changes(hashes, (gsize)claim.proof.count * 32, check_consistency, &claim);
			refuse_changes(claim.old.root, 32, check_consistency, &claim);
			if (m > 0)
				refuse_changes(claim.head.root, 32, check_consistency, &claim);
			refuse_lengths(&claim, check_consistency);
		}
}

static void
test_refusals(void)
{
	g_autoptr(LsmStore) store = make_log(5);
	g_autoptr(LsmStoreTxn) txn = begin(store, TRUE);
	LsmProof proof = {.count = 0};
	LsmLogHead none = head_of(txn, 0), all = head_of(txn, 5), huge = {.size = G_MAXUINT64};
	guint8 key[LSM_LOG_KEY_SIZE], root[32];
	g_autoptr(GError) error = NULL;

	g_assert_false(lsm_proof_inclusion(txn, 5, 5, &proof, &error));
	g_assert_error(error, LSM_ERROR, LSM_ERROR_USAGE);
	g_clear_error(&error);
	g_assert_false(lsm_proof_inclusion(txn, 0, 6, &proof, NULL));
	g_assert_false(lsm_proof_consistency(txn, 4, 3, &proof, NULL));
	g_assert_false(lsm_proof_consistency(txn, 4, 6, &proof, NULL));
	g_assert_false(lsm_proof_root(txn, G_MAXUINT64, root, NULL));
	proof.count = 0;
	g_assert_false(lsm_proof_check_inclusion(&proof, 0, all.root, &none));
	g_assert_false(lsm_proof_check_inclusion(&proof, G_MAXUINT64 - 1, all.root, &huge));
	g_assert_false(lsm_proof_check_consistency(&proof, &all, &none));
	g_assert_false(lsm_proof_check_consistency(&proof, &all, &huge));
	lsm_log_key(3, key);
	g_assert_true(lsm_store_delete(txn, LSM_TABLE_LOG, key, sizeof key, NULL));
	g_assert_false(lsm_proof_inclusion(txn, 4, 5, &proof, &error));
	g_assert_error(error, LSM_ERROR, LSM_ERROR_CORRUPT);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/proof/by-hand", test_by_hand);
	g_test_add_func("/proof/long-logs", test_long_logs);
	g_test_add_func("/proof/changes", test_changes);
	g_test_add_func("/proof/refusals", test_refusals);
	return g_test_run();
}
