/*
 * bench_store.c - how fast statements become durable: the desk beside bare LMDB programs and plain appends.
 *
 * One run prints all side by side, since absolute figures are the disk's; and as a disk that others use, too,
 * changes from second to second, all take turns in each round, and a ratio is the median of the rounds' ratios.
 *
 * A passage goes through the desk's own interface in process (facts, then record). What it writes is noted once,
 * octet by octet: which rows are put and taken away in which tables, in which order, under which keys, the rows
 * for reading that the desk brings in step every 64 statements among them. The bare program then does exactly
 * that: the same rows, octets, keys and tables, with at most as many records a commit, in an environment with the
 * same options, and nothing else. It reads, judges, hashes and packs nothing, and finds its rows ready in memory.
 * What the desk has beyond it is its own: two looks at the facts, JSON, the digests of event, tree and content,
 * and packing the content. "packing" is the bare program whose sessions also take the digest of each content and
 * compress it, as any record of mails must. The last one appends the same octets to a file and syncs. With one
 * session the bare programs work on the caller's thread; with more, one thread commits what waits together.
 *
 *   bench_store [--rounds N] [--folder DIR] [--content KB] [--sessions N] [--only NAME]
 *
 * The folder must be on a disk; standard: /var/tmp.
 */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <lmdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "store/backend.h"
#include "store/content.h"
#include "tests/bench/passages.h"
#include "tests/unit/desk_fixture.h"

#define MAX_BATCH 64 /* as desk/writer.c */
#define MAP_GIB 2 /* more than is ever written, and not too much for valgrind */
#define TMPFS 0x01021994
#define WANTED 0.8

/* --- the four that write --- */

typedef struct Writer Writer;
struct Writer {
	const char *name;
	void (*open)(Writer *writer, const char *folder);
	void (*close)(Writer *writer);
	/* One of the two: on any thread, durable when it returns; or by the one thread that commits. */
	void (*record)(Writer *writer, const Record *record);
	void (*pack)(const Record *record); /* by the session, before the commit; or NULL */
	void (*commit)(Writer *writer, const Record *const *records, guint count);
	DeskFixture *desk;
	MDB_env *env;
	MDB_dbi tables[LSM_TABLE_COUNT];
	int fd;
};

static void
desk_open(Writer *writer, const char *folder)
{
	g_autofree char *uri = g_strdup_printf("lmdb:%s/desk?map=%uG", folder, MAP_GIB);
	g_autoptr(GError) error = NULL;
	LsmStore *store = lsm_store_open(uri, LSM_STORE_READ_WRITE, &error);

	if (store == NULL)
		g_error("%s", error->message);
	writer->desk = desk_fixture_new(NULL, store);
}

static void
desk_record(Writer *writer, const Record *record)
{
	passages_record(writer->desk->desk, record);
}

static void
desk_close(Writer *writer)
{
	desk_fixture_free(writer->desk);
}

static void
must(int code, const char *doing)
{
	if (code != 0)
		g_error("%s: %s", doing, mdb_strerror(code));
}

static void
bare_open(Writer *writer, const char *folder)
{
	g_autofree char *path = g_build_filename(folder, "bare", NULL);
	MDB_txn *txn;

	g_mkdir(path, 0700);
	must(mdb_env_create(&writer->env), "create");
	must(mdb_env_set_maxdbs(writer->env, LSM_TABLE_COUNT), "maxdbs");
	must(mdb_env_set_mapsize(writer->env, (gsize)MAP_GIB << 30), "mapsize");
	must(mdb_env_open(writer->env, path, MDB_NOTLS, 0600), "open");
	must(mdb_txn_begin(writer->env, NULL, 0, &txn), "begin");
	for (guint i = 0; i < LSM_TABLE_COUNT; i++)
		must(mdb_dbi_open(txn, lsm_store_table_name(i), MDB_CREATE, &writer->tables[i]), "table");
	must(mdb_txn_commit(txn), "commit");
}

static MDB_val
as_val(GBytes *bytes)
{
	MDB_val value;

	value.mv_data = (void *)g_bytes_get_data(bytes, &value.mv_size);
	return value;
}

