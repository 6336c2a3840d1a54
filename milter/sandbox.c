/*
 * sandbox.c - see sandbox.h.
 *
 * Owns the tables of calls, and the cell into which the handler of SIGSYS writes. Uses libseccomp. Called
 * while the process has one thread; errors go to the caller. The kernel's log names each call that a list
 * refuses (type=1326), where it keeps one.
 */
#include "milter/sandbox.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "conf/error.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HAS_SANITIZER TRUE
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define HAS_SANITIZER TRUE
#endif
#endif
#ifndef HAS_SANITIZER
#define HAS_SANITIZER FALSE
#endif

#define NEW_NAMESPACES                                                                                       \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |        \
	 CLONE_NEWNET)

typedef enum { FOR_GATE = 1, FOR_DESK = 2, FOR_BOTH = 3 } Roles;

typedef struct {
	int call;
	Roles roles;
} Call;

/*
 * Fatal in every process of the house. To add a call: a row, when nothing that we link would ever try it in
 * earnest. Not here: what a library may try and do without.
 */
static const int fatal[] = {
	/* into other processes */
	SCMP_SYS(ptrace),
	SCMP_SYS(process_vm_readv),
	SCMP_SYS(process_vm_writev),
	SCMP_SYS(pidfd_getfd),
	SCMP_SYS(kcmp),
	/* into the kernel */
	SCMP_SYS(bpf),
	SCMP_SYS(perf_event_open),
	SCMP_SYS(userfaultfd),
	SCMP_SYS(io_uring_setup),
	SCMP_SYS(init_module),
	SCMP_SYS(finit_module),
	SCMP_SYS(delete_module),
	SCMP_SYS(kexec_load),
	SCMP_SYS(kexec_file_load),
	SCMP_SYS(ioperm),
	SCMP_SYS(iopl),
	SCMP_SYS(modify_ldt),
	SCMP_SYS(personality),
	/* keys that belong to the session */
	SCMP_SYS(add_key),
	SCMP_SYS(request_key),
	SCMP_SYS(keyctl),
	/* another view of the machine */
	SCMP_SYS(mount),
	SCMP_SYS(umount2),
	SCMP_SYS(move_mount),
	SCMP_SYS(open_tree),
	SCMP_SYS(fsopen),
	SCMP_SYS(pivot_root),
	SCMP_SYS(chroot),
	SCMP_SYS(unshare),
	SCMP_SYS(setns),
	SCMP_SYS(mknod),
	SCMP_SYS(mknodat),
	SCMP_SYS(open_by_handle_at),
	SCMP_SYS(swapon),
	SCMP_SYS(swapoff),
	SCMP_SYS(reboot),
	SCMP_SYS(acct),
	SCMP_SYS(quotactl),
	SCMP_SYS(settimeofday),
	SCMP_SYS(clock_settime),
	SCMP_SYS(clock_adjtime),
	SCMP_SYS(adjtimex),
	SCMP_SYS(sethostname),
	SCMP_SYS(setdomainname),
	/* another identity: ours is settled by then */
	SCMP_SYS(setuid),
	SCMP_SYS(setgid),
	SCMP_SYS(setreuid),
	SCMP_SYS(setregid),
	SCMP_SYS(setresuid),
	SCMP_SYS(setresgid),
	SCMP_SYS(setfsuid),
	SCMP_SYS(setfsgid),
	SCMP_SYS(setgroups),
	SCMP_SYS(capset),
};

/*
 * What gate and desk do. To add a call: a row, and for whom. Those whose arguments count stand in add_*()
 * below.
 *
 * The gate may execve(), for it starts liaison-extract, which reads attachments. The call cannot be bound to a
 * path; but the program that it starts has this filter, no new privileges and the gate's user, and so can do
 * nothing that the gate could not. One that was started by another process would have to be trusted.
 */
