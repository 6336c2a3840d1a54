/*
 * settings_fixture.c - see settings_fixture.h.
 */
#include "tests/unit/settings_fixture.h"

#include <glib/gstdio.h>

LsmSettings *
settings_from_text(const char *folder, const char *name, const char *text, GError **error)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);
	LsmSettings *settings;

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	settings = lsm_settings_load(path, error);
	g_unlink(path);
	return settings;
}
