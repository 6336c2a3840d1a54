/*
 * json_read.c - see json_read.h.
 *
 * Owns nothing. Threads: any, a reader belongs to one. After a mistake `at` stands at the end, so that nothing
 * more is found.
 */
#include "store/json_read.h"

#include <string.h>

#include "store/json.h"

/* --- octets --- */

static void
fail(LsmJsonRead *read)
{
	read->failed = TRUE;
	read->at = read->end;
}

static gboolean
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The next octet that is no blank, which stays; '\0' at the end. */
static char
look(LsmJsonRead *read)
{
	while (read->at < read->end && is_blank(*read->at))
		read->at++;
	return read->at < read->end ? *read->at : '\0';
}

static gboolean
take(LsmJsonRead *read, char c)
{
	if (look(read) != c)
		return FALSE;
	read->at++;
	return TRUE;
}

static gboolean
take_word(LsmJsonRead *read, const char *word)
{
	gsize length = strlen(word);

	look(read);
	if ((gsize)(read->end - read->at) < length || memcmp(read->at, word, length) != 0)
		return FALSE;
	read->at += length;
	return TRUE;
}

/* --- texts --- */

/* Four hex digits behind "\u"; -1 where they are none. */
static int
take_hex(LsmJsonRead *read)
{
	int number = 0;

	for (guint i = 0; i < 4; i++) {
		int digit = read->at < read->end ? g_ascii_xdigit_value(*read->at++) : -1;
		if (digit < 0)
			return -1;
		number = number << 4 | digit;
	}
	return number;
}

/* A character beyond the first 65,536 is written as two. */
static gboolean
take_unicode(LsmJsonRead *read, GString *out)
{
	int code = take_hex(read);

	if (code >= 0xd800 && code < 0xdc00) {
		gboolean more = read->end - read->at >= 6 && read->at[0] == '\\' && read->at[1] == 'u';
		read->at += more ? 2 : 0;
		int low = more ? take_hex(read) : -1;
		if (low < 0xdc00 || low > 0xdfff)
			return FALSE;
		code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
	} else if (code <= 0 || (code >= 0xdc00 && code <= 0xdfff))
		return FALSE;
	g_string_append_unichar(out, (gunichar)code);
	return TRUE;
}

static gboolean
take_escape(LsmJsonRead *read, GString *out)
{
	static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
	char letter = read->at < read->end ? *read->at++ : '\0';
	const char *known = letter != '\0' ? strchr(letters, letter) : NULL;

	if (known)
		g_string_append_c(out, meant[known - letters]);
	return known || (letter == 'u' && take_unicode(read, out));
}

/* Behind the opening quote: up to the closing quote or a backslash, which stay. */
static gsize
plain_length(const LsmJsonRead *read)
{
	const char *at = read->at;

	while (at < read->end && *at != '"' && *at != '\\' && *at != '\0')
		at++;
	return (gsize)(at - read->at);
}

/* Behind the opening quote; the text so far is in out. */
static gboolean
take_rest(LsmJsonRead *read, GString *out)
{
	while (read->at < read->end && *read->at == '\\') {
		read->at++;
		if (!take_escape(read, out))
			return FALSE;
		gsize length = plain_length(read);
		g_string_append_len(out, read->at, (gssize)length);
		read->at += length;
	}
	return take(read, '"');
}

/* The quote is next. NULL after a mistake. */
static char *
take_text(LsmJsonRead *read)
{
	read->at++;
	gsize length = plain_length(read);
	const char *plain = read->at;

	read->at += length;
	if (read->at < read->end && *read->at == '"') {
		read->at++;
		return g_strndup(plain, length);
	}
	g_autoptr(GString) text = g_string_new_len(plain, (gssize)length);
	if (take_rest(read, text))
		return g_string_free(g_steal_pointer(&text), FALSE);
	fail(read);
	return NULL;
}

/* --- members --- */

void
lsm_json_read_begin(LsmJsonRead *read, const void *data, gsize length)
{
	*read = (LsmJsonRead){.at = data, .end = (const char *)data + length};
	if (length == 0 || length > LSM_JSON_SIZE_MAX || *read->at != '{' || !g_utf8_validate_len(data, length, NULL))
		fail(read);
	else
		read->at++;
}

