/*
 * json.c - see json.h. Wrong types count as absent: the objects cross a socket.
 */
#include "desk/json.h"

const char *
lsm_json_get(JsonObject *object, const char *name, const char *standard)
{
	const char *text = lsm_json_string(object, name);

	return text == NULL ? standard : text;
}

gint64
lsm_json_get_int(JsonObject *object, const char *name, gint64 standard)
{
	gint64 number;

	return lsm_json_number(object, name, &number) ? number : standard;
}

char **
lsm_json_get_list(JsonObject *object, const char *name)
{
	JsonNode *node = json_object_get_member(object, name);
	char **list = node == NULL ? NULL : lsm_json_node_strings(node);

	return list == NULL ? g_new0(char *, 1) : list;
}

JsonObject *
lsm_json_get_object(JsonObject *object, const char *name)
{
	JsonNode *node = json_object_get_member(object, name);

	return node != NULL && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

JsonArray *
lsm_json_get_array(JsonObject *object, const char *name)
{
	JsonNode *node = json_object_get_member(object, name);

	return node != NULL && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

void
lsm_json_set(JsonObject *object, const char *name, const char *text)
{
	if (text != NULL)
		json_object_set_string_member(object, name, text);
}
