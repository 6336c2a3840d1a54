/*
 * guard.h - a record that leads its reader astray ends the command with words, not with a bare signal.
 */
#ifndef LSM_CTL_GUARD_H
#define LSM_CTL_GUARD_H

/*
 * From here on, an address that does not exist (SIGSEGV, SIGBUS) ends the process with a message on standard error
 * and the exit status of a corrupt record. LMDB takes the pages of its file as they are: one changed bit in the head of
 * a page may lead it out of the file. Whoever handles these signals already (a sanitizer) goes on doing so. May be
 * called again.
 */
void lsm_guard_reading(void);

#endif
