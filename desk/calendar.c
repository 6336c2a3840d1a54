/*
 * calendar.c - see calendar.h.
 *
 * Owns the two rules of RFC 5545 that a writer needs, escaping (3.3.11) and folding (3.1): to write eight
 * fixed properties is less than a library that parses and repeats events would bring into the program. Pure,
 * any thread, cannot fail.
 */
#include "desk/calendar.h"

#include <string.h>

#include "desk/agenda.h"
#include "rules/text.h"

#define LINE_OCTETS 75
#define TEXT_OCTETS 400 /* of a subject or a name */

/* One content line. Folded between characters: a reader that unfolds late must not see half of one. */
static void
append_line(GString *out, const char *line)
{
	gsize column = 0;

	for (const char *p = line; *p != '\0';) {
		gsize length = (gsize)(g_utf8_next_char(p) - p);

		if (column + length > LINE_OCTETS) {
			g_string_append(out, "\r\n ");
			column = 1;
		}
		g_string_append_len(out, p, (gssize)length);
		column += length;
		p += length;
	}
	g_string_append(out, "\r\n");
}

/* TEXT: backslash, semicolon and comma are escaped, a line end is "\n", other control characters go. */
static void
append_text(GString *line, const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);

	for (const char *p = valid; *p != '\0'; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (c == '\n')
			g_string_append(line, "\\n");
		else if (c == '\\' || c == ';' || c == ',')
			g_string_append_printf(line, "\\%c", (char)c);
		else if (!g_unichar_iscntrl(c))
			g_string_append_unichar(line, c);
	}
}

static void
append_property(GString *out, const char *name, const char *text)
{
	g_autoptr(GString) line = g_string_new(name);

	g_string_append_c(line, ':');
	append_text(line, text);
	append_line(out, line->str);
}

/* DATE-TIME in UTC: 20261121T120000Z. */
static void
append_time(GString *out, const char *name, gint64 time)
{
	g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(time / G_USEC_PER_SEC);
	g_autofree char *text = g_date_time_format(date, "%Y%m%dT%H%M%SZ");
	g_autofree char *line = g_strdup_printf("%s:%s", name, text);

	append_line(out, line);
}

static void
append_day(GString *out, const char *name, int day)
{
	g_autofree char *text = lsm_agenda_day_text(day);
	g_auto(GStrv) parts = g_strsplit(text, "-", 3);
	g_autofree char *line = g_strdup_printf("%s;VALUE=DATE:%s%s%s", name, parts[0], parts[1], parts[2]);

	append_line(out, line);
}

static char *
joined(char *const *list)
{
	return list == NULL || list[0] == NULL ? g_strdup("?") : g_strjoinv(", ", (char **)list);
}

static char *
summary(const LsmCase *item)
{
	const char *dash = strrchr(item->id, '-');
	g_autofree char *from = joined(item->from);
	g_autofree char *to = joined(item->to);
	g_autofree char *both = g_strdup_printf("%s > %s", from, to);
	g_autofree char *parties = lsm_text_one_line(both, -1, TEXT_OCTETS);
	g_autofree char *subject =
		lsm_text_one_line(item->subject == NULL ? "(no subject)" : item->subject, -1, TEXT_OCTETS);

	return g_strdup_printf("Deadline: %s: %s [%s]", parties, subject, dash == NULL ? item->id : dash + 1);
}

static char *
description(const LsmCase *item)
{
	const LsmStateRow *state = lsm_state_row(item->state);
	g_autofree char *purposes = joined(item->purposes);
	/* A public view names no event: what the house does next, and who, is not for everybody. */
	gboolean is_ours = item->positions->len > 0 && state->open;
	GString *text = g_string_new(NULL);

	g_string_printf(text, "Purpose: %s\nState: %s (%s)\n", purposes, state->word, state->meaning);
	if (is_ours)
		g_string_append_printf(text, "Next: %s (%s)\n", state->step, state->whose);
	if (item->assignee != NULL || is_ours)
		g_string_append_printf(text, "Assignee: %s\n",
				       item->assignee == NULL ? "nobody yet" : item->assignee);
	g_string_append_printf(text, "Reference: %s", item->id);
	return g_string_free(text, FALSE);
}

static void
append_event(GString *out, const LsmCase *item, int deadline, const char *domain)
{
	g_autofree char *uid = g_strdup_printf("%s@%s", item->id, domain);
	g_autofree char *title = summary(item);
	g_autofree char *text = description(item);
	g_autofree char *sequence = g_strdup_printf("SEQUENCE:%u", item->positions->len);

	append_line(out, "BEGIN:VEVENT");
	append_property(out, "UID", uid);
	append_time(out, "DTSTAMP", item->changed);
	append_time(out, "LAST-MODIFIED", item->changed);
	append_line(out, sequence);
	append_day(out, "DTSTART", deadline);
	append_day(out, "DTEND", deadline + 1); /* RFC 5545 3.6.1: not included */
	append_property(out, "SUMMARY", title);
	append_property(out, "DESCRIPTION", text);
	append_line(out, "TRANSP:TRANSPARENT");
	append_line(out, "END:VEVENT");
}

char *
lsm_calendar_render(const GPtrArray *agenda, const LsmSettings *settings)
{
	GString *out = g_string_new(NULL);
	g_autofree char *name = g_strdup_printf("Deadlines of liaison statements (%s)",
						lsm_directory_home_name(settings->directory));
	char **domains = lsm_directory_home_domains(settings->directory);

	append_line(out, "BEGIN:VCALENDAR");
	append_line(out, "VERSION:2.0");
	append_line(out, "PRODID:-//liaison-milter//liaisonctl calendar//EN");
	append_line(out, "METHOD:PUBLISH");
	append_property(out, "NAME", name);                       /* RFC 7986 5.1 */
	append_property(out, "X-WR-CALNAME", name);               /* the same, as most readers know it */
	append_line(out, "REFRESH-INTERVAL;VALUE=DURATION:PT6H"); /* RFC 7986 5.7 */
	for (guint i = 0; i < agenda->len; i++) {
		const LsmCase *item = agenda->pdata[i];
		int deadline = lsm_agenda_deadline(item);

		if (deadline != LSM_AGENDA_NO_DAY)
			append_event(out, item, deadline, domains[0] == NULL ? "localhost" : domains[0]);
	}
	append_line(out, "END:VCALENDAR");
	return g_string_free(out, FALSE);
}
