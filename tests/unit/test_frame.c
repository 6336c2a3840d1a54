/*
 * test_frame.c - the desk's socket: frames, hostile ones too, and a client that meets a real desk process.
 */
#include "tests/unit/desk_fixture.h"

#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conf/error.h"
#include "desk/frame.h"
#include "desk/json.h"

#define LIMIT 4096
#define PATIENCE 10 /* seconds; of a client that is answered at once */

static void
make_pair(int pair[2])
{
	const struct timeval patience = {.tv_usec = 200000};

	g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), ==, 0);
	g_assert_cmpint(setsockopt(pair[1], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), ==, 0);
}

static void
close_pair(const int pair[2])
{
	close(pair[0]);
	close(pair[1]);
}

/* --- frames as they should be --- */

static const struct {
	const char *word;
	const char *text;
	const char *content;
	gsize length;
} good[] = {
	{"facts", "{}", NULL, 0},
	{"record", "{\"a\":\"\xc3\xa9\"}", "From: x\r\n\r\n\0\xff", 13},
	{"", "", "x", 1},
	{"ok", "{}", "", 0},
};

static void
test_round_trip(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(good); i++) {
		g_autoptr(GBytes) content =
			good[i].content == NULL ? NULL : g_bytes_new(good[i].content, good[i].length);
		g_autoptr(GError) error = NULL;
		LsmFrame frame = {NULL, NULL, NULL};
		int pair[2];

		make_pair(pair);
		g_assert_true(lsm_frame_write(pair[0], good[i].word, good[i].text, content, &error));
		g_assert_true(lsm_frame_read(pair[1], LIMIT, &frame, NULL, &error));
		g_assert_no_error(error);
		g_assert_cmpstr(frame.word, ==, good[i].word);
		g_assert_cmpstr(frame.text, ==, good[i].text);
		if (good[i].length == 0)
			g_assert_null(frame.content);
		else
			g_assert_true(frame.content != NULL && g_bytes_equal(frame.content, content));
		lsm_frame_clear(&frame);
		close_pair(pair);
	}
}

typedef struct {
	int fd;
	GBytes *content;
	gboolean done;
} Writing;

static gpointer
write_big(gpointer data)
{
	Writing *writing = data;

	writing->done = lsm_frame_write(writing->fd, "record", "{}", writing->content, NULL);
	return NULL;
}

/* More than a socket takes at once. */
static void
test_big(void)
{
	gsize size = 8 << 20;
	char *octets = g_strnfill(size, 'x');
	g_autoptr(GBytes) content = g_bytes_new_take(octets, size);
	g_autoptr(GError) error = NULL;
	LsmFrame frame = {NULL, NULL, NULL};
	Writing writing;
	GThread *thread;
	int pair[2];

	make_pair(pair);
	writing = (Writing){pair[0], content, FALSE};
	thread = g_thread_new("writing", write_big, &writing);
	g_assert_true(lsm_frame_read(pair[1], size + LIMIT, &frame, NULL, &error));
	g_assert_no_error(error);
	g_thread_join(thread);
	g_assert_true(writing.done);
	g_assert_true(frame.content != NULL && g_bytes_equal(frame.content, content));
	lsm_frame_clear(&frame);
	close_pair(pair);
}

/* Where the numbers that say where a text ends need one octet more, and where they do so only with themselves. */
static void
test_widths(void)
{
	static const struct {
		gsize from, to;
	} sizes[] = {{225, 260}, {65505, 65545}};
	g_autofree char *octets = g_strnfill(65545, 'y');

	for (guint i = 0; i < G_N_ELEMENTS(sizes); i++)
		for (gsize size = sizes[i].from; size <= sizes[i].to; size++) {
			g_autoptr(GBytes) content = g_bytes_new_static(octets, size);
			g_autoptr(GError) error = NULL;
			LsmFrame frame = {NULL, NULL, NULL};
			int pair[2];

			make_pair(pair);
			g_assert_true(lsm_frame_write(pair[0], "record", "{\"a\":1}", content, &error));
			g_assert_true(lsm_frame_read(pair[1], size + LIMIT, &frame, NULL, &error));
			g_assert_no_error(error);
			g_assert_cmpstr(frame.word, ==, "record");
			g_assert_cmpstr(frame.text, ==, "{\"a\":1}");
			g_assert_true(frame.content != NULL && g_bytes_equal(frame.content, content));
			lsm_frame_clear(&frame);
			close_pair(pair);
		}
}

