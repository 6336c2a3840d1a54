/*
 * advance.c - see advance.h. Reads the mail as the gate would, judges nothing, and records it as a draft.
 *
 * Uses the rules to read, record.c to write. Runs on the caller's connection thread.
 */
#include "desk/advance.h"

#include <string.h>

#include "conf/error.h"
#include "desk/json.h"
#include "desk/passage.h"

/* What is read of the mail; all of it is freed together. */
typedef struct {
	LsmEnvelope *envelope;
	LsmMessage *message;
	LsmRecognition *recognition;
} Draft;

static void
draft_clear(Draft *draft)
{
	g_clear_pointer(&draft->recognition, lsm_recognition_free);
	g_clear_pointer(&draft->message, lsm_message_free);
	g_clear_pointer(&draft->envelope, lsm_envelope_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Draft, draft_clear)

/* Nobody has sent it: no recipient is known, and none gets anything. */
static gboolean
read_draft(const LsmSettings *settings, const guchar *data, gsize length, gint64 now, Draft *draft,
	   GError **error)
{
	g_autoptr(LsmCollector) collector = lsm_collector_new(settings);

	lsm_collector_add_mail(collector, (const char *)data, length);
	draft->message = lsm_message_parse(collector, settings);
	draft->envelope = lsm_envelope_new(lsm_message_from_address(draft->message));
	draft->recognition = lsm_recognise(draft->message, draft->envelope, settings, now);
	if (draft->message->truncated) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT, "the mail is too large to be kept whole");
		return FALSE;
	}
	if (draft->recognition->outcome != LSM_OUTCOME_STATEMENT ||
	    draft->recognition->from_bodies->len == 0) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT,
			    "the mail is no liaison statement of ours; liaisonctl check tells why");
		return FALSE;
	}
	draft->recognition->way = LSM_WAY_DRAFT;
	return TRUE;
}

static gboolean
facts_of(LsmService *service, const LsmCaseKeys *keys, LsmFacts **facts_out, GError **error)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(service->store, error);

	return txn != NULL && lsm_facts_collect(service, txn, keys, facts_out, error);
}

static LsmRecordResult
record_draft(LsmService *service, const LsmSettings *settings, const Draft *draft, gint64 now, char **id_out,
	     GError **error)
{
	LsmCheckInput input = {.message = draft->message,
			       .recognition = draft->recognition,
			       .statement = draft->recognition->statement,
			       .envelope = draft->envelope,
			       .settings = settings,
			       .now = now};
	g_autoptr(LsmPassageKeys) keys = lsm_passage_keys_new(draft->message, draft->recognition);
	g_autoptr(LsmFacts) facts = NULL;
	g_autoptr(LsmVerdict) verdict = NULL;
	g_autoptr(JsonObject) members = NULL;
	g_autofree char *fingerprint = NULL;
	LsmPassage passage = {.keys = keys->keys};

	/* Bound to these very bytes: the same words between the same parties are another mail. */
	passage.keys.text = NULL;
	if (!facts_of(service, &passage.keys, &facts, error))
		return LSM_NOT_RECORDED;
	input.facts = facts;
	verdict = lsm_verdict_judge(&input);
	members = lsm_passage_members(verdict, &input);
	fingerprint = lsm_facts_fingerprint(facts);
	passage.members = members;
	passage.judged_on = fingerprint;
	passage.content = g_bytes_ref(draft->message->bytes);
	return lsm_record_passage(service, &passage, id_out, error);
}

gboolean
lsm_advance_record(LsmService *service, const char *mail, char **id_out, GError **error)
{
	g_autoptr(LsmSettings) settings = lsm_service_settings(service);
	gint64 now = lsm_service_now(service) / G_USEC_PER_SEC;
	g_auto(Draft) draft = {NULL, NULL, NULL};
	g_autofree guchar *data = NULL;
	gsize length = 0;

	data = g_base64_decode(mail, &length);
	if (length == 0) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT, "the mail is empty");
		return FALSE;
	}
	if (!read_draft(settings, data, length, now, &draft, error))
		return FALSE;
	switch (record_draft(service, settings, &draft, now, id_out, error)) {
	case LSM_RECORDED:
		return TRUE;
	case LSM_CHANGED:
		g_set_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY, "another copy came meanwhile; try again");
		return FALSE;
	case LSM_NOT_RECORDED:
		break;
	}
	return FALSE;
}
