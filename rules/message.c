/*
 * message.c - a read-only view of one mail, as plain data, made under caps.
 *
 * The only file of the rules that knows GMime; owns the parsed tree only while it builds the view.
 * Thread-safe but for GMime's one-time initialisation. Never fails: what cannot be read is missing. GMime 3.2.13
 * loops for ever when it writes or edits some content types, so parsed objects are only read.
 */
#include "rules/message.h"

#include <gmime/gmime.h>
#include <string.h>

#include "conf/sha256.h"
#include "rules/charset.h"
#include "rules/magic.h"
#include "rules/message_text.h"
#include "rules/text.h"

#define MAX_ADDRESSES 1000
#define MAX_GROUP_DEPTH 2
#define MAX_SAME_FIELDS 10
#define MAX_NAME 500
#define MAX_ATTACHMENT (32 * 1024 * 1024)
#define NO_ATTACHMENT (-1)
#define SNIFFED 256 /* encoded octets in which a file's first ones stand, however they are written */

typedef struct {
	LsmMessage *message; /* its caps are set, its rest is filled in */
	gint64 wanted;       /* NO_ATTACHMENT: all are hashed; else this one is decoded, and none hashed */
	LsmMessageTaker take; /* of the wanted one's octets, and */
	gpointer data;        /* for it */
	gboolean is_given;    /* it is a file, and all of them were taken */
	gint64 from, to;     /* the wanted one is a mail: where its octets stand; to 0 before */
	int parts;
	LsmMessageTexts texts;
} Walk;

static gpointer
initialise(gpointer unused G_GNUC_UNUSED)
{
	g_mime_init();
	return NULL;
}

static void
initialise_once(void)
{
	static GOnce once = G_ONCE_INIT;

	g_once(&once, initialise, NULL);
}

/* --- header --- */

char *
lsm_message_decode_field(const char *raw)
{
	g_autofree char *unfolded = lsm_message_unfold(raw);
	g_autofree char *decoded = NULL;
	g_autofree char *valid = NULL;

	/* Nothing to decode, as in most fields. */
	if (g_str_is_ascii(unfolded) && strstr(unfolded, "=?") == NULL)
		return lsm_text_one_line(unfolded, -1, G_MAXSIZE / 2);
	initialise_once();
	decoded = g_mime_utils_header_decode_text(NULL, unfolded);
	valid = g_utf8_make_valid(decoded != NULL ? decoded : unfolded, -1);
	return lsm_text_one_line(valid, -1, G_MAXSIZE / 2);
}

static void
add_mailbox(GPtrArray *addresses, InternetAddress *mailbox)
{
	const char *octets = internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(mailbox));
	const char *name = internet_address_get_name(mailbox);
	LsmAddress *address;

	if (octets == NULL || *octets == '\0')
		return;
	address = g_new0(LsmAddress, 1);
	address->address = g_utf8_make_valid(octets, -1);
	if (name != NULL) {
		g_autofree char *valid = g_utf8_make_valid(name, -1);

		address->name = lsm_text_one_line(valid, -1, MAX_NAME);
	}
	g_ptr_array_add(addresses, address);
}

static void
add_addresses(GPtrArray *addresses, InternetAddressList *list, int depth)
{
	int count = internet_address_list_length(list);

	for (int i = 0; i < count && addresses->len < MAX_ADDRESSES; i++) {
		InternetAddress *item = internet_address_list_get_address(list, i);

		if (INTERNET_ADDRESS_IS_MAILBOX(item))
			add_mailbox(addresses, item);
		else if (INTERNET_ADDRESS_IS_GROUP(item) && depth < MAX_GROUP_DEPTH)
			add_addresses(addresses,
				      internet_address_group_get_members(INTERNET_ADDRESS_GROUP(item)),
				      depth + 1);
	}
}

