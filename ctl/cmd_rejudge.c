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
#include "ctl/printer.h"
#include "ctl/replay.h"
#include "ctl/when.h"
#include "desk/json.h"
#include "store/case.h"
#include "store/content.h"
#include "store/log.h"

typedef struct {
	LsmStoreTxn *txn;
	LsmSettings *settings;
	gint64 since; /* microseconds; 0: all */
	gboolean json;
	gboolean with_findings; /* list also those of which only the findings change */
	guint judged, changed, findings_changed, erased, other_ways;
	GError *error;
} Rejudge;

/* --- the comparison --- */

typedef struct {
	const char *was, *was_enforced; /* effect, and what it would be with everything enforced */
	const char *now, *now_enforced;
	char **gained, **lost; /* rules */
} Change;

static gboolean
is_verdict_changed(const Change *change)
{
	return strcmp(change->was, change->now) != 0 ||
	       strcmp(change->was_enforced, change->now_enforced) != 0;
}

static void
print_rules(const char *label, char **rules)
{
	g_autofree char *joined = g_strjoinv(", ", rules);

	if (*joined != '\0')
		printf("  %s%s\n", label, joined);
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
	print_rules("gained: ", change->gained);
	print_rules("lost:   ", change->lost);
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
	lsm_json_set_strings(object, "gained", (const char *const *)change->gained);
	lsm_json_set_strings(object, "lost", (const char *const *)change->lost);
	lsm_printer_json(object, FALSE);
}

static void
compare(Rejudge *run, const LsmReplay *passage, const LsmVerdict *verdict)
{
	JsonObject *public = passage->event->public;
	g_auto(GStrv) before = lsm_json_get_list(public, "rules");
	g_auto(GStrv) after = lsm_replay_rules(verdict);
	g_auto(GStrv) gained = lsm_replay_less(after, before);
	g_auto(GStrv) lost = lsm_replay_less(before, after);
	const char *was = lsm_json_get(public, "verdict", "record");
	Change change = {.was = was,
			 .was_enforced = lsm_json_get(public, "would", was),
			 .now = verdict != NULL ? lsm_effect_name(verdict->effect) : "record",
			 .now_enforced = verdict != NULL ? lsm_effect_name(verdict->would) : "record",
			 .gained = gained,
			 .lost = lost};
	gboolean is_changed = is_verdict_changed(&change);
	gboolean has_other_findings = gained[0] != NULL || lost[0] != NULL;

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
judge_again(Rejudge *run, const LsmReplay *passage)
{
	LsmPreflightResult result;

	lsm_replay_judge(passage, run->settings, &result);
	compare(run, passage, result.decision != NULL ? result.decision->verdict : NULL);
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
	LsmReplay passage = {.item = item};

	if (item->since < run->since)
		return TRUE;
	if (!find_judged(run, item, &event))
		return FALSE;
	if (event == NULL || !lsm_replay_is_judged_way(event)) {
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
	    !lsm_when_since(since, g_get_real_time() / G_USEC_PER_SEC, &run.since, error))
		return 2;
	settings = lsm_replay_settings(options, rule_set, error);
	if (settings == NULL)
		return 2;
	run.settings = settings;
	return run_rejudge(options, &run, error);
}
