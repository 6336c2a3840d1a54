/*
 * test_settings_complete.c - each key of the settings file reaches its own field, and is printed from it.
 *
 * To add a setting: a line in the file below, with a value other than the default.
 */
#include <glib/gstdio.h>

#include "tests/unit/settings_fixture.h"

static char *folder;

/* In the order of settings.def, and as settings are printed, but for the quotes. FOLDER: where the test's files
 * are; a table of documents is opened with the settings. */
static const char complete[] = "mode = enforce\n"
			       "enforce-groups = {ippm}\n"
			       "enforce-senders = {@ietf.org}\n"
			       "enforce-organizations = {\"Broadband Forum\"}\n"
			       "enforce-rules = {purpose.missing}\n"
			       "rule-set = rfc4053\n"
			       "directory = other.conf\n"
			       "listen = \"inet6:8891@::1\"\n"
			       "listen-group = postfix\n"
			       "desk-socket = /srv/desk.sock\n"
			       "store = lmdb:/srv/record\n"
			       "log-origin = liaison.example.org\n"
			       "checkpoints = /srv/checkpoints\n"
			       "late-journal = /srv/late\n"
			       "pid-file = /srv/pid\n"
			       "user = liaison\n"
			       "group = mail\n"
			       "sandbox = no\n"
			       "log = stderr\n"
			       "log-ordinary = yes\n"
			       "workers = 2\n"
			       "max-message-size = 65537\n"
			       "max-header-count = 51\n"
			       "max-header-size = 8193\n"
			       "max-boundary-lines = 101\n"
			       "max-parts = 11\n"
			       "max-depth = 4\n"
			       "decision-timeout = 5\n"
			       "incoming-patience = 6\n"
			       "acceptance-patience = 17\n"
			       "max-interventions = 8\n"
			       "rejected-retention = 11\n"
			       "observe-retention = 9\n"
			       "submission-daemons = {smtps}\n"
			       "list-managers = {192.0.2.1}\n"
			       "trusted-tool-clients = {192.0.2.2}\n"
			       "trusted-tool-senders = {\"tool@ietf.org\"}\n"
			       "authserv-ids = {mx.ietf.org}\n"
			       "desk-address = desk@ietf.org\n"
			       "check-address = check@ietf.org\n"
			       "recipient-delimiter = -\n"
			       "token-lifetime = 10\n"
			       "answer-authentication = none\n"
			       "notices = {sender}\n"
			       "acknowledge = send\n"
			       "cover-limit = 21\n"
			       "deadline-reminders = {14, overdue-daily}\n"
			       "daily-digest = no\n"
			       "approval-reminder = 4\n"
			       "escalation = 8\n"
			       "follow-up = 9\n"
			       "outbox-server = \"smtp://[::1]:2525\"\n"
			       "outbox-daemon = outbox\n"
			       "outbox-retry = 12\n"
			       "guidance-dir = /srv/guidance\n"
			       "extractor = /srv/extract\n"
			       "documents = \"FOLDER/documents\"\n"
			       "review = parallel\n"
			       "release-sender = submitted\n"
			       "operators = {\"alice=alice@example.org\"}\n";

static char *
without_quotes(const char *text)
{
	g_auto(GStrv) pieces = g_strsplit(text, "\"", -1);

	return g_strjoinv(NULL, pieces);
}

static char *
in_folder(const char *text)
{
	g_auto(GStrv) pieces = g_strsplit(text, "FOLDER", -1);

	return g_strjoinv(folder, pieces);
}

static void
write_documents(const char *path)
{
	g_autoptr(LsmDocumentsBuilder) builder = lsm_documents_builder_new();
	g_autoptr(GBytes) table = lsm_documents_builder_finish(builder, 0);

	g_assert_true(lsm_documents_write(table, path, NULL));
}

static void
test_every_setting(void)
{
	g_autofree char *file = in_folder(complete);
	g_autofree char *want = without_quotes(file);
	g_autofree char *printed = NULL;
	g_autofree char *plain = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(LsmSettings) settings = settings_from_text(folder, "complete.conf", file, &error);
	g_autoptr(LsmSettings) defaults = settings_from_text(folder, "empty.conf", "", NULL);

	g_assert_no_error(error);
#define DIFFERS(field) g_assert_cmpint(settings->field, !=, defaults->field);
#define LSM_SETTING_INT(field, name, standard, low, high, unit, help) DIFFERS(field)
#define LSM_SETTING_MODE(field, name, standard, help) DIFFERS(field)
#define LSM_SETTING_BOOL(field, name, standard, help) DIFFERS(field)
#define LSM_SETTING_TEXT(field, name, standard, kind, help)                                                  \
	g_assert_cmpstr(settings->field, !=, defaults->field);
#define LSM_SETTING_LIST(field, name, standard, kind, help)                                                  \
	g_assert_false(                                                                                      \
		g_strv_equal((const char *const *)settings->field, (const char *const *)defaults->field));
#include "conf/settings.def"
#undef DIFFERS
	printed = lsm_settings_print(settings, FALSE);
	plain = without_quotes(printed);
	g_assert_cmpstr(plain, ==, want);
	g_assert_cmpint(settings->max_parts, ==, 11);
	g_assert_cmpint(settings->outbox_retry, ==, 12);
	g_assert_cmpstr(settings->desk_socket, ==, "/srv/desk.sock");
	g_assert_nonnull(settings->documents);
	g_assert_cmpstr(settings->review, ==, "parallel");
	g_assert_cmpstr(settings->release_sender, ==, "submitted");
	g_assert_cmpstr(settings->operators[0], ==, "alice=alice@example.org");
}

int
main(int argc, char **argv)
{
	static const char small[] = "home \"IETF\" { domains = ietf.org liaison-contact = \"l@iab.org\"\n"
				    "area \"ops\" { } group \"ippm\" { area = ops } }\n"
				    "organization \"Broadband Forum\" { domains = bbf.example }\n";
	static const char *const names[] = {"directory.conf", "other.conf"};
	g_autofree char *documents = NULL;
	int result;

	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	folder = g_dir_make_tmp("test-settings-complete-XXXXXX", NULL);
	documents = g_build_filename(folder, "documents", NULL);
	write_documents(documents);
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(folder, names[i], NULL);

		g_assert_true(g_file_set_contents(path, small, -1, NULL));
	}
	g_test_add_func("/settings/every-setting", test_every_setting);
	result = g_test_run();
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(folder, names[i], NULL);

		g_unlink(path);
	}
	g_unlink(documents);
	g_rmdir(folder);
	g_free(folder);
	return result;
}
