/*
 * test_directory_import.c - what the Datatracker exported becomes a directory that loads, whatever it held;
 * what people have written stays in force; and a directory of real size is made and read fast.
 */
#include <string.h>

#include "conf/directory_import.h"
#include "conf/error.h"

#define PRESENT                                                                                              \
	"home \"IETF\" { domains = {ietf.org, irtf.org} liaison-contact = \"l@ietf.org\"\n"                  \
	"body IETF { level = organization approvers = \"chair@ietf.org\" }\n"                                \
	"body IRTF { level = research approvers = \"irtf-chair@irtf.org\" }\n"                               \
	"person \"C. Keeper\" { addresses = \"keeper@example.org\" role coordinator { from = 2026-01-01 } "  \
	"} }\n"                                                                                              \
	"organization \"Example Forum\" { names = EF domains = example.com send-to = \"ls@example.com\" }\n"

static void
add_group(LsmDirectoryImport *import, const char *id, const char *acronym, const char *type,
	  const char *state, const char *parent, const char *list)
{
	g_autofree char *name = g_strdup_printf("The %s matter", acronym);
	LsmImportGroup group = {id, acronym, name, state, type, parent, list};

	lsm_directory_import_add_group(import, &group);
}

static LsmDirectoryImport *
small(void)
{
	LsmDirectoryImport *import = lsm_directory_import_new();

	add_group(import, "1", "ietf", "ietf", "active", NULL, NULL);
	add_group(import, "2", "irtf", "irtf", "active", NULL, "");
	add_group(import, "3", "ops", "area", "active", "1", "");
	add_group(import, "4", "ippm", "wg", "active", "3", "ippm@ietf.org");
	add_group(import, "5", "cfrg", "rg", "active", "2", "cfrg@irtf.org");
	add_group(import, "6", "avt", "wg", "conclude", "3", "ippm@ietf.org");
	add_group(import, "7", "newbof", "wg", "bof", "3", "");
	add_group(import, "8", "lost", "wg", "active", "99", "");
	add_group(import, "9", "tools", "team", "active", "1", "");
	add_group(import, "10", "itu-t", "sdo", "active", NULL, "");
	add_group(import, "11", "itu-t-sg-15", "sdo", "active", "10", "");
	add_group(import, "12", "ef", "sdo", "active", NULL, "");
	lsm_directory_import_add_person(import, "p1", "A. Director");
	lsm_directory_import_add_person(import, "p2", "B. \"Bee\" $Chair");
	lsm_directory_import_add_person(import, "p3", "A. Director");
	lsm_directory_import_add_address(import, "a2@example.org", "p1");
	lsm_directory_import_add_role(import, "3", "ad", "a@example.org", "p1");
	lsm_directory_import_add_role(import, "4", "chair", "b@example.org", "p2");
	lsm_directory_import_add_role(import, "5", "chair", "b@example.org", "p2");
	lsm_directory_import_add_role(import, "4", "secr", "s@example.org", "p4");
	lsm_directory_import_add_role(import, "1", "chair", "h@example.org", "p5");
	lsm_directory_import_add_role(import, "10", "liaiman", "lm@example.org", "p3");
	lsm_directory_import_add_role(import, "10", "liaison_contact", "tsb@itu.example", "p6");
	lsm_directory_import_add_role(import, "4", "chair", "no address", "p7");
	return import;
}

static LsmDirectory *
parse(const char *text)
{
	g_autoptr(GError) error = NULL;
	LsmDirectory *directory = lsm_directory_parse(text, strlen(text), "new", &error);

	g_assert_no_error(error);
	return directory;
}

static char *
render(LsmDirectoryImport *import, LsmImportPlan plan)
{
	g_autoptr(GError) error = NULL;
	char *text = lsm_directory_import_render(import, &plan, &error);

	g_assert_no_error(error);
	return text;
}

