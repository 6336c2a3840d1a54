/*
 * store_fault.h - a store backend that fails on order: it wraps another one, and its n-th operation fails.
 *
 * An operation is a call of begin, get, put, delete, scan or commit. Use:
 *
 *   store = lsm_store_open_with(&lsm_backend_fault, "memory:", LSM_STORE_READ_WRITE, &error);
 *   for (n = 1; ; n++) {
 *           lsm_fault_arm(n, LSM_FAULT_BEFORE);
 *           ... the work; look at what is left of it ...
 *           if (!lsm_fault_struck())
 *                   break;
 *   }
 *   lsm_fault_arm(0, LSM_FAULT_BEFORE);
 */
#ifndef LSM_TESTS_STORE_FAULT_H
#define LSM_TESTS_STORE_FAULT_H

#include "store/backend.h"

typedef enum {
	LSM_FAULT_BEFORE, /* TEMPORARY, nothing was done */
	LSM_FAULT_AFTER,  /* a commit is done and then said to be UNCERTAIN; others as BEFORE */
	LSM_FAULT_CORRUPT, /* as BEFORE, of these classes */
	LSM_FAULT_DENIED,
	LSM_FAULT_UNSUPPORTED,
	LSM_FAULT_COUNT
} LsmFaultKind;

/* The place of its stores is the URI of the store inside. */
extern const LsmBackend lsm_backend_fault;

/* The n-th operation from now fails, once, in whichever store and thread; 0: none. */
void lsm_fault_arm(int n, LsmFaultKind kind);

/* TRUE if the fault that was armed last has happened. */
gboolean lsm_fault_struck(void);

/* Operations so far, of all its stores, and rows that scans have shown: what something costs is the difference. */
guint lsm_fault_work(void);

#endif
