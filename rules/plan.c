/*
 * plan.c - what the mail server is asked to do with one mail: edits and the reply.
 *
 * Owns the plan and its strings. Uses rules/guidance for the words. Nothing is done here: milter/ applies a
 * plan, ctl/ prints it. Any thread; cannot fail.
 */
#include "rules/verdict.h"

#include <string.h>

#include "rules/guidance.h"

#define FIELD_RECORD "Liaison-Record"
#define FIELD_VERDICT "Liaison-Verdict"
#define FIELD_FINDINGS "Liaison-Findings"

/* Longest line of the list of findings: with the field's name in front it stays below 78 columns (RFC
 * 5322 2.1.1). */
#define FOLD_COLUMN 56

/* Header fields of ours: whoever else writes them, they are not true. */
static const char *const own_fields[] = {FIELD_RECORD, FIELD_VERDICT, FIELD_FINDINGS};

static void
header_edit_free(gpointer data)
{
	LsmHeaderEdit *edit = data;

	g_free(edit->name);
	g_free(edit->value);
	g_free(edit);
}

LsmPlan *
lsm_plan_new(LsmReplyKind reply)
{
	LsmPlan *plan = g_new0(LsmPlan, 1);

	plan->reply = reply;
	plan->remove_recipients = g_ptr_array_new_with_free_func(g_free);
	plan->add_recipients = g_ptr_array_new_with_free_func(g_free);
	plan->remove_headers = g_ptr_array_new_with_free_func(header_edit_free);
	plan->add_headers = g_ptr_array_new_with_free_func(header_edit_free);
	return plan;
}

void
lsm_plan_free(LsmPlan *plan)
{
	if (plan == NULL)
		return;
	g_ptr_array_unref(plan->remove_recipients);
	g_ptr_array_unref(plan->add_recipients);
	g_ptr_array_unref(plan->remove_headers);
	g_ptr_array_unref(plan->add_headers);
	g_strfreev(plan->reply_lines);
	g_clear_pointer(&plan->body, g_bytes_unref);
	g_free(plan);
}

static LsmHeaderEdit *
add_edit(GPtrArray *edits, const char *name, int index, const char *value)
{
	LsmHeaderEdit *edit = g_new0(LsmHeaderEdit, 1);

	edit->name = g_strdup(name);
	edit->index = index;
	edit->value = g_strdup(value);
	g_ptr_array_add(edits, edit);
	return edit;
}

/* The name of element i of a list of header fields, of whichever type. */
typedef const char *(*NameAt)(const GPtrArray *fields, guint i);

static const char *
collected_name(const GPtrArray *fields, guint i)
{
	return ((const LsmRawField *)g_ptr_array_index(fields, i))->name;
}

static const char *
parsed_name(const GPtrArray *fields, guint i)
{
	return ((const LsmHeaderField *)g_ptr_array_index(fields, i))->name;
}

static int
own_field(const char *name)
{
	for (guint i = 0; i < G_N_ELEMENTS(own_fields); i++) {
		if (g_ascii_strcasecmp(name, own_fields[i]) == 0)
			return (int)i;
	}
	return -1;
}

/* From the last to the first: in Postfix, removing a field shifts the indexes of those after it. */
static void
remove_own_fields(LsmPlan *plan, const GPtrArray *fields, NameAt name_at)
{
	int counts[G_N_ELEMENTS(own_fields)] = {0};

	for (guint i = 0; i < fields->len; i++) {
		int own = own_field(name_at(fields, i));

		if (own >= 0)
			counts[own]++;
	}
	for (guint i = fields->len; i > 0; i--) {
		int own = own_field(name_at(fields, i - 1));

		if (own >= 0)
			add_edit(plan->remove_headers, own_fields[own], counts[own]--, NULL);
	}
}

static char *
join_findings(const GPtrArray *findings)
{
	GString *text = g_string_new(NULL);
	gsize line_start = 0;

	for (guint i = 0; i < findings->len; i++) {
		const LsmFinding *finding = g_ptr_array_index(findings, i);

		if (finding->mode != LSM_MODE_ENFORCE)
			continue;
		if (text->len > 0) {
			gboolean fold = text->len - line_start + strlen(finding->rule->id) + 3 > FOLD_COLUMN;

			g_string_append(text, fold ? ",\n\t" : ", ");
			line_start = fold ? text->len : line_start;
		}
		g_string_append(text, finding->rule->id);
	}
	return g_string_free(text, FALSE);
}

