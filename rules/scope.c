/*
 * scope.c - which statements are enforced while the others are only watched.
 *
 * Owns the table of reasons. Uses settings, directory, envelope and what was recognised; no record, no clock. Any
 * thread; cannot fail: names that the directory does not know were refused when the settings were loaded.
 */
#include "rules/scope.h"

#include <string.h>

#include "conf/settings_scope.h"
#include "rules/verdict.h"

static const struct {
	const char *word;
	gboolean is_enforced;
	const char *sentence;
} rows[] = {
#define SCOPE_ROW(id, word, enforced, sentence) [LSM_SCOPE_##id] = {word, enforced, sentence},
	LSM_SCOPES(SCOPE_ROW)
#undef SCOPE_ROW
};

const char *
lsm_scope_word(LsmScopeReason reason)
{
	return rows[reason].word;
}

gboolean
lsm_scope_is_enforced(LsmScopeReason reason)
{
	return rows[reason].is_enforced;
}

gboolean
lsm_scope_parse(const char *word, LsmScopeReason *reason_out)
{
	for (guint i = 0; word != NULL && i < G_N_ELEMENTS(rows); i++) {
		if (strcmp(rows[i].word, word) == 0) {
			*reason_out = (LsmScopeReason)i;
			return TRUE;
		}
	}
	return FALSE;
}

char *
lsm_scope_sentence(LsmScopeReason reason, const char *entry)
{
	g_auto(GStrv) around = g_strsplit(rows[reason].sentence, "%s", 2);
	g_autofree char *text = g_strjoinv(entry != NULL ? entry : "(erased)", around);

	return g_strconcat(rows[reason].is_enforced ? "enforced" : "observed", ", because ", text, NULL);
}

static gboolean
has_parties(const LsmSettings *settings)
{
	return settings->enforce_groups[0] != NULL || settings->enforce_senders[0] != NULL ||
	       settings->enforce_organizations[0] != NULL;
}

gboolean
lsm_scope_is_any(const LsmSettings *settings)
{
	return settings->mode == LSM_MODE_ENFORCE ||
	       (settings->mode == LSM_MODE_OBSERVE &&
		(has_parties(settings) || settings->enforce_rules[0] != NULL));
}

const char *
lsm_scope_list(const LsmSettings *settings, guint i, const char *const **entries_out)
{
	const struct {
		const char *name;
		char *const *entries;
	} lists[] = {
		{"groups", settings->enforce_groups},
		{"senders", settings->enforce_senders},
		{"organizations", settings->enforce_organizations},
		{"rules", settings->enforce_rules},
	};

	if (i >= G_N_ELEMENTS(lists))
		return NULL;
	*entries_out = (const char *const *)lists[i].entries;
	return lists[i].name;
}

static gboolean
may_act(const LsmSettings *settings, const char *rule)
{
	return settings->mode == LSM_MODE_ENFORCE || settings->enforce_rules[0] == NULL ||
	       g_strv_contains((const char *const *)settings->enforce_rules, rule);
}

LsmMode
lsm_scope_rule_mode(const LsmSettings *settings, const char *rule, LsmMode standard)
{
	LsmMode mode = lsm_settings_rule_mode(settings, rule, standard);

	return may_act(settings, rule) ? mode : MIN(mode, LSM_MODE_OBSERVE);
}

/* --- the three lists --- */

/* An area stands for its groups, a research body for its research groups. */
static gboolean
is_under(const LsmBody *body, const LsmBody *listed)
{
	while (body != NULL && body != listed)
		body = body->parent;
	return body != NULL;
}

static gboolean
covers(const LsmSettings *settings, const char *entry, const LsmBody *body)
{
	const LsmBody *listed = lsm_directory_find_body(settings->directory, entry);

	return listed != NULL && is_under(body, listed);
}

gboolean
lsm_scope_lists_body(const LsmSettings *settings, const LsmBody *body)
{
	for (guint i = 0; settings->enforce_groups[i] != NULL; i++) {
		if (covers(settings, settings->enforce_groups[i], body))
			return TRUE;
	}
	return FALSE;
}

static const char *
find_group(const LsmSettings *settings, const GPtrArray *bodies)
{
	for (guint i = 0; settings->enforce_groups[i] != NULL; i++) {
		for (guint k = 0; k < bodies->len; k++) {
			if (covers(settings, settings->enforce_groups[i], g_ptr_array_index(bodies, k)))
				return settings->enforce_groups[i];
		}
	}
	return NULL;
}

