/*
 * contact.c - whom a mail reaches, which address is a person's, which one was misspelled.
 *
 * Pure functions over message, envelope and directory; the sets belong to the caller. Any thread; cannot
 * fail.
 */
#include "rules/contact.h"

#include <string.h>

#include "conf/address.h"
#include "conf/nearest.h"

/* Two letters wrong, or two exchanged; in less than this many letters, two are another word. */
#define MOST_WRONG 2
#define MOST_WRONG_DOMAIN 3 /* ".com" for ".org" */
#define LEAST_LETTERS 8

static GHashTable *
set_new(void)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

static void
set_add(GHashTable *set, const char *address)
{
	if (address != NULL && *address != '\0')
		g_hash_table_add(set, lsm_address_fold(address));
}

static void
set_add_fields(GHashTable *set, const GPtrArray *addresses)
{
	for (guint i = 0; addresses != NULL && i < addresses->len; i++)
		set_add(set, ((const LsmAddress *)g_ptr_array_index(addresses, i))->address);
}

GHashTable *
lsm_contact_reached(const LsmCheckInput *input)
{
	GHashTable *set = set_new();

	for (guint i = 0; i < input->envelope->recipients->len; i++)
		set_add(set, lsm_envelope_recipient(input->envelope, i)->address);
	set_add_fields(set, input->message->to);
	set_add_fields(set, input->message->cc);
	return set;
}

void
lsm_contact_add_sender(GHashTable *set, const LsmCheckInput *input)
{
	const LsmPerson *submitter = input->recognition->submitter;

	set_add(set, lsm_message_from_address(input->message));
	set_add(set, input->envelope->sender);
	set_add(set, input->envelope->login);
	for (guint i = 0; submitter != NULL && submitter->addresses[i] != NULL; i++)
		set_add(set, submitter->addresses[i]);
}

GHashTable *
lsm_contact_named(const LsmStatement *statement, LsmFieldId field)
{
	const GPtrArray *values = statement->values[field];
	GHashTable *set = set_new();

	for (guint i = 0; i < values->len; i++)
		set_add(set, ((const LsmValue *)g_ptr_array_index(values, i))->value);
	return set;
}

void
lsm_contact_join(GHashTable *set, GHashTable *more)
{
	GHashTableIter iter;
	gpointer key;

	g_hash_table_iter_init(&iter, more);
	while (g_hash_table_iter_next(&iter, &key, NULL))
		g_hash_table_add(set, g_strdup(key));
}

gboolean
lsm_contact_has(GHashTable *set, const char *address)
{
	g_autofree char *key = NULL;

	if (address == NULL || *address == '\0')
		return FALSE;
	key = lsm_address_fold(address);
	return g_hash_table_contains(set, key);
}

gboolean
lsm_contact_has_any(GHashTable *set, char *const *addresses)
{
	for (gsize i = 0; addresses != NULL && addresses[i] != NULL; i++) {
		if (lsm_contact_has(set, addresses[i]))
			return TRUE;
	}
	return FALSE;
}

/* --- persons and roles --- */

/* Words of role addresses, compared with the words between dots, dashes and underscores of a local part. */
static const char *const role_words[] = {
	"ad",         "admin",   "ads",     "chair", "chairs",      "contact",   "contacts", "coordination",
	"desk",       "group",   "help",    "info",  "liaison",     "liaisons",  "list",     "manager",
	"managers",   "office",  "program", "rg",    "secretariat", "secretary", "sg",       "standards",
	"statements", "support", "team",    "tsb",   "wg",          "working",
};

static gboolean
is_role_word(const char *word)
{
	for (guint i = 0; i < G_N_ELEMENTS(role_words); i++) {
		if (g_ascii_strcasecmp(word, role_words[i]) == 0)
			return TRUE;
	}
	return FALSE;
}

static gboolean
is_name(const char *word)
{
	if (*word == '\0')
		return FALSE;
	while (g_ascii_isalpha(*word))
		word++;
	return *word == '\0';
}

/* "jane.doe", "j_doe": two to four words of letters. */
static gboolean
looks_like_name(char *const *words)
{
	guint count = g_strv_length((char **)words);

	for (guint i = 0; i < count; i++) {
		if (!is_name(words[i]))
			return FALSE;
	}
	return count >= 2 && count <= 4;
}

static gboolean
is_listed_role(const LsmDirectory *directory, const char *address)
{
	return lsm_directory_is_home_liaison_address(directory, address) ||
	       lsm_directory_is_organization_liaison_address(directory, address) ||
	       lsm_directory_is_home_list(directory, address);
}

