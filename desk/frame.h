/*
 * frame.h - what goes over the desk's socket: length-prefixed GVariants.
 *
 * A frame is 4 octets of length (big-endian) and a GVariant "(ssay)": for a request the operation, its
 * arguments as JSON, a mail's bytes; for an answer "ok" or "error:N", the answer as JSON or the error's text,
 * nothing.
 */
#ifndef LSM_DESK_FRAME_H
#define LSM_DESK_FRAME_H

#include <glib.h>

typedef struct {
	char *word;
	char *text;
	GBytes *content; /* NULL when empty */
} LsmFrame;

void lsm_frame_clear(LsmFrame *frame);

/* Blocks, bounded by the socket's own time-outs. TEMPORARY when the peer is gone or too slow, INPUT on
 * nonsense. */
gboolean lsm_frame_write(int fd, const char *word, const char *text, GBytes *content, GError **error);
/* eof_out (may be NULL): TRUE when the peer closed between frames; then FALSE without error. limit: octets.
 */
gboolean lsm_frame_read(int fd, gsize limit, LsmFrame *frame_out, gboolean *eof_out, GError **error);

/* A content on its way: what of it was not taken yet. All zero but for bytes: it is all there. */
typedef struct LsmIncoming {
	GBytes *bytes; /* its first octets, or NULL; owned */
	gsize taken;   /* of those */
	gsize unread;  /* octets behind them, which are to be read from fd */
	int fd;
	guint8 end[8]; /* what stands behind the content, */
	gsize end_size, end_read;
} LsmIncoming;

/* As lsm_frame_read, but of a large frame only word and text are read. The content is the caller's to take, or to
 * skip, before the next frame; after an error nothing can be read any more. */
gboolean lsm_frame_begin(int fd, gsize limit, LsmFrame *frame_out, LsmIncoming *incoming_out, gboolean *eof_out,
			 GError **error);

gsize lsm_incoming_length(const LsmIncoming *incoming);
/* The next octets, as many as length, which must be there. */
gboolean lsm_incoming_read(LsmIncoming *incoming, guint8 *octets, gsize length, GError **error);
/* All of it that is left; *content_out is NULL where there is none. */
gboolean lsm_incoming_take(LsmIncoming *incoming, GBytes **content_out, GError **error);
gboolean lsm_incoming_skip(LsmIncoming *incoming, GError **error);
void lsm_incoming_clear(LsmIncoming *incoming);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LsmIncoming, lsm_incoming_clear)

#endif
