/*
 * folder.c - the folder of an embedded store.
 *
 * Owns daemon.lock in it, and the list of folders that this process has open. Uses the system only.
 * Threads: open and close from any. Fails by GError; the lock ends with the process, whatever kills it.
 */
#include "store/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "conf/error.h"

#define DAEMON_LOCK "daemon.lock"

struct LsmFolder {
	char *path;
	char *identity; /* device and inode, while it stands in open_folders */
	int lock_fd;
};

/* File systems on which neither a shared map nor locks can be relied on. To add one: a row, see statfs(2). */
static const struct {
	guint32 magic;
	const char *name;
} network_file_systems[] = {
	{0x00006969, "NFS"},  {0xff534d42, "CIFS"}, {0xfe534d42, "SMB2"},   {0x0000517b, "SMB"},
	{0x65735546, "FUSE"}, {0x01021997, "9P"},   {0x5346414f, "AFS"},    {0x6b414653, "AFS"},
	{0x00c36400, "Ceph"}, {0x73757245, "Coda"}, {0x0000564c, "NCP"},    {0x7461636f, "OCFS2"},
	{0x01161970, "GFS2"}, {0x47504653, "GPFS"}, {0x0bd00bd0, "Lustre"}, {0x19830326, "BeeGFS"},
};

/* LMDB's locks belong to the process: closing a second handle of the same files would drop those of the
 * first. */
static GMutex open_folders_mutex;
static GHashTable *open_folders; /* identity -> number of the process that listed it */

static gboolean
fail(GError **error, const char *doing)
{
	int code = errno;
	LsmErrorClass error_class =
		code == EACCES || code == EPERM || code == EROFS ? LSM_ERROR_DENIED : LSM_ERROR_TEMPORARY;

	g_set_error(error, LSM_ERROR, (gint)error_class, "%s: %s", doing, g_strerror(code));
	return FALSE;
}

static gboolean
parse_size(const char *text, gsize *size_out)
{
	static const char units[] = "KMG";
	char *end;
	guint64 size = g_ascii_strtoull(text, &end, 10);
	const char *unit = *end ? strchr(units, *end) : NULL;

	if (!g_ascii_isdigit(*text) || !unit || end[1] != '\0' || size > G_MAXUINT32)
		return FALSE;
	size <<= 10 * (unit - units + 1);
	if (size < LSM_FOLDER_MAP_LEAST || size > G_MAXSIZE / 4)
		return FALSE;
	*size_out = (gsize)size;
	return TRUE;
}

gboolean
lsm_folder_parse(const char *text, char **path_out, gsize *map_out, GError **error)
{
	const char *options = strchr(text, '?');
	g_autofree char *path = options ? g_strndup(text, (gsize)(options - text)) : g_strdup(text);

	*map_out = 0;
	if (path[0] != '/' || path[1] == '\0') {
		g_set_error(error, LSM_ERROR, LSM_ERROR_CONFIG,
			    "\"lmdb:%s\": expected the full path of a folder, \"lmdb:/...\"", text);
		return FALSE;
	}
	if (options &&
	    !(g_str_has_prefix(options, "?map=") && parse_size(options + strlen("?map="), map_out))) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_CONFIG,
			    "\"lmdb:%s\": expected \"?map=\", a number, and K, M or G (1M or more)", text);
		return FALSE;
	}
	*path_out = g_steal_pointer(&path);
	return TRUE;
}

static gboolean
sync_path(const char *path, GError **error)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	gboolean fine = fd >= 0 && fsync(fd) == 0;

	if (!fine)
		fail(error, "cannot sync the folder");
	if (fd >= 0)
		close(fd);
	return fine;
}

/* Only what root has just made, under no second name: whoever owns the folder can put links there. */
static gboolean
give(const char *path, const struct stat *owner)
{
	struct stat made;

	return lstat(path, &made) != 0 || made.st_uid != 0 || S_ISLNK(made.st_mode) ||
	       (S_ISREG(made.st_mode) && made.st_nlink != 1) || lchown(path, owner->st_uid, owner->st_gid) == 0;
}

