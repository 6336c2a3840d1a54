/*
 * frame.c - see frame.h. Never trusts a length or a variant: both ends are checked before use.
 */
#include "desk/frame.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "conf/error.h"

#define LARGE ((gsize)1 << 20) /* octets; what is smaller is read at once */
#define PIECE ((gsize)1 << 16)

static const char frame_type[] = "(ssay)";

void
lsm_frame_clear(LsmFrame *frame)
{
	g_free(frame->word);
	g_free(frame->text);
	if (frame->content != NULL)
		g_bytes_unref(frame->content);
	*frame = (LsmFrame){NULL, NULL, NULL};
}

/* Behind count pieces of memory what was sent of them; those that are done become empty. */
static void
move_on(struct iovec *pieces, gsize count, gsize sent)
{
	for (gsize i = 0; i < count; i++) {
		gsize done = MIN(sent, pieces[i].iov_len);

		pieces[i].iov_base = (char *)pieces[i].iov_base + done;
		pieces[i].iov_len -= done;
		sent -= done;
	}
}

static gboolean
send_all(int fd, struct iovec *pieces, gsize count, GError **error)
{
	while (count > 0) {
		struct msghdr message = {.msg_iov = pieces, .msg_iovlen = count};
		ssize_t n = sendmsg(fd, &message, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			g_set_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY, "writing to the desk's socket: %s",
				    g_strerror(errno));
			return FALSE;
		}
		move_on(pieces, count, (gsize)n);
		for (; count > 0 && pieces->iov_len == 0; count--)
			pieces++;
	}
	return TRUE;
}

/* Number of octets read: less than length only at the end of the stream; -1 with error. */
static gssize
receive_all(int fd, void *data, gsize length, GError **error)
{
	char *p = data;
	gsize have = 0;

	while (have < length) {
		ssize_t n = recv(fd, p + have, length - have, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			g_set_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY,
				    "reading from the desk's socket: %s",
				    errno == EAGAIN ? "no answer in time" : g_strerror(errno));
			return -1;
		}
		if (n == 0)
			break;
		have += (gsize)n;
	}
	return (gssize)have;
}

/* What GVariant writes behind the members of a frame of that size: where the two texts end. */
static gsize
offsets_size(gsize length)
{
	return 2 * (length <= G_MAXUINT8 ? 1 : length <= G_MAXUINT16 ? 2 : 4);
}

/* The frame's octets with its members: the smallest size that says where they end. */
static gsize
size_of_frame(gsize members)
{
	gsize length = members + offsets_size(members);

	/* The offsets themselves may be what makes them wider. */
	return members + offsets_size(length);
}

/* The text that stands last ends first; both as little-endian numbers of half the size. */
static void
put_offsets(guint8 *offsets, gsize size, gsize word_end, gsize text_end)
{
	guint32 first = GUINT32_TO_LE((guint32)text_end), second = GUINT32_TO_LE((guint32)word_end);

	memcpy(offsets, &first, size / 2);
	memcpy(offsets + size / 2, &second, size / 2);
}

/* As g_variant_get_data of the three would have it, without a second and a third copy of the mail. */
gboolean
lsm_frame_write(int fd, const char *word, const char *text, GBytes *content, GError **error)
{
	gsize size = 0;
	gconstpointer bytes = content == NULL ? NULL : g_bytes_get_data(content, &size);
	gsize word_size = strlen(word) + 1, text_size = strlen(text) + 1;
	gsize members = word_size + text_size + size;
	gsize length = size_of_frame(members);
	guint32 prefix = GUINT32_TO_BE((guint32)length);
	guint8 offsets[2 * sizeof(guint32)];
	struct iovec pieces[] = {
		{&prefix, sizeof prefix}, {(char *)word, word_size},        {(char *)text, text_size},
		{(void *)bytes, size},    {offsets, length - members},
	};

	if (!g_utf8_validate(word, -1, NULL) || !g_utf8_validate(text, -1, NULL)) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT, "a frame's text is not UTF-8");
		return FALSE;
	}
	if (length > G_MAXUINT32) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT, "a frame of %" G_GSIZE_FORMAT " octets",
			    length);
		return FALSE;
	}
	put_offsets(offsets, length - members, word_size, word_size + text_size);
	return send_all(fd, pieces, G_N_ELEMENTS(pieces), error);
}

/* As g_variant_is_normal_form, which for a mail looks at each octet of it by several calls: texts that are such,
 * and members that fill the frame. */
