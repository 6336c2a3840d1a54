/*
 * statement.c - the statement as plain data, and how the text of each field becomes values.
 *
 * Owns all strings of a statement. Uses text.c and the directory's address check. No threads of
 * its own; never fails: what cannot be read is kept as written or left out, as statement.h says.
 */
#include "rules/statement.h"

#include <string.h>

#include "rules/text.h"

#define MAX_VERBATIM 500
#define MAX_VALUES 100

typedef enum { KIND_LINE, KIND_PARTIES, KIND_ADDRESSES, KIND_PURPOSE, KIND_DATE } FieldKind;

typedef struct {
	const char *label;
	const char *json;
	FieldKind kind;
} FieldRow;

/* What a field's text is, where it is more than a line. */
#define KIND_OF(id)                                                                                          \
	((id) == LSM_FIELD_FROM || (id) == LSM_FIELD_TO || (id) == LSM_FIELD_CC ? KIND_PARTIES               \
	 : (id) == LSM_FIELD_PURPOSE                    ? KIND_PURPOSE                                       \
	 : (id) == LSM_FIELD_DEADLINE                   ? KIND_DATE                                          \
	 : (id) == LSM_FIELD_FROM_CONTACT || (id) == LSM_FIELD_TO_CONTACT || (id) == LSM_FIELD_SEND_TO ||    \
			 (id) == LSM_FIELD_SEND_REPLY_TO                                                     \
		 ? KIND_ADDRESSES                                                                            \
		 : KIND_LINE)

static const FieldRow field_rows[LSM_FIELD_COUNT] = {
#define LSM_FIELD_ROW(id, label, json, source) {label, json, KIND_OF(LSM_FIELD_##id)},
	LSM_FIELDS(LSM_FIELD_ROW)
#undef LSM_FIELD_ROW
};

/* Labels of other vintages of the procedure. To add one: a row, in lower case, with "-" for blanks. */
static const struct {
	const char *label;
	LsmFieldId field;
} synonyms[] = {
	{"from-contacts", LSM_FIELD_FROM_CONTACT},
	{"from-liaison-contact", LSM_FIELD_FROM_CONTACT},
	{"from-liaison-contacts", LSM_FIELD_FROM_CONTACT},
	{"to-contacts", LSM_FIELD_TO_CONTACT},
	{"to-liaison-contact", LSM_FIELD_TO_CONTACT},
	{"to-liaison-contacts", LSM_FIELD_TO_CONTACT},
	{"reply-to", LSM_FIELD_SEND_REPLY_TO},
	{"title", LSM_FIELD_SUBJECT},
	{"response-to", LSM_FIELD_IN_RESPONSE_TO},
};

static const char *const absent_words[] = {"",    "-",    "--", "\xe2\x80\x93", "\xe2\x80\x94",
					   "n/a", "none", "nil"};

const char *
lsm_field_label(LsmFieldId field)
{
	return field_rows[field].label;
}

const char *
lsm_field_json_name(LsmFieldId field)
{
	return field_rows[field].json;
}

gboolean
lsm_field_parse_label(const char *label, LsmFieldId *field_out)
{
	g_autofree char *plain = g_strdelimit(g_strdup(label), " _", '-');

	for (guint i = 0; i < LSM_FIELD_COUNT; i++) {
		if (g_ascii_strcasecmp(field_rows[i].label, plain) == 0) {
			*field_out = (LsmFieldId)i;
			return TRUE;
		}
	}
	for (gsize i = 0; i < G_N_ELEMENTS(synonyms); i++) {
		if (strcmp(synonyms[i].label, plain) == 0) {
			*field_out = synonyms[i].field;
			return TRUE;
		}
	}
	return FALSE;
}

static void
value_free(gpointer data)
{
	LsmValue *value = data;

	g_free(value->value);
	g_free(value->verbatim);
	g_free(value->where);
	g_strfreev(value->to);
	g_free(value);
}

LsmStatement *
lsm_statement_new(const char *form)
{
	LsmStatement *statement = g_new0(LsmStatement, 1);

	statement->form = form;
	statement->is_new = TRUE;
	statement->text = g_strdup("");
	for (guint i = 0; i < LSM_FIELD_COUNT; i++)
		statement->values[i] = g_ptr_array_new_with_free_func(value_free);
	return statement;
}