static void
test_whole(void)
{
	g_autoptr(LsmDirectory) present = parse(PRESENT);
	g_autoptr(LsmDirectoryImport) import = small();
	g_autofree char *text = render(import, (LsmImportPlan){.present = present, .with_aliases = TRUE});
	g_autoptr(LsmDirectory) directory = parse(text);
	const LsmBody *ippm = lsm_directory_find_body(directory, "ippm");
	const LsmPerson *director = lsm_directory_find_person(directory, "a2@example.org");

	g_assert_cmpstr(ippm->parent->acronym, ==, "ops");
	g_assert_cmpstr(ippm->list, ==, "ippm@ietf.org");
	g_assert_cmpstr(ippm->chairs[0], ==, "ippm-chairs@ietf.org");
	g_assert_null(ippm->chairs[1]);
	g_assert_cmpstr(lsm_directory_find_body(directory, "cfrg")->chairs[0], ==, "cfrg-chairs@irtf.org");
	g_assert_cmpstr(ippm->parent->approvers[0], ==, "ops-ads@ietf.org");
	g_assert_cmpstr(ippm->parent->approvers[1], ==, "a@example.org");
	g_assert_true(lsm_directory_may_approve(directory, director, ippm, 1000));
	g_assert_cmpstr(lsm_directory_find_person(directory, "b@example.org")->name, ==, "B. \"Bee\" $Chair");
	g_assert_cmpuint(lsm_directory_find_person(directory, "b@example.org")->roles->len, ==, 2);
	/* Two people of one name stay two. */
	g_assert_cmpstr(lsm_directory_find_person(directory, "lm@example.org")->name, !=, director->name);
	/* What people have written. */
	g_assert_cmpstr(lsm_directory_find_body(directory, "IETF")->approvers[0], ==, "chair@ietf.org");
	g_assert_true(lsm_directory_may_approve(directory,
						lsm_directory_find_person(directory, "h@example.org"),
						lsm_directory_find_body(directory, "IETF"), 1000));
	g_assert_cmpstr(lsm_directory_find_person(directory, "keeper@example.org")->name, ==, "C. Keeper");
	g_assert_cmpstr(lsm_directory_organization_of(directory, "x@example.com")->name, ==, "Example Forum");
	g_assert_cmpstr(lsm_directory_organization_of(directory, "tsb@itu.example")->liaison_manager, ==,
			"lm@example.org");
	/* Left out. */
	g_assert_null(lsm_directory_find_body(directory, "avt"));
	g_assert_null(lsm_directory_find_body(directory, "newbof"));
	g_assert_null(lsm_directory_find_body(directory, "lost"));
	g_assert_cmpuint(lsm_directory_import_counts(import)->groups, ==, 2);
}

static void
test_left_out(void)
{
	static const char *const want[] = {
		"state bof",
		"concluded (--concluded brings them)",
		"their area, or research body, is not there",
		"type team",
		"role secr",
		"roles without a mail address",
	};
	g_autoptr(LsmDirectory) present = parse(PRESENT);
	g_autoptr(LsmDirectoryImport) import = small();
	g_autofree char *text = render(import, (LsmImportPlan){.present = present});
	const GPtrArray *all = lsm_directory_import_left_out(import);

	for (gsize i = 0; i < G_N_ELEMENTS(want); i++) {
		gboolean is_there = FALSE;

		for (guint j = 0; j < all->len; j++)
			is_there |= strcmp(((LsmImportLeftOut *)all->pdata[j])->reason, want[i]) == 0;
		if (!is_there)
			g_test_message("no reason \"%s\"", want[i]);
		g_assert_true(is_there);
	}
	g_assert_nonnull(strstr(text, "chairs = {\"b@example.org\"}"));
}

/* A concluded group neither takes the list of one in work, nor chairs. */
static void
test_concluded(void)
{
	g_autoptr(LsmDirectory) present = parse(PRESENT);
	g_autoptr(LsmDirectoryImport) import = small();
	g_autofree char *text = render(
		import, (LsmImportPlan){.present = present, .with_aliases = TRUE, .with_concluded = TRUE});
	g_autoptr(LsmDirectory) directory = parse(text);

	g_assert_true(lsm_directory_find_body(directory, "avt")->is_concluded);
	g_assert_cmpstr(lsm_directory_find_body(directory, "avt")->list, ==, "");
	g_assert_null(lsm_directory_find_body(directory, "avt")->chairs[0]);
	g_assert_cmpstr(lsm_directory_body_of(directory, "ippm@ietf.org")->acronym, ==, "ippm");
}

static void
test_parts(void)
{
	g_autoptr(LsmDirectory) present = parse(PRESENT);
	g_autoptr(LsmDirectoryImport) first = small();
	g_autoptr(LsmDirectoryImport) second = small();
	g_autofree char *home = render(first, (LsmImportPlan){.present = present, .part = LSM_IMPORT_HOME});
	g_autofree char *others =
		render(second, (LsmImportPlan){.present = present, .part = LSM_IMPORT_ORGANIZATIONS});

	g_assert_true(g_str_has_prefix(home, "\tarea \"ops\" {"));
	g_assert_null(strstr(home, "Keeper"));
	g_assert_null(strstr(home, "organization"));
	g_assert_true(g_str_has_prefix(others, "organization \"The itu-t matter\" {"));
	g_assert_nonnull(strstr(others, "\"The itu-t-sg-15 matter\""));
	g_assert_null(strstr(others, "Example Forum"));
}

static void
test_nothing(void)
{
	g_autoptr(LsmDirectory) present = parse(PRESENT);
	g_autoptr(LsmDirectoryImport) import = lsm_directory_import_new();
	LsmImportPlan plan = {.present = present};
	g_autoptr(GError) error = NULL;

	lsm_directory_import_add_role(import, "1", "chair", "a@example.org", "p");
	g_assert_null(lsm_directory_import_render(import, &plan, &error));
	g_assert_error(error, LSM_ERROR, LSM_ERROR_INPUT);
}

