/*
 * cmd_who.c - liaisonctl who: what the directory knows of an address, a group, an organization or a person.
 */
#include <stdio.h>
#include <string.h>

#include "conf/error.h"
#include "conf/nearest.h"
#include "ctl/command.h"
#include "ctl/entry.h"
#include "ctl/printer.h"
#include "desk/json.h"

#define LISTED_MAX 8 /* names of an organization: some have a hundred */
#define DAY_SECONDS (24 * 60 * 60)

/* What was found; each once. */
typedef struct {
	const LsmDirectory *directory;
	gint64 now;
	const char *asked;
	gboolean is_address;
	GPtrArray *bodies;        /* of const LsmBody * */
	GPtrArray *persons;       /* of const LsmPerson * */
	GPtrArray *organizations; /* of const LsmOrganization * */
} Answer;

static void
add_once(GPtrArray *list, gconstpointer entry)
{
	if (entry != NULL && !g_ptr_array_find(list, entry, NULL))
		g_ptr_array_add(list, (gpointer)entry);
}

/* --- looking --- */

static void
find_address(Answer *answer)
{
	const LsmDirectory *directory = answer->directory;

	add_once(answer->persons, lsm_directory_find_person(directory, answer->asked));
	for (guint i = 0; i < lsm_directory_body_count(directory); i++) {
		const LsmBody *body = lsm_directory_body(directory, i);

		if (lsm_address_equal(body->list, answer->asked) ||
		    lsm_address_in_list(answer->asked, body->chairs) ||
		    lsm_address_in_list(answer->asked, body->approvers))
			add_once(answer->bodies, body);
	}
	for (guint i = 0; i < lsm_directory_organization_count(directory); i++) {
		const LsmOrganization *organization = lsm_directory_organization(directory, i);

		if (lsm_address_equal(organization->liaison_manager, answer->asked))
			add_once(answer->organizations, organization);
	}
	add_once(answer->organizations, lsm_directory_organization_of(directory, answer->asked));
}

/* A part of a person's name will do: "director" for A. Director. */
static void
find_persons(Answer *answer)
{
	g_autofree char *asked = g_utf8_casefold(answer->asked, -1);

	add_once(answer->persons, lsm_directory_find_login(answer->directory, answer->asked));
	for (guint i = 0; i < lsm_directory_person_count(answer->directory); i++) {
		const LsmPerson *person = lsm_directory_person(answer->directory, i);
		g_autofree char *name = g_utf8_casefold(person->name, -1);

		if (strstr(name, asked) != NULL)
			add_once(answer->persons, person);
	}
}

static void
find_name(Answer *answer)
{
	g_autoptr(GPtrArray) bodies = lsm_directory_match_bodies(answer->directory, answer->asked);
	g_autoptr(GPtrArray) organizations =
		lsm_directory_match_organizations(answer->directory, answer->asked);
	const LsmBody *exact = lsm_directory_find_body(answer->directory, answer->asked);

	add_once(answer->bodies, exact);
	for (guint i = 0; exact == NULL && i < bodies->len; i++)
		add_once(answer->bodies, bodies->pdata[i]);
	for (guint i = 0; i < organizations->len; i++)
		add_once(answer->organizations, organizations->pdata[i]);
	if (answer->bodies->len == 0 && answer->organizations->len == 0)
		find_persons(answer);
}

/* --- words --- */

static char *
date_text(gint64 time)
{
	g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(time);

	return date != NULL ? g_date_time_format(date, "%F") : g_strdup("?");
}

/* "since 2026-03-01", "until 2027-02-28 (ended)"; "" without a term. The last day, not the day after it. */
static char *
term_text(const LsmRole *role, gint64 now)
{
	g_autofree char *from = date_text(role->from);
	g_autofree char *until = date_text(role->until - DAY_SECONDS);
	GString *text = g_string_new(NULL);

	if (role->from > 0)
		g_string_append_printf(text, "%s %s", role->from > now ? "from" : "since", from);
	if (role->until > 0)
		g_string_append_printf(text, "%suntil %s", text->len > 0 ? " " : "", until);
	if (role->until > 0 && role->until <= now)
		g_string_append(text, " (ended)");
	return g_string_free(text, FALSE);
}

