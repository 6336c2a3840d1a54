/*
 * cmd_explain.c - liaisonctl explain: why a statement was treated as it was, and how it would be today.
 *
 * What was recorded comes from its events; today's answer from the daemon's own code on the mail that was kept
 * (replay.h). Writes nothing.
 */
#include <stdio.h>
#include <string.h>

#include "ctl/command.h"
#include "ctl/one_case.h"
#include "ctl/printer.h"
#include "ctl/replay.h"
#include "desk/json.h"
#include "desk/trace.h"
#include "store/content.h"

#define LABEL_WIDTH 11
#define STANDARD_WIDTH 100

typedef struct {
	LsmStoreTxn *txn;
	const LsmSettings *settings; /* NULL: not at hand, because of unreplayed */
	const char *unreplayed;
	gboolean verbose;
} Explain;

/* One judgement, as it was and as it would be. */
typedef struct {
	const LsmCase *item;
	const LsmEvent *event;
	const char *not_replayed; /* why; NULL: result is there */
	LsmPreflightResult result;
} Judgement;

/* --- words --- */

/* To add a limit (verdict.h): a row. */
static const struct {
	const char *word, *sentence;
} limits[] = {
	{"opted-out", "somebody entitled says that it is no statement"},
	{"unreadable", "not all of it could be read, and what is not seen to lack stops nothing"},
	{"released", "its recipients may have this content"},
	{"uncertain", "only what is certainly a statement is rejected or withheld"},
	{"interventions", "max-interventions an hour were reached"},
	{"unverified", "who sent it is not proved"},
	{"observe", "it, or the rules that found something, are only observed"},
};

static const char *
limit_sentence(const char *word)
{
	for (guint i = 0; word != NULL && i < G_N_ELEMENTS(limits); i++) {
		if (strcmp(limits[i].word, word) == 0)
			return limits[i].sentence;
	}
	return word;
}

/* NULL in events older than the scope. */
static char *
scope_of(const LsmEvent *event)
{
	LsmScopeReason reason;
	const char *entry = event->private != NULL ? lsm_json_get(event->private, "scope_entry", NULL) : NULL;

	if (!lsm_scope_parse(lsm_json_get(event->public, "scope", NULL), &reason))
		return NULL;
	return lsm_scope_sentence(reason, entry);
}

static const LsmVerdict *
verdict_today(const Judgement *judgement)
{
	return judgement->result.decision != NULL ? judgement->result.decision->verdict : NULL;
}

/* --- today --- */

static void
add_change(GStrvBuilder *list, const char *what, const char *was, const char *now)
{
	g_autofree char *text = NULL;

	if (was == NULL || now == NULL || strcmp(was, now) == 0)
		return;
	text = g_strdup_printf("%s: %s; today: %s", what, was, now);
	g_strv_builder_add(list, text);
}

static void
add_rules(GStrvBuilder *list, const char *what, char **rules)
{
	g_autofree char *joined = g_strjoinv(", ", rules);
	g_autofree char *text = g_strdup_printf("%s: %s", what, joined);

	if (*joined != '\0')
		g_strv_builder_add(list, text);
	g_strfreev(rules);
}

static const char *
certainty_word(gboolean certain)
{
	return certain ? "certain" : "not certain";
}

static void
add_scope_change(GStrvBuilder *list, const LsmEvent *event, const LsmVerdict *verdict)
{
	g_autofree char *was = scope_of(event);
	g_autofree char *now = lsm_scope_sentence(verdict->scope.reason, verdict->scope.entry);

	add_change(list, "mode", was, now);
}

