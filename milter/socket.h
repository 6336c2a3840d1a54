/*
 * socket.h - listening sockets that are opened once, by the parent, and inherited.
 *
 * place: "unix:/path", "inet:port@address" or "inet6:port@address", as in the setting `listen`.
 */
#ifndef LSM_MILTER_SOCKET_H
#define LSM_MILTER_SOCKET_H

#include <glib.h>
#include <sys/types.h>

/*
 * Opens a listening socket. A unix socket gets mode 0660 and, where they are not
 * (uid_t)-1 and (gid_t)-1, this owner and group. A unix socket file that is there already is removed
 * when nobody answers on it. Returns the descriptor; -1 with an error that names what to do: CONFIG
 * for a wrong place, UNSUPPORTED when the system refuses.
 */
int lsm_socket_listen(const char *place, uid_t owner, gid_t group, GError **error);

/*
 * The listening socket that a service manager opened for us (sd_listen_fds(3): LISTEN_FDS, LISTEN_PID), in *fd_out;
 * -1 when there is none. It stays the manager's: its file is not ours to remove, and who connects while we are
 * down waits. UNSUPPORTED when there are several, or when it does not listen. Takes the variables out of the
 * environment. Call once, in the process that the manager started.
 */
gboolean lsm_socket_take_given(int *fd_out, GError **error);

/* Connects to a listening socket of ours and hangs up: wakes whoever waits there. Never blocks. */
void lsm_socket_nudge(int listen_fd);

/* Removes the file of a unix socket; nothing for others. */
void lsm_socket_remove(const char *place);

#endif