static gboolean
is_whole(GVariant *frame)
{
	g_autoptr(GVariant) word = g_variant_get_child_value(frame, 0);
	g_autoptr(GVariant) text = g_variant_get_child_value(frame, 1);
	g_autoptr(GVariant) content = g_variant_get_child_value(frame, 2);
	gsize length = g_variant_get_size(frame);

	return g_variant_is_normal_form(word) && g_variant_is_normal_form(text) &&
	       g_variant_get_size(word) + g_variant_get_size(text) + g_variant_get_size(content) +
			       offsets_size(length) ==
		       length;
}

static gboolean
fail_frame(GError **error)
{
	g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT, "a frame that is none");
	return FALSE;
}

static gboolean
unpack(gpointer data, gsize length, LsmFrame *frame_out, GError **error)
{
	g_autoptr(GBytes) bytes = g_bytes_new_take(data, length);
	g_autoptr(GVariant) frame =
		g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(frame_type), bytes, FALSE));
	g_autoptr(GVariant) content = NULL;

	if (!is_whole(frame))
		return fail_frame(error);
	g_variant_get(frame, "(ss@ay)", &frame_out->word, &frame_out->text, &content);
	frame_out->content = g_variant_get_size(content) == 0 ? NULL : g_variant_get_data_as_bytes(content);
	return TRUE;
}

/* All of length, or an error. */
static gboolean
receive_whole(int fd, void *data, gsize length, GError **error)
{
	gssize got = receive_all(fd, data, length, error);

	if (got >= 0 && (gsize)got < length)
		g_set_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY, "the desk closed the connection");
	return got >= 0 && (gsize)got == length;
}

static gpointer
allocate(gsize length, GError **error)
{
	gpointer data = g_try_malloc(MAX(length, 1));

	if (data == NULL)
		g_set_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY,
			    "no memory for a frame of %" G_GSIZE_FORMAT " octets", length);
	return data;
}

static gboolean
read_length(int fd, gsize limit, gsize *length_out, gboolean *eof_out, GError **error)
{
	guint32 prefix;
	gssize got = receive_all(fd, &prefix, sizeof prefix, error);

	if (eof_out != NULL)
		*eof_out = got == 0;
	if (got < 0 || (got == 0 && eof_out != NULL))
		return FALSE;
	*length_out = GUINT32_FROM_BE(prefix);
	if (got == sizeof prefix && *length_out <= limit)
		return TRUE;
	g_set_error(error, LSM_ERROR, got == sizeof prefix ? LSM_ERROR_INPUT : LSM_ERROR_TEMPORARY,
		    got == sizeof prefix ? "a frame that is too long" : "the desk closed the connection");
	return FALSE;
}

static gboolean
read_whole(int fd, gsize length, LsmFrame *frame_out, GError **error)
{
	g_autofree char *data = allocate(length, error);

	return data != NULL && receive_whole(fd, data, length, error) &&
	       unpack(g_steal_pointer(&data), length, frame_out, error);
}

gboolean
lsm_frame_read(int fd, gsize limit, LsmFrame *frame_out, gboolean *eof_out, GError **error)
{
	gsize length;

	return read_length(fd, limit, &length, eof_out, error) && read_whole(fd, length, frame_out, error);
}

/* --- a large one, by and by --- */

/* The first octets of a frame, up to the NUL behind the text and whatever came with it. */
typedef struct {
	GByteArray *octets;
	gsize looked_at; /* of them: for NULs */
	gsize ends[2];   /* behind the NUL of the word, and of the text */
	guint found;
} Head;

static void
find_ends(Head *head)
{
	while (head->found < G_N_ELEMENTS(head->ends)) {
		const guint8 *data = head->octets->data;
		const guint8 *nul = memchr(data + head->looked_at, '\0', head->octets->len - head->looked_at);

		if (nul == NULL)
			break;
		head->looked_at = (gsize)(nul - data) + 1;
		head->ends[head->found++] = head->looked_at;
	}
	if (head->found < G_N_ELEMENTS(head->ends))
		head->looked_at = head->octets->len;
}

static gboolean
read_head(int fd, gsize length, Head *head, GError **error)
{
	while (head->found < G_N_ELEMENTS(head->ends)) {
		gsize have = head->octets->len;
		gsize more = MIN(length - have, PIECE);

		if (more == 0)
			return fail_frame(error);
		g_byte_array_set_size(head->octets, (guint)(have + more));
		if (!receive_whole(fd, head->octets->data + have, more, error))
			return FALSE;
		find_ends(head);
	}
	return TRUE;
}