void
lsm_statement_free(LsmStatement *statement)
{
	if (statement == NULL)
		return;
	for (guint i = 0; i < LSM_FIELD_COUNT; i++)
		g_ptr_array_unref(statement->values[i]);
	g_free(statement->text);
	g_free(statement->version);
	g_free(statement);
}

void
lsm_statement_take_field(LsmStatement *statement, const LsmStatement *other, LsmFieldId field)
{
	const GPtrArray *values = other->values[field];

	g_ptr_array_set_size(statement->values[field], 0);
	for (guint i = 0; i < values->len; i++) {
		const LsmValue *value = g_ptr_array_index(values, i);
		LsmValue *copy = g_new0(LsmValue, 1);

		copy->value = g_strdup(value->value);
		copy->verbatim = g_strdup(value->verbatim);
		copy->where = g_strdup(value->where);
		copy->to = g_strdupv(value->to);
		copy->confidence = value->confidence;
		g_ptr_array_add(statement->values[field], copy);
	}
	if (field == LSM_FIELD_DEADLINE)
		statement->deadline_state = other->deadline_state;
}

LsmStatement *
lsm_statement_copy_values(const LsmStatement *statement)
{
	LsmStatement *copy = lsm_statement_new(statement->form);

	for (guint i = 0; i < LSM_FIELD_COUNT; i++)
		lsm_statement_take_field(copy, statement, (LsmFieldId)i);
	return copy;
}

void
lsm_statement_relocate(LsmStatement *statement, const char *place)
{
	for (guint i = 0; i < LSM_FIELD_COUNT; i++) {
		for (guint k = 0; k < statement->values[i]->len; k++) {
			LsmValue *value = g_ptr_array_index(statement->values[i], k);
			char *where = g_strdup_printf("%s, %s", place, value->where);

			g_free(value->where);
			value->where = where;
		}
	}
}

static gboolean
is_absent(const char *value)
{
	g_autofree char *folded = lsm_text_fold(value, -1);

	for (gsize i = 0; i < G_N_ELEMENTS(absent_words); i++)
		if (strcmp(folded, absent_words[i]) == 0)
			return TRUE;
	return FALSE;
}

LsmValue *
lsm_statement_add(LsmStatement *statement, LsmFieldId field, const char *value, const char *verbatim,
		  const char *where, LsmConfidence confidence)
{
	LsmValue *added;

	if (value == NULL || is_absent(value) || statement->values[field]->len >= MAX_VALUES)
		return NULL;
	added = g_new0(LsmValue, 1);
	added->value = lsm_text_one_line(value, -1, MAX_VERBATIM);
	added->verbatim = lsm_text_one_line(verbatim != NULL ? verbatim : value, -1, MAX_VERBATIM);
	added->where = g_strdup(where);
	added->confidence = confidence;
	g_ptr_array_add(statement->values[field], added);
	return added;
}

gboolean
lsm_statement_has(const LsmStatement *statement, LsmFieldId field)
{
	return statement->values[field]->len > 0;
}

const char *
lsm_statement_first(const LsmStatement *statement, LsmFieldId field)
{
	const GPtrArray *values = statement->values[field];

	return values->len > 0 ? ((const LsmValue *)g_ptr_array_index(values, 0))->value : NULL;
}

char **
lsm_statement_list(const LsmStatement *statement, LsmFieldId field)
{
	const GPtrArray *values = statement->values[field];
	char **list = g_new0(char *, values->len + 1);

	for (guint i = 0; i < values->len; i++)
		list[i] = g_strdup(((const LsmValue *)g_ptr_array_index(values, i))->value);
	return list;
}

/* --- purpose --- */

/* To add a way of writing a purpose: a row, as lsm_text_fold makes it, with blanks for hyphens. */
static const struct {
	const char *text;
	const char *word;
} purpose_words[] = {
	{"for information", "information"},
	{"information", "information"},
	{"for info", "information"},
	{"info", "information"},
	{"fyi", "information"},
	{"for your information", "information"},
	{"for action", "action"},
	{"action", "action"},
	{"action required", "action"},
	{"in response", "response"},
	{"response", "response"},
	{"reply", "response"},
	{"in reply", "response"},
	{"for comment", "comment"},
	{"for comments", "comment"},
	{"comment", "comment"},
	{"comments", "comment"},
};

