/*
 * guidance_block.c - our block of metadata, ready to paste, with what was understood.
 *
 * What lacks is filled from the directory where it knows; what only the author can say is left as a choice
 * or empty (an empty line counts as absent, so pasting it unread claims nothing). Pure, any thread.
 */
#include "rules/guidance.h"

#include <string.h>

#include "rules/contact.h"
#include "rules/text.h"

#define LONGEST_LINE 900
#define COLUMNS 76

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
	if (label == NULL)
		return g_strdup("YYYY-MM-DD (only if it is for action)");
	return g_strdup(strcmp(label, "For action") == 0 ? "YYYY-MM-DD" : NULL);
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

/* Role addresses where there are any: people change. */
static void
add_approvers(GStrvBuilder *contacts, const LsmDirectory *directory, char *const *approvers)
{
	gboolean has_role = FALSE;

	for (guint i = 0; approvers != NULL && approvers[i] != NULL; i++)
		has_role |= !lsm_contact_is_personal(directory, approvers[i]);
	for (guint i = 0; approvers != NULL && approvers[i] != NULL; i++) {
		if (!has_role || !lsm_contact_is_personal(directory, approvers[i]))
			g_strv_builder_add(contacts, approvers[i]);
	}
}

static void
add_contacts_of(GStrvBuilder *contacts, const LsmDirectory *directory, const LsmBody *body)
{
	if (body->chairs != NULL)
		g_strv_builder_addv(contacts, (const char **)body->chairs);
	if (body->list != NULL && body->list[0] != '\0')
		g_strv_builder_add(contacts, body->list);
	add_approvers(contacts, directory, lsm_directory_approvers(directory, body));
	/* What speaks for the whole is known to the coordinators first (P5). */
	if (body->level == LSM_LEVEL_ORGANIZATION)
		g_strv_builder_add(contacts, lsm_directory_liaison_contact(directory));
}

char **
lsm_guidance_each_once(char *const *addresses)
{
	g_autoptr(GStrvBuilder) kept = g_strv_builder_new();
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (guint i = 0; addresses[i] != NULL; i++) {
		if (g_hash_table_add(seen, lsm_address_fold(addresses[i])))
			g_strv_builder_add(kept, addresses[i]);
	}
	return g_strv_builder_end(kept);
}

/* The first organization that is addressed, or NULL. */
static const LsmOrganization *
addressee(const LsmCheckInput *input)
{
	const GPtrArray *organizations = input->recognition->to_organizations;

	return organizations->len > 0 ? g_ptr_array_index(organizations, 0) : NULL;
}

/* What is written, and whoever of A14 lacks in it. */
char **
lsm_guidance_from_contacts(const LsmCheckInput *input)
{
	const GPtrArray *bodies = input->recognition->from_bodies;
	g_auto(GStrv) written = lsm_statement_list(input->statement, LSM_FIELD_FROM_CONTACT);
	g_autoptr(GStrvBuilder) contacts = g_strv_builder_new();
	g_auto(GStrv) all = NULL;

	g_strv_builder_addv(contacts, (const char **)written);
	for (guint i = 0; i < bodies->len; i++)
		add_contacts_of(contacts, input->settings->directory, g_ptr_array_index(bodies, i));
	if (bodies->len > 0)
		g_strv_builder_add(contacts, lsm_contact_of_manager(input->settings, addressee(input)));
	all = g_strv_builder_end(contacts);
	return lsm_guidance_each_once(all);
}

static char *
from_contact_text(const LsmCheckInput *input)
{
	g_auto(GStrv) contacts = lsm_guidance_from_contacts(input);

	return g_strjoinv(", ", contacts);
}

/* "For liaison statements sent by the IETF, this address should be the alias of the liaison manager, if
 * applicable, or an address maintained by the IAB for liaison management" (A17). A person's address gives way
 * to it: it was found fault with. */
static char *
reply_to_text(const LsmCheckInput *input)
{
	const char *first = lsm_statement_first(input->statement, LSM_FIELD_SEND_REPLY_TO);

	if (first != NULL && !lsm_contact_is_personal(input->settings->directory, first))
		return written_text(input, LSM_FIELD_SEND_REPLY_TO, ", ");
	return g_strdup(lsm_contact_of_manager(input->settings, addressee(input)));
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

/* Between addresses, so that no mail program folds it elsewhere when it is pasted; other values stay in one
 * line, for words of theirs at a line's beginning could be read as a field. */
static void
append_folded(GString *block, const char *addresses)
{
	g_auto(GStrv) list = g_strsplit(addresses, ", ", -1);
	gsize column = block->len - (gsize)(strrchr(block->str, '\n') + 1 - block->str);

	for (guint i = 0; list[i] != NULL; i++) {
		gsize width = strlen(list[i]) + 2;
		gboolean fold = i > 0 && column + width > COLUMNS;

		g_string_append_printf(block, "%s %s%s", fold ? "\n " : "", list[i],
				       list[i + 1] != NULL ? "," : "");
		column = fold ? width + 1 : column + width;
	}
}

static gboolean
is_of_addresses(LsmFieldId field)
{
	return field == LSM_FIELD_FROM_CONTACT || field == LSM_FIELD_TO_CONTACT ||
	       field == LSM_FIELD_SEND_TO || field == LSM_FIELD_SEND_REPLY_TO;
}

static void
append_row(GString *block, LsmFieldId field, const char *line)
{
	g_string_append_printf(block, "%s:", lsm_field_label(field));
	if (is_of_addresses(field) && line[0] != '\0')
		append_folded(block, line);
	else
		g_string_append_printf(block, "%s%s", line[0] != '\0' ? " " : "", line);
	g_string_append_c(block, '\n');
}

char *
lsm_guidance_block(const LsmCheckInput *input)
{
	GString *block = g_string_new("Liaison-Statement: 1\n");

	for (guint i = 0; i < G_N_ELEMENTS(block_rows); i++) {
		g_autofree char *text = block_rows[i].text(input);
		g_autofree char *line = text != NULL ? lsm_text_one_line(text, -1, LONGEST_LINE) : NULL;

		if (line != NULL)
			append_row(block, block_rows[i].field, line);
	}
	return g_string_free(block, FALSE);
}
