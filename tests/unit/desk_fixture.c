/*
 * desk_fixture.c - see desk_fixture.h.
 */
#include "tests/unit/desk_fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#include "conf/log.h"
#include "desk/json.h"

static const char directory_text[] =
	"home \"IETF\" {\n"
	"  domains = {\"ietf.org\", \"iab.org\", \"irtf.org\"}\n"
	"  liaison-contact = \"liaison-coordination@iab.org\"\n"
	"  body \"IETF\" { level = organization approvers = {\"chair@ietf.org\"} }\n"
	"  body \"IAB\" { level = organization approvers = {\"iab-chair@iab.org\"} }\n"
	"  body \"IRTF\" { level = research initiates = false approvers = {\"irtf-chair@irtf.org\"} }\n"
	"  area \"ops\" { name = \"Operations and Management\" directors = {\"ops-ads@ietf.org\", "
	"\"ad1@example.org\"} }\n"
	"  group \"ippm\" { area = \"ops\" chairs = {\"ippm-chairs@ietf.org\", \"carol@example.org\"} list = "
	"\"ippm@ietf.org\" }\n"
	"  person \"A. Director\" { addresses = {\"ad1@example.org\"} logins = {\"ad1\"} role \"ops\" { from "
	"= 2020-01-01 } }\n"
	"  person \"C. Chair\" { addresses = {\"carol@example.org\"} logins = {\"carol\"} role \"ippm\" { "
	"from = 2020-01-01 } }\n"
	"}\n"
	"organization \"Broadband Forum\" {\n"
	"  names = {\"BBF\"}\n  domains = {\"bbf.example\"}\n"
	"  liaison-manager = \"bbf-manager@ietf.org\"\n  send-to = \"liaisons@bbf.example\"\n}\n"
	"organization \"ITU-T\" {\n"
	"  names = {\"Telecommunication Standardization Sector\"}\n  domains = {\"itu.example\"}\n"
	"  liaison-manager = \"itu-manager@ietf.org\"\n  send-to = \"tsb@itu.example\"\n}\n";

static gint64
fixture_clock(gpointer data)
{
	return ((DeskFixture *)data)->now;
}

static void
write_files(const DeskFixture *fixture, const char *extra)
{
	g_autofree char *settings = g_build_filename(fixture->folder, "test.conf", NULL);
	g_autofree char *directory = g_build_filename(fixture->folder, "directory.conf", NULL);
	g_autofree char *text = g_strdup_printf("%s\nlate-journal = \"%s/late\"\n"
						"list-managers = {\"192.0.2.10\"}\n%s\n",
						g_str_has_prefix(extra, "mode = ") ? "" : "mode = enforce",
						fixture->folder, extra);

	g_assert_true(g_file_set_contents(settings, text, -1, NULL));
	g_assert_true(g_file_set_contents(directory, directory_text, -1, NULL));
}

/* The desk's tests are about what stops a mail, and write short mails: what would only be noted is off. */
static void
turn_notes_off(LsmSettings *settings)
{
	guint count;
	const LsmRule *rules = lsm_rule_table(&count);

	for (guint i = 0; i < count; i++) {
		LsmRuleMode off = {g_strdup(rules[i].id), LSM_MODE_OFF, 0};

		if (rules[i].effect_out == LSM_EFFECT_NOTE)
			g_array_append_val(settings->rule_modes, off);
		else
			g_free(off.rule);
	}
}

DeskFixture *
desk_fixture_new(const char *extra, LsmStore *store)
{
	DeskFixture *fixture = g_new0(DeskFixture, 1);
	g_autofree char *path = NULL;
	g_autoptr(GError) error = NULL;

	lsm_log_open(LSM_LOG_CAPTURE, "test", LOG_INFO);
	fixture->folder = g_dir_make_tmp("lsm-desk-XXXXXX", NULL);
	fixture->now = G_GINT64_CONSTANT(1795262400) * G_USEC_PER_SEC; /* 2026-11-21 12:00 UTC */
	write_files(fixture, extra == NULL ? "" : extra);
	path = g_build_filename(fixture->folder, "test.conf", NULL);
	fixture->settings = lsm_settings_load(path, &error);
	g_assert_no_error(error);
	turn_notes_off(fixture->settings);
	fixture->store = store != NULL ? store : lsm_store_open("memory:", LSM_STORE_READ_WRITE, &error);
	g_assert_no_error(error);
	fixture->service = lsm_service_new(fixture->store, fixture->settings);
	lsm_service_set_clock(fixture->service, fixture_clock, fixture);
	fixture->desk = lsm_desk_new_local(fixture->service);
	return fixture;
}

static void
remove_folder(const char *path)
{
	g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
	const char *name;

	while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
		g_autofree char *child = g_build_filename(path, name, NULL);
		if (g_unlink(child) != 0)
			remove_folder(child);
	}
	g_rmdir(path);
}

void
desk_fixture_free(DeskFixture *fixture)
{
	g_free(lsm_log_captured());
	lsm_desk_free(fixture->desk);
	lsm_service_free(fixture->service);
	lsm_store_close(fixture->store);
	lsm_settings_unref(fixture->settings);
	remove_folder(fixture->folder);
	g_free(fixture->folder);
	g_free(fixture);
}

