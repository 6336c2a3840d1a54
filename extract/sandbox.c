/*
 * sandbox.c - see sandbox.h. Owns nothing; called once, before a second thread could exist.
 */
#include "extract/sandbox.h"

#include <errno.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "extract/result.h"

/* Room for the header line: a member costs some hundred octets. */
#define MAX_OUTPUT (LSM_EXTRACT_MAX_TEXT + 2 * 1024 * 1024)

static const struct {
	__rlimit_resource_t resource;
	rlim_t soft, hard;
} limits[] = {
/* AddressSanitizer reserves terabytes of addresses. */
#ifndef __SANITIZE_ADDRESS__
	{RLIMIT_AS, LSM_SANDBOX_MEMORY, LSM_SANDBOX_MEMORY},
#endif
	{RLIMIT_CPU, LSM_SANDBOX_SECONDS, LSM_SANDBOX_SECONDS + 1},
	{RLIMIT_FSIZE, MAX_OUTPUT, MAX_OUTPUT},
	{RLIMIT_NOFILE, 3, 3},
	{RLIMIT_CORE, 0, 0},
};

/* Calls that do their work. To add one: a row, and why it does no harm. */
static const int allowed[] = {
	/* the pipes */
	SCMP_SYS(read),
	SCMP_SYS(write),
	SCMP_SYS(close),
	/* looks at a descriptor that is there */
	SCMP_SYS(fstat),
	SCMP_SYS(lseek),
	/* memory that is not code (mapping it: add_memory) */
	SCMP_SYS(brk),
	SCMP_SYS(munmap),
	SCMP_SYS(mremap),
	SCMP_SYS(madvise),
	/* locks, time, random seeds of hash tables */
	SCMP_SYS(futex),
	SCMP_SYS(clock_gettime),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(getrandom),
	SCMP_SYS(sched_yield),
	SCMP_SYS(restart_syscall),
	/* abort(), in a library that found its own state broken: tgkill reaches nobody else (add_abort) */
	SCMP_SYS(getpid),
	SCMP_SYS(gettid),
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(sigaltstack),
	/* the end */
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
};

/* Calls that find nothing: what they could reach is refused, not fatal. */
static const int refused[] = {
	SCMP_SYS(open),       SCMP_SYS(openat), SCMP_SYS(access),     SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2), SCMP_SYS(stat),   SCMP_SYS(newfstatat), SCMP_SYS(readlink),
	SCMP_SYS(readlinkat), SCMP_SYS(statx),  SCMP_SYS(lstat),
};

/* Memory may be mapped, but never as code, and never from a file. */
static gboolean
add_memory(scmp_filter_ctx filter)
{
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2,
				SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
				SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS)) == 0 &&
	       seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
				SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0;
}

/* Signals only to itself. */
static gboolean
add_abort(scmp_filter_ctx filter)
{
	struct scmp_arg_cmp own_process = {0, SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0};

	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, own_process) == 0;
}

static gboolean
load_filter(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	gboolean is_good = filter != NULL && add_memory(filter) && add_abort(filter);

	for (gsize i = 0; is_good && i < G_N_ELEMENTS(allowed); i++)
		is_good = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0) == 0;
	for (gsize i = 0; is_good && i < G_N_ELEMENTS(refused); i++)
		is_good = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), refused[i], 0) == 0;
	is_good = is_good && seccomp_load(filter) == 0;
	if (filter != NULL)
		seccomp_release(filter);
	return is_good;
}

gboolean
lsm_sandbox_enter(void)
{
	/* Descriptors that were left open by whoever started this. */
	if (close_range(3, ~0u, 0) != 0)
		return FALSE;
	for (gsize i = 0; i < G_N_ELEMENTS(limits); i++) {
		struct rlimit limit = {limits[i].soft, limits[i].hard};

		if (setrlimit(limits[i].resource, &limit) != 0)
			return FALSE;
	}
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && load_filter();
}
