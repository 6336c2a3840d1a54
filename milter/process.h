/*
 * process.h - what a daemon does to its own process: detach, note its id, give up rights.
 */
#ifndef LSM_MILTER_PROCESS_H
#define LSM_MILTER_PROCESS_H

#include <sys/types.h>

#include "conf/settings.h"

/* As whom to run, from the settings `user`, `group` and `listen-group`. */
typedef struct {
	gboolean drop; /* FALSE: not root, or no user set: stay what we are */
	char *user;
	uid_t uid; /* (uid_t)-1, (gid_t)-1 when not dropping */
	gid_t gid;
	gid_t listen_group; /* (gid_t)-1 when none is set */
} LsmIdentity;

/* CONFIG error for unknown names. */
LsmIdentity *lsm_identity_new(const LsmSettings *settings, GError **error);
void lsm_identity_free(LsmIdentity *identity);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmIdentity, lsm_identity_free)

/*
 * Takes on the identity for good, with no_new_privs, umask 0077 and no core files (they would hold
 * mail); raises the limit of descriptors to what is allowed; with_filter: loads the house's filter of
 * system calls (sandbox.h). Inherited by all children. In this order: supplementary groups, group, user,
 * for each needs the rights that the next one takes away; then what forbids to have them back.
 */
gboolean lsm_process_confine(const LsmIdentity *identity, gboolean with_filter, GError **error);

typedef enum { LSM_DETACH_DAEMON, LSM_DETACH_STARTER, LSM_DETACH_FAILED } LsmDetach;

/*
 * Forks. In the daemon: a session of its own, folder /, *ready_fd_out for lsm_process_ready. In the starter:
 * returns when the daemon is ready or gone; *status_out is what to exit with.
 */
LsmDetach lsm_process_detach(int *ready_fd_out, int *status_out);
/* The daemon serves: leaves the terminal (its standard error only when not kept) and lets the starter go. */
void lsm_process_ready(int ready_fd, gboolean keep_stderr);

/* path "": none. */
gboolean lsm_process_write_pid(const char *path, GError **error);
void lsm_process_remove_pid(const char *path);

#endif
