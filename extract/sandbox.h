/*
 * sandbox.h - what remains possible for a process that reads a stranger's file: computing, and its two pipes.
 */
#ifndef LSM_EXTRACT_SANDBOX_H
#define LSM_EXTRACT_SANDBOX_H

#include <glib.h>

#define LSM_SANDBOX_MEMORY (512 * 1024 * 1024) /* octets of address space */
#define LSM_SANDBOX_SECONDS 5                  /* of processor time */

/*
 * Closes every descriptor but 0 to 2, sets the limits and loads the filter of system calls; there is no way
 * back. Files cannot be opened (the call is refused with EACCES: libraries look for optional files and go on
 * without), and any other call outside of the list ends the process with SIGSYS. FALSE: the kernel did not
 * take one of them, and nothing may be read.
 */
gboolean lsm_sandbox_enter(void);

#endif
