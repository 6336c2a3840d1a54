/*
 * check_answer.h - the desk's side of a mail that tried a statement: its answer goes into the outbox.
 */
#ifndef LSM_DESK_CHECK_ANSWER_H
#define LSM_DESK_CHECK_ANSWER_H

#include "desk/service.h"

/*
 * The operation "check-answer": args {"to","message_id","values":{...}} as check_mail.c makes them. In one
 * transaction the mail (text check-answer) is put; the same Message-ID to the same address again is answered
 * once. sent_out: FALSE when this address had LSM_CHECK_MOST answers within the hour (RFC 3834 section 2:
 * limits).
 */
gboolean lsm_check_answer_put(LsmService *service, JsonObject *args, gboolean *sent_out, GError **error);

#define LSM_CHECK_MOST 20

#endif
