/*
 * format.c - the table of forms, and what all form readers share.
 *
 * Owns nothing; thread-safe; never fails.
 */
#include "rules/format.h"

#include <stdarg.h>
#include <string.h>

#include "rules/recognise.h"
#include "rules/text.h"

#define MAX_LABEL 40
#define MAX_EVIDENCE 100

/* To add a form: a row here, its two functions in format_<name>.c. Most specific first. */
static const LsmFormat formats[] = {
	{"datatracker", LSM_WEIGHT_FORM_DATATRACKER, lsm_format_read_datatracker, lsm_format_carries_datatracker, NULL,
	 "The notification mail of the IETF Datatracker's liaison statement tool."},
	{"labelled", LSM_WEIGHT_FORM_LABELLED, lsm_format_read_labelled, lsm_format_carries_labelled, NULL,
	 "Our own block: \"Liaison-Statement: 1\", then labelled lines, or Liaison- header fields."},
	{"itu", LSM_WEIGHT_FORM_ITU, lsm_format_read_itu, lsm_format_carries_itu, lsm_format_text_itu,
	 "The ITU-T's table with \"For action to\", or the older one with \"For\" and \"To\"."},
	{"3gpp", LSM_WEIGHT_FORM_3GPP, lsm_format_read_3gpp, lsm_format_carries_3gpp, lsm_format_text_3gpp,
	 "The 3GPP's template, oneM2M's too: Title, Response to, Source, To, Cc, Actions."},
	{"ieee", LSM_WEIGHT_FORM_IEEE, lsm_format_read_ieee, lsm_format_carries_ieee, lsm_format_text_ieee,
	 "A letter's head of fields: To, From or Source, Date, Re, with a purpose or a liaison heading."},
	{"letter", LSM_WEIGHT_FORM_LETTER, lsm_format_read_letter, lsm_format_carries_letter, lsm_format_text_letter,
	 "Prose in a group's name to another body; enough only between known parties."},
};

const LsmFormat *
lsm_format_table(guint *count_out)
{
	*count_out = G_N_ELEMENTS(formats);
	return formats;
}

int
lsm_format_weight(const LsmFormat *format)
{
	return lsm_weight(format->evidence)->weight;
}

void
lsm_evidence_add(GPtrArray *evidence, int weight, const char *format, ...)
{
	LsmEvidence *piece;
	va_list arguments;

	if (evidence->len >= MAX_EVIDENCE)
		return;
	piece = g_new0(LsmEvidence, 1);
	piece->weight = weight;
	va_start(arguments, format);
	piece->what = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	g_ptr_array_add(evidence, piece);
}

/* The first ":" or fullwidth ":" within reach of a label; *width_out: its octets. */
static const char *
find_colon(const char *line, gsize length, gsize *width_out)
{
	for (gsize i = 0; i < length && i < MAX_LABEL * 3; i++) {
		*width_out = line[i] == ':' ? 1 : 3;
		if (line[i] == ':' || (length - i >= 3 && memcmp(line + i, "\xef\xbc\x9a", 3) == 0))
			return line + i;
	}
	return NULL;
}

/* Word processors write U+2010, U+2011 (which folds to it) or U+2013 for a hyphen: each three octets. */
static void
plain_hyphens(char *label)
{
	char *to = label;

	for (const char *from = label; *from != '\0'; to++) {
		gboolean wide = strncmp(from, "\xe2\x80\x90", 3) == 0 || strncmp(from, "\xe2\x80\x93", 3) == 0;

		*to = wide ? '-' : *from;
		from += wide ? 3 : 1;
	}
	*to = '\0';
}

static gboolean
is_label(const char *label)
{
	gsize length = strlen(label);

	return length > 0 && length <= MAX_LABEL && g_ascii_isalpha(*label) &&
	       strspn(label, "abcdefghijklmnopqrstuvwxyz0123456789 _-") == length;
}

/* Bold letters come out of HTML mail as "*Purpose:* For action". */
static const char *
skip_stars(const char *line, gsize *length)
{
	while (*length > 0 && *line == '*') {
		line++;
		(*length)--;
	}
	return line;
}

gboolean
lsm_label_line_parse(const char *line, gsize length, LsmLabelLine *field)
{
	gsize width, rest;
	const char *colon, *value;
	g_autofree char *label = NULL;

	field->label = NULL;
	field->value = NULL;
	line = skip_stars(line, &length);
	colon = find_colon(line, length, &width);
	if (colon == NULL)
		return FALSE;
	label = lsm_text_fold(line, (gssize)(colon - line));
	plain_hyphens(label);
	if (!is_label(label))
		return FALSE;
	rest = length - (gsize)(colon - line) - width;
	value = skip_stars(colon + width, &rest);
	field->label = g_steal_pointer(&label);
	field->value = lsm_text_one_line(value, (gssize)rest, G_MAXSIZE / 2);
	return TRUE;
}

void
lsm_label_line_clear(LsmLabelLine *field)
{
	g_clear_pointer(&field->label, g_free);
	g_clear_pointer(&field->value, g_free);
}

/* --- subjects --- */

#define WIDE_COLON "\xef\xbc\x9a"
#define HUI_FU "\xe5\x9b\x9e\xe5\xa4\x8d"
#define DA_FU "\xe7\xad\x94\xe5\xa4\x8d"
#define ZHUAN_FA "\xe8\xbd\xac\xe5\x8f\x91"

/* To add what a mail client writes in its language: a word here. */
static const char *const reply_marks[] = {"re:",  "re :", "aw:",  "sv:",  "antw:", "antwort:",
					  "r:",   "vs:",  "res:", "rif:", "odp:",  "ynt:",
					  HUI_FU ":", HUI_FU WIDE_COLON, DA_FU ":", DA_FU WIDE_COLON};
static const char *const forward_marks[] = {"fwd:", "fwd :", "fw:", "wg:", "tr:", "rv:", "enc:", "vb:",
					    "doorst:", ZHUAN_FA ":", ZHUAN_FA WIDE_COLON};

/* "[ippm] [Ext] Re: LS" -> "Re: LS" */
static const char *
skip_list_tags(const char *subject)
{
	const char *close;

	while (*subject == '[' && (close = strchr(subject, ']')) != NULL)
		subject = close + 1 + strspn(close + 1, " ");
	return subject;
}

static gboolean
begins_with_one(const char *subject, const char *const *marks, gsize count)
{
	const char *plain = skip_list_tags(subject);

	for (gsize i = 0; i < count; i++)
		if (g_ascii_strncasecmp(plain, marks[i], strlen(marks[i])) == 0)
			return TRUE;
	return FALSE;
}

gboolean
lsm_subject_is_forward(const char *subject)
{
	return begins_with_one(subject, forward_marks, G_N_ELEMENTS(forward_marks));
}

gboolean
lsm_subject_is_reply(const char *subject)
{
	return begins_with_one(subject, reply_marks, G_N_ELEMENTS(reply_marks));
}
