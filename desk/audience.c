/*
 * audience.c - from a role in a statement to the addresses that hold it now.
 *
 * Owns nothing; reads the directory of the settings that it is given. Pure, any thread, cannot fail: a role
 * that nobody holds has no addresses.
 */
#include "desk/audience.h"

#include <string.h>

GPtrArray *
lsm_audience_new(void)
{
	return g_ptr_array_new_with_free_func(g_free);
}

gboolean
lsm_audience_add_address(GPtrArray *list, const char *address)
{
	if (address == NULL || !lsm_address_is_valid(address))
		return FALSE;
	for (guint i = 0; i < list->len; i++) {
		if (lsm_address_equal(g_ptr_array_index(list, i), address))
			return FALSE;
	}
	g_ptr_array_add(list, g_strdup(address));
	return TRUE;
}

static void
add_all(GPtrArray *list, char *const *addresses)
{
	for (guint i = 0; addresses != NULL && addresses[i] != NULL; i++)
		lsm_audience_add_address(list, addresses[i]);
}

GPtrArray *
lsm_audience_bodies(const LsmSettings *settings, char *const *names)
{
	GPtrArray *bodies = g_ptr_array_new();

	for (guint i = 0; names != NULL && names[i] != NULL; i++) {
		const LsmBody *body = lsm_directory_find_body(settings->directory, names[i]);

		if (body != NULL && !g_ptr_array_find(bodies, body, NULL))
			g_ptr_array_add(bodies, (gpointer)body);
	}
	return bodies;
}

GPtrArray *
lsm_audience_organizations(const LsmSettings *settings, char *const *names)
{
	GPtrArray *organizations = g_ptr_array_new();

	for (guint i = 0; names != NULL && names[i] != NULL; i++) {
		g_autoptr(GPtrArray) matches =
			lsm_directory_match_organizations(settings->directory, names[i]);

		for (guint k = 0; k < matches->len; k++) {
			if (!g_ptr_array_find(organizations, matches->pdata[k], NULL))
				g_ptr_array_add(organizations, matches->pdata[k]);
		}
	}
	return organizations;
}

/* --- terms --- */

static gboolean
is_in_term(const LsmRole *role, gint64 now)
{
	return role->from <= now && (role->until == 0 || now < role->until);
}

/* Where a term is written down, it decides; else an address in a list is enough. */
static gboolean
is_chair_now(const LsmPerson *person, const LsmBody *body, gint64 now)
{
	gboolean has_term = FALSE;

	for (guint i = 0; person != NULL && i < person->roles->len; i++) {
		const LsmRole *role = &g_array_index(person->roles, LsmRole, i);

		if (role->body != body)
			continue;
		has_term = TRUE;
		if (is_in_term(role, now))
			return TRUE;
	}
	return !has_term;
}

/* Adds those of a role's addresses that are nobody's own: an alias stands for its people, who would else get
 * everything twice. FALSE when there is none. */
static gboolean
add_aliases(GPtrArray *list, const LsmDirectory *directory, char *const *addresses)
{
	gboolean found = FALSE;

	for (guint i = 0; addresses != NULL && addresses[i] != NULL; i++) {
		if (lsm_directory_find_person(directory, addresses[i]) == NULL) {
			lsm_audience_add_address(list, addresses[i]);
			found = TRUE;
		}
	}
	return found;
}

/* Of a role without an alias: everybody who serves in it now, whether the list names them or not. */
static void
add_approvers(GPtrArray *list, const LsmSettings *settings, const LsmBody *body, gint64 now)
{
	const LsmDirectory *directory = settings->directory;

	if (add_aliases(list, directory, lsm_directory_approvers(directory, body)))
		return;
	for (guint i = 0; i < lsm_directory_person_count(directory); i++) {
		const LsmPerson *person = lsm_directory_person(directory, i);

		if (lsm_directory_may_approve(directory, person, body, now))
			lsm_audience_add_address(list, person->addresses[0]);
	}
}

static void
add_chairs(GPtrArray *list, const LsmSettings *settings, const LsmBody *body, gint64 now)
{
	if (add_aliases(list, settings->directory, body->chairs))
		return;
	for (guint i = 0; body->chairs != NULL && body->chairs[i] != NULL; i++) {
		const LsmPerson *person = lsm_directory_find_person(settings->directory, body->chairs[i]);

		if (is_chair_now(person, body, now))
			lsm_audience_add_address(list, body->chairs[i]);
	}
}

