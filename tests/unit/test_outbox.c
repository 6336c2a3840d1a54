/*
 * test_outbox.c - the mails we owe: kept, made due, asked for, and sent to a mail server that takes them or
 * does not.
 */
#include "tests/unit/desk_fixture.h"

#include <string.h>

#include "desk/json.h"
#include "desk/sender.h"
#include "tests/contract/store_fault.h"
#include "tests/unit/fake_smtp.h"

#define CONTENT "From: a@b.example\r\nSubject: x\r\n\r\n.\r\n..two dots\r\n\xc3\xa9\xff\r\n"

typedef struct {
	FakeSmtp *server;
	DeskFixture *fixture;
} Sending;

/* --- the table --- */

/* Puts an entry of this case and returns its id. */
static guint64
put_entry(DeskFixture *fixture, const char *case_id, const char *kind, const char *state,
	  const char *recipients)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_write(fixture->store, NULL);
	g_auto(GStrv) list = g_strsplit(recipients, " ", -1);
	g_autoptr(LsmOutboxEntry) entry = lsm_outbox_entry_new(case_id, kind, "sender@example.org", list);
	g_autoptr(GError) error = NULL;

	g_free(entry->state);
	entry->state = g_strdup(state);
	entry->due = fixture->now;
	entry->mail = g_bytes_new_static(CONTENT, strlen(CONTENT));
	entry->content = lsm_content_digest(entry->mail);
	entry->digest = g_strdup(entry->content);
	g_assert_true(lsm_outbox_put(txn, entry, &error));
	g_assert_true(lsm_store_commit(txn, &error));
	g_assert_no_error(error);
	return entry->id;
}

static void
test_table(void)
{
	DeskFixture *fixture = desk_fixture_new(NULL, NULL);
	guint64 first = put_entry(fixture, "LS-1", "held", "held", "a@b.example c@d.example");
	guint64 second = put_entry(fixture, "LS-2", "cover", "due", "e@f.example");
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_write(fixture->store, NULL);
	g_autoptr(LsmOutboxEntry) entry = NULL;
	g_autoptr(GPtrArray) of_case = lsm_outbox_list(txn, "LS-1", NULL);
	g_autoptr(GPtrArray) all = lsm_outbox_list(txn, NULL, NULL);
	g_autoptr(GPtrArray) left = NULL;

	g_assert_cmpuint(first, <, second);
	g_assert_cmpuint(of_case->len, ==, 1);
	g_assert_cmpuint(all->len, ==, 2);
	g_assert_cmpint(lsm_outbox_get(txn, first, &entry, NULL), ==, LSM_FOUND);
	g_assert_cmpstr(entry->case_id, ==, "LS-1");
	g_assert_cmpstr(entry->kind, ==, "held");
	g_assert_cmpstr(entry->sender, ==, "sender@example.org");
	g_assert_cmpuint(g_strv_length(entry->recipients), ==, 2);
	g_assert_cmpint(entry->due, ==, fixture->now);
	g_assert_true(lsm_outbox_remove(txn, entry, FALSE, NULL));
	g_clear_pointer(&entry, lsm_outbox_entry_free);
	g_assert_cmpint(lsm_outbox_get(txn, first, &entry, NULL), ==, LSM_ABSENT);
	g_assert_cmpint(lsm_outbox_get(txn, 999, &entry, NULL), ==, LSM_ABSENT);
	left = lsm_outbox_list(txn, NULL, NULL);
	g_assert_cmpuint(left->len, ==, 1);
	g_clear_pointer(&txn, lsm_store_txn_free);
	desk_fixture_free(fixture);
}

/* Only the held ones of this case become due, and only once. */
static void
test_release_held(void)
{
	DeskFixture *fixture = desk_fixture_new(NULL, NULL);
	g_autoptr(LsmStoreTxn) txn = NULL;
	gboolean changed = FALSE;

	put_entry(fixture, "LS-1", "held", "held", "a@b.example");
	put_entry(fixture, "LS-1", "request", "failed", "c@d.example");
	put_entry(fixture, "LS-2", "held", "held", "e@f.example");
	txn = lsm_store_begin_write(fixture->store, NULL);
	g_assert_true(lsm_outbox_release_held(txn, "LS-1", 7, &changed, NULL));
	g_assert_true(changed);
	g_assert_true(lsm_outbox_release_held(txn, "LS-1", 8, &changed, NULL));
	g_assert_false(changed);
	g_assert_true(lsm_store_commit(txn, NULL));
	assert_text(desk_fixture_outbox(fixture),
		    "held:due:a@b.example held:held:e@f.example request:failed:c@d.example");
	g_clear_pointer(&txn, lsm_store_txn_free);
	desk_fixture_free(fixture);
}

