/*
 * format_3gpp.c - the liaison statement of the 3GPP's template, which oneM2M and others use too.
 *
 *   3GPP TSG SA WG2 Meeting #165                        S2-2409999
 *   Title:        Reply LS on STAMP
 *   Response to:  LS (S2-2408888) on STAMP
 *   Source:       SA2
 *   To:           IETF IPPM
 *   Cc:           SA5
 *   Contact Person:
 *   Name:         ...
 *   1. Overall Description:
 *   2. Actions:
 *   To IETF IPPM group.
 *   ACTION:       SA2 kindly asks IETF IPPM to ...
 *   3. Date of Next TSG-SA WG2 Meetings:
 *
 * There is no purpose field: "Response to:" makes it a response, the section of actions asks, Cc informs.
 * Owns nothing; thread-safe; never fails.
 */
#include <string.h>

#include "rules/form_fields.h"
#include "rules/text.h"

#define MAX_ACTIONS 50

typedef enum {
	PLACE_TITLE,
	PLACE_RESPONSE_TO,
	PLACE_SOURCE,
	PLACE_TO,
	PLACE_CC,
	PLACE_CONTACT,
	PLACE_CONTACT_ADDRESS,
	PLACE_REPLY_TO,
	PLACE_ATTACHMENTS,
	PLACE_DEADLINE,
	PLACE_PURPOSE,  /* not the template's, but written into it */
	PLACE_TEMPLATE, /* read by nobody here, but of this template only */
	PLACE_OTHER
} Place;

/* To add a label: a row here. */
static const LsmFormLabel labels[] = {
	{"title", PLACE_TITLE},
	{"response to", PLACE_RESPONSE_TO},
	{"in response to", PLACE_RESPONSE_TO},
	{"reply to", PLACE_RESPONSE_TO},
	{"source", PLACE_SOURCE},
	{"from", PLACE_SOURCE},
	{"to", PLACE_TO},
	{"cc", PLACE_CC},
	{"copy", PLACE_CC},
	{"contact person", PLACE_CONTACT},
	{"contact persons", PLACE_CONTACT},
	{"contact", PLACE_CONTACT},
	{"name", PLACE_CONTACT},
	{"e-mail address", PLACE_CONTACT_ADDRESS},
	{"email address", PLACE_CONTACT_ADDRESS},
	{"e-mail", PLACE_CONTACT_ADDRESS},
	{"email", PLACE_CONTACT_ADDRESS},
	{"send any reply ls to", PLACE_REPLY_TO},
	{"send any reply to", PLACE_REPLY_TO},
	{"send reply ls to", PLACE_REPLY_TO},
	{"attachments", PLACE_ATTACHMENTS},
	{"attachment", PLACE_ATTACHMENTS},
	{"response deadline", PLACE_DEADLINE},
	{"response requested by", PLACE_DEADLINE},
	{"response required by", PLACE_DEADLINE},
	{"reply requested by", PLACE_DEADLINE},
	{"please respond by", PLACE_DEADLINE},
	{"please reply by", PLACE_DEADLINE},
	{"deadline for response", PLACE_DEADLINE},
	{"deadline", PLACE_DEADLINE},
	{"purpose", PLACE_PURPOSE},
	{"release", PLACE_TEMPLATE},
	{"work item", PLACE_TEMPLATE},
	{"work items", PLACE_TEMPLATE},
	{"study item", PLACE_TEMPLATE},
	{"tel. number", PLACE_OTHER},
	{"tel number", PLACE_OTHER},
	{"tel", PLACE_OTHER},
	{"date", PLACE_OTHER},
	{"document for", PLACE_OTHER},
	{"agenda item", PLACE_OTHER},
};

static gboolean
has(const LsmFormFields *fields, Place place)
{
	return lsm_form_fields_find(fields, place) != NULL;
}

/* Title, source and addressee, each once (an agenda has rows of them), and two of the template's own signs.
 */
static gboolean
is_complete(const LsmFormFields *fields, gboolean has_actions)
{
	int own = has(fields, PLACE_RESPONSE_TO) + has(fields, PLACE_REPLY_TO) + has(fields, PLACE_TEMPLATE) +
		  has(fields, PLACE_CONTACT) + has(fields, PLACE_ATTACHMENTS) + has(fields, PLACE_CC) +
		  has_actions;

	return lsm_form_fields_count(fields, PLACE_TITLE) == 1 &&
	       lsm_form_fields_count(fields, PLACE_SOURCE) == 1 &&
	       lsm_form_fields_count(fields, PLACE_TO) == 1 && own >= 2;
}

/* --- the section of actions --- */

typedef enum { LINE_TEXT, LINE_HEADING, LINE_NUMBERED, LINE_ADDRESSEE, LINE_ACTION } LineKind;

