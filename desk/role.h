/*
 * role.h - what somebody is to a statement: approver, coordinator, manager, chair, sender ...
 *
 * Asked of the directory at the time of the step, so that a term that ended has ended. Pure; any thread.
 */
#ifndef LSM_DESK_ROLE_H
#define LSM_DESK_ROLE_H

#include "conf/settings.h"
#include "desk/act.h"

/* All roles of this actor for this case at that time (UNIX seconds), joined; a proxy's are those of the
 * person for whom they act. */
guint lsm_roles_of(const LsmActor *actor, const LsmCase *item, const LsmSettings *settings, gint64 now);

/*
 * For which of the case's From bodies may the actor approve? Acronyms as the case writes them; "-" stands for
 * a statement without a known body, or whose body names no approver: a coordinator has to find one, and
 * approves (A6). Only such as are not yet in the case's approved_for when missing_only. New strv.
 */
char **lsm_roles_approvable(const LsmActor *actor, const LsmCase *item, const LsmSettings *settings, gint64 now,
			    gboolean missing_only);
/* What lacks an approval still when those in given have it; new strv, empty: all are there. */
char **lsm_roles_missing(const LsmCase *item, const LsmSettings *settings, char *const *given);

/* "approver", "coordinator" ...; of several the first. */
const char *lsm_role_name(guint roles);
/* "an approver or a coordinator"; caller frees. */
char *lsm_roles_text(guint roles);

#endif
