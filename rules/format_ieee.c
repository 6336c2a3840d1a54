/*
 * format_ieee.c - the letter with a head of fields: IEEE 802, W3C, MEF, the IETF's own of 2010.
 *
 *   Liaison Statement                          IEEE 802.1 Liaison Letter
 *   To: Broadband Forum                        To: ...
 *   For Information                            Purpose: ...
 *   Source: IETF IPPM Working Group            Re: STAMP
 *   Date: May 5, 2027
 *
 * To, From, Subject and Date alone are any memo's, or a mail's quoted header: the form needs a heading
 * that says "liaison", or a purpose. Owns nothing; thread-safe; never fails.
 */
#include <string.h>

#include "rules/form_fields.h"
#include "rules/subject.h"
#include "rules/text.h"

#define MAX_HEADING 90
#define MAX_TITLE 120
#define SALUTATION_LINES 5
#define HEADING_LINES 12 /* above and within the block */

typedef enum {
	PLACE_TO,
	PLACE_LIAISON_TO, /* says what the letter is, too */
	PLACE_SOURCE,
	PLACE_CC,
	PLACE_DATE,
	PLACE_TITLE,
	PLACE_PURPOSE,
	PLACE_DEADLINE,
	PLACE_CONTACT,
	PLACE_TO_CONTACT,
	PLACE_REPLY_TO,
	PLACE_REFERENCE,
	PLACE_OTHER
} Place;

/* To add a label: a row here, the longer of two first. */
static const LsmFormLabel labels[] = {
	{"to contact", PLACE_TO_CONTACT},
	{"to", PLACE_TO},
	{"sent to", PLACE_TO},
	{"broadband forum liaison to", PLACE_LIAISON_TO},
	{"liaison letter to", PLACE_LIAISON_TO},
	{"liaison statement to", PLACE_LIAISON_TO},
	{"liaison to", PLACE_LIAISON_TO},
	{"liaison communicated by", PLACE_OTHER},
	{"recipient", PLACE_TO},
	{"recipients", PLACE_TO},
	{"source", PLACE_SOURCE},
	{"from contact", PLACE_CONTACT},
	{"from", PLACE_SOURCE},
	{"originator", PLACE_SOURCE},
	{"cc", PLACE_CC},
	{"copy", PLACE_CC},
	{"copy to", PLACE_CC},
	{"date", PLACE_DATE},
	{"title", PLACE_TITLE},
	{"subject", PLACE_TITLE},
	{"re", PLACE_TITLE},
	{"purpose", PLACE_PURPOSE},
	{"category", PLACE_PURPOSE},
	{"for", PLACE_PURPOSE},
	{"deadline", PLACE_DEADLINE},
	{"response requested by", PLACE_DEADLINE},
	{"response required by", PLACE_DEADLINE},
	{"response deadline", PLACE_DEADLINE},
	{"reply requested by", PLACE_DEADLINE},
	{"please respond by", PLACE_DEADLINE},
	{"please reply by", PLACE_DEADLINE},
	{"respond by", PLACE_DEADLINE},
	{"reply by", PLACE_DEADLINE},
	{"contact person", PLACE_CONTACT},
	{"contact", PLACE_CONTACT},
	{"contacts", PLACE_CONTACT},
	{"technical contact", PLACE_CONTACT},
	{"ietf contact person", PLACE_CONTACT},
	{"reply to", PLACE_REPLY_TO},
	{"response contact", PLACE_REPLY_TO},
	{"in response to", PLACE_REFERENCE},
	{"response to", PLACE_REFERENCE},
	{"reference", PLACE_REFERENCE},
	{"attachments", PLACE_OTHER},
	{"chair(s)", PLACE_OTHER},
	{"secretariat", PLACE_OTHER},
	{"approval", PLACE_OTHER},
};

static gboolean
has(const LsmFormFields *fields, Place place)
{
	return lsm_form_fields_find(fields, place) != NULL;
}

static char *
short_line(const LsmFormFields *fields, guint i, gsize max)
{
	const LsmLine *line = &g_array_index(fields->lines, LsmLine, i);

	return line->length <= max ? lsm_text_fold(line->start, (gssize)line->length) : g_strdup("");
}

/* "Liaison Statement", "Outgoing liaison letter from IEEE 802.1": a line of its own, no sentence, no field.
 */
static gboolean
is_heading(const char *folded)
{
	static GRegex *regex;

	if (g_once_init_enter(&regex))
		g_once_init_leave(
			&regex,
			g_regex_new("^[*#= ]*(?:(?:[\\w./-]+ ){0,4}liaison (?:statement|letter|request|"
				    "response|reply|communication|report to [a-z0-9 ]+)"
				    "|liaison (?:to|from) [\\w./-]+)"
				    "(?: (?:to|from|on|for|between) [^.:?!]{2,70})?[*= ]*$",
				    G_REGEX_OPTIMIZE, 0, NULL));
	return g_regex_match(regex, folded, 0, NULL);
}

