/*
 * compose.c - composes our mails. Together with rules/message.c the only place that knows GMime.
 *
 * What is plain, as nearly all that we say is, is written as it stands; what has to be encoded, quoted or
 * folded is GMime's work, field by field and part by part. With GMime alone a mail took 670,000 instructions,
 * mostly to set up objects that are written once: a statement waited longer for its mails than for its
 * judgement. Both ways give the same octets; test_compose.c holds that.
 *
 * Owns nothing, any thread. Only freshly made objects are written: parsed ones are never edited.
 */
#include "desk/compose.h"

#include <gmime/gmime.h>
#include <sodium.h>
#include <string.h>

#include "rules/text.h"

#define MAX_FIELD 500       /* octets of one string in the header */
#define PLAIN_FIELD 76      /* octets of a header field that needs no folding */
#define PLAIN_TEXT_LINE 998 /* octets without the line's end, RFC 5322 section 2.1.1 */
#define ABOUT_FIELDS 1500   /* octets of a mail beside its text and what is attached */
#define BOUNDARY_OCTETS 16  /* random ones */

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

/* --- octets --- */

static void
append(GByteArray *mail, const char *text)
{
	g_byte_array_append(mail, (const guint8 *)text, (guint)strlen(text));
}

/* With CRLF line ends, whether it has them or LF. */
static void
append_lines(GByteArray *mail, const char *text, gsize length)
{
	const char *last = text + length;
	const char *end;

	while (text < last && (end = memchr(text, '\n', (gsize)(last - text))) != NULL) {
		gsize kept = (gsize)(end - text);

		if (kept > 0 && text[kept - 1] == '\r')
			kept--;
		g_byte_array_append(mail, (const guint8 *)text, (guint)kept);
		append(mail, "\r\n");
		text = end + 1;
	}
	g_byte_array_append(mail, (const guint8 *)text, (guint)(last - text));
}

/* Takes the object. */
static void
append_object(GByteArray *mail, GMimeObject *object)
{
	GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(mail);
	GMimeFormatOptions *options = g_mime_format_options_new();

	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
	g_mime_stream_seek(stream, 0, GMIME_STREAM_SEEK_END);
	g_mime_format_options_set_newline_format(options, GMIME_NEWLINE_FORMAT_DOS);
	g_mime_object_write_to_stream(object, options, stream);
	g_mime_format_options_free(options);
	g_object_unref(stream);
	g_object_unref(object);
}

/* --- the text --- */

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

	if (g_str_is_ascii(body)) {
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

/* ASCII in lines that may go as they are. Some mail programs put a mark before "From ", which GMime prevents. */
static gboolean
is_plain_text(const char *text)
{
	if (!g_str_is_ascii(text) || strchr(text, '\r') != NULL)
		return FALSE;
	for (const char *line = text; *line != '\0';) {
		gsize length = strcspn(line, "\n");

		if (length > PLAIN_TEXT_LINE || g_str_has_prefix(line, "From "))
			return FALSE;
		line += length + (line[length] == '\n');
	}
	return TRUE;
}

static void
append_text(GByteArray *mail, const char *text)
{
	if (!is_plain_text(text)) {
		append_object(mail, text_part(text));
		return;
	}
	append(mail, "Content-Type: text/plain; charset=us-ascii\r\n\r\n");
	append_lines(mail, text, strlen(text));
}

/* --- what is attached --- */

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

/* The original goes as the bytes that it is, never parsed and rewritten (RFC 2046 5.2.1: 7bit, 8bit or
 * binary). */
static void
append_mail(GByteArray *mail, GBytes *attached)
{
	gsize length;
	const char *data = g_bytes_get_data(attached, &length);

	append(mail, "Content-Type: message/rfc822; name=statement.eml\r\n"
		     "Content-Transfer-Encoding: 8bit\r\n"
		     "Content-Disposition: attachment; filename=statement.eml\r\n\r\n");
	append_lines(mail, data, length);
}

/* --- the body --- */

/* As long as nobody can guess it, nothing that a stranger wrote holds it. */
static char *
new_boundary(void)
{
	guint8 random[BOUNDARY_OCTETS];
	g_autofree char *letters = NULL;

	randombytes_buf(random, sizeof random);
	letters = g_base64_encode(random, sizeof random);
	return g_strconcat("=-", letters, NULL);
}

static void
append_mixed(GByteArray *mail, const LsmComposition *composition)
{
	g_autofree char *boundary = new_boundary();
	g_autofree char *next = g_strconcat("\r\n--", boundary, "\r\n", NULL);
	guint count = composition->parts == NULL ? 0 : composition->parts->len;

	append(mail, "Content-Type: multipart/mixed; boundary=\"");
	append(mail, boundary);
	append(mail, "\"\r\n");
	append(mail, next);
	append_text(mail, composition->body);
	for (guint i = 0; i < count; i++) {
		append(mail, next);
		append_object(mail, composed_part(g_ptr_array_index(composition->parts, i)));
	}
	if (composition->attached != NULL) {
		append(mail, next);
		append_mail(mail, composition->attached);
	}
	append(mail, "\r\n--");
	append(mail, boundary);
	append(mail, "--\r\n");
}

static void
append_body(GByteArray *mail, const LsmComposition *composition)
{
	gboolean has_parts = composition->parts != NULL && composition->parts->len > 0;

	append(mail, "MIME-Version: 1.0\r\n");
	if (composition->attached != NULL || has_parts)
		append_mixed(mail, composition);
	else
		append_text(mail, composition->body);
	if (mail->data[mail->len - 1] != '\n')
		append(mail, "\r\n");
}

/* --- fields as GMime writes them --- */

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
	if (date != NULL)
		g_mime_message_set_date(message, date);
	g_mime_message_set_message_id(message, message_id);
	g_mime_object_set_header(object, "Auto-Submitted",
				 composition->answers != NULL ? "auto-replied" : "auto-generated",
				 "us-ascii");
	if (composition->answers != NULL)
		set_answered(object, composition->answers);
	g_mime_object_set_header(object, "Precedence", "bulk", "us-ascii");
	if (case_id != NULL)
		g_mime_object_set_header(object, "X-Liaison-Record", case_id, "us-ascii");
}

