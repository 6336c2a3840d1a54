/*
 * settings_scope.h - the lists of what is enforced, against the directory.
 */
#ifndef LSM_CONF_SETTINGS_SCOPE_H
#define LSM_CONF_SETTINGS_SCOPE_H

#include "conf/settings.h"

/* Where the file gives the setting of that name; 0: it does not. */
guint lsm_settings_line(const LsmSettings *settings, const char *name);

/* By title or alias, any case; NULL when the directory has none of that name. */
const LsmOrganization *lsm_settings_find_organization(const LsmSettings *settings, const char *name);

/* The directory knows all of enforce-groups and enforce-organizations; else FALSE and a CONFIG error
 * "FILE:LINE: enforce-groups = "ipm"; expected a group, area or body of the directory, the nearest is "ippm"". */
gboolean lsm_settings_check_scope(const LsmSettings *settings, GError **error);

#endif
