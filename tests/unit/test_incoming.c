/*
 * test_incoming.c - large frames, of which the content is read by and by: taken, in pieces or not at all; broken ones.
 */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "conf/error.h"
#include "desk/frame.h"

#define LIMIT 4096

static void
make_pair(int pair[2])
{
	g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), ==, 0);
}

static void
close_pair(const int pair[2])
{
	close(pair[0]);
	close(pair[1]);
}

typedef struct {
	int fd;
	const char *octets;
	gsize length;
} Sending;

static gpointer
send_octets(gpointer data)
{
	const Sending *sending = data;

	for (gsize sent = 0; sent < sending->length;) {
		ssize_t n = send(sending->fd, sending->octets + sent, sending->length - sent, MSG_NOSIGNAL);
		if (n < 0)
			break;
		sent += (gsize)n;
	}
	shutdown(sending->fd, SHUT_WR);
	return NULL;
}

/* A frame as lsm_frame_write would send it, made by GVariant. */
static GString *
render_frame(const char *word, const char *text, const char *content, gsize length)
{
	g_autoptr(GVariant) frame = g_variant_ref_sink(g_variant_new(
		"(ss@ay)", word, text, g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, content, length, 1)));
	gsize size = g_variant_get_size(frame);
	guint32 prefix = GUINT32_TO_BE((guint32)size);
	GString *octets = g_string_new_len((const char *)&prefix, sizeof prefix);

	return g_string_append_len(octets, g_variant_get_data(frame), (gssize)size);
}

#define MANY (3 << 20)

static const struct {
	const char *name;
	gsize text, content; /* octets */
	gsize piece;         /* what is read at once; 0: all is taken, 1: all is skipped */
} large[] = {
	{"taken", 10, MANY, 0},
	{"skipped", 10, MANY, 1},
	{"in pieces", 10, MANY, 100000},
	{"in pieces that fit", 10, MANY, MANY / 4},
	{"as small as large ones are", 10, 1 << 20, 4096},
	{"a long text", 200000, MANY, 0},
	{"a text whose end stands between two pieces", 65536 - sizeof "record", MANY, 70000},
	{"only text", MANY, 0, 0},
	{"only text, skipped", MANY, 0, 1},
	{"a long text and an octet", MANY, 1, 1},
};

static void
read_in_pieces(LsmIncoming *incoming, gsize piece, const char *want)
{
	g_autofree guint8 *octets = g_malloc(piece);
	gsize left, at = 0;

	while ((left = lsm_incoming_length(incoming)) > 0) {
		gsize length = MIN(left, piece);

		g_assert_true(lsm_incoming_read(incoming, octets, length, NULL));
		g_assert_cmpint(memcmp(octets, want + at, length), ==, 0);
		at += length;
	}
}

static void
take_all(LsmIncoming *incoming, const char *want, gsize length)
{
	g_autoptr(GBytes) content = NULL;

	g_assert_true(lsm_incoming_take(incoming, &content, NULL));
	if (length == 0)
		g_assert_null(content);
	else
		g_assert_cmpmem(g_bytes_get_data(content, NULL), g_bytes_get_size(content), want, length);
}

/* Whatever is done with the first one, the next one is found. */
static void
test_large(void)
{
	g_autofree char *octets = g_malloc(MANY);

	for (gsize i = 0; i < MANY; i++)
		octets[i] = (char)(i * 7 + i / 251);
	for (guint i = 0; i < G_N_ELEMENTS(large); i++) {
		g_autofree char *text = g_strnfill(large[i].text, 't');
		g_autoptr(GString) sent = render_frame("record", text, octets, large[i].content);
		g_autoptr(GString) next = render_frame("facts", "{}", NULL, 0);
		g_auto(LsmIncoming) incoming = {NULL};
		g_autoptr(GError) error = NULL;
		LsmFrame frame = {NULL, NULL, NULL};
		int pair[2];

		g_test_message("%s", large[i].name);
		g_string_append_len(sent, next->str, (gssize)next->len);
		make_pair(pair);
		Sending sending = {pair[0], sent->str, sent->len};
		GThread *thread = g_thread_new("sending", send_octets, &sending);
		g_assert_true(lsm_frame_begin(pair[1], 2 * MANY, &frame, &incoming, NULL, &error));
		g_assert_cmpstr(frame.word, ==, "record");
		g_assert_cmpstr(frame.text, ==, text);
		g_assert_null(frame.content);
		g_assert_cmpuint(lsm_incoming_length(&incoming), ==, large[i].content);
		if (large[i].piece == 0)
			take_all(&incoming, octets, large[i].content);
		else if (large[i].piece == 1)
			g_assert_true(lsm_incoming_skip(&incoming, &error));
		else
			read_in_pieces(&incoming, large[i].piece, octets);
		lsm_frame_clear(&frame);
		lsm_incoming_clear(&incoming);
		g_assert_true(lsm_frame_begin(pair[1], LIMIT, &frame, &incoming, NULL, &error));
		g_assert_no_error(error);
		g_assert_cmpstr(frame.word, ==, "facts");
		g_thread_join(thread);
		lsm_frame_clear(&frame);
		close_pair(pair);
	}
}

