/*
 * json.c - JSON objects to and from bytes.
 *
 * Owns nothing; uses json-glib. Threads: any. Fails by GError. json-glib's parser recurses without
 * a bound and takes comments, assignments and single quotes for JSON: so that a plain loop looks at
 * the bytes first and lets through only what cannot nest deeper than it counted.
 */
#include "store/json.h"

#include <math.h>
#include <string.h>

#include "conf/error.h"

/* --- parse --- */

/* Behind a backslash -> behind the escape; NULL where JSON has none such. json-glib knows more of them, by which
 * octets come in that are no UTF-8. */
static const char *
skip_escape(const char *at, const char *end)
{
	if (at >= end || *at == '\0' || !strchr("\"\\/bfnrtu", *at))
		return NULL;
	if (*at++ != 'u')
		return at;
	for (guint digit = 0; digit < 4; digit++, at++)
		if (at >= end || !g_ascii_isxdigit(*at))
			return NULL;
	return at;
}

/* Behind a string's opening quote -> behind its closing one; NULL where it does not end. */
static const char *
skip_string(const char *at, const char *end)
{
	while (at && at < end && *at != '\0') {
		if (*at == '"')
			return at + 1;
		at = *at == '\\' ? skip_escape(at + 1, end) : at + 1;
	}
	return NULL;
}

static gboolean
is_outside_char(char c)
{
	return g_ascii_isalnum(c) || (c != '\0' && strchr(" \t\r\n,:+-.", c));
}

static gboolean
is_blank(const char *at, const char *end)
{
	while (at < end && strchr(" \t\r\n", *at))
		at++;
	return at == end;
}

/* TRUE if brackets nest within bounds up to the end, and nothing but JSON's characters stands outside of
 * strings. */
static gboolean
is_bounded(const char *at, const char *end)
{
	int depth = 0;

	while (at && at < end) {
		char c = *at++;
		if (c == '"')
			at = skip_string(at, end);
		else if (c == '{' || c == '[')
			depth++;
		else if (c == '}' || c == ']')
			depth--;
		else if (!is_outside_char(c))
			return FALSE;
		if (depth > LSM_JSON_DEPTH_MAX)
			return FALSE;
		if (depth == 0)
			return is_blank(at, end);
	}
	return FALSE;
}

JsonObject *
lsm_json_parse(const void *data, gsize length, GError **error)
{
	const char *text = data;
	g_autoptr(JsonParser) parser = json_parser_new();
	g_autoptr(GError) why = NULL;

	if (length == 0 || length > LSM_JSON_SIZE_MAX || *text != '{' ||
	    !g_utf8_validate_len(text, length, NULL) || !is_bounded(text, text + length)) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_CORRUPT, "not a JSON object");
		return NULL;
	}
	if (!json_parser_load_from_data(parser, text, (gssize)length, &why)) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_CORRUPT, "not JSON: %s", why->message);
		return NULL;
	}
	JsonNode *root = json_parser_get_root(parser);
	if (!root || !JSON_NODE_HOLDS_OBJECT(root)) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_CORRUPT, "not a JSON object");
		return NULL;
	}
	return json_node_dup_object(root);
}

/* --- render --- */

/* What must be escaped, and how: 'u' by its number, 0 not at all. */
static char
escape_of(guchar c)
{
	switch (c) {
	case '"':
	case '\\':
		return (char)c;
	case '\b':
		return 'b';
	case '\f':
		return 'f';
	case '\n':
		return 'n';
	case '\r':
		return 'r';
	case '\t':
		return 't';
	default:
		return c < 0x20 || c == 0x7f ? 'u' : 0;
	}
}

void
lsm_json_write_string(GString *out, const char *text)
{
	const char *plain = text;

	g_string_append_c(out, '"');
	for (; *text; text++) {
		char escape = escape_of((guchar)*text);
		if (!escape)
			continue;
		g_string_append_len(out, plain, text - plain);
		if (escape == 'u')
			g_string_append_printf(out, "\\u%04x", (guchar)*text);
		else {
			g_string_append_c(out, '\\');
			g_string_append_c(out, escape);
		}
		plain = text + 1;
	}
	g_string_append_len(out, plain, text - plain);
	g_string_append_c(out, '"');
}

void
lsm_json_write_name(GString *out, const char *name)
{
	if (out->len > 0 && !strchr("{[", out->str[out->len - 1]))
		g_string_append_c(out, ',');
	lsm_json_write_string(out, name);
	g_string_append_c(out, ':');
}

