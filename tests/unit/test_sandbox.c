/*
 * test_sandbox.c - what gate and desk may not do: each call is made by a child that has their filters, and
 * the kernel refuses it or ends the child.
 */
#include "milter/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conf/error.h"

#define DONE 0 /* the call did what it was asked for */
#define NO_FILTER 77

/* Each returns DONE or errno. None may do any harm where no filter stops it: the tests run as root. */
typedef int (*Call)(void);

static int *cell; /* shared with the children */

static int
outcome(long result)
{
	return result >= 0 ? DONE : errno;
}

static int
call_ptrace(void)
{
	return outcome(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}

static int
call_read_other(void)
{
	char octet;
	struct iovec there = {&octet, 1};

	return outcome(process_vm_readv(getppid(), &there, 1, &there, 1, 0));
}

/* Where it is let through, it must do no harm: there is no such place. */
static int
call_mount(void)
{
	return outcome(mount("none", "/nonexistent/place", "tmpfs", 0, NULL));
}

static int
call_unshare(void)
{
	return outcome(unshare(CLONE_NEWUSER));
}

static int
call_namespace(void)
{
	return outcome(syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, 0));
}

static int
call_setuid(void)
{
	return outcome(syscall(SYS_setuid, getuid()));
}

static int
call_io_uring(void)
{
	return outcome(syscall(SYS_io_uring_setup, 1, NULL));
}

static int
call_exec(void)
{
	char *const arguments[] = {(char *)"true", NULL};

	return outcome(execv("/bin/true", arguments));
}

/* As the reader of attachments is started. */
static int
call_spawn(void)
{
	char *const arguments[] = {(char *)"true", NULL};
	pid_t pid;
	int status = 0;
	int code = posix_spawn(&pid, "/bin/true", NULL, NULL, arguments, NULL);

	if (code != 0)
		return code;
	return waitpid(pid, &status, 0) == pid && status == 0 ? DONE : EIO;
}

static int
open_socket(int family, int type)
{
	return outcome(socket(family, type, 0));
}

static int
call_unix(void)
{
	return open_socket(AF_UNIX, SOCK_STREAM);
}

static int
call_inet(void)
{
	return open_socket(AF_INET, SOCK_STREAM);
}

static int
call_inet6(void)
{
	return open_socket(AF_INET6, SOCK_DGRAM);
}

static int
call_netlink(void)
{
	return open_socket(AF_NETLINK, SOCK_RAW);
}

static int
call_packet(void)
{
	return open_socket(AF_PACKET, SOCK_RAW);
}

static int
call_alg(void)
{
	return open_socket(AF_ALG, SOCK_SEQPACKET);
}

static int
call_bluetooth_like(void)
{
	return open_socket(AF_APPLETALK, SOCK_DGRAM);
}

static int
call_bind(void)
{
	struct sockaddr place = {.sa_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	return outcome(bind(fd, &place, sizeof place.sa_family));
}

static int
call_map_code(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
			       MAP_FAILED
		       ? DONE
		       : errno;
}

static int
call_make_code(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return outcome(mprotect(page, 4096, PROT_READ | PROT_EXEC));
}

static int
call_load_library(void)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	void *page = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);

	return page != MAP_FAILED ? DONE : errno;
}

static int
call_fork(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return outcome(pid);
}

/* As the reader of attachments makes one for each file. */
static int
call_sibling(void)
{
	long pid = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, NULL, NULL, NULL, NULL);

	if (pid == 0)
		_exit(0);
	return outcome(pid);
}

/* As the reader of attachments becomes nicer; the first 48 octets of struct sched_attr. */
static int
call_be_nice(void)
{
	struct {
		guint32 size, policy;
		guint64 flags;
		gint32 nice;
		guint32 priority;
		guint64 runtime, deadline, period;
	} attributes = {.size = sizeof attributes, .nice = 19};

	if (syscall(SYS_sched_setattr, 0, &attributes, 0) != 0)
		return errno;
	attributes.nice = 0;
	if (syscall(SYS_sched_getattr, 0, &attributes, sizeof attributes, 0) != 0)
		return errno;
	return attributes.nice == 19 ? DONE : EIO;
}

static void *
do_nothing(void *data)
{
	return data;
}

static int
call_thread(void)
{
	pthread_t thread;
	int code = pthread_create(&thread, NULL, do_nothing, NULL);

	return code != 0 ? code : pthread_join(thread, NULL);
}

static int
call_kill_parent(void)
{
	return outcome(kill(getppid(), 0));
}

static int
call_set_limit(void)
{
	struct rlimit limit = {1024, 1024};

	return outcome(syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, &limit, NULL));
}

static int
call_terminal(void)
{
	char octet = 'x';

	return outcome(ioctl(-1, TIOCSTI, &octet));
}

static int
call_chmod(void)
{
	return outcome(chmod("", 0));
}

static int
call_file(void)
{
	char octets[4];
	int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);

	return outcome(read(fd, octets, sizeof octets));
}

/* What becomes of a call beside an errno. */
#define WORKS DONE
#define FATAL (-1) /* it is the last one */
#define ANY (-2)   /* no filter has a say: what the kernel makes of it */

