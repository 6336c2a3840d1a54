/*
 * socket.c - listening sockets that are opened once, by the parent, and inherited.
 *
 * Owns no state. No threads. Errors go to the caller.
 */
#include "milter/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "conf/error.h"

#define BACKLOG 4096

typedef struct {
	struct sockaddr_storage bytes;
	socklen_t length;
} Address;

static int
open_socket(int family)
{
	return socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

/* For a connect() that must not wait. */
static int
open_prober(int family)
{
	return socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

static int
fail(int fd, GError **error, const char *place, const char *doing, const char *advice)
{
	int reason = errno;

	if (fd >= 0)
		close(fd);
	g_set_error(error, LSM_ERROR, LSM_ERROR_UNSUPPORTED, "socket \"%s\": cannot %s: %s%s%s", place, doing,
		    g_strerror(reason), *advice != '\0' ? "; " : "", advice);
	return -1;
}

/* --- unix --- */

static gboolean
fill_unix(const char *path, Address *address, GError **error)
{
	struct sockaddr_un *name = (struct sockaddr_un *)&address->bytes;

	if (*path != '/' || strlen(path) >= sizeof name->sun_path) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_CONFIG,
			    "socket \"unix:%s\": give an absolute path of less than %zu octets", path,
			    sizeof name->sun_path);
		return FALSE;
	}
	memset(address, 0, sizeof *address);
	name->sun_family = AF_UNIX;
	memcpy(name->sun_path, path, strlen(path) + 1);
	address->length = sizeof *name;
	return TRUE;
}

static gboolean
is_answered(const Address *address)
{
	int fd = open_prober(AF_UNIX);
	gboolean answered;

	if (fd < 0)
		return TRUE;
	/* A full backlog (EAGAIN) has an owner as well; only a refusal says that nobody listens. */
	answered = connect(fd, (const struct sockaddr *)&address->bytes, address->length) == 0 ||
		   errno != ECONNREFUSED;
	close(fd);
	return answered;
}

/* Makes way for bind(): a socket file that nobody listens on is left from a killed parent. */
static gboolean
remove_stale(const char *path, const Address *address, GError **error)
{
	struct stat status;

	if (lstat(path, &status) != 0)
		return TRUE;
	if (!S_ISSOCK(status.st_mode)) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_CONFIG,
			    "\"%s\" is there already and is not a socket; move it away or set another path",
			    path);
		return FALSE;
	}
	if (is_answered(address)) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_UNSUPPORTED,
			    "somebody answers on \"%s\" already; stop the other liaison-milter first", path);
		return FALSE;
	}
	return unlink(path) == 0 ||
	       fail(-1, error, path, "remove the stale socket", "remove it by hand") == 0;
}

static int
listen_unix(const char *path, uid_t owner, gid_t group, GError **error)
{
	Address address;
	mode_t before;
	int fd, bound;

	if (!fill_unix(path, &address, error) || !remove_stale(path, &address, error))
		return -1;
	fd = open_socket(AF_UNIX);
	if (fd < 0)
		return fail(fd, error, path, "open", "");
	/* By umask, not by chmod(): there must be no moment in which everybody may connect. */
	before = umask(0117);
	bound = bind(fd, (struct sockaddr *)&address.bytes, address.length);
	umask(before);
	if (bound != 0)
		return fail(fd, error, path, "bind", "its folder must be there and writable");
	if (lchown(path, owner, group) != 0)
		return fail(fd, error, path, "give it to its owner and group",
			    "start as root, make the user a member of listen-group, or take a folder of "
			    "that group with the set-group-id bit");
	if (listen(fd, BACKLOG) != 0)
		return fail(fd, error, path, "listen", "");
	return fd;
}

/* --- inet --- */

