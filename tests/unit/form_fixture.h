/*
 * form_fixture.h - what the tests of the forms share: a text is read, and its fields are compared as lines.
 */
#ifndef LSM_TESTS_UNIT_FORM_FIXTURE_H
#define LSM_TESTS_UNIT_FORM_FIXTURE_H

#include <string.h>

#include "rules/form_fields.h"
#include "rules/recognise.h"

/* One text and what is wanted of it, by field: values joined by " | ", a purpose with " to " and its
 * addressees joined by ", ". NULL: not compared; "": must lack. */
typedef struct {
	const char *name;
	const char *text;
	gboolean want_found;
	gboolean want_new;
	const char *want_from, *want_to, *want_purpose, *want_deadline, *want_subject, *want_contact,
		*want_reply_to, *want_response_to, *want_document;
} FormCase;

static inline void
form_evidence_free(gpointer data)
{
	g_free(((LsmEvidence *)data)->what);
	g_free(data);
}

static inline LsmStatement *
form_read(LsmFormTextReader reader, const char *text)
{
	g_autoptr(GPtrArray) evidence = g_ptr_array_new_with_free_func(form_evidence_free);

	return reader(text, "body", evidence);
}

static inline void
form_append(GString *all, const LsmValue *value)
{
	g_autofree char *to = value->to != NULL ? g_strjoinv(", ", value->to) : NULL;

	if (all->len > 0)
		g_string_append(all, " | ");
	g_string_append(all, value->value);
	if (to != NULL)
		g_string_append_printf(all, " to %s", to);
}

static inline void
form_compare(const LsmStatement *statement, LsmFieldId field, const char *want)
{
	g_autoptr(GString) all = g_string_new(NULL);

	if (want == NULL)
		return;
	for (guint i = 0; i < statement->values[field]->len; i++)
		form_append(all, g_ptr_array_index(statement->values[field], i));
	g_assert_cmpstr(all->str, ==, want);
}

static inline void
form_check(LsmFormTextReader reader, const FormCase *row)
{
	g_autoptr(LsmStatement) found = form_read(reader, row->text);

	g_test_message("%s", row->name);
	g_assert_true((found != NULL) == row->want_found);
	if (found == NULL)
		return;
	g_assert_true(found->is_new == row->want_new);
	form_compare(found, LSM_FIELD_FROM, row->want_from);
	form_compare(found, LSM_FIELD_TO, row->want_to);
	form_compare(found, LSM_FIELD_PURPOSE, row->want_purpose);
	form_compare(found, LSM_FIELD_DEADLINE, row->want_deadline);
	form_compare(found, LSM_FIELD_SUBJECT, row->want_subject);
	form_compare(found, LSM_FIELD_FROM_CONTACT, row->want_contact);
	form_compare(found, LSM_FIELD_SEND_REPLY_TO, row->want_reply_to);
	form_compare(found, LSM_FIELD_IN_RESPONSE_TO, row->want_response_to);
	form_compare(found, LSM_FIELD_DOCUMENT, row->want_document);
}

/* Any start and any end cut off, and every label twice: whatever comes, the reader returns. */
static inline void
form_damage(LsmFormTextReader reader, const char *text)
{
	gsize length = strlen(text);

	for (gsize i = 0; i <= length; i += 7) {
		g_autofree char *head = g_strndup(text, i);
		g_autofree char *valid = g_utf8_make_valid(head, -1);
		g_autofree char *tail = g_utf8_make_valid(text + i, -1);
		g_autofree char *twice = g_strconcat(valid, text, NULL);
		LsmStatement *statements[] = {form_read(reader, valid), form_read(reader, tail),
					      form_read(reader, twice)};

		for (gsize k = 0; k < G_N_ELEMENTS(statements); k++)
			lsm_statement_free(statements[k]);
	}
}

#endif
