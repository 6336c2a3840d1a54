/*
 * cmd_rejudge.c - liaisonctl rejudge: what other rules or settings would have said to what is on record.
 *
 * Each statement goes once more through the daemon's own way (lsm_decide), with the envelope and at the time
 * that the record knows, and with a desk that answers from the record and writes nothing down.
 */
#include <stdio.h>
#include <string.h>

#include "conf/error.h"
#include "ctl/command.h"
#include "ctl/preflight.h"
#include "ctl/printer.h"
#include "ctl/query.h"
#include "desk/json.h"
#include "store/case.h"
#include "store/content.h"
#include "store/log.h"

/* A case's first judged passage, and what was known then. */
typedef struct {
	const LsmCase *item;
	LsmEvent *event;
	GBytes *content;
	const LsmCase *original; /* that it answers, or NULL */
} Passage;

/* The desk of one passage: facts from the record, nothing written. */
typedef struct {
	LsmDesk base;
	const Passage *passage;
	const LsmSettings *settings;
	gboolean is_approved; /* those who must agree had done so before */
} ReplayDesk;

typedef struct {
	LsmStoreTxn *txn;
	LsmSettings *settings;
	gint64 since; /* microseconds; 0: all */
	gboolean json;
	gboolean with_findings; /* list also those of which only the findings change */
	guint judged, changed, findings_changed, erased, other_ways;
	GError *error;
} Rejudge;

/* --- the desk that only remembers --- */

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

static JsonObject *
answer_facts(const ReplayDesk *desk)
{
	static const char *const none[] = {NULL};
	const Passage *passage = desk->passage;
	JsonObject *public = passage->event->public;
	JsonObject *answer = json_object_new();

	lsm_json_set(answer, "case", passage->item->id);
	if (passage->original != NULL) {
		lsm_json_set(answer, "original", passage->original->id);
		lsm_json_set(answer, "original_reply_to", passage->original->reply_to);
	}
	lsm_json_set_strings(answer, "released", none);
	lsm_json_set_strings(answer, "approved_for", none);
	set_drafted_to(answer, public, desk->settings->directory);
	json_object_set_boolean_member(answer, "may_intervene",
				       g_strcmp0(lsm_json_get(public, "limited", NULL), "interventions") !=
					       0);
	json_object_set_boolean_member(answer, "approved_in_advance", desk->is_approved);
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
	lsm_json_set(*answer_out, "id", replay->passage->item->id);
	return TRUE;
}

static void
replay_free(LsmDesk *desk)
{
	(void)desk;
}

/* --- one passage again --- */

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
	/* Submitted without a login: by a listener or command that the record does not name. */
	envelope->by_command =
		envelope->login == NULL && strcmp(lsm_json_get(event->public, "way", ""), "out") == 0;
	return envelope;
}

static char **
rules_of(const LsmVerdict *verdict)
{
	g_autoptr(GStrvBuilder) rules = g_strv_builder_new();

	for (guint i = 0; verdict != NULL && i < verdict->findings->len; i++)
		g_strv_builder_add(rules,
				   ((const LsmFinding *)g_ptr_array_index(verdict->findings, i))->rule->id);
	return g_strv_builder_end(rules);
}

/* Those of a that are not in b; "" when none. */
static char *
less(char *const *a, char *const *b)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; a[i] != NULL; i++) {
		if (!g_strv_contains((const char *const *)b, a[i]))
			g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", a[i]);
	}
	return g_string_free(text, FALSE);
}

/* --- the comparison --- */

typedef struct {
	const char *was, *was_enforced; /* effect, and what it would be with everything enforced */
	const char *now, *now_enforced;
	char *gained, *lost;
} Change;

static gboolean
is_verdict_changed(const Change *change)
{
	return strcmp(change->was, change->now) != 0 ||
	       strcmp(change->was_enforced, change->now_enforced) != 0;
}

static void
print_change(const LsmCase *item, const Change *change)
{
	g_autofree char *subject = lsm_printer_safe(item->subject);

	if (strcmp(change->was, change->now) == 0)
		printf("%-18s  %s", item->id, change->was);
	else
		printf("%-18s  %s -> %s", item->id, change->was, change->now);
	if (strcmp(change->was_enforced, change->now_enforced) != 0 &&
	    (strcmp(change->was, change->was_enforced) != 0 || strcmp(change->now, change->now_enforced) != 0))
		printf(" (fully enforced: %s -> %s)", change->was_enforced, change->now_enforced);
	printf("  %s\n", subject);
	if (*change->gained != '\0')
		printf("  gained: %s\n", change->gained);
	if (*change->lost != '\0')
		printf("  lost:   %s\n", change->lost);
}