static int
apply_row(const Writer *writer, MDB_txn *txn, const Row *row)
{
	MDB_dbi table = writer->tables[row->table];
	MDB_val key = as_val(row->key), value;
	int code;

	if (row->value == NULL) {
		code = mdb_del(txn, table, &key, NULL);
		return code == MDB_NOTFOUND ? 0 : code;
	}
	value = as_val(row->value);
	return mdb_put(txn, table, &key, &value, 0);
}

static void
bare_commit(Writer *writer, const Record *const *records, guint count)
{
	MDB_txn *txn;

	must(mdb_txn_begin(writer->env, NULL, 0, &txn), "begin");
	for (guint i = 0; i < count; i++)
		for (guint k = 0; k < records[i]->rows->len; k++)
			must(apply_row(writer, txn, g_ptr_array_index(records[i]->rows, k)), "row");
	must(mdb_txn_commit(txn), "commit");
}

static void
pack(const Record *record)
{
	g_autofree char *digest = lsm_content_digest(record->content);
	g_autoptr(GBytes) compressed = lsm_content_compress(record->content);

	g_assert_cmpstr(digest, ==, record->identity);
	g_assert_nonnull(compressed);
}

static void
bare_close(Writer *writer)
{
	mdb_env_close(writer->env);
}

static void
file_open(Writer *writer, const char *folder)
{
	g_autofree char *path = g_build_filename(folder, "appended", NULL);

	writer->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (writer->fd < 0)
		g_error("%s", path);
}

static void
file_commit(Writer *writer, const Record *const *records, guint count)
{
	g_autoptr(GByteArray) octets = g_byte_array_new();

	for (guint i = 0; i < count; i++)
		for (guint k = 0; k < records[i]->rows->len; k++) {
			const Row *row = g_ptr_array_index(records[i]->rows, k);
			g_byte_array_append(octets, g_bytes_get_data(row->key, NULL),
					    (guint)g_bytes_get_size(row->key));
			if (row->value != NULL)
				g_byte_array_append(octets, g_bytes_get_data(row->value, NULL),
						    (guint)g_bytes_get_size(row->value));
		}
	if (write(writer->fd, octets->data, octets->len) != (ssize_t)octets->len ||
	    fdatasync(writer->fd) != 0)
		g_error("cannot append");
}

static void
file_close(Writer *writer)
{
	close(writer->fd);
}

static const Writer writers[] = {
	{.name = "desk", .open = desk_open, .close = desk_close, .record = desk_record},
	{.name = "bare LMDB", .open = bare_open, .close = bare_close, .commit = bare_commit},
	{.name = "packing", .open = bare_open, .close = bare_close, .pack = pack, .commit = bare_commit},
	{.name = "file", .open = file_open, .close = file_close, .commit = file_commit},
};

/* --- sessions --- */

/* Records wait here for the one thread that commits; a session sleeps until its own is done. */
typedef struct {
	Writer *writer;
	GPtrArray *records;
	gint next; /* atomic */
	guint sessions;
	GMutex lock;
	GCond arrived, finished;
	const Record *waiting[64];
	guint waiting_count;
	guint64 taken, done; /* tickets */
	gboolean stopping;
} Run;

static void
submit(Run *run, const Record *record)
{
	g_mutex_lock(&run->lock);
	guint64 ticket = run->taken + ++run->waiting_count;
	run->waiting[run->waiting_count - 1] = record;
	g_cond_signal(&run->arrived);
	while (run->done < ticket)
		g_cond_wait(&run->finished, &run->lock);
	g_mutex_unlock(&run->lock);
}

static gpointer
commit_until_stopped(gpointer data)
{
	Run *run = data;
	const Record *batch[MAX_BATCH];

	g_mutex_lock(&run->lock);
	for (;;) {
		while (run->waiting_count == 0 && !run->stopping)
			g_cond_wait(&run->arrived, &run->lock);
		guint count = run->waiting_count;
		if (count == 0)
			break;
		memcpy(batch, run->waiting, count * sizeof batch[0]);
		run->waiting_count = 0;
		run->taken += count;
		g_mutex_unlock(&run->lock);
		run->writer->commit(run->writer, batch, count);
		g_mutex_lock(&run->lock);
		run->done += count;
		g_cond_broadcast(&run->finished);
	}
	g_mutex_unlock(&run->lock);
	return NULL;
}

