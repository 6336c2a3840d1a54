/*
 * rules_fixture.h - one good outgoing statement, built by hand, for the tests of rules and verdicts.
 *
 * Tests change it by a string of edits "KEY=VALUE;KEY=VALUE" (fixture_edit): a field of our block by its
 * label (an empty VALUE takes it away), or one of the keys of the table below; "~" in a VALUE is ";". All
 * memory belongs to the fixture.
 */
#ifndef LSM_TESTS_RULES_FIXTURE_H
#define LSM_TESTS_RULES_FIXTURE_H

#include <string.h>

#include "conf/settings.h"
#include "rules/rule.h"
#include "rules/verdict.h"
#include "tests/lib/documents_fixture.h"

/* 2026-11-21 12:00 UTC */
#define FIXTURE_NOW G_GINT64_CONSTANT(1795262400)

static const char fixture_directory[] =
	"home \"IETF\" {\n"
	"  domains = {\"ietf.org\", \"iab.org\", \"irtf.org\"}\n"
	"  liaison-contact = \"liaison-coordination@iab.org\"\n"
	"  body \"IETF\" { level = organization approvers = {\"chair@ietf.org\"} }\n"
	"  body \"IESG\" { level = organization approvers = {\"chair@ietf.org\"} }\n"
	"  body \"IAB\" { level = organization approvers = {\"iab-chair@iab.org\"} }\n"
	"  body \"IRTF\" { level = research initiates = false approvers = {\"irtf-chair@irtf.org\"} }\n"
	"  area \"ops\" { name = \"Operations and Management\" directors = {\"ops-ads@ietf.org\", "
	"\"ad1@example.org\"} }\n"
	"  group \"ippm\" { area = \"ops\" chairs = {\"ippm-chairs@ietf.org\"} list = \"ippm@ietf.org\" }\n"
	"  group \"opsawg\" { area = \"ops\" chairs = {\"opsawg-chairs@ietf.org\", \"second@example.org\"} list = "
	"\"opsawg@ietf.org\" }\n"
	"  person \"A. Director\" { addresses = {\"ad1@example.org\"} role \"ops\" { from = 2026-03-01 } }\n"
	"  person \"C. Hair\" { addresses = {\"chair1@example.org\"} role \"ippm\" {} }\n"
	"  person \"S. Econd\" { addresses = {\"s.econd@example.org\", \"second@example.org\"} }\n"
	"  person \"F. Ormer\" { addresses = {\"former@example.org\"} role \"opsawg\" { until = 2026-03-01 } }\n"
	"  person \"B. Roker\" { addresses = {\"broker@example.org\", \"bbf-manager@ietf.org\"} }\n"
	"  person \"S. Omebody\" { addresses = {\"somebody@example.org\"} }\n"
	"  person \"C. Oordinator\" { addresses = {\"coord@example.org\"} role \"coordinator\" {} }\n"
	"}\n"
	"organization \"Broadband Forum\" {\n"
	"  names = {\"Broadband Forum\", \"BBF\"}\n"
	"  domains = {\"bbf.example\"}\n"
	"  liaison-manager = \"bbf-manager@ietf.org\"\n"
	"  send-to = {\"liaisons@bbf.example\"}\n"
	"}\n"
	"organization \"Society of Cables\" {\n"
	"  domains = {\"cables.example\"}\n"
	"  send-to = {\"statements@cables.example\"}\n"
	"}\n";

static const char fixture_mail[] = "From: \"C. Hair\" <chair1@example.org>\r\n"
				   "To: liaisons@bbf.example\r\n"
				   "Subject: STAMP YANG review\r\n"
				   "Message-ID: <1@example.org>\r\n"
				   "\r\n"
				   "Please find our view of the STAMP model below.\r\n";

typedef struct {
	LsmSettings *settings;
	LsmMessage *message;
	LsmEnvelope *envelope;
	LsmRecognition recognition;
	LsmFacts *facts;
	LsmCheckInput input;
} Fixture;

