/*
 * archive.c - see archive.h.
 *
 * Stands as a desk between decide.c and the service: it lets the facts through, keeps what is on record from being
 * recorded again, and takes out of a passage what would be done about a mail that comes in just now. Runs on the
 * caller's connection thread; writes through the writer.
 */
#include "desk/archive.h"

#include <string.h>

#include "conf/error.h"
#include "desk/decide.h"
#include "desk/json.h"

typedef struct {
	LsmDesk base;
	LsmService *service;
	gboolean dry_run;
	gint64 passed;  /* when it came by, microseconds */
	char *known_id; /* of the case that it is, by the last facts; NULL: none */
	char *state;    /* of that case, or of the new one */
	gboolean recorded;
} ArchiveDesk;

static gboolean
ask_service(const ArchiveDesk *desk, const char *operation, JsonObject *args, GBytes *content,
	    JsonObject **answer_out, GError **error)
{
	const LsmPeer self = {.uid = 0, .user = "root", .is_gate = TRUE};

	return lsm_service_handle(desk->service, &self, operation, args,
				  content == NULL ? NULL : g_bytes_ref(content), answer_out, error);
}

static void
replace_text(char **text, const char *value)
{
	g_free(*text);
	*text = g_strdup(value);
}

static gboolean
ask_facts(ArchiveDesk *desk, JsonObject *args, JsonObject **answer_out, GError **error)
{
	if (!ask_service(desk, "facts", args, NULL, answer_out, error))
		return FALSE;
	replace_text(&desk->known_id, lsm_json_get(*answer_out, "case", NULL));
	replace_text(&desk->state, lsm_json_get(*answer_out, "state", NULL));
	return TRUE;
}

/* Whom a mail that comes in now would concern was told by others, or will see it in the daily digest: an archive
 * must not bring a mail a statement. */
static void
quieten(const ArchiveDesk *desk, JsonObject *members)
{
	JsonObject *public = lsm_json_get_object(members, "public");
	JsonObject *private = lsm_json_get_object(members, "private");
	g_autofree char *passed = lsm_event_time_render(desk->passed);

	json_object_set_array_member(members, "mails", json_array_new());
	json_object_remove_member(members, "source");
	/* Nothing proves who wrote it. */
	json_object_remove_member(members, "replaces");
	lsm_json_set(public, "door", "archive");
	lsm_json_set(private, "passed", passed);
}

static gboolean
answer_id(JsonObject **answer_out, const char *id)
{
	*answer_out = json_object_new();
	lsm_json_set(*answer_out, "id", id);
	return TRUE;
}

static gboolean
record_quietly(ArchiveDesk *desk, JsonObject *args, GBytes *content, JsonObject **answer_out, GError **error)
{
	JsonObject *members = lsm_json_get_object(args, "members");

	if (desk->known_id != NULL)
		return answer_id(answer_out, desk->known_id);
	replace_text(&desk->state, lsm_json_get(lsm_json_get_object(members, "public"), "state", NULL));
	if (desk->dry_run)
		return answer_id(answer_out, "");
	quieten(desk, members);
	if (!ask_service(desk, "record", args, content, answer_out, error))
		return FALSE;
	desk->recorded = lsm_json_get(*answer_out, "id", NULL) != NULL;
	return TRUE;
}

static gboolean
archive_call(LsmDesk *base, const char *operation, JsonObject *args, GBytes *content, JsonObject **answer_out,
	     GError **error)
{
	ArchiveDesk *desk = (ArchiveDesk *)base;

	if (strcmp(operation, "facts") == 0)
		return ask_facts(desk, args, answer_out, error);
	if (strcmp(operation, "record") == 0)
		return record_quietly(desk, args, content, answer_out, error);
	return ask_service(desk, operation, args, content, answer_out, error);
}

/* It lives on its caller's stack. */
static void
archive_free(LsmDesk *base G_GNUC_UNUSED)
{
}

static const LsmDeskClass archive_class = {archive_call, archive_free};

/* --- the mail --- */

static LsmMessage *
parse_mail(JsonObject *args, const LsmSettings *settings, GError **error)
{
	g_autoptr(LsmCollector) collector = lsm_collector_new(settings);
	g_autofree guchar *data = NULL;
	gsize length = 0;

	data = g_base64_decode(lsm_json_get(args, "mail", ""), &length);
	if (length == 0) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT, "the mail is empty");
		return NULL;
	}
	lsm_collector_add_mail(collector, (const char *)data, length);
	return lsm_message_parse(collector, settings);
}

/* No login, no client, no listener: nothing proves how it came, and so it was not submitted here. */
static LsmEnvelope *
make_envelope(JsonObject *args)
{
	LsmEnvelope *envelope = lsm_envelope_new(lsm_json_get(args, "sender", ""));
	g_auto(GStrv) recipients = lsm_json_get_list(args, "recipients");

	for (guint i = 0; recipients[i] != NULL; i++)
		lsm_envelope_add_recipient(envelope, recipients[i]);
	return envelope;
}

/* A field that the sender wrote: not believed where it lies in the future, or is missing. */
static gint64
time_of(const LsmMessage *message, gint64 now)
{
	gint64 date = message->date > 0 && message->date <= G_MAXINT64 / G_USEC_PER_SEC
			      ? message->date * G_USEC_PER_SEC
			      : now;

	return MIN(date, now);
}

static JsonObject *
describe(const ArchiveDesk *desk, const LsmDecision *decision)
{
	JsonObject *answer = json_object_new();
	const char *result = desk->known_id != NULL	 ? "known"
			     : desk->recorded		 ? "recorded"
			     : decision->verdict != NULL ? "would"
							 : "none";

	lsm_json_set(answer, "result", result);
	lsm_json_set(answer, "id", desk->known_id != NULL ? desk->known_id : desk->recorded ? decision->case_id : NULL);
	lsm_json_set(answer, "state", desk->state);
	lsm_json_set(answer, "direction", lsm_way_name(decision->recognition->way));
	return answer;
}

gboolean
lsm_archive_verb(LsmService *service, const LsmPeer *peer G_GNUC_UNUSED, const char *name G_GNUC_UNUSED,
		 JsonObject *args, JsonObject **answer_out, GError **error)
{
	g_autoptr(LsmSettings) settings = lsm_service_settings(service);
	g_autoptr(LsmMessage) message = parse_mail(args, settings, error);
	g_autoptr(LsmEnvelope) envelope = make_envelope(args);
	g_autoptr(LsmDecision) decision = NULL;
	ArchiveDesk desk = {
		.base.class = &archive_class, .service = service, .dry_run = lsm_json_flag(args, "dry_run")};
	gboolean done;

	if (message == NULL)
		return FALSE;
	desk.passed = time_of(message, lsm_service_now(service));
	decision = lsm_decide_recorded(message, envelope, settings, &desk.base, desk.passed, error);
	/* The mail server took it long ago. */
	done = decision != NULL &&
	       (!desk.recorded || lsm_desk_taken(&desk.base, decision->ticket, error));
	if (done)
		*answer_out = describe(&desk, decision);
	g_free(desk.known_id);
	g_free(desk.state);
	return done;
}
