/*
 * test_record.c - what one passage leaves on record: the case, the kept mail, nothing personal in the
 * immutable part; and many passages at once.
 */
#include "tests/unit/desk_fixture.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "conf/error.h"
#include "conf/log.h"
#include "desk/json.h"
#include "desk/passage.h"
#include "store/backend.h"

#define THREADS 8

static const TestMail held = {CAROL, .recipients = BBF " ippm@ietf.org ippm-chairs@ietf.org",
			      .mail = STATEMENT("1")};
static const TestMail came_in = {FROM_ITU, .recipients = "ippm@ietf.org", .mail = INCOMING("9")};

static char *
joined(char *const *list)
{
	return list == NULL ? g_strdup("") : g_strjoinv(" ", (char **)list);
}

static void
test_case(void)
{
	DeskFixture *fixture = desk_fixture_new(NULL, NULL);
	TestPassage passage = desk_fixture_pass(fixture, &held);
	g_autoptr(LsmCase) item = desk_fixture_case(fixture, passage.decision->case_id);

	g_assert_nonnull(item);
	g_assert_cmpstr(item->way, ==, "out");
	g_assert_cmpstr(item->verdict, ==, "redirect");
	g_assert_cmpint(item->state, ==, LSM_STATE_PENDING);
	g_assert_cmpstr(item->subject, ==, "STAMP YANG review");
	g_assert_cmpstr(item->message_id, ==, "1@example.org");
	g_assert_cmpstr(item->sender, ==, "carol@example.org");
	g_assert_cmpstr(item->login, ==, "carol");
	g_assert_cmpstr(item->digest, ==, passage.message->content);
	g_assert_cmpint(item->since, ==, fixture->now);
	g_assert_cmpuint(item->passages, ==, 1);
	g_assert_false(item->taken);
	assert_text(joined(item->from), "IPPM");
	assert_text(joined(item->to), "Broadband Forum");
	assert_text(joined(item->purposes), "information");
	assert_text(joined(item->doors), BBF " ippm@ietf.org ippm-chairs@ietf.org");
	assert_text(joined(item->withheld), BBF " ippm@ietf.org");
	assert_text(joined(item->released), "");
	assert_text(joined(item->approvers), "ops-ads@ietf.org ad1@example.org");
	assert_text(joined(item->rules), "approval.missing");
	g_assert_true(g_str_has_prefix(item->id, "LS-20261121-"));
	test_passage_clear(&passage);
	desk_fixture_free(fixture);
}

/* The kept mail is the first one, octet for octet; a later copy adds to the lists and changes nothing else.
 */
static void
test_content(void)
{
	const TestMail copy = {CAROL, .recipients = "x@other.example", .mail = "X-Trace: 2\n" STATEMENT("2")};
	DeskFixture *fixture = desk_fixture_new(NULL, NULL);
	TestPassage first = desk_fixture_pass_and_take(fixture, &held);
	TestPassage second = desk_fixture_pass_and_take(fixture, &copy);
	g_autoptr(LsmCase) item = desk_fixture_case(fixture, second.decision->case_id);
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(fixture->store, NULL);
	g_autoptr(GBytes) kept = NULL;

	g_assert_cmpstr(first.decision->case_id, ==, second.decision->case_id);
	g_assert_cmpint(lsm_content_get(txn, item->content, &kept, NULL), ==, LSM_FOUND);
	g_assert_true(kept != NULL && g_bytes_equal(kept, first.message->bytes));
	g_assert_cmpstr(item->digest, ==, first.message->content);
	g_assert_cmpstr(item->message_id, ==, "1@example.org");
	g_assert_cmpuint(item->passages, ==, 2);
	assert_text(joined(item->withheld), BBF " ippm@ietf.org x@other.example");
	test_passage_clear(&first);
	test_passage_clear(&second);
	desk_fixture_free(fixture);
}

/* A case is what its events amount to. */
static gboolean
fold_event(const LsmEvent *event, gpointer data)
{
	LsmCase *item = data;

	if (strcmp(event->case_id, item->id) == 0)
		lsm_case_fold(item, event);
	return TRUE;
}

