/*
 * session.c - one connection of the mail server, and the mail that passes on it now.
 *
 * Owns envelope, collector, parsed message and decision of the current mail. Uses rules/ to screen
 * and desk/decide.h to judge. No threads of its own, no static state; what is out of order is in
 * the plan that it returns, never an error.
 */
#include "milter/session.h"

#include <string.h>

#include "conf/log.h"
#include "desk/check_mail.h"
#include "desk/counters.h"
#include "desk/door.h"
#include "desk/hand_in.h"
#include "desk/mask.h"
#include "desk/submission.h"
#include "milter/thread_note.h"
#include "rules/authres.h"
#include "rules/recognise.h"
#include "rules/scope.h"

/* How far this mail is followed; chosen when its header is in. */
typedef enum {
	COURSE_PASS,  /* not looked at any further */
	COURSE_CLEAN, /* ordinary, but forged fields under our names must go: wait for its end, without the
			 body */
	COURSE_PEEK,  /* the first piece of the body decides */
	COURSE_READ,  /* collect all, judge */
	COURSE_DESK,  /* collect all, hand it to the desk, then judge what is left of its recipients */
	COURSE_OUTBOX /* collect all, then ask whether it is the mail that we sent ourselves */
} Course;

typedef struct {
	LsmSettings *settings;
	LsmEnvelope *envelope;
	LsmCollector *collector;
	LsmEnvelope *to_desk; /* the recipients that are the desk's, taken out of the envelope; NULL: none */
	LsmEnvelope *to_check;  /* ... and those that are the check address; NULL: none */
	gboolean is_submission; /* mailed to the desk's own address; the envelope has those that it goes to */
	Course course;
	char **answered;       /* statements in whose threads it stands, by Message-ID; mostly NULL */
	LsmMessage *message;   /* from the end of message on */
	LsmDecision *decision; /* borrows message and envelope */
	LsmPlan *plan;         /* of mail that needed no decision */
} Mail;

struct LsmSession {
	char *client_name;
	char *client_address;
	gboolean by_command;
	LsmThreads *threads; /* or NULL */
	Mail *mail; /* NULL between mails */
};

static void
mail_free(Mail *mail)
{
	g_clear_pointer(&mail->decision, lsm_decision_free);
	g_clear_pointer(&mail->plan, lsm_plan_free);
	g_clear_pointer(&mail->message, lsm_message_free);
	lsm_collector_free(mail->collector);
	lsm_envelope_free(mail->envelope);
	lsm_envelope_free(mail->to_desk);
	lsm_envelope_free(mail->to_check);
	g_strfreev(mail->answered);
	lsm_settings_unref(mail->settings);
	g_free(mail);
}

LsmSession *
lsm_session_new(const char *client_name, const char *client_address, gboolean by_command)
{
	LsmSession *session = g_new0(LsmSession, 1);

	session->client_name = g_strdup(client_name);
	session->client_address = g_strdup(client_address);
	session->by_command = by_command;
	return session;
}

void
lsm_session_free(LsmSession *session)
{
	if (session == NULL)
		return;
	lsm_session_reset(session);
	g_free(session->client_name);
	g_free(session->client_address);
	g_free(session);
}

void
lsm_session_follow(LsmSession *session, LsmThreads *threads)
{
	session->threads = threads;
}

void
lsm_session_reset(LsmSession *session)
{
	g_clear_pointer(&session->mail, mail_free);
}

void
lsm_session_begin_mail(LsmSession *session, const LsmSettings *settings, const char *sender,
		       const char *login, const char *daemon_name)
{
	Mail *mail = g_new0(Mail, 1);

	lsm_session_reset(session);
	mail->settings = lsm_settings_ref(settings);
	mail->envelope = lsm_envelope_new(sender);
	mail->envelope->login = g_strdup(login);
	mail->envelope->daemon_name = g_strdup(daemon_name);
	mail->envelope->client_name = g_strdup(session->client_name);
	mail->envelope->client_address = g_strdup(session->client_address);
	/* sendmail's command hands its mail in at a listener of its own, which the settings name. */
	mail->envelope->by_command =
		login == NULL && (session->by_command || lsm_is_submitted(mail->envelope, settings));
	mail->collector = lsm_collector_new(mail->settings);
	session->mail = mail;
}

static void
move_recipient(LsmEnvelope *from, guint i, LsmEnvelope *to)
{
	g_ptr_array_add(to->recipients, g_ptr_array_steal_index(from->recipients, i));
}

