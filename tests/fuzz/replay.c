/*
 * replay.c - a fuzz target as a test: its seeds, each cut at each place, and a fixed number of random mutations.
 *
 *   fuzz_event                 TAP, the same each time
 *   fuzz_event --seeds DIR     writes the seeds there, for libFuzzer to begin with
 *   fuzz_event FILE ...        runs these inputs: to look at what libFuzzer found
 */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <string.h>

#define MUTATIONS 20000
#define CHANGES_MOST 8
#define CUTS_MOST 2000

static void
run(GByteArray *input)
{
	LLVMFuzzerTestOneInput(input->data == NULL ? (const guint8 *)"" : input->data, input->len);
}

static GByteArray *
copy_of(GBytes *seed)
{
	GByteArray *copy = g_byte_array_new();

	g_byte_array_append(copy, g_bytes_get_data(seed, NULL), (guint)g_bytes_get_size(seed));
	return copy;
}

static void
test_seeds(void)
{
	g_autoptr(GPtrArray) seeds = fuzz_seeds();

	g_assert_cmpuint(seeds->len, >, 0);
	for (guint i = 0; i < seeds->len; i++) {
		g_autoptr(GByteArray) input = copy_of(g_ptr_array_index(seeds, i));
		guint full = input->len, step = MAX(full / CUTS_MOST, 1);

		run(input);
		for (guint length = full - full % step; length > 0; length -= step) {
			g_byte_array_set_size(input, length - 1);
			run(input);
		}
	}
}

/* One octet gets another value, goes, comes, or a piece is repeated. */
static void
change(GByteArray *input, GRand *random)
{
	static const guint8 telling[] = {0, 1, 0x7f, 0x80, 0xff, '"', '\\', '{', '[', '-', '9', '\n', ' '};
	guint at = input->len == 0 ? 0 : (guint)g_rand_int_range(random, 0, (gint)input->len);
	guint8 octet = telling[g_rand_int_range(random, 0, G_N_ELEMENTS(telling))];
	guint left = input->len - at, some = (guint)g_rand_int_range(random, 1, 9);

	switch (input->len == 0 ? 3 : g_rand_int_range(random, 0, 6)) {
	case 0:
		input->data[at] ^= (guint8)(1 << g_rand_int_range(random, 0, 8));
		break;
	case 1:
		input->data[at] = octet;
		break;
	case 2:
		g_byte_array_remove_range(input, at, MIN(left, some));
		break;
	case 3:
		g_byte_array_append(input, &octet, 1);
		break;
	case 4:
		memmove(input->data + at, input->data, MIN(left, 16));
		break;
	default:
		g_byte_array_set_size(input, at);
		break;
	}
}

static void
test_mutations(void)
{
	g_autoptr(GPtrArray) seeds = fuzz_seeds();
	GRand *random = g_rand_new_with_seed(20261121);

	for (guint i = 0; i < MUTATIONS; i++) {
		g_autoptr(GByteArray) input = copy_of(g_ptr_array_index(seeds, i % seeds->len));
		for (gint k = g_rand_int_range(random, 1, CHANGES_MOST + 1); k > 0; k--)
			change(input, random);
		run(input);
	}
	g_rand_free(random);
}

static int
write_seeds(const char *folder)
{
	g_autoptr(GPtrArray) seeds = fuzz_seeds();

	for (guint i = 0; i < seeds->len; i++) {
		GBytes *seed = g_ptr_array_index(seeds, i);
		g_autofree char *path = g_strdup_printf("%s/seed-%u", folder, i);
		if (!g_file_set_contents(path, g_bytes_get_data(seed, NULL), (gssize)g_bytes_get_size(seed),
					 NULL)) {
			fprintf(stderr, "cannot write %s\n", path);
			return 1;
		}
	}
	return 0;
}

static int
run_files(char **paths)
{
	for (; *paths; paths++) {
		g_autofree char *text = NULL;
		gsize length;
		if (!g_file_get_contents(*paths, &text, &length, NULL)) {
			fprintf(stderr, "cannot read %s\n", *paths);
			return 1;
		}
		LLVMFuzzerTestOneInput((const guint8 *)text, length);
	}
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "--seeds") == 0)
		return write_seeds(argv[2]);
	if (argc > 1 && argv[1][0] != '-')
		return run_files(argv + 1);

	g_autofree char *name = g_path_get_basename(argv[0]);
	g_autofree char *seeds = g_strdup_printf("/%s/seeds", name);
	g_autofree char *mutations = g_strdup_printf("/%s/mutations", name);
	g_test_init(&argc, &argv, NULL);
	g_test_add_func(seeds, test_seeds);
	g_test_add_func(mutations, test_mutations);
	return g_test_run();
}
