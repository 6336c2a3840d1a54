/*
 * act.c - takes a step: find the case, ask for the role, look at the state, write the event, say what is so.
 *
 * Owns the table made of act.def. Any thread: reads nothing itself, all of a step is one job of the writer, so
 * that of two who decide at once the second sees what the first has done. Errors go back to whoever asked.
 */
#include "desk/act.h"

#include <stdarg.h>
#include <string.h>

#include "conf/error.h"
#include "desk/json.h"
#include "desk/notice.h"
#include "desk/role.h"
#include "desk/step.h"

#define ROLE(name) ((guint)LSM_ROLE_##name)
#define ROLES_DECIDE ROLE(APPROVER)
#define ROLES_FOLLOW (ROLE(COORDINATOR) | ROLE(MANAGER) | ROLE(ASSIGNEE) | ROLE(OPERATOR))
#define ROLES_ALL ((guint)((LSM_ROLE_DESK << 1) - 1))
#define IN(name) (1u << LSM_STATE_##name)
#define IN_HELD (IN(PENDING) | IN(IN_REVIEW))
#define IN_FOLLOWED (IN(UNCONFIRMED) | IN(CONFIRMED) | IN(ASSIGNED) | IN(DISTRIBUTED))
#define IN_ALL (((1u << LSM_STATE_COUNT) - 1) & ~IN(NOT_STATEMENT))
#define LSM_STATE_STAYS (-1)

static const LsmStepRow rows[] = {
#define LSM_STEP(verb, words, arguments, roles, from, event, state, fill, finish, help)                      \
	{{verb, words, arguments, roles, from, help}, LSM_EVENT_##event, (int)LSM_STATE_##state, fill, finish},
#include "desk/act.def"
#undef LSM_STEP
};

const LsmActRow *
lsm_act_row(guint i)
{
	return i < G_N_ELEMENTS(rows) ? &rows[i].row : NULL;
}

/* "Not a statement" and "not_a_statement" are the same word. */
static char *
plain_word(const char *word)
{
	char *plain = g_ascii_strdown(word == NULL ? "" : word, -1);

	g_strstrip(plain);
	return g_strdelimit(plain, " \t_", '-');
}

static const LsmStepRow *
find_row(const char *word)
{
	g_autofree char *plain = plain_word(word);

	for (guint i = 0; i < G_N_ELEMENTS(rows) && *plain != '\0'; i++) {
		g_auto(GStrv) words = g_strsplit(rows[i].row.words, " ", -1);
		if (strcmp(rows[i].row.verb, plain) == 0 || g_strv_contains((const char *const *)words, plain))
			return &rows[i];
	}
	return NULL;
}

const LsmActRow *
lsm_act_find(const char *word)
{
	const LsmStepRow *row = find_row(word);

	return row == NULL ? NULL : &row->row;
}

static gboolean
is_possible(const LsmStepRow *row, const LsmCase *item, guint roles)
{
	return (row->row.from_states & (1u << item->state)) != 0 && (row->row.roles & roles) != 0;
}

GPtrArray *
lsm_act_possible(LsmService *service, const LsmCase *item, const LsmActor *actor)
{
	g_autoptr(LsmSettings) settings = lsm_service_settings(service);
	guint roles = lsm_roles_of(actor, item, settings, lsm_service_now(service) / G_USEC_PER_SEC);
	GPtrArray *possible = g_ptr_array_new();

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (is_possible(&rows[i], item, roles))
			g_ptr_array_add(possible, (gpointer)&rows[i].row);
	}
	return possible;
}

/* --- arguments --- */

const char *
lsm_step_text(const LsmStep *step, const char *name)
{
	const char *text = step->act->args == NULL ? NULL : lsm_json_get(step->act->args, name, NULL);

	return text == NULL || *text == '\0' ? NULL : text;
}

char **
lsm_step_list(const LsmStep *step, const char *name)
{
	g_autoptr(GStrvBuilder) list = g_strv_builder_new();
	const char *text = lsm_step_text(step, name);
	g_auto(GStrv) parts = text != NULL              ? g_strsplit(text, ",", -1)
			      : step->act->args != NULL ? lsm_json_get_list(step->act->args, name)
							: NULL;

	for (guint i = 0; parts != NULL && parts[i] != NULL; i++) {
		if (*g_strstrip(parts[i]) != '\0')
			g_strv_builder_add(list, parts[i]);
	}
	return g_strv_builder_end(list);
}