static char *
kind_text(const LsmBody *body)
{
	static const char *const top[] = {
		[LSM_LEVEL_ORGANIZATION] = "a body of the home",
		[LSM_LEVEL_AREA] = "an area",
		[LSM_LEVEL_GROUP] = "a group",
		[LSM_LEVEL_RESEARCH] = "a research body",
	};

	if (body->parent == NULL)
		return g_strconcat(top[body->level], body->is_concluded ? ", concluded" : "", NULL);
	return g_strdup_printf("a %s group of %s%s%s%s",
			       body->level == LSM_LEVEL_RESEARCH ? "research" : "working",
			       body->parent->acronym, body->is_concluded ? ", concluded" : "",
			       *body->successor != '\0' ? "; its successor is " : "", body->successor);
}

/* What an address is to a body: "chair", "list", "approver"; several joined. */
static char *
part_in(const LsmBody *body, const char *address)
{
	GString *parts = g_string_new(NULL);

	if (lsm_address_equal(body->list, address))
		g_string_append(parts, "list");
	if (lsm_address_in_list(address, body->chairs))
		g_string_append_printf(parts, "%schairs", parts->len > 0 ? ", " : "");
	if (lsm_address_in_list(address, body->approvers))
		g_string_append_printf(parts, "%s%s", parts->len > 0 ? ", " : "",
				       body->level == LSM_LEVEL_AREA ? "directors" : "approvers");
	return g_string_free(parts, FALSE);
}

/*
 * How a mail from the address would be seen, in the words of DESIGN section 2: the address counts only as far
 * as it is authenticated, and what the statement says of itself (From) comes first.
 */
static const char *
taken_as(const Answer *answer)
{
	if (lsm_directory_has_role(answer->directory, answer->asked, answer->now))
		return "ours: it has a role here";
	if (lsm_directory_is_home_address(answer->directory, answer->asked))
		return "ours by its domain, without a role";
	if (lsm_directory_organization_of(answer->directory, answer->asked) != NULL)
		return "from elsewhere";
	return "neither ours nor of a known organization";
}

static const char *
received_as(const Answer *answer)
{
	if (lsm_directory_is_home_list(answer->directory, answer->asked))
		return "a mailing list of ours";
	if (lsm_directory_is_home_liaison_address(answer->directory, answer->asked))
		return "our liaison address: statements to it are recorded";
	if (lsm_directory_is_organization_liaison_address(answer->directory, answer->asked))
		return "theirs: the address at which it wants statements";
	return NULL;
}

/* --- text --- */

static void
print_field(const char *label, const char *text)
{
	g_autofree char *safe = lsm_printer_safe(text);

	if (*safe != '\0')
		printf("  %-16s %s\n", label, safe);
}

static void
print_list(const char *label, char *const *list)
{
	GString *joined = g_string_new(NULL);
	guint count = g_strv_length((char **)list);

	for (guint i = 0; i < MIN(count, LISTED_MAX); i++)
		g_string_append_printf(joined, "%s%s", i > 0 ? ", " : "", list[i]);
	if (count > LISTED_MAX)
		g_string_append_printf(joined, ", and %u more", count - LISTED_MAX);
	print_field(label, joined->str);
	g_string_free(joined, TRUE);
}

static void
print_place(const LsmPlace *place)
{
	g_autofree char *text = g_strdup_printf("%s:%u", place->file, place->line);

	print_field("written in", text);
}

static void
print_head(const char *title, const char *name, const char *kind)
{
	g_autofree char *head = g_strconcat(title, *name != '\0' ? " (" : "", name, *name != '\0' ? ")" : "",
					    ", ", kind, NULL);
	g_autofree char *safe = lsm_printer_safe(head);

	puts(safe);
}

