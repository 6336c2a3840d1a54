/*
 * step_confirm.c - a person says that what was read is right, or what it should be (A26, A40).
 *
 * What the program extracted stays in the earlier events: the case shows what was confirmed. Owns the table
 * of what can be corrected. Runs in the writer's transaction.
 */
#include <string.h>

#include "conf/error.h"
#include "desk/json.h"
#include "desk/step.h"

#define LONGEST_VALUE 500

/* One corrected member: its checked value into the event. */
typedef gboolean (*Corrector)(LsmStep *step, const char *argument, const char *member, GError **error);

static gboolean
correct_purposes(LsmStep *step, const char *argument, const char *member, GError **error)
{
	g_auto(GStrv) list = lsm_step_list(step, argument);

	for (guint i = 0; list[i] != NULL; i++) {
		const char *word = lsm_purpose_word(list[i]);
		if (word == NULL)
			return lsm_step_refuse(step, error,
					       "\"%s\" is no purpose; expected information, action or response",
					       list[i]);
		g_free(list[i]);
		list[i] = g_strdup(word);
	}
	lsm_json_set_strings(step->event->private, member, (const char *const *)list);
	return TRUE;
}

static gboolean
correct_deadline(LsmStep *step, const char *argument, const char *member, GError **error)
{
	const char *text = lsm_step_text(step, argument);
	char iso[11];

	if (g_ascii_strcasecmp(text, "none") == 0)
		json_object_set_null_member(step->event->private, member);
	else if (lsm_deadline_parse(text, iso) == LSM_DEADLINE_READ)
		lsm_json_set(step->event->private, member, iso);
	else
		return lsm_step_refuse(step, error, "\"%s\" is no single date; write 2026-12-31, or none", text);
	return TRUE;
}

/* As the case writes them: "QUIC", "Broadband Forum". NULL: the directory knows no such name. */
static char *
party_name(const LsmDirectory *directory, const char *text)
{
	const LsmBody *body = lsm_directory_find_body(directory, text);
	g_autoptr(GPtrArray) bodies = lsm_directory_match_bodies(directory, text);
	g_autoptr(GPtrArray) organizations = lsm_directory_match_organizations(directory, text);

	if (body == NULL && bodies->len == 1)
		body = g_ptr_array_index(bodies, 0);
	if (body != NULL)
		return g_ascii_strup(body->acronym, -1);
	if (organizations->len == 1)
		return g_strdup(((const LsmOrganization *)g_ptr_array_index(organizations, 0))->name);
	return NULL;
}

static gboolean
correct_parties(LsmStep *step, const char *argument, const char *member, GError **error)
{
	g_auto(GStrv) list = lsm_step_list(step, argument);

	for (guint i = 0; list[i] != NULL; i++) {
		char *name = party_name(step->settings->directory, list[i]);
		/* A body outside need not be known (A4). */
		if (name == NULL && strcmp(argument, "from") != 0)
			return lsm_step_refuse(step, error, "the directory knows no \"%s\"", list[i]);
		if (name != NULL) {
			g_free(list[i]);
			list[i] = name;
		}
	}
	lsm_json_set_strings(step->event->private, member, (const char *const *)list);
	return TRUE;
}

static gboolean
correct_addresses(LsmStep *step, const char *argument, const char *member, GError **error)
{
	g_auto(GStrv) list = lsm_step_list(step, argument);

	for (guint i = 0; list[i] != NULL; i++) {
		if (!lsm_address_is_valid(list[i]))
			return lsm_step_refuse(step, error, "\"%s\" is no mail address", list[i]);
	}
	if (strcmp(argument, "reply-to") == 0)
		lsm_json_set(step->event->private, member, list[0]);
	else
		lsm_json_set_strings(step->event->private, member, (const char *const *)list);
	return TRUE;
}

static gboolean
correct_text(LsmStep *step, const char *argument, const char *member, GError **error)
{
	(void)error;
	lsm_json_set(step->event->private, member, lsm_step_text(step, argument));
	return TRUE;
}

static gboolean
correct_numbers(LsmStep *step, const char *argument, const char *member, GError **error)
{
	g_auto(GStrv) list = lsm_step_list(step, argument);

	(void)error;
	lsm_json_set_strings(step->event->private, member, (const char *const *)list);
	return TRUE;
}