G_GNUC_UNUSED static LsmSettings *
fixture_settings(void)
{
	LsmSettings *settings = g_new0(LsmSettings, 1);
	GError *error = NULL;

	settings->mode = LSM_MODE_ENFORCE;
	settings->rule_set = g_strdup("bis-05");
	settings->guidance_dir = g_strdup("");
	settings->trusted_tool_senders = g_new0(char *, 1);
	settings->enforce_groups = g_new0(char *, 1);
	settings->enforce_senders = g_new0(char *, 1);
	settings->enforce_organizations = g_new0(char *, 1);
	settings->enforce_rules = g_new0(char *, 1);
	settings->max_message_size = 1048576;
	settings->max_header_count = 1000;
	settings->max_header_size = 262144;
	settings->max_boundary_lines = 1000;
	settings->max_parts = 100;
	settings->max_depth = 20;
	settings->rule_modes = g_array_new(FALSE, TRUE, sizeof(LsmRuleMode));
	settings->directory =
		lsm_directory_parse(fixture_directory, strlen(fixture_directory), "fixture", &error);
	g_assert_no_error(error);
	return settings;
}

G_GNUC_UNUSED static void
fixture_settings_free(LsmSettings *settings)
{
	for (guint i = 0; i < settings->rule_modes->len; i++)
		g_free(g_array_index(settings->rule_modes, LsmRuleMode, i).rule);
	g_array_unref(settings->rule_modes);
	g_free(settings->rule_set);
	g_free(settings->guidance_dir);
	g_free(settings->check_address);
	g_strfreev(settings->trusted_tool_senders);
	g_strfreev(settings->enforce_groups);
	g_strfreev(settings->enforce_senders);
	g_strfreev(settings->enforce_organizations);
	g_strfreev(settings->enforce_rules);
	lsm_directory_free(settings->directory);
	lsm_documents_free(settings->documents);
	g_free(settings);
}

static const struct {
	LsmFieldId field;
	const char *value;
} fixture_values[] = {
	{LSM_FIELD_FROM, "IETF IPPM Working Group"},
	{LSM_FIELD_FROM_CONTACT, "ippm-chairs@ietf.org"},
	{LSM_FIELD_SEND_REPLY_TO, "liaison-coordination@iab.org"},
	{LSM_FIELD_TO, "Broadband Forum"},
	{LSM_FIELD_TO_CONTACT, "liaisons@bbf.example"},
	{LSM_FIELD_PURPOSE, "information"},
	{LSM_FIELD_SUBJECT, "STAMP YANG review"},
};

G_GNUC_UNUSED static LsmStatement *
fixture_statement(void)
{
	LsmStatement *statement = lsm_statement_new("labelled");

	for (guint i = 0; i < G_N_ELEMENTS(fixture_values); i++)
		lsm_statement_add(statement, fixture_values[i].field, fixture_values[i].value, NULL,
				  "body line 1", LSM_CONFIDENCE_EXPLICIT);
	g_free(statement->text);
	statement->text = g_strdup("Please find our view of the STAMP model below. It is the consensus of the "
				   "working group, found on the list.");
	statement->has_opening_line = TRUE;
	statement->is_new = TRUE;
	return statement;
}

static void
fixture_set_from_bodies(Fixture *fixture, const char *value)
{
	g_clear_pointer(&fixture->recognition.from_bodies, g_ptr_array_unref);
	fixture->recognition.from_bodies = lsm_directory_match_bodies(fixture->settings->directory, value);
}

static void
fixture_set_organizations(Fixture *fixture, const char *value)
{
	g_clear_pointer(&fixture->recognition.to_organizations, g_ptr_array_unref);
	fixture->recognition.to_organizations =
		lsm_directory_match_organizations(fixture->settings->directory, value);
}

