/*
 * preflight.h - judges mails with the daemon's own code on a record in memory: for check and scan.
 */
#ifndef LSM_CTL_PREFLIGHT_H
#define LSM_CTL_PREFLIGHT_H

#include "desk/decide.h"
#include "desk/service.h"

typedef struct {
	LsmSettings *settings;
	LsmStore *store;
	LsmService *service;
	LsmDesk *desk;
	gboolean is_off; /* the settings say mode = off: judged as if they said enforce */
} LsmPreflight;

/* config NULL: the built-in samples. enforce: as if the global mode and every rule were enforced. With mode = off
 * as if it were enforce, for else no mail is looked at. */
LsmPreflight *lsm_preflight_new(const char *config, gboolean enforce, GError **error);
void lsm_preflight_free(LsmPreflight *preflight);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmPreflight, lsm_preflight_free)

typedef struct {
	LsmMessage *message;   /* NULL: screening let the mail pass after its header (or first part) */
	LsmDecision *decision; /* NULL likewise */
} LsmPreflightResult;

/* The way a gate takes a mail: screening, then reading and judging. fill: called once the header is known, to
 * complete an envelope (default sender and recipients); may be NULL. */
typedef void (*LsmPreflightFill)(LsmEnvelope *envelope, const LsmCollector *collector);
void lsm_preflight_judge(LsmPreflight *preflight, LsmEnvelope *envelope, const char *mail, gsize length,
			 LsmPreflightFill fill, LsmPreflightResult *result_out);
/* The same with a desk of the caller's, at a time (microseconds since 1970). */
void lsm_preflight_judge_at(const LsmSettings *settings, LsmDesk *desk, LsmEnvelope *envelope, const char *mail,
			    gsize length, LsmPreflightFill fill, gint64 now, LsmPreflightResult *result_out);
void lsm_preflight_result_clear(LsmPreflightResult *result);

/* Fills what the envelope lacks from the header: sender from From, recipients from To and Cc. */
void lsm_preflight_envelope_from_header(LsmEnvelope *envelope, const LsmCollector *collector);

#endif