/* Entries of cases of their own, the n-th due n microseconds from now on. */
static void
put_backlog(DeskFixture *fixture, guint count, const char *recipients, gint64 from)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_write(fixture->store, NULL);
	g_auto(GStrv) list = g_strsplit(recipients, " ", -1);

	for (guint i = 0; i < count; i++) {
		g_autofree char *case_id = g_strdup_printf("LS-20261101-%05u", i);
		g_autofree char *text = g_strdup_printf("Subject: %u\r\n\r\n" CONTENT, i);
		g_autoptr(LsmOutboxEntry) entry =
			lsm_outbox_entry_new(case_id, "cover", "a@example.org", list);
		g_free(entry->state);
		entry->state = g_strdup("due");
		entry->due = from + i;
		entry->mail = g_bytes_new(text, strlen(text));
		entry->content = lsm_content_digest(entry->mail);
		entry->digest = g_strdup(entry->content);
		g_assert_true(lsm_outbox_put(txn, entry, NULL));
	}
	g_assert_true(lsm_store_commit(txn, NULL));
}

static DeskFixture *
counting_fixture(void)
{
	return desk_fixture_new(
		"outbox-server = \"smtp://127.0.0.1:1\"",
		lsm_store_open_with(&lsm_backend_fault, "memory:", LSM_STORE_READ_WRITE, NULL));
}

/* Store operations and rows read: of recording a statement, of "taken", and of a look at what is due. */
static void
measure(guint waiting, guint work[3])
{
	DeskFixture *fixture = counting_fixture();
	const TestMail mail = {CAROL, .recipients = BBF, .mail = STATEMENT("1")};

	put_backlog(fixture, waiting, "x@y.example", fixture->now + G_USEC_PER_SEC);
	work[0] = lsm_fault_work();
	TestPassage passage = desk_fixture_pass(fixture, &mail);
	work[0] = lsm_fault_work() - work[0];
	work[1] = lsm_fault_work();
	g_assert_true(lsm_desk_taken(fixture->desk, passage.decision->case_id, NULL));
	work[1] = lsm_fault_work() - work[1];
	fixture->now -= G_USEC_PER_SEC;
	work[2] = lsm_fault_work();
	g_assert_cmpuint(lsm_sender_run_due(fixture->service), ==, 0);
	work[2] = lsm_fault_work() - work[2];
	test_passage_clear(&passage);
	desk_fixture_free(fixture);
}

/* However much waits for a mail server that is away. */
static void
test_backlog_cost(void)
{
	guint few[3], many[3];

	measure(10, few);
	measure(10000, many);
	for (guint i = 0; i < G_N_ELEMENTS(few); i++) {
		g_test_message("step %u: %u with 10, %u with 10000", i, few[i], many[i]);
		g_assert_cmpuint(many[i], <=, few[i] + few[i] / 10 + 1);
	}
}

/* In pieces, in order of their time, those that wait for later not among them. */
static void
test_list_due(void)
{
	DeskFixture *fixture = desk_fixture_new(NULL, NULL);
	g_autoptr(LsmStoreTxn) txn = NULL;
	LsmOutboxPlace place = {0};
	gboolean more = TRUE;
	guint pieces = 0;

	put_backlog(fixture, 25, "a@b.example", fixture->now);
	put_backlog(fixture, 25, "c@d.example", fixture->now);
	put_entry(fixture, "LS-1", "held", "held", "e@f.example");
	put_entry(fixture, "LS-1", "held", "failed", "e@f.example");
	txn = lsm_store_begin_read(fixture->store, NULL);
	for (guint seen = 0; more; pieces++) {
		g_autoptr(GPtrArray) piece =
			lsm_outbox_list_due(txn, fixture->now + 19, 16, &place, &more, NULL);
		g_assert_nonnull(piece);
		for (guint i = 0; i < piece->len; i++, seen++) {
			const LsmOutboxEntry *entry = g_ptr_array_index(piece, i);
			g_assert_cmpint(entry->due, ==, fixture->now + seen / 2);
			g_assert_cmpuint(entry->id, ==, 1 + seen / 2 + seen % 2 * 25);
		}
		g_assert_cmpuint(seen, ==, MIN(40, (pieces + 1) * 16));
	}
	g_assert_cmpuint(pieces, ==, 3);
	g_clear_pointer(&txn, lsm_store_txn_free);
	desk_fixture_free(fixture);
}

