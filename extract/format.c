/*
 * format.c - the table of formats, and the one place where a document's type is told.
 *
 * Owns nothing; one thread.
 */
#include "extract/format.h"

#include <locale.h>
#include <string.h>

#include "extract/ole.h"
#include "extract/package.h"
#include "extract/pdf.h"
#include "extract/xml.h"

#define HEAD 1024 /* octets in which a magic that need not come first is looked for */

static gboolean
has_at(const LsmExtractInput *input, gsize at, const char *octets, gsize length)
{
	return input->size >= at + length && memcmp(input->data + at, octets, length) == 0;
}

/* ISO 32000-1 annex H.3.4.1: readers accept the header anywhere in the first 1024 octets. */
static gboolean
is_pdf(const LsmExtractInput *input, const char *unused)
{
	(void)unused;
	return memmem(input->data, MIN(input->size, HEAD), "%PDF-", 5) != NULL;
}

static gboolean
is_zip(const LsmExtractInput *input, const char *unused)
{
	(void)unused;
	return has_at(input, 0, "PK\3\4", 4) || has_at(input, 0, "PK\5\6", 4);
}

static gboolean
is_zip_with(const LsmExtractInput *input, const char *member)
{
	return is_zip(input, NULL) && lsm_package_has(input, member);
}

/* OpenDocument part 3, 3.3: the first member is called mimetype, is not compressed, and says it. */
static gboolean
is_zip_of(const LsmExtractInput *input, const char *type)
{
	return is_zip(input, NULL) && has_at(input, 30, "mimetype", 8) &&
	       has_at(input, 38, type, strlen(type));
}

static gboolean
is_ole(const LsmExtractInput *input, const char *unused)
{
	(void)unused;
	return has_at(input, 0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8);
}

static gboolean
is_ole_with(const LsmExtractInput *input, const char *stream)
{
	return is_ole(input, NULL) && lsm_ole_has(input, stream);
}

static gboolean
begins_with(const LsmExtractInput *input, const char *text)
{
	return has_at(input, 0, text, strlen(text));
}

static gboolean
is_html(const LsmExtractInput *input, const char *unused)
{
	g_autofree char *head = g_ascii_strdown((const char *)input->data, (gssize)MIN(input->size, HEAD));
	const char *start = head;

	(void)unused;
	start += g_str_has_prefix(start, "\xef\xbb\xbf") ? 3 : 0;
	start += strspn(start, " \t\r\n");
	return g_str_has_prefix(start, "<!doctype html") || g_str_has_prefix(start, "<html") ||
	       g_str_has_prefix(start, "<head") || g_str_has_prefix(start, "<body") ||
	       (g_str_has_prefix(start, "<!--") && strstr(start, "<html") != NULL);
}

/* No octet that text does not have; UTF-16 only with its mark. */
static gboolean
is_text(const LsmExtractInput *input, const char *unused)
{
	(void)unused;
	if (has_at(input, 0, "\xff\xfe", 2) || has_at(input, 0, "\xfe\xff", 2))
		return TRUE;
	for (gsize i = 0; i < input->size; i++)
		if (input->data[i] < 0x20 && memchr("\t\n\r\f\x1b\x1a", input->data[i], 6) == NULL)
			return FALSE;
	return TRUE;
}

static gboolean
is_anything(const LsmExtractInput *input, const char *unused)
{
	(void)input;
	(void)unused;
	return TRUE;
}

static LsmExtractStatus
read_locked(const LsmExtractInput *input, LsmExtractResult *result)
{
	(void)input;
	(void)result;
	return LSM_EXTRACT_ENCRYPTED;
}

static LsmExtractStatus
read_nothing(const LsmExtractInput *input, LsmExtractResult *result)
{
	(void)result;
	return input->size == 0 ? LSM_EXTRACT_EMPTY : LSM_EXTRACT_UNREADABLE;
}

#define OPEN_XML "application/vnd.openxmlformats-officedocument."
#define OPEN_DOCUMENT "application/vnd.oasis.opendocument."

/* The first row that matches counts. To add a format: a row, and its reader in read_NAME.c; a type that is
 * known and not read has read_nothing. */
static const struct {
	const char *type;
	gboolean (*matches)(const LsmExtractInput *input, const char *argument);
	const char *argument;
	LsmExtractReader read;
} formats[] = {
	{"application/pdf", is_pdf, NULL, lsm_read_pdf},
	{OPEN_DOCUMENT "text", is_zip_of, OPEN_DOCUMENT "text", lsm_read_odt},
	{OPEN_DOCUMENT "spreadsheet", is_zip_of, OPEN_DOCUMENT "spreadsheet", read_nothing},
	{OPEN_DOCUMENT "presentation", is_zip_of, OPEN_DOCUMENT "presentation", read_nothing},
	{OPEN_XML "wordprocessingml.document", is_zip_with, "word/document*", lsm_read_docx},
	{OPEN_XML "spreadsheetml.sheet", is_zip_with, "xl/workbook*", read_nothing},
	{OPEN_XML "presentationml.presentation", is_zip_with, "ppt/presentation*", read_nothing},
	{"application/zip", is_zip, NULL, lsm_read_zip},
	{"application/msword", is_ole_with, "WordDocument", lsm_read_doc},
	{OPEN_XML "encrypted", is_ole_with, "EncryptedPackage", read_locked},
	{"application/x-ole-storage", is_ole, NULL, read_nothing},
	{"application/rtf", begins_with, "{\\rtf", lsm_read_rtf},
	{"application/gzip", begins_with, "\x1f\x8b", read_nothing},
	{"application/x-7z-compressed", begins_with, "7z\xbc\xaf\x27\x1c", read_nothing},
	{"text/html", is_html, NULL, lsm_read_html},
	{"text/plain", is_text, NULL, lsm_read_text},
	{"application/octet-stream", is_anything, NULL, read_nothing},
};

void
lsm_format_read(const LsmExtractInput *input, LsmExtractResult *result)
{
	guint document;
	gsize from = result->text->len;
	gsize i = 0;
	LsmExtractStatus status;

	while (!formats[i].matches(input, formats[i].argument))
		i++;
	document = lsm_extract_result_begin(result, input->path, formats[i].type);
	status = formats[i].read(input, result);
	/* An archive has no text of its own: what was added and what went over were its members'. */
	if (formats[i].read == lsm_read_zip) {
		from = result->text->len;
		result->over = FALSE;
	}
	lsm_extract_result_end(result, document, from, status);
}

void
lsm_format_prepare(void)
{
	/* Names in archives are converted by the locale's character set. */
	setlocale(LC_CTYPE, "C.UTF-8");
	lsm_xml_prepare();
	lsm_ole_prepare();
	lsm_pdf_prepare();
}
