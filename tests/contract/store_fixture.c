/*
 * store_fixture.c - a store in a folder of its own for each test, and short hands.
 */
#include "tests/contract/store_fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#include "conf/error.h"
#include "tests/contract/store_fault.h"

void
store_open(StoreFixture *fixture)
{
	g_autoptr(GError) error = NULL;

	fixture->store =
		lsm_store_open_with(fixture->row->backend, fixture->place, LSM_STORE_READ_WRITE, &error);
	g_assert_no_error(error);
	g_assert_nonnull(fixture->store);
}

void
store_reopen(StoreFixture *fixture)
{
	g_clear_pointer(&fixture->store, lsm_store_close);
	store_open(fixture);
}

static void
set_up(StoreFixture *fixture, gconstpointer data)
{
	const StoreRow *row = data;
	const char *mark = strstr(row->place, "%s");

	fixture->row = row;
	fixture->parent = g_dir_make_tmp("lsm-store-XXXXXX", NULL);
	g_assert_nonnull(fixture->parent);
	fixture->folder = g_build_filename(fixture->parent, "store", NULL);
	fixture->place = mark ? g_strdup_printf("%.*s%s%s", (int)(mark - row->place), row->place,
						fixture->folder, mark + 2)
			      : g_strdup(row->place);
	store_open(fixture);
}

static void
remove_tree(const char *path)
{
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *child = g_build_filename(path, name, NULL);
		remove_tree(child);
	}
	g_remove(path);
}

static void
tear_down(StoreFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	lsm_fault_arm(0, LSM_FAULT_BEFORE);
	lsm_store_close(fixture->store);
	remove_tree(fixture->parent);
	g_free(fixture->parent);
	g_free(fixture->folder);
	g_free(fixture->place);
}

LsmStoreTxn *
store_begin(LsmStore *store, gboolean write)
{
	g_autoptr(GError) error = NULL;
	LsmStoreTxn *txn = write ? lsm_store_begin_write(store, &error) : lsm_store_begin_read(store, &error);

	g_assert_no_error(error);
	g_assert_nonnull(txn);
	return txn;
}

void
store_put(LsmStoreTxn *txn, const char *key, const char *value)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(lsm_store_put(txn, LSM_TABLE_CASE, key, strlen(key), value, strlen(value), &error));
	g_assert_no_error(error);
}

void
store_drop(LsmStoreTxn *txn, const char *key)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(lsm_store_delete(txn, LSM_TABLE_CASE, key, strlen(key), &error));
	g_assert_no_error(error);
}

char *
store_get(LsmStoreTxn *txn, const char *key)
{
	g_autoptr(GBytes) value = NULL;
	gsize length;

	switch (lsm_store_get(txn, LSM_TABLE_CASE, key, strlen(key), &value, NULL)) {
	case LSM_FOUND: {
		const char *data = g_bytes_get_data(value, &length);
		return g_strndup(data ? data : "", length);
	}
	case LSM_ABSENT:
		return g_strdup("(absent)");
	default:
		return g_strdup("(failed)");
	}
}

void
store_commit(LsmStoreTxn *txn)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(lsm_store_commit(txn, &error));
	g_assert_no_error(error);
	lsm_store_txn_free(txn);
}

void
store_value(LsmStore *store, const char *key, const char *value)
{
	LsmStoreTxn *txn = store_begin(store, TRUE);

	store_put(txn, key, value);
	store_commit(txn);
}

gboolean
store_join_row(const void *key, gsize key_length, const void *value, gsize value_length, gpointer data)
{
	GString *text = data;

	g_string_append_printf(text, "%s%.*s=%.*s", text->len ? " " : "", (int)key_length, (const char *)key,
			       (int)value_length, (const char *)value);
	return TRUE;
}

char *
store_list(LsmStoreTxn *txn, const char *prefix, LsmScanOrder order)
{
	g_autoptr(GError) error = NULL;
	GString *text = g_string_new(NULL);

	g_assert_true(lsm_store_scan(txn, LSM_TABLE_CASE, prefix, strlen(prefix), order, store_join_row, text,
				     &error));
	g_assert_no_error(error);
	return g_string_free(text, FALSE);
}

guint
store_put_big(LsmStore *store, const char *key, gsize size, guint8 seed)
{
	g_autofree guint8 *value = g_malloc(size);

	memset(value, seed, size);
	for (guint tries = 1; tries <= 3; tries++) {
		g_autoptr(LsmStoreTxn) txn = store_begin(store, TRUE);
		g_autoptr(GError) error = NULL;
		if (lsm_store_put(txn, LSM_TABLE_CONTENT, key, strlen(key), value, size, &error) &&
		    lsm_store_commit(txn, &error))
			return tries;
		g_assert_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY);
	}
	return 0;
}

gboolean
store_has_big(LsmStoreTxn *txn, const char *key, gsize size, guint8 seed)
{
	g_autoptr(GBytes) value = NULL;

	if (lsm_store_get(txn, LSM_TABLE_CONTENT, key, strlen(key), &value, NULL) != LSM_FOUND ||
	    g_bytes_get_size(value) != size)
		return FALSE;
	const guint8 *bytes = g_bytes_get_data(value, NULL);
	return bytes[0] == seed && memcmp(bytes, bytes + 1, size - 1) == 0;
}

#define BIG (30 << 20)

void
store_test_add(const char *group, const char *name, const StoreRow *row, StoreTest test)
{
	g_autofree char *path = g_strdup_printf("/store/%s/%s", group, name);

	g_test_add(path, StoreFixture, row, set_up, test, tear_down);
}
