/*
 * template.c - a statement to begin with: the block of an empty statement of which only this much is known.
 *
 * Who is named, copied and answered to is what rules/guidance_block.c fills into every block. Owns nothing;
 * any thread; cannot fail.
 */
#include "rules/template.h"

#include <string.h>

#include "rules/approval.h"
#include "rules/guidance.h"
#include "rules/text.h"

#define DEADLINE_DAYS 60
#define COLUMNS 76
#define LONGEST_SUBJECT 70

/* An empty statement between these two, as the block's writer and the checks see it. */
typedef struct {
	LsmCheckInput input;
	LsmRecognition recognition;
	LsmStatement *statement;
} Draft;

static char *
day_after(gint64 now, int days)
{
	g_autoptr(GDateTime) today = g_date_time_new_from_unix_utc(now);
	g_autoptr(GDateTime) day = today != NULL ? g_date_time_add_days(today, days) : NULL;

	return day != NULL ? g_date_time_format(day, "%Y-%m-%d") : g_strdup("");
}

static void
set_field(Draft *draft, LsmFieldId field, const char *value)
{
	if (value != NULL)
		lsm_statement_add(draft->statement, field, value, value, "template", LSM_CONFIDENCE_EXPLICIT);
}

/*
 * What somebody pastes unread must not claim an agreement that nobody gave. An answer without consensus says
 * that it is collected comments (A83), the IESG whether its own is meant (A67), and a group that it was told
 * before (A74).
 */
static char *
consensus_text(const LsmTemplate *wish, gint64 now)
{
	gboolean is_response = strcmp(wish->purpose, "response") == 0;
	g_autofree char *today = day_after(now, 0);
	g_autofree char *body = g_ascii_strup(wish->from->acronym, -1);
	GString *text = g_string_new(NULL);

	if (wish->from->level == LSM_LEVEL_ORGANIZATION)
		g_string_append_printf(text, "no consensus of the %s is stated", body);
	else
		g_string_append(text, "no consensus");
	if (is_response)
		g_string_append(text, "; collected comments");
	if (wish->from->level == LSM_LEVEL_GROUP)
		g_string_append_printf(text, "; the working group was informed (list, %s)", today);
	return g_string_free(text, FALSE);
}

/* Where the answered one wants its answer, else where the organization wants statements (A18, A23, A24). */
static char **
addressees(const LsmTemplate *wish)
{
	const char *const only[] = {wish->reply_to, NULL};
	static const char *const none[] = {NULL};

	if (wish->reply_to != NULL)
		return g_strdupv((char **)only);
	return g_strdupv(wish->to->send_to != NULL ? wish->to->send_to : (char **)none);
}

static void
fill_statement(Draft *draft, const LsmTemplate *wish, gint64 now)
{
	g_auto(GStrv) send_to = addressees(wish);
	g_autofree char *soon = day_after(now, DEADLINE_DAYS);
	g_autofree char *consensus = consensus_text(wish, now);
	gboolean is_action = strcmp(wish->purpose, "action") == 0;

	set_field(draft, LSM_FIELD_TO, wish->to_name);
	for (guint i = 0; send_to[i] != NULL; i++)
		set_field(draft, LSM_FIELD_SEND_TO, send_to[i]);
	set_field(draft, LSM_FIELD_PURPOSE, wish->purpose);
	set_field(draft, LSM_FIELD_DEADLINE, wish->deadline == NULL && is_action ? soon : wish->deadline);
	set_field(draft, LSM_FIELD_IN_RESPONSE_TO, wish->in_response_to);
	set_field(draft, LSM_FIELD_CONSENSUS, consensus);
}

static void
draft_init(Draft *draft, const LsmTemplate *wish, const LsmSettings *settings, gint64 now)
{
	*draft = (Draft){.statement = lsm_statement_new("template")};
	draft->recognition.from_bodies = g_ptr_array_new();
	draft->recognition.to_organizations = g_ptr_array_new();
	g_ptr_array_add(draft->recognition.from_bodies, (gpointer)wish->from);
	g_ptr_array_add(draft->recognition.to_organizations, (gpointer)wish->to);
	draft->input = (LsmCheckInput){.recognition = &draft->recognition,
				       .statement = draft->statement,
				       .settings = settings,
				       .now = now};
	fill_statement(draft, wish, now);
}

static void
draft_clear(Draft *draft)
{
	g_ptr_array_unref(draft->recognition.from_bodies);
	g_ptr_array_unref(draft->recognition.to_organizations);
	lsm_statement_free(draft->statement);
}

char *
lsm_template_block(const LsmTemplate *wish, const LsmSettings *settings, gint64 now)
{
	Draft draft;
	char *block;

	draft_init(&draft, wish, settings, now);
	block = lsm_guidance_block(&draft.input);
	draft_clear(&draft);
	return block;
}

/* --- the mail around it --- */

