/*
 * role.c - see role.h. Uses the directory and the approval matrix; owns the table of role names.
 */
#include "desk/role.h"

#include <string.h>

#include "rules/approval.h"

/* In the order in which a step says in which role it was taken. */
static const struct {
	LsmActRole role;
	const char *name;
	const char *text;
} role_rows[] = {
	{LSM_ROLE_APPROVER, "approver", "an approver"},
	{LSM_ROLE_COORDINATOR, "coordinator", "a coordinator"},
	{LSM_ROLE_MANAGER, "manager", "the liaison manager"},
	{LSM_ROLE_CHAIR, "chair", "a chair of the group"},
	{LSM_ROLE_ASSIGNEE, "assignee", "the assignee"},
	{LSM_ROLE_SENDER, "sender", "the sender"},
	{LSM_ROLE_OPERATOR, "operator", "an operator"},
	{LSM_ROLE_DESK, "desk", "the desk itself"},
};

const char *
lsm_role_name(guint roles)
{
	for (guint i = 0; i < G_N_ELEMENTS(role_rows); i++) {
		if (roles & role_rows[i].role)
			return role_rows[i].name;
	}
	return "nobody";
}

char *
lsm_roles_text(guint roles)
{
	GString *text = g_string_new(NULL);
	guint left = roles;

	for (guint i = 0; i < G_N_ELEMENTS(role_rows); i++) {
		if (!(left & role_rows[i].role))
			continue;
		left &= ~(guint)role_rows[i].role;
		g_string_append_printf(text, "%s%s", text->len == 0 ? "" : left == 0 ? " or " : ", ",
				       role_rows[i].text);
	}
	return g_string_free(text, FALSE);
}

/* Who is meant: the person's addresses, or the one proven address alone. */
typedef struct {
	const LsmPerson *person;
	const char *address;
} Who;

static Who
who_acts(const LsmActor *actor, const LsmSettings *settings)
{
	Who who = {actor->person, actor->address};

	if (actor->proxy_of != NULL)
		who = (Who){NULL, actor->proxy_of};
	if (who.person == NULL && who.address != NULL)
		who.person = lsm_directory_find_person(settings->directory, who.address);
	return who;
}

static gboolean
has_address(const Who *who, const char *address)
{
	if (address == NULL || *address == '\0')
		return FALSE;
	return lsm_address_equal(who->address, address) ||
	       (who->person != NULL && lsm_address_in_list(address, who->person->addresses));
}

static gboolean
stands_in(const Who *who, char *const *list)
{
	for (guint i = 0; list != NULL && list[i] != NULL; i++) {
		if (has_address(who, list[i]))
			return TRUE;
	}
	return FALSE;
}

/* In a role with this body (NULL: coordinator) now; written_out: whether any term of it is written down. */
static gboolean
serves(const LsmPerson *person, const LsmBody *body, gint64 now, gboolean *written_out)
{
	gboolean serving = FALSE;

	*written_out = FALSE;
	for (guint i = 0; person != NULL && i < person->roles->len; i++) {
		const LsmRole *role = &g_array_index(person->roles, LsmRole, i);

		if (role->body != body)
			continue;
		*written_out = TRUE;
		serving |= now >= role->from && (role->until == 0 || now < role->until);
	}
	return serving;
}

static gboolean
is_coordinator(const Who *who, const LsmSettings *settings, gint64 now)
{
	gboolean written;

	if (serves(who->person, NULL, now, &written))
		return TRUE;
	return !written && has_address(who, lsm_directory_liaison_contact(settings->directory));
}

/* A term that is written down decides over an address that was left in a list. */
static gboolean
is_chair_of(const Who *who, const LsmBody *body, gint64 now)
{
	gboolean written;
	gboolean serving = serves(who->person, body, now, &written);

	if (body->level != LSM_LEVEL_GROUP && body->level != LSM_LEVEL_RESEARCH)
		return FALSE;
	return written ? serving : stands_in(who, body->chairs);
}

static gboolean
is_chair(const Who *who, const LsmCase *item, const LsmSettings *settings, gint64 now)
{
	char *const *const parties[] = {item->from, item->to};

	for (guint i = 0; i < G_N_ELEMENTS(parties); i++) {
		for (guint k = 0; parties[i] != NULL && parties[i][k] != NULL; k++) {
			const LsmBody *body = lsm_directory_find_body(settings->directory, parties[i][k]);
			if (body != NULL && is_chair_of(who, body, now))
				return TRUE;
		}
	}
	return FALSE;
}

static gboolean
is_named(const LsmOrganization *organization, char *const *names)
{
	for (guint i = 0; names != NULL && names[i] != NULL; i++) {
		if (g_ascii_strcasecmp(organization->name, names[i]) == 0)
			return TRUE;
	}
	return FALSE;
}

static gboolean
is_manager(const Who *who, const LsmCase *item, const LsmSettings *settings)
{
	for (guint i = 0; i < lsm_directory_organization_count(settings->directory); i++) {
		const LsmOrganization *organization = lsm_directory_organization(settings->directory, i);
		if ((is_named(organization, item->from) || is_named(organization, item->to)) &&
		    has_address(who, organization->liaison_manager))
			return TRUE;
	}
	return FALSE;
}

/* Of what came from elsewhere the sender is not ours to obey. Where somebody has logged in, the login
 * tells who it was; else only what was proved. */
