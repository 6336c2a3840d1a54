/*
 * test_store_lmdb.c - what LMDB alone must do: beside other processes, after their death, on a damaged disk.
 *
 * The other processes are this program itself, run with --child.
 */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conf/error.h"
#include "store/folder.h"
#include "tests/contract/store_fixture.h"

static const StoreRow plain = {"lmdb", &lsm_backend_lmdb, "%s", TRUE};
static const StoreRow small_map = {"lmdb-small-map", &lsm_backend_lmdb, "%s?map=1M", TRUE};

/* --- other processes --- */

typedef struct {
	GSubprocess *process;
	GDataInputStream *answers;
	GOutputStream *orders;
} Child;

static Child
child_start(const char *mode, const char *uri)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
	Child child;

	child.process = g_subprocess_new(G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
					 &error, self, "--child", mode, uri, NULL);
	g_assert_no_error(error);
	child.answers = g_data_input_stream_new(g_subprocess_get_stdout_pipe(child.process));
	child.orders = g_subprocess_get_stdin_pipe(child.process);
	return child;
}

static void
child_expect(Child *child, const char *want)
{
	g_autofree char *line = g_data_input_stream_read_line(child->answers, NULL, NULL, NULL);

	g_assert_cmpstr(line, ==, want);
}

static void
child_go_on(Child *child)
{
	g_assert_true(g_output_stream_write_all(child->orders, "\n", 1, NULL, NULL, NULL));
	g_assert_true(g_output_stream_flush(child->orders, NULL, NULL));
}

static void
child_end(Child *child)
{
	g_subprocess_wait(child->process, NULL, NULL);
	g_object_unref(child->answers);
	g_object_unref(child->process);
}

static void
say(const char *line)
{
	puts(line);
	fflush(stdout);
}

static void
wait_for_order(void)
{
	char line[8];

	if (!fgets(line, sizeof line, stdin))
		_exit(3);
}

/* Says what it reads of "a" and "big", now and at each order: twice in one transaction, then in a new one. */
static int
child_read(const char *uri)
{
	g_autoptr(LsmStore) store = lsm_store_open(uri, LSM_STORE_READ_ONLY, NULL);

	for (guint round = 0; store && round < 2; round++) {
		LsmStoreTxn *txn = lsm_store_begin_read(store, NULL);
		for (guint look = 0; txn && look < 2; look++) {
			g_autofree char *value = store_get(txn, "a");
			g_autofree char *line =
				g_strdup_printf("a=%s big=%d", value, store_has_big(txn, "big", BIG, 5));
			say(line);
			wait_for_order();
		}
		lsm_store_txn_free(txn);
	}
	return 0;
}

static int
child_write(const char *uri)
{
	g_autoptr(LsmStore) store = lsm_store_open(uri, LSM_STORE_READ_WRITE, NULL);

	say(store ? "open" : "refused");
	wait_for_order();
	return 0;
}

/* Leaves a write half done for its murderer. */
static int
child_half(const char *uri)
{
	g_autoptr(LsmStore) store = lsm_store_open(uri, LSM_STORE_READ_WRITE, NULL);
	g_autoptr(LsmStoreTxn) txn = store ? lsm_store_begin_write(store, NULL) : NULL;

	if (txn)
		lsm_store_put(txn, LSM_TABLE_CASE, "half", 4, "1", 1, NULL);
	say("half");
	wait_for_order();
	return 0;
}

static int
child_main(const char *mode, const char *uri)
{
	if (strcmp(mode, "read") == 0)
		return child_read(uri);
	return strcmp(mode, "write") == 0 ? child_write(uri) : child_half(uri);
}

static char *
lmdb_uri(const StoreFixture *fixture, const char *options)
{
	return g_strdup_printf("lmdb:%s%s", fixture->folder, options);
}

