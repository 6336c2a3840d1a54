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
#include "desk/internal.h"
#include "desk/json.h"
#include "desk/outbox.h"
#include "rules/guidance.h"

static const char *
short_id(const char *case_id)
{
	const char *dash = strrchr(case_id, '-');

	return dash == NULL ? case_id : dash + 1;
}

/* key, value, key, value, NULL; borrowed from the object. */
static GPtrArray *
text_values(JsonObject *vars, const char *case_id)
{
	GPtrArray *values = g_ptr_array_new();
	g_autoptr(GList) names = vars == NULL ? NULL : json_object_get_members(vars);

	for (GList *l = names; l != NULL; l = l->next) {
		g_ptr_array_add(values, l->data);
		g_ptr_array_add(values, (gpointer)lsm_json_get(vars, l->data, ""));
	}
	g_ptr_array_add(values, (gpointer) "id");
	g_ptr_array_add(values, (gpointer)case_id);
	g_ptr_array_add(values, (gpointer) "short");
	g_ptr_array_add(values, (gpointer)short_id(case_id));
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

static LsmOutboxEntry *
make_entry(LsmService *service, const LsmSettings *settings, const char *kind, const char *to, char *text,
	   const char *case_id, GBytes *attached, GError **error)
{
	const char *contact = lsm_directory_liaison_contact(settings->directory);
	const char *desk = *settings->desk_address != '\0' ? settings->desk_address : contact;
	g_autofree char *from_name =
		g_strdup_printf("%s liaison desk", lsm_directory_home_name(settings->directory));
	g_autofree char *message_id = new_message_id(settings, case_id, kind);
	char *const recipients[] = {(char *)to, NULL};
	LsmComposition composition = {.from = desk,
				      .from_name = from_name,
				      .to = recipients,
				      .message_id = message_id,
				      .case_id = case_id,
				      .attached = attached,
				      .date = lsm_service_now(service) / G_USEC_PER_SEC};
	LsmOutboxEntry *entry;

	if (!split_text(text, &composition.subject, &composition.body, error))
		return NULL;
	/* RFC 3834 section 3.3: the null sender, so that nothing answers what a program wrote. */
	entry = lsm_outbox_entry_new(case_id, kind, "", recipients);
	entry->mail = lsm_compose_mail(&composition);
	entry->content = lsm_content_digest(entry->mail);
	entry->digest = g_strdup(entry->content);
	return entry;
}

static gboolean
compose_kind(LsmService *service, const LsmSettings *settings, JsonObject *mail, const char *case_id,
	     GBytes *original, GPtrArray *entries, GError **error)
{
	const char *kind = lsm_json_get(mail, "kind", "");
	gboolean attach = json_object_get_boolean_member_with_default(mail, "attach", FALSE);
	g_autoptr(GPtrArray) values = text_values(lsm_json_get_object(mail, "vars"), case_id);
	g_auto(GStrv) to = lsm_json_get_list(mail, "to");

	for (guint i = 0; to[i] != NULL; i++) {
		g_autofree char *text =
			lsm_guidance_text(settings, kind, (const char *const *)values->pdata, error);
		LsmOutboxEntry *entry;

		if (text == NULL)
			return FALSE;
		entry = make_entry(service, settings, kind, to[i], text, case_id, attach ? original : NULL,
				   error);
		if (entry == NULL)
			return FALSE;
		g_ptr_array_add(entries, entry);
	}
	return TRUE;
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
