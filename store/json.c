/*
 * json.c - JSON objects to and from bytes.
 *
 * Owns nothing; uses json-glib's trees and json_read.h. Threads: any. Fails by GError. json-glib's own parser
 * recurses without a bound, takes comments, assignments and single quotes for JSON, and needs several times as long.
 */
#include "store/json.h"

#include <math.h>
#include <string.h>

#include "conf/error.h"
#include "store/json_read.h"

/* --- parse --- */

JsonObject *
lsm_json_parse(const void *data, gsize length, GError **error)
{
	LsmJsonRead read;

	lsm_json_read_begin(&read, data, length);
	JsonObject *object = lsm_json_read_tree(&read);
	if (!object && read.wrong == data)
		g_set_error(error, LSM_ERROR, LSM_ERROR_CORRUPT, "not a JSON object");
	else if (!object)
		g_set_error(error, LSM_ERROR, LSM_ERROR_CORRUPT, "not JSON, from octet %" G_GSIZE_FORMAT " on",
			    (gsize)(read.wrong - (const char *)data));
	return object;
}

/* --- render --- */

/* What must be escaped, and how: 'u' by its number, 0 not at all. A table, as each octet of a record passes here. */
static const char escapes[256] = {
	'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'b', 't', 'n', 'u', 'f', 'r', 'u', 'u',
	'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u',
	['"'] = '"', ['\\'] = '\\', [0x7f] = 'u',
};

void
lsm_json_write_string(GString *out, const char *text)
{
	const char *plain = text;

	g_string_append_c(out, '"');
	for (;; text++) {
		char escape = escapes[(guchar)*text];
		if (!escape)
			continue;
		g_string_append_len(out, plain, text - plain);
		if (*text == '\0')
			break;
		if (escape == 'u')
			g_string_append_printf(out, "\\u%04x", (guchar)*text);
		else {
			g_string_append_c(out, '\\');
			g_string_append_c(out, escape);
		}
		plain = text + 1;
	}
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

/* As nearly all that we write is, and found out eight octets at a time. */
static gboolean
is_ascii(const char *text, gsize length)
{
	guint64 octets, high = 0;

	for (; length >= sizeof octets; text += sizeof octets, length -= sizeof octets) {
		memcpy(&octets, text, sizeof octets);
		high |= octets;
	}
	for (; length > 0; text++, length--)
		high |= (guchar)*text;
	return (high & G_GUINT64_CONSTANT(0x8080808080808080)) == 0;
}

GBytes *
lsm_json_finish(GString *out)
{
	gsize length = out->len;
	char *text = g_string_free(out, FALSE);

	/* No NUL stands in it: each text was a string. */
	if (!is_ascii(text, length) && !g_utf8_validate_len(text, length, NULL)) {
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
