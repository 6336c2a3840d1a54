/*
 * replay.h - a statement on record judged once more: by today's settings, at the time and with the envelope that
 * the record knows, and with a desk that answers from the record and writes nothing down.
 *
 * What the record does not keep is not there either: the client's address, and for older events the listener.
 */
#ifndef LSM_CTL_REPLAY_H
#define LSM_CTL_REPLAY_H

#include "ctl/command.h"
#include "ctl/preflight.h"
#include "store/case.h"
#include "store/log.h"

/* One judged passage of a case, and what was known then. All borrowed. */
typedef struct {
	const LsmCase *item;
	const LsmEvent *event;
	GBytes *content;         /* the mail, as it was kept */
	const LsmCase *original; /* that it answers, or NULL */
} LsmReplay;

/* Can it be judged again? Drafts, list copies and tools' mail are never more than recorded. */
gboolean lsm_replay_is_judged_way(const LsmEvent *event);

/* result_out: clear with lsm_preflight_result_clear; its decision is NULL when today nothing is seen in it. */
void lsm_replay_judge(const LsmReplay *replay, const LsmSettings *settings, LsmPreflightResult *result_out);

/* The installed settings (or --config), with another rule set where one is named. Nobody else has the object. */
LsmSettings *lsm_replay_settings(const LsmCtlOptions *options, const char *rule_set, GError **error);

/* Rule ids of all findings; verdict may be NULL. New strv. */
char **lsm_replay_rules(const LsmVerdict *verdict);
/* Those of a that are not in b. New strv. */
char **lsm_replay_less(char *const *a, char *const *b);

#endif