static gboolean
compare_rebuilt(const LsmCase *item, gpointer data)
{
	g_autoptr(LsmCase) rebuilt = lsm_case_new(item->id);
	g_autoptr(GBytes) stored = lsm_case_render(item);
	g_autoptr(GBytes) again = NULL;

	g_assert_true(lsm_log_scan(data, 0, LSM_SCAN_FORWARD, fold_event, rebuilt, NULL));
	again = lsm_case_render(rebuilt);
	g_assert_cmpmem(g_bytes_get_data(stored, NULL), g_bytes_get_size(stored),
			g_bytes_get_data(again, NULL), g_bytes_get_size(again));
	return TRUE;
}

static gboolean
look_for_names(const LsmEvent *event, gpointer data)
{
	static const char *const personal[] = {"carol",   "example",   "ietf.org", "STAMP",
					       "metrics", "Broadband", "ITU",      "4TEST"};
	g_autoptr(GBytes) bytes = lsm_event_render(event, event->salted_digest);
	g_autofree char *public = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));

	(void)data;
	for (guint i = 0; i < G_N_ELEMENTS(personal); i++) {
		if (strstr(public, personal[i]) != NULL) {
			g_test_message("\"%s\" in %s", personal[i], public);
			g_test_fail();
		}
	}
	return TRUE;
}

static const TestMail story[] = {
	{CAROL, .recipients = "ippm@ietf.org", .mail = STATEMENT("1")},
	{CAROL, .recipients = BBF " ippm-chairs@ietf.org", .mail = STATEMENT("1")},
	{CAROL, .recipients = "x@other.example", .mail = STATEMENT("2")},
	{.login = "ad1",
	 .daemon = "submission",
	 .sender = "ad1@example.org",
	 .recipients = BBF,
	 .mail = STATEMENT("3")},
	{CAROL, .recipients = BBF, .mail = CHAIR_FIELDS "\n" BLOCK_START "\nOther text.\n"},
	{FROM_ITU, .recipients = "ippm@ietf.org", .mail = INCOMING("9")},
	{CAROL, .recipients = BBF, .mail = CHAIR_FIELDS "\nLiaison: no\n" BLOCK "\nA third.\n"},
	{.sender = "carol@example.org", .recipients = "ippm@ietf.org", .mail = NEW_STATEMENT("7")},
};

static void
test_log(void)
{
	DeskFixture *fixture = desk_fixture_new(NULL, NULL);
	g_autoptr(LsmStoreTxn) txn = NULL;
	LsmLogHead head = {0, {0}};
	guint64 problems = 1;

	for (guint i = 0; i < G_N_ELEMENTS(story); i++) {
		TestPassage passage = desk_fixture_pass_and_take(fixture, &story[i]);

		test_passage_clear(&passage);
		fixture->now += 1234567;
	}
	txn = lsm_store_begin_read(fixture->store, NULL);
	g_assert_true(lsm_log_verify(txn, NULL, NULL, &problems, &head, NULL));
	g_assert_cmpuint(problems, ==, 0);
	g_assert_cmpuint(head.size, >, G_N_ELEMENTS(story));
	g_assert_true(lsm_log_scan(txn, 0, LSM_SCAN_FORWARD, look_for_names, NULL, NULL));
	g_assert_true(lsm_case_scan(txn, compare_rebuilt, txn, NULL));
	desk_fixture_free(fixture);
}

/* "Ask again, judge again": nothing is written of a passage that was judged on facts of yesterday. */
static void
test_changed(void)
{
	DeskFixture *fixture = desk_fixture_new(NULL, NULL);
	TestPassage passage = desk_fixture_pass(fixture, &held);
	g_autoptr(LsmPassageKeys) keys = lsm_passage_keys_new(passage.message, passage.decision->recognition);
	LsmCheckInput input = {.message = passage.message,
			       .envelope = passage.envelope,
			       .settings = fixture->settings,
			       .recognition = passage.decision->recognition,
			       .facts = passage.decision->facts,
			       .statement = passage.decision->recognition->statement,
			       .now = fixture->now / G_USEC_PER_SEC};
	g_autoptr(JsonObject) members = lsm_passage_members(passage.decision->verdict, &input);
	g_autofree char *stale = lsm_facts_fingerprint(passage.decision->facts);
	LsmPassage late = {.keys = keys->keys, .members = members, .content = passage.message->bytes, .judged_on = stale};
	g_autofree char *id = NULL;
	g_autofree char *ticket = NULL;
	g_autoptr(GError) error = NULL;
	guint64 events = desk_fixture_event_count(fixture);

	g_assert_cmpint(lsm_desk_record(fixture->desk, &late, &id, &ticket, &error), ==, LSM_CHANGED);
	g_assert_no_error(error);
	g_assert_null(id);
	g_assert_cmpuint(desk_fixture_event_count(fixture), ==, events);
	test_passage_clear(&passage);
	desk_fixture_free(fixture);
}

