/*
 * reader_process.c - see reader_process.h. Owns the process that stays (under a lock; it ends with this
 * process, whose end of the socket is the only one), and a child and both ends of its pipe while it reads.
 *
 * The attachment goes over in a sealed memory file and not in a pipe: nothing has to be written while the
 * answer is read, and a reader that dies early cannot stop the writer.
 *
 * The children of one process have the same addresses, so none may learn them for the next: where a child
 * did not end by itself, as one does that guessed wrong, all begins anew; and else after some files.
 */
#include "desk/reader_process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conf/log.h"

#define MAX_ANSWER (6 * 1024 * 1024) /* octets: the text's bound, and room for the line before it */
#define CHUNK 65536
#define MAX_FILES 100   /* read by the children of one process */
#define MAX_AGE G_TIME_SPAN_HOUR /* of it: by then, libraries that were upgraded are loaded */
#define SERVE "--serve" /* the program's word for: stay, and have a child read each file */
#define EXIT_BROKEN 70  /* ... and for: cannot read anything */

typedef struct {
	pid_t pid;
	int process; /* pidfd: to wait for it with a time limit */
	int answer;  /* our end of its standard output */
} Child;

/* The process that stays. */
static struct {
	GMutex lock;
	char *program; /* NULL: there is none */
	pid_t pid;
	int socket;
	guint files;
	gint64 started; /* monotonic time */
} server;

static gboolean
has_time(gint64 deadline)
{
	return g_get_monotonic_time() < deadline;
}

/* TRUE: there is something to read there, or the end was reached; FALSE: the time is up. */
static gboolean
wait_for(int fd, gint64 deadline)
{
	struct pollfd ready = {fd, POLLIN, 0};

	for (;;) {
		gint64 left = (deadline - g_get_monotonic_time() + 999) / 1000;
		int n;

		if (left <= 0)
			return FALSE;
		n = poll(&ready, 1, (int)MIN(left, G_MAXINT));
		if (n > 0 || (n < 0 && errno != EINTR))
			return TRUE;
	}
}

/* Its wait status, or -1: no child of ours. */
static int
collect(pid_t pid)
{
	int status = -1;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

/* --- the process that stays --- */

/* Starts the program with its socket, without our environment, signal mask and dispositions. An errno. */
static int
spawn(const char *program, int peer, pid_t *pid_out)
{
	char *const arguments[] = {(char *)program, (char *)SERVE, NULL};
	char *const environment[] = {NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, all;
	int code;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, peer, STDIN_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &all);
	code = posix_spawn(pid_out, program, &actions, &attributes, arguments, environment);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return code;
}

/* An errno. */
static int
server_start(const char *program)
{
	int ends[2];
	int code;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
		return errno;
	code = spawn(program, ends[1], &server.pid);
	close(ends[1]);
	if (code != 0) {
		close(ends[0]);
		return code;
	}
	server.program = g_strdup(program);
	server.socket = ends[0];
	server.files = 0;
	server.started = g_get_monotonic_time();
	return 0;
}

/* Its children read on: they are ours. */
static void
server_end(void)
{
	kill(server.pid, SIGKILL);
	collect(server.pid);
	close(server.socket);
	g_clear_pointer(&server.program, g_free);
}

/* An errno. */
static int
server_send(int input, int output)
{
	const int files[] = {input, output};
	char octet = 0;
	struct iovec data = {&octet, 1};
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof files)];
	} control = {.header = {CMSG_LEN(sizeof files), SOL_SOCKET, SCM_RIGHTS}};
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};

	memcpy(CMSG_DATA(&control.header), files, sizeof files);
	return sendmsg(server.socket, &message, MSG_NOSIGNAL) == 1 ? 0 : errno;
}

/* Whether it is a child of ours, also one that has ended: no other may be waited for, or ended. */
static gboolean
is_child(pid_t pid)
{
	siginfo_t unused;

	return pid > 1 && waitid(P_PID, (id_t)pid, &unused, WEXITED | WNOHANG | WNOWAIT) == 0;
}

/* The process id of the child that reads, or an errno with a minus sign. */
static pid_t
server_ask(int input, int output, gint64 deadline)
{
	int code = server_send(input, output);
	gint32 reply;
	ssize_t n;

	if (code != 0)
		return -code;
	if (!wait_for(server.socket, deadline))
		return -ETIMEDOUT;
	n = recv(server.socket, &reply, sizeof reply, MSG_DONTWAIT);
	if (n <= 0)
		return -EPIPE;
	return n == sizeof reply && (reply < 0 || is_child(reply)) ? reply : -EPROTO;
}

/* The same, of one that is started where there is none; it does not stay when it does not answer. */
static pid_t
server_ask_new(const char *program, int input, int output, gint64 deadline)
{
	int code = server_start(program);
	pid_t pid;

	if (code != 0)
		return -code;
	pid = server_ask(input, output, deadline);
	if (pid < 0)
		server_end();
	return pid;
}

