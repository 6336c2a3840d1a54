/*
 * format_itu.c - the liaison statement of the ITU-T: the table of today's template, and the older one.
 *
 *   SG12 - LS 11                              COM 16 - LS 124 - E
 *   Source:              ITU-T Study Group 12  Source:    ITU-T Study Group 16
 *   Title:               LS on STAMP           Title:     Liaison statement on ...
 *   LIAISON STATEMENT                          LIAISON STATEMENT
 *   For action to:       IETF IPPM             To:        IETF AVT
 *   For comment to:      -                     Approval:  Agreed at the SG 16 meeting
 *   For information to:  BBF, ETSI (ISG NFV)   For:       Action
 *   Approval:            SG12 meeting          Deadline:  1 June 2027
 *   Deadline:            1 August 2027         Contact:   ...
 *
 * The lists wrap over lines and hold commas in parentheses. Owns nothing; thread-safe; never fails.
 */
#include <string.h>

#include "rules/form_fields.h"
#include "rules/text.h"

typedef enum {
	PLACE_ACTION,
	PLACE_COMMENT,
	PLACE_INFORMATION,
	PLACE_FOR,
	PLACE_TO,
	PLACE_SOURCE,
	PLACE_TITLE,
	PLACE_APPROVAL,
	PLACE_DEADLINE,
	PLACE_CONTACT,
	PLACE_TEMPLATE
} Place;

/* To add a label: a row here, the longer of two first. */
static const LsmFormLabel labels[] = {
	{"for action to", PLACE_ACTION},
	{"for action", PLACE_ACTION},
	{"for comments to", PLACE_COMMENT},
	{"for comment to", PLACE_COMMENT},
	{"for comment", PLACE_COMMENT},
	{"for information to", PLACE_INFORMATION},
	{"for information", PLACE_INFORMATION},
	{"for", PLACE_FOR},
	{"to", PLACE_TO},
	{"liaison to", PLACE_TO},
	{"source", PLACE_SOURCE},
	{"title", PLACE_TITLE},
	{"subject", PLACE_TITLE},
	{"approval", PLACE_APPROVAL},
	{"deadline", PLACE_DEADLINE},
	{"contact", PLACE_CONTACT},
	{"contacts", PLACE_CONTACT},
	{"question(s)", PLACE_TEMPLATE},
	{"question", PLACE_TEMPLATE},
	{"study period", PLACE_TEMPLATE},
	{"original", PLACE_TEMPLATE},
	{"keywords", PLACE_TEMPLATE},
	{"abstract", PLACE_TEMPLATE},
	{"summary", PLACE_TEMPLATE},
	{"purpose", PLACE_TEMPLATE},
	{"ref.", PLACE_TEMPLATE},
	{"ref", PLACE_TEMPLATE},
	{"place, date", PLACE_TEMPLATE},
};

/* To add a list of addressees: a row. */
static const struct {
	Place place;
	const char *word;
	const char *label;
} lists[] = {
	{PLACE_ACTION, "action", "For action to"},
	{PLACE_COMMENT, "comment", "For comment to"},
	{PLACE_INFORMATION, "information", "For information to"},
};

static gboolean
has(const LsmFormFields *fields, Place place)
{
	return lsm_form_fields_find(fields, place) != NULL;
}

/* Two of the three lists tell today's template; "For:" beside "To:" and "Approval:" the older one. */
static gboolean
is_complete(const LsmFormFields *fields)
{
	int listed = has(fields, PLACE_ACTION) + has(fields, PLACE_COMMENT) + has(fields, PLACE_INFORMATION);
	gboolean is_older = has(fields, PLACE_FOR) && has(fields, PLACE_TO) &&
			    (has(fields, PLACE_APPROVAL) || has(fields, PLACE_DEADLINE));

	return lsm_form_fields_count(fields, PLACE_TITLE) == 1 &&
	       lsm_form_fields_count(fields, PLACE_SOURCE) == 1 &&
	       (is_older || listed >= 2 ||
		(listed == 1 && (has(fields, PLACE_APPROVAL) || has(fields, PLACE_DEADLINE))));
}

