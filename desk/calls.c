/*
 * calls.c - the typed calls of desk.h, turned into operations and JSON; and the twin in process.
 *
 * Owns no state. The transport (client.c, or the local twin below) stands behind LsmDeskClass.
 */
#include <string.h>

#include "conf/error.h"
#include "desk/json.h"
#include "desk/service.h"

static gboolean
call(LsmDesk *desk, const char *operation, JsonObject *args, GBytes *content, JsonObject **answer_out,
     GError **error)
{
	return desk->class->call(desk, operation, args, content, answer_out, error);
}

static JsonObject *
keys_to_json(const LsmCaseKeys *keys)
{
	JsonObject *object = json_object_new();

	lsm_json_set(object, "identity", keys->identity);
	lsm_json_set(object, "text", keys->text);
	lsm_json_set(object, "message_id", keys->message_id);
	lsm_json_set(object, "document", keys->document);
	lsm_json_set(object, "answers", keys->answers);
	json_object_set_boolean_member(object, "by_message_id", keys->by_message_id);
	return object;
}

gboolean
lsm_desk_facts(LsmDesk *desk, const LsmCaseKeys *keys, LsmFacts **facts_out, char **fingerprint_out,
	       GError **error)
{
	g_autoptr(JsonObject) args = keys_to_json(keys);
	g_autoptr(JsonObject) answer = NULL;
	LsmFacts *facts;

	if (!call(desk, "facts", args, NULL, &answer, error))
		return FALSE;
	facts = lsm_facts_new();
	facts->known = !desk->without_record;
	facts->case_id = g_strdup(lsm_json_get(answer, "case", NULL));
	facts->case_state = g_strdup(lsm_json_get(answer, "state", NULL));
	facts->original_id = g_strdup(lsm_json_get(answer, "original", NULL));
	facts->original_reply_to = g_strdup(lsm_json_get(answer, "original_reply_to", NULL));
	g_strfreev(facts->approved_for);
	facts->approved_for = lsm_json_get_list(answer, "approved_for");
	g_strfreev(facts->drafted_to);
	facts->drafted_to = lsm_json_get_list(answer, "drafted_to");
	g_strfreev(facts->released);
	facts->released = lsm_json_get_list(answer, "released");
	facts->is_enforced = json_object_get_boolean_member_with_default(answer, "enforced", FALSE);
	facts->may_intervene = json_object_get_boolean_member_with_default(answer, "may_intervene", FALSE);
	facts->opted_out = json_object_get_boolean_member_with_default(answer, "opted_out", FALSE);
	facts->approved_in_advance =
		json_object_get_boolean_member_with_default(answer, "approved_in_advance", FALSE);
	*facts_out = facts;
	*fingerprint_out = g_strdup(lsm_json_get(answer, "fingerprint", ""));
	return TRUE;
}

LsmRecordResult
lsm_desk_record(LsmDesk *desk, const LsmPassage *passage, char **id_out, char **ticket_out, GError **error)
{
	g_autoptr(JsonObject) args = json_object_new();
	g_autoptr(JsonObject) answer = NULL;
	const char *id;

	json_object_set_object_member(args, "keys", keys_to_json(&passage->keys));
	json_object_set_object_member(args, "members", json_object_ref(passage->members));
	lsm_json_set(args, "judged_on", passage->judged_on);
	if (!call(desk, "record", args, passage->content, &answer, error))
		return LSM_NOT_RECORDED;
	if (json_object_get_boolean_member_with_default(answer, "changed", FALSE))
		return LSM_CHANGED;
	id = lsm_json_get(answer, "id", NULL);
	if (id == NULL) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_UNCERTAIN, "the desk answered without an id");
		return LSM_NOT_RECORDED;
	}
	*id_out = g_strdup(id);
	*ticket_out = g_strdup(id);
	return LSM_RECORDED;
}

gboolean
lsm_desk_taken_all(LsmDesk *desk, const char *const *tickets, GError **error)
{
	g_autoptr(JsonObject) args = json_object_new();
	g_autoptr(JsonObject) answer = NULL;

	lsm_json_set_strings(args, "tickets", tickets);
	return call(desk, "taken", args, NULL, &answer, error);
}

gboolean
lsm_desk_taken(LsmDesk *desk, const char *ticket, GError **error)
{
	const char *const tickets[] = {ticket, NULL};

	return lsm_desk_taken_all(desk, tickets, error);
}

