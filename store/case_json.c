/*
 * case_json.c - a case to and from JSON.
 *
 * Owns the form of LSM_TABLE_CASE's values; uses the table of members and json.h. Threads: any. Fails
 * by GError: CORRUPT names the member.
 */
#include "conf/error.h"
#include "store/case.h"
#include "store/case_members.h"
#include "store/json.h"

/* --- render --- */

static void
write_list(GString *out, const char *name, char *const *list)
{
	lsm_json_write_name(out, name);
	g_string_append_c(out, '[');
	for (guint i = 0; list[i]; i++) {
		if (i > 0)
			g_string_append_c(out, ',');
		lsm_json_write_string(out, list[i]);
	}
	g_string_append_c(out, ']');
}

static void
write_text(GString *out, const char *name, const char *text)
{
	lsm_json_write_name(out, name);
	lsm_json_write_string(out, text);
}

static void
write_flag(GString *out, const char *name)
{
	lsm_json_write_name(out, name);
	g_string_append(out, "true");
}

/* Absent stands for NULL, FALSE and the empty list, which most members are. */
static void
write_member(GString *out, LsmCase *item, const LsmCaseMember *member)
{
	switch (member->kind) {
	case LSM_MEMBER_TEXT:
		if (*lsm_case_member_text(item, member))
			write_text(out, member->name, *lsm_case_member_text(item, member));
		break;
	case LSM_MEMBER_LIST:
		if (**lsm_case_member_list(item, member))
			write_list(out, member->name, *lsm_case_member_list(item, member));
		break;
	case LSM_MEMBER_FLAG:
		if (*lsm_case_member_flag(item, member))
			write_flag(out, member->name);
		break;
	}
}

static void
write_time(GString *out, const char *name, gint64 time)
{
	g_autofree char *text = lsm_event_time_render(time);

	write_text(out, name, text);
}

static void
write_positions(GString *out, const GArray *positions)
{
	lsm_json_write_name(out, "positions");
	g_string_append_c(out, '[');
	for (guint i = 0; i < positions->len; i++)
		g_string_append_printf(out, "%s%" G_GUINT64_FORMAT, i == 0 ? "" : ",",
				       g_array_index(positions, guint64, i));
	g_string_append_c(out, ']');
}

/* Piece by piece: a case is written anew with each of its events. */
GBytes *
lsm_case_render(const LsmCase *item)
{
	GString *out = g_string_sized_new(1024);

	g_string_append_c(out, '{');
	write_text(out, "id", item->id);
	write_text(out, "state", lsm_state_row(item->state)->word);
	write_time(out, "since", item->since);
	write_time(out, "changed", item->changed);
	lsm_json_write_name(out, "passages");
	g_string_append_printf(out, "%u", item->passages);
	if (item->taken)
		write_flag(out, "taken");
	if (item->erase_reason)
		write_text(out, "erase_reason", item->erase_reason);
	for (guint i = 0; i < lsm_case_members_count; i++)
		write_member(out, (LsmCase *)item, &lsm_case_members[i]);
	write_positions(out, item->positions);
	g_string_append_c(out, '}');
	return lsm_json_finish(out);
}

/* --- parse --- */

static gboolean
fail_member(GError **error, const char *name)
{
	g_set_error(error, LSM_ERROR, LSM_ERROR_CORRUPT, "not a case: its \"%s\" is missing or wrong", name);
	return FALSE;
}

static gboolean
parse_time(JsonObject *object, const char *name, gint64 *time_out, GError **error)
{
	const char *text = lsm_json_string(object, name);

	return (text && lsm_event_time_parse(text, time_out)) || fail_member(error, name);
}

static gboolean
parse_positions(JsonObject *object, GArray *positions, GError **error)
{
	JsonNode *node = json_object_get_member(object, "positions");

	if (!node || !JSON_NODE_HOLDS_ARRAY(node))
		return fail_member(error, "positions");
	JsonArray *array = json_node_get_array(node);
	guint length = json_array_get_length(array);
	for (guint i = 0; i < length; i++) {
		JsonNode *element = json_array_get_element(array, i);
		if (!lsm_json_node_is_number(element) || json_node_get_int(element) < 0)
			return fail_member(error, "positions");
		guint64 position = (guint64)json_node_get_int(element);
		g_array_append_val(positions, position);
	}
	return TRUE;
}

/* What every case has. */
static gboolean
parse_fixed(JsonObject *object, LsmCase *item, GError **error)
{
	const char *state = lsm_json_string(object, "state");
	gint64 passages;

	if (!state || !lsm_state_parse(state, &item->state))
		return fail_member(error, "state");
	if (!lsm_json_number(object, "passages", &passages) || passages < 0 || passages > G_MAXINT)
		return fail_member(error, "passages");
	item->passages = (guint)passages;
	item->taken = lsm_json_flag(object, "taken");
	item->erase_reason = g_strdup(lsm_json_string(object, "erase_reason"));
	return parse_time(object, "since", &item->since, error) &&
	       parse_time(object, "changed", &item->changed, error) &&
	       parse_positions(object, item->positions, error);
}

static gboolean
parse_members(JsonObject *object, LsmCase *item, GError **error)
{
	for (guint i = 0; i < lsm_case_members_count; i++) {
		const LsmCaseMember *member = &lsm_case_members[i];
		JsonNode *node = json_object_get_member(object, member->name);
		if (node && !lsm_case_member_apply(item, member, LSM_MEMBER_LAST, node))
			return fail_member(error, member->name);
	}
	return TRUE;
}

LsmCase *
lsm_case_parse(const void *data, gsize length, GError **error)
{
	g_autoptr(JsonObject) object = lsm_json_parse(data, length, error);

	if (!object)
		return NULL;
	const char *id = lsm_json_string(object, "id");
	if (!id || *id == '\0') {
		fail_member(error, "id");
		return NULL;
	}
	g_autoptr(LsmCase) item = lsm_case_new(id);
	if (!parse_fixed(object, item, error) || !parse_members(object, item, error))
		return NULL;
	return g_steal_pointer(&item);
}