static void
take_list(LsmStatement *statement, const LsmFormFields *fields, gsize row)
{
	const LsmFormField *field = lsm_form_fields_find(fields, lists[row].place);
	g_autofree char *where = NULL;
	g_autofree char *verbatim = NULL;

	if (!lsm_form_fields_says(fields, lists[row].place))
		return;
	where = g_strdup_printf("%s line %u", fields->where, field->line);
	verbatim = g_strdup_printf("%s: %s", lists[row].label, field->text);
	lsm_form_add_parties(statement, LSM_FIELD_TO, field->text, where, LSM_CONFIDENCE_EXPLICIT);
	lsm_form_add_purpose(statement, lists[row].word, field->text, verbatim, where,
			     LSM_CONFIDENCE_EXPLICIT);
}

/* "For: Action", also "For: Action and comment". */
static void
take_for(LsmStatement *statement, const LsmFormFields *fields)
{
	const LsmFormField *field = lsm_form_fields_find(fields, PLACE_FOR);
	g_autofree char *folded = NULL;
	g_autofree char *where = NULL;

	if (field == NULL)
		return;
	folded = lsm_text_fold(field->text, -1);
	where = g_strdup_printf("%s line %u", fields->where, field->line);
	for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
		if (strstr(folded, lists[i].word) != NULL)
			lsm_form_add_purpose(statement, lists[i].word, NULL, field->text, where,
					     LSM_CONFIDENCE_EXPLICIT);
}

static gboolean
is_reply_title(const LsmFormFields *fields)
{
	g_autofree char *folded = lsm_text_fold(lsm_form_fields_find(fields, PLACE_TITLE)->text, -1);

	return strstr(folded, "ls/r") != NULL || strstr(folded, "reply") != NULL ||
	       strstr(folded, "response to") != NULL;
}

static LsmStatement *
fill(const LsmFormFields *fields)
{
	LsmStatement *statement = lsm_statement_new("itu");
	const LsmFormField *title = lsm_form_fields_find(fields, PLACE_TITLE);
	guint line = 0;
	g_autofree char *document = lsm_form_fields_document(fields, TRUE, &line);
	g_autofree char *where = g_strdup_printf("%s line %u", fields->where, line);

	lsm_form_take(statement, fields, PLACE_SOURCE, LSM_FIELD_FROM);
	lsm_form_take(statement, fields, PLACE_TITLE, LSM_FIELD_SUBJECT);
	lsm_form_take(statement, fields, PLACE_DEADLINE, LSM_FIELD_DEADLINE);
	lsm_form_take(statement, fields, PLACE_CONTACT, LSM_FIELD_FROM_CONTACT);
	for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
		take_list(statement, fields, i);
	lsm_form_take(statement, fields, PLACE_TO, LSM_FIELD_TO);
	take_for(statement, fields);
	lsm_statement_add(statement, LSM_FIELD_DOCUMENT, document, document, where, LSM_CONFIDENCE_EXPLICIT);
	g_free(statement->text);
	statement->text = lsm_form_fields_rest(fields);
	if (is_reply_title(fields)) {
		g_autofree char *place = g_strdup_printf("%s line %u", fields->where, title->line);

		lsm_form_add_purpose(statement, "response", NULL, title->text, place,
				     LSM_CONFIDENCE_INFERRED);
		lsm_form_infer_references(statement, statement->text, fields->where);
	}
	return statement;
}

LsmStatement *
lsm_format_text_itu(const char *text, const char *where, GPtrArray *evidence)
{
	g_autoptr(LsmFormFields) fields =
		lsm_form_fields_read(text, where, labels, G_N_ELEMENTS(labels), TRUE);
	LsmStatement *statement;

	if (!is_complete(fields))
		return NULL;
	statement = fill(fields);
	statement->is_new = !lsm_form_fields_are_discussed(fields);
	lsm_weight_note(LSM_WEIGHT_FORM_ITU, evidence, "the ITU-T's form: Source, Title%s%s%s",
			has(fields, PLACE_ACTION) ? ", For action to" : "",
			has(fields, PLACE_INFORMATION) ? ", For information to" : "",
			has(fields, PLACE_FOR) ? ", For" : "");
	return statement;
}

LsmStatement *
lsm_format_read_itu(const LsmMessage *message, GPtrArray *evidence)
{
	return lsm_form_read_mail(message, lsm_format_text_itu, evidence);
}

gboolean
lsm_format_carries_itu(const LsmMessage *message)
{
	return lsm_form_is_quoted(message, lsm_format_text_itu);
}
