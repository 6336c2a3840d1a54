/*
 * bench_store.c - how fast statements become durable: the desk beside bare LMDB programs and plain appends.
 *
 * One run prints all side by side, since absolute figures are the disk's. A passage goes through the
 * desk's own interface in process (facts, then record); what it writes is noted once, octet by octet, and
 * the bare program then writes those very rows into the same tables, with the same number of records a
 * commit at the most. "packing" is the same program whose sessions also take the digest of each content and
 * compress it, as any record of mails must: what is left between it and the desk is the desk's own. The last
 * one appends the same octets to a file and syncs. With one session the bare programs work on the caller's
 * thread; with more, one thread commits what waits together.
 *
 *   bench_store [--rounds N] [--folder DIR]     the folder must be on a disk; standard: /var/tmp
 */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <lmdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "desk/json.h"
#include "store/backend.h"
#include "store/content.h"
#include "tests/unit/desk_fixture.h"

#define MAX_BATCH 64 /* as desk/writer.c */
#define TMPFS 0x01021994
#define WANTED 0.8

/* --- the work: passages, and the rows that they become --- */

typedef struct {
	LsmTable table;
	GBytes *key, *value;
} Row;

typedef struct {
	GBytes *content;
	char *identity, *message_id;
	JsonObject *members;
	GPtrArray *rows; /* of Row * */
} Record;

static void
row_free(gpointer data)
{
	Row *row = data;

	g_bytes_unref(row->key);
	g_bytes_unref(row->value);
	g_free(row);
}

static void
record_free(gpointer data)
{
	Record *record = data;

	g_bytes_unref(record->content);
	g_free(record->identity);
	g_free(record->message_id);
	json_object_unref(record->members);
	g_ptr_array_unref(record->rows);
	g_free(record);
}

#define LETTER 1000 /* octets; what is longer has an attachment: base64 of what cannot be compressed */

static void
add_words(GString *text, GRand *random)
{
	static const char *const words[] = {"the",   "group",   "kindly", "asks", "for",      "comments",
					    "on",    "metrics", "of",     "and",  "document", "performance",
					    "draft", "YANG",    "2026",   "its",  "review",   "measurement"};

	while (text->len < LETTER)
		g_string_append_printf(text, "%s%c", words[g_rand_int_range(random, 0, G_N_ELEMENTS(words))],
				       g_rand_int_range(random, 0, 12) == 0 ? '\n' : ' ');
}

static GBytes *
make_content(GRand *random, guint number, gsize size)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	GString *text = g_string_new(NULL);

	g_string_printf(text,
			"From: Study Group 12 <tsb@itu.example>\nTo: ippm@ietf.org\n"
			"Subject: LS on metrics, %u\nMessage-ID: <%u@itu.example>\n\n",
			number, number);
	add_words(text, random);
	while (text->len < size)
		g_string_append_c(text, text->len % 77 == 0 ? '\n' : letters[g_rand_int(random) & 63]);
	return g_string_free_to_bytes(text);
}

static JsonObject *
passage_members(const Record *record)
{
	static const char text[] =
		"{\"type\":\"seen\",\"public\":{\"state\":\"unconfirmed\",\"way\":\"in\",\"verdict\":\"pass\","
		"\"would\":\"pass\",\"rule_set\":\"bis-05\",\"form\":\"letter\",\"rules\":[\"deadline.missing\"]},"
		"\"private\":{\"from\":[\"ITU-T SG12\"],\"to\":[\"IETF IPPM Working Group\"],\"purposes\":[\"action\"],"
		"\"deadline\":\"2026-12-31\",\"subject\":\"LS on metrics\",\"sender\":\"tsb@itu.example\","
		"\"from_address\":\"tsb@itu.example\",\"queue_id\":\"4bXyz12345\",\"doors\":[\"ippm@ietf.org\"]}}";
	JsonObject *members = lsm_json_parse(text, strlen(text), NULL);

	lsm_json_set(lsm_json_get_object(members, "private"), "message_id", record->message_id);
	lsm_json_set(lsm_json_get_object(members, "private"), "digest", record->identity);
	return members;
}