static void
add_own_fields(LsmPlan *plan, const LsmVerdict *verdict, const char *case_id)
{
	g_autofree char *findings = join_findings(verdict->findings);

	if (case_id != NULL)
		add_edit(plan->add_headers, FIELD_RECORD, 0, case_id);
	add_edit(plan->add_headers, FIELD_VERDICT, 0, lsm_effect_name(verdict->effect));
	if (findings[0] != '\0')
		add_edit(plan->add_headers, FIELD_FINDINGS, 0, findings);
}

/* The content is on record by now. Without a recipient left there is nothing to deliver: a list of
 * recipients is never left empty. */
static void
plan_redirect(LsmPlan *plan, const LsmVerdict *verdict, const LsmCheckInput *input, const char *case_id)
{
	if (verdict->withheld->len == input->envelope->recipients->len) {
		plan->reply = LSM_REPLY_DISCARD;
		return;
	}
	for (guint i = 0; i < verdict->withheld->len; i++) {
		const LsmRecipient *recipient = g_ptr_array_index(verdict->withheld, i);

		g_ptr_array_add(plan->remove_recipients, g_strdup(recipient->argument));
	}
	add_own_fields(plan, verdict, case_id);
}

/* "Content gaps are 5.6.0, role and approval 5.7.1": the first row that rejects decides. */
static const char *
reject_status(const LsmVerdict *verdict)
{
	for (guint i = 0; i < verdict->findings->len; i++) {
		const LsmFinding *finding = g_ptr_array_index(verdict->findings, i);

		if (finding->effect == LSM_EFFECT_REJECT && finding->mode == LSM_MODE_ENFORCE)
			return finding->rule->status;
	}
	return "5.6.0";
}

static void
plan_reject(LsmPlan *plan, const LsmVerdict *verdict, const LsmCheckInput *input, const char *case_id)
{
	plan->reply = LSM_REPLY_REJECT;
	plan->reply_code = "550";
	plan->reply_status = reject_status(verdict);
	plan->reply_lines = lsm_guidance_reply(verdict, input, case_id);
}

LsmPlan *
lsm_plan_make(const LsmVerdict *verdict, const LsmCheckInput *input, const char *case_id)
{
	LsmPlan *plan = lsm_plan_new(LSM_REPLY_ACCEPT);

	switch (verdict->effect) {
	case LSM_EFFECT_REJECT:
		plan_reject(plan, verdict, input, case_id);
		return plan;
	case LSM_EFFECT_REDIRECT:
		plan_redirect(plan, verdict, input, case_id);
		break;
	case LSM_EFFECT_NOTE:
		add_own_fields(plan, verdict, case_id);
		break;
	case LSM_EFFECT_COPY:
	case LSM_EFFECT_RECORD:
		break;
	}
	if (plan->reply == LSM_REPLY_ACCEPT)
		remove_own_fields(plan, input->message->headers, parsed_name);
	return plan;
}

LsmPlan *
lsm_plan_tempfail(const char *why)
{
	LsmPlan *plan = lsm_plan_new(LSM_REPLY_TEMPFAIL);
	g_autofree char *reason = lsm_guidance_one_line(why, 120);
	g_autofree char *line =
		g_strdup_printf("Not accepted now: this liaison statement could not be recorded%s%s%s. "
				"Nobody has received it; try again later, as mail servers do by themselves.",
				reason[0] != '\0' ? " (" : "", reason, reason[0] != '\0' ? ")" : "");
	const char *const lines[] = {line, NULL};

	plan->reply_code = "451";
	plan->reply_status = "4.3.0";
	plan->reply_lines = g_strdupv((char **)lines);
	return plan;
}

LsmPlan *
lsm_plan_pass(const LsmCollector *collector, const LsmMessage *message)
{
	LsmPlan *plan = lsm_plan_new(LSM_REPLY_ACCEPT);

	if (message != NULL)
		remove_own_fields(plan, message->headers, parsed_name);
	else if (collector != NULL)
		remove_own_fields(plan, collector->fields, collected_name);
	return plan;
}