/* What comes out otherwise; empty: nothing. New strv. */
static char **
find_differences(const Judgement *judgement)
{
	g_autoptr(GStrvBuilder) list = g_strv_builder_new();
	JsonObject *public = judgement->event->public;
	const LsmVerdict *verdict = verdict_today(judgement);
	g_auto(GStrv) before = lsm_json_get_list(public, "rules");
	g_auto(GStrv) after = lsm_replay_rules(verdict);

	if (verdict == NULL) {
		g_strv_builder_add(list, "today it is not taken for a statement");
		return g_strv_builder_end(list);
	}
	add_change(list, "effect", lsm_json_get(public, "verdict", NULL), lsm_effect_name(verdict->effect));
	add_change(list, "if all were enforced", lsm_json_get(public, "would", NULL),
		   lsm_effect_name(verdict->would));
	add_scope_change(list, judgement->event, verdict);
	if (json_object_has_member(public, "certain"))
		add_change(list, "certainty", certainty_word(json_object_get_boolean_member(public, "certain")),
			   certainty_word(verdict->certain));
	add_rules(list, "found today only", lsm_replay_less(after, before));
	add_rules(list, "found then only", lsm_replay_less(before, after));
	return g_strv_builder_end(list);
}

/* What may have made the difference. New strv. */
static char **
find_causes(const Explain *explain, const Judgement *judgement)
{
	g_autoptr(GStrvBuilder) list = g_strv_builder_new();
	JsonObject *public = judgement->event->public;
	g_autofree char *settings = lsm_trace_settings(explain->settings);
	g_auto(GStrv) causes = NULL;

	add_change(list, "rule set", lsm_json_get(public, "rule_set", NULL), explain->settings->rule_set);
	add_change(list, "settings and directory", lsm_json_get(public, "settings", NULL), settings);
	causes = g_strv_builder_end(list);
	if (causes[0] != NULL)
		return g_steal_pointer(&causes);
	g_strv_builder_add(list, "this program, or what the record does not keep: the client's address, and what was "
				 "known of other mails then");
	return g_strv_builder_end(list);
}

/* NULL when it can be judged again. */
static const char *
reason_not_to_replay(const Explain *explain, const LsmEvent *event, const GBytes *content)
{
	if (!lsm_replay_is_judged_way(event))
		return "drafts, list copies, tools' and others' mails are never more than recorded";
	if (explain->settings == NULL)
		return explain->unreplayed;
	if (event->private == NULL)
		return "what was personal in it is erased";
	if (lsm_json_get(event->private, "content", NULL) == NULL)
		return "the mail was not kept";
	return content == NULL ? "the mail is erased" : NULL;
}

static gboolean
judge_today(const Explain *explain, Judgement *judgement, GError **error)
{
	const char *digest = judgement->event->private != NULL
				     ? lsm_json_get(judgement->event->private, "content", NULL)
				     : NULL;
	g_autoptr(GBytes) content = NULL;
	g_autoptr(LsmCase) original = NULL;
	LsmReplay replay = {.item = judgement->item, .event = judgement->event};

	if (digest != NULL && lsm_content_get(explain->txn, digest, &content, error) == LSM_FAILED)
		return FALSE;
	if (judgement->item->original != NULL &&
	    lsm_case_get(explain->txn, judgement->item->original, &original, error) == LSM_FAILED)
		return FALSE;
	judgement->not_replayed = reason_not_to_replay(explain, judgement->event, content);
	if (judgement->not_replayed != NULL)
		return TRUE;
	replay.content = content;
	replay.original = original;
	lsm_replay_judge(&replay, explain->settings, &judgement->result);
	return TRUE;
}

/* --- text --- */

/* Broken between words where the terminal ends. Blanks in front stay. */
static void
print_line(const char *label, const char *text)
{
	g_autofree char *safe = lsm_printer_safe(text);
	g_auto(GStrv) words = g_strsplit(safe, " ", -1);
	int room = lsm_printer_width(STANDARD_WIDTH) - LABEL_WIDTH - 3, used = 0;

	printf("  %-*s", LABEL_WIDTH, label);
	for (guint i = 0; words[i] != NULL; i++) {
		int columns = 1 + lsm_printer_columns(words[i]);

		if (used > 0 && used + columns > room) {
			printf("\n  %-*s", LABEL_WIDTH, "");
			used = 0;
		}
		printf(" %s", words[i]);
		used += columns;
	}
	putchar('\n');
}

/* The label stands before the first only. */
static void
print_list(const char *label, char *const *list)
{
	for (guint i = 0; list[i] != NULL; i++)
		print_line(i == 0 ? label : "", list[i]);
}