/* Where a call is fatal, its row has the name that the log gives it. */
static const struct {
	const char *name;
	Call call;
	int house, gate, desk;
} rows[] = {
	{"ptrace", call_ptrace, FATAL, FATAL, FATAL},
	{"process_vm_readv", call_read_other, FATAL, FATAL, FATAL},
	{"mount", call_mount, FATAL, FATAL, FATAL},
	{"unshare", call_unshare, FATAL, FATAL, FATAL},
	{"clone", call_namespace, FATAL, FATAL, FATAL},
	{"setuid", call_setuid, FATAL, FATAL, FATAL},
	{"io_uring_setup", call_io_uring, FATAL, FATAL, FATAL},
	{"socket", call_packet, FATAL, FATAL, FATAL},
	{"socket", call_alg, FATAL, FATAL, FATAL},
	{"socket", call_bluetooth_like, FATAL, FATAL, FATAL},
	{"execve", call_exec, WORKS, WORKS, FATAL},
	{"spawn", call_spawn, WORKS, WORKS, ENOSYS},
	{"unix socket", call_unix, WORKS, WORKS, WORKS},
	{"inet socket", call_inet, WORKS, ENOSYS, WORKS},
	{"inet6 socket", call_inet6, ANY, ENOSYS, ANY},
	{"netlink socket", call_netlink, WORKS, ENOSYS, WORKS},
	{"bind", call_bind, WORKS, ENOSYS, WORKS},
	{"writable code", call_map_code, EACCES, EACCES, EACCES},
	{"memory made code", call_make_code, EACCES, EACCES, EACCES},
	{"library", call_load_library, WORKS, WORKS, WORKS},
	{"fork", call_fork, WORKS, WORKS, ENOSYS},
	{"sibling", call_sibling, WORKS, WORKS, ENOSYS},
	{"thread", call_thread, WORKS, WORKS, WORKS},
	{"niceness", call_be_nice, WORKS, WORKS, WORKS},
	{"signal to another", call_kill_parent, WORKS, ENOSYS, ENOSYS},
	{"limits", call_set_limit, ANY, ANY, ENOSYS},
	{"terminal", call_terminal, ANY, ENOSYS, ENOSYS},
	{"chmod", call_chmod, ANY, ENOSYS, ENOSYS},
	{"file", call_file, WORKS, WORKS, WORKS},
};

/* Makes the call behind the house's filter and that of the role. Its wait status. */
static int
run_in(LsmSandboxRole role, Call call, int *note)
{
	pid_t pid = fork();
	int status = -1;

	if (pid == 0) {
		struct rlimit no_core = {0, 0};

		setrlimit(RLIMIT_CORE, &no_core);
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		lsm_sandbox_note_into(note);
		if (!lsm_sandbox_enter(LSM_SANDBOX_HOUSE, NULL) ||
		    (role != LSM_SANDBOX_HOUSE && !lsm_sandbox_enter(role, NULL)))
			_exit(NO_FILTER);
		_exit(call());
	}
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	return status;
}

static void
assert_outcome(const char *name, LsmSandboxRole role, Call call, int want)
{
	int status = run_in(role, call, cell);
	g_autofree char *noted = lsm_sandbox_take_call(cell);
	int got = WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS ? FATAL
		  : WIFEXITED(status)                               ? WEXITSTATUS(status)
								    : -3;

	if (want == ANY ? got < 0 : got != want)
		g_test_message("%s in role %d", name, role);
	if (want == ANY)
		g_assert_cmpint(got, >=, 0);
	else
		g_assert_cmpint(got, ==, want);
	g_assert_cmpstr(noted, ==, want == FATAL ? name : NULL);
}

static void
test_calls(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		assert_outcome(rows[i].name, LSM_SANDBOX_HOUSE, rows[i].call, rows[i].house);
		assert_outcome(rows[i].name, LSM_SANDBOX_GATE, rows[i].call, rows[i].gate);
		assert_outcome(rows[i].name, LSM_SANDBOX_DESK, rows[i].call, rows[i].desk);
	}
}

/* Nobody of the same user looks into the process; a program that it starts is not ours to close. */
static int
ask_dumpable(void)
{
	lsm_sandbox_close_memory();
	return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
}

static void
test_memory(void)
{
	int status = run_in(LSM_SANDBOX_GATE, ask_dumpable, cell);

	g_assert_true(WIFEXITED(status));
	g_assert_cmpint(WEXITSTATUS(status), ==, 0);
}

/* Without a cell, a call that is fatal is so all the same. */
static void
test_no_cell(void)
{
	int status = run_in(LSM_SANDBOX_DESK, call_mount, NULL);

	g_assert_true(WIFSIGNALED(status));
	g_assert_cmpint(WTERMSIG(status), ==, SIGSYS);
	g_assert_null(lsm_sandbox_take_call(cell));
	g_assert_null(lsm_sandbox_take_call(NULL));
}

static int
ask_filter(void)
{
	return prctl(PR_GET_SECCOMP, 0, 0, 0, 0);
}

int
main(int argc, char **argv)
{
	int status;

	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	cell = lsm_sandbox_cells_new(1);
	status = run_in(LSM_SANDBOX_HOUSE, ask_filter, cell);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		g_print("1..0 # SKIP built with a sanitizer, whose calls no filter knows\n");
		return 0;
	}
	g_test_add_func("/sandbox/calls", test_calls);
	g_test_add_func("/sandbox/memory", test_memory);
	g_test_add_func("/sandbox/no-cell", test_no_cell);
	return g_test_run();
}
