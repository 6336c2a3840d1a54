/*
 * readiness.c - tells the service manager how we are: sd_notify(3)'s plain socket protocol.
 *
 * Owns the socket's address. A datagram each; nothing is kept open, for the manager may be restarted. Never
 * fails: what cannot be told is let go.
 */
#include "milter/readiness.h"

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static struct sockaddr_un place;
static socklen_t place_length; /* 0: nobody listens */
static gint64 interval = G_MAXINT64;

static void
take_place(const char *path)
{
	gsize length = strlen(path);

	if (length < 2 || length >= sizeof place.sun_path || (path[0] != '/' && path[0] != '@'))
		return;
	place.sun_family = AF_UNIX;
	memcpy(place.sun_path, path, length);
	/* An abstract socket's name begins with a NUL and has no end but the length. */
	if (path[0] == '@')
		place.sun_path[0] = '\0';
	place_length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
}

/* WATCHDOG_PID: the process that the interval is meant for; another one was given our environment by chance. */
static void
take_interval(const char *microseconds, const char *pid)
{
	guint64 number;

	if (pid != NULL && (!g_ascii_string_to_unsigned(pid, 10, 1, G_MAXINT32, &number, NULL) ||
			    (pid_t)number != getpid()))
		return;
	if (g_ascii_string_to_unsigned(microseconds, 10, 2, G_MAXINT64, &number, NULL))
		interval = (gint64)(number / 2);
}

void
lsm_readiness_open(void)
{
	const char *path = g_getenv("NOTIFY_SOCKET");
	const char *microseconds = g_getenv("WATCHDOG_USEC");

	place_length = 0;
	interval = G_MAXINT64;
	if (path != NULL)
		take_place(path);
	if (place_length > 0 && microseconds != NULL)
		take_interval(microseconds, g_getenv("WATCHDOG_PID"));
	g_unsetenv("NOTIFY_SOCKET");
	g_unsetenv("WATCHDOG_USEC");
	g_unsetenv("WATCHDOG_PID");
}

void
lsm_readiness_tell(const char *state)
{
	int fd;

	if (place_length == 0)
		return;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	sendto(fd, state, strlen(state), MSG_NOSIGNAL | MSG_DONTWAIT, (const struct sockaddr *)&place,
	       place_length);
	close(fd);
}

void
lsm_readiness_tell_reloading(void)
{
	g_autofree char *state = g_strdup_printf("RELOADING=1\nMONOTONIC_USEC=%" G_GINT64_FORMAT,
						 g_get_monotonic_time());

	lsm_readiness_tell(state);
}

gint64
lsm_readiness_interval(void)
{
	return interval;
}
