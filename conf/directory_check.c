/*
 * directory_check.c - is the directory complete and in itself right?
 *
 * Owns the table of checks; asks the directory by its public functions only. Any thread. Cannot fail. Work
 * grows with the number of entries; only bodies that approve are asked of every person.
 */
#include "conf/directory_check.h"

#include <string.h>

#define SOON_DAYS 60
#define DAY_SECONDS (24 * 60 * 60)

typedef struct {
	const LsmDirectory *directory;
	gint64 now;
	const LsmDirectoryCheckRow *row; /* whose turn it is */
	GPtrArray *findings;
} Checker;

/* What it looks at: every body, person, organization, or by itself at the whole. The others are NULL. */
typedef struct {
	LsmDirectoryCheckRow public;
	void (*body)(Checker *checker, const LsmBody *body);
	void (*person)(Checker *checker, const LsmPerson *person);
	void (*organization)(Checker *checker, const LsmOrganization *organization);
	void (*whole)(Checker *checker);
} CheckRow;

/* ---- findings ---- */

static void G_GNUC_PRINTF(3, 4) found(Checker *checker, LsmPlace place, const char *format, ...)
{
	LsmDirectoryFinding *finding = g_new0(LsmDirectoryFinding, 1);
	va_list arguments;

	finding->row = checker->row;
	finding->place = place;
	va_start(arguments, format);
	finding->what = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	g_ptr_array_add(checker->findings, finding);
}

static void
free_finding(gpointer data)
{
	g_free(((LsmDirectoryFinding *)data)->what);
	g_free(data);
}

static const char *
kind_of(const LsmBody *body)
{
	if (body->level == LSM_LEVEL_AREA)
		return "area";
	return body->parent != NULL ? "group" : "body";
}

static char *
date_text(gint64 time)
{
	g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(time);

	return date != NULL ? g_date_time_format(date, "%F") : g_strdup("?");
}

/* ---- approvers ---- */

static gboolean
is_group_in_work(const LsmBody *body)
{
	return body->parent != NULL && !body->is_concluded;
}

/* Groups have no approvers of their own: these are the bodies whose approvers count. */
static gboolean
is_approving(const LsmBody *body)
{
	return body->parent == NULL && !body->is_concluded;
}

static void
visit_approvers(Checker *checker, const LsmBody *body)
{
	if (is_approving(body) && body->approvers[0] == NULL)
		found(checker, body->place, "%s \"%s\" has no %s", kind_of(body), body->acronym,
		      body->level == LSM_LEVEL_AREA ? "directors" : "approvers");
}

/* Somebody whose answer would count at that time; except: leave this one out. */
static gboolean
has_approver_at(const LsmDirectory *directory, const LsmBody *body, const LsmPerson *except, gint64 time)
{
	for (guint i = 0; i < lsm_directory_person_count(directory); i++) {
		const LsmPerson *person = lsm_directory_person(directory, i);

		if (person != except && lsm_directory_may_approve(directory, person, body, time))
			return TRUE;
	}
	return FALSE;
}

static void
visit_unknown_approvers(Checker *checker, const LsmBody *body)
{
	g_autofree char *addresses = NULL;

	if (!is_approving(body) || body->approvers[0] == NULL ||
	    has_approver_at(checker->directory, body, NULL, checker->now))
		return;
	addresses = g_strjoinv(", ", body->approvers);
	found(checker, body->place, "%s \"%s\": nobody is known who may approve by %s", kind_of(body),
	      body->acronym, addresses);
}

/* At home it is an alias, whose persons are known by their own addresses. */
static void
visit_approver_addresses(Checker *checker, const LsmBody *body)
{
	for (gsize i = 0; !body->is_concluded && body->approvers[i] != NULL; i++) {
		const char *address = body->approvers[i];

		if (lsm_directory_find_person(checker->directory, address) == NULL &&
		    !lsm_directory_is_home_address(checker->directory, address))
			found(checker, body->place, "%s \"%s\": %s is no person's address", kind_of(body),
			      body->acronym, address);
	}
}

