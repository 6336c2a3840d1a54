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

#endif