static guint
find_heading(const LsmFormFields *fields)
{
	guint seen = 0;

	for (guint i = 0; i < fields->first && i < fields->lines->len && seen < HEADING_LINES; i++) {
		g_autofree char *folded = short_line(fields, i, MAX_HEADING);

		seen += *folded != '\0';
		if (is_heading(folded))
			return g_array_index(fields->lines, LsmLine, i).number;
	}
	return 0;
}

/* "Liaison request to IETF GEOPRIV": the body, where the field names only people. */
static void
add_heading_addressee(LsmStatement *statement, const LsmFormFields *fields, guint heading)
{
	g_autofree char *text = NULL;
	g_autofree char *lower = NULL;
	g_autofree char *where = NULL;
	const char *to;

	if (heading == 0 || lsm_statement_has(statement, LSM_FIELD_TO))
		return;
	for (guint i = 0; i < fields->first; i++) {
		const LsmLine *line = &g_array_index(fields->lines, LsmLine, i);

		if (line->number == heading)
			text = lsm_text_one_line(line->start, (gssize)line->length, MAX_HEADING);
	}
	lower = text != NULL ? g_ascii_strdown(text, -1) : NULL;
	to = lower != NULL ? strstr(lower, " to ") : NULL;
	where = g_strdup_printf("%s line %u", fields->where, heading);
	if (to != NULL)
		lsm_form_add_parties(statement, LSM_FIELD_TO, text + (to - lower) + strlen(" to "), where,
				     LSM_CONFIDENCE_INFERRED);
}

/* The word of a bare line "For Information", or NULL. */
static const char *
bare_purpose_at(const LsmFormFields *fields, guint i)
{
	g_autofree char *folded = short_line(fields, i, 40);
	const char *plain = folded + strspn(folded, "* ");

	if (!g_str_has_prefix(plain, "for ") && !g_str_has_prefix(plain, "in response"))
		return NULL;
	return lsm_purpose_word(plain);
}

/* Among the fields, and just above and below them. */
static const char *
find_bare_purpose(const LsmFormFields *fields, guint *line_out)
{
	guint last = MIN(fields->behind + 3, fields->lines->len);

	for (guint i = fields->first > 3 ? fields->first - 3 : 0; i < last; i++) {
		const char *word = bare_purpose_at(fields, i);

		*line_out = g_array_index(fields->lines, LsmLine, i).number;
		if (word != NULL)
			return word;
	}
	return NULL;
}

/* "Purpose: For action" is one of the procedure's words; "Purpose: To request ..." tells a letter's form. */
static gboolean
has_known_purpose(const LsmFormFields *fields)
{
	const LsmFormField *field = lsm_form_fields_find(fields, PLACE_PURPOSE);

	return field != NULL && lsm_purpose_word(field->text) != NULL;
}

/* "Dear colleagues," just below the fields. */
static gboolean
has_salutation(const LsmFormFields *fields)
{
	guint last = MIN(fields->behind + SALUTATION_LINES, fields->lines->len);

	for (guint i = fields->behind; i < last; i++) {
		g_autofree char *folded = short_line(fields, i, MAX_HEADING);

		if (g_str_has_prefix(folded, "dear "))
			return TRUE;
	}
	return FALSE;
}

/* "Subject: Liaison on P802.1DC", between bodies: a mail's header has addresses there. */
static gboolean
has_telling_title(const LsmFormFields *fields)
{
	const LsmFormField *title = lsm_form_fields_find(fields, PLACE_TITLE);
	const LsmFormField *source = lsm_form_fields_find(fields, PLACE_SOURCE);
	const LsmFormField *to = lsm_form_fields_find(fields, PLACE_TO);

	return title != NULL && source != NULL && to != NULL &&
	       (has(fields, PLACE_DATE) || has_salutation(fields)) && strchr(source->text, '@') == NULL &&
	       strchr(to->text, '@') == NULL && lsm_subject_is_statement_like(title->text);
}

static gboolean
is_complete(const LsmFormFields *fields, guint heading, const char *bare_purpose)
{
	int about = has(fields, PLACE_TITLE) + has(fields, PLACE_DATE) + has(fields, PLACE_CONTACT) +
		    has(fields, PLACE_DEADLINE) + has(fields, PLACE_PURPOSE) + (bare_purpose != NULL);

	if (lsm_form_fields_count(fields, PLACE_TO) + lsm_form_fields_count(fields, PLACE_LIAISON_TO) != 1 ||
	    lsm_form_fields_count(fields, PLACE_SOURCE) > 1 || lsm_form_fields_count(fields, PLACE_TITLE) > 1)
		return FALSE;
	if (heading != 0 || has(fields, PLACE_LIAISON_TO))
		return about >= 1;
	if (!has(fields, PLACE_SOURCE))
		return FALSE;
	return has_known_purpose(fields) || has_telling_title(fields) || (bare_purpose != NULL && about >= 2);
}