static gboolean
approves_anything(const LsmDirectory *directory, const LsmPerson *person, gint64 now)
{
	for (gsize i = 0; person->addresses[i] != NULL; i++) {
		const LsmBody *body = lsm_directory_body_of(directory, person->addresses[i]);

		if (body != NULL && is_approving(body) &&
		    lsm_directory_may_approve(directory, person, body, now))
			return TRUE;
	}
	for (guint i = 0; i < person->roles->len; i++) {
		const LsmRole *role = &g_array_index(person->roles, LsmRole, i);

		if (role->body != NULL && is_approving(role->body) && lsm_role_is_in_term(role, now))
			return TRUE;
	}
	return FALSE;
}

static void
visit_logins(Checker *checker, const LsmPerson *person)
{
	if (!person->has_logins && approves_anything(checker->directory, person, checker->now))
		found(checker, person->place, "person \"%s\" approves, and has no logins", person->name);
}

/* ---- terms ---- */

static void
visit_ended(Checker *checker, const LsmPerson *person)
{
	for (guint i = 0; i < person->roles->len; i++) {
		const LsmRole *role = &g_array_index(person->roles, LsmRole, i);
		g_autofree char *date = NULL;

		if (role->until == 0 || role->until > checker->now)
			continue;
		date = date_text(role->until - DAY_SECONDS);
		found(checker, role->place, "person \"%s\": the term as \"%s\" ended on %s", person->name,
		      role->title, date);
	}
}

static gboolean
ends_soon(const LsmRole *role, gint64 now)
{
	return lsm_role_is_in_term(role, now) && role->until > 0 &&
	       role->until <= now + SOON_DAYS * DAY_SECONDS;
}

static gboolean
leaves_nobody(const Checker *checker, const LsmPerson *person, const LsmRole *role)
{
	return role->body != NULL && is_approving(role->body) &&
	       !has_approver_at(checker->directory, role->body, person, role->until);
}

static void
find_ending(Checker *checker, const LsmPerson *person, gboolean is_last)
{
	for (guint i = 0; i < person->roles->len; i++) {
		const LsmRole *role = &g_array_index(person->roles, LsmRole, i);
		g_autofree char *date = NULL;

		if (!ends_soon(role, checker->now) || leaves_nobody(checker, person, role) != is_last)
			continue;
		date = date_text(role->until - DAY_SECONDS);
		found(checker, role->place, "person \"%s\": the term as \"%s\" ends on %s%s", person->name,
		      role->title, date, is_last ? ", and nobody else may approve then" : "");
	}
}

static void
visit_ending_last(Checker *checker, const LsmPerson *person)
{
	find_ending(checker, person, TRUE);
}

static void
visit_ending(Checker *checker, const LsmPerson *person)
{
	find_ending(checker, person, FALSE);
}

static void
visit_without_role(Checker *checker, const LsmPerson *person)
{
	gboolean has_address = FALSE;

	for (gsize i = 0; person->addresses[i] != NULL; i++)
		has_address |=
			lsm_directory_body_of(checker->directory, person->addresses[i]) != NULL ||
			lsm_directory_is_home_liaison_address(checker->directory, person->addresses[i]);
	if (person->roles->len == 0 && !has_address)
		found(checker, person->place, "person \"%s\" has no role, and stands in no list",
		      person->name);
}

/* ---- groups ---- */

static void
visit_area_concluded(Checker *checker, const LsmBody *body)
{
	if (is_group_in_work(body) && body->parent->is_concluded)
		found(checker, body->place, "group \"%s\" is in work, and its area \"%s\" is concluded",
		      body->acronym, body->parent->acronym);
}

static GHashTable *
find_chaired(const LsmDirectory *directory, gint64 now)
{
	GHashTable *chaired = g_hash_table_new(NULL, NULL);

	for (guint i = 0; i < lsm_directory_person_count(directory); i++) {
		const LsmPerson *person = lsm_directory_person(directory, i);

		for (guint j = 0; j < person->roles->len; j++) {
			const LsmRole *role = &g_array_index(person->roles, LsmRole, j);

			if (lsm_role_is_in_term(role, now))
				g_hash_table_add(chaired, (gpointer)role->body);
		}
	}
	return chaired;
}

