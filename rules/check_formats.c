/*
 * check_formats.c - can everybody read what was sent (A36-A39, A42, A44)?
 *
 * Looks at names, declared types and the first octets of attachments, and at the text itself. Incoming mail
 * is only annotated: there is no format requirement on the statement of another body (A45). Pure, any thread.
 */
#include "rules/check.h"

#include <string.h>

#include "conf/address.h"
#include "rules/file_kind.h"

#define LONGEST_NAME 60
/* So much of a mail is looked at for office markup; who writes it writes it on top. */
#define MOST_MARKUP (256 * 1024)
/* Less text than this in front of attachments is a covering note at most. */
#define LEAST_TEXT 20

static const LsmAttachment *
attachment_at(const LsmCheckInput *input, guint i)
{
	return g_ptr_array_index(input->message->attachments, i);
}

static char *
name_of(const LsmAttachment *attachment)
{
	if (attachment->file_name != NULL && attachment->file_name[0] != '\0')
		return g_strndup(attachment->file_name, LONGEST_NAME);
	return g_strdup_printf("a part of type %s", attachment->declared_type);
}

/* What is in front of the dot: "LS-123.docx" and "ls-123.pdf" are one document. */
static char *
stem_of(const LsmAttachment *attachment)
{
	const char *name = attachment->file_name != NULL ? attachment->file_name : "";
	const char *dot = strrchr(name, '.');
	g_autofree char *stem = g_strndup(name, dot != NULL ? (gsize)(dot - name) : strlen(name));

	return lsm_address_fold(stem);
}

/* --- readable formats --- */

/* Stems of what everybody can read, and how many such parts there are. */
static GHashTable *
readable_stems(const LsmCheckInput *input, guint *count_out)
{
	GHashTable *stems = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	*count_out = 0;
	for (guint i = 0; i < input->message->attachments->len; i++) {
		const LsmAttachment *attachment = attachment_at(input, i);

		if (lsm_file_kind(attachment) != LSM_FILE_READABLE)
			continue;
		++*count_out;
		g_hash_table_add(stems, stem_of(attachment));
	}
	return stems;
}

/* "A proprietary file ... should be accompanied by a generally readable file" (A37): of the same name, or, as
 * people name files as they like, as many readable ones as there are others. */
LsmCheckResult
lsm_check_format_companion(const LsmCheckInput *input, char **detail_out)
{
	guint readable, alone = 0;
	g_autoptr(GHashTable) stems = readable_stems(input, &readable);
	g_autofree char *name = NULL;

	for (guint i = 0; i < input->message->attachments->len; i++) {
		const LsmAttachment *attachment = attachment_at(input, i);
		g_autofree char *stem = stem_of(attachment);

		if (lsm_file_kind(attachment) != LSM_FILE_PROPRIETARY || g_hash_table_contains(stems, stem))
			continue;
		alone++;
		if (name == NULL)
			name = name_of(attachment);
	}
	if (alone <= readable)
		return LSM_CHECK_FINE;
	*detail_out = g_strdup_printf("%s has no companion", name);
	return LSM_CHECK_FOUND;
}

static gboolean
has_text(const LsmCheckInput *input)
{
	const char *text = input->statement->text;
	gsize letters = 0;

	for (; *text != '\0' && letters < LEAST_TEXT; text++)
		letters += g_ascii_isspace(*text) ? 0 : 1;
	return letters >= LEAST_TEXT;
}

/* Formats "should be PDF, W3C HTML without proprietary extensions, or UTF-8 text" (A36). */
LsmCheckResult
lsm_check_format_readable(const LsmCheckInput *input, char **detail_out)
{
	const LsmAttachment *first = NULL;

	for (guint i = 0; i < input->message->attachments->len; i++) {
		const LsmAttachment *attachment = attachment_at(input, i);
		LsmFileKind kind = lsm_file_kind(attachment);

		if (kind == LSM_FILE_READABLE)
			return LSM_CHECK_FINE;
		if (kind != LSM_FILE_NO_DOCUMENT && first == NULL)
			first = attachment;
	}
	if (first == NULL || has_text(input))
		return LSM_CHECK_FINE;
	*detail_out = name_of(first);
	return LSM_CHECK_FOUND;
}

/* It is recommended to have the content in plain text, and as an attachment in the receiver's format (A42).
 */
LsmCheckResult
lsm_check_format_plain_text(const LsmCheckInput *input, char **detail_out)
{
	if (input->message->text_was_html) {
		*detail_out = g_strdup("the text is in HTML only");
		return LSM_CHECK_FOUND;
	}
	if (input->message->attachments->len == 0 || has_text(input))
		return LSM_CHECK_FINE;
	*detail_out = g_strdup("the text is in attachments only");
	return LSM_CHECK_FOUND;
}