/* Persons with this body's role, or an address among its approvers: as lines under one label. */
static void
print_who_approves(const Answer *answer, const LsmBody *body)
{
	g_auto(GStrv) asked = g_strdupv(lsm_directory_approvers(answer->directory, body));
	const char *label = "may approve";

	print_list("asked to approve", asked);
	for (guint i = 0; i < lsm_directory_person_count(answer->directory); i++) {
		const LsmPerson *person = lsm_directory_person(answer->directory, i);
		g_autofree char *line = NULL;

		if (!lsm_directory_may_approve(answer->directory, person, body, answer->now))
			continue;
		line = g_strdup_printf("%s <%s>", person->name, person->addresses[0]);
		print_field(label, line);
		label = "";
	}
	if (*label != '\0')
		print_field(label, "nobody who is known");
}

static void
print_role_holders(const Answer *answer, const LsmBody *body)
{
	const char *label = body->parent != NULL ? "chair" : "role";

	for (guint i = 0; i < lsm_directory_person_count(answer->directory); i++) {
		const LsmPerson *person = lsm_directory_person(answer->directory, i);

		for (guint j = 0; j < person->roles->len; j++) {
			const LsmRole *role = &g_array_index(person->roles, LsmRole, j);
			g_autofree char *term = term_text(role, answer->now);
			g_autofree char *line = NULL;

			if (role->body != body)
				continue;
			line = g_strdup_printf("%s <%s>%s%s", person->name, person->addresses[0],
					       *term != '\0' ? ", " : "", term);
			print_field(label, line);
			label = "";
		}
	}
}

static void
print_body(const Answer *answer, const LsmBody *body)
{
	g_autofree char *kind = kind_text(body);
	g_autofree char *part = answer->is_address ? part_in(body, answer->asked) : g_strdup("");

	print_head(body->acronym, body->name, kind);
	print_field("this address is", part);
	print_field("list", body->list);
	print_list("chairs", body->chairs);
	print_role_holders(answer, body);
	print_who_approves(answer, body);
	if (!body->initiates)
		print_field("starts", "no statements; it may answer");
	print_place(&body->place);
}

static void
print_person(const Answer *answer, const LsmPerson *person)
{
	const char *label = "roles";

	print_head(person->name, "", "a person");
	print_list("addresses", person->addresses);
	if (person->has_logins)
		print_list("logins", person->logins);
	for (guint i = 0; i < person->roles->len; i++) {
		const LsmRole *role = &g_array_index(person->roles, LsmRole, i);
		g_autofree char *term = term_text(role, answer->now);
		g_autofree char *line = g_strconcat(role->title, *term != '\0' ? ", " : "", term, NULL);

		print_field(label, line);
		label = "";
	}
	for (gsize i = 0; person->addresses[i] != NULL; i++) {
		const LsmBody *body = lsm_directory_body_of(answer->directory, person->addresses[i]);
		g_autofree char *part = body != NULL ? part_in(body, person->addresses[i]) : NULL;
		g_autofree char *line =
			body != NULL ? g_strdup_printf("%s, as %s", body->acronym, part) : NULL;

		if (line != NULL)
			print_field("listed in", line);
	}
	print_place(&person->place);
}

static void
print_organization(const LsmOrganization *organization)
{
	print_head(organization->name, "", "another organization");
	print_list("send-to", organization->send_to);
	print_field("liaison manager", *organization->liaison_manager != '\0'
					       ? organization->liaison_manager
					       : "none: the liaison contact is asked");
	print_list("domains", organization->domains);
	print_list("names", organization->names);
	print_place(&organization->place);
}

static void
print_address(const Answer *answer)
{
	g_autofree char *safe = lsm_printer_safe(answer->asked);

	puts(safe);
	print_field("a mail from it", taken_as(answer));
	if (received_as(answer) != NULL)
		print_field("a mail to it", received_as(answer));
}

