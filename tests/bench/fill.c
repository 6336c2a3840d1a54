/*
 * fill.c - a record of a million statements, and how soon liaisonctl's first row is there.
 *
 * Fills a store the way the desk does (events into the log, folded into cases, contents), in slices; then runs
 * the whole liaisonctl, as a user would, for one question after the other: time from the start of the
 * process to the end of its first row (the median of some runs, the store in the page cache), and the memory that
 * is the process's own.
 *
 *   fill --tool LIAISONCTL [--count N] [--folder DIR] [--keep]
 *   fill --tool LIAISONCTL --store lmdb:/FOLDER
 */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/case_index.h"
#include "store/content.h"
#include "store/json.h"
#include "store/log.h"

#define SLICE 10000
#define RUNS 9
#define YEARS 20
#define DAY ((gint64)86400 * G_USEC_PER_SEC)
#define WANTED_MS 20.0
#define WANTED_KIB (64 * 1024)

static const char *const groups[] = {"IPPM", "OPSAWG", "LSR",	"IDR",	"BESS",	  "SPRING", "6MAN",  "V6OPS", "TSVWG",	"QUIC",
				     "TLS",  "SIDROPS", "DETNET", "TEAS", "CCAMP", "MPLS",	"PCE", "NTP", "TICTOC", "NETMOD",
				     "NETCONF", "SFC", "RTGWG", "PIM", "BFD", "IETF", "IAB", "IESG", "HTTPBIS", "STIR"};
static const char *const others[] = {"Broadband Forum", "ITU-T SG15", "ITU-T SG13", "ITU-T SG17", "ITU-T SG11",
				     "3GPP SA2", "3GPP SA3", "3GPP CT4", "3GPP RAN3", "IEEE 802.1",
				     "IEEE 802.3", "IEEE 1588", "MEF Forum", "ETSI NFV", "ETSI TC CYBER",
				     "W3C", "O-RAN Alliance", "GSMA", "ISO/IEC JTC 1/SC 6", "OIF"};
static const char *const words[] = {"YANG", "model", "timing", "synchronization", "slicing", "transport",
				    "measurement", "STAMP", "multicast", "segment", "routing", "security",
				    "architecture", "requirements", "optical", "metro", "OAM", "performance",
				    "framework", "identifiers", "interworking", "roaming", "terminology", "packet"};
static const char *const rules[] = {"purpose.missing", "approval.missing", "deadline.missing", "contact.missing",
				    "consensus.unstated", "send-to.missing"};
static const char *const purposes[] = {"information", "action", "response", "comment"};
static const LsmState done[] = {LSM_STATE_PASSED,   LSM_STATE_RELEASED, LSM_STATE_DELIVERED, LSM_STATE_ANSWERED,
				LSM_STATE_RECORDED, LSM_STATE_CLOSED,	LSM_STATE_REJECTED};
static const LsmState waiting[] = {LSM_STATE_PENDING, LSM_STATE_UNCONFIRMED, LSM_STATE_ASSIGNED,
				   LSM_STATE_DISTRIBUTED, LSM_STATE_CONFIRMED};

#define PICK(random, array) ((array)[g_rand_int_range(random, 0, G_N_ELEMENTS(array))])

/* --- one statement --- */

static void
set_one(JsonObject *object, const char *name, const char *text)
{
	const char *const list[] = {text, NULL};

	lsm_json_set_strings(object, name, list);
}

static char *
subject_of(GRand *random, guint number)
{
	return g_strdup_printf("LS on %s %s and %s%s", PICK(random, words), PICK(random, words),
			       PICK(random, words), number % 100000 == 7 ? " heptadecagon" : "");
}

/* Compresses about as letters do. */
static GBytes *
mail_of(GRand *random, const char *subject, guint number)
{
	GString *mail = g_string_new(NULL);

	g_string_printf(mail, "Subject: %s\nMessage-ID: <%u@example.org>\n\n", subject, number);
	while (mail->len < 1500)
		g_string_append_printf(mail, "%s %x ", PICK(random, words), g_rand_int(random));
	return g_string_free_to_bytes(mail);
}

static void
set_parties(GRand *random, JsonObject *private, guint number, gboolean is_in)
{
	const char *group = PICK(random, groups);
	const char *other = number % 100000 == 3 ? "Heptagonal Institute" : PICK(random, others);

	set_one(private, "from", is_in ? other : group);
	set_one(private, "to", is_in ? group : other);
}

