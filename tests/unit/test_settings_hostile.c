/*
 * test_settings_hostile.c - octets that no postmaster would write: settings end in an error, never in a crash.
 */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "conf/settings.h"

static char *path; /* of the one file that the tests write over and over */

static void
assert_no_crash(const char *octets, gsize length)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(LsmSettings) settings = NULL;

	/* An existing file would be synced when it is replaced: hundreds of times. */
	g_unlink(path);
	g_assert_true(g_file_set_contents(path, octets, (gssize)length, NULL));
	settings = lsm_settings_load(path, &error);
	g_assert_true((settings == NULL) == (error != NULL));
}

static void
test_hostile(void)
{
	static const char *const pieces[] = {"{", "}", "\"", "'",        "\\", "/*", "#",
					     "=", ",", "${", "rule a {", "x ", "\n", "rule "};

	for (gsize i = 0; i < G_N_ELEMENTS(pieces); i++) {
		GString *text = g_string_new("operators = {");

		while (text->len < (1 << 18))
			g_string_append(text, pieces[i]);
		assert_no_crash(text->str, text->len);
		assert_no_crash(text->str + strlen("operators = {"), text->len - strlen("operators = {"));
		g_string_free(text, TRUE);
	}
	assert_no_crash("mode = \0off\n", 12);
	assert_no_crash("\0", 1);
}

/* The sample, damaged at random: fixed seed, so that a failure comes back. */
static void
test_damaged_sample(void)
{
	g_autoptr(GBytes) file = g_resources_lookup_data("/org/liaison-milter/liaison-milter.conf",
							 G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
	gsize length = g_bytes_get_size(file);
	g_autoptr(GRand) random = g_rand_new_with_seed(20261121);

	for (int i = 0; i < 150; i++) {
		g_autofree char *damaged = g_memdup2(g_bytes_get_data(file, NULL), length);

		for (int j = 0; j < 5; j++)
			damaged[g_rand_int_range(random, 0, (gint32)length)] =
				(char)g_rand_int_range(random, 0, 256);
		assert_no_crash(damaged, (gsize)g_rand_int_range(random, 0, (gint32)length + 1));
	}
}

static gpointer
load_sample(gpointer data)
{
	(void)data;
	for (int i = 0; i < 5; i++) {
		g_autoptr(LsmSettings) settings = lsm_settings_load(NULL, NULL);
		g_autoptr(LsmSettings) shared = lsm_settings_ref(settings);

		g_assert_nonnull(shared);
	}
	return NULL;
}

static void
test_threads(void)
{
	GThread *threads[4];

	for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
		threads[i] = g_thread_new("load", load_sample, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
		g_thread_join(threads[i]);
}

int
main(int argc, char **argv)
{
	g_autofree char *folder = g_dir_make_tmp("test-settings-XXXXXX", NULL);
	int result;

	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	path = g_build_filename(folder, "test.conf", NULL);
	g_test_add_func("/settings-hostile/pieces", test_hostile);
	g_test_add_func("/settings-hostile/damaged-sample", test_damaged_sample);
	g_test_add_func("/settings-hostile/threads", test_threads);
	result = g_test_run();
	g_unlink(path);
	g_rmdir(folder);
	g_free(path);
	return result;
}
