/*
 * test_settings_origins.c - the printed settings say where each value comes from, and can be read back.
 */
#include <glib/gstdio.h>
#include <string.h>

#include "tests/unit/settings_fixture.h"

static char *folder;

/* A printed line with one blank where there are several. */
static char *
squeezed(const char *text)
{
	g_autoptr(GRegex) blanks = g_regex_new(" +", 0, 0, NULL);

	return g_regex_replace_literal(blanks, text, -1, 0, " ", 0, NULL);
}

static void
test_origins(void)
{
	static const char file[] = "# first\n"
				   "workers = 3 user = liaison-milter\n"
				   "operators = {\n \"alice=alice@example.org\"\n}\n"
				   "\n"
				   "rule \"purpose.missing\" {\n mode = off\n}\n";
	g_autoptr(GError) error = NULL;
	g_autoptr(LsmSettings) settings = settings_from_text(folder, "test.conf", file, &error);
	g_autofree char *whole = lsm_settings_print_origins(settings, FALSE);
	g_autofree char *changed = lsm_settings_print_origins(settings, TRUE);
	g_autofree char *plain = lsm_settings_print(settings, FALSE);
	g_autofree char *seen = squeezed(changed);
	g_autofree char *all = squeezed(whole);
	g_autoptr(LsmSettings) again = NULL;
	g_autofree char *printed = NULL;

	g_assert_no_error(error);
	g_assert_cmpstr(seen, ==,
			"workers = 3 # test.conf:2\n"
			"operators = {\"alice=alice@example.org\"} # test.conf:3\n"
			"rule \"purpose.missing\" { mode = off } # test.conf:7\n");
	/* Given, and what it would be anyway. */
	g_assert_nonnull(strstr(all, "\nuser = \"liaison-milter\" # test.conf:2\n"));
	g_assert_nonnull(strstr(all, "\nmax-parts = 500 # default\n"));
	again = settings_from_text(folder, "test.conf", whole, &error);
	g_assert_no_error(error);
	printed = lsm_settings_print(again, FALSE);
	g_assert_cmpstr(printed, ==, plain);
}

/* One column, and a longer line pushes only its own origin on. */
static void
test_aligned(void)
{
	g_autoptr(LsmSettings) settings = lsm_settings_load(NULL, NULL);
	g_autofree char *text = lsm_settings_print_origins(settings, FALSE);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (gsize i = 0; lines[i][0] != '\0'; i++) {
		const char *mark = strstr(lines[i], " # ");
		gsize column = (gsize)(mark - lines[i]) + 1;

		g_assert_nonnull(mark);
		g_assert_true(column == 64 || (column > 64 && mark[-1] != ' '));
	}
}

int
main(int argc, char **argv)
{
	static const char small[] = "home \"IETF\" { domains = ietf.org liaison-contact = \"l@iab.org\" }\n";
	g_autofree char *directory = NULL;
	int result;

	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	folder = g_dir_make_tmp("test-settings-origins-XXXXXX", NULL);
	directory = g_build_filename(folder, "directory.conf", NULL);
	g_assert_true(g_file_set_contents(directory, small, -1, NULL));
	g_test_add_func("/settings-origins/each", test_origins);
	g_test_add_func("/settings-origins/aligned", test_aligned);
	result = g_test_run();
	g_unlink(directory);
	g_rmdir(folder);
	g_free(folder);
	return result;
}
