/*
 * theirs.c - see theirs.h. Trusts nothing of the file: what has another type than it should counts as absent.
 */
#include "ctl/theirs.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "conf/error.h"
#include "ctl/places.h"
#include "ctl/proofs.h"
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
	g_free(entry->line);
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

/* What is read here of an object, as an object a line. */
static char *
line_of(JsonObject *object)
{
	static const char *const members[] = {"id",	 "title",    "other_identifiers", "from_name", "to_name",
					      "purpose", "deadline", "submitted",	  "state"};
	g_autoptr(JsonObject) kept = json_object_new();
	gsize length;

	for (guint i = 0; i < G_N_ELEMENTS(members); i++) {
		if (json_object_has_member(object, members[i]))
			json_object_set_member(kept, members[i],
					       json_node_copy(json_object_get_member(object, members[i])));
	}
	g_autoptr(GBytes) bytes = lsm_json_render(kept);
	const char *text = g_bytes_get_data(bytes, &length);
	return g_strndup(text, length);
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
	entry->line = line_of(object);
	entry->is_posted = *state == '\0' || strcmp(state, "posted") == 0;
	return entry;
}

/* --- the file --- */

/* before: what stands between the file's name and the number from 1 of the entry or line; 0: the file as a whole. */
static gboolean
fail_list(GError **error, const char *path, const char *before, guint number)
{
	g_autofree char *place = number == 0 ? g_strdup("") : g_strdup_printf("%s%u", before, number);

	g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT,
		    "%s%s: not a list of the Datatracker's: {\"objects\": [...]}, or an object with id and "
		    "title a line",
		    path, place);
	return FALSE;
}

static gboolean
add_object(LsmTheirList *list, JsonObject *object)
{
	LsmTheirs *entry = theirs_of(object);

	if (entry == NULL)
		return FALSE;
	if (g_hash_table_contains(list->by_id, entry->id)) {
		theirs_free(entry);
		return TRUE;
	}
	g_hash_table_add(list->by_id, entry->id);
	g_ptr_array_add(list->entries, entry);
	return TRUE;
}

static gboolean
add_objects(LsmTheirList *list, const char *path, JsonArray *objects, GError **error)
{
	for (guint i = 0; i < json_array_get_length(objects); i++) {
		JsonNode *node = json_array_get_element(objects, i);
		if (!JSON_NODE_HOLDS_OBJECT(node) || !add_object(list, json_node_get_object(node)))
			return fail_list(error, path, ": entry ", i + 1);
	}
	return TRUE;
}

static gboolean
add_lines(LsmTheirList *list, const char *path, const char *text, GError **error)
{
	guint number = 1;

	for (const char *line = text; *line != '\0'; number++) {
		gsize length = strcspn(line, "\n"), blank = strspn(line, " \t\r");
		g_autoptr(JsonObject) object = NULL;

		if (blank < length) {
			object = lsm_json_parse(line, length, NULL);
			if (object == NULL || !add_object(list, object))
				return fail_list(error, path, ":", number);
		}
		line += line[length] == '\n' ? length + 1 : length;
	}
	return list->entries->len > 0 || fail_list(error, path, "", 0);
}

/* One page of many says how long the list is. */
static gboolean
add_page(LsmTheirList *list, const char *path, JsonObject *page, GError **error)
{
	JsonNode *objects = json_object_get_member(page, "objects"), *meta = json_object_get_member(page, "meta");
	gint64 total = 0;

	if (!JSON_NODE_HOLDS_ARRAY(objects))
		return fail_list(error, path, "", 0);
	if (meta != NULL && JSON_NODE_HOLDS_OBJECT(meta) &&
	    lsm_json_number(json_node_get_object(meta), "total_count", &total))
		list->total = MAX(list->total, total);
	return add_objects(list, path, json_node_get_array(objects), error);
}

/* The number of an escape, \u and four digits; -1: at is none. */
static int
escape_at(const char *at)
{
	int number = 0;

	if (at[0] != '\\' || at[1] != 'u')
		return -1;
	for (guint i = 2; i < 6; i++) {
		if (!g_ascii_isxdigit(at[i]))
			return -1;
		number = number * 16 + g_ascii_xdigit_value(at[i]);
	}
	return number;
}

/* In texts that people typed elsewhere, what is no character becomes U+FFFD, as octets do that are no UTF-8: for one
 * of them the list is none the less a list. */
static void
replace_escapes(char *text)
{
	for (char *at = strchr(text, '\\'); at != NULL; at = strchr(at, '\\')) {
		int number = escape_at(at), next = number < 0 ? -1 : escape_at(at + 6);
		gboolean is_high = number >= 0xd800 && number < 0xdc00, is_low = number >= 0xdc00 && number < 0xe000;

		if (is_high && next >= 0xdc00 && next < 0xe000)
			at += 12;
		else if (number == 0 || is_high || is_low)
			at = (char *)memcpy(at, "\\ufffd", 6) + 6;
		else
			at += number >= 0 ? 6 : at[1] != '\0' ? 2 : 1;
	}
}

/* When what it says was fetched, as far as the file knows. */
static void
note_time(LsmTheirList *list, const char *path)
{
	GStatBuf file;

	if (strcmp(path, "-") != 0 && g_stat(path, &file) == 0 && S_ISREG(file.st_mode))
		list->time = MIN(list->time, (gint64)file.st_mtime);
}

/* NULL: not to be read. A bare array is taken for the objects. Caller frees. */
static char *
read_text(const char *path, GError **error)
{
	gsize length;
	g_autofree char *octets = lsm_proofs_read(path, LSM_JSON_SIZE_MAX, &length, error);
	char *text = octets == NULL ? NULL : g_utf8_make_valid(octets, (gssize)length);

	if (text == NULL)
		return NULL;
	replace_escapes(text);
	if (text[strspn(text, " \t\r\n")] != '[')
		return text;
	char *page = g_strconcat("{\"objects\":", text, "}", NULL);
	g_free(text);
	return page;
}

gboolean
lsm_theirs_read(LsmTheirList *list, const char *path, GError **error)
{
	g_autofree char *text = read_text(path, error);
	g_autoptr(JsonObject) page = text == NULL ? NULL : lsm_json_parse(text, strlen(text), NULL);

	if (text == NULL)
		return FALSE;
	note_time(list, path);
	return page != NULL && json_object_has_member(page, "objects") ? add_page(list, path, page, error)
								       : add_lines(list, path, text, error);
}

gboolean
lsm_theirs_read_all(LsmTheirList *list, char **paths, GError **error)
{
	for (; *paths != NULL; paths++) {
		if (!lsm_theirs_read(list, *paths, error))
			return FALSE;
	}
	return TRUE;
}

gboolean
lsm_theirs_is_whole(const LsmTheirList *list)
{
	return list->total <= (gint64)list->entries->len;
}

char *
lsm_theirs_place(const LsmCtlOptions *options, GError **error)
{
	g_autofree char *store = lsm_places_store(options, error);

	return store == NULL ? NULL : g_build_filename(store, "datatracker.jsonl", NULL);
}

LsmTheirList *
lsm_theirs_new(void)
{
	LsmTheirList *list = g_new0(LsmTheirList, 1);

	list->entries = g_ptr_array_new_with_free_func(theirs_free);
	list->by_id = g_hash_table_new(g_str_hash, g_str_equal);
	list->time = g_get_real_time() / G_USEC_PER_SEC;
	return list;
}

void
lsm_theirs_free(LsmTheirList *list)
{
	g_hash_table_unref(list->by_id);
	g_ptr_array_unref(list->entries);
	g_free(list);
}
