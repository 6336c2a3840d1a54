/*
 * test_serve.c - liaison-extract --serve by itself: who its children are, what they may do before a byte is
 * read, and what it takes for a request.
 */
#include "extract/serve.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE 20000 /* ms */

static char *program; /* beside the tests in the build folder */

typedef struct {
	pid_t pid;
	int socket;
} Server;

static Server
server_start(void)
{
	char *const arguments[] = {program, (char *)LSM_SERVE_WORD, NULL};
	char *const environment[] = {NULL};
	posix_spawn_file_actions_t actions;
	Server server;
	int ends[2];

	g_assert_cmpint(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), ==, 0);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO);
	g_assert_cmpint(posix_spawn(&server.pid, program, &actions, NULL, arguments, environment), ==, 0);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	server.socket = ends[0];
	return server;
}

/* A request of so many octets, with so many descriptors. */
static void
ask(const Server *server, gsize octets, const int *files, gsize count)
{
	char data[8] = "";
	struct iovec part = {data, octets};
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(4 * sizeof(int))];
	} control = {.header = {CMSG_LEN(count * sizeof(int)), SOL_SOCKET, SCM_RIGHTS}};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

	if (count > 0) {
		memcpy(CMSG_DATA(&control.header), files, count * sizeof(int));
		message.msg_control = &control;
		message.msg_controllen = CMSG_SPACE(count * sizeof(int));
	}
	g_assert_cmpint(sendmsg(server->socket, &message, MSG_NOSIGNAL), ==, octets);
}

/* The next reply; 0 when the server has closed its end. */
static gint32
take_reply(const Server *server)
{
	struct pollfd ready = {server->socket, POLLIN, 0};
	gint32 reply = 0;

	g_assert_cmpint(poll(&ready, 1, PATIENCE), ==, 1);
	return recv(server->socket, &reply, sizeof reply, MSG_DONTWAIT) == sizeof reply ? reply : 0;
}

static void
assert_ends(const Server *server)
{
	int status = -1;

	g_assert_cmpint(take_reply(server), ==, 0);
	close(server->socket);
	g_assert_cmpint(waitpid(server->pid, &status, 0), ==, server->pid);
	g_assert_cmpint(status, ==, 0);
}

/* A child that reads what is written into *input_out, and writes where *answer_out reads. */
static pid_t
begin(const Server *server, int *input_out, int *answer_out)
{
	int input[2], answer[2];
	pid_t pid;

	g_assert_cmpint(pipe2(input, O_CLOEXEC), ==, 0);
	g_assert_cmpint(pipe2(answer, O_CLOEXEC), ==, 0);
	ask(server, 1, (const int[]){input[0], answer[1]}, 2);
	pid = take_reply(server);
	g_assert_cmpint(pid, >, 1);
	close(input[0]);
	close(answer[1]);
	*input_out = input[1];
	*answer_out = answer[0];
	return pid;
}