static GPtrArray *
make_records(guint count, gsize size)
{
	GPtrArray *records = g_ptr_array_new_with_free_func(record_free);
	GRand *random = g_rand_new_with_seed(2026);

	for (guint i = 0; i < count; i++) {
		Record *record = g_new0(Record, 1);

		record->content = make_content(random, i, size);
		record->identity = lsm_content_digest(record->content);
		record->message_id = g_strdup_printf("%u@itu.example", i);
		record->members = passage_members(record);
		record->rows = g_ptr_array_new_with_free_func(row_free);
		g_ptr_array_add(records, record);
	}
	g_rand_free(random);
	return records;
}

/* As a gate does it: what is known, then the record. */
static void
pass_one(LsmDesk *desk, const Record *record)
{
	g_autoptr(LsmFacts) facts = NULL;
	g_autofree char *judged_on = NULL;
	g_autofree char *id = NULL;
	g_autofree char *ticket = NULL;
	g_autoptr(GError) error = NULL;
	LsmPassage passage = {.keys = {.identity = record->identity, .message_id = record->message_id},
			      .members = record->members,
			      .content = record->content};

	if (lsm_desk_facts(desk, &passage.keys, &facts, &judged_on, &error)) {
		passage.judged_on = judged_on;
		if (lsm_desk_record(desk, &passage, &id, &ticket, &error) == LSM_RECORDED)
			return;
	}
	g_error("not recorded: %s", error == NULL ? "the facts changed" : error->message);
}

/* A memory store that keeps a note of what is put. */
static LsmBackend noting;
static const Record *noted;

static gboolean
note_put(LsmStoreTxn *txn, LsmTable table, const void *key, gsize key_length, const void *value,
	 gsize value_length, GError **error)
{
	Row *row = g_new(Row, 1);

	*row = (Row){table, g_bytes_new(key, key_length), g_bytes_new(value, value_length)};
	g_ptr_array_add(noted->rows, row);
	return lsm_backend_memory.put(txn, table, key, key_length, value, value_length, error);
}

static void
note_rows(GPtrArray *records)
{
	LsmStore *store = lsm_store_open("memory:", LSM_STORE_READ_WRITE, NULL);
	DeskFixture *fixture;

	noting = lsm_backend_memory;
	noting.put = note_put;
	store->backend = &noting;
	fixture = desk_fixture_new(NULL, store);
	for (guint i = 0; i < records->len; i++) {
		noted = g_ptr_array_index(records, i);
		pass_one(fixture->desk, noted);
	}
	desk_fixture_free(fixture);
}

static double
octets_a_record(GPtrArray *records, double *rows_out)
{
	double octets = 0, rows = 0;

	for (guint i = 0; i < records->len; i++) {
		const Record *record = g_ptr_array_index(records, i);
		for (guint k = 0; k < record->rows->len; k++) {
			const Row *row = g_ptr_array_index(record->rows, k);
			octets += (double)(g_bytes_get_size(row->key) + g_bytes_get_size(row->value));
		}
		rows += record->rows->len;
	}
	*rows_out = rows / records->len;
	return octets / records->len;
}

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
	g_autofree char *uri = g_strdup_printf("lmdb:%s/desk", folder);
	g_autoptr(GError) error = NULL;
	LsmStore *store = lsm_store_open(uri, LSM_STORE_READ_WRITE, &error);

	if (store == NULL)
		g_error("%s", error->message);
	writer->desk = desk_fixture_new(NULL, store);
}