/* A title that stands as a line of its own between the block and the text. */
static void
add_bare_title(LsmStatement *statement, const LsmFormFields *fields)
{
	guint i = fields->behind;
	g_autofree char *title = NULL;
	g_autofree char *where = NULL;
	const LsmLine *line;

	while (i < fields->lines->len && (lsm_line_is_blank(&g_array_index(fields->lines, LsmLine, i)) ||
					  bare_purpose_at(fields, i) != NULL))
		i++;
	if (i + 1 >= fields->lines->len || !lsm_line_is_blank(&g_array_index(fields->lines, LsmLine, i + 1)))
		return;
	line = &g_array_index(fields->lines, LsmLine, i);
	title = lsm_text_one_line(line->start, (gssize)line->length, MAX_TITLE + 1);
	if (strlen(title) < 8 || strlen(title) > MAX_TITLE || strpbrk(title, ":,;@") != NULL ||
	    strchr(".!?", title[strlen(title) - 1]) != NULL || g_ascii_strncasecmp(title, "dear ", 5) == 0)
		return;
	where = g_strdup_printf("%s line %u", fields->where, line->number);
	lsm_statement_add(statement, LSM_FIELD_SUBJECT, title, title, where, LSM_CONFIDENCE_INFERRED);
}

static void
add_purpose(LsmStatement *statement, const LsmFormFields *fields, const char *bare, guint line)
{
	lsm_form_take(statement, fields, PLACE_PURPOSE, LSM_FIELD_PURPOSE);
	if (!lsm_statement_has(statement, LSM_FIELD_PURPOSE) && bare != NULL) {
		g_autofree char *where = g_strdup_printf("%s line %u", fields->where, line);

		lsm_form_add_purpose(statement, bare, NULL, bare, where, LSM_CONFIDENCE_EXPLICIT);
	}
}

static LsmStatement *
fill(const LsmFormFields *fields)
{
	LsmStatement *statement = lsm_statement_new("ieee");
	guint line = 0;
	g_autofree char *document = lsm_form_fields_document(fields, TRUE, &line);
	g_autofree char *where = g_strdup_printf("%s line %u", fields->where, line);

	lsm_form_take(statement, fields, PLACE_SOURCE, LSM_FIELD_FROM);
	lsm_form_take(statement, fields, PLACE_TO, LSM_FIELD_TO);
	lsm_form_take(statement, fields, PLACE_LIAISON_TO, LSM_FIELD_TO);
	lsm_form_take(statement, fields, PLACE_CC, LSM_FIELD_CC);
	lsm_form_take(statement, fields, PLACE_TITLE, LSM_FIELD_SUBJECT);
	lsm_form_take(statement, fields, PLACE_DEADLINE, LSM_FIELD_DEADLINE);
	lsm_form_take(statement, fields, PLACE_CONTACT, LSM_FIELD_FROM_CONTACT);
	lsm_form_take(statement, fields, PLACE_TO_CONTACT, LSM_FIELD_TO_CONTACT);
	lsm_form_take(statement, fields, PLACE_REPLY_TO, LSM_FIELD_SEND_REPLY_TO);
	lsm_form_take(statement, fields, PLACE_REFERENCE, LSM_FIELD_IN_RESPONSE_TO);
	lsm_statement_add(statement, LSM_FIELD_DOCUMENT, document, document, where, LSM_CONFIDENCE_EXPLICIT);
	if (!lsm_statement_has(statement, LSM_FIELD_SUBJECT))
		add_bare_title(statement, fields);
	g_free(statement->text);
	statement->text = lsm_form_fields_rest(fields);
	lsm_form_infer_references(statement, statement->text, fields->where);
	lsm_form_infer_deadline(statement, statement->text, fields->where);
	return statement;
}

LsmStatement *
lsm_format_text_ieee(const char *text, const char *where, GPtrArray *evidence)
{
	g_autoptr(LsmFormFields) fields =
		lsm_form_fields_read(text, where, labels, G_N_ELEMENTS(labels), FALSE);
	guint purpose_line = 0;
	const char *bare_purpose = find_bare_purpose(fields, &purpose_line);
	guint heading = find_heading(fields);
	LsmStatement *statement;

	if (!is_complete(fields, heading, bare_purpose))
		return NULL;
	statement = fill(fields);
	add_heading_addressee(statement, fields, heading);
	add_purpose(statement, fields, bare_purpose, purpose_line);
	statement->is_new = !lsm_form_fields_are_discussed(fields);
	lsm_weight_note(LSM_WEIGHT_FORM_IEEE, evidence, "a letter's head of fields with %s",
			heading != 0 ? "a heading that says \"liaison\"" : "a purpose");
	return statement;
}

LsmStatement *
lsm_format_read_ieee(const LsmMessage *message, GPtrArray *evidence)
{
	return lsm_form_read_mail(message, lsm_format_text_ieee, evidence);
}

gboolean
lsm_format_carries_ieee(const LsmMessage *message)
{
	return lsm_form_is_quoted(message, lsm_format_text_ieee);
}
