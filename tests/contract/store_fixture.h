/*
 * store_fixture.h - a store in a folder of its own for each test, and short hands.
 *
 * The short hands work on LSM_TABLE_CASE with strings, and assert that what they do works.
 */
#ifndef LSM_TESTS_STORE_FIXTURE_H
#define LSM_TESTS_STORE_FIXTURE_H

#include "store/backend.h"

/* A value that is far above all that a small map holds. */
#define BIG (30 << 20)

/* A kind of store to run tests on. */
typedef struct {
	const char *name;
	const LsmBackend *backend;
	const char *place; /* %s: a folder that is not there yet */
	gboolean durable;
} StoreRow;

typedef struct {
	const StoreRow *row;
	char *parent;
	char *folder; /* of the store, if it has one */
	char *place;
	LsmStore *store;
} StoreFixture;

typedef void (*StoreTest)(StoreFixture *fixture, gconstpointer row);

/* Adds /store/<group>/<name>. */
void store_test_add(const char *group, const char *name, const StoreRow *row, StoreTest test);

void store_open(StoreFixture *fixture);
void store_reopen(StoreFixture *fixture);

LsmStoreTxn *store_begin(LsmStore *store, gboolean write);
void store_put(LsmStoreTxn *txn, const char *key, const char *value);
void store_drop(LsmStoreTxn *txn, const char *key);
/* Commits and frees. */
void store_commit(LsmStoreTxn *txn);
/* One row in a transaction of its own. */
void store_value(LsmStore *store, const char *key, const char *value);

/* The value, "(absent)" or "(failed)"; caller frees. */
char *store_get(LsmStoreTxn *txn, const char *key);
/* "key=value key=value"; caller frees. */
char *store_list(LsmStoreTxn *txn, const char *prefix, LsmScanOrder order);
/* The visitor behind it; data: a GString. */
gboolean store_join_row(const void *key, gsize key_length, const void *value, gsize value_length,
			gpointer data);

#define assert_value(txn, key, want)                                                                         \
	G_STMT_START                                                                                         \
	{                                                                                                    \
		g_autofree char *value_ = store_get(txn, key);                                               \
		g_assert_cmpstr(value_, ==, want);                                                           \
	}                                                                                                    \
	G_STMT_END

#define assert_list(txn, prefix, order, want)                                                                \
	G_STMT_START                                                                                         \
	{                                                                                                    \
		g_autofree char *list_ = store_list(txn, prefix, order);                                     \
		g_assert_cmpstr(list_, ==, want);                                                            \
	}                                                                                                    \
	G_STMT_END

/* size times the octet seed, in LSM_TABLE_CONTENT, tried again after TEMPORARY as the contract says of full
 * maps. Returns the number of tries, 0 if it never worked. */
guint store_put_big(LsmStore *store, const char *key, gsize size, guint8 seed);
gboolean store_has_big(LsmStoreTxn *txn, const char *key, gsize size, guint8 seed);

#endif
