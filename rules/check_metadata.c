/*
 * check_metadata.c - who speaks to whom, about what, and is there anything in it (A13, A21, A33, A34, A60,
 * P5).
 *
 * Pure predicates over what was read. A value taken from header, envelope or directory fills a gap as well
 * as one that stood there; only what nobody could infer is found. Any thread; cannot fail.
 */
#include "rules/check.h"

#include <string.h>

#include "rules/contact.h"
#include "rules/phrase.h"

/* "Usually short" (A33): what a mail program shows in one line, twice. */
#define LONGEST_SUBJECT 150

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

/* Several groups may speak together, "usually all from the same organization" (A13). */
LsmCheckResult
lsm_check_from_mixed(const LsmCheckInput *input, char **detail_out)
{
	const GPtrArray *organizations = input->recognition->from_organizations;
	gboolean with_home = input->recognition->from_bodies->len > 0;

	if (organizations->len + (with_home ? 1 : 0) < 2)
		return LSM_CHECK_FINE;
	*detail_out = g_strdup_printf(
		"%s and %s",
		with_home ? lsm_directory_home_name(input->settings->directory)
			  : ((const LsmOrganization *)g_ptr_array_index(organizations, 1))->name,
		((const LsmOrganization *)g_ptr_array_index(organizations, 0))->name);
	return LSM_CHECK_FOUND;
}

LsmCheckResult
lsm_check_subject_long(const LsmCheckInput *input, char **detail_out)
{
	const char *stated = lsm_statement_first(input->statement, LSM_FIELD_SUBJECT);
	const char *subject = stated != NULL ? stated : input->message->subject;
	glong length = subject != NULL ? g_utf8_strlen(subject, -1) : 0;

	if (length <= LONGEST_SUBJECT)
		return LSM_CHECK_FINE;
	*detail_out = g_strdup_printf("it has %ld characters", length);
	return LSM_CHECK_FOUND;
}

/* Parts of a standards body that are neither group nor area, nor the body itself. */
static const char *const other_levels[] = {"directorate", "design team", "review team", "program",
					   "programme",   "secretariat", "trust",       "administration llc",
					   "rfc editor",  NULL};

/* Statements are generated "at the working group, area, or IETF level" (A60). */
LsmCheckResult
lsm_check_from_level(const LsmCheckInput *input, char **detail_out)
{
	const GPtrArray *values = input->statement->values[LSM_FIELD_FROM];

	for (guint i = 0; i < values->len; i++) {
		const LsmValue *value = g_ptr_array_index(values, i);
		g_autofree char *fold = lsm_phrase_fold(value->value);

		if (lsm_phrase_find(fold, other_levels) != NULL) {
			*detail_out = g_strdup_printf("\"%s\"", value->value);
			return LSM_CHECK_FOUND;
		}
	}
	return LSM_CHECK_FINE;
}

/* Bodies of which a statement should not be sent to or from before somebody asked (P5): the home as a whole,
 * and its architecture board. */
static gboolean
is_broad(const LsmBody *body, const LsmDirectory *directory)
{
	return body->level == LSM_LEVEL_ORGANIZATION &&
	       (g_ascii_strcasecmp(body->acronym, lsm_directory_home_name(directory)) == 0 ||
		strcmp(body->acronym, "IAB") == 0);
}

/* The coordinators get a copy, or are among the From-Contacts: they were asked, or can still say something. */
static gboolean
is_known_to_coordinators(const LsmCheckInput *input)
{
	const char *contact = lsm_directory_liaison_contact(input->settings->directory);
	g_autoptr(GHashTable) named = lsm_contact_named(input->statement, LSM_FIELD_FROM_CONTACT);
	g_autoptr(GHashTable) reached = lsm_contact_reached(input);

	return lsm_contact_has(named, contact) || lsm_contact_has(reached, contact);
}

LsmCheckResult
lsm_check_level_broad(const LsmCheckInput *input, char **detail_out)
{
	const LsmRecognition *recognition = input->recognition;
	gboolean incoming = recognition->way == LSM_WAY_INCOMING;
	const GPtrArray *bodies = incoming ? recognition->to_bodies : recognition->from_bodies;

	/* Named beside a group, the whole is a matter of politeness. */
	if (bodies->len != 1 || !is_broad(g_ptr_array_index(bodies, 0), input->settings->directory))
		return LSM_CHECK_FINE;
	if (!incoming && is_known_to_coordinators(input))
		return LSM_CHECK_FINE;
	*detail_out = g_strdup_printf("it is %s the %s as a whole", incoming ? "for" : "from",
				      ((const LsmBody *)g_ptr_array_index(bodies, 0))->acronym);
	return LSM_CHECK_FOUND;
}