static void
test_reader_beside_writer(StoreFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	g_autofree char *uri = lmdb_uri(fixture, "");

	store_value(fixture->store, "a", "1");
	Child child = child_start("read", uri);
	child_expect(&child, "a=1 big=0");
	store_value(fixture->store, "a", "2");
	child_go_on(&child);
	child_expect(&child, "a=1 big=0");
	child_go_on(&child);
	child_expect(&child, "a=2 big=0");
	child_go_on(&child);
	child_expect(&child, "a=2 big=0");
	child_go_on(&child);
	child_end(&child);
}

/* From 1 MB to more than 30 while another process reads: its snapshot stays, its next one follows. */
static void
test_growth(StoreFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	g_autofree char *uri = lmdb_uri(fixture, "");
	LsmStoreUsage usage;

	store_value(fixture->store, "a", "1");
	Child child = child_start("read", uri);
	child_expect(&child, "a=1 big=0");
	g_assert_cmpuint(store_put_big(fixture->store, "big", BIG, 5), ==, 2);
	store_value(fixture->store, "a", "2");
	g_assert_true(lsm_store_usage(fixture->store, &usage, NULL));
	g_assert_cmpuint(usage.bytes_mapped, >=, BIG);
	child_go_on(&child);
	child_expect(&child, "a=1 big=0");
	child_go_on(&child);
	child_expect(&child, "a=2 big=1");
	child_go_on(&child);
	child_expect(&child, "a=2 big=1");
	child_go_on(&child);
	child_end(&child);
}

/* Small writes never notice: the map grows beforehand. */
static void
test_growth_in_time(StoreFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	for (guint i = 0; i < 100; i++) {
		g_autofree char *key = g_strdup_printf("%u", i);
		g_assert_cmpuint(store_put_big(fixture->store, key, 100000, (guint8)i), ==, 1);
	}
	for (guint i = 0; i < 100; i++) {
		g_autoptr(LsmStoreTxn) txn = store_begin(fixture->store, FALSE);
		g_autofree char *key = g_strdup_printf("%u", i);
		g_assert_true(store_has_big(txn, key, 100000, (guint8)i));
	}
}

typedef struct {
	LsmStore *store;
	int stop; /* atomic */
} Reading;

static gpointer
read_until_stopped(gpointer data)
{
	Reading *reading = data;
	guint rounds = 0;

	while (!g_atomic_int_get(&reading->stop) || rounds == 0) {
		g_autoptr(LsmStoreTxn) txn = store_begin(reading->store, FALSE);
		assert_value(txn, "a", "1");
		rounds++;
	}
	return NULL;
}

/* Threads of the same process read all the time while the map moves. */
static void
test_growth_beside_threads(StoreFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	Reading reading = {fixture->store, 0};
	GThread *threads[3];

	store_value(fixture->store, "a", "1");
	for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
		threads[i] = g_thread_new("reader", read_until_stopped, &reading);
	for (guint i = 1; i <= 8; i++)
		g_assert_cmpuint(store_put_big(fixture->store, "big", (gsize)i << 20, (guint8)i), >, 0);
	g_atomic_int_set(&reading.stop, 1);
	for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
		g_thread_join(threads[i]);
	g_autoptr(LsmStoreTxn) txn = store_begin(fixture->store, FALSE);
	g_assert_true(store_has_big(txn, "big", 8 << 20, 8));
}

static void
test_second_daemon(StoreFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	g_autofree char *uri = lmdb_uri(fixture, "");
	g_autofree char *want = NULL;
	g_autoptr(GError) error = NULL;

	Child child = child_start("write", uri);
	child_expect(&child, "refused");
	child_go_on(&child);
	child_end(&child);

	g_clear_pointer(&fixture->store, lsm_store_close);
	child = child_start("write", uri);
	child_expect(&child, "open");
	g_assert_null(lsm_store_open(uri, LSM_STORE_READ_WRITE, &error));
	g_assert_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY);
	want = g_strdup_printf("in use by process %s", g_subprocess_get_identifier(child.process));
	g_assert_nonnull(strstr(error->message, want));

	/* The lock dies with its holder. */
	g_subprocess_send_signal(child.process, SIGKILL);
	child_end(&child);
	store_open(fixture);
}