/* Somebody else's process must be able to open what root makes for him. */
static gboolean
is_somebody_elses(const char *folder, struct stat *owner_out)
{
	return geteuid() == 0 && stat(folder, owner_out) == 0 && owner_out->st_uid != 0;
}

gboolean
lsm_folder_give_files(const LsmFolder *folder, GError **error)
{
	static const char *const names[] = {"data.mdb", "lock.mdb", "daemon.lock"};
	struct stat owner;

	if (!is_somebody_elses(folder->path, &owner))
		return TRUE;
	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(folder->path, names[i], NULL);
		if (!give(path, &owner))
			return fail(error, "cannot give the files to the folder's owner");
	}
	return TRUE;
}

static gboolean
make(const char *path, GError **error)
{
	struct stat owner;

	if (mkdir(path, 0700) != 0)
		return errno == EEXIST || fail(error, "cannot make the folder");
	g_autofree char *parent = g_path_get_dirname(path);
	if (is_somebody_elses(parent, &owner) && !give(path, &owner))
		return fail(error, "cannot give the folder to its parent's owner");
	return sync_path(parent, error);
}

const char *
lsm_folder_network_name(guint32 magic)
{
	for (guint i = 0; i < G_N_ELEMENTS(network_file_systems); i++)
		if (magic == network_file_systems[i].magic)
			return network_file_systems[i].name;
	return NULL;
}

static gboolean
is_local(const char *path, GError **error)
{
	struct statfs fs;

	if (statfs(path, &fs) != 0)
		return fail(error, "cannot examine the folder");
	const char *network = lsm_folder_network_name((guint32)fs.f_type);
	if (!network)
		return TRUE;
	g_set_error(error, LSM_ERROR, LSM_ERROR_UNSUPPORTED,
		    "the folder is on a network or user-space file system (%s)", network);
	return FALSE;
}

/* Takes the identity; FALSE if this process has the folder open. */
static gboolean
enlist(const char *identity)
{
	gpointer self = GINT_TO_POINTER((gint)getpid());

	g_mutex_lock(&open_folders_mutex);
	if (!open_folders)
		open_folders = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	/* An entry of another process came here by a fork and says nothing. */
	gboolean is_new = g_hash_table_lookup(open_folders, identity) != self;
	if (is_new)
		g_hash_table_replace(open_folders, g_strdup(identity), self);
	g_mutex_unlock(&open_folders_mutex);
	return is_new;
}

static void
delist(const char *identity)
{
	g_mutex_lock(&open_folders_mutex);
	g_hash_table_remove(open_folders, identity);
	if (g_hash_table_size(open_folders) == 0)
		g_clear_pointer(&open_folders, g_hash_table_unref);
	g_mutex_unlock(&open_folders_mutex);
}

static gboolean
claim(LsmFolder *folder, GError **error)
{
	struct stat st;

	if (stat(folder->path, &st) != 0)
		return fail(error, "cannot examine the folder");
	g_autofree char *identity =
		g_strdup_printf("%llx:%llx", (unsigned long long)st.st_dev, (unsigned long long)st.st_ino);
	if (!enlist(identity)) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY, "in use by process %ld, which is this one",
			    (long)getpid());
		return FALSE;
	}
	folder->identity = g_steal_pointer(&identity);
	return TRUE;
}

static gboolean
fail_locked(int fd, GError **error)
{
	char text[32] = "";
	ssize_t length = pread(fd, text, sizeof text - 1, 0);
	guint64 holder = length > 0 ? g_ascii_strtoull(text, NULL, 10) : 0;

	if (holder > 0)
		g_set_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY, "in use by process %" G_GUINT64_FORMAT,
			    holder);
	else
		g_set_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY, "in use by another process");
	return FALSE;
}

