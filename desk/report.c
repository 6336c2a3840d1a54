/*
 * report.c - recognises mail that programs wrote, and reads reports of delivery. Pure; any thread.
 */
#include "desk/report.h"

#include <string.h>

#include "rules/text.h"

#define MAX_ROWS 100
#define MAX_REPORT 65536 /* octets of a report's part that are read */
#define MAX_REASON 300

/* --- who wrote it --- */

/* value: what the field begins with, any case; "" : that it is there. */
static const struct {
	const char *field;
	const char *value;
	const char *why;
} automatic[] = {
	/* RFC 3834 section 5: anything but "no". */
	{"Auto-Submitted", "auto-", "Auto-Submitted"},
	{"Precedence", "bulk", "Precedence"},
	{"Precedence", "list", "Precedence"},
	{"Precedence", "junk", "Precedence"},
	{"Precedence", "auto_reply", "Precedence"},
	{"X-Autoreply", "", "X-Autoreply"},
	{"X-Autorespond", "", "X-Autorespond"},
	{"X-Auto-Response-Suppress", "all", "X-Auto-Response-Suppress"},
	{"List-Id", "", "came through a list"},
	/* Programs that say so nowhere else. */
	{"Subject", "automatic reply:", "out of office"},
	{"Subject", "auto-reply:", "out of office"},
	{"Subject", "autoreply:", "out of office"},
	{"Subject", "out of office", "out of office"},
	{"Subject", "automatische antwort:", "out of office"},
	{"Subject", "abwesenheitsnotiz", "out of office"},
	{"Subject", "r\xc3\xa9ponse automatique", "out of office"},
	{"Subject", "respuesta autom\xc3\xa1tica", "out of office"},
};

static gboolean
begins_with(const char *value, const char *beginning)
{
	g_autofree char *folded = g_utf8_strdown(value, -1);

	return g_str_has_prefix(folded, beginning);
}

const char *
lsm_report_automatic(const LsmMessage *message, const LsmEnvelope *envelope)
{
	if (*envelope->sender == '\0')
		return "null sender";
	for (guint i = 0; i < G_N_ELEMENTS(automatic); i++) {
		const char *value = lsm_message_header(message, automatic[i].field, 0);

		if (value != NULL && begins_with(value, automatic[i].value))
			return automatic[i].why;
	}
	return NULL;
}

/* --- reports of delivery --- */

static void
row_free(gpointer data)
{
	LsmReportRow *row = data;

	g_free(row->recipient);
	g_free(row->action);
	g_free(row->reason);
	g_free(row);
}

/* "rfc822; carol@example.org" -> "carol@example.org"; RFC 3464 section 2.3.1. */
static char *
behind_type(const char *value)
{
	const char *semicolon = strchr(value, ';');

	return lsm_text_one_line(semicolon == NULL ? value : semicolon + 1, -1, MAX_REASON);
}

/* The fields of one recipient's group, as far as they are read here. */
typedef struct {
	char *original, *final, *action, *status, *diagnostic;
} Group;

static void
take(char **slot, char *value)
{
	g_free(*slot);
	*slot = value;
}

static void
take_field(Group *group, const char *name, const char *value)
{
	if (g_ascii_strcasecmp(name, "Original-Recipient") == 0)
		take(&group->original, behind_type(value));
	else if (g_ascii_strcasecmp(name, "Final-Recipient") == 0)
		take(&group->final, behind_type(value));
	else if (g_ascii_strcasecmp(name, "Action") == 0)
		take(&group->action, g_ascii_strdown(value, -1));
	else if (g_ascii_strcasecmp(name, "Status") == 0)
		take(&group->status, lsm_text_one_line(value, -1, 20));
	else if (g_ascii_strcasecmp(name, "Diagnostic-Code") == 0)
		take(&group->diagnostic, behind_type(value));
}

/* An orcpt is xtext (RFC 3461 section 4): "+2B" is a plus. Only what an address needs. */
static char *
from_xtext(const char *text)
{
	GString *plain = g_string_new(NULL);

	for (; *text != '\0'; text++) {
		if (*text == '+' && g_ascii_isxdigit(text[1]) && g_ascii_isxdigit(text[2])) {
			g_string_append_c(plain, (char)(g_ascii_xdigit_value(text[1]) * 16 +
							g_ascii_xdigit_value(text[2])));
			text += 2;
		} else {
			g_string_append_c(plain, *text);
		}
	}
	return g_string_free(plain, FALSE);
}

static void
finish_group(GPtrArray *rows, Group *group)
{
	const char *recipient = group->original != NULL ? group->original : group->final;
	LsmReportRow *row;

	if (recipient != NULL && group->action != NULL && rows->len < MAX_ROWS) {
		row = g_new0(LsmReportRow, 1);
		row->recipient = group->original != NULL ? from_xtext(recipient) : g_strdup(recipient);
		row->action = g_strdup(group->action);
		row->reason = group->diagnostic == NULL
				      ? g_strdup(group->status == NULL ? "" : group->status)
				      : g_strdup_printf("%s: %s", group->status == NULL ? "?" : group->status,
							group->diagnostic);
		g_ptr_array_add(rows, row);
	}
	take(&group->original, NULL);
	take(&group->final, NULL);
	take(&group->action, NULL);
	take(&group->status, NULL);
	take(&group->diagnostic, NULL);
}

/* Groups of fields, parted by empty lines; a line that begins with a blank goes on with the one before. */
static void
read_groups(GPtrArray *rows, const char *text)
{
	Group group = {NULL, NULL, NULL, NULL, NULL};
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (guint i = 0; lines[i] != NULL; i++) {
		g_autoptr(GString) line = g_string_new(g_strchomp(lines[i]));
		char *colon;

		while (lines[i + 1] != NULL && (lines[i + 1][0] == ' ' || lines[i + 1][0] == '\t') &&
		       *g_strchomp(lines[i + 1]) != '\0')
			g_string_append(line, lines[++i]);
		if (line->len == 0)
			finish_group(rows, &group);
		colon = strchr(line->str, ':');
		if (colon == NULL)
			continue;
		*colon = '\0';
		take_field(&group, line->str, g_strstrip(colon + 1));
	}
	finish_group(rows, &group);
}

/* At most that much of the part, as text; "" when it is empty. */
static char *
report_text(const LsmMessage *message, guint i)
{
	g_autoptr(GBytes) bytes = lsm_message_attachment_bytes(message, i);
	gsize length = 0;
	const char *data = bytes == NULL ? NULL : g_bytes_get_data(bytes, &length);
	g_autofree char *raw = data == NULL ? g_strdup("") : g_strndup(data, MIN(length, MAX_REPORT));

	return g_utf8_make_valid(raw, -1);
}

static gboolean
is_report(const LsmAttachment *part)
{
	return g_ascii_strcasecmp(part->declared_type, "message/delivery-status") == 0 ||
	       g_ascii_strcasecmp(part->declared_type, "message/global-delivery-status") == 0;
}

GPtrArray *
lsm_report_read(const LsmMessage *message)
{
	GPtrArray *rows = g_ptr_array_new_with_free_func(row_free);

	for (guint i = 0; i < message->attachments->len; i++) {
		g_autofree char *text = NULL;

		if (!is_report(g_ptr_array_index(message->attachments, i)))
			continue;
		text = report_text(message, i);
		read_groups(rows, text);
		break;
	}
	return rows;
}