gboolean
lsm_step_refuse(const LsmStep *step, GError **error, const char *format, ...)
{
	g_autofree char *why = NULL;
	va_list args;

	va_start(args, format);
	why = g_strdup_vprintf(format, args);
	va_end(args);
	g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE, "%s %s: %s", step->row->row.verb, step->item->id, why);
	return FALSE;
}

static gboolean
has_argument(const LsmStep *step, const char *name)
{
	g_auto(GStrv) list = lsm_step_list(step, name);

	return list[0] != NULL;
}

/* What must be there is there, and nothing else is: a misspelt word must not pass for consent. */
static gboolean
check_arguments(const LsmStep *step, GError **error)
{
	g_auto(GStrv) names = g_strsplit(step->row->row.arguments, " ", -1);
	g_autoptr(GList) given = step->act->args == NULL ? NULL : json_object_get_members(step->act->args);

	for (guint i = 0; names[i] != NULL && *names[i] != '\0'; i++) {
		if (!g_str_has_suffix(names[i], "?") && !has_argument(step, names[i]))
			return lsm_step_refuse(step, error, "it needs \"%s\"", names[i]);
		g_strdelimit(names[i], "?", '\0');
	}
	for (GList *l = given; l != NULL; l = l->next) {
		if (!g_strv_contains((const char *const *)names, l->data) && strcmp(l->data, "id") != 0)
			return lsm_step_refuse(step, error, "it has no \"%s\"; possible: %s", (char *)l->data,
					       *step->row->row.arguments == '\0' ? "nothing"
										 : step->row->row.arguments);
	}
	return TRUE;
}

/* --- who decided, and when --- */

typedef struct {
	LsmEventType type; /* of the event that was found; LSM_EVENT_COUNT: none */
	char *by;
	char *at;
} Decided;

static void
decided_clear(Decided *decided)
{
	g_free(decided->by);
	g_free(decided->at);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Decided, decided_clear)

static void
take_decision(const LsmEvent *event, Decided *decided)
{
	JsonObject *private = event->private;

	decided->type = event->type;
	decided->at = lsm_time_text(event->time);
	if (private == NULL)
		return;
	/* Who submitted it as an approver, or sent it past us, has decided by that. */
	decided->by = g_strdup(lsm_json_get(private, "proxy_of",
					    lsm_json_get(private, "actor", lsm_json_get(private, "login", NULL))));
}

/* The last event of the type, or (LSM_EVENT_COUNT) the last that changed the state. */
static gboolean
find_decision(LsmStoreTxn *txn, const LsmCase *item, LsmEventType type, Decided *decided, GError **error)
{
	for (guint i = item->positions->len; i > 0; i--) {
		g_autoptr(LsmEvent) event = NULL;
		LsmFound found =
			lsm_log_get(txn, g_array_index(item->positions, guint64, i - 1), &event, error);

		if (found == LSM_FAILED)
			return FALSE;
		if (found == LSM_ABSENT)
			continue;
		if (type == LSM_EVENT_COUNT ? json_object_has_member(event->public, "state")
					    : event->type == type) {
			take_decision(event, decided);
			return TRUE;
		}
	}
	return TRUE;
}

/* --- one step, in the writer's transaction --- */

typedef struct {
	LsmStep step;
	Decided decided;
} Job;

static void
job_reset(Job *job)
{
	g_clear_pointer(&job->step.item, lsm_case_free);
	g_clear_pointer(&job->step.event, lsm_event_free);
	g_clear_pointer(&job->step.extra, g_free);
	decided_clear(&job->decided);
	job->decided = (Decided){LSM_EVENT_COUNT, NULL, NULL};
	job->step.already = FALSE;
	job->step.delivered = 0;
}

static gboolean
find_case(LsmStoreTxn *txn, const char *typed, LsmCase **item_out, GError **error)
{
	LsmFound found = lsm_case_get_typed(txn, typed, item_out, error);

	if (found == LSM_ABSENT)
		g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE,
			    "no statement \"%s\" is on record; see liaisonctl list --all", typed);
	return found == LSM_FOUND;
}