/* To add what can be corrected: a row here, and the argument in act.def's row. */
static const struct {
	const char *argument;
	const char *member;
	Corrector correct;
} corrections[] = {
	{"purpose", "purposes", correct_purposes},      {"deadline", "deadline", correct_deadline},
	{"to", "to", correct_parties},                  {"from", "from", correct_parties},
	{"subject", "subject", correct_text},           {"number", "numbers", correct_numbers},
	{"reply-to", "reply_to", correct_addresses},    {"to-contact", "to_contacts", correct_addresses},
};

static gboolean
is_one_line(LsmStep *step, const char *argument, GError **error)
{
	g_auto(GStrv) list = lsm_step_list(step, argument);

	for (guint i = 0; list[i] != NULL; i++) {
		if (strlen(list[i]) > LONGEST_VALUE || !g_utf8_validate(list[i], -1, NULL) ||
		    strpbrk(list[i], "\r\n") != NULL)
			return lsm_step_refuse(step, error, "%s is one line of at most %d octets", argument,
					       LONGEST_VALUE);
	}
	return TRUE;
}

static JsonObject *
members_of(const LsmCase *item)
{
	g_autoptr(GBytes) bytes = lsm_case_render(item);

	return lsm_json_parse(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), NULL);
}

/* Said again: the case would be what it is. */
static gboolean
changes_nothing(const LsmStep *step)
{
	g_autoptr(LsmCase) after = lsm_case_copy(step->item);
	g_autoptr(JsonObject) old = members_of(step->item);
	g_autoptr(JsonObject) new = NULL;
	gboolean same;

	lsm_case_fold(after, step->event);
	new = members_of(after);
	same = old != NULL && new != NULL;
	for (guint i = 0; same && i < G_N_ELEMENTS(corrections); i++) {
		JsonNode *was = json_object_get_member(old, corrections[i].member);
		JsonNode *is = json_object_get_member(new, corrections[i].member);
		same = was == is || (was != NULL && is != NULL && json_node_equal(was, is));
	}
	return same;
}

/* A line that a sender was asked about has gone out already. */
static LsmState
state_confirmed(LsmState state)
{
	if (state == LSM_STATE_UNSURE)
		return LSM_STATE_PASSED;
	return state == LSM_STATE_UNCONFIRMED ? LSM_STATE_CONFIRMED : state;
}

gboolean
lsm_step_fill_confirm(LsmStep *step, LsmStoreTxn *txn, GError **error)
{
	(void)txn;
	for (guint i = 0; i < G_N_ELEMENTS(corrections); i++) {
		g_auto(GStrv) given = lsm_step_list(step, corrections[i].argument);

		if (given[0] == NULL)
			continue;
		if (!is_one_line(step, corrections[i].argument, error) ||
		    !corrections[i].correct(step, corrections[i].argument, corrections[i].member, error))
			return FALSE;
	}
	json_object_set_boolean_member(step->event->private, "confirmed", TRUE);
	step->state = state_confirmed(step->item->state);
	step->already = step->item->confirmed && step->state == step->item->state && changes_nothing(step);
	return TRUE;
}

/* Search knows the other body's numbers, also those that a person added. */
gboolean
lsm_step_finish_confirm(LsmStep *step, LsmStoreTxn *txn, GError **error)
{
	g_auto(GStrv) numbers = lsm_json_get_list(step->event->private, "numbers");
	const char *from = step->item->from[0];

	for (guint i = 0; from != NULL && numbers[i] != NULL; i++) {
		g_autofree char *term = g_strdup_printf("%s %s", from, numbers[i]);
		g_autofree char *id = NULL;
		LsmFound found = lsm_index_find(txn, LSM_INDEX_DOCUMENT, term, &id, error);

		/* Another statement may have it first: what was read there stays as it is. */
		if (found == LSM_FAILED || (found == LSM_ABSENT && !lsm_index_put(txn, LSM_INDEX_DOCUMENT, term,
										  step->item->id, error)))
			return FALSE;
	}
	return TRUE;
}
