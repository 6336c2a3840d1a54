/*
 * guidance_block.c - our block of metadata, ready to paste, with what was understood.
 *
 * What lacks is filled from the directory where it knows; what only the author can say is left as a choice
 * or empty (an empty line counts as absent, so pasting it unread claims nothing). Pure, any thread.
 */
#include "rules/guidance.h"

#include <string.h>

#include "rules/text.h"

#define LONGEST_LINE 900

static const struct {
	const char *word;
	const char *label;
} purposes[] = {
	{"information", "For information"},
	{"action", "For action"},
	{"response", "In response"},
};

static const char *
purpose_label(const LsmStatement *statement)
{
	const char *written = lsm_statement_first(statement, LSM_FIELD_PURPOSE);
	const char *word = written != NULL ? lsm_purpose_word(written) : NULL;

	for (guint i = 0; word != NULL && i < G_N_ELEMENTS(purposes); i++) {
		if (strcmp(purposes[i].word, word) == 0)
			return purposes[i].label;
	}
	return NULL;
}

static char *
purpose_text(const LsmCheckInput *input)
{
	const char *label = purpose_label(input->statement);

	return g_strdup(label != NULL ? label : "For action | For information | In response");
}

static char *
deadline_text(const LsmCheckInput *input)
{
	const char *written = lsm_statement_first(input->statement, LSM_FIELD_DEADLINE);
	const char *label = purpose_label(input->statement);
	char iso[11];

	if (written != NULL && lsm_deadline_parse(written, iso) == LSM_DEADLINE_READ &&
	    lsm_deadline_end(iso) >= input->now)
		return g_strdup(iso);
	if (label == NULL || strcmp(label, "For action") == 0)
		return g_strdup("YYYY-MM-DD (only if it is for action)");
	return NULL;
}

/* All values of a field in one line, or NULL. */
static char *
written_text(const LsmCheckInput *input, LsmFieldId field, const char *separator)
{
	g_auto(GStrv) values = lsm_statement_list(input->statement, field);
	g_autofree char *joined = g_strjoinv(separator, values);

	return joined[0] != '\0' ? lsm_text_one_line(joined, -1, LONGEST_LINE) : NULL;
}

static char *
name_body(const LsmBody *body, const char *home)
{
	g_autofree char *acronym = g_ascii_strup(body->acronym, -1);

	switch (body->level) {
	case LSM_LEVEL_GROUP:
		return g_strdup_printf("%s %s Working Group", home, acronym);
	case LSM_LEVEL_AREA:
		return g_strdup_printf("%s %s Area", home,
				       body->name != NULL && body->name[0] != '\0' ? body->name : acronym);
	case LSM_LEVEL_RESEARCH:
	case LSM_LEVEL_ORGANIZATION:
		break;
	}
	return g_strdup(body->acronym);
}

static char *
from_text(const LsmCheckInput *input)
{
	const GPtrArray *bodies = input->recognition->from_bodies;
	char *written = written_text(input, LSM_FIELD_FROM, "; ");
	GString *names;

	if (written != NULL)
		return written;
	names = g_string_new(NULL);
	for (guint i = 0; i < bodies->len; i++) {
		g_autofree char *name = name_body(g_ptr_array_index(bodies, i),
						  lsm_directory_home_name(input->settings->directory));

		g_string_append_printf(names, "%s%s", i == 0 ? "" : "; ", name);
	}
	return g_string_free(names, FALSE);
}

static char *
from_contact_text(const LsmCheckInput *input)
{
	const GPtrArray *bodies = input->recognition->from_bodies;
	char *written = written_text(input, LSM_FIELD_FROM_CONTACT, ", ");
	g_autoptr(GPtrArray) contacts = NULL;

	if (written != NULL)
		return written;
	contacts = g_ptr_array_new();
	for (guint i = 0; i < bodies->len; i++) {
		const LsmBody *body = g_ptr_array_index(bodies, i);

		for (guint j = 0; body->chairs != NULL && body->chairs[j] != NULL; j++)
			g_ptr_array_add(contacts, body->chairs[j]);
		if (body->list != NULL && body->list[0] != '\0')
			g_ptr_array_add(contacts, body->list);
	}
	g_ptr_array_add(contacts, NULL);
	return g_strjoinv(", ", (char **)contacts->pdata);
}

