/*
 * life_fixture.c - see life_fixture.h.
 */
#include "tests/unit/life_fixture.h"

#include <string.h>

#include "desk/act.h"
#include "desk/json.h"

static const char directory_text[] =
	"home \"IETF\" {\n"
	"  domains = {\"ietf.org\", \"iab.org\", \"irtf.org\"}\n"
	"  liaison-contact = \"liaison-coordination@iab.org\"\n"
	"  body \"IAB\" { level = organization approvers = {\"iab-chair@iab.org\"} }\n"
	"  body \"IRTF\" { level = research initiates = false approvers = {\"irtf-chair@irtf.org\"} }\n"
	"  area \"ops\" { name = \"Operations and Management\" directors = {\"ad1@example.org\", "
	"\"ad2@example.org\", \"old@example.org\"} }\n"
	"  area \"wit\" { name = \"Web and Internet Transport\" directors = {\"ad3@example.org\"} }\n"
	"  group \"ippm\" { area = \"ops\" chairs = {\"carol@example.org\"} list = \"ippm@ietf.org\" }\n"
	"  group \"quic\" { area = \"wit\" chairs = {\"dan@example.org\"} list = \"quic@ietf.org\" }\n"
	"  person \"A. One\" { addresses = {\"ad1@example.org\"} logins = {\"ad1\"} role \"ops\" { from = "
	"2020-01-01 } }\n"
	"  person \"A. Two\" { addresses = {\"ad2@example.org\"} role \"ops\" { from = 2020-01-01 } role "
	"\"wit\" { from = 2020-01-01 } }\n"
	"  person \"A. Three\" { addresses = {\"ad3@example.org\"} role \"wit\" { from = 2020-01-01 } }\n"
	"  person \"A. Gone\" { addresses = {\"old@example.org\"} role \"ops\" { from = 2020-01-01 until = "
	"2026-03-01 } }\n"
	"  person \"C. Chair\" { addresses = {\"carol@example.org\"} logins = {\"carol\"} role \"ippm\" { "
	"from = 2020-01-01 } }\n"
	"  person \"D. Chair\" { addresses = {\"dan@example.org\"} logins = {\"dan\"} role \"quic\" { from = "
	"2020-01-01 } }\n"
	"  person \"C. Ordinator\" { addresses = {\"coord@example.org\"} role \"coordinator\" { from = "
	"2020-01-01 } }\n"
	"}\n"
	"organization \"Broadband Forum\" {\n"
	"  names = {\"BBF\"}\n  domains = {\"bbf.example\"}\n"
	"  liaison-manager = \"bbf-manager@ietf.org\"\n  send-to = \"liaisons@bbf.example\"\n}\n"
	"organization \"ITU-T\" {\n"
	"  names = {\"Telecommunication Standardization Sector\"}\n  domains = {\"itu.example\"}\n"
	"  liaison-manager = \"itu-manager@ietf.org\"\n  send-to = \"tsb@itu.example\"\n}\n";

DeskFixture *
life_new(const char *extra)
{
	DeskFixture *fixture = desk_fixture_new(extra, NULL);
	g_autofree char *directory = g_build_filename(fixture->folder, "directory.conf", NULL);
	g_autofree char *settings = g_build_filename(fixture->folder, "test.conf", NULL);
	g_autoptr(GError) error = NULL;

	g_assert_true(g_file_set_contents(directory, directory_text, -1, NULL));
	lsm_settings_unref(fixture->settings);
	fixture->settings = lsm_settings_load(settings, &error);
	g_assert_no_error(error);
	lsm_service_set_settings(fixture->service, fixture->settings);
	return fixture;
}

/* Passes, is taken, and gives the case's id. */
char *
life_pass(DeskFixture *fixture, const TestMail *mail)
{
	TestPassage passage = desk_fixture_pass_and_take(fixture, mail);
	char *id = g_strdup(passage.decision->case_id);

	g_assert_nonnull(id);
	test_passage_clear(&passage);
	return id;
}

JsonObject *
life_act_with(DeskFixture *fixture, const char *verb, const char *id, const char *address, const char *argument,
	 const char *value, GError **error)
{
	const LsmActor actor = {.name = address, .address = address, .door = "mail"};
	g_autoptr(JsonObject) args = json_object_new();
	LsmAct act = {.verb = verb, .typed = id, .actor = &actor, .args = args};
	JsonObject *answer = NULL;

	if (argument != NULL)
		lsm_json_set(args, argument, value);
	lsm_act(fixture->service, &act, &answer, error);
	return answer;
}

/* "state", "already state", or "error N". */
char *
life_act(DeskFixture *fixture, const char *verb, const char *id, const char *address)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonObject) answer = life_act_with(fixture, verb, id, address, NULL, NULL, &error);

	if (answer == NULL)
		return g_strdup_printf("error %d", error == NULL ? -1 : error->code);
	return g_strdup_printf("%s%s", json_object_get_boolean_member(answer, "already") ? "already " : "",
			       lsm_json_get(answer, "state", "?"));
}

/* "sender > recipient recipient" of each release that is owed, sorted by entry; the rest of the outbox left out. */
char *
life_releases(DeskFixture *fixture)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(fixture->store, NULL);
	g_autoptr(GPtrArray) entries = lsm_outbox_list(txn, NULL, NULL);
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < entries->len; i++) {
		const LsmOutboxEntry *entry = g_ptr_array_index(entries, i);
		g_autofree char *recipients = g_strjoinv(" ", entry->recipients);
		if (strcmp(entry->kind, "release") == 0)
			g_string_append_printf(text, "%s%s > %s", text->len > 0 ? "; " : "", entry->state,
					       recipients);
	}
	return g_string_free(text, FALSE);
}

guint
life_count_events(DeskFixture *fixture, const char *type)
{
	g_autofree char *events = desk_fixture_events(fixture);
	g_auto(GStrv) words = g_strsplit(events, " ", -1);
	guint count = 0;

	for (guint i = 0; words[i] != NULL; i++)
		count += strcmp(words[i], type) == 0;
	return count;
}

void
life_assert_state(DeskFixture *fixture, const char *id, const char *want)
{
	g_autoptr(LsmCase) item = desk_fixture_case(fixture, id);

	g_assert_nonnull(item);
	g_assert_cmpstr(lsm_state_row(item->state)->word, ==, want);
}

DeskFixture *
life_sending_new(FakeSmtp *server)
{
	g_autofree char *setting = fake_smtp_setting(server);

	return life_new(setting);
}
