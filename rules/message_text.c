/*
 * message_text.c - which of a mail's texts is the mail's own: plain before HTML, and the one with our block
 * before the others.
 *
 * Knows no GMime. Owns the texts from the walk over the parts until one is chosen. Uses the HTML reader and
 * the labelled form's opening line. Thread-safe; never fails.
 */
#include "rules/message_text.h"

#include <string.h>

#include "rules/charset.h"
#include "rules/format.h"
#include "rules/html.h"

#define MAX_LATER_TEXTS 8
#define MAX_PARAMETERS 8

/* RFC 2046 section 4.1: an unknown kind of text is read as plain. These are what people write mail in. */
static const char *const plain_types[] = {"text/plain", "text/markdown", "text/x-markdown", "text/enriched",
					  NULL};

gboolean
lsm_message_texts_is_plain(const char *type)
{
	return g_strv_contains(plain_types, type);
}

gboolean
lsm_message_texts_is_sealed(const char *type)
{
	return strcmp(type, "multipart/encrypted") == 0 || strcmp(type, "application/pkcs7-mime") == 0 ||
	       strcmp(type, "application/x-pkcs7-mime") == 0;
}

/* --- a mail that is one text --- */

static gboolean
is_token(const char *text)
{
	gsize length = strspn(text, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_.");

	return length > 0 && text[length] == '\0';
}

/* "charset=utf-8", "format=flowed", "charset=\"utf-8\"": nothing that is encoded or split. */
static gboolean
is_plain_parameter(char *parameter, gboolean *has_charset)
{
	char *value = strchr(g_strstrip(parameter), '=');
	gsize length = value != NULL ? strlen(++value) : 0;

	if (length == 0)
		return FALSE;
	value[-1] = '\0';
	if (length > 2 && value[0] == '"' && value[length - 1] == '"') {
		value[length - 1] = '\0';
		value++;
	}
	if (!is_token(parameter) || !is_token(value))
		return FALSE;
	if (g_ascii_strcasecmp(parameter, "charset") != 0)
		return TRUE;
	if (*has_charset)
		return FALSE;
	*has_charset = TRUE;
	return lsm_charset_is_ascii_superset(value);
}

static gboolean
is_plain_type(const char *field)
{
	g_auto(GStrv) pieces = g_strsplit(field, ";", MAX_PARAMETERS);
	gboolean has_charset = FALSE;

	if (pieces[0] == NULL || g_ascii_strcasecmp(g_strstrip(pieces[0]), "text/plain") != 0)
		return FALSE;
	for (guint i = 1; pieces[i] != NULL; i++)
		if (!is_plain_parameter(pieces[i], &has_charset))
			return FALSE;
	return TRUE;
}

static gboolean
is_plain_encoding(const char *field)
{
	return g_ascii_strcasecmp(field, "7bit") == 0 || g_ascii_strcasecmp(field, "8bit") == 0;
}

/* Every field has a name that no parser doubts, and those that say how the body is to be read say: as it is.
 */
static gboolean
has_plain_header(const LsmMessage *message)
{
	guint types = 0, encodings = 0;

	for (guint i = 0; i < message->headers->len; i++) {
		const LsmHeaderField *field = g_ptr_array_index(message->headers, i);

		if (!is_token(field->name))
			return FALSE;
		if (g_ascii_strncasecmp(field->name, "Content-", strlen("Content-")) != 0)
			continue;
		if (g_ascii_strcasecmp(field->name, "Content-Type") == 0 &&
		    (types++ > 0 || !is_plain_type(field->raw)))
			return FALSE;
		if (g_ascii_strcasecmp(field->name, "Content-Transfer-Encoding") == 0 &&
		    (encodings++ > 0 || !is_plain_encoding(field->raw)))
			return FALSE;
	}
	return message->headers->len > 0;
}

gboolean
lsm_message_texts_take_plain(LsmMessageTexts *texts, const LsmMessage *message, const GByteArray *octets)
{
	const char *body = (const char *)octets->data + message->body_offset;
	gsize length = octets->len - message->body_offset;

	if (length == 0 || length > LSM_MESSAGE_TEXT_MAX || message->parse_limit < octets->len ||
	    !has_plain_header(message) || !g_utf8_validate(body, (gssize)length, NULL))
		return FALSE;
	texts->plain = g_strndup(body, length);
	return TRUE;
}

/* --- which text --- */

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