static gboolean
has_served_its_time(const char *program)
{
	return strcmp(server.program, program) != 0 || server.files >= MAX_FILES ||
	       !has_time(server.started + MAX_AGE);
}

/* The lock is held. */
static pid_t
child_of_server(const char *program, int input, int output, gint64 deadline)
{
	pid_t pid = -ETIMEDOUT;

	/* Who waited for the lock until the time was up knows nothing bad of the process that is there. */
	if (!has_time(deadline))
		return -ETIMEDOUT;
	if (server.program != NULL && !has_served_its_time(program))
		pid = server_ask(input, output, deadline);
	/* One that is found dead is not the file's fault. */
	if (pid < 0 && server.program != NULL)
		server_end();
	if (pid < 0 && has_time(deadline))
		pid = server_ask_new(program, input, output, deadline);
	server.files++;
	return pid;
}

static pid_t
server_child(const char *program, int input, int output, gint64 deadline)
{
	pid_t pid;

	g_mutex_lock(&server.lock);
	pid = child_of_server(program, input, output, deadline);
	g_mutex_unlock(&server.lock);
	return pid;
}

static void
server_renew(void)
{
	g_mutex_lock(&server.lock);
	if (server.program != NULL)
		server_end();
	g_mutex_unlock(&server.lock);
}

/* --- a child of it --- */

int
lsm_reader_process_file(void)
{
	return memfd_create("attachment", MFD_CLOEXEC | MFD_ALLOW_SEALING);
}

/* Nobody can change it any more. FALSE and errno. */
static gboolean
seal(int file)
{
	return lseek(file, 0, SEEK_SET) == 0 &&
	       fcntl(file, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) == 0;
}

/* FALSE and errno. */
static gboolean
child_start(Child *child, const char *program, int input, gint64 deadline)
{
	int ends[2];

	if (!seal(input) || pipe2(ends, O_CLOEXEC) != 0)
		return FALSE;
	child->pid = server_child(program, input, ends[1], deadline);
	close(ends[1]);
	child->answer = ends[0];
	if (child->pid < 0) {
		close(ends[0]);
		errno = -child->pid;
		return FALSE;
	}
	child->process = pidfd_open(child->pid, 0);
	return TRUE;
}

/* All that the child writes; NULL when the time is up before its end, or when it writes too much. */
static GByteArray *
child_read(const Child *child, gint64 deadline)
{
	g_autoptr(GByteArray) answer = g_byte_array_new();
	g_autofree guint8 *chunk = g_malloc(CHUNK);

	while (answer->len <= MAX_ANSWER && wait_for(child->answer, deadline)) {
		ssize_t n = read(child->answer, chunk, CHUNK);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return NULL;
		if (n == 0)
			return g_steal_pointer(&answer);
		g_byte_array_append(answer, chunk, (guint)n);
	}
	return NULL;
}

/* Ends it where it has not ended, and collects it. Its wait status. */
static int
child_end(const Child *child, gboolean is_wanted, gint64 deadline)
{
	int status;

	if (!is_wanted || child->process < 0 || !wait_for(child->process, deadline))
		kill(child->pid, SIGKILL);
	status = collect(child->pid);
	if (child->process >= 0)
		close(child->process);
	close(child->answer);
	return status;
}

static const struct {
	int code;
	const char *text;
} reasons[] = {
	{EPIPE, "ended as soon as it was started; run by hand, it says why"},
	{ETIMEDOUT, "does not answer"},
	{EPROTO, "answers as liaison-extract does not"},
};

static void
tell_failure(const char *program, const char *text)
{
	lsm_log(LOG_WARNING, NULL, "extractor-failed", "program", program, "text", text, NULL);
}

static void
tell_errno(const char *program, int code)
{
	const char *text = g_strerror(code);

	for (gsize i = 0; i < G_N_ELEMENTS(reasons); i++)
		if (code == reasons[i].code)
			text = reasons[i].text;
	tell_failure(program, text);
}

int
lsm_reader_process_run(const char *program, int file, gint64 deadline, GByteArray **answer_out)
{
	Child child;
	int status;
	gboolean is_started = file >= 0 && child_start(&child, program, file, deadline);
	int code = errno;

	*answer_out = NULL;
	if (file >= 0)
		close(file);
	if (!is_started) {
		tell_errno(program, code);
		return -1;
	}
	*answer_out = child_read(&child, deadline);
	status = child_end(&child, *answer_out != NULL, deadline);
	if (!WIFEXITED(status))
		server_renew();
	else if (WEXITSTATUS(status) == EXIT_BROKEN)
		tell_failure(program, "exit status 70; run by hand, it says why");
	return status;
}
