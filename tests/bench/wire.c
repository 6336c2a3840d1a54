/*
 * wire.c - the mail server's side of the milter protocol (version 6), fast: many mails on a connection.
 *
 * Owns the socket and two buffers. What the filter says is believed, but bounded: a packet that is too large, or
 * none within a minute, is an error.
 */
#include "tests/bench/wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gio/gio.h>
#include <libmilter/mfapi.h>
#include <libmilter/mfdef.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define OFFERED_ACTIONS 0x1ffu
#define OFFERED_STEPS 0x1fffffu
#define CHUNK 65535u
#define POSTFIX_BUFFER 4096u /* octets that it gathers at most */
#define PATIENCE 60          /* seconds for an answer */
#define LARGEST_PACKET (1u << 20)

struct Wire {
	int fd;
	WireManner manner;
	guint32 steps;
	gboolean accepts_all;        /* the answer to connect or HELO */
	char *asked[SMFIM_LAST + 1]; /* macros by stage, blanks between; NULL: the defaults */
	char queue_id[24];
	gboolean is_queued; /* Postfix gives a mail its id after the first recipient */
	GByteArray *out;
	guint8 *in;
	gsize in_begin, in_end, in_size;
};

/* --- octets --- */

static gboolean
fail(GError **error, const char *what)
{
	g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: %s", what,
		    errno != 0 ? g_strerror(errno) : "the filter has hung up");
	return FALSE;
}

