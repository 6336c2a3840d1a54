/*
 * magic.c - see magic.h. Owns nothing; thread-safe; never fails.
 */
#include "rules/magic.h"

#include <string.h>

#define OPEN_DOCUMENT "application/vnd.oasis.opendocument."

/* To add a type: a row, the longer magic first. */
static const struct {
	gsize at;
	const char *octets;
	gsize length;
	const char *type;
} magics[] = {
	{0, "%PDF-", 5, "application/pdf"},
	{30, "mimetype" OPEN_DOCUMENT "text", 47, OPEN_DOCUMENT "text"},
	{0, "PK\3\4", 4, "application/zip"},
	{0, "PK\5\6", 4, "application/zip"},
	{0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8, "application/x-ole-storage"},
	{0, "{\\rtf", 5, "application/rtf"},
	{0, "\x1f\x8b", 2, "application/gzip"},
	{0, "7z\xbc\xaf\x27\x1c", 6, "application/x-7z-compressed"},
	{0, "Rar!\x1a\x07", 6, "application/vnd.rar"},
	{0, "\x89PNG\r\n\x1a\n", 8, "image/png"},
	{0, "\xff\xd8\xff", 3, "image/jpeg"},
	{0, "GIF8", 4, "image/gif"},
	{0,
	 "\x7f"
	 "ELF",
	 4, "application/x-executable"},
	{0, "MZ", 2, "application/x-msdownload"},
	{0, "<!DOCTYPE html", 14, "text/html"},
	{0, "<!doctype html", 14, "text/html"},
	{0, "<html", 5, "text/html"},
	{0, "BEGIN:VCALENDAR", 15, "text/calendar"},
};

const char *
lsm_magic_type(const guint8 *data, gsize length)
{
	for (gsize i = 0; i < G_N_ELEMENTS(magics); i++)
		if (length >= magics[i].at + magics[i].length &&
		    memcmp(data + magics[i].at, magics[i].octets, magics[i].length) == 0)
			return magics[i].type;
	return NULL;
}