/* RFC 5321 4.5.3.1.1: a local part has 64 octets; what is longer is no address of anybody. */
gboolean
lsm_contact_is_personal(const LsmDirectory *directory, const char *address)
{
	const char *at = strrchr(address, '@');
	g_autofree char *local = NULL;
	g_auto(GStrv) words = NULL;

	if (at == NULL || at - address > 64 || is_listed_role(directory, address))
		return FALSE;
	local = g_strndup(address, (gsize)(at - address));
	words = g_strsplit_set(local, ".-_+", -1);
	for (guint i = 0; words[i] != NULL; i++) {
		if (is_role_word(words[i]))
			return FALSE;
	}
	return lsm_directory_find_person(directory, address) != NULL ||
	       (strpbrk(local, "-+") == NULL && looks_like_name(words));
}

const char *
lsm_contact_of_manager(const LsmSettings *settings, const LsmOrganization *organization)
{
	const char *contact = lsm_directory_liaison_contact(settings->directory);

	if (organization != NULL && organization->liaison_manager != NULL &&
	    organization->liaison_manager[0] != '\0')
		return organization->liaison_manager;
	return contact != NULL ? contact : "";
}

/* --- near misses --- */

/* Words that look alike, so that one may stand for the other; equal ones do not miss. */
static gboolean
is_near(const char *a, gsize a_length, const char *b, gsize b_length)
{
	char left[65], right[65];

	if (a_length > 64 || b_length > 64 || MAX(a_length, b_length) < LEAST_LETTERS ||
	    g_ascii_tolower(a[0]) != g_ascii_tolower(b[0]) ||
	    MAX(a_length, b_length) - MIN(a_length, b_length) > MOST_WRONG)
		return FALSE;
	memcpy(left, a, a_length);
	memcpy(right, b, b_length);
	left[a_length] = right[b_length] = '\0';
	return lsm_nearest_distance(left, right) <= MOST_WRONG;
}

/* The same domain and a local part that is near, or the same local part at a domain that is near. */
static gboolean
misses(const char *address, const char *known)
{
	const char *at = strrchr(address, '@');
	const char *known_at = strrchr(known, '@');
	gsize local, known_local;

	if (at == NULL || known_at == NULL)
		return FALSE;
	local = (gsize)(at - address);
	known_local = (gsize)(known_at - known);
	if (g_ascii_strcasecmp(at, known_at) == 0)
		return is_near(address, local, known, known_local);
	if (local != known_local || g_ascii_strncasecmp(address, known, local) != 0 || local < LEAST_LETTERS)
		return FALSE;
	return lsm_nearest_distance(at, known_at) <= MOST_WRONG_DOMAIN;
}

/* "lsr-chairs" and "lsvr-chairs" are two groups: in a body's own addresses the first word must be right. */
static gboolean
misses_role(const char *address, const char *known)
{
	gsize stem = strcspn(known, "-@");

	return strcspn(address, "-@") == stem && g_ascii_strncasecmp(address, known, stem) == 0 &&
	       misses(address, known);
}

static const char *
find_missed(const char *address, char *const *known, gboolean (*is_missed)(const char *, const char *))
{
	for (gsize i = 0; known != NULL && known[i] != NULL; i++) {
		if (is_missed(address, known[i]))
			return known[i];
	}
	return NULL;
}

static const char *
missed_liaison_address(const LsmDirectory *directory, const char *address)
{
	const char *contact = lsm_directory_liaison_contact(directory);
	guint count = lsm_directory_organization_count(directory);
	const char *meant;

	if (contact != NULL && misses(address, contact))
		return contact;
	for (guint i = 0; i < count; i++) {
		const LsmOrganization *organization = lsm_directory_organization(directory, i);

		if (organization->liaison_manager != NULL && misses(address, organization->liaison_manager))
			return organization->liaison_manager;
		meant = find_missed(address, organization->send_to, misses);
		if (meant != NULL)
			return meant;
	}
	return NULL;
}

static const char *
missed_body_address(const GPtrArray *bodies, const char *address)
{
	for (guint i = 0; bodies != NULL && i < bodies->len; i++) {
		const LsmBody *body = g_ptr_array_index(bodies, i);
		const char *meant = find_missed(address, body->chairs, misses_role);

		if (meant == NULL)
			meant = find_missed(address, body->approvers, misses_role);
		if (meant == NULL && body->parent != NULL)
			meant = find_missed(address, body->parent->approvers, misses_role);
		if (meant != NULL)
			return meant;
	}
	return NULL;
}

const char *
lsm_contact_meant(const LsmCheckInput *input, const char *address)
{
	const LsmDirectory *directory = input->settings->directory;
	const char *meant;

	if (is_listed_role(directory, address) || lsm_directory_find_person(directory, address) != NULL ||
	    lsm_directory_body_of(directory, address) != NULL)
		return NULL;
	meant = missed_liaison_address(directory, address);
	return meant != NULL ? meant : missed_body_address(input->recognition->from_bodies, address);
}