static void
check_chairs(Checker *checker)
{
	g_autoptr(GHashTable) chaired = find_chaired(checker->directory, checker->now);

	for (guint i = 0; i < lsm_directory_body_count(checker->directory); i++) {
		const LsmBody *body = lsm_directory_body(checker->directory, i);

		if (is_group_in_work(body) && body->chairs[0] == NULL &&
		    !g_hash_table_contains(chaired, body))
			found(checker, body->place, "group \"%s\" has no chairs", body->acronym);
	}
}

static void
visit_group_list(Checker *checker, const LsmBody *body)
{
	if (is_group_in_work(body) && *body->list == '\0')
		found(checker, body->place, "group \"%s\" has no list", body->acronym);
}

static void
visit_without_successor(Checker *checker, const LsmBody *body)
{
	if (body->parent != NULL && body->is_concluded && *body->successor == '\0')
		found(checker, body->place, "group \"%s\" is concluded, and has no successor", body->acronym);
}

static void
visit_successor(Checker *checker, const LsmBody *body)
{
	const LsmBody *successor = lsm_directory_find_body(checker->directory, body->successor);

	if (successor != NULL && successor->is_concluded)
		found(checker, body->place, "group \"%s\": its successor \"%s\" is concluded itself",
		      body->acronym, successor->acronym);
}

/* ---- addresses ---- */

static void
check_domain(Checker *checker, LsmPlace place, const char *kind, const char *title, const char *key,
	     const char *address)
{
	if (*address == '\0' || lsm_directory_is_home_address(checker->directory, address) ||
	    lsm_directory_find_person(checker->directory, address) != NULL)
		return;
	found(checker, place, "%s \"%s\": %s %s is neither of our domains nor of a person", kind, title, key,
	      address);
}

static void
visit_body_domains(Checker *checker, const LsmBody *body)
{
	if (body->is_concluded)
		return;
	check_domain(checker, body->place, kind_of(body), body->acronym, "list", body->list);
	for (gsize i = 0; body->chairs[i] != NULL; i++)
		check_domain(checker, body->place, kind_of(body), body->acronym, "chairs", body->chairs[i]);
}

static void
visit_manager_domain(Checker *checker, const LsmOrganization *organization)
{
	check_domain(checker, organization->place, "organization", organization->name, "liaison-manager",
		     organization->liaison_manager);
}

static void
check_contact_domain(Checker *checker)
{
	check_domain(checker, *lsm_directory_home_place(checker->directory), "home",
		     lsm_directory_home_name(checker->directory), "liaison-contact",
		     lsm_directory_liaison_contact(checker->directory));
}

static void
visit_persons_domain(Checker *checker, const LsmPerson *person)
{
	for (gsize i = 0; person->addresses[i] != NULL; i++) {
		const LsmOrganization *organization =
			lsm_directory_organization_of(checker->directory, person->addresses[i]);

		if (organization != NULL)
			found(checker, person->place, "person \"%s\": %s is an address of %s", person->name,
			      person->addresses[i], organization->name);
	}
}

/* ---- organizations ---- */

static void
visit_send_to(Checker *checker, const LsmOrganization *organization)
{
	if (organization->send_to[0] == NULL)
		found(checker, organization->place, "organization \"%s\" has no send-to", organization->name);
}

static void
visit_send_home(Checker *checker, const LsmOrganization *organization)
{
	for (gsize i = 0; organization->send_to[i] != NULL; i++)
		if (lsm_directory_is_home_address(checker->directory, organization->send_to[i]))
			found(checker, organization->place,
			      "organization \"%s\": send-to %s is an address of ours", organization->name,
			      organization->send_to[i]);
}

static void
visit_organization_domains(Checker *checker, const LsmOrganization *organization)
{
	if (organization->domains[0] == NULL)
		found(checker, organization->place, "organization \"%s\" has no domains", organization->name);
}

static void
visit_manager(Checker *checker, const LsmOrganization *organization)
{
	if (*organization->liaison_manager == '\0')
		found(checker, organization->place, "organization \"%s\" has no liaison-manager",
		      organization->name);
}

