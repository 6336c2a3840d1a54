/*
 * manual_log.c - of the manual pages and of doc/log.md what the programs say when something happens: the log's lines,
 * and the classes of errors.
 *
 * Uses log_lines.def and error.c; changes nothing, cannot fail.
 */
#include <string.h>

#include "conf/error.h"
#include "ctl/manual.h"
#include "ctl/mdoc.h"

/* A group has a title and nothing else. */
typedef struct {
	const char *title, *event, *priorities, *keys, *meaning;
} Line;

static const Line lines[] = {
#define LSM_LOG_GROUP(title) {title, NULL, NULL, NULL, NULL},
#define LSM_LOG_LINE(event, priorities, keys, meaning) {NULL, event, priorities, keys, meaning},
#include "conf/log_lines.def"
};

/* By LOG_EMERG ... LOG_DEBUG, as syslog.conf(5) writes them. */
static const char *const priorities[] = {"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"};

static const char *
priority_of(LsmErrorClass error_class)
{
	g_autoptr(GError) error = g_error_new_literal(LSM_ERROR, (int)error_class, "");

	return priorities[lsm_error_priority(error)];
}

/* "err alert" -> "err, alert", each between marks. */
static char *
join(const char *words, const char *mark, const char *between)
{
	g_auto(GStrv) list = g_strsplit(words, " ", -1);
	g_autofree char *separator = g_strconcat(mark, between, mark, NULL);
	g_autofree char *joined = g_strjoinv(separator, list);

	return *words == '\0' ? g_strdup("") : g_strconcat(mark, joined, mark, NULL);
}

/* --- the manual --- */

static void
print_line(GString *out, const Line *line)
{
	g_autofree char *event = lsm_mdoc_escape(line->event);
	g_autofree char *when = join(line->priorities, "", ", ");
	g_autofree char *keys = lsm_mdoc_escape(line->keys);

	g_string_append_printf(out, ".It Ic %s No (%s)%s%s\n", event, when, *keys != '\0' ? " : Ar " : "", keys);
	lsm_mdoc_text(out, line->meaning, NULL);
}

void
lsm_manual_log_lines(GString *out)
{
	for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
		if (lines[i].title == NULL) {
			print_line(out, &lines[i]);
			continue;
		}
		g_string_append(out, i > 0 ? ".El\n" : "");
		lsm_mdoc_macro(out, "Ss", lines[i].title);
		g_string_append(out, ".Bl -tag -width Ds\n");
	}
	g_string_append(out, ".El\n");
}

/* --- the page for programs' authors --- */

/* "way: outgoing ..." -> "`way`: outgoing ...". */
static char *
mark_keys(const Line *line)
{
	g_auto(GStrv) words = g_strsplit(line->meaning, " ", -1);
	g_auto(GStrv) keys = g_strsplit(line->keys, " ", -1);

	for (guint i = 0; words[i] != NULL; i++) {
		g_autofree char *key = g_strndup(words[i], strcspn(words[i], ":"));

		if (strlen(key) == strlen(words[i]) || !g_strv_contains((const char *const *)keys, key))
			continue;
		g_free(words[i]);
		words[i] = g_strdup_printf("`%s`:", key);
	}
	return g_strjoinv(" ", words);
}

void
lsm_manual_log_tables(GString *out)
{
	for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
		const Line *line = &lines[i];
		g_autofree char *when = NULL, *keys = NULL, *meaning = NULL;

		if (line->title != NULL) {
			g_string_append_printf(out, "%s## %s\n\n| event | priority | keys | meaning |\n"
						    "|---|---|---|---|\n",
					       i > 0 ? "\n" : "", line->title);
			continue;
		}
		when = join(line->priorities, "", ", ");
		keys = join(line->keys, "`", " ");
		meaning = mark_keys(line);
		g_string_append_printf(out, "| `%s` | %s | %s | %s |\n", line->event, when, keys, meaning);
	}
}

void
lsm_manual_class_table(GString *out)
{
	const char *help;

	g_string_append(out, "| class | priority | what it means |\n|---|---|---|\n");
	for (int i = 0; (help = lsm_error_class_help((LsmErrorClass)i)) != NULL; i++)
		g_string_append_printf(out, "| `%s` | %s | %s |\n", lsm_error_class_name((LsmErrorClass)i),
				       priority_of((LsmErrorClass)i), help);
}

/* --- exit codes --- */

static void
print_class(GString *out, int code, const char *help, const char *log)
{
	g_autofree char *text = log == NULL ? g_strdup(help) : g_strdup_printf("%s (in the log: %s)", help, log);

	g_string_append_printf(out, ".It %d\n", code);
	lsm_mdoc_sentence(out, text, NULL);
}

/* The classes with this exit code; of errors that are none of ours: a mistake of the program's own. */
static void
print_code(GString *out, int code)
{
	g_autoptr(GError) stray = g_error_new_literal(G_FILE_ERROR, 0, "");
	const char *help;

	for (int i = 0; (help = lsm_error_class_help((LsmErrorClass)i)) != NULL; i++) {
		g_autoptr(GError) error = g_error_new_literal(LSM_ERROR, i, "");
		g_autofree char *log = g_strdup_printf("class=%s, %s", lsm_error_class_name((LsmErrorClass)i),
						       priority_of((LsmErrorClass)i));

		if (lsm_error_exit_code(error) == code)
			print_class(out, code, help, log);
	}
	if (lsm_error_exit_code(stray) == code)
		print_class(out, code, "a mistake of the program's own: please report it", NULL);
}

void
lsm_manual_errors(GString *out)
{
	for (int code = 1; code <= 255; code++)
		print_code(out, code);
}