G_GNUC_UNUSED static Fixture *
fixture_new(void)
{
	Fixture *fixture = g_new0(Fixture, 1);
	LsmCollector *collector;

	fixture->settings = fixture_settings();
	collector = lsm_collector_new(fixture->settings);
	lsm_collector_add_mail(collector, fixture_mail, strlen(fixture_mail));
	fixture->message = lsm_message_parse(collector, fixture->settings);
	lsm_collector_free(collector);
	fixture->envelope = lsm_envelope_new("<chair1@example.org>");
	fixture->envelope->login = g_strdup("chair1@example.org");
	lsm_envelope_add_recipient(fixture->envelope, "<liaisons@bbf.example>");
	lsm_envelope_add_recipient(fixture->envelope, "<ippm@ietf.org>");
	lsm_envelope_add_recipient(fixture->envelope, "<ippm-chairs@ietf.org>");
	lsm_envelope_add_recipient(fixture->envelope, "<ops-ads@ietf.org>");
	lsm_envelope_add_recipient(fixture->envelope, "<bbf-manager@ietf.org>");
	fixture->recognition.outcome = LSM_OUTCOME_STATEMENT;
	fixture->recognition.way = LSM_WAY_OUTGOING;
	fixture->recognition.certain = TRUE;
	fixture->recognition.verified = TRUE;
	fixture->recognition.statement = fixture_statement();
	fixture->recognition.to_bodies = g_ptr_array_new();
	fixture->recognition.from_organizations = g_ptr_array_new();
	fixture->recognition.evidence = g_ptr_array_new();
	fixture_set_from_bodies(fixture, "IETF IPPM Working Group");
	fixture_set_organizations(fixture, "Broadband Forum");
	fixture->facts = lsm_facts_new();
	fixture->facts->known = TRUE;
	fixture->input = (LsmCheckInput){.message = fixture->message,
					 .envelope = fixture->envelope,
					 .recognition = &fixture->recognition,
					 .statement = fixture->recognition.statement,
					 .facts = fixture->facts,
					 .settings = fixture->settings,
					 .now = FIXTURE_NOW};
	return fixture;
}

G_GNUC_UNUSED static void
fixture_free(Fixture *fixture)
{
	g_ptr_array_unref(fixture->recognition.from_bodies);
	g_ptr_array_unref(fixture->recognition.to_bodies);
	g_ptr_array_unref(fixture->recognition.from_organizations);
	g_ptr_array_unref(fixture->recognition.to_organizations);
	g_ptr_array_unref(fixture->recognition.evidence);
	lsm_statement_free(fixture->recognition.statement);
	lsm_statement_free(fixture->recognition.attached);
	g_clear_pointer(&fixture->recognition.readings, g_ptr_array_unref);
	lsm_message_free(fixture->message);
	lsm_envelope_free(fixture->envelope);
	lsm_facts_free(fixture->facts);
	fixture_settings_free(fixture->settings);
	g_free(fixture);
}

static void
fixture_set_submitter(Fixture *fixture, const char *value)
{
	g_free(fixture->envelope->login);
	fixture->envelope->login = value[0] != '\0' ? g_strdup(value) : NULL;
	fixture->recognition.submitter = lsm_directory_find_login(fixture->settings->directory, value);
}

static void
fixture_set_text(Fixture *fixture, const char *value)
{
	g_free(fixture->recognition.statement->text);
	fixture->recognition.statement->text = g_strdup(value);
}

static void
fixture_set_subject(Fixture *fixture, const char *value)
{
	g_ptr_array_set_size(fixture->recognition.statement->values[LSM_FIELD_SUBJECT], 0);
	g_free(fixture->message->subject);
	fixture->message->subject = g_strdup(value);
}

