/*
 * request.c - composes the mails that ask for an answer.
 *
 * Owns nothing but what it returns. Uses rules/message.c to take the original apart, conf/guidance/ for the
 * words, mails.c for the envelope. The token's letters are in the mail's bytes alone, and wiped here.
 */
#include "desk/request.h"

#include <string.h>

#include "conf/error.h"
#include "desk/compose.h"
#include "desk/door.h"
#include "desk/json.h"
#include "rules/guidance.h"
#include "rules/text.h"

#define DAY (G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC)
#define MAX_PARTS 20
#define MAX_PARTS_SIZE (10u << 20) /* decoded octets shown as themselves; the rest stands in the original */
#define MAX_TEXT (100u << 10)      /* octets of the statement's text shown inline */
#define WIDTH 76
#define ANSWER_DAYS 40 /* of the date in an example */

/* To add a mail that asks: a row, and its text in conf/guidance/. */
static const struct {
	const char *kind;
	gboolean binds_content; /* the answer is about these very octets, not about the case alone */
	LsmState state;         /* in which a case waits for this answer */
} kinds[] = {
	{"request", TRUE, LSM_STATE_PENDING},
	{"authority", TRUE, LSM_STATE_AROUND},
	{"cover", FALSE, LSM_STATE_UNCONFIRMED},
};

static gint
find_kind(const char *kind)
{
	for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (strcmp(kinds[i].kind, kind) == 0)
			return (gint)i;
	}
	return -1;
}

gboolean
lsm_request_is_kind(const char *kind)
{
	return find_kind(kind) >= 0;
}

/* --- the original, taken apart --- */

struct LsmRequestParts {
	GBytes *original;
	char *text;          /* of the statement, to be shown inline */
	GPtrArray *composed; /* of LsmComposedPart * */
};

static void
part_free(gpointer data)
{
	LsmComposedPart *part = data;

	g_free(part->type);
	g_free(part->file_name);
	g_bytes_unref(part->bytes);
	g_free(part);
}

static void
take_parts(LsmRequestParts *parts, const LsmMessage *message)
{
	gsize left = MAX_PARTS_SIZE;

	for (guint i = 0; i < message->attachments->len && parts->composed->len < MAX_PARTS; i++) {
		const LsmAttachment *attachment = g_ptr_array_index(message->attachments, i);
		g_autoptr(GBytes) bytes = NULL;
		LsmComposedPart *part;

		if (attachment->is_message || attachment->size == 0 || attachment->size > left)
			continue;
		bytes = lsm_message_attachment_bytes(message, i);
		if (bytes == NULL || g_bytes_get_size(bytes) > left)
			continue;
		left -= g_bytes_get_size(bytes);
		part = g_new0(LsmComposedPart, 1);
		part->type = g_strdup(attachment->declared_type);
		part->file_name = g_strdup(attachment->file_name);
		part->bytes = g_steal_pointer(&bytes);
		g_ptr_array_add(parts->composed, part);
	}
}

static char *
shown_text(const char *text)
{
	const char *end;

	if (*text == '\0')
		return g_strdup("(no text of its own; see what is attached)\n");
	if (strlen(text) <= MAX_TEXT)
		return g_strdup(text);
	end = g_utf8_find_prev_char(text, text + MAX_TEXT);
	return g_strdup_printf("%.*s\n(cut here; the whole text stands in what is attached)\n",
			       (int)(end - text), text);
}

LsmRequestParts *
lsm_request_parts_new(const LsmSettings *settings, GBytes *original)
{
	LsmRequestParts *parts = g_new0(LsmRequestParts, 1);
	g_autoptr(LsmCollector) collector = NULL;
	g_autoptr(LsmMessage) message = NULL;

	parts->composed = g_ptr_array_new_with_free_func(part_free);
	if (original == NULL)
		return parts;
	parts->original = g_bytes_ref(original);
	collector = lsm_collector_new(settings);
	lsm_collector_add_mail(collector, g_bytes_get_data(original, NULL), g_bytes_get_size(original));
	message = lsm_message_take_apart(collector, settings);
	parts->text = shown_text(message->text);
	take_parts(parts, message);
	return parts;
}

