/*
 * json.h - JSON objects to and from bytes: strict, bounded, and quiet about members of the wrong type.
 */
#ifndef LSM_STORE_JSON_H
#define LSM_STORE_JSON_H

#include <json-glib/json-glib.h>

/* How deep objects and arrays may nest. */
#define LSM_JSON_DEPTH_MAX 32
#define LSM_JSON_SIZE_MAX (64 << 20)

/* Exactly one JSON object in valid UTF-8 within the bounds above, without a name twice, else CORRUPT. Caller unrefs. */
JsonObject *lsm_json_parse(const void *data, gsize length, GError **error);

/* On one line. Octets that are no UTF-8 become U+FFFD, so that what was written can be read again. */
GBytes *lsm_json_render(JsonObject *object);

/*
 * The same piece by piece, for rows that are written often: no tree is built. The caller sets braces and
 * commas; lsm_json_finish takes the text, sees to the UTF-8, and returns its bytes.
 */
void lsm_json_write_string(GString *out, const char *text);
void lsm_json_write_node(GString *out, JsonNode *node);
/* A comma unless the object or array was only just opened, the quoted name, a colon. */
void lsm_json_write_name(GString *out, const char *name);
GBytes *lsm_json_finish(GString *out);

/* NULL where the member is absent or of another type. The string belongs to the object. */
const char *lsm_json_string(JsonObject *object, const char *name);

/* TRUE only where the member is the literal true. */
gboolean lsm_json_flag(JsonObject *object, const char *name);

/* FALSE where the member is absent, of another type, or not a whole number. */
gboolean lsm_json_number(JsonObject *object, const char *name, gint64 *number_out);

gboolean lsm_json_node_is_string(JsonNode *node);
gboolean lsm_json_node_is_number(JsonNode *node);

/* The elements where node is an array of nothing but strings, else NULL. Caller frees. */
char **lsm_json_node_strings(JsonNode *node);

/* Adds an array of strings; list may be NULL: an empty one. */
void lsm_json_set_strings(JsonObject *object, const char *name, const char *const *list);

#endif