/* "To: a@example.org, ..." folded between addresses. */
static void
append_addresses(GString *mail, const char *name, char *const *addresses)
{
	gsize column = strlen(name) + 1;

	if (addresses[0] == NULL)
		return;
	g_string_append_printf(mail, "%s:", name);
	for (guint i = 0; addresses[i] != NULL; i++) {
		gsize width = strlen(addresses[i]) + 2;
		gboolean fold = i > 0 && column + width > COLUMNS;

		g_string_append_printf(mail, "%s %s%s", fold ? "\n" : "", addresses[i],
				       addresses[i + 1] != NULL ? "," : "");
		column = fold ? width : column + width;
	}
	g_string_append_c(mail, '\n');
}

/* By RFC 4052 those who agree and the Secretariat get a copy (A71, A72); the later sets have no such rule. */
static void
add_older_copies(GStrvBuilder *copies, const Draft *draft)
{
	const LsmSettings *settings = draft->input.settings;
	char **domains = lsm_directory_home_domains(settings->directory);
	g_autoptr(GPtrArray) steps = lsm_approval_steps(&draft->recognition, settings, draft->input.now);

	for (guint i = 0; i < steps->len; i++) {
		const LsmApprovalStep *step = g_ptr_array_index(steps, i);

		if (step->addresses[0] != NULL)
			g_strv_builder_add(copies, step->addresses[0]);
	}
	if (domains != NULL && domains[0] != NULL) {
		g_autofree char *address = g_strdup_printf("statements@%s", domains[0]);

		g_strv_builder_add(copies, address);
	}
}

/* Those in whose name it goes out are informed by a copy (A15), but for the one who sends it. */
static char **
copies_of(const Draft *draft, const char *sender)
{
	g_auto(GStrv) contacts = lsm_guidance_from_contacts(&draft->input);
	g_autoptr(GStrvBuilder) copies = g_strv_builder_new();
	g_auto(GStrv) all = NULL;

	for (guint i = 0; contacts[i] != NULL; i++) {
		if (sender == NULL || !lsm_address_equal(contacts[i], sender))
			g_strv_builder_add(copies, contacts[i]);
	}
	if (lsm_rule_set_bit(draft->input.settings->rule_set) == LSM_SET_RFC4053)
		add_older_copies(copies, draft);
	all = g_strv_builder_end(copies);
	return lsm_guidance_each_once(all);
}

/* The role that sends: the chairs', for a body without chairs who approves for it. */
static const char *
sender_of(const LsmTemplate *wish, const LsmSettings *settings)
{
	char **approvers = lsm_directory_approvers(settings->directory, wish->from);

	if (wish->from->chairs != NULL && wish->from->chairs[0] != NULL)
		return wish->from->chairs[0];
	return approvers != NULL ? approvers[0] : NULL;
}

static void
append_subject(GString *mail, const LsmTemplate *wish)
{
	g_autofree char *known = lsm_guidance_one_line(wish->subject, LONGEST_SUBJECT);

	if (known[0] == '\0')
		g_string_append(mail, "Subject: (what it is about, in one line)\n");
	else
		g_string_append_printf(mail, "Subject: %s%s\n",
				       g_ascii_strncasecmp(known, "re:", 3) == 0 ? "" : "Re: ", known);
}

static void
append_header(GString *mail, const Draft *draft, const LsmTemplate *wish)
{
	const char *sender = sender_of(wish, draft->input.settings);
	g_auto(GStrv) copies = copies_of(draft, sender);
	g_auto(GStrv) to = addressees(wish);

	if (sender != NULL)
		g_string_append_printf(mail, "From: %s\n", sender);
	append_addresses(mail, "To", to);
	append_addresses(mail, "Cc", copies);
	append_subject(mail, wish);
	g_string_append(mail, "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
			      "Content-Transfer-Encoding: 8bit\n\n");
}

/* To add a purpose: a row. What its text has to say. */
static const struct {
	const char *purpose;
	const char *text;
} texts[] = {
	{"information", "(Write here what they should know, and why. No answer is expected.)"},
	{"action", "(Write here what you ask for, and what you need the answer for.)"},
	{"response", "(Write here what you answer: first what was asked, then the answer.)"},
};

static void
append_text(GString *mail, const LsmTemplate *wish)
{
	g_string_append_printf(mail, "\nDear colleagues of %s,\n\n", wish->to->name);
	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		if (strcmp(texts[i].purpose, wish->purpose) == 0)
			g_string_append_printf(mail, "%s\n", texts[i].text);
	}
	g_string_append(mail, "\nKind regards,\n(your name and role)\n");
}

char *
lsm_template_mail(const LsmTemplate *wish, const LsmSettings *settings, gint64 now)
{
	GString *mail = g_string_new(NULL);
	g_autofree char *block = lsm_template_block(wish, settings, now);
	Draft draft;

	draft_init(&draft, wish, settings, now);
	append_header(mail, &draft, wish);
	g_string_append(mail, block);
	append_text(mail, wish);
	draft_clear(&draft);
	return g_string_free(mail, FALSE);
}