/* "TYPE", "TYPE|NAME" or "TYPE|NAME|type by its octets" */
static void
fixture_attach(Fixture *fixture, const char *value)
{
	LsmAttachment *attachment = g_new0(LsmAttachment, 1);
	g_auto(GStrv) words = g_strsplit(value, "|", 3);

	attachment->declared_type = g_strdup(words[0]);
	attachment->size = 1;
	if (words[1] != NULL)
		attachment->file_name = g_strdup(words[1]);
	if (words[1] != NULL && words[2] != NULL)
		attachment->real_type = g_intern_string(words[2]);
	g_ptr_array_add(fixture->message->attachments, attachment);
}

static void
fixture_add_recipient(Fixture *fixture, const char *value)
{
	lsm_envelope_add_recipient(fixture->envelope, value);
}

static void
fixture_clear_recipients(Fixture *fixture, const char *value)
{
	(void)value;
	g_ptr_array_set_size(fixture->envelope->recipients, 0);
	g_ptr_array_set_size(fixture->message->to, 0);
}

static void
fixture_set_to_bodies(Fixture *fixture, const char *value)
{
	g_clear_pointer(&fixture->recognition.to_bodies, g_ptr_array_unref);
	fixture->recognition.to_bodies = lsm_directory_match_bodies(fixture->settings->directory, value);
}

static void
fixture_set_from_organizations(Fixture *fixture, const char *value)
{
	g_clear_pointer(&fixture->recognition.from_organizations, g_ptr_array_unref);
	fixture->recognition.from_organizations =
		lsm_directory_match_organizations(fixture->settings->directory, value);
}

/* "LS-20261121-K7Q3M" or "LS-20261121-K7Q3M|where it wants its answer" */
static void
fixture_set_original(Fixture *fixture, const char *value)
{
	g_auto(GStrv) words = g_strsplit(value, "|", 2);

	fixture->facts->original_id = g_strdup(words[0]);
	fixture->facts->original_reply_to = g_strdup(words[1]);
}

static void
fixture_approve(Fixture *fixture, const char *value)
{
	g_strfreev(fixture->facts->approved_for);
	fixture->facts->approved_for = g_strsplit(value, ",", -1);
}

static void
fixture_draft(Fixture *fixture, const char *value)
{
	g_strfreev(fixture->facts->drafted_to);
	fixture->facts->drafted_to = g_strsplit(value, ",", -1);
}

static void
fixture_set_form(Fixture *fixture, const char *value)
{
	fixture->recognition.statement->form = g_intern_string(value);
}

static void
fixture_trust_sender(Fixture *fixture, const char *value)
{
	g_strfreev(fixture->settings->trusted_tool_senders);
	fixture->settings->trusted_tool_senders = g_strsplit(value, ",", -1);
}

/* The whole mail anew: header lines and text, "|" for each line end. */
static void
fixture_set_mail(Fixture *fixture, const char *value)
{
	g_auto(GStrv) lines = g_strsplit(value, "|", -1);
	g_autofree char *mail = g_strjoinv("\r\n", lines);
	LsmCollector *collector = lsm_collector_new(fixture->settings);

	lsm_collector_add_mail(collector, mail, strlen(mail));
	lsm_message_free(fixture->message);
	fixture->message = lsm_message_parse(collector, fixture->settings);
	fixture->input.message = fixture->message;
	lsm_collector_free(collector);
}

static void
fixture_set_rule_set(Fixture *fixture, const char *value)
{
	g_free(fixture->settings->rule_set);
	fixture->settings->rule_set = g_strdup(value);
}

static void
fixture_set_check_address(Fixture *fixture, const char *value)
{
	g_free(fixture->settings->check_address);
	fixture->settings->check_address = g_strdup(value);
}

/* "purpose.missing:observe" */
static void
fixture_set_rule_mode(Fixture *fixture, const char *value)
{
	g_auto(GStrv) words = g_strsplit(value, ":", 2);
	LsmRuleMode mode = {.rule = g_strdup(words[0])};

	g_assert_true(lsm_mode_parse(words[1], &mode.mode));
	g_array_append_val(fixture->settings->rule_modes, mode);
}