static void
print_effect(JsonObject *public)
{
	const char *effect = lsm_json_get(public, "verdict", "record");
	const char *would = lsm_json_get(public, "would", effect);
	g_autofree char *text = strcmp(effect, would) == 0
					? g_strdup(effect)
					: g_strdup_printf("%s; with everything enforced: %s", effect, would);

	print_line("Effect", text);
	if (lsm_json_get(public, "limited", NULL) != NULL)
		print_line("Limited", limit_sentence(lsm_json_get(public, "limited", NULL)));
}

static void
print_certainty(JsonObject *public)
{
	if (!json_object_has_member(public, "certain"))
		return;
	print_line("Certainty", json_object_get_boolean_member(public, "certain")
					? "certain: may be rejected or withheld"
					: "not certain: passes, whatever the rules find");
}

static void
print_findings(JsonObject *public)
{
	g_auto(GStrv) rules = lsm_json_get_list(public, "rules");
	g_auto(GStrv) effects = lsm_json_get_list(public, "effects");
	g_auto(GStrv) watched = lsm_json_get_list(public, "watched");
	guint count = g_strv_length(rules);
	gint64 ran = lsm_json_get_int(public, "ran", -1);
	g_autofree char *asked = ran < 0 ? g_strdup("") : g_strdup_printf("%" G_GINT64_FORMAT " asked, ", ran);
	g_autofree char *text =
		g_strdup_printf("%s: %s%u found something", lsm_json_get(public, "rule_set", "?"), asked, count);

	print_line("Rules", text);
	for (guint i = 0; i < count; i++) {
		gboolean is_watched = g_strv_contains((const char *const *)watched, rules[i]);
		const char *effect = g_strv_length(effects) == count ? effects[i] : "";
		g_autofree char *line =
			g_strdup_printf("  %-8s %s%s", effect, rules[i], is_watched ? " (only observed)" : "");
		print_line("", line);
	}
}

static void
print_known(const LsmEvent *event)
{
	g_auto(GStrv) known = NULL;
	g_auto(GStrv) clues = NULL;

	if (event->private == NULL) {
		print_line("Evidence", "erased");
		return;
	}
	clues = lsm_json_get_list(event->private, "clues");
	known = lsm_json_get_list(event->private, "known");
	print_list("Evidence", clues);
	print_list("Record", known);
}

static void
print_settings(const Explain *explain, JsonObject *public)
{
	const char *then = lsm_json_get(public, "settings", NULL);
	g_autofree char *now = explain->settings != NULL ? lsm_trace_settings(explain->settings) : NULL;
	g_autofree char *text =
		then == NULL || now == NULL
			? g_strdup(then)
			: g_strdup_printf("%s (%s)", then, strcmp(then, now) == 0 ? "as today" : "changed since");

	if (text != NULL)
		print_line("Settings", text);
}

/* Of today: what was asked and had nothing to say. */
static void
print_silent_rules(const Explain *explain, const Judgement *judgement)
{
	const LsmRecognition *recognition = judgement->result.decision->recognition;
	g_auto(GStrv) found = lsm_replay_rules(verdict_today(judgement));
	guint set = lsm_rule_set_bit(explain->settings->rule_set);
	guint purposes = lsm_rule_purposes(recognition->statement);
	guint count;
	const LsmRule *rules = lsm_rule_table(&count);
	g_autoptr(GStrvBuilder) list = g_strv_builder_new();
	g_auto(GStrv) silent = NULL;
	g_autofree char *joined = NULL;

	for (guint i = 0; i < count; i++) {
		if (lsm_rule_applies(&rules[i], recognition->way, set, purposes) &&
		    lsm_settings_rule_mode(explain->settings, rules[i].id, rules[i].mode) != LSM_MODE_OFF &&
		    !g_strv_contains((const char *const *)found, rules[i].id))
			g_strv_builder_add(list, rules[i].id);
	}
	silent = g_strv_builder_end(list);
	joined = g_strjoinv(", ", silent);
	print_line("Fine today", joined);
}

