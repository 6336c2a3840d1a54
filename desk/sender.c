/*
 * sender.c - from the outbox to the mail server.
 *
 * Owns one libcurl handle, and so one connection, a round; uses outbox.c and the writer. Runs on the desk's
 * own sending thread. A recipient counts as served when the mail server has answered 250 and that is on
 * record; a crash between the two sends the same mail, with the same Message-ID, once more.
 */
#include "desk/sender.h"

#include <curl/curl.h>
#include <string.h>

#include "conf/address.h"
#include "conf/error.h"
#include "conf/log.h"
#include "desk/counters.h"
#include "desk/internal.h"
#include "desk/json.h"
#include "desk/link.h"
#include "desk/notice.h"
#include "desk/outbox.h"

#define MAX_PAUSE 14400  /* seconds */
#define MAX_ATTEMPTS 40  /* about five days at the longest pause */
#define SMTP_TIMEOUT 60L /* seconds for one transaction on loopback */
#define DUE_AT_ONCE 100  /* entries that are read together */
#define REST G_TIME_SPAN_SECOND /* for a server that could not be reached */

typedef enum { TAKEN, LATER, REFUSED } SendResult;

typedef struct {
	const char *data;
	gsize left;
} Upload;

static size_t
read_upload(char *buffer, size_t size, size_t count, void *data)
{
	Upload *upload = data;
	gsize length = MIN(upload->left, size * count);

	memcpy(buffer, upload->data, length);
	upload->data += length;
	upload->left -= length;
	return length;
}

/* One look at what is due. */
typedef struct {
	LsmService *service;
	const LsmSettings *settings;
	CURL *curl;        /* keeps the connection from one mail to the next */
	char *unreachable; /* why the mail server cannot be reached; NULL: not tried yet, or it was */
} Round;

static SendResult
classify(Round *round, CURLcode code, char **why_out)
{
	long reply = 0;

	if (code == CURLE_OK)
		return TAKEN;
	curl_easy_getinfo(round->curl, CURLINFO_RESPONSE_CODE, &reply);
	*why_out = g_strdup_printf("%s (last reply %ld)", curl_easy_strerror(code), reply);
	if (code == CURLE_COULDNT_CONNECT)
		round->unreachable = g_strdup(*why_out);
	return reply >= 500 && reply <= 599 ? REFUSED : LATER;
}

/* A server may end a connection after so many mails, or so much time: that says nothing about this mail. */
static gboolean
is_old_connection_lost(CURL *curl, CURLcode code)
{
	long new_connections = 0, reply = 0;

	curl_easy_getinfo(curl, CURLINFO_NUM_CONNECTS, &new_connections);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply);
	return code != CURLE_OK && new_connections == 0 &&
	       (code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING ||
		reply == 421);
}

static SendResult
send_one(Round *round, const char *sender, const char *recipient, GBytes *mail, char **why_out)
{
	CURL *curl = round->curl;
	g_autofree char *sender_octets = lsm_address_to_octets(sender);
	g_autofree char *recipient_octets = lsm_address_to_octets(recipient);
	g_autofree char *from = g_strdup_printf("<%s>", sender_octets);
	g_autofree char *to = g_strdup_printf("<%s>", recipient_octets);
	struct curl_slist *recipients = curl_slist_append(NULL, to);
	const Upload whole = {g_bytes_get_data(mail, NULL), g_bytes_get_size(mail)};
	Upload upload = whole;
	CURLcode code;

	curl_easy_reset(curl);
	curl_easy_setopt(curl, CURLOPT_URL, round->settings->outbox_server);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp");
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, SMTP_TIMEOUT);
	curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from);
	curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
	curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(curl, CURLOPT_READFUNCTION, read_upload);
	curl_easy_setopt(curl, CURLOPT_READDATA, &upload);
	code = curl_easy_perform(curl);
	if (is_old_connection_lost(curl, code)) {
		upload = whole;
		curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
		code = curl_easy_perform(curl);
	}
	curl_slist_free_all(recipients);
	return classify(round, code, why_out);
}

/* One recipient's result, to be written down. */
typedef struct {
	LsmService *service;
	guint64 entry_id;
	const char *recipient;
	SendResult result;
	const char *why;
	gint64 now;
	int first_pause; /* seconds */
	GBytes *mail;    /* what was sent; NULL: it could not be read */
} SendJob;

static char **
without(char *const *list, const char *address)
{
	g_autoptr(GStrvBuilder) rest = g_strv_builder_new();

	for (guint i = 0; list[i] != NULL; i++) {
		if (strcmp(list[i], address) != 0)
			g_strv_builder_add(rest, list[i]);
	}
	return g_strv_builder_end(rest);
}