gboolean
lsm_json_read_name(LsmJsonRead *read, char name_out[LSM_JSON_NAME_SIZE])
{
	g_autofree char *name = NULL;

	if (look(read) == '}')
		return FALSE;
	if ((read->begun && !take(read, ',')) || look(read) != '"') {
		fail(read);
		return FALSE;
	}
	read->begun = TRUE;
	name = take_text(read);
	if (!name || !take(read, ':')) {
		fail(read);
		return FALSE;
	}
	if (g_strlcpy(name_out, name, LSM_JSON_NAME_SIZE) >= LSM_JSON_NAME_SIZE)
		name_out[0] = '\0';
	return TRUE;
}

gboolean
lsm_json_read_end(const LsmJsonRead *read)
{
	LsmJsonRead rest = *read;

	return !rest.failed && take(&rest, '}') && look(&rest) == '\0' && rest.at == rest.end;
}

/* --- values --- */

gboolean
lsm_json_read_null(LsmJsonRead *read)
{
	return take_word(read, "null");
}

char *
lsm_json_read_text(LsmJsonRead *read)
{
	if (look(read) == '"')
		return take_text(read);
	lsm_json_read_skip(read);
	return NULL;
}

gboolean
lsm_json_read_flag(LsmJsonRead *read, gboolean *flag_out)
{
	gboolean flag = take_word(read, "true");

	if (flag || take_word(read, "false")) {
		*flag_out = flag;
		return TRUE;
	}
	lsm_json_read_skip(read);
	return FALSE;
}

gboolean
lsm_json_read_number(LsmJsonRead *read, guint64 *number_out)
{
	guint64 number = 0;
	char c = look(read);
	const char *begin = read->at;

	for (; g_ascii_isdigit(c) && number <= G_MAXINT64 / 10 - 1; c = read->at < read->end ? *read->at : '\0') {
		number = number * 10 + (guint64)(c - '0');
		read->at++;
	}
	/* Nothing read, or only part of a number. */
	if (read->at == begin || g_ascii_isalnum(c) || c == '.' || c == '+' || c == '-') {
		read->at = begin;
		lsm_json_read_skip(read);
		return FALSE;
	}
	*number_out = number;
	return TRUE;
}

/* Behind an element: another one follows. */
static gboolean
has_more(LsmJsonRead *read)
{
	if (take(read, ','))
		return TRUE;
	if (!take(read, ']'))
		fail(read);
	return FALSE;
}

static gboolean
open_array(LsmJsonRead *read)
{
	if (take(read, '['))
		return TRUE;
	lsm_json_read_skip(read);
	return FALSE;
}

gboolean
lsm_json_read_numbers(LsmJsonRead *read, GArray *numbers)
{
	gboolean fine = open_array(read);
	guint64 number;

	if (!fine || take(read, ']'))
		return fine;
	do {
		if (lsm_json_read_number(read, &number))
			g_array_append_val(numbers, number);
		else
			fine = FALSE;
	} while (has_more(read));
	return fine && !read->failed;
}

char **
lsm_json_read_texts(LsmJsonRead *read)
{
	g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
	gboolean fine = open_array(read);

	if (!fine)
		return NULL;
	if (!take(read, ']'))
		do {
			char *text = lsm_json_read_text(read);
			if (text)
				g_ptr_array_add(texts, text);
			else
				fine = FALSE;
		} while (has_more(read));
	if (!fine || read->failed)
		return NULL;
	g_ptr_array_add(texts, NULL);
	return (char **)g_ptr_array_steal(texts, NULL);
}

/* A number, or one of the three words: the octets up to what ends a value. */
static void
skip_bare(LsmJsonRead *read)
{
	const char *begin = read->at;

	while (read->at < read->end && (g_ascii_isalnum(*read->at) || strchr("+-.", *read->at)) && *read->at != '\0')
		read->at++;
	if (read->at == begin)
		fail(read);
}

/* Of what is skipped, only that it ends is looked at: brackets and texts. */
void
lsm_json_read_skip(LsmJsonRead *read)
{
	guint depth = 0;

	do {
		char c = look(read);
		if (c == '"')
			g_free(take_text(read));
		else if (c == '{' || c == '[') {
			read->at++;
			depth++;
		} else if (depth > 0 && (c == '}' || c == ']')) {
			read->at++;
			depth--;
		} else if (depth > 0 && (c == ',' || c == ':'))
			read->at++;
		else
			skip_bare(read);
	} while (depth > 0 && depth < LSM_JSON_DEPTH_MAX && !read->failed);
	if (depth > 0)
		fail(read);
}
