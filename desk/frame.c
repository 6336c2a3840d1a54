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
unpack(gpointer data, gsize length, LsmFrame *frame_out, GError **error)
{
	g_autoptr(GBytes) bytes = g_bytes_new_take(data, length);
	g_autoptr(GVariant) frame =
		g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(frame_type), bytes, FALSE));
	g_autoptr(GVariant) content = NULL;

	if (!is_whole(frame)) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT, "a frame that is none");
		return FALSE;
	}
	g_variant_get(frame, "(ss@ay)", &frame_out->word, &frame_out->text, &content);
	frame_out->content = g_variant_get_size(content) == 0 ? NULL : g_variant_get_data_as_bytes(content);
	return TRUE;
}

gboolean
lsm_frame_read(int fd, gsize limit, LsmFrame *frame_out, gboolean *eof_out, GError **error)
{
	guint32 prefix;
	gsize length;
	g_autofree char *data = NULL;
	gssize got = receive_all(fd, &prefix, sizeof prefix, error);

	if (eof_out != NULL)
		*eof_out = got == 0;
	if (got < 0 || (got == 0 && eof_out != NULL))
		return FALSE;
	length = GUINT32_FROM_BE(prefix);
	if (got == sizeof prefix && length <= limit) {
		data = g_try_malloc(length == 0 ? 1 : length);
		if (data == NULL) {
			g_set_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY,
				    "no memory for a frame of %" G_GSIZE_FORMAT " octets", length);
			return FALSE;
		}
		if ((got = receive_all(fd, data, length, error)) < 0)
			return FALSE;
		if ((gsize)got == length)
			return unpack(g_steal_pointer(&data), length, frame_out, error);
		g_set_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY, "the desk closed the connection");
		return FALSE;
	}
	g_set_error(error, LSM_ERROR, got == sizeof prefix ? LSM_ERROR_INPUT : LSM_ERROR_TEMPORARY,
		    got == sizeof prefix ? "a frame that is too long" : "the desk closed the connection");
	return FALSE;
}
