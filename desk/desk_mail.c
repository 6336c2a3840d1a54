/*
 * desk_mail.c - judges a mail to the desk: one table of checks, then the step that it asks for.
 *
 * Runs on the caller's connection thread; reads in a transaction of its own, writes by act.c and reply.c. The
 * order of the checks is the order in which a mail loses: what a program wrote is never answered, what nobody
 * proved has no effect, and only then it matters what it says.
 */
#include "desk/desk_mail.h"

#include <string.h>

#include "conf/error.h"
#include "conf/log.h"
#include "desk/answer.h"
#include "desk/json.h"
#include "desk/reply.h"
#include "desk/role.h"
#include "desk/tag.h"

#define DAY (G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC)
#define MAX_AGE (LSM_REPLY_FRESH_DAYS * 86400) /* seconds */

static void
reply_clear(LsmReply *reply)
{
	lsm_settings_unref(reply->settings);
	lsm_token_free(reply->token);
	lsm_case_free(reply->item);
	g_free(reply->address);
}

/* --- who writes --- */

static const char *
address_of_login(const LsmDirectory *directory, const LsmPerson *person, const char *login, const char *from)
{
	if (person == NULL)
		return lsm_directory_is_mailbox_login(directory, login) ? login : NULL;
	if (lsm_address_in_list(from, person->addresses))
		return from;
	return person->addresses[0];
}

/* A login proves the person behind it, whatever From says; else From, when it is proved or need not be. */
static void
identify(LsmReply *reply)
{
	const LsmDirectory *directory = reply->settings->directory;
	const char *login = lsm_json_get(reply->args, "login", NULL);
	const char *from = lsm_json_get(reply->args, "from", "");
	const char *address = NULL;

	reply->proved = lsm_json_get(reply->args, "proved", NULL) != NULL;
	if (login != NULL) {
		reply->person = lsm_directory_find_login(directory, login);
		address = address_of_login(directory, reply->person, login, from);
	} else if (*from != '\0' &&
		   (reply->proved || strcmp(reply->settings->answer_authentication, "none") == 0)) {
		address = from;
	}
	if (address != NULL && reply->person == NULL)
		reply->person = lsm_directory_find_person(directory, address);
	reply->address = g_strdup(address);
	reply->proved = reply->proved && address != NULL;
}

/* --- what the record knows --- */

static gboolean
find_case(LsmReply *reply, LsmStoreTxn *txn, const char *typed, GError **error)
{
	g_autofree char *id = NULL;
	g_autoptr(GError) problem = NULL;
	LsmFound found = lsm_case_find(txn, typed, &id, &problem);

	if (found == LSM_FAILED && !g_error_matches(problem, LSM_ERROR, LSM_ERROR_USAGE)) {
		g_propagate_error(error, g_steal_pointer(&problem));
		return FALSE;
	}
	/* Letters that several statements share name none. */
	return found != LSM_FOUND || lsm_case_get(txn, id, &reply->item, error) != LSM_FAILED;
}

static gboolean
look_up(LsmReply *reply, GError **error)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(reply->service->store, error);
	const char *letters = lsm_json_get(reply->args, "token", NULL);
	const char *typed = lsm_json_get(reply->args, "case", lsm_json_get(reply->args, "tag", NULL));
	guint count = 0;

	if (txn == NULL)
		return FALSE;
	if (reply->message_id != NULL &&
	    !lsm_token_marks(txn, LSM_REPLY_SEEN, reply->message_id, reply->now, &count, error))
		return FALSE;
	reply->seen = count > 0;
	if (letters != NULL && lsm_token_find(txn, letters, &reply->token, error) == LSM_FAILED)
		return FALSE;
	if (reply->token != NULL)
		typed = reply->token->case_id;
	if (typed != NULL && !find_case(reply, txn, typed, error))
		return FALSE;
	return reply->item == NULL || lsm_tag_is_of(txn, reply->item->id, lsm_json_get(reply->args, "bounce_tag", NULL),
						    &reply->tagged, error);
}

/* --- bounces of releases --- */

#define MAX_REPORTS_A_DAY 10 /* of one recipient: who has seen the address can send any number of them */

/* Who has had the mail can send a report to the address that it shows: only what was sent can come back. */
static gboolean
was_released_to(const LsmReply *reply, const char *recipient)
{
	return lsm_address_in_list(recipient, reply->item->released);
}

typedef struct {
	const char *recipient;
	gint64 now;
} Report;