static void
print_answer(const Answer *answer)
{
	if (answer->is_address)
		print_address(answer);
	for (guint i = 0; i < answer->persons->len; i++)
		print_person(answer, answer->persons->pdata[i]);
	for (guint i = 0; i < answer->bodies->len; i++)
		print_body(answer, answer->bodies->pdata[i]);
	for (guint i = 0; i < answer->organizations->len; i++)
		print_organization(answer->organizations->pdata[i]);
}

/* --- JSON --- */

static JsonArray *
roles_json(const Answer *answer, const LsmPerson *person)
{
	JsonArray *roles = json_array_new();

	for (guint i = 0; i < person->roles->len; i++) {
		const LsmRole *role = &g_array_index(person->roles, LsmRole, i);
		JsonObject *object = json_object_new();
		g_autofree char *from = role->from > 0 ? date_text(role->from) : NULL;
		g_autofree char *until = role->until > 0 ? date_text(role->until) : NULL;

		lsm_json_set(object, "role", role->title);
		lsm_json_set(object, "from", from);
		lsm_json_set(object, "until", until);
		json_object_set_boolean_member(object, "holds_now", lsm_role_is_in_term(role, answer->now));
		json_array_add_object_element(roles, object);
	}
	return roles;
}

static void
print_person_json(const Answer *answer, const LsmPerson *person)
{
	g_autoptr(JsonObject) object = json_object_new();

	lsm_json_set(object, "kind", "person");
	lsm_json_set(object, "name", person->name);
	lsm_json_set_strings(object, "addresses", (const char *const *)person->addresses);
	lsm_json_set_strings(object, "logins", (const char *const *)person->logins);
	json_object_set_array_member(object, "roles", roles_json(answer, person));
	lsm_entry_print(object, &person->place);
}

static void
set_persons(const Answer *answer, JsonObject *object, const LsmBody *body)
{
	JsonArray *names = json_array_new();

	for (guint i = 0; i < lsm_directory_person_count(answer->directory); i++) {
		const LsmPerson *person = lsm_directory_person(answer->directory, i);

		if (lsm_directory_may_approve(answer->directory, person, body, answer->now))
			json_array_add_string_element(names, person->name);
	}
	json_object_set_array_member(object, "may_approve", names);
}

static void
print_body_json(const Answer *answer, const LsmBody *body)
{
	g_autoptr(JsonObject) object = json_object_new();
	g_autofree char *part = answer->is_address ? part_in(body, answer->asked) : NULL;

	lsm_json_set(object, "kind",
		     body->level == LSM_LEVEL_AREA ? "area"
		     : body->parent != NULL        ? "group"
						   : "body");
	lsm_json_set(object, "acronym", body->acronym);
	lsm_json_set(object, "name", body->name);
	lsm_json_set(object, "parent", body->parent != NULL ? body->parent->acronym : NULL);
	lsm_json_set(object, "address_is", part);
	lsm_json_set(object, "list", body->list);
	lsm_json_set_strings(object, "chairs", (const char *const *)body->chairs);
	lsm_json_set_strings(object, "asked_to_approve",
			     (const char *const *)lsm_directory_approvers(answer->directory, body));
	set_persons(answer, object, body);
	json_object_set_boolean_member(object, "initiates", body->initiates);
	json_object_set_boolean_member(object, "concluded", body->is_concluded);
	lsm_json_set(object, "successor", body->successor);
	lsm_entry_print(object, &body->place);
}

static void
print_address_json(const Answer *answer)
{
	g_autoptr(JsonObject) object = json_object_new();

	lsm_json_set(object, "kind", "address");
	lsm_json_set(object, "address", answer->asked);
	lsm_json_set(object, "mail_from", taken_as(answer));
	lsm_json_set(object, "mail_to", received_as(answer));
	lsm_printer_json(object, FALSE);
}

static void
print_answer_json(const Answer *answer)
{
	if (answer->is_address)
		print_address_json(answer);
	for (guint i = 0; i < answer->persons->len; i++)
		print_person_json(answer, answer->persons->pdata[i]);
	for (guint i = 0; i < answer->bodies->len; i++)
		print_body_json(answer, answer->bodies->pdata[i]);
	for (guint i = 0; i < answer->organizations->len; i++)
		lsm_entry_print_organization(answer->organizations->pdata[i]);
}

