/*
 * cmd_scan.c - liaisonctl scan: an archive through the daemon's own code, before anything is installed; or, with
 * --record, what passed while the filter was down put on record.
 *
 * One mail at a time: an mbox of any size needs no more memory than its largest mail (and that is capped).
 */
#include <stdio.h>
#include <string.h>

#include "conf/error.h"
#include "ctl/catch_up.h"
#include "ctl/command.h"
#include "ctl/mailbox.h"
#include "ctl/preflight.h"
#include "ctl/printer.h"
#include "ctl/progress.h"
#include "ctl/when.h"
#include "desk/json.h"

/* What --record does with a statement; words as in desk/archive.h, the last one is ours. */
typedef enum { KEPT_RECORDED, KEPT_KNOWN, KEPT_WOULD, KEPT_NONE, KEPT_FAILED, KEPT_COUNT } Kept;

static const struct {
	const char *word;    /* of the answer and of JSON */
	const char *meaning; /* in the summary; NULL: not there */
} kept_rows[] = {
	[KEPT_RECORDED] = {"recorded", "put on record"},
	[KEPT_KNOWN] = {"known", "were on record already"},
	[KEPT_WOULD] = {"would", "would be put on record"},
	[KEPT_NONE] = {"none", NULL},
	[KEPT_FAILED] = {"failed", "could not be put on record"},
};

typedef struct {
	LsmPreflight *preflight;
	LsmCatchUp *catch_up; /* NULL: nothing is recorded */
	LsmProgress *progress;
	gboolean json;
	gint64 since, until; /* of the Date field, UNIX time; 0: none */
	guint mails, left_out, read, carries, statements, concern;
	guint by_way[LSM_WAY_OTHER + 1];
	guint would[LSM_EFFECT_REJECT + 1];
	guint kept[KEPT_COUNT];
	GHashTable *rules; /* rule id (static) -> count */
} Scan;

/* --- one mail --- */

static void
print_found_json(const char *place, const LsmPreflightResult *result, JsonObject *answer)
{
	const LsmDecision *decision = result->decision;
	g_autoptr(JsonObject) object = json_object_new();

	lsm_json_set(object, "place", place);
	lsm_json_set(object, "outcome", lsm_outcome_name(decision->recognition->outcome));
	lsm_json_set(object, "direction", lsm_way_name(decision->recognition->way));
	lsm_json_set(object, "subject", result->message->subject);
	lsm_json_set(object, "message_id", result->message->message_id);
	if (decision->verdict != NULL)
		lsm_json_set(object, "would", lsm_effect_name(decision->verdict->would));
	if (answer != NULL) {
		lsm_json_set(object, "record", lsm_json_get(answer, "result", NULL));
		lsm_json_set(object, "id", lsm_json_get(answer, "id", NULL));
		lsm_json_set(object, "state", lsm_json_get(answer, "state", NULL));
	}
	lsm_printer_json(object, FALSE);
}

/* "recorded  LS-20261121-K7Q3M" */
static char *
kept_text(JsonObject *answer)
{
	const char *result = lsm_json_get(answer, "result", "");
	const char *id = lsm_json_get(answer, "id", "");

	return g_strdup_printf("%-8s %-17s  ", strcmp(result, "none") == 0 ? "-" : result, id);
}

static void
print_found(const Scan *scan, const char *place, const LsmPreflightResult *result, JsonObject *answer)
{
	const LsmDecision *decision = result->decision;
	g_autofree char *subject = lsm_printer_safe(result->message->subject);
	g_autofree char *safe_place = lsm_printer_safe(place);
	g_autofree char *kept = answer == NULL ? g_strdup("") : kept_text(answer);

	lsm_progress_hide(scan->progress);
	if (scan->json) {
		print_found_json(place, result, answer);
		return;
	}
	printf("%-10s %s%-8s %-8s %s  %s\n", safe_place, kept, lsm_way_name(decision->recognition->way),
	       decision->verdict == NULL ? "-" : lsm_effect_name(decision->verdict->would),
	       decision->recognition->outcome == LSM_OUTCOME_CARRIES ? "(carries)" : "", subject);
}

static void
count_findings(Scan *scan, const LsmVerdict *verdict)
{
	for (guint i = 0; i < verdict->findings->len; i++) {
		gpointer id = (gpointer)((LsmFinding *)g_ptr_array_index(verdict->findings, i))->rule->id;
		guint count = GPOINTER_TO_UINT(g_hash_table_lookup(scan->rules, id));
		g_hash_table_insert(scan->rules, id, GUINT_TO_POINTER(count + 1));
	}
}