static const char *
find_organization(const LsmSettings *settings, const GPtrArray *organizations)
{
	for (guint i = 0; settings->enforce_organizations[i] != NULL; i++) {
		const LsmOrganization *listed =
			lsm_settings_find_organization(settings, settings->enforce_organizations[i]);

		if (listed != NULL && g_ptr_array_find((GPtrArray *)organizations, listed, NULL))
			return settings->enforce_organizations[i];
	}
	return NULL;
}

/* Whatever its text says: what is addressed to an organization goes there. */
static const char *
find_recipient(const LsmSettings *settings, const LsmEnvelope *envelope)
{
	g_autoptr(GPtrArray) organizations = g_ptr_array_new();

	if (settings->enforce_organizations[0] == NULL)
		return NULL;
	for (guint i = 0; i < envelope->recipients->len; i++) {
		const char *address = lsm_envelope_recipient(envelope, i)->address;
		const LsmOrganization *found = lsm_directory_organization_of(settings->directory, address);

		if (found != NULL && !g_ptr_array_find(organizations, found, NULL))
			g_ptr_array_add(organizations, (gpointer)found);
	}
	return find_organization(settings, organizations);
}

static const char *
find_sender(const LsmSettings *settings, const char *address)
{
	for (guint i = 0; address != NULL && settings->enforce_senders[i] != NULL; i++) {
		const char *listed = settings->enforce_senders[i];

		if (*listed == '@' ? g_ascii_strcasecmp(lsm_address_domain(address), listed + 1) == 0
				   : lsm_address_equal(address, listed))
			return listed;
	}
	return NULL;
}

static const char *
find_any_sender(const LsmRecognition *recognition, const LsmMessage *message, const LsmEnvelope *envelope,
		const LsmSettings *settings)
{
	const char *const written[] = {lsm_message_from_address(message), envelope->sender, envelope->login};
	const LsmPerson *person = recognition->submitter;
	const char *entry = NULL;

	for (guint i = 0; entry == NULL && i < G_N_ELEMENTS(written); i++)
		entry = find_sender(settings, written[i]);
	for (guint i = 0; entry == NULL && person != NULL && person->addresses[i] != NULL; i++)
		entry = find_sender(settings, person->addresses[i]);
	return entry;
}

/* --- whose mail it is, whatever its text says --- */

static void
add_body(GPtrArray *bodies, const LsmBody *body)
{
	if (body != NULL && !g_ptr_array_find(bodies, body, NULL))
		g_ptr_array_add(bodies, (gpointer)body);
}

static gboolean
stands_in(const LsmPerson *person, char *const *list)
{
	for (guint i = 0; person->addresses[i] != NULL; i++) {
		if (lsm_address_in_list(person->addresses[i], list))
			return TRUE;
	}
	return FALSE;
}

/* Where somebody has a role now, or stands among the chairs or approvers. */
static void
add_bodies_of_person(GPtrArray *bodies, const LsmSettings *settings, const LsmPerson *person, gint64 now)
{
	for (guint i = 0; i < person->roles->len; i++) {
		const LsmRole *role = &g_array_index(person->roles, LsmRole, i);

		if (lsm_role_is_in_term(role, now))
			add_body(bodies, role->body);
	}
	for (guint i = 0; i < lsm_directory_body_count(settings->directory); i++) {
		const LsmBody *body = lsm_directory_body(settings->directory, i);

		if (stands_in(person, body->chairs) || stands_in(person, body->approvers))
			add_body(bodies, body);
	}
}

static void
add_bodies_of_address(GPtrArray *bodies, const LsmSettings *settings, const char *address, gint64 now)
{
	const LsmPerson *person = address == NULL ? NULL : lsm_directory_find_person(settings->directory, address);

	if (person != NULL)
		add_bodies_of_person(bodies, settings, person, now);
	else if (address != NULL)
		add_body(bodies, lsm_directory_body_of(settings->directory, address));
}

