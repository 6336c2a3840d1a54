/*
 * cmd_scan.c - liaisonctl scan: an archive through the daemon's own code, before anything is installed.
 *
 * One mail at a time: an mbox of any size needs no more memory than its largest mail (and that is capped).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/error.h"
#include "ctl/command.h"
#include "ctl/preflight.h"
#include "ctl/printer.h"
#include "desk/json.h"

#define MAX_MAIL (64u << 20) /* octets of one mail that are kept; the rest is left out, like at the gate */

typedef struct {
	LsmPreflight *preflight;
	gboolean json;
	guint mails, read, carries, statements;
	guint by_way[LSM_WAY_OTHER + 1];
	guint would[LSM_EFFECT_REJECT + 1];
	GHashTable *rules; /* rule id (static) -> count */
} Scan;

static void
print_found_json(const char *place, const LsmPreflightResult *result)
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
	lsm_printer_json(object, FALSE);
}

static void
print_found(const Scan *scan, const char *place, const LsmPreflightResult *result)
{
	const LsmDecision *decision = result->decision;
	g_autofree char *subject = lsm_printer_safe(result->message->subject);

	if (scan->json) {
		print_found_json(place, result);
		return;
	}
	printf("%-10s %-8s %-8s %s  %s\n", place, lsm_way_name(decision->recognition->way),
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

	scan->read++;
	scan->carries += decision->recognition->outcome == LSM_OUTCOME_CARRIES;
	if (decision->recognition->outcome != LSM_OUTCOME_STATEMENT)
		return;
	scan->statements++;
	scan->by_way[decision->recognition->way]++;
	if (decision->verdict != NULL) {
		scan->would[decision->verdict->would]++;
		count_findings(scan, decision->verdict);
	}
}

static void
judge(Scan *scan, const char *place, const char *mail, gsize length)
{
	g_autoptr(LsmEnvelope) envelope = lsm_envelope_new("");
	LsmPreflightResult result;

	scan->mails++;
	lsm_preflight_judge(scan->preflight, envelope, mail, length, lsm_preflight_envelope_from_header,
			    &result);
	if (result.decision != NULL) {
		count_result(scan, &result);
		if (result.decision->recognition->outcome != LSM_OUTCOME_NONE)
			print_found(scan, place, &result);
	}
	lsm_preflight_result_clear(&result);
	if (isatty(STDERR_FILENO) && scan->mails % 500 == 0)
		fprintf(stderr, "\r%u mails, %u statements", scan->mails, scan->statements);
}

static void
judge_collected(Scan *scan, GString *mail, gint64 offset)
{
	g_autofree char *place = g_strdup_printf("@%" G_GINT64_FORMAT, offset);

	if (mail->len > 0)
		judge(scan, place, mail->str, mail->len);
	g_string_truncate(mail, 0);
}

/* mboxrd: a "From " line after an empty one begins a mail; ">From " loses one '>'. */
static gboolean
scan_mbox(Scan *scan, FILE *file, GError **error)
{
	g_autoptr(GString) mail = g_string_new(NULL);
	g_autofree char *line = NULL;
	size_t size = 0;
	ssize_t length;
	gint64 offset = 0, start = 0;
	gboolean after_empty = TRUE;

	while ((length = getline(&line, &size, file)) > 0) {
		const char *begin = line;

		if (after_empty && strncmp(line, "From ", 5) == 0) {
			judge_collected(scan, mail, start);
			start = offset;
		} else {
			if (line[0] == '>' && strncmp(line + strspn(line, ">"), "From ", 5) == 0)
				begin++;
			if (mail->len < MAX_MAIL)
				g_string_append_len(mail, begin, length - (begin - line));
		}
		after_empty = strcmp(line, "\n") == 0 || strcmp(line, "\r\n") == 0;
		offset += length;
	}
	judge_collected(scan, mail, start);
	if (!ferror(file))
		return TRUE;
	g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE, "reading: %s", g_strerror(errno));
	return FALSE;
}

static gboolean
scan_folder(Scan *scan, const char *path, GError **error)
{
	g_autoptr(GError) problem = NULL;
	g_autoptr(GDir) folder = g_dir_open(path, 0, &problem);
	const char *name;

	if (folder == NULL) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE, "%s", problem->message);
		return FALSE;
	}
	while ((name = g_dir_read_name(folder)) != NULL) {
		g_autofree char *file = g_build_filename(path, name, NULL);
		g_autofree char *mail = NULL;
		gsize length;

		if (name[0] == '.' || !g_file_test(file, G_FILE_TEST_IS_REGULAR))
			continue;
		if (g_file_get_contents(file, &mail, &length, NULL))
			judge(scan, name, mail, length);
		else
			fprintf(stderr, "liaisonctl: %s cannot be read; left out\n", file);
	}
	return TRUE;
}

static gboolean
scan_maildir(Scan *scan, const char *path, GError **error)
{
	g_autofree char *current = g_build_filename(path, "cur", NULL);
	g_autofree char *fresh = g_build_filename(path, "new", NULL);

	if (!g_file_test(current, G_FILE_TEST_IS_DIR))
		return scan_folder(scan, path, error);
	return scan_folder(scan, current, error) &&
	       (!g_file_test(fresh, G_FILE_TEST_IS_DIR) || scan_folder(scan, fresh, error));
}

static gboolean
scan_path(Scan *scan, const char *path, GError **error)
{
	FILE *file;
	gboolean done;

	if (g_file_test(path, G_FILE_TEST_IS_DIR))
		return scan_maildir(scan, path, error);
	file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	if (file == NULL) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE, "%s: %s", path, g_strerror(errno));
		return FALSE;
	}
	done = scan_mbox(scan, file, error);
	if (file != stdin)
		fclose(file);
	return done;
}

static JsonObject *
summary_json(const Scan *scan)
{
	JsonObject *object = json_object_new();

	json_object_set_int_member(object, "mails", scan->mails);
	json_object_set_int_member(object, "read", scan->read);
	json_object_set_int_member(object, "carry", scan->carries);
	json_object_set_int_member(object, "statements", scan->statements);
	return object;
}

static void
print_summary(const Scan *scan)
{
	GHashTableIter iter;
	gpointer id, count;

	printf("\n%u mails: %u passed after their header, %u were read, %u carry or discuss a statement, %u "
	       "are statements\n",
	       scan->mails, scan->mails - scan->read, scan->read, scan->carries, scan->statements);
	for (guint way = 0; way <= LSM_WAY_OTHER; way++) {
		if (scan->by_way[way] > 0)
			printf("  %6u  %s\n", scan->by_way[way], lsm_way_name((LsmWay)way));
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
}

int
lsm_cmd_scan(const LsmCtlOptions *options, int argc, char **argv, GError **error)
{
	Scan scan = {.json = options->json};
	g_autoptr(LsmPreflight) preflight = NULL;
	g_autoptr(GHashTable) rules = g_hash_table_new(g_str_hash, g_str_equal);

	if (!lsm_ctl_expect(argc, 1, "one mbox file or maildir", error))
		return 2;
	preflight = lsm_preflight_new(options->config, TRUE, error);
	if (preflight == NULL)
		return 2;
	scan.preflight = preflight;
	scan.rules = rules;
	if (!scan_path(&scan, argv[1], error))
		return 2;
	if (isatty(STDERR_FILENO) && scan.mails >= 500)
		fputs("\r\033[K", stderr);
	if (options->json) {
		g_autoptr(JsonObject) object = summary_json(&scan);
		lsm_printer_json(object, FALSE);
	} else {
		print_summary(&scan);
	}
	return 0;
}