static const struct {
	const char *name;
	const char *state;
	const char *sender;
	const char *recipients;
	gboolean other_content;
	gboolean want;
} owed[] = {
	{"all", "due", "sender@example.org", "a@b.example c@d.example", FALSE, TRUE},
	{"one", "due", "sender@example.org", "c@d.example", FALSE, TRUE},
	{"another spelling of the domain", "due", "sender@example.org", "c@D.EXAMPLE", FALSE, TRUE},
	{"one of them and somebody else", "due", "sender@example.org", "c@d.example x@y.example", FALSE,
	 FALSE},
	{"another sender", "due", "", "c@d.example", FALSE, FALSE},
	{"nobody", "due", "sender@example.org", NULL, FALSE, FALSE},
	{"not yet", "held", "sender@example.org", "a@b.example", FALSE, FALSE},
	{"no more", "failed", "sender@example.org", "a@b.example", FALSE, FALSE},
	{"other content", "due", "sender@example.org", "a@b.example", TRUE, FALSE},
};

static void
test_owed(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(owed); i++) {
		DeskFixture *fixture = desk_fixture_new(NULL, NULL);
		guint64 id = put_entry(fixture, "LS-1", "release", owed[i].state, "a@b.example c@d.example");
		g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(fixture->store, NULL);
		g_auto(GStrv) recipients =
			g_strsplit(owed[i].recipients == NULL ? "" : owed[i].recipients, " ", -1);
		g_autoptr(LsmOutboxEntry) entry = NULL;
		gboolean is_owed = !owed[i].want;

		g_test_message("%s", owed[i].name);
		lsm_outbox_get(txn, id, &entry, NULL);
		g_assert_true(lsm_outbox_is_owed(txn, owed[i].other_content ? "00" : entry->digest,
						 owed[i].sender, recipients, &is_owed, NULL));
		g_assert_cmpint(is_owed, ==, owed[i].want);
		g_clear_pointer(&txn, lsm_store_txn_free);
		desk_fixture_free(fixture);
	}
}

/* --- sending --- */

static void
sending_setup(Sending *sending, gconstpointer data)
{
	g_autofree char *setting = NULL, *quiet = NULL;

	(void)data;
	sending->server = fake_smtp_new();
	setting = fake_smtp_setting(sending->server);
	quiet = g_strconcat(setting, "\nnotices = {}", NULL);
	sending->fixture = desk_fixture_new(quiet, NULL);
}

static void
sending_teardown(Sending *sending, gconstpointer data)
{
	(void)data;
	desk_fixture_free(sending->fixture);
	fake_smtp_free(sending->server);
}

static char *
statement_case(DeskFixture *fixture, const char *recipients, gboolean taken)
{
	const TestMail mail = {CAROL, .recipients = recipients, .mail = STATEMENT("1")};
	TestPassage passage =
		taken ? desk_fixture_pass_and_take(fixture, &mail) : desk_fixture_pass(fixture, &mail);
	char *id = g_strdup(passage.decision->case_id);

	test_passage_clear(&passage);
	return id;
}

static void
withdraw(DeskFixture *fixture, const char *id)
{
	g_autoptr(JsonObject) args = json_object_new();
	g_autoptr(JsonObject) answer = NULL;

	lsm_json_set(args, "id", id);
	answer = lsm_desk_verb(fixture->desk, "not-a-statement", args, NULL);
	g_assert_nonnull(answer);
}

/* Nothing goes before the mail server has the reply; then each mail goes once. */
static void
test_after_taken(Sending *sending, gconstpointer data)
{
	g_autofree char *id = statement_case(sending->fixture, BBF, FALSE);

	(void)data;
	g_assert_cmpuint(lsm_sender_run_due(sending->fixture->service), ==, 0);
	g_assert_true(lsm_desk_taken(sending->fixture->desk, id, NULL));
	g_assert_cmpuint(lsm_sender_run_due(sending->fixture->service), ==, 4);
	assert_text(fake_smtp_taken(sending->server),
		    "<>><carol@example.org> <>><ops-ads@ietf.org> <>><ad1@example.org> "
		    "<>><liaison-coordination@iab.org>");
	g_assert_cmpuint(lsm_sender_run_due(sending->fixture->service), ==, 0);
	assert_text(desk_fixture_outbox(sending->fixture), "");
	assert_text(desk_fixture_events(sending->fixture), "redirected taken sent sent sent sent");
	assert_text(desk_fixture_cases(sending->fixture), "out:pending");
}