static void
test_once_in_a_process(StoreFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	g_autofree char *uri = lmdb_uri(fixture, "");
	static const LsmStoreAccess accesses[] = {LSM_STORE_READ_WRITE, LSM_STORE_READ_ONLY};

	for (guint i = 0; i < G_N_ELEMENTS(accesses); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_null(lsm_store_open(uri, accesses[i], &error));
		g_assert_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY);
	}
	store_value(fixture->store, "a", "1");
	g_clear_pointer(&fixture->store, lsm_store_close);

	g_autoptr(GError) error = NULL;
	LsmStore *reader = lsm_store_open(uri, LSM_STORE_READ_ONLY, &error);
	g_assert_no_error(error);
	LsmStoreTxn *txn = store_begin(reader, FALSE);
	assert_value(txn, "a", "1");
	lsm_store_txn_free(txn);
	g_assert_null(lsm_store_begin_write(reader, &error));
	g_assert_error(error, LSM_ERROR, LSM_ERROR_UNSUPPORTED);
	lsm_store_close(reader);
	store_open(fixture);
}

/* A reader that was killed stops the reuse of pages for ever, unless somebody clears its slot. */
static void
test_stale_reader(StoreFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	g_autofree char *uri = lmdb_uri(fixture, "");
	LsmStoreUsage usage;

	store_value(fixture->store, "a", "1");
	Child child = child_start("read", uri);
	child_expect(&child, "a=1 big=0");
	g_subprocess_send_signal(child.process, SIGKILL);
	child_end(&child);

	g_assert_true(lsm_store_usage(fixture->store, &usage, NULL));
	g_assert_cmpuint(usage.readers, ==, 1);
	g_assert_true(lsm_store_tend(fixture->store, NULL));
	g_assert_true(lsm_store_usage(fixture->store, &usage, NULL));
	g_assert_cmpuint(usage.readers, ==, 0);
}

static void
test_killed_writer(StoreFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	g_autofree char *uri = lmdb_uri(fixture, "");

	store_value(fixture->store, "a", "1");
	g_clear_pointer(&fixture->store, lsm_store_close);
	Child child = child_start("half", uri);
	child_expect(&child, "half");
	g_subprocess_send_signal(child.process, SIGKILL);
	child_end(&child);

	store_open(fixture);
	store_value(fixture->store, "b", "2");
	g_autoptr(LsmStoreTxn) txn = store_begin(fixture->store, FALSE);
	assert_list(txn, "", LSM_SCAN_FORWARD, "a=1 b=2");
}

static int
use_in_child(LsmStore *store)
{
	LsmStoreUsage usage;

	if (lsm_store_begin_read(store, NULL) || lsm_store_begin_write(store, NULL) ||
	    lsm_store_usage(store, &usage, NULL) || lsm_store_tend(store, NULL))
		return 1;
	lsm_store_close(store);
	return 0;
}

static void
test_fork(StoreFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	int status = -1;

	store_value(fixture->store, "a", "1");
	g_autoptr(LsmStoreTxn) txn = store_begin(fixture->store, FALSE);
	pid_t child = fork();
	if (child == 0)
		_exit(use_in_child(fixture->store));
	g_assert_cmpint(waitpid(child, &status, 0), ==, child);
	g_assert_cmpint(status, ==, 0);

	/* The parent's reader kept its slot, and its store works. */
	LsmStoreUsage usage;
	g_assert_true(lsm_store_usage(fixture->store, &usage, NULL));
	g_assert_cmpuint(usage.readers, ==, 1);
	store_value(fixture->store, "a", "2");
	assert_value(txn, "a", "1");
}

/* --- what stands on the disk --- */