static const struct {
	const char *name;
	gsize at; /* from the end */
	gsize cut;
	char octet; /* what stands there instead, where nothing is cut */
	gboolean ends_in_head;
	int want;
} bad_large[] = {
	{"the text ends elsewhere", 8, 0, '\x09', FALSE, LSM_ERROR_INPUT},
	{"the word ends elsewhere", 4, 0, '\x09', FALSE, LSM_ERROR_INPUT},
	{"far beyond the end", 5, 0, '\x7f', FALSE, LSM_ERROR_INPUT},
	{"cut within its end", 0, 3, '\0', FALSE, LSM_ERROR_TEMPORARY},
	{"cut within the content", 0, MANY / 2, '\0', FALSE, LSM_ERROR_TEMPORARY},
	{"cut within the head", 0, MANY - 10, '\0', TRUE, LSM_ERROR_TEMPORARY},
	{"no UTF-8", MANY + 8 + 3, 0, '\xff', TRUE, LSM_ERROR_INPUT},
};

static void
test_bad_large(void)
{
	g_autofree char *content = g_strnfill(MANY, 'c');

	for (guint i = 0; i < G_N_ELEMENTS(bad_large); i++) {
		g_autoptr(GString) sent = render_frame("record", "{}", content, MANY);
		g_auto(LsmIncoming) incoming = {NULL};
		g_autoptr(GError) error = NULL;
		LsmFrame frame = {NULL, NULL, NULL};
		int pair[2];

		g_test_message("%s", bad_large[i].name);
		if (bad_large[i].cut == 0)
			sent->str[sent->len - bad_large[i].at] = bad_large[i].octet;
		make_pair(pair);
		Sending sending = {pair[0], sent->str, sent->len - bad_large[i].cut};
		GThread *thread = g_thread_new("sending", send_octets, &sending);
		gboolean begun = lsm_frame_begin(pair[1], 2 * MANY, &frame, &incoming, NULL, &error);
		g_assert_cmpint(begun, ==, !bad_large[i].ends_in_head);
		g_assert_false(begun && lsm_incoming_skip(&incoming, &error));
		g_assert_cmpint(error == NULL ? -1 : error->code, ==, bad_large[i].want);
		close(pair[1]);
		g_thread_join(thread);
		close(pair[0]);
		lsm_frame_clear(&frame);
	}
}

/* Nothing but NULs, or none at all, and no room for what stands behind a content. */
static void
test_no_head(void)
{
	static const struct {
		char octet;
		int want;
	} rows[] = {{'x', LSM_ERROR_INPUT}, {'\0', LSM_ERROR_INPUT}};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *octets = g_malloc(4 + (2 << 20));
		g_auto(LsmIncoming) incoming = {NULL};
		g_autoptr(GError) error = NULL;
		LsmFrame frame = {NULL, NULL, NULL};
		int pair[2];

		memcpy(octets, "\0\x20\0\0", 4);
		memset(octets + 4, rows[i].octet, 2 << 20);
		make_pair(pair);
		Sending sending = {pair[0], octets, 4 + (2 << 20)};
		GThread *thread = g_thread_new("sending", send_octets, &sending);
		g_assert_false(lsm_frame_begin(pair[1], 4 << 20, &frame, &incoming, NULL, &error) &&
			       lsm_incoming_skip(&incoming, &error));
		g_assert_cmpint(error == NULL ? -1 : error->code, ==, rows[i].want);
		close(pair[1]);
		g_thread_join(thread);
		close(pair[0]);
		lsm_frame_clear(&frame);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/incoming/large", test_large);
	g_test_add_func("/incoming/bad-large", test_bad_large);
	g_test_add_func("/incoming/no-head", test_no_head);
	return g_test_run();
}
