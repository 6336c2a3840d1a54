/*
 * deadline.c - dates that people write as deadlines.
 *
 * Uses GRegex on at most 200 octets. The patterns are compiled once; thread-safe. A date that two
 * readers could understand differently is ambiguous, never guessed (A32).
 */
#include "rules/statement.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/text.h"

#define MAX_TEXT 200

typedef struct {
	const char *pattern; /* groups y, m, d, or n for a month's name, last for one whose last day is meant,
				or a and b where the order is open */
	gboolean is_ambiguous; /* a date, but not one date: the year has two digits, it is a span of days */
} DateForm;

#define LETTERS "[a-z\\x{e0}-\\x{ff}]{3,9}" /* of a month's name */

/* Lower case; no digit before or behind. To add a form: a row here, and one in test_deadline.c. */
static const DateForm date_forms[] = {
	{"(?<![\\d])(?<y>\\d{4})[-/.](?<m>\\d{1,2})[-/.](?<d>\\d{1,2})(?!\\d)", FALSE},
	{"(?<![\\d])(?<y>2\\d{3})(?<m>\\d{2})(?<d>\\d{2})(?!\\d)", FALSE},
	{"(?<![\\d])(?<d>\\d{1,2})(?:st|nd|rd|th|er|\\.)?(?:\\s+of)?[\\s-]*"
	 "(?<n>" LETTERS ")\\.?,?[\\s-]*(?<y>\\d{4})(?!\\d)",
	 FALSE},
	{"(?<![a-z])(?<n>" LETTERS ")\\.?\\s*(?<d>\\d{1,2})(?:st|nd|rd|th)?\\s*,?\\s+(?<y>\\d{4})(?!\\d)",
	 FALSE},
	{"(?<![\\d])(?<y>\\d{4})[\\s,-]+(?<n>" LETTERS ")\\.?[\\s-]+(?<d>\\d{1,2})(?:st|nd|rd|th)?(?![\\d:])",
	 FALSE},
	{"(?<![\\d.])(?<d>\\d{1,2})\\.\\s?(?<m>\\d{1,2})\\.\\s?(?<y>\\d{4})(?!\\d)", FALSE},
	{"(?<![\\d/-])(?<a>\\d{1,2})[/-](?<b>\\d{1,2})[/-](?<y>\\d{4})(?!\\d)", FALSE},
	{"\\bend[\\s-]+of[\\s-]+(?:the\\s+month\\s+of\\s+)?(?<last>" LETTERS ")\\.?,?\\s+(?<y>\\d{4})(?!\\d)",
	 FALSE},
	{"(?<![\\d/.-])\\d{1,2}(?:st|nd|rd|th)?(?:\\s+[a-z]{3,9})?\\s*(?:-|\xe2\x80\x93|\\bto\\b)\\s*"
	 "\\d{1,2}(?:st|nd|rd|th)?\\s+[a-z]{3,9}\\.?,?\\s+\\d{4}",
	 TRUE},
	{"(?<![\\d/.-])\\d{1,2}[/.-]\\d{1,2}[/.-]\\d{2}(?![\\d/.-])", TRUE},
	{"(?<![\\d])\\d{1,2}[\\s-]"
	 "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[\\s-]'?\\d{2}(?![\\d:])",
	 TRUE},
};

static const char *const month_names[] = {"january",   "february", "march",    "april",
					  "may",       "june",     "july",     "august",
					  "september", "october",  "november", "december"};

static GRegex *compiled[G_N_ELEMENTS(date_forms)];

static gpointer
compile_forms(gpointer unused)
{
	(void)unused;
	for (gsize i = 0; i < G_N_ELEMENTS(date_forms); i++) {
		compiled[i] = g_regex_new(date_forms[i].pattern, G_REGEX_OPTIMIZE, 0, NULL);
		g_assert(compiled[i] != NULL);
	}
	return NULL;
}

/* French and German ones that English does not have; what begins like the English name needs no row. */
static const struct {
	const char *name;
	int month;
} other_names[] = {
	{"janvier", 1},
	{"januar", 1},
	{"f\xc3\xa9vrier", 2},
	{"fevrier", 2},
	{"mars", 3},
	{"m\xc3\xa4rz", 3},
	{"maerz", 3},
	{"avril", 4},
	{"mai", 5},
	{"juin", 6},
	{"juni", 6},
	{"juillet", 7},
	{"juli", 7},
	{"ao\xc3\xbbt", 8},
	{"aout", 8},
	{"septembre", 9},
	{"octobre", 10},
	{"oktober", 10},
	{"novembre", 11},
	{"d\xc3\xa9"
	 "cembre",
	 12},
	{"decembre", 12},
	{"dezember", 12},
};

/* 1-12; 0 when the word names no month. Three letters or more suffice. */
static int
month_of(const char *word)
{
	if (word == NULL || strlen(word) < 3)
		return 0;
	for (gsize i = 0; i < G_N_ELEMENTS(other_names); i++)
		if (strcmp(other_names[i].name, word) == 0)
			return other_names[i].month;
	for (gsize i = 0; i < G_N_ELEMENTS(month_names); i++)
		if (g_str_has_prefix(month_names[i], word) || (i == 8 && strcmp(word, "sept") == 0))
			return (int)i + 1;
	return 0;
}

