/*
 * case.c - what the events of one id amount to.
 *
 * Owns the table of members (which part of an event they stand in, and what a further event does to them)
 * and the table of what each type of event does by itself. Uses json.h. Threads: any, a case belongs to
 * one. Cannot fail: what an event does not say, or says in a wrong form, changes nothing.
 */
#include "store/case.h"

#include <string.h>

#include "store/case_members.h"
#include "store/json.h"

/* --- tables --- */

static const LsmStateRow states[LSM_STATE_COUNT] = {
#define STATE_ROW(id, word, open, rank, step, whose, meaning)                                                \
	[LSM_STATE_##id] = {LSM_STATE_##id, word, open, rank, step, whose, meaning},
	LSM_STATES(STATE_ROW)
#undef STATE_ROW
};

#define MEMBER(name, kind, part, rule)                                                                       \
	{                                                                                                    \
#name, LSM_MEMBER_##kind, LSM_MEMBER_##part, LSM_MEMBER_##rule, offsetof(LsmCase, name)      \
	}

/*
 * The members that an event may carry into a case. To add one: a field in LsmCase, a row here, a test.
 * Beside them a case reads "state" (public), "kind" (public) and "reason" (private) of some types, see
 * fold_*. "withheld" stands before "released": what one event both withholds and releases is released.
 */
const LsmCaseMember lsm_case_members[] = {
	MEMBER(way, TEXT, PUBLIC, LAST),        MEMBER(observed, FLAG, PUBLIC, LAST),
	MEMBER(unverified, FLAG, PUBLIC, LAST), MEMBER(verdict, TEXT, PUBLIC, LAST),
	MEMBER(rules, LIST, PUBLIC, LAST),      MEMBER(would, TEXT, PUBLIC, LAST),
	MEMBER(watched, LIST, PUBLIC, LAST),    MEMBER(from, LIST, PRIVATE, LAST),
	MEMBER(to, LIST, PRIVATE, LAST),        MEMBER(purposes, LIST, PRIVATE, LAST),
	MEMBER(confirmed, FLAG, PRIVATE, LAST), MEMBER(deadline, TEXT, PRIVATE, LAST),
	MEMBER(subject, TEXT, PRIVATE, LAST),   MEMBER(message_id, TEXT, PRIVATE, FIRST),
	MEMBER(sender, TEXT, PRIVATE, FIRST),   MEMBER(login, TEXT, PRIVATE, FIRST),
	MEMBER(approvers, LIST, PRIVATE, LAST), MEMBER(doors, LIST, PRIVATE, ADD),
	MEMBER(withheld, LIST, PRIVATE, ADD),   MEMBER(released, LIST, PRIVATE, ADD),
	MEMBER(approved_for, LIST, PRIVATE, LAST), MEMBER(reviewed, FLAG, PUBLIC, LAST),
	MEMBER(reply_to, TEXT, PRIVATE, LAST),  MEMBER(to_contacts, LIST, PRIVATE, LAST),
	MEMBER(distributed, LIST, PRIVATE, ADD), MEMBER(assignee, TEXT, PRIVATE, LAST),
	MEMBER(lead, TEXT, PRIVATE, LAST),      MEMBER(original, TEXT, PUBLIC, LAST),
	MEMBER(answers, LIST, PUBLIC, ADD),     MEMBER(replaced_by, TEXT, PUBLIC, LAST),
	MEMBER(numbers, LIST, PRIVATE, ADD),    MEMBER(link, TEXT, PRIVATE, LAST),
	MEMBER(author, TEXT, PRIVATE, FIRST),   MEMBER(told, LIST, PUBLIC, ADD),
	MEMBER(content, TEXT, PRIVATE, LAST),   MEMBER(digest, TEXT, PRIVATE, LAST),
};
const guint lsm_case_members_count = G_N_ELEMENTS(lsm_case_members);

static void fold_passage(LsmCase *item, const LsmEvent *event);
static void fold_taken(LsmCase *item, const LsmEvent *event);
static void fold_undelivered(LsmCase *item, const LsmEvent *event);
static void fold_not_statement(LsmCase *item, const LsmEvent *event);
static void fold_erased(LsmCase *item, const LsmEvent *event);

/* What a type does by itself, before its members are applied. Types without a row do nothing. */
static void (*const effects[LSM_EVENT_COUNT])(LsmCase *item, const LsmEvent *event) = {
	[LSM_EVENT_SEEN] = fold_passage,
	[LSM_EVENT_PASSED] = fold_passage,
	[LSM_EVENT_REDIRECTED] = fold_passage,
	[LSM_EVENT_REJECTED] = fold_passage,
	[LSM_EVENT_DRAFTED] = fold_passage,
	[LSM_EVENT_DOOR] = fold_passage,
	[LSM_EVENT_TAKEN] = fold_taken,
	[LSM_EVENT_UNDELIVERED] = fold_undelivered,
	[LSM_EVENT_NOT_STATEMENT] = fold_not_statement,
	[LSM_EVENT_ERASED] = fold_erased,
};

const LsmStateRow *
lsm_state_row(LsmState state)
{
	return &states[state];
}

gboolean
lsm_state_parse(const char *word, LsmState *state_out)
{
	for (guint i = 0; i < LSM_STATE_COUNT; i++)
		if (strcmp(states[i].word, word) == 0) {
			*state_out = states[i].state;
			return TRUE;
		}
	return FALSE;
}

/* --- a case --- */

char **
lsm_case_member_text(LsmCase *item, const LsmCaseMember *member)
{
	return (char **)G_STRUCT_MEMBER_P(item, member->offset);
}

char ***
lsm_case_member_list(LsmCase *item, const LsmCaseMember *member)
{
	return (char ***)G_STRUCT_MEMBER_P(item, member->offset);
}

gboolean *
lsm_case_member_flag(LsmCase *item, const LsmCaseMember *member)
{
	return (gboolean *)G_STRUCT_MEMBER_P(item, member->offset);
}

static void
take_text(char **text, char *value)
{
	g_free(*text);
	*text = value;
}

static void
take_list(char ***list, char **value)
{
	g_strfreev(*list);
	*list = value;
}

static void
clear_member(LsmCase *item, const LsmCaseMember *member)
{
	switch (member->kind) {
	case LSM_MEMBER_TEXT:
		take_text(lsm_case_member_text(item, member), NULL);
		break;
	case LSM_MEMBER_LIST:
		take_list(lsm_case_member_list(item, member), g_new0(char *, 1));
		break;
	case LSM_MEMBER_FLAG:
		*lsm_case_member_flag(item, member) = FALSE;
		break;
	}
}

LsmCase *
lsm_case_new(const char *id)
{
	LsmCase *item = g_new0(LsmCase, 1);

	item->id = g_strdup(id);
	item->state = LSM_STATE_RECORDED;
	item->positions = g_array_new(FALSE, FALSE, sizeof(guint64));
	for (guint i = 0; i < lsm_case_members_count; i++)
		clear_member(item, &lsm_case_members[i]);
	return item;
}

LsmCase *
lsm_case_copy(const LsmCase *item)
{
	LsmCase *copy = g_new(LsmCase, 1);

	*copy = *item;
	copy->id = g_strdup(item->id);
	copy->erase_reason = g_strdup(item->erase_reason);
	copy->positions = g_array_copy(item->positions);
	for (guint i = 0; i < lsm_case_members_count; i++) {
		const LsmCaseMember *member = &lsm_case_members[i];
		/* Both still point to the original's; a flag was copied with the whole. */
		if (member->kind == LSM_MEMBER_TEXT)
			*lsm_case_member_text(copy, member) = g_strdup(*lsm_case_member_text(copy, member));
		else if (member->kind == LSM_MEMBER_LIST)
			*lsm_case_member_list(copy, member) = g_strdupv(*lsm_case_member_list(copy, member));
	}
	return copy;
}

void
lsm_case_free(LsmCase *item)
{
	if (!item)
		return;
	for (guint i = 0; i < lsm_case_members_count; i++) {
		const LsmCaseMember *member = &lsm_case_members[i];
		if (member->kind == LSM_MEMBER_TEXT)
			g_free(*lsm_case_member_text(item, member));
		else if (member->kind == LSM_MEMBER_LIST)
			g_strfreev(*lsm_case_member_list(item, member));
	}
	g_free(item->id);
	g_free(item->erase_reason);
	g_array_unref(item->positions);
	g_free(item);
}

/* --- members --- */

static GHashTable *
as_set(char **list)
{
	GHashTable *set = g_hash_table_new(g_str_hash, g_str_equal);

	for (; *list; list++)
		g_hash_table_add(set, *list);
	return set;
}

/* Moves what is not there yet from more to the end of list; frees more. */
static void
add_elements(char ***list, char **more)
{
	g_autoptr(GHashTable) seen = NULL;
	gsize length = g_strv_length(*list);

	/* As with nearly all: there is nothing to compare. */
	if (length == 0 && (!more[0] || !more[1])) {
		take_list(list, more);
		return;
	}
	seen = as_set(*list);
	*list = g_renew(char *, *list, length + g_strv_length(more) + 1);
	for (char **element = more; *element; element++) {
		if (g_hash_table_add(seen, *element))
			(*list)[length++] = *element;
		else
			g_free(*element);
	}
	(*list)[length] = NULL;
	g_free(more);
}

static void
remove_elements(char **list, char **unwanted)
{
	g_autoptr(GHashTable) set = NULL;
	char **kept = list;

	if (!list[0])
		return;
	set = as_set(unwanted);
	for (; *list; list++) {
		if (g_hash_table_contains(set, *list))
			g_free(*list);
		else
			*kept++ = *list;
	}
	*kept = NULL;
}

static gboolean
apply_text(char **text, LsmMemberRule rule, JsonNode *node)
{
	if (JSON_NODE_HOLDS_NULL(node)) {
		if (rule == LSM_MEMBER_LAST)
			take_text(text, NULL);
		return TRUE;
	}
	if (!lsm_json_node_is_string(node))
		return FALSE;
	if (rule == LSM_MEMBER_LAST || !*text)
		take_text(text, g_strdup(json_node_get_string(node)));
	return TRUE;
}

static gboolean
apply_list(char ***list, LsmMemberRule rule, JsonNode *node)
{
	char **value = lsm_json_node_strings(node);

	if (!value)
		return FALSE;
	if (rule == LSM_MEMBER_ADD)
		add_elements(list, value);
	else
		take_list(list, value);
	return TRUE;
}

static gboolean
apply_flag(gboolean *flag, JsonNode *node)
{
	if (!JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_BOOLEAN)
		return FALSE;
	*flag = json_node_get_boolean(node);
	return TRUE;
}

gboolean
lsm_case_member_apply(LsmCase *item, const LsmCaseMember *member, LsmMemberRule rule, JsonNode *node)
{
	switch (member->kind) {
	case LSM_MEMBER_TEXT:
		return apply_text(lsm_case_member_text(item, member), rule, node);
	case LSM_MEMBER_LIST:
		return apply_list(lsm_case_member_list(item, member), rule, node);
	case LSM_MEMBER_FLAG:
		return apply_flag(lsm_case_member_flag(item, member), node);
	}
	return FALSE;
}

/* --- fold --- */

static void
fold_passage(LsmCase *item, const LsmEvent *event)
{
	gint64 copies = 1;

	/* A list's copies are counted and written together. */
	if (!lsm_json_number(event->public, "copies", &copies) || copies < 1 || copies > G_MAXINT)
		copies = 1;
	item->passages = (guint)MIN((gint64)item->passages + copies, G_MAXINT);
}

static void
fold_taken(LsmCase *item, const LsmEvent *event G_GNUC_UNUSED)
{
	item->taken = TRUE;
}

static void
fold_undelivered(LsmCase *item, const LsmEvent *event G_GNUC_UNUSED)
{
	/* What a person has said to be none does not come back by a bounce. */
	if (item->state != LSM_STATE_NOT_STATEMENT)
		item->state = LSM_STATE_UNDELIVERED;
}

static void
fold_not_statement(LsmCase *item, const LsmEvent *event G_GNUC_UNUSED)
{
	item->state = LSM_STATE_NOT_STATEMENT;
}

/*
 * "kind": "content" erases the mail alone; any other erases all that stood in private parts, so that a
 * case that is rebuilt from what is left of the log is the same.
 */
static void
fold_erased(LsmCase *item, const LsmEvent *event)
{
	const char *kind = lsm_json_string(event->public, "kind");
	const char *reason = event->private ? lsm_json_string(event->private, "reason") : NULL;

	if (kind && strcmp(kind, "content") == 0)
		take_text(&item->content, NULL);
	else
		for (guint i = 0; i < lsm_case_members_count; i++)
			if (lsm_case_members[i].part == LSM_MEMBER_PRIVATE)
				clear_member(item, &lsm_case_members[i]);
	take_text(&item->erase_reason, g_strdup(reason ? reason : "erased"));
}

static void
fold_members(LsmCase *item, const LsmEvent *event)
{
	for (guint i = 0; i < lsm_case_members_count; i++) {
		const LsmCaseMember *member = &lsm_case_members[i];
		JsonObject *part = member->part == LSM_MEMBER_PUBLIC ? event->public : event->private;
		JsonNode *node = part ? json_object_get_member(part, member->name) : NULL;
		if (node)
			lsm_case_member_apply(item, member, member->rule, node);
	}
	if (event->private && json_object_has_member(event->private, "released"))
		remove_elements(item->withheld, item->released);
}

void
lsm_case_fold(LsmCase *item, const LsmEvent *event)
{
	const char *state = lsm_json_string(event->public, "state");

	if (item->since == 0)
		item->since = event->time;
	item->changed = event->time;
	if (effects[event->type])
		effects[event->type](item, event);
	if (state)
		lsm_state_parse(state, &item->state);
	fold_members(item, event);
	if (event->position != G_MAXUINT64)
		g_array_append_val(item->positions, event->position);
}
