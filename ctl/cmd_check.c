/*
 * cmd_check.c - liaisonctl check: what would the gate say to this mail?
 */
#include <stdio.h>
#include <string.h>

#include "conf/error.h"
#include "ctl/command.h"
#include "ctl/documents.h"
#include "ctl/preflight.h"
#include "ctl/printer.h"
#include "desk/json.h"
#include "rules/guidance.h"

typedef struct {
	char *sender;
	char **recipients;
	char *login;
	char *client;
	char *daemon;
	gboolean enforce;
	gboolean explain;
} CheckOptions;

static void
options_clear(CheckOptions *options)
{
	g_free(options->sender);
	g_strfreev(options->recipients);
	g_free(options->login);
	g_free(options->client);
	g_free(options->daemon);
}

static LsmEnvelope *
make_envelope(const CheckOptions *options)
{
	LsmEnvelope *envelope = lsm_envelope_new(options->sender == NULL ? "" : options->sender);

	for (guint i = 0; options->recipients != NULL && options->recipients[i] != NULL; i++)
		lsm_envelope_add_recipient(envelope, options->recipients[i]);
	envelope->login = g_strdup(options->login);
	envelope->client_address = g_strdup(options->client);
	envelope->daemon_name = g_strdup(options->daemon);
	return envelope;
}

static gboolean
read_mail(const char *path, char **mail_out, gsize *length_out, GError **error)
{
	g_autoptr(GError) problem = NULL;

	if (g_file_get_contents(strcmp(path, "-") == 0 ? "/dev/stdin" : path, mail_out, length_out, &problem))
		return TRUE;
	/* Not the INPUT class: callers of check know status 2 for "unreadable". */
	g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE, "%s", problem->message);
	return FALSE;
}

/* --- JSON --- */

static const char *
json_direction(LsmWay way)
{
	switch (way) {
	case LSM_WAY_TOOL:
	case LSM_WAY_LIST:
		return "other";
	default:
		return lsm_way_name(way);
	}
}

static JsonArray *
purposes_json(const LsmStatement *statement)
{
	JsonArray *array = json_array_new();
	const GPtrArray *values = statement->values[LSM_FIELD_PURPOSE];

	for (guint i = 0; i < values->len; i++) {
		const LsmValue *value = g_ptr_array_index(values, i);
		JsonObject *purpose = json_object_new();

		lsm_json_set(purpose, "label", value->value);
		lsm_json_set_strings(purpose, "to", (const char *const *)value->to);
		json_array_add_object_element(array, purpose);
	}
	return array;
}

static void
set_field(JsonObject *object, const LsmStatement *statement, LsmFieldId field)
{
	const char *name = lsm_field_json_name(field);
	const char *first = lsm_statement_first(statement, field);
	g_auto(GStrv) list = NULL;

	switch (field) {
	case LSM_FIELD_PURPOSE:
		json_object_set_array_member(object, name, purposes_json(statement));
		break;
	case LSM_FIELD_FROM:
	case LSM_FIELD_TO:
	case LSM_FIELD_FROM_CONTACT:
	case LSM_FIELD_TO_CONTACT:
	case LSM_FIELD_CC:
		list = lsm_statement_list(statement, field);
		lsm_json_set_strings(object, name, (const char *const *)list);
		break;
	default:
		if (first == NULL)
			json_object_set_null_member(object, name);
		else
			json_object_set_string_member(object, name, first);
	}
}

/* What the reader found behind attachment i, itself first and then its members; NULL where it was not opened. */
static const LsmAttachmentText *
reading_of(const LsmRecognition *recognition, guint i)
{
	const GPtrArray *readings = recognition->readings;

	for (guint k = 0; readings != NULL && k < readings->len; k++) {
		const LsmAttachmentText *text = g_ptr_array_index(readings, k);

		if (text->part == i && !text->is_inside)
			return text;
	}
	return NULL;
}

