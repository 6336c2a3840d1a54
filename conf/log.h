/*
 * log.h - one line an event, key=value, the queue id first.
 *
 *   4Cxyz: event=verdict case=LS-20261121-K7Q3M verdict=redirect rules=approval.missing ms=3
 *
 * A value with blanks, quotes, '=' or control characters is quoted and escaped ("\"", "\\",
 * "\n", "\r", "\t", "\xNN"), an empty one is "", so that nothing from a mail can forge a line or
 * a field. What is longer than 1,000 octets (as written) is cut and ends in "..."; pairs that do not fit into
 * a line of 4,000 octets are left out, and cut=yes stands at its end. Thread-safe. Allocates
 * nothing, except with the capture sink: a full disk or memory does not stop the log.
 */
#ifndef LSM_CONF_LOG_H
#define LSM_CONF_LOG_H

#include <glib.h>
#include <syslog.h>

typedef enum {
	LSM_LOG_STDERR, /* foreground: time, program, process id, line */
	LSM_LOG_SYSLOG, /* facility mail */
	LSM_LOG_CAPTURE /* tests: lsm_log_captured() */
} LsmLogSink;

/* Chooses the sink; ident (static string) names the process ("liaison-milter/gate"). Lines above
 * max_priority (LOG_INFO, LOG_DEBUG) are dropped. Before the first call: stderr, LOG_INFO. */
void lsm_log_open(LsmLogSink sink, const char *ident, int max_priority);

/*
 * Logs one event. queue_id: the MTA's, or NULL. event: a stable word, a row of log_lines.def.
 * Then pairs of key (const char *) and value (const char *, NULL: pair left out), closed by NULL.
 */
void lsm_log(int priority, const char *queue_id, const char *event, ...) G_GNUC_NULL_TERMINATED;

/* Logs an error where it stops, at its class's priority: event, then class=..., text=..., and the pairs. */
void lsm_log_error(const GError *error, const char *queue_id, const char *event, ...) G_GNUC_NULL_TERMINATED;

/* Tests: everything captured so far, one line an event, each ended by '\n'; caller frees. Clears the buffer.
 */
char *lsm_log_captured(void);

#endif
