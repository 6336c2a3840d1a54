/*
 * frame.c - see frame.h. Never trusts a length or a variant: both ends are checked before use.
 */
#include "desk/frame.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
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

static gboolean
send_all(int fd, const void *data, gsize length, GError **error)
{
	const char *p = data;

	while (length > 0) {
		ssize_t n = send(fd, p, length, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			g_set_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY, "writing to the desk's socket: %s",
				    g_strerror(errno));
			return FALSE;
		}
		p += n;
		length -= (gsize)n;
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

gboolean
lsm_frame_write(int fd, const char *word, const char *text, GBytes *content, GError **error)
{
	g_autoptr(GVariant) frame = NULL;
	gconstpointer bytes = content == NULL ? "" : g_bytes_get_data(content, NULL);
	gsize size = content == NULL ? 0 : g_bytes_get_size(content);
	guint32 prefix;
	gsize length;

	if (!g_utf8_validate(word, -1, NULL) || !g_utf8_validate(text, -1, NULL)) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT, "a frame's text is not UTF-8");
		return FALSE;
	}
	frame = g_variant_ref_sink(g_variant_new(
		"(ss@ay)", word, text,
		g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, size == 0 ? "" : bytes, size, 1)));
	length = g_variant_get_size(frame);
	if (length > G_MAXUINT32) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT, "a frame of %" G_GSIZE_FORMAT " octets",
			    length);
		return FALSE;
	}
	prefix = GUINT32_TO_BE((guint32)length);
	return send_all(fd, &prefix, sizeof prefix, error) &&
	       send_all(fd, g_variant_get_data(frame), length, error);
}

/* What GVariant writes behind the members of a frame of that size: where the two texts end. */
static gsize
offsets_size(gsize length)
{
	return 2 * (length <= G_MAXUINT8 ? 1 : length <= G_MAXUINT16 ? 2 : 4);
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
