/*
 * check_attachments.c - could the attachments be read, and do they say what the mail says (A12, A33, A34,
 * A41)?
 *
 * Pure predicates over what was read; attachments that nobody opened are not spoken of. Any thread; cannot
 * fail.
 */
#include <string.h>

#include "rules/check.h"
#include "rules/text.h"

#define MAX_NAMED 3
#define SHORT_WORD 3 /* octets: what is no longer tells nothing about a title */

/* "LS.docx (protected by a password)" */
LsmCheckResult
lsm_check_attachment_unreadable(const LsmCheckInput *input, char **detail_out)
{
	const GPtrArray *readings = input->recognition->readings;
	GString *names = g_string_new(NULL);
	guint count = 0;

	for (guint i = 0; readings != NULL && i < readings->len; i++) {
		const LsmAttachmentText *text = g_ptr_array_index(readings, i);

		if (lsm_attachment_text_is_whole(text) || ++count > MAX_NAMED)
			continue;
		g_string_append_printf(names, "%s%s (%s)", count > 1 ? ", " : "",
				       *text->name != '\0' ? text->name : "one without a name",
				       lsm_attachment_text_reason(text));
	}
	if (count > MAX_NAMED)
		g_string_append_printf(names, " and %u more", count - MAX_NAMED);
	*detail_out = g_string_free(names, count == 0);
	return count > 0 ? LSM_CHECK_FOUND : LSM_CHECK_FINE;
}

/* --- do two readings of one field disagree? --- */

static gboolean
has_word(const LsmStatement *statement, const char *word)
{
	const GPtrArray *values = statement->values[LSM_FIELD_PURPOSE];

	for (guint i = 0; i < values->len; i++)
		if (strcmp(((const LsmValue *)g_ptr_array_index(values, i))->value, word) == 0)
			return TRUE;
	return FALSE;
}

/* A covering mail may name one purpose of several that an attachment has for several addressees. */
static gboolean
purposes_differ(const LsmCheckInput *input, const LsmStatement *text, const LsmStatement *attached)
{
	const GPtrArray *values = text->values[LSM_FIELD_PURPOSE];

	(void)input;
	for (guint i = 0; i < values->len; i++)
		if (has_word(attached, ((const LsmValue *)g_ptr_array_index(values, i))->value))
			return FALSE;
	return TRUE;
}

static gboolean
deadlines_differ(const LsmCheckInput *input, const LsmStatement *text, const LsmStatement *attached)
{
	(void)input;
	return g_strcmp0(lsm_statement_first(text, LSM_FIELD_DEADLINE),
			 lsm_statement_first(attached, LSM_FIELD_DEADLINE)) != 0;
}

/* What the directory knows under the names of a field. */
static GPtrArray *
known_parties(const LsmCheckInput *input, const LsmStatement *statement, LsmFieldId field)
{
	GPtrArray *known = g_ptr_array_new();
	const GPtrArray *values = statement->values[field];

	for (guint i = 0; i < values->len; i++) {
		const LsmValue *value = g_ptr_array_index(values, i);
		g_autoptr(GPtrArray) bodies =
			lsm_directory_match_bodies(input->settings->directory, value->value);
		g_autoptr(GPtrArray) organizations =
			lsm_directory_match_organizations(input->settings->directory, value->value);

		g_ptr_array_extend(known, bodies, NULL, NULL);
		g_ptr_array_extend(known, organizations, NULL, NULL);
	}
	return known;
}

/* Names that the directory does not know may be one body's: of them nothing is said. */
static gboolean
parties_differ(const LsmCheckInput *input, const LsmStatement *text, const LsmStatement *attached,
	       LsmFieldId field)
{
	g_autoptr(GPtrArray) first = known_parties(input, text, field);
	g_autoptr(GPtrArray) second = known_parties(input, attached, field);

	for (guint i = 0; i < first->len; i++)
		if (g_ptr_array_find(second, g_ptr_array_index(first, i), NULL))
			return FALSE;
	return first->len > 0 && second->len > 0;
}

static gboolean
originators_differ(const LsmCheckInput *input, const LsmStatement *text, const LsmStatement *attached)
{
	return parties_differ(input, text, attached, LSM_FIELD_FROM);
}

static gboolean
addressees_differ(const LsmCheckInput *input, const LsmStatement *text, const LsmStatement *attached)
{
	return parties_differ(input, text, attached, LSM_FIELD_TO);
}

static char **
title_words(const LsmStatement *statement)
{
	g_autofree char *folded = lsm_text_fold(lsm_statement_first(statement, LSM_FIELD_SUBJECT), -1);

	return g_strsplit_set(folded, " -_/.,;:()[]\"'", 100);
}

/* A title is shortened and gets "LS on" and "Reply" before it: half of its words must be in the other. */
static gboolean
titles_differ(const LsmCheckInput *input, const LsmStatement *text, const LsmStatement *attached)
{
	g_auto(GStrv) first = title_words(text);
	g_auto(GStrv) second = title_words(attached);
	guint count = 0, other = 0, shared = 0;

	(void)input;
	for (char **word = second; *word != NULL; word++)
		other += strlen(*word) >= SHORT_WORD;
	for (char **word = first; *word != NULL; word++) {
		if (strlen(*word) < SHORT_WORD)
			continue;
		count++;
		shared += g_strv_contains((const char *const *)second, *word);
	}
	return 2 * shared < MIN(count, other);
}

/* To add a field that is compared: a row. */
static const struct {
	LsmFieldId field;
	const char *name;
	gboolean (*differ)(const LsmCheckInput *input, const LsmStatement *text,
			   const LsmStatement *attached);
} compared[] = {
	{LSM_FIELD_PURPOSE, "purpose", purposes_differ}, {LSM_FIELD_DEADLINE, "deadline", deadlines_differ},
	{LSM_FIELD_FROM, "from", originators_differ},    {LSM_FIELD_TO, "to", addressees_differ},
	{LSM_FIELD_SUBJECT, "title", titles_differ},
};

static const LsmValue *
first_value(const LsmStatement *statement, LsmFieldId field)
{
	return lsm_statement_has(statement, field) ? g_ptr_array_index(statement->values[field], 0) : NULL;
}

static gboolean
is_written(const LsmValue *value)
{
	return value != NULL && value->confidence == LSM_CONFIDENCE_EXPLICIT;
}

/* Both readings, each with its place; what was concluded from a header or from prose is no reading. */
LsmCheckResult
lsm_check_metadata_conflict(const LsmCheckInput *input, char **detail_out)
{
	const LsmStatement *attached = input->recognition->attached;
	GString *detail = g_string_new(NULL);

	for (gsize i = 0; attached != NULL && i < G_N_ELEMENTS(compared); i++) {
		const LsmValue *own = first_value(input->statement, compared[i].field);
		const LsmValue *other = first_value(attached, compared[i].field);

		if (!is_written(own) || !is_written(other) ||
		    !compared[i].differ(input, input->statement, attached))
			continue;
		g_string_append_printf(detail, "%s%s is \"%s\" in %s but \"%s\" in %s",
				       detail->len > 0 ? "; " : "", compared[i].name, own->value, own->where,
				       other->value, other->where);
	}
	*detail_out = g_string_free(detail, detail->len == 0);
	return *detail_out != NULL ? LSM_CHECK_FOUND : LSM_CHECK_FINE;
}
