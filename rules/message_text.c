/*
 * message_text.c - which of a mail's texts is the mail's own: plain before HTML, and the one with our block
 * before the others.
 *
 * Knows no GMime. Owns the texts from the walk over the parts until one is chosen. Uses the HTML reader and
 * the labelled form's opening line. Thread-safe; never fails.
 */
#include "rules/message_text.h"

#include <string.h>

#include "rules/format.h"
#include "rules/html.h"

#define MAX_LATER_TEXTS 8

/* RFC 2046 section 4.1: an unknown kind of text is read as plain. These are what people write mail in. */
static const char *const plain_types[] = {"text/plain", "text/markdown", "text/x-markdown", "text/enriched",
					  NULL};

gboolean
lsm_message_texts_is_plain(const char *type)
{
	return g_strv_contains(plain_types, type);
}

gboolean
lsm_message_texts_want(LsmMessageTexts *texts)
{
	return texts->block == NULL && texts->later++ < MAX_LATER_TEXTS;
}

void
lsm_message_texts_look(LsmMessageTexts *texts, const char *text, gboolean is_html)
{
	g_autofree char *plain = is_html ? lsm_html_to_text(text, strlen(text)) : g_strdup(text);

	if (texts->block == NULL && lsm_format_has_opening(plain))
		texts->block = g_steal_pointer(&plain);
}

static gboolean
is_empty_text(const char *text)
{
	return text == NULL || text[strspn(text, " \t\r\n")] == '\0';
}

static void
replace(char **text, char **by)
{
	g_free(*text);
	*text = g_steal_pointer(by);
}

/* A robot's note or a stub "your reader shows no HTML" may stand above our block, which the addressee sees
 * all the same. A text that quotes the block stays the mail's text: its HTML twin quotes it, too. */
static void
prefer_block(LsmMessageTexts *texts, LsmMessage *message)
{
	g_autofree char *html = NULL;

	if (lsm_format_has_opening(message->text))
		return;
	if (!message->text_was_html && texts->html != NULL)
		html = lsm_html_to_text(texts->html, strlen(texts->html));
	if (html != NULL && lsm_format_has_opening(html)) {
		message->text_was_html = TRUE;
		replace(&message->text, &html);
	} else if (texts->block != NULL) {
		replace(&message->text, &texts->block);
	}
}

void
lsm_message_texts_choose(LsmMessageTexts *texts, LsmMessage *message)
{
	if (is_empty_text(texts->plain) && texts->html != NULL) {
		message->text = lsm_html_to_text(texts->html, strlen(texts->html));
		message->text_was_html = TRUE;
	} else {
		message->text = texts->plain != NULL ? g_steal_pointer(&texts->plain) : g_strdup("");
	}
	prefer_block(texts, message);
	lsm_message_texts_clear(texts);
}

void
lsm_message_texts_clear(LsmMessageTexts *texts)
{
	g_clear_pointer(&texts->plain, g_free);
	g_clear_pointer(&texts->html, g_free);
	g_clear_pointer(&texts->block, g_free);
}
