/*
 * mails.c - from a passage's list of mails to outbox entries.
 *
 * A passage says for each mail its kind (a text of conf/guidance/), its addressees and the values
 * for the text; the case's id is known only here. One entry an addressee: each gets a mail of
 * their own, so that nobody learns who else was asked.
 */
#include <sodium.h>
#include <string.h>

#include "conf/error.h"
#include "desk/compose.h"
#include "desk/door.h"
#include "desk/internal.h"
#include "desk/json.h"
#include "desk/outbox.h"
#include "desk/request.h"
#include "rules/guidance.h"

/* What an outbox entry has for a case's id where it is about several: no case has it. */
#define NO_CASE "several"

static const char *
short_id(const char *case_id)
{
	const char *dash = strrchr(case_id, '-');

	return dash == NULL ? case_id : dash + 1;
}

/* An address of its own takes one-line answers; at the liaison contact people read them. */
static const char *
how_to_answer(const LsmSettings *settings, const char *case_id)
{
	if (case_id == NULL)
		return "To do something about one of them, answer the mail that it had of its own.";
	if (*settings->desk_address != '\0')
		return "To do something about it, answer this mail with one line; \"help\" tells which.";
	return "To have something done about it, answer this mail; people read the answers.";
}

/* What every text may use; borrowed from the settings and case_id (NULL: about no single statement). */
static void
add_common(GPtrArray *values, const LsmSettings *settings, const char *case_id)
{
	const char *const pairs[] = {
		"desk",  lsm_door_address(settings),
		"how",   how_to_answer(settings, case_id),
		"id",    case_id == NULL ? "" : case_id,
		"short", case_id == NULL ? "" : short_id(case_id),
	};

	for (guint i = 0; i < G_N_ELEMENTS(pairs); i++)
		g_ptr_array_add(values, (gpointer)pairs[i]);
}

/* key, value, key, value, NULL; borrowed from the object. */
static GPtrArray *
text_values(JsonObject *vars, const LsmSettings *settings, const char *case_id)
{
	GPtrArray *values = g_ptr_array_new();
	g_autoptr(GList) names = vars == NULL ? NULL : json_object_get_members(vars);

	for (GList *l = names; l != NULL; l = l->next) {
		g_ptr_array_add(values, l->data);
		g_ptr_array_add(values, (gpointer)lsm_json_get(vars, l->data, ""));
	}
	add_common(values, settings, case_id);
	g_ptr_array_add(values, NULL);
	return values;
}

/* The text file begins with "Subject: ...", a blank line, then the body. */
static gboolean
split_text(char *text, const char **subject_out, const char **body_out, GError **error)
{
	char *end = strstr(text, "\n\n");

	if (!g_str_has_prefix(text, "Subject: ") || end == NULL) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_CONFIG,
			    "guidance text must begin with \"Subject: \" and a blank line");
		return FALSE;
	}
	*end = '\0';
	*subject_out = g_strdelimit(text + strlen("Subject: "), "\n", ' ');
	*body_out = end + 2;
	return TRUE;
}

static char *
new_message_id(const LsmSettings *settings, const char *case_id, const char *kind)
{
	char **domains = lsm_directory_home_domains(settings->directory);
	guint8 random[8];
	char hex[2 * sizeof random + 1];

	randombytes_buf(random, sizeof random);
	sodium_bin2hex(hex, sizeof hex, random, sizeof random);
	return g_strdup_printf("%s.%s.%s@%s", case_id, kind, hex,
			       domains[0] == NULL ? "localhost" : domains[0]);
}

LsmOutboxEntry *
lsm_mails_entry(LsmService *service, const LsmSettings *settings, const char *kind, char *const *to, char *text,
		const char *case_id, GBytes *attached, const LsmMailExtras *extras, GError **error)
{
	const char *about = case_id == NULL ? NO_CASE : case_id;
	g_autofree char *from_name =
		g_strdup_printf("%s liaison desk", lsm_directory_home_name(settings->directory));
	g_autofree char *message_id = new_message_id(settings, about, kind);
	LsmComposition composition = {.from = lsm_door_address(settings),
				      .from_name = from_name,
				      .to = to,
				      .message_id = message_id,
				      .case_id = case_id,
				      .attached = attached,
				      .date = lsm_service_now(service) / G_USEC_PER_SEC};
	LsmOutboxEntry *entry;

	if (extras != NULL) {
		composition.from = extras->from != NULL ? extras->from : composition.from;
		composition.parts = extras->parts;
		composition.answers = extras->answers;
	}
	if (!split_text(text, &composition.subject, &composition.body, error))
		return NULL;
	/* RFC 3834 section 3.3: the null sender, so that nothing answers what a program wrote. */
	entry = lsm_outbox_entry_new(about, kind, "", to);
	entry->mail = lsm_compose_mail(&composition);
	entry->content = lsm_content_digest(entry->mail);
	entry->digest = g_strdup(entry->content);
	return entry;
}

