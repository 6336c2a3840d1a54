/*
 * message.h - a read-only view of one mail, as plain data, made under caps.
 *
 * The only place of the rules that knows GMime. Parsing never fails: what cannot be read is
 * missing, and `truncated` or `unreadable` says so. All strings are valid UTF-8 unless named raw.
 */
#ifndef LSM_RULES_MESSAGE_H
#define LSM_RULES_MESSAGE_H

#include "rules/collect.h"

typedef struct {
	char *name;    /* as written */
	char *raw;     /* unfolded octets */
	char *decoded; /* RFC 2047 decoded, unfolded, trimmed */
} LsmHeaderField;

typedef struct {
	char *name;    /* display name, or NULL */
	char *address; /* local@domain */
} LsmAddress;

typedef struct {
	char *file_name;     /* decoded; NULL when none */
	char *declared_type; /* "application/pdf" */
	const char *real_type; /* by its first octets (magic.h); NULL when they do not tell */
	gsize size;          /* decoded octets */
	char sha256[65];     /* hex, over the decoded octets; message/rfc822: over its fields and its decoded
				parts */
	gboolean is_message; /* message/rfc822 */
} LsmAttachment;

typedef struct {
	GPtrArray *headers;                   /* of LsmHeaderField *, top to bottom */
	GPtrArray *from, *to, *cc, *reply_to; /* of LsmAddress * */
	char *sender_field;                   /* address of Sender:, or NULL */
	char *subject;                        /* decoded; "" when absent */
	char *message_id;                     /* without <>; NULL when absent */
	char *in_reply_to;                    /* first id, without <>; NULL */
	char **references;                    /* ids without <>, at most 100 */
	char *list_id;                        /* what stands in List-Id's <>; NULL */
	char *content_type;                   /* of the top: "text/plain" */
	char *text; /* first readable text of the mail itself (plain, else HTML made plain), or the one in which
		       our block's opening line stands; "" when none */
	gboolean text_was_html;
	GPtrArray *attachments; /* of LsmAttachment *; an unnamed text part behind the first (a list's footer)
				   is none */
	gboolean truncated;     /* over a cap */
	gboolean unreadable; /* a part could not be decoded: unknown charset, encrypted, broken multipart */
	gint64 date;         /* of Date:, UNIX time, 0 when none */
	GBytes *bytes;       /* the whole mail as collected */
	gsize body_offset;   /* in bytes: where the body begins */
	gsize parse_limit;   /* in bytes: what is behind was not parsed */
	int max_parts, max_depth; /* the caps that it was parsed under */
	char identity[65]; /* digest: From, To, Cc, Subject, In-Reply-To, References, Content-*, body (DESIGN
			      section 2) */
	char content[65];  /* SHA-256 over everything below the Received and Return-Path fields */
} LsmMessage;

/*
 * Takes the collector's bytes (its buffer is empty afterwards; its fields stay). Threads may call it at the
 * same time. Attachments are hashed as they are decoded and never held; text is read up to 1 MiB. An octet
 * that is not UTF-8 becomes U+FFFD, a NUL is dropped.
 */
LsmMessage *lsm_message_parse(LsmCollector *collector, const LsmSettings *settings);
/* The same to show what is in it: identity and content, which cost as much as all the rest, stay "". */
LsmMessage *lsm_message_take_apart(LsmCollector *collector, const LsmSettings *settings);
void lsm_message_free(LsmMessage *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmMessage, lsm_message_free)

/* Decoded value of the first (or n-th, from 0) field of that name, any case; NULL when absent. */
const char *lsm_message_header(const LsmMessage *message, const char *name, guint n);
/* The same, as octets: unfolded, trimmed, nothing decoded. */
const char *lsm_message_raw_header(const LsmMessage *message, const char *name, guint n);
guint lsm_message_header_count(const LsmMessage *message, const char *name);
const char *lsm_message_from_address(const LsmMessage *message); /* first From address, or "" */

/* The decoded octets of attachment i (of its first 32 MiB as sent), by parsing the mail once more: the same
 * walk finds the same attachments. NULL for a message/rfc822, and for an i that is none. Unref it. */
GBytes *lsm_message_attachment_bytes(const LsmMessage *message, guint i);

/* Takes decoded octets, a piece at a time; FALSE: no more of them. */
typedef gboolean (*LsmMessageTaker)(const guint8 *octets, gsize length, gpointer data);
/* The same octets, never held as a whole. FALSE: there are none, as above, or not all were taken. */
gboolean lsm_message_attachment_give(const LsmMessage *message, guint i, LsmMessageTaker take, gpointer data);

/* The mail that attachment i is (a message/rfc822, or a file of type .eml), read under the same caps; NULL when
 * it has no octets. New; what is no mail comes out as one without a header. */
LsmMessage *lsm_message_attached(const LsmMessage *message, guint i, const LsmSettings *settings);

/* The octets that `content` is the digest of: the mail without its Received and Return-Path fields. New. */
GBytes *lsm_message_content(const LsmMessage *message);

/* A raw field value -> RFC 2047 decoded, unfolded, trimmed, UTF-8; caller frees. */
char *lsm_message_decode_field(const char *raw);
/* RFC 5322 section 2.2.3: unfolding removes the line ends and keeps the blanks behind them. Trimmed; caller
 * frees. */
char *lsm_message_unfold(const char *raw);

/* What stands in the <> of a raw Message-ID, In-Reply-To or List-Id; NULL when there is nothing. Caller
 * frees. */
char *lsm_message_read_id(const char *raw);
/* The ids of a raw References, at most 100; an empty list for NULL. Caller frees. */
char **lsm_message_read_ids(const char *raw);

/* The header's fields, and what is read from them without taking addresses apart; called by lsm_message_take_apart. */
void lsm_message_take_headers(LsmMessage *message, const LsmCollector *collector);

/* One more, of which nothing else is known yet; the message's. file_name: as sent, or NULL. */
LsmAttachment *lsm_message_attachment_add(LsmMessage *message, const char *type, const char *file_name);

/* Free functions of the view's arrays. */
void lsm_message_header_field_free(gpointer field);
void lsm_message_address_free(gpointer address);
void lsm_message_attachment_free(gpointer attachment);

/*
 * SHA-256 (hex) over parties, normalised text and attachment hashes: equal for copies that a list
 * re-injected (subject tag, list footer, quoting, white space removed). parties: from/to names as read.
 */
char *lsm_message_text_digest(const LsmMessage *message, char *const *from, char *const *to);

/* GMime's parser of addresses calls itself for each open group: "a:a:a:..." without end would use up the stack. */
gboolean lsm_message_may_parse_addresses(const char *raw);

#endif
