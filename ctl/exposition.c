/*
 * exposition.c - see exposition.h. Owns nothing; never fails.
 */
#include "ctl/exposition.h"

#include <math.h>
#include <stdarg.h>

#define PREFIX "liaison_"

static void
append_escaped(GString *out, const char *text, gboolean in_quotes)
{
	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '\n')
			g_string_append(out, "\\n");
		else if (*p == '\\' || (*p == '"' && in_quotes))
			g_string_append_printf(out, "\\%c", *p);
		else
			g_string_append_c(out, *p);
	}
}

void
lsm_exposition_family(GString *out, const char *name, const char *type, const char *help)
{
	g_string_append_printf(out, "# HELP " PREFIX "%s ", name);
	append_escaped(out, help, FALSE);
	g_string_append_printf(out, "\n# TYPE " PREFIX "%s %s\n", name, type);
}

/* Whole numbers without an exponent: they are counts and octets. */
static void
append_value(GString *out, double value)
{
	char text[G_ASCII_DTOSTR_BUF_SIZE];

	if (fabs(value) < 9e15 && value == floor(value))
		g_ascii_formatd(text, sizeof text, "%.0f", value);
	else
		g_ascii_formatd(text, sizeof text, "%.6f", value);
	g_string_append_printf(out, " %s\n", text);
}

void
lsm_exposition_sample(GString *out, const char *name, double value, ...)
{
	const char *label;
	char before = '{';
	va_list labels;

	g_string_append_printf(out, PREFIX "%s", name);
	va_start(labels, value);
	while ((label = va_arg(labels, const char *)) != NULL) {
		g_string_append_printf(out, "%c%s=\"", before, label);
		append_escaped(out, va_arg(labels, const char *), TRUE);
		g_string_append_c(out, '"');
		before = ',';
	}
	va_end(labels);
	if (before == ',')
		g_string_append_c(out, '}');
	append_value(out, value);
}

void
lsm_exposition_single(GString *out, const char *name, const char *type, const char *help, double value)
{
	lsm_exposition_family(out, name, type, help);
	lsm_exposition_sample(out, name, value, NULL);
}