void
lsm_request_parts_free(LsmRequestParts *parts)
{
	if (parts == NULL)
		return;
	g_clear_pointer(&parts->original, g_bytes_unref);
	g_free(parts->text);
	g_ptr_array_unref(parts->composed);
	g_free(parts);
}

/* --- what a token is bound to --- */

static void
copy_member(JsonObject *from, JsonObject *to, const char *name)
{
	JsonNode *node = json_object_get_member(from, name);

	if (node != NULL)
		json_object_set_member(to, name, json_node_copy(node));
}

static JsonObject *
binding_of(JsonObject *private)
{
	static const char *const names[] = {"digest", "from", "to", "withheld"};
	JsonObject *binding = json_object_new();

	for (guint i = 0; i < G_N_ELEMENTS(names); i++)
		copy_member(private, binding, names[i]);
	return binding;
}

void
lsm_request_bind(JsonObject *members)
{
	JsonObject *private = lsm_json_get_object(members, "private");
	JsonArray *mails = lsm_json_get_array(members, "mails");

	for (guint i = 0; private != NULL && mails != NULL && i < json_array_get_length(mails); i++) {
		JsonNode *node = json_array_get_element(mails, i);

		if (JSON_NODE_HOLDS_OBJECT(node) &&
		    lsm_request_is_kind(lsm_json_get(json_node_get_object(node), "kind", "")))
			json_object_set_object_member(json_node_get_object(node), "binding",
						      binding_of(private));
	}
}

static void
take_list(char ***list, JsonObject *from, const char *name)
{
	g_strfreev(*list);
	*list = lsm_json_get_list(from, name);
}

static LsmToken *
make_token(const char *kind, JsonObject *binding, const char *case_id, const char *to, gint64 expires,
	   char **letters_out)
{
	LsmToken *token = lsm_token_new(case_id, kind, to, expires, letters_out);

	if (binding == NULL)
		return token;
	take_list(&token->bodies, binding, "from");
	take_list(&token->organizations, binding, "to");
	take_list(&token->withheld, binding, "withheld");
	if (kinds[find_kind(kind)].binds_content) {
		g_free(token->content);
		token->content = g_strdup(lsm_json_get(binding, "digest", ""));
	}
	return token;
}

/* --- lines --- */

/* "- CONSENSUS: ..." and "  +30  ..." go on below their words. */
static void
append_item(GString *text, const char *line)
{
	gsize lead = strspn(line, " ");
	gsize mark = lead + strcspn(line + lead, " ");
	gsize indent = mark + strspn(line + mark, " ");

	g_string_append_len(text, line, (gssize)indent);
	lsm_text_fill(text, line + indent, indent, indent, WIDTH);
	g_string_append_c(text, '\n');
}

/* A list of items, one a line, in lines that a phone shows. */
static char *
filled_items(const char *items)
{
	g_auto(GStrv) lines = g_strsplit(items, "\n", -1);
	GString *text = g_string_new(NULL);

	for (guint i = 0; lines[i] != NULL; i++) {
		if (*g_strchomp(lines[i]) != '\0')
			append_item(text, lines[i]);
	}
	return g_string_free(text, FALSE);
}

/* --- what is told of the statement --- */

static gboolean
is_addressed(const LsmCheckInput *input, const char *address)
{
	const GPtrArray *const fields[] = {input->message->to, input->message->cc};

	for (guint i = 0; i < input->envelope->recipients->len; i++) {
		if (lsm_address_equal(lsm_envelope_recipient(input->envelope, i)->address, address))
			return TRUE;
	}
	for (guint i = 0; i < G_N_ELEMENTS(fields); i++) {
		for (guint k = 0; k < fields[i]->len; k++) {
			const LsmAddress *named = g_ptr_array_index(fields[i], k);
			if (lsm_address_equal(named->address, address))
				return TRUE;
		}
	}
	return FALSE;
}

