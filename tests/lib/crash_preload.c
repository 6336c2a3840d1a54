/*
 * crash_preload.c - kills the process at a chosen call of libmilter, for the crash tests.
 *
 *   LD_PRELOAD=crash_preload.so LSM_KILL_AT="smfi_delrcpt:2" liaison-milter -f
 *
 * raises SIGKILL when the process enters the 2nd call of smfi_delrcpt(): the first one has reached the
 * mail server, the second has not. Each process counts for itself. With LSM_KILL_ONCE=PATH it happens
 * only to the process that can create that file, so that the worker started next serves the retry.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
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

/* To watch a function: a row of its name, its parameters, and the arguments to pass on. */
#define WATCH(name, parameters, arguments)                                                                   \
	int name parameters;                                                                                 \
	int name parameters                                                                                  \
	{                                                                                                    \
		static atomic_int calls;                                                                     \
		int(*next) parameters;                                                                       \
		*(void **)&next = real(#name);                                                               \
		maybe_kill(#name, &calls);                                                                   \
		return next arguments;                                                                       \
	}

WATCH(smfi_addrcpt, (void *ctx, char *recipient), (ctx, recipient))
WATCH(smfi_delrcpt, (void *ctx, char *recipient), (ctx, recipient))
WATCH(smfi_addheader, (void *ctx, char *name, char *value), (ctx, name, value))
WATCH(smfi_chgheader, (void *ctx, char *name, int index, char *value), (ctx, name, index, value))

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
	return next(ctx, code, status, line[0], line[1], line[2], line[3], line[4], line[5], line[6], line[7],
		    NULL);
}
