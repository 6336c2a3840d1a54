/*
 * desk_mail.h - mail to the desk's addresses, as the desk takes it: answers, bounces of releases, and what
 * must have no effect.
 */
#ifndef LSM_DESK_DESK_MAIL_H
#define LSM_DESK_DESK_MAIL_H

#include "desk/service.h"

/*
 * The operation "answer": args as hand_in.c makes them. Checked in this order, the first that holds ends it:
 * the same mail before; a bounce of a release; written by a program (RFC 3834: recorded, never answered);
 * about no statement of ours; nobody proved who wrote it; a question for help; nothing clear in its first
 * line; a step that wants a good token and has none. What is left is taken as a step (act.h), in whose
 * transaction the token is spent. taken_out: see lsm_desk_answer. FALSE with error: the record is out of
 * order, nothing was done.
 */
gboolean lsm_desk_mail_take(LsmService *service, JsonObject *args, gboolean *taken_out, GError **error);

#endif