/* Our lists are withheld with the others: who reads them is not told before it is approved. */
static const char *
copy_text(const LsmCheckInput *input, const char *address)
{
	if (!is_addressed(input, address))
		return "has no copy that we know of";
	return lsm_recipient_is_withheld(input->settings, address) ? "gets it when it goes out" : "has a copy";
}

static void
add_said(GString *text, const char *what, const char *said)
{
	g_string_append_printf(text, "%s%s %s", text->len > 0 ? ", " : "", what, said);
}

char *
lsm_request_consensus(const LsmVerdict *verdict G_GNUC_UNUSED, const LsmCheckInput *input)
{
	const char *consensus = lsm_statement_first(input->statement, LSM_FIELD_CONSENSUS);

	return g_strdup(consensus == NULL ? "nothing is said of it" : consensus);
}

/* A5: the liaison manager of each organization that it goes to. */
char *
lsm_request_consulted(const LsmVerdict *verdict G_GNUC_UNUSED, const LsmCheckInput *input)
{
	const GPtrArray *organizations = input->recognition->to_organizations;
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < organizations->len; i++) {
		const LsmOrganization *organization = g_ptr_array_index(organizations, i);

		if (*organization->liaison_manager != '\0')
			add_said(text, organization->liaison_manager,
				 copy_text(input, organization->liaison_manager));
	}
	if (text->len == 0)
		g_string_append(text, "none is known");
	return g_string_free(text, FALSE);
}

/* A74: the list of each group that it speaks for, by a copy or an earlier draft. */
char *
lsm_request_informed(const LsmVerdict *verdict G_GNUC_UNUSED, const LsmCheckInput *input)
{
	const GPtrArray *bodies = input->recognition->from_bodies;
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < bodies->len; i++) {
		const LsmBody *body = g_ptr_array_index(bodies, i);
		char **drafted = input->facts == NULL ? NULL : input->facts->drafted_to;

		if (*body->list != '\0')
			add_said(text, body->list,
				 lsm_address_in_list(body->list, drafted) ? "has seen a draft"
									  : copy_text(input, body->list));
	}
	if (text->len == 0)
		g_string_append(text, "has no list that we know of");
	return g_string_free(text, FALSE);
}

/* One line a finding: the approver is to weigh it, not to mend it. What it is all about is not among them. */
char *
lsm_request_advice(const LsmVerdict *verdict, const LsmCheckInput *input)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < verdict->findings->len; i++) {
		const LsmFinding *finding = g_ptr_array_index(verdict->findings, i);
		gboolean has_detail = finding->detail != NULL && *finding->detail != '\0';
		g_autofree char *fix = lsm_guidance_fix(finding->rule, input->now);

		if (finding->mode == LSM_MODE_ENFORCE && !g_str_has_prefix(finding->rule->id, "approval."))
			g_string_append_printf(text, "- %s: %s\n", finding->rule->heading,
					       has_detail ? finding->detail : fix);
	}
	return text->len == 0 ? g_strdup("- nothing\n") : filled_items(text->str);
}

char *
lsm_request_evidence(const LsmVerdict *verdict G_GNUC_UNUSED, const LsmCheckInput *input)
{
	const GPtrArray *all = input->recognition->evidence;
	g_autoptr(GString) text = g_string_new(NULL);

	if (all->len == 0)
		g_string_append(text, "  none\n");
	for (guint i = 0; i < all->len; i++) {
		const LsmEvidence *evidence = g_ptr_array_index(all, i);

		g_string_append_printf(text, "  %+3d  %s\n", evidence->weight, evidence->what);
	}
	return filled_items(text->str);
}

/* --- words --- */

/* RFC 6068: the address, and subject and body with the answer; in <>, so that a mail program sees where it
 * ends. */
