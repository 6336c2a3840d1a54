/*
 * reply.c - what the writer of a mail to the desk is told, and what is noted of it.
 *
 * Owns nothing. Mails go to proved addresses, or to the one that we asked ourselves: never to what an
 * unproved From says (RFC 3834 section 3, backscatter). Fails as the store fails.
 */
#include "desk/reply.h"

#include <string.h>

#include "conf/error.h"
#include "desk/json.h"
#include "desk/outbox.h"
#include "desk/request.h"

#define DAY (G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC)
#define MAX_MAILS_A_DAY 10 /* to one address: a program that answers our answers must not run on */
#define MAX_NOTES_A_DAY 20 /* of one case: its addresses show in mail, and the log only grows */
#define MAX_RENEWALS_A_DAY 3 /* to one address: a request that is void asks nobody to read ten more */
#define HELP_MARK "helped"
#define NOTE_MARK "noted"
#define RENEWAL_MARK "renewed"

LsmActor
lsm_reply_actor(const LsmReply *reply)
{
	return (LsmActor){.name = reply->address,
			  .person = reply->person,
			  .address = reply->address,
			  .door = "mail",
			  .evidence = reply->message_id};
}

typedef struct {
	LsmReply *reply;
	const LsmReplyOutcome *outcome;
	const char *why;
	LsmCase *item; /* as it is now; or NULL */
} FinishJob;

/* --- words --- */

/* What may stand behind the word: "purpose=... deadline=...". What people write below it is not among them. */
static char *
arguments_text(const LsmActRow *row)
{
	static const char *const below[] = {"reason", "text", "comment", NULL};
	g_auto(GStrv) names = g_strsplit(row->arguments, " ", -1);
	GString *text = g_string_new(NULL);

	for (guint i = 0; names[i] != NULL; i++) {
		names[i][strcspn(names[i], "?")] = '\0';
		if (*names[i] != '\0' && !g_strv_contains(below, names[i]))
			g_string_append_printf(text, "%s%s=...", text->len > 0 ? " " : "", names[i]);
	}
	return g_string_free(text, FALSE);
}

static void
add_row(GString *text, const LsmActRow *row)
{
	g_autofree char *arguments = arguments_text(row);

	if (*row->words == '\0')
		return;
	g_string_append_printf(text, "  %-16s %s\n", row->verb, row->help);
	if (*arguments != '\0')
		g_string_append_printf(text, "  %-16s %s\n", "", arguments);
}

/* What this person can answer now; without a statement, all that can be answered at all. */
static char *
answers_text(const FinishJob *job)
{
	const LsmActor actor = lsm_reply_actor(job->reply);
	g_autoptr(GPtrArray) possible = NULL;
	GString *text = g_string_new(NULL);

	if (job->item != NULL)
		possible = lsm_act_possible(job->reply->service, job->item, &actor);
	for (guint i = 0; possible != NULL && i < possible->len; i++)
		add_row(text, g_ptr_array_index(possible, i));
	for (guint i = 0; job->item == NULL && lsm_act_row(i) != NULL; i++)
		add_row(text, lsm_act_row(i));
	g_string_append_printf(text, "  %-16s %s\n", "help", "this list");
	return g_string_free(text, FALSE);
}

static char *
state_text(const LsmCase *item)
{
	const LsmStateRow *row;

	if (item == NULL)
		return g_strdup("no such statement is on record");
	row = lsm_state_row(item->state);
	return g_strdup_printf("%s (%s)", row->word, row->meaning);
}

/* " [K7Q3M]", so that an answer to the answer finds its statement; "" without one. */
static char *
tag_text(const LsmCase *item)
{
	const char *letters = item == NULL ? NULL : strrchr(item->id, '-');

	return letters == NULL ? g_strdup("") : g_strdup_printf(" [%s]", letters + 1);
}

static const char *
subject_of(const FinishJob *job)
{
	if (job->item != NULL && job->item->subject != NULL)
		return job->item->subject;
	return lsm_json_get(job->reply->args, "subject", "");
}

static gboolean
put_mail(LsmStoreTxn *txn, const FinishJob *job, const char *to, GError **error)
{
	const LsmSettings *settings = job->reply->settings;
	g_autofree char *answers = answers_text(job);
	g_autofree char *state = state_text(job->item);
	g_autofree char *tag = tag_text(job->item);
	const char *line = *job->reply->line == '\0' ? "(empty)" : job->reply->line;
	const char *const values[] = {"why",       job->why,
				      "line",      line,
				      "answers",   answers,
				      "state",     state,
				      "tag",       tag,
				      "subject",   subject_of(job),
				      "contact",   lsm_directory_liaison_contact(settings->directory),
				      "home",      lsm_directory_home_name(settings->directory),
				      "reference", job->item == NULL ? "none" : job->item->id,
				      NULL};
	char *const one[] = {(char *)to, NULL};
	const LsmMail mail = {.text = job->outcome->text,
			      .case_id = job->item == NULL ? NULL : job->item->id,
			      .to = one,
			      .values = values};

	return lsm_mails_put(job->reply->service, txn, &mail, error);
}

