/*
 * fuzz_outbox.c - outbox.c: an entry that is taken is one that may be sent, and is written as it was read.
 */
#include "desk/outbox.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static GBytes *
row_of(LsmStoreTxn *txn)
{
	guint64 key = GUINT64_TO_BE(1);
	GBytes *row = NULL;

	fuzz_must(lsm_store_get(txn, LSM_TABLE_OUTBOX, &key, sizeof key, &row, NULL) == LSM_FOUND);
	return row;
}

static gboolean
is_state(const char *state)
{
	return strcmp(state, "held") == 0 || strcmp(state, "due") == 0 || strcmp(state, "failed") == 0;
}

static void
try_entry(LsmStoreTxn *txn)
{
	g_autoptr(LsmOutboxEntry) entry = NULL;
	g_autoptr(GPtrArray) all = lsm_outbox_list(txn, NULL, NULL);

	LsmFound found = lsm_outbox_get(txn, 1, &entry, NULL);
	fuzz_must(found == (all ? LSM_FOUND : LSM_FAILED));
	if (!all)
		return;
	fuzz_must(is_state(entry->state) && *entry->case_id && strlen(entry->content) == 64);
	fuzz_must(lsm_outbox_put(txn, entry, NULL));
	g_autoptr(GBytes) first = row_of(txn);
	g_autoptr(LsmOutboxEntry) again = NULL;
	fuzz_must(lsm_outbox_get(txn, 1, &again, NULL) == LSM_FOUND && lsm_outbox_put(txn, again, NULL));
	g_autoptr(GBytes) second = row_of(txn);
	fuzz_must(g_bytes_equal(first, second));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(LsmStore) store = lsm_store_open("memory:", LSM_STORE_READ_WRITE, NULL);
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_write(store, NULL);
	guint64 key = GUINT64_TO_BE(1);

	fuzz_must(lsm_store_put(txn, LSM_TABLE_OUTBOX, &key, sizeof key, data, size, NULL));
	try_entry(txn);
	return 0;
}

GPtrArray *
fuzz_seeds(void)
{
	static const char *const states[] = {"held", "due", "failed"};
	char *const recipients[] = {(char *)"liaisons@bbf.example", (char *)"carol@example.org", NULL};
	GPtrArray *seeds = fuzz_seeds_new();

	for (guint i = 0; i < G_N_ELEMENTS(states); i++) {
		g_autoptr(LsmStore) store = lsm_store_open("memory:", LSM_STORE_READ_WRITE, NULL);
		g_autoptr(LsmStoreTxn) txn = lsm_store_begin_write(store, NULL);
		g_autoptr(LsmOutboxEntry) entry =
			lsm_outbox_entry_new("LS-20261121-K7Q3M", "request", "", recipients);
		g_free(entry->state);
		entry->state = g_strdup(states[i]);
		entry->content = g_strnfill(64, 'b');
		entry->digest = g_strdup(entry->content);
		entry->due = G_GINT64_CONSTANT(1795255200123000);
		entry->attempts = i;
		entry->last_error = i == 2 ? g_strdup("550 no such user") : NULL;
		fuzz_must(lsm_outbox_put(txn, entry, NULL));
		g_ptr_array_add(seeds, row_of(txn));
	}
	return seeds;
}