static void
desk_record(Writer *writer, const Record *record)
{
	pass_one(writer->desk->desk, record);
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
	must(mdb_env_set_mapsize(writer->env, (gsize)16 << 30), "mapsize");
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

static void
bare_commit(Writer *writer, const Record *const *records, guint count)
{
	MDB_txn *txn;

	must(mdb_txn_begin(writer->env, NULL, 0, &txn), "begin");
	for (guint i = 0; i < count; i++)
		for (guint k = 0; k < records[i]->rows->len; k++) {
			const Row *row = g_ptr_array_index(records[i]->rows, k);
			MDB_val key = as_val(row->key), value = as_val(row->value);
			must(mdb_put(txn, writer->tables[row->table], &key, &value, 0), "put");
		}
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

/* Records a second, in a folder that is new each time. */
static double
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
	play(&run);
	double seconds = (double)(g_get_monotonic_time() - begin) / G_USEC_PER_SEC;
	writer.close(&writer);
	remove_tree(folder);
	g_mutex_clear(&run.lock);
	g_cond_clear(&run.arrived);
	g_cond_clear(&run.finished);
	return records->len / seconds;
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

static gboolean
print_cell(GPtrArray *records, gsize size, guint sessions, guint rounds, const char *place)
{
	double *rates[G_N_ELEMENTS(writers)];
	double rate[G_N_ELEMENTS(writers)];

	for (guint k = 0; k < G_N_ELEMENTS(writers); k++)
		rates[k] = g_new0(double, rounds);
	for (guint round = 0; round < rounds; round++)
		for (guint k = 0; k < G_N_ELEMENTS(writers); k++)
			rates[k][round] = measure(&writers[k], records, sessions, place);
	for (guint k = 0; k < G_N_ELEMENTS(writers); k++) {
		rate[k] = median(rates[k], rounds);
		g_free(rates[k]);
	}
	printf("%4zu KB %8u", size >> 10, sessions);
	for (guint k = 0; k < G_N_ELEMENTS(writers); k++)
		printf(" %10.0f", rate[k]);
	for (guint k = 1; k < G_N_ELEMENTS(writers); k++)
		printf(" %10.2f", rate[0] / rate[k]);
	printf("\n");
	fflush(stdout);
	return rate[0] >= WANTED * rate[1];
}

static gboolean
print_size(gsize size, guint rounds, const char *place)
{
	static const struct {
		guint sessions, small, large; /* records of up to 1 KB, and of more */
	} loads[] = {{1, 500, 300}, {8, 2000, 800}, {50, 6000, 1500}};
	gboolean enough = TRUE;

	for (guint i = 0; i < G_N_ELEMENTS(loads); i++) {
		g_autoptr(GPtrArray) records =
			make_records(size > 1024 ? loads[i].large : loads[i].small, size);
		double rows;

		note_rows(records);
		double octets = octets_a_record(records, &rows);
		if (i == 0)
			printf("a record of %zu KB: %.0f rows, %.0f octets (contents are compressed)\n",
			       size >> 10, rows, octets);
		enough &= print_cell(records, size, loads[i].sessions, rounds, place);
	}
	return enough;
}

int
main(int argc, char **argv)
{
	int rounds = 5;
	g_autofree char *place = g_strdup("/var/tmp");
	const GOptionEntry options[] = {
		{"rounds", 0, 0, G_OPTION_ARG_INT, &rounds, "rounds of which the median counts (5)", "N"},
		{"folder", 0, 0, G_OPTION_ARG_FILENAME, &place, "where to write; on a disk", "DIR"},
		{NULL, 0, 0, 0, NULL, NULL, NULL}};
	g_autoptr(GOptionContext) context = g_option_context_new(NULL);
	g_autoptr(GError) error = NULL;
	struct statfs fs;

	g_option_context_add_main_entries(context, options, NULL);
	if (!g_option_context_parse(context, &argc, &argv, &error) || rounds < 1 || statfs(place, &fs) != 0) {
		fprintf(stderr, "bench_store: %s\n", error == NULL ? "bad number or folder" : error->message);
		return 64;
	}
	if (fs.f_type == TMPFS)
		printf("NOTE: %s is in memory: the figures say nothing about a disk\n", place);
	printf("records made durable in a second, medians of %d rounds in %s\n\n", rounds, place);
	printf("content sessions       desk  bare LMDB    packing       file  desk/bare  desk/pack  desk/file\n");
	gboolean enough = print_size(1 << 10, (guint)rounds, place);
	enough &= print_size(50 << 10, (guint)rounds, place);
	printf("\nwanted: desk/bare >= %.1f%s\n", WANTED, enough ? "" : ", which was not reached everywhere");
	return 0;
}
