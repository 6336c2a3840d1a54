/*
 * way.c - by which road a mail passes: whose statement it is, and who brings it (DESIGN section 2).
 *
 * Direction is the bodies', control is the path's. Owns nothing; thread-safe; never fails.
 */
#include <string.h>

#include "conf/network.h"
#include "rules/authres.h"
#include "rules/candidate.h"

static const char *const way_names[] = {"outgoing", "incoming", "around", "draft", "tool", "list", "other"};

const char *
lsm_way_name(LsmWay way)
{
	return way_names[way];
}

/* --- single addresses --- */

/* "user%elsewhere@home", "elsewhere!user@home" and "user@elsewhere"@home: Postfix sends them elsewhere
 * (allow_percent_hack, swap_bangpath, resolve_dequoted_address). */
static gboolean
is_routed(const char *address)
{
	const char *at = strrchr(address, '@');

	return at != NULL && strcspn(address, "%!@") < (gsize)(at - address);
}

gboolean
lsm_recipient_is_outside(const LsmSettings *settings, const char *address)
{
	const LsmDirectory *directory = settings->directory;

	if (is_routed(address) || lsm_directory_is_organization_liaison_address(directory, address))
		return TRUE;
	return !lsm_directory_is_home_address(directory, address) &&
	       !lsm_directory_is_home_liaison_address(directory, address) &&
	       lsm_directory_body_of(directory, address) == NULL &&
	       lsm_directory_find_person(directory, address) == NULL;
}

gboolean
lsm_recipient_is_withheld(const LsmSettings *settings, const char *address)
{
	return lsm_recipient_is_outside(settings, address) ||
	       lsm_directory_is_home_list(settings->directory, address);
}

/* mynetworks alone is no submission: only a login or a path that the settings name is (DESIGN section 2). */
gboolean
lsm_is_submitted(const LsmEnvelope *envelope, const LsmSettings *settings)
{
	if (envelope->login != NULL || envelope->by_command)
		return TRUE;
	return envelope->daemon_name != NULL &&
	       g_strv_contains((const char *const *)settings->submission_daemons, envelope->daemon_name);
}

/* --- lists --- */

/* To add a habit of list managers: a row here. Searched in the local part of the envelope sender. */
static const char *const bounce_marks[] = {"-bounces", "bounces+", "bounces-", "bounce-",
					   "bounce+",  "owner-",   "-owner",   "-request"};

static gboolean
is_bounce_style(const LsmSettings *settings, const char *sender)
{
	const char *at = strrchr(sender, '@');
	gsize length = at != NULL ? (gsize)(at - sender) : 0;

	for (gsize i = 0; i < G_N_ELEMENTS(bounce_marks); i++)
		if (g_strstr_len(sender, (gssize)length, bounce_marks[i]) != NULL)
			return TRUE;
	return lsm_directory_is_home_list(settings->directory, sender);
}

/* List-Id is "<ippm.ietf.org>": its domain is the list's and below the home's. */
static gboolean
is_home_list_id(const LsmSettings *settings, const char *list_id, gsize length)
{
	char address[300];

	if (length == 0 || length > 255)
		return FALSE;
	g_snprintf(address, sizeof(address), "list@%.*s", (int)length, list_id);
	return lsm_directory_is_home_address(settings->directory, address);
}

static gboolean
is_list_passage(const LsmEnvelope *envelope, const LsmSettings *settings, const char *list_id, gsize length)
{
	/* Who has logged in is a person, also where people and the list manager share a host. */
	return envelope->login == NULL && settings->list_managers[0] != NULL &&
	       is_home_list_id(settings, list_id, length) && is_bounce_style(settings, envelope->sender) &&
	       lsm_network_contains(settings->list_managers, envelope->client_address);
}

gboolean
lsm_is_list_copy(const LsmCollector *collector, const LsmEnvelope *envelope, const LsmSettings *settings)
{
	const char *value = lsm_collector_field(collector, "List-Id");
	const char *open, *close;

	if (value == NULL)
		return FALSE;
	open = strrchr(value, '<');
	close = open != NULL ? strchr(open, '>') : NULL;
	if (close != NULL)
		return is_list_passage(envelope, settings, open + 1, (gsize)(close - open - 1));
	return is_list_passage(envelope, settings, value, strcspn(value, " \t\r\n"));
}

/* Whom digests and a moderator's notices are from. To add a habit of list managers: a row here. Local parts end
 * so. */