static gpointer
play_session(gpointer data)
{
	Run *run = data;
	guint i;

	while ((i = (guint)g_atomic_int_add(&run->next, 1)) < run->records->len) {
		const Record *record = g_ptr_array_index(run->records, i);

		if (run->writer->pack != NULL)
			run->writer->pack(record);
		if (run->writer->record != NULL)
			run->writer->record(run->writer, record);
		else if (run->sessions == 1)
			run->writer->commit(run->writer, &record, 1);
		else
			submit(run, record);
	}
	return NULL;
}

static void
play(Run *run)
{
	g_autofree GThread **threads = g_new(GThread *, run->sessions);
	GThread *committer = NULL;

	if (run->writer->commit != NULL && run->sessions > 1)
		committer = g_thread_new("commit", commit_until_stopped, run);
	for (guint i = 0; i < run->sessions; i++)
		threads[i] = g_thread_new("session", play_session, run);
	for (guint i = 0; i < run->sessions; i++)
		g_thread_join(threads[i]);
	if (committer == NULL)
		return;
	g_mutex_lock(&run->lock);
	run->stopping = TRUE;
	g_cond_signal(&run->arrived);
	g_mutex_unlock(&run->lock);
	g_thread_join(committer);
}

static void
remove_tree(const char *path)
{
	g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
	const char *name;

	while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
		g_autofree char *child = g_build_filename(path, name, NULL);
		if (g_unlink(child) != 0)
			remove_tree(child);
	}
	g_rmdir(path);
}

