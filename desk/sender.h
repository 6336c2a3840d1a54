/*
 * sender.h - sends what the outbox owes, exactly as recorded, by SMTP (libcurl) to the outbox's own listener.
 */
#ifndef LSM_DESK_SENDER_H
#define LSM_DESK_SENDER_H

#include "desk/service.h"

/* Sends all entries that are due now, one SMTP transaction a recipient. Returns how many were taken by the
 * mail server. Failures are logged, counted on the entry and retried later; a refusal for good (5xx) fails
 * the entry and reopens its case. Only one thread calls this. */
guint lsm_sender_run_due(LsmService *service);

#endif
