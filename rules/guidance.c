/*
 * guidance.c - what people are told: one finding, all findings, and whole mails from text files.
 *
 * The one place where what came from a mail is made harmless for replies and mails. Texts are files of the
 * site or resources of the program (conf/guidance/). Any thread; only a text that is not there is an error.
 */
#include "rules/guidance.h"

#include <gio/gio.h>
#include <string.h>

#include "conf/error.h"
#include "rules/text.h"

#define RESOURCE_FOLDER "/org/liaison-milter/guidance/"
#define EXAMPLE_DAYS 40
#define EXAMPLE_MARK "YYYY-MM-DD"
#define WRAP_COLUMN 72
#define INDENT "   "

char *
lsm_guidance_one_line(const char *text, gsize max)
{
	/* More than this of a value is in no reply; it bounds the work, whatever the mail holds. */
	g_autofree char *head = g_strndup(text != NULL ? text : "", 4096);
	g_autofree char *valid = g_utf8_make_valid(head, -1);
	g_autofree char *ascii = g_str_to_ascii(valid, "C");
	GString *line = g_string_new(NULL);

	for (const char *p = ascii; *p != '\0'; p++) {
		gboolean after_blank = line->len == 0 || line->str[line->len - 1] == ' ';

		if (*p == '%')
			g_string_append(line, after_blank ? "percent" : " percent");
		else if (g_ascii_isgraph(*p))
			g_string_append_c(line, *p);
		else if (!after_blank)
			g_string_append_c(line, ' ');
	}
	if (line->len > max) {
		g_string_truncate(line, max > 3 ? max - 3 : max);
		g_string_append(line, max > 3 ? "..." : "");
	}
	return g_strchomp(g_string_free(line, FALSE));
}

static char *
example_date(gint64 now)
{
	g_autoptr(GDateTime) today = g_date_time_new_from_unix_utc(now);
	g_autoptr(GDateTime) day = today != NULL ? g_date_time_add_days(today, EXAMPLE_DAYS) : NULL;

	return day != NULL ? g_date_time_format(day, "%Y-%m-%d") : g_strdup(EXAMPLE_MARK);
}

char *
lsm_guidance_fix(const LsmRule *rule, gint64 now)
{
	g_autofree char *date = example_date(now);
	GString *fix = g_string_new(rule->fix);

	g_string_replace(fix, EXAMPLE_MARK, date, 0);
	return g_string_free(fix, FALSE);
}

char *
lsm_guidance_finding(const LsmFinding *finding, gint64 now)
{
	g_autofree char *fix = lsm_guidance_fix(finding->rule, now);
	g_autofree char *detail = NULL;

	if (finding->detail == NULL || finding->detail[0] == '\0')
		return g_strdup_printf("%s. %s", finding->rule->heading, fix);
	detail = lsm_text_one_line(finding->detail, -1, 300);
	return g_strdup_printf("%s: %s. %s", finding->rule->heading, detail, fix);
}

const char *
lsm_guidance_procedure(const LsmSettings *settings)
{
	return lsm_rule_set_bit(settings->rule_set) == LSM_SET_RFC4053 ? "RFC 4053" : "rfc4053bis";
}

/* Adds text as indented lines that break at blanks; a word longer than a line stands alone. */
static void
append_wrapped(GString *out, const char *text)
{
	g_auto(GStrv) words = g_strsplit(text, " ", -1);
	glong column = 0;

	for (guint i = 0; words[i] != NULL; i++) {
		glong width = g_utf8_strlen(words[i], -1);

		if (width == 0)
			continue;
		if (column > 0 && column + 1 + width > WRAP_COLUMN) {
			g_string_append_c(out, '\n');
			column = 0;
		}
		g_string_append(out, column == 0 ? INDENT : " ");
		column += column == 0 ? (glong)strlen(INDENT) + width : width + 1;
		g_string_append(out, words[i]);
	}
	g_string_append_c(out, '\n');
}

static void
append_finding(GString *out, guint number, const LsmFinding *finding, const LsmCheckInput *input)
{
	const LsmRule *rule = finding->rule;
	g_autofree char *fix = lsm_guidance_fix(rule, input->now);
	g_autofree char *detail = lsm_text_one_line(finding->detail != NULL ? finding->detail : "", -1, 300);

	g_string_append_printf(out, "%s%u. %s (%s; %s section %s)\n", number > 1 ? "\n" : "", number,
			       rule->heading, rule->requirements, lsm_guidance_procedure(input->settings),
			       rule->section);
	if (detail[0] != '\0') {
		g_autofree char *found = g_strdup_printf("Found: %s.", detail);

		append_wrapped(out, found);
	}
	if (finding->unknown)
		append_wrapped(out, "This cannot be said without the record.");
	append_wrapped(out, fix);
	append_wrapped(out, rule->help);
}

