/*
 * test_directory_include.c - a directory of several files: read as one, mistakes named with their file and
 * line.
 */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "conf/directory.h"
#include "conf/error.h"

#define FILES_MAX 4

typedef struct {
	const char *name, *text;
} File;

/* A folder with these files; the first is the one that is loaded. */
static char *
write_files(const File *files)
{
	char *folder = g_dir_make_tmp("test-include-XXXXXX", NULL);
	g_autofree char *sub = g_build_filename(folder, "sub", NULL);

	g_assert_cmpint(g_mkdir(sub, 0700), ==, 0);
	for (gsize i = 0; i < FILES_MAX && files[i].name != NULL; i++) {
		g_autofree char *path = g_build_filename(folder, files[i].name, NULL);

		g_assert_true(g_file_set_contents(path, files[i].text, -1, NULL));
	}
	return folder;
}

static void
remove_folder(const char *folder, const File *files)
{
	g_autofree char *sub = g_build_filename(folder, "sub", NULL);

	for (gsize i = 0; i < FILES_MAX && files[i].name != NULL; i++) {
		g_autofree char *path = g_build_filename(folder, files[i].name, NULL);

		g_unlink(path);
	}
	g_rmdir(sub);
	g_assert_cmpint(g_rmdir(folder), ==, 0);
}

static LsmDirectory *
load(const char *folder, const File *files, GError **error)
{
	g_autofree char *path = g_build_filename(folder, files[0].name, NULL);

	return lsm_directory_load(path, error);
}

#define HEAD "home \"IETF\" {\n domains = ietf.org\n liaison-contact = \"l@iab.org\"\n"

typedef struct {
	const char *name;
	File files[FILES_MAX];
	const char *want; /* %F: the folder */
} MistakeCase;

static const MistakeCase mistake_cases[] = {
	{"not there",
	 {{"d", HEAD "include(\"a\") }"}},
	 "%F/d:4: read include(\"a\"); expected a file that can be read (%F/a: No such file or directory)"},
	{"in the included file",
	 {{"d", HEAD "include(\"a\")\n}"}, {"a", "area ops { }\n\narea wit { nme = x }"}},
	 "%F/a:3: read the unknown key \"nme\" in area \"wit\"; expected a known one, the nearest is "
	 "\"name\""},
	{"behind it",
	 {{"d", HEAD "include(\"a\")\narea ops { nme = x }\n}"}, {"a", "area wit { }\n\n\n\n"}},
	 "%F/d:5: read the unknown key \"nme\" in area \"ops\"; expected a known one, the nearest is "
	 "\"name\""},
	{"value, on the same line behind it",
	 {{"d", HEAD "include(\"a\") area ops { list = x }\n}"}, {"a", "area wit { }\n\n"}},
	 "%F/d:4: list = \"x\"; expected a mail address (name@domain), or \"\""},
	{"value in it",
	 {{"d", HEAD "include(\"a\")\n}"}, {"a", "\narea wit {\n list = x }"}},
	 "%F/a:3: list = \"x\"; expected a mail address (name@domain), or \"\""},
	{"section not closed",
	 {{"d", HEAD "include(\"a\")\n}"}, {"a", "\narea wit {\n"}},
	 "%F/a:2: read area \"wit\", which is not closed; expected its '}' before the end of the file"},
	{"closes the includer's",
	 {{"d", HEAD "include(\"a\")\n}"}, {"a", "area wit { }\n}"}},
	 "%F/a:2: read '}'; expected a key: no section of this file is open here"},
	{"section in two files",
	 {{"d", HEAD "area wit { }\ninclude(\"a\")\n}"}, {"a", "\narea wit { }"}},
	 "%F/a:2: read area \"wit\" again; expected it once, it stands in %F/d:4 already"},
	{"key in two files",
	 {{"d", HEAD "include(\"a\")\n}"}, {"a", "domains = iab.org"}},
	 "%F/a:1: read domains again; expected it once, it stands in %F/d:2 already"},
	{"list in two files",
	 {{"d", HEAD "include(\"a\")\narea ops { list = \"x@ietf.org\" }\n}"},
	  {"a", "area wit { list = \"x@ietf.org\" }"}},
	 "%F/d:5: area \"ops\": list \"x@ietf.org\" belongs to another section already; expected it in one"},
	{"reference out of it",
	 {{"d", HEAD "include(\"a\")\n}"}, {"a", "area wit { }\ngroup x { area = ops }"}},
	 "%F/a:2: group \"x\": area \"ops\" is not defined; expected one of wit"},
	{"itself",
	 {{"d", "\ninclude(\"d\")"}},
	 "%F/d:2: read include(\"d\"), which includes itself; expected another file"},
	{"a loop of two",
	 {{"d", "include(\"sub/a\")"}, {"sub/a", "include(\"../d\")"}},
	 "%F/sub/a:1: read include(\"../d\"), which includes itself; expected another file"},
	{"a folder",
	 {{"d", "include(\"sub\")"}},
	 "%F/d:1: read include(\"sub\"); expected a file that can be read (%F/sub: is not a regular file)"},
	{"no text",
	 {{"d", "include(\"a\")"}, {"a", "\n\xff"}},
	 "%F/a:2: read the octet 0xff; expected text in UTF-8"},
	{"names from the includer's folder",
	 {{"d", HEAD "include(\"sub/a\") }"}, {"sub/a", "include(\"b\")"}, {"b", ""}},
	 "%F/sub/a:1: read include(\"b\"); expected a file that can be read (%F/sub/b: No such file or "
	 "directory)"},
};

