/*
 * guidance.c - what people are told of findings: one of them in a line, all of them in a mail.
 *
 * Whole mails are made of text files, see guidance_text.c. Owns nothing; any thread; cannot fail.
 */
#include "rules/guidance.h"

#include <string.h>

#include "rules/text.h"

#define EXAMPLE_DAYS 40
#define EXAMPLE_MARK "YYYY-MM-DD"
#define WRAP_COLUMN 72
#define MOST_DETAIL 1000
#define MOST_LOOKED_AT 4096 /* octets of a value: no reply holds more, whatever the mail does */
#define INDENT "   "

char *
lsm_guidance_one_line(const char *text, gsize max)
{
	g_autofree char *head = text != NULL ? g_strndup(text, strnlen(text, MOST_LOOKED_AT)) : g_strdup("");
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
lsm_guidance_dated(const char *text, gint64 now)
{
	g_autofree char *date = NULL;
	GString *dated;

	if (strstr(text, EXAMPLE_MARK) == NULL)
		return g_strdup(text);
	date = example_date(now);
	dated = g_string_new(text);
	g_string_replace(dated, EXAMPLE_MARK, date, 0);
	return g_string_free(dated, FALSE);
}

char *
lsm_guidance_fix(const LsmRule *rule, gint64 now)
{
	return lsm_guidance_dated(rule->fix, now);
}

/* A detail that ends with a whole sentence in quotes has its full stop. */
static const char *
full_stop(const char *detail)
{
	return g_str_has_suffix(detail, ".\"") ? "" : ".";
}

char *
lsm_guidance_finding(const LsmFinding *finding, gint64 now)
{
	g_autofree char *fix = lsm_guidance_fix(finding->rule, now);
	g_autofree char *detail = NULL;

	if (finding->detail == NULL || finding->detail[0] == '\0')
		return g_strdup_printf("%s. %s", finding->rule->heading, fix);
	detail = lsm_text_one_line(finding->detail, -1, MOST_DETAIL);
	return g_strdup_printf("%s: %s%s %s", finding->rule->heading, detail, full_stop(detail), fix);
}

const char *
lsm_guidance_procedure(const LsmSettings *settings)
{
	return lsm_rule_set_bit(settings->rule_set) == LSM_SET_RFC4053 ? "RFC 4053" : "rfc4053bis";
}

void
lsm_guidance_wrap(GString *out, const char *text)
{
	g_string_append(out, INDENT);
	lsm_text_fill(out, text, strlen(INDENT), strlen(INDENT), WRAP_COLUMN);
	g_string_append_c(out, '\n');
}

void
lsm_guidance_numbered(GString *out, guint number, const LsmFinding *finding, const LsmCheckInput *input)
{
	const LsmRule *rule = finding->rule;
	g_autofree char *fix = lsm_guidance_fix(rule, input->now);
	g_autofree char *detail = lsm_text_one_line(finding->detail != NULL ? finding->detail : "", -1, MOST_DETAIL);

	g_string_append_printf(out, "%s%u. %s (%s; %s section %s)\n", number > 1 ? "\n" : "", number,
			       rule->heading, rule->requirements, lsm_guidance_procedure(input->settings),
			       rule->section);
	if (detail[0] != '\0') {
		g_autofree char *found = g_strdup_printf("Found: %s%s", detail, full_stop(detail));

		lsm_guidance_wrap(out, found);
	}
	if (finding->unknown)
		lsm_guidance_wrap(out, "This cannot be said without the record.");
	lsm_guidance_wrap(out, fix);
	lsm_guidance_wrap(out, rule->help);
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
			lsm_guidance_numbered(out, ++number, finding, input);
	}
	if (number == 0)
		lsm_guidance_wrap(out, "Nothing.");
	return g_string_free(out, FALSE);
}
