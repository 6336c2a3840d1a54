/*
 * theirs.c - see theirs.h. Trusts nothing of the file: what has another type than it should counts as absent.
 */
#include "ctl/theirs.h"

#include <string.h>

#include "conf/error.h"
#include "store/event.h"
#include "store/json.h"

static void
theirs_free(gpointer data)
{
	LsmTheirs *entry = data;

	g_free(entry->id);
	g_free(entry->title);
	g_free(entry->identifiers);
	g_free(entry->parties);
	g_free(entry->purpose);
	g_free(entry->deadline);
	g_free(entry->ours);
	g_free(entry);
}

char *
lsm_theirs_fold(const char *text)
{
	static const char *const openings[] = {
		"newliaisonstatement", "liaisonstatement", "reply", "re", "lson", "ls"};
	g_autofree char *valid = g_utf8_make_valid(text, -1);
	g_autofree char *lower = g_utf8_casefold(valid, -1);
	GString *folded = g_string_new(NULL);

	for (const char *p = lower; *p != '\0'; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);
		if (g_unichar_isalnum(c))
			g_string_append_unichar(folded, c);
	}
	for (guint i = 0; i < G_N_ELEMENTS(openings); i++) {
		gsize length = strlen(openings[i]);
		/* What is only an opening is kept: an id begins with LS. */
		if (folded->len > length + 12 && g_str_has_prefix(folded->str, openings[i]) &&
		    !g_ascii_isdigit(folded->str[length]))
			g_string_erase(folded, 0, (gssize)length);
	}
	return g_string_free(folded, FALSE);
}

/* The last word of "/api/v1/name/liaisonstatementstate/posted/". */
static char *
slug_of(const char *uri)
{
	g_auto(GStrv) words = uri == NULL ? NULL : g_strsplit(uri, "/", -1);
	const char *last = "";

	for (guint i = 0; words != NULL && words[i] != NULL; i++) {
		if (*words[i] != '\0')
			last = words[i];
	}
	return g_strdup(last);
}

static char *
purpose_of(JsonObject *object)
{
	static const struct {
		const char *theirs, *ours;
	} words[] = {{"info", "information"},
		     {"action", "action"},
		     {"comment", "comment"},
		     {"response", "response"}};
	g_autofree char *slug = slug_of(lsm_json_string(object, "purpose"));

	for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
		if (strcmp(slug, words[i].theirs) == 0)
			return g_strdup(words[i].ours);
	}
	return NULL;
}

static char *
text_of(JsonObject *object, const char *name)
{
	const char *text = lsm_json_string(object, name);

	return g_strdup(text == NULL ? "" : text);
}

/* A date or a time, with or without its zone: UTC is meant. */
static gint64
time_of(JsonObject *object)
{
	const char *text = lsm_json_string(object, "submitted");
	g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
	g_autofree char *whole = text == NULL         ? NULL
				 : strlen(text) == 10 ? g_strconcat(text, "T00:00:00", NULL)
						      : g_strdup(text);
	g_autoptr(GDateTime) time = whole == NULL ? NULL : g_date_time_new_from_iso8601(whole, utc);

	return time == NULL ? 0 : g_date_time_to_unix(time) * G_USEC_PER_SEC;
}

static char *
id_of(JsonObject *object)
{
	const char *text = lsm_json_string(object, "id");
	gint64 number;

	if (text != NULL)
		return g_strdup(text);
	return lsm_json_number(object, "id", &number) ? g_strdup_printf("%" G_GINT64_FORMAT, number) : NULL;
}

/* NULL: it has neither id nor title, and is none. */
static LsmTheirs *
theirs_of(JsonObject *object)
{
	g_autofree char *id = id_of(object);
	g_autofree char *state = slug_of(lsm_json_string(object, "state"));
	g_autofree char *from = text_of(object, "from_name");
	g_autofree char *to = text_of(object, "to_name");
	LsmTheirs *entry;

	if (id == NULL || lsm_json_string(object, "title") == NULL)
		return NULL;
	entry = g_new0(LsmTheirs, 1);
	entry->id = g_steal_pointer(&id);
	entry->title = text_of(object, "title");
	entry->identifiers = text_of(object, "other_identifiers");
	entry->parties = *from == '\0' && *to == '\0' ? g_strdup("") : g_strdup_printf("%s > %s", from, to);
	entry->purpose = purpose_of(object);
	entry->deadline = g_strdup(lsm_json_string(object, "deadline"));
	entry->time = time_of(object);
	entry->is_posted = *state == '\0' || strcmp(state, "posted") == 0;
	return entry;
}

/* --- the file --- */

static gboolean
fail_list(GError **error, const char *path, guint line)
{
	g_autofree char *place = line == 0 ? g_strdup(path) : g_strdup_printf("%s:%u", path, line);

	g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT,
		    "%s: not a list of the Datatracker's: {\"objects\": [...]}, or an object with id and "
		    "title a line",
		    place);
	return FALSE;
}

static gboolean
add_object(GPtrArray *list, JsonObject *object)
{
	LsmTheirs *entry = theirs_of(object);

	if (entry != NULL)
		g_ptr_array_add(list, entry);
	return entry != NULL;
}

static gboolean
add_objects(GPtrArray *list, JsonArray *objects)
{
	for (guint i = 0; i < json_array_get_length(objects); i++) {
		JsonNode *node = json_array_get_element(objects, i);
		if (!JSON_NODE_HOLDS_OBJECT(node) || !add_object(list, json_node_get_object(node)))
			return FALSE;
	}
	return TRUE;
}

static gboolean
read_lines(GPtrArray *list, const char *path, const char *text, GError **error)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (guint i = 0; lines[i] != NULL; i++) {
		g_autoptr(JsonObject) object = NULL;

		if (*g_strstrip(lines[i]) == '\0')
			continue;
		object = lsm_json_parse(lines[i], strlen(lines[i]), NULL);
		if (object == NULL || !add_object(list, object))
			return fail_list(error, path, i + 1);
	}
	return TRUE;
}

GPtrArray *
lsm_theirs_read(const char *path, GError **error)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(theirs_free);
	g_autofree char *text = NULL;
	g_autoptr(GError) problem = NULL;
	gsize length;
	gboolean fine;

	if (!g_file_get_contents(strcmp(path, "-") == 0 ? "/dev/stdin" : path, &text, &length, &problem)) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT, "%s", problem->message);
		return NULL;
	}
	g_autoptr(JsonObject) page = lsm_json_parse(text, length, NULL);
	JsonNode *node = page == NULL ? NULL : json_object_get_member(page, "objects");
	if (node != NULL)
		fine = (JSON_NODE_HOLDS_ARRAY(node) && add_objects(list, json_node_get_array(node))) ||
		       fail_list(error, path, 0);
	else
		fine = read_lines(list, path, text, error);
	return fine ? g_steal_pointer(&list) : NULL;
}
