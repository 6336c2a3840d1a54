/*
 * infer.c - fills what a statement does not say from header, envelope and directory.
 *
 * Each value is marked as inferred and says where it was read: what a person wrote and what the
 * program concluded stay apart (A40). Owns nothing; thread-safe; never fails.
 */
#include "rules/candidate.h"
#include "rules/form_fields.h"
#include "rules/subject.h"

static gboolean
lacks(const LsmCandidate *candidate, LsmFieldId field)
{
	return !lsm_statement_has(candidate->result->statement, field);
}

static void
add(LsmCandidate *candidate, LsmFieldId field, const char *value, const char *verbatim, const char *where)
{
	lsm_statement_add(candidate->result->statement, field, value, verbatim, where,
			  LSM_CONFIDENCE_INFERRED);
}

/* A name by which lsm_directory_match_bodies finds the same body again. */
static char *
body_title(const LsmCandidate *candidate, const LsmBody *body)
{
	const char *home = lsm_directory_home_name(candidate->settings->directory);

	switch (body->level) {
	case LSM_LEVEL_ORGANIZATION:
		return g_strdup(body->acronym);
	case LSM_LEVEL_AREA:
		return g_strdup_printf("%s %s Area", home, *body->name != '\0' ? body->name : body->acronym);
	case LSM_LEVEL_GROUP: {
		g_autofree char *acronym = g_ascii_strup(body->acronym, -1);

		return g_strdup_printf("%s %s Working Group", home, acronym);
	}
	case LSM_LEVEL_RESEARCH:
		break;
	}
	return body->parent != NULL
		       ? g_strdup_printf("%s %s Research Group", body->parent->acronym, body->acronym)
		       : g_strdup(body->acronym);
}

static void
add_parties(LsmCandidate *candidate, LsmFieldId field, const GPtrArray *bodies,
	    const GPtrArray *organizations, const char *verbatim, const char *where)
{
	if (!lacks(candidate, field))
		return;
	for (guint i = 0; i < bodies->len; i++) {
		g_autofree char *title = body_title(candidate, g_ptr_array_index(bodies, i));

		add(candidate, field, title, verbatim != NULL ? verbatim : title, where);
	}
	for (guint i = 0; i < organizations->len; i++) {
		const LsmOrganization *organization = g_ptr_array_index(organizations, i);

		add(candidate, field, organization->name, verbatim != NULL ? verbatim : organization->name,
		    where);
	}
}

static void
add_addresses(LsmCandidate *candidate, LsmFieldId field, const GPtrArray *addresses, const char *where)
{
	if (!lacks(candidate, field))
		return;
	for (guint i = 0; i < addresses->len; i++) {
		const LsmAddress *address = g_ptr_array_index(addresses, i);

		if (lsm_address_is_valid(address->address))
			add(candidate, field, address->address, address->address, where);
	}
}

/* Contacts of the receiving end: recipients outside for ours, recipients at home for theirs. */
static void
add_recipients(LsmCandidate *candidate)
{
	gboolean wanted = candidate->is_from_home;

	if (!lacks(candidate, LSM_FIELD_TO_CONTACT))
		return;
	for (guint i = 0; i < candidate->envelope->recipients->len; i++) {
		const char *address = lsm_envelope_recipient(candidate->envelope, i)->address;

		if (lsm_recipient_is_outside(candidate->settings, address) == wanted &&
		    lsm_address_is_valid(address))
			add(candidate, LSM_FIELD_TO_CONTACT, address, address, "envelope");
	}
}

static gboolean
is_response(const LsmStatement *statement)
{
	return g_strcmp0(lsm_statement_first(statement, LSM_FIELD_PURPOSE), "response") == 0;
}

/* What the sentences of a mail without a form say. Of ours a purpose is wanted in writing. */
static void
add_from_prose(LsmCandidate *candidate)
{
	LsmStatement *statement = candidate->result->statement;

	if (candidate->form_weight > 0 || candidate->result->outcome != LSM_OUTCOME_STATEMENT ||
	    candidate->result->way != LSM_WAY_INCOMING)
		return;
	lsm_form_infer_purpose(statement, statement->text, "body");
	lsm_form_infer_deadline(statement, statement->text, "body");
	lsm_form_infer_references(statement, statement->text, "body");
}

void
lsm_candidate_infer(LsmCandidate *candidate)
{
	const LsmMessage *message = candidate->message;
	const LsmRecognition *result = candidate->result;
	const char *from = lsm_message_header(message, "From", 0);
	const char *to = lsm_message_header(message, "To", 0);
	g_autofree char *document = lsm_subject_document(message->subject);

	add_from_prose(candidate);
	add_parties(candidate, LSM_FIELD_FROM, result->from_bodies, result->from_organizations, from,
		    "header From");
	add_parties(candidate, LSM_FIELD_TO, result->to_bodies, result->to_organizations, to, "envelope");
	add_addresses(candidate, LSM_FIELD_FROM_CONTACT, message->from, "header From");
	add_addresses(candidate, LSM_FIELD_SEND_REPLY_TO, message->reply_to, "header Reply-To");
	add_recipients(candidate);
	if (lacks(candidate, LSM_FIELD_SUBJECT))
		add(candidate, LSM_FIELD_SUBJECT, message->subject, message->subject, "header Subject");
	if (lacks(candidate, LSM_FIELD_DOCUMENT))
		add(candidate, LSM_FIELD_DOCUMENT, document, document, "header Subject");
	if (lacks(candidate, LSM_FIELD_IN_RESPONSE_TO) && is_response(result->statement))
		add(candidate, LSM_FIELD_IN_RESPONSE_TO, message->in_reply_to, message->in_reply_to,
		    "header In-Reply-To");
}
