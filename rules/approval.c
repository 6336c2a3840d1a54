/*
 * approval.c - the approval matrix: who must agree to a statement, and has the submitter done so by
 * submitting it.
 *
 * Owns its steps; the bodies in them belong to the directory. Uses conf/directory for people and roles.
 * Pure, any thread; cannot fail. Approvals that others gave are facts of the record.
 */
#include "rules/approval.h"

#include <string.h>

#define IAB "IAB"

/*
 * Whose agreement a statement needs, by the body in whose name it speaks. The first row that fits holds; the
 * addresses come from the directory. To add a kind of body: a row.
 */
static const struct {
	LsmLevel level;
	const char *acronym;     /* NULL: every body of that level */
	const char *who;         /* "%s": the body's or area's name */
	const char *requirement; /* of the procedure */
	gboolean wants_iab;      /* besides, the IAB agrees */
} matrix[] = {
	{LSM_LEVEL_GROUP, NULL, "an Area Director of %s", "A63", FALSE},
	{LSM_LEVEL_AREA, NULL, "an Area Director of %s", "A64", FALSE},
	{LSM_LEVEL_ORGANIZATION, "IETF", "the IETF Chair", "A65", FALSE},
	{LSM_LEVEL_ORGANIZATION, "IESG", "the IETF Chair", "A65", FALSE},
	{LSM_LEVEL_ORGANIZATION, IAB, "the IAB Chair", "A66", FALSE},
	{LSM_LEVEL_ORGANIZATION, NULL, "an approver of %s", "A66", FALSE},
	/* Research groups only answer, by the IRTF Chair with the IAB (A10, A11). */
	{LSM_LEVEL_RESEARCH, "IRTF", "the IRTF Chair", "A11", TRUE},
	{LSM_LEVEL_RESEARCH, NULL, "an approver of %s", "A11", TRUE},
};

static void
step_free(gpointer data)
{
	LsmApprovalStep *step = data;

	g_free(step->who);
	g_strfreev(step->addresses);
	g_free(step->approved_by);
	g_free(step);
}

/* A research group's approver is named after the research body. */
static const LsmBody *
approving_body(const LsmBody *body)
{
	return body->level == LSM_LEVEL_RESEARCH && body->parent != NULL ? body->parent : body;
}

static guint
matrix_row(const LsmBody *body)
{
	const LsmBody *approving = approving_body(body);
	guint row = 0;

	/* The last row of each level has no acronym, so there is always one that fits. */
	while (row + 1 < G_N_ELEMENTS(matrix) &&
	       (matrix[row].level != body->level ||
		(matrix[row].acronym != NULL &&
		 g_ascii_strcasecmp(matrix[row].acronym, approving->acronym) != 0)))
		row++;
	return row;
}

static char *
name_approver(const LsmBody *body, const char *who)
{
	g_autofree char *acronym = g_ascii_strup(approving_body(body)->acronym, -1);
	gboolean has_name = body->level == LSM_LEVEL_AREA && body->name != NULL && body->name[0] != '\0';
	GString *text = g_string_new(who);

	g_string_replace(text, "%s", has_name ? body->name : acronym, 1);
	return g_string_free(text, FALSE);
}

static void
add_step(GPtrArray *steps, const LsmBody *body, const LsmPerson *submitter, const LsmDirectory *directory,
	 gint64 now)
{
	LsmApprovalStep *step = g_new0(LsmApprovalStep, 1);
	guint row = matrix_row(body);

	step->body = body;
	step->who = name_approver(body, matrix[row].who);
	step->requirement = matrix[row].requirement;
	step->addresses = g_strdupv(lsm_directory_approvers(directory, body));
	if (step->addresses == NULL)
		step->addresses = g_new0(char *, 1);
	/* A submitter who is authenticated as an approver has approved (DESIGN section 6). */
	step->given = submitter != NULL && lsm_directory_may_approve(directory, submitter, body, now);
	step->approved_by = step->given ? g_strdup(submitter->name) : NULL;
	g_ptr_array_add(steps, step);
}

