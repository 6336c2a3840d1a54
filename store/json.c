/*
 * json.c - JSON objects to and from bytes.
 *
 * Owns nothing; uses json-glib. Threads: any. Fails by GError. json-glib's parser recurses without
 * a bound and takes comments, assignments and single quotes for JSON: so that a plain loop looks at
 * the bytes first and lets through only what cannot nest deeper than it counted.
 */
#include "store/json.h"

#include <string.h>

#include "conf/error.h"

/* Behind a string's opening quote -> behind its closing one; NULL where it does not end. */
static const char *
skip_string(const char *at, const char *end)
{
	for (; at < end && *at != '\0'; at++) {
		if (*at == '"')
			return at + 1;
		if (*at == '\\' && ++at >= end)
			return NULL;
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

GBytes *
lsm_json_render(JsonObject *object)
{
	g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);

	json_node_set_object(node, object);
	char *text = json_to_string(node, FALSE);
	gsize length = strlen(text);
	if (!g_utf8_validate_len(text, length, NULL)) {
		char *valid = g_utf8_make_valid(text, (gssize)length);
		g_free(text);
		text = valid;
		length = strlen(text);
	}
	return g_bytes_new_take(text, length);
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
