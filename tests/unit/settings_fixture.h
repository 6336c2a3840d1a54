/*
 * settings_fixture.h - settings files in a folder of the test.
 */
#ifndef LSM_TESTS_SETTINGS_FIXTURE_H
#define LSM_TESTS_SETTINGS_FIXTURE_H

#include "conf/settings.h"

/* Writes the file, loads it, and takes it away again. */
LsmSettings *settings_from_text(const char *folder, const char *name, const char *text, GError **error);

#endif