void
lsm_audience_add_from_contacts(GPtrArray *list, const LsmSettings *settings, const GPtrArray *bodies,
			       char *const *reached, gint64 now)
{
	g_autoptr(GPtrArray) all = lsm_audience_new();

	for (guint i = 0; i < bodies->len; i++) {
		const LsmBody *body = bodies->pdata[i];

		lsm_audience_add_address(all, body->list);
		add_chairs(all, settings, body, now);
	}
	for (guint i = 0; i < all->len; i++) {
		if (!lsm_address_in_list(all->pdata[i], reached))
			lsm_audience_add_address(list, all->pdata[i]);
	}
}

/* --- one function a role --- */

/* A case, its settings and the time: what the functions below look at. */
typedef struct {
	GPtrArray *list;
	const LsmSettings *settings;
	const LsmCase *item;
	gint64 now; /* UNIX time */
} Question;

static void
add_sender(const Question *question)
{
	const LsmCase *item = question->item;
	const LsmPerson *person =
		item->login == NULL ? NULL
				    : lsm_directory_find_login(question->settings->directory, item->login);

	if (person != NULL)
		lsm_audience_add_address(question->list, person->addresses[0]);
	else
		lsm_audience_add_address(question->list, item->author != NULL ? item->author : item->login);
}

static void
add_coordinators(const Question *question)
{
	lsm_audience_add_address(question->list,
				 lsm_directory_liaison_contact(question->settings->directory));
}

static void
add_asked(const Question *question)
{
	add_all(question->list, question->item->approvers);
	add_coordinators(question);
}

static void
add_missing_approvers(const Question *question)
{
	g_autoptr(GPtrArray) bodies = lsm_audience_bodies(question->settings, question->item->from);

	for (guint i = 0; i < bodies->len; i++) {
		const LsmBody *body = bodies->pdata[i];

		if (!lsm_address_in_list(body->acronym, question->item->approved_for))
			add_approvers(question->list, question->settings, body, question->now);
	}
}

static void
add_managers(const Question *question)
{
	char **const ends[] = {question->item->from, question->item->to};

	for (guint i = 0; i < G_N_ELEMENTS(ends); i++) {
		g_autoptr(GPtrArray) organizations = lsm_audience_organizations(question->settings, ends[i]);

		for (guint k = 0; k < organizations->len; k++) {
			const LsmOrganization *organization = organizations->pdata[k];
			lsm_audience_add_address(question->list, organization->liaison_manager);
		}
	}
}

static void
add_assignee(const Question *question)
{
	lsm_audience_add_address(question->list, question->item->assignee);
}

typedef void (*AddForBody)(GPtrArray *list, const LsmSettings *settings, const LsmBody *body, gint64 now);

static void
add_for_bodies(const Question *question, AddForBody add)
{
	char **const ends[] = {question->item->from, question->item->to};

	for (guint i = 0; i < G_N_ELEMENTS(ends); i++) {
		g_autoptr(GPtrArray) bodies = lsm_audience_bodies(question->settings, ends[i]);

		for (guint k = 0; k < bodies->len; k++)
			add(question->list, question->settings, bodies->pdata[k], question->now);
	}
}

static void
add_group_chairs(const Question *question)
{
	add_for_bodies(question, add_chairs);
}

static void
add_directors(const Question *question)
{
	add_for_bodies(question, add_approvers);
}

static void
add_from_contacts(const Question *question)
{
	g_autoptr(GPtrArray) bodies = lsm_audience_bodies(question->settings, question->item->from);

	lsm_audience_add_from_contacts(question->list, question->settings, bodies, question->item->doors,
				       question->now);
}

/* To add a role: an enumerator in audience.h and a row here. In the order in which they are listed. */
static const struct {
	LsmAudience audience;
	void (*add)(const Question *question);
} roles[] = {
	{LSM_AUDIENCE_SENDER, add_sender},
	{LSM_AUDIENCE_ASSIGNEE, add_assignee},
	{LSM_AUDIENCE_ASKED, add_asked},
	{LSM_AUDIENCE_APPROVERS, add_missing_approvers},
	{LSM_AUDIENCE_CHAIRS, add_group_chairs},
	{LSM_AUDIENCE_MANAGERS, add_managers},
	{LSM_AUDIENCE_COORDINATORS, add_coordinators},
	{LSM_AUDIENCE_FROM_CONTACTS, add_from_contacts},
	{LSM_AUDIENCE_DIRECTORS, add_directors},
};

void
lsm_audience_add(GPtrArray *list, const LsmSettings *settings, const LsmCase *item, guint audience,
		 gint64 now)
{
	const Question question = {list, settings, item, now};

	for (guint i = 0; i < G_N_ELEMENTS(roles); i++) {
		if (audience & roles[i].audience)
			roles[i].add(&question);
	}
}
