/*
 * settings_scope.c - are the groups and organizations that the settings name in the directory?
 *
 * Owns nothing; reads the settings' lists once their directory is loaded. Any thread. Fails with a CONFIG error
 * that names the line and the nearest known name.
 */
#include "conf/settings_scope.h"

#include <string.h>

#include "conf/confuse_scan.h"
#include "conf/nearest.h"
#include "conf/settings_private.h"

guint
lsm_settings_line(const LsmSettings *settings, const char *name)
{
	for (gsize i = 0; settings->lines != NULL && i < lsm_setting_row_count; i++) {
		if (strcmp(lsm_setting_rows[i].name, name) == 0)
			return settings->lines[i];
	}
	return 0;
}

const LsmOrganization *
lsm_settings_find_organization(const LsmSettings *settings, const char *name)
{
	for (guint i = 0; i < lsm_directory_organization_count(settings->directory); i++) {
		const LsmOrganization *organization = lsm_directory_organization(settings->directory, i);

		for (guint k = 0; organization->names[k] != NULL; k++) {
			if (g_ascii_strcasecmp(organization->names[k], name) == 0)
				return organization;
		}
	}
	return NULL;
}

static GPtrArray *
all_groups(const LsmDirectory *directory)
{
	GPtrArray *names = g_ptr_array_new();

	for (guint i = 0; i < lsm_directory_body_count(directory); i++)
		g_ptr_array_add(names, lsm_directory_body(directory, i)->acronym);
	return names;
}

static GPtrArray *
all_organizations(const LsmDirectory *directory)
{
	GPtrArray *names = g_ptr_array_new();

	for (guint i = 0; i < lsm_directory_organization_count(directory); i++) {
		const LsmOrganization *organization = lsm_directory_organization(directory, i);

		for (guint k = 0; organization->names[k] != NULL; k++)
			g_ptr_array_add(names, organization->names[k]);
	}
	return names;
}

/* Takes known: what could have been meant. */
static void
refuse(const LsmSettings *settings, const char *setting, const char *value, const char *what, GPtrArray *known,
       GError **error)
{
	g_autofree char *shown = lsm_confuse_quote(value);
	const char *nearest;

	g_ptr_array_add(known, NULL);
	nearest = lsm_nearest_word(value, (const char *const *)known->pdata);
	lsm_confuse_set_error(error, settings->path != NULL ? settings->path : "built-in settings",
			      lsm_settings_line(settings, setting), "%s = %s; expected %s of the directory%s%s%s",
			      setting, shown, what, nearest != NULL ? ", the nearest is \"" : "",
			      nearest != NULL ? nearest : "", nearest != NULL ? "\"" : "");
	g_ptr_array_unref(known);
}

gboolean
lsm_settings_check_scope(const LsmSettings *settings, GError **error)
{
	const LsmDirectory *directory = settings->directory;

	for (guint i = 0; settings->enforce_groups[i] != NULL; i++) {
		if (lsm_directory_find_body(directory, settings->enforce_groups[i]) != NULL)
			continue;
		refuse(settings, "enforce-groups", settings->enforce_groups[i], "a group, area or body",
		       all_groups(directory), error);
		return FALSE;
	}
	for (guint i = 0; settings->enforce_organizations[i] != NULL; i++) {
		if (lsm_settings_find_organization(settings, settings->enforce_organizations[i]) != NULL)
			continue;
		refuse(settings, "enforce-organizations", settings->enforce_organizations[i], "an organization",
		       all_organizations(directory), error);
		return FALSE;
	}
	return TRUE;
}