static void
fixture_set_mode(Fixture *fixture, const char *value)
{
	g_assert_true(lsm_mode_parse(value, &fixture->settings->mode));
}

/* "group:ippm", "sender:@ietf.org", "organization:BBF", "rule:purpose.missing": one more entry of that list. */
static void
fixture_enforce(Fixture *fixture, const char *value)
{
	LsmSettings *settings = fixture->settings;
	const struct {
		const char *name;
		LsmStringList *list;
	} lists[] = {
		{"group:", &settings->enforce_groups},
		{"sender:", &settings->enforce_senders},
		{"organization:", &settings->enforce_organizations},
		{"rule:", &settings->enforce_rules},
	};

	for (guint i = 0; i < G_N_ELEMENTS(lists); i++) {
		guint length = g_strv_length(*lists[i].list);

		if (!g_str_has_prefix(value, lists[i].name))
			continue;
		*lists[i].list = g_renew(char *, *lists[i].list, length + 2);
		(*lists[i].list)[length] = g_strdup(value + strlen(lists[i].name));
		(*lists[i].list)[length + 1] = NULL;
		return;
	}
	g_error("no such list: %s", value);
}

static void
fixture_set_documents(Fixture *fixture, const char *value)
{
	(void)value;
	lsm_documents_free(fixture->settings->documents);
	fixture->settings->documents = documents_fixture_open();
}

static void
fixture_set_way(Fixture *fixture, const char *value)
{
	for (LsmWay way = LSM_WAY_OUTGOING; way <= LSM_WAY_OTHER; way++) {
		if (strcmp(lsm_way_name(way), value) == 0)
			fixture->recognition.way = way;
	}
}

static void
fixture_release(Fixture *fixture, const char *value)
{
	g_strfreev(fixture->facts->released);
	fixture->facts->released = g_strsplit(value, ",", -1);
}

static void
fixture_set_flag(Fixture *fixture, const char *value)
{
	gboolean *flags[] = {&fixture->recognition.certain,
			     &fixture->recognition.verified,
			     &fixture->facts->known,
			     &fixture->facts->may_intervene,
			     &fixture->recognition.statement->has_opening_line,
			     &fixture->recognition.opted_out,
			     &fixture->facts->opted_out,
			     &fixture->message->truncated,
			     &fixture->message->unreadable,
			     &fixture->message->text_was_html,
			     &fixture->facts->is_enforced};
	const char *names[] = {"certain",   "verified", "known",      "may-intervene", "opening-line", "opted-out",
			       "said-not",  "truncated", "unreadable", "html",          "enforced"};

	for (guint i = 0; i < G_N_ELEMENTS(flags); i++) {
		if (strcmp(names[i], value) == 0) {
			*flags[i] = !*flags[i];
			return;
		}
	}
	g_error("no such flag: %s", value);
}

static void
fixture_carry(Fixture *fixture, const char *value)
{
	(void)value;
	fixture->recognition.outcome = LSM_OUTCOME_CARRIES;
}

/* "LS.docx|encrypted": what the reader said of an attachment. */
static void
fixture_add_reading(Fixture *fixture, const char *value)
{
	g_auto(GStrv) words = g_strsplit(value, "|", 2);

	if (fixture->recognition.readings == NULL)
		fixture->recognition.readings =
			g_ptr_array_new_with_free_func((GDestroyNotify)lsm_attachment_text_free);
	g_ptr_array_add(fixture->recognition.readings,
			lsm_attachment_text_new(words[0], "application/octet-stream", words[1], "", 0));
}

