/*
 * test_packing.c - mails that are packed while they come: the same as of one that was there; once only.
 */
#include <string.h>

#include "conf/error.h"
#include "store/content.h"
#include "store/packing.h"

static LsmStore *
open_store(void)
{
	LsmStore *store = lsm_store_open("memory:", LSM_STORE_READ_WRITE, NULL);

	g_assert_nonnull(store);
	return store;
}

/* Text, and what cannot be compressed. */
static GBytes *
make_mail(gsize length)
{
	guint8 *data = g_malloc(length);

	for (gsize i = 0; i < length; i++)
		data[i] = i % 3000 < 1500 ? (guint8)('a' + i % 26) : (guint8)g_test_rand_int();
	return g_bytes_new_take(data, length);
}

static LsmPacking *
pack_in_pieces(GBytes *mail, gsize piece)
{
	gsize length;
	const guint8 *data = g_bytes_get_data(mail, &length);
	g_autoptr(GError) error = NULL;
	LsmPacking *packing = lsm_packing_new(length, &error);

	for (gsize at = 0; at < length; at += piece)
		g_assert_true(lsm_packing_add(packing, data + at, MIN(piece, length - at), &error));
	g_assert_no_error(error);
	return packing;
}

static const struct {
	gsize length, piece; /* piece 0: it was all there */
} cases[] = {
	{1, 1}, {1000, 1}, {1000, 999}, {70000, 65536}, {300000, 7777}, {5 << 20, 65536}, {5 << 20, 5 << 20},
	{70000, 0}, {1, 0},
};

static void
test_round_trip(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(LsmStore) store = open_store();
		g_autoptr(GBytes) mail = make_mail(cases[i].length);
		g_autoptr(GBytes) again = NULL;
		g_autofree char *digest = lsm_content_digest(mail);
		g_autoptr(GError) error = NULL;
		g_autoptr(LsmPacking) packing = cases[i].piece == 0 ? lsm_packing_of(mail, &error)
								    : pack_in_pieces(mail, cases[i].piece);

		g_assert_cmpstr(lsm_packing_digest(packing), ==, digest);
		g_autoptr(LsmStoreTxn) txn = lsm_store_begin_write(store, NULL);
		g_assert_true(lsm_packing_put(packing, txn, &error));
		g_assert_cmpint(lsm_content_get(txn, digest, &again, &error), ==, LSM_FOUND);
		g_assert_no_error(error);
		g_assert_true(again && g_bytes_equal(again, mail));
	}
}

/* What is gone is not taken for something: whoever sent it has to send it again. */
static void
test_once(void)
{
	g_autoptr(LsmStore) store = open_store();
	g_autoptr(GBytes) mail = make_mail(3 << 20);
	g_autoptr(LsmPacking) packing = pack_in_pieces(mail, 65536);
	g_autofree char *digest = g_strdup(lsm_packing_digest(packing));
	g_autoptr(GBytes) again = NULL;
	g_autoptr(GError) error = NULL;
	LsmStoreTxn *txn = lsm_store_begin_write(store, NULL);

	g_assert_true(lsm_packing_put(packing, txn, NULL));
	lsm_store_txn_free(txn);
	txn = lsm_store_begin_write(store, NULL);
	g_assert_false(lsm_packing_put(packing, txn, &error));
	g_assert_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY);
	g_assert_cmpint(lsm_content_get(txn, digest, &again, NULL), ==, LSM_ABSENT);
	lsm_store_txn_free(txn);
}

static void
test_again_when_whole(void)
{
	g_autoptr(LsmStore) store = open_store();
	g_autoptr(GBytes) mail = make_mail(5000);
	g_autoptr(LsmPacking) packing = lsm_packing_of(mail, NULL);

	for (guint i = 0; i < 3; i++) {
		g_autoptr(LsmStoreTxn) txn = lsm_store_begin_write(store, NULL);
		g_assert_true(lsm_packing_put(packing, txn, NULL));
	}
}

/* One that was broken off. */
static void
test_unfinished(void)
{
	g_autoptr(LsmPacking) packing = lsm_packing_new(1 << 20, NULL);

	g_assert_true(lsm_packing_add(packing, "begun", 5, NULL));
	lsm_packing_free(NULL);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/packing/round-trip", test_round_trip);
	g_test_add_func("/packing/once", test_once);
	g_test_add_func("/packing/again-when-whole", test_again_when_whole);
	g_test_add_func("/packing/unfinished", test_unfinished);
	return g_test_run();
}
