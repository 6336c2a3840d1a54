/*
 * json.h - reading members with a default, for objects of our own making.
 */
#ifndef LSM_DESK_JSON_H
#define LSM_DESK_JSON_H

#include "store/json.h"

/* The string belongs to the object; standard may be NULL. */
const char *lsm_json_get(JsonObject *object, const char *name, const char *standard);
gint64 lsm_json_get_int(JsonObject *object, const char *name, gint64 standard);
/* Never NULL; empty when absent. Caller frees. */
char **lsm_json_get_list(JsonObject *object, const char *name);
/* NULL where the member is absent or no object / array; borrowed. */
JsonObject *lsm_json_get_object(JsonObject *object, const char *name);
JsonArray *lsm_json_get_array(JsonObject *object, const char *name);
/* Leaves the member out when text is NULL. */
void lsm_json_set(JsonObject *object, const char *name, const char *text);

#endif