static const Call allowed[] = {
	/* what is open */
	{SCMP_SYS(read), FOR_BOTH},
	{SCMP_SYS(readv), FOR_BOTH},
	{SCMP_SYS(pread64), FOR_BOTH},
	{SCMP_SYS(preadv), FOR_BOTH},
	{SCMP_SYS(write), FOR_BOTH},
	{SCMP_SYS(writev), FOR_BOTH},
	{SCMP_SYS(pwrite64), FOR_BOTH},
	{SCMP_SYS(pwritev), FOR_BOTH},
	{SCMP_SYS(lseek), FOR_BOTH},
	{SCMP_SYS(close), FOR_BOTH},
	{SCMP_SYS(close_range), FOR_GATE},
	{SCMP_SYS(dup), FOR_BOTH},
	{SCMP_SYS(dup2), FOR_BOTH},
	{SCMP_SYS(dup3), FOR_BOTH},
	{SCMP_SYS(fcntl), FOR_BOTH},
	{SCMP_SYS(flock), FOR_BOTH},
	{SCMP_SYS(poll), FOR_BOTH},
	{SCMP_SYS(ppoll), FOR_BOTH},
	{SCMP_SYS(select), FOR_BOTH},
	{SCMP_SYS(pselect6), FOR_BOTH},
	{SCMP_SYS(epoll_create1), FOR_BOTH},
	{SCMP_SYS(epoll_ctl), FOR_BOTH},
	{SCMP_SYS(epoll_wait), FOR_BOTH},
	{SCMP_SYS(epoll_pwait), FOR_BOTH},
	{SCMP_SYS(eventfd2), FOR_BOTH},
	{SCMP_SYS(pipe), FOR_BOTH},
	{SCMP_SYS(pipe2), FOR_BOTH},
	/* files: settings, directory, late journal, libraries and their data; the desk's record */
	{SCMP_SYS(open), FOR_BOTH},
	{SCMP_SYS(openat), FOR_BOTH},
	{SCMP_SYS(stat), FOR_BOTH},
	{SCMP_SYS(lstat), FOR_BOTH},
	{SCMP_SYS(fstat), FOR_BOTH},
	{SCMP_SYS(newfstatat), FOR_BOTH},
	{SCMP_SYS(statx), FOR_BOTH},
	{SCMP_SYS(statfs), FOR_BOTH},
	{SCMP_SYS(fstatfs), FOR_BOTH},
	{SCMP_SYS(access), FOR_BOTH},
	{SCMP_SYS(faccessat), FOR_BOTH},
	{SCMP_SYS(faccessat2), FOR_BOTH},
	{SCMP_SYS(readlink), FOR_BOTH},
	{SCMP_SYS(readlinkat), FOR_BOTH},
	{SCMP_SYS(getcwd), FOR_BOTH},
	{SCMP_SYS(getdents64), FOR_BOTH},
	{SCMP_SYS(mkdir), FOR_BOTH},
	{SCMP_SYS(mkdirat), FOR_BOTH},
	{SCMP_SYS(unlink), FOR_BOTH},
	{SCMP_SYS(unlinkat), FOR_BOTH},
	{SCMP_SYS(rename), FOR_BOTH},
	{SCMP_SYS(renameat), FOR_BOTH},
	{SCMP_SYS(renameat2), FOR_BOTH},
	{SCMP_SYS(umask), FOR_BOTH},
	{SCMP_SYS(fchmod), FOR_BOTH},
	{SCMP_SYS(utimensat), FOR_BOTH},
	{SCMP_SYS(fsync), FOR_BOTH},
	{SCMP_SYS(fdatasync), FOR_BOTH},
	{SCMP_SYS(fallocate), FOR_BOTH},
	{SCMP_SYS(ftruncate), FOR_BOTH},
	/* connections (opening them: add_sockets) */
	{SCMP_SYS(socketpair), FOR_BOTH},
	{SCMP_SYS(connect), FOR_BOTH},
	{SCMP_SYS(accept), FOR_BOTH},
	{SCMP_SYS(accept4), FOR_BOTH},
	{SCMP_SYS(listen), FOR_GATE}, /* libmilter, on the socket that it was given */
	{SCMP_SYS(bind), FOR_DESK},   /* the resolver, to ask the kernel for addresses */
	{SCMP_SYS(sendto), FOR_BOTH},
	{SCMP_SYS(sendmsg), FOR_BOTH},
	{SCMP_SYS(sendmmsg), FOR_BOTH},
	{SCMP_SYS(recvfrom), FOR_BOTH},
	{SCMP_SYS(recvmsg), FOR_BOTH},
	{SCMP_SYS(recvmmsg), FOR_BOTH},
	{SCMP_SYS(getsockname), FOR_BOTH},
	{SCMP_SYS(getpeername), FOR_BOTH},
	{SCMP_SYS(getsockopt), FOR_BOTH},
	{SCMP_SYS(setsockopt), FOR_BOTH},
	{SCMP_SYS(shutdown), FOR_BOTH},
	/* memory; as code: refuse_code */
	{SCMP_SYS(mmap), FOR_BOTH},
	{SCMP_SYS(mprotect), FOR_BOTH},
	{SCMP_SYS(brk), FOR_BOTH},
	{SCMP_SYS(munmap), FOR_BOTH},
	{SCMP_SYS(mremap), FOR_BOTH},
	{SCMP_SYS(madvise), FOR_BOTH},
	{SCMP_SYS(msync), FOR_BOTH},
	{SCMP_SYS(mincore), FOR_BOTH},
	{SCMP_SYS(mlock), FOR_BOTH},
	{SCMP_SYS(mlock2), FOR_BOTH},
	{SCMP_SYS(munlock), FOR_BOTH},
	{SCMP_SYS(memfd_create), FOR_GATE}, /* hands an attachment to the reader */
	/* threads (starting them: add_threads) */
	{SCMP_SYS(clone3), FOR_BOTH}, /* refused by the house */
	{SCMP_SYS(futex), FOR_BOTH},
	{SCMP_SYS(futex_waitv), FOR_BOTH},
	{SCMP_SYS(set_robust_list), FOR_BOTH},
	{SCMP_SYS(get_robust_list), FOR_BOTH},
	{SCMP_SYS(set_tid_address), FOR_BOTH},
	{SCMP_SYS(rseq), FOR_BOTH},
	{SCMP_SYS(membarrier), FOR_BOTH},
	{SCMP_SYS(getcpu), FOR_BOTH},
	{SCMP_SYS(sched_yield), FOR_BOTH},
	{SCMP_SYS(sched_getaffinity), FOR_BOTH},
	{SCMP_SYS(sched_getparam), FOR_BOTH},
	{SCMP_SYS(sched_getscheduler), FOR_BOTH},
	{SCMP_SYS(sched_getattr), FOR_BOTH},
	{SCMP_SYS(sched_setattr), FOR_BOTH},
	{SCMP_SYS(exit), FOR_BOTH},
	{SCMP_SYS(exit_group), FOR_BOTH},
	{SCMP_SYS(restart_syscall), FOR_BOTH},
	/* signals (sending them: add_signals) */
	{SCMP_SYS(rt_sigaction), FOR_BOTH},
	{SCMP_SYS(rt_sigprocmask), FOR_BOTH},
	{SCMP_SYS(rt_sigreturn), FOR_BOTH},
	{SCMP_SYS(rt_sigtimedwait), FOR_BOTH},
	{SCMP_SYS(rt_sigpending), FOR_BOTH},
	{SCMP_SYS(rt_sigsuspend), FOR_BOTH},
	{SCMP_SYS(sigaltstack), FOR_BOTH},
	/* time, randomness, and who and where we are */
	{SCMP_SYS(clock_gettime), FOR_BOTH},
	{SCMP_SYS(clock_getres), FOR_BOTH},
	{SCMP_SYS(clock_nanosleep), FOR_BOTH},
	{SCMP_SYS(nanosleep), FOR_BOTH},
	{SCMP_SYS(gettimeofday), FOR_BOTH},
	{SCMP_SYS(time), FOR_BOTH},
	{SCMP_SYS(times), FOR_BOTH},
	{SCMP_SYS(getrusage), FOR_BOTH},
	{SCMP_SYS(getrandom), FOR_BOTH},
	{SCMP_SYS(getpid), FOR_BOTH},
	{SCMP_SYS(getppid), FOR_BOTH},
	{SCMP_SYS(gettid), FOR_BOTH},
	{SCMP_SYS(getuid), FOR_BOTH},
	{SCMP_SYS(geteuid), FOR_BOTH},
	{SCMP_SYS(getgid), FOR_BOTH},
	{SCMP_SYS(getegid), FOR_BOTH},
	{SCMP_SYS(getresuid), FOR_BOTH},
	{SCMP_SYS(getresgid), FOR_BOTH},
	{SCMP_SYS(getgroups), FOR_BOTH},
	{SCMP_SYS(getrlimit), FOR_BOTH},
	{SCMP_SYS(uname), FOR_BOTH},
	{SCMP_SYS(sysinfo), FOR_BOTH},
	{SCMP_SYS(prctl), FOR_BOTH},
	/* the reader of attachments: to start it, to wait for it, and for it to confine itself still more */
	{SCMP_SYS(vfork), FOR_GATE},
	{SCMP_SYS(execve), FOR_GATE},
	{SCMP_SYS(wait4), FOR_GATE},
	{SCMP_SYS(waitid), FOR_GATE},
	{SCMP_SYS(pidfd_open), FOR_GATE},
	{SCMP_SYS(arch_prctl), FOR_GATE},
	{SCMP_SYS(prlimit64), FOR_GATE},
	{SCMP_SYS(setrlimit), FOR_GATE},
	{SCMP_SYS(seccomp), FOR_GATE},
};