/* The octets are those on record, dots and 8-bit included. */
static void
test_same_octets(Sending *sending, gconstpointer data)
{
	g_autoptr(GBytes) want = g_bytes_new_static(CONTENT, strlen(CONTENT));
	g_autoptr(GBytes) last = NULL;

	(void)data;
	put_entry(sending->fixture, "LS-1", "cover", "due", "a@b.example");
	g_assert_cmpuint(lsm_sender_run_due(sending->fixture->service), ==, 1);
	assert_text(fake_smtp_taken(sending->server), "<sender@example.org>><a@b.example>");
	last = fake_smtp_last(sending->server);
	g_assert_true(g_bytes_equal(last, want));
}

/* What is due goes over one connection; a mail over which that is lost has another one, and the others go on.
 */
static void
test_one_connection(Sending *sending, gconstpointer data)
{
	DeskFixture *fixture = sending->fixture;

	(void)data;
	put_backlog(fixture, 5, "a@b.example c@d.example", fixture->now - 5);
	g_assert_cmpuint(lsm_sender_run_due(fixture->service), ==, 10);
	g_assert_cmpuint(fake_smtp_connections(sending->server), ==, 1);
	put_backlog(fixture, 1, "a@b.example gone@d.example e@f.example", fixture->now);
	g_assert_cmpuint(lsm_sender_run_due(fixture->service), ==, 2);
	g_assert_cmpuint(fake_smtp_connections(sending->server), ==, 4);
	assert_text(desk_fixture_outbox(fixture), "cover:due:gone@d.example");
}

/* A server that is away is not tried for each mail, but each waits as if it had been. */
static void
test_unreachable(void)
{
	DeskFixture *fixture = counting_fixture();
	g_autoptr(LsmStoreTxn) txn = NULL;
	g_autoptr(GPtrArray) entries = NULL;

	put_backlog(fixture, 3, "a@b.example c@d.example", fixture->now - 3);
	g_assert_cmpuint(lsm_sender_run_due(fixture->service), ==, 0);
	txn = lsm_store_begin_read(fixture->store, NULL);
	entries = lsm_outbox_list(txn, NULL, NULL);
	g_assert_cmpuint(entries->len, ==, 3);
	for (guint i = 0; i < entries->len; i++) {
		const LsmOutboxEntry *entry = g_ptr_array_index(entries, i);

		g_assert_cmpuint(entry->attempts, ==, 1);
		g_assert_cmpint(entry->due, >, fixture->now);
		g_assert_nonnull(entry->last_error);
	}
	g_clear_pointer(&txn, lsm_store_txn_free);
	desk_fixture_free(fixture);
}

static guint
count_tried(DeskFixture *fixture)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(fixture->store, NULL);
	g_autoptr(GPtrArray) entries = lsm_outbox_list(txn, NULL, NULL);
	guint tried = 0;

	for (guint i = 0; i < entries->len; i++)
		tried += ((const LsmOutboxEntry *)g_ptr_array_index(entries, i))->attempts > 0;
	return tried;
}

/* What becomes due while a server is away is tried, and written down, together a moment later; a clock that was set
 * back keeps nobody waiting. */
static void
test_rest(void)
{
	DeskFixture *fixture = counting_fixture();

	put_backlog(fixture, 1, "a@b.example", fixture->now);
	lsm_sender_run_due(fixture->service);
	g_assert_cmpuint(count_tried(fixture), ==, 1);
	put_backlog(fixture, 2, "c@d.example", fixture->now);
	lsm_sender_run_due(fixture->service);
	g_assert_cmpuint(count_tried(fixture), ==, 1);
	fixture->now += G_USEC_PER_SEC;
	lsm_sender_run_due(fixture->service);
	g_assert_cmpuint(count_tried(fixture), ==, 3);
	fixture->now -= G_TIME_SPAN_DAY;
	put_backlog(fixture, 1, "e@f.example", fixture->now);
	lsm_sender_run_due(fixture->service);
	g_assert_cmpuint(count_tried(fixture), ==, 4);
	desk_fixture_free(fixture);
}