/* Nobody lacks it any more: what was approved has gone out. */
static gboolean
is_last_release(const SendJob *job, const LsmCase *item)
{
	g_auto(GStrv) lacking = without(item->withheld, job->recipient);

	return item->state == LSM_STATE_APPROVED && lacking[0] == NULL;
}

/* A mail of ours that did not reach somebody changes nothing in what the others are asked. */
static void
set_state(const SendJob *job, LsmEvent *event, const LsmCase *item, gboolean is_release)
{
	if (is_release && job->result == TAKEN && is_last_release(job, item))
		lsm_json_set(event->public, "state", "released");
	else if (!is_release && job->result != TAKEN)
		lsm_json_set(event->public, "state", lsm_state_row(item->state)->word);
}

/* The statement itself has arrived, or something has not: whoever must know is told. */
static gboolean
tell_result(LsmStoreTxn *txn, const SendJob *job, LsmCase *item, const LsmEvent *event, GError **error)
{
	if (event->type == LSM_EVENT_SENT)
		return TRUE;
	if (item->state == LSM_STATE_RELEASED && !lsm_link_settled(job->service, txn, item, job->now, error))
		return FALSE;
	return lsm_notice_put(job->service, txn, item, event,
			      event->type == LSM_EVENT_RELEASED ? job->mail : NULL, error);
}

static gboolean
append_result(LsmStoreTxn *txn, const SendJob *job, const LsmOutboxEntry *entry, LsmCase *item,
	      GError **error)
{
	gboolean is_release = strcmp(entry->kind, "release") == 0;
	LsmEventType type = job->result != TAKEN ? LSM_EVENT_UNDELIVERED
			    : is_release         ? LSM_EVENT_RELEASED
						 : LSM_EVENT_SENT;
	g_autoptr(LsmEvent) event = lsm_event_new(type, entry->case_id, job->now, job->service->node);
	const char *const recipient[] = {job->recipient, NULL};

	json_object_set_string_member(event->public, "kind", entry->kind);
	event->private = json_object_new();
	lsm_json_set_strings(event->private, is_release && job->result == TAKEN ? "released" : "recipient",
			     recipient);
	if (job->why != NULL)
		json_object_set_string_member(event->private, "reason", job->why);
	set_state(job, event, item, is_release);
	return lsm_record_event(txn, item, event, error) && tell_result(txn, job, item, event, error);
}

/* One pause a round, however many recipients ask for one. */
static gboolean
put_off(LsmStoreTxn *txn, const SendJob *job, LsmOutboxEntry *entry, GError **error)
{
	gint64 pause = job->first_pause;

	if (entry->due > job->now)
		return TRUE;
	for (guint i = 0; i < entry->attempts && pause < MAX_PAUSE; i++)
		pause *= 2;
	entry->attempts++;
	entry->due = job->now + MIN(pause, MAX_PAUSE) * G_USEC_PER_SEC;
	g_free(entry->last_error);
	entry->last_error = g_strdup(job->why);
	return lsm_outbox_put(txn, entry, error);
}

/* Who was refused keeps an entry of their own, for people to see; the others' deliveries go on. */
static gboolean
give_up(LsmStoreTxn *txn, const SendJob *job, LsmOutboxEntry *entry, GError **error)
{
	char *const refused[] = {(char *)job->recipient, NULL};
	g_autoptr(LsmOutboxEntry) parted =
		lsm_outbox_entry_new(entry->case_id, entry->kind, entry->sender, refused);
	g_auto(GStrv) rest = without(entry->recipients, job->recipient);

	if (rest[0] != NULL) {
		g_strfreev(entry->recipients);
		entry->recipients = g_steal_pointer(&rest);
		if (!lsm_outbox_put(txn, entry, error))
			return FALSE;
	} else {
		parted->id = entry->id;
	}
	parted->content = g_strdup(entry->content);
	parted->digest = g_strdup(entry->digest);
	g_free(parted->state);
	parted->state = g_strdup("failed");
	parted->attempts = entry->attempts + 1;
	parted->since = entry->since;
	parted->last_error = g_strdup(job->why);
	return lsm_outbox_put(txn, parted, error);
}

/* The case's own content stays with the case; a composed mail's bytes have served. */
static gboolean
finish_recipient(LsmStoreTxn *txn, const SendJob *job, LsmOutboxEntry *entry, const LsmCase *item,
		 GError **error)
{
	g_auto(GStrv) rest = without(entry->recipients, job->recipient);
	gboolean keep = item != NULL && g_strcmp0(item->content, entry->content) == 0;

	g_strfreev(entry->recipients);
	entry->recipients = g_steal_pointer(&rest);
	if (entry->recipients[0] != NULL)
		return lsm_outbox_put(txn, entry, error);
	return lsm_outbox_remove(txn, entry, keep, error);
}

