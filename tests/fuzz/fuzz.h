/*
 * fuzz.h - what a fuzz target gives, and who runs it.
 *
 * A target is a file fuzz_<name>.c with these two functions. libFuzzer calls the first with what it makes up
 * (`make fuzz`); replay.c calls it with the seeds and with mutations of them (`make check`). The seeds come
 * from the product's own writers, so that they change with them; a target aborts where what was taken for good
 * does not survive being written and read again.
 */
#ifndef LSM_TESTS_FUZZ_H
#define LSM_TESTS_FUZZ_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Good inputs: array of GBytes *, the caller's. */
GPtrArray *fuzz_seeds(void);

/* An array for seeds. */
static inline GPtrArray *
fuzz_seeds_new(void)
{
	return g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
}

static inline void
fuzz_seed_add(GPtrArray *seeds, const void *data, gsize size)
{
	g_ptr_array_add(seeds, g_bytes_new(data, size));
}

/* Unlike g_assert(), never compiled out and fatal also in tests. */
#define fuzz_must(condition)                                                                                 \
	G_STMT_START                                                                                         \
	{                                                                                                    \
		if (!(condition))                                                                            \
			g_error("%s:%d: %s", __FILE__, __LINE__, #condition);                                \
	}                                                                                                    \
	G_STMT_END

#endif
