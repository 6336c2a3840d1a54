/*
 * step_approval.c - from pending to the outbox: approval, review, release; or stopped, replaced, withdrawn.
 *
 * What is approved is the kept content for the recipients withheld then: a passage that adds others makes the
 * approvals void (record.c). Runs in the writer's transaction.
 */
#include <string.h>

#include "conf/error.h"
#include "desk/json.h"
#include "desk/release.h"
#include "desk/role.h"
#include "desk/step.h"

static gboolean
wants_review(const LsmStep *step)
{
	return strcmp(step->settings->review, "off") != 0;
}

/* Where the case stands with these approvals and this review. */
static LsmState
state_with(const LsmStep *step, char *const *approved_for, gboolean reviewed)
{
	g_auto(GStrv) missing = lsm_roles_missing(step->item, step->settings, approved_for);

	if (missing[0] != NULL)
		return LSM_STATE_PENDING;
	return wants_review(step) && !reviewed ? LSM_STATE_IN_REVIEW : LSM_STATE_APPROVED;
}

static char **
joined(char *const *known, char *const *more)
{
	g_autoptr(GStrvBuilder) all = g_strv_builder_new();

	if (known != NULL)
		g_strv_builder_addv(all, (const char **)known);
	g_strv_builder_addv(all, (const char **)more);
	return g_strv_builder_end(all);
}

static void
tell_missing(LsmStep *step, char *const *given)
{
	g_auto(GStrv) missing = lsm_roles_missing(step->item, step->settings, given);
	g_autofree char *names = g_strjoinv(", ", missing);

	if (*names == '\0')
		return;
	g_free(step->extra);
	step->extra = g_strdup_printf("The approval for %s is still missing.", names);
}

/* "one of all potential approvers" a body (A70); one person may be that for several bodies. */
gboolean
lsm_step_fill_approve(LsmStep *step, LsmStoreTxn *txn, GError **error)
{
	g_auto(GStrv) mine = lsm_roles_approvable(step->act->actor, step->item, step->settings,
						  step->now / G_USEC_PER_SEC, TRUE);
	g_auto(GStrv) all = joined(step->item->approved_for, mine);

	(void)txn;
	(void)error;
	step->already = mine[0] == NULL;
	lsm_json_set_strings(step->event->private, "approved_for", (const char *const *)all);
	/* In advance: nothing is withheld yet. */
	if (step->item->state != LSM_STATE_DRAFT)
		step->state = state_with(step, all, step->item->reviewed);
	else
		step->extra = g_strdup("Approved in advance, for exactly this content.");
	tell_missing(step, all);
	return TRUE;
}

gboolean
lsm_step_fill_review(LsmStep *step, LsmStoreTxn *txn, GError **error)
{
	(void)txn;
	if (step->item->state == LSM_STATE_PENDING && strcmp(step->settings->review, "parallel") != 0)
		return lsm_step_refuse(step, error, "%s",
				       wants_review(step)
					       ? "the review comes after the approval (setting review = after)"
					       : "no review is wanted here (setting review = off)");
	json_object_set_boolean_member(step->event->public, "reviewed", TRUE);
	if (step->item->state != LSM_STATE_DRAFT)
		step->state = state_with(step, step->item->approved_for, TRUE);
	tell_missing(step, step->item->approved_for);
	return TRUE;
}

static gboolean
put_release(LsmStep *step, LsmStoreTxn *txn, const char *sender, GError **error)
{
	if (!lsm_release_put(step->service, txn, step->item, sender, &step->delivered, error))
		return FALSE;
	if (step->delivered > 0 && step->extra == NULL)
		step->extra = g_strdup_printf("It goes to %u recipient%s at once.", step->delivered,
					      step->delivered == 1 ? "" : "s");
	return TRUE;
}

gboolean
lsm_step_finish_approval(LsmStep *step, LsmStoreTxn *txn, GError **error)
{
	if (step->item->state != LSM_STATE_APPROVED)
		return TRUE;
	if (!step->item->taken) {
		/* The sender's mail program may have been told that it failed: then nobody expects it to go. */
		step->extra = g_strdup("The mail server has not taken the original yet: it goes when that has, "
				       "or by liaisonctl release.");
		return TRUE;
	}
	return put_release(step, txn, NULL, error);
}

static gboolean
withholds_from_others(const LsmCase *item)
{
	for (guint i = 0; item->withheld[i] != NULL; i++) {
		if (!lsm_address_in_list(item->withheld[i], item->released))
			return TRUE;
	}
	return FALSE;
}

