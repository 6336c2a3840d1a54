/*
 * server.c - the desk process: connections of gates and people, the outbox's thread, house-keeping.
 *
 * One thread a connection (gates keep a few each), one that sends the outbox, one that waits for
 * signals. Owns the store through the service. SIGTERM: stop taking connections, finish what is
 * being written, end. SIGUSR1: reload.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/error.h"
#include "conf/log.h"
#include "desk/frame.h"
#include "desk/gather.h"
#include "desk/internal.h"
#include "desk/json.h"
#include "desk/late.h"
#include "desk/sender.h"

#define MAX_CONNECTIONS 512
#define TEND_SECONDS 60
#define SEND_PAUSE_MS 1000 /* between looks for mails whose time has come; what is due at once wakes the thread */

typedef struct {
	LsmService *service;
	const char *settings_path;
	int listen_fd;
	int stop_fd; /* readable once the server stops: ends the accepting thread's wait */
	uid_t own_uid;
	volatile int connections;
	volatile gboolean stopping;
	GMutex lock;
	GCond wake; /* ends the sending thread's pause */
	gboolean woken; /* since the last look into the outbox; guarded by lock */
} Server;

typedef struct {
	Server *server;
	int fd;
} Connection;

static gboolean
peer_of(const Server *server, int fd, LsmPeer *peer_out, char **user_out)
{
	struct ucred credentials;
	socklen_t size = sizeof credentials;
	struct passwd entry, *found = NULL;
	char buffer[4096];

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0)
		return FALSE;
	if (getpwuid_r(credentials.uid, &entry, buffer, sizeof buffer, &found) == 0 && found != NULL)
		*user_out = g_strdup(entry.pw_name);
	*peer_out = (LsmPeer){credentials.uid, *user_out, credentials.uid == server->own_uid, TRUE};
	return TRUE;
}

static gboolean
answer_error(int fd, const GError *problem)
{
	g_autofree char *word = g_strdup_printf(
		"error:%d", problem->domain == LSM_ERROR ? problem->code : LSM_ERROR_TEMPORARY);
	return lsm_frame_write(fd, word, problem->message, NULL, NULL);
}

static gboolean
answer_ok(int fd, JsonObject *answer)
{
	g_autoptr(GBytes) text = lsm_json_render(answer);
	g_autofree char *json = g_strndup(g_bytes_get_data(text, NULL), g_bytes_get_size(text));

	return lsm_frame_write(fd, "ok", json, NULL, NULL);
}

static gboolean
serve_request(Server *server, const LsmPeer *peer, int fd, const LsmFrame *frame, LsmIncoming *incoming)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonObject) args = lsm_json_parse(frame->text, strlen(frame->text), &error);
	g_autoptr(JsonObject) answer = NULL;
	gboolean done = args != NULL && lsm_service_serve(server->service, peer, frame->word, args, incoming,
							  &answer, &error);

	/* Whoever still sends does not listen, and what was not read is not the next request. */
	if (!lsm_incoming_skip(incoming, NULL))
		return FALSE;
	return done ? answer_ok(fd, answer) : answer_error(fd, error);
}

static gsize
request_limit(Server *server)
{
	g_autoptr(LsmSettings) settings = lsm_service_settings(server->service);

	/* A verb has its mail as base64. */
	return ((gsize)settings->max_message_size + (gsize)settings->max_header_size) / 3 * 4 + (8u << 20);
}

static gpointer
serve_connection(gpointer data)
{
	g_autofree Connection *connection = data;
	Server *server = connection->server;
	g_autoptr(GError) error = NULL;
	g_autofree char *user = NULL;
	LsmFrame frame = {NULL, NULL, NULL};
	LsmIncoming incoming;
	gboolean eof = FALSE;
	gboolean go_on = TRUE;
	LsmPeer peer;

	if (peer_of(server, connection->fd, &peer, &user)) {
		while (go_on && lsm_frame_begin(connection->fd, request_limit(server), &frame, &incoming, &eof,
						&error)) {
			go_on = serve_request(server, &peer, connection->fd, &frame, &incoming);
			lsm_frame_clear(&frame);
			lsm_incoming_clear(&incoming);
		}
		lsm_frame_clear(&frame);
		lsm_incoming_clear(&incoming);
		if (error != NULL && !eof)
			lsm_log_error(error, NULL, "desk-connection-broken", "user", user, NULL);
	}
	close(connection->fd);
	g_atomic_int_add(&server->connections, -1);
	return NULL;
}

static void
accept_one(Server *server)
{
	Connection *connection;
	int fd = accept4(server->listen_fd, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0) {
		/* EAGAIN: the client went away between poll and accept. Out of descriptors: a pause keeps the
		 * loop from spinning while connections end. */
		if (errno == EMFILE || errno == ENFILE)
			g_usleep(100000);
		return;
	}
	if (g_atomic_int_get(&server->connections) >= MAX_CONNECTIONS) {
		lsm_log(LOG_ALERT, NULL, "desk-full", "text", "too many connections; one was turned away",
			NULL);
		close(fd);
		return;
	}
	g_atomic_int_inc(&server->connections);
	connection = g_new(Connection, 1);
	*connection = (Connection){server, fd};
	g_thread_unref(g_thread_new("connection", serve_connection, connection));
}