/* A withdrawn case ("not a statement") keeps no content: once the last withheld recipient has it, it goes. */
static gboolean
erase_if_withdrawn(LsmStoreTxn *txn, const SendJob *job, LsmCase *item, GError **error)
{
	g_autoptr(GPtrArray) left = NULL;
	g_autoptr(LsmEvent) event = NULL;

	if (item == NULL || item->state != LSM_STATE_NOT_STATEMENT || item->content == NULL)
		return TRUE;
	left = lsm_outbox_list(txn, item->id, error);
	if (left == NULL)
		return FALSE;
	/* What we say about it needs it no more. */
	for (guint i = 0; i < left->len; i++) {
		if (strcmp(((const LsmOutboxEntry *)g_ptr_array_index(left, i))->kind, "release") == 0)
			return TRUE;
	}
	if (!lsm_content_erase(txn, item->content, error))
		return FALSE;
	event = lsm_event_new(LSM_EVENT_ERASED, item->id, job->now, job->service->node);
	json_object_set_string_member(event->public, "kind", "content");
	return lsm_record_event(txn, item, event, error);
}

static gboolean
write_result(LsmStoreTxn *txn, gpointer data, GError **error)
{
	const SendJob *job = data;
	g_autoptr(LsmOutboxEntry) entry = NULL;
	g_autoptr(LsmCase) item = NULL;
	LsmFound found = lsm_outbox_get(txn, job->entry_id, &entry, error);

	if (found != LSM_FOUND)
		return found == LSM_ABSENT;
	if (lsm_case_get(txn, entry->case_id, &item, error) == LSM_FAILED)
		return FALSE;
	if (job->result == LATER && entry->attempts + 1 < MAX_ATTEMPTS)
		return put_off(txn, job, entry, error);
	if (item != NULL && !append_result(txn, job, entry, item, error))
		return FALSE;
	if (job->result == TAKEN)
		return finish_recipient(txn, job, entry, item, error) &&
		       erase_if_withdrawn(txn, job, item, error);
	return give_up(txn, job, entry, error);
}

static void
log_result(const LsmOutboxEntry *entry, SendResult result, const char *why)
{
	lsm_counters_add(LSM_COUNT_SENT_TAKEN + result, 1);
	if (result == TAKEN)
		lsm_log(LOG_INFO, NULL, "mail-sent", "case", entry->case_id, "kind", entry->kind, NULL);
	else
		lsm_log(LOG_WARNING, NULL, result == LATER ? "mail-put-off" : "mail-refused", "case",
			entry->case_id, "kind", entry->kind, "why", why, NULL);
}

/* Another recipient of a mail for which the server could not be reached a moment ago has to wait like the first. */
static SendResult
try_to_send(Round *round, const char *sender, const char *recipient, GBytes *mail, char **why_out)
{
	if (round->unreachable == NULL)
		return send_one(round, sender, recipient, mail, why_out);
	*why_out = g_strdup(round->unreachable);
	return LATER;
}

static gboolean
send_and_record(Round *round, const LsmOutboxEntry *entry, const char *recipient, GBytes *mail)
{
	g_autofree char *why = NULL;
	g_autoptr(GError) error = NULL;
	SendJob job = {.service = round->service,
		       .entry_id = entry->id,
		       .recipient = recipient,
		       .first_pause = round->settings->outbox_retry,
		       .mail = mail};

	job.result = try_to_send(round, entry->sender, recipient, mail, &why);
	job.why = why;
	job.now = lsm_service_now(round->service);
	log_result(entry, job.result, why);
	if (!lsm_writer_run(round->service->writer, write_result, &job, &error))
		lsm_log_error(error, NULL, "mail-result-not-recorded", "case", entry->case_id, NULL);
	return job.result == TAKEN;
}

/* Piece by piece: a backlog of days need not fit into memory. */
static GPtrArray *
list_due(LsmService *service, gint64 now, LsmOutboxPlace *place, gboolean *more_out, GError **error)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(service->store, error);

	*more_out = FALSE;
	return txn == NULL ? NULL : lsm_outbox_list_due(txn, now, DUE_AT_ONCE, place, more_out, error);
}

/* NULL without an error: it is not to be sent any more. */
static GBytes *
load_mail(LsmService *service, const LsmOutboxEntry *entry, GError **error)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(service->store, error);
	g_autoptr(LsmOutboxEntry) now = NULL;
	GBytes *mail = NULL;

	/* Others may have been sent meanwhile, slowly: what was decided since can have taken it back. */
	if (txn == NULL || lsm_outbox_get(txn, entry->id, &now, error) != LSM_FOUND)
		return NULL;
	if (lsm_content_get(txn, entry->content, &mail, error) == LSM_ABSENT)
		g_set_error(error, LSM_ERROR, LSM_ERROR_CORRUPT,
			    "the content of an outbox entry is not there");
	return mail;
}

