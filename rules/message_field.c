/*
 * message_field.c - a mail as plain data: look-ups in its header, message ids, attachments, and freeing.
 *
 * Knows no GMime. Owns nothing but what lsm_message_free frees; thread-safe; never fails.
 */
#include <string.h>

#include "rules/message.h"
#include "rules/text.h"

#define MAX_REFERENCES 100
#define MAX_NAME 500

void
lsm_message_take_headers(LsmMessage *message, const LsmCollector *collector)
{
	const char *subject;

	for (guint i = 0; i < collector->fields->len; i++) {
		const LsmRawField *raw = g_ptr_array_index(collector->fields, i);
		LsmHeaderField *field = g_new0(LsmHeaderField, 1);

		field->name = g_utf8_make_valid(raw->name, -1);
		field->raw = lsm_message_unfold(raw->value);
		field->decoded = lsm_message_decode_field(field->raw);
		g_ptr_array_add(message->headers, field);
	}
	subject = lsm_message_header(message, "Subject", 0);
	message->subject = g_strdup(subject != NULL ? subject : "");
	message->message_id = lsm_message_read_id(lsm_message_raw_header(message, "Message-ID", 0));
	message->in_reply_to = lsm_message_read_id(lsm_message_raw_header(message, "In-Reply-To", 0));
	message->references = lsm_message_read_ids(lsm_message_raw_header(message, "References", 0));
	message->list_id = lsm_message_read_id(lsm_message_raw_header(message, "List-Id", 0));
}

static const LsmHeaderField *
find_field(const LsmMessage *message, const char *name, guint n)
{
	for (guint i = 0; i < message->headers->len; i++) {
		const LsmHeaderField *field = g_ptr_array_index(message->headers, i);

		if (g_ascii_strcasecmp(field->name, name) == 0 && n-- == 0)
			return field;
	}
	return NULL;
}

const char *
lsm_message_raw_header(const LsmMessage *message, const char *name, guint n)
{
	const LsmHeaderField *field = find_field(message, name, n);

	return field != NULL ? field->raw : NULL;
}

const char *
lsm_message_header(const LsmMessage *message, const char *name, guint n)
{
	const LsmHeaderField *field = find_field(message, name, n);

	return field != NULL ? field->decoded : NULL;
}

guint
lsm_message_header_count(const LsmMessage *message, const char *name)
{
	guint count = 0;

	for (guint i = 0; i < message->headers->len; i++) {
		const LsmHeaderField *field = g_ptr_array_index(message->headers, i);

		count += g_ascii_strcasecmp(field->name, name) == 0 ? 1 : 0;
	}
	return count;
}

/* What stands between the next "<" and ">", without blanks; NULL when nothing does. *cursor moves behind it.
 */
static char *
next_bracketed(const char **cursor)
{
	const char *open = strchr(*cursor, '<');
	const char *close = open != NULL ? strchr(open, '>') : NULL;
	g_autofree char *inner = NULL;

	if (close == NULL)
		return NULL;
	*cursor = close + 1;
	inner = g_strndup(open + 1, (gsize)(close - open - 1));
	return g_utf8_make_valid(g_strstrip(inner), -1);
}

char *
lsm_message_unfold(const char *value)
{
	char *raw = g_strdup(value);
	char *to = raw + strcspn(raw, "\r\n");

	for (const char *from = to; *from != '\0';) {
		gsize length;

		from += strspn(from, "\r\n");
		length = strcspn(from, "\r\n");
		memmove(to, from, length);
		to += length;
		from += length;
	}
	*to = '\0';
	return g_strstrip(raw);
}

/* Message-IDs without brackets exist in the wild; anything with a blank is not one. */
char *
lsm_message_read_id(const char *raw)
{
	const char *cursor = raw;
	char *id = raw != NULL ? next_bracketed(&cursor) : NULL;

	if (id == NULL && raw != NULL && *raw != '\0' && strpbrk(raw, " \t<>") == NULL)
		id = g_utf8_make_valid(raw, -1);
	return id;
}

char **
lsm_message_read_ids(const char *raw)
{
	GPtrArray *ids = g_ptr_array_new();
	char *id;

	while (raw != NULL && ids->len < MAX_REFERENCES && (id = next_bracketed(&raw)) != NULL)
		g_ptr_array_add(ids, id);
	g_ptr_array_add(ids, NULL);
	return (char **)g_ptr_array_free(ids, FALSE);
}

const char *
lsm_message_from_address(const LsmMessage *message)
{
	return message->from->len > 0 ? ((const LsmAddress *)g_ptr_array_index(message->from, 0))->address
				      : "";
}

void
lsm_message_header_field_free(gpointer data)
{
	LsmHeaderField *field = data;

	g_free(field->name);
	g_free(field->raw);
	g_free(field->decoded);
	g_free(field);
}

void
lsm_message_address_free(gpointer data)
{
	LsmAddress *address = data;

	g_free(address->name);
	g_free(address->address);
	g_free(address);
}

LsmAttachment *
lsm_message_attachment_add(LsmMessage *message, const char *type, const char *file_name)
{
	LsmAttachment *attachment = g_new0(LsmAttachment, 1);

	attachment->declared_type = lsm_text_one_line(type, -1, MAX_NAME);
	if (file_name != NULL) {
		g_autofree char *valid = g_utf8_make_valid(file_name, -1);

		attachment->file_name = lsm_text_one_line(valid, -1, MAX_NAME);
	}
	g_ptr_array_add(message->attachments, attachment);
	return attachment;
}

static gboolean
take_into_memory(const guint8 *octets, gsize length, gpointer memory)
{
	g_byte_array_append(memory, octets, (guint)length);
	return TRUE;
}

GBytes *
lsm_message_attachment_bytes(const LsmMessage *message, guint i)
{
	g_autoptr(GByteArray) octets = g_byte_array_new();

	if (!lsm_message_attachment_give(message, i, take_into_memory, octets))
		return NULL;
	return g_byte_array_free_to_bytes(g_steal_pointer(&octets));
}

void
lsm_message_attachment_free(gpointer data)
{
	LsmAttachment *attachment = data;

	g_free(attachment->file_name);
	g_free(attachment->declared_type);
	g_free(attachment);
}

void
lsm_message_free(LsmMessage *message)
{
	if (message == NULL)
		return;
	g_ptr_array_unref(message->headers);
	g_ptr_array_unref(message->from);
	g_ptr_array_unref(message->to);
	g_ptr_array_unref(message->cc);
	g_ptr_array_unref(message->reply_to);
	g_ptr_array_unref(message->attachments);
	g_strfreev(message->references);
	g_free(message->sender_field);
	g_free(message->subject);
	g_free(message->message_id);
	g_free(message->in_reply_to);
	g_free(message->list_id);
	g_free(message->content_type);
	g_free(message->text);
	g_bytes_unref(message->bytes);
	g_free(message);
}

#define MAX_COLONS 500

gboolean
lsm_message_may_parse_addresses(const char *raw)
{
	guint colons = 0;

	for (; *raw != '\0' && colons <= MAX_COLONS; raw++)
		colons += *raw == ':' ? 1 : 0;
	return colons <= MAX_COLONS;
}
