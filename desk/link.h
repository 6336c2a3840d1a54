/*
 * link.h - memory of replies: which statement answers which, and which took whose place (A29, A30, A55, A69).
 *
 * All run in the writer's transaction; each writes its event once, however often it is asked.
 */
#ifndef LSM_DESK_LINK_H
#define LSM_DESK_LINK_H

#include "desk/internal.h"

/* What people write for a statement -> its id: an id or its letters, a Message-ID with or without <>, a document
 * number behind its body's name. Several lines: the first that is found. ABSENT as well when an id's letters fit
 * several. text may be NULL. */
LsmFound lsm_link_find(LsmStoreTxn *txn, const char *text, char **id_out, GError **error);

/*
 * The statement has gone out or come in for good: the one that it answers hears of it. One that came in and
 * waits is closed by our answer (state "answered"); one of ours only gets the link. Nothing is done when the
 * parties of the two do not fit: a number alone must not close what somebody else asked.
 */
gboolean lsm_link_settled(LsmService *service, LsmStoreTxn *txn, const LsmCase *item, gint64 now,
			  GError **error);

/* A person said that `answer` answers `original`: noted at the answer, where it is not known yet. */
gboolean lsm_link_mark_answer(LsmService *service, LsmStoreTxn *txn, const char *answer, const char *original,
			      gint64 now, GError **error);

/* item takes the place of the statement that was named in its field Replaces, if that one is the same
 * sender's and still waits or was stopped. */
gboolean lsm_link_replace(LsmService *service, LsmStoreTxn *txn, const LsmCase *item, const char *replaces,
			  gint64 now, GError **error);

#endif