static void
count_result(Scan *scan, const LsmPreflightResult *result)
{
	const LsmDecision *decision = result->decision;

	scan->carries += decision->recognition->outcome == LSM_OUTCOME_CARRIES;
	if (decision->recognition->outcome != LSM_OUTCOME_STATEMENT)
		return;
	scan->statements++;
	scan->by_way[decision->recognition->way]++;
	if (decision->verdict != NULL) {
		scan->concern++;
		scan->would[decision->verdict->would]++;
		count_findings(scan, decision->verdict);
	}
}

static Kept
parse_kept(JsonObject *answer)
{
	for (guint i = 0; i < KEPT_FAILED; i++) {
		if (strcmp(kept_rows[i].word, lsm_json_get(answer, "result", "")) == 0)
			return (Kept)i;
	}
	return KEPT_NONE;
}

/* A record that is away ends the work: a second run begins where this one ended. What is wrong with one mail does not
 * keep the others. */
static gboolean
keep(Scan *scan, const char *place, const LsmEnvelope *envelope, const char *mail, gsize length,
     JsonObject **answer_out, GError **error)
{
	g_autoptr(GError) problem = NULL;
	g_autofree char *safe_place = NULL;

	*answer_out = lsm_catch_up_mail(scan->catch_up, envelope, mail, length, &problem);
	if (*answer_out != NULL) {
		scan->kept[parse_kept(*answer_out)]++;
		return TRUE;
	}
	if (!g_error_matches(problem, LSM_ERROR, LSM_ERROR_INPUT)) {
		g_propagate_prefixed_error(error, g_steal_pointer(&problem), "%s: ", place);
		return FALSE;
	}
	lsm_progress_hide(scan->progress);
	safe_place = lsm_printer_safe(place);
	fprintf(stderr, "liaisonctl: %s: %s; left out\n", safe_place, problem->message);
	scan->kept[KEPT_FAILED]++;
	*answer_out = json_object_new();
	lsm_json_set(*answer_out, "result", kept_rows[KEPT_FAILED].word);
	return TRUE;
}

/* A mail without a date that can be read is looked at: better twice than never. */
static gboolean
is_asked_for(const Scan *scan, const LsmMessage *message)
{
	if (message->date == 0)
		return TRUE;
	return (scan->since == 0 || message->date >= scan->since) && (scan->until == 0 || message->date < scan->until);
}

static gboolean
take_result(Scan *scan, const char *place, const LsmEnvelope *envelope, const char *mail, gsize length,
	    const LsmPreflightResult *result, GError **error)
{
	g_autoptr(JsonObject) answer = NULL;

	if (result->decision == NULL)
		return TRUE;
	scan->read++;
	if (!is_asked_for(scan, result->message)) {
		scan->left_out++;
		return TRUE;
	}
	count_result(scan, result);
	if (result->decision->recognition->outcome == LSM_OUTCOME_NONE)
		return TRUE;
	if (scan->catch_up != NULL && result->decision->recognition->outcome == LSM_OUTCOME_STATEMENT &&
	    !keep(scan, place, envelope, mail, length, &answer, error))
		return FALSE;
	print_found(scan, place, result, answer);
	return TRUE;
}

static gboolean
judge(const char *place, const char *mail, gsize length, gpointer data, GError **error)
{
	Scan *scan = data;
	g_autoptr(LsmEnvelope) envelope = lsm_envelope_new("");
	LsmPreflightResult result;
	gboolean done;

	scan->mails++;
	lsm_preflight_judge(scan->preflight, envelope, mail, length, lsm_preflight_envelope_from_header, &result);
	done = take_result(scan, place, envelope, mail, length, &result, error);
	lsm_preflight_result_clear(&result);
	lsm_progress_step(scan->progress, scan->mails);
	return done;
}

/* --- the summary --- */

static JsonObject *
summary_json(const Scan *scan)
{
	JsonObject *object = json_object_new();

	json_object_set_int_member(object, "mails", scan->mails);
	json_object_set_int_member(object, "read", scan->read);
	json_object_set_int_member(object, "left_out", scan->left_out);
	json_object_set_int_member(object, "carry", scan->carries);
	json_object_set_int_member(object, "statements", scan->statements);
	for (guint i = 0; scan->catch_up != NULL && i < KEPT_COUNT; i++) {
		if (kept_rows[i].meaning != NULL)
			json_object_set_int_member(object, kept_rows[i].word, scan->kept[i]);
	}
	return object;
}

static void
print_kept(const Scan *scan)
{
	for (guint i = 0; i < KEPT_COUNT; i++) {
		if (kept_rows[i].meaning != NULL && scan->kept[i] > 0)
			printf("  %6u  %s\n", scan->kept[i], kept_rows[i].meaning);
	}
}

