/*
 * reading_fixture.h - what the tests of the reading files share: settings with a small directory, and mails from
 * text.
 */
#ifndef LSM_TESTS_UNIT_READING_FIXTURE_H
#define LSM_TESTS_UNIT_READING_FIXTURE_H

#include <string.h>

#include "conf/settings.h"
#include "rules/collect.h"
#include "rules/envelope.h"
#include "rules/message.h"

#define NOW G_GINT64_CONSTANT(1795000000) /* 2026-11-18 */

static const char reading_directory[] =
	"home \"IETF\" {\n"
	"  domains = {\"ietf.org\", \"iab.org\", \"irtf.org\"}\n"
	"  liaison-contact = \"liaison-coordination@iab.org\"\n"
	"  body \"IETF\" { level = organization  approvers = {\"chair@ietf.org\"} }\n"
	"  body \"IAB\"  { level = organization  approvers = {\"iab-chair@iab.org\"} }\n"
	"  body \"IRTF\" { level = research      initiates = false }\n"
	"  area \"ops\"  { name = \"Operations and Management\"  directors = {\"ops-ads@ietf.org\", "
	"\"ad1@example.org\"} }\n"
	"  group \"ippm\" { area = \"ops\"  chairs = {\"ippm-chairs@ietf.org\", \"carol@employer.example\"}  "
	"list = \"ippm@ietf.org\" }\n"
	"  group \"opsawg\" { area = \"ops\"  chairs = {\"opsawg-chairs@ietf.org\"}  list = "
	"\"opsawg@ietf.org\" }\n"
	"  person \"A. Director\" { addresses = {\"ad1@example.org\", \"ad1@ietf.org\"}  role \"ops\" { from "
	"= 2026-03-01 } }\n"
	"  person \"Carol Chair\" { addresses = {\"carol@employer.example\"}  logins = {\"carol\"} }\n"
	"}\n"
	"organization \"ITU-T\" {\n"
	"  names = {\"ITU-T\", \"Telecommunication Standardization Sector\"}\n"
	"  domains = {\"itu.example\"}\n"
	"  liaison-manager = \"itu-manager@ietf.org\"\n"
	"  send-to = \"tsb@itu.example\"\n"
	"}\n"
	"organization \"Broadband Forum\" {\n"
	"  names = {\"Broadband Forum\", \"BBF\"}\n"
	"  domains = {\"bbf.example\"}\n"
	"  send-to = \"liaisons@bbf.example\"\n"
	"}\n";

/* Settings at their standards, with the directory above; a list manager and a tool at documentation
 * addresses. */
static inline LsmSettings *
reading_settings_new(void)
{
	LsmSettings *settings = g_new0(LsmSettings, 1);
	g_autoptr(GError) error = NULL;

#define LSM_SETTING_INT(field, name, standard, low, high, unit, help) settings->field = standard;
#define LSM_SETTING_TEXT(field, name, standard, check, help) settings->field = g_strdup(standard);
#define LSM_SETTING_LIST(field, name, standard, check, help) settings->field = g_strsplit(standard, " ", -1);
#define LSM_SETTING_MODE(field, name, standard, help) settings->field = standard;
#define LSM_SETTING_BOOL(field, name, standard, help) settings->field = standard;
#include "conf/settings.def"
#undef LSM_SETTING_INT
#undef LSM_SETTING_TEXT
#undef LSM_SETTING_LIST
#undef LSM_SETTING_MODE
#undef LSM_SETTING_BOOL
	g_strfreev(settings->list_managers);
	settings->list_managers = g_strsplit("192.0.2.25", " ", -1);
	g_strfreev(settings->trusted_tool_clients);
	settings->trusted_tool_clients = g_strsplit("192.0.2.80", " ", -1);
	g_strfreev(settings->trusted_tool_senders);
	settings->trusted_tool_senders = g_strsplit("statements@ietf.org", " ", -1);
	g_strfreev(settings->authserv_ids);
	settings->authserv_ids = g_strsplit("mx.ietf.org", " ", -1);
	settings->directory =
		lsm_directory_parse(reading_directory, strlen(reading_directory), "test.conf", &error);
	g_assert_no_error(error);
	return settings;
}

static inline void
reading_settings_free(LsmSettings *settings)
{
#define LSM_SETTING_INT(field, name, standard, low, high, unit, help)
#define LSM_SETTING_TEXT(field, name, standard, check, help) g_free(settings->field);
#define LSM_SETTING_LIST(field, name, standard, check, help) g_strfreev(settings->field);
#define LSM_SETTING_MODE(field, name, standard, help)
#define LSM_SETTING_BOOL(field, name, standard, help)
#include "conf/settings.def"
#undef LSM_SETTING_INT
#undef LSM_SETTING_TEXT
#undef LSM_SETTING_LIST
#undef LSM_SETTING_MODE
#undef LSM_SETTING_BOOL
	lsm_directory_free(settings->directory);
	g_free(settings);
}

static inline LsmCollector *
reading_collect(const LsmSettings *settings, const char *mail, gsize length)
{
	LsmCollector *collector = lsm_collector_new(settings);

	lsm_collector_add_mail(collector, mail, length);
	return collector;
}

static inline LsmMessage *
reading_parse_octets(const LsmSettings *settings, const char *mail, gsize length)
{
	g_autoptr(LsmCollector) collector = reading_collect(settings, mail, length);

	return lsm_message_parse(collector, settings);
}

static inline LsmMessage *
reading_parse(const LsmSettings *settings, const char *mail)
{
	return reading_parse_octets(settings, mail, strlen(mail));
}

/* A mail of one text part. */
static inline LsmMessage *
reading_parse_text(const LsmSettings *settings, const char *header, const char *text)
{
	g_autofree char *mail = g_strconcat(header, "\n", text, NULL);

	return reading_parse(settings, mail);
}

/* Recipients separated by blanks. login and client may be NULL. */
static inline LsmEnvelope *
reading_envelope(const char *sender, const char *recipients, const char *login, const char *client)
{
	LsmEnvelope *envelope = lsm_envelope_new(sender);
	g_auto(GStrv) list = g_strsplit(recipients, " ", -1);

	for (char **recipient = list; *recipient != NULL; recipient++)
		lsm_envelope_add_recipient(envelope, *recipient);
	envelope->login = g_strdup(login);
	envelope->client_address = g_strdup(client != NULL ? client : "198.51.100.7");
	return envelope;
}

#endif
