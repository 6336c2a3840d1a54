/*
 * check_contacts.c - the addresses that a statement names (A14, A16, A17, A22).
 *
 * Pure predicates over what was read and the directory. Whether an address is a person's is a guess where
 * the directory does not know it: the rule only notes. Any thread; cannot fail.
 */
#include "rules/check.h"

#include <string.h>

static LsmCheckResult
lacks(const LsmCheckInput *input, LsmFieldId field)
{
	return lsm_statement_has(input->statement, field) ? LSM_CHECK_FINE : LSM_CHECK_FOUND;
}

LsmCheckResult
lsm_check_from_contact_missing(const LsmCheckInput *input, char **detail_out)
{
	(void)detail_out;
	return lacks(input, LSM_FIELD_FROM_CONTACT);
}

LsmCheckResult
lsm_check_to_contact_missing(const LsmCheckInput *input, char **detail_out)
{
	(void)detail_out;
	/* Send-To takes the place of the contacts (A23). */
	if (lsm_statement_has(input->statement, LSM_FIELD_SEND_TO))
		return LSM_CHECK_FINE;
	return lacks(input, LSM_FIELD_TO_CONTACT);
}

LsmCheckResult
lsm_check_send_reply_to_missing(const LsmCheckInput *input, char **detail_out)
{
	(void)detail_out;
	return lacks(input, LSM_FIELD_SEND_REPLY_TO);
}

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
static gboolean
is_personal(const LsmDirectory *directory, const char *address)
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

/* "This address is usually not a personal address but rather a generic address associated with a role or
 * process." (A16) One such address among several is enough. */
LsmCheckResult
lsm_check_send_reply_to_personal(const LsmCheckInput *input, char **detail_out)
{
	const GPtrArray *values = input->statement->values[LSM_FIELD_SEND_REPLY_TO];
	const char *personal = NULL;

	for (guint i = 0; i < values->len; i++) {
		const LsmValue *value = g_ptr_array_index(values, i);

		if (value->value == NULL)
			continue;
		if (!is_personal(input->settings->directory, value->value))
			return LSM_CHECK_FINE;
		personal = personal != NULL ? personal : value->value;
	}
	if (personal == NULL)
		return LSM_CHECK_FINE;
	*detail_out = g_strdup_printf("%s looks like a person's", personal);
	return LSM_CHECK_FOUND;
}
