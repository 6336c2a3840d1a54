/*
 * callbacks.h - the thin adapters between libmilter and a session.
 */
#ifndef LSM_MILTER_CALLBACKS_H
#define LSM_MILTER_CALLBACKS_H

#include "milter/gate.h"

/* Registers the filter with libmilter, once a process. The gate must outlive all callbacks. FALSE: libmilter
 * refused. */
gboolean lsm_callbacks_register(LsmGate *gate);

#endif