static const char *
find_purpose(const char *folded)
{
	for (gsize i = 0; i < G_N_ELEMENTS(purpose_words); i++)
		if (strcmp(folded, purpose_words[i].text) == 0)
			return purpose_words[i].word;
	return NULL;
}

const char *
lsm_purpose_word(const char *text)
{
	g_autofree char *folded = lsm_text_fold(text, -1);
	char *remark = strpbrk(folded, "(,:");
	char *end;

	g_strdelimit(folded, "-_", ' ');
	/* "For information (no answer needed)": a remark may follow, another purpose may not. */
	if (remark != NULL) {
		for (gsize i = 0; i < G_N_ELEMENTS(purpose_words); i++)
			if (g_str_has_prefix(purpose_words[i].text, "for ") &&
			    strstr(remark, purpose_words[i].text) != NULL)
				return NULL;
		*remark = '\0';
	}
	end = folded + strlen(folded);
	while (end > folded && strchr(" .;!\"'", end[-1]) != NULL)
		*--end = '\0';
	if (g_str_has_suffix(folded, " only"))
		end[-5] = '\0';
	return find_purpose(folded + strspn(folded, " \"'"));
}

/* "For action to SG15, SG13" -> the part before " to ", and the addressees. */
static char **
split_addressees(char *piece)
{
	g_autofree char *lower = g_ascii_strdown(piece, -1);
	const char *to = strstr(lower, " to ");
	char **names;

	if (to == NULL)
		to = strstr(lower, " to:");
	if (to == NULL)
		return NULL;
	names = g_strsplit(piece + (to - lower) + 4, ",", MAX_VALUES);
	for (char **name = names; *name != NULL; name++)
		g_strstrip(*name);
	piece[to - lower] = '\0';
	return names;
}

static void
read_purpose(LsmStatement *statement, const char *text, const char *where, LsmConfidence confidence)
{
	g_auto(GStrv) pieces = g_strsplit(text, ";", MAX_VALUES);

	for (char **piece = pieces; *piece != NULL; piece++) {
		g_autofree char *label = g_strdup(*piece);
		g_auto(GStrv) addressees = split_addressees(label);
		const char *word = lsm_purpose_word(label);
		LsmValue *value = lsm_statement_add(statement, LSM_FIELD_PURPOSE,
						    word != NULL ? word : *piece, *piece, where, confidence);

		if (value != NULL && word != NULL)
			value->to = g_steal_pointer(&addressees);
	}
}

static void
read_parties(LsmStatement *statement, LsmFieldId field, const char *text, const char *where,
	     LsmConfidence confidence)
{
	g_auto(GStrv) pieces = g_strsplit(text, ";", MAX_VALUES);

	for (char **piece = pieces; *piece != NULL; piece++)
		lsm_statement_add(statement, field, *piece, *piece, where, confidence);
}

static void
read_deadline(LsmStatement *statement, const char *text, const char *where, LsmConfidence confidence)
{
	char iso[11];
	LsmDeadlineState state = lsm_deadline_parse(text, iso);
	gboolean first = !lsm_statement_has(statement, LSM_FIELD_DEADLINE);

	if (lsm_statement_add(statement, LSM_FIELD_DEADLINE, state == LSM_DEADLINE_READ ? iso : text, text,
			      where, confidence) == NULL)
		return;
	/* Two deadlines that differ are none. */
	if (!first && g_strcmp0(lsm_statement_first(statement, LSM_FIELD_DEADLINE), iso) != 0)
		state = LSM_DEADLINE_AMBIGUOUS;
	statement->deadline_state = state;
}

void
lsm_statement_read_field(LsmStatement *statement, LsmFieldId field, const char *text, const char *where,
			 LsmConfidence confidence)
{
	switch (field_rows[field].kind) {
	case KIND_PURPOSE:
		read_purpose(statement, text, where, confidence);
		break;
	case KIND_ADDRESSES:
		lsm_statement_add_addresses(statement, field, text, where, confidence);
		break;
	case KIND_PARTIES:
		read_parties(statement, field, text, where, confidence);
		break;
	case KIND_DATE:
		read_deadline(statement, text, where, confidence);
		break;
	case KIND_LINE:
		lsm_statement_add(statement, field, text, text, where, confidence);
		break;
	}
}