/* --- and as they should not be --- */

static const struct {
	const char *name;
	const char *octets;
	gsize length;
	gboolean stays_open;
	int want; /* class; -1: end of stream, no error */
} bad[] = {
	{"nothing", "", 0, FALSE, -1},
	{"silence", "", 0, TRUE, LSM_ERROR_TEMPORARY},
	{"half a length", "\0\0", 2, FALSE, LSM_ERROR_TEMPORARY},
	{"half a length, then silence", "\0\0", 2, TRUE, LSM_ERROR_TEMPORARY},
	{"half a frame",
	 "\0\0\0\x08"
	 "abc",
	 7, FALSE, LSM_ERROR_TEMPORARY},
	{"half a frame, then silence",
	 "\0\0\0\x08"
	 "abc",
	 7, TRUE, LSM_ERROR_TEMPORARY},
	{"too long", "\xff\xff\xff\xff", 4, TRUE, LSM_ERROR_INPUT},
	{"one too long", "\0\0\x10\x01", 4, TRUE, LSM_ERROR_INPUT},
	{"empty", "\0\0\0\0", 4, TRUE, LSM_ERROR_INPUT},
	{"zeros", "\0\0\0\x08\0\0\0\0\0\0\0\0", 12, TRUE, LSM_ERROR_INPUT},
	{"offsets beyond the end",
	 "\0\0\0\x08"
	 "a\0b\0c\0\xff\xfe",
	 12, TRUE, LSM_ERROR_INPUT},
	{"offsets in the wrong order",
	 "\0\0\0\x07"
	 "a\0b\0c\x02\x04",
	 11, TRUE, LSM_ERROR_INPUT},
	{"text that is not UTF-8",
	 "\0\0\0\x06"
	 "\xff\0b\0\x04\x02",
	 10, TRUE, LSM_ERROR_INPUT},
	{"text without NUL",
	 "\0\0\0\x06"
	 "abcd\x04\x02",
	 10, TRUE, LSM_ERROR_INPUT},
	{"NUL within a text",
	 "\0\0\0\x08"
	 "a\0b\0c\0\x06\x04",
	 12, TRUE, LSM_ERROR_INPUT},
};

static void
test_bad_frames(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;
		LsmFrame frame = {NULL, NULL, NULL};
		gboolean eof = FALSE;
		int pair[2];

		g_test_message("%s", bad[i].name);
		make_pair(pair);
		g_assert_cmpint(send(pair[0], bad[i].octets, bad[i].length, 0), ==, bad[i].length);
		if (!bad[i].stays_open)
			shutdown(pair[0], SHUT_WR);
		g_assert_false(lsm_frame_read(pair[1], LIMIT, &frame, &eof, &error));
		g_assert_cmpint(eof, ==, bad[i].want < 0);
		g_assert_cmpint(error == NULL ? -1 : error->code, ==, bad[i].want);
		lsm_frame_clear(&frame);
		close_pair(pair);
	}
}

/* A reader that expects an answer is told when there is none. */
static void
test_no_answer(void)
{
	g_autoptr(GError) error = NULL;
	LsmFrame frame = {NULL, NULL, NULL};
	int pair[2];

	make_pair(pair);
	close(pair[0]);
	g_assert_false(lsm_frame_read(pair[1], LIMIT, &frame, NULL, &error));
	g_assert_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY);
	close(pair[1]);
}

static void
test_bad_writes(void)
{
	g_autoptr(GError) error = NULL;
	int pair[2];

	make_pair(pair);
	g_assert_false(lsm_frame_write(pair[0], "facts", "\xff", NULL, &error));
	g_assert_error(error, LSM_ERROR, LSM_ERROR_INPUT);
	g_clear_error(&error);
	close(pair[1]);
	g_assert_false(lsm_frame_write(pair[0], "facts", "{}", NULL, &error));
	g_assert_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY);
	close(pair[0]);
}

