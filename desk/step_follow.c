/*
 * step_follow.c - what came in, to its end: assigned, distributed, answered, acted upon, taken up again.
 *
 * Runs in the writer's transaction. The mails that follow are the notices'.
 */
#include <string.h>

#include "conf/error.h"
#include "desk/json.h"
#include "desk/link.h"
#include "desk/step.h"

#define LONGEST_TEXT 4000 /* octets of a note or a comment */

static gboolean
is_text_fine(const LsmStep *step, const char *text, GError **error)
{
	if (strlen(text) > LONGEST_TEXT)
		return lsm_step_refuse(step, error, "a text has at most %d octets", LONGEST_TEXT);
	if (!g_utf8_validate(text, -1, NULL))
		return lsm_step_refuse(step, error, "the text is not UTF-8");
	return TRUE;
}

static gboolean
find_lead(LsmStep *step, GError **error)
{
	const char *lead = lsm_step_text(step, "lead");
	const LsmBody *body = lead == NULL ? NULL : lsm_directory_find_body(step->settings->directory, lead);
	g_autofree char *acronym = body == NULL ? NULL : g_ascii_strup(body->acronym, -1);

	if (lead != NULL && body == NULL)
		return lsm_step_refuse(step, error, "the directory knows no group \"%s\" to lead", lead);
	lsm_json_set(step->event->private, "lead", acronym);
	return TRUE;
}

/* Without a name whoever says so takes it. */
gboolean
lsm_step_fill_assign(LsmStep *step, LsmStoreTxn *txn, GError **error)
{
	const LsmActor *actor = step->act->actor;
	const char *own = actor->proxy_of != NULL ? actor->proxy_of : actor->address;
	const char *to = lsm_step_text(step, "to");
	const LsmCase *item = step->item;
	const char *lead;

	(void)txn;
	if (to == NULL)
		to = item->assignee != NULL && lsm_step_text(step, "lead") != NULL ? item->assignee : own;
	if (to == NULL || !lsm_address_is_valid(to))
		return lsm_step_refuse(step, error, "it needs the address of who follows it up: to=ADDRESS");
	if (!find_lead(step, error))
		return FALSE;
	lead = lsm_json_get(step->event->private, "lead", NULL);
	lsm_json_set(step->event->private, "assignee", to);
	step->already = lsm_address_equal(to, item->assignee) &&
			(lead == NULL || g_strcmp0(lead, item->lead) == 0);
	if (item->state == LSM_STATE_UNCONFIRMED || item->state == LSM_STATE_CONFIRMED)
		step->state = LSM_STATE_ASSIGNED;
	return TRUE;
}

/* Addresses in what came from elsewhere are that sender's word: by themselves only ours are written to. */
static char **
default_addressees(const LsmStep *step)
{
	g_autoptr(GStrvBuilder) list = g_strv_builder_new();
	const LsmCase *item = step->item;

	for (guint i = 0; item->to_contacts[i] != NULL; i++) {
		const char *address = item->to_contacts[i];
		if (!lsm_recipient_is_outside(step->settings, address) &&
		    !lsm_address_in_list(address, item->distributed) &&
		    !lsm_address_in_list(address, item->doors))
			g_strv_builder_add(list, address);
	}
	return g_strv_builder_end(list);
}

static char **
new_addressees(const LsmStep *step, char *const *wanted)
{
	g_autoptr(GStrvBuilder) list = g_strv_builder_new();

	for (guint i = 0; wanted[i] != NULL; i++) {
		if (!lsm_address_in_list(wanted[i], step->item->distributed))
			g_strv_builder_add(list, wanted[i]);
	}
	return g_strv_builder_end(list);
}

/* "after recording, the statement must be distributed" to the To-Contacts (A25). */
gboolean
lsm_step_fill_distribute(LsmStep *step, LsmStoreTxn *txn, GError **error)
{
	g_auto(GStrv) named = lsm_step_list(step, "to");
	g_auto(GStrv) wanted = named[0] != NULL ? g_strdupv(named) : default_addressees(step);
	g_auto(GStrv) fresh = new_addressees(step, wanted);

	(void)txn;
	for (guint i = 0; wanted[i] != NULL; i++) {
		if (!lsm_address_is_valid(wanted[i]))
			return lsm_step_refuse(step, error, "\"%s\" is no mail address", wanted[i]);
	}
	step->already = fresh[0] == NULL && step->item->state == LSM_STATE_DISTRIBUTED;
	if (fresh[0] == NULL && !step->already && named[0] == NULL && step->item->to_contacts[0] == NULL)
		return lsm_step_refuse(step, error, "no To-Contact is known; name them: to=ADDRESS,ADDRESS");
	lsm_json_set_strings(step->event->private, "distributed", (const char *const *)fresh);
	if (fresh[0] == NULL)
		step->extra = g_strdup("Everybody whom it is for has it already.");
	return TRUE;
}