static char *
answer_link(const char *address, const char *word)
{
	g_autofree char *to = g_uri_escape_string(address, "@+!$'*", FALSE);
	g_autofree char *value = g_uri_escape_string(word, NULL, FALSE);

	return g_strdup_printf("<mailto:%s?subject=%s&body=%s>", to, value, value);
}

/* To offer a link in a text: a row here; the text writes {{link_...}}. */
static const struct {
	const char *name;
	const char *word;
} links[] = {
	{"link_approve", "approve"}, {"link_refuse", "refuse"},
	{"link_agree", "agree"},     {"link_disagree", "disagree"},
	{"link_confirm", "confirm"}, {"link_not_a_statement", "not a statement"},
	{"link_status", "status"},   {"link_help", "help"},
};

static char *
day_text(gint64 microseconds, const char *format)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(microseconds / G_USEC_PER_SEC);

	return g_date_time_format(time, format);
}

/* The values that only this mail knows; takes value. */
static void
take_value(JsonObject *values, const char *name, char *value)
{
	lsm_json_set(values, name, value);
	g_free(value);
}

static JsonObject *
own_values(JsonObject *mail, const char *address, const LsmToken *token, const char *letters, gint64 now)
{
	JsonObject *given = lsm_json_get_object(mail, "vars");
	JsonObject *values = json_object_new();
	g_autoptr(GList) names = given == NULL ? NULL : json_object_get_members(given);
	const char *short_id = strrchr(token->case_id, '-');

	for (GList *l = names; l != NULL; l = l->next)
		copy_member(given, values, l->data);
	for (guint i = 0; i < G_N_ELEMENTS(links); i++)
		take_value(values, links[i].name, answer_link(address, links[i].word));
	take_value(values, "until", day_text(token->expires, "%-d %B %Y"));
	take_value(values, "example_date", day_text(now + ANSWER_DAYS * DAY, "%Y-%m-%d"));
	lsm_json_set(values, "desk", address);
	lsm_json_set(values, "token", letters);
	lsm_json_set(values, "asked", token->asked);
	lsm_json_set(values, "id", token->case_id);
	lsm_json_set(values, "short", short_id == NULL ? token->case_id : short_id + 1);
	return values;
}

static char *
request_text(const LsmSettings *settings, const char *kind, JsonObject *values, const LsmRequestParts *parts,
	     GError **error)
{
	g_autoptr(GPtrArray) pairs = g_ptr_array_new();
	g_autoptr(GList) names = json_object_get_members(values);
	g_autofree char *text = NULL;

	for (GList *l = names; l != NULL; l = l->next) {
		g_ptr_array_add(pairs, l->data);
		g_ptr_array_add(pairs, (gpointer)lsm_json_get(values, l->data, ""));
	}
	g_ptr_array_add(pairs, NULL);
	text = lsm_guidance_text(settings, kind, (const char *const *)pairs->pdata, error);
	/* The statement's own lines stay as they are: they are what is decided about. */
	return text == NULL ? NULL : g_strconcat(text, "\n", parts->text == NULL ? "" : parts->text, NULL);
}

/* --- the mail --- */

LsmOutboxEntry *
lsm_request_compose(LsmService *service, const LsmSettings *settings, JsonObject *mail, const char *to,
		    const char *case_id, const LsmRequestParts *parts, GError **error)
{
	const char *kind = lsm_json_get(mail, "kind", "");
	gint64 now = lsm_service_now(service);
	char *letters = NULL;
	g_autoptr(LsmToken) token = make_token(kind, lsm_json_get_object(mail, "binding"), case_id, to,
					       now + settings->token_lifetime * DAY, &letters);
	g_autofree char *address = lsm_door_with(settings, letters);
	g_autoptr(JsonObject) values = own_values(mail, address, token, letters, now);
	g_autofree char *text = request_text(settings, kind, values, parts, error);
	char *const one[] = {(char *)to, NULL};
	const LsmMailExtras extras = {.from = address, .parts = parts->composed};
	LsmOutboxEntry *entry = NULL;

	if (text != NULL)
		entry = lsm_mails_entry(service, settings, kind, one, text, case_id, parts->original, &extras,
					error);
	if (entry != NULL)
		entry->token = g_steal_pointer(&token);
	lsm_token_wipe(letters);
	return entry;
}

