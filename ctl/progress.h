/*
 * progress.h - how far long work has come, for who waits at a terminal.
 *
 * One line on standard error that is written over and in the end taken away; nothing at all where standard error is
 * no terminal, or when the work is done within half a second.
 */
#ifndef LSM_CTL_PROGRESS_H
#define LSM_CTL_PROGRESS_H

#include <glib.h>

typedef struct LsmProgress LsmProgress;

/* label: what is done ("events"), borrowed. total 0: not known. */
LsmProgress *lsm_progress_new(const char *label, guint64 total);
/* Takes the line away. NULL is allowed. */
void lsm_progress_free(LsmProgress *progress);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmProgress, lsm_progress_free)

/* Cheap: may be called for every item. NULL is allowed here and below. */
void lsm_progress_step(LsmProgress *progress, guint64 done);

/* Before anything is printed: the line makes room until the next step. */
void lsm_progress_hide(LsmProgress *progress);

#endif