static LsmEvent *
first_event(GRand *random, const char *id, gint64 time, guint number)
{
	gboolean is_in = g_rand_int_range(random, 0, 3) > 0;
	LsmEvent *event = lsm_event_new(is_in ? LSM_EVENT_SEEN : LSM_EVENT_PASSED, id, time, "mx1");
	g_autofree char *message_id = g_strdup_printf("%u@example.org", number);
	g_autofree char *document = g_strdup_printf("SG15-LS%u", number);
	g_autofree char *subject = subject_of(random, number);

	json_object_set_string_member(event->public, "state", is_in ? "unconfirmed" : "passed");
	json_object_set_string_member(event->public, "way", is_in ? "in" : "out");
	json_object_set_string_member(event->public, "verdict", is_in ? "record" : "note");
	if (number % 3 == 0)
		set_one(event->public, "rules", PICK(random, rules));
	event->private = json_object_new();
	set_parties(random, event->private, number, is_in);
	set_one(event->private, "purposes", PICK(random, purposes));
	json_object_set_string_member(event->private, "subject", subject);
	json_object_set_string_member(event->private, "message_id", message_id);
	json_object_set_string_member(event->private, "sender", "liaisons@example.org");
	set_one(event->private, "doors", "liaison-coordination@iab.org");
	if (number % 4 == 0)
		set_one(event->private, "numbers", document);
	if (number % 5 < 2) {
		gint64 due = time + g_rand_int_range(random, 20, 120) * DAY;
		g_autofree char *rendered = lsm_event_time_render(due);
		g_autofree char *date = g_strndup(rendered, 10);
		json_object_set_string_member(event->private, "deadline", date);
	}
	return event;
}

static LsmEvent *
second_event(GRand *random, const char *id, gint64 time, gboolean is_done)
{
	LsmState state = is_done ? PICK(random, done) : PICK(random, waiting);
	LsmEventType type = state == LSM_STATE_ANSWERED ? LSM_EVENT_ANSWERED
			    : is_done			? LSM_EVENT_CLOSED
							: LSM_EVENT_CONFIRMED;
	LsmEvent *event = lsm_event_new(type, id, time + g_rand_int_range(random, 1, 60) * DAY, "mx1");

	json_object_set_string_member(event->public, "state", lsm_state_row(state)->word);
	event->private = json_object_new();
	json_object_set_string_member(event->private, "actor", "coordinator@example.org");
	return event;
}

/* --- the record --- */

static gboolean
write_event(LsmStoreTxn *txn, LsmCase *item, LsmEvent *event, GError **error)
{
	if (!lsm_log_append(txn, event, error))
		return FALSE;
	lsm_case_fold(item, event);
	return TRUE;
}

static gboolean
write_statement(LsmStoreTxn *txn, GRand *random, guint number, guint count, gint64 now, GError **error)
{
	gint64 age = (gint64)((double)(count - number) / count * YEARS * 365.25 * (double)DAY);
	g_autofree char *name = g_strdup_printf("statement %u", number);
	g_autofree char *identity = g_compute_checksum_for_string(G_CHECKSUM_SHA256, name, -1);
	g_autofree char *id = lsm_case_new_id(txn, now - age, identity, error);

	if (!id)
		return FALSE;
	g_autoptr(LsmCase) item = lsm_case_new(id);
	g_autoptr(LsmEvent) first = first_event(random, id, now - age, number);
	g_autoptr(LsmEvent) taken = lsm_event_new(LSM_EVENT_TAKEN, id, now - age, "mx1");
	g_autoptr(LsmEvent) second = second_event(random, id, now - age, g_rand_int_range(random, 0, 100) > 0);
	g_autoptr(GBytes) mail = mail_of(random, lsm_json_string(first->private, "subject"), number);
	g_autoptr(GBytes) compressed = lsm_content_compress(mail);
	g_autofree char *digest = lsm_content_digest(mail);

	json_object_set_string_member(first->private, "content", digest);
	return lsm_content_put(txn, digest, compressed, error) && write_event(txn, item, first, error) &&
	       write_event(txn, item, taken, error) && write_event(txn, item, second, error) &&
	       lsm_case_put(txn, item, error) &&
	       lsm_index_put(txn, LSM_INDEX_IDENTITY, identity, id, error) &&
	       lsm_index_put(txn, LSM_INDEX_MESSAGE_ID, item->message_id, id, error);
}