/* --- rules --- */

/* A call that this architecture does not have needs no rule. */
static gboolean
is_added(int result)
{
	return result == 0 || result == -EDOM;
}

static gboolean
allow(scmp_filter_ctx filter, int call)
{
	return is_added(seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0));
}

/* Only with (argument & mask) == value. Arguments are compared as 64 bits, of which the kernel looks at 32
 * where they are an int: a mask of 32 bits does likewise. */
static gboolean
add_if(scmp_filter_ctx filter, uint32_t action, int call, guint argument, guint64 mask, guint64 value)
{
	struct scmp_arg_cmp condition = {argument, SCMP_CMP_MASKED_EQ, mask, value};

	return is_added(seccomp_rule_add_array(filter, action, call, 1, &condition));
}

static gboolean
allow_if(scmp_filter_ctx filter, int call, guint argument, guint64 mask, guint64 value)
{
	return add_if(filter, SCMP_ACT_ALLOW, call, argument, mask, value);
}

static gboolean
allow_int(scmp_filter_ctx filter, int call, guint argument, int value)
{
	return allow_if(filter, call, argument, G_MAXUINT32, (guint32)value);
}

static gboolean
trap(scmp_filter_ctx filter, int call)
{
	return is_added(seccomp_rule_add(filter, SCMP_ACT_TRAP, call, 0));
}