/* What was withheld reaches each recipient once; then the withdrawn case has no content any more. */
static void
test_release(Sending *sending, gconstpointer data)
{
	g_autofree char *id = statement_case(sending->fixture, BBF " x@other.example", TRUE);
	g_autoptr(LsmCase) item = NULL;

	(void)data;
	withdraw(sending->fixture, id);
	g_assert_cmpuint(lsm_sender_run_due(sending->fixture->service), ==, 2);
	assert_text(fake_smtp_taken(sending->server),
		    "<carol@example.org>><" BBF "> <carol@example.org>><x@other.example>");
	item = desk_fixture_case(sending->fixture, id);
	g_assert_null(item->content);
	g_assert_cmpuint(g_strv_length(item->withheld), ==, 0);
	g_assert_cmpuint(g_strv_length(item->released), ==, 2);
	assert_text(desk_fixture_cases(sending->fixture), "out:not-a-statement");
	assert_text(desk_fixture_events(sending->fixture),
		    "redirected taken not-a-statement released released erased");
}

/* A later answer keeps the rest; the pause grows; nobody gets it twice. */
static void
test_later(Sending *sending, gconstpointer data)
{
	DeskFixture *fixture = sending->fixture;
	g_autofree char *id = statement_case(fixture, BBF " later@other.example gone@other.example", TRUE);
	g_autoptr(LsmCase) item = NULL;

	(void)data;
	withdraw(fixture, id);
	g_assert_cmpuint(lsm_sender_run_due(fixture->service), ==, 1);
	assert_text(fake_smtp_taken(sending->server), "<carol@example.org>><" BBF ">");
	g_assert_cmpuint(lsm_sender_run_due(fixture->service), ==, 0);
	fixture->now += 59 * G_USEC_PER_SEC;
	g_assert_cmpuint(lsm_sender_run_due(fixture->service), ==, 0);
	fixture->now += 2 * G_USEC_PER_SEC;
	g_assert_cmpuint(lsm_sender_run_due(fixture->service), ==, 0);
	assert_text(fake_smtp_taken(sending->server), "");
	assert_text(desk_fixture_outbox(fixture), "release:due:later@other.example");
	item = desk_fixture_case(fixture, id);
	g_assert_nonnull(item->content);
	g_assert_cmpuint(g_strv_length(item->withheld), ==, 2);
}

/* Tried often enough, a mail fails for good, and is there to be seen. */
static void
test_never(Sending *sending, gconstpointer data)
{
	DeskFixture *fixture = sending->fixture;
	guint rounds = 0;

	(void)data;
	put_entry(fixture, "LS-1", "cover", "due", "later@b.example");
	for (; rounds < 100; rounds++) {
		g_autofree char *outbox = desk_fixture_outbox(fixture);

		if (strcmp(outbox, "cover:due:later@b.example") != 0)
			break;
		lsm_sender_run_due(fixture->service);
		fixture->now += G_GINT64_CONSTANT(14400) * G_USEC_PER_SEC;
	}
	g_assert_cmpuint(rounds, >, 20);
	assert_text(desk_fixture_outbox(fixture), "cover:failed:later@b.example");
}

/* Refused for good: on record, the case is open again, the others are served. */
static void
test_refused(Sending *sending, gconstpointer data)
{
	DeskFixture *fixture = sending->fixture;
	const TestMail mail = {.login = "refused@ietf.org",
			       .daemon = "submission",
			       .sender = "refused@ietf.org",
			       .recipients = BBF,
			       .mail = STATEMENT("1")};
	TestPassage passage = desk_fixture_pass_and_take(fixture, &mail);

	(void)data;
	g_assert_cmpuint(lsm_sender_run_due(fixture->service), ==, 3);
	assert_text(desk_fixture_outbox(fixture), "held:failed:refused@ietf.org");
	/* The others are still asked: one of ours that is not reached decides nothing. */
	assert_text(desk_fixture_cases(fixture), "out:pending");
	fixture->now += G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC;
	g_assert_cmpuint(lsm_sender_run_due(fixture->service), ==, 0);
	test_passage_clear(&passage);
}