static void
set_reading(JsonObject *item, const LsmAttachmentText *text)
{
	const char *word = text == NULL ? "not opened"
			   : lsm_attachment_text_is_whole(text) ? "read"
								: "unreadable";

	lsm_json_set(item, "reading", word);
	lsm_json_set(item, "why", text == NULL ? "nothing asked for it" : lsm_attachment_text_reason(text));
}

static JsonArray *
members_json(const LsmRecognition *recognition, guint i)
{
	const GPtrArray *readings = recognition->readings;
	JsonArray *members = json_array_new();

	for (guint k = 0; readings != NULL && k < readings->len; k++) {
		const LsmAttachmentText *text = g_ptr_array_index(readings, k);
		JsonObject *item;

		if (text->part != i || !text->is_inside)
			continue;
		item = json_object_new();
		lsm_json_set(item, "name", text->name);
		lsm_json_set(item, "real_type", text->type);
		set_reading(item, text);
		json_array_add_object_element(members, item);
	}
	return members;
}

static JsonArray *
attachments_json(const LsmRecognition *recognition, const LsmMessage *message)
{
	JsonArray *attachments = json_array_new();

	for (guint i = 0; i < message->attachments->len; i++) {
		const LsmAttachment *attachment = g_ptr_array_index(message->attachments, i);
		const LsmAttachmentText *text = reading_of(recognition, i);
		JsonObject *item = json_object_new();

		lsm_json_set(item, "name", attachment->file_name == NULL ? "" : attachment->file_name);
		lsm_json_set(item, "type", attachment->declared_type);
		lsm_json_set(item, "real_type", text != NULL ? text->type : attachment->real_type);
		json_object_set_int_member(item, "size", (gint64)attachment->size);
		lsm_json_set(item, "sha256", attachment->sha256);
		set_reading(item, text);
		json_object_set_array_member(item, "members", members_json(recognition, i));
		json_array_add_object_element(attachments, item);
	}
	return attachments;
}

static JsonObject *
statement_json(const LsmRecognition *recognition, const LsmMessage *message)
{
	const LsmStatement *statement = recognition->statement;
	JsonObject *object = json_object_new();

	for (guint field = 0; field < LSM_FIELD_COUNT; field++)
		set_field(object, statement, (LsmFieldId)field);
	lsm_json_set(object, "form", statement->form);
	lsm_json_set(object, "metadata", lsm_metadata_place_name(recognition->metadata));
	json_object_set_array_member(object, "attachments", attachments_json(recognition, message));
	return object;
}

static JsonArray *
findings_json(const LsmVerdict *verdict, gint64 now)
{
	JsonArray *array = json_array_new();

	for (guint i = 0; i < verdict->findings->len; i++) {
		const LsmFinding *finding = g_ptr_array_index(verdict->findings, i);
		JsonObject *item = json_object_new();
		g_auto(GStrv) requirements = g_strsplit(finding->rule->requirements, " ", -1);
		g_autofree char *text = lsm_guidance_finding(finding, now);

		lsm_json_set(item, "rule", finding->rule->id);
		lsm_json_set_strings(item, "requirement", (const char *const *)requirements);
		lsm_json_set(item, "effect", finding->unknown ? "unknown" : lsm_effect_name(finding->effect));
		lsm_json_set(item, "mode", lsm_mode_name(finding->mode));
		lsm_json_set(item, "text", text);
		json_array_add_object_element(array, item);
	}
	return array;
}

static JsonArray *
evidence_json(const LsmRecognition *recognition)
{
	JsonArray *array = json_array_new();

	for (guint i = 0; i < recognition->evidence->len; i++) {
		const LsmEvidence *evidence = g_ptr_array_index(recognition->evidence, i);
		JsonObject *item = json_object_new();

		json_object_set_int_member(item, "weight", evidence->weight);
		lsm_json_set(item, "what", evidence->what);
		lsm_json_set(item, "reason", evidence->reason);
		json_array_add_object_element(array, item);
	}
	return array;
}