/* The desk's address is nobody's concern but the desk's: rules, record and log see the others only. */
static void
part_from_desk(Mail *mail)
{
	guint last = mail->envelope->recipients->len - 1;
	const char *address = lsm_envelope_recipient(mail->envelope, last)->address;

	LsmEnvelope **apart = NULL;

	if (!lsm_scope_is_any(mail->settings))
		return;
	if (lsm_door_is_check(mail->settings, address))
		apart = &mail->to_check;
	else if (lsm_door_of(mail->settings, address, NULL) != LSM_DOOR_NONE)
		apart = &mail->to_desk;
	if (apart == NULL)
		return;
	if (*apart == NULL)
		*apart = lsm_envelope_new(mail->envelope->sender);
	move_recipient(mail->envelope, last, *apart);
}

/* It is mail like any other after all. */
static void
rejoin(Mail *mail, LsmEnvelope **apart)
{
	while (*apart != NULL && (*apart)->recipients->len > 0)
		move_recipient(*apart, 0, mail->envelope);
	g_clear_pointer(apart, lsm_envelope_free);
}

void
lsm_session_add_recipient(LsmSession *session, const char *argument)
{
	if (session->mail == NULL)
		return;
	lsm_envelope_add_recipient(session->mail->envelope, argument);
	part_from_desk(session->mail);
}

void
lsm_session_add_field(LsmSession *session, const char *name, const char *value)
{
	/* Switched off means that mail is not even gathered. */
	if (session->mail != NULL && session->mail->settings->mode != LSM_MODE_OFF)
		lsm_collector_add_field(session->mail->collector, name, value);
}

static gboolean
is_on_outbox_listener(const Mail *mail)
{
	const char *ours = mail->settings->outbox_daemon;

	return *ours != '\0' && g_strcmp0(mail->envelope->daemon_name, ours) == 0;
}

static Course
course_of_ordinary(const Mail *mail)
{
	return mail->settings->mode == LSM_MODE_ENFORCE && lsm_screen_has_own_fields(mail->collector)
		       ? COURSE_CLEAN
		       : COURSE_PASS;
}

static Course
choose_course(Mail *mail, LsmDesk *desk)
{
	const LsmCollector *collector = mail->collector;
	const LsmEnvelope *envelope = mail->envelope;
	LsmScreen screen;

	if (mail->settings->mode == LSM_MODE_OFF)
		return COURSE_PASS;
	if (is_on_outbox_listener(mail)) {
		rejoin(mail, &mail->to_desk);
		rejoin(mail, &mail->to_check);
		return COURSE_OUTBOX;
	}
	if (mail->to_desk != NULL || mail->to_check != NULL)
		return COURSE_DESK;
	screen = lsm_screen_header(collector, envelope, mail->settings);
	if (screen == LSM_SCREEN_PASS)
		return course_of_ordinary(mail);
	/* A post goes to hundreds of subscribers: what is on its case already is counted, not read again. Each post
	 * that a digest repeats has come by itself. */
	if (lsm_is_list_copy(collector, envelope, mail->settings) &&
	    (lsm_is_list_notice(collector) || lsm_decide_list_copy(collector, envelope, desk)))
		return COURSE_PASS;
	return screen == LSM_SCREEN_PEEK ? COURSE_PEEK : COURSE_READ;
}

/* What a list manager sends on was seen when it came to the list. */
static char **
find_answered(const LsmSession *session)
{
	const Mail *mail = session->mail;
	g_auto(GStrv) ids = NULL;

	if (mail->settings->mode == LSM_MODE_OFF || mail->course == COURSE_OUTBOX)
		return NULL;
	ids = lsm_threads_find(session->threads, mail->collector);
	if (ids == NULL || lsm_is_list_copy(mail->collector, mail->envelope, mail->settings))
		return NULL;
	return g_steal_pointer(&ids);
}

/* It passes, or has passed, and is no statement. */
static void
note_informal(const LsmSession *session, gint64 now)
{
	const Mail *mail = session->mail;
	JsonObject *note;

	if (mail->answered == NULL)
		return;
	note = lsm_thread_note_new(mail->answered, mail->collector, mail->envelope, mail->message,
				   mail->settings, now / G_USEC_PER_SEC);
	if (note != NULL)
		lsm_threads_push(session->threads, note);
}

