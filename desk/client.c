/*
 * client.c - the desk over its unix socket, for gates and liaisonctl.
 *
 * Owns a small pool of connections; each call takes one, so that slow calls do not wait for each other.
 * A connection that the desk closed meanwhile is replaced before anything is sent; a call that breaks later
 * is the caller's to decide (the desk may or may not have done it). Any thread.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "conf/error.h"
#include "desk/desk.h"
#include "desk/frame.h"
#include "desk/json.h"

#define MAX_IDLE 32 /* as many sessions at once as a busy gate has: each new connection is a new thread of the desk */
#define MAX_IDLE_OF_ALL 256 /* half of what server.c lets in: the other half is for what comes now, and for people */
#define HURRY 1      /* seconds that a list's copy waits for the desk: a list is never held up */
#define AWAY_PAUSE 5 /* seconds in which a desk that did not answer is not asked again for such a thing */
#define ANSWER_LIMIT (64u << 20)

typedef struct {
	LsmDesk base;
	char *path;
	int timeout;
	guint idle_most;
	GMutex lock;
	GArray *idle;      /* of int */
	gint64 away_until; /* monotonic; 0: the desk answered */
} RemoteDesk;

static void
set_patience(int fd, int seconds)
{
	struct timeval patience = {.tv_sec = seconds};

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

static int
connect_new(RemoteDesk *desk, int patience, GError **error)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	g_strlcpy(address.sun_path, desk->path, sizeof address.sun_path);
	if (fd >= 0) {
		/* Before connecting: a desk that hangs lets that wait, too. */
		set_patience(fd, patience);
		if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
			return fd;
	}
	g_set_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY,
		    "cannot reach the desk at %s: %s (is liaison-milter running?)", desk->path,
		    g_strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

/* A kept connection whose peer has closed it (the desk was restarted) is readable: end of stream. */
static gboolean
is_alive(int fd)
{
	char octet;

	return recv(fd, &octet, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

static int
take_connection(RemoteDesk *desk, int patience, GError **error)
{
	int fd = -1;

	g_mutex_lock(&desk->lock);
	while (fd < 0 && desk->idle->len > 0) {
		fd = g_array_index(desk->idle, int, desk->idle->len - 1);
		g_array_set_size(desk->idle, desk->idle->len - 1);
		if (!is_alive(fd)) {
			close(fd);
			fd = -1;
		}
	}
	g_mutex_unlock(&desk->lock);
	if (fd >= 0)
		set_patience(fd, patience);
	return fd >= 0 ? fd : connect_new(desk, patience, error);
}

static void
give_back(RemoteDesk *desk, int fd)
{
	g_mutex_lock(&desk->lock);
	if (desk->idle->len < desk->idle_most)
		g_array_append_val(desk->idle, fd);
	else
		close(fd);
	g_mutex_unlock(&desk->lock);
}

static gboolean
is_away(RemoteDesk *desk)
{
	gboolean away;

	g_mutex_lock(&desk->lock);
	away = g_get_monotonic_time() < desk->away_until;
	g_mutex_unlock(&desk->lock);
	return away;
}

static void
note_answer(RemoteDesk *desk, gboolean answered)
{
	g_mutex_lock(&desk->lock);
	desk->away_until = answered ? 0 : g_get_monotonic_time() + AWAY_PAUSE * G_USEC_PER_SEC;
	g_mutex_unlock(&desk->lock);
}

static gboolean
read_answer(const LsmFrame *frame, JsonObject **answer_out, GError **error)
{
	if (strcmp(frame->word, "ok") == 0) {
		*answer_out = lsm_json_parse(frame->text, strlen(frame->text), error);
		return *answer_out != NULL;
	}
	g_set_error_literal(error, LSM_ERROR,
			    g_str_has_prefix(frame->word, "error:") ? atoi(frame->word + 6) : LSM_ERROR_INPUT,
			    frame->text);
	return FALSE;
}

static gboolean
remote_call(LsmDesk *base, const char *operation, JsonObject *args, GBytes *content, JsonObject **answer_out,
	    GError **error)
{
	RemoteDesk *desk = (RemoteDesk *)base;
	g_autoptr(GBytes) text = lsm_json_render(args);
	g_autofree char *json = g_strndup(g_bytes_get_data(text, NULL), g_bytes_get_size(text));
	LsmFrame frame = {NULL, NULL, NULL};
	gboolean hurried = strcmp(operation, "list-copy") == 0;
	gboolean done;
	int fd;

	if (hurried && is_away(desk)) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY, "the desk did not answer a moment ago");
		return FALSE;
	}
	fd = take_connection(desk, hurried ? MIN(HURRY, desk->timeout) : desk->timeout, error);
	if (fd < 0) {
		note_answer(desk, FALSE);
		return FALSE;
	}
	done = lsm_frame_write(fd, operation, json, content, error) &&
	       lsm_frame_read(fd, ANSWER_LIMIT, &frame, NULL, error);
	note_answer(desk, done);
	if (!done) {
		close(fd);
		return FALSE;
	}
	give_back(desk, fd);
	done = read_answer(&frame, answer_out, error);
	lsm_frame_clear(&frame);
	return done;
}

static void
remote_free(LsmDesk *base)
{
	RemoteDesk *desk = (RemoteDesk *)base;

	for (guint i = 0; i < desk->idle->len; i++)
		close(g_array_index(desk->idle, int, i));
	g_array_unref(desk->idle);
	g_mutex_clear(&desk->lock);
	g_free(desk->path);
	g_free(desk);
}

static const LsmDeskClass remote_class = {remote_call, remote_free};

LsmDesk *
lsm_desk_connect(const char *socket_path, int timeout_seconds)
{
	RemoteDesk *desk = g_new0(RemoteDesk, 1);

	desk->base.class = &remote_class;
	desk->path = g_strdup(socket_path);
	desk->timeout = timeout_seconds;
	desk->idle_most = MAX_IDLE;
	desk->idle = g_array_new(FALSE, FALSE, sizeof(int));
	g_mutex_init(&desk->lock);
	return &desk->base;
}

void
lsm_desk_share(LsmDesk *desk, guint processes)
{
	if (desk->class == &remote_class)
		((RemoteDesk *)desk)->idle_most = CLAMP(MAX_IDLE_OF_ALL / MAX(processes, 1), 1, MAX_IDLE);
}