/* Never a way around an approval: only what has them all, or had gone out, can be stuck. */
gboolean
lsm_step_fill_release(LsmStep *step, LsmStoreTxn *txn, GError **error)
{
	g_auto(GStrv) missing = lsm_roles_missing(step->item, step->settings, step->item->approved_for);
	g_autofree char *names = g_strjoinv(", ", missing);

	(void)txn;
	if (step->item->state == LSM_STATE_UNDELIVERED && step->item->withheld[0] == NULL)
		return lsm_step_refuse(step, error, "nobody is left from whom it is withheld");
	/* What came back had gone out with all that it needs; with somebody new it needs that again. */
	if (missing[0] != NULL && (step->item->state != LSM_STATE_UNDELIVERED || withholds_from_others(step->item)))
		return lsm_step_refuse(step, error, "the approval for %s is missing", names);
	if (step->item->state == LSM_STATE_IN_REVIEW && wants_review(step))
		return lsm_step_refuse(step, error, "a coordinator's review is missing");
	lsm_json_set(step->event->public, "kind", "release");
	return TRUE;
}

gboolean
lsm_step_finish_release(LsmStep *step, LsmStoreTxn *txn, GError **error)
{
	return put_release(step, txn, NULL, error);
}

/* Requests and reminders that have not gone yet would ask for what is decided. */
gboolean
lsm_step_finish_stop(LsmStep *step, LsmStoreTxn *txn, GError **error)
{
	return lsm_release_drop_waiting(txn, step->item, error);
}

gboolean
lsm_step_fill_replace(LsmStep *step, LsmStoreTxn *txn, GError **error)
{
	g_autofree char *id = NULL;
	LsmFound found = lsm_case_find(txn, lsm_step_text(step, "by"), &id, error);

	if (found == LSM_FAILED)
		return FALSE;
	if (found == LSM_ABSENT || strcmp(id, step->item->id) == 0)
		return lsm_step_refuse(step, error, "\"%s\" is no other statement on record",
				       lsm_step_text(step, "by"));
	lsm_json_set(step->event->public, "replaced_by", id);
	return TRUE;
}

/* Only somebody who got it can bounce it: an address in a bounce proves nothing else. */
gboolean
lsm_step_fill_recipient(LsmStep *step, LsmStoreTxn *txn, GError **error)
{
	const char *recipient = lsm_step_text(step, "recipient");
	const char *const list[] = {recipient, NULL};

	(void)txn;
	if (!lsm_address_in_list(recipient, step->item->released))
		return lsm_step_refuse(step, error, "%s is none of its recipients", recipient);
	lsm_json_set_strings(step->event->private, "recipient", list);
	if (step->row->event == LSM_EVENT_UNDELIVERED) {
		lsm_json_set_strings(step->event->private, "withheld", list);
		step->already = lsm_address_in_list(recipient, step->item->withheld);
	}
	return TRUE;
}

/* The content has no place on record, unless somebody still waits for it: sender.c erases it then. */
static gboolean
erase_content(LsmStep *step, LsmStoreTxn *txn, GError **error)
{
	g_autoptr(LsmEvent) event = NULL;

	if (step->delivered > 0 || step->item->content == NULL)
		return TRUE;
	if (!lsm_content_erase(txn, step->item->content, error))
		return FALSE;
	event = lsm_event_new(LSM_EVENT_ERASED, step->item->id, step->now, step->service->node);
	json_object_set_string_member(event->public, "kind", "content");
	return lsm_record_event(txn, step->item, event, error);
}

/* Somebody has ended it: that it was no statement does not send it after all. Of a rejected mail nothing was
 * even taken. */
static gboolean
was_ended(const LsmStep *step)
{
	static const LsmState ends[] = {LSM_STATE_REJECTED, LSM_STATE_REFUSED, LSM_STATE_CANCELLED,
					LSM_STATE_REPLACED, LSM_STATE_CLOSED};

	for (guint i = 0; i < G_N_ELEMENTS(ends); i++) {
		if (step->before == ends[i])
			return TRUE;
	}
	return g_strcmp0(step->item->verdict, "reject") == 0;
}

/* What is withheld goes out as it came: the kept bytes, the sender's envelope, only those who lack it. */
gboolean
lsm_step_finish_withdrawal(LsmStep *step, LsmStoreTxn *txn, GError **error)
{
	if (!lsm_release_drop_waiting(txn, step->item, error))
		return FALSE;
	if (!was_ended(step) &&
	    !put_release(step, txn, step->item->sender == NULL ? "" : step->item->sender, error))
		return FALSE;
	return erase_content(step, txn, error);
}
