/*
 * format_datatracker.c - the notification mail of the IETF Datatracker's liaison statement tool.
 *
 *   Title: LS on STAMP
 *   Submission Date: 2026-11-02
 *   URL of the IETF Web page: https://datatracker.ietf.org/liaison/1999/
 *   Please reply by 2026-12-31
 *   From: IETF IPPM <ippm-chairs@ietf.org>
 *   ...
 *
 * The tool repeats the block in reminders and approval requests; only the subject tells a new
 * statement from those. Owns nothing; thread-safe; never fails.
 */
#include <string.h>

#include "rules/format.h"
#include "rules/text.h"

#define TOP_LINES 15
#define MAX_LINES 2000
#define MAX_VALUE 8000
#define MIN_LABELS 5
#define TOOL_NAME "liaison statement management tool"
#define NEW_SUBJECT "new liaison statement, \""

typedef enum {
	PLACE_TITLE,
	PLACE_DATE,
	PLACE_URL,
	PLACE_DEADLINE,
	PLACE_FROM,
	PLACE_TO,
	PLACE_CC,
	PLACE_RESPONSE_CONTACTS,
	PLACE_TECHNICAL_CONTACTS,
	PLACE_PURPOSE,
	PLACE_REFERENCE,
	PLACE_BODY,
	PLACE_ATTACHMENTS,
	PLACE_COUNT
} Place;

/* To add a label: a row here. In lower case, as the tool has written it at one time or another. */
static const struct {
	const char *label;
	Place place;
} labels[] = {
	{"title:", PLACE_TITLE},
	{"submission date:", PLACE_DATE},
	{"url of the ietf web page:", PLACE_URL},
	{"please reply by", PLACE_DEADLINE},
	{"from:", PLACE_FROM},
	{"to:", PLACE_TO},
	{"cc:", PLACE_CC},
	{"response contacts:", PLACE_RESPONSE_CONTACTS},
	{"response contact:", PLACE_RESPONSE_CONTACTS},
	{"technical contacts:", PLACE_TECHNICAL_CONTACTS},
	{"technical contact:", PLACE_TECHNICAL_CONTACTS},
	{"purpose:", PLACE_PURPOSE},
	{"referenced liaison:", PLACE_REFERENCE},
	{"body:", PLACE_BODY},
	{"attachments:", PLACE_ATTACHMENTS},
	{"attachment(s):", PLACE_ATTACHMENTS},
};

typedef struct {
	GString *text[PLACE_COUNT]; /* NULL: not there */
	guint line[PLACE_COUNT];
} Block;

static void
block_clear(Block *block)
{
	for (guint i = 0; i < PLACE_COUNT; i++)
		if (block->text[i] != NULL)
			g_string_free(block->text[i], TRUE);
}

/* The place that a line begins, or PLACE_COUNT; *width_out: octets of its label. */
static Place
place_of(const LsmLine *line, gsize *width_out)
{
	for (gsize i = 0; i < G_N_ELEMENTS(labels); i++) {
		*width_out = strlen(labels[i].label);
		if (line->length >= *width_out &&
		    g_ascii_strncasecmp(line->start, labels[i].label, *width_out) == 0)
			return labels[i].place;
	}
	return PLACE_COUNT;
}

static void
extend(Block *block, Place place, const char *text, gsize length)
{
	GString *value = block->text[place];

	/* The body is the statement's text: it keeps its lines and is bounded by the mail. */
	if (place != PLACE_BODY && value->len + length > MAX_VALUE)
		return;
	if (value->len > 0)
		g_string_append_c(value, '\n');
	g_string_append_len(value, text, (gssize)length);
}

/* In the body every line is text, but for the attachments' heading behind it. */
static gboolean
begins_place(const Block *block, Place current, Place place)
{
	if (place == PLACE_COUNT || block->text[place] != NULL)
		return FALSE;
	return current != PLACE_BODY || place == PLACE_ATTACHMENTS;
}

static guint
read_block(Block *block, const char *text)
{
	g_autoptr(GArray) lines = lsm_text_top_lines(text, MAX_LINES);
	Place current = PLACE_COUNT;
	guint count = 0, seen = 0;

	for (guint i = 0; i < lines->len; i++) {
		const LsmLine *line = &g_array_index(lines, LsmLine, i);
		gsize width;
		Place place = place_of(line, &width);

		if (current == PLACE_COUNT && place != PLACE_TITLE) {
			if (!lsm_line_is_blank(line) && ++seen > TOP_LINES)
				break;
			continue;
		}
		if (begins_place(block, current, place)) {
			current = place;
			block->text[place] = g_string_new(NULL);
			block->line[place] = line->number;
			extend(block, place, line->start + width, line->length - width);
			count++;
		} else {
			extend(block, current, line->start, line->length);
		}
	}
	return count;
}

static gboolean
is_complete(const Block *block, guint count)
{
	return count >= MIN_LABELS && block->text[PLACE_TITLE] != NULL && block->text[PLACE_FROM] != NULL &&
	       block->text[PLACE_TO] != NULL && block->text[PLACE_PURPOSE] != NULL &&
	       (block->text[PLACE_DATE] != NULL || block->text[PLACE_URL] != NULL);
}

