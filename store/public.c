/*
 * public.c - the table of what may be published, and the copy that is left of a case.
 *
 * Owns nothing. Reads other cases to see whether they are public, too. Threads: as the transaction. Fails by
 * GError.
 */
#include "store/public.h"

#include <string.h>

#include "store/case_members.h"
#include "store/log.h"

typedef enum {
	NEVER,
	IF_TAKEN,     /* once the mail server took it: else it may not have gone */
	IF_CONFIRMED, /* once a person confirmed what was read: one may be assigned or closed without that */
	ALWAYS
} Answer;

/*
 * out: sent by a road that the gate sees. in: come from elsewhere, directly, over a list or a tool. around:
 * sent around us. To add a state: a row here, and in the table of tests/unit/test_public.c.
 */
static const struct {
	Answer out, in, around;
} answers[LSM_STATE_COUNT] = {
	[LSM_STATE_UNDELIVERED] = {NEVER, NEVER, NEVER},
	[LSM_STATE_PENDING] = {NEVER, NEVER, NEVER},
	[LSM_STATE_IN_REVIEW] = {NEVER, NEVER, NEVER},
	[LSM_STATE_AROUND] = {NEVER, NEVER, NEVER},
	[LSM_STATE_DISAGREED] = {NEVER, NEVER, NEVER},
	[LSM_STATE_UNCONFIRMED] = {NEVER, NEVER, NEVER},
	[LSM_STATE_CONFIRMED] = {NEVER, IF_CONFIRMED, NEVER},
	[LSM_STATE_ASSIGNED] = {NEVER, IF_CONFIRMED, NEVER},
	[LSM_STATE_DISTRIBUTED] = {NEVER, IF_CONFIRMED, NEVER},
	[LSM_STATE_UNSURE] = {NEVER, NEVER, NEVER},
	[LSM_STATE_APPROVED] = {NEVER, NEVER, NEVER},
	[LSM_STATE_REJECTED] = {NEVER, NEVER, NEVER},
	[LSM_STATE_REFUSED] = {NEVER, NEVER, NEVER},
	[LSM_STATE_CANCELLED] = {NEVER, NEVER, NEVER},
	[LSM_STATE_REPLACED] = {NEVER, NEVER, NEVER},
	[LSM_STATE_PASSED] = {IF_TAKEN, NEVER, NEVER},
	[LSM_STATE_RELEASED] = {ALWAYS, NEVER, NEVER},
	[LSM_STATE_DELIVERED] = {ALWAYS, NEVER, NEVER},
	[LSM_STATE_AGREED] = {NEVER, NEVER, ALWAYS},
	[LSM_STATE_ANSWERED] = {IF_TAKEN, IF_CONFIRMED, NEVER},
	[LSM_STATE_ACTION_TAKEN] = {NEVER, IF_CONFIRMED, NEVER},
	[LSM_STATE_CLOSED] = {NEVER, IF_CONFIRMED, NEVER},
	[LSM_STATE_RECORDED] = {NEVER, IF_CONFIRMED, NEVER},
	[LSM_STATE_DRAFT] = {NEVER, NEVER, NEVER},
	[LSM_STATE_NOT_STATEMENT] = {NEVER, NEVER, NEVER},
};

/* Members that a view keeps; a new member is private until it stands here. */
static const char *const shown[] = {"way",      "from",    "to",         "purposes", "confirmed",
				    "deadline", "subject", "message_id", "reply_to", "to_contacts",
				    "numbers",  "content", NULL};

static const char *const coming[] = {"in", "list", "tool", "other", NULL};

static Answer
answer_for(const LsmCase *item)
{
	const char *way = item->way ? item->way : "";

	if (strcmp(way, "out") == 0)
		return answers[item->state].out;
	if (strcmp(way, "around") == 0)
		return answers[item->state].around;
	return g_strv_contains(coming, way) ? answers[item->state].in : NEVER;
}

gboolean
lsm_public_is(const LsmCase *item)
{
	if (item->observed || item->unverified || item->erase_reason)
		return FALSE;
	switch (answer_for(item)) {
	case IF_TAKEN:
		return item->taken;
	case IF_CONFIRMED:
		return item->confirmed;
	case ALWAYS:
		return TRUE;
	case NEVER:
		break;
	}
	return FALSE;
}

/* --- views --- */