static void
print_summary(const Scan *scan)
{
	GHashTableIter iter;
	gpointer id, count;

	printf("\n%u mail%s: %u passed after the header, %u read; carrying or discussing a statement: %u; "
	       "statements: %u\n",
	       scan->mails, LSM_PRINTER_S(scan->mails), scan->mails - scan->read, scan->read, scan->carries,
	       scan->statements);
	if (scan->left_out > 0)
		printf("  %6u  left out, by their date\n", scan->left_out);
	for (guint way = 0; way <= LSM_WAY_OTHER; way++) {
		if (scan->by_way[way] > 0)
			printf("  %6u  %s\n", scan->by_way[way], lsm_way_name((LsmWay)way));
	}
	if (scan->catch_up != NULL) {
		print_kept(scan);
		return;
	}
	if (scan->statements > 0)
		puts("Fully enforced, they would get:");
	for (guint effect = 0; effect <= LSM_EFFECT_REJECT; effect++) {
		if (scan->would[effect] > 0)
			printf("  %6u  %s\n", scan->would[effect], lsm_effect_name((LsmEffect)effect));
	}
	g_hash_table_iter_init(&iter, scan->rules);
	if (g_hash_table_size(scan->rules) > 0)
		puts("Findings:");
	while (g_hash_table_iter_next(&iter, &id, &count))
		printf("  %6u  %s\n", GPOINTER_TO_UINT(count), (const char *)id);
	if (scan->concern > 0)
		printf("With --record, those of these %u that are not on record yet would be put there.\n",
		       scan->concern);
}

static void
print_end(const Scan *scan)
{
	g_autoptr(JsonObject) object = NULL;

	if (!scan->json) {
		print_summary(scan);
		return;
	}
	object = summary_json(scan);
	lsm_printer_json(object, FALSE);
}

/* --- the command --- */

static gboolean
parse_times(Scan *scan, const char *since, const char *until, GError **error)
{
	gint64 now = g_get_real_time() / G_USEC_PER_SEC;

	if ((since != NULL && !lsm_when_since(since, now, &scan->since, error)) ||
	    (until != NULL && !lsm_when_until(until, now, &scan->until, error)))
		return FALSE;
	scan->since /= G_USEC_PER_SEC;
	scan->until /= G_USEC_PER_SEC;
	return TRUE;
}

static gboolean
run(Scan *scan, const char *path, GError **error)
{
	g_autoptr(GHashTable) rules = g_hash_table_new(g_str_hash, g_str_equal);
	gboolean done;

	scan->rules = rules;
	scan->progress = lsm_progress_new("mails", 0);
	done = lsm_mailbox_walk(path, judge, scan, error);
	lsm_progress_free(scan->progress);
	scan->progress = NULL;
	/* What was done until then was done. */
	if (done || scan->catch_up != NULL)
		print_end(scan);
	return done;
}

int
lsm_cmd_scan(const LsmCtlOptions *options, int argc, char **argv, GError **error)
{
	gboolean record = FALSE, dry_run = FALSE;
	g_autofree char *since = NULL;
	g_autofree char *until = NULL;
	Scan scan = {.json = options->json};
	g_autoptr(LsmPreflight) preflight = NULL;
	g_autoptr(LsmCatchUp) catch_up = NULL;
	const GOptionEntry entries[] = {
		{"record", 0, 0, G_OPTION_ARG_NONE, &record, NULL, NULL},
		{"dry-run", 'n', 0, G_OPTION_ARG_NONE, &dry_run, NULL, NULL},
		{"since", 0, 0, G_OPTION_ARG_STRING, &since, NULL, NULL},
		{"until", 0, 0, G_OPTION_ARG_STRING, &until, NULL, NULL},
		G_OPTION_ENTRY_NULL,
	};

	if (!lsm_ctl_parse(&argc, &argv, entries, error) ||
	    !lsm_ctl_expect(argc, 1, "one mbox file or maildir", error) || !parse_times(&scan, since, until, error))
		return 2;
	/* The record's own settings say what a statement is; a look at an archive does with the samples. */
	preflight = lsm_preflight_new(
		record && options->config == NULL ? LSM_CTL_DEFAULT_CONFIG : options->config, TRUE, error);
	if (preflight == NULL)
		return 2;
	if (record)
		catch_up = lsm_catch_up_new(options, dry_run, error);
	if (record && catch_up == NULL)
		return 2;
	scan.preflight = preflight;
	scan.catch_up = catch_up;
	if (!run(&scan, argv[1], error))
		return 2;
	return scan.kept[KEPT_FAILED] > 0 ? 1 : 0;
}
