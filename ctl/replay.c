/*
 * replay.c - see replay.h. Owns nothing; one thread. Uses the daemon's own way (lsm_decide).
 */
#include "ctl/replay.h"

#include <string.h>

#include "desk/json.h"

/* The desk of one passage: facts from the record, nothing written. */
typedef struct {
	LsmDesk base;
	const LsmReplay *replay;
	const LsmSettings *settings;
	gboolean is_approved; /* those who must agree had done so before */
} ReplayDesk;

static gboolean
had_rule(JsonObject *public, const char *id)
{
	g_auto(GStrv) rules = lsm_json_get_list(public, "rules");

	return g_strv_contains((const char *const *)rules, id);
}

/* Was there nothing to say, by rules that had this one? */
static gboolean
was_fine(JsonObject *public, const char *id)
{
	const LsmRule *rule = lsm_rule_find(id);

	return rule != NULL &&
	       (rule->rule_sets & lsm_rule_set_bit(lsm_json_get(public, "rule_set", ""))) != 0 &&
	       !had_rule(public, id);
}

/* To whom it had gone before is not kept with the verdict; that it had gone to the group is. */
static void
set_drafted_to(JsonObject *answer, JsonObject *public, const LsmDirectory *directory)
{
	g_autoptr(GPtrArray) lists = g_ptr_array_new();

	for (guint i = 0; was_fine(public, "group.uninformed") && i < lsm_directory_body_count(directory);
	     i++)
		g_ptr_array_add(lists, lsm_directory_body(directory, i)->list);
	g_ptr_array_add(lists, NULL);
	lsm_json_set_strings(answer, "drafted_to", (const char *const *)lists->pdata);
}

/* A copy of what was enforced then is one today: the case itself cannot tell, for it is this very passage. */
static gboolean
was_enforced_before(JsonObject *public)
{
	return strcmp(lsm_json_get(public, "scope", ""), lsm_scope_word(LSM_SCOPE_CASE)) == 0;
}

static JsonObject *
answer_facts(const ReplayDesk *desk)
{
	static const char *const none[] = {NULL};
	const LsmReplay *replay = desk->replay;
	JsonObject *public = replay->event->public;
	JsonObject *answer = json_object_new();

	lsm_json_set(answer, "case", replay->item->id);
	if (replay->original != NULL) {
		lsm_json_set(answer, "original", replay->original->id);
		lsm_json_set(answer, "original_reply_to", replay->original->reply_to);
	}
	lsm_json_set_strings(answer, "released", none);
	lsm_json_set_strings(answer, "approved_for", none);
	set_drafted_to(answer, public, desk->settings->directory);
	json_object_set_boolean_member(answer, "may_intervene",
				       g_strcmp0(lsm_json_get(public, "limited", NULL), "interventions") !=
					       0);
	json_object_set_boolean_member(answer, "approved_in_advance", desk->is_approved);
	json_object_set_boolean_member(answer, "enforced", was_enforced_before(public));
	return answer;
}

static gboolean
replay_call(LsmDesk *desk, const char *operation, JsonObject *args, GBytes *content, JsonObject **answer_out,
	    GError **error)
{
	const ReplayDesk *replay = (const ReplayDesk *)desk;

	(void)args;
	(void)content;
	(void)error;
	if (strcmp(operation, "facts") == 0) {
		*answer_out = answer_facts(replay);
		return TRUE;
	}
	*answer_out = json_object_new();
	lsm_json_set(*answer_out, "id", replay->replay->item->id);
	return TRUE;
}

static void
replay_free(LsmDesk *desk)
{
	(void)desk;
}

static LsmEnvelope *
make_envelope(const LsmEvent *event)
{
	JsonObject *private = event->private;
	LsmEnvelope *envelope = lsm_envelope_new(lsm_json_get(private, "sender", ""));
	g_auto(GStrv) doors = lsm_json_get_list(private, "doors");

	for (guint i = 0; doors[i] != NULL; i++)
		lsm_envelope_add_recipient(envelope, doors[i]);
	envelope->login = g_strdup(lsm_json_get(private, "login", NULL));
	envelope->queue_id = g_strdup(lsm_json_get(private, "queue_id", NULL));
	envelope->daemon_name = g_strdup(lsm_json_get(private, "listener", NULL));
	/* Submitted without a login: by a listener or command that the record does not name. */
	envelope->by_command =
		envelope->login == NULL && strcmp(lsm_json_get(event->public, "way", ""), "out") == 0;
	return envelope;
}

static void
judge_as(const LsmReplay *replay, const LsmSettings *settings, gboolean is_approved,
	 LsmPreflightResult *result_out)
{
	static const LsmDeskClass class = {replay_call, replay_free};
	ReplayDesk desk = {
		.base = {.class = &class}, .replay = replay, .settings = settings, .is_approved = is_approved};
	g_autoptr(LsmEnvelope) envelope = make_envelope(replay->event);
	gsize length;
	const char *mail = g_bytes_get_data(replay->content, &length);

	lsm_preflight_judge_at(settings, &desk.base, envelope, mail, length, NULL, replay->event->time,
			       result_out);
}

static gboolean
wants_approval(const LsmPreflightResult *result)
{
	g_auto(GStrv) rules =
		lsm_replay_rules(result->decision != NULL ? result->decision->verdict : NULL);

	return g_strv_contains((const char *const *)rules, "approval.missing");
}

gboolean
lsm_replay_is_judged_way(const LsmEvent *event)
{
	static const char *const ways[] = {"out", "in", "around", NULL};

	return g_strv_contains(ways, lsm_json_get(event->public, "way", ""));
}

void
lsm_replay_judge(const LsmReplay *replay, const LsmSettings *settings, LsmPreflightResult *result_out)
{
	judge_as(replay, settings, FALSE, result_out);
	/* What lacked no approval then had it from elsewhere than its sender: that is not taken back. */
	if (wants_approval(result_out) && was_fine(replay->event->public, "approval.missing")) {
		lsm_preflight_result_clear(result_out);
		judge_as(replay, settings, TRUE, result_out);
	}
}

LsmSettings *
lsm_replay_settings(const LsmCtlOptions *options, const char *rule_set, GError **error)
{
	g_autoptr(LsmSettings) settings = lsm_ctl_settings(options, error);

	if (settings == NULL)
		return NULL;
	if (rule_set != NULL) {
		g_free(settings->rule_set);
		settings->rule_set = g_strdup(rule_set);
	}
	/* The clock of an outage is the daemon's: a judgement here says nothing about its record. */
	g_free(settings->late_journal);
	settings->late_journal = g_strdup("/nonexistent");
	return lsm_rule_check_settings(settings, error) ? g_steal_pointer(&settings) : NULL;
}

char **
lsm_replay_rules(const LsmVerdict *verdict)
{
	g_autoptr(GStrvBuilder) rules = g_strv_builder_new();

	for (guint i = 0; verdict != NULL && i < verdict->findings->len; i++)
		g_strv_builder_add(rules,
				   ((const LsmFinding *)g_ptr_array_index(verdict->findings, i))->rule->id);
	return g_strv_builder_end(rules);
}

char **
lsm_replay_less(char *const *a, char *const *b)
{
	g_autoptr(GStrvBuilder) rest = g_strv_builder_new();

	for (guint i = 0; a[i] != NULL; i++) {
		if (!g_strv_contains((const char *const *)b, a[i]))
			g_strv_builder_add(rest, a[i]);
	}
	return g_strv_builder_end(rest);
}