static void
test_network(void)
{
	static const struct {
		guint32 magic;
		const char *want;
	} cases[] = {
		{0x6969, "NFS"},  {0xff534d42, "CIFS"}, {0xfe534d42, "SMB2"},  {0x65735546, "FUSE"},
		{0xef53, NULL},   {0x58465342, NULL},   {0x9123683e, NULL},    {0x01021994, NULL},
		{0x794c7630, NULL},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
		g_assert_cmpstr(lsm_folder_network_name(cases[i].magic), ==, cases[i].want);
}

static void
test_damaged_files(StoreFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	g_autofree char *uri = lmdb_uri(fixture, "");
	g_autofree char *path = g_build_filename(fixture->folder, "data.mdb", NULL);
	g_autoptr(GError) error = NULL;

	g_assert_cmpuint(store_put_big(fixture->store, "big", 1 << 20, 1), >, 0);
	g_clear_pointer(&fixture->store, lsm_store_close);
	g_assert_cmpint(truncate(path, 64 << 10), ==, 0);
	g_assert_null(lsm_store_open(uri, LSM_STORE_READ_WRITE, &error));
	g_assert_error(error, LSM_ERROR, LSM_ERROR_CORRUPT);
	g_clear_error(&error);

	g_assert_true(
		g_file_set_contents(path, "this is no database, but a text of some length\n", -1, NULL));
	g_assert_null(lsm_store_open(uri, LSM_STORE_READ_ONLY, &error));
	g_assert_error(error, LSM_ERROR, LSM_ERROR_CORRUPT);
	g_clear_error(&error);

	g_assert_cmpint(g_remove(path), ==, 0);
	g_assert_null(lsm_store_open(uri, LSM_STORE_READ_ONLY, &error));
	g_assert_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY);
	store_open(fixture);
}

static void
expect_corrupt(const char *uri, LsmStoreAccess access, const char *advice)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(lsm_store_open(uri, access, &error));
	g_assert_error(error, LSM_ERROR, LSM_ERROR_CORRUPT);
	g_assert_nonnull(strstr(error->message, advice));
}

/* A pipe must not be waited for, and what is wrong must be said with what to do. */
static void
test_wrong_files(StoreFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	static const char *const names[] = {"lock.mdb", "data.mdb"};
	g_autofree char *uri = lmdb_uri(fixture, "");
	g_autofree char *data_path = g_build_filename(fixture->folder, "data.mdb", NULL);

	g_clear_pointer(&fixture->store, lsm_store_close);
	g_assert_cmpint(truncate(data_path, 0), ==, 0);
	expect_corrupt(uri, LSM_STORE_READ_ONLY, "empty; restore a backup");
	g_assert_true(g_file_set_contents(data_path, "no record", -1, NULL));
	expect_corrupt(uri, LSM_STORE_READ_ONLY, "restore a backup");
	g_assert_cmpint(truncate(data_path, 0), ==, 0);
	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(fixture->folder, names[i], NULL);

		g_assert_cmpint(g_remove(path), ==, 0);
		g_assert_cmpint(mkfifo(path, 0600), ==, 0);
		expect_corrupt(uri, LSM_STORE_READ_WRITE, "no plain file");
		g_assert_cmpint(g_remove(path), ==, 0);
	}
	store_open(fixture);
}

/* What a backup holds is as private as the record. */
static void
test_copy_is_private(StoreFixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	g_autofree char *copy = g_build_filename(fixture->folder, "copy", NULL);
	g_autofree char *path = g_build_filename(copy, "data.mdb", NULL);
	g_autoptr(GError) error = NULL;
	mode_t before = umask(0022);
	GStatBuf st;

	lsm_store_copy(fixture->store, copy, &error);
	umask(before);
	g_assert_no_error(error);
	g_assert_cmpint(g_stat(path, &st), ==, 0);
	g_assert_cmpint(st.st_mode & 0777, ==, 0600);
	g_assert_cmpint(g_remove(path), ==, 0);
	g_assert_cmpint(g_rmdir(copy), ==, 0);
}

