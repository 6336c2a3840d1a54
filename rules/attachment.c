/*
 * attachment.c - see attachment.h. Owns nothing; thread-safe; never fails.
 */
#include "rules/attachment.h"

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
	g_free(text);
}