static gboolean
count_report(LsmStoreTxn *txn, const LsmCase *item, gpointer data, GError **error)
{
	const Report *report = data;
	g_autofree char *what = g_strdup_printf("%s %s", item->id, report->recipient);
	guint count = 0;

	if (!lsm_token_mark(txn, "reported", what, report->now, DAY, &count, error))
		return FALSE;
	if (count <= MAX_REPORTS_A_DAY)
		return TRUE;
	g_set_error(error, LSM_ERROR, LSM_ERROR_DENIED, "too many reports about one recipient");
	return FALSE;
}

static gboolean
take_report(const LsmReply *reply, JsonObject *report, GError **error)
{
	static const struct {
		const char *action;
		const char *verb;
	} verbs[] = {{"failed", "undelivered"}, {"delivered", "delivered"}, {"relayed", "delivered"}};
	const char *action = lsm_json_get(report, "action", "");
	const char *recipient = lsm_json_get(report, "recipient", "");
	const LsmActor desk = {.name = "the desk", .door = "desk", .evidence = reply->message_id};
	g_autoptr(JsonObject) args = json_object_new();
	g_autoptr(JsonObject) answer = NULL;
	g_autoptr(GError) problem = NULL;
	Report counted = {recipient, reply->now};
	LsmAct act = {.typed = reply->item->id,
		      .actor = &desk,
		      .args = args,
		      .guard = count_report,
		      .guard_data = &counted};

	for (guint i = 0; i < G_N_ELEMENTS(verbs); i++) {
		if (strcmp(verbs[i].action, action) == 0)
			act.verb = verbs[i].verb;
	}
	if (act.verb == NULL || !was_released_to(reply, recipient))
		return TRUE;
	lsm_json_set(args, "recipient", recipient);
	if (strcmp(act.verb, "undelivered") == 0)
		lsm_json_set(args, "reason", lsm_json_get(report, "reason", ""));
	if (lsm_act(reply->service, &act, &answer, &problem) || !lsm_error_is_retryable(problem))
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&problem));
	return FALSE;
}

static gboolean
take_bounce(LsmReply *reply, gboolean *taken_out, GError **error)
{
	static const LsmReplyOutcome reported = {.word = "report", .is_taken = TRUE};
	static const LsmReplyOutcome strange = {
		.word = "bounce",
		.is_taken = TRUE,
		.is_noted = TRUE,
		.why = "A mail without a sender came back that is no report of delivery."};
	JsonArray *reports = lsm_json_get_array(reply->args, "reports");
	guint count = reports == NULL ? 0 : json_array_get_length(reports);

	for (guint i = 0; i < count; i++) {
		JsonNode *node = json_array_get_element(reports, i);

		if (JSON_NODE_HOLDS_OBJECT(node) && !take_report(reply, json_node_get_object(node), error))
			return FALSE;
	}
	*taken_out = TRUE;
	lsm_log(LOG_INFO, lsm_json_get(reply->args, "queue_id", NULL), "desk-mail", "case", reply->item->id,
		"outcome", count > 0 ? "report" : "bounce", NULL);
	return lsm_reply_finish(reply, count > 0 ? &reported : &strange, NULL, error);
}

static gboolean
is_to_bounces(const LsmReply *reply)
{
	return strcmp(reply->door, "case") == 0 &&
	       json_object_get_boolean_member_with_default(reply->args, "bounce", FALSE);
}

static gboolean
is_bounce(const LsmReply *reply)
{
	return is_to_bounces(reply) && reply->tagged;
}

/* --- checks --- */

static gboolean
is_by_plain_door(const LsmReply *reply)
{
	return strcmp(reply->door, "token") != 0 && reply->token == NULL;
}

static gboolean
was_seen(const LsmReply *reply)
{
	return reply->seen && !is_by_plain_door(reply);
}

static gboolean
is_automatic(const LsmReply *reply)
{
	return lsm_json_get(reply->args, "automatic", NULL) != NULL;
}

/* Is the writer anything to this statement? */
static gboolean
is_concerned(const LsmReply *reply)
{
	const LsmActor actor = lsm_reply_actor(reply);

	return reply->item != NULL &&
	       lsm_roles_of(&actor, reply->item, reply->settings, reply->now / G_USEC_PER_SEC) != 0;
}

static gboolean
asks_for_help(const LsmReply *reply)
{
	return g_strcmp0(reply->verb, LSM_ANSWER_HELP) == 0;
}

/* Letters between people, at an address that is a mailbox, too: nothing in them speaks to the program. */
static gboolean
is_for_the_mailbox(const LsmReply *reply)
{
	if (!is_by_plain_door(reply))
		return FALSE;
	if (is_automatic(reply) || reply->verb == NULL || reply->address == NULL || reply->seen)
		return TRUE;
	return !asks_for_help(reply) && !is_concerned(reply);
}