static void
set_names(JsonObject *object, const char *name, const char *joined)
{
	g_auto(GStrv) names = g_strsplit(joined, ", ", -1);

	lsm_json_set_strings(object, name, (const char *const *)names);
}

static void
print_change_json(const LsmCase *item, const Change *change)
{
	g_autoptr(JsonObject) object = json_object_new();

	lsm_json_set(object, "id", item->id);
	lsm_json_set(object, "subject", item->subject);
	lsm_json_set(object, "was", change->was);
	lsm_json_set(object, "would_be", change->now);
	lsm_json_set(object, "was_enforced", change->was_enforced);
	lsm_json_set(object, "would_be_enforced", change->now_enforced);
	set_names(object, "gained", change->gained);
	set_names(object, "lost", change->lost);
	lsm_printer_json(object, FALSE);
}

static void
compare(Rejudge *run, const Passage *passage, const LsmVerdict *verdict)
{
	JsonObject *public = passage->event->public;
	g_auto(GStrv) before = lsm_json_get_list(public, "rules");
	g_auto(GStrv) after = rules_of(verdict);
	g_autofree char *gained = less(after, before);
	g_autofree char *lost = less(before, after);
	const char *was = lsm_json_get(public, "verdict", "record");
	Change change = {.was = was,
			 .was_enforced = lsm_json_get(public, "would", was),
			 .now = verdict != NULL ? lsm_effect_name(verdict->effect) : "record",
			 .now_enforced = verdict != NULL ? lsm_effect_name(verdict->would) : "record",
			 .gained = gained,
			 .lost = lost};
	gboolean is_changed = is_verdict_changed(&change);
	gboolean has_other_findings = *gained != '\0' || *lost != '\0';

	run->judged++;
	run->changed += is_changed;
	run->findings_changed += !is_changed && has_other_findings;
	if (!is_changed && !(run->with_findings && has_other_findings))
		return;
	if (run->json)
		print_change_json(passage->item, &change);
	else
		print_change(passage->item, &change);
}

static void
judge_as(const Rejudge *run, const Passage *passage, gboolean is_approved, LsmPreflightResult *result_out)
{
	static const LsmDeskClass class = {replay_call, replay_free};
	ReplayDesk desk = {.base = {.class = &class},
			   .passage = passage,
			   .settings = run->settings,
			   .is_approved = is_approved};
	g_autoptr(LsmEnvelope) envelope = make_envelope(passage->event);
	gsize length;
	const char *mail = g_bytes_get_data(passage->content, &length);

	lsm_preflight_judge_at(run->settings, &desk.base, envelope, mail, length, NULL, passage->event->time,
			       result_out);
}

static const LsmVerdict *
verdict_of(const LsmPreflightResult *result)
{
	return result->decision != NULL ? result->decision->verdict : NULL;
}

static gboolean
wants_approval(const LsmVerdict *verdict)
{
	g_auto(GStrv) rules = rules_of(verdict);

	return g_strv_contains((const char *const *)rules, "approval.missing");
}

static void
judge_again(Rejudge *run, const Passage *passage)
{
	LsmPreflightResult result;

	judge_as(run, passage, FALSE, &result);
	/* What lacked no approval then had it from elsewhere than its sender: that is not taken back. */
	if (wants_approval(verdict_of(&result)) && was_fine(passage->event->public, "approval.missing")) {
		lsm_preflight_result_clear(&result);
		judge_as(run, passage, TRUE, &result);
	}
	compare(run, passage, verdict_of(&result));
	lsm_preflight_result_clear(&result);
}

/* --- the record --- */

/* The first event of a case that has a verdict; NULL when none has. */
static gboolean
find_judged(Rejudge *run, const LsmCase *item, LsmEvent **event_out)
{
	for (guint i = 0; *event_out == NULL && i < item->positions->len; i++) {
		g_autoptr(LsmEvent) event = NULL;

		if (lsm_log_get(run->txn, g_array_index(item->positions, guint64, i), &event, &run->error) ==
		    LSM_FAILED)
			return FALSE;
		if (event != NULL && lsm_json_get(event->public, "verdict", NULL) != NULL)
			*event_out = g_steal_pointer(&event);
	}
	return TRUE;
}

/* Drafts, list copies and tools' mail are never more than recorded. */
static gboolean
is_judged_way(const LsmEvent *event)
{
	static const char *const ways[] = {"out", "in", "around", NULL};

	return g_strv_contains(ways, lsm_json_get(event->public, "way", ""));
}