/* An entry whose mail cannot be read is put off as one that the mail server does not take: the others go on.
 */
static void
record_missing(const Round *round, const LsmOutboxEntry *entry, const GError *missing)
{
	LsmService *service = round->service;
	g_autoptr(GError) error = NULL;
	SendJob job = {.service = service,
		       .entry_id = entry->id,
		       .recipient = entry->recipients[0],
		       .result = LATER,
		       .why = missing->message,
		       .now = lsm_service_now(service),
		       .first_pause = round->settings->outbox_retry};

	lsm_log_error(missing, NULL, "mail-not-read", "case", entry->case_id, NULL);
	if (entry->recipients[0] != NULL && !lsm_writer_run(service->writer, write_result, &job, &error))
		lsm_log_error(error, NULL, "mail-result-not-recorded", "case", entry->case_id, NULL);
}

static gboolean
is_stopping(LsmService *service)
{
	return g_atomic_int_get(&service->stopping) != 0;
}

static guint
send_entry(Round *round, const LsmOutboxEntry *entry)
{
	g_autoptr(GError) missing = NULL;
	g_autoptr(GBytes) mail = load_mail(round->service, entry, &missing);
	guint sent = 0;

	if (missing != NULL)
		record_missing(round, entry, missing);
	for (guint k = 0; mail != NULL && entry->recipients[k] != NULL; k++)
		sent += send_and_record(round, entry, entry->recipients[k], mail);
	return sent;
}

static gboolean
write_results(LsmStoreTxn *txn, gpointer data, GError **error)
{
	GArray *jobs = data;

	for (guint i = 0; i < jobs->len; i++) {
		if (!write_result(txn, &g_array_index(jobs, SendJob, i), error))
			return FALSE;
	}
	return TRUE;
}

/* A server that could not be reached a moment ago is not tried again for each of the others that are due:
 * they are put off as if it had been, in one commit. */
static void
put_off_rest(const Round *round, const GPtrArray *entries, guint first)
{
	g_autoptr(GArray) jobs = g_array_new(FALSE, FALSE, sizeof(SendJob));
	g_autoptr(GError) error = NULL;

	for (guint i = first; i < entries->len; i++) {
		const LsmOutboxEntry *entry = g_ptr_array_index(entries, i);

		for (guint k = 0; entry->recipients[k] != NULL; k++) {
			SendJob job = {.service = round->service,
				       .entry_id = entry->id,
				       .recipient = entry->recipients[k],
				       .result = LATER,
				       .why = round->unreachable,
				       .now = lsm_service_now(round->service),
				       .first_pause = round->settings->outbox_retry};

			log_result(entry, LATER, round->unreachable);
			g_array_append_val(jobs, job);
		}
	}
	if (jobs->len > 0 && !lsm_writer_run(round->service->writer, write_results, jobs, &error))
		lsm_log_error(error, NULL, "mail-result-not-recorded", NULL);
}

static guint
send_entries(Round *round, const GPtrArray *entries)
{
	guint sent = 0;

	for (guint i = 0; i < entries->len && !is_stopping(round->service); i++) {
		if (round->unreachable != NULL) {
			put_off_rest(round, entries, i);
			break;
		}
		sent += send_entry(round, g_ptr_array_index(entries, i));
	}
	return sent;
}

static guint
run_round(Round *round, GError **error)
{
	gint64 now = lsm_service_now(round->service);
	LsmOutboxPlace place = {0};
	gboolean more = TRUE;
	guint sent = 0;

	while (more) {
		g_autoptr(GPtrArray) entries = list_due(round->service, now, &place, &more, error);

		if (entries != NULL && entries->len > 0 && round->curl == NULL)
			round->curl = curl_easy_init();
		if (entries != NULL)
			sent += send_entries(round, entries);
		more = more && entries != NULL && !is_stopping(round->service);
	}
	return sent;
}

/* Each new mail calls for a round: a server that is away is not tried, and a commit not made, for each. */
static gboolean
is_resting(const LsmService *service, gint64 now)
{
	return now >= service->server_away && now - service->server_away < REST;
}

/* Each entry once, even if what came of it could not be recorded. A stop does not wait for a backlog. */
guint
lsm_sender_run_due(LsmService *service)
{
	g_autoptr(LsmSettings) settings = lsm_service_settings(service);
	g_autoptr(GError) error = NULL;
	Round round = {.service = service, .settings = settings};
	gint64 now = lsm_service_now(service);
	guint sent;

	if (is_resting(service, now))
		return 0;
	sent = run_round(&round, &error);
	if (round.unreachable != NULL)
		service->server_away = now;
	if (error != NULL)
		lsm_log_error(error, NULL, "outbox-failed", NULL);
	curl_easy_cleanup(round.curl);
	g_free(round.unreachable);
	return sent;
}