static void
add_edit(JsonArray *array, const char *what, const char *name, const char *value)
{
	g_autofree char *text = value == NULL ? g_strdup_printf("%s %s", what, name)
					      : g_strdup_printf("%s %s: %s", what, name, value);

	json_array_add_string_element(array, text);
}

static JsonArray *
edits_json(const LsmPlan *plan)
{
	JsonArray *array = json_array_new();

	for (guint i = 0; i < plan->add_recipients->len; i++)
		add_edit(array, "add recipient", g_ptr_array_index(plan->add_recipients, i), NULL);
	for (guint i = 0; i < plan->remove_recipients->len; i++)
		add_edit(array, "remove recipient", g_ptr_array_index(plan->remove_recipients, i), NULL);
	for (guint i = 0; i < plan->remove_headers->len; i++)
		add_edit(array, "remove header",
			 ((LsmHeaderEdit *)g_ptr_array_index(plan->remove_headers, i))->name, NULL);
	for (guint i = 0; i < plan->add_headers->len; i++) {
		const LsmHeaderEdit *edit = g_ptr_array_index(plan->add_headers, i);
		add_edit(array, "add header", edit->name, edit->value);
	}
	if (plan->reply == LSM_REPLY_DISCARD)
		json_array_add_string_element(array, "deliver to nobody");
	return array;
}

static const char off_text[] = "off: no mail is looked at; this is what mode = enforce would say";

/* Members and sentence are those of explain, but where all is off. */
static void
set_scope(JsonObject *object, const LsmVerdict *verdict, gboolean is_off)
{
	g_autofree char *sentence = NULL;

	if (is_off) {
		lsm_json_set(object, "scope", "nothing");
		lsm_json_set(object, "mode", off_text);
		return;
	}
	if (verdict == NULL)
		return;
	sentence = lsm_scope_sentence(verdict->scope.reason, verdict->scope.entry);
	lsm_json_set(object, "scope", lsm_scope_word(verdict->scope.reason));
	lsm_json_set(object, "mode", sentence);
}

/* A mail that screening let pass has the shape of one in which nothing was found. */
static JsonObject *
result_json(const LsmPreflightResult *result, gboolean is_off)
{
	JsonObject *object = json_object_new();
	gint64 now = g_get_real_time() / G_USEC_PER_SEC;
	const LsmRecognition *recognition = result->decision == NULL ? NULL : result->decision->recognition;
	const LsmVerdict *verdict = result->decision == NULL ? NULL : result->decision->verdict;
	const LsmPlan *plan = result->decision == NULL ? NULL : result->decision->plan;

	lsm_json_set(object, "outcome",
		     lsm_outcome_name(recognition == NULL ? LSM_OUTCOME_NONE : recognition->outcome));
	lsm_json_set(object, "direction",
		     json_direction(recognition == NULL ? LSM_WAY_OTHER : recognition->way));
	if (recognition == NULL || recognition->statement == NULL)
		json_object_set_null_member(object, "statement");
	else
		json_object_set_object_member(object, "statement",
					      statement_json(recognition, result->message));
	json_object_set_array_member(object, "evidence",
				     recognition == NULL ? json_array_new() : evidence_json(recognition));
	json_object_set_int_member(object, "attachments_read",
				   result->decision == NULL ? 0 : result->decision->attachments_read);
	json_object_set_array_member(object, "findings",
				     verdict == NULL ? json_array_new() : findings_json(verdict, now));
	lsm_json_set(object, "verdict", verdict == NULL ? "record" : lsm_effect_name(verdict->effect));
	lsm_json_set(object, "would", verdict == NULL ? "record" : lsm_effect_name(verdict->would));
	lsm_json_set(object, "limited", verdict == NULL ? NULL : verdict->limited);
	set_scope(object, verdict, is_off);
	json_object_set_boolean_member(object, "certain", recognition != NULL && recognition->certain);
	lsm_json_set_strings(object, "reply", plan == NULL ? NULL : (const char *const *)plan->reply_lines);
	json_object_set_array_member(object, "edits", plan == NULL ? json_array_new() : edits_json(plan));
	return object;
}