static void
test_release_refused(Sending *sending, gconstpointer data)
{
	DeskFixture *fixture = sending->fixture;
	g_autofree char *id = statement_case(fixture, "refused@other.example " BBF, TRUE);
	g_autoptr(LsmCase) item = NULL;

	(void)data;
	withdraw(fixture, id);
	g_assert_cmpuint(lsm_sender_run_due(fixture->service), ==, 1);
	assert_text(fake_smtp_taken(sending->server), "<carol@example.org>><" BBF ">");
	assert_text(desk_fixture_outbox(fixture), "release:failed:refused@other.example");
	item = desk_fixture_case(fixture, id);
	g_assert_cmpuint(g_strv_length(item->withheld), ==, 1);
	assert_text(desk_fixture_cases(fixture), "out:not-a-statement");
}

/* An entry whose mail is not there stops no other one. */
static void
test_content_gone(Sending *sending, gconstpointer data)
{
	DeskFixture *fixture = sending->fixture;
	g_autoptr(LsmStoreTxn) txn = NULL;
	g_autoptr(LsmOutboxEntry) entry = NULL;

	(void)data;
	put_entry(fixture, "LS-1", "cover", "due", "a@b.example");
	txn = lsm_store_begin_write(fixture->store, NULL);
	lsm_outbox_get(txn, 1, &entry, NULL);
	g_assert_true(lsm_content_erase(txn, entry->content, NULL));
	g_assert_true(lsm_store_commit(txn, NULL));
	g_clear_pointer(&txn, lsm_store_txn_free);
	g_free(statement_case(fixture, BBF, TRUE));
	g_assert_cmpuint(lsm_sender_run_due(fixture->service), ==, 4);
	assert_text(desk_fixture_cases(fixture), "out:pending");
}

/* More than are read at once: each goes once; one that is damaged stops none of them. */
static void
test_backlog(Sending *sending, gconstpointer data)
{
	DeskFixture *fixture = sending->fixture;
	g_autoptr(LsmStoreTxn) txn = NULL;
	guint64 key = GUINT64_TO_BE(7);
	static const char damaged[] = "{\"case\":\"LS-1\",\"state\":\"due\",\"due\":7}";

	(void)data;
	put_backlog(fixture, 301, "a@b.example", fixture->now - G_USEC_PER_SEC);
	txn = lsm_store_begin_write(fixture->store, NULL);
	g_assert_true(lsm_store_put(txn, LSM_TABLE_OUTBOX, &key, sizeof key, damaged, strlen(damaged), NULL));
	g_assert_true(lsm_store_commit(txn, NULL));
	g_clear_pointer(&txn, lsm_store_txn_free);
	g_assert_cmpuint(lsm_sender_run_due(fixture->service), ==, 300);
	g_assert_cmpuint(lsm_sender_run_due(fixture->service), ==, 0);
}

/* Nobody listens: everything stays owed. */
static void
test_no_server(void)
{
	DeskFixture *fixture = desk_fixture_new("outbox-server = \"smtp://127.0.0.1:1\"", NULL);

	g_free(statement_case(fixture, BBF, TRUE));
	g_assert_cmpuint(lsm_sender_run_due(fixture->service), ==, 0);
	assert_text(desk_fixture_outbox(fixture), ASKED);
	desk_fixture_free(fixture);
}

static void
add_sending(const char *path, void (*test)(Sending *, gconstpointer))
{
	g_test_add(path, Sending, NULL, sending_setup, test, sending_teardown);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/outbox/table", test_table);
	g_test_add_func("/outbox/release-held", test_release_held);
	g_test_add_func("/outbox/owed", test_owed);
	g_test_add_func("/outbox/list-due", test_list_due);
	g_test_add_func("/outbox/backlog-cost", test_backlog_cost);
	add_sending("/outbox/send/after-taken", test_after_taken);
	add_sending("/outbox/send/same-octets", test_same_octets);
	add_sending("/outbox/send/release", test_release);
	add_sending("/outbox/send/later", test_later);
	add_sending("/outbox/send/never", test_never);
	add_sending("/outbox/send/refused", test_refused);
	add_sending("/outbox/send/release-refused", test_release_refused);
	add_sending("/outbox/send/content-gone", test_content_gone);
	add_sending("/outbox/send/backlog", test_backlog);
	add_sending("/outbox/send/one-connection", test_one_connection);
	g_test_add_func("/outbox/send/unreachable", test_unreachable);
	g_test_add_func("/outbox/send/rest", test_rest);
	g_test_add_func("/outbox/send/no-server", test_no_server);
	return g_test_run();
}
