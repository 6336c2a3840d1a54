/*
 * approval.c - who must agree to a statement, and has the submitter done so by submitting it.
 *
 * Owns its steps; the bodies in them belong to the directory. Uses conf/directory for people and roles.
 * Pure, any thread; cannot fail. Approvals that others gave are facts of the record, not known here.
 */
#include "rules/approval.h"

/* How people call those who approve for one body; others are named after the body. To add one: a row. */
static const struct {
	const char *acronym;
	const char *who;
} approver_names[] = {
	{"IETF", "the IETF Chair"}, /* A65 */
	{"IESG", "the IETF Chair"}, /* A65: the same for IESG statements */
	{"IAB", "the IAB Chair"},   /* A66 */
	{"IRTF", "the IRTF Chair"}, /* A10, A11 */
};

static void
step_free(gpointer data)
{
	LsmApprovalStep *step = data;

	g_free(step->who);
	g_strfreev(step->addresses);
	g_free(step);
}

static char *
name_organization_approver(const LsmBody *body)
{
	for (guint i = 0; i < G_N_ELEMENTS(approver_names); i++) {
		if (g_ascii_strcasecmp(body->acronym, approver_names[i].acronym) == 0)
			return g_strdup(approver_names[i].who);
	}
	return g_strdup_printf("an approver of %s", body->acronym);
}

static char *
name_approver(const LsmBody *body)
{
	g_autofree char *acronym = g_ascii_strup(body->acronym, -1);

	switch (body->level) {
	case LSM_LEVEL_GROUP:
		return g_strdup_printf("an Area Director of %s", acronym);
	case LSM_LEVEL_AREA:
		return g_strdup_printf("an Area Director of %s",
				       body->name != NULL && body->name[0] != '\0' ? body->name : acronym);
	case LSM_LEVEL_RESEARCH:
		return name_organization_approver(body->parent != NULL ? body->parent : body);
	case LSM_LEVEL_ORGANIZATION:
		break;
	}
	return name_organization_approver(body);
}

static LsmApprovalStep *
step_new(const LsmBody *body, const LsmPerson *submitter, const LsmDirectory *directory, gint64 now)
{
	LsmApprovalStep *step = g_new0(LsmApprovalStep, 1);

	step->body = body;
	step->who = name_approver(body);
	step->addresses = g_strdupv(lsm_directory_approvers(directory, body));
	if (step->addresses == NULL)
		step->addresses = g_new0(char *, 1);
	/* A submitter who is authenticated as an approver has approved (DESIGN section 6). */
	step->given = submitter != NULL && lsm_directory_may_approve(directory, submitter, body, now);
	return step;
}

GPtrArray *
lsm_approval_steps(const LsmRecognition *recognition, const LsmSettings *settings, gint64 now)
{
	GPtrArray *steps = g_ptr_array_new_with_free_func(step_free);

	for (guint i = 0; i < recognition->from_bodies->len; i++) {
		const LsmBody *body = g_ptr_array_index(recognition->from_bodies, i);

		g_ptr_array_add(steps, step_new(body, recognition->submitter, settings->directory, now));
	}
	return steps;
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

		for (guint j = 0; !step->given && step->addresses[j] != NULL; j++) {
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

char *
lsm_approval_missing_text(const GPtrArray *steps)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < steps->len; i++) {
		const LsmApprovalStep *step = g_ptr_array_index(steps, i);

		if (!step->given)
			add_once(names, step->addresses[0] != NULL ? step->who : "the liaison contact");
	}
	if (steps->len == 0)
		g_ptr_array_add(names, (gpointer) "the liaison contact");
	for (guint i = 0; i < names->len; i++) {
		const char *separator = i == 0 ? "" : i + 1 == names->len ? " and " : ", ";

		g_string_append_printf(text, "%s%s", separator, (const char *)g_ptr_array_index(names, i));
	}
	return g_string_free(text, FALSE);
}
