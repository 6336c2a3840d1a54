/*
 * cp1252.c - see cp1252.h. Owns nothing; never fails.
 */
#include "extract/cp1252.h"

#include <string.h>

static const guint16 upper_control[32] = {
	0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
	0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd, 0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
	0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e, 0x0178,
};

gunichar
lsm_cp1252_character(guint8 octet)
{
	return octet >= 0x80 && octet < 0xa0 ? upper_control[octet - 0x80] : octet;
}

static char *
from_utf16(const guint8 *data, gsize size, gboolean is_big_endian, gsize *length_out)
{
	g_autofree gunichar2 *units = g_new0(gunichar2, size / 2 + 1);
	GString *text = g_string_sized_new(size);

	for (gsize i = 0; i < size / 2; i++)
		units[i] = is_big_endian ? (gunichar2)(data[2 * i] << 8 | data[2 * i + 1])
					 : (gunichar2)(data[2 * i + 1] << 8 | data[2 * i]);
	for (gsize i = 0; i < size / 2; i++) {
		gunichar unit = units[i];

		if (unit >= 0xd800 && unit < 0xdc00 && units[i + 1] >= 0xdc00 && units[i + 1] < 0xe000)
			unit = 0x10000 + ((unit - 0xd800) << 10) + (units[++i] - 0xdc00u);
		g_string_append_unichar(text, g_unichar_validate(unit) && unit != 0 ? unit : 0xfffd);
	}
	*length_out = text->len;
	return g_string_free(text, FALSE);
}

char *
lsm_cp1252_guess_text(const guint8 *data, gsize size, gsize *length_out)
{
	GString *text;

	if (size >= 2 && (memcmp(data, "\xff\xfe", 2) == 0 || memcmp(data, "\xfe\xff", 2) == 0))
		return from_utf16(data + 2, size - 2, data[0] == 0xfe, length_out);
	if (size >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0) {
		data += 3;
		size -= 3;
	}
	*length_out = size;
	if (g_utf8_validate((const char *)data, (gssize)size, NULL))
		return g_strndup((const char *)data, size);
	text = g_string_sized_new(size);
	for (gsize i = 0; i < size; i++)
		if (data[i] != 0)
			g_string_append_unichar(text, lsm_cp1252_character(data[i]));
	*length_out = text->len;
	return g_string_free(text, FALSE);
}
