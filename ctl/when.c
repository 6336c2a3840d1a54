/*
 * when.c - see when.h. Uses GLib's calendar. Fails by GError, USAGE only.
 */
#include "ctl/when.h"

#include <string.h>

#include "conf/error.h"

#define DAY 86400
#define MOST (G_GINT64_CONSTANT(1000) * 365 * DAY) /* seconds of a span */
#define LAST G_GINT64_CONSTANT(253402300799) /* 9999-12-31T23:59:59Z, behind which no calendar goes */

/* A piece of time: both ends in UNIX seconds; the second is behind it. */
typedef struct {
	gint64 start, end;
} Period;

char *
lsm_when_day(gint64 unix_time)
{
	g_autoptr(GDateTime) day = g_date_time_new_from_unix_utc(unix_time);

	return day == NULL ? g_strdup("") : g_date_time_format(day, "%Y-%m-%d");
}

/* "30d" -> seconds; FALSE for anything else. To add a unit: a row. */
static gboolean
parse_span(const char *text, gint64 *seconds_out)
{
	static const struct {
		char unit;
		gint64 seconds;
	} units[] = {{'h', 3600}, {'d', DAY}, {'w', 7 * DAY}, {'y', 365 * DAY}};
	char *end = NULL;
	guint64 count = g_ascii_strtoull(text, &end, 10);

	if (!g_ascii_isdigit(*text) || end[0] == '\0' || end[1] != '\0')
		return FALSE;
	for (guint i = 0; i < G_N_ELEMENTS(units); i++) {
		if (units[i].unit == *end && count <= (guint64)(MOST / units[i].seconds)) {
			*seconds_out = (gint64)count * units[i].seconds;
			return TRUE;
		}
	}
	return FALSE;
}

/* To add a word: a row. */
static gboolean
parse_word(const char *text, gint64 now, Period *period_out)
{
	static const struct {
		const char *word;
		int days;
	} words[] = {{"yesterday", -1}, {"today", 0}, {"tomorrow", 1}};

	for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
		if (g_ascii_strcasecmp(text, words[i].word) == 0) {
			period_out->start = now - now % DAY + words[i].days * DAY;
			period_out->end = period_out->start + DAY;
			return TRUE;
		}
	}
	return FALSE;
}

/* Digits where the shape has 0, the same elsewhere. */
static gboolean
has_shape(const char *text, const char *shape)
{
	gsize i;

	for (i = 0; text[i] != '\0' && shape[i] != '\0'; i++) {
		if (shape[i] == '0' ? !g_ascii_isdigit(text[i]) : text[i] != shape[i])
			return FALSE;
	}
	return text[i] == shape[i];
}

/* A day, a month or a year that there is. */
static gboolean
parse_date(const char *text, Period *period_out)
{
	static const struct {
		const char *shape, *rest;
		int years, months, days;
	} forms[] = {{"0000-00-00", "", 0, 0, 1}, {"0000-00", "-01", 0, 1, 0}, {"0000", "-01-01", 1, 0, 0}};

	for (guint i = 0; i < G_N_ELEMENTS(forms); i++) {
		if (!has_shape(text, forms[i].shape))
			continue;
		g_autofree char *iso = g_strconcat(text, forms[i].rest, "T00:00:00Z", NULL);
		g_autoptr(GDateTime) start = g_date_time_new_from_iso8601(iso, NULL);
		g_autoptr(GDateTime) end = start == NULL ? NULL
							 : g_date_time_add_full(start, forms[i].years, forms[i].months,
										forms[i].days, 0, 0, 0);
		if (start == NULL)
			return FALSE;
		period_out->start = g_date_time_to_unix(start);
		period_out->end = end == NULL ? LAST : MIN(g_date_time_to_unix(end), LAST);
		return TRUE;
	}
	return FALSE;
}

static gboolean
parse_period(const char *text, gint64 now, Period *period_out)
{
	return parse_word(text, now, period_out) || parse_date(text, period_out);
}

/* A moment, with or without its zone: UTC is meant. GLib takes weeks and days of the year, too. */
static gboolean
parse_moment(const char *text, gint64 *time_out)
{
	g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
	g_autoptr(GDateTime) time = strchr(text, 'T') == NULL ? NULL : g_date_time_new_from_iso8601(text, utc);

	if (time != NULL)
		*time_out = g_date_time_to_unix(time) * G_USEC_PER_SEC + g_date_time_get_microsecond(time);
	return time != NULL;
}

static gboolean
parse_time(const char *text, gint64 now, gboolean is_end, gint64 *time_out, GError **error)
{
	Period period;
	gint64 span;

	if (parse_span(text, &span))
		*time_out = (now - span) * G_USEC_PER_SEC;
	else if (parse_period(text, now, &period))
		*time_out = (is_end ? period.end : period.start) * G_USEC_PER_SEC;
	else if (!parse_moment(text, time_out)) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE,
			    "\"%.40s\" is no time; write 2026-11-21, 2026-11, 2026-11-21T10:00:00Z, today, yesterday, "
			    "or 30d ago as 30d (h, d, w, y)",
			    text);
		return FALSE;
	}
	return TRUE;
}

gboolean
lsm_when_since(const char *text, gint64 now, gint64 *time_out, GError **error)
{
	return parse_time(text, now, FALSE, time_out, error);
}

gboolean
lsm_when_until(const char *text, gint64 now, gint64 *time_out, GError **error)
{
	return parse_time(text, now, TRUE, time_out, error);
}

char *
lsm_when_due(const char *text, gint64 now, GError **error)
{
	Period period;
	gint64 span;

	if (parse_span(text, &span))
		return lsm_when_day(now + span);
	if (parse_period(text, now, &period))
		return lsm_when_day(period.start);
	g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE,
		    "\"%.40s\" is no date; write 2026-12-31, 2026-12, today, tomorrow, or 7d for seven days from now",
		    text);
	return NULL;
}
