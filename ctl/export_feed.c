/*
 * export_feed.c - what readers of feeds and calendars take: Atom (RFC 4287), iCalendar (by desk/calendar.h).
 */
#include <stdio.h>

#include "conf/error.h"
#include "ctl/export.h"
#include "desk/calendar.h"
#include "rules/text.h"

#define TITLE_OCTETS 400
#define FEED_YEAR "2026" /* RFC 4151: a day on which the domain was ours; part of the feed's id for ever */

/* --- Atom --- */

/* Text as XML may hold it: no control characters, the rest escaped. Caller frees. */
static char *
xml_text(const char *text)
{
	g_autofree char *line = lsm_text_one_line(text == NULL ? "" : text, -1, TITLE_OCTETS);
	GString *plain = g_string_new(NULL);

	for (const char *p = line; *p != '\0'; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);
		g_string_append_unichar(plain, c < 0x20 || (c & 0xfffe) == 0xfffe ? ' ' : c);
	}
	g_autofree char *harmless = g_string_free(plain, FALSE);
	return g_markup_escape_text(harmless, -1);
}

static void
put_element(const char *indent, const char *name, const char *text)
{
	g_autofree char *safe = xml_text(text);

	printf("%s<%s>%s</%s>\n", indent, name, safe, name);
}

static void
put_time(const char *indent, const char *name, gint64 time)
{
	g_autofree char *text = lsm_event_time_render(time);

	printf("%s<%s>%s</%s>\n", indent, name, text, name);
}

static char *
joined(char *const *list)
{
	return list[0] == NULL ? g_strdup("?") : g_strjoinv(", ", (char **)list);
}

/* Names in the feed are the bodies', never people's. */
static void
put_author(const char *indent, const char *name)
{
	g_autofree char *safe = xml_text(name);

	printf("%s<author><name>%s</name></author>\n", indent, safe);
}

static char *
summary_of(const LsmCase *item, const char *from, const char *to)
{
	g_autofree char *purposes = joined(item->purposes);

	return g_strdup_printf("From %s to %s, for: %s%s%s; %s [%s]", from, to, purposes,
			       item->deadline == NULL ? "" : "; deadline ",
			       item->deadline == NULL ? "" : item->deadline, lsm_state_row(item->state)->word,
			       item->id);
}

/* "atom:entry elements that contain no child atom:content element MUST contain at least one atom:link element with
 * a rel attribute value of alternate" (RFC 4287 section 4.1.2): an entry of ours has no page of its own. */
static void
put_content(const char *indent, const char *text)
{
	g_autofree char *safe = xml_text(text);

	printf("%s<content type=\"text\">%s</content>\n", indent, safe);
}

/* RFC 4151: the domain on the day of the first record, and the id, which both stay. */
static char *
entry_id(const LsmExportJob *job, const LsmCase *item)
{
	g_autofree char *day = lsm_event_time_render(item->since);

	return g_strdup_printf("tag:%s,%.10s:%s", job->domain, day, item->id);
}

static gboolean
put_entry(const LsmCase *item, const char *cursor G_GNUC_UNUSED, gpointer data)
{
	g_autofree char *from = joined(item->from);
	g_autofree char *to = joined(item->to);
	g_autofree char *summary = summary_of(item, from, to);
	g_autofree char *id = entry_id(data, item);

	puts("  <entry>");
	put_element("    ", "id", id);
	put_element("    ", "title", item->subject == NULL ? "(no subject)" : item->subject);
	put_time("    ", "updated", item->changed);
	put_time("    ", "published", item->since);
	put_author("    ", from);
	printf("    <category term=\"%s\"/>\n", lsm_state_row(item->state)->word);
	put_content("    ", summary);
	puts("  </entry>");
	return TRUE;
}

static gboolean
find_newest(const LsmCase *item, const char *cursor G_GNUC_UNUSED, gpointer data)
{
	gint64 *newest = data;

	*newest = MAX(*newest, item->changed);
	return TRUE;
}

/* Ids that would change with the next run are worse than none. */
static gboolean
has_domain(const LsmExportJob *job, GError **error)
{
	if (job->settings == NULL)
		g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE,
			    "feeds and calendars need the settings, whose directory names the domain of their ids: "
			    "--config FILE");
	return job->settings != NULL;
}

/* The feed is as new as its newest entry: the same record gives the same octets. */
gboolean
lsm_export_atom(const LsmExportJob *job, GError **error)
{
	if (!has_domain(job, error))
		return FALSE;
	const char *home = lsm_directory_home_name(job->settings->directory);
	g_autofree char *title = g_strdup_printf("Liaison statements of %s", home);
	g_autofree char *id = g_strdup_printf("tag:%s," FEED_YEAR ":liaison-statements%s", job->domain,
					      job->is_public ? "" : ":internal");
	gint64 newest = 0;

	if (!lsm_export_each(job, find_newest, &newest, error))
		return FALSE;
	puts("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">");
	put_element("  ", "id", id);
	put_element("  ", "title", title);
	put_time("  ", "updated", newest);
	put_author("  ", home);
	puts("  <generator version=\"" LSM_VERSION "\">liaison-milter</generator>");
	if (!lsm_export_each(job, put_entry, (gpointer)job, error))
		return FALSE;
	puts("</feed>");
	return TRUE;
}

/* --- iCalendar --- */

typedef struct {
	GPtrArray *cases;
	gboolean only_awaited; /* no state was asked for */
} Agenda;

/* Somebody has still to do something by that day: we, or those to whom it went out. */
static gboolean
is_awaited(const LsmCase *item)
{
	switch (item->state) {
	case LSM_STATE_PASSED:
	case LSM_STATE_RELEASED:
	case LSM_STATE_DELIVERED:
	case LSM_STATE_AGREED:
		return TRUE;
	default:
		return lsm_state_row(item->state)->open;
	}
}

static gboolean
collect(const LsmCase *item, const char *cursor G_GNUC_UNUSED, gpointer data)
{
	Agenda *agenda = data;

	if (item->deadline != NULL && !item->observed &&
	    (!agenda->only_awaited || is_awaited(item)))
		g_ptr_array_add(agenda->cases, lsm_case_copy(item));
	return TRUE;
}

gboolean
lsm_export_ical(const LsmExportJob *job, GError **error)
{
	g_autoptr(GPtrArray) cases = g_ptr_array_new_with_free_func((GDestroyNotify)lsm_case_free);
	Agenda agenda = {cases, job->query->states == 0};
	g_autofree char *feed = NULL;

	if (!has_domain(job, error))
		return FALSE;
	if (!lsm_export_each(job, collect, &agenda, error))
		return FALSE;
	feed = lsm_calendar_render(cases, job->settings);
	fputs(feed, stdout);
	return TRUE;
}