/* New array of LsmBody *: those of who writes it, and those whose addresses the envelope has. */
static GPtrArray *
bodies_around(const LsmRecognition *recognition, const LsmMessage *message, const LsmEnvelope *envelope,
	      const LsmSettings *settings, gint64 now)
{
	const char *const written[] = {lsm_message_from_address(message), envelope->sender, envelope->login};
	GPtrArray *bodies = g_ptr_array_new();

	if (recognition->submitter != NULL)
		add_bodies_of_person(bodies, settings, recognition->submitter, now);
	for (guint i = 0; i < G_N_ELEMENTS(written); i++)
		add_bodies_of_address(bodies, settings, written[i], now);
	for (guint i = 0; i < envelope->recipients->len; i++) {
		const LsmRecipient *recipient = lsm_envelope_recipient(envelope, i);

		add_body(bodies, lsm_directory_body_of(settings->directory, recipient->address));
	}
	return bodies;
}

static const char *
find_group_around(const LsmRecognition *recognition, const LsmMessage *message, const LsmEnvelope *envelope,
		  const LsmSettings *settings, gint64 now)
{
	g_autoptr(GPtrArray) bodies = NULL;

	if (settings->enforce_groups[0] == NULL)
		return NULL;
	bodies = bodies_around(recognition, message, envelope, settings, now);
	return find_group(settings, bodies);
}

/* The first list that names one of the parties; UNLISTED. */
static LsmScope
find_party(const LsmRecognition *recognition, const LsmMessage *message, const LsmEnvelope *envelope,
	   const LsmSettings *settings, gint64 now)
{
	const char *group = find_group(settings, recognition->from_bodies);
	const struct {
		LsmScopeReason reason;
		const char *entry;
	} tries[] = {
		{LSM_SCOPE_GROUP, group != NULL ? group : find_group(settings, recognition->to_bodies)},
		{LSM_SCOPE_GROUP, find_group_around(recognition, message, envelope, settings, now)},
		{LSM_SCOPE_SENDER, find_any_sender(recognition, message, envelope, settings)},
		{LSM_SCOPE_ORGANIZATION, find_organization(settings, recognition->to_organizations)},
		{LSM_SCOPE_ORGANIZATION, find_recipient(settings, envelope)},
		{LSM_SCOPE_ORGANIZATION, find_organization(settings, recognition->from_organizations)},
	};

	for (guint i = 0; i < G_N_ELEMENTS(tries); i++) {
		if (tries[i].entry != NULL)
			return (LsmScope){tries[i].reason, TRUE, tries[i].entry};
	}
	return (LsmScope){LSM_SCOPE_UNLISTED, FALSE, NULL};
}

/* --- the rules' list --- */

static const char *
find_rule(const LsmSettings *settings, const GPtrArray *findings)
{
	for (guint i = 0; i < findings->len; i++) {
		const LsmFinding *finding = g_ptr_array_index(findings, i);

		if (finding->mode == LSM_MODE_ENFORCE && may_act(settings, finding->rule->id))
			return finding->rule->id;
	}
	return NULL;
}

static LsmScope
decide_by_lists(const LsmCheckInput *input, const GPtrArray *findings)
{
	const LsmSettings *settings = input->settings;
	LsmScope scope = {LSM_SCOPE_RULE, TRUE, NULL};

	if (has_parties(settings))
		scope = find_party(input->recognition, input->message, input->envelope, settings, input->now);
	if (!scope.is_enforced || settings->enforce_rules[0] == NULL)
		return scope;
	if (find_rule(settings, findings) == NULL)
		return (LsmScope){LSM_SCOPE_NO_RULE, FALSE, NULL};
	if (scope.entry == NULL)
		scope.entry = find_rule(settings, findings);
	return scope;
}

LsmScope
lsm_scope_decide(const LsmCheckInput *input, const GPtrArray *findings)
{
	LsmScope scope;

	if (input->settings->mode == LSM_MODE_ENFORCE)
		return (LsmScope){LSM_SCOPE_ALL, TRUE, NULL};
	if (!lsm_scope_is_any(input->settings))
		return (LsmScope){LSM_SCOPE_NOTHING, FALSE, NULL};
	scope = decide_by_lists(input, findings);
	if (!scope.is_enforced && input->facts->is_enforced)
		return (LsmScope){LSM_SCOPE_CASE, TRUE, NULL};
	return scope;
}

gboolean
lsm_scope_is_whole(const LsmRecognition *recognition, const LsmMessage *message, const LsmEnvelope *envelope,
		   const LsmSettings *settings, gint64 now)
{
	if (settings->mode != LSM_MODE_OBSERVE)
		return settings->mode == LSM_MODE_ENFORCE;
	return settings->enforce_rules[0] == NULL &&
	       find_party(recognition, message, envelope, settings, now).is_enforced;
}
