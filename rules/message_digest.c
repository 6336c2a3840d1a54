/*
 * message_digest.c - what makes two mails the same: identity, content and text digests (DESIGN section 2).
 *
 * Uses sha256.h. Owns nothing; thread-safe; never fails. Changing what is hashed makes
 * every stored digest worthless: tests/unit/test_message.c pins the values.
 */
#include <string.h>

#include "conf/sha256.h"
#include "rules/message.h"
#include "rules/recognise.h"
#include "rules/text.h"

#define FOOTER_LINES 15
#define MIN_UNDERSCORES 20

/* --- identity --- */

/* A mail that a list re-sends, or an MTA adds trace fields to, keeps these. */
static gboolean
is_identity_field(const char *name)
{
	static const char *const names[] = {"from", "to", "cc", "subject", "in-reply-to", "references"};

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
		if (g_ascii_strcasecmp(name, names[i]) == 0)
			return TRUE;
	/* "Liaison-Purpose:" and the like make a statement of a mail; a verdict's fields do not. */
	if (g_ascii_strncasecmp(name, "liaison-", strlen("liaison-")) == 0)
		return !lsm_screen_is_own_field(name);
	return g_ascii_strncasecmp(name, "content-", strlen("content-")) == 0;
}

static gint
compare_names(gconstpointer a, gconstpointer b, gpointer unused)
{
	const LsmHeaderField *const *left = a, *const *right = b;

	(void)unused;
	return g_ascii_strcasecmp((*left)->name, (*right)->name);
}

/* g_ptr_array_sort is a stable merge sort (g_qsort_with_data): fields of one name stay in order. */
static GPtrArray *
identity_fields(const LsmMessage *message)
{
	GPtrArray *fields = g_ptr_array_new();

	for (guint i = 0; i < message->headers->len; i++) {
		LsmHeaderField *field = g_ptr_array_index(message->headers, i);

		if (is_identity_field(field->name))
			g_ptr_array_add(fields, field);
	}
	g_ptr_array_sort_with_data(fields, compare_names, NULL);
	return fields;
}

static void
hash_identity_header(LsmSha256 *hash, const LsmMessage *message)
{
	g_autoptr(GPtrArray) fields = identity_fields(message);

	for (guint i = 0; i < fields->len; i++) {
		const LsmHeaderField *field = g_ptr_array_index(fields, i);
		g_autofree char *name = g_ascii_strdown(field->name, -1);
		g_autofree char *value = lsm_text_one_line(field->raw, -1, G_MAXSIZE / 2);

		lsm_sha256_add_text(hash, name);
		lsm_sha256_add_text(hash, ":");
		lsm_sha256_add_text(hash, value);
		lsm_sha256_add_text(hash, "\n");
	}
}

/* Lines end in "\n", whatever they came with; empty lines count only when something follows. */
static void
hash_body(LsmSha256 *hash, const char *body, gsize length)
{
	gsize empty_lines = 0;

	for (gsize at = 0; at < length;) {
		const char *newline = memchr(body + at, '\n', length - at);
		gsize next = newline != NULL ? (gsize)(newline - body) + 1 : length;
		gsize end = newline != NULL ? next - 1 : next;

		while (end > at && body[end - 1] == '\r')
			end--;
		if (end == at) {
			empty_lines++;
		} else {
			for (; empty_lines > 0; empty_lines--)
				lsm_sha256_add(hash, "\n", 1);
			lsm_sha256_add(hash, body + at, end - at);
			lsm_sha256_add(hash, "\n", 1);
		}
		at = next;
	}
}

static void
set_identity(LsmMessage *message)
{
	g_autoptr(LsmSha256) hash = lsm_sha256_new();
	gsize length;
	const char *data = g_bytes_get_data(message->bytes, &length);

	hash_identity_header(hash, message);
	lsm_sha256_add_text(hash, "\n");
	hash_body(hash, data + message->body_offset, length - message->body_offset);
	lsm_sha256_finish(hash, message->identity);
}

/* --- content --- */

typedef void (*Taker)(gpointer data, const char *octets, gsize length);

/* Behind the last folded line of the field that begins at `at`. */
static gsize
field_end(const char *data, gsize at, gsize end)
{
	do {
		const char *newline = memchr(data + at, '\n', end - at);

		at = newline != NULL ? (gsize)(newline - data) + 1 : end;
	} while (at < end && (data[at] == ' ' || data[at] == '\t'));
	return at;
}

static gboolean
is_trace_field(const char *field, gsize length)
{
	static const char *const names[] = {"Received:", "Return-Path:"};

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
		if (length >= strlen(names[i]) && g_ascii_strncasecmp(field, names[i], strlen(names[i])) == 0)
			return TRUE;
	return FALSE;
}

static void
each_content_octet(const LsmMessage *message, Taker take, gpointer taker)
{
	gsize length;
	const char *data = g_bytes_get_data(message->bytes, &length);

	for (gsize at = 0; at < message->body_offset;) {
		gsize next = field_end(data, at, message->body_offset);

		if (!is_trace_field(data + at, next - at))
			take(taker, data + at, next - at);
		at = next;
	}
	take(taker, data + message->body_offset, length - message->body_offset);
}

static void
take_for_digest(gpointer data, const char *octets, gsize length)
{
	lsm_sha256_add(data, octets, length);
}

static void
take_for_copy(gpointer data, const char *octets, gsize length)
{
	g_byte_array_append(data, (const guint8 *)octets, (guint)length);
}

