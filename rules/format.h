/*
 * format.h - the forms that statements come in; one row and one file a family.
 *
 * A reader looks at a mail and returns a statement if the mail has its form, else NULL. To add a
 * form: a row in format.c's table and a file format_<name>.c with good and damaged mails in
 * tests/corpus/<name>/. No policy here: readers say what stands there, not whether it is right.
 */
#ifndef LSM_RULES_FORMAT_H
#define LSM_RULES_FORMAT_H

#include "rules/message.h"
#include "rules/statement.h"
#include "rules/weight.h"

typedef struct {
	const char *name;
	LsmWeightId evidence; /* what it weighs when it matched in full */
	/* At top level only: not quoted, not forwarded. New statement; evidence (of LsmEvidence *) tells why.
	 */
	LsmStatement *(*read)(const LsmMessage *message, GPtrArray *evidence);
	/* Does the mail contain a statement of this form that is not its own: quoted, forwarded? */
	gboolean (*is_carried)(const LsmMessage *message);
	/* The same over a text alone, such as an attachment's. where: what the text is called in the values' `where`
	 * ("attachment 1"). NULL for forms that are mails. */
	LsmStatement *(*read_text)(const char *text, const char *where, GPtrArray *evidence);
	const char *help;
} LsmFormat;

/* Below this weight a form is no statement by itself: who stands at both ends must speak for it too. */
#define LSM_FORM_SUFFICES 60

int lsm_format_weight(const LsmFormat *format);

/* All forms, most specific first; count_out: how many. */
const LsmFormat *lsm_format_table(guint *count_out);

LsmStatement *lsm_format_read_labelled(const LsmMessage *message, GPtrArray *evidence);
gboolean lsm_format_carries_labelled(const LsmMessage *message);

/* Our block's opening line anywhere in a text, quoted or not. */
gboolean lsm_format_has_opening(const char *text);
LsmStatement *lsm_format_read_datatracker(const LsmMessage *message, GPtrArray *evidence);
gboolean lsm_format_carries_datatracker(const LsmMessage *message);
LsmStatement *lsm_format_read_3gpp(const LsmMessage *message, GPtrArray *evidence);
gboolean lsm_format_carries_3gpp(const LsmMessage *message);
LsmStatement *lsm_format_text_3gpp(const char *text, const char *where, GPtrArray *evidence);
LsmStatement *lsm_format_read_itu(const LsmMessage *message, GPtrArray *evidence);
gboolean lsm_format_carries_itu(const LsmMessage *message);
LsmStatement *lsm_format_text_itu(const char *text, const char *where, GPtrArray *evidence);
LsmStatement *lsm_format_read_ieee(const LsmMessage *message, GPtrArray *evidence);
gboolean lsm_format_carries_ieee(const LsmMessage *message);
LsmStatement *lsm_format_text_ieee(const char *text, const char *where, GPtrArray *evidence);
LsmStatement *lsm_format_read_letter(const LsmMessage *message, GPtrArray *evidence);
gboolean lsm_format_carries_letter(const LsmMessage *message);
LsmStatement *lsm_format_text_letter(const char *text, const char *where, GPtrArray *evidence);

/*
 * Bare lines "Purpose: ...", "Deadline: ...", "In-Response-To: ..." on top of the text, as a rejecting
 * reply asks for: added where the statement lacks them. Only for mail that is a candidate by other
 * evidence. Returns how many fields were added.
 */
guint lsm_format_read_bare_lines(const LsmMessage *message, LsmStatement *statement);

/* One line of text taken as "Label: value". */
typedef struct {
	char *label; /* as lsm_text_fold makes it; NULL when the line is no field */
	char *value; /* trimmed, as written */
} LsmLabelLine;

/* Fills *field; FALSE when the line is no field. Fullwidth colons and letters and no-break blanks are
 * tolerated. */
gboolean lsm_label_line_parse(const char *line, gsize length, LsmLabelLine *field);
void lsm_label_line_clear(LsmLabelLine *field);

/* TRUE when the subject says "Fwd:" (and the like), "Re:" (and the like); list tags before it are skipped. */
gboolean lsm_subject_is_forward(const char *subject);
gboolean lsm_subject_is_reply(const char *subject);

/* Adds one piece of evidence (copied). */
void lsm_evidence_add(GPtrArray *evidence, int weight, const char *format, ...) G_GNUC_PRINTF(3, 4);

#endif
