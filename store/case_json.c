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

/* Absent stands for NULL, FALSE and the empty list, which most members are. */
static void
render_member(JsonObject *object, LsmCase *item, const LsmCaseMember *member)
{
	switch (member->kind) {
	case LSM_MEMBER_TEXT:
		if (*lsm_case_member_text(item, member))
			json_object_set_string_member(object, member->name,
						      *lsm_case_member_text(item, member));
		break;
	case LSM_MEMBER_LIST:
		if (**lsm_case_member_list(item, member))
			lsm_json_set_strings(object, member->name,
					     (const char *const *)*lsm_case_member_list(item, member));
		break;
	case LSM_MEMBER_FLAG:
		if (*lsm_case_member_flag(item, member))
			json_object_set_boolean_member(object, member->name, TRUE);
		break;
	}
}

static void
render_time(JsonObject *object, const char *name, gint64 time)
{
	g_autofree char *text = lsm_event_time_render(time);

	json_object_set_string_member(object, name, text);
}

static void
render_positions(JsonObject *object, const GArray *positions)
{
	JsonArray *array = json_array_sized_new(positions->len);

	for (guint i = 0; i < positions->len; i++)
		json_array_add_int_element(array, (gint64)g_array_index(positions, guint64, i));
	json_object_set_array_member(object, "positions", array);
}

GBytes *
lsm_case_render(const LsmCase *item)
{
	g_autoptr(JsonObject) object = json_object_new();

	json_object_set_string_member(object, "id", item->id);
	json_object_set_string_member(object, "state", lsm_state_row(item->state)->word);
	render_time(object, "since", item->since);
	render_time(object, "changed", item->changed);
	json_object_set_int_member(object, "passages", item->passages);
	if (item->taken)
		json_object_set_boolean_member(object, "taken", TRUE);
	if (item->erase_reason)
		json_object_set_string_member(object, "erase_reason", item->erase_reason);
	for (guint i = 0; i < lsm_case_members_count; i++)
		render_member(object, (LsmCase *)item, &lsm_case_members[i]);
	render_positions(object, item->positions);
	return lsm_json_render(object);
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