static double
processor_seconds(void)
{
	struct rusage used;

	getrusage(RUSAGE_SELF, &used);
	return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
	       (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / G_USEC_PER_SEC;
}

/* Of one round: records a second, and microseconds of processor time a record, which other programs disturb less. */
typedef struct {
	double rate, cost;
} Measured;

/* In a folder that is new each time. */
static Measured
measure(const Writer *kind, GPtrArray *records, guint sessions, const char *place)
{
	g_autofree char *folder = g_build_filename(place, "bench-store-XXXXXX", NULL);
	Writer writer = *kind;
	Run run = {.writer = &writer, .records = records, .sessions = sessions};

	if (g_mkdtemp(folder) == NULL)
		g_error("cannot make a folder in %s", place);
	g_mutex_init(&run.lock);
	g_cond_init(&run.arrived);
	g_cond_init(&run.finished);
	writer.open(&writer, folder);
	gint64 begin = g_get_monotonic_time();
	double used = processor_seconds();
	play(&run);
	double seconds = (double)(g_get_monotonic_time() - begin) / G_USEC_PER_SEC;
	used = processor_seconds() - used;
	writer.close(&writer);
	remove_tree(folder);
	g_mutex_clear(&run.lock);
	g_cond_clear(&run.arrived);
	g_cond_clear(&run.finished);
	return (Measured){records->len / seconds, used * G_USEC_PER_SEC / records->len};
}

/* --- the table --- */

static int
compare_doubles(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

static double
median(double *values, guint count)
{
	qsort(values, count, sizeof values[0], compare_doubles);
	return values[count / 2];
}

/* What the command line asks for; 0 and NULL: all. */
typedef struct {
	int rounds;
	char *place;
	int content, sessions;
	char *only;
} Wish;

static gboolean
is_wanted(const Wish *wish, const Writer *writer)
{
	return wish->only == NULL || strcmp(wish->only, writer->name) == 0;
}

static gboolean
print_cell(GPtrArray *records, gsize size, guint sessions, const Wish *wish)
{
	guint rounds = (guint)wish->rounds;
	double *rates[G_N_ELEMENTS(writers)], *ratios[G_N_ELEMENTS(writers)], *costs[G_N_ELEMENTS(writers)];

	for (guint k = 0; k < G_N_ELEMENTS(writers); k++) {
		rates[k] = g_new0(double, rounds);
		costs[k] = g_new0(double, rounds);
		ratios[k] = g_new0(double, rounds); /* of the desk to it */
	}
	for (guint round = 0; round < rounds; round++)
		for (guint k = 0; k < G_N_ELEMENTS(writers); k++)
			if (is_wanted(wish, &writers[k])) {
				Measured measured = measure(&writers[k], records, sessions, wish->place);

				rates[k][round] = measured.rate;
				costs[k][round] = measured.cost;
			}
	for (guint k = 0; k < G_N_ELEMENTS(writers); k++)
		for (guint round = 0; round < rounds; round++)
			ratios[k][round] = rates[k][round] > 0 ? rates[0][round] / rates[k][round] : 0;
	printf("%4zu KB %8u", size >> 10, sessions);
	for (guint k = 0; k < G_N_ELEMENTS(writers); k++)
		printf(" %10.0f", median(rates[k], rounds));
	for (guint k = 1; k < G_N_ELEMENTS(writers); k++)
		printf(" %10.2f", median(ratios[k], rounds));
	printf("  ");
	for (guint k = 0; k < G_N_ELEMENTS(writers); k++)
		printf("%s%.0f", k == 0 ? "" : "/", median(costs[k], rounds));
	printf("\n");
	fflush(stdout);
	gboolean enough = wish->only != NULL || median(ratios[1], rounds) >= WANTED;
	for (guint k = 0; k < G_N_ELEMENTS(writers); k++) {
		g_free(rates[k]);
		g_free(ratios[k]);
		g_free(costs[k]);
	}
	return enough;
}

static gboolean
print_size(gsize size, const Wish *wish)
{
	static const struct {
		guint sessions, small, large; /* records of up to 1 KB, and of more */
	} loads[] = {{1, 500, 300}, {8, 2000, 800}, {50, 6000, 1500}};
	gboolean enough = TRUE;
	guint told = 0;

	if (wish->content != 0 && size != (gsize)wish->content << 10)
		return TRUE;
	for (guint i = 0; i < G_N_ELEMENTS(loads); i++) {
		if (wish->sessions != 0 && loads[i].sessions != (guint)wish->sessions)
			continue;
		g_autoptr(GPtrArray) records =
			passages_make(size > 1024 ? loads[i].large : loads[i].small, size);
		double rows;

		passages_note_rows(records);
		double octets = passages_octets(records, &rows);
		if (!told++)
			printf("a record of %zu KB: %.0f rows, %.0f octets (contents are compressed)\n",
			       size >> 10, rows, octets);
		enough &= print_cell(records, size, loads[i].sessions, wish);
	}
	return enough;
}

int
main(int argc, char **argv)
{
	Wish wish = {.rounds = 5, .place = g_strdup("/var/tmp")};
	const GOptionEntry options[] = {
		{"rounds", 0, 0, G_OPTION_ARG_INT, &wish.rounds, "rounds of which the median counts (5)", "N"},
		{"folder", 0, 0, G_OPTION_ARG_FILENAME, &wish.place, "where to write; on a disk", "DIR"},
		{"content", 0, 0, G_OPTION_ARG_INT, &wish.content, "only contents of 1 or 50 KB", "KB"},
		{"sessions", 0, 0, G_OPTION_ARG_INT, &wish.sessions, "only with 1, 8 or 50 sessions", "N"},
		{"only", 0, 0, G_OPTION_ARG_STRING, &wish.only, "only the column of that name", "NAME"},
		{NULL, 0, 0, 0, NULL, NULL, NULL}};
	g_autoptr(GOptionContext) context = g_option_context_new(NULL);
	g_autoptr(GError) error = NULL;
	struct statfs fs;

	g_option_context_add_main_entries(context, options, NULL);
	if (!g_option_context_parse(context, &argc, &argv, &error) || wish.rounds < 1 ||
	    statfs(wish.place, &fs) != 0) {
		fprintf(stderr, "bench_store: %s\n", error == NULL ? "bad number or folder" : error->message);
		return 64;
	}
	if (fs.f_type == TMPFS)
		printf("NOTE: %s is in memory: the figures say nothing about a disk\n", wish.place);
	printf("records made durable in a second, medians of %d rounds in %s\n\n", wish.rounds, wish.place);
	printf("content sessions       desk  bare LMDB    packing       file  desk/bare  desk/pack  desk/file"
	       "  processor us a record\n");
	gboolean enough = print_size(1 << 10, &wish);
	enough &= print_size(50 << 10, &wish);
	printf("\nwanted: desk/bare >= %.1f%s\n", WANTED, enough ? "" : ", which was not reached everywhere");
	g_free(wish.place);
	g_free(wish.only);
	return 0;
}