/* To add a way of writing: a row; the first that matches counts. Group: what stands behind the sign. */
static const struct {
	const char *pattern;
	LineKind kind;
} line_patterns[] = {
	{"^[*# ]*(?:\\d{1,2}\\.?\\s*)?(?:requested |required )?actions?s?(?: requested| required)?\\s*:?[*# "
	 "]*$",
	 LINE_HEADING},
	{"^[*# ]*\\d{1,2}\\.?\\s*(?:requested |required )?actions?\\b", LINE_HEADING},
	{"^[*# ]*(?:\\d{1,2}\\.\\s+(?:date|next|upcoming|overall|attach|annex)|\\d{1,2}\\s+dates?\\b"
	 "|dates? of (?:the )?(?:next|upcoming))",
	 LINE_NUMBERED},
	{"^(?-i:T[oO])\\s*:?\\s+((?-i:[A-Z0-9]).{1,200})$", LINE_ADDRESSEE},
	{"^actions?\\s*(?:\\d{1,2}|for [^:]{1,80})?\\s*:\\s*(.*)$", LINE_ACTION},
};

static GRegex *compiled[G_N_ELEMENTS(line_patterns)];

static gpointer
compile_patterns(gpointer unused)
{
	(void)unused;
	for (gsize i = 0; i < G_N_ELEMENTS(line_patterns); i++)
		compiled[i] =
			g_regex_new(line_patterns[i].pattern, G_REGEX_CASELESS | G_REGEX_OPTIMIZE, 0, NULL);
	return NULL;
}

/* behind_out: what stands behind the sign; new, NULL for plain text. */
static LineKind
kind_of(const LsmLine *line, char **behind_out)
{
	static GOnce once = G_ONCE_INIT;
	g_autofree char *text = lsm_text_one_line(line->start, (gssize)line->length, 500);

	g_once(&once, compile_patterns, NULL);
	*behind_out = NULL;
	for (gsize i = 0; i < G_N_ELEMENTS(line_patterns); i++) {
		g_autoptr(GMatchInfo) match = NULL;

		if (!g_regex_match(compiled[i], text, 0, &match))
			continue;
		*behind_out = g_match_info_fetch(match, 1);
		return line_patterns[i].kind;
	}
	return LINE_TEXT;
}

typedef struct {
	GString *names; /* addressees named, ";" between them */
	gboolean asks;  /* something is asked for */
	guint line;     /* of the heading; 0: there is no such section */
} Actions;

/* "To CT1 and CT4:", "To IETF IPPM group." -> "CT1; CT4", "IETF IPPM". */
static void
add_addressee(Actions *actions, const char *behind)
{
	static GRegex *ending, *joining;
	g_autofree char *plain = NULL;
	g_autofree char *divided = NULL;

	if (g_once_init_enter(&ending))
		g_once_init_leave(&ending, g_regex_new("\\s*(?:\\b(?:WGs?|groups?))?\\s*[.:]*\\s*$",
						       G_REGEX_CASELESS, 0, NULL));
	if (g_once_init_enter(&joining))
		g_once_init_leave(&joining, g_regex_new("\\s+(?:and|&)\\s+", G_REGEX_CASELESS, 0, NULL));
	plain = g_regex_replace_literal(ending, behind, -1, 0, "", 0, NULL);
	divided = plain != NULL ? g_regex_replace_literal(joining, plain, -1, 0, "; ", 0, NULL) : NULL;
	if (divided != NULL)
		g_string_append_printf(actions->names, "%s%s", actions->names->len > 0 ? "; " : "", divided);
}

static gboolean
asks_something(const char *text)
{
	g_autofree char *folded = lsm_text_fold(text, -1);

	return strlen(folded) > 3 && !g_str_has_prefix(folded, "none") && !g_str_has_prefix(folded, "n/a") &&
	       !g_str_has_prefix(folded, "no action");
}

static void
read_action_line(Actions *actions, const LsmLine *line, guint *count)
{
	g_autofree char *behind = NULL;
	LineKind kind = kind_of(line, &behind);
	g_autofree char *text = lsm_text_one_line(line->start, (gssize)line->length, 500);

	if (kind == LINE_ADDRESSEE && strlen(text) < 100 && ++*count < MAX_ACTIONS)
		add_addressee(actions, behind);
	else
		actions->asks |= asks_something(kind == LINE_ACTION ? behind : text);
}

static Actions
read_actions(const LsmFormFields *fields)
{
	Actions actions = {g_string_new(NULL), FALSE, 0};
	guint count = 0;

	for (guint i = fields->behind; i < fields->lines->len; i++) {
		const LsmLine *line = &g_array_index(fields->lines, LsmLine, i);
		g_autofree char *behind = NULL;
		LineKind kind;

		/* Only headings are looked for until the section begins: they are short. */
		if (lsm_line_is_blank(line) || (actions.line == 0 && line->length > 80))
			continue;
		kind = kind_of(line, &behind);
		if (kind == LINE_HEADING && actions.line == 0)
			actions.line = line->number;
		else if (kind == LINE_NUMBERED && actions.line != 0)
			break;
		else if (actions.line != 0)
			read_action_line(&actions, line, &count);
	}
	return actions;
}

/* --- the whole --- */

static gboolean
is_reply_title(const char *title)
{
	g_autofree char *folded = lsm_text_fold(title, -1);

	return strstr(folded, "reply ls") != NULL || strstr(folded, "response ls") != NULL ||
	       strstr(folded, "ls reply") != NULL || strstr(folded, "ls response") != NULL;
}

