/*
 * json_read.h - reads JSON in one pass: for rows that are read by the million, without building a tree.
 *
 *   for (lsm_json_read_begin(&read, data, length); lsm_json_read_name(&read, name);)
 *           ... exactly one lsm_json_read_<value> ...
 *   if (!lsm_json_read_end(&read)) not JSON
 *
 * Strict and bounded as json.h's parser: one object in valid UTF-8, nesting up to LSM_JSON_DEPTH_MAX, no octet 0
 * in a text. A value of another type than was asked for is skipped and answered FALSE or NULL; what is no JSON at
 * all makes every further call answer so. Never reads behind the end.
 */
#ifndef LSM_STORE_JSON_READ_H
#define LSM_STORE_JSON_READ_H

#include <json-glib/json-glib.h>

#define LSM_JSON_NAME_SIZE 32 /* with the NUL; a longer name is given as "" */

typedef struct {
	const char *at, *end;
	gboolean begun; /* a member was read: the next one has a comma before it */
	gboolean failed;
	const char *wrong; /* where it failed */
} LsmJsonRead;

/* data is borrowed until the end. */
void lsm_json_read_begin(LsmJsonRead *read, const void *data, gsize length);
/* The next member's name; FALSE: there is none, or an error. */
gboolean lsm_json_read_name(LsmJsonRead *read, char name_out[LSM_JSON_NAME_SIZE]);
/* TRUE: the object was whole, and nothing but blanks followed it. */
gboolean lsm_json_read_end(const LsmJsonRead *read);

/* The literal null is next; then it is taken. */
gboolean lsm_json_read_null(LsmJsonRead *read);
char *lsm_json_read_text(LsmJsonRead *read);   /* new */
char **lsm_json_read_texts(LsmJsonRead *read); /* of an array, new */
gboolean lsm_json_read_flag(LsmJsonRead *read, gboolean *flag_out);
/* A whole number that is not below 0. */
gboolean lsm_json_read_number(LsmJsonRead *read, guint64 *number_out);
/* An array of such numbers, appended to numbers (of guint64). */
gboolean lsm_json_read_numbers(LsmJsonRead *read, GArray *numbers);
void lsm_json_read_skip(LsmJsonRead *read);

/* The whole at once, instead of all the above: right behind lsm_json_read_begin. New; NULL: no such JSON, or a name
 * that stands twice in an object (RFC 7493 section 2.3: readers differ in which they take). */
JsonObject *lsm_json_read_tree(LsmJsonRead *read);

#endif