/* Every field of that name counts: a mail may have two From fields, and both are shown to somebody. */
static GPtrArray *
read_addresses(const LsmMessage *message, const char *name)
{
	GPtrArray *addresses = g_ptr_array_new_with_free_func(lsm_message_address_free);
	const char *raw;

	for (guint n = 0; n < MAX_SAME_FIELDS && (raw = lsm_message_raw_header(message, name, n)) != NULL;
	     n++) {
		InternetAddressList *list =
			lsm_message_may_parse_addresses(raw) ? internet_address_list_parse(NULL, raw) : NULL;

		if (list == NULL)
			continue;
		add_addresses(addresses, list, 0);
		g_object_unref(list);
	}
	return addresses;
}

static gint64
read_date(const char *raw)
{
	GDateTime *date = raw != NULL ? g_mime_utils_header_decode_date(raw) : NULL;
	gint64 unix_time = date != NULL ? g_date_time_to_unix(date) : 0;

	g_clear_pointer(&date, g_date_time_unref);
	return unix_time;
}

static void
read_parties(LsmMessage *message)
{
	g_autoptr(GPtrArray) sender = read_addresses(message, "Sender");

	message->from = read_addresses(message, "From");
	message->to = read_addresses(message, "To");
	message->cc = read_addresses(message, "Cc");
	message->reply_to = read_addresses(message, "Reply-To");
	if (sender->len > 0)
		message->sender_field = g_strdup(((LsmAddress *)g_ptr_array_index(sender, 0))->address);
	message->date = read_date(lsm_message_raw_header(message, "Date", 0));
}

/* --- parts --- */

static char *
mime_type_of(GMimeObject *object)
{
	GMimeContentType *type = g_mime_object_get_content_type(object);
	g_autofree char *text = type != NULL ? g_mime_content_type_get_mime_type(type) : NULL;
	g_autofree char *valid = g_utf8_make_valid(text != NULL ? text : "text/plain", -1);

	return g_utf8_strdown(valid, -1);
}

static gboolean
take_into_digest(const guint8 *octets, gsize length, gpointer hash)
{
	lsm_sha256_add(hash, octets, length);
	return TRUE;
}

static gboolean
take_into_memory(const guint8 *octets, gsize length, gpointer memory)
{
	g_byte_array_append(memory, octets, (guint)length);
	return TRUE;
}

/* How many octets were taken; -1: not all. */
static gssize
decode(GMimeStream *encoded, GMimeContentEncoding encoding, LsmMessageTaker take, gpointer data)
{
	GMimeStream *decoded = g_mime_stream_filter_new(encoded);
	GMimeFilter *decoder = g_mime_filter_basic_new(encoding, FALSE);
	guint8 octets[16 * 1024];
	gssize size = 0;
	ssize_t count;

	g_mime_stream_reset(encoded);
	g_mime_stream_filter_add(GMIME_STREAM_FILTER(decoded), decoder);
	while ((count = g_mime_stream_read(decoded, (char *)octets, sizeof octets)) > 0 &&
	       take(octets, (gsize)count, data))
		size += count;
	g_object_unref(decoder);
	g_object_unref(decoded);
	return count > 0 ? -1 : size;
}

/* An attachment is never held as a whole. Its size is returned. */
static gsize
hash_content(GMimePart *part, char hex_out[LSM_SHA256_HEX_SIZE])
{
	GMimeDataWrapper *content = g_mime_part_get_content(part);
	GMimeStream *stream = content != NULL ? g_mime_data_wrapper_get_stream(content) : NULL;
	g_autoptr(LsmSha256) hash = lsm_sha256_new();
	gssize size = 0;

	if (stream != NULL)
		size = decode(stream, g_mime_data_wrapper_get_encoding(content), take_into_digest, hash);
	lsm_sha256_finish(hash, hex_out);
	return (gsize)size;
}

/* --- a part's text --- */