/* --- text --- */

static void
print_line(const char *label, const char *text)
{
	g_autofree char *safe = lsm_printer_safe(text);

	printf("%-12s %s\n", label, safe);
}

static void
print_fields(const LsmStatement *statement)
{
	for (guint field = 0; field < LSM_FIELD_COUNT; field++) {
		const GPtrArray *values = statement->values[field];

		for (guint i = 0; i < values->len; i++) {
			const LsmValue *value = g_ptr_array_index(values, i);
			g_autofree char *text = g_strdup_printf("%s   (%s)", value->value, value->where);
			g_autofree char *label =
				g_strdup_printf("  %s", lsm_field_json_name((LsmFieldId)field));

			g_strdelimit(label, "_", '-');
			print_line(label, text);
		}
	}
}

/* To add a place: a row. */
static const char *const places[] = {
	[LSM_METADATA_NONE] = "nowhere: concluded from header, envelope and directory",
	[LSM_METADATA_TEXT] = "in the mail",
	[LSM_METADATA_ATTACHMENT] = "in an attachment only",
	[LSM_METADATA_BOTH] = "in the mail and in an attachment",
};

static void
print_attachments(const LsmRecognition *recognition, const LsmMessage *message)
{
	for (guint i = 0; i < message->attachments->len; i++) {
		const LsmAttachment *attachment = g_ptr_array_index(message->attachments, i);
		const LsmAttachmentText *text = reading_of(recognition, i);
		const char *type = text != NULL ? text->type : attachment->real_type;
		g_autofree char *line = g_strdup_printf(
			"%s, %s, %" G_GSIZE_FORMAT " octets: %s",
			attachment->file_name != NULL ? attachment->file_name : "without a name",
			type != NULL ? type : attachment->declared_type, attachment->size,
			text != NULL ? lsm_attachment_text_reason(text) : "not opened");

		print_line("Attachment:", line);
	}
}

static void
print_findings(const LsmVerdict *verdict)
{
	for (guint i = 0; i < verdict->findings->len; i++) {
		const LsmFinding *finding = g_ptr_array_index(verdict->findings, i);
		g_autofree char *text = lsm_guidance_finding(finding, g_get_real_time() / G_USEC_PER_SEC);
		g_autofree char *safe = lsm_printer_safe(text);

		printf("  %u. %s [%s, section %s%s]\n     %s\n", i + 1, finding->rule->id,
		       finding->rule->requirements, finding->rule->section,
		       finding->unknown ? ", unknown without the record" : "", safe);
	}
}

static void
print_evidence(const LsmRecognition *recognition)
{
	if (recognition->evidence->len == 0)
		puts("  none");
	for (guint i = 0; i < recognition->evidence->len; i++) {
		const LsmEvidence *evidence = g_ptr_array_index(recognition->evidence, i);
		g_autofree char *what = lsm_printer_safe(evidence->what);

		printf("  %+4d  %s%s%s\n", evidence->weight, what, evidence->reason != NULL ? ": " : "",
		       evidence->reason != NULL ? evidence->reason : "");
	}
}

static void
print_reply(const LsmPlan *plan)
{
	if (plan->reply_lines == NULL)
		return;
	puts("Reply:");
	for (guint i = 0; plan->reply_lines[i] != NULL; i++)
		printf("  %s%c%s %s\n", plan->reply_code, plan->reply_lines[i + 1] == NULL ? ' ' : '-',
		       plan->reply_status, plan->reply_lines[i]);
}

static void
print_verdict(const LsmVerdict *verdict, gboolean is_off)
{
	g_autofree char *mode = is_off ? g_strdup(off_text)
				       : lsm_scope_sentence(verdict->scope.reason, verdict->scope.entry);
	g_autofree char *text = NULL;

	if (verdict->effect == verdict->would)
		text = g_strdup(lsm_effect_name(verdict->effect));
	else
		text = g_strdup_printf("%s (fully enforced: %s; weaker because of: %s)",
				       lsm_effect_name(verdict->effect), lsm_effect_name(verdict->would),
				       verdict->limited == NULL ? "modes" : verdict->limited);
	print_line("Verdict:", text);
	print_line("Mode:", mode);
}