static void
test_places(void)
{
	static const struct {
		const char *uri;
		int want; /* -1: fine */
	} cases[] = {
		{"memory:", -1},
		{"lmdb:/var/lib/liaison-milter", -1},
		{"lmdb:/var/lib/liaison-milter?map=512M", -1},
		{"lmdb:/s?map=1024K", -1},
		{"lmdb:/s?map=2G", -1},
		{"memory:x", LSM_ERROR_CONFIG},
		{"lmdb:", LSM_ERROR_CONFIG},
		{"lmdb:/", LSM_ERROR_CONFIG},
		{"lmdb:var", LSM_ERROR_CONFIG},
		{"lmdb:/s?map=", LSM_ERROR_CONFIG},
		{"lmdb:/s?map=M", LSM_ERROR_CONFIG},
		{"lmdb:/s?map=-1M", LSM_ERROR_CONFIG},
		{"lmdb:/s?map=1MB", LSM_ERROR_CONFIG},
		{"lmdb:/s?map=1000", LSM_ERROR_CONFIG},
		{"lmdb:/s?map=1023K", LSM_ERROR_CONFIG},
		{"lmdb:/s?map=99999999999999999999G", LSM_ERROR_CONFIG},
		{"lmdb:/s?size=1M", LSM_ERROR_CONFIG},
		{"sqlite:/s", LSM_ERROR_UNSUPPORTED},
		{"lmd:/s", LSM_ERROR_UNSUPPORTED},
		{"fault:memory:", LSM_ERROR_UNSUPPORTED},
		{"/s", LSM_ERROR_UNSUPPORTED},
		{"", LSM_ERROR_UNSUPPORTED},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		g_test_message("%s", cases[i].uri);
		g_assert_cmpint(lsm_store_uri_check(cases[i].uri, &error), ==, cases[i].want < 0);
		g_assert_cmpint(error ? error->code : -1, ==, cases[i].want);
	}
}

static void
test_open_fails(void)
{
	static const char *const uris[] = {"lmdb:/dev/null", "lmdb:/nowhere/at/all", "lmdb:/proc/liaison"};

	for (guint i = 0; i < G_N_ELEMENTS(uris); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_null(lsm_store_open(uris[i], LSM_STORE_READ_WRITE, &error));
		g_assert_nonnull(error);
		g_assert_nonnull(strstr(error->message, uris[i]));
	}
	g_autoptr(GError) error = NULL;
	g_assert_null(lsm_store_open("memory:", LSM_STORE_READ_ONLY, &error));
	g_assert_error(error, LSM_ERROR, LSM_ERROR_UNSUPPORTED);
}

/* --- main --- */

static const struct {
	const char *name;
	const StoreRow *row;
	StoreTest test;
} tests[] = {
	{"reader-beside-writer", &plain, test_reader_beside_writer},
	{"growth", &small_map, test_growth},
	{"growth-in-time", &small_map, test_growth_in_time},
	{"growth-beside-threads", &small_map, test_growth_beside_threads},
	{"second-daemon", &plain, test_second_daemon},
	{"once-in-a-process", &plain, test_once_in_a_process},
	{"stale-reader", &plain, test_stale_reader},
	{"killed-writer", &plain, test_killed_writer},
	{"fork", &plain, test_fork},
	{"damaged-files", &plain, test_damaged_files},
	{"wrong-files", &plain, test_wrong_files},
	{"copy-is-private", &plain, test_copy_is_private},
};

int
main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "--child") == 0)
		return child_main(argv[2], argv[3]);

	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	for (guint i = 0; i < G_N_ELEMENTS(tests); i++)
		store_test_add("lmdb", tests[i].name, tests[i].row, tests[i].test);
	g_test_add_func("/store/places", test_places);
	g_test_add_func("/store/network", test_network);
	g_test_add_func("/store/open-fails", test_open_fails);
	return g_test_run();
}
