/*
 * file_kind.c - what kind of file an attachment is, from one table.
 *
 * Owns nothing; any thread; never fails.
 */
#include "rules/file_kind.h"

#include <string.h>

#define ZIP "application/zip"
#define OLE "application/x-ole-storage"
#define OOXML "application/vnd.openxmlformats-officedocument."
#define MICROSOFT "application/vnd.ms-"
#define OASIS "application/vnd.oasis.opendocument."

typedef struct {
	const char *extension; /* NULL: of no extension */
	const char *type;      /* as it is declared; NULL: only the extension tells */
	const char *octets;    /* as magic.h knows it; NULL: its octets tell nothing */
	const char *other;     /* it may also be this; NULL: nothing else */
	LsmFileKind kind;
	gboolean has_macros;
	const char *name; /* as people call it */
} Row;

/* To add a type: a row; several of one type stand together, the usual extension first. An encrypted office
 * file is OLE outside, and what is called .doc is now and then RTF. */
static const Row rows[] = {
	{"pdf", "application/pdf", "application/pdf", NULL, LSM_FILE_READABLE, FALSE, "a PDF"},
	{"html", "text/html", "text/html", NULL, LSM_FILE_READABLE, FALSE, "HTML"},
	{"htm", "text/html", "text/html", NULL, LSM_FILE_READABLE, FALSE, "HTML"},
	{"txt", "text/plain", NULL, NULL, LSM_FILE_READABLE, FALSE, "a text"},
	{"md", "text/markdown", NULL, NULL, LSM_FILE_READABLE, FALSE, "a text"},
	{"docx", OOXML "wordprocessingml.document", ZIP, OLE, LSM_FILE_PROPRIETARY, FALSE, "a Word document"},
	{"xlsx", OOXML "spreadsheetml.sheet", ZIP, OLE, LSM_FILE_PROPRIETARY, FALSE, "an Excel sheet"},
	{"pptx", OOXML "presentationml.presentation", ZIP, OLE, LSM_FILE_PROPRIETARY, FALSE,
	 "PowerPoint slides"},
	{"docm", MICROSOFT "word.document.macroenabled.12", ZIP, OLE, LSM_FILE_PROPRIETARY, TRUE,
	 "a Word document with macros"},
	{"dotm", MICROSOFT "word.template.macroenabled.12", ZIP, OLE, LSM_FILE_PROPRIETARY, TRUE,
	 "a Word template with macros"},
	{"xlsm", MICROSOFT "excel.sheet.macroenabled.12", ZIP, OLE, LSM_FILE_PROPRIETARY, TRUE,
	 "an Excel sheet with macros"},
	{"pptm", MICROSOFT "powerpoint.presentation.macroenabled.12", ZIP, OLE, LSM_FILE_PROPRIETARY, TRUE,
	 "PowerPoint slides with macros"},
	{"doc", "application/msword", OLE, "application/rtf", LSM_FILE_PROPRIETARY, FALSE,
	 "an old Word document"},
	{"xls", MICROSOFT "excel", OLE, NULL, LSM_FILE_PROPRIETARY, FALSE, "an old Excel sheet"},
	{"ppt", MICROSOFT "powerpoint", OLE, NULL, LSM_FILE_PROPRIETARY, FALSE, "old PowerPoint slides"},
	{"vsdx", "application/vnd.ms-visio.drawing", ZIP, OLE, LSM_FILE_PROPRIETARY, FALSE,
	 "a Visio drawing"},
	{"pages", "application/vnd.apple.pages", ZIP, NULL, LSM_FILE_PROPRIETARY, FALSE, "a Pages document"},
	{"odt", OASIS "text", OASIS "text", ZIP, LSM_FILE_OPEN, FALSE, "an OpenDocument text"},
	{"odp", OASIS "presentation", ZIP, NULL, LSM_FILE_OPEN, FALSE, "OpenDocument slides"},
	{"ods", OASIS "spreadsheet", ZIP, NULL, LSM_FILE_OPEN, FALSE, "an OpenDocument sheet"},
	{"rtf", "application/rtf", "application/rtf", NULL, LSM_FILE_OPEN, FALSE, "RTF"},
	{"zip", ZIP, ZIP, NULL, LSM_FILE_ARCHIVE, FALSE, "a zip archive"},
	{"7z", "application/x-7z-compressed", "application/x-7z-compressed", NULL, LSM_FILE_ARCHIVE, FALSE,
	 "a 7z archive"},
	{"rar", "application/vnd.rar", "application/vnd.rar", NULL, LSM_FILE_ARCHIVE, FALSE, "a rar archive"},
	{"gz", "application/gzip", "application/gzip", NULL, LSM_FILE_ARCHIVE, FALSE, "a gzip archive"},
	{"ics", "text/calendar", "text/calendar", NULL, LSM_FILE_NO_DOCUMENT, FALSE, "a calendar entry"},
	{"eml", "message/rfc822", NULL, NULL, LSM_FILE_NO_DOCUMENT, FALSE, "a mail"},
	{"png", "image/png", "image/png", NULL, LSM_FILE_NO_DOCUMENT, FALSE, "a picture"},
	{"jpg", "image/jpeg", "image/jpeg", NULL, LSM_FILE_NO_DOCUMENT, FALSE, "a picture"},
	{"jpeg", "image/jpeg", "image/jpeg", NULL, LSM_FILE_NO_DOCUMENT, FALSE, "a picture"},
	{"gif", "image/gif", "image/gif", NULL, LSM_FILE_NO_DOCUMENT, FALSE, "a picture"},
	{NULL, OLE, OLE, NULL, LSM_FILE_PROPRIETARY, FALSE, "an old office file"},
	{"exe", "application/x-msdownload", "application/x-msdownload", NULL, LSM_FILE_UNKNOWN, FALSE,
	 "a program"},
	{"elf", "application/x-executable", "application/x-executable", NULL, LSM_FILE_UNKNOWN, FALSE,
	 "a program"},
};