/* --- text --- */

static gboolean
has_other_than_ascii(const char *text)
{
	for (; *text != '\0'; text++) {
		if ((guchar)*text > 127)
			return TRUE;
	}
	return FALSE;
}

/* The charset that a mail of one part declares; NULL when it declares none or has several parts. */
static char *
declared_charset(const LsmMessage *message)
{
	const char *type = lsm_message_header(message, "Content-Type", 0);
	g_autofree char *fold = type != NULL ? g_ascii_strdown(type, -1) : NULL;
	const char *charset = fold != NULL ? strstr(fold, "charset=") : NULL;

	if (charset == NULL || !g_str_has_prefix(fold, "text/"))
		return NULL;
	charset += strlen("charset=");
	charset += strspn(charset, "\"' ");
	return g_strndup(charset, strcspn(charset, "\"'; \t\r\n"));
}

static gboolean
is_utf8_or_ascii(const char *charset)
{
	return strcmp(charset, "utf-8") == 0 || strcmp(charset, "utf8") == 0 ||
	       strcmp(charset, "us-ascii") == 0 || strcmp(charset, "ascii") == 0;
}

/* Text is UTF-8 (A39); RFC 4053 knows ASCII only. Text in another charset that has ASCII letters alone is
 * both. */
LsmCheckResult
lsm_check_format_text(const LsmCheckInput *input, char **detail_out)
{
	const char *text = input->message->text;
	g_autofree char *charset = NULL;

	if (!has_other_than_ascii(text))
		return LSM_CHECK_FINE;
	if (lsm_rule_set_bit(input->settings->rule_set) == LSM_SET_RFC4053) {
		*detail_out = g_strdup("it is not ASCII");
		return LSM_CHECK_FOUND;
	}
	if (strstr(text, "\xef\xbf\xbd") != NULL) {
		*detail_out = g_strdup("some octets are no text");
		return LSM_CHECK_FOUND;
	}
	charset = declared_charset(input->message);
	if (charset == NULL || is_utf8_or_ascii(charset))
		return LSM_CHECK_FINE;
	*detail_out = g_strdup_printf("it is in %.40s", charset);
	return LSM_CHECK_FOUND;
}

/* What word processors leave in HTML, and no browser needs. */
static const char *const office_markup[] = {"urn:schemas-microsoft-com:office", "class=\"Mso",
					    "class=3D\"Mso", "mso-style-", "<o:p>"};

static gboolean
has_html_attachment(const LsmMessage *message)
{
	for (guint i = 0; i < message->attachments->len; i++) {
		const LsmAttachment *attachment = g_ptr_array_index(message->attachments, i);

		if (g_ascii_strcasecmp(attachment->declared_type, "text/html") == 0)
			return TRUE;
	}
	return FALSE;
}

/* HTML "without proprietary extensions" (A38). HTML beside a plain text is not what counts. */
LsmCheckResult
lsm_check_format_html(const LsmCheckInput *input, char **detail_out)
{
	gsize size = 0;
	const char *data;

	(void)detail_out;
	if (!input->message->text_was_html && !has_html_attachment(input->message))
		return LSM_CHECK_FINE;
	data = input->message->bytes != NULL ? g_bytes_get_data(input->message->bytes, &size) : NULL;
	size = MIN(size, MOST_MARKUP);
	for (guint i = 0; data != NULL && i < G_N_ELEMENTS(office_markup); i++) {
		if (memmem(data, size, office_markup[i], strlen(office_markup[i])) != NULL)
			return LSM_CHECK_FOUND;
	}
	return LSM_CHECK_FINE;
}

/* --- files that are not what they are called --- */

/* A file that is not what it says opens in nothing, or in something else. */
LsmCheckResult
lsm_check_format_mismatch(const LsmCheckInput *input, char **detail_out)
{
	for (guint i = 0; i < input->message->attachments->len; i++) {
		const LsmAttachment *attachment = attachment_at(input, i);
		const char *declared, *real;
		g_autofree char *name = NULL;

		if (!lsm_file_differs(attachment, &declared, &real))
			continue;
		name = name_of(attachment);
		*detail_out = g_strdup_printf("%s is called %s and is %s", name, declared, real);
		return LSM_CHECK_FOUND;
	}
	return LSM_CHECK_FINE;
}

/* Macros run at the receiver; many mail servers drop such files. */
LsmCheckResult
lsm_check_format_macros(const LsmCheckInput *input, char **detail_out)
{
	for (guint i = 0; i < input->message->attachments->len; i++) {
		if (!lsm_file_has_macros(attachment_at(input, i)))
			continue;
		*detail_out = name_of(attachment_at(input, i));
		return LSM_CHECK_FOUND;
	}
	return LSM_CHECK_FINE;
}