static void
print_text(const LsmPreflightResult *result, const LsmPreflight *preflight, gboolean explain)
{
	const LsmDecision *decision = result->decision;

	if (preflight->is_off)
		puts("The filter is off (mode = off): all mail passes, whatever it is. With mode = enforce:\n");
	if (decision == NULL) {
		puts("Ordinary mail: passes after its header, nothing is read or recorded.");
		return;
	}
	print_line("Outcome:", lsm_outcome_name(decision->recognition->outcome));
	print_line("Direction:", lsm_way_name(decision->recognition->way));
	if (explain) {
		puts("Evidence:");
		print_evidence(decision->recognition);
	}
	if (decision->recognition->statement != NULL) {
		print_line("Read as:", decision->recognition->statement->form);
		print_line("Fields:", places[decision->recognition->metadata]);
		print_fields(decision->recognition->statement);
	}
	print_attachments(decision->recognition, result->message);
	if (explain && decision->recognition->statement != NULL)
		lsm_documents_print(decision->recognition->statement->text, preflight->settings->documents);
	if (decision->verdict == NULL)
		return;
	if (decision->verdict->findings->len > 0)
		puts("To mend:");
	print_findings(decision->verdict);
	print_verdict(decision->verdict, preflight->is_off);
	print_reply(decision->plan);
}

static int
check_mail(const LsmCtlOptions *shared, const CheckOptions *options, const char *path, GError **error)
{
	g_autoptr(LsmPreflight) preflight = lsm_preflight_new(shared->config, options->enforce, error);
	g_autoptr(LsmEnvelope) envelope = make_envelope(options);
	g_autofree char *mail = NULL;
	LsmPreflightResult result;
	gsize length = 0;
	gboolean has_findings;

	if (preflight == NULL || !read_mail(path, &mail, &length, error))
		return 2;
	lsm_preflight_judge(preflight, envelope, mail, length, lsm_preflight_envelope_from_header, &result);
	if (shared->json) {
		g_autoptr(JsonObject) object = result_json(&result, preflight->is_off);
		lsm_printer_json(object, FALSE);
	} else {
		print_text(&result, preflight, options->explain);
	}
	has_findings = result.decision != NULL && result.decision->verdict != NULL &&
		       result.decision->verdict->findings->len > 0;
	lsm_preflight_result_clear(&result);
	return has_findings ? 1 : 0;
}

int
lsm_cmd_check(const LsmCtlOptions *shared, int argc, char **argv, GError **error)
{
	CheckOptions options = {NULL, NULL, NULL, NULL, NULL, FALSE, FALSE};
	const GOptionEntry entries[] = {
		{"sender", 0, 0, G_OPTION_ARG_STRING, &options.sender, NULL, NULL},
		{"recipient", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.recipients, NULL, NULL},
		{"login", 0, 0, G_OPTION_ARG_STRING, &options.login, NULL, NULL},
		{"client", 0, 0, G_OPTION_ARG_STRING, &options.client, NULL, NULL},
		{"daemon", 0, 0, G_OPTION_ARG_STRING, &options.daemon, NULL, NULL},
		{"enforce", 0, 0, G_OPTION_ARG_NONE, &options.enforce, NULL, NULL},
		{"explain", 0, 0, G_OPTION_ARG_NONE, &options.explain, NULL, NULL},
		G_OPTION_ENTRY_NULL,
	};
	int status = 2;

	if (lsm_ctl_parse(&argc, &argv, entries, error) &&
	    lsm_ctl_expect(argc, 1, "one mail file (or -)", error))
		status = check_mail(shared, &options, argv[1], error);
	options_clear(&options);
	return status;
}