/* Families that hold nothing to read. */
static const char *const no_documents[] = {
	"image/", "audio/", "video/", "application/pgp-", "application/pkcs7-", "application/x-pkcs7-"};

static const Row *
row_of_name(const LsmAttachment *attachment)
{
	const char *dot = attachment->file_name != NULL ? strrchr(attachment->file_name, '.') : NULL;

	for (guint i = 0; dot != NULL && i < G_N_ELEMENTS(rows); i++) {
		if (rows[i].extension != NULL && g_ascii_strcasecmp(dot + 1, rows[i].extension) == 0)
			return &rows[i];
	}
	return NULL;
}

static const Row *
row_of_type(const LsmAttachment *attachment)
{
	for (guint i = 0; attachment->declared_type != NULL && i < G_N_ELEMENTS(rows); i++) {
		if (rows[i].type != NULL && g_ascii_strcasecmp(attachment->declared_type, rows[i].type) == 0)
			return &rows[i];
	}
	return NULL;
}

/* What the octets tell, and no more: a zip, not the office file that it may be. */
static const Row *
row_of_octets(const LsmAttachment *attachment)
{
	for (guint i = 0; attachment->real_type != NULL && i < G_N_ELEMENTS(rows); i++) {
		if (rows[i].type != NULL && strcmp(attachment->real_type, rows[i].type) == 0)
			return &rows[i];
	}
	return NULL;
}

static gboolean
is_no_document(const LsmAttachment *attachment)
{
	const char *type = attachment->declared_type != NULL ? attachment->declared_type : "";

	for (guint i = 0; i < G_N_ELEMENTS(no_documents); i++) {
		if (g_ascii_strncasecmp(type, no_documents[i], strlen(no_documents[i])) == 0)
			return TRUE;
	}
	return attachment->is_message;
}

/* What its octets would not contradict. */
static gboolean
may_be(const Row *row, const LsmAttachment *attachment)
{
	const char *real = attachment->real_type;

	if (real == NULL)
		return TRUE;
	return (row->octets != NULL && strcmp(real, row->octets) == 0) ||
	       (row->other != NULL && strcmp(real, row->other) == 0);
}

LsmFileKind
lsm_file_kind(const LsmAttachment *attachment)
{
	const Row *tries[] = {row_of_name(attachment), row_of_type(attachment)};
	const Row *real = row_of_octets(attachment);

	for (guint i = 0; i < G_N_ELEMENTS(tries); i++) {
		if (tries[i] != NULL && may_be(tries[i], attachment))
			return tries[i]->kind;
	}
	if (is_no_document(attachment))
		return LSM_FILE_NO_DOCUMENT;
	/* An office file without a name that tells is a zip or OLE outside. */
	if (real != NULL)
		return real->kind;
	if (attachment->declared_type != NULL && g_str_has_prefix(attachment->declared_type, "text/"))
		return LSM_FILE_READABLE;
	return LSM_FILE_UNKNOWN;
}

static gboolean
tell_difference(const char *declared, const char *real, const char **declared_out, const char **real_out)
{
	*declared_out = declared;
	*real_out = real;
	return TRUE;
}

gboolean
lsm_file_differs(const LsmAttachment *attachment, const char **declared_out, const char **real_out)
{
	const Row *name = row_of_name(attachment);
	const Row *type = row_of_type(attachment);
	const Row *real = row_of_octets(attachment);

	if (real != NULL && name != NULL && !may_be(name, attachment))
		return tell_difference(name->name, real->name, declared_out, real_out);
	if (real != NULL && name == NULL && type != NULL && !may_be(type, attachment))
		return tell_difference(type->name, real->name, declared_out, real_out);
	/* Mail programs declare what they do not know as text or as octets: only two real claims differ. */
	if (name == NULL || type == NULL || name->kind == type->kind || g_str_has_prefix(type->type, "text/"))
		return FALSE;
	return tell_difference(type->name, name->name, declared_out, real_out);
}

gboolean
lsm_file_has_macros(const LsmAttachment *attachment)
{
	const Row *name = row_of_name(attachment);
	const Row *type = row_of_type(attachment);

	return (name != NULL && name->has_macros) || (type != NULL && type->has_macros);
}
