/*
 * serve.c - see serve.h. Owns the descriptors of a request while a child is made for it; one thread. What
 * comes over the socket is not as it should be: the end.
 */
#include "extract/serve.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FILES 2 /* of a request: the file, and where the answer goes */
#define NICENESS 10
#define SLICE 100000 /* nanoseconds */

/* Mail that is not read does not wait for an attachment that is. A short slice (Linux 6.12; before, it is
 * ignored) is left as soon as somebody else wakes up. Refused only to one that is nicer already. */
static void
prefer_others(void)
{
	/* struct sched_attr of sched_setattr(2), for which libc has no name yet. */
	struct {
		guint32 size, policy;
		guint64 flags;
		gint32 nice;
		guint32 priority;
		guint64 runtime, deadline, period;
	} attributes = {.size = sizeof attributes, .policy = SCHED_OTHER, .nice = NICENESS, .runtime = SLICE};

	(void)syscall(SYS_sched_setattr, 0, &attributes, 0);
}

static gboolean
receive(int peer, int files[FILES])
{
	char octet;
	struct iovec data = {&octet, 1};
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(FILES * sizeof(int))];
	} control;
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
	struct cmsghdr *passed;
	ssize_t n;

	do
		n = recvmsg(peer, &message, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n != 1 || (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0)
		return FALSE;
	passed = CMSG_FIRSTHDR(&message);
	if (passed == NULL || passed->cmsg_level != SOL_SOCKET || passed->cmsg_type != SCM_RIGHTS ||
	    passed->cmsg_len != CMSG_LEN(FILES * sizeof(int)))
		return FALSE;
	memcpy(files, CMSG_DATA(passed), FILES * sizeof(int));
	return TRUE;
}

/* As fork(), but a child of our parent. */
static pid_t
bear(void)
{
	return (pid_t)syscall(SYS_clone, CLONE_PARENT | SIGCHLD, NULL, NULL, NULL, NULL);
}

static gboolean
tell(int peer, gint32 reply)
{
	return send(peer, &reply, sizeof reply, MSG_NOSIGNAL) == sizeof reply;
}

gboolean
lsm_serve(int peer)
{
	int files[FILES];

	prefer_others();
	while (receive(peer, files)) {
		pid_t pid = bear();

		/* It says itself who it is: were we killed before we could, nobody would know of it. */
		if (pid == 0)
			return tell(peer, getpid()) && dup2(files[0], STDIN_FILENO) >= 0 &&
			       dup2(files[1], STDOUT_FILENO) >= 0;
		if (pid < 0 && !tell(peer, -errno))
			return FALSE;
		close(files[0]);
		close(files[1]);
	}
	return FALSE;
}
