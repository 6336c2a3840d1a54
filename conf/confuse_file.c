/*
 * confuse_file.c - configuration files on the disk.
 *
 * Owns nothing. No libConfuse here. Any thread. A file that cannot be read gives a CONFIG error.
 */
#include "conf/confuse_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/error.h"

static char *
read_all(int fd, gsize *length_out, GError **error)
{
	g_autoptr(GByteArray) octets = g_byte_array_new();
	guint8 chunk[65536];
	gssize count;

	while ((count = read(fd, chunk, sizeof chunk)) != 0) {
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0) {
			g_set_error(error, LSM_ERROR, LSM_ERROR_CONFIG, "%s", g_strerror(errno));
			return NULL;
		}
		if (octets->len + (gsize)count > LSM_CONFUSE_FILE_MAX_OCTETS) {
			g_set_error(error, LSM_ERROR, LSM_ERROR_CONFIG, "is longer than %d octets",
				    LSM_CONFUSE_FILE_MAX_OCTETS);
			return NULL;
		}
		g_byte_array_append(octets, chunk, (guint)count);
	}
	*length_out = octets->len;
	g_byte_array_append(octets, (const guint8 *)"", 1);
	return (char *)g_byte_array_free(g_steal_pointer(&octets), FALSE);
}

/* Non-blocking, and regular files only: a FIFO named by mistake must not stop the start. */
static int
open_regular(const char *path, GError **error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat status;

	if (fd < 0) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_CONFIG, "%s", g_strerror(errno));
		return -1;
	}
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
		return fd;
	g_set_error_literal(error, LSM_ERROR, LSM_ERROR_CONFIG, "is not a regular file");
	close(fd);
	return -1;
}

char *
lsm_confuse_read(const char *path, gsize *length_out, GError **error)
{
	int fd = open_regular(path, error);
	char *text = NULL;

	if (fd >= 0) {
		text = read_all(fd, length_out, error);
		close(fd);
	}
	if (text == NULL)
		g_prefix_error(error, "%s: ", path);
	return text;
}

char *
lsm_confuse_file_beside(const char *name, const char *file)
{
	g_autofree char *folder = NULL;

	if (g_path_is_absolute(file))
		return g_strdup(file);
	folder = g_path_get_dirname(name);
	return strcmp(folder, ".") == 0 ? g_strdup(file) : g_build_filename(folder, file, NULL);
}

char *
lsm_confuse_file_identity(const char *name)
{
	char *real = realpath(name, NULL);

	return real != NULL ? real : g_canonicalize_filename(name, NULL);
}
