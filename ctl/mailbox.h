/*
 * mailbox.h - the mails of an mbox file, a maildir or a folder of files, one at a time.
 */
#ifndef LSM_CTL_MAILBOX_H
#define LSM_CTL_MAILBOX_H

#include <glib.h>

/* place: the file's name, or "@" and the octet at which it begins. FALSE with error ends the walk. */
typedef gboolean (*LsmMailboxVisitor)(const char *place, const char *mail, gsize length, gpointer data, GError **error);

/*
 * path: an mbox file (mboxrd; "-": standard input), a maildir, or a folder with a mail a file; folders in the order of
 * their names, which is that of time in a maildir. Never holds more than one mail, and of that no more than 64 MiB.
 * USAGE when it cannot be read; single files that cannot are named on standard error and left out.
 */
gboolean lsm_mailbox_walk(const char *path, LsmMailboxVisitor visit, gpointer data, GError **error);

#endif
