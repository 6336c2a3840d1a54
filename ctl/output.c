/*
 * output.c - see output.h. Owns nothing; one thread.
 */
#include "ctl/output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "conf/error.h"

gboolean
lsm_output_is_file(const char *path)
{
	struct stat place;

	return stat(path, &place) != 0 || S_ISREG(place.st_mode) || S_ISDIR(place.st_mode);
}

static gboolean
write_straight(const char *path, const char *text, GError **error)
{
	FILE *file = fopen(path, "we");
	gboolean written = file != NULL && fputs(text, file) >= 0;
	int problem = errno;

	if (file != NULL && fclose(file) != 0 && written) {
		written = FALSE;
		problem = errno;
	}
	if (!written)
		g_set_error(error, LSM_ERROR, problem == ENOSPC ? LSM_ERROR_TEMPORARY : LSM_ERROR_USAGE, "%s: %s",
			    path, g_strerror(problem));
	return written;
}

gboolean
lsm_output_write(const char *path, const char *text, int mode, GError **error)
{
	g_autoptr(GError) problem = NULL;

	if (!lsm_output_is_file(path))
		return write_straight(path, text, error);
	if (g_file_set_contents_full(path, text, -1,
				     G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, mode, &problem))
		return TRUE;
	g_set_error(error, LSM_ERROR,
		    g_error_matches(problem, G_FILE_ERROR, G_FILE_ERROR_NOSPC) ? LSM_ERROR_TEMPORARY
									       : LSM_ERROR_USAGE,
		    "%s", problem->message);
	return FALSE;
}