static gboolean
is_unproved(const LsmReply *reply)
{
	return reply->address == NULL;
}

static gboolean
has_no_case(const LsmReply *reply)
{
	return reply->item == NULL;
}

static gboolean
is_unclear(const LsmReply *reply)
{
	return reply->verb == NULL;
}

static LsmTokenWorth
worth_of(const LsmReply *reply)
{
	return reply->token == NULL ? LSM_TOKEN_OTHER_CASE
				    : lsm_token_worth(reply->token, reply->item, reply->now);
}

/* To let something go out needs the request that showed it: nobody agrees to what they have not seen. */
static gboolean
wants_token(const LsmReply *reply)
{
	static const char *const verbs[] = {"approve", "agree", NULL};

	return g_strv_contains(verbs, reply->verb);
}

/* Other steps can be taken without, by somebody proved; a signed mail can be sent again, and on, by anybody who
 * has it, so it must name the desk and be of these days (and is taken once, by its Message-ID). */
static gboolean
is_fresh(const LsmReply *reply)
{
	gint64 date = lsm_json_get_int(reply->args, "date", 0);

	if (lsm_json_get(reply->args, "login", NULL) == NULL &&
	    !json_object_get_boolean_member_with_default(reply->args, "addressed", FALSE))
		return FALSE;
	return ABS(reply->now / G_USEC_PER_SEC - date) <= MAX_AGE && reply->message_id != NULL;
}

static gboolean
lacks_token(const LsmReply *reply)
{
	if (worth_of(reply) == LSM_TOKEN_GOOD)
		return FALSE;
	return wants_token(reply) || !reply->proved || !is_fresh(reply);
}

static gboolean
is_spent(const LsmReply *reply)
{
	return lacks_token(reply) && worth_of(reply) == LSM_TOKEN_SPENT;
}

static gboolean
has_no_token(const LsmReply *reply)
{
	return lacks_token(reply) && reply->token == NULL;
}

typedef struct {
	gboolean (*holds)(const LsmReply *reply);
	LsmReplyOutcome outcome;
} Check;

/* The first that holds. To add a check: a predicate, a row at its place, a row in
 * tests/unit/test_desk_mail.c. */
static const Check checks[] = {
	{was_seen,
	 {"seen-before", TRUE, TRUE, LSM_TELL_NOBODY, NULL, "The same mail has come before.", FALSE}},
	/* The id alone can be guessed. A person reads it: it may be about a mail of before there were tags. */
	{is_to_bounces, {"false-bounce", FALSE, FALSE, LSM_TELL_NOBODY, NULL, NULL, FALSE}},
	{is_for_the_mailbox, {"mailbox", FALSE, FALSE, LSM_TELL_NOBODY, NULL, NULL, FALSE}},
	{is_automatic,
	 {"automatic", TRUE, TRUE, LSM_TELL_NOBODY, NULL, "It was written by a program.", FALSE}},
	{is_unproved,
	 {"unproved", TRUE, TRUE, LSM_TELL_ASKED, "answer-unproved", "Nothing proves who wrote it.", FALSE}},
	{has_no_case,
	 {"no-case", TRUE, FALSE, LSM_TELL_REPLIER, "help",
	  "It belongs to no request that is still open: the time for it is over, or its address is mistyped.",
	  FALSE}},
	{asks_for_help,
	 {"help", TRUE, FALSE, LSM_TELL_REPLIER, "help", "You asked for help; here it is.", FALSE}},
	{is_unclear,
	 {"unclear", TRUE, TRUE, LSM_TELL_REPLIER, "help", "Its first line is not exactly an answer.",
	  FALSE}},
	{is_spent, {"spent", TRUE, TRUE, LSM_TELL_REPLIER, "already", NULL, FALSE}},
	{has_no_token,
	 {"no-token", TRUE, TRUE, LSM_TELL_REPLIER, "answer-refused",
	  "This answer counts only as a reply to the mail that asked for it.", FALSE}},
	{lacks_token, {"void", TRUE, TRUE, LSM_TELL_REPLIER, "answer-refused", NULL, TRUE}},
};

/* The sentence of an outcome that depends on the token. */
static char *
token_sentence(const LsmReply *reply)
{
	LsmTokenWorth worth = worth_of(reply);
	g_autofree char *at = NULL;

	if (reply->token == NULL || worth == LSM_TOKEN_GOOD)
		return NULL;
	if (worth != LSM_TOKEN_SPENT)
		return g_strdup_printf("%s If it still waits, a new request is on its way to %s.",
				       lsm_token_worth_text(worth), reply->token->asked);
	at = lsm_time_text(reply->token->spent);
	return g_strdup_printf("This request was answered before, by %s on %s.",
			       reply->token->spent_by == NULL ? "somebody" : reply->token->spent_by, at);
}