/* In-Response-To finds the original by each of its names. */
static void
test_original(void)
{
	static const char *const forms[] = {"%s", "9@example.org", "<9@example.org>", "LS-20200101-AAAAA"};
	DeskFixture *fixture = desk_fixture_new(NULL, NULL);
	TestPassage original = desk_fixture_pass_and_take(fixture, &came_in);

	for (guint i = 0; i < G_N_ELEMENTS(forms); i++) {
		g_autofree char *name = i == 0 ? g_strdup(original.decision->case_id) : g_strdup(forms[i]);
		g_autofree char *mail = g_strdup_printf(
			CHAIR_FIELDS "\n" BLOCK_START
				     "Purpose: In response\nIn-Response-To: %s\n\nAnswer %u.\n",
			name, i);
		const TestMail answer = {CAROL, .recipients = BBF, .mail = mail};
		TestPassage passage = desk_fixture_pass_and_take(fixture, &answer);

		g_test_message("%s", name);
		g_assert_cmpstr(passage.decision->facts->original_id, ==,
				i + 1 < G_N_ELEMENTS(forms) ? original.decision->case_id : NULL);
		test_passage_clear(&passage);
	}
	test_passage_clear(&original);
	desk_fixture_free(fixture);
}

/* --- at once --- */

typedef struct {
	DeskFixture *fixture;
	guint number;
	gboolean own_mail; /* else all pass the same one */
	guint wrong;
} Worker;

static gpointer
pass_some(gpointer data)
{
	Worker *worker = data;

	for (guint i = 0; i < 5; i++) {
		g_autofree char *text =
			worker->own_mail ? g_strdup_printf(NEW_FIELDS("%u-%u") "\n" BLOCK "\nText %u-%u.\n",
							   worker->number, i, worker->number, i)
					 : g_strdup(STATEMENT("1"));
		const TestMail mail = {CAROL, .recipients = BBF, .mail = text};
		TestPassage passage = desk_fixture_pass_and_take(worker->fixture, &mail);

		worker->wrong += passage.decision->plan->reply != LSM_REPLY_DISCARD;
		test_passage_clear(&passage);
	}
	return NULL;
}

static void
run_workers(DeskFixture *fixture, gboolean own_mail)
{
	Worker workers[THREADS];
	GThread *threads[THREADS];

	for (guint i = 0; i < THREADS; i++) {
		workers[i] = (Worker){fixture, i, own_mail, 0};
		threads[i] = g_thread_new("worker", pass_some, &workers[i]);
	}
	for (guint i = 0; i < THREADS; i++) {
		g_thread_join(threads[i]);
		g_assert_cmpuint(workers[i].wrong, ==, 0);
	}
}

static void
test_same_at_once(void)
{
	DeskFixture *fixture = desk_fixture_new("max-interventions = 1000", NULL);

	run_workers(fixture, FALSE);
	assert_text(desk_fixture_cases(fixture), "out:pending");
	assert_text(desk_fixture_events(fixture), "redirected taken");
	assert_text(desk_fixture_outbox(fixture), ASKED);
	desk_fixture_free(fixture);
}

static void
test_different_at_once(void)
{
	DeskFixture *fixture = desk_fixture_new("max-interventions = 1000", NULL);

	run_workers(fixture, TRUE);
	g_assert_cmpuint(desk_fixture_case_count(fixture), ==, THREADS * 5);
	g_assert_cmpuint(desk_fixture_event_count(fixture), ==, THREADS * 5 * 2);
	desk_fixture_free(fixture);
}

