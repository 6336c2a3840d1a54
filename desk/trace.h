/*
 * trace.h - why a mail was judged as it was, for whoever asks later (liaisonctl explain).
 */
#ifndef LSM_DESK_TRACE_H
#define LSM_DESK_TRACE_H

#include <json-glib/json-glib.h>

#include "rules/verdict.h"

/*
 * Adds to an event's parts. Public: "scope" (scope.h's word), "settings" (the first 16 hex digits of their
 * digest), "ran" (how many rules), "effects" (beside "rules": what each finding asks for), "watched" (ids of those
 * findings whose rule only observed), "certain". Private: "scope_entry" (what of the lists it
 * was), "clues" ("+60 ..." each), "known" (what the record said, in words), "listener" ({daemon_name}).
 */
void lsm_trace_add(JsonObject *public, JsonObject *private, const LsmVerdict *verdict, const LsmCheckInput *input);

/* How an event names the settings. Caller frees. */
char *lsm_trace_settings(const LsmSettings *settings);

#endif