/* Decodes at most so many encoded octets of a part. TRUE: all of those were taken. */
static gboolean
give_beginning(GMimeDataWrapper *content, gint64 max, LsmMessageTaker take, gpointer data, gboolean *cut_out)
{
	GMimeStream *stream = g_mime_data_wrapper_get_stream(content), *beginning;
	gint64 length = stream != NULL ? g_mime_stream_length(stream) : 0;
	gssize size;

	if (length <= 0)
		return TRUE;
	*cut_out |= length > max;
	beginning = g_mime_stream_substream(stream, stream->bound_start,
					    stream->bound_start + MIN(length, max));
	size = decode(beginning, g_mime_data_wrapper_get_encoding(content), take, data);
	g_object_unref(beginning);
	return size >= 0;
}

static GByteArray *
decode_beginning(GMimeDataWrapper *content, gint64 max, gboolean *cut_out)
{
	GByteArray *octets = g_byte_array_new();

	give_beginning(content, max, take_into_memory, octets, cut_out);
	return octets;
}

/* Octets of that charset -> UTF-8 through GMime's filter, which replaces what it cannot convert. */
static GByteArray *
convert(const GByteArray *octets, const char *charset)
{
	GMimeFilter *filter = g_mime_filter_charset_new(charset, "utf-8");
	GByteArray *converted;
	GMimeStream *sink, *filtered;

	if (filter == NULL)
		return NULL;
	converted = g_byte_array_new();
	sink = g_mime_stream_mem_new_with_byte_array(converted);
	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(sink), FALSE);
	filtered = g_mime_stream_filter_new(sink);
	g_mime_stream_filter_add(GMIME_STREAM_FILTER(filtered), filter);
	if (octets->len > 0)
		g_mime_stream_write(filtered, (const char *)octets->data, octets->len);
	g_mime_stream_flush(filtered);
	g_object_unref(filtered);
	g_object_unref(sink);
	g_object_unref(filter);
	return converted;
}

/* The part's text in UTF-8, whatever it was sent in. */
static char *
read_text(Walk *walk, GMimePart *part)
{
	GMimeDataWrapper *content = g_mime_part_get_content(part);
	const char *charset = g_mime_object_get_content_type_parameter(GMIME_OBJECT(part), "charset");
	g_autoptr(GByteArray) octets = NULL;
	g_autoptr(GByteArray) converted = NULL;

	if (content == NULL)
		return g_strdup("");
	octets = decode_beginning(content, LSM_MESSAGE_TEXT_MAX, &walk->message->truncated);
	if (!lsm_charset_is_ascii_superset(charset))
		converted = convert(octets, charset);
	else if (!lsm_charset_is_utf8(charset) && octets->len > 0 &&
		 !g_utf8_validate((const char *)octets->data, octets->len, NULL))
		converted = convert(octets, "windows-1252");
	walk->message->unreadable |= converted == NULL && !lsm_charset_is_ascii_superset(charset);
	return lsm_charset_text(converted != NULL ? converted : octets);
}

static gboolean
is_declared_attachment(GMimeObject *object)
{
	const char *disposition = g_mime_object_get_disposition(object);

	return disposition != NULL && g_ascii_strcasecmp(disposition, "attachment") == 0;
}

/* TRUE when the part is text of the mail itself: the first of its kind is kept, the others are looked over.
 */
static gboolean
take_text(Walk *walk, GMimePart *part, const char *type)
{
	gboolean is_html = strcmp(type, "text/html") == 0;
	char **slot = is_html ? &walk->texts.html : &walk->texts.plain;
	g_autofree char *later = NULL;

	/* A mail that is nothing but an attachment is read, too. */
	if ((walk->parts > 1 && is_declared_attachment(GMIME_OBJECT(part))) ||
	    (!is_html && !lsm_message_texts_is_plain(type)))
		return FALSE;
	if (*slot == NULL) {
		*slot = read_text(walk, part);
		return TRUE;
	}
	if (g_mime_part_get_filename(part) != NULL)
		return FALSE;
	if (lsm_message_texts_want(&walk->texts)) {
		later = read_text(walk, part);
		lsm_message_texts_look(&walk->texts, later, is_html);
	}
	return TRUE;
}