/* Several passages in one call; one that is not on record, or is told again, adds nothing. */
static void
test_taken_all(void)
{
	DeskFixture *fixture = desk_fixture_new(NULL, NULL);
	const TestMail other = {CAROL, .recipients = BBF, .mail = NEW_STATEMENT("2")};
	TestPassage first = desk_fixture_pass(fixture, &held);
	TestPassage second = desk_fixture_pass(fixture, &other);
	const char *const tickets[] = {first.decision->ticket, "LS-20200101-AAAAA", second.decision->ticket, NULL};
	const char *const none[] = {NULL};
	g_autoptr(GError) error = NULL;

	for (guint i = 0; i < 2; i++) {
		g_assert_true(lsm_desk_taken_all(fixture->desk, tickets, &error));
		assert_text(desk_fixture_events(fixture), "redirected redirected taken taken");
		assert_text(desk_fixture_outbox(fixture),
			    "held:due:carol@example.org held:due:carol@example.org request:due:ad1@example.org "
			    "request:due:ad1@example.org request:due:liaison-coordination@iab.org "
			    "request:due:liaison-coordination@iab.org request:due:ops-ads@ietf.org request:due:ops-ads@ietf.org");
	}
	g_assert_true(lsm_desk_taken_all(fixture->desk, none, &error));
	g_assert_no_error(error);
	test_passage_clear(&first);
	test_passage_clear(&second);
	desk_fixture_free(fixture);
}

/* The alarm is raised once, not with each mail. */
static void
test_alarm(void)
{
	DeskFixture *fixture = desk_fixture_new("max-interventions = 1", NULL);
	const TestMail mails[] = {{CAROL, .recipients = BBF, .mail = NEW_STATEMENT("1")},
				  {CAROL, .recipients = BBF, .mail = NEW_STATEMENT("2")},
				  {CAROL, .recipients = BBF, .mail = NEW_STATEMENT("3")}};
	g_autofree char *log = NULL;
	const char *first;

	for (guint i = 0; i < G_N_ELEMENTS(mails); i++) {
		TestPassage passage = desk_fixture_pass_and_take(fixture, &mails[i]);
		test_passage_clear(&passage);
	}
	log = lsm_log_captured();
	first = strstr(log, "interventions-exceeded");
	g_assert_nonnull(first);
	g_assert_null(first == NULL ? NULL : strstr(first + 1, "interventions-exceeded"));
	desk_fixture_free(fixture);
}

/* Contents of merely observed cases go after their time; others stay. */
static void
test_retention(void)
{
	DeskFixture *fixture = desk_fixture_new("mode = observe\nobserve-retention = 30", NULL);
	TestPassage observed = desk_fixture_pass_and_take(fixture, &held);
	TestPassage taken_up = desk_fixture_pass_and_take(fixture, &came_in);
	TestPassage again;
	g_autoptr(LsmCase) first = NULL;
	g_autoptr(LsmCase) second = NULL;

	fixture->settings->mode = LSM_MODE_ENFORCE;
	again = desk_fixture_pass_and_take(fixture, &came_in);
	fixture->now += G_GINT64_CONSTANT(29) * 86400 * G_USEC_PER_SEC;
	lsm_service_erase_old(fixture->service);
	first = desk_fixture_case(fixture, observed.decision->case_id);
	g_assert_nonnull(first->content);
	g_clear_pointer(&first, lsm_case_free);
	fixture->now += G_GINT64_CONSTANT(2) * 86400 * G_USEC_PER_SEC;
	lsm_service_erase_old(fixture->service);
	lsm_service_erase_old(fixture->service);
	first = desk_fixture_case(fixture, observed.decision->case_id);
	second = desk_fixture_case(fixture, taken_up.decision->case_id);
	g_assert_null(first->content);
	g_assert_nonnull(second->content);
	assert_text(desk_fixture_events(fixture), "passed taken seen taken seen erased");
	test_passage_clear(&observed);
	test_passage_clear(&taken_up);
	test_passage_clear(&again);
	desk_fixture_free(fixture);
}

static void
note_end(gpointer ended)
{
	(*(guint *)ended)++;
}

