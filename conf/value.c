/*
 * value.c - what a value in a configuration file may be: one small predicate a kind.
 *
 * Owns a row a kind. Uses address.c and network.c; no state, any thread. Never fails: a
 * predicate says yes or no, the row says what was expected.
 */
#include "conf/value.h"

#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include "conf/address.h"
#include "conf/network.h"

#define NAME_MAX_OCTETS 200
#define UNIX_PATH_MAX_OCTETS (sizeof(((struct sockaddr_un *)0)->sun_path) - 1)
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

static gboolean
consists_of(const char *text, const char *characters)
{
	return *text != '\0' && text[strspn(text, characters)] == '\0';
}

static gboolean
is_any(const char *value)
{
	(void)value;
	return TRUE;
}

static gboolean
is_name(const char *value)
{
	return *value != '\0' && strlen(value) <= NAME_MAX_OCTETS;
}

static gboolean
is_word(const char *value)
{
	for (const char *at = value; *at != '\0'; at++)
		if (!g_ascii_isgraph(*at) || strchr("\"'\\", *at) != NULL)
			return FALSE;
	return is_name(value);
}

static gboolean
is_word_or_empty(const char *value)
{
	return *value == '\0' || is_word(value);
}

static gboolean
is_path(const char *value)
{
	return *value == '/';
}

static gboolean
is_path_or_empty(const char *value)
{
	return *value == '\0' || is_path(value);
}

static gboolean
is_unix_path(const char *value)
{
	return is_path(value) && strlen(value) <= UNIX_PATH_MAX_OCTETS;
}

static gboolean
is_address_or_empty(const char *value)
{
	return *value == '\0' || lsm_address_is_valid(value);
}

static gboolean
is_sender(const char *value)
{
	return *value == '@' ? lsm_address_is_domain(value + 1) : lsm_address_is_valid(value);
}

static gboolean
is_port(const char *text, gsize length)
{
	g_autofree char *port = g_strndup(text, length);

	return g_ascii_string_to_unsigned(port, 10, 1, 65535, NULL, NULL);
}

/* A host is a name or an address; IPv6 addresses bring colons. */
static gboolean
is_host(const char *text)
{
	return lsm_network_is_valid(text) ? strchr(text, '/') == NULL : lsm_address_is_domain(text);
}

static gboolean
is_socket(const char *value)
{
	const char *port;
	const char *at;

	if (g_str_has_prefix(value, "unix:"))
		return is_unix_path(value + strlen("unix:"));
	if (!g_str_has_prefix(value, "inet:") && !g_str_has_prefix(value, "inet6:"))
		return FALSE;
	port = strchr(value, ':') + 1;
	at = strchr(port, '@');
	return at != NULL && is_port(port, (gsize)(at - port)) && is_host(at + 1);
}

static gboolean
is_store(const char *value)
{
	gsize backend = strspn(value, LOWER);

	if (strcmp(value, "memory:") == 0)
		return TRUE;
	return backend > 0 && value[backend] == ':' && is_path(value + backend + 1);
}

static gboolean
is_url(const char *value)
{
	const char *host = value + strlen("smtp://");
	const char *colon = strrchr(value, ':');
	g_autofree char *name = NULL;

	if (!g_str_has_prefix(value, "smtp://") || colon < host || !is_port(colon + 1, strlen(colon + 1)))
		return FALSE;
	/* RFC 3986 3.2.2: an IPv6 address stands in brackets. */
	if (*host == '[')
		name = colon[-1] == ']' ? g_strndup(host + 1, (gsize)(colon - host) - 2) : g_strdup("");
	else
		name = g_strndup(host, (gsize)(colon - host));
	return is_host(name) && (*host == '[') == (strchr(name, ':') != NULL);
}

static gboolean
is_mapping(const char *value)
{
	gsize user = strspn(value, LOWER DIGITS "_-.");

	return user > 0 && user <= 32 && value[user] == '=' && lsm_address_is_valid(value + user + 1);
}

static gboolean
is_rule_set(const char *value)
{
	static const char *const sets[] = {"bis-05", "bis-02", "rfc4053", NULL};

	return g_strv_contains(sets, value);
}

static gboolean
is_review(const char *value)
{
	static const char *const modes[] = {"off", "parallel", "after", NULL};

	return g_strv_contains(modes, value);
}

static gboolean
is_release_sender(const char *value)
{
	return strcmp(value, "desk") == 0 || strcmp(value, "submitted") == 0;
}

static gboolean
is_log_sink(const char *value)
{
	return strcmp(value, "syslog") == 0 || strcmp(value, "stderr") == 0;
}

static gboolean
is_delimiter(const char *value)
{
	return *value == '\0' || (strchr("+-=#_", *value) != NULL && value[1] == '\0');
}

static gboolean
is_authentication(const char *value)
{
	return strcmp(value, "required") == 0 || strcmp(value, "none") == 0;
}

static gboolean
is_notice(const char *value)
{
	static const char *const classes[] = {"sender",   "asked",    "coordinators",
					      "managers", "assignee", "groups", NULL};

	return g_strv_contains(classes, value);
}

static gboolean
is_acknowledge(const char *value)
{
	return strcmp(value, "draft") == 0 || strcmp(value, "send") == 0 || strcmp(value, "off") == 0;
}