/* The number in the file is for people; the lock itself is what counts. */
static gboolean
lock(LsmFolder *folder, GError **error)
{
	g_autofree char *path = g_build_filename(folder->path, DAEMON_LOCK, NULL);
	g_autofree char *text = g_strdup_printf("%ld\n", (long)getpid());

	folder->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (folder->lock_fd < 0)
		return fail(error, "cannot open " DAEMON_LOCK);
	if (flock(folder->lock_fd, LOCK_EX | LOCK_NB) != 0)
		return errno == EWOULDBLOCK ? fail_locked(folder->lock_fd, error)
					    : fail(error, "cannot lock " DAEMON_LOCK);
	if (ftruncate(folder->lock_fd, 0) != 0 || pwrite(folder->lock_fd, text, strlen(text), 0) < 0)
		return fail(error, "cannot write " DAEMON_LOCK);
	return TRUE;
}

/* A pipe would be waited for without end, and of an empty file LMDB only says that it cannot read. */
static gboolean
is_fit(const char *folder, const char *name, gboolean may_be_empty, GError **error)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);
	struct stat st;

	if (stat(path, &st) != 0)
		return errno == ENOENT || fail(error, "cannot examine the record's files");
	if (S_ISREG(st.st_mode) && (st.st_size > 0 || may_be_empty))
		return TRUE;
	g_set_error(error, LSM_ERROR, LSM_ERROR_CORRUPT, "%s is %s; restore a backup, or name the right folder",
		    name, S_ISREG(st.st_mode) ? "empty" : "no plain file");
	return FALSE;
}

static gboolean
has_fit_files(const char *path, gboolean own, GError **error)
{
	return is_fit(path, "data.mdb", own, error) && is_fit(path, "lock.mdb", TRUE, error);
}

LsmFolder *
lsm_folder_open(const char *path, gboolean own, GError **error)
{
	LsmFolder *folder = g_new0(LsmFolder, 1);

	folder->path = g_strdup(path);
	folder->lock_fd = -1;
	if ((!own || make(path, error)) && is_local(path, error) && claim(folder, error) &&
	    (!own || lock(folder, error)) && has_fit_files(path, own, error))
		return folder;
	lsm_folder_close(folder);
	return NULL;
}

void
lsm_folder_close(LsmFolder *folder)
{
	if (!folder)
		return;
	if (folder->identity)
		delist(folder->identity);
	if (folder->lock_fd >= 0)
		close(folder->lock_fd);
	g_free(folder->identity);
	g_free(folder->path);
	g_free(folder);
}

const char *
lsm_folder_path(const LsmFolder *folder)
{
	return folder->path;
}

gboolean
lsm_folder_sync(const LsmFolder *folder, GError **error)
{
	return sync_path(folder->path, error);
}

/* --- a copy --- */

void
lsm_folder_drop_new(const char *part)
{
	g_autofree char *data = g_build_filename(part, "data.mdb", NULL);

	unlink(data);
	rmdir(part);
}

gboolean
lsm_folder_make_new(const char *path, const char *part, GError **error)
{
	if (g_file_test(path, G_FILE_TEST_EXISTS)) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY, "%s exists", path);
		return FALSE;
	}
	lsm_folder_drop_new(part);
	return mkdir(part, 0700) == 0 || fail(error, "cannot make the folder");
}

gboolean
lsm_folder_name_new(const char *part, const char *path, GError **error)
{
	g_autofree char *data = g_build_filename(part, "data.mdb", NULL);
	g_autofree char *parent = g_path_get_dirname(path);
	int fd = open(data, O_RDONLY | O_CLOEXEC);
	/* LMDB makes a copy's file as the umask has it. */
	gboolean fine = fd >= 0 && fchmod(fd, 0600) == 0 && fsync(fd) == 0;

	if (!fine)
		fail(error, "cannot sync the copy");
	if (fd >= 0)
		close(fd);
	fine = fine && sync_path(part, error) && (rename(part, path) == 0 || fail(error, "cannot name the copy")) &&
	       sync_path(parent, error);
	if (!fine)
		lsm_folder_drop_new(part);
	return fine;
}