/* ---- names ---- */

static void
visit_organization_names(Checker *checker, const LsmOrganization *organization)
{
	for (gsize i = 0; organization->names[i] != NULL; i++) {
		g_autoptr(GPtrArray) bodies =
			lsm_directory_match_bodies(checker->directory, organization->names[i]);

		for (guint j = 0; j < bodies->len; j++) {
			const LsmBody *body = bodies->pdata[j];

			found(checker, organization->place,
			      "organization \"%s\": the name \"%s\" names our %s \"%s\", too",
			      organization->name, organization->names[i], kind_of(body), body->acronym);
		}
	}
}

static void
check_person_names(Checker *checker)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (guint i = 0; i < lsm_directory_person_count(checker->directory); i++) {
		const LsmPerson *person = lsm_directory_person(checker->directory, i);
		char *key = lsm_address_fold(person->name);
		const LsmPerson *earlier = g_hash_table_lookup(seen, key);

		if (earlier != NULL)
			found(checker, person->place,
			      "person \"%s\" has the name of the person \"%s\" of line %u", person->name,
			      earlier->name, earlier->place.line);
		g_hash_table_insert(seen, key, (gpointer)person);
	}
}

/* ---- the table ---- */

#define ROW(id, severity, fix, ...)                                                                          \
	{                                                                                                    \
		{id, LSM_SEVERITY_##severity, fix}, __VA_ARGS__                                              \
	}

/* To add a check: its function above, its row here, a row in tests/unit/test_directory_check.c. */
/* clang-format off */
static const CheckRow rows[] = {
	ROW("approver.missing", ERROR,
	    "Statements of it, or of its groups, can be approved by nobody: write approvers (of a body) or "
	    "directors (of an area).",
	    .body = visit_approvers),
	ROW("approver.unknown", ERROR,
	    "Requests for approval go there, but no answer counts: write a person with addresses, and a role in "
	    "its term.",
	    .body = visit_unknown_approvers),
	ROW("approver.no-person", WARNING,
	    "It gets the requests for approval, but an answer from it does not count: add it to a person's "
	    "addresses.",
	    .body = visit_approver_addresses),
	ROW("approver.login", NOTE,
	    "A statement that this person submits counts as approved when the mail server authenticates the "
	    "login as one of the addresses, character by character: write logins if it has other names.",
	    .person = visit_logins),
	ROW("term.ends-last", WARNING,
	    "Write the successor's person and role before that day.",
	    .person = visit_ending_last),
	ROW("term.ended", WARNING,
	    "Remove the role, and the address from the lists of chairs, directors and approvers; write the "
	    "successor's.",
	    .person = visit_ended),
	ROW("term.ends-soon", NOTE,
	    "Write the successor's role, or the new term, before that day.",
	    .person = visit_ending),
	ROW("person.no-role", NOTE,
	    "Write a role, or remove the person.",
	    .person = visit_without_role),
	ROW("person.elsewhere", NOTE,
	    "A mail from this address may be taken for that organization's: what it says of itself (From) "
	    "decides.",
	    .person = visit_persons_domain),
	ROW("group.area-concluded", WARNING,
	    "Write the area that the group is in today.",
	    .body = visit_area_concluded),
	ROW("group.chairs-missing", WARNING,
	    "Nobody may submit its statements without being asked, and From-Contact cannot name the chairs: "
	    "write chairs.",
	    .whole = check_chairs),
	ROW("group.list-missing", WARNING,
	    "The group cannot be shown to be informed, and From-Contact cannot name the list: write list.",
	    .body = visit_group_list),
	ROW("group.no-successor", WARNING,
	    "A statement to it reaches no group: write successor if its work went on somewhere.",
	    .body = visit_without_successor),
	ROW("group.successor-concluded", WARNING,
	    "Write the group that has the work today.",
	    .body = visit_successor),
	ROW("address.domain", WARNING,
	    "If it is mistyped, correct it; else add its domain to the home's domains, or the address to a "
	    "person's.",
	    .body = visit_body_domains, .whole = check_contact_domain),
	ROW("organization.send-to", WARNING,
	    "Nobody can be told where its statements go: write send-to, the address at which it wants them.",
	    .organization = visit_send_to),
	ROW("organization.send-home", WARNING,
	    "A statement to it would come back to us: write their address, not our liaison manager's.",
	    .organization = visit_send_home),
	ROW("organization.domains", WARNING,
	    "A statement from it is known by its words only: write the domains that it sends from.",
	    .organization = visit_organization_domains),
	ROW("organization.manager", NOTE,
	    "The liaison contact is asked in place of a liaison manager: write liaison-manager if there is one.",
	    .organization = visit_manager),
	ROW("organization.manager-domain", NOTE,
	    "Make sure that mail to it reaches our liaison manager, and not theirs.",
	    .organization = visit_manager_domain),
	ROW("organization.name", NOTE,
	    "A To: or From: with this name is taken for both: remove the name, or write it out.",
	    .organization = visit_organization_names),
	ROW("person.name", WARNING,
	    "One person in two sections has half of the roles in each: join them, or tell the two names apart.",
	    .whole = check_person_names),
};
/* clang-format on */

const LsmDirectoryCheckRow *
lsm_directory_check_row(guint i)
{
	return i < G_N_ELEMENTS(rows) ? &rows[i].public : NULL;
}

const char *
lsm_severity_name(LsmSeverity severity)
{
	static const char *const names[] = {
		[LSM_SEVERITY_NOTE] = "note",
		[LSM_SEVERITY_WARNING] = "warning",
		[LSM_SEVERITY_ERROR] = "error",
	};

	return (gsize)severity < G_N_ELEMENTS(names) ? names[severity] : "unknown";
}

static guint
file_rank(const LsmDirectory *directory, const char *file)
{
	const char *const *files = lsm_directory_files(directory);
	guint rank = 0;

	while (files[rank] != NULL && files[rank] != file)
		rank++;
	return rank;
}

static int
compare_findings(gconstpointer a, gconstpointer b, gpointer data)
{
	const LsmDirectoryFinding *left = *(LsmDirectoryFinding *const *)a;
	const LsmDirectoryFinding *right = *(LsmDirectoryFinding *const *)b;
	const int orders[] = {
		(int)right->row->severity - (int)left->row->severity,
		/* The rows stand in one table. */
		(left->row > right->row) - (left->row < right->row),
		(int)file_rank(data, left->place.file) - (int)file_rank(data, right->place.file),
		(left->place.line > right->place.line) - (left->place.line < right->place.line),
		strcmp(left->what, right->what),
	};
	gsize i = 0;

	while (i + 1 < G_N_ELEMENTS(orders) && orders[i] == 0)
		i++;
	return orders[i];
}

static void
run_check(Checker *checker, const CheckRow *row)
{
	const LsmDirectory *directory = checker->directory;

	checker->row = &row->public;
	if (row->whole != NULL)
		row->whole(checker);
	for (guint i = 0; row->body != NULL && i < lsm_directory_body_count(directory); i++)
		row->body(checker, lsm_directory_body(directory, i));
	for (guint i = 0; row->person != NULL && i < lsm_directory_person_count(directory); i++)
		row->person(checker, lsm_directory_person(directory, i));
	for (guint i = 0; row->organization != NULL && i < lsm_directory_organization_count(directory); i++)
		row->organization(checker, lsm_directory_organization(directory, i));
}

GPtrArray *
lsm_directory_check(const LsmDirectory *directory, gint64 now)
{
	Checker checker = {directory, now, NULL, g_ptr_array_new_with_free_func(free_finding)};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		run_check(&checker, &rows[i]);
	g_ptr_array_sort_with_data(checker.findings, compare_findings, (gpointer)directory);
	return checker.findings;
}

GPtrArray *
lsm_directory_lists(const LsmDirectory *directory)
{
	GPtrArray *lists = g_ptr_array_new();

	for (guint i = 0; i < lsm_directory_body_count(directory); i++) {
		const LsmBody *body = lsm_directory_body(directory, i);

		if (*body->list != '\0' && !body->is_concluded)
			g_ptr_array_add(lists, (gpointer)body);
	}
	return lists;
}