static void
note_ordinary(const Mail *mail, LsmCounter after)
{
	lsm_counters_add(after, 1);
	if (mail->settings->log_ordinary)
		lsm_log(LOG_INFO, mail->envelope->queue_id, "ordinary", "after", lsm_counters_row(after)->value,
			NULL);
}

static LsmStep
accept_ordinary(LsmSession *session, LsmCounter after)
{
	note_ordinary(session->mail, after);
	note_informal(session, g_get_real_time());
	lsm_session_reset(session);
	return LSM_STEP_ACCEPT;
}

LsmStep
lsm_session_end_header(LsmSession *session, LsmDesk *desk, const char *queue_id)
{
	Mail *mail = session->mail;

	if (mail == NULL)
		return LSM_STEP_ACCEPT;
	mail->envelope->queue_id = g_strdup(queue_id);
	mail->course = choose_course(mail, desk);
	mail->answered = find_answered(session);
	if (mail->course == COURSE_PASS)
		return accept_ordinary(session, LSM_COUNT_ORDINARY_HEADER);
	return LSM_STEP_GO_ON;
}

/* Most mail ends here, and is looked at where it lies. */
static gboolean
is_ordinary_at_once(const Mail *mail, const void *chunk, gsize length)
{
	return mail->collector->body_offset == 0 && course_of_ordinary(mail) == COURSE_PASS &&
	       lsm_screen_body(mail->collector, chunk, length) == LSM_SCREEN_PASS;
}

/* What has come so far is kept: the first chunk of a page may hold nothing but its head. */
static LsmStep
peek(LsmSession *session, const void *chunk, gsize length)
{
	Mail *mail = session->mail;
	const GByteArray *bytes = mail->collector->bytes;
	gboolean wants_more;
	LsmScreen answer;
	gsize start;

	if (is_ordinary_at_once(mail, chunk, length))
		return accept_ordinary(session, LSM_COUNT_ORDINARY_BODY);
	wants_more = lsm_collector_add_body(mail->collector, chunk, length);
	start = mail->collector->body_offset;
	answer = lsm_screen_body(mail->collector, bytes->data + start, bytes->len - start);
	if (answer == LSM_SCREEN_READ)
		mail->course = COURSE_READ;
	else if (answer == LSM_SCREEN_PASS || !wants_more)
		mail->course = course_of_ordinary(mail);
	if (mail->course == COURSE_PASS)
		return accept_ordinary(session, LSM_COUNT_ORDINARY_BODY);
	return wants_more && mail->course != COURSE_CLEAN ? LSM_STEP_GO_ON : LSM_STEP_SKIP;
}

LsmStep
lsm_session_add_body(LsmSession *session, const void *chunk, gsize length)
{
	Mail *mail = session->mail;

	if (mail == NULL)
		return LSM_STEP_ACCEPT;
	if (mail->course == COURSE_PEEK)
		return peek(session, chunk, length);
	if (mail->course == COURSE_PASS)
		return accept_ordinary(session, LSM_COUNT_ORDINARY_BODY);
	if (mail->course == COURSE_CLEAN)
		return LSM_STEP_SKIP;
	return lsm_collector_add_body(mail->collector, chunk, length) ? LSM_STEP_GO_ON : LSM_STEP_SKIP;
}

static const char *
reply_name(LsmReplyKind reply)
{
	static const char *const names[] = {
		[LSM_REPLY_ACCEPT] = "accept",
		[LSM_REPLY_REJECT] = "reject",
		[LSM_REPLY_TEMPFAIL] = "tempfail",
		[LSM_REPLY_DISCARD] = "discard",
	};

	return names[reply];
}

/* "purpose.missing,deadline.past", or NULL when nothing was found. */
static char *
list_rules(const LsmVerdict *verdict)
{
	GString *rules = g_string_new(NULL);

	for (guint i = 0; i < verdict->findings->len; i++) {
		const LsmFinding *finding = g_ptr_array_index(verdict->findings, i);

		g_string_append_printf(rules, "%s%s", i > 0 ? "," : "", finding->rule->id);
	}
	return g_string_free(rules, rules->len == 0);
}