static gboolean
is_reminder(const char *value)
{
	if (consists_of(value, DIGITS))
		return g_ascii_string_to_unsigned(value, 10, 0, 365, NULL, NULL);
	return strcmp(value, "overdue-daily") == 0 || strcmp(value, "overdue-weekly") == 0;
}

static gboolean
is_rule_id(const char *value)
{
	return consists_of(value, LOWER DIGITS "-.") && strlen(value) <= NAME_MAX_OCTETS;
}

static gboolean
is_acronym(const char *value)
{
	return is_word(value) && strlen(value) <= 40;
}

static gboolean
parse_date(const char *text, gint64 *time_out)
{
	g_autoptr(GDateTime) date = NULL;
	int year, month, day;

	if (strlen(text) != strlen("YYYY-MM-DD") || text[strspn(text, DIGITS "-")] != '\0')
		return FALSE;
	if (sscanf(text, "%4d-%2d-%2d", &year, &month, &day) != 3 || text[4] != '-' || text[7] != '-')
		return FALSE;
	date = g_date_time_new_utc(year, month, day, 0, 0, 0);
	if (date == NULL)
		return FALSE;
	*time_out = g_date_time_to_unix(date);
	return TRUE;
}

/* Terms count from 1970: 0 stands for "no date" in the directory. */
static gboolean
is_date(const char *value)
{
	gint64 time;

	return parse_date(value, &time) && time > 0;
}

gint64
lsm_value_parse_date(const char *date)
{
	gint64 time = 0;

	return parse_date(date, &time) ? time : 0;
}

static gboolean
is_body_level(const char *value)
{
	return strcmp(value, "organization") == 0 || strcmp(value, "research") == 0;
}

static gboolean
is_group_level(const char *value)
{
	return strcmp(value, "group") == 0 || strcmp(value, "research") == 0;
}

/* To add a row: its declaration in value.h, its predicate above, its values in tests/unit/test_settings.c. */
const LsmValueKind lsm_value_any = {is_any, "a text"};
const LsmValueKind lsm_value_name = {is_name, "a text of 1 to 200 octets"};
const LsmValueKind lsm_value_word = {is_word, "a word without blanks or quotes"};
const LsmValueKind lsm_value_word_or_empty = {is_word_or_empty, "a word without blanks or quotes, or \"\""};
const LsmValueKind lsm_value_file = {is_name, "a file name"};
const LsmValueKind lsm_value_path = {is_path, "an absolute path (/...)"};
const LsmValueKind lsm_value_path_or_empty = {is_path_or_empty, "an absolute path (/...), or \"\""};
const LsmValueKind lsm_value_table_or_empty = {is_path_or_empty,
					       "an absolute path (/...) of a table, or \"\""};
const LsmValueKind lsm_value_unix_path = {is_unix_path, "an absolute path of at most 107 octets"};
const LsmValueKind lsm_value_address = {lsm_address_is_valid, "a mail address (name@domain)"};
const LsmValueKind lsm_value_address_or_empty = {is_address_or_empty,
						 "a mail address (name@domain), or \"\""};
const LsmValueKind lsm_value_sender = {is_sender, "a mail address (name@domain), or @domain"};
const LsmValueKind lsm_value_domain = {lsm_address_is_domain, "a domain name (ietf.org)"};
const LsmValueKind lsm_value_network = {
	lsm_network_is_valid,
	"an address or network (192.0.2.1, 192.0.2.0/24, 2001:db8::/32) without bits behind its prefix"};
const LsmValueKind lsm_value_socket = {
	is_socket, "unix:/path (at most 107 octets), inet:port@host or inet6:port@host (port 1 to 65535)"};
const LsmValueKind lsm_value_store = {is_store,
				      "backend:/path (lmdb:/var/lib/liaison-milter/record), or memory:"};
const LsmValueKind lsm_value_url = {is_url,
				    "smtp://host:port (port 1 to 65535; an IPv6 address in brackets)"};
const LsmValueKind lsm_value_mapping = {is_mapping, "user=address (alice=alice@example.org)"};
const LsmValueKind lsm_value_rule_set = {is_rule_set, "one of bis-05, bis-02, rfc4053"};
const LsmValueKind lsm_value_review = {is_review, "off, parallel or after"};
const LsmValueKind lsm_value_release = {is_release_sender, "desk or submitted"};
const LsmValueKind lsm_value_log_sink = {is_log_sink, "syslog or stderr"};
const LsmValueKind lsm_value_delimiter = {is_delimiter, "one of + - = # _, or \"\""};
const LsmValueKind lsm_value_authentication = {is_authentication, "required or none"};
const LsmValueKind lsm_value_notice = {
	is_notice, "one of sender, asked, coordinators, managers, assignee, groups"};
const LsmValueKind lsm_value_acknowledge = {is_acknowledge, "draft, send or off"};
const LsmValueKind lsm_value_reminder = {is_reminder, "0 to 365, overdue-daily or overdue-weekly"};
const LsmValueKind lsm_value_rule_id = {is_rule_id, "a rule's id (purpose.missing)"};
const LsmValueKind lsm_value_acronym = {is_acronym,
					"an acronym of at most 40 octets without blanks or quotes"};
const LsmValueKind lsm_value_date = {is_date, "a date (YYYY-MM-DD, after 1970)"};
const LsmValueKind lsm_value_body_level = {is_body_level, "organization or research"};
const LsmValueKind lsm_value_group_level = {is_group_level, "group or research"};