static gboolean
write_slice(LsmStore *store, GRand *random, guint from, guint count, gint64 now, GError **error)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_write(store, error);

	for (guint i = from; txn && i < MIN(from + SLICE, count); i++)
		if (!write_statement(txn, random, i, count, now, error))
			return FALSE;
	return txn && lsm_store_commit(txn, error);
}

/* Returns the octets of the store's file in use. */
static guint64
fill(const char *uri, guint count, GError **error)
{
	g_autoptr(LsmStore) store = lsm_store_open(uri, LSM_STORE_READ_WRITE, error);
	g_autoptr(GRand) random = g_rand_new_with_seed(1);
	LsmStoreUsage usage = {0};
	gint64 begin = g_get_monotonic_time(), now = g_get_real_time();

	for (guint i = 0; store && i < count; i += SLICE) {
		if (!write_slice(store, random, i, count, now, error))
			return 0;
		if (isatty(STDERR_FILENO))
			fprintf(stderr, "\r%u of %u statements written", i, count);
	}
	if (!store || !lsm_store_usage(store, &usage, error))
		return 0;
	double seconds = (double)(g_get_monotonic_time() - begin) / 1e6;
	printf("%s%u statements of three events each in %.0f s: %.0f/s, %" G_GUINT64_FORMAT
	       " MiB, %" G_GUINT64_FORMAT " octets a statement\n",
	       isatty(STDERR_FILENO) ? "\n" : "", count, seconds, count / seconds, usage.bytes_used >> 20,
	       usage.bytes_used / count);
	return usage.bytes_used;
}

/* --- questions --- */

typedef struct {
	double first; /* ms */
	long anonymous; /* KiB */
	gsize length; /* of the first row */
} Answer;

static long
anonymous_of(pid_t pid)
{
	g_autofree char *path = g_strdup_printf("/proc/%d/status", (int)pid);
	g_autofree char *text = NULL;
	const char *row = g_file_get_contents(path, &text, NULL, NULL) ? strstr(text, "RssAnon:") : NULL;

	return row ? strtol(row + strlen("RssAnon:"), NULL, 10) : 0;
}

static pid_t
start(char **argv, int *out)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		g_error("pipe: %s", g_strerror(errno));
	pid_t pid = fork();
	if (pid < 0)
		g_error("fork: %s", g_strerror(errno));
	if (pid == 0) {
		dup2(ends[1], STDOUT_FILENO);
		execv(argv[0], argv);
		_exit(127);
	}
	close(ends[1]);
	*out = ends[0];
	return pid;
}

/* lines: up to the end of the first row; a table's head is none. */
static Answer
ask(char **argv, guint lines, gboolean to_the_end)
{
	Answer answer = {0, 0, 0};
	gint64 begin = g_get_monotonic_time();
	char octet[65536];
	int out;
	pid_t pid = start(argv, &out);
	ssize_t got;

	while (lines > 0 && (got = read(out, octet, 1)) == 1) {
		answer.length++;
		lines -= *octet == '\n';
	}
	answer.first = (double)(g_get_monotonic_time() - begin) / 1000;
	answer.anonymous = anonymous_of(pid);
	while (to_the_end && (got = read(out, octet, sizeof octet)) > 0)
		answer.anonymous = MAX(answer.anonymous, anonymous_of(pid));
	close(out);
	waitpid(pid, NULL, 0);
	return answer;
}

/* To add a question: a row. */
static const char *const questions[][7] = {
	{"list"},
	{"list", "--all"},
	{"list", "--party", "Broadband Forum"},
	{"list", "--party", "Heptagonal Institute"},
	{"list", "--overdue"},
	{"list", "--due-before", "30d"},
	{"list", "--due-after", "0d", "--due-before", "7d"},
	{"list", "--state", "pending"},
	{"search"},
	{"search", "--party", "Broadband Forum"},
	{"search", "--party", "Heptagonal Institute"},
	{"search", "--direction", "in"},
	{"search", "--state", "answered"},
	{"search", "--state", "pending"},
	{"search", "--purpose", "action"},
	{"search", "--verdict", "note"},
	{"search", "--rule", "approval.missing"},
	{"search", "--since", "3650d", "--until", "3600d"},
	{"search", "--due-before", "2010-01-01"},
	{"search", "--message-id", "77@example.org"},
	{"search", "--number", "sg15 ls 80"},
	{"search", "timing"},
	{"search", "heptadecagon"},
	{"search", "--party", "IPPM", "--state", "answered", "timing"},
	{"search", "--party", "ITU-T SG15", "--party", "IPPM"},
};

