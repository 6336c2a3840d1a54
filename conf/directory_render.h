/*
 * directory_render.h - entries of the directory as sections of directory.conf.
 *
 * What is written is read back as the same entry. Octets that a configuration text cannot hold (control
 * characters, no UTF-8) become blanks.
 */
#ifndef LSM_CONF_DIRECTORY_RENDER_H
#define LSM_CONF_DIRECTORY_RENDER_H

#include "conf/directory.h"

/* TRUE for a role that is to be written; data is the caller's. */
typedef gboolean (*LsmRoleFilter)(const LsmRole *role, gpointer data);

/* indent: tabs in front. Empty values are left out. */
void lsm_directory_render_body(GString *out, const LsmBody *body, guint indent);
/* filter: NULL for all roles. */
void lsm_directory_render_person(GString *out, const LsmPerson *person, guint indent, LsmRoleFilter filter,
				 gpointer data);
void lsm_directory_render_organization(GString *out, const LsmOrganization *organization);

/* key = "text" and key = {"a", "b"} on lines of their own; nothing for "" and an empty list. */
void lsm_directory_render_text(GString *out, guint indent, const char *key, const char *text);
void lsm_directory_render_list(GString *out, guint indent, const char *key, char *const *list);
/* The text in quotes. */
void lsm_directory_render_quoted(GString *out, const char *text);

#endif