static void
log_verdict(const Mail *mail, gint64 spent_us)
{
	const LsmDecision *decision = mail->decision;
	const LsmVerdict *verdict = decision->verdict;
	g_autofree char *rules = list_rules(verdict);
	char spent[32];

	g_snprintf(spent, sizeof spent, "%" G_GINT64_FORMAT, spent_us / 1000);
	lsm_log(LOG_INFO, mail->envelope->queue_id, "verdict", "case", decision->case_id, "way",
		lsm_way_name(decision->recognition->way), "verdict", lsm_effect_name(verdict->effect),
		"would", verdict->would != verdict->effect ? lsm_effect_name(verdict->would) : NULL,
		"limited", verdict->limited, "reply", reply_name(decision->plan->reply), "rules", rules, "ms",
		spent, NULL);
}

/* The outbox's own listener takes what is owed as it is; anything else there is mail like any other. */
static LsmPlan *
plan_for_outbox(const Mail *mail, LsmDesk *desk)
{
	g_autoptr(GError) error = NULL;

	if (lsm_decide_is_ours(mail->message, mail->envelope, desk, &error))
		return lsm_plan_new(LSM_REPLY_ACCEPT);
	if (error == NULL)
		return NULL;
	lsm_log_error(error, mail->envelope->queue_id, "outbox-doubt", NULL);
	return lsm_plan_tempfail("the record cannot say now whether this mail is due");
}

static LsmPlan *
plan_unanswered(void)
{
	static const char *const lines[] = {
		"Not accepted now: the liaison desk cannot record your answer. Nothing was done; "
		"try again later, as mail servers do by themselves.",
		NULL};
	LsmPlan *plan = lsm_plan_new(LSM_REPLY_TEMPFAIL);

	plan->reply_lines = g_strdupv((char **)lines);
	plan->reply_code = "451";
	plan->reply_status = "4.3.0";
	return plan;
}

/* Whoever else the mail is for gets it, whether it could be tried or not; alone, the check address is told. */
static void
try_statement(Mail *mail, LsmDesk *desk, gint64 now)
{
	g_autoptr(GError) error = NULL;
	LsmChecked checked = lsm_check_mail(mail->message, mail->envelope, mail->settings, desk, now, &error);

	if (checked == LSM_CHECKED_FAILED)
		lsm_log_error(error, mail->envelope->queue_id, "check-not-answered", NULL);
	else
		lsm_log(LOG_INFO, mail->envelope->queue_id, "check", "outcome", lsm_checked_name(checked), NULL);
	if (mail->envelope->recipients->len == 0 && mail->to_desk == NULL)
		mail->plan = lsm_check_plan(checked, mail->settings);
}

/* Afterwards there is a plan, or the mail is to be judged: for others whose mail it is, too, as a
 * submission, or like any other. */
static void
hand_to_desk(Mail *mail, LsmDesk *desk, gint64 now)
{
	g_autoptr(GError) error = NULL;

	switch (lsm_hand_in(mail->message, mail->envelope, mail->to_desk->recipients, mail->settings, desk,
			    &error)) {
	case LSM_HANDED_TAKEN:
		if (mail->envelope->recipients->len == 0)
			mail->plan = lsm_plan_new(LSM_REPLY_DISCARD);
		break;
	case LSM_HANDED_NOT_OURS:
		mail->is_submission = lsm_submission_prepare(mail->message, mail->envelope, mail->settings,
							     now / G_USEC_PER_SEC);
		if (!mail->is_submission)
			rejoin(mail, &mail->to_desk);
		break;
	case LSM_HANDED_FAILED:
		lsm_log_error(error, mail->envelope->queue_id, "answer-not-taken", NULL);
		mail->plan = plan_unanswered();
		break;
	}
}

#define MOST_MASKED 8 /* tokens of a mail: nobody answers more requests at once, and each is sought in all of it */

/* The others get the mail, without the desk's address and what stands behind it. */
static void
take_off_desk(const Mail *mail, LsmPlan *plan)
{
	guint masked = 0;

	if (mail->to_desk == NULL || plan->reply != LSM_REPLY_ACCEPT)
		return;
	if (mail->is_submission) {
		/* Unjudged it goes to nobody but the mailbox that it was sent to. */
		if (mail->decision->verdict != NULL)
			lsm_submission_readdress(plan, mail->envelope, mail->to_desk);
		return;
	}
	for (guint i = 0; i < mail->to_desk->recipients->len; i++) {
		const LsmRecipient *recipient = lsm_envelope_recipient(mail->to_desk, i);
		const char *suffix = NULL;
		g_autofree char *letters = NULL;

		g_ptr_array_add(plan->remove_recipients, g_strdup(recipient->argument));
		if (lsm_door_of(mail->settings, recipient->address, &suffix) != LSM_DOOR_TOKEN ||
		    masked++ >= MOST_MASKED)
			continue;
		letters = g_ascii_strdown(suffix, (gssize)strcspn(suffix, "@"));
		lsm_mask_token(plan, mail->message, letters);
	}
}