static gboolean
is_from_tool(const LsmMessage *message)
{
	for (guint i = 0; i < message->from->len; i++) {
		const LsmAddress *from = g_ptr_array_index(message->from, i);
		g_autofree char *name = lsm_text_fold(from->name != NULL ? from->name : "", -1);

		/* A list may have written "... via IPPM" behind it. */
		if (strstr(name, TOOL_NAME) != NULL ||
		    g_ascii_strncasecmp(from->address, "statements@", 11) == 0 ||
		    g_ascii_strncasecmp(from->address, "lsmt@", 5) == 0)
			return TRUE;
	}
	return FALSE;
}

/* New Liaison Statement, "Title" -- and nothing behind it: `... needs your approval` is a request. */
static gboolean
is_new_subject(const char *subject)
{
	g_autofree char *folded = lsm_text_fold(subject, -1);
	const char *plain = folded;
	const char *close;

	while (*plain == '[' && (close = strchr(plain, ']')) != NULL)
		plain = close + 1 + strspn(close + 1, " ");
	return g_str_has_prefix(plain, NEW_SUBJECT) && g_str_has_suffix(plain, "\"");
}

static void
take(LsmStatement *statement, const Block *block, Place place, LsmFieldId field)
{
	g_autofree char *where = NULL;
	g_autofree char *line = NULL;

	if (block->text[place] == NULL)
		return;
	where = g_strdup_printf("body line %u", block->line[place]);
	line = lsm_text_one_line(block->text[place]->str, -1, MAX_VALUE);
	lsm_statement_read_field(statement, field, line, where, LSM_CONFIDENCE_EXPLICIT);
}

/* People and bodies, with commas or line ends between them. */
static void
take_list(LsmStatement *statement, const Block *block, Place place, LsmFieldId field)
{
	g_auto(GStrv) names = NULL;
	g_autofree char *where = NULL;

	if (block->text[place] == NULL)
		return;
	names = g_strsplit_set(block->text[place]->str, ",;\n", 100);
	where = g_strdup_printf("body line %u", block->line[place]);
	for (char **name = names; *name != NULL; name++)
		lsm_statement_add(statement, field, *name, *name, where, LSM_CONFIDENCE_EXPLICIT);
}

/* "IETF IPPM <ippm-chairs@ietf.org>": the body's name, and behind it addresses of contacts. */
static void
take_party(LsmStatement *statement, const Block *block, Place place, LsmFieldId body, LsmFieldId contact)
{
	g_autofree char *where = g_strdup_printf("body line %u", block->line[place]);
	g_autofree char *line = lsm_text_one_line(block->text[place]->str, -1, MAX_VALUE);
	char *open = strpbrk(line, "<(");

	if (open != NULL)
		lsm_statement_read_field(statement, contact, open, where, LSM_CONFIDENCE_EXPLICIT);
	if (open != NULL)
		*open = '\0';
	lsm_statement_add(statement, body, line, block->text[place]->str, where, LSM_CONFIDENCE_EXPLICIT);
}

static LsmStatement *
fill(const Block *block)
{
	LsmStatement *statement = lsm_statement_new("datatracker");

	take_party(statement, block, PLACE_FROM, LSM_FIELD_FROM, LSM_FIELD_FROM_CONTACT);
	take_party(statement, block, PLACE_TO, LSM_FIELD_TO, LSM_FIELD_TO_CONTACT);
	take_list(statement, block, PLACE_CC, LSM_FIELD_CC);
	take(statement, block, PLACE_TITLE, LSM_FIELD_SUBJECT);
	take(statement, block, PLACE_URL, LSM_FIELD_DOCUMENT);
	take(statement, block, PLACE_DEADLINE, LSM_FIELD_DEADLINE);
	take(statement, block, PLACE_RESPONSE_CONTACTS, LSM_FIELD_SEND_REPLY_TO);
	take(statement, block, PLACE_TECHNICAL_CONTACTS, LSM_FIELD_FROM_CONTACT);
	take(statement, block, PLACE_PURPOSE, LSM_FIELD_PURPOSE);
	take(statement, block, PLACE_REFERENCE, LSM_FIELD_IN_RESPONSE_TO);
	if (block->text[PLACE_BODY] != NULL) {
		g_free(statement->text);
		statement->text = g_strstrip(g_strdup(block->text[PLACE_BODY]->str));
	}
	return statement;
}

LsmStatement *
lsm_format_read_datatracker(const LsmMessage *message, GPtrArray *evidence)
{
	Block block = {{NULL}, {0}};
	LsmStatement *statement = NULL;

	if (!is_from_tool(message) || lsm_subject_is_reply(message->subject) ||
	    lsm_subject_is_forward(message->subject))
		return NULL;
	if (is_complete(&block, read_block(&block, message->text))) {
		statement = fill(&block);
		statement->is_new = is_new_subject(message->subject);
		lsm_weight_note(LSM_WEIGHT_FORM_DATATRACKER, evidence,
				"the Datatracker's block of fields, from the tool's address%s",
				statement->is_new ? "" : ", but the subject is not that of a new statement");
	}
	block_clear(&block);
	return statement;
}

/* The block somewhere else than on top of the tool's own mail: two of its labels that no other mail has. */
gboolean
lsm_format_carries_datatracker(const LsmMessage *message)
{
	const char *cursor = message->text;
	LsmLine line = {NULL, 0, 0};
	gboolean date = FALSE, url = FALSE;

	while (!(date && url) && lsm_text_next_line(&cursor, &line)) {
		LsmLine plain = lsm_line_unquoted(&line, NULL);
		gsize width;
		Place place = place_of(&plain, &width);

		date |= place == PLACE_DATE;
		url |= place == PLACE_URL;
	}
	return date && url;
}
