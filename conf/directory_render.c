/*
 * directory_render.c - entries of the directory as sections of directory.conf.
 *
 * Owns nothing. Any thread. Cannot fail.
 */
#include "conf/directory_render.h"

#include <string.h>

#define COLUMNS 100

static void
append_indent(GString *out, guint indent)
{
	for (guint i = 0; i < indent; i++)
		g_string_append_c(out, '\t');
}

void
lsm_directory_render_quoted(GString *out, const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);

	g_string_append_c(out, '"');
	for (const char *at = valid; *at != '\0'; at = g_utf8_next_char(at)) {
		gunichar character = g_utf8_get_char(at);

		if (g_unichar_iscntrl(character))
			character = ' ';
		/* The last, because ${ would take a value from the environment. */
		if (character == '"' || character == '\\' || character == '$')
			g_string_append_c(out, '\\');
		g_string_append_unichar(out, character);
	}
	g_string_append_c(out, '"');
}

void
lsm_directory_render_text(GString *out, guint indent, const char *key, const char *text)
{
	if (text == NULL || *text == '\0')
		return;
	append_indent(out, indent);
	g_string_append_printf(out, "%s = ", key);
	lsm_directory_render_quoted(out, text);
	g_string_append_c(out, '\n');
}

void
lsm_directory_render_list(GString *out, guint indent, const char *key, char *const *list)
{
	gsize line = out->len;

	if (list == NULL || list[0] == NULL)
		return;
	append_indent(out, indent);
	g_string_append_printf(out, "%s = {", key);
	for (gsize i = 0; list[i] != NULL; i++) {
		if (i > 0)
			g_string_append(out, ",");
		if (i > 0 && out->len - line + strlen(list[i]) > COLUMNS) {
			g_string_append_c(out, '\n');
			line = out->len;
			append_indent(out, indent + 1);
		} else if (i > 0) {
			g_string_append_c(out, ' ');
		}
		lsm_directory_render_quoted(out, list[i]);
	}
	g_string_append(out, "}\n");
}

static void
open_section(GString *out, guint indent, const char *kind, const char *title)
{
	append_indent(out, indent);
	g_string_append_printf(out, "%s ", kind);
	lsm_directory_render_quoted(out, title);
	g_string_append(out, " {\n");
}

static void
close_section(GString *out, guint indent)
{
	append_indent(out, indent);
	g_string_append(out, "}\n");
}

static void
render_flag(GString *out, guint indent, const char *key, gboolean value)
{
	append_indent(out, indent);
	g_string_append_printf(out, "%s = %s\n", key, value ? "yes" : "no");
}

/* ---- bodies, areas, groups ---- */

static const char *
kind_of(const LsmBody *body)
{
	if (body->level == LSM_LEVEL_AREA)
		return "area";
	return body->parent != NULL ? "group" : "body";
}

/* What makes it a group of research, or a body of its level; a group of an area says nothing. */
static void
render_level(GString *out, const LsmBody *body, guint indent)
{
	gboolean is_research = body->level == LSM_LEVEL_RESEARCH;

	if (is_research || body->level == LSM_LEVEL_ORGANIZATION)
		lsm_directory_render_text(out, indent, "level", is_research ? "research" : "organization");
	if (body->parent != NULL)
		lsm_directory_render_text(out, indent, is_research ? "body" : "area", body->parent->acronym);
}

void
lsm_directory_render_body(GString *out, const LsmBody *body, guint indent)
{
	gboolean initiates = body->level != LSM_LEVEL_RESEARCH;

	open_section(out, indent, kind_of(body), body->acronym);
	lsm_directory_render_text(out, indent + 1, "name", body->name);
	render_level(out, body, indent + 1);
	lsm_directory_render_list(out, indent + 1, body->level == LSM_LEVEL_AREA ? "directors" : "approvers",
				  body->approvers);
	lsm_directory_render_list(out, indent + 1, "chairs", body->chairs);
	lsm_directory_render_text(out, indent + 1, "list", body->list);
	lsm_directory_render_text(out, indent + 1, "successor", body->successor);
	if (body->is_concluded && *body->successor == '\0')
		render_flag(out, indent + 1, "concluded", TRUE);
	if (body->initiates != initiates)
		render_flag(out, indent + 1, "initiates", body->initiates);
	close_section(out, indent);
}

/* ---- persons and organizations ---- */

static void
render_date(GString *out, const char *key, gint64 time)
{
	g_autoptr(GDateTime) date = time > 0 ? g_date_time_new_from_unix_utc(time) : NULL;
	g_autofree char *text = date != NULL ? g_date_time_format(date, "%F") : NULL;

	if (text != NULL)
		g_string_append_printf(out, " %s = %s", key, text);
}

static void
render_role(GString *out, const LsmRole *role, guint indent)
{
	append_indent(out, indent);
	g_string_append(out, "role ");
	lsm_directory_render_quoted(out, role->title);
	g_string_append(out, " {");
	render_date(out, "from", role->from);
	render_date(out, "until", role->until);
	g_string_append(out, " }\n");
}

void
lsm_directory_render_person(GString *out, const LsmPerson *person, guint indent, LsmRoleFilter filter,
			    gpointer data)
{
	open_section(out, indent, "person", person->name);
	lsm_directory_render_list(out, indent + 1, "addresses", person->addresses);
	if (person->has_logins)
		lsm_directory_render_list(out, indent + 1, "logins", person->logins);
	for (guint i = 0; i < person->roles->len; i++) {
		const LsmRole *role = &g_array_index(person->roles, LsmRole, i);

		if (filter == NULL || filter(role, data))
			render_role(out, role, indent + 1);
	}
	close_section(out, indent);
}

void
lsm_directory_render_organization(GString *out, const LsmOrganization *organization)
{
	open_section(out, 0, "organization", organization->name);
	lsm_directory_render_list(out, 1, "names", organization->names);
	lsm_directory_render_list(out, 1, "domains", organization->domains);
	lsm_directory_render_text(out, 1, "liaison-manager", organization->liaison_manager);
	lsm_directory_render_list(out, 1, "send-to", organization->send_to);
	close_section(out, 0);
}