/* Once the content is read: are the offsets behind it those of a frame with these texts? */
static gboolean
read_end(LsmIncoming *incoming, GError **error)
{
	guint8 octets[sizeof incoming->end];
	gsize left = incoming->end_size - incoming->end_read;

	if (incoming->unread > 0)
		return TRUE;
	incoming->end_read = incoming->end_size;
	if (!receive_whole(incoming->fd, octets, left, error))
		return FALSE;
	return memcmp(octets, incoming->end + incoming->end_size - left, left) == 0 || fail_frame(error);
}

/* What came with the head of the content, and of what stands behind it. */
static gboolean
begin_content(const Head *head, gsize length, LsmIncoming *incoming, GError **error)
{
	gsize from = head->ends[1], ahead = head->octets->len - from;

	incoming->end_size = offsets_size(length);
	if (from + incoming->end_size > length)
		return fail_frame(error);
	put_offsets(incoming->end, incoming->end_size, head->ends[0], from);
	gsize size = length - from - incoming->end_size, first = MIN(size, ahead);
	if (first > 0)
		incoming->bytes = g_bytes_new(head->octets->data + from, first);
	incoming->unread = size - first;
	incoming->end_read = ahead - first;
	return memcmp(incoming->end, head->octets->data + from + first, incoming->end_read) == 0 ||
	       fail_frame(error);
}

static gboolean
read_large(int fd, gsize length, LsmFrame *frame_out, LsmIncoming *incoming, GError **error)
{
	g_autoptr(GByteArray) octets = g_byte_array_new();
	Head head = {.octets = octets};

	incoming->fd = fd;
	if (!read_head(fd, length, &head, error) || !begin_content(&head, length, incoming, error))
		return FALSE;
	const char *word = (const char *)octets->data, *text = word + head.ends[0];
	if (!g_utf8_validate(word, -1, NULL) || !g_utf8_validate(text, -1, NULL))
		return fail_frame(error);
	frame_out->word = g_strdup(word);
	frame_out->text = g_strdup(text);
	return read_end(incoming, error);
}

gboolean
lsm_frame_begin(int fd, gsize limit, LsmFrame *frame_out, LsmIncoming *incoming_out, gboolean *eof_out,
		GError **error)
{
	gsize length;

	*incoming_out = (LsmIncoming){NULL};
	if (!read_length(fd, limit, &length, eof_out, error))
		return FALSE;
	if (length > LARGE)
		return read_large(fd, length, frame_out, incoming_out, error);
	if (!read_whole(fd, length, frame_out, error))
		return FALSE;
	incoming_out->bytes = g_steal_pointer(&frame_out->content);
	return TRUE;
}

gsize
lsm_incoming_length(const LsmIncoming *incoming)
{
	gsize first = incoming->bytes == NULL ? 0 : g_bytes_get_size(incoming->bytes);

	return first - incoming->taken + incoming->unread;
}

gboolean
lsm_incoming_read(LsmIncoming *incoming, guint8 *octets, gsize length, GError **error)
{
	gsize size = 0;
	const guint8 *first = incoming->bytes == NULL ? NULL : g_bytes_get_data(incoming->bytes, &size);
	gsize at_hand = MIN(size - incoming->taken, length), more = length - at_hand;

	g_assert(more <= incoming->unread);
	if (at_hand > 0)
		memcpy(octets, first + incoming->taken, at_hand);
	incoming->taken += at_hand;
	if (more == 0)
		return TRUE;
	incoming->unread -= more;
	if (receive_whole(incoming->fd, octets + at_hand, more, error) && read_end(incoming, error))
		return TRUE;
	incoming->unread = 0;
	return FALSE;
}

gboolean
lsm_incoming_take(LsmIncoming *incoming, GBytes **content_out, GError **error)
{
	gsize length = lsm_incoming_length(incoming);
	g_autofree guint8 *octets = NULL;

	*content_out = NULL;
	if (length == 0)
		return TRUE;
	if (incoming->taken == 0 && incoming->unread == 0) {
		*content_out = g_steal_pointer(&incoming->bytes);
		return TRUE;
	}
	octets = allocate(length, error);
	if (octets == NULL || !lsm_incoming_read(incoming, octets, length, error))
		return FALSE;
	*content_out = g_bytes_new_take(g_steal_pointer(&octets), length);
	return TRUE;
}

gboolean
lsm_incoming_skip(LsmIncoming *incoming, GError **error)
{
	guint8 octets[4096];
	gsize left;

	while ((left = lsm_incoming_length(incoming)) > 0) {
		if (!lsm_incoming_read(incoming, octets, MIN(left, sizeof octets), error))
			return FALSE;
	}
	return TRUE;
}

void
lsm_incoming_clear(LsmIncoming *incoming)
{
	g_clear_pointer(&incoming->bytes, g_bytes_unref);
	*incoming = (LsmIncoming){NULL};
}