/* --- attachments --- */

static const char *
sniff(GMimePart *part)
{
	GMimeDataWrapper *content = g_mime_part_get_content(part);
	g_autoptr(GByteArray) octets = NULL;
	gboolean cut = FALSE;

	if (content == NULL)
		return NULL;
	octets = decode_beginning(content, SNIFFED, &cut);
	return lsm_magic_type(octets->data, octets->len);
}

static void
visit_leaf(Walk *walk, GMimePart *part, const char *type)
{
	gboolean is_broken = g_str_has_prefix(type, "multipart/") && !lsm_message_texts_is_sealed(type);
	LsmAttachment *attachment;

	/* A multipart without a usable boundary comes out of the parser as a leaf. */
	walk->message->unreadable |= lsm_message_texts_is_sealed(type) || is_broken;
	if (take_text(walk, part, is_broken ? "text/plain" : type))
		return;
	if (walk->wanted == (gint64)walk->message->attachments->len && g_mime_part_get_content(part) != NULL)
		walk->is_given = give_beginning(g_mime_part_get_content(part), MAX_ATTACHMENT, walk->take, walk->data,
						&walk->message->truncated);
	attachment = lsm_message_attachment_add(walk->message, type, g_mime_part_get_filename(part));
	if (walk->wanted != NO_ATTACHMENT)
		return;
	attachment->real_type = sniff(part);
	attachment->size = hash_content(part, attachment->sha256);
}

static void
hash_fields(GMimeObject *object, LsmSha256 *hash)
{
	GMimeHeaderList *headers = g_mime_object_get_header_list(object);
	int count = g_mime_header_list_get_count(headers);

	for (int i = 0; i < count; i++) {
		GMimeHeader *header = g_mime_header_list_get_header_at(headers, i);
		const char *value = g_mime_header_get_raw_value(header);
		lsm_sha256_add_text(hash, g_mime_header_get_name(header));
		lsm_sha256_add_text(hash, ":");
		lsm_sha256_add_text(hash, value != NULL ? value : "");
	}
}

/* A forwarded mail as one attachment: its fields and its leaves, each hashed once. */
static void
hash_tree(Walk *walk, GMimeObject *object, int depth, LsmSha256 *hash, gsize *size)
{
	if (++walk->parts > walk->message->max_parts || depth > walk->message->max_depth ||
	    object == NULL) {
		walk->message->truncated = TRUE;
		return;
	}
	hash_fields(object, hash);
	if (GMIME_IS_MULTIPART(object)) {
		int count = g_mime_multipart_get_count(GMIME_MULTIPART(object));
		for (int i = 0; i < count && walk->parts <= walk->message->max_parts; i++)
			hash_tree(walk, g_mime_multipart_get_part(GMIME_MULTIPART(object), i), depth + 1,
				  hash, size);
	} else if (GMIME_IS_MESSAGE_PART(object)) {
		GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
		if (inner != NULL) {
			hash_fields(GMIME_OBJECT(inner), hash);
			hash_tree(walk, g_mime_message_get_mime_part(inner), depth + 1, hash, size);
		}
	} else if (GMIME_IS_PART(object)) {
		char digest[LSM_SHA256_HEX_SIZE];
		*size += hash_content(GMIME_PART(object), digest);
		lsm_sha256_add_text(hash, digest);
	}
}

/* How far the contents of a part's leaves reach. Recursion and visits are bounded like the walk's. */
static void
find_end(Walk *walk, GMimeObject *object, int depth)
{
	if (object == NULL || ++walk->parts > walk->message->max_parts || depth > walk->message->max_depth)
		return;
	if (GMIME_IS_MULTIPART(object)) {
		int count = g_mime_multipart_get_count(GMIME_MULTIPART(object));
		for (int i = 0; i < count && walk->parts <= walk->message->max_parts; i++)
			find_end(walk, g_mime_multipart_get_part(GMIME_MULTIPART(object), i), depth + 1);
	} else if (GMIME_IS_MESSAGE_PART(object)) {
		GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));

		if (inner != NULL)
			find_end(walk, g_mime_message_get_mime_part(inner), depth + 1);
	} else if (GMIME_IS_PART(object)) {
		GMimeDataWrapper *content = g_mime_part_get_content(GMIME_PART(object));
		GMimeStream *stream = content != NULL ? g_mime_data_wrapper_get_stream(content) : NULL;

		if (stream != NULL)
			walk->to = MAX(walk->to, stream->bound_end);
	}
}

