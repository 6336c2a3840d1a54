/*
 * swap.c - one embedded store in the place of another.
 *
 * Knows the two files of such a store. The new data takes its name by rename; the lock file of the old one,
 * which says how far its readers are, must not be read with the new data and goes after that. Fails by
 * GError.
 */
#include "store/swap.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/error.h"
#include "store/folder.h"
#include "store/store.h"

#define SCHEME "lmdb:"
#define DATA "data.mdb"
#define LOCK "lock.mdb"

char *
lsm_swap_path(const char *uri, GError **error)
{
	g_autofree char *path = NULL;
	gsize map;

	if (!g_str_has_prefix(uri, SCHEME)) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_UNSUPPORTED,
			    "%s has no files; only a store lmdb:/FOLDER has", uri);
		return NULL;
	}
	return lsm_folder_parse(uri + strlen(SCHEME), &path, &map, error) ? g_steal_pointer(&path) : NULL;
}

static gboolean
fail_file(GError **error, const char *path)
{
	g_set_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY, "%s: %s", path, g_strerror(errno));
	return FALSE;
}

/* A second name for the old data, so that it stays when the new one takes the first. */
static gboolean
keep_old(const char *data, const char *keep, GError **error)
{
	g_autofree char *kept = g_strdup_printf("%s.%s", data, keep);

	if (g_unlink(kept) != 0 && errno != ENOENT)
		return fail_file(error, kept);
	return link(data, kept) == 0 || errno == ENOENT || fail_file(error, kept);
}

static void
drop_folder(const char *folder)
{
	static const char *const names[] = {LOCK, "daemon.lock"};

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(folder, names[i], NULL);
		(void)g_unlink(path);
	}
	(void)g_rmdir(folder);
}

/* --- whose files they are --- */

/* root may work for the daemon's own user, who must be able to open what is there afterwards. */
static gboolean
give_owner(const char *path, const struct stat *owner, GError **error)
{
	return geteuid() != 0 || chown(path, owner->st_uid, owner->st_gid) == 0 || errno == ENOENT ||
	       fail_file(error, path);
}

/* A new folder and its lock belong to whom the folder around it belongs. */
static gboolean
give_folder(const char *path, GError **error)
{
	g_autofree char *parent = g_path_get_dirname(path);
	g_autofree char *lock = g_build_filename(path, "daemon.lock", NULL);
	struct stat owner;

	if (stat(parent, &owner) != 0)
		return fail_file(error, parent);
	return give_owner(path, &owner, error) && give_owner(lock, &owner, error);
}

/* Owner of the folder, mode of the old data. */
static gboolean
give_data(const char *fresh, const char *data, const char *path, GError **error)
{
	struct stat folder, old;
	mode_t mode = stat(data, &old) == 0 ? old.st_mode & 0777 : 0600;

	if (stat(path, &folder) != 0)
		return fail_file(error, path);
	return (g_chmod(fresh, (int)mode) == 0 || fail_file(error, fresh)) &&
	       give_owner(fresh, &folder, error);
}

static gboolean
name_data(const char *fresh, const char *path, const char *keep, GError **error)
{
	g_autofree char *data = g_build_filename(path, DATA, NULL);
	g_autofree char *lock = g_build_filename(path, LOCK, NULL);

	return give_data(fresh, data, path, error) && (!keep || keep_old(data, keep, error)) &&
	       (g_rename(fresh, data) == 0 || fail_file(error, data)) &&
	       (g_unlink(lock) == 0 || errno == ENOENT || fail_file(error, lock));
}

static gboolean
sync_folder(const char *path, GError **error)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	gboolean done = (fd >= 0 && fsync(fd) == 0) || fail_file(error, path);

	if (fd >= 0)
		close(fd);
	return done;
}

static gboolean
take_place(const char *from, const char *path, const char *keep, GError **error)
{
	g_autofree char *fresh = g_build_filename(from, DATA, NULL);

	if (!name_data(fresh, path, keep, error) || !sync_folder(path, error))
		return FALSE;
	drop_folder(from);
	return TRUE;
}

gboolean
lsm_swap_in(const char *from, const char *path, const char *keep, GError **error)
{
	gboolean is_new = !g_file_test(path, G_FILE_TEST_EXISTS);
	LsmFolder *folder = lsm_folder_open(path, TRUE, error);

	if (!folder)
		return FALSE;
	gboolean done = (!is_new || give_folder(path, error)) && take_place(from, path, keep, error);
	lsm_folder_close(folder);
	return done;
}

gboolean
lsm_swap_in_held(const char *from, const char *path, GError **error)
{
	return take_place(from, path, NULL, error);
}