/* The first organization that is addressed, or NULL. */
static const LsmOrganization *
addressee(const LsmCheckInput *input)
{
	const GPtrArray *organizations = input->recognition->to_organizations;

	return organizations->len > 0 ? g_ptr_array_index(organizations, 0) : NULL;
}

/* "For liaison statements sent by the IETF, this address should be the alias of the liaison manager, if
 * applicable, or an address maintained by the IAB for liaison management" (A17) */
static char *
reply_to_text(const LsmCheckInput *input)
{
	const LsmOrganization *organization = addressee(input);
	char *written = written_text(input, LSM_FIELD_SEND_REPLY_TO, ", ");

	if (written != NULL)
		return written;
	if (organization != NULL && organization->liaison_manager != NULL &&
	    organization->liaison_manager[0] != '\0')
		return g_strdup(organization->liaison_manager);
	return g_strdup(lsm_directory_liaison_contact(input->settings->directory));
}

static char *
to_text(const LsmCheckInput *input)
{
	const LsmOrganization *organization = addressee(input);
	char *written = written_text(input, LSM_FIELD_TO, "; ");

	if (written != NULL)
		return written;
	return g_strdup(organization != NULL ? organization->name : "");
}

static char *
to_contact_text(const LsmCheckInput *input)
{
	const LsmOrganization *organization = addressee(input);
	char *written = written_text(input, LSM_FIELD_TO_CONTACT, ", ");

	if (written != NULL)
		return written;
	return organization != NULL && organization->send_to != NULL ? g_strjoinv(", ", organization->send_to)
								     : g_strdup("");
}

static char *
send_to_text(const LsmCheckInput *input)
{
	return written_text(input, LSM_FIELD_SEND_TO, ", ");
}

static char *
in_response_to_text(const LsmCheckInput *input)
{
	const char *label = purpose_label(input->statement);
	char *written = written_text(input, LSM_FIELD_IN_RESPONSE_TO, ", ");

	if (written == NULL && label != NULL && strcmp(label, "In response") == 0)
		return g_strdup("");
	return written;
}

static char *
consensus_text(const LsmCheckInput *input)
{
	char *written = written_text(input, LSM_FIELD_CONSENSUS, "; ");

	return written != NULL ? written : g_strdup("");
}

/* The lines of the block, in order. To add one: a row; NULL from its function leaves the line out. */
static const struct {
	LsmFieldId field;
	char *(*text)(const LsmCheckInput *input);
} block_rows[] = {
	{LSM_FIELD_FROM, from_text},
	{LSM_FIELD_FROM_CONTACT, from_contact_text},
	{LSM_FIELD_SEND_REPLY_TO, reply_to_text},
	{LSM_FIELD_TO, to_text},
	{LSM_FIELD_TO_CONTACT, to_contact_text},
	{LSM_FIELD_SEND_TO, send_to_text},
	{LSM_FIELD_PURPOSE, purpose_text},
	{LSM_FIELD_DEADLINE, deadline_text},
	{LSM_FIELD_IN_RESPONSE_TO, in_response_to_text},
	{LSM_FIELD_CONSENSUS, consensus_text},
};

char *
lsm_guidance_block(const LsmCheckInput *input)
{
	GString *block = g_string_new("Liaison-Statement: 1\n");

	for (guint i = 0; i < G_N_ELEMENTS(block_rows); i++) {
		g_autofree char *text = block_rows[i].text(input);
		g_autofree char *line = text != NULL ? lsm_text_one_line(text, -1, LONGEST_LINE) : NULL;

		if (line != NULL)
			g_string_append_printf(block, "%s:%s%s\n", lsm_field_label(block_rows[i].field),
					       line[0] != '\0' ? " " : "", line);
	}
	return g_string_free(block, FALSE);
}