static gboolean
check_role(LsmStep *step, GError **error)
{
	const LsmActor *actor = step->act->actor;
	g_autofree char *who = NULL;

	step->roles = lsm_roles_of(actor, step->item, step->settings, step->now / G_USEC_PER_SEC);
	if (step->roles & step->row->row.roles)
		return TRUE;
	who = lsm_roles_text(step->row->row.roles);
	g_set_error(error, LSM_ERROR, LSM_ERROR_DENIED, "%s %s: %s may not do this; it is for %s%s",
		    step->row->row.verb, step->item->id,
		    actor->proxy_of != NULL ? actor->proxy_of
		    : actor->name != NULL   ? actor->name
					    : "an unknown user",
		    who,
		    actor->is_operator && actor->proxy_of == NULL
			    ? " (an operator acts for one with [--as OPERATOR] --for ADDRESS --evidence TEXT)"
			    : "");
	return FALSE;
}

static char *
possible_text(const LsmStep *step)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		/* Nobody is led to an erasure. */
		if (is_possible(&rows[i], step->item, step->roles) && rows[i].event != LSM_EVENT_COUNT &&
		    rows[i].event != LSM_EVENT_ERASED)
			g_string_append_printf(text, "%s%s", text->len == 0 ? "" : ", ", rows[i].row.verb);
	}
	return g_string_free(text, FALSE);
}

static gboolean
refuse_state(Job *job, LsmStoreTxn *txn, GError **error)
{
	LsmStep *step = &job->step;
	const LsmStateRow *state = lsm_state_row(step->item->state);
	g_autofree char *possible = possible_text(step);
	g_auto(Decided) decided = {LSM_EVENT_COUNT, NULL, NULL};

	if (!find_decision(txn, step->item, LSM_EVENT_COUNT, &decided, error))
		return FALSE;
	/* The last thing that happened was this very step: said again. */
	if (decided.type == step->row->event) {
		step->already = TRUE;
		return TRUE;
	}
	return lsm_step_refuse(step, error, "it is %s (%s)%s%s%s%s; possible now: %s", state->word,
			       state->meaning, decided.by == NULL ? "" : ", by ",
			       decided.by == NULL ? "" : decided.by, decided.at == NULL ? "" : " since ",
			       decided.at == NULL ? "" : decided.at, *possible == '\0' ? "nothing" : possible);
}

/* After an approval come these; what was approved stays so whatever follows. */
static const guint32 approved_states =
	IN(IN_REVIEW) | IN(APPROVED) | IN(RELEASED) | IN(DELIVERED) | IN(UNDELIVERED);

static gboolean
is_so_already(const LsmStep *step)
{
	guint32 here = 1u << step->item->state;

	if (step->row->event == LSM_EVENT_APPROVED)
		return (here & approved_states) != 0;
	if (step->row->event == LSM_EVENT_REVIEWED)
		return step->item->reviewed;
	return step->row->state == (int)step->item->state && (step->row->row.from_states & here) == 0;
}

static gboolean
check_state(Job *job, LsmStoreTxn *txn, GError **error)
{
	LsmStep *step = &job->step;

	step->already = is_so_already(step);
	if (step->already || (step->row->row.from_states & (1u << step->item->state)) != 0)
		return TRUE;
	return refuse_state(job, txn, error);
}

/* Names and addresses stand where they can be erased; the role and the door are nobody's secret. */
static void
start_event(LsmStep *step)
{
	const LsmActor *actor = step->act->actor;
	guint role = step->roles & step->row->row.roles;

	step->event = lsm_event_new(step->row->event, step->item->id, step->now, step->service->node);
	lsm_json_set(step->event->public, "role", lsm_role_name(role));
	lsm_json_set(step->event->public, "door", actor->door);
	step->event->private = json_object_new();
	lsm_json_set(step->event->private, "actor", actor->name);
	lsm_json_set(step->event->private, "proxy_of", actor->proxy_of);
	lsm_json_set(step->event->private, "evidence", actor->evidence);
	lsm_json_set(step->event->private, "reason", lsm_step_text(step, "reason"));
	step->before = step->item->state;
	step->state = step->row->state < 0 ? step->item->state : (LsmState)step->row->state;
}

static GBytes *
original_of(const LsmStep *step, LsmStoreTxn *txn)
{
	GBytes *original = NULL;

	/* A mail about it is worth sending without it, too. */
	if (step->item->content != NULL)
		lsm_content_get(txn, step->item->content, &original, NULL);
	return original;
}

