/*
 * compose.c - composes our mails with GMime. Together with rules/message.c the only place that knows it.
 *
 * Owns nothing, any thread. Only freshly made objects are written: parsed ones are never edited.
 */
#include "desk/compose.h"

#include <gmime/gmime.h>
#include <string.h>

#include "rules/text.h"

#define MAX_FIELD 500 /* octets of one string in the header */

static void
initialise(void)
{
	static gsize done;

	if (g_once_init_enter(&done)) {
		g_mime_init();
		g_once_init_leave(&done, 1);
	}
}

/* One line of valid UTF-8: whatever the strings hold, they cannot make further header fields. */
static char *
clean(const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);

	return lsm_text_one_line(valid, -1, MAX_FIELD);
}

static gboolean
is_ascii(const char *text)
{
	for (; *text != '\0'; text++)
		if ((guchar)*text >= 0x80)
			return FALSE;
	return TRUE;
}

/* What GMime would make of it, which asks of each character which charsets of the world have it. */
static void
set_ascii(GMimePart *part, const char *body)
{
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(body, strlen(body));
	GMimeDataWrapper *content =
		g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);

	g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "charset", "us-ascii");
	g_mime_part_set_content(part, content);
	g_object_unref(content);
	g_object_unref(stream);
}

static GMimeObject *
text_part(const char *body)
{
	GMimeTextPart *part = g_mime_text_part_new_with_subtype("plain");

	if (is_ascii(body)) {
		set_ascii(GMIME_PART(part), body);
	} else {
		g_mime_text_part_set_charset(part, "utf-8");
		g_mime_text_part_set_text(part, body);
	}
	/* Quoted-printable only where a line needs it: most of our texts stay readable as they are. */
	g_mime_part_set_content_encoding(
		GMIME_PART(part),
		g_mime_part_get_best_content_encoding(GMIME_PART(part), GMIME_ENCODING_CONSTRAINT_7BIT));
	return GMIME_OBJECT(part);
}

/* The original goes as the bytes that it is, never parsed and rewritten (RFC 2046 5.2.1: 7bit, 8bit or
 * binary). */
static GMimeObject *
attached_mail(GBytes *mail)
{
	GMimePart *part = g_mime_part_new_with_type("message", "rfc822");
	GMimeStream *stream =
		g_mime_stream_mem_new_with_buffer(g_bytes_get_data(mail, NULL), g_bytes_get_size(mail));
	GMimeDataWrapper *content = g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_8BIT);

	g_mime_part_set_content(part, content);
	g_mime_part_set_content_encoding(part, GMIME_CONTENT_ENCODING_8BIT);
	g_mime_part_set_filename(part, "statement.eml");
	g_object_unref(content);
	g_object_unref(stream);
	return GMIME_OBJECT(part);
}

/* "application/pdf" and nothing else: a type comes from a stranger's mail. */
static gboolean
is_type(const char *text)
{
	const char *slash = strchr(text, '/');

	for (const char *at = text; *at != '\0'; at++) {
		if (at != slash && !g_ascii_isalnum(*at) && strchr("+-._", *at) == NULL)
			return FALSE;
	}
	return slash != NULL && slash > text && slash[1] != '\0' && strlen(text) <= 120 &&
	       !g_str_has_prefix(text, "message/") && !g_str_has_prefix(text, "multipart/");
}

static GMimeObject *
composed_part(const LsmComposedPart *source)
{
	g_auto(GStrv) type =
		g_strsplit(is_type(source->type) ? source->type : "application/octet-stream", "/", 2);
	g_autofree char *file_name = source->file_name == NULL ? NULL : clean(source->file_name);
	GMimePart *part = g_mime_part_new_with_type(type[0], type[1]);
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(g_bytes_get_data(source->bytes, NULL),
								g_bytes_get_size(source->bytes));
	GMimeDataWrapper *content =
		g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);

	g_mime_part_set_content(part, content);
	g_mime_part_set_content_encoding(part, GMIME_CONTENT_ENCODING_BASE64);
	g_mime_object_set_disposition(GMIME_OBJECT(part), GMIME_DISPOSITION_ATTACHMENT);
	if (file_name != NULL)
		g_mime_part_set_filename(part, file_name);
	g_object_unref(content);
	g_object_unref(stream);
	return GMIME_OBJECT(part);
}