static void
test_mistakes(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(mistake_cases); i++) {
		const MistakeCase *row = &mistake_cases[i];
		g_autofree char *folder = write_files(row->files);
		g_auto(GStrv) parts = g_strsplit(row->want, "%F", -1);
		g_autofree char *want = g_strjoinv(folder, parts);
		g_autoptr(GError) error = NULL;
		g_autoptr(LsmDirectory) directory = load(folder, row->files, &error);

		g_assert_null(directory);
		g_assert_error(error, LSM_ERROR, LSM_ERROR_CONFIG);
		if (error == NULL || strcmp(error->message, want) != 0)
			g_test_message("in row \"%s\"", row->name);
		g_assert_cmpstr(error != NULL ? error->message : NULL, ==, want);
		remove_folder(folder, row->files);
	}
}

static const File split[FILES_MAX] = {
	{"d", "# split\n" HEAD "include(\"sub/groups\") # here\n include(\"people\")\n}\ninclude('others')"},
	{"sub/groups", "area ops { directors = \"ad@example.org\" }\n\ngroup x {\n area = ops }"},
	{"people", "\nperson \"A\" { addresses = \"ad@example.org\" role ops { } }\n"},
	{"others", "organization \"Example\" { domains = example.com }\n"},
};

static void
check_place(const LsmPlace *place, const char *folder, const char *file, guint line)
{
	g_autofree char *path = g_build_filename(folder, file, NULL);

	g_assert_cmpstr(place->file, ==, path);
	g_assert_cmpuint(place->line, ==, line);
}

static void
test_split(void)
{
	g_autofree char *folder = write_files(split);
	g_autoptr(GError) error = NULL;
	g_autoptr(LsmDirectory) directory = load(folder, split, &error);

	g_assert_no_error(error);
	check_place(lsm_directory_home_place(directory), folder, "d", 2);
	check_place(&lsm_directory_find_body(directory, "ops")->place, folder, "sub/groups", 1);
	check_place(&lsm_directory_find_body(directory, "x")->place, folder, "sub/groups", 3);
	check_place(&lsm_directory_person(directory, 0)->place, folder, "people", 2);
	check_place(&lsm_directory_organization(directory, 0)->place, folder, "others", 1);
	g_assert_cmpuint(g_strv_length((char **)lsm_directory_files(directory)), ==, 4);
	g_assert_true(lsm_directory_may_approve(directory, lsm_directory_person(directory, 0),
						lsm_directory_find_body(directory, "x"), 1000));
	remove_folder(folder, split);
}

/* What is included counts in the digest, down to which file it stands in. */
static void
test_digest(void)
{
	const char *const texts[] = {"area ops { }", "area ops { } ", "area wit { }"};
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		File files[FILES_MAX] = {{"d", HEAD "include(\"a\")\n}"}, {"a", texts[i]}};
		g_autofree char *folder = write_files(files);
		g_autoptr(LsmDirectory) directory = load(folder, files, NULL);

		g_assert_cmpuint(strlen(lsm_directory_included_digest(directory)), ==, 64);
		g_assert_true(g_hash_table_add(seen, g_strdup(lsm_directory_included_digest(directory))));
		remove_folder(folder, files);
	}
}

/* Nine deep, each its own file. */
static void
test_depth(void)
{
	g_autofree char *folder = g_dir_make_tmp("test-include-XXXXXX", NULL);
	g_autoptr(GError) error = NULL;
	g_autofree char *first = g_build_filename(folder, "0", NULL);

	for (guint i = 0; i < 12; i++) {
		g_autofree char *name = g_strdup_printf("%u", i);
		g_autofree char *path = g_build_filename(folder, name, NULL);
		g_autofree char *text = g_strdup_printf("include(\"%u\")", i + 1);

		g_assert_true(g_file_set_contents(path, text, -1, NULL));
	}
	g_assert_null(lsm_directory_load(first, &error));
	g_assert_nonnull(strstr(error->message, "files deep; expected less"));
	for (guint i = 0; i < 12; i++) {
		g_autofree char *name = g_strdup_printf("%u", i);
		g_autofree char *path = g_build_filename(folder, name, NULL);

		g_unlink(path);
	}
	g_assert_cmpint(g_rmdir(folder), ==, 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/directory-include/mistakes", test_mistakes);
	g_test_add_func("/directory-include/split", test_split);
	g_test_add_func("/directory-include/digest", test_digest);
	g_test_add_func("/directory-include/depth", test_depth);
	return g_test_run();
}
