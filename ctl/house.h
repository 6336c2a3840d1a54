/*
 * house.h - how the house is doing, for status and metrics: what the desk says, and what the record says.
 */
#ifndef LSM_CTL_HOUSE_H
#define LSM_CTL_HOUSE_H

#include <json-glib/json-glib.h>

#include "ctl/command.h"
#include "desk/health.h"

typedef struct {
	gint64 now;            /* microseconds */
	LsmSettings *settings; /* as they are on disk; NULL: settings_problem tells */
	GError *settings_problem;
	JsonObject *desk; /* the verb "status"; NULL: desk_problem tells */
	GError *desk_problem;
	JsonObject *figures; /* of counters.h; empty where the desk is away */
	gboolean has_record;
	LsmHealth record; /* where has_record */
	GError *record_problem;
} LsmHouseState;

/* Looks at all of it; never fails, for each part has its problem. socket: where the desk is asked, or NULL: where
 * the settings say; without any, where it is by default. The record is the one that the options name, or the
 * settings, or the desk. Clear it afterwards. */
void lsm_house_look(const LsmCtlOptions *options, const char *socket, LsmHouseState *house_out);
void lsm_house_clear(LsmHouseState *house);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LsmHouseState, lsm_house_clear)

/* How many children of the parent run: the desk (0 or 1), gates; and how many gates there should be. */
void lsm_house_processes(const LsmHouseState *house, guint *desks_out, guint *gates_out, guint *wanted_out);

#endif