static gboolean
has_step(const GPtrArray *steps, const LsmBody *body)
{
	for (guint i = 0; i < steps->len; i++) {
		if (((const LsmApprovalStep *)g_ptr_array_index(steps, i))->body == body)
			return TRUE;
	}
	return FALSE;
}

GPtrArray *
lsm_approval_steps(const LsmRecognition *recognition, const LsmSettings *settings, gint64 now)
{
	GPtrArray *steps = g_ptr_array_new_with_free_func(step_free);
	const LsmBody *iab = lsm_directory_find_body(settings->directory, IAB);
	gboolean wants_iab = FALSE;

	for (guint i = 0; i < recognition->from_bodies->len; i++) {
		const LsmBody *body = g_ptr_array_index(recognition->from_bodies, i);

		add_step(steps, body, recognition->submitter, settings->directory, now);
		wants_iab |= matrix[matrix_row(body)].wants_iab;
	}
	if (wants_iab && iab != NULL && !has_step(steps, iab))
		add_step(steps, iab, recognition->submitter, settings->directory, now);
	return steps;
}

void
lsm_approval_take_facts(GPtrArray *steps, const LsmFacts *facts)
{
	for (guint i = 0; i < steps->len; i++) {
		LsmApprovalStep *step = g_ptr_array_index(steps, i);

		for (guint j = 0; step->approved_by == NULL && facts->approved_for[j] != NULL; j++) {
			if (g_ascii_strcasecmp(facts->approved_for[j], step->body->acronym) == 0)
				step->approved_by = g_strdup("the record");
		}
	}
}

gboolean
lsm_approval_is_complete(const GPtrArray *steps)
{
	for (guint i = 0; i < steps->len; i++) {
		const LsmApprovalStep *step = g_ptr_array_index(steps, i);

		if (!step->given)
			return FALSE;
	}
	return steps->len > 0;
}

char **
lsm_approval_missing_addresses(const GPtrArray *steps)
{
	g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (guint i = 0; i < steps->len; i++) {
		const LsmApprovalStep *step = g_ptr_array_index(steps, i);

		for (guint j = 0; step->approved_by == NULL && step->addresses[j] != NULL; j++) {
			if (g_hash_table_add(seen, g_ascii_strdown(step->addresses[j], -1)))
				g_strv_builder_add(builder, step->addresses[j]);
		}
	}
	return g_strv_builder_end(builder);
}

/* Two groups of one area want the same people, but two approvals (A70): only equal words are said once. */
static void
add_once(GPtrArray *names, const char *name)
{
	if (!g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
		g_ptr_array_add(names, (gpointer)name);
}

/* "a, b and c" */
static char *
join_names(const GPtrArray *names)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < names->len; i++) {
		const char *separator = i == 0 ? "" : i + 1 == names->len ? " and " : ", ";

		g_string_append_printf(text, "%s%s", separator, (const char *)g_ptr_array_index(names, i));
	}
	return g_string_free(text, FALSE);
}

char *
lsm_approval_missing_text(const GPtrArray *steps)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	for (guint i = 0; i < steps->len; i++) {
		const LsmApprovalStep *step = g_ptr_array_index(steps, i);

		if (step->approved_by == NULL)
			add_once(names, step->addresses[0] != NULL ? step->who : "the liaison contact");
	}
	if (steps->len == 0)
		g_ptr_array_add(names, (gpointer) "the liaison contact");
	return join_names(names);
}

char *
lsm_approval_given_text(const GPtrArray *steps)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	for (guint i = 0; i < steps->len; i++) {
		const LsmApprovalStep *step = g_ptr_array_index(steps, i);

		if (step->approved_by != NULL)
			add_once(names, step->who);
	}
	return join_names(names);
}