static void
write_number(GString *out, JsonNode *node)
{
	char text[G_ASCII_DTOSTR_BUF_SIZE];

	if (json_node_get_value_type(node) == G_TYPE_INT64) {
		g_string_append_printf(out, "%" G_GINT64_FORMAT, json_node_get_int(node));
		return;
	}
	/* JSON has no word for what lies beyond a double; a number with a fraction is read as one again. */
	double number = json_node_get_double(node);
	g_string_append(out, isfinite(number) ? g_ascii_dtostr(text, sizeof text, number) : "null");
	if (isfinite(number) && !strpbrk(text, ".eE"))
		g_string_append(out, ".0");
}

static void
write_value(GString *out, JsonNode *node)
{
	GType type = json_node_get_value_type(node);

	if (type == G_TYPE_STRING)
		lsm_json_write_string(out, json_node_get_string(node));
	else if (type == G_TYPE_BOOLEAN)
		g_string_append(out, json_node_get_boolean(node) ? "true" : "false");
	else
		write_number(out, node);
}

static void
write_object(GString *out, JsonObject *object)
{
	JsonObjectIter iter;
	const char *name;
	JsonNode *node;

	g_string_append_c(out, '{');
	json_object_iter_init_ordered(&iter, object);
	while (json_object_iter_next_ordered(&iter, &name, &node)) {
		lsm_json_write_name(out, name);
		lsm_json_write_node(out, node);
	}
	g_string_append_c(out, '}');
}

static void
write_array(GString *out, JsonArray *array)
{
	guint length = json_array_get_length(array);

	g_string_append_c(out, '[');
	for (guint i = 0; i < length; i++) {
		if (i > 0)
			g_string_append_c(out, ',');
		lsm_json_write_node(out, json_array_get_element(array, i));
	}
	g_string_append_c(out, ']');
}

/* As deep as the tree: what was parsed is bounded, what we make is flat. */
void
lsm_json_write_node(GString *out, JsonNode *node)
{
	switch (json_node_get_node_type(node)) {
	case JSON_NODE_OBJECT:
		write_object(out, json_node_get_object(node));
		break;
	case JSON_NODE_ARRAY:
		write_array(out, json_node_get_array(node));
		break;
	case JSON_NODE_VALUE:
		write_value(out, node);
		break;
	case JSON_NODE_NULL:
		g_string_append(out, "null");
		break;
	}
}

GBytes *
lsm_json_finish(GString *out)
{
	gsize length = out->len;
	char *text = g_string_free(out, FALSE);

	if (!g_utf8_validate_len(text, length, NULL)) {
		char *valid = g_utf8_make_valid(text, (gssize)length);
		g_free(text);
		text = valid;
		length = strlen(text);
	}
	return g_bytes_new_take(text, length);
}

GBytes *
lsm_json_render(JsonObject *object)
{
	GString *out = g_string_sized_new(512);

	write_object(out, object);
	return lsm_json_finish(out);
}

gboolean
lsm_json_node_is_string(JsonNode *node)
{
	return node && JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING;
}

gboolean
lsm_json_node_is_number(JsonNode *node)
{
	return node && JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_INT64;
}

const char *
lsm_json_string(JsonObject *object, const char *name)
{
	JsonNode *node = json_object_get_member(object, name);

	return lsm_json_node_is_string(node) ? json_node_get_string(node) : NULL;
}

gboolean
lsm_json_flag(JsonObject *object, const char *name)
{
	JsonNode *node = json_object_get_member(object, name);

	return node && JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_BOOLEAN &&
	       json_node_get_boolean(node);
}

gboolean
lsm_json_number(JsonObject *object, const char *name, gint64 *number_out)
{
	JsonNode *node = json_object_get_member(object, name);

	if (!lsm_json_node_is_number(node))
		return FALSE;
	*number_out = json_node_get_int(node);
	return TRUE;
}

char **
lsm_json_node_strings(JsonNode *node)
{
	if (!node || !JSON_NODE_HOLDS_ARRAY(node))
		return NULL;

	JsonArray *array = json_node_get_array(node);
	guint length = json_array_get_length(array);
	g_auto(GStrv) list = g_new0(char *, (gsize)length + 1);
	for (guint i = 0; i < length; i++) {
		JsonNode *element = json_array_get_element(array, i);
		if (!lsm_json_node_is_string(element))
			return NULL;
		list[i] = g_strdup(json_node_get_string(element));
	}
	return g_steal_pointer(&list);
}

void
lsm_json_set_strings(JsonObject *object, const char *name, const char *const *list)
{
	JsonArray *array = json_array_new();

	for (; list && *list; list++)
		json_array_add_string_element(array, *list);
	json_object_set_array_member(object, name, array);
}
