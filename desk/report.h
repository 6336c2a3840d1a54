/*
 * report.h - what programs send: answers that no person wrote (RFC 3834), and reports of delivery (RFC 3464).
 */
#ifndef LSM_DESK_REPORT_H
#define LSM_DESK_REPORT_H

#include "rules/envelope.h"
#include "rules/message.h"

/* Why this mail was written by a program, or passed through a list, and must never be answered: static text
 * ("Auto-Submitted"), or NULL. */
const char *lsm_report_automatic(const LsmMessage *message, const LsmEnvelope *envelope);

/* What a report says of one recipient. */
typedef struct {
	char *recipient; /* Original-Recipient where there is one, else Final-Recipient */
	char *action;    /* "failed" "delayed" "delivered" "relayed" "expanded", lower case */
	char *reason;    /* "5.1.1: 550 no such user", one line; "" when it says none */
} LsmReportRow;

/* New array of LsmReportRow *, with its free function; empty when the mail is no report. At most 100. */
GPtrArray *lsm_report_read(const LsmMessage *message);

#endif
