/*
 * preflight.c - see preflight.h. Owns a memory store and a desk on it; one thread.
 */
#include "ctl/preflight.h"

#include <string.h>

LsmPreflight *
lsm_preflight_new(const char *config, gboolean enforce, GError **error)
{
	g_autoptr(LsmPreflight) preflight = g_new0(LsmPreflight, 1);

	preflight->settings = lsm_settings_load(config, error);
	if (preflight->settings == NULL || !lsm_rule_check_settings(preflight->settings, error))
		return NULL;
	preflight->is_off = preflight->settings->mode == LSM_MODE_OFF && !enforce;
	/* Nobody else has this object yet. */
	if (enforce || preflight->is_off)
		preflight->settings->mode = LSM_MODE_ENFORCE;
	if (enforce)
		g_array_set_size(preflight->settings->rule_modes, 0);
	preflight->store = lsm_store_open("memory:", LSM_STORE_READ_WRITE, error);
	if (preflight->store == NULL)
		return NULL;
	preflight->service = lsm_service_new(preflight->store, preflight->settings);
	preflight->desk = lsm_desk_new_local(preflight->service);
	preflight->desk->without_record = TRUE;
	return g_steal_pointer(&preflight);
}

void
lsm_preflight_free(LsmPreflight *preflight)
{
	if (preflight == NULL)
		return;
	g_clear_pointer(&preflight->desk, lsm_desk_free);
	g_clear_pointer(&preflight->service, lsm_service_free);
	g_clear_pointer(&preflight->store, lsm_store_close);
	g_clear_pointer(&preflight->settings, lsm_settings_unref);
	g_free(preflight);
}

#define CHUNK 65535 /* octets that a mail server hands over at once */

/* As the gate does it: chunk by chunk, for as long as nothing is known. */
static gboolean
peek(const LsmCollector *collector, gsize body_start)
{
	gsize length = collector->bytes->len - body_start;
	LsmScreen answer = LSM_SCREEN_PEEK;

	for (gsize seen = 0; answer == LSM_SCREEN_PEEK && seen < length;) {
		seen = MIN(seen + CHUNK, length);
		answer = lsm_screen_body(collector, collector->bytes->data + body_start, seen);
	}
	return answer == LSM_SCREEN_READ;
}

/* What lies between the header's end and the reply: does the gate look at all? */
static gboolean
is_read(LsmCollector *collector, const LsmEnvelope *envelope, const LsmSettings *settings, gsize body_start)
{
	switch (lsm_screen_header(collector, envelope, settings)) {
	case LSM_SCREEN_PASS:
		return FALSE;
	case LSM_SCREEN_PEEK:
		return peek(collector, body_start);
	case LSM_SCREEN_READ:
		break;
	}
	return TRUE;
}

void
lsm_preflight_judge_at(const LsmSettings *settings, LsmDesk *desk, LsmEnvelope *envelope, const char *mail,
		       gsize length, LsmPreflightFill fill, gint64 now, LsmPreflightResult *result_out)
{
	g_autoptr(LsmCollector) collector = lsm_collector_new(settings);

	*result_out = (LsmPreflightResult){NULL, NULL};
	lsm_collector_add_mail(collector, mail, length);
	if (fill != NULL)
		fill(envelope, collector);
	if (!is_read(collector, envelope, settings, collector->body_offset))
		return;
	result_out->message = lsm_message_parse(collector, settings);
	result_out->decision = lsm_decide(result_out->message, envelope, settings, desk, now);
}

void
lsm_preflight_judge(LsmPreflight *preflight, LsmEnvelope *envelope, const char *mail, gsize length,
		    LsmPreflightFill fill, LsmPreflightResult *result_out)
{
	lsm_preflight_judge_at(preflight->settings, preflight->desk, envelope, mail, length, fill, g_get_real_time(),
			       result_out);
}

void
lsm_preflight_result_clear(LsmPreflightResult *result)
{
	g_clear_pointer(&result->decision, lsm_decision_free);
	g_clear_pointer(&result->message, lsm_message_free);
}

/* Every local@domain of a header value: enough for a default envelope, which people can always state instead.
 */
static void
each_address(const char *value, void (*use)(LsmEnvelope *envelope, const char *address),
	     LsmEnvelope *envelope)
{
	g_auto(GStrv) words = value == NULL ? NULL : g_strsplit_set(value, " \t\r\n,;<>()\"", 2000);

	for (guint i = 0; words != NULL && words[i] != NULL; i++) {
		if (lsm_address_is_valid(words[i]))
			use(envelope, words[i]);
	}
}

static void
use_as_sender(LsmEnvelope *envelope, const char *address)
{
	if (*envelope->sender == '\0') {
		g_free(envelope->sender);
		envelope->sender = g_strdup(address);
	}
}

void
lsm_preflight_envelope_from_header(LsmEnvelope *envelope, const LsmCollector *collector)
{
	each_address(lsm_collector_field(collector, "From"), use_as_sender, envelope);
	if (envelope->recipients->len > 0)
		return;
	each_address(lsm_collector_field(collector, "To"), lsm_envelope_add_recipient, envelope);
	each_address(lsm_collector_field(collector, "Cc"), lsm_envelope_add_recipient, envelope);
}