/* From its first field to the end of its last leaf: GMime may loop for ever when it writes a mail. */
static void
find_mail(Walk *walk, GMimeObject *object, int depth)
{
	GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
	GMimeHeaderList *headers =
		inner != NULL ? g_mime_object_get_header_list(GMIME_OBJECT(inner)) : NULL;

	if (headers == NULL || g_mime_header_list_get_count(headers) == 0)
		return;
	walk->from = g_mime_header_get_offset(g_mime_header_list_get_header_at(headers, 0));
	find_end(walk, g_mime_message_get_mime_part(inner), depth + 1);
}

static void
visit_message_part(Walk *walk, GMimeObject *object, int depth)
{
	LsmAttachment *attachment = lsm_message_attachment_add(walk->message, "message/rfc822",
						   g_mime_object_get_content_type_parameter(object, "name"));
	g_autoptr(LsmSha256) hash = lsm_sha256_new();

	attachment->is_message = TRUE;
	attachment->real_type = "message/rfc822";
	if (walk->wanted == (gint64)walk->message->attachments->len - 1)
		find_mail(walk, object, depth);
	if (walk->wanted != NO_ATTACHMENT)
		return;
	hash_tree(walk, object, depth, hash, &attachment->size);
	lsm_sha256_finish(hash, attachment->sha256);
}

/* No part begins where the header says that parts begin: some readers show what stands there as it is. */
static void
take_unparted(Walk *walk, GMimeMultipart *multipart)
{
	const char *prologue = g_mime_multipart_get_prologue(multipart);

	if (walk->texts.plain == NULL && prologue != NULL)
		walk->texts.plain = g_utf8_make_valid(prologue, (gssize)strnlen(prologue, LSM_MESSAGE_TEXT_MAX));
}

/* Recursion ends at max_depth, the number of visits at max_parts. */
static void
visit(Walk *walk, GMimeObject *object, int depth)
{
	g_autofree char *type = NULL;

	if (object == NULL)
		return;
	if (++walk->parts > walk->message->max_parts || depth > walk->message->max_depth) {
		walk->message->truncated = TRUE;
		return;
	}
	type = mime_type_of(object);
	if (GMIME_IS_MULTIPART(object)) {
		int count = g_mime_multipart_get_count(GMIME_MULTIPART(object));

		walk->message->unreadable |= count == 0 || lsm_message_texts_is_sealed(type);
		if (count == 0)
			take_unparted(walk, GMIME_MULTIPART(object));
		for (int i = 0; i < count && walk->parts <= walk->message->max_parts; i++)
			visit(walk, g_mime_multipart_get_part(GMIME_MULTIPART(object), i), depth + 1);
	} else if (GMIME_IS_MESSAGE_PART(object)) {
		visit_message_part(walk, object, depth);
	} else if (GMIME_IS_PART(object)) {
		visit_leaf(walk, GMIME_PART(object), type);
	} else {
		lsm_message_attachment_add(walk->message, type, NULL);
	}
}

/* --- the whole --- */

