/*
 * session.h - one connection of the mail server, and the mail that passes on it now.
 *
 * Independent of libmilter: the adapters in callbacks.c translate. A connection costs this
 * struct and two short strings; everything else is made at MAIL and freed when the mail is
 * settled. One thread at a time uses a session (not always the same one).
 */
#ifndef LSM_MILTER_SESSION_H
#define LSM_MILTER_SESSION_H

#include "desk/decide.h"
#include "milter/thread.h"

typedef struct LsmSession LsmSession;

/* What the mail server is to do next. */
typedef enum {
	LSM_STEP_GO_ON, /* send what follows */
	LSM_STEP_SKIP,  /* spare the rest of the body; the end of the mail is wanted */
	LSM_STEP_ACCEPT /* done with this mail: it passes as it is; the session holds nothing of it any more
			 */
} LsmStep;

/*
 * client_name, client_address: as the mail server told, or NULL. by_command: the mail server runs
 * the session for its `sendmail` command (MTA.md section 2), so that nobody is connected.
 */
LsmSession *lsm_session_new(const char *client_name, const char *client_address, gboolean by_command);
void lsm_session_free(LsmSession *session);

/* From now on informal mail in the threads of statements is noticed and noted there. Borrowed; must outlive the
 * session. */
void lsm_session_follow(LsmSession *session, LsmThreads *threads);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmSession, lsm_session_free)

/*
 * MAIL: begins a mail, forgets the one before. settings: the mail is judged by this snapshot to its
 * end (own reference). sender: the argument, with or without <>. login: {auth_authen}, or NULL.
 */
void lsm_session_begin_mail(LsmSession *session, const LsmSettings *settings, const char *sender,
			    const char *login, const char *daemon_name);

/* The calls below do nothing (ACCEPT, NULL) when no mail was begun. */

/* argument: the exact octets of RCPT's first argument. */
void lsm_session_add_recipient(LsmSession *session, const char *argument);
/* value: raw, leading blank kept. */
void lsm_session_add_field(LsmSession *session, const char *name, const char *value);

/* Screening: most mail ends here. queue_id: or NULL. May ask the desk (list copies). */
LsmStep lsm_session_end_header(LsmSession *session, LsmDesk *desk, const char *queue_id);
LsmStep lsm_session_add_body(LsmSession *session, const void *chunk, gsize length);
/* Before the end of message, for a mail whose queue id was not known at the end of its header. NULL changes nothing. */
void lsm_session_set_queue_id(LsmSession *session, const char *queue_id);

/*
 * End of message: judges and records, writes the one log line of the verdict. now: microseconds
 * since 1970. The plan is the session's and lives until lsm_session_reset().
 */
const LsmPlan *lsm_session_end_mail(LsmSession *session, LsmDesk *desk, gint64 now);

/* After lsm_session_end_mail: what lsm_desk_taken and lsm_desk_not_applied want; NULL when nothing waits. */
const char *lsm_session_ticket(const LsmSession *session);
const char *lsm_session_queue_id(const LsmSession *session);

/* The plan of lsm_session_end_mail was carried out. now: as there. */
void lsm_session_passed(LsmSession *session, gint64 now);

/* The mail is settled, aborted or overtaken: forgets it, keeps the connection. */
void lsm_session_reset(LsmSession *session);

#endif