/* The answer is a statement on record, or an informal mail (A95): then its Message-ID or a link is kept. */
gboolean
lsm_step_fill_answer(LsmStep *step, LsmStoreTxn *txn, GError **error)
{
	const char *by = lsm_step_text(step, "by");
	g_autofree char *id = NULL;
	LsmFound found = lsm_link_find(txn, by, &id, error);
	const char *const answers[] = {id, NULL};

	if (found == LSM_FAILED || !is_text_fine(step, by, error))
		return FALSE;
	if (found == LSM_FOUND && strcmp(id, step->item->id) == 0)
		return lsm_step_refuse(step, error, "a statement does not answer itself");
	if (found == LSM_FOUND)
		lsm_json_set_strings(step->event->public, "answers", answers);
	else if (strpbrk(by, "@:/") != NULL)
		lsm_json_set(step->event->private, "answer", by);
	else
		return lsm_step_refuse(step, error, "\"%s\" is no statement on record, no Message-ID and no link",
				       by);
	return TRUE;
}

gboolean
lsm_step_finish_answer(LsmStep *step, LsmStoreTxn *txn, GError **error)
{
	g_auto(GStrv) answers = lsm_json_get_list(step->event->public, "answers");

	return answers[0] == NULL ||
	       lsm_link_mark_answer(step->service, txn, answers[0], step->item->id, step->now, error);
}

static gboolean
is_link(const char *text)
{
	if (!g_str_has_prefix(text, "https://") && !g_str_has_prefix(text, "http://"))
		return FALSE;
	for (const char *p = text; *p != '\0'; p++) {
		if (!g_ascii_isgraph(*p) || strchr("<>\"", *p) != NULL)
			return FALSE;
	}
	return strlen(text) <= 1000;
}

gboolean
lsm_step_fill_action(LsmStep *step, LsmStoreTxn *txn, GError **error)
{
	const char *comment = lsm_step_text(step, "comment"), *link = lsm_step_text(step, "link");

	(void)txn;
	if (comment == NULL && link == NULL)
		return lsm_step_refuse(step, error, "it needs a comment or a link");
	if (link != NULL && !is_link(link))
		return lsm_step_refuse(step, error, "a link begins with https:// and has no blanks");
	if (comment != NULL && !is_text_fine(step, comment, error))
		return FALSE;
	lsm_json_set(step->event->private, "comment", comment);
	lsm_json_set(step->event->private, "link", link);
	return TRUE;
}

/* Back to where it stood before its end, as far as its members tell. */
static LsmState
state_before_end(const LsmCase *item)
{
	if (g_strcmp0(item->way, "around") == 0)
		return LSM_STATE_AROUND;
	if (g_strcmp0(item->way, "out") == 0)
		return item->withheld[0] != NULL ? LSM_STATE_UNDELIVERED : LSM_STATE_RELEASED;
	if (item->distributed[0] != NULL)
		return LSM_STATE_DISTRIBUTED;
	if (item->assignee != NULL)
		return LSM_STATE_ASSIGNED;
	return item->confirmed ? LSM_STATE_CONFIRMED : LSM_STATE_UNCONFIRMED;
}

gboolean
lsm_step_fill_reopen(LsmStep *step, LsmStoreTxn *txn, GError **error)
{
	(void)txn;
	(void)error;
	step->state = state_before_end(step->item);
	return TRUE;
}

gboolean
lsm_step_fill_note(LsmStep *step, LsmStoreTxn *txn, GError **error)
{
	const char *text = lsm_step_text(step, "text");

	(void)txn;
	if (!is_text_fine(step, text, error))
		return FALSE;
	lsm_json_set(step->event->private, "note", text);
	return TRUE;
}