/* --- the command --- */

static void
add_all(GPtrArray *known, char *const *list)
{
	for (gsize i = 0; list[i] != NULL; i++)
		g_ptr_array_add(known, list[i]);
}

/* Belongs to the directory; NULL when nothing is near. */
static const char *
find_nearest(const Answer *answer)
{
	const LsmDirectory *directory = answer->directory;
	g_autoptr(GPtrArray) known = g_ptr_array_new();

	for (guint i = 0; i < lsm_directory_body_count(directory); i++)
		g_ptr_array_add(known, lsm_directory_body(directory, i)->acronym);
	for (guint i = 0; i < lsm_directory_organization_count(directory); i++)
		add_all(known, lsm_directory_organization(directory, i)->names);
	for (guint i = 0; i < lsm_directory_person_count(directory); i++)
		g_ptr_array_add(known, lsm_directory_person(directory, i)->name);
	g_ptr_array_add(known, NULL);
	return lsm_nearest_word(answer->asked, (const char *const *)known->pdata);
}

static gboolean
is_found(const Answer *answer)
{
	return answer->bodies->len + answer->persons->len + answer->organizations->len > 0;
}

/* 0, or 1 for an address of which nothing is known. A name that is not found is an error. */
static int
answer_question(Answer *answer, gboolean json, GError **error)
{
	const char *nearest;

	if (answer->is_address)
		find_address(answer);
	else
		find_name(answer);
	if (is_found(answer) || answer->is_address) {
		if (json)
			print_answer_json(answer);
		else
			print_answer(answer);
		return is_found(answer) ||
				       lsm_directory_has_role(answer->directory, answer->asked, answer->now)
			       ? 0
			       : 1;
	}
	nearest = find_nearest(answer);
	g_set_error(
		error, LSM_ERROR, LSM_ERROR_USAGE,
		"the directory has nobody and nothing called \"%s\"%s%s%s; liaisonctl directory lists all",
		answer->asked, nearest != NULL ? ", did you mean \"" : "", nearest != NULL ? nearest : "",
		nearest != NULL ? "\"?" : "");
	return 2;
}

/* "a.director@example.org" of "A. Director <a.director@example.org>": people paste what they see. */
static char *
bare_address(const char *asked)
{
	const char *open = strrchr(asked, '<');
	const char *close = open != NULL ? strchr(open, '>') : NULL;

	return close != NULL ? g_strndup(open + 1, (gsize)(close - open - 1)) : g_strdup(asked);
}

int
lsm_cmd_who(const LsmCtlOptions *options, int argc, char **argv, GError **error)
{
	g_autoptr(LsmSettings) settings = NULL;
	g_autofree char *words = NULL;
	g_autofree char *asked = NULL;
	g_autoptr(GPtrArray) bodies = g_ptr_array_new();
	g_autoptr(GPtrArray) persons = g_ptr_array_new();
	g_autoptr(GPtrArray) organizations = g_ptr_array_new();
	Answer answer = {.bodies = bodies, .persons = persons, .organizations = organizations};

	if (!lsm_ctl_parse(&argc, &argv, (const GOptionEntry[]){G_OPTION_ENTRY_NULL}, error))
		return 2;
	if (argc < 2)
		return lsm_ctl_expect(argc, 1, "an address, a group, an organization or a name", error) ? 0
													: 2;
	settings = lsm_ctl_settings(options, error);
	if (settings == NULL)
		return 2;
	words = g_strjoinv(" ", argv + 1);
	asked = bare_address(g_strstrip(words));
	answer.directory = settings->directory;
	answer.now = g_get_real_time() / G_USEC_PER_SEC;
	answer.asked = asked;
	answer.is_address = lsm_address_is_valid(asked);
	return answer_question(&answer, options->json, error);
}
