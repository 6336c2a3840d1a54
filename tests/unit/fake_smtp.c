/*
 * fake_smtp.c - see fake_smtp.h. One thread, one connection at a time.
 */
#include "tests/unit/fake_smtp.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct FakeSmtp {
	int listen_fd;
	guint port;
	GThread *thread;
	GMutex lock; /* guards what follows */
	GString *taken;
	GByteArray *last;
	guint connections;
};

typedef struct {
	FakeSmtp *server;
	FILE *stream;
	char sender[512], recipient[512];
	gboolean open;
} Talk;

static const struct {
	const char *prefix;
	const char *reply; /* NULL: the connection is closed */
} replies[] = {
	{"<later", "451 4.3.0 later\r\n"},
	{"<refused", "550 5.1.1 nobody here\r\n"},
	{"<gone", NULL},
	{"<", "250 2.1.5 ok\r\n"},
};

static void
say(const Talk *talk, const char *text)
{
	fputs(text, talk->stream);
	fflush(talk->stream);
}

static void
take_argument(char *place, gsize size, const char *line)
{
	const char *start = strchr(line, '<');

	g_strlcpy(place, start == NULL ? "" : start, size);
	place[strcspn(place, ">\r\n") + (strchr(place, '>') != NULL)] = '\0';
}

static void
answer_recipient(Talk *talk)
{
	guint i = 0;

	while (!g_str_has_prefix(talk->recipient, replies[i].prefix) && i + 1 < G_N_ELEMENTS(replies))
		i++;
	talk->open = replies[i].reply != NULL;
	if (talk->open)
		say(talk, replies[i].reply);
}

static void
take_data(Talk *talk)
{
	GByteArray *mail = g_byte_array_new();
	char line[4096];

	say(talk, "354 go on\r\n");
	while (fgets(line, sizeof line, talk->stream) != NULL && strcmp(line, ".\r\n") != 0) {
		const char *text = line[0] == '.' ? line + 1 : line;
		g_byte_array_append(mail, (const guint8 *)text, (guint)strlen(text));
	}
	g_mutex_lock(&talk->server->lock);
	g_string_append_printf(talk->server->taken, "%s%s>%s", talk->server->taken->len > 0 ? " " : "",
			       talk->sender, talk->recipient);
	g_byte_array_unref(talk->server->last);
	talk->server->last = mail;
	g_mutex_unlock(&talk->server->lock);
	say(talk, "250 2.0.0 taken\r\n");
}

static void
answer_line(Talk *talk, const char *line)
{
	if (g_ascii_strncasecmp(line, "QUIT", 4) == 0) {
		say(talk, "221 2.0.0 bye\r\n");
		talk->open = FALSE;
	} else if (g_ascii_strncasecmp(line, "MAIL", 4) == 0) {
		take_argument(talk->sender, sizeof talk->sender, line);
		say(talk, "250 2.1.0 ok\r\n");
	} else if (g_ascii_strncasecmp(line, "RCPT", 4) == 0) {
		take_argument(talk->recipient, sizeof talk->recipient, line);
		answer_recipient(talk);
	} else if (g_ascii_strncasecmp(line, "DATA", 4) == 0) {
		take_data(talk);
	} else {
		say(talk, "250 2.0.0 ok\r\n");
	}
}

static void
serve(FakeSmtp *server, int fd)
{
	Talk talk = {.server = server, .stream = fdopen(fd, "r+"), .open = TRUE};
	char line[4096];

	setvbuf(talk.stream, NULL, _IONBF, 0);
	say(&talk, "220 fake ESMTP\r\n");
	while (talk.open && fgets(line, sizeof line, talk.stream) != NULL)
		answer_line(&talk, line);
	fclose(talk.stream);
}

static gpointer
serve_until_closed(gpointer data)
{
	FakeSmtp *server = data;
	int fd;

	while ((fd = accept(server->listen_fd, NULL, NULL)) >= 0) {
		g_mutex_lock(&server->lock);
		server->connections++;
		g_mutex_unlock(&server->lock);
		serve(server, fd);
	}
	return NULL;
}

FakeSmtp *
fake_smtp_new(void)
{
	FakeSmtp *server = g_new0(FakeSmtp, 1);
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof address;

	server->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	g_assert_cmpint(bind(server->listen_fd, (struct sockaddr *)&address, sizeof address), ==, 0);
	g_assert_cmpint(listen(server->listen_fd, 16), ==, 0);
	g_assert_cmpint(getsockname(server->listen_fd, (struct sockaddr *)&address, &size), ==, 0);
	server->port = ntohs(address.sin_port);
	server->taken = g_string_new(NULL);
	server->last = g_byte_array_new();
	g_mutex_init(&server->lock);
	server->thread = g_thread_new("fake-smtp", serve_until_closed, server);
	return server;
}

void
fake_smtp_free(FakeSmtp *server)
{
	shutdown(server->listen_fd, SHUT_RDWR);
	g_thread_join(server->thread);
	close(server->listen_fd);
	g_string_free(server->taken, TRUE);
	g_byte_array_unref(server->last);
	g_mutex_clear(&server->lock);
	g_free(server);
}

char *
fake_smtp_setting(const FakeSmtp *server)
{
	return g_strdup_printf("outbox-server = \"smtp://127.0.0.1:%u\"", server->port);
}

char *
fake_smtp_taken(FakeSmtp *server)
{
	char *taken;

	g_mutex_lock(&server->lock);
	taken = g_strdup(server->taken->str);
	g_string_truncate(server->taken, 0);
	g_mutex_unlock(&server->lock);
	return taken;
}

guint
fake_smtp_connections(FakeSmtp *server)
{
	guint connections;

	g_mutex_lock(&server->lock);
	connections = server->connections;
	g_mutex_unlock(&server->lock);
	return connections;
}

GBytes *
fake_smtp_last(FakeSmtp *server)
{
	GBytes *last;

	g_mutex_lock(&server->lock);
	last = g_bytes_new(server->last->data, server->last->len);
	g_mutex_unlock(&server->lock);
	return last;
}
