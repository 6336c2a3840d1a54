/*
 * reader.h - what the attachments of a mail say: each is given to liaison-extract, and its answer taken.
 */
#ifndef LSM_DESK_READER_H
#define LSM_DESK_READER_H

#include "rules/attachment.h"
#include "rules/message.h"

#define LSM_READER_SECONDS 10 /* for all attachments of a mail together */
#define LSM_READER_MAX_DOCUMENTS                                                                             \
	8 /* attachments of a mail that are read; what is behind them has the status limit */

/*
 * New array of LsmAttachmentText *, with its free function: in the mail's order, one for each attachment that
 * may be a document or a mail (not for pictures, sound, signatures and calendars), behind an archive's one
 * for each of its members, and behind a mail's one for each of its attachments (down to a mail in a mail).
 * Never NULL; empty when the setting extractor is. Cannot fail: an attachment whose reader could not be
 * started, died or answered nonsense is "unreadable", and one that was killed because the time was up, or not
 * begun for that reason, is "limit". Threads may call it at the same time; it waits for the reader.
 */
GPtrArray *lsm_reader_read(const LsmSettings *settings, const LsmMessage *message);
/* The same with a point of g_get_monotonic_time() at which the time is up. */
GPtrArray *lsm_reader_read_until(const LsmSettings *settings, const LsmMessage *message, gint64 deadline);

/* The program's path: what the setting extractor says; a tool that was built and not installed finds it
 * beside itself. Whether it is there is not said. Caller frees. */
char *lsm_reader_find(const LsmSettings *settings);

#endif