static gboolean
flush(Wire *wire, GError **error)
{
	for (gsize sent = 0; sent < wire->out->len;) {
		ssize_t n = send(wire->fd, wire->out->data + sent, wire->out->len - sent, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(error, "send");
		sent += (gsize)n;
	}
	g_byte_array_set_size(wire->out, 0);
	return TRUE;
}

/* Room for a packet of so many octets behind its letter; they are for the caller to fill. */
static guint8 *
begin_packet(Wire *wire, char command, gsize length)
{
	guint32 size = htonl((guint32)length + 1);
	gsize had = wire->out->len;

	g_byte_array_set_size(wire->out, (guint)(had + 5 + length));
	memcpy(wire->out->data + had, &size, 4);
	wire->out->data[had + 4] = (guint8)command;
	return wire->out->data + had + 5;
}

static gboolean
end_packet(Wire *wire, GError **error)
{
	if (wire->manner == WIRE_AS_SENDMAIL || wire->out->len >= POSTFIX_BUFFER)
		return flush(wire, error);
	return TRUE;
}

static gboolean
packet(Wire *wire, char command, const void *data, gsize length, GError **error)
{
	guint8 *octets = begin_packet(wire, command, length);

	if (length > 0)
		memcpy(octets, data, length);
	return end_packet(wire, error);
}

/* As Postfix waits, and sendmail: who only reads is woken by each packet that the filter has taken, too. */
static gboolean
wait_for_octets(const Wire *wire, GError **error)
{
	struct pollfd socket = {.fd = wire->fd, .events = POLLIN};
	int n;

	do
		n = poll(&socket, 1, PATIENCE * 1000);
	while (n < 0 && errno == EINTR);
	if (n == 0)
		errno = ETIMEDOUT;
	return n > 0 || fail(error, "receive");
}

static gboolean
want(Wire *wire, gsize octets, GError **error)
{
	if (wire->in_begin > 0 && wire->in_begin == wire->in_end)
		wire->in_begin = wire->in_end = 0;
	if (wire->in_begin + octets > wire->in_size) {
		memmove(wire->in, wire->in + wire->in_begin, wire->in_end - wire->in_begin);
		wire->in_end -= wire->in_begin;
		wire->in_begin = 0;
		wire->in_size = MAX(wire->in_size, octets);
		wire->in = g_realloc(wire->in, wire->in_size);
	}
	while (wire->in_end - wire->in_begin < octets) {
		ssize_t n;

		if (!wait_for_octets(wire, error))
			return FALSE;
		n = recv(wire->fd, wire->in + wire->in_end, wire->in_size - wire->in_end, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			errno = 0;
		if (n <= 0)
			return fail(error, "receive");
		wire->in_end += (gsize)n;
	}
	return TRUE;
}

/* The next packet; its octets behind the letter stay where they are until the next call. */
static gboolean
receive(Wire *wire, char *letter_out, const guint8 **data_out, gsize *length_out, GError **error)
{
	guint32 size;

	if (!want(wire, 5, error))
		return FALSE;
	memcpy(&size, wire->in + wire->in_begin, 4);
	size = ntohl(size);
	errno = EPROTO;
	if (size == 0 || size > LARGEST_PACKET)
		return fail(error, "receive");
	if (!want(wire, 4 + size, error))
		return FALSE;
	*letter_out = (char)wire->in[wire->in_begin + 4];
	*data_out = wire->in + wire->in_begin + 5;
	*length_out = size - 1;
	wire->in_begin += 4 + size;
	return TRUE;
}

/* --- answers --- */

/* A reply's code, a word, or NULL for what is no last answer. */
static const char *
word_of(char letter)
{
	switch (letter) {
	case SMFIR_ACCEPT:
		return "accept";
	case SMFIR_CONTINUE:
		return "continue";
	case SMFIR_DISCARD:
		return "discard";
	case SMFIR_REJECT:
		return "reject";
	case SMFIR_SKIP:
		return "skip";
	case SMFIR_TEMPFAIL:
		return "tempfail";
	case SMFIR_REPLYCODE:
		return "reply";
	case SMFIR_CONN_FAIL:
	case SMFIR_SHUTDOWN:
		return "hang-up";
	default:
		return NULL;
	}
}

/* Sends what is waiting and reads up to the step's answer; edits on the way are counted. */
static gboolean
read_answer(Wire *wire, WireAnswer *answer, GError **error)
{
	const guint8 *data;
	const char *word;
	gsize length;
	char letter;

	if (!flush(wire, error))
		return FALSE;
	do {
		if (!receive(wire, &letter, &data, &length, error))
			return FALSE;
		word = word_of(letter);
		if (word == NULL && letter != SMFIR_PROGRESS)
			answer->edits++;
	} while (word == NULL);
	if (letter == SMFIR_REPLYCODE && length >= 3) {
		memcpy(answer->word, data, 3);
		answer->word[3] = '\0';
	} else {
		g_strlcpy(answer->word, word, sizeof answer->word);
	}
	return TRUE;
}

static gboolean
is_answer(const WireAnswer *answer, const char *word)
{
	return strcmp(answer->word, word) == 0;
}

/* After a step: goes on at once where none is due. FALSE with error NULL: the mail ends here. */
static gboolean
settle_step(Wire *wire, guint32 silent, WireAnswer *answer, GError **error)
{
	if ((wire->steps & silent) != 0)
		return TRUE;
	return read_answer(wire, answer, error) && is_answer(answer, "continue");
}

/* --- macros --- */

/* What Postfix sends at each stage unless it is asked for others. */
static const char *const default_macros[SMFIM_LAST + 1] = {
	[SMFIM_CONNECT] = "j {daemon_name} {daemon_addr} v _",
	[SMFIM_HELO] = "",
	[SMFIM_ENVFROM] = "i {auth_type} {auth_authen} {mail_addr} {mail_host} {mail_mailer}",
	[SMFIM_ENVRCPT] = "i {rcpt_addr} {rcpt_host} {rcpt_mailer}",
	[SMFIM_DATA] = "i",
	[SMFIM_EOM] = "i",
	[SMFIM_EOH] = "i",
};

/* NULL: this mail has none of that name. */
static const char *
macro_value(const Wire *wire, const Letter *letter, const char *name)
{
	const struct {
		const char *name, *value;
	} values[] = {
		{"i", wire->is_queued ? wire->queue_id : NULL},
		{"{auth_authen}", letter->login},
		{"{auth_type}", letter->login != NULL ? "PLAIN" : NULL},
		{"{daemon_name}", letter->daemon_name},
		{"{client_addr}", letter->client_address},
		{"{mail_addr}", letter->sender},
		{"{mail_host}", "elsewhere.example"},
		{"{mail_mailer}", "smtp"},
		{"{rcpt_addr}", g_ptr_array_index(letter->recipients, 0)},
		{"{rcpt_host}", "users.example"},
		{"{rcpt_mailer}", "smtp"},
		{"{daemon_addr}", "192.0.2.1"},
		{"j", "mx.ietf.org"},
		{"v", "Postfix 3.7.11"},
		{"_", "mail.elsewhere.example [203.0.113.9]"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(values); i++)
		if (strcmp(values[i].name, name) == 0)
			return values[i].value;
	return NULL;
}

static gboolean
send_macros(Wire *wire, int stage, char command, const Letter *letter, GError **error)
{
	const char *names = wire->asked[stage] != NULL ? wire->asked[stage] : default_macros[stage];
	char data[1024] = {command};
	gsize used = 1;

	while (*(names += strspn(names, " ,")) != '\0') {
		gsize length = strcspn(names, " ,");
		char name[64] = "";
		const char *value;

		memcpy(name, names, MIN(length, sizeof name - 1));
		names += length;
		value = macro_value(wire, letter, name);
		if (value == NULL || used + strlen(name) + strlen(value) + 2 > sizeof data)
			continue;
		used += g_strlcpy(data + used, name, sizeof data - used) + 1;
		used += g_strlcpy(data + used, value, sizeof data - used) + 1;
	}
	return used == 1 || packet(wire, SMFIC_MACRO, data, used, error);
}

/* --- a connection --- */

static int
connect_unix(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	g_strlcpy(address.sun_path, path, sizeof address.sun_path);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
		return fd;
	close(fd);
	return -1;
}

/* "8891@127.0.0.1" */
static int
connect_inet(const char *place)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	const char *host = strchr(place, '@');
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;

	address.sin_port = htons((guint16)g_ascii_strtoull(place, NULL, 10));
	if (fd >= 0 && inet_pton(AF_INET, host != NULL ? host + 1 : "127.0.0.1", &address.sin_addr) == 1 &&
	    connect(fd, (struct sockaddr *)&address, sizeof address) == 0) {
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
		return fd;
	}
	close(fd);
	return -1;
}

static gboolean
dial(Wire *wire, const char *place, GError **error)
{
	if (g_str_has_prefix(place, "inet:"))
		wire->fd = connect_inet(place + strlen("inet:"));
	else
		wire->fd = connect_unix(g_str_has_prefix(place, "unix:") ? place + strlen("unix:") : place);
	if (wire->fd < 0)
		return fail(error, place);
	return TRUE;
}

/* Behind three numbers: stage (four octets), names, NUL; and again. */
static void
note_asked_macros(Wire *wire, const guint8 *data, gsize length)
{
	for (gsize at = 12; at + 5 <= length;) {
		gsize size = strnlen((const char *)data + at + 4, length - at - 4);
		guint32 stage;

		memcpy(&stage, data + at, 4);
		stage = ntohl(stage);
		if (stage <= SMFIM_LAST && wire->asked[stage] == NULL)
			wire->asked[stage] = g_strndup((const char *)data + at + 4, size);
		at += 4 + size + 1;
	}
}

static gboolean
negotiate(Wire *wire, GError **error)
{
	const guint32 offer[] = {htonl(SMFI_PROT_VERSION), htonl(OFFERED_ACTIONS), htonl(OFFERED_STEPS)};
	const guint8 *data;
	gsize length;
	char letter;

	if (!packet(wire, SMFIC_OPTNEG, offer, sizeof offer, error) || !flush(wire, error) ||
	    !receive(wire, &letter, &data, &length, error))
		return FALSE;
	errno = EPROTO;
	if (letter != SMFIC_OPTNEG || length < 12)
		return fail(error, "negotiation");
	memcpy(&wire->steps, data + 8, 4);
	wire->steps = ntohl(wire->steps);
	note_asked_macros(wire, data, length);
	return TRUE;
}

static gboolean
greet(Wire *wire, const Letter *letter, WireAnswer *answer, GError **error)
{
	g_autoptr(GString) client = g_string_new(letter->client_name);

	g_string_append_len(client, "\0" "4" "\x87\x07", 4);
	g_string_append_len(client, letter->client_address, (gssize)strlen(letter->client_address) + 1);
	if ((wire->steps & SMFIP_NOCONNECT) == 0 &&
	    (!send_macros(wire, SMFIM_CONNECT, SMFIC_CONNECT, letter, error) ||
	     !packet(wire, SMFIC_CONNECT, client->str, client->len, error) ||
	     !settle_step(wire, SMFIP_NR_CONN, answer, error)))
		return FALSE;
	return (wire->steps & SMFIP_NOHELO) != 0 ||
	       (packet(wire, SMFIC_HELO, letter->client_name, strlen(letter->client_name) + 1, error) &&
		settle_step(wire, SMFIP_NR_HELO, answer, error));
}

Wire *
wire_open(const char *place, WireManner manner, const Letter *letter, GError **error)
{
	g_autoptr(Wire) wire = g_new0(Wire, 1);
	GError *failure = NULL;
	WireAnswer answer = {.word = "continue"};

	wire->fd = -1;
	wire->manner = manner;
	wire->out = g_byte_array_new();
	wire->in_size = 4096;
	wire->in = g_malloc(wire->in_size);
	if (!dial(wire, place, error) || !negotiate(wire, error))
		return NULL;
	if (!greet(wire, letter, &answer, &failure)) {
		if (failure == NULL && !is_answer(&answer, "accept"))
			g_set_error(&failure, G_IO_ERROR, G_IO_ERROR_FAILED, "connect: %s", answer.word);
		if (failure != NULL) {
			g_propagate_error(error, failure);
			return NULL;
		}
		wire->accepts_all = TRUE;
	}
	return g_steal_pointer(&wire);
}

void
wire_close(Wire *wire)
{
	if (wire == NULL)
		return;
	if (wire->fd >= 0) {
		g_byte_array_set_size(wire->out, 0);
		if (packet(wire, SMFIC_QUIT, NULL, 0, NULL))
			flush(wire, NULL);
		close(wire->fd);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(wire->asked); i++)
		g_free(wire->asked[i]);
	g_byte_array_unref(wire->out);
	g_free(wire->in);
	g_free(wire);
}

/* --- a mail --- */

static gboolean
send_address(Wire *wire, char command, const char *address, GError **error)
{
	gsize length = strlen(address);
	guint8 *octets = begin_packet(wire, command, length + 3);

	octets[0] = '<';
	memcpy(octets + 1, address, length);
	octets[length + 1] = '>';
	octets[length + 2] = '\0';
	return end_packet(wire, error);
}

static gboolean
send_envelope(Wire *wire, const Letter *letter, WireAnswer *answer, GError **error)
{
	if ((wire->steps & SMFIP_NOMAIL) == 0 &&
	    (!send_macros(wire, SMFIM_ENVFROM, SMFIC_MAIL, letter, error) ||
	     !send_address(wire, SMFIC_MAIL, letter->sender, error) ||
	     !settle_step(wire, SMFIP_NR_MAIL, answer, error)))
		return FALSE;
	for (guint i = 0; (wire->steps & SMFIP_NORCPT) == 0 && i < letter->recipients->len; i++) {
		if (!send_macros(wire, SMFIM_ENVRCPT, SMFIC_RCPT, letter, error) ||
		    !send_address(wire, SMFIC_RCPT, g_ptr_array_index(letter->recipients, i), error) ||
		    !settle_step(wire, SMFIP_NR_RCPT, answer, error))
			return FALSE;
		wire->is_queued = TRUE;
	}
	wire->is_queued = TRUE;
	return (wire->steps & SMFIP_NODATA) != 0 ||
	       (send_macros(wire, SMFIM_DATA, SMFIC_DATA, letter, error) &&
		packet(wire, SMFIC_DATA, NULL, 0, error) && settle_step(wire, SMFIP_NR_DATA, answer, error));
}

static gboolean
send_field(Wire *wire, const LetterField *field, guint64 number, GError **error)
{
	gsize name = strlen(field->name) + 1, value = strlen(field->value) + 1;
	gsize blank = (wire->steps & SMFIP_HDR_LEADSPC) != 0 ? 0 : 1;
	guint8 *octets = begin_packet(wire, SMFIC_HEADER, name + value - blank);

	memcpy(octets, field->name, name);
	memcpy(octets + name, field->value + blank, value - blank);
	if (field->slot != 0)
		letter_stamp_field(field, octets + name - blank, number);
	return end_packet(wire, error);
}

static gboolean
send_header(Wire *wire, const Letter *letter, guint64 number, WireAnswer *answer, GError **error)
{
	for (guint i = 0; (wire->steps & SMFIP_NOHDRS) == 0 && i < letter->fields->len; i++)
		if (!send_field(wire, g_ptr_array_index(letter->fields, i), number, error) ||
		    !settle_step(wire, SMFIP_NR_HDR, answer, error))
			return FALSE;
	return (wire->steps & SMFIP_NOEOH) != 0 ||
	       (send_macros(wire, SMFIM_EOH, SMFIC_EOH, letter, error) &&
		packet(wire, SMFIC_EOH, NULL, 0, error) && settle_step(wire, SMFIP_NR_EOH, answer, error));
}

static gboolean
send_body(Wire *wire, const Letter *letter, guint64 number, WireAnswer *answer, GError **error)
{
	for (gsize at = 0; (wire->steps & SMFIP_NOBODY) == 0 && at < letter->body->len; at += CHUNK) {
		gsize length = MIN(letter->body->len - at, CHUNK);
		guint8 *octets = begin_packet(wire, SMFIC_BODY, length);

		memcpy(octets, letter->body->data + at, length);
		letter_stamp_body(letter, octets, at, length, number);
		if (!end_packet(wire, error))
			return FALSE;
		if (!settle_step(wire, SMFIP_NR_BODY, answer, error))
			return is_answer(answer, "skip");
	}
	return TRUE;
}

/* FALSE with error NULL: the filter has ended it before, and said so in answer. */
static gboolean
send_steps(Wire *wire, const Letter *letter, guint64 number, WireAnswer *answer, GError **error)
{
	return send_envelope(wire, letter, answer, error) && send_header(wire, letter, number, answer, error) &&
	       send_body(wire, letter, number, answer, error) &&
	       send_macros(wire, SMFIM_EOM, SMFIC_BODYEOB, letter, error) &&
	       packet(wire, SMFIC_BODYEOB, NULL, 0, error) && read_answer(wire, answer, error);
}

gboolean
wire_send(Wire *wire, const Letter *letter, guint64 number, WireAnswer *answer_out, GError **error)
{
	GError *failure = NULL;

	*answer_out = (WireAnswer){.word = "accept"};
	if (wire->accepts_all)
		return TRUE;
	g_snprintf(wire->queue_id, sizeof wire->queue_id, "4X%" G_GINT64_MODIFIER "X", number);
	wire->is_queued = wire->manner == WIRE_AS_SENDMAIL;
	if (!send_steps(wire, letter, number, answer_out, &failure) && failure != NULL) {
		g_propagate_error(error, failure);
		return FALSE;
	}
	if (is_answer(answer_out, "continue"))
		g_strlcpy(answer_out->word, "accept", sizeof answer_out->word);
	return TRUE;
}
