/*
 * attachment.c - see attachment.h. Owns nothing; thread-safe; never fails.
 */
#include "rules/attachment.h"

#include <string.h>

/* The reader's words. To add one: a row. */
static const struct {
	const char *status;
	gboolean is_whole;
	const char *reason;
} statuses[] = {
	{"text", TRUE, "read"},
	{"empty", TRUE, "read, no text in it"},
	{"scanned", FALSE, "pictures of pages only"},
	{"encrypted", FALSE, "protected by a password"},
	{"limit", FALSE, "too large, too many, or too slow to be read as a whole"},
	{"unreadable", FALSE, "damaged, or of a kind that is not read"},
};

static gsize
find_status(const LsmAttachmentText *text)
{
	gsize i = 0;

	/* What nobody knows is like the last row. */
	while (i + 1 < G_N_ELEMENTS(statuses) && strcmp(statuses[i].status, text->status) != 0)
		i++;
	return i;
}

gboolean
lsm_attachment_text_is_whole(const LsmAttachmentText *text)
{
	return statuses[find_status(text)].is_whole;
}

const char *
lsm_attachment_text_reason(const LsmAttachmentText *text)
{
	return statuses[find_status(text)].reason;
}

gboolean
lsm_attachment_is_mail(const LsmAttachment *attachment)
{
	gsize length = attachment->file_name != NULL ? strlen(attachment->file_name) : 0;

	return attachment->is_message ||
	       (length > 4 && g_ascii_strcasecmp(attachment->file_name + length - 4, ".eml") == 0);
}

LsmAttachmentText *
lsm_attachment_text_new(const char *name, const char *type, const char *status, const char *text,
			gsize text_length)
{
	LsmAttachmentText *fresh = g_new0(LsmAttachmentText, 1);

	fresh->name = g_utf8_make_valid(name, -1);
	fresh->type = g_utf8_make_valid(type, -1);
	fresh->status = g_utf8_make_valid(status, -1);
	fresh->text = g_utf8_make_valid(text, (gssize)text_length);
	return fresh;
}

void
lsm_attachment_text_free(LsmAttachmentText *text)
{
	if (text == NULL)
		return;
	g_free(text->name);
	g_free(text->type);
	g_free(text->status);
	g_free(text->text);
	lsm_message_free(text->mail);
	g_free(text);
}
