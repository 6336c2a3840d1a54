/*
 * attachment.h - what an attachment says, as plain data for the rules; who read it is no matter here.
 */
#ifndef LSM_RULES_ATTACHMENT_H
#define LSM_RULES_ATTACHMENT_H

#include "rules/message.h"

/* No text is ever NULL; all valid UTF-8. */
typedef struct {
	char *name;   /* file name, behind it the path in an archive: "LS.zip/LS.docx"; "" when it has none */
	char *type;   /* the real one, by its octets: "application/pdf"; the declared one when that is unknown
		       */
	char *status; /* text, empty, scanned, unreadable, encrypted or limit (over a bound: text is its
			 beginning) */
	char *text;   /* lines; a table's row is "label<TAB>value"; "" when there is none */
	guint part;   /* of which of the mail's attachments, from 0 */
	gboolean is_inside; /* it stands in an archive or an attached mail */
	LsmMessage *mail;   /* an attached mail as such; its text is `text`; NULL for all others */
} LsmAttachmentText;

/* Copies what it is given; text_length octets of text are made valid UTF-8. */
LsmAttachmentText *lsm_attachment_text_new(const char *name, const char *type, const char *status,
					   const char *text, gsize text_length);
/* FALSE when it says less than stands in it: unreadable, encrypted, scanned, over a bound. */
gboolean lsm_attachment_text_is_whole(const LsmAttachmentText *text);
/* How reading went, for people: "read", "protected by a password". Static. */
const char *lsm_attachment_text_reason(const LsmAttachmentText *text);
/* Is a mail's attachment a mail itself: message/rfc822, or a file called .eml? */
gboolean lsm_attachment_is_mail(const LsmAttachment *attachment);
void lsm_attachment_text_free(LsmAttachmentText *text);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmAttachmentText, lsm_attachment_text_free)

#endif