/* Texts that a hostile or damaged table could hold, in every member: the result loads without them. */
static void
test_hostile(void)
{
	static const char *const texts[] = {
		"",
		" ",
		"\"",
		"\\",
		"${HOME}",
		"a\nb",
		"}\ngroup evil { }",
		"\xff\xfe",
		"a\x01",
		"@",
		"a@b",
		"x y",
		"--",
		"IETF",
		"ippm",
		"a'b#//",
		"\xe2\x80\xae",
		"one two three four five six seven eight nine ten eleven "
		"twelve thirteen fourteen fifteen sixteen seventeen",
	};
	g_autoptr(LsmDirectory) present = parse(PRESENT);

	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(LsmDirectoryImport) import = small();
		LsmImportGroup named = {"20", "odd", texts[i], "active", "wg", "3", texts[i]};
		LsmImportGroup titled = {"21", texts[i], "Odd", "active", "wg", "3", "odd@ietf.org"};
		LsmImportGroup other = {"22", texts[i], texts[i], "active", "sdo", texts[i], ""};
		g_autofree char *text = NULL;

		lsm_directory_import_add_group(import, &named);
		lsm_directory_import_add_group(import, &titled);
		lsm_directory_import_add_group(import, &other);
		lsm_directory_import_add_person(import, "p8", texts[i]);
		lsm_directory_import_add_address(import, texts[i], "p8");
		lsm_directory_import_add_role(import, "20", "chair", "odd@example.org", "p8");
		lsm_directory_import_add_role(import, "20", "chair", texts[i], texts[i]);
		lsm_directory_import_add_role(import, "22", "liaiman", "odd@example.org", "p8");
		text = render(import, (LsmImportPlan){.present = present, .with_aliases = i % 2 == 0});
		g_assert_nonnull(text);
	}
}

/* The order of what is added does not count. */
static void
test_order(void)
{
	static const char *const ids[] = {"a", "b", "c", "d"};
	g_autoptr(LsmDirectory) present = parse(PRESENT);
	char *texts[2] = {NULL, NULL};

	for (guint turn = 0; turn < 2; turn++) {
		g_autoptr(LsmDirectoryImport) import = small();

		for (guint i = 0; i < G_N_ELEMENTS(ids); i++) {
			const char *id = ids[turn == 0 ? i : G_N_ELEMENTS(ids) - 1 - i];
			g_autofree char *address = g_strdup_printf("%s@example.net", id);

			add_group(import, id, id, "wg", "active", "3", "");
			lsm_directory_import_add_role(import, id, "chair", address, "p1");
			lsm_directory_import_add_address(import, address, "p2");
		}
		texts[turn] = render(import, (LsmImportPlan){.present = present});
	}
	g_assert_cmpstr(texts[0], ==, texts[1]);
	g_free(texts[0]);
	g_free(texts[1]);
}

/* 10,000 groups and as many persons: made, written and read again in time that grows with their number. */
static gint64
time_of(guint count)
{
	g_autoptr(LsmDirectory) present = parse(PRESENT);
	g_autoptr(LsmDirectoryImport) import = small();
	g_autofree char *text = NULL;
	g_autoptr(LsmDirectory) directory = NULL;
	gint64 begin;

	for (guint i = 0; i < count; i++) {
		g_autofree char *id = g_strdup_printf("i%u", i);
		g_autofree char *list = g_strdup_printf("i%u@ietf.org", i);
		g_autofree char *address = g_strdup_printf("i%u@example.org", i);

		add_group(import, id, id, "wg", "active", "3", list);
		lsm_directory_import_add_role(import, id, "chair", address, id);
	}
	text = render(import, (LsmImportPlan){.present = present, .with_aliases = TRUE});
	begin = g_get_monotonic_time();
	directory = parse(text);
	g_assert_cmpuint(lsm_directory_body_count(directory), >, count);
	return g_get_monotonic_time() - begin;
}

static void
test_time(void)
{
	gint64 small_time = MAX(1, MIN(time_of(1000), time_of(1000)));
	gint64 large_time = MIN(time_of(10000), time_of(10000));

	g_test_message("1,000 groups and persons in %.0f ms, 10,000 in %.0f ms", (double)small_time / 1000,
		       (double)large_time / 1000);
	g_assert_cmpint(large_time, <, 40 * small_time);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/directory-import/whole", test_whole);
	g_test_add_func("/directory-import/left-out", test_left_out);
	g_test_add_func("/directory-import/concluded", test_concluded);
	g_test_add_func("/directory-import/parts", test_parts);
	g_test_add_func("/directory-import/nothing", test_nothing);
	g_test_add_func("/directory-import/hostile", test_hostile);
	g_test_add_func("/directory-import/order", test_order);
	g_test_add_func("/directory-import/time", test_time);
	return g_test_run();
}
