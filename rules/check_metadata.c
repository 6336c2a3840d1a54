/*
 * check_metadata.c - who speaks to whom, about what, and is there anything in it (A13, A21, A33, A34).
 *
 * Pure predicates over what was read. A value taken from header, envelope or directory fills a gap as well
 * as one that stood there; only what nobody could infer is found. Any thread; cannot fail.
 */
#include "rules/check.h"

LsmCheckResult
lsm_check_from_missing(const LsmCheckInput *input, char **detail_out)
{
	(void)detail_out;
	if (lsm_statement_has(input->statement, LSM_FIELD_FROM) || input->recognition->from_bodies->len > 0)
		return LSM_CHECK_FINE;
	return LSM_CHECK_FOUND;
}

LsmCheckResult
lsm_check_to_missing(const LsmCheckInput *input, char **detail_out)
{
	const LsmRecognition *recognition = input->recognition;

	(void)detail_out;
	if (lsm_statement_has(input->statement, LSM_FIELD_TO) || recognition->to_bodies->len > 0 ||
	    recognition->to_organizations->len > 0)
		return LSM_CHECK_FINE;
	return LSM_CHECK_FOUND;
}

LsmCheckResult
lsm_check_subject_missing(const LsmCheckInput *input, char **detail_out)
{
	const char *subject = input->message->subject;

	(void)detail_out;
	if (lsm_statement_has(input->statement, LSM_FIELD_SUBJECT))
		return LSM_CHECK_FINE;
	return subject == NULL || subject[0] == '\0' ? LSM_CHECK_FOUND : LSM_CHECK_FINE;
}

static gboolean
is_blank(const char *text)
{
	while (text != NULL && *text != '\0') {
		gunichar c = g_utf8_get_char_validated(text, -1);

		/* Octets that are no UTF-8 are something, too. */
		if (c == (gunichar)-1 || c == (gunichar)-2 ||
		    (!g_unichar_isspace(c) && !g_unichar_iszerowidth(c)))
			return FALSE;
		text = g_utf8_next_char(text);
	}
	return TRUE;
}

LsmCheckResult
lsm_check_content_empty(const LsmCheckInput *input, char **detail_out)
{
	(void)detail_out;
	if (input->message->attachments->len > 0 || !is_blank(input->statement->text))
		return LSM_CHECK_FINE;
	return LSM_CHECK_FOUND;
}