/* A gate talks to the mail server on the socket that it was given, and to desk and log on this machine. The
 * desk also hands mails over, to a server that may be given by name (netlink: which addresses has this
 * machine?). */
static gboolean
add_sockets(scmp_filter_ctx filter, Roles role)
{
	static const int families[] = {AF_INET, AF_INET6, AF_NETLINK};
	gboolean is_good = allow_int(filter, SCMP_SYS(socket), 0, AF_UNIX);

	for (gsize i = 0; is_good && role == FOR_DESK && i < G_N_ELEMENTS(families); i++)
		is_good = allow_int(filter, SCMP_SYS(socket), 0, families[i]);
	return is_good;
}

/* The desk has threads and no children. */
static gboolean
add_threads(scmp_filter_ctx filter, Roles role)
{
	return role == FOR_DESK ? allow_if(filter, SCMP_SYS(clone), 0, CLONE_THREAD, CLONE_THREAD)
				: allow(filter, SCMP_SYS(clone));
}

/* To itself; a gate also ends its readers. What else runs as this user is of this house, and started again.
 */
static gboolean
add_signals(scmp_filter_ctx filter, Roles role)
{
	return allow_int(filter, SCMP_SYS(tgkill), 0, getpid()) &&
	       allow_int(filter, SCMP_SYS(kill), 0, getpid()) &&
	       (role == FOR_DESK || allow_int(filter, SCMP_SYS(kill), 1, SIGKILL));
}

/* Is it a terminal? How much is there to read? Nothing else of a device. */
static gboolean
add_devices(scmp_filter_ctx filter)
{
	static const int questions[] = {TCGETS, FIONREAD, FIONBIO};

	for (gsize i = 0; i < G_N_ELEMENTS(questions); i++)
		if (!allow_int(filter, SCMP_SYS(ioctl), 1, questions[i]))
			return FALSE;
	return TRUE;
}

/* The desk looks at its limits and sets none. It starts no program, and what makes it try is no library. */
static gboolean
add_desk(scmp_filter_ctx filter)
{
	return allow_if(filter, SCMP_SYS(prlimit64), 2, G_MAXUINT64, 0) && trap(filter, SCMP_SYS(execve)) &&
	       trap(filter, SCMP_SYS(execveat));
}

static gboolean
add_role(scmp_filter_ctx filter, Roles role)
{
	for (gsize i = 0; i < G_N_ELEMENTS(allowed); i++)
		if ((allowed[i].roles & role) != 0 && !allow(filter, allowed[i].call))
			return FALSE;
	return (role != FOR_DESK || add_desk(filter)) && add_sockets(filter, role) &&
	       add_threads(filter, role) && add_signals(filter, role) && add_devices(filter);
}

/* Families of sockets beside the four of add_sockets() talk to hardware, keys and the kernel. */
static gboolean
add_families(scmp_filter_ctx filter)
{
	for (int family = AF_UNIX + 1; family < AF_MAX; family++) {
		if (family == AF_INET || family == AF_INET6 || family == AF_NETLINK)
			continue;
		if (!add_if(filter, SCMP_ACT_TRAP, SCMP_SYS(socket), 0, G_MAXUINT32, (guint32)family))
			return FALSE;
	}
	return TRUE;
}

static gboolean
refuse_if(scmp_filter_ctx filter, int call, guint argument, guint64 mask, guint64 value)
{
	return add_if(filter, SCMP_ACT_ERRNO(EACCES), call, argument, mask, value);
}

