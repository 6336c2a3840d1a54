/*
 * process.c - what a daemon does to its own process: detach, note its id, give up rights.
 *
 * Owns no state. Called while the process has one thread. Errors go to the caller.
 */
#include "milter/process.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conf/error.h"
#include "milter/sandbox.h"

static gboolean
refuse(GError **error, const char *doing)
{
	g_set_error(error, LSM_ERROR, LSM_ERROR_UNSUPPORTED, "cannot %s: %s", doing, g_strerror(errno));
	return FALSE;
}

/* --- identity --- */

static gboolean
find_group(const char *name, const char *setting, gid_t *gid_out, GError **error)
{
	const struct group *group;

	if (*name == '\0')
		return TRUE;
	group = getgrnam(name);
	if (group == NULL) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_CONFIG,
			    "%s = \"%s\": there is no such group; create it (groupadd --system %s) or set "
			    "another",
			    setting, name, name);
		return FALSE;
	}
	*gid_out = group->gr_gid;
	return TRUE;
}

static gboolean
find_user(LsmIdentity *identity, const LsmSettings *settings, GError **error)
{
	const struct passwd *user;

	if (geteuid() != 0 || *settings->user == '\0')
		return TRUE;
	user = getpwnam(settings->user);
	if (user == NULL) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_CONFIG,
			    "user = \"%s\": there is no such user; create it (useradd --system %s) or set "
			    "another",
			    settings->user, settings->user);
		return FALSE;
	}
	identity->drop = TRUE;
	identity->user = g_strdup(settings->user);
	identity->uid = user->pw_uid;
	identity->gid = user->pw_gid;
	return find_group(settings->group, "group", &identity->gid, error);
}

LsmIdentity *
lsm_identity_new(const LsmSettings *settings, GError **error)
{
	g_autoptr(LsmIdentity) identity = g_new0(LsmIdentity, 1);

	identity->uid = (uid_t)-1;
	identity->gid = identity->listen_group = (gid_t)-1;
	if (!find_user(identity, settings, error) ||
	    !find_group(settings->listen_group, "listen-group", &identity->listen_group, error))
		return NULL;
	return g_steal_pointer(&identity);
}

void
lsm_identity_free(LsmIdentity *identity)
{
	if (identity == NULL)
		return;
	g_free(identity->user);
	g_free(identity);
}

/* --- rights and limits --- */

static gboolean
drop_root(const LsmIdentity *identity, GError **error)
{
	if (initgroups(identity->user, identity->gid) != 0)
		return refuse(error, "set the supplementary groups");
	if (setresgid(identity->gid, identity->gid, identity->gid) != 0)
		return refuse(error, "change the group");
	if (setresuid(identity->uid, identity->uid, identity->uid) != 0)
		return refuse(error, "change the user");
	/* The kernel said yes; that root cannot be had back is what counts. */
	if (identity->uid != 0 && setuid(0) == 0) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_UNSUPPORTED,
			    "root rights came back after they were dropped");
		return FALSE;
	}
	return TRUE;
}

static void
set_limits(void)
{
	/* One octet, not none: a limit of 0 still lets the kernel pipe a core to a collector (core(5)). */
	struct rlimit core = {1, 1};
	struct rlimit files;

	setrlimit(RLIMIT_CORE, &core);
	/* Out of descriptors libmilter spins, and the mail server's connections hang. */
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
}

gboolean
lsm_process_confine(const LsmIdentity *identity, gboolean with_filter, GError **error)
{
	set_limits();
	umask(0077);
	if (identity->drop && !drop_root(identity, error))
		return FALSE;
	/* Behind the change of user, at which the kernel decides anew. */
	lsm_sandbox_close_memory();
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return refuse(error, "set no_new_privs");
	return !with_filter || lsm_sandbox_enter(LSM_SANDBOX_HOUSE, error);
}

/* --- daemon --- */

/* What the daemon's end means for who started it: one octet says that it serves. */
static int
wait_until_ready(int fd, pid_t daemon)
{
	char octet;
	ssize_t got;
	int status;

	do
		got = read(fd, &octet, 1);
	while (got < 0 && errno == EINTR);
	if (got == 1)
		return 0;
	while (waitpid(daemon, &status, 0) < 0)
		if (errno != EINTR)
			return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

LsmDetach
lsm_process_detach(int *ready_fd_out, int *status_out)
{
	int ends[2];
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return LSM_DETACH_FAILED;
	child = fork();
	if (child < 0) {
		close(ends[0]);
		close(ends[1]);
		return LSM_DETACH_FAILED;
	}
	if (child > 0) {
		close(ends[1]);
		*status_out = wait_until_ready(ends[0], child);
		close(ends[0]);
		return LSM_DETACH_STARTER;
	}
	close(ends[0]);
	*ready_fd_out = ends[1];
	return setsid() >= 0 && chdir("/") == 0 ? LSM_DETACH_DAEMON : LSM_DETACH_FAILED;
}

void
lsm_process_ready(int ready_fd, gboolean keep_stderr)
{
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
	int last = keep_stderr ? STDOUT_FILENO : STDERR_FILENO;
	ssize_t written;

	for (int fd = 0; nothing >= 0 && fd <= last; fd++)
		dup2(nothing, fd);
	if (nothing > 2)
		close(nothing);
	do
		written = write(ready_fd, "", 1);
	while (written < 0 && errno == EINTR);
	close(ready_fd);
}

/* --- process id --- */

gboolean
lsm_process_write_pid(const char *path, GError **error)
{
	g_autofree char *text = g_strdup_printf("%d\n", (int)getpid());
	g_autoptr(GError) cause = NULL;

	if (*path == '\0' ||
	    g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0644, &cause))
		return TRUE;
	g_set_error(error, LSM_ERROR, LSM_ERROR_UNSUPPORTED, "pid-file: %s", cause->message);
	return FALSE;
}

void
lsm_process_remove_pid(const char *path)
{
	if (*path != '\0')
		unlink(path);
}