static gboolean
load_rest(Rejudge *run, const LsmCase *item, GBytes **content_out, LsmCase **original_out)
{
	if (item->content != NULL &&
	    lsm_content_get(run->txn, item->content, content_out, &run->error) == LSM_FAILED)
		return FALSE;
	return item->original == NULL ||
	       lsm_case_get(run->txn, item->original, original_out, &run->error) != LSM_FAILED;
}

static gboolean
visit(const LsmCase *item, gpointer data)
{
	Rejudge *run = data;
	g_autoptr(LsmEvent) event = NULL;
	g_autoptr(GBytes) content = NULL;
	g_autoptr(LsmCase) original = NULL;
	Passage passage = {.item = item};

	if (item->since < run->since)
		return TRUE;
	if (!find_judged(run, item, &event))
		return FALSE;
	if (event == NULL || !is_judged_way(event)) {
		run->other_ways++;
		return TRUE;
	}
	if (!load_rest(run, item, &content, &original))
		return FALSE;
	if (content == NULL || event->private == NULL) {
		run->erased++;
		return TRUE;
	}
	passage.event = event;
	passage.content = content;
	passage.original = original;
	judge_again(run, &passage);
	return lsm_printer_is_read();
}

static void
print_summary(const Rejudge *run)
{
	if (run->json) {
		g_autoptr(JsonObject) object = json_object_new();

		lsm_json_set(object, "rule_set", run->settings->rule_set);
		json_object_set_int_member(object, "judged", run->judged);
		json_object_set_int_member(object, "verdicts_changed", run->changed);
		json_object_set_int_member(object, "findings_changed", run->findings_changed);
		json_object_set_int_member(object, "erased", run->erased);
		json_object_set_int_member(object, "other_ways", run->other_ways);
		lsm_printer_json(object, FALSE);
		return;
	}
	printf("%s%u judged again by %s: %u verdict%s would change", run->changed > 0 ? "\n" : "",
	       run->judged, run->settings->rule_set, run->changed, run->changed == 1 ? "" : "s");
	if (run->findings_changed > 0)
		printf(", in %u more only findings%s", run->findings_changed,
		       run->with_findings ? "" : " (--findings lists them)");
	puts(".");
	if (run->erased > 0)
		printf("%u could not be judged: their content is erased.\n", run->erased);
	if (run->other_ways > 0)
		printf("%u are drafts, list copies, tools' or others' mail, which are only recorded.\n",
		       run->other_ways);
	puts("Nothing was written.");
}

/* --- the command --- */

/* The settings that judge; nobody else has this object. */
static LsmSettings *
load_settings(const LsmCtlOptions *options, const char *rule_set, GError **error)
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

static int
run_rejudge(const LsmCtlOptions *options, Rejudge *run, GError **error)
{
	g_autoptr(LsmStore) store = lsm_ctl_open_store(options, error);
	g_autoptr(LsmStoreTxn) txn = store != NULL ? lsm_store_begin_read(store, error) : NULL;

	run->txn = txn;
	if (txn == NULL || !lsm_case_scan(txn, visit, run, error))
		return 2;
	if (run->error != NULL) {
		g_propagate_error(error, g_steal_pointer(&run->error));
		return 2;
	}
	print_summary(run);
	return run->changed > 0 ? 1 : 0;
}

int
lsm_cmd_rejudge(const LsmCtlOptions *options, int argc, char **argv, GError **error)
{
	g_autofree char *rule_set = NULL;
	g_autofree char *since = NULL;
	g_autoptr(LsmSettings) settings = NULL;
	Rejudge run = {.json = options->json};
	const GOptionEntry entries[] = {
		{"rule-set", 0, 0, G_OPTION_ARG_STRING, &rule_set, NULL, NULL},
		{"since", 0, 0, G_OPTION_ARG_STRING, &since, NULL, NULL},
		{"findings", 0, 0, G_OPTION_ARG_NONE, &run.with_findings, NULL, NULL},
		G_OPTION_ENTRY_NULL,
	};

	if (!lsm_ctl_parse(&argc, &argv, entries, error) || !lsm_ctl_expect(argc, 0, "options only", error))
		return 2;
	if (since != NULL &&
	    !lsm_ctl_query_time(since, g_get_real_time() / G_USEC_PER_SEC, &run.since, error))
		return 2;
	settings = load_settings(options, rule_set, error);
	if (settings == NULL)
		return 2;
	run.settings = settings;
	return run_rejudge(options, &run, error);
}