static void
clear_list(char ***list)
{
	g_strfreev(*list);
	*list = g_new0(char *, 1);
}

static void
copy_member(LsmCase *view, const LsmCase *item, const LsmCaseMember *member)
{
	LsmCase *source = (LsmCase *)item; /* read only; the accessors serve both */

	switch (member->kind) {
	case LSM_MEMBER_TEXT:
		*lsm_case_member_text(view, member) = g_strdup(*lsm_case_member_text(source, member));
		break;
	case LSM_MEMBER_LIST:
		g_strfreev(*lsm_case_member_list(view, member));
		*lsm_case_member_list(view, member) = g_strdupv(*lsm_case_member_list(source, member));
		break;
	case LSM_MEMBER_FLAG:
		*lsm_case_member_flag(view, member) = *lsm_case_member_flag(source, member);
		break;
	}
}

/* LSM_ABSENT: not public, or not there. */
static LsmFound
ask(LsmStoreTxn *txn, const char *id, GError **error)
{
	g_autoptr(LsmCase) item = NULL;
	LsmFound found = lsm_case_get(txn, id, &item, error);

	return found == LSM_FOUND && !lsm_public_is(item) ? LSM_ABSENT : found;
}

static gboolean
copy_links(LsmStoreTxn *txn, LsmCase *view, const LsmCase *item, GError **error)
{
	g_autoptr(GStrvBuilder) public = g_strv_builder_new();

	if (item->original) {
		LsmFound found = ask(txn, item->original, error);
		if (found == LSM_FAILED)
			return FALSE;
		view->original = found == LSM_FOUND ? g_strdup(item->original) : NULL;
	}
	for (guint i = 0; item->answers[i]; i++) {
		LsmFound found = ask(txn, item->answers[i], error);
		if (found == LSM_FAILED)
			return FALSE;
		if (found == LSM_FOUND)
			g_strv_builder_add(public, item->answers[i]);
	}
	g_strfreev(view->answers);
	view->answers = g_strv_builder_end(public);
	return TRUE;
}

/* Of these nothing shows in a view. */
static const LsmEventType unseen[] = {LSM_EVENT_DOOR,	     LSM_EVENT_NOT_APPLIED, LSM_EVENT_SENT,
				      LSM_EVENT_REQUESTED,   LSM_EVENT_ACKNOWLEDGED, LSM_EVENT_INFORMED,
				      LSM_EVENT_REMINDED,    LSM_EVENT_NOTED,	    LSM_EVENT_ANSWER_IGNORED};

static gboolean
is_seen(const LsmEvent *event)
{
	for (guint i = 0; i < G_N_ELEMENTS(unseen); i++) {
		if (event->type == unseen[i])
			return FALSE;
	}
	return TRUE;
}

/* That something was noted, or somebody reminded, and when, is of the house, too. */
static gboolean
find_changed(LsmStoreTxn *txn, const LsmCase *item, gint64 *time_out, GError **error)
{
	*time_out = item->since;
	for (guint i = item->positions->len; i-- > 0;) {
		g_autoptr(LsmEvent) event = NULL;
		if (lsm_log_get_public(txn, g_array_index(item->positions, guint64, i), &event, error) == LSM_FAILED)
			return FALSE;
		if (event == NULL || !is_seen(event))
			continue;
		*time_out = event->time;
		return TRUE;
	}
	return TRUE;
}

LsmFound
lsm_public_view(LsmStoreTxn *txn, const LsmCase *item, LsmCase **view_out, GError **error)
{
	*view_out = NULL;
	if (!lsm_public_is(item))
		return LSM_ABSENT;
	g_autoptr(LsmCase) view = lsm_case_new(item->id);
	view->state = item->state;
	view->since = item->since;
	for (guint i = 0; i < lsm_case_members_count; i++) {
		if (g_strv_contains(shown, lsm_case_members[i].name))
			copy_member(view, item, &lsm_case_members[i]);
	}
	/* Who among us gets what comes in is corrected and added to by hand: of the house. */
	if (g_strcmp0(item->way, "out") != 0 && g_strcmp0(item->way, "around") != 0)
		clear_list(&view->to_contacts);
	if (!find_changed(txn, item, &view->changed, error) || !copy_links(txn, view, item, error))
		return LSM_FAILED;
	*view_out = g_steal_pointer(&view);
	return LSM_FOUND;
}