static gboolean
resolve(const char *place, const char *rest, int family, Address *address, GError **error)
{
	const char *at = strchr(rest, '@');
	g_autofree char *port = at != NULL ? g_strndup(rest, (gsize)(at - rest)) : NULL;
	struct addrinfo hints = {.ai_family = family, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
	struct addrinfo *found = NULL;
	int failed;

	if (at == NULL || *port == '\0' || at[1] == '\0') {
		g_set_error(error, LSM_ERROR, LSM_ERROR_CONFIG,
			    "socket \"%s\": expected PORT@ADDRESS, for example inet:8891@127.0.0.1", place);
		return FALSE;
	}
	failed = getaddrinfo(at + 1, port, &hints, &found);
	if (failed != 0) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_CONFIG, "socket \"%s\": %s", place,
			    gai_strerror(failed));
		return FALSE;
	}
	memcpy(&address->bytes, found->ai_addr, found->ai_addrlen);
	address->length = found->ai_addrlen;
	freeaddrinfo(found);
	return TRUE;
}

static int
listen_inet(const char *place, const char *rest, int family, GError **error)
{
	Address address;
	int yes = 1;
	int fd;

	if (!resolve(place, rest, family, &address, error))
		return -1;
	fd = open_socket(family);
	if (fd < 0)
		return fail(fd, error, place, "open", "");
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
	    bind(fd, (struct sockaddr *)&address.bytes, address.length) != 0)
		return fail(fd, error, place, "bind", "is another liaison-milter running?");
	if (listen(fd, BACKLOG) != 0)
		return fail(fd, error, place, "listen", "");
	return fd;
}

int
lsm_socket_listen(const char *place, uid_t owner, gid_t group, GError **error)
{
	if (g_str_has_prefix(place, "unix:"))
		return listen_unix(place + strlen("unix:"), owner, group, error);
	if (g_str_has_prefix(place, "inet:"))
		return listen_inet(place, place + strlen("inet:"), AF_INET, error);
	if (g_str_has_prefix(place, "inet6:"))
		return listen_inet(place, place + strlen("inet6:"), AF_INET6, error);
	g_set_error(error, LSM_ERROR, LSM_ERROR_CONFIG,
		    "socket \"%s\": expected unix:/path, inet:port@address or inet6:port@address", place);
	return -1;
}

/* --- given by the service manager --- */

/* The first descriptor that sd_listen_fds(3) promises. */
#define FIRST_GIVEN 3

static gboolean
is_meant_for_us(const char *pid)
{
	guint64 number;

	return pid != NULL && g_ascii_string_to_unsigned(pid, 10, 1, G_MAXINT32, &number, NULL) &&
	       (pid_t)number == getpid();
}

static gboolean
is_listening(int fd)
{
	int type = 0, accepts = 0;
	socklen_t type_size = sizeof type, accepts_size = sizeof accepts;

	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_size) == 0 && type == SOCK_STREAM &&
	       getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &accepts, &accepts_size) == 0 && accepts != 0;
}

gboolean
lsm_socket_take_given(int *fd_out, GError **error)
{
	g_autofree char *count = g_strdup(g_getenv("LISTEN_FDS"));
	gboolean ours = is_meant_for_us(g_getenv("LISTEN_PID"));

	*fd_out = -1;
	g_unsetenv("LISTEN_FDS");
	g_unsetenv("LISTEN_PID");
	g_unsetenv("LISTEN_FDNAMES");
	if (count == NULL || !ours)
		return TRUE;
	if (strcmp(count, "1") != 0 || !is_listening(FIRST_GIVEN) ||
	    fcntl(FIRST_GIVEN, F_SETFD, FD_CLOEXEC) != 0) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_UNSUPPORTED,
			    "the service manager gave %s socket(s): give one ListenStream=, the mail server's", count);
		return FALSE;
	}
	*fd_out = FIRST_GIVEN;
	return TRUE;
}

void
lsm_socket_nudge(int listen_fd)
{
	Address address = {.length = sizeof address.bytes};
	int fd;

	if (getsockname(listen_fd, (struct sockaddr *)&address.bytes, &address.length) != 0)
		return;
	fd = open_prober(address.bytes.ss_family);
	if (fd < 0)
		return;
	/* A failure (full backlog) means that there is enough to wake up for. */
	if (connect(fd, (struct sockaddr *)&address.bytes, address.length) == 0)
		shutdown(fd, SHUT_RDWR);
	close(fd);
}

void
lsm_socket_remove(const char *place)
{
	if (g_str_has_prefix(place, "unix:"))
		unlink(place + strlen("unix:"));
}
