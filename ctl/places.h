/*
 * places.h - the record's files, for the commands that copy, replace and mend them.
 */
#ifndef LSM_CTL_PLACES_H
#define LSM_CTL_PLACES_H

#include "ctl/command.h"
#include "store/log.h"

/* The folder of the record that the options name; UNSUPPORTED where it has none. Caller frees. */
char *lsm_places_store(const LsmCtlOptions *options, GError **error);

/* USAGE where there is no store in the folder: what would mend or shrink one must not make one. */
gboolean lsm_places_exists(const char *folder, GError **error);

/* Is there no store in the folder, or one whose log has no event? Reads it beside a daemon. */
gboolean lsm_places_is_empty(const char *folder, gboolean *empty_out, GError **error);

/* Removes a store's folder that was only begun. What is not such a file stays, and the folder with it. */
void lsm_places_remove(const char *folder);

/* Recomputes the log of the store in the folder; CORRUPT, with the first fault, where it is not sound. */
gboolean lsm_places_verify(const char *folder, LsmLogHead *head_out, GError **error);

/* One line: "backed up to /folder: 17 events, root ..."; or as JSON. */
void lsm_places_print(const char *done, const char *folder, const LsmLogHead *head, gboolean json);

#endif