static int
number_of(const GMatchInfo *match, const char *group)
{
	g_autofree char *text = g_match_info_fetch_named(match, group);

	return text != NULL && *text != '\0' ? (int)g_ascii_strtoll(text, NULL, 10) : 0;
}

/* To tell "Friday 4 December 2026" from a day that is none. */
static const char *const weekday_names[] = {"monday", "tuesday",  "wednesday", "thursday",
					    "friday", "saturday", "sunday"};

typedef struct {
	LsmDeadlineState state;
	char iso[11];
} Found;

static void
note_date(Found *found, int year, int month, int day)
{
	char iso[32];

	if (month < 1 || month > 12 || year < 1900 || year > 9998 || day < 1 ||
	    !g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year)) {
		if (found->state == LSM_DEADLINE_NONE)
			found->state = LSM_DEADLINE_UNREADABLE;
		return;
	}
	snprintf(iso, sizeof(iso), "%04d-%02d-%02d", year, month, day);
	if (found->state == LSM_DEADLINE_READ && strcmp(found->iso, iso) != 0)
		found->state = LSM_DEADLINE_AMBIGUOUS;
	else if (found->state != LSM_DEADLINE_AMBIGUOUS)
		found->state = LSM_DEADLINE_READ;
	memcpy(found->iso, iso, sizeof(found->iso));
}

/* "03/04/2027": month first in one country, day first in the next. */
static void
note_open_order(Found *found, int a, int b, int year)
{
	if (a == b || (a > 12 && b <= 12))
		note_date(found, year, b, a);
	else if (a <= 12 && b > 12)
		note_date(found, year, a, b);
	else
		found->state = a <= 12 ? LSM_DEADLINE_AMBIGUOUS : LSM_DEADLINE_UNREADABLE;
}

/* "by end of March 2027" */
static void
note_last_day(Found *found, int year, int month)
{
	if (month != 0 && year >= 1900 && year <= 9998)
		note_date(found, year, month, g_date_get_days_in_month((GDateMonth)month, (GDateYear)year));
}

/* A weekday that is not that day's: the writer meant one of two days. */
static gboolean
has_wrong_weekday(const char *folded, const char *iso)
{
	int year = (int)strtol(iso, NULL, 10), month = (int)strtol(iso + 5, NULL, 10),
	    day = (int)strtol(iso + 8, NULL, 10);
	g_autoptr(GDate) date = g_date_new_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year);

	for (gsize i = 0; i < G_N_ELEMENTS(weekday_names); i++)
		if (strstr(folded, weekday_names[i]) != NULL)
			return (gsize)g_date_get_weekday(date) != i + 1;
	return FALSE;
}

static void
note_match(Found *found, const DateForm *form, const GMatchInfo *match)
{
	g_autofree char *last = NULL;
	g_autofree char *name = NULL;
	int a;

	if (form->is_ambiguous) {
		found->state = LSM_DEADLINE_AMBIGUOUS;
		return;
	}
	last = g_match_info_fetch_named(match, "last");
	if (last != NULL && *last != '\0') {
		note_last_day(found, number_of(match, "y"), month_of(last));
		return;
	}
	a = number_of(match, "a");
	name = g_match_info_fetch_named(match, "n");
	if (a != 0)
		note_open_order(found, a, number_of(match, "b"), number_of(match, "y"));
	else if (name == NULL || *name == '\0')
		note_date(found, number_of(match, "y"), number_of(match, "m"), number_of(match, "d"));
	else if (month_of(name) != 0)
		note_date(found, number_of(match, "y"), month_of(name), number_of(match, "d"));
}

static void
search_form(Found *found, gsize i, const char *text)
{
	g_autoptr(GMatchInfo) match = NULL;

	for (g_regex_match(compiled[i], text, 0, &match); g_match_info_matches(match);
	     g_match_info_next(match, NULL))
		note_match(found, &date_forms[i], match);
}

LsmDeadlineState
lsm_deadline_parse(const char *text, char iso_out[11])
{
	static GOnce once = G_ONCE_INIT;
	g_autofree char *line = lsm_text_one_line(text, -1, MAX_TEXT);
	g_autofree char *folded = lsm_text_fold(line, -1);
	Found found = {LSM_DEADLINE_NONE, ""};

	g_once(&once, compile_forms, NULL);
	iso_out[0] = '\0';
	if (*folded == '\0')
		return LSM_DEADLINE_NONE;
	for (gsize i = 0; i < G_N_ELEMENTS(date_forms); i++)
		search_form(&found, i, folded);
	if (found.state == LSM_DEADLINE_READ && has_wrong_weekday(folded, found.iso))
		found.state = LSM_DEADLINE_AMBIGUOUS;
	if (found.state == LSM_DEADLINE_READ)
		memcpy(iso_out, found.iso, sizeof(found.iso));
	return found.state == LSM_DEADLINE_NONE ? LSM_DEADLINE_UNREADABLE : found.state;
}

gint64
lsm_deadline_end(const char *iso)
{
	int year, month, day;
	g_autoptr(GDateTime) noon = NULL;

	if (sscanf(iso, "%4d-%2d-%2d", &year, &month, &day) != 3)
		return 0;
	noon = g_date_time_new_utc(year, month, day, 12, 0, 0);
	/* The day ends at UTC-12 when it is noon of the next day at UTC. */
	return noon != NULL ? g_date_time_to_unix(noon) + 24 * 60 * 60 : 0;
}