static gboolean
is_sender(const Who *who, const LsmCase *item, const LsmSettings *settings)
{
	if (g_strcmp0(item->way, "in") == 0 || g_strcmp0(item->way, "other") == 0)
		return FALSE;
	if (has_address(who, item->author))
		return TRUE;
	if (item->login == NULL)
		return !item->unverified && g_strcmp0(item->way, "out") != 0 && has_address(who, item->sender);
	if (who->person != NULL && lsm_directory_find_login(settings->directory, item->login) == who->person)
		return TRUE;
	return lsm_address_equal(who->address, item->login);
}

static gboolean
may_approve(const Who *who, const LsmBody *body, const LsmSettings *settings, gint64 now)
{
	if (who->person != NULL)
		return lsm_directory_may_approve(settings->directory, who->person, body, now);
	/* A role's own address, behind which the directory knows no person. */
	return stands_in(who, lsm_directory_approvers(settings->directory, body));
}

#define NO_BODY "-"

/* The bodies that it is from, as far as the directory knows them. */
static GPtrArray *
from_bodies(const LsmCase *item, const LsmSettings *settings)
{
	GPtrArray *bodies = g_ptr_array_new();

	for (guint i = 0; item->from != NULL && item->from[i] != NULL; i++) {
		const LsmBody *body = lsm_directory_find_body(settings->directory, item->from[i]);
		if (body != NULL)
			g_ptr_array_add(bodies, (gpointer)body);
	}
	return bodies;
}

/* The bodies whose approval a statement needs by the matrix, "-" for what a coordinator has to settle. */
static char **
bodies_to_ask(const LsmCase *item, const LsmSettings *settings)
{
	g_autoptr(GStrvBuilder) names = g_strv_builder_new();
	g_autoptr(GPtrArray) bodies = from_bodies(item, settings);
	LsmRecognition recognition = {.from_bodies = bodies};
	g_autoptr(GPtrArray) steps = lsm_approval_steps(&recognition, settings, 0);
	gboolean unknown = bodies->len == 0 || bodies->len < g_strv_length(item->from);

	for (guint i = 0; i < steps->len; i++) {
		const LsmApprovalStep *step = g_ptr_array_index(steps, i);
		g_autofree char *name = g_ascii_strup(step->body->acronym, -1);

		if (step->addresses[0] != NULL)
			g_strv_builder_add(names, name);
		else
			unknown = TRUE;
	}
	if (unknown)
		g_strv_builder_add(names, NO_BODY);
	return g_strv_builder_end(names);
}

static gboolean
is_given(const char *body, char *const *given)
{
	for (guint i = 0; given != NULL && given[i] != NULL; i++) {
		if (g_ascii_strcasecmp(body, given[i]) == 0)
			return TRUE;
	}
	return FALSE;
}

char **
lsm_roles_missing(const LsmCase *item, const LsmSettings *settings, char *const *given)
{
	g_autoptr(GStrvBuilder) missing = g_strv_builder_new();
	g_auto(GStrv) bodies = bodies_to_ask(item, settings);

	for (guint i = 0; bodies[i] != NULL; i++) {
		if (!is_given(bodies[i], given))
			g_strv_builder_add(missing, bodies[i]);
	}
	return g_strv_builder_end(missing);
}

char **
lsm_roles_approvable(const LsmActor *actor, const LsmCase *item, const LsmSettings *settings, gint64 now,
		     gboolean missing_only)
{
	g_autoptr(GStrvBuilder) mine = g_strv_builder_new();
	/* What others say needs nobody's approval here. */
	gboolean is_theirs = g_strcmp0(item->way, "in") == 0 || g_strcmp0(item->way, "other") == 0;
	g_auto(GStrv) bodies = lsm_roles_missing(item, settings, missing_only ? item->approved_for : NULL);
	Who who = who_acts(actor, settings);

	for (guint i = 0; bodies[i] != NULL && !is_theirs; i++) {
		const LsmBody *body = lsm_directory_find_body(settings->directory, bodies[i]);
		if (body == NULL ? is_coordinator(&who, settings, now) : may_approve(&who, body, settings, now))
			g_strv_builder_add(mine, bodies[i]);
	}
	return g_strv_builder_end(mine);
}

guint
lsm_roles_of(const LsmActor *actor, const LsmCase *item, const LsmSettings *settings, gint64 now)
{
	Who who = who_acts(actor, settings);
	g_auto(GStrv) approvable = NULL;
	guint roles = 0;

	if (g_strcmp0(actor->door, "desk") == 0)
		return LSM_ROLE_DESK;
	approvable = lsm_roles_approvable(actor, item, settings, now, FALSE);
	roles |= approvable[0] != NULL ? LSM_ROLE_APPROVER : 0;
	roles |= is_coordinator(&who, settings, now) ? LSM_ROLE_COORDINATOR : 0;
	roles |= is_manager(&who, item, settings) ? LSM_ROLE_MANAGER : 0;
	roles |= is_chair(&who, item, settings, now) ? LSM_ROLE_CHAIR : 0;
	roles |= has_address(&who, item->assignee) ? LSM_ROLE_ASSIGNEE : 0;
	roles |= is_sender(&who, item, settings) ? LSM_ROLE_SENDER : 0;
	/* Who acts for somebody does so with that person's rights, not with an operator's. */
	roles |= actor->is_operator && actor->proxy_of == NULL ? LSM_ROLE_OPERATOR : 0;
	return roles;
}