/* --- fields --- */

typedef struct {
	GByteArray *mail;
	const LsmComposition *composition;
	GMimeMessage *message; /* from when a field is not plain; or NULL */
} Header;

static void
append_encoded(Header *header, const char *name)
{
	GMimeHeader *field;
	const char *value;

	if (header->message == NULL) {
		header->message = g_mime_message_new(TRUE);
		set_fields(header->message, header->composition);
	}
	field = g_mime_header_list_get_header(g_mime_object_get_header_list(GMIME_OBJECT(header->message)), name);
	value = field == NULL ? NULL : g_mime_header_get_raw_value(field);
	if (value == NULL) /* nobody, or no time that has a date */
		return;
	append(header->mail, name);
	append(header->mail, ":");
	append_lines(header->mail, value, strlen(value));
}

/* Words with one blank between them, in one line. */
static gboolean
is_plain_value(const char *name, const char *value)
{
	gsize length = strlen(value);

	for (gsize i = 0; i < length; i++) {
		gboolean is_edge = i == 0 || i + 1 == length || value[i + 1] == ' ';

		if (value[i] < ' ' || value[i] > '~' || (value[i] == ' ' && is_edge))
			return FALSE;
	}
	return length > 0 && strlen(name) + 2 + length <= PLAIN_FIELD && strstr(value, "=?") == NULL;
}

/* Value NULL: it is not plain. */
static void
append_field(Header *header, const char *name, const char *value)
{
	if (value == NULL || !is_plain_value(name, value)) {
		append_encoded(header, name);
		return;
	}
	append(header->mail, name);
	append(header->mail, ": ");
	append(header->mail, value);
	append(header->mail, "\r\n");
}

/* Nothing else is in them, so that neither needs quotes. */
static gboolean
is_made_of(const char *text, const char *marks)
{
	for (; *text != '\0'; text++)
		if (!g_ascii_isalnum(*text) && strchr(marks, *text) == NULL)
			return FALSE;
	return TRUE;
}

static gboolean
is_plain_address(const char *address)
{
	const char *at = strchr(address, '@');

	return at != NULL && at > address && at[1] != '\0' && is_made_of(address, "@.+-_") &&
	       strchr(at + 1, '@') == NULL;
}

static char *
plain_sender(const LsmComposition *composition)
{
	const char *name = composition->from_name;

	if (name == NULL || *name == '\0' || !is_made_of(name, " ") || !is_plain_address(composition->from))
		return NULL;
	return g_strdup_printf("%s <%s>", name, composition->from);
}

static char *
plain_addressees(const LsmComposition *composition)
{
	for (guint i = 0; composition->to[i] != NULL; i++)
		if (!is_plain_address(composition->to[i]))
			return NULL;
	return g_strjoinv(", ", (char **)composition->to);
}

/* NULL: a year of five digits. */
static char *
date_text(gint64 time)
{
	g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(time);

	return date == NULL ? NULL : g_mime_utils_header_format_date(date);
}

/* What may stand in an id without quotes; GMime makes one of the others as well as can be. */
static char *
plain_id(const char *id)
{
	return is_made_of(id, "@.!#$%&'*+-/=?^_`{|}~") ? g_strdup_printf("<%s>", id) : NULL;
}

static void
append_answered(Header *header, const char *message_id)
{
	g_autofree char *id = plain_id(message_id);

	append_field(header, "In-Reply-To", id);
	append_field(header, "References", id);
}

static void
append_fields(Header *header)
{
	const LsmComposition *composition = header->composition;
	g_autofree char *date = date_text(composition->date);
	g_autofree char *from = plain_sender(composition);
	g_autofree char *subject = clean(composition->subject);
	g_autofree char *to = plain_addressees(composition);
	g_autofree char *message_id = plain_id(composition->message_id);
	g_autofree char *case_id = composition->case_id == NULL ? NULL : clean(composition->case_id);
	gboolean is_answer = composition->answers != NULL;

	append_field(header, "Date", date);
	append_field(header, "From", from);
	append_field(header, "Subject", subject);
	append_field(header, "To", to);
	append_field(header, "Message-Id", message_id);
	append_field(header, "Auto-Submitted", is_answer ? "auto-replied" : "auto-generated");
	if (is_answer)
		append_answered(header, composition->answers);
	append_field(header, "Precedence", "bulk");
	if (case_id != NULL)
		append_field(header, "X-Liaison-Record", case_id);
}

/* --- the mail --- */

GBytes *
lsm_compose_mail(const LsmComposition *composition)
{
	gsize attached = composition->attached == NULL ? 0 : g_bytes_get_size(composition->attached);
	GByteArray *mail =
		g_byte_array_sized_new((guint)(strlen(composition->body) + attached + ABOUT_FIELDS));
	Header header = {mail, composition, NULL};

	initialise();
	append_fields(&header);
	append_body(mail, composition);
	g_clear_object(&header.message);
	return g_byte_array_free_to_bytes(mail);
}