static void
walk_parts(Walk *walk, GByteArray *bytes)
{
	LsmMessage *message = walk->message;
	GMimeStream *stream = g_mime_stream_mem_new();
	GMimeParser *parser;
	GMimeMessage *parsed;

	message->truncated |= message->parse_limit < bytes->len;
	g_mime_stream_mem_set_byte_array(GMIME_STREAM_MEM(stream), bytes);
	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
	g_mime_stream_set_bounds(stream, 0, (gint64)message->parse_limit);
	parser = g_mime_parser_new_with_stream(stream);
	parsed = g_mime_parser_construct_message(parser, NULL);
	if (parsed != NULL && g_mime_message_get_mime_part(parsed) != NULL) {
		message->content_type = mime_type_of(g_mime_message_get_mime_part(parsed));
		visit(walk, g_mime_message_get_mime_part(parsed), 1);
	} else {
		message->unreadable |= bytes->len > message->body_offset;
	}
	g_clear_object(&parsed);
	g_object_unref(parser);
	g_object_unref(stream);
}

LsmMessage *
lsm_message_take_apart(LsmCollector *collector, const LsmSettings *settings)
{
	LsmMessage *message = g_new0(LsmMessage, 1);
	Walk walk = {.message = message, .wanted = NO_ATTACHMENT};

	initialise_once();
	lsm_collector_end_header(collector);
	message->headers = g_ptr_array_new_with_free_func(lsm_message_header_field_free);
	message->attachments = g_ptr_array_new_with_free_func(lsm_message_attachment_free);
	message->truncated = collector->truncated;
	message->body_offset = collector->body_offset;
	message->parse_limit = lsm_collector_parse_limit(collector);
	message->max_parts = settings->max_parts;
	message->max_depth = settings->max_depth;
	lsm_message_take_headers(message, collector);
	read_parties(message);
	if (!lsm_message_texts_take_plain(&walk.texts, message, collector->bytes))
		walk_parts(&walk, collector->bytes);
	lsm_message_texts_choose(&walk.texts, message);
	if (message->content_type == NULL)
		message->content_type = g_strdup("text/plain");
	message->bytes = g_byte_array_free_to_bytes(g_steal_pointer(&collector->bytes));
	collector->bytes = g_byte_array_new();
	return message;
}

/* Walks over a parsed mail once more for the octets of one attachment. */
static void
walk_again(Walk *walk, LsmMessage *scratch, const LsmMessage *message)
{
	gsize length;
	gconstpointer data = g_bytes_get_data(message->bytes, &length);
	/* A view of them: the parser only reads, and does not keep it. */
	GByteArray bytes = {(guint8 *)data, (guint)length};

	scratch->parse_limit = message->parse_limit;
	scratch->body_offset = message->body_offset;
	scratch->max_parts = message->max_parts;
	scratch->max_depth = message->max_depth;
	scratch->attachments = g_ptr_array_new_with_free_func(lsm_message_attachment_free);
	walk->message = scratch;
	walk_parts(walk, &bytes);
	g_ptr_array_unref(scratch->attachments);
	g_free(scratch->content_type);
	lsm_message_texts_clear(&walk->texts);
}

gboolean
lsm_message_attachment_give(const LsmMessage *message, guint i, LsmMessageTaker take, gpointer data)
{
	LsmMessage scratch = {0};
	Walk walk = {.wanted = i, .take = take, .data = data};

	walk_again(&walk, &scratch, message);
	return walk.is_given;
}

LsmMessage *
lsm_message_attached(const LsmMessage *message, guint i, const LsmSettings *settings)
{
	g_autoptr(LsmCollector) collector = NULL;
	g_autoptr(GByteArray) octets = g_byte_array_new();
	LsmMessage scratch = {0};
	Walk walk = {.wanted = i, .take = take_into_memory, .data = octets};
	const char *data = g_bytes_get_data(message->bytes, NULL);
	gsize length;

	walk_again(&walk, &scratch, message);
	length = (gsize)MAX(walk.to - walk.from, 0);
	if (walk.is_given) {
		data = (const char *)octets->data;
		length = octets->len;
		walk.from = 0;
	}
	if (length == 0)
		return NULL;
	collector = lsm_collector_new(settings);
	lsm_collector_add_mail(collector, data + walk.from, length);
	return lsm_message_parse(collector, settings);
}