/* --- once more --- */

static const char *
kind_for(const LsmCase *item)
{
	for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (kinds[i].state == item->state)
			return kinds[i].kind;
	}
	return NULL;
}

static void
take_joined(JsonObject *values, const char *name, char *const *list)
{
	take_value(values, name,
		   list == NULL || list[0] == NULL ? g_strdup("none found")
						   : g_strjoinv(", ", (char **)list));
}

/* What a case still knows of its statement; what was found at its passage stands in the first request. */
static JsonObject *
values_of_case(const LsmSettings *settings, const LsmCase *item)
{
	JsonObject *values = json_object_new();

	take_joined(values, "from", item->from);
	take_joined(values, "to", item->to);
	take_joined(values, "purpose", item->purposes);
	take_joined(values, "withheld", item->withheld);
	take_joined(values, "doors", item->doors);
	take_joined(values, "approvers", item->approvers);
	lsm_json_set(values, "deadline", item->deadline == NULL ? "none found" : item->deadline);
	lsm_json_set(values, "subject", item->subject == NULL ? "(no subject)" : item->subject);
	lsm_json_set(values, "sender", item->sender == NULL ? "" : item->sender);
	lsm_json_set(values, "contact", lsm_directory_liaison_contact(settings->directory));
	lsm_json_set(values, "home", lsm_directory_home_name(settings->directory));
	take_value(values, "date", day_text(item->since, "%Y-%m-%d %H:%M UTC"));
	lsm_json_set(values, "advice", "- as in the first mail about it\n");
	lsm_json_set(values, "evidence", "  as in the first mail about it\n");
	lsm_json_set(values, "consensus", "as in the first mail about it");
	lsm_json_set(values, "consulted", "as in the first mail about it");
	lsm_json_set(values, "informed", "as in the first mail about it");
	return values;
}

static JsonObject *
mail_of_case(const LsmSettings *settings, const LsmCase *item, const char *kind)
{
	JsonObject *mail = json_object_new();
	JsonObject *binding = json_object_new();

	lsm_json_set(mail, "kind", kind);
	json_object_set_object_member(mail, "vars", values_of_case(settings, item));
	lsm_json_set(binding, "digest", item->digest);
	lsm_json_set_strings(binding, "from", (const char *const *)item->from);
	lsm_json_set_strings(binding, "to", (const char *const *)item->to);
	lsm_json_set_strings(binding, "withheld", (const char *const *)item->withheld);
	json_object_set_object_member(mail, "binding", binding);
	return mail;
}

LsmOutboxEntry *
lsm_request_renew(LsmService *service, LsmStoreTxn *txn, const LsmCase *item, const char *to, GError **error)
{
	g_autoptr(LsmSettings) settings = lsm_service_settings(service);
	const char *kind = kind_for(item);
	g_autoptr(GBytes) original = NULL;
	g_autoptr(JsonObject) mail = NULL;
	g_autoptr(LsmRequestParts) parts = NULL;
	LsmOutboxEntry *entry;

	if (kind == NULL || item->content == NULL ||
	    lsm_content_get(txn, item->content, &original, error) != LSM_FOUND)
		return NULL;
	mail = mail_of_case(settings, item, kind);
	parts = lsm_request_parts_new(settings, original);
	entry = lsm_request_compose(service, settings, mail, to, item->id, parts, error);
	if (entry != NULL) {
		g_free(entry->state);
		entry->state = g_strdup("due");
		entry->due = lsm_service_now(service);
	}
	return entry;
}
