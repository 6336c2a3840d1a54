/*
 * test_content.c - mails by their digest: round trips, damage, bounds.
 */

#include "conf/error.h"
#include "store/content.h"

static LsmStoreTxn *
begin(LsmStore *store)
{
	LsmStoreTxn *txn = lsm_store_begin_write(store, NULL);

	g_assert_nonnull(txn);
	return txn;
}

static void
test_digest(void)
{
	g_autoptr(GBytes) content = g_bytes_new_static("abc", 3);
	g_autofree char *digest = lsm_content_digest(content);

	g_assert_cmpstr(digest, ==, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void
test_round_trip(void)
{
	static const gsize sizes[] = {0, 1, 1000, 1 << 20};
	g_autoptr(LsmStore) store = lsm_store_open("memory:", LSM_STORE_READ_WRITE, NULL);
	g_autoptr(LsmStoreTxn) txn = begin(store);

	for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
		guint8 *data = g_malloc0(sizes[i] + 1);
		for (gsize k = 0; k < sizes[i]; k += 7)
			data[k] = (guint8)g_test_rand_int();
		g_autoptr(GBytes) content = g_bytes_new_take(data, sizes[i]);
		g_autofree char *digest = lsm_content_digest(content);
		g_autoptr(GBytes) frame = lsm_content_compress(content);
		g_autoptr(GBytes) again = NULL;
		g_autoptr(GError) error = NULL;
		g_assert_cmpint(lsm_content_get(txn, digest, &again, NULL), ==, LSM_ABSENT);
		g_assert_true(lsm_content_put(txn, digest, frame, &error));
		g_assert_true(lsm_content_put(txn, digest, frame, &error));
		g_assert_cmpint(lsm_content_get(txn, digest, &again, &error), ==, LSM_FOUND);
		g_assert_no_error(error);
		g_assert_true(again && g_bytes_equal(content, again));
		g_clear_pointer(&again, g_bytes_unref);
		g_assert_true(lsm_content_erase(txn, digest, NULL));
		g_assert_true(lsm_content_erase(txn, digest, NULL));
		g_assert_cmpint(lsm_content_get(txn, digest, &again, NULL), ==, LSM_ABSENT);
	}
}

static void
test_digests_that_are_none(void)
{
	static const char *const digests[] = {
		"",
		"abc",
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a",
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad0",
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ag",
		NULL};
	g_autoptr(LsmStore) store = lsm_store_open("memory:", LSM_STORE_READ_WRITE, NULL);
	g_autoptr(GBytes) content = g_bytes_new_static("abc", 3);

	for (guint i = 0; i < G_N_ELEMENTS(digests); i++) {
		g_autoptr(LsmStoreTxn) txn = begin(store);
		GBytes *again;
		g_autoptr(GError) error = NULL;
		g_assert_false(lsm_content_put(txn, digests[i], content, &error));
		g_assert_error(error, LSM_ERROR, LSM_ERROR_CORRUPT);
		g_assert_cmpint(lsm_content_get(txn, digests[i], &again, NULL), ==, LSM_FAILED);
		g_assert_false(lsm_content_erase(txn, digests[i], NULL));
	}
	g_autoptr(LsmStoreTxn) txn = begin(store);
	g_autofree char *digest = lsm_content_digest(content);
	g_autoptr(GError) error = NULL;
	g_assert_false(lsm_content_put(txn, digest, NULL, &error));
	g_assert_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY);
}

static void
assert_corrupt(LsmStoreTxn *txn, const char *digest, const void *data, gsize length)
{
	g_autoptr(GBytes) frame = g_bytes_new(data, length);
	g_autoptr(GBytes) again = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_true(lsm_content_put(txn, digest, frame, NULL));
	g_assert_cmpint(lsm_content_get(txn, digest, &again, &error), ==, LSM_FAILED);
	g_assert_error(error, LSM_ERROR, LSM_ERROR_CORRUPT);
	g_assert_null(again);
}

static void
test_damage(void)
{
	/* Frame headers (RFC 8878 section 3.1.1) that promise 2^40 octets, the bound itself, and 2^64 - 1. */
	static const guint8 promises[][13] = {
		{0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0, 0, 1, 0, 0},
		{0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0x40, 0, 0, 0, 0},
		{0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
	};
	g_autoptr(LsmStore) store = lsm_store_open("memory:", LSM_STORE_READ_WRITE, NULL);
	static const char mail[] = "Subject: Liaison statement\r\n\r\nDear colleagues\r\n";
	g_autoptr(GBytes) content = g_bytes_new_static(mail, sizeof mail - 1);
	g_autoptr(GBytes) other = g_bytes_new_static("another", 7);
	g_autofree char *digest = lsm_content_digest(content);
	g_autoptr(GBytes) frame = lsm_content_compress(content);
	g_autoptr(GBytes) other_frame = lsm_content_compress(other);
	gsize length = g_bytes_get_size(frame);

	for (gsize cut = 0; cut < length; cut++) {
		g_autoptr(LsmStoreTxn) txn = begin(store);
		assert_corrupt(txn, digest, g_bytes_get_data(frame, NULL), cut);
	}
	g_autoptr(LsmStoreTxn) txn = begin(store);
	assert_corrupt(txn, digest, g_bytes_get_data(other_frame, NULL), g_bytes_get_size(other_frame));
	lsm_store_txn_free(g_steal_pointer(&txn));
	for (guint i = 0; i < G_N_ELEMENTS(promises); i++) {
		txn = begin(store);
		assert_corrupt(txn, digest, promises[i], sizeof promises[i]);
		lsm_store_txn_free(g_steal_pointer(&txn));
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/content/digest", test_digest);
	g_test_add_func("/content/round-trip", test_round_trip);
	g_test_add_func("/content/digests-that-are-none", test_digests_that_are_none);
	g_test_add_func("/content/damage", test_damage);
	return g_test_run();
}
