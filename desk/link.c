/*
 * link.c - see link.h. Uses the indexes and the cases; whom it concerns is told by notice.c.
 */
#include "desk/link.h"

#include <string.h>

#include "conf/error.h"
#include "desk/json.h"
#include "desk/notice.h"
#include "desk/release.h"
#include "desk/role.h"

#define MOST_LINES 32 /* of what a mail says that it answers */
#define IN(name) (1u << LSM_STATE_##name)

/* What waits for an answer. */
static const guint32 waiting_states = IN(UNCONFIRMED) | IN(CONFIRMED) | IN(ASSIGNED) | IN(DISTRIBUTED) |
				      IN(ACTION_TAKEN) | IN(RECORDED);
/* What a corrected statement may take the place of. */
static const guint32 replaceable_states =
	IN(PENDING) | IN(IN_REVIEW) | IN(REJECTED) | IN(REFUSED) | IN(CANCELLED) | IN(DISAGREED) | IN(AROUND);

/* A Message-ID is written with its <>, and indexed without. */
static char *
without_brackets(const char *text)
{
	gsize length = strlen(text);

	return length > 2 && text[0] == '<' && text[length - 1] == '>' ? g_strndup(text + 1, length - 2)
								       : g_strdup(text);
}

static LsmFound
find_one(LsmStoreTxn *txn, const char *text, char **id_out, GError **error)
{
	g_autoptr(GError) ambiguous = NULL;
	g_autofree char *message_id = NULL;
	LsmFound found;

	found = lsm_case_find(txn, text, id_out, &ambiguous);
	if (found == LSM_FAILED && !g_error_matches(ambiguous, LSM_ERROR, LSM_ERROR_USAGE)) {
		g_propagate_error(error, g_steal_pointer(&ambiguous));
		return LSM_FAILED;
	}
	if (found == LSM_FOUND)
		return LSM_FOUND;
	message_id = without_brackets(text);
	found = lsm_index_find(txn, LSM_INDEX_MESSAGE_ID, message_id, id_out, error);
	return found != LSM_ABSENT ? found : lsm_index_find(txn, LSM_INDEX_DOCUMENT, text, id_out, error);
}

LsmFound
lsm_link_find(LsmStoreTxn *txn, const char *text, char **id_out, GError **error)
{
	g_auto(GStrv) lines = g_strsplit(text == NULL ? "" : text, "\n", MOST_LINES + 1);
	LsmFound found = LSM_ABSENT;

	for (guint i = 0; lines[i] != NULL && i < MOST_LINES && found == LSM_ABSENT; i++) {
		if (*lines[i] != '\0')
			found = find_one(txn, lines[i], id_out, error);
	}
	return found;
}

static LsmEvent *
make_event(LsmService *service, LsmEventType type, const LsmCase *item, LsmState state, gint64 now)
{
	LsmEvent *event = lsm_event_new(type, item->id, now, service->node);

	lsm_json_set(event->public, "state", lsm_state_row(state)->word);
	event->private = json_object_new();
	return event;
}

static gboolean
record_and_tell(LsmService *service, LsmStoreTxn *txn, LsmCase *item, LsmEvent *event, GError **error)
{
	return lsm_record_event(txn, item, event, error) &&
	       lsm_notice_put(service, txn, item, event, NULL, error);
}

static gboolean
share_a_name(char *const *left, char *const *right)
{
	for (guint i = 0; left != NULL && left[i] != NULL; i++) {
		for (guint k = 0; right != NULL && right[k] != NULL; k++) {
			if (g_ascii_strcasecmp(left[i], right[k]) == 0)
				return TRUE;
		}
	}
	return FALSE;
}

/* An answer goes to whom the question came from. */
static gboolean
parties_fit(const LsmCase *answer, const LsmCase *original)
{
	return share_a_name(answer->to, original->from);
}

gboolean
lsm_link_settled(LsmService *service, LsmStoreTxn *txn, const LsmCase *item, gint64 now, GError **error)
{
	g_autoptr(LsmCase) original = NULL;
	g_autoptr(LsmEvent) event = NULL;
	const char *const answers[] = {item->id, NULL};
	LsmState state;

	if (item->original == NULL || item->observed || strcmp(item->original, item->id) == 0)
		return TRUE;
	if (lsm_case_get(txn, item->original, &original, error) == LSM_FAILED)
		return FALSE;
	if (original == NULL || !parties_fit(item, original) ||
	    g_strv_contains((const char *const *)original->answers, item->id))
		return TRUE;
	state = (waiting_states & (1u << original->state)) && g_strcmp0(item->way, "in") != 0
			? LSM_STATE_ANSWERED
			: original->state;
	event = make_event(service, LSM_EVENT_ANSWERED, original, state, now);
	lsm_json_set_strings(event->public, "answers", answers);
	return record_and_tell(service, txn, original, event, error);
}

gboolean
lsm_link_mark_answer(LsmService *service, LsmStoreTxn *txn, const char *answer, const char *original, gint64 now,
		     GError **error)
{
	g_autoptr(LsmCase) item = NULL;
	g_autoptr(LsmEvent) event = NULL;

	if (lsm_case_get(txn, answer, &item, error) == LSM_FAILED)
		return FALSE;
	if (item == NULL || g_strcmp0(item->original, original) == 0)
		return TRUE;
	event = make_event(service, LSM_EVENT_CONFIRMED, item, item->state, now);
	lsm_json_set(event->public, "original", original);
	return lsm_record_event(txn, item, event, error);
}

/* Nobody takes back what somebody else sent. */
static gboolean
is_same_sender(LsmService *service, const LsmCase *item, const LsmCase *old, gint64 now)
{
	g_autoptr(LsmSettings) settings = lsm_service_settings(service);
	LsmActor actor = {.door = "mail", .address = item->login};

	if (item->login == NULL)
		return FALSE;
	if (g_strcmp0(item->login, old->login) == 0)
		return TRUE;
	actor.person = lsm_directory_find_login(settings->directory, item->login);
	return (lsm_roles_of(&actor, old, settings, now / G_USEC_PER_SEC) & LSM_ROLE_SENDER) != 0;
}

gboolean
lsm_link_replace(LsmService *service, LsmStoreTxn *txn, const LsmCase *item, const char *replaces, gint64 now,
		 GError **error)
{
	g_autofree char *id = NULL;
	g_autoptr(LsmCase) old = NULL;
	g_autoptr(LsmEvent) event = NULL;
	LsmFound found = lsm_link_find(txn, replaces, &id, error);

	if (found == LSM_FOUND)
		found = lsm_case_get(txn, id, &old, error);
	if (found != LSM_FOUND)
		return found == LSM_ABSENT;
	if (strcmp(old->id, item->id) == 0 || !(replaceable_states & (1u << old->state)) ||
	    !is_same_sender(service, item, old, now))
		return TRUE;
	event = make_event(service, LSM_EVENT_REPLACED, old, LSM_STATE_REPLACED, now);
	lsm_json_set(event->public, "replaced_by", item->id);
	lsm_json_set(event->private, "actor", item->login);
	return lsm_release_drop_waiting(txn, old, error) && record_and_tell(service, txn, old, event, error);
}
