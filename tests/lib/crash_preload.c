/*
 * crash_preload.c - kills the process at a chosen call, for the crash tests. Two ways:
 *
 *   LD_PRELOAD=crash_preload.so LSM_KILL_AT="smfi_delrcpt:2" liaison-milter -f
 *
 * raises SIGKILL when the process enters the 2nd call of smfi_delrcpt(): the first one has reached the
 * mail server, the second has not. Each process counts for itself. With LSM_KILL_ONCE=PATH it happens
 * only to the process that can create that file, so that the worker started next serves the retry.
 *
 *   LD_PRELOAD=crash_preload.so LSM_KILL_PLAN=PATH liaison-milter -f
 *
 * counts the steps of the daemon's children: calls of LMDB that write, and system calls that write or sync,
 * whatever process and thread they are in. The file (a Plan, below) says after how many steps the process
 * that makes the last one is killed, and whether all calls are steps or those of one name only; it is written
 * by the test (LSM::Crash) while the daemon runs, and tells where it struck. A strike is before the call, or,
 * of a write, after half of it. The parent is left alone.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/* Of a reply: what liaison-milter sends at the most. */
#define REPLY_LINES 8

static int
is_first_of_all(void)
{
	const char *path = getenv("LSM_KILL_ONCE");

	return path == NULL || open(path, O_CREAT | O_EXCL | O_CLOEXEC, 0600) >= 0;
}

static void
maybe_kill(const char *name, atomic_int *calls)
{
	const char *wanted = getenv("LSM_KILL_AT");
	size_t length = strlen(name);

	if (wanted == NULL || strncmp(wanted, name, length) != 0 || wanted[length] != ':')
		return;
	if (atomic_fetch_add(calls, 1) + 1 == atoi(wanted + length + 1) && is_first_of_all())
		kill(getpid(), SIGKILL);
}

/* The real function behind ours. A test that cannot find it must not go on as if it had. */
static void *
real(const char *name)
{
	void *found = dlsym(RTLD_NEXT, name);

	if (found == NULL)
		abort();
	return found;
}

/* --- a plan --- */

typedef struct {
	_Atomic int countdown; /* steps until the strike; 0 and below: none to come */
	_Atomic int who;       /* 'd': the desk, 'g': a gate, 'a': any of them */
	_Atomic int struck;    /* set by us: 'd' or 'g' */
	_Atomic int half;      /* of a write, its first half is done */
	char call[48];         /* set by us */
	char only[32];         /* the call that counts; "": all */
} Plan;

static Plan *plan;
static pid_t parent;
static _Atomic int role = 'g'; /* until the process opens a store */

static void __attribute__((constructor)) read_plan(void)
{
	const char *path = getenv("LSM_KILL_PLAN");
	int fd = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);

	parent = getpid();
	if (fd < 0)
		return;
	plan = mmap(NULL, sizeof *plan, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (plan == MAP_FAILED)
		abort();
}

/* Is this the step? */
static int
strikes(const char *name)
{
	int who;

	if (plan == NULL || atomic_load(&plan->countdown) <= 0 || getpid() == parent)
		return 0;
	who = atomic_load(&plan->who);
	if (who != 'a' && who != atomic_load(&role))
		return 0;
	if (plan->only[0] != '\0' && strncmp(plan->only, name, sizeof plan->only) != 0)
		return 0;
	return atomic_fetch_sub(&plan->countdown, 1) == 1;
}

static void
die_at(const char *name)
{
	strncpy(plan->call, name, sizeof plan->call - 1);
	plan->call[sizeof plan->call - 1] = '\0';
	atomic_store(&plan->struck, atomic_load(&role));
	kill(getpid(), SIGKILL);
}

static void
step(const char *name)
{
	if (strikes(name))
		die_at(name);
}

/* --- what is watched --- */