static gboolean
write_event(LsmStep *step, LsmStoreTxn *txn, GError **error)
{
	g_autoptr(GBytes) original = NULL;

	lsm_json_set(step->event->public, "state", lsm_state_row(step->state)->word);
	if (!lsm_record_event(txn, step->item, step->event, error))
		return FALSE;
	original = original_of(step, txn);
	if (step->row->finish != NULL && !step->row->finish(step, txn, error))
		return FALSE;
	return lsm_notice_put(step->service, txn, step->item, step->event, original, error);
}

static gboolean
take_step(LsmStoreTxn *txn, gpointer data, GError **error)
{
	Job *job = data;
	LsmStep *step = &job->step;

	job_reset(job);
	if (!find_case(txn, step->act->typed, &step->item, error) || !check_role(step, error) ||
	    !check_arguments(step, error) || !check_state(job, txn, error))
		return FALSE;
	if (step->row->event == LSM_EVENT_COUNT)
		return find_decision(txn, step->item, LSM_EVENT_COUNT, &job->decided, error);
	if (!step->already) {
		start_event(step);
		if (step->row->fill != NULL && !step->row->fill(step, txn, error))
			return FALSE;
	}
	if (step->already)
		return find_decision(txn, step->item, step->row->event, &job->decided, error);
	if (step->act->guard != NULL && !step->act->guard(txn, step->item, step->act->guard_data, error))
		return FALSE;
	return write_event(step, txn, error);
}

/* --- the answer --- */

/* "LS-... is approved (on its way to the mail server)." */
static char *
sentence(const Job *job)
{
	const LsmStep *step = &job->step;
	const LsmStateRow *state = lsm_state_row(step->item->state);
	const char *by = job->decided.by, *at = job->decided.at;

	if (step->row->event == LSM_EVENT_COUNT)
		return g_strdup_printf("%s is %s: %s%s%s%s%s.", step->item->id, state->word, state->meaning,
				       by == NULL ? "" : ", by ", by == NULL ? "" : by,
				       at == NULL ? "" : " since ", at == NULL ? "" : at);
	if (step->already)
		return g_strdup_printf("%s was already %s%s%s%s%s; nothing changed.", step->item->id,
				       lsm_event_type_name(step->row->event), by == NULL ? "" : " by ",
				       by == NULL ? "" : by, at == NULL ? "" : " on ", at == NULL ? "" : at);
	if (step->before == step->item->state && strcmp(state->word, lsm_event_type_name(step->row->event)) != 0)
		return g_strdup_printf("%s: %s; it is still %s: %s.%s%s", step->item->id,
				       lsm_event_type_name(step->row->event), state->word, state->meaning,
				       step->extra == NULL ? "" : " ", step->extra == NULL ? "" : step->extra);
	return g_strdup_printf("%s is now %s: %s.%s%s", step->item->id, state->word, state->meaning,
			       step->extra == NULL ? "" : " ", step->extra == NULL ? "" : step->extra);
}

static JsonObject *
answer_of(const Job *job)
{
	const LsmStep *step = &job->step;
	JsonObject *answer = json_object_new();
	g_autofree char *text = sentence(job);
	g_autofree char *now = lsm_time_text(step->now);

	lsm_json_set(answer, "id", step->item->id);
	lsm_json_set(answer, "state", lsm_state_row(step->item->state)->word);
	json_object_set_boolean_member(answer, "already", step->already);
	lsm_json_set(answer, "by", step->already || step->event == NULL ? job->decided.by : step->act->actor->name);
	lsm_json_set(answer, "at", step->already || step->event == NULL ? job->decided.at : now);
	json_object_set_int_member(answer, "delivered", step->delivered);
	lsm_json_set(answer, "text", text);
	return answer;
}

gboolean
lsm_act(LsmService *service, const LsmAct *act, JsonObject **answer_out, GError **error)
{
	g_autoptr(LsmSettings) settings = lsm_service_settings(service);
	Job job = {.step = {.service = service,
			    .settings = settings,
			    .act = act,
			    .row = find_row(act->verb),
			    .now = lsm_service_now(service)}};
	gboolean done;

	if (job.step.row == NULL) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE, "there is no step \"%s\"", act->verb);
		return FALSE;
	}
	done = lsm_writer_run(service->writer, take_step, &job, error);
	if (done)
		*answer_out = answer_of(&job);
	job_reset(&job);
	return done;
}
