/*
 * check_approval.c - may this body speak (A11), and did those agree who must (A63-A66, A70).
 *
 * Pure predicates. Who must agree is rules/approval's knowledge, what is on file are facts of the record.
 * Any thread; cannot fail.
 */
#include "rules/check.h"

#include <string.h>

#include "rules/approval.h"
#include "rules/verdict.h"

static gboolean
is_answer(const LsmStatement *statement)
{
	const GPtrArray *purposes = statement->values[LSM_FIELD_PURPOSE];

	if (lsm_statement_has(statement, LSM_FIELD_IN_RESPONSE_TO))
		return TRUE;
	for (guint i = 0; i < purposes->len; i++) {
		const LsmValue *value = g_ptr_array_index(purposes, i);
		const char *word = value->value != NULL ? lsm_purpose_word(value->value) : NULL;

		if (word != NULL && strcmp(word, "response") == 0)
			return TRUE;
	}
	return FALSE;
}

/* "Research groups do not initiate sending of liaison statements." (A11) */
LsmCheckResult
lsm_check_research_initiates(const LsmCheckInput *input, char **detail_out)
{
	const GPtrArray *bodies = input->recognition->from_bodies;

	if (is_answer(input->statement))
		return LSM_CHECK_FINE;
	for (guint i = 0; i < bodies->len; i++) {
		const LsmBody *body = g_ptr_array_index(bodies, i);

		if (body->level == LSM_LEVEL_RESEARCH && !body->initiates) {
			*detail_out = g_ascii_strup(body->acronym, -1);
			return LSM_CHECK_FOUND;
		}
	}
	return LSM_CHECK_FINE;
}

/* What is kept back must be there whole when it is released (A41). What goes out at once has no such need. */
LsmCheckResult
lsm_check_content_truncated(const LsmCheckInput *input, char **detail_out)
{
	g_autoptr(GPtrArray) steps = NULL;

	(void)detail_out;
	if (!input->message->truncated)
		return LSM_CHECK_FINE;
	steps = lsm_approval_steps(input->recognition, input->settings, input->now);
	if (lsm_approval_is_complete(steps) || lsm_verdict_is_released(input))
		return LSM_CHECK_FINE;
	return LSM_CHECK_FOUND;
}

LsmCheckResult
lsm_check_approval_missing(const LsmCheckInput *input, char **detail_out)
{
	g_autoptr(GPtrArray) steps = lsm_approval_steps(input->recognition, input->settings, input->now);
	g_autofree char *who = NULL;

	if (lsm_approval_is_complete(steps))
		return LSM_CHECK_FINE;
	if (lsm_verdict_is_released(input))
		return LSM_CHECK_FINE;
	who = lsm_approval_missing_text(steps);
	*detail_out = g_strdup_printf("wanted is the approval of %s", who);
	return input->facts->known ? LSM_CHECK_FOUND : LSM_CHECK_UNKNOWN;
}