static void
print_today(const Explain *explain, const Judgement *judgement)
{
	g_auto(GStrv) differences = NULL;
	g_auto(GStrv) causes = NULL;
	g_autofree char *text = NULL;

	if (judgement->not_replayed != NULL) {
		text = g_strdup_printf("not judged again: %s", judgement->not_replayed);
		print_line("Today", text);
		return;
	}
	differences = find_differences(judgement);
	if (differences[0] == NULL) {
		print_line("Today", "the same");
	} else {
		causes = find_causes(explain, judgement);
		print_list("Today", differences);
		print_list("Because of", causes);
	}
	if (explain->verbose && verdict_today(judgement) != NULL)
		print_silent_rules(explain, judgement);
}

static void
print_text(const Explain *explain, const Judgement *judgement)
{
	const LsmEvent *event = judgement->event;
	g_autofree char *time = lsm_event_time_render(event->time);
	g_autofree char *scope = scope_of(event);
	g_autofree char *head =
		g_strdup_printf("\n%.10s %.8s UTC, %s, %s (event %" G_GUINT64_FORMAT ")\n", time, time + 11,
				lsm_json_get(event->public, "way", "?"), lsm_event_type_name(event->type),
				event->position);

	lsm_printer_put(head, LSM_STYLE_HEAD);
	print_effect(event->public);
	if (scope != NULL)
		print_line("Mode", scope);
	print_certainty(event->public);
	print_findings(event->public);
	print_known(event);
	print_settings(explain, event->public);
	print_today(explain, judgement);
}

/* --- JSON --- */

static JsonArray *
findings_json(JsonObject *public)
{
	JsonArray *array = json_array_new();
	g_auto(GStrv) rules = lsm_json_get_list(public, "rules");
	g_auto(GStrv) effects = lsm_json_get_list(public, "effects");
	g_auto(GStrv) watched = lsm_json_get_list(public, "watched");

	for (guint i = 0; rules[i] != NULL; i++) {
		JsonObject *finding = json_object_new();

		lsm_json_set(finding, "rule", rules[i]);
		if (g_strv_length(effects) == g_strv_length(rules))
			lsm_json_set(finding, "effect", effects[i]);
		json_object_set_boolean_member(finding, "observed",
					       g_strv_contains((const char *const *)watched, rules[i]));
		json_array_add_object_element(array, finding);
	}
	return array;
}

static JsonObject *
today_json(const Explain *explain, const Judgement *judgement)
{
	JsonObject *object = json_object_new();
	const LsmVerdict *verdict = verdict_today(judgement);
	g_auto(GStrv) differences = NULL;
	g_auto(GStrv) causes = NULL;

	lsm_json_set(object, "not_replayed", judgement->not_replayed);
	if (judgement->not_replayed != NULL)
		return object;
	differences = find_differences(judgement);
	json_object_set_boolean_member(object, "same", differences[0] == NULL);
	lsm_json_set_strings(object, "differences", (const char *const *)differences);
	lsm_json_set(object, "effect", verdict != NULL ? lsm_effect_name(verdict->effect) : NULL);
	lsm_json_set(object, "would", verdict != NULL ? lsm_effect_name(verdict->would) : NULL);
	lsm_json_set(object, "scope", verdict != NULL ? lsm_scope_word(verdict->scope.reason) : NULL);
	if (differences[0] != NULL) {
		causes = find_causes(explain, judgement);
		lsm_json_set_strings(object, "causes", (const char *const *)causes);
	}
	return object;
}

/* To add a member that stands in the event as it is: a row. */
static const char *const kept[] = {"way",   "verdict",  "would",    "limited", "certain",
				   "scope", "rule_set", "settings", "ran"};

