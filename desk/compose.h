/*
 * compose.h - the mails we write, as bytes ready for SMTP.
 */
#ifndef LSM_DESK_COMPOSE_H
#define LSM_DESK_COMPOSE_H

#include <glib.h>

/* One attachment as itself. */
typedef struct {
	char *type;      /* "application/pdf"; what is none becomes application/octet-stream */
	char *file_name; /* or NULL */
	GBytes *bytes;   /* decoded */
} LsmComposedPart;

typedef struct {
	const char *from;      /* address of the desk */
	const char *from_name; /* "IETF liaison desk" */
	char *const *to;
	const char *subject;    /* one line, UTF-8 */
	const char *body;       /* UTF-8, LF line ends */
	const char *message_id; /* without <> */
	const char *case_id;    /* for Liaison-Record */
	const char *answers;    /* Message-ID without <> of the mail that this one answers; or NULL */
	gint64 date;            /* UNIX time */
	const GPtrArray *parts; /* of LsmComposedPart *, behind the body; or NULL */
	GBytes *attached;       /* last, a whole mail, attached as message/rfc822; or NULL */
} LsmComposition;

/*
 * The mail with CRLF line ends and Auto-Submitted: auto-generated, or auto-replied with In-Reply-To
 * and References (RFC 3834 section 3.1.5). Nothing in the strings can make
 * further header fields. New bytes; cannot fail.
 */
GBytes *lsm_compose_mail(const LsmComposition *composition);

#endif
