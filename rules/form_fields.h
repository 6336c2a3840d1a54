/*
 * form_fields.h - what the forms of letters share: labelled fields with their folding, lists of bodies,
 * addresses in disguise, and where in a mail a form may stand.
 *
 * Texts are a mail's own text or an attachment's; `where` names the text in what is read out of it ("body",
 * "attachment 1"), to which the line is added: "body line 3". Everything is linear in the text's length.
 */
#ifndef LSM_RULES_FORM_FIELDS_H
#define LSM_RULES_FORM_FIELDS_H

#include "rules/format.h"

/* A label that a form knows; several may lead to one place. Places are the form's own numbers. */
typedef struct {
	const char *label; /* lower case, blanks collapsed, without the colon; the longer of two first */
	guint place;
} LsmFormLabel;

typedef struct {
	guint place;
	char *text; /* one line: folded lines joined; "" when nothing stood there */
	guint line; /* from 1 */
} LsmFormField;

typedef struct {
	GArray *lines;       /* of LsmLine, the author's own; they point into the text */
	GPtrArray *fields;   /* of LsmFormField *, in order */
	guint first, behind; /* the block is lines [first, behind); equal when there is none */
	const char *where;   /* borrowed */
	const char *text;    /* borrowed */
} LsmFormFields;

/*
 * Reads the block of fields that begins within the first lines of a text. A value goes on over the lines
 * below it up to a blank line or the next label; a value may also stand in the line below its label (a
 * table's cells), and with one blank line between where spaced_cells is TRUE. Stars and bars around labels
 * do not count. The block ends at "1. Overall description" and the like, and at the first paragraph.
 */
LsmFormFields *lsm_form_fields_read(const char *text, const char *where, const LsmFormLabel *labels,
				    gsize count, gboolean spaced_cells);
void lsm_form_fields_free(LsmFormFields *fields);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmFormFields, lsm_form_fields_free)

/* The first field of a place, or NULL; how many there are. */
const LsmFormField *lsm_form_fields_find(const LsmFormFields *fields, guint place);
guint lsm_form_fields_count(const LsmFormFields *fields, guint place);
/* TRUE when the place is there and says something: not "", "-", "N/A", "none". */
gboolean lsm_form_fields_says(const LsmFormFields *fields, guint place);

/* Does the text above the block talk about it as a draft or as somebody's mail? Then the mail carries it. */
gboolean lsm_form_fields_are_discussed(const LsmFormFields *fields);
/* The text behind the block. New string. */
char *lsm_form_fields_rest(const LsmFormFields *fields);
/* A statement's document number ("S2-2401234", "COM 16 - LS 124") in or above the block, or NULL; new.
 * skip_stamps: not from the line of a meeting by which another body has filed it. */
char *lsm_form_fields_document(const LsmFormFields *fields, gboolean skip_stamps, guint *line_out);

/* Every field of `place` read into the statement's field. Parties: lsm_form_add_parties; addresses are looked
 * for anywhere in the text; the rest as lsm_statement_read_field. */
void lsm_form_take(LsmStatement *statement, const LsmFormFields *fields, guint place, LsmFieldId field);

/* "A, B (C, D); E" -> "A", "B (C, D)", "E": commas in parentheses do not divide; "-" and "N/A" give nothing,
 * addresses are left out. NULL-terminated, new. */
char **lsm_form_party_names(const char *text);
void lsm_form_add_parties(LsmStatement *statement, LsmFieldId field, const char *text, const char *where,
			  LsmConfidence confidence);
/* A purpose for the addressees that the text names; NULL text: for all. */
void lsm_form_add_purpose(LsmStatement *statement, const char *word, const char *names, const char *verbatim,
			  const char *where, LsmConfidence confidence);

/* The day by which a sentence asks for an answer ("reply by 1 March 2027"): added as inferred deadline unless
 * the statement has one. Meetings, approvals and last calls are passed over; what is not one date is left
 * out. */
void lsm_form_infer_deadline(LsmStatement *statement, const char *text, const char *where);
/* What the sentences of a letter ask for: added as inferred purpose unless the statement has one. */
void lsm_form_infer_purpose(LsmStatement *statement, const char *text, const char *where);
/* Earlier statements that a text names by number or link: added as In-Response-To, inferred, unless there is
 * one. */
void lsm_form_infer_references(LsmStatement *statement, const char *text, const char *where);

typedef LsmStatement *(*LsmFormTextReader)(const char *text, const char *where, GPtrArray *evidence);

/* A form in a mail's own text: NULL for a forwarded mail; not new in a reply within a thread. */
LsmStatement *lsm_form_read_mail(const LsmMessage *message, LsmFormTextReader reader, GPtrArray *evidence);
/* The form in the quoted or forwarded text of a mail. */
gboolean lsm_form_is_quoted(const LsmMessage *message, LsmFormTextReader reader);

#endif