static const char *const own_marks[] = {"-request", "-owner", "-bounces"};

/* domain: may go on behind its end. "ippm-request@ietf.org" is of the list "<ippm.ietf.org>". */
static gboolean
is_domain_of_list(const char *domain, const char *list_id)
{
	g_autofree char *id = g_ascii_strdown(list_id, -1);
	g_autofree char *lower = g_ascii_strdown(domain, (gssize)strcspn(domain, "> \t\r\n"));
	g_autofree char *end = g_strconcat(".", lower, NULL);
	const char *found = g_strrstr(id, end);

	return found != NULL && strchr("> \t\r\n", found[strlen(end)]) != NULL;
}

gboolean
lsm_is_list_notice(const LsmCollector *collector)
{
	const char *list_id = lsm_collector_field(collector, "List-Id");
	const char *from = lsm_collector_field(collector, "From");
	const char *at = from != NULL ? strchr(from, '@') : NULL;

	/* With a second address in it, be it in the name, a person's post would pass for the list's own. */
	if (at == NULL || strchr(at + 1, '@') != NULL || list_id == NULL || !is_domain_of_list(at + 1, list_id))
		return FALSE;
	for (gsize i = 0; i < G_N_ELEMENTS(own_marks); i++) {
		gsize size = strlen(own_marks[i]);

		if ((gsize)(at - from) > size && g_ascii_strncasecmp(at - size, own_marks[i], size) == 0)
			return TRUE;
	}
	return FALSE;
}

static gboolean
is_list_copy(const LsmCandidate *candidate)
{
	const char *list_id = candidate->message->list_id;

	return list_id != NULL &&
	       is_list_passage(candidate->envelope, candidate->settings, list_id, strlen(list_id));
}

/* --- the way --- */

static gboolean
is_from_tool(const LsmCandidate *candidate)
{
	const LsmSettings *settings = candidate->settings;

	return candidate->envelope->login == NULL &&
	       lsm_network_contains(settings->trusted_tool_clients, candidate->envelope->client_address) &&
	       lsm_address_in_list(candidate->envelope->sender, settings->trusted_tool_senders);
}

static gboolean
is_home_to_home(const LsmCandidate *candidate)
{
	const LsmRecognition *result = candidate->result;

	return result->to_bodies->len > 0 && result->to_organizations->len == 0 &&
	       !candidate->has_outside_recipient && !candidate->has_outside_addressee;
}

static LsmWay
way_from_home(const LsmCandidate *candidate)
{
	if (is_home_to_home(candidate))
		return LSM_WAY_OTHER;
	if (candidate->is_submitted)
		return candidate->has_outside_recipient ? LSM_WAY_OUTGOING : LSM_WAY_DRAFT;
	return candidate->has_outside_recipient || candidate->has_outside_addressee ? LSM_WAY_AROUND
										    : LSM_WAY_DRAFT;
}

static LsmWay
way_from_elsewhere(const LsmCandidate *candidate)
{
	const LsmRecognition *result = candidate->result;

	if (result->to_bodies->len > 0)
		return LSM_WAY_INCOMING;
	return result->to_organizations->len == 0 && candidate->has_home_recipient ? LSM_WAY_INCOMING
										   : LSM_WAY_OTHER;
}

static LsmWay
find_way(const LsmCandidate *candidate)
{
	if (is_from_tool(candidate))
		return LSM_WAY_TOOL;
	if (is_list_copy(candidate))
		return LSM_WAY_LIST;
	return candidate->is_from_home ? way_from_home(candidate) : way_from_elsewhere(candidate);
}

/* A proved address of somebody unknown does not make a statement ours (DESIGN section 2). */
static gboolean
is_proved(const LsmCandidate *candidate)
{
	const LsmDirectory *directory = candidate->settings->directory;
	const char *address = lsm_message_from_address(candidate->message);

	if (!lsm_authres_proves_from(candidate->message, candidate->settings, NULL))
		return FALSE;
	return !candidate->is_from_home || lsm_directory_is_home_address(directory, address) ||
	       lsm_directory_has_role(directory, address, candidate->now);
}

void
lsm_candidate_find_way(LsmCandidate *candidate)
{
	LsmRecognition *result = candidate->result;

	result->way = find_way(candidate);
	result->verified = result->way == LSM_WAY_TOOL || result->way == LSM_WAY_LIST ||
			   candidate->envelope->login != NULL || is_proved(candidate);
}