static void
print_json(const Explain *explain, const Judgement *judgement)
{
	const LsmEvent *event = judgement->event;
	g_autoptr(JsonObject) object = json_object_new();
	g_autofree char *time = lsm_event_time_render(event->time);
	g_autofree char *scope = scope_of(event);

	lsm_json_set(object, "id", judgement->item->id);
	json_object_set_int_member(object, "position", (gint64)event->position);
	lsm_json_set(object, "time", time);
	lsm_json_set(object, "type", lsm_event_type_name(event->type));
	for (guint i = 0; i < G_N_ELEMENTS(kept); i++) {
		JsonNode *node = json_object_get_member(event->public, kept[i]);
		if (node != NULL)
			json_object_set_member(object, kept[i], json_node_copy(node));
	}
	lsm_json_set(object, "mode", scope);
	json_object_set_array_member(object, "findings", findings_json(event->public));
	for (guint i = 0; event->private != NULL && i < 2; i++) {
		g_auto(GStrv) list = lsm_json_get_list(event->private, i == 0 ? "clues" : "known");
		lsm_json_set_strings(object, i == 0 ? "evidence" : "record", (const char *const *)list);
	}
	json_object_set_object_member(object, "today", today_json(explain, judgement));
	lsm_printer_json(object, FALSE);
}

/* --- the command --- */

static void
print_case(const LsmCase *item)
{
	g_autofree char *from = g_strjoinv(", ", item->from);
	g_autofree char *to = g_strjoinv(", ", item->to);
	g_autofree char *raw = g_strdup_printf("%s  %s > %s  %s", item->id, *from == '\0' ? "?" : from,
					       *to == '\0' ? "?" : to,
					       item->subject == NULL ? "" : item->subject);
	g_autofree char *line = lsm_printer_safe(raw);

	puts(line);
	printf("%s: %s\n", lsm_state_row(item->state)->word, lsm_state_row(item->state)->meaning);
}

static gboolean
explain_event(const Explain *explain, const LsmCase *item, const LsmEvent *event, gboolean json, GError **error)
{
	Judgement judgement = {.item = item, .event = event};

	if (!judge_today(explain, &judgement, error))
		return FALSE;
	if (json)
		print_json(explain, &judgement);
	else
		print_text(explain, &judgement);
	lsm_preflight_result_clear(&judgement.result);
	return TRUE;
}

static gboolean
explain_case(const Explain *explain, const LsmCase *item, gboolean json, GError **error)
{
	guint judged = 0;

	if (!json)
		print_case(item);
	for (guint i = 0; i < item->positions->len && lsm_printer_is_read(); i++) {
		g_autoptr(LsmEvent) event = NULL;

		if (lsm_log_get(explain->txn, g_array_index(item->positions, guint64, i), &event, error) ==
		    LSM_FAILED)
			return FALSE;
		if (event == NULL || lsm_json_get(event->public, "verdict", NULL) == NULL)
			continue;
		judged++;
		if (!explain_event(explain, item, event, json, error))
			return FALSE;
	}
	if (judged == 0 && !json)
		puts("\nNo judgement of it is on record.");
	return TRUE;
}

int
lsm_cmd_explain(const LsmCtlOptions *options, int argc, char **argv, GError **error)
{
	g_autoptr(LsmStore) store = NULL;
	g_autoptr(LsmStoreTxn) txn = NULL;
	g_autoptr(LsmCase) item = NULL;
	g_autoptr(LsmSettings) settings = NULL;
	g_autoptr(GError) problem = NULL;
	Explain explain = {0};
	const GOptionEntry entries[] = {
		{"verbose", 0, 0, G_OPTION_ARG_NONE, &explain.verbose, NULL, NULL},
		G_OPTION_ENTRY_NULL,
	};

	if (!lsm_ctl_parse(&argc, &argv, entries, error) ||
	    !lsm_ctl_expect(argc, 1, "one statement's id", error))
		return 2;
	store = lsm_ctl_open_store(options, error);
	txn = store == NULL ? NULL : lsm_store_begin_read(store, error);
	if (txn == NULL || !lsm_one_case(txn, argv[1], &item, error))
		return 2;
	/* What was can be told without today's settings. */
	settings = lsm_replay_settings(options, NULL, &problem);
	explain.txn = txn;
	explain.settings = settings;
	explain.unreplayed = problem != NULL ? problem->message : NULL;
	return explain_case(&explain, item, options->json, error) ? 0 : 2;
}
