/*
 * step.h - one step while it is taken: what act.c hands to the functions of act.def. Nobody else includes it.
 *
 * All run in the writer's transaction, maybe twice (a batch, then alone): they depend on what stands here and
 * in the store only.
 */
#ifndef LSM_DESK_STEP_H
#define LSM_DESK_STEP_H

#include "desk/act.h"
#include "desk/internal.h"

typedef struct LsmStepRow LsmStepRow;

typedef struct {
	LsmService *service;
	const LsmSettings *settings;
	const LsmAct *act;
	const LsmStepRow *row;
	gint64 now; /* microseconds */
	LsmCase *item;
	guint roles;     /* of the actor, all */
	LsmEvent *event; /* to be completed by fill */
	LsmState before; /* where the case stood */
	LsmState state;  /* where the case will stand; fill may change it */
	gboolean already; /* set by fill: nothing would change */
	guint delivered; /* recipients that now get what was withheld */
	char *extra;     /* one more sentence for the answer, or NULL */
} LsmStep;

/* FALSE with error: the step is not possible so (USAGE, DENIED), or the store failed. */
typedef gboolean (*LsmStepFill)(LsmStep *step, LsmStoreTxn *txn, GError **error);
/* After the event was folded: step->item is as it is then. */
typedef gboolean (*LsmStepFinish)(LsmStep *step, LsmStoreTxn *txn, GError **error);

struct LsmStepRow {
	LsmActRow row;
	LsmEventType event; /* LSM_EVENT_COUNT: the step only reads */
	int state;          /* LsmState, or -1: stays, or as fill says */
	LsmStepFill fill;
	LsmStepFinish finish;
};

/* An argument of the step, or NULL; "" is NULL, too. Borrowed. */
const char *lsm_step_text(const LsmStep *step, const char *name);
/* A list of strings, or one string with commas; never NULL. New strv. */
char **lsm_step_list(const LsmStep *step, const char *name);
/* Sets a USAGE error that names the statement, the verb and why; always FALSE. */
gboolean lsm_step_refuse(const LsmStep *step, GError **error, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* --- step_approval.c: from pending to the outbox --- */
gboolean lsm_step_fill_approve(LsmStep *step, LsmStoreTxn *txn, GError **error);
gboolean lsm_step_fill_review(LsmStep *step, LsmStoreTxn *txn, GError **error);
gboolean lsm_step_fill_release(LsmStep *step, LsmStoreTxn *txn, GError **error);
gboolean lsm_step_fill_replace(LsmStep *step, LsmStoreTxn *txn, GError **error);
gboolean lsm_step_fill_recipient(LsmStep *step, LsmStoreTxn *txn, GError **error);
gboolean lsm_step_finish_approval(LsmStep *step, LsmStoreTxn *txn, GError **error);
gboolean lsm_step_finish_release(LsmStep *step, LsmStoreTxn *txn, GError **error);
gboolean lsm_step_finish_stop(LsmStep *step, LsmStoreTxn *txn, GError **error);
gboolean lsm_step_finish_withdrawal(LsmStep *step, LsmStoreTxn *txn, GError **error);

/* --- step_erase.c: all that is not its events goes --- */
gboolean lsm_step_fill_erase(LsmStep *step, LsmStoreTxn *txn, GError **error);
gboolean lsm_step_finish_erase(LsmStep *step, LsmStoreTxn *txn, GError **error);

/* --- step_follow.c: what came in, to its end --- */
gboolean lsm_step_fill_assign(LsmStep *step, LsmStoreTxn *txn, GError **error);
gboolean lsm_step_fill_distribute(LsmStep *step, LsmStoreTxn *txn, GError **error);
gboolean lsm_step_fill_answer(LsmStep *step, LsmStoreTxn *txn, GError **error);
gboolean lsm_step_finish_answer(LsmStep *step, LsmStoreTxn *txn, GError **error);
gboolean lsm_step_fill_action(LsmStep *step, LsmStoreTxn *txn, GError **error);
gboolean lsm_step_fill_reopen(LsmStep *step, LsmStoreTxn *txn, GError **error);
gboolean lsm_step_fill_note(LsmStep *step, LsmStoreTxn *txn, GError **error);

/* --- step_confirm.c: what a person says that the metadata are --- */
gboolean lsm_step_fill_confirm(LsmStep *step, LsmStoreTxn *txn, GError **error);
gboolean lsm_step_finish_confirm(LsmStep *step, LsmStoreTxn *txn, GError **error);

#endif