/* --- a desk process --- */

typedef struct {
	DeskFixture *fixture; /* its settings and clock; its own desk is not used */
	char *path;
	pid_t pid;
	LsmDesk *desk;
} Remote;

static int
listen_at(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	g_strlcpy(address.sun_path, path, sizeof address.sun_path);
	unlink(path);
	g_assert_cmpint(bind(fd, (struct sockaddr *)&address, sizeof address), ==, 0);
	g_assert_cmpint(listen(fd, 16), ==, 0);
	return fd;
}

static void
start_desk(Remote *remote)
{
	g_autofree char *conf = g_build_filename(remote->fixture->folder, "test.conf", NULL);
	int fd = listen_at(remote->path);

	remote->pid = fork();
	if (remote->pid == 0)
		_exit(lsm_service_run(fd, conf, remote->fixture->settings));
	close(fd);
}

static void
stop_desk(Remote *remote, int number, int want)
{
	int status = -1;

	g_assert_cmpint(kill(remote->pid, number), ==, 0);
	g_assert_cmpint(waitpid(remote->pid, &status, 0), ==, remote->pid);
	if (number == SIGTERM)
		g_assert_cmpint(WIFEXITED(status) ? WEXITSTATUS(status) : -1, ==, want);
}

static void
remote_setup(Remote *remote, gconstpointer data)
{
	(void)data;
	remote->fixture = desk_fixture_new("store = \"memory:\"", NULL);
	remote->path = g_build_filename(remote->fixture->folder, "desk.sock", NULL);
	/* Its threads end before the fork: a lock that one of them holds would never be free in the child. */
	lsm_desk_free(remote->fixture->desk);
	start_desk(remote);
	remote->desk = lsm_desk_connect(remote->path, PATIENCE);
	remote->fixture->desk = remote->desk;
}

static void
remote_teardown(Remote *remote, gconstpointer data)
{
	(void)data;
	stop_desk(remote, SIGTERM, 0);
	g_free(remote->path);
	desk_fixture_free(remote->fixture);
}

static void
assert_alive(Remote *remote)
{
	g_autoptr(JsonObject) args = json_object_new();
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonObject) answer = lsm_desk_verb(remote->desk, "status", args, &error);

	g_assert_no_error(error);
	g_assert_nonnull(answer);
	g_assert_cmpstr(lsm_json_get(answer, "mode", NULL), ==, "enforce");
}

/* A statement with an attachment of so many lines. */
static char *
statement_with(gsize lines)
{
	GString *text = g_string_new(CHAIR_FIELDS MESSAGE_ID("1")
				     "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n" BLOCK
					     STATEMENT_TEXT "--b\nContent-Type: application/octet-stream\n"
				     "Content-Disposition: attachment; filename=lines.bin\n\n");

	for (gsize i = 0; i < lines; i++)
		g_string_append_printf(text, "%zu. This line stands in the attachment, and nobody reads it.\n", i);
	g_string_append(text, "--b--\n");
	return g_string_free(text, FALSE);
}

/* All of a statement's life over the socket: facts, record, taken, owed, list copy, verb. data: how many lines its
 * attachment has. */
