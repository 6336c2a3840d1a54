/*
 * check_answer.c - see check_answer.h. Runs on the caller's connection thread; fails as the store fails.
 */
#include "desk/check_answer.h"

#include "conf/error.h"
#include "desk/internal.h"
#include "desk/json.h"
#include "desk/token.h"

#define HOUR (G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC)
#define DAY (24 * HOUR)
#define COUNT_MARK "checks"
#define SEEN_MARK "check-seen"

typedef struct {
	LsmService *service;
	JsonObject *args;
	const char *to;
	gint64 now;
	gboolean is_sent;
} Job;

/* A mail server that heard no reply sends the mail again. */
static gboolean
was_answered(LsmStoreTxn *txn, const Job *job, gboolean *answered_out, GError **error)
{
	const char *message_id = lsm_json_get(job->args, "message_id", NULL);
	g_autofree char *mark = g_strdup_printf("%s %s", job->to, message_id != NULL ? message_id : "");
	guint count = 0;

	*answered_out = FALSE;
	if (message_id == NULL)
		return TRUE;
	if (!lsm_token_mark(txn, SEEN_MARK, mark, job->now, DAY, &count, error))
		return FALSE;
	*answered_out = count > 1;
	return TRUE;
}

static gboolean
put_answer(LsmStoreTxn *txn, const Job *job, GError **error)
{
	JsonObject *values = lsm_json_get_object(job->args, "values");
	g_autoptr(GList) names = values != NULL ? json_object_get_members(values) : NULL;
	g_autoptr(GPtrArray) pairs = g_ptr_array_new();
	char *const to[] = {(char *)job->to, NULL};
	LsmMail mail = {
		.text = "check-answer", .to = to, .answers = lsm_json_get(job->args, "message_id", NULL)};

	for (GList *l = names; l != NULL; l = l->next) {
		g_ptr_array_add(pairs, l->data);
		g_ptr_array_add(pairs, (gpointer)lsm_json_get(values, l->data, ""));
	}
	g_ptr_array_add(pairs, NULL);
	mail.values = (const char *const *)pairs->pdata;
	return lsm_mails_put(job->service, txn, &mail, error);
}

static gboolean
write_answer(LsmStoreTxn *txn, gpointer data, GError **error)
{
	Job *job = data;
	gboolean answered = FALSE;
	guint count = 0;

	job->is_sent = FALSE;
	if (!lsm_token_mark(txn, COUNT_MARK, job->to, job->now, HOUR, &count, error))
		return FALSE;
	if (count > LSM_CHECK_MOST)
		return TRUE;
	if (!was_answered(txn, job, &answered, error))
		return FALSE;
	job->is_sent = TRUE;
	return answered || put_answer(txn, job, error);
}

gboolean
lsm_check_answer_put(LsmService *service, JsonObject *args, gboolean *sent_out, GError **error)
{
	Job job = {.service = service,
		   .args = args,
		   .to = lsm_json_get(args, "to", ""),
		   .now = lsm_service_now(service)};

	if (!lsm_address_is_valid(job.to)) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT,
			    "check-answer: there is no address to answer to");
		return FALSE;
	}
	if (!lsm_writer_run(service->writer, write_answer, &job, error))
		return FALSE;
	*sent_out = job.is_sent;
	return TRUE;
}