/* "Purpose:For action": what the form in an attachment says. */
static void
fixture_set_attached(Fixture *fixture, const char *value)
{
	g_auto(GStrv) pair = g_strsplit(value, ":", 2);

	if (fixture->recognition.attached == NULL)
		fixture->recognition.attached = lsm_statement_new("3gpp");
	for (LsmFieldId field = 0; field < LSM_FIELD_COUNT; field++)
		if (strcmp(lsm_field_label(field), pair[0]) == 0)
			lsm_statement_read_field(fixture->recognition.attached, field, pair[1],
						 "attachment 1 line 2", LSM_CONFIDENCE_EXPLICIT);
}

static void
fixture_set_version(Fixture *fixture, const char *value)
{
	g_free(fixture->recognition.statement->version);
	fixture->recognition.statement->version = g_strdup(value);
}

static const struct {
	const char *key;
	void (*set)(Fixture *fixture, const char *value);
} fixture_keys[] = {
	{"reading", fixture_add_reading},
	{"attached", fixture_set_attached},
	{"version", fixture_set_version},
	{"login", fixture_set_submitter},
	{"text", fixture_set_text},
	{"subject", fixture_set_subject},
	{"attach", fixture_attach},
	{"rcpt", fixture_add_recipient},
	{"no-rcpt", fixture_clear_recipients},
	{"to-bodies", fixture_set_to_bodies},
	{"from-orgs", fixture_set_from_organizations},
	{"original", fixture_set_original},
	{"approved-for", fixture_approve},
	{"drafted-to", fixture_draft},
	{"form", fixture_set_form},
	{"trusted", fixture_trust_sender},
	{"mail", fixture_set_mail},
	{"bodies", fixture_set_from_bodies},
	{"orgs", fixture_set_organizations},
	{"rule-set", fixture_set_rule_set},
	{"check-address", fixture_set_check_address},
	{"rule", fixture_set_rule_mode},
	{"mode", fixture_set_mode},
	{"enforce", fixture_enforce},
	{"way", fixture_set_way},
	{"released", fixture_release},
	{"flip", fixture_set_flag},
	{"carries", fixture_carry},
	{"documents", fixture_set_documents},
};

static void
fixture_set_field(Fixture *fixture, const char *label, const char *value)
{
	LsmStatement *statement = fixture->recognition.statement;

	for (LsmFieldId field = 0; field < LSM_FIELD_COUNT; field++) {
		if (strcmp(lsm_field_label(field), label) != 0)
			continue;
		g_ptr_array_set_size(statement->values[field], 0);
		if (value[0] != '\0')
			lsm_statement_read_field(statement, field, value, "body line 2",
						 LSM_CONFIDENCE_EXPLICIT);
		return;
	}
	g_error("no such key: %s", label);
}

G_GNUC_UNUSED static void
fixture_edit(Fixture *fixture, const char *edits)
{
	g_auto(GStrv) parts = g_strsplit(edits, ";", -1);

	for (guint i = 0; parts[i] != NULL && parts[i][0] != '\0'; i++) {
		g_auto(GStrv) pair = g_strsplit(parts[i], "=", 2);
		guint k;

		if (pair[1] != NULL)
			g_strdelimit(pair[1], "~", ';');
		for (k = 0; k < G_N_ELEMENTS(fixture_keys) && strcmp(fixture_keys[k].key, pair[0]) != 0; k++)
			continue;
		if (k < G_N_ELEMENTS(fixture_keys))
			fixture_keys[k].set(fixture, pair[1]);
		else
			fixture_set_field(fixture, pair[0], pair[1]);
	}
}

/* Ids of the findings, joined by blanks. */
G_GNUC_UNUSED static char *
fixture_findings(const LsmVerdict *verdict)
{
	GString *ids = g_string_new(NULL);

	for (guint i = 0; i < verdict->findings->len; i++) {
		const LsmFinding *finding = g_ptr_array_index(verdict->findings, i);

		g_string_append_printf(ids, "%s%s", i == 0 ? "" : " ", finding->rule->id);
	}
	return g_string_free(ids, FALSE);
}

#endif