static gpointer
accept_connections(gpointer data)
{
	Server *server = data;
	struct pollfd fds[] = {{server->listen_fd, POLLIN, 0}, {server->stop_fd, POLLIN, 0}};

	while (!g_atomic_int_get(&server->stopping)) {
		if (poll(fds, G_N_ELEMENTS(fds), -1) > 0 && (fds[0].revents & POLLIN))
			accept_one(server);
	}
	return NULL;
}

/* --- the sending thread, which also keeps house --- */

static void
read_late_journal(Server *server)
{
	g_autoptr(LsmSettings) settings = lsm_service_settings(server->service);
	g_autoptr(LsmDesk) desk = lsm_desk_new_local(server->service);
	g_autoptr(GError) error = NULL;
	guint count = lsm_late_read_in(settings, desk, &error);
	g_autofree char *number = g_strdup_printf("%u", count);

	if (count > 0)
		lsm_log(LOG_NOTICE, NULL, "late-journal-read", "mails", number, NULL);
	if (error != NULL)
		lsm_log_error(error, NULL, "late-journal-not-read", NULL);
}

static void
keep_house(Server *server)
{
	g_autoptr(GError) error = NULL;

	if (!lsm_store_tend(server->service->store, &error))
		lsm_log_error(error, NULL, "store-not-tended", NULL);
	read_late_journal(server);
	lsm_service_erase_old(server->service);
	lsm_gather_run(server->service);
	lsm_service_purge_tokens(server->service);
}

static void
pause_sending(Server *server)
{
	gint64 until = g_get_monotonic_time() + SEND_PAUSE_MS * 1000;

	g_mutex_lock(&server->lock);
	while (!server->woken && !g_atomic_int_get(&server->stopping) &&
	       g_cond_wait_until(&server->wake, &server->lock, until))
		;
	server->woken = FALSE;
	g_mutex_unlock(&server->lock);
}

/* A mail became due just now; from any connection's thread. */
static void
wake_sending(gpointer data)
{
	Server *server = data;

	g_mutex_lock(&server->lock);
	server->woken = TRUE;
	g_cond_signal(&server->wake);
	g_mutex_unlock(&server->lock);
}

static gpointer
send_and_keep_house(gpointer data)
{
	Server *server = data;
	gint64 next_tending = 0;

	while (!g_atomic_int_get(&server->stopping)) {
		if (g_get_monotonic_time() >= next_tending) {
			keep_house(server);
			next_tending = g_get_monotonic_time() + TEND_SECONDS * G_USEC_PER_SEC;
		}
		lsm_service_write_list_copies(server->service);
		/* What was sent may have caused another mail. */
		if (lsm_sender_run_due(server->service) == 0)
			pause_sending(server);
	}
	lsm_service_write_list_copies(server->service);
	return NULL;
}

/* --- signals --- */

static void
reload(Server *server)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(LsmSettings) settings = lsm_settings_load(server->settings_path, &error);

	if (settings == NULL) {
		lsm_log_error(error, NULL, "reload-failed", "kept", "old settings", NULL);
		return;
	}
	lsm_service_set_settings(server->service, settings);
	lsm_log(LOG_INFO, NULL, "reloaded", "settings", settings->digest, NULL);
}

static void
wait_for_stop(Server *server, const sigset_t *signals)
{
	int number = 0;

	while (number != SIGTERM && number != SIGINT) {
		if (sigwait(signals, &number) == 0 && number == SIGUSR1)
			reload(server);
	}
}

static void
stop(Server *server, GThread *accepting, GThread *sending)
{
	g_mutex_lock(&server->lock);
	g_atomic_int_set(&server->stopping, TRUE);
	g_atomic_int_set(&server->service->stopping, TRUE);
	g_cond_signal(&server->wake);
	g_mutex_unlock(&server->lock);
	/* Never shutdown() of the listening socket: it is the parent's, and the next desk needs it. */
	if (eventfd_write(server->stop_fd, 1) != 0)
		lsm_log(LOG_ERR, NULL, "desk-stop", "text", g_strerror(errno), NULL);
	g_thread_join(accepting);
	g_thread_join(sending);
}

int
lsm_service_run(int listen_fd, const char *settings_path, const LsmSettings *settings)
{
	Server server = {.settings_path = settings_path, .listen_fd = listen_fd, .own_uid = geteuid()};
	g_autoptr(GError) error = NULL;
	g_autoptr(LsmStore) store = NULL;
	GThread *accepting, *sending;
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	store = lsm_store_open(settings->store, LSM_STORE_READ_WRITE, &error);
	if (store == NULL) {
		lsm_log_error(error, NULL, "store-not-opened", "store", settings->store, NULL);
		return lsm_error_exit_code(error);
	}
	server.service = lsm_service_new(store, settings);
	server.stop_fd = eventfd(0, EFD_CLOEXEC);
	fcntl(listen_fd, F_SETFL, fcntl(listen_fd, F_GETFL) | O_NONBLOCK);
	g_mutex_init(&server.lock);
	g_cond_init(&server.wake);
	server.service->wake = wake_sending;
	server.service->wake_data = &server;
	accepting = g_thread_new("accept", accept_connections, &server);
	sending = g_thread_new("outbox", send_and_keep_house, &server);
	lsm_log(LOG_NOTICE, NULL, "desk-ready", "store", settings->store, NULL);
	wait_for_stop(&server, &signals);
	stop(&server, accepting, sending);
	lsm_service_free(server.service);
	close(server.stop_fd);
	lsm_log(LOG_NOTICE, NULL, "desk-stopped", NULL);
	return 0;
}