static int
compare_doubles(gconstpointer a, gconstpointer b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return left < right ? -1 : left > right;
}

static Answer
ask_often(char **argv, guint lines)
{
	double times[RUNS];
	Answer worst = {0, 0, 0};

	for (guint i = 0; i < RUNS; i++) {
		Answer answer = ask(argv, lines, FALSE);
		times[i] = answer.first;
		worst.length = answer.length;
		worst.anonymous = MAX(worst.anonymous, answer.anonymous);
	}
	qsort(times, RUNS, sizeof times[0], compare_doubles);
	worst.first = times[RUNS / 2];
	return worst;
}

static void
print_answers(const char *tool, const char *uri)
{
	double slowest = 0;
	long largest = 0;

	printf("%-60s %10s %12s\n", "liaisonctl", "first row", "RssAnon");
	for (guint i = 0; i < G_N_ELEMENTS(questions); i++) {
		char *argv[12] = {(char *)tool};
		guint count = 1;
		for (guint k = 0; k < G_N_ELEMENTS(questions[i]) && questions[i][k]; k++)
			argv[count++] = (char *)questions[i][k];
		g_autofree char *words_asked = g_strjoinv(" ", argv + 1);
		argv[count++] = (char *)"--store";
		argv[count++] = (char *)uri;
		Answer answer = ask_often(argv, 2);
		printf("%-60s %7.1f ms %8ld KiB%s\n", words_asked, answer.first, answer.anonymous,
		       answer.length == 0 ? "  NO ROW" : "");
		slowest = MAX(slowest, answer.first);
		largest = MAX(largest, answer.anonymous);
	}
	char *all[] = {(char *)tool, (char *)"search", (char *)"--json", (char *)"--store", (char *)uri, NULL};
	gint64 begin = g_get_monotonic_time();
	Answer answer = ask(all, 1, TRUE);
	printf("search --json, to its end: %.1f s, RssAnon at most %ld KiB\n",
	       (double)(g_get_monotonic_time() - begin) / 1e6, answer.anonymous);
	largest = MAX(largest, answer.anonymous);
	printf("slowest first row %.1f ms (wanted: %.0f), largest RssAnon %ld KiB (wanted: %d)\n", slowest,
	       WANTED_MS, largest, WANTED_KIB);
}

static void
remove_folder(const char *folder)
{
	GDir *dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(folder, name, NULL);
		g_unlink(path);
	}
	if (dir)
		g_dir_close(dir);
	g_rmdir(folder);
}

int
main(int argc, char **argv)
{
	gint count = 1000000;
	g_autofree char *tool = NULL;
	g_autofree char *parent = NULL;
	g_autofree char *store = NULL;
	gboolean keep = FALSE;
	const GOptionEntry entries[] = {
		{"count", 0, 0, G_OPTION_ARG_INT, &count, "statements", "N"},
		{"tool", 0, 0, G_OPTION_ARG_FILENAME, &tool, "the liaisonctl to ask; without it the store is only filled", "FILE"},
		{"folder", 0, 0, G_OPTION_ARG_FILENAME, &parent, "where the store stands; standard: /var/tmp", "DIR"},
		{"store", 0, 0, G_OPTION_ARG_STRING, &store, "ask this one, and fill none", "URI"},
		{"keep", 0, 0, G_OPTION_ARG_NONE, &keep, "leave the store there", NULL},
		G_OPTION_ENTRY_NULL,
	};
	g_autoptr(GOptionContext) context = g_option_context_new("- fill a record and time its readers");
	g_autoptr(GError) error = NULL;

	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, &error) || count < 1) {
		fprintf(stderr, "fill: %s\n", error ? error->message : "--count must be at least 1");
		return 2;
	}
	signal(SIGPIPE, SIG_DFL);
	if (store && tool) {
		print_answers(tool, store);
		return 0;
	}
	g_autofree char *template = g_build_filename(parent ? parent : "/var/tmp", "lsm-fill-XXXXXX", NULL);
	if (!g_mkdtemp(template)) {
		fprintf(stderr, "fill: %s: %s\n", template, g_strerror(errno));
		return 2;
	}
	g_autofree char *uri = g_strdup_printf("lmdb:%s", template);
	if (fill(uri, (guint)count, &error) > 0 && tool)
		print_answers(tool, uri);
	if (keep)
		printf("kept: %s\n", uri);
	else
		remove_folder(template);
	if (error)
		fprintf(stderr, "fill: %s\n", error->message);
	return error ? 1 : 0;
}