/* Code comes from files (libraries that are loaded late): memory is never writable and code, nor becomes
 * code. PCRE asks for such memory once and then does without. */
static gboolean
refuse_code(scmp_filter_ctx filter)
{
	const guint64 both = PROT_EXEC | PROT_WRITE;
	const struct scmp_arg_cmp anonymous[] = {
		{2, SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC},
		{3, SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS},
	};

	return refuse_if(filter, SCMP_SYS(mmap), 2, both, both) &&
	       refuse_if(filter, SCMP_SYS(mprotect), 2, PROT_EXEC, PROT_EXEC) &&
	       is_added(seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(mmap),
					       G_N_ELEMENTS(anonymous), anonymous));
}

/* What libraries try as a matter of course is refused here, where it is not logged. */
static gboolean
add_house(scmp_filter_ctx filter)
{
	for (gsize i = 0; i < G_N_ELEMENTS(fatal); i++)
		if (!trap(filter, fatal[i]))
			return FALSE;
	/* Each kind of namespace in turn: one comparison cannot ask for any of several bits. */
	for (guint bit = 0; bit < 32; bit++) {
		guint64 flag = G_GUINT64_CONSTANT(1) << bit;

		if ((NEW_NAMESPACES & flag) != 0 &&
		    !add_if(filter, SCMP_ACT_TRAP, SCMP_SYS(clone), 0, flag, flag))
			return FALSE;
	}
	/* Its flags cannot be looked at; libc then takes clone(), of which they can. */
	return add_families(filter) && refuse_code(filter) &&
	       is_added(seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0));
}

static gboolean
load_filter(LsmSandboxRole role)
{
	uint32_t otherwise = role == LSM_SANDBOX_HOUSE ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(ENOSYS);
	scmp_filter_ctx filter = seccomp_init(otherwise);
	gboolean is_good = filter != NULL;

	/* Calls of another architecture (32-bit ones) have other numbers: no list is theirs. */
	is_good = is_good && seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0;
	/* For the kernel's log; an old kernel keeps none, and the filter holds all the same. Not the house's:
	 * what it refuses is tried at each start. What is fatal, the parent logs. */
	if (is_good && role != LSM_SANDBOX_HOUSE)
		seccomp_attr_set(filter, SCMP_FLTATR_CTL_LOG, 1);
	/* A tree of calls where it would be a row of two hundred. */
	if (is_good)
		seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	is_good = is_good && (role == LSM_SANDBOX_HOUSE
				      ? add_house(filter)
				      : add_role(filter, role == LSM_SANDBOX_GATE ? FOR_GATE : FOR_DESK));
	is_good = is_good && seccomp_load(filter) == 0;
	if (filter != NULL)
		seccomp_release(filter);
	return is_good;
}

gboolean
lsm_sandbox_enter(LsmSandboxRole role, GError **error)
{
	if (HAS_SANITIZER || load_filter(role))
		return TRUE;
	g_set_error(error, LSM_ERROR, LSM_ERROR_UNSUPPORTED,
		    "the kernel does not take the filter of system calls; sandbox = no runs without it");
	return FALSE;
}

void
lsm_sandbox_close_memory(void)
{
	if (!HAS_SANITIZER)
		prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

/* --- the call that ended a process --- */

static volatile int *cell_of_handler;

/* The default action of SIGSYS is back by now (SA_RESETHAND): the second one ends the process, and the parent
 * sees by which signal. */
static void
note_call(int number, siginfo_t *info, void *context)
{
	(void)context;
	*cell_of_handler = info->si_syscall;
	raise(number);
}

int *
lsm_sandbox_cells_new(guint count)
{
	void *cells = mmap(NULL, MAX(count, 1) * sizeof(int), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return cells != MAP_FAILED ? cells : NULL;
}

void
lsm_sandbox_note_into(int *cell)
{
	struct sigaction action = {.sa_sigaction = note_call,
				   .sa_flags = SA_SIGINFO | SA_RESETHAND | SA_NODEFER};

	if (cell == NULL)
		return;
	cell_of_handler = cell;
	sigemptyset(&action.sa_mask);
	sigaction(SIGSYS, &action, NULL);
}

char *
lsm_sandbox_take_call(int *cell)
{
	int call = cell != NULL ? *cell : 0;
	char *name;
	char *copy;

	if (call == 0)
		return NULL;
	*cell = 0;
	name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, call);
	copy = name != NULL ? g_strdup(name) : g_strdup_printf("number %d", call);
	free(name);
	return copy;
}