/* What was tried never goes on to the check address. */
static void
take_off_check(const Mail *mail, LsmPlan *plan)
{
	for (guint i = 0; mail->to_check != NULL && i < mail->to_check->recipients->len; i++)
		g_ptr_array_add(plan->remove_recipients,
				g_strdup(lsm_envelope_recipient(mail->to_check, i)->argument));
}

static void
judge(Mail *mail, LsmDesk *desk, gint64 now)
{
	gint64 begun = g_get_monotonic_time(), spent;

	mail->decision = lsm_decide(mail->message, mail->envelope, mail->settings, desk, now);
	spent = g_get_monotonic_time() - begun;
	if (mail->decision->unrecorded)
		lsm_counters_add(LSM_COUNT_UNRECORDED, 1);
	if (mail->decision->verdict != NULL) {
		lsm_counters_add_verdict(mail->decision->recognition->way, mail->decision->verdict, spent);
		log_verdict(mail, spent);
	} else if (!mail->decision->unrecorded) {
		note_ordinary(mail, LSM_COUNT_ORDINARY_MESSAGE);
	}
}

/* Where nobody has logged in, our border's word is all that can prove who wrote: a site whose border leaves none
 * must hear of it. */
static void
count_authres(const Mail *mail)
{
	if (mail->settings->authserv_ids[0] == NULL || mail->envelope->login != NULL || mail->envelope->by_command ||
	    mail->course == COURSE_OUTBOX ||
	    lsm_is_list_copy(mail->collector, mail->envelope, mail->settings))
		return;
	lsm_counters_add(lsm_authres_is_present(mail->message, mail->settings) ? LSM_COUNT_AUTHRES_SEEN
									     : LSM_COUNT_AUTHRES_MISSED,
			 1);
}

void
lsm_session_set_queue_id(LsmSession *session, const char *queue_id)
{
	LsmEnvelope *envelope = session->mail != NULL ? session->mail->envelope : NULL;

	if (envelope == NULL || queue_id == NULL)
		return;
	g_free(envelope->queue_id);
	envelope->queue_id = g_strdup(queue_id);
}

const LsmPlan *
lsm_session_end_mail(LsmSession *session, LsmDesk *desk, gint64 now)
{
	Mail *mail = session->mail;

	if (mail == NULL)
		return NULL;
	if (mail->course == COURSE_CLEAN || mail->course == COURSE_PEEK) {
		/* Nothing came that was worth more than a look. */
		mail->plan = lsm_plan_pass(mail->collector, NULL);
		note_ordinary(mail, LSM_COUNT_ORDINARY_MESSAGE);
		return mail->plan;
	}
	mail->message = lsm_message_parse(mail->collector, mail->settings);
	count_authres(mail);
	if (mail->course == COURSE_OUTBOX)
		mail->plan = plan_for_outbox(mail, desk);
	if (mail->to_check != NULL)
		try_statement(mail, desk, now);
	if (mail->to_desk != NULL)
		hand_to_desk(mail, desk, now);
	if (mail->plan != NULL)
		return mail->plan;
	judge(mail, desk, now);
	take_off_desk(mail, mail->decision->plan);
	take_off_check(mail, mail->decision->plan);
	return mail->decision->plan;
}

void
lsm_session_passed(LsmSession *session, gint64 now)
{
	const Mail *mail = session->mail;
	const LsmPlan *plan;

	if (mail == NULL)
		return;
	plan = mail->decision != NULL ? mail->decision->plan : mail->plan;
	if (lsm_session_ticket(session) != NULL)
		lsm_threads_stale(session->threads);
	else if (plan != NULL && plan->reply == LSM_REPLY_ACCEPT)
		note_informal(session, now);
}

const char *
lsm_session_ticket(const LsmSession *session)
{
	if (session->mail == NULL || session->mail->decision == NULL)
		return NULL;
	return session->mail->decision->ticket;
}

const char *
lsm_session_queue_id(const LsmSession *session)
{
	return session->mail != NULL ? session->mail->envelope->queue_id : NULL;
}