static char *
finish(pid_t pid, int input, int answer)
{
	g_autoptr(GString) text = g_string_new(NULL);
	char octet;
	int status = -1;

	close(input);
	while (read(answer, &octet, 1) == 1)
		g_string_append_c(text, octet);
	close(answer);
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	g_assert_cmpint(status, ==, 0);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static gboolean
proc_has(pid_t pid, const char *file, const char *pattern)
{
	g_autofree char *path = g_strdup_printf("/proc/%d/%s", (int)pid, file);
	g_autofree char *text = NULL;

	return g_file_get_contents(path, &text, NULL, NULL) &&
	       g_regex_match_simple(pattern, text, G_REGEX_MULTILINE, 0);
}

static guint
count_entries(pid_t pid, const char *folder)
{
	g_autofree char *path = g_strdup_printf("/proc/%d/%s", (int)pid, folder);
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	guint count = 0;

	while (dir != NULL && g_dir_read_name(dir) != NULL)
		count++;
	return count;
}

#define ANSWER(octets, text)                                                                                 \
	"{\"type\": \"text/plain\", \"status\": \"text\", \"octets\": " octets ", \"members\": []}\n" text

/* As one that is started by itself (tests/scenario/extract.t): nothing is read before all is closed. */
static void
test_closed(void)
{
	Server server = server_start();
	int input, answer;
	pid_t pid = begin(&server, &input, &answer);
	guint open = count_entries(server.pid, "fd");
	g_autofree char *text = NULL;

	for (guint i = 0; i < PATIENCE && !proc_has(pid, "status", "^Seccomp:\\s+2$"); i++)
		g_usleep(1000);
	g_assert_true(proc_has(pid, "status", "^Seccomp:\\s+2$"));
	g_assert_true(proc_has(pid, "status", "^NoNewPrivs:\\s+1$"));
	g_assert_true(proc_has(pid, "limits", "^Max cpu time\\s+5\\s+6\\s"));
	g_assert_true(proc_has(pid, "limits", "^Max file size\\s+6291456\\s"));
	g_assert_true(proc_has(pid, "limits", "^Max open files\\s+3\\s+3\\s"));
	g_assert_true(proc_has(pid, "limits", "^Max core file size\\s+0\\s+0\\s"));
#ifndef __SANITIZE_ADDRESS__
	g_assert_true(proc_has(pid, "limits", "^Max address space\\s+536870912\\s"));
#endif
	g_assert_cmpuint(count_entries(pid, "fd"), ==, 3);
	g_assert_cmpuint(count_entries(server.pid, "task"), ==, 1);
	g_assert_cmpint(write(input, "hello", 5), ==, 5);
	text = finish(pid, input, answer);
	g_assert_cmpstr(text, ==, ANSWER("5", "hello"));
	/* The server keeps nothing of a request. */
	g_free(g_steal_pointer(&text));
	pid = begin(&server, &input, &answer);
	text = finish(pid, input, answer);
	for (guint i = 0; i < PATIENCE && count_entries(server.pid, "fd") > open; i++)
		g_usleep(1000);
	g_assert_cmpuint(count_entries(server.pid, "fd"), <=, open);
	shutdown(server.socket, SHUT_WR);
	assert_ends(&server);
}

/* Neither waits for the other, and both outlive the server. */
static void
test_two(void)
{
	Server server = server_start();
	int input[2], answer[2];
	pid_t first = begin(&server, &input[0], &answer[0]);
	pid_t second = begin(&server, &input[1], &answer[1]);
	g_autofree char *one = NULL;
	g_autofree char *two = NULL;

	g_assert_cmpint(write(input[0], "one", 3), ==, 3);
	g_assert_cmpint(write(input[1], "two", 3), ==, 3);
	two = finish(second, input[1], answer[1]);
	g_assert_cmpstr(two, ==, ANSWER("3", "two"));
	shutdown(server.socket, SHUT_WR);
	assert_ends(&server);
	one = finish(first, input[0], answer[0]);
	g_assert_cmpstr(one, ==, ANSWER("3", "one"));
}

/* The process that sent the next reply; *reply_out: what it said. */
static pid_t
take_sender(const Server *server, gint32 *reply_out)
{
	struct iovec data = {reply_out, sizeof *reply_out};
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(struct ucred))];
	} control;
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
	struct ucred sender;

	g_assert_cmpint(recvmsg(server->socket, &message, 0), ==, sizeof *reply_out);
	g_assert_nonnull(CMSG_FIRSTHDR(&message));
	g_assert_cmpint(CMSG_FIRSTHDR(&message)->cmsg_type, ==, SCM_CREDENTIALS);
	memcpy(&sender, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof sender);
	return sender.pid;
}

/* None is there of whom only a server knew that was killed since. */
static void
test_tells_itself(void)
{
	Server server = server_start();
	int input[2], answer[2], yes = 1;
	g_autofree char *text = NULL;
	gint32 pid = 0;

	g_assert_cmpint(setsockopt(server.socket, SOL_SOCKET, SO_PASSCRED, &yes, sizeof yes), ==, 0);
	g_assert_cmpint(pipe2(input, O_CLOEXEC), ==, 0);
	g_assert_cmpint(pipe2(answer, O_CLOEXEC), ==, 0);
	ask(&server, 1, (const int[]){input[0], answer[1]}, 2);
	g_assert_cmpint(take_sender(&server, &pid), ==, pid);
	close(input[0]);
	close(answer[1]);
	text = finish(pid, input[1], answer[0]);
	shutdown(server.socket, SHUT_WR);
	assert_ends(&server);
}

static void
test_nonsense(void)
{
	static const struct {
		const char *name;
		gsize octets, count;
	} cases[] = {
		{"no descriptors", 1, 0},
		{"one", 1, 1},
		{"three", 1, 3},
		{"two octets", 2, 2},
	};
	const int files[] = {STDERR_FILENO, STDERR_FILENO, STDERR_FILENO};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		Server server = server_start();

		g_test_message("%s", cases[i].name);
		ask(&server, cases[i].octets, files, cases[i].count);
		assert_ends(&server);
	}
}

int
main(int argc, char **argv)
{
	g_autofree char *own = g_file_read_link("/proc/self/exe", NULL);
	g_autofree char *unit = g_path_get_dirname(own);
	int failed;

	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	program = g_build_filename(unit, "..", "..", "liaison-extract", NULL);
	g_test_add_func("/serve/closed", test_closed);
	g_test_add_func("/serve/two", test_two);
	g_test_add_func("/serve/tells-itself", test_tells_itself);
	g_test_add_func("/serve/nonsense", test_nonsense);
	failed = g_test_run();
	g_free(program);
	return failed;
}
