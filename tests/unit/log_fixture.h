/*
 * log_fixture.h - a log in memory to look at; for the tests of the log.
 */
#ifndef LSM_TESTS_LOG_FIXTURE_H
#define LSM_TESTS_LOG_FIXTURE_H

#include "store/json.h"
#include "store/log.h"
#include "store/log_row.h"

static inline LsmStoreTxn *
begin(LsmStore *store, gboolean write)
{
	LsmStoreTxn *txn = write ? lsm_store_begin_write(store, NULL) : lsm_store_begin_read(store, NULL);

	g_assert_nonnull(txn);
	return txn;
}

static inline void
append(LsmStoreTxn *txn, guint number)
{
	g_autofree char *id = g_strdup_printf("LS-20261121-%u", number);
	g_autoptr(LsmEvent) event =
		lsm_event_new(number % LSM_EVENT_COUNT, id, 1795255200000000 + number * 1000, "mx1");
	g_autoptr(GError) error = NULL;

	if (number % 3 == 0) {
		event->private = json_object_new();
		json_object_set_string_member(event->private, "subject", id);
	}
	g_assert_true(lsm_log_append(txn, event, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(event->position, ==, number);
	g_assert_cmpint(event->salted_digest != NULL, ==, number % 3 == 0);
}

static inline LsmStore *
make_log(guint size)
{
	LsmStore *store = lsm_store_open("memory:", LSM_STORE_READ_WRITE, NULL);
	g_autoptr(LsmStoreTxn) txn = begin(store, TRUE);

	for (guint i = 0; i < size; i++)
		append(txn, i);
	g_assert_true(lsm_store_commit(txn, NULL));
	return store;
}

static inline GBytes *
get_row(LsmStoreTxn *txn, LsmTable table, guint64 position)
{
	guint8 key[LSM_LOG_KEY_SIZE];
	GBytes *row = NULL;

	lsm_log_key(position, key);
	lsm_store_get(txn, table, key, sizeof key, &row, NULL);
	return row;
}

/* A word for each event: position, p with a private part, e with an erased one. Ends behind 5. */
static inline gboolean
collect_positions(const LsmEvent *event, gpointer data)
{
	g_string_append_printf(data, "%" G_GUINT64_FORMAT "%s ", event->position,
			       event->private  ? "p"
			       : event->erased ? "e"
					       : "");
	return event->position != 5;
}

#endif