/* --- the transaction --- */

static const char *
addressee(const FinishJob *job)
{
	switch (job->outcome->tell) {
	case LSM_TELL_REPLIER:
		return job->reply->address;
	case LSM_TELL_ASKED:
		return job->reply->token == NULL ? NULL : job->reply->token->asked;
	case LSM_TELL_NOBODY:
		break;
	}
	return NULL;
}

static gboolean
tell(LsmStoreTxn *txn, const FinishJob *job, GError **error)
{
	const char *to = job->outcome->text == NULL ? NULL : addressee(job);
	guint count = 0;

	if (to == NULL)
		return TRUE;
	/* Who has done something hears of it, however much they do a day: no program says "confirm". */
	if (strcmp(job->outcome->text, "answer-done") == 0)
		return put_mail(txn, job, to, error);
	if (!lsm_token_mark(txn, HELP_MARK, to, job->reply->now, DAY, &count, error))
		return FALSE;
	return count > MAX_MAILS_A_DAY || put_mail(txn, job, to, error);
}

static gboolean
note(LsmStoreTxn *txn, FinishJob *job, GError **error)
{
	LsmReply *reply = job->reply;
	g_autoptr(LsmEvent) event = NULL;
	guint count = 0;

	if (!job->outcome->is_noted || job->item == NULL)
		return TRUE;
	if (!lsm_token_mark(txn, NOTE_MARK, job->item->id, reply->now, DAY, &count, error))
		return FALSE;
	if (count > MAX_NOTES_A_DAY)
		return TRUE;
	event = lsm_event_new(LSM_EVENT_ANSWER_IGNORED, job->item->id, reply->now, reply->service->node);
	lsm_json_set(event->public, "why", job->outcome->word);
	event->private = json_object_new();
	lsm_json_set(event->private, "reason", job->why);
	lsm_json_set(event->private, "from_address", lsm_json_get(reply->args, "from", NULL));
	lsm_json_set(event->private, "evidence", reply->message_id);
	lsm_json_set(event->private, "line", reply->line);
	return lsm_record_event(txn, job->item, event, error);
}

static gboolean
mark_seen(LsmStoreTxn *txn, const LsmReply *reply, GError **error)
{
	guint count;

	return reply->message_id == NULL || reply->seen ||
	       lsm_token_mark(txn, LSM_REPLY_SEEN, reply->message_id, reply->now,
			      MAX(reply->settings->token_lifetime, LSM_REPLY_FRESH_DAYS + 1) * DAY, &count,
			      error);
}

/* What others got to see asks nobody any more, whether it had an effect or not. */
static gboolean
void_shared(LsmStoreTxn *txn, const LsmReply *reply, gboolean *voided_out, GError **error)
{
	g_autoptr(GError) spent = NULL;

	*voided_out = FALSE;
	if (reply->token == NULL || reply->item == NULL ||
	    !json_object_get_boolean_member_with_default(reply->args, "shared", FALSE))
		return TRUE;
	*voided_out = lsm_token_spend(txn, reply->token->hash, reply->item, "those who saw it in copy",
				      reply->now, &spent);
	if (spent == NULL || g_error_matches(spent, LSM_ERROR, LSM_ERROR_DENIED))
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&spent));
	return FALSE;
}

static gboolean
renew(LsmStoreTxn *txn, const FinishJob *job, GError **error)
{
	g_autoptr(LsmOutboxEntry) entry = NULL;
	g_autoptr(GError) problem = NULL;
	guint count = 0;

	if (job->item == NULL || job->reply->token == NULL)
		return TRUE;
	if (!lsm_token_mark(txn, RENEWAL_MARK, job->reply->token->asked, job->reply->now, DAY, &count, error))
		return FALSE;
	if (count > MAX_RENEWALS_A_DAY)
		return TRUE;
	entry = lsm_request_renew(job->reply->service, txn, job->item, job->reply->token->asked, &problem);
	if (problem != NULL) {
		g_propagate_error(error, g_steal_pointer(&problem));
		return FALSE;
	}
	return entry == NULL || lsm_outbox_put(txn, entry, error);
}

static gboolean
write_finish(LsmStoreTxn *txn, gpointer data, GError **error)
{
	FinishJob *job = data;
	LsmReply *reply = job->reply;
	gboolean voided;

	g_clear_pointer(&job->item, lsm_case_free);
	if (reply->item != NULL && lsm_case_get(txn, reply->item->id, &job->item, error) == LSM_FAILED)
		return FALSE;
	if (!note(txn, job, error) || !mark_seen(txn, reply, error) || !tell(txn, job, error) ||
	    !void_shared(txn, reply, &voided, error))
		return FALSE;
	return !(voided || job->outcome->renews) || renew(txn, job, error);
}

gboolean
lsm_reply_finish(LsmReply *reply, const LsmReplyOutcome *outcome, const char *why, GError **error)
{
	FinishJob job = {reply, outcome, why != NULL ? why : outcome->why, NULL};
	gboolean done = lsm_writer_run(reply->service->writer, write_finish, &job, error);

	lsm_case_free(job.item);
	return done;
}
