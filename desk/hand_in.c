/*
 * hand_in.c - reads a mail to the desk and hands it in. Owns nothing; runs in the gate, any thread.
 *
 *   {"door":"token","token":"...","from":"ad1@example.org","proved":"dkim","login":null,"message_id":"...",
 *    "date":1795262400,"subject":"...","automatic":null,"shared":false,"addressed":true,"line":"Approve.",
 *    "verb":"approve","args":{},"tag":"K7Q3M","reports":[{"recipient","action","reason"}]}
 *
 * By a case's door also "case":"LS-20261121-K7Q3M" and "bounce_tag":"abcdefghijkl".
 */
#include "desk/hand_in.h"

#include <string.h>

#include "desk/answer.h"
#include "desk/door.h"
#include "desk/json.h"
#include "desk/report.h"
#include "desk/tag.h"
#include "rules/authres.h"

static const char *const door_words[] = {
	[LSM_DOOR_NONE] = "none",
	[LSM_DOOR_PLAIN] = "plain",
	[LSM_DOOR_TOKEN] = "token",
	[LSM_DOOR_CASE] = "case",
};

/* By the narrowest door, when it came by several. */
static LsmDoor
find_door(const GPtrArray *recipients, const LsmSettings *settings, char **suffix_out)
{
	LsmDoor best = LSM_DOOR_NONE;

	for (guint i = 0; i < recipients->len; i++) {
		const LsmRecipient *recipient = g_ptr_array_index(recipients, i);
		const char *suffix = NULL;
		LsmDoor door = lsm_door_of(settings, recipient->address, &suffix);

		if (door <= best)
			continue;
		best = door;
		g_free(*suffix_out);
		*suffix_out = suffix == NULL ? NULL : g_strndup(suffix, strcspn(suffix, "@"));
	}
	return best;
}

const char *
lsm_hand_in_proof(const LsmMessage *message, const LsmEnvelope *envelope, const LsmSettings *settings)
{
	const char *method = NULL;

	if (envelope->login != NULL)
		return "login";
	/* No border has looked at what a local user writes by the mail server's own command. */
	if (envelope->by_command)
		return NULL;
	return lsm_authres_proves_from(message, settings, &method) ? method : NULL;
}

gboolean
lsm_hand_in_is_addressed(const LsmMessage *message, const LsmSettings *settings)
{
	const GPtrArray *const fields[] = {message->to, message->cc};

	for (guint i = 0; i < G_N_ELEMENTS(fields); i++) {
		for (guint k = 0; fields[i] != NULL && k < fields[i]->len; k++) {
			const LsmAddress *named = g_ptr_array_index(fields[i], k);

			if (lsm_door_of(settings, named->address, NULL) != LSM_DOOR_NONE)
				return TRUE;
		}
	}
	return FALSE;
}

static JsonArray *
reports_of(const LsmMessage *message)
{
	g_autoptr(GPtrArray) rows = lsm_report_read(message);
	JsonArray *reports = json_array_new();

	for (guint i = 0; i < rows->len; i++) {
		const LsmReportRow *row = g_ptr_array_index(rows, i);
		JsonObject *report = json_object_new();

		lsm_json_set(report, "recipient", row->recipient);
		lsm_json_set(report, "action", row->action);
		lsm_json_set(report, "reason", row->reason);
		json_array_add_object_element(reports, report);
	}
	return reports;
}

static void
add_case(JsonObject *args, const char *suffix)
{
	g_autofree char *tag = NULL;
	g_autofree char *id = lsm_tag_split(suffix, &tag);

	lsm_json_set(args, "case", id);
	lsm_json_set(args, "bounce_tag", tag);
}

static void
add_answer(JsonObject *args, const LsmMessage *message, LsmDoor door, const char *suffix)
{
	g_autoptr(LsmAnswer) answer = lsm_answer_parse(message->text, message->subject);

	lsm_json_set(args, "line", answer->line);
	lsm_json_set(args, "verb", answer->verb);
	json_object_set_object_member(args, "args", json_object_ref(answer->args));
	lsm_json_set(args, "tag", answer->tag);
	lsm_json_set(args, "token", door == LSM_DOOR_TOKEN ? suffix : answer->token);
	if (door == LSM_DOOR_CASE)
		add_case(args, suffix);
}

static JsonObject *
describe(const LsmMessage *message, const LsmEnvelope *envelope, const GPtrArray *recipients,
	 const LsmSettings *settings)
{
	JsonObject *args = json_object_new();
	g_autofree char *suffix = NULL;
	LsmDoor door = find_door(recipients, settings, &suffix);

	lsm_json_set(args, "door", door_words[door]);
	lsm_json_set(args, "from", lsm_message_from_address(message));
	lsm_json_set(args, "proved", lsm_hand_in_proof(message, envelope, settings));
	lsm_json_set(args, "login", envelope->login);
	lsm_json_set(args, "message_id", message->message_id);
	lsm_json_set(args, "subject", message->subject);
	lsm_json_set(args, "queue_id", envelope->queue_id);
	lsm_json_set(args, "automatic", lsm_report_automatic(message, envelope));
	json_object_set_int_member(args, "date", message->date);
	json_object_set_boolean_member(args, "shared", envelope->recipients->len > 0);
	json_object_set_boolean_member(args, "addressed", lsm_hand_in_is_addressed(message, settings));
	json_object_set_boolean_member(args, "bounce", *envelope->sender == '\0');
	json_object_set_array_member(args, "reports", reports_of(message));
	add_answer(args, message, door, suffix);
	return args;
}

LsmHanded
lsm_hand_in(const LsmMessage *message, const LsmEnvelope *envelope, const GPtrArray *recipients,
	    const LsmSettings *settings, LsmDesk *desk, GError **error)
{
	g_autoptr(JsonObject) args = describe(message, envelope, recipients, settings);
	gboolean taken = FALSE;

	if (!lsm_desk_answer(desk, args, &taken, error))
		return LSM_HANDED_FAILED;
	return taken ? LSM_HANDED_TAKEN : LSM_HANDED_NOT_OURS;
}