/* --- the step --- */

static gboolean
spend(LsmStoreTxn *txn, const LsmCase *item, gpointer data, GError **error)
{
	const LsmReply *reply = data;

	return lsm_token_spend(txn, reply->token->hash, item, reply->address, reply->now, error);
}

/* Which outcome a step that was tried has; why_out: its sentence. */
static const LsmReplyOutcome *
outcome_of_act(gboolean done, JsonObject *answer, const GError *problem, char **why_out)
{
	static const LsmReplyOutcome taken = {"taken",       TRUE, FALSE, LSM_TELL_REPLIER,
					      "answer-done", NULL, FALSE};
	static const LsmReplyOutcome already = {"already", TRUE, FALSE, LSM_TELL_REPLIER,
						"already", NULL, FALSE};
	static const LsmReplyOutcome refused = {"refused",        TRUE, TRUE, LSM_TELL_REPLIER,
						"answer-refused", NULL, FALSE};

	if (!done) {
		*why_out = g_strdup_printf("Why: %s.", problem->message);
		return &refused;
	}
	*why_out = g_strdup(lsm_json_get(answer, "text", ""));
	return json_object_get_boolean_member_with_default(answer, "already", FALSE) ? &already : &taken;
}

static void
log_outcome(const LsmReply *reply, const LsmReplyOutcome *outcome)
{
	lsm_log(LOG_INFO, lsm_json_get(reply->args, "queue_id", NULL), "desk-mail", "case",
		reply->item == NULL ? NULL : reply->item->id, "verb", reply->verb, "proved",
		lsm_json_get(reply->args, "proved", NULL), "outcome", outcome->word, NULL);
}

static gboolean
act_on(LsmReply *reply, GError **error)
{
	const LsmActor actor = lsm_reply_actor(reply);
	gboolean has_token = worth_of(reply) == LSM_TOKEN_GOOD;
	/* A note is not the answer that was asked for, and can be written without. */
	gboolean is_aside = strcmp(reply->verb, "note") == 0 && reply->proved && is_fresh(reply);
	const LsmAct act = {.verb = reply->verb,
			    .typed = reply->item->id,
			    .actor = &actor,
			    .args = lsm_json_get_object(reply->args, "args"),
			    .guard = has_token && !is_aside ? spend : NULL,
			    .guard_data = reply};
	g_autoptr(JsonObject) answer = NULL;
	g_autoptr(GError) problem = NULL;
	g_autofree char *why = NULL;
	const LsmReplyOutcome *outcome;
	gboolean done = lsm_act(reply->service, &act, &answer, &problem);

	if (!done && !g_error_matches(problem, LSM_ERROR, LSM_ERROR_USAGE) &&
	    !g_error_matches(problem, LSM_ERROR, LSM_ERROR_DENIED)) {
		g_propagate_error(error, g_steal_pointer(&problem));
		return FALSE;
	}
	outcome = outcome_of_act(done, answer, problem, &why);
	log_outcome(reply, outcome);
	return lsm_reply_finish(reply, outcome, why, error);
}

static gboolean
judge(LsmReply *reply, gboolean *taken_out, GError **error)
{
	g_autofree char *why = NULL;

	identify(reply);
	if (!look_up(reply, error))
		return FALSE;
	if (is_bounce(reply))
		return take_bounce(reply, taken_out, error);
	for (guint i = 0; i < G_N_ELEMENTS(checks); i++) {
		if (!checks[i].holds(reply))
			continue;
		*taken_out = checks[i].outcome.is_taken;
		log_outcome(reply, &checks[i].outcome);
		if (!*taken_out)
			return TRUE;
		why = checks[i].outcome.why == NULL ? token_sentence(reply) : NULL;
		return lsm_reply_finish(reply, &checks[i].outcome, why, error);
	}
	*taken_out = TRUE;
	return act_on(reply, error);
}

gboolean
lsm_desk_mail_take(LsmService *service, JsonObject *args, gboolean *taken_out, GError **error)
{
	LsmReply reply = {.service = service,
			  .settings = lsm_service_settings(service),
			  .now = lsm_service_now(service),
			  .args = args,
			  .door = lsm_json_get(args, "door", "plain"),
			  .line = lsm_json_get(args, "line", ""),
			  .verb = lsm_json_get(args, "verb", NULL),
			  .message_id = lsm_json_get(args, "message_id", NULL)};
	gboolean done = judge(&reply, taken_out, error);

	reply_clear(&reply);
	return done;
}
