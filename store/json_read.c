/*
 * json_read.c - see json_read.h.
 *
 * Owns nothing. Threads: any, a reader belongs to one. After a mistake `at` stands at the end, so that nothing
 * more is found.
 */
#include "store/json_read.h"

#include <errno.h>
#include <string.h>

#include "store/json.h"

/* --- octets --- */

static void
fail(LsmJsonRead *read)
{
	if (!read->failed)
		read->wrong = read->at;
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

static gboolean
take_name(LsmJsonRead *read, char name_out[LSM_JSON_NAME_SIZE])
{
	LsmJsonRead plain = *read;

	plain.at++;
	gsize length = plain_length(&plain);
	/* Nearly every name is short and has no escapes. */
	if (length < LSM_JSON_NAME_SIZE && length < (gsize)(plain.end - plain.at) && plain.at[length] == '"') {
		memcpy(name_out, plain.at, length);
		name_out[length] = '\0';
		read->at = plain.at + length + 1;
		return TRUE;
	}
	g_autofree char *name = take_text(read);
	if (name && g_strlcpy(name_out, name, LSM_JSON_NAME_SIZE) >= LSM_JSON_NAME_SIZE)
		name_out[0] = '\0';
	return name != NULL;
}

gboolean
lsm_json_read_name(LsmJsonRead *read, char name_out[LSM_JSON_NAME_SIZE])
{
	if (look(read) == '}')
		return FALSE;
	if ((read->begun && !take(read, ',')) || look(read) != '"') {
		fail(read);
		return FALSE;
	}
	read->begun = TRUE;
	if (take_name(read, name_out) && take(read, ':'))
		return TRUE;
	fail(read);
	return FALSE;
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

/* --- trees --- */

static gsize
take_digits(LsmJsonRead *read)
{
	const char *begin = read->at;

	while (read->at < read->end && g_ascii_isdigit(*read->at))
		read->at++;
	return (gsize)(read->at - begin);
}

static gboolean
take_one_of(LsmJsonRead *read, const char *octets)
{
	if (read->at == read->end || *read->at == '\0' || !strchr(octets, *read->at))
		return FALSE;
	read->at++;
	return TRUE;
}

/* "number = [ minus ] int [ frac ] [ exp ]", RFC 8259 section 6. is_whole_out: int alone. */
static gboolean
take_number(LsmJsonRead *read, gboolean *is_whole_out)
{
	take_one_of(read, "-");
	const char *first = read->at;
	gsize digits = take_digits(read);

	if (digits == 0 || (digits > 1 && *first == '0'))
		return FALSE;
	*is_whole_out = TRUE;
	if (take_one_of(read, ".")) {
		*is_whole_out = FALSE;
		if (take_digits(read) == 0)
			return FALSE;
	}
	if (take_one_of(read, "eE")) {
		*is_whole_out = FALSE;
		take_one_of(read, "+-");
		if (take_digits(read) == 0)
			return FALSE;
	}
	return TRUE;
}

/* What is too large for a whole number of 64 bits is read as one with a fraction. */
static JsonNode *
read_number_node(LsmJsonRead *read)
{
	const char *begin = read->at;
	gboolean is_whole;
	char *end;

	if (!take_number(read, &is_whole))
		return NULL;
	g_autofree char *text = g_strndup(begin, (gsize)(read->at - begin));
	errno = 0;
	gint64 whole = is_whole ? g_ascii_strtoll(text, &end, 10) : 0;
	if (is_whole && errno == 0)
		return json_node_init_int(json_node_alloc(), whole);
	return json_node_init_double(json_node_alloc(), g_ascii_strtod(text, &end));
}

static JsonNode *
read_bare_node(LsmJsonRead *read)
{
	if (take_word(read, "null"))
		return json_node_init_null(json_node_alloc());
	if (take_word(read, "true"))
		return json_node_init_boolean(json_node_alloc(), TRUE);
	if (take_word(read, "false"))
		return json_node_init_boolean(json_node_alloc(), FALSE);
	return read_number_node(read);
}

static JsonNode *
read_text_node(LsmJsonRead *read)
{
	g_autofree char *text = take_text(read);

	return text ? json_node_init_string(json_node_alloc(), text) : NULL;
}

static JsonNode *read_node(LsmJsonRead *read, guint depth);

/* Behind the opening brace. NULL after a mistake. */
static JsonObject *
read_members(LsmJsonRead *read, guint depth)
{
	g_autoptr(JsonObject) object = json_object_new();

	if (take(read, '}'))
		return g_steal_pointer(&object);
	do {
		g_autofree char *name = look(read) == '"' ? take_text(read) : NULL;
		/* json-glib would look for the place of a name that it has already, among all of them. */
		gboolean is_new = name && !json_object_has_member(object, name);
		JsonNode *node = is_new && take(read, ':') ? read_node(read, depth) : NULL;
		if (!node)
			return NULL;
		json_object_set_member(object, name, node);
	} while (take(read, ','));
	return take(read, '}') ? g_steal_pointer(&object) : NULL;
}

/* Behind the opening bracket. */
static JsonArray *
read_elements(LsmJsonRead *read, guint depth)
{
	g_autoptr(JsonArray) array = json_array_new();

	if (take(read, ']'))
		return g_steal_pointer(&array);
	do {
		JsonNode *node = read_node(read, depth);
		if (!node)
			return NULL;
		json_array_add_element(array, node);
	} while (take(read, ','));
	return take(read, ']') ? g_steal_pointer(&array) : NULL;
}

static JsonNode *
read_nested(LsmJsonRead *read, guint depth)
{
	gboolean is_object = *read->at++ == '{';
	g_autoptr(JsonObject) object = is_object ? read_members(read, depth) : NULL;
	g_autoptr(JsonArray) array = is_object ? NULL : read_elements(read, depth);

	if (object)
		return json_node_init_object(json_node_alloc(), object);
	return array ? json_node_init_array(json_node_alloc(), array) : NULL;
}

/* Any value; depth: how many objects and arrays it stands in. As deep as LSM_JSON_DEPTH_MAX. */
static JsonNode *
read_node(LsmJsonRead *read, guint depth)
{
	char c = look(read);
	JsonNode *node = NULL;

	if (c == '"')
		node = read_text_node(read);
	else if (c != '{' && c != '[')
		node = read_bare_node(read);
	else if (depth < LSM_JSON_DEPTH_MAX)
		node = read_nested(read, depth + 1);
	if (!node)
		fail(read);
	return node;
}

JsonObject *
lsm_json_read_tree(LsmJsonRead *read)
{
	g_autoptr(JsonObject) object = read->failed ? NULL : read_members(read, 1);

	if (!object || look(read) != '\0' || read->at != read->end) {
		fail(read);
		return NULL;
	}
	return g_steal_pointer(&object);
}
