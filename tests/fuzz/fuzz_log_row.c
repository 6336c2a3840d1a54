/*
 * fuzz_log_row.c - log_row.c: keys, entries, the head and private parts, whatever their lengths say.
 *
 * The first octet of an input chooses what the rest is.
 */
#include "store/log_row.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void
try_key(const guint8 *data, gsize size)
{
	guint8 again[LSM_LOG_KEY_SIZE];
	guint64 position;

	if (!lsm_log_key_parse(data, size, &position))
		return;
	lsm_log_key(position, again);
	fuzz_must(size == sizeof again && memcmp(again, data, size) == 0);
}

/* All that a row points to lies within it. */
static void
try_row(const guint8 *data, gsize size)
{
	LsmHash leaf;
	LsmLogRow row;

	if (!lsm_log_row_parse(data, size, &row))
		return;
	fuzz_must(row.count >= 1 && row.count <= LSM_LOG_LEVELS);
	fuzz_must(1 + row.count * sizeof leaf + row.event_length == size);
	fuzz_must(row.event + row.event_length == data + size);
	lsm_log_leaf_hash(row.event, row.event_length, leaf);
}

static void
try_head(const guint8 *data, gsize size)
{
	LsmLogEdge edge;
	LsmHash root, hashes[LSM_LOG_LEVELS + 1];

	if (!lsm_log_edge_parse(data, size, &edge))
		return;
	g_autoptr(GBytes) again = lsm_log_edge_render(&edge);
	fuzz_must(g_bytes_get_size(again) == size && memcmp(g_bytes_get_data(again, NULL), data, size) == 0);
	lsm_log_edge_root(&edge, root);
	guint count = lsm_log_edge_add(&edge, root, hashes);
	fuzz_must(count == lsm_log_row_count(edge.size - 1));
}

static void
try_private(const guint8 *data, gsize size)
{
	char digest[2 * LSM_HASH_SIZE + 1];

	fuzz_must(lsm_log_private_digest(data, size, digest) == (size >= LSM_HASH_SIZE));
}

static void (*const tries[])(const guint8 *data, gsize size) = {try_key, try_row, try_head, try_private};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 0)
		tries[data[0] % G_N_ELEMENTS(tries)](data + 1, size - 1);
	return 0;
}

static void
add_edge(GPtrArray *seeds, guint64 size)
{
	LsmLogEdge edge = {.size = size};
	g_autoptr(GBytes) head = lsm_log_edge_render(&edge);
	g_autoptr(GByteArray) input = g_byte_array_new();

	g_byte_array_append(input, (const guint8 *)"\2", 1);
	g_byte_array_append(input, g_bytes_get_data(head, NULL), (guint)g_bytes_get_size(head));
	fuzz_seed_add(seeds, input->data, input->len);
}

GPtrArray *
fuzz_seeds(void)
{
	GPtrArray *seeds = fuzz_seeds_new();
	guint8 row[1 + 1 + 2 * LSM_HASH_SIZE + 5] = {1, 2};

	fuzz_seed_add(seeds, "\0\0\0\0\0\0\0\1\2", 9);
	fuzz_seed_add(seeds, row, sizeof row);
	row[0] = 3;
	fuzz_seed_add(seeds, row, sizeof row);
	add_edge(seeds, 0);
	add_edge(seeds, 7);
	add_edge(seeds, G_MAXUINT64 - 1);
	return seeds;
}