static void
add_part(GMimeMultipart *mixed, GMimeObject *part)
{
	g_mime_multipart_add(mixed, part);
	g_object_unref(part);
}

static GMimeObject *
mail_body(const LsmComposition *composition)
{
	GMimeObject *text = text_part(composition->body);
	GMimeMultipart *mixed;
	guint count = composition->parts == NULL ? 0 : composition->parts->len;

	if (composition->attached == NULL && count == 0)
		return text;
	mixed = g_mime_multipart_new_with_subtype("mixed");
	add_part(mixed, text);
	for (guint i = 0; i < count; i++)
		add_part(mixed, composed_part(g_ptr_array_index(composition->parts, i)));
	if (composition->attached != NULL)
		add_part(mixed, attached_mail(composition->attached));
	return GMIME_OBJECT(mixed);
}

static void
add_address(GMimeMessage *message, GMimeAddressType type, const char *name, const char *address)
{
	g_autofree char *clean_name = name == NULL ? NULL : clean(name);
	g_autofree char *clean_address = clean(address);

	g_mime_message_add_mailbox(message, type, clean_name, clean_address);
}

static void
set_answered(GMimeObject *object, const char *message_id)
{
	g_autofree char *plain = clean(message_id);
	g_autofree char *id = g_strdup_printf("<%s>", plain);

	g_mime_object_set_header(object, "In-Reply-To", id, "us-ascii");
	g_mime_object_set_header(object, "References", id, "us-ascii");
}

static void
set_fields(GMimeMessage *message, const LsmComposition *composition)
{
	g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(composition->date);
	g_autofree char *subject = clean(composition->subject);
	g_autofree char *message_id = clean(composition->message_id);
	g_autofree char *case_id = composition->case_id == NULL ? NULL : clean(composition->case_id);
	GMimeObject *object = GMIME_OBJECT(message);

	add_address(message, GMIME_ADDRESS_TYPE_FROM, composition->from_name, composition->from);
	for (guint i = 0; composition->to[i] != NULL; i++)
		add_address(message, GMIME_ADDRESS_TYPE_TO, NULL, composition->to[i]);
	g_mime_message_set_subject(message, subject, "utf-8");
	g_mime_message_set_date(message, date);
	g_mime_message_set_message_id(message, message_id);
	g_mime_object_set_header(object, "Auto-Submitted",
				 composition->answers != NULL ? "auto-replied" : "auto-generated", "us-ascii");
	if (composition->answers != NULL)
		set_answered(object, composition->answers);
	g_mime_object_set_header(object, "Precedence", "bulk", "us-ascii");
	if (case_id != NULL)
		g_mime_object_set_header(object, "X-Liaison-Record", case_id, "us-ascii");
}

GBytes *
lsm_compose_mail(const LsmComposition *composition)
{
	GMimeMessage *message;
	GMimeObject *body;
	GMimeStream *stream;
	GMimeFormatOptions *options;
	GByteArray *bytes;

	initialise();
	message = g_mime_message_new(TRUE);
	body = mail_body(composition);
	set_fields(message, composition);
	g_mime_message_set_mime_part(message, body);
	options = g_mime_format_options_new();
	g_mime_format_options_set_newline_format(options, GMIME_NEWLINE_FORMAT_DOS);
	bytes = g_byte_array_new();
	stream = g_mime_stream_mem_new_with_byte_array(bytes);
	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
	g_mime_object_write_to_stream(GMIME_OBJECT(message), options, stream);
	g_mime_format_options_free(options);
	g_object_unref(stream);
	g_object_unref(body);
	g_object_unref(message);
	return g_byte_array_free_to_bytes(bytes);
}
