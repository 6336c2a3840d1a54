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

#define WRITTEN 3 /* addresses that say who writes: From field, envelope sender, login */

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

/* With those that it stands under: an area stands for its groups, a research body for its research groups. */
static void
add_body(GHashTable *bodies, const LsmBody *body)
{
	while (body != NULL && g_hash_table_add(bodies, (gpointer)body))
		body = body->parent;
}

/* Each entry is looked up once, however many bodies there are. */
static const char *
find_group(const LsmSettings *settings, GHashTable *bodies)
{
	for (guint i = 0; settings->enforce_groups[i] != NULL; i++) {
		const LsmBody *listed = lsm_directory_find_body(settings->directory, settings->enforce_groups[i]);

		if (listed != NULL && g_hash_table_contains(bodies, listed))
			return settings->enforce_groups[i];
	}
	return NULL;
}

gboolean
lsm_scope_lists_body(const LsmSettings *settings, const LsmBody *body)
{
	g_autoptr(GHashTable) bodies = g_hash_table_new(NULL, NULL);

	add_body(bodies, body);
	return find_group(settings, bodies) != NULL;
}

static const char *
find_group_named(const LsmSettings *settings, const GPtrArray *named)
{
	g_autoptr(GHashTable) bodies = NULL;

	if (settings->enforce_groups[0] == NULL || named->len == 0)
		return NULL;
	bodies = g_hash_table_new(NULL, NULL);
	for (guint i = 0; i < named->len; i++)
		add_body(bodies, g_ptr_array_index(named, i));
	return find_group(settings, bodies);
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
	const char *const written[WRITTEN] = {lsm_message_from_address(message), envelope->sender, envelope->login};
	const LsmPerson *person = recognition->submitter;
	const char *entry = NULL;

	for (guint i = 0; entry == NULL && i < WRITTEN; i++)
		entry = find_sender(settings, written[i]);
	for (guint i = 0; entry == NULL && person != NULL && person->addresses[i] != NULL; i++)
		entry = find_sender(settings, person->addresses[i]);
	return entry;
}

/* --- whose mail it is, whatever its text says --- */

static gboolean
stands_in(const LsmPerson *person, char *const *list)
{
	for (guint i = 0; person->addresses[i] != NULL; i++) {
		if (lsm_address_in_list(person->addresses[i], list))
			return TRUE;
	}
	return FALSE;
}

/* New array of const LsmPerson *, each once: those who write it, by login, From field or envelope. */
static GPtrArray *
writers_of(const LsmRecognition *recognition, const LsmSettings *settings, const char *const written[WRITTEN])
{
	GPtrArray *writers = g_ptr_array_new();

	if (recognition->submitter != NULL)
		g_ptr_array_add(writers, (gpointer)recognition->submitter);
	for (guint i = 0; i < WRITTEN; i++) {
		const LsmPerson *person =
			written[i] == NULL ? NULL : lsm_directory_find_person(settings->directory, written[i]);

		if (person != NULL && !g_ptr_array_find(writers, person, NULL))
			g_ptr_array_add(writers, (gpointer)person);
	}
	return writers;
}

static void
add_roles(GHashTable *bodies, const LsmPerson *person, gint64 now)
{
	for (guint i = 0; i < person->roles->len; i++) {
		const LsmRole *role = &g_array_index(person->roles, LsmRole, i);

		if (lsm_role_is_in_term(role, now))
			add_body(bodies, role->body);
	}
}

/* Where they have a role now, or stand among the chairs or approvers. */
static void
add_bodies_of_writers(GHashTable *bodies, const LsmSettings *settings, const GPtrArray *writers, gint64 now)
{
	for (guint k = 0; k < writers->len; k++)
		add_roles(bodies, g_ptr_array_index(writers, k), now);
	for (guint i = 0; writers->len > 0 && i < lsm_directory_body_count(settings->directory); i++) {
		const LsmBody *body = lsm_directory_body(settings->directory, i);

		for (guint k = 0; k < writers->len; k++) {
			const LsmPerson *person = g_ptr_array_index(writers, k);

			if (stands_in(person, body->chairs) || stands_in(person, body->approvers))
				add_body(bodies, body);
		}
	}
}

/* An address that nobody has may be a body's own. */
static void
add_bodies_of_addresses(GHashTable *bodies, const LsmSettings *settings, const char *const written[WRITTEN],
			const LsmEnvelope *envelope)
{
	for (guint i = 0; i < WRITTEN; i++) {
		if (written[i] != NULL && lsm_directory_find_person(settings->directory, written[i]) == NULL)
			add_body(bodies, lsm_directory_body_of(settings->directory, written[i]));
	}
	for (guint i = 0; i < envelope->recipients->len; i++)
		add_body(bodies, lsm_directory_body_of(settings->directory,
						       lsm_envelope_recipient(envelope, i)->address));
}

static const char *
find_group_around(const LsmRecognition *recognition, const LsmMessage *message, const LsmEnvelope *envelope,
		  const LsmSettings *settings, gint64 now)
{
	const char *const written[WRITTEN] = {lsm_message_from_address(message), envelope->sender, envelope->login};
	g_autoptr(GHashTable) bodies = NULL;
	g_autoptr(GPtrArray) writers = NULL;

	if (settings->enforce_groups[0] == NULL)
		return NULL;
	bodies = g_hash_table_new(NULL, NULL);
	writers = writers_of(recognition, settings, written);
	add_bodies_of_writers(bodies, settings, writers, now);
	add_bodies_of_addresses(bodies, settings, written, envelope);
	return find_group(settings, bodies);
}

/* The first list that names one of the parties; UNLISTED. */
static LsmScope
find_party(const LsmRecognition *recognition, const LsmMessage *message, const LsmEnvelope *envelope,
	   const LsmSettings *settings, gint64 now)
{
	const char *group = find_group_named(settings, recognition->from_bodies);
	const struct {
		LsmScopeReason reason;
		const char *entry;
	} tries[] = {
		{LSM_SCOPE_GROUP, group != NULL ? group : find_group_named(settings, recognition->to_bodies)},
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