TestPassage
desk_fixture_pass(DeskFixture *fixture, const TestMail *mail)
{
	TestPassage passage = {NULL, lsm_envelope_new(mail->sender), NULL};
	g_auto(GStrv) recipients = g_strsplit(mail->recipients, " ", -1);
	g_autoptr(LsmCollector) collector = lsm_collector_new(fixture->settings);

	for (guint i = 0; recipients[i] != NULL; i++)
		lsm_envelope_add_recipient(passage.envelope, recipients[i]);
	passage.envelope->login = g_strdup(mail->login);
	passage.envelope->client_address = g_strdup(mail->client == NULL ? "198.51.100.7" : mail->client);
	passage.envelope->daemon_name = g_strdup(mail->daemon == NULL ? "mx-in" : mail->daemon);
	passage.envelope->queue_id = g_strdup("4TEST");
	lsm_collector_add_mail(collector, mail->mail, strlen(mail->mail));
	passage.message = lsm_message_parse(collector, fixture->settings);
	passage.decision =
		lsm_decide(passage.message, passage.envelope, fixture->settings, fixture->desk, fixture->now);
	return passage;
}

TestPassage
desk_fixture_pass_and_take(DeskFixture *fixture, const TestMail *mail)
{
	TestPassage passage = desk_fixture_pass(fixture, mail);
	g_autoptr(GError) error = NULL;

	if (passage.decision->ticket != NULL)
		lsm_desk_taken(fixture->desk, passage.decision->ticket, &error);
	g_assert_no_error(error);
	return passage;
}

void
test_passage_clear(TestPassage *passage)
{
	lsm_decision_free(passage->decision);
	lsm_message_free(passage->message);
	lsm_envelope_free(passage->envelope);
}

static gboolean
count_one(const LsmCase *item, gpointer data)
{
	(void)item;
	(*(guint *)data)++;
	return TRUE;
}

guint
desk_fixture_case_count(DeskFixture *fixture)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(fixture->store, NULL);
	guint count = 0;

	lsm_case_scan(txn, count_one, &count, NULL);
	return count;
}

LsmCase *
desk_fixture_case(DeskFixture *fixture, const char *id)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(fixture->store, NULL);
	LsmCase *item = NULL;

	lsm_case_get(txn, id, &item, NULL);
	return item;
}

static int
compare_words(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *
join_sorted(GPtrArray *words)
{
	g_ptr_array_sort(words, compare_words);
	g_ptr_array_add(words, NULL);
	return g_strjoinv(" ", (char **)words->pdata);
}

static gboolean
add_case_word(const LsmCase *item, gpointer words)
{
	g_ptr_array_add(words, g_strdup_printf("%s%s:%s", item->observed ? "observed-" : "", item->way,
					       lsm_state_row(item->state)->word));
	return TRUE;
}

char *
desk_fixture_cases(DeskFixture *fixture)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(fixture->store, NULL);
	g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);

	lsm_case_scan(txn, add_case_word, words, NULL);
	return join_sorted(words);
}

static JsonObject *
parse_members(const char *text)
{
	g_autoptr(GError) error = NULL;
	JsonObject *object = lsm_json_parse(text, strlen(text), &error);

	g_assert_no_error(error);
	return object;
}

void
desk_fixture_event(DeskFixture *fixture, const char *id, LsmEventType type, const char *public, const char *private)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_write(fixture->store, NULL);
	g_autoptr(LsmEvent) event = lsm_event_new(type, id, fixture->now, "test");
	g_autoptr(LsmCase) item = NULL;
	g_autoptr(GError) error = NULL;

	json_object_unref(event->public);
	event->public = parse_members(public);
	event->private = parse_members(private);
	if (lsm_case_get(txn, id, &item, &error) == LSM_ABSENT)
		item = lsm_case_new(id);
	lsm_record_event(txn, item, event, &error);
	lsm_store_commit(txn, &error);
	g_assert_no_error(error);
}

static gboolean
add_event_word(const LsmEvent *event, gpointer text)
{
	g_string_append_printf(text, "%s%s", ((GString *)text)->len > 0 ? " " : "",
			       lsm_event_type_name(event->type));
	return TRUE;
}

char *
desk_fixture_events(DeskFixture *fixture)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(fixture->store, NULL);
	GString *text = g_string_new(NULL);

	lsm_log_scan(txn, 0, LSM_SCAN_FORWARD, add_event_word, text, NULL);
	return g_string_free(text, FALSE);
}

char *
test_plan_text(const LsmPlan *plan)
{
	static const char *const replies[] = {"accept", "reject", "tempfail", "discard"};
	GString *text = g_string_new(replies[plan->reply]);

	for (guint i = 0; i < plan->remove_recipients->len; i++)
		g_string_append_printf(text, " -%s", (char *)g_ptr_array_index(plan->remove_recipients, i));
	for (guint i = 0; i < plan->add_recipients->len; i++)
		g_string_append_printf(text, " +%s", (char *)g_ptr_array_index(plan->add_recipients, i));
	for (guint i = 0; i < plan->remove_headers->len; i++) {
		const LsmHeaderEdit *edit = g_ptr_array_index(plan->remove_headers, i);
		g_string_append_printf(text, " ~%s/%d", edit->name, edit->index);
	}
	for (guint i = 0; i < plan->add_headers->len; i++)
		g_string_append_printf(text, " +%s",
				       ((LsmHeaderEdit *)g_ptr_array_index(plan->add_headers, i))->name);
	return g_string_free(text, FALSE);
}

char *
desk_fixture_outbox(DeskFixture *fixture)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(fixture->store, NULL);
	g_autoptr(GPtrArray) entries = lsm_outbox_list(txn, NULL, NULL);
	g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < entries->len; i++) {
		const LsmOutboxEntry *entry = g_ptr_array_index(entries, i);
		g_ptr_array_add(words,
				g_strdup_printf("%s:%s:%s", entry->kind, entry->state, entry->recipients[0]));
	}
	return join_sorted(words);
}

guint64
desk_fixture_event_count(DeskFixture *fixture)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(fixture->store, NULL);
	LsmLogHead head = {0, {0}};

	lsm_log_head(txn, &head, NULL);
	return head.size;
}