static void
test_remote(Remote *remote, gconstpointer data)
{
	g_autofree char *text = statement_with(GPOINTER_TO_SIZE(data));
	const TestMail mail = {CAROL, .recipients = BBF, .mail = text};
	TestPassage first = desk_fixture_pass_and_take(remote->fixture, &mail);
	TestPassage second = desk_fixture_pass_and_take(remote->fixture, &mail);
	g_autoptr(JsonObject) args = json_object_new();
	g_autoptr(JsonObject) answer = NULL;
	g_autoptr(GError) error = NULL;
	gboolean known = FALSE;

	assert_text(test_plan_text(first.decision->plan), "discard");
	assert_text(test_plan_text(second.decision->plan), "discard");
	g_assert_cmpstr(first.decision->case_id, ==, second.decision->case_id);
	g_assert_cmpuint(desk_fixture_event_count(remote->fixture), ==, 0);
	g_assert_true(lsm_desk_list_copy(remote->desk, "1@example.org", &known, &error));
	g_assert_true(known);
	g_assert_false(lsm_decide_is_ours(first.message, first.envelope, remote->desk, &error));
	g_assert_no_error(error);
	lsm_json_set(args, "id", first.decision->case_id);
	answer = lsm_desk_verb(remote->desk, "not-a-statement", args, &error);
	g_assert_no_error(error);
	g_assert_cmpint(json_object_get_int_member(answer, "delivered"), ==, 1);
	g_assert_true(lsm_decide_is_ours(first.message, first.envelope, remote->desk, &error));
	test_passage_clear(&first);
	test_passage_clear(&second);
}

#define AT_ONCE 40 /* callers */

static gpointer
call_once(gpointer remote)
{
	assert_alive(remote);
	return NULL;
}

static guint
open_descriptors(void)
{
	g_autoptr(GDir) entries = g_dir_open("/proc/self/fd", 0, NULL);
	guint count = 0;

	while (g_dir_read_name(entries) != NULL)
		count++;
	return count;
}

/* Of many at once not all stay connected, and the fewer, the more processes there are. */
static void
test_share(Remote *remote, gconstpointer data)
{
	guint before = open_descriptors();
	GThread *callers[AT_ONCE];

	lsm_desk_share(remote->desk, GPOINTER_TO_UINT(data));
	for (guint i = 0; i < AT_ONCE; i++)
		callers[i] = g_thread_new("caller", call_once, remote);
	for (guint i = 0; i < AT_ONCE; i++)
		g_thread_join(callers[i]);
	g_assert_cmpuint(open_descriptors(), >, before);
	g_assert_cmpuint(open_descriptors(), <=, before + MIN(256 / GPOINTER_TO_UINT(data), 32));
}

/* The client keeps connections; a desk that was started anew is found again. */
static void
test_restart(Remote *remote, gconstpointer data)
{
	g_autoptr(JsonObject) args = json_object_new();
	g_autoptr(GError) error = NULL;

	(void)data;
	assert_alive(remote);
	stop_desk(remote, SIGKILL, 0);
	g_assert_null(lsm_desk_verb(remote->desk, "status", args, &error));
	g_assert_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY);
	start_desk(remote);
	assert_alive(remote);
}

/* Errors keep their class over the socket. */
static void
test_errors(Remote *remote, gconstpointer data)
{
	static const struct {
		const char *operation;
		const char *args;
		int want;
	} rows[] = {
		{"not-a-statement", "{\"id\":\"LS-1\"}", LSM_ERROR_USAGE},
		{"not-a-statement", "{}", LSM_ERROR_USAGE},
		{"not-a-statement", "{\"id\":[1]}", LSM_ERROR_USAGE},
		{"no-such-verb", "{}", LSM_ERROR_UNSUPPORTED},
		{"record", "{}", LSM_ERROR_INPUT},
		{"record", "{\"keys\":{},\"members\":{}}", LSM_ERROR_INPUT},
		{"record", "{\"keys\":[],\"members\":1}", LSM_ERROR_INPUT},
		{"record", "{\"keys\":{\"identity\":\"x\"},\"members\":{\"public\":[],\"private\":{}}}",
		 LSM_ERROR_INPUT},
		{"record", "{\"keys\":{\"identity\":\"x\"},\"members\":{\"public\":{},\"private\":{}}}", -1},
		{"facts", "{\"identity\":{},\"answers\":[]}", -1},
		{"taken", "{\"tickets\":[\"LS-none\",\"\"]}", -1},
		{"taken", "{\"tickets\":{}}", -1},
		{"taken", "{}", -1},
		{"not-applied", "{\"ticket\":{}}", -1},
		{"owed", "{\"recipients\":{}}", -1},
		{"list-copy", "{\"message_id\":1}", -1},
	};

	(void)data;
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(JsonObject) args = lsm_json_parse(rows[i].args, strlen(rows[i].args), &error);
		g_autoptr(JsonObject) answer = NULL;

		g_test_message("%s %s", rows[i].operation, rows[i].args);
		g_assert_no_error(error);
		answer = lsm_desk_verb(remote->desk, rows[i].operation, args, &error);
		g_assert_cmpint(error == NULL ? -1 : error->code, ==, rows[i].want);
	}
}