/* To watch a function: a row of its type, name, parameters, and the arguments to pass on. */
#define REAL(type, name, parameters)                                                                         \
	type(*next) parameters;                                                                              \
	*(void **)&next = real(#name)
#define WATCH(name, parameters, arguments)                                                                   \
	int name parameters;                                                                                 \
	int name parameters                                                                                  \
	{                                                                                                    \
		static atomic_int calls;                                                                     \
		REAL(int, name, parameters);                                                                 \
		maybe_kill(#name, &calls);                                                                   \
		step(#name);                                                                                 \
		return next arguments;                                                                       \
	}
#define STEP(name, parameters, arguments)                                                                    \
	int name parameters;                                                                                 \
	int name parameters                                                                                  \
	{                                                                                                    \
		REAL(int, name, parameters);                                                                 \
		step(#name);                                                                                 \
		return next arguments;                                                                       \
	}
/* A write: half_arguments do the first half of it. */
#define WRITE(name, parameters, arguments, half_arguments)                                                   \
	ssize_t name parameters;                                                                             \
	ssize_t name parameters                                                                              \
	{                                                                                                    \
		REAL(ssize_t, name, parameters);                                                             \
		if (strikes(#name)) {                                                                        \
			if (atomic_load(&plan->half) && next half_arguments >= 0)                            \
				die_at(#name ", half done");                                                 \
			die_at(#name);                                                                       \
		}                                                                                            \
		return next arguments;                                                                       \
	}

WATCH(smfi_addrcpt, (void *ctx, char *recipient), (ctx, recipient))
WATCH(smfi_delrcpt, (void *ctx, char *recipient), (ctx, recipient))
WATCH(smfi_addheader, (void *ctx, char *name, char *value), (ctx, name, value))
WATCH(smfi_chgheader, (void *ctx, char *name, int index, char *value), (ctx, name, index, value))

STEP(mdb_txn_begin, (void *env, void *above, unsigned flags, void **txn), (env, above, flags, txn))
STEP(mdb_put, (void *txn, unsigned table, void *key, void *value, unsigned flags), (txn, table, key, value, flags))
STEP(mdb_del, (void *txn, unsigned table, void *key, void *value), (txn, table, key, value))
STEP(mdb_txn_commit, (void *txn), (txn))
STEP(fdatasync, (int fd), (fd))
STEP(fsync, (int fd), (fd))
STEP(msync, (void *at, size_t length, int flags), (at, length, flags))
STEP(ftruncate, (int fd, off_t length), (fd, length))
STEP(rename, (const char *from, const char *to), (from, to))
STEP(unlink, (const char *path), (path))

WRITE(write, (int fd, const void *data, size_t length), (fd, data, length), (fd, data, length / 2))
WRITE(pwrite, (int fd, const void *data, size_t length, off_t at), (fd, data, length, at),
      (fd, data, length / 2, at))
WRITE(writev, (int fd, const struct iovec *parts, int count), (fd, parts, count), (fd, parts, count / 2))
WRITE(send, (int fd, const void *data, size_t length, int flags), (fd, data, length, flags),
      (fd, data, length / 2, flags))
WRITE(sendto,
      (int fd, const void *data, size_t length, int flags, const struct sockaddr *to, socklen_t to_length),
      (fd, data, length, flags, to, to_length), (fd, data, length / 2, flags, to, to_length))
WRITE(sendmsg, (int fd, const struct msghdr *message, int flags), (fd, message, flags), (-1, message, flags))

/* Who opens a store is the desk. */
int mdb_env_open(void *env, const char *path, unsigned flags, mode_t mode);
int
mdb_env_open(void *env, const char *path, unsigned flags, mode_t mode)
{
	REAL(int, mdb_env_open, (void *, const char *, unsigned, mode_t));
	atomic_store(&role, 'd');
	step("mdb_env_open");
	return next(env, path, flags, mode);
}

/* Variable arguments cannot be handed on: the lines are read out and given again. */
int smfi_setmlreply(void *ctx, const char *code, const char *status, ...);
int
smfi_setmlreply(void *ctx, const char *code, const char *status, ...)
{
	static atomic_int calls;
	int (*next)(void *, const char *, const char *, ...);
	char *line[REPLY_LINES] = {NULL};
	va_list lines;

	va_start(lines, status);
	for (int i = 0; i < REPLY_LINES && (line[i] = va_arg(lines, char *)) != NULL; i++)
		;
	va_end(lines);
	*(void **)&next = real("smfi_setmlreply");
	maybe_kill("smfi_setmlreply", &calls);
	step("smfi_setmlreply");
	return next(ctx, code, status, line[0], line[1], line[2], line[3], line[4], line[5], line[6], line[7],
		    NULL);
}