static const struct {
	const char *name, *operation, *args;
	gboolean is_gate;
	int want; /* the error's class, -1: none */
} requests[] = {
	{"another operation", "threads", "{\"known\":-1}", TRUE, -1},
	{"not a gate", "record", "{}", FALSE, LSM_ERROR_DENIED},
	{"members are missing", "record", "{\"keys\":{\"identity\":\"00\"}}", TRUE, LSM_ERROR_INPUT},
	{"the facts are others", "record",
	 "{\"keys\":{\"identity\":\"00\"},\"judged_on\":\"\",\"members\":{\"public\":{},\"private\":{}}}", TRUE, -1},
	{"an unknown verb", "dance", "{}", TRUE, LSM_ERROR_UNSUPPORTED},
};

/* A mail of many megabytes does not stay behind, whatever becomes of its request. */
static void
test_content_goes(void)
{
	DeskFixture *fixture = desk_fixture_new(NULL, NULL);

	for (guint i = 0; i < G_N_ELEMENTS(requests); i++) {
		guint ended = 0;
		const LsmPeer peer = {.user = "root", .is_gate = requests[i].is_gate};
		GBytes *content = g_bytes_new_with_free_func("mail", 4, note_end, &ended);
		g_autoptr(JsonObject) args = lsm_json_parse(requests[i].args, strlen(requests[i].args), NULL);
		g_autoptr(JsonObject) answer = NULL;
		g_autoptr(GError) error = NULL;

		g_test_message("%s", requests[i].name);
		lsm_service_handle(fixture->service, &peer, requests[i].operation, args, content, &answer, &error);
		g_assert_cmpint(error == NULL ? -1 : error->code, ==, requests[i].want);
		g_assert_cmpuint(ended, ==, 1);
	}
	desk_fixture_free(fixture);
}

static struct {
	guint ended;
	gboolean had_ended; /* when the transaction began */
	LsmBackend backend;
} watch;

static LsmStoreTxn *
begin_watched(LsmStore *store, gboolean write, GError **error)
{
	watch.had_ended |= write && watch.ended > 0;
	return lsm_backend_memory.begin(store, write, error);
}

/* Its packed form and the store's pages are enough: the mail itself goes before it is written. */
static void
test_content_goes_first(void)
{
	LsmStore *store = lsm_store_open("memory:", LSM_STORE_READ_WRITE, NULL);
	DeskFixture *fixture = desk_fixture_new(NULL, store);
	const LsmCaseKeys keys = {.identity = "0123456789abcdef"};
	LsmPassage passage = {.keys = keys};
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(store, NULL);
	g_autoptr(LsmFacts) facts = NULL;
	g_autofree char *judged_on = NULL;
	g_autofree char *id = NULL;
	static const char text[] = "{\"type\":\"seen\",\"public\":{\"state\":\"unconfirmed\"},\"private\":{}}";
	g_autoptr(JsonObject) members = lsm_json_parse(text, strlen(text), NULL);

	lsm_facts_collect(fixture->service, txn, &keys, &facts, NULL);
	g_clear_pointer(&txn, lsm_store_txn_free);
	judged_on = lsm_facts_fingerprint(facts);
	watch.backend = lsm_backend_memory;
	watch.backend.begin = begin_watched;
	store->backend = &watch.backend;
	passage.members = members;
	passage.judged_on = judged_on;
	passage.content = g_bytes_new_with_free_func("mail", 4, note_end, &watch.ended);
	g_assert_cmpint(lsm_record_passage(fixture->service, &passage, &id, NULL), ==, LSM_RECORDED);
	g_assert_true(watch.had_ended);
	g_assert_null(passage.content);
	store->backend = &lsm_backend_memory;
	desk_fixture_free(fixture);
}

#define LONG ((gsize)3 << 20)

static gpointer
send_long(gpointer data)
{
	g_autofree char *octets = g_strnfill(LONG, 'x');
	gsize sent = 0;
	ssize_t n;

	while (sent < LONG && (n = send(GPOINTER_TO_INT(data), octets + sent, LONG - sent, MSG_NOSIGNAL)) > 0)
		sent += (gsize)n;
	shutdown(GPOINTER_TO_INT(data), SHUT_WR);
	return NULL;
}