static LsmOutboxEntry *
compose_text(LsmService *service, const LsmSettings *settings, const char *kind, char *to, const GPtrArray *values,
	     const char *case_id, GBytes *attached, GError **error)
{
	g_autofree char *text = lsm_guidance_text(settings, kind, (const char *const *)values->pdata, error);
	char *const one[] = {to, NULL};

	return text == NULL ? NULL
			    : lsm_mails_entry(service, settings, kind, one, text, case_id, attached, NULL, error);
}

static gboolean
compose_kind(LsmService *service, const LsmSettings *settings, JsonObject *mail, const char *case_id,
	     GBytes *original, GPtrArray *entries, GError **error)
{
	const char *kind = lsm_json_get(mail, "kind", "");
	gboolean attach = json_object_get_boolean_member_with_default(mail, "attach", FALSE);
	g_autoptr(GPtrArray) values = text_values(lsm_json_get_object(mail, "vars"), settings, case_id);
	g_auto(GStrv) to = lsm_json_get_list(mail, "to");
	g_autoptr(LsmRequestParts) parts =
		lsm_request_is_kind(kind) ? lsm_request_parts_new(settings, original) : NULL;

	for (guint i = 0; to[i] != NULL; i++) {
		LsmOutboxEntry *entry =
			lsm_request_is_kind(kind)
				? lsm_request_compose(service, settings, mail, to[i], case_id, parts, error)
				: compose_text(service, settings, kind, to[i], values, case_id,
					       attach ? original : NULL, error);

		if (entry == NULL)
			return FALSE;
		g_ptr_array_add(entries, entry);
	}
	return TRUE;
}

gboolean
lsm_mails_quote(JsonArray *mails)
{
	for (guint i = 0; mails != NULL && i < json_array_get_length(mails); i++) {
		JsonNode *node = json_array_get_element(mails, i);
		JsonObject *mail = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;

		if (mail != NULL && (json_object_get_boolean_member_with_default(mail, "attach", FALSE) ||
				     lsm_request_is_kind(lsm_json_get(mail, "kind", ""))))
			return TRUE;
	}
	return FALSE;
}

GPtrArray *
lsm_mails_compose(LsmService *service, JsonArray *mails, const char *case_id, GBytes *original,
		  GError **error)
{
	g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func((GDestroyNotify)lsm_outbox_entry_free);
	g_autoptr(LsmSettings) settings = lsm_service_settings(service);

	for (guint i = 0; mails != NULL && i < json_array_get_length(mails); i++) {
		JsonNode *node = json_array_get_element(mails, i);

		if (JSON_NODE_HOLDS_OBJECT(node) &&
		    !compose_kind(service, settings, json_node_get_object(node), case_id, original, entries,
				  error))
			return NULL;
	}
	return g_steal_pointer(&entries);
}

static gboolean
put_due(LsmService *service, LsmStoreTxn *txn, const LsmSettings *settings, const LsmMail *mail,
	char *const *to, const char *const *values, GError **error)
{
	g_autofree char *text = lsm_guidance_text(settings, mail->text, values, error);
	const LsmMailExtras extras = {.answers = mail->answers};
	g_autoptr(LsmOutboxEntry) entry = NULL;

	if (text == NULL)
		return FALSE;
	entry = lsm_mails_entry(service, settings, mail->text, to, text, mail->case_id, mail->attached, &extras,
				error);
	if (entry == NULL)
		return FALSE;
	g_free(entry->state);
	entry->state = g_strdup("due");
	entry->due = lsm_service_now(service);
	return lsm_outbox_put(txn, entry, error);
}

gboolean
lsm_mails_put(LsmService *service, LsmStoreTxn *txn, const LsmMail *mail, GError **error)
{
	g_autoptr(LsmSettings) settings = lsm_service_settings(service);
	g_autoptr(GPtrArray) values = g_ptr_array_new();

	for (guint i = 0; mail->values != NULL && mail->values[i] != NULL; i++)
		g_ptr_array_add(values, (gpointer)mail->values[i]);
	add_common(values, settings, mail->case_id);
	g_ptr_array_add(values, NULL);
	if (mail->is_shared && mail->to[0] != NULL)
		return put_due(service, txn, settings, mail, mail->to,
			       (const char *const *)values->pdata, error);
	for (guint i = 0; mail->to[i] != NULL; i++) {
		char *const one[] = {mail->to[i], NULL};

		if (!put_due(service, txn, settings, mail, one, (const char *const *)values->pdata, error))
			return FALSE;
	}
	return TRUE;
}
