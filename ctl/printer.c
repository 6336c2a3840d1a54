/*
 * printer.c - see printer.h. Writes to standard output only.
 */
#include "ctl/printer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "store/json.h"

#define WIDTH_LEAST 40
#define WIDTH_MOST 1000
#define LATE_DAYS 99 /* beyond so many nobody counts days */

/* To add what a terminal must not get: a row. */
static const struct {
	gunichar first, last;
} harmful[] = {
	{0x00, 0x1f},     /* C0 */
	{0x7f, 0x9f},     /* DEL, C1 */
	{0x061c, 0x061c}, /* turns the direction of text: what is read would not be what stands there */
	{0x200e, 0x200f}, /* so do these marks, */
	{0x202a, 0x202e}, /* overrides, */
	{0x2066, 0x2069}, /* and isolates */
	{0x2028, 0x2029}, /* line ends */
	{0xfeff, 0xfeff}, /* byte order mark */
};

static gboolean
is_harmless(gunichar c)
{
	for (guint i = 0; i < G_N_ELEMENTS(harmful); i++)
		if (c >= harmful[i].first && c <= harmful[i].last)
			return FALSE;
	return TRUE;
}

char *
lsm_printer_safe(const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text == NULL ? "" : text, -1);
	GString *safe = g_string_new(NULL);

	for (const char *p = valid; *p != '\0'; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);
		g_string_append_unichar(safe, is_harmless(c) ? c : '?');
	}
	return g_string_free(safe, FALSE);
}

static int
columns_of(gunichar c)
{
	return g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
}

char *
lsm_printer_fit(const char *text, int width)
{
	g_autofree char *safe = lsm_printer_safe(text);
	GString *fitted = g_string_new(NULL);
	int used = 0;
	const char *p = safe;

	for (; *p != '\0'; p = g_utf8_next_char(p)) {
		int columns = columns_of(g_utf8_get_char(p));
		gboolean is_last = *g_utf8_next_char(p) == '\0';
		if (used + columns > width - (is_last ? 0 : 1))
			break;
		g_string_append_unichar(fitted, g_utf8_get_char(p));
		used += columns;
	}
	if (*p != '\0' && width > 0) {
		g_string_append(fitted, "…");
		used++;
	}
	for (; used < width; used++)
		g_string_append_c(fitted, ' ');
	return g_string_free(fitted, FALSE);
}

int
lsm_printer_columns(const char *text)
{
	g_autofree char *safe = lsm_printer_safe(text);
	int columns = 0;

	for (const char *p = safe; *p != '\0'; p = g_utf8_next_char(p))
		columns += columns_of(g_utf8_get_char(p));
	return columns;
}

int
lsm_printer_width(int standard)
{
	const char *columns = g_getenv("COLUMNS");
	guint64 wanted;
	struct winsize size;

	/* A pager's terminal is known to the shell alone. */
	if (columns != NULL && g_ascii_string_to_unsigned(columns, 10, WIDTH_LEAST, WIDTH_MOST, &wanted, NULL))
		return (int)wanted;
	if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return MAX(size.ws_col, WIDTH_LEAST);
	return standard;
}

/* --- style --- */

static const char *const styles[] = {
	[LSM_STYLE_PLAIN] = "",
	[LSM_STYLE_HEAD] = "\x1b[1m",
	[LSM_STYLE_LATE] = "\x1b[1;31m",
	[LSM_STYLE_SOON] = "\x1b[33m",
};

/* https://no-color.org: set and not empty, whatever its value. */
static gboolean
has_colour(void)
{
	static int known = -1;
	const char *refusal = g_getenv("NO_COLOR"), *terminal = g_getenv("TERM");

	if (known < 0)
		known = isatty(STDOUT_FILENO) && (refusal == NULL || *refusal == '\0') && terminal != NULL &&
			strcmp(terminal, "dumb") != 0;
	return known;
}

void
lsm_printer_put(const char *text, LsmPrinterStyle style)
{
	gboolean coloured = style != LSM_STYLE_PLAIN && has_colour();

	if (coloured)
		fputs(styles[style], stdout);
	fputs(text, stdout);
	if (coloured)
		fputs("\x1b[0m", stdout);
}

gboolean
lsm_printer_is_read(void)
{
	return !ferror(stdout);
}

/* --- CSV --- */

/* What a spreadsheet takes for the start of a formula; TAB and CR it passes over. */
static gboolean
is_formula(const char *text)
{
	return *text != '\0' && strchr("=+-@\t\r", *text) != NULL;
}

void
lsm_printer_csv(const char *const *cells, guint count)
{
	for (guint i = 0; i < count; i++) {
		g_autofree char *safe = lsm_printer_safe(cells[i]);
		const char *apostrophe = cells[i] != NULL && is_formula(cells[i]) ? "'" : "";
		gboolean quoted = strpbrk(safe, ",\"") != NULL;

		if (i > 0)
			putchar(',');
		if (quoted)
			putchar('"');
		fputs(apostrophe, stdout);
		for (const char *p = safe; *p != '\0'; p++) {
			if (*p == '"')
				putchar('"');
			putchar(*p);
		}
		if (quoted)
			putchar('"');
	}
	fputs("\r\n", stdout);
}

/* In JSON's strings, JSON's own escape: some terminals take C1 controls, too, for orders. */
static void
put_json(const char *text)
{
	for (; *text != '\0'; text++) {
		if ((guchar)text[0] == 0xc2 && (guchar)text[1] >= 0x80 && (guchar)text[1] <= 0x9f)
			printf("\\u%04x", (guchar)*++text);
		else
			putchar(*text);
	}
	putchar('\n');
}

void
lsm_printer_json(JsonObject *object, gboolean indented)
{
	g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
	g_autofree char *text = NULL;

	json_node_set_object(node, object);
	text = json_to_string(node, indented);
	put_json(text);
}

char *
lsm_printer_due(const char *date, gint64 now, int *days_out)
{
	g_autofree char *iso = date == NULL ? NULL : g_strdup_printf("%sT00:00:00Z", date);
	g_autoptr(GDateTime) due = iso == NULL ? NULL : g_date_time_new_from_iso8601(iso, NULL);
	int days;

	if (days_out != NULL)
		*days_out = G_MAXINT;
	if (due == NULL)
		return g_strdup("");
	days = (int)((g_date_time_to_unix(due) - now + 86400 * 2) / 86400) - 1;
	if (days_out != NULL)
		*days_out = days;
	if (days < -LATE_DAYS)
		return days > -2 * 365 ? g_strdup_printf("%d mo. late", -days / 30)
				       : g_strdup_printf("%d yr. late", -days / 365);
	if (days < 0)
		return g_strdup_printf("%d day%s late", -days, days == -1 ? "" : "s");
	if (days > LATE_DAYS)
		return g_strdup(date);
	return days == 0 ? g_strdup("today") : g_strdup_printf("in %d day%s", days, days == 1 ? "" : "s");
}