GBytes *
lsm_message_content(const LsmMessage *message)
{
	GByteArray *copy = g_byte_array_sized_new((guint)g_bytes_get_size(message->bytes));

	each_content_octet(message, take_for_copy, copy);
	return g_byte_array_free_to_bytes(copy);
}

static void
set_digests(LsmMessage *message)
{
	g_autoptr(LsmSha256) hash = lsm_sha256_new();

	set_identity(message);
	each_content_octet(message, take_for_digest, hash);
	lsm_sha256_finish(hash, message->content);
}

LsmMessage *
lsm_message_parse(LsmCollector *collector, const LsmSettings *settings)
{
	LsmMessage *message = lsm_message_take_apart(collector, settings);

	set_digests(message);
	return message;
}

/* --- text --- */

static gboolean
is_underscores(const LsmLine *line)
{
	gsize count = 0;

	while (count < line->length && line->start[count] == '_')
		count++;
	return count >= MIN_UNDERSCORES;
}

static gboolean
speaks_of_subscription(const LsmLine *line)
{
	g_autofree char *folded = lsm_text_fold(line->start, (gssize)line->length);

	return strstr(folded, "unsubscribe") != NULL || strstr(folded, "/listinfo/") != NULL ||
	       strstr(folded, "mailing list") != NULL;
}

/* Index of the first line of the paragraph, or of the rule above it ("-- ", "_____"). */
static guint
paragraph_start(const GArray *lines, guint i, guint lowest)
{
	while (i > lowest && !lsm_line_is_blank(&g_array_index(lines, LsmLine, i - 1)))
		i--;
	return i;
}

/*
 * How many lines are left without what a list appends to each copy: a rule of underscores and what
 * follows, or the paragraph that tells (each subscriber differently) how to unsubscribe.
 */
static guint
count_without_footer(const GArray *lines)
{
	guint count = lines->len;
	guint lowest;

	while (count > 0 && lsm_line_is_blank(&g_array_index(lines, LsmLine, count - 1)))
		count--;
	lowest = count > FOOTER_LINES ? count - FOOTER_LINES : 0;
	for (guint i = lowest; i < count; i++) {
		if (is_underscores(&g_array_index(lines, LsmLine, i)))
			return i;
		if (speaks_of_subscription(&g_array_index(lines, LsmLine, i)))
			return paragraph_start(lines, i, lowest);
	}
	return count;
}

static void
hash_without_blanks(LsmSha256 *hash, const char *text, gsize length)
{
	gsize start = 0;

	for (gsize i = 0; i <= length; i++) {
		if (i < length && (guchar)text[i] > ' ')
			continue;
		if (i > start)
			lsm_sha256_add(hash, text + start, i - start);
		start = i + 1;
	}
}

static void
hash_text(LsmSha256 *hash, const char *text)
{
	g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(LsmLine));
	LsmLine line = {NULL, 0, 0};
	guint count;

	while (lsm_text_next_line(&text, &line))
		g_array_append_val(lines, line);
	count = count_without_footer(lines);
	for (guint i = 0; i < count; i++) {
		LsmLine plain = lsm_line_unquoted(&g_array_index(lines, LsmLine, i), NULL);

		hash_without_blanks(hash, plain.start, plain.length);
	}
}

/* "[ippm] [Ext] LS on STAMP" -> "LS on STAMP" */
static const char *
skip_tags(const char *subject)
{
	const char *close;

	while (*subject == '[' && (close = strchr(subject, ']')) != NULL)
		subject = close + 1 + strspn(close + 1, " ");
	return subject;
}

static gint
compare_strings(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
hash_parties(LsmSha256 *hash, const char *label, char *const *names)
{
	g_autoptr(GPtrArray) folded = g_ptr_array_new_with_free_func(g_free);

	for (; names != NULL && *names != NULL; names++)
		g_ptr_array_add(folded, lsm_text_fold(*names, -1));
	g_ptr_array_sort(folded, compare_strings);
	lsm_sha256_add_text(hash, label);
	for (guint i = 0; i < folded->len; i++) {
		lsm_sha256_add_text(hash, g_ptr_array_index(folded, i));
		lsm_sha256_add_text(hash, "\n");
	}
}

static void
hash_attachments(LsmSha256 *hash, const LsmMessage *message)
{
	g_autoptr(GPtrArray) digests = g_ptr_array_new();

	for (guint i = 0; i < message->attachments->len; i++)
		g_ptr_array_add(digests,
				((LsmAttachment *)g_ptr_array_index(message->attachments, i))->sha256);
	g_ptr_array_sort(digests, compare_strings);
	lsm_sha256_add_text(hash, "\nattachments\n");
	for (guint i = 0; i < digests->len; i++)
		lsm_sha256_add_text(hash, g_ptr_array_index(digests, i));
}

char *
lsm_message_text_digest(const LsmMessage *message, char *const *from, char *const *to)
{
	g_autoptr(LsmSha256) hash = lsm_sha256_new();
	const char *subject = skip_tags(message->subject);
	char hex[LSM_SHA256_HEX_SIZE];

	hash_parties(hash, "from\n", from);
	hash_parties(hash, "to\n", to);
	lsm_sha256_add_text(hash, "subject\n");
	hash_without_blanks(hash, subject, strlen(subject));
	lsm_sha256_add_text(hash, "\ntext\n");
	hash_text(hash, message->text);
	hash_attachments(hash, message);
	lsm_sha256_finish(hash, hex);
	return g_strdup(hex);
}