static int
connect_raw(const char *path)
{
	const struct timeval patience = {.tv_sec = PATIENCE};
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	g_strlcpy(address.sun_path, path, sizeof address.sun_path);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	g_assert_cmpint(connect(fd, (struct sockaddr *)&address, sizeof address), ==, 0);
	return fd;
}

/* Whatever comes over one connection, others are served. */
static void
test_hostile_peers(Remote *remote, gconstpointer data)
{
	(void)data;
	for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
		int fd = connect_raw(remote->path);

		g_test_message("%s", bad[i].name);
		if (bad[i].length > 0)
			g_assert_cmpint(send(fd, bad[i].octets, bad[i].length, MSG_NOSIGNAL), ==,
					bad[i].length);
		assert_alive(remote);
		close(fd);
	}
	assert_alive(remote);
}

/* A request whose text is no object is answered, and the connection goes on. */
static void
test_bad_requests(Remote *remote, gconstpointer data)
{
	static const char *const texts[] = {"", "x", "[]", "null", "{", "{\"a\":1}{", "\"a\""};
	int fd = connect_raw(remote->path);

	(void)data;
	for (guint i = 0; i <= G_N_ELEMENTS(texts); i++) {
		g_autofree char *deep = g_strnfill(100000, '[');
		g_autoptr(GError) error = NULL;
		LsmFrame frame = {NULL, NULL, NULL};

		g_assert_true(lsm_frame_write(fd, "status", i < G_N_ELEMENTS(texts) ? texts[i] : deep, NULL,
					      &error));
		g_assert_true(lsm_frame_read(fd, 1 << 20, &frame, NULL, &error));
		g_assert_no_error(error);
		g_assert_true(frame.word != NULL && g_str_has_prefix(frame.word, "error:"));
		lsm_frame_clear(&frame);
	}
	close(fd);
	assert_alive(remote);
}

/* Nobody is there from the start. */
static void
test_nobody(void)
{
	g_autoptr(LsmDesk) desk = lsm_desk_connect("/nonexistent/desk.sock", 1);
	g_autoptr(JsonObject) args = json_object_new();
	g_autoptr(GError) error = NULL;

	g_assert_null(lsm_desk_verb(desk, "status", args, &error));
	g_assert_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/frame/round-trip", test_round_trip);
	g_test_add_func("/frame/big", test_big);
	g_test_add_func("/frame/widths", test_widths);
	g_test_add_func("/frame/bad-frames", test_bad_frames);
	g_test_add_func("/frame/no-answer", test_no_answer);
	g_test_add_func("/frame/bad-writes", test_bad_writes);
	g_test_add("/frame/desk/remote", Remote, NULL, remote_setup, test_remote, remote_teardown);
	g_test_add("/frame/desk/remote-large", Remote, GSIZE_TO_POINTER(50000), remote_setup, test_remote,
		   remote_teardown);
	g_test_add("/frame/desk/share/one", Remote, GUINT_TO_POINTER(1), remote_setup, test_share, remote_teardown);
	g_test_add("/frame/desk/share/many", Remote, GUINT_TO_POINTER(128), remote_setup, test_share, remote_teardown);
	g_test_add("/frame/desk/restart", Remote, NULL, remote_setup, test_restart, remote_teardown);
	g_test_add("/frame/desk/errors", Remote, NULL, remote_setup, test_errors, remote_teardown);
	g_test_add("/frame/desk/hostile-peers", Remote, NULL, remote_setup, test_hostile_peers,
		   remote_teardown);
	g_test_add("/frame/desk/bad-requests", Remote, NULL, remote_setup, test_bad_requests,
		   remote_teardown);
	g_test_add_func("/frame/desk/nobody", test_nobody);
	return g_test_run();
}