char *
lsm_guidance_findings(const LsmVerdict *verdict, const LsmCheckInput *input)
{
	GString *out = g_string_new(NULL);
	guint number = 0;

	for (guint i = 0; i < verdict->findings->len; i++) {
		const LsmFinding *finding = g_ptr_array_index(verdict->findings, i);

		/* A rule that observes has no effect, and a mail to somebody is one. */
		if (finding->mode == LSM_MODE_ENFORCE)
			append_finding(out, ++number, finding, input);
	}
	if (number == 0)
		append_wrapped(out, "Nothing.");
	return g_string_free(out, FALSE);
}

/* Marks that make text run backwards, so that it reads as something else than it is. */
static gboolean
turns_text(gunichar c)
{
	return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static void
append_value(GString *out, const char *value, gboolean one_line)
{
	g_autofree char *valid = g_utf8_make_valid(value, -1);

	for (const char *p = valid; *p != '\0'; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (c == '\n' && !one_line)
			g_string_append_c(out, '\n');
		else if (c == '\n' || c == '\t' || c == 0x2028 || c == 0x2029)
			g_string_append_c(out, ' ');
		else if (!g_unichar_iscntrl(c) && !turns_text(c))
			g_string_append_unichar(out, c);
	}
}

static const char *
find_value(const char *const *vars, const char *key, gsize length)
{
	for (guint i = 0; vars != NULL && vars[i] != NULL && vars[i + 1] != NULL; i += 2) {
		if (strlen(vars[i]) == length && strncmp(vars[i], key, length) == 0)
			return vars[i + 1];
	}
	return "";
}

static char *
expand(const char *text, const char *const *vars)
{
	GString *out = g_string_new(NULL);
	const char *first_end = strchr(text, '\n');

	for (const char *p = text;;) {
		const char *open = strstr(p, "{{");
		const char *close = open != NULL ? strstr(open, "}}") : NULL;

		if (close == NULL) {
			g_string_append(out, p);
			return g_string_free(out, FALSE);
		}
		g_string_append_len(out, p, open - p);
		append_value(out, find_value(vars, open + 2, (gsize)(close - open - 2)),
			     first_end == NULL || open < first_end);
		p = close + 2;
	}
}

static gboolean
is_plain_name(const char *name)
{
	return name[0] != '\0' && name[strspn(name, "abcdefghijklmnopqrstuvwxyz-")] == '\0';
}

/* The site's own text; NULL without an error where the site has none of that name. */
static char *
load_from_folder(const char *folder, const char *name, GError **error)
{
	g_autofree char *path = g_strdup_printf("%s/%s.txt", folder, name);
	g_autoptr(GError) local = NULL;
	char *text = NULL;

	if (folder[0] == '\0' || g_file_get_contents(path, &text, NULL, &local))
		return text;
	if (!g_error_matches(local, G_FILE_ERROR, G_FILE_ERROR_NOENT))
		g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT, "%s", local->message);
	return NULL;
}

static char *
load_built_in(const char *name, GError **error)
{
	g_autofree char *path = g_strdup_printf(RESOURCE_FOLDER "%s.txt", name);
	g_autoptr(GBytes) bytes = g_resources_lookup_data(path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
	gsize length;
	const char *data;

	if (bytes == NULL) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT, "there is no guidance text \"%s\"", name);
		return NULL;
	}
	data = g_bytes_get_data(bytes, &length);
	return g_strndup(data != NULL ? data : "", length);
}

char *
lsm_guidance_text(const LsmSettings *settings, const char *name, const char *const *vars, GError **error)
{
	g_autoptr(GError) local = NULL;
	g_autofree char *text = NULL;
	g_autofree char *valid = NULL;

	if (!is_plain_name(name)) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT, "\"%s\" is no name of a guidance text", name);
		return NULL;
	}
	text = load_from_folder(settings->guidance_dir, name, &local);
	if (local != NULL) {
		g_propagate_error(error, g_steal_pointer(&local));
		return NULL;
	}
	if (text == NULL)
		text = load_built_in(name, error);
	if (text == NULL)
		return NULL;
	valid = g_utf8_make_valid(text, -1);
	return expand(valid, vars);
}