gboolean
lsm_desk_not_applied(LsmDesk *desk, const char *ticket, const char *why, GError **error)
{
	g_autoptr(JsonObject) args = json_object_new();
	g_autoptr(JsonObject) answer = NULL;

	lsm_json_set(args, "ticket", ticket);
	lsm_json_set(args, "why", why);
	return call(desk, "not-applied", args, NULL, &answer, error);
}

gboolean
lsm_desk_is_owed(LsmDesk *desk, const char *content, const char *sender, char *const *recipients,
		 gboolean *owed_out, GError **error)
{
	g_autoptr(JsonObject) args = json_object_new();
	g_autoptr(JsonObject) answer = NULL;

	lsm_json_set(args, "content", content);
	lsm_json_set(args, "sender", sender);
	lsm_json_set_strings(args, "recipients", (const char *const *)recipients);
	if (!call(desk, "owed", args, NULL, &answer, error))
		return FALSE;
	*owed_out = json_object_get_boolean_member_with_default(answer, "owed", FALSE);
	return TRUE;
}

gboolean
lsm_desk_list_copy(LsmDesk *desk, const char *message_id, gboolean *known_out, GError **error)
{
	g_autoptr(JsonObject) args = json_object_new();
	g_autoptr(JsonObject) answer = NULL;

	lsm_json_set(args, "message_id", message_id);
	if (!call(desk, "list-copy", args, NULL, &answer, error))
		return FALSE;
	*known_out = json_object_get_boolean_member_with_default(answer, "known", FALSE);
	return TRUE;
}

gboolean
lsm_desk_answer(LsmDesk *desk, JsonObject *args, gboolean *taken_out, GError **error)
{
	g_autoptr(JsonObject) answer = NULL;

	if (!call(desk, "reply", args, NULL, &answer, error))
		return FALSE;
	*taken_out = json_object_get_boolean_member_with_default(answer, "taken", FALSE);
	return TRUE;
}

gboolean
lsm_desk_check_answer(LsmDesk *desk, JsonObject *args, gboolean *sent_out, GError **error)
{
	g_autoptr(JsonObject) answer = NULL;

	if (!call(desk, "check-answer", args, NULL, &answer, error))
		return FALSE;
	*sent_out = json_object_get_boolean_member_with_default(answer, "sent", FALSE);
	return TRUE;
}

gboolean
lsm_desk_threads(LsmDesk *desk, gint64 known, gint64 *state_out, char ***ids_out, GError **error)
{
	g_autoptr(JsonObject) args = json_object_new();
	g_autoptr(JsonObject) answer = NULL;

	json_object_set_int_member(args, "known", known);
	if (!call(desk, "threads", args, NULL, &answer, error))
		return FALSE;
	*state_out = lsm_json_get_int(answer, "state", -1);
	*ids_out = lsm_json_get_array(answer, "ids") != NULL ? lsm_json_get_list(answer, "ids") : NULL;
	return TRUE;
}

gboolean
lsm_desk_informed(LsmDesk *desk, JsonObject *note, GError **error)
{
	g_autoptr(JsonObject) answer = NULL;

	return call(desk, "informed", note, NULL, &answer, error);
}

JsonObject *
lsm_desk_verb(LsmDesk *desk, const char *verb, JsonObject *args, GError **error)
{
	JsonObject *answer = NULL;

	return call(desk, verb, args, NULL, &answer, error) ? answer : NULL;
}

void
lsm_desk_free(LsmDesk *desk)
{
	if (desk != NULL)
		desk->class->free(desk);
}

/* --- the twin in process --- */

typedef struct {
	LsmDesk base;
	LsmService *service;
} LocalDesk;

static gboolean
local_call(LsmDesk *desk, const char *operation, JsonObject *args, GBytes *content, JsonObject **answer_out,
	   GError **error)
{
	const LsmPeer peer = {.uid = 0, .user = "root", .is_gate = TRUE};

	return lsm_service_handle(((LocalDesk *)desk)->service, &peer, operation, args,
				  content == NULL ? NULL : g_bytes_ref(content), answer_out, error);
}

static const LsmDeskClass local_class = {local_call, (void (*)(LsmDesk *))g_free};

LsmDesk *
lsm_desk_new_local(LsmService *service)
{
	LocalDesk *desk = g_new0(LocalDesk, 1);

	desk->base.class = &local_class;
	desk->service = service;
	return &desk->base;
}