static void
add_purposes(LsmStatement *statement, const LsmFormFields *fields, const Actions *actions)
{
	const LsmFormField *reply = lsm_form_fields_find(fields, PLACE_RESPONSE_TO);
	const LsmFormField *title = lsm_form_fields_find(fields, PLACE_TITLE);
	const LsmFormField *cc = lsm_form_fields_find(fields, PLACE_CC);
	g_autofree char *title_line = g_strdup_printf("%s line %u", fields->where, title->line);

	lsm_form_take(statement, fields, PLACE_PURPOSE, LSM_FIELD_PURPOSE);
	if (lsm_statement_has(statement, LSM_FIELD_PURPOSE))
		return;
	if (lsm_form_fields_says(fields, PLACE_RESPONSE_TO)) {
		g_autofree char *line = g_strdup_printf("%s line %u", fields->where, reply->line);

		lsm_form_add_purpose(statement, "response", NULL, reply->text, line, LSM_CONFIDENCE_EXPLICIT);
	} else if (is_reply_title(title->text)) {
		lsm_form_add_purpose(statement, "response", NULL, title->text, title_line,
				     LSM_CONFIDENCE_INFERRED);
	}
	if (actions->asks) {
		g_autofree char *line = g_strdup_printf("%s line %u", fields->where, actions->line);

		lsm_form_add_purpose(statement, "action",
				     actions->names->len > 0 ? actions->names->str : NULL, "Actions", line,
				     LSM_CONFIDENCE_EXPLICIT);
	}
	if (lsm_form_fields_says(fields, PLACE_CC)) {
		g_autofree char *line = g_strdup_printf("%s line %u", fields->where, cc->line);

		lsm_form_add_purpose(statement, "information", cc->text, cc->text, line,
				     LSM_CONFIDENCE_INFERRED);
	}
}

static LsmStatement *
fill(const LsmFormFields *fields, const Actions *actions)
{
	LsmStatement *statement = lsm_statement_new("3gpp");
	guint line = 0;
	g_autofree char *document = lsm_form_fields_document(fields, FALSE, &line);
	g_autofree char *where = g_strdup_printf("%s line %u", fields->where, line);

	lsm_form_take(statement, fields, PLACE_SOURCE, LSM_FIELD_FROM);
	lsm_form_take(statement, fields, PLACE_TO, LSM_FIELD_TO);
	lsm_form_take(statement, fields, PLACE_CC, LSM_FIELD_CC);
	lsm_form_take(statement, fields, PLACE_TITLE, LSM_FIELD_SUBJECT);
	lsm_form_take(statement, fields, PLACE_RESPONSE_TO, LSM_FIELD_IN_RESPONSE_TO);
	lsm_form_take(statement, fields, PLACE_CONTACT, LSM_FIELD_FROM_CONTACT);
	lsm_form_take(statement, fields, PLACE_CONTACT_ADDRESS, LSM_FIELD_FROM_CONTACT);
	lsm_form_take(statement, fields, PLACE_REPLY_TO, LSM_FIELD_SEND_REPLY_TO);
	lsm_form_take(statement, fields, PLACE_DEADLINE, LSM_FIELD_DEADLINE);
	lsm_statement_add(statement, LSM_FIELD_DOCUMENT, document, document, where, LSM_CONFIDENCE_EXPLICIT);
	add_purposes(statement, fields, actions);
	g_free(statement->text);
	statement->text = lsm_form_fields_rest(fields);
	if (actions->asks)
		lsm_form_infer_deadline(statement, statement->text, fields->where);
	return statement;
}

LsmStatement *
lsm_format_text_3gpp(const char *text, const char *where, GPtrArray *evidence)
{
	g_autoptr(LsmFormFields) fields =
		lsm_form_fields_read(text, where, labels, G_N_ELEMENTS(labels), FALSE);
	LsmStatement *statement = NULL;
	Actions actions;

	if (!has(fields, PLACE_TITLE) || !has(fields, PLACE_SOURCE))
		return NULL;
	actions = read_actions(fields);
	if (is_complete(fields, actions.line != 0)) {
		statement = fill(fields, &actions);
		statement->is_new = !lsm_form_fields_are_discussed(fields);
		lsm_weight_note(LSM_WEIGHT_FORM_3GPP, evidence, "the 3GPP's form: Title, Source, To%s%s%s",
				has(fields, PLACE_RESPONSE_TO) ? ", Response to" : "",
				has(fields, PLACE_REPLY_TO) ? ", Send any reply LS to" : "",
				actions.line != 0 ? ", Actions" : "");
	}
	g_string_free(actions.names, TRUE);
	return statement;
}

LsmStatement *
lsm_format_read_3gpp(const LsmMessage *message, GPtrArray *evidence)
{
	return lsm_form_read_mail(message, lsm_format_text_3gpp, evidence);
}

gboolean
lsm_format_carries_3gpp(const LsmMessage *message)
{
	return lsm_form_is_quoted(message, lsm_format_text_3gpp);
}