/* Puts a passage on record whose mail is still on its way: missing octets of it never come. */
static LsmRecordResult
record_incoming(DeskFixture *fixture, JsonObject *members, gsize missing, char **id_out, GError **error)
{
	LsmPassage passage = {.keys = {.identity = "0123456789abcdef"}, .members = members};
	LsmIncoming incoming = {.unread = LONG + missing};
	g_autoptr(LsmFacts) facts = NULL;
	g_autofree char *judged_on = NULL;
	int pair[2];

	g_assert_true(lsm_desk_facts(fixture->desk, &passage.keys, &facts, &judged_on, NULL));
	g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), ==, 0);
	incoming.fd = pair[1];
	passage.judged_on = judged_on;
	passage.incoming = &incoming;
	GThread *thread = g_thread_new("sending", send_long, GINT_TO_POINTER(pair[0]));
	LsmRecordResult result = lsm_record_passage(fixture->service, &passage, id_out, error);
	close(pair[1]);
	g_thread_join(thread);
	close(pair[0]);
	lsm_incoming_clear(&incoming);
	return result;
}

/* A large mail is packed while it comes; one that breaks off leaves nothing. */
static void
test_content_comes(void)
{
	static const char text[] = "{\"type\":\"seen\",\"public\":{\"state\":\"unconfirmed\"},\"private\":{}}";
	g_autoptr(JsonObject) members = lsm_json_parse(text, strlen(text), NULL);
	DeskFixture *fixture = desk_fixture_new(NULL, NULL);
	g_autofree char *octets = g_strnfill(LONG, 'x');
	g_autofree char *id = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) kept = NULL;

	g_assert_cmpint(record_incoming(fixture, members, 1, &id, &error), ==, LSM_NOT_RECORDED);
	g_assert_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY);
	g_clear_error(&error);
	g_assert_cmpuint(desk_fixture_event_count(fixture), ==, 0);
	g_assert_cmpint(record_incoming(fixture, members, 0, &id, &error), ==, LSM_RECORDED);
	g_assert_no_error(error);
	g_autoptr(LsmCase) item = desk_fixture_case(fixture, id);
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(fixture->service->store, NULL);
	g_assert_cmpint(lsm_content_get(txn, item->content, &kept, &error), ==, LSM_FOUND);
	g_assert_cmpmem(g_bytes_get_data(kept, NULL), g_bytes_get_size(kept), octets, LONG);
	g_clear_pointer(&txn, lsm_store_txn_free);
	desk_fixture_free(fixture);
}

static const struct {
	const char *mails;
	gboolean want;
} quoting[] = {
	{"[]", FALSE},
	{"[1,null,{}]", FALSE},
	{"[{\"kind\":\"held\",\"attach\":false},{\"kind\":\"rejected\"}]", FALSE},
	{"[{\"kind\":\"held\"},{\"kind\":\"copy\",\"attach\":true}]", TRUE},
	{"[{\"kind\":\"request\"}]", TRUE},
	{"[{\"kind\":\"cover\"}]", TRUE},
};

/* Whether a mail of ours needs the original. */
static void
test_quoting(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(quoting); i++) {
		g_autofree char *text = g_strdup_printf("{\"mails\":%s}", quoting[i].mails);
		g_autoptr(JsonObject) members = lsm_json_parse(text, strlen(text), NULL);

		g_assert_cmpint(lsm_mails_quote(lsm_json_get_array(members, "mails")), ==, quoting[i].want);
	}
	g_assert_false(lsm_mails_quote(NULL));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/record/case", test_case);
	g_test_add_func("/record/content", test_content);
	g_test_add_func("/record/content-goes", test_content_goes);
	g_test_add_func("/record/content-goes-first", test_content_goes_first);
	g_test_add_func("/record/content-comes", test_content_comes);
	g_test_add_func("/record/quoting", test_quoting);
	g_test_add_func("/record/log", test_log);
	g_test_add_func("/record/changed", test_changed);
	g_test_add_func("/record/original", test_original);
	g_test_add_func("/record/same-at-once", test_same_at_once);
	g_test_add_func("/record/different-at-once", test_different_at_once);
	g_test_add_func("/record/taken-all", test_taken_all);
	g_test_add_func("/record/alarm", test_alarm);
	g_test_add_func("/record/retention", test_retention);
	return g_test_run();
}
