/*
 * confuse_file.h - configuration files on the disk.
 */
#ifndef LSM_CONF_CONFUSE_FILE_H
#define LSM_CONF_CONFUSE_FILE_H

#include <glib.h>

#define LSM_CONFUSE_FILE_MAX_OCTETS (16 * 1024 * 1024)

/* Reads a whole configuration file: a regular one of at most 16 MiB. NULL and a CONFIG error "PATH: ...". */
char *lsm_confuse_read(const char *path, gsize *length_out, GError **error);

/* A file named in the file name: as it stands if absolute, else in name's folder. Caller frees. */
char *lsm_confuse_file_beside(const char *name, const char *file);

/* Equal for two names of one file, symbolic links followed; of a file that is not there, too. Caller frees
 * (g_free). */
char *lsm_confuse_file_identity(const char *name);

#endif
