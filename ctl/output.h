/*
 * output.h - where a command writes what it was asked for with --output.
 */
#ifndef LSM_CTL_OUTPUT_H
#define LSM_CTL_OUTPUT_H

#include <glib.h>

/* Nothing stands there, or a file, which a whole new one replaces in one step. FALSE for a device or a pipe
 * (/dev/stdout, /dev/null), which is written to as it is. */
gboolean lsm_output_is_file(const char *path);

/* Readers of the path see what was there or all of the text; mode: of a new file. TEMPORARY when the disk is
 * full, USAGE for a path that cannot be written. */
gboolean lsm_output_write(const char *path, const char *text, int mode, GError **error);

#endif
