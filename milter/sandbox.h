/*
 * sandbox.h - which system calls each process of the house may make.
 *
 * Two filters, one upon the other. The parent loads the house's filter, which all children inherit: what no
 * process of ours ever does (trace others, mount, load code into the kernel, change its identity) ends the
 * process that tries, for only somebody else's code would. Gate and desk then load a list of their own: a
 * call that does not stand in it is refused and the process goes on. A new libc or library may try a new call
 * first (ENOSYS: it falls back on an old one), and mail in flight must not die of that; nothing is gained by
 * it.
 */
#ifndef LSM_MILTER_SANDBOX_H
#define LSM_MILTER_SANDBOX_H

#include <glib.h>

typedef enum { LSM_SANDBOX_HOUSE, LSM_SANDBOX_GATE, LSM_SANDBOX_DESK } LsmSandboxRole;

/*
 * Loads the filter of that role, for this process and all that come of it; there is no way back. To be called
 * with one thread. FALSE, and an UNSUPPORTED error, when the kernel does not take it. In a program that was
 * built with a sanitizer, whose own calls no list knows, nothing is done, and it is TRUE.
 */
gboolean lsm_sandbox_enter(LsmSandboxRole role, GError **error);

/* No core file of this process, and nobody of the same user can look into it (ptrace, /proc). Children
 * inherit it; a program that is started does not. Nothing is done when built with a sanitizer. */
void lsm_sandbox_close_memory(void);

/*
 * The call that ended a process, for the log: memory that the parent shares with its children, a cell a
 * child. A child lends its cell to the handler of SIGSYS, which notes the call's number there before the
 * process dies.
 */
int *lsm_sandbox_cells_new(guint count); /* of 0; NULL: no memory. Never freed */
void lsm_sandbox_note_into(int *cell);   /* NULL: notes nothing */
/* "ptrace"; NULL when the cell is NULL or empty. Empties it. Caller frees. */
char *lsm_sandbox_take_call(int *cell);

#endif
