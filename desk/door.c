/*
 * door.c - the desk's addresses: made and recognised. Pure; any thread.
 */
#include "desk/door.h"

#include <string.h>

#include "desk/tag.h"
#include "desk/token.h"

static const char case_prefix[] = "r-";

G_STATIC_ASSERT(LSM_TOKEN_LETTERS == LSM_SETTINGS_SUFFIX_MAX);
G_STATIC_ASSERT(sizeof "r-LS-20261121-K7Q3M-" - 1 + LSM_TAG_LETTERS <= LSM_SETTINGS_SUFFIX_MAX);

const char *
lsm_door_address(const LsmSettings *settings)
{
	return *settings->desk_address != '\0' ? settings->desk_address
					       : lsm_directory_liaison_contact(settings->directory);
}

gboolean
lsm_door_is_check(const LsmSettings *settings, const char *address)
{
	return *settings->check_address != '\0' && g_ascii_strcasecmp(address, settings->check_address) == 0;
}

static LsmDoor
door_of_suffix(const LsmSettings *settings, const char *suffix, gsize length, const char **suffix_out)
{
	if (lsm_token_is_one(suffix, length)) {
		*suffix_out = suffix;
		return LSM_DOOR_TOKEN;
	}
	if (length > strlen(case_prefix) &&
	    g_ascii_strncasecmp(suffix, case_prefix, strlen(case_prefix)) == 0) {
		*suffix_out = suffix + strlen(case_prefix);
		return LSM_DOOR_CASE;
	}
	return *settings->desk_address != '\0' ? LSM_DOOR_PLAIN : LSM_DOOR_NONE;
}

LsmDoor
lsm_door_of(const LsmSettings *settings, const char *address, const char **suffix_out)
{
	const char *ours = lsm_door_address(settings);
	const char *our_at = strrchr(ours, '@');
	const char *at = strrchr(address, '@');
	const char *ignored;
	gsize local;

	if (suffix_out == NULL)
		suffix_out = &ignored;
	*suffix_out = NULL;
	if (at == NULL || our_at == NULL)
		return LSM_DOOR_NONE;
	local = (gsize)(our_at - ours);
	if ((gsize)(at - address) < local || g_ascii_strncasecmp(address, ours, local) != 0 ||
	    g_ascii_strcasecmp(at, our_at) != 0)
		return LSM_DOOR_NONE;
	if (address + local == at)
		return *settings->desk_address != '\0' ? LSM_DOOR_PLAIN : LSM_DOOR_NONE;
	if (*settings->recipient_delimiter == '\0' || address[local] != *settings->recipient_delimiter)
		return LSM_DOOR_NONE;
	return door_of_suffix(settings, address + local + 1, (gsize)(at - address) - local - 1, suffix_out);
}

char *
lsm_door_with(const LsmSettings *settings, const char *suffix)
{
	const char *ours = lsm_door_address(settings);
	const char *at = strrchr(ours, '@');

	if (at == NULL || *settings->recipient_delimiter == '\0')
		return g_strdup(ours);
	return g_strdup_printf("%.*s%c%s%s", (int)(at - ours), ours, *settings->recipient_delimiter, suffix,
			       at);
}

char *
lsm_door_of_case(const LsmSettings *settings, const char *case_id, const char *tag)
{
	g_autofree char *suffix = g_strconcat(case_prefix, case_id, "-", tag, NULL);

	return lsm_door_with(settings, suffix);
}
